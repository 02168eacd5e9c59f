"""What this module tells the kernel and the shells at start."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from zhengwu.kernel.cases.api import on
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.directory.api import WORKERS, Actor
from zhengwu.kernel.files.api import StoredFile, register_access
from zhengwu.modules.certificates.models import Certificate
from zhengwu.modules.certificates.services.issue import on_issued
from zhengwu.modules.certificates.services.seal import PURPOSE
from zhengwu.ui.registry import navigation, slots


def connect() -> None:
    """Called once, from ``AppConfig.ready``."""
    on("issued", on_issued)
    register_access(PURPOSE, may_open)
    slots.add("case.results", case_results)
    navigation.add("public", "证照核验", "certificates:check", order=60)
    navigation.add("corner", "我的证照", "certificates:mine", roles=("citizen", "enterprise"), order=40)
    navigation.add("desk", "证照台账", "certificates:desk", roles=WORKERS, order=60, group="办件")


def may_open(actor: Actor, stored: StoredFile) -> bool:
    """The paper opens for whoever may see its certificate."""
    return Certificate.objects.visible_to(actor).filter(file_id=stored.pk).exists()


def case_results(request: HttpRequest | None, subject: Any) -> str:
    """Slot ``case.results``: the certificates a case produced. The page has let the visitor see the case."""
    if not isinstance(subject, Case):
        return ""
    rows = list(Certificate.objects.filter(case=subject).select_related("unit").order_by("-version"))
    return render_to_string("certificates/_results.html", {"certificates": rows}, request) if rows else ""
