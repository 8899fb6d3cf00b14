"""Cases before they are listed, on the command line: prepare, serve, represent, decide, record."""

from __future__ import annotations

import re
from typing import Any

import pytest

from terminal import Ended, Exchange
from test_cli_due import at, due, told
from test_cli_marks import ASKED_ABOUT, PEOPLE, PERSON, STRANGER
from world import DAY, TODAY

SERVED = ("serve", "--words", "remedy.txt", "--method", "post")
DECIDED = ("decide", "--words", "reasons.txt", "--by", "credit committee")


def case(exchange: Exchange, *words: str, stdin: str = "") -> Ended:
    """How a verb of the lender's group ends."""
    return exchange.run("lender", "case", *words, "--json", stdin=stdin)


def moved(exchange: Exchange, *words: str, stdin: str = "") -> dict[str, Any]:
    """What a verb of the lender's group says that must end well."""
    return told(exchange.done("lender", "case", *words, "--json", stdin=stdin))


def states(exchange: Exchange) -> dict[str, str]:
    """Where each prepared case stands."""
    return {row["listing"]: row["state"] for row in moved(exchange, "list")["cases"]}


@pytest.fixture
def prepared(exchange: Exchange) -> Exchange:
    """The lender has prepared the demo's report, and wrote down what is to be said."""
    batch = (exchange.folder / "batch.toml").read_text("utf-8")
    bare = re.sub(r"\[(notice|decision)\]\n(?:.+\n)+", "", batch)
    (exchange.folder / "bare.toml").write_text(bare, "utf-8")
    for name, text in (
        ("remedy.txt", "Object in writing within 15 days."),
        ("reasons.txt", "Absconded with means to pay."),
        ("letter.txt", "I paid in March."),
    ):
        (exchange.folder / name).write_text(text, "utf-8")
    ended = case(exchange, "prepare", "report.csv", "--batch", "bare.toml")
    assert 3 == ended.code, ended
    return exchange


def test_the_whole_way(prepared: Exchange) -> None:
    """A case is prepared, served, waits, is decided, listed, sealed, and found by the bank."""
    served = moved(prepared, *SERVED, stdin=PEOPLE)["cases"]
    _, waiting = due(prepared)
    moved(prepared, "represent", "--words", "letter.txt", *at(5), stdin=PEOPLE)
    early = case(prepared, *DECIDED, *at(15), stdin=PEOPLE)
    decided = moved(prepared, *DECIDED, *at(16), stdin=PEOPLE)["cases"]
    recorded = moved(prepared, "record", *at(16))
    prepared.sealed("1.csb", *at(16))
    prepared.done("bank", "apply", "1.csb", *at(16))
    words = ["--purpose", "credit-application", "--role", "lender", "--caller", "desk"]
    words += ["--consent", "form", "--json", *at(16)]
    answer = told(prepared.done("bank", "screen", *words, stdin=ASKED_ABOUT))
    (one,) = served

    assert ("notified", str(TODAY + 16 * DAY)) == (one["state"], one["list_from"])
    assert [
        ("earliest", "decide the case", one["decide_from"], "CN-CR-ANSWER-TIME"),
        ("earliest", "list the case", one["list_from"], "CN-CR-WAITING"),
    ] == [(row["kind"], row["what"], row["due"], row["rule"]) for row in waiting["due"]]
    assert ["decided"] == [row["state"] for row in decided]
    assert (3, [one["listing"]]) == (
        early.code,
        [row["listing"] for row in told(early.out)["refused_cases"]],
    )
    assert "CN-CR-ANSWER-TIME" in early.out
    assert {"listed": [one["listing"]], "duplicates": [], "refused_cases": []} == recorded
    assert one["listing"] not in states(prepared)
    assert [one["listing"]] == [match["listing"] for match in answer["matches"]]


def test_what_cannot_be_read_is_refused_and_what_is_known_is_left_out(prepared: Exchange) -> None:
    """Rows that give no draft are refused; the same report again prepares nothing."""
    again = case(prepared, "prepare", "report.csv", "--batch", "bare.toml")
    found = told(again.out)

    assert (3, 0, 6, 2, 8) == (
        again.code, found["prepared"], found["duplicates"], found["refused"], found["rows"]
    )  # fmt: skip
    assert {"prepared"} == set(states(prepared).values())
    assert 6 == len(states(prepared))


def test_a_debt_that_was_listed_is_not_prepared(prepared: Exchange) -> None:
    """A debt that was listed is a duplicate, also where its case had been prepared before."""
    for row in moved(prepared, "list")["cases"]:
        moved(prepared, "drop", "--listing", row["listing"])
    prepared.imported()
    again = told(case(prepared, "prepare", "report.csv", "--batch", "bare.toml").out)

    assert (0, 6) == (again["prepared"], again["duplicates"])


def test_an_import_does_not_overtake_a_case(prepared: Exchange) -> None:
    """Debts that are prepared are duplicates of a report, and the decided case is listed itself."""
    (one,) = moved(prepared, *SERVED, stdin=PEOPLE)["cases"]
    moved(prepared, *DECIDED, *at(16), stdin=PEOPLE)
    imported = prepared.run(
        "lender", "import", "report.csv", "--batch", "batch.toml", "--json", "--refusals", "-"
    )
    ended = case(prepared, "record", *at(16))

    assert (0, [one["listing"]], []) == (
        ended.code, told(ended.out)["listed"], told(ended.out)["duplicates"]
    )  # fmt: skip
    assert 3 == imported.code
    assert 5 == len(states(prepared))


def test_a_notice_in_the_batch_is_refused(exchange: Exchange) -> None:
    """A batch that tells of notice or decision prepares nothing, with a hint where they belong."""
    ended = exchange.run("lender", "case", "prepare", "report.csv", "--batch", "batch.toml")

    assert 13 == ended.code
    assert "case serve" in ended.err
    assert not (exchange.home("lender") / "ledger.db").exists()


def test_only_what_was_decided_is_reviewed_unasked(prepared: Exchange) -> None:
    """Without --listing nothing undecided is touched; by name it is refused with reasons."""
    name = next(iter(states(prepared)))
    unasked = moved(prepared, "record")
    asked = case(prepared, "record", "--listing", name)
    (refused,) = told(asked.out)["refused_cases"]

    assert {"listed": [], "duplicates": [], "refused_cases": []} == unasked
    assert (3, name) == (asked.code, refused["listing"])
    assert "notice" in refused["reason"]


def test_reasons_are_told_in_the_language_asked_for(prepared: Exchange) -> None:
    """With --language zh a case is refused in Chinese, by the same rules."""
    name = next(iter(states(prepared)))
    (refused,) = told(case(prepared, "record", "--listing", name, "--language", "zh").out)[
        "refused_cases"
    ]

    assert "告知" in refused["reason"]


def test_no_step_is_skipped(prepared: Exchange) -> None:
    """Without notice nothing is answered or decided; the case stays and the code tells it."""
    before = states(prepared)
    answered = case(prepared, "represent", "--words", "letter.txt", stdin=PEOPLE)
    decided = case(prepared, *DECIDED, stdin=PEOPLE)

    assert (13, 3) == (answered.code, decided.code)
    assert "cannot become decided" in told(decided.out)["refused_cases"][0]["reason"]
    assert before == states(prepared)


def test_several_at_once_and_a_stranger(prepared: Exchange) -> None:
    """All who are found are served, a stranger is told by row, and the code is 3."""
    ended = case(prepared, *SERVED, stdin=STRANGER + f"cn-rid,{PERSON}\n")
    found = told(ended.out)

    assert (3, 1) == (ended.code, len(found["cases"]))
    assert [{"row": 2, "reason": "no prepared case of that borrower"}] == found["refused"]
    assert 1 == list(states(prepared).values()).count("notified")


def test_the_time_to_answer_is_the_rulebooks(exchange: Exchange, prepared: Exchange) -> None:
    """Under the court's rulebook nobody is decided upon while the person may still answer."""
    for name in states(prepared):
        moved(prepared, "drop", "--listing", name)
    words = ("prepare", "report.csv", "--batch", "bare.toml", "--rules", "cn-court-list")
    assert 3 == case(prepared, *words).code
    (one,) = moved(prepared, *SERVED, stdin=PEOPLE)["cases"]
    early = case(prepared, *DECIDED, *at(15), stdin=PEOPLE)
    (row,) = moved(prepared, *DECIDED, *at(16), stdin=PEOPLE)["cases"]
    reason = told(early.out)["refused_cases"][0]["reason"]

    assert str(TODAY + 16 * DAY) == one["decide_from"]
    assert 3 == early.code
    assert f"not before {one['decide_from']}, by CN-CL-ANSWER-TIME [policy; " in reason
    assert ("decided", "") == (row["state"], row["decide_from"])


def test_a_dropped_case_is_gone(prepared: Exchange) -> None:
    """Of a dropped case its number is found no more, and a second drop is code 14."""
    (name,) = moved(prepared, "drop", stdin=PEOPLE)["dropped"]
    twice = [case(prepared, "drop", stdin=PEOPLE), case(prepared, "drop", "--listing", name)]

    assert name not in states(prepared)
    assert [3, 14] == [ended.code for ended in twice]


def test_nothing_tells_whom_a_case_is_about(prepared: Exchange) -> None:
    """What the commands write has ids and references, no number and no name."""
    shown = [case(prepared, *SERVED, stdin=PEOPLE), case(prepared, "list")]

    for ended in shown:
        assert ended.out
        assert PERSON not in ended.out + ended.err
        assert "陈静" not in ended.out + ended.err
