"""The databases: of one kind, private, all or nothing, and silent about what they hold."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import attrs
import pytest

import creditshare as cs
from creditshare.errors import StoreError
from creditshare.stores.ledger import LedgerMeta
from creditshare.stores.sqlite import Database

KINDS = [cs.LedgerStore, cs.RegistryStore]
NUMBER = "888888198005170013"
MISUSED = "a store is used closed, or in another thread than it was opened in"


def meta(origin: str) -> LedgerMeta:
    """A ledger's row about itself."""
    return LedgerMeta(origin, 1, key=bytes(32))


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
        connection.execute("PRAGMA user_version = 99")


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


def _rewritten(change: str) -> str:
    """Statements that change what SQLite remembers of a table, behind its back."""
    update = f"UPDATE sqlite_schema SET sql = {change} WHERE sql LIKE '%STRICT%'"  # noqa: S608
    return f"PRAGMA writable_schema = ON; {update}; PRAGMA writable_schema = RESET"


CHANGES = {
    "not strict": _rewritten("replace(sql, 'STRICT', '')"),
    "null": _rewritten("replace(sql, ' NOT NULL', '')"),
    "not UTF-8": _rewritten("CAST(CAST(sql AS BLOB) || x'202d2dff' AS TEXT)"),
    "column": "ALTER TABLE execution ADD COLUMN more TEXT",
    "table": "CREATE TABLE more (anything)",
    "view": "CREATE VIEW more AS SELECT * FROM execution",
    "index": "CREATE UNIQUE INDEX once ON execution (day)",
    "index gone": "DROP INDEX execution_of",
    "trigger": "CREATE TRIGGER more AFTER INSERT ON feedback BEGIN DELETE FROM feedback; END",
    "hidden trigger": """CREATE TRIGGER more AFTER INSERT ON feedback
        BEGIN DELETE FROM feedback; END;
        PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET name = 'sqlite_stat1' WHERE name = 'more';""",
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("kind", KINDS)
def test_changed_tables(tmp_path: Path, kind: Any, change: str) -> None:
    """A database whose tables are not as they were made is refused, however they were changed."""
    path = tmp_path / "one.db"
    kind(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(CHANGES[change])

    with pytest.raises(StoreError, match=r"somebody changed the tables|SQLITE_CORRUPT"):
        kind(path)


@pytest.mark.parametrize("kind", KINDS)
def test_statistics_are_no_change(tmp_path: Path, kind: Any) -> None:
    """What SQLite itself keeps beside the tables is no change of them."""
    path = tmp_path / "one.db"
    kind(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("ANALYZE; VACUUM")

    kind(path).close()


def test_a_database_is_opened_while_another_process_writes(tmp_path: Path) -> None:
    """Whoever only reads waits for no writer, not even at opening."""
    path = tmp_path / "one.db"
    with cs.LedgerStore(path) as writer, writer.transaction():
        writer.put_meta(meta("bank"))
        with cs.LedgerStore(path) as reader:
            assert None is reader.meta()


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
        assert {cs.LedgerStore: 5, cs.RegistryStore: 4}[kind] == pragma(store, "user_version")


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


# -- The row about itself ----------------------------------------------------------------------


def test_the_row_about_itself(tmp_path: Path) -> None:
    """A ledger's row comes back as it was put, in one table of these columns in this order."""
    full = LedgerMeta("bank", 3, "2026H2", 1_800_000_000, b"check", 7, b"frontier", key=b"k" * 32)
    with cs.LedgerStore(tmp_path / "one.db") as store:
        columns = [row[1] for row in store.rows("PRAGMA table_info(meta)")]
        for row in (meta("bank"), full):
            store.put_meta(row)
            assert row == store.meta()
        assert (1,) == store.row("SELECT count(*) FROM meta")

    told = "one origin generation epoch epoch_ends token_check size frontier key"
    assert told.split() == columns


def test_a_new_row_about_itself() -> None:
    """A new ledger's row has no epoch and an empty tree, and does not show its key."""
    row = LedgerMeta("bank", 1, key=b"secret" * 6)

    assert (None, None, None, 0, b"") == attrs.astuple(row)[2:-1]
    assert "secret" not in repr(row)


def test_the_key_has_a_name() -> None:
    """A ledger's key is given by its name, never by its place, and never left out."""
    make: Any = LedgerMeta

    with pytest.raises(TypeError):
        make("bank", 1, None, None, None, 0, b"", bytes(32))
    with pytest.raises(TypeError):
        make("bank", 1)


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


def test_a_snapshot_within_another(tmp_path: Path) -> None:
    """A snapshot within another, or within a transaction, ends nothing but itself."""
    with cs.LedgerStore(tmp_path / "one.db") as one, cs.LedgerStore(tmp_path / "one.db") as two:
        one.put_meta(meta("bank"))
        with one.snapshot():
            with one.snapshot():
                assert meta("bank") == one.meta()
            two.put_meta(meta("other"))
            assert meta("bank") == one.meta()
        with one.transaction():
            one.put_meta(meta("third"))
            with one.snapshot():
                assert meta("third") == one.meta()
            assert meta("other") == two.meta()

        assert meta("third") == two.meta()


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


@pytest.mark.parametrize("kind", KINDS)
def test_a_commit_that_fails(tmp_path: Path, kind: Any) -> None:
    """What could not be committed is rolled back, and the next transaction works."""
    with kind(tmp_path / "one.db") as store:
        store.execute("PRAGMA foreign_keys = ON")
        store.execute("CREATE TABLE parent (id INTEGER PRIMARY KEY) STRICT")
        store.execute(
            "CREATE TABLE child (id INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED) STRICT"
        )
        with pytest.raises(StoreError, match="SQLITE_CONSTRAINT_FOREIGNKEY"):
            _insert(store, 5)

        assert None is store.row("SELECT * FROM child")
        with store.transaction():
            store.execute("INSERT INTO parent VALUES (5)")
        _insert(store, 5)
        assert (5,) == store.row("SELECT * FROM child")


def _insert(store: Database, parent: int) -> None:
    with store.transaction():
        store.execute("INSERT INTO child VALUES (?)", (parent,))


# -- Threads -----------------------------------------------------------------------------------


def elsewhere(act: Callable[[], object]) -> BaseException | None:
    """What a function raises in another thread, if anything."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            act()
        except BaseException as error:  # noqa: BLE001
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return raised[0] if raised else None


def _enter(context: Any) -> None:
    with context:
        pass


USES: dict[str, Callable[[cs.LedgerStore], object]] = {
    "execute": lambda store: store.execute("DELETE FROM meta"),
    "execute_many": lambda store: store.execute_many("DELETE FROM meta WHERE one = ?", [(1,)]),
    "row": lambda store: store.row("SELECT * FROM meta"),
    "rows": lambda store: list(store.rows("SELECT * FROM meta")),
    "transaction": lambda store: _enter(store.transaction()),
    "forgetting": lambda store: _enter(store.transaction(forgetting=True)),
    "snapshot": lambda store: _enter(store.snapshot()),
    "meta": lambda store: store.meta(),
    "put_meta": lambda store: store.put_meta(meta("other")),
}


@pytest.mark.parametrize("within", [False, True])
@pytest.mark.parametrize("use", USES)
def test_another_thread(tmp_path: Path, use: str, within: bool) -> None:
    """A store used from another thread refuses, and what its own thread does is not disturbed."""
    with cs.LedgerStore(tmp_path / "one.db") as store:
        store.put_meta(meta("bank"))
        if within:
            with store.transaction():
                store.put_meta(meta("later"))
                raised = elsewhere(lambda: USES[use](store))
                store.append_events(0, b"body")
        else:
            raised = elsewhere(lambda: USES[use](store))

        assert (StoreError, MISUSED) == (type(raised), str(raised))
        assert meta("later" if within else "bank") == store.meta()
    with cs.LedgerStore(tmp_path / "one.db") as store:
        assert ("ok",) == store.row("PRAGMA integrity_check")
        assert meta("later" if within else "bank") == store.meta()
        assert [(0, b"body")] * within == list(store.runs(0, 9))


def test_a_store_closed_in_another_thread(tmp_path: Path) -> None:
    """A store that another thread would close refuses, and stays open for its own."""
    with cs.LedgerStore(tmp_path / "one.db") as store:
        raised = elsewhere(store.close)

        assert None is store.meta()
        assert (StoreError, MISUSED) == (type(raised), str(raised))


def test_rows_in_another_thread(tmp_path: Path) -> None:
    """Rows that one thread began to read are not read on by another."""
    with cs.LedgerStore(tmp_path / "one.db") as store:
        store.append_events(0, b"a")
        store.append_events(1, b"b")
        rows = store.runs(0, 2)
        assert (0, b"a") == next(rows)

        assert MISUSED == str(elsewhere(lambda: next(rows)))


def test_a_store_for_each_thread(tmp_path: Path) -> None:
    """Threads that each open the database themselves lose nothing that any of them wrote."""

    def write(first: int) -> None:
        with cs.LedgerStore(tmp_path / "one.db") as store:
            for position in range(first, first + 10):
                with store.transaction():
                    store.append_events(position, b"body")

    cs.LedgerStore(tmp_path / "one.db").close()
    threads = [threading.Thread(target=write, args=(10 * number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with cs.LedgerStore(tmp_path / "one.db") as store:
        assert [(i, b"body") for i in range(40)] == list(store.runs(0, 100))
        assert ("ok",) == store.row("PRAGMA integrity_check")


# -- Errors ------------------------------------------------------------------------------------


FAILED = f"the database failed|{MISUSED}"
"""SQLite counts a wrong number or type of values as misuse of the connection."""


@pytest.mark.parametrize(
    ("sql", "values"),
    [
        ("INSERT INTO debtcase VALUES (?, ?)", (NUMBER, 1)),
        ("INSERT INTO meta VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)", (NUMBER,)),
        ("SELECT '888888198005170013' FROM nowhere", ()),
        ("SELECT '888888198005170013", ()),
        ("INSERT INTO run VALUES (?, ?)", (f"x{NUMBER}", b"")),
        ("SELECT ?", (NUMBER, NUMBER)),
        ("SELECT ?", (object(),)),
        ("SELECT * FROM run; SELECT 2", ()),
    ],
)
def test_errors_hold_no_values(tmp_path: Path, sql: str, values: tuple[Any, ...]) -> None:
    """The error of a failed statement repeats no value and has no cause that does."""
    with cs.LedgerStore(tmp_path / "one.db") as store:
        with pytest.raises(StoreError, match=FAILED) as caught:
            store.execute(sql, values)
        with pytest.raises(StoreError, match=FAILED):
            store.row(sql, *values)
        with pytest.raises(StoreError, match=FAILED):
            list(store.rows(sql, *values))

    assert NUMBER not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_closed_database(tmp_path: Path) -> None:
    """A closed database gives the library's error, and may be closed again."""
    store = cs.LedgerStore(tmp_path / "one.db")
    store.close()
    store.close()

    with pytest.raises(StoreError, match=MISUSED):
        store.meta()
    with pytest.raises(StoreError, match=MISUSED), store.transaction():
        pass
    with pytest.raises(StoreError, match=MISUSED):
        list(store.rows("SELECT 1"))


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1])
def test_a_number_too_large(tmp_path: Path, number: int) -> None:
    """A number that SQLite cannot hold ends in the library's own error."""
    with cs.LedgerStore(tmp_path / "one.db") as store, pytest.raises(StoreError):
        store.checkpoint(number)
