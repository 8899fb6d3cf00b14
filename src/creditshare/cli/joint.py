"""``creditshare joint``: of each applicant one view of all that several issuers say."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from creditshare.cli import show
from creditshare.cli.asker import Asker, asker_options
from creditshare.cli.command import FILE, choice, json_option, shared_option
from creditshare.cli.databases import open_registry
from creditshare.cli.lawbooks import named_catalogue
from creditshare.cli.member import Member, member_options
from creditshare.cli.people import read_people
from creditshare.cli.pipes import STANDARD, input_stream
from creditshare.cli.queue import Queue
from creditshare.cli.selection import encoding_option, scheme_option
from creditshare.cli.views import told
from creditshare.clock import day_of
from creditshare.joint import joint_view
from creditshare.layouts import Encoding
from creditshare.screening import Purpose

__all__ = ["register"]


def register(app: click.Group) -> None:
    """Add the command."""

    @app.command("joint")
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
        """Screen PEOPLE and write one view of each: what is owed, and what may be done.

        PEOPLE is read as by `screen`, and each query stands in the log likewise. A debt that
        several issuers report is told once, with the person's role, statement and dispute; debts
        that may be one are told as alike, and what is owed in each role as a range. Each measure
        stands once, with every listing that it rests on; `must` is what law or a court orders,
        `may` is permission, never a command. Hits that need review are counted with their reasons
        and carry nothing. With --json a view is one line.
        A bad row is told on standard error, the rest goes on, and the command ends with code 3.
        """
        queue = Queue(as_json=as_json)
        catalogue = named_catalogue(asker.catalogue, day_of(member.at))
        with (
            open_registry(registry) as held,
            asker.open() as asking,
            input_stream(people) as stream,
        ):
            asked = queue.pass_on(read_people(stream, encoding=encoding, scheme=scheme))
            screened = asking.screen(held.registry, asked, purpose=Purpose(purpose), member=member)
            for answer in show.track(screened, "applicants", written=True):
                view = joint_view(
                    answer,
                    catalogue=catalogue,
                    roles=[asker.role],
                    roster=member.roster,
                    at=member.at,
                )
                data = {"row": queue.next_row(), **told(view, answer)}
                show.write(data, as_json=as_json, to=sys.stdout)
                if not as_json:
                    sys.stdout.write("\n")
        return queue.end()
