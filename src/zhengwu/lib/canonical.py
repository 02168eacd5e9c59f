"""The one byte form that is hashed: JSON, UTF-8, keys sorted by code point, no spaces, no floats.

What may be in it is what survives a round trip through PostgreSQL ``jsonb`` unchanged, so that a hash can
always be recomputed from the stored row: objects with text keys, lists, text without U+0000 and without
surrogates, whole numbers of up to 4,000 digits, true, false, null. A moment is written by ``moment()``.
"""

import json
from datetime import UTC, datetime
from typing import Any

ZERO = bytes(32)
_MAX_DEPTH = 64
# jsonb keeps numbers as ``numeric``; Python refuses to print longer ones (sys.get_int_max_str_digits).
_MAX_INT = 10**4000
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False,
                           check_circular=False).encode  # _check stops at the depth a circle would pass


def _refuse_text(text: str, where: str) -> None:
    if "\0" in text:
        raise ValueError(f"canonical: U+0000 in {where}")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise ValueError(f"canonical: lone surrogate in {where}") from None


def _check(value: Any, where: str, depth: int) -> None:
    """Raises TypeError or ValueError for what ``dumps`` must not hash; the order is by frequency."""
    kind = type(value)
    if kind is str:
        _refuse_text(value, where)
    elif kind is int:
        if not -_MAX_INT < value < _MAX_INT:
            raise ValueError(f"canonical: number too long in {where}")
    elif value is None or kind is bool:
        return
    elif depth > _MAX_DEPTH:
        raise ValueError(f"canonical: nested deeper than {_MAX_DEPTH}")
    elif kind is dict:
        for key, inner in value.items():
            if not isinstance(key, str):
                raise TypeError(f"canonical: key {key!r} in {where} is no text")
            _refuse_text(key, "a key")
            _check(inner, key, depth + 1)
    elif kind in (list, tuple):
        for inner in value:
            _check(inner, where, depth + 1)
    elif isinstance(value, str):  # a choice of a TextChoices or StrEnum
        _refuse_text(value, where)
    else:
        raise TypeError(f"canonical: {kind.__name__} in {where}; only JSON without floats can be hashed")


def text(value: Any) -> str:
    """The canonical form as text.

    Raises TypeError (a float, a date, a key that is no text) or ValueError (U+0000, a surrogate, too deep).
    """
    _check(value, "the value", 0)
    return _encode(value)


def dumps(value: Any) -> bytes:
    """The canonical form as UTF-8 bytes; errors as ``text``."""
    return text(value).encode()


def moment(at: datetime) -> str:
    """``at`` (aware) as ``2026-02-09T01:02:03.000004Z``: UTC, always six decimals."""
    if at.tzinfo is None:
        raise ValueError("canonical: a moment needs a zone")
    if at.tzinfo is not UTC:
        at = at.astimezone(UTC)
    return at.isoformat(timespec="microseconds")[:26] + "Z"


def _no_float(literal: str) -> Any:
    raise ValueError(f"canonical: {literal} is no whole number")


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("canonical: a key occurs twice")
    return found


_decode = json.JSONDecoder(parse_float=_no_float, parse_constant=_no_float).decode
_decode_strict = json.JSONDecoder(
    parse_float=_no_float, parse_constant=_no_float, object_pairs_hook=_no_twins).decode


def recode(stored: str) -> str:
    """Canonical text of JSON as the database prints it (no twin keys there); ValueError for a float."""
    return _encode(_decode(stored))


def loads(data: bytes | str) -> Any:
    """Reads JSON from outside; ValueError for floats, twin keys, endless nesting, or no JSON at all."""
    try:
        return _decode_strict(data.decode() if isinstance(data, bytes) else data)
    except RecursionError:
        raise ValueError("canonical: nested too deep") from None
