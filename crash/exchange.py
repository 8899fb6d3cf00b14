"""A small exchange in a folder: real keys, real files, generated borrowers."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable
from pathlib import Path
from typing import Self

import attrs

import creditshare as cs
from creditshare.identifiers.iso7064 import mod_11_2
from creditshare.registry import Applied
from creditshare.rules import MeasureCatalogue

__all__ = ["BUNDLES", "NOW", "PEOPLE", "Exchange", "draft", "listing_id"]

NOW = dt.datetime(2026, 11, 23, 4, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
# When each bundle is sealed; at the third, listings of an unconfirmed conduct have lapsed.
BUNDLES = {
    "0001.csb": NOW,
    "0002.csb": NOW + dt.timedelta(hours=1),
    "0003.csb": NOW + 190 * DAY,
}
PEOPLE = range(400)
_EPOCH = cs.Epoch("2026-27", NOW - DAY, NOW + 400 * DAY)
_LICENCE = cs.roster.Licence("L-2020-1", dt.date(2020, 1, 1))
_BORN = dt.date(1980, 5, 17)


def listing_id(serial: int) -> bytes:
    """The id of a borrower's one listing, the same in every process."""
    return serial.to_bytes(16, "big")


@attrs.frozen
class Exchange:
    """An issuer, a reader and their files in one folder.

    Attributes:
        folder: Where ledger, registry and bundles lie; the keys in a folder of it.
        issuer: Whose ledger it is.
        reader: Whose registry it is.
        tokens: The exchange's one epoch.
        roster: Who may issue.
    """

    folder: Path
    issuer: cs.Agency
    reader: cs.Agency
    tokens: cs.TokenKeyring
    roster: cs.Roster

    @classmethod
    def found(cls, folder: Path) -> Self:
        """A new exchange with fresh keys."""
        keys = folder / "keys"
        keys.mkdir(parents=True)
        for origin in ("issuer", "reader"):
            cs.Agency.generate(origin).save(keys / f"{origin}.key")
        (keys / "token.key").write_bytes(cs.TokenKey.generate(_EPOCH).master)
        return cls.load(folder)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The exchange of a folder, or of a copy of it."""
        keys = folder / "keys"
        issuer = cs.Agency.load(keys / "issuer.key")
        reader = cs.Agency.load(keys / "reader.key")
        tokens = cs.TokenKeyring([cs.TokenKey(_EPOCH, (keys / "token.key").read_bytes())])
        entries = [
            cs.roster.RosterEntry("issuer", issuer.public.keys, [cs.Role.ISSUER], _LICENCE),
            cs.roster.RosterEntry("reader", reader.public.keys, [cs.Role.LENDER]),
        ]
        roster = cs.Roster("exchange", 1, NOW - DAY, NOW + 400 * DAY, entries)
        return cls(folder, issuer, reader, tokens, roster)

    def ledger_store(self) -> cs.LedgerStore:
        """The ledger's database."""
        return cs.LedgerStore(self.folder / "ledger.db")

    def registry_store(self) -> cs.RegistryStore:
        """The registry's database."""
        return cs.RegistryStore(self.folder / "registry.db")

    def ledger(self, store: cs.LedgerStore) -> cs.Ledger:
        """The issuer's ledger."""
        return cs.Ledger(store, origin="issuer")

    def cleared(self, serials: Iterable[int]) -> tuple[cs.rules.ClearedListing, ...]:
        """One listing of each borrower, after review; those of even serials lapse unconfirmed."""
        drafts, issuer = map(draft, serials), self.roster.entry("issuer")
        return cs.rulebook("cn").review(drafts, on=NOW.date(), issuer=issuer).cleared

    def seal(self, ledger: cs.Ledger, name: str, *, since: int | None = None) -> None:
        """Seal one of `BUNDLES` for the reader."""
        path, at = self.folder / name, BUNDLES[name]
        ledger.seal(path, by=self.issuer, to=[self.reader.public], at=at, since=since)

    def apply(self, registry: cs.Registry, path: Path, at: dt.datetime) -> Applied:
        """Open a bundle as the reader and apply it."""
        with cs.open_bundle(path, by=self.reader, roster=self.roster, at=at) as bundle:
            return registry.apply(bundle, tokens=self.tokens, at=at)

    def matched(self, registry: cs.Registry, at: dt.datetime) -> frozenset[int]:
        """The borrowers, of all there are, whom the registry finds."""
        answers = cs.screen(
            registry,
            _applicants(),
            tokens=self.tokens,
            purpose=cs.Purpose.CREDIT_APPLICATION,
            role=cs.Role.LENDER,
            measures=_measures(),
            at=at,
            roster=self.roster,
        )
        found = zip(PEOPLE, answers, strict=True)
        return frozenset(serial for serial, it in found if it.outcome is cs.Outcome.MATCH)


def _identifier(serial: int) -> cs.ResidentID:
    # Region 888888 was never assigned to anybody.
    digits = f"888888{_BORN:%Y%m%d}{serial:03d}"
    return cs.ResidentID.parse(digits + mod_11_2(digits))


def draft(serial: int) -> cs.Listing:
    """A borrower's one listing, with notice and decision."""
    remedy = "Object in writing to the issuer within 15 days of service."
    ended = None if serial % 2 == 0 else dt.date(2025, 3, 1)
    return cs.Listing(
        cs.Borrower.person(_identifier(serial), name=f"测试{serial}"),
        cs.Obligation(
            "issuer", cs.Money(20_000_00, "CNY"), cs.Money(15_000_00, "CNY"), dt.date(2018, 3, 1)
        ),
        conduct=cs.Conduct(cs.model.ConductCode.ABSCOND, dt.date(2019, 3, 1), ended),
        basis=cs.LegalBasis(
            cs.model.BasisKind.WORKING_GROUP_NOTICE, "整治办函〔2018〕", "1", "2018"
        ),
        notice=cs.Notice(dt.date(2026, 10, 1), cs.model.ServiceMethod.POST, remedy),
        decision=cs.Decision(dt.date(2026, 11, 2), "Absconded with means to pay.", "committee"),
        evidence=[
            cs.Evidence(
                bytes(32),
                "contact log",
                [
                    cs.model.Proves.CONDUCT,
                    cs.model.Proves.CONTACT_ATTEMPTS,
                    cs.model.Proves.ABILITY_TO_PAY,
                ],
                dt.date(2026, 10, 1),
            )
        ],
        id=listing_id(serial),
    )


@functools.cache
def _applicants() -> tuple[cs.Applicant, ...]:
    return tuple(
        cs.Applicant([_identifier(serial)], name=f"测试{serial}", birth_date=_BORN)
        for serial in PEOPLE
    )


@functools.cache
def _measures() -> MeasureCatalogue:
    return cs.measures("cn")
