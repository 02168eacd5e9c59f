"""The service hall, twice: as it is, and below /m/ for old phones. The same views; ``views/face.py`` knows which."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from zhengwu.modules.hall.views import (
    apply,
    apply_confirm,
    apply_materials,
    ask,
    dates,
    mandates,
    mine,
    public,
    scenes,
    signing,
    together,
)

app_name = "hall"
_BOTH: list[tuple[str, Callable[..., Any], str]] = [
    ("", public.front, "front"),
    ("matters/", public.matters, "matters"),
    ("matters/<str:code>/", public.guide, "guide"),
    ("matters/<str:code>/ask/", ask.ask, "ask"),
    ("matters/<str:code>/apply/", apply.form, "apply"),
    ("matters/<str:code>/apply/materials/", apply_materials.materials, "apply_materials"),
    ("matters/<str:code>/apply/confirm/", apply_confirm.confirm, "apply_confirm"),
    ("matters/<str:code>/drop/", mine.drop_draft, "drop_draft"),
    ("progress/", public.progress, "progress"),
    ("my/", mine.my, "my"),
    ("my/cases/<str:number>/", mine.case_page, "case"),
    ("my/cases/<str:number>/receipt/", mine.receipt, "receipt"),
    ("my/cases/<str:number>/correct/", mine.correct, "correct"),
    ("my/cases/<str:number>/late/", mine.late, "late"),
    ("my/cases/<str:number>/withdraw/", mine.take_back, "withdraw"),
    ("my/mandates/", mandates.mandates, "mandates"),
    ("my/mandates/<int:pk>/", mandates.mandate, "mandate"),
    ("my/mandates/<int:pk>/answer/", mandates.answer, "mandate_answer"),
    ("my/together/<int:pk>/", together.invitation, "together"),
]
_WIDE: list[tuple[str, Callable[..., Any], str]] = [
    ("search/", public.site_search, "search"),
    ("my/cases/<str:number>/proof.json", mine.proof, "proof"),
    ("my/calendar/", dates.calendar, "calendar"),
    ("calendar/<str:secret>.ics", dates.feed, "feed"),
    ("scenes/", scenes.listing, "scenes"),
    ("scenes/<slug:code>/", scenes.one, "scene"),
    ("scenes/<slug:code>/apply/", scenes.form, "scene_form"),
    ("scenes/<slug:code>/papers/", scenes.papers, "scene_papers"),
    ("scenes/<slug:code>/confirm/", scenes.confirm, "scene_confirm"),
    ("my/scenes/<int:pk>/", scenes.bundle, "bundle"),
]
urlpatterns: list[URLPattern] = [
    *(path(route, view, name=name) for route, view, name in [*_BOTH, *_WIDE]),
    *(path(f"m/{route}", view, name=f"m_{name}") for route, view, name in _BOTH),
    path("m/login/", signing.login, name="m_login"),
    path("m/logout/", signing.logout, name="m_logout"),
]
