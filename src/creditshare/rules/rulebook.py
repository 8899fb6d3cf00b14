"""A rulebook: what must hold before a borrower is listed, as data; and the review by it."""

from __future__ import annotations

import datetime as dt
import functools
import json
import unicodedata
from collections.abc import Iterable
from typing import Any, Self

import attrs

from creditshare.arguments import expect
from creditshare.closed import make
from creditshare.crypto.suite import sha256
from creditshare.errors import MisuseError, RulebookError
from creditshare.model import Listing, ListingStatus
from creditshare.model.faults import Faults, as_tuple
from creditshare.roster import RosterEntry
from creditshare.rules.checks import CHECKS, PROBLEMS, SAFEGUARDS, Check, Days
from creditshare.rules.citation import Citation
from creditshare.rules.cleared import ClearedListing
from creditshare.rules.deadlines import DEADLINES
from creditshare.rules.measures import MeasureCatalogue
from creditshare.rules.packaged import packaged
from creditshare.rules.problem import Problem
from creditshare.rules.rule import ANY, UNITS, Rule, Setting, Source, read_rule
from creditshare.toml import Section

__all__ = ["Reason", "Refused", "Review", "Rulebook", "rulebook"]

_NAMES = {
    "cn": "cn-credit-reporting",
    "in": "in-rbi",
    "uk": "uk-credit-reference",
    "us": "us-fcra",
    "eu": "eu-gdpr",
}
_HEAD = ("id", "version", "jurisdiction", "title", "title_zh")


@attrs.frozen
class Reason:
    """Why a listing was refused, without any personal data.

    Attributes:
        rule: The rule, with its citation.
        problem: What is wrong, and what would cure it, in both languages.
    """

    rule: Rule
    problem: Problem

    def __str__(self) -> str:
        note = "" if self.rule.verified else "; unverified"
        origin = "policy; " if self.rule.source is Source.POLICY else ""
        return f"{self.rule.id}: {self.problem} [{origin}{self.rule.citation}{note}]"

    def in_chinese(self) -> str:
        """The same in Chinese."""
        note = "" if self.rule.verified else "；未核实"
        origin = "自定政策；" if self.rule.source is Source.POLICY else ""
        return f"{self.rule.id}：{self.problem.zh}〔{origin}{self.rule.citation}{note}〕"


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
        jurisdiction: ISO 3166-1 alpha-2, or ``"EU"``.
        title: In English.
        title_zh: In Chinese.
        rules: In the order in which reasons are told.
        digest: SHA-256 of all of the above: of `to_json` in UTF-8.

    Raises:
        RulebookError: if a safeguard is missing: no rulebook clears a listing without each of
            `checks.SAFEGUARDS`, whatever the values; or if a rule asks for what nothing evaluates.
    """

    id: str
    version: str
    jurisdiction: str
    title: str
    title_zh: str
    rules: tuple[Rule, ...] = attrs.field(converter=as_tuple)
    digest: bytes = attrs.field(init=False, eq=False)
    _checked: tuple[tuple[Rule, Check], ...] = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        faults = Faults("rulebook")
        for name in _HEAD:
            faults.text(name, getattr(self, name), limit=200)
        faults.items("rules", self.rules, Rule, 1000)
        faults.raise_any()
        ids = [rule.id for rule in self.rules]
        if len(set(ids)) != len(ids):
            raise RulebookError("rule: an id stands twice")
        for rule in self.rules:
            _check_rule(rule)
        checked = tuple((rule, CHECKS[rule.check]) for rule in self.rules if rule.check)
        _check_safeguards(rule for rule, _ in checked)
        object.__setattr__(self, "_checked", checked)
        object.__setattr__(self, "digest", sha256(self.to_json().encode()))

    @functools.cached_property
    def name(self) -> str:
        """``id@version#digest``, the digest shortened: what a listing remembers."""
        return f"{self.id}@{self.version}#{self.digest.hex()[:16]}"

    def deadlines(self, name: str, on: dt.date, listing: Listing | None = None) -> tuple[Rule, ...]:
        """The rules in force that give a term its length.

        Args:
            name: One of `creditshare.rules.deadlines.DEADLINES`.
            on: The day from which the term runs.
            listing: If given, only rules that are asked for it.
        """
        return tuple(
            rule
            for rule in self.rules
            if rule.deadline == name
            and rule.in_force(on)
            and (listing is None or rule.when.met(listing))
        )

    def enabled(self, on: dt.date) -> dict[str, Citation]:
        """The doubtful measures that this rulebook turns on, each with its citation there."""
        return {
            rule.enables: rule.citation for rule in self.rules if rule.enables and rule.in_force(on)
        }

    # -- as data -----------------------------------------------------------------------------

    @classmethod
    def from_toml(cls, text: str) -> Self:
        """Read a rulebook.

        A rulebook that `extends` a packaged one takes over its rules; a rule with an id that
        stands there replaces it, and must cite something of its own.

        Raises:
            RulebookError: naming the place, for a missing, unknown or mistyped entry, a rule that
                nothing evaluates, or a safeguard that no rule asks for.
        """
        return cls._read(Section.of(text))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote.

        Raises:
            RulebookError: for anything else.
        """
        expect(str, text=text)
        try:
            values = json.loads(text, parse_float=_refuse)
        except (ValueError, RecursionError):
            raise RulebookError("not JSON") from None
        if not isinstance(values, dict):
            raise RulebookError("not a rulebook")
        for rule in values.get("rule", ()):
            for key in ("begins", "ends"):
                if isinstance(rule, dict) and isinstance(rule.get(key), str):
                    rule[key] = _day(rule[key])
        return cls._read(Section("", values))

    @classmethod
    def _read(cls, document: Section) -> Self:
        head = document.needed("rulebook")
        own = tuple(map(read_rule, document.sections("rule")))
        document.end()
        base = head.find("extends", str)
        inherited = () if base is None else rulebook(base).rules
        book = head.make(
            lambda: cls(
                id=head.take("id", str),
                version=head.take("version", str),
                jurisdiction=head.take("jurisdiction", str),
                title=head.take("title", str),
                title_zh=head.take("title_zh", str),
                rules=_overridden(inherited, own),
            )
        )
        head.end()
        return book

    def to_dict(self) -> dict[str, Any]:
        """The tables of the file; what it extends is written out."""
        head = {name: getattr(self, name) for name in _HEAD}
        return {"rulebook": head, "rule": [rule.to_dict() for rule in self.rules]}

    def to_json(self) -> str:
        """`to_dict` as JSON in one spelling: keys sorted, no spaces, nothing escaped needlessly.

        Returns:
            The text; its SHA-256 in UTF-8 is the digest.
        """
        return json.dumps(self.to_dict(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    # -- review ------------------------------------------------------------------------------

    def review(
        self,
        listings: Iterable[Listing],
        *,
        on: dt.date,
        issuer: RosterEntry,
        catalogue: MeasureCatalogue | None = None,
    ) -> Review:
        """Review listings.

        Args:
            listings: Drafts.
            on: The day of the review in UTC, such as ``now.date()`` of a UTC `now`: what begins on
                a day begins no earlier than that day does in UTC.
            issuer: Who would list: the roster's entry of the ledger's origin.
            catalogue: The measures that listings may ask for.

        Returns:
            What was cleared and what was refused, each in the order given.
        """
        expect(Iterable, listings=listings)
        cleared: list[ClearedListing] = []
        refused: list[Refused] = []
        seen: set[tuple[object, ...]] = set()
        for listing in listings:
            cases = _cases(listing)
            repeated, seen = not seen.isdisjoint(cases), seen | cases
            result = self.review_one(
                listing, on=on, issuer=issuer, catalogue=catalogue, repeated=repeated
            )
            if isinstance(result, ClearedListing):
                cleared.append(result)
            else:
                refused.append(result)
        return Review(tuple(cleared), tuple(refused))

    def review_one(
        self,
        listing: Listing,
        *,
        on: dt.date,
        issuer: RosterEntry,
        listed: dt.date | None = None,
        catalogue: MeasureCatalogue | None = None,
        repeated: bool = False,
    ) -> ClearedListing | Refused:
        """Review one listing, for streams that do not fit in memory.

        Args:
            listing: A draft.
            on: The day of the review, as for `review`.
            issuer: As for `review`.
            listed: The day on which it was first listed, for one that is to be confirmed or
                amended.
            catalogue: As for `review`.
            repeated: Whether the caller knows that the same case came before.

        Returns:
            The cleared listing, or the refusal with every reason.

        Raises:
            MisuseError: for anything that is not a draft, or a day with a time.
        """
        if not isinstance(listing, Listing) or type(on) is not dt.date:
            raise MisuseError("review takes listings, and a date without a time")
        expect(RosterEntry, issuer=issuer)
        if listing.status is not ListingStatus.LISTED:
            raise MisuseError("review takes drafts, whose status is LISTED")
        setting = Setting(on, issuer, listed, catalogue, repeated)
        reasons: list[Reason] = []
        first, last = dt.date.min, dt.date.max
        for rule, check in self._checked:
            if not rule.in_force(on) or (rule.when is not ANY and not rule.when.met(listing)):
                continue
            outcome = check.evaluate(listing, rule, setting)
            if isinstance(outcome, Days):
                first = max(first, outcome.first or first)
                last = min(last, outcome.last or last)
                outcome = _outside(check, outcome, on)
            if outcome is not None:
                reasons.append(Reason(rule, outcome))
        if not reasons and last == dt.date.max:
            reasons.append(Reason(self._ending(), PROBLEMS["end-missing"]))
        if reasons:
            return Refused(listing, tuple(reasons))
        return make(
            ClearedListing,
            listing=listing,
            origin=issuer.origin,
            rulebook=self,
            first_day=first,
            last_day=last,
        )

    def _ending(self) -> Rule:
        """The rule that ought to end a listing."""
        return next(
            rule for rule, _ in self._checked if rule.check in ("retention", "confirmed-again")
        )


def rulebook(name: str) -> Rulebook:
    """A rulebook that comes with the library.

    Args:
        name: ``"cn"``, ``"in"``, ``"uk"``, ``"us"``, ``"eu"``, or a full id such as
            ``"cn-credit-reporting"``.

    Raises:
        RulebookError: if there is none of that name.
    """
    expect(str, name=name)
    return Rulebook.from_toml(packaged(_NAMES.get(name, name)))


def _overridden(inherited: tuple[Rule, ...], own: tuple[Rule, ...]) -> tuple[Rule, ...]:
    replacing = {rule.id: rule for rule in own}
    for rule in inherited:
        if rule.id in replacing and replacing[rule.id].citation == rule.citation:
            raise RulebookError(f"rule {rule.id}: an override must cite something of its own")
    kept = tuple(replacing.pop(rule.id, rule) for rule in inherited)
    return kept + tuple(rule for rule in own if rule.id in replacing)


def _check_rule(rule: Rule) -> None:
    """Refuse a rule that nothing evaluates, or with what its check or deadline does not take."""
    units, options = _takes(rule)
    money = len(rule.unit) == 3 and rule.unit.isupper()
    if ("money" if money else rule.unit) not in (units or ("",)):
        raise RulebookError(f"rule {rule.id}: a value in another unit than it takes")
    if options[:1] == ("date",):
        right = len(rule.options) == len(options) and all(map(_is_day, rule.options))
    else:
        right = set(rule.options) <= set(options)
    if not right:
        raise RulebookError(f"rule {rule.id}: an option that it does not take")


def _takes(rule: Rule) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The units and options that a rule may have."""
    if rule.enables:
        return (), ()
    if rule.deadline:
        if rule.deadline not in DEADLINES:
            raise RulebookError(f"rule {rule.id}: no deadline is called that")
        return UNITS, DEADLINES[rule.deadline].options
    if rule.check not in CHECKS:
        raise RulebookError(f"rule {rule.id}: no check is called that")
    check = CHECKS[rule.check]
    if bool(rule.options) != bool(check.options):
        raise RulebookError(f"rule {rule.id}: options are missing, or not taken")
    if rule.unit and rule.value == 0:
        raise RulebookError(f"rule {rule.id}: the value must not be zero")
    return check.units, check.options


def _check_safeguards(rules: Iterable[Rule]) -> None:
    """Refuse a rulebook in which a safeguard is missing."""
    asked = {rule.check for rule in rules}
    missing = [sorted(group) for group in SAFEGUARDS if not group & asked]
    if missing:
        told = ", ".join(" or ".join(group) for group in missing)
        raise RulebookError(f"rule: nothing asks for {told}")


def _outside(check: Check, days: Days, on: dt.date) -> Problem | None:
    """What is wrong on a day outside of those on which a rule holds."""
    before, after = check.outside
    if days.first is not None and on < days.first:
        return PROBLEMS[before].on(days.first)
    if days.last is not None and days.last < on:
        return PROBLEMS[after].on(days.last)
    return None


def _cases(listing: Listing) -> set[tuple[object, ...]]:
    """What tells that two drafts are one case: each strong number with creditor and default."""
    if not isinstance(listing, Listing):
        return set()
    owed = listing.obligation
    creditor = "".join(unicodedata.normalize("NFKC", owed.creditor).casefold().split())
    numbers = listing.borrower.strong_identifiers
    return {(number.token_text, creditor, owed.default_date) for number in numbers}


def _is_day(text: str) -> bool:
    try:
        return _day(text).isoformat() == text
    except RulebookError:
        return False


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise RulebookError("not a date") from None


def _refuse(_: str) -> None:
    raise ValueError("no fractions in a rulebook")
