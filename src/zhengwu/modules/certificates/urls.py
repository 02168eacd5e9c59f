from django.urls import path

from zhengwu.modules.certificates.views import certificate, check, desk

app_name = "certificates"
urlpatterns = [
    path("certificates/check/", check.check, name="check"),
    path("certificates/check/proof-<int:seq>.json", check.proof, name="proof"),
    path("certificates/<str:identifier>.pdf", certificate.pdf, name="pdf"),
    path("certificates/<str:identifier>/", certificate.page, name="page"),
    path("my/certificates/", certificate.mine, name="mine"),
    path("desk/certificates/", desk.register_page, name="desk"),
    path("desk/certificates/export.<str:kind>", desk.export, name="export"),
    path("desk/certificates/<str:identifier>/", desk.detail, name="detail"),
    path("desk/certificates/<str:identifier>/status/", desk.status, name="status"),
]
