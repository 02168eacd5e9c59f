"""Clocks in plain SQL: they sit in every act of a case, where building a query would cost more than
running it."""

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection

from zhengwu.kernel.clock.models import Clock

FIELDS = [field.attname for field in Clock._meta.concrete_fields]
COLUMNS = ", ".join(f"c.{name}" for name in FIELDS)
_JSON = tuple(FIELDS.index(name) for name in ("suspensions", "extensions"))


def fetch(sql: str, params: Sequence[Any]) -> list[Clock]:
    """Runs one statement that returns ``COLUMNS`` of ``clock_clock c`` and makes clocks of the rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [_clock(list(row)) for row in cursor.fetchall()]


def _clock(row: list[Any]) -> Clock:
    for index in _JSON:
        row[index] = json.loads(row[index]) if isinstance(row[index], str) else row[index]
    return Clock.from_db("default", FIELDS, row)


def save_reckoned(clocks: Sequence[Clock]) -> None:
    """Writes what a change of state or calendar may alter, of all ``clocks`` in one statement."""
    if not clocks:
        return
    row = ("(%s::bigint, %s::timestamptz, %s::timestamptz, %s, %s, %s::timestamptz, %s::jsonb, %s::jsonb, "
           "%s::boolean)")
    names = "id, due_at, warn_at, state, light, suspended_at, suspensions, extensions, provisional"
    params: list[Any] = []
    for clock in clocks:
        params += [clock.pk, clock.due_at, clock.warn_at, clock.state, clock.light, clock.suspended_at,
                   json.dumps(clock.suspensions), json.dumps(clock.extensions), clock.provisional]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE clock_clock c SET due_at = v.due_at, warn_at = v.warn_at, state = v.state, "  # noqa: S608
            "light = v.light, suspended_at = v.suspended_at, suspensions = v.suspensions, "
            "extensions = v.extensions, provisional = v.provisional "
            f"FROM (VALUES {', '.join([row] * len(clocks))}) AS v ({names}) WHERE c.id = v.id", params)
