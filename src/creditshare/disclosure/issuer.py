"""What an issuer tells a person: what it said of them, to whom, as it was sent."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterable

import attrs

from creditshare.arguments import expect
from creditshare.bundle.event import DAY_MAX
from creditshare.calendars import Calendar
from creditshare.clock import day_number, day_of, first_day_unended, from_day_number
from creditshare.disclosure.asker import may_be_anothers
from creditshare.disclosure.report import (
    IssuerReport,
    SaidListing,
)
from creditshare.disclosure.rights import Contact, Paper, rights_by
from creditshare.errors import MisuseError, NotListedError
from creditshare.feedback import executions_of
from creditshare.identifiers import Identifier
from creditshare.ledger import Ledger, LedgerStore, listings_of, told
from creditshare.ledger.books import UnreadRulebook, kept_rulebook
from creditshare.ledger.expiry import lapses_by
from creditshare.ledger.lives import wordless
from creditshare.life import Deadline, Event, Life, deadlines
from creditshare.model import ListingStatus, Step, WithdrawalReason
from creditshare.rules import Rulebook
from creditshare.screening import (
    Applicant,
)

__all__ = ["issuer_report"]


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
            rights=rights_by(
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
    if held is not None and subject is not None and may_be_anothers(subject, held.borrower):
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
    rule = lapses_by(life.rulebook, life.listing, listed=listed, last_day=last_day)
    return rule is not None


def _bare(steps: Iterable[Event]) -> tuple[Event, ...]:
    """The steps of a case, as they are told once nobody's name can be compared any more.

    Without an exemption: its cause says what befell somebody.
    """
    return tuple(wordless(step) for step in steps if step.step is not Step.EXEMPTED)


def _found_by(identifier: Identifier, shown: tuple[Identifier, ...]) -> tuple[str, str]:
    """An identifier by scheme and value, masked unless the person showed it."""
    plain = f"{identifier.country} {identifier.value}".lstrip()
    return identifier.SCHEME, plain if identifier in shown else identifier.masked
