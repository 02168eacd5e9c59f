from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "zhengwu.ui"
    label = "ui"
