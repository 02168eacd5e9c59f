"""The life of a power: drafted, through the gates, published, changed, ended — and what then runs."""

from datetime import date, timedelta

import pytest

from tests.city import START
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.ledger.api import events_of, verify
from zhengwu.kernel.matters.api import require_power
from zhengwu.kernel.matters.models import Law, LegalBasis, Matter, Power, PowerVersion
from zhengwu.kernel.matters.powers import content_of
from zhengwu.kernel.notifications.models import Notice
from zhengwu.lib.now import today, travel
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound
from zhengwu.modules.powers.services.draft import draft_change, draft_power, edit_draft
from zhengwu.modules.powers.services.lapse import lapse_law
from zhengwu.modules.powers.services.publish import publish, take_due
from zhengwu.modules.powers.services.review import drop, review, submit
from zhengwu.modules.powers.tests.conftest import content, power_of

pytestmark = pytest.mark.django_db


def through(city, version, *, effective: date | None = None, gates=("lawyer", "staffing")):
    submit(version_id=version.pk, by=city.actor("head_lin"))
    for gate in gates:
        review(version_id=version.pk, passes=True, opinion="", by=city.actor(gate))
    return publish(version_id=version.pk, effective=effective or today(), by=city.actor("staffing"))


def end(city, change, ground, *, effective=None, **more):
    power = power_of(city)
    version = draft_change(code=power.code, change=change, ground=ground, reason="川府发〔2026〕1号",
                           by=city.actor("officer_lin"), **more)
    through(city, version, effective=effective)
    power.refresh_from_db()
    return power


def test_a_new_power_runs_only_from_its_day(city):
    version = draft_power(unit=city.organs["lin"], content=content(city), ground="A1", reason="法律新设",
                          by=city.actor("officer_lin"))
    power = version.power
    with pytest.raises(Conflict, match="尚未公布"):
        require_power(power, power.unit_id, today())
    through(city, version, effective=today() + timedelta(days=3))
    power.refresh_from_db()
    with pytest.raises(Conflict, match="起生效"):
        require_power(power, power.unit_id, today())
    require_power(power, power.unit_id, today() + timedelta(days=3))
    kinds = [e.kind for e in events_of(power.stream)]
    assert kinds == ["power.drafted", "power.submitted", "power.passed_legal", "power.passed_staffing",
                     "power.published"]
    assert {e.by_label for e in events_of(power.stream)}.isdisjoint({"钱承办临", "方知行"}) and verify().ok


@pytest.mark.parametrize("who", ["head_yun", "stranger", "inspector_lin", "sysadmin", "lawyer"])
def test_only_the_unit_drafts(city, who):
    with pytest.raises(Denied):
        draft_power(unit=city.organs["lin"], content=content(city), ground="A1", reason="理由", by=city.actor(who))
    assert not PowerVersion.objects.filter(content__name="小餐饮登记").exists()


def test_gates_are_kept_by_their_keepers_and_by_nobody_twice(city):
    version = draft_power(unit=city.organs["lin"], content=content(city), ground="A1", reason="理由",
                          by=city.actor("officer_lin"))
    with pytest.raises(Denied):
        submit(version_id=version.pk, by=city.actor("officer_lin"))
    submit(version_id=version.pk, by=city.actor("head_lin"))
    for who in ("legal_lin", "head_lin", "staffing", "mayor"):
        with pytest.raises((Denied, NotFound)):
            review(version_id=version.pk, passes=True, opinion="", by=city.actor(who))
    with pytest.raises(NotFound):
        review(version_id=version.pk, passes=True, opinion="", by=city.actor("staffing_yun"))
    with pytest.raises(Conflict):
        publish(version_id=version.pk, effective=today(), by=city.actor("staffing"))
    version.refresh_from_db()
    assert version.state == "legal" and version.reviewed_by == []


def test_returned_with_reason_and_sent_again(city):
    version = draft_power(unit=city.organs["lin"], content=content(city), ground="A1", reason="理由",
                          by=city.actor("officer_lin"))
    submit(version_id=version.pk, by=city.actor("head_lin"))
    with pytest.raises(Invalid):
        review(version_id=version.pk, passes=False, opinion=" ", by=city.actor("lawyer"))
    review(version_id=version.pk, passes=False, opinion="依据应引到款", by=city.actor("lawyer"))
    assert Notice.objects.filter(account=city.people["officer_lin"], body="依据应引到款").exists()
    edit_draft(version_id=version.pk, content=content(city, name="小餐饮备案登记"), ground="A1", reason="已改",
               by=city.actor("officer_lin"))
    assert through(city, version).power.name == "小餐饮备案登记"


@pytest.mark.parametrize(("missing", "field"), [
    ({"bases": []}, "bases"), ({"chart": ""}, "chart"), ({"duties": ""}, "duties"),
    ({"government": True, "leader_unit": None}, "leader_unit")])
def test_nothing_incomplete_passes_the_first_gate(city, missing, field):
    version = draft_power(unit=city.organs["lin"], content=content(city, **missing), ground="A1", reason="理由",
                          by=city.actor("officer_lin"))
    with pytest.raises(Invalid) as refused:
        submit(version_id=version.pk, by=city.actor("head_lin"))
    assert field in refused.value.errors


def test_a_power_of_the_government_also_needs_its_leader(city):
    version = draft_power(unit=city.organs["lin"], content=content(city, government=True), ground="A1", reason="理由",
                          by=city.actor("officer_lin"))
    assert through(city, version, gates=("lawyer", "staffing", "mayor")).state == "published"


def test_a_change_takes_effect_on_its_day_and_a_running_case_keeps_its_chart(city):
    power, running = power_of(city), city.apply("citizen")
    wanted = content_of(power) | {"name": "食品经营许可核发", "limit_n": 15}
    version = draft_change(code=power.code, change="change", ground="B3", reason="压缩时限",
                           by=city.actor("officer_lin"), content=wanted)
    through(city, version, effective=today() + timedelta(days=2))
    assert take_due() == 0 and Power.objects.get(pk=power.pk).limit_n == 20
    with travel(START + timedelta(days=2)):
        city.apply("citizen")
        assert take_due() == 1 and take_due() == 0
        changed = Power.objects.get(pk=power.pk)
        assert (changed.limit_n, changed.name) == (15, "食品经营许可核发") and changed.runs_on(today())
    assert Case.objects.get(pk=running.pk).version_id == running.version_id


@pytest.mark.parametrize(("change", "ground", "status"), [("cancel", "C1", "cancelled"), ("file", "F1", "filed")])
def test_an_ended_power_runs_through_no_door_but_a_running_case_goes_on(city, change, ground, status):
    running = city.apply("citizen")
    power = end(city, change, ground)
    assert power.status == status
    with pytest.raises(Conflict, match="不能再办理"):
        city.apply("citizen")
    assert Case.objects.count() == 1
    city.run(running, "precheck accept")
    if change == "file":
        assert power.received.get().name.endswith("备案") and power.received.get().runs_on(today())


def test_a_power_ends_on_its_day_not_before(city):
    end(city, "cancel", "C2", effective=today() + timedelta(days=1))
    city.apply("citizen")
    with travel(START + timedelta(days=1)), pytest.raises(Conflict):
        city.apply("citizen")


def test_a_merged_power_goes_on_in_the_other(city):
    other = power_of(city, "standard")
    power = end(city, "merge", "D1", target=other)
    assert power.into == other and city.matters["lin", "promised"].power_id != other.pk
    matter = Matter.objects.get(pk=city.matters["lin", "promised"].pk)
    assert matter.power == other
    city.matters["lin", "promised"] = matter
    city.apply("citizen")


def test_a_delegated_power_belongs_to_the_receivers(city):
    town = city.organs["town"]
    power = end(city, "delegate", "E1", receivers=[town.pk])
    new = power.received.get()
    assert (new.unit, new.status) == (town, "published") and new.runs_on(today())
    require_power(new, town.pk, today())
    with pytest.raises(Conflict, match="不是本单位"):
        require_power(new, power.unit_id, today())
    with pytest.raises(Conflict):
        city.apply("citizen")


@pytest.mark.parametrize("more", [
    {"change": "cancel", "ground": ""}, {"change": "cancel", "ground": "B1"}, {"change": "merge", "ground": "D1"},
    {"change": "delegate", "ground": "E1", "receivers": []}, {"change": "delegate", "ground": "E1", "receivers": [-1]},
    {"change": "explode", "ground": "C1"}, {"change": "cancel", "ground": "C1", "reason": " "}])
def test_a_cut_without_coded_ground_or_receiver_is_refused(city, more):
    power = power_of(city)
    with pytest.raises(Invalid):
        draft_change(**({"code": power.code, "reason": "理由", "by": city.actor("officer_lin")} | more))
    assert power.versions.count() == 1


def test_one_change_at_a_time_and_what_is_dropped_frees_the_power(city):
    power = power_of(city)
    asked = {"code": power.code, "change": "cancel", "ground": "C1", "reason": "理由", "by": city.actor("officer_lin")}
    first = draft_change(**asked)
    with pytest.raises(Conflict):
        draft_change(**asked)
    drop(version_id=first.pk, by=city.actor("officer_lin"))
    draft_change(**asked)


def test_a_law_that_ends_flags_and_one_without_any_stops(city):
    power = power_of(city)
    law = Law.objects.get(bases__power=power)
    with pytest.raises(Denied):
        lapse_law(law_id=law.pk, on=today(), by=city.actor("head_lin"))
    lapse_law(law_id=law.pk, on=today(), by=city.actor("staffing"))
    with pytest.raises(Conflict, match="全部失效"):
        city.apply("citizen")
    assert Notice.objects.filter(account=city.people["head_lin"]).exists()
    lapse_law(law_id=law.pk, on=None, by=city.actor("lawyer"))
    LegalBasis.objects.create(power=power, law=Law.objects.create(name="四川省食品安全条例"))
    lapse_law(law_id=law.pk, on=today(), by=city.actor("staffing"))
    city.matters["lin", "promised"].refresh_from_db()
    city.apply("citizen")


def test_no_day_in_the_past(city):
    version = draft_change(code=power_of(city).code, change="cancel", ground="C1", reason="理由",
                           by=city.actor("officer_lin"))
    with pytest.raises(Invalid):
        through(city, version, effective=today() - timedelta(days=1))
    version.refresh_from_db()
    assert version.state == "approved"
