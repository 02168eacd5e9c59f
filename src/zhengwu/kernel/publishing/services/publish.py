"""Making something public, and taking it back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import IntegrityError, transaction

from zhengwu.kernel.directory.api import SYSTEM, Actor, Role
from zhengwu.kernel.ledger.api import By, Entry, append
from zhengwu.kernel.publishing.models import Publication
from zhengwu.kernel.search import api as search
from zhengwu.lib import canonical, now
from zhengwu.lib.problem import Denied, Invalid, NotFound
from zhengwu.lib.sm import sm3
from zhengwu.lib.uploads import refuse_secret_text

REASON_MAX = 300
MAY_WITHDRAW = (Role.EDITOR, Role.HEAD, Role.LEADER)
_SHOWN = ("title", "summary", "facts", "url", "unit_id", "division_id")


@transaction.atomic
def publish(*, kind: str, key: str, title: str, unit_id: int, division: str, summary: str = "", url: str = "",
            facts: Sequence[tuple[str, str]] = (), at: datetime | None = None, by: Actor = SYSTEM) -> Publication:
    """Makes public what ``kind`` and ``key`` name, with its ledger entry and its place in the search; once.

    ``division``: area code; ``facts``: pairs of label and text; ``url``: its own page, "" for ours; ``at``: aware.
    The same call again changes nothing; with other content it brings the publication up to date (another ledger
    entry, the first day stays). What was withdrawn stays withdrawn. Raises Problem (``secret-mark``).
    """
    for text in (title, summary, *(part for pair in facts for part in pair)):
        refuse_secret_text(text)
    moment = at or now.now()
    wanted = {"title": title[:300], "summary": summary, "facts": [list(pair) for pair in facts], "url": url,
              "unit_id": unit_id, "division_id": division}
    try:
        with transaction.atomic():
            row = Publication.objects.create(kind=kind, key=key, published_at=moment, **wanted)
    except IntegrityError:
        row = Publication.objects.select_for_update().get(kind=kind, key=key)
        if row.withdrawn_at is not None or all(getattr(row, name) == value for name, value in wanted.items()):
            return row
        for name, value in wanted.items():
            setattr(row, name, value)
        row.save(update_fields=_SHOWN)
        _record(row, "publication.changed", by, moment)
    else:
        _record(row, "publication.published", by, moment)
    _index(row)
    return row


def _signed(by: Actor) -> By:
    """Who did it, by id and unit: proofs of this stream are handed to everybody, names of staff are not."""
    full = by.by()
    return replace(full, label=full.unit or full.label)


def _record(row: Publication, kind: str, by: Actor, at: datetime) -> None:
    digest = sm3(canonical.dumps({"title": row.title, "summary": row.summary, "facts": row.facts})).hex()
    append(row.stream, _signed(by), [Entry(kind, {"title": row.title, "content_sm3": digest})], at=at)


def _index(row: Publication) -> None:
    body = "\n".join([row.summary, *(f"{label} {text}" for label, text in row.facts)])
    search.index(kind=f"publication.{row.kind}", key=row.key, title=row.title, url=row.url or f"/publicity/{row.pk}/",
                 body=body, public=True, unit_id=row.unit_id, division=row.division_id, at=row.published_at)


def may_withdraw(actor: Actor, publication: Publication) -> bool:
    """Whether ``actor`` is editor, head or leader of the unit that published it."""
    return actor.has_role(*MAY_WITHDRAW, unit_id=publication.unit_id)


@transaction.atomic
def withdraw(*, kind: str, key: str, reason: str, by: Actor, at: datetime | None = None) -> Publication:
    """Takes a publication off the lists and the search; its page says since when and why. Idempotent.

    Raises NotFound, Denied (see ``may_withdraw``; the system may), Invalid (no or too long a reason).
    """
    row = Publication.objects.select_for_update().filter(kind=kind, key=key).first()
    if row is None:
        raise NotFound("no-such-publication", "没有这条公开信息", "no such publication")
    if by.kind != "system" and not may_withdraw(by, row):
        raise Denied("not-the-publisher", "只有公开单位的信息员、审核人或分管领导可以撤下", "not the publishing unit")
    if row.withdrawn_at is not None:
        return row
    text = reason.strip()
    if not text or len(text) > REASON_MAX:
        raise Invalid({"reason": f"请写明撤下的原因，不超过{REASON_MAX}字"})
    refuse_secret_text(text, field="reason")
    row.withdrawn_at, row.withdrawn_reason = at or now.now(), text
    row.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    append(row.stream, _signed(by), [Entry("publication.withdrawn", {"title": row.title, "reason": text})],
           at=row.withdrawn_at)
    search.remove(f"publication.{row.kind}", row.key)
    return row
