"""What is interrupted: five operations, each a row of steps that are all or nothing.

Each is a generator: it opens the database and yields, yields after every step, and closes the
database at its end. A yield is an acknowledgement: what was done before it must survive. A step
may be done again by someone who does not know whether it was done.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator

import attrs

import creditshare as cs
from crash.exchange import BUNDLES, NOW, Exchange, listing_id
from crash.life import LIFE, take
from creditshare.errors import NotListedError

__all__ = ["OPERATIONS", "Operation"]

_HELD = range(150)
_NEW = range(150, 390)
_BATCH = 20
_WITHDRAWN = range(0, 150, 6)
_LIVES = (391, 393)
_STEPS = [(serial, step) for serial in _LIVES for step in (*LIFE, None)]  # each ends in a purge


@attrs.frozen
class Operation:
    """Something an agency does.

    Attributes:
        name: In one word.
        steps: How many steps it has.
        prepare: Makes the state before it, in a new exchange.
        run: Does it from a step on; yields once opened and after each step.
    """

    name: str
    steps: int
    prepare: Callable[[Exchange], None]
    run: Callable[[Exchange, int], Generator[None]]


def _begin(exchange: Exchange) -> None:
    """A ledger whose first state was sealed."""
    with exchange.ledger_store() as store:
        ledger = exchange.ledger(store)
        ledger.record(exchange.cleared(_HELD), tokens=exchange.tokens, at=NOW)
        exchange.seal(ledger, "0001.csb")


def _record(exchange: Exchange, first: int) -> Generator[None]:
    batches = [
        exchange.cleared(_NEW[start : start + _BATCH]) for start in range(0, len(_NEW), _BATCH)
    ]
    with exchange.ledger_store() as store:
        ledger = exchange.ledger(store)
        yield
        for batch in batches[first:]:
            ledger.record(batch, tokens=exchange.tokens, at=NOW)
            yield


def _withdraw(exchange: Exchange, first: int) -> Generator[None]:
    with exchange.ledger_store() as store:
        ledger = exchange.ledger(store)
        yield
        for serial in _WITHDRAWN[first:]:
            with contextlib.suppress(NotListedError):  # withdrawn already, if this is done again
                ledger.withdraw(_settled(serial), at=NOW)
            yield


def _begin_sealing(exchange: Exchange) -> None:
    """A ledger with something to say, and listings that will have lapsed at the third seal."""
    _begin(exchange)
    with exchange.ledger_store() as store:
        exchange.ledger(store).record(exchange.cleared(_NEW), tokens=exchange.tokens, at=NOW)


def _seal(exchange: Exchange, first: int) -> Generator[None]:
    with exchange.ledger_store() as store:
        ledger = exchange.ledger(store)
        yield
        for name, since in (("0002.csb", 1), ("0003.csb", None))[first:]:
            exchange.seal(ledger, name, since=since)
            yield


def _begin_applying(exchange: Exchange) -> None:
    """Three bundles, a delta with withdrawals between two full ones; an empty registry."""
    _begin(exchange)
    with exchange.ledger_store() as store:
        ledger = exchange.ledger(store)
        ledger.record(exchange.cleared(_NEW), tokens=exchange.tokens, at=NOW)
        for serial in _WITHDRAWN:
            ledger.withdraw(_settled(serial), at=NOW)
        exchange.seal(ledger, "0002.csb", since=1)
        exchange.seal(ledger, "0003.csb")
    exchange.registry_store().close()


def _apply(exchange: Exchange, first: int) -> Generator[None]:
    with exchange.registry_store() as store:
        registry = cs.Registry(store)
        yield
        for name, at in list(BUNDLES.items())[first:]:
            exchange.apply(registry, exchange.folder / name, at)
            yield


def _live(exchange: Exchange, first: int) -> Generator[None]:
    with exchange.ledger_store() as store:
        ledger = exchange.ledger(store)
        yield
        for serial, step in _STEPS[first:]:
            if step is None:
                ledger.purge(NOW)
            else:
                take(step, ledger, serial, exchange)
            yield


def _settled(serial: int) -> cs.Withdrawal:
    return cs.Withdrawal(listing_id(serial), cs.model.WithdrawalReason.SETTLED, NOW.date())


OPERATIONS = {
    operation.name: operation
    for operation in (
        Operation("record", -(-len(_NEW) // _BATCH), _begin, _record),
        Operation("seal", 2, _begin_sealing, _seal),
        Operation("apply", len(BUNDLES), _begin_applying, _apply),
        Operation("withdraw", len(_WITHDRAWN), _begin, _withdraw),
        Operation("live", len(_STEPS), _begin, _live),
    )
}
