"""The fee register of the demo city (national tariffs, public facts), and a few bills in every state."""

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta

from zhengwu.demo.accounts import COUNTY
from zhengwu.demo.live_hands import Staff, filled_form, papers
from zhengwu.kernel.cases.api import act, open_case
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.directory.api import Role
from zhengwu.kernel.directory.models import Account, Appointment, Unit
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.now import travel
from zhengwu.modules.fees import providers
from zhengwu.modules.fees.models import Bill
from zhengwu.modules.fees.services.bill import billable, issue_bill
from zhengwu.modules.fees.services.pay import settle_payment, start_payment
from zhengwu.modules.fees.services.register import Rate, draft_charge, publish_charge
from zhengwu.modules.fees.services.report import report_charge
from zhengwu.modules.fees.services.waive import ask_waiver
from zhengwu.modules.hall.application import KIND

SINCE = date(2019, 7, 1)
_REAL_ESTATE = "《国家发展改革委 财政部关于不动产登记收费标准等有关问题的通知》（发改价格规〔2016〕2559号）"
_POLICE = "《国家发展改革委 财政部关于降低部分行政事业性收费标准的通知》（发改价格规〔2019〕914号）"
_CARD = "《国家发展改革委 财政部关于居民身份证收费标准及有关问题的通知》（发改价格〔2003〕2322号）"
REGISTER = (
    ("BDC01", "不动产登记费", "registration", "both", "real_estate", _REAL_ESTATE,
     (Rate("住宅类不动产登记", 8000), Rate("非住宅类不动产登记", 55000)), ("不动产首次登记", "不动产转移登记")),
    ("BDC02", "不动产权属证书工本费", "certificate", "both", "real_estate", _REAL_ESTATE,
     (Rate("第一本以外每增加一本", 1000, "本"),), ("不动产首次登记", "不动产转移登记")),
    ("GA01", "因私普通护照证件费", "certificate", "person", "police", _POLICE, (Rate("普通护照", 12000, "本"),),
     ("普通护照签发",)),
    ("GA02", "居民身份证工本费", "certificate", "person", "police", _CARD,
     (Rate("换领居民身份证", 2000, "证"), Rate("补领居民身份证", 4000, "证"), Rate("临时居民身份证", 1000, "证")),
     ("居民身份证办理",)),
)
"""code, name, category, payer, organ, basis, standards, beginnings of matters' names."""


def load_fees(unit_of: Callable[[str], Unit]) -> int:
    """Drafts and publishes the full county's register as its finance office; returns the number of entries."""
    finance = Appointment.objects.get(role=Role.FINANCE, unit__division_id=COUNTY).account.actor
    for code, name, category, payer, organ, basis, rates, stems in REGISTER:
        unit = unit_of(organ)
        matters = [m for m in Matter.objects.filter(unit=unit) if m.name.startswith(stems)]
        charge = draft_charge(by=finance, code=f"LX{code}", name=name, category=category, payer=payer, unit=unit,
                              basis=basis, rates=rates, valid_from=SINCE, matters=matters)
        publish_charge(charge_id=charge.pk, by=finance)
    draft_charge(by=finance, code="LXJT01", name="城市道路占用挖掘修复费", category="resource", payer="both",
                 unit=unit_of("urban"), basis="《城市道路管理条例》第三十七条；价费字〔1993〕410号",
                 rates=[Rate("沥青路面挖掘修复", 30000, "平方米")], valid_from=SINCE,
                 note="省定标准调整中，尚未公布执行")
    return len(REGISTER) + 1


def live_fees(now: datetime, seed: int) -> int:
    """Cases of the land registry with bills waiting, paid, with a waiver asked; a report of a charge not listed."""
    rng = random.Random(f"{seed}:fees")  # noqa: S311 - a fictional city, not a secret
    staff, stages = Staff(rng), ("paid", "waiting", "waiver", "paid", "waiting")
    for number, stage in enumerate(stages):
        who = Account.objects.get(username="enterprise" if number == 1 else "citizen")
        with travel(now - timedelta(days=20 - 4 * number, hours=2)):
            _bill(_accepted(who, staff, rng), staff, stage)
    with travel(now - timedelta(days=4)):
        firm = Account.objects.get(username="enterprise")
        report_charge(by=firm.actor, unit=Unit.objects.get(matters__name="食品经营许可证核发", division_id=COUNTY),
                      name="现场核查交通费", cents=20000, charged_on=(now - timedelta(days=6)).date(),
                      words="现场核查时被要求支付交通费，没有给票据。", key="demo")
    return len(stages)


def _accepted(who: Account, staff: Staff, rng: random.Random) -> Case:
    matter = Matter.objects.with_guide().get(division=COUNTY, name="不动产转移登记（买卖）")
    case = open_case(kind=KIND, matter=matter, by=who.actor, applicant=who, applicant_name=who.name,
                     form=filled_form(matter.form_schema, rng), materials=papers(matter))
    step = case.steps.get(closed_at=None)
    clerk = staff.at(step)
    assert clerk is not None, "somebody sits at every window"
    return act(step_id=step.pk, action="accept", by=clerk, opinion="申请材料齐全，予以受理。").case


def _bill(case: Case, staff: Staff, stage: str) -> Bill:
    officer = staff.at(case.steps.filter(closed_at=None)[0])
    assert officer is not None and case.applicant is not None, "somebody holds every post, and one applied"
    home = next(s for s in billable(case) if s.charge.code == "LXBDC01")
    bill = issue_bill(number=case.number, lines={home.pk: 1}, by=officer, key="demo")
    payer = case.applicant.actor
    if stage == "paid":
        payment = start_payment(bill_id=bill.pk, provider="simulated", by=payer)
        message = f"{payment.reference}:paid:{payment.cents}"
        settle_payment(reference=payment.reference, outcome="paid", cents=payment.cents,
                       signature=providers.Simulated().sign(message))
    elif stage == "waiver":
        ask_waiver(bill_id=bill.pk, ground="small", cents=bill.payable, by=payer,
                   words="小微企业免征不动产登记费（财税〔2019〕53号）")
    return bill
