"""The bundle: an issuer's signed state, encrypted to named recipients.

::

    container header | checkpoint + signature | delivery + signature | events | records

The bytes are told in docs/reference/bundle-format.md.

::

    event       61 bytes of the append-only log
    record      a locked payload, with a row for each token that finds it
    statement   checkpoint (of the state) and delivery (of the file)
    seal        lay out, sign, encrypt
    open        every check that needs no state
    continuity  whether a checkpoint continues the one held
"""

from __future__ import annotations

from creditshare.bundle.continuity import Held, check_continuity
from creditshare.bundle.event import (
    DAY_MAX,
    EVENT_SIZE,
    Event,
    EventFields,
    EventType,
    leaves_of,
    unpack_events,
)
from creditshare.bundle.open import LIFETIME_MAX, OpenedBundle, check_in_force, open_bundle
from creditshare.bundle.record import (
    Record,
    lock_record,
    open_record,
    reopen_record,
    tags_of,
    wrap_of,
)
from creditshare.bundle.seal import PreparedBundle, prepare_bundle
from creditshare.bundle.statement import (
    CHECKPOINT_KIND,
    NO_BASE,
    Base,
    BundleKind,
    Checkpoint,
    Delivery,
    Section,
)

__all__ = [
    "CHECKPOINT_KIND",
    "DAY_MAX",
    "EVENT_SIZE",
    "LIFETIME_MAX",
    "NO_BASE",
    "Base",
    "BundleKind",
    "Checkpoint",
    "Delivery",
    "Event",
    "EventFields",
    "EventType",
    "Held",
    "OpenedBundle",
    "PreparedBundle",
    "Record",
    "Section",
    "check_continuity",
    "check_in_force",
    "leaves_of",
    "lock_record",
    "open_bundle",
    "open_record",
    "prepare_bundle",
    "reopen_record",
    "tags_of",
    "unpack_events",
    "wrap_of",
]
