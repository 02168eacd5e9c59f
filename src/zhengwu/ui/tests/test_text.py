"""Dates, money and durations as civil servants write them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from zhengwu.ui.tags import text

MOMENT = datetime(2026, 3, 12, 16, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("function", "value", "shown"),
    [
        (text.cn_date, date(2026, 3, 13), "2026年3月13日"),
        (text.cn_date, MOMENT, "2026年3月13日"),
        (text.cn_date, "2026-03-13", "2026年3月13日"),
        (text.cn_date, "no day", ""),
        (text.cn_date, None, ""),
        (text.cn_day, date(2026, 3, 13), "3月13日"),
        (text.cn_weekday, date(2026, 3, 13), "星期五"),
        (text.iso_date, MOMENT, "2026-03-13"),
        (text.cn_datetime, MOMENT, "2026年3月13日 00:05"),
        (text.cn_datetime, date(2026, 3, 13), "2026年3月13日"),
        (text.iso_datetime, MOMENT, "2026-03-13 00:05"),
        (text.money, Decimal("1200"), "¥1,200.00"),
        (text.money, "-0.5", "-¥0.50"),
        (text.money, None, ""),
        (text.money, "much", ""),
        (text.money, 0, "¥0.00"),
        (text.left_days, 3, "还剩3个工作日"),
        (text.left_days, 0, "今天到期"),
        (text.left_days, -2, "已超期2个工作日"),
        (text.left_days, None, ""),
        (text.thousands, 30000, "30,000"),
        (text.percent, 0.612, "61.2%"),
        (text.percent, None, "—"),
        (text.mask_name, "王晓明", "王**"),
        (text.mask_phone, "13812348000", "138****8000"),
        (text.mask_id, None, ""),
    ],
)
def test_filters(function, value, shown: str) -> None:
    assert function(value) == shown


def test_other_units() -> None:
    assert text.left_days(3, "天") == "还剩3天"
    assert text.left_days(0, "小时") == "不足1小时"
