"""The clock's door: what other packages may call."""

from zhengwu.kernel.clock.book import book
from zhengwu.kernel.clock.models import Clock, ClockState, Light
from zhengwu.kernel.clock.notice import Row
from zhengwu.kernel.clock.services.extend import extend
from zhengwu.kernel.clock.services.load_year import load_provisional, load_year, provisional_year
from zhengwu.kernel.clock.services.measure import explain, measure
from zhengwu.kernel.clock.services.office_hours import set_office_hours
from zhengwu.kernel.clock.services.recompute import Moved, recompute
from zhengwu.kernel.clock.services.resume import resume
from zhengwu.kernel.clock.services.seed import seed_official
from zhengwu.kernel.clock.services.start import Order, due_at, start, start_many
from zhengwu.kernel.clock.services.stop import stop, stop_all
from zhengwu.kernel.clock.services.suspend import suspend
from zhengwu.kernel.clock.services.sweep import sweep
from zhengwu.lib.workdays import Explanation, Limit, Measure, parse_duration
from zhengwu.lib.workdays import Unit as LimitUnit

__all__ = [
    "Clock", "ClockState", "Explanation", "Light", "Limit", "LimitUnit", "Measure", "Moved", "Order", "Row", "book",
    "due_at", "explain", "extend", "load_provisional", "load_year", "measure", "parse_duration", "provisional_year",
    "recompute", "resume", "seed_official", "set_office_hours", "start", "start_many", "stop", "stop_all", "suspend",
    "sweep",
]
