"""A listing that clears in each packaged rulebook, and every packaged rulebook by its id."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from importlib import resources
from typing import Any

import attrs

import creditshare as cs
from creditshare.model import BasisKind, ConductCode, Evidence, Parties, Proves, Role
from creditshare.rules import ClearedListing, Refused
from world import DECISION, LICENCE, PLATFORM, REMEDY, TODAY, listing

Changes = dict[str, Any]
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
) -> ClearedListing | Refused:
    """Review a listing by a packaged rulebook, or by `rulebook` if given."""
    rules: cs.rules.Rulebook = asked.pop("rulebook", RULEBOOKS[book])
    return rules.review_one(drafted, on=on, **({"issuer": issuer(book)} | asked))


# -- How a draft is changed ----------------------------------------------------------------------


def told(result: ClearedListing | Refused) -> list[str]:
    """The rules that refuse, in order, each once."""
    reasons = () if isinstance(result, ClearedListing) else result.reasons
    return list(dict.fromkeys(why.rule.id for why in reasons))


def changed(field: str, **values: Any) -> Callable[[cs.Listing], Changes]:
    """A change within a part of the listing."""
    return lambda base: {field: attrs.evolve(getattr(base, field), **values)}


def given_as(**values: Any) -> Callable[[cs.Listing], Changes]:
    """A part of the listing put in its place."""
    return lambda _: values


def asked(**values: Any) -> Callable[[cs.Listing], Changes]:
    """Nothing changed in the listing, but in how the review is asked."""
    return lambda _: {"asked": values}


def proving(*kept: Proves, **values: Any) -> Callable[[cs.Listing], Changes]:
    """The same documents, proving less or disclosed otherwise."""

    def change(base: cs.Listing) -> Changes:
        given: Changes = values | ({"proves": kept} if kept else {})
        return {"evidence": [attrs.evolve(item, **given) for item in base.evidence]}

    return change


def told_then(base: cs.Listing, served: dt.date, **decision: Any) -> Changes:
    """Notice and disclosure on another day."""
    assert base.notice is not None
    assert base.decision is not None
    return {
        "notice": attrs.evolve(base.notice, served=served),
        "decision": attrs.evolve(base.decision, **decision),
        "evidence": [attrs.evolve(item, disclosed=served) for item in base.evidence],
    }


def case(book: str, change: Callable[[cs.Listing], Changes]) -> tuple[cs.Listing, Changes]:
    """The draft of a rulebook with a change, and how its review is asked."""
    changes = change(draft(book))
    options = changes.pop("asked", {})
    return draft(book, **changes), options


def outcome(result: ClearedListing | Refused) -> list[str]:
    """What a review says, in words that do not depend on the texts."""
    if isinstance(result, ClearedListing):
        return [f"{result.first_day} to {result.last_day}"]
    return [f"{why.rule.id} {why.problem.code}" for why in result.reasons]
