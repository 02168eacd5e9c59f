"""Service points: kept by the centre of the area, shown to everybody; what is printed from the lists."""

import pytest

from zhengwu.kernel.ledger.models import Event
from zhengwu.kernel.matters.models import ServicePoint
from zhengwu.modules.counter.services.points import hours_words, parse_hours

pytestmark = pytest.mark.django_db


def facts(at, **more):
    return {"name": "李子坪村代办点", "level": "village", "division": "519921101200", "unit": at.village.unit_id,
            "address": "党群服务中心", "phone": "0999-1", "hours": "135 08:30-11:30",
            "offered": [at.matter.code], **more}


def test_the_centre_opens_a_point_below_another(at):
    client = at.who("centre_lin")
    assert "梅子镇服务点" in client.get("/counter/points/").content.decode()
    assert client.post(f"/counter/points/new/?parent={at.town.pk}", facts(at)).status_code == 302
    made = ServicePoint.objects.get(name="李子坪村代办点")
    assert made.parent == at.town and made.offered.get() == at.matter
    assert made.hours_text == "周一、周三、周五 08:30–11:30"
    assert Event.objects.filter(stream=f"point:{made.pk}").count() == 1


def test_wrong_facts_are_said_at_their_fields(at):
    sent = at.who("centre_lin").post(f"/counter/points/new/?parent={at.town.pk}", facts(
        at, name="", level="county", division="x", unit="0", address="", hours="8 9-10"))
    page = sent.content.decode()
    assert sent.status_code == 422
    for name in ("name", "level", "division", "unit", "address", "hours"):
        assert f'id="id_{name}_error"' in page, name


@pytest.mark.parametrize(("who", "status"), [("centre_yun", 404), ("clerk_lin", 403), ("citizen", 403)])
def test_others_keep_nothing(at, who, status):
    before = ServicePoint.objects.count()
    client = at.who(who)
    assert client.get(f"/counter/points/{at.town.pk}/").status_code == status
    assert client.post(f"/counter/points/{at.town.pk}/switch/", {"active": "0"}).status_code == status
    assert client.post(f"/counter/points/new/?parent={at.town.pk}", facts(at)).status_code == status
    assert client.post(f"/counter/points/{at.town.pk}/windows/", {"number": "1"}).status_code == status
    at.town.refresh_from_db()
    assert at.town.active and ServicePoint.objects.count() == before
    if who == "centre_yun":
        assert "梅子镇" not in client.get("/counter/points/").content.decode()


def test_switched_off_from_below(at):
    client = at.who("centre_lin")
    refused = client.post(f"/counter/points/{at.town.pk}/switch/", {"active": "0"}, follow=True)
    assert "请先停用" in refused.content.decode()
    client.post(f"/counter/points/{at.village.pk}/switch/", {"active": "0"})
    client.post(f"/counter/points/{at.town.pk}/switch/", {"active": "0"})
    at.town.refresh_from_db()
    assert not at.town.active
    assert at.who("citizen").get(f"/points/{at.town.pk}/").status_code == 404
    assert at.who("agent").get("/agent/").status_code == 404


def test_a_window_number_is_given_once(at):
    client, path = at.who("centre_lin"), f"/counter/points/{at.town.pk}/windows/"
    given = {"number": "1", "window_name": "综合窗口", "window_unit": at.town.unit_id}
    assert client.post(path, given).status_code == 302
    again = client.post(path, given)
    assert again.status_code == 422 and "已经有了" in again.content.decode() and at.town.windows.count() == 1


def test_everybody_finds_a_point(at, client):
    page = client.get("/points/?division=519921101").content.decode()
    assert "梅子镇服务点" in page and "李子坪村服务点" in page and "现在开放" in page
    assert "云门县" not in page.split("counter-tree")[1]
    only = client.get(f"/points/?matter={at.city.matters['lin', 'promised'].code}").content.decode()
    assert "临溪县政务服务中心" in only and "梅子镇服务点" not in only
    shown = client.get(f"/points/{at.village.pk}/").content.decode()
    assert at.matter.name in shown and "周一至周五 09:00–17:00" in shown
    assert "没有找到服务点" in client.get("/points/?q=没有这个").content.decode()
    guide = client.get(f"/matters/{at.matter.code}/").content.decode()
    assert "梅子镇服务点" in guide and f"/print/{at.matter.code}/card.pdf" in guide


@pytest.mark.parametrize("kind", ["card", "fold", "notice"])
def test_sheets_of_a_matter(at, client, kind):
    sent = client.get(f"/print/{at.matter.code}/{kind}.pdf")
    assert sent.status_code == 200 and sent.content[:4] == b"%PDF"
    assert client.get(f"/print/{at.matter.code}/poster.pdf").status_code == 404
    assert client.get(f"/print/x/{kind}.pdf").status_code == 404


@pytest.mark.parametrize("kind", ["door", "desk", "breast"])
def test_plates_are_printed_by_their_own_unit_or_the_centre(at, kind):
    centre = at.centre.unit_id
    path = f"/counter/plates/{kind}.pdf?unit={centre}"
    assert at.who("clerk_lin").get(path).content[:4] == b"%PDF"
    assert at.who("centre_lin").get(f"/counter/plates/{kind}.pdf?unit={at.town.unit_id}").content[:4] == b"%PDF"
    assert at.who("clerk_yun").get(path).status_code == 404
    assert at.who("citizen").get(path).status_code == 403
    assert "赵窗口" in at.who("clerk_lin").get("/counter/plates/").content.decode()


def test_hours():
    rows = parse_hours("12345 09:00-12:00\n\n 6  10:00-11:30 ")
    assert hours_words(rows) == ["周一至周五 09:00–12:00", "周六 10:00–11:30"]
    for wrong in ("0 09:00-10:00", "1 9:00-10:00", "1 10:00-09:00", "mo 09:00-10:00", "1 09:00-25:00"):
        with pytest.raises(ValueError):
            parse_hours(wrong)


def test_the_tree_needs_few_queries(at, client, django_assert_max_num_queries):
    client.get("/points/")
    with django_assert_max_num_queries(12):
        client.get("/points/?division=519921")
    desk = at.who("centre_lin")
    desk.get("/counter/points/")
    with django_assert_max_num_queries(10):
        desk.get("/counter/points/")
