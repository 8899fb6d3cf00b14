"""The command line of execution feedback: record, see what is due, seal, apply, show."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from creditshare.cli.selection import Named
from creditshare.stores.feedback import ExecutionRow
from creditshare.stores.registry import RegistryStore
from terminal import NEXT_DAY, WHY, Ended, Exchange
from world import DAY, TODAY

PERSON = "888888198405170053"
ASKED_ABOUT = f"scheme,identifier,name\ncn-rid,{PERSON},陈静\n"
NOBODY = "cn-rid,888888198005178013,某人\n"


def told(text: str) -> dict[str, Any]:
    """A result as JSON."""
    found: dict[str, Any] = json.loads(text)
    return found


def applied(exchange: Exchange, *words: str, people: str = ASKED_ABOUT) -> Ended:
    """How the bank's recording ends."""
    named = [] if "--measure" in words else ["--measure", "LOAN_LIMIT"]
    words = (*WHY, "--json", *named, *words)
    return exchange.run("bank", "feedback", "applied", *words, stdin=people)


def due(exchange: Exchange, home: str, *words: str) -> list[dict[str, Any]]:
    """What is due in a home."""
    ended = exchange.run(home, "feedback", "due", "--json", *words)
    rows = list(map(told, ended.out.splitlines()))
    assert (17 if any(row["days_left"] < 0 for row in rows) else 0) == ended.code
    return rows


def recorded(ended: Ended) -> list[dict[str, Any]]:
    """What was recorded."""
    rows: list[dict[str, Any]] = told(ended.out)["recorded"]
    return rows


@pytest.fixture
def reporting(exchange: Exchange) -> Exchange:
    """A bank that has heard of the lender's listings."""
    return exchange.with_bundle()


def test_a_measure_of_another_catalogue_is_named(reporting: Exchange) -> None:
    """Whether a measure outlasts its listing is not known by a catalogue without it: a note."""
    (one,) = recorded(applied(reporting))
    reporting.done("lender", "withdraw", "--listing", one["listing"], "--reason", "settled")
    reporting.sealed("2.csb", "--since", "last")
    reporting.done("bank", "apply", "2.csb")
    words = ("feedback", "due", "--json")
    own, indian = reporting.run("bank", *words), reporting.run("bank", *words, "--measures", "in")

    assert own.out == indian.out
    assert "" == own.err
    assert "not in --measures in," in indian.err
    assert "LOAN_LIMIT" in indian.err


def test_commands_alone_follow_a_measure_to_its_end(reporting: Exchange) -> None:
    """What the bank applied is known to the lender, and due on both sides until it is lifted."""
    one = recorded(applied(reporting, "--measure", "LOAN_LIMIT", "--reference", "policy 4.2"))
    (listing,) = {row["listing"] for row in one}
    sealed = told(reporting.done("bank", "feedback", "seal", "lender", "1.csf", "--json"))
    heard = told(reporting.done("lender", "feedback", "apply", "1.csf", "--json"))
    shown = told(reporting.done("lender", "feedback", "show", "--listing", listing, "--json"))

    assert [("LOAN_LIMIT", "applied", "policy 4.2", 2)] == [
        (row["measure"], row["action"], row["reference"], row["row"]) for row in one
    ]
    assert ("lender", "lender", 1, 1, 0) == tuple(
        sealed[name] for name in ("origin", "recipient", "number", "applied", "lifted")
    )
    assert ("bank", 1, 1, []) == tuple(
        heard[name] for name in ("sender", "number", "news", "refused")
    )
    assert [("bank", "LOAN_LIMIT", "applied")] == [
        (row["agency"], row["measure"], row["action"]) for row in shown["reported"]
    ]
    assert ([], []) == (due(reporting, "bank"), due(reporting, "lender"))

    reporting.done("lender", "withdraw", "--reason", "settled", "--listing", listing)
    assert [False] == [row["told"] for row in due(reporting, "lender")]
    assert reporting.done("lender", "feedback", "due").endswith(",no\n")
    reporting.sealed("2.csb", "--since", "last")
    reporting.done("bank", "apply", "2.csb")
    own, theirs = due(reporting, "bank", "--at", NEXT_DAY), due(reporting, "lender")

    assert [("registry", "", "LOAN_LIMIT", str(TODAY), -1)] == [_row(row) for row in own]
    assert [("ledger", "bank", "LOAN_LIMIT", str(TODAY), 0)] == [_row(row) for row in theirs]
    assert ([None], [True]) == tuple([row["told"] for row in rows] for rows in (own, theirs))

    reporting.done("bank", "feedback", "lifted", "--listing", listing, "--at", NEXT_DAY)
    reporting.done("bank", "feedback", "seal", "lender", "2.csf", "--at", NEXT_DAY)
    reporting.done("lender", "feedback", "apply", "2.csf", "--at", NEXT_DAY)

    assert ([], []) == (due(reporting, "bank"), due(reporting, "lender", "--at", NEXT_DAY))


def _row(row: dict[str, Any]) -> tuple[object, ...]:
    return tuple(row[name] for name in ("where", "agency", "measure", "due", "days_left"))


def test_what_is_applied_already_is_left_as_it_is(reporting: Exchange) -> None:
    """Recording a measure a second time records nothing, and one beside it is recorded."""
    first = applied(reporting)
    both = ["--measure", "LOAN_LIMIT", "--measure", "RATE_INCREASE"]

    assert ["LOAN_LIMIT"] == [row["measure"] for row in recorded(first)]
    assert ["RATE_INCREASE"] == [row["measure"] for row in recorded(applied(reporting, *both))]


def test_nobody_named(reporting: Exchange) -> None:
    """Recording nothing about nobody ends with 14; without a measure, as a wrong call."""
    ended = applied(reporting, people="scheme,identifier\n")

    assert 14 == ended.code
    assert 2 == reporting.run("bank", "feedback", "applied", *WHY, stdin=ASKED_ABOUT).code


def test_each_recording_is_a_query(reporting: Exchange) -> None:
    """Who is screened again for a recording stands in the log of queries."""
    applied(reporting)
    rows = reporting.done("bank", "audit", "queries").splitlines()

    assert 2 == len(rows)
    assert "desk-7" in rows[1]


@pytest.mark.parametrize(
    ("words", "people", "reason"),
    [
        (["--measure", "EXIT_BAN"], "", "the listing permits to this agency: LOAN_LIMIT, RATE_"),
        (["--listing", "00" * 16], "", "no match"),
        ([], NOBODY, "no match"),
        ([], "cn-rid,1,x\n", "identifier"),
    ],
)
def test_what_cannot_be_recorded_is_told(
    reporting: Exchange, words: list[str], people: str, reason: str
) -> None:
    """A row without a match that permits the measures is refused, and the rest is recorded."""
    ended = applied(reporting, *words, people=ASKED_ABOUT + people)
    (refused,) = told(ended.out)["refused"]

    assert 3 == ended.code
    assert reason in refused["field"] + refused["reason"]
    assert bool(people) == bool(recorded(ended))
    assert PERSON not in ended.out + ended.err


def test_a_code_that_no_catalogue_has_is_told_before_the_query(reporting: Exchange) -> None:
    """A mistyped measure is no fault of a row: the command was called wrongly, nobody is asked."""
    ended = applied(reporting, "--measure", "NO_SUCH")

    assert (2, "") == (ended.code, ended.out)
    assert "no such code in the catalogue cn: NO_SUCH" in ended.err
    assert not (reporting.home("bank") / "audit.db").exists()


def test_only_what_is_applied_can_be_lifted(reporting: Exchange) -> None:
    """A listing or a measure that is not applied ends with 14, and nothing is lifted."""
    listing = recorded(applied(reporting, "--measure", "LOAN_LIMIT"))[0]["listing"]
    ends = [
        reporting.run("bank", "feedback", "lifted", *words).code
        for words in (
            [],
            ["--listing", "00" * 16],
            ["--listing", listing, "--measure", "RATE_INCREASE"],
            ["--listing", listing, "--on", str(TODAY + 9 * DAY)],
            ["--listing", listing, "--on", str(TODAY - 9 * DAY)],
        )
    ]

    assert [14, 14, 14, 13, 13] == ends
    sealed = told(reporting.done("bank", "feedback", "seal", "lender", "1.csf", "--json"))
    assert (1, 0) == (sealed["applied"], sealed["lifted"])


def test_what_must_not_be_believed(reporting: Exchange) -> None:
    """A replayed, a damaged and a misdirected feedback each end with their code."""
    applied(reporting)
    for name in ("1.csf", "2.csf"):
        reporting.done("bank", "feedback", "seal", "lender", name)
    reporting.done("lender", "feedback", "apply", "2.csf")
    damaged = reporting.folder / "damaged.csf"
    damaged.write_bytes((reporting.folder / "2.csf").read_bytes()[:-1])
    ends = [
        reporting.run(home, "feedback", "apply", name, "--ledger", "lender/ledger.db").code
        for home, name in (
            ("lender", "1.csf"),
            ("lender", "damaged.csf"),
            ("lender", "0001.csb"),
            ("bank", "2.csf"),
        )
    ]
    again = told(reporting.done("lender", "feedback", "apply", "2.csf", "--json"))

    assert [5, 5, 5, 5] == ends
    assert again["already_held"]


def test_a_restored_book_counts_on(reporting: Exchange) -> None:
    """--after gives the next feedback a number that the issuer does not hold yet."""
    applied(reporting)
    said = [
        told(reporting.done("bank", "feedback", "seal", "lender", "f.csf", "--json", *words))
        for words in ([], ["--after", "7"])
    ]

    assert [1, 8] == [item["number"] for item in said]


def test_nothing_to_seal(reporting: Exchange) -> None:
    """An agency that applied nothing has nothing to seal, and no file appears."""
    assert 14 == reporting.run("bank", "feedback", "seal", "lender", "f.csf").code
    assert not Path(reporting.folder / "f.csf").exists()


def test_pipes(reporting: Exchange) -> None:
    """A feedback goes through pipes, its summary beside it on standard error."""
    applied(reporting)
    path = reporting.folder / "f.csf"
    reporting.done("bank", "feedback", "seal", "lender", "f.csf")
    heard = told(
        reporting.done("lender", "feedback", "apply", "-", "--json", stdin=path.read_bytes())
    )

    assert 1 == heard["number"]


def test_due_as_csv(reporting: Exchange) -> None:
    """What is due is CSV with a header, also where nothing is."""
    assert reporting.done("bank", "feedback", "due").startswith("where,agency,origin,listing,")


def test_tails_come_from_the_catalogue(reporting: Exchange) -> None:
    """--measures names the catalogue that says what outlasts a listing."""
    assert 4 == reporting.run("bank", "feedback", "due", "--measures", "nowhere").code
    assert [] == due(reporting, "bank", "--measures", "in")


@pytest.mark.parametrize(("reason", "why"), [("listed-in-error", "void"), ("settled", "ended")])
def test_what_rested_on_a_void_listing_is_due_as_such(
    reporting: Exchange, reason: str, why: str
) -> None:
    """Both sides are told whether a listing has ended, or should never have been."""
    listing = recorded(applied(reporting))[0]["listing"]
    reporting.done("bank", "feedback", "seal", "lender", "1.csf")
    reporting.done("lender", "feedback", "apply", "1.csf")
    reporting.done("lender", "withdraw", "--reason", reason, "--listing", listing)
    reporting.sealed("2.csb", "--since", "last")
    reporting.done("bank", "apply", "2.csb")

    assert [why, why] == [row["why"] for home in ("bank", "lender") for row in due(reporting, home)]


def test_a_day_and_a_reference_are_kept(reporting: Exchange) -> None:
    """The day and the reference of a recording are those that were given."""
    day = TODAY - dt.timedelta(days=3)
    words = ["--on", str(day), "--reference", "file 12", "--measure", "LOAN_LIMIT"]
    (row,) = recorded(applied(reporting, *words))

    assert (str(day), "file 12") == (row["on"], row["reference"])


def test_a_number_is_no_reference(reporting: Exchange) -> None:
    """A reference that holds a long number is refused, and the number not repeated."""
    ended = applied(reporting, "--reference", PERSON)

    assert 4 == ended.code
    assert PERSON not in ended.out + ended.err


def test_a_feedback_replaces_no_other_sealed_file(reporting: Exchange) -> None:
    """A feedback is written over a feedback, never over a token key or a bundle, code 4."""
    assert 0 == applied(reporting).code
    (key,) = (reporting.home("bank") / "tokens").iterdir()
    paths = [key, reporting.folder / "0001.csb"]
    before = [path.read_bytes() for path in paths]
    codes = [reporting.run("bank", "feedback", "seal", "lender", path).code for path in paths]

    assert ([4, 4], before) == (codes, [path.read_bytes() for path in paths])
    for _ in range(2):
        reporting.done("bank", "feedback", "seal", "lender", "1.csf")


@pytest.mark.parametrize(
    ("words", "why", "until"),
    [
        (("suspend", "--until", str(TODAY + 9 * DAY)), "suspended", str(TODAY + 9 * DAY)),
        (
            ("exempt", "--until", str(TODAY + 3 * DAY), "--cause", "funeral"),
            "exempted",
            str(TODAY + 3 * DAY),
        ),
    ],
)
def test_what_rests_on_a_paused_listing_is_due(
    reporting: Exchange, words: tuple[str, ...], why: str, until: str
) -> None:
    """While nothing may rest on a listing, lifting is due today on both sides until confirmed."""
    listing = recorded(applied(reporting))[0]["listing"]
    reporting.done("bank", "feedback", "seal", "lender", "1.csf")
    reporting.done("lender", "feedback", "apply", "1.csf")
    reporting.done("lender", *words, "--listing", listing)
    reporting.sealed("2.csb", "--since", "last")
    reporting.done("bank", "apply", "2.csb")
    found = [row for home in ("bank", "lender") for row in due(reporting, home)]

    assert [("registry", "", why, until, 0), ("ledger", "bank", why, until, 0)] == [
        tuple(row[name] for name in ("where", "agency", "why", "until", "days_left"))
        for row in found
    ]
    reporting.done("bank", "feedback", "lifted", "--listing", listing)
    reporting.done("bank", "feedback", "seal", "lender", "2.csf")
    reporting.done("lender", "feedback", "apply", "2.csf")
    assert ([], []) == (due(reporting, "bank"), due(reporting, "lender"))


def test_an_unanswered_dispute_makes_lifting_due(reporting: Exchange) -> None:
    """Once nobody answered a dispute in time, what rests on the listing is due without an end."""
    listing = recorded(applied(reporting))[0]["listing"]
    reporting.done("lender", "dispute", "--listing", listing)
    reporting.sealed("2.csb", "--since", "last")
    reporting.done("bank", "apply", "2.csb")
    late = ("--at", f"{TODAY + 60 * DAY}T00:00:00Z")

    assert [] == due(reporting, "bank")
    assert [("suspended", None)] == [
        (row["why"], row["until"]) for row in due(reporting, "bank", *late)
    ]


def test_an_upheld_dispute_makes_lifting_due_without_an_end(reporting: Exchange) -> None:
    """Until what was wrong is corrected nothing may rest on the listing, and no day ends that."""
    listing = recorded(applied(reporting))[0]["listing"]
    reporting.done("lender", "dispute", "--listing", listing)
    reporting.done("lender", "answer", "--upheld", "--listing", listing)
    reporting.sealed("2.csb", "--since", "last")
    reporting.done("bank", "apply", "2.csb")

    assert [("suspended", None)] == [(row["why"], row["until"]) for row in due(reporting, "bank")]


def test_all_that_was_reported_is_shown(reporting: Exchange) -> None:
    """Without --listing every report is shown, as a table or as JSON."""
    (one,) = recorded(applied(reporting))
    reporting.done("bank", "feedback", "seal", "lender", "1.csf")
    reporting.done("lender", "feedback", "apply", "1.csf")
    shown = told(reporting.done("lender", "feedback", "show", "--json"))["reported"]
    table = reporting.done("lender", "feedback", "show").splitlines()

    assert [("bank", one["listing"])] == [(row["agency"], row["listing"]) for row in shown]
    assert ["agency", "origin", "listing"] == table[1].split("\t")[:3]


def test_one_id_of_two_issuers_is_never_mixed_up(reporting: Exchange) -> None:
    """Where two issuers have a listing of one id, lifting asks whose, and --issuer says it."""
    (one,) = recorded(applied(reporting))
    listing = one["listing"]
    row = ExecutionRow("other", bytes.fromhex(listing), "LOAN_LIMIT", "applied", 20_000, "")
    with RegistryStore(reporting.home("bank") / "registry.db") as store:
        store.add_executions([row])
    unclear = reporting.run("bank", "feedback", "lifted", "--listing", listing)
    words = ("--listing", listing, "--issuer", "lender", "--json")
    lifted = told(reporting.done("bank", "feedback", "lifted", *words))["recorded"]

    assert (13, True) == (unclear.code, "--issuer" in unclear.err)
    assert ["lender"] == [item["origin"] for item in lifted]


def test_an_id_named_that_several_issuers_have_is_ambiguous() -> None:
    """One id of two issuers is ambiguous where it is named and nobody says whose, only then."""
    one, other = ("lender", bytes(16)), ("other", bytes(16))
    apart = ("other", bytes(15) + b"1")

    assert Named((bytes(16),), None).is_ambiguous({one, other})
    assert not Named((bytes(16), apart[1]), None).is_ambiguous({one, apart})
    assert not Named((), None).is_ambiguous({one, other})
    assert [True, False] == [Named((bytes(16),), "lender").holds(*item) for item in (one, other)]


def test_a_row_that_is_refused_tells_its_field(reporting: Exchange) -> None:
    """A refused row says which row, which field and why; the rows after it are recorded."""
    people = "scheme,identifier,name\ncn-rid,1,x\n" + NOBODY + ASKED_ABOUT.splitlines()[1] + "\n"
    ended = applied(reporting, people=people)

    assert [4] == [item["row"] for item in recorded(ended)]
    assert [(2, "identifier"), (3, "identifier")] == [
        (item["row"], item["field"]) for item in told(ended.out)["refused"]
    ]


def test_an_amended_listing_is_due_to_be_screened_again(reporting: Exchange) -> None:
    """What was amended since is due as such, until the measure is recorded by a new match."""
    listing = recorded(applied(reporting))[0]["listing"]
    words = reporting.folder / "words.txt"
    words.write_text("I paid half of it.", encoding="utf-8")
    reporting.done("lender", "statement", "--listing", listing, "--words", str(words))
    reporting.sealed("2.csb", "--since", "last")
    reporting.done("bank", "apply", "2.csb")
    (row,) = due(reporting, "bank")
    again = recorded(applied(reporting, "--on", str(TODAY)))

    assert ("amended", str(TODAY), None) == (row["why"], row["due"], row["until"])
    assert ["LOAN_LIMIT"] == [item["measure"] for item in again]
    assert [] == due(reporting, "bank")


def test_an_issuer_sees_what_its_listing_does_not_bear(reporting: Exchange) -> None:
    """What is unfounded is kept, and told by apply, show and due, without a roster too."""
    one = recorded(applied(reporting))[0]
    row = ExecutionRow("lender", bytes.fromhex(one["listing"]), "NO_SUCH", "applied", 20_000, "")
    with RegistryStore(reporting.home("bank") / "registry.db") as store:
        store.add_executions([row])
    reporting.done("bank", "feedback", "seal", "lender", "1.csf")
    heard = told(reporting.done("lender", "feedback", "apply", "1.csf", "--json"))
    shown = told(reporting.done("lender", "feedback", "show", "--json"))["reported"]
    (open_row,) = due(reporting, "lender")
    (reporting.home("lender") / "roster.csr").unlink()
    ended = reporting.run("lender", "feedback", "due", "--json")

    assert 2 == heard["news"]
    assert [("NO_SUCH", "unknown-measure before-listed")] == [
        (item["measure"], item["flaws"]) for item in heard["unfounded"]
    ]
    assert {"LOAN_LIMIT": "", "NO_SUCH": "unknown-measure before-listed"} == {
        item["measure"]: item["flaws"] for item in shown
    }
    assert ("ledger", "bank", "unknown-measure before-listed", 0) == tuple(
        open_row[name] for name in ("where", "agency", "why", "days_left")
    )
    assert open_row == told(ended.out)
    assert "roster" in ended.err
