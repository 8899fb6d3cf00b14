"""What all commands have in common: a docstring, `--json`, a result that is written for them."""

from __future__ import annotations

import datetime as dt
import functools
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import attrs
import click

from creditshare.cli import exits, show
from creditshare.clock import unix
from creditshare.errors import CreditshareError

__all__ = [
    "DAY",
    "DESCRIPTOR",
    "FILE",
    "INSTANT",
    "SHARED",
    "Answer",
    "at_option",
    "choice",
    "command",
    "json_option",
    "present",
    "shared_option",
    "within_option",
]

Function = TypeVar("Function", bound=Callable[..., Any])
FILE = click.Path(dir_okay=False, allow_dash=True, path_type=Path)
"""A file; `-` for standard input or output where a command says so."""

DESCRIPTOR = click.IntRange(0, 65_535)
"""The number of a file descriptor."""

SHARED: dict[str, str] = {
    "json": "Write results and errors as JSON, one value a line.",
    "at": "The present, as an ISO instant with a time zone; for tests and rehearsals.",
    "key": "The agency's secret keys. Default: agency.key in the home.",
    "key_fd": "Read the secret keys from this file descriptor instead.",
    "passphrase_fd": "Read the passphrase of the secret keys from this file descriptor.",
    "roster_file": "The signed roster. Default: roster.csr in the home.",
    "steward": "The steward's public keys, trusted. Default: steward.pub in the home.",
    "keyring": "The folder of sealed token keys. Default: tokens in the home.",
    "ledger": "The issuer's database. Default: ledger.db in the home.",
    "registry": "The recipient's database. Default: registry.db in the home.",
    "audit_log": "The log of queries. Default: audit.db in the home.",
    "audit_key": "The key of that log. Default: audit.key in the home.",
    "office": "The agency's name as people know it, for papers. Default: its origin.",
    "contact": "Where people turn to, for papers: address, telephone, hours.",
}
"""The settings that several commands share, with one name each; the rest is a command's own."""


@attrs.frozen
class Answer:
    """What a command found or did.

    Attributes:
        data: The result.
        code: How the command ends.
        aside: Whether it is written to standard error, because the output is something else.
    """

    data: show.Data
    code: int = exits.DONE
    aside: bool = False


def command(group: click.Group, name: str) -> Callable[[Function], click.Command]:
    """Make a function a command: its docstring is the help, what it returns is written."""

    def decorate(function: Function) -> click.Command:
        @functools.wraps(function)
        def run(*, as_json: bool, **values: Any) -> int:
            answer: Answer | None = function(**values)
            if answer is None:
                return exits.DONE
            to = sys.stderr if answer.aside else sys.stdout
            show.write(answer.data, as_json=as_json, to=to)
            return answer.code

        return group.command(name)(json_option(run))

    return decorate


def within_option(function: Function) -> Function:
    """Give a command ``--within``: how many days ahead it looks."""
    return click.option(
        "--within", type=click.IntRange(0, 36_500), default=30, show_default=True, metavar="DAYS",
        help="How far ahead to look.",
    )(function)  # fmt: skip


def choice(values: Iterable[str]) -> click.Choice[str]:
    """One of a vocabulary, by what the format carries."""
    return click.Choice([str(value) for value in values])


def shared_option(name: str, *names: str, **settings: Any) -> Callable[[Function], Function]:
    """An option of several commands, also ``CREDITSHARE_<NAME>`` in the environment."""
    variable = f"CREDITSHARE_{name.upper()}"
    flag = "--" + name.replace("_", "-")
    return click.option(
        flag, *names, envvar=variable, show_envvar=True, help=SHARED[name], **settings
    )


def json_option(function: Function) -> Function:
    """``--json``, known before anything else, so that errors are told likewise, and by whom."""

    def remember(ctx: click.Context, _: click.Parameter, value: bool) -> bool:
        ctx.ensure_object(dict).update(json=value, command=ctx.command_path)
        return value

    return shared_option("json", "as_json", is_flag=True, is_eager=True, callback=remember)(
        function
    )


class _Instant(click.ParamType[dt.datetime]):
    name = "instant"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.datetime:
        if isinstance(value, dt.datetime):
            return value
        try:
            at = dt.datetime.fromisoformat(value)
            unix(at)
        except (ValueError, CreditshareError):
            self.fail("must be like 2026-11-23T04:00:00Z, with a time zone", param, ctx)
        return at


class _Day(click.ParamType[dt.date]):
    name = "day"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.date:
        if isinstance(value, dt.date):
            return value
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            self.fail("must be like 2026-11-23", param, ctx)


INSTANT = _Instant()
DAY = _Day()


def present() -> dt.datetime:
    """Now; the one place that reads the clock."""
    return dt.datetime.now(dt.UTC)


def at_option(function: Function) -> Function:
    """``--at``, by default now."""
    return shared_option("at", type=INSTANT, default=present)(function)
