"""Hybrid signatures: Ed25519 and ML-DSA-65 over the same bytes, and both must verify.

What is signed is DSSE's pre-authentication encoding of a type and a body, so that a signature
over one kind of statement never verifies as another. Version 1 of the format has one suite; its id
stands inside every signed body, and no message can ask for another.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature

from creditshare.crypto.keys import PublicKeys, SecretKeys
from creditshare.errors import SignatureError

__all__ = ["SIGNATURE_SIZE", "sign", "verify"]

_ED25519, _MLDSA = 64, 3309
SIGNATURE_SIZE = _ED25519 + _MLDSA
_MLDSA_CONTEXT = b"creditshare"


def sign(kind: str, body: bytes, keys: SecretKeys) -> bytes:
    """Sign `body` as a statement of `kind`.

    Args:
        kind: The statement's type, one for each signed type of the format.
        body: The exact bytes that are sent and kept.
        keys: The signer's.

    Returns:
        3,373 bytes: Ed25519 (64) | ML-DSA-65 (3,309). The second is randomised (FIPS 204
        section 3.4), so two signatures of one body differ.
    """
    message = pre_authentication_encoding(kind, body)
    return keys.ed25519.sign(message) + keys.mldsa.sign(message, _MLDSA_CONTEXT)


def verify(kind: str, body: bytes, signature: bytes, keys: PublicKeys) -> None:
    """Check both halves of a signature.

    Raises:
        SignatureError: if either does not verify, or the length is not that of both.
    """
    if len(signature) != SIGNATURE_SIZE:
        raise SignatureError(f"a {kind} signature has the wrong length")
    message = pre_authentication_encoding(kind, body)
    try:
        keys.ed25519.verify(signature[:_ED25519], message)
        keys.mldsa.verify(signature[_ED25519:], message, _MLDSA_CONTEXT)
    except InvalidSignature:
        raise SignatureError(f"the {kind} signature does not verify") from None


def pre_authentication_encoding(kind: str, body: bytes) -> bytes:
    """``PAE(type, body)`` of DSSE v1.0, lengths in bytes."""
    name = kind.encode()
    return b"DSSEv1 %d %b %d %b" % (len(name), name, len(body), body)
