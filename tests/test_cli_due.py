"""What is owed by when, on the command line: dispute, answer, settle, repair, statement, due."""

from __future__ import annotations

import datetime as dt
import json
import sys
from typing import Any

import attrs
import pytest

import creditshare as cs
from creditshare.calendars import Due, Span
from terminal import WHY, Exchange
from test_cli_marks import ASKED_ABOUT, PEOPLE, PERSON, STRANGER
from world import DAY, NOW, TODAY


def told(text: str) -> dict[str, Any]:
    """A result as JSON."""
    found: dict[str, Any] = json.loads(text)
    return found


def at(days: int) -> tuple[str, str]:
    """The option for a later day."""
    return "--at", (NOW + days * DAY).isoformat()


def disputed(exchange: Exchange, *words: str) -> dict[str, Any]:
    """What the lender's dispute of the person's listing says."""
    exchange.imported()
    (exchange.folder / "letter.txt").write_text("I paid in March.\n", "utf-8")
    return told(
        exchange.done("lender", "dispute", "--words", "letter.txt", "--json", *words, stdin=PEOPLE)
    )


def due(exchange: Exchange, *words: str) -> tuple[int, dict[str, Any]]:
    """How `due` ends, and what it tells."""
    ended = exchange.run("lender", "due", "--json", *words)
    return ended.code, told(ended.out)


def test_nothing_is_due(exchange: Exchange) -> None:
    """On a fresh ledger nothing is due within a month, and the command ends well."""
    exchange.imported()

    assert (0, {"on": str(TODAY), "overdue": 0, "due": []}) == due(exchange)


def test_a_dispute_is_due_and_then_overdue(exchange: Exchange) -> None:
    """The answer is due in 20 days with rule and citation; a day later it is overdue, code 17."""
    said = disputed(exchange)
    in_time, later = due(exchange, *at(20)), due(exchange, *at(21))
    (row,), (late,) = in_time[1]["due"], later[1]["due"]

    assert "marked" == said["state"]
    assert [str(TODAY + 20 * DAY)] == [term["due"] for term in said["terms"]]
    assert [True] == [term["verified"] for term in said["terms"]]
    assert (0, 0, False) == (in_time[0], row["days_left"], row["overdue"])
    assert (17, -1, True) == (later[0], late["days_left"], late["overdue"])
    assert ("duty", "issuer", "CN-CR-ANSWER", True, False) == (
        row["kind"], row["party"], row["rule"], row["verified"], row["provisional"]
    )  # fmt: skip
    assert "25" in row["citation"]
    assert said["listing"] == row["listing"]
    assert "核查并答复异议" == row["what_zh"]


@attrs.frozen
class Guessing:
    """A calendar that counts too long, provisionally."""

    def after(self, day: dt.date, span: Span, *, never_early: bool = False) -> Due:
        """Day 40 from there."""
        return Due(day + 40 * DAY, provisional=True)


def test_sealing_marks_a_provisional_day_again(exchange: Exchange) -> None:
    """A mark that gives too long a time is replaced before the bundle is sealed, unasked."""
    exchange.with_bundle()
    with cs.LedgerStore(exchange.home("lender") / "ledger.db") as store:
        ledger = cs.Ledger(store, origin="lender")
        (listing_id,) = ledger.live_listings_of(cs.ResidentID.parse(PERSON))
        ledger.dispute(listing_id, on=TODAY, calendar=Guessing(), at=NOW)
    exchange.sealed("2.csb", "--since", "last")
    exchange.done("bank", "apply", "2.csb")
    found = told(exchange.done("bank", "screen", *WHY, "--json", stdin=ASKED_ABOUT))

    assert [str(TODAY + 20 * DAY)] == [item["disputed_until"] for item in found["matches"]]


def test_what_is_overdue_comes_first(exchange: Exchange) -> None:
    """An overdue answer stands before a confirmation that is due earlier or later."""
    disputed(exchange)
    code, found = due(exchange, *at(170), "--within", "30")
    kinds, days = ([row[name] for row in found["due"]] for name in ("kind", "due"))

    assert 17 == code
    assert ("duty", 1) == (kinds[0], found["overdue"])
    assert {"confirmation"} == set(kinds[1:])
    assert sorted(days[1:]) == days[1:]


def test_an_answer_ends_it(exchange: Exchange) -> None:
    """After the answer nothing is owed; a second answer has no dispute to answer, code 13."""
    disputed(exchange)
    answered = told(exchange.done("lender", "answer", "--rejected", "--json", stdin=PEOPLE))
    again = exchange.run("lender", "answer", "--rejected", stdin=PEOPLE)

    assert "listed" == answered["state"]
    assert (0, []) == (due(exchange, *at(25))[0], due(exchange)[1]["due"])
    assert 13 == again.code
    assert "cannot become answered" in again.err


def test_an_upheld_dispute_is_no_match(exchange: Exchange) -> None:
    """Who was right needs review at once at every recipient, until the listing is corrected."""
    exchange.with_bundle()
    exchange.done("lender", "dispute", stdin=PEOPLE)
    upheld = told(exchange.done("lender", "answer", "--upheld", "--json", stdin=PEOPLE))
    exchange.sealed("2.csb", "--since", "last")

    assert "upheld" == upheld["state"]


@pytest.mark.parametrize("words", [("dispute",), ("answer", "--upheld"), ("settle",), ("repair",)])
def test_one_listing_at_a_time(exchange: Exchange, words: tuple[str, ...]) -> None:
    """A stranger, an unknown id and nobody at all are code 14, and nothing is changed."""
    exchange.imported()
    codes = [
        exchange.run("lender", *words, stdin=STRANGER).code,
        exchange.run("lender", *words, "--listing", "00" * 16).code,
        exchange.run("lender", *words).code,
    ]

    assert [14, 14, 14] == codes


def test_settle_and_statement_reach_the_recipient(exchange: Exchange) -> None:
    """What was paid and what the person says stands in the next bundle, and ends nothing later."""
    exchange.with_bundle()
    words = "I was ill when the letter came."
    (exchange.folder / "words.txt").write_text(words, "utf-8")
    settled = told(exchange.done("lender", "settle", "--json", stdin=PEOPLE))
    stated = told(
        exchange.done("lender", "statement", "--words", "words.txt", "--json", stdin=PEOPLE)
    )
    exchange.sealed("2.csb", "--since", "last")
    exchange.done("bank", "apply", "2.csb")
    found = told(exchange.done("bank", "screen", *WHY, "--json", stdin=ASKED_ABOUT))
    twice = exchange.run("lender", "settle", stdin=PEOPLE)

    assert settled["listing"] == stated["listing"]
    assert ("listed", "2027-05-22") == (settled["state"], settled["last_day"])
    assert [0] == [match["says"]["outstanding_minor"] for match in found["matches"]]
    assert [words] == [match["says"]["statement"]["text"] for match in found["matches"]]
    assert 13 == twice.code


def test_no_repair_where_there_is_none(exchange: Exchange) -> None:
    """The packaged rulebook knows no credit repair, so there is none to note."""
    exchange.imported()
    ended = exchange.run("lender", "repair", stdin=PEOPLE)

    assert (13, True) == (ended.code, "does not know" in ended.err)


@pytest.mark.parametrize(
    "words",
    [
        ("dispute",),
        ("answer", "--rejected"),
        ("repair",),
        ("resume",),
        ("settle",),
        ("withdraw", "--reason", "settled"),
    ],
)
def test_nothing_happens_on_a_day_that_has_not_come(
    exchange: Exchange, words: tuple[str, ...]
) -> None:
    """A day to come neither puts off a term nor brings forward what must wait, code 13."""
    disputed(exchange)
    before = due(exchange)
    ended = exchange.run("lender", *words, "--on", str(TODAY + DAY), stdin=PEOPLE)

    assert (13, "", True) == (ended.code, ended.out, "has not come" in ended.err)
    assert before == due(exchange)


WORKING_DAYS = """
[rulebook]
id = "house"
extends = "cn"
version = "1"
jurisdiction = "CN"
title = "Ours"
title_zh = "我们的"

[[rule]]
id = "CN-CR-ANSWER"
deadline = "answer"
requires = "a dispute is answered in 15 working days"
requires_zh = "异议于15个工作日内答复"
value = 15
unit = "working-days"
source = "policy"
verified = true
citation = { instrument = "house rules", article = "1", version = "1" }
"""


@pytest.mark.parametrize("words", [("dispute",), ("answer", "--rejected"), ("settle",)])
def test_a_calendar_that_is_missing_changes_nothing(
    exchange: Exchange, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the calendar that its terms are counted by, a case does not move, code 13."""
    (exchange.folder / "house.toml").write_text(WORKING_DAYS, "utf-8")
    exchange.run("lender", "import", "report.csv", "--batch", "batch.toml", "--rules", "house.toml")
    if words[0] == "answer":
        exchange.done("lender", "dispute", stdin=PEOPLE)
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "holidays", None)
        ended = exchange.run("lender", *words, stdin=PEOPLE)
    again = exchange.run("lender", *words, stdin=PEOPLE)

    assert (13, "") == (ended.code, ended.out)
    assert (0, "") == (again.code, again.err)


def test_words_must_be_text(exchange: Exchange) -> None:
    """A letter that is not UTF-8, or is missing, is refused before anything is noted."""
    exchange.imported()
    (exchange.folder / "letter.txt").write_bytes("我已还款".encode("gb18030"))
    codes = [
        exchange.run("lender", "dispute", "--words", name, stdin=PEOPLE).code
        for name in ("letter.txt", "none.txt")
    ]

    assert [4, 4] == codes
    assert [] == due(exchange)[1]["due"]


def test_the_table_for_people(exchange: Exchange) -> None:
    """In a pipe the table has one line for each thing that is due, under its names."""
    disputed(exchange)
    lines = exchange.done("lender", "due").splitlines()

    assert ["on: " + str(TODAY), "overdue: 0", "due:"] == lines[:3]
    assert lines[3].startswith("due\tdays left\toverdue") or lines[3].startswith("due\tdays_left")
    assert 5 == len(lines)
    assert dt.date.fromisoformat(lines[4].split("\t")[0]) == TODAY + 20 * DAY
