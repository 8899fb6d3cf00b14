"""The blocks of a Markdown page, and a runner for them: `python tests/pages.py PAGE`.

Blocks run in the order of the page, in the current folder, and continue one another::

    python         runs; what one block defines, the next may use
    console        "$ " begins a command, what stands below is its output; after a command that
                   fails stands "$ echo $?"; "$ make x" does not run, but x must be a target
    sh             a script, run as a whole; a failing command ends it
    x title="y"    a file y, written as it stands, whatever its language
    toml           without a title, the file batch.toml
    text           does not run: a drawing, or what must not run
    text title="Output"    what was printed since the last such block; "..." stands for anything

`<!-- needs module -->` may stand before a block, and a shell block that names `creditshare` needs
its command. Where that is not installed, the page ends there.
"""

from __future__ import annotations

import contextlib
import doctest
import importlib.util
import io
import os
import re
import shlex
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs

_FENCE = re.compile(
    r"(?:^<!-- needs (?P<needs>[\w.]+) -->\n+)?"
    r"^(?P<indent> *)(?P<fence>`{3,})(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=indent)(?P=fence) *$",
    re.MULTILINE | re.DOTALL,
)
_OPTION = re.compile(r'(\w+)="([^"]*)"')
_COMMAND = "from creditshare.cli import main; main()"
_SHELL = f'creditshare() {{ {shlex.quote(sys.executable)} -c {shlex.quote(_COMMAND)} "$@"; }}\n'


@attrs.frozen
class Block:
    """A fenced block.

    Attributes:
        language: The first word after the fence.
        title: The file it is, or "Output"; None without one.
        needs: The module without which it cannot run, or None.
        body: What stands in it.
        line: Where it begins in its page, from 1.
    """

    language: str
    title: str | None
    needs: str | None
    body: str
    line: int

    @property
    def is_output(self) -> bool:
        """Whether it is what the blocks above it print."""
        return (self.language, self.title) == ("text", "Output")

    @property
    def file(self) -> str | None:
        """The name of the file that it is."""
        if self.title is None:
            return "batch.toml" if self.language == "toml" else None
        return None if self.is_output else self.title


def blocks(text: str) -> Iterator[Block]:
    """The blocks of a page, in order."""
    for found in _FENCE.finditer(text):
        language, _, rest = found["info"].strip().partition(" ")
        options = dict(_OPTION.findall(rest))
        line = text.count("\n", 0, found.start()) + 1
        body = textwrap.dedent(found["body"])
        command = language in _SHELLS and "creditshare" in body
        needs = "creditshare.cli" if command else found["needs"]
        yield Block(language, options.get("title"), needs, body, line)


def sessions(block: Block) -> Iterator[tuple[str, str]]:
    """The commands of a console block, each with the output that stands below it."""
    for part in re.split(r"^\$ ", block.body, flags=re.MULTILINE)[1:]:
        lines = part.splitlines(keepends=True)
        end = next((i for i, line in enumerate(lines, 1) if not line.endswith("\\\n")), len(lines))
        yield "".join(lines[:end]).strip(), "".join(lines[end:])


def run(page: Path) -> None:
    """Run a page in the current folder.

    Raises:
        AssertionError: if a command fails, or prints something else than the page says.
        Exception: whatever a Python block raises.
    """
    names: dict[str, Any] = {"__name__": "__main__"}
    printed = io.StringIO()
    for block in blocks(page.read_text("utf-8")):
        where = f"{page.name}, line {block.line}"
        if block.needs and importlib.util.find_spec(block.needs) is None:
            assert "CREDITSHARE_NO_SKIPS" not in os.environ, f"{where} needs {block.needs}"
            break
        with contextlib.redirect_stdout(printed):
            if block.language == "python":
                exec(compile("\n" * block.line + block.body, page, "exec"), names)  # noqa: S102
            elif block.language in _SHELLS:
                _SHELLS[block.language](block, where)
            elif block.file is not None:
                Path(block.file).write_text(block.body, "utf-8")
        if block.is_output:
            _check(block.body, printed.getvalue(), where)
            printed = io.StringIO()
    sys.stdout.write(printed.getvalue())


def _run_script(block: Block, where: str) -> None:
    sys.stdout.write(_shell(f"set -eu\n{block.body}", where))


def _run_console(block: Block, where: str) -> None:
    told = [said for said in sessions(block) if not said[0].startswith("make ")]
    told_apart = "code=$?; printf '\\0%s\\0' $code; (exit $code)"
    script = "".join(f"{command}\n{told_apart}\n" for command, _ in told)
    parts = _shell(f"{script}true", where).split("\0")
    failed = False
    for number, (command, output) in enumerate(told):
        assert not failed or command == "echo $?", f"{where}: a command fails, and nothing says so"
        failed = parts[2 * number + 1] != "0"
        _check(output, parts[2 * number], f"{where}: {command}")
    assert not failed, f"{where}: the last command fails"


_SHELLS = {"console": _run_console, "sh": _run_script}


def _shell(script: str, where: str) -> str:
    done = subprocess.run(
        ["bash", "-c", _SHELL + script],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"NO_COLOR": "1", "COLUMNS": "100"},
    )
    assert done.returncode == 0, f"{where} ends with {done.returncode}:\n{done.stdout}"
    return done.stdout


def _check(expected: str, printed: str, where: str) -> None:
    same = doctest.OutputChecker().check_output(expected, printed, doctest.ELLIPSIS)
    assert same, f"{where} should print\n{expected}\nbut prints\n{printed}"


if __name__ == "__main__":
    run(Path(sys.argv[1]))
