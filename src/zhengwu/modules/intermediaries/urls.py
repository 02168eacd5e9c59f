from django.urls import path

from zhengwu.modules.intermediaries.views import pages

app_name = "intermediaries"
urlpatterns = [
    path("intermediaries/", pages.public, name="public"),
    path("my/engagements/", pages.mine, name="mine"),
    path("my/engagements/<int:pk>/deliver/", pages.hand_in, name="deliver"),
    path("my/engagements/<int:pk>/cancel/", pages.cancel, name="cancel"),
    path("cases/<str:number>/engagements/", pages.ask, name="ask"),
    path("desk/intermediaries/", pages.register, name="register"),
    path("desk/intermediaries/<int:pk>/", pages.change, name="change"),
]
