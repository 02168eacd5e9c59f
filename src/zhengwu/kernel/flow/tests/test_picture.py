"""The drawing: safe for the page, complete, told apart by classes; the automatic layout crosses no box."""

from itertools import pairwise

import pytest
from lxml import etree

from zhengwu.kernel.flow.diagram import planes, with_diagram
from zhengwu.kernel.flow.parser import parse, read_xml
from zhengwu.kernel.flow.picture import SVG, draw
from zhengwu.kernel.flow.tests.charts import END, MULTI, START, Grower, chart, flow, line, task
from zhengwu.kernel.flow.tests.test_executor import timed
from zhengwu.kernel.flow.wrapping import even, width, wrap

BODY = START + task("a", "pass") + task("b") + '<exclusiveGateway id="x" name="是否通过" default="x.b"/>' + END
BODY += line("s", "a", "x", "b", "e") + flow("back", "x", "a", 'outcome == "z"')


def picture(xml: str, **more):
    return etree.fromstring(draw(xml, **more))


def classes(root, own: str) -> list[str]:
    return root.xpath(f'//*[@data-node="{own}"]/@class')[0].split()


def edges(root) -> int:
    return len(root.xpath('//*[contains(@class,"zw-flow-edge") and contains(@class,"zw-flow-passed")]'))


def test_passed_and_current_are_marked():
    root = picture(chart(BODY), passed={"a"}, current={"b": "市审批局 承办人"})
    assert "zw-flow-passed" in classes(root, "a") and "zw-flow-passed" in classes(root, "x")
    assert "zw-flow-current" in classes(root, "b") and classes(root, "e") == ["zw-flow-node"]
    assert edges(root) == 3
    words = "".join(root.itertext())
    assert "市审批局 承办人" in words and "是否通过" in words


def test_the_path_is_told_apart_without_colours():
    root = picture(chart(BODY), passed={"a"}, current={"b"})
    ticks = root.xpath('//*[@class="zw-flow-tick"]/../@data-node')
    assert ticks == ["a"]
    thick = {e.get("stroke-width") for e in root.iter() if "zw-flow-edge" in (e.get("class") or "")}
    assert thick == {"3", "1.25"}


def test_nothing_is_marked_on_the_published_chart():
    root = picture(chart(BODY))
    assert not root.xpath('//*[contains(@class,"zw-flow-passed") or contains(@class,"zw-flow-current")]')


def test_the_end_is_passed_when_it_follows_without_choice():
    root = picture(chart(BODY), passed={"a", "b"})
    assert "zw-flow-passed" in classes(root, "e")


def test_the_current_step_in_a_subprocess_does_not_pass_what_follows():
    inner = '<startEvent id="is"/>' + task("i") + '<endEvent id="ie"/>' + line("is", "i", "ie")
    xml = chart(START + f'<subProcess id="u" name="子流程">{inner}</subProcess>' + END + line("s", "u", "e"))
    inside = picture(xml, current={"i"})
    assert classes(inside, "e") == ["zw-flow-node"]
    assert "zw-flow-within" in classes(inside, "u") and "zw-flow-passed" not in classes(inside, "u")
    assert "zw-flow-current" in classes(inside, "i")
    assert "zw-flow-passed" in classes(picture(xml, passed={"i"}), "e")


def test_no_inline_style_no_script_and_words_for_the_blind():
    evil = chart(BODY).replace("环节a", "&lt;script&gt;alert(1)&lt;/script&gt;")
    text = draw(evil, current={"a": "<b>"})
    root = etree.fromstring(text)
    assert not root.xpath("//@style") and not root.xpath("//*[local-name()='style' or local-name()='script']")
    assert not [a for e in root.iter() for a in e.attrib if a.startswith("on")]
    assert root[0].tag == f"{{{SVG}}}title" and root[0].text == "试验流程"
    assert root[1].tag == f"{{{SVG}}}desc" and "当前环节" in root[1].text and root.get("role") == "img"


def test_marks_of_all_kinds_are_drawn():
    inner = MULTI.format(own="m", seq="true")
    called = (
        '<process id="q" name="被调用"><startEvent id="qs"/>'
        + task("t")
        + '<endEvent id="qe"/>'
        + line("qs", "t", "qe")
        + "</process>"
    )
    gates = '<parallelGateway id="g"/><inclusiveGateway id="o"/>'
    body = (
        START
        + task("m", inner=inner)
        + gates
        + '<callActivity id="c" calledElement="q"/><endEvent id="e"><terminateEventDefinition/></endEvent>'
    )
    root = picture(chart(body + line("s", "m", "g", "o", "c", "e"), more=called))
    assert {e.get("data-node") for e in root.iter() if e.get("data-node")} == {
        "s",
        "m",
        "g",
        "o",
        "c",
        "e",
        "qs",
        "t",
        "qe",
    }
    root = picture(timed("false"))
    assert root.xpath('//*[@data-node="t"]/*[@stroke-dasharray]')


def test_lanes_and_notes_of_the_file_are_drawn():
    lanes = '<laneSet id="ls"><lane id="l1" name="窗口"><flowNodeRef>a</flowNodeRef></lane></laneSet>'
    note = '<textAnnotation id="n1"><text>五个工作日内</text></textAnnotation>'
    xml = with_diagram(chart(lanes + note + BODY))
    shape = '<dc:Bounds x="0" y="0" width="900" height="300"/></bpmndi:BPMNShape>'
    shape = '<bpmndi:BPMNShape id="{0}_s" bpmnElement="{0}">' + shape
    xml = xml.replace("</bpmndi:BPMNPlane>", shape.format("l1") + shape.format("n1") + "</bpmndi:BPMNPlane>")
    root = picture(xml)
    assert len(root.xpath('//*[@class="zw-flow-lane"]')) == 2 and "窗口" in "".join(root.itertext())


def test_a_file_keeps_its_own_drawing():
    xml = with_diagram(chart(BODY)).replace('width="84"', 'width="160"')
    assert 'width="160"' in draw(xml)
    assert "zw-flow--wide" not in draw(xml)
    assert "zw-flow--wide" in draw(xml.replace('width="160"', 'width="1400"')), "what is not made narrow scrolls"
    broken = xml.replace('x="', 'x="nan-', 1)
    assert draw(broken)


def test_the_automatic_drawing_changes_nothing_else_and_can_be_repeated():
    xml = chart(BODY)
    made = with_diagram(xml)
    assert [n.id for n in parse(made).nodes()] == [n.id for n in parse(xml).nodes()]
    assert with_diagram(made) == made


@pytest.mark.parametrize("seed", range(25))
def test_layout_overlaps_no_boxes_and_runs_through_none(seed):
    xml = with_diagram(Grower(seed, "txaoslmb").xml())
    chart_ = parse(xml)
    (plane,) = planes(read_xml(xml))
    assert plane.boxes.keys() == {n.id for n in chart_.nodes()} and plane.lines.keys() == {f.id for f in chart_.flows()}
    flat = {own: box for own, box in plane.boxes.items() if chart_.node(own).kind not in ("sub", "timer")}
    for one, a in flat.items():
        for other, b in flat.items():
            apart = a.x + a.w <= b.x or b.x + b.w <= a.x or a.y + a.h <= b.y or b.y + b.h <= a.y
            assert one == other or apart, (one, other)
    for own, points in plane.lines.items():
        for (x1, y1), (x2, y2) in pairwise(points):
            assert abs(x1 - x2) < 0.01 or abs(y1 - y2) < 0.01, own
            for node, box in flat.items():
                through = min(x1, x2) < box.x + box.w - 1 and max(x1, x2) > box.x + 1
                through = through and min(y1, y2) < box.y + box.h - 1 and max(y1, y2) > box.y + 1
                assert not through, (own, node)


def test_labels_stand_clear_of_boxes_and_of_upright_lines():
    name = "一二三四五六"
    body = START + task("a", "pass") + '<exclusiveGateway id="x" default="x.b"/>' + task("b") + END
    body += line("s", "a", "x", "b", "e").replace('id="x.b"', f'id="x.b" name="{name}"') + flow("back", "b", "a", "")
    (plane,) = planes(read_xml(with_diagram(chart(body))))
    points = plane.lines["x.b"]
    assert abs(points[0][0] - points[1][0]) >= width(name)


def test_a_whole_process_fits_a_page():
    body = START + "".join(task(f"t{n}") for n in range(7)) + END
    (plane,) = planes(read_xml(with_diagram(chart(body + line("s", *(f"t{n}" for n in range(7)), "e")))))
    assert max(box.x + box.w for box in plane.boxes.values()) < 1000


def test_even_lines():
    assert even("送达不予许可决定书", 72) == ["送达不予许", "可决定书"]
    assert even("送达不予许可决定书", 112) == ["送达不予许", "可决定书"]
    assert even("受理", 72) == ["受理"]


def test_wrapping():
    assert wrap("送达不予许可决定书", 112) == ["送达不予许可决定", "书"]
    assert wrap("收件，", 28) == ["收件，"], "no closing mark at the beginning of a line"
    assert wrap("", 50) == [""]
    assert all(width(one) <= 60 for one in wrap("一二三四五六七八九十" * 3, 60, most=2))
    assert wrap("一二三四五六七八九十" * 3, 60, most=2)[-1].endswith("…")
