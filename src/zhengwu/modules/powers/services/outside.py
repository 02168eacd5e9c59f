"""Taking in the list of a comparable county or the upper level, to compare with."""

from django.conf import settings
from django.db import transaction

from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.directory.models import Division
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.lib import now
from zhengwu.lib.problem import Denied, Invalid
from zhengwu.lib.sm import sm3
from zhengwu.modules.powers.importing.columns import headings
from zhengwu.modules.powers.importing.reading import check_file, table
from zhengwu.modules.powers.models import OutsideList
from zhengwu.modules.powers.policies import gate_divisions
from zhengwu.modules.powers.services.draft import signed


@transaction.atomic
def take_outside(*, division: Division, title: str, source: str, name: str, data: bytes, by: Actor) -> OutsideList:
    """Reads names, types and units from an .xlsx or .csv. Raises Denied, Invalid, Problem (what kind of file)."""
    if division.pk not in gate_divisions(by):
        raise Denied("gate-needed", "由编办或司法局录入比对清单", "the gates enter lists to compare with")
    if not title.strip() or len(title.strip()) > 100:
        raise Invalid({"title": "请填写名称，不超过100字，如：云门县权责清单（2026年）"})
    checked = check_file(name, data, settings.UPLOAD_MAX_BYTES)
    rows = iter(table(checked.extension, data))
    columns, _, _ = headings(next(rows, (1, []))[1])
    keys = {c.key for c in columns.values()}
    if "name" not in keys:
        raise Invalid({"file": "第一行要有“事项名称”一列（也可以写“名称”），另可有“事项类型”“实施主体”"})
    found = [{c.key: cells[p][:200] for p, c in columns.items() if c.key in ("name", "type", "unit") and p < len(cells)}
             for _, cells in rows]
    outside = OutsideList.objects.create(
        division=division, title=title.strip(), source=source.strip()[:200], entered_at=now.now(),
        rows=[row for row in found if row.get("name")])
    append(f"power-list:{division.pk}", signed(by), [Entry("outside-list.entered", {
        "title": outside.title, "rows": len(outside.rows), "sm3": sm3(data).hex()})])
    return outside
