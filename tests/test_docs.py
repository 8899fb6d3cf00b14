"""The documents: their code runs, their commands exist, their links lead somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RUNNABLE = {"python", "console", "toml"}
PLAIN = {"", "text"}


def blocks(page: Path, language: str) -> list[str]:
    return [body for found, body in FENCE.findall(page.read_text("utf-8")) if found == language]


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_python_blocks_run(page: Path, tmp_path: Path) -> None:
    """The Python blocks of a page run one after the other, beside its TOML as batch.toml."""
    code = "\n".join(blocks(page, "python"))
    if not code:
        return
    for text in blocks(page, "toml"):
        (tmp_path / "batch.toml").write_text(text, "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True
    )

    assert (0, "") == (done.returncode, done.stderr)


def test_the_embedding_example_prints_what_the_readme_says(tmp_path: Path) -> None:
    """The README's example is 25 lines long and prints what the README says it prints."""
    readme = ROOT / "README.md"
    (code,) = blocks(readme, "python")
    said = re.search(r"It prints `([^`]*)`", readme.read_text("utf-8"))
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True
    )

    assert said is not None
    assert said[1] == done.stdout.strip()
    assert 25 == len([line for line in code.splitlines() if line])


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_console_blocks_name_real_commands(page: Path) -> None:
    """Every command in a console block is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    commands = {
        line.removeprefix("$ make ").strip()
        for block in blocks(page, "console")
        for line in block.splitlines()
    }

    assert commands <= targets


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_no_other_kind_of_block_escapes_the_tests(page: Path) -> None:
    """A page has Python, TOML and console blocks, which are tested, and plain ones, drawings."""
    languages = {language for language, _ in FENCE.findall(page.read_text("utf-8"))}

    assert languages <= RUNNABLE | PLAIN


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_to_files(page: Path) -> None:
    """Every link to a file of the project leads to one."""
    links = re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8"))

    assert [] == [link for link in links if not (page.parent / link).exists()]


def test_every_decision_is_in_the_index() -> None:
    """The index of decisions names every page of its folder."""
    folder = ROOT / "docs" / "adr"
    index = (folder / "README.md").read_text("utf-8")
    pages = [page.name for page in sorted(folder.glob("0*.md"))]

    assert pages == re.findall(r"\((0[^)]+)\)", index)


def test_the_demo_runs_and_leaves_its_files(tmp_path: Path) -> None:
    """The demo of the main job ends well, accounts for every row, and shows three matches."""
    out = tmp_path / "demo-out"
    command = [sys.executable, "examples/main_job.py", "--rows", "2000", "--applicants", "2000"]
    done = subprocess.run([*command, "--out", str(out)], cwd=ROOT, capture_output=True, text=True)

    assert (0, "") == (done.returncode, done.stderr)
    assert "1,997 clear, 3 match" in done.stdout
    assert "1,998 clear, 2 match" in done.stdout
    assert {"0001.csb", "0002.csb", "roster.csr"} <= {path.name for path in out.iterdir()}


def test_the_demo_deletes_nothing_that_is_not_its_own(tmp_path: Path) -> None:
    """The demo refuses a folder that holds something else."""
    (tmp_path / "thesis.txt").write_text("mine")
    command = [sys.executable, "examples/main_job.py", "--out", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert 0 != done.returncode
    assert (tmp_path / "thesis.txt").read_text() == "mine"
