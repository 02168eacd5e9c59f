"""What the entry form sends, put into the terms of the services, and what it shows again."""

import re
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, QueryDict

from zhengwu.kernel.cases.models import Submission
from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.files.api import store
from zhengwu.kernel.files.models import StoredFile
from zhengwu.kernel.matters.models import Material, Matter
from zhengwu.lib import forms
from zhengwu.lib.forms_values import flatten
from zhengwu.lib.identifiers import is_citizen_id, normal
from zhengwu.lib.problem import Problem
from zhengwu.modules.counter.models import Taking
from zhengwu.modules.counter.people import Typed
from zhengwu.modules.counter.services.take_in import Paper

Way = Submission.Way
_OWN = re.compile(r"csrfmiddlewaretoken|go|key|person-.+|way-[0-9]+|due-[0-9]+|file-[0-9]+")
_NAMES = frozenset({"contact", "contact_name", "operator", "name", "applicant", "representative"})
"""Fields of demo and common forms that ask for the name of the one who stands there."""


@dataclass
class Entry:
    """One entry as typed: who, the matter's form, material → {"way", "due", "file"}; ``errors`` by field."""

    matter: Matter
    person: Typed = field(default_factory=Typed)
    form: dict[str, Any] = field(default_factory=dict)
    papers: dict[str, dict[str, str]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def from_draft(matter: Matter, taking: Taking | None, person: Typed | None = None) -> Entry:
    """What was typed before; ``person`` where it is settled who it is for."""
    if taking is None:
        return Entry(matter, person or Typed())
    return Entry(matter, person or Typed.unsealed(taking.person_sealed), dict(taking.form), dict(taking.papers))


def from_post(request: HttpRequest, matter: Matter, actor: Actor, before: Entry, person: Typed | None = None) -> Entry:
    """What the form sent. Files are checked and kept as they come; what cannot be kept is an error at its field."""
    sent = request.POST
    typed = {k: v for k, v in flatten(sent, matter.form_schema).items() if not _OWN.fullmatch(k)}
    entry = Entry(matter, person or Typed.of(sent), typed)
    for material in matter.materials.all():
        row = _paper(sent, material, before)
        if upload := request.FILES.get(f"file-{material.pk}"):
            try:
                row["file"] = str(store(name=upload.name or "", stream=upload, owner=actor, purpose="material").pk)
                row["way"] = str(Way.FILE)
            except Problem as problem:
                entry.errors[f"file-{material.pk}"] = problem.zh
        entry.papers[str(material.pk)] = row
    return entry


def _paper(sent: QueryDict, material: Material, before: Entry) -> dict[str, str]:
    pk = str(material.pk)
    way = sent.get(f"way-{pk}", "")
    if not way and material.required and sent.get("go") == "allpaper":
        way = Way.PAPER
    return {
        "way": way if way in (Way.PAPER, Way.FILE, Way.LATER) else "",
        "due": sent.get(f"due-{pk}", "")[:10],
        "file": before.papers.get(pk, {}).get("file", ""),
    }


def filled(entry: Entry) -> dict[str, Any]:
    """Asked once is enough: what the identity says fills the fields that ask for it and were left empty. Never kept in
    a draft, where identifiers lie sealed."""
    person, typed, schema = entry.person, entry.form, entry.matter.form_schema
    number = normal(person.number)
    citizen = is_citizen_id(number) if len(number) == 18 else False
    full = dict(typed)
    for name, part in schema.get("properties", {}).items():
        if full.get(name) or part.get("type") != "string":
            continue
        kind = part.get("format", "")
        if kind == "phone":
            full[name] = person.phone
        elif kind == "citizen-id":
            full[name] = number if citizen else ""
        elif kind == "uscc":
            full[name] = "" if citizen else number
        elif name == "address":
            full[name] = person.address
        elif name == "organisation":
            full[name] = "" if citizen else person.name
        elif name in _NAMES:
            full[name] = person.proxy_name or (person.name if citizen else "")
    return {k: v for k, v in full.items() if v not in ("", None)}


def papers_of(entry: Entry) -> list[Paper]:
    """The materials that came or are promised; a file without file and a wrong date are left to the services."""
    found = []
    for material in entry.matter.materials.all():
        row = entry.papers.get(str(material.pk), {})
        if row.get("way"):
            found.append(Paper(material, row["way"], _day(row.get("due", "")),
                               UUID(row["file"]) if row["way"] == Way.FILE and row.get("file") else None))
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def check_form(entry: Entry) -> dict[str, str]:
    """What of the matter's form is wrong, by field."""
    return forms.clean(entry.matter.form_schema, filled(entry))[1]


def check_papers(entry: Entry) -> dict[str, str]:
    """The required materials nothing is said about; those wanted in some situations only are the clerk's to judge."""
    return {
        f"material-{m.pk}": f"请提交“{m.name}”"
        for m in entry.matter.materials.all()
        if m.required and not m.when and not entry.papers.get(str(m.pk), {}).get("way")
    }


def sections(entry: Entry) -> list[tuple[str, list[forms.Field]]]:
    """The matter's fields to draw; a repeating part ends with an empty row to type into."""
    schema = entry.matter.form_schema
    typed = dict(entry.form)
    for name, part in schema.get("properties", {}).items():
        if part.get("type") == "array" and part.get("items", {}).get("type") == "object":
            rows = typed.get(name)
            typed[name] = [*(rows if isinstance(rows, list) else []), {}]
    drawn = forms.fields(schema, typed, entry.errors)
    return forms.section_list([f if f.widget in ("tick", "checks", "rows") else replace(f) for f in drawn])


def material_rows(entry: Entry, owner: Actor) -> list[dict[str, Any]]:
    """The materials with how they came, the file's name, and the error of each."""
    files = [row["file"] for row in entry.papers.values() if row.get("file")]
    names = {str(f.pk): f.name for f in StoredFile.objects.filter(pk__in=files, owner_id=owner.account_id)}
    rows = []
    for material in entry.matter.materials.all():
        pk = str(material.pk)
        row = entry.papers.get(pk, {})
        errors = [entry.errors[k] for k in (f"material-{pk}", f"due-{pk}", f"file-{pk}") if k in entry.errors]
        rows.append({"material": material, "way": row.get("way", ""), "due": row.get("due", ""),
                     "file": names.get(row.get("file", ""), ""), "errors": errors})
    return rows
