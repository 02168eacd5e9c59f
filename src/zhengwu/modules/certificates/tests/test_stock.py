"""An existing stock from Excel: every bad row named, all rows or none, numbers checked."""

from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from zhengwu.kernel.directory.api import blind_index
from zhengwu.kernel.ledger.models import Event
from zhengwu.lib.identifiers import check_licence_id, uscc_check_char
from zhengwu.lib.problem import Conflict, Denied, Problem
from zhengwu.modules.certificates.models import HOLDER_CODE, Certificate, StockImport
from zhengwu.modules.certificates.services import stock as stock_service
from zhengwu.modules.certificates.services.holders import record_end
from zhengwu.modules.certificates.services.stock import check_stock, confirm_stock, run_queued
from zhengwu.modules.certificates.services.stock_sheet import FIXED, template
from zhengwu.modules.certificates.tests.conftest import CITIZEN_ID
from zhengwu.modules.certificates.tests.test_pages import as_, text
from zhengwu.modules.certificates.tests.test_sharing import kind  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
HEADS = [*FIXED, "经营者名称", "经营项目"]
FIRM = "91519921MA0000001"
FIRM += uscc_check_char(FIRM)
GOOD = ["2019000001", "李小满", "身份证", CITIZEN_ID, "2024-06-01", "2024-06-01", "2029-05-31", "", "李记面馆", "热食"]
OLD = [
    "2015000002",
    "某某餐饮有限公司",
    "统一社会信用代码",
    FIRM,
    "2015/06/01",
    "2015-06-01",
    "2020-05-31",
    "",
    "某某",
    "冷食",
]


def sheet(*rows: list, heads: list[str] = HEADS) -> BytesIO:
    book = Workbook()
    for row in (heads, *rows):
        book.active.append(row)
    out = BytesIO()
    book.save(out)
    out.seek(0)
    return out


def bring(world, kind, *rows, who: str = "officer", **more):  # noqa: F811
    return check_stock(name="存量.xlsx", stream=sheet(*rows, **more), unit=world.organ, kind=kind, by=world.actor(who))


def test_a_good_sheet_is_written_whole_after_confirmation(world, kind):  # noqa: F811
    found = bring(world, kind, GOOD, OLD)
    assert (found.state, found.rows, Certificate.objects.count()) == ("checked", 2, 0)
    confirm_stock(stock_id=found.pk, by=world.actor("officer"))
    assert (run_queued(), run_queued()) == (1, 0)
    found.refresh_from_db()
    assert (found.state, found.done) == ("done", 2)
    mine, old = Certificate.objects.order_by("id")
    assert (mine.holder, mine.state, old.holder, old.state) == (world.people["citizen"], "normal", None, "expired")
    assert check_licence_id(mine.identifier) and mine.identifier != old.identifier
    assert mine.holder_code_index == blind_index(CITIZEN_ID, HOLDER_CODE) and CITIZEN_ID not in mine.holder_code_sealed
    assert Event.objects.filter(kind="certificate.imported").count() == 2
    assert mine.number in text(as_(world, "citizen").get("/my/certificates/"))
    assert as_(world, "citizen").get(f"/certificates/{mine.identifier}.pdf").status_code == 200
    assert as_(world, "neighbour").get(f"/certificates/{mine.identifier}/").status_code == 404


@pytest.mark.parametrize(("column", "value", "said"), [
    ("证件号码", "110105194912310021", "校验"), ("证件类型", "护照", "只能填"), ("颁发日期", "去年", "2019-06-01"),
    ("颁发日期", "2099-01-01", "不能晚于今天"), ("有效期止", "2020-01-01", "早于"), ("有效期止", "", "长期"),
    ("经营者名称", "", "须填写"), ("经营项目", CITIZEN_ID, "不能是身份证号"), ("证照编号", "", "须填写"),
    ("电子证照标识", "1.2.156.3005.2.11100000000013338W011.11519921MB0000001X.2019000001ABCDEF.001.0", "校验"),
    ("持证主体", "李", "2到100"),
])
def test_each_bad_cell_is_named_and_nothing_is_written(world, kind, column, value, said):  # noqa: F811
    bad = list(GOOD)
    bad[HEADS.index(column)] = value
    found = bring(world, kind, OLD, bad)
    assert found.state == "refused"
    assert [(line, name) for line, name, _ in found.problems] == [(3, column)] and said in found.problems[0][2]
    with pytest.raises(Conflict):
        confirm_stock(stock_id=found.pk, by=world.actor("officer"))
    assert run_queued() == 0 and not Certificate.objects.exists()


def test_doubles_what_is_there_and_the_dead_are_found(world, kind, certificate):  # noqa: F811
    taken = list(OLD)
    taken[0] = certificate.number
    record_end(kind="death", code=CITIZEN_ID, on=date(2026, 1, 1), source="民政局", by=world.actor("head"))
    found = bring(world, kind, OLD, OLD, taken, GOOD)
    said = {(line, column): words for line, column, words in found.problems}
    assert "第2行" in said[3, "证照编号"] and said[4, "证照编号"] == "系统中已有" and "死亡" in said[5, "持证主体"]


@pytest.mark.parametrize("data", [b"no sheet", b"PK\x03\x04broken"])
def test_what_is_no_sheet_is_refused(world, kind, data):  # noqa: F811
    with pytest.raises(Problem):
        check_stock(name="x.xlsx", stream=BytesIO(data), unit=world.organ, kind=kind, by=world.actor("officer"))
    assert not StockImport.objects.exists()


def test_missing_columns_and_an_empty_sheet_are_refused(world, kind):  # noqa: F811
    with pytest.raises(Problem, match="经营项目"):
        bring(world, kind, GOOD[:-1], heads=HEADS[:-1])
    with pytest.raises(Problem, match="没有数据行"):
        bring(world, kind)


def test_a_fault_half_way_leaves_nothing(world, kind, monkeypatch):  # noqa: F811
    found = bring(world, kind, GOOD, OLD)
    confirm_stock(stock_id=found.pk, by=world.actor("officer"))
    real, calls = stock_service.compose, []

    def failing(*args):
        calls.append(args)
        if len(calls) == 2:
            raise Problem("series-full", "该年编号已用完")
        return real(*args)

    monkeypatch.setattr(stock_service, "compose", failing)
    run_queued()
    found.refresh_from_db()
    assert (found.state, found.done, Certificate.objects.count()) == ("failed", 0, 0)
    assert found.problems == [[0, "", "该年编号已用完"]]


def test_pages_template_and_who_may(world, kind):  # noqa: F811
    client = as_(world, "officer")
    book = load_workbook(BytesIO(client.get(f"/desk/certificates/stock/template-{kind.pk}.xlsx").content))
    assert [c.value for c in book.active[1]] == HEADS
    assert template(kind)[:2] == b"PK"
    bad = [*GOOD[:3], "1", *GOOD[4:]]
    answer = client.post("/desk/certificates/stock/", {
        "kind": kind.pk, "file": SimpleUploadedFile("存量.xlsx", sheet(bad).read())})
    page = client.get(answer["Location"])
    assert "一行也没有写入" in text(page) and "证件号码" in text(page)
    good = client.post("/desk/certificates/stock/", {
        "kind": kind.pk, "file": SimpleUploadedFile("存量.xlsx", sheet(GOOD).read())})["Location"]
    assert "确认导入1份" in text(client.get(good))
    assert client.post(good).status_code == 302 and client.get(good)["Refresh"] == "3"
    run_queued()
    assert GOOD[0] in text(client.get(good)) and "存量.xlsx" in text(client.get("/desk/certificates/stock/"))
    for who, status in (("colleague", 200), ("stranger", 404), ("clerk", 403), ("citizen", 403)):
        assert as_(world, who).get(good).status_code == status, who
    with pytest.raises(Denied):
        bring(world, kind, GOOD, who="stranger")
    assert client.post("/desk/certificates/stock/", {"kind": "x"}).status_code == 422
