"""Sealing: checkpoint, delivery and sections into one file for several recipients."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import BinaryIO, Self

import attrs

from creditshare.agency import Agency, PublicAgency
from creditshare.bundle.statement import (
    DELIVERY_KIND,
    Base,
    BundleKind,
    Checkpoint,
    Delivery,
    Section,
)
from creditshare.crypto.container import Header, encrypt_body, new_header
from creditshare.crypto.signing import SIGNATURE_SIZE, sign
from creditshare.errors import FileError
from creditshare.files import PathLike, replacing
from creditshare.sealing import audience_of
from creditshare.wire import frame

__all__ = ["CONTENT", "PreparedBundle", "prepare_bundle"]

CONTENT = 1
_IN_MEMORY = 8 << 20
_PIECE = 1 << 20


@attrs.frozen
class PreparedBundle:
    """A bundle that only has to be encrypted and written; use it as a context manager.

    Attributes:
        delivery: What the file will deliver.
        header: The file's header.
    """

    delivery: Delivery
    header: Header
    _preamble: bytes = attrs.field(repr=False)
    _key: bytes = attrs.field(repr=False)
    _sections: BinaryIO = attrs.field(repr=False)

    def write(self, path: PathLike) -> None:
        """Encrypt into a file that appears whole or not at all.

        Raises:
            FileError: if it cannot be written.
        """
        self._sections.seek(0)
        with replacing(path) as file:
            encrypt_body(self.header, self._key, self._parts(), file)

    def _parts(self) -> Iterator[bytes]:
        yield self._preamble
        while piece := self._sections.read(_PIECE):
            yield piece

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._sections.close()


def prepare_bundle(
    checkpoint: Checkpoint,
    signature: bytes,
    *,
    base: Base,
    kind: BundleKind,
    events: Iterable[bytes],
    records: Iterable[bytes],
    by: Agency,
    to: Sequence[PublicAgency],
) -> PreparedBundle:
    """Lay out and sign a bundle.

    Args:
        checkpoint: The state that is delivered.
        signature: Its signature.
        base: Where a delta starts; `NO_BASE` for a full bundle.
        kind: Full or delta.
        events: The events from the base on, encoded, in pieces of any size.
        records: The records of live events among them, encoded, by ascending event, in pieces.
        by: The signer.
        to: The recipients.

    Raises:
        MisuseError: for no recipient, or the same one twice.
    """
    spool = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - the caller closes
    try:
        sections = _spool(events, spool), _spool(records, spool)
        length = sections[0].length + sections[1].length

        def delivery(header_digest: bytes) -> Delivery:
            return Delivery(
                checkpoint.origin,
                header_digest,
                checkpoint.digest,
                kind,
                base,
                tuple(audience_of(to)),
                *sections,
            )

        stated = frame(checkpoint.to_bytes()) + signature
        preamble = len(stated) + len(frame(delivery(bytes(32)).to_bytes())) + SIGNATURE_SIZE
        keys = [agency.keys for agency in to]
        header, key = new_header(CONTENT, checkpoint.origin, preamble + length, keys)
        final = delivery(header.digest)
        body = final.to_bytes()
        stated += frame(body) + sign(DELIVERY_KIND, body, by.keys)
    except OSError as error:
        spool.close()
        raise FileError(f"the bundle cannot be laid out: {error.strerror}") from None
    except BaseException:
        spool.close()
        raise
    return PreparedBundle(final, header, stated, key, spool)  # type: ignore[arg-type]


def _spool(parts: Iterable[bytes], spool: tempfile.SpooledTemporaryFile[bytes]) -> Section:
    digest, length = hashlib.sha256(), 0
    write: Callable[[bytes], object] = spool.write
    for part in parts:
        digest.update(part)
        length += len(part)
        write(part)
    return Section(length, digest.digest())
