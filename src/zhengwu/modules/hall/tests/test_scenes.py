"""Events of life: collected once, several cases started together or none."""

import pytest

from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.ledger.api import By
from zhengwu.kernel.matters import guidance
from zhengwu.kernel.matters.api import enlist
from zhengwu.kernel.matters.models import MasterMatter, Material, Matter
from zhengwu.modules.hall import scenes
from zhengwu.modules.hall.models import Bundle, SceneDraft
from zhengwu.modules.hall.tests.conftest import a_file

pytestmark = pytest.mark.django_db
ANSWERS = (("division", "519921"), ("licence", "no"), ("size", "large"), ("sign", "no"))


@pytest.fixture
def shop(hall):
    """A second matter in the county, with a form and a paper in common with the first."""
    first = hall.matter
    master = MasterMatter.objects.create(code="990117002012", name="个体工商户设立登记", type="01", field="市场监管",
                                         basis="行政许可法", lawful_days=20)
    second = Matter.objects.create(
        code="11519921MB0000001X4990117002012", master=master, name="个体工商户设立登记", division=first.division,
        unit=hall.world.partner, point=first.point, chart=first.chart, kind="promised", lawful_n=20, promised_n=5,
        status="published", valid_from=first.valid_from,
        form_schema={"type": "object", "required": ["shop", "area"], "properties": {
            "shop": first.form_schema["properties"]["shop"],
            "area": {"type": "integer", "title": "面积", "minimum": 1, "x-order": 1}}})
    enlist([second], by=By("test", "测试"), on=first.valid_from)
    Material.objects.create(matter=second, name="平面图")
    hall.second = second
    return hall


def collect(client, area="30"):
    for name, value in ANSWERS:
        client.post("/scenes/shop/", {"question": name, "answer": value})
    client.post("/scenes/shop/apply/", {"shop": "晨光小店", "area": area, "go": "next"})
    papers = scenes.Together(list(Matter.objects.filter(name__in=["个体工商户设立登记", "食品经营许可证核发"]))).papers
    files = {f"material-{paper.pk}": a_file(f"{n}.pdf") for n, paper in enumerate(papers)}
    return client.post("/scenes/shop/papers/", files | {"go": "next"})


def test_all_trees_of_the_file_are_sound():
    for scene in scenes.scenes().values():
        assert guidance.check(scene.questions, [m.get("when", "answers.x == ''") for m in scene.matters]) == []


def test_one_form_and_one_set_of_papers_become_two_linked_cases(shop, client):
    client.force_login(shop.people["citizen"])
    assert collect(client).url == "/scenes/shop/confirm/"
    done = client.post("/scenes/shop/confirm/")
    bundle = Bundle.objects.get()
    assert done.url == f"/my/scenes/{bundle.pk}/"
    cases = list(Case.objects.order_by("id"))
    assert [c.title for c in cases] == ["个体工商户设立登记", "食品经营许可证核发"]
    assert {c.form["shop"] for c in cases} == {"晨光小店"}
    plans = [c.submissions.get(name="平面图").file for c in cases]
    assert plans[0].sm3 == plans[1].sm3
    assert plans[0].pk != plans[1].pk
    page = client.get(done.url).content.decode()
    assert all(c.number in page for c in cases)
    assert not SceneDraft.objects.exists()
    assert "我要开一家小店" in client.get(f"/my/cases/{cases[0].number}/").content.decode()
    assert client.post("/scenes/shop/confirm/").url == done.url
    assert Case.objects.count() == 2


def test_what_is_wrong_in_one_matter_opens_none(shop, client):
    client.force_login(shop.people["citizen"])
    collect(client)
    Matter.objects.filter(pk=shop.second.pk).update(form_schema={
        "type": "object", "required": ["new"], "properties": {"new": {"type": "string", "title": "新增的"}}})
    assert client.post("/scenes/shop/confirm/").url == "/scenes/shop/apply/"
    assert not Case.objects.exists()
    assert SceneDraft.objects.get().form["shop"] == "晨光小店"


def test_errors_stand_at_the_common_input_and_nothing_is_lost(shop, client):
    client.force_login(shop.people["citizen"])
    for name, value in ANSWERS:
        client.post("/scenes/shop/", {"question": name, "answer": value})
    page = client.post("/scenes/shop/apply/", {"shop": "晨光小店", "area": "0", "go": "next"})
    assert page.status_code == 422
    assert "area" in page.context["errors"]
    assert SceneDraft.objects.get().form == {"shop": "晨光小店", "area": "0"}


def test_questions_come_first_and_need_no_account(shop, client):
    assert "在哪里办" in client.get("/scenes/shop/").content.decode()
    client.post("/scenes/shop/", {"question": "division", "answer": "999999"})
    assert "在哪里办" in client.get("/scenes/shop/").content.decode()
    for name, value in ANSWERS:
        client.post("/scenes/shop/", {"question": name, "answer": value})
    page = client.get("/scenes/shop/").content.decode()
    assert "一起办比分开办少交1份" in page
    assert client.get("/scenes/nothing/").status_code == 404
    assert client.get("/scenes/shop/apply/").status_code == 302
    client.force_login(shop.people["neighbour"])
    assert client.get("/scenes/school/apply/").url == "/scenes/school/"


@pytest.mark.parametrize(("user", "status"), [("citizen", 200), ("neighbour", 404), ("clerk", 404)])
def test_the_overview_is_its_owners(shop, client, user, status):
    client.force_login(shop.people["citizen"])
    collect(client)
    client.post("/scenes/shop/confirm/")
    client.force_login(shop.people[user])
    assert client.get(f"/my/scenes/{Bundle.objects.get().pk}/").status_code == status
