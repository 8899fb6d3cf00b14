"""The two signed statements of a bundle.

The *checkpoint* speaks of the issuer's state only and is the same bytes for every recipient, so two
recipients can compare what they were told. The *delivery* speaks of one file: which header, which
audience, which sections.
"""

from __future__ import annotations

import datetime as dt
import enum
from typing import Self

import attrs

from creditshare.agency import check_origin
from creditshare.clock import from_unix, unix
from creditshare.crypto.suite import DIGEST_SIZE, SUITE, sha256
from creditshare.errors import InvalidValueError, MalformedError
from creditshare.tokens import EPOCH_NAME, TAG_SIZE
from creditshare.wire import fields, pack, unpack_record

__all__ = [
    "CHECKPOINT_KIND",
    "DELIVERY_KIND",
    "NO_BASE",
    "STATEMENT_MAX",
    "Base",
    "BundleKind",
    "Checkpoint",
    "Delivery",
    "Section",
]

CHECKPOINT_KIND = "creditshare/checkpoint/1"
DELIVERY_KIND = "creditshare/delivery/1"
STATEMENT_MAX = 64 * 1024
_MOST = 2**63 - 1
_MOST_TIME = 2**36


@attrs.frozen
class Checkpoint:
    """An issuer's state at one moment.

    Attributes:
        origin: Whose log it is.
        issuer: Who signs: the origin itself, or its custodian.
        generation: From the roster; raised when a log begins anew.
        sequence: 1, 2, 3 ... within a generation.
        size: The number of events in the log.
        root: The root of its hash tree.
        live: The number of listings not withdrawn.
        epoch: The token epoch of all live listings.
        canonical_form: The version of the identifiers' canonical form.
        token_check: Tells a wrong key under the right epoch name.
        previous: The digest of the checkpoint before, zero for the first.
        issued: Unix seconds.
        expires: Unix seconds; from then on nobody is called clear on its word.
    """

    origin: str
    issuer: str
    generation: int
    sequence: int
    size: int
    root: bytes
    live: int
    epoch: str
    canonical_form: int
    token_check: bytes
    previous: bytes
    issued: int
    expires: int

    def to_bytes(self) -> bytes:
        """The body that is signed and kept."""
        return pack([SUITE, *attrs.astuple(self, recurse=False)])

    @property
    def digest(self) -> bytes:
        """SHA-256 of the body, without the signatures, which differ each time."""
        return sha256(self.to_bytes())

    @property
    def tokenised_by(self) -> tuple[str, int, bytes]:
        """Epoch, canonical form and token check: which key the live listings' tags come from."""
        return self.epoch, self.canonical_form, self.token_check

    @property
    def issued_at(self) -> dt.datetime:
        """When it was signed."""
        return from_unix(self.issued)

    @property
    def expires_at(self) -> dt.datetime:
        """When it stops vouching for anybody."""
        return from_unix(self.expires)

    def expired(self, at: dt.datetime) -> bool:
        """Whether it has stopped vouching."""
        return unix(at) >= self.expires

    @classmethod
    def from_bytes(cls, body: bytes) -> Self:
        """Parse a body.

        Raises:
            MalformedError: for anything but the one spelling of a possible checkpoint.
        """
        suite, *values = unpack_record(
            body, STATEMENT_MAX,
            int, str, str, int, int, int, bytes, int, str, int, bytes, bytes, int, int,
        )  # fmt: skip
        made = cls(*values)
        _check_names(made.origin, made.issuer)
        counts = (made.generation, made.sequence, made.size, made.live, made.canonical_form)
        if suite != SUITE or any(not 0 <= count <= _MOST for count in counts):
            raise MalformedError("a checkpoint is of another suite, or holds an impossible number")
        if made.generation == 0 or made.sequence == 0 or made.live > made.size:
            raise MalformedError("a checkpoint holds an impossible number")
        lengths = (len(made.root), len(made.token_check), len(made.previous))
        if lengths != (DIGEST_SIZE, TAG_SIZE, DIGEST_SIZE) or not EPOCH_NAME.fullmatch(made.epoch):
            raise MalformedError("a checkpoint holds a value of the wrong form or length")
        if not 0 < made.issued < made.expires < _MOST_TIME:
            raise MalformedError("a checkpoint holds an impossible time")
        return made


class BundleKind(enum.IntEnum):
    """What a bundle holds."""

    FULL = 0
    DELTA = 1


@attrs.frozen
class Base:
    """The checkpoint a delta starts from; of a full bundle, nothing: all zeros.

    Attributes:
        sequence: Its sequence number.
        size: The log's size there.
        digest: SHA-256 of its body.
    """

    sequence: int
    size: int
    digest: bytes


NO_BASE = Base(0, 0, bytes(DIGEST_SIZE))


@attrs.frozen
class Section:
    """One section of a bundle's body, as the delivery states it.

    Attributes:
        length: In bytes.
        digest: Its SHA-256.
    """

    length: int
    digest: bytes


@attrs.frozen
class Delivery:
    """What one file delivers, and to whom.

    Attributes:
        origin: Whose log it is.
        header_digest: Of the file's header, so that nobody can re-wrap it.
        checkpoint_digest: Of the checkpoint it delivers.
        kind: Full or delta.
        base: Where a delta starts.
        audience: The fingerprints of the recipients' keys, ascending.
        events: The section of events.
        records: The section of records.
    """

    origin: str
    header_digest: bytes
    checkpoint_digest: bytes
    kind: BundleKind
    base: Base
    audience: tuple[bytes, ...]
    events: Section
    records: Section

    def to_bytes(self) -> bytes:
        """The body that is signed and kept."""
        return pack(
            [
                SUITE,
                self.origin,
                self.header_digest,
                self.checkpoint_digest,
                self.kind,
                [self.base.sequence, self.base.size, self.base.digest],
                list(self.audience),
                [self.events.length, self.events.digest],
                [self.records.length, self.records.digest],
            ]
        )

    @classmethod
    def from_bytes(cls, body: bytes) -> Self:
        """Parse a body.

        Raises:
            MalformedError: for anything but the one spelling of a possible delivery.
        """
        suite, origin, header, checkpoint, kind, base, audience, events, records = unpack_record(
            body, STATEMENT_MAX, int, str, bytes, bytes, int, list, list, list, list
        )
        _check_names(origin)
        if suite != SUITE or kind not in tuple(BundleKind):
            raise MalformedError("a delivery is of another suite or kind")
        made = cls(
            origin,
            header,
            checkpoint,
            BundleKind(kind),
            Base(*fields(base, int, int, bytes)),
            tuple(audience),
            Section(*fields(events, int, bytes)),
            Section(*fields(records, int, bytes)),
        )
        numbers = (made.base.sequence, made.base.size, made.events.length, made.records.length)
        if any(not 0 <= number <= _MOST for number in numbers):
            raise MalformedError("a delivery holds an impossible number")
        if (made.kind is BundleKind.FULL) != (made.base == NO_BASE):
            raise MalformedError("a delivery's base does not fit its kind")
        return made


def _check_names(*names: str) -> None:
    try:
        for name in names:
            check_origin(name)
    except InvalidValueError:
        raise MalformedError("a statement holds an impossible origin") from None
