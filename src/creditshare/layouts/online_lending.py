"""The online-lending evader report of the notice of 2018-08-08 (网贷逃废债信息报送表).

==============  ========================================================
姓名            name, required
身份证号        `ResidentID`, or `PermanentResidentID` for a foreigner's card
借款平台        must be the batch's creditor
累计借款金额    principal; ``（万元）`` after the name is understood
剩余欠款金额    outstanding, likewise
拖欠开始日期    default date
是否失联        yes is absconding, if the batch names what proves it
年化利率        optional (also 年利率), only with a percent sign
==============  ========================================================

Not carried: 手机号 (numbers are reassigned), 催收情况 (free text), and unknown columns.

A spreadsheet keeps 15 digits of a number. An identity number that went through one as a number
ends in ``000``; one in 11 of those passes the check and would name a stranger, so each is refused.
So is, wrongly, one real number in about 1,000: its row must be reported in another way.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import PurePath
from typing import TypeVar

import attrs

from creditshare.errors import IdentifierError, IdentifierFault, InvalidValueError, RulebookError
from creditshare.identifiers import Identifier, PermanentResidentID, ResidentID
from creditshare.layouts.batch import BatchFacts
from creditshare.layouts.refusal import RefusalKind, Refused, RowFault
from creditshare.layouts.report import Report
from creditshare.layouts.table import Columns, Row
from creditshare.layouts.values import (
    read_amount,
    read_conduct,
    read_date,
    read_flag,
    read_rate,
    squeeze,
    visible,
)
from creditshare.model import (
    Borrower,
    Conduct,
    ConductCode,
    Evidence,
    Listing,
    Money,
    Obligation,
    Proves,
)

__all__ = ["read_online_lending"]

_NAME = "姓名"
_NUMBER = "身份证号"
_PLATFORM = "借款平台"
_PRINCIPAL = "累计借款金额"
_OUTSTANDING = "剩余欠款金额"
_SINCE = "拖欠开始日期"
_LOST = "是否失联"
_RATE = "年化利率"
_REQUIRED = (_NAME, _NUMBER, _PLATFORM, _PRINCIPAL, _OUTSTANDING, _SINCE, _LOST)
_ALIASES = {_RATE: _RATE, "年利率": _RATE}
_FIELD_COLUMNS = {"name": _NAME, "default_date": _SINCE, "annual_rate": _RATE}

_ROUNDED = re.compile(r"[1-9][0-9]{14}000")
_OLDER_CARD = re.compile(r"(?!XXX)[A-Z]{3}[0-9]{12}")
_QUOTE_MARKS = "'`\u2018\u2019"
_NAME_MASK = re.compile(r"[*＊#＃?？●○•★☆■□×某]")
_REFERENCE_NAME_MAX = 180

T = TypeVar("T")


def read_online_lending(
    path: str | os.PathLike[str], facts: BatchFacts, *, encoding: str | None = None
) -> Report:
    """Read a report in the layout of the 2018 notice.

    Args:
        path: The file: CSV with commas or tabs.
        facts: What holds for every row.
        encoding: ``"utf-8"`` or ``"gb18030"``; None to detect it.

    Returns:
        The report, not opened yet: iterate over it once for listings and refusals.

    Raises:
        RulebookError: if the batch's column of conduct is one of the layout's own.
        MisuseError: for another encoding.
    """
    required: tuple[str, ...] = _REQUIRED
    column = facts.conduct.column if facts.conduct else None
    if column is not None:
        column = squeeze(column)
        if column in _REQUIRED or column in _ALIASES:
            raise RulebookError("conduct.column: this column of the layout means something else")
        required = (*_REQUIRED, column)
    columns = Columns(required, _ALIASES, frozenset((_PRINCIPAL, _OUTSTANDING)))
    return Report(path, columns, _Rows(facts, column, PurePath(path).name), encoding)


class _Rows:
    """Reads the rows of one batch."""

    def __init__(self, facts: BatchFacts, conduct_column: str | None, file_name: str) -> None:
        self._facts = facts
        self._creditor = squeeze(facts.creditor).casefold()
        self._conduct_column = conduct_column
        self._file_name = file_name[:_REFERENCE_NAME_MAX].encode(errors="replace").decode()
        self._other_evidence = tuple(_evidence_without_abscond(facts))

    def __call__(self, row: Row) -> Listing | tuple[RowFault, ...]:
        form = _Form(row)
        borrower = _borrower(form)
        obligation = self._obligation(form)
        conduct = self._conduct(form)
        if form.faults or borrower is None or obligation is None or conduct is None:
            return tuple(form.faults)
        return Listing(
            borrower=borrower,
            obligation=obligation,
            conduct=conduct,
            basis=self._facts.basis,
            notice=self._facts.notice,
            evidence=self._evidence(conduct),
            reference=f"{self._file_name}:{row.number}",
        )

    def _evidence(self, conduct: Conduct) -> tuple[Evidence, ...]:
        absconded = conduct.code is ConductCode.ABSCOND
        return self._facts.evidence if absconded else self._other_evidence

    def _obligation(self, form: _Form) -> Obligation | None:
        form.take(_PLATFORM, self._same_creditor)
        principal = form.amount(_PRINCIPAL)
        outstanding = form.amount(_OUTSTANDING)
        since = form.take(_SINCE, read_date)
        rate: Decimal | None = form.take(_RATE, read_rate)
        if principal is None or outstanding is None or since is None:
            return None
        return form.make(
            lambda: Obligation(self._facts.creditor, principal, outstanding, since, rate)
        )

    def _same_creditor(self, text: str) -> bool | Refused:
        platform = squeeze(text).casefold()
        if not platform:
            return Refused(RefusalKind.CREDITOR_MISSING, "is missing")
        if platform != self._creditor:
            problem = "another platform's claim; only its creditor may report it"
            return Refused(RefusalKind.CREDITOR_DIFFERS, problem)
        return True

    def _conduct(self, form: _Form) -> Conduct | None:
        lost = form.take(_LOST, read_flag)
        code = self._code(form)
        if lost is None or isinstance(code, Refused):
            return None
        if lost:
            if self._facts.abscond is None:
                problem = "the batch names nothing that proves it"
                form.refuse(_LOST, Refused(RefusalKind.ABSCOND_UNPROVEN, problem))
                return None
            return self._facts.abscond.conduct
        if code is None or self._facts.conduct is None:
            form.refuse(_LOST, Refused(RefusalKind.MERE_DELAY, "mere delay is no evasion"))
            return None
        if code is ConductCode.ABSCOND:
            problem = "said to have absconded, and to be reachable"
            form.refuse(_LOST, Refused(RefusalKind.CONDUCT_CONTRADICTED, problem))
            return None
        return self._facts.conduct.of(code)

    def _code(self, form: _Form) -> ConductCode | Refused | None:
        """The conduct that the row's own column tells, or else the batch."""
        if self._conduct_column is None:
            return self._facts.conduct.code if self._facts.conduct else None
        code = read_conduct(form.row.text(self._conduct_column))
        if isinstance(code, Refused):
            form.refuse(self._conduct_column, code)
        return code


def _evidence_without_abscond(facts: BatchFacts) -> Iterator[Evidence]:
    """What proves that a borrower absconded proves nothing of another conduct."""
    proof = facts.abscond.proof if facts.abscond else None
    for item in facts.evidence:
        proves = tuple(what for what in item.proves if what is not Proves.CONDUCT)
        if item != proof:
            yield item
        elif proves:
            yield attrs.evolve(item, proves=proves)


class _Form:
    """One row being read, with everything that is wrong with it so far."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.faults: list[RowFault] = []

    def take(self, column: str, read: Callable[[str], T | Refused]) -> T | None:
        """What a cell says, or None with its fault noted."""
        value = read(self.row.text(column))
        if isinstance(value, Refused):
            self.refuse(column, value)
            return None
        return value

    def amount(self, column: str) -> Money | None:
        """What an amount's cell says, in the unit of its column."""
        return self.take(column, lambda text: read_amount(text, self.row.unit(column)))

    def make(self, build: Callable[[], T]) -> T | None:
        """A value of the model, or None with its faults noted."""
        try:
            return build()
        except InvalidValueError as error:
            for fault in error.faults:
                column = _FIELD_COLUMNS.get(fault.field, fault.field)
                self.refuse(column, Refused(RefusalKind.VALUE_INVALID, fault.problem))
            return None

    def refuse(self, column: str, refused: Refused) -> None:
        """Note a fault."""
        self.faults.append(RowFault(column, refused.kind, refused.reason))


def _borrower(form: _Form) -> Borrower | None:
    name = form.take(_NAME, _read_name)
    identifier = form.take(_NUMBER, _read_identifier)
    if name is None or identifier is None:
        return None
    return form.make(lambda: Borrower.person(identifier, name=name))


def _read_name(text: str) -> str | Refused:
    name = visible(text)
    if _NAME_MASK.search(name):
        return Refused(RefusalKind.NAME_MASKED, "is masked; the full name is needed")
    if not any(map(str.isalpha, name)):
        return Refused(RefusalKind.NAME_MISSING, "is missing")
    return name


def _read_identifier(text: str) -> Identifier | Refused:
    number = squeeze(text).strip(_QUOTE_MARKS).replace("-", "")
    if _ROUNDED.fullmatch(number):
        problem = "ends in 000: a spreadsheet has probably rounded it"
        return Refused(RefusalKind.IDENTIFIER_DIGITS_LOST, problem)
    older = _OLDER_CARD.fullmatch(number.upper())
    try:
        return PermanentResidentID.parse(text) if older else _resident(text)
    except IdentifierError as error:
        # Its text is the scheme and a fixed problem, never the number.
        return Refused(RefusalKind(f"identifier-{error.kind}"), str(error))


def _resident(text: str) -> Identifier:
    try:
        return ResidentID.parse(text)
    except IdentifierError as error:
        if error.kind is not IdentifierFault.SCHEME:
            raise
    return PermanentResidentID.parse(text)
