"""Every main page: no sideways scroll at 320 px, nothing serious for axe, no complaint in the console."""

import pytest

CASE, MINE, GUIDE, APPLY = "@case", "@mine", "@guide", "@apply"
PUBLIC = ["/", "/matters/", "/matters/?q=食品", "/matters/?q=没有这样的事", GUIDE, "/progress/", "/search/?q=食品",
          "/certificates/check/", "/deadline/", "/publicity/", "/sunshine/", "/seals/", "/accounts/login/",
          "/accounts/signup/"]
PAGES = [("", path) for path in PUBLIC] + [
    ("citizen", "/my/"), ("citizen", MINE), ("citizen", f"{MINE}receipt/"), ("citizen", APPLY),
    ("citizen", "/my/notices/"), ("clerk", "/desk/"), ("officer", "@step"), ("officer", "/desk/done/"),
    ("officer", "/desk/cases/"), ("officer", CASE), ("officer", "/desk/account/"), ("officer", "/desk/certificates/"),
    ("inspector", "/desk/supervision/"), ("editor", "/desk/matters/"), ("duty", "/desk/duty/"),
    ("sysadmin", "/desk/units/"), ("sysadmin", "/desk/accounts/"), ("sysadmin", "@account"),
    ("sysadmin", "/desk/calendar/"), ("secadmin", "/desk/posts/"), ("auditor", "/desk/ledger/"),
]
FIRST = {CASE: ("/desk/cases/", "main table a"), "@step": ("/desk/", "a[data-row]"),
         "@account": ("/desk/accounts/?q=officer", "main table a"), MINE: ("/my/", ".hall-list a"),
         GUIDE: ("/matters/?division=519921&q=食品经营许可证核发", ".hall-list a"),
         APPLY: ("/matters/?division=519921&q=食品经营许可证核发", ".hall-list a")}


@pytest.fixture
def at(visit):
    """Opens a page by its path, or by "@name": the first link of a list (and what follows it)."""

    def opened(user: str, path: str, **how):
        if not path.startswith("@"):
            return visit(path, user=user, **how)
        name = next(n for n in FIRST if path.startswith(n))
        start, link = FIRST[name]
        page = visit(start, user=user, **how)
        target = page.locator(link).first.get_attribute("href")
        page.goto(start.split("?")[0] + target if target.startswith("?") else target)
        if name == APPLY:
            page.goto(page.url + "apply/")
        elif path != name:
            page.goto(page.url + path[len(name):])
        return page

    return opened


DESK = {"clerk", "officer", "inspector", "editor", "duty", "sysadmin", "secadmin", "auditor"}
"""Those who work at the desk, which has a dark side; citizens' pages have a large one."""


def modes(*, narrow: bool) -> list[tuple[str, str, str]]:
    """Every page as it is, and in the mode made for its readers."""
    plain = [(user, path, "light") for user, path in PAGES]
    if narrow:
        return plain + [(user, path, "large") for user, path in PAGES if user not in DESK]
    return plain + [(user, path, "dark" if user in DESK else "large") for user, path in PAGES]


@pytest.mark.parametrize(("user", "path", "mode"), modes(narrow=True))
def test_320_pixels_need_no_sideways_scroll(at, user: str, path: str, mode: str) -> None:
    page = at(user, path, mode=mode, width=320)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


@pytest.mark.parametrize(("user", "path", "mode"), modes(narrow=False))
def test_axe_finds_nothing_serious(at, user: str, path: str, mode: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(at(user, path, mode=mode)).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in ("serious", "critical")] == []


@pytest.mark.parametrize(("user", "lands"), [
    ("citizen", "/my/"), ("enterprise", "/my/"), ("clerk", "/desk/"), ("officer", "/desk/"), ("head", "/desk/"),
    ("leader", "/desk/"), ("legal", "/desk/"), ("inspector", "/desk/supervision/"), ("editor", "/desk/matters/"),
    ("duty", "/desk/duty/"), ("sysadmin", "/desk/units/"), ("secadmin", "/desk/posts/"), ("auditor", "/desk/ledger/"),
    ("officer2", "/desk/"), ("officer3", "/desk/"),
])
def test_everybody_lands_where_they_work_and_every_link_of_the_menu_opens(visit, user: str, lands: str) -> None:
    page = visit("/home/", user=user)
    assert page.url.endswith(lands)
    links = page.locator("nav a, .zw-corner a, .zw-bar-who a").evaluate_all("all => all.map(a => a.href)")
    for link in sorted(set(links)):
        assert page.request.get(link).status == 200, link


def test_a_receipt_prints_on_one_page(at) -> None:
    page = at("citizen", "@minereceipt/")
    pdf = page.pdf(format="A4", prefer_css_page_size=True)
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page/") + pdf.count(b"/Type /Page ") == 1
