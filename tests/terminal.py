"""The command line for the tests: in this process for most, as a real process where it matters."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import attrs

from creditshare.cli.app import run
from world import DAY, NOW

ROOT = Path(__file__).parent.parent
SOURCE = str(ROOT / "src")
COMMAND = [sys.executable, "-m", "creditshare.cli"]
AT = NOW.isoformat()
NEXT_DAY = (NOW + DAY).isoformat()
ASKED = ("--role", "lender", "--caller", "desk-7", "--consent", "form 17")
WHY = ("--purpose", "credit-application", *ASKED)


@attrs.frozen
class Ended:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str


class _Text(io.TextIOWrapper):
    """Standard input, output or error of a command that runs in this process."""

    def __init__(self, data: bytes = b"") -> None:
        super().__init__(io.BytesIO(data), "utf-8", newline="")

    def text(self) -> str:
        self.flush()
        return self.buffer.getvalue().decode()  # type: ignore[attr-defined, no-any-return]


def call(*arguments: str | Path, stdin: bytes | str = b"") -> Ended:
    """Run a command in this process."""
    data = stdin.encode() if isinstance(stdin, str) else stdin
    out, err = _Text(), _Text()
    before = sys.stdin
    sys.stdin = _Text(data)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run([str(item) for item in arguments])
    finally:
        sys.stdin = before
    return Ended(code, out.text(), err.text())


def process(
    *arguments: str | Path,
    stdin: bytes = b"",
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    pass_fds: Sequence[int] = (),
) -> Ended:
    """Run a command as a process of its own."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env=environment(env),
        pass_fds=pass_fds,
    )
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


def environment(further: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment without settings of creditshare, and with its source."""
    own = {name: value for name, value in os.environ.items() if "CREDITSHARE" not in name}
    return own | {"PYTHONPATH": SOURCE} | dict(further or {})


@contextlib.contextmanager
def variables(**settings: str) -> Iterator[None]:
    """Environment variables for commands of this process."""
    before = dict(os.environ)
    os.environ.update(settings)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@attrs.frozen
class Exchange:
    """A steward, a lender that issues and a bank that screens, each with its home; made-up files.

    Attributes:
        folder: Where the homes and the files lie.
    """

    folder: Path

    def home(self, name: str) -> Path:
        """An agency's home."""
        return self.folder / name

    def run(self, home: str, *arguments: str | Path, stdin: bytes | str = b"") -> Ended:
        """Run a command in a home, on the exchange's files, at `AT` unless it says another time."""
        words = [str(item) for item in arguments]
        with variables(CREDITSHARE_AT=AT), contextlib.chdir(self.folder):
            return call("--home", home, *words, stdin=stdin)

    def done(self, home: str, *arguments: str | Path, stdin: bytes | str = b"") -> str:
        """As `run`, of a command that must end well; what it wrote."""
        ended = self.run(home, *arguments, stdin=stdin)
        assert (0, "") == (ended.code, ended.err), ended
        return ended.out

    def imported(self) -> Ended:
        """The lender's import of the report, in which two rows are refused."""
        return self.run("lender", "import", "report.csv", "--batch", "batch.toml")

    def sealed(self, name: str = "0001.csb", *more: str) -> str:
        """What the lender's seal for the bank says."""
        return self.done("lender", "seal", name, "--to", "bank", *more)

    def with_bundle(self) -> Exchange:
        """Import, seal, and apply at the bank."""
        assert 3 == self.imported().code
        self.sealed()
        self.done("bank", "apply", "0001.csb")
        return self
