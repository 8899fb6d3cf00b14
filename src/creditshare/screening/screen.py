"""Screening: applicants against a registry.

A name never matches alone. A hit is a match only if the strong identifier was found, a second
factor agrees and none conflicts, the listing is not suspended (by its issuer, or by the asker's own
clock because a dispute went unanswered), is not about a victim of identity fraud, and its issuer's
word has not expired; every other hit goes to a person, with its reasons.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Sequence

from creditshare.arguments import expect
from creditshare.clock import unix
from creditshare.model import BorrowerRole, Role
from creditshare.registry import HeldIssuers, Hit, Registry, RegistryView
from creditshare.roster import Roster
from creditshare.rules import MeasureCatalogue
from creditshare.screening.bench import Bench, Panel, convene
from creditshare.screening.factors import weigh
from creditshare.screening.names import PLAIN_NAMES, Names
from creditshare.screening.recorder import Record, Recorder
from creditshare.screening.result import (
    Applicant,
    Match,
    Outcome,
    Purpose,
    ReviewCase,
    ReviewReason,
    Screening,
)
from creditshare.tokens import TokenKeyring, evaluate

__all__ = ["Screener", "screen"]

_BATCH = 500


class Screener:
    """Screens applicants one by one as they come: what does not depend on them is kept at hand.

    It sees every change of the registry and of the clock; a new roster needs a new screener. Like
    the registry's store, it belongs to one thread.

    Args:
        registry: What the asker was told.
        tokens: Holds the keys of the issuers' epochs.
        role: In which role the asker would apply measures.
        measures: The catalogue of its jurisdiction.
        roster: Who may issue now. With it, an issuer that has since lost its licence, custody or
            keys, or whose log began anew, counts as stale, and a hit in its log needs review; and
            what needs a court's own listing is permitted where the issuer is a court. Without it
            none of that is permitted.
        names: Compares the names; `creditshare.screening.ChineseNames` knows both Chinese
            scripts and pinyin.

    Raises:
        MisuseError: for an argument of another type.
    """

    def __init__(
        self,
        registry: Registry,
        *,
        tokens: TokenKeyring,
        role: Role,
        measures: MeasureCatalogue,
        roster: Roster | None = None,
        names: Names = PLAIN_NAMES,
    ) -> None:
        expect(Registry, registry=registry)
        expect(TokenKeyring, tokens=tokens)
        expect(Role, role=role)
        expect(MeasureCatalogue, measures=measures)
        expect(Names, names=names)
        if roster is not None:
            expect(Roster, roster=roster)
        self._registry = registry
        self._tokens = tokens
        self._role = role
        self._measures = measures
        self._roster = roster
        self._names = names
        self._bench: Bench | None = None
        self._issuers: HeldIssuers | None = None
        self._second = -1

    def screen(
        self,
        applicants: Iterable[Applicant],
        *,
        purpose: Purpose,
        at: dt.datetime,
        audit: Recorder | None = None,
    ) -> Iterator[Screening]:
        """Screen applicants.

        Args:
            applicants: Who is asked about; may be a stream.
            purpose: Why.
            at: Now.
            audit: Writes the query down before its answers are given, such as an `AuditedBy`.

        Yields:
            One answer for each applicant, in order.

        Raises:
            MisuseError: without a purpose, or on a registry that has heard from nobody.
            TokenError: if a key does not fit: then nobody may be called clear.
            StoreError: if the query cannot be written down: then nobody is answered for.
            RosterError: if the roster is not in force.
        """
        expect(Purpose, purpose=purpose)
        expect(Iterable, applicants=applicants)
        now = unix(at)
        if self._roster is not None:
            self._roster.check_current(at)
        record = None
        if audit is not None:
            expect(Recorder, audit=audit)
            record = audit.begin(purpose=purpose, role=self._role, at=at)
        return self._answers(iter(applicants), at, now, record)

    def _answers(
        self, applicants: Iterator[Applicant], at: dt.datetime, now: int, record: Record | None
    ) -> Iterator[Screening]:
        while batch := list(itertools.islice(applicants, _BATCH)):
            for applicant in batch:
                expect(Applicant, applicant=applicant)
            with self._registry.reading(at) as view:
                bench = self._convened(view, at, now)
                hits = _look_up(view, batch, bench.panels)
            answers = [
                self._answer(applicant, hits[place], bench)
                if place in hits
                else bench.unfound(applicant.reference)
                for place, applicant in enumerate(batch)
            ]
            if record is not None:
                record(batch, answers)
            yield from answers

    def _convened(self, view: RegistryView, at: dt.datetime, now: int) -> Bench:
        """The bench, which stays the same within a second if the registry does not change."""
        if self._bench is None or self._issuers is not view.issuers or self._second != now:
            self._bench = convene(view, self._tokens, self._roster, at)
            self._issuers, self._second = view.issuers, now
        return self._bench

    def _answer(self, applicant: Applicant, hits: Sequence[Hit], bench: Bench) -> Screening:
        judged = [self._judge(applicant, hit, bench) for hit in hits]
        matches = tuple(item for item in judged if isinstance(item, Match))
        reviews = tuple(item for item in judged if isinstance(item, ReviewCase))
        outcome = Outcome.MATCH if matches else Outcome.NEEDS_REVIEW
        return Screening(
            applicant.reference, outcome, matches, reviews, bench.stale, bench.consulted
        )

    def _judge(self, applicant: Applicant, hit: Hit, bench: Bench) -> Match | ReviewCase:
        roles, age = bench.standing[hit.number], bench.ages[hit.number]
        listing, marks = hit.listing, hit.marks
        factors = weigh(applicant, listing.borrower if listing else None, self._names)
        shown = listing if factors.shows_listing else None
        checks = {
            ReviewReason.SUSPENDED: marks.suspended_until is not None,
            ReviewReason.DISPUTE_UNANSWERED: marks.unanswered,
            ReviewReason.VICTIM: shown is not None and shown.borrower.role is BorrowerRole.VICTIM,
            ReviewReason.STALE_REGISTRY: age is not None,
            ReviewReason.ISSUER_UNAUTHORISED: roles is None,
        }
        unopened = () if listing else (ReviewReason.RECORD_UNOPENED,)
        others = (reason for reason, holds in checks.items() if holds)
        reasons = (*unopened, *factors.reasons, *others)
        if reasons or listing is None or roles is None:
            return ReviewCase(
                hit.origin, hit.issuer, hit.listing_id, reasons, shown, age, hit.last_day
            )
        exempted = marks.exempted_until is not None
        return Match(
            hit.origin,
            hit.issuer,
            hit.listing_id,
            listing,
            factors.corroboration,
            () if exempted else self._measures.permitted(listing, role=self._role, issuer=roles),
            marks.exempted_until,
            hit.last_day,
            marks.disputed,
            marks.disputed_until,
            hit.wording,
        )


def screen(
    registry: Registry,
    applicants: Iterable[Applicant],
    *,
    tokens: TokenKeyring,
    purpose: Purpose,
    role: Role,
    measures: MeasureCatalogue,
    at: dt.datetime,
    roster: Roster | None = None,
    audit: Recorder | None = None,
    names: Names = PLAIN_NAMES,
) -> Iterator[Screening]:
    """Screen applicants once; a `Screener` is for those who come one by one.

    Args:
        registry: What the asker was told.
        applicants: Who is asked about; may be a stream.
        tokens: As for `Screener`.
        purpose: Why.
        role: As for `Screener`.
        measures: As for `Screener`.
        at: Now.
        roster: As for `Screener`.
        audit: Writes the query down before its answers are given, such as an `AuditedBy`.
        names: As for `Screener`.

    Yields:
        One answer for each applicant, in order.

    Raises:
        MisuseError: without a purpose or role, or on a registry that has heard from nobody.
        TokenError: if a key does not fit: then nobody may be called clear.
        StoreError: if the query cannot be written down: then nobody is answered for.
        RosterError: if the roster is not in force.
    """
    screener = Screener(
        registry, tokens=tokens, role=role, measures=measures, roster=roster, names=names
    )
    return screener.screen(applicants, purpose=purpose, at=at, audit=audit)


def _look_up(
    view: RegistryView, batch: Sequence[Applicant], panels: Sequence[Panel]
) -> dict[int, list[Hit]]:
    """The hits of those in the batch who have any, by place; one for each listing."""
    asked = [
        (place, identifier)
        for place, applicant in enumerate(batch)
        for identifier in applicant.identifiers
        if identifier.STRONG
    ]
    identifiers = [identifier for _, identifier in asked]
    found: dict[int, dict[tuple[str, bytes], Hit]] = {}
    for panel in panels:
        if panel.source is None:
            continue
        for (place, _), token in zip(asked, evaluate(panel.source, identifiers), strict=True):
            for hit in view.look_up(token, panel.numbers):
                own, key = found.setdefault(place, {}), (hit.origin, hit.listing_id)
                if key not in own or own[key].listing is None:
                    own[key] = hit
    return {place: list(own.values()) for place, own in found.items()}
