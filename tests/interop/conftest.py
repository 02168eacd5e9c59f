"""A city with cases at several stages, and tokens of those who ask; made once for a module and undone after it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction

from tests.city import START, City, make_city
from zhengwu.kernel.cases import api
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.directory.api import issue_token
from zhengwu.kernel.files.api import StoredFile, store
from zhengwu.lib.now import travel
from zhengwu.lib.tests import samples


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is foreign software against the product."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.interop)


@dataclass
class Product:
    """The city, cases by stage, a file nobody has used yet, and bearer headers by person."""

    city: City
    cases: dict[str, Case] = field(default_factory=dict)
    file: StoredFile | None = None
    bearers: dict[str, dict[str, str]] = field(default_factory=dict)


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """The product runs in this process and transaction, which the end of a request must not close."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def product(django_db_setup: None, django_db_blocker) -> Iterator[Product]:
    with django_db_blocker.unblock(), transaction.atomic(), travel(START):
        made = Product(make_city())
        city = made.city
        owner = city.actor("citizen")
        made.file = store(name="执照.png", stream=BytesIO(samples.png()), owner=owner, purpose="material")
        for who, scopes in (("citizen", ["read", "apply", "files"]), ("clerk_lin", ["read", "work"]),
                            ("auditor", ["read"])):
            _, secret = issue_token(by=city.actor("secadmin"), name=who, account=city.people[who], scopes=scopes)
            made.bearers[who] = {"Authorization": f"Bearer {secret}"}
        made.cases["new"] = city.apply("citizen")
        made.cases["accepted"] = city.run(city.apply("citizen"), "precheck accept")
        for chart, acts in FINISHED:
            case = city.run(city.apply("citizen", chart=chart), *acts)
            made.cases[f"{chart} {case.state} {len(acts)}"] = case
        withdrawn = city.run(city.apply("citizen"), "precheck accept")
        api.withdraw(number=withdrawn.number, by=city.actor("citizen"))
        yield made
        transaction.set_rollback(True)


FINISHED = [
    ("instant", ["precheck accept", "decide grant", "issue issue", "deliver deliver"]),
    ("instant", ["precheck correct", "correct submit", "precheck refuse"]),
    ("standard", ["precheck accept", "review pass", "approve return", "review pass", "approve agree", "decide grant",
                  "issue issue", "deliver deliver"]),
    ("promised", ["precheck correct", "correct submit", "precheck accept", "review inspect", "inspect done",
                  "review fail", "legal agree", "decide deny", "deliver_denial deliver"]),
    ("promised", ["precheck accept", "review inspect", "inspect done", "review pass", "approve agree", "decide deny",
                  "legal return", "review pass", "approve agree", "decide grant", "issue issue", "deliver deliver"]),
    ("joint", ["precheck accept", "review pass", "review fail", "summarise return", "review pass", "review pass",
               "summarise pass", "decide grant", "issue issue", "deliver deliver"]),
    ("joint", ["precheck accept", "review pass", "review fail", "summarise fail", "legal agree", "decide deny",
               "deliver_denial deliver"]),
]
