"""The product as people meet it: a real `./zw up` with the demo city and some weeks of cases, and Debian's chromium.

``ZW_BROWSER_URL`` (with ``ZHENGWU_DEMO_PASSWORD``) points the tests at a demo instance that runs already.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.faults.conftest import PASSWORD, Up

CHROMIUM = os.environ.get("ZW_CHROMIUM", "/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run"]
MODES = {"light": ("light", False), "dark": ("dark", False), "large": ("light", True)}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass
class Site:
    """Where the product runs and how the demo accounts get in."""

    url: str
    password: str
    sessions: dict[str, Any] = field(default_factory=dict)


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """One running product for all browser tests."""
    if given := os.environ.get("ZW_BROWSER_URL"):
        yield Site(given.rstrip("/"), os.environ["ZHENGWU_DEMO_PASSWORD"])
        return
    with tempfile.TemporaryDirectory(prefix="zw-browser-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)
        up = Up(Path(folder) / "data")
        try:
            up.start()
            yield Site(up.state()["url"].rstrip("/"), PASSWORD)
        finally:
            up.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    if not Path(CHROMIUM).exists():
        pytest.skip("chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def sign_in(page: Any, site: Site, user: str) -> None:
    """Through the sign-in page, whatever page that is reached from."""
    page.fill("input[name=login]", user)
    page.fill("input[name=password]", site.password)
    page.click("main button[type=submit]")
    page.wait_for_load_state()


Visit = Callable[..., Any]


@pytest.fixture
def visit(chromium: Any, site: Site) -> Iterator[Visit]:
    """``visit(path, user="", mode="light", width=1440, script=True, fresh=False)`` → a page; nothing may complain.

    A person signs in once a session; ``fresh`` signs in anew, for tests that lose the session.
    """
    contexts: list[Any] = []
    complaints: list[str] = []

    def opened(path: str, user: str = "", mode: str = "light", width: int = 1440, script: bool = True,
               fresh: bool = False) -> Any:
        scheme, large = MODES[mode]
        context = chromium.new_context(
            color_scheme=scheme, viewport={"width": width, "height": 900}, java_script_enabled=script,
            storage_state=None if fresh else site.sessions.get(user), base_url=site.url)
        contexts.append(context)
        context.set_default_timeout(15_000)
        if large:
            context.add_cookies([{"name": "zw_large", "value": "1", "url": site.url}])
        page = context.new_page()
        page.on("console", lambda m: complaints.append(f"{page.url}: {m.text}")
                if m.type == "error" and "status of 4" not in m.text else None)
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        if user and (fresh or user not in site.sessions):
            page.goto("/accounts/login/")
            sign_in(page, site, user)
            if not fresh:
                site.sessions[user] = context.storage_state()
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
