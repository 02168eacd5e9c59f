"""Service points in the order of their tree."""

from collections.abc import Iterable

from zhengwu.kernel.matters.models import ServicePoint


def in_order(points: Iterable[ServicePoint]) -> list[tuple[int, ServicePoint]]:
    """(depth, point): each point before those below it; one whose parent is not among them stands at the top."""
    rows = sorted(points, key=lambda p: (p.division_id, p.pk))
    known = {p.pk for p in rows}
    below: dict[int | None, list[ServicePoint]] = {}
    for row in rows:
        below.setdefault(row.parent_id if row.parent_id in known else None, []).append(row)
    found: list[tuple[int, ServicePoint]] = []

    def walk(parent: int | None, depth: int) -> None:
        for row in below.get(parent, []):
            found.append((depth, row))
            walk(row.pk, depth + 1)

    walk(None, 0)
    return found
