"""Reading the list: rows by filter, one power, its versions and what differs."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q

from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.directory.models import Division, Unit
from zhengwu.kernel.matters.models import LegalBasis, Power, PowerVersion
from zhengwu.kernel.matters.models.power import PowerQuerySet, in_force_q
from zhengwu.kernel.matters.powers import GROUNDS, Difference, blank, differences
from zhengwu.lib.now import today
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import NotFound
from zhengwu.modules.powers.policies import visible_to

STATES = (("force", "现行有效"), ("later", "尚未生效"), ("ended", "已终止"), ("draft", "编制中"))
FLAGS = (("lapsed", "有依据已失效"), ("nobasis", "没有依据"), ("nochart", "没有流程图"), ("todo", "待完善"))


def listed(actor: Actor, filters: dict[str, str]) -> PowerQuerySet:
    """Powers the actor may read, by division, unit, type, family, state, flag, law and words; ordered by pinyin."""
    rows = visible_to(actor).with_rows()
    words = filters.get("q", "").replace("\0", "").strip()[:100]
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(code=words.upper()) | Q(unit__name__icontains=words)
                           | Exists(LegalBasis.objects.filter(power=OuterRef("pk"), law__name__icontains=words)))
    for key in ("division", "type", "family"):
        if filters.get(key):
            rows = rows.filter(**{key: filters[key][:16].replace("\0", "")})
    if unit := whole(filters.get("unit", "")):
        rows = rows.filter(unit_id=unit)
    if law := whole(filters.get("law", "")):
        rows = rows.filter(Exists(LegalBasis.objects.filter(power=OuterRef("pk"), law_id=law)))
    return _in_state(_flagged(rows, filters.get("flag", "")), filters.get("state", ""))


def _in_state(rows: PowerQuerySet, state: str) -> PowerQuerySet:
    day = today()
    rules = {"force": in_force_q(day), "later": Q(valid_from__gt=day), "ended": Q(valid_to__lte=day),
             "draft": Q(valid_from=None)}
    return rows.filter(rules[state]) if state in rules else rows


def _flagged(rows: PowerQuerySet, flag: str) -> PowerQuerySet:
    if flag == "lapsed":
        return rows.filter(lapsed_rule())
    if flag == "nobasis":
        return rows.filter(~Exists(LegalBasis.objects.filter(power=OuterRef("pk"))))
    if flag == "nochart":
        return rows.filter(chart=None)
    return rows.filter(to_complete=True) if flag == "todo" else rows


def lapsed_rule() -> Exists:
    """Powers of which at least one article no longer applies."""
    day = today()
    gone = LegalBasis.objects.filter(Q(valid_to__lte=day) | Q(law__valid_to__lte=day), power=OuterRef("pk"))
    return Exists(gone)


def access_power(actor: Actor, code: str) -> Power:
    """The power, if ``actor`` may see it; else NotFound, whether it exists or not."""
    power = (visible_to(actor).select_related("unit", "division", "chart", "leader_unit", "into", "origin__unit")
             .filter(code=code.replace("\0", "")[:40]).first())
    if power is None:
        raise NotFound("no-such-power", "没有这项权力，或者尚未公布", "no such power, or not published")
    return power


@dataclass(frozen=True, slots=True)
class Chapter:
    """A version beside the one before it."""

    version: PowerVersion
    differences: list[Difference]
    ground: str


def history(power: Power, *, published_only: bool = True) -> list[Chapter]:
    """Versions, newest first, each with what it changed."""
    rows = power.versions.order_by("number")
    versions = list(rows.filter(state=PowerVersion.State.PUBLISHED) if published_only else rows)
    found, before = [], None
    for version in versions:
        found.append(chapter(version, before))
        if version.state == PowerVersion.State.PUBLISHED:
            before = version
    return found[::-1]


def chapter(version: PowerVersion, before: PowerVersion | None) -> Chapter:
    old = before.content if before else blank()
    shown = differences(old, version.content) if before else []
    return Chapter(version, shown, GROUNDS[version.ground][0] if version.ground in GROUNDS else "")


def before(version: PowerVersion) -> PowerVersion | None:
    """The published version this one would follow."""
    return (PowerVersion.objects.filter(power_id=version.power_id, state=PowerVersion.State.PUBLISHED,
                                        number__lt=version.number).order_by("-number").first())


def divisions_with_lists() -> list[Division]:
    return list(Division.objects.filter(Exists(Power.objects.filter(division=OuterRef("pk")))).order_by("code"))


def units_with_powers(rows: Any) -> list[Unit]:
    """Units that own one of ``rows``, by name."""
    return list(Unit.objects.filter(pk__in=rows.order_by().values("unit")).order_by("sort_key"))
