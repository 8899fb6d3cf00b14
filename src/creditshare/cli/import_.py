"""``creditshare import``: a report through the review onto the ledger, in one go."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from creditshare.cli import exits
from creditshare.cli.command import FILE, Answer, choice, command, shared_option
from creditshare.cli.member import Member, member_options
from creditshare.cli.pipes import STANDARD, as_input_file, output_text
from creditshare.cli.refusals import DUPLICATE, Refusals
from creditshare.cli.reports import LAYOUTS, read_report
from creditshare.cli.show import track
from creditshare.layouts import Encoding, Report, RowRefusal
from creditshare.ledger import Ledger, LedgerStore
from creditshare.rules import ClearedListing, Refused, Rulebook, rulebook

__all__ = ["register"]


def register(app: click.Group) -> None:
    """Add the command."""

    @command(app, "import")
    @click.argument("report", type=FILE)
    @click.option("--batch", type=FILE, required=True,
                  help="A TOML with what holds for all rows: basis, notice, evidence.")  # fmt: skip
    @click.option("--layout", type=choice(LAYOUTS), default="online-lending",
                  show_default=True, help="How the report is laid out.")  # fmt: skip
    @click.option("--encoding", type=choice(Encoding), help="Default: detected.")
    @click.option("--rules", default="cn", show_default=True, help="The rulebook of the review.")
    @click.option("--origin", help="Whose listings these are; a custodian names the institution. "
                  "Default: the agency itself.")  # fmt: skip
    @click.option("--refusals", type=FILE, help="Write every refusal to this CSV; `-` for a pipe.")
    @click.option("--dry-run", is_flag=True, help="Read and review only; needs no keys.")
    @shared_option("ledger", type=FILE)
    @member_options
    def import_(
        *,
        report: Path,
        batch: Path,
        layout: str,
        encoding: str | None,
        rules: str,
        origin: str | None,
        refusals: Path | None,
        dry_run: bool,
        ledger: Path,
        member: Member,
    ) -> Answer:
        """Read REPORT, review every row, and record what was cleared on the ledger, or nothing.

        Each row that was refused is told in the CSV with its number, its field and every reason,
        but not with its cells: mend the row in the report and import the whole report again. What
        is on the ledger already comes back as a duplicate. Ends with code 3 if a row was refused.
        """
        book = rulebook(rules)
        with contextlib.ExitStack() as stack:
            path = stack.enter_context(as_input_file(report))
            rows = read_report(layout, path, batch, encoding=encoding)
            to = None if refusals is None else stack.enter_context(output_text(refusals))
            told = Refusals(to)
            cleared = _cleared(rows, book, told, member.at.astimezone(dt.UTC).date())
            listed = _count(cleared) if dry_run else _record(cleared, told, ledger, origin, member)
        data: dict[str, Any] = {
            "report": str(report),
            "rows": rows.rows,
            ("would_be_listed" if dry_run else "listed"): listed,
            "duplicates": None if dry_run else told.counts[DUPLICATE],
            "refused": told.rows,
            "reasons": dict(told.counts.most_common()),
            "rulebook": book.name,
            "sha256": rows.digest.hex(),
            "columns_not_carried": list(rows.ignored_columns),
        }
        code = exits.REFUSED_ROWS if told.rows else exits.DONE
        return Answer(data, code, aside=refusals == STANDARD)


def _cleared(
    rows: Report, book: Rulebook, told: Refusals, today: dt.date
) -> Iterator[ClearedListing]:
    for item in track(rows, "rows"):
        result = item if isinstance(item, RowRefusal) else book.review_one(item, on=today)
        if isinstance(result, RowRefusal):
            told.unreadable(result)
        elif isinstance(result, Refused):
            told.refused(result)
        else:
            yield result


def _record(
    cleared: Iterable[ClearedListing],
    told: Refusals,
    path: Path,
    origin: str | None,
    member: Member,
) -> int:
    tokens = member.tokens
    whose = origin or member.agency.origin
    generation = member.roster.entry(whose).generation
    with LedgerStore(path) as store:
        ledger = Ledger(store, origin=whose, generation=generation)
        recorded = ledger.record(cleared, tokens=tokens, at=member.at)
    for item in recorded.duplicates:
        told.duplicate(item)
    return recorded.listed


def _count(cleared: Iterable[ClearedListing]) -> int:
    return sum(1 for _ in cleared)
