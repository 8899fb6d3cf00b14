"""The agencies, the roster and the keys of a run, in files that its processes share."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Self

import attrs

import creditshare as cs
from benchmarks.data import TODAY

__all__ = ["NOW", "ORIGIN", "Exchange"]

NOW = dt.datetime.combine(TODAY, dt.time(4), dt.UTC)
ORIGIN = "bank"
_DAY = dt.timedelta(days=1)
_NAMES = (ORIGIN, "lender", "insurer")


@attrs.frozen
class Exchange:
    """An issuing bank and two recipients.

    Attributes:
        bank: Who issues.
        readers: Who receives.
    """

    bank: cs.Agency
    readers: tuple[cs.Agency, ...]

    @classmethod
    def found(cls, folder: Path) -> None:
        """Make fresh keys where a folder has none."""
        for name in _NAMES:
            if not (folder / f"{name}.key").exists():
                cs.Agency.generate(name).save(folder / f"{name}.key")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `found` made."""
        bank, *readers = (cs.Agency.load(folder / f"{name}.key") for name in _NAMES)
        return cls(bank, tuple(readers))

    @property
    def recipients(self) -> list[cs.PublicAgency]:
        """The public sides of the readers."""
        return [reader.public for reader in self.readers]

    @property
    def roster(self) -> cs.Roster:
        """Who may issue."""
        licence, entry = cs.roster.Licence("licence 17", dt.date(2020, 1, 1)), cs.roster.RosterEntry
        return cs.Roster("exchange", 1, NOW - _DAY, NOW + 365 * _DAY, [
            entry(ORIGIN, self.bank.public.keys, [cs.Role.ISSUER, cs.Role.LENDER], licence),
            entry("lender", self.readers[0].public.keys, [cs.Role.LENDER]),
            entry("insurer", self.readers[1].public.keys, [cs.Role.INSURER]),
        ])  # fmt: skip

    @property
    def key(self) -> cs.TokenKey:
        """The token key; a fixed one, so that every run stores the same bytes."""
        return cs.TokenKey(cs.Epoch("2026H2", NOW - 90 * _DAY, NOW + 90 * _DAY), bytes(range(32)))

    @property
    def tokens(self) -> cs.TokenKeyring:
        """A keyring of that one key."""
        return cs.TokenKeyring([self.key])
