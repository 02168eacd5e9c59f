"""What the flow says happened, turned into steps, clocks and timers."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from zhengwu.kernel.cases import kinds
from zhengwu.kernel.cases.deed import ClockOrder, Deed
from zhengwu.kernel.cases.mandates import agent_of
from zhengwu.kernel.cases.models import Case, Step, Timer
from zhengwu.kernel.cases.tally import CANCELLED, outcomes
from zhengwu.kernel.clock.api import Limit, LimitUnit, due_at, parse_duration
from zhengwu.kernel.directory.api import WORKERS, Role
from zhengwu.kernel.directory.models import Appointment, Unit
from zhengwu.kernel.flow.api import Chart, Happened, Node, Run
from zhengwu.kernel.flow.chart import TASK
from zhengwu.kernel.matters.models import ServicePoint
from zhengwu.lib.now import now, today
from zhengwu.lib.problem import Problem

CORRECTION_BASIS = "补正期限（本地规则），逾期不补正的视为撤回申请"
CORRECT = "correct"
LIMIT_BASIS = {"precheck": "行政许可法第三十二条（五个工作日内一次告知）"}
"""Why a step's own limit is what it is, where a law says so."""


def variables(case: Case, steps: Sequence[Step], outcome: str) -> dict[str, Any]:
    """What a condition may read: ``outcome``, ``steps.<node>``, ``form.<field>``, ``matter.kind|type``."""
    last = outcomes(steps)
    matter = {"kind": case.matter.kind, "type": case.matter.master.type} if case.matter else {}
    return {"outcome": outcome, "steps": last, "form": case.form, "matter": matter}


def signers(case: Case, chart: Chart) -> dict[str, list[str]]:
    """Who is asked in each multi-instance task: the units of a joint matter, as "unit:<id>"."""
    many = [node.id for node in chart.tasks() if node.multi]
    if not many or case.matter is None:
        return {}
    units = [f"unit:{pk}" for pk in case.matter.joint_units.values_list("unit_id", flat=True)]
    return {node: units for node in many}


def advance(deed: Deed, run: Run) -> None:
    """Applies ``run.events`` to ``deed.steps`` and orders clocks; the flow's own state goes to ``case.flow``."""
    case = deed.case
    case.flow = run.state
    opened: list[Step] = []
    for event in run.events:
        match event.what:
            case "open":
                node = deed.chart.node(event.node)
                if node.multi is None and node.kind == TASK:
                    opened.append(_step(deed, run, event, node, signer=""))
            case "ask":
                opened.append(_step(deed, run, event, deed.chart.node(event.node), signer=str(event.data)))
            case "done" | "cancel" | "unask":
                _close(deed, event)
            case "timer":
                _timer(deed, event)
    deed.facts["flow"] = [_recorded(e) for e in run.events]
    deed.steps.extend(opened)
    _suspend_or_resume(deed, opened)


def _recorded(event: Happened) -> list[str]:
    """An event as the ledger keeps it: what, token, node, and the signer where somebody was asked."""
    row = [event.what, event.token or "", event.node]
    return [*row, str(event.data)] if event.what in ("ask", "signed", "unask") else row


def _step(deed: Deed, run: Run, event: Happened, node: Node, signer: str) -> Step:
    case = deed.case
    unit_id, account_id = address(case, run, event.token or "", node, signer)
    if unit_id is not None and unit_id not in case.unit_ids:
        case.unit_ids = sorted({*case.unit_ids, unit_id})
    step = Step(
        case=case,
        token=event.token or "",
        signer=signer,
        node=node.id,
        name=node.name,
        kind=node.kind_of_step,
        path=list(event.path),
        unit_id=unit_id,
        role=Role.CLERK if node.unit == "applicant" and account_id is None else node.role,
        account_id=account_id,
        opened_at=deed.at,
        came_from=deed.step,
    )
    if asked := added_signer(signer):
        step.added, step.asked_by_id = asked.how, asked.step_id
    limit = own_limit(deed, node, unit_id)
    if limit is not None:
        step.due_at = due_at(deed.at, limit)
        deed.clocks.append(
            ClockOrder(
                "correction" if step.kind == CORRECT else "step",
                limit,
                CORRECTION_BASIS if step.kind == CORRECT else LIMIT_BASIS.get(step.kind, "流程图规定的环节时限"),
                deed.at,
                unit_id,
                step_subject(case, step),
            )
        )
    return step


def step_subject(case: Case, step: Step) -> str:
    """The name under which a step's own clock runs."""
    return f"{case.number}#{step.token}" + (f".{step.signer}" if step.signer else "")


def own_limit(deed: Deed, node: Node, unit_id: int | None) -> Limit | None:
    """The limit a step has besides those of its case; None without one. A correction always has one, so that it does
    not wait for ever: the chart's, its timer's, or that of the kind of case."""
    if node.limit is not None:
        return Limit(node.limit[0], LimitUnit(node.limit[1]))
    if node.kind_of_step == CORRECT and not any(timer.interrupting for timer in node.timers):
        return kinds.get(deed.case.kind).correction_limit
    if node.unit == "each" and deed.case.matter is not None and unit_id is not None:
        row = deed.case.matter.joint_units.filter(unit_id=unit_id).first()
        return Limit(row.limit_days, LimitUnit.WORKING_DAY) if row else None
    return None


def handling_point(case: Case) -> ServicePoint | None:
    """The point whose windows handle the case: where it was taken in, but a village agent only carries it there."""
    taken, own = case.point, case.matter.point if case.matter else None
    return own if taken is None or (own is not None and taken.level == ServicePoint.Level.VILLAGE) else taken


class Asked(NamedTuple):
    """A signer added beside the chart: how, whom, and by the holder of which step."""

    how: str
    account_id: int
    step_id: int

    @property
    def signer(self) -> str:
        """How the flow names them."""
        return f"{self.how}:{self.account_id}:{self.step_id}"


def added_signer(signer: str) -> Asked | None:
    """The flow's name for an added signer, read; None for a signer the chart asked."""
    how, _, rest = signer.partition(":")
    if how not in Step.Added.values:
        return None
    account, _, step = rest.partition(":")
    return Asked(how, int(account), int(step))


def _unit_of_person(account_id: int) -> int:
    day = today()
    posts = Appointment.objects.filter(account_id=account_id, role__in=WORKERS, valid_from__lte=day)
    unit_id = posts.exclude(valid_to__lte=day).order_by("-primary", "id").values_list("unit_id", flat=True).first()
    if unit_id is None:
        raise Problem("no-candidate", "被加签的人员已没有岗位，请先减签", "the added signer holds no post any more")
    return unit_id


def address(case: Case, run: Run, token: str, node: Node, signer: str) -> tuple[int | None, int | None]:
    """(unit, account) a step is addressed to; one of them is set. For an applicant without account it is the window,
    whose clerk takes in what they bring. A signer somebody added is that person at their post. Raises Problem when the
    case has no such unit."""
    if asked := added_signer(signer):
        return _unit_of_person(asked.account_id), asked.account_id
    where = node.unit
    if where == "branch" or where.startswith("branch:"):
        where = run.unit_of(token) or where
    if where == "applicant" and (own := case.applicant_id or agent_of(case, now())) is not None:
        return None, own
    unit_id = _unit_of(case, where, signer)
    if unit_id is None:
        raise Problem(
            "no-candidate",
            f"环节“{node.name}”找不到办理单位（{where or '未写明'}）",
            f"step {node.id} has no unit to go to",
        )
    return unit_id, None


def _unit_of(case: Case, where: str, signer: str) -> int | None:
    """The unit a chart means by ``where`` in this case: ``branch:2`` and ``joint:2`` are the second unit of a joint
    matter, ``above`` is what the case's unit stands under (the government of a department)."""
    if where == "each" and signer.startswith("unit:"):
        return int(signer.removeprefix("unit:"))
    kind, _, rest = where.partition(":")
    point = handling_point(case)
    found: int | None = None
    if where in ("window", "applicant") and point is not None:
        found = point.unit_id
    elif where == "owner":
        found = case.unit_id
    elif where == "above":
        found = case.unit.parent_id
    elif kind in ("joint", "branch") and rest.isdecimal() and case.matter is not None:
        rows = list(case.matter.joint_units.order_by("order").values_list("unit_id", flat=True))
        found = rows[int(rest) - 1] if 0 < int(rest) <= len(rows) else None
    elif kind == "code":
        found = Unit.objects.filter(code=rest).values_list("pk", flat=True).first()
    return found


def _close(deed: Deed, event: Happened) -> None:
    """A token left its node: its open steps end, as done by the one who acts or cancelled by the flow."""
    for step in deed.steps:
        if (
            step.closed_at is None
            and step.token == event.token
            and (event.what != "unask" or step.signer == str(event.data))
        ):
            step.closed_at, step.outcome, step.outcome_label = deed.at, CANCELLED, deed.cancelled


def _timer(deed: Deed, event: Happened) -> None:
    limit = parse_duration(str(event.data))

    def keep(d: Deed) -> None:
        moment = due_at(d.at, limit)
        Timer.objects.create(case=d.case, token=event.token or "", boundary=event.node, due_at=moment)

    deed.after.append(keep)


def _suspend_or_resume(deed: Deed, opened: list[Step]) -> None:
    """Time for hearing, inspection, expert review … is not counted (许可法 §45): the case's clocks stand meanwhile."""

    def suspending(step: Step) -> bool:
        return deed.chart.node(step.node).suspends is not None

    begun = [s for s in opened if suspending(s)]
    if begun:
        reason, basis = deed.chart.node(begun[0].node).suspends or ("", "")
        deed.facts["suspend"] = [reason, basis]
    elif any(suspending(s) for s in deed.closed_now()) and not any(
        suspending(s) and s.closed_at is None for s in deed.steps
    ):
        deed.facts["resume"] = True
