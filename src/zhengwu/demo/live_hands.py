"""Hands that work like people at the desk: they fill in forms, choose the one who acts, and the words that go along."""

import random
from collections.abc import Iterable, Mapping
from typing import Any

from zhengwu.demo import codes
from zhengwu.demo.accounts import COUNTY
from zhengwu.kernel.cases.api import Handed
from zhengwu.kernel.cases.models import Case, Step, Submission
from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.directory.models import Account, Appointment
from zhengwu.kernel.flow.api import Node
from zhengwu.kernel.matters.models import Matter

_GO_ON = ("accept", "submit", "pass", "done", "agree", "grant", "issue", "deliver", "publish", "reply", "archive")
"""The action taken when a plan asks for none: the first of these the chart allows at the step."""

_OPINIONS = {
    "accept": "申请材料齐全，符合法定形式，予以受理。",
    "pass": "经审查，申请材料齐全，符合规定的条件和标准，建议准予。",
    "inspect": "需要核实经营场所与申请内容是否一致，安排现场核查。",
    "done": "两名工作人员已到现场核查，现场情况与申请内容一致。",
    "agree": "同意承办人意见。",
    "grant": "符合法定条件，同意。",
    "deny": "经现场核查，加工场所与污染源的距离不符合《中华人民共和国食品安全法》第三十三条的规定，不予许可。",
    "fail": "现场核查发现设备布局不符合要求，建议不予许可。",
    "refuse": "所申请的事项不属于本机关职权范围，请向经营场所所在地的市场监督管理局提出。",
    "correct": "材料不齐全，请按所列内容一次补齐。",
    "issue": "证照已制作。",
    "deliver": "已送达申请人。",
}
_SAMPLES: dict[str, str] = {
    "shop_name": "晨光小食店", "operator": "李婷婷", "operator_name": "临溪县好味来餐饮管理有限公司",
    "representative": "刘志强", "address": "临溪县高桥街道朝阳路18号",
    "scope": "米线、面条、豆浆", "items": "热食类食品制售、自制饮品制售",
    "safety_manager": "刘志强", "contact": "刘志强", "organisation": "临溪县好味来餐饮管理有限公司",
    "inspection_time": "工作日下午", "signboard_size": "4.5×1.2", "content": "按申请材料所列内容申请许可",
    "purpose": "按规定申请办理", "account": "6200000000000000017",
}


def filled_form(schema: Mapping[str, Any], rng: random.Random) -> dict[str, Any]:
    """Plausible data that satisfy an application form of the demo city."""
    data: dict[str, Any] = {}
    for name, part in schema["properties"].items():
        if name not in schema["required"]:
            continue
        kind = part["type"]
        if part.get("format") == "phone":
            data[name] = f"1380000{rng.randrange(1000, 9999)}"
        elif part.get("format") == "uscc":
            data[name] = codes.credit_code(codes.ENTERPRISE, COUNTY, 50_000_000 + rng.randrange(1, 9999))
        elif "enum" in part:
            data[name] = rng.choice(part["enum"])
        elif kind == "boolean":
            data[name] = True
        elif kind in ("integer", "number"):
            data[name] = str(rng.randint(max(1, part.get("minimum", 1)), min(58, part["maximum"])))
        else:
            data[name] = _SAMPLES[name]
    return data


def papers(matter: Matter) -> Iterable[Handed]:
    """Every required material, handed in on paper at the window."""
    return [Handed(name=m.name, material_id=m.pk, way=Submission.Way.PAPER)
            for m in matter.materials.all() if m.required]


def choose_action(node: Node, wanted: str = "") -> str | None:
    """The wanted action if the step allows it, else the usual one; None when the step waits for something else."""
    allowed = [action.code for action in node.actions]
    return next((code for code in (wanted, *_GO_ON) if code in allowed), None)


def opinion_for(action: str) -> str:
    return _OPINIONS.get(action, "")


def form_for(action: str, case: Case) -> dict[str, Any]:
    """What goes along with an action besides words: the items of a correction notice, the way of delivery."""
    if action == "correct":
        name = case.submissions.values_list("name", flat=True).first() or "申请表"
        item = {"material": name[:100], "fault": "缺少经营场所平面图", "wanted": "补充标明面积和功能区的平面图"}
        return {"items": [item]}
    return {"way": "窗口领取"} if action == "deliver" else {}


class Staff:
    """Finds who may act at a step; remembers actors, as people do not change their posts in these weeks."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._actors: dict[int, Actor] = {}
        self._posts: dict[tuple[int, str], list[int]] = {}
        for unit, role, account in Appointment.objects.order_by("id").values_list("unit_id", "role", "account_id"):
            self._posts.setdefault((unit, role), []).append(account)

    def actor(self, account_id: int) -> Actor:
        if account_id not in self._actors:
            self._actors[account_id] = Account.objects.get(pk=account_id).actor
        return self._actors[account_id]

    def at(self, step: Step) -> Actor | None:
        """Somebody who holds the step; None when nobody does (an applicant without an account)."""
        if step.account_id is not None:
            return self.actor(step.account_id)
        holders = self._posts.get((step.unit_id or 0, step.role), [])
        return self.actor(self._rng.choice(holders)) if holders else None

    def clerk(self, centre_id: int) -> Actor:
        return self.actor(self._rng.choice(self._posts[centre_id, "clerk"]))
