"""Sample data of the style guide: plausible, fictional, and some of it deliberately unreasonable."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import segno
from django import forms
from django.utils.safestring import SafeString, mark_safe

LONG = (
    "金效市高新技术产业开发区综合行政执法与应急管理局行政审批服务科驻政务服务中心第三综合受理窗口（含乡镇延伸点）办公室"
)
TODAY = date(2026, 2, 27)
_HOLIDAY = {date(2026, 2, 15) + timedelta(days=i) for i in range(9)}
_MAKEUP = {date(2026, 2, 14), date(2026, 2, 28)}


class SampleForm(forms.Form):
    """One field of each sort."""

    name = forms.CharField(
        label="申请人姓名", max_length=40, help_text="与身份证一致。", error_messages={"required": "请填写申请人姓名"}
    )
    phone = forms.RegexField(
        r"^1\d{10}$",
        label="手机号码",
        help_text="用来接收补正和领证通知。",
        error_messages={"invalid": "手机号码应为11位数字，以1开头"},
    )
    kind = forms.ChoiceField(
        label="申请类型", choices=[("new", "新办"), ("change", "变更"), ("renew", "延续")], widget=forms.RadioSelect
    )
    point = forms.ChoiceField(
        label="领取地点", choices=[("a", "市民中心"), ("b", "石桥镇便民服务中心")], required=False
    )
    plan = forms.CharField(label="经营情况说明", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    scan = forms.FileField(label="营业执照", required=False, help_text="PDF 或图片，不超过20 MB。")
    agree = forms.BooleanField(
        label="我已阅读告知书，所填内容真实。", error_messages={"required": "请先阅读告知书并勾选"}
    )


def _line(day: date, counted: bool, reason: str, number: int | None, kind: str) -> dict[str, Any]:
    return {"date": day, "counted": counted, "reason": reason, "number": number, "kind": kind}


def _days(start: date, wanted: int, hearing: range = range(0)) -> list[dict[str, Any]]:
    """Day lines from ``start`` for ``wanted`` working days; ``hearing`` holds offsets that are suspended."""
    lines, day, number = [_line(start, False, "起算当日不计入", None, "start")], start, 0
    while number < wanted:
        day += timedelta(days=1)
        if (day - start).days in hearing:
            lines.append(_line(day, False, "中止：听证（《行政许可法》第四十五条）", None, "suspended"))
        elif day in _HOLIDAY:
            lines.append(_line(day, False, "春节", None, "holiday"))
        elif day.isoweekday() > 5 and day not in _MAKEUP:
            lines.append(_line(day, False, "周末", None, "weekend"))
        else:
            number += 1
            kind = "makeup" if day in _MAKEUP else "workday"
            lines.append(
                _line(day, True, f"第{number}个工作日（{'调休上班' if day in _MAKEUP else '工作日'}）", number, kind)
            )
    return lines


def _clock(wanted: int, left: int, light: str, **more: Any) -> dict[str, Any]:
    days = _days(more.pop("start", date(2026, 2, 9)), wanted, more.pop("hearing", range(0)))
    due = days[-1]["date"]
    return {
        "days": days,
        "due": due,
        "left": left,
        "light": light,
        "state": "running",
        "summary": f"2026年2月9日起算（当日不计入），{wanted}个工作日至{due.year}年{due.month}月{due.day}日届满。",
        "basis": "《中华人民共和国行政许可法》第四十二条、第八十二条",
    } | more


def _flow() -> SafeString:
    """The sample chart, an own file of this package."""
    text = (Path(__file__).parent.parent / "templates/ui/styleguide/flow.svg").read_text("utf-8")
    return mark_safe(text)  # noqa: S308 - a constant file


def _qr(text: str) -> SafeString:
    return mark_safe(segno.make(text, error="m").svg_inline(scale=4, border=0, omitsize=True))  # noqa: S308


AT = datetime(2026, 2, 9, 1, 12, tzinfo=UTC)


def samples() -> dict[str, Any]:
    """Everything the style guide's templates show."""
    return _page() | _case() | _papers() | _lists()


def _page() -> dict[str, Any]:
    return {
        "long": LONG,
        "today": TODAY,
        "crumbs_home": "/",
        "actions": [
            {"label": "查看流程图", "url": "#chart", "kind": ""},
            {"label": "在线申请", "url": "#form", "kind": "primary"},
        ],
        "steps": ["提交申请", "预审", "受理", "审查", "决定", "领证"],
        "steps_long": [
            {"label": "提交申请", "note": "2月9日"},
            {"label": "多部门并联审查与现场踏勘", "note": LONG[:18]},
            {"label": "送达", "note": ""},
        ],
        "clock": _clock(20, 10, "green"),
        "clock_hearing": _clock(20, 14, "yellow", hearing=range(16, 24)),
        "clock_over": _clock(7, -2, "red"),
        "clock_long": _clock(90, 80, "green", start=date(2026, 2, 9)),
        "clock_none": {"days": [], "left": None, "basis": ""},
        "svg": _flow(),
        "passed": ["预审", "受理"],
        "current": ["现场核查"],
    }


def _case() -> dict[str, Any]:
    return {
        "materials": [
            {
                "name": "食品经营许可申请书",
                "required": True,
                "form": "电子",
                "copies": 1,
                "state": "accepted",
                "template_url": "#",
            },
            {
                "name": "营业执照复印件",
                "required": True,
                "form": "电子或纸质",
                "copies": 1,
                "state": "wrong",
                "reason": "第2页缺少加盖的公章，请补盖后重新上传。",
                "note": "可用电子证照代替",
            },
            {"name": LONG, "required": False, "form": "纸质", "copies": 12, "state": "missing", "note": LONG},
        ],
        "events": [
            {"at": AT, "title": "网上提交申请", "who": "王*", "unit": ""},
            {
                "at": AT + timedelta(hours=5),
                "title": "受理，出具受理通知书",
                "who": "李敏",
                "unit": "石桥区政务服务中心综合窗口",
                "proof_url": "#",
                "note": "承诺20个工作日内办结。",
            },
            {"at": AT + timedelta(days=17), "title": "等待现场核查", "who": "", "unit": LONG, "state": "now"},
        ],
        "comments": [
            {
                "who": "赵国强",
                "unit": "市场监管局",
                "at": AT,
                "action": "同意",
                "text": "材料齐全，现场布局符合要求。\n建议准予许可。",
            }
        ],
    }


def _papers() -> dict[str, Any]:
    return {
        "receipt": {
            "title": "接收凭证",
            "unit": "石桥区政务服务中心",
            "number": "9999020126000000127",
            "code": "480 216",
            "qr": _qr("https://www.jinxiao.example/q/9999020126000000127"),
            "at": AT,
            "rows": [
                ("申请人", "王**"),
                ("事项", "食品经营许可（新办）"),
                ("收到材料", "食品经营许可申请书等5件"),
                ("承诺时限", "受理后20个工作日"),
                ("经办", "综合窗口 李敏"),
            ],
            "note": "凭编号和查询码可以随时查看进度。材料不齐的，我们在5个工作日内一次性告知。",
            "proof": "SM3 6d2b1f0a9c4e8d7735aa90e1f2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5",
            "proof_url": "#",
        },
        "facts": [
            ("事项编码", "000131001000"),
            ("实施主体", "石桥区市场监督管理局"),
            ("法定时限", "20个工作日"),
            ("收费", "不收费"),
            ("咨询电话", ""),
            ("办理地点", LONG),
        ],
    }


def _lists() -> dict[str, Any]:
    return {
        "tabs": [
            {"label": "待办", "url": "?tab=todo", "current": True, "count": 12},
            {"label": "已办", "url": "?tab=done", "current": False, "count": None},
            {"label": "我关注的", "url": "?tab=mine", "current": False, "count": 0},
        ],
        "filter_groups": [
            {
                "name": "light",
                "label": "亮灯",
                "options": [("green", "● 正常", 120), ("yellow", "▲ 预警", 8), ("red", "■ 超期", 1)],
            },
            {
                "name": "kind",
                "label": "类型",
                "options": [("spot", "即办件"), ("promise", "承诺件"), ("joint", "联办件")],
            },
        ],
        "page": {"next": "b2Zmc2V0", "previous": ""},
        "rows": [
            {"number": f"99990201260000001{i:02}", "matter": matter, "who": who, "left": left, "light": light}
            for i, (matter, who, left, light) in enumerate(
                [
                    ("食品经营许可（新办）", "王**", -2, "red"),
                    ("建设工程规划许可", LONG[:30], 1, "yellow"),
                    ("公共场所卫生许可", "金效市石桥区清河早餐店", 6, "green"),
                    (LONG[:40], "李*", 14, "green"),
                ]
            )
        ],
    }
