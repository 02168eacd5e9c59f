"""What every page knows about the site and its visitor, worked out only when a template asks."""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from zhengwu.ui.registry import Link, address, navigation, places

LARGE_COOKIE = "zw_large"

# Footer facts of the fictional city; a real installation sets settings.SITE.
SITE = {
    "owner": "金效市人民政府办公室",
    "operator": "金效市政务服务和数据管理局",
    "code": "9999000001",
    "phone": "0999-12345",
    "address": "金效市清平路1号市民中心",
    "hours": "工作日 09:00—17:00",
    "domain": "www.jinxiao.example",
}


def city() -> str:
    """Name of the city (``settings.CITY_NAME``)."""
    return str(getattr(settings, "CITY_NAME", "金效市"))


def site() -> dict[str, str]:
    """Footer facts: owner, operator, code (网站标识码), phone, address, hours, domain."""
    return SITE | getattr(settings, "SITE", {})


class ShellContext:
    """``shell`` in templates; each property costs nothing until it is used."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @property
    def city(self) -> str:
        """Name of the city."""
        return city()

    @property
    def site(self) -> dict[str, str]:
        """Facts for the footer."""
        return site()

    @property
    def large(self) -> bool:
        """Whether the visitor reads in elders' mode (长者模式)."""
        return self.request.COOKIES.get(LARGE_COOKIE) == "1"

    @property
    def large_url(self) -> str:
        """Link that switches elders' mode and comes back here."""
        return address("ui:large")

    @property
    def here(self) -> str:
        """Path and query of this page, for links that come back."""
        return self.request.get_full_path()

    @cached_property
    def public(self) -> list[Link]:
        """Main navigation of the portal."""
        return navigation.links("public", self.request)

    @cached_property
    def desk(self) -> list[Link]:
        """Navigation of the desk for this person's roles; a group stands where its first link does."""
        links = navigation.links("desk", self.request)
        order = list(dict.fromkeys(link.group for link in links))
        return sorted(links, key=lambda link: order.index(link.group))

    @cached_property
    def corner(self) -> list[Link]:
        """Links beside the visitor's name."""
        return navigation.links("corner", self.request)

    @cached_property
    def places(self) -> dict[str, str]:
        """Well-known addresses by purpose, "" where nobody answers for it; home is always there."""
        named = ("home", "search", "desk", "errors", "sitemap", "profile")
        found = {purpose: places.url(purpose) for purpose in named}
        return found | {
            "home": found["home"] or "/",
            "login": address("account_login"),
            "logout": address("account_logout"),
            "signup": address("account_signup"),
            "password": address("account_change_password"),
            "about": address("ui:about"),
        }

    @property
    def signed_in(self) -> bool:
        """Whether the visitor has signed in."""
        return bool(getattr(self._user, "is_authenticated", False))

    @property
    def person(self) -> str:
        """Name of the visitor as shown in the corner."""
        return str(getattr(self._user, "name", "") or getattr(self._user, "username", ""))

    @property
    def post(self) -> str:
        """Unit and post of the visitor (``user.post_label``), "" for citizens."""
        label: Any = getattr(self._user, "post_label", "")
        return str(label() if callable(label) else label)

    @property
    def _user(self) -> Any:
        return getattr(self.request, "user", None)


def shell(request: HttpRequest) -> dict[str, ShellContext]:
    """Context processor: adds ``shell``."""
    return {"shell": ShellContext(request)}
