"""After restart: nothing lost, nothing half applied, ledger and checkpoint agree.

The state found is compared, borrower by borrower, with the states that an undisturbed run goes
through. Beside that, every database must be sound, every bundle file whole, and what the ledger
says today must lead a fresh reader to exactly the listings that are live.
"""

from __future__ import annotations

import contextlib
import enum
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import attrs

import creditshare as cs
from crash.exchange import BUNDLES, NOW, PEOPLE, Exchange, listing_id
from crash.life import steps_of
from crash.operations import Operation
from creditshare.bundle import Checkpoint
from creditshare.errors import NotListedError
from creditshare.model import ListingStatus, Step

__all__ = ["NotSafeError", "Outcome", "State", "Verdict", "judge", "observe", "undisturbed"]


_FOUND = (ListingStatus.LISTED, ListingStatus.DISPUTED)


class NotSafeError(Exception):
    """Something was lost, half applied, or does not agree."""


class Outcome(enum.StrEnum):
    """What a restart finds of the step that was interrupted.

    Attributes:
        BEFORE: Nothing of it.
        EXPIRED: What was over is withdrawn, as it is before every write; nothing was sealed yet.
        UNSENT: The ledger remembers the seal; the file did not appear yet.
        AFTER: All of it, though nobody was told.
    """

    BEFORE = "before"
    EXPIRED = "expired"
    UNSENT = "unsent"
    AFTER = "after"


@attrs.frozen
class Told:
    """What a fresh reader knows once it was told everything.

    Attributes:
        sequence: Of the checkpoint it holds.
        size: Of the log.
        withdrawn: How many tombstones.
        matched: The borrowers it finds.
    """

    sequence: int
    size: int
    withdrawn: int
    matched: frozenset[int]


@attrs.frozen
class State:
    """Everything that the public interface tells of an exchange's folder.

    Attributes:
        listed: Borrowers whose listing is live.
        ended: Borrowers whose listing ended.
        lives: What happened to each borrower's case, step by step.
        sequence: Of the ledger's last checkpoint.
        deliveries: What was said to whom.
        says: What a reader learns if the ledger is sealed now.
        holds: What the registry holds, None before the first bundle.
        bundles: What a reader learns from the bundle files, None without any.
    """

    listed: frozenset[int]
    ended: frozenset[int]
    lives: tuple[tuple[Step, ...], ...]
    sequence: int
    deliveries: frozenset[tuple[int, int | None, tuple[str, ...]]]
    says: Told
    holds: Told | None
    bundles: tuple[tuple[str, int, int, int], ...]


@attrs.frozen
class Verdict:
    """What a restart found.

    Attributes:
        outcome: Of the interrupted step.
        unfinished_log: Whether a write-ahead log with content was left.
        temporary: How many temporary files were left.
    """

    outcome: Outcome
    unfinished_log: bool
    temporary: int


def undisturbed(operation: Operation, exchange: Exchange) -> list[State]:
    """The states an operation goes through: before it, and after each of its steps."""
    states = [observe(exchange)]
    for step in range(operation.steps):
        with contextlib.closing(operation.run(exchange, step)) as run:
            next(run)
            next(run)
        states.append(observe(exchange))
    return states


def judge(operation: Operation, folder: Path, acknowledged: int, states: list[State]) -> Verdict:
    """Restart after a kill, examine everything, and bring the operation to its end.

    Args:
        operation: What was interrupted.
        folder: What it left.
        acknowledged: How many of its steps were acknowledged before.
        states: Those of an undisturbed run.

    Raises:
        NotSafeError: if anything is not as it must be.
        CreditshareError: if the library refuses what was left.
    """
    log = any(path.stat().st_size for path in folder.glob("*-wal"))
    temporary = len(list(folder.glob(".*.part")))
    exchange = Exchange.load(folder)
    outcome = _outcome(observe(exchange), acknowledged, states)
    _check_databases(folder)
    for _ in operation.run(exchange, acknowledged):
        pass
    if observe(exchange) != states[-1]:
        raise NotSafeError("doing it again does not lead to the end of an undisturbed run")
    _check_databases(folder)
    return Verdict(outcome, log, temporary)


def observe(exchange: Exchange) -> State:
    """Look at everything an exchange's folder holds, and check that it agrees with itself.

    Raises:
        NotSafeError: if it does not.
    """
    with exchange.ledger_store() as store:
        ledger = exchange.ledger(store)
        checkpoint = ledger.last_checkpoint()
        if checkpoint is None:
            raise NotSafeError("the ledger lost its checkpoints")
        stands = {serial: _status(ledger, serial, checkpoint) for serial in PEOPLE}
        lives = tuple(steps_of(ledger, serial) for serial in PEOPLE)
        deliveries = frozenset((it.sequence, it.since, it.recipients) for it in ledger.deliveries())
    listed = frozenset(who for who, it in stands.items() if it in _FOUND)
    says = _what_the_ledger_says(exchange, checkpoint)
    if says.matched != listed:
        raise NotSafeError("a reader is not told exactly the listings that are live")
    return State(
        listed,
        frozenset(who for who, it in stands.items() if it is ListingStatus.WITHDRAWN),
        lives,
        checkpoint.sequence,
        deliveries,
        says,
        _what_the_registry_holds(exchange),
        _what_the_bundles_say(exchange),
    )


def _outcome(found: State, acknowledged: int, states: list[State]) -> Outcome:
    before = states[acknowledged]
    if found == before:
        return Outcome.BEFORE
    if acknowledged + 1 < len(states):
        after = states[acknowledged + 1]
        if found == after:
            return Outcome.AFTER
        if found == attrs.evolve(after, bundles=before.bundles):
            return Outcome.UNSENT
        over = attrs.evolve(before, listed=after.listed, ended=after.ended, says=found.says)
        over = attrs.evolve(over, lives=after.lives)
        told = attrs.evolve(found.says, sequence=after.says.sequence)
        if found == over and told == after.says:
            return Outcome.EXPIRED
    raise NotSafeError("the state is neither the one before the step nor the one after it")


def _status(ledger: cs.Ledger, serial: int, last: Checkpoint) -> ListingStatus | None:
    try:
        return ledger.status(listing_id(serial), max(NOW, last.issued_at))
    except NotListedError:
        return None


def _what_the_ledger_says(exchange: Exchange, last: Checkpoint) -> Told:
    """Seal a copy of the ledger for a fresh reader, at the moment of the last checkpoint."""
    with _copy(exchange) as copy:
        path, at = copy.folder / "told.csb", last.issued_at
        with copy.ledger_store() as store:
            ledger = copy.ledger(store)
            sealed = ledger.seal(path, by=copy.issuer, to=[copy.reader.public], at=at)
        told = sealed.checkpoint
        if told.sequence == last.sequence and told != last:
            raise NotSafeError("the ledger signs two checkpoints of one sequence number")
        if told.sequence > last.sequence and told.previous != last.digest:
            raise NotSafeError("a checkpoint does not follow the last one")
        with cs.RegistryStore(":memory:") as fresh:
            registry = cs.Registry(fresh)
            applied = copy.apply(registry, path, at)
            matched = copy.matched(registry, at)
        return Told(told.sequence, told.size, applied.withdrawn, matched)


def _what_the_registry_holds(exchange: Exchange) -> Told | None:
    if not (exchange.folder / "registry.db").exists():
        return None
    with exchange.registry_store() as store:
        registry = cs.Registry(store)
        if registry.evidence():
            raise NotSafeError("the registry blames the issuer")
        if not (held := registry.checkpoints()):
            return None
        at = held[0].issued_at
        matched = exchange.matched(registry, at)
        if len(matched) != held[0].live:
            raise NotSafeError("the registry does not hold what its checkpoint counts")
        with _copy(exchange) as copy, copy.registry_store() as again:
            name = f"{held[0].sequence:04}.csb"
            applied = copy.apply(cs.Registry(again), copy.folder / name, at)
        if not applied.already_held or applied.live != len(matched):
            raise NotSafeError("the registry does not hold the bundle that it says it holds")
        return Told(held[0].sequence, held[0].size, applied.withdrawn, matched)


def _what_the_bundles_say(exchange: Exchange) -> tuple[tuple[str, int, int, int], ...]:
    """Name, sequence, live and withdrawn listings of each bundle file; every one is whole."""
    with cs.RegistryStore(":memory:") as store:
        registry = cs.Registry(store)
        said = []
        for path in sorted(exchange.folder.glob("*.csb")):
            applied = exchange.apply(registry, path, BUNDLES[path.name])
            said.append((path.name, applied.checkpoint.sequence, applied.live, applied.withdrawn))
        return tuple(said)


def _check_databases(folder: Path) -> None:
    for path in folder.glob("*.db"):
        with contextlib.closing(sqlite3.connect(path)) as connection:
            if connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                raise NotSafeError(f"{path.name} is damaged")


@contextlib.contextmanager
def _copy(exchange: Exchange) -> Iterator[Exchange]:
    folder = exchange.folder.with_name(f"{exchange.folder.name}-copy")
    shutil.copytree(exchange.folder, folder)
    try:
        yield attrs.evolve(exchange, folder=folder)
    finally:
        shutil.rmtree(folder)
