"""A sealed file opens for each of its recipients, in its one form, and for nobody else."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Sequence

import attrs
import pytest
from cryptography.cobblestone import Cobblestone256Encryptor
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from hypothesis import given, settings
from hypothesis import strategies as st

from creditshare.crypto.container import (
    BODY_MAX,
    Header,
    decrypt_body,
    encrypt_body,
    new_header,
    read_header,
    unwrap_key,
)
from creditshare.crypto.keys import PublicKeys, SecretKeys
from creditshare.errors import (
    BundleError,
    MalformedError,
    MisuseError,
    NotForUsError,
    UnsupportedSuiteError,
)

CONTENT, SENDER = 7, "bank.example"
STANZA = 1168
MEMBERS = [SecretKeys(bytes([n]) * 96) for n in range(1, 5)]
ALICE, BOB = MEMBERS[:2]
STRANGER = SecretKeys(bytes([9]) * 96)

VERSION_AT, SUITE_AT, CONTENT_AT, SENDER_AT = 8, 9, 10, 11
LENGTH_AT = 12 + len(SENDER)
COUNT_AT = LENGTH_AT + 8
STANZAS_AT = COUNT_AT + 2


def _seal(body: bytes, *recipients: SecretKeys) -> bytes:
    header, key = new_header(CONTENT, SENDER, len(body), [to.public for to in recipients])
    out = io.BytesIO()
    encrypt_body(header, key, [body], out)
    return out.getvalue()


def _open(data: bytes, keys: SecretKeys, size: int | None = None) -> bytes:
    file, out = io.BytesIO(data), io.BytesIO()
    header = read_header(file, len(data) if size is None else size, CONTENT)
    decrypt_body(header, unwrap_key(header, keys), file, out)
    return out.getvalue()


def _patch(data: bytes, at: int, replacement: bytes) -> bytes:
    return data[:at] + replacement + data[at + len(replacement) :]


SMALL = _seal(b"a body", ALICE, BOB)
BODY_AT = STANZAS_AT + 2 * STANZA
STANZAS = [SMALL[STANZAS_AT : STANZAS_AT + STANZA], SMALL[STANZAS_AT + STANZA : BODY_AT]]


def _with_stanzas(*stanzas: bytes) -> bytes:
    count = len(stanzas).to_bytes(2, "big")
    return SMALL[:COUNT_AT] + count + b"".join(stanzas) + SMALL[BODY_AT:]


# -- Round trips ----------------------------------------------------------------------------


@pytest.mark.parametrize("recipients", [1, 2, 3, 4])
@pytest.mark.parametrize("length", [0, 1, 16383, 16384, 16385, 32768, 100000])
def test_round_trip(length: int, recipients: int) -> None:
    """Every recipient opens the body, and the file has the length its header calls for."""
    body = bytes(range(256)) * (length // 256 + 1)
    body = body[:length]
    data = _seal(body, *MEMBERS[:recipients])
    header = read_header(io.BytesIO(data), len(data), CONTENT)

    assert [body] * recipients == [_open(data, keys) for keys in MEMBERS[:recipients]]
    assert (len(data), length, recipients, SENDER) == (
        header.file_length,
        header.body_length,
        len(header.stanzas),
        header.sender,
    )
    assert data.startswith(header.raw)


@given(st.lists(st.binary(max_size=20000), max_size=4))
@settings(deadline=None, max_examples=40)
def test_pieces_do_not_matter(parts: list[bytes]) -> None:
    """A body written in pieces of any size opens as one."""
    body = b"".join(parts)
    header, key = new_header(CONTENT, SENDER, len(body), [ALICE.public])
    out = io.BytesIO()
    encrypt_body(header, key, parts, out)

    assert header.file_length == len(out.getvalue())
    assert body == _open(out.getvalue(), ALICE)


def test_sealing_again_gives_another_file() -> None:
    """One body sealed twice to the same recipients has no key, stanza or body in common."""
    again = _seal(b"a body", ALICE, BOB)

    assert SMALL[:STANZAS_AT] == again[:STANZAS_AT]
    assert not set(STANZAS).intersection((again[STANZAS_AT:][:STANZA], again[-STANZA:]))
    assert SMALL[BODY_AT:] != again[BODY_AT:]


def test_stanzas_are_sorted_and_name_nobody() -> None:
    """Stanzas stand in ascending order whatever the recipients' order, without their keys."""
    data = _seal(b"", *reversed(MEMBERS))
    header = read_header(io.BytesIO(data), len(data), CONTENT)
    named = [keys for keys in MEMBERS if keys.public.fingerprint[:8] in data]

    assert sorted(header.stanzas) == list(header.stanzas)
    assert not named


# -- Attacks on the bytes -------------------------------------------------------------------


def _accepted(attacks: Sequence[bytes], keys: SecretKeys = ALICE) -> list[int]:
    """Which of the changed files open; any refusal must be a BundleError."""
    opened = []
    for number, data in enumerate(attacks):
        try:
            _open(data, keys)
        except BundleError:
            continue
        opened.append(number)
    return opened


@pytest.mark.parametrize("keys", [ALICE, BOB], ids=["alice", "bob"])
def test_every_byte_counts(keys: SecretKeys) -> None:
    """A file with any one byte changed is refused by each of its recipients."""
    flips = [_patch(SMALL, at, bytes([SMALL[at] ^ 1 << at % 8])) for at in range(len(SMALL))]

    assert not _accepted(flips, keys)
    assert _accepted([SMALL], keys)


def test_every_length_counts() -> None:
    """A file cut at any length, or extended by up to two chunks' tags, is refused."""
    cuts = [SMALL[:size] for size in range(len(SMALL))]
    extended = [SMALL + bytes(size) for size in range(1, 33)]

    assert not _accepted(cuts)
    assert not _accepted([*extended, SMALL + SMALL, SMALL + SMALL[BODY_AT:]])


def test_a_lie_about_the_size_is_refused() -> None:
    """A file whose size changed after it was measured is refused by what it then holds."""
    for data in (SMALL[:-1], SMALL + b"\0", SMALL[:BODY_AT]):
        with pytest.raises(MalformedError):
            _open(data, ALICE, size=len(SMALL))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(_with_stanzas(STANZAS[1], STANZAS[0]), id="reordered"),
        pytest.param(_with_stanzas(STANZAS[0], STANZAS[0]), id="doubled-in-place"),
        pytest.param(_with_stanzas(*STANZAS, STANZAS[1]), id="doubled-at-the-end"),
        pytest.param(_with_stanzas(STANZAS[0]), id="second-removed"),
        pytest.param(_with_stanzas(STANZAS[1]), id="first-removed"),
        pytest.param(_with_stanzas(), id="none"),
        pytest.param(_with_stanzas(bytes(STANZA), *STANZAS), id="zeros-added"),
        pytest.param(_with_stanzas(*STANZAS, b"\xff" * STANZA), id="ones-added"),
        pytest.param(_with_stanzas(bytes(STANZA), STANZAS[1]), id="one-replaced"),
        pytest.param(_patch(SMALL, COUNT_AT, b"\0\1"), id="count-one-less"),
        pytest.param(_patch(SMALL, COUNT_AT, b"\0\3"), id="count-one-more"),
    ],
)
def test_attacks_on_the_stanzas(data: bytes) -> None:
    """Stanzas reordered, doubled, removed, added or replaced are refused by every recipient."""
    for keys in (ALICE, BOB):
        with pytest.raises(BundleError):
            _open(data, keys)


@pytest.mark.parametrize("order", [(1, 0), (0, 0), (1, 1), (0, 1, 1), (0, 0, 1), (1, 0, 1)])
def test_stanzas_out_of_order_are_refused_before_any_decryption(order: tuple[int, ...]) -> None:
    """A header whose stanzas are not strictly ascending is refused as it is read."""
    data = _with_stanzas(*(STANZAS[number] for number in order))

    with pytest.raises(MalformedError):
        read_header(io.BytesIO(data), len(data), CONTENT)


@pytest.mark.parametrize("length", [BODY_MAX + 1, 2**63, 2**64 - 1])
def test_a_body_beyond_the_format_is_refused_though_the_file_fits(length: int) -> None:
    """A header that states a body beyond the format's limit is refused at its own file length."""
    data = _patch(SMALL, LENGTH_AT, length.to_bytes(8, "big"))
    header = read_header(io.BytesIO(SMALL), len(SMALL), CONTENT)
    size = attrs.evolve(header, body_length=length).file_length

    with pytest.raises(MalformedError):
        read_header(io.BytesIO(data), size, CONTENT)


@pytest.mark.parametrize("body", [b"", b"a bod", b"a body!", bytes(16384)])
def test_a_body_of_another_length_than_stated_is_refused(body: bytes) -> None:
    """A body sealed under a header that states another length is refused at its end."""
    header, key = new_header(CONTENT, SENDER, 6, [ALICE.public])
    encryptor = Cobblestone256Encryptor(key, header.digest)
    data = header.raw + encryptor.update(body) + encryptor.finalize()

    with pytest.raises(MalformedError):
        _open(data, ALICE)
    with pytest.raises(MalformedError):
        _open(data, ALICE, size=header.file_length)


@pytest.mark.parametrize("parts", [[], [b""], [b"a bod"], [b"a bo", b"dy!"], [bytes(16384)]])
def test_a_body_of_another_length_than_stated_is_never_sealed(parts: list[bytes]) -> None:
    """A body is not sealed under a header that states another length."""
    header, key = new_header(CONTENT, SENDER, 6, [ALICE.public])

    with pytest.raises(MisuseError, match="another length"):
        encrypt_body(header, key, parts, io.BytesIO())


@pytest.mark.parametrize(
    ("content", "sender", "length"),
    [
        (CONTENT, "", 6),
        (CONTENT, "a" * 65, 6),
        (CONTENT, "b\u00e4nk", 6),
        (-1, SENDER, 6),
        (256, SENDER, 6),
        (CONTENT, SENDER, -1),
        (CONTENT, SENDER, BODY_MAX + 1),
    ],
)
def test_a_header_that_no_reader_takes_is_never_made(
    content: int, sender: str, length: int
) -> None:
    """A header with a sender, content or length that the format does not have is not made."""
    with pytest.raises(MisuseError):
        new_header(content, sender, length, [ALICE.public])


@pytest.mark.parametrize(
    "u", [0, 1, 2**255 - 20, 2**255 - 19, 2**256 - 1], ids=["0", "1", "p-1", "p", "ones"]
)
@pytest.mark.parametrize("at", [0, 1088], ids=["first", "last"])
def test_a_stanza_with_a_low_order_share_is_not_ours(u: int, at: int) -> None:
    """A stanza whose ephemeral share is a low-order point opens for nobody and stops nothing."""
    header = read_header(io.BytesIO(SMALL), len(SMALL), CONTENT)
    hostile = [_patch(stanza, at, u.to_bytes(32, "little")) for stanza in header.stanzas]

    with pytest.raises(NotForUsError):
        unwrap_key(attrs.evolve(header, stanzas=tuple(hostile)), ALICE)
    assert unwrap_key(header, ALICE) == unwrap_key(header, BOB)


def test_a_spliced_header_is_refused() -> None:
    """The header of one file before the body of another, of one length, is refused."""
    other = _seal(b"b body", ALICE, BOB)

    assert len(SMALL) == len(other)
    assert not _accepted([SMALL[:BODY_AT] + other[BODY_AT:], other[:BODY_AT] + SMALL[BODY_AT:]])


def test_a_stanza_from_another_file_is_refused() -> None:
    """A file whose stanzas were taken from another file for the same people is refused."""
    other = _seal(b"a body", ALICE, BOB)

    assert not _accepted([SMALL[:STANZAS_AT] + other[STANZAS_AT:BODY_AT] + SMALL[BODY_AT:]])


@pytest.mark.parametrize(
    "order",
    [
        pytest.param((1, 0, 2), id="first two exchanged"),
        pytest.param((0, 2, 1), id="last two exchanged"),
        pytest.param((0, 1), id="last cut"),
        pytest.param((0, 2), id="middle cut"),
        pytest.param((1, 2), id="first cut"),
        pytest.param((), id="all cut"),
        pytest.param((0, 0, 1, 2), id="first doubled"),
        pytest.param((0, 0, 2), id="first in place of the middle"),
        pytest.param((0, 1, 2, 2), id="last doubled"),
    ],
)
def test_attacks_on_the_chunks(order: tuple[int, ...]) -> None:
    """Chunks exchanged, cut or doubled are refused, even by a reader who trusts the length."""
    data = _seal(bytes(2 * 16384), ALICE)
    start = STANZAS_AT + STANZA + 56
    one = 16384 + 16
    chunks = [data[start:][:one], data[start + one :][:one], data[start + 2 * one :]]
    changed = data[:start] + b"".join(chunks[number] for number in order)

    assert data == data[:start] + b"".join(chunks)
    with pytest.raises(MalformedError):
        _open(changed, ALICE, size=len(data))


@pytest.mark.parametrize(
    ("at", "value", "error"),
    [
        (0, 0x88, MalformedError),
        (4, 0x0A, MalformedError),
        (VERSION_AT, 0, UnsupportedSuiteError),
        (VERSION_AT, 2, UnsupportedSuiteError),
        (SUITE_AT, 0, UnsupportedSuiteError),
        (SUITE_AT, 2, UnsupportedSuiteError),
        (SUITE_AT, 255, UnsupportedSuiteError),
        (CONTENT_AT, CONTENT + 1, MalformedError),
        (CONTENT_AT, 0, MalformedError),
        (SENDER_AT, 0, MalformedError),
        (SENDER_AT, 65, MalformedError),
        (SENDER_AT, 255, MalformedError),
        (SENDER_AT + 1, 0xE4, MalformedError),
        (LENGTH_AT + 7, 7, MalformedError),
        (COUNT_AT, 4, MalformedError),
    ],
)
def test_attacks_on_the_fixed_fields(at: int, value: int, error: type[BundleError]) -> None:
    """A wrong magic, version, suite, content, name or length is refused before any decryption."""
    changed = _patch(SMALL, at, bytes([value]))

    with pytest.raises(error):
        read_header(io.BytesIO(changed), len(changed), CONTENT)


def test_a_text_mode_transfer_is_refused() -> None:
    """A file whose line ends were rewritten on its way is refused."""
    assert not _accepted([SMALL.replace(b"\r\n", b"\n"), SMALL.replace(b"\n", b"\r\n")])


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (LENGTH_AT, (BODY_MAX + 1).to_bytes(8, "big")),
        (LENGTH_AT, (2**63).to_bytes(8, "big")),
        (LENGTH_AT, (2**64 - 1).to_bytes(8, "big")),
        (LENGTH_AT, BODY_MAX.to_bytes(8, "big")),
        (COUNT_AT, (1025).to_bytes(2, "big")),
        (COUNT_AT, (65535).to_bytes(2, "big")),
        (COUNT_AT, (1024).to_bytes(2, "big")),
    ],
)
def test_hostile_lengths_take_no_memory(at: int, value: bytes) -> None:
    """A header that states a huge body or many stanzas is refused in less than 100 kB."""
    changed = _patch(SMALL, at, value)
    tracemalloc.start()
    try:
        with pytest.raises(MalformedError):
            read_header(io.BytesIO(changed), len(changed), CONTENT)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 100_000


class _Endless(io.RawIOBase):
    """A file that has more to give, always."""

    def __init__(self, start: bytes) -> None:
        self._start, self.given = start, 0

    def read(self, size: int = -1) -> bytes:
        assert size > 0
        piece, self._start = self._start[:size], self._start[size:]
        self.given += size
        return piece.ljust(size, b"\xff")


@pytest.mark.parametrize(
    "start",
    [b"", *(SMALL[:COUNT_AT] + count for count in (b"\0\2", b"\4\0", b"\4\1", b"\xff\xff"))],
)
def test_an_endless_file_is_read_only_so_far(start: bytes) -> None:
    """Of a file without end no more is read than the largest header there can be."""
    file = _Endless(start)
    with pytest.raises(BundleError):
        read_header(file, 1 << 50, CONTENT)  # type: ignore[arg-type]

    assert file.given <= STANZAS_AT + 1024 * STANZA


@given(st.binary(max_size=60), st.integers(0, BODY_AT))
@settings(deadline=None)
def test_any_bytes_are_refused_with_our_error(junk: bytes, at: int) -> None:
    """Junk written over any part of a file is refused with our error."""
    for data in (junk, SMALL[:at] + junk, _patch(SMALL, at, junk)):
        try:
            body = _open(data, ALICE)
        except BundleError:
            continue

        assert SMALL == data
        assert b"a body" == body


# -- Recipients -----------------------------------------------------------------------------


def test_others_cannot_open_it() -> None:
    """Who is not a recipient is told that the file is not for them."""
    with pytest.raises(NotForUsError):
        _open(SMALL, STRANGER)


def test_a_recipient_is_named_once() -> None:
    """Sealing to the same keys twice is refused, as loaded again and among others too."""
    again = PublicKeys(ALICE.public.raw)
    for recipients in ([ALICE.public, again], [ALICE.public, BOB.public, again]):
        with pytest.raises(MisuseError):
            new_header(CONTENT, SENDER, 0, recipients)


def test_somebody_must_be_able_to_open_it() -> None:
    """Sealing to nobody is refused."""
    with pytest.raises(MisuseError):
        new_header(CONTENT, SENDER, 0, [])


def _sealed_with_keys(*keys: bytes) -> tuple[Header, bytes]:
    """A header whose stanzas give ALICE and BOB each a key of the attacker's choice."""
    suite = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    prefix = SMALL[:STANZAS_AT]
    recipients = zip(keys, (ALICE, BOB), strict=True)
    stanzas = sorted(suite.encrypt(key, to.public.kem, info=prefix) for key, to in recipients)
    raw = prefix + b"".join(stanzas)
    return read_header(io.BytesIO(raw), len(SMALL), CONTENT), raw


def test_one_ciphertext_under_two_keys() -> None:
    """A file that gives two recipients different keys opens for the one whose key made it only."""
    keys = [Cobblestone256Encryptor.generate_key() for _ in range(2)]
    header, raw = _sealed_with_keys(*keys)
    body = io.BytesIO()
    encrypt_body(header, keys[0], [b"a body"], body)

    assert b"a body" == _open(body.getvalue(), ALICE)
    with pytest.raises(MalformedError):
        _open(body.getvalue(), BOB)
    assert body.getvalue().startswith(raw)


def test_two_ciphertexts_in_one_file() -> None:
    """Two bodies under two keys, one after the other or mixed, open for neither recipient."""
    keys = [Cobblestone256Encryptor.generate_key() for _ in range(2)]
    header, raw = _sealed_with_keys(*keys)
    bodies = []
    for key, body in zip(keys, (b"a body", b"b body"), strict=True):
        out = io.BytesIO()
        encrypt_body(header, key, [body], out)
        bodies.append(out.getvalue()[len(raw) :])
    one, other = bodies
    mixtures = [one[:56] + other[56:], other[:56] + one[56:], one[:32] + other[32:], one + other]

    for mixture in mixtures:
        assert not _accepted([raw + mixture], ALICE)
        assert not _accepted([raw + mixture], BOB)


@pytest.mark.parametrize("size", [0, 16, 31, 33, 64])
def test_a_key_of_another_size_is_not_a_file_key(size: int) -> None:
    """A stanza that opens to a key of another size is for nobody."""
    suite = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    prefix = SMALL[:STANZAS_AT]
    header = Header(
        content=CONTENT,
        sender=SENDER,
        body_length=6,
        stanzas=(suite.encrypt(bytes(size), ALICE.public.kem, info=prefix),),
        raw=prefix + bytes(STANZA),
    )

    with pytest.raises(NotForUsError):
        unwrap_key(header, ALICE)


def test_the_file_key_does_not_show() -> None:
    """The `repr` of a header shows neither its stanzas nor the file key."""
    header, key = new_header(CONTENT, SENDER, 3, [ALICE.public])
    shown = f"{header!r} {header}"

    assert key.hex()[:8] not in shown
    assert repr(key[:6])[2:-1] not in shown
    assert "stanzas" not in shown
