"""Cursors: where a page ended, opaque to the client and checked when it comes back."""

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zhengwu.lib.problem import Problem


@dataclass(frozen=True)
class Cursor:
    """What the pager shows: cursors of the neighbouring pages, None where there is none."""

    next: str | None = None
    previous: str | None = None


def encode(*values: Any) -> str:
    """An opaque cursor of JSON-able values."""
    return base64.urlsafe_b64encode(json.dumps(values, ensure_ascii=False).encode()).decode().rstrip("=")


def aware(text: str) -> datetime:
    """A moment with its zone, for ``decode``; ValueError for anything else."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or not 1900 < moment.year < 9000:
        raise ValueError("no moment of ours")
    return moment


def aware_or_none(text: str | None) -> datetime | None:
    """``aware`` for a column that may be empty."""
    return None if text is None else aware(text)


def decode(cursor: str, *types: Callable[[Any], Any]) -> tuple[Any, ...]:
    """The values of ``encode``, each made by its type. Raises Problem when it is not one of ours."""
    try:
        raw = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(raw, list) or len(raw) != len(types):
            raise ValueError("shape")
        if any(isinstance(value, str) and "\0" in value for value in raw):
            raise ValueError("no text of ours")
        return tuple(make(value) for value, make in zip(raw, types, strict=True))
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error) as error:
        raise Problem("bad-cursor", "分页位置无效，请从第一页重新查询", "the cursor is not valid",
                      field="cursor") from error
