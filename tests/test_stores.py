"""The databases: of one kind, private, all or nothing, and silent about what they hold."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import creditshare as cs
from creditshare.errors import StoreError
from creditshare.stores.ledger import LedgerMeta
from creditshare.stores.sqlite import Database

KINDS = [cs.LedgerStore, cs.RegistryStore]
NUMBER = "888888198005170013"


def meta(origin: str) -> LedgerMeta:
    """A ledger's row about itself."""
    return LedgerMeta(origin, 1, None, None, None, 0, b"", bytes(32))


def pragma(store: Database, name: str) -> Any:
    """A setting of an open database."""
    row = store.row(f"PRAGMA {name}")
    return None if row is None else row[0]


# -- Which file --------------------------------------------------------------------------------


@pytest.mark.parametrize(("made", "opened"), [KINDS, KINDS[::-1]])
def test_another_kind(tmp_path: Path, made: Any, opened: Any) -> None:
    """A ledger is not opened as a registry, nor a registry as a ledger."""
    path = tmp_path / "one.db"
    made(path).close()

    with pytest.raises(StoreError, match="another kind"):
        opened(path)
    made(path).close()


def _foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE somebody (elses TEXT)")
        connection.commit()


def _newer(path: Path) -> None:
    cs.LedgerStore(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 2")


def _versioned(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 7")


def _damaged(path: Path) -> None:
    cs.LedgerStore(path).close()
    data = bytearray(path.read_bytes())
    data[100:] = os.urandom(len(data) - 100)
    path.write_bytes(data)


@pytest.mark.parametrize(
    "make",
    [
        _foreign,
        _newer,
        _versioned,
        _damaged,
        lambda path: path.write_bytes(os.urandom(8192)),
        lambda path: path.write_text(f"name,number\n测试,{NUMBER}\n" * 500, "utf-8"),
        lambda path: path.write_bytes(b"SQLite format 3\0"),
        lambda path: path.mkdir(),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_something_else(tmp_path: Path, make: Callable[[Path], object], kind: Any) -> None:
    """What is no database of this kind and version is refused."""
    path = tmp_path / "other.db"
    make(path)

    with pytest.raises(StoreError) as caught, kind(path) as store:
        list(store.rows("SELECT * FROM sqlite_schema"))
    assert NUMBER not in str(caught.value)


def test_somebody_elses_database_is_left_alone(tmp_path: Path) -> None:
    """A database that is refused is not changed by it."""
    path = tmp_path / "other.db"
    _foreign(path)
    before = path.read_bytes()

    with pytest.raises(StoreError):
        cs.LedgerStore(path)
    assert before == path.read_bytes()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("place", ["missing/one.db", "file/one.db", "", "a\0b", "x" * 300])
def test_a_path_that_cannot_be(tmp_path: Path, kind: Any, place: str) -> None:
    """A database where none can be made is refused."""
    (tmp_path / "file").write_text("in the way")
    path = f"{tmp_path}/{place}" if place else place

    with pytest.raises(StoreError):
        kind(path)


@pytest.mark.parametrize("path", [None, 5, object()])
def test_no_path(path: Any) -> None:
    """What is no path is refused with the library's own error."""
    with pytest.raises(cs.CreditshareError):
        cs.LedgerStore(path)


def test_a_link_to_a_database(tmp_path: Path) -> None:
    """A symbolic link is refused, even if it leads to a database of the kind."""
    target, link = tmp_path / "target.db", tmp_path / "link.db"
    with cs.LedgerStore(target) as store:
        store.put_meta(meta("bank"))
    link.symlink_to(target)
    before = target.read_bytes()

    with pytest.raises(StoreError):
        cs.LedgerStore(link)
    assert before == target.read_bytes()
    assert ["link.db", "target.db"] == sorted(path.name for path in tmp_path.iterdir())


def test_a_link_to_nothing(tmp_path: Path) -> None:
    """Through a symbolic link to nothing, no database is made."""
    target, link = tmp_path / "target.db", tmp_path / "link.db"
    link.symlink_to(target)

    with pytest.raises(StoreError):
        cs.LedgerStore(link)
    assert not target.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_database_is_private(tmp_path: Path, kind: Any) -> None:
    """A new database and the files beside it are for their owner alone, whatever the umask."""
    before = os.umask(0)
    try:
        with kind(tmp_path / "one.db"):
            modes = [stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("one.db*")]
    finally:
        os.umask(before)

    assert {0o600} == set(modes)


@pytest.mark.parametrize("kind", KINDS)
def test_a_path_in_both_forms(tmp_path: Path, kind: Any) -> None:
    """A path may be a text or a Path."""
    kind(tmp_path / "one.db").close()
    kind(str(tmp_path / "one.db")).close()

    assert (tmp_path / "one.db").is_file()


# -- Settings ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_settings(tmp_path: Path, kind: Any) -> None:
    """A database overwrites what is deleted, and survives a power cut."""
    with kind(tmp_path / "one.db") as store:
        assert "wal" == pragma(store, "journal_mode")
        assert 1 == pragma(store, "secure_delete")
        assert 2 == pragma(store, "synchronous")
        assert 0 == pragma(store, "trusted_schema")
        assert 1 == pragma(store, "user_version")


def test_the_kinds_have_different_ids(tmp_path: Path) -> None:
    """Each kind of database has an id of its own."""
    with cs.LedgerStore(tmp_path / "a.db") as one, cs.RegistryStore(tmp_path / "b.db") as other:
        ids = [pragma(one, "application_id"), pragma(other, "application_id")]

    assert [b"CSL1", b"CSR1"] == [number.to_bytes(4, "big") for number in ids]


@pytest.mark.parametrize("kind", KINDS)
def test_in_memory(tmp_path: Path, kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database in memory works, leaves no file, and is empty the next time."""
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        with kind(":memory:") as store:
            with store.transaction():
                store.execute("CREATE TABLE mine (x INTEGER) STRICT")
            assert None is store.row("SELECT * FROM mine")
    assert [] == list(tmp_path.iterdir())


# -- All or nothing ----------------------------------------------------------------------------


class Interrupted(BaseException):
    """Something that no handler of ours catches."""


@pytest.mark.parametrize("trouble", [ValueError("x"), Interrupted(), StoreError("x")])
def test_a_transaction_is_rolled_back(tmp_path: Path, trouble: BaseException) -> None:
    """What was written before an error of any kind is not there afterwards."""
    with cs.LedgerStore(tmp_path / "one.db") as store:
        with store.transaction():
            store.put_meta(meta("bank"))
        with pytest.raises(type(trouble)):
            _fail_after(store, meta("other"), trouble)

        assert meta("bank") == store.meta()
    with cs.LedgerStore(tmp_path / "one.db") as store:
        assert meta("bank") == store.meta()


def _fail_after(store: cs.LedgerStore, row: LedgerMeta, trouble: BaseException) -> None:
    with store.transaction():
        store.put_meta(row)
        raise trouble


def test_a_transaction_is_committed(tmp_path: Path) -> None:
    """What a transaction wrote is seen by another connection once it has ended, not before."""
    with cs.LedgerStore(tmp_path / "one.db") as one, cs.LedgerStore(tmp_path / "one.db") as two:
        with one.transaction():
            one.put_meta(meta("bank"))
            assert None is two.meta()

        assert meta("bank") == two.meta()


def test_a_snapshot_is_of_one_moment(tmp_path: Path) -> None:
    """What is written meanwhile is not seen within a snapshot."""
    with cs.LedgerStore(tmp_path / "one.db") as one, cs.LedgerStore(tmp_path / "one.db") as two:
        one.put_meta(meta("bank"))
        with one.snapshot():
            assert meta("bank") == one.meta()
            two.put_meta(meta("other"))
            assert meta("bank") == one.meta()

        assert meta("other") == one.meta()


def test_transactions_do_not_nest(tmp_path: Path) -> None:
    """A transaction within another is refused, and the outer one is rolled back."""
    with cs.LedgerStore(tmp_path / "one.db") as store:
        with pytest.raises(StoreError):
            _nest(store)

        assert None is store.meta()


def _nest(store: cs.LedgerStore) -> None:
    with store.transaction():
        store.put_meta(meta("bank"))
        with store.transaction():
            pass


# -- Errors ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "values"),
    [
        ("INSERT INTO subject VALUES (?, ?, ?)", (NUMBER, b"", b"")),
        ("INSERT INTO meta VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)", (NUMBER,)),
        ("SELECT '888888198005170013' FROM nowhere", ()),
        ("SELECT '888888198005170013", ()),
        ("INSERT INTO event VALUES (?, ?)", (f"x{NUMBER}", b"")),
        ("SELECT ?", (NUMBER, NUMBER)),
        ("SELECT ?", (object(),)),
        ("SELECT * FROM event; SELECT 2", ()),
    ],
)
def test_errors_hold_no_values(tmp_path: Path, sql: str, values: tuple[Any, ...]) -> None:
    """The error of a failed statement repeats no value and has no cause that does."""
    with cs.LedgerStore(tmp_path / "one.db") as store:
        with pytest.raises(StoreError, match="the database failed") as caught:
            store.execute(sql, values)
        with pytest.raises(StoreError, match="the database failed"):
            store.row(sql, *values)
        with pytest.raises(StoreError, match="the database failed"):
            list(store.rows(sql, *values))

    assert NUMBER not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_closed_database(tmp_path: Path) -> None:
    """A closed database gives the library's error, and may be closed again."""
    store = cs.LedgerStore(tmp_path / "one.db")
    store.close()
    store.close()

    with pytest.raises(StoreError):
        store.meta()
    with pytest.raises(StoreError), store.transaction():
        pass


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1])
def test_a_number_too_large(tmp_path: Path, number: int) -> None:
    """A number that SQLite cannot hold ends in the library's own error."""
    with cs.LedgerStore(tmp_path / "one.db") as store, pytest.raises(StoreError):
        store.checkpoint(number)
