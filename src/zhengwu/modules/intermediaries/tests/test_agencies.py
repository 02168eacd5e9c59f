"""An agency's promise is a clock of its own, and its lateness is counted and shown."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO

import pytest

from zhengwu.lib.tests.samples import pdf
from zhengwu.kernel.cases import api
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.cases.tests.world import START, World, make_world, person
from zhengwu.kernel.clock.models import Clock
from zhengwu.kernel.files.api import store
from zhengwu.kernel.ledger.models import Event
from zhengwu.lib.now import now, travel
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound
from zhengwu.modules.intermediaries.models import Agency, Engagement
from zhengwu.modules.intermediaries.selectors import with_record
from zhengwu.modules.intermediaries.services.engage import PURPOSE, call_off, deliver, engage
from zhengwu.modules.intermediaries.services.register import change_agency, register_agency

pytestmark = pytest.mark.django_db
CODE = "91350100M000100Y43"
FORM = {"name": "金效市宏图测绘有限公司", "uscc": CODE, "trade": "survey", "promised_days": 3, "fee_text": "每件800元",
        "phone": "0809-7654321"}


@pytest.fixture
def world() -> Iterator[World]:
    with travel(START):
        made = make_world()
        made.people["centre"] = person("centre", "许若兰", made.centre, "centre")
        made.people["agency"] = person("agency", FORM["name"], kind="enterprise")
        made.people["agency"].uscc = CODE
        made.people["agency"].save()
        made.people["firm"] = person("firm", "别的公司", kind="enterprise")
        yield made


@pytest.fixture
def agency(world: World) -> Agency:
    return register_agency(by=world.actor("centre"), division=world.organ.division, **FORM)


@pytest.fixture
def case(world: World) -> Case:
    citizen = world.people["citizen"]
    return api.open_case(kind="application", matter=world.matter, by=world.actor("citizen"), applicant=citizen,
                         applicant_name=citizen.name, form={})


def ask(world: World, case: Case, agency: Agency, who: str = "officer") -> Engagement:
    return engage(number=case.number, agency_id=agency.pk, service="宗地测绘", by=world.actor(who))


def test_lateness_is_seen_while_it_lasts_and_kept(world, agency, case):
    made = ask(world, case, agency)
    clock = Clock.objects.get(subject=made.clock)
    assert (clock.kind, clock.due_at) == ("agency", made.due_at)
    with travel(now() + timedelta(days=12)):
        assert with_record().get().late == 1
        api.sweep_lights()
        assert Event.objects.filter(stream=case.number, kind="clock.red", data__clock="agency").count() == 1
        report = store(name="报告.pdf", stream=BytesIO(pdf()), owner=world.actor("agency"), purpose=PURPOSE)
        deliver(engagement_id=made.pk, by=world.actor("agency"), file=report.pk)
        row = with_record().get()
    assert (row.done, row.late, row.running) == (1, 1, 0)
    assert Clock.objects.get(subject=made.clock).stopped_at is not None


def test_on_time_counts_as_kept(world, agency, case):
    made = ask(world, case, agency, "citizen")
    deliver(engagement_id=made.pk, by=world.actor("officer"))
    row = with_record().get()
    assert (row.done, row.late) == (1, 0)


def test_the_agency_sees_its_work_and_not_the_case(client, world, agency, case):
    made = ask(world, case, agency)
    assert not api.visible_to(world.actor("agency")).filter(pk=case.pk).exists()
    client.force_login(world.people["agency"])
    assert "宗地测绘" in client.get("/my/engagements/").content.decode()
    assert client.get(f"/my/cases/{case.number}/").status_code == 404
    for name in ("firm", "neighbour", "stranger"):
        client.force_login(world.people[name])
        assert "宗地测绘" not in client.get("/my/engagements/").content.decode()
        with pytest.raises(NotFound):
            deliver(engagement_id=made.pk, by=world.actor(name))
    made.refresh_from_db()
    assert made.state == "running"


def test_the_agency_hands_in_a_file_and_others_cannot_twice(world, agency, case):
    made = ask(world, case, agency)
    with pytest.raises(Invalid):
        deliver(engagement_id=made.pk, by=world.actor("agency"))
    with pytest.raises(Conflict):
        ask(world, case, agency)
    deliver(engagement_id=made.pk, by=world.actor("officer"))
    with pytest.raises(Conflict):
        call_off(engagement_id=made.pk, reason="不需要了", by=world.actor("citizen"))


def test_the_register_is_the_centres(world, agency):
    with pytest.raises(Denied):
        register_agency(by=world.actor("officer"), division=world.organ.division, **FORM)
    with pytest.raises(Conflict):
        register_agency(by=world.actor("centre"), division=world.organ.division, **FORM)
    with pytest.raises(Invalid) as refused:
        register_agency(by=world.actor("centre"), division=world.organ.division,
                        **(FORM | {"uscc": "91350100M000100Y44", "promised_days": 0}))
    assert set(refused.value.errors) == {"uscc", "promised_days"}


def test_a_suspended_agency_takes_no_work_and_finishes_what_it_has(world, agency, case):
    made = ask(world, case, agency)
    change_agency(agency_id=agency.pk, to="suspended", reason="连续超时", by=world.actor("centre"))
    with pytest.raises(Conflict):
        engage(number=case.number, agency_id=agency.pk, service="房屋测绘", by=world.actor("officer"))
    deliver(engagement_id=made.pk, by=world.actor("officer"))


def test_pages(client, world, agency, case, django_assert_max_num_queries):
    ask(world, case, agency)
    with django_assert_max_num_queries(8):
        assert "3个工作日" in client.get("/intermediaries/").content.decode()
    client.force_login(world.people["citizen"])
    assert "宗地测绘" in client.get(f"/my/cases/{case.number}/").content.decode()
    assert client.get("/desk/intermediaries/").status_code == 403
    client.force_login(world.people["centre"])
    bad = client.post("/desk/intermediaries/", FORM | {"uscc": "X", "name": "新的测绘公司"})
    assert bad.status_code == 422 and "新的测绘公司" in bad.content.decode()
    client.post("/desk/intermediaries/", FORM | {"trade": "appraisal"})
    assert Agency.objects.count() == 2
    client.post(f"/desk/intermediaries/{agency.pk}/", {"to": "removed", "reason": "吊销执照"})
    assert client.get("/intermediaries/").content.decode().count('data-label="机构"') == 1
