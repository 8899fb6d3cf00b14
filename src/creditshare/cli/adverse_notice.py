"""``creditshare adverse-notice``: what to hand out after a decision that rests on a match."""

from __future__ import annotations

from pathlib import Path

import click

from creditshare.cli.asker import Asker, asker_options
from creditshare.cli.command import FILE, Answer, choice, command, shared_option
from creditshare.cli.databases import open_registry
from creditshare.cli.member import Member, member_options
from creditshare.cli.papers import Paper, one_person, paper_options
from creditshare.cli.pipes import STANDARD
from creditshare.cli.selection import (
    AMBIGUOUS,
    Named,
    encoding_option,
    issuer_option,
    listing_option,
    scheme_option,
)
from creditshare.clock import day_of
from creditshare.disclosure import Contact, adverse_action_notice
from creditshare.errors import MisuseError, NotListedError
from creditshare.layouts import Encoding
from creditshare.screening import Match, Purpose, Screening

__all__ = ["register"]


def register(app: click.Group) -> None:
    """Add the command."""

    @command(app, "adverse-notice")
    @click.argument("person", type=FILE, default=STANDARD)
    @click.option("--decision", required=True, help="What was decided, in plain words.")
    @click.option("--measure", multiple=True, required=True, metavar="CODE",
                  help="A measure that was taken; may be given again.")  # fmt: skip
    @click.option("--purpose", type=choice(Purpose), required=True,
                  help="Why the applicant was screened.")  # fmt: skip
    @click.option("--issuer-office", help="The name of the listing's issuer, as people know it.")
    @click.option("--issuer-contact", help="Where people turn to at the listing's issuer.")
    @listing_option
    @issuer_option
    @asker_options
    @scheme_option
    @encoding_option
    @paper_options
    @shared_option("registry", type=FILE)
    @member_options
    def adverse_notice(
        *,
        person: Path,
        decision: str,
        measure: tuple[str, ...],
        purpose: str,
        issuer_office: str | None,
        issuer_contact: str | None,
        listing: tuple[bytes, ...],
        issuer: str | None,
        asker: Asker,
        scheme: str | None,
        encoding: Encoding,
        paper: Paper,
        registry: Path,
        member: Member,
    ) -> Answer | None:
        """Write the notice for PERSON, one row read as by `screen`, after a match.

        The person is screened again, in the log: only a match carries a decision, and only a
        measure that it permits can be taken. Of several matches --listing names the one on which
        the decision rests.
        """
        subject = one_person(person, encoding, scheme)
        with open_registry(registry) as held, asker.open() as asking:
            (answer,) = asking.screen(
                held.registry, [subject], purpose=Purpose(purpose), member=member
            )
        match = _chosen(answer, Named(listing, issuer))
        paper.check_rights([match.listing])
        said_by = None
        if issuer_office or issuer_contact:
            said_by = Contact(issuer_office or match.origin, issuer_contact)
        origin = member.agency.origin
        notice = adverse_action_notice(
            match,
            subject=subject,
            decision=decision,
            measures=measure,
            origin=origin,
            contact=paper.contact(origin),
            issuer=said_by,
            book=paper.book,
            on=day_of(member.at),
        )
        return paper.hand_out(notice)


def _chosen(answer: Screening, named: Named) -> Match:
    """The match on which the decision rests.

    Raises:
        NotListedError: if there is no match.
        MisuseError: if there is only a hit that needs review, or several matches and none is named.
    """
    found = [match for match in answer.matches if named.holds(match.origin, match.listing_id)]
    if not found and any(named.holds(case.origin, case.listing_id) for case in answer.reviews):
        raise MisuseError("the listing needs review: no decision may rest on it")
    if not found:
        raise NotListedError("no match: there is nothing to give notice of")
    if named.is_ambiguous({(match.origin, match.listing_id) for match in found}):
        raise MisuseError(AMBIGUOUS)
    if len(found) > 1:
        raise MisuseError("several matches: --listing says on which the decision rests")
    return found[0]
