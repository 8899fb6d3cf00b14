"""Statistics as rows of a table, and the change as the sentence that clean-up reports use."""

from __future__ import annotations

from creditshare.model import ConductCode
from creditshare.statistics.result import DISPUTES, Dimension, Row, Statistics
from creditshare.statistics.words import CLOSED, words

__all__ = ["change_sentence", "name_of", "table_rows"]


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
    stands for may be nought, small or large. Amounts are in minor units, such as fen.

    Args:
        statistics: What was published.
        by: The dimension.
        language: ``"en"`` or ``"zh"``.

    Returns:
        Rows of equal length; only the headings where nothing may be shown.

    Raises:
        MisuseError: if the language is another.
    """
    told, total = words(language), statistics.total
    if total is None:
        return [[told[by], *(told[name] for name in ("before", "listed", "ended", "standing"))]]
    figures = [
        *((told[reason], "ends", reason) for reason in total.ends),
        *((told[figure], "disputes", figure) for figure in DISPUTES),
        *(
            (told["amount"].format(currency=currency), "amounts", currency)
            for currency in total.amounts
        ),
    ]
    moves = ("before", "listed", "ended", "standing", "change", "percent")
    table = [[told[by], *(told[name] for name in moves), *(head for head, _, _ in figures)]]
    groups = [(name_of(row, by, language), row) for row in statistics.by(by).rows]
    for name, row in [*groups, (told["total"], total)]:
        percent = "" if row.percent is None else f"{row.percent:+}%"
        moved = [row.before, row.listed, row.ended, row.standing]
        line = [name, *(f"{count:,}" for count in moved), f"{row.change:+,}", percent]
        table.append(line + [_figure(row, field, key) for _, field, key in figures])
    return table


def _figure(row: Row, field: str, key: str) -> str:
    count: int | None = getattr(row, field).get(key)
    return CLOSED if count is None else f"{count:,}"


def change_sentence(row: Row, *, language: str = "en") -> str:
    """The change as clean-up reports give it: how many stand, how many more or fewer, which part.

    The base of the percentage is what stood at the end of the period before, as in the reports on
    the clean-up of online lending: so many in operation, so many fewer than then, so many percent.

    Args:
        row: A total, a group or a remainder.
        language: ``"en"`` or ``"zh"``.

    Returns:
        One sentence without its full stop.

    Raises:
        MisuseError: if the language is another.
    """
    told = words(language)
    way = "same" if row.change == 0 else "more" if row.change > 0 else "fewer"
    said = told[f"sentence-{way}"].format(now=f"{row.standing:,}", change=f"{abs(row.change):,}")
    if row.percent is None or row.change == 0:
        return said
    return said + told[f"percent-{way}"].format(percent=abs(row.percent))
