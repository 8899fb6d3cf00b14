"""A secret locked under a passphrase.

::

    u32 iterations | u32 memory in KiB | u8 lanes | 16 salt | 12 nonce | AES-256-GCM ciphertext

The key is Argon2id (RFC 9106) of the passphrase; what stands before the ciphertext, and the
caller's context, are the cipher's associated data (SP 800-38D). Salt and nonce are drawn afresh
inside `lock_secret`. The parameters are the second recommended ones of RFC 9106, section 4: 64 MiB,
so that a small machine can open the file too. A file may state others, within bounds: whoever made
up a file must not be able to take all memory or all day. GCM does not commit to its key, which
would matter if a stranger could send files here and watch whether they open; nobody can.
"""

from __future__ import annotations

import secrets
import struct
import unicodedata
from typing import Final

import attrs
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from creditshare.errors import KeyMaterialError, PassphraseError

__all__ = ["RFC_9106_LOW_MEMORY", "Parameters", "derive_key", "lock_secret", "unlock_secret"]

_HEAD = struct.Struct(">IIB16s12s")
_KEY, _TAG = 32, 16
_PASSPHRASE_MAX = 1024


@attrs.frozen
class Parameters:
    """What one guess costs.

    Attributes:
        iterations: Passes over the memory, 1 to 16.
        memory: In KiB, at most 1 GiB and at least 8 for each lane.
        lanes: Degree of parallelism, 1 to 16.

    Raises:
        KeyMaterialError: outside these bounds.
    """

    iterations: int
    memory: int
    lanes: int

    def __attrs_post_init__(self) -> None:
        bounded = 1 <= self.iterations <= 16 and 1 <= self.lanes <= 16
        if not bounded or not 8 * self.lanes <= self.memory <= 1 << 20:
            raise KeyMaterialError("a locked secret asks for more, or less, work than is allowed")


RFC_9106_LOW_MEMORY: Final = Parameters(iterations=3, memory=64 * 1024, lanes=4)
"""RFC 9106, section 4, the second recommended option."""


def derive_key(passphrase: str, salt: bytes, parameters: Parameters) -> bytes:
    """32 bytes by Argon2id, version 1.3.

    Args:
        passphrase: Taken in Unicode normalisation form C, as UTF-8, so that one passphrase typed
            on two keyboards is one; 1 to 1,024 characters.
        salt: At least 8 bytes.
        parameters: What one guess costs.

    Raises:
        PassphraseError: for an empty or endless passphrase.
        KeyMaterialError: if this machine has not the memory that one guess takes.
    """
    if not isinstance(passphrase, str) or not 0 < len(passphrase) <= _PASSPHRASE_MAX:
        raise PassphraseError(f"a passphrase is a text of 1 to {_PASSPHRASE_MAX} characters")
    try:
        text = unicodedata.normalize("NFC", passphrase).encode()
    except UnicodeEncodeError:
        raise PassphraseError("a passphrase must be text that can be written in UTF-8") from None
    construction = Argon2id(
        salt=salt,
        length=_KEY,
        iterations=parameters.iterations,
        lanes=parameters.lanes,
        memory_cost=parameters.memory,
    )
    try:
        return construction.derive(text)
    except MemoryError:
        raise KeyMaterialError("the passphrase takes more memory than this machine has") from None


def lock_secret(
    secret: bytes,
    passphrase: str,
    *,
    context: bytes,
    parameters: Parameters = RFC_9106_LOW_MEMORY,
) -> bytes:
    """Lock a secret under a passphrase.

    Args:
        secret: What is kept.
        passphrase: As `derive_key`.
        context: What stands beside it in the file, such as its owner's name; authenticated.
        parameters: What one guess costs.

    Raises:
        PassphraseError: for a passphrase that cannot be used.
    """
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    head = _HEAD.pack(parameters.iterations, parameters.memory, parameters.lanes, salt, nonce)
    key = derive_key(passphrase, salt, parameters)
    return head + AESGCM(key).encrypt(nonce, secret, context + head)


def unlock_secret(locked: bytes, passphrase: str, *, context: bytes) -> bytes:
    """The secret.

    Raises:
        PassphraseError: if it does not open: the passphrase is another, or the file was changed.
        KeyMaterialError: if it is cut short, or asks for more work than is allowed.
    """
    if len(locked) < _HEAD.size + _TAG:
        raise KeyMaterialError("a locked secret is cut short")
    head, ciphertext = locked[: _HEAD.size], locked[_HEAD.size :]
    iterations, memory, lanes, salt, nonce = _HEAD.unpack(head)
    key = derive_key(passphrase, salt, Parameters(iterations, memory, lanes))
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, context + head)
    except InvalidTag:
        raise PassphraseError("the passphrase is wrong, or the file was changed") from None
