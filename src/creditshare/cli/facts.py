"""What a listing says, as data that JSON can carry, without who it is about."""

from __future__ import annotations

from typing import Any

from creditshare.model import Listing

__all__ = ["said"]


def said(listing: Listing) -> dict[str, Any]:
    """Conduct, debt, basis, notice and evidence of a listing; amounts in the smallest unit."""
    conduct, basis, notice, owed = (
        listing.conduct,
        listing.basis,
        listing.notice,
        listing.obligation,
    )
    return {
        "role": listing.borrower.role,
        "conduct": conduct
        and {
            "code": conduct.code,
            "term": conduct.code.term,
            "start": conduct.start.isoformat(),
            "end": conduct.end and conduct.end.isoformat(),
        },
        "creditor": owed.creditor,
        "principal_minor": owed.principal.minor,
        "outstanding_minor": owed.outstanding.minor,
        "currency": owed.outstanding.currency,
        "default_date": owed.default_date and owed.default_date.isoformat(),
        "basis": basis
        and {
            "kind": basis.kind,
            "instrument": basis.instrument,
            "article": basis.article,
            "version": basis.version,
        },
        "notice": notice
        and {
            "served": notice.served.isoformat(),
            "method": notice.method,
            "remedy": notice.remedy,
        },
        "evidence": [
            {
                "digest": item.digest.hex(),
                "description": item.description,
                "proves": " ".join(item.proves),
            }
            for item in listing.evidence
        ],
    }
