"""What an institution does in the exchange, and in which role it asks."""

from __future__ import annotations

import enum

__all__ = ["Role"]


class Role(enum.StrEnum):
    """A role; an institution may have several.

    ISSUER, CUSTODIAN, STEWARD and AUDITOR say what it does in the exchange. The others say which
    measures it could apply; a CUSTODIAN issues for institutions that left the market.
    """

    ISSUER = "issuer"
    CUSTODIAN = "custodian"
    STEWARD = "steward"
    AUDITOR = "auditor"
    LENDER = "lender"
    INSURER = "insurer"
    BROKER = "broker"
    BUREAU = "bureau"
    COURT = "court"
    REGULATOR = "regulator"
    REGISTRY = "registry"
    CARRIER = "carrier"
    IMMIGRATION = "immigration"
    PERSONNEL = "personnel"
    FINANCE = "finance"
    AUTHORITY = "authority"
