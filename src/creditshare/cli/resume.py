"""``creditshare resume``: suspensions end before their day."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from creditshare.cli.command import DAY, FILE, Answer, at_option, command, shared_option
from creditshare.cli.databases import open_ledger
from creditshare.cli.selection import Selection, selection_options
from creditshare.clock import day_of

__all__ = ["register"]


def register(app: click.Group) -> None:
    """Add the command."""

    @command(app, "resume")
    @click.option("--on", "day", type=DAY, help="The day of the decision. Default: today.")
    @selection_options
    @shared_option("ledger", type=FILE)
    @at_option
    def resume(
        *, day: dt.date | None, selection: Selection, ledger: Path, at: dt.datetime
    ) -> Answer:
        """End the suspension of listings: --listing, or those of the PEOPLE in a file or pipe.

        PEOPLE as for `withdraw`; all rows are looked up before anything is marked, and all are
        marked or none. From the next bundle on a recipient may find a match again. An exemption
        stays: `exempt --until` a day that is over ends it.
        """
        with open_ledger(ledger) as held:
            found = selection.find(held)
            held.ledger.resume(*found.ids, on=day or day_of(at), at=at)
        return found.answer({"resumed": found.names})
