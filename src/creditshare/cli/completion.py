"""``creditshare completion``: what a shell needs to complete commands and options."""

from __future__ import annotations

import sys

import click
from click.shell_completion import get_completion_class

from creditshare.cli.command import Answer, command
from creditshare.errors import MisuseError

__all__ = ["register"]


def register(app: click.Group) -> None:
    """Add the command."""

    @command(app, "completion")
    @click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
    def completion(shell: str) -> Answer | None:
        """Print the completion script for SHELL.

        For bash, in ~/.bashrc: eval "$(creditshare completion bash)"
        """
        found = get_completion_class(shell)
        if found is None:
            raise MisuseError("no completion for that shell")
        sys.stdout.write(found(app, {}, "creditshare", "_CREDITSHARE_COMPLETE").source())
        return None
