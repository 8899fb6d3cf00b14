"""The steps of a case, from its preparation to its settlement, each taken once."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable

import attrs

import creditshare as cs
from crash.exchange import NOW, Exchange, draft, listing_id
from creditshare.calendars import PLAIN
from creditshare.errors import NotListedError
from creditshare.model import Step

__all__ = ["LIFE", "steps_of", "take"]

_TODAY = NOW.date()


def _prepare(ledger: cs.Ledger, listing: cs.Listing, _: Exchange) -> None:
    bare = attrs.evolve(listing, notice=None, decision=None)
    ledger.prepare(bare, rulebook=cs.rulebook("cn"), on=dt.date(2026, 9, 1), at=NOW)


def _serve(ledger: cs.Ledger, listing: cs.Listing, _: Exchange) -> None:
    assert listing.notice is not None  # noqa: S101 - it is whole
    ledger.serve(listing.id, listing.notice, at=NOW)


def _represent(ledger: cs.Ledger, listing: cs.Listing, _: Exchange) -> None:
    ledger.represent(listing.id, on=dt.date(2026, 10, 5), text="A letter.", at=NOW)


def _decide(ledger: cs.Ledger, listing: cs.Listing, _: Exchange) -> None:
    assert listing.decision is not None  # noqa: S101 - it is whole
    ledger.decide(listing.id, listing.decision, at=NOW)


def _record(ledger: cs.Ledger, listing: cs.Listing, exchange: Exchange) -> None:
    cleared = exchange.cleared([int.from_bytes(listing.id, "big")])
    ledger.record(cleared, tokens=exchange.tokens, at=NOW)


def _dispute(ledger: cs.Ledger, listing: cs.Listing, _: Exchange) -> None:
    ledger.dispute(listing.id, on=_TODAY, calendar=PLAIN, text="It is paid.", at=NOW)


def _answer(ledger: cs.Ledger, listing: cs.Listing, _: Exchange) -> None:
    ledger.answer(listing.id, upheld=False, on=_TODAY, text="It is not.", at=NOW)


def _settle(ledger: cs.Ledger, listing: cs.Listing, exchange: Exchange) -> None:
    ledger.settle(listing.id, on=_TODAY, tokens=exchange.tokens, at=NOW)


_Take = Callable[[cs.Ledger, cs.Listing, Exchange], None]
LIFE: dict[Step, _Take] = {
    Step.PREPARED: _prepare,
    Step.NOTICE_SERVED: _serve,
    Step.REPRESENTED: _represent,
    Step.DECIDED: _decide,
    Step.LISTED: _record,
    Step.DISPUTED: _dispute,
    Step.ANSWERED: _answer,
    Step.SETTLED: _settle,
}


def take(step: Step, ledger: cs.Ledger, serial: int, exchange: Exchange) -> None:
    """Take one step of `LIFE` with a borrower's case, unless it was taken."""
    if step not in steps_of(ledger, serial):
        LIFE[step](ledger, draft(serial), exchange)


def steps_of(ledger: cs.Ledger, serial: int) -> tuple[Step, ...]:
    """What happened to a borrower's case, listed or not."""
    for told in (ledger.steps, lambda case: ledger.life(case).events):
        with contextlib.suppress(NotListedError):
            return tuple(event.step for event in told(listing_id(serial)))
    return ()
