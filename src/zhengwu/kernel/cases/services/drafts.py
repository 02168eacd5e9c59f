"""Drafts: what an applicant has filled in so far, kept until submitted or thrown away."""

from collections.abc import Mapping
from typing import Any

from zhengwu.kernel.cases.models import Draft
from zhengwu.kernel.cases.services.open import new_key
from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.now import now
from zhengwu.lib.problem import Denied
from zhengwu.lib.uploads import refuse_secret_text

_MAX = 200


def _owner(by: Actor) -> int:
    if by.account_id is None:
        raise Denied("sign-in-needed", "请先登录", "sign in first")
    return by.account_id


def save_draft(
    *, matter: Matter, by: Actor, form: Mapping[str, Any] | None = None, files: Mapping[str, str] | None = None
) -> Draft:
    """Keeps what is given as typed (unchecked, but never with a secret mark); creates the draft when there is none."""
    for value in (form or {}).values():
        refuse_secret_text(str(value), field="form")
    draft, _ = Draft.objects.get_or_create(
        account_id=_owner(by), matter=matter, defaults={"key": new_key(), "updated_at": now()}
    )
    if form is not None:
        draft.form = {k: v for k, v in list(form.items())[:_MAX]}
    if files is not None:
        draft.files = dict(list(files.items())[:_MAX])
    draft.updated_at = now()
    draft.save()
    return draft


def discard_draft(*, matter: Matter, by: Actor) -> None:
    """Throws a draft away; its uploads go with the next sweep (``attach.forget_unused``)."""
    Draft.objects.filter(account_id=_owner(by), matter=matter).delete()
