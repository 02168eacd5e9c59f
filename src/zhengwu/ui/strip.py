"""The clock strip's view model: from day lines of a limit to weeks of squares with words for readers."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from zhengwu.lib import now
from zhengwu.ui.tags.text import left_days

LONG = 63  # days; beyond nine weeks squares shrink and lose their captions
OVER_SHOWN = 31  # days behind the due date that are drawn at most
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class Square:
    """One day. ``kind`` ∈ start, counted, makeup, weekend, holiday,
    suspended, moved, off, over; ``mark`` is the text inside."""

    date: date
    kind: str
    mark: str
    spoken: str
    past: bool
    today: bool
    due: bool
    stopped: bool

    @property
    def column(self) -> int:
        """1 (Monday) to 7 (Sunday)."""
        return self.date.isoweekday()

    @property
    def caption(self) -> str:
        """What stands under the square: the day of the month."""
        return str(self.date.day)


@dataclass(frozen=True)
class Week:
    """Monday to Sunday, as far as the limit reaches; ``label`` names the month where it begins or changes."""

    label: str
    squares: list[Square] = field(default_factory=list)


@dataclass(frozen=True)
class Strip:
    """What ``clock_strip.html`` draws."""

    weeks: list[Week]
    legend: list[tuple[str, str]]
    long: bool
    summary: str
    basis: str
    due: date | None
    left: int | None
    left_text: str
    note: str
    light: str
    stopped: date | None


def _get(source: Any, name: str, default: Any = None) -> Any:
    return source.get(name, default) if isinstance(source, dict) else getattr(source, name, default)


def _as_day(value: Any) -> date | None:
    if isinstance(value, str) and value:
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return now.local(value).date() if value.tzinfo else value.date()
    return value if isinstance(value, date) else None


_KINDS = {
    "start": "start",
    "workday": "counted",
    "day": "counted",
    "makeup": "makeup",
    "weekend": "weekend",
    "holiday": "holiday",
    "suspended": "suspended",
    "moved": "moved",
    "closed": "off",
}


def _kind(line: Any, day: date) -> str:
    """The square's kind from the line's, and for lines without one from whether and on what day it counts."""
    known = _KINDS.get(str(_get(line, "kind", "") or ""))
    if known:
        return known
    if _get(line, "counted"):
        return "counted"
    return "weekend" if day.isoweekday() > 5 else "off"


def _short(reason: str) -> str:
    """Two signs of a reason for the square: 春节 → 春节, 国庆节、中秋节 → 国庆, 中止：听证（…） → 听证."""
    return reason.rpartition("：")[2].strip("“”《》（）()")[:2]


def _spoken(day: date, kind: str, reason: str) -> str:
    head = f"{day.month}月{day.day}日 星期{_WEEKDAYS[day.weekday()]}"
    words = {
        "start": "起算当日，不计入",
        "counted": "计入",
        "makeup": "调休上班，计入",
        "weekend": "周末",
        "over": "超期",
    }
    skipped = "，不计入" if kind in ("weekend", "holiday", "suspended") and "不计" not in reason else ""
    return f"{head}，{reason or words.get(kind, '不计入')}{skipped}"


def _over(due: date | None, left: int | None, until: date) -> list[tuple[date, str, str, None]]:
    """The days behind the due date of a limit that was missed."""
    if due is None or left is None or left >= 0 or until <= due:
        return []
    shown = min((until - due).days, OVER_SHOWN)
    return [(due + timedelta(days=i), "over", "", None) for i in range(1, shown + 1)]


def _squares(
    lines: list[tuple[date, str, str, int | None]], due: date | None, today: date, stopped: date | None
) -> list[Square]:
    squares, before = [], ("", "")
    for day, kind, reason, number in lines:
        first = (kind, reason) != before
        mark = {"start": "始", "moved": "顺"}.get(kind, "")
        if kind in ("counted", "makeup"):
            mark = str(number or "")
        elif kind in ("holiday", "suspended") and (first or day.isoweekday() == 1):
            mark = _short(reason)
        before = (kind, reason)
        is_today = day == today and stopped is None
        notes = [note for note, on in (("今天", is_today), ("到期日", day == due), ("办结", day == stopped)) if on]
        spoken = "，".join([_spoken(day, kind, reason), *notes])
        squares.append(Square(day, kind, mark, spoken, day < (stopped or today), is_today, day == due, day == stopped))
    return squares


def _weeks(squares: Iterable[Square]) -> list[Week]:
    weeks: list[Week] = []
    monday, month = None, 0
    for square in squares:
        begins = square.date - timedelta(days=square.column - 1)
        if begins != monday:
            monday = begins
            year = f"{square.date.year}年" if not weeks or square.date.year != weeks[-1].squares[-1].date.year else ""
            weeks.append(Week(f"{year}{square.date.month}月" if square.date.month != month else ""))
            month = square.date.month
        weeks[-1].squares.append(square)
    return weeks


_LEGEND = [
    ("start", "起算当日"),
    ("counted", "计入"),
    ("makeup", "调休上班，计入"),
    ("weekend", "周末"),
    ("holiday", "节假日"),
    ("suspended", "暂停计时"),
    ("moved", "顺延"),
    ("off", "不计入"),
    ("over", "超期"),
]


def strip_of(explanation: Any, today: Any = None) -> Strip:
    """The strip for an explanation (see the tag ``clock_strip`` for its shape). No days at all make an empty strip."""
    at = _as_day(today) or now.today()
    due = _as_day(_get(explanation, "last_day")) or _as_day(_get(explanation, "due"))
    stopped, left = _as_day(_get(explanation, "stopped")), _get(explanation, "left")
    state = str(_get(explanation, "state", "") or "")
    lines: list[tuple[date, str, str, int | None]] = []
    for line in _get(explanation, "days", ()) or ():
        day = _as_day(_get(line, "date"))
        if day is not None:
            lines.append((day, _kind(line, day), str(_get(line, "reason", "") or ""), _get(line, "number")))
    lines += _over(due, left, stopped or at) if lines else []
    squares = _squares(lines, due, at, stopped)
    used = {square.kind for square in squares}
    legend = [item for item in _LEGEND if item[0] in used]
    legend += [("today", "今天")] if any(s.today for s in squares) else []
    legend += [("due", "到期日")] if any(s.due for s in squares) else []
    word = str(_get(explanation, "word", "") or "个工作日")
    light = str(_get(explanation, "light", "") or "")
    return Strip(
        weeks=_weeks(squares),
        legend=legend,
        long=len(squares) > LONG,
        due=due,
        left=left,
        stopped=stopped,
        summary=str(_get(explanation, "summary", "") or ""),
        basis=str(_get(explanation, "basis", "") or ""),
        left_text=_left_text(state, left, word, due),
        note=str(_get(explanation, "note", "") or ""),
        light=light if state in ("", "running") else "off" if state in ("suspended", "stopped") else "",
    )


def _left_text(state: str, left: int | None, word: str, due: date | None) -> str:
    """The big words above the strip: what is left, or why nothing runs."""
    if state == "stopped":
        return "已停止计时"
    if state == "planned" and due:
        return f"{due.year}年{due.month}月{due.day}日到期"
    if left is None:
        return ""
    return ("已暂停，" if state == "suspended" else "") + left_days(left, word)
