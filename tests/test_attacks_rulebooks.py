"""Rulebooks and catalogues from a hostile hand: refused in one short line, with the place."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import creditshare as cs
from creditshare.errors import FileError, RulebookError
from creditshare.rules import ConductCatalogue, MeasureCatalogue, Rulebook
from creditshare.rules.packaged import packaged
from regimes import RULEBOOKS

MESSAGE_MAX = 2000
BOOK = RULEBOOKS["cn-credit-reporting"].to_json()
HEAD = """
[rulebook]
id = "ours"
extends = "cn"
version = "1"
jurisdiction = "CN"
title = "Ours"
title_zh = "本机构"
"""
FIRST = '"check":"conduct-named"'


def ours(name: str) -> str:
    """The text of a packaged rulebook under a name of one's own."""
    return packaged(name).replace(f'\nid = "{name}"', f'\nid = "our-{name}"', 1)


READERS: dict[str, tuple[Callable[[str], object], list[str]]] = {
    "rulebook": (Rulebook.from_toml, [ours("cn-court-list"), ours("in-rbi")]),
    "conducts": (ConductCatalogue.from_toml, [packaged("conducts")]),
    "measures": (MeasureCatalogue.from_toml, [packaged("in-measures"), packaged("cn-measures")]),
}


def told(read: Callable[[str], object], text: str) -> str:
    """What a reader says to a text that it refuses."""
    with pytest.raises(RulebookError) as caught:
        read(text)
    said = str(caught.value)
    assert len(said) < MESSAGE_MAX
    assert said.isprintable()
    return said


TEXTS: list[tuple[str, str, str]] = [
    # what, the text, what is said
    ("ten megabytes", HEAD + f'x = "{"y" * 10_000_000}"', "longer, or with more dots"),
    ("lists in lists", "x = " + "[" * 100_000, "a nesting beyond reason"),
    ("tables in tables", "x = " + "{a=" * 60_000, "a nesting beyond reason"),
    ("a number of 250,000 digits", "x = " + "9" * 250_000, "a number .* beyond reason"),
    ("a hexadecimal one", HEAD + f"x = 0x{'f' * 200_000}", r"^rulebook\.x: an unknown key$"),
    ("a number that is none", HEAD + "x = nan", r"^rulebook\.x: an unknown key$"),
    ("a day that is none", HEAD + "x = 2026-02-30", "a number or a nesting|not TOML"),
    ("a lone surrogate", '"\ud800" = 1\n' + HEAD, r"^\?: an unknown key$"),
    ("a lone surrogate inside", HEAD + '"\ud800" = 1', r"^rulebook\.\?: an unknown key$"),
    ("a key that clears the screen", HEAD + '"\\u001b[2J" = 1', r"^rulebook\.\?: an unknown key$"),
    ("a key of two lines", HEAD + '"a\\nb" = 1', r"^rulebook\.\?: an unknown key$"),
    ("a key that is a number", HEAD + "110101199003070000 = 1", r"^rulebook\.\?: an unknown key$"),
    ("a key without end", HEAD + "x" * 200_000 + " = 1", r"^rulebook\.\?: an unknown key$"),
    ("a table twice", f"[{'x' * 100_000}]\n" * 2, r"Cannot declare a key twice \(at line 2"),
    ("a key twice", HEAD + 'id = "theirs"', "not TOML: Cannot overwrite a value"),
    ("another encoding", "\x00[\x00r\x00", "not TOML: Invalid statement"),
    ("itself", HEAD.replace('extends = "cn"', 'extends = "ours"'), r"^rulebook\.extends: no "),
    ("a catalogue", HEAD.replace('"cn"', '"conducts"'), r"^rulebook\.extends: is a catalogue"),
    ("a path", HEAD.replace('"cn"', '"../data/common"'), r"^rulebook\.extends: no rulebook"),
    ("a title with a surrogate", HEAD.replace("Ours", "\ud800"), r"^rulebook\.title: .*control"),
    ("a title that turns", HEAD.replace("Ours", "\\u202e"), r"^rulebook\.title: "),
]


@pytest.mark.parametrize(("text", "said"), [row[1:] for row in TEXTS], ids=[r[0] for r in TEXTS])
def test_a_hostile_text(text: str, said: str) -> None:
    """A hostile TOML text is refused by one short line without control characters."""
    assert re.search(said, told(Rulebook.from_toml, text))


JSON: list[tuple[str, str, str]] = [
    ("lists in lists", "[" * 1_000_000, "not JSON"),
    ("tables in tables", '{"a":' * 100_000, "not JSON"),
    ("a number that is none", '{"rulebook":NaN}', "rulebook: must be a table"),
    ("infinity", '{"rulebook":-Infinity}', "rulebook: must be a table"),
    ("a fraction", '{"rulebook":1.5}', "not JSON"),
    ("a number of 5,000 digits", '{"rulebook":' + "9" * 5000 + "}", "not JSON"),
    ("ten megabytes", BOOK.replace('"CN"', f'"{"y" * 10_000_000}"'), "jurisdiction: .*at most"),
    ("a surrogate", BOOK.replace('"CN"', '"\\ud800"'), r"^rulebook\.jurisdiction: .*control"),
    ("a key twice", BOOK.replace(FIRST, f'"check":"of-age",{FIRST}'), "another spelling"),
    ("an entry of null", BOOK.replace(FIRST, f'"begins":null,{FIRST}'), "another spelling"),
    ("a number without a unit", BOOK.replace(FIRST, f'"value":0,{FIRST}'), "another spelling"),
    ("something extended", BOOK.replace('"id":"cn-', '"extends":"cn","id":"cn-'), "override"),
    ("a space", BOOK + " ", "another spelling"),
    ("no texts", BOOK.replace(FIRST, '"check":["conduct-named"]'), r"check: must be a text"),
    ("a rule that is null", BOOK.replace('"rule":[', '"rule":[null,'), "rule: must be tables"),
]


@pytest.mark.parametrize(("text", "said"), [row[1:] for row in JSON], ids=[r[0] for r in JSON])
def test_a_hostile_stored_rulebook(text: str, said: str) -> None:
    """JSON is read in the one spelling that was written, and refused by one short line."""
    assert BOOK != text
    assert re.search(said, told(Rulebook.from_json, text))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "gb18030"])
def test_a_file_in_another_encoding(tmp_path: Path, encoding: str) -> None:
    """A file that is not UTF-8 is refused as such, or as no TOML."""
    path = tmp_path / "rules.toml"
    path.write_bytes(HEAD.encode(encoding))

    with pytest.raises(RulebookError, match=r"not UTF-8|not TOML"):
        Rulebook.load(path)


def test_a_file_of_ten_megabytes(tmp_path: Path) -> None:
    """A file that is too large is refused before it is read."""
    path = tmp_path / "rules.toml"
    path.write_bytes(b"#" * 10_000_000)

    with pytest.raises(FileError):
        Rulebook.load(path)


@pytest.mark.parametrize("old", ['proves = ["conduct"]', 'proves = ["conduct", "duty"]'])
def test_an_entry_that_stands_twice(old: str) -> None:
    """A list of a vocabulary that says the same twice is refused with its place."""
    twice = old.replace('["conduct"', '["conduct", "conduct"')
    text = packaged("conducts").replace(old, twice, 1)

    assert re.search(r"conduct\[\d+\]\.proves: .*twice", told(ConductCatalogue.from_toml, text))


WRONG = [
    *('""', '" "', '"x"', "0", "-1", "true", "1.5", "nan", "inf", "[]", "[[]]", "[1]", "{}"),
    *('["x"]', "[{ a = 1 }]", "{ a = 1 }", "1800-01-01", "0001-01-01", "9999-12-31", "07:30:00"),
    *("2026-01-01T00:00:00Z", '"\\u0000"', '"\\u202e"', '"\ud800"', f'"{"y" * 5000}"', "9" * 40),
    *("2026-02-30", "0x" + "f" * 500, "'''\n'''", "[[[[[[[[[]]]]]]]]]", '"2026-01-01"', ""),
]
LINE = re.compile(r"^(\w+) = (.+)$", re.MULTILINE)


@settings(max_examples=300, deadline=None)
@given(data=st.data(), reader=st.sampled_from(sorted(READERS)))
def test_a_line_changed_at_random(data: st.DataObject, reader: str) -> None:
    """Whatever a line of a file is replaced by, it is read or refused in one short line."""
    read, texts = READERS[reader]
    text = data.draw(st.sampled_from(texts))
    lines = list(LINE.finditer(text))
    line = data.draw(st.sampled_from(lines))
    changed = data.draw(
        st.sampled_from([f"{line[1]} = {value}" for value in WRONG])
        | st.sampled_from([other[0] for other in lines])
        | st.sampled_from(["", line[0] * 2, f"{line[0]}\n{line[0]}", f"[{line[1]}]", "[[rule]]"])
    )
    try:
        read(text[: line.start()] + changed + text[line.end() :])
    except RulebookError as error:
        assert len(str(error)) < MESSAGE_MAX  # noqa: PT017 - most are refused, some are not
        assert str(error).isprintable()  # noqa: PT017


JUNK: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["cn", "\ud800"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=200, deadline=None)
@given(data=st.data(), junk=JUNK)
def test_a_value_changed_at_random(data: st.DataObject, junk: Any) -> None:
    """A stored rulebook in which one value is another is that other rulebook, or is refused."""
    document = json.loads(BOOK)
    at: Any = document
    while True:
        key = data.draw(st.sampled_from(range(len(at)) if isinstance(at, list) else sorted(at)))
        inner = at[key]
        if not isinstance(inner, (dict, list)) or not inner or data.draw(st.booleans()):
            break
        at = inner
    at[key] = junk
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    try:
        found = Rulebook.from_json(text)
    except RulebookError as error:
        assert len(str(error)) < MESSAGE_MAX  # noqa: PT017 - most are refused, some are not
        assert str(error).isprintable()  # noqa: PT017
    else:
        assert text == found.to_json()


@pytest.mark.parametrize("book", RULEBOOKS)
def test_what_extends_comes_to_an_end(book: str) -> None:
    """A packaged rulebook extends `common`, which extends nothing: no circles."""
    assert '\nextends = "common"\n' in packaged(book)
    assert "extends =" not in packaged("common")
    assert cs.rulebook(book).id == book
