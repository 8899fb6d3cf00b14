"""Statistics: what is counted, how it is told, and which series of tables are refused."""

from __future__ import annotations

import copy
import datetime as dt
import json
import tracemalloc
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import attrs
import pytest

from creditshare.errors import InputError, InvalidValueError, MisuseError
from creditshare.model import ConductCode, Money, WithdrawalReason
from creditshare.statistics import (
    CaseFact,
    CellRule,
    Dimension,
    DisputeFact,
    Flow,
    Period,
    Row,
    Statistics,
    change_sentence,
    chart,
    read_statistics,
    summarise,
    table_rows,
)

SPRING, SUMMER = Period.quarter(2026, 1), Period.quarter(2026, 2)
SVG = "{http://www.w3.org/2000/svg}"


def case(listed: str = "2025-11-03", ended: str | None = None, **changes: Any) -> CaseFact:
    """One case of a bank's."""
    values: dict[str, Any] = {
        "issuer": "bank-a",
        "conduct": ConductCode.ABSCOND,
        "listed": dt.date.fromisoformat(listed),
        "amount": Money(100_00, "CNY"),
        "ended": ended and dt.date.fromisoformat(ended),
        "reason": WithdrawalReason.SETTLED if ended else None,
    }
    return CaseFact(**(values | changes))


def disputed(
    filed: str, due: str, answered: str | None = None, *, upheld: bool = False
) -> CaseFact:
    """A case that stands, with a dispute."""
    day = dt.date.fromisoformat
    answer = (day(answered), upheld) if answered else (None, None)
    return case(disputes=[DisputeFact(day(filed), day(due), *answer)])


def quarter() -> list[CaseFact]:
    """Two banks and two kinds of conduct; nothing small."""
    other = {"issuer": "bank-b", "conduct": ConductCode.CARD_FRAUD}
    return [
        *[case()] * 40,
        *[case(ended="2026-02-01")] * 9,
        *[case(listed="2026-03-31")] * 6,
        *[case(**other)] * 20,
        *[case(ended="2026-03-31", reason=WithdrawalReason.REPAIRED, **other)] * 8,
        *[case(listed="2026-01-01", **other)] * 10,
        *[case(listed="2026-04-01", **other)] * 50,
    ]


def total(*facts: CaseFact, period: Period = SPRING) -> Row:
    """The total over some cases, beside twenty that do nothing."""
    row = summarise([*facts, *[case()] * 20], period).total
    assert row is not None
    return row


def test_cases_are_counted_by_their_days() -> None:
    """A case counts where its days lie; the last day of a period belongs to it."""
    found = summarise(quarter(), SPRING)

    assert found.total is not None
    assert (77, 16, 17, 76) == found.total.cases.all
    assert {"settled": 9, "repaired": 8} == {
        reason: count for reason, count in found.total.ends.items() if count != 0
    }
    assert [("ABSCOND", 46), ("CARD_FRAUD", 30)] == [
        (row.group, row.cases.standing) for row in found.by(Dimension.CONDUCT).rows
    ]
    assert [("bank-a", 46), ("bank-b", 30)] == [
        (row.group, row.cases.standing) for row in found.by(Dimension.ISSUER).rows
    ]


@pytest.mark.parametrize(
    ("before", "listed", "ended", "percent"),
    [(40, 0, 5, "-12.5"), (40, 5, 0, "12.5"), (30, 10, 0, "33.3"), (60, 10, 0, "16.7"),
     (2000, 5, 6, "-0.1"), (30_000, 5, 6, "0.0"), (9, 9, 0, "100.0"), (0, 9, 0, None)],
)  # fmt: skip
def test_the_change_is_in_percent_of_what_stood_before(
    before: int, listed: int, ended: int, percent: str | None
) -> None:
    """The change is told in percent of what stood before, to one decimal; of nought is none."""
    row = Flow(before, listed, ended, before + listed - ended)

    assert listed - ended == row.change
    assert (percent and Decimal(percent)) == row.percent


@pytest.mark.parametrize(
    ("filed", "due", "answered", "upheld", "counted"),
    [
        ("2026-01-05", "2026-01-25", "2026-01-20", True, {"filed", "upheld"}),
        ("2026-01-05", "2026-01-25", "2026-01-20", False, {"filed", "rejected"}),
        ("2025-12-30", "2026-01-19", "2026-02-20", False, {"rejected"}),
        ("2026-03-11", "2026-03-31", None, False, {"filed", "overdue"}),
        ("2026-03-12", "2026-04-01", None, False, {"filed"}),
        ("2025-06-01", "2025-06-21", None, False, {"overdue"}),
        ("2026-03-11", "2026-03-31", "2026-04-01", True, {"filed", "overdue"}),
        ("2026-04-01", "2026-04-21", None, False, set()),
    ],
)
def test_disputes_are_counted_by_their_days(
    filed: str, due: str, answered: str | None, upheld: bool, counted: set[str]
) -> None:
    """A dispute counts in the period of its day; an answer is overdue once its last day is over."""
    some = [disputed(filed, due, answered, upheld=upheld)] * 6

    assert counted == {name for name, count in total(*some).disputes.items() if count == 6}
    assert {0, 6} >= set(total(*some).disputes.values())


def test_a_case_counts_once_however_many_disputes_it_has() -> None:
    """Six disputes in one case are one case, which is too few to be shown."""
    one = DisputeFact(dt.date(2026, 1, 5))

    assert total(case(disputes=[one] * 6)).disputes["filed"] is None


def test_amounts_are_not_added_across_currencies() -> None:
    """Each currency has its own sum; one with too few cases is not even named."""
    rupees, dollars = Money(50_00, "INR"), Money(1_00, "USD")
    found = total(*[case(amount=rupees)] * 5, *[case(amount=dollars)] * 4)

    assert {"CNY": Flow(2_000_00, 0, 0, 2_000_00), "INR": Flow(250_00, 0, 0, 250_00)} == dict(
        found.amounts
    )


def test_an_end_that_is_rare_is_told_with_the_others() -> None:
    """Reasons of few ends are counted together, and with a frequent one if they are still few."""
    ends = [WithdrawalReason.SETTLED] * 9 + [WithdrawalReason.REPAIRED] * 7
    ends += [WithdrawalReason.DECEASED] * 2
    found = total(*(case(ended="2026-02-01", reason=reason) for reason in ends))

    assert {"other": 18} == dict(found.ends)


@pytest.mark.parametrize("few", [1, 4])
def test_where_few_cases_move_nothing_is_shown(few: int) -> None:
    """If fewer than five were listed in all, there is no total: the change would tell."""
    facts = [case()] * 50 + [case(listed="2026-02-01")] * few
    found = summarise(facts, SPRING)

    assert (None, ()) == (found.total, found.by(Dimension.ISSUER).rows)
    with pytest.raises(MisuseError, match="longer period"):
        summarise(facts, SUMMER, earlier=found)


def test_nothing_at_all_is_not_small() -> None:
    """A period without any case has a table of noughts."""
    assert (0, 0, 0, 0) == summarise([], SPRING).total.cases.all  # type: ignore[union-attr]


def test_an_own_rule_is_followed() -> None:
    """A higher threshold closes more; none is lower than three."""
    strict = CellRule(threshold=10)

    assert summarise(quarter(), SPRING, rule=strict).by(Dimension.ISSUER).groups == ()
    with pytest.raises(InvalidValueError, match="threshold"):
        CellRule(threshold=2)


def test_periods_are_calendar_periods() -> None:
    """A month, a quarter and a year begin and end where the calendar says."""
    day = dt.date

    assert Period(day(2028, 2, 1), day(2028, 2, 29)) == Period.month(2028, 2)
    assert Period(day(2026, 10, 1), day(2026, 12, 31)) == Period.quarter(2026, 4)
    assert Period(day(2026, 1, 1), day(2026, 12, 31)) == Period.year(2026)
    assert day(2026, 9, 30) == Period.quarter(2026, 4).eve


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2026", Period.year(2026)),
        ("2026Q3", Period.quarter(2026, 3)),
        ("2026-03", Period.month(2026, 3)),
        ("2027-02/2027-03", Period(dt.date(2027, 2, 1), dt.date(2027, 3, 31))),
        ("2026Q4/2027", Period(dt.date(2026, 10, 1), dt.date(2027, 12, 31))),
    ],
)
def test_a_period_is_read_as_it_is_written(text: str, period: Period) -> None:
    """A year, a quarter, a month, and from one to another, each have one spelling."""
    assert period == Period.parse(text)


@pytest.mark.parametrize(
    "make",
    [
        *(
            lambda text=text: Period.parse(text)
            for text in (
                "",
                "2026Q5",
                "2026-13",
                "2026-00",
                "2026-3",
                "26",
                "2026Q1 ",
                "２０２６",
                "2026-03/2026-02",
                "2026/2027/2028",
                "2026/",
                "/2026",
                None,
            )
        ),
        lambda: Period(dt.date(2026, 2, 2), dt.date(2026, 2, 1)),
        lambda: Period.month(2026, 13),
        lambda: Period.quarter(2026, 0),
        lambda: Period.year(1700),
        lambda: case(ended="2025-11-02"),
        lambda: case(ended="2026-01-01", reason=None),
        lambda: case(reason=WithdrawalReason.SETTLED),
        lambda: case(issuer=" "),
        lambda: case(conduct="ABSCOND"),
        lambda: case(disputes=["yes"]),
        lambda: DisputeFact(dt.date(2026, 2, 2), answered=dt.date(2026, 2, 1), upheld=True),
        lambda: DisputeFact(dt.date(2026, 2, 2), upheld=True),
        lambda: Row("bank-a", Flow(1, 1, 1, 3)),
        lambda: Row("bank-a", Flow(1, 0, 0, 1), ends={"settled": -1}),
    ],
)
def test_values_that_cannot_be_are_refused(make: Any) -> None:
    """A value that contradicts itself raises, and says which field."""
    with pytest.raises(InvalidValueError):
        make()


def replaced(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy of a document with something else at a path."""
    changed = copy.deepcopy(document)
    *way, last = path.split("/")
    place: Any = changed
    for step in way:
        place = place[int(step) if step.isdigit() else step]
    place[last] = value
    return changed


def test_a_document_reads_back_as_it_was() -> None:
    """What is written as JSON is read as the same statistics."""
    for facts in (quarter(), [case(listed="2026-02-01")]):
        found = summarise(facts, SPRING)

        assert found == read_statistics(json.loads(json.dumps(found.to_dict())))


@pytest.mark.parametrize(
    ("path", "value"),
    [("schema", "creditshare-statistics-2"), ("more", 1), ("total", {}),
     ("total/cases/standing", 75), ("rule/threshold", 9), ("by/issuer/groups", []),
     ("total/cases/change", 3), ("total/cases/standing", "75"), ("total/ends", []), ("by", []),
     ("by/lender", {"groups": [], "remainder": None}), ("by/issuer/groups/0/group", "bank-b"),
     ("period/last", "soon"), ("rule/threshold", 1), ("rule", {}), ("by/issuer/groups", None)],
)  # fmt: skip
def test_a_document_that_was_changed_is_refused(path: str, value: Any) -> None:
    """A document that does not agree with itself raises our error, whatever is wrong with it."""
    with pytest.raises(InputError):
        read_statistics(replaced(summarise(quarter(), SPRING).to_dict(), path, value))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"period": Period.quarter(2026, 3)}, "day before"),
        ({"rule": CellRule(threshold=6)}, "another rule"),
        ({"by": [Dimension.ISSUER]}, "broken down otherwise"),
        ({"facts": [*quarter(), case()]}, "do not give the earlier table"),
        ({"facts": [attrs.evolve(one, issuer="bank-a") for one in quarter()]}, "do not give"),
        (
            {"facts": [attrs.evolve(one, amount=Money(1, "CNY")) for one in quarter()]},
            "do not give",
        ),
        ({"earlier": "last.json"}, "earlier must be"),
        ({"period": "2026Q2"}, "period must be"),
        ({"by": ["issuer"]}, "by must be"),
    ],
)
def test_a_broken_series_is_refused(asked: dict[str, Any], said: str) -> None:
    """A table that does not follow the earlier one would tell by the difference: it is refused."""
    values: dict[str, Any] = {"facts": quarter(), "period": SUMMER}
    values |= {"earlier": summarise(quarter(), SPRING)} | asked
    with pytest.raises(MisuseError, match=said):
        summarise(values.pop("facts"), values.pop("period"), **values)


def test_facts_that_do_not_give_the_overdue_answers_are_refused() -> None:
    """An answer entered late with a day of the last period would vanish: it is refused."""
    waiting = disputed("2026-01-05", "2026-01-25")
    answered = disputed("2026-01-05", "2026-01-25", "2026-03-30")
    facts = [*[case()] * 20, *[waiting] * 10]
    earlier = summarise(facts, SPRING)

    assert earlier.total is not None
    assert 10 == earlier.total.disputes["overdue"]
    with pytest.raises(MisuseError, match="do not give the earlier table"):
        summarise([*facts[:-1], answered], SUMMER, earlier=earlier)


@pytest.mark.parametrize(("ended", "overdue"), [(None, 9), ("2026-03-31", 0), ("2026-04-01", 9)])
def test_an_answer_is_overdue_while_the_case_stands(ended: str | None, overdue: int) -> None:
    """Once a case has ended, nobody waits for its answer any more."""
    disputes = disputed("2026-01-05", "2026-01-25").disputes
    gone = case(ended=ended, disputes=disputes)

    assert overdue == total(*[gone] * 9).disputes["overdue"]


def test_a_group_slipped_into_the_earlier_table_is_refused() -> None:
    """A row taken out of the remainder by hand does not add up, or shows what the rule closes."""
    facts = [*quarter(), *[case(issuer="bank-c")] * 3]
    document = summarise(facts, SPRING).to_dict()
    part = document["by"]["issuer"]
    slipped = copy.deepcopy(part["remainder"]) | {"group": "bank-c"}
    for groups in ([*part["groups"], slipped], [slipped]):
        changed = replaced(document, "by/issuer/groups", groups)
        with pytest.raises(InputError):
            read_statistics(changed)


def test_a_name_cannot_break_the_picture() -> None:
    """A name with characters that XML has no place for is drawn with a sign instead."""
    named = [attrs.evolve(one, issuer="bank\uffff\ufffe" + "x" * 190) for one in quarter()]
    root = ET.fromstring(chart(summarise(named, SPRING), Dimension.ISSUER))  # noqa: S314 - ours

    assert any("\ufffd" in (one.text or "") for one in root.iter(f"{SVG}title"))


def test_both_number_and_amount_carry_their_change() -> None:
    """Sentence, table and chart tell what stands for how much, and each change in percent."""
    found = summarise(quarter(), SPRING)
    assert found.total is not None
    table = table_rows(found)
    last = dict(zip(table[0], table[-1], strict=True))

    assert change_sentence(found.total).endswith(
        "; CNY 7,600.00 outstanding, 100.00 less, 1.3% down"
    )
    assert change_sentence(found.total, language="zh").endswith(
        "；涉及金额CNY 7,600.00，较上期末减少100.00，下降1.3%"
    )
    assert ("7,700.00", "1,600.00", "1,700.00", "7,600.00", "-100.00", "-1.3%") == tuple(
        last[f"{head} (CNY)"]
        for head in ("Standing before", "Listed", "Ended", "Standing", "Change", "Change %")
    )
    assert "CNY 4,600.00 (-300.00, -6.1%) · Listed 600.00 · Ended 900.00" in chart(found)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_text_of_a_chart_is_cut_off(language: str) -> None:
    """Every line ends within the picture, also with large amounts in two currencies."""
    large = [Money(98_765_432_109_876_54, "CNY"), Money(12_345_678_901_234_56, "USD")]
    facts = [attrs.evolve(one, amount=money) for one in quarter() for money in large]
    root = ET.fromstring(chart(summarise(facts, SPRING), language=language))  # noqa: S314 - ours
    texts = [one for one in root.iter(f"{SVG}text") if one.get("text-anchor") == "start"]
    ends = [
        float(one.attrib["x"]) + 0.55 * float(one.attrib["font-size"]) * len(one.text or "")
        for one in texts
    ]

    assert max(ends) <= float(root.attrib["width"])
    assert {"CNY", "USD"} <= {word for one in texts for word in (one.text or "").split()}


def test_facts_stream_through() -> None:
    """Thirty thousand facts are counted in the memory of a few."""

    def many() -> Iterator[CaseFact]:
        for one in quarter() * 200:
            yield attrs.evolve(one)

    tracemalloc.start()
    found = summarise(many(), SPRING)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert found.total is not None
    assert 76 * 200 == found.total.cases.standing
    assert peak < 600_000


@pytest.mark.parametrize(
    ("listed", "ended", "english", "chinese"),
    [
        (0, 200, "1,000 stand, 200 fewer than at the end of the period before, 16.7% down",
         "期末在列1,000件，较上期末减少200件，下降16.7%"),
        (250, 50, "1,400 stand, 200 more than at the end of the period before, 16.7% up",
         "期末在列1,400件，较上期末增加200件，上升16.7%"),
        (0, 0, "1,200 stand, as many as at the end of the period before",
         "期末在列1,200件，与上期末持平"),
    ],
)  # fmt: skip
def test_the_change_reads_as_in_a_report(
    listed: int, ended: int, english: str, chinese: str
) -> None:
    """The sentence tells how many stand, how many more or fewer, and by how many percent."""
    row = Row(None, Flow(1_200, listed, ended, 1_200 + listed - ended))

    assert english == change_sentence(row)
    assert chinese == change_sentence(row, language="zh")


def test_a_table_has_a_row_for_each_group_and_the_total() -> None:
    """The table has headings, a row a group and the total, all as long; closed is a letter."""
    facts = [*quarter()[1:], disputed("2026-01-05", "2026-01-25")]
    table = table_rows(summarise(facts, SPRING), Dimension.ISSUER)

    assert ["Issuer", "bank-a", "bank-b", "Total"] == [row[0] for row in table]
    assert {len(table[0])} == {len(row) for row in table}
    assert ["77", "16", "17", "76", "-1", "-1.3%"] == table[3][1:7]
    assert "c" == table[3][table[0].index("Disputes filed")]


def test_a_table_speaks_chinese() -> None:
    """In Chinese a conduct has its term, and every heading its word."""
    table = table_rows(summarise(quarter(), SPRING), language="zh")

    assert ["行为", "逃匿、失联", "信用卡诈骗", "合计"] == [row[0] for row in table]
    assert all(not heading.isascii() for heading in table[0])
    with pytest.raises(MisuseError, match="language"):
        table_rows(summarise(quarter(), SPRING), language="fr")


@pytest.mark.parametrize("by", Dimension)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_chart_is_whole_in_itself(by: Dimension, language: str) -> None:
    """A chart is valid XML with title and description, without scripts or anything to fetch."""
    named = [attrs.evolve(one, issuer='<b> & "sons"') for one in quarter()]
    for facts in (quarter(), named, [case(listed="2026-02-01")]):
        found = summarise(facts, SPRING)
        text = chart(found, by, language=language)
        root = ET.fromstring(text)  # noqa: S314 - we made it
        bars = [one for one in root.iter(f"{SVG}rect") if one.get("height") == "14"]

        assert ("img", "title desc") == (root.get("role"), root.get("aria-labelledby"))
        assert [f"{SVG}title", f"{SVG}desc"] == [one.tag for one in root][:2]
        assert len(found.by(by).rows) == len(bars)
        assert {f"{SVG}{tag}" for tag in ("svg", "title", "desc", "rect", "text", "g")} >= {
            one.tag for one in root.iter()
        }
        assert "http" not in text.replace("http://www.w3.org/2000/svg", "")


def test_a_chart_shows_what_the_table_shows() -> None:
    """The numbers beside the bars are those of the rows, the longest bar first."""
    still = [case(conduct=ConductCode.SHAM_DIVORCE)] * 20
    root = ET.fromstring(chart(summarise([*quarter(), *still], SPRING)))  # noqa: S314 - we made it
    told = [one.text for one in root.iter(f"{SVG}text")]

    assert "46 (-3, -6.1%)" in told
    assert "30 (+2, +7.1%)" in told
    assert "20 (±0)" in told
    assert told.index("Abscond") < told.index("Card fraud")


def test_nothing_closed_is_kept() -> None:
    """The value that is returned holds no count that it does not show."""
    facts = [*quarter(), *[disputed("2026-01-05", "2026-01-25")] * 3]
    found: Statistics = summarise(facts, SPRING)

    assert "3" not in repr(found.total and found.total.disputes)
    assert found == read_statistics(found.to_dict())


def test_what_to_break_down_by_may_be_a_stream() -> None:
    """A stream of dimensions breaks down as their list does."""
    found = summarise(quarter(), SPRING, by=iter(Dimension))

    assert found == summarise(quarter(), SPRING, by=list(Dimension))
    assert tuple(Dimension) == found.dimensions


@pytest.mark.parametrize("rule", [0, "", [], False])
def test_what_is_no_rule_is_refused(rule: Any) -> None:
    """Nothing that is empty stands for the rule that is taken when none is given."""
    with pytest.raises(MisuseError, match="rule must be CellRule"):
        summarise(quarter(), SPRING, rule=rule)
