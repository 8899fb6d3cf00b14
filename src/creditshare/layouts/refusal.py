"""Why a row is refused, as data: where, a stable code, and a reason without the cell's value."""

from __future__ import annotations

import datetime as dt
import enum

import attrs

from creditshare.model import Borrower, WithdrawalReason

__all__ = ["Cell", "RefusalKind", "Refused", "Removal", "RowFault", "RowRefusal"]


class RefusalKind(enum.StrEnum):
    """What is wrong. Stable; the identifier kinds are ``identifier-`` and an `IdentifierFault`."""

    LINE_TOO_LONG = "line-too-long"
    QUOTES = "quotes"
    CELLS = "cells"
    JSON = "json"
    CELL_KIND = "cell-kind"
    DIGITS_LOST = "digits-lost"
    FORMAT_VERSION = "format-version"
    TEXT_MISSING = "text-missing"
    NAME_MISSING = "name-missing"
    NAME_MASKED = "name-masked"
    IDENTIFIER_EMPTY = "identifier-empty"
    IDENTIFIER_MASKED = "identifier-masked"
    IDENTIFIER_DIGITS_LOST = "identifier-digits-lost"
    IDENTIFIER_PLACEHOLDER = "identifier-placeholder"
    IDENTIFIER_CHARACTERS = "identifier-characters"
    IDENTIFIER_LENGTH = "identifier-length"
    IDENTIFIER_FORM = "identifier-form"
    IDENTIFIER_DATE = "identifier-date"
    IDENTIFIER_CHECK = "identifier-check"
    IDENTIFIER_COUNTRY = "identifier-country"
    IDENTIFIER_SCHEME = "identifier-scheme"
    CREDITOR_MISSING = "creditor-missing"
    CREDITOR_DIFFERS = "creditor-differs"
    AMOUNT_MISSING = "amount-missing"
    AMOUNT_FORM = "amount-form"
    AMOUNT_NEGATIVE = "amount-negative"
    AMOUNT_UNIT = "amount-unit"
    AMOUNT_INEXACT = "amount-inexact"
    AMOUNT_RANGE = "amount-range"
    DATE_MISSING = "date-missing"
    DATE_FORM = "date-form"
    DATE_IMPOSSIBLE = "date-impossible"
    FLAG_MISSING = "flag-missing"
    FLAG_FORM = "flag-form"
    RATE_FORM = "rate-form"
    CONDUCT_UNKNOWN = "conduct-unknown"
    CONDUCT_MISSING = "conduct-missing"
    CONDUCT_SEVERAL = "conduct-several"
    CONDUCT_CONTRADICTED = "conduct-contradicted"
    ABSCOND_UNPROVEN = "abscond-unproven"
    MERE_DELAY = "mere-delay"
    CHOICE = "choice"
    VALUE_INVALID = "value-invalid"
    REMOVED = "removed"
    PERFORMED = "performed"
    REVIEW = "review"


@attrs.frozen
class Refused:
    """What a cell or line gives when it cannot be read.

    Attributes:
        kind: What is wrong with it.
        reason: The same as a clause, without the value.
    """

    kind: RefusalKind
    reason: str


Cell = str | Refused
"""What stands in one cell: its text, or why there is none that could be trusted."""


@attrs.frozen
class RowFault:
    """One thing wrong with a row.

    Attributes:
        field: The column's name in the layout; empty if it is the row as a whole.
        kind: What is wrong.
        reason: The same as a clause, without the cell's value.
    """

    field: str
    kind: RefusalKind
    reason: str

    def __str__(self) -> str:
        return f"{self.field}: {self.reason}" if self.field else self.reason


@attrs.frozen(repr=False)
class Removal:
    """What a row says that ends an entry: nothing is listed for it, and something may have to go.

    It names no listing, for the row names none: find the listings of its borrower, look which of
    them it is about, and withdraw that one.

    Attributes:
        borrower: Whose entry ended.
        cause: Why, in the words of the source; empty if it says nothing.
        on: The day, if the row tells it.
        reason: Why, where the layout itself leaves no doubt.
    """

    borrower: Borrower
    cause: str = ""
    on: dt.date | None = None
    reason: WithdrawalReason | None = None

    def __repr__(self) -> str:
        return f"<Removal of a {self.borrower.holder} (hidden)>"


@attrs.frozen
class RowRefusal:
    """A row that gives no listing, with everything that is wrong with it.

    Attributes:
        row: The number, from 1, of the physical line on which the row begins, or of a workbook's
            row; a spreadsheet shows the same number as long as no cell above holds a line break.
        faults: At least one.
        removal: What the row says instead of a listing, if it tells that an entry ended.
        columns: The names of the row's columns, with the units that hold for them.
        cells: What stood in the row under each, as text; none if the cells cannot be told.
    """

    row: int
    faults: tuple[RowFault, ...]
    removal: Removal | None = attrs.field(default=None, repr=False)
    columns: tuple[str, ...] = attrs.field(default=(), repr=False)
    cells: tuple[str, ...] = attrs.field(default=(), repr=False)

    def __str__(self) -> str:
        return f"row {self.row}: " + "; ".join(map(str, self.faults))
