"""Bringing in lists of matters: every fault named, all or nothing, drafts that run nowhere, a county that runs."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from zhengwu.kernel.cases.tests.world import person
from zhengwu.kernel.directory.models import Unit
from zhengwu.kernel.ledger.api import events_of
from zhengwu.kernel.matters.models import Matter, Power
from zhengwu.lib.problem import Conflict, Denied, Invalid, Problem
from zhengwu.lib.tables import csv_lines, xlsx
from zhengwu.modules.powers.importing.columns import COLUMNS
from zhengwu.modules.powers.models import ImportJob
from zhengwu.modules.powers.services.imports import confirm, upload, work_off

pytestmark = pytest.mark.django_db
HEADS = ("事项名称*", "事项类型*", "实施主体*", "实施编码", "办件类型", "法定时限", "承诺时限", "设定依据", "申请材料")
GOOD = [
    ("小餐饮登记", "行政许可", "临溪县市场监督管理局", "X-1", "承诺件", "20", "8",
     "《中华人民共和国食品安全法》第三十六条", "申请书；身份证明"),
    ("摊贩备案", "10", "临溪县市场监督管理局", "X-2", "即办件", "", "", "", ""),
]
FOREIGN = "department,name,item_code,task_type,area_code\n县烟草局,烟草零售许可,5111-55-{n},1,511602000000\n"


@pytest.fixture
def ready(city, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    lin = city.centres["lin"]
    city.people["centre"] = person("centre", "许若兰", lin, "centre")
    return city


def table(rows, heads=HEADS, kind="csv"):
    return "".join(csv_lines(heads, rows)).encode() if kind == "csv" else xlsx("表", heads, rows)


def checked(city, data, who="staffing", name="list.csv", **more) -> ImportJob:
    given = {"division": "519921", "create_units": False, "ignore_division": False, **more}
    job = upload(name=name, data=data, by=city.actor(who), **given)
    assert work_off() == 1
    job.refresh_from_db()
    return job


def written(city, job, *, publish, who="staffing") -> ImportJob:
    confirm(job_id=job.pk, publish=publish, by=city.actor(who))
    assert work_off() == 1 and work_off() == 0
    job.refresh_from_db()
    return job


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_published_import_runs_at_once(ready, kind):
    job = checked(ready, table(GOOD, kind=kind), name=f"list.{kind}")
    assert (job.state, job.total, job.faults) == ("ready", 2, [])
    assert not Matter.objects.filter(name="小餐饮登记").exists()
    job = written(ready, job, publish=True)
    assert job.state == "done" and job.summary["matters"] == 2 and job.summary["materials"] == 2
    matter = Matter.objects.get(name="小餐饮登记")
    assert (matter.promised_n, matter.source_code, matter.complete) == (8, "X-1", True) and len(matter.code) == 31
    assert Matter.objects.get(name="摊贩备案").power.to_complete
    ready.matters["lin", "new"] = matter
    matter.materials.update(required=False)
    case = ready.apply("citizen", chart="new", form={})
    ready.run(case, "precheck accept")
    assert [e.kind for e in events_of(f"import:{job.pk}")] == ["import.uploaded", "import.confirmed",
                                                               "matters.imported"]


def test_a_draft_import_runs_through_no_door(ready):
    job = written(ready, checked(ready, table(GOOD), who="centre"), publish=False, who="centre")
    assert job.state == "done"
    matter = Matter.objects.get(name="小餐饮登记")
    assert (matter.status, matter.power.status, matter.power.valid_from) == ("draft", "draft", None)
    ready.matters["lin", "new"] = matter
    with pytest.raises(Conflict):
        ready.apply("citizen", chart="new", form={})


def test_only_the_staffing_office_publishes(ready):
    job = checked(ready, table(GOOD), who="centre")
    with pytest.raises(Denied):
        confirm(job_id=job.pk, publish=True, by=ready.actor("centre"))
    job.refresh_from_db()
    assert job.state == "ready"


@pytest.mark.parametrize(("change", "column", "wrong"), [
    ({0: ""}, "事项名称", "是空的"), ({1: "许可"}, "事项类型", "许可"), ({1: ""}, "事项类型", "是空的"),
    ({2: "县魔法局"}, "实施主体", "县魔法局"), ({2: ""}, "实施主体", "是空的"), ({4: "快办"}, "办件类型", "快办"),
    ({5: "二十"}, "法定时限", "二十"), ({5: "0"}, "法定时限", "0"), ({5: "5"}, "承诺时限", "8日长于法定5日"),
    ({0: "长" * 201}, "事项名称", "201"), ({3: "X-2"}, "实施编码", "重复"), ({3: "y" * 65}, "实施编码", "65"),
    ({8: "；".join(["材料"] * 61)}, "申请材料", "61"), ({0: "绝密★10年"}, "事项名称", "国家秘密")])
def test_every_bad_row_is_named_and_nothing_goes_in(ready, change, column, wrong):
    before = (Matter.objects.count(), Power.objects.count(), Unit.objects.count())
    bad = [change.get(n, cell) for n, cell in enumerate(GOOD[0])]
    try:
        job = checked(ready, table([GOOD[1], bad]))
    except Problem as refused:  # a secret mark is refused at the door already
        assert "国家秘密" in refused.zh and column == "事项名称"
        return
    assert job.state == "faulty" and job.faults[0]["row"] == 3 and job.faults[0]["column"] == column
    assert wrong in job.faults[0]["wrong"] and job.faults[0]["right"]
    with pytest.raises(Conflict):
        confirm(job_id=job.pk, publish=True, by=ready.actor("staffing"))
    assert (Matter.objects.count(), Power.objects.count(), Unit.objects.count()) == before


@pytest.mark.parametrize(("name", "data"), [
    ("a.xls", b"x"), ("a.csv", b""), ("a.csv", b"\xff\xfe\x00"), ("a.xlsx", b"PK\x03\x04zz"), ("a.exe", b"MZ"),
    ("noname", b"x")])
def test_a_file_that_is_no_table_is_refused(ready, name, data):
    with pytest.raises(Problem):
        upload(name=name, data=data, division="519921", create_units=False, ignore_division=False,
               by=ready.actor("staffing"))
    assert not ImportJob.objects.exists()


@pytest.mark.parametrize("data", [b"a,b\n1,2\n", "事项名称,事项类型,实施主体\n".encode(), "﻿".encode() + b"\n\n"])
def test_missing_columns_or_no_rows_are_said(ready, data):
    assert checked(ready, data).state == "faulty"


def test_foreign_columns_units_and_divisions_by_choice(ready):
    data = FOREIGN.format(n=1).encode()
    assert {f["column"] for f in checked(ready, data).faults} == {"实施主体", "行政区划"}
    job = checked(ready, data, create_units=True, ignore_division=True)
    assert job.state == "ready" and job.summary["new_units"] == {"县烟草局": 1}
    job = written(ready, job, publish=True)
    unit = Unit.objects.get(name="县烟草局")
    matter = Matter.objects.get(name="烟草零售许可")
    assert (matter.unit, matter.power.unit, job.summary["units"]) == (unit, unit, 1)
    again = checked(ready, data, create_units=True, ignore_division=True)
    assert "已经有了" in again.faults[0]["wrong"]


def test_what_changed_since_the_check_stops_the_whole(ready):
    first = checked(ready, table(GOOD))
    second = checked(ready, table(GOOD))
    written(ready, first, publish=True)
    second = written(ready, second, publish=True)
    assert second.state == "failed" and "没有导入任何内容" in second.note
    assert Matter.objects.filter(name="小餐饮登记").count() == 1


def test_who_left_the_post_imports_nothing(ready):
    job = checked(ready, table(GOOD))
    confirm(job_id=job.pk, publish=True, by=ready.actor("staffing"))
    ready.people["staffing"].appointments.update(valid_to=date(2026, 2, 1))
    work_off()
    job.refresh_from_db()
    assert job.state == "failed" and not Matter.objects.filter(name="小餐饮登记").exists()


@pytest.mark.parametrize(("who", "code"), [("", 302), ("citizen", 403), ("officer_lin", 403), ("staffing_yun", 404),
                                           ("centre", 200), ("staffing", 200)])
def test_pages_are_for_the_importers_of_the_division(ready, who, code):
    job = checked(ready, table([(*GOOD[0][:1], "没有", *GOOD[0][2:])]))
    visitor = Client()
    if who:
        visitor.force_login(ready.people[who])
    page = visitor.get(f"/desk/powers/imports/{job.pk}/")
    assert page.status_code == code
    assert visitor.get(f"/desk/powers/imports/{job.pk}/faults.csv").status_code == code
    if code == 200:
        assert "“没有”不是事项类型" in page.content.decode()


def test_upload_by_form_progress_page_and_template(ready):
    visitor = Client()
    visitor.force_login(ready.people["staffing"])
    with pytest.raises(Invalid):
        upload(name="x.doc", data=b"1", division="519921", create_units=False, ignore_division=False,
               by=ready.actor("staffing"))
    assert visitor.post("/desk/powers/imports/", {"division": "519921"}).status_code == 422
    sent = SimpleUploadedFile("list.csv", table(GOOD), "text/csv")
    moved = visitor.post("/desk/powers/imports/", {"division": "519921", "file": sent})
    assert moved.status_code == 302
    assert visitor.get(moved["Location"])["Refresh"] == "2"
    work_off()
    page = visitor.get(moved["Location"])
    assert "Refresh" not in page and "检查通过" in page.content.decode()
    visitor.post(f"{moved['Location']}take/", {"publish": "yes"})
    work_off()
    assert "导入完成" in visitor.get(moved["Location"]).content.decode()
    heads = visitor.get("/desk/powers/imports/template.csv").content.decode()
    assert all(c.label in heads for c in COLUMNS)
    assert visitor.get("/desk/powers/imports/template.xlsx").content[:2] == b"PK"
