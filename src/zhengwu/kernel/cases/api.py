"""The public face of cases."""

from zhengwu.kernel.cases import kinds
from zhengwu.kernel.cases.deed import Deed
from zhengwu.kernel.cases.kinds import CaseKind, on, register, state_label, tell
from zhengwu.kernel.cases.mandates import (
    access_mandate,
    acts_for_applicant,
    identity_index,
    mandates_given,
    mandates_held,
    require_mandate,
)
from zhengwu.kernel.cases.numbering import next_number
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
from zhengwu.kernel.cases.services.claim import claim_cases
from zhengwu.kernel.cases.services.drafts import discard_draft, save_draft
from zhengwu.kernel.cases.services.extend import extend, may_extend
from zhengwu.kernel.cases.services.late import hand_in_late
from zhengwu.kernel.cases.services.lights import sweep_lights
from zhengwu.kernel.cases.services.mandates import ask_mandate, decline_mandate, give_mandate, revoke_mandate
from zhengwu.kernel.cases.services.migrate import Fate, Place, migrate
from zhengwu.kernel.cases.services.migrate import preview as preview_migration
from zhengwu.kernel.cases.services.open import Door, Handed, Joining, new_key, next_serial, open_case
from zhengwu.kernel.cases.services.open_own import open_own
from zhengwu.kernel.cases.services.press import press_case
from zhengwu.kernel.cases.services.timers import fire_due
from zhengwu.kernel.cases.services.verb import Done as VerbDone
from zhengwu.kernel.cases.services.verb import Field, Offer
from zhengwu.kernel.cases.services.verbs import offers, perform
from zhengwu.kernel.cases.services.withdraw import withdraw
from zhengwu.kernel.cases.slips import case_of_slip, slip_code

__all__ = [
    "CaseKind",
    "Deed",
    "Done",
    "Door",
    "Fate",
    "Field",
    "Handed",
    "Joining",
    "Offer",
    "Place",
    "VerbDone",
    "access_by_code",
    "access_case",
    "access_mandate",
    "access_step",
    "act",
    "acts_for_applicant",
    "archive",
    "archive_due",
    "ask_mandate",
    "case_of_slip",
    "claim_cases",
    "clocks",
    "decline_mandate",
    "discard_draft",
    "done_by",
    "extend",
    "fire_due",
    "give_mandate",
    "hand_in_late",
    "holder",
    "identity_index",
    "kinds",
    "light",
    "mandates_given",
    "mandates_held",
    "may_extend",
    "may_see_case",
    "migrate",
    "new_key",
    "next_number",
    "next_serial",
    "offers",
    "on",
    "open_case",
    "open_own",
    "perform",
    "press_case",
    "preview_migration",
    "progress",
    "query_code",
    "register",
    "require_mandate",
    "revoke_mandate",
    "save_draft",
    "slip_code",
    "state_label",
    "sweep_lights",
    "tell",
    "timeline",
    "todo",
    "visible_to",
    "withdraw",
]
