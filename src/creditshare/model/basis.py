"""The legal basis of a listing, and how far its kind can carry a measure."""

from __future__ import annotations

import enum
from typing import Self

import attrs

from creditshare.model.faults import Faults

__all__ = ["BasisKind", "BasisLevel", "LegalBasis"]


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


@attrs.frozen
class LegalBasis:
    """On what the listing stands: one article of one version of one instrument.

    Attributes:
        kind: What sort of document it is; its `level` follows.
        instrument: The law, notice, contract or judgment, by title and number.
        article: The article, clause or operative part.
        version: Which version: article numbers move between versions of a law.
    """

    kind: BasisKind
    instrument: str
    article: str
    version: str

    def __attrs_post_init__(self) -> None:
        faults = Faults("legal basis")
        faults.kind("kind", self.kind, BasisKind)
        faults.text("instrument", self.instrument, limit=300)
        faults.text("article", self.article, limit=100)
        faults.text("version", self.version, limit=100)
        faults.raise_any()

    @property
    def level(self) -> BasisLevel:
        """How binding it is."""
        return self.kind.level
