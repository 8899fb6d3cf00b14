"""``creditshare import``: a report through the review onto the ledger, in one go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from creditshare.cli import exits
from creditshare.cli.command import FILE, Answer, choice, command, shared_option
from creditshare.cli.databases import begin_ledger
from creditshare.cli.lawbooks import catalogue_for, named_batch, named_rulebook, rules_option
from creditshare.cli.member import Member, member_options
from creditshare.cli.pipes import STANDARD, as_input_file
from creditshare.cli.refusals import Refusals, reasons_language, refusals_to
from creditshare.cli.show import track
from creditshare.clock import day_of
from creditshare.disclosure import Language
from creditshare.layouts import Encoding, Report, RowRefusal, layouts, read
from creditshare.model import Role
from creditshare.roster import Licence, RosterEntry
from creditshare.rules import ClearedListing, Refused, Rulebook

__all__ = ["register"]


def register(app: click.Group) -> None:
    """Add the command."""

    @command(app, "import")
    @click.argument("report", type=FILE)
    @click.option("--batch", type=FILE,
                  help="A TOML with what holds for all rows: basis, notice, evidence.")  # fmt: skip
    @click.option("--layout", type=choice(layouts()), default="online-lending",
                  show_default=True, help="How the report is laid out.")  # fmt: skip
    @click.option("--encoding", type=choice(Encoding), help="Default: detected.")
    @rules_option
    @click.option("--origin", help="Whose listings these are; a custodian names the institution. "
                  "Default: the agency itself.")  # fmt: skip
    @click.option("--refusals", type=FILE, help="Write every refusal to this CSV; `-` for a pipe.")
    @reasons_language
    @click.option("--force", is_flag=True, help="Write over refusals that are there.")
    @click.option(
        "--dry-run",
        is_flag=True,
        help="Read and review only, as for a licensed issuer of every role; needs no keys.",
    )
    @shared_option("ledger", type=FILE)
    @member_options
    def import_(
        *,
        report: Path,
        batch: Path | None,
        layout: str,
        encoding: str | None,
        rules: str,
        origin: str | None,
        refusals: Path | None,
        language: Language,
        force: bool,
        dry_run: bool,
        ledger: Path,
        member: Member,
    ) -> Answer:
        """Read REPORT, review every row, and record what was cleared on the ledger, or nothing.

        --refusals writes each refused row as it stood, with its number, its fields and every
        reason with its cure: mend that file and import it like the report; the next refusals need
        another name, or --force. It holds names and numbers in the clear. What was listed before is
        counted as a duplicate. The summary counts a refused row by the first reason. Ends with code
        3 if a row was refused. A row that says an entry has ended lists nothing: look for it, and
        withdraw.
        """
        book, today = named_rulebook(rules), day_of(member.at)
        issuer = _anybody(today) if dry_run else member.issues_for(origin)
        facts = named_batch(batch)
        with (
            as_input_file(report) as path,
            refusals_to(refusals, force=force, language=language) as told,
        ):
            rows = read(path, layouts()[layout], facts, encoding=encoding)
            cleared = _cleared(rows, book, told, issuer, today)
            if dry_run:
                listed, duplicates = sum(1 for _ in cleared), None
            else:
                listed, duplicates = _record(cleared, ledger, issuer, member)
        refused = told.counts.total()
        data: dict[str, Any] = {
            "report": str(report),
            "rows": rows.rows,
            ("would_be_listed" if dry_run else "listed"): listed,
            "duplicates": duplicates,
            "refused": refused,
            "reasons": dict(told.counts.most_common()),
            "rulebook": book.name,
            "sha256": rows.digest.hex(),
            "columns_not_carried": list(rows.ignored_columns),
        }
        code = exits.REFUSED_ROWS if refused else exits.DONE
        return Answer(data, code, aside=refusals == STANDARD)


def _anybody(today: dt.date) -> RosterEntry:
    """Who stands in for the issuer where nothing is listed."""
    return RosterEntry("dry-run", None, tuple(Role), Licence("none", today))


def _cleared(
    rows: Report, book: Rulebook, told: Refusals, issuer: RosterEntry, today: dt.date
) -> Iterator[ClearedListing]:
    catalogue = catalogue_for(book)
    for item in track(rows, "rows"):
        if isinstance(item, RowRefusal):
            told.unreadable(item)
            continue
        result = book.review_one(item, on=today, issuer=issuer, catalogue=catalogue)
        if isinstance(result, Refused):
            told.refused(rows, result)
        else:
            yield result


def _record(
    cleared: Iterable[ClearedListing], path: Path, whose: RosterEntry, member: Member
) -> tuple[int, int]:
    """How many are on the ledger now, and how many were before."""
    tokens = member.tokens
    with begin_ledger(path, whose) as ledger:
        recorded = ledger.record(cleared, tokens=tokens, at=member.at)
    return recorded.listed, len(recorded.duplicates)
