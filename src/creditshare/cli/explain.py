"""``creditshare explain``: what was said of somebody to whom, or what is held of somebody."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click
from click.core import ParameterSource

from creditshare.cli.asker import Asker, asker_options
from creditshare.cli.command import FILE, Answer, at_option, command, shared_option
from creditshare.cli.databases import open_ledger, open_registry
from creditshare.cli.member import Member, member_options
from creditshare.cli.papers import Paper, one_person, paper_options
from creditshare.cli.pipes import STANDARD
from creditshare.cli.selection import encoding_option, listing_option, scheme_option
from creditshare.cli.terms import calendar_of
from creditshare.disclosure import Contact, issuer_report, recipient_report
from creditshare.errors import MisuseError
from creditshare.feedback import ExecutionBook
from creditshare.layouts import Encoding

__all__ = ["register"]


def register(app: click.Group) -> None:
    """Add the commands."""

    @app.group("explain")
    def group() -> None:
        """Answer somebody who asks what is said of them. PERSON is one row, read as by `screen`."""

    _issuer(group)
    _recipient(group)


def _issuer(group: click.Group) -> None:
    @command(group, "issuer")
    @click.argument("person", type=FILE, default=STANDARD)
    @listing_option
    @scheme_option
    @encoding_option
    @paper_options
    @shared_option("ledger", type=FILE)
    @at_option
    def issuer(
        *,
        person: Path,
        listing: tuple[bytes, ...],
        scheme: str | None,
        encoding: Encoding,
        paper: Paper,
        ledger: Path,
        at: dt.datetime,
    ) -> Answer | None:
        """What this agency said of PERSON, or of the listings named, to whom, and when.

        It says what each recipient was sent exactly as they decrypt it. Make sure first that it is
        the person who asks. State name and birth date too: what conflicts with them is another
        person's, and is not shown. Nobody compares a listing named by --listing with a PERSON, so
        the two do not go together.
        """
        if listing and _is_given("person"):
            raise MisuseError("name a person or --listing: a listing may be somebody else's")
        with open_ledger(ledger) as held:
            report = issuer_report(
                held.ledger,
                None if listing else one_person(person, encoding, scheme),
                listing_ids=listing,
                contact=paper.contact(held.ledger.origin),
                book=paper.book_of(held.ledger),
                calendar_of=calendar_of,
                at=at,
            )
        return paper.hand_out(report)


def _recipient(group: click.Group) -> None:
    @command(group, "recipient")
    @click.argument("person", type=FILE, default=STANDARD)
    @asker_options
    @scheme_option
    @encoding_option
    @paper_options
    @click.option("--turn-to", nargs=3, multiple=True, metavar="ORIGIN NAME WHERE",
                  help="Where people turn to at an issuer; may be given again.")  # fmt: skip
    @shared_option("registry", type=FILE)
    @member_options
    def recipient(
        *,
        person: Path,
        asker: Asker,
        scheme: str | None,
        encoding: Encoding,
        paper: Paper,
        turn_to: tuple[tuple[str, str, str], ...],
        registry: Path,
        member: Member,
    ) -> Answer | None:
        """What this agency holds of PERSON, from whom, what it applied, and who asked before.

        It is a query like any other and stands in the log, as a data subject's request. State
        name and birth date too: what conflicts with them is another person's, and is not shown.
        """
        subject = one_person(person, encoding, scheme)
        with open_registry(registry) as held, asker.open() as asking:
            report = recipient_report(
                asking.screener(held.registry, member),
                subject,
                audit=asking.by,
                origin=member.agency.origin,
                contact=paper.contact(member.agency.origin),
                book=paper.book,
                at=member.at,
                executions=ExecutionBook(held.store),
                issuers={origin: Contact(name, where) for origin, name, where in turn_to},
            )
        paper.check_rights(item.listing for item in report.findings)
        return paper.hand_out(report)


def _is_given(argument: str) -> bool:
    """Whether an argument was written on the command line."""
    source = click.get_current_context().get_parameter_source(argument)
    return source is ParameterSource.COMMANDLINE
