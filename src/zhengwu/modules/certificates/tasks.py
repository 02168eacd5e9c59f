"""Periodic work of the certificates."""

from zhengwu.lib.periodic import every
from zhengwu.modules.certificates.services.present import forget_old
from zhengwu.modules.certificates.services.renew import deem
from zhengwu.modules.certificates.services.seal import seal_pending
from zhengwu.modules.certificates.services.status import lapse
from zhengwu.modules.certificates.services.stock import run_queued


@every(seconds=60, name="certificates.seal")
def seal() -> int:
    """Makes the papers of what was issued in the meantime."""
    return seal_pending()


@every(seconds=3600, name="certificates.lapse")
def mark_lapsed() -> int:
    """Renews by law what nobody decided in time, then marks certificates past their last day."""
    return deem() + lapse()


@every(seconds=10, name="certificates.stock")
def stock() -> int:
    """Writes confirmed imports of existing stocks."""
    return run_queued()


@every(seconds=3600, name="certificates.codes")
def codes() -> int:
    """Forgets codes that were shown and are over."""
    return forget_old()
