"""The hall below /m/: everything, in less than 50 kB a page, without script, and one stays there."""

import re

import pytest
from django.contrib.staticfiles import finders

from zhengwu.kernel.cases.api import query_code
from zhengwu.kernel.cases.models import Case
from zhengwu.modules.hall.tests.conftest import answer, fill

pytestmark = pytest.mark.django_db
LIMIT = 50_000
CSS = len(open(finders.find("hall/m.css"), "rb").read())  # noqa: SIM115


def small(answer) -> str:
    """The page's text, after its weight, its independence of script and its links were looked at."""
    assert answer.status_code in (200, 422)
    text = answer.content.decode()
    assert len(answer.content) + CSS < LIMIT
    assert "<script" not in text
    assert re.findall(r'rel="stylesheet" href="([^"]+)"', text) == ["/static/hall/m.css"]
    assert "<table" not in text
    return text


def test_the_whole_way_on_an_old_phone(hall, client):
    m = f"/m{hall.path}"
    small(client.get("/m/"))
    assert hall.matter.name in small(client.get("/m/matters/?division=519921"))
    assert f'href="/m{hall.path}apply/"' in small(client.get(m))
    small(client.get(f"{m}ask/"))
    answer(client, hall, base="/m")
    assert "平面图" in small(client.get(f"{m}ask/"))
    away = client.get(f"{m}apply/")
    assert away.url.startswith("/m/login/?next=/m/matters/")
    small(client.get(away.url))
    client.force_login(hall.people["citizen"])
    small(client.get(f"{m}apply/"))
    assert "请填写" in small(client.post(f"{m}apply/", {"shop": "", "go": "next"}))
    fill(client, hall, base="/m")
    small(client.get(f"{m}apply/materials/"))
    small(client.get(f"{m}apply/confirm/"))
    done = client.post(f"{m}apply/confirm/", {"go": "submit"})
    case = Case.objects.get()
    assert case.channel == "mobile"
    assert done.url == f"/m/my/cases/{case.number}/receipt/"
    assert query_code(case.number) in small(client.get(done.url))
    assert case.title in small(client.get("/m/my/"))
    assert "收件预审" in small(client.get(f"/m/my/cases/{case.number}/"))
    small(client.get("/m/my/mandates/"))
    client.logout()
    small(client.get("/m/progress/"))
    page = client.post("/m/progress/", {"number": case.number, "code": query_code(case.number)})
    assert "收件预审" in small(page)
    assert "李小满" not in page.content.decode()


def test_signing_in_stays_on_the_small_pages(hall, client):
    page = client.post("/m/login/?next=/m/my/", {"login": "citizen", "password": "pass-word-1", "next": "/m/my/"})
    assert page.url == "/m/my/"
    client.post("/m/logout/")
    out = client.post("/m/login/", {"login": "citizen", "password": "pass-word-1", "next": "//evil.example/m/"})
    assert out.url == "/m/my/"
    client.post("/m/logout/")
    wrong = client.post("/m/login/", {"login": "citizen", "password": "no"})
    assert "不正确" in small(wrong) or "不对" in small(wrong) or "错误" in small(wrong)


@pytest.mark.parametrize(("user", "status"), [("citizen", 200), ("neighbour", 404), ("clerk", 404)])
def test_a_case_is_its_applicants_here_too(hall, client, user, status):
    client.force_login(hall.people["citizen"])
    answer(client, hall, base="/m")
    fill(client, hall, base="/m")
    client.post(f"/m{hall.path}apply/confirm/", {"go": "submit"})
    client.force_login(hall.people[user])
    assert client.get(f"/m/my/cases/{Case.objects.get().number}/").status_code == status
