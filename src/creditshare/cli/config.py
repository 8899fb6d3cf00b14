"""Where settings come from: a flag, else the environment, else one TOML, else the agency's home.

The TOML has what several commands share at its top, and what is one command's own in a table of
the command's name::

    registry = "/var/lib/creditshare/registry.db"

    [screen]
    role = "lender"
    caller = "batch"

    [tokens.issue]
    days = 180

Relative paths in it start from the folder it lies in. A key that no command has is refused.
"""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any

import click

from creditshare.cli.command import SHARED
from creditshare.errors import RulebookError
from creditshare.files import read_regular
from creditshare.toml import Section

__all__ = ["HOME_FILES", "NAME", "settings"]

NAME = "creditshare.toml"
HOME_FILES = {
    "key": "agency.key",
    "roster_file": "roster.csr",
    "steward": "steward.pub",
    "keyring": "tokens",
    "ledger": "ledger.db",
    "registry": "registry.db",
    "audit_log": "audit.db",
    "audit_key": "audit.key",
}
_LIMIT = 256 * 1024


def settings(app: click.Group, home: Path, config: Path | None) -> dict[str, Any]:
    """The settings of every command that neither a flag nor the environment gives.

    Args:
        app: The command.
        home: The agency's folder.
        config: The TOML; None for the one in the home, if there is one.

    Raises:
        RulebookError: for a mistake in the TOML, naming its place.
        FileError: if the TOML cannot be read.
    """
    shared: dict[str, Any] = {name: str(home / file) for name, file in HOME_FILES.items()}
    path = config or home / NAME
    if config is None and not os.path.lexists(path):
        return _of_group(app, shared, Section.of(""), home)
    try:
        top = Section.of(read_regular(path, _LIMIT).decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise RulebookError("the configuration must be in UTF-8") from None
    known = {option.name: option for option in _options(app)}
    for name in SHARED:
        shared |= _found(top, known["as_json" if name == "json" else name], name, path.parent)
    found = _of_group(app, shared, top, path.parent)
    top.end()
    return found


def _of_group(
    group: click.Group, shared: dict[str, Any], section: Section, folder: Path
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, member in group.commands.items():
        own = section.section(name) or Section(name, {})
        if isinstance(member, click.Group):
            found[name] = _of_group(member, shared, own, folder)
        else:
            found[name] = dict(shared)
            for option in member.params:
                if isinstance(option, click.Option) and option.name is not None:
                    flag = max(option.opts, key=len).removeprefix("--").replace("-", "_")
                    found[name] |= _found(own, option, flag, folder)
        own.end()
    return found


def _options(group: click.Group) -> list[click.Option]:
    found: list[click.Option] = []
    for member in group.commands.values():
        if isinstance(member, click.Group):
            found += _options(member)
        found += [option for option in member.params if isinstance(option, click.Option)]
    return found


def _found(section: Section, option: click.Option, name: str, folder: Path) -> dict[str, Any]:
    """What a table says of an option, as click wants it; empty if nothing."""
    if option.is_flag:
        value: Any = section.find(name, bool)
    elif option.multiple:
        value = section.find(name, list)
    elif isinstance(option.type, click.IntRange):
        value = section.find(name, int)
    elif option.type.name == "day":
        day = section.find(name, dt.date)
        value = None if day is None else day.isoformat()
    else:
        value = section.find(name, str)
        if value is not None and isinstance(option.type, click.Path) and value != "-":
            if "\0" in value:
                raise section.refuse(name, "must be a path")
            value = str(folder / value)
    return {} if value is None or option.name is None else {option.name: value}
