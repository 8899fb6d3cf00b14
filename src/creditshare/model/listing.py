"""The listing: one borrower, one debt, one conduct, with its reasons; and its withdrawal."""

from __future__ import annotations

import datetime as dt
import enum
import re
import secrets

import attrs

from creditshare.model.basis import LegalBasis
from creditshare.model.borrower import Borrower
from creditshare.model.circumstance import Circumstance, Particular, ParticularKind, Severity
from creditshare.model.conduct import Conduct
from creditshare.model.decision import Decision, Statement
from creditshare.model.evidence import Evidence
from creditshare.model.faults import Faults, as_tuple
from creditshare.model.notice import Notice
from creditshare.model.obligation import Obligation

__all__ = [
    "LISTING_ID_SIZE",
    "Listing",
    "ListingStatus",
    "Withdrawal",
    "WithdrawalReason",
    "new_listing_id",
]

LISTING_ID_SIZE = 16
"""The bytes of a listing's id."""
_EVIDENCE_MAX = 32
_MEASURES_MAX = 32
_MEASURE = re.compile(r"[A-Z][A-Z0-9_]{0,39}", re.ASCII)
_RULEBOOK = re.compile(r".+@.+#[0-9a-f]{16}", re.ASCII)
_RULEBOOK_MAX = 418
"""Of a rulebook, id and version have 200 characters each at most."""


class ListingStatus(enum.StrEnum):
    """Where a listing stands, as far as its marks tell."""

    LISTED = "listed"
    SUSPENDED = "suspended"
    EXEMPTED = "exempted"
    DISPUTED = "disputed"
    WITHDRAWN = "withdrawn"


class WithdrawalReason(enum.StrEnum):
    """Why a listing ends. It stays with the issuer.

    Recipients learn that the listing ended, and whether it should never have been.
    """

    SETTLED = "settled"
    LISTED_IN_ERROR = "listed-in-error"
    DISPUTE_UPHELD = "dispute-upheld"
    BASIS_REVOKED = "basis-revoked"
    REPAIRED = "repaired"
    DECEASED = "deceased"
    RETENTION_ENDED = "retention-ended"
    LAPSED = "lapsed"

    @property
    def is_void(self) -> bool:
        """Whether the listing should never have been, so that nothing outlasts it."""
        return self in _VOID


_VOID = frozenset(
    {
        WithdrawalReason.LISTED_IN_ERROR,
        WithdrawalReason.DISPUTE_UPHELD,
        WithdrawalReason.BASIS_REVOKED,
    }
)


def new_listing_id() -> bytes:
    """A random listing id, 16 bytes; it tells nothing about the borrower."""
    return secrets.token_bytes(LISTING_ID_SIZE)


@attrs.frozen(repr=False)
class Listing:
    """A draft of a listing. It becomes a record only through `review`.

    Attributes:
        borrower: Who.
        obligation: What is owed.
        conduct: What the borrower did; None in a draft that does not say, which is mere delay.
        basis: The legal basis.
        notice: The notice served.
        decision: The reasoned decision to list.
        evidence: The manifest.
        severity: How serious the conduct is.
        circumstances: What the issuer knows that speaks against listing.
        measures: The codes of the measures that the issuer asks for; the basis must carry each.
        particulars: Facts of kinds that need consent, or may not be carried.
        statement: The borrower's own words.
        status: LISTED for a draft; the marks of the log decide afterwards.
        reference: The issuer's own name for it, such as a file's row. It never leaves the issuer.
        id: 16 random bytes, the same through all versions of this listing.
        cleared_by: The name of the rulebook that cleared it, ``id@version#digest``; empty in a
            draft. The ledger sets it when it records, whatever the draft says.
    """

    borrower: Borrower
    obligation: Obligation
    conduct: Conduct | None = None
    basis: LegalBasis | None = None
    notice: Notice | None = None
    evidence: tuple[Evidence, ...] = attrs.field(default=(), converter=as_tuple)
    decision: Decision | None = None
    severity: Severity = Severity.GENERAL
    circumstances: tuple[Circumstance, ...] = attrs.field(default=(), converter=as_tuple)
    measures: tuple[str, ...] = attrs.field(default=(), converter=as_tuple)
    particulars: tuple[Particular, ...] = attrs.field(default=(), converter=as_tuple)
    statement: Statement | None = None
    status: ListingStatus = ListingStatus.LISTED
    reference: str = ""
    id: bytes = attrs.field(factory=new_listing_id)
    cleared_by: str = ""

    def __attrs_post_init__(self) -> None:
        faults = Faults("listing")
        faults.kind("borrower", self.borrower, Borrower)
        faults.kind("obligation", self.obligation, Obligation)
        faults.kind("conduct", self.conduct, Conduct, optional=True)
        faults.kind("basis", self.basis, LegalBasis, optional=True)
        faults.kind("notice", self.notice, Notice, optional=True)
        faults.items("evidence", self.evidence, Evidence, _EVIDENCE_MAX)
        faults.kind("decision", self.decision, Decision, optional=True)
        faults.kind("severity", self.severity, Severity)
        faults.items("circumstances", self.circumstances, Circumstance, len(Circumstance))
        faults.items("measures", self.measures, str, _MEASURES_MAX)
        faults.items("particulars", self.particulars, Particular, len(ParticularKind))
        faults.kind("statement", self.statement, Statement, optional=True)
        faults.kind("status", self.status, ListingStatus)
        codes = all(isinstance(code, str) and _MEASURE.fullmatch(code) for code in self.measures)
        faults.check("measures", codes, "must be codes, such as LOAN_LIMIT")
        if self.reference != "":
            faults.text("reference", self.reference, limit=200)
        if faults.kind("id", self.id, bytes):
            faults.check("id", len(self.id) == LISTING_ID_SIZE, "must be 16 bytes")
        if self.cleared_by != "":
            faults.text("cleared_by", self.cleared_by, limit=_RULEBOOK_MAX)
            named = isinstance(self.cleared_by, str) and _RULEBOOK.fullmatch(self.cleared_by)
            faults.check("cleared_by", bool(named), "must be id@version#digest")
        faults.raise_any()

    def __repr__(self) -> str:
        return f"<Listing {self.id.hex()[:8]} of a {self.borrower.holder} (hidden)>"


@attrs.frozen
class Withdrawal:
    """That a listing ends. It outlives the record.

    Attributes:
        listing_id: Which listing.
        reason: Why.
        on: The day on which the reason arose. The listing ends when it is recorded, whatever day.
    """

    listing_id: bytes
    reason: WithdrawalReason
    on: dt.date

    def __attrs_post_init__(self) -> None:
        faults = Faults("withdrawal")
        if faults.kind("listing_id", self.listing_id, bytes):
            faults.check("listing_id", len(self.listing_id) == LISTING_ID_SIZE, "must be 16 bytes")
        faults.kind("reason", self.reason, WithdrawalReason)
        faults.day("on", self.on)
        faults.raise_any()
