"""By which address attempts are counted behind a proxy."""

import pytest

from zhengwu.kernel.directory.api import address_of
from zhengwu.project.middleware import ClientAddress


@pytest.mark.parametrize(
    ("hops", "header", "expected"),
    [(1, "6.6.6.6, 203.0.113.7", "203.0.113.7"), (2, "203.0.113.7, 10.0.0.2", "203.0.113.7"), (1, "", "10.0.0.1"),
     (2, "6.6.6.6", "10.0.0.1"), (0, "6.6.6.6", "10.0.0.1")],
)  # fmt: skip
def test_attempts_are_counted_by_the_address_the_proxy_saw(rf, settings, hops, header, expected):
    settings.TRUSTED_PROXIES = hops
    seen = []
    middleware = ClientAddress(lambda request: seen.append(address_of(request)))
    middleware(rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=header))
    assert seen == [expected]
