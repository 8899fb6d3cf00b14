"""One rule of a rulebook, and the setting in which it is asked."""

from __future__ import annotations

import datetime as dt
import enum
import functools
from collections.abc import Iterable
from typing import Any

import attrs

from creditshare.calendars import Span, Unit
from creditshare.errors import MisuseError
from creditshare.identifiers import Holder
from creditshare.model import BasisKind, BorrowerRole, ConductCode, Listing, Severity
from creditshare.model.currency import CURRENCIES, decimals
from creditshare.model.faults import Faults, as_tuple
from creditshare.roster import RosterEntry
from creditshare.rules.citation import Citation, read_citation
from creditshare.rules.measure import Measure
from creditshare.toml import Section

__all__ = ["UNITS", "Rule", "Setting", "Source", "When", "read_rule"]

UNITS = tuple(Unit)
"""What a span of time can be counted in; other numbers are per cent or money of a currency."""
_VALUE_MAX = 10**12
_OPTIONS_MAX = 100


class Source(enum.StrEnum):
    """Where a rule's value comes from."""

    LAW = "law"
    POLICY = "policy"


@attrs.frozen
class Setting:
    """What a rule may ask beside the listing itself.

    Attributes:
        on: The day of the review.
        issuer: Who would list.
        listed: The day on which it was first listed, for a listing that is reviewed again.
        measures: Those that can be asked for, with what the rulebook turns on.
        repeated: Whether the same case stood earlier in the same review.
    """

    on: dt.date
    issuer: RosterEntry
    listed: dt.date | None = None
    measures: tuple[Measure, ...] = ()
    repeated: bool = False


@attrs.frozen
class When:
    """For which listings a rule is asked at all; what is empty asks for nothing.

    Attributes:
        conducts: The conduct is one of these.
        holders: The borrower is one of these.
        roles: Towards the debt.
        severities: How serious the conduct is.
        bases: The kind of the legal basis.
    """

    conducts: frozenset[ConductCode] = frozenset()
    holders: frozenset[Holder] = frozenset()
    roles: frozenset[BorrowerRole] = frozenset()
    severities: frozenset[Severity] = frozenset()
    bases: frozenset[BasisKind] = frozenset()

    def met(self, listing: Listing) -> bool:
        """Whether a listing is one of those."""
        conduct, basis, who = listing.conduct, listing.basis, listing.borrower
        return (
            (not self.conducts or (conduct is not None and conduct.code in self.conducts))
            and (not self.holders or who.holder in self.holders)
            and (not self.roles or who.role in self.roles)
            and (not self.severities or listing.severity in self.severities)
            and (not self.bases or (basis is not None and basis.kind in self.bases))
        )

    def to_dict(self) -> dict[str, list[str]]:
        """What stands in a rulebook's file, sorted."""
        named = {
            name: sorted(str(item) for item in getattr(self, name))
            for name in ("conducts", "holders", "roles", "severities", "bases")
        }
        return {name: items for name, items in named.items() if items}


ANY = When()


@attrs.frozen
class Rule:
    """One rule.

    Exactly one of `check`, `deadline` and `enables` says who evaluates it: a function of the
    review, a term in the life of a listing, or the catalogue of measures.

    Attributes:
        id: Stable, such as ``"CN-CR-WAITING"``.
        requires: What it asks for, in English.
        requires_zh: The same in Chinese.
        citation: Where it stands.
        source: LAW if the number or duty stands in the cited text, POLICY if it is ours.
        verified: Whether the cited text was read in a stored source.
        check: The name of a check in `creditshare.rules.checks`.
        deadline: The name of a deadline in `creditshare.rules.deadlines`.
        enables: The code of a doubtful measure of a packaged catalogue that this rule turns on.
        value: Its number, 0 if it has none.
        unit: What the number counts: one of `UNITS`, ``"percent"``, or a currency of ISO 4217 for
            whole units of money; empty if there is no number.
        options: What else the check or deadline takes.
        when: For which listings it is asked.
        begins: The first day on which it is in force; None if it always was.
        ends: The last such day; None if it has none.
    """

    id: str
    requires: str
    requires_zh: str
    citation: Citation
    source: Source
    verified: bool
    check: str = ""
    deadline: str = ""
    enables: str = ""
    value: int = 0
    unit: str = ""
    options: tuple[str, ...] = attrs.field(default=(), converter=as_tuple)
    when: When = ANY
    begins: dt.date | None = None
    ends: dt.date | None = None

    def __attrs_post_init__(self) -> None:
        faults = Faults("rule")
        for field in ("id", "requires", "requires_zh"):
            faults.text(field, getattr(self, field), limit=500, trimmed=True)
        faults.kind("source", self.source, Source)
        faults.kind("verified", self.verified, bool)
        faults.kind("citation", self.citation, Citation)
        faults.kind("when", self.when, When)
        for field in ("check", "deadline", "enables"):
            if getattr(self, field) != "":
                faults.text(field, getattr(self, field), limit=100)
        evaluators = [self.check, self.deadline, self.enables]
        one = len([name for name in evaluators if name != ""]) == 1
        faults.check("check", one, "one of check, deadline, enables must be named, and only one")
        faults.items("options", self.options, str, _OPTIONS_MAX)
        faults.number("value", self.value, 0, _VALUE_MAX)
        faults.check("unit", _is_unit(self.unit), "must be a unit of time, percent or a currency")
        for field in ("begins", "ends"):
            faults.day(field, getattr(self, field), optional=True)
        faults.raise_any()
        in_order = self.begins is None or self.ends is None or self.begins <= self.ends
        faults.check("ends", in_order, "before it begins")
        faults.raise_any()

    @functools.cached_property
    def span(self) -> Span:
        """Its number, where that is a length of time.

        Raises:
            MisuseError: where it is none.
        """
        if self.unit not in UNITS:
            raise MisuseError("this rule's number is no length of time")
        return Span(self.value, Unit(self.unit))

    @property
    def is_money(self) -> bool:
        """Whether its number is an amount."""
        return self.unit in CURRENCIES

    @property
    def minor(self) -> int:
        """Its amount in minor units of its currency; of no other rule anything."""
        return self.value * int(10 ** decimals(self.unit))

    @property
    def is_unconditional(self) -> bool:
        """Whether it is asked of everybody on every day."""
        return self.when == ANY and self.begins is None and self.ends is None

    @property
    def source_words(self) -> str:
        """Its citation, and whether it is policy or unverified: said wherever it decides."""
        policy = "policy; " if self.source is Source.POLICY else ""
        return f"{policy}{self.citation}{'' if self.verified else '; unverified'}"

    def in_force(self, day: dt.date) -> bool:
        """Whether it is law on that day."""
        return (self.begins is None or self.begins <= day) and (
            self.ends is None or day <= self.ends
        )

    def to_dict(self) -> dict[str, Any]:
        """What stands in a rulebook's file; what is left out there is left out here."""
        plain: dict[str, Any] = {
            "id": self.id,
            "requires": self.requires,
            "requires_zh": self.requires_zh,
            "citation": self.citation.to_dict(),
            "source": self.source.value,
            "verified": self.verified,
            "check": self.check,
            "deadline": self.deadline,
            "enables": self.enables,
            "unit": self.unit,
            "options": list(self.options),
            "when": self.when.to_dict(),
            "begins": self.begins and self.begins.isoformat(),
            "ends": self.ends and self.ends.isoformat(),
        }
        told = {name: value for name, value in plain.items() if value not in ("", [], {}, None)}
        return told | ({"value": self.value} if self.unit else {})


def read_rule(table: Section) -> Rule:
    """A table ``[[rule]]``.

    Raises:
        RulebookError: naming the place.
    """
    rule = table.make(
        lambda: Rule(
            id=table.take("id", str),
            requires=table.take("requires", str),
            requires_zh=table.take("requires_zh", str),
            citation=read_citation(table),
            source=table.choice("source", Source),
            verified=table.take("verified", bool),
            check=table.find("check", str) or "",
            deadline=table.find("deadline", str) or "",
            enables=table.find("enables", str) or "",
            value=table.find("value", int) or 0,
            unit=table.find("unit", str) or "",
            options=table.find("options", list) or (),
            when=_read_when(table),
            begins=table.find("begins", dt.date),
            ends=table.find("ends", dt.date),
        )
    )
    table.end()
    return rule


def _read_when(table: Section) -> When:
    when = table.section("when")
    if when is None:
        return ANY
    found = When(
        conducts=_optional(when, "conducts", ConductCode),
        holders=_optional(when, "holders", Holder),
        roles=_optional(when, "roles", BorrowerRole),
        severities=_optional(when, "severities", Severity),
        bases=_optional(when, "bases", BasisKind),
    )
    when.end()
    if found == ANY:
        raise table.refuse("when", "must not be empty")
    return found


def _optional(table: Section, key: str, choices: type[Any]) -> frozenset[Any]:
    found: Iterable[Any] = table.choices(key, choices) if table.holds(key) else ()
    return frozenset(found)


def _is_unit(unit: object) -> bool:
    return isinstance(unit, str) and (unit in ("", "percent", *UNITS) or unit in CURRENCIES)
