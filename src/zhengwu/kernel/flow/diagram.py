"""BPMN DI, the drawing inside the file: read it, or write one for a chart that has none."""

from typing import Any, NamedTuple

from lxml import etree

from zhengwu.kernel.flow.chart import SUB, Chart, Process
from zhengwu.kernel.flow.elements import BPMN, DC, DI, LINE, ZW, B
from zhengwu.kernel.flow.layout import Box, lay_out
from zhengwu.kernel.flow.parser import parse, read_xml
from zhengwu.kernel.flow.routing import Point

_DI, _DC, _LINE = f"{{{DI}}}", f"{{{DC}}}", f"{{{LINE}}}"
_NAMES: Any = {None: BPMN, "bpmndi": DI, "dc": DC, "di": LINE, "zw": ZW}
MAX_COORDINATE = 100_000.0


class Plane(NamedTuple):
    """One drawing: what it shows (a process or collaboration), boxes and way points by element id."""

    element: str
    boxes: dict[str, Box]
    lines: dict[str, list[Point]]


def planes(root: etree._Element) -> list[Plane]:
    """All drawings of the file that have something on them; shapes with unusable numbers are left out."""
    found = []
    for plane in root.iterfind(f"{_DI}BPMNDiagram/{_DI}BPMNPlane"):
        boxes = {}
        for shape in plane.iterfind(f"{_DI}BPMNShape"):
            bounds = shape.find(f"{_DC}Bounds")
            numbers = [_number(bounds.get(k)) for k in ("x", "y", "width", "height")] if bounds is not None else []
            if len(numbers) == 4 and None not in numbers:
                boxes[shape.get("bpmnElement") or ""] = Box(*(n for n in numbers if n is not None))
        lines = {}
        for edge in plane.iterfind(f"{_DI}BPMNEdge"):
            points = [(_number(p.get("x")), _number(p.get("y"))) for p in edge.iterfind(f"{_LINE}waypoint")]
            good = [(x, y) for x, y in points if x is not None and y is not None]
            if len(good) > 1:
                lines[edge.get("bpmnElement") or ""] = good
        if boxes:
            found.append(Plane(plane.get("bpmnElement") or "", boxes, lines))
    return found


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if abs(value) <= MAX_COORDINATE else None


def automatic(chart: Chart) -> list[Plane]:
    """Drawings for a chart without one: the main process, then each called one."""
    tops = [p for p in chart.processes.values() if not p.parent]
    tops.sort(key=lambda p: p.key != chart.key)
    found = []
    for process in tops:
        drawing = lay_out(chart, process)
        found.append(Plane(process.key, drawing.boxes, drawing.lines))
    return found


def with_diagram(xml: str) -> str:
    """The file with an automatic drawing in place of any it had; for charts written as meaning only."""
    chart, root = parse(xml), read_xml(xml)
    for old in root.findall(f"{_DI}BPMNDiagram"):
        root.remove(old)
    made = etree.Element(f"{B}definitions", {str(k): str(v) for k, v in root.attrib.items()}, nsmap=_NAMES)
    made.extend(list(root))
    for plane in automatic(chart):
        _write(made, chart, chart.processes[plane.element], plane)
    etree.indent(made, "  ")
    return etree.tostring(made, encoding="unicode", pretty_print=True)


def _write(root: etree._Element, chart: Chart, process: Process, plane: Plane) -> None:
    diagram = etree.SubElement(root, f"{_DI}BPMNDiagram", id=f"{process.key}_diagram")
    surface = etree.SubElement(diagram, f"{_DI}BPMNPlane", id=f"{process.key}_plane", bpmnElement=process.key)
    for own, box in plane.boxes.items():
        shape = etree.SubElement(surface, f"{_DI}BPMNShape", id=f"{own}_shape", bpmnElement=own)
        if chart.node(own).kind == SUB:
            shape.set("isExpanded", "true")
        numbers = {"x": box.x, "y": box.y, "width": box.w, "height": box.h}
        etree.SubElement(shape, f"{_DC}Bounds", {k: f"{v:g}" for k, v in numbers.items()})
    for own, points in plane.lines.items():
        edge = etree.SubElement(surface, f"{_DI}BPMNEdge", id=f"{own}_edge", bpmnElement=own)
        for x, y in points:
            etree.SubElement(edge, f"{_LINE}waypoint", x=f"{x:g}", y=f"{y:g}")
