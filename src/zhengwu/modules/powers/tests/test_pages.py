"""Pages, exports and API of the list, as the public, the unit, the gates and strangers see them."""

from datetime import timedelta

import pytest
from django.test import Client

from tests.city import START
from zhengwu.kernel.matters.models import Power, PowerVersion
from zhengwu.lib.now import today, travel
from zhengwu.modules.powers.services.draft import draft_change, draft_power
from zhengwu.modules.powers.tests.conftest import content, power_of

pytestmark = pytest.mark.django_db


def client(city, who=""):
    found = Client()
    if who:
        found.force_login(city.people[who])
    return found


def form(city, **more):
    return {"unit": city.organs["lin"].pk, "name": "小餐饮登记", "type": "01", "openness": "published",
            "bases": "中华人民共和国食品安全法｜第三十六条", "limit_n": "10", "limit_unit": "working_day",
            "chart": "standard", "duties": "受理", "accountability": "追责", "ground": "A1", "reason": "新设", **more}


@pytest.fixture
def draft(city):
    return draft_power(unit=city.organs["lin"], content=content(city), ground="A1", reason="理由",
                       by=city.actor("officer_lin"))


@pytest.fixture
def inner(city):
    power = power_of(city)
    Power.objects.filter(pk=power.pk).update(openness="inner", type="62", family="inner", name="专项资金分配")
    return power


def test_the_public_finds_what_is_published(city, draft, inner):
    page = client(city).get("/powers/?division=519921&q=食品").content.decode()
    assert "临溪县食品经营许可0" in page and "小餐饮登记" not in page and "专项资金分配" not in page
    rows = client(city).get(f"/powers/?unit={city.organs['lin'].pk}").content.decode().split("pw-list")[1]
    assert "云门县市场" not in rows and "临溪县市场" in rows


@pytest.mark.parametrize(("who", "code"), [("", 404), ("citizen", 404), ("stranger", 404), ("officer_yun", 404),
                                           ("officer_lin", 200), ("lawyer", 200), ("staffing", 200),
                                           ("staffing_yun", 404), ("inspector_lin", 200)])
def test_who_sees_a_draft(city, draft, who, code):
    assert client(city, who).get(f"/powers/{draft.power.code}/").status_code == code
    if who and who != "citizen":
        expected = code if who != "inspector_lin" else 404
        assert client(city, who).get(f"/desk/powers/changes/{draft.pk}/").status_code == expected


@pytest.mark.parametrize(("who", "code"), [("", 404), ("citizen", 404), ("stranger", 200), ("officer_lin", 200)])
def test_inner_powers_are_for_staff(city, inner, who, code):
    assert client(city, who).get(f"/powers/{inner.code}/").status_code == code
    shown = client(city, who).get("/powers/export.csv").content.decode()
    assert "专项资金分配" not in shown
    assert client(city).get(f"/api/v1/powers/{inner.code}").status_code == 404


def test_a_page_shows_basis_chart_and_history(city):
    page = client(city).get(f"/powers/{power_of(city).code}/").content.decode()
    for words in ("中华人民共和国行政许可法", "<svg", "第1版", "责任事项", "20个工作日"):
        assert words in page


def test_drafting_by_form_and_every_gate(city):
    made = client(city, "officer_lin").post("/desk/powers/new/", form(city))
    version = PowerVersion.objects.get(content__name="小餐饮登记")
    assert made.status_code == 302 and made["Location"].endswith(f"/changes/{version.pk}/")
    base = f"/desk/powers/changes/{version.pk}/"
    for who, deed, data in (("head_lin", "submit", {}), ("lawyer", "pass", {}), ("staffing", "pass", {}),
                            ("staffing", "publish", {"effective": today().isoformat()})):
        assert deed in client(city, who).get(base).content.decode()
        assert client(city, who).post(f"{base}{deed}/", data).status_code == 302
    assert client(city).get(f"/powers/{version.power.code}/").status_code == 200


@pytest.mark.parametrize(("more", "field"), [
    ({"name": ""}, "name"), ({"type": "99"}, "type"), ({"limit_n": "-1"}, "limit_n"), ({"limit_n": "x"}, "limit_n"),
    ({"chart": "none"}, "chart"), ({"bases": "法｜第1条｜x｜昨天"}, "bases"), ({"ground": "C1"}, "ground"),
    ({"reason": ""}, "reason"), ({"name": "长" * 201}, "name"), ({"leader_unit": "999999"}, "leader_unit"),
    ({"unit": "x"}, "unit")])
def test_a_wrong_form_comes_back_filled(city, more, field):
    answer = client(city, "officer_lin").post("/desk/powers/new/", form(city, duties="按条例受理", **more))
    page = answer.content.decode()
    assert answer.status_code == 422 and f'id="id_{field}_error"' in page and "按条例受理" in page
    assert not PowerVersion.objects.filter(content__duties="按条例受理").exists()


def test_a_stranger_acts_on_nothing(city, draft):
    for who in ("stranger", "officer_yun", "citizen"):
        for deed in ("submit", "pass", "drop", "publish"):
            answer = client(city, who).post(f"/desk/powers/changes/{draft.pk}/{deed}/", {"effective": "2026-02-09"})
            assert answer.status_code in (403, 404)
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_ending_pages_and_difference(city):
    power = power_of(city)
    officer = client(city, "officer_lin")
    for change in ("merge", "delegate", "cancel", "file"):
        assert officer.get(f"/desk/powers/{power.code}/end/{change}/").status_code == 200
    bad = officer.post(f"/desk/powers/{power.code}/end/cancel/", {"ground": "", "reason": "说明在此"})
    assert bad.status_code == 422 and "说明在此" in bad.content.decode()
    assert officer.get(f"/desk/powers/{power.code}/end/explode/").status_code == 404
    typed = form(city, name="食品经营许可（新）", ground="B2")
    assert officer.post(f"/desk/powers/{power.code}/alter/", typed).status_code == 302
    version = PowerVersion.objects.get(power=power, number=2)
    page = officer.get(f"/desk/powers/changes/{version.pk}/").content.decode()
    assert "<ins>" in page and "<del>" in page
    assert officer.get(f"/desk/powers/changes/{version.pk}/edit/").status_code == 200


def test_desk_lists_filters_and_exports(city, draft, inner):
    officer = client(city, "officer_lin")
    assert "小餐饮登记" in officer.get("/desk/powers/?state=draft").content.decode()
    assert "专项资金分配" in officer.get("/desk/powers/?family=inner").content.decode()
    for flag in ("lapsed", "nobasis", "nochart", "todo", "zzz"):
        assert officer.get(f"/desk/powers/?flag={flag}&law=1&unit=x&page=x").status_code == 200
    assert "小餐饮登记" in officer.get("/desk/powers/export.csv").content.decode()
    assert officer.get("/desk/powers/export.xlsx").content[:2] == b"PK"
    assert officer.get("/desk/powers/export.exe").status_code == 404
    assert client(city).get("/desk/powers/").status_code == 302
    assert client(city, "citizen").get("/desk/powers/").status_code == 403


def test_laws_page(city):
    from zhengwu.kernel.matters.models import Law

    law = Law.objects.get()
    staffing = client(city, "staffing")
    assert staffing.get("/desk/powers/laws/?q=许可&state=force").status_code == 200
    assert staffing.post("/desk/powers/laws/", {"law": law.pk, "on": "昨天"}).status_code == 422
    assert staffing.post("/desk/powers/laws/", {"law": law.pk, "on": "2026-02-09"}).status_code == 302
    assert "已失效" in client(city).get(f"/powers/{power_of(city).code}/").content.decode()
    assert client(city, "legal_lin").post("/desk/powers/laws/", {"law": law.pk, "on": ""}).status_code == 422
    law.refresh_from_db()
    assert law.valid_to == today()


def test_lists_do_not_ask_for_every_row(city, django_assert_max_num_queries):
    for path, most in (("/powers/?division=519921", 8), ("/api/v1/powers", 2), ("/powers/export.csv", 4)):
        with django_assert_max_num_queries(most):
            assert client(city).get(path).status_code == 200


def test_api(city, draft):
    first = client(city).get("/api/v1/powers?limit=5").json()
    codes = [row["code"] for row in first["items"]]
    while first["next"]:
        first = client(city).get(f"/api/v1/powers?limit=5&cursor={first['next']}").json()
        codes += [row["code"] for row in first["items"]]
    assert len(codes) == len(set(codes)) == 12 and draft.power.code not in codes
    power = client(city).get(f"/api/v1/powers/{codes[0]}").json()
    assert power["in_force"] and power["bases"][0]["law"] and power["versions"][0]["number"] == 1
    assert client(city).get(f"/api/v1/powers/{draft.power.code}").status_code == 404
    assert client(city).get("/api/v1/powers?cursor=xx").status_code == 400


def test_versions_side_by_side(city):
    from zhengwu.kernel.matters.powers import content_of
    from zhengwu.modules.powers.services.publish import settle

    power = power_of(city)
    version = draft_change(code=power.code, change="change", ground="B3", reason="压缩", by=city.actor("officer_lin"),
                           content=content_of(power) | {"limit_n": 12})
    assert client(city).get(f"/powers/{power.code}/versions/2/").status_code == 404
    settle(version, today(), city.actor("staffing").by())
    page = client(city).get(f"/powers/{power.code}/versions/2/").content.decode()
    assert "<del>20</del>" in page or "法定时限" in page
    with travel(START + timedelta(days=1)):
        assert "第2版" in client(city).get(f"/powers/{power.code}/").content.decode()
