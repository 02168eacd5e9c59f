from django.urls import path

from zhengwu.modules.delivery.views import pages

app_name = "delivery"
urlpatterns = [
    path("my/cases/<str:number>/post/", pages.choose, name="choose"),
    path("my/cases/<str:number>/post/fetch/", pages.fetch, name="fetch"),
    path("desk/parcels/", pages.parcels, name="parcels"),
    path("desk/parcels/<int:pk>/send/", pages.send, name="send"),
    path("desk/parcels/<int:pk>/label/", pages.label, name="label"),
]
