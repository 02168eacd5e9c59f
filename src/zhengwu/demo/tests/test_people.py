"""Who can sign in, and whether every matter has the people it needs."""

import pytest
from django.test import Client

from zhengwu.demo.accounts import ACCOUNTS, COUNTY
from zhengwu.demo.tests.helpers import PASSWORD
from zhengwu.kernel.directory.api import ADMINISTRATORS, Role
from zhengwu.kernel.directory.models import Account, Appointment, Unit
from zhengwu.kernel.directory.services.identity import masked_id
from zhengwu.kernel.matters.models import JointUnit, Matter
from zhengwu.lib.identifiers import check_citizen_id, check_uscc

pytestmark = pytest.mark.django_db
NEEDED = ["citizen", "enterprise", "clerk", "officer", "head", "leader", "legal", "inspector", "editor", "duty",
          "sysadmin", "secadmin", "auditor"]


def test_the_promised_accounts_are_listed():
    assert [a.username for a in ACCOUNTS][:13] == NEEDED
    assert all(a.name and a.role_label and a.first for a in ACCOUNTS)


@pytest.mark.parametrize("demo", ACCOUNTS, ids=lambda a: a.username)
def test_every_demo_account_signs_in_with_its_role(city, demo):
    assert Client().login(username=demo.username, password=PASSWORD)
    assert not Client().login(username=demo.username, password=PASSWORD + "x")
    account = Account.objects.get(username=demo.username)
    assert account.name == demo.name
    if demo.role in ("citizen", "enterprise"):
        assert account.kind == demo.role and account.actor.posts == ()
        return
    [post] = account.actor.posts
    assert post.role == demo.role
    assert post.division == demo.place[0]
    unit = Unit.objects.get(pk=post.unit_id)
    assert demo.unit in (unit.name, unit.short_name)
    assert Role(demo.role).label == demo.role_label


def test_nobody_else_can_sign_in(city):
    others = Account.objects.exclude(username__in=[a.username for a in ACCOUNTS])
    assert others.count() > 900
    assert not any(account.has_usable_password() for account in others)


def test_applicants_have_valid_identifiers(city):
    from zhengwu.kernel.directory.api import open_text

    citizen = Account.objects.get(username="citizen")
    number = open_text(citizen.id_sealed, "citizen_id")
    assert check_citizen_id(number) == number and number.startswith(COUNTY)
    assert number not in masked_id(citizen)
    enterprise = Account.objects.get(username="enterprise")
    assert check_uscc(enterprise.uscc) == enterprise.uscc


def test_every_matter_has_the_people_to_run_it(city):
    held = set(Appointment.objects.values_list("unit_id", "role"))
    for unit, centre, division in Matter.objects.values_list("unit", "point__unit", "division").distinct():
        assert (centre, Role.CLERK) in held
        for role in (Role.OFFICER, Role.HEAD, Role.LEADER):
            assert (unit, role) in held, (unit, role)
        if division == COUNTY:
            assert (unit, Role.LEGAL) in held
    for unit in JointUnit.objects.values_list("unit", flat=True):
        assert {(unit, Role.OFFICER), (unit, Role.HEAD), (unit, Role.LEADER), (unit, Role.LEGAL)} <= held


def test_each_area_has_three_administrators_who_hold_nothing_else(city):
    for area in Unit.objects.filter(kind=Unit.Kind.AREA):
        roles = set(Appointment.objects.filter(unit=area).values_list("role", flat=True))
        assert roles == set(ADMINISTRATORS), area.name
    for account in Account.objects.filter(appointments__role__in=ADMINISTRATORS).distinct():
        assert account.appointments.count() == 1


def test_names_hard_on_software_are_among_them(city):
    names = set(Account.objects.values_list("name", flat=True))
    assert {"李㐂", "张𠮷安", "欧阳静怡", "阿卜杜热合曼·买买提图尔荪"} <= names
