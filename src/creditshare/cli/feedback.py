"""``creditshare feedback``: what was applied because of listings, lifted, and reported back."""

from __future__ import annotations

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
from creditshare.cli.lawbooks import named_catalogue
from creditshare.cli.member import Member, member_options
from creditshare.cli.pipes import FEEDBACK, STANDARD, as_input_file, as_output_file
from creditshare.cli.recording import add_applied, add_lifted, today, told
from creditshare.cli.selection import listing_option
from creditshare.cli.show import note
from creditshare.cli.tables import CsvTable
from creditshare.feedback import (
    ExecutionBook,
    ToLift,
    ToPause,
    Unconfirmed,
    Unpaused,
    apply_feedback,
    executions_of,
    open_feedback,
    unconfirmed,
    unpaused,
)
from creditshare.rules import MeasureCatalogue

__all__ = ["register"]

_COLUMNS = (
    "where", "agency", "origin", "listing", "measure", "applied", "why", "ended", "due",
    "days_left", "until", "told",
)  # fmt: skip

_CELL = {True: "yes", False: "no", None: ""}

_catalogue_option = click.option(
    "--measures",
    "catalogue",
    default="cn",
    show_default=True,
    help="The catalogue of measures: cn, in, or a file that ends in .toml.",
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
    def due(*, catalogue: str, ledger: Path, registry: Path, at: dt.datetime, as_json: bool) -> int:
        """List what must be lifted, with the day by which it must.

        From the registry: what this agency itself must lift. From the ledger: which agency reported
        a measure as applied, and has not reported it as lifted. `why` says whether its listing has
        ended, or is suspended or exempted: then it is due today, and `until` is the last day on
        which nothing may rest on it. `told` says whether a bundle sealed to the agency told it of
        the end. A measure that --measures does not hold is taken to end with its listing, and a
        note says so. CSV, or JSON lines with --json; negative days_left are overdue, and the
        command ends with code 17 then.
        """
        check_given(ledger=ledger, registry=registry)
        table = None if as_json else CsvTable(sys.stdout, _COLUMNS)
        known, overdue, unknown = named_catalogue(catalogue, today(at)), False, set()
        codes = {measure.code for measure in known.measures}
        for row in _rows(ledger, registry, known, at):
            overdue = overdue or row["days_left"] < 0
            if row["ended"] and row["measure"] not in codes:
                unknown.add(row["measure"])
            if table is None:
                sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
            else:
                table.write(row | {"told": _CELL[row["told"]]})
        if unknown:
            named = ", ".join(sorted(unknown))
            note(f"not in --measures {catalogue}, so taken to end with the listing: {named}")
        return exits.OVERDUE if overdue else exits.DONE


def _rows(
    ledger: Path, registry: Path, known: MeasureCatalogue, at: dt.datetime
) -> Iterator[dict[str, Any]]:
    if registry.is_file():
        with open_registry(registry) as held:
            book = ExecutionBook(held.store)
            owed: tuple[ToPause | ToLift, ...]
            owed = (*book.due_to_pause(at=at), *book.due_to_lift(known, at=at))
            for own in owed:
                yield _due_row(own, at, where="registry")
    if ledger.is_file():
        with open_ledger(ledger) as said:
            missing: tuple[Unpaused | Unconfirmed, ...]
            missing = (*unpaused(said.store, at=at), *unconfirmed(said.store, known, at=at))
            for item in missing:
                yield _due_row(item, at, where="ledger", agency=item.agency)


def _due_row(
    item: ToLift | ToPause | Unconfirmed | Unpaused,
    at: dt.datetime,
    *,
    where: str,
    agency: str = "",
) -> dict[str, Any]:
    execution = item.execution
    if isinstance(item, (ToPause, Unpaused)):
        why, ended, due, until = str(item.status), None, today(at), item.until
    else:
        why, ended, due, until = "ended", item.ended, item.due, None
    return {
        "where": where,
        "agency": agency,
        "origin": execution.origin,
        "listing": execution.listing_id.hex(),
        "measure": execution.measure,
        "applied": execution.on.isoformat(),
        "why": why,
        "ended": ended and ended.isoformat(),
        "due": due.isoformat(),
        "days_left": (due - today(at)).days,
        "told": item.told if isinstance(item, Unconfirmed) else None,
        "until": until and until.isoformat(),
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
        """Show what recipients last reported, of the listings named by --listing or of all."""
        with open_ledger(ledger) as held:
            found = [
                {"agency": item.agency, **told(item.execution)}
                for one in listing or (None,)
                for item in executions_of(held.store, one)
            ]
        return Answer({"reported": found})
