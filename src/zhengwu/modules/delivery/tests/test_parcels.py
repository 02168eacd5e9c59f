"""From the choice of the post to the signature that completes the delivery, once."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from zhengwu.kernel.cases import api
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.cases.tests.world import START, World, make_world, person
from zhengwu.kernel.ledger.models import Event
from zhengwu.lib.now import now, travel
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound
from zhengwu.modules.delivery.models import Parcel
from zhengwu.modules.delivery.services.ask import ask_post, cancel_post
from zhengwu.modules.delivery.services.send import send_parcel
from zhengwu.modules.delivery.tasks import follow_parcels

pytestmark = pytest.mark.django_db
ADDRESS = {"recipient": "李小满", "phone": "13800000001", "address": "金效市临溪县高桥街道朝阳路18号"}


@pytest.fixture
def world() -> Iterator[World]:
    with travel(START):
        made = make_world()
        made.people["colleague"] = person("colleague", "何同事", made.centre, "clerk")
        yield made


@pytest.fixture
def case(world: World) -> Case:
    citizen = world.people["citizen"]
    made = api.open_case(kind="application", matter=world.matter, by=world.actor("citizen"), applicant=citizen,
                         applicant_name=citizen.name, form={})
    for node, who, action in (("precheck", "clerk", "accept"), ("review", "officer", "pass"),
                              ("decide", "leader", "grant")):
        api.act(step_id=made.steps.get(node=node, closed_at=None).pk, action=action, by=world.actor(who),
                opinion="同意")
    return made


def ask(world: World, case: Case, who: str = "citizen", **more: str) -> Parcel:
    return ask_post(number=case.number, by=world.actor(who), **(ADDRESS | more))


def test_sent_followed_and_signed_for_once(world, case):
    parcel = ask(world, case)
    send_parcel(parcel_id=parcel.pk, by=world.actor("clerk"))
    with travel(now() + timedelta(hours=30)):
        follow_parcels()
        parcel.refresh_from_db()
        assert parcel.state == "sent" and parcel.traces.count() == 3
    with travel(now() + timedelta(days=3)):
        follow_parcels()
        follow_parcels()
    parcel.refresh_from_db()
    case.refresh_from_db()
    step = case.steps.get(kind="deliver")
    assert parcel.state == "signed" and parcel.traces.count() == 4
    assert step.outcome == "deliver" and parcel.tracking in step.opinion
    assert Event.objects.filter(stream=case.number, kind="parcel.signed").count() == 1
    assert case.documents.filter(kind="delivery").count() == 1


def test_nothing_of_the_address_is_readable_in_the_database_or_on_the_ledger(world, case):
    parcel = ask(world, case)
    text = "".join(str(value) for value in Parcel.objects.filter(pk=parcel.pk).values_list().get())
    ledger = "".join(str(e.data) for e in Event.objects.filter(stream=case.number))
    for secret in ADDRESS.values():
        assert secret not in text and secret not in ledger


def test_the_address_changes_until_it_is_sent(world, case):
    first = ask(world, case)
    assert ask(world, case, address="金效市临溪县南关镇水井社区2号").pk == first.pk
    send_parcel(parcel_id=first.pk, by=world.actor("clerk"))
    with pytest.raises(Conflict):
        ask(world, case)
    with pytest.raises(Conflict):
        cancel_post(number=case.number, by=world.actor("citizen"))
    with pytest.raises(Conflict):
        send_parcel(parcel_id=first.pk, by=world.actor("clerk"))


@pytest.mark.parametrize(("field", "value"), [("recipient", "李"), ("phone", "1380000"), ("address", "家里")])
def test_what_is_wrong_is_said_at_its_field(world, case, field, value):
    with pytest.raises(Invalid) as refused:
        ask(world, case, **{field: value})
    assert set(refused.value.errors) == {field} and not Parcel.objects.exists()


def test_only_the_applicant_chooses_and_only_the_window_sends(world, case):
    for who in ("neighbour", "stranger"):
        with pytest.raises(NotFound):
            ask(world, case, who)
    with pytest.raises(Denied):
        ask(world, case, "officer")
    parcel = ask(world, case)
    with pytest.raises(Denied):
        send_parcel(parcel_id=parcel.pk, by=world.actor("officer"))
    for who in ("neighbour", "stranger"):
        with pytest.raises(NotFound):
            send_parcel(parcel_id=parcel.pk, by=world.actor(who))
    parcel.refresh_from_db()
    assert parcel.state == "wanted" and parcel.tracking == ""
    cancel_post(number=case.number, by=world.actor("citizen"))
    assert not Parcel.objects.filter(state="wanted").exists()


def test_pages(client, world, case, django_assert_max_num_queries):
    client.force_login(world.people["citizen"])
    assert "邮寄到家" in client.get(f"/my/cases/{case.number}/").content.decode()
    bad = client.post(f"/my/cases/{case.number}/post/", ADDRESS | {"phone": "12"}, follow=True).content.decode()
    assert ADDRESS["address"] in bad and not Parcel.objects.exists()
    client.post(f"/my/cases/{case.number}/post/", ADDRESS)
    parcel = Parcel.objects.get()
    client.force_login(world.people["clerk"])
    with django_assert_max_num_queries(12):
        listed = client.get("/desk/parcels/").content.decode()
    assert case.number in listed and ADDRESS["phone"] not in listed and "李小满" not in listed
    shown = client.post(f"/desk/parcels/{parcel.pk}/send/", follow=True).content.decode()
    assert ADDRESS["address"] in shown and "MN" in shown
    assert Event.objects.filter(stream=case.number, kind="parcel.address_shown").count() == 1
    client.force_login(world.people["stranger"])
    assert case.number not in client.get("/desk/parcels/").content.decode()
    assert client.get(f"/desk/parcels/{parcel.pk}/label/").status_code == 404
