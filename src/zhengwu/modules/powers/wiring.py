"""What this module tells the shells at start."""

from django.http import HttpRequest

from zhengwu.kernel.directory.api import WORKERS, Role, request_actor
from zhengwu.kernel.files.api import register_access
from zhengwu.modules.powers.policies import waiting_for
from zhengwu.modules.powers.services.imports import IMPORTERS, PURPOSE, may_open
from zhengwu.ui.registry import navigation

GATES = frozenset({Role.LEGAL, Role.STAFFING, Role.LEADER})
CLEANERS = (Role.OFFICER, Role.HEAD, Role.LEADER, Role.LEGAL, Role.STAFFING, Role.INSPECTOR)
READERS = WORKERS | {Role.STAFFING, Role.INSPECTOR, Role.CENTRE, Role.EDITOR}


def connect() -> None:
    """Called once, from ``AppConfig.ready``."""
    from zhengwu.modules.powers.views.cleanups import PURPOSE as PIECES
    from zhengwu.modules.powers.views.cleanups import may_open as may_open_piece

    navigation.add("public", "权责清单", "powers:index", order=35)
    navigation.add("desk", "权责清单", "powers:desk", roles=READERS, order=110, group="清单")
    navigation.add("desk", "清单变动", "powers:changes", roles=READERS, order=111, group="清单", badge=waiting)
    navigation.add("desk", "年度清理", "powers:cleanups", roles=CLEANERS, order=112, group="清单")
    navigation.add("desk", "清单比对", "powers:compare", roles=CLEANERS, order=113, group="清单")
    navigation.add("desk", "法律法规", "powers:laws", roles=(Role.LEGAL, Role.STAFFING), order=114, group="清单")
    navigation.add("desk", "导入事项", "powers:imports", roles=IMPORTERS, order=115, group="清单")
    register_access(PURPOSE, may_open)
    register_access(PIECES, may_open_piece)


def waiting(request: HttpRequest) -> int | None:
    """How many changes stand at my gate; nothing where I keep none."""
    actor = request_actor(request)
    return waiting_for(actor).count() if actor.has_role(*GATES) else None
