"""One record, locked under a fresh secret; the secret, wrapped for each token that may open it.

::

    secret             32 random bytes, fresh for every payload event
    key | commitment   KDF-SHA-512(secret, origin | prefix), 32 bytes each
    locked             commitment | AES-256-GCM(key, zero nonce, padded payload)
    wrap               secret XOR KDF-SHA-256(token secret, origin | leaf)

KDF is the one-step derivation of SP 800-56C with HMAC, with one public label each as its salt.

`origin` and `prefix` (the event without its digest) tie the record to one place in one issuer's
log: copied by another issuer, or to another place, it no longer opens. The commitment ties it to
one key: GCM alone can be made to open under two. The nonce may be zero because the key is used
once: a fresh secret is drawn for every payload event, inside `lock` where nobody can pass an old
one by mistake. A wrap carries no check of its own; the commitment tells a wrong one.
"""

from __future__ import annotations

import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from creditshare.crypto.prf import HmacSha256, HmacSha512, OneStepKdf
from creditshare.errors import MalformedError

__all__ = [
    "LOCKED_MAX",
    "LOCKED_MIN",
    "PADDING",
    "SECRET_SIZE",
    "WRAP_SIZE",
    "lock",
    "unlock",
    "unwrap",
    "wrap",
]

SECRET_SIZE = 32
WRAP_SIZE = 32
_COMMITMENT, _TAG, PADDING = 32, 16, 64
_NONCE = bytes(12)
_RECORD_KDF = OneStepKdf(HmacSha512(b"creditshare/1/record"))
_WRAP_KDF = OneStepKdf(HmacSha256(b"creditshare/1/wrap"))
_END = b"\x80"
PAYLOAD_MAX = 64 * 1024
LOCKED_MIN = _COMMITMENT + PADDING + _TAG
LOCKED_MAX = _COMMITMENT + PAYLOAD_MAX + _TAG


def lock(payload: bytes, *, origin: bytes, prefix: bytes) -> tuple[bytes, bytes]:
    """Lock a payload for one event of one issuer.

    Args:
        payload: At most 65,535 bytes.
        origin: The issuer's origin, framed so that `prefix` cannot be mistaken for its end.
        prefix: The event without its digest.

    Returns:
        The fresh secret (32 bytes) and the locked record.
    """
    if len(payload) >= PAYLOAD_MAX:
        raise MalformedError("a record is longer than the format allows")
    secret = secrets.token_bytes(SECRET_SIZE)
    derived = _RECORD_KDF.derive(secret, origin + prefix)
    key, commitment = derived[:_COMMITMENT], derived[_COMMITMENT:]
    return secret, commitment + AESGCM(key).encrypt(_NONCE, _pad(payload), None)


def unlock(locked: bytes, secret: bytes, *, origin: bytes, prefix: bytes) -> bytes:
    """Open a locked record.

    Raises:
        MalformedError: if this secret does not open it at this place in this issuer's log.
    """
    derived = _RECORD_KDF.derive(secret, origin + prefix)
    key, commitment = derived[:_COMMITMENT], derived[_COMMITMENT:]
    if not hmac.compare_digest(commitment, locked[:_COMMITMENT]):
        raise MalformedError("a record does not open with its key")
    try:
        padded = AESGCM(key).decrypt(_NONCE, locked[_COMMITMENT:], None)
    except (InvalidTag, ValueError):
        raise MalformedError("a record does not open with its key") from None
    return _unpad(padded)


def wrap(secret: bytes, token_secret: bytes, *, origin: bytes, leaf: bytes) -> bytes:
    """Wrap a record's secret for whoever can derive `token_secret`; 32 bytes."""
    return _xor(secret, _WRAP_KDF.derive(token_secret, origin + leaf))


def unwrap(wrapped: bytes, token_secret: bytes, *, origin: bytes, leaf: bytes) -> bytes:
    """The record's secret, if the wrap is true; `unlock` tells."""
    return _xor(wrapped, _WRAP_KDF.derive(token_secret, origin + leaf))


def _xor(left: bytes, right: bytes) -> bytes:
    return (int.from_bytes(left, "big") ^ int.from_bytes(right, "big")).to_bytes(WRAP_SIZE, "big")


def _pad(payload: bytes) -> bytes:
    """ISO/IEC 7816-4: a mark, then zeros up to a multiple of 64 bytes."""
    marked = payload + _END
    return marked.ljust(-(-len(marked) // PADDING) * PADDING, b"\0")


def _unpad(padded: bytes) -> bytes:
    payload, mark, zeros = padded.rpartition(_END)
    if not mark or zeros.strip(b"\0") or len(padded) % PADDING or len(zeros) >= PADDING:
        raise MalformedError("a record's padding is not in its one form")
    return payload
