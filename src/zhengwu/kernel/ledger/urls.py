"""Public pages of the ledger; the project mounts them at /seals/."""

from django.urls import path

from zhengwu.kernel.ledger.views import checking, seals

app_name = "ledger"
urlpatterns = [
    path("", seals.page, name="seals"),
    path("<int:number>.json", seals.as_json, name="seal_json"),
    path("check/", checking.page, name="check"),
    path("offline.html", checking.offline, name="offline"),
    path("openssl/", checking.openssl, name="openssl"),
]
