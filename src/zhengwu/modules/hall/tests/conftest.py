"""A matter with questions, people with identities, and hands that apply like people at the pages."""

from io import BytesIO
from types import SimpleNamespace

import pytest

from zhengwu.kernel.cases.tests.world import START, make_world, person
from zhengwu.kernel.directory.api import set_identity
from zhengwu.kernel.matters.models import Material
from zhengwu.lib.now import travel
from zhengwu.lib.tests.samples import pdf

IDS = {"citizen": "11010519491231002X", "neighbour": "110101199003070011"}
TREE = [
    {"id": "who", "text": "谁来办？", "options": [
        {"value": "self", "label": "本人办理"}, {"value": "agent", "label": "委托别人"}]},
    {"id": "size", "text": "面积多大？", "help": "按实际面积", "options": [
        {"value": "small", "label": "不超过60平方米"},
        {"value": "large", "label": "更大", "stop": "更大的请申请许可证"}]},
]
FORM = {
    "type": "object", "required": ["shop"],
    "properties": {"shop": {"type": "string", "title": "店名", "maxLength": 60, "x-order": 1},
                   "phone": {"type": "string", "title": "电话", "format": "phone", "x-order": 2},
                   "owner": {"type": "string", "title": "经营者", "x-known": "account.name", "x-order": 3}},
}


@pytest.fixture
def hall():
    """``world`` with a guided matter; ``path`` of its pages; ``apply`` walks through them as a client."""
    with travel(START):
        world = make_world(form_schema=FORM)
        world.matter.questions = TREE
        world.matter.save()
        paper = Material.objects.create(matter=world.matter, name="授权委托书", when='answers.who == "agent"')
        plan = Material.objects.create(matter=world.matter, name="平面图")
        for name, number in IDS.items():
            set_identity(world.people[name], citizen_id=number, phone="13800000001")
            world.people[name].save()
        world.people["company"] = person("company", "好味餐饮有限公司", kind="enterprise")
        set_identity(world.people["company"], uscc="91350100M000100Y43")
        world.people["company"].save()
        yield SimpleNamespace(world=world, matter=world.matter, paper=paper, plan=plan, people=world.people,
                              path=f"/matters/{world.matter.code}/", ids=IDS)


def answer(client, hall, base="", who="self", size="small") -> None:
    """Both questions."""
    for question, value in (("who", who), ("size", size)):
        client.post(f"{base}{hall.path}ask/", {"question": question, "answer": value})


def a_file(name="plan.pdf"):
    made = BytesIO(pdf())
    made.name = name
    return made


def fill(client, hall, base="", query="", shop="小店") -> None:
    """Form and materials, up to the last page."""
    sent = client.post(f"{base}{hall.path}apply/{query}", {"shop": shop, "go": "next"})
    assert sent.url == f"{base}{hall.path}apply/materials/", sent.content.decode()
    sent = client.post(f"{base}{hall.path}apply/materials/", {f"material-{hall.plan.pk}": a_file(), "go": "next"})
    assert sent.url == f"{base}{hall.path}apply/confirm/"
