from django.urls import path

from zhengwu.modules.centre.views import appointments, autonomy, complaints, hall, months, queue, window

app_name = "centre"
urlpatterns = [
    path("centre/", queue.halls, name="halls"),
    path("centre/<int:pk>/kiosk/<str:key>/", queue.kiosk, name="kiosk"),
    path("centre/<int:pk>/take/", queue.phone, name="take"),
    path("centre/<int:pk>/screen/", queue.screen, name="screen"),
    path("centre/t/<str:code>/", queue.ticket, name="ticket"),
    path("centre/t/<str:code>/leave/", queue.give_back, name="leave"),
    path("appointments/<int:pk>/", appointments.slots, name="slots"),
    path("my/appointments/", appointments.mine, name="appointments"),
    path("my/appointments/<int:pk>/", appointments.change, name="appointment"),
    path("desk/window/", window.page, name="window"),
    path("desk/window/sit/", window.sit, name="sit"),
    path("desk/window/rise/", window.rise, name="rise"),
    path("desk/window/act/", window.act, name="act"),
    path("desk/hall/", hall.home, name="home"),
    path("desk/hall/windows/", hall.windows, name="windows"),
    path("desk/hall/tickets/", hall.tickets, name="tickets"),
    path("desk/hall/appointments/", hall.bookings, name="bookings"),
    path("desk/complaints/", complaints.list_page, name="complaints"),
    path("desk/complaints/new/", complaints.new, name="complaint_new"),
    path("desk/complaints/rota/", complaints.rota, name="rota"),
    path("desk/complaints/<str:number>/", complaints.one, name="complaint"),
    path("desk/months/", months.list_page, name="months"),
    path("desk/months/run/", months.run, name="months_run"),
    path("desk/months/export.xlsx", months.export, name="months_export"),
    path("desk/months/year/", months.year, name="year"),
    path("desk/months/rules/", months.rules, name="rules"),
    path("desk/months/notes/", months.notes, name="notes"),
    path("desk/months/<int:pk>/", months.one, name="sheet"),
    path("desk/months/<int:pk>.pdf", months.pdf, name="sheet_pdf"),
    path("desk/autonomy/", autonomy.page, name="autonomy"),
    path("desk/autonomy/matters/", autonomy.matters, name="authority"),
]
