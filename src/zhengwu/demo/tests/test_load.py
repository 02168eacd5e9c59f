"""What the load leaves: complete, and never twice."""

from io import StringIO

import pytest
from django.core.management import call_command

from zhengwu.demo.accounts import COUNTY
from zhengwu.demo.tests.helpers import digest
from zhengwu.kernel.clock.models import CalendarYear
from zhengwu.kernel.directory.models import Account, Unit
from zhengwu.kernel.matters.models import MasterMatter, Matter, Window
from zhengwu.kernel.search.api import search

pytestmark = pytest.mark.django_db


def test_a_second_load_changes_nothing(city):
    before = digest(), Account.objects.count()
    out = StringIO()
    call_command("demo_load", stdout=out)
    assert "不再装入" in out.getvalue()
    assert (digest(), Account.objects.count()) == before


def test_numbers_of_the_full_county(city):
    county = Matter.objects.filter(division=COUNTY)
    assert county.count() == 529
    assert county.values("unit").distinct().count() == 40
    assert Window.objects.count() == 46
    assert Window.objects.values("unit").distinct().count() == 40
    assert MasterMatter.objects.count() >= 529
    assert not county.filter(window=None).exists()


def test_the_other_places_are_lighter(city):
    counts = {code: Matter.objects.filter(division=code).count()
              for code in Unit.objects.filter(kind=Unit.Kind.AREA).values_list("division", flat=True)}
    assert len(counts) == 12
    assert counts.pop(COUNTY) == 529
    assert counts.pop("519900") == 80
    assert all(20 <= n <= 40 for n in counts.values())


def test_all_families_of_organs_are_in_city_and_every_county(city):
    for area in Unit.objects.filter(kind=Unit.Kind.AREA):
        found = set(Unit.objects.below(area).values_list("family", flat=True))
        assert found == set(Unit.Family.values), area.name


def test_the_calendar_reaches_two_years_ahead(city):
    states = dict(CalendarYear.objects.values_list("year", "state"))
    assert {2023, 2024, 2025, 2026, 2027, 2028} <= set(states)
    assert states[2025] == CalendarYear.State.OFFICIAL
    assert states[2028] == CalendarYear.State.PROVISIONAL


def test_matters_can_be_found(city):
    from zhengwu.kernel.directory.api import ANONYMOUS

    hits = search("食品经营许可证核发", kinds=["matter"], actor=ANONYMOUS, limit=5)
    assert any(hit.title == "食品经营许可证核发" for hit in hits.rows)
