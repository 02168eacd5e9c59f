"""A month reckoned by hand, objections before it is final, the year; whose sheets they are."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from zhengwu.lib.now import CN, travel
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound
from zhengwu.modules.centre.models import Rule, Sheet, Sitting
from zhengwu.modules.centre.models.month import points
from zhengwu.modules.centre.month import ensure_rules, year_of
from zhengwu.modules.centre.services import sheet as services
from zhengwu.modules.centre.services.ticket import call_next, finish, take

pytestmark = pytest.mark.django_db
MARCH = date(2026, 3, 1)
NOW = datetime(2026, 4, 1, 1, 0, tzinfo=UTC)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=CN)


@pytest.fixture
def worked(hall):
    """clerk in March 2026 (22 working days): every day 08:55–17:05, but 3rd late, 4th early, 5th absent, 6th forgot;
    two numbers served on the 9th; two notes of dress, one grievance award of 3 points."""
    clerk, window = hall.world.people["clerk"], hall.windows[0]
    for day in range(1, 32):
        if day == 5 or at(day, 9).weekday() > 4:
            continue
        begun = at(day, 9, 20) if day == 3 else at(day, 8, 55)
        ended = at(day, 15) if day == 4 else at(day, 17, 5)
        Sitting.objects.create(window=window, clerk=clerk, day=begun.date(), begun_at=begun, ended_at=ended,
                               forgotten=day == 6)
    with travel(at(9, 9)):
        open_one = Sitting.objects.get(day=date(2026, 3, 9))
        Sitting.objects.filter(pk=open_one.pk).update(ended_at=None)
        for _ in range(2):
            take(lane=hall.lanes[0])
            call_next(window=window, by=hall.actor("clerk"))
            finish(window=window, by=hall.actor("clerk"))
        Sitting.objects.filter(pk=open_one.pk).update(ended_at=at(9, 17, 5))
    with travel(at(20, 10)):
        for day in (10, 11):
            services.note(point=hall.point, by=hall.actor("centre"), clerk_id=clerk.pk, day=date(2026, 3, day),
                          aspect="dress", words="未穿工装")
        services.merit(point=hall.point, by=hall.actor("centre"), clerk_id=clerk.pk, day=date(2026, 3, 12),
                       kind="grievance", tenths=30, words="受到无理辱骂仍耐心解释")
    return hall


def computed(hall) -> Sheet:
    services.compute(point=hall.point, month=MARCH, by=hall.actor("centre"))
    return Sheet.objects.get()


def test_the_hand_checked_month(worked) -> None:
    """100 + 2×0.1 (numbers) − 1 (late) − 1 (early) − 2 (absent) − 0.5 (forgot) − 2×0.5 (dress) + 3 (award) = 97.7."""
    with travel(NOW):
        row = computed(worked)
    assert {line["code"]: (line["count"], line["tenths"]) for line in row.lines} == {
        "base": (1, 1000), "tickets": (2, 2), "late": (1, -10), "early": (1, -10), "absent": (1, -20),
        "forgotten": (1, -5), "dress": (2, -10), "merits": (1, 30)}
    assert (row.tenths, row.score, row.window_id) == (977, "97.7", worked.windows[0].pk)
    assert next(line["note"] for line in row.lines if line["code"] == "absent") == "3月5日"


def test_rules_are_data_and_caps_hold(worked) -> None:
    rules = {r.code: r for r in ensure_rules(worked.point)}
    centre = worked.actor("centre")
    services.set_rule(pk=rules["tickets"].pk, by=centre, tenths=40, cap=50, active=True)
    services.set_rule(pk=rules["absent"].pk, by=centre, tenths=-20, cap=0, active=False)
    with pytest.raises(NotFound):
        services.set_rule(pk=rules["late"].pk, by=worked.actor("clerk"), tenths=0, cap=0, active=False)
    with travel(NOW):
        assert computed(worked).tenths == 977 - 2 + 50 + 20
    assert Rule.objects.get(code="late").tenths == -10


def test_a_month_that_runs_is_not_computed_and_a_shown_one_not_again(worked) -> None:
    centre = worked.actor("centre")
    with travel(at(31, 20)), pytest.raises(Conflict, match="没有结束"):
        services.compute(point=worked.point, month=MARCH, by=centre)
    with pytest.raises(Denied):
        services.compute(point=worked.point, month=MARCH, by=worked.actor("clerk"))
    with travel(NOW):
        computed(worked)
        services.show(point=worked.point, month=MARCH, by=centre)
        Sitting.objects.all().delete()
        assert services.compute(point=worked.point, month=MARCH, by=centre) == 0
        with pytest.raises(Invalid):
            services.note(point=worked.point, by=centre, clerk_id=worked.world.people["clerk"].pk,
                          day=date(2026, 3, 30), aspect="dress", words="补记一条")
    assert Sheet.objects.get().tenths == 977


def test_objection_decision_and_then_it_is_final(worked) -> None:
    clerk, centre = worked.actor("clerk"), worked.actor("centre")
    with travel(NOW):
        row = computed(worked)
        with pytest.raises(NotFound):
            services.object_to(pk=row.pk, by=clerk, words="3月5日是公差，不是缺勤")
        services.show(point=worked.point, month=MARCH, by=centre)
        row.refresh_from_db()
        assert row.objection_until == datetime(2026, 4, 7, 16, 0, tzinfo=UTC)  # 清明 on the 6th does not count
        for who in ("clerk2", "centre"):
            with pytest.raises(NotFound):
                services.object_to(pk=row.pk, by=worked.actor(who), words="3月5日是公差，不是缺勤")
        with pytest.raises(Invalid):
            services.object_to(pk=row.pk, by=clerk, words="不服")
        services.object_to(pk=row.pk, by=clerk, words="3月5日是公差，不是缺勤")
        with pytest.raises(Conflict):
            services.object_to(pk=row.pk, by=clerk, words="3月5日是公差，不是缺勤")
        with pytest.raises(NotFound):
            services.decide(pk=row.pk, by=worked.actor("far_centre"), words="情况属实，予以更正", correction=20)
        services.decide(pk=row.pk, by=centre, words="情况属实，予以更正", correction=20)
        with pytest.raises(Conflict):
            services.decide(pk=row.pk, by=centre, words="情况属实，予以更正", correction=20)
    row.refresh_from_db()
    assert (row.state, row.tenths, row.lines[-1]["code"]) == ("final", 997, "decision")


def test_without_objection_it_is_final_when_the_time_is_over(worked) -> None:
    with travel(NOW):
        computed(worked)
        services.show(point=worked.point, month=MARCH, by=worked.actor("centre"))
        assert services.finalise_due() == 0
    with travel(NOW + timedelta(days=7)):
        assert services.finalise_due() == 1
        with pytest.raises(Conflict, match="异议期已过"):
            services.object_to(pk=Sheet.objects.get().pk, by=worked.actor("clerk"), words="现在才看到这份表")
    clerks, units = year_of(worked.point, 2026)
    assert [(c.name, c.months, c.score) for c in clerks] == [("赵窗口", 1, "97.7")]
    assert units[0].months == 1


@pytest.mark.parametrize(("user", "status"), [("centre", 200), ("clerk", 200), ("clerk2", 404), ("far_centre", 404),
                                              ("officer", 403)])
def test_a_sheet_is_its_clerks_and_the_centres(worked, client, user, status) -> None:
    with travel(NOW):
        row = computed(worked)
        client.force_login(worked.world.people["clerk"])
        assert client.get(f"/desk/months/{row.pk}/").status_code == 404
        services.show(point=worked.point, month=MARCH, by=worked.actor("centre"))
        client.force_login(worked.world.people[user])
        assert client.get(f"/desk/months/{row.pk}/").status_code == status
        paper = client.get(f"/desk/months/{row.pk}.pdf")
        assert paper.status_code == status and (paper.content[:4] == b"%PDF") is (status == 200)


def test_the_centres_pages_and_the_table(worked, client) -> None:
    with travel(NOW):
        client.force_login(worked.world.people["centre"])
        client.post("/desk/months/run/", {"month": "2026-03", "do": "compute"})
        assert "97.7" in client.get("/desk/months/?month=2026-03").content.decode()
        book = load_workbook(BytesIO(client.get("/desk/months/export.xlsx?month=2026-03").content))
        rows = list(book.active.iter_rows(values_only=True))
        assert rows[1][0] == "赵窗口" and rows[1][-2] == "97.7"
        rule = Rule.objects.get(code="late")
        assert client.post("/desk/months/rules/", {"rule": rule.pk, "tenths": "abc", "cap": "0"}).status_code == 422
        client.post("/desk/months/rules/", {"rule": rule.pk, "tenths": "-1.5", "cap": "3", "active": "1"})
        rule.refresh_from_db()
        assert (rule.tenths, rule.cap) == (-15, 30)
        wrong = client.post("/desk/months/notes/", {"do": "note", "clerk": "", "day": "x", "words": "写好的话"})
        assert wrong.status_code == 422 and "写好的话" in wrong.content.decode()
        assert client.get("/desk/months/year/?year=2026").status_code == 200
        client.force_login(worked.world.people["clerk"])
        assert "还没有公示" in client.get("/desk/months/").content.decode()
        for path in ("/desk/months/rules/", "/desk/months/notes/", "/desk/months/export.xlsx", "/desk/months/year/"):
            assert client.get(path).status_code == 403


@pytest.mark.parametrize(("tenths", "words"), [(0, "0"), (5, "0.5"), (-15, "-1.5"), (1000, "100"), (-20, "-2")])
def test_points_in_words(tenths, words) -> None:
    assert points(tenths) == words
