"""``creditshare due-to-expire``: what ends soon, before anybody is surprised."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from creditshare.cli.command import (
    FILE,
    at_option,
    json_option,
    shared_option,
    within_option,
)
from creditshare.cli.databases import check_given, open_ledger, open_registry
from creditshare.cli.show import track
from creditshare.cli.tables import CsvTable
from creditshare.ledger import standing
from creditshare.ledger.expiry import lapses_by
from creditshare.life import Life
from creditshare.model import Step
from creditshare.registry import held_listings

__all__ = ["register"]

_COLUMNS = ("where", "origin", "listing", "last_day", "days_left", "status", "why", "reference")


def register(app: click.Group) -> None:
    """Add the command."""

    @app.command("due-to-expire")
    @within_option
    @shared_option("ledger", type=FILE)
    @shared_option("registry", type=FILE)
    @at_option
    @json_option
    def due(within: int, ledger: Path, registry: Path, at: dt.datetime, as_json: bool) -> None:
        """List what ends within some days, on the ledger and in the registry, as CSV.

        On the ledger it says why: the retention ends, or it must be confirmed by then that the
        conduct, or what else is open, goes on: `confirm` does it. A registry knows the day alone.
        """
        check_given(ledger=ledger, registry=registry)
        today = at.astimezone(dt.UTC).date()
        until = today + dt.timedelta(days=within)
        table = None if as_json else CsvTable(sys.stdout, _COLUMNS)
        for row in track(_rows(ledger, registry, at, until), "listings", written=True):
            row["days_left"] = (row["last_day"] - today).days
            row["last_day"] = row["last_day"].isoformat()
            if table is None:
                sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
            else:
                table.write(row)


def _rows(
    ledger: Path, registry: Path, at: dt.datetime, until: dt.date
) -> Iterator[dict[str, Any]]:
    if ledger.is_file():
        with open_ledger(ledger) as held, held.store.snapshot():
            for item in standing(held.store, at=at):
                if item.last_day > until:
                    break
                yield {
                    "where": "ledger",
                    "origin": held.ledger.origin,
                    "listing": item.id.hex(),
                    "last_day": item.last_day,
                    "status": item.status,
                    "why": _why(held.ledger.life(item.id), item.last_day),
                    "reference": item.reference,
                }
    if registry.is_file():
        with open_registry(registry) as told:
            for found in held_listings(told.store, at=at):
                if found.last_day <= until:
                    yield {
                        "where": "registry",
                        "origin": found.origin,
                        "listing": found.id.hex(),
                        "last_day": found.last_day,
                        "status": found.status,
                    }


def _why(life: Life, last_day: dt.date) -> str:
    listed = life.day_of(Step.LISTED) or last_day
    rule = lapses_by(life.rulebook, life.listing, listed=listed, last_day=last_day)
    return "retention-ends" if rule is None else "to-confirm"
