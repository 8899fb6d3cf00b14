"""The key of a log of queries."""

from __future__ import annotations

import secrets
from typing import Self

import attrs

from creditshare.crypto.prf import HmacSha256, hkdf_sha256
from creditshare.errors import KeyMaterialError
from creditshare.files import PathLike, read_regular, replacing

__all__ = ["AuditKey"]

_SIZE = 32
_MAGIC = b"CSAUDITKEY1\n"


@attrs.frozen
class AuditKey:
    """The key of one log of queries. Keep it apart from the log's database.

    Whoever has the database alone can neither change it unseen nor tell who was asked about.
    Whoever has the key too can do both: rewrite everything after the last head that was noted
    elsewhere, and try numbers against the digests.

    Attributes:
        raw: 32 random bytes; never shown.
    """

    raw: bytes = attrs.field(repr=False)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.raw, bytes) or len(self.raw) != _SIZE:
            raise KeyMaterialError(f"an audit key is {_SIZE} bytes")

    @classmethod
    def generate(cls) -> Self:
        """A fresh key from the operating system's randomness."""
        return cls(secrets.token_bytes(_SIZE))

    def save(self, path: PathLike) -> None:
        """Write the key to a file that only its owner may read (mode 0600).

        Raises:
            FileError: if it cannot be written, or a file is there: without its key a log can be
                neither continued nor verified.
        """
        with replacing(path, 0o600, overwrite=False) as file:
            file.write(_MAGIC + self.raw)

    @classmethod
    def load(cls, path: PathLike) -> Self:
        """Read what `save` wrote.

        Raises:
            FileError: if the file cannot be read.
            KeyMaterialError: if it is no file of an audit key.
        """
        data = read_regular(path, limit=len(_MAGIC) + _SIZE)
        if not data.startswith(_MAGIC):
            raise KeyMaterialError("not a creditshare file of an audit key")
        return cls(data.removeprefix(_MAGIC))

    def derive(self, label: bytes) -> HmacSha256:
        """A key of its own for one purpose: HKDF-SHA-256 (RFC 5869) under that label."""
        return HmacSha256(hkdf_sha256(self.raw, salt=b"", info=label))
