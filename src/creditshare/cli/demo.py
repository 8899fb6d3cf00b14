"""``creditshare demo``: two agencies and a night's exchange, shown as the commands to type."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shlex
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click

from creditshare.agency import PublicAgency
from creditshare.cli import exits
from creditshare.cli.command import at_option
from creditshare.cli.demo_data import write_files
from creditshare.errors import FileError

__all__ = ["register"]

_MEMBERS = ("lender", "bank")
_TOLERATED = (exits.DONE, exits.REFUSED_ROWS)


def register(app: click.Group) -> None:
    """Add the command."""

    @app.command("demo")
    @click.option(
        "--out",
        type=click.Path(file_okay=False, path_type=Path),
        help="An empty or new folder for the files. Default: one that is deleted.",
    )
    @click.option("--files-only", is_flag=True, help="Only write the made-up files into --out.")
    @at_option
    def demo(*, out: Path | None, files_only: bool, at: dt.datetime) -> int:
        """Run two agencies' exchange on made-up people, as the commands that you would type.

        Every identity number in it has a region that was never assigned.
        """
        if files_only and out is None:
            raise click.UsageError("--files-only needs --out")
        with _folder(out) as folder:
            write_files(folder, at=at)
            if not files_only:
                _Shell(app, folder, at).run()
        return exits.DONE


@contextlib.contextmanager
def _folder(out: Path | None) -> Iterator[Path]:
    if out is None:
        with tempfile.TemporaryDirectory(prefix="creditshare-demo-") as folder:
            yield Path(folder)
    elif out.is_dir() and any(out.iterdir()):
        raise FileError("the folder holds something; name another one with --out")
    else:
        yield out


class _Shell:
    """Types commands in the demo's folder and shows what they answer."""

    def __init__(self, app: click.Group, folder: Path, at: dt.datetime) -> None:
        self._app, self._folder, self._at = app, folder, at

    def run(self) -> None:
        with _inside(self._folder):
            self._found()
            self._say("The lender imports its report. What is refused is told, row by row.")
            self._type("lender", "import report.csv --batch batch.toml --refusals refusals.csv")
            self._say("It seals a bundle, which only the bank can open; the bank applies it.")
            self._type("lender", "seal 0001.csb --to bank --since last")
            self._type("bank", "inspect 0001.csb")
            self._type("bank", "apply 0001.csb")
            self._say("The bank screens applicants. Each query stands in its log first.")
            self._type("bank", "audit key")
            asked = "--role lender --caller desk-7 --consent forms-2026-11"
            screening = f"screen applicants.csv --purpose credit-application {asked}"
            self._type("bank", screening)
            self._at += dt.timedelta(days=1)
            self._say("The next day one borrower pays. The withdrawal reaches the bank.")
            self._type("lender", "withdraw paid.csv --reason settled")
            self._type("lender", "seal 0002.csb --to bank --since last")
            self._type("bank", "apply 0002.csb")
            self._type("bank", screening)
            self._say("Another borrower asks the bank what it holds, and who saw it.")
            self._type("bank", f"explain recipient asks.csv {asked}")
            self._say("It refused that borrower a loan, and owes a notice of why.")
            decided = "--decision 'Your application is refused.' --measure LOAN_LIMIT"
            why = f"--purpose credit-application {asked}"
            self._type("bank", f"adverse-notice asks.csv {decided} {why}")
            self._type("bank", "audit verify")
            self._say("The borrower who paid asks the lender what was said, and to whom.")
            self._type("lender", "explain issuer paid.csv")

    def _found(self) -> None:
        self._say("A steward, a lender that issues and a bank make their keys.")
        for name in ("steward", *_MEMBERS):
            self._type(name, f"keygen {name}")
        self._say("The steward signs the roster. The others compare its fingerprint, and trust it.")
        self._type("steward", "roster sign draft.toml")
        told = PublicAgency.load("steward/agency.pub").keys.fingerprint.hex()
        for name in _MEMBERS:
            self._type(name, f"roster trust steward/agency.pub --fingerprint {told}")
            self._type(name, "roster receive steward/roster.csr")
        self._say("The steward makes the token key of an epoch; the members receive it.")
        self._type("steward", "tokens issue demo-epoch token-key.csb")
        for name in _MEMBERS:
            self._type(name, "tokens receive token-key.csb")

    def _say(self, text: str) -> None:
        sys.stdout.write(f"\n# {text}\n")

    def _type(self, home: str, line: str) -> None:
        sys.stdout.write(f"$ creditshare --home {home} {line}\n")
        sys.stdout.flush()
        at = (
            []
            if line.startswith(("keygen", "roster trust", "audit"))
            else ["--at", self._at.isoformat()]
        )
        arguments = ["--home", home, *shlex.split(line), *at]
        code = self._app.main(arguments, "creditshare", standalone_mode=False, obj={})
        if code not in _TOLERATED:
            raise click.exceptions.Exit(code)


@contextlib.contextmanager
def _inside(folder: Path) -> Iterator[None]:
    """Work in a folder with an environment that holds none of the caller's settings."""
    here = Path.cwd()
    settings = {
        name: os.environ.pop(name) for name in [*os.environ] if name.startswith("CREDITSHARE_")
    }
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(here)
        os.environ.update(settings)
