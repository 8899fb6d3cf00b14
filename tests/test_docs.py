"""The documents: their code runs, their commands exist, their links lead somewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import creditshare
from pages import Block, blocks, sessions
from test_public_names import ROOMS

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
RUNNING = [
    page
    for page in PAGES
    if any(block.language not in ("text", "") for block in blocks(page.read_text("utf-8")))
]
RUNNER = Path(__file__).parent / "pages.py"
REFERENCE = ROOT / "docs" / "reference"
GLOSSARY = REFERENCE / "glossary.md"
PROSE = [page for page in PAGES if page != GLOSSARY and page.parent.name != "adr"]
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
KNOWN = {"python", "console", "sh", "toml", "text", ""}


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def read(page: Path) -> list[Block]:
    return list(blocks(page.read_text("utf-8")))


def run(page: Path, folder: Path, *, skips: bool = False) -> subprocess.CompletedProcess[str]:
    surroundings = dict(os.environ)
    if skips:
        surroundings.pop("CREDITSHARE_NO_SKIPS", None)
    return subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning", RUNNER, page],
        cwd=folder,
        capture_output=True,
        text=True,
        env=surroundings,
    )


@pytest.mark.parametrize("page", RUNNING, ids=name)
def test_the_blocks_of_a_page_run(page: Path, tmp_path: Path) -> None:
    """The code of a page runs from its first block to its last, and prints what the page says."""
    done = run(page, tmp_path)

    assert (0, "") == (done.returncode, done.stderr)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_no_block_escapes_the_tests(page: Path) -> None:
    """A block is code that runs, a file that has a title, or marked as text."""
    assert [] == [block for block in read(page) if block.language not in KNOWN and not block.title]


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("```python\n1 / 0\n```\n", "ZeroDivisionError"),
        ('```python\nprint(1)\n```\n```text title="Output"\n2\n```\n', "but prints"),
        ("```console\n$ false\n```\n", "the last command fails"),
        ("```console\n$ false\n$ true\n```\n", "nothing says so"),
        ("```console\n$ echo 1\n2\n```\n", "but prints"),
        ("```sh\nfalse\ntrue\n```\n", "ends with 1"),
        ("- a list\n\n    ```python\n    1 / 0\n    ```\n", "ZeroDivisionError"),
        ("```json title=\"a.json\"\n{}\n```\n```python\nopen('b.json')\n```\n", "FileNotFound"),
    ],
)
def test_the_runner_sees_a_mistake(page: str, said: str, tmp_path: Path) -> None:
    """A page whose code fails, or prints something else than it says, is found out."""
    (tmp_path / "page.md").write_text(page, "utf-8")
    done = run(tmp_path / "page.md", tmp_path)

    assert 0 != done.returncode
    assert said in done.stderr


def test_the_runner_runs_what_a_page_may_hold(tmp_path: Path) -> None:
    """A page may mix files, code, commands and output; it ends where something is not installed."""
    page = """
```csv title="a.csv"
1,2
```

```console
$ make nothing
$ cat a.csv \\
    a.csv
1,2
...
$ cat b.csv 2>/dev/null
$ echo $?
1
```

```sh
cp a.csv b.csv
echo copied
```

```python
print(open("b.csv").read())
```

```text title="Output"
copied
1,2
...
```

<!-- needs creditshare.nothing -->

```python
1 / 0
```
"""
    (tmp_path / "page.md").write_text(page, "utf-8")
    done = run(tmp_path / "page.md", tmp_path, skips=True)

    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)


def test_the_embedding_example_prints_what_the_readme_says(tmp_path: Path) -> None:
    """The README's example is 25 lines of code and prints what the README says it prints."""
    readme = ROOT / "README.md"
    (code,) = [block.body for block in read(readme) if block.language == "python"]
    said = re.search(r"It prints `([^`]*)`", readme.read_text("utf-8"))

    assert said is not None
    assert said[1] == run(readme, tmp_path).stdout.strip()
    assert 25 == len([line for line in code.splitlines() if line and not line.startswith("#")])


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_console_blocks_name_real_targets(page: Path) -> None:
    """Every `make` in a console block is of a target that the Makefile has."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    commands = {
        command
        for block in read(page)
        if block.language == "console"
        for command, _ in sessions(block)
    }

    assert {"make " + target for target in targets} >= {
        command for command in commands if command.startswith("make ")
    }


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


def headings(page: Path) -> list[int]:
    """The levels of a page's headings, in order."""
    text = FENCED.sub("", page.read_text("utf-8"))
    return [len(marks) for marks in re.findall(r"^(#+) ", text, re.MULTILINE)]


def test_the_chinese_readme_says_the_same() -> None:
    """The Chinese README says what the English does, and leads to how-tos in Chinese."""
    english, chinese = ROOT / "README.md", ROOT / "README.zh-CN.md"
    texts = [FENCED.sub("", page.read_text("utf-8")) for page in (english, chinese)]
    for page in (ROOT / "docs" / "how-to" / "zh").glob("*.md"):
        assert f"how-to/{page.name})" not in texts[1]
    texts[1] = texts[1].replace("how-to/zh/", "how-to/")

    assert headings(english) == headings(chinese)
    assert [(block.language, block.body) for block in read(english)] == [
        (block.language, block.body) for block in read(chinese)
    ]
    for shape in (r"^\|", r"^- ", r"\]\((?!README)[^)]+\)", r"`[^`]+`"):
        found = [re.findall(shape, text, re.MULTILINE) for text in texts]
        assert sorted(found[0]) == sorted(found[1])


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "how-to" / "zh").glob("*.md")), ids=name)
def test_a_chinese_page_says_where_it_leads_to_english(page: Path) -> None:
    """A link of a Chinese page leads to Chinese, or is marked as leading to English."""
    text = page.read_text("utf-8")
    links = re.findall(r"\[([^\]]+)\]\((\.\./[^)#]+)[^)]*\)(（英文)?", text)

    assert [("English", f"../{page.name}")] == [link[:2] for link in links if not link[2]]
    for _, target, marked in links:
        assert not (marked and (page.parent / Path(target).name).exists())


def test_a_word_has_one_meaning() -> None:
    """The glossary defines each word once, and what it sets in italics is defined in it."""
    text = GLOSSARY.read_text("utf-8")
    defined = re.findall(r"\*\*([^*]+)\*\*", text)
    used = {word.lower() for word in re.findall(r"(?<!\*)\*([^*\n]+)\*(?!\*)", text)}

    assert sorted(set(defined)) == sorted(defined)
    assert {"words in italics"} == {
        word for word in used if not {word, word.removesuffix("s")} & set(defined)
    }


@pytest.mark.parametrize("page", PROSE, ids=name)
def test_no_page_uses_a_word_that_the_glossary_avoids(page: Path) -> None:
    """What has a word of its own in the glossary is not called by another."""
    table = GLOSSARY.read_text("utf-8").split("| not | but |\n|---|---|\n")[1]
    avoided = [word.strip() for row in table.splitlines() for word in row.split("|")[1].split(",")]
    text = FENCED.sub("", page.read_text("utf-8"))

    assert avoided
    assert [] == re.findall(rf"\b(?:{'|'.join(avoided)})s?\b", text, re.IGNORECASE)


def codes(page: Path) -> dict[str, set[str]]:
    """The codes in the first column of a page's tables, by the heading above each."""
    found: dict[str, set[str]] = {}
    for part in re.split(r"^## ", page.read_text("utf-8"), flags=re.MULTILINE)[1:]:
        found[part.split("\n")[0]] = set(re.findall(r"^\| \[?`([^`]+)`", part, re.MULTILINE))
    return found


def test_the_vocabularies_are_the_codes() -> None:
    """The page of vocabularies has every code of every enumeration it tells, and no other."""
    enumerations = vars(creditshare.model) | vars(creditshare.screening)
    told = codes(REFERENCE / "vocabularies.md")

    assert {name: set(enumerations[name]) for name in told} == told
    assert {"ConductCode", "WithdrawalReason", "Outcome", "ReviewReason"} <= set(told)


def test_every_error_has_its_advice() -> None:
    """The page of errors says of each error what to do, and tells of no error that is not."""
    told = codes(REFERENCE / "errors.md")["What to do"]

    assert {name for name in creditshare.errors.__all__ if name.endswith("Error")} == told


def test_the_front_door_has_its_page() -> None:
    """The reference tells of each name of the front door, and of each room, which has a page."""
    told = codes(REFERENCE / "api" / "index.md")
    rooms = told.pop("The rooms")

    assert set(creditshare.__all__) == set().union(*told.values())
    assert rooms == {page.stem for page in (REFERENCE / "api").glob("*.md")} - {"index"}
    assert rooms == set(ROOMS)
