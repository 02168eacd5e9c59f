"""Incoming SMS: once by key, sealed, answered by whoever knows the word, and nobody floods us."""

import pytest

from zhengwu.kernel.cases.tests.world import START, make_world, person
from zhengwu.kernel.directory.models import ApiToken
from zhengwu.kernel.directory.services.tokens import _digest
from zhengwu.kernel.notifications import drivers, inbound, sweep
from zhengwu.kernel.notifications.api import notify
from zhengwu.kernel.notifications.models import Inbound, OptOut, Outbox
from zhengwu.lib.now import now, travel
from zhengwu.lib.problem import Conflict, Invalid, Problem

pytestmark = pytest.mark.django_db
PHONE = "13800000001"


@pytest.fixture(autouse=True)
def moment():
    with travel(START):
        yield


@pytest.fixture
def word():
    """A word of our own; ``heard`` is what it was told."""
    heard = []

    def handler(message):
        heard.append(message)
        if message.match[1] == "0":
            OptOut.objects.create(phone_index="half-done", at=now())
            raise Problem("no", "没有这个号")
        return f"好，{message.match[1]}"

    inbound.on(r"TEST ([0-9])", handler, help="发TEST试试")
    yield heard
    del inbound._entries[r"TEST ([0-9])"]


def say(text, key="k1", phone=PHONE):
    return inbound.receive(sender_phone=phone, text=text, key=key)


def test_a_replay_does_nothing_and_gets_the_same_reply(word):
    assert say("test，５") == "好，5"
    assert say("test，５") == "好，5"
    assert len(word) == 1
    assert Outbox.objects.count() == 1


def test_a_key_belongs_to_one_message(word):
    say("test 5")
    with pytest.raises(Conflict):
        say("test 6")
    with pytest.raises(Conflict):
        say("test 5", phone="13800000002")
    assert len(word) == 1


def test_number_and_text_are_sealed(word):
    say("test 5")
    row = Inbound.objects.get()
    assert not any(PHONE in str(v) or "test 5" in str(v) for v in (row.phone_sealed, row.text_sealed, row.phone_index))
    assert not any(PHONE in v for v in Outbox.objects.values_list("address_sealed", flat=True))


def test_a_refused_deed_is_undone_and_its_reason_is_the_reply(word):
    assert say("test 0") == "没有这个号"
    assert not OptOut.objects.exists()
    assert Inbound.objects.count() == 1


def test_unknown_words_get_help_that_names_every_word(word):
    reply = say("你好")
    assert "TEST" in reply
    assert "TD" in reply


@pytest.mark.parametrize(("text", "phone", "key"), [("", PHONE, "k"), ("x" * 501, PHONE, "k"), ("TD", PHONE, "")])
def test_bad_messages_are_refused_and_nothing_is_kept(text, phone, key):
    with pytest.raises(Invalid):
        say(text, key, phone)
    assert not Inbound.objects.exists()


def test_a_number_that_is_none_is_refused():
    with pytest.raises(Problem):
        say("TD", phone="12345")


def test_a_flood_is_kept_but_not_answered(word):
    for n in range(inbound.PER_HOUR):
        assert say("test 5", f"k{n}")
    assert say("test 5", "above") == ""
    assert len(word) == inbound.PER_HOUR
    assert say("test 5", "other", phone="13800000002") == "好，5"


def test_td_stops_news_and_nothing_else():
    class Kept:
        sent = []

        def send(self, parcel):
            self.sent.append(parcel.text)

    drivers.use("sms", Kept())
    try:
        say("td")
        notify(account_id=None, title="办事资讯", key="n", channels=("sms",), addresses={"sms": PHONE}, optional=True)
        notify(account_id=None, title="受理通知", key="l", channels=("sms",), addresses={"sms": PHONE})
        sweep.sweep_outbox()
        assert "受理通知" in Kept.sent
        assert "办事资讯" not in Kept.sent
        assert Outbox.objects.get(key="sms:n").state == "dropped"
        say("DY", "k2")
        notify(account_id=None, title="资讯二", key="n2", channels=("sms",), addresses={"sms": PHONE}, optional=True)
        sweep.sweep_outbox()
        assert "资讯二" in Kept.sent
    finally:
        drivers.use("sms", None)


def test_old_messages_are_forgotten():
    say("TD")
    with travel(START + inbound.KEEP * 1.01):
        assert inbound.forget() == 1


@pytest.mark.parametrize(("user", "scopes", "status"), [
    ("sysadmin", ["work"], 200), ("sysadmin", ["read"], 403), ("clerk", ["work"], 403), ("citizen", ["work"], 403)])
def test_the_gateways_door_opens_for_the_administrators_token(client, user, scopes, status):
    world = make_world()
    ApiToken.objects.create(name="网关", digest=_digest("zw_gateway"), account=world.people[user], scopes=scopes,
                            expires_at=START.replace(year=2027))
    sent = {"sender": PHONE, "text": "TD", "key": "gw-1"}
    answer = client.post("/api/v1/sms/inbound", sent, content_type="application/json",
                         headers={"authorization": "Bearer zw_gateway"})
    assert answer.status_code == status
    assert OptOut.objects.exists() == (status == 200)


def test_without_a_token_the_door_is_shut(client):
    answer = client.post("/api/v1/sms/inbound", {"sender": PHONE, "text": "TD", "key": "k"},
                         content_type="application/json")
    assert answer.status_code == 401


def test_the_simulator_is_for_staff_and_closed_with_a_gateway(client):
    world = make_world()
    sysadmin, citizen = world.people["sysadmin"], person("somebody", "某人", kind="citizen")
    assert client.get("/desk/sms/").status_code == 302
    client.force_login(citizen)
    assert client.get("/desk/sms/").status_code == 403
    client.force_login(world.people["clerk"])
    assert client.post("/desk/sms/", {"phone": PHONE, "text": "TD"}).status_code == 403
    client.force_login(sysadmin)
    assert client.post("/desk/sms/", {"phone": PHONE, "text": "TD", "key": "1"}).status_code == 302
    assert client.post("/desk/sms/", {"phone": PHONE, "text": "TD", "key": "1"}).status_code == 302
    assert Inbound.objects.count() == 1
    page = client.get("/desk/sms/").content.decode()
    assert "138" in page
    assert PHONE not in page
    assert client.post("/desk/sms/", {"phone": "1", "text": "TD"}).status_code == 400
    drivers.use("sms", object())
    try:
        assert client.post("/desk/sms/", {"phone": PHONE, "text": "DY", "key": "2"}).status_code == 409
    finally:
        drivers.use("sms", None)
    assert OptOut.objects.count() == 1
