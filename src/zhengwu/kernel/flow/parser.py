"""BPMN 2.0 file → Chart. Whatever would not run is refused here, element by element, before it can be
published."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from lxml import etree

from zhengwu.kernel.flow.chart import (
    CALL,
    END,
    GATEWAYS,
    HOSTS,
    OR,
    PARALLEL,
    SEQUENTIAL,
    START,
    STEPS,
    SUB,
    TASK,
    TERMINATE,
    TIMER,
    XOR,
    Chart,
    Flow,
    Node,
    Process,
    Timer,
)
from zhengwu.kernel.flow.conditions import Condition
from zhengwu.kernel.flow.elements import ONLY_DRAWN, REFUSED_NAMES, RUNS, TOP, B, Z
from zhengwu.kernel.flow.extensions import read_extensions
from zhengwu.kernel.flow.problems import ChartError, FlowError

MAX_BYTES = 2_000_000
MAX_NODES = 2_000
_KEPT = 256

_charts: OrderedDict[bytes, Chart] = OrderedDict()
_lock = threading.Lock()

Complain = Callable[[FlowError], None]


def parse(xml: str | bytes) -> Chart:
    """The chart of a BPMN file, from the cache if it was read before. ChartError (code ``flow-…``) names
    the element that does not run here: scripts, services, messages, loops, timers other than on a step's
    border, and so on."""
    raw = xml.encode() if isinstance(xml, str) else xml
    digest = hashlib.sha256(raw).digest()
    with _lock:
        chart = _charts.get(digest)
        if chart is not None:
            _charts.move_to_end(digest)
            return chart
    chart = _read(raw, _raise)
    with _lock:
        _charts[digest] = chart
        while len(_charts) > _KEPT:
            _charts.popitem(last=False)
    return chart


def parse_all(xml: str | bytes) -> tuple[Chart | None, list[FlowError]]:
    """Like ``parse``, but goes on after an error where it can. The chart is None if anything was wrong."""
    errors: list[FlowError] = []
    chart = None
    try:
        chart = _read(xml.encode() if isinstance(xml, str) else xml, errors.append)
    except FlowError as error:
        errors.append(error)
    return (None if errors else chart), errors


def read_xml(xml: str | bytes) -> etree._Element:
    """The root element; no entities, no DTD, no network, bounded size."""
    raw = xml.encode() if isinstance(xml, str) else xml
    if len(raw) > MAX_BYTES:
        raise ChartError("too-large", f"流程文件超过 {MAX_BYTES // 1_000_000} MB，请精简后再上传")
    reader = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(raw, reader)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        where = f"（第 {line} 行）" if line else ""
        raise ChartError(
            "not-xml", f"文件不是完整的 XML，无法读取{where}", extra={"detail": str(error)[:500]}
        ) from error
    info: Any = root.getroottree().docinfo
    if info.doctype:
        raise ChartError("doctype", "流程文件不得含有文档类型声明（DOCTYPE）")
    if root.tag != f"{B}definitions":
        raise ChartError("not-bpmn", "文件不是 BPMN 2.0 流程图（根元素应为 definitions）")
    return root


def _raise(error: FlowError) -> None:
    raise error


def _read(raw: bytes, complain: Complain) -> Chart:
    root = read_xml(raw)
    _unique_ids(root, complain)
    reader = _Reader(complain)
    for element in root:
        if element.tag == f"{B}process":
            reader.process(element, element.get("id") or "", "")
        else:
            reader.outside(element)
    if not reader.processes:
        raise ChartError("no-process", "文件中没有流程（process）")
    key = reader.finish()
    fields = next(p for p in root.iterfind(f"{B}process") if p.get("id") == key).get(f"{Z}form-fields") or ""
    return Chart(key, reader.processes, frozenset(fields.split()))


def _unique_ids(root: etree._Element, complain: Complain) -> None:
    seen: set[str] = set()
    for element in root.iter(f"{B}*"):
        own = element.get("id")
        if own and own in seen:
            complain(ChartError("duplicate-id", f"编号“{own}”用了两次，每个元素的编号必须唯一", element=own))
        if own:
            seen.add(own)


class _Reader:
    """Reads the processes of one file; errors go to ``complain``, which may raise or collect."""

    def __init__(self, complain: Complain) -> None:
        self.processes: dict[str, Process] = {}
        self.complain = complain
        self.count = 0

    def refuse(self, code: str, message: str, element: str) -> None:
        self.complain(ChartError(code, message, element=element))

    def outside(self, element: etree._Element) -> None:
        """What stands beside the processes: a drawing, a pool; nothing that would have to run."""
        name = _local(element)
        if not element.tag.startswith(B):
            return
        if name not in TOP:
            self.unsupported(element)
        if name == "collaboration":
            for flow in element.iterfind(f"{B}messageFlow"):
                self.unsupported(flow)

    def unsupported(self, element: etree._Element) -> None:
        name = _local(element)
        shown = REFUSED_NAMES.get(name, name)
        label = element.get("name") or element.get("id") or shown
        self.refuse("unsupported", f"“{label}”是{shown}，本平台的流程图不支持", element.get("id") or "")

    def stand_in(self, process: Process, element: etree._Element) -> None:
        """A refused step keeps its place, so that its flows are not called wrong as well."""
        own = element.get("id")
        flows = element.getparent()
        ends = (f.get(e) for f in (flows if flows is not None else ()) for e in ("sourceRef", "targetRef"))
        if own and own in ends:
            process.nodes[own] = Node(own, TASK, own, process.key)

    def process(self, element: etree._Element, key: str, parent: str) -> None:
        if not key:
            self.refuse("no-id", "流程没有编号（id）", "")
            return
        process = Process(key, element.get("name") or key, parent)
        self.processes[key] = process
        if element.get("triggeredByEvent") == "true":
            self.refuse("unsupported", f"“{process.name}”是事件子流程，本平台的流程图不支持", key)
        for child in element:
            name = _local(child)
            if not child.tag.startswith(B) or name in ONLY_DRAWN:
                continue
            if name == "sequenceFlow":
                self.flow(process, child)
            elif name in RUNS:
                self.node(process, child, RUNS[name])
            else:
                self.unsupported(child)
                self.stand_in(process, child)
        self.connect(process)

    def flow(self, process: Process, element: etree._Element) -> None:
        own = element.get("id") or ""
        source, target = element.get("sourceRef") or "", element.get("targetRef") or ""
        if not (own and source and target):
            self.refuse("no-id", "有一条流程线缺少编号、起点或终点", own)
            return
        condition = None
        written = element.find(f"{B}conditionExpression")
        if written is not None and (written.text or "").strip():
            label = element.get("name")
            condition = self.condition(written.text or "", own, f"流程线“{label}”（{own}）" if label else "")
        process.flows[own] = Flow(own, source, target, element.get("name") or "", condition)

    def condition(self, text: str, owner: str, where: str) -> Condition | None:
        try:
            return Condition(text, owner, where)
        except FlowError as error:
            self.complain(error)
            return None

    def node(self, process: Process, element: etree._Element, kind: str) -> None:
        own = element.get("id") or ""
        if not own:
            self.refuse("no-id", f"流程“{process.name}”中有元素没有编号（id）", process.key)
            return
        self.count += 1
        if self.count > MAX_NODES:
            raise ChartError("too-large", f"流程图超过 {MAX_NODES} 个元素", element=process.key)
        node = Node(own, kind, element.get("name") or own, process.key, default=element.get("default") or "")
        process.nodes[own] = node
        if kind in STEPS:
            self.step(node, element)
        elif kind in (START, END):
            self.event(process, node, element)
        elif kind == TIMER:
            self.timer(node, element)

    def step(self, node: Node, element: etree._Element) -> None:
        read_extensions(node, element, self.refuse)
        if element.find(f"{B}standardLoopCharacteristics") is not None:
            self.refuse("unsupported", f"“{node.name}”带有循环标记，请改用网关画出回路", node.id)
        multi = element.find(f"{B}multiInstanceLoopCharacteristics")
        if multi is not None:
            if node.kind != TASK:
                self.refuse("multi-host", f"“{node.name}”：会签（多实例）只能用在任务上，不能用在子流程上", node.id)
            node.multi = SEQUENTIAL if multi.get("isSequential") == "true" else PARALLEL
            written = multi.find(f"{B}completionCondition")
            if written is not None and (written.text or "").strip():
                node.completion = self.condition(written.text or "", node.id, f"“{node.name}”的会签结束")
        if node.kind == SUB:
            node.calls = node.id
            self.process(element, node.id, node.process)
        elif node.kind == CALL:
            node.calls = element.get("calledElement") or ""

    def event(self, process: Process, node: Node, element: etree._Element) -> None:
        marks = [child for child in element if _local(child).endswith("EventDefinition")]
        if node.kind == END and len(marks) == 1 and _local(marks[0]) == "terminateEventDefinition":
            node.kind = TERMINATE
        elif marks:
            self.unsupported_event(node, marks[0])
        if node.kind == START:
            if process.start:
                self.refuse("two-starts", f"流程“{process.name}”有两个开始，只能有一个", node.id)
            process.start = node.id

    def unsupported_event(self, node: Node, mark: etree._Element) -> None:
        shown = REFUSED_NAMES.get(_local(mark), _local(mark))
        self.refuse("unsupported", f"“{node.name}”带有{shown}，本平台的流程图不支持", node.id)

    def timer(self, node: Node, element: etree._Element) -> None:
        node.host = element.get("attachedToRef") or ""
        marks = [child for child in element if _local(child).endswith("EventDefinition")]
        duration = element.find(f"{B}timerEventDefinition/{B}timeDuration")
        text = (duration.text or "").strip() if duration is not None else ""
        if len(marks) != 1 or not text:
            self.refuse("timer", f"“{node.name}”：步骤边上只能放写明时长的定时事件", node.id)
        node.timers = (Timer(node.id, text, element.get("cancelActivity") != "false"),)

    def connect(self, process: Process) -> None:
        """Flows to their nodes, timers to their hosts."""
        for flow in list(process.flows.values()):
            missing = [end for end in (flow.source, flow.target) if end not in process.nodes]
            if missing:
                self.refuse(
                    "dangling",
                    f"流程线“{flow.id}”连着不存在的元素“{missing[0]}”（流程线不能穿过子流程的边）",
                    flow.id,
                )
                del process.flows[flow.id]
                continue
            process.nodes[flow.source].out.append(flow.id)
            process.nodes[flow.target].inc.append(flow.id)
        for node in process.nodes.values():
            if node.kind == TIMER:
                self.attach(process, node)
        for node in process.nodes.values():
            self.check(process, node)

    def attach(self, process: Process, node: Node) -> None:
        host = process.nodes.get(node.host)
        if host is None or host.kind not in STEPS:
            self.refuse("timer", f"定时“{node.name}”没有放在任何步骤的边上", node.id)
            return
        host.timers += node.timers
        node.timers = ()

    def check(self, process: Process, node: Node) -> None:
        """What the executor relies on."""
        if node.default and node.default not in node.out:
            self.refuse("default", f"“{node.name}”的默认流向“{node.default}”不是从它出发的流程线", node.id)
        if node.kind in (END, TERMINATE) and node.out:
            self.refuse("after-end", f"结束“{node.name}”之后不能再有流程线", node.id)
        if node.kind in (START, TIMER) and node.inc:
            self.refuse("before-start", f"“{node.name}”不能有流入的流程线", node.id)
        if node.kind not in (XOR, OR):
            for flow_id in node.out:
                if process.flows[flow_id].condition is not None or node.default:
                    self.refuse("condition-place", f"流程线“{flow_id}”的条件只能写在排他网关或包容网关之后", flow_id)
        if node.kind not in (END, TERMINATE) and not node.out:
            what = "网关" if node.kind in GATEWAYS else "步骤"
            self.refuse("no-way-on", f"{what}“{node.name}”之后没有流程线，流程会停在这里", node.id)

    def finish(self) -> str:
        """Called processes exist and do not call themselves; returns the key of the main process."""
        for process in self.processes.values():
            if not process.start:
                self.refuse("no-start", f"流程“{process.name}”没有开始", process.key)
            if not any(n.kind in (END, TERMINATE) for n in process.nodes.values()):
                self.refuse("no-end", f"流程“{process.name}”没有结束", process.key)
        called: set[str] = set()
        for node in [n for p in self.processes.values() for n in p.nodes.values() if n.kind in HOSTS]:
            called.add(node.calls)
            target = self.processes.get(node.calls)
            if target is None or (node.kind == CALL and target.parent):
                self.refuse("no-call-target", f"“{node.name}”调用的流程“{node.calls}”不在本文件中", node.id)
            elif self.comes_back(node):
                self.refuse("calls-itself", f"“{node.name}”调用的流程又调用了自己", node.id)
        for process in self.processes.values():
            process.wire()
        tops = [p.key for p in self.processes.values() if not p.parent]
        return next((key for key in tops if key not in called), tops[0])

    def comes_back(self, node: Node) -> bool:
        seen: set[str] = set()
        todo = [node.calls]
        while todo:
            key = todo.pop()
            if key == node.process:
                return True
            if key in seen or key not in self.processes:
                continue
            seen.add(key)
            todo += [n.calls for n in self.processes[key].nodes.values() if n.kind in HOSTS]
        return False


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname
