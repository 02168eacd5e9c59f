"""Finding: permission is part of the query, the work is bounded however frequent the words are.

First at most ``BOUND`` + 1 matches are fetched by the text index alone. If they fit, they are counted and sorted (found
in the title first, then newest). If not, the words are frequent: the newest matches are looked for from the newest
document backwards, within ``WINDOW`` documents; only if these do not fill the page all matches are sorted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.search.indexing import initials_of
from zhengwu.lib import ngrams
from zhengwu.lib.problem import Problem

BOUND = 1_000
WINDOW = 4_000
SNIPPET = 120
MAX_LIMIT = 100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMNS = "id, kind, key, title, body, url, division, at"


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found. ``title_html`` and ``snippet`` are safe HTML with <mark> around what was searched for."""

    id: int
    kind: str
    key: str
    title: str
    url: str
    division: str
    at: datetime
    title_html: SafeString
    snippet: SafeString


@dataclass(frozen=True, slots=True)
class Hits:
    """A page of hits. ``next`` is the cursor of the following page ("" at the end)."""

    rows: list[Hit]
    more: bool
    total: int
    total_text: str
    next: str


@dataclass(frozen=True, slots=True)
class _Wanted:
    text: str
    where: str
    params: list[Any]


def search(
    text: str,
    *,
    kinds: Sequence[str] | None = None,
    actor: Actor | None = None,
    division: str | None = None,
    limit: int = 20,
    before: str | None = None,
) -> Hits:
    """What ``actor`` (None = the public) may see of the things that contain every word of ``text``.

    ``division`` is the beginning of an area code (``Division.prefix``): the area and everything in it. ``before`` is
    the ``next`` of the page before. ``total`` is exact up to 1,000; beyond that ``total_text`` says 超过1000条.
    """
    query = ngrams.query(text)
    if not query:
        return Hits([], False, 0, "0条", "")
    limit = max(1, min(limit, MAX_LIMIT))
    wanted = _wanted(text, query, kinds, actor, division)
    cursor = _parse(before)
    total, rows = _bounded(wanted, ngrams.query(text, title_only=True), limit, cursor)
    frequent = total > BOUND
    if frequent:
        rows = _newest(wanted, limit, cursor)
    more = len(rows) > limit
    rows = rows[:limit]
    last = f"{int(rows[-1][-1])}.{_micros(rows[-1][7])}.{rows[-1][0]}" if more else ""
    total_text = f"超过{BOUND}条" if frequent else f"{total}条"
    return Hits([_hit(row, text) for row in rows], more, min(total, BOUND), total_text, last)


def suggest(
    prefix: str, *, kinds: Sequence[str] | None = None, division: str | None = None, limit: int = 8
) -> list[Hit]:
    """Titles of public things that begin with what was typed, contain it, or whose pinyin initials begin with it."""
    typed = prefix.strip()[:40]
    if not typed:
        return []
    letters = initials_of(typed) if typed.isascii() else ""
    like = _like(typed)
    where = ["public", "initials <> ''", "(title ILIKE %s OR (%s <> '' AND initials LIKE %s))"]
    params: list[Any] = [f"%{like}%", letters, f"{_like(letters)}%"]
    if kinds is not None:
        where.append("kind = ANY(%s)")
        params.append(list(kinds))
    if division:
        where.append("division LIKE %s")
        params.append(f"{_like(division)}%")
    sql = f"""
        SELECT {_COLUMNS}, true FROM search_document WHERE {" AND ".join(where)}
        ORDER BY (title ILIKE %s) DESC, length(title), title, id LIMIT %s"""  # noqa: S608 - fixed parts only
    return [_hit(row, typed) for row in _fetch(sql, [*params, f"{like}%", limit])]


def _wanted(
    text: str, query: str, kinds: Sequence[str] | None, actor: Actor | None, division: str | None
) -> _Wanted:
    where, params = ["vector @@ %s::tsquery"], [query]
    parts: list[Any] = params
    units = actor.unit_ids() if actor is not None else []
    if units:
        where.append("(public OR unit_id = ANY(%s))")
        parts.append(units)
    else:
        where.append("public")
    if kinds is not None:
        where.append("kind = ANY(%s)")
        parts.append(list(kinds))
    if division:
        where.append("division LIKE %s")
        parts.append(f"{_like(division)}%")
    return _Wanted(text, " AND ".join(where), parts)


def _bounded(
    wanted: _Wanted, title_query: str, limit: int, cursor: tuple[bool, datetime, int] | None
) -> tuple[int, list[tuple[Any, ...]]]:
    """How many match (at most BOUND + 1) and the wanted page of them, in one statement."""
    sql = f"""
        WITH m AS MATERIALIZED (
          SELECT id, at, vector @@ %s::tsquery AS titled FROM search_document WHERE {wanted.where} LIMIT {BOUND + 1}),
        p AS (
          SELECT id, titled FROM m WHERE (SELECT count(*) FROM m) <= {BOUND}
          AND (%s::boolean IS NULL OR (titled, at, id) < (%s, %s, %s))
          ORDER BY titled DESC, at DESC, id DESC LIMIT %s)
        SELECT d.id, d.kind, d.key, d.title, d.body, d.url, d.division, d.at, p.titled, n.total
        FROM (SELECT count(*) AS total FROM m) n LEFT JOIN p ON true LEFT JOIN search_document d ON d.id = p.id
        ORDER BY p.titled DESC, d.at DESC, d.id DESC"""  # noqa: S608 - fixed parts only
    titled, at, key = cursor if cursor is not None else (None, None, None)
    rows = _fetch(sql, [title_query, *wanted.params, titled, titled, at, key, limit + 1])
    return rows[0][-1], [row[:-1] for row in rows if row[0] is not None]


def _newest(wanted: _Wanted, limit: int, cursor: tuple[bool, datetime, int] | None) -> list[tuple[Any, ...]]:
    """The newest matches of frequent words, from the cursor on."""
    since, params = ("(at, id) < (%s, %s)", [cursor[1], cursor[2]]) if cursor is not None else ("true", [])
    window = f"""
        SELECT {_COLUMNS}, false FROM (
          SELECT * FROM search_document WHERE {since} ORDER BY at DESC, id DESC LIMIT {WINDOW}) w
        WHERE {wanted.where} ORDER BY at DESC, id DESC LIMIT %s"""  # noqa: S608 - fixed parts only
    rows = _fetch(window, [*params, *wanted.params, limit + 1])
    if len(rows) > limit:
        return rows
    every = f"""
        WITH m AS MATERIALIZED (SELECT id, at FROM search_document WHERE {wanted.where} AND {since}),
        p AS (SELECT id FROM m ORDER BY at DESC, id DESC LIMIT %s)
        SELECT {_COLUMNS}, false FROM search_document WHERE id IN (SELECT id FROM p)
        ORDER BY at DESC, id DESC"""  # noqa: S608 - fixed parts only
    return _fetch(every, [*wanted.params, *params, limit + 1])


def _fetch(sql: str, params: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def _hit(row: tuple[Any, ...], text: str) -> Hit:
    return Hit(
        id=row[0],
        kind=row[1],
        key=row[2],
        title=row[3],
        url=row[5],
        division=row[6],
        at=row[7],
        title_html=_marked(row[3], text),
        snippet=_marked(row[4], text, SNIPPET),
    )


def _marked(text: str, wanted: str, width: int = 0) -> SafeString:
    pieces = ngrams.highlight(text, wanted, width)
    html = "".join(
        f"<mark>{conditional_escape(piece)}</mark>" if found else conditional_escape(piece) for piece, found in pieces
    )
    return mark_safe(html)  # noqa: S308 - every piece was escaped above


def _like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


def _parse(before: str | None) -> tuple[bool, datetime, int] | None:
    if not before:
        return None
    try:
        titled, micros, key = (int(part) for part in before.split("."))
        if key >= 2**63:
            raise OverflowError
        return titled == 1, _EPOCH + timedelta(microseconds=micros), key
    except (ValueError, OverflowError):
        raise Problem("bad-cursor", "页码标记不正确，请从第一页重新开始。", "the cursor is malformed") from None
