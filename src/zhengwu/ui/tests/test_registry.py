"""Navigation by role, places that may be missing, and what a page shows of them."""

from types import SimpleNamespace

import pytest
from django.test import RequestFactory

from zhengwu.ui.registry import Navigation, Places

pytestmark = pytest.mark.urls("zhengwu.ui.tests.urls")


def visit(path: str, *roles: str):
    request = RequestFactory().get(path)
    request.user = SimpleNamespace(role_codes=frozenset(roles))
    return request


def test_only_what_the_role_may_use_in_order() -> None:
    menu = Navigation()
    menu.add("desk", "督查", "ui:about", roles=["inspector"], order=2)
    menu.add("desk", "样式", "ui:styleguide", order=1)
    menu.add("public", "关于", "ui:about")
    assert [link.label for link in menu.links("desk", visit("/"))] == ["样式"]
    assert [link.label for link in menu.links("desk", visit("/", "inspector"))] == ["样式", "督查"]
    assert [link.label for link in menu.links("desk", RequestFactory().get("/"))] == ["样式"]


def test_the_longest_matching_address_is_current() -> None:
    menu = Navigation()
    menu.add("desk", "甲", "ui:styleguide")
    menu.add("desk", "乙", "ui:about")
    current = {link.label: link.current for link in menu.links("desk", visit("/styleguide/desk/"))}
    assert current == {"甲": True, "乙": False}


def test_badges_and_pages_this_installation_does_not_have() -> None:
    menu = Navigation()
    menu.add("corner", "通知", "ui:about", badge=lambda request: 3)
    menu.add("corner", "没有", "nobody:home")
    assert [(link.label, link.count) for link in menu.links("corner", visit("/"))] == [("通知", 3)]
    menu.add("corner", "消息", "ui:about")
    assert [link.label for link in menu.links("corner", visit("/"))] == ["消息"]
    menu.remove("corner", "ui:about")
    assert menu.links("corner", visit("/")) == []


def test_places() -> None:
    known = Places()
    assert known.url("search") == ""
    known.set("search", "ui:about")
    assert known.url("search") == "/about/"
    known.set("search", "nobody:search")
    assert known.url("search") == ""
