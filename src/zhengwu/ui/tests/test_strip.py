"""The clock strip over real explanations of the calendar arithmetic."""

from datetime import UTC, date, datetime

import pytest

from zhengwu.ui.strip import strip_of
from zhengwu.ui.views.samples import samples

TODAY = date(2026, 2, 27)


def squares(strip):
    return {square.date: square for week in strip.weeks for square in week.squares}


def test_the_examples_days() -> None:
    days = squares(strip_of(samples()["clock"], TODAY))
    assert min(days) == date(2026, 2, 9) and max(days) == date(2026, 3, 13)
    assert len(days) == 33
    assert [days[date(2026, 2, d)].kind for d in (9, 10, 14, 15, 28)] == [
        "start",
        "counted",
        "makeup",
        "holiday",
        "makeup",
    ]
    assert days[date(2026, 3, 13)].due and days[date(2026, 3, 13)].mark == "20"
    assert days[TODAY].today and not days[TODAY].past and days[date(2026, 2, 26)].past
    assert days[date(2026, 2, 15)].mark == "春节" and days[date(2026, 2, 17)].mark == ""


def test_every_week_begins_on_monday_and_months_are_named_once() -> None:
    strip = strip_of(samples()["clock"], TODAY)
    assert [week.label for week in strip.weeks] == ["2026年2月", "", "", "3月", ""]
    assert all(week.squares[0].column == 1 for week in strip.weeks)


def test_words_for_readers() -> None:
    days = squares(strip_of(samples()["clock_hearing"], TODAY))
    assert days[date(2026, 2, 16)].spoken == "2月16日 星期一，春节，不计入"
    assert "听证" in days[TODAY].spoken and days[TODAY].spoken.endswith("今天")


def test_overdue_days_are_drawn_after_the_due_date() -> None:
    strip = strip_of(samples()["clock_over"], TODAY)
    over = [square for square in squares(strip).values() if square.kind == "over"]
    assert [square.date for square in over] == [date(2026, 2, 26), date(2026, 2, 27)]
    assert strip.left_text == "已超期2个工作日"


def test_a_finished_case_is_not_overdue_and_has_no_today() -> None:
    clock = samples()["clock"] | {"stopped": date(2026, 2, 25), "state": "stopped"}
    days = squares(strip_of(clock, date(2026, 6, 1)))
    assert max(days) == date(2026, 3, 13)
    assert not any(square.today for square in days.values())
    assert days[date(2026, 2, 25)].stopped and not days[date(2026, 2, 26)].past


@pytest.mark.parametrize(
    ("state", "left", "text"),
    [
        ("running", 3, "还剩3个工作日"),
        ("suspended", 3, "已暂停，还剩3个工作日"),
        ("stopped", 3, "已停止计时"),
        ("planned", 3, "2026年3月13日到期"),
        ("running", 0, "今天到期"),
        ("running", None, ""),
    ],
)
def test_the_big_words(state: str, left: int | None, text: str) -> None:
    assert strip_of({"days": [], "due": date(2026, 3, 13), "left": left, "state": state}, TODAY).left_text == text


def test_long_limits_shrink_and_empty_ones_are_empty() -> None:
    assert strip_of(samples()["clock_long"], TODAY).long
    assert not strip_of(samples()["clock"], TODAY).long
    assert strip_of({"days": []}, TODAY).weeks == []


def test_an_aware_due_moment_is_shown_as_the_day_in_china() -> None:
    clock = samples()["clock"] | {"due": datetime(2026, 3, 12, 16, 30, tzinfo=UTC)}
    assert strip_of(clock, TODAY).due == date(2026, 3, 13)


def test_lines_without_kind_are_still_drawn() -> None:
    lines = [
        {"date": "2026-02-28", "counted": False, "reason": ""},
        {"date": "2026-03-02", "counted": True, "number": 1},
    ]
    assert [s.kind for s in squares(strip_of({"days": lines}, TODAY)).values()] == ["weekend", "counted"]
