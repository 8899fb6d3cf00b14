"""``creditshare purge``: what has passed its last day is deleted, and the files rewritten."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from creditshare.cli.command import FILE, Answer, at_option, command, shared_option
from creditshare.cli.databases import check_given, open_ledger, open_registry
from creditshare.cli.show import busy

__all__ = ["register"]


def register(app: click.Group) -> None:
    """Add the command."""

    @command(app, "purge")
    @shared_option("ledger", type=FILE)
    @shared_option("registry", type=FILE)
    @at_option
    def purge(*, ledger: Path, registry: Path, at: dt.datetime) -> Answer:
        """Delete what has passed its last day, on the ledger and in the registry.

        Nobody finds it any more, and `apply`, `record` and `seal` delete it too. This does so where
        they are rare, and rewrites both databases, so that no copy of anything deleted is left in
        them. Run it every night.
        """
        check_given(ledger=ledger, registry=registry)
        deleted = 0
        with busy("purging"):
            if ledger.is_file():
                with open_ledger(ledger) as said:
                    deleted += said.ledger.purge(at)
            if registry.is_file():
                with open_registry(registry) as held:
                    deleted += held.registry.purge(at)
        return Answer({"deleted": deleted})
