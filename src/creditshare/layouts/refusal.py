"""Why a row is refused, as data: where, a stable code, and a reason without the cell's value."""

from __future__ import annotations

import datetime as dt

import attrs

from creditshare.layouts.kinds import RefusalKind
from creditshare.model import Borrower, WithdrawalReason

__all__ = ["Cell", "RefusalKind", "Refused", "Removal", "RowFault", "RowRefusal"]


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

    def with_cure(self) -> str:
        """The same, and what would cure it."""
        words = self.kind.words
        return str(self) if words is None else f"{self}; to cure it: {words.cure}"

    def in_chinese(self) -> str:
        """The same as `with_cure`, in Chinese; what a review said stays as it is."""
        words = self.kind.words
        if words is None:
            return str(self)
        where = f"{self.field}：" if self.field else ""
        return f"{where}{words.zh.replace('{reason}', self.reason)}；补正：{words.cure_zh}"


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
