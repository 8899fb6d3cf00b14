"""The chain of a log of queries: no row can be changed, removed or moved without its key.

``link(n) = HMAC-SHA-256(chain key, [link(n-1), columns(n), hits(n)])`` over strict msgpack, and
link(0) is the HMAC of a label. This is the keyed hash chain of Schneier
and Kelsey, "Secure audit logs to support computer forensics", ACM TISSEC 2 (1999), with one key
for the whole log instead of one a row, because several processes write one log. What their
evolving key gives, a `Head` noted elsewhere gives: what stood before it cannot be rewritten, not
even with the key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Self

import attrs

from creditshare.audit.key import AuditKey
from creditshare.crypto.prf import HmacSha256, hkdf_sha256
from creditshare.errors import Fault, InvalidValueError
from creditshare.identifiers import CANONICAL_FORM_VERSION, Identifier
from creditshare.model.faults import Faults
from creditshare.stores.audit import Fields
from creditshare.wire import pack

__all__ = ["Chain", "Head"]

_LINK = 32
_CHAIN_LABEL = b"creditshare/1/audit-chain"
_BATCH_LABEL = b"creditshare/1/audit-batch"
_BEGINNING = b"creditshare/1/audit-beginning"  # no row's message: those are msgpack arrays
_HEAD = re.compile(r"(0|[1-9][0-9]{0,18}):([0-9a-f]{64})", re.ASCII)


@attrs.frozen
class Head:
    """Where a log stands, to be noted where whoever can change the log cannot: on paper, by mail.

    It tells nothing of the queries but how many there were. As text: ``str(head)``, `Head.parse`.

    Attributes:
        count: How many rows.
        link: The link of the last one, 32 bytes.
    """

    count: int
    link: bytes

    def __attrs_post_init__(self) -> None:
        faults = Faults("head")
        faults.number("count", self.count, 0, 2**63 - 1)
        if faults.kind("link", self.link, bytes):
            faults.check("link", len(self.link) == _LINK, f"must be {_LINK} bytes")
        faults.raise_any()

    def __str__(self) -> str:
        return f"{self.count}:{self.link.hex()}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what ``str(head)`` gave.

        Raises:
            InvalidValueError: for anything else.
        """
        found = _HEAD.fullmatch(text) if isinstance(text, str) else None
        if found is None:
            problem = "must be a count, a colon and 64 hexadecimal digits"
            raise InvalidValueError("head", (Fault("text", problem),))
        return cls(int(found[1]), bytes.fromhex(found[2]))


class Chain:
    """Links rows and digests batches under the keys derived from an audit key.

    Attributes:
        beginning: The link that the first row follows; the same for every log of one key.
    """

    def __init__(self, key: AuditKey) -> None:
        self._row = _derive(key, _CHAIN_LABEL).digest
        self._batch = _derive(key, _BATCH_LABEL).digest
        self.beginning = self._row(_BEGINNING)

    def link(self, previous: bytes, fields: Fields, hits: Sequence[Fields]) -> bytes:
        """The link of a row that follows another.

        Args:
            previous: The link of the row before it.
            fields: Its columns but number and link; text or its UTF-8 bytes give the same.
            hits: The columns of its hits, in order.
        """
        return self._row(pack([previous, _plain(fields), [_plain(hit) for hit in hits]]))

    def digest(self, call: bytes, part: int, applicants: Iterable[Iterable[Identifier]]) -> bytes:
        """The digest of a batch: who was asked about, in order, for somebody who can name them all.

        The call and part in it make two digests of the same people differ. Weak identifiers count
        like strong ones: under this key nobody can look anybody up.

        Args:
            call: The id of the call.
            part: Which batch of it.
            applicants: The identifiers of each applicant.
        """
        people = [[_written(item) for item in identifiers] for identifiers in applicants]
        return self._batch(pack([call, part, people]))


def _written(item: Identifier) -> list[int | str]:
    return [CANONICAL_FORM_VERSION, item.SCHEME, item.country, item.value]


def _plain(fields: Fields) -> list[int | bytes]:
    return [item.encode() if isinstance(item, str) else item for item in fields]


def _derive(key: AuditKey, label: bytes) -> HmacSha256:
    """A key of its own for one purpose: HKDF-SHA-256 (RFC 5869) under that label."""
    return HmacSha256(hkdf_sha256(key.raw, salt=b"", info=label))
