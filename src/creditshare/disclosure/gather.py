"""Gathering what a person is told from where it is held."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

import attrs

from creditshare.arguments import expect
from creditshare.audit import AuditedBy, AuditLog
from creditshare.bundle.event import DAY_MAX
from creditshare.calendars import Calendar
from creditshare.clock import day_number, day_of, first_day_unended, from_day_number
from creditshare.disclosure.report import (
    AdverseActionNotice,
    Finding,
    IssuerReport,
    RecipientReport,
    SaidListing,
)
from creditshare.disclosure.rights import Contact, Paper, Right, rights
from creditshare.errors import MisuseError, NotListedError
from creditshare.identifiers import Identifier
from creditshare.ledger import Ledger, LedgerStore, listings_of, told
from creditshare.ledger.books import UnreadRulebook, kept_rulebook
from creditshare.life import Deadline, Event, Life, deadlines
from creditshare.model import Listing, ListingStatus, Step, WithdrawalReason
from creditshare.model.faults import Faults
from creditshare.rules import Rulebook
from creditshare.screening import (
    Applicant,
    Match,
    Outcome,
    Purpose,
    ReviewCase,
    ReviewReason,
    Screener,
)
from creditshare.screening.factors import weigh
from creditshare.screening.names import PLAIN_NAMES

__all__ = ["adverse_action_notice", "issuer_report", "recipient_report"]

_DECISION_MAX = 2000
_ANOTHERS = {ReviewReason.NAME_CONFLICT, ReviewReason.BIRTH_DATE_CONFLICT}
"""What makes it likely that a listing is somebody else's. Staff see it, to tell a variant from
another name; the paper goes to whoever asks. An agreeing birth date does not outweigh a name:
numbers that differ in their serial part share it."""


def issuer_report(
    ledger: Ledger,
    subject: Applicant | None = None,
    *,
    listing_ids: Iterable[bytes] = (),
    contact: Contact,
    book: Rulebook,
    calendar_of: Callable[[Rulebook], Calendar],
    at: dt.datetime,
) -> IssuerReport:
    """What an issuer said of a borrower, exactly as each recipient was sent it.

    Args:
        ledger: The issuer's.
        subject: Who asks, with every identifier shown; make sure first that it is they who ask.
        listing_ids: Listings asked about by id, as well or instead.
        contact: Where the person can turn to.
        book: The rulebook of the jurisdiction, whose rights are told.
        calendar_of: The calendar for a rulebook's working days.
        at: Now.

    Raises:
        MisuseError: if nobody is asked about; or if a term is in working days and the calendar
            knows none.
        NotListedError: if an id was never on this ledger.
    """
    expect(Ledger, ledger=ledger)
    expect(Contact, contact=contact)
    expect(Rulebook, book=book)
    asked = tuple(dict.fromkeys(listing_ids))
    for listing_id in asked:
        expect(bytes, listing_ids=listing_id)
    shown: tuple[Identifier, ...] = ()
    if subject is not None:
        expect(Applicant, subject=subject)
        shown = subject.identifiers
    elif not asked:
        raise MisuseError("a report is about somebody: name them, or a listing")
    found = [*asked]
    with ledger.store.snapshot():
        for identifier in shown:
            found += listings_of(ledger.store, identifier) if identifier.STRONG else ()
        listings = [
            _said(ledger, item, subject, calendar_of=calendar_of, at=at)
            for item in dict.fromkeys(found)
        ]
        checkpoint = ledger.last_checkpoint()
        generation = 0 if checkpoint is None else checkpoint.generation
        return IssuerReport(
            origin=ledger.origin,
            contact=contact,
            at=at,
            subject=subject,
            asked=asked,
            listings=tuple(sorted(listings, key=lambda item: item.listing is None)),
            earlier=tuple(item for item in ledger.deliveries() if item.generation != generation),
            rights=_issuer_rights(ledger.store, listings, book, day_of(at)),
        )


def _issuer_rights(
    store: LedgerStore, listings: Iterable[SaidListing], book: Rulebook, on: dt.date
) -> tuple[Right, ...]:
    """By the rulebooks that cleared what lives, each as it stood; by the one named otherwise."""
    by_book: dict[str, list[Listing]] = {}
    for item in listings:
        if item.listing is not None:
            by_book.setdefault(item.rulebook, []).append(item.listing)
    found: dict[Right, None] = {}
    for name, about in by_book.items():
        kept = kept_rulebook(store, name)
        cleared_by = book if isinstance(kept, UnreadRulebook) else kept
        found |= dict.fromkeys(rights(cleared_by, Paper.ISSUER, on=on, listings=about))
    return tuple(found) or rights(book, Paper.ISSUER, on=on)


def _said(
    ledger: Ledger,
    listing_id: bytes,
    subject: Applicant | None,
    *,
    calendar_of: Callable[[Rulebook], Calendar],
    at: dt.datetime,
) -> SaidListing:
    shown = subject.identifiers if subject is not None else ()
    row = ledger.store.listing(listing_id)
    if row is None:
        raise NotListedError("no listing with that id was ever on this ledger")
    status = ledger.status(listing_id, at)
    listing: Listing | None = None
    found_by: tuple[tuple[str, str], ...] = ()
    live = status is not ListingStatus.WITHDRAWN  # also when its last day has passed
    held = ledger.listing(listing_id, at=at) if live else None
    withheld = held is not None and subject is not None and _is_anothers(subject, held)
    bundles, steps = told(ledger.store, listing_id), ledger.steps(listing_id)
    if held is None or withheld:
        bundles = tuple(attrs.evolve(item, listing=None) for item in bundles)
        steps = _wordless(steps)
    else:
        found_by = tuple(_found_by(item, shown) for item in held.borrower.identifiers)
        borrower = attrs.evolve(held.borrower, identifiers=())
        listing = attrs.evolve(held, borrower=borrower, reference="")

    def in_force(day: int) -> dt.date | None:
        runs = day_number(first_day_unended(at)) <= day < DAY_MAX
        return from_day_number(day) if runs else None

    return SaidListing(
        listing_id=listing_id,
        status=status,
        reason=None if row.reason is None else WithdrawalReason(row.reason),
        rulebook=row.rulebook,
        last_day=from_day_number(row.last_day),
        suspended_until=in_force(row.suspended),
        exempted_until=in_force(row.exempted),
        found_by=found_by,
        withheld=withheld,
        listing=listing,
        terms=() if listing is None else _terms(ledger.life(listing_id), calendar_of, at),
        steps=steps,
        told=bundles,
    )


def _terms(
    life: Life, calendar_of: Callable[[Rulebook], Calendar], at: dt.datetime
) -> tuple[Deadline, ...]:
    """What is open in a case."""
    running = deadlines(life, calendar_of(life.rulebook))
    return tuple(item for item in running if item.is_open(day_of(at)))


def _is_anothers(subject: Applicant, held: Listing) -> bool:
    """Whether what somebody states of themselves plainly does not fit a listing."""
    return bool(_ANOTHERS & {*weigh(subject, held.borrower, PLAIN_NAMES).reasons})


def _wordless(steps: Iterable[Event]) -> tuple[Event, ...]:
    """The steps of a case, as they are told when its content is not."""
    kept = (step for step in steps if step.step not in (Step.NOTICE_SERVED, Step.DECIDED))
    return tuple(attrs.evolve(step, words="") for step in kept)


def _found_by(identifier: Identifier, shown: tuple[Identifier, ...]) -> tuple[str, str]:
    """An identifier by scheme and value, masked unless the person showed it."""
    plain = f"{identifier.country} {identifier.value}".lstrip()
    return identifier.SCHEME, plain if identifier in shown else identifier.masked


def recipient_report(
    screener: Screener,
    subject: Applicant,
    *,
    audit: AuditedBy,
    origin: str,
    contact: Contact,
    book: Rulebook,
    at: dt.datetime,
) -> RecipientReport:
    """What a recipient holds of a borrower, from whom, and who found it here.

    It is a query like any other, for a data subject's request, and stands in the log first. What
    conflicts with the name and birth date stated may be another person's, and is not shown; nor is
    anything to who states neither.

    Args:
        screener: Over the recipient's registry, in the role whose measures are told.
        subject: Who asks, with name and birth date; make sure first that it is they who ask.
        audit: The log of queries, and who asks it.
        origin: The recipient's.
        contact: Where the person can turn to.
        book: The rulebook of the jurisdiction, whose rights are told.
        at: Now.

    Raises:
        TokenError: if a key does not fit: then nobody may be told that nothing is held.
        StoreError: if the query cannot be written down.
        AuditError: if the log is not what was written.
    """
    expect(Screener, screener=screener)
    expect(Applicant, subject=subject)
    expect(AuditedBy, audit=audit)
    expect(Contact, contact=contact)
    expect(Rulebook, book=book)
    purpose = Purpose.DATA_SUBJECT_REQUEST
    (answer,) = screener.screen([subject], purpose=purpose, at=at, audit=audit)
    findings = (
        *(_matched(item, audit.log) for item in answer.matches),
        *(_reviewed(item, subject, audit.log) for item in answer.reviews),
    )
    return RecipientReport(
        origin=origin,
        contact=contact,
        at=at,
        subject=subject,
        outcome=answer.outcome,
        findings=findings,
        stale=answer.stale,
        consulted=answer.consulted,
        rights=rights(
            book,
            Paper.RECIPIENT,
            on=day_of(at),
            listings=(item.listing for item in findings if item.listing is not None),
        ),
    )


def _matched(match: Match, log: AuditLog) -> Finding:
    return Finding(
        match.origin,
        match.issuer,
        match.listing_id,
        Outcome.MATCH,
        match.corroboration,
        (),
        match.listing,
        match.measures,
        match.exempted_until,
        match.last_day,
        match.disputed,
        match.disputed_until,
        tuple(log.queries_about(match.origin, match.listing_id)),
    )


def _reviewed(case: ReviewCase, subject: Applicant, log: AuditLog) -> Finding:
    alone = subject.name is None and subject.birth_date is None
    anothers = bool(_ANOTHERS & {*case.reasons})
    return Finding(
        case.origin,
        case.issuer,
        case.listing_id,
        Outcome.NEEDS_REVIEW,
        (),
        case.reasons,
        None if alone or anothers else case.listing,
        (),
        None,
        None,
        False,
        None,
        tuple(log.queries_about(case.origin, case.listing_id)),
    )


def adverse_action_notice(
    match: Match,
    *,
    subject: Applicant,
    decision: str,
    measures: Iterable[str],
    origin: str,
    contact: Contact,
    issuer: Contact | None = None,
    book: Rulebook,
    on: dt.date,
) -> AdverseActionNotice:
    """The notice to hand out after a decision that rests on a match.

    Nothing but a match carries a decision: a hit that needs review is refused, and so is a measure
    that the match does not permit, as while an exemption runs.

    Args:
        match: The listing on which the decision rests.
        subject: Who was decided about, as screened.
        decision: What was decided, in words that the person understands.
        measures: The codes of the measures taken; at least one.
        origin: Who decided.
        contact: Where the person can turn to.
        issuer: Where the listing's issuer can be reached, if known.
        book: The rulebook of the jurisdiction, whose rights are told.
        on: The day of the decision.

    Raises:
        MisuseError: if it rests on no match, or takes a measure that the match does not permit.
        InvalidValueError: if the decision is no plain text.
    """
    expect(Match, match=match)
    expect(Applicant, subject=subject)
    expect(Contact, contact=contact)
    expect(Rulebook, book=book)
    if issuer is not None:
        expect(Contact, issuer=issuer)
    faults = Faults("adverse-action notice")
    faults.text("decision", decision, limit=_DECISION_MAX, multiline=True)
    faults.day("on", on)
    faults.raise_any()
    permitted = {item.code: item for item in match.measures}
    codes = tuple(dict.fromkeys(measures))
    if not codes or not permitted.keys() >= {*codes}:
        raise MisuseError("the decision must take measures, and the match must permit each")
    return AdverseActionNotice(
        origin=origin,
        contact=contact,
        on=on,
        subject=subject,
        decision=decision,
        match=match,
        measures=tuple(permitted[code] for code in codes),
        issuer=issuer,
        rights=rights(book, Paper.ADVERSE_ACTION, on=on, listings=[match.listing]),
    )
