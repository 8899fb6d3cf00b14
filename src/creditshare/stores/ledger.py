"""The ledger's tables: what an issuer said, and what it needs to say more.

::

    meta        one row: whose log, its token epoch, the frontier of its tree, a key of its own
    run         the log, never erased: events that were appended together, as one piece
    listing     every listing ever, with where it stands and what is counted of it; identifiers
                only while it lives
    rulebook    the rulebooks by which listings were cleared, whole: their terms go on running
    record      the live records, each with its secret, as they stand in a bundle
    earlier     records that were sent and then amended, until their listing ends
    debtcase    keyed digests of identifier, then creditor, then default date, in one: finds a
                borrower's listings, and refuses one case twice, also after its withdrawal
    prepared    cases that are not listed yet, until they are, are dropped or have passed their last
                day
    prepareddebt  what these are about, as `debtcase` has it: one debt is prepared once
    life        what happened to a case; never edited. Of a listing that did nothing yet but begin,
                nothing: it tells its first steps itself
    words       what was said there, until the listing ends
    checkpoint  every checkpoint signed
    delivery    who was sent what, in which file
    execution, feedback   what recipients did on the listings, as they reported it
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

import attrs

from creditshare.errors import StoreError
from creditshare.stores.feedback import EXECUTION_SCHEMA, LATEST, ExecutionRow, ExecutionTables
from creditshare.stores.sqlite import check_days

__all__ = [
    "DeliveryRow",
    "LedgerMeta",
    "LedgerStore",
    "LifeRow",
    "ListingRow",
    "NewListing",
    "RecordRow",
]

NewListing = tuple[int, bytes, int, int, int, int, str, str, int, int, str, int, str]
"""A new listing: number, id, event, first day, last day, rulebook's number, reference, identifiers,
day of listing, day on which its last day was noted, conduct, outstanding amount in minor units,
currency.
"""

RecordRow = tuple[int, bytes, bytes, bytes]
"""A live record: its event's index, its listing, its secret, and its bytes as a bundle has them."""

_APPLICATION_ID = 0x43534C31  # "CSL1"
_VERSION = 5
_PAGE_BYTES = 16384
_DIGEST = 32
_SECONDS = 2**36
_SCHEMA = f"""
CREATE TABLE meta (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    origin TEXT NOT NULL, generation INTEGER NOT NULL,
    epoch TEXT, epoch_ends INTEGER, token_check BLOB,
    size INTEGER NOT NULL, frontier BLOB NOT NULL, key BLOB NOT NULL
) STRICT;
CREATE TABLE run (first INTEGER PRIMARY KEY, events BLOB NOT NULL) STRICT;
CREATE TABLE rulebook (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, body TEXT NOT NULL
) STRICT;
CREATE TABLE listing (
    number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, event INTEGER NOT NULL,
    first_day INTEGER NOT NULL, last_day INTEGER NOT NULL, rulebook INTEGER NOT NULL,
    reference TEXT NOT NULL, identifiers TEXT, suspended INTEGER NOT NULL DEFAULT 0,
    exempted INTEGER NOT NULL DEFAULT 0, disputed INTEGER NOT NULL DEFAULT 0,
    listed INTEGER NOT NULL, noted INTEGER NOT NULL, conduct TEXT NOT NULL, amount INTEGER NOT NULL,
    currency TEXT NOT NULL, ended INTEGER, reason TEXT
) STRICT;
CREATE INDEX ending ON listing (last_day) WHERE reason IS NULL;
CREATE TABLE record (
    event INTEGER PRIMARY KEY, listing BLOB NOT NULL, secret BLOB NOT NULL, body BLOB NOT NULL
) STRICT;
CREATE TABLE earlier (
    listing BLOB NOT NULL, event INTEGER NOT NULL, secret BLOB NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (listing, event)
) STRICT, WITHOUT ROWID;
CREATE TABLE debtcase (
    digest BLOB PRIMARY KEY, listing INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE prepared (
    id BLOB PRIMARY KEY, rulebook INTEGER NOT NULL, last_day INTEGER NOT NULL, body BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX prepared_ending ON prepared (last_day);
CREATE TABLE prepareddebt (
    digest BLOB PRIMARY KEY, id BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX prepareddebt_of ON prepareddebt (id);
CREATE TABLE life (
    number INTEGER PRIMARY KEY, listing BLOB NOT NULL, step TEXT NOT NULL, day INTEGER NOT NULL,
    since INTEGER, until INTEGER, cause TEXT, stage INTEGER NOT NULL, upheld INTEGER,
    noted INTEGER NOT NULL, due INTEGER
) STRICT;
CREATE INDEX life_of_listing ON life (listing);
CREATE TRIGGER life_is_not_edited BEFORE UPDATE ON life
    BEGIN SELECT RAISE(ABORT, 'what happened is not edited'); END;
CREATE TRIGGER life_is_not_deleted BEFORE DELETE ON life
    BEGIN SELECT RAISE(ABORT, 'what happened is not deleted'); END;
CREATE TABLE words (
    listing BLOB NOT NULL, life INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (listing, life)
) STRICT, WITHOUT ROWID;
CREATE TABLE checkpoint (
    sequence INTEGER PRIMARY KEY, body BLOB NOT NULL, signature BLOB NOT NULL
) STRICT;
CREATE TABLE delivery (
    id INTEGER PRIMARY KEY, generation INTEGER NOT NULL, sequence INTEGER NOT NULL,
    base INTEGER NOT NULL,
    recipients TEXT NOT NULL, body BLOB NOT NULL, sealed INTEGER NOT NULL
) STRICT;
{EXECUTION_SCHEMA}
"""
_PAST_END = f"""
SELECT party, done.listing, measure, action, day, done.reference, coalesce(ended, last_day),
    reason
FROM ({LATEST.format("")}) AS done JOIN listing ON done.listing = listing.id
WHERE action = 'applied' AND (reason IS NOT NULL OR last_day < ?)
"""  # noqa: S608


_LISTING = "listing.number, id, event, first_day, last_day, name, reference"
_STANDING = (
    "suspended, exempted, disputed, listed, noted, conduct, amount, currency, ended, reason"
    " FROM listing JOIN rulebook ON rulebook = rulebook.number"
)

_LIVES = (
    "SELECT life.listing, step, day, since, until, cause, stage, upheld, noted, due,"
    " coalesce(body, '')"
    " FROM life LEFT JOIN words ON words.listing = life.listing AND life = number"
)


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
    """Where one listing stands; days are day numbers, 0 for a mark that is not set.

    `conduct` and `amount` are those of the day on which it was `listed`. On the day `noted` the
    ledger wrote down its last day; once it has ended, its end.
    """

    number: int
    id: bytes
    event: int
    first_day: int
    last_day: int
    rulebook: str
    reference: str = attrs.field(repr=False)
    identifiers: str | None = attrs.field(repr=False)
    suspended: int
    exempted: int
    disputed: int
    listed: int
    noted: int
    conduct: str
    amount: int = attrs.field(repr=False)
    currency: str
    ended: int | None
    reason: str | None

    def __attrs_post_init__(self) -> None:
        check_days(self.first_day, self.last_day, self.listed, self.noted, self.ended or 0)
        check_days(self.suspended, self.exempted, self.disputed)


@attrs.frozen
class LifeRow:
    """One step of a case; days are day numbers.

    `day` is that of the step, `noted` that on which the ledger wrote it down; `due` is the last day
    for the answer to a dispute, as it was reckoned then.
    """

    listing: bytes
    step: str
    day: int
    since: int | None
    until: int | None
    cause: str | None
    stage: int
    upheld: int | None
    noted: int
    due: int | None
    words: str = attrs.field(repr=False)

    def __attrs_post_init__(self) -> None:
        check_days(self.day, self.since or 0, self.until or 0, self.noted, self.due or 0)


@attrs.frozen
class DeliveryRow:
    """One bundle that was sealed; `recipients` are origins with spaces between them."""

    generation: int
    sequence: int
    base: int
    recipients: str
    body: bytes = attrs.field(repr=False)
    sealed: int

    def __attrs_post_init__(self) -> None:
        if not 0 <= self.sealed < _SECONDS:
            raise StoreError("the database is damaged: a time that no clock has")


class LedgerStore(ExecutionTables):
    """A ledger's database.

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

    def append_events(self, first: int, events: bytes) -> None:
        """Add a run of events to the log, the first of which has this index."""
        self.execute("INSERT INTO run VALUES (?, ?)", (first, events))

    def runs(self, first: int, end: int) -> Iterator[tuple[int, bytes]]:
        """(first index, events) of the runs that hold the events from `first` up to `end`."""
        sql = (
            "SELECT first, events FROM run WHERE first < ? AND first >="
            " (SELECT max(first) FROM run WHERE first <= ?) ORDER BY first"
        )
        return ((row[0], row[1]) for row in self.rows(sql, end, first))

    def begin_log(self) -> None:
        """Erase the log and its checkpoints, for a new generation; all else stays."""
        for table in ("run", "record", "earlier", "checkpoint"):
            self.execute(f"DELETE FROM {table}")  # noqa: S608

    # -- listings --------------------------------------------------------------------------

    def rulebook(self, name: str, body: str) -> int:
        """The number of a rulebook, kept if it was not."""
        self.execute("INSERT OR IGNORE INTO rulebook (name, body) VALUES (?, ?)", (name, body))
        return self._count("SELECT number FROM rulebook WHERE name = ?", name)

    def rulebook_body(self, name: str) -> str | None:
        """A rulebook by which a listing was cleared; None if none of that name ever did."""
        row = self.row("SELECT body FROM rulebook WHERE name = ?", name)
        return None if row is None else row[0]

    def rulebook_names(self) -> list[str]:
        """The names of the rulebooks that are kept."""
        return [row[0] for row in self.rows("SELECT name FROM rulebook ORDER BY number")]

    def next_number(self) -> int:
        """The number of the next listing: 1, 2, 3 ..."""
        return self._count("SELECT coalesce(max(number), 0) + 1 FROM listing")

    def add_listings(self, rows: list[NewListing], cases: list[tuple[bytes, int]]) -> bool:
        """Add new listings and note (case, listing's number): all of them, or none.

        Returns:
            Whether they were added; False if an id or a case is known already.
        """
        self.execute("SAVEPOINT listings")
        added = self.execute_many(
            "INSERT OR IGNORE INTO listing"
            " (number, id, event, first_day, last_day, rulebook, reference, identifiers,"
            " listed, noted, conduct, amount, currency)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        ) + self.add_cases(cases)
        complete = added == len(rows) + len(cases)
        if not complete:
            self.execute("ROLLBACK TO listings")
        self.execute("RELEASE listings")
        return complete

    def known_listings(self, ids: list[bytes]) -> set[bytes]:
        """Which of these ids were ever on the ledger."""
        marks = ",".join("?" * len(ids))
        return {row[0] for row in self.rows(f"SELECT id FROM listing WHERE id IN ({marks})", *ids)}  # noqa: S608

    def listing(self, listing_id: bytes) -> ListingRow | None:
        """One listing, live or not."""
        row = self.row(
            f"SELECT {_LISTING}, identifiers, {_STANDING} WHERE id = ?",
            listing_id,
        )
        return None if row is None else ListingRow(*row)

    def move_listing(self, row: ListingRow) -> None:
        """Let a listing rest on a newer event, with its days, rulebook and reference."""
        self.execute(
            "UPDATE listing SET event = ?, first_day = ?, last_day = ?, reference = ?, noted = ?,"
            " rulebook = (SELECT number FROM rulebook WHERE name = ?) WHERE id = ?",
            (
                *(row.event, row.first_day, row.last_day, row.reference, row.noted),
                *(row.rulebook, row.id),
            ),
        )

    def mark_listing(
        self,
        listing_id: bytes,
        *,
        suspended: int | None = None,
        exempted: int | None = None,
        disputed: int | None = None,
    ) -> None:
        """Set the last day of a suspension, exemption or answer, 0 for none; None leaves it."""
        self.execute(
            "UPDATE listing SET suspended = coalesce(?, suspended),"
            " exempted = coalesce(?, exempted), disputed = coalesce(?, disputed) WHERE id = ?",
            (suspended, exempted, disputed, listing_id),
        )

    def end_listing(self, listing_id: bytes, reason: str, day: int, noted: int) -> None:
        """Forget a listing's records and identifiers; that it was, and why it ended, stays."""
        self.execute("DELETE FROM record WHERE event = "
                     "(SELECT event FROM listing WHERE id = ?)", (listing_id,))  # fmt: skip
        self.execute("DELETE FROM earlier WHERE listing = ?", (listing_id,))
        self.forget_words(listing_id)
        self.execute(
            "UPDATE listing SET reason = ?, ended = ?, noted = ?, identifiers = NULL,"
            " reference = '' WHERE id = ?",
            (reason, day, noted, listing_id),
        )

    def disputed(self) -> list[bytes]:
        """The live listings with an open dispute."""
        sql = "SELECT id FROM listing WHERE reason IS NULL AND disputed > 0 ORDER BY number"
        return [listing_id for (listing_id,) in self.rows(sql)]

    def lapsed(self, day: int) -> list[bytes]:
        """The live listings whose last day lies before `day`."""
        sql = "SELECT id FROM listing WHERE reason IS NULL AND last_day < ? ORDER BY event"
        return [listing_id for (listing_id,) in self.rows(sql, day)]

    def premature(self, day: int) -> int:
        """How many live listings may not be said before a later day than `day`."""
        return self._count(
            "SELECT count(*) FROM listing WHERE reason IS NULL AND first_day > ?", day
        )

    def live_count(self) -> int:
        """How many listings are live."""
        return self._count("SELECT count(*) FROM record")

    # -- records -----------------------------------------------------------------------------

    def add_records(self, rows: Iterable[RecordRow]) -> None:
        """Add records."""
        self.execute_many("INSERT INTO record VALUES (?, ?, ?, ?)", rows)

    def drop_record(self, event: int, *, keep: bool = False) -> None:
        """Take one record from the live ones, and forget it or keep it among the earlier ones."""
        if keep:
            self.execute(
                "INSERT INTO earlier SELECT listing, event, secret, body FROM record"
                " WHERE event = ?",
                (event,),
            )
        self.execute("DELETE FROM record WHERE event = ?", (event,))

    def earlier_record(self, listing_id: bytes, event: int) -> RecordRow | None:
        """The first kept record of a listing that belongs to this event or a later one."""
        row = self.row(
            "SELECT event, listing, secret, body FROM earlier WHERE listing = ? AND event >= ?"
            " ORDER BY event LIMIT 1",
            listing_id,
            event,
        )
        return None if row is None else (row[0], row[1], row[2], row[3])

    def record(self, event: int) -> RecordRow | None:
        """The record of an event, if it is live."""
        row = self.row("SELECT event, listing, secret, body FROM record WHERE event = ?", event)
        return None if row is None else (row[0], row[1], row[2], row[3])

    def records(self, first: int, end: int) -> Iterator[bytes]:
        """The live records of the events from `first` up to `end`, without it, joined to pieces."""
        sql = "SELECT body FROM record WHERE event >= ? AND event < ? ORDER BY event"
        return self.pieces(sql, first, end)

    def live_events(self, first: int, end: int, limit: int) -> list[tuple[int, bytes]]:
        """(event, listing id) of the live records of the events from `first` up to `end`."""
        sql = (
            "SELECT event, listing FROM record WHERE event >= ? AND event < ?"
            " ORDER BY event LIMIT ?"
        )
        return [(row[0], row[1]) for row in self.rows(sql, first, end, limit)]

    # -- borrowers ---------------------------------------------------------------------------

    def known_cases(self, digests: list[bytes]) -> set[bytes]:
        """Which of these cases were ever noted."""
        marks = ",".join("?" * len(digests))
        sql = f"SELECT digest FROM debtcase WHERE digest IN ({marks})"  # noqa: S608
        return {row[0] for row in self.rows(sql, *digests)}

    def cases_of(self, begin: bytes) -> dict[bytes, int]:
        """The cases that begin with these bytes, each with its listing's number, live or not."""
        sql = "SELECT digest, listing FROM debtcase WHERE digest >= ? AND digest < ?"
        return {row[0]: row[1] for row in self.rows(sql, begin, _beyond(begin))}

    def add_cases(self, rows: Iterable[tuple[bytes, int]]) -> int:
        """Note (case, listing's number) where the case is not noted yet; returns how many."""
        return self.execute_many("INSERT OR IGNORE INTO debtcase VALUES (?, ?)", rows)

    def drop_cases(self, rows: Iterable[tuple[bytes, int]]) -> None:
        """Take back (case, listing's number)."""
        self.execute_many("DELETE FROM debtcase WHERE digest = ? AND listing = ?", rows)

    def listings_of(self, subject: bytes) -> list[bytes]:
        """The ids of the listings, live or not, of all cases that begin with these bytes."""
        sql = (
            "SELECT DISTINCT id FROM debtcase JOIN listing ON listing = number"
            " WHERE digest >= ? AND digest < ?"
        )
        return [row[0] for row in self.rows(sql, subject, _beyond(subject))]

    def live_listings(self) -> Iterator[ListingRow]:
        """Every listing that was not withdrawn, by its last day, without its identifiers."""
        sql = f"SELECT {_LISTING}, NULL, {_STANDING} WHERE reason IS NULL ORDER BY last_day, id"
        return (ListingRow(*row) for row in self.rows(sql))

    # -- lives -------------------------------------------------------------------------------

    def add_life(self, row: LifeRow) -> None:
        """Note one step of a case, for ever."""
        values = attrs.astuple(row)
        number = self.execute(
            "INSERT INTO life"
            " (listing, step, day, since, until, cause, stage, upheld, noted, due)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            values[:-1],
        ).lastrowid
        if row.words:
            self.execute("INSERT INTO words VALUES (?, ?, ?)", (row.listing, number, row.words))

    def life(self, listing_id: bytes) -> list[LifeRow]:
        """What was noted of a case, oldest first."""
        sql = f"{_LIVES} WHERE life.listing = ? ORDER BY number"
        return [LifeRow(*row) for row in self.rows(sql, listing_id)]

    def lives(self, *steps: str) -> Iterator[LifeRow]:
        """What was noted of these steps of every case, each case's together, oldest first."""
        marks = ",".join("?" * len(steps))
        sql = f"{_LIVES} WHERE step IN ({marks}) ORDER BY life.listing, number"
        return (LifeRow(*row) for row in self.rows(sql, *steps))

    def living(self) -> list[bytes]:
        """The ids of the live listings of which anything was noted."""
        sql = (
            "SELECT id FROM listing WHERE reason IS NULL AND"
            " EXISTS (SELECT 1 FROM life WHERE life.listing = id) ORDER BY number"
        )
        return [row[0] for row in self.rows(sql)]

    def forget_words(self, listing_id: bytes) -> None:
        """Forget what was said in a case; that there was something to say, stays."""
        self.execute("DELETE FROM words WHERE listing = ?", (listing_id,))

    def add_prepared(self, listing_id: bytes, rulebook: int, last_day: int) -> None:
        """Begin a case, with its last day; `put_draft` says what it is about."""
        row = (listing_id, rulebook, last_day)
        self.execute("INSERT INTO prepared VALUES (?, ?, ?, x'')", row)

    def end_prepared(self, listing_id: bytes, last_day: int) -> None:
        """Give a prepared case another last day."""
        self.execute("UPDATE prepared SET last_day = ? WHERE id = ?", (last_day, listing_id))

    def outdated(self, day: int) -> list[bytes]:
        """The prepared cases whose last day lies before `day`."""
        sql = "SELECT id FROM prepared WHERE last_day < ? ORDER BY id"
        return [row[0] for row in self.rows(sql, day)]

    def prepared_until(self, listing_id: bytes) -> int:
        """The last day of a prepared case; 0 if there is no such case."""
        day = self._count("SELECT last_day FROM prepared WHERE id = ?", listing_id)
        check_days(day)
        return day

    def put_draft(self, listing_id: bytes, body: bytes, cases: list[bytes]) -> bool:
        """Replace the draft of a prepared case; returns whether no other is about its debt."""
        self.execute("UPDATE prepared SET body = ? WHERE id = ?", (body, listing_id))
        self.execute("DELETE FROM prepareddebt WHERE id = ?", (listing_id,))
        rows = ((case, listing_id) for case in cases)
        added = self.execute_many("INSERT OR IGNORE INTO prepareddebt VALUES (?, ?)", rows)
        return added == len(cases)

    def prepared_cases(self, digests: list[bytes]) -> dict[bytes, bytes]:
        """Which of these cases are prepared, and under which id."""
        marks = ",".join("?" * len(digests))
        sql = f"SELECT digest, id FROM prepareddebt WHERE digest IN ({marks})"  # noqa: S608
        return {row[0]: row[1] for row in self.rows(sql, *digests)}

    def prepared_of(self, begin: bytes) -> list[bytes]:
        """The ids of the prepared cases whose digests begin with these bytes."""
        sql = "SELECT DISTINCT id FROM prepareddebt WHERE digest >= ? AND digest < ?"
        return [row[0] for row in self.rows(sql, begin, _beyond(begin))]

    def prepared(self, listing_id: bytes) -> tuple[str, bytes] | None:
        """The rulebook's name and the draft of a case that is prepared."""
        sql = (
            "SELECT name, prepared.body FROM prepared JOIN rulebook ON rulebook = rulebook.number"
            " WHERE id = ?"
        )
        row = self.row(sql, listing_id)
        return None if row is None else (row[0], row[1])

    def all_prepared(self) -> list[bytes]:
        """The ids of the cases that are prepared."""
        return [row[0] for row in self.rows("SELECT id FROM prepared ORDER BY id")]

    def given_up(self) -> set[bytes]:
        """The ids of the cases that were dropped before they were listed."""
        sql = (
            "SELECT DISTINCT listing FROM life WHERE listing NOT IN (SELECT id FROM listing)"
            " AND listing NOT IN (SELECT id FROM prepared)"
        )
        return {row[0] for row in self.rows(sql)}

    def drop_prepared(self, listing_id: bytes) -> None:
        """Forget the draft of a case."""
        self.execute("DELETE FROM prepared WHERE id = ?", (listing_id,))
        self.execute("DELETE FROM prepareddebt WHERE id = ?", (listing_id,))

    def all_listings(self) -> Iterator[ListingRow]:
        """Every listing ever, by its id, without its identifiers."""
        sql = f"SELECT {_LISTING}, NULL, {_STANDING} ORDER BY id"
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

    # -- what recipients did -------------------------------------------------------------------

    def applied_past_end(self, day: int) -> Iterator[tuple[ExecutionRow, int, str | None]]:
        """What was applied and not lifted on listings that are not live on `day`.

        With each, the listing's end: the day of its withdrawal, else its last day; and the reason
        of the withdrawal.
        """
        return ((ExecutionRow(*row[:6]), row[6], row[7]) for row in self.rows(_PAST_END, day))

    def _count(self, sql: str, *parameters: object) -> int:
        row = self.row(sql, *parameters)
        return 0 if row is None else int(row[0])


def _beyond(begin: bytes) -> bytes:
    """What lies after every digest that begins with these bytes."""
    return begin + b"\xff" * (_DIGEST - len(begin) + 1)
