"""Every address of the installation. Packages own their full paths unless ``PREFIXES`` gives them a place."""

from collections.abc import Iterator
from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from zhengwu.project.api.assembly import api
from zhengwu.project.health import healthz, readyz
from zhengwu.project.home import home
from zhengwu.project.modules import KERNEL, MODULES

PREFIXES = {"zhengwu.kernel.ledger": "seals/"}


def _pages() -> Iterator[URLResolver]:
    for package in ("zhengwu.ui", *KERNEL, *MODULES, "zhengwu.demo"):
        if find_spec(f"{package}.urls"):
            yield path(PREFIXES.get(package, ""), include(f"{package}.urls"))


urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("home/", home, name="home"),
    path("api/v1/", api.urls),
    *_pages(),
    path("accounts/", include("allauth.account.urls")),
]
