"""Posts held for somebody else, and what is forgotten in time."""

from datetime import UTC, date, datetime, timedelta

import pytest

from zhengwu.kernel.directory.api import Role, actor_of, count_attempt
from zhengwu.kernel.directory.models import Account, Appointment, Attempt, Deputy, Division, RepeatedRequest, Unit
from zhengwu.kernel.directory.tasks import forget
from zhengwu.lib.now import now, today, travel

pytestmark = pytest.mark.django_db
START = datetime(2026, 2, 9, 1, 30, tzinfo=UTC)
SINCE = date(2020, 1, 1)


@pytest.fixture
def organ() -> Unit:
    county = Division.objects.create(code="519921", name="临溪县", level=4)
    return Unit.objects.create(
        name="临溪县市场监督管理局", short_name="市场监管局", family="government", kind="organ", division=county,
        path="00000001.", valid_from=SINCE,
    )  # fmt: skip


def employed(unit: Unit, role: str) -> Account:
    account = Account.objects.create_user(role, "pass-word-1", name=role, kind="staff")
    Appointment.objects.create(account=account, unit=unit, role=role, valid_from=SINCE)
    return account


def test_administrators_posts_are_never_lent_nor_anything_to_them(organ):
    with travel(START):
        officer, leader = employed(organ, Role.OFFICER), employed(organ, Role.LEADER)
        Deputy.objects.create(principal=leader, deputy=officer, starts_on=today(), ends_on=today())
        assert actor_of(officer).has_role(Role.LEADER)
        leader.appointments.update(role=Role.SECADMIN)
        assert not actor_of(officer).has_role(Role.SECADMIN)
        leader.appointments.update(role=Role.LEADER)
        officer.appointments.update(role=Role.AUDITOR)
        assert actor_of(officer).unit_ids(Role.LEADER) == []


def test_answers_and_counts_are_forgotten_after_their_time():
    with travel(START):
        RepeatedRequest.objects.create(key="old", target="POST /", digest="0" * 64, created_at=now())
        count_attempt(key="old", limit=1, minutes=60)
    with travel(START + timedelta(days=8)):
        RepeatedRequest.objects.create(key="new", target="POST /", digest="0" * 64, created_at=now())
        count_attempt(key="new", limit=1, minutes=60)
        assert forget() == 1
    assert [r.key for r in RepeatedRequest.objects.all()] == ["new"]
    assert [a.key for a in Attempt.objects.all()] == ["new"]
