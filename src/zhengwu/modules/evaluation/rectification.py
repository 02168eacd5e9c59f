"""The kind of case "rectification" (差评整改): who did the work answers for it, the centre checks by calling back.

国办发〔2019〕51号: 实名差评回访核实 100%, 立行立改、建台账限期或者解释说明, feedback, second call. Limits of
this installation: five working days in all, one working day for the first call.
"""

from collections.abc import Callable
from datetime import datetime
from importlib.resources import files

from zhengwu.kernel.cases.api import CaseKind, Deed, next_serial, register
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.clock.api import Limit, LimitUnit
from zhengwu.kernel.directory.api import SYSTEM
from zhengwu.kernel.flow.api import add_words, publish
from zhengwu.kernel.flow.models import Version, VersionState
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.lib.identifiers import licence_check_char
from zhengwu.lib.now import local
from zhengwu.modules.evaluation.models import Evaluation

KIND = CHART = "rectification"
LIMIT = Limit(5, LimitUnit.WORKING_DAY)
BASIS = "国办发〔2019〕51号（差评核实整改，本市规定五个工作日）"
STATES = {
    "open": "待回访核实",
    "handling": "待整改",
    "fixed": "立行立改",
    "scheduled": "建台账限期整改",
    "explained": "解释说明",
    "appealed": "申诉复核",
    "feedback": "已反馈，待回访",
    "closed": "已办结",
    "excluded": "不计入",
}
WORDS = {"callback": "回访核实", "rectify": "核实整改", "carry": "落实整改", "appeal": "申诉复核", "feedback": "反馈",
         "recheck": "回访检查"}
ACTIONS = {"confirm": "已回访", "unreached": "联系不上", "fix": "立行立改", "schedule": "限期整改",
           "explain": "解释说明", "appeal": "申诉", "uphold": "申诉成立", "dismiss": "申诉不成立"}


def number(case: Case, at: datetime) -> str:
    """区划6 + ZG + YYYYMMDD + 流水6 + 校验1."""
    body = f"{case.division_id[:6]}ZG{local(at):%Y%m%d}{next_serial():06d}"
    return body + licence_check_char(body)


def opened(deed: Deed) -> None:
    deed.start_clock("promised", LIMIT, BASIS)


def _to(state: str) -> Callable[[Deed], None]:
    def effect(deed: Deed) -> None:
        deed.case.state = state

    return effect


def uphold(deed: Deed) -> None:
    """The appeal stands: the evaluation is not counted any more; it stays on record."""
    deed.case.state = "excluded"
    _mark(deed, "excluded_at", "evaluation.excluded")


def checked(deed: Deed) -> None:
    _mark(deed, "rectified_at", "evaluation.rectified")


def _mark(deed: Deed, field: str, happening: str) -> None:
    row = Evaluation.objects.select_for_update().filter(rectification_id=deed.case.pk).first()
    if row is None:
        return
    setattr(row, field, deed.at)
    row.save(update_fields=[field])
    facts = {"level": row.level, "unit": row.unit_id, "division": row.division_id}
    append(f"evaluation:{row.pk}", deed.actor.by(deed.post), [Entry(happening, facts)], at=deed.at)


def finished(deed: Deed) -> None:
    deed.case.closed_at = deed.at
    if deed.case.state != "excluded":
        deed.case.state = "closed"
    deed.stop_clocks("promised")


RECTIFICATION = CaseKind(
    code=KIND,
    title="差评整改",
    states=STATES,
    first_state="open",
    number=number,
    opened=opened,
    finished=finished,
    effects={
        ("callback", "confirm"): _to("handling"),
        ("callback", "unreached"): _to("handling"),
        ("rectify", "fix"): _to("fixed"),
        ("rectify", "schedule"): _to("scheduled"),
        ("rectify", "explain"): _to("explained"),
        ("rectify", "appeal"): _to("appealed"),
        ("appeal", "uphold"): uphold,
        ("appeal", "dismiss"): _to("handling"),
        ("feedback", "reply"): _to("feedback"),
        ("recheck", "return"): _to("handling"),
        ("recheck", "pass"): checked,
    },
    apart=("rectify", "recheck"),
)


def register_kind() -> None:
    add_words(kinds=WORDS, actions=ACTIONS)
    register(RECTIFICATION)


def publish_chart() -> None:
    """Publishes the shipped chart where the installation has none yet; one the city changed stays as it is."""
    if not Version.objects.filter(definition__key=CHART, state=VersionState.PUBLISHED).exists():
        xml = (files("zhengwu.modules.evaluation") / "flows" / f"{CHART}.bpmn").read_text(encoding="utf-8")
        publish(key=CHART, xml=xml, by=SYSTEM.by())
