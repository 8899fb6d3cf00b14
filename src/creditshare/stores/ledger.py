"""The ledger's tables: what an issuer said, and what it needs to say more.

::

    meta        one row: whose log, its token epoch, the frontier of its tree, a key of its own
    event       the log, never erased
    listing     every listing ever, with where it stands; identifiers only while it lives
    record      secret, locked bytes and rows of the live ones
    subject     keyed digests of (identifier) and (identifier, creditor, default date): finds a
                borrower's listings, and refuses one case twice, also after its withdrawal
    checkpoint  every checkpoint signed
    delivery    who was sent what, in which file
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import attrs

from creditshare.stores.sqlite import Database

__all__ = ["DeliveryRow", "LedgerMeta", "LedgerStore", "ListingRow", "RecordRow"]

_APPLICATION_ID = 0x43534C31  # "CSL1"
_VERSION = 1
_SCHEMA = """
CREATE TABLE meta (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    origin TEXT NOT NULL, generation INTEGER NOT NULL,
    epoch TEXT, epoch_ends INTEGER, token_check BLOB,
    size INTEGER NOT NULL, frontier BLOB NOT NULL, key BLOB NOT NULL
) STRICT;
CREATE TABLE event (position INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
CREATE TABLE listing (
    id BLOB PRIMARY KEY, event INTEGER NOT NULL, first_day INTEGER NOT NULL,
    last_day INTEGER NOT NULL, rulebook TEXT NOT NULL, reference TEXT NOT NULL,
    identifiers BLOB, suspended INTEGER NOT NULL, exempted INTEGER NOT NULL, reason TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX listing_due ON listing (last_day) WHERE reason IS NULL;
CREATE TABLE record (
    event INTEGER PRIMARY KEY, listing BLOB NOT NULL, secret BLOB NOT NULL,
    locked BLOB NOT NULL, lookup BLOB NOT NULL
) STRICT;
CREATE TABLE subject (
    subject BLOB NOT NULL, debt BLOB NOT NULL, listing BLOB NOT NULL,
    PRIMARY KEY (subject, debt)
) STRICT, WITHOUT ROWID;
CREATE TABLE checkpoint (
    sequence INTEGER PRIMARY KEY, body BLOB NOT NULL, signature BLOB NOT NULL
) STRICT;
CREATE TABLE delivery (
    id INTEGER PRIMARY KEY, generation INTEGER NOT NULL, sequence INTEGER NOT NULL,
    base INTEGER NOT NULL,
    recipients TEXT NOT NULL, body BLOB NOT NULL, sealed INTEGER NOT NULL
) STRICT
"""


@attrs.frozen
class LedgerMeta:
    """The ledger's one row about itself."""

    origin: str
    generation: int
    epoch: str | None = None
    epoch_ends: int | None = None
    token_check: bytes | None = None
    size: int = 0
    frontier: bytes = b""
    key: bytes = attrs.field(repr=False, kw_only=True)


@attrs.frozen
class ListingRow:
    """Where one listing stands."""

    id: bytes
    event: int
    first_day: int
    last_day: int
    rulebook: str
    reference: str
    identifiers: bytes | None = attrs.field(repr=False)
    suspended: int = 0
    exempted: int = 0
    reason: str | None = None


@attrs.frozen
class RecordRow:
    """One live record."""

    event: int
    listing: bytes
    secret: bytes = attrs.field(repr=False)
    locked: bytes = attrs.field(repr=False)
    lookup: bytes = attrs.field(repr=False)


@attrs.frozen
class DeliveryRow:
    """One bundle that was sealed; `recipients` are origins with spaces between them."""

    generation: int
    sequence: int
    base: int
    recipients: str
    body: bytes = attrs.field(repr=False)
    sealed: int


class LedgerStore(Database):
    """A ledger's database.

    Args:
        path: The file; made if it does not exist.

    Raises:
        StoreError: if it cannot be opened or is of another kind.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        super().__init__(path, application_id=_APPLICATION_ID, version=_VERSION, schema=_SCHEMA)

    def meta(self) -> LedgerMeta | None:
        """The row about itself, None in a new database."""
        row = self.row(
            "SELECT origin, generation, epoch, epoch_ends, token_check, size, frontier, key"
            " FROM meta"
        )
        return None if row is None else LedgerMeta(*row[:-1], key=row[-1])

    def put_meta(self, meta: LedgerMeta) -> None:
        """Replace the row about itself."""
        self.execute(
            "INSERT OR REPLACE INTO meta VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)",
            attrs.astuple(meta),
        )

    # -- the log ---------------------------------------------------------------------------

    def append_events(self, events: list[tuple[int, bytes]]) -> None:
        """Add (index, body) to the log."""
        self.execute_many("INSERT INTO event VALUES (?, ?)", events)

    def events(self, first: int, end: int) -> Iterator[bytes]:
        """The bodies from `first` up to, not including, `end`."""
        sql = "SELECT body FROM event WHERE position >= ? AND position < ? ORDER BY position"
        return (body for (body,) in self.rows(sql, first, end))

    def begin_log(self) -> None:
        """Erase the log and its checkpoints, for a new generation; all else stays."""
        for table in ("event", "record", "checkpoint"):
            self.execute(f"DELETE FROM {table}")  # noqa: S608

    # -- listings --------------------------------------------------------------------------

    def add_listings(self, rows: list[ListingRow]) -> None:
        """Add new listings."""
        self.execute_many(
            "INSERT INTO listing VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", map(attrs.astuple, rows)
        )

    def listing(self, listing_id: bytes) -> ListingRow | None:
        """One listing, live or not."""
        row = self.row("SELECT * FROM listing WHERE id = ?", listing_id)
        return None if row is None else ListingRow(*row)

    def move_listing(self, row: ListingRow) -> None:
        """Let a listing rest on a newer event, with its days and rulebook."""
        self.execute(
            "UPDATE listing SET event = ?, first_day = ?, last_day = ?, rulebook = ? WHERE id = ?",
            (row.event, row.first_day, row.last_day, row.rulebook, row.id),
        )

    def mark_listing(
        self, listing_id: bytes, *, suspended: int | None = None, exempted: int | None = None
    ) -> None:
        """Set the last day of a suspension or exemption, 0 for none; None leaves it."""
        self.execute(
            "UPDATE listing SET suspended = coalesce(?, suspended),"
            " exempted = coalesce(?, exempted) WHERE id = ?",
            (suspended, exempted, listing_id),
        )

    def end_listing(self, listing_id: bytes, reason: str) -> None:
        """Forget a listing's record and identifiers; that it was, and why it ended, stays."""
        self.execute("DELETE FROM record WHERE event = "
                     "(SELECT event FROM listing WHERE id = ?)", (listing_id,))  # fmt: skip
        self.execute(
            "UPDATE listing SET reason = ?, identifiers = NULL, reference = '' WHERE id = ?",
            (reason, listing_id),
        )

    def lapsed(self, day: int) -> list[bytes]:
        """The live listings whose last day lies before `day`."""
        sql = "SELECT id FROM listing WHERE reason IS NULL AND last_day < ? ORDER BY event"
        return [listing_id for (listing_id,) in self.rows(sql, day)]

    def premature(self, day: int) -> int:
        """How many live listings may not be said before a later day than `day`."""
        sql = "SELECT count(*) FROM listing WHERE reason IS NULL AND first_day > ?"
        return self._count(sql, day)

    def live_count(self) -> int:
        """How many listings are live."""
        return self._count("SELECT count(*) FROM record")

    # -- records -----------------------------------------------------------------------------

    def add_records(self, rows: list[RecordRow]) -> None:
        """Add records of new events."""
        self.execute_many(
            "INSERT INTO record VALUES (?, ?, ?, ?, ?)",
            ((row.event, row.listing, row.secret, row.locked, row.lookup) for row in rows),
        )

    def drop_record(self, event: int) -> None:
        """Forget a superseded record."""
        self.execute("DELETE FROM record WHERE event = ?", (event,))

    def record(self, event: int) -> RecordRow | None:
        """The record of an event, if it is live."""
        row = self.row("SELECT * FROM record WHERE event = ?", event)
        return None if row is None else RecordRow(*row)

    def records(self, first: int, end: int, limit: int = -1) -> Iterator[RecordRow]:
        """The live records of the events from `first` up to, not including, `end`."""
        sql = "SELECT * FROM record WHERE event >= ? AND event < ? ORDER BY event LIMIT ?"
        return (RecordRow(*row) for row in self.rows(sql, first, end, limit))

    # -- borrowers ---------------------------------------------------------------------------

    def case_of(self, subject: bytes, debt: bytes) -> bytes | None:
        """The listing of this debt of this borrower, live or not."""
        sql = "SELECT listing FROM subject WHERE subject = ? AND debt = ?"
        row = self.row(sql, subject, debt)
        return None if row is None else row[0]

    def add_case(self, subject: bytes, debt: bytes, listing_id: bytes) -> bool:
        """Note that this debt of this borrower is listed; False if it is noted already."""
        sql = "INSERT OR IGNORE INTO subject VALUES (?, ?, ?)"
        return self.execute(sql, (subject, debt, listing_id)).rowcount == 1

    def drop_cases(self, subjects: list[bytes], debt: bytes, listing_id: bytes) -> None:
        """Take back what was noted of a listing."""
        sql = "DELETE FROM subject WHERE subject = ? AND debt = ? AND listing = ?"
        self.execute_many(sql, ((subject, debt, listing_id) for subject in subjects))

    def listings_of(self, subject: bytes) -> list[bytes]:
        """The listings of a borrower, live or not."""
        sql = "SELECT DISTINCT listing FROM subject WHERE subject = ?"
        return [listing_id for (listing_id,) in self.rows(sql, subject)]

    def live_listings(self) -> Iterator[ListingRow]:
        """Every listing that was not withdrawn, by its last day, without its identifiers."""
        sql = (
            "SELECT id, event, first_day, last_day, rulebook, reference, NULL, suspended, exempted,"
            " reason FROM listing WHERE reason IS NULL ORDER BY last_day, id"
        )
        return (ListingRow(*row) for row in self.rows(sql))

    # -- what was said ------------------------------------------------------------------------

    def add_checkpoint(self, sequence: int, body: bytes, signature: bytes) -> None:
        """Keep a signed checkpoint."""
        self.execute("INSERT INTO checkpoint VALUES (?, ?, ?)", (sequence, body, signature))

    def checkpoint(self, sequence: int | None = None) -> tuple[bytes, bytes] | None:
        """A checkpoint's body and signature; the latest if no sequence is named."""
        if sequence is None:
            row = self.row("SELECT body, signature FROM checkpoint ORDER BY sequence DESC LIMIT 1")
        else:
            row = self.row("SELECT body, signature FROM checkpoint WHERE sequence = ?", sequence)
        return None if row is None else (row[0], row[1])

    def add_delivery(self, row: DeliveryRow) -> None:
        """Keep who was sent what."""
        self.execute(
            "INSERT INTO delivery (generation, sequence, base, recipients, body, sealed)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            attrs.astuple(row),
        )

    def deliveries(self) -> Iterator[DeliveryRow]:
        """Every delivery, oldest first."""
        sql = (
            "SELECT generation, sequence, base, recipients, body, sealed FROM delivery ORDER BY id"
        )
        return (DeliveryRow(*row) for row in self.rows(sql))

    def _count(self, sql: str, *parameters: object) -> int:
        row = self.row(sql, *parameters)
        return 0 if row is None else int(row[0])
