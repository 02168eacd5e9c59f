"""The rating slip's code: its own, derived, and not to be guessed."""

import pytest

from zhengwu.kernel.cases import slips
from zhengwu.kernel.cases.api import case_of_slip, query_code, slip_code
from zhengwu.kernel.cases.tests.test_doors import walk_in, world  # noqa: F401 - fixture
from zhengwu.lib.problem import NotFound, Problem

pytestmark = pytest.mark.django_db


def test_a_slip_finds_its_case_and_only_with_its_own_code(world):  # noqa: F811
    case, other = walk_in(world), walk_in(world)
    code = slip_code(case)
    assert len(code) == 8 and code.isdigit() and code[-6:] != query_code(case.number)
    assert case_of_slip(case.number.lower(), f"{code[:4]} {code[4:]}", address="a").pk == case.pk
    for wrong in (slip_code(other), query_code(case.number), "", "é" * 8):
        with pytest.raises(NotFound):
            case_of_slip(case.number, wrong, address="a")


def test_codes_are_not_tried_without_end(world, monkeypatch):  # noqa: F811
    case = walk_in(world)
    for _ in range(10):
        with pytest.raises(NotFound):
            case_of_slip(case.number, "00000000", address="b")
    with pytest.raises(Problem) as refused:
        case_of_slip(case.number, slip_code(case), address="b")
    assert refused.value.status == 429
    monkeypatch.setattr(slips, "SLIPS_FROM_ADDRESS", 1)
    with pytest.raises(NotFound):
        case_of_slip("X1", "1", address="c")
    with pytest.raises(Problem) as refused:
        case_of_slip("X2", "1", address="c")
    assert refused.value.status == 429
