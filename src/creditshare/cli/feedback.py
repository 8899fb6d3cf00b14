"""``creditshare feedback``: what was applied because of listings, lifted, and reported back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from creditshare.cli import exits
from creditshare.cli.command import (
    FILE,
    Answer,
    command,
    shared_option,
)
from creditshare.cli.databases import open_ledger, open_registry
from creditshare.cli.lawbooks import measures_option, named_catalogue
from creditshare.cli.member import Member, member_options
from creditshare.cli.outstanding import add_due, unfounded_of
from creditshare.cli.pipes import FEEDBACK, STANDARD, as_input_file, as_output_file
from creditshare.cli.recording import add_applied, add_lifted, told
from creditshare.cli.selection import listing_option
from creditshare.clock import day_of
from creditshare.feedback import (
    ExecutionBook,
    apply_feedback,
    executions_of,
    open_feedback,
)
from creditshare.ledger import LedgerStore
from creditshare.rules import MeasureCatalogue

__all__ = ["register"]


def register(app: click.Group) -> None:
    """Add the commands."""

    @app.group("feedback")
    def group() -> None:
        """Keep and report what was done because of listings, until it is undone.

        A recipient records what it `applied` and `lifted`, is told what is `due`, and `seal`s all
        of it for whoever speaks for the log; the issuer `apply`s that, and is told by `due` who has
        not confirmed.
        """

    for add in (add_applied, add_lifted, add_due, _seal, _apply, _show):
        add(group)


def _seal(group: click.Group) -> None:
    @command(group, "seal")
    @click.argument("origin")
    @click.argument("out", type=FILE)
    @click.option("--after", type=click.IntRange(0, 2**62), default=0,
                  help="The last number the issuer holds, after a restored backup.")  # fmt: skip
    @shared_option("registry", type=FILE)
    @member_options
    def seal(*, origin: str, out: Path, after: int, registry: Path, member: Member) -> Answer:
        """Seal all that was done on the listings of ORIGIN into the file OUT, for its issuer.

        Each feedback stands for all before it: a lost file loses nothing. A sealed file that is
        there is replaced. If nothing was ever applied, the command ends with code 14.
        """
        with open_registry(registry) as held, as_output_file(out, FEEDBACK) as path:
            sealed = ExecutionBook(held.store).seal(
                path,
                origin=origin,
                by=member.agency,
                roster=member.roster,
                at=member.at,
                after=after,
            )
        return Answer(
            {
                "feedback": str(out),
                "origin": sealed.origin,
                "recipient": sealed.recipient,
                "number": sealed.number,
                "applied": sealed.applied,
                "lifted": sealed.lifted,
            },
            aside=out == STANDARD,
        )


def _apply(group: click.Group) -> None:
    @command(group, "apply")
    @click.argument("file", type=FILE)
    @measures_option
    @shared_option("ledger", type=FILE)
    @member_options
    def apply(*, file: Path, measures: str, ledger: Path, member: Member) -> Answer:
        """Check a sealed feedback from a recipient and take it into the ledger's database.

        What it says of listings that its sender was never told of is refused, and the command ends
        with code 3. What it says was applied and a listing does not bear is kept, and told under
        `unfounded`, with what is wrong: ask the agency.
        """
        known = named_catalogue(measures, day_of(member.at))
        with as_input_file(file) as path, open_ledger(ledger) as held:
            opened = open_feedback(path, by=member.agency, roster=member.roster, at=member.at)
            heard = apply_feedback(held.store, opened)
            flawed = unfounded_of(held.store, known, member)
        data = {
            "sender": heard.sender,
            "origin": opened.feedback.origin,
            "number": heard.number,
            "already_held": heard.already_held,
            "skipped": heard.skipped,
            "news": heard.news,
            "left_out": heard.left_out,
            "refused": [told(item) for item in heard.refused],
            "unfounded": [
                told(item.execution) | {"flaws": " ".join(item.flaws)}
                for item in flawed
                if item.agency == heard.sender
            ],
        }
        return Answer(data, exits.REFUSED_ROWS if heard.refused else exits.DONE)


def _show(group: click.Group) -> None:
    @command(group, "show")
    @listing_option
    @measures_option
    @shared_option("ledger", type=FILE)
    @member_options
    def show(*, listing: tuple[bytes, ...], measures: str, ledger: Path, member: Member) -> Answer:
        """Show what recipients last reported, of the listings named by --listing or of all.

        `flaws` says what is wrong with it: a measure that the listing does not carry, or that
        --measures does not hold, a role that may not apply it, a day on which the listing did not
        stand.
        """
        known = named_catalogue(measures, day_of(member.at))
        with open_ledger(ledger) as held:
            found = [
                row for one in listing or (None,) for row in _shown(held.store, known, member, one)
            ]
        return Answer({"reported": found})


def _shown(
    store: LedgerStore, known: MeasureCatalogue, member: Member, listing_id: bytes | None
) -> list[dict[str, Any]]:
    reported = executions_of(store, listing_id)
    flaws = {
        (item.agency, item.execution): " ".join(item.flaws)
        for item in unfounded_of(store, known, member, listing_id)
    }
    return [
        {"agency": item.agency, **told(item.execution)}
        | {"flaws": flaws.get((item.agency, item.execution), "")}
        for item in reported
    ]
