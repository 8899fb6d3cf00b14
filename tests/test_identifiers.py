"""Identifiers: one canonical form for one document, or our error without the number in it."""

from __future__ import annotations

import copy
import datetime as dt
import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from creditshare.errors import IdentifierError, IdentifierFault
from creditshare.identifiers import (
    SCHEMES,
    Holder,
    Identifier,
    Passport,
    PermanentResidentID,
    ResidentID,
    UnifiedSocialCreditCode,
    restore,
)

STANDARD = "11010519491231002X"
"""The example printed in GB 11643-1999."""

USCC = "91350100M000100Y43"
"""The example printed in GB 32100-2015."""

VECTORS = json.loads((Path(__file__).parent / "vectors" / "identifiers.json").read_text("ascii"))

SEPARATORS = " -\t\u00a0\u00ad\u2010\u2013\u2014\u2212\u200b\u200d\u202d\u202c\u3000\ufeff'"
LOOK_ALIKES = "Xx\uff38\uff58\u2169\u2179\u0425\u0445\u03a7\u03c7\u00d7"


# -- Valid numbers, made without the library ----------------------------------------------


def _iso7064_mod_11_2(digits: str) -> str:
    """ISO/IEC 7064 in its recursive form, which shares nothing with a table of weights."""
    product = 0
    for digit in digits:
        product = (product + int(digit)) * 2 % 11
    check = (12 - product) % 11
    return "X" if check == 10 else str(check)


@st.composite
def _residents(draw: st.DrawFn, first_year: int = 1850, last_year: int = 9999) -> str:
    region = draw(st.integers(100000, 899999))
    birth = draw(st.dates(dt.date(first_year, 1, 1), dt.date(last_year, 12, 31)))
    serial = draw(st.integers(0, 999))
    digits = f"{region}{birth.year:04d}{birth:%m%d}{serial:03d}"
    assume(len(set(digits[:14])) > 1)  # a row of one digit is a placeholder
    return digits + _iso7064_mod_11_2(digits)


_RESIDENTS = _residents()
_CARDS_2023 = st.integers(0, 10**16 - 10**9).map(
    lambda n: f"9{n:016d}" + _iso7064_mod_11_2(f"9{n:016d}")
)
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_OUTER = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)  # GB 32100, table 3
_INNER = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714


def _organisation_check(body: str) -> str:
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    check = 11 - sum(letters.index(c) * w for c, w in zip(body, _INNER, strict=True)) % 11
    return {10: "X", 11: "0"}.get(check, str(check))


def _uscc_check(body: str) -> str:
    check = 31 - sum(_ALPHABET.index(c) * w for c, w in zip(body, _OUTER, strict=True)) % 31
    return _ALPHABET[check % 31]


@st.composite
def _codes(draw: st.DrawFn, inner: str | None = None) -> str:
    head = draw(st.sampled_from("123456789ANY")) + draw(st.sampled_from(_ALPHABET))
    region = f"{draw(st.integers(0, 999999)):06d}"
    body = draw(st.text(_ALPHABET, min_size=8, max_size=8))
    code = head + region + body + (inner or _organisation_check(body))
    code += _uscc_check(code)
    assume(len(set(code)) > 1)
    return code


_CODES = _codes()
_PASSPORTS = st.from_regex(r"(?!XX)[A-Z]{1,2}[0-8]9[0-8]{3,5}", fullmatch=True)
_COUNTRIES = st.sampled_from(["CN", "DE", "FR", "GB", "US"])


@st.composite
def _disguised(draw: st.DrawFn, number: str) -> str:
    """A number as somebody may have typed it."""
    size = len(number)
    gaps = draw(st.lists(st.sampled_from(["", *SEPARATORS]), min_size=size, max_size=size))
    styles = draw(st.lists(st.integers(0, 11), min_size=size, max_size=size))
    written: list[str] = []
    for gap, style, char in zip(gaps, styles, number, strict=True):
        spellings = [char, char.lower(), chr(ord(char) - 0x21 + 0xFF01)]
        if char == "X" and len(written) == 17:  # elsewhere it crosses out
            spellings += LOOK_ALIKES
        written.append(gap + spellings[style % len(spellings)])
    return "".join(written)


@st.composite
def _anything_written(draw: st.DrawFn) -> str:
    """Valid numbers, damaged ones and any text."""
    number = draw(st.one_of(_RESIDENTS, _CARDS_2023, _CODES, _PASSPORTS))
    start = draw(st.integers(0, len(number)))
    end = draw(st.integers(start, min(start + 3, len(number))))
    damage = draw(st.text(max_size=3))
    return draw(st.sampled_from([number, number[:start] + damage + number[end:], damage * 5]))


def _parse(scheme: str, text: Any, country: str = "GB") -> Identifier:
    if scheme == Passport.SCHEME:
        return Passport.parse(text, country)
    return SCHEMES[scheme].parse(text)


def _refusal(make: Callable[..., object], *args: object) -> IdentifierFault:
    """Why a call is refused, which it must be."""
    with pytest.raises(IdentifierError) as refusal:
        make(*args)
    return refusal.value.kind


# -- The published vectors ------------------------------------------------------------------


@pytest.mark.parametrize(
    "vector", VECTORS["vectors"], ids=lambda v: f"{v['scheme']}-{v['input']!a}"
)
def test_published_vectors(vector: dict[str, str]) -> None:
    """Every published vector gives its token text, or is refused for its reason."""
    country = {"country": vector["country"]} if "country" in vector else {}
    parse: Any = SCHEMES[vector["scheme"]].parse
    try:
        answer = {"token_text": parse(vector["input"], **country).token_text}
    except IdentifierError as error:
        answer = {"error": str(error.kind)}

    assert {key: vector[key] for key in ("token_text", "error") if key in vector} == answer


def test_published_vectors_name_every_fault_and_scheme() -> None:
    """The published vectors reach every scheme and every reason of refusal."""
    assert set(SCHEMES) == {vector["scheme"] for vector in VECTORS["vectors"]}
    assert set(IdentifierFault) == {v["error"] for v in VECTORS["vectors"] if "error" in v}


# -- One form for one document --------------------------------------------------------------


@given(st.data(), st.sampled_from(sorted(SCHEMES)))
def test_spelling_does_not_matter(data: st.DataObject, scheme: str) -> None:
    """A number with separators, full-width or look-alike characters is the number itself."""
    numbers = {
        "cn-rid": _RESIDENTS,
        "cn-prid": _CARDS_2023,
        "cn-uscc": _CODES,
        "passport": _PASSPORTS,
    }
    number = data.draw(numbers[scheme])
    written = data.draw(_disguised(number))

    assert number == _parse(scheme, written).value
    assert _parse(scheme, number) == _parse(scheme, written)


@given(_residents(1900, 1999))
def test_legacy_form_gives_the_same_token(number: str) -> None:
    """The 15-digit form of a number gives the same identifier as its 18 characters."""
    legacy = number[:6] + number[8:17]
    assume(legacy[6:8] not in ("19", "20"))  # looks like 18 characters cut short

    assert ResidentID.parse(number) == ResidentID.parse(legacy)
    assert f"1:cn-rid::{number}" == ResidentID.parse(legacy).token_text


@given(_residents(1900, 2099))
def test_a_number_cut_short_names_nobody(number: str) -> None:
    """The first 15 of a number's 18 characters are never taken for somebody's legacy number."""
    expected = IdentifierFault.DIGITS_LOST

    assert expected == _refusal(ResidentID.parse, number[:15])


@given(_residents(1919, 1920))
def test_births_of_1919_and_1920_need_18_characters(number: str) -> None:
    """Who was born in 1919 or 1920 has a number of 18 characters, but none of 15."""
    expected = IdentifierFault.DIGITS_LOST

    assert number == ResidentID.parse(number).value
    assert expected == _refusal(ResidentID.parse, number[:6] + number[8:17])


@pytest.mark.parametrize("region", ["810000", "820000", "830000"])
def test_permits_share_the_scheme_of_the_card(region: str) -> None:
    """A Hong Kong, Macau or Taiwan resident's permit is a number like any other."""
    digits = region + "19800101001"
    number = digits + _iso7064_mod_11_2(digits)

    assert f"1:cn-rid::{number}" == ResidentID.parse(number).token_text


@given(_RESIDENTS)
def test_resident_number_tells_the_birth_date(number: str) -> None:
    """A resident's number tells the birth date in positions 7 to 14."""
    expected = dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))

    assert expected == ResidentID.parse(number).birth_date


@given(st.one_of(_CARDS_2023, st.from_regex(r"[A-Z]{3}01[0-9]{10}", fullmatch=True)))
def test_permanent_resident_card_has_two_forms(number: str) -> None:
    """Both forms of the permanent resident card parse to themselves and tell no birth date."""
    card = PermanentResidentID.parse(number)

    assert number == card.value
    assert card.birth_date is None


@given(_CODES)
def test_every_code_of_the_standard_is_accepted(code: str) -> None:
    """A code built from the text of GB 32100 and GB 11714 parses to itself."""
    assert code == UnifiedSocialCreditCode.parse(code).value


@given(st.data())
def test_the_organisation_code_inside_is_checked(data: st.DataObject) -> None:
    """A code whose outer check fits is refused when that of the inner code does not."""
    code = data.draw(_codes(inner=data.draw(st.sampled_from(_ALPHABET))))
    assume(_organisation_check(code[8:16]) != code[16])

    expected = IdentifierFault.CHECK

    assert expected == _refusal(UnifiedSocialCreditCode.parse, code)


@given(_PASSPORTS, _COUNTRIES, _COUNTRIES)
def test_the_country_is_part_of_a_passport(number: str, one: str, other: str) -> None:
    """One number of two countries is two passports, and of one country it is one."""
    tokens = {Passport.parse(number, country).token_text for country in (one, other, one.lower())}

    assert len({one, other}) == len(tokens)


@pytest.mark.parametrize(
    ("scheme", "holder", "strong"),
    [
        (ResidentID, Holder.PERSON, True),
        (PermanentResidentID, Holder.PERSON, True),
        (UnifiedSocialCreditCode, Holder.ORGANISATION, True),
        (Passport, Holder.PERSON, True),
    ],
)
def test_holders(scheme: type[Identifier], holder: Holder, strong: bool) -> None:
    """Each scheme says who holds its numbers and whether one of them identifies alone."""
    assert (holder, strong) == (scheme.HOLDER, scheme.STRONG)


@given(_anything_written(), st.sampled_from(sorted(SCHEMES)))
def test_any_text_parses_or_raises_our_error(text: str, scheme: str) -> None:
    """Any text is an identifier whose canonical form parses to itself, or an IdentifierError."""
    try:
        found = _parse(scheme, text)
    except IdentifierError:
        return
    characters = set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")

    assert found == _parse(scheme, found.value)
    assert found == restore(scheme, found.value, found.country)
    assert characters >= set(found.value)
    assert f"1:{scheme}:{found.country}:{found.value}" == found.token_text


@given(_RESIDENTS, st.characters(), st.integers(0, 18))
def test_a_stray_character_never_makes_another_token(number: str, char: str, at: int) -> None:
    """A character put into a number is dropped or refused, and never makes another number."""
    try:
        found = ResidentID.parse(number[:at] + char + number[at:])
    except IdentifierError:
        return

    assert number == found.value


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
    number = {"cn-uscc": USCC, "passport": "K7654329"}.get(scheme, STANDARD)
    for at in range(len(number) + 1):
        expected = IdentifierFault.CHARACTERS

        assert expected == _refusal(_parse, scheme, number[:at] + char + number[at:])


# -- Refusals -------------------------------------------------------------------------------


@given(_RESIDENTS)
def test_every_wrong_digit_in_a_resident_number_is_refused(number: str) -> None:
    """A resident's number with any one character replaced is refused."""
    accepted = []
    for at in range(18):
        for char in set("0123456789X") - {number[at]}:
            try:
                accepted.append(ResidentID.parse(number[:at] + char + number[at + 1 :]))
            except IdentifierError:
                continue

    assert not accepted


@given(_RESIDENTS, st.integers(0, 16))
def test_swapped_neighbours_are_refused(number: str, at: int) -> None:
    """A resident's number with two different neighbours swapped is refused."""
    assume(number[at] != number[at + 1])

    with pytest.raises(IdentifierError):
        ResidentID.parse(number[:at] + number[at + 1] + number[at] + number[at + 2 :])


@given(_CODES)
def test_every_wrong_character_in_a_code_is_refused(code: str) -> None:
    """A unified social credit code with any one character replaced is refused."""
    accepted = []
    for at in range(18):
        for char in set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") - {code[at]}:
            try:
                accepted.append(UnifiedSocialCreditCode.parse(code[:at] + char + code[at + 1 :]))
            except IdentifierError:
                continue

    assert not accepted


@pytest.mark.parametrize("first", "0BCDEFGHIJKLMOPQRSTUVWXZ")
def test_first_characters_that_no_authority_has(first: str) -> None:
    """A code whose first character is not 1 to 9, A, N or Y is refused for its form."""
    expected = IdentifierFault.FORM

    assert expected == _refusal(UnifiedSocialCreditCode.parse, first + USCC[1:])


@pytest.mark.parametrize("written", [" ", "-", "'", "\u200b"], ids=ascii)
@pytest.mark.parametrize(
    "number", ["111111111111111110", "888888888888888888", "123456789012345678"]
)
def test_placeholders_are_refused_however_they_are_written(number: str, written: str) -> None:
    """A placeholder is refused as one, with a separator in it and without."""
    for text in (number, number[:6] + written + number[6:]):
        expected = IdentifierFault.PLACEHOLDER

        assert expected == _refusal(ResidentID.parse, text)


@pytest.mark.parametrize("hyphen", "-_\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d", ids=ascii)
@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_a_row_of_hyphens_is_a_mask(scheme: str, hyphen: str) -> None:
    """Two or more hyphens in a row hide digits, wherever they stand; a single one hides none."""
    number = {"cn-uscc": USCC, "passport": "K7654329"}.get(scheme, STANDARD)
    expected = IdentifierFault.MASKED
    for at in range(len(number) + 1):
        for hidden in (2, 4):
            masked = number[:at] + hyphen * hidden + number[at + hidden :]

            assert expected == _refusal(_parse, scheme, masked)
            assert expected == _refusal(_parse, scheme, number[:at] + hyphen * 2 + number[at:])


@pytest.mark.parametrize("country", ["\u00df", "\ufb01", "\u017fe", "\u0131t", "G\u200b"])
def test_countries_are_ascii(country: str) -> None:
    """A country is never made of what Unicode's upper case makes of another character."""
    expected = IdentifierFault.COUNTRY

    assert expected == _refusal(Passport.parse, "K7654329", country)


@pytest.mark.parametrize("value", [None, 110105194912310020, 1.1e17, b"11010519491231002X", [], ()])
@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_other_types_are_refused_with_our_error(scheme: str, value: object) -> None:
    """What is not a text is an IdentifierError, from `parse` and from the constructor."""
    with pytest.raises(IdentifierError):
        _parse(scheme, value)
    with pytest.raises(IdentifierError):
        restore(scheme, value, "GB")  # type: ignore[arg-type]


@pytest.mark.parametrize("country", [None, 44, b"GB", ["GB"]])
def test_other_types_of_country_are_refused_with_our_error(country: Any) -> None:
    """A passport's country that is not a text is an IdentifierError."""
    expected = IdentifierFault.COUNTRY

    assert expected == _refusal(Passport.parse, "K7654329", country)


@pytest.mark.parametrize("scheme", ["", "cn-rid ", "CN-RID", "in-aadhaar", "identifier"])
def test_unknown_schemes_are_refused(scheme: str) -> None:
    """A stored identifier of an unknown scheme is refused."""
    expected = IdentifierFault.SCHEME

    assert expected == _refusal(restore, scheme, STANDARD, "")


@pytest.mark.parametrize(
    ("scheme", "value", "country"),
    [
        ("cn-rid", STANDARD.lower(), ""),
        ("cn-rid", "110105 19491231 002X", ""),
        ("cn-rid", "110105491231002", ""),
        ("cn-rid", STANDARD, "CN"),
        ("cn-prid", "can110101198001", ""),
        ("cn-prid", "CAN110101198001", "CA"),
        ("cn-uscc", USCC.lower(), ""),
        ("cn-uscc", USCC, "CN"),
        ("passport", "k7654329", "GB"),
        ("passport", "K7654329", "gb"),
        ("passport", "K7654329", " GB"),
    ],
)
def test_the_constructor_takes_only_the_canonical_form(
    scheme: str, value: str, country: str
) -> None:
    """Parts that `parse` would rewrite are refused by the constructor and by `restore`."""
    for make in (SCHEMES[scheme], lambda v, c: restore(scheme, v, c)):
        expected = IdentifierFault.FORM

        assert expected == _refusal(make, value, country)


@given(_anything_written(), st.sampled_from(sorted(SCHEMES)))
def test_the_constructor_is_not_a_way_around_parse(text: str, scheme: str) -> None:
    """What the constructor accepts is what `parse` gives."""
    country = "GB" if scheme == "passport" else ""
    try:
        made = SCHEMES[scheme](text, country)
    except IdentifierError:
        return

    assert _parse(scheme, text) == made
    assert text == made.value


@given(_anything_written(), st.sampled_from(sorted(SCHEMES)))
def test_refusals_do_not_repeat_the_number(text: str, scheme: str) -> None:
    """No refusal, nor what it was raised from, holds four digits in a row of the input."""
    try:
        _parse(scheme, text)
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


# -- As values ------------------------------------------------------------------------------

EXAMPLES = [
    ResidentID.parse(STANDARD),
    PermanentResidentID.parse("CAN110101198001"),
    UnifiedSocialCreditCode.parse(USCC),
    Passport.parse("K7654329", "GB"),
]


@pytest.mark.parametrize("identifier", EXAMPLES, ids=lambda i: i.SCHEME)
def test_the_value_is_hidden(identifier: Identifier) -> None:
    """An identifier's number shows neither in its `repr` nor when it is formatted."""
    shown = f"{identifier!r} {identifier} {[identifier]}"

    assert identifier.value not in shown
    assert identifier.value[4:8] not in shown


@pytest.mark.parametrize("identifier", EXAMPLES, ids=lambda i: i.SCHEME)
@pytest.mark.parametrize(
    "duplicate", [copy.copy, copy.deepcopy, lambda i: pickle.loads(pickle.dumps(i)), attrs.evolve]
)
def test_copies_are_equal(identifier: Identifier, duplicate: Any) -> None:
    """A copied, pickled or evolved identifier is equal, of the same class, and hashes alike."""
    twin = duplicate(identifier)

    assert identifier == twin
    assert type(identifier) is type(twin)
    assert {identifier} == {identifier, twin}


@pytest.mark.parametrize("identifier", EXAMPLES, ids=lambda i: i.SCHEME)
@pytest.mark.parametrize("name", ["value", "country", "note"])
def test_identifiers_are_frozen(identifier: Identifier, name: str) -> None:
    """No attribute of an identifier can be set, and none can be added."""
    with pytest.raises(AttributeError):
        setattr(identifier, name, "K7654329")


def test_schemes_do_not_collide() -> None:
    """The same characters in two schemes are two identifiers."""
    card = PermanentResidentID.parse("CAN110101198001")
    number = "91184019801231001"
    number += _iso7064_mod_11_2(number)

    schemes = {identifier.token_text.split(":")[1] for identifier in EXAMPLES}

    assert card != PermanentResidentID.parse(number)
    assert set(SCHEMES) == schemes


@pytest.mark.parametrize(
    "dashes", ["- - -", "-\u200b-", "\u2e3a", "\u2e3b", "\ufe58\ufe58", "\u2014\u2014"]
)
def test_dashes_in_place_of_digits_are_a_mask(dashes: str) -> None:
    """Digits that are dashed out make a masked number, never the number of somebody else."""
    for parse, text in ((Passport.parse, f"K7{dashes}329"), (ResidentID.parse, f"110105{dashes}")):
        with pytest.raises(IdentifierError) as refused:
            parse(text, "GB") if parse == Passport.parse else parse(text)

        assert IdentifierFault.MASKED is refused.value.kind
