"""The issuer's way through the library, as a type checker sees it. Checked, never run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import assert_type

import creditshare as cs
from creditshare.layouts import BatchFacts, RowRefusal, read_online_lending
from creditshare.ledger import Delivered, Recorded, Sealed
from creditshare.rules import ClearedListing, Reason, Refused


def listing(number: str, day: dt.date) -> cs.Listing:
    """A borrower is made of what a scheme's `parse` gives, and so is a listing of values."""
    identifier = cs.ResidentID.parse(number)
    assert_type(identifier, cs.ResidentID)
    borrower = assert_type(cs.Borrower.person(identifier, name="张三"), cs.Borrower)
    money = cs.Money(1_00, "CNY")
    obligation = cs.Obligation("bank-a", money, money, day)
    # What holds several takes any collection of them, and gives a tuple.
    evidence = cs.Evidence(bytes(32), "log", [cs.model.Proves.CONDUCT])
    assert_type(evidence.proves, tuple[cs.model.Proves, ...])
    draft = cs.Listing(borrower, obligation, evidence=[evidence])
    assert_type(draft.conduct, cs.Conduct | None)
    assert_type(draft.evidence, tuple[cs.Evidence, ...])
    return draft


def review(
    drafts: list[cs.Listing], day: dt.date, issuer: cs.roster.RosterEntry
) -> tuple[ClearedListing, ...]:
    """Only a review gives cleared listings, and it tells every reason of a refusal."""
    rules = cs.rulebook("cn")
    reviewed = rules.review(drafts, on=day, issuer=issuer)
    for refused in reviewed.refused:
        assert_type(refused.reasons, tuple[Reason, ...])
    assert_type(rules.review_one(drafts[0], on=day, issuer=issuer), ClearedListing | Refused)
    return reviewed.cleared


def ledger(
    agency: cs.Agency,
    to: list[cs.PublicAgency],
    tokens: cs.TokenKeyring,
    issuer: cs.roster.RosterEntry,
) -> None:
    """A ledger takes cleared listings, a stream of them too, and no draft."""
    now = dt.datetime.now(dt.UTC)
    drafts = [listing("888888198005170011", now.date())]
    with cs.LedgerStore("ledger.db") as store:
        assert_type(store, cs.LedgerStore)
        book = cs.Ledger(store, origin="bank-a")
        cleared = iter(review(drafts, now.date(), issuer))
        assert_type(book.record(cleared, tokens=tokens, at=now), Recorded)
        book.record(drafts, tokens=tokens, at=now)  # type: ignore[arg-type]
        book.record(cleared, tokens=tokens)  # type: ignore[call-arg]
        assert_type(book.seal(Path("0001.csb"), by=agency, to=to, at=now), Sealed)
        book.seal("0001.csb", by=agency.public, to=to, at=now)  # type: ignore[arg-type]
        book.seal("0001.csb", by=agency, to=[agency], at=now)  # type: ignore[list-item]
        assert_type(book.deliveries(), tuple[Delivered, ...])
        assert_type(book.deliveries()[0].since, int | None)
        book.withdraw(cs.Withdrawal(bytes(16), "settled", now.date()), at=now)  # type: ignore[arg-type]


def report(path: Path) -> Iterator[cs.Listing]:
    """A report gives drafts and refusals, which a caller must tell apart."""
    for item in read_online_lending(path, BatchFacts.load("batch.toml")):
        assert_type(item, cs.Listing | RowRefusal)
        if isinstance(item, cs.Listing):
            yield item
