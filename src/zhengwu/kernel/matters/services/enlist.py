"""Entering a whole list at once: a power behind every matter that has none yet."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction

from zhengwu.kernel.ledger.api import By, Entry, append
from zhengwu.kernel.matters.models import Law, LegalBasis, Matter, Power, PowerVersion
from zhengwu.kernel.matters.powers import blank
from zhengwu.lib import canonical, now
from zhengwu.lib.sm import sm3

_LAW = re.compile(r"《([^《》]{2,190})》([^《》；;。\n]{0,60})")
_ACCOUNTABILITY = ("违反法定权限、条件、程序、时限实施本权力，或者在实施中滥用职权、玩忽职守、徇私舞弊的，"
                   "依法追究直接负责的主管人员和其他直接责任人员的责任。")
_DUTIES = ("受理：公示依据、条件、材料和时限，一次告知需要补正的全部内容。审查：按照法定条件和程序审查。"
           "决定：在法定时限内作出决定并说明理由。送达和公开：送达当事人，依法公开结果。监管：加强事中事后监督检查。")


@transaction.atomic
def enlist(matters: Iterable[Matter], *, by: By, on: date | None, at: datetime | None = None) -> list[Power]:
    """Writes a power for each matter without one and puts it behind the matter; ``master`` and ``chart`` loaded.

    ``on`` is the day they come into force; None leaves them as drafts, which run through no door. The adoption of
    the list is one ledger entry a division, on ``power-list:<division>``, with the SM3 of what was adopted. The
    caller has checked that ``by`` is entitled.
    """
    moment = at or now.now()
    rows = [m for m in matters if m.power_id is None]
    contents = [_content(m) for m in rows]
    powers = [_power(m, c, on) for m, c in zip(rows, contents, strict=True)]
    Power.objects.bulk_create(powers, batch_size=500)
    _write_bases(powers, contents)
    PowerVersion.objects.bulk_create([
        PowerVersion(power=p, number=1, change=PowerVersion.Change.NEW, content=c, ground="A1", changed_at=moment,
                     reason="随事项清单一并编制",
                     state=PowerVersion.State.PUBLISHED if on else PowerVersion.State.DRAFT,
                     effective=on, applied=on is not None)
        for p, c in zip(powers, contents, strict=True)], batch_size=500)
    for matter, power in zip(rows, powers, strict=True):
        matter.power = power
    Matter.objects.bulk_update(rows, ["power"], batch_size=500)
    _enter(powers, contents, by, on, moment)
    return powers


def _power(matter: Matter, content: dict[str, Any], on: date | None) -> Power:
    fields = {k: v for k, v in content.items() if k not in ("bases", "chart", "leader_unit")}
    return Power(code=f"QL{matter.code}"[:40], unit_id=matter.unit_id, division_id=matter.division_id,
                 family=Power.Family.INNER if matter.master.type >= "61" else Power.Family.ADMINISTRATIVE,
                 sort_key=matter.sort_key, chart_id=matter.chart_id, valid_from=on, to_complete=not matter.complete,
                 status=Power.Status.PUBLISHED if on else Power.Status.DRAFT, **fields)


def _content(matter: Matter) -> dict[str, Any]:
    inner = matter.master.type >= "61"
    return blank(matter.master.type) | {
        "name": matter.name, "exercise": f"依法办理“{matter.name}”。", "chart": matter.chart.key,
        "limit_n": matter.lawful_n, "limit_unit": str(matter.lawful_unit), "duties": _DUTIES,
        "accountability": _ACCOUNTABILITY, "openness": "inner" if inner else "published",
        "bases": [{"law": law, "article": article.strip(" ，,"), "text": "", "valid_from": None, "valid_to": None}
                  for law, article in _LAW.findall(matter.master.basis)][:20],
    }


def _write_bases(powers: list[Power], contents: list[dict[str, Any]]) -> None:
    named = {b["law"] for c in contents for b in c["bases"]}
    Law.objects.bulk_create([Law(name=name) for name in sorted(named)], ignore_conflicts=True, batch_size=500)
    laws = {law.name: law for law in Law.objects.filter(name__in=named)}
    LegalBasis.objects.bulk_create([
        LegalBasis(power=power, law=laws[b["law"]], order=order, article=b["article"][:100], text=b["text"])
        for power, content in zip(powers, contents, strict=True)
        for order, b in enumerate(content["bases"], 1)], batch_size=1000)


def _enter(powers: list[Power], contents: list[dict[str, Any]], by: By, on: date | None, at: datetime) -> None:
    lists: dict[str, list[list[str]]] = {}
    for power, content in zip(powers, contents, strict=True):
        lists.setdefault(power.division_id, []).append([power.code, sm3(canonical.dumps(content)).hex()])
    for division in sorted(lists):
        adopted = sorted(lists[division])
        append(f"power-list:{division}", by, [Entry("power-list.adopted" if on else "power-list.drafted", {
            "division": division, "powers": len(adopted), "sm3": sm3(canonical.dumps(adopted)).hex(),
            "effective": on.isoformat() if on else ""})], at=at)
