"""Moving running cases: every one is shown, dealt with, and told about."""

import pytest

from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.flow.api import published
from zhengwu.kernel.ledger.api import events_of
from zhengwu.lib.now import today
from zhengwu.lib.problem import Conflict, Invalid, NotFound
from zhengwu.modules.charts.models import Transfer
from zhengwu.modules.charts.services import transfer as moving
from zhengwu.modules.charts.services.drafts import begin_from, save
from zhengwu.modules.charts.services.release import release
from zhengwu.modules.charts.services.transfer import carry_on, start, stop
from zhengwu.modules.charts.tests.test_pages import as_, text

pytestmark = pytest.mark.django_db
URL = "/desk/charts/of/promised/migrate/"


def second(designer: Actor):
    """Publishes a version in which the step ``review`` is called ``check``."""
    draft = begin_from(version=published("promised"), by=designer)
    xml = draft.xml.replace('id="review" name="审查"', 'id="check" name="核查"')
    for attribute in ("sourceRef", "targetRef", "bpmnElement"):
        xml = xml.replace(f'{attribute}="review"', f'{attribute}="check"')
    draft = save(draft_id=draft.pk, revision=draft.revision, xml=xml, by=designer)
    return release(draft_id=draft.pk, revision=draft.revision, note="审查改为核查", on=today(), by=designer).published


def outcomes(transfer: Transfer) -> dict[str, str]:
    return {row.case.number: row.outcome for row in transfer.cases.select_related("case")}


def test_every_case_is_moved_or_says_why_not(designer, opened):
    first = published("promised")
    waiting, reviewing, deciding = opened(), opened("review"), opened("decide")
    target = second(designer)
    made = start(source=first, target=target, mapping={}, reason="改名", by=designer)
    assert carry_on() == 3 and carry_on() == 0 and carry_on() == 0
    made.refresh_from_db()
    assert made.state == "done" and outcomes(made) == {
        waiting.number: "moved", reviewing.number: "obstacle", deciding.number: "moved"}
    assert "审查" in made.cases.get(case=reviewing).note
    assert {c.version_id for c in Case.objects.all()} == {first.pk, target.pk}
    again = start(source=first, target=target, mapping={"review": "check"}, reason="指定环节", by=designer)
    carry_on()
    assert outcomes(again) == {reviewing.number: "moved"}
    reviewing.refresh_from_db()
    assert reviewing.version_id == target.pk and reviewing.steps.get(closed_at=None).node == "check"
    kinds = [e.kind for e in events_of("flow:promised") if "transfer" in e.kind]
    assert kinds == ["flow.transfer-started"] * 1 + ["flow.transfer-done", "flow.transfer-started"]
    carry_on()
    with pytest.raises(Conflict, match="没有在办"):
        start(source=first, target=target, mapping={}, reason="再来", by=designer)


def test_somebody_acts_while_the_cases_are_moved(world, designer, opened):
    from zhengwu.kernel.cases import api

    case = opened()
    first, target = published("promised"), second(designer)
    made = start(source=first, target=target, mapping={}, reason="改名", by=designer)
    step = case.steps.get(closed_at=None)
    api.act(step_id=step.pk, action="accept", by=world.actor("clerk"), opinion="同意")
    carry_on()
    row = made.cases.get()
    assert row.outcome == "obstacle" and "有人办理过" in row.note
    case.refresh_from_db()
    assert case.version_id == first.pk and case.steps.get(closed_at=None).node == "review"


def test_two_at_once_and_a_stop_half_way(designer, opened):
    opened(), opened(), opened()
    first, target = published("promised"), second(designer)
    made = start(source=first, target=target, mapping={}, reason="改名", by=designer)
    with pytest.raises(Conflict, match="正有一次"):
        start(source=first, target=target, mapping={}, reason="改名", by=designer)
    assert carry_on(batch=1) == 1
    stop(transfer_id=made.pk, by=designer)
    assert carry_on() == 0
    made.refresh_from_db()
    assert made.state == "stopped" and sorted(outcomes(made).values()) == ["left", "left", "moved"]
    with pytest.raises(Conflict):
        stop(transfer_id=made.pk, by=designer)


def test_a_case_that_breaks_does_not_hold_up_the_others(designer, opened, monkeypatch):
    broken, fine = opened(), opened()
    first, target = published("promised"), second(designer)
    made = start(source=first, target=target, mapping={}, reason="改名", by=designer)
    real = moving.migrate

    def sometimes(**given):
        if given["numbers"] == [broken.number]:
            raise RuntimeError("disk")
        return real(**given)

    monkeypatch.setattr(moving, "migrate", sometimes)
    carry_on()
    assert outcomes(made) == {broken.number: "obstacle", fine.number: "moved"}
    assert "系统管理员" in made.cases.get(case=broken).note


@pytest.mark.parametrize("reason", ["", "  ", "长" * 201])
def test_a_migration_needs_a_reason(designer, opened, reason):
    opened()
    first, target = published("promised"), second(designer)
    with pytest.raises(Invalid):
        start(source=first, target=target, mapping={}, reason=reason, by=designer)
    assert not Transfer.objects.exists()


def test_a_step_that_is_not_there_cannot_be_chosen(designer, opened):
    opened()
    first, target = published("promised"), second(designer)
    with pytest.raises(Invalid):
        start(source=first, target=target, mapping={"review": "nowhere"}, reason="改名", by=designer)
    assert not Transfer.objects.exists()


def test_only_designers_of_the_area_move_cases(world, designer, opened):
    case = opened()
    first, target = published("promised"), second(designer)
    with pytest.raises(NotFound):
        start(source=first, target=target, mapping={}, reason="改名", by=world.actor("head"))
    made = start(source=first, target=target, mapping={}, reason="改名", by=world.actor("far"))
    carry_on()
    assert made.cases.get().outcome == "obstacle" and "区划" in made.cases.get().note
    case.refresh_from_db()
    assert case.version_id == first.pk


def test_the_pages_lead_from_preview_to_result(world, designer, opened):
    moved, stuck = opened(), opened("review")
    second(designer)
    client = as_(world, "designer")
    page = text(client.get(URL))
    assert moved.number in page and stuck.number in page and "请指定对应的环节" in page
    assert "“审查”（1 件停在这里）" in page
    assert "请指定对应的环节" not in text(client.get(URL, {"from": 1, "map.review": "check"}))
    assert client.get(URL, {"from": 1, "map.review": "nowhere"}).status_code == 422
    refused = client.post(URL, {"from": 1, "map.review": "check", "reason": ""})
    assert refused.status_code == 422 and "请写明迁移的理由" in text(refused) and not Transfer.objects.exists()
    where = client.post(URL, {"from": 1, "map.review": "check", "reason": "改名"}, follow=True).redirect_chain[-1][0]
    assert "等待迁移" in text(client.get(where)) and 'hx-trigger="every 2s"' in text(client.get(where))
    carry_on(), carry_on()
    done = text(client.get(where))
    assert done.count("● 已迁移") == 2 and "hx-trigger" not in done
    assert stuck.number in client.get(f"{where}export.csv").content.decode("utf-8-sig")
    assert client.get(f"{where}?outcome=obstacle").context["rows"] == []
    for who, status in (("colleague", 200), ("head", 403), ("officer", 403), ("citizen", 403)):
        assert as_(world, who).get(where).status_code == status, who
