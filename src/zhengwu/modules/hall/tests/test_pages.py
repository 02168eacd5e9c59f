"""The citizens' pages and the desk: whose they are, how few queries they need, and that nothing typed is lost."""

import pytest

from zhengwu.kernel.cases.api import act, open_case
from zhengwu.kernel.cases.models import Case, Draft, Step
from zhengwu.kernel.cases.tests.world import START, make_world
from zhengwu.kernel.matters.models import Material
from zhengwu.lib.now import travel
from zhengwu.modules.hall.application import KIND

pytestmark = pytest.mark.django_db

SCHEMA = {
    "type": "object",
    "properties": {
        "shop": {"type": "string", "title": "店名", "maxLength": 60, "x-order": 1},
        "staff": {
            "type": "array",
            "title": "从业人员",
            "x-order": 2,
            "items": {"type": "object", "properties": {"name": {"type": "string", "title": "姓名"}}},
        },
    },
    "required": ["shop"],
}


@pytest.fixture
def world():
    with travel(START):
        yield make_world(form_schema=SCHEMA)


def opened(world, count: int = 1) -> Case:
    for number in range(count):
        case = open_case(kind=KIND, matter=world.matter, by=world.actor("citizen"), applicant=world.people["citizen"],
                         applicant_name="李小满", form={"shop": f"小店{number}"})
    return case


def step_of(case: Case) -> Step:
    return Step.objects.get(case=case, closed_at=None)


@pytest.mark.parametrize(("user", "status"), [("citizen", 200), ("neighbour", 404), ("clerk", 404), ("stranger", 404)])
def test_a_case_is_its_applicants(world, client, user, status) -> None:
    case = opened(world)
    client.force_login(world.people[user])
    assert client.get(f"/my/cases/{case.number}/").status_code == status
    assert client.get(f"/my/cases/{case.number}/receipt/").status_code == status
    assert client.post(f"/my/cases/{case.number}/withdraw/").status_code == (302 if status == 200 else 404)
    assert (Case.objects.get(pk=case.pk).state == "withdrawn") == (user == "citizen")


@pytest.mark.parametrize(("user", "status"), [("clerk", 200), ("officer", 200), ("inspector", 200), ("stranger", 404)])
def test_at_the_desk_a_case_is_its_units(world, client, user, status) -> None:
    case = opened(world)
    client.force_login(world.people[user])
    assert client.get(f"/desk/cases/{case.number}/").status_code == status


def test_few_queries_however_many_rows(world, client, django_assert_max_num_queries) -> None:
    case = opened(world, 100)
    Material.objects.bulk_create(
        Material(matter=world.matter, name=f"第{n}份{'很长的材料名称' * 8}", required=False) for n in range(100))
    act(step_id=step_of(case).pk, action="accept", by=world.actor("clerk"))
    client.get("/matters/")  # what a process keeps is kept
    with django_assert_max_num_queries(8):
        assert client.get(f"/matters/{world.matter.code}/").status_code == 200
    client.force_login(world.people["citizen"])
    with django_assert_max_num_queries(15):
        assert client.get(f"/my/cases/{case.number}/").status_code == 200
    client.force_login(world.people["clerk"])
    with django_assert_max_num_queries(10):
        page = client.get("/desk/")
    assert page.content.count(b"data-row") == 99
    with django_assert_max_num_queries(17):
        assert client.get(f"/desk/cases/{case.number}/").status_code == 200


def test_rows_are_added_and_cut_without_script_and_kept(world, client) -> None:
    client.force_login(world.people["citizen"])
    path = f"/matters/{world.matter.code}/apply/"
    client.post(path, {"shop": "小店", "staff.0.name": "甲", "go": "add:staff"})
    page = client.get(path).content.decode()
    assert 'value="甲"' in page
    assert 'name="staff.1.name"' in page
    client.post(path, {"shop": "小店", "staff.0.name": "甲", "staff.1.name": "乙", "go": "cut:staff:0"})
    assert Draft.objects.get().form == {"shop": "小店", "staff": [{"name": "乙"}]}


def test_the_form_saves_itself(world, client) -> None:
    client.force_login(world.people["citizen"])
    answer = client.post(f"/matters/{world.matter.code}/apply/", {"shop": "小", "go": "auto"})
    assert answer.status_code == 204
    assert Draft.objects.get().form == {"shop": "小"}


def test_what_one_typed_waits_behind_the_sign_in_for_that_person_only(world, client) -> None:
    path = f"/matters/{world.matter.code}/apply/"
    client.force_login(world.people["citizen"])
    ticket = client.get(path).context["ticket"]
    client.logout()
    assert client.post(path, {"shop": "断线的小店", "ticket": ticket, "go": "next"}).status_code == 302
    client.force_login(world.people["neighbour"])
    assert "断线的小店" not in client.get(path).content.decode()
    client.logout()
    client.post(path, {"shop": "断线的小店", "ticket": ticket, "go": "next"})
    client.force_login(world.people["citizen"])
    assert "断线的小店" in client.get(path).content.decode()


def test_staff_do_not_apply_and_find_their_own_page(world, client) -> None:
    client.force_login(world.people["clerk"])
    assert client.get(f"/matters/{world.matter.code}/apply/").status_code == 403
    assert client.get("/my/").url == "/desk/account/"


def test_a_correction_names_each_material_and_an_empty_answer_changes_nothing(world, client) -> None:
    case = opened(world)
    client.force_login(world.people["clerk"])
    sent = {"action": "correct", "key": "k", "material": ["营业执照", ""], "given": ["", ""], "fault": ["模糊", ""],
            "wanted": ["重拍", ""]}
    client.post(f"/desk/steps/{step_of(case).pk}/act/", sent)
    assert step_of(case).kind == "correct"
    client.force_login(world.people["citizen"])
    page = client.get(f"/my/cases/{case.number}/").content.decode()
    assert "请补正1处" in page
    assert "模糊" in page
    refused = client.post(f"/my/cases/{case.number}/correct/", {"opinion": " "})
    assert refused.status_code == 422
    assert step_of(case).kind == "correct"
    client.post(f"/my/cases/{case.number}/correct/", {"opinion": "已更正"})
    assert step_of(case).kind == "precheck"


def test_another_row_for_the_correction_keeps_what_was_typed(world, client) -> None:
    case = opened(world)
    client.force_login(world.people["clerk"])
    sent = {"action": "more", "material": ["租约"], "given": [""], "fault": ["没有"], "wanted": [""], "opinion": "草稿"}
    page = client.post(f"/desk/steps/{step_of(case).pk}/act/", sent)
    rows = page.context["correction_rows"]
    assert [row["material"] for row in rows] == ["租约", ""]
    assert "草稿" in page.content.decode()
    assert step_of(case).kind == "precheck"


def test_an_empty_desk_says_what_it_is_for(world, client) -> None:
    client.force_login(world.people["leader"])
    assert "待办已清空" in client.get("/desk/").content.decode()
    assert "没有符合条件的待办" in client.get("/desk/?light=red").content.decode()
