"""The cryptographic suite. There is one; its id stands in every header and signed statement.

=================  ==========================================  =================================
purpose            construction                                source
=================  ==========================================  =================================
signatures         Ed25519 and ML-DSA-65, both must verify     RFC 8032; FIPS 204
what is signed     pre-authentication encoding                 DSSE v1.0
file key           HPKE base mode, ML-KEM-768 with X25519,     RFC 9180; X-Wing draft; the hybrid
                   HKDF-SHA-256, AES-256-GCM                   KEM is HPKE's 0x647A
file body          Cobblestone-256, chunked and committing     C2SP chunked-encryption
log                SHA-256 hash tree                           RFC 9162 section 2.1
record             AES-256-GCM, one-step KDF with HMAC         SP 800-38D; SP 800-56C
tokens             HMAC-SHA-256, HKDF-SHA-256                  RFC 2104; RFC 5869
=================  ==========================================  =================================
"""

from __future__ import annotations

import hashlib

__all__ = ["DIGEST_SIZE", "SUITE", "sha256"]

SUITE = 1
"""Suite 1, the table above."""

DIGEST_SIZE = 32


def sha256(data: bytes) -> bytes:
    """SHA-256 (FIPS 180-4), 32 bytes."""
    return hashlib.sha256(data).digest()
