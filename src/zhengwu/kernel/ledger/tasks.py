"""The daily seal: soon after midnight in China whatever happened the day before is sealed; a missed day is made up."""

from zhengwu.kernel.ledger.selectors import latest_seal
from zhengwu.kernel.ledger.services.seal import seal
from zhengwu.lib.now import local, today
from zhengwu.lib.periodic import every


@every(seconds=600, name="ledger.seal")
def daily_seal() -> None:
    """Seals when the latest seal is of an earlier day. Harmless when run often or by two workers."""
    last = latest_seal()
    if last is None or local(last.at).date() < today():
        seal()
