"""Fixtures that several test modules share."""

from __future__ import annotations

from pathlib import Path

import pytest
from world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A small exchange whose files lie in the test's own folder."""
    return World(tmp_path)
