"""The counter, the village agent's desk, the service points, and what is printed for them."""

from django.urls import path

from zhengwu.modules.counter.views import (
    agent,
    claim,
    consents,
    done,
    pick,
    plates,
    points,
    prints,
    public_points,
    take,
)

app_name = "counter"
urlpatterns = [
    path("counter/", pick.front, name="front"),
    path("counter/found/", pick.found, name="found"),
    path("counter/window/", pick.choose_window, name="window"),
    path("counter/card/", pick.card, name="card"),
    path("counter/drafts/<int:pk>/drop/", pick.drop, name="drop"),
    path("counter/take/<str:code>/", take.take, name="take"),
    path("counter/cases/<str:number>/receipt/", done.receipt, name="receipt"),
    path("counter/today/", done.today_list, name="today"),
    path("counter/late/", done.late, name="late"),
    path("counter/late/export.csv", done.late_export, name="late_export"),
    path("counter/late/<int:pk>/arrived/", done.late_arrived, name="late_arrived"),
    path("agent/", agent.front, name="agent"),
    path("agent/consents/", consents.consents, name="consents"),
    path("agent/consents/new/", consents.ask, name="consent_new"),
    path("agent/consents/<int:pk>/", consents.consent, name="consent"),
    path("agent/consents/<int:pk>/resend/", consents.resend, name="consent_resend"),
    path("agent/consents/<int:pk>/revoke/", consents.revoke, name="consent_revoke"),
    path("agent/consents/<int:pk>/matters/", agent.matters, name="agent_matters"),
    path("agent/consents/<int:pk>/take/<str:code>/", agent.take, name="agent_take"),
    path("agent/cases/<str:number>/", agent.case_page, name="agent_case"),
    path("agent/cases/<str:number>/correct/", agent.correct, name="agent_correct"),
    path("agent/cases/<str:number>/errand/", agent.errand, name="agent_errand"),
    path("counter/consents/", consents.desk, name="consents_desk"),
    path("counter/points/", points.tree, name="points_desk"),
    path("counter/points/new/", points.new, name="point_new"),
    path("counter/points/<int:pk>/", points.edit, name="point_edit"),
    path("counter/points/<int:pk>/switch/", points.switch, name="point_switch"),
    path("counter/points/<int:pk>/windows/", points.windows, name="point_windows"),
    path("counter/plates/", plates.plates, name="plates"),
    path("counter/plates/<str:kind>.pdf", plates.pdf, name="plate"),
    path("points/", public_points.points, name="points"),
    path("points/<int:pk>/", public_points.point, name="point"),
    path("print/<str:code>/<str:kind>.pdf", prints.pdf, name="print"),
    path("my/claim/", claim.claim, name="claim"),
]
