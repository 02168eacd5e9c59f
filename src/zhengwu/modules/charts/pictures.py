"""Pictures of a chart with marks on it, for pages."""

from collections.abc import Collection, Mapping

from django.utils.safestring import SafeString, mark_safe
from lxml import etree

from zhengwu.kernel.flow.api import ChartError, draw

_SVG = "{http://www.w3.org/2000/svg}"
_WORDS = {"added": "新增", "removed": "删除", "changed": "修改", "fault": "有问题"}


def picture(xml: str, passed: Collection[str] = (), marks: Mapping[str, str] | None = None) -> SafeString | str:
    """SVG of the chart; "" while it cannot be drawn. ``marks``: element id → added, removed, changed or fault; each
    gets a class ``charts-<mark>`` and the word in its title, so that it is not told by colour alone."""
    try:
        svg = draw(xml, passed=passed)
    except ChartError:
        return ""
    if marks:
        svg = _marked(svg, marks)
    # our own drawing: built by lxml, which escapes every text of the chart
    return mark_safe(svg)  # noqa: S308


def _marked(svg: str, marks: Mapping[str, str]) -> str:
    root = etree.fromstring(svg)
    for element in root.iter():
        own = element.get("data-node") or element.get("data-flow")
        mark = marks.get(own or "")
        if not mark:
            continue
        element.set("class", f"{element.get('class', '')} charts-{mark}".strip())
        title = element.find(f"{_SVG}title")
        if title is None:
            title = etree.SubElement(element, f"{_SVG}title")
        title.text = f"{_WORDS[mark]}：{title.text or ''}".rstrip("：")
    return etree.tostring(root, encoding="unicode")
