"""What only a browser can tell: axe, narrow screens, the policy against inline code, keys and dialogs."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.urls("zhengwu.ui.tests.urls"), pytest.mark.django_db(transaction=True)]

CHROMIUM = os.environ.get("ZW_CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PAGES = ["/styleguide/", "/styleguide/desk/", "/styleguide/paper/", "/accounts/login/", "/about/"]
MODES = {"light": ("light", False), "dark": ("dark", False), "large": ("light", True)}


@pytest.fixture(scope="module")
def chromium() -> Iterator:
    if not Path(CHROMIUM).exists():
        pytest.skip("chromium is not installed")
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright runs a loop in this thread; Django only sees that
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def visit(chromium, live_server, monkeypatch):
    monkeypatch.setenv("ZW_STYLEGUIDE", "1")
    contexts, complaints = [], []

    def opened(path: str, mode: str = "light", width: int = 1440, script: bool = True):
        scheme, large = MODES[mode]
        context = chromium.new_context(
            color_scheme=scheme, viewport={"width": width, "height": 900}, java_script_enabled=script
        )
        contexts.append(context)
        if large:
            context.add_cookies([{"name": "zw_large", "value": "1", "url": live_server.url}])
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(live_server.url + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_serious(visit, path: str, mode: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(visit(path, mode)).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in ("serious", "critical")] == []


@pytest.mark.parametrize("mode", ["light", "large"])
@pytest.mark.parametrize("path", PAGES)
def test_320_pixels_need_no_sideways_scroll(visit, path: str, mode: str) -> None:
    page = visit(path, mode, width=320)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_keys_walk_the_list_and_find_the_search(visit) -> None:
    page = visit("/styleguide/desk/")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    first = page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("j")
    second = page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("k")
    assert first and second and first != second
    assert page.evaluate("document.activeElement.getAttribute('href')") == first


def test_a_destructive_button_asks_first(visit) -> None:
    page = visit("/styleguide/")
    page.evaluate("window.hits = 0")
    page.evaluate("document.querySelector('[data-confirm]').addEventListener('click', () => { window.hits += 1; })")
    page.click("[data-confirm]")
    dialog = page.locator("#zw-confirm")
    assert "不能恢复" in dialog.inner_text()
    page.click("[data-confirm-no]")
    assert page.evaluate("window.hits") == 0
    page.click("[data-confirm]")
    page.click("[data-confirm-yes]")
    assert page.evaluate("window.hits") == 1
    assert not dialog.is_visible()


def test_without_script_the_menu_is_open_and_nothing_dead_is_shown(visit) -> None:
    page = visit("/styleguide/desk/", width=375, script=False)
    assert page.locator("[data-chart-zoom]").first.is_hidden()
    assert page.locator("[data-open]").first.is_hidden()
    assert page.locator("#sample-dialog").is_visible()
    assert page.locator("details.zw-side").get_attribute("open") is not None


def test_a_wide_chart_opens_at_the_step_one_stands_at(visit) -> None:
    page = visit("/styleguide/", width=375)
    inside = """() => {
      const view = document.querySelector('.zw-chart-view').getBoundingClientRect();
      const step = document.querySelector('.zw-chart-view .zw-flow-current').getBoundingClientRect();
      return step.left >= view.left && step.right <= view.right;
    }"""
    assert page.evaluate(inside)
    assert page.evaluate("document.querySelector('.zw-chart-view').scrollLeft") > 0
