"""The pages and shells the design system owns."""

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

pytestmark = [pytest.mark.urls("zhengwu.ui.tests.urls")]
PAGES = ["/styleguide/", "/styleguide/desk/", "/styleguide/paper/", "/about/", "/accounts/login/", "/accounts/signup/"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
def test_pages_render(client: Client, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZW_STYLEGUIDE", "1")
    response = client.get(path)
    assert response.status_code == 200
    html = response.content.decode()
    assert "金效市" in html
    assert html.count("<main") == 1 and html.count("<h1") == 1
    assert 'lang="zh-CN"' in html


@pytest.mark.django_db
def test_the_style_guide_is_hidden_in_production(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZW_STYLEGUIDE", raising=False)
    response = client.get("/styleguide/")
    assert response.status_code == 404
    assert "没有找到这一页" in response.content.decode()


@pytest.mark.django_db
def test_a_wrong_password_is_said_in_chinese(client: Client) -> None:
    response = client.post("/accounts/login/", {"login": "nobody", "password": "wrong"})
    assert response.status_code == 200
    assert "有1处需要更正" in response.content.decode()


def test_elders_mode_is_a_cookie_and_comes_back(client: Client) -> None:
    response = client.get("/mode/large/?on=1&next=/about/%3Fa%3D1")
    assert response.status_code == 302 and response["Location"] == "/about/?a=1"
    assert client.cookies["zw_large"].value == "1"
    assert 'class="zw-public zw-large"' in client.get("/about/").content.decode()
    client.get("/mode/large/?on=0&next=/about/")
    assert "zw-large" not in client.get("/about/").content.decode().split(">", 2)[1]


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_elders_mode_never_leads_away(client: Client, target: str) -> None:
    assert client.get("/mode/large/", {"next": target})["Location"] == "/"


def test_elders_mode_accepts_no_post(client: Client) -> None:
    assert client.post("/mode/large/").status_code == 405


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "500"])
def test_error_pages_need_no_request_and_say_what_to_do(code: str) -> None:
    html = render_to_string(f"{code}.html")
    assert "请" in html and 'href="/"' in html


def test_the_desk_says_what_must_not_be_entered() -> None:
    assert "本系统为非涉密系统，严禁处理、传输国家秘密" in render_to_string(
        "ui/desk.html", request=RequestFactory().get("/")
    )


@pytest.mark.django_db
def test_public_pages_carry_the_labels_of_government_sites(client: Client) -> None:
    html = client.get("/about/").content.decode()
    for name in ("SiteName", "SiteDomain", "SiteIDCode", "主办单位", "网站标识码", "我为政府网站找错", "无障碍说明"):
        assert name in html
