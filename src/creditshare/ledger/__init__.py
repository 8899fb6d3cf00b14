"""The ledger: what an issuer said, to whom, and what it has to say next.

::

    book        the ledger itself: record, amend, mark, withdraw, seal
    log         the growing end of its log
    recording   a batch of cleared listings, put on it
    rewrite     listings on newer events: amended, another epoch, a new log
    cases       which debts of which borrowers were ever listed
    results     what it answers
    survey      what it holds, one live listing after the other
    history     what was said of one listing, and to whom
    recipients  which listings an agency was told of
    sealing     its checkpoints, and the bundles that deliver them
"""

from __future__ import annotations

from creditshare.ledger.book import Ledger
from creditshare.ledger.history import Told, listings_of, told
from creditshare.ledger.recipients import told_to
from creditshare.ledger.results import Delivered, Recorded, Sealed
from creditshare.ledger.survey import Standing, standing
from creditshare.stores.ledger import LedgerStore

__all__ = [
    "Delivered",
    "Ledger",
    "LedgerStore",
    "Recorded",
    "Sealed",
    "Standing",
    "Told",
    "listings_of",
    "standing",
    "told",
    "told_to",
]
