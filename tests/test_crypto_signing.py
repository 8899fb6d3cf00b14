"""Hybrid signatures: both halves verify, for one kind of statement and one key, or neither does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditshare.crypto.keys import SecretKeys
from creditshare.crypto.signing import SIGNATURE_SIZE, pre_authentication_encoding, sign, verify
from creditshare.errors import SignatureError

KIND, BODY = "creditshare/test/1", b"a statement"
SIGNER, STRANGER = SecretKeys(bytes(range(96))), SecretKeys(bytes(range(1, 97)))
FIRST = 64
"""Where the Ed25519 half ends and the ML-DSA-65 half begins."""

SIGNATURE = sign(KIND, BODY, SIGNER)
OTHER = sign(KIND, b"another statement", SIGNER)
FOREIGN = sign(KIND, BODY, STRANGER)


@given(st.text(max_size=40), st.binary(max_size=300))
@settings(deadline=None)
def test_what_is_signed_verifies(kind: str, body: bytes) -> None:
    """A signature of any body of any kind verifies, and has its one length."""
    signature = sign(kind, body, SIGNER)
    verify(kind, body, signature, SIGNER.public)

    assert SIGNATURE_SIZE == len(signature)


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        (
            "http://example.com/HelloWorld",
            b"hello world",
            b"DSSEv1 29 http://example.com/HelloWorld 11 hello world",
        ),
        ("", b"", b"DSSEv1 0  0 "),
        ("\u6570", b"\n", b"DSSEv1 3 \xe6\x95\xb0 1 \n"),
        ("a", b" 1 b", b"DSSEv1 1 a 4  1 b"),
    ],
)
def test_pre_authentication_encoding(kind: str, body: bytes, expected: bytes) -> None:
    """What is signed is DSSE's encoding, as the specification's example prints it."""
    assert expected == pre_authentication_encoding(kind, body)


@given(st.text(max_size=8), st.binary(max_size=8), st.text(max_size=8), st.binary(max_size=8))
def test_pre_authentication_encoding_is_injective(
    kind: str, body: bytes, other_kind: str, other_body: bytes
) -> None:
    """Two statements are encoded alike only if they have the same kind and the same body."""
    same = (kind, body) == (other_kind, other_body)
    one = pre_authentication_encoding(kind, body)

    assert same == (one == pre_authentication_encoding(other_kind, other_body))


def test_each_half_signs_the_encoding() -> None:
    """Each half alone is a plain signature of the encoding, the second with its context."""
    message = b"DSSEv1 18 creditshare/test/1 11 a statement"

    SIGNER.public.ed25519.verify(SIGNATURE[:FIRST], message)
    SIGNER.public.mldsa.verify(SIGNATURE[FIRST:], message, b"creditshare")


ATTACKS: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda _: b"",
    "first half alone": lambda s: s[:FIRST],
    "second half alone": lambda s: s[FIRST:],
    "first half removed, padded": lambda s: s[FIRST:] + bytes(FIRST),
    "first half zeroed": lambda s: bytes(FIRST) + s[FIRST:],
    "second half zeroed": lambda s: s[:FIRST] + bytes(len(s) - FIRST),
    "all zeroed": lambda s: bytes(len(s)),
    "truncated": lambda s: s[:-1],
    "truncated in front": lambda s: s[1:],
    "extended": lambda s: s + b"\0",
    "extended in front": lambda s: b"\0" + s,
    "doubled": lambda s: s + s,
    "first half doubled": lambda s: s[:FIRST] + s,
    "halves exchanged": lambda s: s[FIRST:] + s[:FIRST],
    "first half of another body": lambda s: OTHER[:FIRST] + s[FIRST:],
    "second half of another body": lambda s: s[:FIRST] + OTHER[FIRST:],
    "first half of another key": lambda s: FOREIGN[:FIRST] + s[FIRST:],
    "second half of another key": lambda s: s[:FIRST] + FOREIGN[FIRST:],
    "another body": lambda _: OTHER,
    "another key": lambda _: FOREIGN,
    "the order added to Ed25519's S": lambda s: s[:32] + _malleated(s[32:64]) + s[64:],
    "Ed25519's R the neutral point": lambda s: b"\1" + bytes(63) + s[FIRST:],
}


def _malleated(scalar: bytes) -> bytes:
    order = 2**252 + 27742317777372353535851937790883648493
    return (int.from_bytes(scalar, "little") + order).to_bytes(32, "little")


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_on_the_signature(attack: str) -> None:
    """A signature with one half removed, replaced or changed in length does not verify."""
    with pytest.raises(SignatureError):
        verify(KIND, BODY, ATTACKS[attack](SIGNATURE), SIGNER.public)


def test_every_byte_counts() -> None:
    """A signature with any one byte changed does not verify."""
    accepted = []
    for at in range(SIGNATURE_SIZE):
        changed = bytearray(SIGNATURE)
        changed[at] ^= 1 << at % 8
        try:
            verify(KIND, BODY, bytes(changed), SIGNER.public)
        except SignatureError:
            continue
        accepted.append(at)

    assert not accepted


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("creditshare/test/2", BODY),
        ("", BODY),
        (KIND + " ", BODY),
        (KIND, b""),
        (KIND, BODY + b"\0"),
        (KIND, BODY[:-1]),
        (KIND + " 11 a", b"statement"),
    ],
)
def test_another_statement_is_refused(kind: str, body: bytes) -> None:
    """A signature does not verify for another kind or another body."""
    with pytest.raises(SignatureError):
        verify(kind, body, SIGNATURE, SIGNER.public)


def test_another_key_is_refused() -> None:
    """A signature does not verify under another agency's keys."""
    with pytest.raises(SignatureError):
        verify(KIND, BODY, SIGNATURE, STRANGER.public)


def test_signing_again_gives_another_signature() -> None:
    """Two signatures of one body share the Ed25519 half, differ in the other, and both verify."""
    again = sign(KIND, BODY, SIGNER)
    verify(KIND, BODY, again, SIGNER.public)
    verify(KIND, BODY, SIGNATURE[:FIRST] + again[FIRST:], SIGNER.public)

    assert SIGNATURE[:FIRST] == again[:FIRST]
    assert SIGNATURE[FIRST:] != again[FIRST:]


def test_refusals_do_not_repeat_the_body() -> None:
    """The refusal of a signature names the kind of the statement and not its body."""
    with pytest.raises(SignatureError) as refusal:
        verify(KIND, BODY, OTHER, SIGNER.public)

    assert KIND in str(refusal.value)
    assert "statement" not in str(refusal.value)
