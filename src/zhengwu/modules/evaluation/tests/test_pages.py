"""Whose pages they are, what they must not show, and the device at the window."""

from datetime import timedelta

import pytest

from zhengwu.kernel.cases.tests.world import START
from zhengwu.kernel.ledger.models import Event
from zhengwu.lib.now import travel
from zhengwu.modules.evaluation.models import Evaluation
from zhengwu.modules.evaluation.services.evaluate import evaluate_own
from zhengwu.modules.evaluation.views.device import device_address

pytestmark = pytest.mark.django_db


@pytest.fixture
def bad(world, served) -> Evaluation:
    return evaluate_own(number=served().number, by=world.actor("citizen"), level=1, comment="态度不好")


@pytest.mark.parametrize(("user", "sees"), [("officer", True), ("head", True), ("centre", True), ("inspector", True),
                                            ("partner", False), ("stranger", False), ("far_centre", False)])
def test_the_desk_list_is_the_units_the_centres_and_the_inspectors(world, client, bad, user, sees) -> None:
    client.force_login(world.people[user])
    page = client.get("/desk/evaluations/").content.decode()
    assert ("态度不好" in page) is sees
    table = client.get("/desk/evaluations/export.csv").content.decode()
    assert ("态度不好" in table) is sees
    for text in (page, table):
        assert bad.case.number not in text and "李小满" not in text
    assert client.get("/desk/evaluations/export.xlsx").status_code == 200
    assert client.get("/desk/evaluations/export.doc").status_code == 404


@pytest.mark.parametrize("user", ["citizen", "sysadmin"])
def test_others_have_no_list(world, client, bad, user) -> None:
    client.force_login(world.people[user])
    assert client.get("/desk/evaluations/").status_code == 403


@pytest.mark.parametrize(("user", "status"), [("centre", 200), ("clerk", 403), ("head", 403), ("far_centre", 404),
                                              ("citizen", 403)])
def test_the_number_to_call_back_is_the_centres_and_every_look_is_on_record(world, client, bad, user, status) -> None:
    client.force_login(world.people[user])
    answer = client.post(f"/desk/evaluations/{bad.pk}/callback/")
    assert answer.status_code == status
    assert ("13800000001" in answer.content.decode()) is (status == 200)
    assert Event.objects.filter(kind="evaluation.phone-seen").count() == (status == 200)


@pytest.mark.parametrize(("user", "sees"), [("centre", True), ("head", False), ("clerk", False)])
def test_the_rectification_page_leads_only_the_centre_to_the_case(world, client, bad, user, sees) -> None:
    client.force_login(world.people[user])
    page = client.get(f"/desk/cases/{bad.rectification.number}/").content.decode()
    assert ("查看回访号码" in page) is sees
    assert (bad.case.number in page) is sees


def test_the_applicants_page_asks_and_thanks_and_nobody_elses_does(world, served, client) -> None:
    case = served()
    client.force_login(world.people["citizen"])
    assert "提交评价" in client.get(f"/my/cases/{case.number}/").content.decode()
    assert "去评价" in client.get("/my/").content.decode()
    client.post(f"/my/cases/{case.number}/rate/", {"level": "1", "comment": "慢"})
    page = client.get(f"/my/cases/{case.number}/").content.decode()
    assert "提交评价" not in page and "整改中" in page
    assert "去评价" not in client.get("/my/").content.decode()


def test_the_public_page_and_its_few_queries(world, client, bad, django_assert_max_num_queries) -> None:
    client.get("/evaluations/")
    with django_assert_max_num_queries(8):
        page = client.get("/evaluations/?division=519921").content.decode()
    assert "临溪县市场监督管理局" in page and "与存证一致" in page
    assert "态度不好" not in page
    assert "还没有办结" in client.get("/evaluations/?division=519922&period=2026-01").content.decode()
    assert client.get("/evaluations/?division=nowhere&period=2026-99").status_code == 200
    assert client.get("/evaluations/?division=%00").status_code == 400


def test_the_device_asks_about_the_visit_just_served_and_about_no_other(world, served, client) -> None:
    address = device_address(world.matter.window)
    assert client.get(address.replace(address[-21:-1], "0" * 20)).status_code == 404
    assert "您满意吗" not in client.get(address).content.decode()
    case = served()
    page = client.get(address).content.decode()
    assert "您满意吗" in page and page.count('name="level"') == 5 and "<form" in page
    late = client.post(address, {"visit": "case:other", "level": "1"})
    assert late.status_code == 409 and not Evaluation.objects.exists()
    done = client.post(address, {"visit": f"case:{case.number}", "level": "1"})
    assert "谢谢您" in done.content.decode()
    row = Evaluation.objects.get()
    assert (row.channel, row.level, row.window_id, row.account_id) == ("device", 1, world.matter.window_id, None)
    assert "您满意吗" not in client.get(address).content.decode()
    again = client.post(address, {"visit": f"case:{case.number}", "level": "5"})
    assert again.status_code == 409


def test_after_a_quarter_of_an_hour_the_device_asks_no_more(world, served, client) -> None:
    served()
    with travel(START + timedelta(minutes=16)):
        assert "您满意吗" not in client.get(device_address(world.matter.window)).content.decode()
