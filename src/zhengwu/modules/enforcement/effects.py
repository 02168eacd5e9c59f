"""What the law attaches to the acts of an enforcement case: who must be there, what must be known, papers, clocks."""

from collections.abc import Callable
from typing import Any

from zhengwu.kernel.cases.api import Deed, state_label, tell
from zhengwu.kernel.clock.api import Limit, LimitUnit
from zhengwu.lib.now import local
from zhengwu.lib.problem import Conflict, Denied, Problem
from zhengwu.modules.enforcement import proposals
from zhengwu.modules.enforcement.families import FAMILIES
from zhengwu.modules.enforcement.models import Affair, Discretion, Draw
from zhengwu.modules.enforcement.services.inform import inform

Effect = Callable[[Deed], None]
TEAM = 2
DELIVERY = Limit(7, LimitUnit.WORKING_DAY)


def affair_of(deed: Deed) -> Affair:
    """The affair of the case, whose row is locked by the act."""
    affair = Affair.objects.filter(case_id=deed.case.pk).first()
    if affair is None:
        raise Conflict("no-affair", "本件没有案卷，请从“执法办案”立案", "the case has no affair")
    return affair


def state(code: str, *more: Effect) -> Effect:
    """Sets the case's state, then does the rest."""
    def effect(deed: Deed) -> None:
        for step in more:
            step(deed)
        deed.case.state = code
    return effect


def both(*steps: Effect) -> Effect:
    def effect(deed: Deed) -> None:
        for step in steps:
            step(deed)
    return effect


def team(deed: Deed) -> None:
    """At least two investigators with badges, and the one who acts among them (行政处罚法 §42; 行政强制法 §18)."""
    rows = list(affair_of(deed).investigators.all())
    if len(rows) < TEAM:
        raise Conflict("two-needed", "执法人员不得少于两人，请先在案卷中登记执法人员和执法证号",
                       "at least two investigators are needed")
    if deed.actor.account_id is not None and deed.actor.account_id not in {r.account_id for r in rows}:
        raise Denied("not-investigator", "您不是本案的执法人员，请由登记的执法人员办理", "only its investigators may")


def team_of_case(deed: Deed) -> None:
    """The leader files the case only with two investigators named."""
    if affair_of(deed).investigators.count() < TEAM:
        raise Conflict("two-needed", "执法人员不得少于两人，请先在案卷中登记执法人员和执法证号",
                       "at least two investigators are needed")


def proposed(deed: Deed) -> None:
    """Facts, evidence, law and measures stand in the affair."""
    if not affair_of(deed).proposal.get("measures"):
        raise Conflict("no-proposal", "请先在案卷中填写拟处理意见（事实、证据、依据、措施）",
                       "the proposal has not been written")


def clock(kind: str, n: int, unit: LimitUnit, basis: str) -> Effect:
    def effect(deed: Deed) -> None:
        deed.start_clock(kind, Limit(n, unit), basis)
    return effect


def accepted(deed: Deed) -> None:
    deed.case.accepted_at = deed.at


def decided(deed: Deed) -> None:
    deed.case.decided_at = deed.at
    deed.stop_clocks("lawful")


def legal_first(deed: Deed) -> None:
    """The legal review cannot be left out where a hearing may be asked for (行政处罚法 §58)."""
    affair = affair_of(deed)
    if proposals.heavy(affair.proposal, affair.party_kind):
        raise Conflict("legal-review-needed", "拟作出较大数额罚款等重大处罚，须经法制审核（行政处罚法第五十八条）",
                       "a heavy measure needs the legal review")


def legal_first_at_review(deed: Deed) -> None:
    """Only where the head may leave the review out (general procedure); a summary one has none."""
    if deed.node is not None and any(a.code == "legal" for a in deed.node.actions):
        legal_first(deed)


def penalise(deed: Deed) -> None:
    """The decision (§57), on the spot where the chart is the summary one (§51)."""
    proposed(deed)
    affair = affair_of(deed)
    spot = deed.chart.key == "penalty-summary"
    if spot:
        team(deed)
        within_spot(deed)
        deed.case.accepted_at = deed.case.accepted_at or deed.at
    elif proposals.heavy(affair.proposal, affair.party_kind) and not _reviewed(deed):
        raise Conflict("legal-review-needed", "重大处罚须经法制审核通过，才能作出决定（行政处罚法第五十八条）",
                       "a heavy measure needs the legal review")
    decided(deed)
    deed.case.state = "decided"
    if not spot:
        deed.start_clock("delivery", DELIVERY, "行政处罚法第六十一条（七日内送达）")
    kind, title = ("enf_spot", "当场行政处罚决定书") if spot else ("enf_penalty", "行政处罚决定书")
    serve(kind, title, "当罚" if spot else "罚", decision)(deed)
    tell("penalised", deed)


def _reviewed(deed: Deed) -> bool:
    done = [s.outcome for s in deed.steps if s.kind == "legal" and s.outcome not in ("", "cancelled")]
    return bool(done) and done[-1] == "agree"


def implement(deed: Deed) -> None:
    """Carrying out (行政强制法 §24: decision and list on the spot), or disposing of what was taken."""
    if deed.node is not None and deed.node.id == "dispose":
        deed.case.state = "disposed"
        return
    team(deed)
    deed.case.state = "held"
    deed.case.accepted_at = deed.case.accepted_at or deed.at
    serve("enf_coercion", "行政强制措施决定书", "强",
          lambda d, a: {"term": "自采取措施之日起不超过三十日（行政强制法第二十五条）"})(deed)


def extended(deed: Deed) -> None:
    """延长 (行政强制法 §25) is told the party with the reason; the close of the case is another step of this kind."""
    if deed.node is not None and deed.node.id == "extend":
        serve("enf_extend", "延长行政强制措施期限通知书", "强延",
              lambda d, a: {"reason": d.opinion or "情况复杂，需要进一步查清事实"}, basis=False)(deed)


def duty(deed: Deed, affair: Affair) -> dict[str, Any]:
    return {"duty": "；".join(proposals.words(affair.proposal)), "how": affair.proposal.get("how", "")}


def approve_inner(deed: Deed) -> None:
    """What the department decides itself is approved here; what goes to the government, there."""
    if deed.case.form.get("level") != "government":
        deed.case.state = "approved"
        decided(deed)


def body(affair: Affair, *, penal: bool = False) -> dict[str, Any]:
    """The part papers share: what was found, by what, under which law, and the measures."""
    p = affair.proposal
    return {"subject": affair.subject, "violation": p.get("violation", ""), "proof": p.get("proof", ""),
            "basis": p.get("basis", ""), "measures": proposals.words(p), "how": p.get("how", ""), "penal": penal}


def serve(kind: str, title: str, series: str, more: Callable[[Deed, Affair], dict[str, Any]], *,
          basis: bool = True) -> Effect:
    """Orders a paper for the party, who from then on sees the case."""
    def effect(deed: Deed) -> None:
        affair = affair_of(deed)
        data = (body(affair, penal=deed.case.kind == "penalty") if basis else {"subject": affair.subject})
        deed.document(kind, title, f"{deed.case.unit.short_name}{series}" if series else "",
                      **data | more(deed, affair))
        inform(deed, affair, title)
    return effect


def nothing(deed: Deed, affair: Affair) -> dict[str, Any]:
    return {}


def reason(deed: Deed, affair: Affair) -> dict[str, Any]:
    return {"reason": deed.opinion or "按程序办理", "remedy": True}


def may_be_heard(deed: Deed, affair: Affair) -> dict[str, Any]:
    return {"hearing": proposals.heavy(affair.proposal, affair.party_kind)}


def decision(deed: Deed, affair: Affair) -> dict[str, Any]:
    p = affair.proposal
    heard = [s.name for s in deed.steps if s.kind in ("plead", "hearing", "review") and s.closed_at is not None]
    course = f"本案于{local(deed.case.opened_at):%Y年%-m月%-d日}发现线索，"
    course += "依法立案调查并告知了陈述、申辩的权利" + ("，举行了听证。" if "举行听证" in heard else "。")
    weighed = f"属于“{p['act']}”的{p['level']}情形。{p.get('beyond', '')}" if p.get("act") else p.get("beyond", "")
    return {"course": course, "weighed": weighed, "fine": proposals.cents(p) > 0}


def hearing_arranged(deed: Deed) -> None:
    """Time, place and who presides stand, seven working days ahead (checked when they were written)."""
    affair = affair_of(deed)
    if not affair.hearing or affair.hearing_chair_id is None:
        raise Conflict("no-hearing", "请先在案卷中安排听证的时间、地点和主持人，再选“要求听证”",
                       "the hearing has not been arranged")


def hearing_data(deed: Deed, affair: Affair) -> dict[str, Any]:
    chair = affair.hearing_chair.name if affair.hearing_chair else ""
    return {"time": affair.hearing["words"], "place": affair.hearing["place"], "chair": chair,
            "open": affair.hearing.get("open", True)}


def heard(deed: Deed) -> None:
    """听证主持人≠调查人员 (行政处罚法 §64): the one appointed presides, and writes the record down."""
    affair = affair_of(deed)
    deed.require_opinion("请写明听证的情况和意见，附听证笔录")
    if deed.actor.account_id is not None and affair.investigators.filter(account_id=deed.actor.account_id).exists():
        raise Denied("investigator-presides", "本案调查人员不能主持听证", "an investigator may not preside")
    if deed.actor.account_id not in (None, affair.hearing_chair_id):
        raise Denied("not-chair", "听证由通知书载明的主持人主持", "only the appointed chair presides")


def within_spot(deed: Deed) -> None:
    """当场处罚 only for small fines and warnings (行政处罚法 §51)."""
    affair = affair_of(deed)
    most = proposals.SPOT_PERSON if affair.party_kind == Affair.Party.PERSON else proposals.SPOT_BODY
    kinds = {m["kind"] for m in affair.proposal.get("measures", [])}
    if not kinds <= {"warning", "fine"} or proposals.cents(affair.proposal) > most:
        raise Conflict("too-heavy-for-spot", f"当场处罚限于警告和{most // 100}元以下罚款（行政处罚法第五十一条），"
                       "请转普通程序", "too heavy for the summary procedure")


def served(deed: Deed) -> None:
    """送达回证 over what was decided."""
    affair = affair_of(deed)
    deed.stop_clocks("delivery")
    rows = [{"name": d.title, "number": d.number} for d in deed.case.documents.exclude(kind="enf_delivery")
            if d.kind.startswith("enf_")]
    deed.document("enf_delivery", "送达回证", "", way=str(deed.form.get("way") or "直接送达")[:20], papers=rows[-1:])
    inform(deed, affair, "文书已送达")


def drawn(deed: Deed) -> None:
    """The draw was committed, then drawn, for this very case."""
    if not Draw.objects.filter(case_id=deed.case.pk, drawn_at__isnull=False).exists():
        raise Conflict("not-drawn", "请先在“双随机抽取”中为本件完成抽取", "nothing was drawn for this case")


def published(write: Callable[[Deed, Affair], None]) -> Effect:
    """Orders the publication for the end of the act."""
    return lambda deed: deed.after.append(lambda d: write(d, affair_of(d)))


def need_opinion(deed: Deed) -> None:
    deed.require_opinion("请写明意见，案卷和下一环节要据此办理")


def finished(deed: Deed) -> None:
    """No token is left: the end of the chart gives the state; clocks stop; inner powers leave their record."""
    case, family = deed.case, FAMILIES[deed.case.kind]
    ends = [row[2] for row in deed.facts.get("flow", []) if row[0] == "end"]
    if ends and case.state not in ("exempt", "lifted", "disposed") and ends[-1] in family.ends:
        case.state = family.ends[ends[-1]]
    case.closed_at = deed.at
    deed.stop_clocks("lawful", "promised", "delivery")
    if family.code == "inner":
        _record(deed)


def _record(deed: Deed) -> None:
    rows = [[s.name, s.closed_label, s.outcome_label, f"{local(s.closed_at):%Y-%m-%d %H:%M}"]
            for s in deed.steps if s.closed_at is not None and s.outcome != "cancelled"]
    deed.document("enf_inner", "内部审批记录", f"{deed.case.unit.short_name}内", subject=affair_of(deed).subject,
                  steps=rows, result=state_label(deed.case.kind, deed.case.state))


def rule_of(affair: Affair) -> Discretion | None:
    """The line of the discretion table the proposal rests on."""
    return Discretion.objects.filter(pk=affair.proposal.get("discretion") or 0).first()


def overdrawn(deed: Deed) -> None:
    """Cash on the spot only under 100 yuan or where it is hard to collect later (行政处罚法 §68, §69)."""
    affair = affair_of(deed)
    if proposals.cents(affair.proposal) > 10_000 and not deed.opinion.strip():
        raise Problem("cash-needs-reason", "超过一百元的罚款当场收缴，须写明法定情形（行政处罚法第六十八条）",
                      "cash above 100 yuan needs a reason", field="opinion", status=422)
