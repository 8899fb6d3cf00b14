"""The command line in scripts and on a terminal: the example, the demo, the pages."""

from __future__ import annotations

import csv
import os
import pty
import re
import shlex
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

import click
import pytest

from creditshare.cli.app import app
from creditshare.cli.config import settings
from creditshare.cli.draft import read_draft
from terminal import AT, COMMAND, ROOT, WHY, Exchange, call, environment, process
from world import NOW, number

SCRIPT = ROOT / "examples" / "nightly-exchange.sh"
HOW_TO = (ROOT / "docs" / "how-to" / "nightly-exchange.md").read_text("utf-8")
PAGE = (ROOT / "docs" / "reference" / "cli-behaviour.md").read_text("utf-8")


def block(page: str, language: str) -> str:
    """The one block of a page in a language."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    return str(found)


@pytest.fixture
def path(tmp_path: Path) -> str:
    """A search path with the command on it, as if it were installed."""
    folder = tmp_path / "bin"
    folder.mkdir()
    command = folder / "creditshare"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m creditshare.cli "$@"\n')
    command.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def shell(script: str, path: str, cwd: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a script in bash."""
    return subprocess.run(
        ["bash", "-c", script],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=environment({"PATH": path, **settings}),
    )


def outcomes(file: Path) -> dict[str, str]:
    """What was answered, by reference."""
    with file.open(encoding="utf-8") as text:
        return {row["reference"]: row["outcome"] for row in csv.DictReader(text)}


def test_the_nightly_exchange_runs_as_the_page_says(path: str, tmp_path: Path) -> None:
    """The page's lines run the example: a match the first night, clear once its debt was paid."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    done = shell("set -e\n" + block(HOW_TO, "text"), path, tmp_path)
    first, second = (outcomes(tmp_path / "night" / f"answers-{n}.csv") for n in (1, 2))

    assert 0 == done.returncode, done.stderr
    assert {"A-1": "match", "A-2": "needs-review", "A-3": "clear", "A-5": "match"} == first
    assert {"A-1": "clear", "A-2": "needs-review", "A-3": "clear", "A-5": "match"} == second
    assert "error:" not in done.stderr


def test_the_nightly_exchange_has_at_most_30_lines() -> None:
    """The example is short, stops at the first mistake, and names no flag that is not there."""
    text = SCRIPT.read_text("utf-8")

    assert len(text.splitlines()) <= 30
    assert "set -euo pipefail" in text
    assert os.access(SCRIPT, os.X_OK)


def test_the_example_stops_at_a_bundle_that_must_not_be_believed(
    path: str, exchange: Exchange
) -> None:
    """When the bank cannot believe a bundle, the night ends there and nobody is screened."""
    text = SCRIPT.read_text("utf-8")
    head, _, nights = text.partition("# Once")
    night = nights[nights.index("night() {") :].replace("--to bank", "--to steward")
    done = shell(f"set -- .\n{head}\n{night}", path, exchange.folder, CREDITSHARE_AT=AT)

    assert 0 != done.returncode
    assert "not sealed to this agency" in done.stderr
    assert not (exchange.folder / "answers-1.csv").exists()


def test_the_draft_of_the_page_is_one(exchange: Exchange) -> None:
    """The page's draft of a roster can be read."""
    draft = exchange.folder / "page.toml"
    draft.write_text(block(HOW_TO, "toml"), "utf-8")
    name, entries = read_draft(draft)

    assert ("north", ["lender", "platform-x"]) == (name, [entry.origin for entry in entries])


def test_the_configuration_of_the_page_is_one(tmp_path: Path) -> None:
    """The page's configuration can be read, and every key in it is one that a command has."""
    (tmp_path / "creditshare.toml").write_text(block(PAGE, "toml"), "utf-8")
    found = settings(app, tmp_path, None)

    assert "lender" == found["screen"]["role"]
    assert ["bank-b", "court-c"] == found["seal"]["to"]
    assert str(tmp_path / "agency.key") == found["tokens"]["issue"]["key"]


def test_every_command_of_the_pages_is_one() -> None:
    """Each `creditshare` command and option in the two pages exists."""
    words = re.findall(r"creditshare ((?:[a-z-]+ ?){1,2})", HOW_TO + PAGE)
    known = {*app.commands, "was"}

    assert words
    assert set() == {text.split()[0] for text in words if text.split()} - known
    options = {
        flag
        for command in app.commands.values()
        for option in _params(command)
        for flag in option.opts
    }
    named = set(re.findall(r"--[a-z][a-z-]+", HOW_TO + PAGE))

    assert set() == named - options - {"--home", "--config", "--help"}


def _params(command: click.Command) -> list[click.Parameter]:
    own = list(command.params)
    for further in getattr(command, "commands", {}).values():
        own += _params(further)
    return own


# -- demo ------------------------------------------------------------


def test_the_demo_shows_commands_and_what_they_answer(tmp_path: Path) -> None:
    """The demo types the commands of an exchange, and the borrower who paid is clear at its end."""
    shown = process("demo", "--out", tmp_path / "shown", "--at", AT)
    typed = re.findall(r"^\$ creditshare --home (\w+) ([a-z-]+)", shown.out, re.MULTILINE)
    answers = re.findall(r"A-1,([a-z-]+)", shown.out)

    assert 0 == shown.code
    assert ["match", "clear"] == answers
    rare = {"suspend", "resume", "exempt", "due-to-expire", "confirm", "retoken", "purge", "joint"}
    rare |= {"dispute", "answer", "settle", "repair", "statement", "due", "feedback", "statistics"}
    rare.add("case")

    assert set(app.commands) - rare - {"demo", "completion"} == {name for _, name in typed}
    assert (tmp_path / "shown" / "bank" / "registry.db").is_file()


def test_the_demo_keeps_to_its_folder(tmp_path: Path) -> None:
    """Without --out the demo leaves nothing; a folder that holds something is refused."""
    (tmp_path / "thesis.txt").write_text("mine")
    spool = tmp_path / "spool"
    spool.mkdir()
    gone = process("demo", env={"TMPDIR": str(spool), "CREDITSHARE_KEY": "/nowhere"}, cwd=tmp_path)
    refused = call("demo", "--out", tmp_path)

    assert 0 == gone.code, gone.err
    assert [] == list(spool.iterdir())
    assert {"thesis.txt", "spool"} == {path.name for path in tmp_path.iterdir()}
    assert 4 == refused.code
    assert 2 == call("demo", "--files-only").code


def test_the_made_up_people_exist_nowhere(exchange: Exchange) -> None:
    """Every number in the demo's files has the region that was never assigned."""
    for name in ("report.csv", "applicants.csv", "asks.csv", "paid.csv"):
        text = (exchange.folder / name).read_text("utf-8")
        numbers = re.findall(r"\b\d{6}[\d*]{8,11}[\dX]?\b", text)

        assert numbers
        assert {"888888"} == {number[:6] for number in numbers}


# -- terminal ------------------------------------------------------------


def on_a_terminal(*words: str | Path, out: IO[bytes] | None = None) -> tuple[int, str]:
    """Run a command on a terminal of its own; its code and everything it showed there."""
    main, side = pty.openpty()
    command = [*COMMAND, *map(str, words)]
    settings = environment({"TERM": "xterm", "COLUMNS": "200"})
    with subprocess.Popen(
        command, stdin=side, stdout=out or side, stderr=side, env=settings
    ) as running:
        os.close(side)
        shown = b""
        while True:
            try:
                piece = os.read(main, 65536)
            except OSError:
                break
            if not piece:
                break
            shown += piece
    os.close(main)
    return running.returncode, shown.decode()


def test_progress_on_a_terminal_alone(exchange: Exchange) -> None:
    """On a terminal a long screening counts what it did; in a pipe standard error stays empty."""
    exchange.with_bundle()
    people = exchange.folder / "people.csv"
    rows = "".join(f"cn-rid,{number(n % 400 + 500)}\n" for n in range(3000))
    people.write_text(f"scheme,identifier\n{rows}")
    words: list[str | Path] = ["--home", exchange.home("bank"), "screen", people, *WHY, "--at", AT]
    with (exchange.folder / "answers.csv").open("wb") as out:
        code, shown = on_a_terminal(*words, out=out)
    both, answered = on_a_terminal(*words)
    piped = process(*words)

    assert (0, 0, 0, "") == (code, both, piped.code, piped.err)
    assert re.search(r"[\d,]+ applicants", shown)
    assert "applicants" not in answered  # the answers themselves show how far it is
    assert piped.out == (exchange.folder / "answers.csv").read_text("utf-8")


def test_tables_on_a_terminal(exchange: Exchange) -> None:
    """On a terminal a list is a table, in a pipe it is lines with tabs."""
    words: list[str | Path] = [
        "--home",
        exchange.home("bank"),
        "roster",
        "show",
        "--at",
        NOW.isoformat(),
    ]
    code, shown = on_a_terminal(*words)

    assert 0 == code
    assert "│" in shown
    assert "\t" in process(*words).out


def test_a_passphrase_is_asked_for_on_a_terminal(tmp_path: Path) -> None:
    """The passphrase of new keys is asked for twice, and neither answer is shown."""
    main, side = pty.openpty()
    command = [*COMMAND, "--home", str(tmp_path / "home"), "keygen", "bank", "--passphrase"]
    with subprocess.Popen(
        command, stdin=side, stdout=side, stderr=side, env=environment(), start_new_session=True
    ) as running:
        os.close(side)
        shown = b""
        for answer in (b"correct horse\n", b"correct horse\n"):
            while not re.search(rb"assphrase[^\n]*: ?$|confirmation: ?$", shown.split(b"\n")[-1]):
                shown += os.read(main, 1024)
            os.write(main, answer)
            shown += b"\n"
        while True:
            try:
                shown += os.read(main, 1024)
            except OSError:
                break
    os.close(main)

    assert 0 == running.returncode, shown
    assert b"correct horse" not in shown
    assert (tmp_path / "home" / "agency.key").read_bytes().startswith(b"CSLOCKED1\n")


def test_a_command_under_nohup_goes_on(exchange: Exchange, tmp_path: Path) -> None:
    """Where hanging up was to be ignored, it is."""
    spool = tmp_path / "spool"
    spool.mkdir()
    words = [*COMMAND, "--home", str(exchange.home("bank")), "inspect", "-", "--at", AT]
    script = f"trap '' HUP; exec {shlex.join(words)}"
    own = environment({"TMPDIR": str(spool)})
    exchange.imported()
    exchange.sealed("1.csb")
    pipe = subprocess.PIPE
    with subprocess.Popen(["bash", "-c", script], stdin=pipe, stdout=pipe, env=own) as running:
        while not list(spool.rglob("standard-input")):
            time.sleep(0.02)
        running.send_signal(signal.SIGHUP)
        out, _ = running.communicate((exchange.folder / "1.csb").read_bytes(), timeout=20)

    assert (0, True) == (running.returncode, b"kind: bundle" in out)


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_command_that_is_ended_clears_away(
    exchange: Exchange, tmp_path: Path, ending: signal.Signals
) -> None:
    """Ended while it spools a report, a command leaves nothing of it, and records nothing."""
    spool = tmp_path / "spool"
    spool.mkdir()
    words = ["--home", str(exchange.home("lender")), "import", "-", "--at", AT]
    command = [*COMMAND, *words, "--batch", str(exchange.folder / "batch.toml")]
    pipe = subprocess.PIPE
    own = environment({"TMPDIR": str(spool)})
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=own) as running:
        while not (spooled := list(spool.rglob("standard-input"))):
            time.sleep(0.02)
        mode = stat.S_IMODE(spooled[0].stat().st_mode)
        running.send_signal(ending)
        running.wait(timeout=20)
        err = running.stderr.read() if running.stderr else b""

    assert 0o600 == mode
    assert (130, b"error: interrupted") == (running.returncode, err.strip().split(b"\n")[0])
    assert [] == list(spool.iterdir())
    assert not (exchange.home("lender") / "ledger.db").exists()
