"""传阅: a case is given to colleagues to read; each reading leaves a receipt."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F, QuerySet

from zhengwu.kernel.cases.models import Case, Circulation
from zhengwu.kernel.cases.people import colleague, colleagues
from zhengwu.kernel.cases.services.verb import Done, Field, Offer, Scene, begin, finish, tell_people
from zhengwu.kernel.directory.api import WORKERS, Actor
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.lib.now import now
from zhengwu.lib.problem import Denied, Invalid, NotFound
from zhengwu.lib.uploads import refuse_secret_text

CODE, LABEL = "circulate", "传阅"
NOTE_MAX = 200
MOST = 20


def offer(scene: Scene) -> Offer | None:
    if not _may(scene.actor, scene.case):
        return None
    people = colleagues(scene.case, scene.step, [scene.actor.account_id])
    if not people:
        return None
    fields = (
        Field("readers", "传阅给", "many", True, people, help=f"可多选，一次最多{MOST}人"),
        Field("opinion", "说明", "textarea", max_length=NOTE_MAX),
    )
    return Offer(CODE, LABEL, fields)


def _may(actor: Actor, case: Case) -> bool:
    """Whoever works in a unit that takes part in the case."""
    return bool(set(actor.unit_ids(*WORKERS)) & set(case.unit_ids))


@transaction.atomic
def circulate(
    *, step_id: int, readers: Sequence[str | int], by: Actor, opinion: str = "", revision: int | None = None
) -> Done:
    """Lets ``readers`` (account ids) see the case and asks them to read it; who still has it unread is not asked twice.

    Open and closed cases alike. Raises NotFound, Denied, Stale, Invalid.
    """
    deed = begin(step_id, by, "circulate", opinion=opinion, revision=revision)
    case = deed.case
    if not _may(by, case) or by.account_id is None:
        raise Denied("not-yours", "参与办理的单位的人员才能传阅", "only those who work on the case circulate it")
    if not readers or len(readers) > MOST:
        raise Invalid({"readers": f"请选择传阅对象，一次最多{MOST}人"})
    if len(opinion) > NOTE_MAX:
        raise Invalid({"opinion": f"说明不超过{NOTE_MAX}字"})
    accounts = {a.pk: a for a in (colleague(case, reader, "readers") for reader in readers)}
    unread = set(case.circulations.filter(reader__in=accounts, read_at=None).values_list("reader_id", flat=True))
    asked = by.by()
    new = [a for pk, a in accounts.items() if pk not in unread]
    Circulation.objects.bulk_create(
        Circulation(
            case=case,
            reader=account,
            sender_id=by.account_id,
            sender_label=f"{asked.unit} {asked.label}".strip(),
            note=deed.opinion,
            at=deed.at,
        )
        for account in new
    )
    names = "、".join(a.name for a in accounts.values())
    done = finish(deed, "case.circulated", LABEL, to_label=names, readers=[f"account:{a.pk}" for a in new])
    tell_people(deed, [a.pk for a in new], f"请阅：{case.title}", "read", deed.opinion)
    return done


def circulated_to(actor: Actor) -> QuerySet[Circulation]:
    """What was given to the actor to read: unread first, then newest first."""
    rows = Circulation.objects.filter(reader_id=actor.account_id or 0).select_related("case")
    return rows.order_by(F("read_at").desc(nulls_first=True), "-id")


def unread_circulations(actor: Actor) -> int:
    return Circulation.objects.filter(reader_id=actor.account_id or 0, read_at=None).count()


@transaction.atomic
def mark_read(*, circulation_id: int, by: Actor, answer: str = "") -> Circulation:
    """The reader's receipt, with a word of answer if they wish; the first one stands. Raises NotFound, Invalid."""
    row = Circulation.objects.filter(pk=circulation_id, reader_id=by.account_id or 0).first()
    if row is None:
        raise NotFound("no-such-circulation", "没有这份传阅", "no such circulation")
    answer = answer.strip()
    if len(answer) > NOTE_MAX:
        raise Invalid({"answer": f"阅读意见不超过{NOTE_MAX}字"})
    refuse_secret_text(answer, field="answer")
    case = Case.objects.select_for_update().get(pk=row.case_id)
    row.refresh_from_db()
    if row.read_at is not None:
        return row
    row.read_at, row.answer = now(), answer
    row.save(update_fields=["read_at", "answer"])
    append(case.number, by.by(), [Entry("case.read", {"label": "已阅", "step": "传阅"})], at=row.read_at)
    return row
