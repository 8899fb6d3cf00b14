"""One batch of a call, as it is written down and read back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import attrs

from creditshare.clock import from_unix
from creditshare.model import Role
from creditshare.screening import Outcome, Purpose, ReviewReason, Screening
from creditshare.stores.audit import Fields, QueryRow

__all__ = ["LoggedHit", "Query", "counts", "hit_fields", "read_query"]

_OUTCOMES = tuple(Outcome)


@attrs.frozen
class LoggedHit:
    """A listing that a query found.

    Attributes:
        applicant: For which applicant, counted from 0 within the batch.
        origin: Whose listing it is.
        listing_id: Its id.
        outcome: MATCH or NEEDS_REVIEW.
        reasons: Why it was no match.
    """

    applicant: int
    origin: str
    listing_id: bytes
    outcome: Outcome
    reasons: tuple[ReviewReason, ...]

    def is_of(self, origin: str, listing_id: bytes) -> bool:
        """Whether this is a hit of that listing.

        Args:
            origin: Whose listing.
            listing_id: Its id.
        """
        return (self.origin, self.listing_id) == (origin, listing_id)


@attrs.frozen
class Query:
    """A batch of at most 500 applicants of one call of `screen`, and what was answered.

    Attributes:
        number: Its place in the log, from 1.
        call: The id of the call, 16 random bytes; a long call has several batches.
        part: Which batch of the call, from 1.
        at: When, as the caller told `screen`.
        caller: Who asked.
        purpose: Why.
        role: In which role.
        consent: The reference of the written consent, or of the law that needs none.
        asked: How many applicants.
        matches: How many of them were answered *match*.
        reviews: How many *needs review*.
        stale: How many *stale*.
        clear: How many *clear*.
        digest: The keyed digest of the batch; see `AuditLog.is_batch_of`.
        hits: The listings found.
    """

    number: int
    call: bytes
    part: int
    at: dt.datetime
    caller: str
    purpose: Purpose
    role: Role
    consent: str = attrs.field(repr=False)
    asked: int
    matches: int
    reviews: int
    stale: int
    clear: int
    digest: bytes
    hits: tuple[LoggedHit, ...]


def read_query(row: QueryRow) -> Query:
    """The query of a row that the chain vouches for, so that it holds what was written."""
    call, part, at, caller, purpose, role, consent, *numbers, digest = _texts(
        row.fields, blobs={0, 12}
    )
    asked, matches, reviews, stale, clear = numbers
    return Query(
        number=row.number,
        call=call,
        part=part,
        at=from_unix(at),
        caller=caller,
        purpose=Purpose(purpose),
        role=Role(role),
        consent=consent,
        asked=asked,
        matches=matches,
        reviews=reviews,
        stale=stale,
        clear=clear,
        digest=digest,
        hits=tuple(_hit(*_texts(hit, blobs={3})) for hit in row.hits),
    )


def counts(answers: Sequence[Screening]) -> tuple[int, ...]:
    """How many were asked about, and how many got each answer, in the order of `Outcome`."""
    outcomes = [answer.outcome for answer in answers]
    return (len(answers), *map(outcomes.count, _OUTCOMES))


def hit_fields(answers: Sequence[Screening]) -> list[Fields]:
    """The columns of every hit of a batch, numbered from 0."""
    return [(number, *hit) for number, hit in enumerate(_hits(answers))]


def _hits(answers: Sequence[Screening]) -> Iterator[Fields]:
    for applicant, answer in enumerate(answers):
        for match in answer.matches:
            yield applicant, match.origin, match.listing_id, Outcome.MATCH.value, ""
        for case in answer.reviews:
            reasons = ",".join(case.reasons)
            yield applicant, case.origin, case.listing_id, Outcome.NEEDS_REVIEW.value, reasons


def _hit(
    _: int, applicant: int, origin: str, listing: bytes, outcome: str, reasons: str
) -> LoggedHit:
    why = tuple(map(ReviewReason, reasons.split(","))) if reasons else ()
    return LoggedHit(applicant, origin, listing, Outcome(outcome), why)


def _texts(fields: Fields, *, blobs: set[int]) -> list[Any]:
    """The columns with text as text; all bytes are text but the columns named."""
    return [
        item.decode() if isinstance(item, bytes) and column not in blobs else item
        for column, item in enumerate(fields)
    ]
