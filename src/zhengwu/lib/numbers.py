"""Numbers as people and addresses send them."""

_LARGEST = 2**63 - 1


def whole(text: str | None, *, most: int = _LARGEST) -> int | None:
    """A whole number from 0 to ``most`` written in the digits 0–9; None for anything else.

    ``str.isdigit`` also says yes to "²", which ``int`` refuses, and to numbers no column holds.
    """
    if not text or len(text) > 19 or not text.isascii() or not text.isdigit():
        return None
    number = int(text)
    return number if number <= most else None
