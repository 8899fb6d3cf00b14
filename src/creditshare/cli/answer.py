"""``creditshare answer``: the answer to a dispute."""

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

__all__ = ["register"]


def _said(ctx: click.Context, _param: click.Parameter, upheld: bool | None) -> bool | None:
    """Nobody is told to uphold, or to reject, because one of them is the option's first name."""
    if upheld is None and not ctx.resilient_parsing:
        raise click.UsageError("say --upheld or --rejected", ctx)
    return upheld


def register(app: click.Group) -> None:
    """Add the command."""

    @command(app, "answer")
    @click.option("--upheld/--rejected", default=None, callback=_said,
                  help="Whether the person was right; one of them must be said.")  # fmt: skip
    @click.option("--on", "day", type=DAY, help="The day of the answer. Default: today.")
    @words_option
    @selection_of_one_options
    @shared_option("ledger", type=FILE)
    @at_option
    def answer(
        *,
        upheld: bool,
        day: dt.date | None,
        words: Path | None,
        selection: Selection,
        ledger: Path,
        at: dt.datetime,
    ) -> Answer:
        """Answer the dispute of one listing: --listing, or that of the person in a file or pipe.

        PEOPLE as for `withdraw`. --rejected ends the mark. --upheld suspends the listing until it
        is corrected or withdrawn, and tells by when. `seal` tells the recipients.
        """
        with open_ledger(ledger) as held:
            listing_id, text = selection.find(held).one, read_words(words)
            on, counted = day or day_of(at), calendar_of(held.ledger.life(listing_id).rulebook)
            life = held.ledger.answer(listing_id, upheld=upheld, on=on, text=text, at=at)
        return Answer(told_life(life, at, counted))
