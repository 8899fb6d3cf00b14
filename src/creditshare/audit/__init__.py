"""The audit: who asked about whom, when, why and with what result, so that it can be shown later.

::

    key     the 32 secret bytes that make the log evident
    query   one batch of a call, as it is written down and read back
    chain   links each row to the row before it, under the key
    log     append, verify, read back

    with AuditStore("audit.db") as store:
        log = AuditLog(store, key=AuditKey.load("audit.key"))
        asker = AuditedBy(log, caller="desk-7", consent="consent 2026-0815")
        for answer in screen(registry, applicants, ..., audit=asker):
            ...

An answer is given only after the query stands in the log.
"""

from __future__ import annotations

from creditshare.audit.chain import Head
from creditshare.audit.key import AuditKey
from creditshare.audit.log import AuditedBy, AuditLog
from creditshare.audit.query import LoggedHit, Query
from creditshare.stores.audit import AuditStore

__all__ = ["AuditKey", "AuditLog", "AuditStore", "AuditedBy", "Head", "LoggedHit", "Query"]
