"""One a visit, by the one who visited; bad ones are put right, rates are what the ledger says."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from zhengwu.kernel.cases.api import slip_code
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.cases.tests.world import START
from zhengwu.kernel.clock.models import Clock
from zhengwu.kernel.flow.api import lint, parse, rehearse
from zhengwu.kernel.ledger.api import verify
from zhengwu.kernel.ledger.models import Event
from zhengwu.kernel.notifications.inbound import receive
from zhengwu.kernel.notifications.models import Outbox
from zhengwu.lib.now import travel
from zhengwu.lib.problem import Conflict, Invalid, NotFound, Problem
from zhengwu.modules.evaluation.models import Evaluation, Invitation
from zhengwu.modules.evaluation.rectification import CHART
from zhengwu.modules.evaluation.selectors import month, rates, rates_from_ledger
from zhengwu.modules.evaluation.services.evaluate import evaluate, evaluate_own
from zhengwu.modules.evaluation.services.invite import invite_due
from zhengwu.modules.evaluation.tests.conftest import PHONE
from zhengwu.modules.evaluation.visiting import visit_of

pytestmark = pytest.mark.django_db


def give(world, case, level=5, **more) -> Evaluation:
    return evaluate_own(number=case.number, by=world.actor("citizen"), level=level, **more)


@pytest.mark.parametrize("who", ["neighbour", "clerk", "officer", "stranger"])
def test_somebody_elses_visit_is_refused(world, served, who) -> None:
    case = served()
    with pytest.raises(NotFound):
        evaluate_own(number=case.number, by=world.actor(who), level=1)
    assert not Evaluation.objects.exists()
    assert not Case.objects.filter(kind="rectification").exists()


def test_once_a_visit_and_only_when_served(world, served) -> None:
    with pytest.raises(Conflict, match="办结之后"):
        give(world, served(until="deliver"))
    case = served()
    row = give(world, case, 5, comment="很快")
    assert (row.unit_id, row.window_id, row.clerk_id) == (world.organ.pk, world.matter.window_id,
                                                          world.people["clerk"].pk)
    assert Case.objects.get(pk=case.pk).archived_at is not None
    with pytest.raises(Conflict, match="一次一评"):
        evaluate(visit=visit_of(case), level=1, channel="slip", by=world.actor("citizen"))
    assert Evaluation.objects.count() == 1


@pytest.mark.parametrize(("level", "comment", "field"), [(0, "", "level"), (6, "", "level"), (None, "", "level"),
                                                         (5, "长" * 501, "comment")])
def test_what_is_no_evaluation(world, served, level, comment, field) -> None:
    case = served()
    with pytest.raises(Invalid) as refused:
        give(world, case, level, comment=comment)
    assert field in refused.value.errors
    assert not Evaluation.objects.exists()


def test_a_secret_mark_in_the_words_is_refused(world, served) -> None:
    case = served()
    with pytest.raises(Problem):
        give(world, case, 1, comment="密级：秘密")
    assert not Evaluation.objects.exists()


def test_a_bad_one_opens_a_rectification_that_does_not_say_who(world, served) -> None:
    case = served()
    row = give(world, case, 1, comment="等了两个小时")
    todo = row.rectification
    assert (todo.kind, todo.state, todo.unit_id, todo.applicant_id) == ("rectification", "open", world.organ.pk, None)
    text = json.dumps(todo.form, ensure_ascii=False) + todo.title + todo.applicant_name
    for secret in (case.number, "李小满", PHONE):
        assert secret not in text
    events = Event.objects.filter(stream__in=[todo.number, f"evaluation:{row.pk}"])
    for event in events:
        assert case.number not in json.dumps(event.data, ensure_ascii=False)
        assert str(world.people["citizen"].pk) not in event.by_id
    assert Case.objects.get(pk=case.pk).archived_at is None
    clocks = dict(Clock.objects.filter(subject__startswith=todo.number).values_list("kind", "limit_n"))
    assert clocks == {"promised": 5, "step": 1}


def test_the_chain_to_the_end_counts_as_rectified(world, served, rectify) -> None:
    row = give(world, served(), 2)
    case = rectify(row.rectification, "callback confirm", "handle schedule", "carry done", "feedback reply", days=1)
    assert case.state == "feedback"
    case = rectify(case, "recheck return", "handle explain", "feedback reply", "recheck pass", days=2)
    row.refresh_from_db()
    assert (case.state, case.closed_at, row.rectified_at) == ("closed", row.rectified_at, START + timedelta(days=2))
    assert not Clock.objects.filter(subject__startswith=case.number).exclude(state="stopped").exists()
    assert verify().ok


def test_an_appeal_that_stands_takes_it_out_of_the_rates(world, served, rectify) -> None:
    bad, good = give(world, served(), 1), give(world, served(), 5)
    period = month(START.date())
    assert rates(division="5199", period=period)[0].praise == 0.5
    case = rectify(bad.rectification, "callback unreached", "handle appeal", "appeal dismiss", "handle appeal",
                   "appeal uphold")
    assert case.state == "excluded" and case.closed_at is not None
    total, units = rates(division="5199", period=period)
    assert (total.given, total.praise, total.repair, total.active) == (1, 1.0, None, 0.5)
    assert [u.unit_id for u in units] == [world.organ.pk] and good.pk


def test_rates_from_the_ledger_are_the_rates_of_the_rows(world, served, rectify) -> None:
    for level in (5, 4, 3, 2, 1):
        row = give(world, served(), level)
    served()
    rectify(row.rectification, "callback confirm", "handle fix", "feedback reply", "recheck pass")
    period = month(START.date())
    total, _ = rates(division="519921", period=period)
    ledger = rates_from_ledger(division="519921", period=period)
    assert (total.served, total.given, total.good, total.bad, total.rectified) == (6, 5, 3, 2, 1)
    assert (ledger.given, ledger.good, ledger.bad, ledger.rectified) == (5, 3, 2, 1)
    assert (total.active, total.praise, total.repair) == (5 / 6, 0.6, 0.5)
    assert rates(division="519922", period=period)[0].given == 0
    Evaluation.objects.filter(level=5).update(level=4)
    Evaluation.objects.filter(pk=row.pk).update(excluded_at=START)
    assert rates(division="519921", period=period)[0].given != ledger.given


def test_by_sms_the_phone_that_was_asked_and_nobody_else(world, served) -> None:
    case = served()
    assert invite_due() == 1
    assert invite_due() == 0
    asked = Outbox.objects.get(key=f"sms:evaluation:{case.pk}")
    assert "评价自愿" in asked.text and PHONE not in asked.text
    code = Invitation.objects.get().code
    assert "没有找到" in receive(sender_phone="13900000009", text=f"1 {code}", key="k0")
    assert not Evaluation.objects.exists()
    assert "非常满意" in receive(sender_phone=PHONE, text="５", key="k1")
    row = Evaluation.objects.get()
    assert (row.level, row.channel, row.account_id) == (5, "sms", None)
    assert "一次一评" in receive(sender_phone=PHONE, text=f"1 {code}", key="k2")
    assert Evaluation.objects.count() == 1


def test_two_invitations_are_told_apart_by_the_code(world, served) -> None:
    first, _ = served(), served()
    invite_due()
    code = Invitation.objects.get(case=first).code
    Invitation.objects.exclude(case=first).update(code=f"{(int(code) + 1) % 10000:04d}")
    receive(sender_phone=PHONE, text=f"4 {code}", key="a")
    assert Evaluation.objects.get().case_id == first.pk
    with travel(START + timedelta(days=16)):
        receive(sender_phone=PHONE, text="1", key="b")
    assert Evaluation.objects.count() == 1


def test_a_slips_code_evaluates_its_case_once(world, served, client) -> None:
    case = served()
    sent = {"number": case.number, "code": slip_code(case)}
    assert client.get("/evaluate/", {"number": case.number, "code": "00000000"}).status_code == 404
    assert "总的来说" in client.get("/evaluate/", sent).content.decode()
    wrong = client.post("/evaluate/", sent | {"go": "give", "level": "9", "comment": "写好的话"})
    assert wrong.status_code == 422 and "写好的话" in wrong.content.decode()
    done = client.post("/evaluate/", sent | {"go": "give", "level": "2", "attitude": "1", "skill": "3"})
    assert "一个工作日内回访" in done.content.decode()
    row = Evaluation.objects.get()
    assert (row.level, row.attitude, row.skill, row.channel) == (2, 1, 3, "slip")
    assert client.post("/evaluate/", sent | {"go": "give", "level": "5"}).status_code == 409


def test_the_shipped_chart_walks_every_line() -> None:
    path = Path(__file__).parents[1] / "flows" / "rectification.bpmn"
    xml = path.read_text("utf-8")
    assert parse(xml).key == CHART and lint(xml) == []
    scenarios = json.loads(path.with_suffix(".scenarios.json").read_text("utf-8"))["scenarios"]
    rehearsal = rehearse(xml, scenarios)
    assert (rehearsal.failures, rehearsal.unwalked) == ([], [])
