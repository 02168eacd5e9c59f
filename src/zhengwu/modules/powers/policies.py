"""Who may see a power, draft a change of it, and stand at which gate."""

from django.db.models import Q

from zhengwu.kernel.directory.api import Actor, Role
from zhengwu.kernel.directory.models import Unit
from zhengwu.kernel.matters.models import Power, PowerVersion
from zhengwu.kernel.matters.models.power import PowerQuerySet, PowerVersionQuerySet

State = PowerVersion.State
JUSTICE = "司法局"
"""The organ whose legal officers examine lists (合法性审查) is known by its name in the directory."""
DRAFTERS = (Role.OFFICER, Role.HEAD, Role.LEADER)


def justice_divisions(actor: Actor) -> list[str]:
    """Divisions for which ``actor`` is legal officer of the justice bureau."""
    return sorted({p.division for p in actor.posts if p.role == Role.LEGAL and JUSTICE in p.unit_name})


def staffing_divisions(actor: Actor) -> list[str]:
    """Divisions whose staffing office (编办) ``actor`` works in."""
    return sorted({p.division for p in actor.posts if p.role == Role.STAFFING})


def gate_divisions(actor: Actor) -> list[str]:
    return sorted({*justice_divisions(actor), *staffing_divisions(actor)})


def inspector_q(actor: Actor) -> Q:
    """What inspectors and auditors of an area see."""
    rule = Q(pk__in=[])
    for prefix in actor.division_prefixes(Role.INSPECTOR):
        rule |= Q(division__code__startswith=prefix)
    return rule


def visible_to(actor: Actor) -> PowerQuerySet:
    """Powers the actor may read: the public list; for staff also inner ones that were published; drafts for the
    unit itself and the gates of its division."""
    rows = Power.objects.all()
    public = Q(openness=Power.Openness.PUBLISHED, valid_from__isnull=False)
    if not actor.is_staff:
        return rows.filter(public)
    own = Q(unit_id__in=actor.unit_ids(*DRAFTERS, Role.LEGAL)) | Q(division_id__in=gate_divisions(actor))
    leads = Q(leader_unit_id__in=actor.unit_ids(Role.LEADER))
    return rows.filter(Q(valid_from__isnull=False) | own | leads | inspector_q(actor))


def versions_visible_to(actor: Actor) -> PowerVersionQuerySet:
    """Changes: published ones as the power itself; those on their way for the unit and the gates only."""
    rows = PowerVersion.objects.all()
    readable = Q(state=State.PUBLISHED, power__in=visible_to(actor).values("pk"))
    if not actor.is_staff:
        return rows.filter(readable)
    own = (Q(power__unit_id__in=actor.unit_ids(*DRAFTERS, Role.LEGAL))
           | Q(power__division_id__in=gate_divisions(actor))
           | Q(content__leader_unit__in=actor.unit_ids(Role.LEADER)))
    return rows.filter(readable | own)


def waiting_for(actor: Actor) -> PowerVersionQuerySet:
    """Changes that stand at a gate the actor keeps."""
    rule = (Q(state=State.LEGAL, power__division_id__in=justice_divisions(actor))
            | Q(state__in=[State.STAFFING, State.APPROVED], power__division_id__in=staffing_divisions(actor))
            | Q(state=State.LEADER, content__leader_unit__in=actor.unit_ids(Role.LEADER)))
    return PowerVersion.objects.filter(rule)


def may_draft(actor: Actor, unit: Unit) -> bool:
    """Officers, heads and leaders draft for their own unit."""
    return actor.has_role(*DRAFTERS, unit_id=unit.pk)


def may_submit(actor: Actor, version: PowerVersion) -> bool:
    """A head or leader sends it to the gates."""
    return version.state == State.DRAFT and actor.has_role(Role.HEAD, Role.LEADER, unit_id=version.power.unit_id)


def may_review(actor: Actor, version: PowerVersion) -> bool:
    """The keeper of the gate at which it stands; nobody who drafted it or has kept another gate of it."""
    if actor.account_id in {version.drafted_by_id, *version.reviewed_by}:
        return False
    division = version.power.division_id
    if version.state == State.LEGAL:
        return division in justice_divisions(actor)
    if version.state == State.STAFFING:
        return division in staffing_divisions(actor)
    return version.state == State.LEADER and actor.has_role(Role.LEADER, unit_id=version.content["leader_unit"] or 0)


def may_publish(actor: Actor, version: PowerVersion) -> bool:
    return version.state == State.APPROVED and version.power.division_id in staffing_divisions(actor)
