"""Where a rule or a measure stands: an article of one version of one instrument."""

from __future__ import annotations

import re

import attrs

from creditshare.model.faults import Faults
from creditshare.toml import Section

__all__ = ["Citation", "read_citation", "read_citations"]

_NEEDED = ("instrument", "article", "version")
_CHINESE = ("instrument_zh", "article_zh")
_LIMIT = 300
_UNSTATED = "unstated"
"""What stands in the file where the source did not tell."""
_ARTICLE = re.compile(r"(\d+)(?:-(\d+))?(?:\((\d+)\)(?:-\1\((\d+)\))?)?", re.ASCII)
_ORDINALS = ("", *"一二三四五六七八九十")


@attrs.frozen
class Citation:
    """A place in the law.

    Attributes:
        instrument: The law, by title and number.
        article: The article, such as ``"16"``, ``"13, 14"``, ``"3(1)"`` for an item of one,
            ``"1(1)-1(6)"`` for several, ``"307-1"`` for one put in after article 307.
        version: Which version: article numbers move between versions of a law.
        instrument_zh: What Chinese texts call the law, if that is another title; else None.
        article_zh: What they call the article, if it is more than such a number, or if what stands
            in brackets is a paragraph (款) and no item (项); else None.
    """

    instrument: str
    article: str
    version: str
    instrument_zh: str | None = attrs.field(default=None, eq=False)
    article_zh: str | None = attrs.field(default=None, eq=False)

    def __attrs_post_init__(self) -> None:
        faults = Faults("citation")
        for field in _NEEDED:
            faults.text(field, getattr(self, field), limit=_LIMIT, trimmed=True)
        for field in _CHINESE:
            faults.text(field, getattr(self, field), limit=_LIMIT, optional=True, trimmed=True)
        faults.raise_any()

    def to_dict(self) -> dict[str, str]:
        """What stands in a rulebook's file."""
        told = {field: getattr(self, field) for field in (*_NEEDED, *_CHINESE)}
        return {field: text for field, text in told.items() if text}

    def __str__(self) -> str:
        return f"{self.instrument} art. {self.article} ({self.version})"

    def in_chinese(self) -> str:
        """The same in Chinese."""
        article = self.article_zh or "、".join(map(_article_zh, self.article.split(", ")))
        version = "版本未载明" if self.version == _UNSTATED else self.version
        said = f"{self.instrument_zh or self.instrument} {article}（{version}）"
        return said.replace("; ", "；")


def read_citation(section: Section) -> Citation:
    """The table ``citation`` of a rule or measure.

    Raises:
        RulebookError: naming the place, if it is not there or not complete.
    """
    return _read(section.needed("citation"))


def read_citations(section: Section) -> tuple[Citation, ...]:
    """The list ``citations`` of a conduct or measure; one at least.

    Raises:
        RulebookError: naming the place, if it is not there, empty, or one is not complete.
    """
    tables = section.sections("citations")
    if not tables:
        raise section.refuse("citations", "there must be one at least")
    return tuple(map(_read, tables))


def _article_zh(number: str) -> str:
    """An article as a Chinese official cites it; what is no number stays as it is."""
    found = _ARTICLE.fullmatch(number)
    if number == _UNSTATED:
        return "条款未载明"
    if found is None or int(found[2] or 0) >= len(_ORDINALS):
        return f"第{number}条" if number[:1].isdigit() else number
    article, inserted, item, last = found.groups()
    said = f"第{article}条" + (f"之{_ORDINALS[int(inserted)]}" if inserted else "")
    said += f"第{item}项" if item else ""
    return said + (f"至第{last}项" if last else "")


def _read(table: Section) -> Citation:
    citation = table.make(
        lambda: Citation(
            *(table.take(field, str) for field in _NEEDED),
            *(table.find(field, str) for field in _CHINESE),
        )
    )
    table.end()
    return citation
