"""What must be handed in is decided by the answers, on the server, at every door."""

from datetime import date

import pytest

from zhengwu.kernel.cases.api import Door, Handed, Joining, open_case
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.cases.tests.world import START, make_world
from zhengwu.kernel.cases.views.presenting import case_facts
from zhengwu.kernel.matters import held
from zhengwu.kernel.matters.models import Material
from zhengwu.lib.now import travel
from zhengwu.lib.problem import Conflict, Invalid

pytestmark = pytest.mark.django_db
TREE = [{"id": "who", "text": "谁来办？", "options": [
    {"value": "self", "label": "本人办理"}, {"value": "agent", "label": "委托他人", "chart": "promised"},
    {"value": "odd", "label": "其他", "chart": "no-such-chart"}]}]
TYPE = "11100000000013338W011"


@pytest.fixture
def world():
    with travel(START):
        world = make_world()
        world.matter.questions = TREE
        world.matter.save()
        world.paper = Material.objects.create(matter=world.matter, name="授权委托书", when='answers.who == "agent"')
        yield world


def apply(world, form, handed=()):
    return open_case(kind="application", matter=world.matter, by=world.actor("citizen"),
                     applicant=world.people["citizen"], applicant_name="李小满", form=form, materials=handed)


def paper(world):
    return [Handed("授权委托书", world.paper.pk, "paper")]


def test_the_answers_decide_and_are_kept_as_they_were_asked(world):
    case = apply(world, {"answers": {"who": "self"}})
    assert case.form == {"answers": {"who": "self"}, "asked": [["谁来办？", "本人办理"]]}
    assert ("谁来办？", "本人办理") in case_facts(case)


@pytest.mark.parametrize("form", [{}, {"answers": {"who": "agent"}}])
def test_without_answers_nothing_is_spared(world, form):
    with pytest.raises(Invalid) as refused:
        apply(world, form)
    assert set(refused.value.errors) == {f"material-{world.paper.pk}"}
    assert apply(world, form, paper(world)).submissions.count() == 1


@pytest.mark.parametrize("answers", [{"who": "x"}, {"who": "self", "y": "z"}, {}, "self"])
def test_a_way_that_is_none_opens_nothing(world, answers):
    with pytest.raises(Invalid):
        apply(world, {"answers": answers}, paper(world))
    assert not Case.objects.exists()


def test_what_was_asked_is_written_by_us(world):
    case = apply(world, {"answers": {"who": "self"}, "asked": [["谎", "话"]]})
    assert case.form["asked"] == [["谁来办？", "本人办理"]]


def test_a_chart_that_is_not_there_is_said(world):
    with pytest.raises(Conflict):
        apply(world, {"answers": {"who": "odd"}}, paper(world))


def provider(valid_to):
    def find(account, code):
        if account.username != "citizen" or code != TYPE:
            return None
        return held.HeldCertificate("X-1", "营业执照", valid_to, reference="certificate:1")
    return find


@pytest.mark.parametrize(("valid_to", "spared"), [(None, True), (date(2030, 1, 1), True), (date(2026, 2, 8), False)])
def test_who_holds_the_certificate_is_not_asked_for_it(world, monkeypatch, valid_to, spared):
    monkeypatch.setattr(held, "_providers", [provider(valid_to)])
    Material.objects.create(matter=world.matter, name="营业执照副本", shared_from=TYPE)
    if not spared:
        with pytest.raises(Invalid):
            apply(world, {"answers": {"who": "self"}})
        return
    case = apply(world, {"answers": {"who": "self"}})
    row = case.submissions.get()
    assert row.way == "shared"
    assert "X-1" in row.name


def test_somebody_elses_certificate_spares_nobody(world, monkeypatch):
    monkeypatch.setattr(held, "_providers", [provider(None)])
    Material.objects.create(matter=world.matter, name="营业执照副本", shared_from=TYPE)
    with pytest.raises(Invalid):
        open_case(kind="application", matter=world.matter, by=world.actor("neighbour"),
                  form={"answers": {"who": "self"}}, applicant=world.people["neighbour"], applicant_name="王邻")


def test_a_clerk_who_looks_at_the_papers_judges_the_situation(world):
    case = open_case(kind="application", matter=world.matter, by=world.actor("clerk"), applicant=None, form={},
                     applicant_name="王大爷", parties=[Joining("applicant", "王大爷")],
                     door=Door("counter", clerk=world.people["clerk"]))
    assert case.number
