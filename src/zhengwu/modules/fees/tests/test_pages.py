"""The pages: register for everybody, bills for who may see them, the finance office's desk."""

import pytest
from django.urls import reverse

from zhengwu.kernel.cases import api
from zhengwu.lib.now import today
from zhengwu.modules.fees.models import Bill, Charge, Report
from zhengwu.modules.fees.services.bill import issue_bill
from zhengwu.modules.fees.tests.conftest import charge

pytestmark = pytest.mark.django_db


@pytest.fixture
def bill(world, case, standard) -> Bill:
    return issue_bill(number=case.number, lines={standard.pk: 2}, by=world.actor("officer"))


def as_(client, world, name):
    client.force_login(world.people[name])
    return client


def test_the_register_is_public_and_exports(client, world, standard, django_assert_max_num_queries):
    for n in range(12):
        charge(world, code=f"LX1{n:02d}")
    charge(world, code="LX900", publish=False)
    with django_assert_max_num_queries(8):
        text = client.get("/fees/").content.decode()
    assert "¥120.00/本" in text and "LX111" in text and "LX900" not in text
    assert client.get("/fees/LX900/").status_code == 404
    assert "914号" in client.get("/fees/LX001/").content.decode()
    assert "证照工本费" in client.get("/fees/export.csv?q=LX001").content.decode()
    assert client.get("/fees/export.xlsx").content[:2] == b"PK"


def test_the_payer_pays_in_three_clicks(client, world, bill):
    as_(client, world, "citizen")
    assert "¥240.00" in client.get("/my/fees/").content.decode()
    assert "缴纳¥240.00" in client.get(f"/my/fees/{bill.pk}/").content.decode()
    away = client.post(f"/my/fees/{bill.pk}/pay/", {"provider": "simulated"})
    back = client.post(away.url, {"outcome": "paid"}, follow=True)
    assert "缴费成功" in back.content.decode() and Bill.objects.get().state == "paid"
    assert client.get(f"/my/fees/{bill.pk}/notice.pdf").content[:5] == b"%PDF-"
    assert client.get(f"/my/fees/{bill.pk}/receipt.pdf").content[:5] == b"%PDF-"


@pytest.mark.parametrize("name", ["neighbour", "firm", "stranger"])
def test_strangers_find_nothing(client, world, bill, name):
    as_(client, world, name)
    for path in (f"/my/fees/{bill.pk}/", f"/my/fees/{bill.pk}/notice.pdf", f"/desk/fees/{bill.pk}/"):
        assert client.get(path).status_code in (403, 404)
    assert client.post(f"/my/fees/{bill.pk}/pay/", {"provider": "simulated"}).status_code == 404
    assert bill.number not in client.get("/my/fees/").content.decode()


def test_the_officer_notifies_from_the_case_page(client, world, case, standard):
    as_(client, world, "officer")
    page = client.get(f"/desk/cases/{case.number}/").content.decode()
    assert f'name="q-{standard.pk}"' in page
    answer = client.post(reverse("fees:notify", args=[case.number]), {f"q-{standard.pk}": "3", "key": "k"}, follow=True)
    assert "¥360.00" in answer.content.decode() and Bill.objects.get().total == 36000
    listed = client.get("/desk/fees/").content.decode()
    assert Bill.objects.get().number in listed


def test_no_certificate_before_the_fee_is_paid(world, case, bill):
    """Happening "issued": see wiring.paid_first."""
    from zhengwu.kernel.cases.deed import Deed
    from zhengwu.kernel.flow.api import chart_of
    from zhengwu.lib.now import now
    from zhengwu.lib.problem import Conflict
    from zhengwu.modules.fees.wiring import paid_first

    deed = Deed(case=case, chart=chart_of(case.version_id), actor=world.actor("officer"), at=now(), action="issue")
    with pytest.raises(Conflict):
        paid_first(deed)


def test_a_withdrawn_application_owes_nothing(world, case, bill):
    api.withdraw(number=case.number, by=world.actor("citizen"), reason="不办了")
    bill.refresh_from_db()
    assert bill.state == "cancelled" and "撤回" in bill.reason


def test_the_register_is_kept_by_finance_alone(client, world):
    form = {"code": "LX777", "name": "复印费", "category": "other", "payer": "both", "unit": world.organ.pk,
            "basis": "价费字〔2026〕7号", "item": "每页", "amount": "0.50", "per": "页", "matters": world.matter.code,
            "valid_from": "2026-01-01"}
    assert as_(client, world, "officer").post("/desk/fees/register/new/", form).status_code == 403
    as_(client, world, "finance")
    bad = client.post("/desk/fees/register/new/", form | {"amount": "0.505", "basis": "领导要求"})
    assert bad.status_code == 422 and "最多两位小数" in bad.content.decode() and "领导要求" in bad.content.decode()
    client.post("/desk/fees/register/new/", form)
    assert Charge.objects.get(code="LX777").standards.get().cents == 50
    assert client.get("/fees/LX777/").status_code == 404
    client.post("/desk/fees/register/LX777/publish/")
    assert client.get("/fees/LX777/").status_code == 200
    client.post("/desk/fees/register/LX777/abolish/", {"on": today().isoformat(), "reason": "清理规范"})
    assert Charge.objects.get(code="LX777").valid_to is not None


def test_a_charge_that_is_not_listed_is_reported_and_answered(client, world, standard):
    as_(client, world, "firm")
    text = client.get("/my/fees/check/?name=协调费").content.decode()
    assert "目录里没有这项收费" in text
    form = {"name": "协调费", "unit": world.organ.pk, "amount": "500", "charged_on": today().isoformat(), "key": "x"}
    bad = client.post("/my/fees/check/", form | {"charged_on": "2026-02-30"})
    assert bad.status_code == 422 and "500" in bad.content.decode() and not Report.objects.exists()
    client.post("/my/fees/check/", form)
    report = Report.objects.get()
    assert "协调费" in client.get("/my/fees/reports/").content.decode()
    as_(client, world, "officer")
    assert client.get("/desk/fees/reports/").status_code == 403
    as_(client, world, "finance")
    assert "协调费" in client.get("/desk/fees/reports/").content.decode()
    client.post(f"/desk/fees/reports/{report.pk}/answer/", {"state": "confirmed", "answer": "责令退还并通报"})
    report.refresh_from_db()
    assert report.state == "confirmed"


def test_the_provider_needs_no_session_but_a_signature(client, world, bill):
    as_(client, world, "citizen")
    reference = client.post(f"/my/fees/{bill.pk}/pay/", {"provider": "simulated"}).url.split("/")[-2]
    client.logout()
    wrong = client.post("/pay/told/", {"reference": reference, "outcome": "paid", "cents": "24000", "signature": "1"})
    assert wrong.status_code == 403
    from zhengwu.modules.fees.providers import Simulated

    message = Simulated().sign(f"{reference}:paid:24000")
    right = client.post("/pay/told/", {"reference": reference, "outcome": "paid", "cents": "24000",
                                       "signature": message})
    assert right.json()["state"] == "done"


def test_statement_page(client, world, bill):
    as_(client, world, "finance")
    assert "¥240.00" in client.get(f"/desk/fees/statement/?month={today():%Y-%m}").content.decode()
    assert client.get("/desk/fees/statement/export.xlsx").content[:2] == b"PK"


def test_the_register_over_the_api(client, world, standard):
    for n in range(3):
        charge(world, code=f"LX1{n:02d}")
    first = client.get("/api/v1/fees?limit=2").json()
    rest = client.get("/api/v1/fees", {"limit": 2, "cursor": first["next"]}).json()
    assert [row["code"] for row in first["items"] + rest["items"]] == ["LX001", "LX100", "LX101", "LX102"]
    one = client.get("/api/v1/fees/LX001").json()
    assert one["standards"][0]["cents"] == 12000 and client.get("/api/v1/fees/NO").status_code == 404
    assert client.get("/api/v1/fees?cursor=%00").status_code == 400


def test_bills_of_a_case_over_the_api(client, world, case, bill):
    assert client.get(f"/api/v1/cases/{case.number}/bills").status_code == 401
    as_(client, world, "neighbour")
    assert client.get(f"/api/v1/cases/{case.number}/bills").status_code == 404
    as_(client, world, "citizen")
    (row,) = client.get(f"/api/v1/cases/{case.number}/bills").json()
    assert (row["payable_cents"], row["lines"][0]["quantity"]) == (24000, 2)
