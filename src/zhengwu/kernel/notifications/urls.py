from django.urls import path

from zhengwu.kernel.notifications.views import notices

app_name = "notifications"
urlpatterns = [
    path("my/notices/", notices.page, name="notices"),
    path("my/notices/read-all/", notices.read_all, name="read-all"),
    path("my/notices/<int:notice_id>/read/", notices.read, name="read"),
]
