"""What a listing says, as data that JSON can carry, without who it is about."""

from __future__ import annotations

import datetime as dt
from typing import Any

from creditshare.model import Conduct, Decision, LegalBasis, Listing, Notice, Obligation

__all__ = ["day", "said"]


def said(listing: Listing) -> dict[str, Any]:
    """All that a listing says of conduct, debt and grounds; amounts in the smallest unit."""
    statement = listing.statement
    return {
        "cleared_by": listing.cleared_by or None,
        "role": listing.borrower.role,
        "conduct": listing.conduct and _conduct(listing.conduct),
        "severity": listing.severity,
        "circumstances": list(listing.circumstances),
        **_owed(listing.obligation),
        "basis": listing.basis and _basis(listing.basis),
        "notice": listing.notice and _notice(listing.notice),
        "decision": listing.decision and _decision(listing.decision),
        "measures_asked": list(listing.measures),
        "particulars": [
            {"kind": item.kind, "text": item.text, "consent": day(item.consent)}
            for item in listing.particulars
        ],
        "statement": statement and {"on": day(statement.on), "text": statement.text},
        "evidence": [
            {
                "digest": item.digest.hex(),
                "description": item.description,
                "proves": " ".join(item.proves),
                "disclosed": day(item.disclosed),
            }
            for item in listing.evidence
        ],
    }


def _conduct(conduct: Conduct) -> dict[str, Any]:
    return {
        "code": conduct.code,
        "term": conduct.code.term,
        "start": day(conduct.start),
        "end": day(conduct.end),
    }


def _owed(owed: Obligation) -> dict[str, Any]:
    rate = owed.annual_rate
    return {
        "creditor": owed.creditor,
        "principal_minor": owed.principal.minor,
        "outstanding_minor": owed.outstanding.minor,
        "currency": owed.outstanding.currency,
        "default_date": day(owed.default_date),
        "annual_rate": None if rate is None else str(rate),
        "non_performing": day(owed.non_performing),
        "settled": day(owed.settled),
    }


def _basis(basis: LegalBasis) -> dict[str, Any]:
    return {
        "kind": basis.kind,
        "instrument": basis.instrument,
        "article": basis.article,
        "version": basis.version,
        "parties_as_of": basis.parties and day(basis.parties.as_of),
        "register_until": day(basis.register_until),
    }


def _notice(notice: Notice) -> dict[str, Any]:
    return {"served": day(notice.served), "method": notice.method, "remedy": notice.remedy}


def _decision(decision: Decision) -> dict[str, Any]:
    return {
        "on": day(decision.on),
        "by": decision.by,
        "reasons": decision.reasons,
        "proposed": day(decision.proposed),
        "heard": day(decision.heard),
        "ends": day(decision.ends),
    }


def day(value: dt.date | None) -> str | None:
    """A day as ISO 8601 writes it."""
    return None if value is None else value.isoformat()
