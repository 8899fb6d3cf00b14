"""A rulebook: what must hold before a borrower is listed, as data; and the review by it."""

from __future__ import annotations

import datetime as dt
import functools
import json
import os
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
from creditshare.rules.checks import CHECKS, ENDINGS, PROBLEMS, Check, Days
from creditshare.rules.checks.days import read_day
from creditshare.rules.citation import Citation
from creditshare.rules.cleared import ClearedListing
from creditshare.rules.fit import missing_safeguards, unfit
from creditshare.rules.measure import Measure
from creditshare.rules.measures import MeasureCatalogue
from creditshare.rules.packaged import packaged, read_text
from creditshare.rules.problem import Problem
from creditshare.rules.results import Reason, Refused, Review
from creditshare.rules.rule import Rule, Setting, read_rule
from creditshare.toml import Section

__all__ = ["Rulebook", "rulebook"]

_NAMES = {
    "cn": "cn-credit-reporting",
    "in": "in-rbi",
    "uk": "uk-credit-reference",
    "us": "us-fcra",
    "eu": "eu-gdpr",
}
_END_FOLLOWS = frozenset(
    {
        "conduct-missing",
        "conduct-not-allowed",
        "decision-missing",
        "default-date-missing",
        "end-undecided",
        "spill-over",
    }
)
"""What is wrong where curing it tells the end, so that the unknown end is no reason of its own."""
_HEAD = ("id", "version", "jurisdiction", "title", "title_zh")


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
    _checked: tuple[tuple[Rule, Check, bool], ...] = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        faults = Faults("rulebook")
        for name in _HEAD:
            faults.text(name, getattr(self, name), limit=200)
        faults.items("rules", self.rules, Rule, 1000)
        faults.raise_any()
        ids = [rule.id for rule in self.rules]
        if len(set(ids)) != len(ids):
            raise RulebookError("rule: an id stands twice")
        for number, rule in enumerate(self.rules, start=1):
            for field, problem in unfit(rule):
                raise RulebookError(f"rule[{number}].{field}: {problem}")
        missing = missing_safeguards(self.rules)
        if missing:
            raise RulebookError(f"rule: nothing asks, always and of everybody, for {missing}")
        checked = tuple(
            (rule, CHECKS[rule.check], rule.is_unconditional) for rule in self.rules if rule.check
        )
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
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a rulebook of your own from a file: UTF-8, at most 256 KiB.

        Raises:
            FileError: if it is not there, no regular file, or larger.
            RulebookError: as `from_toml`.
        """
        return cls.from_toml(read_text(path))

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
        """Read what `to_json` wrote, and nothing else: a digest has one text.

        Raises:
            RulebookError: for anything else, such as a key that stands twice.
        """
        expect(str, text=text)
        try:
            values = json.loads(text, parse_float=_refuse)
        except (ValueError, RecursionError):
            raise RulebookError("not JSON") from None
        if not isinstance(values, dict):
            raise RulebookError("not a rulebook")
        rules = values.get("rule")
        for rule in rules if isinstance(rules, list) else ():
            for key in ("begins", "ends"):
                if isinstance(rule, dict) and isinstance(rule.get(key), str):
                    rule[key] = read_day(rule[key]) or rule[key]
        found = cls._read(Section("", values))
        if found.to_json() != text:
            raise RulebookError("not as it was written: another spelling of the same rulebook")
        return found

    @classmethod
    def _read(cls, document: Section) -> Self:
        head = document.needed("rulebook")
        rules = _read_rules(document, head)
        document.end()
        named = {name: head.take(name, str) for name in _HEAD}
        head.end()
        return head.make(lambda: cls(**named, rules=rules))

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
                a day begins no earlier than that day does in UTC. The day in the Americas is never
                a later one, and gives a person there full days.
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
            repeated = any(not seen.isdisjoint(_alike(case)) for case in cases)
            seen.update(*((case, case[:2]) for case in cases))
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
        if listed is not None and type(listed) is not dt.date:
            raise MisuseError("it was listed on a date without a time")
        if listing.status is not ListingStatus.LISTED:
            raise MisuseError("review takes drafts, whose status is LISTED")
        offered = self._offered(catalogue, on) if listing.measures else ()
        setting = Setting(on, issuer, listed, offered, repeated)
        reasons: list[Reason] = []
        held: list[Days] = []
        for rule, check, always in self._checked:
            if not (always or (rule.in_force(on) and rule.when.met(listing))):
                continue
            outcome = check.evaluate(listing, rule, setting)
            if isinstance(outcome, Days):
                held.append(outcome)
                outcome = _outside(check, outcome, on)
            if outcome is not None:
                reasons.append(Reason(rule, outcome))
        first = max([days.first for days in held if days.first], default=dt.date.min)
        last = min([days.last for days in held if days.last], default=None)  # None: no rule ends it
        if last is None and _END_FOLLOWS.isdisjoint(reason.problem.code for reason in reasons):
            reasons.append(Reason(self._ending(), PROBLEMS["end-missing"]))
        if reasons or last is None:
            return Refused(listing, tuple(reasons))
        return make(
            ClearedListing,
            listing=listing,
            origin=issuer.origin,
            rulebook=self,
            first_day=first,
            last_day=last,
            listed=listed,
        )

    def _offered(self, catalogue: MeasureCatalogue | None, on: dt.date) -> tuple[Measure, ...]:
        """The measures that can be asked for on a day."""
        if catalogue is None:
            return ()
        enabled = self.enabled(on)
        return (catalogue.turned_on(enabled) if enabled else catalogue).measures

    def _ending(self) -> Rule:
        """The rule that ought to end a listing."""
        return next(rule for rule in self.rules if rule.check in ENDINGS)


def rulebook(name: str) -> Rulebook:
    """A rulebook that comes with the library.

    Args:
        name: ``"cn"``, ``"in"``, ``"uk"``, ``"us"``, ``"eu"``, or a full id such as
            ``"cn-credit-reporting"``.

    Raises:
        RulebookError: if there is none of that name.
    """
    expect(str, name=name)
    return _packaged(_NAMES.get(name, name))


@functools.cache  # the files do not change, and a rulebook is frozen
def _packaged(name: str) -> Rulebook:
    return Rulebook.from_toml(packaged(name))


def _read_rules(document: Section, head: Section) -> tuple[Rule, ...]:
    """The rules of a file: those of the packaged one that it extends, and its own."""
    base = head.find("extends", str)
    inherited = {} if base is None else {rule.id: rule for rule in _inherited(head, base)}
    own: dict[str, Rule] = {}
    for table in document.sections("rule"):
        rule = read_rule(table)
        for field, problem in unfit(rule):
            raise table.refuse(field, problem)
        if rule.id in own:
            raise table.refuse("id", "stands twice")
        if rule.id in inherited and inherited[rule.id].citation == rule.citation:
            raise table.refuse("citation", "an override must cite something of its own")
        own[rule.id] = rule
    return tuple((inherited | own).values())


def _inherited(head: Section, base: str) -> tuple[Rule, ...]:
    try:
        text = packaged(_NAMES.get(base, base))
    except RulebookError as error:
        raise head.refuse("extends", str(error)) from None
    document = Section.of(text)
    return _read_rules(document, document.needed("rulebook"))


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


def _alike(case: tuple[object, ...]) -> set[tuple[object, ...]]:
    """What would be the same case: it or one undated; of an undated one, any of these debts."""
    debts, day = case[:2], case[2]
    return {debts} if day is None else {case, (*debts, None)}


def _refuse(_: str) -> None:
    raise ValueError("no fractions in a rulebook")
