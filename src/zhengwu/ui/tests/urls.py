"""Addresses for this package's own tests: the design system's pages and the sign-in pages it dresses."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("", include("zhengwu.ui.urls")),
]
