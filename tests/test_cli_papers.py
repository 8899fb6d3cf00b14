"""What the command hands to a person: explain and adverse-notice, in every form."""

from __future__ import annotations

import json
import stat
from typing import Any

import pytest

from terminal import ASKED, WHY, Ended, Exchange

HEADER = "scheme,identifier\n"
HOUSE = """
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
options = ["suspends"]
requires = "a dispute is answered in 7 days"
requires_zh = "异议于七日内答复"
value = 7
unit = "days"
source = "policy"
verified = true
citation = { instrument = "house rules", article = "1", version = "1" }
"""
DECIDED = ("--decision", "Your application is refused.", "--measure", "LOAN_LIMIT")
OFFICE = ("--office", "某某银行", "--contact", "1 Example Road")


def told(text: str) -> Any:
    return json.loads(text)


def explain(exchange: Exchange, *more: str) -> Ended:
    """The lender explains what it said of the borrower who paid."""
    return exchange.run("lender", "explain", "issuer", "paid.csv", *more)


def refuse(exchange: Exchange, *more: str, who: str = "asks.csv") -> Ended:
    """The bank gives notice to somebody, by default one whom it found."""
    return exchange.run("bank", "adverse-notice", who, *DECIDED, *WHY, *OFFICE, *more)


@pytest.mark.parametrize(
    ("more", "begins"),
    [
        ((), "Disclosure: what we said of you\n"),
        (("--language", "zh"), "个人信息披露报告：本机构报送的信息\n"),
        (("--format", "html"), "<!DOCTYPE html>\n"),
        (("--format", "json"), '{"kind": "issuer-report"'),
        (("--json",), '{"kind": "issuer-report"'),
        (("--json", "--format", "text"), "Disclosure: what we said of you\n"),
    ],
)
def test_a_report_has_the_form_and_language_asked_for(
    exchange: Exchange, more: tuple[str, ...], begins: str
) -> None:
    """A report is a letter, a page or data, in English or Chinese."""
    exchange.with_bundle()
    ended = explain(exchange, *more)

    assert (0, "") == (ended.code, ended.err)
    assert ended.out.startswith(begins)


def test_a_report_goes_into_a_new_file_for_this_user_alone(exchange: Exchange) -> None:
    """With --out the paper is a new file of mode 0600, and a file that is there stays."""
    exchange.with_bundle()
    first = explain(exchange, "--format", "html", "--out", "report.html", *OFFICE)
    path = exchange.folder / "report.html"
    page = path.read_text("utf-8")
    again = explain(exchange, "--out", "report.html")

    assert (0, "written: report.html\n") == (first.code, first.out)
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    assert "某某银行" in page
    assert 4 == again.code
    assert page == path.read_text("utf-8")


def test_a_listing_is_explained_by_its_id(exchange: Exchange) -> None:
    """By id a listing is told without anybody's number; nobody need be named."""
    exchange.with_bundle()
    (item,) = told(explain(exchange, "--json").out)["listings"]
    by_id = exchange.done("lender", "explain", "issuer", "--listing", item["listing"], "--json")
    said = told(by_id)

    assert None is said["subject"]
    assert [item["listing"]] == said["asked"]
    assert "****" in said["listings"][0]["found_by"][0]["value"]
    assert "888888" not in by_id


def test_a_paper_is_about_one_person(exchange: Exchange) -> None:
    """Several people in one file are refused: each would read of the others."""
    exchange.with_bundle()
    rows = (exchange.folder / "paid.csv").read_text("utf-8")
    ended = exchange.run("lender", "explain", "issuer", stdin=rows + rows.splitlines()[-1] + "\n")

    assert (13, "") == (ended.code, ended.out)


def test_a_second_person_ends_the_reading(exchange: Exchange) -> None:
    """What stands after the second person is not read, so an endless pipe is refused."""
    exchange.with_bundle()
    rows = (exchange.folder / "paid.csv").read_bytes()
    again = rows.splitlines()[-1] + b"\n"
    ended = exchange.run("lender", "explain", "issuer", stdin=rows + again + b"\xff\xff\n")

    assert (13, "") == (ended.code, ended.out)


def test_a_notice_is_given_after_a_match(exchange: Exchange) -> None:
    """A match carries a notice with the decision, the measure and the listing, in the log."""
    exchange.with_bundle()
    notice = told(refuse(exchange, "--issuer-contact", "2 Example Road", "--json").out)
    queries = exchange.done("bank", "audit", "queries", "--json").splitlines()

    assert ("adverse-action-notice", "Your application is refused.") == (
        notice["kind"],
        notice["decision"],
    )
    assert ["LOAN_LIMIT"] == [item["code"] for item in notice["measures"]]
    assert {"name": notice["said_by"], "address": "2 Example Road"} == (notice["issuer_contact"])
    assert "某某银行" == notice["contact"]["name"]
    assert notice["rights"]
    assert ["credit-application"] == [told(line)["purpose"] for line in queries]


def test_no_notice_without_a_match(exchange: Exchange) -> None:
    """Nobody found, a hit that needs review, or a measure not permitted: there is no notice."""
    exchange.with_bundle()
    listed = (exchange.folder / "asks.csv").read_text("utf-8")
    another = listed.replace("1984-05-17", "1991-01-01")
    (exchange.folder / "another.csv").write_text(another, "utf-8")
    (exchange.folder / "nobody.csv").write_text(f"{HEADER}cn-rid,888888198005178013\n", "utf-8")
    cases = [
        refuse(exchange, who="nobody.csv"),
        refuse(exchange, who="another.csv"),
        refuse(exchange, "--measure", "AIR"),
        refuse(exchange, "--listing", "00" * 16),
    ]

    assert [(14, ""), (13, ""), (13, ""), (14, "")] == [(item.code, item.out) for item in cases]


def test_the_office_stands_in_the_configuration(exchange: Exchange) -> None:
    """Name and contact of the agency are written down once, for every paper."""
    exchange.with_bundle()
    (exchange.home("bank") / "creditshare.toml").write_text(
        'office = "Bank of the example"\ncontact = "1 Example Road"\n', "utf-8"
    )
    text = exchange.done("bank", "explain", "recipient", "asks.csv", *ASKED)

    assert "Bank of the example (bank): 1 Example Road" in text


@pytest.mark.parametrize("side", ["issuer", "recipient"])
def test_a_rulebook_that_is_none_is_refused(exchange: Exchange, side: str) -> None:
    """Whose rights are told is a rulebook's that is there."""
    exchange.with_bundle()
    home, asked = ("lender", ()) if side == "issuer" else ("bank", ASKED)
    ended = exchange.run(home, "explain", side, "asks.csv", "--rules", "nowhere", *asked)

    assert (4, "") == (ended.code, ended.out)


def test_who_states_only_a_number_is_not_shown_a_listing(exchange: Exchange) -> None:
    """A listing found by the number alone may be somebody else's: the paper holds none of it."""
    exchange.with_bundle()
    asked = "cn-rid,888888198405170053\n"
    ended = exchange.run("bank", "explain", "recipient", *ASKED, "--json", stdin=HEADER + asked)
    (found,) = told(ended.out)["findings"]
    text = exchange.done("bank", "explain", "recipient", *ASKED, stdin=HEADER + asked)

    assert ("needs-review", None) == (found["outcome"], found["says"])
    assert "1. No measure may rest on them." in text
    assert "neither the name nor the birth date agrees" in text
    assert "陈静" not in ended.out + text


def test_a_person_and_a_listing_do_not_go_together(exchange: Exchange) -> None:
    """A listing named by id is not printed for a PERSON whose it need not be."""
    exchange.with_bundle()
    (item,) = told(explain(exchange, "--json").out)["listings"]
    named = ("--listing", item["listing"])
    ended = [explain(exchange, *named), exchange.run("lender", "explain", "issuer", "-", *named)]

    assert [(13, ""), (13, "")] == [(item.code, item.out) for item in ended]


def test_the_recipient_tells_what_it_applied_and_where_to_turn(exchange: Exchange) -> None:
    """What was recorded as applied stands in the report, and so does the issuer's office."""
    exchange.with_bundle()
    apply = ("feedback", "applied", "asks.csv", "--measure", "LOAN_LIMIT", *WHY)
    exchange.done("bank", *apply, "--reference", "file 9")
    asked = ("explain", "recipient", "asks.csv", *ASKED)
    (found,) = told(exchange.done("bank", *asked, "--json"))["findings"]
    office = ("--turn-to", found["origin"], "Lender X", "2 Example Road")
    text = exchange.done("bank", *asked, *office, "--language", "zh")

    assert [("LOAN_LIMIT", "applied", "file 9")] == [
        (row["measure"], row["action"], row["reference"]) for row in found["applied"]
    ]
    assert "限制贷款（LOAN_LIMIT）" in text
    assert f"Lender X（{found['origin']}）：2 Example Road" in text


@pytest.mark.parametrize(
    "words", [("adverse-notice", *DECIDED, *WHY), ("explain", "recipient", *ASKED)]
)
def test_terms_of_another_rulebook_are_not_told(exchange: Exchange, words: tuple[str, ...]) -> None:
    """Where the rulebook that cleared a listing is not known, no paper tells another's terms."""
    (exchange.folder / "house.toml").write_text(HOUSE, "utf-8")
    exchange.run("lender", "import", "report.csv", "--batch", "batch.toml", "--rules", "house.toml")
    exchange.sealed()
    exchange.done("bank", "apply", "0001.csb")
    people = (exchange.folder / "asks.csv").read_bytes()
    unsaid = exchange.run("bank", *words, stdin=people)
    said = exchange.run("bank", *words, "--rules", "house.toml", stdin=people)

    assert (13, "", True) == (unsaid.code, unsaid.out, "house" in unsaid.err)
    assert (0, True) == (said.code, "answered in 7 days" in said.out)


@pytest.mark.parametrize(("more", "law"), [((), "House rules"), (("--rules", "us"), "Fair Credit")])
def test_a_paper_that_shows_nothing_tells_the_rights_of_its_ledger(
    exchange: Exchange, more: tuple[str, ...], law: str
) -> None:
    """Who is told of no listing reads of the rulebook that the issuer lists by, or of --rules."""
    house = HOUSE.replace('"house rules"', '"House rules"')
    (exchange.folder / "house.toml").write_text(house, "utf-8")
    exchange.run("lender", "import", "report.csv", "--batch", "batch.toml", "--rules", "house.toml")
    people = f"{HEADER}cn-rid,888888198005178013\n"
    ended = exchange.run("lender", "explain", "issuer", *more, stdin=people)

    assert (0, True) == (ended.code, law in ended.out)
    assert "no listing" in ended.out
