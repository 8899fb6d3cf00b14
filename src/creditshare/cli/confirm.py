"""``creditshare confirm``: the issuer states that conduct, or what else is open, goes on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import attrs
import click

from creditshare.cli import exits
from creditshare.cli.command import FILE, Answer, command, shared_option
from creditshare.cli.databases import OpenLedger, open_ledger
from creditshare.cli.lawbooks import catalogue_for, named_rulebook, todays
from creditshare.cli.member import Member, member_options
from creditshare.cli.refusals import reasons_in, reasons_language
from creditshare.cli.selection import Selection, selection_options
from creditshare.clock import day_of
from creditshare.disclosure import Language
from creditshare.life import confirmation_rule
from creditshare.model import ListingStatus
from creditshare.rules import ClearedListing, Rulebook

__all__ = ["register"]


def register(app: click.Group) -> None:
    """Add the command."""

    @command(app, "confirm")
    @click.option("--rules", help="The rulebook of the review, as for `import`. Default: that by "
                  "which each was cleared, in the version of today.")  # fmt: skip
    @reasons_language
    @selection_options
    @shared_option("ledger", type=FILE)
    @member_options
    def confirm(
        *,
        rules: str | None,
        language: Language,
        selection: Selection,
        ledger: Path,
        member: Member,
    ) -> Answer:
        """State that what is open goes on: --listing, or the listings of the PEOPLE in a file.

        Open is a conduct without an end, and what else the rulebook wants confirmed: a debt
        without a day of default, or all that stands.

        Each listing is reviewed again as of today, and its day to be confirmed moves. Those that
        the review refuses stay as they are and are told with every reason; then the command ends
        with code 3. PEOPLE as for `withdraw`.

        Look at each case before: this is a statement of the issuer's about a person, so nothing
        confirms all that is due. Conduct that nobody looked at any more is to lapse.
        """
        named = None if rules is None else named_rulebook(rules)
        with open_ledger(ledger) as held:
            found = selection.find(held)
            reviewed = _Reviewed.of(found.ids, held, named, member, language)
            held.ledger.amend(reviewed.cleared, tokens=member.tokens, at=member.at)
        answer = found.answer(
            {
                "confirmed": _told(reviewed.cleared),
                "refused_listings": reviewed.refused,
            }
        )
        return attrs.evolve(answer, code=exits.REFUSED_ROWS) if reviewed.refused else answer


@attrs.frozen
class _Reviewed:
    cleared: list[ClearedListing]
    refused: list[dict[str, Any]]

    @classmethod
    def of(
        cls,
        ids: Iterable[bytes],
        held: OpenLedger,
        named: Rulebook | None,
        member: Member,
        language: Language,
    ) -> _Reviewed:
        reviewed, ledger = cls([], []), held.ledger
        issuer = member.roster.entry(ledger.origin)
        for listing_id in ids:
            book = named or todays(ledger.life(listing_id).rulebook)
            why = _unfit(held, listing_id, book, member.at)
            if not why:
                result = book.review_one(
                    ledger.listing(listing_id),
                    on=day_of(member.at),
                    issuer=issuer,
                    listed=ledger.listed_on(listing_id),
                    catalogue=catalogue_for(book),
                )
                if isinstance(result, ClearedListing):
                    reviewed.cleared.append(result)
                    continue
                why = reasons_in(language, result)
            reviewed.refused.append({"listing": listing_id.hex(), "reason": why})
        return reviewed


def _unfit(held: OpenLedger, listing_id: bytes, book: Rulebook, at: dt.datetime) -> str:
    """Why there is nothing to confirm; empty if there is."""
    if confirmation_rule(book, held.ledger.listing(listing_id), on=day_of(at)) is None:
        return "nothing of it goes on: there is nothing to confirm"
    if held.ledger.status(listing_id, at) is ListingStatus.WITHDRAWN:
        return "its last day has passed: it lapses at the next seal"
    return ""


def _told(cleared: Iterable[ClearedListing]) -> list[dict[str, Any]]:
    return [
        {
            "listing": item.listing.id.hex(),
            "last_day": item.last_day.isoformat(),
            "rulebook": item.rulebook.name,
        }
        for item in cleared
    ]
