"""One entry of an issuer's log: 61 bytes, kept for ever by the issuer, hashed by everyone.

::

    u64 index | u8 type | 16 listing id | u32 day | 32 digest

For an event with a payload, `day` is the last day of the listing (its retention end, or the day by
which an open conduct must be confirmed again) and `digest` is that of its record. For a mark,
`day` is its last day; for a dispute, the last day on which it can be answered in time (`DAY_MAX`
where an unanswered one suspends nothing); for a resumption or withdrawal, its own; the digest is
zero. Marks are readable without unlocking, so a recipient acts on them at once; their reasons stay
locked away. Of a withdrawal only one thing is told: whether the listing should never have been.
"""

from __future__ import annotations

import enum
import struct
from typing import Self

import attrs

from creditshare.crypto.tree import leaf_hash
from creditshare.errors import MalformedError

__all__ = [
    "DAY_MAX",
    "EVENT_SIZE",
    "NO_DIGEST",
    "Event",
    "EventFields",
    "EventType",
    "event_prefix",
    "leaves_of",
    "unpack_events",
]

EventFields = tuple[int, int, bytes, int, bytes]
"""Index, type, listing id, day and digest of an entry, checked."""

_LAYOUT = struct.Struct(">QB16sI32s")
_PREFIX = struct.Struct(">QB16sI")
EVENT_SIZE = _LAYOUT.size
NO_DIGEST = bytes(32)
DAY_MAX = 2_900_000  # in the year 9909; every smaller number is a date


class EventType(enum.IntEnum):
    """What happened to a listing."""

    LIST = 1
    AMEND = 2
    SUSPEND = 3
    EXEMPT = 4
    RESUME = 5
    WITHDRAW = 6
    RETOKEN = 7
    DISPUTE = 8
    VOID = 9
    """Withdrawn, and should never have been listed."""

    @property
    def has_payload(self) -> bool:
        """Whether a record belongs to it."""
        return self in _WITH_PAYLOAD

    @property
    def ends(self) -> bool:
        """Whether the listing ends by it, for ever."""
        return self in _ENDING


_TYPES = frozenset(EventType)
_WITH_PAYLOAD = frozenset({EventType.LIST, EventType.AMEND, EventType.RETOKEN})
_ENDING = frozenset({EventType.WITHDRAW, EventType.VOID})


@attrs.frozen
class Event:
    """One entry of the log, 61 bytes.

    Attributes:
        index: Its place in the log, from 0.
        type: What it says.
        listing_id: Of which listing, 16 bytes.
        day: The last day of a record, or the until-day of a mark, in days since 1970-01-01.
        digest: Of the record and its tags, 32 bytes; zeros where no record belongs to it.
    """

    index: int
    type: EventType
    listing_id: bytes
    day: int
    digest: bytes = NO_DIGEST

    def to_bytes(self) -> bytes:
        """The 61 bytes."""
        return _LAYOUT.pack(self.index, self.type, self.listing_id, self.day, self.digest)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Parse an entry.

        Raises:
            MalformedError: for an unknown type, an impossible day, or a digest where none belongs.
        """
        ((index, kind, listing_id, day, digest),) = unpack_events(data)
        return cls(index, EventType(kind), listing_id, day, digest)

    @property
    def prefix(self) -> bytes:
        """All before the digest: what its record is tied to."""
        return event_prefix(self.index, self.type, self.listing_id, self.day)

    @property
    def leaf(self) -> bytes:
        """Its leaf hash in the log."""
        return leaf_hash(self.to_bytes())


def unpack_events(data: bytes) -> list[EventFields]:
    """The fields of several entries, one after the other.

    A replay of a million events has no time for a million values; this is all that `Event` checks.

    Raises:
        MalformedError: as `Event.from_bytes`.
    """
    events = list(_LAYOUT.iter_unpack(data))
    for _, kind, _, day, digest in events:
        if kind not in _TYPES:
            raise MalformedError("the log holds an event of an unknown type")
        if day > DAY_MAX or (digest == NO_DIGEST) == (kind in _WITH_PAYLOAD):
            raise MalformedError("the log holds an event with an impossible day or digest")
    return events


def leaves_of(data: bytes) -> list[bytes]:
    """The leaf hashes of several entries, one after the other."""
    return [leaf_hash(data[i : i + EVENT_SIZE]) for i in range(0, len(data), EVENT_SIZE)]


def event_prefix(index: int, event_type: EventType, listing_id: bytes, day: int) -> bytes:
    """The 29 bytes before the digest."""
    return _PREFIX.pack(index, event_type, listing_id, day)
