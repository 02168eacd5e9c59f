"""The gates: the department sends, the justice bureau examines the law, the staffing office the list, the leader
in charge approves what is the government's own; and back, with the reason."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q

from zhengwu.kernel.directory.api import Actor, Role
from zhengwu.kernel.directory.models import Appointment
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.kernel.matters.models import PowerVersion
from zhengwu.kernel.notifications.api import Message, notify_many
from zhengwu.lib import now
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound
from zhengwu.lib.uploads import refuse_secret_text
from zhengwu.modules.powers.content import faults
from zhengwu.modules.powers.policies import JUSTICE, may_draft, may_review, may_submit, versions_visible_to
from zhengwu.modules.powers.services.draft import signed

State = PowerVersion.State
OPINION_MAX = 500


def locked(version_id: int, by: Actor) -> PowerVersion:
    """The change, held for this transaction, if ``by`` may see it. Raises NotFound."""
    visible = versions_visible_to(by).filter(pk=version_id).values("pk")
    version = (PowerVersion.objects.select_for_update(of=("self",)).select_related("power__unit")
               .filter(pk__in=visible).first())
    if version is None:
        raise NotFound("no-such-change", "没有这项变动，或者您无权查看", "no such change for you")
    return version


@transaction.atomic
def submit(*, version_id: int, by: Actor) -> PowerVersion:
    """Sends a draft to the legal gate. Raises Denied, Conflict (no draft), Invalid (what is missing, by field)."""
    version = locked(version_id, by)
    if version.state != State.DRAFT:
        raise Conflict("not-a-draft", f"已经送审，现为{version.get_state_display()}", "it has been sent already")
    if not may_submit(by, version):
        raise Denied("head-needed", f"由{version.power.unit.name}的审核人或分管领导送审", "a head or leader sends it")
    if version.change in (PowerVersion.Change.NEW, PowerVersion.Change.CHANGE):
        missing = faults(version.content)
        if missing:
            raise Invalid(missing)
    return _move(version, State.LEGAL, "power.submitted", by, "")


@transaction.atomic
def review(*, version_id: int, passes: bool, opinion: str, by: Actor) -> PowerVersion:
    """Lets it through the gate at which it stands, or sends it back to the department. A return needs an opinion."""
    version = locked(version_id, by)
    if version.state not in (State.LEGAL, State.STAFFING, State.LEADER):
        raise Conflict("at-no-gate", f"现为{version.get_state_display()}，没有需要审核的", "it stands at no gate")
    if not may_review(by, version):
        raise Denied("not-your-gate", "这一关不由您把，或者您已经在别的环节办理过它", "you do not keep this gate")
    words = opinion.strip()
    if not passes and not words:
        raise Invalid({"opinion": "退回要写明哪里不符合、应当怎样改"})
    if len(words) > OPINION_MAX:
        raise Invalid({"opinion": f"意见不超过{OPINION_MAX}字，现有{len(words)}字"})
    refuse_secret_text(words, field="opinion")
    if not passes:
        version.reviewed_by = []
        return _move(version, State.DRAFT, "power.returned", by, words)
    if by.account_id is not None:
        version.reviewed_by = [*version.reviewed_by, by.account_id]
    gate = version.state
    return _move(version, _after(version), f"power.passed_{gate}", by, words)


def _after(version: PowerVersion) -> str:
    """The next gate: powers of the government and inner powers also go to the leader in charge."""
    if version.state == State.LEGAL:
        return State.STAFFING
    content = version.content
    leads = content["government"] or content["type"] >= "61"
    return State.LEADER if version.state == State.STAFFING and leads else State.APPROVED


@transaction.atomic
def drop(*, version_id: int, by: Actor) -> PowerVersion:
    """The department takes a change back that has not been published."""
    version = locked(version_id, by)
    if version.state not in PowerVersion.OPEN:
        raise Conflict("not-open", f"现为{version.get_state_display()}，不能撤回", "it is not open any more")
    if not may_draft(by, version.power.unit):
        raise Denied("not-your-unit", "只有编制单位可以撤回", "only the drafting unit takes it back")
    return _move(version, State.DROPPED, "power.dropped", by, "")


def _move(version: PowerVersion, to: str, kind: str, by: Actor, opinion: str) -> PowerVersion:
    version.state, version.opinion, version.changed_at = to, opinion, now.now()
    version.save(update_fields=["state", "opinion", "changed_at", "reviewed_by"])
    append(version.power.stream, signed(by), [Entry(kind, {
        "version": version.number, "change": version.change, "opinion": opinion})])
    notify_many(_messages(version, kind))
    return version


def _messages(version: PowerVersion, kind: str) -> Iterable[Message]:
    words = f"“{version.power.name}”{version.get_change_display()}：{version.get_state_display()}"
    for account in holders(version):
        yield Message(account, words[:200], f"{version.power.stream}:{version.number}:{kind}:{account}:"
                      f"{version.changed_at:%Y%m%d%H%M%S%f}", version.opinion, f"/desk/powers/changes/{version.pk}/")


def holders(version: PowerVersion) -> list[int]:
    """Accounts whose turn it is now; after the last gate also the one who drafted it."""
    posts = Appointment.objects.filter(Q(valid_to=None) | Q(valid_to__gt=now.today()), valid_from__lte=now.today())
    division = version.power.division_id
    if version.state == State.LEGAL:
        posts = posts.filter(role=Role.LEGAL, unit__division_id=division, unit__name__contains=JUSTICE)
    elif version.state in (State.STAFFING, State.APPROVED):
        posts = posts.filter(role=Role.STAFFING, unit__division_id=division)
    elif version.state == State.LEADER:
        posts = posts.filter(role=Role.LEADER, unit_id=version.content["leader_unit"])
    else:
        return [version.drafted_by_id] if version.drafted_by_id else []
    return sorted(set(posts.values_list("account_id", flat=True)))
