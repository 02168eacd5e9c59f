"""The menu 更多操作: which verbs somebody may use at a case now, each with the fields of its small form."""

from collections.abc import Sequence
from typing import Any

from django.http import QueryDict

from zhengwu.kernel.cases.models import Case, Step
from zhengwu.kernel.cases.services.verb import Offer, Scene
from zhengwu.kernel.cases.services.verbs import VERBS, offers_in
from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.flow.api import chart_of

AFTERWARDS = frozenset({"take-back", "remove-signer"})
"""Verbs of a step one has completed."""


def menu(actor: Actor, case: Case, steps: Sequence[Step], at: Step | None = None) -> list[dict[str, Any]]:
    """The verbs ``actor`` may use now: those of the step at hand (else of the first open one) and, for what they did
    last, taking it back and taking off signers. ``steps``: all of the case, in order."""
    chart = chart_of(case.version_id)
    still = [s for s in steps if s.closed_at is None]
    mine = [s for s in still if Scene(actor, case, s, steps, chart).mine]
    here = at or next(iter(mine or still), None) or (steps[-1] if steps else None)
    found: list[tuple[Step, Offer]] = []
    if here is not None:
        found += [(here, made) for made in offers_in(Scene(actor, case, here, steps, chart))]
    done = [s for s in reversed(steps) if s.closed_at is not None and s.closed_by_id == actor.account_id]
    for step in [s for s in done if actor.account_id is not None and s is not here][:3]:
        scene = Scene(actor, case, step, steps, chart)
        found += [(step, made) for code in AFTERWARDS if (made := VERBS[code].offer(scene)) is not None]
    once = {made.code: (step, made) for step, made in reversed(found)}
    return [menu_item(step, made) for step, made in reversed(once.values())]


def menu_item(
    step: Step, made: Offer, typed: QueryDict | None = None, errors: dict[str, str] | None = None
) -> dict[str, Any]:
    """One verb for the template; field names carry the verb's code, so that several forms stand on one page."""
    fields = []
    for field in made.fields:
        name = f"{made.code}-{field.name}"
        many = field.kind == "many"
        value: Any = "" if typed is None else typed.getlist(name) if many else typed.get(name, "")
        choices = field.choices
        if field.kind == "select" and len(choices) > 1:
            choices = (("", "请选择"), *choices)
        fields.append(
            {
                "name": name,
                "label": field.label,
                "kind": "checks" if many else field.kind,
                "value": value,
                "choices": choices,
                "required": field.required,
                "help": field.help,
                "max_length": field.max_length or None,
                "error": (errors or {}).get(field.name, ""),
            }
        )
    sure = {"name": f"{made.code}-sure", "error": (errors or {}).get("sure", "")} if made.confirm else None
    return {"step": step, "offer": made, "fields": fields, "sure": sure, "open": typed is not None}


def typed_item(items: list[dict[str, Any]], verb: str, post: QueryDict, errors: dict[str, str]) -> list[dict[str, Any]]:
    """The menu with one form as it was sent, open, with what is wrong."""
    return [menu_item(i["step"], i["offer"], post, errors) if i["offer"].code == verb else i for i in items]
