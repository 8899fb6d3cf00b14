"""``creditshare explain``: what was said of somebody to whom, or what is held of somebody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from creditshare.audit import AuditLog
from creditshare.cli.answers import match_data, review_data
from creditshare.cli.asker import Asker, asker_options
from creditshare.cli.audit import asked
from creditshare.cli.command import FILE, Answer, at_option, command, shared_option
from creditshare.cli.databases import OpenLedger, open_ledger, open_registry
from creditshare.cli.facts import said
from creditshare.cli.member import Member, member_options
from creditshare.cli.people import Person, read_people
from creditshare.cli.pipes import STANDARD, input_stream
from creditshare.cli.selection import encoding_option, listing_option, scheme_option
from creditshare.errors import LayoutError, NotListedError
from creditshare.layouts import Encoding, RowRefusal
from creditshare.ledger import listings_of, told
from creditshare.screening import Applicant, Purpose

__all__ = ["register"]

_ISSUER_CANNOT = (
    "whether a recipient opened, applied or kept what it was sent",
    "whom recipients screened, and what they decided",
    "what a withdrawn listing said: the ledger forgot it, its bundles may still lie somewhere",
    "what an earlier generation of the log said, only that bundles of it were sealed",
)
_RECIPIENT_CANNOT = (
    "listings of issuers that it was sent no bundle of",
    "what withdrawn listings said, and listings whose last day has passed: they were deleted",
    "the evidence: it stays with the issuer, who must show it",
    "who asked elsewhere: each agency knows its own queries only",
    "who asked here and found nothing: the log does not name them",
)


def register(app: click.Group) -> None:
    """Add the commands."""

    @app.group("explain")
    def group() -> None:
        """Answer somebody who asks what is said of them. PEOPLE is read as by `screen`."""

    _issuer(group)
    _recipient(group)


def _issuer(group: click.Group) -> None:
    @command(group, "issuer")
    @click.argument("people", type=FILE, default=STANDARD)
    @listing_option
    @scheme_option
    @encoding_option
    @shared_option("ledger", type=FILE)
    @at_option
    def issuer(
        *,
        people: Path,
        listing: tuple[bytes, ...],
        scheme: str | None,
        encoding: Encoding,
        ledger: Path,
        at: dt.datetime,
    ) -> Answer:
        """What this agency said of PEOPLE, or of the listings named, to whom, and when."""
        with open_ledger(ledger) as held:
            ids = list(listing)
            if not listing:
                for person in _people(people, encoding, scheme):
                    for identifier in person.identifiers:
                        ids += listings_of(held.store, identifier) if identifier.STRONG else ()
            listings = [_said(held, item, at) for item in dict.fromkeys(ids)]
            origin = held.ledger.origin
        return Answer(
            {
                "side": "issuer",
                "origin": origin,
                "asked_at": at.isoformat(),
                "listings": listings,
                "cannot_know": list(_ISSUER_CANNOT),
            }
        )


def _recipient(group: click.Group) -> None:
    @command(group, "recipient")
    @click.argument("people", type=FILE, default=STANDARD)
    @asker_options
    @scheme_option
    @encoding_option
    @shared_option("registry", type=FILE)
    @member_options
    def recipient(
        *,
        people: Path,
        asker: Asker,
        scheme: str | None,
        encoding: Encoding,
        registry: Path,
        member: Member,
    ) -> Answer:
        """What this agency holds of PEOPLE, from whom, and who asked here before.

        It is a query like any other and stands in the log, as a data subject's request. State
        name and birth date too: what conflicts with them is another person's, and is not shown.
        """
        persons = list(_people(people, encoding, scheme))
        with open_registry(registry) as held, asker.open() as asking:
            purpose = Purpose.DATA_SUBJECT_REQUEST
            answers = list(asking.screen(held.registry, persons, purpose=purpose, member=member))
            answered = [
                {
                    "outcome": answer.outcome,
                    "matches": [_known(match_data(item), asking.log) for item in answer.matches],
                    "reviews": [_known(review_data(item), asking.log) for item in answer.reviews],
                    "consulted": list(answer.consulted),
                }
                for answer in answers
            ]
        return Answer(
            {
                "side": "recipient",
                "asked_at": member.at.isoformat(),
                "people": answered,
                "cannot_know": list(_RECIPIENT_CANNOT),
            }
        )


def _people(path: Path, encoding: Encoding, scheme: str | None) -> Iterator[Applicant]:
    """The people named; one who cannot be read stops it, for the answer would be incomplete."""
    count = 0
    with input_stream(path) as stream:
        found: Iterator[Person | RowRefusal] = read_people(stream, encoding=encoding, scheme=scheme)
        for count, item in enumerate(found, 1):  # noqa: B007 - counted for the end
            if isinstance(item, RowRefusal):
                raise LayoutError(str(item))
            yield item[1]
    if not count:
        raise NotListedError("nobody was named")


def _said(held: OpenLedger, listing_id: bytes, at: dt.datetime) -> dict[str, Any]:
    status = held.ledger.status(listing_id, at)
    bundles = told(held.store, listing_id)
    try:
        listing = held.ledger.listing(listing_id, at=at)
    except NotListedError:
        listing = None
    return {
        "listing": listing_id.hex(),
        "status": status,
        "reference": listing and listing.reference,
        "says": listing and said(listing),
        "told": [
            {
                "when": item.bundle.sealed.isoformat(),
                "to": list(item.bundle.recipients),
                "checkpoint": item.bundle.sequence,
                "events": [event.name.lower() for event in item.events],
                "with_content": item.content,
            }
            for item in bundles
        ],
    }


def _known(finding: dict[str, Any], log: AuditLog) -> dict[str, Any]:
    """A finding, with everybody who found it here, this query the last of them."""
    queries = log.queries_about(finding["origin"], bytes.fromhex(finding["listing"]))
    return finding | {"found_by": [asked(query) for query in queries]}
