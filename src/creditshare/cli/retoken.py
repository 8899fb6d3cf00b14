"""``creditshare retoken``: the ledger moves to the token epoch that replaced its own."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from creditshare.cli.command import FILE, Answer, command, shared_option
from creditshare.cli.databases import open_ledger
from creditshare.cli.exits import hinted
from creditshare.cli.member import Member, member_options
from creditshare.cli.show import busy
from creditshare.errors import NothingNewError, UnknownEpochError
from creditshare.tokens import Epoch, TokenKeyring

__all__ = ["register"]


def register(app: click.Group) -> None:
    """Add the command."""

    @command(app, "retoken")
    @shared_option("ledger", type=FILE)
    @member_options
    def retoken(*, ledger: Path, member: Member) -> Answer:
        """Move the ledger to the token epoch that replaced its own, from that epoch's first day.

        Every live listing is tokenised again, all or none. The next bundle for each recipient is a
        full one: `seal --since last` sees to it. If the ledger stands under the epoch in force,
        nothing is changed, and the command ends with code 14.
        """
        tokens = member.tokens
        with open_ledger(ledger) as held, busy("re-tokenising"):
            before, after = held.epoch, _in_force(tokens, member.at)
            if before in (None, after.name):
                raise hinted(
                    NothingNewError(
                        f"epoch {after.name} is in force, and no listing stands under another"
                    ),
                    "nothing was changed; creditshare tokens list shows the epochs held",
                )
            count = held.ledger.retoken(tokens=tokens, at=member.at)
        return Answer(
            {
                "retokened": count,
                "from": before,
                "to": after.name,
                "ends": after.ends.isoformat(),
                "next_bundle": "full; seal --since last makes it so",
            }
        )


def _in_force(tokens: TokenKeyring, at: dt.datetime) -> Epoch:
    try:
        return tokens.for_issuing(at).epoch
    except UnknownEpochError as error:
        hint = "creditshare tokens list; the steward says which one replaces which"
        raise hinted(error, hint) from None
