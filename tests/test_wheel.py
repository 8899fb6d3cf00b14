"""The built wheel, installed alone, is the whole library."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
UV = Path(sys.executable).with_name("uv")
NEEDED = {"attrs", "cffi", "creditshare", "cryptography", "msgpack", "pycparser"}


def run(*command: str | Path, cwd: Path) -> str:
    clean = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(command, cwd=cwd, env=clean, capture_output=True, text=True)
    assert 0 == done.returncode, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment in which only the wheel and what it needs are installed."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    (wheel,) = folder.glob("*.whl")
    run(UV, "venv", "--quiet", "--python", sys.executable, folder / "venv", cwd=folder)
    python = folder / "venv" / "bin" / "python"
    run(UV, "pip", "install", "--quiet", "--python", python, wheel, cwd=folder)
    return python


def test_only_the_dependencies_are_installed(installed: Path, tmp_path: Path) -> None:
    """The wheel brings attrs, cryptography and msgpack, what cryptography needs, and no more."""
    listed = run(UV, "pip", "list", "--python", installed, "--format", "json", cwd=tmp_path)

    assert {item["name"] for item in json.loads(listed)} == NEEDED


def test_the_embedding_example_runs_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    """The README's example runs on the installed wheel, away from the source."""
    found = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert found is not None
    printed = run(installed, "-c", found[1], cwd=tmp_path)

    assert printed.startswith("match ")


def test_the_wheel_carries_types_and_data(installed: Path, tmp_path: Path) -> None:
    """The installed package has its type marker, its rulebook, and the version of its metadata."""
    code = (
        "import importlib.metadata, importlib.resources, creditshare;"
        "files = importlib.resources.files('creditshare');"
        "print((files / 'py.typed').is_file(), len(creditshare.rulebook('cn').rules) > 0,"
        " importlib.metadata.version('creditshare') == creditshare.__version__)"
    )

    assert run(installed, "-c", code, cwd=tmp_path).strip() == "True True True"
