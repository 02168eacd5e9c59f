"""The texts of a guide, by type and kind of matter, for all that are not detailed one by one."""

import re
from typing import Any

from zhengwu.demo.tables import MasterRow, OrganRow

_PERMIT = "01"
_CERTIFICATES = "许可证|证书|资格证|居住证|残疾人证|合格证|通行证|优待证|养殖证"
_RESULTS = {_PERMIT: "准予行政许可决定书", "05": "给付决定书", "07": "行政确认书", "09": "裁决书",
            "10": "备案（办理）回执"}
_SHARED = "能够从电子证照库调取的，不要求提交"

FEES = {
    "普通护照签发": (12000, "每本120元",
        "《国家发展改革委 财政部关于降低部分行政事业性收费标准的通知》（发改价格规〔2019〕914号）"),
    "不动产首次登记（国有建设用地使用权及房屋所有权）": (8000, "住宅每件80元，非住宅每件550元",
        "《国家发展改革委 财政部关于不动产登记收费标准等有关问题的通知》（发改价格规〔2016〕2559号）"),
    "不动产转移登记（买卖）": (8000, "住宅每件80元，非住宅每件550元",
        "《国家发展改革委 财政部关于不动产登记收费标准等有关问题的通知》（发改价格规〔2016〕2559号）"),
}
"""Name → (cents, words, basis): national tariffs; everything else is free of charge."""


def basis(row: MasterRow, organ: OrganRow) -> str:
    """What the matter rests on; articles only where they hold for every matter of the type."""
    law = f"《{organ.law}》及其配套规定"
    if row.type == _PERMIT:
        return f"{law}；《中华人民共和国行政许可法》第十二条；办理时限依据第四十二条"
    return f"{law}；办理时限依据本级公布的权责清单和公共服务清单"


def conditions(row: MasterRow) -> str:
    who = "公民、法人或者其他组织" if row.person else "法人或者其他组织"
    if not row.enterprise:
        who = "公民"
    lines = [f"1. 申请人是具有相应资格的{who}；", f"2. 申请事项属于“{row.name}”的范围，并由本单位管辖；"]
    if row.type == _PERMIT:
        lines.append("3. 符合法律、法规、规章规定的取得该项许可的条件和标准；")
    else:
        lines.append("3. 符合法律、法规、规章和有关政策规定的办理条件；")
    return "\n".join([*lines, "4. 申请材料齐全、真实、有效，符合法定形式。"])


def procedure(row: MasterRow) -> str:
    law = "（行政许可法第三十二条）" if row.type == _PERMIT else ""
    if row.kind == "instant":
        return ("1. 申请：网上提交，或者到窗口提交材料。\n"
                f"2. 受理：材料齐全、符合法定形式的当场受理；不齐全的，当场一次告知需要补正的全部内容{law}。\n"
                "3. 决定：窗口人员当场审查，当场作出决定。\n4. 送达：当场送达办理结果。")
    deliver = "自作出决定之日起十个工作日内送达（行政许可法第四十四条）" if row.type == _PERMIT else "及时送达办理结果"
    return ("1. 申请：网上提交，或者到窗口提交材料。\n"
            f"2. 受理：窗口人员核对材料；需要补正的，当场或者五个工作日内一次告知需要补正的全部内容{law}。\n"
            "3. 审查：承办人审查申请材料，必要时现场核查。\n4. 审核、决定：科室负责人审核，分管领导作出决定。\n"
            f"5. 送达：{deliver}。")


def result(row: MasterRow) -> str:
    """The name of what the applicant gets in hand."""
    if quoted := re.search(r"《([^》]{2,40})》", row.name):
        return quoted[1]
    if re.search("注销|终止|停业|歇业", row.name):
        return "注销（终止）通知书"
    if found := re.match(f"([^在].{{1,28}}?(?:{_CERTIFICATES}))", row.name):
        return found[1]
    return _RESULTS.get(row.type, "办理结果告知单")


def has_certificate(row: MasterRow) -> bool:
    """Whether the result is a certificate that is issued with a number and can be checked."""
    return row.type in (_PERMIT, "07", "10") and result(row).endswith(("证", "证书"))


def materials(row: MasterRow) -> list[dict[str, Any]]:
    """Three to six materials of sensible kinds."""
    consult = re.search("咨询|查询|指引|查核|信息发布|公示", row.name)
    rows = [_material(f"{row.name[:60]}申请表", note="在网上填写的，不再提交纸质申请表")]
    if row.person:
        rows.append(_material("申请人身份证件", "政府部门核发", originals=0, copies=1, note=_SHARED))
    if row.enterprise:
        rows.append(_material("营业执照或者其他主体资格证明", "政府部门核发", originals=0, copies=1,
                              required=not row.person, note=_SHARED))
    if consult:
        rows.append(_material("需要查询、咨询的内容说明", required=False))
    rows += [] if consult else _special(row)
    rows.append(_material("授权委托书及受托人身份证件", required=False, note="本人或者法定代表人办理的不需要"))
    return rows[:6]


def _special(row: MasterRow) -> list[dict[str, Any]]:
    """What the matter's own words ask for."""
    asked = [
        ("变更|延续|换发|换证|补办|补发|遗失|注销", "原证照或者原批准文件", "遗失的提交遗失说明"),
        ("工程|建设项目|施工|管线|占用|挖掘", "项目批准文件和设计方案", "附平面图和施工期限"),
        ("场所|经营许可|机构|学校|幼儿园|设立", "场所使用证明和平面布局图", "自有的提交权属证明，租用的提交租赁合同"),
        ("补贴|补助|救助|津贴|抚恤|待遇", "收入、身份或者资格的证明材料", "能够通过数据共享核实的，不要求提交"),
        ("人员|医师|护士|教师|驾驶|执业", "从业资格或者培训考核合格证明", ""),
        ("车|船|拖拉机|运输", "车辆（船舶）登记证书和检验合格证明", ""),
        ("安全|危险|烟花|消防|防雷|雷电", "安全管理制度和应急预案", ""),
        ("不动产|房屋|住房|土地", "不动产权属来源材料", ""),
    ]
    found = [_material(name, note=note) for words, name, note in asked if re.search(words, row.name)]
    return (found or [_material("证明符合办理条件的材料", note="按办事指南“受理条件”逐项提供")])[:3]


def _material(name: str, source: str = "申请人自备", *, originals: int = 1, copies: int = 0, required: bool = True,
              note: str = "") -> dict[str, Any]:
    return {"name": name, "source": source, "originals": originals, "copies": copies, "required": required,
            "note": note}


def form(row: MasterRow) -> dict[str, Any]:
    """The standard application form as JSON Schema: who, where, what for; permits also name place and content."""
    fields: dict[str, Any] = {}
    if row.enterprise:
        fields["organisation"] = {"type": "string", "title": "单位名称", "maxLength": 100}
    fields["contact"] = {"type": "string", "title": "联系人", "minLength": 2, "maxLength": 40}
    fields["phone"] = {"type": "string", "title": "联系电话", "format": "phone",
                       "description": "用来接收办理通知的手机号码"}
    fields["address"] = {"type": "string", "title": "联系地址", "minLength": 5, "maxLength": 160}
    if row.type == _PERMIT:
        fields["content"] = {"type": "string", "title": "申请许可的内容", "minLength": 2, "maxLength": 500}
    elif row.type == "05":
        fields["account"] = {"type": "string", "title": "收款银行账户", "pattern": "^[0-9]{12,21}$",
                             "description": "本人名下的银行账号", "x-message": "银行账号应为12至21位数字"}
    fields["purpose"] = {"type": "string", "title": "申请事由", "minLength": 2, "maxLength": 500}
    optional = {"organisation"} if row.person else set()
    return schema(row.name, fields, optional)


def schema(title: str, fields: dict[str, Any], optional: set[str]) -> dict[str, Any]:
    """JSON Schema of an application; every field not named optional must be filled in. The order is written down,
    because the database does not keep the order of keys."""
    fields = {name: {"x-order": number, **part} for number, (name, part) in enumerate(fields.items())}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "title": title,
            "properties": fields, "required": [name for name in fields if name not in optional],
            "additionalProperties": False}
