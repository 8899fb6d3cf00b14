"""``creditshare withdraw``: end listings; the next bundle tells everyone."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from creditshare.cli.command import DAY, FILE, Answer, at_option, choice, command, shared_option
from creditshare.cli.databases import open_ledger
from creditshare.cli.selection import Selection, selection_options
from creditshare.clock import day_of
from creditshare.model import Withdrawal, WithdrawalReason

__all__ = ["register"]

_BY_THE_LEDGER = (WithdrawalReason.RETENTION_ENDED, WithdrawalReason.LAPSED)
_SAID = [reason for reason in WithdrawalReason if reason not in _BY_THE_LEDGER]


def register(app: click.Group) -> None:
    """Add the command."""

    @command(app, "withdraw")
    @click.option("--reason", type=choice(_SAID), required=True,
                  help="Why; recipients learn only if it should never have been.")  # fmt: skip
    @click.option("--on", "day", type=DAY, help="The day the reason arose. Default: today.")
    @selection_options
    @shared_option("ledger", type=FILE)
    @at_option
    def withdraw(
        *,
        reason: str,
        day: dt.date | None,
        selection: Selection,
        ledger: Path,
        at: dt.datetime,
    ) -> Answer:
        """End listings: those named by --listing, or those of the PEOPLE in a file or pipe.

        PEOPLE is CSV or JSON lines as for `screen`; by default it is standard input, so that no
        identifier stands among the arguments. All rows are looked up before anything is withdrawn,
        and what is withdrawn is withdrawn in one go.

        A paid debt ends by `--reason settled`; `settle` keeps it listed as paid, where the law lets
        you.
        """
        with open_ledger(ledger) as held:
            found = selection.find(held)
            on, why = day or day_of(at), WithdrawalReason(reason)
            ends = (Withdrawal(listing_id, why, on) for listing_id in found.ids)
            held.ledger.withdraw(*ends, at=at)
        return found.answer({"withdrawn": found.names, "reason": reason})
