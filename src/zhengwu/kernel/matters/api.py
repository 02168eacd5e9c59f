"""The public face of matters and of the powers behind them."""

from zhengwu.kernel.matters.models.power import MatterType
from zhengwu.kernel.matters.selectors import access_matter, find, refusal, require_power, require_runnable
from zhengwu.kernel.matters.services.enlist import enlist

__all__ = ["MatterType", "access_matter", "enlist", "find", "refusal", "require_power", "require_runnable"]
