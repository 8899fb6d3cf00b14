"""The library's side, through its public interface alone."""

from __future__ import annotations

import itertools

import creditshare as cs
from benchmarks import data
from benchmarks.clock import Clock
from benchmarks.exchange import NOW, ORIGIN
from benchmarks.place import Place
from creditshare.audit import AuditedBy, AuditKey, AuditLog, AuditStore
from creditshare.screening import Screener

__all__ = [
    "CALLS",
    "apply",
    "parse_and_tag",
    "record",
    "review",
    "screen_hit",
    "screen_many",
    "screen_one",
    "screen_one_audit",
    "screen_one_audit_durable",
    "screen_one_roster",
    "seal",
]

CALLS = 20_000
_BATCH = 1000
_PURPOSE = cs.Purpose.CREDIT_APPLICATION


def parse_and_tag(place: Place, clock: Clock) -> int:
    """Messy numbers to tokens, in batches; what is no number is refused, row by row."""
    source, parse, refused = place.exchange.key, cs.ResidentID.parse, 0
    with clock.running():
        rows = clock.outside(data.messy_numbers(place.n))
        while batch := list(itertools.islice(rows, _BATCH)):
            parsed = []
            for row in batch:
                try:
                    parsed.append(parse(row))
                except cs.CreditshareError:
                    refused += 1
            source.evaluate(parsed)
    return place.n


def review(place: Place, clock: Clock) -> int:
    """Listings through every rule of the Chinese rulebook, one at a time."""
    with clock.running():
        return sum(1 for _ in data.cleared(clock.outside(data.listings(place.n))))


def record(place: Place, clock: Clock) -> int:
    """Cleared listings onto a new ledger, in one transaction; the review is outside the clock."""
    tokens = place.exchange.tokens
    with cs.LedgerStore(place.fresh(place.ledger)) as store:
        ledger = cs.Ledger(store, origin=ORIGIN)
        with clock.running():
            drafts = data.listings(place.n)
            done = ledger.record(clock.outside(data.cleared(drafts)), tokens=tokens, at=NOW)
    if done.listed != place.n:
        raise ValueError("the ledger did not record every listing")
    return done.listed


def seal(place: Place, clock: Clock) -> int:
    """A full bundle of that ledger, to two recipients."""
    exchange = place.exchange
    with cs.LedgerStore(place.ledger) as store:
        ledger = cs.Ledger(store, origin=ORIGIN)
        with clock.running():
            ledger.seal(place.bundle, by=exchange.bank, to=exchange.recipients, at=NOW)
    return place.n


def apply(place: Place, clock: Clock) -> int:
    """Open that bundle and apply it to a new registry."""
    exchange, roster = place.exchange, place.exchange.roster
    with cs.RegistryStore(place.fresh(place.registry)) as store:
        registry = cs.Registry(store)
        with (
            clock.running(),
            cs.open_bundle(place.bundle, by=exchange.readers[0], roster=roster, at=NOW) as bundle,
        ):
            applied = registry.apply(bundle, tokens=exchange.tokens, at=NOW)
    if applied.live != place.n:
        raise ValueError("the registry does not hold every listing")
    return applied.live


def screen_one(place: Place, clock: Clock) -> int:
    """One applicant a call, one call in a hundred a hit."""
    return _one_by_one(place, clock, data.HIT_EVERY)


def screen_one_roster(place: Place, clock: Clock) -> int:
    """The same with the roster, which checks who may issue today."""
    return _one_by_one(place, clock, data.HIT_EVERY, roster=place.exchange.roster)


def screen_one_audit(place: Place, clock: Clock) -> int:
    """Without a roster, each query written down before it is answered, safe from `kill -9`."""
    return _audited(place, clock, durable=False)


def screen_one_audit_durable(place: Place, clock: Clock) -> int:
    """The same, safe from a power cut."""
    return _audited(place, clock, durable=True)


def screen_hit(place: Place, clock: Clock) -> int:
    """One applicant a call, every one of them listed."""
    return _one_by_one(place, clock, 1)


def screen_many(place: Place, clock: Clock) -> int:
    """A stream of as many applicants as listings, one in a hundred a hit, in one call."""
    with cs.RegistryStore(place.registry) as store:
        screener = _screener(place, store)
        stream = clock.outside(data.applicants(place.n, place.n))
        with clock.running():
            answers = screener.screen(stream, purpose=_PURPOSE, at=NOW)
            hits = sum(answer.outcome is cs.Outcome.MATCH for answer in answers)
    _check_hits(hits, place.n, data.HIT_EVERY)
    return place.n


def _audited(place: Place, clock: Clock, *, durable: bool) -> int:
    with AuditStore(place.fresh(place.audit), durable=durable) as store:
        log = AuditLog(store, key=AuditKey.generate())
        asker = AuditedBy(log, caller="desk-7", consent="c 1")
        return _one_by_one(place, clock, data.HIT_EVERY, audit=asker)


def _one_by_one(
    place: Place,
    clock: Clock,
    every: int,
    *,
    roster: cs.Roster | None = None,
    audit: AuditedBy | None = None,
) -> int:
    calls, hits = min(place.n, CALLS), 0

    with cs.RegistryStore(place.registry) as store:
        screener = _screener(place, store, roster)

        def ask(applicant: cs.Applicant) -> None:
            nonlocal hits
            (answer,) = screener.screen([applicant], purpose=_PURPOSE, at=NOW, audit=audit)
            hits += answer.outcome is cs.Outcome.MATCH

        with clock.running():
            clock.calls(ask, data.applicants(calls, place.n, every))
    _check_hits(hits, calls, every)
    return calls


def _screener(place: Place, store: cs.RegistryStore, roster: cs.Roster | None = None) -> Screener:
    return Screener(
        cs.Registry(store),
        tokens=place.exchange.tokens,
        role=cs.Role.LENDER,
        measures=cs.measures("cn"),
        roster=roster,
    )


def _check_hits(hits: int, asked: int, every: int) -> None:
    if hits != -(-asked // every):
        raise ValueError("screening did not find everyone who is listed")
