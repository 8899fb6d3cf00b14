"""The ledger: what an issuer said, to whom, and what it has to say next.

::

    book         the ledger itself: record, amend, seal; the three next are parts of it
    preparing    cases before they are listed
    proceedings  dispute, answer, settlement, repair, statement
    marks        suspended, exempted, resumed, withdrawn
    base         what these share
    books        the rulebooks it keeps, and those it cannot read
    lives        the life of a case out of the database, and back
    log          the growing end of its log
    recording    a batch of cleared listings, put on it
    rewrite      listings on newer events: amended, another epoch, a new log
    cases        which debts of which borrowers were ever listed
    results      what it answers
    owed         what is owed by when
    survey       what it holds, one live listing after the other
    facts        what is counted of every case, for statistics
    history      what was said of one listing, and to whom
    recipients   which listings an agency was told of
    sealing      its checkpoints, and the bundles that deliver them
"""

from __future__ import annotations

from creditshare.ledger.book import Ledger
from creditshare.ledger.facts import case_facts
from creditshare.ledger.history import Told, listings_of, told
from creditshare.ledger.owed import Owed, OwedKind, owed
from creditshare.ledger.recipients import told_of_end, told_to
from creditshare.ledger.results import Delivered, Recorded, Sealed
from creditshare.ledger.survey import Standing, standing
from creditshare.stores.ledger import LedgerStore

__all__ = [
    "Delivered",
    "Ledger",
    "LedgerStore",
    "Owed",
    "OwedKind",
    "Recorded",
    "Sealed",
    "Standing",
    "Told",
    "case_facts",
    "listings_of",
    "owed",
    "standing",
    "told",
    "told_of_end",
    "told_to",
]
