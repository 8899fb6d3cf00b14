"""Excel workbooks: what cells become, and what a hostile workbook ends in."""

from __future__ import annotations

import functools
import hashlib
import io
import struct
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditshare.errors import InputError, LayoutError
from creditshare.identifiers import ResidentID
from creditshare.layouts import BatchFacts, Report, RowRefusal, layout, read
from creditshare.layouts.apart import _KEPT
from creditshare.model import Listing
from workbooks import Day, Fault, Value, xls, xlsx

ONLINE = layout("online-lending")
FACTS = BatchFacts.from_toml(
    f"""[batch]
creditor = "演示网贷"
[[evidence]]
id = "log"
digest = "{"ab" * 32}"
description = "contact attempts"
proves = ["conduct"]
[abscond]
proof = "log"
established = 2019-03-01
"""
)
HEADER = [
    "姓名",
    "身份证号",
    "借款平台",
    "累计借款金额",
    "剩余欠款金额",
    "拖欠开始日期",
    "是否失联",
]
NUMBER = "888888199001010015"
GOOD: list[Value] = ["李晓明", NUMBER, "演示网贷", 12000, 8000.5, Day(43160), "是"]
SINCE = "2018-03-01"


def report(folder: Path, content: bytes) -> Report:
    """A workbook as a report, whatever its file is called."""
    path = folder / "report.csv"
    path.write_bytes(content)
    return read(path, ONLINE, FACTS)


def faults(items: Sequence[object]) -> list[list[str]]:
    """The fault kinds of every item, none for a listing."""
    return [
        [f"{fault.field}: {fault.kind}" for fault in item.faults]
        if isinstance(item, RowRefusal)
        else []
        for item in items
    ]


def changed(**cells: Value) -> list[Value]:
    """A good row with some cells changed."""
    return list((dict(zip(HEADER, GOOD, strict=True)) | cells).values())


def test_a_workbook_is_read_like_a_table(tmp_path: Path) -> None:
    """Titles, a merged row and empty rows are passed over; numbers and dates are read."""
    content = xlsx(
        [["报送表"], [], ["单位：元"], [None, *HEADER], [None, *GOOD], [], [None, *GOOD]]
    )
    found = report(tmp_path, content)
    first, second = found

    assert isinstance(first, Listing)
    assert isinstance(second, Listing)
    assert ("report.csv:5", "report.csv:7") == (first.reference, second.reference)
    assert (ResidentID.parse(NUMBER),) == first.borrower.identifiers
    assert (1_200_000, 800_050) == (
        first.obligation.principal.minor,
        first.obligation.outstanding.minor,
    )
    assert SINCE == str(first.obligation.default_date)
    assert (2, None) == (found.rows, found.encoding)
    assert hashlib.sha256(content).digest() == found.digest


def test_the_older_kind_of_workbook_is_read_too(tmp_path: Path) -> None:
    """A binary workbook gives the same listing."""
    row: list[str | float] = ["李晓明", NUMBER, "演示网贷", 12000.0, 8000.5, SINCE, "是"]
    (listing,) = report(tmp_path, xls([HEADER, row]))

    assert isinstance(listing, Listing)
    assert 800_050 == listing.obligation.outstanding.minor


CELLS: list[tuple[str, Value, list[str]]] = [
    ("身份证号", 888888199001010015, ["身份证号: identifier-digits-lost"]),
    ("身份证号", 8.88888199001010e17, ["身份证号: identifier-digits-lost"]),
    ("身份证号", 888888900101001, []),
    ("身份证号", True, ["身份证号: cell-kind"]),
    ("身份证号", Fault(), ["身份证号: cell-kind"]),
    ("身份证号", None, ["身份证号: identifier-empty"]),
    ("累计借款金额", 0.1 + 0.2, []),
    ("累计借款金额", 12000.125, ["累计借款金额: amount-inexact"]),
    ("累计借款金额", -5, ["累计借款金额: amount-negative"]),
    ("累计借款金额", 10**15, ["累计借款金额: digits-lost"]),
    ("累计借款金额", 1e-7, ["累计借款金额: cell-kind"]),
    ("累计借款金额", float("nan"), ["累计借款金额: digits-lost"]),
    ("累计借款金额", float("inf"), ["累计借款金额: digits-lost"]),
    ("累计借款金额", Day(43160), ["累计借款金额: amount-form"]),
    ("累计借款金额", "12,000元", []),
    ("拖欠开始日期", 43160, ["拖欠开始日期: date-form"]),
    ("拖欠开始日期", Day(43160.5), ["拖欠开始日期: cell-kind"]),
    ("拖欠开始日期", "2018年3月1日", []),
    ("是否失联", True, ["是否失联: cell-kind"]),
    ("是否失联", 1, []),
    ("姓名", Fault("#REF!"), ["姓名: cell-kind"]),
]


@pytest.mark.parametrize(("column", "value", "expected"), CELLS)
def test_what_a_cell_holds_is_not_guessed(
    tmp_path: Path, column: str, value: Value, expected: list[str]
) -> None:
    """A number that lost digits, a truth value and a failed formula refuse their row alone."""
    items = list(report(tmp_path, xlsx([HEADER, GOOD, changed(**{column: value}), GOOD])))

    assert [[], expected, []] == faults(items)


def test_a_formula_that_was_never_computed_is_no_blank(tmp_path: Path) -> None:
    """A formula without a value refuses its row, though a parser gives a blank for it."""
    sheet = xlsx([HEADER, GOOD])
    name = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(io.BytesIO(sheet)) as packed:
        text = packed.read(name).decode()
    filled = '<c r="A2" t="inlineStr"><is><t xml:space="preserve">李晓明</t></is></c>'
    formula = text.replace(filled, '<c r="A2"><f>B2</f></c>')

    assert formula != text
    assert [["姓名: cell-kind"]] == faults(
        list(report(tmp_path, xlsx([HEADER], parts={name: formula})))
    )


def test_the_cells_of_an_older_workbook_are_not_guessed_either(tmp_path: Path) -> None:
    """In a binary workbook too a number that lost digits refuses its row alone."""
    good: list[str | float] = ["李晓明", NUMBER, "演示网贷", 12000.0, 8000.5, SINCE, "是"]
    lost: list[str | float] = ["李晓明", 888888199001010015.0, *good[2:]]
    items = list(report(tmp_path, xls([HEADER, good, lost, good])))

    assert [[], ["身份证号: identifier-digits-lost"], []] == faults(items)


def test_shared_texts_are_read(tmp_path: Path) -> None:
    """A text in the table of shared ones is the cell's."""
    row = "".join(f'<c r="{"ABCDEFG"[at]}2" t="s"><v>{at}</v></c>' for at in range(len(HEADER)))
    texts = ["李晓明", NUMBER, "演示网贷", "12000", "8000.5", SINCE, "是"]
    head = xlsx([HEADER])
    with zipfile.ZipFile(io.BytesIO(head)) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml").decode()
    parts = {
        "xl/worksheets/sheet1.xml": sheet.replace(
            "</sheetData>", f'<row r="2">{row}</row></sheetData>'
        ),
        "xl/sharedStrings.xml": shared(*texts),
    }
    (listing,) = report(tmp_path, xlsx([HEADER], parts=parts))

    assert isinstance(listing, Listing)


def test_a_hidden_sheet_is_not_read(tmp_path: Path) -> None:
    """What a sender does not see is no part of the report."""
    assert [[]] == faults(list(report(tmp_path, xlsx([HEADER, GOOD], [["x"]], hidden=[1]))))
    assert [[]] == faults(list(report(tmp_path, xlsx([HEADER, GOOD], []))))


# -- hostile -----------------------------------------------------------------------------------

_SHEET = "xl/worksheets/sheet1.xml"
_WORKSHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'


def shared(*texts: str) -> str:
    """A table of shared texts."""
    items = "".join(f"<si><t>{text}</t></si>" for text in texts)
    return f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{items}</sst>'


def sheet(*cells: str) -> str:
    """A sheet of one row of cells."""
    return _WORKSHEET.format(f'<row r="1">{"".join(cells)}</row>')


def with_sheet(text: str | bytes, **parts: str | bytes) -> bytes:
    """A workbook with a hand-made sheet."""
    return xlsx([], parts={_SHEET: text} | parts)


@functools.cache
def bomb() -> bytes:
    """Just more than 512 MiB of spaces in a sheet, two megabytes packed."""
    return with_sheet(b"<worksheet>" + b" " * (512 << 20) + b"</worksheet>")


def lying_bomb() -> bytes:
    """The same, saying of itself that it unpacks to a hundred bytes."""
    data = bytearray(bomb())
    place = data.rindex(b"PK\x01\x02", 0, data.rindex(_SHEET.encode()))
    data[place + 24 : place + 28] = struct.pack("<I", 100)
    return bytes(data)


HOSTILE: dict[str, Callable[[], bytes]] = {
    "not a package": lambda: b"PK\x03\x04" + bytes(500),
    "cut short": lambda: xlsx([HEADER, GOOD])[:-200],
    "no parts": lambda: xlsx([], parts={"xl/workbook.xml": ""}),
    "an old workbook of nothing": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000),
    "an old workbook cut short": lambda: xls([HEADER])[:2048],
    "a far corner of an old workbook": lambda: xls([HEADER], far=True),
    "a far corner": lambda: with_sheet(
        sheet('<c r="A1"><v>1</v></c><c r="XFD1048576"><v>1</v></c>')
    ),
    "a far corner in other words": lambda: with_sheet(
        _WORKSHEET.format(
            "<row r='9999999'><c r='&#65;1'/><c r='xfd&#49;048576'><v>1</v></c></row>"
        ).encode("utf-16")
    ),
    "a column of no spreadsheet": lambda: with_sheet(sheet('<c r="ZZZZZ1"><v>1</v></c>')),
    "an entity": lambda: with_sheet('<!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>'),
    "no XML": lambda: with_sheet("<worksheet><sheetData>"),
    "a bomb": bomb,
    "a lying bomb": lying_bomb,
    "a text used too often": lambda: with_sheet(
        sheet('<c t="s"><v>0</v></c>' * 10_000),
        **{"xl/sharedStrings.xml": shared("x" * 32_000)},
    ),
    "two tables of texts": lambda: with_sheet(
        sheet('<c t="s"><v>0</v></c>'),
        **{"xl/sharedStrings.xml": shared("x"), "xl/other.xml": shared("y")},
    ),
    "too many parts": lambda: xlsx([], parts={f"xl/{n}.xml": "<a/>" for n in range(1001)}),
    "two sheets": lambda: xlsx([HEADER, GOOD], [HEADER, GOOD]),
    "nothing": lambda: xlsx([]),
    "no header": lambda: xlsx([["a", "b"], [1, 2]]),
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_workbook_that_cannot_be_read_is_refused_whole(tmp_path: Path, name: str) -> None:
    """Whatever is wrong with a workbook as a whole is a layout error, before it costs memory."""
    with pytest.raises(LayoutError):
        list(report(tmp_path, HOSTILE[name]()))


def test_an_old_workbook_s_reader_is_told_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process that reads an old workbook has no secret in its environment."""
    (tmp_path / "sitecustomize.py").write_text(
        "import os, pathlib\n"
        "pathlib.Path(__file__).with_name('seen').write_text(' '.join(os.environ))\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("CREDITSHARE_PASSPHRASE", "correct horse")
    list(report(tmp_path, xls([HEADER])))
    seen = set((tmp_path / "seen").read_text().split())

    assert "PYTHONPATH" in seen
    assert {"PYTHONPATH", *_KEPT} >= seen - {"LC_CTYPE"}  # which Python sets itself (PEP 538)


def test_an_old_workbook_s_reader_runs_nothing_that_lies_around(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module in the folder from which a report is read is not taken for one of Python's."""
    (tmp_path / "resource.py").write_text("open('taken', 'w').close()\n")
    monkeypatch.chdir(tmp_path)
    list(report(tmp_path, xls([HEADER])))

    assert not (tmp_path / "taken").exists()


def test_a_large_old_workbook_is_not_opened(tmp_path: Path) -> None:
    """Of the older kind, which cannot be examined, only small files are read."""
    with pytest.raises(LayoutError, match="larger"):
        list(report(tmp_path, xls([HEADER]) + bytes(16 << 20)))


def test_without_the_extra_the_error_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where python-calamine is not installed, a workbook is refused with the remedy."""
    monkeypatch.setitem(sys.modules, "python_calamine", None)

    for book in BOOKS:
        with pytest.raises(LayoutError, match=r"creditshare\[excel\]"):
            list(report(tmp_path, book))


BOOKS = (xlsx([HEADER, GOOD, GOOD]), xls([HEADER, ["李晓明", NUMBER, "x", 1.0, 2.0, SINCE, "是"]]))


@settings(max_examples=40, deadline=None)
@given(
    book=st.sampled_from(BOOKS),
    changes=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_a_damaged_workbook_raises_only_our_errors(
    tmp_path_factory: pytest.TempPathFactory, book: bytes, changes: list[tuple[float, int]]
) -> None:
    """Whichever bytes of a workbook change, it is read or refused, and the process goes on."""
    data = bytearray(book)
    for place, value in changes:
        data[int(place * len(data))] = value
    path = tmp_path_factory.getbasetemp() / "damaged.xlsx"
    path.write_bytes(data)
    found = read(path, ONLINE, FACTS)
    try:
        items = list(found)
    except InputError:
        return

    assert len(items) == found.rows
