"""Canonical forms from docs/reference/identifiers.md alone: shares no code with the library.

A second implementation, as another language would write it. It refuses without saying why.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

__all__ = ["SCHEMES", "RefusedError", "canonical", "check_digits", "need", "token_text"]


class RefusedError(Exception):
    """The document says to refuse this."""


def need(holds: object, what: str) -> None:
    if not holds:
        raise RefusedError(what)


# -- From a text as found -------------------------------------------------------------------

MASKS = "*#?\uff0a\u2217\u25cf\u25cb\u2022\u00b7\u2605\u2606\uff03\uff1f\u25a0\u25a1"
SEPARATORS = re.compile(
    "[\u0009-\u000d\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
    "\\-\u00ad\u2010-\u2015\u2212\ufe58\ufe63\uff0d"
    "\u180e\u200b-\u200f\u202a-\u202e\u2060\ufeff'\u2018\u2019\uff07`]"
)
HYPHEN = "[-_\u2010-\u2015\u2212\ufe58\ufe63\uff0d]"
DASHED_OUT = re.compile(f"{HYPHEN}(?:(?!{HYPHEN}){SEPARATORS.pattern})*{HYPHEN}|[\u2e3a\u2e3b]")
LOOKS_LIKE_X = re.compile("[\u2169\u2179\u0425\u0445\u03a7\u03c7\u00d7\u2715\u2716\u2a2f]")


def folded(text: str, check_place: int | None = None) -> str:
    """Steps 1 to 6; the place of the check character is counted from 1."""
    need(len(text) <= 128 and not set(MASKS) & set(text), "too long, or masked")
    need(not DASHED_OUT.search(text), "masked by dashes")
    text = SEPARATORS.sub("", text)
    places = {found.start() + 1 for found in LOOKS_LIKE_X.finditer(text)}
    need(places <= {check_place}, "crossed out")
    text = LOOKS_LIKE_X.sub("X", text)
    text = "".join(chr(ord(c) - 0xFEE0) if "\uff01" <= c <= "\uff5e" else c for c in text)
    text = upper(text)
    need(re.fullmatch("[A-Z0-9]+", text), "empty, or another character")
    return text


def upper(text: str) -> str:
    return re.sub("[a-z]", lambda found: found[0].upper(), text)


def country_code(country: str) -> str:
    """Step 7."""
    country = upper(country.strip())
    need(re.fullmatch("[A-Z]{2}", country), "country")
    need(not re.fullmatch("UK|EU|AA|Q[M-Z]|XX|ZZ", country), "country")
    return country


# -- Check digits ----------------------------------------------------------------------------


def value_of(char: str) -> int:
    return "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(char)


def iso7064_mod_11_2(digits: str) -> str:
    """In its recursive form, which shares nothing with a table of weights."""
    product = 0
    for digit in digits:
        product = (product + int(digit)) * 2 % 11
    check = (12 - product) % 11
    return "X" if check == 10 else str(check)


def iso7064_mod_97_10(body: str) -> str:
    """Digit by digit, as one divides on paper."""
    rest = 0
    for digit in "".join(str(value_of(char)) for char in body) + "00":
        rest = (rest * 10 + int(digit)) % 97
    return str(98 - rest).zfill(2)


USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
GB_32100 = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)  # its table 3
GB_11714 = (3, 7, 9, 10, 5, 8, 4, 2)


def gb_32100(body: str) -> str:
    check = 31 - sum(USCC.index(c) * w for c, w in zip(body, GB_32100, strict=True)) % 31
    return USCC[check % 31]


def gb_11714(body: str) -> str:
    check = 11 - sum(value_of(c) * w for c, w in zip(body, GB_11714, strict=True)) % 11
    return {10: "X", 11: "0"}.get(check, str(check))


def luhn(body: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(body)):
        product = int(digit) * (1 if place % 2 else 2)
        total += product // 10 + product % 10
    return str(-total % 10)


def verhoeff(body: str) -> str:
    """The symmetries of a pentagon: 0 to 4 turn it, 5 to 9 turn it over first."""

    def then(first: int, second: int) -> int:
        turned = first + second if first < 5 else first - second
        return turned % 5 + 5 * ((first < 5) != (second < 5))

    state = 0
    for place, digit in enumerate(reversed(body), start=1):
        moved = int(digit)
        for _ in range(place % 8):
            moved = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)[moved]
        state = then(state, moved)
    return str(next(digit for digit in range(10) if then(state, digit) == 0))


def check_digits(number: str, check: Callable[[str], str], length: int = 1) -> bool:
    """Whether a number ends with its own check characters."""
    return check(number[:-length]) == number[-length:]


# -- The schemes -----------------------------------------------------------------------------


def cn_rid(text: str, _: str) -> str:
    number = folded(text, 18)
    need(not re.fullmatch("([0-9])\\1{13,}[0-9X]?|123456789012345(678)?", number), "placeholder")
    if re.fullmatch("[1-8][0-9]{14}", number):
        need(number[6:8] not in ("19", "20"), "cut short")
        number = number[:6] + "19" + number[6:]
        number += iso7064_mod_11_2(number)
    need(re.fullmatch("[1-8][0-9]{16}[0-9X]", number), "form")
    try:
        born = dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise RefusedError("date") from None
    need(born.year >= 1850 and check_digits(number, iso7064_mod_11_2), "year or check")
    return number


def cn_prid(text: str, _: str) -> str:
    number = folded(text, 18)
    need(not number.startswith("XXX"), "crossed out")
    need(not re.fullmatch("9{17}[0-9X]|[A-Z]{3}([0-9])\\1{11}", number), "placeholder")
    if not re.fullmatch("[A-Z]{3}[0-9]{12}", number):
        need(re.fullmatch("9[0-9]{16}[0-9X]", number), "form")
        need(check_digits(number, iso7064_mod_11_2), "check")
    return number


def cn_uscc(text: str, _: str) -> str:
    code = folded(text, 18)
    need(re.fullmatch(f"[1-9ANY][{USCC}][0-9]{{6}}[{USCC}]{{10}}", code), "form")
    need(len(set(code)) > 1, "placeholder")
    need(check_digits(code, gb_32100), "check")
    cn_org(code[8:17], "")
    return code


def cn_org(text: str, _: str) -> str:
    code = folded(text, 9)
    need(re.fullmatch("[0-9A-Z]{8}[0-9X]", code), "form")
    need(len(set(code[:8])) > 1 and code[:8] != "12345678", "placeholder")
    need("XXXX" not in code and check_digits(code, gb_11714), "crossed out, or check")
    return code


def cn_mobile(text: str, _: str) -> str:
    text = re.sub("[()\uff08\uff09]", "", text)
    number = folded(re.sub("[+\uff0b]", "00", text))
    number = re.sub("^(00)?86(?=.{11}$)", "", number)
    need(re.fullmatch("1[3-9][0-9]{9}", number), "form")
    need(len(set(number[3:])) > 1 and number[3:] != "12345678", "placeholder")
    need(number != "13800138000", "placeholder")
    return number


TEST_CARDS = {
    *("4012888888881881", "4111111111111111", "4222222222222", "4242424242424242"),
    *("4000056655665556", "5105105105105100", "5200828282828210", "5454545454545454"),
    *("5555555555554444", "2223003122003222", "2222400070000005", "371449635398431"),
    *("378282246310005", "378734493671000", "6011000990139424", "6011111111111117"),
    *("30569309025904", "3056930009020004", "38520000023237", "36227206271667"),
    *("3530111333300000", "3566002020360505", "6212345678901232", "6212345678901265"),
}


def bank_card(text: str, _: str) -> str:
    number = folded(text)
    need(re.fullmatch("[2-9][0-9]{12,18}", number), "form")
    need(number not in TEST_CARDS and len(set(number)) > 1, "placeholder")
    need(not number.startswith("1234567890"), "placeholder")
    need(not re.fullmatch("[0-9]{1,6}0{9,}[0-9]", number), "placeholder")
    need(check_digits(number, luhn), "check")
    return number


def passport(text: str, country: str) -> str:
    number = folded(text)
    country_code(country)
    need("XX" not in number, "crossed out")
    need(not re.fullmatch("[A-Z]{0,2}([0-9])\\1*|[A-Z]?12345(6|67|678|6789)?", number), "none")
    need(re.fullmatch("[A-Z0-9]{5,9}", number) and re.search("[0-9]", number), "form")
    return number


def national_id(text: str, country: str) -> str:
    need(not re.fullmatch("[0-9]+\\.0*|[0-9]\\.[0-9]+[Ee]\\+?[0-9]+", text.strip()), "a number")
    number = folded(re.sub("[./()\uff0e\uff0f\uff08\uff09]", "", text))
    code = country_code(country)
    need(code not in ("CN", "IN"), "schemes of their own")
    for own in (cn_rid, cn_prid) if re.fullmatch("[A-Z]{3}[0-9]{12}|.{18}", number) else ():
        try:
            own(number, "")
        except RefusedError:
            continue
        raise RefusedError("a Chinese document")
    digits = re.sub("[A-Z]", "", number)
    need("XX" not in number and 5 <= len(number) <= 20 and len(digits) >= 4, "form")
    stem = digits[:-1] if len(digits) >= 7 else digits
    need(len(set(stem)) > 1, "placeholder")
    for row in ("0123456789" * 3, "1234567890" * 3, "9876543210" * 3, "87654321"):
        need(not row.startswith(stem), "placeholder")
    need(code != "US" or number not in ("078051120", "219099999"), "placeholder")
    return number


def in_pan(text: str, _: str) -> str:
    number = folded(text)
    need(not number.startswith("XXX"), "crossed out")
    need(re.fullmatch("[A-Z]{3}[ABCFGHJKLPT][A-Z][0-9]{4}[A-Z]", number), "form")
    need(number[5:9] != "0000" and number[:3] + number[4:9] != "ABCE1234", "placeholder")
    need(len(set(number[:5] + number[9])) > 1, "placeholder")
    return number


def in_cin(text: str, _: str) -> str:
    number = folded(text)
    need(re.fullmatch("[LU][0-9]{5}[A-Z]{2}(18|19|20)[0-9]{2}[A-Z]{3}[0-9]{6}", number), "form")
    need("XX" not in number and number[15:] != "000000", "crossed out, or placeholder")
    need((number[1:6], number[15:]) != ("12345", "123456"), "placeholder")
    return number


def lei(text: str, _: str) -> str:
    code = folded(text)
    need(re.fullmatch("[0-9A-Z]{18}[0-9]{2}", code), "form")
    need(len(set(code[:18])) > 1 and not code.startswith("1234567890"), "placeholder")
    need(code[4:18] != "0" * 14 and check_digits(code, iso7064_mod_97_10, 2), "check")
    return code


def in_aadhaar(text: str, _: str) -> str:
    raise RefusedError("whatever it is")


SCHEMES: dict[str, Callable[[str, str], str]] = {
    "cn-rid": cn_rid,
    "cn-prid": cn_prid,
    "cn-uscc": cn_uscc,
    "cn-org": cn_org,
    "cn-mobile": cn_mobile,
    "bank-card": bank_card,
    "passport": passport,
    "national-id": national_id,
    "in-pan": in_pan,
    "in-cin": in_cin,
    "lei": lei,
    "in-aadhaar": in_aadhaar,
}


def canonical(scheme: str, text: str, country: str = "") -> tuple[str, str]:
    """The canonical value and country of a text."""
    value = SCHEMES[scheme](text, country)
    return value, country_code(country) if scheme in ("passport", "national-id") else ""


def token_text(scheme: str, text: str, country: str = "") -> str:
    """What is tokenised; a weak scheme has none."""
    need(scheme not in ("cn-mobile", "bank-card"), "weak")
    value, country = canonical(scheme, text, country)
    return f"1:{scheme}:{country}:{value}"
