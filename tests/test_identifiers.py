"""Identifiers: one canonical form for one document, or our error without the number in it.

What holds for every scheme is here; what only some have is in the files beside.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
import pickle
import re
from collections import Counter
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import creditshare as cs
from canonical import RefusedError, canonical
from creditshare.errors import IdentifierError, IdentifierFault, InvalidValueError, MisuseError
from creditshare.identifiers import (
    SCHEMES,
    Aadhaar,
    CountryIdentifier,
    Identifier,
    Passport,
    ResidentID,
    restore,
)
from documents import COUNTRIES, EXAMPLES, NUMBERS, parse, refusal
from world import PLATFORM, TODAY, World, applicant, listing, number, person

STANDARD = EXAMPLES["cn-rid"]
ROOT = Path(__file__).parent.parent
VECTORS = json.loads((ROOT / "tests/vectors/identifiers.json").read_text("ascii"))
CASES: list[dict[str, str]] = VECTORS["vectors"]
DOCUMENT = (ROOT / "docs/reference/identifiers.md").read_text("utf-8")
WITH_COUNTRY = {name for name, scheme in SCHEMES.items() if issubclass(scheme, CountryIdentifier)}
WEAK = {"cn-mobile", "bank-card"}
VALUES = [parse(scheme, number) for scheme, number in EXAMPLES.items()]

SEPARATORS = " -\t\u00a0\u00ad\u2010\u2013\u2014\u2212\u200b\u200d\u202d\u202c\u3000\ufeff'"
LOOK_ALIKES = "Xx\uff38\uff58\u2169\u2179\u0425\u0445\u03a7\u03c7\u00d7"
CHECK_PLACE = {"cn-rid": 17, "cn-prid": 17, "cn-uscc": 17, "cn-org": 8}


@st.composite
def _disguised(draw: st.DrawFn, number: str, check_place: int | None) -> str:
    """A number as somebody may have typed it."""
    size = len(number)
    gaps = draw(st.lists(st.sampled_from(["", *SEPARATORS]), min_size=size, max_size=size))
    styles = draw(st.lists(st.integers(0, 11), min_size=size, max_size=size))
    written: list[str] = []
    for gap, style, char in zip(gaps, styles, number, strict=True):
        spellings = [char, char.lower(), chr(ord(char) - 0x21 + 0xFF01)]
        if char == "X" and len(written) == check_place:  # elsewhere it crosses out
            spellings += LOOK_ALIKES
        written.append(gap + spellings[style % len(spellings)])
    return "".join(written)


@st.composite
def _anything_written(draw: st.DrawFn) -> str:
    """Valid numbers, damaged ones and any text."""
    number: str = draw(st.one_of(*NUMBERS.values()))
    start = draw(st.integers(0, len(number)))
    end = draw(st.integers(start, min(start + 3, len(number))))
    damage = draw(st.text(max_size=3))
    return draw(st.sampled_from([number, number[:start] + damage + number[end:], damage * 5]))


def _answer(vector: dict[str, str]) -> dict[str, str]:
    """What the library says to a vector, in the vector's own words."""
    country = [vector["country"]] if "country" in vector else []
    scheme: Any = SCHEMES.get(vector["scheme"], Aadhaar)
    try:
        found = scheme.parse(vector["input"], *country)
    except IdentifierError as error:
        return {"error": str(error.kind)}
    return {"token_text": found.token_text} if found.STRONG else {"value": found.value}


def _rows(heading: str) -> list[list[str]]:
    """The cells of the table of the page that has this head."""
    table = DOCUMENT.split(f"\n{heading}\n")[1].split("\n\n")[0]
    rows = [re.split(r"(?<!\\)\|", line.strip("|")) for line in table.strip().splitlines()[1:]]
    return [[cell.strip() for cell in row] for row in rows]


# -- The published vectors ------------------------------------------------------------------

COMMON = {"empty", "masked", "digits-lost", "characters", "length"}
REASONS = {
    "cn-rid": COMMON | {"placeholder", "form", "date", "check", "scheme"},
    "cn-prid": COMMON | {"placeholder", "form", "check"},
    "cn-uscc": COMMON | {"placeholder", "form", "check"},
    "cn-org": COMMON | {"placeholder", "check"},
    "cn-mobile": COMMON | {"placeholder", "form"},
    "bank-card": COMMON | {"placeholder", "form", "check"},
    "passport": COMMON | {"placeholder", "form", "country"},
    "national-id": COMMON | {"placeholder", "form", "country", "scheme", "forbidden"},
    "in-pan": COMMON | {"placeholder", "form"},
    "in-cin": COMMON | {"placeholder", "form"},
    "lei": COMMON | {"placeholder", "form", "check"},
    "in-aadhaar": COMMON | {"form", "check", "forbidden"},
}
"""Why each scheme refuses."""


@pytest.mark.parametrize("vector", CASES, ids=lambda v: f"{v['scheme']}-{v['input']!a}")
def test_published_vectors(vector: dict[str, str]) -> None:
    """Every published vector gives its token text or value, or is refused for its reason."""
    expected = {key: vector[key] for key in ("token_text", "value", "error") if key in vector}

    assert expected == _answer(vector)


@pytest.mark.parametrize("vector", CASES, ids=lambda v: f"{v['scheme']}-{v['input']!a}")
def test_the_page_gives_the_published_answers(vector: dict[str, str]) -> None:
    """An implementation made from the page alone gives each vector's answer, or refuses it too."""
    scheme, text, country = vector["scheme"], vector["input"], vector.get("country", "")
    if "error" in vector:
        with pytest.raises(RefusedError):
            canonical(scheme, text, country)
        return
    value, code = canonical(scheme, text, country)
    answer = vector.get("value") or vector["token_text"]

    assert answer in {value, f"1:{scheme}:{code}:{value}"}


def test_the_vectors_cover_every_scheme_and_reason() -> None:
    """Each scheme has 30 vectors or more, ten of them accepted, and one for its every reason."""
    reasons: dict[str, set[str]] = {name: set() for name in REASONS}
    for vector in CASES:
        reasons[vector["scheme"]] |= {vector["error"]} if "error" in vector else set()
    accepted = Counter(vector["scheme"] for vector in CASES if "error" not in vector)
    told = Counter(vector["scheme"] for vector in CASES)

    assert reasons == REASONS
    assert set(IdentifierFault) == set().union(*REASONS.values())
    assert {*SCHEMES, "in-aadhaar"} == set(REASONS)
    assert [] == [name for name in SCHEMES if accepted[name] < 10 or told[name] < 30]
    assert len(CASES) >= 600


def test_the_vectors_have_one_form() -> None:
    """A vector has a scheme, an input, a country if its scheme has one, and one answer."""
    for vector in CASES:
        scheme = vector["scheme"]
        answer = {"error"} & vector.keys() or {"value" if scheme in WEAK else "token_text"}
        country = {"country"} if scheme in WITH_COUNTRY else set()

        assert {"scheme", "input"} | country | answer == vector.keys()
    assert 1 == VECTORS["canonical_form"]
    assert len(CASES) == len({json.dumps(vector, sort_keys=True) for vector in CASES})


@given(_anything_written(), st.sampled_from(sorted(SCHEMES)), COUNTRIES)
def test_the_page_decides_like_the_library(text: str, scheme: str, country: str) -> None:
    """The page's implementation accepts what the library accepts, as the same value."""
    try:
        ours = parse(scheme, text, country)
    except IdentifierError:
        with pytest.raises(RefusedError):
            canonical(scheme, text, country)
    else:
        assert (ours.value, ours.country) == canonical(scheme, text, country)


# -- The page ----------------------------------------------------------------------------------

TABLE = _rows("| scheme | class | holder | strength | value | example | masked |")


@pytest.mark.parametrize("row", TABLE, ids=lambda row: str(row[0]))
def test_the_table_is_that_of_the_code(row: list[str]) -> None:
    """Each row tells the class, holder, strength, country and mask that the code has."""
    name, cls, holder, strength, _, example, masked = row
    scheme = SCHEMES[name.strip("`")]
    text, *country = re.findall("`([^`]+)`", example)
    found = parse(scheme.SCHEME, text, *country)
    strong = "strong with its country" if scheme.SCHEME in WITH_COUNTRY else "strong"

    assert f"`{scheme.__name__}`" == cls
    assert holder == (scheme.HOLDER or "either")
    assert strength == (strong if scheme.STRONG else "weak")
    assert masked == f"`{found.masked}`"


def test_the_page_names_every_scheme_and_reason() -> None:
    """The page's tables have each scheme and each reason of refusal once, in the code's order."""
    reasons = [row[0].strip("`") for row in _rows("| kind | meaning |")]

    assert list(SCHEMES) == [row[0].strip("`") for row in TABLE]
    assert list(map(str, IdentifierFault)) == reasons


# -- One form for one document --------------------------------------------------------------


@given(st.data(), st.sampled_from(sorted(SCHEMES)))
def test_spelling_does_not_matter(data: st.DataObject, scheme: str) -> None:
    """A number with separators, full-width or look-alike characters is the number itself."""
    number = data.draw(NUMBERS[scheme])
    written = data.draw(_disguised(number, CHECK_PLACE.get(scheme)))

    assert number == parse(scheme, written).value
    assert parse(scheme, number) == parse(scheme, written)


@given(_anything_written(), st.sampled_from(sorted(SCHEMES)))
def test_any_text_parses_or_raises_our_error(text: str, scheme: str) -> None:
    """Any text is an identifier whose canonical form parses to itself, or an IdentifierError."""
    try:
        found = parse(scheme, text)
    except IdentifierError:
        return
    characters = set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")

    assert found == parse(scheme, found.value)
    assert found == restore(scheme, found.value, found.country)
    assert characters >= set(found.value)
    if found.STRONG:
        assert f"1:{scheme}:{found.country}:{found.value}" == found.token_text


@pytest.mark.parametrize(
    "char",
    [
        "\u0378",  # unassigned
        "\ufdd0",  # no character, for ever
        "\U000e0fff",
        "\U0010ffff",
        "\ud800",  # half of a surrogate pair
        "\ue000",  # private use
        "\u0410",  # Cyrillic A
        "\u00b2",  # a digit to `str.isdigit`
        "\u0663",  # a digit to `int`
    ],
    ids=ascii,
)
@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_characters_outside_the_table_are_refused(scheme: str, char: str) -> None:
    """An unassigned or unknown character is refused, wherever it stands."""
    number = EXAMPLES[scheme]
    for at in range(len(number) + 1):
        expected = IdentifierFault.CHARACTERS

        assert expected == refusal(parse, scheme, number[:at] + char + number[at:])


def test_schemes_do_not_collide() -> None:
    """The same characters in two schemes are two identifiers, with two tokens."""
    alike = [Passport.parse("A7654329", "HK"), parse("national-id", "A7654329", "HK")]
    schemes = {i.token_text.split(":")[1] for i in VALUES if i.STRONG} | WEAK

    assert 2 == len(set(alike))
    assert 2 == len({identifier.token_text for identifier in alike})
    assert set(SCHEMES) == schemes


# -- Refusals -------------------------------------------------------------------------------


@pytest.mark.parametrize("hyphen", "-_\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d", ids=ascii)
@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_a_row_of_hyphens_is_a_mask(scheme: str, hyphen: str) -> None:
    """Two or more hyphens in a row hide digits, wherever they stand; a single one hides none."""
    number = EXAMPLES[scheme]
    expected = IdentifierFault.MASKED
    for at in range(len(number) + 1):
        for hidden in (2, 4):
            masked = number[:at] + hyphen * hidden + number[at + hidden :]

            assert expected == refusal(parse, scheme, masked)
            assert expected == refusal(parse, scheme, number[:at] + hyphen * 2 + number[at:])


@pytest.mark.parametrize(
    "dashes", ["- - -", "-\u200b-", "\u2e3a", "\u2e3b", "\ufe58\ufe58", "\u2014\u2014"]
)
def test_dashes_in_place_of_digits_are_a_mask(dashes: str) -> None:
    """Digits that are dashed out make a masked number, never the number of somebody else."""
    for scheme, text in (("passport", f"K7{dashes}329"), ("cn-rid", f"110105{dashes}")):
        assert IdentifierFault.MASKED is refusal(parse, scheme, text)


@pytest.mark.parametrize("value", [None, 110105194912310020, 1.1e17, b"11010519491231002X", [], ()])
@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_other_types_are_refused_with_our_error(scheme: str, value: object) -> None:
    """What is not a text is an IdentifierError, from `parse` and from the constructor."""
    with pytest.raises(IdentifierError):
        parse(scheme, value)
    with pytest.raises(IdentifierError):
        restore(scheme, value, "GB")  # type: ignore[arg-type]


@pytest.mark.parametrize("scheme", ["", "cn-rid ", "CN-RID", "in-aadhaar", "identifier"])
def test_unknown_schemes_are_refused(scheme: str) -> None:
    """A stored identifier of an unknown scheme is refused."""
    expected = IdentifierFault.SCHEME

    assert expected == refusal(restore, scheme, STANDARD, "")


@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_the_constructor_takes_only_the_canonical_form(scheme: str) -> None:
    """Parts that `parse` would rewrite are refused by the constructor and by `restore`."""
    value, expected = EXAMPLES[scheme], IdentifierFault.FORM
    country, others = ("GB", ["gb", " GB"]) if scheme in WITH_COUNTRY else ("", ["CN", "GB"])
    wrong = [(f"{value[:3]} {value[3:]}", country), *((value, other) for other in others)]
    if value.lower() != value:
        wrong.append((value.lower(), country))
    for make in (SCHEMES[scheme], lambda v, c: restore(scheme, v, c)):
        for parts in wrong:
            assert expected == refusal(make, *parts)
        assert parse(scheme, value) == make(value, country)


@given(_anything_written(), st.sampled_from(sorted(SCHEMES)))
def test_the_constructor_is_not_a_way_around_parse(text: str, scheme: str) -> None:
    """What the constructor accepts is what `parse` gives."""
    country = "GB" if scheme in WITH_COUNTRY else ""
    try:
        made = SCHEMES[scheme](text, country)
    except IdentifierError:
        return

    assert parse(scheme, text) == made
    assert text == made.value


@given(_anything_written(), st.sampled_from(sorted(SCHEMES)))
def test_refusals_do_not_repeat_the_number(text: str, scheme: str) -> None:
    """No refusal, nor what it was raised from, holds four digits in a row of the input."""
    try:
        parse(scheme, text)
    except IdentifierError as refusal:
        error = refusal
    else:
        return
    told = f"{error}|{error!r}|{error.args}|{vars(error)}"
    runs = {text[i : i + 4] for i in range(len(text) - 3) if text[i : i + 4].isdigit()}

    assert not [run for run in runs if run in told]
    assert scheme == error.scheme
    assert error.__cause__ is error.__context__ is None


@pytest.mark.parametrize("repack", [copy.copy, lambda e: pickle.loads(pickle.dumps(e))])
def test_refusals_survive_a_process_boundary(repack: Any) -> None:
    """A refusal raised in a worker process arrives as the same refusal."""
    with pytest.raises(IdentifierError) as refusal:
        ResidentID.parse("")
    left, arrived = refusal.value, repack(refusal.value)

    assert type(left) is type(arrived)
    assert (str(left), left.scheme, left.kind) == (str(arrived), arrived.scheme, arrived.kind)


# -- Weak identifiers -----------------------------------------------------------------------------

WEAKLINGS = [parse(scheme, EXAMPLES[scheme]) for scheme in sorted(WEAK)]


@pytest.mark.parametrize("weak", WEAKLINGS, ids=lambda i: i.SCHEME)
def test_a_weak_identifier_is_never_tokenised(weak: Identifier, world: World) -> None:
    """A weak identifier has no token text, so no source of tokens can evaluate it."""
    with pytest.raises(MisuseError):
        _ = weak.token_text
    with pytest.raises(MisuseError):
        world.key.evaluate([ResidentID.parse(STANDARD), weak])
    assert {scheme.SCHEME for scheme in SCHEMES.values() if not scheme.STRONG} == WEAK


@pytest.mark.parametrize("weak", WEAKLINGS, ids=lambda i: i.SCHEME)
def test_a_borrower_is_not_found_by_a_weak_identifier(weak: Identifier, world: World) -> None:
    """A weak identifier beside a strong one is neither listed under nor asked for."""
    strong, stranger = ResidentID.parse(number(1)), ResidentID.parse(number(2))
    borrower = cs.Borrower.person(strong, weak, name="测试1")
    ledger, registry = world.ledger(), world.registry()
    world.record(ledger, listing(borrower=borrower))
    world.apply(registry, world.seal(ledger, "0001.csb")[0])
    (found,) = world.screen(registry, applicant(1, identifiers=[weak, strong]))
    (other,) = world.screen(registry, applicant(2, identifiers=[weak, stranger]))

    assert (strong,) == borrower.strong_identifiers
    assert (cs.Outcome.MATCH, cs.Outcome.CLEAR) == (found.outcome, other.outcome)
    assert 1 == len(found.matches)
    with pytest.raises(InvalidValueError):
        applicant(1, identifiers=[weak])


@pytest.mark.parametrize("weak", WEAKLINGS, ids=lambda i: i.SCHEME)
def test_nobody_is_listed_by_a_weak_identifier_alone(weak: Identifier) -> None:
    """The review refuses a listing whose borrower has none but weak identifiers."""
    borrower = attrs.evolve(person(1, birth_date=dt.date(1980, 5, 17)), identifiers=[weak])
    review = cs.rulebook("cn").review(
        [listing(borrower=borrower)], on=TODAY, issuer=PLATFORM, catalogue=cs.measures("cn")
    )

    assert () == review.cleared
    assert 1 == len(review.refused)


@pytest.mark.parametrize("weak", WEAKLINGS, ids=lambda i: i.SCHEME)
def test_either_may_hold_a_weak_identifier(weak: Identifier) -> None:
    """A person and an organisation may both have a mobile number and a card."""
    assert weak.holder is None
    assert (weak,) == cs.Borrower.person(weak).identifiers
    assert (weak,) == cs.Borrower.organisation(weak).identifiers


# -- As values ------------------------------------------------------------------------------


@pytest.mark.parametrize("identifier", VALUES, ids=lambda i: i.SCHEME)
def test_the_value_is_hidden(identifier: Identifier) -> None:
    """An identifier's number shows neither in its `repr` nor when it is formatted."""
    shown = f"{identifier!r} {identifier} {[identifier]}"

    assert identifier.value not in shown
    assert identifier.value[4:8] not in shown


@pytest.mark.parametrize("identifier", VALUES, ids=lambda i: i.SCHEME)
@pytest.mark.parametrize(
    "duplicate", [copy.copy, copy.deepcopy, lambda i: pickle.loads(pickle.dumps(i)), attrs.evolve]
)
def test_copies_are_equal(identifier: Identifier, duplicate: Any) -> None:
    """A copied, pickled or evolved identifier is equal, of the same class, and hashes alike."""
    twin = duplicate(identifier)

    assert identifier == twin
    assert type(identifier) is type(twin)
    assert {identifier} == {identifier, twin}


@pytest.mark.parametrize("identifier", VALUES, ids=lambda i: i.SCHEME)
@pytest.mark.parametrize("name", ["value", "country", "note"])
def test_identifiers_are_frozen(identifier: Identifier, name: str) -> None:
    """No attribute of an identifier can be set, and none can be added."""
    with pytest.raises(AttributeError):
        setattr(identifier, name, "K7654329")


@given(st.data(), st.sampled_from(sorted(SCHEMES)))
def test_a_mask_shows_two_characters(data: st.DataObject, scheme: str) -> None:
    """A mask is the country, if there is one, four stars and the last two characters."""
    number = data.draw(NUMBERS[scheme])
    country = "HK " if scheme in WITH_COUNTRY else ""

    assert f"{country}****{number[-2:]}" == parse(scheme, number, "HK").masked
    assert IdentifierFault.MASKED is refusal(parse, scheme, parse(scheme, number).masked)
