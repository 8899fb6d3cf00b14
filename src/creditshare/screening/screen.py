"""Screening: applicants against a registry.

A name never matches alone. A hit is a match only if the strong identifier was found, a second
factor agrees and none conflicts, the listing is not suspended and its issuer's word has not
expired; every other hit goes to a person, with its reasons.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator

import attrs

from creditshare.arguments import expect
from creditshare.bundle import Checkpoint
from creditshare.clock import unix
from creditshare.errors import (
    ExpiredEpochError,
    MisuseError,
    UnauthorisedIssuerError,
    UnknownEpochError,
)
from creditshare.model import Borrower, Role
from creditshare.registry import Hit, Registry, RegistryView
from creditshare.roster import Roster
from creditshare.rules import MeasureCatalogue
from creditshare.screening.factors import Agreement, compare_birth_dates, compare_names
from creditshare.screening.recorder import Record, Recorder
from creditshare.screening.result import (
    Applicant,
    Match,
    Outcome,
    Purpose,
    ReviewCase,
    ReviewReason,
    Screening,
    SecondFactor,
    StaleIssuer,
)
from creditshare.tokens import TokenKeyring, TokenSource, evaluate

__all__ = ["screen"]

_BATCH = 500


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
) -> Iterator[Screening]:
    """Screen applicants.

    Args:
        registry: What the asker was told.
        applicants: Who is asked about; may be a stream.
        tokens: Holds the keys of the issuers' epochs.
        purpose: Why.
        role: In which role the asker would apply measures.
        measures: The catalogue of its jurisdiction.
        at: Now.
        roster: Who may issue now. With it, an issuer that has since lost its licence, custody or
            keys, or whose log began anew, counts as stale, and a hit in its log needs review; and
            what needs a court's own listing is permitted where the issuer is a court. Without it
            none of that is permitted.
        audit: Writes the query down before its answers are given, such as an `AuditedBy`.

    Yields:
        One answer for each applicant, in order.

    Raises:
        MisuseError: without a purpose or role, or on a registry that has heard from nobody.
        TokenError: if a key does not fit: then nobody may be called clear.
        StoreError: if the query cannot be written down: then nobody is answered for.
    """
    expect(Registry, registry=registry)
    expect(TokenKeyring, tokens=tokens)
    expect(Purpose, purpose=purpose)
    expect(Role, role=role)
    expect(MeasureCatalogue, measures=measures)
    expect(Iterable, applicants=applicants)
    unix(at)
    if roster is not None:
        expect(Roster, roster=roster)
        roster.check_current(at)
    record = None
    if audit is not None:
        expect(Recorder, audit=audit)
        record = audit.begin(purpose=purpose, role=role, at=at)
    return _screen(registry, iter(applicants), tokens, _Asker(role, measures, at, roster), record)


@attrs.frozen
class _Asker:
    role: Role
    measures: MeasureCatalogue
    at: dt.datetime
    roster: Roster | None

    def standing(self, view: RegistryView) -> dict[int, tuple[Role, ...] | None]:
        """The roles of each issuer held; None for one whose log may not be relied on any more."""
        return {number: self._roles(view, number) for number in view.issuers}

    def _roles(self, view: RegistryView, number: int) -> tuple[Role, ...] | None:
        if self.roster is None:
            return ()
        held = view.issuers[number]
        try:
            keys = self.roster.issuing_keys(
                origin=held.origin, issuer=held.issuer, issued=held.issued_at, at=self.at
            )
        except UnauthorisedIssuerError:
            return None
        same_log = self.roster.entry(held.origin).generation == held.generation
        if not same_log or not view.signed_by(number, keys):
            return None
        return self.roster.entry(held.issuer).roles


@attrs.frozen
class _Bench:
    """What a hit is judged by: who asks, and how its issuer stands today."""

    asker: _Asker
    standing: dict[int, tuple[Role, ...] | None]
    ages: dict[int, dt.timedelta | None]


@attrs.frozen
class _Panel:
    """The issuers that share one token epoch, and its source; None if it can no longer be asked."""

    source: TokenSource | None
    checkpoints: dict[int, Checkpoint]


def _screen(
    registry: Registry,
    applicants: Iterator[Applicant],
    tokens: TokenKeyring,
    asker: _Asker,
    record: Record | None,
) -> Iterator[Screening]:
    while batch := list(itertools.islice(applicants, _BATCH)):
        if not all(isinstance(applicant, Applicant) for applicant in batch):
            raise MisuseError("screening takes Applicant values")
        with registry.reading(asker.at) as view:
            answers = _screen_batch(view, batch, tokens, asker)
        if record is not None:
            record(batch, answers)
        yield from answers


def _screen_batch(
    view: RegistryView, batch: list[Applicant], tokens: TokenKeyring, asker: _Asker
) -> list[Screening]:
    if not view.issuers:
        raise MisuseError("the registry has heard from no issuer: nobody can be called clear")
    hits: list[dict[bytes, Hit]] = [{} for _ in batch]
    for panel in _panels(view.issuers, tokens, asker.at):
        if panel.source is not None:
            _look_up(view, batch, panel.source, panel.checkpoints, hits)
    ages = {number: _age(held, asker.at) for number, held in view.issuers.items()}
    bench = _Bench(asker, asker.standing(view), ages)
    stale = tuple(
        StaleIssuer(held.origin, ages[number] or dt.timedelta(0))
        for number, held in view.issuers.items()
        if ages[number] is not None or number in view.purged_ahead or bench.standing[number] is None
    )
    consulted = tuple(checkpoint.origin for checkpoint in view.issuers.values())
    return [
        _answer(applicant, list(found.values()), stale, consulted, bench)
        for applicant, found in zip(batch, hits, strict=True)
    ]


def _panels(issuers: dict[int, Checkpoint], tokens: TokenKeyring, at: dt.datetime) -> list[_Panel]:
    panels: dict[tuple[str, int, bytes], _Panel] = {}
    for number, checkpoint in issuers.items():
        key = checkpoint.tokenised_by
        if key not in panels:
            panels[key] = _Panel(_source(checkpoint, tokens, at), {})
        panels[key].checkpoints[number] = checkpoint
    return list(panels.values())


def _source(checkpoint: Checkpoint, tokens: TokenKeyring, at: dt.datetime) -> TokenSource | None:
    try:
        return tokens.for_checkpoint(
            epoch=checkpoint.epoch,
            canonical_form=checkpoint.canonical_form,
            check=checkpoint.token_check,
            at=at,
        )
    except (ExpiredEpochError, UnknownEpochError):
        if checkpoint.expired(at):
            return None  # its key may be destroyed by now; the issuer counts as stale
        raise


def _look_up(
    view: RegistryView,
    batch: list[Applicant],
    source: TokenSource,
    checkpoints: dict[int, Checkpoint],
    hits: list[dict[bytes, Hit]],
) -> None:
    asked = [
        (number, identifier)
        for number, applicant in enumerate(batch)
        for identifier in applicant.identifiers
        if identifier.STRONG
    ]
    evaluated = evaluate(source, [identifier for _, identifier in asked])
    for (number, _), token in zip(asked, evaluated, strict=True):
        for hit in view.look_up(token, checkpoints):
            key = hit.origin.encode() + hit.listing_id
            if key not in hits[number] or hits[number][key].listing is None:
                hits[number][key] = hit


def _answer(
    applicant: Applicant,
    hits: list[Hit],
    stale: tuple[StaleIssuer, ...],
    consulted: tuple[str, ...],
    bench: _Bench,
) -> Screening:
    judged = [_judge(applicant, hit, bench) for hit in hits]
    matches = tuple(item for item in judged if isinstance(item, Match))
    reviews = tuple(item for item in judged if isinstance(item, ReviewCase))
    if matches:
        outcome = Outcome.MATCH
    elif reviews:
        outcome = Outcome.NEEDS_REVIEW
    else:
        outcome = Outcome.STALE if stale else Outcome.CLEAR
    return Screening(applicant.reference, outcome, matches, reviews, stale, consulted)


def _judge(applicant: Applicant, hit: Hit, bench: _Bench) -> Match | ReviewCase:
    asker, roles, age = bench.asker, bench.standing[hit.number], bench.ages[hit.number]
    listing = hit.listing
    borrower = None if listing is None else listing.borrower
    name = compare_names(applicant.name, borrower.name if borrower else None)
    birth = _compare_births(applicant, borrower)
    checks = {
        ReviewReason.RECORD_UNOPENED: listing is None,
        ReviewReason.BIRTH_DATE_CONFLICT: birth is Agreement.CONFLICTS,
        ReviewReason.NAME_CONFLICT: name is Agreement.CONFLICTS,
        ReviewReason.NO_SECOND_FACTOR: Agreement.AGREES not in (name, birth),
        ReviewReason.SUSPENDED: hit.suspended_until is not None,
        ReviewReason.STALE_REGISTRY: age is not None,
        ReviewReason.ISSUER_UNAUTHORISED: roles is None,
    }
    reasons = tuple(reason for reason, holds in checks.items() if holds)
    if reasons or listing is None or roles is None:
        shown = None if birth is Agreement.CONFLICTS else listing
        return ReviewCase(hit.origin, hit.issuer, hit.listing_id, reasons, shown, age)
    factors = {SecondFactor.NAME: name, SecondFactor.BIRTH_DATE: birth}
    exempted = hit.exempted_until is not None
    return Match(
        hit.origin,
        hit.issuer,
        hit.listing_id,
        listing,
        tuple(factor for factor, told in factors.items() if told is Agreement.AGREES),
        () if exempted else asker.measures.permitted(listing, role=asker.role, issuer=roles),
        hit.exempted_until,
    )


def _compare_births(applicant: Applicant, borrower: Borrower | None) -> Agreement:
    """Compare the stated birth dates; one that an identifier tells can conflict, never agree."""
    asked, listed = applicant.birth_date, borrower.birth_date if borrower else None
    for identifier in applicant.identifiers:
        told = identifier.birth_date
        if Agreement.CONFLICTS in (compare_birth_dates(day, told) for day in (asked, listed)):
            return Agreement.CONFLICTS
    return compare_birth_dates(asked, listed)


def _age(checkpoint: Checkpoint, at: dt.datetime) -> dt.timedelta | None:
    if not checkpoint.expired(at):
        return None
    return dt.timedelta(seconds=unix(at) - checkpoint.expires)
