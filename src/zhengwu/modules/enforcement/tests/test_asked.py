"""给付、确认、奖励、裁决、告知承诺 from application to end, in their own words; the common kind on the other charts."""

import pytest

from zhengwu.kernel.cases.api import kinds, open_case, state_label
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.cases.services.papers import render_document
from zhengwu.lib.problem import Conflict, Invalid

GRANTED = {
    "payment": "precheck accept,verify visit,visit done,verify pass,show done,approve agree,decide grant,pay paid,"
               "deliver deliver",
    "confirmation": "precheck accept,review survey,survey done,review pass,approve notice,notice done,decide grant,"
                    "issue issue,deliver deliver",
    "award": "precheck accept,review pass,jury pass,approve agree,discuss grant,show done,decide grant,pay paid,"
             "deliver deliver",
    "ruling": "precheck accept,serve deliver,answer plead,mediate failed,investigate pass,legal agree,decide partly,"
              "deliver deliver",
    "pledge": "precheck accept,check_pledge done,decide grant,issue issue,deliver deliver,verify pass",
    "upward": "precheck accept,review pass,approve agree,submit submit,receive accept,review_above pass,decide grant,"
              "issue issue,deliver deliver",
    "special": "precheck accept,review special,choose expert,expert done,review pass,approve agree,decide grant,"
               "issue issue,deliver deliver",
}
DENIED = {
    "payment": "precheck accept,verify fail,approve agree,decide deny,deliver_denial deliver",
    "confirmation": "precheck accept,review fail,approve agree,decide deny,deliver_denial deliver",
    "award": "precheck accept,review fail,approve agree,discuss deny,deliver_denial deliver",
    "ruling": "precheck accept,serve deliver,answer none,mediate refuse,investigate pass,legal agree,decide deny,"
              "deliver deliver",
    "pledge": "precheck accept,check_pledge normal,review fail,decide_normal deny,deliver_denial deliver",
}
FIX = {"items": [{"material": "申请表", "fault": "未签名", "wanted": "签名后重新提交"}]}


def ask(office, chart) -> Case:
    account = office.people["citizen"]
    matter = office.matters[chart]
    return open_case(kind=kinds.kind_for(matter), matter=matter, by=office.actor("citizen"), applicant=account,
                     applicant_name=account.name, form={}, key=f"{chart}-key")


@pytest.mark.parametrize("chart", GRANTED)
def test_granted_to_the_end(office, chart):
    case = ask(office, chart)
    assert case.kind == (chart if chart in DENIED else "application")
    case = office.run(case, GRANTED[chart])
    assert (case.state, case.decided_at is not None, case.closed_at is not None) == ("closed", True, True)
    for paper in case.documents.all():
        assert render_document(paper, case).startswith(b"%PDF")


@pytest.mark.parametrize("chart", DENIED)
def test_denied_in_its_own_words(office, chart):
    case = office.run(ask(office, chart), DENIED[chart])
    assert case.state == "denied" and case.closed_at is not None
    paper = case.documents.get(kind="ask_deny")
    if chart != "pledge":
        words = paper.title + str(paper.data) + state_label(case.kind, case.state)
        assert "许可" not in words
    assert render_document(paper, case).startswith(b"%PDF")


def test_pledge_that_was_false_is_revoked(office):
    case = office.run(ask(office, "pledge"), "precheck accept,check_pledge done,decide grant,issue issue,"
                      "deliver deliver,verify fix,fix fail,legal agree,revoke revoke,deliver_revocation deliver")
    assert case.state == "revoked"
    assert case.documents.filter(kind="ask_revoke").exists()


def test_ruling_settled(office):
    case = office.run(ask(office, "ruling"), "precheck accept,serve deliver,answer plead,mediate settled,"
                      "settle deliver")
    assert case.state == "closed" and case.documents.filter(kind="ask_settle").exists()


def test_correction_once_with_everything(office):
    case = ask(office, "payment")
    with pytest.raises(Invalid):
        office.do(case, "precheck", "correct", form={"items": []})
    case = office.do(case, "precheck", "correct", form=FIX)
    assert case.state == "correcting"
    case = office.run(case, "correct submit")
    with pytest.raises(Conflict):
        office.do(case, "precheck", "correct", form=FIX)
    case = office.do(case, "precheck", "refuse")
    assert case.state == "refused" and case.closed_at is not None


@pytest.mark.parametrize("chart", ["penalty-general", "levy", "coercion", "inspection", "inner-fund"])
def test_nobody_applies_for_what_the_office_does_of_itself(office, chart):
    with pytest.raises(Conflict) as refused:
        ask(office, chart)
    assert refused.value.code == "by-office"
    assert not Case.objects.exists()


def test_the_guides_do_not_list_them(office):
    from zhengwu.kernel.matters.api import find

    matter = office.matters["penalty-general"]
    assert not find().filter(pk=matter.pk).exists()
    assert find(type="02").filter(pk=matter.pk).exists()
