"""The person's side, as a type checker sees it. Checked, never run."""

from __future__ import annotations

import datetime as dt
from typing import Any, assert_type

import creditshare as cs
from creditshare.audit import AuditedBy, Query
from creditshare.bundle import Event
from creditshare.calendars import PLAIN
from creditshare.disclosure import (
    AdverseActionNotice,
    Contact,
    Finding,
    IssuerReport,
    Language,
    Paper,
    RecipientReport,
    Report,
    Right,
    SaidListing,
    adverse_action_notice,
    issuer_report,
    recipient_report,
    render_html,
    render_text,
    rights,
    to_dict,
)
from creditshare.feedback import Execution, ExecutionBook, Reported
from creditshare.ledger import Told
from creditshare.screening import Match, ReviewCase, Screener

OFFICE = Contact("Bank A", "1 Example Road")


def issuer(ledger: cs.Ledger, now: dt.datetime) -> IssuerReport:
    """What was said is told by applicant, or by listing."""
    person = cs.Applicant([cs.ResidentID.parse("888888198005170011")])
    book = cs.rulebook("cn")
    assert_type(ledger.store, cs.LedgerStore)
    issuer_report(ledger, person, book=book, calendar_of=lambda _: PLAIN, at=now)  # type: ignore[call-arg]
    report = issuer_report(
        ledger, person, contact=OFFICE, book=book, calendar_of=lambda _: PLAIN, at=now
    )
    for item in assert_type(report.listings, tuple[SaidListing, ...]):
        assert_type(item.listing, cs.Listing | None)
        for told in assert_type(item.told, tuple[Told, ...]):
            assert_type(told.events, tuple[Event, ...])
            assert_type(told.listing, cs.Listing | None)
        assert_type(item.reported, tuple[Reported, ...])
    assert_type(rights(book, Paper.ISSUER, on=now.date()), tuple[Right, ...])
    return issuer_report(
        ledger,
        listing_ids=[bytes(16)],
        contact=OFFICE,
        book=book,
        calendar_of=lambda _: PLAIN,
        at=now,
    )


def recipient(
    screener: Screener, audit: AuditedBy, executions: ExecutionBook, now: dt.datetime
) -> RecipientReport:
    """What is held is told to an applicant, in the log."""
    person = cs.Applicant([cs.ResidentID.parse("888888198005170011")])
    told: dict[str, Any] = {"audit": audit, "origin": "a", "contact": OFFICE, "at": now}
    book = cs.rulebook("cn")
    recipient_report(screener, person, book=book, issuers={"b": "Road 1"}, **told)  # type: ignore[dict-item]
    report = recipient_report(
        screener, person, book=book, executions=executions, issuers={"b": OFFICE}, **told
    )
    for found in assert_type(report.findings, tuple[Finding, ...]):
        assert_type(found.applied, tuple[Execution, ...] | None)
        assert_type(found.queries, tuple[Query, ...])
    return report


def notice(match: Match, review: ReviewCase, person: cs.Applicant) -> AdverseActionNotice:
    """A notice rests on a match and on nothing else."""
    told: dict[str, Any] = {"decision": "No loan.", "measures": ["LOAN_LIMIT"], "origin": "a"}
    told |= {"contact": OFFICE, "book": cs.rulebook("cn"), "on": dt.date(2026, 11, 23)}
    adverse_action_notice(review, subject=person, **told)  # type: ignore[arg-type]
    return assert_type(adverse_action_notice(match, subject=person, **told), AdverseActionNotice)


def hand_out(report: Report) -> str:
    """Every paper is told as text, as a page and as data."""
    assert_type(to_dict(report), dict[str, Any])
    render_text(report, "en")  # type: ignore[arg-type]
    return render_text(report, Language.ENGLISH) + render_html(report, Language.CHINESE)
