"""The public face of cases."""

from zhengwu.kernel.cases import kinds
from zhengwu.kernel.cases.deed import Deed
from zhengwu.kernel.cases.kinds import CaseKind, on, register, state_label, tell
from zhengwu.kernel.cases.policies import may_see_case
from zhengwu.kernel.cases.selectors import (
    access_by_code,
    access_case,
    access_step,
    clocks,
    done_by,
    holder,
    light,
    progress,
    query_code,
    timeline,
    todo,
    visible_to,
)
from zhengwu.kernel.cases.services.act import Done, act
from zhengwu.kernel.cases.services.archive import archive, archive_due
from zhengwu.kernel.cases.services.drafts import discard_draft, save_draft
from zhengwu.kernel.cases.services.extend import extend, may_extend
from zhengwu.kernel.cases.services.lights import sweep_lights
from zhengwu.kernel.cases.services.open import Handed, new_key, next_serial, open_case
from zhengwu.kernel.cases.services.timers import fire_due
from zhengwu.kernel.cases.services.withdraw import withdraw

__all__ = [
    "CaseKind",
    "Deed",
    "Done",
    "Handed",
    "access_by_code",
    "access_case",
    "access_step",
    "act",
    "archive",
    "archive_due",
    "clocks",
    "discard_draft",
    "done_by",
    "extend",
    "fire_due",
    "holder",
    "kinds",
    "light",
    "may_extend",
    "may_see_case",
    "new_key",
    "next_serial",
    "on",
    "open_case",
    "progress",
    "query_code",
    "register",
    "save_draft",
    "state_label",
    "sweep_lights",
    "tell",
    "timeline",
    "todo",
    "visible_to",
    "withdraw",
]
