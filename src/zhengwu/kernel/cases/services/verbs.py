"""The verbs of an office besides completing a step: which are allowed now, and the one door to carry them out."""

from collections.abc import Mapping, Sequence
from typing import Any

from zhengwu.kernel.cases.models import Step
from zhengwu.kernel.cases.services import (
    add_signer,
    circulate,
    end,
    hand_over,
    jump,
    press,
    remove_signer,
    send_back,
    suspend,
    take_back,
)
from zhengwu.kernel.cases.services.verb import Done, Offer, Scene, Verb, scene_of
from zhengwu.kernel.directory.api import Actor
from zhengwu.lib.problem import NotFound

Filled = Mapping[str, Any]


def _text(data: Filled, name: str) -> str:
    return str(data.get(name) or "")


def _list(data: Filled, name: str) -> list[str]:
    value = data.get(name) or []
    return [str(v) for v in value] if isinstance(value, list | tuple) else [str(value)]


def _items(data: Filled) -> Sequence[Mapping[str, str]]:
    """What a correction notice asks for: ``items`` as they are, or the one row of the small form."""
    if isinstance(data.get("items"), list):
        return [dict(i) for i in data["items"] if isinstance(i, dict)]
    material = _text(data, "material").strip()
    row = {"material": material, "fault": _text(data, "opinion").strip()[:200], "wanted": _text(data, "wanted").strip()}
    return [row] if material else []


def _send_back(data: Filled, **given: Any) -> Done:
    return send_back.send_back(to=_text(data, "to"), items=_items(data), **given)


def _take_back(data: Filled, **given: Any) -> Done:
    return take_back.take_back(**given)


def _add_signer(data: Filled, **given: Any) -> Done:
    return add_signer.add_signer(how=_text(data, "how"), who=_text(data, "who"), **given)


def _remove_signer(data: Filled, **given: Any) -> Done:
    return remove_signer.remove_signer(who=_text(data, "who"), **given)


def _hand_over(data: Filled, **given: Any) -> Done:
    return hand_over.hand_over(to=_text(data, "to"), **given)


def _circulate(data: Filled, **given: Any) -> Done:
    return circulate.circulate(readers=_list(data, "readers"), **given)


def _press(data: Filled, **given: Any) -> Done:
    return press.press(**given)


def _suspend(data: Filled, **given: Any) -> Done:
    return suspend.suspend(basis=_text(data, "basis"), until=_text(data, "until"), **given)


def _resume(data: Filled, **given: Any) -> Done:
    return suspend.resume(**given)


def _end(data: Filled, **given: Any) -> Done:
    return end.end(ground=_text(data, "ground"), **given)


def _jump(data: Filled, **given: Any) -> Done:
    return jump.jump(to=_text(data, "to"), **given)


VERBS: dict[str, Verb] = {
    verb.code: verb
    for verb in (
        Verb(take_back.CODE, take_back.LABEL, take_back.offer, _take_back),
        Verb(send_back.CODE, send_back.LABEL, send_back.offer, _send_back),
        Verb(add_signer.CODE, add_signer.LABEL, add_signer.offer, _add_signer),
        Verb(remove_signer.CODE, remove_signer.LABEL, remove_signer.offer, _remove_signer),
        Verb(hand_over.CODE, hand_over.LABEL, hand_over.offer, _hand_over),
        Verb(circulate.CODE, circulate.LABEL, circulate.offer, _circulate),
        Verb(press.CODE, press.LABEL, press.offer, _press),
        Verb(suspend.RESUME, suspend.RESUME_LABEL, suspend.offer_resume, _resume),
        Verb(suspend.CODE, suspend.LABEL, suspend.offer, _suspend),
        Verb(end.CODE, end.LABEL, end.offer, _end),
        Verb(jump.CODE, jump.LABEL, jump.offer, _jump),
    )
}
"""Every verb by its code, in the order they are offered."""


def offers(actor: Actor, step: Step) -> list[Offer]:
    """The verbs ``actor`` may use at ``step`` now, each with what it asks for."""
    return offers_in(scene_of(actor, step))


def offers_in(scene: Scene) -> list[Offer]:
    return [made for verb in VERBS.values() if (made := verb.offer(scene)) is not None]


def perform(
    verb: str, *, step_id: int, by: Actor, data: Filled | None = None, revision: int | None = None
) -> Done:
    """Carries a verb out with what was filled in, by the fields of its offer. Raises NotFound and what it raises."""
    found = VERBS.get(verb)
    if found is None:
        raise NotFound("no-such-verb", "没有这个操作", "no such verb")
    filled = data or {}
    return found.perform(filled, step_id=step_id, by=by, opinion=_text(filled, "opinion"), revision=revision)
