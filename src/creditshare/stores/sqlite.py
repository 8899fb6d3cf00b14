"""One way to open a SQLite database: settings, identity, transactions, errors of ours."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator
from typing import Any, Self

from creditshare.errors import StoreError

__all__ = ["Database", "check_days"]

_CACHE_KIB = 128 * 1024
_BUSY_SECONDS = 30.0
_RETRY_SECONDS = 0.05
_PIECE_ROWS = 500
_FORGETTING_SECONDS = 0.5
_FIRST_DAY, _LAST_DAY = (
    day.toordinal() - dt.date(1970, 1, 1).toordinal() for day in (dt.date.min, dt.date.max)
)
# But for what SQLite keeps of its own; as bytes, for somebody else may have written it.
_MADE = "SELECT CAST(sql AS BLOB) FROM sqlite_schema WHERE name NOT GLOB 'sqlite_*'"
_FAILURES = (sqlite3.Error, OverflowError, UnicodeEncodeError)
"""What it fails with; the last two for integers of more than 64 bits and for lone surrogates."""


class Database:
    """A SQLite database of one kind, in WAL mode.

    - `secure_delete` overwrites what is deleted, for a deleted record must not lie in free pages;
      `compact` removes the copies that SQLite leaves in the gaps of its pages when rows move;
    - `synchronous = FULL` makes a committed transaction survive a power cut, which is what
      "recorded" and "applied" mean here; a kind that may lose its last transactions then, but is
      never damaged by it, can be opened with NORMAL;
    - a store belongs to the thread that opened it; open one for each thread or process;
    - the application id and version tell a ledger from a registry and refuse anything else.

    Args:
        path: The file, made with mode 0600 if it does not exist; ``":memory:"`` for a test.
        application_id: The kind of database.
        schema: The statements that make an empty one.
        durable: Whether a committed transaction survives a power cut.
        page_bytes: Of a new database: large pages for a million rows at a time, small ones for one.

    Raises:
        StoreError: if the file is something else, or cannot be opened.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        application_id: int,
        version: int,
        schema: str,
        durable: bool = True,
        page_bytes: int = 4096,
    ) -> None:
        self._tables = list(_statements(schema))
        with _our_errors():
            name = _file_name(path)
            # What was to be forgotten may still stand in the log, if somebody died before.
            self._log_full = os.path.exists(f"{name}-wal")
            self._connection = sqlite3.connect(name, timeout=_BUSY_SECONDS, isolation_level=None)
            try:
                self._set_up(page_bytes, durable=durable)
                self._identify(application_id, version)
            except BaseException:
                self._connection.close()
                raise

    def _set_up(self, page_bytes: int, *, durable: bool) -> None:
        for pragma in (
            "trusted_schema = OFF",
            "cell_size_check = ON",
            "secure_delete = ON",
            f"page_size = {page_bytes}",
            f"synchronous = {'FULL' if durable else 'NORMAL'}",
            "temp_store = FILE",
            f"cache_size = -{_CACHE_KIB}",
        ):
            self._connection.execute(f"PRAGMA {pragma}")

    def _identify(self, application_id: int, version: int) -> None:
        execute = self._connection.execute
        if self._is_new():
            self._write_ahead()
            with self.transaction():
                if self._is_new():  # nobody was quicker
                    for statement in self._tables:
                        execute(statement)
                    execute(f"PRAGMA application_id = {application_id}")
                    execute(f"PRAGMA user_version = {version}")
        if self._identity() != (application_id, version):
            raise StoreError("the file is a database of another kind or version")
        self.check_tables()
        self._write_ahead()

    def _write_ahead(self) -> None:
        """Keep a write-ahead log. Where two begin it at once, SQLite refuses without waiting."""
        for again in reversed(range(int(_BUSY_SECONDS / _RETRY_SECONDS))):
            try:
                with self._waiting(_RETRY_SECONDS):
                    self._connection.execute("PRAGMA journal_mode = WAL")
                break
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or not again:
                    raise
                time.sleep(_RETRY_SECONDS)

    @contextlib.contextmanager
    def _waiting(self, seconds: float) -> Iterator[None]:
        """What is locked is waited for that long, instead of as long as usual."""
        self._connection.execute(f"PRAGMA busy_timeout = {seconds * 1000:.0f}")
        try:
            yield
        finally:
            self._connection.execute(f"PRAGMA busy_timeout = {_BUSY_SECONDS * 1000:.0f}")

    def _is_new(self) -> bool:
        return not self._pragma("schema_version") and self._identity() == (0, 0)

    def _identity(self) -> tuple[int, int]:
        return self._pragma("application_id"), self._pragma("user_version")

    def check_tables(self) -> None:
        """Refuse tables that are not as they were made: without STRICT, or with a trigger more.

        Raises:
            StoreError: if somebody changed them.
        """
        if {row[0] for row in self.rows(_MADE)} != set(map(str.encode, self._tables)):
            raise StoreError("somebody changed the tables of the database")

    def _pragma(self, name: str) -> int:
        return int(self._connection.execute(f"PRAGMA {name}").fetchone()[0])

    @contextlib.contextmanager
    def transaction(self, *, forgetting: bool = False) -> Iterator[None]:
        """All or nothing: what is written inside is committed at the end, or rolled back.

        Args:
            forgetting: Empty the write-ahead log afterwards, where what was deleted still stands;
                a reader that stays busy for half a second puts it off until the next write of this
                connection, whatever it writes, or the close of the last connection.

        Raises:
            StoreError: if the database fails or stays locked.
        """
        with _our_errors():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.commit()
            except BaseException:
                self._connection.rollback()
                raise
            if forgetting or self._log_full:
                self._empty_log()

    def forget_log(self) -> None:
        """Let the transaction under way empty the log at its end, like one that is `forgetting`."""
        self._log_full = True

    def compact(self) -> None:
        """Rewrite the whole file, so that nothing is left of what was deleted.

        When SQLite moves rows from one page to another, it may leave a copy in the gap of the old
        one, which `secure_delete` does not overwrite when the row is deleted later. It takes about
        as long as copying the file, and as much room beside it.

        Raises:
            StoreError: if there is no room, or the database stays locked; or if somebody reads an
                earlier state, for then the log and the file still hold it.
        """
        with _our_errors():
            self._connection.execute("VACUUM")
            self._empty_log()
        if self._log_full:
            raise StoreError(
                "somebody reads an earlier state of the database: what was deleted still stands in"
                " its files; do it again later"
            )

    def _empty_log(self) -> None:
        # What was written is committed by now: a log that cannot be emptied is no failure.
        self._log_full = True
        with self._waiting(_FORGETTING_SECONDS), contextlib.suppress(sqlite3.Error):
            checkpoint = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            ((busy, _, _),) = checkpoint.fetchall()
            self._log_full = bool(busy)

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """Everything read inside is of one moment, whatever is written meanwhile.

        One inside another, or inside a transaction, is of that one's moment.
        """
        self.begin_snapshot()
        try:
            yield
        finally:
            self.end_snapshot()

    def begin_snapshot(self) -> None:
        """Let everything read from here on be of one moment; `end_snapshot` must follow."""
        try:
            self._connection.execute("SAVEPOINT snapshot")
        except _FAILURES as error:
            raise _ours(error) from None

    def end_snapshot(self) -> None:
        """End what `begin_snapshot` began."""
        try:
            self._connection.execute("RELEASE snapshot")
        except _FAILURES as error:
            raise _ours(error) from None

    def state(self) -> tuple[int, int]:
        """Two numbers that differ from the last ones if the database was changed in between.

        The first tells what other connections committed, the second what this one changed.
        """
        (committed,) = self.all_rows("PRAGMA data_version")[0]
        return committed, self._connection.total_changes

    def execute(self, sql: str, parameters: Iterable[Any] = ()) -> sqlite3.Cursor:
        """Run one statement."""
        try:
            return self._connection.execute(sql, tuple(parameters))
        except _FAILURES as error:
            raise _ours(error) from None

    def execute_many(self, sql: str, rows: Iterable[tuple[Any, ...]]) -> int:
        """Run one statement for many rows; returns the number of rows changed."""
        try:
            return self._connection.executemany(sql, rows).rowcount
        except _FAILURES as error:
            raise _ours(error) from None

    def row(self, sql: str, *parameters: Any) -> tuple[Any, ...] | None:
        """The first row, or None."""
        try:
            found: tuple[Any, ...] | None = self._connection.execute(sql, parameters).fetchone()
        except _FAILURES as error:
            raise _ours(error) from None
        return found

    def all_rows(self, sql: str, *parameters: Any) -> list[Any]:
        """The rows at once, where they are few."""
        try:
            return self._connection.execute(sql, parameters).fetchall()
        except _FAILURES as error:
            raise _ours(error) from None

    def rows(self, sql: str, *parameters: Any) -> Iterator[tuple[Any, ...]]:
        """The rows, as they are read."""
        try:
            # Not `yield from`: that would close the cursor with the generator, perhaps long after
            # the database was closed.
            for row in self._connection.execute(sql, parameters):  # noqa: UP028
                yield row
        except _FAILURES as error:
            raise _ours(error) from None

    def pieces(self, sql: str, *parameters: Any) -> Iterator[bytes]:
        """The byte strings of a query's one column, joined a few hundred at a time."""
        try:
            cursor = self._connection.execute(sql, parameters)
            while rows := cursor.fetchmany(_PIECE_ROWS):
                yield b"".join([row[0] for row in rows])
        except _FAILURES as error:
            raise _ours(error) from None

    def close(self) -> None:
        """Close the database."""
        with _our_errors():
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def check_days(*numbers: int) -> None:
    """Refuse a day number that no date has.

    Raises:
        StoreError: if there is one; the database was changed by hand, or is damaged.
    """
    if min(numbers) < _FIRST_DAY or max(numbers) > _LAST_DAY:
        raise StoreError("the database is damaged: a day that no calendar has")


def _statements(schema: str) -> Iterator[str]:
    """The statements of a schema; a trigger has semicolons of its own."""
    statement = ""
    for piece in filter(str.strip, schema.split(";")):
        statement += piece + ";"
        if sqlite3.complete_statement(statement):
            yield statement.strip().removesuffix(";")
            statement = ""


def _file_name(path: str | os.PathLike[str]) -> str:
    """The name of a file that exists, made with mode 0600 if it did not; never a link."""
    try:
        name = os.fspath(path)
        if name == ":memory:":
            return name
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        os.close(os.open(name, flags, 0o600))
    except (OSError, ValueError, TypeError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise StoreError(f"the database cannot be opened or made: {reason}") from None
    return name


@contextlib.contextmanager
def _our_errors() -> Iterator[None]:
    try:
        yield
    except _FAILURES as error:
        raise _ours(error) from None


def _ours(error: Exception) -> StoreError:
    """SQLite's error as ours: its result code says what failed, its message may hold values."""
    if isinstance(error, sqlite3.ProgrammingError):
        return StoreError("a store is used closed, or in another thread than it was opened in")
    reason = getattr(error, "sqlite_errorname", type(error).__name__)
    return StoreError(f"the database failed: {reason}")
