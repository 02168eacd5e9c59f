"""Who stands at the counter: name, number, telephone, and for whom."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from zhengwu.kernel.cases.api import Joining
from zhengwu.kernel.directory.api import open_text, seal_text
from zhengwu.lib.identifiers import check_citizen_id, check_mobile, check_uscc, normal
from zhengwu.lib.problem import Problem
from zhengwu.modules.counter.readers import parse_line

CITIZEN, BODY = "111", "001"
"""证件类型: identity card, credit code."""


@dataclass(frozen=True)
class Typed:
    """The identity part of the counter's form as typed; ``proxy_…`` is somebody who came for the applicant."""

    name: str = ""
    number: str = ""
    phone: str = ""
    address: str = ""
    proxy_name: str = ""
    proxy_number: str = ""

    @classmethod
    def of(cls, sent: Mapping[str, Any]) -> "Typed":
        """From the fields ``person-…`` of a form; a line typed by a card reader is taken apart."""
        given = {f.name: str(sent.get(f"person-{f.name.replace('_', '-')}", "")).strip()[:200] for f in fields(cls)}
        for name, number in (("name", "number"), ("proxy_name", "proxy_number")):
            if card := parse_line(given[number]):
                given[number], given[name] = card.number, card.name
        return cls(**given)

    def sealed(self) -> str:
        return seal_text(json.dumps(asdict(self), ensure_ascii=False), "taking")

    @classmethod
    def unsealed(cls, sealed: str) -> "Typed":
        return cls(**json.loads(open_text(sealed, "taking"))) if sealed else cls()


def checked(typed: Typed) -> tuple[list[Joining], dict[str, str]]:
    """The parties as typed, with numbers in their one form, and what is wrong by field."""
    errors: dict[str, str] = {}
    if not 2 <= len(typed.name) <= 100:
        errors["person-name"] = "请填写申请人的姓名或名称"
    number, kind = _number(typed.number, "person-number", errors)
    phone = ""
    if typed.phone:
        try:
            phone = check_mobile(typed.phone, field="person-phone")
        except Problem as problem:
            errors["person-phone"] = problem.zh
    parties = [Joining("applicant", typed.name, id_kind=kind, id_number=number, phone=phone)]
    if typed.proxy_name or typed.proxy_number:
        if not 2 <= len(typed.proxy_name) <= 100:
            errors["person-proxy-name"] = "请填写来办事的人的姓名"
        proxy, proxy_kind = _number(typed.proxy_number, "person-proxy-number", errors)
        if proxy and proxy == number:
            errors["person-proxy-number"] = "来办事的人和申请人是同一个人，不用填写代办人"
        parties.append(Joining("agent", typed.proxy_name, id_kind=proxy_kind, id_number=proxy))
    return parties, errors


def _number(text: str, field: str, errors: dict[str, str]) -> tuple[str, str]:
    """A citizen's number or a credit code in its one form, with its kind."""
    if not normal(text):
        errors[field] = "请刷身份证，或者输入证件号码"
        return "", CITIZEN
    try:
        return check_citizen_id(text, field=field), CITIZEN
    except Problem as wrong:
        try:
            return check_uscc(text, field=field), BODY
        except Problem:
            errors[field] = wrong.zh
    return "", CITIZEN
