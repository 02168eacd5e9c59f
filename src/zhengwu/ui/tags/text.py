"""Filters: dates, money and durations the way civil servants write them, and masked identifiers."""

from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.template import Library

from zhengwu.lib import identifiers, now

register = Library()
_WEEKDAYS = "一二三四五六日"


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return now.local(value).date() if value.tzinfo else value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, str) and value:
        try:
            return _day(datetime.fromisoformat(value))
        except ValueError:
            return None
    return None


def _moment(value: Any) -> datetime | None:
    if isinstance(value, str) and value:
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    return now.local(value) if value.tzinfo else value


@register.filter
def cn_date(value: Any) -> str:
    """2026年3月13日, for prose. Takes date, datetime (aware ones shown in China) or an ISO string; else ""."""
    day = _day(value)
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


@register.filter
def cn_day(value: Any) -> str:
    """3月13日, where the year is clear."""
    day = _day(value)
    return f"{day.month}月{day.day}日" if day else ""


@register.filter
def iso_date(value: Any) -> str:
    """2026-03-13, for tables."""
    day = _day(value)
    return day.isoformat() if day else ""


@register.filter
def due_day(value: Any) -> date | None:
    """The day people mean by a due moment: day-based limits end at 24:00, which is the next day's 0:00."""
    moment = _moment(value)
    return (moment - timedelta(microseconds=1)).date() if moment else None


@register.filter
def cn_weekday(value: Any) -> str:
    """星期五."""
    day = _day(value)
    return f"星期{_WEEKDAYS[day.weekday()]}" if day else ""


@register.filter
def cn_datetime(value: Any) -> str:
    """2026年3月13日 09:30 in China."""
    moment = _moment(value)
    return f"{cn_date(moment)} {moment:%H:%M}" if moment else cn_date(value)


@register.filter
def iso_datetime(value: Any) -> str:
    """2026-03-13 09:30 in China, for tables."""
    moment = _moment(value)
    return f"{moment:%Y-%m-%d %H:%M}" if moment else iso_date(value)


@register.filter
def money(value: Any) -> str:
    """¥1,200.00 from yuan (Decimal, int or numeric string); "" for None or what is no number."""
    if value is None or value == "":
        return ""
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return ""
    sign = "-" if amount < 0 else ""
    return f"{sign}¥{abs(amount):,.2f}"


@register.filter
def left_days(value: Any, unit: str = "个工作日") -> str:
    """还剩3个工作日 / 今天到期 / 已超期2个工作日 from a whole number; other units: ``{{ n|left_days:"天" }}``."""
    if value is None or value == "":
        return ""
    count = int(value)
    if count == 0:
        return "今天到期" if unit.endswith(("日", "天")) else f"不足1{unit}"
    return f"还剩{count}{unit}" if count > 0 else f"已超期{-count}{unit}"


@register.filter
def thousands(value: Any) -> str:
    """30,000 from a whole number; "" for None."""
    return "" if value is None or value == "" else f"{int(value):,}"


@register.filter
def percent(value: Any, digits: int = 1) -> str:
    """61.2% from a share between 0 and 1; — for None, because no cases is not nought per cent."""
    return "—" if value is None else f"{float(value) * 100:.{digits}f}%"


@register.filter
def mask_name(value: Any) -> str:
    """张**, by the house's one rule (``lib.identifiers``)."""
    return identifiers.mask_name(str(value)) if value else ""


@register.filter
def mask_id(value: Any) -> str:
    """Identity number with the birthday hidden."""
    return identifiers.mask_id(str(value)) if value else ""


@register.filter
def mask_phone(value: Any) -> str:
    """Telephone number with the middle hidden."""
    return identifiers.mask_phone(str(value)) if value else ""
