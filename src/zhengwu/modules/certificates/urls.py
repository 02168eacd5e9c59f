from django.urls import path

from zhengwu.modules.certificates.views import certificate, check, desk, life, seals, sharing, stock, types

app_name = "certificates"
urlpatterns = [
    path("certificates/check/", check.check, name="check"),
    path("certificates/check/proof-<int:seq>.json", check.proof, name="proof"),
    path("certificates/present/<str:code>/", certificate.presented, name="presented"),
    path("certificates/papers/<int:pk>.pdf", certificate.paper, name="paper"),
    path("certificates/<str:identifier>.pdf", certificate.pdf, name="pdf"),
    path("certificates/<str:identifier>/", certificate.page, name="page"),
    path("certificates/<str:identifier>/present/", certificate.show, name="present"),
    path("certificates/<str:identifier>/renew/", certificate.renew, name="renew"),
    path("my/certificates/", certificate.mine, name="mine"),
    path("desk/certificates/", desk.register_page, name="desk"),
    path("desk/certificates/export.<str:kind>", desk.export, name="export"),
    path("desk/certificates/types/", types.type_list, name="types"),
    path("desk/certificates/types/new/", types.edit, name="type-new"),
    path("desk/certificates/types/<int:pk>/", types.edit, name="type"),
    path("desk/certificates/types/<int:pk>/publish/", types.publish, name="type-publish"),
    path("desk/certificates/sharing/", sharing.sharing_list, name="sharing"),
    path("desk/certificates/sharing/new/", sharing.ask, name="sharing-new"),
    path("desk/certificates/sharing/<int:pk>/", sharing.detail, name="sharing-one"),
    path("desk/certificates/look/", sharing.look_page, name="look"),
    path("desk/certificates/stock/", stock.stock_list, name="stock"),
    path("desk/certificates/stock/template-<int:pk>.xlsx", stock.template_file, name="stock-template"),
    path("desk/certificates/stock/<int:pk>/", stock.detail, name="stock-one"),
    path("desk/certificates/ends/", life.ends, name="ends"),
    path("desk/certificates/renewals/<int:pk>/", life.decide_renewal, name="renewal"),
    path("desk/certificates/<str:identifier>/", desk.detail, name="detail"),
    path("desk/certificates/<str:identifier>/status/", desk.status, name="status"),
    path("desk/certificates/<str:identifier>/change/", life.change_page, name="change"),
    path("desk/certificates/<str:identifier>/reissue/", life.reissue_one, name="reissue"),
    path("desk/organ-seals/", seals.seal_list, name="seals"),
    path("desk/organ-seals/<int:pk>/", seals.detail, name="seal"),
    path("desk/organ-seals/<int:pk>.png", seals.picture, name="seal-picture"),
]
