"""Screening on the command line: people in CSV and JSON lines, answers as a stream."""

from __future__ import annotations

import csv
import io
import json
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import creditshare as cs
from creditshare.cli.answers import COLUMNS
from creditshare.cli.lawbooks import named_catalogue
from creditshare.cli.people import FIELDS, read_people
from creditshare.errors import LayoutError
from creditshare.layouts import Encoding, RefusalKind, RowRefusal
from creditshare.screening import Applicant
from terminal import AT, COMMAND, ROOT, WHY, Ended, Exchange, environment
from world import DAY, TODAY, number

LISTED, CLEAR = "888888198205170032", number(777)


def read(
    text: str | bytes, scheme: str | None = None, encoding: Encoding = Encoding.UTF_8
) -> list[tuple[int, Applicant] | RowRefusal]:
    """The people of a text."""
    data = text.encode() if isinstance(text, str) else text
    return list(read_people(io.BytesIO(data), encoding=encoding, scheme=scheme))


@pytest.fixture
def told(exchange: Exchange) -> Exchange:
    """An exchange whose bank holds six listings."""
    return exchange.with_bundle()


def screened(exchange: Exchange, people: str, *more: str) -> Ended:
    """The bank's screening of people."""
    return exchange.run("bank", "screen", *WHY, *more, stdin=people)


def lines(text: str) -> list[dict[str, Any]]:
    """JSON lines."""
    return [json.loads(line) for line in text.splitlines()]


# -- people ------------------------------------------------------------


LOST = [
    f'{{"identifier": "{CLEAR}", "identifiers": [{{"identifier": "{LISTED}"}}]}}',
    f'{{"scheme": "cn-rid", "identifiers": [{{"identifier": "{LISTED}"}}]}}',
    f'{{"identifiers": [{{"identifier": "{LISTED}", "name": "a"}}]}}',
    f'{{"name": "a", "identifiers": [{{"identifier": "{LISTED}"}}, {{"name": "b"}}]}}',
    f'{{"identifier": "{CLEAR}", "identifier": "{LISTED}"}}',
    f'{{"identifiers": [{{"identifier": "{CLEAR}", "identifier": "{LISTED}"}}]}}',
]


@pytest.mark.parametrize("line", LOST)
def test_nothing_of_an_object_is_lost(line: str) -> None:
    """An object that says a thing twice, or where it is not read, is refused, not half read."""
    (found,) = read(line, "cn-rid")

    assert isinstance(found, RowRefusal)


def test_csv_and_json_lines_name_the_same_people() -> None:
    """A row of CSV, a flat object and an object with a list of identifiers give one applicant."""
    row = ("A-1", "cn-rid", LISTED, "", "张敏", "1982-05-17", "passport", "E12345679", "CN")
    header = "reference,scheme,identifier,country,name,birth_date,scheme_2,identifier_2,country_2"
    own = {"reference": "A-1", "name": "张敏", "birth_date": "1982-05-17"}
    identifiers = [
        {"scheme": "cn-rid", "identifier": LISTED},
        {"scheme": "passport", "identifier": "E12345679", "country": "CN"},
    ]
    ((_, of_csv),) = read(f"{header}\n{','.join(row)}\n")  # type: ignore[misc]
    ((_, of_json),) = read(json.dumps(own | {"identifiers": identifiers}))  # type: ignore[misc]

    assert of_csv == of_json
    assert (["cn-rid", "passport"], "张敏", "A-1") == (
        [item.SCHEME for item in of_csv.identifiers], of_csv.name, of_csv.reference
    )  # fmt: skip


def test_messy_text_is_read() -> None:
    """A byte-order mark, tabs, line ends of Windows, blank lines and full-width digits are read."""
    wide = LISTED.translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})
    found = read(f"\ufeffIdentifier\tScheme\r\n{wide}\tcn-rid\r\n\r\n\t\r\n{LISTED}\tcn-rid\r\n")

    assert [2, 5] == [item[0] for item in found]  # type: ignore[index]


REFUSED = [
    ("{scheme}", "cn-rid,{cut}", "identifier", RefusalKind.IDENTIFIER_LENGTH),
    ("{scheme}", "cn-rid,", "identifier", RefusalKind.IDENTIFIER_EMPTY),
    ("{scheme}", "cn-rid,{wrong}", "identifier", RefusalKind.IDENTIFIER_CHECK),
    ("{scheme}", "cn-rid,{masked}", "identifier", RefusalKind.IDENTIFIER_MASKED),
    ("{scheme}", "passport,E12345679", "identifier", RefusalKind.IDENTIFIER_COUNTRY),
    ("{scheme}", "nhs,{id}", "scheme", RefusalKind.IDENTIFIER_SCHEME),
    ("{scheme}", ",{id}", "scheme", RefusalKind.IDENTIFIER_SCHEME),
    ("{scheme}", "cn-rid,{id},more", "", RefusalKind.CELLS),
    ("{scheme}", 'cn-rid,"{id}', "", RefusalKind.QUOTES),
    ("{scheme},birth_date", "cn-rid,{id},17-05-82", "birth_date", RefusalKind.DATE_FORM),
    ("{scheme},birth_date", "cn-rid,{id},1982-02-30", "birth_date", RefusalKind.DATE_IMPOSSIBLE),
    ("{scheme},name", "cn-rid,{id}," + "张" * 201, "name", RefusalKind.VALUE_INVALID),
    ("{scheme},identifier_2", "cn-rid,{id},{id}", "scheme", RefusalKind.IDENTIFIER_SCHEME),
    ("", '{{"scheme": "cn-rid", "identifier": 8}}', "identifier", RefusalKind.VALUE_INVALID),
    ("", '{{"scheme": "cn-rid", "identifer": "{id}"}}', "", RefusalKind.VALUE_INVALID),
    ("", '{{"identifiers": []}}', "identifiers", RefusalKind.VALUE_INVALID),
    ("", '{{"identifiers": null}}', "identifiers", RefusalKind.VALUE_INVALID),
    ("", '{{"identifiers": ["{id}"]}}', "identifiers", RefusalKind.VALUE_INVALID),
    ("", '["{id}"]', "", RefusalKind.VALUE_INVALID),
    ("", '{{"identifier": "{id}"', "", RefusalKind.VALUE_INVALID),
    ("", '{{"a":' * 3000, "", RefusalKind.VALUE_INVALID),
    ("", '{{"scheme": "cn-rid", "identifier": "{id}' + "1" * 70_000, "", RefusalKind.LINE_TOO_LONG),
]  # fmt: skip


@pytest.mark.parametrize(("header", "row", "field", "kind"), REFUSED)
def test_a_bad_row_is_refused_alone(header: str, row: str, field: str, kind: RefusalKind) -> None:
    """A bad row is told by its number, its field and a stable kind; its neighbours are read."""
    text = {
        "id": LISTED,
        "cut": LISTED[:-2],
        "wrong": LISTED[:-1] + "7",
        "masked": LISTED[:6] + "********" + LISTED[14:],
        "scheme": "scheme,identifier",
    }
    if header:
        width = header.count(",")
        good = f"cn-rid,{LISTED}{',' * width}"
    else:
        good = json.dumps({"scheme": "cn-rid", "identifier": LISTED})
    rows = [good, row.format(**text), good]
    if header:
        rows.insert(0, header.format(**text))
    first, refusal, last = read("\n".join(rows) + "\n")

    assert isinstance(refusal, RowRefusal)
    assert (1 + bool(header), 2 + bool(header)) == (first[0], refusal.row)  # type: ignore[index]
    assert [(field, kind)] == [(fault.field, fault.kind) for fault in refusal.faults]
    assert 3 + bool(header) == last[0]  # type: ignore[index]
    assert LISTED[:10] not in str(refusal)


@pytest.mark.parametrize(
    "text",
    [
        b"name,birth_date\n",
        b"identifier,surname\n",
        b"identifier,identifier\n",
        f"{LISTED},cn-rid\n".encode(),
        b"identifier_17,identifier\n",
        b"\n",
        b'"identifier\n',
        "identifier\n姓名".encode("gb18030"),
        b"x" * 100_000,
    ],
)
def test_what_is_no_list_of_people_is_refused_whole(text: bytes) -> None:
    """A header that does not fit, or text in another encoding, ends it all without an echo."""
    with pytest.raises(LayoutError) as refused:
        read(text)

    assert "8888" not in str(refused.value)
    assert "surname" not in str(refused.value)


def test_another_encoding_is_read_if_it_is_named() -> None:
    """Text of Chinese systems is read as GB18030 when the caller says so."""
    data = f"scheme,identifier,name\ncn-rid,{LISTED},张敏\n".encode("gb18030")
    ((_, person),) = read(data, encoding=Encoding.GB18030)  # type: ignore[misc]

    assert "张敏" == person.name


@given(st.lists(st.one_of(st.binary(max_size=80), st.sampled_from(
    [b"identifier,scheme\n", b"cn-rid,", LISTED.encode(), b"\n", b"{", b'"', b"\t",
     b'{"identifiers":[{}]}\n']
)), max_size=12).map(b"".join))  # fmt: skip
def test_no_bytes_break_the_reading(data: bytes) -> None:
    """Any bytes give people and refusals, each of another row, or one error of ours."""
    try:
        found = read(data, "cn-rid")
    except LayoutError:
        return
    rows = [item.row if isinstance(item, RowRefusal) else item[0] for item in found]

    assert sorted(set(rows)) == rows


def test_no_text_at_all_is_nobody() -> None:
    """An empty text names nobody; for JSON lines that is a list."""
    assert [] == read("")


# -- answers ------------------------------------------------------------


def test_every_row_is_answered_or_refused(told: Exchange) -> None:
    """Answers keep the rows' order, numbers and references; refused rows are told on the side."""
    ended = told.run("bank", "screen", "applicants.csv", *WHY)
    rows = list(csv.DictReader(io.StringIO(ended.out)))

    assert 3 == ended.code
    assert list(COLUMNS) == list(rows[0])
    assert [
        ("2", "A-1", "match"), ("3", "A-2", "needs-review"), ("4", "A-3", "clear"),
        ("6", "A-5", "match"),
    ] == [(row["row"], row["reference"], row["outcome"]) for row in rows]  # fmt: skip
    assert "refused: row 5: identifier: neither 18 nor 15 characters\n" == ended.err
    assert {("match", cs.rulebook("cn").name)} == {
        (row["outcome"], row["cleared_by"]) for row in rows if row["outcome"] == "match"
    }


def test_json_lines_tell_everything(told: Exchange) -> None:
    """A JSON answer has what a listing says, the measures with their sources, who was asked."""
    people = f"scheme,identifier,name\ncn-rid,{LISTED},张敏\ncn-rid,{CLEAR},\n"
    match, clear = lines(screened(told, people, "--json").out)
    (found,) = match["matches"]
    known = {item.code: item.verified for item in cs.measures("cn").measures}

    assert ["identifier", "name"] == found["agree"]
    assert ("ABSCOND", 4_200_000, "CNY") == (
        found["says"]["conduct"]["code"],
        found["says"]["outstanding_minor"],
        found["says"]["currency"],
    )
    assert {"RATE_INCREASE", "LOAN_LIMIT"} == {item["code"] for item in found["measures"]}
    assert all(item["citation"] for item in found["measures"])
    assert all(known[item["code"]] is item["verified"] for item in found["measures"])
    assert ("clear", ["lender"]) == (clear["outcome"], clear["consulted"])


def test_refused_rows_as_json(told: Exchange) -> None:
    """With --json a refused row is one line of JSON on standard error."""
    ended = screened(told, f'{{"identifier": "{LISTED[:-1]}"}}\n', "--json", "--scheme", "cn-rid")
    (refused,) = lines(ended.err)

    assert (3, "") == (ended.code, ended.out)
    assert (1, "identifier-length") == (refused["refused_row"], refused["faults"][0]["kind"])


CARDS = """
[rulebook]
id = "with-cards"
extends = "cn"
version = "1"
jurisdiction = "CN"
title = "With cards stopped"
title_zh = "含停卡"

[[rule]]
id = "OUR-CARDS"
enables = "CARD_STOP"
requires = "members of the pact may stop cards"
requires_zh = "公约成员可以停卡"
source = "policy"
verified = true
citation = { instrument = "Pact of our members", article = "9", version = "2026" }
"""


def test_a_rulebook_s_file_is_a_catalogue_with_what_it_turns_on(told: Exchange) -> None:
    """A rulebook turns a measure on in its country's catalogue, from the day its rule begins."""
    path = told.folder / "cards.toml"
    path.write_text(f"{CARDS}begins = {TODAY}\n", "utf-8")
    before, now = (named_catalogue(str(path), day) for day in (TODAY - DAY, TODAY))
    ended = screened(told, f"scheme,identifier\ncn-rid,{CLEAR}\n", "--measures", "cards.toml")

    assert (False, True) == tuple(one.measure("CARD_STOP").enabled for one in (before, now))
    assert before == cs.measures("cn")
    assert (0, "") == (ended.code, ended.err)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("CARD_STOP", "NO_SUCH"), "cards.toml: "),
        (('jurisdiction = "CN"', 'jurisdiction = "ZZ"'), "cards.toml: no catalogue of measures"),
        (("[rulebook]", "[rulebuk]"), "cards.toml: catalogue: is missing"),
    ],
)
def test_a_file_that_gives_no_catalogue_is_told(
    told: Exchange, change: tuple[str, str], problem: str
) -> None:
    """A file from which no catalogue can be made is told with its name before anybody is asked."""
    (told.folder / "cards.toml").write_text(CARDS.replace(*change), "utf-8")
    ended = screened(told, "scheme,identifier\n", "--measures", "cards.toml")

    assert (4, "") == (ended.code, ended.out)
    assert problem in ended.err


def test_a_stale_registry_says_so(told: Exchange) -> None:
    """When the checkpoint has expired, answers are stale or need review, and it is no error."""
    people = f"scheme,identifier,name\ncn-rid,{LISTED},张敏\ncn-rid,{CLEAR},\n"
    ended = screened(told, people, "--json", "--at", "2027-01-15T00:00:00Z")

    assert (0, ["needs-review", "stale"]) == (ended.code, [a["outcome"] for a in lines(ended.out)])


def test_text_that_a_spreadsheet_would_run_is_made_inert(told: Exchange) -> None:
    """Another agency's text that begins like a formula has an apostrophe before it in CSV alone."""
    batch = told.folder / "batch.toml"
    evil = "=HYPERLINK(1)"
    text = batch.read_text("utf-8")
    remedy = text.split('remedy = "')[1].split('"')[0]
    batch.write_text(text.replace(remedy, evil), "utf-8")
    report = told.folder / "report.csv"
    report.write_text(report.read_text("utf-8").replace("2018-08-08", "2018-05-05"), "utf-8")
    told.imported()
    told.sealed("2.csb", "--since", "last")
    told.done("bank", "apply", "2.csb")
    people = f"scheme,identifier,name\ncn-rid,{LISTED},张敏\n"
    rows = list(csv.DictReader(io.StringIO(screened(told, people).out)))
    (answer,) = lines(screened(told, people, "--json").out)

    assert "'" + evil in [row["remedy"] for row in rows]
    assert evil in [item["says"]["notice"]["remedy"] for item in answer["matches"]]


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\uff1d1", "202611230001"])
def test_no_table_runs_or_rounds_a_text(told: Exchange, evil: str) -> None:
    """Who asked, and the asker's own references, are inert in every CSV, as refused rows are."""
    people = f"reference,scheme,identifier,name\n{evil},cn-rid,{LISTED},张敏\n"
    asked = ("--purpose", "supervision", "--role", "lender", "--consent", "form 17")
    ended = told.run("bank", "screen", "-", *asked, f"--caller={evil}", stdin=people)
    (answer, *_) = csv.DictReader(io.StringIO(ended.out))
    (query, *_) = csv.DictReader(io.StringIO(told.done("bank", "audit", "queries")))

    assert ["'" + evil] * 2 == [answer["reference"], query["caller"]]


@pytest.mark.parametrize("missing", ["--purpose", "--role", "--caller", "--consent"])
def test_purpose_role_caller_and_consent_have_no_default(told: Exchange, missing: str) -> None:
    """Who does not say why, as whom, by whom and by whose leave is not answered."""
    words = list(WHY)
    at = words.index(missing)
    del words[at : at + 2]
    ended = told.run("bank", "screen", "applicants.csv", *words)

    assert (2, "") == (ended.code, ended.out)
    assert missing in ended.err


def test_a_role_that_the_roster_does_not_give_is_refused(told: Exchange) -> None:
    """Nobody screens in a role that is not its own."""
    ended = told.run("bank", "screen", "applicants.csv", *WHY, "--role", "court")

    assert (11, "") == (ended.code, ended.out)


def test_nobody_to_screen_is_nothing_to_do(told: Exchange) -> None:
    """An empty list ends with its own code and says so: a script sees an upstream failure."""
    for text in ("", "scheme,identifier\n"):
        ended = screened(told, text)

        assert (14, "") == (ended.code, ended.out)
        assert "nobody was named" in ended.err


# -- as a process ------------------------------------------------------------


def start(exchange: Exchange, *more: str) -> subprocess.Popen[bytes]:
    """A screening process with pipes."""
    command = [*COMMAND, "--home", str(exchange.home("bank")), "screen", *WHY, "--at", AT, *more]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment())


def crowd(count: int) -> Iterator[bytes]:
    """A header and many applicants."""
    yield b"scheme,identifier,reference\n"
    for n in range(count):
        yield f"cn-rid,{number(n % 400 + 500)},{n}\n".encode()


def test_answers_come_while_applicants_are_still_sent(told: Exchange) -> None:
    """The first answers can be read before the last applicant was written."""
    with start(told) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for line in crowd(2000):
            process.stdin.write(line)
        process.stdin.flush()
        header, first = process.stdout.readline(), process.stdout.readline()
        out, err = process.communicate(f"cn-rid,{LISTED},last\n".encode())

    assert header.startswith(b"row,reference,outcome")
    assert first.startswith(b"2,0,clear,")
    assert (0, b"") == (process.returncode, err)
    assert out.splitlines()[-1].startswith(b"2002,last,needs-review,")


def test_memory_does_not_grow_with_the_list(told: Exchange) -> None:
    """Thirty times as many applicants take hardly more memory."""
    measure = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    peaks = []
    for count in (1000, 30_000):
        people = told.folder / f"{count}.csv"
        people.write_bytes(b"".join(crowd(count)))
        words = ["--home", str(told.home("bank")), "screen", str(people), *WHY, "--at", AT]
        command = [sys.executable, "-c", measure, *COMMAND, *words]
        done = subprocess.run(command, capture_output=True, env=environment(), check=True)
        peaks.append(int(done.stdout))

    assert peaks[1] < peaks[0] + 8 * 1024  # KiB; all the answers are 2 MiB, all applicants 20


def test_a_closed_pipe_ends_quietly(told: Exchange) -> None:
    """When the reader of the answers goes, the command ends with 141 and without a word."""
    people = told.folder / "people.csv"
    people.write_bytes(b"".join(crowd(20_000)))
    words = ["--home", str(told.home("bank")), "screen", str(people), *WHY, "--at", AT]
    script = f"{shlex.join([*COMMAND, *words])} | head -1 >/dev/null; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, env=environment())

    assert (141, b"") == (done.returncode, done.stderr)


def logged(exchange: Exchange) -> int:
    """How many queries stand in the bank's log."""
    return int(json.loads(exchange.done("bank", "audit", "verify", "--json"))["queries"])


def test_an_interrupt_ends_cleanly(told: Exchange) -> None:
    """Ctrl-C ends the command with 130 and one line, and the log of queries stands."""
    with start(told) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for line in crowd(1200):
            process.stdin.write(line)
        process.stdin.flush()
        process.stdout.readline()
        patience = time.monotonic() + 20
        while logged(told) < 2 and time.monotonic() < patience:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)
        err = process.stderr.read() if process.stderr else b""

    assert 130 == process.returncode
    assert b"Traceback" not in err
    assert b"interrupted" in err
    assert 2 == logged(told)


def test_the_fields_are_those_of_the_page() -> None:
    """The page on the command line names every field that a row may have."""
    page = (ROOT / "docs" / "reference" / "cli-behaviour.md").read_text("utf-8")

    assert all(f"`{name}`" in page for name in FIELDS)
