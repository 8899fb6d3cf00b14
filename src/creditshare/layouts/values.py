"""From one cell to one value: what is accepted is listed here, everything else is refused.

No reader guesses. What could mean two things (a two-digit year, a rate without a percent sign, a
comma that groups no thousands) is refused with the reason.
Reasons hold no examples: a test can then be sure that none repeats a cell.
"""

from __future__ import annotations

import datetime as dt
import enum
import re
from collections.abc import Callable, Mapping
from decimal import Context, Decimal
from typing import TypeVar

from creditshare.layouts.refusal import RefusalKind, Refused
from creditshare.layouts.text import clean, squeeze, visible
from creditshare.model import ConductCode

__all__ = [
    "chosen",
    "conduct_code",
    "read_conduct",
    "read_date",
    "read_day_first",
    "read_flag",
    "read_name",
    "read_rate",
    "read_text",
]

_YEAR_FIRST = tuple(
    re.compile(form, re.ASCII)
    for form in (
        r"(?P<y>[0-9]{4})(?P<s>[-/.])(?P<m>[0-9]{1,2})(?P=s)(?P<d>[0-9]{1,2})",
        r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})",
        r"(?P<y>[0-9]{4}) ?年 ?(?P<m>[0-9]{1,2}) ?月 ?(?P<d>[0-9]{1,2}) ?日",
    )
)
_DAY_FIRST = (
    re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})", re.ASCII),
    re.compile(r"(?P<d>[0-9]{1,2})(?P<s>[-/.])(?P<m>[0-9]{1,2})(?P=s)(?P<y>[0-9]{4})", re.ASCII),
    re.compile(r"(?P<d>[0-9]{1,2})[- ](?P<m>[a-z]{3,9})[- ,]{1,2}(?P<y>[0-9]{4})", re.ASCII),
)
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTH_NUMBERS = (
    {name: number for number, name in enumerate(_MONTHS, 1)}
    | {name[:3]: number for number, name in enumerate(_MONTHS, 1)}
    | {"sept": 9}
)
_RATE = re.compile(r"([0-9]{1,5}(?:\.[0-9]{1,6})?) ?%")
_EXACT = Context(prec=60)  # whatever context the caller has set
_FLAGS = dict.fromkeys(("是", "失联", "已失联", "y", "yes", "1"), True) | dict.fromkeys(
    ("否", "未失联", "n", "no", "0"), False
)
_NAME_MASK = re.compile(r"[*＊#＃?？●○•★☆■□×某]")
_CODES = {squeeze(code.term): code for code in ConductCode} | {
    code.value: code for code in ConductCode
}

E = TypeVar("E", bound=enum.StrEnum)


def read_name(text: str) -> str | Refused:
    """A full name of a person or an organisation."""
    name = visible(text)
    if _NAME_MASK.search(name):
        return Refused(RefusalKind.NAME_MASKED, "is masked; the full name is needed")
    if not any(map(str.isalpha, name)):
        return Refused(RefusalKind.NAME_MISSING, "is missing")
    return name


def read_text(text: str) -> str | Refused:
    """A text that must be there, without outer white space."""
    return text.strip() or Refused(RefusalKind.TEXT_MISSING, "is missing")


def read_date(text: str) -> dt.date | Refused:
    """``2018-08-08``, ``2018/8/8``, ``2018.08.08``, ``20180808`` or ``2018年8月8日``."""
    return _date(clean(text), _YEAR_FIRST, "must be year, month and day")


def read_day_first(text: str) -> dt.date | Refused:
    """``08-03-2018``, ``8/3/2018``, ``8 March 2018`` or ``8-Mar-2018``; or ``2018-03-08``."""
    return _date(clean(text).lower(), _DAY_FIRST, "must be day, month and year")


def _date(text: str, forms: tuple[re.Pattern[str], ...], expected: str) -> dt.date | Refused:
    if not text:
        return Refused(RefusalKind.DATE_MISSING, "is missing")
    parts = next(filter(None, (form.fullmatch(text) for form in forms)), None)
    if parts is None:
        problem = (
            f"{expected}, in this order and with a four-digit year; "
            "a spreadsheet's serial number is no date"
        )
        return Refused(RefusalKind.DATE_FORM, problem)
    month = int(parts["m"]) if parts["m"].isdigit() else _MONTH_NUMBERS.get(parts["m"], 0)
    try:
        return dt.date(int(parts["y"]), month, int(parts["d"]))
    except ValueError:
        return Refused(RefusalKind.DATE_IMPOSSIBLE, "no such day exists")


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


def read_conduct(
    text: str, terms: Mapping[str, ConductCode] | None = None
) -> ConductCode | Refused | None:
    """A code of conduct by its name, its Chinese term, or a further term; None for a blank.

    Args:
        text: The cell.
        terms: What an agency or a layout calls some codes, squeezed.
    """
    text = squeeze(text)
    if not text:
        return None
    code = (terms or {}).get(text) or _CODES.get(text)
    return code or Refused(RefusalKind.CONDUCT_UNKNOWN, "not in the vocabulary")


def conduct_code(text: str) -> ConductCode | None:
    """The code of that name or Chinese term, if there is one."""
    return _CODES.get(squeeze(text))


def chosen(choices: type[E]) -> Callable[[str], E | Refused]:
    """A reader of cells that must hold one value of a vocabulary."""
    by_value = {choice.value: choice for choice in choices}
    problem = f"must be one of {', '.join(by_value)}"

    def read(text: str) -> E | Refused:
        return by_value.get(clean(text)) or Refused(RefusalKind.CHOICE, problem)

    return read
