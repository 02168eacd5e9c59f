"""From draft to published version: now, or on a day to come; and back."""

import logging
from datetime import date, timedelta

from django.db import transaction
from django.urls import reverse

from zhengwu.kernel.directory.api import SYSTEM, Actor, actor_of
from zhengwu.kernel.flow.api import publish as publish_version
from zhengwu.kernel.flow.api import rehearse
from zhengwu.kernel.flow.api import withdraw as withdraw_version
from zhengwu.kernel.flow.models import Definition, Version, VersionState
from zhengwu.kernel.notifications.api import notify
from zhengwu.lib.now import today
from zhengwu.lib.problem import Conflict, Invalid, NotFound, Problem
from zhengwu.lib.uploads import refuse_secret_text
from zhengwu.modules.charts.models import Draft
from zhengwu.modules.charts.policies import require_designer
from zhengwu.modules.charts.reading import read
from zhengwu.modules.charts.services.drafts import append_to, locked

log = logging.getLogger(__name__)
FURTHEST_DAYS = 366


@transaction.atomic
def release(*, draft_id: int, revision: int, note: str, on: date, by: Actor) -> Draft:
    """Publishes the draft today, or has it published when ``on`` begins. A matter runs on the version that is published
    when its case is opened; running cases stay where they are.

    Raises Invalid (note, day), Conflict (saved since it was looked at; grave findings; scenarios that fail).
    """
    draft = locked(draft_id, by)
    words, errors = note.strip(), {}
    if not words or len(words) > 500:
        errors["note"] = "请写明改了什么、为什么改（500字以内）"
    if not today() <= on <= today() + timedelta(days=FURTHEST_DAYS):
        errors["on"] = "生效日期须在今天到一年之内"
    if errors:
        raise Invalid(errors)
    refuse_secret_text(words, field="note")
    if draft.revision != revision:
        raise Conflict("draft-changed", "这份草稿在您核对之后又保存过，请重新核对", "the draft was saved since")
    refuse_unfit(draft)
    draft.note, draft.refusal = words, ""
    if on == today():
        return _publish(draft, by)
    draft.state, draft.effective_on, draft.changed_by_id = Draft.State.SCHEDULED, on, by.account_id
    draft.save(update_fields=["state", "effective_on", "note", "refusal", "changed_by"])
    append_to(draft.definition, by, "flow.scheduled", {"draft": draft.pk, "on": on.isoformat(), "note": words})
    return draft


def refuse_unfit(draft: Draft) -> None:
    """Raises Conflict while the linter has something grave to say, a scenario fails, or nothing would change."""
    reading = read(draft.xml)
    if not reading.runs:
        first = next(f for f in reading.findings if f.grave)
        raise Conflict("not-publishable", f"流程图有 {reading.grave} 处问题，不能发布：{first.message}",
                       "the chart has grave findings")
    if draft.scenarios and (failures := rehearse(draft.xml, draft.scenarios).failures):
        raise Conflict("scenario-fails", f"有 {len(failures)} 个情景走不通，不能发布：{failures[0]}", "scenario fails")
    current = draft.definition.versions.filter(state=VersionState.PUBLISHED).first()
    if current is not None and current.xml == draft.xml:
        raise Conflict("nothing-changed", f"草稿与第 {current.number} 版完全相同，没有可发布的内容", "nothing changed")


def _publish(draft: Draft, by: Actor) -> Draft:
    version = publish_version(key=draft.definition.key, xml=draft.xml, by=by.by(), title=read(draft.xml).title,
                              note=draft.note)
    draft.state, draft.published, draft.effective_on = Draft.State.PUBLISHED, version, today()
    draft.save(update_fields=["state", "published", "effective_on", "note", "refusal"])
    return draft


@transaction.atomic
def call_off(*, draft_id: int, by: Actor) -> Draft:
    """Takes a publication that has not begun back: the draft can be edited again."""
    draft = locked(draft_id, by, Draft.State.SCHEDULED)
    day, draft.state, draft.effective_on = draft.effective_on, Draft.State.EDITING, None
    draft.save(update_fields=["state", "effective_on"])
    append_to(draft.definition, by, "flow.schedule-withdrawn",
              {"draft": draft.pk, "on": day.isoformat() if day else ""})
    return draft


@transaction.atomic
def withdraw(*, key: str, reason: str, by: Actor) -> Version:
    """Takes the published version back; its cases run on. Raises Invalid without a reason, NotFound, Conflict."""
    require_designer(by)
    words = reason.strip()
    if not words or len(words) > 300:
        raise Invalid({"reason": "请写明停用的理由（300字以内）"})
    refuse_secret_text(words, field="reason")
    if not Definition.objects.filter(key=key).exists():
        raise NotFound("no-such-chart", "没有这张流程图", "no such chart")
    return withdraw_version(key=key, by=by.by(), reason=words)


def publish_due() -> int:
    """Publishes every draft whose day has come; how many. What cannot be published goes back to its designer with the
    reason, and holds nobody else up. Harmless when run twice or by two workers."""
    done = 0
    for pk in Draft.objects.filter(state=Draft.State.SCHEDULED, effective_on__lte=today()).values_list("pk", flat=True):
        done += _publish_one(pk)
    return done


@transaction.atomic
def _publish_one(draft_id: int) -> bool:
    draft = Draft.objects.select_for_update(of=("self",), skip_locked=True).select_related(
        "definition", "changed_by").filter(pk=draft_id, state=Draft.State.SCHEDULED, effective_on__lte=today()).first()
    if draft is None:
        return False
    actor = actor_of(draft.changed_by) if draft.changed_by else SYSTEM
    try:
        with transaction.atomic():
            refuse_unfit(draft)
            _publish(draft, actor)
        told = f"“{draft.definition.title}”已于今日生效"
    except Problem as problem:
        log.warning("draft %s was not published on its day: %s", draft_id, problem.code)
        draft = Draft.objects.select_related("definition", "changed_by").get(pk=draft_id)
        draft.state, draft.effective_on, draft.refusal = Draft.State.EDITING, None, problem.zh[:500]
        draft.save(update_fields=["state", "effective_on", "refusal"])
        append_to(draft.definition, actor, "flow.schedule-failed", {"draft": draft.pk, "code": problem.code})
        told = f"“{draft.definition.title}”到期没有发布：{problem.zh}"
    if draft.changed_by_id:
        notify(account_id=draft.changed_by_id, title="流程图生效", body=told, key=f"charts-due-{draft_id}-{today()}",
               url=reverse("charts:definition", args=[draft.definition.key]))
    return draft.state == Draft.State.PUBLISHED
