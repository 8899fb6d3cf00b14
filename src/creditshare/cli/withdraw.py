"""``creditshare withdraw``: end listings; the next bundle tells everyone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from creditshare.cli import exits
from creditshare.cli.command import DAY, FILE, Answer, at_option, choice, command, shared_option
from creditshare.cli.databases import OpenLedger, open_ledger
from creditshare.cli.people import Person, read_people
from creditshare.cli.pipes import STANDARD, input_stream
from creditshare.cli.selection import encoding_option, listing_option, scheme_option
from creditshare.errors import NotListedError
from creditshare.layouts import Encoding, RowRefusal
from creditshare.model import Withdrawal, WithdrawalReason

__all__ = ["register"]


def register(app: click.Group) -> None:
    """Add the command."""

    @command(app, "withdraw")
    @click.argument("people", type=FILE, default=STANDARD)
    @click.option("--reason", type=choice(WithdrawalReason), required=True,
                  help="Why; it stays on the ledger.")  # fmt: skip
    @click.option("--on", "day", type=DAY, help="The day the reason arose. Default: today.")
    @click.option(
        "--every", is_flag=True, help="Withdraw every listing of a borrower who has more."
    )
    @listing_option
    @scheme_option
    @encoding_option
    @shared_option("ledger", type=FILE)
    @at_option
    def withdraw(
        *,
        people: Path,
        reason: str,
        day: dt.date | None,
        every: bool,
        listing: tuple[bytes, ...],
        scheme: str | None,
        encoding: Encoding,
        ledger: Path,
        at: dt.datetime,
    ) -> Answer:
        """End listings: those named by --listing, or those of the PEOPLE in a file or pipe.

        PEOPLE is CSV or JSON lines as for `screen`; by default it is standard input, so that no
        identifier stands among the arguments. All rows are looked up before anything is withdrawn,
        and what is withdrawn is withdrawn in one go.
        """
        rows: list[dict[str, Any]] = []
        with open_ledger(ledger) as held:
            ids = [*dict.fromkeys(listing)]
            for listing_id in ids:
                held.ledger.listing(listing_id)  # refuses the first that is not live
            if not ids:
                with input_stream(people) as stream:
                    found = read_people(stream, encoding=encoding, scheme=scheme)
                    ids = [*dict.fromkeys(_found(found, held, rows, every=every))]
            on, why = day or at.astimezone(dt.UTC).date(), WithdrawalReason(reason)
            held.ledger.withdraw(*(Withdrawal(listing_id, why, on) for listing_id in ids))
        if not ids and not rows:
            raise NotListedError("nobody was named")
        refused = exits.REFUSED_ROWS if rows else exits.DONE
        told: dict[str, Any] = {"withdrawn": [item.hex() for item in ids], "reason": reason}
        return Answer(told | ({"refused": rows} if rows else {}), refused)


def _found(
    people: Iterator[Person | RowRefusal],
    held: OpenLedger,
    refused: list[dict[str, Any]],
    *,
    every: bool,
) -> Iterator[bytes]:
    """The listings of the people; whoever has none, or more than was meant, is refused."""
    for item in people:
        if isinstance(item, RowRefusal):
            refused.append({"row": item.row, "reason": "; ".join(map(str, item.faults))})
            continue
        row, person = item
        ids = {
            listing_id
            for identifier in person.identifiers
            if identifier.STRONG
            for listing_id in held.ledger.live_listings_of(identifier)
        }
        if not ids:
            refused.append({"row": row, "reason": "no live listing of that borrower"})
        elif len(ids) > 1 and not every:
            refused.append({"row": row, "reason": _several(held, sorted(ids))})
        else:
            yield from sorted(ids)


def _several(held: OpenLedger, ids: Sequence[bytes]) -> str:
    references = (f"{item.hex()} ({held.ledger.listing(item).reference or '-'})" for item in ids)
    return "several listings; name one by --listing, or all by --every: " + ", ".join(references)
