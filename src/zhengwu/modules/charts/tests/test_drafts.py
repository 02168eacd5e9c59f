"""Drafts and files: saved against a revision, taken in with reasons, given back as they came."""

import time
from datetime import timedelta

import pytest

from zhengwu.kernel.flow.api import FlowError, published
from zhengwu.kernel.flow.models import Version, VersionState
from zhengwu.kernel.ledger.api import events_of
from zhengwu.kernel.notifications.models import Notice
from zhengwu.lib.now import now, today, travel
from zhengwu.lib.problem import Conflict, Invalid, NotFound, Problem, Stale
from zhengwu.modules.charts.comparing import compare
from zhengwu.modules.charts.models import Draft
from zhengwu.modules.charts.reading import read
from zhengwu.modules.charts.services.drafts import (
    begin,
    begin_from,
    bring_in,
    drop,
    lay_out,
    outgoing,
    save,
    save_scenarios,
)
from zhengwu.modules.charts.services.release import call_off, publish_due, release, withdraw
from zhengwu.modules.charts.tests.conftest import FLOWS, SHIPPED

pytestmark = pytest.mark.django_db
FOREIGN = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="http://bpmn.io/schema/bpmn">
  <bpmn:process id="Process_0x1" name="外来流程" isExecutable="true">
    <bpmn:startEvent id="S"><bpmn:outgoing>a</bpmn:outgoing></bpmn:startEvent>
    <bpmn:scriptTask id="T" name="算费" scriptFormat="javascript"><bpmn:script>pay()</bpmn:script></bpmn:scriptTask>
    <bpmn:intermediateCatchEvent id="M" name="等消息"><bpmn:messageEventDefinition/></bpmn:intermediateCatchEvent>
    <bpmn:endEvent id="E"/>
    <bpmn:sequenceFlow id="a" sourceRef="S" targetRef="T"/>
    <bpmn:sequenceFlow id="b" sourceRef="T" targetRef="M"/>
    <bpmn:sequenceFlow id="c" sourceRef="M" targetRef="E"/>
  </bpmn:process>
  <bpmndi:BPMNDiagram id="D"><bpmndi:BPMNPlane id="P" bpmnElement="Process_0x1">
    <bpmndi:BPMNShape id="T_di" bpmnElement="T"><dc:Bounds x="300" y="80" width="100" height="80"/></bpmndi:BPMNShape>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>"""


def huge(tasks: int) -> str:
    body = "".join(f'<userTask id="t{n}"/><sequenceFlow id="f{n}" sourceRef="t{n}" targetRef="t{n + 1}"/>'
                   for n in range(tasks))
    return ('<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="huge">'
            f"{body}</process></definitions>")


def released(draft, by, on=None):
    draft.refresh_from_db()
    return release(draft_id=draft.pk, revision=draft.revision, note="第一次", on=on or today(), by=by)


def test_a_new_chart_runs_and_has_a_drawing(draft):
    reading = read(draft.xml)
    assert reading.runs and reading.drawn and reading.key == "fresh" and draft.revision == 1


@pytest.mark.parametrize(("key", "title", "wrong"), [
    ("", "新流程", "key"), ("Big", "新流程", "key"), ("a/b", "新流程", "key"), ("promised", "新流程", "key"),
    ("good", "", "title"), ("good", 'x" y="1', "title"), ("good", "<b>", "title")])
def test_a_new_chart_needs_key_and_title(designer, key, title, wrong):
    with pytest.raises(Invalid) as refused:
        begin(key=key, title=title, by=designer)
    assert list(refused.value.errors) == [wrong] and not Draft.objects.exists()


def test_nobody_overwrites_what_somebody_else_saved(world, draft, designer):
    first = draft.xml.replace("收件预审", "甲的预审")
    save(draft_id=draft.pk, revision=1, xml=first, by=designer)
    with pytest.raises(Stale, match="沈墨"):
        save(draft_id=draft.pk, revision=1, xml=draft.xml.replace("收件预审", "乙的"), by=world.actor("colleague"))
    draft.refresh_from_db()
    assert draft.xml == first and draft.revision == 2
    save(draft_id=draft.pk, revision=2, xml=first, by=designer)  # the same again is no new revision
    draft.refresh_from_db()
    assert draft.revision == 2


def test_a_draft_may_be_unfinished_but_not_another_chart_or_no_chart(draft, designer):
    unfinished = draft.xml.replace(' zw:role="clerk"', "")
    assert not read(save(draft_id=draft.pk, revision=1, xml=unfinished, by=designer).xml).runs
    for xml in ("<html/>", "nothing", draft.xml.replace('process id="fresh"', 'process id="other"'), huge(5000),
                '<!DOCTYPE x [<!ENTITY a "b">]>' + draft.xml.split("?>", 1)[-1]):
        with pytest.raises(Problem):
            save(draft_id=draft.pk, revision=2, xml=xml, by=designer)
    draft.refresh_from_db()
    assert draft.xml == unfinished and draft.revision == 2


def test_strangers_have_no_drafts(world, draft):
    for who in ("officer", "head", "sysadmin", "citizen"):
        for attempt in (lambda by: save(draft_id=draft.pk, revision=1, xml=SHIPPED, by=by),
                        lambda by: drop(draft_id=draft.pk, by=by),
                        lambda by: begin(key="mine", title="我的", by=by),
                        lambda by: released(draft, by), lambda by: bring_in(name="a", data=SHIPPED.encode(), by=by)):
            with pytest.raises(NotFound):
                attempt(world.actor(who))
    draft.refresh_from_db()
    assert draft.revision == 1 and draft.state == "editing" and Draft.objects.count() == 1


def test_a_foreign_file_is_refused_element_by_element_and_goes_out_as_it_came(designer):
    data = b"\xef\xbb\xbf" + FOREIGN.replace("\n", "\r\n").encode()
    draft = bring_in(name="外来.bpmn", data=data, by=designer)
    reading = read(draft.xml)
    verdicts = {row.id: (row.verdict, row.kind) for row in reading.rows}
    assert not reading.runs and reading.drawn and draft.definition.key == "Process_0x1"
    assert verdicts["T"] == ("error", "脚本任务") and verdicts["M"][0] == "error" and verdicts["a"][0] == "ok"
    assert "脚本任务" in next(r for r in reading.rows if r.id == "T").reasons[0]
    assert outgoing(draft) == data and 'x="300"' in draft.xml
    changed = save(draft_id=draft.pk, revision=1, xml=draft.xml.replace("算费", "算一算"), by=designer)
    assert "算一算".encode() in outgoing(changed)
    with pytest.raises(Conflict):
        released(draft, designer)
    with pytest.raises(Conflict):
        lay_out(draft_id=draft.pk, by=designer)


def test_a_file_in_another_encoding_is_understood(designer):
    text = SHIPPED.replace('encoding="UTF-8"', 'encoding="UTF-16"', 1)
    draft = bring_in(name="u16.bpmn", data=text.encode("utf-16"), by=designer)
    assert read(draft.xml).runs and outgoing(draft) == text.encode("utf-16")
    gb = SHIPPED.replace('encoding="UTF-8"', 'encoding="GB18030"', 1).encode("gb18030")
    assert read(bring_in(name="gb.bpmn", data=gb, by=designer).xml).title == "承诺件办理流程"


@pytest.mark.parametrize("data", [
    b"", b"   ", b"\xff\xfe\x00", b"PK\x03\x04zip", b"<definitions/>", huge(10_000).encode(), b"x" * 2_000_001,
    huge(3).replace('id="huge"', "").encode(), huge(3).replace('id="huge"', 'id="../x"').encode(),
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><definitions>&b;</definitions>',
    b'<?xml version="1.0" encoding="zip"?><definitions/>', ("<a>" * 100_000).encode()],
    ids=["empty", "blank", "torn", "zip", "no-namespace", "10000-elements", "2MB", "no-id", "bad-id", "bomb",
         "odd-encoding", "deep"])
def test_what_is_no_chart_is_refused_at_once(designer, data):
    began = time.monotonic()
    with pytest.raises(Problem) as refused:
        bring_in(name="bad.bpmn", data=data, by=designer)
    assert refused.value.zh and time.monotonic() - began < 2
    assert not Draft.objects.exists()


def test_ten_thousand_elements_are_counted_in_the_message(designer):
    with pytest.raises(Problem, match=r"20,001.*2,000"):
        bring_in(name="big.bpmn", data=huge(10_000).encode(), by=designer)


def test_the_largest_chart_taken_in_is_read_in_a_bearable_time(designer):
    draft = bring_in(name="large.bpmn", data=huge(950).encode(), by=designer)
    began = time.monotonic()
    assert len(read(draft.xml).rows) == 1901
    assert time.monotonic() - began < 10


def test_publishing_today_and_the_entry_it_leaves(draft, designer):
    with pytest.raises(Invalid) as refused:
        release(draft_id=draft.pk, revision=1, note=" ", on=today() - timedelta(days=1), by=designer)
    assert set(refused.value.errors) == {"note", "on"}
    made = released(draft, designer)
    assert published("fresh") == made.published and made.published.note == "第一次"
    assert [e.kind for e in events_of("flow:fresh")] == ["flow.published"]
    with pytest.raises(Conflict):
        save(draft_id=draft.pk, revision=1, xml=draft.xml, by=designer)
    again = begin_from(version=made.published, by=designer)
    with pytest.raises(Conflict, match="完全相同"):
        released(again, designer)


def test_what_was_saved_after_the_look_is_not_published(draft, designer):
    save(draft_id=draft.pk, revision=1, xml=draft.xml.replace("收件预审", "预审"), by=designer)
    with pytest.raises(Conflict, match="重新核对"):
        release(draft_id=draft.pk, revision=1, note="改", on=today(), by=designer)
    with pytest.raises(FlowError):
        published("fresh")


def test_a_scenario_that_fails_stands_in_the_way(draft, designer):
    save_scenarios(draft_id=draft.pk, revision=1, by=designer,
                   scenarios=[{"name": "走不通", "steps": [["precheck", "refuse"]], "signers": {}}])
    with pytest.raises(Conflict, match="走不通"):
        released(draft, designer)


def test_on_its_day_the_draft_becomes_the_version(world, draft, designer):
    day = today() + timedelta(days=3)
    released(draft, designer, day)
    with pytest.raises(Conflict):
        save(draft_id=draft.pk, revision=1, xml=draft.xml.replace("收件", "收"), by=designer)
    assert publish_due() == 0
    with travel(now() + timedelta(days=3)):
        assert publish_due() == 1 and publish_due() == 0
    draft.refresh_from_db()
    assert draft.state == "published" and draft.published.published_by == "沈墨"
    assert [e.kind for e in events_of("flow:fresh")] == ["flow.scheduled", "flow.published"]
    assert Notice.objects.filter(account=world.people["designer"], body__contains="生效").count() == 1


def test_a_plan_can_be_called_off(draft, designer):
    released(draft, designer, today() + timedelta(days=1))
    call_off(draft_id=draft.pk, by=designer)
    with travel(now() + timedelta(days=2)):
        assert publish_due() == 0
    draft.refresh_from_db()
    assert draft.state == "editing" and draft.effective_on is None
    with pytest.raises(Conflict):
        call_off(draft_id=draft.pk, by=designer)


def test_what_cannot_be_published_on_its_day_comes_back_with_the_reason(world, designer, draft):
    released(draft, designer, today() + timedelta(days=1))
    other = begin(key="second", title="另一流程", by=designer)
    released(other, designer, today() + timedelta(days=1))
    Draft.objects.filter(pk=draft.pk).update(xml=draft.xml.replace(' zw:role="clerk"', ""))
    with travel(now() + timedelta(days=1)):
        assert publish_due() == 1
    draft.refresh_from_db()
    assert draft.state == "editing" and "岗位" in draft.refusal and not Version.objects.filter(
        definition__key="fresh").exists()
    assert published("second").number == 1


def test_withdrawal_needs_a_reason_and_leaves_running_cases_alone(designer, opened):
    case = opened()
    with pytest.raises(Invalid):
        withdraw(key="promised", reason=" ", by=designer)
    assert withdraw(key="promised", reason="依据废止", by=designer).state == VersionState.RETIRED
    case.refresh_from_db()
    assert case.closed_at is None and case.version.number == 1
    with pytest.raises(Conflict, match="停用"):
        opened()


def test_a_comparison_names_what_came_went_and_changed():
    after = SHIPPED.replace('<zw:limit n="5" unit="WORKING_DAY"/>', '<zw:limit n="3" unit="WORKING_DAY"/>', 1)
    after = after.replace('id="legal" name="法制审核"', 'id="law" name="法制审核"')
    for attribute in ("sourceRef", "targetRef", "bpmnElement"):
        after = after.replace(f'{attribute}="legal"', f'{attribute}="law"')
    found = compare(SHIPPED, after)
    by_id = {c.id: c for c in found.changes}
    assert by_id["precheck"].details == [("时限", "5个工作日", "3个工作日")]
    assert by_id["law"].what == "added" and by_id["legal"].what == "removed"
    assert found.marks("added") == {"law": "added"}
    assert not compare(SHIPPED, SHIPPED).changes


def test_every_shipped_chart_can_be_taken_up_again(designer):
    for file in FLOWS.glob("*.bpmn"):
        draft = bring_in(name=file.name, data=file.read_bytes(), by=designer)
        assert read(draft.xml).runs and outgoing(draft) == file.read_bytes()
