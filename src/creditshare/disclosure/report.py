"""What a person is told: the issuer's report, the recipient's, and the notice after a match.

Values only: `issuer_report`, `recipient_report` and `adverse_action_notice` make them, and
`render_text`, `render_html` and `to_dict` show them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import attrs

from creditshare.audit import Query
from creditshare.disclosure.rights import Contact, Right
from creditshare.feedback import Execution, Reported
from creditshare.ledger import Delivered, Told
from creditshare.life import Deadline, Event
from creditshare.model import Listing, ListingStatus, WithdrawalReason
from creditshare.rules import Measure
from creditshare.screening import (
    Applicant,
    Match,
    Outcome,
    ReviewReason,
    SecondFactor,
    StaleIssuer,
)

__all__ = ["AdverseActionNotice", "Finding", "IssuerReport", "RecipientReport", "SaidListing"]


@attrs.frozen
class SaidListing:
    """One listing of an issuer's, and everybody who was told of it.

    Attributes:
        listing_id: Its id.
        status: Where it stands; None if it is withheld.
        reason: Why it ended; None while it lives.
        rulebook: The rulebook by which it was cleared, with version and digest.
        last_day: Its retention end, or the day by which it must be confirmed; None once it has
            ended.
        to_confirm: Whether that day is the one by which it must be confirmed.
        suspended_until: The last day of a suspension in force; None if there is none, or it is
            open.
        exempted_until: The last day of an exemption in force, or None.
        found_by: The identifiers by which recipients find it, as scheme and value: masked, but for
            those that the person showed. Empty once it has ended.
        listing: What it says now, as recipients decrypt it; None once it has ended.
        terms: What is owed to the person, or open to them, and by when; empty once it has ended.
        steps: What happened in the case, oldest first; without words once it has ended.
        told: What each bundle said of it, to whom, oldest first.
        reported: What recipients reported that they applied because of it, or lifted.
        withheld: Whether nothing but its id is told: the name and birth date of who asks conflict
            with it, or were not stated, and it may be somebody else's.
    """

    listing_id: bytes
    status: ListingStatus | None = None
    reason: WithdrawalReason | None = None
    rulebook: str = ""
    last_day: dt.date | None = None
    to_confirm: bool = False
    suspended_until: dt.date | None = None
    exempted_until: dt.date | None = None
    found_by: tuple[tuple[str, str], ...] = attrs.field(default=(), repr=False)
    listing: Listing | None = None
    terms: tuple[Deadline, ...] = ()
    steps: tuple[Event, ...] = ()
    told: tuple[Told, ...] = ()
    reported: tuple[Reported, ...] = ()
    withheld: bool = False

    @property
    def versions(self) -> tuple[Listing, ...]:
        """The different contents that were sent, in the order in which they first were."""
        sent = (item.listing for item in self.told if item.listing is not None)
        return tuple(dict.fromkeys(sent))


@attrs.frozen
class IssuerReport:
    """What an issuer said of one borrower, to whom, when, on which basis.

    Attributes:
        origin: Whose ledger it is.
        contact: Where the person can turn to.
        at: When the report was made.
        subject: Who asks, as they identified themselves; None if listings were asked about by id.
        asked: The listings that were asked about by id.
        listings: All that were found.
        earlier: The bundles of earlier generations of the log; what they said is not known.
        rights: What the person can do.
    """

    origin: str
    contact: Contact
    at: dt.datetime
    subject: Applicant | None
    asked: tuple[bytes, ...]
    listings: tuple[SaidListing, ...]
    earlier: tuple[Delivered, ...]
    rights: tuple[Right, ...]


@attrs.frozen
class Finding:
    """One listing that a recipient holds, who found it here, and what was done because of it.

    Where it may be somebody else's, or did not open, only the first six are told.

    Attributes:
        origin: Whose listing it is.
        issuer: Who signed for it.
        listing_id: Its id.
        outcome: MATCH or NEEDS_REVIEW.
        agree: Which second factors agree, if it is a match.
        reasons: Why it is no match.
        listing: What it says; None if it may be somebody else's, or did not open.
        measures: What an agency in the role of the asker may rest on it.
        exempted_until: The last day of an exemption in force, or None.
        last_day: The last day on which it stands, unless its issuer says more.
        disputed: Whether a match is disputed and its issuer has yet to answer.
        disputed_until: The last day on which it can answer before a match is none any more.
        applied: What this agency applied because of it, or lifted; None if that is not known.
        queries: Every query of this agency that found it, the report's own the last.
    """

    origin: str
    issuer: str
    listing_id: bytes
    outcome: Outcome
    agree: tuple[SecondFactor, ...] = ()
    reasons: tuple[ReviewReason, ...] = ()
    listing: Listing | None = None
    measures: tuple[Measure, ...] = ()
    exempted_until: dt.date | None = None
    last_day: dt.date | None = None
    disputed: bool = False
    disputed_until: dt.date | None = None
    applied: tuple[Execution, ...] | None = ()
    queries: tuple[Query, ...] = ()


@attrs.frozen
class RecipientReport:
    """What a recipient holds of one borrower, from whom, and who asked.

    Attributes:
        origin: Who holds it.
        contact: Where the person can turn to.
        at: When the report was made.
        subject: Who asks, as they identified themselves.
        outcome: The answer of the screening.
        findings: What was found.
        stale: The issuers whose word has expired.
        consulted: The origins of all issuers that were asked.
        rights: What the person can do.
        issuers: Where issuers can be reached, by origin, as far as that is known.
    """

    origin: str
    contact: Contact
    at: dt.datetime
    subject: Applicant
    outcome: Outcome
    findings: tuple[Finding, ...]
    stale: tuple[StaleIssuer, ...]
    consulted: tuple[str, ...]
    rights: tuple[Right, ...]
    issuers: Mapping[str, Contact] = attrs.field(hash=False)


@attrs.frozen
class AdverseActionNotice:
    """What an agency hands out that decided against somebody because of a match.

    Attributes:
        origin: Who decided.
        contact: Where the person can turn to.
        on: The day of the decision.
        subject: Who was decided about.
        decision: What was decided, in words.
        match: The listing on which it rests.
        measures: Which of the measures permitted were taken.
        issuer: Where the listing's issuer can be reached; None if only its origin is known.
        rights: What the person can do.
    """

    origin: str
    contact: Contact
    on: dt.date
    subject: Applicant
    decision: str = attrs.field(repr=False)
    match: Match
    measures: tuple[Measure, ...]
    issuer: Contact | None
    rights: tuple[Right, ...]
