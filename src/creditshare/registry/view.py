"""One moment of a registry, for looking up: the issuers held, and the listings that tokens find."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container

import attrs

from creditshare.bundle import Checkpoint, Event, EventType
from creditshare.bundle.record import open_record, wrap_of
from creditshare.bundle.statement import CHECKPOINT_KIND
from creditshare.clock import day_number, first_day_unended, from_day_number, last_day_begun
from creditshare.codec import decode_listing
from creditshare.crypto.keys import PublicKeys
from creditshare.crypto.signing import verify
from creditshare.errors import MalformedError, SignatureError
from creditshare.model import Listing, ListingStatus
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
        listing: What it says; None if its record did not open, which is kept as evidence.
        suspended_until: The last day of a suspension in force, or None.
        exempted_until: The last day of an exemption in force, or None.
        number: The issuer's number in this registry.
    """

    origin: str
    issuer: str
    listing_id: bytes
    listing: Listing | None
    suspended_until: dt.date | None
    exempted_until: dt.date | None
    number: int


class RegistryView:
    """What a registry holds at one moment; made by `Registry.reading`.

    Attributes:
        issuers: The latest checkpoint of each issuer, by the issuer's number.
        purged_ahead: The numbers of issuers whose records were purged under a later clock than now:
            a listing that is still due may be missing, so they vouch for nobody.
        unopened: (origin, event, row) of every record that was hit and did not open.
    """

    def __init__(self, store: RegistryStore, at: dt.datetime) -> None:
        self._store = store
        self._today = day_number(last_day_begun(at))
        self._unended = day_number(first_day_unended(at))
        rows = store.issuers()
        self._rows = {row.id: row for row in rows}
        self.issuers = {row.id: Checkpoint.from_bytes(row.checkpoint) for row in rows}
        self.purged_ahead = {row.id for row in rows if row.purged > self._today}
        self.unopened: list[tuple[str, Event, HitRow]] = []

    def signed_by(self, number: int, keys: PublicKeys) -> bool:
        """Whether an issuer's checkpoint verifies with these keys.

        Args:
            number: The issuer's number in this registry.
            keys: Those that must have signed.
        """
        row = self._rows[number]
        try:
            verify(CHECKPOINT_KIND, row.checkpoint, row.signature, keys)
        except SignatureError:
            return False
        return True

    def look_up(self, token: Token, among: Container[int]) -> list[Hit]:
        """The live listings that a token finds.

        Only rows whose tag is hit are opened. A record that does not open is a hit all the same.

        Args:
            token: Of one identifier, under the epoch of these issuers.
            among: The numbers of the issuers to ask.
        """
        hits = []
        for row in self._store.hits(token.tag):
            if row.issuer in among and row.day >= self._today:
                event = Event(row.index, EventType(row.type), row.listing, row.day, row.digest)
                hits.append(self._hit(row, event, token))
        return hits

    def _hit(self, row: HitRow, event: Event, token: Token) -> Hit:
        checkpoint = self.issuers[row.issuer]
        listing = self._open(row, event, token, checkpoint.origin)
        suspended, exempted = self._in_force(row.suspended), self._in_force(row.exempted)
        if listing is not None and (suspended or exempted):
            status = ListingStatus.SUSPENDED if suspended else ListingStatus.EXEMPTED
            listing = attrs.evolve(listing, status=status)
        return Hit(
            checkpoint.origin,
            checkpoint.issuer,
            event.listing_id,
            listing,
            suspended_until=suspended,
            exempted_until=exempted,
            number=row.issuer,
        )

    def _in_force(self, until: int) -> dt.date | None:
        return from_day_number(until) if until >= self._unended else None

    def _open(self, row: HitRow, event: Event, token: Token, origin: str) -> Listing | None:
        try:
            wrap = wrap_of(row.rows, token.tag)
            payload = open_record(row.locked, wrap, token, origin=origin, event=event)
            return decode_listing(payload, event.listing_id)
        except MalformedError:
            self.unopened.append((origin, event, row))
            return None
