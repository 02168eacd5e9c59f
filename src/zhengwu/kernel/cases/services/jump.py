"""跳转: the security administrator of the area sets a case on another step, where nothing else helps."""

from collections.abc import Mapping

from django.db import transaction

from zhengwu.kernel.cases import policies
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.cases.rows import put_behind
from zhengwu.kernel.cases.services.lights import holders_of
from zhengwu.kernel.cases.services.verb import (
    Done,
    Field,
    Offer,
    Scene,
    begin,
    finish,
    require_open,
    require_reason,
    run_of,
    scene,
    tell_people,
)
from zhengwu.kernel.directory.api import Actor, Role
from zhengwu.kernel.flow.api import FlowError, Run
from zhengwu.kernel.flow.explore import explore
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound

CODE, LABEL = "jump", "跳转"


def may_jump(actor: Actor, case: Case) -> bool:
    """The security administrator of the area; they see of a case only where it stands."""
    return any(case.division_id.startswith(p) for p in actor.division_prefixes(Role.SECADMIN))


def access_case_to_jump(actor: Actor, number: str) -> Case:
    """A case by number for who may move it. Raises NotFound for everybody else."""
    case = Case.objects.filter(number=number.strip().upper()).first()
    if case is None or not may_jump(actor, case):
        raise NotFound("no-such-case", "没有查到这个办件，请核对编号", "no such case")
    return put_behind(case)


def offer(scene: Scene) -> Offer | None:
    if not scene.running or scene.step.closed_at is not None or not may_jump(scene.actor, scene.case):
        return None
    places = _places(scene)
    choices = tuple((node, scene.chart.node(node).name) for node in places)
    if not choices:
        return None
    fields = (
        Field("to", "跳转到", "select", True, choices),
        Field("opinion", "理由", "textarea", True, max_length=1000),
    )
    return Offer(CODE, LABEL, fields, confirm="跳转改变办件的走向，会完整记入存证，不能撤销。")


def _places(scene: Scene) -> Mapping[str, list[str]]:
    """Step → fork path: every step the case was at, and those of its process; not back behind a decision."""
    decided = scene.case.decided_at
    before = {s.node for s in scene.steps if decided and s.closed_at is not None and s.closed_at <= decided}
    known = {s.node: list(s.path) for s in scene.steps if s.node in scene.chart}
    found = {}
    for node in scene.chart.tasks():
        path = known.get(node.id, [])
        if node.id != scene.step.node and node.id not in before and _lands(scene, node.id, path) is not None:
            found[node.id] = path
    return found


def _lands(scene: Scene, node: str, path: list[str]) -> Run | None:
    run = Run(scene.chart, scene.case.flow, who={n.id: ("?",) for n in scene.chart.tasks() if n.multi})
    try:
        return run.move(scene.step.token, node, path)
    except FlowError:
        return None


@transaction.atomic
def jump(*, step_id: int, to: str, by: Actor, opinion: str, revision: int | None = None) -> Done:
    """Cancels what stands in the way and opens the step ``to`` (its id in the chart), wherever the chart would go.

    A place from which the flow could not end is refused after a dry run. Raises NotFound, Denied, Conflict, Stale,
    Invalid.
    """
    deed = begin(step_id, by, "jump", opinion=opinion, revision=revision, sees=may_jump)
    case, step = deed.case, deed.step
    assert step is not None
    if not may_jump(by, case):
        raise Denied("secadmin-only", "跳转只能由安全管理员操作", "only the security administrator jumps")
    deed.post = next((p for p in by.posts if p.role == Role.SECADMIN), None)
    require_open(deed)
    policies.require_running(case)
    require_reason(opinion, words="请写明跳转理由")
    here = scene(deed)
    places = _places(here)
    if to not in places:
        raise Invalid({"to": "请选择可以跳转到的环节"})
    tried = _lands(here, to, places[to])
    steps = run_of(deed).variables()["steps"]
    if tried is None or explore(deed.chart, tried.state, steps=steps).dead_ends():
        raise Conflict("no-way-on", "跳转到这里流程会走不完，请选择其他环节", "the flow could not end from there")
    deed.cancelled = "因跳转撤销"
    run = run_of(deed)
    run.move(step.token, to, places[to])
    label = f"跳转至{deed.chart.node(to).name}"
    done = finish(deed, "case.jumped", label, run, what="move", target=to, path=places[to])
    told = sorted(holders_of([s for s in done.opened if s.closed_at is None]))
    tell_people(deed, told, f"{case.title} 经{label}，请办理", "jump", deed.opinion)
    return done
