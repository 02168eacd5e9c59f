"""Moving running cases to another version (迁移): begun with what the preview showed, carried out case by case by the
worker, every case with its outcome."""

import logging
from collections.abc import Mapping

from django.db import transaction

from zhengwu.kernel.cases.api import Fate, migrate, preview_migration
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.directory.api import Actor, actor_of
from zhengwu.kernel.flow.models import Definition, Version
from zhengwu.lib.now import now
from zhengwu.lib.problem import Conflict, Invalid, NotFound, Problem
from zhengwu.lib.uploads import refuse_secret_text
from zhengwu.modules.charts.models import Transfer, TransferredCase
from zhengwu.modules.charts.policies import designer_id, require_designer
from zhengwu.modules.charts.services.drafts import append_to

log = logging.getLogger(__name__)
BATCH = 50
Outcome = TransferredCase.Outcome


@transaction.atomic
def start(*, source: Version, target: Version, mapping: Mapping[str, str], reason: str, by: Actor) -> Transfer:
    """Writes down every running case of ``source`` with the revision it has now; the worker does the rest.

    Raises Invalid (reason, mapping), Conflict (another migration of this chart runs; no case is left).
    """
    account = designer_id(by)
    words = reason.strip()
    if not words or len(words) > 200:
        raise Invalid({"reason": "请写明迁移的理由（200字以内）"})
    refuse_secret_text(words, field="reason")
    fates = preview_migration(version_from=source.pk, version_to=target.pk, mapping=mapping, by=by)
    Definition.objects.select_for_update().get(pk=source.definition_id)
    if Transfer.objects.filter(source__definition=source.definition_id, state=Transfer.State.RUNNING).exists():
        raise Conflict("transfer-runs", "这张流程图正有一次迁移在进行，请等它完成", "a migration is running")
    if not fates:
        raise Conflict("no-cases", f"第 {source.number} 版上没有在办的办件，不用迁移", "no case runs on that version")
    made = Transfer.objects.create(source=source, target=target, mapping=dict(mapping), reason=words,
                                   started_at=now(), started_by_id=account)
    ids = dict(Case.objects.filter(number__in=[f.number for f in fates]).values_list("number", "pk"))
    TransferredCase.objects.bulk_create(
        [TransferredCase(transfer=made, case_id=ids[f.number], seen=f.revision) for f in fates])
    append_to(source.definition, by, "flow.transfer-started",
              {"transfer": made.pk, "from": source.number, "to": target.number, "cases": len(fates), "reason": words})
    return made


@transaction.atomic
def stop(*, transfer_id: int, by: Actor) -> Transfer:
    """Ends a migration half-way: what was moved stays moved, the others stay on their version and are told so."""
    require_designer(by)
    found = Transfer.objects.select_for_update(of=("self",)).select_related("source__definition").filter(
        pk=transfer_id).first()
    if found is None:
        raise NotFound("no-such-transfer", "没有这次迁移", "no such migration")
    if found.state != Transfer.State.RUNNING:
        raise Conflict("transfer-over", "这次迁移已经结束", "the migration is over")
    found.cases.filter(outcome=Outcome.WAITING).update(
        outcome=Outcome.LEFT, note="迁移被停止，本件仍在原版本", at=now())
    _end(found, Transfer.State.STOPPED, by)
    return found


def carry_on(batch: int = BATCH) -> int:
    """Moves the next cases of all migrations that run; how many were dealt with. A worker killed half-way leaves
    nothing half-done: each case is one transaction, and the next worker goes on where it stopped."""
    done = 0
    for transfer in Transfer.objects.filter(state=Transfer.State.RUNNING).select_related(
            "source__definition", "target", "started_by").order_by("pk"):
        done += _carry_on(transfer, batch)
    return done


def _carry_on(transfer: Transfer, batch: int) -> int:
    actor = actor_of(transfer.started_by)
    rows = list(transfer.cases.filter(outcome=Outcome.WAITING).select_related("case")[:batch])
    for row in rows:
        _one(transfer, row, actor)
    if not rows:
        with transaction.atomic():
            held = Transfer.objects.select_for_update(of=("self",)).select_related("source__definition").get(
                pk=transfer.pk)
            if held.state == Transfer.State.RUNNING and not held.cases.filter(outcome=Outcome.WAITING).exists():
                _end(held, Transfer.State.DONE, actor)
    return len(rows)


def _one(transfer: Transfer, row: TransferredCase, actor: Actor) -> None:
    """One case; whatever happens is written at its row."""
    try:
        (fate,) = migrate(version_from=transfer.source_id, version_to=transfer.target_id, mapping=transfer.mapping,
                          by=actor, reason=transfer.reason, numbers=[row.case.number],
                          seen={row.case.number: row.seen})
        outcome, note = _told(fate)
    except Problem as problem:
        outcome, note = Outcome.OBSTACLE, problem.zh
    except Exception:
        log.exception("case %s could not be moved", row.case.number)
        outcome, note = Outcome.OBSTACLE, "迁移时系统出错，本件仍在原版本，请联系系统管理员"
    TransferredCase.objects.filter(pk=row.pk, outcome=Outcome.WAITING).update(
        outcome=outcome, note=note[:1000], at=now())


def _told(fate: Fate) -> tuple[str, str]:
    """The outcome and its words."""
    if fate.closed:
        return Outcome.GONE, "预览之后已经办结"
    if fate.moved and not fate.places:
        return Outcome.GONE, "预览之后已经换到别的版本"
    later = "预览之后有人办理过，已按现在的环节重新判断。" if fate.changed else ""
    if fate.obstacles:
        return Outcome.OBSTACLE, later + "；".join(dict.fromkeys(o.message for o in fate.obstacles))
    return Outcome.MOVED, later + "；".join(f"{p.name} → {p.to_name}" for p in fate.places)


def _end(transfer: Transfer, state: str, by: Actor) -> None:
    transfer.state, transfer.ended_at = state, now()
    transfer.save(update_fields=["state", "ended_at"])
    counts = {str(o): transfer.cases.filter(outcome=o).count() for o in Outcome}
    append_to(transfer.source.definition, by, f"flow.transfer-{state}", {"transfer": transfer.pk, **counts})
