"""The designer's day: draws, is told what is wrong, mends it, tries it out, publishes; with mouse and keyboard."""

import re
import secrets
from typing import Any

from tests.browser.doing import focused

KEY = f"browser_{secrets.token_hex(4)}"


def saved(page: Any) -> str:
    """Presses the button and gives back what the editor says then."""
    page.get_by_role("button", name="保存并校验").click()
    page.locator("[data-charts-state]", has_text=re.compile("^已保存修订")).wait_for()
    return page.locator("[data-charts-state]").inner_text()


def ready(page: Any) -> None:
    page.wait_for_selector("[data-charts-editor][data-ready]", timeout=30_000)


def waits_for_editor(page: Any) -> None:
    """The worker fetches bpmn-js in the background of a first start."""
    for _ in range(40):
        if page.locator("[data-charts-editor]").count():
            return ready(page)
        page.wait_for_timeout(1500)
        page.reload()
    raise AssertionError("bpmn-js did not come")


def test_a_chart_is_drawn_mended_tried_and_published(visit):
    page = visit("/desk/charts/new/", "designer")
    page.fill("input[name=title]", "浏览器里画的流程")
    page.fill("input[name=key]", KEY)
    page.get_by_role("button", name="建立草稿").click()
    page.wait_for_url("**/drafts/*/")
    waits_for_editor(page)

    outline = page.locator("[data-charts-outline]")
    outline.get_by_role("button", name="环节 · 收件预审").click()
    page.get_by_role("toolbar").get_by_role("button", name="环节", exact=True).click()
    assert focused(page) == "新环节"
    page.keyboard.type("现场核验")
    page.keyboard.press("Tab")
    assert outline.get_by_role("button", name="环节 · 现场核验").count() == 1
    assert "须改正" in saved(page)
    findings = page.locator("[data-charts-findings]")
    assert findings.get_by_text("“现场核验”之后没有流程线").count() == 1

    findings.get_by_role("button", name=re.compile("现场核验")).first.click()
    panel = page.locator("[data-charts-panel]")
    assert panel.get_by_label("名称").input_value() == "现场核验"
    panel.get_by_label("环节类别").select_option("inspect")
    panel.get_by_label("办理单位").select_option("owner")
    panel.get_by_role("button", name="增加操作").click()
    panel.get_by_label("代码").select_option("done")
    panel.get_by_label("数量").fill("3")
    panel.get_by_label("数量").press("Tab")
    panel.get_by_label("再连到").select_option(label="结束 · 办结")
    assert "须改正" in saved(page)
    findings.get_by_role("button", name=re.compile("没有写明由哪个岗位办理")).click()
    panel.get_by_label("办理岗位").select_option("officer")
    outline.get_by_role("button", name="环节 · 收件预审").click()
    assert "可以运行" in saved(page) or "▲" in findings.inner_text()

    page.get_by_role("link", name="试跑").click()
    page.wait_for_url("**/rehearsal/")
    assert "现场核验：办结" in page.locator("main").inner_text()
    page.get_by_role("link", name=re.compile("回到草稿")).click()
    ready(page)
    page.get_by_role("link", name="发布…").click()
    page.fill("textarea[name=note]", "浏览器测试")
    page.get_by_role("button", name="发布", exact=True).click()
    page.locator("#zw-confirm [data-confirm-yes]").click()
    page.wait_for_url(f"**/of/{KEY}/")
    assert "已发布为第 1 版" in page.locator("body").inner_text()


def test_two_designers_do_not_overwrite_each_other(visit):
    first = visit("/desk/charts/of/standard/", "designer")
    first.get_by_role("button", name="由当前版本新建草稿").click()
    first.wait_for_url("**/drafts/*/")
    waits_for_editor(first)
    second = visit(first.url, "designer")
    ready(second)
    for page, name in ((first, "甲的审查"), (second, "乙的审查")):
        page.locator("[data-charts-outline]").get_by_role("button", name="环节 · 审查").click()
        page.locator("[data-charts-panel]").get_by_label("名称").fill(name)
        page.locator("[data-charts-panel]").get_by_label("名称").press("Tab")
        if page is first:
            saved(page)
    second.get_by_role("button", name="保存并校验").click()
    second.get_by_role("link", name="下载我的图").wait_for()
    assert "已经保存了修订 2" in second.locator("[data-charts-state]").inner_text()
    second.once("dialog", lambda dialog: dialog.accept())
    first.reload()
    ready(first)
    assert first.locator("[data-charts-outline]").get_by_role("button", name="环节 · 甲的审查").count() == 1
    first.get_by_text("文件与草稿").click()
    first.get_by_role("button", name="放弃草稿").click()
    first.locator("#zw-confirm [data-confirm-yes]").click()
    first.wait_for_url("**/of/standard/")


def test_without_script_the_draft_is_a_picture_a_table_and_files(visit):
    page = visit("/desk/charts/of/standard/", "designer")
    page.locator("a[href*='/drafts/']").first.click()
    draft = re.search(r"/drafts/\d+/", page.url)
    assert draft
    page.on("dialog", lambda dialog: dialog.accept())
    plain = visit(f"/desk/charts{draft[0]}", "designer", script=False)
    words = plain.locator("main").inner_text()
    assert "元素" in words and "收件预审" in words and plain.locator("svg.zw-flow").count() == 1
    assert plain.locator("input[type=file]").count() == 1
