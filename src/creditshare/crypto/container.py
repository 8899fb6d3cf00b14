"""A file sealed to several recipients and opened as a stream.

::

    magic 8 | version 1 | suite 1 | content 1 | sender length 1 | sender
    | body length 8 | stanza count 2 | stanzas, 1,168 each, strictly ascending | ciphertext

Each stanza is HPKE's encapsulated key and the encrypted 32-byte file key, for one recipient,
with all of the header before the stanzas as `info`. There are no recipient ids: a reader tries
its key on each (0.1 ms). The body is Cobblestone-256 with the digest of the whole header as
context: chunked, so neither end needs the memory, and key-committing, so one file cannot open
differently for two recipients. The ciphertext's length follows from the body's and is checked
before anything is decrypted. Nothing decrypted is believed before the end is verified.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterable, Sequence
from typing import BinaryIO

import attrs
from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from creditshare.crypto.keys import PublicKeys, SecretKeys
from creditshare.crypto.suite import SUITE, sha256
from creditshare.errors import (
    FileError,
    MalformedError,
    MisuseError,
    NotForUsError,
    UnsupportedSuiteError,
)

__all__ = [
    "BODY_MAX",
    "Header",
    "decrypt_body",
    "encrypt_body",
    "new_header",
    "read_header",
    "unwrap_key",
]

_MAGIC = b"\x89CSB\r\n\x1a\n"  # as PNG's: a text-mode transfer damages it visibly
_VERSION = 1
_SENDER_MAX = 64
_FILE_KEY = 32
_STANZA = 1120 + _FILE_KEY + 16
_STANZAS_MAX = 1024
BODY_MAX = 1 << 40
_CHUNK, _CHUNK_TAG, _PREAMBLE = 16384, 16, 56
_READ = 1 << 20


@attrs.frozen
class Header:
    """The header of a sealed file, as it stands in the file.

    Attributes:
        content: What kind of body follows.
        sender: Who the file says it comes from; believed only once a signature says so too.
        body_length: The length of the decrypted body in bytes.
        stanzas: The wrapped file keys.
        raw: The header's bytes; `digest` is their SHA-256, the context of the body.
    """

    content: int
    sender: str
    body_length: int
    stanzas: tuple[bytes, ...] = attrs.field(repr=False)
    raw: bytes = attrs.field(repr=False)

    @property
    def digest(self) -> bytes:
        """SHA-256 of the header."""
        return sha256(self.raw)

    @property
    def file_length(self) -> int:
        """The only length the whole file can have."""
        chunks = self.body_length // _CHUNK + 1
        return len(self.raw) + _PREAMBLE + self.body_length + _CHUNK_TAG * chunks


def new_header(
    content: int, sender: str, body_length: int, recipients: Sequence[PublicKeys]
) -> tuple[Header, bytes]:
    """A header for a new file, with a fresh file key wrapped for each recipient.

    Raises:
        MisuseError: for no recipients, the same one twice, or more than 1,024.
    """
    if len({keys.fingerprint for keys in recipients}) != len(recipients):
        raise MisuseError("a file cannot be sealed twice to the same keys")
    if not 0 < len(recipients) <= _STANZAS_MAX:
        raise MisuseError(f"a file is sealed to 1 to {_STANZAS_MAX} recipients")
    if not sender.isascii() or not 0 < len(sender) <= _SENDER_MAX:
        raise MisuseError("the sender's name must be 1 to 64 ASCII characters")
    if not 0 <= content < 256 or not 0 <= body_length <= BODY_MAX:
        raise MisuseError("a file's content or length is out of range")
    key: bytes = Cobblestone256Encryptor.generate_key()
    prefix = _prefix(content, sender, body_length, len(recipients))
    stanzas = tuple(sorted(_hpke().encrypt(key, to.kem, info=prefix) for to in recipients))
    return Header(content, sender, body_length, stanzas, prefix + b"".join(stanzas)), key


def encrypt_body(header: Header, key: bytes, parts: Iterable[bytes], out: BinaryIO) -> None:
    """Write the header and the encrypted body.

    Args:
        header: From `new_header`, with the exact length of all parts together.
        key: From `new_header`.
        parts: The body, in pieces of any size.
        out: Where to write.
    """
    out.write(header.raw)
    encryptor = Cobblestone256Encryptor(key, header.digest)
    length = 0
    for part in parts:
        length += len(part)
        out.write(encryptor.update(part))
    if length != header.body_length:
        raise MisuseError("the body has another length than its header says")
    out.write(encryptor.finalize())


def read_header(file: BinaryIO, size: int, content: int) -> Header:
    """Parse the header of a file of `size` bytes and check the file's exact length.

    Raises:
        MalformedError: if it is not a sealed file of this content, or has another length.
        UnsupportedSuiteError: for another version or suite.
    """
    reader = _Reader(file)
    if reader.take(len(_MAGIC)) != _MAGIC:
        raise MalformedError("not a creditshare file")
    version, suite, found, sender_length = reader.take(4)
    if (version, suite) != (_VERSION, SUITE):
        raise UnsupportedSuiteError(f"format {version} with suite {suite} is not supported")
    if found != content:
        raise MalformedError("the file holds another kind of content")
    if not 0 < sender_length <= _SENDER_MAX:
        raise MalformedError("the sender's name has an impossible length")
    sender = reader.take(sender_length)
    body_length = int.from_bytes(reader.take(8), "big")
    count = int.from_bytes(reader.take(2), "big")
    if not 0 < count <= _STANZAS_MAX or body_length > BODY_MAX or not sender.isascii():
        raise MalformedError("the header states impossible lengths")
    stanzas = tuple(reader.take(_STANZA) for _ in range(count))
    if any(left >= right for left, right in itertools.pairwise(stanzas)):
        raise MalformedError("the recipient stanzas are out of order")
    header = Header(content, sender.decode("ascii"), body_length, stanzas, reader.seen)
    if header.file_length != size:
        raise MalformedError("the file is truncated or extended")
    return header


def unwrap_key(header: Header, keys: SecretKeys) -> bytes:
    """The file key, if one of the stanzas is for these keys.

    Raises:
        NotForUsError: if none is.
    """
    prefix = header.raw[: len(header.raw) - len(header.stanzas) * _STANZA]
    suite = _hpke()
    for stanza in header.stanzas:
        try:
            key = suite.decrypt(stanza, keys.kem, info=prefix)
        except InvalidTag:
            continue
        if len(key) == _FILE_KEY:
            return key
    raise NotForUsError("the file is not sealed to this agency")


def decrypt_body(header: Header, key: bytes, file: BinaryIO, out: BinaryIO) -> None:
    """Decrypt what follows the header into `out`, verifying it to its end.

    Raises:
        MalformedError: if a single bit was changed, or a chunk cut, moved, doubled or added. What
            `out` holds by then must be thrown away.
    """
    decryptor = Cobblestone256Decryptor(key, header.digest)
    written = 0
    try:
        while piece := file.read(_READ):
            written += out.write(decryptor.update(piece))
        written += out.write(decryptor.finalize())
    except (InvalidTag, ValueError):
        raise MalformedError("the file's body was changed") from None
    except OSError as error:
        raise FileError(f"the body cannot be written aside: {error.strerror}") from None
    if written != header.body_length:
        raise MalformedError("the file's body has another length than its header says")


class _Reader:
    """Takes exact lengths from a file and remembers the bytes taken."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._seen = io.BytesIO()

    def take(self, length: int) -> bytes:
        data = self._file.read(length)
        if len(data) != length:
            raise MalformedError("the file ends within its header")
        self._seen.write(data)
        return data

    @property
    def seen(self) -> bytes:
        return self._seen.getvalue()


def _prefix(content: int, sender: str, body_length: int, stanzas: int) -> bytes:
    name = sender.encode("ascii")
    fixed = _MAGIC + bytes((_VERSION, SUITE, content, len(name))) + name
    return fixed + body_length.to_bytes(8, "big") + stanzas.to_bytes(2, "big")


def _hpke() -> Suite:
    return Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
