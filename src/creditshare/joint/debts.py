"""Which reports are of one debt, which may be, and what is owed without counting twice.

Original creditor, custodian, bureau and court may all list one debt, and it may be sold and
restated. Reports that agree in creditor, default date, currency, principal and the person's role
are of one debt. Reports of different issuers that agree in currency and at least one of creditor,
date and principal resemble each other: they may be of one debt and may be of two, so they are
shown side by side and never merged, and what is owed is told as a range. What the person owes and
what others owe, for whom the person answers, is never added up.
"""

from __future__ import annotations

import datetime as dt
import enum
import itertools
from collections import Counter
from collections.abc import Iterable, Sequence

import attrs

from creditshare.model import BorrowerRole
from creditshare.model.faults import Faults, as_tuple
from creditshare.model.folding import fold_name
from creditshare.screening import Match

__all__ = ["Debt", "DebtFact", "Owed", "Resemblance", "join", "owed", "resemblances"]


class DebtFact(enum.StrEnum):
    """By what debts are told apart; the currency goes with the principal."""

    CREDITOR = "creditor"
    DEFAULT_DATE = "default-date"
    PRINCIPAL = "principal"
    ROLE = "role"


@attrs.frozen(repr=False)
class Debt:
    """One debt, as one or several issuers report it.

    Attributes:
        reports: The listings that report it. If there are several, they agree in creditor (widths,
            case and spaces apart), default date, currency, principal and role. Each tells the
            person's statement, and whether it is disputed.
    """

    reports: tuple[Match, ...] = attrs.field(converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        faults = Faults("debt")
        faults.items("reports", self.reports, Match, 100_000)
        faults.check("reports", bool(self.reports), "there must be one at least")
        faults.raise_any()

    @property
    def joined_by(self) -> tuple[DebtFact, ...]:
        """In what its reports agree, so that they are one debt; empty for a single report."""
        return tuple(DebtFact) if len(self.reports) > 1 else ()

    @property
    def role(self) -> BorrowerRole:
        """In which role the person stands towards it: it may be somebody else's."""
        return self.reports[0].listing.borrower.role

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
        differ: What differs, or, of a default date, is not told. The rest agrees, and the currency.
    """

    first: Debt
    second: Debt
    differ: tuple[DebtFact, ...] = attrs.field(converter=as_tuple)


@attrs.frozen(repr=False)
class Owed:
    """What is owed in one currency, in one role. Currencies and roles are never added up.

    Attributes:
        currency: ISO 4217.
        role: In which role the person stands. Only a BORROWER's debts are its own.
        least: As if all debts that resemble each other were one, or as many as one issuer lists of
            them, each at the least that a report says, in minor units. It is no lower bound: a debt
            that was sold and is restated in everything resembles nothing, and counts twice.
        most: As if none of them were, each at the most.
    """

    currency: str
    role: BorrowerRole
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
        facts = _facts(match)
        alone = (match.origin, match.listing_id)
        groups.setdefault(facts if facts[1] else alone, []).append(match)
    return tuple(map(Debt, groups.values()))


def resemblances(debts: Sequence[Debt]) -> tuple[Resemblance, ...]:
    """The pairs that may be one debt: no issuer lists both, and they agree in something.

    An issuer that lists two debts says that they are two.
    """
    found = []
    for first, second in itertools.combinations(debts, 2):
        differ = _difference(first, second)
        if differ and _origins(first).isdisjoint(_origins(second)):
            found.append(Resemblance(first, second, differ))
    return tuple(found)


def owed(debts: Sequence[Debt], alike: Iterable[Resemblance]) -> tuple[Owed, ...]:
    """What is owed, a currency and a role a row, sorted."""
    groups = {id(debt): [debt] for debt in debts}
    for pair in alike:
        first, second = groups[id(pair.first)], groups[id(pair.second)]
        if first is not second and pair.first.role is pair.second.role:
            first += second
            groups |= {id(debt): first for debt in second}
    least: Counter[tuple[str, BorrowerRole]] = Counter()
    most: Counter[tuple[str, BorrowerRole]] = Counter()
    for group in {id(group): group for group in groups.values()}.values():
        key = group[0].currency, group[0].role
        least[key] += _least(group)
        most[key] += sum(debt.most for debt in group)
    order = tuple(BorrowerRole)
    return tuple(
        Owed(*key, least[key], most[key])
        for key in sorted(least, key=lambda key: (key[0], order.index(key[1])))
    )


def _least(group: Sequence[Debt]) -> int:
    """What is owed at the least of debts that may be one: as many as one issuer lists are not."""
    listed = Counter(origin for debt in group for origin in _origins(debt))
    return sum(sorted(debt.least for debt in group)[: max(listed.values())])


def _facts(match: Match) -> tuple[str, dt.date | None, tuple[str, int], BorrowerRole]:
    debt = match.listing.obligation
    principal = debt.principal.currency, debt.principal.minor
    return fold_name(debt.creditor), debt.default_date, principal, match.listing.borrower.role


def _difference(first: Debt, second: Debt) -> tuple[DebtFact, ...]:
    """In what two debts differ; empty if they resemble each other in nothing."""
    (creditor, since, principal, role), (others, then, again, another) = (
        _facts(debt.reports[0]) for debt in (first, second)
    )
    same = {
        DebtFact.CREDITOR: creditor == others,
        DebtFact.DEFAULT_DATE: since is not None and since == then,
        DebtFact.PRINCIPAL: principal == again,
    }
    if principal[0] != again[0] or not any(same.values()):
        return ()
    same[DebtFact.ROLE] = role is another
    return tuple(fact for fact, agrees in same.items() if not agrees)


def _origins(debt: Debt) -> set[str]:
    return {match.origin for match in debt.reports}
