"""Writing the index: one statement for one thing or for a thousand, in the caller's transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db import connection
from pypinyin import Style, lazy_pinyin

from zhengwu.kernel.search.models import Document
from zhengwu.lib import ngrams
from zhengwu.lib.now import now

EXCERPT = 2_000
"""Characters of the body kept for the extract under a hit; the whole body is searchable all the same."""
_CHUNK = 500

_UPSERT = """
INSERT INTO search_document
  (kind, key, title, body, url, public, unit_id, division, at, initials, vector)
SELECT kind, key, title, body, url, public, unit_id, division, at, initials, vector::tsvector
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::boolean[], %s::bigint[], %s::text[],
            %s::timestamptz[], %s::text[], %s::text[])
  AS t(kind, key, title, body, url, public, unit_id, division, at, initials, vector)
ON CONFLICT (kind, key) DO UPDATE SET
  title = excluded.title, body = excluded.body, url = excluded.url, public = excluded.public,
  unit_id = excluded.unit_id, division = excluded.division, at = excluded.at, initials = excluded.initials,
  vector = excluded.vector
"""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to be found.

    ``kind`` and ``key`` name it once; ``public`` shows it to everybody, otherwise it is shown to people with a post at
    ``unit_id`` only; ``division`` is an area code; ``at`` orders hits (aware; None = now); ``suggest`` offers the
    title while somebody types.
    """

    kind: str
    key: str
    title: str
    url: str
    body: str = ""
    public: bool = False
    unit_id: int | None = None
    division: str = ""
    at: datetime | None = None
    suggest: bool = False


def index(
    *,
    kind: str,
    key: str,
    title: str,
    url: str,
    body: str = "",
    public: bool = False,
    unit_id: int | None = None,
    division: str = "",
    at: datetime | None = None,
    suggest: bool = False,
) -> None:
    """Puts one thing into the index, or brings it up to date; fields as in ``Item``."""
    index_many([Item(kind, key, title, url, body, public, unit_id, division, at, suggest)])


def index_many(items: Iterable[Item]) -> int:
    """The same for many, 500 a statement; a key given twice keeps its last. Returns how many were written."""
    written = 0
    stream = iter(items)
    while chunk := list(islice(stream, _CHUNK)):
        rows = [_row(item) for item in {(item.kind, item.key): item for item in chunk}.values()]
        with connection.cursor() as cursor:
            cursor.execute(_UPSERT, [list(column) for column in zip(*rows, strict=True)])
        written += len(rows)
    return written


def remove(kind: str, key: str) -> None:
    """Takes a thing out of the index; no error when it is not there."""
    Document.objects.filter(kind=kind, key=key).delete()


def initials_of(title: str) -> str:
    """``食品经营许可`` → ``spjyxk``: first letters of the reading; Latin letters and digits stay, the rest goes."""
    letters = lazy_pinyin(title, style=Style.FIRST_LETTER, errors="default")
    return "".join(c for c in "".join(letters).lower() if c.isascii() and c.isalnum())[:80]


def _row(item: Item) -> tuple[str | bool | int | datetime | None, ...]:
    title, body = _storable(item.title), _storable(item.body)
    return (
        item.kind,
        item.key,
        title[:300],
        body[:EXCERPT],
        item.url,
        item.public,
        item.unit_id,
        item.division,
        item.at or now(),
        initials_of(title) if item.suggest else "",
        ngrams.vector(title, body),
    )


def _storable(text: str) -> str:
    """PostgreSQL cannot keep the character NUL."""
    return text.replace("\x00", "")
