"""What the flow says happened, turned into steps, clocks and timers."""

from collections.abc import Sequence
from typing import Any

from zhengwu.kernel.cases.deed import ClockOrder, Deed
from zhengwu.kernel.cases.models import Case, Step, Timer
from zhengwu.kernel.clock.api import Limit, LimitUnit, due_at, parse_duration
from zhengwu.kernel.directory.api import Role
from zhengwu.kernel.directory.models import Unit
from zhengwu.kernel.flow.api import Chart, Happened, Node, Run
from zhengwu.kernel.flow.chart import TASK
from zhengwu.lib.problem import Problem

CANCELLED = "cancelled"
LIMIT_BASIS = {"precheck": "行政许可法第三十二条（五个工作日内一次告知）"}
"""Why a step's own limit is what it is, where a law says so."""


def variables(case: Case, steps: Sequence[Step], outcome: str, node: str = "") -> dict[str, Any]:
    """What a condition may read: ``outcome``, ``steps.<node>``, ``form.<field>``, ``matter.kind|type``."""
    last = {s.node: s.outcome for s in steps if s.closed_at is not None and s.outcome != CANCELLED}
    if node:
        last[node] = outcome
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
    unit_id, account_id = _candidate(deed, run, event, node, signer)
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
    )
    limit = _limit(deed, node, unit_id)
    if limit is not None:
        step.due_at = due_at(deed.at, limit)
        deed.clocks.append(
            ClockOrder(
                "step",
                limit,
                LIMIT_BASIS.get(node.kind_of_step, "流程图规定的环节时限"),
                deed.at,
                unit_id,
                step_subject(case, step),
            )
        )
    return step


def step_subject(case: Case, step: Step) -> str:
    """The name under which a step's own clock runs."""
    return f"{case.number}#{step.token}" + (f".{step.signer}" if step.signer else "")


def _limit(deed: Deed, node: Node, unit_id: int | None) -> Limit | None:
    if node.limit is not None:
        return Limit(node.limit[0], LimitUnit(node.limit[1]))
    if node.unit == "each" and deed.case.matter is not None and unit_id is not None:
        row = deed.case.matter.joint_units.filter(unit_id=unit_id).first()
        return Limit(row.limit_days, LimitUnit.WORKING_DAY) if row else None
    return None


def _candidate(deed: Deed, run: Run, event: Happened, node: Node, signer: str) -> tuple[int | None, int | None]:
    """(unit, account) a step is addressed to; one of them is set. For an applicant without account it is the window,
    whose clerk takes in what they bring."""
    case = deed.case
    where = node.unit
    if where == "branch" or where.startswith("branch:"):
        where = run.unit_of(event.token or "") or where
    if where == "applicant" and case.applicant_id is not None:
        return None, case.applicant_id
    if where == "each" and signer.startswith("unit:"):
        return int(signer.removeprefix("unit:")), None
    if where in ("window", "applicant") and case.matter is not None:
        return case.matter.point.unit_id, None
    if where == "owner":
        return case.unit_id, None
    if where.startswith("joint:") and case.matter is not None:
        rows = list(case.matter.joint_units.order_by("order"))
        index = int(where.removeprefix("joint:")) - 1
        if index < len(rows):
            return rows[index].unit_id, None
    if where.startswith("code:") and (unit := Unit.objects.filter(code=where.removeprefix("code:")).first()):
        return unit.pk, None
    raise Problem(
        "no-candidate",
        f"环节“{node.name}”找不到办理单位（{where or '未写明'}）",
        f"step {node.id} has no unit to go to",
    )


def _close(deed: Deed, event: Happened) -> None:
    """A token left its node: its open steps end, as done by the one who acts or cancelled by the flow."""
    for step in deed.steps:
        if (
            step.closed_at is None
            and step.token == event.token
            and (event.what != "unask" or step.signer == str(event.data))
        ):
            step.closed_at, step.outcome, step.outcome_label = deed.at, CANCELLED, "已撤销"


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
