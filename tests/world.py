"""A small exchange for the tests: real keys, real files, generated borrowers."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs

import creditshare as cs
from creditshare.identifiers.iso7064 import mod_11_2
from creditshare.ledger import Recorded, Sealed
from creditshare.registry import Applied
from creditshare.screening import Screening

NOW = dt.datetime(2026, 11, 23, 4, tzinfo=dt.UTC)
TODAY = NOW.date()
DAY = dt.timedelta(days=1)
LICENCE = cs.roster.Licence("L-2020-1", dt.date(2020, 1, 1))
EPOCH = cs.Epoch("2026H2", NOW - 100 * DAY, NOW + 100 * DAY)


def shows(text: str) -> bool:
    """Whether a generated text shows a letter, digit, sign or symbol, as a listing's must."""
    drawn = (char for char in text if char not in "\u115f\u1160\u2800\u3164\uffa0")
    return any(unicodedata.category(char)[0] in "LNPS" for char in drawn)


def decided(on: dt.date) -> cs.Decision:
    """A decision of that day."""
    return cs.Decision(
        on, "Absconded with means to pay; no answer to the notice.", "credit committee"
    )


DECISION = decided(dt.date(2026, 11, 2))
REMEDY = "Object in writing to the custodian within 15 days of service."


def number(serial: int, born: dt.date = dt.date(1980, 5, 17)) -> str:
    """A valid resident number in region 888888, which was never assigned to anybody."""
    digits = f"888888{born:%Y%m%d}{serial:03d}"
    return digits + mod_11_2(digits)


def person(serial: int, **changes: Any) -> cs.Borrower:
    """A generated person, named after the serial."""
    values: dict[str, Any] = {"name": f"测试{serial}"} | changes
    return cs.Borrower.person(cs.ResidentID.parse(number(serial)), **values)


def listing(serial: int = 1, **changes: Any) -> cs.Listing:
    """A listing that every rule clears on `TODAY`."""
    values: dict[str, Any] = {
        "borrower": person(serial),
        "obligation": cs.Obligation(
            "某某网贷", cs.Money(2_000_000, "CNY"), cs.Money(1_500_000, "CNY"), dt.date(2018, 3, 1)
        ),
        "conduct": cs.Conduct(cs.model.ConductCode.ABSCOND, dt.date(2019, 3, 1)),
        "basis": cs.LegalBasis(
            cs.model.BasisKind.WORKING_GROUP_NOTICE, "整治办函〔2018〕", "1", "2018"
        ),
        "notice": cs.Notice(dt.date(2026, 10, 1), cs.model.ServiceMethod.POST, REMEDY),
        "decision": DECISION,
        "evidence": [
            cs.Evidence(
                bytes(32),
                "contact log",
                [
                    cs.model.Proves.CONDUCT,
                    cs.model.Proves.CONTACT_ATTEMPTS,
                    cs.model.Proves.ABILITY_TO_PAY,
                ],
                disclosed=dt.date(2026, 10, 1),
            )
        ],
    }
    return cs.Listing(**(values | changes))


PLATFORM = cs.roster.RosterEntry("platform", None, [cs.Role.ISSUER], LICENCE, "custodian", LICENCE)


def cleared(
    *listings: cs.Listing, on: dt.date = TODAY, issuer: cs.roster.RosterEntry = PLATFORM
) -> tuple[cs.rules.ClearedListing, ...]:
    """The listings, each after a review of its own for an issuer that refuses none of them."""
    book, catalogue = cs.rulebook("cn"), cs.measures("cn")
    found = [book.review_one(item, on=on, issuer=issuer, catalogue=catalogue) for item in listings]
    clear = tuple(item for item in found if isinstance(item, cs.rules.ClearedListing))
    assert len(listings) == len(clear)
    return clear


def as_held(drafted: cs.Listing) -> cs.Listing:
    """The listing as a ledger holds it after `cleared`: it names the rulebook."""
    return attrs.evolve(drafted, cleared_by=cs.rulebook("cn").name)


def applicant(serial: int = 1, **changes: Any) -> cs.Applicant:
    """The applicant whom `listing(serial)` is about."""
    values: dict[str, Any] = {
        "identifiers": [cs.ResidentID.parse(number(serial))],
        "name": f"测试{serial}",
        "birth_date": dt.date(1980, 5, 17),
        "reference": f"a{serial}",
    }
    return cs.Applicant(**(values | changes))


@attrs.define
class World:
    """An exchange: a steward, a custodian for a platform that left, an issuing bank, two readers.

    Attributes:
        folder: Where its files go.
    """

    folder: Path
    steward: cs.Agency = attrs.field(factory=lambda: cs.Agency.generate("steward"))
    custodian: cs.Agency = attrs.field(factory=lambda: cs.Agency.generate("custodian"))
    bank: cs.Agency = attrs.field(factory=lambda: cs.Agency.generate("bank"))
    lender: cs.Agency = attrs.field(factory=lambda: cs.Agency.generate("lender"))
    insurer: cs.Agency = attrs.field(factory=lambda: cs.Agency.generate("insurer"))
    key: cs.TokenKey = attrs.field(factory=lambda: cs.TokenKey.generate(EPOCH))
    _stores: list[cs.LedgerStore | cs.RegistryStore] = attrs.field(factory=list, init=False)

    @property
    def tokens(self) -> cs.TokenKeyring:
        """The exchange's one epoch."""
        return cs.TokenKeyring([self.key])

    def entries(self) -> list[cs.roster.RosterEntry]:
        """One entry for each institution; `platform` left the market."""
        entry, role = cs.roster.RosterEntry, cs.Role
        return [
            entry("steward", self.steward.keys.public, [role.STEWARD]),
            entry("custodian", self.custodian.keys.public, [role.CUSTODIAN], LICENCE),
            PLATFORM,
            entry("bank", self.bank.keys.public, [role.ISSUER, role.LENDER], LICENCE),
            entry("lender", self.lender.keys.public, [role.LENDER]),
            entry("insurer", self.insurer.keys.public, [role.INSURER]),
        ]

    def roster(self, **changes: cs.roster.RosterEntry) -> cs.Roster:
        """The roster, with some entries replaced (by origin)."""
        entries = [changes.get(entry.origin, entry) for entry in self.entries()]
        return cs.Roster("exchange", 1, NOW - DAY, NOW + 365 * DAY, entries)

    @property
    def recipients(self) -> list[cs.PublicAgency]:
        """The two readers."""
        return [self.lender.public, self.insurer.public]

    def ledger(self, name: str = "ledger", origin: str = "platform") -> cs.Ledger:
        """A ledger in a file of the folder; the same name opens the same file."""
        store = cs.LedgerStore(self.folder / f"{name}.db")
        self._stores.append(store)
        return cs.Ledger(store, origin=origin)

    def registry(self, name: str = "registry") -> cs.Registry:
        """A registry in a file of the folder; the same name opens the same file."""
        store = cs.RegistryStore(self.folder / f"{name}.db")
        self._stores.append(store)
        return cs.Registry(store)

    def close(self) -> None:
        """Close every database that was opened here."""
        for store in self._stores:
            store.close()

    def record(self, ledger: cs.Ledger, *listings: cs.Listing, at: dt.datetime = NOW) -> Recorded:
        """Review and record listings."""
        issuer = self.roster().entry(ledger.origin)
        found = cleared(*listings, on=at.date(), issuer=issuer)
        return ledger.record(found, tokens=self.tokens, at=at)

    def seal(
        self,
        ledger: cs.Ledger,
        name: str,
        *,
        since: int | None = None,
        at: dt.datetime = NOW,
        by: cs.Agency | None = None,
        to: Sequence[cs.PublicAgency] | None = None,
    ) -> tuple[Path, Sealed]:
        """Seal a bundle into a file of the folder."""
        path = self.folder / name
        signer = by or (self.custodian if ledger.origin == "platform" else self.bank)
        return path, ledger.seal(path, by=signer, to=to or self.recipients, at=at, since=since)

    def apply(
        self, registry: cs.Registry, path: Path, *, at: dt.datetime = NOW, **changes: Any
    ) -> Applied:
        """Open a bundle as the lender and apply it."""
        tokens = changes.get("tokens", self.tokens)
        reader, roster = changes.get("by", self.lender), changes.get("roster", self.roster())
        with cs.open_bundle(path, by=reader, roster=roster, at=at) as bundle:
            return registry.apply(bundle, tokens=tokens, at=at)

    def screen(
        self,
        registry: cs.Registry,
        *applicants: cs.Applicant,
        at: dt.datetime = NOW,
        **changes: Any,
    ) -> list[Screening]:
        """Screen applicants as a lender."""
        asked: dict[str, Any] = {
            "tokens": self.tokens,
            "purpose": cs.Purpose.CREDIT_APPLICATION,
            "role": cs.Role.LENDER,
            "measures": cs.measures("cn"),
            "at": at,
        }
        return list(cs.screen(registry, applicants, **(asked | changes)))
