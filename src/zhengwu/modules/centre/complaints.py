"""The kind of case "hallcomplaint" (大厅投诉): it cannot end before the reply was given in the form that was asked for.

Oral: who told whom, when, by voice or telephone. Written: a numbered document. Limits of this installation: five
working days in all, one to assign, three to look into it.
"""

from datetime import datetime
from importlib.resources import files
from typing import Any

from zhengwu.kernel.cases import papers
from zhengwu.kernel.cases.api import CaseKind, Deed, next_serial, register
from zhengwu.kernel.cases.models import Case, Document
from zhengwu.kernel.clock.api import Limit, LimitUnit
from zhengwu.kernel.directory.api import SYSTEM
from zhengwu.kernel.flow.api import add_words, publish
from zhengwu.kernel.flow.models import Version, VersionState
from zhengwu.lib.identifiers import licence_check_char
from zhengwu.lib.now import local
from zhengwu.lib.problem import Invalid
from zhengwu.modules.centre.models import Complaint

KIND = CHART = "hallcomplaint"
LIMIT = Limit(5, LimitUnit.WORKING_DAY)
BASIS = "优化营商环境条例第四十九条（投诉处理，本市规定五个工作日）"
STATES = {"open": "待分办", "checking": "核查处理", "answering": "待答复", "closed": "已办结"}
WORDS = {"check": "核查处理", "answer": "答复投诉人"}
ACTIONS = {"settle": "当场处理", "founded": "属实", "unfounded": "不属实"}
TOLD = {"face": "当面", "phone": "电话"}


def number(case: Case, at: datetime) -> str:
    """区划6 + TS + YYYYMMDD + 流水6 + 校验1."""
    body = f"{case.division_id[:6]}TS{local(at):%Y%m%d}{next_serial():06d}"
    return body + licence_check_char(body)


def opened(deed: Deed) -> None:
    deed.start_clock("promised", LIMIT, BASIS)


def forward(deed: Deed) -> None:
    deed.case.state = "checking"


def settle(deed: Deed) -> None:
    deed.case.state = "answering"


def founded(deed: Deed) -> None:
    _judge(deed, True)


def unfounded(deed: Deed) -> None:
    _judge(deed, False)


def _judge(deed: Deed, result: bool) -> None:
    deed.case.state = "answering"
    Complaint.objects.filter(case_id=deed.case.pk).update(founded=result)
    deed.facts["founded"] = result


def reply(deed: Deed) -> None:
    """The reply in the form of the request, or a refusal that says what is missing."""
    row = Complaint.objects.get(case_id=deed.case.pk)
    form = {key: str(deed.form.get(key, "")).strip() for key in ("way", "told", "person", "at")}
    if form["way"] != row.wanted:
        raise Invalid({"way": f"投诉人要求{row.get_wanted_display()}答复，请在投诉台页面按这种形式登记"})
    if row.wanted == Complaint.Form.WRITTEN:
        deed.document("complaint-answer", "投诉答复书", f"{deed.case.unit.short_name}诉答", answer=deed.opinion,
                      complaint=deed.case.title)
        deed.facts["reply"] = ["written"]
        return
    errors = {}
    if form["told"] not in TOLD:
        errors["told"] = "请选择当面或者电话"
    if not 1 < len(form["person"]) <= 40:
        errors["person"] = "请填写答复人姓名"
    try:
        at = datetime.fromisoformat(form["at"])
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not deed.case.opened_at <= at <= deed.at:
        errors["at"] = "请填写答复时间：登记投诉之后、现在之前"
    if errors:
        raise Invalid(errors)
    deed.facts["reply"] = ["oral", form["told"], form["at"]]


def sent_back(deed: Deed) -> None:
    deed.case.state = "checking"


def finished(deed: Deed) -> None:
    deed.case.state, deed.case.closed_at = "closed", deed.at
    deed.stop_clocks("promised")


HALL_COMPLAINT = CaseKind(
    code=KIND,
    title="大厅投诉",
    states=STATES,
    first_state="open",
    number=number,
    opened=opened,
    finished=finished,
    effects={
        ("assign", "forward"): forward,
        ("assign", "settle"): settle,
        ("check", "founded"): founded,
        ("check", "unfounded"): unfounded,
        ("answer", "reply"): reply,
        ("answer", "return"): sent_back,
    },
)


def _answer_page(paper: Document, case: Case) -> dict[str, Any]:
    return {
        "addressee": case.applicant_name,
        "paragraphs": [
            f"你于{local(case.opened_at):%Y年%-m月%-d日}提出的投诉（{case.number}）收悉。经核查，答复如下：",
            paper.data.get("answer", ""),
        ],
        "closing": "对答复有不同意见的，可以向本级人民政府政务服务管理机构反映。",
    }


def register_kind() -> None:
    add_words(kinds=WORDS, actions=ACTIONS)
    register(HALL_COMPLAINT)
    papers.register(papers.PaperKind(code="complaint-answer", title="投诉答复书", basis="优化营商环境条例第四十九条",
                                     requires={"answer": "答复内容"}, page=_answer_page))


def publish_chart() -> None:
    """Publishes the shipped chart where the installation has none yet; one the city changed stays as it is."""
    if not Version.objects.filter(definition__key=CHART, state=VersionState.PUBLISHED).exists():
        xml = (files("zhengwu.modules.centre") / "flows" / f"{CHART}.bpmn").read_text(encoding="utf-8")
        publish(key=CHART, xml=xml, by=SYSTEM.by())
