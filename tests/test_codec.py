"""The codec: a listing to bytes and back, in one spelling, without its identifiers."""

from __future__ import annotations

import copy
import datetime as dt
import decimal
import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import creditshare as cs
from creditshare.codec import (
    decode_identifiers,
    decode_listing,
    encode_identifiers,
    encode_listing,
)
from creditshare.errors import MalformedError, MisuseError
from creditshare.identifiers import Holder
from creditshare.wire import Value, pack, unpack
from world import listing, number, person, shows

VECTOR: dict[str, Any] = json.loads(
    (Path(__file__).parent / "vectors" / "listing.json").read_text("ascii")
)
ID = bytes(range(16))
LIMIT = 64 * 1024

# -- Generated listings ------------------------------------------------------------------------

REORDERING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
TEXTS = st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters=REORDERING)
DAYS = st.dates(dt.date(1800, 1, 1), dt.date(9000, 12, 31))
SERIALS = st.integers(0, 999)
BORN = st.dates(dt.date(1850, 1, 1), dt.date(2020, 12, 31))
PERSON_IDENTIFIERS: st.SearchStrategy[cs.identifiers.Identifier] = st.one_of(
    st.builds(lambda serial, born: cs.ResidentID.parse(number(serial, born)), SERIALS, BORN),
    st.builds(
        lambda serial, country: cs.identifiers.Passport.parse(f"E1{serial:06d}0", country),
        st.integers(100_000, 999_999),
        st.sampled_from(["CN", "GB", "FR"]),
    ),
)
CODE = cs.UnifiedSocialCreditCode.parse("91350100M000100Y43")


def texts(most: int) -> st.SearchStrategy[str]:
    """Any text a listing may hold."""
    return st.text(TEXTS, min_size=1, max_size=most).filter(shows)


PERSONS = st.builds(
    cs.Borrower,
    holder=st.just(Holder.PERSON),
    identifiers=st.lists(PERSON_IDENTIFIERS, max_size=4, unique=True),
    name=st.none() | texts(200),
    birth_date=st.none() | DAYS,
    role=st.sampled_from(cs.model.BorrowerRole),
)
ORGANISATIONS = st.builds(
    cs.Borrower,
    holder=st.just(Holder.ORGANISATION),
    identifiers=st.sampled_from([(), (CODE,)]),
    name=st.none() | texts(200),
    role=st.sampled_from(cs.model.BorrowerRole),
)
RATES = st.integers(0, 10**8).map(lambda step: Decimal(step).scaleb(-6))
OBLIGATIONS = st.builds(
    lambda creditor, principal, outstanding, currency, default, rate, classed, settled: (
        cs.Obligation(
            creditor,
            cs.Money(principal, currency),
            cs.Money(0 if settled else outstanding, currency),
            default,
            rate,
            classed,
            settled,
        )
    ),
    texts(200),
    st.integers(0, 10**17),
    st.integers(0, 10**17),
    st.sampled_from(["CNY", "INR", "EUR", "JPY"]),
    st.none() | DAYS,
    st.none() | RATES,
    st.none() | DAYS,
    st.none() | DAYS,
)
DECISIONS = st.builds(
    lambda on, reasons, by, early, ends: cs.Decision(
        on, reasons, by, early and min(early, on), None, ends and max(ends, on)
    ),
    DAYS,
    texts(300),
    texts(100),
    st.none() | DAYS,
    st.none() | DAYS,
)
CONDUCTS = st.builds(
    lambda code, days, is_open: cs.Conduct(code, min(days), None if is_open else max(days)),
    st.sampled_from(cs.model.ConductCode),
    st.tuples(DAYS, DAYS),
    st.booleans(),
)
LISTINGS = st.builds(
    cs.Listing,
    borrower=PERSONS | ORGANISATIONS,
    obligation=OBLIGATIONS,
    conduct=CONDUCTS,
    basis=st.builds(
        cs.LegalBasis,
        st.sampled_from(cs.model.BasisKind),
        texts(300),
        texts(100),
        texts(100),
        st.none() | st.builds(cs.model.Parties, st.lists(texts(50), max_size=3), DAYS),
        st.none() | DAYS,
    ),
    notice=st.builds(
        cs.Notice, DAYS, st.sampled_from(cs.model.ServiceMethod), st.none() | texts(300)
    ).filter(lambda notice: notice.remedy is not None),
    evidence=st.lists(
        st.builds(
            cs.Evidence,
            st.binary(min_size=32, max_size=32),
            texts(100),
            st.lists(st.sampled_from(cs.model.Proves), min_size=1, max_size=3, unique=True),
            st.none() | DAYS,
        ),
        max_size=4,
    ),
    decision=DECISIONS,
    severity=st.sampled_from(cs.model.Severity),
    circumstances=st.lists(st.sampled_from(cs.model.Circumstance), max_size=3, unique=True),
    measures=st.lists(st.sampled_from(["LOAN_LIMIT", "AIR"]), max_size=2, unique=True),
    particulars=st.lists(
        st.builds(
            cs.model.Particular,
            st.sampled_from(cs.model.ParticularKind),
            texts(60),
            st.none() | DAYS,
        ),
        max_size=3,
    ),
    statement=st.none() | st.builds(cs.model.Statement, DAYS, texts(300)),
    reference=st.just("") | texts(20),
    id=st.binary(min_size=16, max_size=16),
    cleared_by=st.builds(f"{{}}@{{}}#{16 * '0'}".format, texts(200), texts(200)),
)


def carried(drafted: cs.Listing) -> cs.Listing:
    """What of a listing its payload carries: of the parties, only the borrower."""
    borrower, basis = attrs.evolve(drafted.borrower, identifiers=()), drafted.basis
    if basis is not None and basis.parties is not None:
        own = () if borrower.name is None else (borrower.name,)
        basis = attrs.evolve(basis, parties=attrs.evolve(basis.parties, names=own))
    return attrs.evolve(drafted, borrower=borrower, basis=basis, reference="")


@settings(max_examples=150, deadline=None)
@given(LISTINGS)
def test_round_trip(drafted: cs.Listing) -> None:
    """A listing comes back as it was, but for its identifiers and its issuer's reference."""
    payload = encode_listing(drafted)
    decoded = decode_listing(payload, drafted.id)

    assert carried(drafted) == decoded
    assert payload == encode_listing(decoded)


@settings(max_examples=100, deadline=None)
@given(LISTINGS)
def test_no_identifier_is_carried(drafted: cs.Listing) -> None:
    """A payload holds no identifier, in no form, and no reference of the issuer's."""
    marked = attrs.evolve(drafted, reference="row 17 of the file")
    payload = encode_listing(marked)

    assert b"row 17 of the file" not in payload
    for identifier in drafted.borrower.identifiers:
        assert identifier.value.encode() not in payload
        assert identifier.token_text.encode() not in payload
        if identifier.SCHEME == "cn-rid":
            assert identifier.value[8:17].encode() not in payload


@settings(max_examples=60, deadline=None)
@given(st.lists(PERSON_IDENTIFIERS, max_size=16, unique=True))
def test_identifiers_round_trip(identifiers: list[cs.identifiers.Identifier]) -> None:
    """A ledger's identifiers come back as they were, in their order."""
    assert tuple(identifiers) == decode_identifiers(encode_identifiers(tuple(identifiers)))


def test_the_largest_listing() -> None:
    """A listing whose every part is as long as it may be still fits into a record."""
    wide = "\U00020000"
    evidence = cs.Evidence(
        bytes(32), wide * 200, list(cs.model.Proves), disclosed=dt.date(9000, 1, 1)
    )
    drafted = listing(
        borrower=person(1, name=wide * 200),
        obligation=cs.Obligation(
            wide * 200,
            cs.Money(10**17, "CNY"),
            cs.Money(10**17, "CNY"),
            dt.date(2018, 1, 1),
            Decimal("0.123456"),
        ),
        basis=cs.LegalBasis(
            cs.model.BasisKind.ADMINISTRATIVE_DECISION, wide * 300, wide * 100, wide * 100
        ),
        notice=cs.Notice(dt.date(2026, 1, 1), cs.model.ServiceMethod.PUBLICATION, wide * 3000),
        decision=cs.Decision(dt.date(2026, 1, 1), wide * 2000, wide * 100),
        circumstances=list(cs.model.Circumstance),
        measures=[f"M{place:039}" for place in range(32)],
        particulars=[
            cs.model.Particular(kind, wide * 60, dt.date(9000, 1, 1))
            for kind in cs.model.ParticularKind
        ],
        statement=cs.model.Statement(dt.date(2026, 1, 1), wide * 1000),
        evidence=[evidence] * 32,
        cleared_by=f"{wide * 200}@{wide * 200}#{bytes(8).hex()}",
    )
    payload = encode_listing(drafted)

    assert carried(drafted) == decode_listing(payload, drafted.id)
    assert len(payload) < LIMIT


@pytest.mark.parametrize("part", ["conduct", "basis", "notice", "decision"])
def test_a_draft_has_no_payload(part: str) -> None:
    """A draft without its conduct, basis, notice or decision is not encoded, whoever cleared it."""
    missing: dict[str, Any] = {part: None}

    with pytest.raises(MisuseError, match="draft"):
        encode_listing(listing(**missing), cleared_by=PINNED.cleared_by)


def test_what_no_rulebook_cleared_has_no_payload() -> None:
    """A complete draft that names no rulebook is not encoded."""
    with pytest.raises(MisuseError, match="draft"):
        encode_listing(listing())


def test_the_rulebook_that_cleared_it_overrides_what_a_draft_says() -> None:
    """A payload names the rulebook given, not the one that a draft claims."""
    cleared_by = "in@2026#fedcba9876543210"
    payload = encode_listing(PINNED, cleared_by=cleared_by)

    assert cleared_by == decode_listing(payload, ID).cleared_by


# -- The published payload ---------------------------------------------------------------------

PINNED = cs.Listing(
    borrower=cs.Borrower.person(
        cs.ResidentID.parse(number(1)), name="测试·一", role=cs.model.BorrowerRole.GUARANTOR
    ),
    obligation=cs.Obligation(
        "某某网贷",
        cs.Money(2_000_000, "CNY"),
        cs.Money(1_500_000, "CNY"),
        dt.date(2018, 3, 1),
        Decimal("0.240"),
    ),
    conduct=cs.Conduct(
        cs.model.ConductCode.ASSET_TRANSFER, dt.date(2019, 3, 1), dt.date(2024, 2, 29)
    ),
    basis=cs.LegalBasis(
        cs.model.BasisKind.JUDGMENT,
        "(2020)测0101民初1号",
        "2",
        "2020-05-06",
        cs.model.Parties(["测试·一", "测试二"], dt.date(2026, 9, 1)),
    ),
    notice=cs.Notice(dt.date(2026, 10, 1), cs.model.ServiceMethod.POST, "Object within 15 days."),
    decision=cs.Decision(
        dt.date(2026, 11, 2), "Moved the flat.", "committee", heard=dt.date(2026, 10, 20)
    ),
    severity=cs.model.Severity.SERIOUS,
    measures=["LOAN_LIMIT"],
    statement=cs.model.Statement(dt.date(2026, 10, 5), "I paid half."),
    evidence=[
        cs.Evidence(bytes(range(32)), "judgment", [cs.model.Proves.CLAIM]),
        cs.Evidence(
            bytes(32),
            "transfer",
            [cs.model.Proves.CONDUCT, cs.model.Proves.ABILITY_TO_PAY],
            dt.date(2026, 10, 1),
        ),
    ],
    id=ID,
    cleared_by="cn-credit-reporting@2026.11#0123456789abcdef",
)
ARRAY: list[Any] = [
    2,
    ["person", "guarantor", "测试·一", None],
    ["某某网贷", "CNY", 2_000_000, 1_500_000, "0.24", 17591, None, None],
    ["ASSET_TRANSFER", 17956, 19782],
    ["judgment", "(2020)测0101民初1号", "2", "2020-05-06", 20697, None],
    ["post", 20727, "Object within 15 days."],
    [20759, "Moved the flat.", "committee", None, 20746, None],
    [
        [bytes(range(32)), "judgment", ["claim"], None],
        [bytes(32), "transfer", ["conduct", "ability-to-pay"], 20727],
    ],
    "serious",
    [],
    ["LOAN_LIMIT"],
    [],
    [20731, "I paid half."],
    "cn-credit-reporting@2026.11#0123456789abcdef",
]


def shown(value: Any) -> Any:
    """A value as the vector's file shows it."""
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    return list(map(shown, value)) if isinstance(value, list) else value


def test_the_published_payload() -> None:
    """The published payload is the array its file tells, and is encoded and decoded as such."""
    payload = bytes.fromhex(VECTOR["payload"])

    assert VECTOR["array"] == shown(ARRAY)
    assert payload == pack(ARRAY)
    assert payload == encode_listing(PINNED)
    assert carried(PINNED) == decode_listing(payload, ID)


# -- What no listing encodes to ------------------------------------------------------------------


def changed(path: Sequence[int], value: Value) -> bytes:
    """The published payload with one value replaced."""
    array = copy.deepcopy(ARRAY)
    place = array
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return pack(array)


HUGE = 2**63
REFUSED: list[tuple[str, list[int], Any]] = [
    ("another version", [0], 1),
    ("version zero", [0], 0),
    ("a boolean version", [0], True),
    ("a text version", [0], "1"),
    ("unknown holder", [1, 0], "robot"),
    ("holder in capitals", [1, 0], "PERSON"),
    ("unknown role", [1, 1], "evader"),
    ("blank name", [1, 2], "  "),
    ("long name", [1, 2], "a" * 201),
    ("control in name", [1, 2], "a\x00b"),
    ("name as bytes", [1, 2], b"name"),
    ("birth date far away", [1, 3], HUGE),
    ("birth date before every year", [1, 3], -800_000),
    ("birth date before 1800", [1, 3], -62_092),
    ("birth date as text", [1, 3], "1980-05-17"),
    ("an extra field", [1], ["person", "guarantor", "a", 3789, 1]),
    ("a field too few", [1], ["person", "guarantor", "a"]),
    ("blank creditor", [2, 0], ""),
    ("currency in small letters", [2, 1], "cny"),
    ("negative principal", [2, 2], -1),
    ("huge outstanding", [2, 3], 10**17 + 1),
    ("boolean amount", [2, 3], True),
    ("classed as a text", [2, 6], "2020"),
    ("settled and still owed", [2, 7], 20_000),
    ("unknown conduct", [3, 0], "MERE_DELAY"),
    ("Chinese conduct", [3, 0], "转移财产"),
    ("conduct ends before it starts", [3, 2], 17955),
    ("no start", [3, 1], None),
    ("unknown basis", [4, 0], "rumour"),
    ("basis as its level", [4, 0], 4),
    ("long instrument", [4, 1], "a" * 301),
    ("blank version", [4, 3], " "),
    ("unknown service", [5, 0], "pigeon"),
    ("served in no year", [5, 1], 10**9),
    ("no remedy at all", [5], ["post", 20727]),
    ("blank remedy", [5, 2], ""),
    ("short digest", [7, 0, 0], bytes(31)),
    ("digest as text", [7, 0, 0], "a" * 32),
    ("proves nothing", [7, 0, 2], []),
    ("proves something unknown", [7, 0, 2], ["guilt"]),
    ("proves a list", [7, 0, 2], [["claim"]]),
    ("proves a number", [7, 0, 2], [1]),
    ("evidence is no list", [7, 0], "judgment"),
    ("evidence is nothing", [7, 0], None),
    ("too much evidence", [7], [[bytes(32), "a", ["claim"], None]] * 33),
    ("evidence is text", [7], "none"),
    ("disclosed on a text", [7, 0, 3], "2026-10-01"),
    ("parties on a text", [4, 4], "2026-10-01"),
    ("parties by name", [4, 4], ["a", "b"]),
    ("register far away", [4, 5], HUGE),
    ("no decision", [6], None),
    ("no reasons", [6, 1], ""),
    ("reasons by nobody", [6, 2], None),
    ("heard after the decision", [6, 4], 20760),
    ("ends before the decision", [6, 5], 20758),
    ("unknown severity", [8], "grave"),
    ("no severity", [8], None),
    ("unknown circumstance", [9], ["poverty"]),
    ("a measure that is no code", [10], ["no loans"]),
    ("too many measures", [10], [f"M{place}" for place in range(33)]),
    ("unknown particular", [11], [["income-of-spouse", "1", None]]),
    ("particular without its fact", [11], [["income", "", None]]),
    ("particular of two", [11], [["income", "1"]]),
    ("statement without a day", [12], ["", "I paid."]),
    ("statement is a text", [12], "I paid."),
    ("blank statement", [12], [20731, " "]),
    ("cleared by nobody", [13], ""),
    ("cleared by nothing", [13], None),
    ("cleared without a version", [13], "cn#0123456789abcdef"),
    ("cleared without a digest", [13], "cn@1"),
    ("cleared by a short digest", [13], "cn@1#0123456789abcde"),
    ("cleared by a digest in capitals", [13], "cn@1#0123456789ABCDEF"),
    ("cleared by a digest and a line", [13], "cn@1#0123456789abcdef\n"),
    ("cleared by a control", [13], "cn\x00@1#0123456789abcdef"),
    ("cleared by a long name", [13], f"{'a' * 201}@{'1' * 200}#0123456789abcdef"),
]


@pytest.mark.parametrize(("what", "path", "value"), REFUSED, ids=[what for what, *_ in REFUSED])
def test_impossible_values(what: str, path: list[int], value: Any) -> None:
    """A payload with a value that no listing has is malformed."""
    with pytest.raises(MalformedError):
        decode_listing(changed(path, value), ID)


@pytest.mark.parametrize(
    "rate",
    [
        "0.240",
        "0.2400000",
        ".24",
        "00.24",
        "+0.24",
        " 0.24",
        "0.24 ",
        "0,24",
        "24e-2",
        "2.4E-1",
        "0_1",
        "０.２４",
        "1.0",
        "0.0",
        "1e0",
        "",
        "a",
        "NaN",
        "sNaN",
        "Infinity",
        "-Infinity",
        "-1",
        "100.1",
        "0.1234567",
        "1E-999999999",
        "1E+999998",
        "9" * 60_000,
        "1E+999999999",
        "-0",
    ],
)
def test_a_rate_in_a_second_spelling(rate: str) -> None:
    """A rate that is impossible, or not in its one spelling, is malformed."""
    with pytest.raises(MalformedError):
        decode_listing(changed([2, 4], rate), ID)


@pytest.mark.parametrize("rate", ["0", "0.24", "0.123456", "100", "0.000001", "10"])
def test_a_rate_in_its_one_spelling(rate: str) -> None:
    """A rate without exponent, sign and trailing zeros is taken as it is."""
    decoded = decode_listing(changed([2, 4], rate), ID)

    assert Decimal(rate) == decoded.obligation.annual_rate


def test_the_callers_decimal_context() -> None:
    """A rate is encoded exactly, whatever the caller's own decimal precision."""
    owed = attrs.evolve(PINNED.obligation, annual_rate=Decimal("0.123456"))
    with decimal.localcontext() as context:
        context.prec = 3
        payload = encode_listing(attrs.evolve(PINNED, obligation=owed))

    assert "0.123456" == unpack(payload, LIMIT)[2][4]


@pytest.mark.parametrize("size", [0, 15, 17])
def test_an_impossible_id(size: int) -> None:
    """An id of another length is malformed."""
    with pytest.raises(MalformedError):
        decode_listing(pack(ARRAY), bytes(size))


def _decodes(payload: bytes) -> bool:
    try:
        decoded = decode_listing(payload, ID)
    except MalformedError:
        return False
    return payload == encode_listing(decoded)


PAYLOAD = pack(ARRAY)


@pytest.mark.parametrize("length", range(0, len(PAYLOAD), 3))
def test_a_truncated_payload(length: int) -> None:
    """A payload cut short anywhere is malformed, and so is one with something after it."""
    for damaged in (PAYLOAD[:length], PAYLOAD + PAYLOAD[: length + 1]):
        with pytest.raises(MalformedError):
            decode_listing(damaged, ID)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(PAYLOAD) - 1), st.integers(0, 255)), min_size=1))
@example([(0, 0x98)])
def test_a_mutated_payload(changes: list[tuple[int, int]]) -> None:
    """A payload with other bytes is malformed, or else the one spelling of another listing."""
    damaged = bytearray(PAYLOAD)
    for place, value in changes:
        damaged[place] = value
    try:
        decoded = decode_listing(bytes(damaged), ID)
    except MalformedError:
        return

    assert bytes(damaged) == encode_listing(decoded)


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-HUGE, 2**64 - 1)
    | st.text(TEXTS, max_size=8)
    | st.binary(max_size=40)
    | st.sampled_from(["person", "post", "JUDGMENT", "claim", "CNY", "1E+99", "NaN"]),
    lambda values: st.lists(values, max_size=7),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(st.lists(VALUES, max_size=8).map(pack) | st.binary(max_size=200))
def test_random_payloads(payload: bytes) -> None:
    """Random bytes, and random values well packed, are malformed."""
    assert not _decodes(payload)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([path for _, path, _ in REFUSED if len(path) > 1] + [[2, 4]]),
    VALUES,
)
def test_random_fields(path: list[int], value: Any) -> None:
    """Any value in any field is malformed, or else the one spelling of another listing."""
    payload = changed(path, value)
    try:
        decoded = decode_listing(payload, ID)
    except MalformedError:
        return

    assert payload == encode_listing(decoded)


@pytest.mark.parametrize(
    "text",
    [
        "cn-rid",
        f"1:cn-rid:{number(1)}",
        f"1:cn-rid::{number(1)}:",
        f"2:cn-rid::{number(1)}",
        f"01:cn-rid::{number(1)}",
        f"1:cn-rid::{number(1)} x",
        f"1:cn-rid::{number(1)[:-1]}?",
        f"1:cn-rid:CN:{number(1)}",
        f"1:cn-rid::{number(1)[:6]}{number(1)[8:17]}",
        f"1:CN-RID::{number(1)}",
        "1:passport:gb:E12345670",
        "1:passport::E12345670",
        "1:nobody::E12345670",
    ],
)
def test_impossible_identifiers(text: str) -> None:
    """Stored identifiers that are unknown or not canonical are malformed."""
    with pytest.raises(MalformedError):
        decode_identifiers(text)
