"""Forms from JSON Schema (2020-12, a declared subset): what to draw, and what was typed as clean data or errors.

The schema is an ``object`` whose properties are ``string`` (``enum`` or ``oneOf`` of const and title, ``format``
``date``, ``citizen-id``, ``uscc``, ``phone``), ``integer``, ``number``, ``boolean``, ``array`` of strings with
``enum`` (ticks) or ``array`` of objects (repeating rows, one level). Own words: ``x-order`` (number), ``x-section``
(heading), ``x-widget`` (``textarea``, ``radio``), ``x-show-when`` (``{"other field": value}``, simple equality),
``x-message`` (what to say when ``pattern`` does not fit). Amounts are exact: a ``number`` is kept as a string
("1200.50"), because a float is no amount.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from zhengwu.lib.forms_values import MISSING, ValueRefusedError, coerce, flatten, title_of
from zhengwu.lib.problem import Invalid

Schema = Mapping[str, Any]
Data = dict[str, Any]
Errors = dict[str, str]
MAX_ROWS = 100
_VERBS = {"tick": "请勾选", "rows": "请至少填写一行", "checks": "请选择", "radio": "请选择", "select": "请选择"}
_TYPES = {"string", "integer", "number", "boolean", "array"}


@dataclass(frozen=True, slots=True)
class Field:
    """What a template needs to draw one input.

    ``name`` is also the key of its error (``rows.0.name`` inside repeating rows). ``widget`` ∈ text, textarea,
    number, date, tel, select, radio, tick, checks, rows. ``value`` is what was typed, as typed (list for checks);
    ``options`` are (value, label). ``show_when`` is (name of the other field, value) or None. For rows: ``columns``
    is an empty row (its names carry ``#`` for the row's number), ``rows`` are the filled ones.
    """

    name: str
    label: str
    widget: str
    help: str = ""
    required: bool = False
    options: list[tuple[str, str]] = field(default_factory=list)
    value: Any = ""
    error: str = ""
    maxlength: int | None = None
    section: str = ""
    show_when: tuple[str, str] | None = None
    columns: list["Field"] = field(default_factory=list)
    rows: list[list["Field"]] = field(default_factory=list)


def fields(schema: Schema, typed: Mapping[str, Any] | None = None, errors: Errors | None = None) -> list[Field]:
    """The inputs in order, holding what was typed (a QueryDict, or data) and the errors of ``clean``."""
    return _fields(schema, flatten(typed or {}, schema), errors or {}, "", "")


def clean(schema: Schema, submitted: Mapping[str, Any], *, ignore: Collection[str] = ()) -> tuple[Data, Errors]:
    """Checks ``submitted`` (a QueryDict of a page, or the JSON of the API): (data, errors by field, in Chinese).

    ``data`` has only declared fields, exact types, no empty and no hidden ones; it is usable only when there are no
    errors. Names that the schema does not know are errors too, except ``ignore`` and ``csrfmiddlewaretoken``.
    """
    typed = flatten(submitted, schema)
    errors: Errors = {}
    known = set(schema.get("properties", {}))
    for name in typed:
        if name not in known and name not in ignore and name != "csrfmiddlewaretoken":
            errors[str(name)[:80]] = "表单中没有这一项，请刷新页面后重试"
    data = _object(schema, typed, errors, "")
    for path, message in _violations(schema, data):
        if not any(wrong == path or wrong.startswith(f"{path}.") for wrong in errors):
            errors[path] = message
    return _storable(data), errors


def check_schema(schema: Schema) -> list[str]:
    """What this module could not draw or check in ``schema``, in Chinese; empty when it is sound."""
    found = [f"不是合法的 JSON Schema：{e.message}" for e in Draft202012Validator(
        Draft202012Validator.META_SCHEMA).iter_errors(schema)]
    if found or schema.get("type") != "object":
        return found or ["最外层类型必须是 object"]
    properties = schema.get("properties", {})
    for name, part in properties.items():
        if part.get("type") not in _TYPES:
            found.append(f"“{name}”的类型不受支持")
        items = part.get("items", {})
        if part.get("type") == "array" and items.get("type") != "object" and "enum" not in items:
            found.append(f"“{name}”的数组只能是对象（重复行）或可选项")
        if "." in name or "#" in name:
            found.append(f"“{name}”的名称不能含“.”或“#”")
        found += [f"“{name}”的显示条件引用了不存在的“{other}”"
                  for other in part.get("x-show-when", {}) if other not in properties]
    found += [f"必填项“{name}”没有定义" for name in schema.get("required", []) if name not in properties]
    return found


def section_list(items: list[Field]) -> list[tuple[str, list[Field]]]:
    """Fields under their headings, in order; ("", …) for those without."""
    sections: dict[str, list[Field]] = {}
    for item in items:
        sections.setdefault(item.section, []).append(item)
    return list(sections.items())


def _ordered(schema: Schema) -> list[tuple[str, Schema]]:
    return sorted(schema.get("properties", {}).items(), key=lambda pair: pair[1].get("x-order", 1_000_000))


def _fields(schema: Schema, typed: Mapping[str, Any], errors: Errors, prefix: str, section: str) -> list[Field]:
    drawn = []
    for name, part in _ordered(schema):
        full = f"{prefix}{name}"
        widget = _widget(part)
        condition = next(iter(part.get("x-show-when", {}).items()), None)
        columns: list[Field] = []
        rows: list[list[Field]] = []
        if widget == "rows":
            columns = _fields(part["items"], {}, {}, f"{full}.#.", "")
            given = typed.get(name)
            rows = [_fields(part["items"], row, errors, f"{full}.{number}.", "")
                    for number, row in enumerate(given if isinstance(given, list) else []) if isinstance(row, Mapping)]
        drawn.append(Field(
            name=full, label=title_of(name, part), widget=widget, help=part.get("description", ""),
            required=name in schema.get("required", []), options=_options(part),
            value=_shown(typed.get(name), widget), error=errors.get(full, ""), maxlength=part.get("maxLength"),
            section=part.get("x-section", section),
            show_when=(f"{prefix}{condition[0]}", _word(condition[1])) if condition else None,
            columns=columns, rows=rows))
    return drawn


def _widget(part: Schema) -> str:
    kind = part.get("type")
    if "x-widget" in part:
        return str(part["x-widget"])
    if kind == "array":
        return "rows" if part.get("items", {}).get("type") == "object" else "checks"
    if "enum" in part or "oneOf" in part:
        return "radio" if len(_options(part)) <= 4 else "select"
    if kind in ("boolean", "integer", "number"):
        return "tick" if kind == "boolean" else "number"
    if part.get("maxLength", 0) > 120:
        return "textarea"
    return {"date": "date", "phone": "tel"}.get(part.get("format", ""), "text")


def _options(part: Schema) -> list[tuple[str, str]]:
    source = part.get("items", {}) if part.get("type") == "array" else part
    if "oneOf" in source:
        return [(_word(option["const"]), str(option.get("title", option["const"]))) for option in source["oneOf"]]
    return [(_word(value), str(value)) for value in source.get("enum", [])]


def _word(value: Any) -> str:
    """A value as an input carries it."""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _shown(value: Any, widget: str) -> Any:
    if widget == "checks":
        return value if isinstance(value, list) else [] if value is None else [value]
    if widget == "tick":
        return value is True or str(value).lower() in ("on", "true", "1", "是")
    return "" if value is None or widget == "rows" else str(value)


def _object(schema: Schema, typed: Mapping[str, Any], errors: Errors, prefix: str) -> Data:
    """Coerces every visible field; errors are written under ``prefix``."""
    data: Data = {}
    for name, part in _ordered(schema):
        full = f"{prefix}{name}"
        if part.get("type") == "array" and part.get("items", {}).get("type") == "object":
            rows = _rows(part, typed.get(name), errors, full)
            if rows:
                data[name] = rows
            continue
        try:
            value = coerce(part, typed.get(name))
        except ValueRefusedError as refused:
            errors[full] = refused.message
            continue
        if value is not MISSING:
            data[name] = value
    for name, part in schema.get("properties", {}).items():
        if _hidden(part, data):
            data.pop(name, None)
            for key in [k for k in errors if k == f"{prefix}{name}" or k.startswith(f"{prefix}{name}.")]:
                del errors[key]
    return data


def _rows(part: Schema, given: Any, errors: Errors, full: str) -> list[Data]:
    if given is None or given == "":
        return []
    if not isinstance(given, list) or len(given) > part.get("maxItems", MAX_ROWS):
        errors[full] = f"“{title_of(full, part)}”最多填写{part.get('maxItems', MAX_ROWS)}行"
        return []
    rows = []
    for number, row in enumerate(given):
        if not isinstance(row, Mapping):
            errors[f"{full}.{number}"] = "这一行的内容不正确"
            continue
        for name in row:
            if name not in part["items"].get("properties", {}):
                errors[f"{full}.{number}.{str(name)[:40]}"] = "表单中没有这一项，请刷新页面后重试"
        rows.append(_object(part["items"], row, errors, f"{full}.{number}."))
    return rows


def _hidden(part: Schema, data: Data) -> bool:
    return any(data.get(other) != value for other, value in part.get("x-show-when", {}).items())


def _violations(schema: Schema, data: Data) -> list[tuple[str, str]]:
    """What the library finds in coerced data, as (path, Chinese message). Fields not shown are not asked for."""
    found = []
    for error in Draft202012Validator(_exact(_visible(schema, data))).iter_errors(data):
        path = ".".join(str(step) for step in error.absolute_path)
        if error.validator == "required":
            for name in error.validator_value:
                if name not in error.instance:
                    found.append((f"{path}.{name}" if path else name, _wanting(name, error.schema)))
        elif error.validator != "additionalProperties":
            found.append((path, _message(error)))
    return found


def _visible(schema: Schema, data: Data) -> dict[str, Any]:
    shown = {n: p for n, p in schema.get("properties", {}).items() if not _hidden(p, data)}
    for name, part in shown.items():
        if part.get("type") == "array" and isinstance(part.get("items"), Mapping) and "properties" in part["items"]:
            shown[name] = {**part, "items": _row_schema(part["items"])}
    return {**schema, "properties": shown, "required": [n for n in schema.get("required", []) if n in shown]}


def _row_schema(items: Schema) -> dict[str, Any]:
    """Fields of a row that are shown on a condition are required only where the condition holds."""
    always, conditions = [], []
    for name in items.get("required", []):
        when = items.get("properties", {}).get(name, {}).get("x-show-when")
        if when:
            conditions.append({"if": {"properties": {k: {"const": v} for k, v in when.items()}, "required": list(when)},
                               "then": {"required": [name], "properties": items["properties"]}})
        else:
            always.append(name)
    return {**items, "required": always, "allOf": [*items.get("allOf", []), *conditions]}


def _exact(part: Any) -> Any:
    """The schema with its fractions as exact decimals, so that amounts are compared exactly."""
    if isinstance(part, float):
        return Decimal(str(part))
    if isinstance(part, Mapping):
        return {key: _exact(value) for key, value in part.items()}
    return [_exact(value) for value in part] if isinstance(part, list) else part


def _wanting(name: str, schema: Any) -> str:
    part = schema.get("properties", {}).get(name, {})
    widget = _widget(part)
    return f"{_VERBS.get(widget, '请填写')}“{title_of(name, part)}”"


def _message(error: ValidationError) -> str:
    limit = error.validator_value
    part = error.schema if isinstance(error.schema, Mapping) else {}
    messages = {
        "const": "请勾选此项" if limit is True else f"此项应为“{limit}”",
        "enum": "请从给出的选项中选择",
        "oneOf": "请从给出的选项中选择",
        "maxLength": f"最多{limit}个字，现有{len(error.instance) if isinstance(error.instance, str) else 0}个字",
        "minLength": f"至少{limit}个字",
        "pattern": part.get("x-message") or "格式不正确，请按说明填写",
        "minimum": f"不能小于{limit}",
        "maximum": f"不能大于{limit}",
        "exclusiveMinimum": f"必须大于{limit}",
        "exclusiveMaximum": f"必须小于{limit}",
        "multipleOf": f"必须是{limit}的整数倍",
        "minItems": f"至少填写{limit}项",
        "maxItems": f"最多填写{limit}项",
        "uniqueItems": "不能有重复的内容",
    }
    return str(messages.get(str(error.validator), "填写的内容不正确，请按说明填写"))


def _storable(value: Any) -> Any:
    """Decimals as plain strings."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        return {key: _storable(part) for key, part in value.items()}
    return [_storable(part) for part in value] if isinstance(value, list) else value


def data_or_raise(schema: Schema, submitted: Mapping[str, Any], *, ignore: Collection[str] = ()) -> Data:
    """``clean`` for services: the data, or ``Invalid`` with every error by field (422)."""
    data, errors = clean(schema, submitted, ignore=ignore)
    if errors:
        raise Invalid(errors)
    return data
