"""Opening: every check that needs no state of the recipient's, in this order.

1. magic, version, suite, exact length of the file (`read_header`)
2. the origin is in the roster
3. a stanza is for this agency; the body decrypts to its end, into a temporary file
4. the preamble is strict and small; the issuer it names has role, licence and custody at `issued`
   and now; both signatures verify, with keys and suite from the roster
5. the statements agree: origin, header digest, checkpoint digest, own key in the audience,
   as many recipients as stanzas
6. the sections' lengths leave nothing over, and their digests are right
7. issued not after now, lifetime within the maximum, not expired, the generation is the roster's

What needs state (sequence, history, records against events) is checked when a registry applies
the opened bundle. Nothing is believed on the way: the decrypted body waits in a temporary file
without a name, and is thrown away at the first fault.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import tempfile
from collections.abc import Iterator
from typing import BinaryIO, NoReturn, Self, final

from creditshare.agency import Agency
from creditshare.arguments import expect
from creditshare.bundle.event import EVENT_SIZE, Event
from creditshare.bundle.record import Record, read_records
from creditshare.bundle.seal import CONTENT
from creditshare.bundle.statement import (
    CHECKPOINT_KIND,
    DELIVERY_KIND,
    STATEMENT_MAX,
    Checkpoint,
    Delivery,
    Section,
)
from creditshare.clock import unix
from creditshare.closed import Closed, make
from creditshare.crypto.container import Header, decrypt_body, read_header, unwrap_key
from creditshare.crypto.signing import SIGNATURE_SIZE, verify
from creditshare.errors import (
    ExpiredError,
    ForgedValueError,
    MalformedError,
    MisuseError,
    RosterError,
    UnauthorisedIssuerError,
)
from creditshare.files import PathLike, open_regular
from creditshare.roster import Roster
from creditshare.sealing import check_audience

__all__ = ["CLOCK_SKEW", "LIFETIME_MAX", "OpenedBundle", "check_in_force", "open_bundle"]

CLOCK_SKEW = dt.timedelta(minutes=5)
LIFETIME_MAX = dt.timedelta(days=93)
"""How long a checkpoint may vouch."""
_IN_MEMORY = 8 << 20
_PIECE = 4096 * EVENT_SIZE


@final
class OpenedBundle(Closed):
    """A bundle that passed every check without state; only `open_bundle` makes one.

    Use it as a context manager: its decrypted body is a temporary file.

    Attributes:
        checkpoint: The issuer's state.
        delivery: What this file delivers.
        checkpoint_body: The bytes that were signed, to be kept as they are.
        checkpoint_signature: Their signature.
        delivery_body: As `checkpoint_body`.
        delivery_signature: Their signature.
        reader: The origin of the agency that opened it.
    """

    __slots__ = (
        "_body",
        "_sections_at",
        "checkpoint",
        "checkpoint_body",
        "checkpoint_signature",
        "delivery",
        "delivery_body",
        "delivery_signature",
        "reader",
    )

    checkpoint: Checkpoint
    delivery: Delivery
    checkpoint_body: bytes
    checkpoint_signature: bytes
    delivery_body: bytes
    delivery_signature: bytes
    reader: str
    _body: BinaryIO
    _sections_at: int

    def __init_subclass__(cls) -> NoReturn:
        raise ForgedValueError("opened bundles have no other kinds")

    def event_pieces(self) -> Iterator[bytes]:
        """The events as they stand in the log, in order, many at a time."""
        self._check_open()
        start, length = self._sections_at, self.delivery.events.length
        for offset in range(0, length, _PIECE):
            self._body.seek(start + offset)
            yield self._body.read(min(_PIECE, length - offset))

    def events(self) -> Iterator[Event]:
        """The events, in order.

        Raises:
            MalformedError: at the first one that breaks its form.
        """
        for piece in self.event_pieces():
            for i in range(0, len(piece), EVENT_SIZE):
                yield Event.from_bytes(piece[i : i + EVENT_SIZE])

    def records(self) -> Iterator[Record]:
        """The records, by ascending event. Do not read events meanwhile.

        Raises:
            MalformedError: at the first one that breaks its form.
        """
        self._check_open()
        self._body.seek(self._sections_at + self.delivery.events.length)
        return read_records(self._body, self.delivery.records.length)

    def _check_open(self) -> None:
        if self._body.closed:
            raise MisuseError("the opened bundle was closed already")

    def close(self) -> None:
        """Throw the decrypted body away."""
        self._body.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        at = f"{self.checkpoint.origin} {self.checkpoint.generation}.{self.checkpoint.sequence}"
        return f"<OpenedBundle {self.delivery.kind.name.lower()} of {at}>"


def open_bundle(path: PathLike, *, by: Agency, roster: Roster, at: dt.datetime) -> OpenedBundle:
    """Open a bundle that was sealed to an agency.

    Args:
        path: The file.
        by: The agency that opens it.
        roster: Who may issue, with which keys.
        at: Now.

    Returns:
        The opened bundle, for `Registry.apply`.

    Raises:
        BundleError: if anything about the file must not be believed.
        RosterError: if the roster is not in force.
        FileError: if it cannot be read.
    """
    expect(Agency, by=by)
    expect(Roster, roster=roster)
    roster.check_current(at)
    with open_regular(path) as (file, size):
        header = read_header(file, size, CONTENT)  # 1
        try:
            roster.entry(header.sender)  # 2
        except RosterError:
            raise UnauthorisedIssuerError("the roster does not know the bundle's origin") from None
        key = unwrap_key(header, by.keys)  # 3
        body = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
        try:
            decrypt_body(header, key, file, body)  # type: ignore[arg-type]
            return _check(header, body, by, roster, at)  # type: ignore[arg-type]
        except BaseException:
            body.close()
            raise


def check_in_force(checkpoint: Checkpoint, at: dt.datetime) -> None:
    """Refuse a checkpoint that vouches for nothing at this moment.

    Raises:
        ExpiredError: if it has expired, lives too long or comes from the future.
    """
    if checkpoint.issued > unix(at) + CLOCK_SKEW.total_seconds():
        raise ExpiredError("the checkpoint was issued in the future")
    if checkpoint.expires - checkpoint.issued > LIFETIME_MAX.total_seconds():
        raise ExpiredError(f"the checkpoint claims to live longer than {LIFETIME_MAX.days} days")
    if checkpoint.expired(at):
        raise ExpiredError("the checkpoint has expired")


def _check(
    header: Header, body: BinaryIO, by: Agency, roster: Roster, at: dt.datetime
) -> OpenedBundle:
    body.seek(0)
    checkpoint_body, checkpoint_signature = _read_statement(body)  # 4
    delivery_body, delivery_signature = _read_statement(body)
    checkpoint = Checkpoint.from_bytes(checkpoint_body)
    delivery = Delivery.from_bytes(delivery_body)
    keys = roster.issuing_keys(
        origin=header.sender, issuer=checkpoint.issuer, issued=checkpoint.issued_at, at=at
    )
    verify(CHECKPOINT_KIND, checkpoint_body, checkpoint_signature, keys)
    verify(DELIVERY_KIND, delivery_body, delivery_signature, keys)
    if {checkpoint.origin, delivery.origin} != {header.sender}:  # 5
        raise MalformedError("header, checkpoint and delivery name different origins")
    if delivery.checkpoint_digest != checkpoint.digest:
        raise MalformedError("the delivery is of another checkpoint")
    check_audience(
        header,
        stated_digest=delivery.header_digest,
        audience=list(delivery.audience),
        reader=by,
    )
    sections_at = body.tell()
    _check_sections(body, header.body_length - sections_at, checkpoint, delivery)  # 6
    check_in_force(checkpoint, at)  # 7
    if checkpoint.generation != roster.entry(header.sender).generation:
        raise UnauthorisedIssuerError("the roster does not know that generation of the log")
    return make(
        OpenedBundle,
        checkpoint=checkpoint,
        delivery=delivery,
        checkpoint_body=checkpoint_body,
        checkpoint_signature=checkpoint_signature,
        delivery_body=delivery_body,
        delivery_signature=delivery_signature,
        reader=by.origin,
        _body=body,
        _sections_at=sections_at,
    )


def _read_statement(body: BinaryIO) -> tuple[bytes, bytes]:
    length = int.from_bytes(body.read(4), "big")
    if length > STATEMENT_MAX:
        raise MalformedError("a statement is longer than it may be")
    statement, signature = body.read(length), body.read(SIGNATURE_SIZE)
    if len(statement) != length or len(signature) != SIGNATURE_SIZE:
        raise MalformedError("the body ends within its statements")
    return statement, signature


def _check_sections(
    body: BinaryIO, length: int, checkpoint: Checkpoint, delivery: Delivery
) -> None:
    if delivery.events.length + delivery.records.length != length:
        raise MalformedError("the sections do not fill the body exactly")
    if delivery.events.length != (checkpoint.size - delivery.base.size) * EVENT_SIZE:
        raise MalformedError("the events are not those between base and checkpoint")
    _check_section(body, delivery.events)
    _check_section(body, delivery.records)


def _check_section(body: BinaryIO, section: Section) -> None:
    digest, left = hashlib.sha256(), section.length
    while left:
        piece = body.read(min(left, _PIECE))
        digest.update(piece)
        left -= len(piece)
    if digest.digest() != section.digest:
        raise MalformedError("a section is not the one that was signed")
