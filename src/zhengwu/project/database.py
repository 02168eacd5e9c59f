"""DATABASE_URL to Django's settings. PostgreSQL only (architecture: one dialect everywhere)."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

_PREPARE_AFTER = 3


def from_url(url: str) -> dict[str, Any]:
    """``postgresql://user:password@host:port/name?option=value``; an empty url gives an unusable, harmless entry.

    Statements are bound by the server and planned once a connection; behind a pooler that cannot keep them
    (PgBouncer before 1.21) write ``?prepare_threshold=0``. Raises ValueError for another scheme.
    """
    parts = urlsplit(url)
    if url and parts.scheme not in ("postgresql", "postgres"):
        raise ValueError(f"DATABASE_URL must be postgresql://…, not {parts.scheme}://…")
    query: dict[str, Any] = dict(parse_qsl(parts.query))
    query["prepare_threshold"] = int(query.get("prepare_threshold", _PREPARE_AFTER)) or None
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": {"server_side_binding": True} | query,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }
