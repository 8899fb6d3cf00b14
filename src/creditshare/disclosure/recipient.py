"""What a recipient tells a person: what it holds of them, and why it decided as it did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from types import MappingProxyType

import attrs

from creditshare.arguments import expect
from creditshare.audit import AuditedBy, AuditLog
from creditshare.clock import day_of
from creditshare.disclosure.asker import CONFLICTS, is_compared
from creditshare.disclosure.report import (
    AdverseActionNotice,
    Finding,
    RecipientReport,
)
from creditshare.disclosure.rights import Contact, Paper, Right, rights_by
from creditshare.errors import MisuseError, RulebookError
from creditshare.feedback import ExecutionBook
from creditshare.model import Listing
from creditshare.model.faults import Faults
from creditshare.rules import Rulebook, rulebook
from creditshare.screening import (
    Applicant,
    Match,
    Outcome,
    Purpose,
    ReviewCase,
    ReviewReason,
    Screener,
)
from creditshare.screening.factors import weigh
from creditshare.screening.names import PLAIN_NAMES, Names

__all__ = ["adverse_action_notice", "recipient_report"]

_DECISION_MAX = 2000
_ITS_LIFE = {ReviewReason.SUSPENDED, ReviewReason.DISPUTE_UNANSWERED, ReviewReason.VICTIM}
"""What says something of the person whose listing it is."""


def recipient_report(
    screener: Screener,
    subject: Applicant,
    *,
    audit: AuditedBy,
    origin: str,
    contact: Contact,
    book: Rulebook,
    at: dt.datetime,
    executions: ExecutionBook | None = None,
    issuers: Mapping[str, Contact] = MappingProxyType({}),
) -> RecipientReport:
    """What a recipient holds of a borrower, from whom, and who found it here.

    It is a query like any other, for a data subject's request, and stands in the log first. What
    conflicts with the name and birth date stated may be another person's, and is not shown; nor is
    what cannot be compared with them, as for who states neither.

    Args:
        screener: Over the recipient's registry, in the role whose measures are told.
        subject: Who asks, with name and birth date; make sure first that it is they who ask.
        audit: The log of queries, and who asks it.
        origin: The recipient's.
        contact: Where the person can turn to.
        book: The rulebook of the jurisdiction, whose rights are told where the one that cleared a
            listing is not known.
        at: Now.
        executions: What was applied because of listings, over the same registry; without it the
            report says that it cannot tell.
        issuers: Where issuers can be reached, by origin, as far as that is known.

    Raises:
        TokenError: if a key does not fit: then nobody may be told that nothing is held.
        StoreError: if the query cannot be written down.
        AuditError: if the log is not what was written.
    """
    expect(Screener, screener=screener)
    expect(Applicant, subject=subject)
    expect(AuditedBy, audit=audit)
    expect(Contact, contact=contact)
    expect(Rulebook, book=book)
    expect(Mapping, issuers=issuers)
    if executions is not None:
        expect(ExecutionBook, executions=executions)
    purpose = Purpose.DATA_SUBJECT_REQUEST
    (answer,) = screener.screen([subject], purpose=purpose, at=at, audit=audit)
    found = (*map(_matched, answer.matches), *(_reviewed(item, subject) for item in answer.reviews))
    findings = tuple(_in_full(item, audit.log, executions) for item in found)
    return RecipientReport(
        origin=origin,
        contact=contact,
        at=at,
        subject=subject,
        outcome=answer.outcome,
        findings=findings,
        stale=answer.stale,
        consulted=answer.consulted,
        rights=_rights_of_others(
            Paper.RECIPIENT, [item.listing for item in findings], book, day_of(at)
        ),
        issuers=MappingProxyType(dict(issuers)),
    )


def _rights_of_others(
    paper: Paper, listings: Iterable[Listing | None], book: Rulebook, on: dt.date
) -> tuple[Right, ...]:
    """By the rulebooks that cleared another's listings, as they come with this library."""

    def book_of(name: str) -> Rulebook | None:
        book_id = name.partition("@")[0]
        try:
            return book if book_id == book.id else rulebook(book_id)
        except RulebookError:
            return None

    named = ((item.cleared_by if item else "", item) for item in listings)
    return rights_by(paper, named, book_of, book, on)


def _matched(match: Match) -> Finding:
    return Finding(
        match.origin,
        match.issuer,
        match.listing_id,
        Outcome.MATCH,
        agree=match.corroboration,
        listing=match.listing,
        measures=match.measures,
        exempted_until=match.exempted_until,
        last_day=match.last_day,
        disputed=match.disputed,
        disputed_until=match.disputed_until,
    )


def _reviewed(case: ReviewCase, subject: Applicant) -> Finding:
    found = Finding(case.origin, case.issuer, case.listing_id, Outcome.NEEDS_REVIEW)
    conflict = CONFLICTS & {*case.reasons}
    if case.listing is None or conflict or not is_compared(subject, case.listing.borrower):
        told = tuple(reason for reason in case.reasons if reason not in _ITS_LIFE)
        return attrs.evolve(found, reasons=told)
    return attrs.evolve(found, reasons=case.reasons, listing=case.listing, last_day=case.last_day)


def _in_full(found: Finding, log: AuditLog, executions: ExecutionBook | None) -> Finding:
    """A finding with who asked and what was applied, unless it may be somebody else's."""
    if found.listing is None:
        return found
    where = found.origin, found.listing_id
    applied = None if executions is None else executions.executions(*where)
    return attrs.evolve(found, applied=applied, queries=tuple(log.queries_about(*where)))


def adverse_action_notice(
    match: Match,
    *,
    subject: Applicant,
    decision: str,
    measures: Iterable[str],
    origin: str,
    contact: Contact,
    issuer: Contact | None = None,
    book: Rulebook,
    on: dt.date,
    names: Names = PLAIN_NAMES,
) -> AdverseActionNotice:
    """The notice to hand out after a decision that rests on a match.

    Nothing but a match carries a decision: a hit that needs review is refused, and so is a measure
    that the match does not permit, as while an exemption runs; a match of somebody else, or one
    that does not stand any more on the day.

    Args:
        match: The listing on which the decision rests.
        subject: Who was decided about, as screened.
        decision: What was decided, in words that the person understands.
        measures: The codes of the measures taken; at least one.
        origin: Who decided.
        contact: Where the person can turn to.
        issuer: Where the listing's issuer can be reached, if known.
        book: The rulebook of the jurisdiction, whose rights are told where the one that cleared the
            listing is not known.
        on: The day of the decision.
        names: What compared the names in the screening.

    Raises:
        MisuseError: if it rests on no match, or on none of this person on that day, or takes a
            measure that the match does not permit.
        InvalidValueError: if the decision is no plain text.
    """
    expect(Match, match=match)
    expect(Applicant, subject=subject)
    expect(Contact, contact=contact)
    expect(Rulebook, book=book)
    expect(Names, names=names)
    if issuer is not None:
        expect(Contact, issuer=issuer)
    faults = Faults("adverse-action notice")
    faults.text("decision", decision, limit=_DECISION_MAX, multiline=True)
    faults.day("on", on)
    faults.raise_any()
    factors = weigh(subject, match.listing.borrower, names)
    if factors.reasons or not {*match.corroboration} <= {*factors.corroboration}:
        raise MisuseError("the match is not one of the person who was decided about")
    if on > min(match.last_day, match.disputed_until or match.last_day):
        raise MisuseError("the match does not stand any more on the day of the decision")
    permitted = {item.code: item for item in match.measures}
    codes = tuple(dict.fromkeys(measures))
    if not codes or not permitted.keys() >= {*codes}:
        raise MisuseError("the decision must take measures, and the match must permit each")
    return AdverseActionNotice(
        origin=origin,
        contact=contact,
        on=on,
        subject=subject,
        decision=decision,
        match=match,
        measures=tuple(permitted[code] for code in codes),
        issuer=issuer,
        rights=_rights_of_others(Paper.ADVERSE_ACTION, [match.listing], book, on),
    )
