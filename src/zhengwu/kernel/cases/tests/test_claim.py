"""What was asked for at a window comes into the account of the one who asked, and of nobody else."""

from collections.abc import Iterator

import pytest

from zhengwu.kernel.cases.api import act, claim_cases, query_code, visible_to
from zhengwu.kernel.cases.models import Case, Mandate, Step
from zhengwu.kernel.cases.tests.test_doors import NUMBER, walk_in
from zhengwu.kernel.cases.tests.world import START, World, make_world, person
from zhengwu.kernel.directory.api import set_identity
from zhengwu.kernel.ledger.models import Event
from zhengwu.lib.now import travel
from zhengwu.lib.problem import Denied, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Iterator[World]:
    with travel(START):
        made = make_world()
        owner = made.people["owner"] = person("owner", "王大娘", kind="citizen")
        set_identity(owner, citizen_id=NUMBER)
        owner.save()
        namesake = made.people["namesake"] = person("namesake", "王大娘", kind="citizen")
        set_identity(namesake, citizen_id="519921199003172028")
        namesake.save()
        yield made


def claim(world: World, who: str, case: Case, code: str = "") -> list[Case]:
    return claim_cases(by=world.actor(who), number=case.number, code=code or query_code(case.number), address="a")


def test_one_receipt_brings_all_cases_of_that_person(world):
    first, second = walk_in(world), walk_in(world)
    assert not visible_to(world.actor("owner")).exists()
    assert claim(world, "owner", second) == [first, second]
    assert set(visible_to(world.actor("owner"))) == {first, second}
    assert claim(world, "owner", second) == []
    event = Event.objects.get(stream=first.number, kind="case.claimed")
    assert event.by_label == "申请人" and "王大娘" not in str(event.data)


@pytest.mark.parametrize("who", ["namesake", "owner-wrong-code"])
def test_a_wrong_person_gets_nothing(world, who):
    case = walk_in(world)
    with pytest.raises(NotFound):
        claim(world, who.split("-")[0], case, "000000" if "wrong" in who else "")
    case.refresh_from_db()
    assert case.applicant is None and not visible_to(world.actor("namesake")).exists()


def test_a_right_number_under_another_name_is_not_enough(world):
    """The clerk mistyped: the number of somebody else stands beside the name of the one who was there."""
    case = walk_in(world)
    case.parties.update(name="李大爷")
    with pytest.raises(NotFound):
        claim(world, "owner", case)


def test_only_accounts_with_identity_claim(world):
    case = walk_in(world)
    for who in ("citizen", "clerk"):
        with pytest.raises(Denied):
            claim(world, who, case)


def test_what_was_claimed_once_is_not_claimed_again(world):
    case = walk_in(world)
    claim(world, "owner", case)
    with pytest.raises(NotFound):
        claim(world, "namesake", case)
    case.refresh_from_db()
    assert case.applicant == world.people["owner"]


def test_an_open_correction_goes_to_the_account(world):
    case = walk_in(world)
    items = {"items": [{"material": "营业执照", "fault": "不清楚", "wanted": "重拍"}]}
    act(step_id=Step.objects.get(case=case).pk, action="correct", by=world.actor("clerk"), form=items)
    step = Step.objects.get(case=case, kind="correct")
    assert (step.unit, step.role) == (world.centre, "clerk")
    claim(world, "owner", case)
    step.refresh_from_db()
    assert (step.account, step.unit) == (world.people["owner"], None)
    assert act(step_id=step.pk, action="submit", by=world.actor("owner")).case.state == "submitted"


def test_powers_given_without_account_come_along(world):
    case = walk_in(world)
    party = case.parties.get()
    mandate = Mandate.objects.create(agent=world.people["clerk"], grantor_name="王大娘", grantor_index=party.id_index,
                                     evidence="paper", valid_from=START, valid_to=START.replace(year=2027))
    claim(world, "owner", case)
    mandate.refresh_from_db()
    assert mandate.grantor == world.people["owner"]
