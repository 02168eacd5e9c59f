"""A paper printed again says what it said the first time, and names no member of staff."""

from io import BytesIO

import pytest
from pypdf import PdfReader
from pypdf.generic import NumberObject

from zhengwu.kernel.cases import api, papers
from zhengwu.kernel.cases.deed import Deed
from zhengwu.kernel.cases.models import Case, Document
from zhengwu.kernel.cases.papers import require_content
from zhengwu.kernel.cases.services import papers as setting
from zhengwu.kernel.cases.services import printing
from zhengwu.kernel.cases.tests.test_act import apply, do
from zhengwu.kernel.cases.tests.world import START, World, make_world
from zhengwu.kernel.cases.views.presenting import clock_panels
from zhengwu.kernel.ledger.models import Event
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.now import travel
from zhengwu.lib.problem import Problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    with travel(START):
        return make_world()


@pytest.fixture
def printed(monkeypatch):
    """What would be set on the page, instead of the page."""
    monkeypatch.setattr(setting, "render", lambda template, data, at: data)

    def prints(case: Case, kind: str) -> dict:
        paper: Document = case.documents.get(kind=kind)
        return setting.render_document(paper, Case.objects.get(pk=case.pk))

    return prints


def test_the_acceptance_notice_keeps_its_days_after_an_extension_and_an_inspection(world, printed):
    with travel(START):
        case = apply(world)
        do(world, case, "precheck", "clerk", "accept")
        first = printed(case, "acceptance")
        assert first["lawful_due"] and first["promised_due"]
        api.extend(number=case.number, by=world.actor("leader"), days=5, reason="案情复杂")
        told = printed(case, "extension")
        do(world, case, "review", "officer", "inspect")
    assert printed(case, "acceptance") == first
    assert printed(case, "extension") == told
    assert told["due"] == first["lawful_due"] != told["new_due"]


def test_an_extension_does_not_name_the_leader_to_the_applicant(world, printed):
    name = world.people["leader"].name
    with travel(START):
        case = apply(world)
        do(world, case, "precheck", "clerk", "accept")
        api.extend(number=case.number, by=world.actor("leader"), days=5, reason="案情复杂")
        assert name not in str(printed(case, "extension"))
        for panel in clock_panels(case):
            assert "负责人" in panel["explanation"].summary and name not in panel["explanation"].summary
    assert api.timeline(case)[-1]["by"] == name


def test_a_decision_keeps_its_content_when_the_list_changes(world, printed):
    with travel(START):
        case = apply(world)
        do(world, case, "precheck", "clerk", "accept")
        do(world, case, "review", "officer", "pass")
        do(world, case, "decide", "leader", "grant")
        first = printed(case, "grant")
        Matter.objects.update(result_name="别的证", certificate_years=9)
    assert printed(case, "grant") == first
    assert first["content"] == "食品经营许可证"


def test_a_paper_without_a_required_statement_is_refused_before_it_has_a_number(world):
    with travel(START):
        case = apply(world)
    deed = Deed(case=case, chart=None, actor=world.actor("clerk"), at=START, action="x")
    with pytest.raises(Problem) as refused:
        deed.document("special", "特别程序告知书", "临市监特", procedure="听证", basis=" ", time="20个工作日")
    assert refused.value.extra["missing"] == ["依据", "起始日期"] and "依据、起始日期" in refused.value.zh
    assert deed.documents == []
    deed.document(
        "special",
        "特别程序告知书",
        "临市监特",
        procedure="听证",
        basis="许可法第四十六条",
        time="20个工作日",
        since="2026-02-10",
    )
    assert len(deed.documents) == 1


@pytest.mark.parametrize("data", [{}, {"items": []}, {"items": [{"material": "营业执照"}]}, {"items": "x"}])
def test_a_correction_notice_must_say_what_is_wrong_in_every_row(data):
    with pytest.raises(Problem) as refused:
        require_content("correction", data)
    assert "存在的问题" in refused.value.extra["missing"]


FILLED = {
    "special": (
        {"procedure": "专家评审", "basis": "食品安全法", "time": "15个工作日", "since": "2026-02-10"},
        ["专家评审", "15个工作日", "第四十五条", "2026年2月10日"],
    ),
    "hearing_right": ({"reason": "拟不予许可"}, ["第四十七条", "五个工作日", "拟不予许可"]),
    "hearing_notice": (
        {"time": "2026年3月2日9时", "place": "二楼会议室", "chair": "吴某"},
        ["第四十八条", "二楼会议室", "吴某", "回避"],
    ),
    "promised": (
        {"lawful": "20个工作日", "promised": "8个工作日", "due": "2026-02-26"},
        ["8个工作日", "2026年2月26日"],
    ),
    "halted": ({"reason": "申请人死亡", "basis": "行政许可法第七十条"}, ["申请人死亡", "中止"]),
    "ended": ({"reason": "申请人书面撤回", "basis": "行政许可法"}, ["申请人书面撤回", "六十日内"]),
    "delivery": ({"way": "留置送达", "place": "住所", "witness": "李某"}, ["留置送达", "李某", "住所"]),
}


@pytest.mark.parametrize("kind", FILLED)
def test_each_standard_paper_states_what_it_must_and_a_screen_reader_can_read_it(world, kind):
    data, wanted = FILLED[kind]
    with travel(START):
        case = apply(world)
        do(world, case, "precheck", "clerk", "accept")
        require_content(kind, data)
        row = Document.objects.create(case=case, kind=kind, title=papers.find(kind).title, number="临市监〔2026〕1号",
                                      data=data, at=START)
        pdf = PdfReader(BytesIO(printing.print_of(row, case)))
    text = "".join("".join(page.extract_text() for page in pdf.pages).split())
    assert [
        w
        for w in (*wanted, row.title, "临市监〔2026〕1号", case.number, "临溪县市场监督管理局")
        if w not in text
    ] == []
    root = pdf.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"], pdf.metadata.title) == ("zh-CN", True, row.title)
    assert "pdfuaid" in pdf.xmp_metadata.rdf_root.toxml() and "/H1" in structure(root["/StructTreeRoot"])


def structure(node) -> set[str]:
    """The kinds of element in a tree of structure."""
    node = node.get_object()
    found = {node["/S"]} if isinstance(node, dict) and "/S" in node else set()
    kids = node.get("/K", []) if isinstance(node, dict) else node
    for kid in kids if isinstance(kids, list) else [kids]:
        if not isinstance(kid, int | NumberObject):
            found |= structure(kid)
    return found


def test_the_second_print_is_the_first_file_even_when_the_data_behind_it_changed(world):
    with travel(START):
        case = apply(world)
        row = case.documents.get(kind="receipt")
        first = printing.print_of(row, case)
        Case.objects.filter(pk=case.pk).update(applicant_name="别人")
        row = case.documents.select_related("file").get(pk=row.pk)
        assert printing.print_of(row, Case.objects.get(pk=case.pk)) == first
    assert Event.objects.get(stream=f"paper:{row.pk}").data["file_sm3"] == row.file.sm3


def test_owner_and_colleague_see_the_papers_a_stranger_does_not(world, client):
    with travel(START):
        case = apply(world)
        pk = case.documents.get().pk
        for who, status in (("citizen", 200), ("clerk", 200), ("neighbour", 404), ("stranger", 404)):
            client.force_login(world.people[who])
            listing, pdf, sheet = f"/cases/{case.number}/papers/", f"/cases/{case.number}/papers/{pk}.pdf", "print.pdf"
            assert client.get(listing).status_code == status
            assert client.get(pdf).status_code == status
            assert client.get(f"{listing}{sheet}?paper={pk}").status_code == status
            assert Document.objects.exclude(file=None).count() == 1
        client.logout()
        assert client.get(listing).status_code == 302


def test_a_printing_sheet_holds_what_was_ticked(world, client):
    with travel(START):
        case = apply(world)
        do(world, case, "precheck", "clerk", "accept")
        rows = list(case.documents.all())
        client.force_login(world.people["citizen"])
        ticked = "&".join(f"paper={row.pk}" for row in rows)
        answer = client.get(f"/cases/{case.number}/papers/print.pdf?{ticked}")
        pages = PdfReader(BytesIO(b"".join(answer.streaming_content))).pages
        text = "".join("".join(page.extract_text() for page in pages).split())
        assert "申请材料接收凭证" in text and "受理通知书" in text
        assert client.get(f"/cases/{case.number}/papers/print.pdf?paper=x").status_code == 422
