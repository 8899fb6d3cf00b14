"""The ledger: what an issuer said, to whom, and what it has to say next.

An append-only log of events with a hash tree over it. Only cleared listings can be recorded.
Each payload is locked once, when its event is recorded, under a fresh secret; sealing copies. A
withdrawal forgets the record and stays in the log for ever.

::

    with LedgerStore("ledger.db") as store:
        ledger = Ledger(store, origin="platform-x")
        ledger.record(review.cleared, tokens=keyring, at=now)
        ledger.seal("0001.csb", by=custodian, to=members, at=now)
        ledger.withdraw(Withdrawal(listing_id, WithdrawalReason.SETTLED, today), at=now)
        ledger.seal("0002.csb", by=custodian, to=members, at=now, since=1)
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Sequence

import attrs

from creditshare.agency import Agency, PublicAgency
from creditshare.arguments import expect
from creditshare.bundle import Checkpoint, EventType
from creditshare.clock import day_number, day_of, from_day_number, unix
from creditshare.codec import encode_identifiers, encode_listing
from creditshare.errors import IllegalMoveError, MisuseError, WrongTokenKeyError
from creditshare.files import PathLike
from creditshare.identifiers import Identifier
from creditshare.ledger.base import check_generation
from creditshare.ledger.books import UnreadRulebook
from creditshare.ledger.log import Log
from creditshare.ledger.preparing import Preparing
from creditshare.ledger.proceedings import Proceedings
from creditshare.ledger.recording import record_batch
from creditshare.ledger.results import Delivered, Recorded, Sealed, delivered
from creditshare.ledger.rewrite import relist_all, retoken_all
from creditshare.ledger.sealing import current_checkpoint, prepare
from creditshare.life import Event, Life, State, retention_end
from creditshare.life.terms import puts_off
from creditshare.model import Step
from creditshare.roster import Roster
from creditshare.rules import ClearedListing
from creditshare.sealing import check_parties
from creditshare.stores.ledger import DeliveryRow
from creditshare.tokens import TokenKeyring

__all__ = ["Ledger"]

_BATCH = 1000
_DEFAULT_LIFE = dt.timedelta(days=30)


class Ledger(Preparing, Proceedings):
    """An issuer's ledger.

    Args:
        store: Its database; a new one becomes this origin's.
        origin: Whose listings these are: for a custodian, the institution's, not its own.
        generation: As in the roster, for a new database.

    Raises:
        MisuseError: if the database is that of another origin or generation.
    """

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
            How many are listed; and which were listed before, or are prepared as a case of another
            id, which must go its own way.

        Raises:
            MisuseError: for anything that is not a cleared listing, or was cleared for other days
                than this, for another issuer, or as if it were listed already.
            TokenError: if the epoch does not fit.
        """
        duplicates: list[ClearedListing] = []
        listed = 0
        with self._appending(tokens, at) as log:
            prepared, given_up = bool(self._store.all_prepared()), self._store.given_up()
            if prepared:
                self._store.forget_log()
            for batch in _batches(cleared):
                self._check_cleared(batch, at)
                self._check_kept(item.rulebook for item in batch)
                if any(item.listed is not None for item in batch):
                    raise MisuseError("a new listing was reviewed as if it were listed already")
                if any(item.listing.id in given_up for item in batch):
                    raise MisuseError(
                        "a case that was given up is a new case, with an id of its own"
                    )
                free, behind = self._apart(batch) if prepared else (batch, [])
                known = record_batch(self._store, self._cases, log, free, day_number(day_of(at)))
                if prepared:
                    left = {item.listing.id for item in known}
                    new = [item for item in free if item.listing.id not in left]
                    self._take_over(new, at)
                listed += len(free) - len(known)
                duplicates += behind + known
        return Recorded(listed, tuple(duplicates))

    def amend(
        self,
        cleared: Iterable[ClearedListing],
        *,
        tokens: TokenKeyring,
        at: dt.datetime,
        correcting: bool = False,
    ) -> int:
        """Replace live listings by newer versions of the same id, reviewed again.

        This is also how an open conduct is confirmed: review `listing(id)` again and amend.
        A version that was sent is kept until its listing ends, so that `told` can tell it.
        The person's own statement stays as it is, whatever a newer version says: `state` alone
        sets or replaces it.

        After a dispute that was upheld a listing stays suspended, whatever else is amended, until
        an amendment is declared as the correction of what was found wrong.

        A notice or decision of another day is a step of its own, after what has happened.

        Args:
            cleared: The newer versions; may be a stream.
            tokens: Holds the current epoch.
            at: Now.
            correcting: Whether these are the corrections owed after upheld disputes. Each must
                change what the issuer says, or follow a change made since the dispute came in. It
                may put right a name, and a day; the steps stay noted as they were.

        Returns:
            How many were amended.

        Raises:
            NotListedError: if one is not live on this ledger, or its last day has passed; then
                none is amended.
            IllegalMoveError: if one would stand longer than before, or give a term that runs more
                time; says that its debt was settled, which `settle` does, or was not; tells what no
                notice told, or a notice or decision from before the listing that it did not tell
                then; or is declared as a correction where none is owed.
            MisuseError: if one is about another borrower, was cleared for other days than this,
                or as if it had been listed on another day; or if a correction changes nothing.
            TokenError: if the epoch does not fit.
        """
        count = 0
        with self._appending(tokens, at, forgetting=True) as log:
            for batch in _batches(cleared):
                self._check_cleared(batch, at)
                for item in batch:
                    self._amend(log, item, at, correcting=correcting)
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
        self._expire(at)
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
        check_generation(generation)
        expect(TokenKeyring, tokens=tokens)
        self._expire(at)
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

    def purge(self, at: dt.datetime) -> int:
        """Withdraw the listings whose last day has passed, forget such prepared cases, and rewrite.

        Every write that is told the time begins by that; call this every night, for
        the days on which nothing is written, and because SQLite may leave copies of what is
        deleted in the gaps of its pages. It takes as long as copying the database.

        Args:
            at: Now.

        Returns:
            How many listings and prepared cases ended.

        Raises:
            StoreError: if there is no room to rewrite it, or somebody still reads an earlier state
                of it, which its files hold until then; what was deleted stays deleted.
        """
        ended = self._expire_cases(at) + self._expire(at)
        self._store.compact()
        return ended

    # -- what is held --------------------------------------------------------------------------

    def live_listings_of(self, identifier: Identifier) -> tuple[bytes, ...]:
        """The ids of a borrower's listings that were not withdrawn.

        One whose last day has passed is among them until the next write that is told the time, or
        `purge`, withdraws it.
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
        lapsed = self._expire(at)
        with contextlib.ExitStack() as stack:
            with self._store.transaction(forgetting=True):
                if self._store.premature(day_number(day_of(at))):
                    raise MisuseError("a listing on the ledger may not be said before a later day")
                checkpoint, signature = current_checkpoint(
                    self._store, self._meta(), by=by, at=at, valid_for=valid_for
                )
                prepared = stack.enter_context(
                    prepare(self._store, checkpoint, signature, since=since, by=by, to=to)
                )
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
            prepared.write(path)
        return Sealed(
            checkpoint,
            delivery.kind,
            checkpoint.size - delivery.base.size,
            lapsed,
            tuple(agency.origin for agency in to),
        )

    # -- parts -------------------------------------------------------------------------------

    def _apart(
        self, batch: list[ClearedListing]
    ) -> tuple[list[ClearedListing], list[ClearedListing]]:
        """Those that may be listed, and those whose debt is another prepared case's."""
        free: list[ClearedListing] = []
        behind: list[ClearedListing] = []
        prepared = self._cases.prepared([item.listing for item in batch])
        for item, ids in zip(batch, prepared, strict=True):
            (free if ids <= {item.listing.id} else behind).append(item)
        return free, behind

    def _amend(self, log: Log, item: ClearedListing, at: dt.datetime, *, correcting: bool) -> None:
        listing, rulebook = item.listing, item.rulebook
        row = self._unended(listing.id, at)
        if item.listed not in (None, from_day_number(row.listed)):
            raise MisuseError("an amendment was reviewed as if listed on another day: `listed_on`")
        if encode_identifiers(listing.borrower.strong_identifiers) != row.identifiers:
            raise MisuseError("an amendment cannot change whom a listing is about")
        self._cases.move(listing, row.number)
        self._check_kept([rulebook])
        before = self._life(row)
        if isinstance(before.rulebook, UnreadRulebook):
            raise MisuseError("what was cleared by a rulebook that cannot be read is not amended")
        listing = attrs.evolve(listing, statement=before.listing.statement)
        life = before.about(listing, rulebook, correcting=correcting)
        if puts_off(before, life):
            raise IllegalMoveError(Step.CORRECTED, life.state, "a term that runs would end later")
        end = retention_end(rulebook, listing, listed=from_day_number(row.listed))
        self._store.rulebook(rulebook.name, rulebook.to_json())
        newer = attrs.evolve(
            row,
            first_day=day_number(item.first_day),
            last_day=day_number(min(item.last_day, end)),
            rulebook=rulebook.name,
            reference=listing.reference,
            noted=day_number(day_of(at)),
        )
        said = encode_listing(before.listing, cleared_by=rulebook.name)
        changed = said != encode_listing(listing, cleared_by=rulebook.name)  # not by a rulebook
        if changed:
            self._note_first(listing.id)
        for event in life.events[len(before.events) :]:
            self._note(listing.id, event, at=at)
        self._restate(log, newer, listing)
        _check_correction(life, declared=correcting, changed=changed)
        if correcting or (changed and not life.owes_correction):
            corrected = Event(Step.CORRECTED, day_of(at))
            life.then(corrected)
            self._note(listing.id, corrected, at=at)
            if life.state is State.UPHELD:
                log.append_mark(EventType.RESUME, listing.id, day_number(day_of(at)))
                self._set_mark(listing.id, EventType.RESUME, 0)

    def _check_cleared(self, batch: list[ClearedListing], at: dt.datetime) -> None:
        today = day_of(at)
        for item in batch:
            if not item.first_day <= today <= item.last_day:
                raise MisuseError("a listing was cleared for other days than this; review it today")
            if item.origin != self.origin:
                raise MisuseError("a listing was cleared for another issuer's ledger")


def _check_correction(life: Life, *, declared: bool, changed: bool) -> None:
    """Refuse a declared correction of a listing that owes none, or that corrects nothing.

    What was amended between the dispute and its answer is corrected already.
    """
    if not declared:
        return
    if not life.owes_correction:
        raise IllegalMoveError(Step.CORRECTED, life.state, "nothing was found wrong with it")
    since = life.last(Step.DISPUTED, Step.CORRECTED)
    if not changed and (since is None or since.step is Step.DISPUTED):
        raise MisuseError("a correction changes what was found wrong")


def _batches(cleared: Iterable[ClearedListing]) -> Iterator[list[ClearedListing]]:
    expect(Iterable, cleared=cleared)
    stream = iter(cleared)
    while batch := list(itertools.islice(stream, _BATCH)):
        if not all(isinstance(item, ClearedListing) for item in batch):
            raise MisuseError("only cleared listings go on the ledger; review them first")
        yield batch
