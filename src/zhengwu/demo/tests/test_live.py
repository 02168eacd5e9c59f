"""Some weeks of life: every stage is there, and nothing lies ahead of the clock."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from zhengwu.demo.accounts import COUNTY
from zhengwu.demo.live import OfficeTime, live
from zhengwu.demo.tests.helpers import ON
from zhengwu.kernel.cases.api import todo
from zhengwu.kernel.cases.models import Case, Step
from zhengwu.kernel.clock.models import Clock
from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.ledger.api import events_of
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.now import CN, travel

pytestmark = pytest.mark.django_db
NOW = datetime(ON.year, ON.month, ON.day, 10, 30, tzinfo=CN)


@pytest.fixture(scope="module")
def lived(city, django_db_blocker):
    """The weeks before NOW, lived once for this module."""
    with django_db_blocker.unblock():
        assert live(now=NOW, seed=5199) > 55


def test_office_minutes_skip_nights_and_days_off():
    line = OfficeTime(datetime(2026, 2, 24, 9, 30, tzinfo=CN))  # the first working day after the Spring Festival
    assert line.moment(line.end) == datetime(2026, 2, 24, 9, 30, tzinfo=CN)
    assert line.moment(line.end - 31) == datetime(2026, 2, 14, 16, 59, tzinfo=CN)  # a Saturday that was worked
    assert line.moment(line.end - 30 - 480) == datetime(2026, 2, 14, 9, 0, tzinfo=CN)


def test_a_night_belongs_to_the_day_before():
    line = OfficeTime(datetime(2026, 3, 14, 3, 0, tzinfo=CN))  # a Saturday night
    assert line.moment(line.end - 1) == datetime(2026, 3, 13, 16, 59, tzinfo=CN)


def test_every_stage_and_light_is_there(lived):
    states = set(Case.objects.values_list("state", flat=True))
    assert {"submitted", "correcting", "accepted", "refused", "denied", "closed"} <= states
    assert set(Case.objects.values_list("matter__kind", flat=True)) == set(Matter.Kind.values)
    running = Clock.objects.filter(state="running", kind="promised")
    lights = list(running.values_list("light", flat=True))
    assert {"green", "yellow", "red"} <= set(lights)
    assert lights.count("red") <= len(lights) / 3


def test_nothing_lies_ahead_of_the_clock(lived):
    assert not Case.objects.filter(opened_at__gt=NOW).exists()
    assert not Step.objects.filter(opened_at__gt=NOW).exists()
    assert Case.objects.order_by("opened_at").first().opened_at < NOW - timedelta(days=30)
    for case in Case.objects.all():
        moments = [e.at for e in events_of(case.number)]
        assert moments == sorted(moments) and len(moments) >= 1


def test_the_demo_people_find_work(lived):
    with travel(NOW):
        for name in ("clerk", "officer", "head", "leader"):
            assert todo(Account.objects.get(username=name).actor), name
    for name in ("citizen", "enterprise"):
        cases = Case.objects.filter(applicant__username=name)
        assert cases.filter(closed_at=None).exists() and cases.exclude(closed_at=None).exists()


def test_life_is_lived_once(lived):
    before = Case.objects.count()
    assert live(now=NOW, seed=5199) is None
    out = StringIO()
    call_command("demo_live", stdout=out)
    assert "不再补充" in out.getvalue() and Case.objects.count() == before
    assert not Case.objects.exclude(division=COUNTY).exists()
