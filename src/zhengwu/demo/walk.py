"""The main job from the outside: a citizen applies, four offices work, everybody can check. Used by `./zw demo`."""

import sys
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx

from zhengwu.demo.person import Person, WalkError
from zhengwu.demo.samples import sample, small_pdf
from zhengwu.kernel.ledger.proof import check_proof
from zhengwu.lib.now import CN

MATTER = "食品经营许可证核发"


class Walk:
    """One walk through one case; ``say`` prints numbered steps."""

    def __init__(self, url: str, password: str, say: Callable[[str], None] = print) -> None:
        self.url, self.say, self.count = url, say, 0
        self.people = {name: Person(url, name, password)
                       for name in ("citizen", "clerk", "officer", "head", "legal", "leader", "auditor")}
        self.number = self.code = ""

    def told(self, text: str, **more: str) -> None:
        self.count += 1
        self.say(f"{self.count:>2}. {text}" + "".join(f"\n      {k} {v}" for k, v in more.items() if v))

    def find(self) -> dict[str, Any]:
        citizen = self.people["citizen"]
        guide = citizen.matter(MATTER)
        chart = citizen.http.get(f"/api/v1/matters/{guide['code']}/chart.bpmn")
        if chart.status_code != 200 or b"definitions" not in chart.content:
            raise WalkError("流程图打不开")
        words = f"群众找到事项“{guide['name']}”，承诺{guide['promised']}，法定{guide['lawful']}"
        self.told(words, 地址=f"{self.url}/matters/{guide['code']}/")
        return guide

    def apply(self, guide: dict[str, Any]) -> None:
        citizen = self.people["citizen"]
        wanted = [m for m in guide["materials"] if m["required"]]
        materials = [
            {"material": m["id"], "file": citizen.upload(f"{m['name'][:20]}.pdf", small_pdf(), "application/pdf")}
            for m in wanted
        ]
        body = {"matter": guide["code"], "form": sample(guide["form_schema"]), "materials": materials}
        key = uuid.uuid4().hex
        made = citizen.post("cases", body, 201, key=key)
        again = citizen.post("cases", body, 201, key=key)
        if again["number"] != made["number"]:
            raise WalkError("同一请求重复提交，得到了两个办件")
        self.number, self.code = made["number"], made["query_code"]
        self.told(f"提交申请和{len(materials)}份材料，重复提交只得到一件", 编号=self.number, 查询码=self.code,
                  地址=f"{self.url}/my/cases/{self.number}/receipt/")

    def act(self, who: str, node: str, action: str, words: str, **more: Any) -> dict[str, Any]:
        person = self.people[who]
        case = person.get(f"cases/{self.number}")
        step = next((s for s in case["steps"] if s["node"] == node and s["closed_at"] is None), None)
        if step is None:
            standing = "、".join(s["name"] for s in case["steps"] if s["closed_at"] is None)
            raise WalkError(f"应在“{node}”，实在“{standing}”")
        todo = person.get("todo?limit=100")["items"]
        if step["id"] not in {row["step"] for row in todo} and len(todo) < 100:
            raise WalkError(f"{who} 的待办里没有这一件")
        done = person.post(f"steps/{step['id']}/actions", {"action": action, **more}, 200,
                           **{"If-Match": f'"{case["revision"]}"'})
        self.told(f"{words} → {done['state_label']}", 应办结日=_last_day(done["due_at"]))
        return done

    def offices(self) -> None:
        items = {"items": [{"material": "营业执照", "fault": "影像不清晰", "wanted": "重新上传清晰的影像"}]}
        self.act("clerk", "precheck", "correct", "窗口一次告知补正", form=items, opinion="请按告知补齐")
        self.act("citizen", "correct", "submit", "群众补正", opinion="已重新上传")
        self.act("clerk", "precheck", "accept", "窗口受理，两个时钟开始走")
        self.explain()
        self.act("officer", "review", "inspect", "承办人安排现场勘查，时钟停住")
        self.act("officer", "inspect", "done", "勘查完成，时钟接着走", opinion="现场与申请材料一致")
        self.act("officer", "review", "pass", "承办人审查通过", opinion="材料齐全，符合条件")
        self.act("head", "approve", "agree", "审核人同意", opinion="同意承办意见")
        self.act("leader", "decide", "grant", "分管领导准予", opinion="准予许可")
        self.act("clerk", "issue", "issue", "制证")
        done = self.act("clerk", "deliver", "deliver", "送达")
        if done["closed_at"] is None:
            raise WalkError("送达之后没有办结")

    def explain(self) -> None:
        clocks = self.people["citizen"].get(f"cases/{self.number}/clock?code={self.code}")
        promised = next(c for c in clocks if c["kind"] == "promised")
        counted = sum(d["counted"] for d in promised["days"])
        skipped = len(promised["days"]) - counted
        self.told(f"任何人凭查询码看时限逐日说明：计{counted}天、跳过{skipped}天", 说明=promised["summary"])

    def certificate(self) -> None:
        page = self.people["citizen"].page(f"/my/cases/{self.number}/")
        start = page.find("1.2.156.3005.2.")
        if start < 0:
            raise WalkError("办件页面上没有证照")
        code = page[start:].split("<")[0].split('"')[0].split("/")[0].strip()
        facts = self.people["citizen"].get(f"certificates/{code}")
        if facts["status"] != "normal":
            raise WalkError(f"证照状态不是正常：{facts['status']}")
        address = f"{self.url}/certificates/check/?code={code}"
        self.told(f"证照公开核验：{facts['title']}，状态正常", 标识=code, 地址=address)

    def proof(self) -> None:
        sealed = self.people["auditor"].post("seals", {}, 201)
        proof = self.people["citizen"].get(f"cases/{self.number}/proof")
        findings = check_proof(proof)
        if findings:
            raise WalkError("证明不成立：" + "；".join(findings))
        proof["event"]["data"]["title"] = "被改动的标题"
        if not check_proof(proof):
            raise WalkError("改动过的证明竟然成立")
        self.told(f"第{sealed['number']}次封存，接收凭证的证明在本机离线核对成立，改一个字即不成立", 根=sealed["root"])

    def rate(self) -> None:
        citizen = self.people["citizen"]
        page = citizen.http.get(f"/my/cases/{self.number}/")
        answer = citizen.http.post(f"/my/cases/{self.number}/rate/", data={"level": "5", "comment": "很快"}, headers={
            "X-CSRFToken": citizen.http.cookies.get("csrftoken") or "", "Referer": self.url})
        if page.status_code != 200 or answer.status_code != 302:
            raise WalkError(f"评价没有成功：{answer.status_code}")
        events = citizen.get(f"cases/{self.number}/events")
        if [e["kind"] for e in events][-2:] != ["case.rated", "case.archived"]:
            raise WalkError("评价之后没有归档")
        self.told("群众评价“非常满意”，办件归档", 存证=f"{len(events)} 条事件，末条 {events[-1]['hash'][:16]}…")


def _last_day(due_at: str | None) -> str:
    """The day people mean by a due moment (24:00 of that day)."""
    return f"{datetime.fromisoformat(due_at).astimezone(CN) - timedelta(microseconds=1):%Y-%m-%d}" if due_at else ""


def walk(url: str, password: str) -> int:
    """Walks the whole thread; 0 only if all held."""
    try:
        one = Walk(url, password)
        one.apply(one.find())
        one.offices()
        one.certificate()
        one.rate()
        one.proof()
    except WalkError as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    except httpx.HTTPError as error:
        print(f"✗ {url} 连接不上：{error}（先运行 ./zw up）", file=sys.stderr)
        return 1
    print(f"✓ 全部 {one.count} 步都成立")
    return 0
