"""`./zw bench year`: a whole year of service centres through ``act()``, by a simulated clock."""

import argparse
import cProfile
import multiprocessing
import os
import pstats
import sys
import time
from dataclasses import dataclass
from datetime import date
from io import StringIO
from multiprocessing.synchronize import Barrier
from typing import Any

from _place import installation
from tqdm import tqdm

YEAR = 2025
"""The last whole year whose holidays were arranged officially, with an official one behind it."""
SEED = 5199
_WAITING = ("wait", "_send_query_prepared", "_send_prepare", "_execute_send", "_exec_command")
"""Functions of psycopg in which a process hands the database something or waits for it."""


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="zw bench year", description=__doc__)
    parser.add_argument("--centres", type=int, default=1, help="how many of the 12 places (default 1, the full county)")
    parser.add_argument("--cases", type=int, default=30_000, help="cases a place and year (default 30000)")
    parser.add_argument("--applicants", type=int, default=3000, help="accounts of applicants (default 3000)")
    parser.add_argument("--processes", type=int, default=2, help="processes that share the cases (default 2)")
    parser.add_argument("--sample", type=int, default=2000, help="cases checked for conformance, 0: all (default 2000)")
    parser.add_argument("--profile", action="store_true", help="profile the first process and say where the time goes")
    parser.add_argument("--keep", action="store_true", help="keep the installation afterwards")
    return parser.parse_args()


@dataclass
class Shared:
    """What the processes have in common."""

    meet: Barrier
    left: Any
    done: Any
    out: Any

    def count_left(self, more: int) -> int:
        with self.left.get_lock():
            self.left.value += more
            return int(self.left.value)

    def tell(self, more: int) -> None:
        with self.done.get_lock():
            self.done.value += more


def work(part: int, parts: int, plan: Any, shared: Shared, profile: bool) -> None:
    """One process: simulates its part, hands back its tally and, if asked, its profile."""
    from django.db import connections

    from zhengwu.demo.year import Year

    connections.close_all()
    year = Year(plan, part=part, parts=parts, meet=shared.meet, left=shared.count_left, progress=shared.tell)
    profiler = cProfile.Profile() if profile and part == 0 else None
    try:
        tally = profiler.runcall(year.run) if profiler else year.run()
        shared.out.put((part, tally, _profiled(profiler) if profiler else ""))
    except BaseException:
        shared.meet.abort()
        raise


def _profiled(profiler: cProfile.Profile) -> str:
    """Where the time of a process went: shares of waiting for the database and of Python, and the top functions."""
    text = StringIO()
    stats = pstats.Stats(profiler, stream=text)
    rows = stats.stats.items()  # type: ignore[attr-defined]
    total = sum(row[2] for _, row in rows)
    waiting = sum(row[2] for place, row in rows if "psycopg" in place[0] and place[2] in _WAITING)
    meeting = sum(row[2] for place, row in rows if "acquire" in place[2])
    text.write(f"database {waiting / total:.0%}, waiting for the other process {meeting / total:.0%}, "
               f"Python {1 - (waiting + meeting) / total:.0%} (a profile makes Python look slower than it is)\n")
    stats.sort_stats("tottime").print_stats(25)
    stats.sort_stats("cumtime").print_stats("zhengwu", 40)
    return text.getvalue()


def simulate(chosen: argparse.Namespace) -> tuple[list[Any], list[str], float]:
    """Runs the processes; their tallies, profiles, and the seconds from the first case to the last."""
    from django.db import connections

    from zhengwu.demo.lists import places
    from zhengwu.demo.year import Plan
    from zhengwu.demo.year_people import make_applicants

    codes = sorted((p.code for p in places()), key=lambda code: (code != "519921", code))[: chosen.centres]
    plan = Plan(YEAR, chosen.cases, tuple(codes), tuple(make_applicants(chosen.applicants, seed=SEED)), SEED)
    connections.close_all()
    context = multiprocessing.get_context("fork")
    shared = Shared(context.Barrier(chosen.processes), context.Value("q", 0), context.Value("q", 0), context.Queue())
    processes = [context.Process(target=work, args=(part, chosen.processes, plan, shared, chosen.profile))
                 for part in range(chosen.processes)]
    began = time.perf_counter()
    for process in processes:
        process.start()
    found = _watch(processes, shared, chosen.cases * len(codes))
    seconds = time.perf_counter() - began
    for process in processes:
        process.join()
    return [tally for _, tally, _ in found], [text for *_, text in found if text], seconds


def _watch(processes: list[Any], shared: Shared, total: int) -> list[Any]:
    found: list[Any] = []
    with tqdm(total=total, unit="件", desc="办件", smoothing=0.05, file=sys.stderr) as bar:
        while len(found) < len(processes):
            bar.update(int(shared.done.value) - bar.n)
            while not shared.out.empty():
                found.append(shared.out.get())
            if any(p.exitcode not in (None, 0) for p in processes):
                sys.exit("a process of the simulation failed; see above")
            time.sleep(0.2)
        bar.update(int(shared.done.value) - bar.n)
    return sorted(found, key=lambda item: item[0])


def percentile(sorted_seconds: list[float], share: float) -> float:
    """In milliseconds."""
    return 1000 * sorted_seconds[min(len(sorted_seconds) - 1, int(len(sorted_seconds) * share))]


def print_speed(tallies: list[Any], seconds: float, cases: int, database: float) -> None:
    """Rates over the wall time, percentiles of each call as its process saw it, rate of each simulated month."""
    from zhengwu.demo.year import CHORES

    merged: dict[str, list[float]] = {}
    for tally in tallies:
        for name, values in tally.seconds.items():
            merged.setdefault(name, []).extend(values)
    actions = sum(len(v) for name, v in merged.items() if name not in CHORES)
    print(f"\n{cases} cases, {actions} actions in {seconds:.1f} s with {len(tallies)} processes: "
          f"{cases / seconds:.1f} cases/s, {actions / seconds:.0f} actions/s (load {os.getloadavg()[0]:.1f})\n")
    python = sum(tally.cpu for tally in tallies)
    each = 1000 * (python + database) / actions
    print(f"processor time: Python {python:.0f} s, database {database:.0f} s; {each:.2f} ms an action (sweeps, "
          f"filing, sealing included), which two cores without other work do {2000 / each:.0f} times a second\n")
    print(f"{'call':<22}{'count':>8}{'p50 ms':>9}{'p99 ms':>9}{'total s':>9}")
    for name, values in sorted(merged.items(), key=lambda item: -sum(item[1])):
        values.sort()
        print(f"{name:<22}{len(values):>8}{percentile(values, 0.5):>9.2f}{percentile(values, 0.99):>9.2f}"
              f"{sum(values):>9.1f}")
    months = sorted({m for tally in tallies for m in tally.months})
    print("\nactions/s by simulated month: " + "  ".join(f"{m}: {_month_rate(tallies, m):.0f}" for m in months))


def _month_rate(tallies: list[Any], month: int) -> float:
    rows = [tally.months.get(month, (0, 0.0)) for tally in tallies]
    longest = max(seconds for _, seconds in rows)
    return sum(done for done, _ in rows) / longest if longest else 0.0


def print_record(sample: int | None, total: int) -> bool:
    """What the record says; False when something in it is not as it must be."""
    from zhengwu.demo.year_record import read

    with tqdm(total=min(sample or total, total), unit="件", desc="一致性", file=sys.stderr) as bar:
        found = read(sample, bar.update)
    print(f"\nfrom the record: on the spot {found.on_the_spot:.1%} of {found.decided} decided; "
          f"of {found.promised} promised on time {found.on_time:.2%}, early {found.early:.2%}")
    print(f"states {found.states}; still open: {found.open_cases} cases, {found.open_steps} steps, "
          f"{found.running_clocks} clocks")
    print("written: " + "，".join(f"{label} {count}" for label, count in found.rows.items()))
    print(f"events: {found.kinds}")
    print(f"conformance of {found.checked} cases: {found.fitness} {found.deviation}")
    print(f"ledger verify: {'ok' if found.verified else found.broken} in {found.verify_seconds:.1f} s")
    return (found.verified and found.fitness == 1.0
            and not (found.open_cases or found.open_steps or found.running_clocks))


def main() -> int:
    chosen = options()
    with installation(on=date(YEAR, 1, 2), keep=chosen.keep) as place:
        before = place.database_cpu()
        tallies, profiles, seconds = simulate(chosen)
        total = chosen.cases * chosen.centres
        print_speed(tallies, seconds, total, place.database_cpu() - before)
        fine = print_record(chosen.sample or None, total)
        for text in profiles:
            print("\nwhere the time goes (first process):\n" + text)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
