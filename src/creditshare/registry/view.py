"""One moment of a registry, for looking up: the issuers held, and the listings that tokens find."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container
from typing import Self

import attrs

from creditshare.bundle import Event, EventType, Marks, marks_of
from creditshare.bundle.record import open_record, wrap_of
from creditshare.clock import day_number, first_day_unended, from_day_number, last_day_begun, unix
from creditshare.codec import decode_listing
from creditshare.errors import MalformedError, StoreError
from creditshare.model import Listing, ListingStatus
from creditshare.registry.issuers import HeldIssuers, IssuerCache
from creditshare.stores.registry import HitRow, RegistryStore
from creditshare.tokens import Token

__all__ = ["Hit", "RegistryView"]


@attrs.frozen
class Hit:
    """A live listing that a token found.

    Attributes:
        origin: Whose log it stands in.
        issuer: Who signed.
        listing_id: Which listing.
        listing: What it says; None if its record did not open; its event is kept as evidence.
        marks: The marks in force.
        number: The issuer's number in this registry.
        last_day: The last day on which it stands, unless its issuer says more.
        wording: Changes with each amendment, and when the log begins anew.
    """

    origin: str
    issuer: str
    listing_id: bytes
    listing: Listing | None
    marks: Marks
    number: int
    last_day: dt.date
    wording: bytes


class RegistryView:
    """What a registry holds at one moment, as a context manager; made by `Registry.reading`.

    The events of records that were hit and did not open are kept as evidence when it ends; the
    records themselves stay no longer than their listings.

    Args:
        store: The registry's database.
        cache: Its issuers.
        at: Now.

    Attributes:
        issuers: Those held; the same object as long as the registry does not change.
    """

    __slots__ = (
        "_at",
        "_cache",
        "_store",
        "_unopened",
        "issuers",
    )

    issuers: HeldIssuers

    def __init__(self, store: RegistryStore, cache: IssuerCache, at: dt.datetime) -> None:
        self._store, self._cache, self._at = store, cache, at
        self._unopened: list[tuple[str, Event]] = []

    @property
    def today(self) -> int:
        """The latest day that has begun anywhere; what ended before it is not found."""
        return day_number(last_day_begun(self._at))

    def __enter__(self) -> Self:
        self._store.begin_snapshot()
        try:
            self.issuers = self._cache.current()
        except BaseException:
            self._store.end_snapshot()
            raise
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._store.end_snapshot()
        if self._unopened and kind is None:
            self._keep_unopened()

    def _keep_unopened(self) -> None:
        with self._store.transaction():
            for origin, event in self._unopened:
                body = event.to_bytes()
                self._store.add_evidence(origin, "unopened record", unix(self._at), body)

    def look_up(self, token: Token, among: Container[int]) -> list[Hit]:
        """The live listings that a token finds.

        Only rows whose tag is hit are opened. A record that does not open is a hit all the same.

        Args:
            token: Of one identifier, under the epoch of these issuers.
            among: The numbers of the issuers to ask.
        """
        hits = []
        for row in self._store.hits(token.tag):
            if row.issuer in among and row.day >= self.today:
                event = Event(row.index, _type(row), row.listing, row.day, row.digest)
                hits.append(self._hit(row, event, token))
        return hits

    def _hit(self, row: HitRow, event: Event, token: Token) -> Hit:
        checkpoint = self.issuers.checkpoints[row.issuer]
        listing = self._open(row, event, token, checkpoint.origin)
        unended = day_number(first_day_unended(self._at))
        marks = marks_of(
            row.suspended, row.exempted, row.disputed, begun=self.today, unended=unended
        )
        if listing is not None and marks.status is not ListingStatus.LISTED:
            listing = attrs.evolve(listing, status=marks.status)
        return Hit(
            checkpoint.origin,
            checkpoint.issuer,
            event.listing_id,
            listing,
            marks=marks,
            number=row.issuer,
            last_day=from_day_number(row.day),
            wording=row.wording,
        )

    def _open(self, row: HitRow, event: Event, token: Token, origin: str) -> Listing | None:
        try:
            wrap = wrap_of(row.rows, token.tag)
            payload = open_record(row.locked, wrap, token, origin=origin, event=event)
            return decode_listing(payload, event.listing_id)
        except MalformedError:
            self._unopened.append((origin, event))
            return None


def _type(row: HitRow) -> EventType:
    try:
        return EventType(row.type)
    except ValueError:
        raise StoreError("the database is damaged: an event that no log has") from None
