"""A small year through the simulator: the record it leaves is whole and says what happened."""

import pytest

from zhengwu.demo.accounts import COUNTY
from zhengwu.demo.year import CHORES, Plan, Year
from zhengwu.demo.year_people import make_applicants
from zhengwu.demo.year_plans import DAY, Mix, OfficeYear
from zhengwu.demo.year_record import read
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.ledger.models import Event
from zhengwu.kernel.matters.models import Matter

pytestmark = pytest.mark.django_db
CASES = 60
# Rare things often, so that sixty cases see all of them.
MIX = Mix(corrected=0.2, refused=0.12, denied=0.15, returned=0.15, withdrawn=0.2, rated=0.6)


@pytest.fixture
def lived(city):
    applicants = make_applicants(24, seed=5199)
    plan = Plan(year=2025, cases=CASES, places=(COUNTY,), applicants=tuple(applicants), mix=MIX)
    return Year(plan).run()


def test_every_case_ends_and_the_record_agrees_with_itself(lived):
    found = read()
    assert found.cases == CASES == len(lived.seconds["open"])
    assert (found.open_cases, found.open_steps, found.running_clocks) == (0, 0, 0)
    assert (found.fitness, found.deviation, found.checked) == (1.0, "", CASES)
    assert found.verified, found.broken
    assert found.kinds["case.opened"] == CASES
    acted = [name for name in lived.seconds if "." in name]
    assert found.kinds["case.acted"] == lived.count(*acted)
    assert found.kinds["case.withdrawn"] == found.states["withdrawn"] <= lived.count("withdraw")
    assert found.kinds.get("case.rated", 0) == lived.count("rate") > 0
    assert found.rows["封存"] > 0 and found.rows["事件"] == sum(found.kinds.values())


def test_what_is_out_of_the_ordinary_happens(lived):
    states = set(Case.objects.values_list("state", flat=True))
    assert {"closed", "refused", "denied", "withdrawn"} <= states
    assert {"precheck.correct", "correct.submit", "approve.return", "legal.agree"} <= lived.seconds.keys()
    assert set(CHORES) <= lived.seconds.keys()
    assert set(Case.objects.values_list("matter__kind", flat=True)) >= {Matter.Kind.INSTANT, Matter.Kind.PROMISED}


def test_promises_are_kept_and_told_from_the_clocks(lived):
    found = read(sample=1)
    assert found.on_time == 1.0 and 0.8 < found.early <= 1.0
    assert 0.3 < found.on_the_spot < 0.9
    assert not Event.objects.filter(kind="clock.red", data__clock="promised").exists()


def test_a_year_is_the_same_however_many_share_it(city):
    applicants = tuple(make_applicants(6, seed=1))
    plan = Plan(year=2025, cases=20, places=(COUNTY,), applicants=applicants)
    alone = Year(plan)._openings()
    shared = [j for part in range(3) for j in Year(plan, part=part, parts=3)._openings()]
    assert {(j.number, j.opens, j.matter.pk, j.applicant) for j in alone} == {
        (j.number, j.opens, j.matter.pk, j.applicant) for j in shared}
    assert len(shared) == 20


def test_the_line_of_office_minutes_knows_the_years_holidays(city):
    line = OfficeYear(2025)
    assert line.length == 248  # 国办发明电〔2024〕12号: 365 days less weekends and holidays, with the days made up
    assert line.moment(0).isoformat() == "2025-01-02T09:00:00+08:00"
    assert line.moment(DAY).isoformat() == "2025-01-03T09:00:00+08:00"


def test_applicants_can_be_reached_but_not_signed_in_as(city):
    rows = Account.objects.filter(pk__in=make_applicants(12, seed=3))
    assert {r.kind for r in rows} == {"citizen", "enterprise"}
    assert all(r.phone_sealed and (r.uscc or r.id_sealed) and not r.has_usable_password() for r in rows)
