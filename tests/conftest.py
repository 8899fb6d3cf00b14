"""Fixtures that several test modules share."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from creditshare.agency import PublicAgency
from creditshare.cli.demo_data import write_files
from simulator import Scene
from terminal import Exchange
from world import NOW, World

settings.register_profile("house", deadline=None)  # no test depends on how fast it runs
settings.load_profile("house")


@pytest.fixture(scope="session", autouse=True)
def _surroundings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What every process that a test starts finds, wherever the tests run.

    An interrupt and a hang-up arrive, also when the tests run where a shell lets them be ignored.
    A module is compiled once, also where no bytecode may be written beside the source.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, lambda *_: None)  # a process starts with the default again
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
        os.environ["PYTHONPYCACHEPREFIX"] = str(tmp_path_factory.mktemp("bytecode"))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A small exchange whose files lie in the test's own folder."""
    world = World(tmp_path)
    yield world
    world.close()


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A registry that holds two checkpoints of the bank's."""
    with Scene.open(tmp_path) as scene:
        yield scene


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Exchange:
    """An exchange of the command line after keys, roster and token key; to be copied, not used."""
    exchange = Exchange(tmp_path_factory.mktemp("exchange"))
    write_files(exchange.folder, at=NOW)
    for name in ("steward", "lender", "bank"):
        exchange.done(name, "keygen", name)
    exchange.done("steward", "roster", "sign", "draft.toml")
    steward = "steward/agency.pub"
    told = PublicAgency.load(exchange.folder / steward).keys.fingerprint.hex()
    exchange.done("steward", "tokens", "issue", "2026H2", "token-key.csb")
    for name in ("lender", "bank"):
        exchange.done(name, "roster", "trust", steward, "--fingerprint", told)
        exchange.done(name, "roster", "receive", "steward/roster.csr")
        exchange.done(name, "tokens", "receive", "token-key.csb")
    exchange.done("bank", "audit", "key")
    return exchange


@pytest.fixture
def exchange(founded: Exchange, tmp_path: Path) -> Exchange:
    """A founded exchange of the command line, of the test's own."""
    shutil.copytree(founded.folder, tmp_path / "exchange")
    return Exchange(tmp_path / "exchange")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where everything a test needs was installed, a skipped test is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if skipped and os.environ.get("CREDITSHARE_NO_SKIPS"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
