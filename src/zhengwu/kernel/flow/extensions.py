"""Our own words on a step (namespace ``https://zhengwu.example/bpmn``): who acts, what may come out, how
long it may take."""

import re
from collections.abc import Callable

from lxml import etree

from zhengwu.kernel.flow.chart import Action, Limit, Node, Suspends
from zhengwu.kernel.flow.elements import B, Z

Refuse = Callable[[str, str, str], None]

LIMIT_UNITS = {
    "WORKING_DAY": "工作日",
    "DAY": "自然日",
    "MONTH": "月",
    "HOUR": "小时",
    "WORKING_HOUR": "工作时",
}
MAX_LIMIT = 3650
_ISO = re.compile(r"P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?", re.ASCII)
_OWN = re.compile(r"zw:([A-Z_]+):(\d{1,4})", re.ASCII)


def read_extensions(node: Node, element: etree._Element, refuse: Refuse) -> None:
    """Fill a step from its ``zw:`` attributes and extension elements; ``refuse(code, message, element
    id)`` is told of errors."""
    node.kind_of_step = element.get(f"{Z}kind") or ""
    node.unit = element.get(f"{Z}unit") or ""
    node.role = element.get(f"{Z}role") or ""
    actions: list[Action] = []
    for child in element.iterfind(f"{B}extensionElements/{Z}*"):
        name = etree.QName(child).localname
        if name == "action":
            code, label = child.get("code") or "", child.get("label") or ""
            if not code or not label:
                refuse("action", f"“{node.name}”有一个操作没有代码或名称", node.id)
            if any(a.code == code for a in actions):
                refuse("action", f"“{node.name}”的操作“{code}”写了两次", node.id)
            actions.append(Action(code, label, child.get("opinion") == "required", child.get("danger") == "true"))
        elif name == "limit":
            node.limit = _limit(node, child, refuse)
        elif name == "suspends":
            node.suspends = Suspends(child.get("reason") or "", child.get("basis") or "")
            if not all(node.suspends):
                refuse("suspends", f"“{node.name}”不计入时限，须写明事由和依据", node.id)
        elif name == "form":
            node.form = child.get("key") or ""
        else:
            refuse("extension", f"“{node.name}”有不认识的设置“{name}”", node.id)
    node.actions = tuple(actions)


def _limit(node: Node, child: etree._Element, refuse: Refuse) -> Limit | None:
    text, unit = child.get("n") or "", child.get("unit") or ""
    if unit in LIMIT_UNITS and text.isascii() and text.isdigit() and 0 < int(text[:6]) <= MAX_LIMIT:
        return Limit(int(text), unit)
    refuse(
        "limit",
        f"“{node.name}”的时限“{text} {unit}”无效：须为正整数加 {'、'.join(LIMIT_UNITS)} 之一",
        node.id,
    )
    return None


def own_duration(text: str) -> Limit | None:
    """``zw:WORKING_DAY:5`` → Limit(5, "WORKING_DAY"); None for anything else."""
    found = _OWN.fullmatch(text)
    if found is None or found[1] not in LIMIT_UNITS or not 0 < int(found[2]) <= MAX_LIMIT:
        return None
    return Limit(int(found[2]), found[1])


def duration_ok(text: str) -> bool:
    """A timer's text is one the clock can read: ISO 8601 duration or our own."""
    return own_duration(text) is not None or _ISO.fullmatch(text) is not None
