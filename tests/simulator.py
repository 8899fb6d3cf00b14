"""A malicious issuer: it owns an issuer's keys, and breaks one rule at a time.

::

    Simulator   an issuer's log in memory, appended to without asking a rule
    Draft       one bundle in parts; whatever stands in it is signed and sealed
    Scene       an exchange in which a registry already holds a state of the issuer's

A `Draft` that nobody touched is a bundle like any other. An attack takes one and changes a part,
with `attrs.evolve` for what is signed and `alter` for what is sent instead::

    draft = attrs.evolve(simulator.draft(), delivery={"audience": ()})
    draft.write(path)

Everything is made of the library's own pieces: keys, signatures and containers are real.
"""

from __future__ import annotations

import contextlib
import copy
import datetime as dt
import io
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

import creditshare as cs
from creditshare.bundle import (
    Base,
    BundleKind,
    Checkpoint,
    Delivery,
    Event,
    EventType,
    Section,
)
from creditshare.bundle.record import lock_record
from creditshare.bundle.seal import CONTENT
from creditshare.bundle.statement import CHECKPOINT_KIND, DELIVERY_KIND, NO_BASE
from creditshare.clock import day_number, unix
from creditshare.codec import encode_listing
from creditshare.crypto.container import (
    Header,
    decrypt_body,
    encrypt_body,
    new_header,
    read_header,
    unwrap_key,
)
from creditshare.crypto.keys import SecretKeys
from creditshare.crypto.signing import SIGNATURE_SIZE, sign
from creditshare.crypto.suite import sha256
from creditshare.crypto.tree import Frontier, leaf_hash
from creditshare.registry import Applied, Registry, RegistryStore
from creditshare.screening import Screening
from creditshare.sealing import audience_of
from creditshare.wire import frame
from world import NOW, TODAY, World, listing, number

STANZA = 1168
YEAR = dt.timedelta(days=365)

Signer = Callable[[str, bytes, SecretKeys], bytes]
Signatures = Callable[[bytes, bytes], tuple[bytes, bytes]]


def as_it_is(data: bytes) -> bytes:
    """The bytes, unchanged."""
    return data


def both_as_they_are(checkpoint: bytes, delivery: bytes) -> tuple[bytes, bytes]:
    """The signatures, unchanged."""
    return checkpoint, delivery


@attrs.frozen
class Record:
    """A record in parts: its event's index, the locked payload, and rows of tag and wrap."""

    event: int
    locked: bytes
    rows: bytes

    @property
    def tags(self) -> list[bytes]:
        """The tags of its rows."""
        return [self.rows[i : i + 16] for i in range(0, len(self.rows), 48)]

    @property
    def wraps(self) -> list[bytes]:
        """The wraps of its rows."""
        return [self.rows[i + 16 : i + 48] for i in range(0, len(self.rows), 48)]

    @property
    def digest(self) -> bytes:
        """What its event must carry."""
        return sha256(frame(self.locked) + b"".join(self.tags))


def record_of(data: bytes) -> Record:
    """One record, parsed without a check."""
    end = 12 + int.from_bytes(data[8:12], "big")
    return Record(int.from_bytes(data[:8], "big"), data[12:end], data[end + 1 :])


def bytes_of(record: Record) -> bytes:
    """A record as it stands in a bundle."""
    head = record.event.to_bytes(8, "big") + frame(record.locked)
    return head + bytes((len(record.rows) // 48,)) + record.rows


# -- One bundle --------------------------------------------------------------------------------


@attrs.frozen
class Draft:
    """A bundle in parts.

    Attributes:
        checkpoint: The state.
        keys: Who signs.
        to: The recipients.
        events: The events, encoded.
        records: The records, encoded.
        kind: Full or delta.
        base: Where a delta starts.
        delivery: Fields of the delivery statement that are not to be the true ones.
        sender: The origin in the header, if not the checkpoint's.
        checkpoint_body: Spells the checkpoint otherwise, before it is signed.
        delivery_body: Spells the delivery otherwise, before it is signed.
        sign: Signs a statement of a kind.
        signatures: Changes the two signatures afterwards.
        alter: Changes the whole body afterwards, without changing its length by chance.
    """

    checkpoint: Checkpoint
    keys: SecretKeys
    to: tuple[cs.PublicAgency, ...]
    events: tuple[bytes, ...] = ()
    records: tuple[bytes, ...] = ()
    kind: BundleKind = BundleKind.FULL
    base: Base = NO_BASE
    delivery: Mapping[str, Any] = attrs.field(factory=dict)
    sender: str | None = None
    checkpoint_body: Callable[[bytes], bytes] = as_it_is
    delivery_body: Callable[[bytes], bytes] = as_it_is
    sign: Signer = sign
    signatures: Signatures = both_as_they_are
    alter: Callable[[bytes], bytes] = as_it_is

    def stating(self, **changes: Any) -> Draft:
        """The same draft with a checkpoint that states something else."""
        return attrs.evolve(self, checkpoint=attrs.evolve(self.checkpoint, **changes))

    def statement(self, header_digest: bytes) -> Delivery:
        """The delivery statement for the file with this header."""
        true = Delivery(
            self.checkpoint.origin,
            header_digest,
            sha256(self.checkpoint_body(self.checkpoint.to_bytes())),
            self.kind,
            self.base,
            tuple(audience_of(self.to)),
            _section(self.events),
            _section(self.records),
        )
        return attrs.evolve(true, **self.delivery)

    def body(self, header_digest: bytes) -> bytes:
        """What is encrypted."""
        checkpoint = self.checkpoint_body(self.checkpoint.to_bytes())
        delivery = self.delivery_body(self.statement(header_digest).to_bytes())
        first, second = self.signatures(
            self.sign(CHECKPOINT_KIND, checkpoint, self.keys),
            self.sign(DELIVERY_KIND, delivery, self.keys),
        )
        sections = b"".join(self.events) + b"".join(self.records)
        return self.alter(frame(checkpoint) + first + frame(delivery) + second + sections)

    def write(self, path: Path) -> Path:
        """Sign and seal into a file."""
        length = len(self.body(bytes(32)))
        sender = self.sender or self.checkpoint.origin
        header, key = new_header(CONTENT, sender, length, [agency.keys for agency in self.to])
        return write_sealed(path, header, key, self.body(header.digest))


def _section(parts: Sequence[bytes]) -> Section:
    data = b"".join(parts)
    return Section(len(data), sha256(data))


# -- Sealed files ------------------------------------------------------------------------------


def write_sealed(path: Path, header: Header, key: bytes, body: bytes) -> Path:
    """Encrypt a body into a file."""
    with path.open("wb") as file:
        encrypt_body(header, key, [body], file)
    return path


def read_sealed(path: Path, by: cs.Agency) -> tuple[Header, bytes, bytes]:
    """The header, file key and body of a file, as one of its recipients reads them."""
    with path.open("rb") as file:
        header = read_header(file, path.stat().st_size, CONTENT)
        key, body = unwrap_key(header, by.keys), io.BytesIO()
        decrypt_body(header, key, file, body)
    return header, key, body.getvalue()


def statements(path: Path, by: cs.Agency) -> tuple[bytes, bytes, bytes, bytes]:
    """Checkpoint, signature, delivery and signature, as a recipient reads them."""
    _, _, body = read_sealed(path, by)
    checkpoint, checkpoint_signature, rest = _statement(body)
    delivery, delivery_signature, _ = _statement(rest)
    return checkpoint, checkpoint_signature, delivery, delivery_signature


def _statement(body: bytes) -> tuple[bytes, bytes, bytes]:
    end = 4 + int.from_bytes(body[:4], "big")
    return body[4:end], body[end : end + SIGNATURE_SIZE], body[end + SIGNATURE_SIZE :]


def rewrap(
    path: Path, out: Path, *, by: cs.Agency, to: Sequence[cs.PublicAgency], sender: str = ""
) -> Path:
    """Seal what a recipient received again, for others, as if the issuer had sent it to them."""
    header, _, body = read_sealed(path, by)
    keys = [agency.keys for agency in to]
    wrapped, key = new_header(CONTENT, sender or header.sender, len(body), keys)
    return write_sealed(out, wrapped, key, body)


def with_stanzas(header: Header, *stanzas: bytes) -> Header:
    """A header with other stanzas, as many as before."""
    prefix = header.raw[: len(header.raw) - STANZA * len(header.stanzas)]
    ordered = tuple(sorted(stanzas))
    return attrs.evolve(header, stanzas=ordered, raw=prefix + b"".join(ordered))


def stanza_for(header: Header, agency: cs.Agency) -> bytes:
    """The stanza that an agency's keys open."""
    prefix = header.raw[: len(header.raw) - STANZA * len(header.stanzas)]
    for stanza in header.stanzas:
        with contextlib.suppress(cs.CreditshareError):
            alone = attrs.evolve(header, stanzas=(stanza,), raw=prefix + stanza)
            unwrap_key(alone, agency.keys)
            return stanza
    raise AssertionError("the file is not sealed to that agency")


# -- The issuer --------------------------------------------------------------------------------


class Simulator:
    """An issuer whose log says whatever it is told to say.

    Args:
        agency: Who signs.
        key: Under which it tokenises.
        to: The recipients.
        origin: Whose log it is.
        generation: As it claims.
        at: When it issues.

    Attributes:
        events: The log, encoded.
        records: The record of every payload event, by index.
        live: The event each live listing rests on.
        said: The checkpoints signed so far.
    """

    def __init__(
        self,
        agency: cs.Agency,
        key: cs.TokenKey,
        to: Sequence[cs.PublicAgency],
        *,
        origin: str = "bank",
        generation: int = 1,
        at: dt.datetime = NOW,
    ) -> None:
        self.agency, self.key, self.to = agency, key, tuple(to)
        self.origin, self.generation, self.at = origin, generation, at
        self.events: list[bytes] = []
        self.records: dict[int, Record] = {}
        self.live: dict[bytes, int] = {}
        self.said: list[Checkpoint] = []

    def fork(self) -> Simulator:
        """The same issuer with a second history from here on."""
        twin = copy.copy(self)
        twin.events, twin.records = list(self.events), dict(self.records)
        twin.live, twin.said = dict(self.live), list(self.said)
        return twin

    def lists(self, serial: int, **changes: Any) -> bytes:
        """List the borrower of a serial; returns the listing's id."""
        return self.states(EventType.LIST, listing(serial, **changes), serial)

    def states(
        self,
        event_type: EventType,
        what: cs.Listing,
        serial: int,
        *,
        origin: str | None = None,
        day: dt.date = TODAY + YEAR,
        identifiers: Sequence[cs.identifiers.Identifier] = (),
    ) -> bytes:
        """Append an event with a payload; returns the listing's id."""
        found = self.key.evaluate(identifiers or [cs.ResidentID.parse(number(serial))])
        event, _, _, record = lock_record(
            encode_listing(what, cleared_by=cs.rulebook("cn").name),
            found,
            origin=origin or self.origin,
            index=len(self.events),
            event_type=event_type,
            listing_id=what.id,
            day=day_number(day),
        )
        self.copies(Event.from_bytes(event), record_of(record))
        return what.id

    def copies(self, event: Event, record: Record) -> None:
        """Append an event and its record as they are, whoever made them."""
        self.events.append(event.to_bytes())
        self.records[event.index] = record
        self.live[event.listing_id] = event.index

    def marks(
        self, event_type: EventType, listing_id: bytes, day: dt.date = TODAY, **changes: Any
    ) -> None:
        """Append an event without a payload."""
        event = Event(len(self.events), event_type, listing_id, day_number(day))
        self.events.append(attrs.evolve(event, **changes).to_bytes())
        if event_type.ends:
            self.live.pop(listing_id, None)

    def withdraws(self, listing_id: bytes) -> None:
        """Append a withdrawal."""
        self.marks(EventType.WITHDRAW, listing_id)

    def checkpoint(self, **changes: Any) -> Checkpoint:
        """The next checkpoint, with some fields that are not to be the true ones."""
        true = Checkpoint(
            origin=self.origin,
            issuer=self.agency.origin,
            generation=self.generation,
            sequence=len(self.said) + 1,
            size=len(self.events),
            root=Frontier().extend(map(leaf_hash, self.events)).root(),
            live=len(self.live),
            epoch=self.key.epoch.name,
            canonical_form=1,
            token_check=self.key.check,
            previous=self.said[-1].digest if self.said else bytes(32),
            issued=unix(self.at),
            expires=unix(self.at + dt.timedelta(days=30)),
        )
        return attrs.evolve(true, **changes)

    def draft(self, since: Checkpoint | None = None, **changes: Any) -> Draft:
        """The next bundle: full, or a delta since a checkpoint."""
        checkpoint = self.checkpoint(**changes)
        self.said.append(checkpoint)
        return self.delivers(checkpoint, since)

    def delivers(self, checkpoint: Checkpoint, since: Checkpoint | None = None) -> Draft:
        """A bundle that delivers a checkpoint of the log as it stands."""
        first = since.size if since else 0
        return Draft(
            checkpoint,
            self.agency.keys,
            self.to,
            tuple(self.events[first:]),
            tuple(bytes_of(self.records[i]) for i in sorted(self.live.values()) if i >= first),
            BundleKind.DELTA if since else BundleKind.FULL,
            Base(since.sequence, since.size, since.digest) if since else NO_BASE,
        )

    @property
    def last(self) -> Checkpoint:
        """The latest checkpoint."""
        return self.said[-1]


# -- A recipient under attack --------------------------------------------------------------------


def dump(path: Path) -> list[str]:
    """Everything a registry's file holds, but for the evidence."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return [line for line in connection.iterdump() if 'INTO "evidence"' not in line]


@attrs.define
class Scene:
    """A registry that already heard from an issuer, and what its owner believes meanwhile.

    It holds two checkpoints of the bank's: the first listed borrowers 1 and 2; the second, a delta,
    listed borrower 3 and withdrew 2. An attack may change the beliefs.

    Attributes:
        world: The exchange.
        store: The registry's database.
        sim: The bank, as malicious as the attack wants it.
        ids: Listing ids by the borrower's serial.
        roster: Who may issue.
        tokens: The keys held.
        at: Now.
        reader: Who receives.
    """

    world: World
    store: RegistryStore
    sim: Simulator
    ids: dict[int, bytes]
    roster: cs.Roster
    tokens: cs.TokenKeyring
    at: dt.datetime
    reader: cs.Agency

    @classmethod
    @contextlib.contextmanager
    def open(cls, folder: Path, world: World | None = None) -> Iterator[Scene]:
        """A scene whose files lie in a folder."""
        world = world or World(folder)
        sim = Simulator(world.bank, world.key, world.recipients)
        with contextlib.closing(world), RegistryStore(folder / "scene.db") as store:
            scene = cls(world, store, sim, {}, world.roster(), world.tokens, NOW, world.lender)
            scene.ids |= {serial: sim.lists(serial) for serial in (1, 2)}
            scene.receive(sim.draft())
            scene.ids[3] = sim.lists(3)
            sim.withdraws(scene.ids[2])
            scene.receive(sim.draft(since=sim.last))
            yield scene

    @property
    def registry(self) -> Registry:
        """The registry under attack."""
        return Registry(self.store)

    @property
    def content(self) -> list[str]:
        """Everything the registry holds, but for the evidence."""
        return dump(self.world.folder / "scene.db")

    def believe(self, **changes: cs.roster.RosterEntry) -> None:
        """Let the recipient hold a roster with some entries replaced."""
        self.roster = self.world.roster(**changes)

    def bank(self, **changes: Any) -> cs.roster.RosterEntry:
        """The bank's entry, changed."""
        return attrs.evolve(self.world.roster().entry("bank"), **changes)

    def receive(self, what: Draft | Path) -> Applied:
        """Write a draft, open the file and apply it."""
        path = what if isinstance(what, Path) else what.write(self.world.folder / "attack.csb")
        with cs.open_bundle(path, by=self.reader, roster=self.roster, at=self.at) as bundle:
            return self.registry.apply(bundle, tokens=self.tokens, at=self.at)

    def refusal(self, what: Draft | Path) -> type[cs.CreditshareError] | None:
        """The class of the error in which receiving ends; None if it is applied."""
        try:
            self.receive(what)
        except cs.CreditshareError as error:
            return type(error)
        return None

    def screen(self, *applicants: cs.Applicant, **changes: Any) -> list[Screening]:
        """Screen as the recipient."""
        asked: dict[str, Any] = {"tokens": self.tokens, "at": self.at} | changes
        return self.world.screen(self.registry, *applicants, **asked)
