"""An agency's keys: 96 secret bytes, 3,200 public bytes, checked when they are loaded.

Secret: three independent 32-byte seeds, for Ed25519 | ML-DSA-65 | the hybrid KEM.
Public: Ed25519 (32) | ML-DSA-65 (1,952) | ML-KEM-768 (1,184) | X25519 (32).

The hybrid KEM key has no serialisation of its own in `cryptography`; its seed is expanded with
SHAKE-256 to 96 bytes, an ML-KEM-768 seed and an X25519 key, as X-Wing does
(draft-connolly-cfrg-xwing-kem, section 5.2).

OpenSSL accepts low-order points and non-canonical encodings, with which one signature can
verify under several keys, or a shared secret is known to everybody. They are refused here.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Self

import attrs
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey, MLDSA65PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey, MLKEM768X25519PublicKey

from creditshare.crypto.suite import sha256
from creditshare.errors import KeyMaterialError

__all__ = ["PUBLIC_SIZE", "SECRET_SIZE", "PublicKeys", "SecretKeys"]

_SEED = 32
_ED25519, _MLDSA, _MLKEM, _X25519 = 32, 1952, 1184, 32
SECRET_SIZE = 3 * _SEED
PUBLIC_SIZE = _ED25519 + _MLDSA + _MLKEM + _X25519

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_ORDER_EIGHT_Y = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
# The y of every point whose order divides 8: 0 (order 4), 1 (1), -1 (2) and +-_ORDER_EIGHT_Y,
# the roots of d y^4 + 2 y^2 - 1 = 0, where doubling gives y = 0.
_LOW_ORDER_Y = frozenset({0, 1, _P - 1, _ORDER_EIGHT_Y, _P - _ORDER_EIGHT_Y})


@attrs.frozen
class PublicKeys:
    """What others need to verify an agency's signatures and to seal files to it.

    Attributes:
        raw: The 3,200 public bytes.
        fingerprint: Their SHA-256, 32 bytes.

    Raises:
        KeyMaterialError: for another length, a low-order point or a non-canonical encoding.
    """

    raw: bytes = attrs.field(repr=False)
    fingerprint: bytes = attrs.field(init=False, eq=False, repr=bytes.hex)
    ed25519: Ed25519PublicKey = attrs.field(init=False, eq=False, repr=False)
    mldsa: MLDSA65PublicKey = attrs.field(init=False, eq=False, repr=False)
    kem: MLKEM768X25519PublicKey = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.raw, bytes) or len(self.raw) != PUBLIC_SIZE:
            raise KeyMaterialError(f"public keys are {PUBLIC_SIZE} bytes")
        ed25519, mldsa, mlkem, x25519 = _split(self.raw, _ED25519, _MLDSA, _MLKEM, _X25519)
        _check_ed25519(ed25519)
        _check_x25519(x25519)
        try:
            kem = MLKEM768X25519PublicKey(
                MLKEM768PublicKey.from_public_bytes(mlkem),
                X25519PublicKey.from_public_bytes(x25519),
            )
            loaded_mldsa = MLDSA65PublicKey.from_public_bytes(mldsa)
        except ValueError:
            raise KeyMaterialError("a post-quantum public key cannot be loaded") from None
        object.__setattr__(self, "fingerprint", sha256(self.raw))
        object.__setattr__(self, "ed25519", Ed25519PublicKey.from_public_bytes(ed25519))
        object.__setattr__(self, "mldsa", loaded_mldsa)
        object.__setattr__(self, "kem", kem)


@attrs.frozen
class SecretKeys:
    """An agency's secret seeds. They never show in a `repr`.

    Attributes:
        raw: The 96 secret bytes: three independent seeds.
        public: What belongs to them and may be given to everyone.

    Raises:
        KeyMaterialError: for another length.
    """

    raw: bytes = attrs.field(repr=False)
    public: PublicKeys = attrs.field(init=False, eq=False)
    ed25519: Ed25519PrivateKey = attrs.field(init=False, eq=False, repr=False)
    mldsa: MLDSA65PrivateKey = attrs.field(init=False, eq=False, repr=False)
    kem: MLKEM768X25519PrivateKey = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.raw, bytes) or len(self.raw) != SECRET_SIZE:
            raise KeyMaterialError(f"secret keys are {SECRET_SIZE} bytes")
        ed25519_seed, mldsa_seed, kem_seed = _split(self.raw, _SEED, _SEED, _SEED)
        ed25519 = Ed25519PrivateKey.from_private_bytes(ed25519_seed)
        mldsa = MLDSA65PrivateKey.from_seed_bytes(mldsa_seed)
        mlkem, x25519 = _expand_kem_seed(kem_seed)
        public = PublicKeys(
            ed25519.public_key().public_bytes_raw()
            + mldsa.public_key().public_bytes_raw()
            + mlkem.public_key().public_bytes_raw()
            + x25519.public_key().public_bytes_raw()
        )
        object.__setattr__(self, "ed25519", ed25519)
        object.__setattr__(self, "mldsa", mldsa)
        object.__setattr__(self, "kem", MLKEM768X25519PrivateKey(mlkem, x25519))
        object.__setattr__(self, "public", public)

    @classmethod
    def generate(cls) -> Self:
        """Fresh keys from the operating system's randomness."""
        return cls(secrets.token_bytes(SECRET_SIZE))


def _expand_kem_seed(seed: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    expanded = hashlib.shake_256(seed).digest(96)
    return (
        MLKEM768PrivateKey.from_seed_bytes(expanded[:64]),
        X25519PrivateKey.from_private_bytes(expanded[64:]),
    )


def _split(raw: bytes, *sizes: int) -> list[bytes]:
    parts, start = [], 0
    for size in sizes:
        parts.append(raw[start : start + size])
        start += size
    return parts


def _check_ed25519(raw: bytes) -> None:
    """RFC 8032 section 5.1.3, decoding, and the point's order is not 1, 2, 4 or 8."""
    y = int.from_bytes(raw, "little") & (2**255 - 1)
    if y >= _P:
        raise KeyMaterialError("an Ed25519 key is not in canonical form")
    if y in _LOW_ORDER_Y:  # also the encodings of x = 0, the only ones with a spare sign bit
        raise KeyMaterialError("an Ed25519 key is a low-order point")
    x_squared = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    if pow(x_squared, (_P - 1) // 2, _P) != 1:
        raise KeyMaterialError("an Ed25519 key is not a point of the curve")


def _check_x25519(raw: bytes) -> None:
    """RFC 7748 section 6.1: a low-order point gives every secret the same shared zero."""
    if int.from_bytes(raw, "little") >= _P:
        raise KeyMaterialError("an X25519 key is not in canonical form")
    any_secret = X25519PrivateKey.from_private_bytes(bytes(31) + b"\x40")
    try:
        any_secret.exchange(X25519PublicKey.from_public_bytes(raw))
    except ValueError:
        raise KeyMaterialError("an X25519 key is a low-order point") from None
