"""Codes, limits, charts, forms and texts of every matter and unit."""

import pytest

from zhengwu.demo.accounts import COUNTY
from zhengwu.kernel.directory.models import Division, Unit
from zhengwu.kernel.flow.models import Version, VersionState
from zhengwu.kernel.matters.models import JointUnit, MasterMatter, Material, Matter
from zhengwu.lib.forms import check_schema
from zhengwu.lib.identifiers import check_uscc
from zhengwu.lib.uploads import has_secret_mark

pytestmark = pytest.mark.django_db


def test_credit_codes_hold_and_belong_to_their_place(city):
    coded = Unit.objects.exclude(code=None)
    assert coded.count() > 700
    for unit in coded:
        assert check_uscc(unit.code) == unit.code
        assert unit.code[2:8] == unit.division_id[:6]


def test_paths_and_parents_agree(city):
    for unit in Unit.objects.select_related("parent"):
        above = unit.parent.path if unit.parent else ""
        assert unit.path == f"{above}{unit.pk:08d}."
    assert Unit.objects.filter(parent=None).count() == 1


def test_divisions_follow_the_standard(city):
    for division in Division.objects.select_related("parent"):
        assert len(division.code) == {3: 6, 4: 6, 5: 9, 6: 12}[division.level]
        assert division.code.isdecimal() and division.code.startswith("5199")
        if division.parent:
            assert division.code.startswith(division.parent.prefix)
    assert Division.objects.filter(level=Division.Level.COUNTY).count() == 11


def test_codes_of_matters(city):
    for matter in Matter.objects.select_related("master", "unit"):
        assert len(matter.master.code) == 12 and matter.master.code[2:4] == matter.master.type
        level = "3" if matter.division_id == "519900" else "4"
        assert matter.code == matter.unit.code + level + matter.master.code
        assert matter.unit.division_id == matter.division_id
        assert matter.point.division_id == matter.division_id


def test_limits(city):
    for matter in Matter.objects.select_related("master"):
        assert 1 <= matter.promised_n <= matter.lawful_n, matter.name
        assert matter.lawful_n == matter.master.lawful_days
        assert matter.promised.label and matter.lawful.label
        if matter.kind == Matter.Kind.INSTANT:
            assert matter.promised_n == 1
        if matter.master.type == "01" and matter.kind != Matter.Kind.JOINT:
            assert matter.lawful_n <= 20, "行政许可法 §42"
    assert Matter.objects.get(kind=Matter.Kind.JOINT).lawful_n == 45


def test_about_half_are_done_on_the_spot(city):
    county = Matter.objects.filter(division=COUNTY)
    share = county.filter(kind=Matter.Kind.INSTANT).count() / county.count()
    assert 0.4 < share < 0.6


def test_every_matter_has_chart_guide_form_and_materials(city):
    published = set(Version.objects.filter(state=VersionState.PUBLISHED).values_list("definition", flat=True))
    with_materials = set(Material.objects.filter(required=True).values_list("matter", flat=True))
    for matter in Matter.objects.select_related("chart", "master"):
        assert matter.chart_id in published
        expected = {"instant": "instant", "joint": "joint", "promised": "promised" if matter.complete else "standard"}
        assert matter.chart.key == expected[matter.kind]
        assert matter.pk in with_materials
        for text in (matter.conditions, matter.procedure, matter.phone, matter.complaint_phone, matter.result_name,
                     matter.sort_key, matter.fee_text, matter.master.basis):
            assert text.strip(), matter.name
        assert check_schema(matter.form_schema) == []
        assert matter.form_schema["required"]
        assert bool(matter.fee_cents) == bool(matter.fee_basis)
        assert matter.certificate_type == "" or len(matter.certificate_type) == 21
    assert 2 < Material.objects.count() / Matter.objects.count() < 7


def test_the_three_complete_matters(city):
    complete = {m.chart.key: m for m in Matter.objects.filter(complete=True).select_related("chart", "unit")}
    assert set(complete) == {"instant", "promised", "joint"}
    for matter in complete.values():
        assert matter.division_id == COUNTY and matter.unit.name == "临溪县市场监督管理局"
        assert matter.materials.count() >= 6 and matter.certificate_type and matter.certificate_years
        assert "第" in matter.master.basis
    assert (complete["promised"].lawful_n, complete["promised"].promised_n) == (20, 8)
    assert complete["joint"].promised_n == 15
    parts = list(JointUnit.objects.filter(matter=complete["joint"]))
    assert [p.unit.name for p in parts] == ["临溪县市场监督管理局", "临溪县消防救援大队", "临溪县综合行政执法局"]
    assert all(p.limit_days <= complete["joint"].promised_n for p in parts)


def test_nothing_carries_a_mark_of_secrecy(city):
    texts = [*MasterMatter.objects.values_list("name", flat=True),
             *MasterMatter.objects.values_list("basis", flat=True),
             *Unit.objects.values_list("name", flat=True), *Material.objects.values_list("name", flat=True),
             *Matter.objects.values_list("conditions", flat=True)]
    for text in texts:
        assert not has_secret_mark(text)
        assert not any(level in text for level in ("绝密", "机密", "秘密"))
