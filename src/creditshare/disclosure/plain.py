"""Reports and notices as data that JSON can carry; docs/reference/disclosure.md tells every key."""

from __future__ import annotations

from typing import Any

from creditshare.disclosure.compose import Report, expect_report, unknown
from creditshare.disclosure.facts import day, said
from creditshare.disclosure.language import Phrase
from creditshare.disclosure.report import (
    AdverseActionNotice,
    Finding,
    IssuerReport,
    RecipientReport,
    SaidListing,
)
from creditshare.disclosure.rights import Contact, Right
from creditshare.disclosure.texts import phrases
from creditshare.disclosure.words import event_day
from creditshare.feedback import Execution
from creditshare.ledger import Delivered, Told
from creditshare.ledger.lives import FORGOTTEN
from creditshare.life import Deadline, Event
from creditshare.model import Listing
from creditshare.rules import Measure
from creditshare.screening import Applicant

__all__ = ["to_dict"]


def to_dict(report: Report) -> dict[str, Any]:
    """A report as data: codes, ISO dates, amounts in minor units; what is told in words, twice.

    Args:
        report: Or a notice.
    """
    expect_report(report)
    if isinstance(report, IssuerReport):
        own = _issuer(report)
    elif isinstance(report, RecipientReport):
        own = _recipient(report)
    else:
        own = _adverse(report)
    return own | {
        "rights": [_right(right) for right in report.rights],
        "cannot_know": [
            {"code": name.partition(".")[2], **_phrase(phrases()[name])} for name in unknown(report)
        ],
    }


def _issuer(report: IssuerReport) -> dict[str, Any]:
    return {
        "kind": "issuer-report",
        "origin": report.origin,
        "contact": _contact(report.contact),
        "at": report.at.isoformat(),
        "subject": report.subject and _subject(report.subject),
        "asked": [listing_id.hex() for listing_id in report.asked],
        "listings": [_said(item) for item in report.listings],
        "earlier_bundles": [_bundle(item) for item in report.earlier],
    }


def _said(item: SaidListing) -> dict[str, Any]:
    return {
        "listing": item.listing_id.hex(),
        "status": item.status,
        "reason": item.reason,
        "rulebook": item.rulebook or None,
        "last_day": day(item.last_day),
        "to_confirm": item.to_confirm,
        "suspended_until": day(item.suspended_until),
        "exempted_until": day(item.exempted_until),
        "found_by": [{"scheme": scheme, "value": value} for scheme, value in item.found_by],
        "withheld": item.withheld,
        "says": item.listing and _whole(item.listing),
        "terms": [_term(term) for term in item.terms],
        "steps": [_step(step) for step in item.steps],
        "told": [_told(told) for told in item.told],
        "reported": [{"agency": row.agency, **_done(row.execution)} for row in item.reported],
    }


def _term(term: Deadline) -> dict[str, Any]:
    return {
        "term": term.name,
        "title": {"en": term.term.en, "zh": term.term.zh},
        "kind": term.kind,
        "party": term.party,
        "due": day(term.due.day),
        "provisional": term.due.provisional,
        "citation": term.rule.citation.to_dict(),
        "source": term.rule.source,
        "verified": term.rule.verified,
    }


def _step(step: Event) -> dict[str, Any]:
    return {
        "step": step.step,
        "on": day(step.on),
        "until": day(step.until),
        "cause": step.cause,
        "upheld": step.upheld,
        "words": None if step.words in ("", FORGOTTEN) else step.words,
    }


def _told(told: Told) -> dict[str, Any]:
    return _bundle(told.bundle) | {
        "events": [
            {"type": event.type.name.lower(), "day": day(event_day(event))} for event in told.events
        ],
        "with_content": told.content,
        "said": told.listing and _whole(told.listing),
    }


def _bundle(bundle: Delivered) -> dict[str, Any]:
    return {
        "when": bundle.sealed.isoformat(),
        "to": list(bundle.recipients),
        "generation": bundle.generation,
        "checkpoint": bundle.sequence,
        "since": bundle.since,
    }


def _recipient(report: RecipientReport) -> dict[str, Any]:
    return {
        "kind": "recipient-report",
        "origin": report.origin,
        "contact": _contact(report.contact),
        "at": report.at.isoformat(),
        "subject": _subject(report.subject),
        "outcome": report.outcome,
        "findings": [_finding(item) for item in report.findings],
        "stale": [
            {"origin": item.origin, "expired_seconds": round(item.age.total_seconds())}
            for item in report.stale
        ],
        "consulted": list(report.consulted),
        "issuers": [
            {"origin": origin, "contact": _contact(contact)}
            for origin, contact in report.issuers.items()
        ],
    }


def _finding(item: Finding) -> dict[str, Any]:
    return {
        "origin": item.origin,
        "issuer": item.issuer,
        "listing": item.listing_id.hex(),
        "outcome": item.outcome,
        "agree": list(item.agree),
        "reasons": list(item.reasons),
        "says": item.listing and _whole(item.listing),
        "measures": [_measure(measure) for measure in item.measures],
        "exempted_until": day(item.exempted_until),
        "last_day": day(item.last_day),
        "disputed": item.disputed,
        "disputed_until": day(item.disputed_until),
        "applied": None if item.applied is None else [_done(row) for row in item.applied],
        "found_by": [
            {
                "when": query.at.isoformat(),
                "caller": query.caller,
                "purpose": query.purpose,
                "role": query.role,
                "consent": query.consent,
            }
            for query in item.queries
        ],
    }


def _adverse(notice: AdverseActionNotice) -> dict[str, Any]:
    match = notice.match
    return {
        "kind": "adverse-action-notice",
        "origin": notice.origin,
        "contact": _contact(notice.contact),
        "on": notice.on.isoformat(),
        "subject": _subject(notice.subject),
        "decision": notice.decision,
        "measures": [_measure(measure) for measure in notice.measures],
        "listing": match.listing_id.hex(),
        "said_by": match.origin,
        "signed_by": match.issuer,
        "issuer_contact": notice.issuer and _contact(notice.issuer),
        "agree": list(match.corroboration),
        "last_day": day(match.last_day),
        "disputed": match.disputed,
        "disputed_until": day(match.disputed_until),
        "says": _whole(match.listing),
    }


def _done(execution: Execution) -> dict[str, Any]:
    return {
        "measure": execution.measure,
        "action": execution.action,
        "on": day(execution.on),
        "reference": execution.reference or None,
    }


def _whole(listing: Listing) -> dict[str, Any]:
    borrower = listing.borrower
    return {
        "holder": borrower.holder,
        "name": borrower.name,
        "birth_date": day(borrower.birth_date),
        **said(listing),
    }


def _subject(subject: Applicant) -> dict[str, Any]:
    return {
        "identifiers": [
            {"scheme": item.SCHEME, "country": item.country, "value": item.value}
            for item in subject.identifiers
        ],
        "name": subject.name,
        "birth_date": day(subject.birth_date),
        "reference": subject.reference,
    }


def _measure(measure: Measure) -> dict[str, Any]:
    return {
        "code": measure.code,
        "title": {"en": measure.meaning, "zh": measure.term},
        "citation": measure.citation.to_dict(),
        "verified": measure.verified,
    }


def _right(right: Right) -> dict[str, Any]:
    return {
        "code": right.code,
        "title": _phrase(right.title),
        "how": _phrase(right.how),
        "at": right.at,
        "citation": right.citation.to_dict(),
        "source": right.source,
        "verified": right.verified,
    }


def _contact(contact: Contact) -> dict[str, str | None]:
    return {"name": contact.name, "address": contact.address}


def _phrase(phrase: Phrase) -> dict[str, str]:
    return {"en": phrase.en, "zh": phrase.zh}
