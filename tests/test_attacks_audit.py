"""Attacks on the log of queries by somebody who can write its database but has not its key."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import creditshare as cs
from creditshare.audit import AuditedBy, AuditKey, AuditLog, AuditStore, Head
from creditshare.errors import AuditError, KeyMaterialError, StoreError
from creditshare.screening import ReviewCase, ReviewReason, Screening
from world import DAY, NOW, TODAY, applicant, number

KEY, OTHER = AuditKey(bytes(range(32))), AuditKey(bytes(range(1, 33)))
LISTING = bytes(range(16))
CASE = ReviewCase("bank", "bank", LISTING, (ReviewReason.SUSPENDED,), None, None, TODAY)
ANOTHER = ReviewCase(
    "platform", "custodian", bytes(16), (ReviewReason.NAME_CONFLICT,), None, None, TODAY
)
CLEAR = Screening("", cs.Outcome.CLEAR, (), (), (), ())
FOUND = Screening("", cs.Outcome.NEEDS_REVIEW, (), (CASE, ANOTHER), (), ())


def asked(log: AuditLog, *answers: Screening, caller: str = "desk-7") -> None:
    """One call with these answers."""
    audited = AuditedBy(log, caller=caller, consent="consent 2026-0815")
    record = audited.begin(purpose=cs.Purpose.GUARANTEE, role=cs.Role.LENDER, at=NOW)
    record([applicant(serial) for serial in range(1, 1 + len(answers))], answers)


def history(path: Path, key: AuditKey = KEY, *, caller: str = "desk-7") -> Head:
    """A log of five rows, of which the second and the fourth have two hits each."""
    with AuditStore(path, durable=False) as store:
        log = AuditLog(store, key=key)
        for answer in (CLEAR, FOUND, CLEAR, FOUND, CLEAR):
            asked(log, CLEAR, answer, caller=caller)
        return log.verify()


def attack(path: Path, sql: str) -> None:
    """Run statements as somebody who has the database."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(sql)


def broken(path: Path, noted: Head | None = None) -> list[int]:
    """The rows at which verifying finds the log broken."""
    with AuditStore(path, durable=False) as store:
        try:
            AuditLog(store, key=KEY).verify(expect=noted)
        except AuditError as error:
            return [place.number for place in error.breaks]
    return []


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the log lies."""
    return tmp_path / "audit.db"


def test_a_log_that_nobody_touched(path: Path) -> None:
    """The log verifies against every head that was noted while it grew, and against itself."""
    noted = []
    with AuditStore(path, durable=False) as store:
        log = AuditLog(store, key=KEY)
        for answer in (CLEAR, FOUND, CLEAR):
            noted.append(log.verify())
            asked(log, answer)
        noted.append(log.head())

        assert [0, 1, 2, 3] == [head.count for head in noted]
        assert [noted[-1]] * 4 == [log.verify(expect=head) for head in noted]


CHANGES = [
    ("call", "zeroblob(16)"),
    ("part", "2"),
    ("at", "at - 1"),
    ("caller", "'desk-8'"),
    ("caller", "'Desk-7'"),
    ("caller", "CAST(x'ff' AS TEXT)"),
    ("caller", "'desk-7' || char(0)"),
    ("purpose", "'supervision'"),
    ("role", "'court'"),
    ("consent", "'consent 2026-0816'"),
    ("asked", "1"),
    ("matches", "1"),
    ("reviews", "1"),
    ("stale", "1"),
    ("clear", "1"),
    ("digest", "zeroblob(32)"),
    ("digest", "(SELECT digest FROM query WHERE number = 1)"),
    ("caller", "role, role = caller"),
]


@pytest.mark.parametrize(("column", "value"), CHANGES)
def test_a_changed_query(path: Path, column: str, value: str) -> None:
    """A change to any column of a query is found at that row."""
    history(path)
    attack(path, f"UPDATE query SET {column} = {value} WHERE number = 3")  # noqa: S608

    assert [3] == broken(path)


def test_a_change_that_reads_the_same(path: Path) -> None:
    """Bytes that would be shown as the same character are another row all the same."""
    history(path, caller="desk-\ufffd")
    attack(path, "UPDATE query SET caller = CAST(x'6465736b2dff' AS TEXT) WHERE number = 3")

    assert [3] == broken(path)


HIT_CHANGES = [
    ("number", "9", [2]),
    ("number", "-1", [2]),
    ("applicant", "0", [2]),
    ("origin", "'platform'", [2]),
    ("listing", "zeroblob(16)", [2]),
    ("outcome", "'match'", [2]),
    ("reasons", "''", [2]),
    ("reasons", "reasons || ',stale-registry'", [2]),
    ("reasons", "CAST(x'ff' AS TEXT)", [2]),
    ("query", "3", [2, 3]),
    ("query", "99", [2, 99]),
    ("query", "-1", [2, -1]),
]


@pytest.mark.parametrize(("column", "value", "found"), HIT_CHANGES)
def test_a_changed_hit(path: Path, column: str, value: str, found: list[int]) -> None:
    """A change to any column of a hit is found at its query."""
    history(path)
    change = f"UPDATE hit SET {column} = {value} WHERE query = 2 AND number = 0"  # noqa: S608
    attack(path, change)

    assert found == broken(path)


COPY = (
    "CREATE TEMP TABLE copy AS SELECT * FROM {table} WHERE {where};"
    "UPDATE copy SET {change};"
    "INSERT INTO {table} SELECT * FROM copy"
)
SWAP = (
    "UPDATE {table} SET number = -number - 1 WHERE number IN ({one}, {two}) {where};"
    "UPDATE {table} SET number = {two} WHERE number = -{one} - 1 {where};"
    "UPDATE {table} SET number = {one} WHERE number = -{two} - 1 {where}"
)
MOVE = (
    "UPDATE query SET number = -number WHERE number > {after};"
    "UPDATE query SET number = -number {by} WHERE number < 0;"
    "UPDATE hit SET query = -query WHERE query > {after};"
    "UPDATE hit SET query = -query {by} WHERE query < 0;"
)
CLOSED_UP = "DELETE FROM query WHERE number = 3;"
MOVES = {
    "the link": ("UPDATE query SET link = zeroblob(32) WHERE number = 3", [3, 4]),
    "the last link": ("UPDATE query SET link = zeroblob(32) WHERE number = 5", [5]),
    "the first row": ("DELETE FROM query WHERE number = 1", [2]),
    "a row": ("DELETE FROM query WHERE number = 3", [4]),
    "two rows": ("DELETE FROM query WHERE number IN (2, 3); DELETE FROM hit WHERE query = 2", [4]),
    "a row, not its hits": ("DELETE FROM query WHERE number = 2", [3, 2]),
    "a hit": ("DELETE FROM hit WHERE query = 2 AND number = 1", [2]),
    "every hit": ("DELETE FROM hit", [2, 4]),
    "a row, closed up": (CLOSED_UP + MOVE.format(after=3, by="- 1"), [3]),
    "two rows swapped": (SWAP.format(table="query", one=3, two=1, where=""), [1, 2, 3, 4]),
    "two hits swapped": (SWAP.format(table="hit", one=0, two=1, where="AND query = 2"), [2]),
    "the last row doubled": (
        COPY.format(table="query", where="number = 5", change="number = 6"),
        [6],
    ),
    "a row doubled in its place": (
        MOVE.format(after=3, by="+ 1")
        + COPY.format(table="query", where="number = 3", change="number = 4"),
        [4],
    ),
    "a row before the first": (
        COPY.format(table="query", where="number = 5", change="number = 0"),
        [0, 1],
    ),
    "a row long before the first": (
        COPY.format(table="query", where="number = 5", change="number = -7"),
        [-7, 1],
    ),
    "a hit more": (
        COPY.format(table="hit", where="query = 2 AND number = 1", change="number = 2"),
        [2],
    ),
    "hits where none were": (COPY.format(table="hit", where="query = 2", change="query = 3"), [3]),
    "every number moved": ("UPDATE query SET number = number + 10", [11, 12, 14, 2, 4]),
    "numbers and hits moved": (MOVE.format(after=0, by="+ 10"), [11]),
}


@pytest.mark.parametrize("what", MOVES)
def test_rows_removed_added_or_moved(path: Path, what: str) -> None:
    """A row or hit that was removed, added, moved or doubled is found, and where."""
    history(path)
    sql, found = MOVES[what]
    attack(path, sql)

    assert found == broken(path)


CUT = {
    "the last row": ("DELETE FROM query WHERE number = 5", [5]),
    "the last two": ("DELETE FROM query WHERE number > 3; DELETE FROM hit WHERE query > 3", [4]),
    "all rows": ("DELETE FROM query; DELETE FROM hit", [1]),
    "everything": ("DELETE FROM query; DELETE FROM hit; DELETE FROM beginning", [1]),
}


@pytest.mark.parametrize("what", CUT)
def test_a_log_that_was_cut_off(path: Path, what: str) -> None:
    """What was cut off at the end is found against a head that was noted, and only so."""
    head = history(path)
    sql, found = CUT[what]
    attack(path, sql)

    assert [] == broken(path)
    assert found == broken(path, head)


def test_a_log_that_was_cut_off_and_continued(path: Path) -> None:
    """New rows in the place of those cut off are not the ones that were noted."""
    head = history(path)
    attack(path, "DELETE FROM query WHERE number = 5")
    with AuditStore(path) as store:
        log = AuditLog(store, key=KEY)
        asked(log, CLEAR)
        asked(log, CLEAR)

    assert [] == broken(path)
    assert [5] == broken(path, head)


def test_a_copy_without_its_write_ahead_log(path: Path, tmp_path: Path) -> None:
    """A database file without the rows that stood in its write-ahead log is a log cut off."""
    copy = tmp_path / "copy.db"
    with AuditStore(path) as store:
        log = AuditLog(store, key=KEY)
        for _ in range(3):
            asked(log, CLEAR)
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        asked(log, CLEAR)
        copy.write_bytes(path.read_bytes())
        head = log.verify()

    assert [] == broken(copy)
    assert [4] == broken(copy, head)


def test_a_log_that_was_rewritten_with_its_key(path: Path) -> None:
    """Whoever has the key as well can write another log, but not one that ends where noted."""
    head = history(path)
    path.unlink()
    history(path, caller="desk-8")

    assert [] == broken(path)
    assert [5] == broken(path, head)


def test_a_head_of_nothing(path: Path) -> None:
    """The head of an empty log fits every log of its key, and none of another."""
    history(path)
    with AuditStore(":memory:") as one, AuditStore(":memory:") as two:
        mine, other = AuditLog(one, key=KEY).head(), AuditLog(two, key=OTHER).head()

    assert [] == broken(path, mine)
    assert [0] == broken(path, other)


def test_a_broken_log_says_where_and_not_what(path: Path) -> None:
    """The error counts the places, up to a hundred, and repeats nothing of the log."""
    with AuditStore(path, durable=False) as store:
        log = AuditLog(store, key=KEY)
        for _ in range(103):
            asked(log, FOUND)
        store.execute("UPDATE query SET caller = ?", (number(1),))
        with pytest.raises(AuditError) as caught:
            log.verify()

    assert list(range(1, 101)) == [place.number for place in caught.value.breaks]
    for private in (number(1), "consent", LISTING.hex(), "platform"):
        assert private not in str(caught.value)


# -- Keys and beginnings ---------------------------------------------------------------------------


def test_another_key(path: Path) -> None:
    """A log is neither continued nor verified with another key than its own."""
    history(path)
    with AuditStore(path) as store, pytest.raises(KeyMaterialError):
        AuditLog(store, key=OTHER)

    assert [] == broken(path)


def test_the_log_of_another_key_in_its_place(path: Path) -> None:
    """A log that somebody made with a key of its own is refused."""
    history(path, OTHER)

    with pytest.raises(KeyMaterialError):
        broken(path)


def test_the_rows_of_another_key_behind_the_beginning(path: Path, tmp_path: Path) -> None:
    """Rows that were linked under another key are found, each of them."""
    history(path)
    history(tmp_path / "other.db", OTHER)
    attack(
        path,
        f"ATTACH '{tmp_path}/other.db' AS other; DELETE FROM query;"  # noqa: S608
        "INSERT INTO query SELECT * FROM other.query",
    )

    assert [1, 2, 3, 4, 5] == broken(path)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM beginning",
        "UPDATE beginning SET link = zeroblob(32)",
        "INSERT INTO beginning SELECT link FROM beginning",
        "INSERT INTO beginning VALUES (zeroblob(32))",
    ],
)
def test_another_beginning(path: Path, sql: str) -> None:
    """A log whose beginning was changed is not opened, so nothing is added to it."""
    history(path)
    attack(path, sql)

    with pytest.raises(KeyMaterialError):
        broken(path)


# -- Reading back ----------------------------------------------------------------------------------


def test_what_was_changed_is_not_read_back(path: Path) -> None:
    """Reading back stops at a row that is not what was written, and never shows it."""
    history(path)
    attack(path, "UPDATE query SET caller = 'desk-8', purpose = 'no purpose' WHERE number = 4")
    with AuditStore(path) as store:
        log = AuditLog(store, key=KEY)
        everything, about = log.queries(), log.queries_about("bank", LISTING)

        assert [1, 2, 3] == [next(everything).number for _ in range(3)]
        assert 2 == next(about).number
        for reading in (everything, about):
            with pytest.raises(AuditError) as caught:
                next(reading)
            assert [4] == [place.number for place in caught.value.breaks]


def test_a_removed_row_stops_the_reading(path: Path) -> None:
    """Reading back stops where a row was removed, and does not pass over it."""
    history(path)
    attack(path, "DELETE FROM query WHERE number = 3")
    with AuditStore(path) as store:
        log = AuditLog(store, key=KEY)
        with pytest.raises(AuditError):
            list(log.queries())
        with pytest.raises(AuditError):
            list(log.queries_about("bank", LISTING))


LOOSE = (
    "CREATE TABLE loose AS SELECT * FROM query; DROP TABLE query;ALTER TABLE loose RENAME TO query"
)


@pytest.mark.parametrize(
    "sql",
    [
        LOOSE,
        "ALTER TABLE query ADD COLUMN more TEXT",
        "DROP TABLE hit",
        "CREATE TABLE more (anything)",
        "CREATE VIEW more AS SELECT * FROM hit",
        "CREATE UNIQUE INDEX once ON query (number)",
        "CREATE TRIGGER hide AFTER INSERT ON hit BEGIN DELETE FROM hit; END",
    ],
)
def test_tables_of_another_shape(path: Path, sql: str) -> None:
    """Tables that somebody changed are refused: at opening, at the next row, at verifying."""
    history(path)
    with AuditStore(path) as store:
        log = AuditLog(store, key=KEY)
        attack(path, sql)
        for use in (lambda: asked(log, CLEAR), log.verify, lambda: AuditLog(store, key=KEY)):
            with pytest.raises(StoreError):
                use()


@pytest.mark.parametrize("value", ["NULL", "0.5", "9e999", "'text'", "zeroblob(31)", "7"])
@pytest.mark.parametrize("column", ["link", "caller", "at", "digest"])
def test_values_that_no_column_may_hold(path: Path, column: str, value: str) -> None:
    """Values slipped in behind the tables' types are found like any other."""
    history(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        (strict,) = connection.execute("SELECT sql FROM sqlite_schema WHERE name = 'query'")
        loose = strict[0].replace(" NOT NULL", "").replace(" STRICT", "")
        for sql in (loose, strict[0]):
            connection.execute("PRAGMA writable_schema = ON")
            connection.execute("UPDATE sqlite_schema SET sql = ? WHERE name = 'query'", (sql,))
            connection.execute("PRAGMA writable_schema = RESET")
            if sql == loose:
                connection.execute(f"UPDATE query SET {column} = {value} WHERE number = 3")  # noqa: S608

    assert ([3, 4] if column == "link" else [3]) == broken(path)
    with AuditStore(path) as store:
        log = AuditLog(store, key=KEY)
        asked(log, CLEAR)
        with pytest.raises(AuditError):
            list(log.queries())


def test_statistics_are_no_change(path: Path) -> None:
    """What SQLite itself keeps beside the tables, such as statistics, is no change of them."""
    head = history(path)
    attack(path, "ANALYZE")

    assert [] == broken(path, head)


def test_a_call_of_yesterday(path: Path) -> None:
    """The log keeps the time that it was told; its order is that of writing."""
    with AuditStore(path) as store:
        log = AuditLog(store, key=KEY)
        for at in (NOW, NOW - DAY):
            audited = AuditedBy(log, caller="desk-7", consent="consent 2026-0815")
            record = audited.begin(purpose=cs.Purpose.GUARANTEE, role=cs.Role.LENDER, at=at)
            record([applicant(1)], [CLEAR])

        assert [NOW, NOW - DAY] == [query.at for query in log.queries()]
        assert 2 == log.verify().count
