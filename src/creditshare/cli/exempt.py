"""``creditshare exempt``: listings on which no measure may rest until a day."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from creditshare.cli.command import DAY, FILE, Answer, at_option, choice, command, shared_option
from creditshare.cli.databases import open_ledger
from creditshare.cli.selection import Selection, selection_options
from creditshare.clock import day_of, first_day_unended
from creditshare.life import Cause

__all__ = ["register"]


def register(app: click.Group) -> None:
    """Add the command."""

    @command(app, "exempt")
    @click.option("--until", type=DAY, required=True,
                  help="The last day of the exemption; a day that is over ends one.")  # fmt: skip
    @click.option("--cause", type=choice(Cause), required=True, help="Why.")
    @selection_options
    @shared_option("ledger", type=FILE)
    @at_option
    def exempt(
        *, until: dt.date, cause: str, selection: Selection, ledger: Path, at: dt.datetime
    ) -> Answer:
        """Permit no measure on listings: --listing, or those of the PEOPLE in a file or pipe.

        For as long as the rulebook allows. PEOPLE as for `withdraw`; all rows are
        looked up before anything is marked, and all are marked or none. From the next bundle on,
        until that day, a match at a recipient stays a match, and comes without measures.
        """
        with open_ledger(ledger) as held:
            found = selection.find(held)
            on, why = day_of(at), Cause(cause)
            held.ledger.exempt(*found.ids, until=until, on=on, cause=why, at=at)
        done = "exempted" if until >= first_day_unended(at) else "no_longer_exempted"
        return found.answer({done: found.names, "until": until.isoformat()})
