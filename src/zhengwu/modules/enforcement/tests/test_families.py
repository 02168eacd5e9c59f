"""强制、征收、检查、内部权力 from opening to end."""

from datetime import date

import pytest

from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.cases.services.papers import render_document
from zhengwu.kernel.cases.tests.world import START
from zhengwu.kernel.clock.models import Clock
from zhengwu.kernel.ledger.models import Event
from zhengwu.kernel.publishing.models import Publication
from zhengwu.lib.now import local
from zhengwu.lib.problem import Conflict, Denied, Invalid
from zhengwu.modules.enforcement.drawing import chosen
from zhengwu.modules.enforcement.services import draws, start

SEAL = [{"kind": "seal", "text": "查封库房一间", "cents": 0}]
INNER = {
    "inner-project": "apply submit,review agree,expert pass,sign agree,sum pass,discuss agree,issue done,"
                     "publish publish",
    "inner-fund": "apply submit,review agree,legal agree,sign agree,discuss agree,show done,pay paid,audit done",
    "inner-asset": "apply submit,check done,review agree,sign agree,discuss agree,dispose done,book done",
    "inner-personnel": "apply submit,recommend pass,inspect done,sign agree,discuss agree,show done,appoint done",
    "inner-finance": "apply submit,review big,sign agree,discuss agree,check pass,approve_pay grant,pay paid",
    "inner-procurement": "apply submit,review agree,sign agree,discuss agree,intend done,buy done,contract done,"
                         "check pass,pay paid",
}


def papers(case: Case) -> list[str]:
    for paper in case.documents.all():
        assert render_document(paper, case).startswith(b"%PDF")
    return [d.kind for d in case.documents.all()]


def test_coercion_is_approved_served_and_lifted(office):
    affair = office.open("coercion")
    office.propose(affair, measures=SEAL)
    case = office.run(affair.case, "report pass,approve grant,implement done")
    assert case.state == "held"
    step = case.steps.get(node="examine", closed_at=None)
    assert local(step.due_at).date() == date(2026, 3, 12)  # thirty days of 行政强制法 §25
    case = office.run(case, "examine lift,lift deliver,close agree")
    assert case.state == "lifted" and case.closed_at is not None
    assert papers(case) == ["enf_coercion", "enf_lift"]


def test_urgent_coercion_is_ratified_within_twenty_four_hours(office):
    affair = office.open("coercion")
    office.propose(affair, measures=SEAL)
    case = office.run(affair.case, "report urgent,act_now done")
    step = case.steps.get(node="ratify", closed_at=None)
    assert (step.due_at - START).total_seconds() == 24 * 3600
    case = office.run(case, "ratify disagree,lift deliver,close agree")
    assert case.state == "lifted"


def test_coercion_extended_once_then_disposed(office):
    affair = office.open("coercion")
    office.propose(affair, measures=SEAL)
    case = office.run(affair.case, "report pass,approve grant,implement done,examine extend,extend agree,"
                                   "examine_more dispose,dispose done,close agree")
    assert case.state == "disposed"
    assert papers(case) == ["enf_coercion", "enf_extend"]


def test_coercion_not_approved_tells_the_party_nothing(office):
    affair = office.open("coercion")
    office.propose(affair, measures=SEAL)
    case = office.run(affair.case, "report pass,approve deny")
    assert case.state == "refused" and case.parties.get().account is None


@pytest.mark.parametrize("way,state,kinds", [
    ("assess pass,approve agree,decide grant,deliver deliver,collect paid,close agree", "closed",
     ["enf_levy", "enf_delivery"]),
    ("assess pass,approve agree,decide grant,deliver deliver,collect overdue,press force,force done,close agree",
     "closed", ["enf_levy", "enf_delivery", "enf_press"]),
    ("assess none", "not_due", []),
])
def test_levy(office, way, state, kinds):
    affair = office.open("levy", team=[])
    office.propose(affair, measures=[{"kind": "levy", "text": "", "cents": 1_234_500}])
    case = office.run(affair.case, way)
    assert (case.state, papers(case)) == (state, kinds)
    assert not Clock.objects.filter(subject=case.number, stopped_at=None).exists()


def inspect(office):
    return office.open("inspection", team=[], party=start.PartyIn(), subject="食品经营者抽查").case


def test_inspection_is_drawn_from_what_was_promised(office):
    case = office.run(inspect(office), "plan agree")
    with pytest.raises(Conflict):
        office.do(case, "draw", "done")
    draw = draws.commit_draw(unit=office.world.organ, by=office.actor("officer"), title="第一季度抽查", objects=3,
                             inspectors=2, case=case)
    assert draw.seed == "" and draw.seed_sm3
    with pytest.raises(Conflict):  # one draw a case
        draws.commit_draw(unit=office.world.organ, by=office.actor("officer"), title="再抽", objects=3, inspectors=2,
                          case=case)
    draw = draws.reveal_draw(pk=draw.pk, by=office.actor("officer"))
    assert len(draw.result["objects"]) == 3 and draws.checked(draw) == []
    committed, drawn = Event.objects.filter(stream=draw.stream).order_by("seq")
    assert committed.data["seed_sm3"] == draw.seed_sm3 and drawn.data["seed"] == draw.seed
    with pytest.raises(Conflict):
        draws.reveal_draw(pk=draw.pk, by=office.actor("officer"))
    case = office.run(case, "draw done,check normal,review agree,publish publish")
    assert case.state == "closed"
    row = Publication.objects.get(kind="inspection-result")
    assert "未发现问题" in row.summary and draw.seed_sm3 in str(row.facts)


def test_a_draw_tampered_with_is_found(office):
    draw = draws.commit_draw(unit=office.world.organ, by=office.actor("head"), title="抽查", objects=5, inspectors=2)
    draw = draws.reveal_draw(pk=draw.pk, by=office.actor("head"))
    draw.result["objects"][0] = next(r for r in draw.lists["object"] if r not in draw.result["objects"])
    assert draws.checked(draw) == ["重新计算的结果与记录不一致"]
    draw.seed = "0" * 64
    assert "公开的种子与事先承诺的摘要不一致" in draws.checked(draw)


def test_a_code_that_looks_like_a_persons_number_is_drawn_without_entering_the_ledger(office):
    from zhengwu.modules.enforcement.models import Candidate
    from zhengwu.modules.enforcement.tests.world import CITIZEN_ID

    Candidate.objects.filter(kind="object").exclude(code="91519921MA00000001").delete()
    Candidate.objects.filter(kind="object").update(code=CITIZEN_ID)
    draw = draws.commit_draw(unit=office.world.organ, by=office.actor("head"), title="抽查", objects=1, inspectors=2)
    draw = draws.reveal_draw(pk=draw.pk, by=office.actor("head"))
    assert [r["code"] for r in draw.result["objects"]] == [CITIZEN_ID]
    assert CITIZEN_ID not in str([e.data for e in Event.objects.filter(stream=draw.stream)])


def test_chosen_depends_on_the_seed_alone():
    codes = [f"C{n}" for n in range(100)]
    assert chosen("a", codes, 5) == chosen("a", list(reversed(codes)) + codes, 5)
    assert chosen("a", codes, 5) != chosen("b", codes, 5)
    assert len(set(chosen("a", codes, 50))) == 50


@pytest.mark.parametrize("given,field", [
    ({"objects": 0}, "objects"), ({"objects": 31}, "objects"), ({"inspectors": 1}, "inspectors"),
    ({"inspectors": 3}, "inspectors"), ({"title": " "}, "title"),
])
def test_bad_draws(office, given, field):
    with pytest.raises(Invalid) as refused:
        draws.commit_draw(unit=office.world.organ, by=office.actor("officer"),
                          **{"title": "抽查", "objects": 3, "inspectors": 2} | given)
    assert field in refused.value.errors


def test_only_the_unit_draws(office):
    for name in ("stranger", "leader", "citizen", "partner"):
        with pytest.raises(Denied):
            draws.commit_draw(unit=office.world.organ, by=office.actor(name), title="抽查", objects=1, inspectors=2)


@pytest.mark.parametrize("chart", INNER)
def test_inner_powers_run_with_collective_decision(office, chart):
    case = office.open(chart, team=[], party=start.PartyIn(), form={"level": "department"}).case
    assert case.due_at is not None
    case = office.run(case, INNER[chart])
    assert case.state == "closed"
    assert "enf_inner" in papers(case)
    assert not case.steps.filter(node="above").exists()


@pytest.mark.parametrize("chart", ["inner-project", "inner-personnel"])
def test_what_is_the_governments_goes_to_its_leader(office, chart):
    case = office.open(chart, team=[], party=start.PartyIn(), form={"level": "government"}).case
    case = office.run(case, INNER[chart].split(",discuss")[0] + ",discuss agree")
    step = case.steps.get(closed_at=None)
    assert (step.node, step.unit_id, step.role) == ("above", office.world.organ.parent_id, "leader")
    case = office.run(case, "above deny")
    assert case.state == "dropped"


def test_the_one_who_applies_does_not_approve(office):
    from zhengwu.kernel.directory.models import Appointment
    Appointment.objects.create(account=office.people["officer"], unit=office.world.organ, role="head",
                               valid_from=date(2020, 1, 1))
    case = office.open("inner-fund", team=[], party=start.PartyIn()).case
    case = office.run(case, "apply submit")
    with pytest.raises(Conflict) as refused:
        office.do(case, "review", "agree", "officer")
    assert refused.value.code == "must-be-apart"
