"""JSON lines: what a line may be, and what it ends in otherwise."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditshare.errors import InputError, LayoutError
from creditshare.layouts import Encoding, Report, RowRefusal, layout, read
from creditshare.model import Listing

OWN = layout("listings")
GOOD: dict[str, Any] = {
    "format": "creditshare-listing-2",
    "holder": "person",
    "identifiers": "cn-rid::888888198005170011",
    "creditor": "某某网贷",
    "currency": "CNY",
    "principal_minor": 2_000_000,
    "outstanding_minor": "1500000",
    "default_date": "2018-03-01",
}


def line(**changes: Any) -> str:
    """A good object with some values changed."""
    return json.dumps(GOOD | changes, ensure_ascii=False)


def report(folder: Path, *lines: str, encoding: str = "utf-8") -> Report:
    """A report of lines."""
    path = folder / "report.txt"
    path.write_bytes("\n".join(lines).encode(encoding))
    return read(path, OWN)


def kinds(found: Report) -> list[list[str]]:
    """The fault kinds of every item, none for a listing."""
    return [
        [fault.kind.value for fault in item.faults] if isinstance(item, RowRefusal) else []
        for item in found
    ]


LINES: dict[str, tuple[str, list[str]]] = {
    "good": (line(), []),
    "a null": (line(name=None), []),
    "another order": (json.dumps(dict(reversed(GOOD.items()))), []),
    "an unknown key": (line(religion=True), []),
    "no object": ("[1]", ["json"]),
    "a text": ('"x"', ["json"]),
    "half an object": (line()[:-1], ["json"]),
    "two objects": (line() + line(), ["json"]),
    "one key twice": ('{"name": "a", "name": "a"}', ["json"]),
    "one column twice": ('{"name": "a", " NAME ": "a"}', ["json"]),
    "nested deeply": ("[" * 30_000, ["json"]),
    "an object nested deeply": ('{"a":' * 10_000, ["json"]),
    "NaN": ('{"principal_minor": NaN}', ["json"]),
    "Infinity": ('{"principal_minor": -Infinity}', ["json"]),
    "half a character": (line(name="x").replace('"x"', '"\\ud83d"'), ["json"]),
    "a raw tab": ('{"name": "a\tb"}', ["json"]),
    "a list": (line(name=["x"]), ["cell-kind"]),
    "an inner object": (line(name={"x": 1}), ["cell-kind"]),
    "a truth value": (line(holder=True), ["cell-kind"]),
    "a huge number": (line(principal_minor="9").replace('"9"', "9" * 5000), ["digits-lost"]),
    "16 digits": (line(principal_minor=1234567890123456), ["digits-lost"]),
    "15 digits": (line(principal_minor=123456789012345), []),
    "an exponent": (line(principal_minor=1e300), ["digits-lost"]),
    "a zero": (line(outstanding_minor=0), []),
    "too long": (line(name="x" * 70_000), ["line-too-long"]),
}


@pytest.mark.parametrize("name", sorted(LINES))
def test_a_line_is_read_or_refused_alone(tmp_path: Path, name: str) -> None:
    """A line that is no row takes no other with it."""
    text, expected = LINES[name]

    assert [[], expected, []] == kinds(report(tmp_path, line(), text, "", "  ", line()))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings_are_detected(tmp_path: Path, encoding: str) -> None:
    """JSON lines come in the encodings in which tables come."""
    found = report(tmp_path, line(), encoding=encoding)
    (item,) = found

    assert isinstance(item, Listing)
    assert "某某网贷" == item.obligation.creditor
    assert (Encoding.GB18030 if encoding == "gb18030" else Encoding.UTF_8) is found.encoding


def test_rows_are_numbered_by_their_lines(tmp_path: Path) -> None:
    """A refusal names the physical line, blank ones counted."""
    items = list(report(tmp_path, line(), "", "[]"))

    assert isinstance(items[1], RowRefusal)
    assert 3 == items[1].row


def test_a_first_object_of_another_kind_refuses_the_file(tmp_path: Path) -> None:
    """A file of objects without the layout's keys is no report of it."""
    with pytest.raises(LayoutError, match="format"):
        list(report(tmp_path, '{"a": 1}', line()))


def test_many_rows_take_little_memory(tmp_path: Path) -> None:
    """A report of any size is read in a memory that does not grow with it."""
    path = tmp_path / "many.jsonl"
    told = {"notice_served": "2019-03-01", "notice_method": "post", "notice_remedy": "x" * 4000}
    path.write_text((line(**told) + "\n") * 2000, "utf-8")
    tracemalloc.start()
    try:
        rows = sum(1 for _ in read(path, OWN))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert 2000 == rows
    assert peak < 4 * 2**20


@given(
    st.lists(st.one_of(st.text(max_size=60), st.just(line()), st.just('{"format":')), max_size=4)
)
def test_arbitrary_lines_raise_only_our_errors(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    """Whatever stands after the first brace, a reading ends, or fails as an input error."""
    path = tmp_path_factory.getbasetemp() / "arbitrary.jsonl"
    path.write_bytes(("{" + "\n".join(lines)).encode(errors="replace"))
    found = read(path, OWN)
    try:
        items = list(found)
    except InputError:
        return

    assert len(items) == found.rows
