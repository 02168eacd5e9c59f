"""What this module tells the kernel and the shells at start."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from zhengwu.kernel.cases.api import on
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.cases.papers import use_sealer
from zhengwu.kernel.directory.api import WORKERS, Actor, Role
from zhengwu.kernel.files.api import StoredFile, register_access
from zhengwu.kernel.matters.held import register as register_held
from zhengwu.modules.certificates.held import held
from zhengwu.modules.certificates.models import Certificate
from zhengwu.modules.certificates.services.issue import on_issued
from zhengwu.modules.certificates.services.paperwork import PURPOSE as PAPER
from zhengwu.modules.certificates.services.paperwork import register_kinds
from zhengwu.modules.certificates.services.seal import PURPOSE
from zhengwu.modules.certificates.services.seals import PICTURE, may_open_picture, put_seal
from zhengwu.modules.certificates.services.stock import PURPOSE as STOCK
from zhengwu.modules.certificates.services.stock import may_open_sheet
from zhengwu.ui.registry import navigation, slots

DECIDERS = (Role.HEAD, Role.LEADER)


def connect() -> None:
    """Called once, from ``AppConfig.ready``."""
    on("issued", on_issued)
    use_sealer(put_seal)
    register_kinds()
    register_held(held)
    register_access(PURPOSE, may_open)
    register_access(PICTURE, may_open_picture)
    register_access(STOCK, may_open_sheet)
    register_access(PAPER, may_open_paper)
    slots.add("case.results", case_results)
    navigation.add("public", "证照核验", "certificates:check", order=60)
    navigation.add("corner", "我的证照", "certificates:mine", roles=("citizen", "enterprise"), order=40)
    navigation.add("desk", "证照台账", "certificates:desk", roles=WORKERS, order=60, group="证照")
    navigation.add("desk", "共享查询", "certificates:look", roles=WORKERS, order=61, group="证照")
    navigation.add("desk", "共享授权", "certificates:sharing", roles={*DECIDERS, Role.CENTRE}, order=62, group="证照")
    navigation.add("desk", "存量导入", "certificates:stock", roles={Role.OFFICER, *DECIDERS}, order=63, group="证照")
    navigation.add("desk", "证照类型", "certificates:types", roles={*DECIDERS, Role.CENTRE, Role.DESIGNER}, order=64,
                   group="证照")
    navigation.add("desk", "持证主体终止", "certificates:ends", roles={*DECIDERS, Role.CENTRE}, order=65, group="证照")
    navigation.add("desk", "电子印章", "certificates:seals", roles={Role.LEADER, Role.SECADMIN}, order=66, group="证照")


def may_open(actor: Actor, stored: StoredFile) -> bool:
    """The paper opens for whoever may see its certificate."""
    return Certificate.objects.visible_to(actor).filter(file_id=stored.pk).exists()


def may_open_paper(actor: Actor, stored: StoredFile) -> bool:
    """A paper about a certificate opens for whoever may see that certificate."""
    return Certificate.objects.visible_to(actor).filter(papers__file_id=stored.pk).exists()


def case_results(request: HttpRequest | None, subject: Any) -> str:
    """Slot ``case.results``: the certificates a case produced. The page has let the visitor see the case."""
    if not isinstance(subject, Case):
        return ""
    rows = list(Certificate.objects.filter(case=subject).select_related("unit").order_by("-version"))
    return render_to_string("certificates/_results.html", {"certificates": rows}, request) if rows else ""
