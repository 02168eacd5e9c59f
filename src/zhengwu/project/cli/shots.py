"""`./zw shots [--url URL]`: the pictures of the README, made from the running product by Debian's chromium."""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from zhengwu.project.cli.demo import password_of

ROOT = Path(__file__).resolve().parents[4]
CHROMIUM = os.environ.get("ZW_CHROMIUM", "/usr/bin/chromium")
MATTER = "食品经营许可证核发"
WIDE, NARROW = (1440, 900), (375, 812)
MAX_BYTES = 250_000


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="平台地址 (address of the running platform)")
    parser.add_argument("--data", type=Path, default=None, help="数据目录 (where the demo password is kept)")
    parser.add_argument("--password", default="", help="演示账号密码 (else ZHENGWU_DEMO_PASSWORD, else from the data)")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images", help="图片目录 (where the pictures go)")


class Camera:
    """One browser; a person signs in once."""

    def __init__(self, browser: Any, url: str, password: str, out: Path) -> None:
        self.browser, self.url, self.password, self.out = browser, url.rstrip("/"), password, out
        self.states: dict[str, Any] = {}
        self.too_large: list[str] = []

    def page(self, user: str = "", size: tuple[int, int] = WIDE) -> Any:
        """A page of ``user``; motion off, light scheme, Chinese."""
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]}, base_url=self.url, locale="zh-CN", reduced_motion="reduce",
            storage_state=self.states.get(user))
        page = context.new_page()
        if user and user not in self.states:
            page.goto("/accounts/login/")
            page.fill("input[name=login]", user)
            page.fill("input[name=password]", self.password)
            page.click("main button[type=submit]")
            page.wait_for_load_state()
            self.states[user] = context.storage_state()
        return page

    def shot(self, page: Any, name: str, at: str = "") -> None:
        """The window, scrolled to the element ``at``; the file is named ``name``.png."""
        if at:
            page.locator(at).first.evaluate("e => e.scrollIntoView({block: 'start'})")
        page.wait_for_load_state("networkidle")
        path = self.out / f"{name}.png"
        page.screenshot(path=path, animations="disabled")
        size = path.stat().st_size
        print(f"{path.name:<28}{size / 1000:>6.0f} kB")
        if size > MAX_BYTES:
            self.too_large.append(path.name)


def _public(camera: Camera) -> None:
    page = camera.page()
    page.goto("/")
    camera.shot(page, "front")
    page.goto(f"/matters/?division=519921&q={MATTER}")
    page.get_by_role("link", name=MATTER, exact=True).first.click()
    page.wait_for_load_state()
    camera.shot(page, "guide")
    page.goto("/sunshine/")
    camera.shot(page, "sunshine")
    narrow = camera.page(size=NARROW)
    narrow.goto("/")
    camera.shot(narrow, "front-375")


def _case(camera: Camera) -> None:
    """The case of the enterprise that is under way, its receipt, and the licence it was given."""
    page = camera.page("enterprise")
    page.goto("/my/?phase=open")
    page.locator(".hall-list a").first.click()
    page.wait_for_load_state()
    camera.shot(page, "case")
    camera.shot(page, "case-chart", at=".hall-clocks")
    page.goto(page.url.rstrip("/") + "/receipt/")
    camera.shot(page, "receipt")
    page.goto("/my/certificates/")
    page.locator("main a[href*='/certificates/']").first.click()
    page.wait_for_load_state()
    camera.shot(page, "certificate")
    narrow = camera.page("enterprise", NARROW)
    narrow.goto("/my/?phase=open")
    narrow.locator(".hall-list a").first.click()
    narrow.wait_for_load_state()
    camera.shot(narrow, "case-375", at=".hall-now")


def _staff(camera: Camera) -> None:
    page = camera.page("officer")
    page.goto("/desk/")
    page.locator("a[data-row]").first.click()
    page.wait_for_selector("#pane-title")
    camera.shot(page, "desk")
    board = camera.page("inspector")
    board.goto("/desk/supervision/")
    camera.shot(board, "board")


def run(options: argparse.Namespace) -> int:
    """0 when every picture was made and is small enough."""
    from playwright.sync_api import Error, sync_playwright

    password = password_of(options)
    if not password or not Path(CHROMIUM).exists():
        print("需要演示密码（--password）和 chromium (a demo password and chromium are needed)", file=sys.stderr)
        return 2
    options.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        camera = Camera(browser, options.url, password, options.out)
        try:
            for series in (_public, _case, _staff):
                series(camera)
        except Error as error:
            print(f"截图没有完成（not finished）：{str(error).splitlines()[0]}", file=sys.stderr)
            return 1
        finally:
            browser.close()
    for name in camera.too_large:
        print(f"{name} 超过 {MAX_BYTES // 1000} kB (too large)", file=sys.stderr)
    return 1 if camera.too_large else 0
