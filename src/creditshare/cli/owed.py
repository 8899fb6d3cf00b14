"""``creditshare due``: what is owed by when, overdue first."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import click

from creditshare.cli import exits
from creditshare.cli.command import (
    FILE,
    Answer,
    at_option,
    command,
    shared_option,
    within_option,
)
from creditshare.cli.databases import open_ledger
from creditshare.cli.terms import calendar_of
from creditshare.clock import day_of
from creditshare.ledger import Owed, owed

__all__ = ["register"]


def register(app: click.Group) -> None:
    """Add the command."""

    @command(app, "due")
    @within_option
    @shared_option("ledger", type=FILE)
    @at_option
    def due(*, within: int, ledger: Path, at: dt.datetime) -> Answer:
        """Tell what is owed by when on the ledger, what is overdue first.

        Duties of the issuer, what persons may do until or from a day, from when a prepared case may
        be decided and listed, open conduct to be confirmed, exemptions and listings that end; each
        with its rule and citation. A duty whose day has passed is told however old it is, and the
        command ends with code 17 then. A provisional day lies beyond the published calendar.
        """
        today = day_of(at)
        with open_ledger(ledger) as held:
            found = owed(
                held.ledger,
                at=at,
                within=dt.timedelta(days=within),
                calendar_of=calendar_of,
            )
        overdue = sum(item.overdue for item in found)
        data = {
            "on": today.isoformat(),
            "overdue": overdue,
            "due": [_row(item, today) for item in found],
        }
        return Answer(data, exits.OVERDUE if overdue else exits.DONE)


def _row(item: Owed, today: dt.date) -> dict[str, Any]:
    rule = item.rule
    return {
        "due": item.due.day.isoformat(),
        "days_left": (item.due.day - today).days,
        "overdue": item.overdue,
        "kind": item.kind,
        "party": item.party,
        "what": item.what,
        "what_zh": item.what_zh,
        "listing": item.listing_id.hex(),
        "reference": item.reference,
        "rule": rule.id if rule else "",
        "citation": str(rule.citation) if rule else "",
        "verified": bool(rule and rule.verified),
        "provisional": item.due.provisional,
    }
