"""Where enforcement shows itself: navigation, and a link from the case to its affair."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.directory.api import Role
from zhengwu.modules.enforcement.families import FAMILIES
from zhengwu.ui.registry import navigation, slots

READERS = (Role.OFFICER, Role.HEAD, Role.LEADER, Role.LEGAL, Role.INSPECTOR)


def affair_link(request: HttpRequest | None, case: Case) -> SafeString | str:
    """The way from a case to its affair."""
    if case.kind not in FAMILIES:
        return ""
    url = reverse("enforcement:affair", args=[case.number])
    return format_html('<p><a class="zw-button" href="{}">打开案卷：执法人员、拟处理意见、证据</a></p>', url)


def connect() -> None:
    """Called once, when the app is ready."""
    navigation.add("desk", "执法办案", "enforcement:list", roles=READERS, order=30, group="执法")
    navigation.add("desk", "双随机抽取", "enforcement:draws", roles=(Role.OFFICER, Role.HEAD), order=31, group="执法")
    navigation.add("desk", "裁量基准", "enforcement:discretion", roles=(Role.OFFICER,), order=32, group="执法")
    navigation.add("corner", "涉及我的案件", "enforcement:mine", roles=("citizen", "enterprise"), order=15)
    navigation.add("public", "执法公示", "enforcement:publicity", order=45)
    slots.add("case.aside", affair_link, order=5)
