"""The draft of an entry: kept as typed, until submitted or thrown away."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from zhengwu.kernel.cases.api import new_key
from zhengwu.kernel.cases.models import Mandate
from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.now import now
from zhengwu.lib.uploads import refuse_secret_text
from zhengwu.modules.counter.models import Taking
from zhengwu.modules.counter.people import Typed

_MAX = 200


def taking_of(*, account: Account, matter: Matter, mandate: Mandate | None = None) -> Taking | None:
    """What this account has typed so far for this matter (and this villager)."""
    return Taking.objects.filter(account=account, matter=matter, mandate=mandate).first()


@transaction.atomic
def save_taking(
    *,
    account: Account,
    matter: Matter,
    mandate: Mandate | None = None,
    person: Typed,
    form: Mapping[str, Any],
    papers: Mapping[str, Mapping[str, str]],
) -> Taking:
    """Keeps what is given as typed, unchecked but never with a secret mark. Raises Problem."""
    for value in form.values():
        refuse_secret_text(str(value), field="form")
    taking, _ = Taking.objects.get_or_create(
        account=account, matter=matter, mandate=mandate, defaults={"key": new_key(), "updated_at": now()}
    )
    taking.person_sealed = person.sealed()
    taking.form = dict(list(form.items())[:_MAX])
    taking.papers = {k: dict(v) for k, v in list(papers.items())[:_MAX]}
    taking.updated_at = now()
    taking.save()
    return taking


def drop_taking(*, account: Account, taking_id: int) -> None:
    """Throws a draft of one's own away; what was uploaded goes with the sweep of unused files."""
    Taking.objects.filter(account=account, pk=taking_id).delete()
