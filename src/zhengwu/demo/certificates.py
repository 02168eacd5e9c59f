"""证照 of the demo city: the catalogue of types; then seals, an imported stock, every state, renewals, sharing."""

import random
import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO

from django.conf import settings
from django.db.models import Max

from zhengwu.demo import codes
from zhengwu.demo.accounts import COUNTY
from zhengwu.kernel.cases.models import Document
from zhengwu.kernel.cases.services.printing import print_of
from zhengwu.kernel.directory.api import Actor, Role, open_text
from zhengwu.kernel.directory.models import Account, Appointment, Unit
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.now import CN, local, travel
from zhengwu.lib.tables import xlsx
from zhengwu.modules.certificates.models import Certificate, CertificateType
from zhengwu.modules.certificates.services.change import change, reissue
from zhengwu.modules.certificates.services.holders import record_end
from zhengwu.modules.certificates.services.present import present, seen
from zhengwu.modules.certificates.services.renew import ask, decide, deem
from zhengwu.modules.certificates.services.seal import paper_of
from zhengwu.modules.certificates.services.seals import make_seal, set_seal_state
from zhengwu.modules.certificates.services.sharing import ask_sharing, decide_sharing, look
from zhengwu.modules.certificates.services.status import change_status, lapse
from zhengwu.modules.certificates.services.stock import check_stock, confirm_stock, run_queued
from zhengwu.modules.certificates.services.stock_sheet import FIXED
from zhengwu.modules.certificates.services.types import save_draft

LICENCE = "食品经营许可证"
_STREETS = ("朝阳路", "建设街", "梅子路", "政务大道", "东风巷", "滨河路")
_SHOPS = (
    "晨光小食店",
    "老街米线馆",
    "高桥早点铺",
    "梅子镇豆花店",
    "东风快餐",
    "河畔小厨",
    "学府奶茶",
    "张记卤味",
    "好运来餐厅",
    "李子坪农家菜",
    "福满楼",
    "清真牛肉面馆",
    "一品砂锅",
    "巷子里面馆",
    "溪畔咖啡",
    "八方饺子馆",
    "春来豆浆",
    "万家福快餐",
)


def load_types(on: date) -> int:
    """Publishes a type for every certificate the matters end in; returns how many."""
    rows = (Matter.objects.exclude(certificate_type="").order_by("certificate_type")
            .values("certificate_type").annotate(one=Max("pk")))
    matters = Matter.objects.select_related("unit", "master").in_bulk([row["one"] for row in rows])
    organs = {u.code: u for u in Unit.objects.filter(code__in={m.certificate_type[:18] for m in matters.values()})}
    moment = datetime.combine(on, time(9), CN) - timedelta(days=365)
    made = [_type(m, organs[m.certificate_type[:18]], moment) for m in matters.values()]
    CertificateType.objects.bulk_create(made)
    return len(made)


def _type(matter: Matter, definer: Unit, moment: datetime) -> CertificateType:
    parts = sorted(matter.form_schema.get("properties", {}).items(), key=lambda p: p[1].get("x-order", 999))
    plain = [
        p
        for _, p in parts
        if p.get("type") == "string" and p.get("format") not in ("citizen-id", "phone", "uscc")
    ]
    labels = list(dict.fromkeys(str(p.get("title", ""))[:20] for p in plain if p.get("title")
                                if not re.search("联系|事由|用途|账号|时间", p["title"])))[:6] or ["许可内容"]
    years = matter.certificate_years
    return CertificateType(
        code=matter.certificate_type, name=matter.result_name or matter.name, definer=definer,
        validity="years" if years else "open", years=years, basis=matter.master.basis[:300] or "办事指南公布的设定依据",
        fields=[{"key": f"f{n}", "label": label, "required": n <= 2} for n, label in enumerate(labels, 1)],
        face="certificate" if years else "certificate-portrait", state="published", changed_at=moment,
        published_at=moment)


def live_certificates(now: datetime, seed: int) -> int:
    """Gives the market authority its seals and a stock in every state, and shares it; returns how many it now has."""
    office = _Office(now, random.Random(f"{seed}:certificates"))  # noqa: S311 - a fictional city, not a secret
    with travel(now - timedelta(days=70)):
        office.seals()
    with travel(now - timedelta(days=66)):
        office.stock()
    office.life()
    office.share()
    with travel(now):
        deem()
        lapse()
        office.papers()
    return Certificate.objects.filter(unit=office.unit).count()


class _Office:
    """The market authority of the full county and the people in it."""

    def __init__(self, now: datetime, rng: random.Random) -> None:
        self.now, self.rng = now, rng
        self.head, self.leader, self.officer = (self._who(name) for name in ("head", "leader", "officer"))
        self.unit = Unit.objects.get(pk=self.leader.posts[0].unit_id)
        self.kind = CertificateType.objects.get(name=LICENCE, state="published")
        self.citizen, self.firm = (Account.objects.get(username=name) for name in ("citizen", "enterprise"))

    def _who(self, username: str) -> Actor:
        return Account.objects.get(username=username).actor

    def seals(self) -> None:
        """The organ's own, one for certificates, and one that was lost and revoked."""
        custodian = Account.objects.get(username="head")
        day = local(self.now).date()
        for purpose, years in (("收件专用章", 2), ("", 5), ("电子证照专用章", 3), ("行政审批专用章", 2)):
            seal = make_seal(unit=self.unit, purpose=purpose, custodian=custodian, valid_from=day - timedelta(days=90),
                             valid_to=day + timedelta(days=365 * years), by=self.leader)
        set_seal_state(seal_id=seal.pk, to="revoked", reason="机构改革，改用政务中心行政审批专用章", by=self.leader)

    def stock(self) -> None:
        """One sheet with faults that was refused, then the same put right."""
        good = [self._row(n, name) for n, name in enumerate(_SHOPS)]
        bad = [list(row) for row in good]
        bad[3][3], bad[7][6], bad[11][0] = "91519921MA0000000", "去年底", bad[10][0]
        self._bring("食品经营许可证存量（初稿）.xlsx", bad)
        stock = self._bring("食品经营许可证存量.xlsx", good)
        confirm_stock(stock_id=stock, by=self.officer)
        run_queued()

    def _row(self, n: int, name: str) -> list[str]:
        """The first five end so that renewals, lapses and reminders have something to show."""
        today = local(self.now).date()
        ends = {0: -4, 1: 75, 2: -20, 3: 40, 4: 20}.get(n, self.rng.randint(200, 1500))
        end = today + timedelta(days=ends)
        start = end.replace(year=end.year - 5, day=min(end.day, 28)) + timedelta(days=1)
        firm = codes.credit_code(codes.ENTERPRISE, COUNTY, 70_000_000 + n)
        holder, kind, code = f"临溪县{name}", "统一社会信用代码", firm
        if n in (0, 1):
            holder, code = self.firm.name, self.firm.uscc
        elif n == 5:
            holder, kind, code = self.citizen.name, "身份证", open_text(self.citizen.id_sealed, "citizen_id")
        elif n == 6:
            holder, kind, code = "郭守业", "身份证", codes.citizen_id(COUNTY, "19510316", 17)
        place = f"临溪县高桥街道{self.rng.choice(_STREETS)}{self.rng.randint(1, 180)}号"
        values = {"经营场所": place, "字号名称": name, "经营者": holder}
        face = [next((v for k, v in values.items() if k in f["label"] or f["label"] in k), f"{name}（{place}）"
                     if f["required"] else "") for f in self.kind.fields]
        return [f"JY15199210{n + 1:06d}", holder, kind, code, start.isoformat(), start.isoformat(), end.isoformat(), "",
                *face]

    def _bring(self, name: str, rows: Sequence[Sequence[str]]) -> int:
        heads = (*FIXED, *(f["label"] for f in self.kind.fields))
        sheet = BytesIO(xlsx("存量证照", heads, rows))
        return check_stock(name=name, stream=sheet, unit=self.unit, kind=self.kind, by=self.officer).pk

    def _of(self, n: int) -> str:
        """Identifier of the newest version of the stock's n-th."""
        return Certificate.objects.filter(unit=self.unit, number=f"JY15199210{n + 1:06d}").latest("version").identifier

    def life(self) -> None:
        """Held, revoked, cancelled, changed, reissued, renewed by decision and by law, a holder that died."""
        with travel(self.now - timedelta(days=60)):
            ask(identifier=self._of(0), by=self.firm.actor)  # nobody decides: renewed by law
        with travel(self.now - timedelta(days=18)):
            change(identifier=self._of(7), face=[("经营场所", "临溪县高桥街道滨河路66号")], by=self.head,
                   reason="经营场所门牌号重新编制", holder_name="")
            reissue(identifier=self._of(8), reason="持证主体在报纸声明遗失，申请补发", by=self.head)
            change_status(
                identifier=self._of(9),
                to="held",
                ground="h1",
                by=self.head,
                reason="后厨卫生不符合要求，暂扣三十日",
            )
            change_status(identifier=self._of(10), to="revoked", ground="r6", by=self.leader,
                          reason="提交虚假的健康证明取得许可")
            change_status(
                identifier=self._of(11),
                to="cancelled",
                ground="c6",
                by=self.head,
                reason="持证主体停业，申请注销",
            )
            asked = ask(identifier=self._of(12), by=self._holder(12))
            decide(renewal_id=asked.pk, grant=True, reason="经营条件没有变化，符合延续条件", by=self.head)
        with travel(self.now - timedelta(days=3)):
            ask(identifier=self._of(1), by=self.firm.actor)
            record_end(kind="death", code=codes.citizen_id(COUNTY, "19510316", 17), by=self.head,
                       on=local(self.now).date() - timedelta(days=9), source="县民政局殡葬信息通报")

    def _holder(self, n: int) -> Actor:
        """The n-th of the stock is given to the demo enterprise, so that somebody can ask."""
        row = Certificate.objects.get(identifier=self._of(n))
        Certificate.objects.filter(pk=row.pk).update(holder=self.firm)
        return self.firm.actor

    def share(self) -> None:
        """The health bureau looks with an authorisation; another waits, a third was refused."""
        centre, day = self._who("centre"), local(self.now).date()
        posts = (Appointment.objects.filter(role=Role.HEAD, unit__division_id=COUNTY, unit__kind="organ")
                 .exclude(unit=self.unit).select_related("unit", "account").order_by("unit__sort_key", "unit_id", "id"))
        heads = list({post.unit_id: post for post in posts}.values())
        health = next((p for p in heads if "卫生" in p.unit.name), heads[0])
        others = [p for p in heads if p.unit_id != health.unit_id][:2]
        with travel(self.now - timedelta(days=30)):
            granted = ask_sharing(
                unit=health.unit,
                kind=self.kind,
                purpose="公共场所卫生许可核验食品经营资质",
                by=health.account.actor,
                basis="《政务数据共享条例》第十条、《公共场所卫生管理条例实施细则》第二十三条",
                valid_from=day - timedelta(days=30),
                valid_to=day + timedelta(days=335),
            )
            for post, purpose, basis in zip(
                others, ("餐饮企业环境监管", "内部参考"), ("《政务数据共享条例》第十条", "工作需要"), strict=True
            ):
                row = ask_sharing(unit=post.unit, kind=self.kind, purpose=purpose, basis=basis, by=post.account.actor,
                                  valid_from=day - timedelta(days=30), valid_to=day + timedelta(days=300))
            decide_sharing(sharing_id=granted.pk, to="granted", reason="用途明确，依据充分", by=centre)
            decide_sharing(sharing_id=row.pk, to="refused", reason="没有写明法律依据和所办事项", by=centre)
        for days, subject in ((21, "公共场所卫生许可（好味来高桥店）"), (9, "公共场所卫生许可复核")):
            with travel(self.now - timedelta(days=days)):
                look(sharing_id=granted.pk, by=health.account.actor, subject=subject, holder_code=self.firm.uscc)
        with travel(self.now - timedelta(days=2)):
            shown = present(identifier=self._of(1), by=self.firm.actor)
            seen(code=shown.code, by=self._who("officer3"), unit_name="临溪县综合行政执法局")

    def papers(self) -> None:
        """Some papers have been opened, so that the seals' use logs are not empty; a draft of the type waits."""
        base = settings.PUBLIC_URL.rstrip("/")
        for row in Certificate.objects.filter(unit=self.unit, status="normal").order_by("-id")[:6]:
            paper_of(row, base)
        for paper in Document.objects.filter(case__unit=self.unit, kind__in=("acceptance", "grant")).order_by(
            "-id"
        )[:6]:
            print_of(paper, paper.case)
        data = {"name": self.kind.name, "holder": self.kind.holder, "validity": "years", "years": self.kind.years or 5,
                "renew_before": 30, "face": "certificate", "basis": self.kind.basis,
                "fields": [*((f["label"], f["required"]) for f in self.kind.fields), ("食品安全管理员", False)][:20]}
        save_draft(code=self.kind.code, definer=self.kind.definer, data=data, by=self._who("centre"))
