"""Puts the published matters into the search index."""

from collections.abc import Iterable
from datetime import date, datetime, time

from django.urls import reverse

from zhengwu.kernel.matters.models import Matter
from zhengwu.kernel.search.api import Item, index_many
from zhengwu.lib.now import CN


def index_matters(matters: Iterable[Matter], on: date) -> int:
    """Everybody may find every published matter, by name, unit, theme and conditions; returns how many."""
    moment = datetime.combine(on, time(9), CN)
    return index_many(
        Item(kind="matter", key=matter.code, title=matter.name, url=reverse("hall:guide", args=[matter.code]),
             body="\n".join([matter.unit.name, matter.master.theme, matter.get_kind_display(), matter.result_name,
                             matter.conditions]),
             public=True, unit_id=matter.unit_id, division=matter.division_id, at=moment, suggest=True)
        for matter in matters
    )
