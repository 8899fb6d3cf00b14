"""An agency of the exchange: its stable origin and its keys."""

from __future__ import annotations

import re
from typing import Self

import attrs

from creditshare.arguments import expect
from creditshare.crypto.keys import PublicKeys, SecretKeys
from creditshare.crypto.passphrase import lock_secret, unlock_secret
from creditshare.errors import Fault, InvalidValueError, KeyMaterialError, PassphraseError
from creditshare.files import PathLike, read_regular, replacing

__all__ = [
    "KEY_FILE_MAX",
    "Agency",
    "PublicAgency",
    "PublicKeys",
    "SecretKeys",
    "check_origin",
    "is_locked",
]

_ORIGIN = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?", re.ASCII)
_SECRET, _LOCKED, _PUBLIC = b"CSSECRET1\n", b"CSLOCKED1\n", b"CSPUBLIC1\n"
KEY_FILE_MAX = 4096
"""No file of keys is longer, in bytes."""


def check_origin(origin: object, field: str = "origin") -> None:
    """An origin names a log for ever: 1 to 64 of ``a-z 0-9 . -``, a letter or digit at each end.

    Args:
        origin: What is to be one.
        field: What to call it in the error.

    Raises:
        InvalidValueError: for anything else.
    """
    if not isinstance(origin, str) or not _ORIGIN.fullmatch(origin):
        problem = "must be 1 to 64 of a-z 0-9 . - with a letter or digit at each end"
        raise InvalidValueError("agency", (Fault(field, problem),))


@attrs.frozen
class PublicAgency:
    """What the others know of an agency; the roster carries it.

    Attributes:
        origin: Its stable name through all changes of keys.
        keys: What verifies its signatures and seals files to it.
    """

    origin: str
    keys: PublicKeys

    def __attrs_post_init__(self) -> None:
        check_origin(self.origin)
        expect(PublicKeys, keys=self.keys)

    def save(self, path: PathLike) -> None:
        """Write the public keys to a file, to be given to the others.

        Raises:
            FileError: if it cannot be written, or a file is there.
        """
        _save(path, _PUBLIC, self.origin, self.keys.raw, mode=0o644)

    @classmethod
    def load(cls, path: PathLike) -> Self:
        """Read what `save` wrote. Whoever gave you the file is whom you trust.

        Raises:
            FileError: if the file cannot be read.
            KeyMaterialError: if it is no file of public keys, or holds keys that must not be used.
        """
        origin, raw = _parse(read_regular(path, limit=KEY_FILE_MAX), _PUBLIC)
        return cls(origin, PublicKeys(raw))


@attrs.frozen
class Agency:
    """An agency with its secret keys, which never show in a `repr`.

    Attributes:
        origin: Its stable name: 1 to 64 of ``a-z 0-9 . -``.
        keys: What signs for it and opens what is sealed to it.
    """

    origin: str
    keys: SecretKeys

    def __attrs_post_init__(self) -> None:
        check_origin(self.origin)
        expect(SecretKeys, keys=self.keys)

    @classmethod
    def generate(cls, origin: str) -> Self:
        """A new agency with fresh keys from the operating system's randomness."""
        return cls(origin, SecretKeys.generate())

    @property
    def public(self) -> PublicAgency:
        """What may be given to everyone."""
        return PublicAgency(self.origin, self.keys.public)

    def save(self, path: PathLike, *, passphrase: str | None = None) -> None:
        """Write the secret keys to a file that only its owner may read (mode 0600).

        Args:
            path: The file.
            passphrase: If given, whoever has the file needs it too; see `crypto.passphrase`.

        Raises:
            FileError: if it cannot be written, or a file is there: lost keys never come back.
            PassphraseError: for a passphrase that cannot be used.
        """
        if passphrase is None:
            _save(path, _SECRET, self.origin, self.keys.raw, mode=0o600)
        else:
            locked = lock_secret(self.keys.raw, passphrase, context=_context(self.origin))
            _save(path, _LOCKED, self.origin, locked, mode=0o600)

    @classmethod
    def load(cls, path: PathLike, *, passphrase: str | None = None) -> Self:
        """Read what `save` wrote.

        Args:
            path: The file.
            passphrase: The one it is locked under, if it is.

        Raises:
            FileError: if the file cannot be read.
            KeyMaterialError: as `from_bytes`.
        """
        return cls.from_bytes(read_regular(path, limit=KEY_FILE_MAX), passphrase=passphrase)

    @classmethod
    def from_bytes(cls, data: bytes, *, passphrase: str | None = None) -> Self:
        """Read the content of a file that `save` wrote, wherever it was kept.

        Args:
            data: The content.
            passphrase: The one it is locked under, if it is.

        Raises:
            PassphraseError: if the passphrase is wrong or missing, or the file has none.
            KeyMaterialError: if it is no file of secret keys.
        """
        expect(bytes, data=data)
        locked = is_locked(data)
        if locked and passphrase is None:
            raise PassphraseError("the secret keys are locked under a passphrase")
        if not locked and passphrase is not None:
            raise PassphraseError("the secret keys are not locked under any passphrase")
        origin, keys = _parse(data, _LOCKED if locked else _SECRET)
        if passphrase is not None:
            keys = unlock_secret(keys, passphrase, context=_context(origin))
        return cls(origin, SecretKeys(keys))


def is_locked(data: bytes) -> bool:
    """Whether the content of a file of secret keys needs a passphrase."""
    return data.startswith(_LOCKED)


def _context(origin: str) -> bytes:
    """What stands before a locked secret."""
    return _LOCKED + origin.encode("ascii") + b"\n"


def _save(path: PathLike, kind: bytes, origin: str, keys: bytes, *, mode: int) -> None:
    with replacing(path, mode, overwrite=False) as file:
        file.write(kind + origin.encode("ascii") + b"\n" + keys)


def _parse(data: bytes, kind: bytes) -> tuple[str, bytes]:
    name, newline, keys = data.removeprefix(kind).partition(b"\n")
    origin = name.decode("ascii", "replace")
    if not data.startswith(kind) or not newline or not _ORIGIN.fullmatch(origin):
        what = "public" if kind is _PUBLIC else "secret"
        raise KeyMaterialError(f"not a creditshare file of {what} keys")
    return origin, keys
