"""Calendars: terms end when the law says, and a day that nobody published yet is provisional."""

from __future__ import annotations

import datetime as dt
import functools
import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from creditshare.calendars import PLAIN, Calendar, Due, PublicCalendar, Span, Unit, add, calendar
from creditshare.errors import InvalidValueError, MisuseError

JURISDICTIONS = ["CN", "EU", "GB", "GB-NIR", "GB-SCT", "IN", "US"]
DAYS, WORKING_DAYS, MONTHS, YEARS = Unit.DAYS, Unit.WORKING_DAYS, Unit.MONTHS, Unit.YEARS
ONE_DAY = dt.timedelta(days=1)

of = functools.cache(calendar)  # each is made once for all tests


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def after(where: str, start: dt.date, value: int) -> Due:
    return of(where).after(start, Span(value, WORKING_DAYS))


def works(where: str, on: dt.date) -> bool:
    return after(where, on, 0).day == on


# -- Days, months and years --------------------------------------------------------------------

TERMS = [
    ("2026-03-01", 0, DAYS, "2026-03-01"),
    ("2026-03-01", 15, DAYS, "2026-03-16"),
    ("2026-12-20", 20, DAYS, "2027-01-09"),
    ("2026-03-15", 1, MONTHS, "2026-04-15"),
    ("2026-03-15", 0, MONTHS, "2026-03-15"),
    ("2026-11-30", 3, MONTHS, "2027-02-28"),
    ("2026-12-31", 2, MONTHS, "2027-02-28"),
    ("2027-12-31", 2, MONTHS, "2028-02-29"),
    ("2026-08-31", 1, MONTHS, "2026-09-30"),
    ("2026-12-01", 13, MONTHS, "2028-01-01"),
    ("2024-02-29", 12, MONTHS, "2025-02-28"),
    ("2024-02-29", 4, YEARS, "2028-02-29"),
    ("2024-02-29", 5, YEARS, "2029-02-28"),
    ("2096-02-29", 4, YEARS, "2100-02-28"),
    ("2021-06-30", 5, YEARS, "2026-06-30"),
    # what lies beyond the last day there is
    ("9999-12-31", 0, YEARS, "9999-12-31"),
    ("9999-12-31", 1, DAYS, "9999-12-31"),
    ("9999-12-01", 1, MONTHS, "9999-12-31"),
    ("9998-03-04", 2, YEARS, "9999-12-31"),
    ("2026-03-01", 36_500, YEARS, "9999-12-31"),
]


@pytest.mark.parametrize(("start", "value", "unit", "end"), TERMS)
def test_a_term_ends_on_its_day(start: str, value: int, unit: Unit, end: str) -> None:
    """A term ends when the table says: the day of the event is not counted, months end alike."""
    span = Span(value, unit)
    calendars: list[Calendar] = [PLAIN, of("CN")]

    assert day(end) == add(day(start), span)
    for known in calendars:
        assert Due(day(end), provisional=False) == known.after(day(start), span)


NEVER_EARLY = [
    ("2000-02-29", 18, YEARS, "2018-03-01"),
    ("2000-02-29", 16, YEARS, "2016-02-29"),
    ("2026-01-31", 1, MONTHS, "2026-03-01"),
    ("2026-01-29", 1, MONTHS, "2026-03-01"),
    ("2026-08-31", 1, MONTHS, "2026-10-01"),
    ("2026-01-28", 1, MONTHS, "2026-02-28"),
    ("2026-01-31", 30, DAYS, "2026-03-02"),
    ("9998-02-28", 2, YEARS, "9999-12-31"),
]


@pytest.mark.parametrize(("start", "value", "unit", "end"), NEVER_EARLY)
def test_what_may_not_begin_before_is_never_early(
    start: str, value: int, unit: Unit, end: str
) -> None:
    """Where a month has no such day, what may not begin early begins with the next month."""
    span = Span(value, unit)

    assert day(end) == add(day(start), span, never_early=True)
    assert Due(day(end)) == PLAIN.after(day(start), span, never_early=True)
    assert Due(day(end)) == of("CN").after(day(start), span, never_early=True)


LENGTHS = st.integers(0, 1200)
CALENDAR_UNITS = st.sampled_from([DAYS, MONTHS, YEARS])
ANY_DAY = st.dates(dt.date(1900, 1, 1), dt.date(2200, 1, 1))


@given(ANY_DAY, ANY_DAY, LENGTHS, LENGTHS, CALENDAR_UNITS)
def test_a_term_only_grows(a: dt.date, b: dt.date, m: int, n: int, unit: Unit) -> None:
    """A term that begins no earlier and lasts no less ends no earlier, on either side."""
    a, b, m, n = min(a, b), max(a, b), min(m, n), max(m, n)

    for early in (False, True):
        ends = [add(a, Span(m, unit), never_early=early), add(b, Span(n, unit), never_early=early)]
        assert sorted(ends) == ends


@given(ANY_DAY, LENGTHS, CALENDAR_UNITS)
@example(dt.date(2024, 2, 29), 5, YEARS)
def test_the_two_sides_differ_by_a_missing_day(start: dt.date, value: int, unit: Unit) -> None:
    """The two sides are one day, or two neighbours between which the wanted day is missing."""
    late = add(start, Span(value, unit), never_early=True)
    end = add(start, Span(value, unit))

    if unit is DAYS or end.day == start.day:
        assert end == late
    else:
        assert end + ONE_DAY == late
        assert 1 == late.day
        assert end.day < start.day


@given(ANY_DAY, st.integers(0, 100))
def test_a_year_is_twelve_months(start: dt.date, years: int) -> None:
    """So many years end on the same day as twelve times as many months."""
    assert add(start, Span(12 * years, MONTHS)) == add(start, Span(years, YEARS))


# -- Working days, as they were published ------------------------------------------------------

# The weekdays off and the weekends worked of one whole year.
PUBLISHED = {
    # 国务院办公厅关于2026年部分节假日安排的通知 (General Office of the State Council,
    # 4 November 2025): 1-3 January, 15-23 February, 4-6 April, 1-5 May, 19-21 June,
    # 25-27 September, 1-7 October off; 4 January, 14 and 28 February, 9 May, 20 September,
    # 10 October worked.
    "CN": (
        (
            "01-01 01-02 02-16 02-17 02-18 02-19 02-20 02-23 04-06 "
            "05-01 05-04 05-05 06-19 09-25 10-01 10-02 10-05 10-06 10-07"
        ),
        "01-04 02-14 02-28 05-09 09-20 10-10",
    ),
    # Long-term calendar for TARGET closing days (European Central Bank, 14 December 2000); Easter
    # Sunday of 2026 is 5 April.
    "EU": ("01-01 04-03 04-06 05-01 12-25", ""),
    # Banking and Financial Dealings Act 1971, schedule 1, the days proclaimed every year under it
    # (New Year's Day, first Monday in May), Good Friday, Christmas Day; 26 December is a Saturday,
    # so 28 December is proclaimed for it.
    "GB": ("01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28", ""),
    # The same, with 17 March and, proclaimed for 12 July, a Sunday, 13 July.
    "GB-NIR": ("01-01 03-17 04-03 04-06 05-04 05-25 07-13 08-31 12-25 12-28", ""),
    # The same Act for Scotland: 2 January, no Easter Monday, the first Monday in August and not the
    # last, 30 November; and 15 June by the proclamation of February 2026 (the football World Cup).
    "GB-SCT": ("01-01 01-02 04-03 05-04 05-25 06-15 08-03 11-30 12-25 12-28", ""),
    # Office Memorandum of 3 July 2025 (Department of Personnel and Training), annexure I, offices
    # in Delhi, without what falls on a weekend; and 14 April (Dr. B. R. Ambedkar), which has an
    # order of its own every year, such as No. 12/4/2020-JCA of 11 April 2023.
    "IN": (
        "01-26 03-04 03-26 03-31 04-03 04-14 05-01 05-27 06-26 08-26 09-04 10-02 10-20 11-24 12-25",
        "",
    ),
    # 5 U.S.C. 6103; 4 July is a Saturday, so 3 July is off.
    "US": ("01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25", ""),
}


@pytest.mark.parametrize("where", JURISDICTIONS)
def test_the_year_2026_is_as_published(where: str) -> None:
    """Weekdays off and weekends worked in 2026 are those published, and no others."""
    year = [dt.date(2026, 1, 1) + number * ONE_DAY for number in range(365)]
    off, worked = (
        [dt.date.fromisoformat(f"2026-{text}") for text in told.split()]
        for told in PUBLISHED[where]
    )

    assert off == [on for on in year if on.weekday() < 5 and not works(where, on)]
    assert worked == [on for on in year if on.weekday() >= 5 and works(where, on)]


COUNTED = [
    # Spring Festival 2026: the Saturday before it is worked, the week after is not
    ("CN", "2026-02-13", 1, "2026-02-14"),
    ("CN", "2026-02-13", 3, "2026-02-25"),
    ("CN", "2026-02-15", 1, "2026-02-24"),
    ("CN", "2026-02-27", 1, "2026-02-28"),
    # National Day 2026, with the Sunday of 20 September and the Saturday of 10 October
    ("CN", "2026-09-18", 1, "2026-09-20"),
    ("CN", "2026-09-30", 3, "2026-10-10"),
    ("CN", "2026-09-30", 4, "2026-10-12"),
    # the decree for 2007 reached back to the last weekend of 2006, that for 2006 to 31 December
    ("CN", "2006-12-29", 1, "2006-12-30"),
    ("CN", "2006-12-31", 1, "2007-01-04"),
    ("CN", "2005-12-30", 2, "2006-01-04"),
    # Easter 2026, and Christmas, when 26 December is a Saturday
    ("EU", "2026-04-02", 1, "2026-04-07"),
    ("EU", "2026-12-24", 1, "2026-12-28"),
    ("GB", "2026-04-02", 1, "2026-04-07"),
    ("GB-SCT", "2026-04-02", 1, "2026-04-06"),
    ("GB", "2026-12-24", 1, "2026-12-29"),
    ("GB", "2022-09-16", 1, "2022-09-20"),  # the Queen's funeral
    ("IN", "2026-10-19", 1, "2026-10-21"),
    ("US", "2026-07-02", 1, "2026-07-06"),
    ("US", "2027-12-30", 1, "2028-01-03"),  # 1 January 2028 is a Saturday: 31 December is off
    # zero working days: where a last day that is a holiday moves, if somebody asks
    ("CN", "2026-02-15", 0, "2026-02-24"),
    ("CN", "2026-02-28", 0, "2026-02-28"),
    ("GB", "2026-12-26", 0, "2026-12-29"),
]


@pytest.mark.parametrize(("where", "start", "value", "end"), COUNTED)
def test_working_days_are_counted(where: str, start: str, value: int, end: str) -> None:
    """So many working days after a day end on the day of the table, which is known for certain."""
    assert Due(day(end), provisional=False) == after(where, day(start), value)


def test_a_last_day_that_is_a_holiday_stays() -> None:
    """Days in the calendar end on a holiday too; working days are asked for by whoever wants."""
    told = of("CN").after(day("2026-09-16"), Span(15, DAYS))

    assert Due(day("2026-10-01")) == told
    assert Due(day("2026-10-08")) == after("CN", told.day, 0)


# -- What is not published yet -----------------------------------------------------------------


def test_a_calendar_says_how_far_it_is_published() -> None:
    """China and India are known to a year or two ahead at most, the others as long as their law."""
    assert of("CN").last >= day("2026-12-21")
    assert of("CN").last < day("2090-01-01")
    assert (12, 21) == (of("CN").last.month, of("CN").last.day)
    assert of("IN").last >= day("2026-12-31")
    assert of("IN").last < day("2035-01-01")
    for where in JURISDICTIONS:
        assert day("2001-01-01") == of(where).first
        if where not in ("CN", "IN"):
            assert day("2100-12-31") == of(where).last


@pytest.mark.parametrize("where", JURISDICTIONS)
def test_a_working_day_beyond_the_published_is_provisional(where: str) -> None:
    """To the last published day a deadline is certain; a day further, or before all, it is not."""
    known = of(where)
    last = next(
        on for on in (known.last - number * ONE_DAY for number in range(9)) if works(where, on)
    )

    assert Due(last, provisional=False) == after(where, last - ONE_DAY, 1)
    assert after(where, last, 1).provisional
    assert after(where, known.first - ONE_DAY, 1).provisional
    assert not known.after(known.last, Span(40, YEARS)).provisional


def test_a_deadline_in_2028_is_provisional_until_its_decree(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A deadline beyond the decrees is provisional; with the decree it is computed anew."""
    from holidays.countries.china import ChinaStaticHolidays

    decreed = dict(ChinaStaticHolidays.special_public_holidays)
    before = {year: swaps for year, swaps in decreed.items() if year <= 2026}
    later = {2027: ((2, 11, 2, 20),), 2028: ((5, 3, 5, 6),)}  # invented
    start, span = dt.date(2028, 5, 1), Span(3, WORKING_DAYS)

    monkeypatch.setattr(ChinaStaticHolidays, "special_public_holidays", before)
    unknown = calendar("CN")
    monkeypatch.setattr(ChinaStaticHolidays, "special_public_holidays", before | later)
    known = calendar("CN")

    assert day("2026-12-21") == unknown.last
    assert day("2028-12-21") == known.last
    assert Due(day("2028-05-05"), provisional=True) == unknown.after(start, span)
    assert Due(day("2028-05-06"), provisional=False) == known.after(start, span)


@pytest.mark.parametrize("where", ["CN", "IN"])
def test_data_that_tells_nothing_is_not_believed(
    where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the library does not show what is decreed or estimated, all deadlines are provisional."""
    import holidays

    class Silent(holidays.HolidayBase):
        country = where
        supported_languages = ("en_US",)

    monkeypatch.setattr(holidays, {"CN": "China", "IN": "India"}[where], Silent)

    assert calendar(where).after(day("2026-11-23"), Span(1, WORKING_DAYS)).provisional


# -- Laws --------------------------------------------------------------------------------------

STARTS = st.dates(dt.date(2001, 1, 1), dt.date(2034, 1, 1))
COUNTS = st.integers(0, 300)
PLACES = st.sampled_from(JURISDICTIONS)


@functools.cache
def reference(where: str) -> set[dt.date]:
    """Every working day of the years counted in, told one by one."""
    import holidays

    name, part = {
        "CN": ("CN", None),
        "EU": ("XECB", None),
        "IN": ("IN", None),
        "US": ("US", None),
        "GB": ("GB", "England"),
        "GB-NIR": ("GB", "Northern Ireland"),
        "GB-SCT": ("GB", "Scotland"),
    }[where]
    found = getattr(holidays, name)(subdiv=part, years=range(2001, 2036), expand=False)
    every = {dt.date(2001, 1, 1) + number * ONE_DAY for number in range(35 * 365)}
    weekdays = {on for on in every if on.weekday() < 5}
    worked: set[dt.date] = found.weekend_workdays
    return (weekdays - set(found)) | worked


@given(PLACES, STARTS, st.integers(1, 300))
def test_working_days_are_those_counted_one_by_one(where: str, start: dt.date, value: int) -> None:
    """The last of n working days is what walking from day to day finds, and is a working day."""
    on, left = start, value
    while left:
        on += ONE_DAY
        left -= on in reference(where)

    assert on == after(where, start, value).day
    assert works(where, on)


@given(PLACES, STARTS, STARTS, COUNTS, COUNTS)
def test_working_days_only_grow(where: str, a: dt.date, b: dt.date, m: int, n: int) -> None:
    """A term in working days that begins no earlier and is no shorter ends no earlier."""
    a, b, m, n = min(a, b), max(a, b), min(m, n), max(m, n)

    assert after(where, a, m).day <= after(where, b, n).day


@given(PLACES, STARTS, st.integers(1, 200), st.integers(1, 200))
def test_working_days_add_up(where: str, start: dt.date, m: int, n: int) -> None:
    """After m and then n working days comes the day after m + n of them."""
    assert after(where, start, m + n).day == after(where, after(where, start, m).day, n).day


@given(PLACES, STARTS, COUNTS)
def test_provisional_means_beyond_the_horizon(where: str, start: dt.date, value: int) -> None:
    """A working-day deadline is provisional exactly if it lies beyond the published calendar."""
    told = after(where, start, value)

    assert (told.day > of(where).last) is told.provisional


@given(PLACES, STARTS, COUNTS, CALENDAR_UNITS, st.booleans())
def test_other_units_need_no_holidays(
    where: str, start: dt.date, value: int, unit: Unit, early: bool
) -> None:
    """Days, months and years end alike in every calendar, and are never provisional."""
    told = of(where).after(start, Span(value, unit), never_early=early)

    assert PLAIN.after(start, Span(value, unit), never_early=early) == told
    assert not told.provisional


# -- What is refused ---------------------------------------------------------------------------


def test_working_days_end_with_the_last_day_there_is() -> None:
    """Working days that would end after the year 9999 end with its last day, provisionally."""
    assert Due(dt.date.max, provisional=True) == after("CN", dt.date.max, 1)
    assert Due(dt.date.max, provisional=True) == after("US", dt.date(9999, 12, 1), 36_500)


BAD_SPANS: list[tuple[object, object, set[str]]] = [
    (-1, DAYS, {"value"}),
    (36_501, DAYS, {"value"}),
    (True, DAYS, {"value"}),
    (1.5, DAYS, {"value"}),
    (1, "days", {"unit"}),
    ("1", None, {"value", "unit"}),
]


@pytest.mark.parametrize(("value", "unit", "fields"), BAD_SPANS)
def test_a_span_is_a_number_of_a_unit(value: object, unit: object, fields: set[str]) -> None:
    """A span that is not one tells each of its faults."""
    with pytest.raises(InvalidValueError) as caught:
        Span(value, unit)  # type: ignore[arg-type]

    assert fields == {fault.field for fault in caught.value.faults}


@pytest.mark.parametrize("bad", [None, "2026-01-01", dt.datetime(2026, 1, 1, tzinfo=dt.UTC)])
def test_a_day_is_a_date(bad: dt.date) -> None:
    """What is no calendar day is refused everywhere, a datetime too."""
    for span in (Span(1, DAYS), Span(1, MONTHS)):
        with pytest.raises(MisuseError):
            add(bad, span)
        with pytest.raises(MisuseError):
            PLAIN.after(bad, span)
    for span in (Span(1, DAYS), Span(1, WORKING_DAYS)):
        with pytest.raises(MisuseError):
            of("CN").after(bad, span)
    with pytest.raises(InvalidValueError):
        Due(bad)


@pytest.mark.parametrize("bad", [None, 3, dt.timedelta(days=3)])
def test_a_length_is_a_span(bad: Span) -> None:
    """A length of time that is no span is refused everywhere."""
    today = day("2026-01-01")

    for asked in (add, PLAIN.after, of("CN").after):
        with pytest.raises(MisuseError, match="span must be Span"):
            asked(today, bad)


def test_without_a_calendar_working_days_are_refused() -> None:
    """Neither plain arithmetic nor the plain calendar guesses working days; the error says how."""
    span = Span(3, WORKING_DAYS)

    with pytest.raises(MisuseError, match="by a calendar"):
        add(day("2026-01-01"), span)
    with pytest.raises(MisuseError, match=r"creditshare\[calendar\]"):
        PLAIN.after(day("2026-01-01"), span)


@pytest.mark.parametrize("where", ["", "cn", "DE", "GB-ENG", "CN "])
def test_an_unknown_calendar_is_refused(where: str) -> None:
    """A jurisdiction whose calendar is not known is refused, with those that are."""
    with pytest.raises(MisuseError, match=", ".join(JURISDICTIONS)):
        calendar(where)


def test_without_the_extra_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the library is not installed, no calendar is made, and the error names the extra."""
    monkeypatch.setitem(sys.modules, "holidays", None)

    with pytest.raises(MisuseError, match=r'pip install "creditshare\[calendar\]"'):
        calendar("CN")


def test_nothing_is_loaded_before() -> None:
    """Importing creditshare does not load the library of holidays."""
    code = "import sys, creditshare.calendars; print('holidays' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert (0, "False\n", "") == (done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("language", ["zh_CN", "en_IN", "de_DE"])
def test_the_language_of_the_machine_changes_nothing(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is estimated is seen in any surroundings, though the library translates its names."""
    monkeypatch.setenv("LANGUAGE", language)

    for where in JURISDICTIONS:
        assert of(where) == calendar(where)


def test_a_calendar_is_a_value() -> None:
    """A calendar shows what it is, without its days, and two of one jurisdiction are equal."""
    again = calendar("US")

    assert of("US") == again
    assert of("GB") != again
    assert "first=" in repr(again)
    assert len(repr(again)) < 150
    assert isinstance(again, PublicCalendar)
