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
    calendars     when a term ends, in days or working days
    rules         rulebooks and measures as data; review
    life          what may happen to a listing, and what is due when
    bundle        seal and open
    stores        the databases
    ledger        what an issuer said
    registry      what a recipient was told
    screening     applicants against a registry
    feedback      what agencies did because of listings, reported back
    joint         several issuers, one view: what is owed, which measures rest on what
    audit         who asked about whom
    disclosure    what a person is told
    statistics    how many, for a supervisor
    layouts       the files agencies really send
    cli           the command `creditshare`, outside of all (the extra ``cli``)

The front door, `creditshare.__all__`, has what nearly every program writes down. Everything else
that is public stands in the rooms imported below, under the names in their own `__all__`:
`creditshare.model.ConductCode`, `creditshare.roster.Licence`, `creditshare.screening.Match`. What
is public, and how long it stays, is told in docs/reference/stability.md.
"""

from __future__ import annotations

from creditshare import (  # noqa: F401  the public rooms, reached as `creditshare.model` and so on
    agency,
    audit,
    bundle,
    calendars,
    disclosure,
    errors,
    feedback,
    identifiers,
    joint,
    layouts,
    ledger,
    life,
    model,
    registry,
    roster,
    rules,
    screening,
    statistics,
    tokens,
)
from creditshare.agency import Agency, PublicAgency
from creditshare.audit import AuditLog
from creditshare.bundle import open_bundle
from creditshare.errors import CreditshareError
from creditshare.identifiers import ResidentID, UnifiedSocialCreditCode
from creditshare.ledger import Ledger, LedgerStore
from creditshare.model import (
    Borrower,
    Conduct,
    Decision,
    Evidence,
    LegalBasis,
    Listing,
    Money,
    Notice,
    Obligation,
    Role,
    Withdrawal,
)
from creditshare.registry import Registry, RegistryStore
from creditshare.roster import Roster
from creditshare.rules import measures, rulebook
from creditshare.screening import Applicant, Outcome, Purpose, screen
from creditshare.tokens import Epoch, TokenKey, TokenKeyring, receive_token_key, seal_token_key

__version__ = "0.1.0"

__all__ = [
    "Agency",
    "Applicant",
    "AuditLog",
    "Borrower",
    "Conduct",
    "CreditshareError",
    "Decision",
    "Epoch",
    "Evidence",
    "Ledger",
    "LedgerStore",
    "LegalBasis",
    "Listing",
    "Money",
    "Notice",
    "Obligation",
    "Outcome",
    "PublicAgency",
    "Purpose",
    "Registry",
    "RegistryStore",
    "ResidentID",
    "Role",
    "Roster",
    "TokenKey",
    "TokenKeyring",
    "UnifiedSocialCreditCode",
    "Withdrawal",
    "measures",
    "open_bundle",
    "receive_token_key",
    "rulebook",
    "screen",
    "seal_token_key",
]
