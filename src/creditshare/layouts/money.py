"""Amounts as they are written in one currency: its marks, its grouping, its units.

A style is what a layout names; `YUAN` and `RUPEES` are those that the layouts here use. An amount
is exact to the minor unit, and where a style knows no unit without being told, none is assumed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import attrs

from creditshare.errors import InvalidValueError, LayoutError
from creditshare.layouts.refusal import RefusalKind, Refused
from creditshare.layouts.text import clean, squeeze
from creditshare.model import Money

__all__ = ["RUPEES", "YUAN", "MoneyStyle"]

_NEGATIVE = re.compile(r"[^0-9A-Za-z]{0,3}[-\u2212(]")
_GROUPED = r"[0-9]{1,3}(?:,[0-9]{3}){1,5}"


@attrs.frozen(eq=False)
class MoneyStyle:
    """How amounts of one currency are written.

    Attributes:
        currency: ISO 4217.
        minor: How many minor units each unit is worth, by the unit's name as compared: squeezed
            and in lower case. Several spellings may be worth the same.
        plain: The unit of a number that says none, in its cell, its column or above; None to
            refuse it.
        grouping: A pattern of digits with separators.
        mark: A pattern of what may stand before the number.
        above: A pattern that finds a unit in a row above the header; its last group is the unit.
            A unit found but not in `minor` refuses the file.
    """

    currency: str
    minor: Mapping[str, int]
    plain: str | None
    grouping: str = _GROUPED
    mark: str = ""
    above: re.Pattern[str] | None = None
    _cell: re.Pattern[str] = attrs.field(init=False, repr=False)
    _name: re.Pattern[str] = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        units = "|".join(map(re.escape, sorted(self.minor, key=len, reverse=True)))
        cell = (
            rf"(?:{self.mark}) ?(?P<number>(?:[0-9]{{1,18}}|{self.grouping})(?:\.[0-9]{{1,8}})?)"
            rf" ?(?P<unit>{units})?"
        )
        name = rf"(?P<name>.+?)\((?:{self.mark})(?:in)?(?P<unit>{units})\)"
        object.__setattr__(self, "_cell", re.compile(cell, re.IGNORECASE))
        object.__setattr__(self, "_name", re.compile(name, re.IGNORECASE))

    def split(self, name: str) -> tuple[str, str | None]:
        """A squeezed column name, and the unit in brackets after it if there is one."""
        parts = self._name.fullmatch(name)
        return (name, None) if parts is None else (parts["name"], parts["unit"].lower())

    def declared(self, cells: Iterable[str]) -> str | None:
        """The unit that a row above the header declares for all amounts, as in ``单位：万元``.

        Raises:
            LayoutError: if it declares one that this style does not know, or two.
        """
        if self.above is None:
            return None
        found = {
            match[match.lastgroup or 0].lower()
            for cell in cells
            for match in self.above.finditer(squeeze(cell))
        }
        worth = {self.minor.get(unit) for unit in found}
        if None in worth or len(worth) > 1:
            known = " or ".join(self.minor)
            raise LayoutError(f"a row above the header declares a unit other than {known}")
        return min(found) if found else None

    def read(self, text: str, header_unit: str | None = None) -> Money | Refused:
        """An amount, exact to the minor unit: ``12,000.00``, ``￥12000``, ``1.2万元``.

        Args:
            text: The cell.
            header_unit: The unit of the column or of the whole report; a cell that says
                otherwise is refused.
        """
        text = clean(text)
        if not text:
            return Refused(RefusalKind.AMOUNT_MISSING, "is missing")
        if _NEGATIVE.match(text):
            return Refused(RefusalKind.AMOUNT_NEGATIVE, "must not be negative")
        parts = self._cell.fullmatch(text)
        if parts is None:
            return Refused(RefusalKind.AMOUNT_FORM, "is not an amount in digits")
        unit = parts["unit"] and parts["unit"].lower()
        if unit and header_unit and self.minor[unit] != self.minor[header_unit]:
            return Refused(RefusalKind.AMOUNT_UNIT, "its unit is not the one in the column's name")
        unit = unit or header_unit or self.plain
        if unit is None:
            return Refused(RefusalKind.AMOUNT_UNIT, "neither the cell nor its column tells a unit")
        return self._money(parts["number"], self.minor[unit])

    def _money(self, number: str, worth: int) -> Money | Refused:
        whole, _, fraction = number.replace(",", "").partition(".")
        minor, rest = divmod(int(whole + fraction) * worth, 10 ** len(fraction))
        if rest:
            return Refused(RefusalKind.AMOUNT_INEXACT, "has a fraction of the smallest unit")
        try:
            return Money(minor, self.currency)
        except InvalidValueError:
            return Refused(RefusalKind.AMOUNT_RANGE, "is larger than any debt")


YUAN = MoneyStyle(
    "CNY",
    {"元": 100, "万": 1_000_000, "万元": 1_000_000},
    plain="元",
    mark="¥?",
    above=re.compile(
        r"(?P<of>[万千百亿美港欧]元)(?!\w)|(?P<plain>[万千亿]元)(?=人民币|整|RMB|计)"
        r"|单位[:(/为]*(?:人民币)?[/(]*(?P<short>万|元)(?!\w)|(?P<yuan>元)人民币"
    ),
)
"""Yuan to the fen, in 元 or 万元."""

_LAKH, _CRORE = 100_000 * 100, 10_000_000 * 100
RUPEES = MoneyStyle(
    "INR",
    dict.fromkeys(("lakh", "lakhs", "lac", "lacs"), _LAKH)
    | dict.fromkeys(("crore", "crores", "cr", "cr."), _CRORE)
    | dict.fromkeys(("rupees", "rs", "rs.", "inr", "₹"), 100),
    plain=None,
    grouping=rf"[0-9]{{1,2}}(?:,[0-9]{{2}}){{0,6}},[0-9]{{3}}|{_GROUPED}",
    mark=r"(?:₹|rs\.?|inr)?",
    above=re.compile(
        r"(?:amounts?|₹|rs\.?|inr|rupees)\W*in(?:₹|rs\.?|inr)?"
        r"(?P<unit>lakhs?|lacs?|crores?|millions?|thousands?)",
        re.IGNORECASE,
    ),
)
"""Rupees to the paisa, in rupees, lakh (100,000) or crore (10,000,000), which must be told."""
