"""Fixtures that several test modules share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from simulator import Scene
from world import World

settings.register_profile("house", deadline=None)  # no test depends on how fast it runs
settings.load_profile("house")


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


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where everything a test needs was installed, a skipped test is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if skipped and os.environ.get("CREDITSHARE_NO_SKIPS"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
