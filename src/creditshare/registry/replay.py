"""Replaying an issuer's events and records into a registry, within one transaction.

The rules of a log: events are contiguous; a listing is listed once; what is amended, marked or
withdrawn is live; nothing follows a withdrawal; the records are exactly those of the live payload
events, and each is the one its event's digest names.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from creditshare.bundle import Event, EventType, Record
from creditshare.crypto.tree import Frontier
from creditshare.errors import ForkError, MalformedError
from creditshare.stores.registry import LiveRow, RegistryStore

__all__ = ["replay_events", "replay_records"]

_BATCH = 2000
_T = TypeVar("_T")


def replay_events(
    store: RegistryStore,
    issuer: int,
    events: Iterable[Event],
    frontier: Frontier,
    held: tuple[int, bytes] | None,
) -> Frontier:
    """Apply events to what is live.

    Args:
        store: In a transaction.
        issuer: The issuer's number.
        events: From the frontier's size on.
        frontier: Where the log stands.
        held: A size and root that the log must pass through, if a longer log was held.

    Returns:
        Where the log stands afterwards.

    Raises:
        MalformedError: if an event breaks a rule of the log.
        ForkError: if the log does not pass through the held root.
    """
    for event_type, run in _runs(events):
        if any(event.index != frontier.size + i for i, event in enumerate(run)):
            raise MalformedError("the log's events are not contiguous")
        frontier = _extend(frontier, [event.leaf for event in run], held)
        if _HANDLERS[event_type](store, issuer, run) != len(run):
            raise MalformedError(
                "the log lists a listing twice, or touches one that is not live, or not any more"
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
    for batch in _batches(records):
        for record in batch:
            index, body = next(expected, (-1, b""))
            if record.event != index:
                raise MalformedError("a record is missing, or belongs to no live event")
            if record.digest != Event.from_bytes(body).digest:
                raise MalformedError("a record is not the one its event names")
        store.add_records(
            (issuer, record.event, record.locked, b"".join(record.tags)) for record in batch
        )
        store.add_lookups(
            (tag, issuer, record.event, wrap)
            for record in batch
            for tag, wrap in zip(record.tags, record.wraps, strict=True)
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


def _runs(events: Iterable[Event]) -> Iterator[tuple[EventType, list[Event]]]:
    """Consecutive events of one type, in batches, so that each batch is one statement."""
    for event_type, group in itertools.groupby(events, key=lambda event: event.type):
        for batch in _batches(group):
            yield event_type, batch


def _batches(items: Iterable[_T]) -> Iterator[list[_T]]:
    stream = iter(items)
    while batch := list(itertools.islice(stream, _BATCH)):
        yield batch


def _list(store: RegistryStore, issuer: int, run: list[Event]) -> int:
    return store.add_live(issuer, _live_rows(run))


def _amend(store: RegistryStore, issuer: int, run: list[Event]) -> int:
    return store.move_live(issuer, _live_rows(run))


def _suspend(store: RegistryStore, issuer: int, run: list[Event]) -> int:
    return store.suspend(issuer, [(event.listing_id, event.day) for event in run])


def _exempt(store: RegistryStore, issuer: int, run: list[Event]) -> int:
    return store.exempt(issuer, [(event.listing_id, event.day) for event in run])


def _resume(store: RegistryStore, issuer: int, run: list[Event]) -> int:
    return store.resume(issuer, [event.listing_id for event in run])


def _withdraw(store: RegistryStore, issuer: int, run: list[Event]) -> int:
    return store.withdraw(issuer, [event.listing_id for event in run])


def _live_rows(run: list[Event]) -> list[LiveRow]:
    return [LiveRow(event.index, event.listing_id, event.to_bytes(), event.day) for event in run]


_HANDLERS: dict[EventType, Callable[[RegistryStore, int, list[Event]], int]] = {
    EventType.LIST: _list,
    EventType.AMEND: _amend,
    EventType.RETOKEN: _amend,
    EventType.SUSPEND: _suspend,
    EventType.EXEMPT: _exempt,
    EventType.RESUME: _resume,
    EventType.WITHDRAW: _withdraw,
}
