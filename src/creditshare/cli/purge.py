"""``creditshare purge``: what has passed its last day is deleted, and the files rewritten."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from creditshare.cli.command import FILE, Answer, at_option, command, shared_option
from creditshare.cli.databases import check_given, open_ledger, open_registry
from creditshare.cli.show import busy
from creditshare.errors import CreditshareError

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
        them. If one of them fails, the other is purged all the same. Run it every night.
        """
        check_given(ledger=ledger, registry=registry)
        deleted, failures = 0, list[CreditshareError]()
        with busy("purging"):
            for path, purged in ((ledger, _purge_ledger), (registry, _purge_registry)):
                try:
                    deleted += purged(path, at) if path.is_file() else 0
                except CreditshareError as failure:
                    failures.append(failure)
        if failures:
            raise failures[0]
        return Answer({"deleted": deleted})


def _purge_ledger(path: Path, at: dt.datetime) -> int:
    with open_ledger(path) as held:
        return held.ledger.purge(at)


def _purge_registry(path: Path, at: dt.datetime) -> int:
    with open_registry(path) as held:
        return held.registry.purge(at)
