"""What citizens meet: question trees, known facts, mandates, an application made together, an event of life begun."""

from datetime import datetime, timedelta
from io import BytesIO

from zhengwu.demo.accounts import COUNTY
from zhengwu.demo.samples import sample, small_pdf
from zhengwu.kernel.cases.api import Door, ask_mandate, give_mandate, save_draft
from zhengwu.kernel.cases.models import Mandate
from zhengwu.kernel.directory.api import open_text
from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.files.api import store
from zhengwu.kernel.matters.guidance import ANSWERS, check, form_schema
from zhengwu.kernel.matters.models import Material, Matter
from zhengwu.lib.now import travel
from zhengwu.modules.hall.applying import of_draft
from zhengwu.modules.hall.scenes import Together, matters_of, scene
from zhengwu.modules.hall.services.bundle import start_together
from zhengwu.modules.hall.services.together import invite

AGENT_PAPER = "授权委托书"
SHOP, LICENCE, JOINT = "食品小经营店备案", "食品经营许可证核发", "开办餐饮店联合审批"

_WHO = {
    "id": "who", "text": "谁来办这件事？", "help": "在网上签过授权的，不用再交纸质委托书。",
    "options": [{"value": "self", "label": "本人（法定代表人）办理"}, {"value": "agent", "label": "委托别人办理"}],
}
_YES_NO = [{"value": "yes", "label": "有"}, {"value": "no", "label": "没有"}]
TREES = {
    SHOP: [
        {"id": "size", "text": "店里用来经营食品的面积有多大？", "help": "按实际使用面积算。", "options": [
            {"value": "small", "label": "不超过60平方米"},
            {"value": "large", "label": "超过60平方米",
             "stop": "超过60平方米的不办备案，请申请“食品经营许可证核发”。"}]},
        {"id": "open_food", "text": "卖直接入口的食品吗？", "help": "例如面条、卤菜、散装糕点；只卖预包装的选“不卖”。",
         "options": [{"value": "yes", "label": "卖"}, {"value": "no", "label": "不卖"}]},
        _WHO],
    LICENCE: [
        {"id": "place", "text": "在哪里经营？", "options": [
            {"value": "shop", "label": "有固定门店", "next": "who"}, {"value": "machine", "label": "用自动售货设备"}]},
        {"id": "proof", "text": "自动售货设备有产品合格证明吗？", "options": [
            {"value": "yes", "label": "有"},
            {"value": "no", "label": "没有", "stop": "没有产品合格证明的设备不能用来经营食品，请先向厂家索取。"}]},
        _WHO],
    JOINT: [
        {"id": "sign", "text": "要在户外设招牌吗？", "options": [
            {"value": "yes", "label": "要设"}, {"value": "no", "label": "不设"}]},
        {"id": "fire", "text": "消防安全用哪种方式？", "help": "告知承诺的，承诺后就可以营业，事后检查。", "options": [
            {"value": "promise", "label": "告知承诺"}, {"value": "check", "label": "申请营业前检查"}]},
        {"id": "smoke", "text": "有炒菜、油炸、烧烤这类产生油烟的操作吗？", "options": _YES_NO},
        _WHO],
    "学前教育、义务教育阶段入学办理": [
        {"id": "home", "text": "孩子的户口在本县吗？", "options": [
            {"value": "here", "label": "在本县"}, {"value": "away", "label": "不在本县，随父母居住"}]}, _WHO],
    "个体工商户设立登记": [
        {"id": "place", "text": "经营场所是谁的？", "options": [
            {"value": "own", "label": "自己的"}, {"value": "rent", "label": "租来的"}]}, _WHO],
    "城乡居民参保登记": [
        {"id": "whom", "text": "给谁参保？", "options": [
            {"value": "self", "label": "本人"}, {"value": "baby", "label": "新生儿"}]}, _WHO],
    "离休、退休提取住房公积金": [_WHO],
    "企业职工基本养老保险正常退休申请": [_WHO],
}
"""Matter → its questions; the first three in full."""
_WHEN = (
    ("直接入口食品从业人员健康证明", 'answers.open_food == "yes"'),
    ("利用自动设备从事食品经营的", 'answers.place == "machine"'),
    ("户外招牌设施设计图", 'answers.sign == "yes"'),
    ("油烟净化和餐厨垃圾收运的说明", 'answers.smoke == "yes"'),
    (AGENT_PAPER, 'answers.who == "agent"'),
)
"""Beginning of a material's name → when it is asked for."""
_KNOWN = {"operator_name": "account.name", "uscc": "account.uscc"}


def define() -> int:
    """Questions, conditions of materials, and where known facts are kept; returns how many matters ask questions."""
    rows = list(Matter.objects.filter(name__in=TREES, master__isnull=False))
    for matter in rows:
        matter.questions = TREES[matter.name]
        parts = matter.form_schema.get("properties", {})
        for name, source in _KNOWN.items():
            if name in parts:
                parts[name]["x-known"] = source
    Matter.objects.bulk_update(rows, ["questions", "form_schema"], batch_size=200)
    materials = []
    for material in Material.objects.filter(matter__in=rows).select_related("matter"):
        asked = {q["id"] for q in TREES[material.matter.name]}
        for name, when in _WHEN:
            if material.name.startswith(name) and when.split(".")[1].split(" ")[0] in asked:
                material.when, material.required = when, True
                materials.append(material)
    Material.objects.bulk_update(materials, ["when", "required"], batch_size=500)
    wrong = [line for tree in TREES.values() for line in check(tree, [when for _, when in _WHEN])]
    if wrong:
        raise ValueError("；".join(wrong))
    return len(rows)


def live(now: datetime) -> int:
    """A mandate in force and one asked for, a draft two must agree to, an event of life begun; cases opened."""
    citizen, company = (Account.objects.get(username=name) for name in ("citizen", "enterprise"))
    with travel(now - timedelta(days=6)):
        given = _ask(citizen, company, None, "代为提交材料、补正、查询进度、领取结果")
        give_mandate(mandate_id=given.pk, by=company.actor)
    with travel(now - timedelta(hours=5)):
        shop = Matter.objects.get(division=COUNTY, name=SHOP)
        _ask(company, citizen, shop, "")
        _draft_together(company, citizen)
    with travel(now - timedelta(days=2, hours=1)):
        return _event_of_life(citizen)


def _ask(agent: Account, grantor: Account, matter: Matter | None, scope: str) -> Mandate:
    return ask_mandate(by=agent.actor, evidence=Mandate.Evidence.ONLINE, grantor=grantor, matter=matter, scope=scope,
                       url="/my/mandates/")


def _draft_together(company: Account, citizen: Account) -> None:
    """The company fills in the joint approval; its partner is asked to agree."""
    matter = Matter.objects.prefetch_related("materials").get(division=COUNTY, name=JOINT)
    answers = {"sign": "yes", "fire": "promise", "smoke": "yes", "who": "self"}
    typed = {k: v for k, v in sample(form_schema(matter, answers)).items() if k not in _KNOWN}
    draft = save_draft(matter=matter, by=company.actor, form={**typed, ANSWERS: answers})
    invite(of_draft(draft), name=citizen.name, number=open_text(citizen.id_sealed, "citizen_id"))


def _event_of_life(citizen: Account) -> int:
    """孩子出生了: two matters begun together with shared papers."""
    found, answers = scene("birth"), {"insured": "no", "card": "yes"}
    matters, _ = matters_of(found, COUNTY, answers)
    together = Together(matters, citizen)
    files = {
        str(paper.pk): str(store(name=f"{paper.name[:20]}.pdf", stream=BytesIO(small_pdf()), owner=citizen.actor,
                                 purpose="material").pk)
        for paper in together.papers if paper.required
    }
    bundle = start_together(scene=found, together=together, by=citizen.actor, account=citizen,
                            form=sample(together.schema), files=files, key="demo-birth", door=Door())
    return bundle.links.count()
