"""``creditshare apply``: a bundle into the registry, wholly or not at all."""

from __future__ import annotations

from pathlib import Path

import click

from creditshare.bundle import open_bundle
from creditshare.cli.command import FILE, Answer, command, shared_option
from creditshare.cli.member import Member, member_options
from creditshare.cli.pipes import as_input_file
from creditshare.cli.show import busy
from creditshare.registry import Registry, RegistryStore

__all__ = ["register"]


def register(app: click.Group) -> None:
    """Add the command."""

    @command(app, "apply")
    @click.argument("bundle", type=FILE)
    @shared_option("registry", type=FILE)
    @member_options
    def apply(*, bundle: Path, registry: Path, member: Member) -> Answer:
        """Check BUNDLE and apply it to the registry, which is made if it is not there."""
        tokens = member.tokens
        with (
            as_input_file(bundle) as path,
            busy("checking and applying"),
            open_bundle(path, by=member.agency, roster=member.roster, at=member.at) as opened,
            RegistryStore(registry) as store,
        ):
            applied = Registry(store).apply(opened, tokens=tokens, at=member.at)
        state = applied.checkpoint
        return Answer(
            {
                "origin": state.origin,
                "issuer": state.issuer,
                "checkpoint": state.sequence,
                "already_held": applied.already_held,
                "skipped": applied.skipped,
                "live": applied.live,
                "withdrawn": applied.withdrawn,
                "expires": state.expires_at.isoformat(),
            }
        )
