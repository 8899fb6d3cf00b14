"""``creditshare suspend``: listings that are no match until a day."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from creditshare.cli.command import DAY, FILE, Answer, at_option, command, shared_option
from creditshare.cli.databases import open_ledger
from creditshare.cli.selection import Selection, selection_options
from creditshare.clock import day_of, first_day_unended

__all__ = ["register"]


def register(app: click.Group) -> None:
    """Add the command."""

    @command(app, "suspend")
    @click.option("--until", type=DAY, required=True, help="The last day of the suspension.")
    @selection_options
    @shared_option("ledger", type=FILE)
    @at_option
    def suspend(*, until: dt.date, selection: Selection, ledger: Path, at: dt.datetime) -> Answer:
        """Suspend listings of your own accord: --listing, or those of the PEOPLE in a file or pipe.

        PEOPLE as for `withdraw`; all rows are looked up before anything is marked, and all are
        marked or none. From the next bundle on, until that day, a hit at a recipient needs review.
        A second suspension replaces the first; `resume` ends it. If the person contests it,
        use `dispute`.
        """
        if until < first_day_unended(at):
            raise click.BadParameter("that day is over; creditshare resume ends a suspension")
        with open_ledger(ledger) as held:
            found = selection.find(held)
            held.ledger.suspend(*found.ids, until=until, on=day_of(at), at=at)
        return found.answer({"suspended": found.names, "until": until.isoformat()})
