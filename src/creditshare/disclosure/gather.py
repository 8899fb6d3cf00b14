"""Gathering what a person is told from where it is held."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

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
from creditshare.errors import MisuseError, NotListedError, RulebookError
from creditshare.feedback import Execution, ExecutionBook, executions_of
from creditshare.identifiers import Identifier
from creditshare.ledger import Ledger, LedgerStore, listings_of, told
from creditshare.ledger.books import UnreadRulebook, kept_rulebook
from creditshare.ledger.lives import wordless
from creditshare.life import Deadline, Event, Life, confirmation_rule, deadlines, retention_end
from creditshare.model import Borrower, Listing, ListingStatus, Step, WithdrawalReason
from creditshare.model.faults import Faults
from creditshare.rules import Rulebook, rulebook
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
from creditshare.screening.names import PLAIN_NAMES, Names

__all__ = ["adverse_action_notice", "issuer_report", "recipient_report"]

_DECISION_MAX = 2000
_ANOTHERS = {ReviewReason.NAME_CONFLICT, ReviewReason.BIRTH_DATE_CONFLICT}
"""What makes it likely that a listing is somebody else's. Staff see it, to tell a variant from
another name; the paper goes to whoever asks. An agreeing birth date does not outweigh a name:
numbers that differ in their serial part share it."""
_ITS_LIFE = {ReviewReason.SUSPENDED, ReviewReason.DISPUTE_UNANSWERED, ReviewReason.VICTIM}
"""What says something of the person whose listing it is."""


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
        subject: Who asks, with every identifier shown, and with name and birth date: what
            conflicts with these, or cannot be compared with them, may be another person's, and is
            not told. Make sure first that it is they who ask.
        listing_ids: Listings asked about by id, instead; the paper then is about nobody by name.
        contact: Where the person can turn to.
        book: The rulebook of the jurisdiction, whose rights are told.
        calendar_of: The calendar for a rulebook's working days.
        at: Now.

    Raises:
        MisuseError: if nobody is asked about, or both a person and listings by id, which might be
            somebody else's; or if a term is in working days and the calendar knows none.
        NotListedError: if an id was never on this ledger.
    """
    expect(Ledger, ledger=ledger)
    expect(Contact, contact=contact)
    expect(Rulebook, book=book)
    asked = tuple(dict.fromkeys(listing_ids))
    for listing_id in asked:
        expect(bytes, listing_ids=listing_id)
    if subject is not None:
        expect(Applicant, subject=subject)
    if (subject is None) == (not asked):
        raise MisuseError("a report is about somebody, or about listings by id: name either")
    with ledger.store.snapshot():
        found = asked if subject is None else _listings_of(ledger.store, subject)
        listings = [_said(ledger, item, subject, calendar_of=calendar_of, at=at) for item in found]
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
            rights=_rights(
                Paper.ISSUER,
                ((item.rulebook, item.listing) for item in listings),
                functools.partial(_cleared_by, ledger.store),
                book,
                day_of(at),
            ),
        )


def _listings_of(store: LedgerStore, subject: Applicant) -> tuple[bytes, ...]:
    """The listings under what somebody showed, each once."""
    strong = (item for item in subject.identifiers if item.STRONG)
    found = (listing_id for item in strong for listing_id in listings_of(store, item))
    return tuple(dict.fromkeys(found))


def _rights(
    paper: Paper,
    listings: Iterable[tuple[str, Listing | None]],
    book_of: Callable[[str], Rulebook | None],
    book: Rulebook,
    on: dt.date,
) -> tuple[Right, ...]:
    """By the rulebooks that cleared what is told, also where that has ended; else the one at hand.

    Where all that a rulebook cleared has ended, nobody knows any more which terms concerned it.
    """
    by_book: dict[str, list[Listing]] = {}
    for name, listing in listings:
        if name:
            by_book.setdefault(name, []).extend(() if listing is None else (listing,))
    found: dict[Right, None] = {}
    for name, about in by_book.items():
        found |= dict.fromkeys(rights(book_of(name) or book, paper, on=on, listings=about))
    return tuple(found) or rights(book, paper, on=on)


def _cleared_by(store: LedgerStore, name: str) -> Rulebook | None:
    """A rulebook that the ledger kept; None if this version of the library cannot read it."""
    kept = kept_rulebook(store, name)
    return None if isinstance(kept, UnreadRulebook) else kept


def _said(
    ledger: Ledger,
    listing_id: bytes,
    subject: Applicant | None,
    *,
    calendar_of: Callable[[Rulebook], Calendar],
    at: dt.datetime,
) -> SaidListing:
    row = ledger.store.listing(listing_id)
    if row is None:
        raise NotListedError("no listing with that id was ever on this ledger")
    status = ledger.status(listing_id, at)
    live = status is not ListingStatus.WITHDRAWN  # also when its last day has passed
    held = ledger.listing(listing_id, at=at) if live else None
    if held is not None and subject is not None and _is_anothers(subject, held.borrower):
        return SaidListing(listing_id, withheld=True)
    said = SaidListing(
        listing_id=listing_id,
        status=status,
        reason=None if row.reason is None else WithdrawalReason(row.reason),
        rulebook=row.rulebook,
        steps=ledger.steps(listing_id),
        told=told(ledger.store, listing_id),
        reported=executions_of(ledger.store, listing_id),
    )
    if held is None:
        bundles = tuple(attrs.evolve(item, listing=None) for item in said.told)
        return attrs.evolve(said, steps=_bare(said.steps), told=bundles)

    def in_force(day: int) -> dt.date | None:
        runs = day_number(first_day_unended(at)) <= day < DAY_MAX
        return from_day_number(day) if runs else None

    shown = subject.identifiers if subject is not None else ()
    life, last_day = ledger.life(listing_id), from_day_number(row.last_day)
    return attrs.evolve(
        said,
        last_day=last_day,
        to_confirm=_to_confirm(life, last_day),
        suspended_until=in_force(row.suspended),
        exempted_until=in_force(row.exempted),
        found_by=tuple(_found_by(item, shown) for item in held.borrower.identifiers),
        listing=attrs.evolve(
            held, borrower=attrs.evolve(held.borrower, identifiers=()), reference=""
        ),
        terms=_terms(life, calendar_of, at),
    )


def _terms(
    life: Life, calendar_of: Callable[[Rulebook], Calendar], at: dt.datetime
) -> tuple[Deadline, ...]:
    """What is open in a case."""
    running = deadlines(life, calendar_of(life.rulebook))
    return tuple(item for item in running if item.is_open(day_of(at)))


def _to_confirm(life: Life, last_day: dt.date) -> bool:
    """Whether a listing's last day is only the one by which it must be confirmed."""
    listed = life.day_of(Step.LISTED) or last_day
    if retention_end(life.rulebook, life.listing, listed=listed) <= last_day:
        return False
    return confirmation_rule(life.rulebook, life.listing, on=listed) is not None


def _is_anothers(subject: Applicant, borrower: Borrower) -> bool:
    """Whether a listing found by a number may be somebody else's, by what is stated."""
    factors = weigh(subject, borrower, PLAIN_NAMES)
    conflict = bool(_ANOTHERS & {*factors.reasons}) or not factors.shows_listing
    return conflict or not _compared(subject, borrower)


def _compared(subject: Applicant, borrower: Borrower) -> bool:
    """Whether somebody states a second factor that a listing states too."""
    names, days = (subject.name, borrower.name), (subject.birth_date, borrower.birth_date)
    return None not in names or None not in days


def _bare(steps: Iterable[Event]) -> tuple[Event, ...]:
    """The steps of a case, as they are told once nobody's name can be compared any more.

    Without an exemption: its cause says what befell somebody.
    """
    return tuple(wordless(step) for step in steps if step.step is not Step.EXEMPTED)


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
    executions: ExecutionBook | None = None,
    issuers: Mapping[str, Contact] = MappingProxyType({}),
) -> RecipientReport:
    """What a recipient holds of a borrower, from whom, and who found it here.

    It is a query like any other, for a data subject's request, and stands in the log first. What
    conflicts with the name and birth date stated may be another person's, and is not shown; nor is
    what cannot be compared with them, as for who states neither.

    Args:
        screener: Over the recipient's registry, in the role whose measures are told.
        subject: Who asks, with name and birth date; make sure first that it is they who ask.
        audit: The log of queries, and who asks it.
        origin: The recipient's.
        contact: Where the person can turn to.
        book: The rulebook of the jurisdiction, whose rights are told where the one that cleared a
            listing is not known.
        at: Now.
        executions: What was applied because of listings, over the same registry; without it the
            report says that it cannot tell.
        issuers: Where issuers can be reached, by origin, as far as that is known.

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
    expect(Mapping, issuers=issuers)
    if executions is not None:
        expect(ExecutionBook, executions=executions)
    purpose = Purpose.DATA_SUBJECT_REQUEST
    (answer,) = screener.screen([subject], purpose=purpose, at=at, audit=audit)
    found = (*map(_matched, answer.matches), *(_reviewed(item, subject) for item in answer.reviews))
    findings = tuple(_in_full(item, audit.log, executions) for item in found)
    return RecipientReport(
        origin=origin,
        contact=contact,
        at=at,
        subject=subject,
        outcome=answer.outcome,
        findings=findings,
        stale=answer.stale,
        consulted=answer.consulted,
        rights=_rights_of_others(
            Paper.RECIPIENT, [item.listing for item in findings], book, day_of(at)
        ),
        issuers=MappingProxyType(dict(issuers)),
    )


def _rights_of_others(
    paper: Paper, listings: Iterable[Listing | None], book: Rulebook, on: dt.date
) -> tuple[Right, ...]:
    """By the rulebooks that cleared another's listings, as they come with this library."""

    def book_of(name: str) -> Rulebook | None:
        book_id = name.partition("@")[0]
        try:
            return book if book_id == book.id else rulebook(book_id)
        except RulebookError:
            return None

    named = ((item.cleared_by if item else "", item) for item in listings)
    return _rights(paper, named, book_of, book, on)


def _matched(match: Match) -> Finding:
    return Finding(
        match.origin,
        match.issuer,
        match.listing_id,
        Outcome.MATCH,
        agree=match.corroboration,
        listing=match.listing,
        measures=match.measures,
        exempted_until=match.exempted_until,
        last_day=match.last_day,
        disputed=match.disputed,
        disputed_until=match.disputed_until,
    )


def _reviewed(case: ReviewCase, subject: Applicant) -> Finding:
    found = Finding(case.origin, case.issuer, case.listing_id, Outcome.NEEDS_REVIEW)
    conflict = _ANOTHERS & {*case.reasons}
    if case.listing is None or conflict or not _compared(subject, case.listing.borrower):
        told = tuple(reason for reason in case.reasons if reason not in _ITS_LIFE)
        return attrs.evolve(found, reasons=told)
    return attrs.evolve(found, reasons=case.reasons, listing=case.listing, last_day=case.last_day)


def _in_full(found: Finding, log: AuditLog, executions: ExecutionBook | None) -> Finding:
    """A finding with who asked and what was applied, unless it may be somebody else's."""
    if found.listing is None:
        return found
    applied: tuple[Execution, ...] | None = None
    if executions is not None:
        done = executions.executions(found.origin)
        applied = tuple(item for item in done if item.listing_id == found.listing_id)
    queries = tuple(log.queries_about(found.origin, found.listing_id))
    return attrs.evolve(found, applied=applied, queries=queries)


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
    names: Names = PLAIN_NAMES,
) -> AdverseActionNotice:
    """The notice to hand out after a decision that rests on a match.

    Nothing but a match carries a decision: a hit that needs review is refused, and so is a measure
    that the match does not permit, as while an exemption runs; a match of somebody else, or one
    that does not stand any more on the day.

    Args:
        match: The listing on which the decision rests.
        subject: Who was decided about, as screened.
        decision: What was decided, in words that the person understands.
        measures: The codes of the measures taken; at least one.
        origin: Who decided.
        contact: Where the person can turn to.
        issuer: Where the listing's issuer can be reached, if known.
        book: The rulebook of the jurisdiction, whose rights are told where the one that cleared the
            listing is not known.
        on: The day of the decision.
        names: What compared the names in the screening.

    Raises:
        MisuseError: if it rests on no match, or on none of this person on that day, or takes a
            measure that the match does not permit.
        InvalidValueError: if the decision is no plain text.
    """
    expect(Match, match=match)
    expect(Applicant, subject=subject)
    expect(Contact, contact=contact)
    expect(Rulebook, book=book)
    expect(Names, names=names)
    if issuer is not None:
        expect(Contact, issuer=issuer)
    faults = Faults("adverse-action notice")
    faults.text("decision", decision, limit=_DECISION_MAX, multiline=True)
    faults.day("on", on)
    faults.raise_any()
    factors = weigh(subject, match.listing.borrower, names)
    if factors.reasons or not {*match.corroboration} <= {*factors.corroboration}:
        raise MisuseError("the match is not one of the person who was decided about")
    if on > min(match.last_day, match.disputed_until or match.last_day):
        raise MisuseError("the match does not stand any more on the day of the decision")
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
        rights=_rights_of_others(Paper.ADVERSE_ACTION, [match.listing], book, on),
    )
