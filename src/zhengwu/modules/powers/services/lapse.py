"""A law ends: every power resting on it is flagged, and one that rests on nothing else stops."""

from datetime import date

from django.db import transaction

from zhengwu.kernel.directory.api import Actor, Role
from zhengwu.kernel.directory.models import Appointment
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.kernel.matters.models import Law, Power
from zhengwu.kernel.matters.powers import keep_basis_end
from zhengwu.kernel.notifications.api import Message, notify_many
from zhengwu.lib.problem import Denied, NotFound
from zhengwu.modules.powers.policies import gate_divisions
from zhengwu.modules.powers.services.draft import signed


@transaction.atomic
def lapse_law(*, law_id: int, on: date | None, by: Actor) -> list[Power]:
    """Says from which day a law no longer applies (None: it does after all). Returns the powers it carries.

    Raises Denied unless ``by`` keeps a gate (司法局、编办), NotFound.
    """
    if not gate_divisions(by):
        raise Denied("gate-needed", "由司法局或编办登记法律法规的失效", "a gate's keeper does this")
    law = Law.objects.select_for_update().filter(pk=law_id).first()
    if law is None:
        raise NotFound("no-such-law", "没有这部法律法规", "no such law")
    law.valid_to = on
    law.save(update_fields=["valid_to"])
    powers = list(Power.objects.filter(bases__law=law).distinct().order_by("pk"))
    stopped = {p.pk for p in keep_basis_end(powers)}
    append(f"law:{law.pk}", signed(by), [Entry("law.lapsed" if on else "law.restored", {
        "law": law.name, "on": on.isoformat() if on else "", "powers": len(powers), "without_basis": len(stopped)})])
    if on is not None:
        notify_many(_messages(law, powers, on))
    return powers


def _messages(law: Law, powers: list[Power], on: date) -> list[Message]:
    """One message a department: its heads learn how many powers rest on the law."""
    counted: dict[int, int] = {}
    for power in powers:
        counted[power.unit_id] = counted.get(power.unit_id, 0) + 1
    heads = Appointment.objects.filter(role=Role.HEAD, unit_id__in=counted, valid_to=None).values_list(
        "account_id", "unit_id").order_by("account_id")
    return [Message(account, f"《{law.name}》{on:%Y-%m-%d}起失效，涉及本单位{counted[unit]}项权力",
                    f"law:{law.pk}:{on}:{account}:{unit}", "请核对设定依据，需要调整或取消的，及时送审。",
                    f"/desk/powers/?flag=lapsed&law={law.pk}") for account, unit in heads]
