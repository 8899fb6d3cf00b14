"""Where the processes of a run leave things for each other."""

from __future__ import annotations

from pathlib import Path

import attrs

from benchmarks.exchange import Exchange

__all__ = ["Place"]


@attrs.frozen
class Place:
    """A folder of one amount of records.

    Attributes:
        folder: Where.
        n: How many records.
    """

    folder: Path
    n: int

    @property
    def exchange(self) -> Exchange:
        """The agencies and keys."""
        return Exchange.load(self.folder)

    @property
    def ledger(self) -> Path:
        """The issuer's database."""
        return self.folder / "ledger.db"

    @property
    def bundle(self) -> Path:
        """The sealed bundle."""
        return self.folder / "0001.csb"

    @property
    def registry(self) -> Path:
        """The recipient's database."""
        return self.folder / "registry.db"

    @property
    def floor(self) -> Path:
        """What a bundle says, in three bare tables."""
        return self.folder / "floor.db"

    @property
    def lines(self) -> Path:
        """The incumbent's file."""
        return self.folder / "listings.jsonl.age"

    @property
    def age_keys(self) -> Path:
        """The secret keys of the incumbent's recipients."""
        return self.folder / "age.keys"

    def fresh(self, path: Path) -> Path:
        """The same path, with nothing of a database there any more."""
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        return path
