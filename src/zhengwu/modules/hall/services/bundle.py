"""Starting several matters from one event of life: all cases are opened, or none."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from zhengwu.kernel.cases.api import Door, Handed, open_case
from zhengwu.kernel.cases.services.attach import MATERIAL
from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.files.api import keep, open_file
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.now import now
from zhengwu.lib.problem import Invalid
from zhengwu.modules.hall.application import KIND
from zhengwu.modules.hall.models import Bundle, BundleCase
from zhengwu.modules.hall.scenes import Scene, Together


def start_together(
    *,
    scene: Scene,
    together: Together,
    by: Actor,
    account: Account,
    form: Mapping[str, Any],
    files: Mapping[str, str],
    key: str,
    door: Door,
) -> Bundle:
    """Opens a case for every matter of ``together`` and links them. ``form``: the common form; ``files``: paper → file.

    The same ``key`` again returns the first bundle. Raises Invalid by the common form's names, Problem; then nothing
    was opened.
    """
    earlier = Bundle.objects.filter(account=account, key=key).first()
    if earlier is not None:
        return earlier
    errors = together.errors(form)
    errors |= {
        f"material-{p.pk}": f"请提交“{p.name}”" for p in together.papers if p.required and str(p.pk) not in files
    }
    if not together.matters:
        errors["scene"] = "按您的情形没有要办的事项"
    if errors:
        raise Invalid(errors)
    with transaction.atomic():
        bundle = Bundle.objects.create(account=account, scene=scene.code, title=scene.title, opened_at=now(), key=key)
        used: set[str] = set()
        for order, matter in enumerate(together.matters, 1):
            case = open_case(
                kind=KIND,
                matter=matter,
                by=by,
                applicant=account,
                applicant_name=account.name,
                form=together.form_of(matter, form),
                materials=_handed(matter, together, by, files, used),
                key=f"{key}:{order}",
                door=door,
            )
            BundleCase.objects.create(bundle=bundle, case=case, order=order)
        numbers = list(bundle.links.values_list("case__number", flat=True))
        append(f"bundle:{bundle.pk}", by.by(), [Entry("bundle.opened", {"scene": scene.code, "cases": numbers})])
    return bundle


def _handed(matter: Matter, together: Together, by: Actor, files: Mapping[str, str], used: set[str]) -> list[Handed]:
    """The papers of one matter; ``used`` are files that belong to a case already."""
    found = []
    for paper in together.papers:
        file = files.get(str(paper.pk))
        for material in paper.materials:
            if material.matter_id == matter.pk and file:
                found.append(Handed(name=material.name, material_id=material.pk, file=_own(by, file, used)))
    return found


def _own(by: Actor, file: str, used: set[str]) -> UUID:
    """A file belongs to one case: the second case gets the same content under a row of its own."""
    if file not in used:
        used.add(file)
        return UUID(file)
    stored, content = open_file(by, file)
    with content:
        copy = keep(name=stored.name, media_type=stored.media_type, data=content.read(), owner=by, purpose=MATERIAL)
    return UUID(str(copy.pk))
