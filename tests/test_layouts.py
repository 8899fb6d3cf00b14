"""The online-lending report: every form of a cell, every way to break a file, and the batch."""

from __future__ import annotations

import datetime as dt
import hashlib
import tracemalloc
from collections.abc import Callable, Iterable
from decimal import Decimal, Inexact, localcontext
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditshare.errors import (
    FileError,
    IdentifierFault,
    InputError,
    InvalidValueError,
    LayoutError,
    MisuseError,
    RulebookError,
)
from creditshare.identifiers import PermanentResidentID, ResidentID
from creditshare.layouts import (
    BatchFacts,
    ConductFacts,
    Encoding,
    RefusalKind,
    Report,
    RowRefusal,
    read_online_lending,
)
from creditshare.model import ConductCode, Listing, Money, Proves

K = RefusalKind
NUMBER = "888888199001010015"
COLUMNS = [
    *("姓名", "身份证号", "手机号", "借款平台", "累计借款金额"),
    *("剩余欠款金额", "拖欠开始日期", "是否失联", "催收情况"),
]
GOOD = {
    "姓名": "李晓明",
    "身份证号": NUMBER,
    "手机号": "19900000000",
    "借款平台": "演示网贷",
    "累计借款金额": "12000",
    "剩余欠款金额": "8000.50",
    "拖欠开始日期": "2018-03-01",
    "是否失联": "是",
    "催收情况": "",
}
BATCH = '[batch]\ncreditor = "演示网贷"\n'
LOG = f"""[[evidence]]
id = "log"
digest = "{"ab" * 32}"
description = "contact attempts"
proves = ["conduct"]
"""
ABSCOND = '[abscond]\nproof = "log"\nestablished = 2019-03-01\n'
FACTS = BatchFacts.from_toml(BATCH + LOG + ABSCOND)

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a report of text in an encoding, or of bytes."""

    def write(content: str | bytes, encoding: str = "utf-8") -> Path:
        path = tmp_path / "report.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write


def row_of(delimiter: str = ",", **changes: str) -> str:
    """A good row with some cells changed."""
    cells = GOOD | changes
    return delimiter.join(
        f'"{cell}"' if delimiter in cell or "\n" in cell else cell for cell in cells.values()
    )


def text_of(*rows: str, header: Iterable[str] = COLUMNS) -> str:
    """A report of a header and rows."""
    return "\n".join((",".join(header), *rows)) + "\n"


def kinds(items: Iterable[Listing | RowRefusal]) -> list[list[str]]:
    """The fault kinds of every item, none for a listing."""
    return [
        [fault.kind.value for fault in item.faults] if isinstance(item, RowRefusal) else []
        for item in items
    ]


def only_listing(report: Report) -> Listing:
    """The one listing that a report must give."""
    (item,) = report
    assert isinstance(item, Listing), item
    return item


# -- The file as a whole ------------------------------------------------------------------


def test_a_listing_carries_what_the_row_and_the_batch_say(write: Write) -> None:
    """A row becomes a draft of the row's debt, with the batch's facts and nothing else."""
    report = read_online_lending(write(text_of(row_of())), FACTS)
    listing = only_listing(report)

    assert listing.borrower.name == "李晓明"
    assert (ResidentID.parse(NUMBER),) == listing.borrower.identifiers
    assert Money(1_200_000, "CNY") == listing.obligation.principal
    assert Money(800_050, "CNY") == listing.obligation.outstanding
    assert dt.date(2018, 3, 1) == listing.obligation.default_date
    assert listing.obligation.annual_rate is None
    assert listing.conduct is not None
    assert ConductCode.ABSCOND is listing.conduct.code
    assert dt.date(2019, 3, 1) == listing.conduct.start
    assert FACTS.evidence == listing.evidence
    assert (listing.basis, listing.notice) == (None, None)
    assert listing.reference == "report.csv:2"


def test_the_end_of_a_report_tells_of_the_whole(write: Write) -> None:
    """After the last row a report knows its rows, digest, encoding and ignored columns."""
    path = write(text_of(row_of(), "", row_of(姓名="")))
    report = read_online_lending(path, FACTS)
    items = list(report)

    assert 2 == len(items) == report.rows
    assert hashlib.sha256(path.read_bytes()).digest() == report.digest
    assert Encoding.UTF_8 is report.encoding
    assert report.ignored_columns == ("手机号", "催收情况")


@pytest.mark.parametrize("what", ["rows", "digest", "encoding", "ignored_columns"])
def test_nothing_of_the_whole_is_told_before_the_end(write: Write, what: str) -> None:
    """Asking for the digest or its like before the end is misuse."""
    report = read_online_lending(write(text_of(row_of(), row_of())), FACTS)
    next(iter(report))

    with pytest.raises(MisuseError):
        getattr(report, what)


def test_a_report_is_read_once(write: Write) -> None:
    """A second reading of one report is misuse, for it would give its listings new ids."""
    report = read_online_lending(write(text_of(row_of())), FACTS)
    list(report)

    with pytest.raises(MisuseError):
        iter(report)


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("utf-8", Encoding.UTF_8),
        ("utf-8-sig", Encoding.UTF_8),
        ("gb18030", Encoding.GB18030),
        ("gbk", Encoding.GB18030),
    ],
)
def test_encodings_are_detected(write: Write, encoding: str, expected: Encoding) -> None:
    """UTF-8 with or without a mark and GB18030 are told apart, titles above the header or not."""
    content = "演示平台报送表,,,,,,,,\n\n" + text_of(row_of())
    report = read_online_lending(write(content, encoding), FACTS)

    assert kinds(report) == [[]]
    assert expected is report.encoding


@pytest.mark.parametrize("encoding", ["gb18030", "GBK", "gb2312", "GB18030"])
def test_an_encoding_can_be_named(write: Write, encoding: str) -> None:
    """A named encoding is used under any of its names."""
    report = read_online_lending(write(text_of(row_of()), "gbk"), FACTS, encoding=encoding)

    assert kinds(report) == [[]]


def test_an_unknown_encoding_is_misuse(write: Write) -> None:
    """Only UTF-8 and GB18030 can be named."""
    with pytest.raises(MisuseError):
        read_online_lending(write(b""), FACTS, encoding="big5")


BAD_FILES = {
    "empty": b"",
    "blank lines only": b"\n\n\n",
    "a NUL": text_of(row_of()).encode() + b"\0",
    "a workbook": b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00",
    "an image": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "UTF-16 LE": text_of(row_of()).encode("utf-16"),
    "UTF-16 BE": b"\xfe\xff" + text_of(row_of()).encode("utf-16-be"),
    "UTF-32": text_of(row_of()).encode("utf-32"),
    "UTF-16 without a mark": text_of(row_of()).encode("utf-16-le"),
    "Latin-1": "nom,numéro\nJosé,1\n".encode("latin-1"),
    "Big5": "姓名,身分證號,是否失聯\n王大明,1,是\n".encode("big5"),
    "not text": bytes(range(1, 256)) * 8,
    "no header": b"a,b,c\n1,2,3\n",
    "a header too low": ("x\n" * 10 + text_of(row_of())).encode(),
    "a line too long": b"a" * 200_000,
}


@pytest.mark.parametrize("content", BAD_FILES.values(), ids=BAD_FILES.keys())
def test_a_file_that_is_no_report_is_refused_whole(write: Write, content: bytes) -> None:
    """What cannot be read at all raises a layout error."""
    with pytest.raises(LayoutError):
        list(read_online_lending(write(content), FACTS))


def test_a_wrongly_named_encoding_is_refused_whole(write: Write) -> None:
    """GB18030 is not read as UTF-8 because the caller says so."""
    path = write(text_of(row_of()), "gb18030")

    with pytest.raises(LayoutError, match="not text in utf-8"):
        list(read_online_lending(path, FACTS, encoding="utf-8"))


def test_a_missing_file_is_a_file_error(tmp_path: Path) -> None:
    """A report that is not there is told as such."""
    with pytest.raises(FileError):
        list(read_online_lending(tmp_path / "none.csv", FACTS))


def test_a_hundred_megabytes_on_one_line_take_little_memory(tmp_path: Path) -> None:
    """A file without a line break is refused without ever being held."""
    path = tmp_path / "line.csv"
    with path.open("wb") as file:
        for _ in range(100):
            file.write(b"x" * 2**20)
    tracemalloc.start()
    try:
        with pytest.raises(LayoutError):
            list(read_online_lending(path, FACTS))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 4 * 2**20


def test_a_file_that_changes_while_it_is_read_is_refused(write: Write) -> None:
    """The reading fails at its end if the bytes are not those first examined."""
    path = write(text_of(*[row_of()] * 5000))
    report = iter(read_online_lending(path, FACTS))
    next(report)
    content = path.read_bytes()
    path.write_bytes(content.replace("李晓明".encode(), "王晓明".encode()))

    with pytest.raises(LayoutError, match="changed"):
        list(report)


# -- The header ------------------------------------------------------------------------------


@pytest.mark.parametrize("column", sorted(set(COLUMNS) - {"手机号", "催收情况"}))
def test_a_missing_column_is_named(write: Write, column: str) -> None:
    """A header without a required column is refused, naming the column."""
    header = [name for name in COLUMNS if name != column]

    with pytest.raises(LayoutError, match=column):
        list(read_online_lending(write(text_of(header=header)), FACTS))


@pytest.mark.parametrize("twice", ["姓名", " 姓 名 ", "累计借款金额（万元）"])
def test_a_column_that_stands_twice_is_refused(write: Write, twice: str) -> None:
    """Of two columns with one meaning none is chosen."""
    with pytest.raises(LayoutError, match="twice"):
        list(read_online_lending(write(text_of(header=[*COLUMNS, twice])), FACTS))


def test_two_names_of_the_rate_are_one_column_twice(write: Write) -> None:
    """An optional column under both of its names is refused too."""
    header = [*COLUMNS, "年利率", "年化利率"]

    with pytest.raises(LayoutError, match="twice"):
        list(read_online_lending(write(text_of(header=header)), FACTS))


def test_names_of_columns_are_folded(write: Write) -> None:
    """White space, zero-width characters and full-width brackets in a header do not matter."""
    header = [*COLUMNS]
    header[0] = " 姓\u3000名 "
    header[1] = "\u200b身份证号"
    header[4] = "累计借款金额 （ 万元 ）"
    header[5] = "剩余欠款金额(元)"
    listing = only_listing(
        read_online_lending(write(text_of(row_of(累计借款金额="1.2"), header=header)), FACTS)
    )

    assert listing.obligation.principal.minor == 1_200_000
    assert listing.obligation.outstanding.minor == 800_050


def test_an_unknown_unit_is_not_the_column(write: Write) -> None:
    """Amounts in a unit that is not understood are not taken for yuan."""
    header = [name.replace("累计借款金额", "累计借款金额(美元)") for name in COLUMNS]

    with pytest.raises(LayoutError, match="累计借款金额"):
        list(read_online_lending(write(text_of(header=header)), FACTS))


def test_tabs_are_detected(write: Write) -> None:
    """A report with tabs between its cells needs no quotes around commas."""
    content = "\t".join(COLUMNS) + "\n" + row_of("\t", 累计借款金额="12,000.00")
    listing = only_listing(read_online_lending(write(content), FACTS))

    assert listing.obligation.principal.minor == 1_200_000


@pytest.mark.parametrize(
    "title",
    [
        *("单位：万元", "单位:万元", "金额单位：万元", "（单位：万元）", "单位：人民币万元"),
        *("单位： 万元", "\u200b单位：万元", "2018年8月　单位：万元", "单位万元"),
    ],
)
@pytest.mark.parametrize("between", ["", "\n", "演示平台,,,,,,,,\n"])
def test_a_unit_above_the_header_holds_for_all_amounts(
    write: Write, title: str, between: str
) -> None:
    """A unit declared in a row above the header is that of every amount column."""
    row = row_of(累计借款金额="1.2", 剩余欠款金额="0.80005万")
    content = f"{title},,,,,,,,\n" + between + text_of(row)
    listing = only_listing(read_online_lending(write(content), FACTS))

    assert Money(1_200_000, "CNY") == listing.obligation.principal
    assert Money(800_050, "CNY") == listing.obligation.outstanding


def test_a_columns_own_unit_goes_before_the_one_above(write: Write) -> None:
    """A unit above the header does not touch an amount column that names its own."""
    header = [name.replace("剩余欠款金额", "剩余欠款金额（元）") for name in COLUMNS]
    row = row_of(累计借款金额="1.2", 剩余欠款金额="8000.50")
    content = ",,,,,,,,单位：万元\n" + text_of(row, header=header)
    listing = only_listing(read_online_lending(write(content), FACTS))

    assert Money(1_200_000, "CNY") == listing.obligation.principal
    assert Money(800_050, "CNY") == listing.obligation.outstanding


def test_a_cell_must_agree_with_the_unit_above(write: Write) -> None:
    """A cell that names another unit than the row above the header is refused."""
    content = "单位：万元\n" + text_of(row_of(累计借款金额="12000元", 剩余欠款金额="0.8"))

    assert [["amount-unit"]] == kinds(read_online_lending(write(content), FACTS))


def test_the_nearest_unit_above_the_header_holds(write: Write) -> None:
    """Of two units declared above the header the lower one holds."""
    content = "单位：万元\n单位：元\n" + text_of(row_of())
    listing = only_listing(read_online_lending(write(content), FACTS))

    assert Money(1_200_000, "CNY") == listing.obligation.principal


@pytest.mark.parametrize("title", ["单位：万美元", "单位：元，万元", "金额单位（千元）"])
def test_another_unit_above_the_header_refuses_the_file(write: Write, title: str) -> None:
    """A unit above the header that is neither 元 nor 万元 is not passed over."""
    with pytest.raises(LayoutError, match="unit"):
        list(read_online_lending(write(f"{title}\n" + text_of(row_of())), FACTS))


@pytest.mark.parametrize(
    "title",
    [
        *("单位：人民币（万元）", "金额单位：万元人民币", "单位：人民币/万元", "单位：万"),
        *("单位：万元整", "单位：万元RMB", "（万元）", "金额以万元计", "单位：,万元"),
    ],
)
def test_a_unit_above_the_header_is_understood_however_it_is_put(write: Write, title: str) -> None:
    """Every usual way of declaring 万元 above the header is understood."""
    content = f"{title}\n" + text_of(row_of(累计借款金额="1.2", 剩余欠款金额="0.8"))
    listing = only_listing(read_online_lending(write(content), FACTS))

    assert Money(1_200_000, "CNY") == listing.obligation.principal


def test_a_unit_declared_among_the_rows_refuses_the_file(write: Write) -> None:
    """A unit that is declared below the header is not passed over."""
    title = "单位：万元" + "," * (len(COLUMNS) - 1)
    with pytest.raises(LayoutError, match="among the rows"):
        list(read_online_lending(write(text_of(row_of(), title, row_of())), FACTS))


@pytest.mark.parametrize(
    "title",
    ["单位：某某网贷公司", "报送单位：万元宝网贷", "报送单位：上海新纪元", "填报单位：鑫元"],
)
def test_an_institution_above_the_header_is_no_unit(write: Write, title: str) -> None:
    """A row above the header that names an institution says nothing about amounts."""
    content = f"{title}\n" + text_of(row_of(累计借款金额="12000", 剩余欠款金额="8000"))
    listing = only_listing(read_online_lending(write(content), FACTS))

    assert Money(1_200_000, "CNY") == listing.obligation.principal


@pytest.mark.parametrize("name", ["累计借款金额（万元）", " 累计借款金额（万元） "])
def test_a_second_header_of_another_unit_refuses_the_file(write: Write, name: str) -> None:
    """A header among the rows that names another unit is not passed over."""
    again = [" 姓名 ", *COLUMNS[1:]]
    again[again.index("累计借款金额")] = name
    with pytest.raises(LayoutError, match="second header"):
        list(read_online_lending(write(text_of(row_of(), ",".join(again), row_of())), FACTS))


def test_a_second_header_in_the_same_order_is_one_refused_row(write: Write) -> None:
    """A header that stands again among the rows is refused as a row; the rest is read."""
    content = text_of(row_of(), ",".join(COLUMNS), row_of())
    items = list(read_online_lending(write(content), FACTS))

    assert [Listing, RowRefusal, Listing] == [type(item) for item in items]


@pytest.mark.parametrize("swapped", [(4, 5), (0, 3), (2, 8)])
def test_a_second_header_in_another_order_refuses_the_file(
    write: Write, swapped: tuple[int, int]
) -> None:
    """Rows are never read under a header that is not theirs, if a column read stands elsewhere."""
    one, other = swapped
    header = [*COLUMNS]
    header[one], header[other] = header[other], header[one]
    content = text_of(row_of(), ",".join(header), row_of(累计借款金额="1", 剩余欠款金额="2"))
    report = iter(read_online_lending(write(content), FACTS))

    assert isinstance(next(report), Listing)
    if swapped == (2, 8):  # neither is read
        assert [RowRefusal, Listing] == [type(item) for item in report]
        return
    with pytest.raises(LayoutError, match="second header"):
        next(report)


def test_a_person_called_like_a_column_is_only_a_row(write: Write) -> None:
    """A row with one cell like the header's is no second header."""
    content = text_of(row_of(催收情况="姓名"), row_of(姓名="姓名"))

    assert [[], []] == kinds(read_online_lending(write(content), FACTS))


# -- Rows and their quotes -----------------------------------------------------------------


def test_a_cell_may_hold_line_breaks(write: Write) -> None:
    """A quoted cell over several lines is one row, numbered by its first line."""
    rows = (row_of(催收情况="上门\n未果\n,"), row_of(姓名=""))
    items = list(read_online_lending(write(text_of(*rows)), FACTS))

    assert kinds(items) == [[], ["name-missing"]]
    assert isinstance(items[1], RowRefusal)
    assert items[1].row == 5


ODD_ROWS = {
    "unclosed": ('"' + row_of(), ["quotes"]),
    "unclosed in the last cell": (row_of() + '"上门', ["quotes"]),
    "text after a quote": (row_of(姓名='"李"四'), ["quotes"]),
    "a carriage return": (row_of(姓名="李\r四"), ["quotes"]),
    "too long": (row_of(催收情况="x" * 70_000), ["line-too-long"]),
    "too many cells": (row_of() + ",", ["cells"]),
    "too few cells": (row_of().removesuffix(","), ["cells"]),
    "bare thousands": (row_of().replace("12000", "12,000"), ["cells"]),
    "not a row": ("合计", ["cells"]),
}


@pytest.mark.parametrize(("odd", "expected"), ODD_ROWS.values(), ids=ODD_ROWS.keys())
def test_an_odd_row_is_refused_alone(write: Write, odd: str, expected: list[str]) -> None:
    """A broken row takes no other with it."""
    content = text_of(row_of(), odd, *[row_of()] * 20)
    items = list(read_online_lending(write(content), FACTS))

    assert [[], expected, *[[]] * 20] == kinds(items)


def test_a_quote_closed_by_a_later_row_swallows_none(write: Write) -> None:
    """Two stray quotes at the ends of two rows do not make the second row a note of the first."""
    stray = row_of() + '"上门'
    closing = row_of() + '未果"'
    items = list(read_online_lending(write(text_of(stray, closing, row_of())), FACTS))

    assert kinds(items) == [["quotes"], [], []]


def test_a_cell_over_too_many_lines_is_an_unclosed_quote(write: Write) -> None:
    """A quoted cell has at most 16 lines; what follows is read line by line."""
    fits = row_of(催收情况="x" + "\nx" * 15)
    not_so = row_of(催收情况="x" + "\nx" * 16)

    assert kinds(read_online_lending(write(text_of(fits)), FACTS)) == [[]]
    assert kinds(read_online_lending(write(text_of(not_so)), FACTS))[0] == ["quotes"]


def test_every_kind_of_identifier_fault_has_a_refusal() -> None:
    """A refusal can tell whatever an identifier scheme finds."""
    assert {f"identifier-{fault}" for fault in IdentifierFault} <= set(RefusalKind)


# -- Cells -----------------------------------------------------------------------------------

ACCEPTED_DATES = [
    *("2018-08-08", "2018-8-8", "2018/8/8", "2018/08/08", "2018.08.08", "20180808"),
    *("2018年8月8日", "2018年08月08日", "２０１８－０８－０８", "２０１８年８月８日"),
    *(" 2018-08-08 ", "\u200b20180808", "2018 年 8 月 8 日", "\u300020180808"),
]


@pytest.mark.parametrize("text", ACCEPTED_DATES)
def test_dates_are_read(write: Write, text: str) -> None:
    """Each of the five ways to write a date is understood."""
    listing = only_listing(read_online_lending(write(text_of(row_of(拖欠开始日期=text))), FACTS))

    assert dt.date(2018, 8, 8) == listing.obligation.default_date


ACCEPTED_AMOUNTS = [
    *("12000", "12,000.00", "12，000", "￥12000", "¥12,000", "１２０００", "12000.000"),
    *("1.2万", "1.2万元", "12000元", "￥1.2万", " 12000 元 ", "1.20万"),
]


@pytest.mark.parametrize("text", ACCEPTED_AMOUNTS)
def test_amounts_are_read(write: Write, text: str) -> None:
    """Each way to write an amount gives the same fen."""
    listing = only_listing(read_online_lending(write(text_of(row_of(累计借款金额=text))), FACTS))

    assert Money(1_200_000, "CNY") == listing.obligation.principal


@pytest.mark.parametrize("text", ["1.2", "1.2万", "1.2万元", "￥1.2"])
def test_a_header_in_ten_thousands_scales_its_amounts(write: Write, text: str) -> None:
    """The unit in the column's name holds for cells without one, and agrees with those that do."""
    header = [name.replace("累计借款金额", "累计借款金额（万元）") for name in COLUMNS]
    content = text_of(row_of(累计借款金额=text), header=header)
    listing = only_listing(read_online_lending(write(content), FACTS))

    assert listing.obligation.principal.minor == 1_200_000


def test_a_unit_against_the_header_is_refused(write: Write) -> None:
    """A cell in yuan under a header in ten thousands is not interpreted."""
    header = [name.replace("累计借款金额", "累计借款金额（万元）") for name in COLUMNS]
    content = text_of(row_of(累计借款金额="12000元"), header=header)

    assert kinds(read_online_lending(write(content), FACTS)) == [["amount-unit"]]


REFUSED_CELLS = [
    ("姓名", "", K.NAME_MISSING),
    ("姓名", " \u200b\u3000", K.NAME_MISSING),
    ("姓名", "-", K.NAME_MISSING),
    ("姓名", "李*明", K.NAME_MASKED),
    ("姓名", "李某", K.NAME_MASKED),
    ("姓名", "李\u0007明", K.VALUE_INVALID),
    ("姓名", "李" * 201, K.VALUE_INVALID),
    ("身份证号", "", K.IDENTIFIER_EMPTY),
    ("身份证号", "1.10105E+17", K.IDENTIFIER_DIGITS_LOST),
    ("身份证号", "888888199001010000", K.IDENTIFIER_DIGITS_LOST),
    ("身份证号", "'888888199001010000", K.IDENTIFIER_DIGITS_LOST),
    ("身份证号", "８８８８８８１９９００１０１００００", K.IDENTIFIER_DIGITS_LOST),
    ("身份证号", "988888199001010000", K.IDENTIFIER_DIGITS_LOST),
    ("身份证号", "888888********0014", K.IDENTIFIER_MASKED),
    ("身份证号", "888888XXXXXXXX0014", K.IDENTIFIER_MASKED),
    ("身份证号", "XXX888900101001", K.IDENTIFIER_MASKED),
    ("身份证号", "888888199001010016", K.IDENTIFIER_CHECK),
    ("身份证号", "888888199002300017", K.IDENTIFIER_DATE),
    ("身份证号", "88888819900101001", K.IDENTIFIER_LENGTH),
    ("身份证号", "000000000000000000", K.IDENTIFIER_PLACEHOLDER),
    ("身份证号", "88888819900101001A", K.IDENTIFIER_FORM),
    ("身份证号", "888888/19900101/001", K.IDENTIFIER_CHARACTERS),
    ("身份证号", "911840198012310012", K.IDENTIFIER_CHECK),
    ("身份证号", "8" * 500, K.IDENTIFIER_LENGTH),
    ("借款平台", "", K.CREDITOR_MISSING),
    ("借款平台", "另一网贷", K.CREDITOR_DIFFERS),
    *(("累计借款金额", text, K.AMOUNT_MISSING) for text in ("", "\u3000")),
    *(
        ("累计借款金额", text, K.AMOUNT_FORM)
        for text in (
            "1,2",
            "1,20,000",
            "12 000",
            "1.2E+4",
            "一万二",
            "12k",
            "12000美元",
            "NaN",
            ".5",
        )
    ),
    *(("累计借款金额", text, K.AMOUNT_NEGATIVE) for text in ("-1", "－1", "￥-5", "(5)", "−3")),
    *(("累计借款金额", text, K.AMOUNT_INEXACT) for text in ("1.234", "0.0000001万")),
    ("累计借款金额", "999999999999999999", K.AMOUNT_RANGE),
    ("拖欠开始日期", "", K.DATE_MISSING),
    *(
        ("拖欠开始日期", text, K.DATE_FORM)
        for text in ("18-08-08", "08/08/2018", "43320", "2018-08", "2018-08/08", "2018年8月")
    ),
    *(
        ("拖欠开始日期", text, K.DATE_IMPOSSIBLE)
        for text in ("2018-02-30", "20181301", "0000-01-01", "2018年8月0日")
    ),
    ("拖欠开始日期", "0205-01-01", K.VALUE_INVALID),
    ("是否失联", "", K.FLAG_MISSING),
    *(("是否失联", text, K.FLAG_FORM) for text in ("不详", "2", "是否")),
    *(("是否失联", text, K.MERE_DELAY) for text in ("否", "未失联", "N", "no", "0", "０")),
]


@pytest.mark.parametrize(("column", "text", "kind"), REFUSED_CELLS)
def test_cells_are_refused(write: Write, column: str, text: str, kind: RefusalKind) -> None:
    """A cell that cannot be read, or only by guessing, refuses its row with one fault."""
    (item,) = read_online_lending(write(text_of(row_of(**{column: text}))), FACTS)

    assert isinstance(item, RowRefusal)
    assert [(column, kind)] == [(fault.field, fault.kind) for fault in item.faults]
    assert len(text) < 3 or text not in str(item)


@pytest.mark.parametrize("text", ["是", "失联", "Y", "yes", "YES", "1", "１", " 是 "])
def test_yes_is_read(write: Write, text: str) -> None:
    """Every way to say yes is absconding."""
    assert kinds(read_online_lending(write(text_of(row_of(是否失联=text))), FACTS)) == [[]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (NUMBER, ResidentID.parse(NUMBER)),
        ("888888900101001", ResidentID.parse("888888900101001")),
        ("'" + NUMBER, ResidentID.parse(NUMBER)),
        ("８８８８８８ 19900101 0015", ResidentID.parse(NUMBER)),
        ("CAN110101198001", PermanentResidentID.parse("CAN110101198001")),
        ("MEX110101198001", PermanentResidentID.parse("MEX110101198001")),
        ("ｃａｎ-110101-198001", PermanentResidentID.parse("CAN110101198001")),
        ("911840198012310011", PermanentResidentID.parse("911840198012310011")),
    ],
)
def test_identity_numbers_are_read(
    write: Write, text: str, expected: ResidentID | PermanentResidentID
) -> None:
    """Resident numbers of both lengths and permanent residents' cards are told apart."""
    listing = only_listing(read_online_lending(write(text_of(row_of(身份证号=text))), FACTS))

    assert (expected,) == listing.borrower.identifiers


@pytest.mark.parametrize("name", ["年化利率", "年利率"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [("24%", Decimal("0.24")), ("３６．５％", Decimal("0.365")), ("", None), (" 0 % ", Decimal(0))],
)
def test_a_rate_with_a_percent_sign_is_read(
    write: Write, name: str, text: str, expected: Decimal | None
) -> None:
    """The yearly rate becomes a fraction; a blank one stays unknown."""
    content = text_of(row_of() + "," + text, header=[*COLUMNS, name])
    listing = only_listing(read_online_lending(write(content), FACTS))

    assert expected == listing.obligation.annual_rate


@pytest.mark.parametrize("trap", [False, True])
def test_amounts_and_rates_are_exact_in_any_context(write: Write, trap: bool) -> None:
    """Whatever decimal context the caller has set, no digit of an amount or rate is lost."""
    row = row_of(累计借款金额="123,456,789.01", 剩余欠款金额="12345.678901万") + ",36.1234%"
    content = text_of(row, header=[*COLUMNS, "年利率"])
    with localcontext(prec=3) as context:
        context.traps[Inexact] = trap
        listing = only_listing(read_online_lending(write(content), FACTS))

    assert Money(12_345_678_901, "CNY") == listing.obligation.principal
    assert Money(12_345_678_901, "CNY") == listing.obligation.outstanding
    assert Decimal("0.361234") == listing.obligation.annual_rate


@pytest.mark.parametrize("text", ["24", "0.24", "-1%", "24%%", "二十四"])
def test_a_rate_without_a_percent_sign_is_refused(write: Write, text: str) -> None:
    """A bare number may be a fraction or per cent, so it is neither."""
    content = text_of(row_of() + "," + text, header=[*COLUMNS, "年化利率"])

    assert kinds(read_online_lending(write(content), FACTS)) == [["rate-form"]]


def test_all_faults_of_a_row_are_collected(write: Write) -> None:
    """One round of correction suffices: every fault of a row is told at once."""
    row = row_of(
        姓名="", 身份证号="1", 借款平台="x", 累计借款金额="x", 拖欠开始日期="x", 是否失联="x"
    )
    expected = "name-missing identifier-length creditor-differs amount-form date-form flag-form"

    assert [expected.split()] == kinds(read_online_lending(write(text_of(row)), FACTS))


def test_a_long_file_name_does_not_refuse_rows(tmp_path: Path) -> None:
    """The reference is cut to what a listing may carry."""
    path = tmp_path / ("r" * 250)
    path.write_text(text_of(row_of()), encoding="utf-8")

    assert only_listing(read_online_lending(path, FACTS)).reference.endswith(":2")


# -- Conduct ---------------------------------------------------------------------------------

BY_CODE = '[conduct]\ncode = "ASSET_TRANSFER"\nstart = 2018-05-01\nend = 2018-06-01\n'
BY_COLUMN = '[conduct]\ncolumn = "逃废债情形"\nstart = 2018-05-01\n'


def test_without_proof_nobody_absconded(write: Write) -> None:
    """A yes is refused if the batch names nothing that proves it."""
    facts = BatchFacts.from_toml(BATCH + LOG)

    assert kinds(read_online_lending(write(text_of(row_of())), facts)) == [["abscond-unproven"]]


def test_the_batch_code_holds_for_those_who_can_be_reached(write: Write) -> None:
    """A no takes the batch's conduct, without what proves that others absconded."""
    facts = BatchFacts.from_toml(BATCH + LOG + ABSCOND + BY_CODE)
    rows = text_of(row_of(是否失联="否"), row_of())
    reachable, absconded = read_online_lending(write(rows), facts)

    assert isinstance(reachable, Listing)
    assert isinstance(absconded, Listing)
    assert reachable.conduct is not None
    assert absconded.conduct is not None
    assert ConductCode.ASSET_TRANSFER is reachable.conduct.code
    assert dt.date(2018, 6, 1) == reachable.conduct.end
    assert reachable.evidence == ()
    assert ConductCode.ABSCOND is absconded.conduct.code
    assert facts.evidence == absconded.evidence


def test_a_proof_of_more_stays_for_the_rest(write: Write) -> None:
    """A document that proves absconding and the claim still proves the claim of another row."""
    log = LOG.replace('["conduct"]', '["conduct", "claim"]')
    facts = BatchFacts.from_toml(BATCH + log + ABSCOND + BY_CODE)
    listing = only_listing(read_online_lending(write(text_of(row_of(是否失联="否"))), facts))

    assert [item.proves for item in listing.evidence] == [(Proves.CLAIM,)]


@pytest.mark.parametrize(
    ("lost", "cell", "expected"),
    [
        ("否", "ASSET_CONCEAL", ConductCode.ASSET_CONCEAL),
        ("否", "隐匿财产", ConductCode.ASSET_CONCEAL),
        ("否", " 暴力、威胁抗拒执行 ", ConductCode.OBSTRUCT_FORCE),
        ("是", "", ConductCode.ABSCOND),
        ("否", "", "mere-delay"),
        ("否", "无力偿还", "conduct-unknown"),
        ("是", "无力偿还", "conduct-unknown"),
        ("否", "ABSCOND", "conduct-contradicted"),
    ],
)
def test_a_column_tells_the_conduct(
    write: Write, lost: str, cell: str, expected: ConductCode | str
) -> None:
    """The named column holds codes or terms; a blank is mere delay and a contradiction refused."""
    facts = BatchFacts.from_toml(BATCH + LOG + ABSCOND + BY_COLUMN)
    content = text_of(row_of(是否失联=lost) + "," + cell, header=[*COLUMNS, "逃废债情形"])
    (item,) = read_online_lending(write(content), facts)

    if isinstance(item, RowRefusal):
        assert [expected] == [fault.kind for fault in item.faults]
    else:
        assert item.conduct is not None
        assert expected is item.conduct.code


def test_a_named_column_must_be_there(write: Write) -> None:
    """A column of conduct that the batch names is required."""
    facts = BatchFacts.from_toml(BATCH + BY_COLUMN)

    with pytest.raises(LayoutError, match="逃废债情形"):
        list(read_online_lending(write(text_of(row_of())), facts))


def test_the_conduct_column_is_none_of_the_layouts_own(write: Write) -> None:
    """A batch cannot take its conduct from the column of names."""
    facts = BatchFacts.from_toml(BATCH + BY_COLUMN.replace("逃废债情形", "姓名"))

    with pytest.raises(RulebookError, match=r"conduct\.column"):
        read_online_lending(write(text_of(row_of())), facts)


# -- The batch description -------------------------------------------------------------------

BASIS = '[basis]\nkind = "contract"\ninstrument = "合同"\narticle = "8"\nversion = "2018"\n'
NOTICE = '[notice]\nserved = 2019-05-01\nmethod = "post"\nremedy = "可提异议"\n'
WHOLE = BATCH + BASIS + NOTICE + LOG + ABSCOND + BY_CODE


def test_a_whole_batch_is_read(tmp_path: Path) -> None:
    """Every section of the file becomes a value of the model."""
    path = tmp_path / "batch.toml"
    path.write_bytes(b"\xef\xbb\xbf" + WHOLE.encode())
    facts = BatchFacts.load(path)

    assert facts.creditor == "演示网贷"
    assert facts.basis is not None
    assert facts.basis.article == "8"
    assert facts.notice is not None
    assert dt.date(2019, 5, 1) == facts.notice.served
    assert bytes.fromhex("ab" * 32) == facts.evidence[0].digest
    assert facts.abscond is not None
    assert facts.evidence[0] == facts.abscond.proof
    assert ConductFacts(
        dt.date(2018, 5, 1), dt.date(2018, 6, 1), code=ConductCode.ASSET_TRANSFER
    ) == (facts.conduct)


MISTAKES = [
    ("", "batch: is missing"),
    ("[batch]", "batch.creditor: is missing"),
    ("[batch]\ncreditor = 1", "batch.creditor: must be a text"),
    ('[batch]\ncreditor = " "', "batch.creditor: must not be blank"),
    ("batch = 1", "batch: must be a table"),
    (BATCH + "rate = 1", "batch.rate: an unknown key"),
    (BATCH + "[extra]", "extra: an unknown key"),
    ("[batch", "not TOML"),
    ("a = " + "[" * 100_000, "a number or a nesting"),
    ("a = " + "1" * 10_000, "a number or a nesting"),
    (WHOLE.replace('kind = "contract"', 'kind = "rumour"'), "basis.kind: must be one of judgment"),
    (WHOLE.replace('article = "8"', 'article = ""'), "basis.article: must not be blank"),
    (WHOLE.replace('version = "2018"\n', ""), "basis.version: is missing"),
    (WHOLE.replace("2019-05-01", "2019-05-01T08:00:00"), "notice.served: must be a date"),
    (WHOLE.replace("2019-05-01", '"2019-05-01"'), "notice.served: must be a date"),
    (WHOLE.replace('"post"', '"shout"'), "notice.method: must be one of"),
    (WHOLE.replace("ab" * 32, "ab" * 31), r"evidence\[1\].digest: must be 32 bytes"),
    (WHOLE.replace("ab" * 32, "xy" * 32), r"evidence\[1\].digest: must be 64 hex"),
    (WHOLE.replace('["conduct"]', "[]"), r"evidence\[1\].proves: must not be empty"),
    (WHOLE.replace('["conduct"]', "[[1]]"), r"evidence\[1\].proves: must be one of"),
    (WHOLE.replace('["conduct"]', '["claim"]'), "abscond.proof: does not prove conduct"),
    ("evidence = 1\n" + BATCH, "evidence: must be a list"),
    ("evidence = [1]\n" + BATCH, "evidence: must be tables"),
    (BATCH + LOG + LOG, r"evidence\[2\].id: the same"),
    (BATCH + ABSCOND, "abscond.proof: no evidence has that id"),
    (BATCH + LOG + ABSCOND + "ended = 2018-01-01", "abscond.ended: before"),
    (BATCH + "[conduct]\nstart = 2018-01-01", "conduct.code: either a column or a code"),
    (BATCH + BY_CODE + 'column = "x"', "conduct.code: either a column or a code"),
    (BATCH + BY_CODE.replace("ASSET_TRANSFER", "LATE"), "conduct.code: not in the vocabulary"),
    (BATCH + BY_CODE.replace("2018-06-01", "2017-06-01"), "conduct.end: before the start"),
]


@pytest.mark.parametrize(("text", "problem"), MISTAKES)
def test_a_mistake_in_the_batch_is_told_by_its_place(text: str, problem: str) -> None:
    """Every mistake is a rulebook error that names the table and the key."""
    with pytest.raises(RulebookError, match=f"^{problem}"):
        BatchFacts.from_toml(text)


def test_a_batch_file_has_a_limit_and_an_encoding(tmp_path: Path) -> None:
    """A batch description over 256 KiB, or not in UTF-8, is refused."""
    path = tmp_path / "batch.toml"
    path.write_bytes(b"#" * (256 * 1024 + 1))
    with pytest.raises(FileError):
        BatchFacts.load(path)
    path.write_bytes(BATCH.encode("gb18030"))
    with pytest.raises(RulebookError):
        BatchFacts.load(path)


def test_a_proof_must_be_among_the_evidence() -> None:
    """Facts made in code are checked as those from a file."""
    assert FACTS.abscond is not None
    with pytest.raises(InvalidValueError, match="not among the evidence"):
        BatchFacts("演示网贷", abscond=FACTS.abscond)


# -- Anything ----------------------------------------------------------------------------------


@given(
    head=st.sampled_from([b"", (",".join(COLUMNS) + "\n").encode(), b"\xef\xbb\xbf"]),
    tail=st.one_of(
        st.binary(max_size=300),
        st.text('",\t\r\n是否失1890-年月日.万元%\u200b\u3000\ufeff', max_size=200).map(str.encode),
    ),
)
def test_arbitrary_bytes_raise_only_our_errors(
    tmp_path_factory: pytest.TempPathFactory, head: bytes, tail: bytes
) -> None:
    """Whatever the bytes, a reading ends, or fails as an input error."""
    path = tmp_path_factory.getbasetemp() / "arbitrary.csv"
    path.write_bytes(head + tail)
    report = read_online_lending(path, FACTS)
    try:
        items = list(report)
    except InputError:
        return

    assert len(items) == report.rows


@given(
    texts=st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\n"), max_size=12),
        min_size=len(COLUMNS),
        max_size=len(COLUMNS),
    )
)
def test_arbitrary_cells_are_one_row(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    """A row of any cells, properly quoted, is one item and the row after it is another."""
    quoted = ",".join('"' + text.replace('"', '""') + '"' for text in texts)
    path = tmp_path_factory.getbasetemp() / "cells.csv"
    path.write_bytes(text_of("x" + "," * 8, quoted, row_of()).encode())
    items = list(read_online_lending(path, FACTS))

    assert kinds(items)[-1] == []
    assert len(items) in (2, 3)


@given(text=st.text(max_size=200))
def test_arbitrary_batches_raise_only_our_errors(text: str) -> None:
    """Whatever stands in a batch description, it is read or refused as a rulebook."""
    with pytest.raises(RulebookError):
        BatchFacts.from_toml(text)
