"""Autonomy: counted per unit, set by the centre, refused where who decides also supervises."""

import pytest

from zhengwu.kernel.cases.api import act, open_case
from zhengwu.kernel.cases.tests.world import SINCE
from zhengwu.kernel.directory.models import Appointment
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.problem import Conflict, Invalid, NotFound
from zhengwu.modules.centre.autonomy import by_unit, set_authority

pytestmark = pytest.mark.django_db


def test_counts_and_shares(hall) -> None:
    world = hall.world
    account = world.people["citizen"]
    case = open_case(kind="application", matter=world.matter, by=world.actor("citizen"), applicant=account,
                     applicant_name=account.name, form={})
    for node, who, action in (("precheck", "clerk", "accept"), ("review", "officer", "pass"),
                              ("decide", "leader", "grant")):
        act(step_id=case.steps.get(node=node, closed_at=None).pk, action=action, by=world.actor(who), opinion="同意")
    (line,) = by_unit(hall.point)
    assert (line.matters, line.presence, line.power, line.decided, line.on_the_spot) == (1, 1.0, 0.0, 1, 0.0)
    case.steps.filter(role__in=("officer", "leader")).update(unit=world.centre)
    set_authority(matter_id=world.matter.pk, authority="decide", by=world.actor("centre"))
    (line,) = by_unit(hall.point)
    assert (line.power, line.deciding, line.on_the_spot) == (1.0, 1, 1.0)


def test_who_decides_does_not_supervise(hall) -> None:
    post = Appointment.objects.create(account=hall.world.people["clerk"], unit=hall.world.centre, role="inspector",
                                      valid_from=SINCE)
    with pytest.raises(Conflict, match="赵窗口"):
        set_authority(matter_id=hall.world.matter.pk, authority="decide", by=hall.actor("centre"))
    assert Matter.objects.get(pk=hall.world.matter.pk).window_authority == "none"
    set_authority(matter_id=hall.world.matter.pk, authority="accept", by=hall.actor("centre"))
    post.delete()
    assert set_authority(matter_id=hall.world.matter.pk, authority="decide",
                         by=hall.actor("centre")).window_authority == "decide"


def test_what_is_refused(hall) -> None:
    pk = hall.world.matter.pk
    for who in ("clerk", "reception", "far_centre", "leader"):
        with pytest.raises(NotFound):
            set_authority(matter_id=pk, authority="accept", by=hall.actor(who))
    with pytest.raises(Invalid):
        set_authority(matter_id=pk, authority="all", by=hall.actor("centre"))
    Matter.objects.filter(pk=pk).update(window=None)
    with pytest.raises(Conflict, match="没有进驻"):
        set_authority(matter_id=pk, authority="accept", by=hall.actor("centre"))
    assert Matter.objects.get(pk=pk).window_authority == "none"


@pytest.mark.parametrize(("user", "status"), [("centre", 200), ("clerk", 403), ("inspector", 403), ("far_centre", 404)])
def test_the_pages_are_the_centres(hall, client, user, status) -> None:
    client.force_login(hall.world.people[user])
    assert client.get("/desk/autonomy/").status_code == status
    assert client.get("/desk/autonomy/?format=xlsx").status_code == status
    assert client.get("/desk/autonomy/matters/?q=食品").status_code == status
    sent = client.post("/desk/autonomy/matters/", {"matter": hall.world.matter.pk, "authority": "accept"})
    assert sent.status_code == (302 if status == 200 else status)
    assert (Matter.objects.get(pk=hall.world.matter.pk).window_authority == "accept") is (status == 200)
