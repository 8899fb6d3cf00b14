"""The record of an event with a payload: locked, with a row for each token that finds it.

::

    u64 event | u32 length | locked | u8 rows | rows of (16 tag | 32 wrap), tags strictly ascending

The event's digest covers the locked bytes and the tags, so the signed log says by which tokens a
listing can be found: an issuer cannot show different look-ups to different recipients. Each record
carries its own rows, so that a reader can check it the moment it has read it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import BinaryIO

import attrs

from creditshare.bundle.event import Event, EventType, event_prefix
from creditshare.crypto.locking import (
    LOCKED_MAX,
    LOCKED_MIN,
    PADDING,
    WRAP_SIZE,
    lock,
    unlock,
    unwrap,
    wrap,
)
from creditshare.crypto.suite import sha256
from creditshare.crypto.tree import leaf_hash
from creditshare.errors import MalformedError
from creditshare.tokens import TAG_SIZE, Token
from creditshare.wire import frame

__all__ = [
    "Record",
    "lock_record",
    "open_record",
    "read_records",
    "reopen_record",
    "tags_of",
    "wrap_of",
]

ROW_SIZE = TAG_SIZE + WRAP_SIZE
ROWS_MAX = 16
_HEAD = 12
_PIECE = 1 << 20
_tag = attrgetter("tag")


@attrs.frozen
class Record:
    """A locked record, as it is read.

    Attributes:
        event: The index of its event.
        locked: The locked payload.
        rows: Tag and wrap, 48 bytes a row, by ascending tag.
        digest: What its event must carry: the digest of length, locked bytes and tags.
    """

    event: int
    locked: bytes = attrs.field(repr=False)
    rows: bytes = attrs.field(repr=False)
    digest: bytes


def tags_of(rows: bytes) -> list[bytes]:
    """The tags of a record's rows."""
    return [rows[i : i + TAG_SIZE] for i in range(0, len(rows), ROW_SIZE)]


def wrap_of(rows: bytes, tag: bytes) -> bytes:
    """The wrap that stands beside a tag.

    Raises:
        MalformedError: if the record has no such row.
    """
    for i in range(0, len(rows), ROW_SIZE):
        if rows[i : i + TAG_SIZE] == tag:
            return rows[i + TAG_SIZE : i + ROW_SIZE]
    raise MalformedError("a record is looked up by a tag that it does not have")


def lock_record(
    payload: bytes,
    tokens: Sequence[Token],
    *,
    origin: str,
    index: int,
    event_type: EventType,
    listing_id: bytes,
    day: int,
) -> tuple[bytes, bytes, bytes, bytes]:
    """Lock a payload as the record of a new event.

    Args:
        payload: The encoded listing.
        tokens: One for each strong identifier; at most 16, at least one.
        origin: The issuer's.
        index: The event's place in the log.
        event_type: One that has a payload.
        listing_id: Which listing.
        day: Its last day, as a day number.

    Returns:
        The event as it stands in the log, its leaf hash, the fresh secret (the issuer keeps it),
        and the record as it stands in a bundle.
    """
    context = _origin_context(origin)
    prefix = event_prefix(index, event_type, listing_id, day)
    secret, locked = lock(payload, origin=context, prefix=prefix)
    framed = frame(locked)
    ordered = sorted(tokens, key=_tag) if len(tokens) > 1 else tokens
    event = prefix + sha256(framed + b"".join([token.tag for token in ordered]))
    leaf = leaf_hash(event)
    rows = b"".join(
        [token.tag + wrap(secret, token.secret, origin=context, leaf=leaf) for token in ordered]
    )
    return event, leaf, secret, prefix[:8] + framed + bytes((len(ordered),)) + rows


def open_record(locked: bytes, wrapped: bytes, token: Token, *, origin: str, event: Event) -> bytes:
    """The payload of a record that a token found.

    Raises:
        MalformedError: if it does not open: it was made for another event, issuer or person.
    """
    context = _origin_context(origin)
    secret = unwrap(wrapped, token.secret, origin=context, leaf=event.leaf)
    return unlock(locked, secret, origin=context, prefix=event.prefix)


def reopen_record(record: bytes, secret: bytes, *, origin: str, event: Event) -> bytes:
    """The payload of a record whose secret its issuer kept.

    Args:
        record: As it stands in a bundle.
        secret: The record's.
        origin: The issuer's.
        event: The record's.

    Raises:
        MalformedError: if it does not open.
    """
    locked = record[_HEAD : _HEAD + int.from_bytes(record[8:_HEAD], "big")]
    return unlock(locked, secret, origin=_origin_context(origin), prefix=event.prefix)


def read_records(file: BinaryIO, length: int) -> Iterator[Record]:
    """The records of a section of `length` bytes, by ascending event.

    Raises:
        MalformedError: where the section breaks its form.
    """
    unread, buffer, at, last = length, b"", 0, -1
    while unread or at < len(buffer):
        record, end = _parse(buffer, at)
        if record is None:
            piece = file.read(min(unread, _PIECE))
            if not piece:
                raise MalformedError("a record is cut short")
            unread -= len(piece)
            buffer, at = buffer[at:] + piece, 0
            continue
        if record.event <= last:
            raise MalformedError("the records are out of order")
        last, at = record.event, end
        yield record


def _parse(buffer: bytes, at: int) -> tuple[Record | None, int]:
    """The record that begins at a place, and where it ends; None if the buffer ends before."""
    framed, start = at + 8, at + _HEAD
    if start > len(buffer):
        return None, at
    length = int.from_bytes(buffer[framed:start], "big")
    if not LOCKED_MIN <= length <= LOCKED_MAX or (length - LOCKED_MIN) % PADDING:
        raise MalformedError("a record has an impossible length")
    rows_at = start + length + 1
    if rows_at > len(buffer):
        return None, at
    count = buffer[rows_at - 1]
    if not 0 < count <= ROWS_MAX:
        raise MalformedError("a record has no rows, or too many")
    end = rows_at + count * ROW_SIZE
    if end > len(buffer):
        return None, at
    locked, rows = buffer[start : rows_at - 1], buffer[rows_at:end]
    tags = [rows[:TAG_SIZE]] if count == 1 else tags_of(rows)
    if count > 1 and tags != sorted(set(tags)):
        raise MalformedError("a record's rows are out of order")
    digest = sha256(buffer[framed : rows_at - 1] + b"".join(tags))
    return Record(int.from_bytes(buffer[at:framed], "big"), locked, rows, digest), end


@functools.lru_cache(64)
def _origin_context(origin: str) -> bytes:
    """The origin as it enters key derivations: behind its length, so that nothing can follow it."""
    name = origin.encode("ascii")
    return bytes((len(name),)) + name
