"""What this module tells the kernel and the shells at start."""

from zhengwu.kernel.cases.api import Deed, on
from zhengwu.kernel.directory.api import WORKERS, Actor, Role
from zhengwu.kernel.files.api import StoredFile, register_access
from zhengwu.lib.problem import Conflict
from zhengwu.modules.fees.models import Bill, Report
from zhengwu.modules.fees.services.report import PURPOSE
from zhengwu.modules.fees.views.desk import bill_form, case_bills
from zhengwu.ui.registry import navigation, slots


def connect() -> None:
    """Called once, from ``AppConfig.ready``."""
    on("issued", paid_first)
    on("withdrawn", close_bills)
    register_access(PURPOSE, may_open)
    slots.add("case.results", case_bills, order=20)
    slots.add("case.aside", bill_form, order=20)
    navigation.add("public", "收费目录", "fees:register", order=55)
    navigation.add("corner", "我的缴费", "fees:my", roles=("citizen", "enterprise"), order=45)
    staff = {*WORKERS, Role.FINANCE}
    navigation.add("desk", "缴费通知", "fees:desk", roles=staff, order=70, group="办件")
    navigation.add("desk", "收费目录", "fees:desk_register", roles={Role.FINANCE}, order=10, group="收费")
    navigation.add("desk", "收费举报", "fees:desk_reports", roles={Role.FINANCE, Role.INSPECTOR}, order=20,
                   group="收费")
    navigation.add("desk", "月度对账", "fees:desk_statement", roles={Role.FINANCE}, order=30, group="收费")


def may_open(actor: Actor, stored: StoredFile) -> bool:
    """What was handed in with a report opens for whoever may see the report."""
    return Report.objects.visible_to(actor).filter(file_id=stored.pk).exists()


def paid_first(deed: Deed) -> None:
    """No certificate while a bill of the case waits for money (happening "issued"). Raises Conflict."""
    waiting = Bill.objects.filter(case_id=deed.case.pk, state=Bill.State.NOTIFIED).first()
    if waiting is not None:
        raise Conflict("fee-unpaid", f"{waiting.number}尚未缴清或者减免，缴清后再制证", "a bill is not settled")


def close_bills(deed: Deed) -> None:
    """An application taken back needs no fee: what was not paid is cancelled with it."""
    Bill.objects.filter(case_id=deed.case.pk, state=Bill.State.NOTIFIED).update(
        state=Bill.State.CANCELLED, settled_at=deed.at, reason="申请人撤回申请")
