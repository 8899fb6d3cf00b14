"""The joint view on the command line: one view of each applicant, as text and as JSON lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import attrs
import pytest

import creditshare as cs
from creditshare.cli.views import told
from creditshare.joint import joint_view
from creditshare.screening import Match, Screening, SecondFactor
from terminal import WHY, Ended, Exchange
from world import DAY, NOW, TODAY, listing

PERSON = "888888198405170053"
PEOPLE = f"scheme,identifier\ncn-rid,{PERSON}\n"
ASKED_ABOUT = f"reference,scheme,identifier,name\nA-5,cn-rid,{PERSON},陈静\n"
NAMESAKE = f"A-6,cn-rid,{PERSON},王某\n"
STRANGER = "A-7,cn-rid,888888198005178013,某人\n"
TORN = "A-8,cn-rid,88888819830517004,刘洋\n"


@pytest.fixture
def heard(exchange: Exchange) -> Exchange:
    """An exchange whose bank holds the lender's listings."""
    return exchange.with_bundle()


def joint(exchange: Exchange, *words: str, people: str = ASKED_ABOUT) -> Ended:
    """How the bank's look at people ends."""
    return exchange.run("bank", "joint", *WHY, *words, stdin=people)


def views(ended: Ended) -> list[dict[str, Any]]:
    """The views, from JSON lines."""
    return [json.loads(line) for line in ended.out.splitlines()]


def tell(exchange: Exchange, name: str) -> None:
    """The lender seals what is new, and the bank applies it."""
    exchange.sealed(name, "--since", "last")
    exchange.done("bank", "apply", name)


def test_a_view_tells_what_is_owed_and_what_may_be_done(heard: Exchange) -> None:
    """The view of a borrower has the debt, its sum, and the lender's measures with their law."""
    (view,) = views(joint(heard, "--json"))
    (debt,), (owed,) = view["debts"], view["owed"]
    (report,) = debt["reports"]
    known = {item.code: item.verified for item in cs.measures("cn").measures}

    assert (2, "A-5", "match") == (view["row"], view["reference"], view["outcome"])
    assert ("lender", False) == (report["origin"], report["disputed"])
    assert ("CNY", "borrower", debt["least_minor"], debt["most_minor"]) == tuple(owed.values())
    assert ("borrower", "borrower", None) == (debt["role"], report["role"], report["statement"])
    assert {("lender", "may")} == {(item["role"], item["duty"]) for item in view["measures"]}
    assert {"RATE_INCREASE", "LOAN_LIMIT"} == {item["code"] for item in view["measures"]}
    for item in view["measures"]:
        (rest,) = item["rests_on"]
        assert "国发〔2016〕33号" in item["citation"]
        assert known[item["code"]] is item["verified"]
        assert (str(TODAY), report["listing"]) == (item["first_day"], rest["listing"])
        assert item["first_day"] < item["last_day"] == rest["last_day"]
    assert ([], [], {"count": 0, "reasons": {}}, ["lender"]) == tuple(
        view[name] for name in ("alike", "paused", "reviews", "consulted")
    )


def test_text_says_what_json_says(heard: Exchange) -> None:
    """As text each view is a block of its own with the same measures and reasons."""
    ended = joint(heard, people=ASKED_ABOUT + NAMESAKE)
    first, second = ended.out.strip().split("\n\n")

    assert (0, "") == (ended.code, ended.err)
    assert "reference: A-5" in first
    assert "code: LOAN_LIMIT" in first
    assert "duty: may" in first
    assert "name-conflict: 1" in second
    assert "LOAN_LIMIT" not in second


def test_every_row_has_its_view_or_is_refused(heard: Exchange) -> None:
    """A namesake is counted for review, a stranger is clear, and a bad row is refused alone."""
    ended = joint(heard, "--json", people=ASKED_ABOUT + TORN + NAMESAKE + STRANGER)
    shown = views(ended)

    assert [(2, "match"), (4, "needs-review"), (5, "clear")] == [
        (view["row"], view["outcome"]) for view in shown
    ]
    assert [0, 1, 0] == [view["reviews"]["count"] for view in shown]
    assert 1 == shown[1]["reviews"]["reasons"]["name-conflict"]
    assert [([], []), ([], [])] == [(view["debts"], view["measures"]) for view in shown[1:]]
    assert 3 == ended.code
    assert 3 == json.loads(ended.err)["refused_row"]


def test_nobody_is_identified_in_a_view(heard: Exchange) -> None:
    """No view repeats an identifier or a name."""
    shown = joint(heard).out + joint(heard, "--json").out

    assert [] == [word for word in (PERSON, "陈静") if word in shown]


def test_a_dispute_is_shown_with_its_last_day(heard: Exchange) -> None:
    """While a dispute may be answered, the view says so, and nothing rests on it for longer."""
    (before,) = views(joint(heard, "--json"))
    heard.done("lender", "dispute", stdin=PEOPLE)
    tell(heard, "2.csb")
    (view,) = views(joint(heard, "--json"))
    (disputed,) = view["disputes"]

    assert [] == before["disputes"]
    assert str(TODAY) < disputed["until"] < before["measures"][0]["last_day"]
    assert [True] == [report["disputed"] for report in view["debts"][0]["reports"]]
    assert {(True, disputed["until"])} == {
        (rest["disputed"], rest["last_day"]) for it in view["measures"] for rest in it["rests_on"]
    }


def test_a_statement_and_a_role_stand_with_their_report(heard: Exchange) -> None:
    """What the person says, and in which role it stands, is told of each report, as text too."""
    words = heard.folder / "words.txt"
    words.write_text("I paid half of it.", encoding="utf-8")
    heard.done("lender", "statement", "--words", str(words), stdin=PEOPLE)
    tell(heard, "2.csb")
    (view,) = views(joint(heard, "--json"))
    text = joint(heard).out

    assert [{"on": str(TODAY), "text": "I paid half of it."}] == [
        report["statement"] for report in view["debts"][0]["reports"]
    ]
    assert "text: I paid half of it." in text
    assert "role: borrower" in text


def test_an_exemption_pauses(heard: Exchange) -> None:
    """What rests on an exempted listing alone is paused until the day after."""
    until = TODAY + 20 * DAY
    words = ("--until", str(until), "--cause", "illness")
    heard.done("lender", "exempt", *words, stdin=PEOPLE)
    tell(heard, "2.csb")
    (view,) = views(joint(heard, "--json"))

    assert [str(until)] == [item["until"] for item in view["exemptions"]]
    assert [] == view["measures"]
    assert {str(until + DAY)} == {item["first_day"] for item in view["paused"]}


def test_debts_that_may_be_one_are_told_by_their_numbers() -> None:
    """Two debts that resemble each other are named by number, with what differs, as a range."""
    first = listing(1)
    second = listing(1, obligation=attrs.evolve(first.obligation, creditor="某某网贷平台"))
    last = TODAY + 90 * DAY
    matches = [
        Match(origin, origin, said.id, said, (SecondFactor.NAME,), (), None, last)
        for origin, said in (("platform", first), ("bank", second))
    ]
    answer = Screening("a1", cs.Outcome.MATCH, tuple(matches), (), (), ("bank", "platform"))
    lender = [cs.Role.LENDER]
    data = told(joint_view(answer, catalogue=cs.measures("cn"), roles=lender, at=NOW), answer)

    assert [{"debt": 1, "may_be": 2, "differ": ["creditor"]}] == data["alike"]
    assert [1, 2] == [debt["debt"] for debt in data["debts"]]
    assert [("CNY", "borrower", 1_500_000, 3_000_000)] == [
        tuple(owed.values()) for owed in data["owed"]
    ]
    assert {("platform", "bank")} == {
        tuple(rest["origin"] for rest in item["rests_on"]) for item in data["measures"]
    }


def test_each_view_is_a_query(heard: Exchange) -> None:
    """Who looks at a joint view stands in the log of queries."""
    joint(heard)
    rows = heard.done("bank", "audit", "queries").splitlines()

    assert 2 == len(rows)
    assert "desk-7" in rows[1]


@pytest.mark.parametrize("missing", ["--purpose", "--role", "--caller", "--consent"])
def test_who_asks_and_why_has_no_default(heard: Exchange, missing: str) -> None:
    """Without purpose, role, caller or consent nothing is asked."""
    place = WHY.index(missing)
    words = WHY[:place] + WHY[place + 2 :]
    ended = heard.run("bank", "joint", *words, stdin=ASKED_ABOUT)

    assert (2, "") == (ended.code, ended.out)


def test_a_person_is_no_argument(heard: Exchange) -> None:
    """Whoever types a number where the file belongs is refused without an echo."""
    ended = joint(heard, PERSON)

    assert 0 != ended.code
    assert PERSON not in ended.out + ended.err


def test_nobody_to_look_at(heard: Exchange, tmp_path: Path) -> None:
    """An empty list ends with 14."""
    empty = tmp_path / "empty.csv"
    empty.write_text("scheme,identifier\n")

    assert [14, 14] == [joint(heard, people="").code, joint(heard, str(empty)).code]
