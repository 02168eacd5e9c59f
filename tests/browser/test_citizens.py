"""The guided way, what lies beside it, and the hall on an old phone: 240 px, no script, less than 50 kB a page."""

from typing import Any

import pytest

from tests.browser import doing

SHOP = "食品小经营店备案"
LIMIT = 50_000
PAGES = [("", "/scenes/"), ("", "/scenes/birth/"), ("", "@ask"), ("", "@asked"), ("citizen", "/my/mandates/"),
         ("citizen", "/my/calendar/"), ("citizen", "@bundle"), ("citizen", "@together"), ("citizen", "@mandate"),
         ("sysadmin", "/desk/sms/")]
FIRST = {"@bundle": "a[href*='/my/scenes/']", "@together": "a[href*='/my/together/']",
         "@mandate": "a[href*='/my/mandates/']:not([href$='mandates/'])"}


@pytest.fixture
def at(visit):
    """Opens one of PAGES; "@name" is reached by its first link in my affairs, or by answering."""

    def opened(user: str, path: str, **how: Any) -> Any:
        if not path.startswith("@"):
            return visit(path, user=user, **how)
        page = visit("/my/" if user else "/", user=user, **how)
        if path in FIRST:
            page.goto(page.locator(FIRST[path]).first.get_attribute("href"))
            return page
        doing.find(page, SHOP)
        page.goto(page.url + "ask/")
        while path == "@asked" and page.locator("form.hall-question").count():
            page.locator("form.hall-question input[type=radio]").first.check()
            page.get_by_role("button", name="下一步").click()
            page.wait_for_load_state()
        return page

    return opened


@pytest.mark.parametrize(("user", "path"), PAGES)
def test_axe_finds_nothing_serious_and_320_pixels_need_no_sideways_scroll(at, user: str, path: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = at(user, path)
    found = Axe().run(page).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in ("serious", "critical")] == []
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_the_back_button_finds_the_answer(at) -> None:
    page = at("", "@ask")
    first = page.locator("form.hall-question legend").inner_text()
    page.locator("input[type=radio]").first.check()
    page.get_by_role("button", name="下一步").click()
    page.wait_for_load_state()
    assert page.locator("form.hall-question legend").inner_text() != first
    page.get_by_role("link", name="上一个问题").click()
    page.wait_for_load_state()
    assert page.locator("form.hall-question legend").inner_text() == first
    assert page.locator("input[type=radio]").first.is_checked()


class Phone:
    """An old phone: 240 px, no script; every page it opens is weighed with all it loads."""

    def __init__(self, page: Any) -> None:
        self.page, self.weights = page, {}
        page.on("response", self._weigh)

    def _weigh(self, response: Any) -> None:
        if response.status == 200:
            self.weights.setdefault(self.page.url, {})[response.url] = len(response.body())

    def fits(self) -> None:
        """No heavier than 50 kB, and nothing wider than the screen (a page without script is measured from outside)."""
        assert sum(self.weights.get(self.page.url, {}).values()) < LIMIT
        for box in self.page.locator("main > *, header, footer").all():
            shown = box.bounding_box()
            assert shown is None or shown["x"] + shown["width"] <= 240.5, box.inner_text()[:40]


def test_the_whole_way_on_an_old_phone_without_script(visit) -> None:
    page = visit("/m/", width=240, script=False, fresh=True)
    phone = Phone(page)
    page.fill("#q", SHOP)
    page.get_by_role("button", name="找事项").click()
    phone.fits()
    page.get_by_role("link", name=SHOP, exact=True).first.click()
    phone.fits()
    page.get_by_role("link", name="看我要交哪些材料").click()
    while page.locator("input[name=question]").count():
        phone.fits()
        page.locator("input[type=radio]").first.check()
        page.get_by_role("button", name="下一步").click()
    phone.fits()
    page.get_by_role("link", name="按这个情形申请").click()
    page.fill("input[name=login]", "citizen")
    page.fill("input[name=password]", _password())
    page.get_by_role("button", name="登录").click()
    phone.fits()
    _fill(page)
    page.get_by_role("button", name="下一步：材料").click()
    phone.fits()
    doing.upload_all(page)
    page.get_by_role("button", name="下一步：核对").click()
    phone.fits()
    page.get_by_role("button", name="提交申请").click()
    phone.fits()
    number = doing.number_of(page)
    code = page.locator("dd.number").nth(1).inner_text()
    page.get_by_role("link", name="看进度").click()
    phone.fits()
    page.goto("/m/my/")
    phone.fits()
    page.goto("/m/progress/")
    page.fill("input[name=number]", number)
    page.fill("input[name=code]", code)
    page.get_by_role("button", name="查询进度").click()
    assert SHOP in page.locator("h1").inner_text()
    phone.fits()


def _password() -> str:
    import os

    from tests.faults.conftest import PASSWORD

    return os.environ.get("ZHENGWU_DEMO_PASSWORD") or PASSWORD


def _fill(page: Any) -> None:
    """Every field of the form, without script."""
    seen = set()
    for control in page.locator("main form input, main form textarea, main form select").all():
        name, kind = control.get_attribute("name"), control.get_attribute("type") or "text"
        if name in seen or kind in ("hidden", "file", "search"):
            continue
        seen.add(name)
        if kind in ("radio", "checkbox"):
            control.check()
        else:
            control.fill(doing.ANSWERS.get(name, "20" if kind == "number" else doing.WORDS))
