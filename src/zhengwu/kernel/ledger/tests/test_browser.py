"""The stand-alone page in a real browser, from a file, without a server."""

import shutil

import pytest
from django.urls import reverse

from zhengwu.kernel.ledger.api import proof_text, seal
from zhengwu.kernel.ledger.tests.making import AT, some_events

CHROMIUM = shutil.which("chromium")


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM, reason="chromium is not installed")
@pytest.mark.django_db
def test_the_offline_page_gives_its_verdict_without_network(client, tmp_path):
    from playwright.sync_api import sync_playwright

    event = some_events()[3]
    root = bytes(seal(AT).root).hex()
    page_file, good, bad = (tmp_path / name for name in ("page.html", "good.json", "bad.json"))
    page_file.write_bytes(client.get(reverse("ledger:offline")).content)
    good.write_text(proof_text(event))
    bad.write_text(proof_text(event).replace("王芳", "王方"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        wrong = []
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(page_file.as_uri())
        verdict = page.locator("[data-verdict]")
        page.get_by_role("button", name="核对").click()
        assert "请先选择证明文件" in verdict.inner_text()
        page.get_by_label("证明文件", exact=True).set_input_files(good)
        verdict.get_by_text("证明成立").wait_for()
        assert root in verdict.inner_text()
        page.get_by_label("公布的根摘要").fill("00" * 32)
        page.get_by_role("button", name="核对").click()
        assert "与公布的不一致" in verdict.inner_text()
        page.get_by_label("公布的根摘要").fill("")
        page.get_by_label("证明文件", exact=True).set_input_files(bad)
        verdict.get_by_text("证明不成立").wait_for()
        assert "内容与其摘要不符" in verdict.inner_text()
        assert wrong == []
        browser.close()
