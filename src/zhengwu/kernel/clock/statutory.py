"""The thirteen holidays the law itself fixes (全国年节及纪念日放假办法, in force 2025-01-01), without any
notice.

元旦 1, 春节 4 (除夕 to 初三), 清明 1, 劳动节 2, 端午 1, 中秋 1, 国庆 3. Which working days the yearly
notice moves is not in the law and is not guessed here: no make-up days, and nothing for holidays that
fall on a weekend. A limit reckoned so ends no later than after the notice adds days off, so nobody is
made to believe in more time.
"""

from datetime import date, timedelta

from lunar_python import Lunar, Solar


def statutory_days(year: int) -> dict[date, str]:
    """The 13 days of ``year`` (12 dates when 中秋 falls into 国庆) with the names people use, in order."""
    if not 1901 <= year <= 2099:
        raise ValueError("the lunar tables are trusted for 1901 to 2099")
    new_year = _lunar(year, 1, 1)
    days = {date(year, 1, 1): "元旦"}
    days |= {new_year + timedelta(days=i): "春节" for i in range(-1, 3)}
    days[_clear_and_bright(year)] = "清明节"
    days |= {date(year, 5, d): "劳动节" for d in (1, 2)}
    days[_lunar(year, 5, 5)] = "端午节"
    days |= {date(year, 10, d): "国庆节" for d in (1, 2, 3)}
    days.setdefault(_lunar(year, 8, 15), "中秋节")
    return dict(sorted(days.items()))


def _lunar(year: int, month: int, day: int) -> date:
    solar = Lunar.fromYmd(year, month, day).getSolar()
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


def _clear_and_bright(year: int) -> date:
    solar = Solar.fromYmd(year, 4, 1).getLunar().getJieQiTable()["清明"]
    return date(solar.getYear(), solar.getMonth(), solar.getDay())
