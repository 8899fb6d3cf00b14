"""What else is known of a case: how serious it is, what speaks against listing, other facts."""

from __future__ import annotations

import datetime as dt
import enum

import attrs

from creditshare.model.faults import Faults

__all__ = ["Circumstance", "Particular", "ParticularKind", "Severity"]


class Severity(enum.StrEnum):
    """How serious the conduct is, as the authority found it (NDRC Order 36)."""

    MINOR = "minor"
    GENERAL = "general"
    SERIOUS = "serious"


class Circumstance(enum.StrEnum):
    """What an issuer knows that speaks against listing; a rulebook says which bar it.

    The first three are the court list's bars for CAPABLE_REFUSAL.
    """

    ADEQUATE_SECURITY = "adequate-security"
    SEIZED_ASSETS_SUFFICE = "seized-assets-suffice"
    LATER_IN_ORDER = "later-in-order"
    GENUINE_HARDSHIP = "genuine-hardship"
    LAWFUL_BANKRUPTCY = "lawful-bankruptcy"
    GENUINE_DISPUTE = "genuine-dispute"
    STUDENT_LOAN = "student-loan"


class ParticularKind(enum.StrEnum):
    """Facts about a person that credit reporting may never carry, or only with consent."""

    RELIGION = "religion"
    GENES = "genes"
    FINGERPRINT = "fingerprint"
    BLOOD_TYPE = "blood-type"
    DISEASE = "disease"
    MEDICAL_HISTORY = "medical-history"
    INCOME = "income"
    DEPOSITS = "deposits"
    SECURITIES = "securities"
    INSURANCE = "insurance"
    REAL_ESTATE = "real-estate"
    TAX = "tax"


@attrs.frozen(repr=False)
class Particular:
    """One such fact, as an issuer would have it carried; `review` says whether it may be.

    Attributes:
        kind: What sort of fact.
        text: The fact.
        consent: The day of the person's written consent, given after a warning of what may follow;
            None if there is none.
    """

    kind: ParticularKind
    text: str
    consent: dt.date | None = None

    def __attrs_post_init__(self) -> None:
        faults = Faults("particular")
        faults.kind("kind", self.kind, ParticularKind)
        faults.text("text", self.text, limit=60)
        faults.day("consent", self.consent, optional=True)
        faults.raise_any()

    def __repr__(self) -> str:
        return f"<Particular: {self.kind} (hidden)>"
