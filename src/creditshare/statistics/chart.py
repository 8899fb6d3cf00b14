"""Statistics as a picture: an SVG that needs nothing else, and reads well without eyes too."""

from __future__ import annotations

import math
from collections.abc import Mapping
from xml.sax.saxutils import escape

import attrs

from creditshare.arguments import expect
from creditshare.statistics.flow import Flow
from creditshare.statistics.result import Dimension, Row, Statistics
from creditshare.statistics.text import (
    change_parts,
    change_sentence,
    figure,
    name_of,
    percent_of,
    signed,
)
from creditshare.statistics.words import words

__all__ = ["chart"]

_WIDTH, _NAMES, _BARS, _LINE, _SMALL, _TOP, _MARGIN = 860, 230, 420, 34, 16, 66, 24
_LONGEST = {True: 28, False: 16}  # characters of a name, by whether they are narrow
_NOW, _BEFORE, _INK = "#1f5f8b", "#b9c4cc", "#22282d"
_FONTS = "'Noto Sans', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"


def chart(
    statistics: Statistics, by: Dimension = Dimension.CONDUCT, *, language: str = "en"
) -> str:
    """A bar for each group: how many stand, and as a pale bar above it how many stood before.

    Below it, for each currency, stands what they owe, the change, what came and what went. The
    picture is as wide as its longest line.
    The picture shows what was published and nothing else; what is closed in a table has no bar.
    It carries a title and a description for those who do not see it, no script, and nothing that
    is fetched.

    Args:
        statistics: What was published.
        by: The dimension.
        language: ``"en"`` or ``"zh"``.

    Returns:
        An SVG document.

    Raises:
        MisuseError: if the language is another.
    """
    expect(Statistics, statistics=statistics)
    expect(Dimension, by=by)
    told = words(language)
    title = told["chart"].format(last=statistics.period.last, by=told[f"by-{by}"])
    groups = sorted(statistics.by(by).groups, key=lambda row: -row.cases.standing)
    rest = statistics.by(by).remainder
    rows = [(name_of(row, by, language), row) for row in [*groups, *([rest] if rest else [])]]
    stop = "。" if language == "zh" else ". "
    total = statistics.total
    parts = change_parts(total, language=language) if total else [told["nothing"].rstrip(".。")]
    top = _TOP + 18 * len(parts)
    each = [f"{name}: {change_sentence(row, language=language)}" for name, row in rows]
    most = max((max(row.cases.standing, row.cases.before) for _, row in rows), default=0) or 1
    line = _LINE + _SMALL * len(total.amounts if total else ())
    height = top + line * len(rows) + 46
    body = [
        _Text(_MARGIN, 32, title, 18, weight="bold"),
        *(_Text(_MARGIN, 54 + 18 * place, part) for place, part in enumerate(parts)),
        *(
            element
            for place, (name, row) in enumerate(rows)
            for element in [
                "<g>",
                *_bar(top + place * line, name, row.cases, most),
                *_amounts(top + place * line + _LINE, row, told),
                "</g>",
            ]
        ),
        *(_legend(height - 30, told["end"], told["eve"]) if rows else []),
    ]
    width = max(_WIDTH, *(one.end + _MARGIN for one in body if isinstance(one, _Text)))
    frame = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" aria-labelledby="title desc" '
        f'xml:lang="{language}" font-family="{_FONTS}" fill="{_INK}">'
    )
    spoken = stop.join([told["and"].join(parts), *each]) + stop.strip()
    head = f'<title id="title">{_escaped(title)}</title>\n<desc id="desc">{_escaped(spoken)}</desc>'
    ground = f'<rect width="{width}" height="{height}" fill="#ffffff"/>'
    return "\n".join([frame, head, ground, *map(str, body), "</svg>", ""])


@attrs.frozen
class _Text:
    left: float
    base: float
    text: str
    size: int = 13
    weight: str = attrs.field(default="normal", kw_only=True)
    anchor: str = attrs.field(default="start", kw_only=True)

    @property
    def end(self) -> int:
        """Where it ends at the most: digits take six tenths of their height, Chinese all of it."""
        wide = sum(0.62 if char.isascii() else 1 for char in self.text)
        return math.ceil(self.left + (wide * self.size if self.anchor == "start" else 0))

    def __str__(self) -> str:
        return (
            f'<text x="{self.left}" y="{self.base}" font-size="{self.size}" '
            f'font-weight="{self.weight}" text-anchor="{self.anchor}">{_escaped(self.text)}</text>'
        )


def _bar(top: int, name: str, cases: Flow, most: int) -> list[str | _Text]:
    now, before = (round(_BARS * count / most, 1) for count in (cases.standing, cases.before))
    most_shown = _LONGEST[name.isascii()]
    short = name if len(name) <= most_shown else name[: most_shown - 1] + "…"
    return [
        f"<title>{_escaped(name)}</title>",
        _Text(_NAMES - 12, top + 17, short, anchor="end"),
        f'<rect x="{_NAMES}" y="{top + 2}" width="{before}" height="6" fill="{_BEFORE}"/>',
        f'<rect x="{_NAMES}" y="{top + 8}" width="{now}" height="14" fill="{_NOW}"/>',
        _Text(_NAMES + max(now, before) + 8, top + 19, _with_change(cases)),
    ]


def _amounts(top: int, row: Row, told: Mapping[str, str]) -> list[_Text]:
    """A line for each currency."""
    lines = []
    for place, (currency, flow) in enumerate(row.amounts.items()):
        came, went = (figure(part, currency) for part in (flow.listed, flow.ended))
        said = f"{currency} {_with_change(flow, currency)}"
        said += f" · {told['listed']} {came} · {told['ended']} {went}"
        lines.append(_Text(_NAMES, top + 2 + place * _SMALL, said, 11))
    return lines


def _with_change(flow: Flow, currency: str | None = None) -> str:
    percent = f", {percent_of(flow)}" if flow.percent else ""
    change = signed(flow.change, currency) if flow.change else "±0"
    return f"{figure(flow.standing, currency)} ({change}{percent})"


def _legend(top: int, now: str, before: str) -> list[str | _Text]:
    lines: list[str | _Text] = []
    for left, colour, label in ((_NAMES, _NOW, now), (_NAMES + 200, _BEFORE, before)):
        lines.append(f'<rect x="{left}" y="{top}" width="14" height="10" fill="{colour}"/>')
        lines.append(_Text(left + 20, top + 10, label, 12))
    return lines


def _escaped(text: str) -> str:
    """Text in XML, which has no place for two characters that a name may hold."""
    return escape(text.translate({0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}))
