"""The ledger: what an issuer said, to whom, and what it has to say next.

An append-only log of events with a hash tree over it. Only cleared listings can be recorded.
Each payload is locked once, when its event is recorded, under a fresh secret; sealing copies. A
withdrawal forgets the record and stays in the log for ever.

::

    with LedgerStore("ledger.db") as store:
        ledger = Ledger(store, origin="platform-x")
        ledger.record(review.cleared, tokens=keyring, at=now)
        ledger.seal("0001.csb", by=custodian, to=members, at=now)
        ledger.withdraw(Withdrawal(listing_id, WithdrawalReason.SETTLED, today))
        ledger.seal("0002.csb", by=custodian, to=members, at=now, since=1)
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence

import attrs

from creditshare.agency import Agency, PublicAgency, check_origin
from creditshare.arguments import expect
from creditshare.bundle import Checkpoint, EventType
from creditshare.clock import (
    day_number,
    day_of,
    first_day_unended,
    from_day_number,
    last_day_begun,
    unix,
)
from creditshare.codec import (
    decode_identifiers,
    decode_listing,
    encode_identifiers,
    encode_listing,
)
from creditshare.crypto.suite import DIGEST_SIZE
from creditshare.errors import MisuseError, NotListedError, WrongTokenKeyError
from creditshare.files import PathLike
from creditshare.identifiers import Identifier
from creditshare.ledger.cases import Cases
from creditshare.ledger.log import Log
from creditshare.ledger.recording import record_batch
from creditshare.ledger.results import Delivered, Recorded, Sealed, delivered
from creditshare.ledger.rewrite import (
    payload_of,
    relist_all,
    retoken_all,
    sent_before,
    supersede,
)
from creditshare.ledger.sealing import current_checkpoint, prepare
from creditshare.ledger.survey import status_of
from creditshare.model import Listing, ListingStatus, Withdrawal, WithdrawalReason
from creditshare.model.faults import Faults
from creditshare.roster import Roster
from creditshare.rules import ClearedListing
from creditshare.sealing import check_parties
from creditshare.stores.ledger import DeliveryRow, LedgerMeta, LedgerStore, ListingRow
from creditshare.tokens import TokenKeyring

__all__ = ["Ledger"]

_BATCH = 1000
_DEFAULT_LIFE = dt.timedelta(days=30)
_MARKED: dict[EventType, Callable[[int], dict[str, int]]] = {
    EventType.SUSPEND: lambda day: {"suspended": day},
    EventType.EXEMPT: lambda day: {"exempted": day},
    EventType.RESUME: lambda _: {"suspended": 0},
}


class Ledger:
    """An issuer's ledger.

    Args:
        store: Its database; a new one becomes this origin's.
        origin: Whose listings these are: for a custodian, the institution's, not its own.
        generation: As in the roster, for a new database.

    Raises:
        MisuseError: if the database belongs to another origin or generation.
    """

    def __init__(self, store: LedgerStore, *, origin: str, generation: int = 1) -> None:
        check_origin(origin)
        expect(LedgerStore, store=store)
        _check_generation(generation)
        self._store = store
        with store.transaction():
            meta = store.meta()
            if meta is None:
                key = secrets.token_bytes(DIGEST_SIZE)
                meta = LedgerMeta(origin, generation, key=key)
                store.put_meta(meta)
        if (meta.origin, meta.generation) != (origin, generation):
            raise MisuseError("the ledger belongs to another origin or generation")
        self.origin = origin
        self._cases = Cases(store, meta.key)

    # -- recording ---------------------------------------------------------------------------

    def record(
        self, cleared: Iterable[ClearedListing], *, tokens: TokenKeyring, at: dt.datetime
    ) -> Recorded:
        """Put cleared listings on the ledger, all or none of them.

        Args:
            cleared: From a rulebook's review; may be a stream.
            tokens: Holds the current epoch.
            at: Now.

        Returns:
            How many are listed, and which were listed before.

        Raises:
            MisuseError: for anything that is not a cleared listing, or was cleared for other days
                than this, or for another issuer.
            TokenError: if the epoch does not fit.
        """
        duplicates: list[ClearedListing] = []
        listed = 0
        with self._appending(tokens, at) as log:
            for batch in _batches(cleared):
                self._check_cleared(batch, at)
                known = record_batch(self._store, self._cases, log, batch, day_number(day_of(at)))
                listed += len(batch) - len(known)
                duplicates += known
        return Recorded(listed, tuple(duplicates))

    def amend(
        self, cleared: Iterable[ClearedListing], *, tokens: TokenKeyring, at: dt.datetime
    ) -> int:
        """Replace live listings by newer versions of the same id, reviewed again.

        This is also how an open conduct is confirmed: review `listing(id)` again and amend.
        A version that was sent is kept until its listing ends, so that `told` can tell it.

        Args:
            cleared: The newer versions; may be a stream.
            tokens: Holds the current epoch.
            at: Now.

        Returns:
            How many were amended.

        Raises:
            NotListedError: if one is not live on this ledger, or its last day has passed; then
                none is amended.
            MisuseError: if one is about another borrower, or was cleared for other days than this.
            TokenError: if the epoch does not fit.
        """
        count = 0
        with self._appending(tokens, at, forgetting=True) as log:
            sent = sent_before(self._store, self._meta())
            for batch in _batches(cleared):
                self._check_cleared(batch, at)
                for item in batch:
                    row = self._live(item.listing.id)
                    if row.last_day < day_number(last_day_begun(at)):
                        raise NotListedError("the last day of a listing has passed: it has ended")
                    stored = item.listing.borrower.strong_identifiers
                    if encode_identifiers(stored) != row.identifiers:
                        raise MisuseError("an amendment cannot change whom a listing is about")
                    self._cases.move(item.listing, row.number)
                    newer = attrs.evolve(
                        row,
                        first_day=day_number(item.first_day),
                        last_day=day_number(item.last_day),
                        rulebook=item.rulebook.name,
                        reference=item.listing.reference,
                        conduct=item.listing.conduct.code if item.listing.conduct else "",
                    )
                    self._store.rulebook(item.rulebook.name, item.rulebook.to_json())
                    payload = encode_listing(item.listing)
                    keep = row.event < sent and payload != payload_of(
                        self._store, self.origin, row.event
                    )
                    supersede(self._store, log, EventType.AMEND, newer, payload, keep=keep)
                    count += 1
        return count

    def retoken(self, *, tokens: TokenKeyring, at: dt.datetime) -> int:
        """Move every live listing to the epoch that replaced the ledger's, under fresh secrets.

        The next bundle must be a full one: a checkpoint has one epoch.

        Args:
            tokens: Holds the new epoch.
            at: Now.

        Returns:
            How many listings were re-tokenised.

        Raises:
            TokenError: if the new epoch does not replace the ledger's.
        """
        expect(TokenKeyring, tokens=tokens)
        source = tokens.for_issuing(at)
        with self._store.transaction(forgetting=True):
            meta = self._meta()
            if meta.epoch is not None:
                tokens.check_replaces(source, meta.epoch)
            return retoken_all(self._store, meta, source)

    def renew(self, generation: int, *, tokens: TokenKeyring, at: dt.datetime) -> int:
        """Begin the log anew, after the steward raised the roster's generation for this origin.

        For an issuer whose recipients see a fork, such as after a restored backup. The live
        listings keep their ids; what was ever listed or withdrawn stays known. The next bundle
        must be a full one.

        Args:
            generation: As in the new roster.
            tokens: Holds the current epoch.
            at: Now.

        Returns:
            How many listings the new log begins with.

        Raises:
            MisuseError: if the generation is not higher than the ledger's.
            TokenError: if the epoch does not fit, or its key is another under the same name.
        """
        _check_generation(generation)
        expect(TokenKeyring, tokens=tokens)
        with self._store.transaction(forgetting=True):
            meta = self._meta()
            if generation <= meta.generation:
                raise MisuseError("the generation must be higher than the ledger's")
            source = tokens.for_issuing(at)
            if meta.epoch is not None and meta.epoch != source.epoch.name:
                tokens.check_replaces(source, meta.epoch)
            elif meta.token_check not in (None, source.check):
                raise WrongTokenKeyError("the ledger was tokenised under another key of that name")
            return relist_all(self._store, meta, source, generation)

    # -- marks and ends ----------------------------------------------------------------------

    def suspend(self, *listing_ids: bytes, until: dt.date) -> None:
        """Mark listings as disputed: until that day they are no match, but need review.

        Args:
            listing_ids: Which listings; all are marked, or none.
            until: The last day of the suspension.

        Raises:
            NotListedError: if one of them is not live.
        """
        self._mark(listing_ids, EventType.SUSPEND, until)

    def exempt(self, *listing_ids: bytes, until: dt.date) -> None:
        """Permit no measure on listings until that day (illness, funeral, examination, duty).

        Args:
            listing_ids: Which listings; all are marked, or none.
            until: The last day of the exemption.

        Raises:
            NotListedError: if one of them is not live.
        """
        self._mark(listing_ids, EventType.EXEMPT, until)

    def resume(self, *listing_ids: bytes, on: dt.date) -> None:
        """End suspensions at once; an exemption ends by a new one with an earlier day.

        Args:
            listing_ids: Which listings; all are marked, or none.
            on: The day of the decision, for the record.

        Raises:
            NotListedError: if one of them is not live.
        """
        self._mark(listing_ids, EventType.RESUME, on)

    def withdraw(self, *withdrawals: Withdrawal) -> None:
        """End listings, all or none. Their records are forgotten at once; the next bundle tells it.

        Args:
            withdrawals: Which listings, why, and since when.

        Raises:
            NotListedError: if one of them is not live.
        """
        for withdrawal in withdrawals:
            expect(Withdrawal, withdrawal=withdrawal)
        with self._store.transaction(forgetting=True):
            log = Log(self._store, self._meta())
            for withdrawal in withdrawals:
                self._end(log, withdrawal)

    # -- what is held --------------------------------------------------------------------------

    def listing(self, listing_id: bytes) -> Listing:
        """A live listing as it was recorded, with its strong identifiers.

        Raises:
            NotListedError: if it is not live.
        """
        row = self._live(listing_id)
        payload = payload_of(self._store, self.origin, row.event)
        listing = decode_listing(payload, listing_id)
        identifiers = decode_identifiers(row.identifiers or "")
        borrower = attrs.evolve(listing.borrower, identifiers=identifiers)
        return attrs.evolve(listing, borrower=borrower, reference=row.reference)

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

    def live_listings_of(self, identifier: Identifier) -> tuple[bytes, ...]:
        """The ids of a borrower's listings that were not withdrawn.

        One whose last day has passed is among them until the next seal withdraws it.
        """
        expect(Identifier, identifier=identifier)
        found = self._cases.listings_of(identifier)
        rows = (self._store.listing(listing_id) for listing_id in found)
        return tuple(row.id for row in rows if row is not None and row.reason is None)

    def last_checkpoint(self) -> Checkpoint | None:
        """The latest state that was signed."""
        held = self._store.checkpoint()
        return None if held is None else Checkpoint.from_bytes(held[0])

    def deliveries(self) -> tuple[Delivered, ...]:
        """Every bundle sealed, oldest first: what was said to whom, and when."""
        return tuple(map(delivered, self._store.deliveries()))

    # -- sealing -------------------------------------------------------------------------------

    def seal(
        self,
        path: PathLike,
        *,
        by: Agency,
        to: Sequence[PublicAgency],
        at: dt.datetime,
        since: int | None = None,
        valid_for: dt.timedelta = _DEFAULT_LIFE,
        roster: Roster | None = None,
    ) -> Sealed:
        """Seal the ledger's state into a bundle.

        Listings whose last day has passed are withdrawn first. Every rule that depends on the day
        is run again: if one does not hold yet, nothing is sealed. The checkpoint and the
        delivery are committed before the file appears: after a crash in between, seal again, and
        the same checkpoint is delivered.

        Args:
            path: The file to write.
            by: The issuer, or the custodian of the ledger's origin.
            to: The recipients.
            at: Now.
            since: The sequence number of the checkpoint that all recipients hold, for a delta (see
                `deliveries`); None for a full bundle.
            valid_for: How long the checkpoint vouches; at most 93 days, and not beyond the epoch.
            roster: If given, recipients whose keys are not the roster's are refused, and so is an
                issuer whom recipients would refuse, before a sequence number is used up.

        Returns:
            What the file holds, and for whom.

        Raises:
            MisuseError: if a listing may not be said yet, there is nothing to say, `since` is no
                checkpoint of this ledger, or the delta would cross an epoch.
            UnauthorisedIssuerError: if the roster does not let this agency issue.
            RosterError: if the roster has expired, or does not know a recipient by these keys.
            FileError: if the file cannot be written.
        """
        check_parties(by, to)
        expect(dt.timedelta, valid_for=valid_for)
        if since is not None:
            expect(int, since=since)
        if roster is not None:
            expect(Roster, roster=roster)
            roster.check_current(at)
            roster.check_recipients(to)
            roster.check_issuer(by, origin=self.origin, generation=self._meta().generation, at=at)
        with self._store.transaction(forgetting=True):
            lapsed = self._lapse(at)
            if self._store.premature(day_number(day_of(at))):
                raise MisuseError("a listing on the ledger may not be said before a later day")
            checkpoint, signature = current_checkpoint(
                self._store, self._meta(), by=by, at=at, valid_for=valid_for
            )
            prepared = prepare(self._store, checkpoint, signature, since=since, by=by, to=to)
            delivery = prepared.delivery
            self._store.add_delivery(
                DeliveryRow(
                    checkpoint.generation,
                    checkpoint.sequence,
                    delivery.base.sequence,
                    " ".join(agency.origin for agency in to),
                    delivery.to_bytes(),
                    unix(at),
                )
            )
        with prepared:
            prepared.write(path)
        return Sealed(
            checkpoint,
            delivery.kind,
            checkpoint.size - delivery.base.size,
            lapsed,
            tuple(agency.origin for agency in to),
        )

    def _lapse(self, at: dt.datetime) -> int:
        log = Log(self._store, self._meta())
        lapsed = self._store.lapsed(day_number(last_day_begun(at)))
        for listing_id in lapsed:
            listing, reason = self.listing(listing_id), WithdrawalReason.RETENTION_ENDED
            if listing.conduct is not None and listing.conduct.end is None:
                reason = WithdrawalReason.LAPSED  # nobody confirmed it
                row = self._live(listing_id)
                if not row.suspended and not row.exempted:  # unless it was disputed, it may be
                    self._cases.release(listing, row.number)  # listed again
            self._end(log, Withdrawal(listing_id, reason, day_of(at)))
        return len(lapsed)

    # -- parts -------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _appending(
        self, tokens: TokenKeyring, at: dt.datetime, *, forgetting: bool = False
    ) -> Iterator[Log]:
        expect(TokenKeyring, tokens=tokens)
        with self._store.transaction(forgetting=forgetting):
            meta = self._meta()
            source = tokens.for_issuing(at, used=meta.epoch)
            if meta.token_check not in (None, source.check):
                raise WrongTokenKeyError("the ledger was tokenised under another key of that name")
            log = Log(self._store, meta, source)
            yield log
            log.close()

    def _check_cleared(self, batch: list[ClearedListing], at: dt.datetime) -> None:
        today = day_of(at)
        for item in batch:
            if not item.first_day <= today <= item.last_day:
                raise MisuseError("a listing was cleared for other days than this; review it today")
            if item.origin != self.origin:
                raise MisuseError("a listing was cleared for another issuer's ledger")

    def _mark(self, listing_ids: Sequence[bytes], event_type: EventType, day: dt.date) -> None:
        if type(day) is not dt.date:
            raise MisuseError("a mark's day must be a date without a time")
        with self._store.transaction():
            log = Log(self._store, self._meta())
            for listing_id in listing_ids:
                self._live(listing_id)
                log.append_mark(event_type, listing_id, day_number(day))
                self._store.mark_listing(listing_id, **_MARKED[event_type](day_number(day)))
            log.close()

    def _end(self, log: Log, withdrawal: Withdrawal) -> None:
        self._live(withdrawal.listing_id)
        log.append_mark(EventType.WITHDRAW, withdrawal.listing_id, day_number(withdrawal.on))
        log.close()
        self._store.end_listing(withdrawal.listing_id, withdrawal.reason, day_number(withdrawal.on))

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

    def _meta(self) -> LedgerMeta:
        meta = self._store.meta()
        if meta is None:
            raise MisuseError("the ledger lost its description")
        return meta


def _check_generation(generation: int) -> None:
    faults = Faults("ledger")
    faults.number("generation", generation, 1, 2**32 - 1)
    faults.raise_any()


def _batches(cleared: Iterable[ClearedListing]) -> Iterator[list[ClearedListing]]:
    expect(Iterable, cleared=cleared)
    stream = iter(cleared)
    while batch := list(itertools.islice(stream, _BATCH)):
        if not all(isinstance(item, ClearedListing) for item in batch):
            raise MisuseError("only cleared listings go on the ledger; review them first")
        yield batch
