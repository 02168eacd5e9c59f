"""What happens in the last weeks before the demo begins: about sixty cases, by the stage they have reached."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from zhengwu.demo.accounts import COUNTY
from zhengwu.kernel.matters.models import Matter

INSTANT_SHOP, LICENCE, JOINT = "食品小经营店备案", "食品经营许可证核发", "开办餐饮店联合审批"


@dataclass(frozen=True)
class Plan:
    """One case to come.

    ``opened`` working days before today; ``by`` the username of the applicant, "" for somebody without an account at
    the window; ``pace`` working days between steps; ``until`` kind of step at which the case rests ("" runs to its
    end); ``instead`` kind of step → action taken there (an inspection or a correction only once); ``stars`` the
    applicant's rating (1 very good … 5 very bad), 0 none.
    """

    matter: str
    opened: float
    by: str = ""
    pace: float = 1.0
    until: str = ""
    instead: Mapping[str, str] = field(default_factory=dict)
    stars: int = 0


_FIXED = (
    Plan(INSTANT_SHOP, 12, "citizen", pace=0.05, stars=1),
    Plan(INSTANT_SHOP, 0.2, "citizen", until="precheck"),
    Plan(LICENCE, 30, "enterprise", pace=0.6, instead={"review": "inspect"}, stars=2),
    Plan(LICENCE, 21, "", pace=1.0, instead={"review": "fail", "decide": "deny"}),
    Plan(LICENCE, 14, "", pace=0.5, until="review"),
    Plan(LICENCE, 8, "", pace=0.5, until="review"),
    Plan(LICENCE, 7, "enterprise", pace=0.5, until="approve"),
    Plan(LICENCE, 5, "", pace=0.5, until="decide"),
    Plan(LICENCE, 4, "", pace=0.5, until="inspect", instead={"review": "inspect"}),
    Plan(LICENCE, 3, "citizen", pace=0.4, until="correct", instead={"precheck": "correct"}),
    Plan(LICENCE, 1, "", until="review", pace=0.5),
    Plan(LICENCE, 0.3, "", until="precheck"),
    Plan(LICENCE, 6, "", pace=0.5, instead={"precheck": "refuse"}),
    Plan(JOINT, 33, "enterprise", pace=1.0, stars=1),
    Plan(JOINT, 13, "", pace=0.5, until="review"),
    Plan(JOINT, 3, "enterprise", pace=0.5, until="review"),
    Plan(JOINT, 0.4, "", until="precheck"),
)
"""The three complete matters at every stage, some with the demo applicants, one overdue, some close to it."""

_INSTANT_DONE, _PROMISED_DONE = 22, 12
_WAITING = ("precheck", "review", "review", "review", "approve", "decide")


def plans(rng: random.Random) -> Iterator[Plan]:
    """All plans, the fixed ones first; the rest are drawn from the full county's other matters."""
    yield from _FIXED
    rows = Matter.objects.filter(division=COUNTY, complete=False).order_by("code")
    instant = list(rows.filter(kind=Matter.Kind.INSTANT).values_list("name", flat=True))
    promised = list(rows.filter(kind=Matter.Kind.PROMISED, promised_n__lte=10, promised_n__gte=3)
                    .values_list("name", "promised_n"))
    for name in rng.sample(instant, _INSTANT_DONE):
        yield Plan(name, rng.randint(1, 40), pace=0.04)
    for name, days in rng.sample(promised, _PROMISED_DONE):
        yield Plan(name, rng.randint(12, 40), pace=max(0.2, days / 8))
    for number, (name, days) in enumerate(rng.sample(promised, 2 * len(_WAITING))):
        late = number in (1, 4)
        used = days + 3 if late else max(0.5, days - rng.choice((1, 2, 4)))
        yield Plan(name, used, pace=0.1, until=_WAITING[number % len(_WAITING)])
