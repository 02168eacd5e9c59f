"""What the record says about a year: every figure is read from cases, clocks and ledger, none is an input."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection

from zhengwu.kernel.cases.log import fitness
from zhengwu.kernel.cases.models import Case, Step
from zhengwu.kernel.clock.models import Clock, ClockState
from zhengwu.kernel.ledger.api import verify
from zhengwu.kernel.ledger.models import Event, Seal
from zhengwu.kernel.notifications.models import Notice, Outbox
from zhengwu.modules.certificates.models import Certificate

# The last day of a limit is the day before its due moment, which is a midnight in China.
_DAY = "((%s) AT TIME ZONE 'Asia/Shanghai')::date"
_PUNCTUALITY = f"""
SELECT count(*), count(*) FILTER (WHERE c.on_time),
  count(*) FILTER (WHERE {_DAY % 'k.decided_at'} < {_DAY % "c.due_at - interval '1 microsecond'"})
FROM clock_clock c JOIN cases_case k ON k.number = c.subject JOIN matters_matter m ON m.id = k.matter_id
WHERE c.kind = 'promised' AND k.decided_at IS NOT NULL AND m.kind <> 'instant'"""  # noqa: S608
_ON_THE_SPOT = f"""
SELECT count(*), count(*) FILTER (WHERE {_DAY % 'accepted_at'} = {_DAY % 'decided_at'} AND m.kind = 'instant')
FROM cases_case k JOIN matters_matter m ON m.id = k.matter_id WHERE k.decided_at IS NOT NULL"""  # noqa: S608


@dataclass(frozen=True)
class Record:
    """Shares are 0..1; ``on_the_spot`` of all decided cases, ``on_time`` and ``early`` of the promised ones.

    ``fitness`` is the lowest conformance of the ``checked`` cases, ``deviation`` the first finding, "" without one.
    """

    cases: int
    states: dict[str, int]
    open_cases: int
    open_steps: int
    running_clocks: int
    decided: int
    promised: int
    on_the_spot: float
    on_time: float
    early: float
    rows: dict[str, int]
    kinds: dict[str, int]
    checked: int
    fitness: float
    deviation: str
    verified: bool
    broken: str
    verify_seconds: float


def read(sample: int | None = None, progress: Callable[[int], object] = lambda _: None) -> Record:
    """Reads the whole record; conformance of ``sample`` cases spread over all of them (None: of every case)."""
    decided, spot = _counted(_ON_THE_SPOT)
    promised, on_time, early = _counted(_PUNCTUALITY)
    report = verify()
    checked, lowest, deviation = _conformance(sample, progress)
    cases = Case.objects.count()
    return Record(
        cases=cases, states=dict(Counter(Case.objects.values_list("state", flat=True))),
        open_cases=Case.objects.filter(closed_at=None).count(), open_steps=Step.objects.open().count(),
        running_clocks=Clock.objects.exclude(state=ClockState.STOPPED).count(),
        decided=decided, promised=promised, on_the_spot=_share(spot, decided), on_time=_share(on_time, promised),
        early=_share(early, promised), rows=_rows(), kinds=dict(Counter(Event.objects.values_list("kind", flat=True))),
        checked=checked, fitness=lowest, deviation=deviation,
        verified=report.ok, broken=str(report.first_broken or ""), verify_seconds=report.seconds)


def _counted(sql: str) -> tuple[int, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return tuple(int(n) for n in cursor.fetchone())


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _rows() -> dict[str, int]:
    models = {"事件": Event, "时限": Clock, "环节": Step, "通知": Notice, "待发短信": Outbox, "证照": Certificate,
              "封存": Seal}
    return {label: model._default_manager.count() for label, model in models.items()}


def _conformance(sample: int | None, progress: Callable[[int], object]) -> tuple[int, float, str]:
    ids = list(Case.objects.order_by("id").values_list("id", flat=True))
    step = max(1, len(ids) // sample) if sample else 1
    lowest, deviation = 1.0, ""
    for pk in ids[::step]:
        case = Case.objects.get(pk=pk)
        found = fitness(case)
        if found.value < lowest:
            lowest, deviation = found.value, f"{case.number} {found.first_deviation}"
        progress(1)
    return len(ids[::step]), lowest, deviation
