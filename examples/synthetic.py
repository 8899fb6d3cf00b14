"""Made-up reports, batch descriptions and applicants, as messy as real ones and nobody's data.

Every identity number has the region 888888, which was never assigned, so that no living person can
have it; otherwise it is valid. Those in reports have serial numbers below 500 and strangers among
the applicants have higher ones, so that a stranger is never in a report by chance. Names are random
combinations of common surnames and given names. The same seed gives the same data.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import attrs

__all__ = ["CREDITOR", "Evader", "ReportTruth", "make_applicants", "make_facts", "make_report"]

CREDITOR = "演示网贷"
HEADER = (
    "姓名",
    "身份证号",
    "手机号",
    "借款平台",
    "累计借款金额",
    "剩余欠款金额（万元）",
    "拖欠开始日期",
    "是否失联",
    "催收情况",
)

_REGION = "888888"
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚文华建国玉兰桂英海燕志鹏晨雨欣怡子涵"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_LOOKS_LIKE_X = "xⅩХ×Ｘ"
_ADULTS = (dt.date(1960, 1, 1), dt.date(1998, 12, 31))
_MINORS = (dt.date(2004, 1, 1), dt.date(2007, 12, 31))
_DEFAULTS = (dt.date(2017, 1, 1), dt.date(2018, 7, 31))
_DATE_FORMS = (
    "{0.year}-{0.month:02}-{0.day:02}",
    "{0.year}/{0.month}/{0.day}",
    "{0.year}.{0.month:02}.{0.day:02}",
    "{0.year}{0.month:02}{0.day:02}",
    "{0.year}年{0.month}月{0.day}日",
)
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_NOTES = ("", "多次电话催收", "已发律师函，无回应", "上门未果\n家属称不知去向", '自称"没钱"')
_EVADERS = 5


@attrs.frozen
class Evader:
    """A person in a report, written there without any mess.

    Attributes:
        name: As in the report.
        number: The identity number, 18 characters.
        birth_date: What the number tells.
    """

    name: str
    number: str
    birth_date: dt.date


@attrs.frozen
class ReportTruth:
    """What a reader of a made-up report must find in it.

    Attributes:
        rows: All rows under the header.
        listings: How many of them can be listed; minors and duplicates are among them.
        refusals: How many cannot, by the kind of refusal.
        minors: Listings of persons who were minors when payment stopped.
        duplicates: Listings that repeat an earlier row in other words.
        evaders: A few persons who are listed.
    """

    rows: int
    listings: int
    refusals: Mapping[str, int]
    minors: int
    duplicates: int
    evaders: tuple[Evader, ...]


@attrs.frozen
class _Case:
    """One row before it is written."""

    person: Evader
    name: str
    number: str
    platform: str
    principal: int
    outstanding: int
    since: str
    lost: str


_Change = Callable[[random.Random, _Case], _Case]


def make_report(path: Path, rows: int, seed: int) -> ReportTruth:
    """Write a report in the 2018 layout: GB18030, a title and a blank row above its header.

    Args:
        path: What to write.
        rows: How many rows go under the header.
        seed: The same one gives the same file.

    Returns:
        What is in it.
    """
    rng = random.Random(seed)
    people = _People(rng)
    listed: list[_Case] = []
    kinds: Counter[str] = Counter()
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["网贷逃废债信息报送表（演示数据）", *[""] * (len(HEADER) - 1)])
        writer.writerow([])
        writer.writerow(HEADER)
        for _ in range(rows):
            kind = rng.choices(tuple(_SHARES), tuple(_SHARES.values()))[0]
            kind = "listing" if kind == "duplicate" and not listed else kind
            kinds[kind] += 1
            case = rng.choice(listed) if kind == "duplicate" else _case(rng, people, kind)
            if kind == "listing":
                listed.append(case)
            writer.writerow(_written(rng, _changed(rng, case, kind)))
    refusals = {kind: kinds[kind] for kind in _SPOILED if kinds[kind]}
    listings = rows - sum(refusals.values())
    evaders = tuple(case.person for case in listed[:: len(listed) // _EVADERS + 1])
    return ReportTruth(rows, listings, refusals, kinds["minor"], kinds["duplicate"], evaders)


def make_facts(path: Path, served: dt.date) -> None:
    """Write the batch description that goes with `make_report`.

    Args:
        path: What to write.
        served: The day on which the notice reached the borrowers; that they had absconded was
            established 60 days earlier, and decided upon 16 days later.
    """
    established = served - dt.timedelta(days=60)
    path.write_text(
        f"""[batch]
creditor = "{CREDITOR}"

[basis]
kind = "working-group-notice"
instrument = "演示通知〔2018〕1号"
article = "第二条"
version = "2018-08-08"

[notice]
served = {served}
method = "post"
remedy = "如有异议，请自收到本通知之日起15日内向{CREDITOR}书面提出。"

[decision]
on = {served + dt.timedelta(days=16)}
reasons = "失联且有资产可供履行，期内未提出异议。"
by = "演示托管方审核委员会"

[[evidence]]
id = "contact-log"
digest = "{_digest("contact log")}"
description = "失联核查记录"
proves = ["conduct", "contact-attempts"]
disclosed = {served}

[[evidence]]
digest = "{_digest("asset report")}"
description = "资产核查报告"
proves = ["ability-to-pay"]
disclosed = {served}

[[evidence]]
digest = "{_digest("loan contracts")}"
description = "借款合同与放款凭证"
proves = ["claim"]
disclosed = {served}

[abscond]
proof = "contact-log"
established = {established}
""",
        encoding="utf-8",
    )


def make_applicants(
    count: int, seed: int, evaders: Sequence[Evader] = ()
) -> Iterator[tuple[str, str, str, dt.date]]:
    """Applicants for a loan, mostly strangers, with the given evaders at random places.

    Args:
        count: How many in all; at least as many as evaders.
        seed: The same one gives the same applicants.
        evaders: Those to mix in.

    Yields:
        A reference, an identity number, a name and a birth date.
    """
    rng = random.Random(seed)
    places = dict(zip(rng.sample(range(count), len(evaders)), evaders, strict=True))
    for place in range(count):
        person = places.get(place)
        if person is None:
            born = _day(rng, _ADULTS)
            person = Evader(_name(rng), _number(born, rng.randrange(500, 1000)), born)
        yield f"A{place + 1:06}", person.number, person.name, person.birth_date


class _People:
    """Makes persons, no two with one number."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._taken: set[str] = set()

    def new(self, born_within: tuple[dt.date, dt.date] = _ADULTS) -> Evader:
        while True:
            born = _day(self._rng, born_within)
            serial = self._rng.randrange(1, 500)
            number = _number(born, serial)
            # Numbers that end in 000 are refused as rounded by a spreadsheet.
            if number not in self._taken and serial % 100:
                self._taken.add(number)
                return Evader(_name(self._rng), number, born)


def _case(rng: random.Random, people: _People, kind: str) -> _Case:
    person = people.new(_MINORS if kind == "minor" else _ADULTS)
    principal = rng.randrange(1_000, 300_000)
    return _Case(
        person=person,
        name=person.name,
        number=person.number,
        platform=CREDITOR,
        principal=principal,
        outstanding=rng.randrange(500, principal),
        since=rng.choice(_DATE_FORMS).format(_day(rng, _DEFAULTS)),
        lost=rng.choice(("是", "是", "失联", "Y", "1")),
    )


def _changed(rng: random.Random, case: _Case, kind: str) -> _Case:
    return _SPOILED.get(kind, _smudged)(rng, case)


def _smudged(rng: random.Random, case: _Case) -> _Case:
    """The same in a way that a reader must understand."""
    number = case.number
    if number[6:8] == "19" and rng.random() < 0.04:
        number = number[:6] + number[8:17]
    elif number.endswith("X") and rng.random() < 0.5:
        number = number[:17] + rng.choice(_LOOKS_LIKE_X)
    if rng.random() < 0.05:
        number = number.translate(_FULL_WIDTH)
    if rng.random() < 0.05:
        number = rng.choice(("\u200b{}", "{}\ufeff", " {} ", "'{}", "\t{}")).format(number)
    since = case.since.translate(_FULL_WIDTH) if rng.random() < 0.05 else case.since
    name = f"{case.name}\u3000" if rng.random() < 0.05 else case.name
    return attrs.evolve(case, name=name, number=number, since=since)


def _written(rng: random.Random, case: _Case) -> list[str]:
    principal = rng.choice(
        (
            str(case.principal),
            f"{case.principal:,}.00",
            f"{case.principal:,}".replace(",", "，"),
            f"￥{case.principal}",
            f"{case.principal}元",
            f"{case.principal / 10_000:.4f}万元",
        )
    )
    mobile = f"1990000{rng.randrange(10_000):04}"
    outstanding = f"{case.outstanding / 10_000:.4f}"
    note = rng.choice(_NOTES)
    return [
        *(case.name, case.number, mobile, case.platform),
        *(principal, outstanding, case.since, case.lost, note),
    ]


def _wrong_check(rng: random.Random, case: _Case) -> _Case:
    wrong = rng.choice([char for char in _CHECKS if char not in (case.number[17], "0")])
    return attrs.evolve(case, number=case.number[:17] + wrong)


def _no_such_birthday(_: random.Random, case: _Case) -> _Case:
    return attrs.evolve(case, number=case.number[:10] + "0230" + case.number[14:17] + "7")


def _digits_lost(rng: random.Random, case: _Case) -> _Case:
    damaged = (f"{int(case.number[:17]) * 10:.5E}", case.number[:15] + "000")
    return attrs.evolve(case, number=rng.choice(damaged))


def _masked(rng: random.Random, case: _Case) -> _Case:
    mask = rng.choice(("********", "XXXXXXXX", "＊＊＊＊＊＊＊＊"))
    return attrs.evolve(case, number=case.number[:6] + mask + case.number[14:])


def _no_name(rng: random.Random, case: _Case) -> _Case:
    return attrs.evolve(case, name=rng.choice(("", "\u3000", "-")))


def _other_platform(rng: random.Random, case: _Case) -> _Case:
    return attrs.evolve(case, platform=rng.choice(("另一网贷", "演示网贷二号")))


def _no_such_day(rng: random.Random, case: _Case) -> _Case:
    return attrs.evolve(case, since=rng.choice(("2018-02-30", "2017年13月1日", "20170431")))


def _unreadable_day(rng: random.Random, case: _Case) -> _Case:
    return attrs.evolve(case, since=rng.choice(("17-08-01", "43115", "2017年底")))


def _reachable(rng: random.Random, case: _Case) -> _Case:
    return attrs.evolve(case, lost=rng.choice(("否", "未失联", "N", "0")))


_SPOILED: Mapping[str, _Change] = {
    "mere-delay": _reachable,
    "creditor-differs": _other_platform,
    "name-missing": _no_name,
    "identifier-check": _wrong_check,
    "identifier-date": _no_such_birthday,
    "identifier-digits-lost": _digits_lost,
    "identifier-masked": _masked,
    "date-impossible": _no_such_day,
    "date-form": _unreadable_day,
}

_SHARES: Mapping[str, float] = {
    "listing": 77.5,
    "duplicate": 2,
    "minor": 0.5,
    "mere-delay": 9,
    "creditor-differs": 2.5,
    "name-missing": 1,
    "identifier-check": 2,
    "identifier-date": 0.5,
    "identifier-digits-lost": 2,
    "identifier-masked": 2,
    "date-impossible": 0.5,
    "date-form": 0.5,
}


def _number(born: dt.date, serial: int) -> str:
    digits = f"{_REGION}{born:%Y%m%d}{serial:03}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True))
    return digits + _CHECKS[total % 11]


def _name(rng: random.Random) -> str:
    return rng.choice(_SURNAMES) + "".join(rng.choices(_GIVEN, k=rng.choice((1, 2, 2))))


def _day(rng: random.Random, within: tuple[dt.date, dt.date]) -> dt.date:
    first, last = within
    return first + dt.timedelta(days=rng.randrange((last - first).days + 1))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
