"""Kinds of paper (文书): what each must state, checked when it is ordered, and how its page is made up.

Any package registers its own kinds and orders them with ``Deed.document(kind, title, series, **data)`` inside an act;
a paper that misses a statement the law asks for is refused there, before it has a number. Standard ones of approvals:
``services.papers``. Sealing is the affair of whoever holds the seals: ``use_sealer``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from zhengwu.lib.problem import Problem

if TYPE_CHECKING:
    from zhengwu.kernel.cases.models import Case, Document

Data = dict[str, Any]
Page = Callable[["Document", "Case"], Data]


def no_page(paper: "Document", case: "Case") -> Data:
    """Nothing beyond the data of the order."""
    return {}


@dataclass(frozen=True)
class PaperKind:
    """One kind of paper.

    ``requires``: statement → its Chinese name; a statement is a key of the order's data, ``a.b`` inside a mapping,
    ``a[].b`` in every row of a list that must not be empty. ``template``: a name in ``lib/paper/templates``;
    ``notice`` takes paragraphs, facts, heads and rows, then, closing, remedies. ``page`` makes the template's data of
    the stored paper; what it gives comes over the data of the order. ``purpose``: words on the seal.
    """

    code: str
    title: str
    basis: str
    requires: Mapping[str, str] = field(default_factory=dict)
    template: str = "notice"
    page: Page = no_page
    purpose: str = ""


_kinds: dict[str, PaperKind] = {}


def register(kind: PaperKind) -> None:
    """Called once, in an app's ``ready()``. A second kind with the same code is a programming error."""
    if kind.code in _kinds:
        raise ValueError(f"paper kind registered twice: {kind.code}")
    _kinds[kind.code] = kind


def find(code: str) -> PaperKind | None:
    return _kinds.get(code)


def all_kinds() -> list[PaperKind]:
    """Every kind this installation can print, in the order they were registered."""
    return list(_kinds.values())


def require_content(code: str, data: Mapping[str, Any]) -> None:
    """Refuses a paper that does not state what it must. Raises Problem (422) naming everything that is missing."""
    kind = _kinds.get(code)
    missing = [name for path, name in kind.requires.items() if not _stated(data, path)] if kind else []
    if kind and missing:
        raise Problem("paper-incomplete", f"《{kind.title}》还没有写明：{'、'.join(missing)}（{kind.basis}）",
                      f"the paper {code} lacks required statements", status=422, extra={"missing": missing})


def _stated(data: Any, path: str) -> bool:
    head, _, rest = path.partition(".")
    value = data.get(head.removesuffix("[]")) if isinstance(data, Mapping) else None
    if head.endswith("[]"):
        return isinstance(value, list) and bool(value) and (not rest or all(_stated(row, rest) for row in value))
    if rest:
        return _stated(value, rest)
    return bool(value.strip()) if isinstance(value, str) else value not in (None, [], {})


@dataclass(frozen=True, slots=True)
class SealOrder:
    """A paper to be sealed. ``draw(picture)`` sets the page with the seal's picture (SVG text; "" for the drawn one).

    ``on`` is the day printed on the paper; ``subject`` names the paper in the seal's use log and in the signature.
    """

    unit_id: int
    unit_name: str
    title: str
    number: str
    subject: str
    purpose: str
    on: date
    draw: Callable[[str], bytes]


Sealer = Callable[[SealOrder], bytes]


def _unsigned(order: SealOrder) -> bytes:
    return order.draw("")


_sealers: list[Sealer] = [_unsigned]


def use_sealer(sealer: Sealer) -> None:
    """From now on ``sealer`` sets and signs what is to be sealed; it raises Conflict where no seal may be used."""
    _sealers[:] = [sealer]


def seal(order: SealOrder) -> bytes:
    """The sealed PDF. Raises Conflict when the organ's seal may not be used (revoked, expired, stopped)."""
    return _sealers[0](order)
