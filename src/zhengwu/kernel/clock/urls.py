"""The calculator for everybody and the calendar of the system administrator."""

from django.urls import path

from zhengwu.kernel.clock.views import calendar, deadline

app_name = "clock"
urlpatterns = [
    path("deadline/", deadline.deadline, name="deadline"),
    path("desk/calendar/", calendar.years, name="calendar"),
    path("desk/calendar/preview/", calendar.preview, name="calendar_preview"),
    path("desk/calendar/load/", calendar.load, name="calendar_load"),
    path("desk/calendar/<int:number>/", calendar.year, name="calendar_year"),
]
