"""What a ledger answers: what was recorded, sealed and delivered."""

from __future__ import annotations

import datetime as dt

import attrs

from creditshare.bundle import BundleKind, Checkpoint
from creditshare.clock import from_unix
from creditshare.rules import ClearedListing
from creditshare.stores.ledger import DeliveryRow

__all__ = ["Delivered", "Recorded", "Sealed", "delivered"]


@attrs.frozen
class Recorded:
    """What became of cleared listings.

    Attributes:
        listed: How many are on the ledger now.
        duplicates: Those whose debt of this borrower was listed before, in this call or ever, or is
            prepared under another id; listing again after a withdrawal needs a new case.
    """

    listed: int
    duplicates: tuple[ClearedListing, ...]


@attrs.frozen
class Sealed:
    """What a bundle holds.

    Attributes:
        checkpoint: The state delivered.
        kind: Full or delta.
        events: How many events it holds.
        lapsed: How many listings this seal ended because their last day had passed.
        recipients: The origins it was sealed to.
    """

    checkpoint: Checkpoint
    kind: BundleKind
    events: int
    lapsed: int
    recipients: tuple[str, ...]


@attrs.frozen
class Delivered:
    """One bundle that was sealed.

    Attributes:
        generation: Of the log.
        sequence: The checkpoint it brings its recipients to.
        since: The checkpoint it starts from; None for a full bundle.
        recipients: The origins it was sealed to.
        sealed: When.
    """

    generation: int
    sequence: int
    since: int | None
    recipients: tuple[str, ...]
    sealed: dt.datetime


def delivered(row: DeliveryRow) -> Delivered:
    """One bundle that was sealed, as the ledger's database has it."""
    return Delivered(
        row.generation,
        row.sequence,
        row.base or None,
        tuple(row.recipients.split()),
        from_unix(row.sealed),
    )
