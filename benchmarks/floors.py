"""What nobody goes below: the bare HMAC, the bare insert of the same bytes, the bare look-up."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

import creditshare as cs
from benchmarks import data
from benchmarks.clock import Clock
from benchmarks.exchange import NOW
from benchmarks.keyed import Keyed
from benchmarks.ours import CALLS
from benchmarks.place import Place

__all__ = ["hmac", "insert", "ledger_insert", "look_up", "look_up_hit", "look_up_many"]

_SETTINGS = (
    "secure_delete = ON",
    "journal_mode = WAL",
    "synchronous = FULL",
    "temp_store = FILE",
    "cache_size = -65536",
)
_TABLES = (
    "CREATE TABLE event (position INTEGER PRIMARY KEY, body)",
    "CREATE TABLE record (position INTEGER PRIMARY KEY, locked)",
    "CREATE TABLE tag (tag, position, wrap, PRIMARY KEY (tag, position)) WITHOUT ROWID",
)
_LOOK_UP = (
    "SELECT body, wrap, locked FROM tag JOIN event USING (position) JOIN record USING (position)"
    " WHERE tag = ?"
)
_PARTS = "SELECT name, sql FROM sqlite_schema WHERE type = ? AND sql IS NOT NULL"
_Find = Callable[[cs.Applicant], list[tuple[Any, ...]]]


def hmac(place: Place, clock: Clock) -> int:
    """One HMAC of each identifier's text."""
    digest = Keyed(bytes(32)).digest
    texts = (identifier.token_text for identifier in data.identifiers(place.n))
    with clock.running():
        for text in clock.outside(texts):
            digest(text.encode())
    return place.n


def insert(place: Place, clock: Clock) -> int:
    """A bundle's events, locked records and tag rows, each table sorted by its key, durably."""
    with _staged(place) as rows, _database(place.fresh(place.floor)) as database, clock.running():
        database.execute("BEGIN IMMEDIATE")
        for sql in _TABLES:
            database.execute(sql)
        for table, order in (("event", "position"), ("record", "position"), ("tag", "tag")):
            _copy(rows, database, f"{table} ORDER BY {order}", table, clock)
        _commit(database)
    return place.n


def ledger_insert(place: Place, clock: Clock) -> int:
    """The rows of the ledger's own database into an empty one like it, each table sorted."""
    target = place.fresh(place.folder / "copy.db")
    with _database(place.ledger) as rows, _database(target) as database, clock.running():
        database.execute("BEGIN IMMEDIATE")
        for table, sql in rows.execute(_PARTS, ("table",)).fetchall():
            database.execute(sql)
            _copy(rows, database, table, table, clock)  # as they lie: by primary key
        for _, sql in rows.execute(_PARTS, ("index",)).fetchall():
            database.execute(sql)
        _commit(database)
    place.fresh(target)
    return place.n


def look_up(place: Place, clock: Clock) -> int:
    """One HMAC and one look-up with its join a call, one call in a hundred a hit."""
    return _one_by_one(place, clock, data.HIT_EVERY)


def look_up_hit(place: Place, clock: Clock) -> int:
    """The same, every call a hit."""
    return _one_by_one(place, clock, 1)


def look_up_many(place: Place, clock: Clock) -> int:
    """The same for as many as there are listings, timed as a whole."""
    with _database(place.floor) as database, clock.running():
        find = _finder(place, database)
        hits = sum(map(len, map(find, clock.outside(data.applicants(place.n, place.n)))))
    _check_hits(hits, place.n, data.HIT_EVERY)
    return place.n


def _one_by_one(place: Place, clock: Clock, every: int) -> int:
    calls, hits = min(place.n, CALLS), 0
    with _database(place.floor) as database:
        find = _finder(place, database)

        def ask(applicant: cs.Applicant) -> None:
            nonlocal hits
            hits += len(find(applicant))

        with clock.running():
            clock.calls(ask, data.applicants(calls, place.n, every))
    _check_hits(hits, calls, every)
    return calls


def _check_hits(hits: int, asked: int, every: int) -> None:
    if hits != -(-asked // every):
        raise ValueError("the bare look-up did not find everyone")


def _finder(place: Place, database: sqlite3.Connection) -> _Find:
    """What a bare look-up does: the tag as the format defines it, and one statement."""
    source, execute = place.exchange.key, database.execute
    salt, label = source.epoch.name.encode(), b"creditshare/1/token-tag"
    key = HKDF(SHA256(), length=32, salt=salt, info=label).derive(source.master)
    digest = Keyed(key.hex().encode()).digest

    def find(applicant: cs.Applicant) -> list[tuple[Any, ...]]:
        tag = digest(applicant.identifiers[0].token_text.encode())[:16]
        return execute(_LOOK_UP, (tag,)).fetchall()

    return find


@contextlib.contextmanager
def _database(path: Path) -> Iterator[sqlite3.Connection]:
    """A database with the settings of ours."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as database:
        for setting in _SETTINGS:
            database.execute(f"PRAGMA {setting}")
        yield database


@contextlib.contextmanager
def _staged(place: Place) -> Iterator[sqlite3.Connection]:
    """The bundle's parts in a database that is thrown away, so that SQLite sorts them."""
    exchange, path = place.exchange, place.fresh(place.folder / "staged.db")
    reader, roster = exchange.readers[0], exchange.roster
    with contextlib.closing(sqlite3.connect(path)) as staged:
        staged.execute("PRAGMA synchronous = OFF")
        staged.execute("CREATE TABLE event (position, body)")
        staged.execute("CREATE TABLE record (position, locked)")
        staged.execute("CREATE TABLE tag (tag, position, wrap)")
        with cs.open_bundle(place.bundle, by=reader, roster=roster, at=NOW) as bundle:
            events = ((event.index, event.to_bytes()) for event in bundle.events())
            staged.executemany("INSERT INTO event VALUES (?, ?)", events)
            for record in bundle.records():
                staged.execute("INSERT INTO record VALUES (?, ?)", (record.event, record.locked))
                for tag, wrap in _rows(record.rows):
                    row = tag, record.event, wrap
                    staged.execute("INSERT INTO tag VALUES (?, ?, ?)", row)
        staged.commit()
        yield staged
    place.fresh(path)


def _rows(rows: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Tag and wrap of each row of a record."""
    return ((rows[i : i + 16], rows[i + 16 : i + 48]) for i in range(0, len(rows), 48))


def _copy(
    rows: sqlite3.Connection, database: sqlite3.Connection, source: str, table: str, clock: Clock
) -> None:
    found = rows.execute(f"SELECT * FROM {source}")  # noqa: S608 - names of ours
    marks = ", ".join("?" * len(found.description))
    into = f"INSERT INTO {table} VALUES ({marks})"  # noqa: S608 - names of ours
    database.executemany(into, clock.outside(found))


def _commit(database: sqlite3.Connection) -> None:
    database.execute("COMMIT")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
