"""The desk: to-do list, what I did, cases."""

from django.urls import path

from zhengwu.kernel.cases.views import cases, desk, extend, homes

app_name = "cases"
urlpatterns = [
    path("desk/", desk.desk, name="desk"),
    path("desk/matters/", homes.matters, name="matters"),
    path("desk/duty/", homes.duty, name="duty"),
    path("desk/done/", desk.done, name="done"),
    path("desk/steps/<int:step_id>/", desk.pane, name="step"),
    path("desk/steps/<int:step_id>/act/", desk.step_act, name="act"),
    path("desk/cases/", cases.case_list, name="list"),
    path("desk/cases/export.<str:kind>", cases.export, name="export"),
    path("desk/cases/<str:number>/extend/", extend.extend_case, name="extend"),
    path("desk/cases/<str:number>/", cases.case_page, name="case"),
    path("cases/<str:number>/papers/<int:pk>.pdf", cases.document, name="paper"),
]
