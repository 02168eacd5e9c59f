"""`./zw bench growth`: what people wait for, with ten thousand to a million archived cases behind."""

import argparse
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from _place import installation
from tqdm import tqdm

SIZES = (10_000, 100_000, 1_000_000)
FRESH = 60
"""Cases opened at every size, so that each measurement does the same work."""
_BATCH = 50_000
_FIRST_ID = 1_000_000_000
"""Copies get ids of their own, far from those of living cases."""
_OWN = f"{_FIRST_ID} + g"
_NUMBER = "'G' || lpad(g::text, 12, '0')"
_DATES = ("opened_at", "accepted_at", "decided_at", "closed_at", "archived_at")


def _next(table: str) -> str:
    return f"nextval(pg_get_serial_sequence('{table}', 'id'))"


def _renamed(column: str) -> str:
    return f"replace(t.{column}, %(number)s, {_NUMBER})"


# Table → which rows belong to the finished case, and what a copy of number g has instead.
_CLONES: dict[str, tuple[str, dict[str, str]]] = {
    "cases_case": ("id = %(model)s", {"id": _OWN, "number": _NUMBER, "open_key": "NULL"}
                   | {name: f"t.{name} - interval '1 minute' * g" for name in _DATES}),
    "cases_step": ("case_id = %(model)s", {"id": _next("cases_step"), "case_id": _OWN}),
    "cases_document": ("case_id = %(model)s", {"id": _next("cases_document"), "case_id": _OWN}),
    "clock_clock": ("split_part(subject, '#', 1) = %(number)s",
                    {"id": _next("clock_clock"), "subject": _renamed("subject")}),
    "ledger_event": ("stream = %(number)s", {"id": _next("ledger_event"), "stream": _NUMBER}),
    "notifications_notice": ("key LIKE %(number)s || ':%%'", {
        "id": _next("notifications_notice"), "key": _renamed("key"), "read_at": "t.created_at"}),
}


@dataclass
class World:
    """``model``: the finished case that is copied; ``added``: how many copies there are."""

    model: Any
    clerk: Any
    citizen: Any
    matter: Any
    added: int = 0


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="zw bench growth", description=__doc__)
    parser.add_argument("--most", type=int, default=SIZES[-1], help="stop at this size (default 1000000)")
    parser.add_argument("--rounds", type=int, default=200, help="times each query is asked (default 200)")
    return parser.parse_args()


def prepare(start: datetime) -> World:
    """One finished and archived case, and enough open ones to fill the first page of the list."""
    from zhengwu.demo.live_hands import Staff, choose_action, form_for, opinion_for
    from zhengwu.kernel.cases.api import act, archive
    from zhengwu.kernel.directory.models import Account
    from zhengwu.kernel.flow.api import chart_of
    from zhengwu.kernel.matters.models import Matter
    from zhengwu.lib.now import travel

    clerk, citizen = (Account.objects.get(username=name) for name in ("clerk", "citizen"))
    matter = Matter.objects.with_guide().get(division="519921", name="食品经营许可证核发")
    world = World(None, clerk, citizen, matter)
    staff = Staff(random.Random(1))  # noqa: S311
    with travel(start - timedelta(days=30)):
        [case] = open_fresh(world, 1)
        while step := case.steps.filter(closed_at=None).first():
            action = choose_action(chart_of(case.version_id).node(step.node))
            assert action is not None
            actor = staff.at(step)
            assert actor is not None
            act(step_id=step.pk, action=action, by=actor, form=form_for(action, case), opinion=opinion_for(action))
        world.model = archive(case=case)
    with travel(start):
        open_fresh(world, 120)
    return world


def open_fresh(world: World, count: int) -> list[Any]:
    from zhengwu.demo.live_hands import papers
    from zhengwu.demo.samples import sample
    from zhengwu.kernel.cases.api import open_case
    from zhengwu.modules.hall.application import KIND

    return [open_case(kind=KIND, matter=world.matter, by=world.citizen.actor, applicant=world.citizen,
                      applicant_name=world.citizen.name, form=sample(world.matter.form_schema),
                      materials=papers(world.matter)) for _ in range(count)]


def fill(world: World, size: int) -> None:
    """Adds copies of the finished case until there are ``size``; statistics are brought up to date."""
    from django.db import connection

    with connection.cursor() as cursor:
        indexes = _drop_indexes(cursor)
        cursor.execute("SET session_replication_role = replica")  # references need not be checked: all rows are copies
        columns = {table: _columns(cursor, table) for table in _CLONES}
        with tqdm(total=size, initial=world.added, unit="件", desc="归档", file=sys.stderr) as bar:
            while world.added < size:
                upto = min(size, world.added + _BATCH)
                given = {"model": world.model.pk, "number": world.model.number, "first": world.added + 1, "upto": upto}
                for table, listed in columns.items():
                    cursor.execute(_copying(table, listed), given)
                bar.update(upto - world.added)
                world.added = upto
        cursor.execute("SET session_replication_role = origin")
        for definition in indexes:
            cursor.execute(definition)
        cursor.execute("VACUUM (ANALYZE)")


def _copying(table: str, columns: list[str]) -> str:
    which, changed = _CLONES[table]
    values = ", ".join(changed.get(name, f"t.{name}") for name in columns)
    return (f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} "  # noqa: S608
            "FROM generate_series(%(first)s::bigint, %(upto)s::bigint) g "
            f"CROSS JOIN (SELECT * FROM {table} WHERE {which}) t")


def _columns(cursor: Any, table: str) -> list[str]:
    cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table])
    return [name for (name,) in cursor.fetchall()]


def _drop_indexes(cursor: Any) -> list[str]:
    """Indexes that hold no constraint are built again afterwards, which is several times faster."""
    cursor.execute("SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i "
                   "WHERE NOT i.indisunique AND i.indrelid = ANY(%s::regclass[])", [list(_CLONES)])
    found = cursor.fetchall()
    for name, _ in found:
        cursor.execute(f"DROP INDEX {name}")
    return [definition for _, definition in found]


def timed(times: int, call: Callable[[int], Any]) -> float:
    """Median milliseconds of one call."""
    found = []
    for number in range(times):
        began = time.perf_counter()
        call(number)
        found.append(1000 * (time.perf_counter() - began))
    return statistics.median(found)


def measure(world: World, at: datetime, rounds: int) -> dict[str, float]:
    """Everything at the moment ``at``; ends with the clocks of the fresh cases swept yellow and red."""
    from zhengwu.kernel.cases.api import access_case, act, sweep_lights, todo
    from zhengwu.lib.now import travel

    clerk, citizen = world.clerk.actor, world.citizen.actor
    found = {}
    with travel(at):
        sweep_lights()
        fresh = open_fresh(world, FRESH)
        found["to-do list, 100 rows"] = timed(rounds, lambda _: list(todo(clerk)[:100]))
        found["case by number (applicant)"] = timed(rounds, lambda n: access_case(citizen, _number(world, n)))
        found["case by number (window)"] = timed(rounds, lambda n: access_case(clerk, _number(world, n)))
        found["lights, nothing due"] = timed(rounds, lambda _: sweep_lights())
        steps = [case.steps.get().pk for case in fresh[: FRESH // 2]]
        found["accept"] = timed(len(steps), lambda n: act(step_id=steps[n], action="accept", by=clerk))
    with travel(at + timedelta(days=20)):
        began = time.perf_counter()
        turned = sweep_lights()
        found["lights, each that turns"] = 1000 * (time.perf_counter() - began) / max(1, turned)
    return found


def _number(world: World, n: int) -> str:
    return f"G{n * 7919 % world.added + 1:012d}"


def main() -> int:
    chosen = options()
    sizes = [size for size in SIZES if size <= chosen.most]
    start = datetime.fromisoformat("2025-03-03T09:30:00+08:00")
    rows: list[dict[str, float]] = []
    with installation(on=date(2025, 1, 2)):
        world = prepare(start)
        for number, size in enumerate(sizes):
            fill(world, size)
            measure(world, start + timedelta(days=60 * number + 1), 10)  # statements planned, pages in memory
            rows.append(measure(world, start + timedelta(days=60 * number + 30), chosen.rounds))
            print(f"{size:>9} archived (load {os.getloadavg()[0]:.1f}): "
                  + "; ".join(f"{name} {ms:.2f} ms" for name, ms in rows[-1].items()), flush=True)
    print(f"\n{'median ms':<30}" + "".join(f"{size:>12,}" for size in sizes) + f"{'last/first':>12}")
    for name in rows[0]:
        shown = "".join(f"{row[name]:>12.2f}" for row in rows)
        print(f"{name:<30}{shown}{rows[-1][name] / rows[0][name]:>12.2f}")
    print("target: last/first ≤ 1.5")
    return 0


if __name__ == "__main__":
    sys.exit(main())
