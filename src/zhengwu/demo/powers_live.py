"""The power list in motion: changes at every gate, and this year's clean-up half-way, through public services only."""

from datetime import datetime, timedelta

from zhengwu.demo.accounts import COUNTY
from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.directory.models import Account, Division
from zhengwu.kernel.files.api import keep
from zhengwu.kernel.matters.models import Power, PowerVersion
from zhengwu.kernel.matters.powers import blank, content_of
from zhengwu.lib.now import local, today, travel
from zhengwu.modules.powers.models import Campaign, Task
from zhengwu.modules.powers.services.campaign import decide, gate, open_campaign, send, standing
from zhengwu.modules.powers.services.draft import draft_change, draft_power
from zhengwu.modules.powers.services.publish import publish
from zhengwu.modules.powers.services.review import review, submit

_RETURNED = "设定依据应当引到款，并补上责任事项中的监管责任。"


def live_powers(now: datetime) -> int:
    """Leaves a change in every state of its way and a clean-up under way; returns how many changes were begun."""
    if not Power.objects.filter(division_id=COUNTY, valid_from__isnull=False).exists():
        return 0
    market = _actor("officer")
    with travel(now - timedelta(days=6)):
        begun = _changes(market)
    with travel(now - timedelta(days=32)):
        campaign = _open(now)
    with travel(now - timedelta(days=9)):
        _fill(campaign)
    return begun


def _actor(username: str) -> Actor:
    return Account.objects.get(username=username).actor


def _changes(officer: Actor) -> int:
    unit_id = next(p.unit_id for p in officer.posts if p.role == "officer")
    rows = list(Power.objects.filter(unit_id=unit_id, valid_to=None, type__in=["01", "07", "10"]).select_related(
        "unit", "chart").order_by("code")[:8])
    made = [draft_power(unit=rows[0].unit, content=_new(name, government, rows[0]), ground="A1", by=officer,
                        reason="《四川省食品小作坊、小经营店及摊贩管理条例》新设")
            for name, government in (("食品小经营店备案", False), ("食品安全事故应急预案备案", True),
                                     ("食品摊贩登记", False))]
    for power, limit in zip(rows[:3], (12, 9, 7), strict=False):
        made.append(draft_change(code=power.code, change="change", ground="B3", by=officer,
                                 reason="压缩时限，与邻县看齐", content=content_of(power) | {"limit_n": limit}))
    made.append(draft_change(code=rows[3].code, change="merge", ground="D1", by=officer, target=rows[4],
                             reason="两项由同一窗口、同一环节办理"))
    made.append(draft_change(code=rows[5].code, change="cancel", ground="C2", by=officer,
                             reason="清理发现没有法律法规依据"))
    for version, gates in zip(made, (0, 2, 1, 9, 3, 0, -1, 1), strict=False):
        _walk(version, gates)
    return len(made)


def _new(name: str, government: bool, like: Power) -> dict[str, object]:
    return blank("10") | {
        "name": name, "exercise": f"依法办理“{name}”。", "chart": like.chart.key if like.chart else "", "limit_n": 10,
        "duties": "受理、审查、决定、送达、监管。", "accountability": "违法实施的，依法追究责任。",
        "government": government,
        "leader_unit": like.unit.parent_id if government else None, "leader_title": "分管副县长" if government else "",
        "bases": [{"law": "中华人民共和国食品安全法", "article": "第三十六条", "text": "", "valid_from": None,
                   "valid_to": None}]}


def _walk(version: PowerVersion, gates: int) -> None:
    """0 a draft, 1 at the legal gate, 2 past two gates, 3 approved and published for next month, 9 past legal,
    -1 sent back."""
    if gates == 0:
        return
    submit(version_id=version.pk, by=_actor("head"))
    if gates == 1:
        return
    review(version_id=version.pk, passes=gates != -1, opinion=_RETURNED if gates == -1 else "", by=_actor("lawreview"))
    if gates in (2, 3):
        review(version_id=version.pk, passes=True, opinion="", by=_actor("staffing"))
    if gates == 3:
        publish(version_id=version.pk, effective=today() + timedelta(days=30), by=_actor("staffing"))


def _open(now: datetime) -> Campaign:
    day = local(now).date()
    days = (day - timedelta(days=12), day + timedelta(days=8), day + timedelta(days=20), day + timedelta(days=30))
    return open_campaign(division=Division.objects.get(pk=COUNTY), year=day.year, days=days, by=_actor("staffing"))


def _fill(campaign: Campaign) -> None:
    """The market bureau is half done, the next ones stand at the gates, the others are late."""
    tasks = list(Task.objects.filter(campaign=campaign).select_related("unit").order_by("unit__sort_key"))
    head = _actor("head")
    own = next(t for t in tasks if t.unit_id in head.unit_ids("head"))
    rows = list(standing(own.unit_id).order_by("sort_key"))
    decide(task_id=own.pk, decisions={p.pk: {"kind": "keep"} for p in rows[:-6]}, files={}, by=head)
    others = [t for t in tasks if t.pk != own.pk and t.unit.code][:5]
    for n, task in enumerate(others):
        _through(task, gates=(2, 2, 1, 0, 0)[n])


def _through(task: Task, gates: int) -> None:
    """One department's pieces sent, and past so many gates."""
    head = Account.objects.filter(appointments__unit_id=task.unit_id, appointments__role="head").order_by("pk").first()
    if head is None:
        return
    by = head.actor
    asked = {p.pk: {"kind": "keep"} for p in standing(task.unit_id).order_by("sort_key")}
    last = next(reversed(asked), None)
    if last is not None:
        asked[last] = {"kind": "cancel", "ground": "C3", "note": "行业协会能够自律"}
    paper = keep(name=f"{task.unit.short_name}关于报送权责清单清理意见的请示.txt", media_type="text/plain",
                 data=f"{task.unit.name}关于报送权责清单清理意见的请示".encode(), owner=by, purpose="powers.cleanup",
                 subject=str(task.pk))
    decide(task_id=task.pk, decisions=asked, files={"report": paper, "basis": paper, "charts": paper}, by=by)
    send(task_id=task.pk, by=by)
    for keeper in ("lawreview", "staffing")[:gates]:
        gate(task_id=task.pk, passes=True, opinion="", by=_actor(keeper))
