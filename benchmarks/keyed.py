"""HMAC as fast as the standard library gives it, for the incumbent and the floors."""

from __future__ import annotations

import hashlib

__all__ = ["Keyed"]

_BLOCK = 64


class Keyed:
    """HMAC-SHA-256 under one key, whose two inner states are computed once (RFC 2104, 4)."""

    def __init__(self, key: bytes) -> None:
        block = key.ljust(_BLOCK, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block))

    def hex(self, message: bytes) -> str:
        """The HMAC, as 64 hexadecimal characters."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.hexdigest()

    def digest(self, message: bytes) -> bytes:
        """The HMAC, 32 bytes."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.digest()
