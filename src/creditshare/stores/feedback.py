"""What was done on listings, and the feedback that tells it: the same tables on both sides.

::

    execution   each action, in the order in which it became known; never changed, never erased;
                in a registry with the wording of the listing by which a measure was applied
    feedback    the last one said to, or heard from, a party, with its signature

The *party* is the other side: in a registry the origin whose listing it is, in a ledger the agency
that reports. The rows name nobody, and outlive the listing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from creditshare.stores.sqlite import Database

__all__ = ["EXECUTION_SCHEMA", "LATEST", "ExecutionRow", "ExecutionTables", "FeedbackRow"]

EXECUTION_SCHEMA = """
CREATE TABLE execution (
    id INTEGER PRIMARY KEY, party TEXT NOT NULL, listing BLOB NOT NULL, measure TEXT NOT NULL,
    action TEXT NOT NULL, day INTEGER NOT NULL, reference TEXT NOT NULL, wording BLOB
) STRICT;
CREATE INDEX execution_of ON execution (listing, party, measure);
CREATE TABLE feedback (
    party TEXT PRIMARY KEY, number INTEGER NOT NULL, issued INTEGER NOT NULL, body BLOB NOT NULL,
    signature BLOB NOT NULL
) STRICT
"""
_COLUMNS = "party, listing, measure, action, day, reference, wording"
# Beside max(), SQLite takes the other columns from the row that has it (lang_select, 2.5).
LATEST = f"SELECT {_COLUMNS}, max(id) FROM execution {{}} GROUP BY listing, party, measure"  # noqa: S608
"""The latest action of each party and measure on each listing."""
_ADD = f"""
INSERT INTO execution ({_COLUMNS})
WITH said ({_COLUMNS}) AS (VALUES (?, ?, ?, ?, ?, ?, ?))
SELECT {_COLUMNS} FROM said WHERE (action, day, reference, wording) IS NOT (
    SELECT action, day, reference, wording FROM execution AS known
    WHERE known.listing = said.listing AND known.party = said.party
        AND known.measure = said.measure
    ORDER BY id DESC LIMIT 1)
"""  # noqa: S608


@attrs.frozen
class ExecutionRow:
    """One action; `day` is a day number, `wording` None where the other side's word is kept."""

    party: str
    listing: bytes
    measure: str
    action: str
    day: int
    reference: str = attrs.field(repr=False)
    wording: bytes | None = None


@attrs.frozen
class FeedbackRow:
    """The last feedback to or from one party."""

    number: int
    issued: int
    body: bytes = attrs.field(repr=False)
    signature: bytes = attrs.field(repr=False)


class ExecutionTables(Database):
    """A database that keeps executions; its schema holds `EXECUTION_SCHEMA`."""

    def add_executions(self, rows: Iterable[ExecutionRow]) -> int:
        """Add actions, but those that are the latest already; returns how many were added."""
        return self.execute_many(_ADD, (attrs.astuple(row) for row in rows))

    def executions_by(self, party: str) -> Iterator[ExecutionRow]:
        """The latest action of one party's measures on each listing."""
        return self._latest("WHERE party = ?", party)

    def executions_on(self, listing: bytes) -> list[ExecutionRow]:
        """The latest action of each party and measure on one listing."""
        return list(self._latest("WHERE listing = ?", listing))

    def executions(self) -> Iterator[ExecutionRow]:
        """The latest action of each party and measure on each listing."""
        return self._latest("")

    def count_executions(self, party: str) -> int:
        """On how many pairs of listing and measure anything of a party is known."""
        sql = (
            "SELECT count(*) FROM (SELECT DISTINCT listing, measure FROM execution WHERE party = ?)"
        )
        row = self.row(sql, party)
        return int(row[0]) if row else 0

    def last_feedback(self, party: str) -> FeedbackRow | None:
        """The last feedback to or from a party."""
        row = self.row(
            "SELECT number, issued, body, signature FROM feedback WHERE party = ?", party
        )
        return None if row is None else FeedbackRow(*row)

    def put_feedback(self, party: str, row: FeedbackRow) -> None:
        """Keep the last feedback to or from a party."""
        self.execute(
            "INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?, ?)", (party, *attrs.astuple(row))
        )

    def _latest(self, where: str, *parameters: object) -> Iterator[ExecutionRow]:
        return (ExecutionRow(*row[:7]) for row in self.rows(LATEST.format(where), *parameters))
