"""``creditshare repair``: credit repair was granted."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from creditshare.cli.command import DAY, FILE, Answer, at_option, command, shared_option
from creditshare.cli.databases import open_ledger
from creditshare.cli.selection import Selection, selection_of_one_options
from creditshare.cli.terms import calendar_of, told_life
from creditshare.clock import day_of

__all__ = ["register"]


def register(app: click.Group) -> None:
    """Add the command."""

    @command(app, "repair")
    @click.option("--on", "day", type=DAY, help="The day it was granted. Default: today.")
    @selection_of_one_options
    @shared_option("ledger", type=FILE)
    @at_option
    def repair(
        *, day: dt.date | None, selection: Selection, ledger: Path, at: dt.datetime
    ) -> Answer:
        """Note credit repair for one listing: --listing, or that of the person in a file or pipe.

        PEOPLE as for `withdraw`. Refused where the rulebook knows no repair, or before its
        earliest day. The listing is to be withdrawn then, and it is told by when.
        """
        with open_ledger(ledger) as held:
            listing_id, on = selection.find(held).one, day or day_of(at)
            counted = calendar_of(held.ledger.life(listing_id).rulebook)
            life = held.ledger.repair(listing_id, on=on, at=at)
        return Answer(told_life(life, at, counted))
