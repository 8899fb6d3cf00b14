"""``creditshare feedback applied`` and ``lifted``: what this agency did because of listings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import click

from creditshare.cli import exits
from creditshare.cli.asker import Asker, asker_options
from creditshare.cli.command import DAY, FILE, Answer, at_option, choice, command, shared_option
from creditshare.cli.databases import open_registry
from creditshare.cli.lawbooks import named_catalogue
from creditshare.cli.member import Member, member_options
from creditshare.cli.people import Person, nobody_named, read_people
from creditshare.cli.pipes import STANDARD, input_stream
from creditshare.cli.selection import (
    AMBIGUOUS,
    Named,
    encoding_option,
    issuer_option,
    listing_option,
    scheme_option,
)
from creditshare.errors import MisuseError, NotListedError
from creditshare.feedback import Execution, ExecutionBook
from creditshare.layouts import Encoding, RowRefusal
from creditshare.screening import Match, Purpose, Screening

__all__ = ["add_applied", "add_lifted", "today", "told"]

_on_option = click.option(
    "--on", "day", type=DAY, help="The day on which it was done. Default: today."
)
_reference_option = click.option(
    "--reference", default="", help="Under which authority or file; never personal data."
)


def add_applied(group: click.Group) -> None:
    """Add ``feedback applied``."""

    @command(group, "applied")
    @click.argument("people", type=FILE, default=STANDARD)
    @click.option("--purpose", type=choice(Purpose), required=True,
                  help="Why they were screened.")  # fmt: skip
    @click.option("--measure", "codes", multiple=True, required=True, metavar="CODE",
                  help="A measure, by its code; may be given again.")  # fmt: skip
    @_on_option
    @_reference_option
    @listing_option
    @issuer_option
    @asker_options
    @scheme_option
    @encoding_option
    @shared_option("registry", type=FILE)
    @member_options
    def applied(
        *,
        people: Path,
        purpose: str,
        codes: tuple[str, ...],
        day: dt.date | None,
        reference: str,
        listing: tuple[bytes, ...],
        issuer: str | None,
        asker: Asker,
        scheme: str | None,
        encoding: Encoding,
        registry: Path,
        member: Member,
    ) -> Answer:
        """Record that measures were applied to PEOPLE, who are screened again for it.

        PEOPLE is read as by `screen`, and the query stands in the log like any other. Recorded is
        only what their matches permit; whoever has no match, or none that permits all the measures
        named, is refused, and the command ends with code 3. --listing names the only listings to
        record it on.
        """
        _check_known(codes, asker.catalogue, today(member.at))
        on, done, refused = day or today(member.at), list[dict[str, Any]](), _Refused()
        with open_registry(registry) as held, asker.open() as asking:
            with input_stream(people) as stream:
                rows = list(refused.drop(read_people(stream, encoding=encoding, scheme=scheme)))
            asked = (applicant for _, applicant in rows)
            answers = asking.screen(held.registry, asked, purpose=Purpose(purpose), member=member)
            meant = [
                (row, item, [one for one in item.measures if one.code in codes])
                for (row, _), answer in zip(rows, answers, strict=True)
                for item in refused.unless_permitted(row, answer, codes, Named(listing, issuer))
            ]
            wanted = ((item, measures) for _, item, measures in meant)
            book = ExecutionBook(held.store)
            each = book.record_each(wanted, on=on, at=member.at, reference=reference)
            for (row, _, _), new in zip(meant, each, strict=True):
                done += [{"row": row, **told(one)} for one in refused.unless_recorded(row, new)]
        if not rows and not refused.rows:
            raise nobody_named()
        return refused.answer({"recorded": done})


def _check_known(codes: Collection[str], catalogue: str, on: dt.date) -> None:
    known = {measure.code for measure in named_catalogue(catalogue, on).measures}
    if unknown := sorted(set(codes) - known):
        raise click.BadParameter(
            f"no such code in the catalogue {catalogue}: {', '.join(unknown)}",
            param_hint="--measure",
        )


class _Refused:
    """The rows of people on whom nothing can be recorded, with the reasons."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def drop(self, people: Iterator[Person | RowRefusal]) -> Iterator[Person]:
        """The people of the rows that can be read."""
        for item in people:
            if isinstance(item, RowRefusal):
                for fault in item.faults:
                    self._add(item.row, fault.field, fault.reason)
            else:
                yield item

    def unless_permitted(
        self, row: int, answer: Screening, codes: tuple[str, ...], named: Named
    ) -> list[Match]:
        """The matches of one row that permit every measure named."""
        meant = [item for item in answer.matches if named.holds(item.origin, item.listing_id)]
        wanted = set(codes)
        found = [item for item in meant if wanted <= {one.code for one in item.measures}]
        if not meant:
            self._add(row, "identifier", "no match of that borrower")
        elif named.is_ambiguous({(item.origin, item.listing_id) for item in meant}):
            self._add(row, "listing", AMBIGUOUS)
            return []
        elif not found:
            permitted = {one.code for item in meant for one in item.measures}
            told = ", ".join(sorted(permitted)) or "no measure"
            self._add(row, "measure", f"the listing permits to this agency: {told}")
        return found

    def unless_recorded(
        self, row: int, new: tuple[Execution, ...] | MisuseError | NotListedError
    ) -> tuple[Execution, ...]:
        """What was recorded on one match of a row."""
        if isinstance(new, tuple):
            return new
        self._add(row, "listing", str(new))
        return ()

    def _add(self, row: int, field: str, reason: str) -> None:
        self.rows.append({"row": row, "field": field, "reason": reason})

    def answer(self, data: dict[str, Any]) -> Answer:
        """What was done, with the rows that were refused and the code for them."""
        if not self.rows:
            return Answer(data)
        return Answer(data | {"refused": self.rows}, exits.REFUSED_ROWS)


def add_lifted(group: click.Group) -> None:
    """Add ``feedback lifted``."""

    @command(group, "lifted")
    @listing_option
    @issuer_option
    @click.option("--measure", "codes", multiple=True, metavar="CODE",
                  help="A measure, by its code; may be given again. Default: all.")  # fmt: skip
    @_on_option
    @_reference_option
    @shared_option("registry", type=FILE)
    @at_option
    def lifted(
        *,
        listing: tuple[bytes, ...],
        issuer: str | None,
        codes: tuple[str, ...],
        day: dt.date | None,
        reference: str,
        registry: Path,
        at: dt.datetime,
    ) -> Answer:
        """Record that measures were lifted on the listings named by --listing, all or none."""
        with open_registry(registry) as held:
            book = ExecutionBook(held.store)
            found = [item for one in listing for item in _meant(book, one, issuer, codes)]
            if not found:
                raise NotListedError("no listing was named")
            done = book.record_lifted(*found, on=day or today(at), at=at, reference=reference)
        return Answer({"recorded": [told(item) for item in done]})


def _meant(
    book: ExecutionBook, listing_id: bytes, issuer: str | None, codes: tuple[str, ...]
) -> list[Execution]:
    applied = [item for item in book.applied_on(listing_id) if issuer in (None, item.origin)]
    if len({item.origin for item in applied}) > 1:
        raise MisuseError(AMBIGUOUS)
    found = [item for item in applied if not codes or item.measure in codes]
    if not found or set(codes) - {item.measure for item in found}:
        raise NotListedError("that is not applied on one of the listings named")
    return found


def told(execution: Execution) -> dict[str, Any]:
    """An execution, as data that JSON can carry."""
    return {
        "origin": execution.origin,
        "listing": execution.listing_id.hex(),
        "measure": execution.measure,
        "action": str(execution.action),
        "on": execution.on.isoformat(),
        "reference": execution.reference,
    }


def today(at: dt.datetime) -> dt.date:
    """The day in UTC."""
    return at.astimezone(dt.UTC).date()
