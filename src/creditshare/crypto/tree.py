"""The append-only log's hash tree (RFC 9162 section 2.1), kept as its frontier.

The frontier is the hashes of the perfect subtrees that the log's size is a sum of, largest
first: at most 64 hashes, from which the root is computed and to which a leaf can be appended
without the leaves before it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Self

import attrs

from creditshare.crypto.suite import DIGEST_SIZE, sha256
from creditshare.errors import MalformedError

__all__ = ["Frontier", "leaf_hash"]


def leaf_hash(entry: bytes) -> bytes:
    """``SHA-256(0x00 | entry)``."""
    return hashlib.sha256(b"\x00" + entry).digest()


@attrs.frozen
class Frontier:
    """A log of `size` leaves, as the hashes of its perfect subtrees, largest first."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def extend(self, leaves: Iterable[bytes]) -> Frontier:
        """The frontier after these leaf hashes."""
        nodes, older = list(leaves), list(self.hashes)
        size, kept, height = self.size + len(nodes), list[bytes](), 0
        while size >> height:
            if self.size >> height & 1:  # a perfect subtree of this height was waiting
                nodes.insert(0, older.pop())
            if len(nodes) & 1:  # and now another one waits
                kept.append(nodes.pop())
            nodes = [
                hashlib.sha256(b"\x01" + left + right).digest()
                for left, right in zip(nodes[::2], nodes[1::2], strict=True)
            ]
            height += 1
        return Frontier(size, tuple(reversed(kept)))

    def root(self) -> bytes:
        """The root hash; of an empty log, the hash of nothing."""
        if not self.hashes:
            return sha256(b"")
        *larger, node = self.hashes
        for left in reversed(larger):
            node = sha256(b"\x01" + left + node)
        return node

    def to_bytes(self) -> bytes:
        """The hashes one after the other; the size is kept beside them."""
        return b"".join(self.hashes)

    @classmethod
    def from_bytes(cls, size: int, data: bytes) -> Self:
        """The inverse of `to_bytes`.

        Raises:
            MalformedError: if the number of hashes does not fit the size.
        """
        hashes = tuple(data[i : i + DIGEST_SIZE] for i in range(0, len(data), DIGEST_SIZE))
        if size < 0 or len(data) != size.bit_count() * DIGEST_SIZE:
            raise MalformedError("a log frontier does not fit its size")
        return cls(size, hashes)
