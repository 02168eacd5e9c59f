"""Registered agencies of the full county, and what they did for its cases: on time, late, under way."""

from datetime import datetime, timedelta

from zhengwu.demo import codes
from zhengwu.demo.accounts import COUNTY
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.clock.api import book
from zhengwu.kernel.directory.api import Actor, Role
from zhengwu.kernel.directory.models import Appointment, Division
from zhengwu.kernel.ledger.api import events_of
from zhengwu.lib.now import CN, travel
from zhengwu.modules.intermediaries.models import Agency
from zhengwu.modules.intermediaries.services.engage import engage
from zhengwu.modules.intermediaries.services.register import register_agency

AGENCIES = (
    ("金效市宏图测绘有限公司", "survey", 5, "宗地测绘每件800元"),
    ("金效市正和资产评估有限公司", "appraisal", 7, "按评估价的千分之二"),
    ("临溪县安谱检验检测有限公司", "testing", 4, "食品检验每批次600元"),
    ("金效市蓝天环境技术有限公司", "environment", 15, "报告表每份12000元"),
    ("中国邮政临溪县分公司", "post", 2, "证照寄递不收费"),
)
"""name, trade, promised working days, fee."""
_WORK = (("testing", "现场检验检测"), ("survey", "场所面积测绘"))


def load_agencies() -> int:
    """Registers them as the centre's management; returns how many."""
    centre = Appointment.objects.filter(role=Role.CENTRE, unit__division_id=COUNTY).order_by("id")[0].account.actor
    division = Division.objects.get(pk=COUNTY)
    for number, (name, trade, days, fee) in enumerate(AGENCIES):
        register_agency(by=centre, division=division, name=name, trade=trade, promised_days=days, fee_text=fee,
                        uscc=codes.credit_code(codes.ENTERPRISE, COUNTY, 50_001_000 + number),
                        phone=f"0809-62{number}8800")
    return len(AGENCIES)


def live_agencies(now: datetime) -> int:
    """Open cases of the county ask for a test or a survey, some long enough ago to be late."""
    agencies = {a.trade: a for a in Agency.objects.filter(division_id=COUNTY)}
    cases = Case.objects.filter(division_id=COUNTY, closed_at=None, matter__isnull=False, accepted_at__isnull=False)
    made = 0
    for case in cases.order_by("accepted_at", "id")[:4]:
        start = list(events_of(case.number))[-1].at + timedelta(hours=1)
        if start > now or not book().calendar.is_working(start.astimezone(CN).date().toordinal()):
            continue
        with travel(start):
            trade, service = _WORK[made % 2]
            engage(number=case.number, agency_id=agencies[trade].pk, by=_worker(case), service=service)
        made += 1
    return made


def _worker(case: Case) -> Actor:
    post = Appointment.objects.filter(unit_id=case.unit_id, role=Role.OFFICER).order_by("id")[0]
    return post.account.actor
