"""Citizens and enterprises open their own accounts; staff accounts are opened by the administrator."""

from typing import Any

from allauth.core import context
from django import forms
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.directory.services.identity import blind_index, set_identity
from zhengwu.kernel.directory.services.throttle import address_of, count_attempt
from zhengwu.lib.identifiers import check_citizen_id, check_mobile, check_uscc
from zhengwu.lib.problem import Conflict, Problem

_KINDS = [(Account.Kind.CITIZEN.value, "个人"), (Account.Kind.ENTERPRISE.value, "法人（企业、个体工商户、其他组织）")]
_PER_HOUR = 20


class SignupForm(forms.Form):
    """The part of the sign-up form that says who somebody is; allauth adds user name and password."""

    kind = forms.ChoiceField(
        label="账号类别",
        choices=_KINDS,
        initial=Account.Kind.CITIZEN.value,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择账号类别"},
    )
    name = forms.CharField(
        label="姓名或单位名称",
        min_length=2,
        max_length=100,
        help_text="与身份证或者营业执照上的一致",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "请填写姓名或单位名称", "min_length": "至少2个字", "max_length": "最多100个字"},
    )
    number = forms.CharField(
        label="证件号码",
        max_length=30,
        help_text="个人填18位身份证号码，法人填18位统一社会信用代码",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "请填写证件号码"},
    )
    phone = forms.CharField(
        label="手机号码",
        max_length=20,
        help_text="用来接收办理通知",
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        error_messages={"required": "请填写手机号码"},
    )
    field_order = ("kind", "name", "number", "phone", "username", "password1", "password2")

    def clean_phone(self) -> str:
        return _checked(check_mobile, self.cleaned_data["phone"], "phone")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("kind") and data.get("number"):
            try:
                data["number"] = self._number(data["kind"], data["number"])
            except forms.ValidationError as refused:
                self.add_error("number", refused)
        return data

    def _number(self, kind: str, number: str) -> str:
        """The checked number, held by no other account; guessing which numbers have one is counted."""
        check, other, hint = (
            (check_citizen_id, check_uscc, "这是统一社会信用代码，账号类别请选择“法人”")
            if kind == Account.Kind.CITIZEN
            else (check_uscc, check_citizen_id, "这是身份证号码，账号类别请选择“个人”")
        )
        try:
            good = check(number, field="number")
        except Problem as problem:
            if _passes(other, number):
                raise forms.ValidationError(hint) from problem
            raise forms.ValidationError(problem.zh) from problem
        _count()
        taken = (
            Account.objects.filter(id_index=blind_index(good))
            if kind == Account.Kind.CITIZEN
            else Account.objects.filter(uscc=good, kind=Account.Kind.ENTERPRISE)
        )
        if taken.exists():
            raise forms.ValidationError("这个证件号码已经注册过账号，请直接登录；忘记密码的到政务服务中心重置")
        return good

    def signup(self, request: HttpRequest, user: Account) -> None:
        """Called by allauth once the account has its name and password; without identity it must not stay."""
        data = self.cleaned_data
        user.kind, user.name = data["kind"], data["name"].strip()
        identity = {"citizen_id": data["number"]} if user.kind == Account.Kind.CITIZEN else {"uscc": data["number"]}
        set_identity(user, phone=data["phone"], **identity)
        try:
            with transaction.atomic():
                user.save()
        except IntegrityError as error:
            user.delete()
            raise Conflict("identity-taken", "这个证件号码刚刚注册过账号，请直接登录", "identity taken") from error


def _checked(check: Any, value: str, field: str) -> str:
    try:
        return str(check(value, field=field))
    except Problem as problem:
        raise forms.ValidationError(problem.zh) from problem


def _passes(check: Any, value: str) -> bool:
    try:
        check(value, field="number")
    except Problem:
        return False
    return True


def _count() -> None:
    request = context.request
    address = address_of(request) if request else ""
    try:
        count_attempt(key=f"signup:{address}", limit=_PER_HOUR, minutes=60)
    except Problem as problem:
        raise forms.ValidationError(problem.zh) from problem
