"""From one cell to one value: what is accepted is listed here, everything else is refused.

No reader guesses. What could mean two things (a two-digit year, a rate without a percent sign, a
comma that groups no thousands) is refused with the reason, and an amount is exact to the fen.
Reasons hold no examples: a test can then be sure that none repeats a cell.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Context, Decimal

from creditshare.errors import InvalidValueError
from creditshare.layouts.refusal import RefusalKind, Refused
from creditshare.model import ConductCode, Money

__all__ = [
    "clean",
    "conduct_code",
    "read_amount",
    "read_conduct",
    "read_date",
    "read_flag",
    "read_rate",
    "squeeze",
    "visible",
]

_INVISIBLE = dict.fromkeys(
    map(ord, "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff")
)
_FOLDED = (
    _INVISIBLE
    | {0xFF01 + i: chr(0x21 + i) for i in range(0x5E)}
    | {ord("\u3000"): " ", ord("\uffe5"): "\u00a5"}
)

_DATES = tuple(
    re.compile(form)
    for form in (
        r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})",
        r"([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})",
        r"([0-9]{4})\.([0-9]{1,2})\.([0-9]{1,2})",
        r"([0-9]{4})([0-9]{2})([0-9]{2})",
        r"([0-9]{4}) ?年 ?([0-9]{1,2}) ?月 ?([0-9]{1,2}) ?日",
    )
)
_AMOUNT = re.compile(
    r"¥? ?(?P<number>(?:[0-9]{1,18}|[0-9]{1,3}(?:,[0-9]{3}){1,5})(?:\.[0-9]{1,8})?)"
    r" ?(?P<unit>万元|万|元)?"
)
_NEGATIVE = re.compile(r"¥? ?[-\u2212(]")
_RATE = re.compile(r"([0-9]{1,5}(?:\.[0-9]{1,6})?) ?%")
_FEN = {"元": Decimal(100), "万元": Decimal(1_000_000)}
_EXACT = Context(prec=60)  # whatever context the caller has set
_FLAGS = dict.fromkeys(("是", "失联", "已失联", "y", "yes", "1"), True) | dict.fromkeys(
    ("否", "未失联", "n", "no", "0"), False
)


def visible(text: str) -> str:
    """A cell without zero-width characters and outer white space."""
    return text.translate(_INVISIBLE).strip()


def clean(text: str) -> str:
    """As `visible`, and full-width letters, digits and marks become ASCII."""
    return text.translate(_FOLDED).strip()


def squeeze(text: str) -> str:
    """As `clean`, and without white space inside: how names of columns and codes are compared."""
    return "".join(clean(text).split())


_CODES = {squeeze(code.term): code for code in ConductCode} | {
    code.value: code for code in ConductCode
}


def read_date(text: str) -> dt.date | Refused:
    """``2018-08-08``, ``2018/8/8``, ``2018.08.08``, ``20180808`` or ``2018年8月8日``."""
    text = clean(text)
    if not text:
        return Refused(RefusalKind.DATE_MISSING, "is missing")
    parts = next(filter(None, (form.fullmatch(text) for form in _DATES)), None)
    if parts is None:
        problem = (
            "must be year, month and day, in this order and with a four-digit year; "
            "a spreadsheet's serial number is no date"
        )
        return Refused(RefusalKind.DATE_FORM, problem)
    try:
        return dt.date(*map(int, parts.groups()))
    except ValueError:
        return Refused(RefusalKind.DATE_IMPOSSIBLE, "no such day exists")


def read_amount(text: str, header_unit: str | None = None) -> Money | Refused:
    """An amount of yuan, exact to the fen: ``12,000.00``, ``￥12000``, ``1.2万元``.

    Args:
        text: The cell.
        header_unit: ``元`` or ``万元`` if the column's name says so; a cell that says otherwise
            is refused. Without any unit it is yuan.
    """
    text = clean(text)
    if not text:
        return Refused(RefusalKind.AMOUNT_MISSING, "is missing")
    if _NEGATIVE.match(text):
        return Refused(RefusalKind.AMOUNT_NEGATIVE, "must not be negative")
    parts = _AMOUNT.fullmatch(text)
    if parts is None:
        return Refused(RefusalKind.AMOUNT_FORM, "is not an amount of yuan in digits")
    unit = "万元" if parts["unit"] == "万" else parts["unit"]
    if unit and header_unit and unit != header_unit:
        return Refused(RefusalKind.AMOUNT_UNIT, "its unit is not the one in the column's name")
    return _money(parts["number"], unit or header_unit or "元")


def _money(number: str, unit: str) -> Money | Refused:
    fen = _EXACT.multiply(Decimal(number.replace(",", "")), _FEN[unit])
    if fen != int(fen):
        return Refused(RefusalKind.AMOUNT_INEXACT, "has a fraction of a fen")
    try:
        return Money(int(fen), "CNY")
    except InvalidValueError:
        return Refused(RefusalKind.AMOUNT_RANGE, "is larger than any debt")


def read_flag(text: str) -> bool | Refused:
    """Yes or no to "cannot be reached"; nothing is taken from a blank."""
    text = squeeze(text).lower()
    if not text:
        return Refused(RefusalKind.FLAG_MISSING, "is missing")
    if text not in _FLAGS:
        return Refused(RefusalKind.FLAG_FORM, "must be 是 or 否")
    return _FLAGS[text]


def read_rate(text: str) -> Decimal | Refused | None:
    """A yearly rate with its percent sign, as a fraction; None for a blank."""
    text = clean(text)
    if not text:
        return None
    parts = _RATE.fullmatch(text)
    if parts is None:
        problem = "must have a percent sign: without one it may be a fraction or per cent"
        return Refused(RefusalKind.RATE_FORM, problem)
    return _EXACT.scaleb(Decimal(parts[1]), -2)


def read_conduct(text: str) -> ConductCode | Refused | None:
    """A code of conduct by its name or its Chinese term; None for a blank."""
    if not clean(text):
        return None
    code = conduct_code(text)
    return Refused(RefusalKind.CONDUCT_UNKNOWN, "not in the vocabulary") if code is None else code


def conduct_code(text: str) -> ConductCode | None:
    """The code of that name or Chinese term, if there is one."""
    return _CODES.get(squeeze(text))
