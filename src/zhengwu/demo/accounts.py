"""The demo accounts. No Django here: the command line prints this table."""

from typing import NamedTuple

CITY = "519900"
COUNTY = "519921"


class DemoAccount(NamedTuple):
    """``role`` is a code of ``directory.Role``, or "citizen" / "enterprise"; ``place`` (division, kind of organ)."""

    username: str
    name: str
    role: str
    role_label: str
    place: tuple[str, str]
    unit: str
    title: str
    first: str


_MARKET = "临溪县市场监督管理局"

ACCOUNTS = (
    DemoAccount("citizen", "周晓岚", "citizen", "自然人", ("", ""), "", "",
                "查“食品小经营店备案”，在网上申报，再看进度和时限"),
    DemoAccount("enterprise", "临溪县好味来餐饮管理有限公司", "enterprise", "法人", ("", ""), "", "",
                "申报“食品经营许可证核发”或“开办餐饮店联合审批”"),
    DemoAccount("clerk", "林小满", "clerk", "窗口人员", (COUNTY, "centre"), "临溪县政务服务中心", "综合窗口首席代表",
                "在“我的待办”里预审、受理新到的申请"),
    DemoAccount("officer", "陈思远", "officer", "承办人", (COUNTY, "market"), _MARKET, "食品经营监督管理股一级科员",
                "审查已受理的办件，安排现场核查"),
    DemoAccount("head", "赵立新", "head", "审核人", (COUNTY, "market"), _MARKET, "行政审批股股长", "审核承办人的意见"),
    DemoAccount("leader", "孙国栋", "leader", "分管领导", (COUNTY, "market"), _MARKET, "副局长",
                "作出准予或者不予许可的决定"),
    DemoAccount("legal", "吴明哲", "legal", "法制审核", (COUNTY, "market"), _MARKET, "政策法规股股长",
                "对重大决定作法制审核"),
    DemoAccount("inspector", "郑秉正", "inspector", "监察人员", (COUNTY, "discipline"), "临溪县纪委监委",
                "党风政风监督室主任", "看哪些办件变黄、变红"),
    DemoAccount("editor", "何清扬", "editor", "信息员", (COUNTY, "gov_office"), "临溪县人民政府办公室",
                "政务公开股科员", "看已公布的事项和办事指南"),
    DemoAccount("duty", "马守岳", "duty", "值班员", (COUNTY, "gov_office"), "临溪县人民政府办公室", "总值班室值班员",
                "看通知和本单位动态"),
    DemoAccount("sysadmin", "罗维", "sysadmin", "系统管理员", (CITY, "area"), "金效市", "系统管理员",
                "看单位、工作日历和流程图"),
    DemoAccount("secadmin", "梁安", "secadmin", "安全管理员", (CITY, "area"), "金效市", "安全管理员", "看账号与岗位"),
    DemoAccount("auditor", "宋知衡", "auditor", "审计管理员", (CITY, "area"), "金效市", "审计管理员", "核验存证与封存"),
    DemoAccount("officer2", "韩卫东", "officer", "承办人", (COUNTY, "fire"), "临溪县消防救援大队", "监督检查科干部",
                "在联合审批中审查消防安全条件"),
    DemoAccount("officer3", "曹景行", "officer", "承办人", (COUNTY, "urban"), "临溪县综合行政执法局", "市容管理股科员",
                "在联合审批中审查户外招牌和油烟、垃圾处置"),
)
"""Thirteen roles, and the officers of the two other departments of the joint matter. One password for all."""

PHONES = {"citizen": "13800000001", "enterprise": "13800000002"}
"""Mobile numbers of the two applicants; nobody's."""
