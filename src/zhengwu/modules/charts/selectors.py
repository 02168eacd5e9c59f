"""Reads of charts: definitions with what hangs on them, drafts, histories."""

from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.flow.models import Definition, Version, VersionState
from zhengwu.kernel.ledger.api import events_of
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.problem import NotFound
from zhengwu.modules.charts.models import Draft, Package, Transfer, TransferredCase
from zhengwu.modules.charts.policies import require_designer
from zhengwu.modules.charts.services.drafts import outgoing

OPEN = (Draft.State.EDITING, Draft.State.SCHEDULED)
EVENT_WORDS = {
    "flow.published": "发布", "flow.withdrawn": "停用", "flow.imported": "导入文件", "flow.scheduled": "定期发布",
    "flow.schedule-withdrawn": "撤回定期发布", "flow.schedule-failed": "到期未能发布", "flow.draft-dropped": "放弃草稿",
    "flow.package-taken": "由其他平台迁入", "flow.transfer-started": "开始迁移办件", "flow.transfer-done": "迁移完成",
    "flow.transfer-stopped": "迁移停止",
}
STATES = (("published", "已发布"), ("unpublished", "未发布"), ("draft", "有草稿"))


def definitions(*, state: str = "", text: str = "") -> QuerySet[Any]:
    """All definitions by key with ``number``, ``since`` (of the published version), ``matters``, ``running`` cases and
    ``drafts``: one query."""
    current = Version.objects.filter(definition=OuterRef("pk"), state=VersionState.PUBLISHED)
    rows = Definition.objects.annotate(
        number=Subquery(current.values("number")[:1]), since=Subquery(current.values("published_at")[:1]),
        matter_count=_count(Matter.objects.filter(chart=OuterRef("pk")), "chart"),
        running=_count(Case.objects.filter(version__definition=OuterRef("pk"), closed_at=None), "version__definition"),
        draft_count=_count(Draft.objects.filter(definition=OuterRef("pk"), state__in=OPEN), "definition"),
    ).order_by("key")
    if text:
        rows = rows.filter(Q(title__icontains=text) | Q(key__icontains=text))
    if state == "published":
        rows = rows.filter(number__isnull=False)
    elif state == "unpublished":
        rows = rows.filter(number=None)
    elif state == "draft":
        rows = rows.filter(draft_count__gt=0)
    return rows


def _count(rows: QuerySet[Any], by: str) -> Coalesce:
    counted = rows.order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def definition_of(key: str) -> Definition:
    """One definition. Raises NotFound."""
    found = Definition.objects.filter(key=key).first()
    if found is None:
        raise NotFound("no-such-chart", "没有这张流程图", "no such chart")
    return found


def versions_of(definition: Definition) -> list[Any]:
    """Newest first, each with ``running``: how many open cases are on it."""
    rows = definition.versions.exclude(state=VersionState.DRAFT).order_by("-number")
    return list(rows.annotate(running=Count("cases", filter=Q(cases__closed_at=None))))


def version_of(key: str, number: int) -> Version:
    """One version that was published once. Raises NotFound."""
    found = Version.objects.exclude(state=VersionState.DRAFT).select_related("definition").filter(
        definition__key=key, number=number).first()
    if found is None:
        raise NotFound("no-such-version", "没有这个版本", "no such version")
    return found


def open_drafts(definition: Definition) -> list[Draft]:
    """Drafts of a definition that may still become a version."""
    return list(definition.drafts.filter(state__in=OPEN).select_related("changed_by", "based_on"))


def draft_of(draft_id: int, by: Actor) -> Draft:
    """One draft with its definition. Raises NotFound, also for whoever is no designer."""
    require_designer(by)
    rows = Draft.objects.select_related("definition", "changed_by", "based_on", "published")
    found = rows.filter(pk=draft_id).first()
    if found is None:
        raise NotFound("no-such-draft", "没有这份流程图草稿", "no such draft")
    return found


def history(definition: Definition) -> list[dict[str, Any]]:
    """The ledger of a definition as a timeline, newest first."""
    return [{"at": e.at, "title": EVENT_WORDS.get(e.kind, e.kind), "who": e.by_label, "unit": e.unit,
             "note": _event_note(e.data)} for e in reversed(list(events_of(f"flow:{definition.key}")))]


def _event_note(data: dict[str, Any]) -> str:
    parts = []
    if data.get("version"):
        parts.append(f"第 {data['version']} 版")
    if data.get("from") and data.get("to"):
        parts.append(f"第 {data['from']} 版 → 第 {data['to']} 版，{data.get('cases', 0)} 件")
    if data.get("moved") is not None:
        parts.append(f"已迁移 {data['moved']} 件，不能迁移 {data.get('obstacle', 0)} 件")
    if data.get("on"):
        parts.append(f"生效日期 {data['on']}")
    parts += [str(data[k]) for k in ("note", "reason") if data.get(k)]
    return "；".join(parts)


def transfers_of(definition: Definition) -> list[Transfer]:
    """Migrations of a definition's cases, newest first, with ``total`` and ``moved``."""
    rows = Transfer.objects.filter(source__definition=definition).select_related("source", "target", "started_by")
    moved = Q(cases__outcome=TransferredCase.Outcome.MOVED)
    return list(rows.annotate(total=Count("cases"), moved=Count("cases", filter=moved))[:20])


def transfer_of(transfer_id: int, by: Actor) -> Transfer:
    """One migration with its cases and what became of them. Raises NotFound, also for whoever is no designer."""
    require_designer(by)
    cases = TransferredCase.objects.select_related("case__matter", "case__unit").order_by("case__number")
    found = Transfer.objects.select_related("source__definition", "target", "started_by").prefetch_related(
        Prefetch("cases", cases)).filter(pk=transfer_id).first()
    if found is None:
        raise NotFound("no-such-transfer", "没有这次迁移", "no such migration")
    return found


def package_of(package_id: int, by: Actor) -> Package:
    """One package that came in. Raises NotFound, also for whoever is no designer."""
    require_designer(by)
    found = Package.objects.select_related("uploaded_by").filter(pk=package_id).first()
    if found is None:
        raise NotFound("no-such-package", "没有这个流程图包", "no such package")
    return found


def file_of(version: Version) -> bytes:
    """The file of a version: as it came in, when nobody changed it between import and publication."""
    draft = Draft.objects.filter(published=version).first()
    return outgoing(draft) if draft is not None else version.xml.encode()
