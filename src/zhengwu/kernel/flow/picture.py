"""The chart as an SVG picture: what citizens see is what runs. Colours come from the page's style sheet
through classes; the attributes are the same colours for a picture that stands alone."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any

from lxml import etree

from zhengwu.kernel.flow.chart import AND, CALL, END, OR, STEPS, SUB, TERMINATE, TIMER, XOR, Chart, Node
from zhengwu.kernel.flow.compact import ARROW, TALL, level_piece
from zhengwu.kernel.flow.diagram import Plane, automatic, planes
from zhengwu.kernel.flow.elements import B
from zhengwu.kernel.flow.layout import Box
from zhengwu.kernel.flow.parser import parse, read_xml
from zhengwu.kernel.flow.routing import Point
from zhengwu.kernel.flow.trail import passed_elements
from zhengwu.kernel.flow.wrapping import LINE_HEIGHT, NAME_ROOM, even, width, wrap

SVG = "http://www.w3.org/2000/svg"
INK, PAPER, GROUND, RULE, LEAD, PALE = "#1d2733", "#ffffff", "#f5f6f4", "#8a949e", "#1c5d8c", "#e3eef6"
FONT = '"PingFang SC","Hiragino Sans GB","Microsoft YaHei","Noto Sans SC","WenQuanYi Zen Hei",sans-serif'
SIZE = 14
HOLDER_ROOM = 150.0
WIDE = 1300.0  # what is wider (drawn by other tools) would be illegible if it were made as narrow as a page
SIDE, BELOW = 24.0, 44.0  # around the drawing: half a name, two lines of a holder
_NAMES: Any = {None: SVG}
Lines = Mapping[str, list[Point]]


def draw(xml: str, passed: Collection[str] = (), current: Mapping[str, str] | Collection[str] = ()) -> str:
    """SVG text of the chart, from its own drawing or an automatic one. ``passed`` are ids of steps gone
    through (flows may be among them), ``current`` those open now, with the words to put under each if it
    is a mapping. Classes: ``zw-flow`` (and ``zw-flow--wide``) on the whole, ``zw-flow-node``, ``zw-flow-edge``,
    ``zw-flow-arrow``, ``zw-flow-lane``, and ``zw-flow-passed``, ``zw-flow-current`` or (a sub-process in which
    the case stands) ``zw-flow-within`` with them. What was passed has thicker lines and a tick, so that it is
    told apart without colours. Raises ChartError like ``parse``."""
    chart = parse(xml)
    holders = dict(current) if isinstance(current, Mapping) else dict.fromkeys(current, "")
    return _Picture(chart, _drawings(xml), set(passed), holders).text()


@lru_cache(maxsize=64)
def _drawings(xml: str) -> tuple[list[Plane], dict[str, str]]:
    """The drawings, and the names of what is only drawn (lanes, pools, notes)."""
    root = read_xml(xml)
    names = {
        e.get("id") or "": (e.get("name") or e.findtext(f"{B}text") or "").strip()
        for tag in ("lane", "participant", "textAnnotation")
        for e in root.iter(f"{B}{tag}")
    }
    return planes(root) or automatic(parse(xml)), names


class _Picture:
    def __init__(
        self, chart: Chart, drawings: tuple[list[Plane], dict[str, str]], passed: set[str], holders: dict[str, str]
    ) -> None:
        self.chart, self.holders = chart, holders
        self.planes, self.names = drawings
        self.passed = passed_elements(chart, passed, holders)
        self.within = _within(chart, holders)
        self.flows = {flow.id: flow for flow in chart.flows()}
        self.root = etree.Element(f"{{{SVG}}}svg", nsmap=_NAMES)

    def text(self) -> str:
        top, right = 0.0, 0.0
        for plane in self.planes:
            boxes = plane.boxes.values()
            points = [p for line in plane.lines.values() for p in line]
            left = min([b.x for b in boxes] + [x for x, _ in points]) - SIDE
            upper = min([b.y for b in boxes] + [y for _, y in points]) - TALL
            right = max([right, *(b.x + b.w - left + SIDE for b in boxes), *(x - left + SIDE for x, _ in points)])
            group = self.add(self.root, "g", transform=f"translate({_n(-left)} {_n(top - upper)})")
            self.plane(group, plane)
            top += max([b.y + b.h for b in boxes] + [y for _, y in points]) - upper + BELOW
        for key, value in {
            "class": "zw-flow" if right <= WIDE else "zw-flow zw-flow--wide", "role": "img",
            "viewBox": f"0 0 {_n(right)} {_n(top)}", "width": _n(right),
            "height": _n(top), "font-family": FONT, "font-size": str(SIZE), "aria-label": self.chart.name,
        }.items():  # fmt: skip
            self.root.set(key, value)
        for tag, words in (("desc", self.description()), ("title", self.chart.name)):
            element = etree.Element(f"{{{SVG}}}{tag}")
            element.text = words
            self.root.insert(0, element)
        return etree.tostring(self.root, encoding="unicode")

    def description(self) -> str:
        """The picture in words, for those who cannot see it."""
        names = "、".join(task.name for task in self.chart.tasks())
        words = f"流程图，环节依次为：{names}。"
        for own, holder in self.holders.items():
            node = self.chart.find(own)
            if node is not None:
                words += f"当前环节：{node.name}{f'（{holder}）' if holder else ''}。"
        return words

    def add(self, parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
        named = {k.rstrip("_").replace("_", "-"): v for k, v in attributes.items()}
        return etree.SubElement(parent, f"{{{SVG}}}{tag}", named)

    def plane(self, group: etree._Element, plane: Plane) -> None:
        """Big things first, so that lines and small boxes lie on top."""
        for own, box in plane.boxes.items():
            if self.chart.find(own) is None:
                self.backdrop(group, own, box)
        nodes = [(node, box) for own, box in plane.boxes.items() if (node := self.chart.find(own))]
        nodes.sort(key=lambda pair: (pair[0].kind == TIMER, -pair[1].w * pair[1].h if pair[0].kind == SUB else 0))
        subs = [pair for pair in nodes if pair[0].kind == SUB]
        for node, box in subs:
            self.node(group, node, box)
        for own in sorted(plane.lines, key=lambda f: f in self.passed):
            self.edge(group, own, plane.lines[own])
        for node, box in nodes:
            if node.kind != SUB:
                self.node(group, node, box)
        for own, points in plane.lines.items():
            flow = self.flows.get(own)
            if flow is not None and flow.name:
                self.edge_label(group, flow.name, points)

    def backdrop(self, group: etree._Element, own: str, box: Box) -> None:
        """Lanes, pools and notes."""
        if own not in self.names:
            return
        self.add(
            group, "rect", class_="zw-flow-lane", x=_n(box.x), y=_n(box.y), width=_n(box.w), height=_n(box.h),
            fill=GROUND, stroke="#d9dde1",
        )  # fmt: skip
        self.words(group, wrap(self.names[own], box.w - 16), (box.x + 8, box.y + 20), anchor="start")

    def state(self, own: str) -> tuple[str, str, str, str]:
        """Class, fill, line, line width."""
        if own in self.within:
            return " zw-flow-within", PAPER, LEAD, "2.5"
        if own in self.holders:
            return " zw-flow-current", LEAD, "#123f60", "2.5"
        if own in self.passed:
            return " zw-flow-passed", PALE, LEAD, "2"
        return "", PAPER, RULE, "1.25"

    def node(self, group: etree._Element, node: Node, box: Box) -> None:
        class_, fill, line, thick = self.state(node.id)
        if node.kind == SUB:
            class_ += " zw-flow-sub"
            fill = PAPER
        own = self.add(group, "g", class_=f"zw-flow-node{class_}", fill=fill, stroke=line, stroke_width=thick,
                       data_node=node.id)  # fmt: skip
        self.add(own, "title").text = node.name
        if node.kind in STEPS:
            self.step(own, node, box)
        elif node.kind in (XOR, AND, OR):
            self.gateway(own, node, box)
        else:
            self.event(own, node, box)
        if node.kind not in STEPS and node.name != node.id:
            x = box.x + box.w / 2
            self.words(group, even(node.name, NAME_ROOM), (x, box.y + box.h + SIZE + 2), class_="zw-flow-label")
        if node.kind in STEPS and "zw-flow-passed" in class_:
            d = f"M{_n(box.x + box.w - 15)} {_n(box.y + 8)}l3.5 3.5l6 -7"
            self.add(own, "path", class_="zw-flow-tick", d=d, fill="none", stroke=LEAD, stroke_width="2")
        if self.holders.get(node.id):
            x = box.x + box.w / 2
            lines = even(self.holders[node.id], HOLDER_ROOM, most=2)
            self.words(group, lines, (x, box.y + box.h + SIZE + 4), class_="zw-flow-holder", fill=LEAD)

    def step(self, own: etree._Element, node: Node, box: Box) -> None:
        rect = self.add(own, "rect", x=_n(box.x), y=_n(box.y), width=_n(box.w), height=_n(box.h), rx="4")
        if node.kind == CALL:
            rect.set("stroke-width", "3")
        light = PAPER if node.id in self.holders and node.id not in self.within else INK
        x, y = box.middle
        if node.kind == SUB:
            self.words(own, wrap(node.name, box.w - 20)[:1], (box.x + 10, box.y + SIZE + 6), anchor="start")
            return
        lines = even(node.name, box.w - 12, most=3)
        up = 6 if node.multi else 0
        self.words(own, lines, (x, y - (len(lines) - 1) * LINE_HEIGHT / 2 + 5 - up), fill=light)
        if node.multi:
            bottom = box.y + box.h
            marks = [f"M{_n(x + d)} {_n(bottom - 14)}v9" for d in (-4, 0, 4)]
            if node.multi == "sequential":
                marks = [f"M{_n(x - 5)} {_n(bottom - d)}h10" for d in (13, 9, 5)]
            self.add(own, "path", d="".join(marks), stroke=light)

    def gateway(self, own: etree._Element, node: Node, box: Box) -> None:
        x, y = box.middle
        corners = [(x, box.y), (box.x + box.w, y), (x, box.y + box.h), (box.x, y)]
        self.add(own, "polygon", points=" ".join(f"{_n(a)},{_n(b)}" for a, b in corners))
        r = box.w / 5.5
        if node.kind == OR:
            self.add(own, "circle", cx=_n(x), cy=_n(y), r=_n(r), fill="none")
            return
        k = r * 0.75
        d = f"M{_n(x - r)} {_n(y)}h{_n(2 * r)}M{_n(x)} {_n(y - r)}v{_n(2 * r)}"
        if node.kind == XOR:
            d = f"M{_n(x - k)} {_n(y - k)}l{_n(2 * k)} {_n(2 * k)}M{_n(x + k)} {_n(y - k)}l{_n(-2 * k)} {_n(2 * k)}"
        self.add(own, "path", d=d, fill="none")

    def event(self, own: etree._Element, node: Node, box: Box) -> None:
        x, y = box.middle
        r = min(box.w, box.h) / 2
        ring = self.add(own, "circle", cx=_n(x), cy=_n(y), r=_n(r))
        if node.kind in (END, TERMINATE):
            ring.set("stroke-width", "3.5")
        if node.kind == TERMINATE:
            self.add(own, "circle", cx=_n(x), cy=_n(y), r=_n(r * 0.5), class_="zw-flow-dot", fill=INK)
        if node.kind == TIMER:
            host = self.chart.processes[node.process].nodes[node.host]
            timer = next(t for t in host.timers if t.node == node.id)
            if not timer.interrupting:
                ring.set("stroke-dasharray", "4 3")
            self.add(own, "circle", cx=_n(x), cy=_n(y), r=_n(r - 4), fill="none")
            self.add(own, "path", d=f"M{_n(x)} {_n(y - r * 0.5)}V{_n(y)}h{_n(r * 0.4)}", fill="none")

    def edge(self, group: etree._Element, own: str, points: list[Point]) -> None:
        flow = self.flows.get(own)
        class_ = " zw-flow-passed" if own in self.passed else ""
        line = LEAD if class_ else RULE
        d = "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in points)
        path = self.add(group, "path", class_=f"zw-flow-edge{class_}", d=d, fill="none", stroke=line,
                        stroke_width="3" if class_ else "1.25", stroke_linejoin="round")  # fmt: skip
        if flow is None:
            path.set("stroke-dasharray", "3 3")
            return
        tip = self.add(group, "polygon", points=_arrow(points[-2], points[-1]), class_=f"zw-flow-arrow{class_}")
        tip.set("fill", line)

    def edge_label(self, group: etree._Element, name: str, points: list[Point]) -> None:
        """Above the beginning of the first level piece that is long enough, beside the longest upright otherwise."""
        piece = level_piece(points, width(name))
        if piece:
            (x, y), (x2, _) = piece
            tip = ARROW if piece[1] == points[-1] else 0.0
            room = abs(x2 - x) - tip - width(name)
            start = x + (1 if x2 > x else -1) * min(max(room / 2, 0), 8.0)
            self.words(group, wrap(name, 120)[:1], (start, y - 5), class_="zw-flow-label",
                       anchor="start" if x2 > x else "end")  # fmt: skip
            return
        (x, y), (_, y2) = max(pairwise(points), key=lambda p: abs(p[0][1] - p[1][1]))
        self.words(group, wrap(name, 120)[:1], (x + 5, (y + y2) / 2 + 5), class_="zw-flow-label", anchor="start")

    def words(
        self,
        parent: etree._Element,
        lines: list[str],
        at: Point,
        *,
        class_: str = "",
        fill: str = INK,
        anchor: str = "middle",
    ) -> None:
        x, y = at
        text = self.add(parent, "text", x=_n(x), y=_n(y), text_anchor=anchor, fill=fill, stroke="none")
        if class_:  # words beside boxes are read over the lines they meet
            for key, value in {"class": class_, "stroke": PAPER, "stroke-width": "4", "paint-order": "stroke"}.items():
                text.set(key, value)
        if len(lines) == 1:
            text.text = lines[0]
            return
        for n, line in enumerate(lines):
            self.add(text, "tspan", x=_n(x), dy=str(LINE_HEIGHT) if n else "0").text = line


def _within(chart: Chart, current: Collection[str]) -> set[str]:
    """The sub-processes in which (at any depth) something is open."""
    found: set[str] = set()
    for own in current:
        node = chart.find(own)
        if node is not None and node.kind == SUB:
            found.add(own)
        while node is not None and (host := chart.find(node.process)) is not None and host.kind == SUB:
            found.add(host.id)
            node = host
    return found


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _arrow(before: Point, tip: Point) -> str:
    (ox, oy), (x, y) = before, tip
    length = max(((x - ox) ** 2 + (y - oy) ** 2) ** 0.5, 1e-6)
    ux, uy = (x - ox) / length, (y - oy) / length
    corners = [(x, y), (x - 9 * ux + 4 * uy, y - 9 * uy - 4 * ux), (x - 9 * ux - 4 * uy, y - 9 * uy + 4 * ux)]
    return " ".join(f"{_n(a)},{_n(b)}" for a, b in corners)
