"""The registry's tables: what a recipient was told, by whom, and what was taken back.

::

    issuer      one row an origin: the latest checkpoint with its signature, and how it came
    live        the event each live listing rests on, with its latest marks; its wording is the
                digest of the event that last changed what it says
    record      locked payloads and their rows; gone once a listing's last day has passed
    lookup      tag -> place
    tombstone   listings that were withdrawn, since when, and whether they should never have been;
                outlives everything
    evidence    what two signatures of one issuer contradict, and records that did not open
    execution, feedback   what this agency did on listings, and what it said of that

A *place* is an issuer's number and an event's index in one integer, so that the rows of one issuer
stand together in the order of its log.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

import attrs

from creditshare.stores.feedback import EXECUTION_SCHEMA, LATEST, ExecutionRow, ExecutionTables
from creditshare.stores.sqlite import check_days

__all__ = [
    "EVENTS_MAX",
    "HitRow",
    "IssuerRow",
    "LiveRow",
    "RecordRow",
    "RegistryStore",
    "StandingRow",
]

LiveRow = tuple[int, int, bytes, int, bytes]
"""The event a listing rests on: index, type, listing id, day, digest."""

RecordRow = tuple[int, bytes, bytes, list[bytes]]
"""A record: the index of its event, the locked payload, the rows and their tags."""

_APPLICATION_ID = 0x43535231  # "CSR1"
_VERSION = 4
_PAGE_BYTES = 16384
_INDEX_BITS = 40
_TAG, _ROW = 16, 48  # bytes: a record's row is a tag and a wrap
EVENTS_MAX = 1 << _INDEX_BITS  # that an issuer's log can have here
_SCHEMA = f"""
CREATE TABLE issuer (
    id INTEGER PRIMARY KEY, origin TEXT NOT NULL UNIQUE, checkpoint BLOB NOT NULL,
    signature BLOB NOT NULL, delivery BLOB NOT NULL, delivery_signature BLOB NOT NULL,
    frontier BLOB NOT NULL, forgotten INTEGER NOT NULL DEFAULT 0,
    purged INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE live (
    place INTEGER PRIMARY KEY, issuer INTEGER NOT NULL, listing BLOB NOT NULL,
    type INTEGER NOT NULL, day INTEGER NOT NULL, digest BLOB NOT NULL, wording BLOB NOT NULL,
    suspended INTEGER NOT NULL DEFAULT 0, exempted INTEGER NOT NULL DEFAULT 0,
    disputed INTEGER,
    UNIQUE (listing, issuer)
) STRICT;
CREATE TABLE record (
    place INTEGER PRIMARY KEY, locked BLOB NOT NULL, rows BLOB NOT NULL
) STRICT;
CREATE TABLE lookup (
    tag BLOB NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (tag, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE tombstone (
    issuer INTEGER NOT NULL, listing BLOB NOT NULL, day INTEGER NOT NULL, void INTEGER NOT NULL,
    PRIMARY KEY (issuer, listing)
) STRICT, WITHOUT ROWID;
CREATE TABLE evidence (
    id INTEGER PRIMARY KEY, origin TEXT NOT NULL, what TEXT NOT NULL, noted INTEGER NOT NULL,
    body BLOB NOT NULL, UNIQUE (origin, what, body)
) STRICT;
{EXECUTION_SCHEMA}
"""


_HITS = (
    f"SELECT issuer, place & {EVENTS_MAX - 1}, type, listing, day, digest, wording, suspended,"  # noqa: S608
    " exempted, disputed, locked, rows"
    " FROM lookup JOIN live USING (place) JOIN record USING (place) WHERE tag = ?"
)
_PAST_END = f"""
SELECT party, done.listing, measure, action, done.day, reference,
    coalesce(tombstone.day, live.day), coalesce(tombstone.void, 0)
FROM ({LATEST.format("")}) AS done
LEFT JOIN issuer ON origin = party
LEFT JOIN live ON live.listing = done.listing AND live.issuer = issuer.id
LEFT JOIN tombstone ON tombstone.listing = done.listing AND tombstone.issuer = issuer.id
WHERE action = 'applied' AND (live.day IS NULL OR live.day < ?)
"""  # noqa: S608


@attrs.frozen
class IssuerRow:
    """What is held of one issuer."""

    id: int
    origin: str
    checkpoint: bytes
    signature: bytes = attrs.field(repr=False)
    delivery: bytes = attrs.field(repr=False)
    delivery_signature: bytes = attrs.field(repr=False)
    frontier: bytes = attrs.field(repr=False)
    forgotten: int
    purged: int


@attrs.frozen
class HitRow:
    """One listing that a tag found: its issuer's number, its event, its record, its marks.

    `disputed` is None where no dispute is open.
    """

    issuer: int
    index: int
    type: int
    listing: bytes
    day: int
    digest: bytes
    wording: bytes
    suspended: int
    exempted: int
    disputed: int | None
    locked: bytes = attrs.field(repr=False)
    rows: bytes = attrs.field(repr=False)

    def __attrs_post_init__(self) -> None:
        check_days(self.day, self.suspended, self.exempted, self.disputed or 0)


@attrs.frozen
class StandingRow:
    """Where one live listing stands: its last day, its marks, its wording, its issuer's word."""

    day: int
    suspended: int
    exempted: int
    disputed: int | None
    wording: bytes
    checkpoint: bytes

    def __attrs_post_init__(self) -> None:
        check_days(self.day, self.suspended, self.exempted, self.disputed or 0)


class RegistryStore(ExecutionTables):
    """A registry's database.

    Args:
        path: The file; made if it does not exist.

    Raises:
        StoreError: if it cannot be opened or is of another kind.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        super().__init__(
            path,
            application_id=_APPLICATION_ID,
            version=_VERSION,
            schema=_SCHEMA,
            page_bytes=_PAGE_BYTES,
        )

    # -- issuers -------------------------------------------------------------------------------

    def issuers(self) -> list[IssuerRow]:
        """Every issuer heard from and not forgotten."""
        sql = "SELECT * FROM issuer WHERE forgotten = 0 ORDER BY id"
        return [IssuerRow(*row) for row in self.rows(sql)]

    def issuer(self, origin: str) -> IssuerRow | None:
        """What is held of one origin, forgotten or not."""
        row = self.row("SELECT * FROM issuer WHERE origin = ?", origin)
        return None if row is None else IssuerRow(*row)

    def put_issuer(self, origin: str, statements: tuple[bytes, ...], frontier: bytes) -> int:
        """Replace what is held of an origin; returns its number.

        Args:
            origin: Whose log.
            statements: Checkpoint, its signature, delivery, its signature.
            frontier: Where the log stands.
        """
        self.execute(
            "INSERT INTO issuer"
            " (origin, checkpoint, signature, delivery, delivery_signature, frontier)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (origin) DO UPDATE SET"
            " checkpoint = excluded.checkpoint, signature = excluded.signature,"
            " delivery = excluded.delivery, delivery_signature = excluded.delivery_signature,"
            " frontier = excluded.frontier, forgotten = 0",
            (origin, *statements, frontier),
        )
        row = self.row("SELECT id FROM issuer WHERE origin = ?", origin)
        return int(row[0]) if row else 0

    def forget(self, issuer: int) -> None:
        """Delete an issuer's live listings; its statements and tombstones stay."""
        self._drop_issuer(issuer)
        self.execute("UPDATE issuer SET forgotten = 1 WHERE id = ?", (issuer,))

    # -- replaying a log -------------------------------------------------------------------------

    def begin_full(self, issuer: int) -> None:
        """Set what is held of an issuer aside, to replay its whole log."""
        self.execute(
            "CREATE TEMP TABLE was_withdrawn"
            " (listing BLOB PRIMARY KEY, day INTEGER, void INTEGER) WITHOUT ROWID"
        )
        self.execute(
            "INSERT INTO was_withdrawn SELECT listing, day, void FROM tombstone WHERE issuer = ?",
            (issuer,),
        )
        self._drop_issuer(issuer)
        self.execute("DELETE FROM tombstone WHERE issuer = ?", (issuer,))
        self.execute("UPDATE issuer SET purged = 0 WHERE id = ?", (issuer,))

    def end_full(self, issuer: int) -> int:
        """Put the tombstones back; returns how many withdrawn listings the log lists again.

        A listing that was void stays so, whatever a log that began anew says of its end.
        """
        row = self.row(
            "SELECT count(*) FROM was_withdrawn JOIN live USING (listing) WHERE issuer = ?", issuer
        )
        self.execute(
            "INSERT INTO tombstone SELECT ?, listing, day, void FROM was_withdrawn WHERE true"
            " ON CONFLICT (issuer, listing) DO UPDATE SET void = max(void, excluded.void)",
            (issuer,),
        )
        self.execute("DROP TABLE was_withdrawn")
        return int(row[0]) if row else 0

    def add_live(self, issuer: int, rows: Sequence[LiveRow]) -> int:
        """Add listings never seen; returns how many were new and not withdrawn."""
        first = _first(issuer)
        added = self.execute_many(
            "INSERT OR IGNORE INTO live (place, issuer, listing, type, day, digest, wording)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (first + index, issuer, listing, kind, day, digest, digest)
                for index, kind, listing, day, digest in rows
            ],
        )
        marks = ",".join("?" * len(rows))
        sql = f"SELECT count(*) FROM tombstone WHERE issuer = ? AND listing IN ({marks})"  # noqa: S608
        withdrawn = self.row(sql, issuer, *(listing for _, _, listing, _, _ in rows))
        return added - int(withdrawn[0]) if withdrawn else 0

    def move_live(self, issuer: int, rows: Sequence[LiveRow], *, reworded: bool) -> int:
        """Let live listings rest on newer events; returns how many were live.

        Args:
            issuer: The issuer's number.
            rows: The events.
            reworded: Whether they change what the listings say.
        """
        first = _first(issuer)
        self._drop_records(issuer, [listing for _, _, listing, _, _ in rows])
        return self.execute_many(
            "UPDATE live SET place = ?, type = ?, day = ?, digest = ?,"
            " wording = CASE WHEN ? THEN ? ELSE wording END WHERE listing = ? AND issuer = ?",
            [
                (first + index, kind, day, digest, reworded, digest, listing, issuer)
                for index, kind, listing, day, digest in rows
            ],
        )

    def suspend(self, issuer: int, rows: list[tuple[bytes, int]]) -> int:
        """Suspend (listing, until) where live; returns how many were."""
        sql = "UPDATE live SET suspended = ? WHERE issuer = ? AND listing = ?"
        return self.execute_many(sql, ((until, issuer, listing) for listing, until in rows))

    def exempt(self, issuer: int, rows: list[tuple[bytes, int]]) -> int:
        """Exempt (listing, until) where live; returns how many were."""
        sql = "UPDATE live SET exempted = ? WHERE issuer = ? AND listing = ?"
        return self.execute_many(sql, ((until, issuer, listing) for listing, until in rows))

    def dispute(self, issuer: int, rows: list[tuple[bytes, int]]) -> int:
        """Note (listing, day by which to answer) where live, the earlier of two; counts them."""
        sql = (
            "UPDATE live SET disputed = min(coalesce(disputed, ?), ?)"
            " WHERE issuer = ? AND listing = ?"
        )
        return self.execute_many(sql, ((day, day, issuer, listing) for listing, day in rows))

    def resume(self, issuer: int, listings: list[bytes]) -> int:
        """End suspension and dispute where live; returns how many were."""
        sql = "UPDATE live SET suspended = 0, disputed = NULL WHERE issuer = ? AND listing = ?"
        return self.execute_many(sql, ((issuer, listing) for listing in listings))

    def withdraw(self, issuer: int, rows: list[tuple[bytes, int]], *, void: bool = False) -> int:
        """Delete live (listing, day) and keep their tombstones; returns how many were live."""
        self._drop_records(issuer, [listing for listing, _ in rows])
        count = self.execute_many(
            "DELETE FROM live WHERE issuer = ? AND listing = ?",
            ((issuer, listing) for listing, _ in rows),
        )
        self.execute_many(
            "INSERT OR IGNORE INTO tombstone VALUES (?, ?, ?, ?)",
            ((issuer, listing, day, void) for listing, day in rows),
        )
        return count

    def live_count(self, issuer: int) -> int:
        """How many listings of an issuer are live."""
        sql = "SELECT count(*) FROM live WHERE place >= ? AND place < ?"
        row = self.row(sql, _first(issuer), _first(issuer + 1))
        return int(row[0]) if row else 0

    def live_before(self, issuer: int, end: int) -> bool:
        """Whether a live listing rests on an event before `end`."""
        sql = "SELECT 1 FROM live WHERE place >= ? AND place < ? LIMIT 1"
        return self.row(sql, _first(issuer), _first(issuer) + end) is not None

    def live_since(self, issuer: int, first: int) -> Iterator[tuple[int, bytes]]:
        """(index, digest) of the live payload events from `first` on, ascending."""
        start = _first(issuer)
        sql = "SELECT place - ?, digest FROM live WHERE place >= ? AND place < ? ORDER BY place"
        return self.rows(sql, start, start + first, _first(issuer + 1))

    def add_records(self, issuer: int, rows: Sequence[RecordRow]) -> None:
        """Add records, and the look-ups by their tags."""
        first = _first(issuer)
        self.execute_many(
            "INSERT INTO record VALUES (?, ?, ?)",
            [(first + index, locked, body) for index, locked, body, _ in rows],
        )
        lookups = [(tag, first + index) for index, _, _, tags in rows for tag in tags]
        lookups.sort()  # neighbours in the table, where there are many
        self.execute_many("INSERT INTO lookup VALUES (?, ?)", lookups)

    # -- looking up, forgetting -------------------------------------------------------------------

    def hits(self, tag: bytes) -> list[HitRow]:
        """The listings that a tag finds."""
        return [HitRow(*row) for row in self.all_rows(_HITS, tag)]

    def purge(self, day: int) -> int:
        """Forget the records whose last day lies before `day`, note the day; returns how many."""
        sql = "SELECT issuer, listing FROM live JOIN record USING (place) WHERE day < ?"
        due = list(self.rows(sql, day))
        self.execute("UPDATE issuer SET purged = max(purged, ?)", (day,))
        for issuer, listing in due:
            self._drop_records(issuer, [listing])
        return len(due)

    def counts(self, issuer: int) -> tuple[int, int]:
        """How many listings of an issuer are live, and how many were withdrawn."""
        row = self.row("SELECT count(*) FROM tombstone WHERE issuer = ?", issuer)
        return self.live_count(issuer), int(row[0]) if row else 0

    def standing(self, issuer: int) -> Iterator[tuple[bytes, int, int, int, int | None]]:
        """(listing, last day, suspended, exempted, disputed) of what is live, by last day."""
        sql = (
            "SELECT listing, day, suspended, exempted, disputed FROM live WHERE issuer = ?"
            " ORDER BY day, listing"
        )
        for listing, day, suspended, exempted, disputed in self.rows(sql, issuer):
            check_days(day, suspended, exempted, disputed or 0)
            yield listing, day, suspended, exempted, disputed

    def add_evidence(self, origin: str, what: str, noted: int, body: bytes) -> None:
        """Keep something that an issuer will have to answer for; the same thing once."""
        sql = "INSERT OR IGNORE INTO evidence (origin, what, noted, body) VALUES (?, ?, ?, ?)"
        self.execute(sql, (origin, what, noted, body))

    def evidence(self) -> Iterator[tuple[str, str, int, bytes]]:
        """Everything kept: origin, what, Unix time, bytes."""
        sql = "SELECT origin, what, noted, body FROM evidence ORDER BY id"
        return ((row[0], row[1], row[2], row[3]) for row in self.rows(sql))

    # -- what was done on them -------------------------------------------------------------------

    def standing_of(self, origin: str, listing: bytes) -> StandingRow | None:
        """Where a live listing stands."""
        sql = (
            "SELECT day, suspended, exempted, disputed, wording, checkpoint"
            " FROM live JOIN issuer ON issuer = issuer.id WHERE origin = ? AND listing = ?"
        )
        row = self.row(sql, origin, listing)
        return None if row is None else StandingRow(*row)

    def applied_past_end(self, day: int) -> Iterator[tuple[ExecutionRow, int | None, bool]]:
        """What was applied and not lifted on listings that are not live on `day`.

        With each, the listing's end: the day of its withdrawal, else its last day; None for one
        that is gone with its issuer, or with an earlier generation of its log. And whether it
        should never have been.
        """
        rows = self.rows(_PAST_END, day)
        return ((ExecutionRow(*row[:6]), row[6], bool(row[7])) for row in rows)

    def _drop_issuer(self, issuer: int) -> None:
        span = _first(issuer), _first(issuer + 1)
        for table in ("live", "record", "lookup"):
            self.execute(f"DELETE FROM {table} WHERE place >= ? AND place < ?", span)  # noqa: S608

    def _drop_records(self, issuer: int, listings: list[bytes]) -> None:
        find = (
            "SELECT place, rows FROM live JOIN record USING (place)"
            " WHERE listing = ? AND issuer = ?"
        )
        for listing in listings:
            row = self.row(find, listing, issuer)
            if row is None:
                continue
            place, rows = row
            self.execute_many(
                "DELETE FROM lookup WHERE tag = ? AND place = ?",
                ((rows[i : i + _TAG], place) for i in range(0, len(rows), _ROW)),
            )
            self.execute("DELETE FROM record WHERE place = ?", (place,))


def _first(issuer: int) -> int:
    """The place of an issuer's first event."""
    return issuer << _INDEX_BITS
