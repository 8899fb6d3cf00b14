"""Which reports are of one debt, which may be, and what is owed without counting twice.

Original creditor, custodian, bureau and court may all list one debt. Reports that agree in
creditor, default date, currency and principal are of one debt. Reports of different issuers that
agree in all but one of these resemble each other: they may be of one debt and may be of two, so
they are shown side by side and never merged, and what is owed is told as a range.
"""

from __future__ import annotations

import datetime as dt
import enum
import itertools
from collections.abc import Iterable, Sequence

import attrs

from creditshare.model.faults import as_tuple
from creditshare.model.folding import fold_name
from creditshare.screening import Match

__all__ = ["Debt", "DebtFact", "Owed", "Resemblance", "join", "owed", "resemblances"]


class DebtFact(enum.StrEnum):
    """By what debts are told apart; the currency goes with the principal."""

    CREDITOR = "creditor"
    DEFAULT_DATE = "default-date"
    PRINCIPAL = "principal"


@attrs.frozen(repr=False)
class Debt:
    """One debt, as one or several issuers report it.

    Attributes:
        reports: The listings that report it. If there are several, they agree in creditor (widths,
            case and spaces apart), default date, currency and principal.
    """

    reports: tuple[Match, ...] = attrs.field(converter=as_tuple)

    @property
    def joined_by(self) -> tuple[DebtFact, ...]:
        """In what its reports agree, so that they are one debt; empty for a single report."""
        return tuple(DebtFact) if len(self.reports) > 1 else ()

    @property
    def currency(self) -> str:
        """ISO 4217."""
        return self.reports[0].listing.obligation.principal.currency

    @property
    def least(self) -> int:
        """The least that any report says is still owed, in minor units."""
        return min(match.listing.obligation.outstanding.minor for match in self.reports)

    @property
    def most(self) -> int:
        """The most that any report says is still owed, in minor units."""
        return max(match.listing.obligation.outstanding.minor for match in self.reports)

    def __repr__(self) -> str:
        return f"<Debt reported by {len(self.reports)} (hidden)>"


@attrs.frozen
class Resemblance:
    """That two debts may be one.

    Attributes:
        first: One of them.
        second: The other, which other issuers report.
        differ: What differs, or, of a default date, what is not told. All else agrees.
    """

    first: Debt
    second: Debt
    differ: DebtFact


@attrs.frozen(repr=False)
class Owed:
    """What is owed in one currency. Currencies are never added up.

    Attributes:
        currency: ISO 4217.
        least: As if all debts that resemble each other were one, each at the least that a report
            says, in minor units.
        most: As if none of them were, each at the most.
    """

    currency: str
    least: int
    most: int

    def __repr__(self) -> str:
        return f"<Owed in {self.currency} (hidden)>"


def join(matches: Iterable[Match]) -> tuple[Debt, ...]:
    """The debts that matches report, each once, in the order in which they come up.

    A report that tells no default date is joined with no other.
    """
    groups: dict[object, list[Match]] = {}
    for match in matches:
        creditor, since, principal = _facts(match)
        alone = (match.origin, match.listing_id)
        groups.setdefault((creditor, since, principal) if since else alone, []).append(match)
    return tuple(map(Debt, groups.values()))


def resemblances(debts: Sequence[Debt]) -> tuple[Resemblance, ...]:
    """The pairs that may be one debt: no issuer lists both, and one fact alone differs.

    An issuer that lists two debts says that they are two.
    """
    found = []
    for first, second in itertools.combinations(debts, 2):
        differ = _difference(first, second)
        if differ is not None and _origins(first).isdisjoint(_origins(second)):
            found.append(Resemblance(first, second, differ))
    return tuple(found)


def owed(debts: Sequence[Debt], alike: Iterable[Resemblance]) -> tuple[Owed, ...]:
    """What is owed, a currency a row, sorted."""
    groups = {id(debt): [debt] for debt in debts}
    for pair in alike:
        first, second = groups[id(pair.first)], groups[id(pair.second)]
        if first is not second:
            first += second
            groups |= {id(debt): first for debt in second}
    least: dict[str, int] = {}
    for group in {id(group): group for group in groups.values()}.values():
        currency = group[0].currency
        least[currency] = least.get(currency, 0) + min(debt.least for debt in group)
    return tuple(
        Owed(currency, least[currency], sum(d.most for d in debts if d.currency == currency))
        for currency in sorted(least)
    )


def _facts(match: Match) -> tuple[str, dt.date | None, tuple[str, int]]:
    debt = match.listing.obligation
    principal = debt.principal.currency, debt.principal.minor
    return fold_name(debt.creditor), debt.default_date, principal


def _difference(first: Debt, second: Debt) -> DebtFact | None:
    """The one fact in which two debts of one currency differ, or None if it is more than one."""
    (creditor, since, principal), (others, then, again) = (
        _facts(debt.reports[0]) for debt in (first, second)
    )
    if principal[0] != again[0]:
        return None
    differ = [
        fact
        for fact, same in (
            (DebtFact.CREDITOR, creditor == others),
            (DebtFact.DEFAULT_DATE, since is not None and since == then),
            (DebtFact.PRINCIPAL, principal == again),
        )
        if not same
    ]
    two_days = since is not None and then is not None and since != then
    return differ[0] if len(differ) == 1 and not two_days else None


def _origins(debt: Debt) -> set[str]:
    return {match.origin for match in debt.reports}
