"""The command itself: its settings, its commands, and how it ends."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

import creditshare
from creditshare.cli import (
    adverse_notice,
    answer,
    apply,
    audit,
    case,
    completion,
    confirm,
    demo,
    dispute,
    due,
    exempt,
    exits,
    explain,
    feedback,
    import_,
    inspect,
    joint,
    keygen,
    owed,
    purge,
    repair,
    resume,
    retoken,
    roster,
    screen,
    seal,
    settle,
    statement,
    statistics,
    suspend,
    tokens,
    withdraw,
)
from creditshare.cli.command import FILE, SHARED
from creditshare.cli.config import settings
from creditshare.cli.overview import describe, write_overview
from creditshare.errors import CreditshareError, InputError

__all__ = ["app", "run"]

_OF_THE_WHOLE = ("--home", "--config")


class _PipeClosedError(Exception):
    """Whoever read the output has gone."""


class _App(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            code = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            raise _PipeClosedError from None  # click would end with a code of its own
        return code

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_overview(formatter)


@click.group(
    cls=_App, context_settings={"auto_envvar_prefix": "CREDITSHARE", "max_content_width": 100}
)
@click.version_option(creditshare.__version__, message="%(version)s", allow_from_autoenv=False)
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    show_envvar=True,
    help="The agency's folder, where its files lie under their usual names. Default: this folder.",
)
@click.option(
    "--config",
    type=FILE,
    show_envvar=True,
    help="The configuration. Default: creditshare.toml in the home, if it is there.",
)
@click.pass_context
def app(ctx: click.Context, home: Path, config: Path | None) -> None:
    """Share blacklists of debt-evading borrowers lawfully and privately.

    An issuer imports, seals, confirms, withdraws; a recipient applies and screens; a steward signs
    the roster and issues token keys. `-` is standard input or output. What identifies a person is
    read from files or pipes, never from arguments.
    """
    ctx.default_map = settings(app, home, config)


for _module in (
    keygen, roster, tokens, import_, case, seal, inspect, apply, screen, joint, withdraw, suspend,
    resume, exempt, dispute, answer, settle, repair, statement, owed, due, confirm, retoken, purge,
    feedback, explain, adverse_notice, statistics, audit, demo, completion,
):  # fmt: skip
    _module.register(app)
describe(app)


def run(arguments: Sequence[str]) -> int:
    """Run the command; returns its exit code."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    context: dict[str, Any] = {}
    try:
        code = app.main(list(arguments), "creditshare", standalone_mode=False, obj=context)
    except _PipeClosedError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exits.BROKEN_PIPE
    except Exception as error:  # noqa: BLE001 - whatever happened, it ends in a message and a code
        told, hint, code = _told(error)
        hint = hint.replace("creditshare COMMAND", context.get("command", "creditshare COMMAND"))
        with contextlib.suppress(OSError):  # nobody can be told
            _fail(told, hint, code, as_json=context.get("json", _early_json(arguments)))
        return code
    return code or exits.DONE


def _early_json(arguments: Sequence[str]) -> bool:
    """Whether errors are told as JSON before the command line was understood."""
    wanted = os.environ.get("CREDITSHARE_JSON", "").strip().lower()
    return "--json" in arguments or wanted not in ("", "0", "f", "false", "n", "no", "off")


def _fail(told: str, hint: str, code: int, *, as_json: bool) -> None:
    """Tell an error on standard error."""
    if as_json:
        sys.stderr.write(json.dumps({"error": told, "hint": hint, "code": code}) + "\n")
    elif hint:
        sys.stderr.write(f"error: {told}\nhint: {hint}\n")
    else:
        sys.stderr.write(f"{told}\n")  # a command's help


def _misplaced(error: click.ClickException) -> str:
    """Where an option stands that stood on the wrong side of the command; empty otherwise."""
    if not isinstance(error, click.NoSuchOption) or error.ctx is None:
        return ""
    option, first = error.option_name, error.ctx.parent is None
    if first and option.removeprefix("--").replace("-", "_") in SHARED:
        return f"{option} stands after the command"
    return "" if first or option not in _OF_THE_WHOLE else f"{option} stands before the command"


def _told(error: Exception) -> tuple[str, str, int]:
    if isinstance(error, CreditshareError):
        return str(error), exits.hint_of(error), exits.code_of(error)
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return error.format_message(), "", exits.USAGE
    if isinstance(error, click.ClickException):
        path = getattr(error, "ctx", None)
        name = path.command_path if path else "creditshare"
        # It repeats what was typed, and somebody may have typed whom they meant.
        told = _misplaced(error) or exits.without_people(error.format_message())
        return told, f"{name} --help tells how", exits.USAGE
    if isinstance(error, click.Abort):
        return "interrupted", "nothing that was begun is half done", exits.INTERRUPTED
    if isinstance(error, OSError):
        told = f"the system refused: {error.strerror}"
        return told, "check the disk and the permissions", exits.CODES[InputError]
    # A message of the language's own could hold what somebody typed or sent.
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(place.filename).name}:{place.lineno}"
    told = f"creditshare has a mistake: {type(error).__name__} at {where}"
    return told, "please report this line; it holds no data of yours", exits.BUG
