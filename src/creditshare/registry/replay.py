"""Replaying an issuer's events and records into a registry, within one transaction.

The rules of a log: events are contiguous; a listing is listed once; what is amended, marked or
withdrawn is live; nothing follows a withdrawal; the records are exactly those of the live payload
events, and each is the one its event's digest names.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter

from creditshare.bundle import EventType, Record
from creditshare.bundle.event import EventFields, leaves_of, unpack_events
from creditshare.bundle.record import tags_of
from creditshare.crypto.tree import Frontier
from creditshare.errors import ForkError, MalformedError
from creditshare.stores.registry import EVENTS_MAX, RegistryStore

__all__ = ["replay_events", "replay_records"]

_BATCH = 1000  # of records of up to 64 KiB each
_kind = itemgetter(1)


def replay_events(
    store: RegistryStore,
    issuer: int,
    pieces: Iterable[bytes],
    frontier: Frontier,
    held: tuple[int, bytes] | None,
) -> Frontier:
    """Apply events to what is live.

    Args:
        store: In a transaction.
        issuer: The issuer's number.
        pieces: The events from the frontier's size on, as they stand in the log, many at a time.
        frontier: Where the log stands.
        held: A size and root that the log must pass through, if a longer log was held.

    Returns:
        Where the log stands afterwards.

    Raises:
        MalformedError: if an event breaks a rule of the log.
        ForkError: if the log does not pass through the held root.
    """
    for piece in pieces:
        events = unpack_events(piece)
        end = frontier.size + len(events)
        if end > EVENTS_MAX or [event[0] for event in events] != [*range(frontier.size, end)]:
            raise MalformedError("the log's events are not contiguous")
        frontier = _extend(frontier, leaves_of(piece), held)
        for kind, group in itertools.groupby(events, key=_kind):
            run = list(group)
            if _HANDLERS[kind](store, issuer, run) != len(run):
                raise MalformedError(
                    "the log lists a listing twice, or touches one that is not live"
                )
    return frontier


def replay_records(
    store: RegistryStore, issuer: int, records: Iterable[Record], first: int
) -> None:
    """Add the records of the live payload events from `first` on, and check that these are all.

    Raises:
        MalformedError: if a record is missing, foreign or not the one its event names.
    """
    expected = store.live_since(issuer, first)
    stream = iter(records)
    while batch := list(itertools.islice(stream, _BATCH)):
        named = list(itertools.islice(expected, len(batch)))
        if [index for index, _ in named] != [record.event for record in batch]:
            raise MalformedError("a record is missing, or belongs to no live event")
        if [digest for _, digest in named] != [record.digest for record in batch]:
            raise MalformedError("a record is not the one its event names")
        store.add_records(
            issuer, [(item.event, item.locked, item.rows, tags_of(item.rows)) for item in batch]
        )
    if next(expected, None) is not None:
        raise MalformedError("a record is missing")


def _extend(frontier: Frontier, leaves: list[bytes], held: tuple[int, bytes] | None) -> Frontier:
    if held is None or not frontier.size < held[0] <= frontier.size + len(leaves):
        return frontier.extend(leaves)
    cut = held[0] - frontier.size
    frontier = frontier.extend(leaves[:cut])
    if frontier.root() != held[1]:
        raise ForkError("the log has another past than the one held")
    return frontier.extend(leaves[cut:])


def _amend(store: RegistryStore, issuer: int, run: list[EventFields]) -> int:
    return store.move_live(issuer, run, reworded=True)


def _retoken(store: RegistryStore, issuer: int, run: list[EventFields]) -> int:
    return store.move_live(issuer, run, reworded=False)


def _suspend(store: RegistryStore, issuer: int, run: list[EventFields]) -> int:
    return store.suspend(issuer, list(_days(run)))


def _exempt(store: RegistryStore, issuer: int, run: list[EventFields]) -> int:
    return store.exempt(issuer, list(_days(run)))


def _dispute(store: RegistryStore, issuer: int, run: list[EventFields]) -> int:
    return store.dispute(issuer, list(_days(run)))


def _resume(store: RegistryStore, issuer: int, run: list[EventFields]) -> int:
    return store.resume(issuer, [listing for listing, _ in _days(run)])


def _withdraw(store: RegistryStore, issuer: int, run: list[EventFields]) -> int:
    return store.withdraw(issuer, list(_days(run)))


def _void(store: RegistryStore, issuer: int, run: list[EventFields]) -> int:
    return store.withdraw(issuer, list(_days(run)), void=True)


def _days(run: list[EventFields]) -> Iterator[tuple[bytes, int]]:
    return ((listing, day) for _, _, listing, day, _ in run)


_HANDLERS: dict[int, Callable[[RegistryStore, int, list[EventFields]], int]] = {
    EventType.LIST: RegistryStore.add_live,
    EventType.AMEND: _amend,
    EventType.RETOKEN: _retoken,
    EventType.SUSPEND: _suspend,
    EventType.EXEMPT: _exempt,
    EventType.RESUME: _resume,
    EventType.WITHDRAW: _withdraw,
    EventType.DISPUTE: _dispute,
    EventType.VOID: _void,
}
