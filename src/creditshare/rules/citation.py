"""Where a rule or a measure stands: an article of one version of one instrument."""

from __future__ import annotations

import attrs

from creditshare.model.faults import Faults
from creditshare.toml import Section

__all__ = ["Citation", "read_citation", "read_citations"]


@attrs.frozen
class Citation:
    """A place in the law.

    Attributes:
        instrument: The law, by title and number.
        article: The article.
        version: Which version: article numbers move between versions of a law.
    """

    instrument: str
    article: str
    version: str

    def __attrs_post_init__(self) -> None:
        faults = Faults("citation")
        for field in ("instrument", "article", "version"):
            faults.text(field, getattr(self, field), limit=300)
        faults.raise_any()

    def to_dict(self) -> dict[str, str]:
        """What stands in a rulebook's file."""
        return {"instrument": self.instrument, "article": self.article, "version": self.version}

    def __str__(self) -> str:
        return f"{self.instrument} art. {self.article} ({self.version})"

    def in_chinese(self) -> str:
        """The same in Chinese; what it does not tell is said to be unstated, as in the file."""
        number, aside, note = self.article.partition(" (")
        article = f"第{number}条{aside}{note}" if number[:1].isdigit() else self.article
        return f"{self.instrument} {article}（{self.version}）"


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
            table.take("instrument", str), table.take("article", str), table.take("version", str)
        )
    )
    table.end()
    return citation
