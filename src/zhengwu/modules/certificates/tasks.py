"""Periodic work of the certificates."""

from zhengwu.lib.periodic import every
from zhengwu.modules.certificates.services.seal import seal_pending
from zhengwu.modules.certificates.services.status import lapse


@every(seconds=60, name="certificates.seal")
def seal() -> int:
    """Makes the papers of what was issued in the meantime."""
    return seal_pending()


@every(seconds=86400, name="certificates.lapse")
def mark_lapsed() -> int:
    """Marks certificates past their last day."""
    return lapse()
