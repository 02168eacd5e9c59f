"""What does not fit into the bar opens under a word, without script too."""

import re

import pytest
from django.test import RequestFactory

from zhengwu.ui.context import BAR, ShellContext
from zhengwu.ui.registry import navigation

pytestmark = pytest.mark.django_db


def test_the_bar_holds_seven_and_the_rest_opens_under_more(client):
    shown = ShellContext(RequestFactory().get("/"))
    assert len(shown.public_first) <= BAR and shown.public_first + shown.public_more == shown.public
    page = client.get("/").content.decode()
    inside = re.search(r'<details class="zw-more".*?</details>', page, re.S)
    assert (inside is not None) == (len(navigation.links("public", RequestFactory().get("/"))) > BAR)
    assert all(page.count(f'href="{link.url}"') >= 1 for link in shown.public)
