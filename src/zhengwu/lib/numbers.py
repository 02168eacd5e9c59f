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


def cents(text: str | None) -> int | None:
    """Whole cents of an amount in yuan, "1200", "1,200.5" or "￥12.50"; None for anything else, also three decimals."""
    plain = (text or "").strip().lstrip("¥￥").replace(",", "")
    yuan, _, rest = plain.partition(".")
    if len(rest) > 2 or (rest and whole(rest) is None) or plain.endswith("."):
        return None
    units = whole(yuan, most=10**15)
    return None if units is None else units * 100 + (whole(rest.ljust(2, "0")) or 0)


def yuan(amount: int) -> str:
    """¥1,200.00 from cents; a minus in front of what is below nothing."""
    return f"{'-' if amount < 0 else ''}¥{abs(amount) // 100:,}.{abs(amount) % 100:02d}"


_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


def capital(amount: int) -> str:
    """An amount in cents as bills write it (人民币大写, 支付结算办法附件一): 120050 → 壹仟贰佰元伍角整.

    From 0 to below 10¹⁶ yuan; raises ValueError outside.
    """
    yuan, rest = divmod(amount, 100)
    if not 0 <= yuan < 10**16:
        raise ValueError(f"no amount of ours: {amount}")
    jiao, fen = divmod(rest, 10)
    words = f"{_capital_whole(yuan)}元" if yuan else ""
    if jiao:
        words += f"{_DIGITS[jiao]}角"
    elif fen and yuan:
        words += "零"
    if fen:
        return f"{words}{_DIGITS[fen]}分"
    return f"{words or '零元'}整"


def _capital_whole(number: int) -> str:
    words, gap = "", False
    for place in range(len(str(number)) - 1, -1, -1):
        digit = number // 10**place % 10
        group, within = divmod(place, 4)
        if digit:
            words += ("零" if gap and words else "") + _DIGITS[digit] + _PLACES[within]
            gap = False
        else:
            gap = True
        if within == 0 and number // 10 ** (4 * group) % 10_000:
            words += _GROUPS[group]
            gap = gap and digit == 0
    return words
