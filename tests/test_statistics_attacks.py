"""Nobody finds a small cell: what outsiders can compute from published tables, and cannot."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditshare.model import ConductCode, Money, WithdrawalReason
from creditshare.statistics import (
    CaseFact,
    CellRule,
    DisputeFact,
    Period,
    Statistics,
    summarise,
)
from creditshare.statistics.closing import block
from outsider import Name, crossed, equations, know_the_law, sums

Document = Mapping[str, Any]

QUARTERS = [Period.quarter(2025, 4), Period.quarter(2026, 1), Period.quarter(2026, 2)]
DAY = dt.timedelta(days=1)
START = dt.date(2025, 6, 1)  # a case listed here stands before the first table
ISSUERS = ["bank-a", "bank-b", "bank-c", "bank-d"]
CONDUCTS = [ConductCode.ABSCOND, ConductCode.ASSET_TRANSFER, ConductCode.CARD_FRAUD]
REASONS = [WithdrawalReason.SETTLED, WithdrawalReason.DECEASED, WithdrawalReason.REPAIRED]
RETENTION = WithdrawalReason.RETENTION_ENDED  # of nobody who was listed in these quarters
FEW = CellRule().threshold


def day(quarter: int) -> dt.date:
    """A day in a quarter; -1 is before the first."""
    return QUARTERS[quarter].first + dt.timedelta(days=9) if quarter >= 0 else START


def lot(
    issuer: str, conduct: ConductCode, listed: int, ended: int | None, *, count: int = 1,
    reason: WithdrawalReason = REASONS[0], disputes: Sequence[DisputeFact] = (),
    minor: int = 1_000, currency: str = "CNY",
) -> list[CaseFact]:  # fmt: skip
    """Several like cases, listed in one quarter and ended in another."""
    if ended is not None and ended < listed:
        ended = None
    if listed >= 0 and reason is RETENTION:
        reason = REASONS[0]
    return count * [
        CaseFact(
            issuer,
            conduct,
            day(listed),
            Money(minor, currency),
            None if ended is None else day(ended),
            None if ended is None else reason,
            disputes,
        )
    ]


COUNTS = st.one_of(st.integers(0, 4), st.integers(5, 12))
LOTS = st.builds(
    lot,
    st.sampled_from(ISSUERS),
    st.sampled_from(CONDUCTS),
    st.integers(-1, 2),
    st.one_of(st.none(), st.integers(0, 2)),
    count=COUNTS,
    reason=st.sampled_from([*REASONS, RETENTION, RETENTION]),
)
WORLDS = st.lists(LOTS, min_size=2, max_size=14).map(lambda lots: list(itertools.chain(*lots)))

ENDED = st.lists(
    st.builds(
        lot,
        st.sampled_from(ISSUERS),
        st.sampled_from(CONDUCTS),
        st.just(-1),
        st.just(0),
        count=COUNTS,
        reason=st.sampled_from(REASONS),
    ),
    min_size=6,
    max_size=18,
).map(lambda lots: list(itertools.chain(*lots)))


def dispute(filed: int, answered: int | None, *, upheld: bool, due: bool) -> DisputeFact:
    """A dispute, filed in one quarter and answered in another or not at all."""
    if answered is not None and answered < filed:
        answered = None
    return DisputeFact(
        day(filed),
        day(filed) + dt.timedelta(days=20) if due else None,
        None if answered is None else day(answered),
        None if answered is None else upheld,
    )


DISPUTES = st.builds(
    dispute,
    st.integers(0, 2),
    st.one_of(st.none(), st.integers(0, 2)),
    upheld=st.booleans(),
    due=st.booleans(),
)
FILED = [dispute(0, 0, upheld=False, due=False)]


def mostly_disputed(pairs: Sequence[tuple[int, int]]) -> list[CaseFact]:
    """An issuer and a conduct for each pair: how many cases are disputed, how many are not."""
    facts: list[CaseFact] = []
    for (having, lacking), issuer, conduct in zip(pairs, ISSUERS, CONDUCTS, strict=False):
        facts += lot(issuer, conduct, -1, None, count=having, disputes=FILED)
        facts += lot(issuer, conduct, -1, None, count=lacking)
    return facts


MOSTLY_DISPUTED = st.lists(
    st.tuples(st.integers(3, 8), st.integers(0, 2)), min_size=2, max_size=3
).map(mostly_disputed)
DISPUTED = st.lists(
    st.builds(
        lot,
        st.sampled_from(ISSUERS),
        st.sampled_from(CONDUCTS),
        st.just(-1),
        st.none(),
        count=COUNTS,
        disputes=st.lists(DISPUTES, max_size=2),
    ),
    min_size=4,
    max_size=14,
).map(lambda lots: list(itertools.chain(*lots)))


def series(facts: Sequence[CaseFact], *, chained: bool = True) -> list[Document]:
    """What is published, quarter after quarter, as somebody reads it from a file."""
    documents: list[Document] = []
    earlier: Statistics | None = None
    start = QUARTERS[0].first
    for quarter in QUARTERS:
        period = Period(start, quarter.last)
        table = summarise(facts, period, earlier=earlier if chained else None)
        if table.total is not None:  # one that shows nothing is not published
            documents.append(json.loads(json.dumps(table.to_dict())))
            earlier, start = table, quarter.last + dt.timedelta(days=1)
    return documents


def group_of(fact: CaseFact, by: str) -> str:
    return fact.conduct.value if by == "conduct" else fact.issuer


def within(on: dt.date | None, document: Document) -> bool:
    """Whether a day lies in the document's period."""
    period = document["period"]
    return on is not None and period["first"] <= on.isoformat() <= period["last"]


def kind_of(fact: CaseFact, document: Document) -> str:
    """What became of a case in a period."""
    went = within(fact.ended, document)
    if within(fact.listed, document):
        return "passed" if went else "came"
    if not fact.is_standing(dt.date.fromisoformat(document["period"]["first"]) - DAY):
        return "elsewhen"
    return "left" if went else "stayed"


def truth(facts: Sequence[CaseFact], documents: Sequence[Document], by: str) -> Counter[Name]:
    """Every figure as it is, under the outsider's names; counted apart from the library."""
    counts: Counter[Name] = Counter()
    for fact, (time, document) in itertools.product(facts, enumerate(documents)):
        group, last = group_of(fact, by), dt.date.fromisoformat(document["period"]["last"])
        first = dt.date.fromisoformat(document["period"]["first"])
        if time == 0:
            counts["standing", group, -1] += fact.is_standing(first - dt.timedelta(days=1))
        counts["standing", group, time] += fact.is_standing(last)
        counts["listed", group, time] += within(fact.listed, document)
        counts["ended", group, time] += within(fact.ended, document)
        counts[kind_of(fact, document), group, time] += 1
        column = fact.reason if fact.reason in document["total"]["ends"] else "other"
        counts["ends", str(column), group, time] += within(fact.ended, document)
        answers = {one.upheld for one in fact.disputes if within(one.answered, document)}
        filed = any(within(one.filed, document) for one in fact.disputes)
        counts["disputes", "filed", group, time] += filed
        counts["disputes", "upheld", group, time] += True in answers
        counts["disputes", "rejected", group, time] += False in answers
        owing = any(
            one.due is not None
            and one.due <= last
            and (one.answered is None or one.answered > last)
            for one in fact.disputes
        )
        counts["disputes", "overdue", group, time] += owing
    return counts


def opened(
    documents: Sequence[Document], facts: Sequence[CaseFact], by: str
) -> Iterator[tuple[Name, int, tuple[int, int]]]:
    """Each small figure that the outsider finds to within less than the threshold."""
    groups = ISSUERS if by == "issuer" else [code.value for code in CONDUCTS]
    known = equations(documents, by, groups)
    real = truth(facts, documents, by)
    for name in known.bounds:
        if 0 < real[name] < FEW:
            least, most = known.range_of(name, real)
            assert least <= real[name] <= most
            if most - least < FEW:
                yield name, real[name], (least, most)


@pytest.mark.parametrize("by", ["issuer", "conduct"])
@given(facts=WORLDS)
@settings(max_examples=150, deadline=None)
def test_a_series_opens_no_small_cell(by: str, facts: list[CaseFact]) -> None:
    """No small count in three tables in a row can be told to within less than the threshold."""
    assert [] == list(opened(series(facts), facts, by))


@pytest.mark.parametrize("by", ["issuer", "conduct"])
@given(facts=WORLDS)
@settings(max_examples=150, deadline=None)
def test_a_lawyer_opens_no_small_cell(by: str, facts: list[CaseFact]) -> None:
    """Who knows which reasons only old cases have finds no few that stayed, or came and went."""
    documents = series(facts)
    groups = ISSUERS if by == "issuer" else [code.value for code in CONDUCTS]
    known, real = equations(documents, by, groups), truth(facts, documents, by)
    know_the_law(known, documents, groups)
    bounds = known.narrowed(known.bounds, range(len(known.sums))) or {}

    assert [] == [
        name
        for name, (least, most) in bounds.items()
        if 0 < real[name] < FEW and most - least < FEW
    ]


def test_what_stayed_is_not_found_from_what_ended() -> None:
    """Six stood and five reached the end of their retention: the one that stayed is not told."""
    facts = [one for issuer in ISSUERS[1:] for one in lot(issuer, CONDUCTS[0], -1, None, count=30)]
    facts += lot("bank-a", CONDUCTS[0], -1, 0, count=5, reason=RETENTION, minor=103)
    facts += lot("bank-a", CONDUCTS[0], -1, None, minor=777)
    facts += lot("bank-a", CONDUCTS[0], 0, None, count=5)
    (first, *_) = series(facts)

    assert ["bank-d"] == [one["group"] for one in first["by"]["issuer"]["groups"]]


def test_for_what_new_cases_ended_is_not_found() -> None:
    """Where more ended than had stood before, the end of retention is told with other reasons."""
    facts = lot("bank-a", CONDUCTS[0], 0, 0, count=5, reason=WithdrawalReason.SETTLED)
    facts += lot("bank-b", CONDUCTS[0], -1, 0, count=5, reason=RETENTION)
    facts += lot("bank-b", CONDUCTS[0], -1, 0, reason=WithdrawalReason.SETTLED)
    (first, *_) = series(facts)

    assert {"settled": 6, "other": 5} == first["total"]["ends"]


@pytest.mark.parametrize("by", ["issuer", "conduct"])
@given(facts=ENDED)
@settings(max_examples=100, deadline=None)
def test_no_small_count_of_ends_opens(by: str, facts: list[CaseFact]) -> None:
    """Nor can a small count of cases ended for one reason, from reasons, groups and totals."""
    assert [] == list(opened(series(facts), facts, by))


@pytest.mark.parametrize("by", ["issuer", "conduct"])
@given(facts=DISPUTED)
@settings(max_examples=60, deadline=None)
def test_no_small_count_of_disputes_opens(by: str, facts: list[CaseFact]) -> None:
    """Nor can a small count of disputes, upheld, rejected, or waiting for an answer."""
    assert [] == list(opened(series(facts), facts, by))


@pytest.mark.parametrize("by", ["issuer", "conduct"])
@given(facts=MOSTLY_DISPUTED)
@settings(max_examples=100, deadline=None)
def test_no_small_count_of_disputes_opens_where_most_are_disputed(
    by: str, facts: list[CaseFact]
) -> None:
    """Nor where a group has hardly more cases than disputes, so that each must have some."""
    assert [] == list(opened(series(facts)[:1], facts, by))


@given(facts=st.one_of(WORLDS, DISPUTED))
@settings(max_examples=100, deadline=None)
def test_no_small_count_is_printed(facts: list[CaseFact]) -> None:
    """No published count is from one to four, and no count of the overdue moves by so few."""
    waiting: dict[tuple[str, str | None], int] = {}
    for document in series(facts):
        rows = [("total", document["total"])]
        for by, part in document["by"].items():
            rows += [(by, row) for row in part["groups"] + [part["remainder"]] if row]
        before, waiting = waiting, {}
        for by, row in rows:
            counts = [row["cases"][name] for name in ("before", "listed", "ended", "standing")]
            counts += [*row["ends"].values(), *row["disputes"].values()]
            overdue = row["disputes"]["overdue"]
            if overdue is not None and not (by != "total" and row["group"] is None):
                waiting[by, row["group"]] = overdue
                counts.append(abs(overdue - before.get((by, row["group"]), overdue)))

            assert [] == [count for count in counts if count is not None and 0 < count < FEW]


def row(group: str | None, *ended: int | None, total: int) -> dict[str, Any]:
    """A row in which cases ended for two reasons, and none was listed or stands."""
    ends = dict(zip(["settled", "deceased"], ended, strict=True))
    moved = {"before": total, "listed": 0, "ended": total, "standing": 0}
    return {"group": group, "cases": moved, "amounts": {}, "ends": ends, "disputes": {}}


@pytest.mark.parametrize(
    ("rows", "least", "most"),
    [
        # A small cell alone is found by subtraction in its row.
        ([("bank-a", 9, None, 12), ("bank-b", 20, 12, 32)], 3, 3),
        # So are two of a column: the rows give both.
        ([("bank-a", 9, None, 12), ("bank-b", 20, None, 32)], 3, 3),
        # Four corners are not enough, if what they add up to is small.
        ([("bank-a", None, None, 4), ("bank-b", None, None, 40)], 0, 4),
        # Four corners of large sums are.
        ([("bank-a", None, None, 12), ("bank-b", None, None, 32)], 0, 12),
    ],
)
def test_the_outsider_opens_what_is_closed_badly(
    rows: list[tuple[str, int | None, int | None, int]], least: int, most: int
) -> None:
    """The outsider finds a small cell where its row, its column or a small sum tells it."""
    groups = [row(name, settled, deceased, total=total) for name, settled, deceased, total in rows]
    by = {"issuer": {"groups": groups, "remainder": None}}
    document = {"total": row(None, 29, 15, total=44), "by": by}
    known = equations([document], "issuer", ["bank-a", "bank-b"])

    assert (least, most) == known.range_of(("ends", "deceased", "bank-a", 0), {})


def steady(*, returning: str) -> list[CaseFact]:
    """Four issuers with new cases in each quarter; one of them with only two in the second."""
    facts: list[CaseFact] = []
    for issuer, quarter in itertools.product(ISSUERS, [-1, 0, 1, 2]):
        few = issuer == returning and quarter == 1
        facts += lot(issuer, CONDUCTS[0], quarter, None, count=2 if few else 10)
    return facts


def test_an_issuer_that_comes_back_would_tell_why_it_was_away() -> None:
    """Without the earlier table, a later one gives away what the one between had closed."""
    facts = steady(returning="bank-b")
    loose = list(opened(series(facts, chained=False), facts, "issuer"))

    assert [(("listed", "bank-b", 1), 2, (2, 2))] == loose
    assert [] == list(opened(series(facts), facts, "issuer"))


def test_what_went_into_the_remainder_stays_there() -> None:
    """An issuer once closed is not shown again in the series, however many cases it has then."""
    shown = [
        {one["group"] for one in document["by"]["issuer"]["groups"]}
        for document in series(steady(returning="bank-b"))
    ]

    assert set(ISSUERS) == shown[0]
    assert "bank-b" not in shown[1] | shown[2]
    assert shown[2] <= shown[1]


def column(document: Document, field: str, name: str) -> list[int | None]:
    """One figure of all issuers, and of all cases at the end."""
    part = document["by"]["issuer"]
    rows = [*part["groups"], *([part["remainder"]] if part["remainder"] else []), document["total"]]
    return [row[field][name] for row in rows]


def owing(issuer: str, *counts: int) -> list[CaseFact]:
    """Cases that stand: some with answers overdue since a quarter, and twenty with none."""
    facts = lot(issuer, CONDUCTS[0], -1, None, count=20)
    for quarter, count in enumerate(counts):
        late = dispute(quarter, None, upheld=False, due=True)
        facts += lot(issuer, CONDUCTS[0], -1, None, count=count, disputes=[late])
    return facts


def test_a_closed_count_may_be_nought() -> None:
    """Nought is closed like one to four, so that "closed" does not mean "somebody"."""
    facts = [one for n in range(5) for one in owing(f"bank-{n}", [9, 4, 4, 4, 0][n])]
    (first, *_) = series(facts)

    assert [9, None, None, None, None, 21] == column(first, "disputes", "filed")


def test_nine_disputes_in_ten_cases_are_not_told() -> None:
    """Two issuers with five cases each and nine disputes would have four or five each."""
    (first, *_) = series(mostly_disputed([(5, 0), (4, 1)]))

    assert [None, None, None] == column(first, "disputes", "filed")


def test_where_nobody_is_nought_is_shown() -> None:
    """A column in which there is nobody at all is open."""
    (first, *_) = series(owing("bank-a", 0) + owing("bank-b", 0))

    assert [0, 0, 0] == column(first, "disputes", "filed")


def test_few_more_overdue_are_closed() -> None:
    """A count that is shown one quarter and moves by few in the next is closed there."""
    facts = owing("bank-a", 9, 2)
    for issuer in ISSUERS[1:]:
        facts += owing(issuer, 9, 9)
    first, second, _ = series(facts)

    assert [9, 9, 9, 9, 36] == column(first, "disputes", "overdue")
    assert [None, None, None, 18, 65] == column(second, "disputes", "overdue")


def test_a_dominated_amount_closes_its_row() -> None:
    """A bank with one debt that dominates goes into the remainder with cover, and stays there."""
    facts = lot("bank-a", CONDUCTS[0], -1, None, count=10)
    facts += lot("bank-a", CONDUCTS[0], -1, 1, minor=2_000_000)
    for issuer, standing in (("bank-a", 0), ("bank-b", 30), ("bank-c", 30), ("bank-d", 99)):
        minor = 200_000 if standing else 1_000
        facts += lot(issuer, CONDUCTS[0], -1, None, count=standing, minor=minor)
        facts += lot(issuer, CONDUCTS[0], -1, 1, count=9, minor=minor)

    for document in series(facts):
        assert ["bank-d"] == [one["group"] for one in document["by"]["issuer"]["groups"]]


def test_a_second_currency_closes_no_row() -> None:
    """A currency that is unsafe in one row is told in none; the rows stay as they are."""
    facts = [one for issuer in ISSUERS for one in lot(issuer, CONDUCTS[0], -1, None, count=20)]
    dollars = lot("bank-a", CONDUCTS[0], -1, None, count=6, currency="USD")
    (safe, *_) = series(facts + dollars)
    (unsafe, *_) = series([*facts, *dollars, *lot("bank-b", CONDUCTS[0], -1, None, currency="USD")])

    assert {"CNY", "USD"} == set(safe["total"]["amounts"])
    assert {"CNY"} == set(unsafe["total"]["amounts"])
    assert ISSUERS == [one["group"] for one in unsafe["by"]["issuer"]["groups"]]


@given(facts=WORLDS)
@settings(max_examples=100, deadline=None)
def test_an_issuer_does_not_find_another_in_the_remainder(facts: list[CaseFact]) -> None:
    """A remainder less any one issuer's own cases is still of nobody, or of enough."""
    for document in series(facts):
        part = document["by"]["issuer"]
        shown = {one["group"] for one in part["groups"]}
        if not part["remainder"] or not shown:  # then it is the total, which everybody may know
            continue
        first, last = (dt.date.fromisoformat(document["period"][end]) for end in ("first", "last"))
        for insider in set(ISSUERS) - shown:
            others = [one for one in facts if one.issuer not in shown | {insider}]
            counts = [
                sum(one.is_standing(first - dt.timedelta(days=1)) for one in others),
                sum(within(one.listed, document) for one in others),
                sum(within(one.ended, document) for one in others),
                sum(one.is_standing(last) for one in others),
            ]

            assert [] == [count for count in counts if 0 < count < FEW]


AMOUNTS = st.lists(
    st.builds(
        lot,
        st.sampled_from(ISSUERS),
        st.sampled_from(CONDUCTS),
        st.integers(-1, 2),
        st.one_of(st.none(), st.integers(0, 2)),
        count=st.one_of(st.integers(1, 4), st.integers(5, 12)),
        reason=st.sampled_from([REASONS[0], RETENTION, RETENTION]),
        minor=st.sampled_from([1_000, 1_100, 5_000, 2_000_000]),
        currency=st.sampled_from(["CNY", "CNY", "CNY", "USD"]),
    ),
    min_size=3,
    max_size=14,
).map(lambda lots: list(itertools.chain(*lots)))


def is_found(amounts: list[int]) -> bool:
    """Whether the second of these finds the first to within a tenth, from the sum; or are few."""
    largest = sorted(amounts, reverse=True)
    if len(largest) < FEW:
        return bool(largest)
    return sum(largest[2:]) * 10 < largest[0]


def owed(
    facts: Sequence[CaseFact], figure: str, time: int, documents: Sequence[Document]
) -> list[int]:
    """The amounts in one figure of one table, counted apart from the library."""
    document = documents[max(time, 0)]
    first, last = (dt.date.fromisoformat(document["period"][end]) for end in ("first", "last"))
    on = last if time >= 0 else first - dt.timedelta(days=1)
    holds: Callable[[CaseFact], bool] = {
        "standing": lambda one: one.is_standing(on),
        "listed": lambda one: within(one.listed, document),
        "ended": lambda one: within(one.ended, document),
    }.get(figure, lambda one: kind_of(one, document) == figure)
    return [one.amount.minor for one in facts if holds(one)]


def found_out(facts: Sequence[CaseFact], by: str, currency: str) -> Iterator[tuple[Any, ...]]:
    """Each sum, of one group or of several, that follows from a series and tells an amount."""
    documents = series(facts)
    groups = ISSUERS if by == "issuer" else [code.value for code in CONDUCTS]
    known = sums(documents, by, groups, currency)
    told = [one for one in facts if one.amount.currency == currency]
    for time, figure in itertools.product(
        range(-1, len(documents)), ("standing", "listed", "ended", "stayed", "passed")
    ):
        for size in range(1, len(groups) + 1):
            for some in itertools.combinations(groups, size):
                own = [one for one in told if group_of(one, by) in some]
                names = [(figure, group, time) for group in some]
                if (time >= 0 or figure == "standing") and known.follows(names):
                    amounts = owed(own, figure, time, documents)
                    if is_found(amounts):
                        yield figure, some, time, amounts


@pytest.mark.parametrize("by", ["issuer", "conduct"])
@pytest.mark.parametrize("currency", ["CNY", "USD"])
@given(facts=AMOUNTS)
@settings(max_examples=80, deadline=None)
def test_no_sum_gives_an_amount_away(currency: str, by: str, facts: list[CaseFact]) -> None:
    """From no sum that follows from a series, of whatever groups, can one amount be worked out."""
    assert [] == list(found_out(facts, by, currency))


@given(facts=AMOUNTS)
@settings(max_examples=80, deadline=None)
def test_an_issuer_does_not_find_an_amount_in_the_remainder(facts: list[CaseFact]) -> None:
    """A remainder less any one issuer's own amounts gives no amount of another away."""
    documents = series(facts)
    for time, document in enumerate(documents):
        part = document["by"]["issuer"]
        shown = {one["group"] for one in part["groups"]}
        for currency in document["total"]["amounts"] if shown and part["remainder"] else ():
            for insider in set(ISSUERS) - shown:
                own = [
                    one
                    for one in facts
                    if one.issuer not in shown | {insider} and one.amount.currency == currency
                ]
                for figure in ("standing", "listed", "ended"):
                    assert not is_found(owed(own, figure, time, documents))


def special(specialities: Sequence[tuple[int, int, int, int]]) -> list[CaseFact]:
    """Cases of issuers that have one conduct or few: issuer, conduct, how many, each owing what."""
    return [
        one
        for issuer, conduct, count, minor in specialities
        for one in lot(ISSUERS[issuer], CONDUCTS[conduct], -1, None, count=count, minor=minor)
    ]


SPECIAL = st.tuples(
    st.permutations([0, 0, 1, 1]),
    st.lists(st.sampled_from([3, 6, 9, 12, 15]), min_size=4, max_size=4),
    st.lists(st.sampled_from([1_000, 1_100, 2_000_000]), min_size=4, max_size=4),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), COUNTS, st.just(1_000)), max_size=2),
).map(lambda drawn: special([*zip(range(4), *drawn[:3], strict=True), *drawn[3]]))


@pytest.mark.parametrize("by", ["issuer", "conduct"])
@given(facts=SPECIAL)
@settings(max_examples=200, deadline=None)
def test_two_tables_do_not_undo_each_other(by: str, facts: list[CaseFact]) -> None:
    """Who knows which issuer has which conduct finds no group or amount from both tables."""
    leaves = {(one.conduct.value, one.issuer) for one in facts}
    groups, at = {group_of(one, by) for one in facts}, int(by == "issuer")
    for document in series(facts)[:1]:
        known = crossed(document, leaves, "CNY")
        for size in range(1, len(groups) + 1):
            for some in itertools.combinations(sorted(groups), size):
                names = [("standing", *one) for one in leaves if one[at] in some]
                owing = [one.amount.minor for one in facts if group_of(one, by) in some]

                assert not (known.follows(names) and is_found(owing))


@pytest.mark.parametrize(
    ("specialities", "issuers", "conducts"),
    [
        # A small issuer beside one of the same conduct: that conduct less this issuer would be it.
        ([(0, 0, 3), (1, 0, 40), (2, 1, 40), (3, 1, 40)], [], []),
        # With a third of that conduct all three are hidden, and the conduct is told.
        ([(0, 0, 3), (1, 0, 40), (2, 0, 9), (3, 1, 40)], [3], [0, 1]),
        # Each issuer has a conduct of its own: both tables hide the same of them.
        ([(0, 0, 3), (1, 1, 40), (2, 2, 40)], [], []),
        # Where all hangs together and no row is small, all are told.
        (
            [(0, 0, 20), (0, 1, 20), (1, 0, 3), (1, 1, 20), (2, 0, 40), (3, 1, 40)],
            [0, 1, 2, 3],
            [0, 1],
        ),
        # Two issuers, one of them small: nothing is told, for the other would know.
        ([(0, 0, 3), (1, 0, 50)], None, None),
    ],
)
def test_what_specialists_hide(
    specialities: list[tuple[int, int, int]], issuers: list[int] | None, conducts: list[int] | None
) -> None:
    """Which rows are told where issuers have few conducts, and conducts few issuers."""
    documents = series(special([(*one, 1_000) for one in specialities]))
    told = [
        [row["group"] for row in part["groups"]]
        for document in documents[:1]
        for part in (document["by"]["issuer"], document["by"]["conduct"])
    ]
    expected = [
        [ISSUERS[one] for one in issuers or ()],
        sorted(CONDUCTS[one].value for one in conducts or ()),
    ]

    assert told == ([] if issuers is None else expected)


@given(facts=st.one_of(WORLDS, AMOUNTS, SPECIAL))
@settings(max_examples=150, deadline=None)
def test_an_issuer_finds_nothing_in_any_row(facts: list[CaseFact]) -> None:
    """Each row and the total, less any one issuer's own, is of nobody, or of enough, and mixed."""
    for time, document in enumerate(series(facts)):
        rows = [(document["total"], facts)]
        for by, part in document["by"].items():
            shown = {row["group"] for row in part["groups"]}
            rows += [
                (row, [one for one in facts if group_of(one, by) == row["group"]])
                for row in part["groups"]
            ]
            rows += [(part["remainder"], [one for one in facts if group_of(one, by) not in shown])]
        for (row, held), insider in itertools.product(rows, ISSUERS):
            others = [one for one in held if one.issuer != insider]
            for figure in ("standing", "listed", "ended"):
                counted = owed(others, figure, time, [document] * (time + 1))

                assert not 0 < len(counted) < FEW
                for currency in (row or {"amounts": ()})["amounts"]:
                    own = [one for one in others if one.amount.currency == currency]
                    assert not is_found(owed(own, figure, time, [document] * (time + 1)))


@st.composite
def tables(draw: st.DrawFn) -> dict[tuple[str | None, str], int]:
    """A two-way table of which every margin is nought or large enough."""
    rows, columns = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    counts = st.one_of(st.just(0), st.integers(1, 4), st.integers(5, 20))
    places = itertools.product(range(rows), range(columns))
    table: dict[tuple[str | None, str], int] = {
        (f"row {one}", f"column {other}"): draw(counts) for one, other in places
    }
    for line in range(2):
        for label in {place[line] for place in table}:
            line_of = [place for place in table if place[line] == label]
            if 0 < sum(table[place] for place in line_of) < FEW:
                table[line_of[0]] += FEW
    return table


@given(table=tables())
@settings(max_examples=300, deadline=None)
def test_a_block_keeps_its_formula(table: dict[tuple[str | None, str], int]) -> None:
    """Each small cell lies in a block, where it can be anything in a range of the threshold."""
    closed = block(table, CellRule())
    rows, columns = {row for row, _ in closed}, {column for _, column in closed}
    in_row = {one: sum(table[one, column] for column in columns) for one in rows}
    in_column = {one: sum(table[row, one] for row in rows) for one in columns}
    whole = sum(in_row.values())

    assert {(row, column) for row in rows for column in columns} == closed
    assert {place for place, count in table.items() if 0 < count < FEW} <= closed
    for row, column in closed:
        if table[row, column] > 0:
            least = max(0, in_row[row] + in_column[column] - whole)
            assert min(in_row[row], in_column[column]) - least >= FEW
