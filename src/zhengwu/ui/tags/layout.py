"""Tags for the frame of a page: heads, panels, tabs, alerts, dialogs, slots."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.template import Context, Library
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from zhengwu.ui import context as site_context
from zhengwu.ui.registry import slots

register = Library()
C = "ui/components/"

# Own line drawings on a 16 by 16 grid.
ICONS = {
    "search": "M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9ZM10.4 10.4 14 14",
    "arrow": "M3 8h10M9 4l4 4-4 4",
    "check": "M3 8.5 6.5 12 13 4.5",
    "close": "M4 4l8 8M12 4l-8 8",
    "file": "M4 1.5h5.5L13 5v9.5H4ZM9.5 1.5V5H13",
    "print": "M4.5 6V2h7v4M4.5 11.5h-2V6h11v5.5h-2M4.5 9.5h7V14h-7Z",
    "copy": "M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8Z",
    "bell": "M4 11V7a4 4 0 0 1 8 0v4l1.2 1.5H2.8ZM6.6 14.3h2.8",
    "menu": "M2 4h12M2 8h12M2 12h12",
    "external": "M6.5 3H3v10h10V9.5M9 2.5h4.5V7M13.5 2.5 7.5 8.5",
}


@register.simple_tag
def city_name() -> str:
    """Name of the city, also in pages drawn without a request (500)."""
    return site_context.city()


@register.inclusion_tag(C + "icon.html")
def icon(name: str) -> dict[str, str]:
    """A small line drawing, hidden from readers: ``{% icon "search" %}``; an unknown name raises KeyError."""
    return {"path": ICONS[name]}


@register.inclusion_tag(C + "wordmark.html")
def wordmark(label: str = "政务服务") -> dict[str, str]:
    """Our mark (a sheet of days, one of them today), the city and ``label``."""
    return {"city": site_context.city(), "label": label}


@register.inclusion_tag(C + "page_header.html")
def page_header(title: str, lead: str = "", actions: Iterable[dict[str, str]] = (), kicker: str = "") -> dict[str, Any]:
    """Head of a page (h1). ``actions``: ``{"label", "url", "kind"}``, kind ∈ primary, "" (plain), danger."""
    return {"title": title, "lead": lead, "actions": list(actions), "kicker": kicker}


@register.simple_block_tag
def page_head(content: str, title: str, lead: str = "", kicker: str = "") -> SafeString:
    """Like ``page_header``, with the actions written as HTML between the tags."""
    shown = {"title": title, "lead": lead, "kicker": kicker, "body": content}
    return render_to_string(C + "page_header.html", shown)


@register.inclusion_tag(C + "breadcrumb.html")
def breadcrumb(*parts: str) -> dict[str, Any]:
    """``{% breadcrumb "首页" "/" "办事" "/matters/" "本页" %}``: label, address pairs; a last lone label is here."""
    pairs = list(zip(parts[0::2], parts[1::2], strict=False))
    return {"pairs": pairs, "here": parts[-1] if len(parts) % 2 else ""}


@register.simple_block_tag
def panel(content: str, title: str = "", note: str = "", kind: str = "", id: str = "") -> SafeString:
    """A titled section on paper (h2); ``kind``: "" | quiet (ground) | flush (content touches the edge, tables)."""
    return render_to_string(C + "panel.html", {"title": title, "note": note, "kind": kind, "id": id, "body": content})


@register.simple_block_tag
def fold(content: str, title: str, open: bool = False) -> SafeString:
    """Details that open in place (native, no script)."""
    return render_to_string(C + "fold.html", {"title": title, "open": open, "body": content})


@register.inclusion_tag(C + "tabs.html")
def tabs(items: Iterable[dict[str, Any]], label: str = "本页分类") -> dict[str, Any]:
    """Links that look like tabs, each its own address: ``{"label", "url", "current", "count"}`` (count optional)."""
    return {"items": list(items), "label": label}


@register.inclusion_tag(C + "alert.html")
def alert(text: str, kind: str = "info", title: str = "") -> dict[str, str]:
    """A message in the page; kind ∈ info, success, warning, error."""
    return _alert(text, kind, title)


@register.simple_block_tag
def notice(content: str, kind: str = "info", title: str = "") -> SafeString:
    """Like ``alert`` with HTML between the tags."""
    return render_to_string(C + "alert.html", _alert(content, kind, title))


def _alert(text: str, kind: str, title: str) -> dict[str, str]:
    words = {"info": "提示", "success": "已完成", "warning": "请注意", "error": "有问题"}
    known = kind if kind in words else "info"
    return {"text": text, "kind": known, "title": title or words[known], "role": "alert" if known == "error" else ""}


@register.inclusion_tag(C + "messages.html", takes_context=True)
def messages_list(context: Context) -> dict[str, Any]:
    """Django's messages of this request, announced politely. The base pages draw it."""
    return {"messages": context.get("messages") or ()}


@register.inclusion_tag(C + "empty.html")
def empty(title: str, body: str = "", action_label: str = "", action_url: str = "") -> dict[str, str]:
    """What a place is for and what to do first. Inside ``{% for %}`` write ``{% empty_state … %}``."""
    return {"title": title, "body": body, "action_label": action_label, "action_url": action_url}


register.inclusion_tag(C + "empty.html", name="empty_state")(empty)


@register.inclusion_tag(C + "progress.html")
def progress(value: int, total: int, label: str, unit: str = "") -> dict[str, Any]:
    """How far long work is: ``{% progress 34 120 "正在导入" "条" %}``."""
    return {"value": min(max(value, 0), total), "total": total, "label": label, "unit": unit}


@register.simple_block_tag
def dialog(content: str, id: str, title: str) -> SafeString:
    """A native dialog; opened by ``<button data-open="id">``. Without script its content stands in the page."""
    return render_to_string(C + "dialog.html", {"id": id, "title": title, "body": content})


@register.simple_tag(takes_context=True)
def slot(context: Context, name: str, subject: Any = None) -> SafeString:
    """What other packages show here: ``{% slot "case.aside" case %}`` (see ``registry.slots``)."""
    return slots.render(name, context.get("request"), subject)


@register.inclusion_tag(C + "facts.html")
def facts(pairs: Sequence[tuple[str, Any]], wide: bool = False) -> dict[str, Any]:
    """Key and value (dl) from pairs; an empty value shows as —. ``wide`` puts two pairs on a line."""
    return {"pairs": [(key, "—" if value in (None, "") else value) for key, value in pairs], "wide": wide}
