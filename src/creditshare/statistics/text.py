"""Statistics as rows of a table, and the change as the sentence that clean-up reports use."""

from __future__ import annotations

from collections.abc import Mapping

from creditshare.arguments import expect
from creditshare.model import ConductCode
from creditshare.model.currency import in_units
from creditshare.statistics.flow import Flow
from creditshare.statistics.result import DISPUTES, Dimension, Row, Statistics
from creditshare.statistics.words import CLOSED, words

__all__ = [
    "change_parts",
    "change_sentence",
    "figure",
    "name_of",
    "percent_of",
    "signed",
    "table_rows",
]

_MOVES = ("before", "listed", "ended", "standing", "change", "percent")


def name_of(row: Row, dimension: Dimension, language: str) -> str:
    """What a group is called: an issuer by its origin, a conduct by its term."""
    if row.group is None:
        return words(language)["remainder"]
    if dimension is Dimension.CONDUCT and row.group in ConductCode.__members__:
        code = ConductCode(row.group)
        return code.term if language == "zh" else code.replace("_", " ").capitalize()
    return row.group


def table_rows(
    statistics: Statistics, by: Dimension = Dimension.CONDUCT, *, language: str = "en"
) -> list[list[str]]:
    """The table by one dimension: a row of headings, a row for each group, the total last.

    A closed figure is a ``c``, the sign that Eurostat's tables have for "confidential"; what it
    stands for may be nought, small or large. Amounts are in units of their currency.

    Args:
        statistics: What was published.
        by: The dimension.
        language: ``"en"`` or ``"zh"``.

    Returns:
        Rows of equal length; only the headings where nothing may be shown.

    Raises:
        MisuseError: if the language is another.
    """
    expect(Statistics, statistics=statistics)
    expect(Dimension, by=by)
    told, total = words(language), statistics.total
    if total is None:
        return [[told[by], *(told[name] for name in ("before", "listed", "ended", "standing"))]]
    counted = [
        *((told[reason], "ends", reason) for reason in total.ends),
        *((told[figure], "disputes", figure) for figure in DISPUTES),
    ]
    amounts = [
        told["amount"].format(figure=told[move], currency=currency)
        for currency in total.amounts
        for move in _MOVES
    ]
    heads = [*(told[move] for move in _MOVES), *amounts, *(head for head, _, _ in counted)]
    table = [[told[by], *heads]]
    groups = [(name_of(row, by, language), row) for row in statistics.by(by).rows]
    for name, row in [*groups, (told["total"], total)]:
        line = [name, *_moves(row.cases)]
        for currency, flow in row.amounts.items():
            line += _moves(flow, currency)
        table.append(line + [_figure(row, field, key) for _, field, key in counted])
    return table


def _moves(flow: Flow, currency: str | None = None) -> list[str]:
    moved = [figure(number, currency) for number in flow.all]
    return [*moved, signed(flow.change, currency), percent_of(flow)]


def figure(number: int, currency: str | None = None) -> str:
    """A number of cases; or minor units, as units of their currency."""
    return f"{number:,}" if currency is None else in_units(number, currency)


def signed(number: int, currency: str | None = None) -> str:
    """A change with its sign; none of either kind where there is none."""
    sign = "-" if number < 0 else "+" if number else ""
    return sign + figure(abs(number), currency)


def percent_of(flow: Flow) -> str:
    """The change in percent with its sign; empty if nothing stood before."""
    return "" if flow.percent is None else f"{flow.percent:+}%"


def _figure(row: Row, field: str, key: str) -> str:
    count: int | None = getattr(row, field).get(key)
    return CLOSED if count is None else figure(count)


def change_sentence(row: Row, *, language: str = "en") -> str:
    """The change as clean-up reports give it: how many stand, for how much, and what changed.

    The base of each percentage is what stood at the end of the period before, as in the reports on
    the clean-up of online lending: so many in operation, so many fewer than then, so many percent;
    so much outstanding, so much less than then, so many percent.

    Args:
        row: A total, a group or a remainder.
        language: ``"en"`` or ``"zh"``.

    Returns:
        One sentence without its full stop.

    Raises:
        MisuseError: if the language is another.
    """
    expect(Row, row=row)
    return words(language)["and"].join(change_parts(row, language=language))


def change_parts(row: Row, *, language: str) -> list[str]:
    """What `change_sentence` tells of the cases, then of each currency."""
    told = words(language)
    sums = [_changed(flow, "amount", told, currency) for currency, flow in row.amounts.items()]
    return [_changed(row.cases, "sentence", told), *sums]


def _changed(flow: Flow, key: str, told: Mapping[str, str], currency: str | None = None) -> str:
    way = "same" if flow.change == 0 else "more" if flow.change > 0 else "fewer"
    now, change = figure(flow.standing, currency), figure(abs(flow.change), currency)
    said = told[f"{key}-{way}"].format(now=now, change=change, currency=currency)
    if flow.percent is None or flow.change == 0:
        return said
    return said + told[f"percent-{way}"].format(percent=abs(flow.percent))
