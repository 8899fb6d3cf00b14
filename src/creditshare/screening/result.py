"""What is asked and what is answered. An answer is never a verdict."""

from __future__ import annotations

import datetime as dt
import enum

import attrs

from creditshare.identifiers import Identifier
from creditshare.model import Listing
from creditshare.model.faults import Faults, as_tuple
from creditshare.rules import Measure

__all__ = [
    "Applicant",
    "Match",
    "Outcome",
    "Purpose",
    "ReviewCase",
    "ReviewReason",
    "Screening",
    "SecondFactor",
    "StaleIssuer",
]


class Purpose(enum.StrEnum):
    """Why somebody is screened; a query without a purpose is not lawful (Regulation 2013, 18)."""

    CREDIT_APPLICATION = "credit-application"
    GUARANTEE = "guarantee"
    CREDIT_MANAGEMENT = "credit-management"
    ENFORCEMENT = "enforcement"
    SUPERVISION = "supervision"
    DATA_SUBJECT_REQUEST = "data-subject-request"


@attrs.frozen(repr=False)
class Applicant:
    """Who is asked about.

    Attributes:
        identifiers: At least one strong one; a name alone never identifies.
        name: As the applicant states it.
        birth_date: As the applicant states it, not read out of a number.
        reference: The asker's own name for the case; it comes back with the answer.
    """

    identifiers: tuple[Identifier, ...] = attrs.field(converter=as_tuple)
    name: str | None = None
    birth_date: dt.date | None = None
    reference: str = ""

    def __attrs_post_init__(self) -> None:
        faults = Faults("applicant")
        faults.items("identifiers", self.identifiers, Identifier, 16)
        faults.text("name", self.name, limit=200, optional=True)
        faults.day("birth_date", self.birth_date, optional=True)
        faults.kind("reference", self.reference, str)
        faults.raise_any()
        strong = any(identifier.STRONG for identifier in self.identifiers)
        faults.check("identifiers", strong, "at least one must be strong")
        faults.raise_any()

    def __repr__(self) -> str:
        return "<Applicant (hidden)>"


class Outcome(enum.StrEnum):
    """The answer for one applicant, the most serious first."""

    MATCH = "match"
    NEEDS_REVIEW = "needs-review"
    STALE = "stale"
    CLEAR = "clear"


class SecondFactor(enum.StrEnum):
    """What beside the identifier can agree."""

    NAME = "name"
    BIRTH_DATE = "birth-date"


class ReviewReason(enum.StrEnum):
    """Why a hit is no match and a person must look at it.

    Of the second factors, *conflict* says plainly different; the others say near, and how:

    - *similar*: as if by one slip, in another order, or in characters that may be one;
    - *partial*: one name has an initial, a word less or a mask where the other has more;
    - *transliterated*: one name spells in Latin letters how the other sounds.

    *Dispute unanswered* says that the issuer let the day pass until which it could answer a
    dispute, so that the asker's own clock suspends the listing. *Victim* asks for care: this
    person's identity was abused by others, and the listing accuses nobody.
    """

    BIRTH_DATE_CONFLICT = "birth-date-conflict"
    BIRTH_DATE_SIMILAR = "birth-date-similar"
    NAME_CONFLICT = "name-conflict"
    NAME_SIMILAR = "name-similar"
    NAME_PARTIAL = "name-partial"
    NAME_TRANSLITERATED = "name-transliterated"
    NO_SECOND_FACTOR = "no-second-factor"
    SUSPENDED = "suspended"
    DISPUTE_UNANSWERED = "dispute-unanswered"
    VICTIM = "victim"
    STALE_REGISTRY = "stale-registry"
    RECORD_UNOPENED = "record-unopened"
    ISSUER_UNAUTHORISED = "issuer-unauthorised"


@attrs.frozen
class Match:
    """A listing of this applicant: the identifier and a second factor agree, none conflicts.

    Attributes:
        origin: Whose listing it is.
        issuer: Who signed for it.
        listing_id: Its id.
        listing: What it says: conduct, basis, obligation, notice with the remedy.
        corroboration: Which second factors agree; at least one.
        measures: What the asking role may rest on it; empty while an exemption runs.
        exempted_until: The last day of an exemption in force, or None.
        last_day: The last day on which the listing stands, unless its issuer says more.
        disputed: Whether the borrower disputes it and the issuer has yet to answer.
        disputed_until: The last day on which it can answer; afterwards this is no match any more.
            None if it is not disputed, or the rules by which it was listed suspend nothing.
        wording: Tells this wording of the listing from those before and after an amendment.
    """

    origin: str
    issuer: str
    listing_id: bytes
    listing: Listing
    corroboration: tuple[SecondFactor, ...]
    measures: tuple[Measure, ...]
    exempted_until: dt.date | None
    last_day: dt.date
    disputed: bool = False
    disputed_until: dt.date | None = None
    wording: bytes = b""


@attrs.frozen
class ReviewCase:
    """A hit that is no match. No measure may rest on it.

    Attributes:
        origin: Whose listing it is.
        issuer: Who signed for it.
        listing_id: Its id.
        reasons: Every reason why it is no match.
        listing: What it says; None if the birth dates conflict, or are only similar and the names
            do not agree, for then it may be somebody else's; or if it did not open.
        age: How long ago the issuer's checkpoint expired; None if it has not.
        last_day: The last day on which the listing stands, unless its issuer says more.
    """

    origin: str
    issuer: str
    listing_id: bytes
    reasons: tuple[ReviewReason, ...]
    listing: Listing | None
    age: dt.timedelta | None
    last_day: dt.date


@attrs.frozen
class StaleIssuer:
    """An issuer that vouches for nobody any more.

    Attributes:
        origin: Whose log.
        age: How long ago its checkpoint expired; zero if it has not, but the registry was purged
            under a later clock (apply a full bundle), or the roster no longer stands behind it.
    """

    origin: str
    age: dt.timedelta


@attrs.frozen
class Screening:
    """The answer for one applicant.

    Attributes:
        reference: The applicant's.
        outcome: MATCH if there is one; else NEEDS_REVIEW if there is a hit; else STALE if any
            issuer is stale; else CLEAR.
        matches: The matches.
        reviews: The hits that need a person.
        stale: The issuers whose word has expired.
        consulted: The origins of all issuers asked; CLEAR says nothing about any other.
    """

    reference: str = attrs.field(repr=False)
    outcome: Outcome
    matches: tuple[Match, ...]
    reviews: tuple[ReviewCase, ...]
    stale: tuple[StaleIssuer, ...]
    consulted: tuple[str, ...]
