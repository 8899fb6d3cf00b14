"""An agency of the exchange: its stable origin and its keys."""

from __future__ import annotations

import re
from typing import Self

import attrs

from creditshare.arguments import expect
from creditshare.crypto.keys import PublicKeys, SecretKeys
from creditshare.errors import Fault, InvalidValueError, KeyMaterialError
from creditshare.files import PathLike, read_regular, replacing

__all__ = ["Agency", "PublicAgency", "PublicKeys", "SecretKeys", "check_origin"]

_ORIGIN = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?", re.ASCII)
_SECRET, _PUBLIC = b"CSSECRET1\n", b"CSPUBLIC1\n"
_FILE_MAX = 4096


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
        origin, raw = _load(path, _PUBLIC)
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

    def save(self, path: PathLike) -> None:
        """Write the secret keys to a file that only its owner may read (mode 0600).

        Raises:
            FileError: if it cannot be written, or a file is there: lost keys never come back.
        """
        _save(path, _SECRET, self.origin, self.keys.raw, mode=0o600)

    @classmethod
    def load(cls, path: PathLike) -> Self:
        """Read what `save` wrote.

        Raises:
            FileError: if the file cannot be read.
            KeyMaterialError: if it is no file of secret keys.
        """
        origin, raw = _load(path, _SECRET)
        return cls(origin, SecretKeys(raw))


def _save(path: PathLike, kind: bytes, origin: str, keys: bytes, *, mode: int) -> None:
    with replacing(path, mode, overwrite=False) as file:
        file.write(kind + origin.encode("ascii") + b"\n" + keys)


def _load(path: PathLike, kind: bytes) -> tuple[str, bytes]:
    data = read_regular(path, limit=_FILE_MAX)
    name, newline, keys = data.removeprefix(kind).partition(b"\n")
    origin = name.decode("ascii", "replace")
    if not data.startswith(kind) or not newline or not _ORIGIN.fullmatch(origin):
        what = "secret" if kind is _SECRET else "public"
        raise KeyMaterialError(f"not a creditshare file of {what} keys")
    return origin, keys
