"""What this module tells the kernel and the shells at start."""

from zhengwu.kernel.directory.api import Actor, Role
from zhengwu.kernel.files.api import StoredFile, register_access
from zhengwu.modules.intermediaries.models import Engagement
from zhengwu.modules.intermediaries.services.engage import PURPOSE
from zhengwu.modules.intermediaries.views.pages import case_part
from zhengwu.ui.registry import navigation, slots


def connect() -> None:
    """Called once, from ``AppConfig.ready``."""
    register_access(PURPOSE, may_open)
    slots.add("case.results", case_part, order=40)
    navigation.add("public", "中介服务", "intermediaries:public", order=65)
    navigation.add("corner", "中介委托", "intermediaries:mine", roles=("enterprise",), order=60)
    navigation.add("desk", "中介机构", "intermediaries:register", roles={Role.CENTRE}, order=60, group="大厅")


def may_open(actor: Actor, stored: StoredFile) -> bool:
    """A report opens for whoever sees the engagement."""
    return Engagement.objects.visible_to(actor).filter(file_id=stored.pk).exists()
