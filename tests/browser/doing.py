"""What people do on the pages, as the tests say it."""

from typing import Any

from zhengwu.demo.samples import small_pdf

ANSWERS = {"uscc": "91350100M000100Y43", "phone": "13800000001", "area": "45", "staff": "3", "seats": "20"}
WORDS = "临溪县清平路8号一层"


def find(page: Any, name: str) -> None:
    """From the front page to the guide of a matter of 临溪县."""
    page.goto(f"/matters/?division=519921&q={name}")
    page.get_by_role("link", name=name, exact=True).first.click()
    page.wait_for_url("**/matters/*/")


def fill(page: Any) -> None:
    """Answers every field that is asked for on a form made from JSON Schema."""
    form = page.locator("form.hall-form")
    seen = set()
    for control in form.locator("input:visible, textarea:visible, select:visible").all():
        name, kind = control.get_attribute("name"), control.get_attribute("type") or "text"
        if name in seen or kind in ("hidden", "file"):
            continue
        seen.add(name)
        if kind in ("radio", "checkbox"):
            control.check()
        elif control.evaluate("e => e.tagName") == "SELECT":
            control.select_option(index=1)
        else:
            control.fill(ANSWERS.get(name, "20" if kind == "number" else WORDS))


def upload_all(page: Any) -> None:
    """A small PDF for every material."""
    for control in page.locator("input[type=file]").all():
        control.set_input_files({"name": "扫描件.pdf", "mimeType": "application/pdf", "buffer": small_pdf()})


def fill_in(page: Any, name: str) -> None:
    """From the front page to the last look before the button that submits."""
    find(page, name)
    page.get_by_role("link", name="在线申请").first.click()
    fill(page)
    page.get_by_role("button", name="下一步：提交材料").last.click()
    page.wait_for_url("**/apply/materials/**")
    upload_all(page)
    page.get_by_role("button", name="下一步：核对提交").click()
    page.wait_for_url("**/apply/confirm/")


def apply(page: Any, name: str) -> str:
    """The whole application; the number on the receipt."""
    fill_in(page, name)
    page.get_by_role("button", name="提交申请").click()
    page.wait_for_url("**/receipt/")
    return number_of(page)


def number_of(page: Any) -> str:
    return page.locator(".zw-receipt-number").inner_text().strip()


def focused(page: Any) -> str:
    """Text of what has the focus."""
    return page.evaluate("(document.activeElement.innerText || document.activeElement.value || '').trim()")


def act_by_keys(page: Any, number: str, action: str, opinion: str = "") -> None:
    """On the desk with nothing but the keyboard: find the row, open it, write, choose the action, confirm."""
    page.goto("/desk/")
    for _ in range(120):
        page.keyboard.press("j")
        if number in focused(page):
            break
    assert number in focused(page), f"{number} is not on the list"
    page.keyboard.press("Enter")
    page.wait_for_selector(f"#pane a:has-text('{number}')")
    until(page, "document.activeElement.id === 'pane-title'")
    tab_to(page, "document.activeElement.name === 'opinion'")
    page.keyboard.type(opinion)
    tab_to(page, f"document.activeElement.innerText === '{action}'")
    page.keyboard.press("Enter")
    if page.locator("#zw-confirm[open]").count():
        tab_to(page, "document.activeElement.hasAttribute('data-confirm-yes')")
        page.keyboard.press("Enter")
    page.wait_for_selector("#pane >> text=已办理")


def tab_to(page: Any, reached: str) -> None:
    """Presses Tab until the script expression holds."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(reached):
            return
    raise AssertionError(f"Tab never reaches {reached}")


def until(page: Any, holds: str, seconds: float = 15.0) -> None:
    """Waits for a script expression; the pages' policy forbids playwright's own way, which evaluates text in them."""
    for _ in range(int(seconds * 10)):
        if page.evaluate(holds):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"waited in vain: {holds}")
