"""Our own layout: whatever a listing says is written, read again, and equal."""

from __future__ import annotations

import datetime as dt
import json
import stat
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import world
from creditshare.errors import MisuseError
from creditshare.identifiers import (
    Holder,
    Identifier,
    Passport,
    PermanentResidentID,
    ResidentID,
    UnifiedSocialCreditCode,
)
from creditshare.layouts import BatchFacts, RowRefusal, layout, layouts, read, write_listings
from creditshare.model import (
    BasisKind,
    Borrower,
    BorrowerRole,
    Circumstance,
    Conduct,
    ConductCode,
    Decision,
    Evidence,
    LegalBasis,
    Listing,
    ListingStatus,
    Money,
    Notice,
    Obligation,
    Particular,
    ParticularKind,
    Parties,
    Proves,
    ServiceMethod,
    Severity,
    Statement,
)

OWN = layout("listings")
FORMS = [".csv", ".jsonl"]

CHARACTERS = st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # fmt: skip  # noqa: E501
HOSTILE = st.sampled_from("=+-@'\"\\n,;:|\ufeff\u200b\u3000 0123456789张")


def texts(limit: int) -> st.SearchStrategy[str]:
    """Texts that the model takes, hostile ones among them."""
    chars = st.one_of(CHARACTERS, HOSTILE)
    return st.text(chars, min_size=1, max_size=min(limit, 30)).filter(world.shows)


DAYS = st.dates(dt.date(1800, 1, 1), dt.date(9000, 12, 31))
PEOPLE: list[Identifier] = [
    *(ResidentID.parse(world.number(serial)) for serial in range(1, 6)),
    PermanentResidentID.parse("CAN110101198001"),
    PermanentResidentID.parse("911840198012310011"),
    Passport.parse("E12345679", "GB"),
    Passport.parse("E12345679", "FR"),
]
COMPANIES: list[Identifier] = [UnifiedSocialCreditCode.parse("91350100M000100Y43")]
EVIDENCE = st.builds(
    Evidence,
    st.binary(min_size=32, max_size=32),
    texts(200),
    st.lists(st.sampled_from(Proves), min_size=1, max_size=3, unique=True),
    st.none() | DAYS,
)
PARTICULARS = st.builds(Particular, st.sampled_from(ParticularKind), texts(60), st.none() | DAYS)
WORDS = st.lists(texts(100), min_size=1, max_size=9).map("\n".join)


@st.composite
def borrowers(draw: st.DrawFn) -> Borrower:
    """Persons and organisations with any number of identifiers."""
    name, role = draw(st.none() | texts(200)), draw(st.sampled_from(BorrowerRole))
    if draw(st.booleans()):
        return Borrower.organisation(*draw(st.sampled_from([COMPANIES, []])), name=name, role=role)
    found = draw(st.lists(st.sampled_from(PEOPLE), unique=True, max_size=9))
    return Borrower(Holder.PERSON, found, name, draw(st.none() | DAYS), role)


@st.composite
def obligations(draw: st.DrawFn) -> Obligation:
    """Debts in any currency."""
    amounts, currency = st.integers(0, 10**17), draw(st.sampled_from(["CNY", "INR", "JPY", "KWD"]))
    rates = st.decimals(0, 100, places=6) | st.sampled_from([Decimal("1E+1"), Decimal("0.240")])
    settled = draw(st.none() | DAYS)
    return Obligation(
        draw(texts(200)),
        Money(draw(amounts), currency),
        Money(0 if settled else draw(amounts), currency),
        draw(st.none() | DAYS),
        draw(st.none() | rates),
        draw(st.none() | DAYS),
        settled,
    )


@st.composite
def decisions(draw: st.DrawFn) -> Decision:
    """Decisions, with their earlier steps and an end of their own or without."""
    days = sorted(draw(DAYS) for _ in range(4))
    proposed, heard, ends = (draw(st.sampled_from([None, days[at]])) for at in (0, 1, 3))
    return Decision(days[2], draw(WORDS), draw(texts(100)), proposed, heard, ends)


@st.composite
def conducts(draw: st.DrawFn) -> Conduct:
    """Conducts, over or not."""
    start, end = sorted([draw(DAYS), draw(DAYS)])
    return Conduct(draw(st.sampled_from(ConductCode)), start, draw(st.sampled_from([None, end])))


LISTINGS = st.builds(
    Listing,
    borrowers(),
    obligations(),
    st.none() | conducts(),
    st.none()
    | st.builds(
        LegalBasis,
        st.sampled_from(BasisKind),
        texts(300),
        texts(100),
        texts(100),
        st.none() | st.builds(Parties, st.lists(texts(200), min_size=1, max_size=3), DAYS),
        st.none() | DAYS,
    ),
    st.none()
    | st.builds(
        Notice,
        DAYS,
        st.sampled_from(ServiceMethod),
        st.none() | st.lists(texts(100), min_size=1, max_size=40).map("\n".join),
    ),
    st.lists(EVIDENCE, max_size=4),
    st.none() | decisions(),
    st.sampled_from(Severity),
    st.lists(st.sampled_from(Circumstance), unique=True),
    st.lists(st.sampled_from(["LOAN_LIMIT", "AIR", "M2"]), unique=True),
    st.lists(PARTICULARS, max_size=3),
    st.none() | st.builds(Statement, DAYS, WORDS),
    st.sampled_from(ListingStatus),
    st.just("") | texts(200),
    st.binary(min_size=16, max_size=16),
    st.just("") | st.builds("{}@{}#0123456789abcdef".format, texts(200), texts(200)),
)


@pytest.mark.parametrize("form", FORMS)
@given(listings=st.lists(LISTINGS, max_size=4))
def test_whatever_a_listing_says_comes_back(
    tmp_path_factory: pytest.TempPathFactory, form: str, listings: list[Listing]
) -> None:
    """A listing written and read again is equal, field by field, in both forms."""
    path = tmp_path_factory.getbasetemp() / f"round{form}"
    write_listings(path, listings)
    if not listings and form == ".jsonl":
        return  # an empty file is no report

    assert listings == list(read(path, OWN))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("char", ["\U0001f600", "\\", '"', "字"])
def test_the_largest_listing_comes_back(tmp_path: Path, form: str, char: str) -> None:
    """A listing in which every text and list is as long as may be still fits into a row."""
    proves = [Proves.CONDUCT, Proves.ABILITY_TO_PAY, Proves.CLAIM]
    largest = Listing(
        Borrower.person(*PEOPLE, name=char * 200),
        Obligation(char * 200, Money(10**17, "CNY"), Money(10**17, "CNY"), dt.date(2018, 1, 1)),
        Conduct(ConductCode.ABSCOND, dt.date(2019, 1, 1)),
        LegalBasis(BasisKind.CONTRACT, char * 300, char * 100, char * 100),
        Notice(dt.date(2020, 1, 1), ServiceMethod.POST, char * 3000),
        [Evidence(bytes([place] * 32), char * 200, proves) for place in range(32)],
        Decision(dt.date(2020, 1, 1), char * 2000, char * 100),
        particulars=[Particular(kind, char * 60) for kind in ParticularKind],
        statement=Statement(dt.date(2020, 1, 1), char * 1000),
        reference=char * 200,
    )
    write_listings(tmp_path / f"large{form}", [largest])

    assert [largest] == list(read(tmp_path / f"large{form}", OWN))


def test_every_field_of_the_model_has_a_column() -> None:
    """Whoever adds a field to the model must give it a column, or something would be lost."""
    fields = {
        Listing: 16, Borrower: 5, Obligation: 7, Money: 2, Conduct: 3, LegalBasis: 6, Notice: 3,
        Evidence: 4, Decision: 6, Particular: 3, Parties: 2, Statement: 2,
    }  # fmt: skip

    assert fields == {kind: len(attrs.fields(kind)) for kind in fields}


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    """What holds identifiers in the clear is readable by nobody else, and told how many it has."""
    path = tmp_path / "listings.csv"

    assert 2 == write_listings(path, [world.listing(1), world.listing(2)])
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("name", ["listings", "listings.xlsx", "listings.json"])
def test_another_ending_is_misuse(tmp_path: Path, name: str) -> None:
    """The ending of the path says which of the two forms is meant."""
    with pytest.raises(MisuseError):
        write_listings(tmp_path / name, [])


def test_what_is_no_listing_is_misuse(tmp_path: Path) -> None:
    """Only listings are written, and a file that failed does not appear."""
    with pytest.raises(MisuseError):
        write_listings(tmp_path / "a.csv", [world.listing(), "x"])  # type: ignore[list-item]

    assert [] == list(tmp_path.iterdir())


def test_it_takes_no_batch_description(tmp_path: Path) -> None:
    """A layout whose rows tell all would ignore a batch, so it refuses one."""
    with pytest.raises(MisuseError):
        read(tmp_path / "a.csv", OWN, BatchFacts("x"))


def test_every_other_layout_needs_one(tmp_path: Path) -> None:
    """The layouts whose rows do not tell all cannot be read without a description."""
    for other in set(layouts().values()) - {OWN}:
        with pytest.raises(MisuseError):
            read(tmp_path / "a.csv", other)


def cells(**changes: Any) -> dict[str, Any]:
    """The cells of a listing, some changed."""
    return {
        "format": "creditshare-listing-2",
        "holder": "person",
        "identifiers": f"cn-rid::{world.number(1)}",
        "name": "测试1",
        "creditor": "某某网贷",
        "currency": "CNY",
        "principal_minor": 2_000_000,
        "outstanding_minor": "1500000",
        "default_date": "2018-03-01",
        "conduct": "逃匿、失联",
        "conduct_start": "2019-03-01",
    } | changes


def test_a_row_may_say_little(tmp_path: Path) -> None:
    """A hand-made row needs no id, role or status; a number and a legacy identifier are read."""
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(cells(identifiers="cn-rid::888888800517001")), "utf-8")
    (listing,) = read(path, OWN)

    assert isinstance(listing, Listing)
    assert (ResidentID.parse(world.number(1)),) == listing.borrower.identifiers
    assert BorrowerRole.BORROWER is listing.borrower.role
    assert ListingStatus.LISTED is listing.status
    assert ConductCode.ABSCOND is (listing.conduct and listing.conduct.code)


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"format": ""}, "format: format-version"),
    ({"format": "creditshare-listing-1"}, "format: format-version"),
    ({"id": "ab"}, "id: value-invalid"),
    ({"holder": "trust"}, "holder: choice"),
    ({"identifiers": "888888198005170011"}, "identifiers: value-invalid"),
    ({"identifiers": "xx-id::1"}, "identifiers: identifier-scheme"),
    ({"identifiers": "cn-rid::888888198005170012"}, "identifiers: identifier-check"),
    ({"identifiers": "cn-rid:CN:888888198005170011"}, ""),
    ({"identifiers": "passport::E12345679"}, "identifiers: identifier-country"),
    ({"identifiers": "cn-uscc::91350100M000100Y43"}, "identifiers: value-invalid"),
    ({"name": " "}, "name: value-invalid"),
    ({"birth_date": "1980"}, "birth_date: date-form"),
    ({"role": "x"}, "role: choice"),
    ({"creditor": None}, "creditor: value-invalid"),
    ({"currency": "yuan"}, "currency: value-invalid"),
    ({"principal_minor": "1.5"}, "principal_minor: amount-form"),
    ({"principal_minor": 10**17}, "principal_minor: digits-lost"),
    ({"outstanding_minor": ""}, "outstanding_minor: amount-missing"),
    ({"outstanding_minor": "-1"}, "outstanding_minor: amount-form"),
    ({"annual_rate": "24%"}, "annual_rate: rate-form"),
    ({"annual_rate": "101"}, "annual_rate: value-invalid"),
    ({"conduct": "LATE"}, "conduct: conduct-unknown"),
    ({"conduct": ""}, "conduct: conduct-unknown"),
    ({"conduct_end": "2018-01-01"}, "conduct_end: value-invalid"),
    ({"basis_kind": "contract"}, "basis_instrument: value-invalid"),
    ({"basis_article": "1"}, "basis_kind: choice"),
    ({"notice_remedy": "x"}, "notice_served: date-missing"),
    ({"notice_served": "2020-01-01", "notice_method": "post", "notice_remedy": "\\x"},
     "notice_remedy: value-invalid"),
    ({"notice_served": "9999-01-01", "notice_method": "post"}, "notice_served: value-invalid"),
    ({"evidence": "ab conduct x"}, "evidence: value-invalid"),
    ({"evidence": "ab" * 32 + " conduct - "}, "evidence: value-invalid"),
    ({"evidence": "ab" * 32 + " conduct - " + "x" * 201}, "evidence: value-invalid"),
    ({"evidence": "ab" * 32 + " conduct 2026-02-30 x"}, "evidence: value-invalid"),
    ({"evidence": "ab" * 32 + " conduct x"}, "evidence: value-invalid"),
    ({"evidence": "ab" * 32 + " conduct,conduct,conduct,conduct - x"}, "evidence: value-invalid"),
    ({"evidence": "ab" * 32 + " rumour - x"}, "evidence: value-invalid"),
    ({"evidence": "ab" * 32 + " conduct - x\\"}, "evidence: value-invalid"),
    ({"severity": "grave"}, "severity: choice"),
    ({"circumstances": "genuine-hardship poverty"}, "circumstances: value-invalid"),
    ({"measures": "no loans"}, "measures: value-invalid"),
    ({"particulars": "income 5000"}, "particulars: value-invalid"),
    ({"particulars": "salary - 5000"}, "particulars: value-invalid"),
    ({"decision_by": "committee"}, "decision_on: date-missing"),
    ({"decision_on": "2026-01-01", "decision_by": "x"}, "decision_reasons: value-invalid"),
    ({"statement": "x"}, "statement_on: date-missing"),
    ({"statement_on": "2026-01-01"}, "statement: value-invalid"),
    ({"basis_kind": "judgment", "basis_instrument": "1", "basis_article": "1",
      "basis_version": "1", "parties": "x"}, "parties_as_of: date-missing"),
    ({"settled": "2020-01-01"}, "settled: value-invalid"),
    ({"status": "lost"}, "status: choice"),
    ({"reference": "x" * 201}, "reference: value-invalid"),
    ({"name": True}, "name: cell-kind"),
    ({"reference": ["x"]}, "reference: cell-kind"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "expected"), REFUSED, ids=[str(at) for at in range(len(REFUSED))]
)
def test_a_cell_that_says_no_listing_refuses_its_row(
    tmp_path: Path, changes: dict[str, Any], expected: str
) -> None:
    """What a listing cannot hold is a refused row that names the column."""
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(cells(**changes)), "utf-8")
    (item,) = read(path, OWN)

    if not expected:
        assert isinstance(item, Listing)
        return
    assert isinstance(item, RowRefusal)
    assert expected in [f"{fault.field}: {fault.kind}" for fault in item.faults]
