"""Sharing by authorisation and purpose, the trace the holder sees, and showing a certificate to somebody."""

from datetime import date, timedelta

import pytest

from zhengwu.kernel.cases.tests.world import SINCE, person
from zhengwu.kernel.directory.api import issue_token
from zhengwu.kernel.directory.models import Appointment
from zhengwu.kernel.ledger.models import Event
from zhengwu.kernel.matters.held import find
from zhengwu.lib.now import now, travel
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound
from zhengwu.modules.certificates.models import Access, CertificateType, Sharing
from zhengwu.modules.certificates.services.present import present, seen
from zhengwu.modules.certificates.services.sharing import ask_sharing, decide_sharing, look
from zhengwu.modules.certificates.services.status import change_status
from zhengwu.modules.certificates.services.types import publish_type, save_draft
from zhengwu.modules.certificates.tests.conftest import CITIZEN_ID, TYPE
from zhengwu.modules.certificates.tests.test_pages import as_, text

pytestmark = pytest.mark.django_db
DATA = {"name": "食品经营许可证", "holder": "any", "validity": "years", "years": 3, "renew_before": 30,
        "face": "certificate-portrait", "basis": "《中华人民共和国食品安全法》第三十五条",
        "fields": [("经营者名称", True), ("经营项目", True)]}


@pytest.fixture
def kind(world) -> CertificateType:
    draft = save_draft(code=TYPE, definer=world.organ, data=DATA, by=world.actor("head"))
    return publish_type(type_id=draft.pk, by=world.actor("head"))


@pytest.fixture
def health(world):
    """The head of the health bureau, which asks."""
    world.people["health"] = person("health", "孙卫健", world.partner, "head")
    return world.actor("health")


@pytest.fixture
def granted(world, kind, health) -> Sharing:
    asked = ask_sharing(unit=world.partner, kind=kind, purpose="公共场所卫生许可", basis="政务数据共享条例第十条",
                        valid_from=date(2026, 2, 9), valid_to=date(2026, 12, 31), labels=["经营者名称"], by=health)
    return decide_sharing(sharing_id=asked.pk, to="granted", reason="", by=world.actor("head"))


def test_another_unit_sees_by_authorisation_only_the_agreed_items_and_leaves_a_trace(
    world, granted, certificate, health
):
    (row,) = look(sharing_id=granted.pk, by=health, subject="办件51992101", holder_code=CITIZEN_ID)
    assert row["face"] == [["经营者名称", "李记面馆"]] and row["status"] == "normal"
    trace = Access.objects.get()
    assert (trace.unit_name, trace.purpose, trace.subject) == ("临溪县卫生健康局", "公共场所卫生许可", "办件51992101")
    assert Event.objects.filter(stream=granted.stream, kind="sharing.used").count() == 1
    page = text(as_(world, "citizen").get(f"/certificates/{certificate.identifier}/"))
    assert "谁看过我的证照" in page and "临溪县卫生健康局" in page and "办件51992101" in page and "孙卫健" not in page
    assert "临溪县卫生健康局" not in text(as_(world, "clerk").get(f"/certificates/{certificate.identifier}/"))


@pytest.mark.parametrize("spoil", ["stranger", "revoked", "over", "early", "asked"])
def test_without_an_authorisation_in_force_nobody_sees_anything(world, granted, certificate, health, spoil):
    by, when = (world.actor("stranger") if spoil == "stranger" else health), now()
    if spoil == "revoked":
        decide_sharing(sharing_id=granted.pk, to="revoked", reason="不再需要", by=world.actor("head"))
    elif spoil == "asked":
        Sharing.objects.update(state="asked")
    elif spoil in ("over", "early"):
        when += timedelta(days=400 if spoil == "over" else -3)
    with travel(when), pytest.raises(NotFound):
        look(sharing_id=granted.pk, by=by, subject="办件一", holder_code=CITIZEN_ID)
    assert not Access.objects.exists()


@pytest.mark.parametrize(
    "given", [{"subject": ""}, {"subject": "办件一"}, {"subject": "x" * 90, "holder_code": CITIZEN_ID}]
)
def test_a_look_needs_business_and_a_holder(granted, health, given):
    with pytest.raises(Invalid):
        look(sharing_id=granted.pk, by=health, **given)
    assert not Access.objects.exists()


def test_the_definer_decides_and_nobody_asks_twice(world, kind, granted, health):
    with pytest.raises(Conflict):
        ask_sharing(unit=world.partner, kind=kind, purpose="公共场所卫生许可", basis="条例第十条",
                    valid_from=date(2026, 3, 1), valid_to=date(2026, 4, 1), by=health)
    with pytest.raises(Denied):
        decide_sharing(sharing_id=granted.pk, to="revoked", reason="收回", by=health)
    with pytest.raises(Invalid):
        decide_sharing(sharing_id=granted.pk, to="revoked", reason=" ", by=world.actor("leader"))
    with pytest.raises(Denied):
        ask_sharing(unit=world.partner, kind=kind, purpose="别的用途", basis="条例第十条",
                    valid_from=date(2026, 3, 1), valid_to=date(2026, 4, 1), by=world.actor("partner"))


def test_the_api_needs_the_scope_and_leaves_the_trace(world, granted, certificate, health):
    security = person("security", "安管", world.organ, "secadmin")
    client = as_(world, None)
    secrets = {scope: issue_token(by=security.actor, name="卫健系统", account=world.people["health"], scopes=[scope])[1]
               for scope in ("read", "share")}
    address = f"/api/v1/certificates/shared?sharing={granted.pk}&subject=接口核验"

    def ask(scope: str, where: str = address, **headers: str):
        return client.get(where, headers={"authorization": f"Bearer {secrets[scope]}", **headers})

    assert client.get(address).status_code == 401 and ask("read").status_code == 403
    assert ask("share").status_code == 422
    found = ask("share", **{"holder-code": CITIZEN_ID})
    assert found.status_code == 200 and found.json()[0]["number"] == certificate.number
    assert Access.objects.get().way == "api"
    other = address.replace(f"sharing={granted.pk}", f"sharing={granted.pk + 1}")
    assert ask("share", other, **{"holder-code": CITIZEN_ID}).status_code == 404
    assert ask("share", "/api/v1/certificates/shared?sharing=99999999999999999999&subject=核验").status_code == 404


def test_the_pages_of_sharing_open_for_those_concerned(world, granted, certificate, health):
    address = f"/desk/certificates/sharing/{granted.pk}/"
    for who, status in (("health", 200), ("head", 200), ("officer", 403), ("citizen", 403), ("stranger", 403)):
        assert as_(world, who).get(address).status_code == status, who
    Appointment.objects.create(account=world.people["stranger"], unit=world.people["stranger"].actor and
                               Appointment.objects.get(account=world.people["stranger"]).unit, role="head",
                               valid_from=SINCE)
    assert as_(world, "stranger").get(address).status_code == 404
    client = as_(world, "health")
    assert "公共场所卫生许可" in text(client.get("/desk/certificates/look/"))
    page = client.post(
        "/desk/certificates/look/", {"sharing": granted.pk, "subject": "办件二", "holder_code": CITIZEN_ID}
    )
    assert certificate.number in text(page) and Access.objects.count() == 1
    missed = client.post("/desk/certificates/look/", {"sharing": granted.pk, "subject": "", "holder_code": CITIZEN_ID})
    assert missed.status_code == 422 and CITIZEN_ID in text(missed)


def test_asking_on_the_page(world, kind, health):
    client = as_(world, "health")
    typed = {"kind": kind.pk, "purpose": "卫生监督检查", "basis": "政务数据共享条例", "labels": "经营者名称、没有的",
             "valid_from": "2026-02-10", "valid_to": "2026-05-10"}
    refused = client.post("/desk/certificates/sharing/new/", typed)
    assert refused.status_code == 422 and "没有的" in text(refused) and "卫生监督检查" in text(refused)
    assert client.post("/desk/certificates/sharing/new/", typed | {"labels": "经营者名称"}).status_code == 302
    assert Sharing.objects.get().labels == ["经营者名称"]


def test_a_shown_code_lives_five_minutes_and_five_looks(world, certificate):
    with pytest.raises(NotFound):
        present(identifier=certificate.identifier, by=world.actor("neighbour"))
    first = present(identifier=certificate.identifier, by=world.actor("citizen"))
    second = present(identifier=certificate.identifier, by=world.actor("citizen"))
    assert as_(world, None).get(f"/certificates/present/{first.code}/").status_code == 404  # a new one ends the old
    page = as_(world, None).get(f"/certificates/present/{second.code}/")
    assert page.status_code == 200 and "李小满" in text(page) and CITIZEN_ID not in text(page)
    for _ in range(4):
        seen(code=second.code, by=world.actor("stranger"))
    with pytest.raises(NotFound):
        seen(code=second.code, by=world.actor("stranger"))
    third = present(identifier=certificate.identifier, by=world.actor("citizen"))
    with travel(now() + timedelta(minutes=5)), pytest.raises(NotFound):
        seen(code=third.code, by=world.actor("stranger"))
    assert Access.objects.filter(way="present").count() == 5


def test_the_holder_shows_it_from_the_page_but_not_one_that_is_held(world, certificate):
    address = f"/certificates/{certificate.identifier}/present/"
    page = as_(world, "citizen").post(address)
    assert page.status_code == 200 and "<svg" in text(page)
    assert as_(world, "neighbour").post(address).status_code == 404
    assert as_(world, "officer").post(address).status_code == 404
    change_status(identifier=certificate.identifier, to="held", reason="违法经营", by=world.actor("head"))
    assert as_(world, "citizen").post(address).status_code == 409


def test_who_holds_a_certificate_is_not_asked_for_it(world, certificate):
    held = find(world.people["citizen"], TYPE)
    assert held.number == certificate.number and held.fields["经营者名称"] == "李记面馆"
    assert find(world.people["neighbour"], TYPE) is None and find(world.people["citizen"], "X" * 21) is None
    change_status(identifier=certificate.identifier, to="held", reason="违法经营", by=world.actor("head"))
    assert find(world.people["citizen"], TYPE) is None


def test_a_type_gives_validity_and_face_to_what_is_issued(world, kind, run):
    made = run().certificates.get()
    assert (made.kind, made.valid_to) == (kind, date(2029, 2, 8))


def test_a_type_is_edited_by_its_definer_and_published_version_by_version(world, kind):
    again = save_draft(code=TYPE, definer=world.organ, data=DATA | {"years": 5}, by=world.actor("leader"))
    assert (again.version, again.state) == (2, "draft")
    kind.refresh_from_db()
    assert (kind.state, kind.years) == ("published", 3)
    publish_type(type_id=again.pk, by=world.actor("head"))
    kind.refresh_from_db()
    assert kind.state == "replaced"
    with pytest.raises(Conflict):
        publish_type(type_id=again.pk, by=world.actor("head"))
    for who in ("officer", "stranger", "partner"):
        with pytest.raises(Denied):
            save_draft(code=TYPE, definer=world.organ, data=DATA, by=world.actor(who))


@pytest.mark.parametrize(("bad", "field"), [
    ({"years": 0}, "years"), ({"fields": []}, "fields"), ({"fields": [("甲", True), ("甲", False)]}, "fields"),
    ({"holder": "x"}, "holder"), ({"renew_before": None}, "renew_before"), ({"basis": ""}, "basis")])
def test_a_type_with_something_wrong_is_refused_at_the_field(world, bad, field):
    with pytest.raises(Invalid) as refused:
        save_draft(code=TYPE, definer=world.organ, data=DATA | bad, by=world.actor("head"))
    assert field in refused.value.errors and not CertificateType.objects.exists()


def test_the_pages_of_types(world, kind):
    client = as_(world, "head")
    assert "食品经营许可证" in text(client.get("/desk/certificates/types/"))
    page = client.get(f"/desk/certificates/types/{kind.pk}/")
    assert "经营者名称 *" in text(page)
    typed = {"name": "食品经营许可证", "holder": "any", "validity": "years", "years": "x", "renew_before": "30",
             "face": "certificate", "basis": "食品安全法", "fields": "经营者名称 *\n面积"}
    refused = client.post(f"/desk/certificates/types/{kind.pk}/", typed)
    assert refused.status_code == 422 and "面积" in text(refused)
    client.post(f"/desk/certificates/types/{kind.pk}/", typed | {"years": "4"})
    draft = CertificateType.objects.get(version=2)
    assert [f["required"] for f in draft.fields] == [True, False]
    client.post(f"/desk/certificates/types/{draft.pk}/publish/")
    draft.refresh_from_db()
    assert draft.state == "published"
    assert as_(world, "officer").get("/desk/certificates/types/").status_code == 403
