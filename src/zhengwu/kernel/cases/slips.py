"""The paper slip for rating a visit (好差评纸质评价器): a code torn off the receipt, typed in later by anybody."""

import hmac

from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.directory.api import blind_index, count_attempt, forget_attempts
from zhengwu.lib.identifiers import normal
from zhengwu.lib.problem import NotFound

SLIPS_FROM_ADDRESS = 300


def slip_code(case: Case) -> str:
    """Eight digits that go with a case's rating slip; derived with a key of the installation, so nothing is stored.

    It opens nothing but the rating: it is another code than the one progress is asked with (``query_code``).
    """
    return _code(case.number)


def case_of_slip(number: str, code: str, *, address: str) -> Case:
    """The case a slip belongs to. Raises NotFound for a wrong number or code, Problem after too many tries.

    Ten wrong codes an hour close a number, SLIPS_FROM_ADDRESS tries an hour close an ``address`` (of the network).
    """
    number, code = normal(number), normal(code)
    count_attempt(key=f"slip-from:{address}", limit=SLIPS_FROM_ADDRESS, minutes=60)
    key = f"slip:{number[:50]}"
    count_attempt(key=key, limit=10, minutes=60)
    case = Case.objects.with_facts().filter(number=number).first()
    if not hmac.compare_digest(_code(number).encode(), code.encode()) or case is None:
        raise NotFound("no-such-slip", "编号或评价码不对，请对照评价单核对", "number or slip code is wrong")
    forget_attempts(key=key)
    return case


def _code(number: str) -> str:
    return f"{int(blind_index(number, 'slip-code')[:16], 16) % 100_000_000:08d}"
