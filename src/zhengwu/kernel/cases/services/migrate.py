"""Moving running cases to another version of their chart: shown case by case first, then done case by case."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from django.db import transaction

from zhengwu.kernel.cases.deed import Deed
from zhengwu.kernel.cases.models import Case, Step, Timer
from zhengwu.kernel.cases.services.advance import (
    CORRECT,
    CORRECTION_BASIS,
    address,
    own_limit,
    signers,
    step_subject,
    variables,
)
from zhengwu.kernel.cases.services.write import refresh_due, write
from zhengwu.kernel.clock import api as clock
from zhengwu.kernel.clock.api import due_at, parse_duration
from zhengwu.kernel.directory.api import Actor, Role
from zhengwu.kernel.flow.api import Chart, Node, Obstacle, Run, chart_of, path_in
from zhengwu.kernel.flow.models import Version, VersionState
from zhengwu.kernel.ledger.api import Entry
from zhengwu.lib import now
from zhengwu.lib.problem import Denied, Invalid, NotFound, Problem
from zhengwu.lib.uploads import refuse_secret_text

REASON_MAX = 200
_BEHIND = ("matter__master", "matter__point", "unit", "version__definition")


@dataclass(frozen=True)
class Place:
    """An open step: where it stands (``node``, ``name``) and where it would stand (``to_node``, ``to_name``)."""

    token: str
    node: str
    name: str
    to_node: str
    to_name: str


@dataclass(frozen=True)
class Fate:
    """What the change-over does to one case. With ``obstacles`` it stays where it is; each says why in words.

    ``moved``: carried out. ``changed``: somebody had acted since the preview (``revision`` is the one now), so that it
    was judged anew; a case closed meanwhile has no places and no obstacles.
    """

    number: str
    title: str
    revision: int
    places: tuple[Place, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    moved: bool = False
    changed: bool = False
    closed: bool = False


@dataclass
class _Plan:
    """Both versions and what was found out about equal situations already."""

    source: Version
    target: Version
    mapping: Mapping[str, str]
    known: dict[str, tuple[Obstacle, ...]] = field(default_factory=dict)

    def charts(self) -> tuple[Chart, Chart]:
        return chart_of(self.source.pk), chart_of(self.target.pk)


def preview(*, version_from: int, version_to: int, mapping: Mapping[str, str], by: Actor) -> list[Fate]:
    """Every running case on ``version_from``, by number: where its open steps would stand on ``version_to``, or what is
    in the way. Writes nothing.

    ``mapping``: step id of the old chart → step id of the new one, for steps whose id changed. A case in an area
    ``by`` does not design for is listed with that as its obstacle. Raises Denied (no designer), NotFound (a version),
    Invalid (versions of two charts, target not published, mapping to nothing).
    """
    plan = _plan(version_from, version_to, mapping, by)
    rows = Case.objects.filter(version_id=version_from, closed_at=None).select_related(*_BEHIND)
    rows = rows.prefetch_related("steps").order_by("number")
    return [_judge(plan, case, list(case.steps.all()), by)[0] for case in rows]


def migrate(
    *,
    version_from: int,
    version_to: int,
    mapping: Mapping[str, str],
    by: Actor,
    reason: str,
    numbers: Collection[str] | None = None,
    seen: Mapping[str, int] | None = None,
) -> Iterator[Fate]:
    """Carries the change-over out, each case in a transaction of its own; gives every case's fate as it is done.

    All running cases on ``version_from`` (only ``numbers``, if given) are dealt with; none is skipped silently. What
    was opened on the old version while this runs is found in a last round. ``seen``: number → revision in the preview;
    a case acted on since is judged anew and says so. Safe to run again after an interruption: what was moved is no
    longer on ``version_from``. Raises as ``preview`` and Invalid for a missing reason, before the first case.
    """
    plan = _plan(version_from, version_to, mapping, by)
    words = reason.strip()
    if not words or len(words) > REASON_MAX:
        raise Invalid({"reason": f"请写明迁移的理由（{REASON_MAX}字以内）"})
    refuse_secret_text(words, field="reason")
    return _each(plan, by, words, numbers, dict(seen or {}))


def _each(
    plan: _Plan, by: Actor, reason: str, numbers: Collection[str] | None, seen: dict[str, int]
) -> Iterator[Fate]:
    done: set[str] = set()
    while True:
        rows = Case.objects.filter(version_id=plan.source.pk, closed_at=None)
        asked = rows if numbers is None else rows.filter(number__in=numbers)
        new = [n for n in asked.order_by("number").values_list("number", flat=True) if n not in done]
        gone = [] if numbers is None or done else sorted(set(numbers) - set(new))
        for number in [*new, *gone]:
            done.add(number)
            yield _move(plan, number, by=by, reason=reason, seen=seen.get(number))
        if not new or numbers is not None:
            return


@transaction.atomic
def _move(plan: _Plan, number: str, *, by: Actor, reason: str, seen: int | None) -> Fate:
    """One case under its lock: judged as it is now, then moved or left."""
    case = Case.objects.select_for_update(of=("self",)).select_related(*_BEHIND).filter(number=number).first()
    if case is None:
        raise NotFound("no-such-case", "没有查到这个办件，请核对编号", "no such case")
    changed = seen is not None and seen != case.revision
    if case.closed_at is not None or case.version_id != plan.source.pk:
        closed = case.closed_at is not None
        return Fate(number, case.title, case.revision, moved=not closed, changed=True, closed=closed)
    steps = list(case.steps.order_by("id"))
    fate, run = _judge(plan, case, steps, by)
    if run is None:
        return replace(fate, changed=changed)
    old, new = plan.charts()
    deed = Deed(case=case, chart=new, actor=by, at=now.now(), action="migrate", steps=steps)
    _replace(deed, plan, run, old, fate)
    deed.facts |= {
        "what": "migrate",
        "from": [plan.source.number, plan.source.sm3],
        "to": [plan.target.number, plan.target.sm3],
        "version_from": plan.source.pk,
        "version_to": plan.target.pk,
        "mapping": dict(plan.mapping),
        "steps": [[p.token, p.node, p.to_node] for p in fate.places],
        "reason": reason,
    }
    write(deed, Entry("case.migrated", deed.facts))
    refresh_due(case, steps)
    return replace(fate, changed=changed, moved=True)


def _plan(version_from: int, version_to: int, mapping: Mapping[str, str], by: Actor) -> _Plan:
    if by.kind != "system" and not by.has_role(Role.DESIGNER):
        raise Denied("designer-only", "办件迁移由流程设计员操作", "only a chart designer moves cases")
    found = {v.pk: v for v in Version.objects.filter(pk__in=(version_from, version_to)).select_related("definition")}
    if version_from not in found or version_to not in found:
        raise NotFound("no-such-version", "没有这个流程图版本", "no such version")
    source, target = found[version_from], found[version_to]
    if source.pk == target.pk or source.definition_id != target.definition_id:
        raise Invalid({"version_to": "请选择同一流程图的另一个版本"})
    if source.state == VersionState.DRAFT or target.state != VersionState.PUBLISHED:
        raise Invalid({"version_to": "只能迁移到已发布的版本"})
    plan = _Plan(source, target, dict(mapping))
    old, new = plan.charts()
    wrong = {f"mapping.{a}": f"没有环节“{a if a not in old else b}”" for a, b in mapping.items()
             if a not in old or b not in new}
    if wrong:
        raise Invalid(wrong)
    return plan


def _judge(plan: _Plan, case: Case, steps: list[Step], by: Actor) -> tuple[Fate, Run | None]:
    """The fate of a case as it stands, and the run on the new chart if nothing is in the way."""
    old, new = plan.charts()
    places = tuple(
        Place(s.token, s.node, s.name, to.id if to else "", to.name if to else "")
        for s in steps
        if s.closed_at is None
        for to in [new.find(plan.mapping.get(s.node, s.node))]
    )
    fate = Fate(case.number, case.title, case.revision, places)
    if by.kind != "system" and not any(case.division_id.startswith(p) for p in by.division_prefixes(Role.DESIGNER)):
        return replace(fate, obstacles=(Obstacle("", "", "本件不在您负责的区划，请由所在区划的流程设计员迁移"),)), None
    values = variables(case, steps, "")
    values["steps"] = {plan.mapping.get(n, n): outcome for n, outcome in values["steps"].items()}
    run = Run(old, case.flow, variables=values, who=signers(case, new))
    key = json.dumps([case.flow["t"], sorted(values["steps"].items())])
    # The dry run costs most; a case in the same situation as an earlier one shares its verdict.
    if plan.known.get(key):
        return replace(fate, obstacles=plan.known[key]), None
    bad = tuple(run.migrate(new, plan.mapping, dry=key not in plan.known))
    plan.known[key] = bad
    bad = bad or tuple(_homeless(case, new, run, places))
    return (replace(fate, obstacles=bad), None) if bad else (fate, run)


def _homeless(case: Case, chart: Chart, run: Run, places: tuple[Place, ...]) -> Iterator[Obstacle]:
    """Steps for which the new chart names a unit this case does not have."""
    for place in places:
        try:
            address(case, run, place.token, chart.node(place.to_node), _signer(run, place))
        except Problem as problem:
            yield Obstacle(place.token, place.node, problem.zh)


def _signer(run: Run, place: Place) -> str:
    return next(iter(run.tokens[place.token].get("mi", {}).get("o", ())), "")


def _replace(deed: Deed, plan: _Plan, run: Run, old: Chart, fate: Fate) -> None:
    """Steps, timers and clocks as the new chart has them. What was done keeps its words; its place is renamed too, so
    that conditions and the drawing find it."""
    case, chart, mapping = deed.case, deed.chart, plan.mapping
    case.version, case.version_id, case.flow = plan.target, plan.target.pk, run.state
    renamed = []
    for step in deed.steps:
        before = old.node(step.node) if step.node in old else None
        step.node = mapping.get(step.node, step.node)
        if before is not None and (process := chart.find(step.node)) is not None:
            step.path = path_in(old.processes[before.process], chart.processes[process.process], step.path, mapping)
        if step.closed_at is None and before is not None:
            _reopen(deed, run, step, before, chart.node(step.node))
        renamed.append(step)
    Step.objects.bulk_update(renamed, ["node", "name", "kind", "path", "unit", "role", "account"])
    _standing(deed, old, fate)
    _timers(deed, plan, old)


def _reopen(deed: Deed, run: Run, step: Step, before: Node, node: Node) -> None:
    case = deed.case
    handed_over = step.account_id is not None and before.unit != "applicant"
    if not step.signer and not handed_over:
        unit_id, account_id = address(case, run, step.token, node, "")
        step.unit_id, step.account_id = unit_id, account_id
        step.role = Role.CLERK if node.unit == "applicant" and account_id is None else node.role
        if unit_id is not None and unit_id not in case.unit_ids:
            case.unit_ids = sorted({*case.unit_ids, unit_id})
    step.name, step.kind = node.name, node.kind_of_step
    was, limit = own_limit(deed, before, step.unit_id), own_limit(deed, node, step.unit_id)
    if was == limit:
        return
    subject = step_subject(case, step)
    if was is not None:
        clock.stop_all([subject], deed.at)
    if limit is not None:
        clock.start(
            subject=subject,
            kind="correction" if step.kind == CORRECT else "step",
            limit=limit,
            at=step.opened_at,
            basis=CORRECTION_BASIS if step.kind == CORRECT else "流程图规定的环节时限",
            unit_id=step.unit_id,
        )


def _standing(deed: Deed, old: Chart, fate: Fate) -> None:
    """Clocks stand still while a step that suspends is open; the new chart may see that differently."""
    before = [old.node(p.node).suspends for p in fate.places]
    after = [deed.chart.node(p.to_node).suspends for p in fate.places]
    if any(after) and not any(before):
        reason, basis = next(s for s in after if s)
        deed.facts["suspend"] = [reason, basis]
    elif any(before) and not any(after):
        deed.facts["resume"] = True


def _timers(deed: Deed, plan: _Plan, old: Chart) -> None:
    rows = {(t.token, t.boundary): t for t in Timer.objects.filter(case=deed.case)}
    for step in {s.token: s for s in deed.steps if s.closed_at is None}.values():
        for timer in deed.chart.node(step.node).timers:
            known = next((b for b in rows if b[0] == step.token and plan.mapping.get(b[1], b[1]) == timer.node), None)
            if known is not None:
                row = rows.pop(known)
                if row.boundary != timer.node:
                    Timer.objects.filter(pk=row.pk).update(boundary=timer.node)
            else:
                moment = due_at(step.opened_at, parse_duration(timer.text))
                Timer.objects.create(case=deed.case, token=step.token, boundary=timer.node, due_at=moment)
    Timer.objects.filter(pk__in=[row.pk for row in rows.values()]).delete()
