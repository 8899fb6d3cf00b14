"""The ledger: what an issuer said, to whom, and what it has to say next.

::

    book     the ledger itself: record, amend, mark, withdraw, seal
    log      the growing end of its log
    cases    which debts of which borrowers were ever listed
    sealing  its checkpoints, and the bundles that deliver them
"""

from __future__ import annotations

from creditshare.ledger.book import Delivered, Ledger, Recorded, Sealed
from creditshare.stores.ledger import LedgerStore

__all__ = ["Delivered", "Ledger", "LedgerStore", "Recorded", "Sealed"]
