"""Identifiers of India and of any country: the traps of each scheme."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum import lei as stdnum_lei
from stdnum import luhn as stdnum_luhn
from stdnum import verhoeff as stdnum_verhoeff
from stdnum.in_ import aadhaar as stdnum_aadhaar
from stdnum.in_ import pan as stdnum_pan

import creditshare as cs
from canonical import iso7064_mod_97_10, verhoeff
from creditshare.errors import IdentifierError, IdentifierFault, InvalidValueError
from creditshare.identifiers import (
    CIN,
    LEI,
    PAN,
    SCHEMES,
    Aadhaar,
    BankCard,
    CountryIdentifier,
    Holder,
    NationalID,
    Passport,
    restore,
)
from documents import AADHAAR, COUNTRIES, EXAMPLES, NUMBERS, parse, refusal

DOCUMENT = Path(__file__).parent.parent / "docs/reference/identifiers.md"
WITH_COUNTRY: list[type[CountryIdentifier]] = [Passport, NationalID]


# -- The country is part of it --------------------------------------------------------------


@pytest.mark.parametrize("scheme", WITH_COUNTRY)
@given(data=st.data(), one=COUNTRIES, other=COUNTRIES)
def test_the_country_is_part_of_the_identifier(
    scheme: type[CountryIdentifier], data: st.DataObject, one: str, other: str
) -> None:
    """One number of two countries is two identifiers, and of one country it is one."""
    number = data.draw(NUMBERS[scheme.SCHEME])
    countries = (one, other, one.lower(), f" {other}\n")
    tokens = {scheme.parse(number, country).token_text for country in countries}

    assert len({one, other}) == len(tokens)


@pytest.mark.parametrize("scheme", WITH_COUNTRY)
@pytest.mark.parametrize(
    "country",
    [
        *(
            "",
            "UK",
            "EU",
            "QQ",
            "XX",
            "G",
            "GBR",
            "G\u200b",
            "\u00df",
            "\ufb01",
            "\u017fe",
            "\u0131t",
        ),
        *(None, 44, b"GB", ["GB"]),
    ],
    ids=ascii,
)
def test_countries(scheme: type[CountryIdentifier], country: str) -> None:
    """A country is two ASCII letters in a text, never what upper case makes of others."""
    assert IdentifierFault.COUNTRY is refusal(scheme.parse, EXAMPLES[scheme.SCHEME], country)


# -- One document, one door -----------------------------------------------------------------


@given(st.one_of(NUMBERS["cn-rid"], NUMBERS["cn-prid"]), COUNTRIES)
def test_chinese_documents_do_not_come_in_as_another_country_s(number: str, country: str) -> None:
    """The number of a Chinese card or permit is refused as a national id, under any country."""
    written = f"{number[:6]} {number[6:14]}-{number[14:]}"

    assert IdentifierFault.SCHEME is refusal(NationalID.parse, written, country)


@pytest.mark.parametrize("country", ["CN", "IN", "cn", " in"])
@pytest.mark.parametrize("scheme", sorted(set(SCHEMES) - {"passport", "national-id"}))
def test_countries_with_schemes_of_their_own(scheme: str, country: str) -> None:
    """Nothing at all is a national id of China or India."""
    assert IdentifierFault.SCHEME is refusal(NationalID.parse, EXAMPLES[scheme], country)
    assert IdentifierFault.SCHEME is refusal(NationalID, EXAMPLES[scheme], country)


@given(AADHAAR)
def test_aadhaar_is_refused_by_name(number: str) -> None:
    """An Aadhaar number or virtual ID is refused as forbidden, however it comes in."""
    written = " ".join(re.findall(".{4}", number))
    for make in (Aadhaar.parse, Aadhaar):
        assert IdentifierFault.FORBIDDEN is refusal(make, number)
        assert IdentifierFault.FORBIDDEN is refusal(make, written)
    assert IdentifierFault.FORBIDDEN is refusal(NationalID.parse, written, "IN")
    assert IdentifierFault.SCHEME is refusal(restore, "in-aadhaar", number, "")


@given(AADHAAR.filter(lambda number: len(number) == 12))
def test_aadhaar_fits_no_other_scheme(number: str) -> None:
    """No scheme but a national id of a country other than India takes the 12 digits of Aadhaar."""
    for scheme in sorted(set(SCHEMES) - {"national-id"}):
        with pytest.raises(IdentifierError):
            parse(scheme, number, "IN")


@given(st.text(max_size=20))
def test_aadhaar_never_exists(text: str) -> None:
    """No text makes an Aadhaar identifier."""
    with pytest.raises(IdentifierError):
        Aadhaar.parse(text)


@given(AADHAAR.filter(lambda number: len(number) == 12))
def test_stdnum_agrees_on_aadhaar(number: str) -> None:
    """What python-stdnum calls Aadhaar is recognised; palindromes, which it excludes, are too."""
    palindrome = number == number[::-1]

    assert stdnum_aadhaar.is_valid(number) is not palindrome


@given(st.from_regex("[0-9]{2,17}", fullmatch=True))
def test_stdnum_agrees_on_verhoeff(body: str) -> None:
    """python-stdnum computes the Verhoeff digit that the symmetries of a pentagon give."""
    assert verhoeff(body) == stdnum_verhoeff.calc_check_digit(body)


# -- National identity numbers --------------------------------------------------------------


@given(NUMBERS["national-id"], st.data())
def test_punctuation_goes(number: str, data: st.DataObject) -> None:
    """Full stops, slashes and parentheses inside a number change nothing."""
    marks = st.sampled_from(["", *"./() -\uff08\uff09"])
    gaps = data.draw(st.lists(marks, min_size=len(number) - 1, max_size=len(number) - 1))
    written = number[0] + "".join(a + b for a, b in zip(gaps, number[1:], strict=True))
    assume(not re.fullmatch(r"[0-9]+\.0*", written) and "--" not in written.replace(" ", ""))

    assert number == NationalID.parse(written, "GB").value


@given(st.from_regex("[1-8]9[0-9]{3,9}", fullmatch=True), st.integers(0, 3))
def test_a_spreadsheet_s_number_is_refused(number: str, zeros: int) -> None:
    """A number that a spreadsheet wrote with decimals may have lost zeros, and is refused."""
    expected = IdentifierFault.DIGITS_LOST

    assert expected == refusal(NationalID.parse, f"{number}.{'0' * zeros}", "GB")


@given(st.from_regex("[A-W]{0,2}([0-9])\\1{5,15}", fullmatch=True), st.sampled_from("0123456789"))
def test_one_digit_repeated_is_nobody(number: str, check: str) -> None:
    """One digit repeated is a placeholder, with a check digit behind it and without."""
    for written in (number, number + check, f"{number}({check})"):
        assert IdentifierFault.PLACEHOLDER is refusal(NationalID.parse, written, "HK")


# -- PAN ------------------------------------------------------------------------------------


@given(NUMBERS["in-pan"])
def test_the_fourth_letter_tells_the_holder(number: str) -> None:
    """A PAN whose 4th letter is P is a person's, and no borrower of the other kind may have it."""
    pan = PAN.parse(number)
    told = Holder.PERSON if number[3] == "P" else Holder.ORGANISATION
    (other,) = set(Holder) - {told}

    assert told is pan.holder
    assert (pan,) == cs.Borrower(told, [pan]).strong_identifiers
    with pytest.raises(InvalidValueError):
        cs.Borrower(other, [pan])


@given(st.from_regex("[A-W]{3}[A-Z]{2}[0-9]{4}[A-W]", fullmatch=True))
def test_stdnum_agrees_on_pan(number: str) -> None:
    """python-stdnum accepts what is accepted here, and placeholders besides."""
    try:
        ours = PAN.parse(number).value == number
    except IdentifierError as refused:
        ours = False
        assume(refused.kind is not IdentifierFault.PLACEHOLDER)

    assert stdnum_pan.is_valid(number) is ours


@pytest.mark.parametrize("number", ["AAAAA9999A", "ABCPE1234F"])
def test_stdnum_accepts_sample_numbers(number: str) -> None:
    """python-stdnum accepts the numbers that forms print as samples."""
    assert stdnum_pan.is_valid(number)
    assert IdentifierFault.PLACEHOLDER is refusal(PAN.parse, number)


# -- CIN ------------------------------------------------------------------------------------


@given(NUMBERS["in-cin"])
def test_a_company_that_is_listed_gets_another_cin(number: str) -> None:
    """The CIN before and after listing are two identifiers; nothing merges them."""
    before, after = CIN.parse("U" + number[1:]), CIN.parse("L" + number[1:])

    assert before.token_text != after.token_text
    assert 2 == len(cs.Borrower.organisation(before, after).strong_identifiers)


# -- LEI ------------------------------------------------------------------------------------


@given(st.from_regex("[A-W]Q[0-9A-Z]{16}", fullmatch=True), st.integers(0, 99))
def test_stdnum_agrees_on_lei(body: str, check: int) -> None:
    """python-stdnum agrees, but for the check digits 00, 01 and 99, a second spelling."""
    code = f"{body}{check:02d}"
    assume(check not in (0, 1, 99))
    try:
        ours = LEI.parse(code).value == code
    except IdentifierError:
        ours = False

    assert stdnum_lei.is_valid(code) is ours


@pytest.mark.parametrize(("right", "also"), [("97", "00"), ("98", "01"), ("02", "99")])
def test_stdnum_accepts_a_second_spelling_of_an_lei(right: str, also: str) -> None:
    """Check digits 97 off fit the congruence, and python-stdnum takes them; one entity, one LEI."""
    bodies = (f"888800QWERTY{i:06d}" for i in range(10_000))
    body = next(body for body in bodies if iso7064_mod_97_10(body) == right)

    assert body + right == LEI.parse(body + right).value
    assert stdnum_lei.is_valid(body + also)
    assert IdentifierFault.CHECK is refusal(LEI.parse, body + also)


@given(NUMBERS["lei"], st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
def test_a_wrong_character_in_an_lei_is_refused(code: str, at: int, char: str) -> None:
    """An LEI with one digit or letter replaced by another of its kind is refused."""
    # Between kinds, as 0 and O, the number that the check runs over changes its length, and one
    # exchange in 97 fits again.
    wrong = code[:at] + char + code[at + 1 :]
    assume(wrong != code and char.isdigit() == code[at].isdigit())

    with pytest.raises(IdentifierError):
        LEI.parse(wrong)


# -- Bank card ------------------------------------------------------------------------------


@given(st.from_regex("[2-9]9[0-9]{3}[1-8][1-8][0-9]{6,12}", fullmatch=True))
def test_stdnum_agrees_on_luhn(number: str) -> None:
    """python-stdnum and the bank card agree on every number of a card's length."""
    try:
        ours = BankCard.parse(number).value == number
    except IdentifierError as refused:
        assume(refused.kind is not IdentifierFault.PLACEHOLDER)
        ours = False

    assert stdnum_luhn.is_valid(number) is ours


def test_numbers_published_for_tests_are_refused() -> None:
    """Every test number that the page names fits the check and is refused as a placeholder."""
    block = re.search(r"```text\n((?:[0-9 ]+\n)+)```", DOCUMENT.read_text("utf-8"))
    assert block
    numbers = block[1].split()

    assert 24 == len(set(numbers))
    for number in numbers:
        assert stdnum_luhn.is_valid(number)
        assert IdentifierFault.PLACEHOLDER is refusal(BankCard.parse, number)
