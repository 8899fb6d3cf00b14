"""A listing that clears in each packaged rulebook, and every packaged rulebook by its id."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from importlib import resources
from typing import Any

import attrs

import creditshare as cs
from creditshare.model import BasisKind, ConductCode, Evidence, Parties, Proves, Role
from world import DECISION, LICENCE, PLATFORM, REMEDY, TODAY, listing

_DATA = resources.files("creditshare.rules") / "data"
RULEBOOKS: Mapping[str, cs.rules.Rulebook] = {
    name: cs.rulebook(name)
    for name in sorted(
        file.name.removesuffix(".toml")
        for file in _DATA.iterdir()
        if file.name.endswith(".toml") and "\n[rulebook]\n" in file.read_text("utf-8")
    )
    if name != "common"  # a part that others extend
}


def entry(*roles: Role) -> cs.roster.RosterEntry:
    """A licensed institution in these roles."""
    return cs.roster.RosterEntry("agency", None, roles, LICENCE, "custodian", LICENCE)


def proof(*proves: Proves, disclosed: dt.date | None = dt.date(2026, 10, 1)) -> list[Evidence]:
    """A manifest of one document."""
    return [Evidence(bytes(32), "a document", proves, disclosed)]


def _conduct(code: ConductCode, start: dt.date) -> cs.Conduct:
    return cs.Conduct(code, start)


_ABLE = proof(Proves.CONDUCT, Proves.ABILITY_TO_PAY)
_OWED = cs.Obligation(
    "bank", cs.Money(900_000_00, "CNY"), cs.Money(800_000_00, "CNY"), dt.date(2024, 3, 1)
)
_LATER: dict[str, Any] = {
    "obligation": _OWED,
    "conduct": _conduct(ConductCode.ASSET_TRANSFER, dt.date(2024, 4, 1)),
    "evidence": _ABLE,
}
_DRAFTS: Mapping[str, tuple[dict[str, Any], cs.roster.RosterEntry]] = {
    "cn-credit-reporting": ({}, PLATFORM),
    "cn-court-list": (
        _LATER
        | {
            "basis": cs.LegalBasis(
                BasisKind.JUDGMENT,
                "民初1号",
                "2",
                "2025",
                Parties(["测试1"], dt.date(2026, 11, 10)),
            ),
            "decision": attrs.evolve(DECISION, on=dt.date(2026, 10, 20)),
        },
        entry(Role.ISSUER, Role.COURT),
    ),
    "cn-serious-lists": (
        _LATER
        | {"basis": cs.LegalBasis(BasisKind.ADMINISTRATIVE_DECISION, "决定书1号", "1", "2026")},
        entry(Role.ISSUER, Role.AUTHORITY),
    ),
    "in-rbi": (
        {
            "obligation": cs.Obligation(
                "bank",
                cs.Money(40_00_000_00, "INR"),
                cs.Money(30_00_000_00, "INR"),
                dt.date(2026, 1, 10),
                non_performing=dt.date(2026, 4, 10),
            ),
            "conduct": _conduct(ConductCode.FUND_DIVERSION, dt.date(2026, 1, 5)),
            "notice": cs.Notice(dt.date(2026, 9, 1), cs.model.ServiceMethod.POST, REMEDY),
            "evidence": proof(Proves.CONDUCT, Proves.ABILITY_TO_PAY, disclosed=dt.date(2026, 9, 1)),
            "decision": cs.model.Decision(
                dt.date(2026, 10, 20),
                "Diverted to a relative's firm.",
                "review committee",
                proposed=dt.date(2026, 9, 25),
                heard=dt.date(2026, 10, 15),
            ),
        },
        entry(Role.ISSUER, Role.LENDER),
    ),
    "uk-credit-reference": (_LATER, entry(Role.LENDER)),
    "uk-cifas": (
        _LATER | {"conduct": _conduct(ConductCode.IDENTITY_FRAUD, dt.date(2024, 2, 1))},
        entry(Role.LENDER),
    ),
    "us-fcra": (_LATER, entry(Role.LENDER)),
    "eu-gdpr": (_LATER, entry(Role.LENDER)),
}


def draft(book: str, **changes: Any) -> cs.Listing:
    """A listing that clears in a rulebook on `TODAY`, changed."""
    return listing(**(_DRAFTS[book][0] | changes))


def issuer(book: str) -> cs.roster.RosterEntry:
    """Who may list in it."""
    return _DRAFTS[book][1]


def review(
    book: str, drafted: cs.Listing, on: dt.date = TODAY, **asked: Any
) -> cs.rules.ClearedListing | cs.rules.Refused:
    """Review a listing by a packaged rulebook, or by `rulebook` if given."""
    rules: cs.rules.Rulebook = asked.pop("rulebook", RULEBOOKS[book])
    return rules.review_one(drafted, on=on, **({"issuer": issuer(book)} | asked))
