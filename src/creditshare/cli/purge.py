"""``creditshare purge``: a registry deletes what has passed its last day."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from creditshare.cli.command import FILE, Answer, at_option, command, shared_option
from creditshare.cli.databases import open_registry

__all__ = ["register"]


def register(app: click.Group) -> None:
    """Add the command."""

    @command(app, "purge")
    @shared_option("registry", type=FILE)
    @at_option
    def purge(*, registry: Path, at: dt.datetime) -> Answer:
        """Delete the records of the registry whose last day has passed.

        Screening never finds them, and every `apply` deletes them too; this is for a registry to
        which bundles come rarely, or no more.
        """
        with open_registry(registry) as held:
            return Answer({"deleted": held.registry.purge(at)})
