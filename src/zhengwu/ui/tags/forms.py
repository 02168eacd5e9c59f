"""Tags for forms: fields with errors where they belong, a summary on top, ratings and uploads."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.template import Library

register = Library()
C = "ui/components/"
RATINGS = [(5, "非常满意"), (4, "满意"), (3, "基本满意"), (2, "不满意"), (1, "非常不满意")]


def _kind(widget: forms.Widget) -> str:
    """Our name for how a widget is laid out."""
    if isinstance(widget, forms.CheckboxInput):
        return "tick"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, forms.ClearableFileInput | forms.FileInput):
        return "file"
    return "input"


@register.inclusion_tag(C + "field.html")
def field(bound: BoundField, label: str = "", help: str = "", optional: bool = True) -> dict[str, Any]:
    """One field of a Django form: label, help, control, errors. ``optional`` marks what may stay empty (选填).

    Ids follow Django (``id_x``, ``id_x_helptext``, ``id_x_error``), so its aria attributes meet their targets.
    """
    widget = bound.field.widget
    kind = _kind(widget)
    if kind == "input":
        given = widget.attrs.get("class", "")
        if widget.attrs.get("placeholder") == bound.label:
            del widget.attrs["placeholder"]
        widget.attrs["class"] = given if "zw-input" in given.split() else f"zw-input {given}".strip()
    return {
        "bound": bound,
        "kind": kind,
        "label": label or bound.label,
        "help": help or bound.help_text,
        "optional": optional and not bound.field.required,
        "errors": bound.errors,
        "group": kind == "choices",
        "id": bound.auto_id,
    }


@register.inclusion_tag(C + "form_fields.html")
def form_fields(form: forms.BaseForm) -> dict[str, Any]:
    """Every field of ``form`` in order, hidden ones included; no summary (write ``form_errors`` above)."""
    return {"form": form}


@register.inclusion_tag(C + "form_errors.html")
def form_errors(form: Any) -> dict[str, Any]:
    """What has to be corrected, with links to the fields. Takes a Django form, ``{field: message}`` or a Problem."""
    if isinstance(form, forms.BaseForm):
        items = [
            (
                form[name].auto_id if name in form.fields else "",
                form[name].label if name in form.fields else "",
                message,
            )
            for name, messages in form.errors.items()
            for message in messages
        ]
    elif isinstance(form, dict):
        items = [(f"id_{name}" if name else "", "", message) for name, message in form.items()]
    elif form is None:
        items = []
    else:
        errors = getattr(form, "errors", None) or {getattr(form, "field", ""): getattr(form, "zh", str(form))}
        items = [(f"id_{name}" if name else "", "", message) for name, message in errors.items()]
    shown = [
        {"id": i, "label": "" if label.endswith("。") else label, "message": message} for i, label, message in items
    ]
    return {"items": shown}


@register.inclusion_tag(C + "input_field.html")
def input_field(
    name: str,
    label: str,
    kind: str = "text",
    value: Any = "",
    error: str = "",
    *,
    help: str = "",
    required: bool = False,
    choices: Iterable[tuple[Any, str]] = (),
    maxlength: int | None = None,
    rows: int = 4,
) -> dict[str, Any]:
    """One control without a Django form, the same looks and ids as ``field``.

    kind ∈ text, textarea, number, date, tel, password, select, radio, checks, tick, file. ``value`` is the chosen
    value, for checks a list. ``choices``: pairs of value and label.
    """
    chosen = [str(v) for v in value] if isinstance(value, list | tuple | set) else [str(value)]
    options = [{"value": v, "label": text, "on": str(v) in chosen} for v, text in choices]
    return {
        "name": name,
        "label": label,
        "kind": kind,
        "value": "" if value is None else value,
        "error": error,
        "help": help,
        "required": required,
        "options": options,
        "maxlength": maxlength,
        "rows": rows,
        "id": f"id_{name}",
    }


@register.inclusion_tag(C + "upload.html")
def upload(
    name: str,
    label: str,
    help: str = "",
    accept: str = "",
    multiple: bool = False,
    *,
    required: bool = False,
    error: str = "",
) -> dict[str, Any]:
    """A file control with room to drop files; names and progress appear by script, without it it is a plain input."""
    return {
        "name": name,
        "label": label,
        "help": help,
        "accept": accept,
        "multiple": multiple,
        "required": required,
        "error": error,
        "id": f"id_{name}",
    }


@register.inclusion_tag(C + "rating.html")
def rating(name: str, legend: str, value: int | None = None, error: str = "") -> dict[str, Any]:
    """The five levels of 好差评 as radios, values 5 (非常满意) to 1 (非常不满意)."""
    return {"name": name, "legend": legend, "value": value, "levels": RATINGS, "error": error}
