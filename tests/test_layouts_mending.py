"""Refused rows: written as a table, mended by a person, and read again with nothing lost."""

from __future__ import annotations

import csv
import json
import re
import stat
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditshare.errors import MisuseError
from creditshare.layouts import (
    BatchFacts,
    RefusalKind,
    RowFault,
    RowRefusal,
    layout,
    read,
    refusal_file,
)
from creditshare.layouts.spreadsheet import armour, unarmour
from creditshare.model import Listing
from workbooks import Day, Value, xlsx

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
    "催收情况",
]
NUMBER = "888888199001010015"
MASKED = "888888********0015"
GOOD = ["李晓明", NUMBER, "演示网贷", "12000", "8000.5", "2018-03-01", "是", ""]


def write(path: Path, *rows: Sequence[str], encoding: str = "utf-8") -> Path:
    """A report of rows of cells."""
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def refuse(report: Path, out: Path) -> list[Listing | RowRefusal]:
    """Read a report, write its refused rows, and give its items."""
    items = list(read(report, ONLINE, FACTS))
    with refusal_file(out) as file:
        for item in items:
            if isinstance(item, RowRefusal):
                file.add(item)
    return items


def table(path: Path) -> list[list[str]]:
    """The rows of a file as a spreadsheet shows them."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def mend(path: Path, **cells: str) -> Path:
    """Change cells in every row, as a person would."""
    header, *rows = table(path)
    changed = [list((dict(zip(header, row, strict=True)) | cells).values()) for row in rows]
    return write(path.with_name("mended.csv"), header, *changed, encoding="utf-8-sig")


def refused_cells(items: Sequence[Listing | RowRefusal]) -> list[tuple[str, ...]]:
    """The cells of every refused row."""
    return [item.cells for item in items if isinstance(item, RowRefusal)]


def test_a_refused_row_is_mended_and_sent_again(tmp_path: Path) -> None:
    """The file says row, columns and reasons; with the cell mended it gives the listing."""
    bad = [GOOD[0], MASKED, *GOOD[2:3], "x", *GOOD[4:7], "称「已还」"]
    report = write(tmp_path / "report.csv", HEADER, GOOD, bad, encoding="gb18030")
    refuse(report, tmp_path / "refused.csv")
    header, row = table(tmp_path / "refused.csv")
    mended = mend(tmp_path / "refused.csv", 身份证号=NUMBER, 累计借款金额="12000")
    (listing,) = read(mended, ONLINE, FACTS)

    assert [*HEADER, "creditshare:row", "creditshare:field", "creditshare:reason"] == header
    assert [*bad, "3", "身份证号; 累计借款金额"] == row[:-1]
    assert "身份证号: cn-rid: digits are hidden" in row[-1]
    assert MASKED not in row[-1]
    assert isinstance(listing, Listing)
    assert 1_200_000 == listing.obligation.principal.minor


@pytest.mark.parametrize("kind", RefusalKind)
def test_every_fault_has_its_cure_in_both_languages(kind: RefusalKind) -> None:
    """A fault is told with its cure in either language; a review's reasons have their own."""
    fault = RowFault("身份证号", kind, "reason of it")
    if kind is RefusalKind.REVIEW:
        assert str(fault) == fault.with_cure() == fault.in_chinese()
        return
    chinese = re.sub(r"\[(?:abscond|terms)\]|JSON|reason of it", "", fault.in_chinese())

    assert fault.with_cure().startswith("身份证号: reason of it; to cure it: ")
    assert re.fullmatch(r"身份证号：.+；补正：.+", chinese)
    assert not re.search(r"[A-Za-z{}]", chinese)


def test_a_unit_above_the_header_goes_with_the_rows(tmp_path: Path) -> None:
    """Away from the title that declared 万元, the columns themselves say so."""
    bad = ["李晓明", MASKED, "演示网贷", "1.2", "0.8", *GOOD[5:]]
    report = write(tmp_path / "report.csv", ["单位：万元"], HEADER, bad)
    refuse(report, tmp_path / "refused.csv")
    (listing,) = read(mend(tmp_path / "refused.csv", 身份证号=NUMBER), ONLINE, FACTS)

    assert "累计借款金额(万元)" in table(tmp_path / "refused.csv")[0]
    assert isinstance(listing, Listing)
    assert 1_200_000 == listing.obligation.principal.minor


def test_rows_of_a_workbook_are_mended_as_a_table(tmp_path: Path) -> None:
    """A date becomes a text, and a number whose digits are lost an empty cell."""
    row: list[Value] = [
        "李晓明",
        888888199001010015,
        *GOOD[2:3],
        12000,
        8000.5,
        Day(43160),
        "是",
        "-1",
    ]
    (tmp_path / "report.xlsx").write_bytes(xlsx([HEADER, row]))
    refuse(tmp_path / "report.xlsx", tmp_path / "refused.csv")
    (listing,) = read(mend(tmp_path / "refused.csv", 身份证号=NUMBER), ONLINE, FACTS)

    assert ["李晓明", "", "演示网贷", "12000", "8000.5", "2018-03-01", "是", "'-1"] == (
        table(tmp_path / "refused.csv")[1][: len(HEADER)]
    )
    assert isinstance(listing, Listing)


def test_objects_are_mended_as_a_table(tmp_path: Path) -> None:
    """Rows of JSON lines come under the layout's columns, and a key's unit goes with its cell."""
    keys = ["剩余欠款金额（万元）" if name == "剩余欠款金额" else name for name in HEADER]
    rows = [
        dict(zip(keys, ["李晓明", MASKED, "演示网贷", 12000, 0.8, *GOOD[5:]], strict=True)),
        dict(zip(HEADER, ["李晓明", MASKED, *GOOD[2:]], strict=True)),
    ]
    report = tmp_path / "report.jsonl"
    report.write_text("\n".join(map(json.dumps, rows)) + "\n{\n", "utf-8")
    refuse(report, tmp_path / "refused.csv")
    first, second, third = read(mend(tmp_path / "refused.csv", 身份证号=NUMBER), ONLINE, FACTS)

    assert isinstance(first, Listing)
    assert isinstance(second, Listing)
    assert [800_000, 800_050] == [item.obligation.outstanding.minor for item in (first, second)]
    assert isinstance(third, RowRefusal)


def test_what_nobody_mended_is_refused_again(tmp_path: Path) -> None:
    """A file sent again as it is gives the same refusals, and the same file but for the numbers."""
    report = tmp_path / "report.csv"
    write(report, HEADER, GOOD, ["=1", MASKED, *GOOD[2:]], ["合计"], ["'x", "", *GOOD[2:]])
    first = refuse(report, tmp_path / "1.csv")
    again = refuse(tmp_path / "1.csv", tmp_path / "2.csv")
    once_more = refuse(tmp_path / "2.csv", tmp_path / "3.csv")

    assert 3 == len(again) == len(once_more)
    assert refused_cells(first)[0::2] == refused_cells(again)[0::2]
    assert refused_cells(again) == refused_cells(once_more)
    assert [row[: len(HEADER)] for row in table(tmp_path / "1.csv")] == [
        row[: len(HEADER)] for row in table(tmp_path / "2.csv")
    ]


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "'=1", "''=1", NUMBER, f"'{NUMBER}"]


@pytest.mark.parametrize("cell", FORMULAS)
def test_no_cell_is_a_formula_and_none_changes(tmp_path: Path, cell: str) -> None:
    """A cell that a spreadsheet would change stands behind an apostrophe, and comes back."""
    report = write(tmp_path / "report.csv", HEADER, [*GOOD[:1], MASKED, *GOOD[2:7], cell])
    first = refuse(report, tmp_path / "refused.csv")
    again = list(read(tmp_path / "refused.csv", ONLINE, FACTS))

    assert "'" + cell == table(tmp_path / "refused.csv")[1][7]
    assert refused_cells(first) == refused_cells(again)


@given(text=st.text(st.sampled_from("'=+-@0123456789x\t\r＝"), max_size=16) | st.text(max_size=8))
def test_armour_loses_nothing(text: str) -> None:
    """Whatever a cell holds, it is the same after it was armoured and read."""
    assert text == unarmour(armour(text))
    assert not armour(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@given(one=st.text("'=1", max_size=5), other=st.text("'=1", max_size=5))
def test_armour_tells_texts_apart(one: str, other: str) -> None:
    """No two cells are written alike."""
    assert (one == other) == (armour(one) == armour(other))


def test_a_row_that_cannot_be_told_is_not_lost(tmp_path: Path) -> None:
    """A row without cells is written with its number and reason, and sent again it is refused."""
    report = write(tmp_path / "report.csv", HEADER, ["合计"], GOOD)
    refuse(report, tmp_path / "refused.csv")
    _, row = table(tmp_path / "refused.csv")
    (item,) = read(tmp_path / "refused.csv", ONLINE, FACTS)

    assert [*[""] * len(HEADER), "2", ""] == row[:-1]
    assert row[-1].startswith("fewer cells than the header has; to cure it: ")
    assert isinstance(item, RowRefusal)


def test_a_row_that_the_review_refuses_can_be_mended_too(tmp_path: Path) -> None:
    """The row given last can be refused after all, and goes into the file with its cells."""
    report = read(write(tmp_path / "report.csv", HEADER, GOOD), ONLINE, FACTS)
    with pytest.raises(MisuseError):
        report.refuse_last("too early")
    next(iter(report))
    with refusal_file(tmp_path / "refused.csv") as file:
        file.add(report.refuse_last("no notice was served"))

    assert [*GOOD[:1], f"'{NUMBER}", *GOOD[2:], "2", "", "no notice was served"] == (
        table(tmp_path / "refused.csv")[1]
    )


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    """What holds a report's cells is readable by nobody else, and counts its rows."""
    report = write(tmp_path / "report.csv", HEADER, ["x", *GOOD[1:2], *GOOD[2:]], ["", *GOOD[1:]])
    items = list(read(report, ONLINE, FACTS))
    with refusal_file(tmp_path / "refused.csv") as file:
        for item in items:
            if isinstance(item, RowRefusal):
                file.add(item)

    assert 1 == file.count
    assert 0o600 == stat.S_IMODE((tmp_path / "refused.csv").stat().st_mode)


def test_a_file_that_fails_does_not_appear(tmp_path: Path) -> None:
    """Rows of two reports do not go into one file, and half a file is none."""
    fault = (RowFault("a", RefusalKind.CELLS, "x"),)
    refusals = [RowRefusal(1, fault, columns=(name,), cells=("1",)) for name in "ab"]
    with pytest.raises(MisuseError), refusal_file(tmp_path / "refused.csv") as file:
        any(map(file.add, refusals))

    assert [] == list(tmp_path.iterdir())
