"""A chart with a past: 承诺件办理流程 as it ran in the weeks before, the version that replaced it while cases were on
the way, a draft with a mistake in it, and a new chart that begins next week."""

import json
from datetime import datetime, timedelta
from importlib.resources import files

from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.flow.api import published
from zhengwu.lib.now import local, today, travel
from zhengwu.modules.charts.services.drafts import begin, begin_from, save, save_scenarios
from zhengwu.modules.charts.services.release import release

KEY = "standard"
_FLOWS = files("zhengwu.modules.hall") / "flows"
_OLD_STEP = 'id="section_check" name="科室审核"'


def before(at: datetime) -> None:
    """Publishes, as of ``at``, the version on which the demo's cases are opened."""
    with travel(at):
        by = _designer()
        _release(_past(_shipped()), _past(_scenarios()), "科室审核由股长办理；预审时限 3 个工作日", by)


def after(now: datetime) -> None:
    """Puts the shipped version back two days before ``now``; then drafts. Cases stay where they are."""
    with travel(now - timedelta(days=2)):
        by = _designer()
        _release(_shipped(), _scenarios(), "“科室审核”并入“审核”；预审时限按行政许可法第三十二条改为 5 个工作日", by)
    with travel(now):
        _draft_with_mistake(by)
        _scheduled(by)


def _designer() -> Actor:
    return Account.objects.get(username="designer").actor


def _shipped() -> str:
    return (_FLOWS / f"{KEY}.bpmn").read_text(encoding="utf-8")


def _scenarios() -> str:
    return (_FLOWS / f"{KEY}.scenarios.json").read_text(encoding="utf-8")


def _past(text: str) -> str:
    """The file as it was: the step of the section had a name and id of its own, the first look took three days."""
    text = text.replace('id="approve" name="审核"', _OLD_STEP).replace('["approve"', '["section_check"')
    for attribute in ("sourceRef", "targetRef", "bpmnElement"):
        text = text.replace(f'{attribute}="approve"', f'{attribute}="section_check"')
    return text.replace('<zw:limit n="5" unit="WORKING_DAY"/>', '<zw:limit n="3" unit="WORKING_DAY"/>', 1)


def _release(xml: str, scenarios: str, note: str, by: Actor) -> None:
    draft = begin_from(version=published(KEY), by=by)
    draft = save(draft_id=draft.pk, revision=draft.revision, xml=xml, by=by)
    draft = save_scenarios(draft_id=draft.pk, revision=draft.revision, scenarios=json.loads(scenarios)["scenarios"],
                           by=by)
    release(draft_id=draft.pk, revision=draft.revision, note=note, on=today(), by=by)


def _draft_with_mistake(by: Actor) -> None:
    """What the designer is working on: the legal officer's step lost its post, and the linter says so."""
    draft = begin_from(version=published(KEY), by=by)
    xml = draft.xml.replace(' zw:role="legal"', "", 1).replace('name="审查"', 'name="实质审查"', 1)
    save(draft_id=draft.pk, revision=draft.revision, xml=xml, by=by)


def _scheduled(by: Actor) -> None:
    """A new chart that begins in a week."""
    draft = begin(key="window_service", title="窗口便民服务流程", by=by)
    release(draft_id=draft.pk, revision=draft.revision, note="窗口即来即办的便民服务，一步办结",
            on=local(draft.changed_at).date() + timedelta(days=7), by=by)
