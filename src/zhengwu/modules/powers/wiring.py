"""What this module tells the shells at start."""

from django.http import HttpRequest

from zhengwu.kernel.directory.api import WORKERS, Role, request_actor
from zhengwu.kernel.files.api import register_access
from zhengwu.modules.powers.policies import waiting_for
from zhengwu.modules.powers.services.imports import IMPORTERS, PURPOSE, may_open
from zhengwu.ui.registry import navigation

GATES = frozenset({Role.LEGAL, Role.STAFFING, Role.LEADER})
READERS = WORKERS | {Role.STAFFING, Role.INSPECTOR, Role.CENTRE, Role.EDITOR}


def connect() -> None:
    """Called once, from ``AppConfig.ready``."""
    navigation.add("public", "权责清单", "powers:index", order=35)
    navigation.add("desk", "权责清单", "powers:desk", roles=READERS, order=110, group="清单")
    navigation.add("desk", "清单变动", "powers:changes", roles=READERS, order=111, group="清单", badge=waiting)
    navigation.add("desk", "法律法规", "powers:laws", roles=(Role.LEGAL, Role.STAFFING), order=114, group="清单")
    navigation.add("desk", "导入事项", "powers:imports", roles=IMPORTERS, order=115, group="清单")
    register_access(PURPOSE, may_open)


def waiting(request: HttpRequest) -> int | None:
    """How many changes stand at my gate; nothing where I keep none."""
    actor = request_actor(request)
    return waiting_for(actor).count() if actor.has_role(*GATES) else None
