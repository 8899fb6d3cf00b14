"""The list of wilful defaulters that Indian lenders file (RBI directions of 2024-07-30).

The list names companies, and its own columns hold no number that identifies one. So a row is
listed only by a corporate identity number, PAN or LEI in a further column; without any it is
refused. Directors and partners are not carried: nobody is listed for a company's default.

- Days stand before months: ``08/03/2019`` is the 8th of March.
- An amount tells its unit (rupees, lakh, crore) in its cell, its column's name or above; without
  one it is refused.
- The conduct (diversion, siphoning and so on) is not in the list: it comes from the batch. It
  counts from the day of declaration, unless the batch tells the days.
- The default date is the batch's, or else the NPA date: the account was in default by then.
- Principal, basis, notice and evidence come from the batch. What amounts the directions ask for is
  the rulebook's to judge.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator, Mapping

from creditshare.identifiers import Identifier
from creditshare.layouts.base import Column, Layout, Row
from creditshare.layouts.money import RUPEES
from creditshare.layouts.numbers import read_scheme
from creditshare.layouts.refusal import RefusalKind, Refused
from creditshare.layouts.values import read_conduct, read_day_first, read_name
from creditshare.model import Borrower, Conduct, ConductCode, Listing, Obligation

__all__ = ["LAYOUT"]

_COMPANY = "Company"
_OUTSTANDING = "Outstanding"
_NPA = "NPA date"
_DECLARED = "Declared date"
_SCHEMES = {"CIN": "in-cin", "PAN": "in-pan", "LEI": "lei"}


def _listing(row: Row) -> Listing | None:
    borrower = _borrower(row)
    npa = row.take(_NPA, read_day_first)
    declared = row.take(_DECLARED, read_day_first)
    if npa and declared and declared < npa:
        problem = "before the account was non-performing"
        row.refuse(_DECLARED, Refused(RefusalKind.VALUE_INVALID, problem))
    obligation = _obligation(row, npa)
    conduct = _conduct(row, declared)
    return row.listing(borrower, obligation, conduct)


def _borrower(row: Row) -> Borrower | None:
    name = row.take(_COMPANY, read_name)
    numbers = tuple(_numbers(row))
    if all(map(row.blank, _SCHEMES)):
        problem = f"none of {', '.join(_SCHEMES)}: a name alone never identifies"
        row.refuse(_COMPANY, Refused(RefusalKind.IDENTIFIER_EMPTY, problem))
    if name is None or not numbers:
        return None
    return row.make(lambda: Borrower.organisation(*numbers, name=name), name=_COMPANY)


def _numbers(row: Row) -> Iterator[Identifier]:
    for column, scheme in _SCHEMES.items():
        if not row.blank(column):
            number = row.number_in(column, functools.partial(read_scheme, scheme))
            if number is not None:
                yield number


def _obligation(row: Row, npa: dt.date | None) -> Obligation | None:
    outstanding = row.amount(_OUTSTANDING)
    principal = row.amount_of_batch("principal")
    told = row.told_by_batch("default_date")
    since = row.default_of_batch(read_day_first) if told else npa
    if principal is None or outstanding is None or since is None:
        return None
    return row.make(lambda: Obligation(row.batch.creditor, principal, outstanding, since))


def _conduct(row: Row, declared: dt.date | None) -> Conduct | None:
    facts = row.batch.conduct
    if facts is None:
        problem = "neither the row nor the batch tells it"
        row.refuse("conduct", Refused(RefusalKind.CONDUCT_MISSING, problem))
        return None
    code = facts.code
    if facts.column is not None:
        code = row.take(facts.column, functools.partial(_read_code, terms=row.batch.terms))
    if code is None or declared is None:
        return None
    told = code
    return row.make(lambda: facts.of(told, declared), start=_DECLARED, end=_DECLARED)


def _read_code(text: str, terms: Mapping[str, ConductCode]) -> ConductCode | Refused:
    return read_conduct(text, terms) or Refused(RefusalKind.CONDUCT_MISSING, "is missing")


LAYOUT = Layout(
    name="rbi-wilful",
    title="Wilful defaulters, Reserve Bank of India",
    columns=(
        Column(
            _COMPANY,
            "the organisation's name",
            also=("Name of company", "Company name", "Name of the borrower", "Party", "Borrower"),
        ),
        Column("CIN", "corporate identity number; one of these three is needed", needed=False),
        Column("PAN", "permanent account number", needed=False),
        Column("LEI", "legal entity identifier", needed=False),
        Column(
            _OUTSTANDING,
            "what is owed, with its unit",
            also=("Outstanding amount", "Amount outstanding"),
            amount=True,
        ),
        Column(_NPA, "the default date, unless the batch tells it", also=("Date of NPA",)),
        Column(
            _DECLARED,
            "the first day of the conduct, unless the batch tells it",
            also=("Date declared", "Date of declaration"),
        ),
    ),
    read=_listing,
    takes=(
        *("basis", "notice", "decision", "evidence", "conduct", "terms"),
        *("obligation.principal", "obligation.default_date"),
    ),
    dropped=(
        ("Serial", "the source's own number"),
        ("Zone", "not needed"),
        ("Branch", "not needed"),
        ("Customer ID", "the lender's own number"),
        ("Directors", "a listing never spills over to partners or directors"),
    ),
    money=RUPEES,
)
