"""What is due to be lifted: a measure ends with its listing, unless its own rule says otherwise."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import creditshare as cs
from creditshare.errors import InvalidValueError, MisuseError
from creditshare.rules import AppliedMeasure, lifting_due

CN, IN = cs.measures("cn"), cs.measures("in")
APPLIED, ENDED = dt.date(2026, 12, 1), dt.date(2028, 2, 29)


def applied(number: int = 1, measure: str = "LOAN_LIMIT", **changes: Any) -> AppliedMeasure:
    """A measure that was applied, resting on the listing of that number."""
    values: dict[str, Any] = {"origin": "bank", "listing_id": number.to_bytes(16, "big")}
    return AppliedMeasure(**(values | {"measure": measure, "applied": APPLIED} | changes))


ONE = applied()
BOTH = {ONE.listing: ENDED, applied(2).listing: ENDED}


@pytest.mark.parametrize(
    ("catalogue", "measure", "by"),
    [
        (CN, "LOAN_LIMIT", ENDED),
        (CN, "EXIT_BAN", ENDED),
        (CN, "UNHEARD_OF", ENDED),
        (IN, "LOAN_LIMIT", ENDED),
        (IN, "IN_NO_CREDIT", dt.date(2029, 2, 28)),
        (IN, "IN_NO_NEW_VENTURE", dt.date(2033, 2, 28)),
    ],
)
def test_by_when_a_measure_is_lifted(
    catalogue: cs.rules.MeasureCatalogue, measure: str, by: dt.date
) -> None:
    """A measure is lifted on the day its listing ends, or with the last day of its own tail."""
    (lifting,) = lifting_due([applied(measure=measure)], BOTH, catalogue)

    assert (ENDED, by) == (lifting.ended, lifting.by)
    assert applied(measure=measure) == lifting.applied


@pytest.mark.parametrize("measure", ["IN_NO_CREDIT", "IN_NO_NEW_VENTURE"])
def test_what_should_never_have_been_leaves_no_tail(measure: str) -> None:
    """A ban on a listing that was made in error is lifted at once, whatever its tail."""
    rest = applied(measure=measure)
    (lifting,) = lifting_due([rest], BOTH, IN, void={rest.listing})

    assert ENDED == lifting.by


def test_a_live_listing_keeps_its_measures() -> None:
    """Nothing is due while the listing stands, nor when another issuer's or another one ended."""
    elsewhere = {("platform", ONE.listing_id): ENDED, applied(2).listing: ENDED}

    assert () == lifting_due([ONE], {}, CN)
    assert () == lifting_due([ONE], elsewhere, CN)
    assert () == lifting_due([], BOTH, CN)


def test_a_measure_stays_on_another_listing() -> None:
    """Of one case, what rests on a listing that stands stays, and the entry names that listing."""
    first, second = applied(1, case="c-7"), applied(2, case="c-7")
    (lifting,) = lifting_due([first, second], {first.listing: ENDED}, CN)
    over = lifting_due([first, second], BOTH, CN)

    assert (first, (second.listing,)) == (lifting.applied, lifting.stays_on)
    assert [(), ()] == [entry.stays_on for entry in over]


@pytest.mark.parametrize("changes", [{"case": "c-8"}, {"case": ""}, {"measure": "RATE_INCREASE"}])
def test_what_another_case_or_measure_rests_on_keeps_nothing(changes: dict[str, Any]) -> None:
    """Another borrower's measure, or another measure of the same, keeps none of this one up."""
    first = applied(1, case=changes.get("case", "c-7") and "c-7")
    other = applied(2, **({"case": "c-7"} | changes))
    (lifting,) = lifting_due([first, other], {first.listing: ENDED}, CN)

    assert () == lifting.stays_on


def test_the_earliest_comes_first() -> None:
    """What is due is told in the order of its days."""
    venture, credit = applied(measure="IN_NO_NEW_VENTURE"), applied(2, "IN_NO_CREDIT")
    loan = applied(2)
    found = lifting_due([venture, credit, loan], BOTH, IN)

    assert [loan, credit, venture] == [lifting.applied for lifting in found]


RESTS = st.builds(
    applied,
    st.integers(1, 4),
    st.sampled_from(["LOAN_LIMIT", "IN_NO_CREDIT", "IN_NO_NEW_VENTURE"]),
    case=st.sampled_from(["", "c-1", "c-2"]),
)
ENDS = st.dictionaries(
    st.integers(1, 4).map(lambda number: applied(number).listing), st.dates(max_value=dt.date.max)
)


@given(st.lists(RESTS), ENDS)
def test_the_laws_of_lifting(
    rests: list[AppliedMeasure], ended: dict[tuple[str, bytes], dt.date]
) -> None:
    """All that rests on what ended is due, never before the end, and stays only on what stands."""
    found = lifting_due(rests, ended, IN)

    assert sorted(map(attrs.astuple, (rest for rest in rests if rest.listing in ended))) == sorted(
        attrs.astuple(lifting.applied) for lifting in found
    )
    for lifting in found:
        assert lifting.ended == ended[lifting.applied.listing] <= lifting.by
        assert lifting.applied.applied <= lifting.by
        assert set(lifting.stays_on).isdisjoint(ended)
        assert not lifting.stays_on or lifting.applied.case
    assert found == lifting_due(reversed(rests), ended, IN)


@given(st.lists(RESTS), ENDS)
def test_void_never_lasts_longer(
    rests: list[AppliedMeasure], ended: dict[tuple[str, bytes], dt.date]
) -> None:
    """Where every listing was void, everything is lifted as it ends, or as it was applied."""
    for lifting in lifting_due(rests, ended, IN, void=ended):
        assert max(lifting.ended, APPLIED) == lifting.by


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"origin": ""}, "origin: must not be blank"),
        ({"listing_id": bytes(15)}, "listing_id: must be 16 bytes"),
        ({"listing_id": "1"}, "listing_id: must be bytes"),
        ({"measure": " "}, "measure: must not be blank"),
        ({"applied": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}, "applied: must be a date without"),
        ({"case": None}, "case: must be str"),
    ],
)
def test_an_applied_measure_that_cannot_be(changes: dict[str, Any], fault: str) -> None:
    """What was applied needs a listing, a measure and a day."""
    with pytest.raises(InvalidValueError, match=fault):
        attrs.evolve(ONE, **changes)


def test_lifting_asked_for_wrongly() -> None:
    """Other types are refused with the library's own error."""
    with pytest.raises(MisuseError, match="catalogue must be MeasureCatalogue"):
        lifting_due([ONE], BOTH, "cn")  # type: ignore[arg-type]
    with pytest.raises(MisuseError, match="ended must be Mapping"):
        lifting_due([ONE], [ONE.listing], CN)  # type: ignore[arg-type]
    with pytest.raises(MisuseError, match="applied must be AppliedMeasure"):
        lifting_due(["LOAN_LIMIT"], BOTH, CN)  # type: ignore[list-item]
