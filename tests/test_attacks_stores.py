"""Databases changed by hand: whatever a reader meets there, it fails with the library's error."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import creditshare as cs
from creditshare.calendars import PLAIN
from creditshare.errors import CreditshareError
from creditshare.ledger import case_facts, listings_of, owed, standing, told, told_of_end, told_to
from creditshare.life import Cause
from creditshare.model import WithdrawalReason
from creditshare.registry import held_listings
from test_ledger_life import BOOK, NOTICE
from world import DAY, NOW, TODAY, World, applicant, cleared, listing, person

Read = Callable[[Any], object]
VALUES: tuple[Any, ...] = (None, "x", b"", b"\xff", 0, -1, -(2**62), 2**63 - 1)
WITNESS = "888888198005170011"


def columns(path: Path) -> list[tuple[str, str]]:
    """Each column of each table."""
    with closing(sqlite3.connect(path)) as opened:
        tables = [
            name for (name,) in opened.execute("SELECT name FROM sqlite_schema WHERE type='table'")
        ]
        return [
            (table, row[1])
            for table in tables
            for row in opened.execute(f"PRAGMA table_info({table})")
        ]


def spoilt(whole: Path, path: Path) -> Iterator[str]:
    """The database, with one column after the other changed to one value after the other."""
    for table, column in columns(whole):
        for value in (*VALUES, "half"):
            shutil.copyfile(whole, path)
            for suffix in ("-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
            with closing(sqlite3.connect(path)) as opened:
                named = "SELECT name, sql FROM sqlite_schema WHERE type='trigger'"
                guards = opened.execute(named).fetchall()
                for guard, _ in guards:
                    opened.execute(f"DROP TRIGGER {guard}")
                change = f"substr({column}, 1, length({column}) / 2)" if value == "half" else "?"
                given = () if value == "half" else (value,)
                with suppress(sqlite3.Error, OverflowError):  # the database itself refuses it
                    opened.execute(f"UPDATE {table} SET {column} = {change}", given)  # noqa: S608
                    for _, guard in guards:
                        opened.execute(guard)
                    opened.commit()
                    yield f"{table}.{column} = {value!r}"


def failures(reads: dict[str, Read], open_: Callable[[], Any], what: str) -> list[str]:
    """The readers that fail with what is not ours, or repeat an identifier."""
    found: list[str] = []
    with open_() as store:
        for name, read in reads.items():
            try:
                read(store)
            except CreditshareError as error:
                if WITNESS in str(error):
                    found.append(f"{what}: {name} tells it")
            except Exception as error:  # noqa: BLE001
                found.append(f"{what}: {name} raises {type(error).__name__}")
    return found


def _on(store: cs.LedgerStore) -> cs.Ledger:
    return cs.Ledger(store, origin="platform")


def reading_ledger(ids: list[bytes]) -> dict[str, Read]:
    """Every verb that reads a ledger."""
    number = person(1).identifiers[0]

    return {
        "listing": lambda store: _on(store).listing(ids[0]),
        "listed_on": lambda store: _on(store).listed_on(ids[0]),
        "status": lambda store: _on(store).status(ids[0], NOW),
        "life": lambda store: _on(store).life(ids[0]),
        "life of a case": lambda store: _on(store).life(ids[2]),
        "steps": lambda store: [_on(store).steps(item) for item in ids[:2]],
        "draft": lambda store: _on(store).draft(ids[2]),
        "fresh": lambda store: _on(store).fresh([listing(8)]),
        "live_listings_of": lambda store: _on(store).live_listings_of(number),
        "deliveries": lambda store: _on(store).deliveries(),
        "last_checkpoint": lambda store: _on(store).last_checkpoint(),
        "standing": lambda store: list(standing(store, at=NOW)),
        "owed": lambda store: owed(
            _on(store), at=NOW, within=9999 * DAY, calendar_of=lambda _: PLAIN
        ),
        "case_facts": lambda store: list(case_facts(store, at=NOW)),
        "told": lambda store: [told(store, item) for item in ids[:2]],
        "listings_of": lambda store: listings_of(store, number),
        "told_to": lambda store: told_to(store, "lender", ids),
        "told_of_end": lambda store: told_of_end(store, [("lender", ids[1])], 20_000),
    }


def test_a_ledger_changed_by_hand(world: World) -> None:
    """Whatever stands in any column of a ledger, every reader works or fails with our error."""
    ledger = world.ledger()
    live, gone, case = listing(1), listing(2), listing(3, notice=None, decision=None)
    ledger.record(cleared(live, gone), tokens=world.tokens, at=NOW)
    ledger.prepare(case, rulebook=BOOK, on=NOTICE.served, at=NOW)
    ledger.serve(case.id, NOTICE, at=NOW)
    world.seal(ledger, "1.csb")
    ledger.exempt(live.id, until=TODAY + DAY, on=TODAY, cause=Cause.DUTY, at=NOW)
    ledger.dispute(live.id, on=TODAY, calendar=PLAIN, text="the words", at=NOW)
    ledger.answer(live.id, upheld=True, on=TODAY, text="the answer", at=NOW)
    ledger.withdraw(cs.Withdrawal(gone.id, WithdrawalReason.SETTLED, TODAY), at=NOW)
    ledger.purge(NOW)
    world.close()
    path = world.folder / "spoilt.db"
    reads = reading_ledger([live.id, gone.id, case.id])
    found = [
        failure
        for what in spoilt(world.folder / "ledger.db", path)
        for failure in failures(reads, lambda: cs.LedgerStore(path), what)
    ]

    assert [] == found


def test_a_registry_changed_by_hand(world: World) -> None:
    """Whatever stands in any column of a registry, every reader works or fails with our error."""
    ledger, registry = world.ledger(), world.registry()
    live, gone = listing(1), listing(2)
    world.record(ledger, live, gone)
    world.apply(registry, world.seal(ledger, "1.csb")[0])
    ledger.dispute(live.id, on=TODAY, calendar=PLAIN, at=NOW)
    ledger.withdraw(cs.Withdrawal(gone.id, WithdrawalReason.SETTLED, TODAY), at=NOW)
    world.apply(registry, world.seal(ledger, "2.csb", since=1)[0])
    registry.purge(NOW)
    world.close()
    path = world.folder / "spoilt.db"
    reads: dict[str, Read] = {
        "screen": lambda store: world.screen(cs.Registry(store), applicant(1)),
        "checkpoints": lambda store: cs.Registry(store).checkpoints(),
        "evidence": lambda store: cs.Registry(store).evidence(),
        "held_listings": lambda store: list(held_listings(store, at=NOW)),
    }
    found = [
        failure
        for what in spoilt(world.folder / "registry.db", path)
        for failure in failures(reads, lambda: cs.RegistryStore(path), what)
    ]

    assert [] == found
