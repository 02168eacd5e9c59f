"""The counter by keyboard alone: an on-the-spot case in sixty seconds and twelve inputs; axe; the agent on a phone."""

import time

import pytest

from tests.browser.doing import focused, until

MATTER = "社会保障卡注销"
INITIALS = "shbzkzx"
LINE = "王桂芳|51992119520304042{}|女"
SECONDS, INPUTS = 60, 12


def card_line() -> str:
    from zhengwu.lib.identifiers import citizen_check_char

    return LINE.format(citizen_check_char("51992119520304042"))


class Keys:
    """Counts what is entered: a text typed into one field, or one key that does something. Tab only moves."""

    def __init__(self, page) -> None:
        self.page, self.entered = page, 0

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.entered += 1

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.entered += 1

    def tab_to(self, name: str) -> None:
        for _ in range(60):
            if self.page.evaluate("document.activeElement.name") == name:
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never reaches {name}")


def empty_required(page) -> list[str]:
    """The names of the matter's own fields the clerk still has to fill in: those not taken from the identity."""
    names = page.eval_on_selector_all(
        "form[data-entry] input[required], form[data-entry] textarea[required], form[data-entry] select[required]",
        "all => all.filter(e => !e.name.startsWith('person-')).map(e => e.name)")
    return [n for n in names if n not in ("contact", "phone", "operator", "organisation", "uscc")]


def test_on_the_spot_by_keyboard_in_a_minute(visit) -> None:
    page = visit("/counter/", user="clerk")
    began, keys = time.monotonic(), Keys(page)
    until(page, "document.activeElement.id === 'id_q'")
    keys.type(INITIALS)
    until(page, f"document.querySelector('[data-found]')?.dataset.found === '{INITIALS}'")
    assert MATTER in page.locator('[data-number="1"]').inner_text()
    keys.press("1")
    page.wait_for_url("**/counter/take/**")
    until(page, "document.activeElement.name === 'person-number'")
    keys.type(card_line())
    page.keyboard.press("Enter")  # sent by the reader
    until(page, "document.activeElement.name === 'person-phone'")
    assert page.input_value("input[name=person-name]") == "王桂芳"
    keys.type("13800000101")
    for name in empty_required(page):
        keys.tab_to(name)
        keys.type("梅子镇李子坪村二组18号" if name == "address" else "本人申请办理")
    keys.press("F4")
    keys.press("Control+Enter")
    page.wait_for_url("**/receipt/")
    seconds = time.monotonic() - began
    assert "已办结" in page.inner_text("main") and page.locator(".counter-slip-code").inner_text().strip()
    assert focused(page) == "下一位"
    assert keys.entered <= INPUTS and seconds <= SECONDS, (keys.entered, seconds)
    print(f"on the spot: {keys.entered} inputs, {seconds:.1f} s")


def test_the_reader_behind_the_server_and_a_draft_that_stays(visit) -> None:
    page = visit(f"/counter/?q={MATTER}", user="clerk")
    page.locator('[data-number="1"]').click()
    until(page, "document.activeElement.name === 'person-number'")
    page.keyboard.press("F2")
    until(page, "document.querySelector('[name=person-name]').value !== ''")
    name = page.input_value("input[name=person-name]")
    page.fill("textarea[name=purpose], input[name=purpose]", "用于办理贷款")
    page.wait_for_selector("[data-saved]:has-text('已自动保存')")
    page.goto("/counter/")
    page.get_by_role("link", name=MATTER).first.click()
    assert page.input_value("input[name=person-name]") == name
    page.get_by_role("button", name="当场办结").last.click()
    page.wait_for_selector(".zw-error")
    assert "/take/" in page.url and page.input_value("[name=purpose]") == "用于办理贷款"
    page.goto("/counter/")
    page.locator("button[data-confirm]").first.click()
    page.locator("[data-confirm-yes]").click()
    page.wait_for_load_state()


PAGES = [("clerk", "/counter/"), ("clerk", "@take"), ("clerk", "/counter/late/"), ("clerk", "/counter/plates/"),
         ("agent", "/agent/"), ("agent", "/agent/consents/"), ("agent", "/agent/consents/new/"), ("agent", "@case"),
         ("centre", "/counter/points/"), ("centre", "@point"), ("", "/points/?division=519921"), ("", "@shown")]
FIRST = {"@take": ("/counter/", "[data-number='1']"), "@case": ("/agent/", ".counter-cards a"),
         "@point": ("/counter/points/", ".counter-tree a"),
         "@shown": ("/points/?division=519921101", ".counter-tree a")}


@pytest.mark.parametrize(("user", "path"), PAGES)
def test_pages_are_sound_for_axe_and_fit_a_phone(visit, user: str, path: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    start, link = FIRST.get(path, (path, ""))
    page = visit(start, user=user, width=375)
    if link:
        page.goto(page.locator(link).first.get_attribute("href"))
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []
