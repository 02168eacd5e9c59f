"""Verbs in the living county: a case sent back, one waiting for a signer, one handed over, one suspended, some read."""

from datetime import datetime
from typing import Any

from zhengwu.kernel.cases import signing
from zhengwu.kernel.cases.api import Offer, offers, perform
from zhengwu.kernel.cases.models import Step
from zhengwu.kernel.directory.models import Account
from zhengwu.lib.now import travel

COUNTY = "519921"
SIGN = ("clerk", "officer", "head", "leader", "lawreview")
"""Demo accounts whose opinions are signed."""


def give_keys() -> None:
    """Before anybody acts, so that what they say is signed."""
    for pk in Account.objects.filter(username__in=SIGN).order_by("pk").values_list("pk", flat=True):
        signing.give_key(pk)


PLANS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("add-signer", "officer", {"how": "before", "opinion": "请核对现场勘查的面积是否相符"}),
    ("circulate", "officer", {"opinion": "新业态经营许可，请阅"}),
    ("circulate", "officer", {"opinion": "涉及消防验收，请阅"}),
    ("hand-over", "officer", {"opinion": "本周外出培训，请代为审查"}),
    ("press", "leader", {"opinion": "请抓紧，离承诺期限不远了"}),
    ("suspend", "leader", {"opinion": "等待上级机关对政策适用的批复", "basis": "行政许可法第四十五条（参照）"}),
    ("return", "head", {"to": "previous", "opinion": "核查记录缺少签字，请补充"}),
)


def live_verbs(now: datetime) -> int:
    """One deed after the other, each on a case of its own. Returns how many were done."""
    people = {a.username: a for a in Account.objects.filter(username__in={who for _, who, _ in PLANS} | {"head"})}
    used: set[int] = set()
    with travel(now):
        for code, who, data in PLANS:
            rows = Step.objects.open().filter(case__division_id=COUNTY, case__suspended_at=None)
            rows = rows.filter(kind__in=("review", "approve"))
            for step in rows.exclude(case_id__in=used).select_related("case").order_by("id"):
                offer = _offered(code, who, people, step)
                if offer is None:
                    continue
                filled = _filled(offer, data, people, now)
                perform(code, step_id=step.pk, by=people[who].actor, data=filled)
                used.add(step.case_id)
                break
    return len(used)


def _offered(code: str, who: str, people: dict[str, Account], step: Step) -> Offer | None:
    if who not in people:
        return None
    return next((o for o in offers(people[who].actor, step) if o.code == code), None)


def _filled(offer: Offer, data: dict[str, str], people: dict[str, Account], now: datetime) -> dict[str, Any]:
    """What the plan says, and for the rest the first choice there is; readers are the head where that can be."""
    filled: dict[str, Any] = dict(data)
    for field in offer.fields:
        values = [value for value, _ in field.choices]
        if field.name in filled or not field.required:
            continue
        if field.kind == "many":
            head = str(people["head"].pk) if "head" in people else ""
            filled[field.name] = [head] if head in values else values[:2]
        elif field.kind == "date":
            filled[field.name] = f"{now.year + 1}-01-31" if now.month > 10 else f"{now.year}-12-31"
        elif values:
            filled[field.name] = values[0]
    return filled
