"""The yearly clean-up (清理): opened by the staffing office, filled in by departments, kept by two gates, published."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Q

from zhengwu.kernel.directory.api import Actor, Role
from zhengwu.kernel.directory.models import Account, Appointment, Division, Unit
from zhengwu.kernel.files.models import StoredFile
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.kernel.matters.models import Power, PowerVersion
from zhengwu.kernel.matters.powers import GROUNDS, content_of
from zhengwu.kernel.notifications.api import Message, notify_many
from zhengwu.lib import now
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound
from zhengwu.lib.uploads import refuse_secret_text
from zhengwu.modules.powers.models import Campaign, Decision, Task
from zhengwu.modules.powers.policies import DRAFTERS, justice_divisions, staffing_divisions
from zhengwu.modules.powers.selectors import lapsed_rule
from zhengwu.modules.powers.services.draft import area_path, signed
from zhengwu.modules.powers.services.publish import settle

Kind, State = Decision.Kind, Task.State
PIECES = {"report": "请示文件", "charts": "流程图", "basis": "依据汇编"}
"""The pieces handed in as files; the table is what was decided here."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One of the four pieces (四件套): whether it is complete, and if not what is missing."""

    key: str
    label: str
    good: bool
    words: str
    file: StoredFile | None = None


def standing(unit_id: int) -> Any:
    """Powers of a unit that are on the list and have not ended: what is to be decided on."""
    return Power.objects.filter(unit_id=unit_id, valid_from__isnull=False, valid_to=None)


@transaction.atomic
def open_campaign(*, division: Division, year: int, days: tuple[date, date, date, date], by: Actor) -> Campaign:
    """Opens the clean-up of a year with a task for each department that has powers. ``days``: by when departments
    fill in, the law is examined, the staffing office is done, the list is published. Raises Denied, Invalid,
    Conflict."""
    if division.pk not in staffing_divisions(by):
        raise Denied("staffing-needed", "清理由编办组织", "the staffing office runs the clean-up")
    if list(days) != sorted(days) or days[0] < now.today():
        raise Invalid({"fill_by": "四个截止日期要从今天起先后排列：填报、合法性审查、编办审核、公布"})
    if not now.today().year - 1 <= year <= now.today().year + 1:
        raise Invalid({"year": "年度不对"})
    try:
        with transaction.atomic():
            campaign = Campaign.objects.create(
                title=f"{division.name}{year}年权责清单清理", division=division, year=year, fill_by=days[0],
                legal_by=days[1], staffing_by=days[2], publish_by=days[3], opened_at=now.now())
    except IntegrityError as error:
        raise Conflict("campaign-there", f"{year}年的清理已经启动", "this year's clean-up is open") from error
    counted = Power.objects.filter(division=division, valid_from__isnull=False, valid_to=None)
    units = Unit.objects.filter(pk__in=counted.values("unit"))
    Task.objects.bulk_create([Task(campaign=campaign, unit=unit) for unit in units])
    append(campaign.stream, signed(by), [Entry("campaign.opened", {
        "division": division.pk, "year": year, "units": units.count(), "days": [d.isoformat() for d in days]})])
    heads = Appointment.objects.filter(role=Role.HEAD, unit__in=units, valid_to=None)
    notify_many([Message(a, f"{campaign.title}已启动，请于{campaign.fill_by:%m月%d日}前报送四件套",
                         f"{campaign.stream}:opened:{a}", url=f"/desk/powers/cleanups/{campaign.pk}/")
                 for a in sorted(set(heads.values_list("account_id", flat=True)))])
    return campaign


def locked_task(task_id: int, by: Actor) -> Task:
    """The task held for this transaction, if ``by`` is of its unit or keeps a gate. Raises NotFound."""
    gates = [*justice_divisions(by), *staffing_divisions(by)]
    rule = Q(unit_id__in=by.unit_ids(*DRAFTERS)) | Q(campaign__division_id__in=gates)
    task = (Task.objects.select_for_update(of=("self",)).select_related("campaign", "unit")
            .filter(rule, pk=task_id).first())
    if task is None:
        raise NotFound("no-such-task", "没有这项填报任务，或者您无权查看", "no such task for you")
    return task


@transaction.atomic
def decide(*, task_id: int, decisions: Mapping[int, Mapping[str, Any]], files: Mapping[str, StoredFile],
           by: Actor) -> Task:
    """Saves what the department proposes: power id → {"kind", "ground", "note", "target", "receivers"}, and files of
    the pieces. Raises Denied, Conflict (sent already), Invalid: ``decision-<power>`` → what is missing."""
    task = locked_task(task_id, by)
    _of_the_unit(task, by)
    known = {p.pk: p for p in standing(task.unit_id)}
    errors: dict[str, str] = {}
    rows = []
    for pk, asked in decisions.items():
        if pk not in known:
            # Ended or delegated meanwhile, or never theirs.
            errors[f"decision-{pk}"] = "不是本单位现行的权力"
            continue
        row, wrong = _decision(task, known[pk], asked, known)
        if wrong:
            errors[f"decision-{pk}"] = f"“{known[pk].name}”：{wrong}"
        elif row is not None:
            rows.append(row)
    if errors:
        raise Invalid(errors)
    Decision.objects.filter(task=task, power_id__in=decisions).delete()
    Decision.objects.bulk_create(rows)
    for key, stored in files.items():
        setattr(task, key, stored)
    task.save(update_fields=[*files] or None)
    append(task.campaign.stream, signed(by), [Entry("campaign.decided", {
        "unit": task.unit.name, "decisions": len(rows), "files": sorted(files)})])
    return task


def _of_the_unit(task: Task, by: Actor) -> None:
    if not by.has_role(*DRAFTERS, unit_id=task.unit_id):
        raise Denied("not-your-unit", f"由{task.unit.name}填报", "the department itself fills in")
    if task.state != State.FILLING:
        raise Conflict("sent-already", f"已经报送，现为{task.get_state_display()}", "it has been sent")


def _decision(task: Task, power: Power, asked: Mapping[str, Any],
              known: Mapping[int, Power]) -> tuple[Decision | None, str]:
    kind, ground = str(asked.get("kind", "")), str(asked.get("ground", ""))
    if not kind:
        return None, ""
    if kind not in Kind.values:
        return None, "意见不能识别"
    note = str(asked.get("note", "")).strip()[:500]
    refuse_secret_text(note, field=f"decision-{power.pk}")
    row = Decision(task=task, power=power, kind=kind, note=note)
    if kind == Kind.KEEP:
        return row, ""
    row.ground = ground
    wrong = "" if ground in GROUNDS and kind in GROUNDS[ground][1] else f"{Kind(kind).label}要选择理由代码"
    if kind == Kind.MERGE:
        row.target = known.get(whole(str(asked.get("target") or "")) or 0)
        if row.target is None or row.target.pk == power.pk:
            wrong = wrong or "合并要选择并入本单位的哪一项"
    if kind == Kind.DELEGATE:
        row.receivers = sorted(set(asked.get("receivers") or []))
        known_units = Unit.objects.filter(pk__in=row.receivers, path__startswith=area_path(power)).exclude(
            pk=power.unit_id)
        if not row.receivers or known_units.count() != len(row.receivers):
            wrong = wrong or "下放要选择本地区的承接单位"
    return row, wrong


def pieces(task: Task) -> list[Piece]:
    """The four pieces as they stand: table, chart, file, basis."""
    rows = standing(task.unit_id).annotate(gone=lapsed_rule(), laws=Count("bases"))
    kept = rows.exclude(decisions__in=task.decisions.exclude(kind=Kind.KEEP))
    open_now = rows.exclude(decisions__in=task.decisions.all()).count()
    no_chart = kept.filter(chart=None).count()
    no_law = kept.filter(Q(laws=0) | Q(gone=True)).count()
    return [
        Piece("table", "清理意见表", open_now == 0, f"还有{open_now}项没有意见" if open_now else "每项都有意见"),
        Piece("charts", "流程图", no_chart == 0 or task.charts_id is not None,
              f"{no_chart}项保留的权力没有流程图，请补图或附上图册" if no_chart else "保留的都有流程图",
              task.charts),
        Piece("report", "请示文件", task.report_id is not None, "已附" if task.report_id else "请附上报送的请示",
              task.report),
        Piece("basis", "依据", no_law == 0 or task.basis_id is not None,
              f"{no_law}项保留的权力没有依据或依据已失效，请改为取消，或附上依据汇编" if no_law else
              "保留的都有现行依据", task.basis),
    ]


@transaction.atomic
def send(*, task_id: int, by: Actor) -> Task:
    """The department sends its four pieces to the legal gate; refused while one is incomplete."""
    task = locked_task(task_id, by)
    _of_the_unit(task, by)
    if not by.has_role(Role.HEAD, Role.LEADER, unit_id=task.unit_id):
        raise Denied("head-needed", "由审核人或分管领导报送", "a head or leader sends it")
    lacking = {p.key: f"{p.label}：{p.words}" for p in pieces(task) if not p.good}
    if lacking:
        raise Invalid(lacking)
    task.filed_by = Account.objects.get(pk=by.account_id or 0)
    return _step(task, State.LEGAL, "submitted_at", "campaign.sent", by=by, opinion="")


@transaction.atomic
def gate(*, task_id: int, passes: bool, opinion: str, by: Actor) -> Task:
    """A gatekeeper lets a department's pieces through or sends them back with the reason."""
    task = locked_task(task_id, by)
    keepers = {State.LEGAL: justice_divisions(by), State.STAFFING: staffing_divisions(by)}
    if task.state not in keepers:
        raise Conflict("at-no-gate", f"现为{task.get_state_display()}，没有需要审核的", "it stands at no gate")
    if task.campaign.division_id not in keepers[State(task.state)] or by.account_id in (task.filed_by_id,
                                                                                       task.legal_person_id):
        raise Denied("not-your-gate", "这一关不由您把，或者您已经办理过它", "you do not keep this gate")
    words = opinion.strip()[:500]
    if not passes and not words:
        raise Invalid({"opinion": "退回要写明哪里不符合、应当怎样改"})
    refuse_secret_text(words, field="opinion")
    if not passes:
        task.legal_person = None
        return _step(task, State.FILLING, "", "campaign.returned", by=by, opinion=words)
    if task.state == State.LEGAL:
        task.legal_person = Account.objects.get(pk=by.account_id or 0)
        return _step(task, State.STAFFING, "legal_at", "campaign.legal", by=by, opinion=words)
    return _step(task, State.PASSED, "staffing_at", "campaign.passed", by=by, opinion=words)


def _step(task: Task, to: str, stamp: str, kind: str, *, by: Actor, opinion: str) -> Task:
    task.state, task.opinion = to, opinion
    if stamp:
        setattr(task, stamp, now.now())
    task.save()
    append(task.campaign.stream, signed(by), [Entry(kind, {"unit": task.unit.name, "opinion": opinion})])
    return task


@transaction.atomic
def finish(*, campaign_id: int, effective: date, by: Actor) -> int:
    """Publishes the outcome: every cut, merger, delegation and conversion takes effect on ``effective``. Returns how
    many powers changed. Raises Denied, Conflict (a department is not through, a power has a change open), Invalid."""
    campaign = Campaign.objects.select_for_update(of=("self",)).filter(pk=campaign_id).first()
    if campaign is None or campaign.division_id not in staffing_divisions(by):
        raise Denied("staffing-needed", "由编办公布清理结果", "the staffing office publishes")
    if campaign.state != Campaign.State.RUNNING:
        raise Conflict("campaign-finished", "这次清理已经公布", "it is finished")
    waiting = campaign.tasks.exclude(state=State.PASSED).count()
    if waiting:
        raise Conflict("tasks-open", f"还有{waiting}个部门没有通过审核", "departments are not through")
    if effective < now.today():
        raise Invalid({"effective": "生效日期不能早于今天"})
    changed = [_publish(campaign, d, effective, by) for d in Decision.objects.filter(task__campaign=campaign).exclude(
        kind=Kind.KEEP).select_related("power", "target", "task").order_by("pk")]
    campaign.state, campaign.effective = Campaign.State.FINISHED, effective
    campaign.save(update_fields=["state", "effective"])
    append(campaign.stream, signed(by), [Entry("campaign.finished", {
        "changed": len(changed), "effective": effective.isoformat()})])
    return len(changed)


def _publish(campaign: Campaign, decision: Decision, effective: date, by: Actor) -> PowerVersion:
    power, task = decision.power, decision.task
    if power.versions.open().exists():
        raise Conflict("change-open", f"“{power.name}”另有一项变动在办理，请先办完或撤回", "another change is open")
    last = power.versions.order_by("-number").first()
    version = PowerVersion.objects.create(
        power=power, number=(last.number if last else 0) + 1, change=decision.kind, state=PowerVersion.State.APPROVED,
        content=content_of(power), ground=decision.ground, reason=decision.note or campaign.title,
        target=decision.target, receivers=decision.receivers, changed_at=now.now(), drafted_by_id=task.filed_by_id,
        reviewed_by=[n for n in (task.legal_person_id, by.account_id) if n])
    return settle(version, effective, signed(by))
