"""The made-up data: the reader finds in it exactly what its maker says is there."""

from __future__ import annotations

import csv
import datetime as dt
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from creditshare.identifiers import ResidentID
from creditshare.layouts import BatchFacts, RowRefusal, read_online_lending
from creditshare.model import Listing

sys.path.insert(0, str(Path(__file__).parents[1] / "examples"))

from synthetic import ReportTruth, make_applicants, make_facts, make_report

SERVED = dt.date(2019, 5, 1)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, BatchFacts, ReportTruth]:
    """A report of 3,000 rows, its batch description and the truth about it."""
    folder = tmp_path_factory.mktemp("made")
    truth = make_report(folder / "report.csv", 3000, seed=1)
    make_facts(folder / "batch.toml", SERVED)
    return folder / "report.csv", BatchFacts.load(folder / "batch.toml"), truth


def test_every_row_is_accounted_for(made: tuple[Path, BatchFacts, ReportTruth]) -> None:
    """Listings and refusals are those that were put in, and together all the rows."""
    path, facts, truth = made
    report = read_online_lending(path, facts)
    items = list(report)
    refused = Counter(
        fault.kind.value for item in items if isinstance(item, RowRefusal) for fault in item.faults
    )

    assert 3000 == len(items) == report.rows == truth.rows
    assert truth.refusals == dict(refused)
    assert truth.listings == sum(isinstance(item, Listing) for item in items)
    assert 0.75 < truth.listings / truth.rows < 0.85


def test_no_refusal_repeats_a_cell(made: tuple[Path, BatchFacts, ReportTruth]) -> None:
    """Whatever a refused row holds, no fault of it shows it."""
    path, facts, _ = made
    cells = dict(_rows(path))
    for item in read_online_lending(path, facts):
        if isinstance(item, RowRefusal):
            told = " ".join(map(str, item.faults))

            assert [cell for cell in cells[item.row] if len(cell) > 1 and cell in told] == []


def test_duplicates_and_minors_are_listings(made: tuple[Path, BatchFacts, ReportTruth]) -> None:
    """A duplicate names the same borrower in the same identifier; a minor is found by its date."""
    path, facts, truth = made
    listings = [item for item in read_online_lending(path, facts) if isinstance(item, Listing)]
    borrowers = {listing.borrower.identifiers for listing in listings}
    birth_dates = [listing.borrower.known_birth_date for listing in listings]

    assert truth.duplicates == len(listings) - len(borrowers)
    assert truth.minors == sum(day is not None and day.year > 2000 for day in birth_dates)


def test_evaders_are_in_the_report(made: tuple[Path, BatchFacts, ReportTruth]) -> None:
    """The evaders a demo looks for are listed under their names and numbers."""
    path, facts, truth = made
    listed = {
        (item.borrower.name, item.borrower.identifiers[0].value)
        for item in read_online_lending(path, facts)
        if isinstance(item, Listing)
    }

    assert len(truth.evaders) == 5
    assert {(evader.name, evader.number) for evader in truth.evaders} <= listed


def test_the_same_seed_gives_the_same_data(tmp_path: Path) -> None:
    """Reports and applicants are repeatable, and another seed gives others."""
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        make_report(tmp_path / name, 50, seed)
    same, again, other = ((tmp_path / name).read_bytes() for name in "abc")

    assert same == again != other
    assert list(make_applicants(20, 5)) == list(make_applicants(20, 5))


def test_applicants_are_strangers_but_for_the_evaders(
    made: tuple[Path, BatchFacts, ReportTruth],
) -> None:
    """Every number is valid and in the region nobody has; only the evaders are in the report."""
    path, facts, truth = made
    applicants = list(make_applicants(2000, 3, truth.evaders))
    numbers = [ResidentID.parse(number) for _, number, _, _ in applicants]
    listed = {
        item.borrower.identifiers[0]
        for item in read_online_lending(path, facts)
        if isinstance(item, Listing)
    }

    assert {"888888"} == {number.value[:6] for number in numbers}
    assert {evader.number for evader in truth.evaders} == {
        number.value for number in numbers if number in listed
    }
    assert [born for _, _, _, born in applicants] == [number.birth_date for number in numbers]
    assert len({reference for reference, _, _, _ in applicants}) == 2000


def test_an_empty_report_is_one(tmp_path: Path) -> None:
    """No rows are no listings and no evaders."""
    truth = make_report(tmp_path / "report.csv", 0, seed=1)

    assert (truth.rows, truth.listings, truth.evaders) == (0, 0, ())


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Every row by the number of its first physical line, as the standard library reads it."""
    with path.open(encoding="gb18030", newline="") as file:
        reader = csv.reader(file)
        begins = 1
        for cells in reader:
            yield begins, cells
            begins = reader.line_num + 1
