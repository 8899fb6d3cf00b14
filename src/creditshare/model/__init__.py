"""The model: what a listing says, as frozen values whose validators collect every fault."""

from __future__ import annotations

from creditshare.model.basis import BasisKind, BasisLevel, LegalBasis, Parties
from creditshare.model.borrower import Borrower, BorrowerRole
from creditshare.model.circumstance import (
    Circumstance,
    Particular,
    ParticularKind,
    Severity,
)
from creditshare.model.conduct import Conduct, ConductCode
from creditshare.model.decision import Decision, Statement
from creditshare.model.evidence import Evidence, Proves
from creditshare.model.listing import (
    LISTING_ID_SIZE,
    Listing,
    ListingStatus,
    Withdrawal,
    WithdrawalReason,
    new_listing_id,
)
from creditshare.model.notice import Notice, ServiceMethod
from creditshare.model.obligation import Money, Obligation
from creditshare.model.role import Role
from creditshare.model.step import Step

__all__ = [
    "LISTING_ID_SIZE",
    "BasisKind",
    "BasisLevel",
    "Borrower",
    "BorrowerRole",
    "Circumstance",
    "Conduct",
    "ConductCode",
    "Decision",
    "Evidence",
    "LegalBasis",
    "Listing",
    "ListingStatus",
    "Money",
    "Notice",
    "Obligation",
    "Particular",
    "ParticularKind",
    "Parties",
    "Proves",
    "Role",
    "ServiceMethod",
    "Severity",
    "Statement",
    "Step",
    "Withdrawal",
    "WithdrawalReason",
    "new_listing_id",
]
