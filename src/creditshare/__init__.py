"""creditshare: share blacklists of debt-evading borrowers lawfully and privately.

Two parties, two ways through the library, one format between them::

    the issuer     layouts ─▶ Listing ─▶ rulebook.review ─▶ Ledger ─▶ seal ─▶ bundle file
    the recipient  bundle file ─▶ open_bundle ─▶ Registry ─▶ screen ─▶ matches, with reasons

The rooms, each importing only from those above it::

    errors, arguments, clock, files, wire, toml, closed
                  what everything else stands on
    crypto        bytes and keys; knows no borrower
    identifiers   one file a scheme: canonical form, check
    model         borrower, obligation, conduct, basis, evidence, notice, listing
    codec         listings to bytes and back
    agency, roster, sealing               who is in the exchange, with which keys
    tokens        identifier + epoch key -> token
    rules         rulebooks and measures as data; review
    bundle        seal and open
    stores        the databases
    ledger        what an issuer said
    registry      what a recipient was told
    screening     applicants against a registry
    layouts       the files agencies really send

What is named here is the public interface; the rooms are its namespaces.
"""

from __future__ import annotations

from creditshare.agency import Agency, PublicAgency
from creditshare.bundle import OpenedBundle, open_bundle
from creditshare.errors import CreditshareError
from creditshare.identifiers import (
    Identifier,
    Passport,
    PermanentResidentID,
    ResidentID,
    UnifiedSocialCreditCode,
)
from creditshare.ledger import Ledger, LedgerStore
from creditshare.model import (
    BasisKind,
    Borrower,
    BorrowerRole,
    Conduct,
    ConductCode,
    Evidence,
    LegalBasis,
    Listing,
    Money,
    Notice,
    Obligation,
    Proves,
    Role,
    ServiceMethod,
    Withdrawal,
    WithdrawalReason,
)
from creditshare.registry import Registry, RegistryStore
from creditshare.roster import Licence, Roster, RosterEntry
from creditshare.rules import ClearedListing, measures, rulebook
from creditshare.screening import Applicant, Outcome, Purpose, screen
from creditshare.tokens import (
    Epoch,
    TokenKey,
    TokenKeyring,
    TokenSource,
    receive_token_key,
    seal_token_key,
)

__version__ = "0.1.0"

__all__ = [
    "Agency",
    "Applicant",
    "BasisKind",
    "Borrower",
    "BorrowerRole",
    "ClearedListing",
    "Conduct",
    "ConductCode",
    "CreditshareError",
    "Epoch",
    "Evidence",
    "Identifier",
    "Ledger",
    "LedgerStore",
    "LegalBasis",
    "Licence",
    "Listing",
    "Money",
    "Notice",
    "Obligation",
    "OpenedBundle",
    "Outcome",
    "Passport",
    "PermanentResidentID",
    "Proves",
    "PublicAgency",
    "Purpose",
    "Registry",
    "RegistryStore",
    "ResidentID",
    "Role",
    "Roster",
    "RosterEntry",
    "ServiceMethod",
    "TokenKey",
    "TokenKeyring",
    "TokenSource",
    "UnifiedSocialCreditCode",
    "Withdrawal",
    "WithdrawalReason",
    "measures",
    "open_bundle",
    "receive_token_key",
    "rulebook",
    "screen",
    "seal_token_key",
]
