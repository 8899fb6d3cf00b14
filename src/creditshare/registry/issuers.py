"""The issuers of one state of a registry, parsed once for as long as it lasts."""

from __future__ import annotations

from creditshare.bundle import Checkpoint
from creditshare.bundle.statement import CHECKPOINT_KIND
from creditshare.crypto.keys import PublicKeys
from creditshare.crypto.signing import verify
from creditshare.errors import SignatureError
from creditshare.stores.registry import IssuerRow, RegistryStore

__all__ = ["HeldIssuers", "IssuerCache"]


class HeldIssuers:
    """What is held of the issuers, by their numbers; made by `IssuerCache`.

    Args:
        rows: Those of the database.

    Attributes:
        checkpoints: The latest checkpoint of each.
        purged: The latest day under which records of each were purged.
    """

    def __init__(self, rows: list[IssuerRow]) -> None:
        self._rows = {row.id: row for row in rows}
        self._verified: dict[tuple[int, bytes], bool] = {}
        self.checkpoints = {row.id: Checkpoint.from_bytes(row.checkpoint) for row in rows}
        self.purged = {row.id: row.purged for row in rows}

    def signed_by(self, number: int, keys: PublicKeys) -> bool:
        """Whether an issuer's checkpoint verifies with these keys.

        Args:
            number: The issuer's number in this registry.
            keys: Those that must have signed.
        """
        asked = number, keys.raw
        if asked not in self._verified:
            self._verified[asked] = _verifies(self._rows[number], keys)
        return self._verified[asked]


class IssuerCache:
    """The issuers of a database's present state.

    Args:
        store: The registry's database.
    """

    def __init__(self, store: RegistryStore) -> None:
        self._store = store
        self._state: tuple[int, int] | None = None
        self._issuers = HeldIssuers([])

    def current(self) -> HeldIssuers:
        """The issuers; the same object until the database is changed. Call it in a snapshot."""
        state = self._store.state()
        if state != self._state:
            self._issuers, self._state = HeldIssuers(self._store.issuers()), state
        return self._issuers


def _verifies(row: IssuerRow, keys: PublicKeys) -> bool:
    try:
        verify(CHECKPOINT_KIND, row.checkpoint, row.signature, keys)
    except SignatureError:
        return False
    return True
