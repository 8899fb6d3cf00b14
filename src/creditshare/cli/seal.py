"""``creditshare seal``: the ledger's state into a bundle for named recipients."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import click

from creditshare.cli.command import FILE, Answer, command, shared_option
from creditshare.cli.databases import OpenLedger, open_ledger
from creditshare.cli.exits import hinted
from creditshare.cli.member import Member, member_options
from creditshare.cli.pipes import BUNDLE, STANDARD, as_output_file
from creditshare.cli.show import busy, note
from creditshare.cli.terms import calendar_of
from creditshare.errors import MisuseError

__all__ = ["register"]


def register(app: click.Group) -> None:
    """Add the command."""

    @command(app, "seal")
    @click.argument("out", type=FILE)
    @click.option("--to", multiple=True, required=True, metavar="ORIGIN",
                  help="A recipient; may be given again.")  # fmt: skip
    @click.option(
        "--since",
        metavar="N|last",
        help="Seal only what was said since checkpoint N; `last`: since what these recipients were "
        "last sent, all of it the first time and once the token epoch changed. Default: all of it.",
    )
    @click.option("--days", type=click.IntRange(1, 93), default=30, show_default=True,
                  help="How long the checkpoint vouches.")  # fmt: skip
    @shared_option("ledger", type=FILE)
    @member_options
    def seal(
        *,
        out: Path,
        to: tuple[str, ...],
        since: str | None,
        days: int,
        ledger: Path,
        member: Member,
    ) -> Answer:
        """Seal the ledger into the bundle OUT.

        A sealed file that is there is replaced; over any other file nothing is written. Listings
        whose last day has passed are withdrawn first, and disputes whose provisional day is an
        earlier one by now are marked again. If nothing is new since the checkpoint named, nothing
        is written, and the command ends with code 14.
        """
        recipients = [member.roster.agency(origin) for origin in to]
        with open_ledger(ledger) as held, as_output_file(out, BUNDLE) as path, busy("sealing"):
            member.issues_for(held.ledger.origin)
            _check_clock(held, member)
            held.ledger.remark(calendar_of=calendar_of)
            sealed = held.ledger.seal(
                path,
                by=member.agency,
                to=recipients,
                at=member.at,
                since=_since(since, held, to, member),
                valid_for=dt.timedelta(days=days),
                roster=member.roster,
            )
        state = sealed.checkpoint
        return Answer(
            {
                "bundle": str(out),
                "origin": state.origin,
                "kind": sealed.kind.name.lower(),
                "checkpoint": state.sequence,
                "events": sealed.events,
                "live": state.live,
                "lapsed": sealed.lapsed,
                "expires": state.expires_at.isoformat(),
                "recipients": list(sealed.recipients),
            },
            aside=out == STANDARD,
        )


def _check_clock(held: OpenLedger, member: Member) -> None:
    last = held.ledger.last_checkpoint()
    if last is not None and member.at < last.issued_at:
        raise hinted(
            MisuseError(f"the last checkpoint was signed later, at {last.issued_at.isoformat()}"),
            "check this machine's clock, and --at; a ledger never signs backwards in time",
        )


def _since(text: str | None, held: OpenLedger, to: Sequence[str], member: Member) -> int | None:
    if text is None:
        return None
    if text != "last":
        if not text.isdecimal() or len(text) > 18:  # more than a database counts to
            raise click.BadParameter("must be a checkpoint's number, or last")
        return int(text)
    generation = member.roster.entry(held.ledger.origin).generation
    last: dict[str, int] = {}
    for bundle in held.ledger.deliveries():
        if bundle.generation == generation:
            last |= dict.fromkeys(bundle.recipients, bundle.sequence)
    found = {last.get(origin) for origin in to}
    of_this_epoch = {n for n in found if n is not None and held.epoch_of(n) == held.epoch}
    if found - of_this_epoch - {None}:
        note("the token epoch changed since these recipients were last sent: all of it is sealed")
    found = {n if n in of_this_epoch else None for n in found}
    if len(found) > 1:
        raise MisuseError("these recipients were last sent different checkpoints; seal for each")
    return found.pop()
