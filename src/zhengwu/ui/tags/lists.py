"""Tags for lists: table, filters kept in the address, pager, numbers that open the list behind them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.template import Context, Library
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

register = Library()
C = "ui/components/"


def address_with(query: QueryDict, **changes: str | None) -> str:
    """``?…`` of ``query`` with keys set, or removed where None; page and cursor are dropped, filters begin anew."""
    fresh = query.copy()
    for key in ("page", "cursor", *changes):
        fresh.pop(key, None)
    for key, value in changes.items():
        if value is not None:
            fresh[key] = value
    return f"?{fresh.urlencode()}"


def _query(context: Context) -> QueryDict:
    request = context.get("request")
    return request.GET if request else QueryDict()


@dataclass(frozen=True)
class Column:
    """Head of a column; ``kind`` ∈ "", number (right, tabular), narrow."""

    label: str
    kind: str


@register.simple_block_tag
def table(content: str, head: str, caption: str, kind: str = "", empty: str = "") -> SafeString:
    """A data table: ``{% table "编号,事项,金额>,时间" "我的办件" %}<tr>…</tr>{% endtable %}``.

    ``head``: column labels by comma, ``>`` after a label sets the column right with tabular figures (give its cells
    ``class="zw-number"``). ``caption`` names the table for readers and is hidden unless ``kind`` contains "captioned".
    ``kind`` "dense" suits the desk, "stack" makes a card of each row on a phone (``data-label`` names a cell there).
    ``empty`` stands in the table when there are no rows.
    """
    columns = [
        Column(part.rstrip(">").strip(), "number" if part.strip().endswith(">") else "") for part in head.split(",")
    ]
    shown = {
        "columns": columns,
        "caption": caption,
        "kind": kind,
        "body": content,
        "empty": empty if not content.strip() else "",
    }
    return render_to_string(C + "table.html", shown)


@register.inclusion_tag(C + "filters.html", takes_context=True)
def filters(context: Context, groups: Iterable[dict[str, Any]], search: str = "") -> dict[str, Any]:
    """Filter chips as links (a click is a GET) and an optional word search in a GET form.

    ``groups``: ``{"name": "light", "label": "亮灯", "options": [(value, label) or (value, label, count), …]}``;
    the value "" (全部) is added. ``search``: label of the word field (query key ``q``), "" for none.
    """
    query = _query(context)
    drawn = []
    for group in groups:
        now_value = query.get(group["name"], "")
        options = [("", "全部"), *group["options"]]
        chips = [
            {
                "label": option[1],
                "count": option[2] if len(option) > 2 else None,
                "current": str(option[0]) == now_value,
                "url": address_with(query, **{group["name"]: str(option[0]) or None}),
            }
            for option in options
        ]
        drawn.append({"label": group["label"], "chips": chips})
    kept = [(key, value) for key, values in query.lists() if key not in ("q", "page", "cursor") for value in values]
    return {
        "groups": drawn,
        "search": search,
        "q": query.get("q", ""),
        "kept": kept,
        "clear": address_with(query, q=None),
    }


@register.inclusion_tag(C + "pager.html", takes_context=True)
def pager(context: Context, page: Any, total: int | None = None) -> dict[str, Any]:
    """Next and previous, filters kept. ``page``: Django's ``Page``, or an object with ``next``/``previous`` cursors."""
    query = _query(context)

    def link(key: str, value: Any) -> str:
        return address_with(query, **{key: str(value)}) if value else ""

    if hasattr(page, "paginator"):
        before = page.previous_page_number() if page.has_previous() else None
        after = page.next_page_number() if page.has_next() else None
        return {
            "previous": link("page", before),
            "next": link("page", after),
            "number": page.number,
            "pages": page.paginator.num_pages,
            "total": page.paginator.count if total is None else total,
        }
    return {
        "previous": link("cursor", getattr(page, "previous", None)),
        "next": link("cursor", getattr(page, "next", None)),
        "number": None,
        "pages": None,
        "total": total,
    }


@register.inclusion_tag(C + "stat.html")
def stat(value: Any, label: str, url: str = "", note: str = "", light: str = "") -> dict[str, Any]:
    """A number that opens the list behind it; ``light`` ∈ green, yellow, red adds shape and colour. None shows —."""
    return {"value": "—" if value is None else value, "label": label, "url": url, "note": note, "light": light}


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The address of this page with some query keys changed: ``<a href="{% query sort="due" %}">``; None removes."""
    return address_with(
        _query(context), **{key: None if value is None else str(value) for key, value in changes.items()}
    )
