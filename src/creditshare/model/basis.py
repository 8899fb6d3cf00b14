"""The legal basis of a listing, and how far its kind can carry a measure."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Self

import attrs

from creditshare.model.faults import Faults, as_tuple

__all__ = ["BasisKind", "BasisLevel", "LegalBasis", "Parties"]

_PARTIES_MAX = 1000


class BasisLevel(enum.IntEnum):
    """How binding a basis is, in rising order; a measure states the least it needs."""

    CONTRACT = 1
    WORKING_GROUP_NOTICE = 2
    ADMINISTRATIVE_DECISION = 3
    EFFECTIVE_INSTRUMENT = 4


class BasisKind(enum.StrEnum):
    """What sort of document the basis is."""

    level: BasisLevel

    def __new__(cls, code: str, level: BasisLevel = BasisLevel.CONTRACT) -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.level = level
        return member

    JUDGMENT = "judgment", BasisLevel.EFFECTIVE_INSTRUMENT
    MEDIATION = "mediation", BasisLevel.EFFECTIVE_INSTRUMENT
    ARBITRAL_AWARD = "arbitral-award", BasisLevel.EFFECTIVE_INSTRUMENT
    NOTARISED_CLAIM = "notarised-claim", BasisLevel.EFFECTIVE_INSTRUMENT
    COURT_LISTING = "court-listing", BasisLevel.EFFECTIVE_INSTRUMENT
    ADMINISTRATIVE_DECISION = "administrative-decision", BasisLevel.ADMINISTRATIVE_DECISION
    WORKING_GROUP_NOTICE = "working-group-notice", BasisLevel.WORKING_GROUP_NOTICE
    CONTRACT = "contract", BasisLevel.CONTRACT


@attrs.frozen(repr=False)
class Parties:
    """Whom an instrument obliges as it stands now: parties join, and parties are withdrawn.

    Attributes:
        names: As in the instrument. Only the borrower's own ever leaves the issuer.
        as_of: The day on which that was looked up.
    """

    names: tuple[str, ...] = attrs.field(converter=as_tuple)
    as_of: dt.date

    def __attrs_post_init__(self) -> None:
        faults = Faults("parties")
        faults.items("names", self.names, str, _PARTIES_MAX)
        faults.day("as_of", self.as_of)
        faults.raise_any()
        for name in self.names:
            faults.text("names", name, limit=200)
        faults.raise_any()

    def __repr__(self) -> str:
        return f"<Parties as of {self.as_of} (hidden)>"


@attrs.frozen
class LegalBasis:
    """On what the listing stands: one article of one version of one instrument.

    Attributes:
        kind: What sort of document it is; its `level` follows.
        instrument: The law, notice, contract or judgment, by title and number.
        article: The article, clause or operative part.
        version: Which version: article numbers move between versions of a law.
        parties: Whom it obliges, where it is an instrument that names parties.
        register_until: The last day on which a public register holds it; None if none does.
    """

    kind: BasisKind
    instrument: str = attrs.field(repr=False)
    article: str = attrs.field(repr=False)
    version: str
    parties: Parties | None = None
    register_until: dt.date | None = None

    def __attrs_post_init__(self) -> None:
        faults = Faults("legal basis")
        faults.kind("kind", self.kind, BasisKind)
        faults.text("instrument", self.instrument, limit=300)
        faults.text("article", self.article, limit=100)
        faults.text("version", self.version, limit=100)
        faults.kind("parties", self.parties, Parties, optional=True)
        faults.day("register_until", self.register_until, optional=True)
        faults.raise_any()

    @property
    def level(self) -> BasisLevel:
        """How binding it is."""
        return self.kind.level
