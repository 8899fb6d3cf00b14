"""``creditshare screen``: applicants in, answers out, as a stream."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from creditshare.cli.answers import CsvAnswers, JsonAnswers
from creditshare.cli.asker import Asker, asker_options
from creditshare.cli.command import FILE, choice, json_option, shared_option
from creditshare.cli.databases import open_registry
from creditshare.cli.member import Member, member_options
from creditshare.cli.people import read_people
from creditshare.cli.pipes import STANDARD, input_stream
from creditshare.cli.queue import Queue
from creditshare.cli.selection import encoding_option, scheme_option
from creditshare.cli.show import track
from creditshare.layouts import Encoding
from creditshare.screening import Purpose

__all__ = ["register"]


def register(app: click.Group) -> None:
    """Add the command."""

    @app.command("screen")
    @click.argument("people", type=FILE, default=STANDARD)
    @click.option("--purpose", type=choice(Purpose), required=True,
                  help="Why; a query without a purpose is not lawful.")  # fmt: skip
    @asker_options
    @scheme_option
    @encoding_option
    @shared_option("registry", type=FILE)
    @json_option
    @member_options
    def run(
        *,
        people: Path,
        purpose: str,
        asker: Asker,
        scheme: str | None,
        encoding: Encoding,
        registry: Path,
        as_json: bool,
        member: Member,
    ) -> int:
        """Screen PEOPLE, from a file or a pipe, and write an answer for each as it comes.

        PEOPLE is CSV with the header reference, scheme, identifier, country, name, birth_date
        (what is not known may be left out; a second identifier stands in identifier_2, scheme_2,
        country_2), or JSON lines of the same names. Answers are CSV, or JSON lines with --json.
        A bad row is told on standard error, the rest goes on, and the command ends with code 3.
        Each query stands in the log before it is answered; `audit key` makes the log's key.
        A match is no error. A clear answer speaks only for the issuers that were consulted.
        """
        queue = Queue(as_json=as_json)
        with (
            open_registry(registry) as held,
            asker.open() as asking,
            input_stream(people) as stream,
        ):
            asked = queue.pass_on(read_people(stream, encoding=encoding, scheme=scheme))
            screened = asking.screen(held.registry, asked, purpose=Purpose(purpose), member=member)
            answers = (JsonAnswers if as_json else CsvAnswers)(sys.stdout)
            for answer in track(screened, "applicants", written=True):
                answers.write(queue.next_row(), answer)
        return queue.end()
