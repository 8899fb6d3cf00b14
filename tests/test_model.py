"""The model's values: every fault at once, our error for any junk, frozen, and hidden."""

from __future__ import annotations

import datetime as dt
import enum
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditshare.errors import InvalidValueError
from creditshare.identifiers import Holder, Passport, ResidentID, UnifiedSocialCreditCode
from creditshare.model import (
    BasisKind,
    BasisLevel,
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
    Role,
    ServiceMethod,
    Severity,
    Statement,
    Withdrawal,
    WithdrawalReason,
    new_listing_id,
)

RID = ResidentID.parse("11010519491231002X")
PASSPORT = Passport.parse("K7654329", "GB")
USCC = UnifiedSocialCreditCode.parse("91350100M000100Y43")
DAY, NEXT_DAY = dt.date(2026, 3, 1), dt.date(2026, 3, 2)
NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
CNY = Money(100_00, "CNY")

GOOD: dict[type, dict[str, Any]] = {
    Borrower: {
        "holder": Holder.PERSON,
        "identifiers": (RID, PASSPORT),
        "name": "张伟",
        "birth_date": dt.date(1949, 12, 31),
        "role": BorrowerRole.GUARANTOR,
    },
    Money: {"minor": 100_00, "currency": "CNY"},
    Obligation: {
        "creditor": "某银行",
        "principal": CNY,
        "outstanding": Money(0, "CNY"),
        "default_date": DAY,
        "annual_rate": Decimal("0.24"),
        "non_performing": DAY,
        "settled": NEXT_DAY,
    },
    Decision: {
        "on": NEXT_DAY,
        "reasons": "It moved the flat\nafter the judgment.",
        "by": "credit committee",
        "proposed": DAY,
        "heard": NEXT_DAY,
        "ends": NEXT_DAY,
    },
    Statement: {"on": DAY, "text": "I paid half,\nin cash."},
    Parties: {"names": ("张伟", "某某"), "as_of": DAY},
    Particular: {"kind": ParticularKind.INCOME, "text": "5,000 a month", "consent": DAY},
    Conduct: {"code": ConductCode.ASSET_TRANSFER, "start": DAY, "end": NEXT_DAY},
    LegalBasis: {
        "kind": BasisKind.JUDGMENT,
        "instrument": "(2025)京0105民初1号",
        "article": "1",
        "version": "2025",
        "parties": Parties(("张伟",), DAY),
        "register_until": NEXT_DAY,
    },
    Notice: {"served": DAY, "method": ServiceMethod.POST, "remedy": "To the court,\nin 15 days."},
    Evidence: {
        "digest": bytes(32),
        "description": "contract",
        "proves": (Proves.CLAIM,),
        "disclosed": DAY,
    },
    Withdrawal: {"listing_id": bytes(16), "reason": WithdrawalReason.SETTLED, "on": DAY},
}
GOOD[Listing] = {
    "borrower": Borrower(**GOOD[Borrower]),
    "obligation": Obligation(**GOOD[Obligation]),
    "conduct": Conduct(**GOOD[Conduct]),
    "basis": LegalBasis(**GOOD[LegalBasis]),
    "notice": Notice(**GOOD[Notice]),
    "decision": Decision(**GOOD[Decision]),
    "evidence": (Evidence(**GOOD[Evidence]),),
    "severity": Severity.SERIOUS,
    "circumstances": (Circumstance.GENUINE_DISPUTE,),
    "measures": ("LOAN_LIMIT",),
    "particulars": (Particular(**GOOD[Particular]),),
    "statement": Statement(**GOOD[Statement]),
    "status": ListingStatus.LISTED,
    "reference": "row 7",
    "id": bytes(16),
}
OPTIONAL = {
    Borrower: {"name", "birth_date", "role"},
    Obligation: {"annual_rate", "non_performing", "settled"},
    Decision: {"proposed", "heard", "ends"},
    Particular: {"consent"},
    LegalBasis: {"parties", "register_until"},
    Evidence: {"disclosed"},
    Conduct: {"end"},
    Notice: set[str](),
    Listing: {
        *("conduct", "basis", "notice", "decision", "evidence", "severity", "circumstances"),
        *("measures", "particulars", "statement", "status", "reference", "id"),
    },
}
CLASSES = sorted(GOOD, key=lambda cls: cls.__name__)


def _faults(cls: type, changes: dict[str, Any]) -> set[str]:
    """The fields at fault in a good value with these changes, which must be refused."""
    with pytest.raises(InvalidValueError) as refusal:
        cls(**GOOD[cls] | changes)
    error = refusal.value
    assert all(str(fault) in str(error) for fault in error.faults)
    return {fault.field for fault in error.faults}


# -- What is accepted -----------------------------------------------------------------------


@pytest.mark.parametrize("cls", CLASSES)
def test_good_values_hold_what_they_were_given(cls: type) -> None:
    """A value holds each of its fields as given, and equals another made alike."""
    value = cls(**GOOD[cls])

    assert GOOD[cls] == {name: getattr(value, name) for name in GOOD[cls]}
    assert value == cls(**GOOD[cls])
    assert {value} == {cls(**GOOD[cls])}


@pytest.mark.parametrize("cls", CLASSES)
def test_only_optional_fields_may_be_left_out(cls: type) -> None:
    """A value can be made without its optional fields, and without none of the others."""
    required = GOOD[cls].keys() - OPTIONAL.get(cls, set())
    cls(**{name: GOOD[cls][name] for name in required})
    for name in required:
        with pytest.raises(TypeError):
            cls(**{other: GOOD[cls][other] for other in required - {name}})


@pytest.mark.parametrize(
    ("cls", "changes"),
    [
        (Borrower, {"identifiers": ()}),
        (Borrower, {"identifiers": [RID]}),
        (Borrower, {"identifiers": {RID, PASSPORT}}),
        (Borrower, {"name": None, "birth_date": None}),
        (Borrower, {"name": "a" * 200}),
        (Borrower, {"name": "买买提·吐尔逊"}),
        (Borrower, {"name": "\U0002a6a5\U00020bb7"}),
        (Borrower, {"birth_date": dt.date(1800, 1, 1)}),
        (Money, {"minor": 0}),
        (Money, {"minor": 10**17}),
        (Obligation, {"annual_rate": None}),
        (Obligation, {"annual_rate": Decimal(0)}),
        (Obligation, {"annual_rate": Decimal(100)}),
        (Obligation, {"annual_rate": Decimal("0.000001")}),
        (Obligation, {"annual_rate": Decimal("1E+2")}),
        (Obligation, {"annual_rate": Decimal("0.24000000000")}),
        (Conduct, {"end": None}),
        (Conduct, {"end": DAY}),
        (Notice, {"remedy": None}),
        (Notice, {"remedy": "a\nb"}),
        (Notice, {"remedy": "a" * 3000}),
        (Evidence, {"proves": set(Proves)}),
        (Listing, {"conduct": None, "basis": None, "notice": None, "evidence": ()}),
        (Listing, {"reference": ""}),
        (Listing, {"evidence": (Evidence(**GOOD[Evidence]),) * 32}),
    ],
)
def test_what_is_accepted(cls: type, changes: dict[str, Any]) -> None:
    """Values at the edge of what is allowed are accepted."""
    value = cls(**GOOD[cls] | changes)

    assert {type(value)} == {cls}


@pytest.mark.parametrize(
    "char",
    [
        pytest.param("\U00031350", id="CJK-extension-H-of-Unicode-15.0"),
        pytest.param("\U0002ebf0", id="CJK-extension-I-of-Unicode-15.1"),
    ],
)
def test_a_name_does_not_depend_on_the_pythons_unicode(char: str) -> None:
    """A name is good or not on every Python alike, however new its Unicode is."""
    assert char == Borrower.person(RID, name=char).name


# -- Every fault at once --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cls", "changes", "expected"),
    [
        (Borrower, {"holder": "person"}, {"holder"}),
        (Borrower, {"identifiers": "11010519491231002X"}, {"identifiers"}),
        (Borrower, {"identifiers": RID.value}, {"identifiers"}),
        (Borrower, {"identifiers": None}, {"identifiers"}),
        (Borrower, {"identifiers": (RID, None)}, {"identifiers"}),
        (Borrower, {"identifiers": (RID, RID)}, {"identifiers"}),
        (Borrower, {"identifiers": (USCC,)}, {"identifiers"}),
        (Borrower, {"holder": Holder.ORGANISATION}, {"identifiers", "birth_date"}),
        (
            Borrower,
            {"holder": Holder.ORGANISATION, "identifiers": (USCC,)},
            {"birth_date"},
        ),
        (Borrower, {"name": ""}, {"name"}),
        (Borrower, {"name": " \u3000"}, {"name"}),
        (Borrower, {"name": "a" * 201}, {"name"}),
        (Borrower, {"name": "a\0b"}, {"name"}),
        (Borrower, {"name": "a\x7f"}, {"name"}),
        (Borrower, {"name": "a\ud800"}, {"name"}),
        (Borrower, {"name": "a\nb"}, {"name"}),
        (Borrower, {"name": "a\u202eb"}, {"name"}),
        (Borrower, {"name": "a\u2028b"}, {"name"}),
        (Notice, {"remedy": "a\u2028Status: ended"}, {"remedy"}),
        (Notice, {"remedy": "a\u2029b"}, {"remedy"}),
        (Borrower, {"name": "a\u2066b"}, {"name"}),
        (Notice, {"remedy": "a\u202eb"}, {"remedy"}),
        (Borrower, {"name": b"a"}, {"name"}),
        (Borrower, {"birth_date": "1949-12-31"}, {"birth_date"}),
        (Borrower, {"birth_date": NOON}, {"birth_date"}),
        (Borrower, {"birth_date": dt.date(1799, 12, 31)}, {"birth_date"}),
        (Borrower, {"birth_date": dt.date(9001, 1, 1)}, {"birth_date"}),
        (Borrower, {"role": "victim"}, {"role"}),
        (Borrower, {"role": None}, {"role"}),
        (
            Borrower,
            {"holder": 1, "identifiers": (1,), "name": 1, "birth_date": 1, "role": 1},
            {"holder", "identifiers", "name", "birth_date", "role"},
        ),
        (Money, {"minor": -1}, {"minor"}),
        (Money, {"minor": 10**17 + 1}, {"minor"}),
        (Money, {"minor": 1.0}, {"minor"}),
        (Money, {"minor": True}, {"minor"}),
        (Money, {"minor": Decimal(1)}, {"minor"}),
        (Money, {"currency": "cny"}, {"currency"}),
        (Money, {"currency": "CNY "}, {"currency"}),
        (Money, {"currency": "CNY\n"}, {"currency"}),
        (Money, {"currency": "元"}, {"currency"}),
        (Money, {"currency": "ＣＮＹ"}, {"currency"}),
        (Money, {"minor": None, "currency": None}, {"minor", "currency"}),
        (Obligation, {"creditor": ""}, {"creditor"}),
        (Obligation, {"creditor": "a" * 201}, {"creditor"}),
        (Obligation, {"outstanding": Money(1, "USD")}, {"outstanding"}),
        (Obligation, {"principal": 100}, {"principal"}),
        (Obligation, {"default_date": NOON}, {"default_date"}),
        (Obligation, {"outstanding": Money(1, "CNY")}, {"settled"}),
        (Obligation, {"non_performing": NOON, "settled": 1}, {"non_performing", "settled"}),
        (Obligation, {"annual_rate": 0.24}, {"annual_rate"}),
        (Obligation, {"annual_rate": Decimal("-0.01")}, {"annual_rate"}),
        (Obligation, {"annual_rate": Decimal("100.000001")}, {"annual_rate"}),
        (Obligation, {"annual_rate": Decimal("0.0000001")}, {"annual_rate"}),
        (Obligation, {"annual_rate": Decimal("1E-5000")}, {"annual_rate"}),
        (Obligation, {"annual_rate": Decimal("1E+5000")}, {"annual_rate"}),
        (Obligation, {"annual_rate": Decimal("NaN")}, {"annual_rate"}),
        (Obligation, {"annual_rate": Decimal("sNaN")}, {"annual_rate"}),
        (Obligation, {"annual_rate": Decimal("Infinity")}, {"annual_rate"}),
        (
            Obligation,
            {"creditor": None, "principal": 1, "outstanding": 1, "default_date": 1},
            {"creditor", "principal", "outstanding", "default_date"},
        ),
        (Conduct, {"code": "ASSET_TRANSFER"}, {"code"}),
        (Conduct, {"code": None}, {"code"}),
        (Conduct, {"start": None}, {"start"}),
        (Conduct, {"start": NOON}, {"start"}),
        (Conduct, {"end": NOON}, {"end"}),
        (Conduct, {"end": dt.date(2026, 2, 28)}, {"end"}),
        (Conduct, {"code": 1, "start": 1, "end": 1}, {"code", "start", "end"}),
        (LegalBasis, {"kind": "judgment"}, {"kind"}),
        (LegalBasis, {"kind": BasisLevel.CONTRACT}, {"kind"}),
        (LegalBasis, {"instrument": "a" * 301}, {"instrument"}),
        (LegalBasis, {"article": "a" * 101, "version": "a" * 101}, {"article", "version"}),
        (
            LegalBasis,
            {"kind": 1, "instrument": "", "article": None, "version": "\t"},
            {"kind", "instrument", "article", "version"},
        ),
        (LegalBasis, {"parties": ("张伟",), "register_until": NOON}, {"parties", "register_until"}),
        (Parties, {"names": ("",)}, {"names"}),
        (Parties, {"names": (1,), "as_of": None}, {"names", "as_of"}),
        (Decision, {"reasons": " "}, {"reasons"}),
        (Decision, {"reasons": "a" * 2001, "by": "a" * 101}, {"reasons", "by"}),
        (Decision, {"on": NOON}, {"on"}),
        (Decision, {"on": DAY, "proposed": NEXT_DAY, "heard": DAY}, {"proposed"}),
        (Decision, {"proposed": None, "heard": dt.date(2026, 3, 3)}, {"heard"}),
        (Decision, {"ends": DAY}, {"ends"}),
        (Statement, {"on": None, "text": ""}, {"on", "text"}),
        (Statement, {"text": "a" * 1001}, {"text"}),
        (Particular, {"kind": "income"}, {"kind"}),
        (Particular, {"text": "a" * 61, "consent": NOON}, {"text", "consent"}),
        (Notice, {"remedy": ""}, {"remedy"}),
        (Notice, {"remedy": "a" * 3001}, {"remedy"}),
        (Notice, {"remedy": "a\rb"}, {"remedy"}),
        (Notice, {"served": None, "method": "post"}, {"served", "method"}),
        (Evidence, {"digest": bytes(31)}, {"digest"}),
        (Evidence, {"digest": "0" * 32}, {"digest"}),
        (Evidence, {"digest": bytearray(32)}, {"digest"}),
        (Evidence, {"proves": ()}, {"proves"}),
        (Evidence, {"proves": "claim"}, {"proves"}),
        (Evidence, {"proves": (Proves.CLAIM,) * 4}, {"proves"}),
        (
            Evidence,
            {"digest": b"", "description": "", "proves": (1,)},
            {"digest", "description", "proves"},
        ),
        (Withdrawal, {"listing_id": bytes(15)}, {"listing_id"}),
        (Withdrawal, {"listing_id": "0" * 16}, {"listing_id"}),
        (
            Withdrawal,
            {"listing_id": None, "reason": "settled", "on": NOON},
            {"listing_id", "reason", "on"},
        ),
        (Evidence, {"disclosed": NOON}, {"disclosed"}),
        (Listing, {"borrower": RID}, {"borrower"}),
        (Listing, {"measures": ("no loans",)}, {"measures"}),
        (Listing, {"severity": "serious", "decision": 1}, {"severity", "decision"}),
        (Listing, {"circumstances": ("hardship",)}, {"circumstances"}),
        (Listing, {"particulars": ("income",), "statement": "x"}, {"particulars", "statement"}),
        (Listing, {"id": bytes(17)}, {"id"}),
        (Listing, {"reference": "a" * 201}, {"reference"}),
        (Listing, {"reference": None}, {"reference"}),
        (Listing, {"evidence": (Evidence(**GOOD[Evidence]),) * 33}, {"evidence"}),
        (
            Listing,
            dict.fromkeys(GOOD[Listing], 1),
            set(GOOD[Listing]),
        ),
    ],
)
def test_every_fault_is_collected(cls: type, changes: dict[str, Any], expected: set[str]) -> None:
    """A refusal names every field at fault, and no other."""
    assert expected == _faults(cls, changes)


class _Colour(enum.Enum):
    RED = 1


_JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.binary(max_size=33),
    st.decimals(),
    st.dates(),
    st.datetimes(),
    st.just(NOON),
    st.lists(st.one_of(st.none(), st.integers(), st.lists(st.none())), max_size=3),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
    st.sampled_from([_Colour, _Colour.RED, Role, Role.ISSUER, object(), RID, CNY, ..., len]),
    st.sampled_from([value for fields in GOOD.values() for value in fields.values()]),
)


@given(st.sampled_from(CLASSES), st.data())
def test_junk_is_refused_with_our_error(cls: type, data: st.DataObject) -> None:
    """Any values in any fields make a value or an InvalidValueError, and nothing else."""
    names = data.draw(st.sets(st.sampled_from(sorted(GOOD[cls])), min_size=1))
    changes = {name: data.draw(_JUNK, label=name) for name in sorted(names)}
    try:
        value = cls(**GOOD[cls] | changes)
    except InvalidValueError as refusal:
        named = {fault.field for fault in refusal.faults}
    else:
        named = set()
        assert value == cls(**GOOD[cls] | changes)

    assert named <= set(GOOD[cls])


@given(st.text(alphabet=st.characters(categories=["L", "N"]), min_size=4), st.sampled_from(CLASSES))
def test_refusals_do_not_repeat_the_value(text: str, cls: type) -> None:
    """No refusal repeats a text that it refuses."""
    secret = f"\0\u2603{text}"
    with pytest.raises(InvalidValueError) as refusal:
        cls(**GOOD[cls] | dict.fromkeys(GOOD[cls], secret))

    assert "\u2603" not in f"{refusal.value} {refusal.value!r} {refusal.value.faults}"


# -- As values ------------------------------------------------------------------------------


@pytest.mark.parametrize("cls", CLASSES)
def test_values_are_frozen(cls: type) -> None:
    """No field of a value can be set, and none can be added."""
    value = cls(**GOOD[cls])
    for name in [*GOOD[cls], "note"]:
        with pytest.raises(AttributeError):
            setattr(value, name, None)

    assert cls(**GOOD[cls]) == value


@pytest.mark.parametrize("cls", CLASSES)
def test_evolving_is_checked(cls: type) -> None:
    """A value changed by `attrs.evolve` is checked like a new one."""
    value = cls(**GOOD[cls])
    for name in GOOD[cls]:
        with pytest.raises(InvalidValueError):
            attrs.evolve(value, **{name: object()})


def test_the_borrower_is_hidden() -> None:
    """The `repr` of a borrower and of a listing shows no name, number, date, debt or reference."""
    borrower, listing = GOOD[Listing]["borrower"], Listing(**GOOD[Listing])
    shown = f"{borrower!r} {borrower} {listing!r} {listing} {[borrower, listing]}"
    hidden = ["张伟", RID.value, PASSPORT.value, "1949", "某银行", "10000", "row 7", "ASSET"]

    assert not [text for text in hidden if text in shown]
    assert "person" in shown


def test_what_a_borrower_tells() -> None:
    """A borrower tells the stated birth date before that of a number, and the strong numbers."""
    stated = Borrower.person(RID, PASSPORT, birth_date=DAY)
    told = Borrower.person(PASSPORT, RID)

    assert (DAY, RID.birth_date) == (stated.known_birth_date, told.known_birth_date)
    assert Borrower.person(PASSPORT).known_birth_date is None
    assert Borrower.organisation(USCC, name="某公司").known_birth_date is None
    assert (RID, PASSPORT) == stated.strong_identifiers


def test_listing_ids_are_random() -> None:
    """A listing made without an id gets 16 random bytes of its own."""
    required = {name: GOOD[Listing][name] for name in ("borrower", "obligation")}
    ids = {Listing(**required).id for _ in range(50)} | {new_listing_id() for _ in range(50)}
    expected = (100, {16})

    assert expected == (len(ids), set(map(len, ids)))


def test_every_basis_has_a_level() -> None:
    """Every kind of basis has a level, which its legal basis repeats."""
    levels = {kind: LegalBasis(kind, "x", "1", "1").level for kind in BasisKind}

    assert levels == {kind: kind.level for kind in BasisKind}
    assert set(BasisLevel) == set(levels.values())


def test_every_conduct_has_a_chinese_term() -> None:
    """Every code of conduct has a Chinese term, and no two have the same."""
    terms = {code.term for code in ConductCode}

    assert len(ConductCode) == len(terms)
    assert all(code == code.name and not code.term.isascii() for code in ConductCode)
