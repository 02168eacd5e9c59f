"""电子证照标识 (GB/T 36904): root, type, issuer, serial, version, check character."""

import re

from django.conf import settings
from django.db import connection

from zhengwu.kernel.directory.models import Unit
from zhengwu.lib.identifiers import licence_check_char
from zhengwu.lib.problem import Conflict
from zhengwu.lib.sm import hmac_sm3

ROOT = "1.2.156.3005.2"
TAG_LENGTH = 6
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NEXT = ("insert into certificates_series (key, last) values (%s, 1) "
         "on conflict (key) do update set last = certificates_series.last + 1 returning last")


def issuer_of(unit: Unit) -> Unit:
    """The organ whose credit code stands in the identifier: the unit, or the nearest above it that has one.

    A section (内设机构) has no code of its own. Raises Conflict when there is none up to the top.
    """
    found: Unit | None = unit
    while found is not None and not found.code:
        found = found.parent
    if found is None:
        raise Conflict("issuer-without-code", f"{unit.name}没有统一社会信用代码，不能颁发电子证照",
                       "the issuing unit has no credit code")
    return found


def next_number(type_code: str, issuer: str, year: int) -> str:
    """The next number of the type at its issuer in ``year``: four digits of the year and six running ones.

    Gap-free: the row stays locked until the caller's transaction ends. Raises Conflict above 999,999 a year.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [f"{type_code}.{issuer}.{year}"])
        (running,) = cursor.fetchone()
    if running > 999_999:
        raise Conflict("series-full", f"{year}年该类证照编号已用完", "the year's numbers are used up")
    return f"{year}{running:06d}"


def tag(type_code: str, issuer: str, number: str) -> str:
    """Six characters nobody can guess from the neighbours' (36⁶ ways), derived with the installation's secret."""
    digest = hmac_sm3(settings.SECRET_KEY.encode(), f"certificate:{type_code}.{issuer}.{number}".encode())
    value = int.from_bytes(digest[:16], "big")
    out = ""
    for _ in range(TAG_LENGTH):
        value, rest = divmod(value, 36)
        out += _ALPHABET[rest]
    return out


def compose(type_code: str, issuer: str, serial: str, version: int = 1) -> str:
    """The whole identifier. Raises Conflict for a type that is not 21, or an issuer not 18, digits and capitals."""
    if not re.fullmatch(r"[0-9A-Z]{21}", type_code):
        raise Conflict("certificate-type", "证照类型代码应为21位数字或大写字母，请信息员更正实施清单",
                       "the matter's certificate type must have 21 digits or capitals")
    if not re.fullmatch(r"[0-9A-Z]{18}", issuer):
        raise Conflict("issuer-code", "颁发机构的统一社会信用代码应为18位",
                       "the issuer's credit code must have 18 characters")
    edition = f"{version:03d}"
    check = licence_check_char(type_code + issuer + serial + edition)
    return f"{ROOT}.{type_code}.{issuer}.{serial}.{edition}.{check}"
