"""What all commands have in common: help, settings, errors, exit codes, completion."""

from __future__ import annotations

import json
import os
import re
import shlex
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from creditshare import errors
from creditshare.cli import exits
from creditshare.cli.app import app
from creditshare.cli.command import SHARED
from creditshare.cli.overview import COMMANDS, FURTHER
from creditshare.errors import CreditshareError
from terminal import AT, COMMAND, ROOT, WHY, Exchange, call, environment, process, variables

PAGE = (ROOT / "docs" / "reference" / "cli-behaviour.md").read_text("utf-8")
ROW = re.compile(r"^\| (\d+) \| (.*?) \|(.*?)\|$", re.MULTILINE)


def commands(group: click.Group = app, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command with its name, and every group."""
    for name, command in group.commands.items():
        own = f"{path} {name}".strip()
        yield own, command
        if isinstance(command, click.Group):
            yield from commands(command, own)


def branches(kind: type[CreditshareError]) -> Iterator[type[CreditshareError]]:
    """A class of errors and all that come from it."""
    yield kind
    for further in kind.__subclasses__():
        yield from branches(further)


_OF_PEOPLE = ("people", "person", "applicant", "applicants")


# -- documentation ------------------------------------------------------------


@pytest.mark.parametrize(("name", "command"), list(commands()), ids=str)
def test_every_command_and_option_is_documented(name: str, command: click.Command) -> None:
    """A command has a help text of whole sentences, and each of its options one."""
    help_text = command.help or ""

    assert help_text.strip().endswith((".", '"'))
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help, f"{name} {option.name}"


def test_the_help_lists_every_command_in_few_words() -> None:
    """Each command stands once in the overview, by whose work it is, and no line of it is cut."""
    listed = [name for words in COMMANDS.values() for name in words]
    known = {name for name, _ in commands()}

    assert len(listed) == len(set(listed))
    assert known == {*listed, *FURTHER}
    for name, command in [("", app), *commands()]:
        if isinstance(command, click.Group):
            told = call(*name.split(), "--help").out.partition("--help ")[2]
            assert "..." not in told, name
    for words in (*COMMANDS.values(), FURTHER):
        assert max(map(len, words.values())) <= 45


@pytest.mark.parametrize(("name", "command"), list(commands()), ids=str)
def test_one_thing_has_one_name(name: str, command: click.Command) -> None:
    """Files of people have one name, and so have their person and the days to look ahead."""
    arguments = {item.human_readable_name for item in command.params if item.name in _OF_PEOPLE}
    options = {item.name: item for item in command.params if isinstance(item, click.Option)}

    assert arguments <= {"PEOPLE", "PERSON"}
    assert name in ("seal", "roster sign", "tokens issue") or "days" not in options
    if name in ("answer", "dispute", "settle", "repair", "statement", "case represent"):
        assert "one alone" in (options["listing"].help or "")


def test_every_command_is_one_file() -> None:
    """Each command lies in a module of its name."""
    folder = ROOT / "src" / "creditshare" / "cli"
    stems = {path.stem.rstrip("_").replace("_", "-") for path in folder.glob("*.py")}

    assert set(app.commands) <= stems | {"due-to-expire"}


@pytest.mark.parametrize("name", sorted(SHARED))
def test_every_shared_setting_is_in_the_page(name: str) -> None:
    """The page names the flag and the variable of every setting that commands share."""
    row = f"| `--{name.replace('_', '-')}` | `CREDITSHARE_{name.upper()}` |"

    assert row in PAGE


def test_the_variables_that_the_page_names_are_those_that_are_read() -> None:
    """Every variable in the page is one that the command reads, the passphrase's among them."""
    named = set(re.findall(r"CREDITSHARE_[A-Z_]+", PAGE))
    own = {
        f"CREDITSHARE_{name.replace(' ', '_')}_{option.name}".replace("-", "_").upper()
        for name, command in commands()
        for option in command.params
        if option.name
    }
    shared = {f"CREDITSHARE_{name.upper()}" for name in SHARED}
    of_all = {"CREDITSHARE_HOME", "CREDITSHARE_CONFIG", "CREDITSHARE_PASSPHRASE"}

    assert named <= own | shared | of_all
    assert shared | of_all <= named


# -- exit codes --------------------------------------------------------------------------------


def test_the_page_and_the_error_tree_agree() -> None:
    """Every error has the code of the nearest class that the page names, and the page no other."""
    stated = {
        kind: int(code)
        for code, _, kinds in ROW.findall(PAGE)
        for kind in re.findall(r"`(\w+)`", kinds)
    }
    for kind in branches(CreditshareError):
        if kind is CreditshareError:
            continue
        nearest = next(base.__name__ for base in kind.__mro__ if base.__name__ in stated)

        assert stated[nearest] == exits.code_of(kind.__new__(kind))
        assert exits.hint_of(kind.__new__(kind))
    assert set(stated) <= set(errors.__all__)


def test_the_page_names_every_code_once() -> None:
    """The page has a row for every code that a command can end with."""
    others = {
        exits.DONE,
        exits.BUG,
        exits.USAGE,
        exits.REFUSED_ROWS,
        exits.NOTHING_TO_DO,
        exits.NOT_INSTALLED,
        exits.OVERDUE,
        exits.INTERRUPTED,
        exits.BROKEN_PIPE,
    }
    codes = [int(code) for code, *_ in ROW.findall(PAGE)]

    assert sorted(others | set(exits.CODES.values())) == codes


def reality(exchange: Exchange) -> Iterator[tuple[int, list[str]]]:
    """Commands that end with each code, one after the other, in a new exchange."""
    folder = exchange.folder
    seal = ["lender", "seal", "2.csb", "--to", "bank"]
    yield 2, ["lender", "seal", "x.csb"]
    yield 3, ["lender", "import", "report.csv", "--batch", "batch.toml"]
    yield 4, ["lender", "import", "report.csv", "--batch", "none.toml"]
    yield 0, ["lender", "seal", "1.csb", "--to", "bank"]
    yield 7, ["bank", "apply", "1.csb", "--at", "2027-02-01T00:00:00Z"]
    damaged = bytearray((folder / "1.csb").read_bytes())
    damaged[-1] ^= 1
    (folder / "damaged.csb").write_bytes(damaged)
    yield 5, ["bank", "apply", "damaged.csb"]
    yield 5, ["steward", "apply", "1.csb"]
    yield 9, ["bank", "apply", "1.csb", "--keyring", "empty"]
    yield 10, ["bank", "apply", "1.csb", "--key", "draft.toml"]
    yield 11, ["bank", "apply", "1.csb", "--steward", "none.pub"]
    yield 11, ["bank", "roster", "trust", "lender/agency.pub", "--fingerprint", "00" * 32]
    (folder / "text.db").write_text("no database")
    yield 12, ["bank", "apply", "1.csb", "--registry", "text.db"]
    yield 12, ["bank", "screen", "applicants.csv", *WHY, "--registry", "none.db"]
    yield 13, ["bank", "screen", "paid.csv", *WHY]
    yield 14, [*seal, "--since", "last"]
    yield 14, ["lender", "withdraw", "--reason", "settled", "--listing", "00" * 16]
    yield 13, [*seal, "--since", "9"]
    yield 0, ["lender", "withdraw", "paid.csv", "--reason", "settled"]
    yield 0, [*seal, "--since", "last"]
    yield 8, ["bank", "apply", "2.csb"]
    yield 0, ["bank", "apply", "1.csb"]
    yield 11, ["bank", "apply", "1.csb", "--at", "2026-11-20T00:00:00Z"]
    yield 3, ["bank", "screen", "applicants.csv", *WHY]
    from creditshare.audit import AuditStore

    with AuditStore(folder / "bank" / "audit.db") as store:
        store.execute("UPDATE query SET caller = 'nobody'")
    yield 16, ["bank", "audit", "verify"]
    draft = (folder / "draft.toml").read_text("utf-8")
    (folder / "draft.toml").write_text(draft.replace('"issuer", ', ""), "utf-8")
    yield 0, ["steward", "roster", "sign", "draft.toml"]
    yield 0, ["bank", "roster", "receive", "steward/roster.csr"]
    yield 6, ["bank", "apply", "1.csb"]


def test_what_the_page_says_of_codes_is_so(exchange: Exchange) -> None:
    """Commands that fail in each of the ways end with its code, an error and a hint."""
    for code, arguments in reality(exchange):
        ended = exchange.run(*arguments)

        assert (code, arguments) == (ended.code, arguments), ended.err
        if code not in (0, 3):
            assert re.fullmatch(r"error: .+\nhint: .+\n", ended.err)
        if code not in (0, 3, 5):
            assert "" == ended.out


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--home", "new", "tokens", "receive", "token-key.csb"], 11, "roster trust STEWARD.pub"),
        (["--home", "new", "roster", "receive", "x.csr"], 11, "roster trust STEWARD.pub"),
        (["--home", "empty", "due"], 12, "no ledger at empty/ledger.db"),
        (["--home", "empty", "due"], 12, "--home or --ledger names another"),
        (["--home", "empty", "due-to-expire"], 12, "in empty\nhint: --home names"),
        (["answer", "--words", "a.txt", "paid.csv"], 2, "say --upheld or --rejected"),
        (["seal", "2.csb", "--to", "bank", "--since", "9"], 13, "creditshare seal --help says"),
        (["import", "report.csv", "--batch", "draft.toml"], 4, "draft.toml: batch: is missing"),
        (["import", "report.csv", "--rules", "batch.toml"], 4, "batch.toml: rulebook: is missing"),
        (["suspend", "--until", "2027-01-01"], 14, "name somebody: in PEOPLE or a pipe, or by --l"),
        (["answer", "--rejected"], 14, "name somebody: in PEOPLE or a pipe, or by --listing"),
        (["--at", "2026-11-23T00:00:00Z", "due"], 2, "--at stands after the command"),
        (["due", "--home", "lender"], 2, "--home stands before the command"),
    ],
)
def test_an_error_tells_what_to_do_next(
    exchange: Exchange, words: list[str], code: int, says: str
) -> None:
    """Whoever reads an error finds the command, the option or the file to look at next."""
    exchange.imported()
    exchange.done("new", "keygen", "new")
    (exchange.folder / "x.csr").write_bytes(b"a roster")
    ended = exchange.run("lender", *words)

    assert (code, True) == (ended.code, says in ended.err), ended


def test_an_error_as_json(exchange: Exchange) -> None:
    """With --json an error is one line with the error, a hint and the code; so says a variable."""
    wrong = ["bank", "apply", "none.csb"]
    ended = exchange.run(*wrong, "--json")
    with variables(CREDITSHARE_JSON="1"):
        by_variable = exchange.run(*wrong)
        mistyped = exchange.run("bank", "aply")
    told = json.loads(ended.err)

    assert {"error", "hint", "code"} == set(told)
    assert 4 == ended.code == told["code"]
    assert ended == by_variable
    assert 2 == json.loads(mistyped.err)["code"]


@pytest.mark.parametrize(
    "words",
    [
        ["888888198005170011"],
        ["explain", "888888198005170011"],
        ["screen", *WHY, "a.csv", "888888198005170011"],
        ["screen", *WHY, "a.csv", "888888 198005170011 张三"],
        ["screen", "--scheme", "888888198005170011"],
        ["screen", "--888888198005170011"],
        ["screen", "--purpose", "张三"],
        ["seal", "--days", "888888198005170011"],
        ["seal", "x", "--to", "bank", "--since", "888888198005170011"],
        ["withdraw", "--listing", "888888198005170011"],
        ["withdraw", "--reason", "settled", "--on", "888888198005170011"],
        ["explain", "issuer", "888888198005170011"],
        ["keygen", "888888198005170011张三"],
        ["audit", "verify", "--head", "888888198005170011"],
    ],
)
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_what_somebody_typed_is_not_repeated(
    exchange: Exchange, words: list[str], form: list[str]
) -> None:
    """Whoever types a person where none belongs does not read it in a log afterwards."""
    ended = exchange.run("bank", *words, *form)

    assert ended.code
    assert not re.search(r"\d{6}|张三|\\u5f20", ended.err)


def test_a_mistyped_word_is_repeated() -> None:
    """A word that names nobody is told, with what was perhaps meant."""
    assert "'aply'. Did you mean 'apply'?" in call("aply").err
    assert "'--bogus'" in call("screen", "--bogus").err


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_is_no_stream(exchange: Exchange, closed: str) -> None:
    """Without a standard stream a command works on, and no database takes its number."""
    exchange.imported()
    words = [*COMMAND, "--home", "lender", "inspect", "lender/ledger.db"]
    script = f"{shlex.join(words)} {closed}"
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, env=environment(), cwd=exchange.folder
    )

    assert (0, b"") == (done.returncode, done.stderr)
    assert (">&-" in closed.split()) == (done.stdout == b"")


def test_nobody_can_be_told() -> None:
    """A command that cannot even write its error ends with the error's code."""
    words = [*COMMAND, "apply", "none.csb"]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(words, stderr=full, env=environment())

    assert 4 == done.returncode


def test_a_variable_named_version_asks_for_nothing(exchange: Exchange) -> None:
    """A container that names its version in the environment is not answered with ours."""
    with variables(CREDITSHARE_VERSION="1", CREDITSHARE_HELP="1"):
        ended = exchange.run("bank", "roster", "show")

    assert "exchange: demo" in ended.out


@pytest.mark.parametrize("value", ["0", "false", "no", ""])
def test_a_variable_that_says_no_means_no(value: str) -> None:
    """A switch that the environment turns off is off for mistyped commands too."""
    with variables(CREDITSHARE_JSON=value):
        ended = call("aply")

    assert ended.err.startswith("error: ")


def test_a_note_as_json(exchange: Exchange) -> None:
    """With --json every line on standard error is JSON, a note too."""
    words = ["lender", "import", "report.csv", "--batch", "batch.toml", "--at"]
    ended = exchange.run(*words, "2027-10-01T00:00:00Z", "--json")

    assert ["note", "error"] == [next(iter(json.loads(line))) for line in ended.err.splitlines()]


def test_a_mistake_of_ours_tells_no_data() -> None:
    """An error that is not creditshare's is told by its kind and place, without its message."""

    @app.command("mistaken")
    def mistaken() -> None:
        raise ValueError("888888198005170011")

    try:
        ended = call("mistaken")
    finally:
        del app.commands["mistaken"]

    assert exits.BUG == ended.code
    assert "ValueError at test_cli.py:" in ended.err
    assert "8888" not in ended.err


def test_without_the_extra_the_command_says_so() -> None:
    """Without click or rich the command names the extra and ends with its own code."""
    code = "import sys; sys.modules['click'] = None; from creditshare.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment()
    )

    assert exits.NOT_INSTALLED == done.returncode
    assert "creditshare[cli]" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_core_needs_neither_click_nor_rich() -> None:
    """Importing every other room imports neither of the command line's libraries."""
    code = (
        "import pkgutil, importlib, sys, creditshare as c\n"
        "for m in pkgutil.walk_packages(c.__path__, 'creditshare.'):\n"
        "    if not m.name.startswith('creditshare.cli'): importlib.import_module(m.name)\n"
        "print({'click', 'rich'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment()
    )

    assert (0, "set()") == (done.returncode, done.stdout.strip())


# -- settings ------------------------------------------------------------


def test_a_flag_beats_the_environment_beats_the_file_beats_the_home(exchange: Exchange) -> None:
    """A setting comes from the flag, else the variable, else the configuration, else the home."""
    exchange.with_bundle()
    for name in ("flag", "variable", "file"):
        os.link(exchange.home("bank") / "registry.db", exchange.folder / f"{name}.db")

    def found(*flags: str) -> bool:
        asked = "scheme,identifier\ncn-rid,888888198005170011\n"
        return 0 == exchange.run("bank", "screen", *WHY, *flags, stdin=asked).code

    config = exchange.home("bank") / "creditshare.toml"
    (exchange.folder / "bad.db").write_text("no database")

    assert found()
    config.write_text('registry = "../bad.db"\n')
    assert not found()
    with variables(CREDITSHARE_REGISTRY="variable.db"):
        assert found()
        assert not found("--registry", "bad.db")
    with variables(CREDITSHARE_REGISTRY="bad.db"):
        assert not found()
        assert found("--registry", "flag.db")
    config.write_text('registry = "../bad.db"\n[screen]\nregistry = "../file.db"\n')
    assert found()


def test_a_command_s_own_settings(exchange: Exchange) -> None:
    """A command's own option may stand in the table and in the variable of its name."""
    exchange.imported()
    config = exchange.home("lender") / "creditshare.toml"
    config.write_text('[seal]\nto = ["bank"]\ndays = 7\n[tokens.issue]\nbegins = 2026-11-01\n')
    seven = json.loads(exchange.done("lender", "seal", "1.csb", "--json"))
    with variables(CREDITSHARE_SEAL_DAYS="9"):
        nine = json.loads(exchange.done("lender", "seal", "2.csb", "--json"))
        eleven = json.loads(exchange.done("lender", "seal", "3.csb", "--json", "--days", "3"))

    assert "2026-11-30" == seven["expires"][:10]
    assert seven["expires"] == nine["expires"]  # a checkpoint that still speaks is kept
    assert "2026-11-26" == eleven["expires"][:10]
    assert ["bank"] == eleven["recipients"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("registri = 'x'", "registri"),
        ("[sceen]\nrole = 'lender'", "sceen"),
        ("[screen]\nrolle = 'lender'", "screen.rolle"),
        ("[tokens.issue]\ndaze = 1", "tokens.issue.daze"),
        ("registry = 7", "registry"),
        ("[seal]\ndays = 'seven'", "seal.days"),
        ("[seal]\nto = 'bank'", "seal.to"),
        ("passphrase = 'secret'", "passphrase"),
        ("[[screen]]", "screen"),
        ("not toml", "TOML"),
        ('key = "a\\u0000b"', "key"),
        ('[screen]\nregistry = "a\\u0000b"', "screen.registry"),
    ],
)
def test_a_mistake_in_the_configuration_is_told(tmp_path: Path, text: str, place: str) -> None:
    """A key that no command has, or a value of the wrong kind, is refused with its place."""
    (tmp_path / "creditshare.toml").write_text(text)
    ended = call("--home", tmp_path, "roster", "show")

    assert 4 == ended.code
    assert place in ended.err
    assert "secret" not in ended.err


def test_the_configuration_s_paths_start_from_its_folder(exchange: Exchange) -> None:
    """A relative path in the configuration is beside it, wherever the command runs."""
    exchange.with_bundle()
    (exchange.folder / "elsewhere.toml").write_text('registry = "bank/registry.db"\n')
    ended = process(
        "--home", exchange.home("bank"), "--config", exchange.folder / "elsewhere.toml",
        "screen", *WHY, "--json", "--at", AT, cwd=Path("/"),
        stdin=b'{"scheme": "cn-rid", "identifier": "888888198005170011"}\n',
    )  # fmt: skip

    assert (0, "") == (ended.code, ended.err)
    assert "needs-review" == json.loads(ended.out)["outcome"]


def test_a_configuration_that_leads_nowhere_is_told(tmp_path: Path) -> None:
    """A broken link in the place of the configuration is not the same as none."""
    (tmp_path / "creditshare.toml").symlink_to("gone.toml")
    ended = call("--home", tmp_path, "roster", "show")

    assert (4, True) == (ended.code, "creditshare.toml" in ended.err)


@pytest.mark.parametrize("flag", ["--ledger", "--registry"])
def test_a_path_that_was_given_leads_somewhere(exchange: Exchange, flag: str) -> None:
    """What is due to expire is not told of one database as if it were of both."""
    exchange.with_bundle()

    assert 0 == exchange.run("bank", "due-to-expire").code
    assert 12 == exchange.run("bank", "due-to-expire", flag, "typo.db").code


@pytest.mark.parametrize("flag", ["--key-fd", "--passphrase-fd"])
def test_a_descriptor_is_a_small_number(exchange: Exchange, flag: str) -> None:
    """A number that no descriptor can have is a wrong call."""
    ended = exchange.run("bank", "tokens", "list", flag, "99999999999999999999")

    assert 2 == ended.code


@pytest.mark.parametrize(
    "text", ["2026-11-23", "2026-11-23T04:00:00", "yesterday", "9999-01-01T00:00Z"]
)
def test_an_instant_needs_a_time_zone(text: str) -> None:
    """The present is an instant with a time zone, in the years that creditshare knows."""
    assert 2 == call("roster", "show", "--at", text).code


# -- completion ------------------------------------------------------------


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell: str) -> None:
    """Each shell gets a script that asks this command."""
    ended = call("completion", shell)

    assert (0, "") == (ended.code, ended.err)
    assert "_CREDITSHARE_COMPLETE" in ended.out


def test_completion_in_a_real_bash(tmp_path: Path) -> None:
    """In bash, what can follow `creditshare scr` and `roster ` is completed."""
    command = tmp_path / "creditshare"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m creditshare.cli "$@"\n')
    command.chmod(0o755)
    script = (
        'eval "$(creditshare completion bash)"\n'
        'complete_words() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)) COMPREPLY=(); '
        '_creditshare_completion creditshare; echo "${COMPREPLY[@]}"; }\n'
        'complete_words creditshare scr\ncomplete_words creditshare roster ""\n'
    )
    path = f"{tmp_path}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, env=environment({"PATH": path})
    )

    assert ["screen", "receive show sign trust"] == done.stdout.splitlines()


def test_version_and_help_end_well() -> None:
    """--version and --help are no errors, and a command without arguments shows its help."""
    assert 0 == call("--version").code
    assert "Usage: creditshare" in call("--help").out
    assert "Usage: creditshare seal" in call("seal", "--help").out
    assert 2 == call().code


def test_everything_secret_has_mode_0600(exchange: Exchange) -> None:
    """Keys, token keys, databases and refusals are their owner's alone, homes are closed."""
    exchange.run("lender", "import", "report.csv", "--batch", "batch.toml", "--refusals", "r.csv")
    exchange.sealed()
    exchange.done("bank", "apply", "0001.csb")
    secret = [
        *exchange.folder.glob("*/agency.key"),
        *exchange.folder.glob("*/tokens/*"),
        *exchange.folder.glob("*/*.db"),
        exchange.folder / "r.csv",
    ]
    folders = [exchange.home("bank"), exchange.home("bank") / "tokens"]

    assert 9 == len(secret)
    assert {0o600} == {stat.S_IMODE(path.stat().st_mode) for path in secret}
    assert {0o700} == {stat.S_IMODE(path.stat().st_mode) for path in folders}
