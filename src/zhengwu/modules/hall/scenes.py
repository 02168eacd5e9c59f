"""Events of life (一件事一次办): which matters belong together, and one form and one set of papers for all of them.

The scenes are data (``scenes.json``): questions as of a matter, and matters by name, each with a condition on the
answers; a county's own matters of these names are what is started.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.matters import guidance, held
from zhengwu.kernel.matters.api import find
from zhengwu.kernel.matters.models import Material, Matter
from zhengwu.lib import forms
from zhengwu.lib.problem import NotFound
from zhengwu.modules.hall import prefill


@dataclass(frozen=True)
class Scene:
    """One event of life as the file says it."""

    code: str
    title: str
    about: str
    questions: list[dict[str, Any]]
    matters: list[dict[str, Any]]

    def names(self, answers: Mapping[str, str]) -> list[str]:
        """Names of the matters these answers ask for, in the order of the file."""
        return [m["name"] for m in self.matters if guidance.holds(m.get("when", ""), self.questions, answers)]


@cache
def scenes() -> dict[str, Scene]:
    """All scenes by code, in the order they are shown."""
    rows = json.loads((files(__package__) / "scenes.json").read_text("utf-8"))
    rows.sort(key=lambda row: row["order"])
    return {r["code"]: Scene(r["code"], r["title"], r["about"], r["questions"], r["matters"]) for r in rows}


def scene(code: str) -> Scene:
    """Raises NotFound."""
    if code not in scenes():
        raise NotFound("no-such-scene", "没有这件事，请从“一件事”里选择", "no such scene")
    return scenes()[code]


def scene_title(code: str) -> str:
    """"" for one that is not there (any more)."""
    return scenes()[code].title if code in scenes() else ""


@dataclass(frozen=True)
class Paper:
    """One paper for one or several matters; ``materials`` are what it stands for. ``pk`` names its input."""

    materials: tuple[Material, ...]

    @property
    def pk(self) -> int:
        return min(m.pk for m in self.materials)

    @property
    def name(self) -> str:
        return self.materials[0].name

    @property
    def note(self) -> str:
        return next((m.note for m in self.materials if m.note), "")

    @property
    def required(self) -> bool:
        return any(m.required for m in self.materials)

    @property
    def shared(self) -> int:
        """For how many matters it is handed in at once."""
        return len(self.materials)


@dataclass
class Together:
    """The matters of a scene in a division for somebody: their forms and papers made one.

    Inputs of the same name and rule are one input; those that differ are asked under a name of their own.
    """

    matters: list[Matter]
    account: Account | None = None

    @cached_property
    def wanted(self) -> dict[int, list[Material]]:
        return {m.pk: guidance.needed(m, None) for m in self.matters}

    @cached_property
    def spared(self) -> dict[int, held.HeldCertificate]:
        return held.spared(self.account, [m for rows in self.wanted.values() for m in rows])

    @cached_property
    def papers(self) -> list[Paper]:
        """Every paper once; what a certificate in force shows is not among them."""
        found: dict[str, list[Material]] = {}
        for rows in self.wanted.values():
            for material in rows:
                if material.pk not in self.spared:
                    found.setdefault(material.name.strip(), []).append(material)
        return [Paper(tuple(rows)) for rows in found.values()]

    @cached_property
    def names(self) -> dict[tuple[int, str], str]:
        """(matter, property) → name of the input in the common form."""
        rules: dict[str, Any] = {}
        names: dict[tuple[int, str], str] = {}
        for number, matter in enumerate(self.matters, 1):
            for name, part in matter.form_schema.get("properties", {}).items():
                rule = _rule(part)
                common = name if rules.setdefault(name, rule) == rule else f"{name}_{number}"
                rules.setdefault(common, rule)
                names[matter.pk, name] = common
        return names

    @cached_property
    def known(self) -> dict[str, prefill.Known]:
        """Inputs nobody has to fill in, by common name."""
        if self.account is None:
            return {}
        found: dict[str, prefill.Known] = {}
        for matter in self.matters:
            for name, fact in prefill.known(matter.form_schema, self.account, self.spared).items():
                found[self.names[matter.pk, name]] = fact
        return found

    @cached_property
    def schema(self) -> dict[str, Any]:
        """The common form: what is asked of all first, then each matter's own."""
        parts: dict[str, Any] = {}
        required: list[str] = []
        users: dict[str, list[Matter]] = {}
        for matter in self.matters:
            for name in matter.form_schema.get("properties", {}):
                users.setdefault(self.names[matter.pk, name], []).append(matter)
        for number, matter in enumerate(self.matters, 1):
            for name, part in matter.form_schema.get("properties", {}).items():
                common = self.names[matter.pk, name]
                if common in self.known:
                    continue
                if common not in parts:
                    shared = len(users[common]) > 1
                    place = part.get("x-order", 0) + (0 if shared else 1000 * number)
                    parts[common] = {**part, "x-order": place, "x-section": "共同信息" if shared else matter.name}
                    if "x-show-when" in part:
                        when = part["x-show-when"]
                        parts[common]["x-show-when"] = {self.names[matter.pk, k]: v for k, v in when.items()}
                if name in matter.form_schema.get("required", []) and common not in required:
                    required.append(common)
        return {"type": "object", "properties": parts, "required": required}

    def form_of(self, matter: Matter, typed: Mapping[str, Any]) -> dict[str, Any]:
        """What belongs to one matter out of the common form."""
        data: dict[str, Any] = {}
        for name in matter.form_schema.get("properties", {}):
            common = self.names[matter.pk, name]
            if common in self.known:
                data[name] = self.known[common].value
            elif common in typed:
                data[name] = typed[common]
        return data

    def errors(self, typed: Mapping[str, Any]) -> dict[str, str]:
        """What is wrong with the common form, by its inputs; each matter's own rules decide."""
        found: dict[str, str] = {}
        for matter in self.matters:
            _, errors = forms.clean(matter.form_schema, self.form_of(matter, typed))
            for path, words in errors.items():
                name, _, rest = path.partition(".")
                common = self.names.get((matter.pk, name), name)
                found.setdefault(f"{common}.{rest}" if rest else common, words)
        return found


def _rule(part: Mapping[str, Any]) -> Any:
    """What makes two inputs the same: kind and bounds, not the words beside them."""
    return {k: v for k, v in part.items() if k not in ("x-order", "x-section", "description")}


def matters_of(found: Scene, division: str, answers: Mapping[str, str]) -> tuple[list[Matter], list[str]]:
    """The county's matters these answers ask for, and the names of those it does not offer on line."""
    names = found.names(answers)
    offered = find(division=division).filter(name__in=names, online=True).prefetch_related("materials")
    rows = {m.name: m for m in offered}
    return [rows[n] for n in names if n in rows], [n for n in names if n not in rows]
