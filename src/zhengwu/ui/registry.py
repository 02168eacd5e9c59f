"""Where packages announce what the shells show: navigation entries, places, and slots in foreign pages.

Everything is added from ``AppConfig.ready`` of the package that owns the page, so ``ui`` knows no business.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

Shell = Literal["public", "desk", "corner"]
Badge = Callable[[HttpRequest], int | None]
Renderer = Callable[[HttpRequest | None, Any], str]


def address(url_name: str) -> str:
    """The path of ``url_name``, or "" where this installation does not run the package that owns it."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def roles_of(request: HttpRequest) -> frozenset[str]:
    """Role codes of the visitor: ``request.user.role_codes`` (iterable or method), empty for everybody else."""
    codes: Any = getattr(getattr(request, "user", None), "role_codes", ())
    return frozenset(codes() if callable(codes) else codes)


@dataclass(frozen=True)
class Entry:
    """One line of a navigation; ``roles`` empty means everybody, ``group`` is a heading on the desk."""

    shell: Shell
    label: str
    url_name: str
    roles: frozenset[str]
    order: int
    badge: Badge | None
    group: str


@dataclass(frozen=True)
class Link:
    """An entry as drawn for one visitor; ``count`` is None where there is nothing to count."""

    label: str
    url: str
    current: bool
    count: int | None
    group: str


class Navigation:
    """The menus: ``public`` (head of the portal), ``desk`` (left of the desk), ``corner`` (beside the name)."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str], Entry] = {}

    def add(
        self,
        shell: Shell,
        label: str,
        url_name: str,
        roles: Iterable[str] = (),
        order: int = 0,
        *,
        badge: Badge | None = None,
        group: str = "",
    ) -> None:
        """Announces a page. Adding the same ``url_name`` to the same shell again replaces the entry."""
        self._entries[shell, url_name] = Entry(shell, label, url_name, frozenset(roles), order, badge, group)

    def remove(self, shell: Shell, url_name: str) -> None:
        """Takes an entry out (tests, or an installation that hides a page). Unknown entries are no error."""
        self._entries.pop((shell, url_name), None)

    def links(self, shell: Shell, request: HttpRequest) -> list[Link]:
        """The entries of ``shell`` this visitor may use, in order; the one that holds the page is current."""
        roles = roles_of(request)
        allowed = [e for e in self._entries.values() if e.shell == shell and (not e.roles or e.roles & roles)]
        drawn = [(e, url) for e in sorted(allowed, key=lambda e: e.order) if (url := address(e.url_name))]
        inside = [url for _, url in drawn if request.path == url or (url != "/" and request.path.startswith(url))]
        here = max(inside, key=len, default="")
        return [Link(e.label, url, url == here, e.badge(request) if e.badge else None, e.group) for e, url in drawn]


class Places:
    """Well-known addresses the shells link to, by purpose.

    Purposes used: ``home``, ``search`` (GET ``q``), ``desk``, ``errors`` (找错), ``sitemap``, ``profile``.
    A purpose nobody filled is not linked.
    """

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def set(self, purpose: str, url_name: str) -> None:
        """``url_name`` now answers for ``purpose``."""
        self._names[purpose] = url_name

    def url(self, purpose: str) -> str:
        """The path for ``purpose``, or ""."""
        name = self._names.get(purpose)
        return address(name) if name else ""


class Slots:
    """Named gaps in pages that other packages fill, e.g. ``case.aside``; drawn by ``{% slot "case.aside" case %}``."""

    def __init__(self) -> None:
        self._renderers: dict[str, list[tuple[int, str, Renderer]]] = {}

    def add(self, name: str, renderer: Renderer, order: int = 0) -> None:
        """``renderer(request, subject)`` returns HTML (SafeString) or text (escaped); "" draws nothing."""
        key = f"{renderer.__module__}.{renderer.__qualname__}"
        others = [r for r in self._renderers.get(name, []) if r[1] != key]
        self._renderers[name] = sorted([*others, (order, key, renderer)], key=lambda r: r[:2])

    def render(self, name: str, request: HttpRequest | None, subject: Any = None) -> SafeString:
        """Everything the packages put into ``name`` for ``subject``, in order."""
        parts = (renderer(request, subject) for _, _, renderer in self._renderers.get(name, []))
        return mark_safe("".join(conditional_escape(part) for part in parts if part))  # noqa: S308 - parts escaped


navigation = Navigation()
places = Places()
slots = Slots()
