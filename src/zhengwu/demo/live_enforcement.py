"""Cases of the office's own at every stage: opened, proposed, drawn,"
         " decided and published through the public doors."""

import heapq
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from zhengwu.demo import codes
from zhengwu.demo.accounts import COUNTY
from zhengwu.kernel.cases.api import act, fire_due, kinds, open_case
from zhengwu.kernel.cases.models import Case, Step
from zhengwu.kernel.clock.api import book
from zhengwu.kernel.directory.api import Actor, Role
from zhengwu.kernel.directory.models import Account, Appointment
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.now import CN, travel
from zhengwu.modules.enforcement.families import FAMILIES
from zhengwu.modules.enforcement.models import Affair
from zhengwu.modules.enforcement.services.draws import commit_draw, reveal_draw
from zhengwu.modules.enforcement.services.plead import plead
from zhengwu.modules.enforcement.services.record import propose
from zhengwu.modules.enforcement.services.start import PartyIn, open_affair

_FIRM = "临溪县好味来餐饮管理有限公司"
_FINE: tuple[tuple[str, int], ...] = (("fine", 1_500_000),)
_OPINIONS = {"done": "已按程序办理，情况属实。", "normal": "现场检查未发现问题，当事人签字确认。", "agree": "同意。",
             "pass": "经审查，符合规定。", "grant": "同意。", "lift": "已消除隐患，应当解除。"}


@dataclass(frozen=True)
class Plan:
    """``opened`` working days before today; ``way``: "node action" pairs, one every ``pace`` working days."""

    matter: str
    opened: int
    way: str = ""
    subject: str = ""
    party: tuple[str, str, str] = ("enterprise", _FIRM, "")
    measures: tuple[tuple[str, int], ...] = _FINE
    pace: float = 1.0
    form: Mapping[str, Any] = field(default_factory=dict)
    says: str = ""


def plans() -> list[Plan]:
    """Every family, every stage: done, waiting for the party, for the leader, for a draw; some published."""
    rows = json.loads((files("zhengwu.demo") / "data" / "enforcement.json").read_text(encoding="utf-8"))
    return [_plan(row) for row in rows]


def _plan(row: dict[str, Any]) -> Plan:
    """Where nobody is named, the demo enterprise is the party."""
    person = row.pop("person", None)
    level = row.pop("level", "")
    measures = tuple((kind, cents) for kind, cents in row.pop("measures", _FINE))
    party = ("enterprise", _FIRM, "")
    if person:
        party = ("person", person[0], codes.citizen_id(COUNTY, "19880512", person[1]))
    return Plan(party=party, measures=measures, form={"level": level} if level else {}, **row)


@dataclass(order=True)
class _Turn:
    at: datetime
    number: int
    plan: Plan = field(compare=False)
    case: Case | None = field(compare=False, default=None)
    done: int = field(compare=False, default=0)


class _Hands:
    """Finds who acts: the investigators of the case, else whoever holds the post."""

    def __init__(self) -> None:
        self._actors: dict[int, Actor] = {}
        self._posts: dict[tuple[int, str], list[int]] = {}
        for unit, role, account in Appointment.objects.order_by("id").values_list("unit_id", "role", "account_id"):
            self._posts.setdefault((unit, role), []).append(account)

    def actor(self, pk: int) -> Actor:
        if pk not in self._actors:
            self._actors[pk] = Account.objects.get(pk=pk).actor
        return self._actors[pk]

    def at(self, unit_id: int, role: str) -> list[int]:
        return self._posts.get((unit_id, role), [])

    def of(self, step: Step) -> Actor | None:
        if step.account_id is not None:
            return self.actor(step.account_id)
        affair = Affair.objects.filter(case_id=step.case_id).first()
        team = list(affair.investigators.values_list("account_id", flat=True)) if affair else []
        found = team if team and step.role == Role.OFFICER else self.at(step.unit_id or 0, step.role)
        return self.actor(found[0]) if found else None


def live_enforcement(now: datetime) -> int:
    """Opens and moves the planned cases up to ``now``, in order of time; returns how many were opened."""
    hands = _Hands()
    opened = 0
    turns = [_Turn(_back(now, plan.opened, n), n, plan) for n, plan in enumerate(plans())]
    heapq.heapify(turns)
    while turns:
        turn = heapq.heappop(turns)
        if turn.at >= now:
            continue
        with travel(turn.at):
            fire_due()
            if turn.case is None:
                turn.case = _open(turn.plan, hands)
                opened += 1
            elif not _move(turn, hands):
                continue
        turn.at = _on(turn.at, turn.plan.pace)
        heapq.heappush(turns, turn)
    return opened


def _back(now: datetime, days: int, n: int) -> datetime:
    """A morning ``days`` working days before today."""
    day = now.astimezone(CN).date()
    calendar = book().calendar
    while days > 0 or not calendar.is_working(day.toordinal()):
        day -= timedelta(days=1)
        days -= calendar.is_working(day.toordinal())
    return datetime(day.year, day.month, day.day, 9, 5 + n % 50, tzinfo=CN)


def _on(at: datetime, days: float) -> datetime:
    """``days`` working days later; parts of a day in office hours."""
    if days < 1:
        return at + timedelta(minutes=round(days * 480))
    day, calendar = at, book().calendar
    left = round(days)
    while left:
        day += timedelta(days=1)
        left -= calendar.is_working(day.date().toordinal())
    return day


def _open(plan: Plan, hands: _Hands) -> Case:
    matter = Matter.objects.with_guide().get(division=COUNTY, name=plan.matter)
    kind = kinds.kind_for(matter)
    code = {"02": "penalty", "03": "coercion", "04": "levy", "06": "inspection"}.get(matter.master.type, "inner")
    if matter.master.type not in FAMILIES[code].types:
        return _applied(plan, matter, kind, hands)
    officers = hands.at(matter.unit_id, Role.OFFICER)[:2]
    firm = Account.objects.get(username="enterprise")
    party = PartyIn(plan.party[0], plan.party[1], plan.party[2] or firm.uscc or "")
    affair = open_affair(
        matter=matter, by=hands.actor(officers[0]), subject=plan.subject, source=_source(matter),
        facts=f"巡查中发现“{plan.subject}”的情况，已作现场记录。", party=party if FAMILIES[code].party else PartyIn(),
        team=[(pk, f"ZF{COUNTY}{pk:05d}") for pk in officers] if FAMILIES[code].party else (), form=plan.form)
    if FAMILIES[code].party:
        propose(number=affair.case.number, by=hands.actor(officers[0]), raw=_proposal(plan, matter))
    return affair.case


def _source(matter: Matter) -> str:
    return {"02": "inspection", "03": "inspection", "06": "plan"}.get(matter.master.type, "other")


def _proposal(plan: Plan, matter: Matter) -> dict[str, Any]:
    rule = matter.discretion.filter(level="light").first()
    sum_ = sum(cents for kind, cents in plan.measures if kind == "fine")
    within = rule is not None and rule.low_cents <= sum_ <= rule.high_cents
    return {"violation": f"经查，当事人存在“{plan.subject}”的事实。",
            "proof": "现场检查笔录、询问笔录、照片、当事人提供的单据", "basis": matter.master.basis,
            "how": "自收到决定书之日起十五日内缴至指定银行", "discretion": rule.pk if rule and within else 0,
            "measures": [{"kind": kind, "text": "", "cents": cents} for kind, cents in plan.measures]}


def _applied(plan: Plan, matter: Matter, kind: str, hands: _Hands) -> Case:
    """Somebody applied: the demo enterprise on line, a person at the window."""
    if plan.party[0] == "person":
        clerk = hands.actor(hands.at(matter.point.unit_id, Role.CLERK)[0])
        return open_case(kind=kind, matter=matter, by=clerk, applicant=None, applicant_name=plan.party[1], form={})
    firm = Account.objects.get(username="enterprise")
    return open_case(kind=kind, matter=matter, by=firm.actor, applicant=firm, applicant_name=firm.name, form={},
                     key=f"demo-{plan.matter[:40]}")


def _move(turn: _Turn, hands: _Hands) -> bool:
    """The next pair of the way; False when the way is at its end or nobody holds the step."""
    pairs = [pair for pair in turn.plan.way.split(",") if pair]
    case = turn.case
    if turn.done >= len(pairs) or case is None:
        return False
    node, action = pairs[turn.done].split()
    step = case.steps.filter(node=node, closed_at=None).order_by("id").first()
    by = hands.of(step) if step else None
    if step is None or by is None:
        return False
    if node == "draw":
        unit = case.unit
        made = commit_draw(unit=unit, by=by, title=case.affair.subject, objects=3, inspectors=2,
                           case=Case.objects.get(pk=case.pk))
        reveal_draw(pk=made.pk, by=by)
    if action == "plead" and turn.plan.says and case.affair.party_account is not None:
        plead(number=case.number, by=case.affair.party_account.actor, text=turn.plan.says)
    turn.case = act(step_id=step.pk, action=action, by=by, opinion=_OPINIONS.get(action, "按程序办理，材料附卷。"),
                    form={"way": "直接送达"} if action == "deliver" else {}).case
    turn.done += 1
    return True
