"""The log of queries: append, verify, read back."""

from __future__ import annotations

import datetime as dt
import itertools
import secrets
from collections.abc import Iterable, Iterator, Sequence

import attrs

from creditshare.arguments import expect
from creditshare.audit.chain import Chain, Head
from creditshare.audit.key import AuditKey
from creditshare.audit.query import Query, counts, hit_fields, read_query
from creditshare.clock import unix
from creditshare.errors import AuditBreak, AuditError, KeyMaterialError
from creditshare.identifiers import Identifier
from creditshare.model import Role
from creditshare.model.faults import Faults
from creditshare.screening import Applicant, Purpose, Record, Screening
from creditshare.stores.audit import AuditStore, Fields

__all__ = ["AuditLog", "AuditedBy"]

_CALL_SIZE = 16
_MOST_BREAKS = 100
_MISPLACED = "rows before it are missing, or it is out of place"
_UNLINKED = "it was changed, or does not follow the row before it"
_NOT_NOTED = "its link is not the one that was noted"
_CUT = "the log was cut off before it, though a later row was noted"
_NO_QUERY = "it has hits, but does not stand in the log"


class AuditLog:
    """A log of queries. Several processes may write to one file, each through a log of its own.

    Args:
        store: Its database.
        key: The key it was begun with; a new log is begun with it.

    Raises:
        KeyMaterialError: if it was begun with another key, or its beginning was changed.
        StoreError: if the database cannot be used, or its tables were changed.
    """

    def __init__(self, store: AuditStore, *, key: AuditKey) -> None:
        expect(AuditStore, store=store)
        expect(AuditKey, key=key)
        self._store = store
        self._chain = Chain(key)
        with store.transaction():
            store.check_tables()
            if not store.beginning() and store.last() is None:
                store.begin(self._chain.beginning)
            if store.beginning() != [self._chain.beginning]:
                raise KeyMaterialError(
                    "the log of queries was begun with another key, or its beginning was changed"
                )

    # -- writing -------------------------------------------------------------------------------

    def begin(
        self, *, caller: str, consent: str, purpose: Purpose, role: Role, at: dt.datetime
    ) -> Record:
        """What to hand each batch of one call to; `AuditedBy` does this for `screen`.

        Args:
            caller: Which user or system asks.
            consent: The reference of the consent, or of the law by which none is needed.
            purpose: Why.
            role: In which role.
            at: When.
        """
        call, parts = secrets.token_bytes(_CALL_SIZE), itertools.count(1)
        asker = (unix(at), caller, purpose.value, role.value, consent)

        def record(applicants: Sequence[Applicant], answers: Sequence[Screening]) -> None:
            part = next(parts)
            digest = self._chain.digest(call, part, _identifiers(applicants))
            self._append((call, part, *asker, *counts(answers), digest), hit_fields(answers))

        return record

    def _append(self, fields: Fields, hits: Sequence[Fields]) -> None:
        with self._store.transaction():
            number, previous = self._last()
            link = self._chain.link(previous, fields, hits)
            self._store.add(number + 1, link, fields, hits)

    def _last(self) -> tuple[int, bytes]:
        return self._store.last() or (0, self._chain.beginning)

    # -- verifying -----------------------------------------------------------------------------

    def head(self) -> Head:
        """Where the log stands, unverified; `verify` returns one that is."""
        return Head(*self._last())

    def verify(self, *, expect: Head | None = None) -> Head:
        """Check every row of the log; reads it as a stream.

        Finds rows and hits that were changed, removed, added or moved. What was cut off at the
        end is found only against a head that was noted elsewhere; so is a log that was rewritten
        with its key.

        Args:
            expect: A head noted earlier, on which the log must still stand.

        Returns:
            The head that was verified, to be noted.

        Raises:
            AuditError: with the first hundred places where the log is not what was written.
            StoreError: if the database cannot be read, or its tables were changed.
        """
        with self._store.snapshot():
            self._store.check_tables()
            breaks = tuple(itertools.islice(self._breaks(expect), _MOST_BREAKS))
            if breaks:
                raise AuditError(breaks)
            return self.head()

    def _breaks(self, noted: Head | None) -> Iterator[AuditBreak]:
        number, link = 0, self._chain.beginning
        if noted is not None and noted.count == 0 and noted.link != link:
            yield AuditBreak(0, _NOT_NOTED)
        for row in self._store.queries():
            if row.number != number + 1:
                yield AuditBreak(row.number, _MISPLACED)
            elif self._chain.link(link, row.fields, row.hits) != row.link:
                yield AuditBreak(row.number, _UNLINKED)
            number, link = row.number, row.link
            if noted is not None and noted.count == number and noted.link != link:
                yield AuditBreak(number, _NOT_NOTED)
        if noted is not None and noted.count > number:
            yield AuditBreak(number + 1, _CUT)
        for orphaned in self._store.hits_of_no_query():
            yield AuditBreak(orphaned, _NO_QUERY)

    # -- reading back --------------------------------------------------------------------------

    def queries(self) -> Iterator[Query]:
        """Every query, in order, each checked against the row before it.

        Raises:
            AuditError: at a row that is not what was written.
        """
        return map(self._read, range(1, self.head().count + 1))

    def queries_about(self, origin: str, listing_id: bytes) -> Iterator[Query]:
        """The queries that found a listing, in order, each with the hits of that listing alone.

        Who asked about a person and found nothing is not among them: only the digest of a batch
        tells of those, and only to somebody who can name the whole batch.

        Args:
            origin: Whose listing.
            listing_id: Its id.

        Raises:
            AuditError: at a row that is not what was written. Rows that were removed are for
                `verify` to find.
        """
        for number in self._store.queries_with_hit(origin, listing_id):
            query = self._read(number)
            hits = [hit for hit in query.hits if hit.is_of(origin, listing_id)]
            yield attrs.evolve(query, hits=tuple(hits))

    def is_batch_of(self, query: Query, applicants: Iterable[Applicant]) -> bool:
        """Whether a query asked about exactly these applicants, in this order.

        Only identifiers count, weak ones too, in the order in which they were given; names do not.

        Args:
            query: As read back from this log.
            applicants: The whole batch.
        """
        return query.digest == self._chain.digest(query.call, query.part, _identifiers(applicants))

    def _read(self, number: int) -> Query:
        row = self._store.query(number)
        before = self._chain.beginning if number == 1 else self._store.link(number - 1)
        if row is None or before is None:
            raise AuditError((AuditBreak(number, _MISPLACED),))
        if self._chain.link(before, row.fields, row.hits) != row.link:
            raise AuditError((AuditBreak(number, _UNLINKED),))
        return read_query(row)


@attrs.frozen
class AuditedBy:
    """Who asks, and by whose leave: what `screen` takes as ``audit``.

    Consent is each person's own. So screen one person a call where each gave one; where many are
    screened in a call, the reference names the file that holds all of theirs. Write no person's
    number into it: it stands in the log as it is.

    Attributes:
        log: Where the queries are written down.
        caller: Which user or system asks.
        consent: The reference of the written consent, or of the law by which none is needed.
    """

    log: AuditLog
    caller: str
    consent: str = attrs.field(repr=False)

    def __attrs_post_init__(self) -> None:
        expect(AuditLog, log=self.log)
        faults = Faults("query")
        faults.text("caller", self.caller, limit=100)
        faults.text("consent", self.consent, limit=200)
        faults.raise_any()

    def begin(self, *, purpose: Purpose, role: Role, at: dt.datetime) -> Record:
        """What to hand each batch of one call to.

        Args:
            purpose: Why the caller asks.
            role: In which role.
            at: When.
        """
        return self.log.begin(
            caller=self.caller, consent=self.consent, purpose=purpose, role=role, at=at
        )


def _identifiers(applicants: Iterable[Applicant]) -> Iterator[Iterable[Identifier]]:
    return (applicant.identifiers for applicant in applicants)
