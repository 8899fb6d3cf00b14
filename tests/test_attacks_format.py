"""Attacks on the bytes: signatures, spelling, sections and the file; each ends in our named error.

A row of a table names the row of the threat table it belongs to, what the attacker does, and the
error it must end in; the registry then holds, byte for byte, what it held before.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import msgpack
import pytest

import creditshare as cs
from attacks import (
    PUBLIC,
    Attack,
    Row,
    believing,
    delivering,
    ending_in,
    evolving,
    next_delta,
    rows,
    stating,
)
from creditshare.bundle import Base, BundleKind, Section
from creditshare.bundle.seal import CONTENT
from creditshare.bundle.statement import CHECKPOINT_KIND, DELIVERY_KIND
from creditshare.crypto.container import Header, new_header
from creditshare.crypto.keys import PublicKeys, SecretKeys
from creditshare.crypto.signing import SIGNATURE_SIZE, pre_authentication_encoding, sign
from creditshare.errors import (
    MalformedError,
    NotForUsError,
    SignatureError,
    UnauthorisedIssuerError,
    UnsupportedSuiteError,
)
from simulator import STANZA, Draft, Scene, rewrap, stanza_for, with_stanzas, write_sealed
from world import World

ED25519 = 64

# -- Signatures -------------------------------------------------------------------------------


def zeroed(start: int, end: int) -> Callable[[bytes], bytes]:
    return lambda signature: signature[:start] + bytes(end - start) + signature[end:]


def only(start: int, end: int) -> Callable[[bytes], bytes]:
    return lambda signature: signature[start:end]


def changing(change: Callable[[bytes], bytes], which: int) -> Attack:
    """The next delta, with one of the two signatures changed."""

    def signatures(checkpoint: bytes, delivery: bytes) -> tuple[bytes, bytes]:
        both = [checkpoint, delivery]
        both[which] = change(both[which])
        return both[0], both[1]

    return evolving(signatures=signatures)


def exchanging(start: int, end: int) -> Attack:
    """The next delta, with a part of the two signatures exchanged."""

    def signatures(one: bytes, two: bytes) -> tuple[bytes, bytes]:
        return one[:start] + two[start:end] + one[end:], two[:start] + one[start:end] + two[end:]

    return evolving(signatures=signatures)


def signing(signer: Callable[[Scene, str, bytes, SecretKeys], bytes]) -> Attack:
    """The next delta, signed in another way."""
    return lambda scene: attrs.evolve(
        next_delta(scene), sign=lambda kind, body, keys: signer(scene, kind, body, keys)
    )


def keys_of(name: str) -> Attack:
    """The next delta, signed by another agency of the exchange."""
    return lambda scene: attrs.evolve(next_delta(scene), keys=getattr(scene.world, name).keys)


def half_by_the_custodian(first: bool) -> Attack:
    def signer(scene: Scene, kind: str, body: bytes, keys: SecretKeys) -> bytes:
        ours, theirs = sign(kind, body, keys), sign(kind, body, scene.world.custodian.keys)
        return (theirs[:64] + ours[64:]) if first else (ours[:64] + theirs[64:])

    return signing(signer)


def without_a_context(scene: Scene, kind: str, body: bytes, keys: SecretKeys) -> bytes:
    message = pre_authentication_encoding(kind, body)
    return keys.ed25519.sign(message) + keys.mldsa.sign(message)


def of_the_bare_body(scene: Scene, kind: str, body: bytes, keys: SecretKeys) -> bytes:
    return keys.ed25519.sign(body) + keys.mldsa.sign(body, b"creditshare")


def of_the_other_kind(scene: Scene, kind: str, body: bytes, keys: SecretKeys) -> bytes:
    other = {CHECKPOINT_KIND: DELIVERY_KIND, DELIVERY_KIND: CHECKPOINT_KIND}
    return sign(other[kind], body, keys)


def suite_two_in_the_header(scene: Scene) -> Path:
    path = next_delta(scene).write(scene.world.folder / "two.csb")
    data = bytearray(path.read_bytes())
    data[9] = 2
    path.write_bytes(data)
    return path


HALVES = [("Ed25519", 0, ED25519), ("ML-DSA", ED25519, SIGNATURE_SIZE)]
SIGNATURES: list[Row] = [
    *(
        (
            f"one half of a hybrid signature: {name} of statement {which} zeroed",
            SignatureError,
            changing(zeroed(start, end), which),
        )
        for which in (0, 1)
        for name, start, end in HALVES
    ),
    *(
        (
            f"one half of a hybrid signature: only {name} of statement {which}",
            SignatureError if (name, which) == ("ML-DSA", 1) else MalformedError,
            changing(only(start, end), which),
        )
        for which in (0, 1)
        for name, start, end in HALVES
    ),
    *ending_in(
        SignatureError,
        {
            "one half of a hybrid signature: halves in the other order": changing(
                lambda whole: whole[ED25519:] + whole[:ED25519], 0
            ),
            "one half of a hybrid signature: Ed25519 exchanged": exchanging(0, ED25519),
            "one half of a hybrid signature: ML-DSA exchanged": exchanging(ED25519, SIGNATURE_SIZE),
            "one half of a hybrid signature: Ed25519 by another agency": half_by_the_custodian(
                first=True
            ),
            "one half of a hybrid signature: ML-DSA by another agency": half_by_the_custodian(
                first=False
            ),
            "key-id confusion: signatures exchanged": exchanging(0, SIGNATURE_SIZE),
            "key-id confusion: signed by another issuer": keys_of("custodian"),
            "key-id confusion: signed by the recipient": keys_of("lender"),
            "key-id confusion: the roster has other keys": believing(keys=PublicKeys(PUBLIC)),
            "algorithm confusion: the other kind": signing(of_the_other_kind),
            "algorithm confusion: no ML-DSA context": signing(without_a_context),
            "algorithm confusion: the body alone": signing(of_the_bare_body),
        },
    ),
    *ending_in(UnsupportedSuiteError, {"suite downgrade: in the header": suite_two_in_the_header}),
]


# -- The statements' spelling -----------------------------------------------------------------


def field(place: int, value: object) -> Callable[[bytes], bytes]:
    """Spells a statement with another value in one place."""

    def respell(body: bytes) -> bytes:
        fields = msgpack.unpackb(body)
        fields[place] = value
        return bytes(msgpack.packb(fields))

    return respell


def fields_as(change: Callable[[list[Any]], object]) -> Callable[[bytes], bytes]:
    return lambda body: bytes(msgpack.packb(change(msgpack.unpackb(body))))


SPELLINGS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("suite 0", field(0, 0)),
    ("suite 2", field(0, 2)),
    ("suite true", field(0, True)),
    ("suite 1.0", field(0, 1.0)),
    ("suite nil", field(0, None)),
    ("suite -1", field(0, -1)),
    ("suite NaN", field(0, float("nan"))),
    ("suite -0.0", field(0, -0.0)),
    ("suite an extension", field(0, msgpack.ExtType(1, b"\x01"))),
    ("suite a timestamp", field(0, msgpack.Timestamp(1))),
    ("suite a map", field(0, {"suite": 1})),
    ("suite in two bytes", lambda body: body[:1] + b"\xcc\x01" + body[2:]),
    ("suite in nine bytes", lambda body: body[:1] + b"\xcf" + bytes(7) + b"\x01" + body[2:]),
    ("array in three bytes", lambda body: b"\xdc\x00" + bytes([body[0] & 15]) + body[1:]),
    ("array in five bytes", lambda body: b"\xdd" + bytes(3) + bytes([body[0] & 15]) + body[1:]),
    ("origin as bytes", field(1, b"bank")),
    ("origin empty", field(1, "")),
    ("origin in capitals", field(1, "Bank")),
    ("origin with a look-alike", field(1, "b\u0430nk")),
    ("origin with a zero-width space", field(1, "ba\u200bnk")),
    ("origin a path", field(1, "../bank")),
    ("origin not UTF-8", lambda body: body.replace(b"\xa4bank", b"\xa4ban\xff", 1)),
    ("a field more", fields_as(lambda fields: [*fields, 0])),
    ("a field less", fields_as(lambda fields: fields[:-1])),
    ("a map", fields_as(lambda fields: dict(enumerate(fields)))),
    ("a map with one key twice", lambda body: b"\x82\x01\x01\x01" + body),
    ("a byte more", lambda body: body + b"\xc0"),
    ("a byte less", lambda body: body[:-1]),
    ("twice", lambda body: body + body),
    ("nothing", lambda _: b""),
    ("a nesting bomb", lambda _: b"\x91" * 60_000 + b"\xc0"),
    ("4 G items", lambda body: b"\xdd\xff\xff\xff\xff" + body),
    ("4 G bytes", lambda body: b"\xc6\xff\xff\xff\xff" + body),
    ("4 G characters", lambda body: b"\xdb\xff\xff\xff\xff" + body),
    ("4 G entries", lambda body: b"\xdf\xff\xff\xff\xff" + body),
    ("64 KiB and one", lambda body: body + bytes(64 * 1024 + 1 - len(body))),
]
STATEMENTS: list[Row] = [
    *[
        (f"spelling: {what} in the {where}", MalformedError, evolving(**{f"{where}_body": respell}))
        for where in ("checkpoint", "delivery")
        for what, respell in SPELLINGS
    ],
    *ending_in(
        MalformedError,
        {
            "checkpoint: short root": stating(root=bytes(31)),
            "checkpoint: short token check": stating(token_check=bytes(15)),
            "checkpoint: no previous": stating(previous=b""),
            "checkpoint: no epoch": stating(epoch=""),
            "checkpoint: long epoch": stating(epoch="2" * 33),
            "checkpoint: more live than events": stating(live=6),
            "checkpoint: a negative size": stating(size=-1),
            "checkpoint: a size of 2^63": stating(size=2**63),
            "checkpoint: a larger size": stating(size=6),
            "checkpoint: an impossible issuer": stating(issuer="/etc/passwd"),
            "checkpoint: another origin": stating(origin="x", sender="bank"),
            "delivery: another origin": delivering(origin="platform"),
            "delivery: another checkpoint": delivering(checkpoint_digest=bytes(32)),
            "delivery: full with a base": delivering(kind=BundleKind.FULL),
            "delivery: delta without one": delivering(base=Base(0, 0, bytes(32))),
            "delivery: an unknown kind": delivering(kind=2),
            "delivery: a negative base": delivering(base=Base(-1, 0, bytes(32))),
            "delivery: a base larger than the log": delivering(base=Base(2, 9, b"")),
            "delivery: other events": delivering(events=Section(61, bytes(32))),
            "delivery: no records": delivering(records=Section(0, bytes(32))),
            "delivery: 2^63 of records": delivering(records=Section(2**63, b"")),
            "delivery: a negative length": delivering(records=Section(-1, b"")),
            "audience: nobody": delivering(audience=()),
            "audience: short fingerprints": delivering(audience=(b"a", b"b")),
            "audience: numbers": delivering(audience=(1, 2)),
            "audience: lists": delivering(audience=([], [])),
            "audience: not in order": delivering(audience=(b"b" * 32, b"a" * 32)),
            "audience: one of them twice": delivering(audience=(b"a" * 32, b"a" * 32)),
            "audience: more than stanzas": delivering(audience=(b"a" * 32, b"b" * 32, b"c" * 32)),
        },
    ),
    *ending_in(
        NotForUsError,
        {
            "audience: fingerprints of others": delivering(audience=(b"a" * 32, b"b" * 32)),
            "re-wrapped: the header of another file": delivering(header_digest=b""),
        },
    ),
]


# -- The body ---------------------------------------------------------------------------------


def spliced(keep: str) -> Attack:
    """Sections of two valid bundles of one issuer, each as it was signed."""

    def attack(scene: Scene) -> Draft:
        one, two = scene.sim.fork(), scene.sim.fork()
        one.lists(4)
        two.lists(5)
        mine, other = one.draft(since=one.last), two.draft(since=two.last)
        header = bytes(32)
        signed = mine.statement(header)
        if keep == "checkpoint":  # the delivery statement is the one of the other bundle
            return attrs.evolve(other, checkpoint=mine.checkpoint, delivery={
                "checkpoint_digest": other.checkpoint.digest
            })  # fmt: skip
        sections = {"events": signed.events, "records": signed.records}
        return attrs.evolve(mine, delivery=sections, **{keep: getattr(other, keep)})

    return attack


def sections_exchanged(scene: Scene) -> Draft:
    draft = next_delta(scene)
    signed = draft.statement(bytes(32))
    return attrs.evolve(
        draft,
        events=draft.records,
        records=draft.events,
        delivery={"events": signed.events, "records": signed.records},
    )


BODY: list[Row] = [
    *ending_in(
        MalformedError,
        {
            "mix-and-match: another checkpoint": spliced("checkpoint"),
            "mix-and-match: another's events": spliced("events"),
            "mix-and-match: another's records": spliced("records"),
            "mix-and-match: sections exchanged": sections_exchanged,
            "body: a byte more": evolving(alter=lambda body: body + b"\0"),
            "body: a byte less": evolving(alter=lambda body: body[:-1]),
            "body: nothing": evolving(alter=lambda _: b""),
            "body: two bytes": evolving(alter=lambda body: body[:2]),
            "body: checkpoint alone": evolving(alter=lambda body: body[:4000]),
            "body: no sections": evolving(alter=lambda body: body[:7300]),
            "body: 4 G": evolving(alter=lambda body: b"\xff" * 4 + body[4:]),
            "body: twice": evolving(alter=lambda body: body + body),
        },
    )
]


# -- The file ---------------------------------------------------------------------------------


def forwarded(to: str, audience: str = "lender") -> Attack:
    """The insurer received a file and seals it again for the reader."""

    def attack(scene: Scene) -> Path:
        world = scene.world
        draft = attrs.evolve(next_delta(scene), to=tuple(_agencies(world, audience)))
        path = draft.write(world.folder / "first.csb")
        out = world.folder / "second.csb"
        return rewrap(path, out, by=world.insurer, to=_agencies(world, to))

    return attack


def _agencies(world: World, names: str) -> list[cs.PublicAgency]:
    return [getattr(world, name).public for name in names.split()]


def forwarded_as_another(scene: Scene) -> Path:
    world = scene.world
    path = next_delta(scene).write(world.folder / "first.csb")
    out = world.folder / "second.csb"
    return rewrap(path, out, by=world.insurer, to=world.recipients, sender="platform")


def two_file_keys(scene: Scene) -> tuple[Path, Header]:
    """A file whose two stanzas hold different keys; the body is under the insurer's."""
    world = scene.world
    draft = next_delta(scene)
    length = len(draft.body(bytes(32)))
    keys = [agency.keys for agency in draft.to]
    one, _ = new_header(CONTENT, "bank", length, keys)
    two, key = new_header(CONTENT, "bank", length, keys)
    header = with_stanzas(two, stanza_for(one, world.lender), stanza_for(two, world.insurer))
    return write_sealed(world.folder / "two.csb", header, key, draft.body(header.digest)), header


def written(change: Callable[[bytes], bytes]) -> Attack:
    """A full bundle of a hundred listings, in several chunks, changed after it was sealed."""

    def attack(scene: Scene) -> Path:
        for serial in range(100, 200):
            scene.sim.lists(serial)
        path = scene.sim.draft().write(scene.world.folder / "chunks.csb")
        path.write_bytes(change(path.read_bytes()))
        return path

    return attack


START, CHUNK = 8 + 4 + len("bank") + 8 + 2 + 2 * STANZA + 56, 16384 + 16


def chunks(order: list[int]) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        found = [data[at : at + CHUNK] for at in range(START, len(data), CHUNK)]
        assert len(found) > 3
        assert len(data) == START + sum(map(len, found))
        return data[:START] + b"".join(found[place] for place in order)

    return change


def swapped_stanzas(data: bytes) -> bytes:
    at = START - 56 - 2 * STANZA
    return data[:at] + data[at + STANZA : START - 56] + data[at : at + STANZA] + data[START - 56 :]


FILES: list[Row] = [
    *ending_in(
        NotForUsError,
        {
            "surreptitious forwarding: to a third": forwarded("lender", "insurer"),
            "surreptitious forwarding: to a third and itself": forwarded(
                "lender insurer", "insurer"
            ),
            "surreptitious forwarding: to one of the audience": forwarded(
                "lender insurer", "lender insurer"
            ),
            "surreptitious forwarding: to a third in another's place": forwarded(
                "lender custodian", "insurer custodian"
            ),
            "not for us: sealed to another": lambda scene: attrs.evolve(
                next_delta(scene), to=(scene.world.insurer.public,)
            ),
            "stanzas: another sender": written(
                lambda data: data.replace(b"\x04bank", b"\x06lender", 1)
            ),
        },
    ),
    *ending_in(
        UnauthorisedIssuerError,
        {
            "surreptitious forwarding: under another's name": forwarded_as_another,
            "stanzas: a sender nobody knows": written(
                lambda data: data.replace(b"\x04bank", b"\x04bonk", 1)
            ),
        },
    ),
    *ending_in(
        MalformedError,
        {
            "two keys: another stanza": lambda scene: two_file_keys(scene)[0],
            "chunks: reordered": written(chunks([1, 0, 2, 3])),
            "chunks: one twice, one missing": written(chunks([0, 0, 2, 3])),
            "chunks: one added": written(chunks([0, 1, 1, 2, 3])),
            "chunks: one missing": written(chunks([0, 2, 3])),
            "chunks: the last missing": written(chunks([0, 1, 2])),
            "chunks: the last first": written(chunks([3, 1, 2, 0])),
            "chunks: none": written(chunks([])),
            "chunks: a byte more": written(lambda data: data + b"\0"),
            "chunks: the preamble zeroed": written(
                lambda data: data[: START - 56] + bytes(56) + data[START:]
            ),
            "stanzas: in another order": written(swapped_stanzas),
            "stanzas: another content": written(lambda data: data[:10] + b"\x02" + data[11:]),
            "stanzas: no sender": written(lambda data: data.replace(b"\x04bank", b"\x00", 1)),
            "stanzas: a text-mode transfer": written(lambda data: data.replace(b"\r\n", b"\n")),
        },
    ),
]


@pytest.mark.parametrize("reader", ["lender", "insurer"])
def test_one_ciphertext_opens_under_one_key(scene: Scene, reader: str) -> None:
    """Of two recipients with different file keys, at most one can open the body."""
    path, _ = two_file_keys(scene)
    scene.reader = getattr(scene.world, reader)

    assert (None if reader == "insurer" else MalformedError) is scene.refusal(path)


# -- All of them ----------------------------------------------------------------------------------


@rows(SIGNATURES, STATEMENTS, BODY, FILES)
def test_an_attack_ends_in_our_error_and_changes_nothing(
    scene: Scene, what: str, error: type[cs.CreditshareError], attack: Attack
) -> None:
    """The attack ends in the error its row names, and the registry holds what it held before."""
    draft = attack(scene)
    before = scene.content

    assert error is scene.refusal(draft)
    assert before == scene.content
