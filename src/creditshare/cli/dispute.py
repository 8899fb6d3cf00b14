"""``creditshare dispute``: a person objects; the listing is marked on the same day."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from creditshare.cli.command import DAY, FILE, Answer, at_option, command, shared_option
from creditshare.cli.databases import open_ledger
from creditshare.cli.selection import Selection, selection_of_one_options
from creditshare.cli.terms import (
    calendar_of,
    read_words,
    told_life,
    words_option,
)
from creditshare.clock import day_of
from creditshare.life.event import STAGE_MAX

__all__ = ["register"]


def register(app: click.Group) -> None:
    """Add the command."""

    @command(app, "dispute")
    @click.option("--on", "day", type=DAY, help="The day it came in. Default: today.")
    @click.option("--stage", type=click.IntRange(1, STAGE_MAX), default=1, show_default=True,
                  help="2 or more: a next instance, if the rulebook has it.")  # fmt: skip
    @words_option
    @selection_of_one_options
    @shared_option("ledger", type=FILE)
    @at_option
    def dispute(
        *,
        day: dt.date | None,
        stage: int,
        words: Path | None,
        selection: Selection,
        ledger: Path,
        at: dt.datetime,
    ) -> Answer:
        """Note that one listing is disputed: --listing, or that of the person in a file or pipe.

        PEOPLE as for `withdraw`. The listing is marked on the same day; the mark tells every
        recipient the last day of the answer, if the rulebook says that an unanswered dispute
        suspends. What is owed by when is told. `answer` ends it; `seal` tells the recipients.
        """
        with open_ledger(ledger) as held:
            listing_id, text = selection.find(held).one, read_words(words)
            counted = calendar_of(held.ledger.life(listing_id).rulebook)
            life = held.ledger.dispute(
                listing_id,
                on=day or day_of(at),
                calendar=counted,
                stage=stage,
                text=text,
                at=at,
            )
        return Answer(told_life(life, at, counted))
