"""The format's document suffices: a reader and a writer made from it alone, without the library.

Everything before the first test follows docs/reference/bundle-format.md, as `canonical` follows
docs/reference/identifiers.md, and shares no code with the library; HPKE, Cobblestone, the hash
tree and the locking are spelled out from primitives. The library makes the files that are read
here, and reads the file that is made here.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import importlib
import re
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import msgpack
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey, MLDSA65PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

import creditshare as cs
from canonical import RefusedError, need, token_text
from creditshare.codec import encode_listing
from creditshare.life import Cause
from world import DECISION, NOW, REMEDY, TODAY, World, listing, number, person

ROOT = Path(__file__).parent.parent
DOCUMENT = (ROOT / "docs/reference/bundle-format.md").read_text("utf-8")


# -- Notation -------------------------------------------------------------------------------


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def mac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def one_step(salt: bytes, secret: bytes, info: bytes, hash_name: str) -> bytes:
    """The one-step KDF with HMAC, one block, SP 800-56C rev. 2 section 4.1."""
    return hmac.digest(salt, (1).to_bytes(4, "big") + secret + info, hash_name)


def expand(key: bytes, info: bytes, length: int, hash_name: str) -> bytes:
    """HKDF-Expand, RFC 5869 section 2.3."""
    out = block = b""
    for counter in range(1, 256):
        if len(out) >= length:
            break
        block = hmac.digest(key, block + info + bytes([counter]), hash_name)
        out += block
    return out[:length]


def integer(data: bytes) -> int:
    return int.from_bytes(data, "big")


def xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


class Bytes:
    """Takes parts from the front of a byte string."""

    def __init__(self, data: bytes) -> None:
        self._data, self.at = data, 0

    def take(self, length: int) -> bytes:
        part = self._data[self.at : self.at + length]
        need(len(part) == length, "cut short")
        self.at += length
        return part

    def u(self, size: int) -> int:
        return integer(self.take(size))

    def rest(self) -> bytes:
        return self.take(len(self._data) - self.at)


def strict(data: bytes) -> Any:
    """One msgpack value in its one spelling, of nil, integers, texts, bytes and arrays."""
    value = msgpack.unpackb(data, raw=False, strict_map_key=True)
    need(_allowed(value), "a type with no place in the format")
    need(pack(value) == data, "another spelling")
    return value


def pack(value: Any) -> bytes:
    packed: bytes = msgpack.packb(value, use_bin_type=True)
    return packed


def _allowed(value: Any) -> bool:
    if isinstance(value, list):
        return all(map(_allowed, value))
    return value is None or type(value) in (int, str, bytes)


def frame(message: bytes) -> bytes:
    return len(message).to_bytes(4, "big") + message


# -- Keys and signatures --------------------------------------------------------------------

ED25519, MLDSA, MLKEM, X25519 = 32, 1952, 1184, 32
ED25519_SIGNATURE, SIGNATURE = 64, 3373


def split_public(raw: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    reader = Bytes(raw)
    parts = reader.take(ED25519), reader.take(MLDSA), reader.take(MLKEM), reader.take(X25519)
    need(reader.rest() == b"", "public keys too long")
    return parts


def pae(kind: str, body: bytes) -> bytes:
    name = kind.encode("ascii")
    parts = b"DSSEv1", str(len(name)).encode(), name, str(len(body)).encode(), body
    return b" ".join(parts)


def verify(kind: str, body: bytes, signature: bytes, public: bytes) -> None:
    """Raises InvalidSignature unless both halves verify."""
    ed25519, mldsa, _, _ = split_public(public)
    need(len(signature) == SIGNATURE, "signature of another length")
    message = pae(kind, body)
    Ed25519PublicKey.from_public_bytes(ed25519).verify(signature[:ED25519_SIGNATURE], message)
    MLDSA65PublicKey.from_public_bytes(mldsa).verify(
        signature[ED25519_SIGNATURE:], message, b"creditshare"
    )


def sign(kind: str, body: bytes, seeds: bytes) -> bytes:
    message = pae(kind, body)
    classical = Ed25519PrivateKey.from_private_bytes(seeds[:32]).sign(message)
    return classical + MLDSA65PrivateKey.from_seed_bytes(seeds[32:64]).sign(message, b"creditshare")


# -- The container --------------------------------------------------------------------------

MAGIC = bytes.fromhex("89435342 0D0A1A0A")
STANZA, ENCAPSULATED, MLKEM_CIPHERTEXT = 1168, 1120, 1088
CHUNK, GCM_TAG = 16384, 16
HPKE_SUITE = b"HPKE" + bytes.fromhex("647A 0001 0002")


def _labeled_extract(salt: bytes, label: bytes, ikm: bytes) -> bytes:
    return mac(salt, b"HPKE-v1" + HPKE_SUITE + label + ikm)


def _labeled_expand(prk: bytes, label: bytes, info: bytes, length: int) -> bytes:
    whole = length.to_bytes(2, "big") + b"HPKE-v1" + HPKE_SUITE + label + info
    return expand(prk, whole, length, "sha256")


def hpke_key(shared: bytes, info: bytes) -> tuple[bytes, bytes]:
    """Key and nonce of the first message, RFC 9180 section 5.1, base mode."""
    psk, info_hash = _labeled_extract(b"", b"psk_id_hash", b""), b"info_hash"
    context = b"\0" + psk + _labeled_extract(b"", info_hash, info)
    secret = _labeled_extract(shared, b"secret", b"")
    return (
        _labeled_expand(secret, b"key", context, 32),
        _labeled_expand(secret, b"base_nonce", context, 12),
    )


def combine(ss_m: bytes, ss_x: bytes, ct_x: bytes, pk_x: bytes) -> bytes:
    return hashlib.sha3_256(ss_m + ss_x + ct_x + pk_x + bytes.fromhex("5C2E2F2F5E5C")).digest()


def open_stanza(stanza: bytes, seeds: bytes, info: bytes) -> bytes | None:
    expanded = hashlib.shake_256(seeds[64:96]).digest(96)
    mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
    x25519 = X25519PrivateKey.from_private_bytes(expanded[64:])
    ct_m, ct_x = stanza[:MLKEM_CIPHERTEXT], stanza[MLKEM_CIPHERTEXT:ENCAPSULATED]
    shared = combine(
        mlkem.decapsulate(ct_m),
        x25519.exchange(X25519PublicKey.from_public_bytes(ct_x)),
        ct_x,
        x25519.public_key().public_bytes_raw(),
    )
    key, nonce = hpke_key(shared, info)
    try:
        return AESGCM(key).decrypt(nonce, stanza[ENCAPSULATED:], b"")
    except Exception:  # noqa: BLE001 - whatever is wrong, the stanza is another's
        return None


def seal_stanza(file_key: bytes, public: bytes, info: bytes) -> bytes:
    _, _, mlkem, x25519 = split_public(public)
    ss_m, ct_m = MLKEM768PublicKey.from_public_bytes(mlkem).encapsulate()
    ephemeral = X25519PrivateKey.generate()
    ct_x = ephemeral.public_key().public_bytes_raw()
    ss_x = ephemeral.exchange(X25519PublicKey.from_public_bytes(x25519))
    key, nonce = hpke_key(combine(ss_m, ss_x, ct_x, x25519), info)
    return ct_m + ct_x + AESGCM(key).encrypt(nonce, file_key, b"")


def _cobblestone(file_key: bytes, salt: bytes, context: bytes) -> tuple[AESGCM, int, bytes]:
    info = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0" + salt + context
    derived = expand(file_key, info, 76, "sha512")
    return AESGCM(derived[:32]), integer(derived[32:44]), derived[44:]


def decrypt(ciphertext: bytes, file_key: bytes, context: bytes) -> bytes:
    reader = Bytes(ciphertext)
    aead, base, commitment = _cobblestone(file_key, reader.take(24), context)
    need(reader.take(32) == commitment, "another key")
    chunks, rest = [], reader.rest()
    for i, start in enumerate(range(0, len(rest), CHUNK + GCM_TAG)):
        nonce = (base ^ i).to_bytes(12, "big")
        chunks.append(aead.decrypt(nonce, rest[start : start + CHUNK + GCM_TAG], None))
    need(len(chunks[-1]) < CHUNK, "no last chunk")
    return b"".join(chunks)


def encrypt(body: bytes, file_key: bytes, context: bytes) -> bytes:
    salt = secrets.token_bytes(24)
    aead, base, commitment = _cobblestone(file_key, salt, context)
    chunks = [
        aead.encrypt((base ^ i).to_bytes(12, "big"), body[i * CHUNK : (i + 1) * CHUNK], None)
        for i in range(len(body) // CHUNK + 1)
    ]
    return salt + commitment + b"".join(chunks)


@attrs.frozen
class Container:
    sender: str
    header_digest: bytes
    stanzas: int
    body: bytes


def open_container(data: bytes, content: int, seeds: bytes) -> Container:
    reader = Bytes(data)
    need(reader.take(8) == MAGIC, "magic")
    need((reader.u(1), reader.u(1), reader.u(1)) == (1, 1, content), "version, suite or content")
    sender = reader.take(reader.u(1)).decode("ascii")
    body_length, count = reader.u(8), reader.u(2)
    need(0 < len(sender) <= 64 and body_length <= 1 << 40 and 0 < count <= 1024, "lengths")
    info = data[: reader.at]
    need(22 + len(sender) == reader.at, "offset of the stanzas")
    stanzas = [reader.take(STANZA) for _ in range(count)]
    need(stanzas == sorted(set(stanzas)), "order of the stanzas")
    header = data[: reader.at]
    need(
        len(data) == len(header) + 56 + body_length + 16 * (body_length // 16384 + 1), "file length"
    )
    opened = [key for s in stanzas if (key := open_stanza(s, seeds, info)) and len(key) == 32]
    need(bool(opened), "not for us")
    body = decrypt(reader.rest(), opened[0], sha256(header))
    need(len(body) == body_length, "body length")
    return Container(sender, sha256(header), count, body)


def check_audience(container: Container, digest: bytes, audience: list[bytes], own: bytes) -> None:
    need(digest == container.header_digest, "wrapped again")
    need(audience == sorted(set(audience)) and len(audience) == container.stanzas, "audience")
    need(sha256(own) in audience, "not addressed to us")


# -- Statements -----------------------------------------------------------------------------


@attrs.frozen
class Checkpoint:
    suite: int
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


@attrs.frozen
class Delivery:
    suite: int
    origin: str
    header_digest: bytes
    checkpoint_digest: bytes
    kind: int
    base: list[Any]
    audience: list[bytes]
    events: list[Any]
    records: list[Any]


@attrs.frozen
class Event:
    raw: bytes
    index: int
    type: int
    listing_id: bytes
    day: int
    digest: bytes

    @property
    def leaf(self) -> bytes:
        return sha256(b"\0" + self.raw)


@attrs.frozen
class Record:
    event: int
    locked: bytes
    rows: dict[bytes, bytes]

    @property
    def digest(self) -> bytes:
        return sha256(frame(self.locked) + b"".join(self.rows))


@attrs.frozen
class Bundle:
    checkpoint: Checkpoint
    checkpoint_digest: bytes
    delivery: Delivery
    events: list[Event]
    records: list[Record]


def open_bundle(data: bytes, seeds: bytes, own: bytes, roster: dict[str, bytes]) -> Bundle:
    """A bundle whose signatures, digests and lengths hold; `roster` gives the public keys."""
    container = open_container(data, 1, seeds)
    reader = Bytes(container.body)
    checkpoint_body, checkpoint_signature = reader.take(reader.u(4)), reader.take(SIGNATURE)
    delivery_body, delivery_signature = reader.take(reader.u(4)), reader.take(SIGNATURE)
    checkpoint, delivery = Checkpoint(*strict(checkpoint_body)), Delivery(*strict(delivery_body))
    keys = roster[checkpoint.issuer]
    verify("creditshare/checkpoint/1", checkpoint_body, checkpoint_signature, keys)
    verify("creditshare/delivery/1", delivery_body, delivery_signature, keys)
    need(checkpoint.suite == delivery.suite == 1, "suite")
    need(checkpoint.origin == delivery.origin == container.sender, "origin")
    need(delivery.checkpoint_digest == sha256(checkpoint_body), "checkpoint digest")
    check_audience(container, delivery.header_digest, delivery.audience, own)
    events, records = reader.take(delivery.events[0]), reader.take(delivery.records[0])
    need(reader.rest() == b"", "something trails")
    need(len(events) == 61 * (checkpoint.size - delivery.base[1]), "number of events")
    need(sha256(events) == delivery.events[1], "digest of the events")
    need(sha256(records) == delivery.records[1], "digest of the records")
    return Bundle(
        checkpoint,
        sha256(checkpoint_body),
        delivery,
        list(read_events(events)),
        list(read_records(records)),
    )


def read_events(section: bytes) -> Iterator[Event]:
    for start in range(0, len(section), 61):
        reader = Bytes(section[start : start + 61])
        event = Event(
            section[start : start + 61],
            reader.u(8),
            reader.u(1),
            reader.take(16),
            reader.u(4),
            reader.take(32),
        )
        need(1 <= event.type <= 9 and event.day <= 2_900_000, "type or day")
        need((event.digest != bytes(32)) == (event.type in (1, 2, 7)), "digest")
        yield event


def read_records(section: bytes) -> Iterator[Record]:
    reader = Bytes(section)
    while reader.at < len(section):
        event, locked = reader.u(8), reader.take(reader.u(4))
        need(112 <= len(locked) <= 65584 and len(locked) % 64 == 48, "length of a record")
        rows = [(reader.take(16), reader.take(32)) for _ in range(reader.u(1))]
        tags = [tag for tag, _ in rows]
        need(0 < len(tags) <= 16 and tags == sorted(set(tags)), "rows")
        yield Record(event, locked, dict(rows))


# -- The log --------------------------------------------------------------------------------


def root_of(leaves: list[bytes]) -> bytes:
    """RFC 9162 section 2.1.1, by its recursive definition."""
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\1" + root_of(leaves[:k]) + root_of(leaves[k:]))


def replay(events: list[Event]) -> tuple[dict[bytes, Event], dict[bytes, dict[int, int]]]:
    """The event each live listing rests on, and the day of each mark, by listing id and type."""
    live: dict[bytes, Event] = {}
    marks: dict[bytes, dict[int, int]] = {}
    ended: set[bytes] = set()
    for i, event in enumerate(events):
        known = event.listing_id in live
        need(event.index == i, "not contiguous")
        need(known != (event.type == 1) and event.listing_id not in ended, "not live")
        if event.type in (1, 2, 7):
            live[event.listing_id] = event
        elif event.type in (3, 4):
            marks.setdefault(event.listing_id, {})[event.type] = event.day
        elif event.type == 8:
            own = marks.setdefault(event.listing_id, {})
            own[8] = min(own.get(8, event.day), event.day)
        elif event.type == 5:
            marks.get(event.listing_id, {}).pop(3, None)
            marks.get(event.listing_id, {}).pop(8, None)
        if event.type in (6, 9):
            marks.pop(event.listing_id, None)
            del live[event.listing_id]
            ended.add(event.listing_id)
    return live, marks


def check_state(bundle: Bundle, events: list[Event]) -> dict[bytes, Event]:
    """The live listings, if the log from its start leads to what the checkpoint says."""
    live, _ = replay(events)
    checkpoint = bundle.checkpoint
    need((len(events), len(live)) == (checkpoint.size, checkpoint.live), "size or live")
    need(root_of([event.leaf for event in events]) == checkpoint.root, "root")
    rest = [
        e for e in sorted(live.values(), key=lambda e: e.index) if e.index >= bundle_base(bundle)
    ]
    found = [(record.event, record.digest) for record in bundle.records]
    need([(event.index, event.digest) for event in rest] == found, "records")
    return live


def bundle_base(bundle: Bundle) -> int:
    return int(bundle.delivery.base[1])


# -- Tokens and locking ---------------------------------------------------------------------


@attrs.frozen
class Tokens:
    """An epoch's keys, from its master and name."""

    tag_key: bytes
    secret_key: bytes

    def tag(self, text: str) -> bytes:
        return mac(self.tag_key, text.encode("ascii"))[:16]

    def secret(self, text: str) -> bytes:
        return mac(self.secret_key, text.encode("ascii"))


def tokens_of(master: bytes, epoch: str) -> Tokens:
    extracted = mac(epoch.encode("ascii"), master)
    labels = b"creditshare/1/token-tag", b"creditshare/1/token-secret"
    return Tokens(*(expand(extracted, label, 32, "sha256").hex().encode() for label in labels))


def unlock(record: Record, wrap: bytes, secret: bytes, origin: str, event: Event) -> bytes:
    context = bytes([len(origin)]) + origin.encode("ascii")
    own = xor(wrap, one_step(b"creditshare/1/wrap", secret, context + event.leaf, "sha256"))
    derived = one_step(b"creditshare/1/record", own, context + event.raw[:29], "sha512")
    need(derived[32:] == record.locked[:32], "commitment")
    padded = AESGCM(derived[:32]).decrypt(bytes(12), record.locked[32:], None)
    payload = padded.rstrip(b"\0")
    need(payload[-1:] == b"\x80" and len(padded) == -(-len(payload) // 64) * 64, "padding")
    return payload[:-1]


def lock(payload: bytes, texts: list[str], tokens: Tokens, origin: str, prefix: bytes) -> Written:
    context = bytes([len(origin)]) + origin.encode("ascii")
    own = secrets.token_bytes(32)
    derived = one_step(b"creditshare/1/record", own, context + prefix, "sha512")
    marked = payload + b"\x80"
    padded = marked + bytes(-len(marked) % 64)
    locked = derived[32:] + AESGCM(derived[:32]).encrypt(bytes(12), padded, None)
    ordered = sorted(texts, key=tokens.tag)
    event = prefix + sha256(frame(locked) + b"".join(map(tokens.tag, ordered)))
    leaf = sha256(b"\0" + event)
    rows = [
        tokens.tag(text)
        + xor(own, one_step(b"creditshare/1/wrap", tokens.secret(text), context + leaf, "sha256"))
        for text in ordered
    ]
    record = prefix[:8] + frame(locked) + bytes([len(rows)]) + b"".join(rows)
    return Written(event, record)


def look_up(bundle: Bundle, live: dict[bytes, Event], tokens: Tokens, text: str) -> list[Any]:
    """The payloads that a token text finds."""
    by_index = {event.index: event for event in live.values()}
    tag, secret, origin = tokens.tag(text), tokens.secret(text), bundle.checkpoint.origin
    return [
        strict(unlock(record, record.rows[tag], secret, origin, by_index[record.event]))
        for record in bundle.records
        if tag in record.rows
    ]


# -- Token-key file and roster file -----------------------------------------------------------


def open_token_key(data: bytes, seeds: bytes, own: bytes, steward: bytes) -> list[Any]:
    """Name, begin, end, replaced epoch and master of the epoch."""
    container = open_container(data, 2, seeds)
    reader = Bytes(container.body)
    body, signature = reader.take(reader.u(4)), reader.take(SIGNATURE)
    need(reader.rest() == b"", "something trails")
    verify("creditshare/token-key/1", body, signature, steward)
    statement: list[Any] = strict(body)
    suite, sender, header_digest, audience, *fields = statement
    need((suite, sender) == (1, container.sender), "suite or sender")
    check_audience(container, header_digest, audience, own)
    return fields


def open_roster(data: bytes, steward: bytes) -> list[Any]:
    """Exchange, version, issued, expires and entries."""
    reader = Bytes(data)
    need(reader.take(10) == b"CSROSTER1\n", "not a roster")
    signature, body = reader.take(SIGNATURE), reader.rest()
    verify("creditshare/roster/1", body, signature, steward)
    statement: list[Any] = strict(body)
    suite, *fields = statement
    need(suite == 1, "suite")
    return fields


# -- A writer -------------------------------------------------------------------------------


@attrs.frozen
class Written:
    """An event and its record."""

    event: bytes
    record: bytes


def write_container(
    sender: str, content: int, recipients: list[bytes], make: Callable[[bytes], bytes]
) -> bytes:
    """A container; `make` gives its body from the header digest, always of one length."""
    key, name = secrets.token_bytes(32), sender.encode("ascii")
    fixed = MAGIC + bytes([1, 1, content, len(name)]) + name
    info = fixed + len(make(bytes(32))).to_bytes(8, "big") + len(recipients).to_bytes(2, "big")
    header = info + b"".join(sorted(seal_stanza(key, to, info) for to in recipients))
    return header + encrypt(make(sha256(header)), key, sha256(header))


def write_bundle(
    checkpoint: list[Any], events: bytes, records: bytes, seeds: bytes, recipients: list[bytes]
) -> bytes:
    """A full bundle."""
    stated, origin = pack(checkpoint), checkpoint[1]
    first = frame(stated) + sign("creditshare/checkpoint/1", stated, seeds)

    def body(header_digest: bytes) -> bytes:
        delivery = pack(
            [
                *(1, origin, header_digest, sha256(stated), 0, [0, 0, bytes(32)]),
                sorted(map(sha256, recipients)),
                [len(events), sha256(events)],
                [len(records), sha256(records)],
            ]
        )
        second = frame(delivery) + sign("creditshare/delivery/1", delivery, seeds)
        return first + second + events + records

    return write_container(origin, 1, recipients, body)


# -- What the library wrote, read here ----------------------------------------------------------

FIRST = token_text("cn-rid", number(1))
SECOND = token_text("cn-rid", number(2))
TRAVEL = token_text("passport", "l8989-02c3", "gb")


@attrs.frozen
class Files:
    """What one exchange sent: two listings in full, then a delta that withdraws the second."""

    world: World
    full: Bundle
    delta: Bundle
    full_again: Bundle
    ids: tuple[bytes, bytes]

    @property
    def tokens(self) -> Tokens:
        return tokens_of(self.world.key.master, "2026H2")


def read(world: World, path: Path) -> Bundle:
    roster = {"custodian": world.custodian.keys.public.raw}
    lender = world.lender.keys
    return open_bundle(path.read_bytes(), lender.raw, lender.public.raw, roster)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Files]:
    world = World(tmp_path_factory.mktemp("format"))
    ledger = world.ledger()
    document = cs.identifiers.Passport.parse("L898902C3", "GB")
    numbers = (cs.ResidentID.parse(number(2)), document)
    both = attrs.evolve(person(2, birth_date=dt.date(1980, 5, 17)), identifiers=numbers)
    first, second = listing(1), listing(2, borrower=both)
    world.record(ledger, first, second)
    full, _ = world.seal(ledger, "1.csb")
    ledger.suspend(first.id, until=TODAY + dt.timedelta(days=9), on=TODAY, at=NOW)
    ledger.exempt(
        first.id, until=TODAY + dt.timedelta(days=5), on=TODAY, cause=Cause.ILLNESS, at=NOW
    )
    ledger.withdraw(cs.Withdrawal(second.id, cs.model.WithdrawalReason.SETTLED, TODAY), at=NOW)
    later = NOW + dt.timedelta(hours=1)
    delta, _ = world.seal(ledger, "2.csb", since=1, at=later)
    again, _ = world.seal(ledger, "3.csb", at=later)
    ids = first.id, second.id
    yield Files(world, read(world, full), read(world, delta), read(world, again), ids)
    world.close()


def day(date: dt.date) -> int:
    return (date - dt.date(1970, 1, 1)).days


def test_statements_of_a_full_bundle(files: Files) -> None:
    """Both signatures verify, and checkpoint and delivery say what was sealed."""
    checkpoint, delivery = files.full.checkpoint, files.full.delivery
    now = int(NOW.timestamp())

    assert ("platform", "custodian", 1, 1, 2, 2, "2026H2", 1) == (
        checkpoint.origin,
        checkpoint.issuer,
        checkpoint.generation,
        checkpoint.sequence,
        checkpoint.size,
        checkpoint.live,
        checkpoint.epoch,
        checkpoint.canonical_form,
    )
    assert (bytes(32), now, now + 30 * 86400) == (
        checkpoint.previous,
        checkpoint.issued,
        checkpoint.expires,
    )
    assert (0, [0, 0, bytes(32)], 2) == (delivery.kind, delivery.base, len(delivery.audience))


def test_token_check(files: Files) -> None:
    """The checkpoint's token check is that of the epoch's master."""
    assert files.full.checkpoint.token_check == files.tokens.tag("creditshare/1/token-check")


def test_log_of_a_full_bundle(files: Files) -> None:
    """The events are two listings, lead to the signed root, and name their records."""
    live = check_state(files.full, files.full.events)

    assert [(0, 1, files.ids[0]), (1, 1, files.ids[1])] == [
        (event.index, event.type, event.listing_id) for event in files.full.events
    ]
    assert set(files.ids) == set(live)
    assert [1, 2] == [len(record.rows) for record in files.full.records]


def test_log_of_a_delta(files: Files) -> None:
    """A delta continues the log with two marks and a withdrawal, and holds no record."""
    events = files.full.events + files.delta.events
    live = check_state(files.delta, events)
    _, marks = replay(events)

    assert {files.ids[0]: files.full.events[0]} == live
    assert [(2, 3, files.ids[0]), (3, 4, files.ids[0]), (4, 6, files.ids[1])] == [
        (event.index, event.type, event.listing_id) for event in files.delta.events
    ]
    assert {files.ids[0]: {3: day(TODAY) + 9, 4: day(TODAY) + 5}} == marks
    assert [] == files.delta.records


def test_a_listing_that_should_never_have_been_ends_by_another_type(tmp_path: Path) -> None:
    """A withdrawal of a void listing is an event of type 9, and ends it like one of type 6."""
    world = World(tmp_path)
    ledger, drafted = world.ledger(), listing(1)
    world.record(ledger, drafted, listing(2))
    reason = cs.model.WithdrawalReason.LISTED_IN_ERROR
    ledger.withdraw(cs.Withdrawal(drafted.id, reason, TODAY), at=NOW)
    bundle = read(world, world.seal(ledger, "1.csb")[0])
    live, last = check_state(bundle, bundle.events), bundle.events[-1]

    assert (2, 9, drafted.id, day(TODAY), bytes(32)) == (
        *(last.index, last.type, last.listing_id, last.day),
        last.digest,
    )
    assert (1, 1) == (len(live), len(bundle.records))
    world.close()


def test_statements_of_a_delta(files: Files) -> None:
    """A delta names the checkpoint it starts from, and its checkpoint names the one before."""
    digest = files.full.checkpoint_digest

    assert (1, [1, 2, digest]) == (files.delta.delivery.kind, files.delta.delivery.base)
    assert (2, digest) == (files.delta.checkpoint.sequence, files.delta.checkpoint.previous)


def test_one_state_in_two_files(files: Files) -> None:
    """A full bundle of the delta's state has its checkpoint, the whole log and what is live."""
    live = check_state(files.full_again, files.full_again.events)

    assert files.delta.checkpoint == files.full_again.checkpoint
    assert files.full.events + files.delta.events == files.full_again.events
    assert {files.ids[0]} == set(live)
    assert files.full.records[:1] == files.full_again.records


def test_payload(files: Files) -> None:
    """A token found in the rows opens its record, whose payload is the listing, field by field."""
    live = check_state(files.full, files.full.events)
    expected = [
        2,
        ["person", "borrower", "测试1", None],
        ["某某网贷", "CNY", 2_000_000, 1_500_000, None, day(dt.date(2018, 3, 1)), None, None],
        ["ABSCOND", day(dt.date(2019, 3, 1)), None],
        ["working-group-notice", "整治办函〔2018〕", "1", "2018", None, None],
        ["post", day(dt.date(2026, 10, 1)), REMEDY],
        [day(DECISION.on), DECISION.reasons, DECISION.by, None, None, None],
        [
            [
                bytes(32),
                "contact log",
                ["conduct", "contact-attempts", "ability-to-pay"],
                day(dt.date(2026, 10, 1)),
            ]
        ],
        "general",
        *([], [], [], None),
        cs.rulebook("cn").name,
    ]

    assert [expected] == look_up(files.full, live, files.tokens, FIRST)


def test_two_identifiers_find_one_record(files: Files) -> None:
    """Each strong identifier of a borrower finds and opens the same record."""
    live = check_state(files.full, files.full.events)
    by_number = look_up(files.full, live, files.tokens, SECOND)

    assert ["测试2"] == [payload[1][2] for payload in by_number]
    assert by_number == look_up(files.full, live, files.tokens, TRAVEL)


def test_a_miss(files: Files) -> None:
    """A person who is not listed has no tag in the bundle."""
    live = check_state(files.full, files.full.events)

    assert [] == look_up(files.full, live, files.tokens, token_text("cn-rid", number(3)))


def test_a_wrap_opens_nothing_else(files: Files) -> None:
    """One record's wrap under another person's token does not open the other record."""
    live = check_state(files.full, files.full.events)
    record, event = files.full.records[1], live[files.ids[0]]
    secret, wrap = files.tokens.secret(SECOND), record.rows[files.tokens.tag(SECOND)]

    with pytest.raises(RefusedError, match="commitment"):
        unlock(record, wrap, secret, "platform", event)


def test_token_key_file(files: Files) -> None:
    """A token-key file gives a member the epoch and its master."""
    world = files.world
    path = world.folder / "tokens"
    cs.seal_token_key(path, world.key, by=world.steward, to=world.recipients)
    lender, steward = world.lender.keys, world.steward.keys.public.raw
    epoch = world.key.epoch
    times = int(epoch.begins.timestamp()), int(epoch.ends.timestamp())

    assert ["2026H2", *times, None, world.key.master] == open_token_key(
        path.read_bytes(), lender.raw, lender.public.raw, steward
    )


def test_roster_file(files: Files) -> None:
    """A roster file gives each institution's keys, roles, licence, custodian and generation."""
    world = files.world
    steward, licence = world.steward, ["L-2020-1", day(dt.date(2020, 1, 1)), None]
    exchange, version, issued, expires, entries = open_roster(
        world.roster().sign(steward), steward.keys.public.raw
    )
    now = int(NOW.timestamp())
    bank, platform = world.bank.keys.public.raw, None

    assert ("exchange", 1, now - 86400, now + 365 * 86400) == (exchange, version, issued, expires)
    assert ["bank", bank, ["issuer", "lender"], licence, None, None, 1] == entries[3]
    assert ["platform", platform, ["issuer"], licence, "custodian", licence, 1] == entries[2]
    assert 6 == len(entries)


# -- What was written here, read by the library ---------------------------------------------------


def test_the_library_reads_what_the_document_writes(world: World) -> None:
    """A bundle written from the document alone, every field of it, is matched by the library."""
    tokens = tokens_of(world.key.master, "2026H2")
    listing_id, now = secrets.token_bytes(16), int(NOW.timestamp())
    payload = [
        2,
        ["person", "borrower", "测试1", None],
        ["creditor", "CNY", 1000, 0, "0.24", 17000, 17100, 20500],
        ["ABSCOND", 17000, None],
        ["judgment", "(2025) No. 1", "2", "2025", 20400, 21900],
        ["post", 20000, "Object in writing."],
        [20300, "Absconded.\nHas means.", "committee", 20100, 20200, 21000],
        [[bytes(32), "extract", ["conduct"], 20000]],
        "serious",
        ["later-in-order"],
        ["LOAN_LIMIT"],
        [["income", "salaried", 19999]],
        [20150, "I see it otherwise.\nI paid."],
        "cn-credit-reporting@2026.11#0123456789abcdef",
    ]
    prefix = bytes(8) + bytes([1]) + listing_id + (day(TODAY) + 30).to_bytes(4, "big")
    one = lock(pack(payload), [FIRST, TRAVEL], tokens, "bank", prefix)
    answer_by = (day(TODAY) + 9).to_bytes(4, "big")
    events = [one.event, (1).to_bytes(8, "big") + bytes([8]) + listing_id + answer_by + bytes(32)]
    checkpoint = [
        *(1, "bank", "bank", 1, 1, 2, root_of([sha256(b"\0" + e) for e in events])),
        *(1, "2026H2", 1),
        *(tokens.tag("creditshare/1/token-check"), bytes(32), now, now + 86400),
    ]
    recipients = [world.insurer.keys.public.raw, world.lender.keys.public.raw]
    path = world.folder / "written.csb"
    path.write_bytes(
        write_bundle(checkpoint, b"".join(events), one.record, world.bank.keys.raw, recipients)
    )
    registry = world.registry()
    applied = world.apply(registry, path)
    asked = cs.Applicant([cs.ResidentID.parse(number(1))], name="测试1")
    (answer,) = world.screen(registry, asked)

    assert (1, False) == (applied.live, applied.already_held)
    assert (cs.Outcome.MATCH, [listing_id]) == (
        answer.outcome,
        [match.listing_id for match in answer.matches],
    )
    (match,) = answer.matches

    assert pack(payload) == encode_listing(match.listing)
    assert (True, TODAY + dt.timedelta(days=9)) == (match.disputed, match.disputed_until)


# -- The document itself --------------------------------------------------------------------


def _rows(heading: str) -> list[list[str]]:
    """The cells of the first table behind a heading, without its head."""
    section = DOCUMENT.split(f"\n{heading}\n")[1]
    lines = re.search(r"(?:^\|.*\n)+", section, re.MULTILINE)
    assert lines
    rows = [line.strip("|").split("|") for line in lines[0].splitlines()]
    return [[cell.strip() for cell in row] for row in rows[2:]]


def _resolve(path: str) -> Any:
    module, _, name = path.strip("`").rpartition(".")
    return getattr(importlib.import_module(module), name)


LIMITS = {constant: value for _, value, _, constant in _rows("## Limits")}
VALUES = {
    f"{module.strip('`')}.{name.strip('`')}": cell for name, module, cell in _rows("### Values")
}


@pytest.mark.parametrize("constant", LIMITS)
def test_limits(constant: str) -> None:
    """Each limit of the document's table is that of the code."""
    found = _resolve(constant)
    actual = found.total_seconds() if isinstance(found, dt.timedelta) else found

    assert int(LIMITS[constant].replace(",", "")) == actual


@pytest.mark.parametrize("enumeration", VALUES)
def test_values(enumeration: str) -> None:
    """Each enumeration of the document's table has the values of the code, in its order."""
    assert re.findall("`([^`]+)`", VALUES[enumeration]) == list(map(str, _resolve(enumeration)))
