"""The figures of the sunshine page, counted by hand beside it."""

from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from zhengwu.kernel.cases.tests.world import START
from zhengwu.kernel.publishing.sunshine import DAYS, LAMPS, Figures, count
from zhengwu.kernel.publishing.tests.conftest import act
from zhengwu.lib.now import CN, travel

pytestmark = pytest.mark.django_db


def test_an_empty_city_has_no_rates(world):
    city = count().city
    assert (city.applied, city.running, city.on_time_rate, city.instant_rate) == (0, 0, None, None)
    page = Client().get("/sunshine/").content.decode()
    assert "—" in page and "还没有公开的许可决定" in page


def test_today_lights_and_rates(world, decide):
    decide()                       # decided at once: on time and early
    decide(action="")              # runs
    late = decide(action="")       # will be late
    city = count().city
    assert (city.applied, city.green, city.red) == (3, 2, 0)
    assert (city.decided, city.promised, city.on_time, city.early) == (1, 1, 1, 1)
    with travel(START + timedelta(days=60)):
        after = count().city
        assert (after.applied, after.green, after.yellow, after.red) == (0, 0, 0, 2)
        assert (after.promised, after.on_time_rate) == (3, pytest.approx(1 / 3))
        act(world, late, "review", "officer", "pass")
        act(world, late, "decide", "leader", "grant")
        done = count().city
        assert (done.decided, done.red, done.on_time, done.early) == (2, 1, 1, 1)
    with travel(START + timedelta(days=120)):
        assert count().city.decided == 0


def test_the_last_day_is_on_time_but_not_early(world, decide):
    case = decide(action="")
    act(world, case, "review", "officer", "pass")
    case.refresh_from_db()
    with travel(case.due_at - timedelta(hours=1)):
        assert count().city.yellow == 1
        act(world, case, "decide", "leader", "grant")
        city = count().city
    assert (city.promised, city.on_time, city.early) == (1, 1, 0)


def test_a_matter_done_on_the_spot_counts_as_such_and_not_as_promised(world, decide):
    world.matter.kind = "instant"
    world.matter.save()
    decide()
    city = count().city
    assert (city.decided, city.instant, city.instant_rate, city.promised) == (1, 1, 1.0, 0)


def test_closed_today_counts_whole_days_in_china(world, decide):
    case = decide()
    with travel(datetime(2026, 2, 9, 23, 59, tzinfo=CN)):
        act(world, case, "deliver", "clerk", "deliver")
        assert count().city.answered == 1
    with travel(datetime(2026, 2, 10, 0, 1, tzinfo=CN)):
        assert count().city.answered == 0


def test_the_wall_has_a_lamp_for_each_case_and_the_most_urgent_first():
    few = Figures("", "", green=2, yellow=1, red=1, paused=1)
    assert (few.lamps, few.per_lamp) == (["red", "yellow", "green", "green", "paused"], 1)
    many = Figures("", "", green=10_000, red=1)
    assert many.per_lamp == 28 and many.lamps.count("red") == 1 and len(many.lamps) <= LAMPS + 4


def test_thirty_days_end_today_and_add_up(world, decide):
    decide()
    with travel(START + timedelta(days=3)):
        decide(action="")
        decide(action="")
        sun = count()
    assert len(sun.days) == DAYS and sun.days[-1].date == sun.day and sun.most == 2
    assert [(d.applied, d.applied_height) for d in (sun.days[-4], sun.days[-1])] == [(1, 50.0), (2, 100.0)]
    assert sum(d.applied for d in sun.days) == 3 and sun.city.applied == 2
    page = Client().get("/sunshine/").content.decode()
    assert f"?when={START.astimezone(CN).date()}" in page, "a day's decisions open the list behind them"


def test_areas_add_up_to_the_city(world, decide):
    decide()
    sun = count()
    assert [a.name for a in sun.areas] == ["金效市本级", "临溪县", "云门县"]
    assert [a.applied for a in sun.areas] == [0, 1, 0] and sun.city.applied == 1


def test_the_page_needs_few_queries_and_remembers_them_for_a_minute(world, decide):
    decide()
    client = Client()
    client.get("/sunshine/")
    cache.clear()
    with CaptureQueriesContext(connection) as cold:
        page = client.get("/sunshine/").content.decode()
    assert len(cold) <= 8
    assert "临溪县" in page and "食品经营许可证核发：准予行政许可" in page and "李小满" not in page
    with CaptureQueriesContext(connection) as warm:
        client.get("/sunshine/")
    assert len(warm) <= 2
