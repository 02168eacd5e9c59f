"""The inspector's pages."""

from django.urls import path

from zhengwu.modules.supervision.views import board

app_name = "supervision"
urlpatterns = [
    path("desk/supervision/", board.board, name="board"),
    path("desk/supervision/lights.csv", board.export, name="export"),
]
