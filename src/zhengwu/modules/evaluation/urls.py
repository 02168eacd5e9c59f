from django.urls import path

from zhengwu.modules.evaluation.views import desk, device, give, public

app_name = "evaluation"
urlpatterns = [
    path("evaluations/", public.rates_page, name="public"),
    path("evaluate/", give.by_slip, name="slip"),
    path("evaluate/t/<str:code>/", give.by_ticket, name="ticket"),
    path("evaluate/window/<int:pk>/<str:key>/", device.page, name="device"),
    path("my/cases/<str:number>/rate/", give.own_case, name="own"),
    path("desk/evaluations/", desk.list_page, name="desk"),
    path("desk/evaluations/export.<str:kind>", desk.export, name="export"),
    path("desk/evaluations/<int:pk>/callback/", desk.callback, name="callback"),
]
