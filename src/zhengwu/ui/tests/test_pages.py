"""The pages and shells the design system owns."""

import pytest
from django.test import Client, override_settings

pytestmark = [pytest.mark.urls("zhengwu.ui.tests.urls")]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/styleguide/", "/styleguide/desk/", "/styleguide/paper/", "/about/", "/accounts/login/"])
def test_pages_render(client: Client, path: str, monkeypatch) -> None:
    monkeypatch.setenv("ZW_STYLEGUIDE", "1")
    response = client.get(path)
    assert response.status_code == 200
    assert "金效市" in response.content.decode()
