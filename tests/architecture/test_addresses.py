"""Every address behind the counter asks who you are."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

SAMPLES = {"int": "1", "str": "x", "slug": "x", "uuid": "00000000-0000-4000-8000-000000000000", "path": "x",
           "date": "2026-03-13"}


def addresses(resolver: URLResolver, before: str = "") -> Iterator[str]:
    """Every address with a sample for each of its parameters."""
    for entry in resolver.url_patterns:
        here = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, here)
        elif isinstance(entry, URLPattern):
            yield "/" + _filled(here)


def _filled(route: str) -> str:
    parts = route.replace("<", "\0").replace(">", "\0").split("\0")
    return "".join(SAMPLES.get(part.split(":")[0] if ":" in part else "str", "x") if index % 2 else part
                   for index, part in enumerate(parts))


def _guarded() -> list[str]:
    return sorted({a for a in addresses(get_resolver()) if a.startswith(("/desk/", "/my/", "/home/"))})


def test_there_are_guarded_addresses():
    assert "/home/" in _guarded() and len(_guarded()) > 5


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
def test_strangers_are_sent_to_sign_in(method):
    """302 to the sign-in page, or 401/403; never the page, never a fault. All addresses in one go: they are many."""
    client = Client(raise_request_exception=False)
    wrong = []
    for address in _guarded():
        answer = getattr(client, method)(address)
        sent = answer.status_code == 302 and answer.headers["Location"].startswith("/accounts/login/")
        if not sent and answer.status_code not in (401, 403, 405):
            wrong.append(f"{method} {address}: {answer.status_code} {answer.headers.get('Location', '')}")
    assert wrong == []


def test_every_package_names_its_addresses():
    """``app_name`` keeps two packages from answering for the same url name."""
    missing = [str(entry.urlconf_name) for entry in get_resolver().url_patterns
               if isinstance(entry, URLResolver) and "zhengwu." in str(entry.urlconf_name)
               and entry.app_name is None]
    assert missing == []
