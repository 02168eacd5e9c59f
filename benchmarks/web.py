"""`./zw bench web`: the product over HTTP beside bare Django in the same run; prints rates, percentiles and ratios."""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from _place import Place, cpu_of_tree, installation
from _scene import Scene, accepting, build, get, opening, post, searches

from zhengwu.project.supervisor.run import answers, free_port

HERE = Path(__file__).resolve().parent
CLIENTS = (1, 8, 16)


@dataclass
class Site:
    """A web server under measurement."""

    port: int
    process: subprocess.Popen[bytes]

    def cpu(self) -> float:
        return cpu_of_tree(self.process.pid)


@dataclass(frozen=True)
class Kind:
    """One kind of request: the same ones again and again, or from ``pool`` each only once; ``status`` is expected."""

    site: str
    same: Sequence[str] = ()
    pool: "Pool | None" = None
    status: int = 200
    clients: tuple[int, ...] = CLIENTS


class Pool:
    """Requests that may be sent only once, made when they are needed."""

    def __init__(self, size: int, make: Callable[[int], str]) -> None:
        self._size, self._make, self._used = size, make, 0

    def some(self, count: int) -> list[str]:
        return [self._make(i) for i in range(self._used, min(self._size, self._used + count))]

    def used(self, count: int) -> None:
        self._used += count


@dataclass(frozen=True)
class Result:
    """Medians over the rounds: requests/s, p50 and p99 in ms, processor ms a request of web server and database, and
    the share of the time in which the client itself was busy."""

    rate: float
    p50: float
    p99: float
    web_ms: float
    database_ms: float
    client: float


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="zw bench web", description=__doc__)
    parser.add_argument("--cases", type=int, default=2000, help="cases in the database beforehand (default 2000)")
    parser.add_argument("--seconds", type=float, default=2.0, help="seconds a measurement (default 2)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds, of which the median counts (default 3)")
    parser.add_argument("--workers", type=int, default=2, help="processes of each web server (default 2)")
    parser.add_argument("--threads", type=int, default=1, help="threads of each process (default 1)")
    parser.add_argument("--only", default="", help="only kinds of request whose name contains this (and the baselines)")
    return parser.parse_args()


def start(command: list[str], port: int, environment: dict[str, str]) -> Site:
    """Starts a server and waits until it answers."""
    path = f"{HERE}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    process = subprocess.Popen([sys.executable, *command, "--port", str(port)], env=environment | {"PYTHONPATH": path},
                               cwd=HERE)
    deadline = time.monotonic() + 60
    while not answers("127.0.0.1", port):
        if process.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"the server did not start: {command}")
        time.sleep(0.1)
    return Site(port, process)


def kinds(scene: Scene) -> dict[str, Kind]:
    """Every kind of request measured, by name."""
    cold = [get(f"/matters/{code}/") for code in scene.matters[20:]]
    few = [get(f"/matters/{code}/") for code in scene.matters[:20]]
    cases = [get(f"/api/v1/cases/{number}", token=token) for number, token in scene.numbers[:500]]
    three = [post("/post3/", {"number": i, "title": "食品经营许可证核发"}) for i in range(100)]
    return {
        "bare hello": Kind("bare", [get("/hello/")]),
        "bare hello, our middleware": Kind("ours", [get("/hello/")]),
        "bare one query": Kind("bare", [get("/one/1/")]),
        "bare three-insert POST": Kind("bare", three, status=201),
        "matter page, cold": Kind("product", pool=Pool(len(cold), cold.__getitem__), clients=(1,)),
        "matter page, warm": Kind("product", few),
        "search": Kind("product", list(searches())),
        "to-do list (API), 100 rows": Kind("product", [get("/api/v1/todo?limit=100", token=scene.clerk)]),
        "to-do list (page), 100 rows": Kind("product", [get("/desk/", cookie=scene.cookie)]),
        "one case (API)": Kind("product", cases),
        "open a case (API)": Kind("product", pool=Pool(len(scene.files), partial(opening, scene)), status=201),
        "act (API)": Kind("product", pool=Pool(len(scene.steps), partial(accepting, scene))),
    }


def measure(kind: Kind, site: Site, clients: int, seconds: float, place: Place) -> Result | None:
    """One measurement by a client in a process of its own; None when too few requests are left of those that may be
    sent once. Ends the run when an answer is not the expected one."""
    requests = list(kind.same) if kind.pool is None else kind.pool.some(int(seconds * 700) + clients)
    if len(requests) < clients and kind.pool is not None:
        return None
    job = {"port": site.port, "clients": clients, "seconds": seconds, "requests": requests,
           "once": kind.pool is not None}
    before = site.cpu(), place.database_cpu()
    done = subprocess.run([sys.executable, str(HERE / "_client.py")], input=json.dumps(job), capture_output=True,
                          text=True, check=False)
    if done.returncode:
        sys.exit(f"the client failed:\n{done.stderr}")
    found = json.loads(done.stdout)
    wrong = {status: count for status, count in found["statuses"].items() if int(status) != kind.status}
    if wrong:
        sys.exit(f"unexpected answers {wrong} to {requests[0][:200]!r}")
    times = sorted(found["times"])
    number = len(times)
    if kind.pool is not None:
        kind.pool.used(number)
    return Result(number / found["seconds"], 1000 * times[number // 2], 1000 * times[int(number * 0.99)],
                  1000 * (site.cpu() - before[0]) / number, 1000 * (place.database_cpu() - before[1]) / number,
                  found["cpu"] / found["seconds"])


def measure_all(chosen: argparse.Namespace, scene: Scene, sites: dict[str, Site],
                place: Place) -> dict[tuple[str, int], Result]:
    """Rounds over everything, peers and product in turn; the median of each figure."""
    rows: dict[tuple[str, int], list[Result]] = {}
    shown = {n: kind for n, kind in kinds(scene).items() if chosen.only in n or n.startswith("bare")}
    for number in range(chosen.rounds):
        for name, kind in shown.items():
            for clients in kind.clients:
                if one := measure(kind, sites[kind.site], clients, chosen.seconds, place):
                    rows.setdefault((name, clients), []).append(one)
        print(f"round {number + 1} of {chosen.rounds} (load {os.getloadavg()[0]:.1f})", file=sys.stderr)
    return {key: Result(*(statistics.median(getattr(r, f.name) for r in found) for f in fields(Result)))
            for key, found in rows.items()}


def print_results(found: dict[tuple[str, int], Result]) -> None:
    widths = {"clients": 8, "req/s": 9, "p50 ms": 9, "p99 ms": 9, "web ms": 8, "db ms": 7, "client": 8}
    heads = "".join(f"{head:>{width}}" for head, width in widths.items())
    print(f"\n{'request':<30}{heads}")
    for (name, clients), r in found.items():
        print(f"{name:<30}{clients:>8}{r.rate:>9.0f}{r.p50:>9.2f}{r.p99:>9.2f}{r.web_ms:>8.2f}{r.database_ms:>7.2f}"
              f"{r.client:>8.0%}")
    print("web ms, db ms: processor time a request; client: how busy the client was (near 100%: it was the bottleneck)")


def print_targets(found: dict[tuple[str, int], Result], queries: dict[str, int]) -> None:
    """Every target with what was found; by rate, and by processor time where neighbours on the machine disturb."""
    def ratio(mine: str, peer: str, clients: int) -> str:
        a, b = found.get((mine, clients)), found.get((peer, clients))
        if a is None or b is None:
            return "not measured"
        cost = (b.web_ms + b.database_ms) / max(0.001, a.web_ms + a.database_ms)
        return f"{a.rate / b.rate:.2f} by rate, {cost:.2f} by processor time"

    print("\ntargets")
    for clients in (8, 16):
        print(f"  open / three-insert POST, {clients} clients (≥ 0.4): "
              f"{ratio('open a case (API)', 'bare three-insert POST', clients)}")
        print(f"  act / three-insert POST, {clients} clients (≥ 0.25): "
              f"{ratio('act (API)', 'bare three-insert POST', clients)}")
        print(f"  our middleware / Django's, {clients} clients (≥ 0.5): "
              f"{ratio('bare hello, our middleware', 'bare hello', clients)}")
    for name, most in (("to-do list (API), 100 rows", 24), ("to-do list (page), 100 rows", 24), ("one case (API)", 8)):
        if (one := found.get((name, 1))) is not None:
            print(f"  {name}, 1 client, p50 (≤ {most} ms): {one.p50:.1f} ms")
    for name, r in ((n, r) for (n, clients), r in found.items() if clients == 8 and not n.startswith("bare")):
        print(f"  {name}, 8 clients, p99 / p50 (≤ 4): {r.p99 / r.p50:.1f}")
    print("  queries: " + "; ".join(f"{name} {count}" for name, count in queries.items()) + " (one case ≤ 6)")


def count_queries(scene: Scene) -> dict[str, int]:
    """Statements of one warm request of each kind, counted in this process."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    number, token = scene.numbers[0]
    signed, clerk = {"HTTP_AUTHORIZATION": f"Bearer {token}"}, {"HTTP_AUTHORIZATION": f"Bearer {scene.clerk}"}
    client = Client(HTTP_HOST="127.0.0.1")
    client.cookies["sessionid"] = scene.cookie
    asked: dict[str, Callable[[], Any]] = {
        "one case": lambda: Client(HTTP_HOST="127.0.0.1").get(f"/api/v1/cases/{number}", **signed),
        "to-do (API)": lambda: Client(HTTP_HOST="127.0.0.1").get("/api/v1/todo?limit=100", **clerk),
        "to-do (page)": lambda: client.get("/desk/"),
        "matter page": lambda: Client(HTTP_HOST="127.0.0.1").get(f"/matters/{scene.matters[0]}/"),
    }
    found = {}
    for name, ask in asked.items():
        ask()
        with CaptureQueriesContext(connection) as seen:
            answer = ask()
        if answer.status_code != 200:
            sys.exit(f"{name}: {answer.status_code}")
        found[name] = len(seen)
        if os.environ.get("ZW_BENCH_SQL"):
            print(name, *(q["sql"][:300] for q in seen.captured_queries), sep="\n   ")
    return found


def bare_tables() -> dict[str, str]:
    """The environment of the bare servers, after their tables were made in the same database."""
    environment = os.environ | {"ZW_BARE": "default"}
    path = f"{HERE}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    subprocess.run([sys.executable, "-c", "import _bare; _bare.prepare()"], cwd=HERE, check=True,
                   env=environment | {"PYTHONPATH": path})
    return environment


def main() -> int:
    chosen = options()
    with installation(on=date.today()) as place:
        scene = build(chosen.cases, int(chosen.seconds * chosen.rounds * len(CLIENTS) * 400))
        queries = count_queries(scene)
        environment = bare_tables()
        size = ["--workers", str(chosen.workers), "--threads", str(chosen.threads)]
        sites: dict[str, Site] = {}
        try:
            sites["product"] = start(["-m", "zhengwu.project.web", *size], free_port("127.0.0.1", 0, 0),
                                     dict(os.environ))
            for name, middleware in (("bare", "default"), ("ours", "product")):
                sites[name] = start([str(HERE / "_bare.py"), *size], free_port("127.0.0.1", 0, 0),
                                    environment | {"ZW_BARE": middleware})
            found = measure_all(chosen, scene, sites, place)
        finally:
            for site in sites.values():
                site.process.terminate()
                site.process.wait()
    print_results(found)
    print_targets(found, queries)
    return 0


if __name__ == "__main__":
    sys.exit(main())
