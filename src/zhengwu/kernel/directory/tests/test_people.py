"""Posts, deputies and accounts: who may change what, and that a refusal changes nothing."""

from datetime import timedelta

import pytest

from zhengwu.kernel.cases.tests.world import make_world, person
from zhengwu.kernel.directory.api import actor_of
from zhengwu.kernel.directory.models import Account, Appointment, Deputy
from zhengwu.kernel.directory.services.appoint import appoint, relieve, set_active, staff_kept_by
from zhengwu.kernel.directory.services.deputise import deputise, end_deputy
from zhengwu.kernel.ledger.api import events_of
from zhengwu.lib.now import today
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    made = make_world()
    made.people["secadmin"] = person("secadmin", "梁安", made.organ, "secadmin")
    made.people["auditor"] = person("auditor", "宋衡", made.organ, "auditor")
    made.people["colleague"] = person("colleague", "何同事", made.organ, "officer")
    return made


def lend(world, **changes):
    asked = {"deputy_id": world.people["colleague"].pk, "starts_on": today(), "ends_on": today() + timedelta(days=3)}
    return deputise(by=world.actor("head"), **{**asked, **changes})


def test_a_deputy_acts_in_the_principals_posts_only_on_those_days_and_it_is_in_the_ledger(world) -> None:
    row = lend(world, reason="培训")
    posts = actor_of(world.people["colleague"]).posts
    assert [(p.role, p.for_name) for p in posts] == [("officer", ""), ("head", "周审核")]
    assert [e.kind for e in events_of(f"account:{row.principal_id}")] == ["deputy.set"]
    end_deputy(by=world.actor("head"), pk=row.pk)
    assert [p.role for p in actor_of(world.people["colleague"]).posts] == ["officer"]
    assert [e.kind for e in events_of(f"account:{row.principal_id}")] == ["deputy.set", "deputy.ended"]


@pytest.mark.parametrize(("changes", "field"), [
    ({"starts_on": today() - timedelta(days=1)}, "starts_on"),
    ({"ends_on": today() - timedelta(days=1)}, "ends_on"),
    ({"ends_on": today() + timedelta(days=400)}, "ends_on"),
    ({"deputy_id": 0}, "deputy"),
])
def test_a_wrong_arrangement_is_refused_at_its_field(world, changes, field) -> None:
    with pytest.raises(Invalid) as refused:
        lend(world, **changes)
    assert list(refused.value.errors) == [field]
    assert Deputy.objects.count() == 0


def test_strangers_cannot_be_deputies_overlaps_and_administrators_are_refused(world) -> None:
    with pytest.raises(Invalid):
        lend(world, deputy_id=world.people["stranger"].pk)
    lend(world)
    with pytest.raises(Conflict):
        lend(world)
    with pytest.raises(Conflict):
        deputise(by=world.actor("secadmin"), deputy_id=world.people["colleague"].pk, starts_on=today(), ends_on=today())
    with pytest.raises(NotFound):
        end_deputy(by=world.actor("officer"), pk=Deputy.objects.get().pk)
    assert Deputy.objects.count() == 1


def test_only_the_security_administrator_appoints_and_the_three_stay_apart(world) -> None:
    given = {"pk": world.people["officer"].pk, "unit_id": world.organ.pk, "role": "head"}
    for name in ("sysadmin", "leader", "auditor"):
        with pytest.raises(Denied):
            appoint(by=world.actor(name), **given)
    keeper = world.actor("secadmin")
    row = appoint(by=keeper, **given)
    assert actor_of(world.people["officer"]).has_role("head")
    with pytest.raises(Conflict):
        appoint(by=keeper, **given)
    with pytest.raises(Conflict):
        appoint(by=keeper, **{**given, "role": "auditor"})
    with pytest.raises(Conflict):
        appoint(by=keeper, pk=world.people["auditor"].pk, unit_id=world.organ.pk, role="clerk")
    with pytest.raises(Conflict):
        appoint(by=keeper, pk=world.people["secadmin"].pk, unit_id=world.organ.pk, role="clerk")
    with pytest.raises(NotFound):
        appoint(by=keeper, pk=world.people["stranger"].pk, unit_id=world.organ.pk, role="clerk")
    relieve(by=keeper, pk=row.pk)
    assert not actor_of(Account.objects.get(pk=given["pk"])).has_role("head")
    kinds = [e.kind for e in events_of(f"account:{given['pk']}")]
    assert kinds == ["post.given", "post.taken"]


def test_a_closed_account_cannot_sign_in_and_nobody_closes_their_own(world, client) -> None:
    with pytest.raises(Denied):
        set_active(by=world.actor("secadmin"), pk=world.people["officer"].pk, active=False)
    with pytest.raises(Conflict):
        set_active(by=world.actor("sysadmin"), pk=world.people["sysadmin"].pk, active=False)
    set_active(by=world.actor("sysadmin"), pk=world.people["officer"].pk, active=False)
    assert not Account.objects.get(username="officer").is_active
    assert not client.login(username="officer", password="pass-word-1")


def test_citizens_and_other_counties_are_not_listed(world) -> None:
    names = set(staff_kept_by(world.actor("sysadmin")).values_list("username", flat=True))
    assert {"officer", "clerk", "head"} <= names
    assert not names & {"citizen", "neighbour", "stranger"}


PAGES = {
    "/desk/units/": "sysadmin", "/desk/accounts/": "sysadmin", "/desk/posts/": "secadmin", "/desk/ledger/": "auditor",
}


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("user", ["citizen", "clerk", "sysadmin", "secadmin", "auditor"])
def test_each_page_opens_for_its_role_only(world, client, path, user) -> None:
    client.force_login(world.people[user])
    allowed = user == PAGES[path] or (path == "/desk/accounts/" and user == "secadmin")
    assert client.get(path).status_code == (200 if allowed else 403)


def test_a_hundred_accounts_are_read_in_as_many_queries_as_one(world, client, django_assert_max_num_queries) -> None:
    for number in range(100):
        person(f"many{number}", f"很长的名字{'长' * 50}{number}", world.organ, "officer")
    client.force_login(world.people["sysadmin"])
    with django_assert_max_num_queries(10):
        page = client.get("/desk/accounts/?q=很长的名字")
    assert "共100条".encode() in page.content


def test_the_auditor_checks_and_seals_and_the_page_remembers(world, client) -> None:
    lend(world)
    client.force_login(world.people["auditor"])
    client.post("/desk/ledger/seal/")
    client.post("/desk/ledger/verify/")
    page = client.get("/desk/ledger/").content.decode()
    assert "第1次" in page
    assert "通过" in page
    assert "deputy.set" in client.get(f"/desk/ledger/?stream=account:{world.people['head'].pk}").content.decode()
    assert "没有符合条件的事件" in client.get("/desk/ledger/?stream=nobody").content.decode()


def test_an_appointment_typed_wrong_comes_back_as_typed(world, client) -> None:
    client.force_login(world.people["secadmin"])
    sent = {"unit": "没有这个单位", "role": "clerk", "title": "首席代表"}
    page = client.post(f"/desk/accounts/{world.people['officer'].pk}/appoint/", sent)
    assert page.status_code == 422
    assert "首席代表" in page.content.decode()
    assert Appointment.objects.filter(account=world.people["officer"]).count() == 1
