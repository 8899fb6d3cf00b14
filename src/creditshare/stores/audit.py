"""The audit's tables: every query that was answered, and every listing it found.

::

    beginning   one row: the link that the first query follows
    query       one row a batch of a call, with its link to the row before
    hit         one row a listing that a query found

The rows are only ever added. What makes them evident is the link, which `creditshare.audit`
computes; nothing here can.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

import attrs

from creditshare.errors import StoreError
from creditshare.stores.sqlite import Database

__all__ = ["AuditStore", "Fields", "QueryRow"]

Fields = tuple[int | str | bytes, ...]

_APPLICATION_ID = 0x43534131  # "CSA1"
_VERSION = 1
_SCHEMA = """
CREATE TABLE beginning (link BLOB NOT NULL) STRICT;
CREATE TABLE query (
    number INTEGER PRIMARY KEY, call BLOB NOT NULL, part INTEGER NOT NULL, at INTEGER NOT NULL,
    caller TEXT NOT NULL, purpose TEXT NOT NULL, role TEXT NOT NULL, consent TEXT NOT NULL,
    asked INTEGER NOT NULL, matches INTEGER NOT NULL, reviews INTEGER NOT NULL,
    stale INTEGER NOT NULL, clear INTEGER NOT NULL, digest BLOB NOT NULL, link BLOB NOT NULL
) STRICT;
CREATE TABLE hit (
    query INTEGER NOT NULL, number INTEGER NOT NULL, applicant INTEGER NOT NULL,
    origin TEXT NOT NULL, listing BLOB NOT NULL, outcome TEXT NOT NULL, reasons TEXT NOT NULL,
    PRIMARY KEY (query, number)
) STRICT, WITHOUT ROWID"""
_QUERY = (
    "number, link, call, part, at, caller, purpose, role, consent,"
    " asked, matches, reviews, stale, clear, digest"
)
_HIT = "number, applicant, origin, listing, outcome, reasons"
_ADD_QUERY = f"INSERT INTO query ({_QUERY}) VALUES ({', '.join('?' * 15)})"  # noqa: S608
_ADD_HIT = f"INSERT INTO hit (query, {_HIT}) VALUES ({', '.join('?' * 7)})"  # noqa: S608


@attrs.frozen
class QueryRow:
    """One batch of a call, as it stands in the database.

    Attributes:
        number: Its place in the log, from 1.
        link: What ties it to the row before it.
        fields: Its other columns, in the order of the table but with the digest last; text as
            UTF-8 bytes.
        hits: The columns of its hits, likewise, in order.
    """

    number: int
    link: bytes
    fields: Fields
    hits: tuple[Fields, ...]


class AuditStore(Database):
    """The database of the log of queries. It is apart from the registry's, so neither waits.

    Args:
        path: The file; made if it does not exist.
        durable: Whether an answered query is in the log even after a power cut. Without it the
            last ones before the cut may be missing; a killed process never loses any.

    Raises:
        StoreError: if it cannot be opened or is of another kind.
    """

    def __init__(self, path: str | os.PathLike[str], *, durable: bool = True) -> None:
        super().__init__(
            path, application_id=_APPLICATION_ID, version=_VERSION, schema=_SCHEMA, durable=durable
        )
        # What somebody else wrote there need not be UTF-8; it must still be read, to be judged.
        self._connection.text_factory = bytes
        self._path = os.path.abspath(os.fspath(path))
        self._file = self._file_there()

    def beginning(self) -> list[bytes]:
        """The link that the first row follows; none in a new log, and never more than one."""
        return [row[0] for row in self.rows("SELECT link FROM beginning")]

    def begin(self, link: bytes) -> None:
        """Note the link that the first row follows."""
        self.execute("INSERT INTO beginning VALUES (?)", (link,))

    def last(self) -> tuple[int, bytes] | None:
        """The number and the link of the last row."""
        row = self.row("SELECT number, link FROM query ORDER BY number DESC LIMIT 1")
        return None if row is None else (row[0], row[1])

    def link(self, number: int) -> bytes | None:
        """The link of a row."""
        row = self.row("SELECT link FROM query WHERE number = ?", number)
        return None if row is None else row[0]

    def add(self, number: int, link: bytes, fields: Fields, hits: Sequence[Fields]) -> None:
        """Add a row and its hits.

        Raises:
            StoreError: if it cannot, or somebody changed the tables, or moved the file away: then
                nobody would find the row.
        """
        if self._file_there() != self._file:
            raise StoreError("the audit's database is no longer the file that was opened")
        self.check_tables()
        self.execute(_ADD_QUERY, (number, link, *fields))
        if hits:
            self.execute_many(_ADD_HIT, ((number, *hit) for hit in hits))

    def query(self, number: int) -> QueryRow | None:
        """One row with its hits."""
        row = self.row(f"SELECT {_QUERY} FROM query WHERE number = ?", number)  # noqa: S608
        return None if row is None else self._with_hits(row)

    def queries(self) -> Iterator[QueryRow]:
        """Every row with its hits, in order, as they are read."""
        return map(self._with_hits, self.rows(f"SELECT {_QUERY} FROM query ORDER BY number"))  # noqa: S608

    def queries_with_hit(self, origin: str, listing: bytes) -> list[int]:
        """The numbers of the rows that found a listing."""
        sql = "SELECT DISTINCT query FROM hit WHERE listing = ? AND origin = ? ORDER BY query"
        return [row[0] for row in self.rows(sql, listing, origin)]

    def hits_of_no_query(self) -> Iterator[int]:
        """The numbers of rows that hits belong to, but which do not stand there."""
        sql = "SELECT DISTINCT query FROM hit WHERE query NOT IN (SELECT number FROM query)"
        return (row[0] for row in self.rows(sql))

    def _file_there(self) -> tuple[int, int] | None:
        try:
            status = os.stat(self._path)
        except OSError:
            return None  # also of ":memory:", where it stays None
        return status.st_dev, status.st_ino

    def _with_hits(self, row: Fields) -> QueryRow:
        number, link, *fields = row
        hits = self.rows(f"SELECT {_HIT} FROM hit WHERE query = ? ORDER BY number", number)  # noqa: S608
        return QueryRow(number, link, tuple(fields), tuple(hits))  # type: ignore[arg-type]
