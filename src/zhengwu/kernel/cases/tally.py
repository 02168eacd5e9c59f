"""What several signers at one step came to: counts, and the one outcome the flow goes on with."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zhengwu.kernel.cases.models import Case, Step

CANCELLED, SENT_BACK = "cancelled", "sent_back"
NEGATIVE = frozenset({"fail", "deny", "disagree"})
"""Outcomes that count as no in a vote (票签)."""


@dataclass(frozen=True)
class Tally:
    """A step that several sign: how many answered (``yes`` of these in favour), how many are still asked."""

    name: str
    done: int
    yes: int
    total: int
    by_label: tuple[tuple[str, int], ...]


def given(step: Step) -> bool:
    """The step was completed and its answer counts: neither cancelled, nor sent back, nor taken back."""
    return step.closed_at is not None and step.outcome not in ("", CANCELLED, SENT_BACK) and step.undone_at is None


def verdict(answers: Sequence[str]) -> str:
    """The outcome most signers chose; among equals the negative one, else the latest."""
    counts = Counter(answers)
    most = max(counts.values())
    best = [code for code in counts if counts[code] == most]
    return next((code for code in best if code in NEGATIVE), best[-1])


def outcomes(steps: Iterable[Step]) -> dict[str, str]:
    """Last outcome of each node. Where the chart gave the step to one holder theirs counts, not that of signers they
    added; where it gave it to several, the majority's."""
    last: dict[str, str] = {}
    votes: dict[str, list[str]] = {}
    held: set[str] = set()
    rows = list(steps)
    held.update(s.token for s in rows if not s.signer)
    for step in rows:
        if not given(step):
            continue
        if not step.signer:
            last[step.node] = step.outcome
        elif step.token not in held:
            answers = votes.setdefault(step.token, [])
            answers.append(step.outcome)
            last[step.node] = verdict(answers)
    return last


def tallies(case: Case, steps: Iterable[Step]) -> list[Tally]:
    """Every step of the case that several sign or signed, in order."""
    groups: dict[str, list[Step]] = {}
    for step in steps:
        groups.setdefault(step.token, []).append(step)
    found = []
    for token, rows in groups.items():
        signers = [s for s in rows if s.signer and s.undone_at is None]
        if not signers or any(not s.signer for s in rows):
            continue
        answered = [s for s in signers if given(s)]
        waiting = len(case.flow.get("t", {}).get(token, {}).get("mi", {}).get("w", ()))
        labels = Counter(s.outcome_label for s in answered)
        found.append(
            Tally(
                name=rows[0].name,
                done=len(answered),
                yes=sum(s.outcome not in NEGATIVE for s in answered),
                total=len(answered) + sum(s.closed_at is None for s in signers) + waiting,
                by_label=tuple(labels.most_common()),
            )
        )
    return found
