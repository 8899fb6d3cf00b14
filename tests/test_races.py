"""Several processes at once, a disk that is full, a folder that is read-only: nothing half done."""

from __future__ import annotations

import contextlib
import datetime as dt
import multiprocessing
import os
import random
import resource
import shutil
import sqlite3
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

import creditshare as cs
from creditshare.calendars import PLAIN
from creditshare.errors import CreditshareError, StoreError
from creditshare.feedback import ExecutionBook
from creditshare.model import Step, WithdrawalReason
from world import DAY, DECISION, EPOCH, NOW, TODAY, World, applicant, cleared, listing

BOOK = cs.rulebook("cn")
BEGUN = dt.date(2026, 9, 1)
FAR = NOW + 20_000 * DAY
DEBTS = 6
ROUNDS = 60
NOBODY = 65534


def identity(serial: int, case: int = 0) -> bytes:
    """The id of a case, of several, about one debt."""
    return bytes([case]) * 8 + serial.to_bytes(8, "big")


def draft(serial: int, case: int = 0, **changes: Any) -> cs.Listing:
    """A listing of that id."""
    return listing(serial, id=identity(serial, case), **changes)


def bare(serial: int, case: int = 0) -> cs.Listing:
    """The same as its case begins."""
    return draft(serial, case, notice=None, decision=None)


def settled(*ids: bytes) -> list[cs.Withdrawal]:
    """Withdrawals of today."""
    return [cs.Withdrawal(item, WithdrawalReason.SETTLED, TODAY) for item in ids]


# -- Several processes -------------------------------------------------------------------------


def called(do: Callable[..., None], *args: Any, **named: Any) -> bool:
    """That something was done which tells nothing."""
    do(*args, **named)
    return True


Act = Callable[[cs.Ledger, World, int, int], object]
ACTS: dict[str, Act] = {
    "record": lambda led, w, n, c: led.record(cleared(draft(n, c)), tokens=w.tokens, at=NOW).listed,
    "prepare": lambda led, _, n, c: led.prepare(bare(n, c), rulebook=BOOK, on=BEGUN, at=NOW),
    "serve": lambda led, _, n, c: led.serve(identity(n, c), _notice(), at=NOW),
    "decide": lambda led, _, n, c: led.decide(identity(n, c), DECISION, at=NOW),
    "drop": lambda led, _, n, c: called(led.drop, identity(n, c)),
    "dispute": lambda led, _, n, c: led.dispute(identity(n, c), on=TODAY, calendar=PLAIN, at=NOW),
    "answer": lambda led, _, n, c: led.answer(identity(n, c), upheld=False, on=TODAY, at=NOW),
    "settle": lambda led, w, n, c: led.settle(identity(n, c), on=TODAY, tokens=w.tokens, at=NOW),
    "withdraw": lambda led, _, n, c: called(led.withdraw, *settled(identity(n, c)), at=NOW),
    "seal": lambda led, w, *_: w.seal(led, f"{os.getpid()}.csb"),
    "purge": lambda led, *_: led.purge(NOW) + 1,
}
TOLD = {
    "prepare": Step.PREPARED,
    "serve": Step.NOTICE_SERVED,
    "decide": Step.DECIDED,
    "dispute": Step.DISPUTED,
    "answer": Step.ANSWERED,
    "settle": Step.SETTLED,
}
Done = Counter[tuple[str, int, int]]


def _notice() -> cs.Notice:
    notice = listing().notice
    assert notice is not None
    return notice


def act(world: World, seed: int, start: float, answers: Any) -> None:
    """One process: it does what is possible, in its own order, and tells what was done."""
    rng, done, foreign = random.Random(seed), Counter[tuple[str, int, int]](), list[str]()
    ledger = world.ledger()
    time.sleep(max(0.0, start - time.time()))
    for _ in range(ROUNDS):
        name, serial, case = rng.choice(list(ACTS)), rng.randrange(DEBTS), rng.randrange(2)
        try:
            if ACTS[name](ledger, world, serial, case):
                done[name, serial, case] += 1
        except CreditshareError:
            continue
        except Exception as error:  # noqa: BLE001
            foreign.append(f"{name}: {error!r}")
    world.close()
    answers.put((done, foreign))


def at_once(work: Callable[..., None], world: World, count: int = 3) -> tuple[Done, list[str]]:
    """What several processes did together, and what failed with what is not ours."""
    context = multiprocessing.get_context("fork")
    answers, start = context.Queue(), time.time() + 0.5
    processes = [
        context.Process(target=work, args=(world, seed, start, answers)) for seed in range(count)
    ]
    for process in processes:
        process.start()
    told = [answers.get(timeout=60) for _ in processes]
    for process in processes:
        process.join()
    return sum((done for done, _ in told), Counter()), [text for _, all_ in told for text in all_]


@pytest.mark.parametrize("begun", ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"])
def test_a_database_that_another_is_making(tmp_path: Path, begun: str) -> None:
    """Whoever opens a new database waits for another that is about to write its tables."""
    path = str(tmp_path / "ledger.db")
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute(begun)
    threading.Timer(0.3, other.rollback).start()
    with cs.LedgerStore(path) as store:
        (mode,) = store.all_rows("PRAGMA journal_mode")[0]
    other.close()

    assert "wal" == mode


def test_several_processes_on_one_ledger(world: World) -> None:
    """Whatever several processes do at once: each step is noted once, and nothing is lost."""
    done, foreign = at_once(act, world)
    ledger = world.ledger()
    store = ledger._store
    noted, live = Counter[tuple[str, int, int]](), 0
    for serial, case in ((n, c) for n in range(DEBTS) for c in range(2)):
        steps = Counter(row.step for row in store.life(identity(serial, case)))
        if not steps[Step.PREPARED]:  # what was listed as it came told its first steps itself
            del steps[Step.NOTICE_SERVED], steps[Step.DECIDED]
        noted += Counter({(name, serial, case): steps[step] for name, step in TOLD.items()})
        row = store.listing(identity(serial, case))
        noted["record", serial, case] += row is not None
        noted["withdraw", serial, case] += row is not None and row.reason is not None
        live += row is not None and row.reason is None
    kept = {*TOLD, "record", "withdraw"}
    path, _ = world.seal(ledger, "end.csb")
    applied = world.apply(world.registry(), path)

    assert [] == foreign
    assert {"record", "prepare", "withdraw", "seal"} <= {name for name, *_ in done}
    assert {key: count for key, count in done.items() if key[0] in kept} == dict(+noted)
    assert sum(n for (name, *_), n in done.items() if name == "seal") + 1 == len(
        ledger.deliveries()
    )
    assert (live, live) == (applied.live, store.live_count())
    assert [("ok",)] == store.all_rows("PRAGMA integrity_check")


def hear(world: World, seed: int, start: float, answers: Any) -> None:
    """One process of a recipient: it applies, records what it did, lifts it and purges."""
    rng, done, foreign = random.Random(seed), Counter[tuple[str, int, int]](), list[str]()
    registry = world.registry()
    book = ExecutionBook(registry._store)
    time.sleep(max(0.0, start - time.time()))
    for _ in range(ROUNDS // 2):
        name, serial = rng.choice(["apply", "applied", "lifted", "purge"]), rng.randrange(DEBTS)
        try:
            if name == "apply":
                world.apply(registry, world.folder / f"{rng.randrange(1, 4)}.csb")
            elif name == "purge":
                registry.purge(NOW)
            elif name == "lifted":
                held = book.applied_on(identity(serial))
                done[name, serial, 0] += len(book.record_lifted(*held, on=TODAY, at=NOW))
            else:
                (answer,) = world.screen(registry, applicant(serial))
                for match in answer.matches:
                    found = book.record_applied(match, *match.measures[:2], on=TODAY, at=NOW)
                    done[name, serial, 0] += len(found)
        except CreditshareError:
            continue
        except Exception as error:  # noqa: BLE001
            foreign.append(f"{name}: {error!r}")
    world.close()
    answers.put((done, foreign))


def test_several_processes_on_one_registry(world: World) -> None:
    """What ended never comes back, and each execution is recorded once, whoever else writes."""
    ledger = world.ledger()
    world.record(ledger, *(draft(n) for n in range(DEBTS)))
    world.seal(ledger, "1.csb")
    ledger.withdraw(*settled(identity(0)), at=NOW)
    world.seal(ledger, "2.csb", since=1)
    ledger.withdraw(*settled(identity(1)), at=NOW)
    world.seal(ledger, "3.csb")
    world.close()
    world._stores.clear()
    done, foreign = at_once(hear, world)
    registry = world.registry()
    world.apply(registry, world.folder / "3.csb")
    sql = "SELECT action, count(*) FROM execution GROUP BY action"
    noted: dict[str, int] = dict(registry._store.all_rows(sql))
    told = Counter[str]()
    for (name, *_), count in done.items():
        told[name] += count
    answers = world.screen(registry, *(applicant(n) for n in range(DEBTS)))

    assert [] == foreign
    assert noted
    assert noted == dict(+told)
    assert [False] * 2 + [True] * (DEBTS - 2) == [bool(it.matches) for it in answers]
    assert [("ok",)] == registry._store.all_rows("PRAGMA integrity_check")


# -- A full disk -------------------------------------------------------------------------------


@contextlib.contextmanager
def full_disk(size: int) -> Iterator[None]:
    """No file of this process grows beyond that; Python ignores the signal, so a write fails."""
    _, hard = before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


WRITES: dict[str, Callable[[cs.Ledger, World], object]] = {
    "record": lambda led, w: led.record(cleared(draft(5)), tokens=w.tokens, at=NOW),
    "prepare": lambda led, _: led.prepare(bare(6), rulebook=BOOK, on=BEGUN, at=NOW),
    "serve": lambda led, _: led.serve(identity(3), _notice(), at=NOW),
    "drop": lambda led, _: led.drop(identity(3)),
    "dispute": lambda led, _: led.dispute(
        identity(1), on=TODAY, calendar=PLAIN, text="x" * 4000, at=NOW
    ),
    "answer": lambda led, _: led.answer(identity(2), upheld=True, on=TODAY, at=NOW),
    "settle": lambda led, w: led.settle(identity(1), on=TODAY, tokens=w.tokens, at=NOW),
    "withdraw": lambda led, _: led.withdraw(*settled(identity(1), identity(2)), at=NOW),
    "seal": lambda led, w: w.seal(led, "2.csb"),
    "renew": lambda led, w: led.renew(2, tokens=w.tokens, at=NOW),
}


def everything(store: cs.LedgerStore) -> dict[str, list[Any]]:
    """Every row of every table."""
    names = store.all_rows("SELECT name FROM sqlite_schema WHERE type = 'table'")
    return {name: store.all_rows(f"SELECT * FROM {name}") for (name,) in names}  # noqa: S608


@pytest.mark.parametrize("size", [0, 3000, 9000, 30_000, 60_000, 120_000])
@pytest.mark.parametrize("write", WRITES)
def test_a_full_disk(world: World, write: str, size: int) -> None:
    """A step for which there is no room fails with our error, changes nothing, and is repeated."""
    ledger = world.ledger()
    ledger.record(cleared(draft(1), draft(2)), tokens=world.tokens, at=NOW)
    ledger.prepare(bare(3), rulebook=BOOK, on=BEGUN, at=NOW)
    ledger.dispute(identity(2), on=TODAY, calendar=PLAIN, at=NOW)
    world.seal(ledger, "1.csb")
    ledger.purge(NOW)
    before = everything(ledger._store)
    found = cleared(draft(5))  # what reads packaged files has read them
    assert found

    try:
        with full_disk(size):
            WRITES[write](ledger, world)
    except CreditshareError:
        world.close()
        ledger = world.ledger()

        assert before == everything(ledger._store)
        assert WRITES[write](ledger, world) or write in {"drop", "withdraw"}
    else:
        assert size
        assert before != everything(ledger._store)
    assert [("ok",)] == ledger._store.all_rows("PRAGMA integrity_check")


# -- Read-only ---------------------------------------------------------------------------------


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that somebody without rights can reach, too."""
    path = Path(tempfile.mkdtemp())
    path.chmod(0o777)
    yield path
    path.chmod(0o777)
    shutil.rmtree(path)


@contextlib.contextmanager
def unprivileged() -> Iterator[None]:
    """Somebody whom permissions stop, as they do not stop root."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.mark.parametrize(("of_file", "of_folder"), [(0o444, 0o777), (0o666, 0o555), (0o444, 0o555)])
@pytest.mark.parametrize("kind", [cs.LedgerStore, cs.RegistryStore])
def test_read_only(folder: Path, kind: Any, of_file: int, of_folder: int) -> None:
    """A database that cannot be written is refused with our error, and is whole afterwards."""
    path = folder / "one.db"
    kind(path).close()
    held = path.read_bytes()
    path.chmod(of_file)
    folder.chmod(of_folder)
    with unprivileged(), pytest.raises(StoreError):
        kind(path)
    folder.chmod(0o777)
    path.chmod(0o600)

    assert held == path.read_bytes()
    kind(path).close()


def test_an_open_database_becomes_read_only(folder: Path, world: World) -> None:
    """A folder that becomes read-only under an open ledger stops no step half-way."""
    path = folder / "one.db"
    key = cs.TokenKeyring([cs.TokenKey.generate(EPOCH)])
    with cs.LedgerStore(path) as store:
        ledger = cs.Ledger(store, origin="platform")
        folder.chmod(0o555)
        with unprivileged():
            ledger.record(cleared(draft(1)), tokens=key, at=NOW)
            with pytest.raises(CreditshareError):
                ledger.seal(folder / "1.csb", by=world.custodian, to=[world.lender.public], at=NOW)
        folder.chmod(0o777)
        ledger.seal(folder / "1.csb", by=world.custodian, to=[world.lender.public], at=NOW)

        assert identity(1) == ledger.listing(identity(1)).id
        assert attrs.asdict(ledger.deliveries()[0])
