"""What a layout is: its columns, and one function that reads a row.

A layout is a value. Those that come with the library are found by name in `formats`; one of your
own is handed to `read` in the same way and needs no registration.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TypeVar

import attrs

from creditshare.errors import InvalidValueError, MisuseError, RulebookError
from creditshare.layouts.batch import BatchFacts
from creditshare.layouts.money import YUAN, MoneyStyle
from creditshare.layouts.refusal import Cell, RefusalKind, Refused, Removal, RowFault
from creditshare.layouts.table import Column, Header
from creditshare.layouts.text import clean, squeeze
from creditshare.layouts.values import read_date
from creditshare.model import (
    Borrower,
    Conduct,
    Evidence,
    LegalBasis,
    Listing,
    Money,
    Notice,
    Obligation,
)

__all__ = ["DEBT", "Column", "Layout", "Row", "RowReader"]

T = TypeVar("T")

DEBT = ("obligation.principal", "obligation.outstanding", "obligation.default_date")
"""What a layout takes from the batch if its rows tell nothing of the debt."""

_TAKEN = "this column of the layout means something else"


@attrs.frozen(eq=False)
class Layout:
    """A kind of report.

    Attributes:
        name: What it is called, such as ``"court-list"``.
        title: The same for people.
        columns: What it reads; any other column of a report is ignored.
        read: Gives the listing of a row; None if the row has faults by then.
        takes: The sections of a batch description that its rows need. A description with any
            other is refused, for it would be ignored. Without any, there is no description.
        dropped: Columns it knows and never carries, each with the reason.
        money: How its amounts are written.
        armoured: Whether its tables are written as `spreadsheet.armour` does.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    read: RowReader
    takes: tuple[str, ...] = ()
    dropped: tuple[tuple[str, str], ...] = ()
    money: MoneyStyle = YUAN
    armoured: bool = False

    def with_batch(self, batch: BatchFacts | None) -> tuple[Column, ...]:
        """The columns of a report that comes with a batch description.

        Raises:
            MisuseError: if there must be a description and is none, or the other way round.
            RulebookError: if it says what this layout would ignore, or takes one of its columns.
        """
        if batch is None:
            if self.takes:
                raise MisuseError(f"the layout {self.name} needs a batch description")
            return self.columns
        if not isinstance(batch, BatchFacts) or not self.takes:
            wanted = "BatchFacts" if self.takes else f"None, for {self.name} tells all itself"
            raise MisuseError(f"batch must be {wanted}")
        for section in sorted(batch.sections):
            if section not in self.takes:
                raise RulebookError(f"{section}: the layout {self.name} does not read it from here")
        own = {
            squeeze(name).casefold() for item in self.columns for name in (item.name, *item.also)
        }
        for place, name, amount in batch.columns:
            if name.casefold() in own:
                raise RulebookError(f"{place}: {_TAKEN}")
            if amount and self.money.split(name)[1] is not None:
                raise RulebookError(f"{place}: name the column without the unit behind it")
        named = {name: amount for _, name, amount in batch.columns}
        extra = (Column(name, "named by the batch", amount=named[name]) for name in named)
        return (*self.columns, *extra)


class Row:
    """One row being read, with everything that is wrong with it so far; made by `read`.

    Every reader notes its fault and gives None, so that a layout reads on and the sender learns of
    all faults at once.

    Attributes:
        number: As in `RowRefusal`.
        layout: How it is read.
        reference: The draft's reference.
        faults: What is wrong so far.
        removal: What the row says if it ends an entry; a fault must say so too.
    """

    __slots__ = (
        *("_batch", "_cells", "_header"),
        *("faults", "layout", "number", "reference", "removal"),
    )

    def __init__(
        self,
        number: int,
        reference: str,
        *,
        header: Header,
        cells: Sequence[Cell],
        layout: Layout,
        batch: BatchFacts | None,
    ) -> None:
        self.number = number
        self.reference = reference
        self._header = header
        self._cells = cells
        self.layout = layout
        self._batch = batch
        self.faults: list[RowFault] = []
        self.removal: Removal | None = None

    @property
    def batch(self) -> BatchFacts:
        """What holds for every row.

        Raises:
            MisuseError: if the report was read without a batch description.
        """
        if self._batch is None:
            raise MisuseError(f"the layout {self.layout.name} needs a batch description")
        return self._batch

    # -- cells --------------------------------------------------------------------------------

    def cell(self, column: str) -> Cell:
        """What stands in a column; an empty text if the report lacks the column."""
        place = self._header.places.get(column)
        return "" if place is None else self._cells[place]

    def blank(self, column: str) -> bool:
        """Whether nothing stands in a column."""
        cell = self.cell(column)
        return isinstance(cell, str) and not clean(cell)

    def text(self, column: str) -> str:
        """A column's cell as it stands; empty if there is no such column, or no text to trust."""
        return self.take(column, str) or ""

    def take(self, column: str, read: Callable[[str], T | Refused]) -> T | None:
        """What a cell says, or None with its fault noted.

        Args:
            column: Its column.
            read: Reads a text, or refuses it.
        """
        cell = self.cell(column)
        value = cell if isinstance(cell, Refused) else read(cell)
        if isinstance(value, Refused):
            self.refuse(column, value)
            return None
        return value

    def number_in(self, column: str, read: Callable[[str], T | Refused]) -> T | None:
        """What a cell says, as `take`, of an identifier: lost digits are told as such.

        Args:
            column: Its column.
            read: Reads a text, or refuses it.
        """
        cell = self.cell(column)
        if isinstance(cell, Refused) and cell.kind is RefusalKind.DIGITS_LOST:
            self.refuse(column, Refused(RefusalKind.IDENTIFIER_DIGITS_LOST, cell.reason))
            return None
        return self.take(column, read)

    def amount(self, column: str) -> Money | None:
        """What an amount's cell says, in the unit of its column."""
        return self.take(
            column, lambda text: self.layout.money.read(text, self._header.units.get(column))
        )

    # -- what the rows of some layouts do not tell ---------------------------------------------

    def told_by_batch(self, part: str) -> bool:
        """Whether the batch tells ``principal``, ``outstanding`` or ``default_date``."""
        return f"obligation.{part}" in self.batch.sections

    def amount_of_batch(self, part: str) -> Money | None:
        """The ``principal`` or ``outstanding`` that the batch, or a column it names, tells."""
        return self._of_batch(part, self.layout.money.read, self.amount)

    def default_of_batch(
        self, read: Callable[[str], dt.date | Refused] = read_date
    ) -> dt.date | None:
        """The ``default_date`` that the batch, or a column it names, tells.

        Args:
            read: Reads a cell of such a column.
        """
        return self._of_batch("default_date", read_date, lambda column: self.take(column, read))

    def obligation_of_batch(self) -> Obligation | None:
        """The obligation of a row that tells nothing of it (`DEBT`), all from the batch."""
        principal = self.amount_of_batch("principal")
        outstanding = self.amount_of_batch("outstanding")
        since = self.default_of_batch()
        if principal is None or outstanding is None or since is None:
            return None
        return self.make(lambda: Obligation(self.batch.creditor, principal, outstanding, since))

    def _of_batch(
        self, part: str, read: Callable[[str], T | Refused], take: Callable[[str], T | None]
    ) -> T | None:
        facts = self.batch.obligation
        column = facts.columns.get(part) if facts else None
        if column:
            return take(column)
        value = read(facts.values.get(part, "") if facts else "")
        if isinstance(value, Refused):
            self.refuse(f"obligation.{part}", value)
            return None
        return value

    # -- the draft ----------------------------------------------------------------------------

    def make(self, build: Callable[[], T], **columns: str) -> T | None:
        """A value of the model, or None with its faults noted.

        Args:
            build: Makes it.
            columns: From which column each of its fields comes.
        """
        try:
            return build()
        except InvalidValueError as error:
            for fault in error.faults:
                column = columns.get(fault.field, fault.field)
                self.refuse(column, Refused(RefusalKind.VALUE_INVALID, fault.problem))
            return None

    def listing(
        self,
        borrower: Borrower | None,
        obligation: Obligation | None,
        conduct: Conduct | None,
        *,
        basis: LegalBasis | None = None,
        notice: Notice | None = None,
        evidence: tuple[Evidence, ...] | None = None,
    ) -> Listing | None:
        """The draft, or None if anything is wrong with the row.

        What is not given is the batch's. A conduct must be there: a row without one has a fault.

        Args:
            borrower: As read; None if that failed.
            obligation: As read; None if that failed.
            conduct: As read; None if that failed.
            basis: The row's own.
            notice: The row's own.
            evidence: The row's own.
        """
        if self.faults or borrower is None or obligation is None or conduct is None:
            return None
        batch = self.batch
        return self.make(
            lambda: Listing(
                borrower=borrower,
                obligation=obligation,
                conduct=conduct,
                basis=basis or batch.basis,
                notice=notice or batch.notice,
                decision=batch.decision,
                evidence=batch.evidence if evidence is None else evidence,
                reference=self.reference,
            )
        )

    def refuse(self, column: str, refused: Refused) -> None:
        """Note a fault.

        Args:
            column: Where.
            refused: What is wrong.
        """
        self.faults.append(RowFault(column, refused.kind, refused.reason))


RowReader = Callable[[Row], Listing | None]
"""What a layout does with a row: its listing, or None with the faults noted in the row."""
