"""``creditshare settle``: a debt was paid or otherwise settled."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from creditshare.cli.command import DAY, FILE, Answer, command, shared_option
from creditshare.cli.databases import open_ledger
from creditshare.cli.member import Member, member_options
from creditshare.cli.selection import Selection, selection_of_one_options
from creditshare.cli.terms import calendar_of, told_life
from creditshare.clock import day_of

__all__ = ["register"]


def register(app: click.Group) -> None:
    """Add the command."""

    @command(app, "settle")
    @click.option("--on", "day", type=DAY, help="The day it was settled. Default: today.")
    @selection_of_one_options
    @shared_option("ledger", type=FILE)
    @member_options
    def settle(
        *, day: dt.date | None, selection: Selection, ledger: Path, member: Member
    ) -> Answer:
        """Mark one listing as settled: --listing, or that of the person in a file or pipe.

        It stays listed as paid until its last day, which is told, and whoever finds it finds a
        match: only where your law lets you. `withdraw --reason settled` ends it at once; if in
        doubt, withdraw.

        PEOPLE as for `withdraw`. Nothing is owed then, and the listing ends no later than before.
        A small debt that a one-off repair hides is withdrawn at once; where settled listings are
        to be removed, it is told by when. `seal` tells the recipients.
        """
        with open_ledger(ledger) as held:
            listing_id = selection.find(held).one
            counted = calendar_of(held.ledger.life(listing_id).rulebook)
            life = held.ledger.settle(
                listing_id,
                on=day or day_of(member.at),
                tokens=member.tokens,
                at=member.at,
            )
            last_day = held.last_day_of(listing_id)
        return Answer(told_life(life, member.at, counted) | {"last_day": str(last_day or "")})
