"""The main job by browser alone, and what may go wrong on the way."""

import re

from tests.browser.conftest import sign_in
from tests.browser.doing import act_by_keys, apply, fill, fill_in, find, number_of, until, upload_all
from zhengwu.demo.samples import small_pdf

LICENCE = "食品经营许可证核发"
SHOP = "食品小经营店备案"


def test_from_the_front_page_to_a_checked_certificate(visit) -> None:
    citizen = visit("/", user="citizen")
    number = apply(citizen, LICENCE)
    code = citizen.locator(".zw-receipt-code").inner_text().strip()
    assert re.fullmatch(r"\d{6}", code)

    clerk = visit("/desk/", user="clerk")
    clerk.locator("a[data-row]", has_text=number).click()
    clerk.locator("#pane summary", has_text="补正告知").click()
    clerk.locator("#pane [name=fault]").first.fill("影像不清晰")
    clerk.locator("#pane [name=wanted]").first.fill("重新上传")
    rows = clerk.locator("#pane [name=fault]").count()
    clerk.locator("#pane [name=material]:visible").fill("租赁合同")
    clerk.locator("#pane [name=fault]").last.fill("没有提交")
    clerk.locator("#pane").get_by_role("button", name="再加一条").click()
    until(clerk, f"document.querySelectorAll('#pane [name=fault]').length > {rows}")
    assert clerk.locator("#pane [name=fault]").first.input_value() == "影像不清晰"
    clerk.locator("#pane").get_by_role("button", name="发出补正告知").click()
    clerk.locator("#zw-confirm [data-confirm-yes]").click()
    clerk.wait_for_selector("#pane >> text=已办理")
    assert clerk.locator("a[data-row]", has_text=number).count() == 0

    citizen.goto("/my/")
    citizen.locator(f"a.zw-button[href*='{number}']").click()
    citizen.wait_for_url(f"**/{number}/*")
    assert citizen.get_by_text("影像不清晰").count()
    assert citizen.locator(".hall-ask-list > li", has_text="租赁合同").count() == 1
    citizen.locator("#todo input[type=file]").first.set_input_files(
        {"name": "重拍.pdf", "mimeType": "application/pdf", "buffer": small_pdf()})
    citizen.get_by_role("button", name="提交补正").click()
    citizen.wait_for_selector("text=补正材料已提交")

    act_by_keys(clerk, number, "受理")
    act_by_keys(visit("/desk/", user="officer"), number, "通过", "材料齐全，符合条件")
    act_by_keys(visit("/desk/", user="head"), number, "同意", "同意")
    act_by_keys(visit("/desk/", user="leader"), number, "准予", "准予")
    act_by_keys(clerk, number, "制证")
    act_by_keys(clerk, number, "送达")

    citizen.goto(f"/my/cases/{number}/")
    citizen.locator(".zw-rating-level", has_text="非常满意").first.click()
    citizen.get_by_role("button", name="提交评价").click()
    citizen.wait_for_selector("text=感谢您的评价")
    citizen.get_by_role("link", name="公开核验页").click()
    citizen.wait_for_selector("text=食品经营许可证")

    stranger = visit("/progress/")
    stranger.fill("input[name=number]", number)
    stranger.fill("input[name=code]", code)
    stranger.get_by_role("button", name="查询进度").click()
    stranger.wait_for_selector(f"text={number}")
    assert stranger.get_by_text("周晓岚").count() == 0


def test_without_script_one_applies_and_acts(visit) -> None:
    citizen = visit("/", user="citizen", script=False)
    number = apply(citizen, SHOP)
    clerk = visit("/desk/", user="clerk", script=False)
    clerk.locator("a[data-row]", has_text=number).click()
    clerk.locator("#pane").get_by_role("button", name="受理", exact=True).click()
    clerk.wait_for_selector("text=已办理")
    citizen.goto(f"/my/cases/{number}/")
    assert citizen.locator(".zw-step--done", has_text="受理").count() == 1


def test_a_double_click_opens_one_case(visit) -> None:
    page = visit("/my/", user="enterprise")
    before = page.locator(".hall-list > li").count()
    fill_in(page, SHOP)
    page.get_by_role("button", name="提交申请").dblclick()
    page.wait_for_url("**/receipt/")
    number = number_of(page)
    page.goto("/my/")
    assert page.locator(".hall-list > li").count() == before + 1
    assert page.locator(".hall-list", has_text=number).count() == 1


def test_the_second_on_the_same_step_is_told_and_keeps_their_words(visit) -> None:
    number = apply(visit("/", user="citizen"), SHOP)
    first, second = visit("/desk/", user="clerk"), visit("/desk/", user="clerk")
    for page in (first, second):
        page.locator("a[data-row]", has_text=number).click()
        page.wait_for_selector(f"#pane a:has-text('{number}')")
    second.locator("#pane [name=opinion]").fill("我也看过了")
    first.locator("#pane").get_by_role("button", name="受理", exact=True).click()
    first.wait_for_selector("#pane >> text=已办理")
    second.locator("#pane").get_by_role("button", name="受理", exact=True).click()
    second.wait_for_selector("#pane >> text=未重复提交")


def test_what_was_typed_survives_the_end_of_the_session(visit, site) -> None:
    page = visit("/", user="citizen", fresh=True)
    find(page, SHOP)
    page.get_by_role("link", name="在线申请").first.click()
    fill(page)
    page.locator("[name=shop_name]").fill("会话断了也在的小店")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="下一步：提交材料").last.click()
    page.wait_for_url("**/accounts/login/**")
    sign_in(page, site, "citizen")
    page.wait_for_url("**/apply/**")
    assert page.locator("[name=shop_name]").input_value() == "会话断了也在的小店"
    page.get_by_role("button", name="下一步：提交材料").last.click()
    page.wait_for_url("**/apply/materials/**")
    page.goto("/my/")
    page.get_by_role("button", name="删除").first.click()
    page.locator("#zw-confirm [data-confirm-yes]").click()
    page.wait_for_selector("text=草稿已删除")


def test_a_wrong_answer_is_shown_at_its_field_and_nothing_is_lost(visit) -> None:
    page = visit("/", user="enterprise")
    find(page, LICENCE)
    page.get_by_role("link", name="在线申请").first.click()
    fill(page)
    page.locator("[name=uscc]").fill("123")
    page.get_by_role("button", name="下一步：提交材料").last.click()
    page.wait_for_selector(".zw-form-errors")
    assert page.locator("[name=uscc]").get_attribute("aria-invalid") == "true"
    assert page.locator("[name=uscc]").input_value() == "123"
    page.locator(".zw-form-errors a").first.click()
    page.locator("[name=uscc]").fill("91350100M000100Y43")
    page.get_by_role("button", name="下一步：提交材料").last.click()
    page.wait_for_url("**/apply/materials/**")
    page.locator("input[type=file]").first.set_input_files(
        {"name": "假的.pdf", "mimeType": "application/pdf", "buffer": b"MZ not a pdf at all"})
    page.get_by_role("button", name="下一步：核对提交").click()
    page.wait_for_selector(".zw-form-errors")
    upload_all(page)
    page.get_by_role("button", name="先上传这些").click()
    page.wait_for_selector(".hall-kept")
    page.goto("/my/")
    page.get_by_role("button", name="删除").first.click()
    page.locator("#zw-confirm [data-confirm-yes]").click()


def test_somebody_new_signs_up(visit) -> None:
    page = visit("/accounts/signup/")
    page.fill("[name=name]", "王新民")
    page.fill("[name=number]", "91350100M000100Y43")
    page.fill("[name=phone]", "138")
    page.fill("[name=username]", "wangxinmin")
    page.fill("[name=password1]", "qingping-2026")
    page.fill("[name=password2]", "qingping-2026")
    page.get_by_role("button", name="注册账号").click()
    page.wait_for_selector(".zw-form-errors")
    assert page.get_by_text("账号类别请选择“法人”").count()
    assert page.locator("[name=name]").input_value() == "王新民"
    page.fill("[name=number]", "11010519491231002X")
    page.fill("[name=phone]", "13900000009")
    page.fill("[name=password1]", "qingping-2026")
    page.fill("[name=password2]", "qingping-2026")
    page.get_by_role("button", name="注册账号").click()
    page.wait_for_url("**/my/")
    assert page.get_by_text("还没有办件").count()
