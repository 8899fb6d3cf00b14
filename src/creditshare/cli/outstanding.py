"""``creditshare feedback due``: what must be lifted, here and by those who reported back."""

from __future__ import annotations

import datetime as dt
import functools
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from creditshare.cli import exits
from creditshare.cli.command import FILE, json_option, shared_option
from creditshare.cli.databases import check_given, open_ledger, open_registry
from creditshare.cli.lawbooks import measures_option, named_catalogue
from creditshare.cli.member import Member, member_options
from creditshare.cli.recording import today
from creditshare.cli.show import note
from creditshare.cli.tables import CsvTable
from creditshare.errors import RosterError
from creditshare.feedback import (
    Execution,
    ExecutionBook,
    ToLift,
    Unconfirmed,
    Unfounded,
    unconfirmed,
    unfounded,
    unpaused,
)
from creditshare.ledger import LedgerStore
from creditshare.rules import MeasureCatalogue

__all__ = ["add_due", "unfounded_of"]

_COLUMNS = (
    "where", "agency", "origin", "listing", "measure", "applied", "why", "ended", "due",
    "days_left", "until", "told",
)  # fmt: skip

_CELL = {True: "yes", False: "no", None: ""}


def add_due(group: click.Group) -> None:
    """Add ``feedback due``."""

    @group.command("due")
    @measures_option
    @shared_option("ledger", type=FILE)
    @shared_option("registry", type=FILE)
    @json_option
    @member_options
    def due(*, measures: str, ledger: Path, registry: Path, as_json: bool, member: Member) -> int:
        """List what must be lifted, with the day by which it must.

        From the registry: what this agency itself must lift. From the ledger: which agency reported
        a measure as applied, and has not reported it as lifted. `why` says whether its listing has
        ended, or is suspended or exempted, or its issuer's word is stale: then it is due today, and
        `until` is the last day on which nothing may rest on it. `amended` asks to screen again and
        to record what is found, `applied` or `lifted`. An issuer reads what is wrong with a measure
        that its listing does not bear. `told` says whether a bundle sealed to the agency told it of
        the end. A measure that --measures does not hold is taken to end with its listing, and a
        note says so. CSV, or JSON lines with --json; negative days_left are overdue, and the
        command ends with code 17 then.
        """
        check_given(ledger=ledger, registry=registry)
        table = None if as_json else CsvTable(sys.stdout, _COLUMNS)
        known, overdue, unknown = named_catalogue(measures, today(member.at)), False, set()
        codes = {measure.code for measure in known.measures}
        for row in _rows(ledger, registry, known, member):
            overdue = overdue or row["days_left"] < 0
            if row["ended"] and row["measure"] not in codes:
                unknown.add(row["measure"])
            if table is None:
                sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
            else:
                table.write(row | {"told": _CELL[row["told"]]})
        if unknown:
            named = ", ".join(sorted(unknown))
            note(f"not in --measures {measures}, so taken to end with the listing: {named}")
        return exits.OVERDUE if overdue else exits.DONE


def _rows(
    ledger: Path, registry: Path, known: MeasureCatalogue, member: Member
) -> Iterator[dict[str, Any]]:
    if registry.is_file():
        with open_registry(registry) as held:
            yield from _own(ExecutionBook(held.store), known, member.at)
    if ledger.is_file():
        with open_ledger(ledger) as said:
            yield from _reported(said.store, known, member)


def _own(book: ExecutionBook, known: MeasureCatalogue, at: dt.datetime) -> Iterator[dict[str, Any]]:
    """What this agency must lift, or screen again."""
    row = functools.partial(_row, at=at, where="registry")
    for pause in book.due_to_pause(at=at):
        yield row(pause.execution, why=pause.why, until=pause.until)
    for execution in book.due_to_screen(at=at):
        yield row(execution, why="amended")
    for item in book.due_to_lift(known, at=at):
        yield row(item.execution, why=_why(item), ended=item.ended, due=item.due)


def _reported(
    store: LedgerStore, known: MeasureCatalogue, member: Member
) -> Iterator[dict[str, Any]]:
    """What other agencies must lift."""
    at = member.at
    row = functools.partial(_row, at=at, where="ledger")
    for pause in unpaused(store, at=at):
        yield row(pause.execution, agency=pause.agency, why=pause.why, until=pause.until)
    for flawed in unfounded_of(store, known, member):
        if flawed.live:
            yield row(flawed.execution, agency=flawed.agency, why=" ".join(flawed.flaws))
    for item in unconfirmed(store, known, at=at):
        row_of = functools.partial(row, item.execution, agency=item.agency, told=item.told)
        yield row_of(why=_why(item), ended=item.ended, due=item.due)


def _why(item: ToLift | Unconfirmed) -> str:
    return "void" if item.void else "ended"


def unfounded_of(
    store: LedgerStore,
    known: MeasureCatalogue,
    member: Member,
    listing_id: bytes | None = None,
) -> tuple[Unfounded, ...]:
    """What is unfounded of what was reported; without a roster all but the roles is judged."""
    judged = functools.partial(unfounded, store, known, at=member.at, listing_id=listing_id)
    try:
        return judged(roster=member.roster)
    except RosterError as error:
        note(f"in which roles agencies act is not known: {error}")
        return judged()


def _row(
    execution: Execution,
    *,
    at: dt.datetime,
    where: str,
    why: str,
    agency: str = "",
    ended: dt.date | None = None,
    due: dt.date | None = None,
    until: dt.date | None = None,
    told: bool | None = None,
) -> dict[str, Any]:
    by = due or today(at)
    return {
        "where": where,
        "agency": agency,
        "origin": execution.origin,
        "listing": execution.listing_id.hex(),
        "measure": execution.measure,
        "applied": execution.on.isoformat(),
        "why": why,
        "ended": ended and ended.isoformat(),
        "due": by.isoformat(),
        "days_left": (by - today(at)).days,
        "told": told,
        "until": until and until.isoformat(),
    }
