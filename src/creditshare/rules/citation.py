"""Where a rule or a measure stands: an article of one version of one instrument."""

from __future__ import annotations

import attrs

from creditshare.model.faults import Faults
from creditshare.toml import Section

__all__ = ["Citation", "read_citation", "read_citations"]

_NEEDED = ("instrument", "article", "version")
_CHINESE = ("instrument_zh", "article_zh")
_LIMIT = 300
_UNSTATED = {"unstated": "未载明"}
"""What stands in the file where the source did not tell, in Chinese."""


@attrs.frozen
class Citation:
    """A place in the law.

    Attributes:
        instrument: The law, by title and number.
        article: The article.
        version: Which version: article numbers move between versions of a law.
        instrument_zh: What Chinese texts call the law, if that is another title; else None.
        article_zh: What they call the article, if it is more than a number; else None.
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
        article, number = self.article_zh, self.article
        if not article:
            article = f"第{number}条" if number[:1].isdigit() else _UNSTATED.get(number, number)
        version = _UNSTATED.get(self.version, self.version)
        return f"{self.instrument_zh or self.instrument} {article}（{version}）"


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


def _read(table: Section) -> Citation:
    citation = table.make(
        lambda: Citation(
            *(table.take(field, str) for field in _NEEDED),
            *(table.find(field, str) for field in _CHINESE),
        )
    )
    table.end()
    return citation
