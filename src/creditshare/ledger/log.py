"""The growing end of a ledger's log, within one transaction."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

import attrs

from creditshare.bundle import Event, EventType
from creditshare.bundle.event import DAY_MAX, EVENT_SIZE
from creditshare.bundle.record import lock_record
from creditshare.clock import unix
from creditshare.crypto.tree import Frontier
from creditshare.errors import MisuseError, StoreError
from creditshare.identifiers import Identifier
from creditshare.stores.ledger import LedgerMeta, LedgerStore, RecordRow
from creditshare.tokens import Token, TokenSource, evaluate

__all__ = ["Log", "Payload", "read_events"]

Payload = tuple[bytes, int, bytes, Sequence[Token]]
"""A listing's id, its last day as a number, its encoded content, and its tokens."""


class Log:
    """Appends events and their records; `close` writes them and the new end of the log.

    Args:
        store: The ledger's database, in a transaction.
        meta: Its description as it stands.
        source: The epoch to tokenise under; not needed for marks.
    """

    def __init__(
        self, store: LedgerStore, meta: LedgerMeta, source: TokenSource | None = None
    ) -> None:
        self._store = store
        self._meta = meta
        self._source = source
        self._frontier = Frontier.from_bytes(meta.size, meta.frontier)
        self._events: list[bytes] = []
        self._leaves: list[bytes] = []
        self._records: list[RecordRow] = []

    @property
    def size(self) -> int:
        """The number of events, the ones not yet written among them."""
        return self._frontier.size + len(self._events)

    def tokens(self, identifiers: Sequence[Sequence[Identifier]]) -> list[list[Token]]:
        """The tokens of several borrowers' identifiers, evaluated as one batch."""
        if self._source is None:
            raise MisuseError("no token source to evaluate with")
        evaluated = iter(evaluate(self._source, list(itertools.chain(*identifiers))))
        return [list(itertools.islice(evaluated, len(own))) for own in identifiers]

    def append_payloads(self, event_type: EventType, payloads: Iterable[Payload]) -> None:
        """Lock payloads as the records of new events.

        Args:
            event_type: One that has a payload.
            payloads: The listings' ids, last days, contents and tokens.

        Raises:
            MisuseError: for a day that no event can carry.
        """
        origin = self._meta.origin
        for index, (listing_id, day, payload, tokens) in enumerate(payloads, self.size):
            _check_day(day)
            event, leaf, secret, record = lock_record(
                payload,
                tokens,
                origin=origin,
                index=index,
                event_type=event_type,
                listing_id=listing_id,
                day=day,
            )
            self._events.append(event)
            self._leaves.append(leaf)
            self._records.append((index, listing_id, secret, record))

    def append_mark(self, event_type: EventType, listing_id: bytes, day: int) -> None:
        """Append an event without a payload.

        Raises:
            MisuseError: for a day that no event can carry.
        """
        _check_day(day)
        event = Event(self.size, event_type, listing_id, day)
        self._events.append(event.to_bytes())
        self._leaves.append(event.leaf)

    def flush(self) -> None:
        """Write what was appended so far."""
        if self._events:
            self._store.append_events(self._frontier.size, b"".join(self._events))
        self._store.add_records(self._records)
        self._frontier = self._frontier.extend(self._leaves)
        self._events, self._leaves, self._records = [], [], []

    def close(self) -> None:
        """Write everything, and where the log ends now."""
        self.flush()
        source = self._source
        self._store.put_meta(
            attrs.evolve(
                self._meta,
                epoch=source.epoch.name if source else self._meta.epoch,
                epoch_ends=unix(source.epoch.ends) if source else self._meta.epoch_ends,
                token_check=source.check if source else self._meta.token_check,
                size=self._frontier.size,
                frontier=self._frontier.to_bytes(),
            )
        )


def _check_day(day: int) -> None:
    if not 0 <= day <= DAY_MAX:
        raise MisuseError("an event's day must lie in the years 1970 to 9909")


def read_events(store: LedgerStore, first: int, end: int) -> Iterator[bytes]:
    """The events from `first` up to, not including, `end`, in pieces of several.

    Raises:
        StoreError: if the log does not hold them whole.
    """
    missing = (end - first) * EVENT_SIZE
    for start, run in store.runs(first, end):
        piece = run[max(first - start, 0) * EVENT_SIZE : (end - start) * EVENT_SIZE]
        missing -= len(piece)
        if len(piece) % EVENT_SIZE:
            break
        yield piece
    if missing:
        raise StoreError("the database is damaged: a gap in the log")
