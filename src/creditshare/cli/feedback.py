"""``creditshare feedback``: what was applied because of listings, lifted, and reported back."""

from __future__ import annotations

import csv
import datetime as dt
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from creditshare.cli import exits
from creditshare.cli.command import (
    FILE,
    Answer,
    at_option,
    command,
    json_option,
    shared_option,
)
from creditshare.cli.databases import check_given, open_ledger, open_registry
from creditshare.cli.member import Member, member_options
from creditshare.cli.pipes import FEEDBACK, STANDARD, as_input_file, as_output_file
from creditshare.cli.recording import add_applied, add_lifted, today, told
from creditshare.cli.selection import listing_option
from creditshare.feedback import (
    ExecutionBook,
    ToLift,
    Unconfirmed,
    apply_feedback,
    executions_of,
    open_feedback,
    unconfirmed,
)
from creditshare.rules import measures

__all__ = ["register"]

_COLUMNS = (
    "where", "agency", "origin", "listing", "measure", "applied", "ended", "due", "days_left",
    "told",
)  # fmt: skip

_CELL = {True: "yes", False: "no", None: ""}

_catalogue_option = click.option(
    "--measures", "catalogue", default="cn", show_default=True, help="The catalogue of measures."
)


def register(app: click.Group) -> None:
    """Add the commands."""

    @app.group("feedback")
    def group() -> None:
        """Keep and report what was done because of listings, until it is undone.

        A recipient records what it `applied` and `lifted`, is told what is `due`, and `seal`s all
        of it for whoever speaks for the log; the issuer `apply`s that, and is told by `due` who has
        not confirmed.
        """

    for add in (add_applied, add_lifted, _due, _seal, _apply, _show):
        add(group)


def _due(group: click.Group) -> None:
    @group.command("due")
    @_catalogue_option
    @shared_option("ledger", type=FILE)
    @shared_option("registry", type=FILE)
    @at_option
    @json_option
    def due(
        *, catalogue: str, ledger: Path, registry: Path, at: dt.datetime, as_json: bool
    ) -> None:
        """List what rests on listings that have ended, with the day by which it must be lifted.

        From the registry: what this agency itself must lift. From the ledger: which agency reported
        a measure as applied, and has not reported it as lifted; `told` says whether a bundle sealed
        to it told it of the end. CSV, or JSON lines with --json; negative days_left are overdue.
        """
        check_given(ledger=ledger, registry=registry)
        writer = csv.writer(sys.stdout, lineterminator="\n")
        if not as_json:
            writer.writerow(_COLUMNS)
        for row in _rows(ledger, registry, catalogue, at):
            if as_json:
                sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
            else:
                cells = row | {"told": _CELL[row["told"]]}
                writer.writerow([cells[column] for column in _COLUMNS])


def _rows(
    ledger: Path, registry: Path, catalogue: str, at: dt.datetime
) -> Iterator[dict[str, Any]]:
    known = measures(catalogue)
    if registry.is_file():
        with open_registry(registry) as held:
            for own in ExecutionBook(held.store).due_to_lift(known, at=at):
                yield _due_row(own, at, where="registry")
    if ledger.is_file():
        with open_ledger(ledger) as said:
            for item in unconfirmed(said.store, known, at=at):
                yield _due_row(item, at, where="ledger", agency=item.agency)


def _due_row(
    item: ToLift | Unconfirmed, at: dt.datetime, *, where: str, agency: str = ""
) -> dict[str, Any]:
    execution = item.execution
    return {
        "where": where,
        "agency": agency,
        "origin": execution.origin,
        "listing": execution.listing_id.hex(),
        "measure": execution.measure,
        "applied": execution.on.isoformat(),
        "ended": item.ended.isoformat(),
        "due": item.due.isoformat(),
        "days_left": (item.due - today(at)).days,
        "told": item.told if isinstance(item, Unconfirmed) else None,
    }


def _seal(group: click.Group) -> None:
    @command(group, "seal")
    @click.argument("origin")
    @click.argument("out", type=FILE)
    @click.option("--after", type=click.IntRange(0, 2**62), default=0,
                  help="The last number the issuer holds, after a restored backup.")  # fmt: skip
    @shared_option("registry", type=FILE)
    @member_options
    def seal(*, origin: str, out: Path, after: int, registry: Path, member: Member) -> Answer:
        """Seal all that was done on the listings of ORIGIN into the file OUT, for its issuer.

        Each feedback stands for all before it: a lost file loses nothing. A sealed file that is
        there is replaced. If nothing was ever applied, the command ends with code 14.
        """
        with open_registry(registry) as held, as_output_file(out, FEEDBACK) as path:
            sealed = ExecutionBook(held.store).seal(
                path,
                origin=origin,
                by=member.agency,
                roster=member.roster,
                at=member.at,
                after=after,
            )
        return Answer(
            {
                "feedback": str(out),
                "origin": sealed.origin,
                "recipient": sealed.recipient,
                "number": sealed.number,
                "applied": sealed.applied,
                "lifted": sealed.lifted,
            },
            aside=out == STANDARD,
        )


def _apply(group: click.Group) -> None:
    @command(group, "apply")
    @click.argument("file", type=FILE)
    @shared_option("ledger", type=FILE)
    @member_options
    def apply(*, file: Path, ledger: Path, member: Member) -> Answer:
        """Check a sealed feedback from a recipient and take it into the ledger's database.

        What it says of listings that its sender was never told of is refused, and the command ends
        with code 3.
        """
        with as_input_file(file) as path, open_ledger(ledger) as held:
            opened = open_feedback(path, by=member.agency, roster=member.roster, at=member.at)
            heard = apply_feedback(held.store, opened)
        data = {
            "sender": heard.sender,
            "origin": opened.feedback.origin,
            "number": heard.number,
            "already_held": heard.already_held,
            "skipped": heard.skipped,
            "news": heard.news,
            "left_out": heard.left_out,
            "refused": [told(item) for item in heard.refused],
        }
        return Answer(data, exits.REFUSED_ROWS if heard.refused else exits.DONE)


def _show(group: click.Group) -> None:
    @command(group, "show")
    @listing_option
    @shared_option("ledger", type=FILE)
    def show(*, listing: tuple[bytes, ...], ledger: Path) -> Answer:
        """Show what recipients last reported of the listings named by --listing."""
        with open_ledger(ledger) as held:
            found = [
                {"agency": item.agency, **told(item.execution)}
                for one in listing
                for item in executions_of(held.store, one)
            ]
        return Answer({"reported": found})
