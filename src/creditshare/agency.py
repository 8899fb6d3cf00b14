"""An agency of the exchange: its stable origin and its keys."""

from __future__ import annotations

import re
from typing import Self

import attrs

from creditshare.arguments import expect
from creditshare.crypto.keys import SECRET_SIZE, PublicKeys, SecretKeys
from creditshare.errors import Fault, InvalidValueError, KeyMaterialError
from creditshare.files import PathLike, read_regular, replacing

__all__ = ["Agency", "PublicAgency", "check_origin"]

_ORIGIN = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?", re.ASCII)
_MAGIC = b"CSSECRET1\n"


def check_origin(origin: object, field: str = "origin") -> None:
    """An origin names a log for ever: 1 to 64 of ``a-z 0-9 . -``, a letter or digit at each end.

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


@attrs.frozen
class Agency:
    """An agency with its secret keys, which never show in a `repr`."""

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
        """Write the secret keys to a file that only its owner may read (mode 0600)."""
        with replacing(path, mode=0o600) as file:
            file.write(_MAGIC + self.origin.encode("ascii") + b"\n" + self.keys.raw)

    @classmethod
    def load(cls, path: PathLike) -> Self:
        """Read what `save` wrote.

        Raises:
            FileError: if the file cannot be read.
            KeyMaterialError: if it is not a key file.
        """
        data = read_regular(path, limit=1024)
        origin, newline, keys = data.removeprefix(_MAGIC).partition(b"\n")
        if not data.startswith(_MAGIC) or not newline or len(keys) != SECRET_SIZE:
            raise KeyMaterialError("not a creditshare key file")
        try:
            return cls(origin.decode("ascii", "replace"), SecretKeys(keys))
        except InvalidValueError:
            raise KeyMaterialError("not a creditshare key file") from None
