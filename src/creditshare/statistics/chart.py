"""Statistics as a picture: an SVG that needs nothing else, and reads well without eyes too."""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import escape

from creditshare.statistics.flow import Flow
from creditshare.statistics.result import Dimension, Row, Statistics
from creditshare.statistics.text import change_sentence, figure, name_of, percent_of, signed
from creditshare.statistics.words import words

__all__ = ["chart"]

_WIDTH, _NAMES, _BARS, _LINE, _SMALL, _TOP = 860, 230, 420, 34, 16, 84
_LONGEST = {True: 28, False: 16}  # characters of a name, by whether they are narrow
_NOW, _BEFORE, _INK = "#1f5f8b", "#b9c4cc", "#22282d"
_FONTS = "'Noto Sans', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"


def chart(
    statistics: Statistics, by: Dimension = Dimension.CONDUCT, *, language: str = "en"
) -> str:
    """A bar for each group: how many stand, and as a pale bar above it how many stood before.

    Below it, for each currency, stands what they owe, the change, what came and what went.
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
    told = words(language)
    title = told["chart"].format(last=statistics.period.last, by=told[f"by-{by}"])
    groups = sorted(statistics.by(by).groups, key=lambda row: -row.cases.standing)
    rest = statistics.by(by).remainder
    rows = [(name_of(row, by, language), row) for row in [*groups, *([rest] if rest else [])]]
    stop = "。" if language == "zh" else ". "
    total = statistics.total
    summed = change_sentence(total, language=language) if total else told["nothing"].rstrip(".。")
    each = [f"{name}: {change_sentence(row, language=language)}" for name, row in rows]
    most = max((max(row.cases.standing, row.cases.before) for _, row in rows), default=0) or 1
    line = _LINE + _SMALL * len(total.amounts if total else ())
    height = _TOP + line * len(rows) + 46
    body = [
        _text(24, 32, title, size=18, weight="bold"),
        _text(24, 54, summed, size=13),
        *(
            element
            for place, (name, row) in enumerate(rows)
            for element in [
                "<g>",
                *_bar(_TOP + place * line, name, row.cases, most),
                *_amounts(_TOP + place * line + _LINE, row, told),
                "</g>",
            ]
        ),
        *(_legend(height - 30, told["end"], told["eve"]) if rows else []),
    ]
    frame = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        f'width="{_WIDTH}" height="{height}" role="img" aria-labelledby="title desc" '
        f'xml:lang="{language}" font-family="{_FONTS}" fill="{_INK}">'
    )
    spoken = stop.join([summed, *each]) + stop.strip()
    head = f'<title id="title">{_escaped(title)}</title>\n<desc id="desc">{_escaped(spoken)}</desc>'
    ground = f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>'
    return "\n".join([frame, head, ground, *body, "</svg>", ""])


def _bar(top: int, name: str, cases: Flow, most: int) -> list[str]:
    now, before = (round(_BARS * count / most, 1) for count in (cases.standing, cases.before))
    most_shown = _LONGEST[name.isascii()]
    short = name if len(name) <= most_shown else name[: most_shown - 1] + "…"
    return [
        f"<title>{_escaped(name)}</title>",
        _text(_NAMES - 12, top + 17, short, size=13, anchor="end"),
        f'<rect x="{_NAMES}" y="{top + 2}" width="{before}" height="6" fill="{_BEFORE}"/>',
        f'<rect x="{_NAMES}" y="{top + 8}" width="{now}" height="14" fill="{_NOW}"/>',
        _text(_NAMES + max(now, before) + 8, top + 19, _with_change(cases), size=13),
    ]


def _amounts(top: int, row: Row, told: Mapping[str, str]) -> list[str]:
    """A line for each currency."""
    lines = []
    for place, (currency, flow) in enumerate(row.amounts.items()):
        came, went = (figure(part, currency) for part in (flow.listed, flow.ended))
        said = f"{currency} {_with_change(flow, currency)}"
        said += f" · {told['listed']} {came} · {told['ended']} {went}"
        lines.append(_text(_NAMES, top + 2 + place * _SMALL, said, size=11))
    return lines


def _with_change(flow: Flow, currency: str | None = None) -> str:
    percent = f", {percent_of(flow)}" if flow.percent else ""
    change = signed(flow.change, currency) if flow.change else "±0"
    return f"{figure(flow.standing, currency)} ({change}{percent})"


def _legend(top: int, now: str, before: str) -> list[str]:
    lines = []
    for left, colour, label in ((_NAMES, _NOW, now), (_NAMES + 200, _BEFORE, before)):
        lines.append(f'<rect x="{left}" y="{top}" width="14" height="10" fill="{colour}"/>')
        lines.append(_text(left + 20, top + 10, label, size=12))
    return lines


def _text(
    left: float, base: float, text: str, *, size: int, weight: str = "normal", anchor: str = "start"
) -> str:
    return (
        f'<text x="{left}" y="{base}" font-size="{size}" font-weight="{weight}" '
        f'text-anchor="{anchor}">{_escaped(text)}</text>'
    )


def _escaped(text: str) -> str:
    """Text in XML, which has no place for two characters that a name may hold."""
    return escape(text.translate({0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}))
