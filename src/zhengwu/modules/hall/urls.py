"""The service hall."""

from django.urls import path

from zhengwu.modules.hall.views import apply, mine, public

app_name = "hall"
urlpatterns = [
    path("", public.front, name="front"),
    path("matters/", public.matters, name="matters"),
    path("matters/<str:code>/", public.guide, name="guide"),
    path("matters/<str:code>/apply/", apply.form, name="apply"),
    path("matters/<str:code>/apply/materials/", apply.materials, name="apply_materials"),
    path("matters/<str:code>/apply/confirm/", apply.confirm, name="apply_confirm"),
    path("matters/<str:code>/drop/", mine.drop_draft, name="drop_draft"),
    path("search/", public.site_search, name="search"),
    path("progress/", public.progress, name="progress"),
    path("my/", mine.my, name="my"),
    path("my/cases/<str:number>/", mine.case_page, name="case"),
    path("my/cases/<str:number>/receipt/", mine.receipt, name="receipt"),
    path("my/cases/<str:number>/proof.json", mine.proof, name="proof"),
    path("my/cases/<str:number>/correct/", mine.correct, name="correct"),
    path("my/cases/<str:number>/withdraw/", mine.take_back, name="withdraw"),
    path("my/cases/<str:number>/rate/", mine.rate_case, name="rate"),
]
