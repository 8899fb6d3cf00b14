"""The library's side, through its public interface alone."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator

import creditshare as cs
from benchmarks import data
from benchmarks.clock import Clock
from benchmarks.exchange import NOW, ORIGIN
from benchmarks.place import Place
from creditshare.screening import Screening

__all__ = [
    "CALLS",
    "apply",
    "parse_and_tag",
    "record",
    "screen_hit",
    "screen_many",
    "screen_one",
    "screen_one_roster",
    "seal",
]

CALLS = 20_000
_BATCH = 1000


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


def record(place: Place, clock: Clock) -> int:
    """Cleared listings onto a new ledger, in one transaction; the review is outside the clock."""
    tokens = place.exchange.tokens
    with cs.LedgerStore(place.fresh(place.ledger)) as store:
        ledger = cs.Ledger(store, origin=ORIGIN)
        with clock.running():
            done = ledger.record(clock.outside(data.cleared(place.n)), tokens=tokens, at=NOW)
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
    return _one_by_one(place, clock, data.HIT_EVERY, place.exchange.roster)


def screen_hit(place: Place, clock: Clock) -> int:
    """One applicant a call, every one of them listed."""
    return _one_by_one(place, clock, 1)


def screen_many(place: Place, clock: Clock) -> int:
    """A stream of as many applicants as listings, one in a hundred a hit, in one call."""
    with cs.RegistryStore(place.registry) as store:
        screening = _screening(place, store, None)
        stream = clock.outside(data.applicants(place.n, place.n))
        with clock.running():
            hits = sum(answer.outcome is cs.Outcome.MATCH for answer in screening(stream))
    _check_hits(hits, place.n, data.HIT_EVERY)
    return place.n


def _one_by_one(place: Place, clock: Clock, every: int, roster: cs.Roster | None = None) -> int:
    calls, hits = min(place.n, CALLS), 0

    with cs.RegistryStore(place.registry) as store:
        screening = _screening(place, store, roster)

        def ask(applicant: cs.Applicant) -> None:
            nonlocal hits
            (answer,) = screening([applicant])
            hits += answer.outcome is cs.Outcome.MATCH

        with clock.running():
            clock.calls(ask, data.applicants(calls, place.n, every))
    _check_hits(hits, calls, every)
    return calls


def _screening(
    place: Place, store: cs.RegistryStore, roster: cs.Roster | None
) -> Callable[[Iterable[cs.Applicant]], Iterator[Screening]]:
    return functools.partial(
        cs.screen,
        cs.Registry(store),
        tokens=place.exchange.tokens,
        purpose=cs.Purpose.CREDIT_APPLICATION,
        role=cs.Role.LENDER,
        measures=cs.measures("cn"),
        at=NOW,
        roster=roster,
    )


def _check_hits(hits: int, asked: int, every: int) -> None:
    if hits != -(-asked // every):
        raise ValueError("screening did not find everyone who is listed")
