"""/api/v1/deadline: when a limit ends, with every day that counts and every day that does not, and why."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from zhengwu.kernel.clock.calculator import calculate
from zhengwu.lib.now import local
from zhengwu.lib.workdays import Explanation

router = Router(tags=["clock"])


class Day(Schema):
    date: date
    counted: bool
    reason: str = Field(description="why it counts or not, in Chinese")
    number: int | None = Field(description="which counted day it is (for hours: whole hours full by its end)")
    kind: str = Field(description="start, workday, makeup, day, weekend, holiday, suspended, moved, closed")


class Deadline(Schema):
    due: date = Field(description="the last day")
    due_at: datetime = Field(description="the moment the limit is over; on time is before it")
    summary: str
    provisional: bool = Field(description="a year whose holiday arrangement is not published yet is involved")
    note: str = Field(description="said with a provisional answer, else empty")
    days: list[Day]


def as_answer(told: Explanation) -> dict[str, Any]:
    """An explanation as ``Deadline`` shows it."""
    return {"due": told.last_day, "due_at": local(told.due), "summary": told.summary,
            "provisional": told.provisional, "note": told.note, "days": told.days}


@router.get("/deadline", auth=None, response=Deadline, summary="期限哪天届满，逐日说明",
            operation_id="calculateDeadline")
def deadline(request: HttpRequest,
             start: str = Query(..., max_length=40, description="2026-02-09, for hours 2026-02-09T10:00"),
             limit: int = Query(..., ge=1, le=10000),
             unit: str = Query(..., max_length=20,
                               description="working_day, day, month, hour, working_hour")) -> dict[str, Any]:
    """The start day is not counted (民法典 §201); days and months that end on a rest day move on (§203)."""
    return as_answer(calculate(start, limit, unit))
