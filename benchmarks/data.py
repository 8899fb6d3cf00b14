"""Typed values of nobody: everything about a person follows from a number.

So that a million of them need no memory, and another process can make the same ones again.
Identity numbers have the region 888888, which was never assigned. Those who are listed have serial
numbers below 500, strangers have higher ones, so that a stranger is never listed by chance.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator

import creditshare as cs
from creditshare.rules import Refused

__all__ = ["TODAY", "applicants", "cleared", "identifiers", "listings", "messy_numbers"]

TODAY = dt.date(2026, 11, 23)
HIT_EVERY = 100

_DAY = dt.timedelta(days=1)
_TOLD = dt.date(2026, 10, 1)
_SEEN, _SOUGHT = cs.model.Proves.CONDUCT, cs.model.Proves.CONTACT_ATTEMPTS
_DECISION = cs.Decision(
    dt.date(2026, 11, 2), "有履行能力而拒不履行，期内未提出异议。", "演示托管方审核委员会"
)
_ISSUER = cs.roster.RosterEntry(
    "bank", None, [cs.Role.ISSUER], cs.roster.Licence("L-1", dt.date(2020, 1, 1))
)
_BORN = dt.date(1950, 1, 1)
_DAYS, _SERIALS = 18_250, 500  # 9,125,000 persons, the last born in 1999
_STEP = 2_654_435  # no factor in common with the number of persons
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚文华建国玉兰桂英海燕志鹏晨雨欣怡子涵"
_CODES = (
    cs.model.ConductCode.ABSCOND,
    cs.model.ConductCode.ASSET_TRANSFER,
    cs.model.ConductCode.ASSET_CONCEAL,
    cs.model.ConductCode.CAPABLE_REFUSAL,
)
_BASIS = cs.model.BasisKind.WORKING_GROUP_NOTICE
_FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


def _mixed(number: int) -> int:
    """63 bits that look random and follow from a number (the finaliser of SplitMix64)."""
    mask = (1 << 64) - 1
    mixed = (number + 1) * 0x9E3779B97F4A7C15 & mask
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 & mask
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & mask
    return (mixed ^ mixed >> 31) >> 1


def _born(person: int) -> tuple[dt.date, int]:
    day, serial = divmod(person * _STEP % (_DAYS * _SERIALS), _SERIALS)
    return _BORN + day * _DAY, serial


def _number(person: int, *, stranger: bool = False) -> str:
    """The identity number; no two persons have the same."""
    born, serial = _born(person)
    digits = f"888888{born.year}{born.month:02}{born.day:02}{serial + _SERIALS * stranger:03}"
    total = sum(map(int.__mul__, map(int, digits), _WEIGHTS))
    return digits + _CHECKS[total % 11]


def _name(person: int) -> str:
    bits = _mixed(person)
    second = _GIVEN[bits // 3000 % len(_GIVEN)] if bits % 3 else ""
    return _SURNAMES[bits // 3 % len(_SURNAMES)] + _GIVEN[bits // 100 % len(_GIVEN)] + second


def _borrower(person: int) -> cs.Borrower:
    identifiers: list[cs.identifiers.Identifier] = [cs.ResidentID.parse(_number(person))]
    if person % 20:
        return cs.Borrower.person(*identifiers, name=_name(person))
    identifiers.append(cs.identifiers.Passport.parse(f"E{70_000_000 + person % 9_000_000}", "CN"))
    return cs.Borrower.person(*identifiers, name=_name(person), birth_date=_born(person)[0])


def _listing(person: int) -> cs.Listing:
    bits = _mixed(~person)
    principal = 100_000 + bits % 30_000_000
    since = dt.date(2022, 1, 1) + bits // 7 % 1200 * _DAY
    document = hashlib.sha256(bits.to_bytes(8, "big")).digest()
    return cs.Listing(
        _borrower(person),
        cs.Obligation(
            f"演示网贷第{bits % 40}号",
            cs.Money(principal, "CNY"),
            cs.Money(principal - bits % (principal // 2), "CNY"),
            since,
        ),
        _conduct(bits, since + (60 + bits % 300) * _DAY),
        cs.LegalBasis(
            cs.model.BasisKind.WORKING_GROUP_NOTICE,
            f"演示通知〔2025〕{bits % 40}号",
            "第二条",
            "2025-08-08",
        ),
        cs.Notice(
            dt.date(2026, 8, 1) + bits % 60 * _DAY,
            cs.model.ServiceMethod.POST,
            "如有异议，请自收到本通知之日起15日内书面提出。",
        ),
        (
            cs.Evidence(document, "失联核查记录", [_SEEN, _SOUGHT], _TOLD),
            cs.Evidence(document[::-1], "资产核查报告", [cs.model.Proves.ABILITY_TO_PAY], _TOLD),
        ),
        decision=_DECISION,
        reference=f"row {person}",
        id=document[:16],
    )


def _conduct(bits: int, start: dt.date) -> cs.Conduct:
    code = _CODES[bits % len(_CODES)]
    return cs.Conduct(code, start, start + 30 * _DAY if bits % 2 else None)


def identifiers(count: int) -> Iterator[cs.ResidentID]:
    """The resident numbers of the same persons as `listings`."""
    return (cs.ResidentID.parse(_number(person)) for person in range(count))


def listings(count: int) -> Iterator[cs.Listing]:
    """Listings that every rule of the Chinese rulebook clears on `TODAY`."""
    return map(_listing, range(count))


def cleared(drafts: Iterable[cs.Listing]) -> Iterator[cs.rules.ClearedListing]:
    """The same after their review, one at a time."""
    book = cs.rulebook("cn")
    for listing in drafts:
        result = book.review_one(listing, on=TODAY, issuer=_ISSUER)
        if isinstance(result, Refused):
            raise TypeError("the rulebook refuses a listing of the benchmarks")
        yield result


def applicants(count: int, listed: int, every: int = HIT_EVERY) -> Iterator[cs.Applicant]:
    """Applicants for a loan, one in `every` a random one of the first `listed` persons."""
    for place in range(count):
        hit = place % every == 0
        person = _mixed(place) % listed if hit else place
        number = _number(person, stranger=not hit)
        yield cs.Applicant([cs.ResidentID.parse(number)], _name(person), _born(person)[0])


def messy_numbers(count: int) -> Iterator[str]:
    """Identity numbers as spreadsheets have them.

    Of a hundred, 88 are clean, 10 are smudged in a way that has to be understood (two each:
    lower-case x where there is one, blanks, hyphens, full-width digits, fifteen digits), and 2 are
    wrong in a way that has to be refused.
    """
    for person in range(count):
        number, place = _number(person), _mixed(person) % 100
        if place >= 12:
            yield number
        else:
            yield _SMUDGES[place // 2](number)


def _wrong(number: str) -> str:
    return number[:17] + ("1" if number[17] != "1" else "2")


_SMUDGES = (
    str.lower,
    lambda number: f" {number[:6]} {number[6:14]} {number[14:]} ",
    lambda number: f"{number[:6]}-{number[6:14]}-{number[14:]}",
    lambda number: number.translate(_FULL_WIDTH),
    lambda number: number[:6] + number[8:17],
    _wrong,
)
