"""Permit decisions become public in the act that makes them (行政许可法 §40)."""

from zhengwu.kernel.cases.api import Deed
from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.matters.api import MatterType
from zhengwu.kernel.publishing.services.publish import publish
from zhengwu.lib.identifiers import mask_name
from zhengwu.lib.now import local

KIND = "permit-decision"
RESULTS = {"granted": "准予行政许可", "denied": "不予行政许可"}


def on_decided(deed: Deed) -> None:
    """Orders the publication for the end of the act, when the decision has its number. Only permits (§40); benefits,
    services and the rest concern nobody but the applicant."""
    matter = deed.case.matter
    if matter is not None and matter.master.type == MatterType.PERMIT:
        deed.after.append(_publish)


def _publish(deed: Deed) -> None:
    """Title, who, by whom, when, number. A natural person is masked (个人信息保护法 §28), an enterprise is not.

    The key is not the case's number: with that and its query code one follows a case.
    """
    case = deed.case
    result = RESULTS["denied" if case.state == "denied" else "granted"]
    number = next((n for kind, n in deed.facts.get("documents", []) if kind in ("grant", "denial")), "")
    who = shown_name(case.applicant, case.applicant_name)
    day = local(deed.at)
    publish(
        kind=KIND, key=str(case.pk), title=f"{case.title}：{result}", unit_id=case.unit_id, division=case.division_id,
        summary=f"{case.unit.name}于{day.year}年{day.month}月{day.day}日对{who}的申请作出{result}决定。",
        facts=[("行政相对人", who), ("许可事项", case.title), ("决定结果", result), ("决定文书号", number or "无"),
               ("决定日期", f"{day:%Y-%m-%d}"), ("许可机关", case.unit.name)],
        at=deed.at, by=deed.actor)


def shown_name(applicant: Account | None, name: str) -> str:
    """An enterprise's whole name; a person's, or one the directory does not know, masked."""
    return name if applicant is not None and applicant.kind == Account.Kind.ENTERPRISE else mask_name(name)
