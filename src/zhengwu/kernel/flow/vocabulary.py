"""The words a chart may use on its steps. Modules of other businesses add their own when they start."""

from collections.abc import Mapping

KINDS: dict[str, str] = {
    "precheck": "收件预审",
    "correct": "补正",
    "accept": "受理",
    "review": "审查",
    "inspect": "现场勘查",
    "hearing": "听证",
    "legal": "法制审核",
    "approve": "审核",
    "summarise": "汇总",
    "decide": "决定",
    "issue": "制证",
    "deliver": "送达",
    "publish": "公开",
    "evaluate": "评价",
    "register": "登记",
    "assign": "交办",
    "reply": "答复",
    "archive": "归档",
    "other": "其他",
}
UNITS: dict[str, str] = {
    "owner": "实施单位",
    "window": "受理窗口",
    "each": "各协同单位",
    "branch": "本支路单位",
    "applicant": "申请人",
}
ROLES: dict[str, str] = {
    "clerk": "窗口人员",
    "officer": "承办人",
    "head": "审核人",
    "leader": "分管领导",
    "legal": "法制审核",
    "inspector": "监察",
    "editor": "信息员",
    "duty": "值班员",
    "applicant": "申请人",
}
ACTIONS: dict[str, str] = {
    "accept": "受理",
    "correct": "补正告知",
    "refuse": "不予受理",
    "submit": "提交",
    "pass": "通过",
    "fail": "不通过",
    "inspect": "现场勘查",
    "done": "办结",
    "agree": "同意",
    "disagree": "不同意",
    "return": "退回",
    "grant": "准予",
    "deny": "不予",
    "issue": "制证",
    "deliver": "送达",
    "forward": "转交",
    "publish": "公开",
    "reply": "答复",
    "archive": "归档",
}


def unit_known(unit: str) -> bool:
    """One of UNITS, or ``branch:3``: the third unit of a joint matter."""
    stem, _, number = unit.partition(":")
    return unit in UNITS or (stem == "branch" and number.isdecimal() and 0 < int(number) < 100)


def add_words(*, kinds: Mapping[str, str] | None = None, actions: Mapping[str, str] | None = None) -> None:
    """Register further step kinds and action codes with their Chinese names. Called from
    ``AppConfig.ready``."""
    KINDS.update(kinds or {})
    ACTIONS.update(actions or {})
