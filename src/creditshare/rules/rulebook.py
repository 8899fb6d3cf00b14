"""A rulebook: what must hold before a borrower is listed, as data; and the review by it."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable
from typing import Self

import attrs

from creditshare.arguments import expect
from creditshare.closed import make
from creditshare.crypto.suite import sha256
from creditshare.errors import MisuseError, RulebookError
from creditshare.model import Listing, ListingStatus
from creditshare.model.faults import Faults, as_tuple
from creditshare.rules.checks import CHECKS, Days
from creditshare.rules.citation import Citation, read_citation
from creditshare.rules.cleared import ClearedListing
from creditshare.rules.packaged import packaged
from creditshare.toml import Section

__all__ = ["Reason", "Refused", "Review", "Rule", "Rulebook", "Source", "rulebook"]

_NAMES = {"cn": "cn-credit-reporting"}
_UNITS = {
    "waiting-over": "days",
    "retention": "years",
    "open-conduct-confirmed": "days",
    "of-age": "years",
}
_VALUE_MAX = 36_500


class Source(enum.StrEnum):
    """Where a rule's value comes from."""

    LAW = "law"
    POLICY = "policy"


@attrs.frozen
class Rule:
    """One rule.

    Attributes:
        id: Stable, such as ``"CN-CR-NOTICE"``.
        check: The function of `checks` that evaluates it.
        requires: What it asks for, in English.
        requires_zh: The same in Chinese.
        citation: Where it stands.
        source: LAW if the number or duty stands in the cited text, POLICY if it is ours.
        verified: Whether the cited text was read in a stored source.
        value: Its number, 0 if it has none.
        unit: What the number counts: ``"days"``, ``"years"`` or nothing.
    """

    id: str
    check: str
    requires: str
    requires_zh: str
    citation: Citation
    source: Source
    verified: bool
    value: int = 0
    unit: str = ""

    def __attrs_post_init__(self) -> None:
        faults = Faults("rule")
        for field in ("id", "requires", "requires_zh"):
            faults.text(field, getattr(self, field), limit=500)
        faults.kind("source", self.source, Source)
        faults.kind("verified", self.verified, bool)
        faults.kind("citation", self.citation, Citation)
        if not isinstance(self.check, str) or self.check not in CHECKS:
            faults.add("check", "nothing evaluates it")
            faults.raise_any()
        unit = _UNITS.get(self.check, "")
        faults.check("unit", self.unit == unit, f"must be {unit or 'left out'} for this check")
        if self.unit:
            faults.number("value", self.value, 1, _VALUE_MAX)
        else:
            left_out = type(self.value) is int and self.value == 0
            faults.check("value", left_out, "must be left out for this check")
        faults.raise_any()


@attrs.frozen
class Reason:
    """Why a listing was refused, without any personal data.

    Attributes:
        rule: The rule, with its citation.
        problem: What is wrong.
    """

    rule: Rule
    problem: str

    def __str__(self) -> str:
        note = "" if self.rule.verified else "; unverified"
        origin = "policy; " if self.rule.source is Source.POLICY else ""
        return f"{self.rule.id}: {self.problem} [{origin}{self.rule.citation}{note}]"


@attrs.frozen
class Refused:
    """A listing that may not be recorded.

    Attributes:
        listing: The draft.
        reasons: Every reason at once, in the rulebook's order.
    """

    listing: Listing
    reasons: tuple[Reason, ...]


@attrs.frozen
class Review:
    """What became of each listing.

    Attributes:
        cleared: What `Ledger.record` takes.
        refused: What it never gets to see.
    """

    cleared: tuple[ClearedListing, ...]
    refused: tuple[Refused, ...]


@attrs.frozen
class Rulebook:
    """The rules of one regime, in one version.

    Attributes:
        id: Such as ``"cn-credit-reporting"``.
        version: Of the rulebook, not of the law.
        jurisdiction: ISO 3166-1 alpha-2.
        title: In English.
        title_zh: In Chinese.
        rules: In the order in which reasons are told.
        digest: SHA-256 of all of the above.

    Raises:
        RulebookError: if a safeguard is missing: no rulebook clears a listing without each of the
            checks, whatever the values.
    """

    id: str
    version: str
    jurisdiction: str
    title: str
    title_zh: str
    rules: tuple[Rule, ...] = attrs.field(converter=as_tuple)
    digest: bytes = attrs.field(init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        expect(Rule, **{f"rule_{number}": rule for number, rule in enumerate(self.rules, 1)})
        ids = [rule.id for rule in self.rules]
        if len(set(ids)) != len(ids):
            raise RulebookError("rule: an id stands twice")
        missing = set(CHECKS) - {rule.check for rule in self.rules}
        if missing:
            raise RulebookError(f"rule: nothing asks for {', '.join(sorted(missing))}")
        object.__setattr__(self, "digest", sha256(repr(self._content()).encode()))

    def _content(self) -> tuple[object, ...]:
        head = (self.id, self.version, self.jurisdiction, self.title, self.title_zh)
        return (*head, *(attrs.astuple(rule) for rule in self.rules))

    @property
    def name(self) -> str:
        """``id@version#digest``, the digest shortened: what a cleared listing remembers."""
        return f"{self.id}@{self.version}#{self.digest.hex()[:16]}"

    @classmethod
    def from_toml(cls, text: str) -> Self:
        """Read a rulebook.

        Raises:
            RulebookError: naming the place, for a missing, unknown or mistyped entry, a rule that
                nothing evaluates, or a safeguard that no rule asks for.
        """
        document = Section.of(text)
        head = document.needed("rulebook")
        rules = tuple(map(_read_rule, document.sections("rule")))
        document.end()
        book = cls(
            id=head.take("id", str),
            version=head.take("version", str),
            jurisdiction=head.take("jurisdiction", str),
            title=head.take("title", str),
            title_zh=head.take("title_zh", str),
            rules=rules,
        )
        head.end()
        return book

    def review(self, listings: Iterable[Listing], *, on: dt.date) -> Review:
        """Review listings.

        Args:
            listings: Drafts.
            on: The day of the review in UTC, such as ``now.date()`` of a UTC `now`: what begins on
                a day begins no earlier than that day does in UTC.

        Returns:
            What was cleared and what was refused, each in the order given.
        """
        expect(Iterable, listings=listings)
        cleared: list[ClearedListing] = []
        refused: list[Refused] = []
        for listing in listings:
            result = self.review_one(listing, on=on)
            if isinstance(result, ClearedListing):
                cleared.append(result)
            else:
                refused.append(result)
        return Review(tuple(cleared), tuple(refused))

    def review_one(self, listing: Listing, *, on: dt.date) -> ClearedListing | Refused:
        """Review one listing, for streams that do not fit in memory.

        Args:
            listing: A draft.
            on: The day of the review, as for `review`.

        Returns:
            The cleared listing, or the refusal with every reason.

        Raises:
            MisuseError: for anything that is not a draft, or a day with a time.
        """
        if not isinstance(listing, Listing) or type(on) is not dt.date:
            raise MisuseError("review takes listings, and a date without a time")
        if listing.status is not ListingStatus.LISTED:
            raise MisuseError("review takes drafts, whose status is LISTED")
        reasons: list[Reason] = []
        first, last = dt.date.min, dt.date.max
        for rule in self.rules:
            outcome = CHECKS[rule.check](listing, rule.value, on)
            if isinstance(outcome, Days):
                first = max(first, outcome.first or first)
                last = min(last, outcome.last or last)
                outcome = None if outcome.include(on) else _wrong_day(rule, outcome, on)
            if outcome is not None:
                reasons.append(Reason(rule, outcome))
        if reasons:
            return Refused(listing, tuple(reasons))
        return make(
            ClearedListing, listing=listing, rulebook=self.name, first_day=first, last_day=last
        )


def rulebook(name: str) -> Rulebook:
    """A rulebook that comes with the library.

    Args:
        name: ``"cn"``, or a full id such as ``"cn-credit-reporting"``.

    Raises:
        RulebookError: if there is none of that name.
    """
    expect(str, name=name)
    return Rulebook.from_toml(packaged(_NAMES.get(name, name)))


def _read_rule(table: Section) -> Rule:
    rule = table.make(
        lambda: Rule(
            id=table.take("id", str),
            check=table.take("check", str),
            requires=table.take("requires", str),
            requires_zh=table.take("requires_zh", str),
            citation=read_citation(table),
            source=table.choice("source", Source),
            verified=table.take("verified", bool),
            value=table.find("value", int) or 0,
            unit=table.find("unit", str) or "",
        )
    )
    table.end()
    return rule


def _wrong_day(rule: Rule, days: Days, on: dt.date) -> str:
    if rule.check == "of-age":
        return "a minor"  # the day would tell the birth date
    if days.first is not None and on < days.first:
        return f"holds only from {days.first.isoformat()}"
    return f"held only until {days.last.isoformat() if days.last else ''}"
