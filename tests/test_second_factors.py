"""Second factors: birth dates, what they veto, and what a person may see of a hit."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import creditshare as cs
from creditshare.screening import Names, ReviewReason, SecondFactor
from creditshare.screening.agreement import Agreement
from creditshare.screening.factors import SecondFactors, compare_birth_dates, weigh
from test_screening import PASSPORT, asked, of, one, told
from world import World, number

AGREES, SIMILAR, CONFLICTS = Agreement.AGREES, Agreement.SIMILAR, Agreement.CONFLICTS
UNKNOWN = Agreement.UNKNOWN
BORN = dt.date(1980, 5, 17)
NAMED, DATED = SecondFactor.NAME, SecondFactor.BIRTH_DATE


def day(text: str | None) -> dt.date | None:
    """A day, or none."""
    return None if text is None else dt.date.fromisoformat(text)


# -- Two birth dates ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("1980-05-17", "1980-05-17", AGREES),
        ("1980-05-17", None, UNKNOWN),
        (None, None, UNKNOWN),
        ("1980-05-07", "1980-07-05", SIMILAR),  # day and month swapped
        ("1980-05-17", "1980-05-11", SIMILAR),  # one digit
        ("1980-05-17", "1990-05-17", SIMILAR),
        ("1980-05-17", "1980-05-27", SIMILAR),
        ("1980-05-17", "1908-05-17", SIMILAR),  # two neighbours swapped
        ("1980-12-21", "1980-12-12", SIMILAR),
        ("1980-01-01", "1980-05-17", SIMILAR),  # only the year was known
        ("1980-01-01", "1981-05-17", CONFLICTS),
        ("1980-05-07", "1981-07-05", CONFLICTS),
        ("1980-05-17", "1980-06-18", CONFLICTS),
        ("1980-05-17", "1962-11-30", CONFLICTS),
        ("1979-12-31", "1980-01-01", CONFLICTS),
    ],
)
def test_birth_dates(left: str | None, right: str | None, expected: Agreement) -> None:
    """Two birth dates agree, differ by a slip, conflict, or tell nothing."""
    assert expected is compare_birth_dates(day(left), day(right))
    assert expected is compare_birth_dates(day(right), day(left))


@settings(max_examples=300, deadline=None)
@given(st.dates(), st.dates())
def test_only_equal_birth_dates_agree(left: dt.date, right: dt.date) -> None:
    """Birth dates agree exactly if they are equal, and compare the same both ways."""
    assert (left == right) is (compare_birth_dates(left, right) is AGREES)
    assert compare_birth_dates(left, right) is compare_birth_dates(right, left)


# -- Both factors ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "birth_date", "corroboration", "reasons", "shown"),
    [
        (AGREES, AGREES, [NAMED, DATED], [], True),
        (AGREES, UNKNOWN, [NAMED], [], True),
        (UNKNOWN, AGREES, [DATED], [], True),
        (UNKNOWN, UNKNOWN, [], ["no-second-factor"], True),
        (AGREES, SIMILAR, [NAMED], ["birth-date-similar"], True),
        (SIMILAR, SIMILAR, [], ["birth-date-similar", "name-similar", "no-second-factor"], False),
        (UNKNOWN, SIMILAR, [], ["birth-date-similar", "no-second-factor"], False),
        (AGREES, CONFLICTS, [NAMED], ["birth-date-conflict"], False),
        (SIMILAR, AGREES, [DATED], ["name-similar"], True),
        (Agreement.PARTIAL, AGREES, [DATED], ["name-partial"], True),
        (Agreement.TRANSLITERATED, AGREES, [DATED], ["name-transliterated"], True),
        (CONFLICTS, AGREES, [DATED], ["name-conflict"], True),
    ],
)
def test_what_the_factors_say(
    name: Agreement,
    birth_date: Agreement,
    corroboration: list[Any],
    reasons: list[Any],
    shown: bool,
) -> None:
    """A match needs a factor that agrees and none that is near or conflicts."""
    factors = SecondFactors(name, birth_date)

    assert tuple(corroboration) == factors.corroboration
    assert tuple(map(ReviewReason, reasons)) == factors.reasons
    assert shown is factors.shows_listing


@pytest.mark.parametrize("birth_date", [AGREES, SIMILAR, CONFLICTS, UNKNOWN])
@pytest.mark.parametrize("name", Agreement)
def test_nothing_but_agreement_matches(name: Agreement, birth_date: Agreement) -> None:
    """There is no reason against a match exactly if one factor agrees and no other says less."""
    said = {name, birth_date} - {UNKNOWN}

    assert (said == {AGREES}) is (() == SecondFactors(name, birth_date).reasons)


@pytest.mark.parametrize(
    ("identifiers", "stated", "known", "expected"),
    [
        ([BORN], None, None, UNKNOWN),
        ([BORN], BORN, None, UNKNOWN),
        ([BORN], None, BORN, UNKNOWN),
        ([BORN], BORN, BORN, AGREES),
        ([BORN], dt.date(1980, 5, 11), None, SIMILAR),
        ([BORN], None, dt.date(1980, 5, 11), SIMILAR),
        ([BORN], dt.date(1962, 11, 30), None, CONFLICTS),
        ([BORN], None, dt.date(1962, 11, 30), CONFLICTS),
        ([BORN], dt.date(1980, 5, 11), dt.date(1980, 5, 11), SIMILAR),
        ([BORN], dt.date(1980, 5, 11), dt.date(1962, 11, 30), CONFLICTS),
        ([BORN], dt.date(1980, 5, 11), dt.date(1981, 5, 17), CONFLICTS),
        ([BORN, dt.date(1962, 11, 30)], BORN, BORN, CONFLICTS),
        ([], dt.date(1980, 5, 11), BORN, SIMILAR),
    ],
)
def test_birth_dates_out_of_numbers(
    identifiers: list[dt.date], stated: dt.date | None, known: dt.date | None, expected: Agreement
) -> None:
    """A birth date in a number speaks against stated ones, never for them; the worst counts."""
    numbers = [cs.ResidentID.parse(number(1, born)) for born in identifiers]
    who = cs.Applicant([PASSPORT, *numbers], birth_date=stated)
    borrower = cs.Borrower.person(PASSPORT, birth_date=known)

    assert expected is weigh(who, borrower, Names()).birth_date


def test_a_record_that_did_not_open() -> None:
    """Of a listing that did not open nothing is known."""
    who = cs.Applicant([PASSPORT], name="测试", birth_date=BORN)

    assert SecondFactors(UNKNOWN, UNKNOWN) == weigh(who, None, Names())


# -- In a screening ----------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "shown"), [("测试1", True), ("别人", False), (None, False)])
def test_a_similar_birth_date(world: World, name: str | None, shown: bool) -> None:
    """With a slip in the birth date the listing is shown only to one who states the name."""
    who = asked(name=name, birth_date=dt.date(1980, 5, 11))
    answer = one(world, told(world, of()), who)
    (review,) = answer.reviews

    assert cs.Outcome.NEEDS_REVIEW is answer.outcome
    assert ReviewReason.BIRTH_DATE_SIMILAR is review.reasons[0]
    assert shown is (review.listing is not None)
