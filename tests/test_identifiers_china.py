"""Chinese identifiers: the traps of each scheme, by laws over generated numbers."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc
from stdnum.exceptions import InvalidChecksum, InvalidComponent

from canonical import USCC as USCC_ALPHABET
from canonical import gb_11714, gb_32100, iso7064_mod_11_2
from creditshare.errors import IdentifierError, IdentifierFault
from creditshare.identifiers import (
    MobileNumber,
    OrganisationCode,
    PermanentResidentID,
    ResidentID,
    UnifiedSocialCreditCode,
)
from documents import EXAMPLES, NUMBERS, codes, refusal, residents

USCC = EXAMPLES["cn-uscc"]


# -- Resident identity card, and the permits that share it ----------------------------------


@given(residents(1900, 1999))
def test_legacy_form_gives_the_same_token(number: str) -> None:
    """The 15-digit form of a number gives the same identifier as its 18 characters."""
    legacy = number[:6] + number[8:17]
    assume(legacy[6:8] not in ("19", "20"))  # looks like 18 characters cut short

    assert ResidentID.parse(number) == ResidentID.parse(legacy)
    assert f"1:cn-rid::{number}" == ResidentID.parse(legacy).token_text


@given(residents(1900, 2099))
def test_a_number_cut_short_names_nobody(number: str) -> None:
    """The first 15 of a number's 18 characters are never taken for somebody's legacy number."""
    expected = IdentifierFault.DIGITS_LOST

    assert expected == refusal(ResidentID.parse, number[:15])


@given(residents(1919, 1920))
def test_births_of_1919_and_1920_need_18_characters(number: str) -> None:
    """Who was born in 1919 or 1920 has a number of 18 characters, but none of 15."""
    expected = IdentifierFault.DIGITS_LOST

    assert number == ResidentID.parse(number).value
    assert expected == refusal(ResidentID.parse, number[:6] + number[8:17])


@pytest.mark.parametrize("region", ["810000", "820000", "830000"])
def test_permits_share_the_scheme_of_the_card(region: str) -> None:
    """A Hong Kong, Macau or Taiwan resident's permit is a number like any other."""
    digits = region + "19800101001"
    number = digits + iso7064_mod_11_2(digits)

    assert f"1:cn-rid::{number}" == ResidentID.parse(number).token_text


@given(NUMBERS["cn-rid"])
def test_resident_number_tells_the_birth_date(number: str) -> None:
    """A resident's number tells the birth date in positions 7 to 14."""
    expected = dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))

    assert expected == ResidentID.parse(number).birth_date


@given(NUMBERS["cn-rid"], st.characters(), st.integers(0, 18))
def test_a_stray_character_never_makes_another_token(number: str, char: str, at: int) -> None:
    """A character put into a number is dropped or refused, and never makes another number."""
    try:
        found = ResidentID.parse(number[:at] + char + number[at:])
    except IdentifierError:
        return

    assert number == found.value


@given(NUMBERS["cn-rid"])
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


@given(NUMBERS["cn-rid"], st.integers(0, 16))
def test_swapped_neighbours_are_refused(number: str, at: int) -> None:
    """A resident's number with two different neighbours swapped is refused."""
    assume(number[at] != number[at + 1])

    with pytest.raises(IdentifierError):
        ResidentID.parse(number[:at] + number[at + 1] + number[at] + number[at + 2 :])


@pytest.mark.parametrize("written", [" ", "-", "'", "\u200b"], ids=ascii)
@pytest.mark.parametrize(
    "number", ["111111111111111110", "888888888888888888", "123456789012345678"]
)
def test_placeholders_are_refused_however_they_are_written(number: str, written: str) -> None:
    """A placeholder is refused as one, with a separator in it and without."""
    for text in (number, number[:6] + written + number[6:]):
        expected = IdentifierFault.PLACEHOLDER

        assert expected == refusal(ResidentID.parse, text)


def test_a_number_is_accepted_on_every_real_day_and_on_no_other() -> None:
    """The days that a number may tell are those of the calendar from 1850 on, over 400 years."""
    told = []
    for year in range(1840, 2250):
        for month in range(14):
            for day in (0, 1, 28, 29, 30, 31, 32):
                digits = f"888888{year:04d}{month:02d}{day:02d}001"
                try:
                    ResidentID.parse(digits + iso7064_mod_11_2(digits))
                except IdentifierError:
                    continue
                told.append((year, month, day))
    first = dt.date(1850, 1, 1).toordinal()
    days = (dt.date.fromordinal(n) for n in range(first, dt.date(2250, 1, 1).toordinal()))
    real = [(d.year, d.month, d.day) for d in days if d.day in (1, 28, 29, 30, 31)]

    assert real == told


@given(residents(1900, 2020))
def test_stdnum_agrees_where_it_knows_the_region(number: str) -> None:
    """What python-stdnum accepts is accepted, and its check digit is ours; its regions are not."""
    try:
        known = ric.validate(number)
    except InvalidComponent:
        known = number  # a region that it does not know: advisory here
    except KeyError:
        known = number  # or that it trips over

    assert known == ResidentID.parse(number).value


@pytest.mark.parametrize("region", ["810000", "820000", "830000", "512301"])
def test_stdnum_wrongly_refuses_for_the_region(region: str) -> None:
    """python-stdnum refuses permits of Hong Kong, Macau and Taiwan, and regions of former days."""
    digits = region + "19800101001"
    number = digits + iso7064_mod_11_2(digits)

    assert number == ResidentID.parse(number).value
    with pytest.raises(InvalidComponent):
        ric.validate(number)


@pytest.mark.parametrize(("region", "day"), [("888888", "19800517"), ("110105", "20040229")])
def test_a_mask_leaves_candidates(region: str, day: str) -> None:
    """A mask leaves at least eight numbers of one region and day, and 10,000 of 1,500 regions."""
    left: dict[str, int] = {}
    for serial in range(1000):
        digits = f"{region}{day}{serial:03d}"
        masked = ResidentID.parse(digits + iso7064_mod_11_2(digits)).masked
        left[masked] = left.get(masked, 0) + 1

    assert 8 <= min(left.values())
    assert 110 == len(left)
    assert 10_000 <= min(left.values()) * 1500


# -- Permanent resident card ----------------------------------------------------------------


@given(NUMBERS["cn-prid"])
def test_permanent_resident_card_has_two_forms(number: str) -> None:
    """Both forms of the permanent resident card parse to themselves and tell no birth date."""
    card = PermanentResidentID.parse(number)

    assert number == card.value
    assert card.birth_date is None


# -- Unified social credit code and organisation code ---------------------------------------


@given(NUMBERS["cn-uscc"])
def test_every_code_of_the_standard_is_accepted(code: str) -> None:
    """A code built from the text of GB 32100 and GB 11714 parses to itself."""
    assert code == UnifiedSocialCreditCode.parse(code).value


@given(st.data())
def test_the_organisation_code_inside_is_checked(data: st.DataObject) -> None:
    """A code whose outer check fits is refused when that of the inner code does not."""
    code = data.draw(codes(inner=data.draw(st.sampled_from(USCC_ALPHABET))))
    assume(gb_11714(code[8:16]) != code[16])

    expected = IdentifierFault.CHECK

    assert expected == refusal(UnifiedSocialCreditCode.parse, code)


@given(NUMBERS["cn-uscc"])
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

    assert expected == refusal(UnifiedSocialCreditCode.parse, first + USCC[1:])


@given(NUMBERS["cn-uscc"])
def test_the_organisation_code_inside_is_another_identifier(code: str) -> None:
    """The code inside is what an older file holds, printed with its hyphen; tokens stay apart."""
    unified = UnifiedSocialCreditCode.parse(code)
    old = OrganisationCode.parse(f"{code[8:16]}-{code[16]}")

    assert old == unified.organisation_code
    assert f"1:cn-org::{code[8:17]}" == old.token_text
    assert 2 == len({old.token_text, unified.token_text})


@given(
    NUMBERS["cn-org"], st.integers(0, 8), st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
)
def test_a_wrong_character_in_an_organisation_code(code: str, at: int, char: str) -> None:
    """A wrong character is refused, unless it is a letter 11 away: the check counts modulo 11."""
    wrong = code[:at] + char + code[at + 1 :]
    assume(wrong != code)
    alike = at < 8 and (int(char, 36) - int(code[at], 36)) % 11 == 0

    if not alike:
        assert refusal(OrganisationCode.parse, wrong) in {
            IdentifierFault.CHECK,
            IdentifierFault.PLACEHOLDER,
            IdentifierFault.MASKED,
        }


@given(NUMBERS["cn-uscc"])
def test_stdnum_agrees_on_unified_codes(code: str) -> None:
    """python-stdnum accepts every generated code, once its first two characters are digits."""
    body = "91" + code[2:17]

    assert uscc.is_valid(body + gb_32100(body))


@pytest.mark.parametrize("first", "ANY")
def test_stdnum_wrongly_refuses_first_characters(first: str) -> None:
    """python-stdnum refuses the first characters A, N and Y, which the standard has."""
    body = first + "1888888M000100Y4"
    code = body + gb_32100(body)

    assert code == UnifiedSocialCreditCode.parse(code).value
    assert not uscc.is_valid(code)


def test_stdnum_does_not_check_the_code_inside() -> None:
    """python-stdnum accepts a code whose organisation code does not fit its own check."""
    body = "91888888M000100Y5"
    code = body + gb_32100(body)

    assert uscc.is_valid(code)
    assert IdentifierFault.CHECK is refusal(UnifiedSocialCreditCode.parse, code)


def test_check_characters_of_stdnum() -> None:
    """python-stdnum refuses a wrong check digit where it knows the region."""
    digits = "11010519800101001"
    wrong = digits + "0123456789X"[("0123456789X".index(iso7064_mod_11_2(digits)) + 1) % 11]

    with pytest.raises(InvalidChecksum):
        ric.validate(wrong)
    assert IdentifierFault.CHECK is refusal(ResidentID.parse, wrong)


# -- Mobile number --------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["", "+86", "+86 ", "0086", "0086-", "86", "(+86)", "\uff0b86"])
@given(number=NUMBERS["cn-mobile"])
def test_country_codes_go(prefix: str, number: str) -> None:
    """A number of mainland China is itself with and without its country code."""
    assert number == MobileNumber.parse(prefix + number).value


@given(st.integers(1, 999).filter(lambda code: code != 86), NUMBERS["cn-mobile"])
def test_other_country_codes_stay(code: int, number: str) -> None:
    """A number behind another country's code is refused, not cut to eleven digits."""
    with pytest.raises(IdentifierError):
        MobileNumber.parse(f"+{code}{number}")
