"""Nobody applies for what the office does of itself: the last check before a case is written."""

from zhengwu.kernel.cases.api import Deed, on
from zhengwu.kernel.matters.models.power import BY_OFFICE
from zhengwu.lib.problem import Conflict
from zhengwu.modules.enforcement.families import FAMILIES


def refuse_applications(deed: Deed) -> None:
    """A case of another kind on a matter of the office's own types is refused; nothing of it is written."""
    matter = deed.case.matter
    if matter is not None and matter.master.type in BY_OFFICE and deed.case.kind not in FAMILIES:
        raise Conflict("by-office", f"“{matter.name}”由机关依职权办理，不能申请", "nobody applies for this matter")


def register_doors() -> None:
    """Called once, when the app is ready."""
    on("opened", refuse_applications)
