"""A layout from outside the library, and the reference of those inside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from creditshare.errors import MisuseError
from creditshare.layouts import (
    BatchFacts,
    Column,
    Layout,
    RefusalKind,
    Refused,
    Row,
    RowRefusal,
    layouts,
    read,
)
from creditshare.layouts.numbers import read_chinese_person
from creditshare.layouts.values import read_date, read_name
from creditshare.model import Borrower, Conduct, ConductCode, Listing, Money, Obligation
from workbooks import Day, xlsx
from world import number

REFERENCE = Path(__file__).parent.parent / "docs" / "reference" / "layouts.md"


# -- a layout of somebody else's: this file is all it takes ------------------------------------


def _listing(row: Row) -> Listing | None:
    name = row.take("Debtor", read_name)
    identifier = row.number_in("Number", read_chinese_person)
    amount = row.amount("Sum")
    since = row.take("Since", read_date)
    if name is None or identifier is None or amount is None or since is None:
        return None
    if amount.minor == 0:
        row.refuse("Sum", Refused(RefusalKind.PERFORMED, "nothing is owed"))
        return None
    borrower = row.make(lambda: Borrower.person(identifier, name=name), name="Debtor")
    debt = row.make(lambda: Obligation(row.batch.creditor, amount, amount, since))
    return row.listing(borrower, debt, Conduct(ConductCode.LOAN_FRAUD, since))


OWN = Layout(
    "own",
    "Somebody else's report",
    (
        Column("Debtor", "the name", also=("Name",)),
        Column("Number", "the number"),
        Column("Sum", "what is owed", amount=True),
        Column("Since", "the default date"),
    ),
    _listing,
    takes=("notice",),
)
ROWS = [["debtor", "NUMBER", "Sum (万元)", "Since"], ["李晓明", number(1), "1.2", "2018-03-01"]]
FACTS = BatchFacts("Example Bank")


@pytest.mark.parametrize("form", ["table", "objects", "workbook"])
def test_a_layout_from_outside_works_like_the_librarys_own(tmp_path: Path, form: str) -> None:
    """A layout in a file of its own, known to nobody, reads all three kinds of report."""
    path = tmp_path / "report"
    if form == "table":
        path.write_text("\n".join(map(",".join, ROWS)), "gb18030")
    elif form == "objects":
        cells = ", ".join(f'"{name}": "{cell}"' for name, cell in zip(*ROWS, strict=True))
        path.write_text("{" + cells + "}", "utf-8")
    else:
        path.write_bytes(xlsx([["a title"], ROWS[0], [*ROWS[1][:2], 1.2, Day(43160)]]))
    report = read(path, OWN, FACTS)
    (listing,) = report

    assert isinstance(listing, Listing)
    assert Money(1_200_000, "CNY") == listing.obligation.outstanding
    assert "Example Bank" == listing.obligation.creditor
    assert 1 == report.rows


def test_its_refusals_are_rows_too(tmp_path: Path) -> None:
    """What such a layout refuses comes out with its column, kind, reason and cells."""
    path = tmp_path / "report.csv"
    path.write_text("\n".join(map(",".join, [ROWS[0], ["x", "1", "0", "2018-03-01"]])), "utf-8")
    (item,) = read(path, OWN, FACTS)

    assert isinstance(item, RowRefusal)
    assert ["Number"] == [fault.field for fault in item.faults]
    assert ("x", "1", "0", "2018-03-01") == item.cells


def test_a_layout_must_say_something_of_each_row(tmp_path: Path) -> None:
    """A row that gives neither a listing nor a fault is the layout's mistake, and never lost."""
    silent = Layout("silent", "Says nothing", (Column("a", "x"),), lambda _row: None)
    path = tmp_path / "report.csv"
    path.write_text("a\n1\n", "utf-8")
    with pytest.raises(MisuseError, match="silent"):
        list(read(path, silent))


def test_what_is_no_layout_is_misuse(tmp_path: Path) -> None:
    """A name is no layout; `layout` finds the layout of a name."""
    with pytest.raises(MisuseError):
        read(tmp_path / "x", "court-list", FACTS)  # type: ignore[arg-type]


# -- the reference ---------------------------------------------------------------------------


def told(layout: Layout) -> list[str]:
    """The rows of the tables that describe a layout."""
    rows = [
        f"| `{column.name}` | {', '.join(f'`{name}`' for name in column.also)} "
        f"| {'yes' if column.needed else ''} | {column.holds} |"
        for column in layout.columns
    ]
    return rows + [f"| `{name}` | {why} |" for name, why in layout.dropped]


def sections() -> dict[str, str]:
    """The text of the reference under each heading."""
    parts = REFERENCE.read_text("utf-8").split("\n## ")[1:]
    return {part.partition("\n")[0]: part for part in parts}


@pytest.mark.parametrize("layout", layouts().values(), ids=lambda layout: layout.name)
def test_the_reference_tells_every_column(layout: Layout) -> None:
    """The reference has a layout's columns, names, reasons and batch sections, and no others."""
    section = sections()[layout.name]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    taken = ", ".join(f"`{name}`" for name in layout.takes) or "nothing"

    assert told(layout) == rows
    assert f"{layout.title}." in section
    assert f"From the batch: {taken}." in section


def test_the_reference_describes_nothing_else() -> None:
    """Every section of the reference that describes columns is of a layout there is."""
    described = {name for name, text in sections().items() if "From the batch: " in text}

    assert set(layouts()) == described
