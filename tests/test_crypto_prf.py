"""HMAC, HKDF and the one-step KDF are as everybody else computes them."""

from __future__ import annotations

import hmac
import re

import cryptography_vectors
import pytest
from cryptography.hazmat.primitives.hashes import SHA256, SHA512
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from creditshare.crypto.prf import HmacSha256, HmacSha512, OneStepKdf, hkdf_sha256
from creditshare.errors import MisuseError


def _published(name: str, pattern: str) -> list[tuple[str, ...]]:
    with cryptography_vectors.open_vector_file(name, "r") as file:
        return re.findall(pattern, file.read(), re.MULTILINE)


RFC_4231 = [
    (key, message, digest)
    for key, message, digest in _published(
        "HMAC/rfc-4231-sha256.txt", r"^Key = (\w+)\n(?:#.*\n)?Msg = (\w+)\nMD = (\w+)"
    )
    if len(key) <= 128
]
RFC_5869 = _published(
    "KDF/rfc-5869-HKDF-SHA256.txt",
    r"^IKM +=(.*)\nsalt +=(.*)\ninfo +=(.*)\nL .*\n+PRK .*\nOKM +=(.*)",
)


@pytest.mark.parametrize(("key", "message", "digest"), RFC_4231)
def test_rfc_4231(key: str, message: str, digest: str) -> None:
    """HmacSha256 gives the digests of RFC 4231 for its keys of at most 64 bytes."""
    expected = bytes.fromhex(digest)

    assert expected == HmacSha256(bytes.fromhex(key)).digest(bytes.fromhex(message))


@pytest.mark.parametrize(("secret", "salt", "info", "output"), RFC_5869)
def test_rfc_5869(secret: str, salt: str, info: str, output: str) -> None:
    """hkdf_sha256 gives the first 32 bytes of the outputs of RFC 5869."""
    expected = bytes.fromhex(output)[:32]
    salted = {"salt": bytes.fromhex(salt), "info": bytes.fromhex(info)}

    assert expected == hkdf_sha256(bytes.fromhex(secret), **salted)


def test_published_vectors_were_found() -> None:
    """Four vectors of RFC 4231 and three of RFC 5869 are run."""
    expected = (4, 3)

    assert expected == (len(RFC_4231), len(RFC_5869))


@given(st.binary(max_size=64), st.lists(st.binary(max_size=200), min_size=1, max_size=4))
def test_hmac_is_the_standard_librarys(key: bytes, messages: list[bytes]) -> None:
    """One HmacSha256 gives the standard library's digest for each of many messages."""
    prf = HmacSha256(key)

    assert [hmac.digest(key, m, "sha256") for m in messages] == [prf.digest(m) for m in messages]


@pytest.mark.parametrize("size", [0, 1, 55, 56, 63, 64, 65, 119, 120, 1 << 16])
def test_hmac_at_block_boundaries(size: int) -> None:
    """A message that ends at or near a block's end gives the standard library's digest."""
    key, message = bytes(range(64)), bytes(size)

    assert hmac.digest(key, message, "sha256") == HmacSha256(key).digest(message)


@pytest.mark.parametrize("size", [65, 66, 128, 4096])
def test_long_keys_are_refused(size: int) -> None:
    """A key that HMAC would hash first is refused with our error, which does not repeat it."""
    with pytest.raises(MisuseError) as refusal:
        HmacSha256(b"k" * size)

    assert "kk" not in str(refusal.value)


def test_the_key_does_not_show() -> None:
    """The `repr` of an HmacSha256 shows no byte of its key."""
    shown = repr(HmacSha256(b"secretsecretsecret"))

    assert "secretsecret" not in shown
    assert b"secretsecret".hex() not in shown


@given(st.binary(min_size=1, max_size=80), st.binary(max_size=80), st.binary(max_size=80))
def test_hkdf_is_everybodys(secret: bytes, salt: bytes, info: bytes) -> None:
    """hkdf_sha256 is HKDF-SHA-256 to 32 bytes, step by step as RFC 5869 writes it."""
    extracted = hmac.digest(salt or bytes(32), secret, "sha256")
    expected = HKDF(SHA256(), 32, salt, info).derive(secret)

    assert expected == hkdf_sha256(secret, salt=salt, info=info)
    assert expected == hmac.digest(extracted, info + b"\x01", "sha256")


@given(st.binary(max_size=128), st.binary(max_size=200))
def test_hmac_sha512_is_everybodys(key: bytes, message: bytes) -> None:
    """HmacSha512 computes HMAC-SHA-512."""
    expected = hmac.digest(key, message, "sha512")

    assert expected == HmacSha512(key).digest(message)


@given(
    st.binary(min_size=1, max_size=64),
    st.binary(min_size=32, max_size=32),
    st.binary(max_size=200),
)
def test_the_one_step_kdf_is_everybodys(salt: bytes, secret: bytes, info: bytes) -> None:
    """OneStepKdf derives what another implementation of SP 800-56C's option 2 derives."""
    short = ConcatKDFHMAC(SHA256(), 32, salt, info).derive(secret)
    long = ConcatKDFHMAC(SHA512(), 64, salt, info).derive(secret)

    assert short == OneStepKdf(HmacSha256(salt)).derive(secret, info)
    assert long == OneStepKdf(HmacSha512(salt)).derive(secret, info)
