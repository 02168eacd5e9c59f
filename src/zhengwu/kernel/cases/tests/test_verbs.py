"""Every verb of an office besides completing a step: who may, what it does, what it refuses, what stays on record."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from zhengwu.kernel.cases import api, signing
from zhengwu.kernel.cases.log import fitness
from zhengwu.kernel.cases.models import Case, Circulation, Step
from zhengwu.kernel.cases.services.circulate import circulated_to, mark_read
from zhengwu.kernel.cases.services.end import lapse_due
from zhengwu.kernel.cases.services.seen import mark_seen
from zhengwu.kernel.cases.services.suspend import remind_expired
from zhengwu.kernel.cases.tests.test_act import apply, counts, do, the_step
from zhengwu.kernel.cases.tests.world import START, World, make_world, person
from zhengwu.kernel.clock.models import Clock
from zhengwu.kernel.directory.models import Deputy
from zhengwu.kernel.ledger.models import Event
from zhengwu.kernel.notifications.models import Notice
from zhengwu.lib.now import travel
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound, Problem, Stale

pytestmark = pytest.mark.django_db
LATER = START + timedelta(minutes=5)


def peopled(world: World) -> World:
    world.people |= {
        "second": person("second", "蒋同岗", world.organ, "officer"),
        "secadmin": person("secadmin", "梁安", world.centre, "secadmin"),
        "deputy": person("deputy", "褚代理", world.organ, "legal"),
    }
    return world


@pytest.fixture
def world() -> Iterator[World]:
    with travel(START):
        yield peopled(make_world())


@pytest.fixture
def joint() -> Iterator[World]:
    with travel(START):
        yield peopled(make_world(joint=True))


def at(world: World, *acts: tuple[str, str, str]) -> Case:
    case = apply(world)
    for node, who, action in acts:
        do(world, case, node, who, action)
    return Case.objects.get(pk=case.pk)


ACCEPTED = ("precheck", "clerk", "accept")
REVIEWED = ("review", "officer", "pass")


def verb(world: World, step: Step, code: str, who: str, /, **data: Any) -> api.VerbDone:
    return api.perform(code, step_id=step.pk, by=world.actor(who), data=data)


def offered(world: World, step: Step, who: str) -> list[str]:
    step = Step.objects.select_related("case").get(pk=step.pk)
    return [o.code for o in api.offers(world.actor(who), step)]


def kinds_of(case: Case) -> list[str]:
    return list(Event.objects.filter(stream=case.number).order_by("seq").values_list("kind", flat=True))


def open_nodes(case: Case) -> list[str]:
    return sorted(case.steps.filter(closed_at=None).values_list("node", flat=True))


def whole(case: Case) -> None:
    """Steps, tokens and clocks agree; the record is without gap and explains the state."""
    case.refresh_from_db()
    tokens = case.flow.get("t", {})
    asked = sorted((t, who) for t, x in tokens.items() if "in" not in x for who in x.get("mi", {}).get("o", [""]))
    hosts = {t for t in tokens if any(x["s"] == t for x in tokens.values())}
    still = sorted(case.steps.filter(closed_at=None).values_list("token", "signer"))
    assert still == [pair for pair in asked if pair[0] not in hosts]
    events = list(Event.objects.filter(stream=case.number).order_by("seq").values_list("seq", flat=True))
    assert events == list(range(1, len(events) + 1))
    running = Clock.objects.filter(subject__startswith=f"{case.number}#").exclude(state="stopped")
    subjects = [c.subject for c in running]
    assert len(subjects) == len(set(subjects))
    assert set(subjects) <= {f"{case.number}#{t}" + (f".{w}" if w else "") for t, w in still}
    assert fitness(case).value == 1.0, fitness(case).first_deviation


# 退回


def test_a_step_goes_back_to_the_one_before_with_reasons(world):
    case = at(world, ACCEPTED, REVIEWED)
    step = the_step(case, "decide")
    with travel(LATER):
        done = verb(world, step, "return", "leader", to="previous", opinion="请补充核查记录")
    step.refresh_from_db()
    assert done.words == "退回至审查" and open_nodes(case) == ["review"]
    assert (step.outcome, step.opinion) == ("sent_back", "请补充核查记录") and step.closed_label.endswith("吴分管")
    assert Notice.objects.filter(account=world.people["officer"], title__contains="退回至审查").exists()
    assert kinds_of(case)[-1] == "case.returned"
    whole(case)
    do(world, case, "review", "officer", "pass")
    do(world, case, "decide", "leader", "grant")


def test_any_earlier_step_may_be_chosen_and_acceptance_stays_one(world):
    case = at(world, ACCEPTED, REVIEWED)
    precheck = case.steps.get(node="precheck")
    verb(world, the_step(case, "decide"), "return", "leader", to=str(precheck.pk), opinion="收件有误")
    assert open_nodes(case) == ["precheck"]
    do(world, case, "precheck", "clerk", "accept")
    assert Clock.objects.filter(subject=case.number, kind="lawful").count() == 1
    assert case.documents.filter(kind="acceptance").count() == 1
    whole(case)


def test_it_goes_back_to_the_applicant_from_inside_a_branch_once(joint):
    case = at(joint, ACCEPTED)
    step = case.steps.get(closed_at=None, unit=joint.partner)
    verb(joint, step, "return", "partner", to="applicant", opinion="卫生合格证过期", material="卫生合格证",
         wanted="换证")
    case.refresh_from_db()
    assert open_nodes(case) == ["correct"] and case.state == "correcting"
    paper = case.documents.get(kind="correction")
    assert paper.data["items"] == [{"material": "卫生合格证", "fault": "卫生合格证过期", "wanted": "换证"}]
    whole(case)
    do(joint, case, "correct", "citizen", "submit")
    do(joint, case, "precheck", "clerk", "accept")
    again = case.steps.filter(closed_at=None, unit=joint.partner).get()
    with pytest.raises(Conflict):
        verb(joint, again, "return", "partner", to="applicant", opinion="再补", material="x")
    whole(case)


def test_nothing_goes_back_behind_a_decision(world):
    case = at(world, ACCEPTED, REVIEWED, ("decide", "leader", "grant"))
    step = the_step(case, "deliver")
    assert "return" not in offered(world, step, "clerk")
    with pytest.raises(Conflict):
        verb(world, step, "return", "clerk", to="previous", opinion="x")


@pytest.mark.parametrize("data", [{"to": "previous", "opinion": " "}, {"to": "99", "opinion": "x"}])
def test_a_return_without_reason_or_to_nowhere_changes_nothing(world, data):
    case = at(world, ACCEPTED, REVIEWED)
    before = counts()
    with pytest.raises(Invalid):
        verb(world, the_step(case, "decide"), "return", "leader", **data)
    assert counts() == before


def test_who_does_not_hold_the_step_sends_nothing_back(world):
    case = at(world, ACCEPTED, REVIEWED)
    step, before = the_step(case, "decide"), counts()
    for who, error in (("officer", Denied), ("clerk", Denied), ("stranger", NotFound), ("citizen", Denied)):
        with pytest.raises(error):
            verb(world, step, "return", who, to="previous", opinion="x")
        if who not in ("stranger", "citizen"):
            assert "return" not in offered(world, step, who)
    assert counts() == before


# 撤回


def test_what_nobody_opened_yet_is_taken_back_and_both_answers_stay(world):
    case = at(world, ACCEPTED)
    do(world, case, "review", "officer", "pass", opinion="看过了")
    step = case.steps.get(node="review")
    assert "take-back" in offered(world, step, "officer") and "take-back" not in offered(world, step, "second")
    verb(world, step, "take-back", "officer", opinion="写错了")
    step.refresh_from_db()
    assert (step.outcome, step.opinion, step.undone_at) == ("pass", "看过了", START)
    assert open_nodes(case) == ["review"] and case.steps.get(node="decide").outcome_label == "已撤回"
    whole(case)
    do(world, case, "review", "officer", "pass", opinion="改好了")
    whole(case)


def test_once_the_next_holder_has_looked_it_is_too_late(world):
    case = at(world, ACCEPTED, REVIEWED)
    following = the_step(case, "decide")
    mark_seen(following, world.actor("leader"))
    step, before = case.steps.get(node="review"), counts()
    with pytest.raises(Conflict, match="已经打开"):
        verb(world, step, "take-back", "officer")
    assert counts() == before and "take-back" not in offered(world, step, "officer")


def test_what_went_out_is_not_taken_back(world):
    case = at(world, ACCEPTED)
    with pytest.raises(Conflict, match="对外"):
        verb(world, case.steps.get(node="precheck"), "take-back", "clerk")
    done = at(world, ACCEPTED, REVIEWED, ("decide", "leader", "grant"))
    with pytest.raises(Conflict, match="对外"):
        verb(world, done.steps.get(node="decide"), "take-back", "leader")


def test_only_who_did_it_takes_it_back(world):
    case = at(world, ACCEPTED, REVIEWED)
    step = case.steps.get(node="review")
    for who, error in (("second", Denied), ("leader", Denied), ("citizen", Denied), ("stranger", NotFound)):
        with pytest.raises(error):
            verb(world, step, "take-back", who)


def test_a_vote_is_taken_back_while_others_are_asked(joint):
    case = at(joint, ACCEPTED)
    mine = case.steps.get(closed_at=None, unit=joint.organ)
    api.act(step_id=mine.pk, action="fail", by=joint.actor("officer"), opinion="不符")
    mine.refresh_from_db()
    verb(joint, mine, "take-back", "officer")
    whole(case)
    again = case.steps.get(closed_at=None, unit=joint.organ)
    assert again.pk != mine.pk and again.signer == mine.signer
    api.act(step_id=again.pk, action="pass", by=joint.actor("officer"))
    api.act(step_id=case.steps.get(closed_at=None).pk, action="pass", by=joint.actor("partner"))
    assert open_nodes(case) == ["decide"]
    whole(case)


# 加签、减签


def added(
    world: World, case: Case, how: str, node: str = "review", who: str = "officer", whom: str = "second"
) -> Step | None:
    verb(world, the_step(case, node), "add-signer", who, how=how, who=str(world.people[whom].pk), opinion="请看一下")
    return case.steps.filter(closed_at=None, account=world.people[whom]).first()


def test_a_signer_before_keeps_the_holder_waiting_and_decides_nothing(world):
    case = at(world, ACCEPTED)
    signer = added(world, case, "before")
    assert signer is not None and signer.added == "before"
    holder = case.steps.get(closed_at=None, signer="")
    with pytest.raises(Conflict, match="前加签"):
        api.act(step_id=holder.pk, action="pass", by=world.actor("officer"))
    with pytest.raises(Problem, match="没有这个操作"):
        api.act(step_id=signer.pk, action="pass", by=world.actor("second"))
    whole(case)
    api.act(step_id=signer.pk, action="disagree", by=world.actor("second"), opinion="面积不符")
    assert open_nodes(case) == ["review"]
    api.act(step_id=holder.pk, action="pass", by=world.actor("officer"))
    assert open_nodes(case) == ["decide"], "the holder's answer counts"
    whole(case)


def test_a_signer_beside_is_waited_for_before_the_flow_goes_on(world):
    case = at(world, ACCEPTED)
    signer = added(world, case, "beside")
    do_own = case.steps.get(closed_at=None, signer="")
    api.act(step_id=do_own.pk, action="inspect", by=world.actor("officer"))
    assert open_nodes(case) == ["review"]
    api.act(step_id=signer.pk, action="agree", by=world.actor("second"))
    assert open_nodes(case) == ["inspect"], "by the holder's answer, not by the signer's"
    whole(case)


def test_a_signer_after_is_asked_when_the_holder_is_done(world):
    case = at(world, ACCEPTED)
    assert added(world, case, "after") is None
    do(world, case, "review", "officer", "pass")
    signer = case.steps.get(closed_at=None)
    assert (signer.added, signer.account, signer.node) == ("after", world.people["second"], "review")
    whole(case)
    verb(world, signer, "return", "second", to="previous", opinion="请重看")
    assert open_nodes(case) == ["review"]
    do(world, case, "review", "officer", "pass")
    assert open_nodes(case) == ["decide"]
    whole(case)


def test_a_decision_is_signed_only_beforehand(world):
    case = at(world, ACCEPTED, REVIEWED)
    for how in ("after", "beside"):
        with pytest.raises(Conflict, match="对外生效"):
            added(world, case, how, "decide", "leader")
    assert added(world, case, "before", "decide", "leader") is not None


@pytest.mark.parametrize("whom", ["officer", "citizen", "stranger", "sysadmin"])
def test_only_colleagues_of_the_area_sign_and_nobody_twice(world, whom):
    case = at(world, ACCEPTED)
    before = counts()
    with pytest.raises(Invalid):
        added(world, case, "beside", whom=whom)
    assert counts() == before


def test_a_signer_who_has_not_answered_is_taken_off_by_who_asked(world):
    case = at(world, ACCEPTED)
    signer = added(world, case, "before")
    holder = case.steps.get(closed_at=None, signer="")
    with pytest.raises(Denied):
        verb(world, holder, "remove-signer", "leader", who=signer.signer)
    verb(world, holder, "remove-signer", "officer", who=signer.signer)
    signer.refresh_from_db()
    assert signer.outcome_label == "已减签"
    whole(case)
    do(world, case, "review", "officer", "pass")
    with pytest.raises(Conflict):
        verb(world, case.steps.get(node="review", signer=""), "remove-signer", "officer", who=signer.signer)


def test_taking_off_the_last_signer_after_lets_the_flow_go_on(world):
    case = at(world, ACCEPTED)
    added(world, case, "after")
    holder = the_step(case, "review")
    do(world, case, "review", "officer", "pass")
    made = api.offers(world.actor("officer"), Step.objects.get(pk=holder.pk))
    (name,) = [offer for offer in made if offer.code == "remove-signer"]
    verb(world, holder, "remove-signer", "officer", who=name.fields[0].choices[0][0])
    assert open_nodes(case) == ["decide"]
    whole(case)


# 会签


def test_votes_are_tallied_and_the_majority_is_the_outcome(joint):
    from zhengwu.kernel.cases.tally import outcomes, tallies

    case = at(joint, ACCEPTED)
    api.act(step_id=case.steps.get(closed_at=None, unit=joint.organ).pk, action="pass", by=joint.actor("officer"))
    case.refresh_from_db()
    (tally,) = tallies(case, case.steps.order_by("id"))
    assert (tally.done, tally.yes, tally.total, tally.by_label) == (1, 1, 2, (("通过", 1),))
    api.act(step_id=case.steps.get(closed_at=None).pk, action="fail", by=joint.actor("partner"), opinion="不符")
    assert outcomes(case.steps.order_by("id"))["review"] == "fail", "among equals the negative one"
    whole(case)


# 转办、代理


def test_a_step_is_handed_to_a_colleague_who_alone_may_do_it(world):
    case = at(world, ACCEPTED)
    step = the_step(case, "review")
    verb(world, step, "hand-over", "officer", to=f"account:{world.people['second'].pk}", opinion="出差")
    assert api.todo(world.actor("second")).get().pk == step.pk and not api.todo(world.actor("officer")).exists()
    with pytest.raises(Denied):
        api.act(step_id=step.pk, action="pass", by=world.actor("officer"))
    api.act(step_id=step.pk, action="pass", by=world.actor("second"))
    assert kinds_of(case)[-2:] == ["case.handed_over", "case.acted"]
    whole(case)


def test_a_deputy_does_what_was_handed_to_the_principal(world):
    case = at(world, ACCEPTED)
    step = the_step(case, "review")
    verb(world, step, "hand-over", "officer", to=f"account:{world.people['second'].pk}", opinion="出差")
    Deputy.objects.create(principal=world.people["second"], deputy=world.people["deputy"], starts_on=START.date(),
                          ends_on=START.date() + timedelta(days=3))
    assert api.todo(world.actor("deputy")).filter(pk=step.pk).exists()
    api.act(step_id=step.pk, action="pass", by=world.actor("deputy"))
    step.refresh_from_db()
    assert step.closed_label.endswith("褚代理（代蒋同岗）")


def test_only_the_head_sends_a_step_to_another_unit_and_never_the_decision(world):
    case = at(world, ACCEPTED)
    step = the_step(case, "review")
    there = f"unit:{world.partner.pk}"
    with pytest.raises(Denied):
        verb(world, step, "hand-over", "officer", to=there, opinion="属卫健")
    verb(world, step, "hand-over", "head", to=there, opinion="属卫健")
    api.act(step_id=step.pk, action="pass", by=world.actor("partner"))
    with pytest.raises(Conflict):
        verb(world, the_step(case, "decide"), "hand-over", "leader", to=there, opinion="x")


def test_handing_over_cannot_join_what_must_be_apart(world):
    case = at(world, ACCEPTED, REVIEWED)
    with pytest.raises(Conflict, match="已办理本件"):
        verb(world, the_step(case, "decide"), "hand-over", "leader", to=f"account:{world.people['officer'].pk}",
             opinion="x")


@pytest.mark.parametrize("to", ["account:0", "account:x", "unit:0", "", "citizen"])
def test_handing_over_to_nobody_changes_nothing(world, to):
    case = at(world, ACCEPTED)
    before = counts()
    with pytest.raises(Invalid):
        verb(world, the_step(case, "review"), "hand-over", "head", to=to, opinion="x")
    assert counts() == before


# 传阅


def test_a_case_circulates_with_receipts_and_only_then_is_seen(world):
    case = at(world, ACCEPTED)
    reader = world.people["partner"]
    with pytest.raises(NotFound):
        api.access_case(world.actor("partner"), case.number)
    step = the_step(case, "review")
    for _ in range(2):
        verb(world, step, "circulate", "officer", readers=[str(reader.pk)], opinion="请阅")
    row = Circulation.objects.get()
    assert api.access_case(world.actor("partner"), case.number) == case
    with pytest.raises(NotFound):
        mark_read(circulation_id=row.pk, by=world.actor("head"))
    mark_read(circulation_id=row.pk, by=world.actor("partner"), answer="知悉")
    mark_read(circulation_id=row.pk, by=world.actor("partner"), answer="改写")
    assert [(c.read_at, c.answer) for c in circulated_to(world.actor("partner"))] == [(START, "知悉")]
    assert kinds_of(case).count("case.read") == 1
    whole(case)


@pytest.mark.parametrize("readers", [[], ["0"], ["x"]])
def test_circulating_to_nobody_changes_nothing(world, readers):
    case = at(world, ACCEPTED)
    before = counts()
    with pytest.raises(Invalid):
        verb(world, the_step(case, "review"), "circulate", "officer", readers=readers)
    with pytest.raises((Denied, NotFound)):
        verb(world, the_step(case, "review"), "circulate", "citizen", readers=[str(world.people["head"].pk)])
    assert counts() == before


# 催办


def test_pressing_reminds_the_holders_once_a_day(world):
    case = at(world, ACCEPTED)
    step = the_step(case, "review")
    api.press_case(number=case.number, by=world.actor("citizen"), opinion="请尽快")
    told = set(Notice.objects.filter(title__startswith="催办").values_list("account__name", flat=True))
    assert told == {"钱承办", "蒋同岗"}
    with pytest.raises(Problem, match="今天已经催办过"):
        api.press_case(number=case.number, by=world.actor("citizen"))
    with pytest.raises(Denied):
        verb(world, step, "press", "officer")
    with pytest.raises(NotFound):
        api.press_case(number=case.number, by=world.actor("neighbour"))
    with travel(START + timedelta(days=2)):
        verb(world, step, "press", "leader")
    assert kinds_of(case).count("case.pressed") == 2


# 中止、恢复


def test_a_suspended_case_stands_still_and_its_limits_with_it(world):
    case = at(world, ACCEPTED)
    step, due = the_step(case, "review"), Clock.objects.get(subject=case.number, kind="promised").due_at
    data = {"opinion": "需等待上级批复", "basis": "行政许可法第四十五条", "until": "2026-03-02"}
    with pytest.raises(Denied):
        verb(world, step, "suspend", "officer", **data)
    verb(world, step, "suspend", "leader", **data)
    step.refresh_from_db()
    assert step.due_at is None and case.documents.filter(kind="halted").exists()
    for act in (lambda: api.act(step_id=step.pk, action="pass", by=world.actor("officer")),
                lambda: verb(world, step, "hand-over", "officer", to="account:1", opinion="x")):
        with pytest.raises(Conflict, match="中止"):
            act()
    assert offered(world, step, "leader") == ["circulate", "resume", "end"]
    with travel(START + timedelta(days=3)):
        verb(world, step, "resume", "leader", opinion="批复已到")
    clock = Clock.objects.get(subject=case.number, kind="promised")
    step.refresh_from_db()
    assert clock.state == "running" and clock.due_at > due and step.due_at == clock.due_at
    whole(case)


def test_resuming_leaves_standing_what_the_law_lets_stand(world):
    case = at(world, ACCEPTED, ("review", "officer", "inspect"))
    step = the_step(case, "inspect")
    verb(world, step, "suspend", "leader", opinion="停电", basis="x", until="2026-03-02")
    verb(world, step, "resume", "leader", opinion="来电")
    assert Clock.objects.get(subject=case.number, kind="promised").state == "suspended"
    do(world, case, "inspect", "officer", "done")
    assert Clock.objects.get(subject=case.number, kind="promised").state == "running"
    whole(case)


@pytest.mark.parametrize("more", [{"until": "2026-02-09"}, {"until": "soon"}, {"until": "2030-01-01"}, {"basis": " "},
                                  {"opinion": ""}])
def test_a_suspension_without_reason_article_or_end_changes_nothing(world, more):
    case = at(world, ACCEPTED)
    before = counts()
    with pytest.raises(Invalid):
        verb(world, the_step(case, "review"), "suspend", "leader",
             **{"opinion": "x", "basis": "y", "until": "2026-03-02"} | more)
    assert counts() == before


def test_the_head_is_told_when_the_expected_end_has_come(world):
    case = at(world, ACCEPTED)
    verb(world, the_step(case, "review"), "suspend", "leader", opinion="x", basis="y", until="2026-02-11")
    assert remind_expired() == 0
    with travel(START + timedelta(days=2)):
        remind_expired()
        remind_expired()
    assert Notice.objects.filter(title__startswith="中止已到预计期限").count() == 2  # head and leader, once each


# 终止


def test_a_case_is_ended_on_a_known_fact_and_everything_rests(world):
    case = at(world, ACCEPTED)
    step = the_step(case, "review")
    data = {"ground": "died", "opinion": "申请人于2月去世"}
    for who, error in (("officer", Denied), ("clerk", Denied), ("citizen", Denied), ("stranger", NotFound)):
        with pytest.raises(error):
            verb(world, step, "end", who, **data)
    verb(world, step, "end", "leader", **data)
    case.refresh_from_db()
    step.refresh_from_db()
    assert (case.state, api.state_label(case.kind, case.state), case.closed_at) == ("ended", "已终止", START)
    assert step.opinion == "申请人于2月去世" and case.documents.filter(kind="ended").exists()
    assert not Clock.objects.filter(subject__startswith=case.number).exclude(state="stopped").exists()
    for code in ("end", "suspend", "press"):
        with pytest.raises(Conflict):
            verb(world, step, code, "leader", **data, basis="x", until="2026-03-02", to="previous")


def test_a_decided_case_is_not_ended_and_a_suspended_one_may_be(world):
    decided = at(world, ACCEPTED, REVIEWED, ("decide", "leader", "grant"))
    with pytest.raises(Conflict):
        verb(world, the_step(decided, "deliver"), "end", "leader", ground="died", opinion="x")
    case = at(world, ACCEPTED)
    step = the_step(case, "review")
    with pytest.raises(Invalid):
        verb(world, step, "end", "leader", ground="bored", opinion="x")
    verb(world, step, "suspend", "leader", opinion="x", basis="y", until="2026-03-02")
    verb(world, step, "end", "leader", ground="moot", opinion="房屋已拆除")
    case.refresh_from_db()
    assert case.state == "ended" and case.suspended_at is None


# 补正逾期


def test_a_correction_nobody_answers_lapses_and_one_answered_does_not(world):
    items = {"items": [{"material": "营业执照", "fault": "过期", "wanted": "换"}]}
    silent, spoken = apply(world), apply(world)
    for case in (silent, spoken):
        do(world, case, "precheck", "clerk", "correct", form=items)
    step = the_step(silent, "correct")
    assert step.due_at == Clock.objects.get(subject__startswith=f"{silent.number}#", kind="correction").due_at
    do(world, spoken, "correct", "citizen", "submit")
    with travel(step.due_at - timedelta(minutes=1)):
        assert lapse_due() == 0
    with travel(step.due_at):
        assert lapse_due() == 1
        assert lapse_due() == 0
    silent.refresh_from_db()
    spoken.refresh_from_db()
    assert (silent.state, spoken.closed_at) == ("lapsed", None)
    assert api.state_label("application", "lapsed") == "逾期未补正，视为撤回"
    assert Notice.objects.filter(account=world.people["citizen"], title__contains="视为撤回").count() == 1
    with pytest.raises(Conflict):
        api.act(step_id=step.pk, action="submit", by=world.actor("citizen"))


# 跳转


def test_only_the_security_administrator_jumps_and_the_flow_can_still_end(world):
    case = at(world, ACCEPTED, REVIEWED)
    step = the_step(case, "decide")
    for who, error in (("leader", NotFound), ("sysadmin", NotFound), ("citizen", NotFound), ("officer", NotFound)):
        with pytest.raises(error):
            verb(world, step, "jump", who, to="review", opinion="x")
    with pytest.raises(Invalid):
        verb(world, step, "jump", "secadmin", to="review", opinion=" ")
    verb(world, step, "jump", "secadmin", to="review", opinion="系统故障后恢复")
    assert open_nodes(case) == ["review"] and Event.objects.filter(stream=case.number).last().by_label == "梁安"
    whole(case)
    with pytest.raises(Invalid):
        verb(world, the_step(case, "review"), "jump", "secadmin", to="nowhere", opinion="x")


# 意见签名


def test_an_opinion_carries_a_signature_where_the_person_has_a_key(world, settings, tmp_path):
    settings.KEYS_DIR = tmp_path
    signing.give_key(world.people["officer"].pk)
    case = at(world, ACCEPTED)
    do(world, case, "review", "officer", "pass", opinion="属实")
    signed, plain = case.steps.get(node="review"), case.steps.get(node="precheck")
    assert signing.valid(case, signed) is True and signing.valid(case, plain) is None
    signed.opinion = "不属实"
    assert signing.valid(case, signed) is False
    signed.refresh_from_db()
    signed.closed_by = world.people["head"]
    assert signing.valid(case, signed) is False, "somebody else's key"
    event = Event.objects.filter(stream=case.number, kind="case.acted").last()
    assert event.data["signature"] == signed.signature["key"]


# 谁先谁后


def test_a_verb_on_what_changed_meanwhile_is_refused(world):
    case = at(world, ACCEPTED)
    step = the_step(case, "review")
    with pytest.raises(Stale):
        api.perform("hand-over", step_id=step.pk, by=world.actor("officer"), revision=1,
                    data={"to": f"account:{world.people['second'].pk}", "opinion": "x"})
    do(world, case, "review", "officer", "pass")
    for code in ("return", "add-signer", "hand-over"):
        with pytest.raises(Conflict):
            verb(world, step, code, "officer", to="previous", how="before", who=str(world.people["second"].pk),
                 opinion="x")


def test_what_is_offered_can_be_done_and_what_is_not_is_refused(world):
    case = at(world, ACCEPTED)
    step = the_step(case, "review")
    assert offered(world, step, "officer") == ["return", "add-signer", "hand-over", "circulate"]
    assert offered(world, step, "leader") == ["hand-over", "circulate", "press", "suspend", "end"]
    assert offered(world, step, "clerk") == ["circulate", "press"]
    assert offered(world, step, "secadmin") == ["jump"]
    with pytest.raises(NotFound):
        verb(world, step, "dance", "officer")
