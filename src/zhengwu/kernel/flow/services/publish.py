"""Publish a version of a chart."""

from django.db import transaction

from zhengwu.kernel.flow.linter import lint
from zhengwu.kernel.flow.models import Definition, Version, VersionState
from zhengwu.kernel.flow.parser import parse
from zhengwu.kernel.flow.problems import ChartError
from zhengwu.kernel.ledger.api import By, Entry, append
from zhengwu.lib.now import now
from zhengwu.lib.sm import sm3


@transaction.atomic
def publish(*, key: str, xml: str, by: By, title: str = "", note: str = "") -> Version:
    """Make ``xml`` the published version of the chart ``key`` (the id of its main process); the version
    before is retired. The same file again changes nothing. ChartError ``flow-not-publishable`` carries
    all findings of the linter in ``extra["findings"]`` (element, code, message, severity)."""
    findings = lint(xml)
    grave = [f for f in findings if f.grave]
    if grave:
        raise ChartError(
            "not-publishable",
            f"流程图有 {len(grave)} 处问题，不能发布：{grave[0].message}",
            element=grave[0].element,
            extra={"findings": [f._asdict() for f in findings]},
        )
    chart = parse(xml)
    if chart.key != key:
        raise ChartError("wrong-key", f"文件中的流程编号是“{chart.key}”，不是“{key}”", element=chart.key)
    Definition.objects.get_or_create(key=key, defaults={"title": title or chart.name})
    definition = Definition.objects.select_for_update().get(key=key)
    digest = sm3(xml.encode()).hex()
    current = definition.versions.filter(state=VersionState.PUBLISHED).first()
    if current is not None and current.sm3 == digest:
        return current
    if current is not None:
        current.state = VersionState.RETIRED
        current.save(update_fields=["state"])
    if definition.title != (title or chart.name):
        definition.title = title or chart.name
        definition.save(update_fields=["title"])
    last = definition.versions.order_by("-number").values_list("number", flat=True).first() or 0
    version = Version.objects.create(
        definition=definition,
        number=last + 1,
        xml=xml,
        sm3=digest,
        state=VersionState.PUBLISHED,
        published_at=now(),
        published_by=by.label,
        note=note,
    )
    append(f"flow:{key}", by, [Entry("flow.published", {"version": version.number, "sm3": digest, "note": note})])
    return version
