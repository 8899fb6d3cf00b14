"""What all parts of a ledger share: its database, its listings, the end of its log."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import secrets
from collections.abc import Iterable, Iterator

import attrs

from creditshare.agency import check_origin
from creditshare.arguments import expect
from creditshare.bundle import EventType
from creditshare.clock import (
    day_number,
    day_of,
    first_day_unended,
    from_day_number,
    last_day_begun,
)
from creditshare.codec import decode_draft, decode_identifiers, decode_listing, encode_listing
from creditshare.crypto.suite import DIGEST_SIZE, sha256
from creditshare.errors import (
    IllegalMoveError,
    MisuseError,
    NotListedError,
    StoreError,
    WrongTokenKeyError,
)
from creditshare.ledger.books import kept_rulebook
from creditshare.ledger.cases import Cases
from creditshare.ledger.expiry import end_of, may_be_listed_anew, reason_of_expiry
from creditshare.ledger.lives import events_of, first_rows, row_of
from creditshare.ledger.log import Log
from creditshare.ledger.rewrite import payload_of, sent_before, supersede
from creditshare.ledger.survey import status_of
from creditshare.life import Event, Life
from creditshare.model import Listing, ListingStatus, Withdrawal, WithdrawalReason
from creditshare.model.faults import Faults
from creditshare.rules import Rulebook
from creditshare.stores.ledger import LedgerMeta, LedgerStore, ListingRow
from creditshare.tokens import TokenKeyring

__all__ = ["LedgerBase", "check_generation", "check_happened"]


class LedgerBase:
    """The ground of a `Ledger`."""

    def __init__(self, store: LedgerStore, *, origin: str, generation: int = 1) -> None:
        check_origin(origin)
        expect(LedgerStore, store=store)
        check_generation(generation)
        self._store = store
        with store.transaction():
            meta = store.meta()
            if meta is None:
                key = secrets.token_bytes(DIGEST_SIZE)
                meta = LedgerMeta(origin, generation, key=key)
                store.put_meta(meta)
        if (meta.origin, meta.generation) != (origin, generation):
            whose = f"{meta.origin}, generation {meta.generation}"
            raise MisuseError(f"the ledger is that of another log: {whose}")
        self.origin = origin
        self._cases = Cases(store, meta.key)
        self._book = functools.lru_cache(16)(functools.partial(kept_rulebook, store))

    @property
    def store(self) -> LedgerStore:
        """Its database."""
        return self._store

    # -- one listing ---------------------------------------------------------------------------

    def listing(self, listing_id: bytes, *, at: dt.datetime | None = None) -> Listing:
        """A live listing as it was recorded, with its strong identifiers.

        Args:
            listing_id: Which listing.
            at: Now; without it, a listing whose last day has passed is answered until the next
                write that is told the time deletes it.

        Raises:
            NotListedError: if it is not live, or its last day has passed.
        """
        live = self._live(listing_id) if at is None else self._unended(listing_id, at)
        return self._listing(live)

    def listed_on(self, listing_id: bytes) -> dt.date:
        """The UTC day on which a listing was first recorded, live or not.

        Args:
            listing_id: Which listing.

        Raises:
            NotListedError: if it was never on this ledger.
        """
        return from_day_number(self._known(listing_id).listed)

    def status(self, listing_id: bytes, at: dt.datetime) -> ListingStatus:
        """Where a listing stands at a moment, live or not.

        Args:
            listing_id: Which listing.
            at: The moment.

        Raises:
            NotListedError: if it was never on this ledger.
        """
        row = self._known(listing_id)
        today, unended = day_number(last_day_begun(at)), day_number(first_day_unended(at))
        return status_of(row, today, unended)

    def life(self, listing_id: bytes) -> Life:
        """What happened to a live listing or a prepared case, under its rulebook.

        Raises:
            NotListedError: if it is neither.
        """
        expect(bytes, listing_id=listing_id)
        prepared = self._store.prepared(listing_id)
        if prepared is None:
            return self._life(self._live(listing_id))
        name, body = prepared
        draft = decode_draft(body, listing_id)
        events = events_of(self._store.life(listing_id), None, None)
        return self._recorded(name, draft, events)

    def steps(self, listing_id: bytes) -> tuple[Event, ...]:
        """What happened to a listing, live or not, as far as it is still known.

        Once it has ended, all words are forgotten; the steps and their days stay.

        Raises:
            NotListedError: if it was never on this ledger.
        """
        row = self._known(listing_id)
        listing = self._listing(row) if row.reason is None else None
        return events_of(self._store.life(listing_id), row, listing)

    # -- for the parts -------------------------------------------------------------------------

    def _listing(self, row: ListingRow) -> Listing:
        payload = payload_of(self._store, self.origin, row.event)
        listing = decode_listing(payload, row.id)
        identifiers = decode_identifiers(row.identifiers or "")
        borrower = attrs.evolve(listing.borrower, identifiers=identifiers)
        return attrs.evolve(listing, borrower=borrower, reference=row.reference)

    def _life(self, row: ListingRow) -> Life:
        listing = self._listing(row)
        events = events_of(self._store.life(row.id), row, listing)
        return self._recorded(row.rulebook, listing, events)

    def _recorded(self, book: str, listing: Listing, events: tuple[Event, ...]) -> Life:
        try:
            return Life.recorded(self._book(book), listing, events)
        except IllegalMoveError:
            raise StoreError("the database is damaged: steps in an order of no case") from None

    def _note(
        self, listing_id: bytes, event: Event, *, at: dt.datetime, due: dt.date | None = None
    ) -> None:
        self._note_first(listing_id)
        self._store.add_life(row_of(listing_id, event, noted=day_of(at), due=due))

    def _note_first(self, listing_id: bytes, *, words: bool = True) -> None:
        """Note the first steps of a listing, which it told itself until now."""
        row = self._store.listing(listing_id)
        if row is not None and not self._store.life(listing_id):
            for first in first_rows(row, self._listing(row)):
                self._store.add_life(first if words else attrs.evolve(first, words=""))

    def _check_kept(self, books: Iterable[Rulebook]) -> None:
        """Refuse to list by a rulebook whose kept copy is damaged: nobody could read it later."""
        for book in {book.digest: book for book in books}.values():
            body = self._store.rulebook_body(book.name)
            if body is not None and sha256(body.encode()) != book.digest:
                raise StoreError("the ledger's copy of that rulebook is damaged; nothing is listed")

    def _restate(self, log: Log, newer: ListingRow, listing: Listing) -> None:
        """Let a live listing say something else, or by another rulebook; what was sent is kept."""
        payload = encode_listing(listing, cleared_by=newer.rulebook)
        keep = newer.event < sent_before(self._store, self._meta())
        supersede(self._store, log, EventType.AMEND, newer, payload, keep=keep)

    def _expire(self, at: dt.datetime) -> int:
        """Withdraw what has passed its last day; committed before, and whatever comes after.

        Returns:
            How many listings ended; prepared cases that did are forgotten too.
        """
        self._expire_cases(at)
        today = day_number(last_day_begun(at))
        if not self._store.lapsed(today):
            return 0
        with self._store.transaction(forgetting=True):
            return self._lapse(self._store.lapsed(today), at)

    def _expire_cases(self, at: dt.datetime) -> int:
        """Forget the prepared cases that have passed their last day; returns how many."""
        today = day_number(last_day_begun(at))
        if not self._store.outdated(today):
            return 0
        with self._store.transaction(forgetting=True):
            outdated = self._store.outdated(today)
            for listing_id in outdated:
                self._forget_case(listing_id)
        return len(outdated)

    def _forget_case(self, listing_id: bytes) -> None:
        """Forget what a prepared case said; on which days it moved is not forgotten."""
        self._store.drop_prepared(listing_id)
        self._store.forget_words(listing_id)

    def _lapse(self, lapsed: list[bytes], at: dt.datetime) -> int:
        log = Log(self._store, self._meta())
        for listing_id in lapsed:
            row = self._live(listing_id)
            listing = self._listing(row)
            reason = reason_of_expiry(row, listing, self._book(row.rulebook))
            marked = row.suspended or row.exempted or row.disputed
            anew = may_be_listed_anew(row, listing, self._book(row.rulebook), day_of(at))
            if reason == WithdrawalReason.LAPSED and anew and not marked:
                self._cases.release(listing, row.number)
            self._end(log, Withdrawal(listing_id, reason, day_of(at)), at)
        return len(lapsed)

    def _end(self, log: Log, withdrawal: Withdrawal, at: dt.datetime) -> None:
        row, day = self._live(withdrawal.listing_id), day_number(withdrawal.on)
        self._note_first(row.id, words=False)
        kind = EventType.VOID if withdrawal.reason.is_void else EventType.WITHDRAW
        log.append_mark(kind, row.id, day)
        log.close()
        noted = end_of(row, at) or max(day_of(at), from_day_number(row.noted))
        self._store.end_listing(row.id, withdrawal.reason, day, day_number(noted))

    @contextlib.contextmanager
    def _stepping(
        self, at: dt.datetime, *days: dt.date, forgetting: bool = False
    ) -> Iterator[None]:
        """A transaction that notes what happened on these days; none of them is to come."""
        check_happened(*days, at=at)
        self._expire(at)
        with self._store.transaction(forgetting=forgetting):
            yield

    @contextlib.contextmanager
    def _appending(
        self, tokens: TokenKeyring, at: dt.datetime, *, forgetting: bool = False
    ) -> Iterator[Log]:
        expect(TokenKeyring, tokens=tokens)
        self._expire(at)
        with self._store.transaction(forgetting=forgetting):
            meta = self._meta()
            source = tokens.for_issuing(at, used=meta.epoch)
            if meta.token_check not in (None, source.check):
                raise WrongTokenKeyError("the ledger was tokenised under another key of that name")
            log = Log(self._store, meta, source)
            yield log
            log.close()

    def _known(self, listing_id: bytes) -> ListingRow:
        expect(bytes, listing_id=listing_id)
        row = self._store.listing(listing_id)
        if row is None:
            raise NotListedError("no listing with that id was ever on this ledger")
        return row

    def _live(self, listing_id: bytes) -> ListingRow:
        row = self._store.listing(listing_id) if isinstance(listing_id, bytes) else None
        if row is None or row.reason is not None:
            raise NotListedError("no live listing with that id")
        return row

    def _unended(self, listing_id: bytes, at: dt.datetime) -> ListingRow:
        row = self._live(listing_id)
        if row.last_day < day_number(last_day_begun(at)):
            raise NotListedError("the last day of a listing has passed: it has ended")
        return row

    def _meta(self) -> LedgerMeta:
        meta = self._store.meta()
        if meta is None:
            raise MisuseError("the ledger lost its description")
        return meta


def check_happened(*days: dt.date, at: dt.datetime) -> None:
    """Refuse what is said to have happened on a day to come.

    What waits for a day would happen before it otherwise: a repair, an answer, an end.

    Args:
        days: The days on which it happened.
        at: Now; its day is that in UTC.

    Raises:
        MisuseError: if one of them is later than today.
    """
    today = day_of(at)
    if any(day > today for day in days):
        raise MisuseError("that day has not come in UTC")


def check_generation(generation: int) -> None:
    """Refuse what is no generation of a log.

    Raises:
        InvalidValueError: if it is not a number from 1 to 2^32 - 1.
    """
    faults = Faults("ledger")
    faults.number("generation", generation, 1, 2**32 - 1)
    faults.raise_any()
