from zhengwu.kernel.directory.models.access import ApiToken, Attempt, RepeatedRequest
from zhengwu.kernel.directory.models.account import Account
from zhengwu.kernel.directory.models.post import Appointment, Deputy
from zhengwu.kernel.directory.models.unit import Division, Unit

__all__ = ["Account", "ApiToken", "Appointment", "Attempt", "Deputy", "Division", "RepeatedRequest", "Unit"]
