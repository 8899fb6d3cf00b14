"""The bundle: an issuer's signed state, encrypted to named recipients.

::

    container header | checkpoint + signature | delivery + signature | events | records

The bytes are told in docs/reference/bundle-format.md.

::

    event       61 bytes of the append-only log
    marks       what the marks of a listing come to at one moment
    record      a locked payload, with a row for each token that finds it
    statement   checkpoint (of the state) and delivery (of the file)
    seal        lay out, sign, encrypt
    open        every check that needs no state
    continuity  whether a checkpoint continues the one held
"""

from __future__ import annotations

from creditshare.bundle.event import Event, EventType
from creditshare.bundle.marks import Marks, marks_of
from creditshare.bundle.open import LIFETIME_MAX, OpenedBundle, open_bundle
from creditshare.bundle.record import Record
from creditshare.bundle.statement import Base, BundleKind, Checkpoint, Delivery, Section

__all__ = [
    "LIFETIME_MAX",
    "Base",
    "BundleKind",
    "Checkpoint",
    "Delivery",
    "Event",
    "EventType",
    "Marks",
    "OpenedBundle",
    "Record",
    "Section",
    "marks_of",
    "open_bundle",
]
