"""The hall as people meet it: a number from the kiosk, called at a window by keyboard, evaluated on the device."""

import re
from typing import Any

from tests.browser.conftest import Visit
from tests.browser.doing import tab_to


def test_from_the_kiosk_to_the_five_faces(visit: Visit) -> None:
    manager = visit("/desk/hall/", "centre")
    clerk = visit("/desk/window/", "clerk")
    sit_down(clerk)
    number = clerk.locator("h1").first.inner_text()[:2]
    letter = clerk.locator(".zw-lead").first.inner_text().removeprefix("叫").strip()[0]
    kiosk = visit(kiosk_address(manager), script=False)
    label = take_a_number(kiosk, letter)
    call_until(clerk, label)
    assert label in visit(re.sub("kiosk/.*", "screen/", kiosk_address(manager))).content()
    clerk.keyboard.press("Alt+f")
    clerk.wait_for_load_state()
    if label in clerk.locator(".ce-now").inner_text():
        clerk.get_by_role("button", name="办完F", exact=True).click()
    device = visit(clerk.get_by_role("link", name="评价器页面").get_attribute("href"), script=False)
    assert number in device.locator(".ev-window").inner_text()
    assert label in device.locator(".ev-what").inner_text()
    faces = device.locator(".ev-level")
    assert faces.count() == 5
    assert all(faces.nth(n).bounding_box()["height"] > 120 for n in range(5))
    faces.filter(has_text="非常满意").first.click()
    assert "谢谢您" in device.content()


def kiosk_address(manager: Any) -> str:
    return str(manager.get_by_role("link", name="取号机").get_attribute("href"))


def take_a_number(kiosk: Any, letter: str) -> str:
    """Without script: one press, and the paper shows the number."""
    kiosk.locator(".ce-choose button").filter(has=kiosk.locator("i", has_text=letter)).click()
    assert "前面还有" in kiosk.content()
    return str(kiosk.locator("h1").inner_text())


def sit_down(clerk: Any) -> None:
    """At the first free window, unless one sits already."""
    if clerk.locator(".ce-seats button").count():
        clerk.locator(".ce-seats button").first.click()
        clerk.wait_for_selector(".ce-keys")


def call_until(clerk: Any, label: str) -> None:
    """With nothing but the keyboard: Enter on what has the focus calls the next one."""
    for _ in range(200):
        if label in clerk.locator(".ce-now").inner_text():
            return
        tab_to(clerk, "document.activeElement.value === 'next'") if not focused_on_next(clerk) else None
        clerk.keyboard.press("Enter")
        clerk.wait_for_load_state()
    raise AssertionError(f"{label} was never called")


def focused_on_next(clerk: Any) -> bool:
    return bool(clerk.evaluate("document.activeElement.value === 'next'"))
