"""The public calculator, its API, and the administrator's calendar as owner, colleague and stranger meet
them."""

from datetime import date, datetime

import pytest
from django.test import Client

from zhengwu.kernel.clock import api as clock
from zhengwu.kernel.clock.api import Limit, LimitUnit
from zhengwu.kernel.clock.models import CalendarYear, Clock
from zhengwu.kernel.clock.tests.test_calendar import NOTICE
from zhengwu.kernel.directory.api import SYSTEM
from zhengwu.kernel.directory.models import Account, Appointment, Division, Unit
from zhengwu.lib.now import CN

pytestmark = pytest.mark.django_db
API = "/api/v1/deadline"
OFFICIAL = {"year": "2027", "state": "official", "source": "国办发明电〔2026〕1号", "rows": NOTICE}


def person(role: str) -> Client:
    area, _ = Division.objects.get_or_create(code="990100", defaults={"name": "金效市", "level": 3})
    unit, _ = Unit.objects.get_or_create(name="信息中心", defaults={
        "division": area, "path": "00000001.", "family": "institution", "kind": "organ",
        "valid_from": date(2020, 1, 1)})
    account = Account.objects.create_user(username=role, name="李明", kind="staff")
    Appointment.objects.create(account=account, unit=unit, role=role, valid_from=date(2020, 1, 1))
    client = Client()
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def running() -> Clock:
    clock.load_provisional(2027, actor=SYSTEM)
    return clock.start(subject="JX-2027-1", kind="lawful", limit=Limit(20, LimitUnit.WORKING_DAY),
                       at=datetime(2027, 1, 20, 10, tzinfo=CN))


# --- calculator

def test_the_form_is_there_without_a_question(client: Client) -> None:
    page = client.get("/deadline/").content.decode()
    assert "起算日期" in page and "计算结果" not in page and "请选择" not in page


def test_the_answer_has_an_address_and_a_strip(client: Client) -> None:
    page = client.get("/deadline/", {"start": "2026-02-09", "limit": "20", "unit": "working_day"}).content.decode()
    assert "计算结果" in page and "2026年3月13日届满" in page and "春节9天" in page and "zw-clock" in page


@pytest.mark.parametrize(("query", "message"), [
    ({"start": "2026-02-30", "limit": "20", "unit": "working_day"}, "日期应如 2026-02-09"),
    ({"start": "2026-02-09", "limit": "0", "unit": "working_day"}, "时限至少为 1"),
    ({"start": "2026-02-09", "limit": "501", "unit": "working_day"}, "1 至 500"),
    ({"start": "2026-02-09", "limit": "二十", "unit": "working_day"}, "时限应为整数"),
    ({"start": "2026-02-09", "limit": "20", "unit": "week"}, "没有这个单位"),
    ({"start": "2026-12-09", "limit": "60", "unit": "working_day"}, "2027年的放假安排尚未录入"),
    ({"start": "2026-02-09", "limit": "20", "unit": "hour"}, "须填写起算时刻"),
    ({"start": "1899-02-09", "limit": "20", "unit": "day"}, "2000 至 2099"),
    ({"start": "2026-02-09"}, "请填写时限"),
])
def test_refusals_stand_in_the_page(client: Client, query: dict[str, str], message: str) -> None:
    answer = client.get("/deadline/", query)
    assert answer.status_code == 200 and message in answer.content.decode()
    assert "计算结果" not in answer.content.decode()


def test_hours_need_and_use_the_time_of_day(client: Client) -> None:
    page = client.get("/deadline/", {"start": "2026-02-09", "limit": "24", "unit": "hour", "time": "10:30"})
    assert "2026年2月10日 10:30届满" in page.content.decode()


def test_the_api_answers_as_promised(client: Client) -> None:
    answer = client.get(API, {"start": "2026-02-09", "limit": 20, "unit": "working_day"}).json()
    assert (answer["due"], answer["due_at"], answer["provisional"]) \
        == ("2026-03-13", "2026-03-14T00:00:00+08:00", False)
    assert answer["days"][0] == {"date": "2026-02-09", "counted": False, "reason": "起算当日不计入", "number": None,
                                 "kind": "start"}
    assert answer["days"][-1]["number"] == 20 and len(answer["days"]) == 33


@pytest.mark.parametrize(("query", "status", "code"), [
    ({"start": "2026-12-09", "limit": 60, "unit": "working_day"}, 422, "calendar-year-missing"),
    ({"start": "soon", "limit": 5, "unit": "day"}, 400, "start-invalid"),
    ({"start": "2026-02-09", "limit": 5, "unit": "week"}, 400, "unit-unknown"),
    ({"start": "2026-02-09", "limit": 600, "unit": "working_day"}, 400, "limit-invalid"),
    ({"start": "2026-02-09", "limit": 5, "unit": "hour"}, 400, "start-time-needed"),
    ({"start": "0001-01-01T00:00:00+14:00", "limit": 5, "unit": "hour"}, 400, "start-invalid"),
])
def test_the_api_refuses_with_a_problem(client: Client, query: dict[str, object], status: int, code: str) -> None:
    answer = client.get(API, query)
    assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (status, "application/problem+json")
    assert code in answer.json()["type"]


def test_a_provisional_answer_says_so(client: Client) -> None:
    clock.load_provisional(2027, actor=SYSTEM)
    answer = client.get(API, {"start": "2026-12-20", "limit": 20, "unit": "working_day"}).json()
    assert answer["provisional"] and "尚未公布" in answer["note"]


# --- calendar

def test_the_administrator_previews_then_loads() -> None:
    own, desk = running(), person("sysadmin")
    assert "2026年" in desk.get("/desk/calendar/").content.decode()
    seen = desk.post("/desk/calendar/preview/", OFFICIAL).content.decode()
    assert "JX-2027-1" in seen and "2027-02-19" in seen and "2027-02-23" in seen
    assert CalendarYear.objects.get(year=2027).state == "provisional"
    assert desk.post("/desk/calendar/load/", OFFICIAL).status_code == 302
    assert CalendarYear.objects.get(year=2027).state == "official"
    assert Clock.objects.get(pk=own.pk).last_day == date(2027, 2, 23)
    assert "端午节" in desk.get("/desk/calendar/2027/").content.decode()
    assert desk.get("/desk/calendar/2030/").status_code == 404


def test_a_provisional_year_is_loaded_by_hand() -> None:
    desk = person("sysadmin")
    form = {"year": "2027", "state": "provisional", "source": "", "rows": ""}
    assert "没有时限会因此变动" in desk.post("/desk/calendar/preview/", form).content.decode()
    assert not CalendarYear.objects.filter(year=2027).exists()
    desk.post("/desk/calendar/load/", form)
    assert CalendarYear.objects.get(year=2027).state == "provisional"


@pytest.mark.parametrize(("change", "message"), [
    ({"rows": NOTICE + "2027-02-31,休,春节\n"}, "第 13 行"), ({"rows": NOTICE + "2027-01-01,休,元旦\n"}, "写了两次"),
    ({"rows": ""}, "没有一个放假日"), ({"source": " "}, "依据"), ({"year": "1990"}, "2000 年以后"),
    ({"year": "2026", "state": "provisional"}, "已经公布"),
])
def test_a_bad_arrangement_is_named_and_changes_nothing(change: dict[str, str], message: str) -> None:
    desk, before = person("sysadmin"), list(CalendarYear.objects.values())
    for step in ("preview", "load"):
        answer = desk.post(f"/desk/calendar/{step}/", OFFICIAL | change)
        assert answer.status_code in (409, 422)
        assert message in answer.content.decode()
    assert list(CalendarYear.objects.values()) == before


@pytest.mark.parametrize("who", ["officer", "secadmin", "auditor", ""])
def test_nobody_else_sees_or_changes_the_calendar(who: str) -> None:
    visitor = person(who) if who else Client()
    visitor.raise_request_exception = False
    expected = (403,) if who else (302,)
    for path in ("/desk/calendar/", "/desk/calendar/2026/"):
        assert visitor.get(path).status_code in expected
    for step in ("preview", "load"):
        assert visitor.post(f"/desk/calendar/{step}/", OFFICIAL).status_code in expected
    assert not CalendarYear.objects.filter(year=2027).exists()


def test_loading_is_never_a_get() -> None:
    desk = person("sysadmin")
    assert desk.get("/desk/calendar/load/").status_code == 405
