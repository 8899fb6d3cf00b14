"""TOML from outside: read strictly, and refused before it can cost much."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from creditshare.errors import MisuseError, RulebookError
from creditshare.rules import MeasureCatalogue, Rulebook
from creditshare.rules.packaged import packaged
from creditshare.toml import Section

TEXT_MAX = 256 * 1024
DOTS_MAX = 200
BEYOND = "longer, or with more dots in a line"

READERS: dict[str, Callable[[str], object]] = {
    "section": Section.of,
    "rulebook": Rulebook.from_toml,
    "catalogue": MeasureCatalogue.from_toml,
}
TOO_MUCH = {
    "a dotted key": "a." * (120 * 1024) + "a = 1",
    "a dotted table": "[" + "a." * (120 * 1024) + "a]",
    "a dotted array of tables": "[[" + "a." * DOTS_MAX + "a." + "a]]",
    "a dotted key in a table": "x = {" + "a." * DOTS_MAX + "a.a = 1}",
    "a spaced key": "a . " * DOTS_MAX + "a . a = 1",
    "a quoted key": '"a".' * DOTS_MAX + '"a"."a" = 1',
    "a later line": "x = 1\n" * 50 + "a." * DOTS_MAX + "a.a = 1\ny = 2\n",
    "a line of Windows": "x = 1\r\n" + "a." * DOTS_MAX + "a.a = 1\r\n",
    "a long text": "x = 1\n" + "#" * TEXT_MAX,
    "many lines": "# a line\n" * TEXT_MAX,
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("text", TOO_MUCH)
def test_too_much(text: str, reader: str) -> None:
    """A text that is too long, or holds too many dots in one line, is refused by every reader."""
    with pytest.raises(RulebookError, match=BEYOND):
        READERS[reader](TOO_MUCH[text])


def test_the_longest_text() -> None:
    """A text may be as long as the limit, and not one character longer."""
    longest = "x = 1\n".ljust(TEXT_MAX, "#")

    assert 1 == Section.of(longest).take("x", int)
    with pytest.raises(RulebookError, match=BEYOND):
        Section.of(longest + "#")


def test_the_most_dots() -> None:
    """A line may hold as many dots as the limit, and not one more; every line counts alone."""
    key = "a." * DOTS_MAX + "a = 1"
    section: Section | None = Section.of(f"b.{key[4:]}\n{key}\n")
    for _ in range(DOTS_MAX):
        section = section.section("a") if section else None

    assert section is not None
    assert 1 == section.take("a", int)
    with pytest.raises(RulebookError, match=BEYOND):
        Section.of(f"a.{key}")


@pytest.mark.parametrize("name", ["cn-credit-reporting", "cn-measures"])
def test_what_comes_with_the_library(name: str) -> None:
    """The texts that come with the library lie far within the limits."""
    text = packaged(name)

    assert len(text) < TEXT_MAX / 4
    assert max(line.count(".") for line in text.splitlines()) < DOTS_MAX / 4


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("text", [None, b"x = 1", 5, ["x = 1"]])
def test_what_is_no_text(text: Any, reader: str) -> None:
    """What is no text is refused with the library's own error."""
    with pytest.raises(MisuseError, match="text must be str"):
        READERS[reader](text)


@pytest.mark.parametrize(
    "text",
    [
        "x =",
        "x = 1\nx = 2",
        "x = 1\0",
        "x = \ud800",
        "x = " + "[" * 50_000,
        "x = " + "{a = " * 5_000,
        "x = " + "9" * 20_000,
        "x = 2026-13-45",
    ],
)
def test_what_is_no_toml(text: str) -> None:
    """What is no TOML, or nests or counts beyond reason, is refused with our own error."""
    with pytest.raises(RulebookError, match=r"not TOML|beyond reason"):
        Section.of(text)
