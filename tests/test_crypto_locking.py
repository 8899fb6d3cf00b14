"""A locked record opens with its secret, at its place in its issuer's log, and nowhere else."""

from __future__ import annotations

import hmac

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from creditshare.crypto.locking import (
    LOCKED_MAX,
    LOCKED_MIN,
    SECRET_SIZE,
    WRAP_SIZE,
    lock,
    unlock,
    unwrap,
    wrap,
)
from creditshare.crypto.prf import HmacSha512, OneStepKdf
from creditshare.errors import MalformedError

ORIGIN, PREFIX = b"\x0cbank.example", bytes(28)
COMMITMENT = 32
_SECRETS = st.binary(min_size=32, max_size=32)


def _opens(locked: bytes, secret: bytes, origin: bytes = ORIGIN, prefix: bytes = PREFIX) -> bool:
    try:
        unlock(locked, secret, origin=origin, prefix=prefix)
    except MalformedError:
        return False
    return True


def _lock_padded(padded: bytes, secret: bytes) -> bytes:
    """What a peer that pads in its own way would send: all of `lock` but the padding."""
    block = OneStepKdf(HmacSha512(b"creditshare/1/record")).derive(secret, ORIGIN + PREFIX)
    return block[32:] + AESGCM(block[:32]).encrypt(bytes(12), padded, None)


# -- Records --------------------------------------------------------------------------------


@given(st.binary(max_size=300), st.binary(max_size=70), st.binary(max_size=40))
def test_what_is_locked_unlocks(payload: bytes, origin: bytes, prefix: bytes) -> None:
    """A payload locked at a place is unlocked with its secret at that place."""
    secret, locked = lock(payload, origin=origin, prefix=prefix)

    assert payload == unlock(locked, secret, origin=origin, prefix=prefix)


@pytest.mark.parametrize("size", [0, 1, 62, 63, 64, 127, 128, 1000, 65534, 65535])
def test_lengths_are_padded(size: int) -> None:
    """A locked record is 48 bytes longer than the next multiple of 64 above its payload."""
    payload = b"\x80" * size
    secret, locked = lock(payload, origin=ORIGIN, prefix=PREFIX)

    assert 48 + (size // 64 + 1) * 64 == len(locked)
    assert LOCKED_MIN <= len(locked) <= LOCKED_MAX
    assert payload == unlock(locked, secret, origin=ORIGIN, prefix=PREFIX)


def test_the_length_bounds_are_reached() -> None:
    """The empty payload has the least length of a locked record, the longest the greatest."""
    shortest = lock(b"", origin=ORIGIN, prefix=PREFIX)[1]
    longest = lock(bytes(65535), origin=ORIGIN, prefix=PREFIX)[1]

    assert (LOCKED_MIN, LOCKED_MAX) == (len(shortest), len(longest))


def test_payloads_that_are_too_long_are_refused() -> None:
    """A payload of 65,536 bytes is refused."""
    with pytest.raises(MalformedError):
        lock(bytes(65536), origin=ORIGIN, prefix=PREFIX)


def test_every_record_has_a_fresh_secret() -> None:
    """One payload locked again at one place has another secret, commitment and ciphertext."""
    made = [lock(b"payload", origin=ORIGIN, prefix=PREFIX) for _ in range(50)]
    secrets = {secret for secret, _ in made}
    commitments = {locked[:COMMITMENT] for _, locked in made}
    ciphertexts = {locked[COMMITMENT:] for _, locked in made}

    assert {SECRET_SIZE} == set(map(len, secrets))
    assert [len(made)] * 3 == [len(secrets), len(commitments), len(ciphertexts)]


def test_the_construction_is_the_documented_one() -> None:
    """A record locked by the published formula, written anew here, unlocks to its payload."""
    secret, payload = bytes(range(32)), b"a record"
    message = bytes.fromhex("00000001") + secret + ORIGIN + PREFIX
    block = hmac.digest(b"creditshare/1/record", message, "sha512")
    padded = payload + b"\x80" + bytes(55)
    locked = block[32:] + AESGCM(block[:32]).encrypt(bytes(12), padded, None)

    assert payload == unlock(locked, secret, origin=ORIGIN, prefix=PREFIX)


def test_every_bit_counts() -> None:
    """A locked record with any one bit changed does not open."""
    secret, locked = lock(b"payload", origin=ORIGIN, prefix=PREFIX)
    opened = []
    for bit in range(len(locked) * 8):
        changed = bytearray(locked)
        changed[bit // 8] ^= 1 << bit % 8
        if _opens(bytes(changed), secret):
            opened.append(bit)

    assert _opens(locked, secret)
    assert not opened


def test_every_length_counts() -> None:
    """A locked record cut at any length, or extended at either end, does not open."""
    secret, locked = lock(b"payload", origin=ORIGIN, prefix=PREFIX)
    cut = [locked[:size] for size in range(len(locked))]
    cut += [locked[size:] for size in range(1, len(locked))]
    cut += [locked + b"\0", b"\0" + locked, locked + locked, locked + bytes(64)]

    assert not [changed for changed in cut if _opens(changed, secret)]


@pytest.mark.parametrize(
    ("origin", "prefix"),
    [
        pytest.param(b"\x0cbank.exampla", PREFIX, id="another-issuer"),
        pytest.param(ORIGIN, bytes(27) + b"\1", id="another-place"),
        pytest.param(ORIGIN[:-1], PREFIX, id="origin-cut"),
        pytest.param(ORIGIN, PREFIX[1:], id="prefix-cut"),
        pytest.param(ORIGIN, PREFIX + b"\0", id="prefix-extended"),
        pytest.param(PREFIX, ORIGIN, id="exchanged"),
        pytest.param(b"", b"", id="none"),
    ],
)
def test_a_copied_record_does_not_open(origin: bytes, prefix: bytes) -> None:
    """A record copied to another issuer's log, or to another place in it, does not open."""
    secret, locked = lock(b"payload", origin=ORIGIN, prefix=PREFIX)

    assert not _opens(locked, secret, origin, prefix)


@given(_SECRETS)
def test_another_secret_does_not_open_it(other: bytes) -> None:
    """A record does not open with any secret but its own."""
    secret, locked = lock(b"payload", origin=ORIGIN, prefix=PREFIX)

    assert (other == secret) == _opens(locked, other)


def test_one_ciphertext_under_two_keys() -> None:
    """A ciphertext with the commitment of another key opens under neither of the two."""
    secret, locked = lock(b"for one", origin=ORIGIN, prefix=PREFIX)
    other_secret, other = lock(b"for the other", origin=ORIGIN, prefix=PREFIX)
    swapped = [
        other[:COMMITMENT] + locked[COMMITMENT:],
        locked[:COMMITMENT] + other[COMMITMENT:],
        bytes(COMMITMENT) + locked[COMMITMENT:],
        locked[COMMITMENT:],
    ]

    assert not [s for s in swapped if _opens(s, secret) or _opens(s, other_secret)]


@pytest.mark.parametrize(
    "padded",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(bytes(64), id="no-mark"),
        pytest.param(b"payload" + bytes(57), id="zeros-alone"),
        pytest.param(b"payload\x80" + bytes(55), id="one-short"),
        pytest.param(b"payload\x80" + bytes(57), id="one-long"),
        pytest.param(b"payload\x80" + bytes(120), id="a-block-too-many"),
        pytest.param(b"payload\x80" + bytes(55) + b"\1", id="not-zero-at-the-end"),
        pytest.param(b"payload\x80\1" + bytes(55), id="not-zero-at-the-start"),
        pytest.param(b"payload\x01" + bytes(56), id="another-mark"),
        pytest.param(b"payload\x80", id="unpadded"),
        pytest.param(b"\x80" + bytes(127), id="an-empty-payload-in-two-blocks"),
    ],
)
def test_padding_spelled_otherwise_is_refused(padded: bytes) -> None:
    """A payload whose padding is not the one form does not open, though its key fits."""
    secret = bytes(range(32))

    assert _opens(_lock_padded(b"payload\x80" + bytes(56), secret), secret)
    assert not _opens(_lock_padded(padded, secret), secret)


@given(st.binary(max_size=200), _SECRETS)
def test_any_bytes_are_refused_with_our_error(locked: bytes, secret: bytes) -> None:
    """Bytes that were never locked are refused with our error, which repeats none of them."""
    with pytest.raises(MalformedError) as refusal:
        unlock(locked, secret, origin=ORIGIN, prefix=PREFIX)

    assert secret.hex() not in repr(refusal.value)


# -- Wraps ----------------------------------------------------------------------------------


@given(_SECRETS, _SECRETS, st.binary(max_size=70), _SECRETS)
def test_what_is_wrapped_unwraps(secret: bytes, token: bytes, origin: bytes, leaf: bytes) -> None:
    """A wrap is 32 bytes, the published formula, and unwraps with the token's secret."""
    wrapped = wrap(secret, token, origin=origin, leaf=leaf)
    message = bytes.fromhex("00000001") + token + origin + leaf
    pad = hmac.digest(b"creditshare/1/wrap", message, "sha256")

    assert WRAP_SIZE == len(wrapped)
    assert secret == unwrap(wrapped, token, origin=origin, leaf=leaf)
    assert bytes(s ^ p for s, p in zip(secret, pad, strict=True)) == wrapped


@pytest.mark.parametrize(
    ("token", "origin", "leaf"),
    [
        pytest.param(bytes(31) + b"\1", ORIGIN, bytes(32), id="another-token"),
        pytest.param(bytes(32), b"\x0cbank.exampla", bytes(32), id="another-issuer"),
        pytest.param(bytes(32), ORIGIN, bytes(31) + b"\1", id="another-leaf"),
    ],
)
def test_a_copied_wrap_opens_nothing(token: bytes, origin: bytes, leaf: bytes) -> None:
    """A wrap opened with another token, or copied to another place, gives no secret that opens."""
    secret, locked = lock(b"payload", origin=ORIGIN, prefix=PREFIX)
    wrapped = wrap(secret, bytes(32), origin=ORIGIN, leaf=bytes(32))
    found = unwrap(wrapped, token, origin=origin, leaf=leaf)

    assert secret != found
    assert not _opens(locked, found)


@given(_SECRETS, st.integers(0, 255))
def test_a_changed_wrap_opens_nothing(token: bytes, bit: int) -> None:
    """A wrap with a bit changed gives no secret that opens the record."""
    secret, locked = lock(b"payload", origin=ORIGIN, prefix=PREFIX)
    wrapped = bytearray(wrap(secret, token, origin=ORIGIN, leaf=bytes(32)))
    wrapped[bit // 8] ^= 1 << bit % 8
    found = unwrap(bytes(wrapped), token, origin=ORIGIN, leaf=bytes(32))

    assert not _opens(locked, found)
