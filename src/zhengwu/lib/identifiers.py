"""Numbers that name people, organisations and licences: checked, with words for what is wrong, and masked.

Every ``check_…`` returns the number in its one form (trimmed, half-width, upper case) or raises a ``Problem``
with the ``field`` given. Messages do not repeat the number, because they end up in logs.
"""

import re
import unicodedata
from datetime import date

from zhengwu.lib.now import today
from zhengwu.lib.problem import Problem

_ALNUM = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100: no I, O, S, V, Z
_PROVINCES = frozenset(map(str, (
    *range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66),
    71, 81, 82, 83, 91)))
_CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_USCC_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_DASHES = str.maketrans("", "", " -–—\u00a0")
_LICENCE = re.compile(
    r"1\.2\.156\.3005\.2\.([0-9A-Z]{21})\.([0-9A-Z]{18})\.([0-9A-Z]{1,32})\.([0-9]{3})\.([0-9A-Z])")


def normal(value: str) -> str:
    """Half-width, upper case, without spaces and dashes."""
    return unicodedata.normalize("NFKC", value).translate(_DASHES).strip().upper()


def citizen_check_char(body: str) -> str:
    """The 18th character to 17 digits (GB 11643, ISO 7064 MOD 11-2)."""
    return "10X98765432"[sum(int(c) * w for c, w in zip(body, _CITIZEN_WEIGHTS, strict=True)) % 11]


def _birth(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def is_citizen_id(number: str) -> bool:
    """Whether 18 characters are a citizen's number in every respect (area, date, check character)."""
    number = number.upper()
    return (bool(re.fullmatch(r"[0-9]{17}[0-9X]", number)) and number[:2] in _PROVINCES
            and _birth(number) is not None and citizen_check_char(number[:17]) == number[17])


def check_citizen_id(value: str, *, field: str = "citizen_id") -> str:
    """公民身份号码 (GB 11643): length, characters, area, a date that exists and is past, check character."""
    number = normal(value)
    if len(number) == 15 and number.isdecimal():
        _fail("citizen-id-old", "15位旧身份证号已停止使用，请填写18位公民身份号码", field)
    if len(number) != 18:
        _fail("citizen-id-length", f"公民身份号码应为18位，现为{len(number)}位", field)
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        _fail("citizen-id-characters", "公民身份号码前17位应为数字，末位为数字或X", field)
    if number[:2] not in _PROVINCES:
        _fail("citizen-id-area", f"公民身份号码开头的行政区划“{number[:2]}”不存在", field)
    born = _birth(number)
    if born is None:
        _fail("citizen-id-date", "公民身份号码第7至14位的出生日期不存在", field)
    elif born > today():
        _fail("citizen-id-future", "公民身份号码中的出生日期晚于今天", field)
    if citizen_check_char(number[:17]) != number[17]:
        _fail("citizen-id-check", "公民身份号码校验位不正确，请核对是否有数字写错", field)
    return number


def birth_date(citizen_id: str) -> date:
    """The day of birth in a checked citizen's number."""
    return date(int(citizen_id[6:10]), int(citizen_id[10:12]), int(citizen_id[12:14]))


def uscc_check_char(body: str) -> str:
    """The 18th character to 17 of a 统一社会信用代码 (GB 32100); ValueError for a letter it does not use."""
    return _USCC[-sum(_USCC.index(c) * w for c, w in zip(body, _USCC_WEIGHTS, strict=True)) % 31]


def check_uscc(value: str, *, field: str = "uscc") -> str:
    """统一社会信用代码 (GB 32100): length, alphabet, area digits, check character."""
    code = normal(value)
    if len(code) != 18:
        _fail("uscc-length", f"统一社会信用代码应为18位，现为{len(code)}位", field)
    wrong = "、".join(sorted({c for c in code if c not in _USCC}))
    if wrong:
        _fail("uscc-characters", f"统一社会信用代码中不应出现“{wrong}”（不使用字母I、O、S、V、Z）", field)
    if not code[2:8].isdecimal():
        _fail("uscc-area", "统一社会信用代码第3至8位应为数字（登记机关行政区划）", field)
    if uscc_check_char(code[:17]) != code[17]:
        _fail("uscc-check", "统一社会信用代码校验位不正确，请核对是否有字符写错", field)
    return code


def org_code_check_char(body: str) -> str:
    """The 9th character to 8 of an 组织机构代码 (GB 11714); places 9 to 17 of a credit code are one."""
    value = 11 - sum(_ALNUM.index(c) * w for c, w in zip(body, _ORG_WEIGHTS, strict=True)) % 11
    return "X" if value == 10 else "0" if value == 11 else str(value)


def check_org_code(value: str, *, field: str = "org_code") -> str:
    """组织机构代码 (GB 11714), nine characters, with or without its dash."""
    code = normal(value)
    if len(code) != 9:
        _fail("org-code-length", f"组织机构代码应为9位，现为{len(code)}位", field)
    if not re.fullmatch(r"[0-9A-Z]{8}[0-9X]", code):
        _fail("org-code-characters", "组织机构代码前8位应为数字或大写字母，末位为数字或X", field)
    if org_code_check_char(code[:8]) != code[8]:
        _fail("org-code-check", "组织机构代码校验位不正确，请核对是否有字符写错", field)
    return code


def licence_check_char(body: str) -> str:
    """The check character of an 电子证照标识 (GB/T 36904; ISO 7064 MOD 37,36).

    ``body`` is type code, issuer, serial and version without dots. Raises ValueError for other than 0-9, A-Z.
    """
    rest = 36
    for char in body:
        rest = ((rest + _ALNUM.index(char)) % 36 or 36) * 2 % 37
    return _ALNUM[(37 - rest) % 36]


def check_licence_id(value: str, *, field: str = "licence_id") -> str:
    """电子证照标识: root 1.2.156.3005.2, type 21, issuer 18, serial 1 to 32, version 3, check character."""
    number = unicodedata.normalize("NFKC", value).strip().upper()
    parts = _LICENCE.fullmatch(number)
    if not parts:
        _fail("licence-id-form",
              "电子证照标识应为“1.2.156.3005.2.类型代码.机构代码.流水号.版本号.校验位”", field)
    elif licence_check_char("".join(parts.groups()[:4])) != parts[5]:
        _fail("licence-id-check", "电子证照标识校验位不正确，请核对是否有字符写错", field)
    return number


def check_mobile(value: str, *, field: str = "mobile") -> str:
    """A mainland mobile number; +86 is taken off."""
    number = re.sub(r"^(\+|00)?86(?=1\d{10}$)", "", normal(value))
    if not re.fullmatch(r"[0-9]+", number):
        _fail("mobile-characters", "手机号码只能由数字组成", field)
    if len(number) != 11:
        _fail("mobile-length", f"手机号码应为11位，现为{len(number)}位", field)
    if not re.match(r"1[3-9]", number):
        _fail("mobile-range", "手机号码应以13至19开头", field)
    return number


def mask_name(name: str) -> str:
    """张** — the first character stays; a name of one character is hidden whole."""
    return name[:1] + "*" * (len(name) - 1) if len(name) > 1 else "*" * len(name)


def mask_id(number: str) -> str:
    """110105********0123 — six and four stay; of anything shorter than eleven only the last quarter."""
    return _middle(number, 6, 4)


def mask_phone(number: str) -> str:
    """138****8000 — three and four stay."""
    return _middle(number, 3, 4)


def mask_bank(number: str) -> str:
    """Only the last four digits of an account number stay."""
    return _middle(number, 0, 4)


def mask_email(address: str) -> str:
    """z***@example.cn — the first character and the domain stay."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}" if at else "***"


def _middle(text: str, head: int, tail: int) -> str:
    if len(text) <= head + tail:
        head, tail = 0, len(text) // 4
    return text[:head] + "*" * (len(text) - head - tail) + text[len(text) - tail:]


def _fail(code: str, zh: str, field: str) -> None:
    raise Problem(code, zh, field=field)
