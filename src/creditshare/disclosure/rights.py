"""What a person can do about a listing: to whom to turn, how, by when, and on which basis."""

from __future__ import annotations

import enum
import functools

import attrs

from creditshare.arguments import expect
from creditshare.disclosure.language import Phrase
from creditshare.disclosure.texts import packaged
from creditshare.model.faults import Faults
from creditshare.rules import Citation
from creditshare.rules.citation import read_citation
from creditshare.toml import Section

__all__ = ["Addressee", "Contact", "Paper", "Right", "rights"]


class Paper(enum.StrEnum):
    """What is handed to the person."""

    ISSUER = "issuer"
    RECIPIENT = "recipient"
    ADVERSE_ACTION = "adverse-action"


class Addressee(enum.StrEnum):
    """Whom a right is addressed to."""

    ISSUER = "issuer"
    US = "us"
    BOTH = "both"
    SUPERVISOR = "supervisor"


@attrs.frozen
class Contact:
    """Where a person can turn to.

    Attributes:
        name: Of the agency, as people know it.
        address: Where and when: street, telephone, hours; may have several lines.
    """

    name: str
    address: str | None = None

    def __attrs_post_init__(self) -> None:
        faults = Faults("contact")
        faults.text("name", self.name, limit=200)
        faults.text("address", self.address, limit=1000, optional=True, multiline=True)
        faults.raise_any()


@attrs.frozen
class Right:
    """One thing that a person can do.

    Attributes:
        code: Stable, such as ``"cn-dispute"``.
        title: What.
        how: How, and by when.
        at: To whom it is addressed.
        citation: Where it stands.
        verified: Whether the cited text was read in a stored source.
    """

    code: str
    title: Phrase
    how: Phrase
    at: Addressee
    citation: Citation
    verified: bool


def rights(jurisdiction: str, paper: Paper) -> tuple[Right, ...]:
    """The rights that stand on a paper; none where the library knows of none.

    Args:
        jurisdiction: As in a rulebook, such as ``"CN"``.
        paper: What is handed out.
    """
    expect(str, jurisdiction=jurisdiction)
    expect(Paper, paper=paper)
    return tuple(
        right for where, papers, right in _read() if where == jurisdiction and paper in papers
    )


@functools.cache
def _read() -> tuple[tuple[str, tuple[Paper, ...], Right], ...]:
    document = Section.of(packaged("rights.toml"))
    found = tuple(map(_read_right, document.sections("right")))
    document.end()
    return found


def _read_right(table: Section) -> tuple[str, tuple[Paper, ...], Right]:
    where, papers = table.take("jurisdiction", str), table.choices("reports", Paper)
    right = table.make(
        lambda: Right(
            code=table.take("code", str),
            title=_read_phrase(table.needed("title")),
            how=_read_phrase(table.needed("how")),
            at=table.choice("at", Addressee),
            citation=read_citation(table),
            verified=table.take("verified", bool),
        )
    )
    table.end()
    return where, papers, right


def _read_phrase(section: Section) -> Phrase:
    phrase = section.make(lambda: Phrase(section.take("en", str), section.take("zh", str)))
    section.end()
    return phrase
