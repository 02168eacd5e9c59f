"""Powers of attorney: asked, given by account, code or paper, looked at in every act, and over when taken back."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from zhengwu.kernel.cases import api
from zhengwu.kernel.cases.mandates import PAPER, agent_of, may_open_paper
from zhengwu.kernel.cases.models import Case, Mandate, Party, Step
from zhengwu.kernel.cases.policies import may_see_case
from zhengwu.kernel.cases.services.mandates import consent_code
from zhengwu.kernel.cases.tests.world import START, World, make_world, person, unit
from zhengwu.kernel.directory.api import set_identity
from zhengwu.kernel.directory.models import Division
from zhengwu.kernel.files.api import keep
from zhengwu.kernel.ledger.models import Event
from zhengwu.kernel.matters.models import ServicePoint
from zhengwu.kernel.notifications.models import Notice, Outbox
from zhengwu.lib.now import now, travel
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound, Problem

pytestmark = pytest.mark.django_db
NUMBER, OTHER = "11010519491231002X", "519921199003172028"
VILLAGER = {"grantor_name": "王大娘", "grantor_id": NUMBER}
PHONE = "13800000009"


@pytest.fixture
def world() -> Iterator[World]:
    with travel(START):
        made = make_world()
        village = Division.objects.create(code="519921101200", name="李子坪村", level=6,
                                          parent=Division.objects.get(code="519921"))
        committee = unit("李子坪村村民委员会", village, kind="village")
        made.people["agent"] = person("agent", "杜长根", committee, "agent")
        made.people["rival"] = person("rival", "别村代办", unit("石龙村村民委员会", village, kind="village"), "agent")
        set_identity(made.people["citizen"], citizen_id=OTHER)
        made.people["citizen"].save()
        ServicePoint.objects.create(name="李子坪村代办点", division=village, unit=committee, address="村委会",
                                    level="village", parent=made.matter.point)
        yield made


def by_sms(world: World, **more: Any) -> Mandate:
    return api.ask_mandate(by=world.actor("agent"), evidence="sms", grantor_phone=PHONE, **VILLAGER, **more)


def given(world: World, **more: Any) -> Mandate:
    mandate = by_sms(world, **more)
    return api.give_mandate(mandate_id=mandate.pk, by=world.actor("agent"), code=consent_code(mandate))


def start(world: World, mandate: Mandate | None, number: str = NUMBER) -> Case:
    agent = world.people["agent"]
    return api.open_case(
        kind="application", matter=world.matter, by=world.actor("agent"), applicant=None, applicant_name="王大娘",
        form={}, key=api.new_key(), door=api.Door("agent", ServicePoint.objects.get(level="village"), None, agent),
        parties=[api.Joining("applicant", "王大娘", id_number=number),
                 api.Joining("agent", agent.name, account=agent, mandate=mandate)])


def do(world: World, case: Case, kind: str, action: str, who: str, **more: Any) -> Case:
    step = Step.objects.get(case=case, kind=kind, closed_at=None)
    return api.act(step_id=step.pk, action=action, by=world.actor(who), **more).case


def correcting(world: World, case: Case) -> Step:
    items = {"items": [{"material": "营业执照", "fault": "不清楚", "wanted": "重拍"}]}
    do(world, case, "precheck", "correct", "clerk", form=items)
    return Step.objects.get(case=case, kind="correct")


def test_a_code_by_sms_gives_it_and_nothing_secret_is_kept(world):
    mandate = by_sms(world)
    code = consent_code(mandate)
    message = Outbox.objects.get()
    assert code in message.text and PHONE not in message.address_sealed
    assert mandate.state == "asked" and NUMBER not in mandate.grantor_id_sealed
    agent = world.actor("agent")
    with pytest.raises(Invalid) as wrong:
        api.give_mandate(mandate_id=mandate.pk, by=agent, code="1" if code != "1" else "2")
    assert "code" in wrong.value.errors
    assert api.give_mandate(mandate_id=mandate.pk, by=agent, code=f" {code} ").state == "given"
    assert api.give_mandate(mandate_id=mandate.pk, by=agent, code="").given_at == now()  # again: harmless
    events = Event.objects.filter(stream=f"mandate:{mandate.pk}").order_by("seq")
    assert [e.kind for e in events] == ["mandate.asked", "mandate.given"]
    assert "王大娘" not in str([e.data for e in events])


def test_a_code_ends_and_is_not_tried_for_ever(world):
    mandate, agent = by_sms(world), world.actor("agent")
    for _ in range(5):
        with pytest.raises(Invalid):
            api.give_mandate(mandate_id=mandate.pk, by=agent, code="x")
    with pytest.raises(Problem) as refused:
        api.give_mandate(mandate_id=mandate.pk, by=agent, code=consent_code(mandate))
    assert refused.value.status == 429
    later = by_sms(world)
    with travel(START + timedelta(minutes=10)), pytest.raises(Conflict) as late:
        api.give_mandate(mandate_id=later.pk, by=agent, code=consent_code(later))
    assert late.value.code == "code-expired"


@pytest.mark.parametrize(("more", "field"), [
    ({"grantor_name": "王"}, "grantor_name"),
    ({"grantor_id": "110105194912310021"}, "grantor_id"),
    ({"grantor_phone": "123"}, "grantor_phone"),
    ({"days": 0}, "days"),
    ({"scope": "很" * 201}, "scope"),
])
def test_bad_input_is_said_at_its_field(world, more, field):
    with pytest.raises(Invalid) as refused:
        api.ask_mandate(**{"by": world.actor("agent"), "evidence": "sms", "grantor_phone": PHONE, **VILLAGER, **more})
    assert field in refused.value.errors and not Mandate.objects.exists()


def test_only_agents_record_consent_and_only_their_own(world):
    for who in ("clerk", "citizen", "leader"):
        with pytest.raises(Denied):
            api.ask_mandate(by=world.actor(who), evidence="sms", grantor_phone=PHONE, **VILLAGER)
    mandate = by_sms(world)
    for who in ("rival", "citizen", "stranger"):
        with pytest.raises(NotFound):
            api.give_mandate(mandate_id=mandate.pk, by=world.actor(who), code=consent_code(mandate))
    with pytest.raises(Denied):
        api.give_mandate(mandate_id=mandate.pk, by=world.actor("clerk"), code=consent_code(mandate))
    mandate.refresh_from_db()
    assert mandate.state == "asked"


def test_a_paper_needs_its_photo(world):
    agent = world.actor("agent")
    mandate = api.ask_mandate(by=agent, evidence="paper", **VILLAGER)
    with pytest.raises(Invalid):
        api.give_mandate(mandate_id=mandate.pk, by=agent)
    other = keep(name="x.jpg", media_type="image/jpeg", data=b"x", owner=world.actor("rival"), purpose=PAPER)
    with pytest.raises(Invalid):
        api.give_mandate(mandate_id=mandate.pk, by=agent, paper=other)
    photo = keep(name="a.jpg", media_type="image/jpeg", data=b"a", owner=agent, purpose=PAPER)
    assert api.give_mandate(mandate_id=mandate.pk, by=agent, paper=photo).paper == photo
    case = start(world, mandate)
    assert may_open_paper(world.actor("clerk"), photo) and may_open_paper(agent, photo)
    assert not may_open_paper(world.actor("stranger"), photo) and not may_open_paper(world.actor("citizen"), photo)
    assert case.number


def test_on_line_the_grantor_signs_with_the_own_account(world):
    mandate = api.ask_mandate(by=world.actor("neighbour"), evidence="online", grantor_name="李小满", grantor_id=OTHER,
                              matter=world.matter, url="/my/mandates/")
    assert mandate.grantor == world.people["citizen"]
    assert Notice.objects.get(account=world.people["citizen"]).url == "/my/mandates/"
    with pytest.raises(Denied):
        api.give_mandate(mandate_id=mandate.pk, by=world.actor("neighbour"))
    with pytest.raises(NotFound):
        api.ask_mandate(by=world.actor("neighbour"), evidence="online", grantor_name="李大满", grantor_id=OTHER)
    with pytest.raises(Invalid):
        api.ask_mandate(by=world.actor("citizen"), evidence="online", grantor_name="李小满", grantor_id=OTHER)
    assert api.give_mandate(mandate_id=mandate.pk, by=world.actor("citizen")).state == "given"
    found = api.require_mandate(world.actor("neighbour"), grantor=world.people["citizen"], matter=world.matter)
    assert found == mandate
    citizen, neighbour = world.people["citizen"], world.people["neighbour"]
    case = api.open_case(kind="application", matter=world.matter, by=world.actor("neighbour"), applicant=citizen,
                         applicant_name=citizen.name, form={},
                         parties=[api.Joining("agent", neighbour.name, account=neighbour, mandate=mandate)])
    step = correcting(world, case)
    assert step.account == citizen  # still the applicant's; the agent may do it too
    assert do(world, case, "correct", "submit", "neighbour").state == "submitted"


def test_declined_is_no_mandate(world):
    mandate = api.ask_mandate(by=world.actor("neighbour"), evidence="online", grantor=world.people["citizen"])
    with pytest.raises(Denied) as refused:
        api.require_mandate(world.actor("neighbour"), grantor=world.people["citizen"])
    assert refused.value.code == "mandate-not-given"
    api.decline_mandate(mandate_id=mandate.pk, by=world.actor("citizen"))
    api.decline_mandate(mandate_id=mandate.pk, by=world.actor("citizen"))
    with pytest.raises(Conflict):
        api.give_mandate(mandate_id=mandate.pk, by=world.actor("citizen"))
    with pytest.raises(Conflict):
        api.revoke_mandate(mandate_id=mandate.pk, by=world.actor("citizen"))


def test_a_case_opens_only_on_the_applicants_own_mandate(world):
    asked, mandate = by_sms(world), None
    for wrong in (None, asked):
        with pytest.raises(Denied):
            start(world, wrong)
    mandate = api.give_mandate(mandate_id=asked.pk, by=world.actor("agent"), code=consent_code(asked))
    with pytest.raises(Denied) as refused:
        start(world, mandate, number=OTHER)
    assert refused.value.code == "mandate-of-another" and not Case.objects.exists()
    rivals = api.ask_mandate(by=world.actor("rival"), evidence="sms", grantor_phone=PHONE, **VILLAGER)
    api.give_mandate(mandate_id=rivals.pk, by=world.actor("rival"), code=consent_code(rivals))
    with pytest.raises(Denied):
        start(world, rivals)
    elsewhere = Mandate.objects.create(agent=world.people["agent"], grantor_name="王大娘", state="given",
                                       grantor_index=mandate.grantor_index, evidence="sms", matter=other_matter(world),
                                       valid_from=now(), valid_to=now() + timedelta(days=9))
    with pytest.raises(Denied) as refused:
        start(world, elsewhere)
    assert refused.value.code == "mandate-elsewhere"
    case = start(world, mandate)
    assert Step.objects.get(case=case).unit == world.centre  # the village carries it to the centre's window
    assert api.visible_to(world.actor("agent")).get() == case
    assert not api.visible_to(world.actor("rival")).exists()


def other_matter(world: World) -> Any:
    matter = type(world.matter).objects.get(pk=world.matter.pk)
    matter.pk, matter.code = None, "11519921MB0000001X4990117002012"
    matter.save()
    return matter


def test_taken_back_this_minute_the_agent_neither_acts_nor_sees(world):
    mandate = given(world)
    case = start(world, mandate)
    step = correcting(world, case)
    assert step.account == world.people["agent"] and agent_of(case, now()) == world.people["agent"].pk
    agent = world.actor("agent")
    with travel(START + timedelta(minutes=1)):
        api.revoke_mandate(mandate_id=mandate.pk, by=world.actor("clerk"))  # told at the window
        api.revoke_mandate(mandate_id=mandate.pk, by=agent)  # again: harmless
        assert not api.visible_to(agent).exists() and not may_see_case(agent, case)
        with pytest.raises(Problem):
            api.act(step_id=step.pk, action="submit", by=agent)
        with pytest.raises(Denied) as refused:
            api.require_mandate(agent, grantor_index=mandate.grantor_index)
        assert refused.value.code == "mandate-revoked" and "2026-02-09 09:31" in refused.value.zh
        with pytest.raises(Denied):
            start(world, mandate)
        step.refresh_from_db()
        assert (step.closed_at, step.account, step.unit, step.role) == (None, None, world.centre, "clerk")
        assert Party.objects.get(case=case, role="agent").until == now()
        assert do(world, case, "correct", "submit", "clerk").state == "submitted"  # nothing was lost
    assert "mandate-" not in case.number and Event.objects.filter(kind="mandate.revoked").count() == 1


def test_strangers_take_nothing_back(world):
    mandate = given(world)
    for who in ("rival", "stranger", "citizen", "officer"):
        with pytest.raises(NotFound):
            api.revoke_mandate(mandate_id=mandate.pk, by=world.actor(who))
    mandate.refresh_from_db()
    assert mandate.state == "given"


def test_it_ends_by_itself(world):
    mandate = given(world, days=2)
    case = start(world, mandate)
    agent = world.actor("agent")
    step = correcting(world, case)
    with travel(START + timedelta(days=2)):
        assert not api.visible_to(agent).exists() and not may_see_case(agent, case)
        with pytest.raises(Denied) as refused:
            api.act(step_id=step.pk, action="submit", by=agent)
        assert refused.value.code == "mandate-expired"
        step.refresh_from_db()
        assert step.closed_at is None


def test_lists_show_each_side_its_own(world):
    mine, theirs = given(world), api.ask_mandate(by=world.actor("neighbour"), evidence="online",
                                                 grantor=world.people["citizen"])
    assert list(api.mandates_held(world.actor("agent"))) == [mine]
    assert list(api.mandates_given(world.actor("citizen"))) == [theirs]
    assert not api.mandates_held(world.actor("citizen")).exists()
