"""``creditshare statement``: the person's own words, carried along with a listing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from creditshare.cli.command import DAY, FILE, Answer, command, shared_option
from creditshare.cli.databases import open_ledger
from creditshare.cli.member import Member, member_options
from creditshare.cli.selection import Selection, selection_of_one_options
from creditshare.cli.terms import read_words
from creditshare.clock import day_of
from creditshare.model import Statement

__all__ = ["register"]


def register(app: click.Group) -> None:
    """Add the command."""

    @command(app, "statement")
    @click.option("--words", type=FILE, required=True,
                  help="A file with the statement, in UTF-8.")  # fmt: skip
    @click.option("--on", "day", type=DAY, help="The day it was made. Default: today.")
    @selection_of_one_options
    @shared_option("ledger", type=FILE)
    @member_options
    def statement(
        *,
        words: Path,
        day: dt.date | None,
        selection: Selection,
        ledger: Path,
        member: Member,
    ) -> Answer:
        """Record a person's own statement on one listing: --listing, or that of the person.

        PEOPLE as for `withdraw`. From the next bundle on, whoever finds the listing reads it. It
        replaces an earlier statement.
        """
        with open_ledger(ledger) as held:
            listing_id = selection.find(held).one
            said = Statement(day or day_of(member.at), read_words(words))
            held.ledger.state(listing_id, said, tokens=member.tokens, at=member.at)
        return Answer({"listing": listing_id.hex(), "stated": said.on.isoformat()})
