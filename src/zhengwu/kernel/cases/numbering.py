"""Numbers of documents: gap-free within a series and year."""

from datetime import datetime

from django.db import connection

from zhengwu.lib.now import local


def next_number(series: str, at: datetime) -> str:
    """The next number of a series, as 临溪市监受〔2026〕7号; its row stays locked until the transaction ends."""
    year = local(at).year
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into cases_series (key, last) values (%s, 1) "
            "on conflict (key) do update set last = cases_series.last + 1 returning last",
            [f"{series}〔{year}〕"],
        )
        (number,) = cursor.fetchone()
    return f"{series}〔{year}〕{number}号"
