"""Numbers of the demo city, made so that every check digit holds."""

from zhengwu.lib.identifiers import citizen_check_char, org_code_check_char, uscc_check_char

ORGAN, INSTITUTION, MASS, VILLAGE, ENTERPRISE = "11", "12", "13", "54", "91"
"""Registering office and class of organisation: the first two places of a credit code (GB 32100)."""


def credit_code(head: str, division: str, serial: int) -> str:
    """统一社会信用代码: ``head`` (2) + county or city code (6) + 组织机构代码 made of ``serial`` (9) + check."""
    org = f"{serial:08d}"
    body = f"{head}{division[:6]}{org}{org_code_check_char(org)}"
    return body + uscc_check_char(body)


def citizen_id(division: str, born: str, serial: int) -> str:
    """公民身份号码 (GB 11643); ``born`` YYYYMMDD; an odd ``serial`` is a man's."""
    body = f"{division}{born}{serial:03d}"
    return body + citizen_check_char(body)


def basic_code(type_code: str, organ: int, main: int, sub: int = 0) -> str:
    """基本编码 (12): level of setting (00 national, 51 local) + type (2) + department (2) + main (3) + sub item (3)."""
    setting = "00" if type_code in ("01", "07") else "51"
    return f"{setting}{type_code}{organ:02d}{main:03d}{sub:03d}"


def implementation_code(unit_code: str, level: int, basic: str) -> str:
    """实施编码 (31): credit code (18) + level of exercise (3 city, 4 county) + 基本编码 (12)."""
    return f"{unit_code}{level}{basic}"
