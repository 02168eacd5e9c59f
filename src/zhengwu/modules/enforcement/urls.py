"""Enforcement: the office's desk, the party's own pages, publicity."""

from django.urls import path

from zhengwu.modules.enforcement.views import affair, drawing, new, party, public, register

app_name = "enforcement"
urlpatterns = [
    path("desk/enforcement/", register.listing, name="list"),
    path("desk/enforcement/export.<str:kind>", register.export, name="export"),
    path("desk/enforcement/discretion/", register.discretion, name="discretion"),
    path("desk/enforcement/new/", new.choose, name="choose"),
    path("desk/enforcement/new/<str:code>/", new.form, name="new"),
    path("desk/enforcement/draws/", drawing.listing, name="draws"),
    path("desk/enforcement/draws/<int:pk>/", drawing.detail, name="draw"),
    path("desk/enforcement/draws/<int:pk>/reveal/", drawing.reveal, name="reveal"),
    path("desk/enforcement/<str:number>/", affair.page, name="affair"),
    path("desk/enforcement/<str:number>/propose/", affair.propose, name="propose"),
    path("desk/enforcement/<str:number>/team/", affair.team, name="team"),
    path("desk/enforcement/<str:number>/hearing/", affair.hearing, name="hearing"),
    path("desk/enforcement/<str:number>/evidence/", affair.evidence, name="evidence"),
    path("my/affairs/", party.listing, name="mine"),
    path("my/affairs/<str:number>/", party.page, name="mine_page"),
    path("enforcement/", public.publicity, name="publicity"),
]
