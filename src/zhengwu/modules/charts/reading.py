"""A chart file as a table of its elements, whether or not it could run; and limits on what is taken in."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from lxml import etree

from zhengwu.kernel.flow.api import ChartError, Finding, lint, read_xml
from zhengwu.lib.problem import Problem

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DRAWING = "{http://www.omg.org/spec/BPMN/20100524/DI}BPMNShape"
MAX_ELEMENTS = 2_000
KINDS = {
    "process": "流程", "task": "环节", "userTask": "环节", "manualTask": "环节", "subProcess": "子流程",
    "callActivity": "调用流程", "exclusiveGateway": "排他网关", "parallelGateway": "并行网关",
    "inclusiveGateway": "包容网关", "startEvent": "开始", "endEvent": "结束", "boundaryEvent": "边界定时",
    "sequenceFlow": "流程线", "multiInstanceLoopCharacteristics": "会签", "lane": "泳道", "participant": "泳池",
    "textAnnotation": "注释", "scriptTask": "脚本任务", "serviceTask": "服务任务", "sendTask": "发送任务",
    "receiveTask": "接收任务", "businessRuleTask": "业务规则任务", "transaction": "事务子流程",
    "adHocSubProcess": "即兴子流程", "intermediateCatchEvent": "中间捕获事件",
    "intermediateThrowEvent": "中间抛出事件", "eventBasedGateway": "事件网关", "complexGateway": "复杂网关",
    "messageFlow": "消息流",
}
"""Elements that a person sees in a drawing, by the name of the standard."""
_KEY = re.compile(r"[A-Za-z_][\w.-]{0,99}", re.ASCII)


class Row(NamedTuple):
    """One element: ``verdict`` ∈ ok, warning, error; ``reasons`` in words."""

    id: str
    kind: str
    name: str
    verdict: str
    reasons: list[str]


class Reading(NamedTuple):
    """What is in a file. ``key`` and ``title`` are those of its main process; ``runs``: nothing stands against
    publishing it; ``general`` are findings at no element of the table."""

    key: str
    title: str
    rows: list[Row]
    general: list[Finding]
    findings: list[Finding]
    drawn: bool

    @property
    def runs(self) -> bool:
        return not any(f.grave for f in self.findings)

    @property
    def grave(self) -> int:
        return sum(f.grave for f in self.findings)


def root_of(xml: str) -> etree._Element:
    """The root of a file that may be kept as a draft: BPMN 2.0, no document type, at most 2 MB and MAX_ELEMENTS
    elements. Raises Problem."""
    try:
        root = read_xml(xml)
    except ChartError as error:
        raise Problem(error.code, error.zh, field="file", status=422, extra=error.extra) from error
    count = sum(1 for _ in _elements(root))
    if count > MAX_ELEMENTS:
        raise Problem("too-many-elements", f"流程图有 {count:,} 个元素，最多 {MAX_ELEMENTS:,} 个。请把它拆成几张图",
                      "too many elements", field="file", status=422)
    return root


def _elements(root: etree._Element) -> Iterator[etree._Element]:
    for element in root.iter(f"{BPMN}*"):
        if etree.QName(element).localname in KINDS:
            yield element


def read(xml: str) -> Reading:
    """The table of a file that passed ``root_of``, with what the linter says at each element."""
    root = root_of(xml)
    findings = lint(xml)
    key, title = main_process(root)
    at: dict[str, list[Finding]] = {}
    for finding in findings:
        at.setdefault(finding.element, []).append(finding)
    rows = [_row(element, at) for element in _elements(root)]
    shown = {row.id for row in rows}
    general = [f for f in findings if f.element not in shown]
    return Reading(key, title, rows, general, findings, root.find(f".//{DRAWING}") is not None)


def _row(element: etree._Element, at: dict[str, list[Finding]]) -> Row:
    own = element.get("id") or ""
    found = at.get(own, []) if own else []
    verdict = "ok" if not found else "error" if any(f.grave for f in found) else "warning"
    name = element.get("name") or (element.findtext(f"{BPMN}text") or "").strip()
    return Row(own, KINDS[etree.QName(element).localname], name, verdict, [f.message for f in found])


def main_process(root: etree._Element) -> tuple[str, str]:
    """Id and name of the process no other one calls. Raises Problem when there is none or its id is no key."""
    processes = root.findall(f"{BPMN}process")
    called = {e.get("calledElement") for e in root.iter(f"{BPMN}callActivity")}
    main = next((p for p in processes if p.get("id") not in called), processes[0] if processes else None)
    key = "" if main is None else main.get("id") or ""
    if not _KEY.fullmatch(key):
        told = f"“{key[:40]}”" if key else "（空）"
        raise Problem("bad-process-id", f"流程编号{told}不能用：须以字母开头，只含字母、数字和_.-，最长100个字符",
                      "the id of the process cannot be used", field="file", status=422)
    return key, (main.get("name") if main is not None else "") or key


def words_of(findings: Iterable[Finding]) -> list[dict[str, str]]:
    """Findings as the editor shows them."""
    return [{"element": f.element, "message": f.message, "severity": f.severity} for f in findings]
