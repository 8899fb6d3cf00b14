"""The benchmarks: every one runs, finds what it should, and tells it in one shape. Never a time."""

from __future__ import annotations

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from benchmarks import data
from benchmarks.report import Row
from benchmarks.suite import FULL_SIZE, PARSE_RATE, SUBJECTS, SUMS, in_order, told
from creditshare import CreditshareError, ResidentID

ROOT = Path(__file__).parent.parent
FIELDS = {field.name for field in Row.__attrs_attrs__}
AMOUNT = 200


def benchmarks(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of one small run of everything."""
    path = tmp_path_factory.mktemp("benchmarks") / "results.json"
    done = benchmarks("--all", "--n", str(AMOUNT), "--out", str(path), "--date", "2026-11-23")
    assert (0, "") == (done.returncode, done.stderr)
    assert not [name for name in SUBJECTS if name not in done.stdout]
    return path


def rows(results: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(results.read_text("utf-8"))["rows"]
    return found


def test_every_subject_and_sum_is_told_against_each_of_its_peers(results: Path) -> None:
    """A run of everything has a row for each comparison of the suite, and no other."""
    expected = [
        (name, peer.name if peer else None)
        for name, peers in [
            *((subject.name, subject.peers) for subject in SUBJECTS.values()),
            *((name, peers) for name, (_, peers) in SUMS.items()),
        ]
        for peer in peers or (None,)
    ]

    assert expected == [(row["name"], row["peer"]) for row in rows(results)]


def test_a_row_has_one_shape(results: Path) -> None:
    """Every row has the same fields, with positive figures, and a ratio where there is a peer."""
    for row in rows(results):
        assert FIELDS == set(row)
        assert AMOUNT == row["n"]
        assert min(row[key] for key in ("seconds", "per_record_us", "peak_mb")) > 0
        assert (row["peer"] is None) == (row["ratio"] is None) == (row["peer_us"] is None)


def test_calls_timed_one_by_one_have_percentiles(results: Path) -> None:
    """Look-ups and screenings of one have a median and a 99th percentile, and nothing else has."""
    single = {name for name in SUBJECTS if name.startswith(("screen-one", "look-up"))}

    assert single - {"look-up-many"} == {row["name"] for row in rows(results) if row["p50_us"]}
    assert all(row["p50_us"] <= row["p99_us"] for row in rows(results) if row["p50_us"])


def test_limits_count_at_a_million_only(results: Path) -> None:
    """At a small amount no limit is called met or missed."""
    assert AMOUNT != FULL_SIZE
    assert {(None, None)} == {(row["met"], row["memory_met"]) for row in rows(results)}


def test_a_run_tells_its_machine(results: Path) -> None:
    """Results carry the machine, the versions and the date given."""
    told_of = json.loads(results.read_text("utf-8"))

    assert "2026-11-23" == told_of["date"]
    assert {"cpu", "cores", "memory_gb", "system", "python", "sqlite", "libraries"} == set(
        told_of["machine"]
    )


def test_json_is_one_object_a_line() -> None:
    """`NAME --json` prints the subject and its peers, one JSON object a line."""
    done = benchmarks("parse-and-tag", "--n", str(AMOUNT), "--json")
    found = [json.loads(line) for line in done.stdout.splitlines()]

    assert ["hmac", "parse-and-tag", "parse-and-tag"] == [row["name"] for row in found]
    assert [None, PARSE_RATE, "hmac"] == [row["peer"] for row in found]


def test_a_profile_names_what_takes_the_time() -> None:
    """`--profile` prints the functions that ran inside the clock, by own time."""
    done = benchmarks("seal", "--n", str(AMOUNT), "--profile")

    assert 0 == done.returncode
    assert "internal time" in done.stderr
    assert "seal.py" in done.stderr


@pytest.mark.parametrize(
    "arguments", [["recrod"], [], ["charts", "one"], ["record", "--n", "0"], ["table"]]
)
def test_what_is_no_subject_is_refused(arguments: list[str]) -> None:
    """A command line that names no subject, or no amount, ends with its usage."""
    done = benchmarks(*arguments)

    assert (2, "") == (done.returncode, done.stdout)
    assert "usage" in done.stderr


def test_charts_are_the_same_for_the_same_results(results: Path, tmp_path: Path) -> None:
    """The charts of one file of results are well-formed SVG, byte for byte the same twice."""
    drawn = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        done = benchmarks("charts", str(results), str(folder))
        assert (0, "") == (done.returncode, done.stderr)
        drawn.append({path.name: path.read_bytes() for path in folder.iterdir()})

    assert drawn[0] == drawn[1]
    assert {"throughput.svg", "latency.svg", "memory.svg"} == set(drawn[0])
    assert all(ET.fromstring(chart).tag.endswith("svg") for chart in drawn[0].values())  # noqa: S314 - ours


def test_the_table_has_a_line_a_comparison(results: Path) -> None:
    """`table` turns results into a Markdown table, and tells the machine below it."""
    done = benchmarks("table", str(results))
    lines = [line for line in done.stdout.splitlines() if line.startswith("|")]

    assert len(rows(results)) + 2 == len(lines)
    assert {lines[0].count("|")} == {line.count("|") for line in lines}
    assert "Measured on 2026-11-23" in done.stdout


def test_what_a_subject_needs_comes_before_it() -> None:
    """The order of the suite is one in which every file is written before it is read."""
    for name in [*SUBJECTS, *SUMS]:
        seen: set[str] = set()
        for subject in in_order(told([name])):
            assert seen.issuperset(subject.needs)
            seen.add(subject.name)


def test_no_two_generated_persons_share_a_number() -> None:
    """Generated identity numbers are valid, all different, and no applicant's by chance."""
    listed = {item.borrower.identifiers[0] for item in data.listings(1000)}
    strangers = {item.identifiers[0] for item in data.applicants(1000, 1000, every=1001)}

    assert 1000 == len(listed)
    assert len(strangers) >= 999
    assert len(listed & strangers) <= 1


def test_messy_numbers_are_as_messy_as_stated() -> None:
    """About two rows of a hundred are refused and ten need folding; the rest are clean."""
    refused = smudged = 0
    for text in data.messy_numbers(5000):
        try:
            smudged += ResidentID.parse(text).value != text
        except CreditshareError:
            refused += 1

    assert 50 < refused < 150
    assert 350 < smudged < 550
