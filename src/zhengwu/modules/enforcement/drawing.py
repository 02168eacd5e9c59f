"""The rule of the draw, so plain that it can be followed with a calculator that knows SM3."""

from collections.abc import Sequence

from zhengwu.lib.sm import sm3


def chosen(seed: str, codes: Sequence[str], count: int) -> list[str]:
    """The ``count`` codes whose SM3(seed ‖ ":" ‖ code), UTF-8, in hexadecimal, come first; each code at most once.

    ``seed``: text whose SM3 was committed before. The order of the list does not matter.
    """
    return sorted(dict.fromkeys(codes), key=lambda code: (sm3(f"{seed}:{code}".encode()).hex(), code))[:count]


def digest_of_seed(seed: str) -> str:
    return sm3(seed.encode()).hex()
