"""The public face of matters."""

from zhengwu.kernel.matters.models.matter import MatterType
from zhengwu.kernel.matters.selectors import access_matter, find, require_runnable

__all__ = ["MatterType", "access_matter", "find", "require_runnable"]
