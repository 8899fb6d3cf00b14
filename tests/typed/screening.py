"""The recipient's way through the library, as a type checker sees it. Checked, never run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import assert_never, assert_type

import creditshare as cs
from creditshare.audit import AuditedBy, AuditKey, AuditStore, Head, Query
from creditshare.identifiers import Identifier, Passport, PermanentResidentID
from creditshare.registry import Applied
from creditshare.roster import Licence, RosterEntry
from creditshare.rules import Measure
from creditshare.screening import Match, ReviewReason, Screening
from creditshare.tokens import Epoch, Token, TokenSource


def roster(bank: cs.Agency, steward: cs.PublicAgency, now: dt.datetime) -> cs.Roster:
    """A roster is made of entries, and opened with the steward's public keys alone."""
    entry = RosterEntry("bank-a", bank.public.keys, [cs.Role.ISSUER], Licence("1", now.date()))
    made = cs.Roster("exchange", 1, now, now, [entry])
    assert_type(made.entries, tuple[RosterEntry, ...])
    cs.Roster.open(made.sign(bank), steward=steward, at=now)  # type: ignore[arg-type]
    return assert_type(cs.Roster.open(made.sign(bank), steward=steward.keys, at=now), cs.Roster)


def receive(bank: cs.Agency, known: cs.Roster, tokens: cs.TokenKeyring) -> cs.Registry:
    """What is applied is an opened bundle, and nothing else makes one."""
    now = dt.datetime.now(dt.UTC)
    registry = cs.Registry(cs.RegistryStore("registry.db"))
    with cs.open_bundle("0001.csb", by=bank, roster=known, at=now) as bundle:
        assert_type(bundle, cs.bundle.OpenedBundle)
        assert_type(registry.apply(bundle, tokens=tokens, at=now), Applied)
    registry.apply("0001.csb", tokens=tokens, at=now)  # type: ignore[arg-type]
    return registry


def screen(registry: cs.Registry, tokens: cs.TokenKeyring, audit: AuditedBy) -> Iterator[Match]:
    """A screening needs purpose, role and catalogue, and answers one of four outcomes."""
    asked = [
        cs.Applicant([cs.ResidentID.parse("888888198005170011")], name="张三"),
        cs.Applicant((Passport.parse("500123450", "GB"), PermanentResidentID.parse("…"))),
    ]
    now, measures = dt.datetime.now(dt.UTC), cs.measures("cn")
    cs.screen(registry, asked, tokens=tokens, measures=measures, at=now)  # type: ignore[call-arg]
    answers = cs.screen(
        registry,
        asked,
        tokens=tokens,
        purpose=cs.Purpose.CREDIT_APPLICATION,
        role=cs.Role.LENDER,
        measures=measures,
        at=now,
        audit=audit,
    )
    assert_type(answers, Iterator[Screening])
    for answer in answers:
        match answer.outcome:
            case cs.Outcome.MATCH:
                yield from answer.matches
            case cs.Outcome.NEEDS_REVIEW:
                assert_type(answer.reviews[0].reasons, tuple[ReviewReason, ...])
                assert_type(answer.reviews[0].listing, cs.Listing | None)
            case cs.Outcome.STALE | cs.Outcome.CLEAR:
                assert_type(answer.consulted, tuple[str, ...])
            case _:
                assert_never(answer.outcome)


def tell(match: Match) -> tuple[Measure, ...]:
    """A match carries the listing and what is permitted; it does not change."""
    match.origin = "bank-b"  # type: ignore[misc]
    return assert_type(match.measures, tuple[Measure, ...])


def asked(store: AuditStore, match: Match) -> AuditedBy:
    """A log of queries is read back as values, and vouches for its head."""
    log = cs.AuditLog(store, key=AuditKey.generate())
    assert_type(log.verify(), Head)
    assert_type(log.queries_about(match.origin, match.listing_id), Iterator[Query])
    return AuditedBy(log, caller="desk-7", consent="consent 2026-0815")


class RemoteSource:
    """A token source of another's making needs no base class."""

    epoch: Epoch
    check: bytes

    def evaluate(self, identifiers: Sequence[Identifier]) -> list[Token]:
        """The tokens of a batch."""
        return [Token(bytes(16), bytes(32)) for _ in identifiers]


def keyring(key: cs.TokenKey, remote: RemoteSource) -> cs.TokenKeyring:
    """A keyring takes keys and remote sources alike."""
    source: TokenSource = remote
    return cs.TokenKeyring([key]).add(source).add(remote)
