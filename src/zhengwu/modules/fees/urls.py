"""Fees: the register, my bills, paying, the finance office."""

from django.urls import path

from zhengwu.modules.fees.views import desk, desk_register, mine, provider, public

app_name = "fees"
urlpatterns = [
    path("fees/", public.register_page, name="register"),
    path("fees/export.<str:kind>", public.export, name="export"),
    path("fees/<str:code>/", public.charge_page, name="charge"),
    path("my/fees/", mine.my, name="my"),
    path("my/fees/check/", mine.check, name="check"),
    path("my/fees/reports/", mine.my_reports, name="reports"),
    path("my/fees/<int:pk>/", mine.bill, name="bill"),
    path("my/fees/<int:pk>/pay/", mine.pay, name="pay"),
    path("my/fees/<int:pk>/waive/", mine.waive, name="waive"),
    path("my/fees/<int:pk>/notice.pdf", mine.paper, {"kind": "notice"}, name="notice"),
    path("my/fees/<int:pk>/receipt.pdf", mine.paper, {"kind": "receipt"}, name="receipt"),
    path("pay/simulated/<str:reference>/", provider.simulated, name="simulated"),
    path("pay/told/", provider.told, name="told"),
    path("desk/fees/", desk.bill_list, name="desk"),
    path("desk/fees/export.<str:kind>", desk.export, name="desk_export"),
    path("desk/fees/register/", desk_register.register_page, name="desk_register"),
    path("desk/fees/register/new/", desk_register.new, name="desk_new"),
    path("desk/fees/register/<str:code>/", desk_register.charge_page, name="desk_charge"),
    path("desk/fees/register/<str:code>/<str:deed>/", desk_register.charge_deed, name="desk_charge_deed"),
    path("desk/fees/reports/", desk_register.report_list, name="desk_reports"),
    path("desk/fees/reports/<int:pk>/answer/", desk_register.report_answer, name="desk_answer"),
    path("desk/fees/statement/", desk_register.statement, name="desk_statement"),
    path("desk/fees/statement/close/", desk_register.statement_close, name="desk_close"),
    path("desk/fees/statement/export.<str:kind>", desk_register.statement_export, name="desk_statement_export"),
    path("desk/fees/<int:pk>/", desk.detail, name="desk_bill"),
    path("desk/fees/<int:pk>/cancel/", desk.cancel, name="desk_cancel"),
    path("desk/fees/<int:pk>/waivers/<int:waiver>/", desk.decide, name="desk_decide"),
    path("desk/fees/cases/<str:number>/", desk.notify_payer, name="notify"),
]
