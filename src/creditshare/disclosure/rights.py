"""What a person can do about a listing: to whom to turn, how, by when, and on which basis.

The terms for answers, corrections and ends come from the rulebook, an agency's own changes among
them; what stands in other laws comes from a file of this room.
"""

from __future__ import annotations

import datetime as dt
import enum
import functools
from collections.abc import Callable, Iterable

import attrs

from creditshare.arguments import expect
from creditshare.disclosure.language import Phrase
from creditshare.disclosure.texts import packaged, phrases
from creditshare.model import Listing
from creditshare.model.faults import Faults
from creditshare.rules import Citation, Rule, Rulebook, Source
from creditshare.rules.citation import read_citation
from creditshare.toml import Section

__all__ = ["Addressee", "Contact", "Paper", "Right", "rights", "rights_by"]


class Paper(enum.StrEnum):
    """What is handed to the person."""

    ISSUER = "issuer"
    RECIPIENT = "recipient"
    ADVERSE_ACTION = "adverse-action"


_OURS = (
    "answer", "mark", "appeal", "appeal-answer", "correction", "removal", "repair-from", "repair",
    "retention",
)  # fmt: skip
_TERMS = {
    Paper.ISSUER: ("representation", *_OURS),
    Paper.RECIPIENT: _OURS,
    Paper.ADVERSE_ACTION: ("answer", "mark", "appeal", "correction", "removal"),
}
"""The deadlines and checks of a rulebook that a paper tells, in order."""


class Regime(enum.StrEnum):
    """Whose rules a rulebook has, by how their ids begin."""

    CN_CREDIT_REPORTING = "CN-CR"
    CN_COURT_LIST = "CN-CL"
    CN_SERIOUS_LISTS = "CN-SL"
    INDIA = "IN"
    UNITED_STATES = "US"
    EUROPEAN_UNION = "EU"
    UK_CREDIT_REFERENCE = "UK-CR"
    UK_CIFAS = "UK-CIFAS"


class Addressee(enum.StrEnum):
    """Whom a right is addressed to."""

    ISSUER = "issuer"
    US = "us"
    BOTH = "both"
    SUPERVISOR = "supervisor"
    NAMED = "named"


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
        source: LAW if it stands in the cited text, POLICY if the issuer gives it beyond that.
        verified: Whether the cited text was read in a stored source.
    """

    code: str
    title: Phrase
    how: Phrase
    at: Addressee
    citation: Citation
    source: Source
    verified: bool


def rights(
    book: Rulebook, paper: Paper, *, on: dt.date, listings: Iterable[Listing] = ()
) -> tuple[Right, ...]:
    """The rights that stand on a paper: the rulebook's terms, then those of other laws.

    Args:
        book: By which the listing was cleared, or that of the jurisdiction.
        paper: What is handed out.
        on: The day; what is not in force on it is left out.
        listings: If any, terms that concern none of them are left out.
    """
    expect(Rulebook, book=book)
    expect(Paper, paper=paper)
    about = tuple(listings)
    terms = (
        _of_rule(rule, name)
        for name in _TERMS[paper]
        for rule in book.rules
        if name in (rule.deadline, rule.check)
        and rule.in_force(on)
        and (not about or any(rule.when.met(listing) for listing in about))
    )
    others = (
        right for regimes, papers, right in _read() if paper in papers and _is_of(book, regimes)
    )
    return (*terms, *others)


def rights_by(
    paper: Paper,
    listings: Iterable[tuple[str, Listing | None]],
    book_of: Callable[[str], Rulebook | None],
    book: Rulebook,
    on: dt.date,
) -> tuple[Right, ...]:
    """By the rulebooks that cleared what is told, also where that has ended; else the one at hand.

    Where all that a rulebook cleared has ended, nobody knows any more which terms concerned it.

    Args:
        paper: What is handed out.
        listings: What it tells of: by which rulebook it was cleared, and what it says.
        book_of: The rulebook of that name; None if it is not known here.
        book: The one at hand.
        on: The day; what is not in force on it is left out.
    """
    by_book: dict[str, list[Listing]] = {}
    for name, listing in listings:
        if name:
            by_book.setdefault(name, []).extend(() if listing is None else (listing,))
    found: dict[Right, None] = {}
    for name, about in by_book.items():
        found |= dict.fromkeys(rights(book_of(name) or book, paper, on=on, listings=about))
    return tuple(found) or rights(book, paper, on=on)


def _is_of(book: Rulebook, regimes: Iterable[Regime]) -> bool:
    begins = tuple(f"{regime}-" for regime in regimes)
    return any(rule.id.startswith(begins) for rule in book.rules)


def _of_rule(rule: Rule, name: str) -> Right:
    lead = phrases()[f"right_how.{name}"]
    said = rule.requires[0].upper() + rule.requires[1:]
    how = Phrase(
        lead.en.format(rule=said.rstrip(".") + "."),
        lead.zh.format(rule=rule.requires_zh.rstrip("。") + "。"),
    )
    title = phrases()[f"right.{name}"]
    at = Addressee.ISSUER
    return Right(rule.id, title, how, at, rule.citation, rule.source, rule.verified)


@functools.cache
def _read() -> tuple[tuple[tuple[Regime, ...], tuple[Paper, ...], Right], ...]:
    document = Section.of(packaged("rights.toml"))
    found = tuple(map(_read_right, document.sections("right")))
    document.end()
    return found


def _read_right(table: Section) -> tuple[tuple[Regime, ...], tuple[Paper, ...], Right]:
    regimes, papers = table.choices("rules", Regime), table.choices("reports", Paper)
    right = table.make(
        lambda: Right(
            code=table.take("code", str),
            title=_read_phrase(table.needed("title")),
            how=_read_phrase(table.needed("how")),
            at=table.choice("at", Addressee),
            citation=read_citation(table),
            source=Source.LAW,
            verified=table.take("verified", bool),
        )
    )
    table.end()
    return regimes, papers, right


def _read_phrase(section: Section) -> Phrase:
    phrase = section.make(lambda: Phrase(section.take("en", str), section.take("zh", str)))
    section.end()
    return phrase
