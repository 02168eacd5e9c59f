"""行政处罚 from the clue to the file: who must act, what must be known, papers, days, publication."""

from datetime import date, timedelta

import pytest

from zhengwu.kernel.cases.models import Case, Step
from zhengwu.kernel.cases.services.papers import render_document
from zhengwu.kernel.cases.tests.world import START
from zhengwu.kernel.clock.models import Clock
from zhengwu.kernel.ledger.models import Event
from zhengwu.kernel.publishing.models import Publication
from zhengwu.lib.now import local, travel
from zhengwu.lib.problem import Conflict, Denied, Invalid, Problem
from zhengwu.modules.enforcement.models import Affair
from zhengwu.modules.enforcement.services import plead, record, start
from zhengwu.modules.enforcement.tests.world import RAW

FILED = "file agree"
TO_NOTICE = "file agree,investigate done,review agree,notify deliver"


def test_general_procedure_to_the_file(office):
    affair = office.open()
    case = affair.case
    office.propose(affair)
    case = office.run(case, TO_NOTICE)
    assert case.state == "noticed"
    assert case.parties.get(role="concerned").account == office.people["citizen"]
    case = office.run(case, "plead none,decide penalty")
    assert case.state == "decided" and case.decided_at == START
    case = office.run(case, "deliver deliver,execute paid,publish publish,close agree")
    assert (case.state, case.flow) == ("closed", case.flow) and case.closed_at is not None
    assert not case.steps.filter(closed_at=None).exists()
    assert [d.kind for d in case.documents.all()] == ["enf_penalty_notice", "enf_penalty", "enf_delivery"]
    for paper in case.documents.all():
        assert render_document(paper, case).startswith(b"%PDF")


def test_ninety_days_from_filing_and_seven_working_days_to_deliver(office):
    affair = office.open()
    office.propose(affair)
    case = office.run(affair.case, FILED)
    lawful = Clock.objects.get(subject=case.number, kind="lawful")
    assert local(lawful.due_at).date() == date(2026, 5, 12)  # the 90th day, 10 May, is a Sunday
    case = office.run(case, "investigate done,review agree,notify deliver,plead none,decide penalty")
    assert Clock.objects.get(subject=case.number, kind="lawful").stopped_at is not None
    assert local(Clock.objects.get(subject=case.number, kind="delivery").due_at).date() == date(2026, 2, 26)


def test_two_investigators_or_no_case(office):
    with pytest.raises(Invalid) as refused:
        office.open(team=office.team()[:1])
    assert "不得少于两人" in refused.value.errors["team"]
    assert not Case.objects.filter(kind="penalty").exists()
    with pytest.raises(Invalid):
        office.open(team=[office.team()[0], (office.people["stranger"].pk, "X1")])


def test_who_did_not_investigate_cannot_close_the_investigation(office):
    affair = office.open(team=[(office.people["officer2"].pk, "A2"), (office.people["officer"].pk, "A1")])
    office.propose(affair)
    case = office.run(affair.case, FILED)
    other = office.world.people["officer3"] = _officer(office)
    with pytest.raises(Denied):
        office.do(case, "investigate", "done", "officer3")
    assert case.steps.filter(closed_by=other).count() == 0


def _officer(office):
    from zhengwu.kernel.cases.tests.world import person
    return person("officer3", "第三人", office.world.organ, "officer")


def test_nothing_is_decided_without_a_proposal(office):
    affair = office.open()
    case = office.run(affair.case, FILED)
    with pytest.raises(Conflict) as refused:
        office.do(case, "investigate", "done")
    assert refused.value.code == "no-proposal"
    assert case.steps.filter(node="investigate", closed_at=None).exists()


def test_a_heavy_penalty_cannot_pass_the_legal_review_by(office):
    affair = office.open()
    office.propose(affair, measures=[{"kind": "fine", "text": "", "cents": 600_000}])
    case = office.run(affair.case, "file agree,investigate done")
    with pytest.raises(Conflict) as refused:
        office.do(case, "review", "agree")
    assert refused.value.code == "legal-review-needed"
    case = office.run(case, "review legal,legal agree,notify deliver")
    notice = case.documents.get(kind="enf_penalty_notice")
    assert notice.data["hearing"] is True


def test_a_proposal_made_heavier_after_the_review_was_left_out_is_not_decided(office):
    affair = office.open()
    office.propose(affair)
    case = office.run(affair.case, "file agree,investigate done,review agree,notify deliver,plead none")
    office.propose(affair, measures=[{"kind": "suspend", "text": "吊销食品经营许可证", "cents": 0}])
    with pytest.raises(Conflict):
        office.do(case, "decide", "penalty")
    assert Case.objects.get(pk=case.pk).decided_at is None


def test_hearing_is_presided_by_the_one_appointed_and_stops_the_clock(office):
    affair = office.open()
    office.propose(affair, measures=[{"kind": "fine", "text": "", "cents": 600_000}])
    case = office.run(affair.case, "file agree,investigate done,review legal,legal agree,notify deliver")
    with pytest.raises(Conflict):  # no hearing arranged yet
        office.do(case, "plead", "hearing")
    with pytest.raises(Invalid) as refused:
        record.arrange_hearing(number=case.number, by=office.actor("officer"), at=START + timedelta(days=3),
                               place="听证室", chair_id=office.people["officer2"].pk)
    assert set(refused.value.errors) == {"at", "chair"}
    record.arrange_hearing(number=case.number, by=office.actor("officer"), at=START + timedelta(days=40),
                           place="二楼听证室", chair_id=office.people["legal"].pk)
    case = office.run(case, "plead hearing")
    assert case.documents.get(kind="enf_hearing").data["place"] == "二楼听证室"
    assert case.due_at is None
    with travel(START + timedelta(days=40)):
        with pytest.raises(Conflict) as apart:  # the legal reviewer may not preside as well
            office.do(case, "hearing", "done", "legal")
        assert apart.value.code == "must-be-apart"


def test_silence_for_five_working_days_leads_on(office):
    from zhengwu.kernel.cases.api import fire_due

    affair = office.open()
    office.propose(affair)
    case = office.run(affair.case, TO_NOTICE)
    with travel(START + timedelta(days=30)):
        fire_due()
    assert case.steps.filter(node="decide", closed_at=None).exists()


@pytest.mark.parametrize("chart,way,state", [
    ("penalty-general", "file disagree", "not_filed"),
    ("penalty-general", TO_NOTICE + ",plead none,decide transfer", "transferred"),
    ("penalty-general", f"{TO_NOTICE},plead plead,recheck pass,decide exempt,deliver_other deliver,close agree",
     "exempt"),
    ("penalty-summary", "check general", "general"),
    ("penalty-summary", "check plead,recheck exempt", "exempt"),
    ("penalty-summary", "check done,spot penalty,deliver deliver,pay paid,report agree,publish publish", "closed"),
])
def test_every_end_has_its_state(office, chart, way, state):
    affair = office.open(chart)
    office.propose(affair, measures=[{"kind": "warning", "text": "警告", "cents": 0}])
    case = office.run(affair.case, way)
    assert (case.state, case.closed_at) == (state, START)
    assert not Clock.objects.filter(subject=case.number, stopped_at=None).exists()


def test_on_the_spot_only_what_is_small(office):
    affair = office.open("penalty-summary")
    office.propose(affair, measures=[{"kind": "fine", "text": "", "cents": 20_001}])
    case = office.run(affair.case, "check done")
    with pytest.raises(Conflict) as refused:
        office.do(case, "spot", "penalty")
    assert refused.value.code == "too-heavy-for-spot"


def test_publication_masks_the_person_and_tells_nothing_of_the_affair(office):
    affair = office.open(facts="举报人王五来电称当事人家住三单元。")
    office.propose(affair)
    office.run(affair.case, TO_NOTICE + ",plead none,decide penalty,deliver deliver,publish publish")
    row = Publication.objects.get(kind="penalty-decision")
    text = row.title + row.summary + str(row.facts)
    assert "李**" in text or "李*" in text
    for hidden in ("李小满", "王五", "三单元", "货架", "11010519491231002X", affair.case.number):
        assert hidden not in text


def test_ledger_holds_no_words_of_the_affair(office):
    affair = office.open()
    office.propose(affair)
    office.run(affair.case, TO_NOTICE)
    text = "".join(str(e.data) for e in Event.objects.filter(stream=affair.case.number))
    assert "李小满" not in text and "牛奶" not in text and "affair" in "".join(
        Event.objects.filter(stream=affair.case.number).values_list("kind", flat=True))


@pytest.mark.parametrize("change,code", [
    ({"status": "withdrawn"}, "matter-not-published"),
    ({"status": "draft"}, "matter-not-published"),
    ({"valid_to": date(2026, 1, 1)}, "matter-not-in-force"),
])
def test_a_power_that_does_not_run_opens_nothing(office, change, code):
    matter = office.matters["penalty-general"]
    for name, value in change.items():
        setattr(matter, name, value)
    matter.save()
    with pytest.raises(Conflict) as refused:
        office.open()
    assert refused.value.code == code
    assert not Case.objects.filter(kind="penalty").exists() and not Affair.objects.exists()


def test_unlisted_power_opens_nothing(office):
    matter = office.matters["penalty-general"]
    matter.power = None
    matter.save()
    with pytest.raises(Conflict) as refused:
        office.open()
    assert refused.value.code == "power-not-listed"


def test_only_the_units_own_officer_opens(office):
    for name in ("stranger", "head", "partner", "citizen", "inspector"):
        with pytest.raises(Denied):
            start.open_affair(matter=office.matters["penalty-general"], by=office.actor(name), subject="案由",
                              source="report", facts="事实", party=start.PartyIn("person", "张三"), team=office.team())
    assert not Affair.objects.exists()


def test_bad_party_is_refused_by_field(office):
    with pytest.raises(Invalid) as refused:
        office.open(party=start.PartyIn("person", "李小满", "110105194912310021", "12"), subject=" ", source="x",
                    happened_on=date(2027, 1, 1))
    assert {"party_number", "subject", "source", "happened_on"} <= set(refused.value.errors)
    assert "110105194912310021" not in str(refused.value.errors)


def test_the_same_key_opens_one_case(office):
    first, second = office.open(key="k1"), office.open(key="k1")
    assert first.pk == second.pk and Case.objects.filter(kind="penalty").count() == 1


def test_fine_outside_the_discretion_table_needs_a_reason(office):
    affair = office.open()
    rule = office.matters["penalty-general"].discretion.get()
    with pytest.raises(Invalid) as refused:
        office.propose(affair, discretion=rule.pk, measures=[{"kind": "fine", "cents": 900_000}])
    assert "裁量基准" in refused.value.errors["beyond"]
    kept = office.propose(affair, discretion=rule.pk, measures=[{"kind": "fine", "cents": 300_000}])
    assert kept.proposal["act"] == "经营超过保质期的食品"


@pytest.mark.parametrize("raw,field", [
    ({"violation": " "}, "violation"), ({"basis": ""}, "basis"), ({"measures": []}, "measures"),
    ({"measures": [{"kind": "prison", "cents": 1}]}, "measures"),
    ({"measures": [{"kind": "fine", "cents": 0}]}, "measures"),
    ({"measures": [{"kind": "fine", "cents": -5}]}, "measures"),
    ({"measures": [{"kind": "fine", "cents": 10**15}]}, "measures"),
    ({"how": "长" * 2001}, "how"), ({"discretion": 10**6}, "discretion"),
])
def test_bad_proposals(office, raw, field):
    affair = office.open()
    with pytest.raises(Problem) as refused:
        office.propose(affair, **raw)
    assert field in refused.value.errors
    assert Affair.objects.get(pk=affair.pk).proposal == {}


def test_after_the_decision_the_affair_is_closed_to_changes(office):
    affair = office.open()
    office.propose(affair)
    office.run(affair.case, TO_NOTICE + ",plead none,decide penalty")
    with pytest.raises(Conflict):
        office.propose(affair, measures=[{"kind": "fine", "cents": 1}])
    assert Affair.objects.get(pk=affair.pk).proposal["measures"] == RAW["measures"]


def test_party_pleads_only_while_the_case_waits(office):
    affair = office.open()
    citizen = office.actor("citizen")
    with pytest.raises(Problem):
        plead.plead(number=affair.case.number, by=citizen, text="我有话说")
    office.propose(affair)
    case = office.run(affair.case, TO_NOTICE)
    with pytest.raises(Problem):
        plead.plead(number=case.number, by=office.actor("neighbour"), text="我也有话说")
    with pytest.raises(Invalid):
        plead.plead(number=case.number, by=citizen, text="", hearing=True)  # not heavy
    plead.plead(number=case.number, by=citizen, text="牛奶不是我卖的")
    office.run(case, "plead plead,recheck pass")
    with pytest.raises(Conflict):
        plead.plead(number=case.number, by=citizen, text="还有")
    assert affair.statements.count() == 1
    assert Step.objects.filter(case=case, node="decide", closed_at=None).exists()
