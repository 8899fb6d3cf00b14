"""Options that say whom or what a command is about, without an identifier among the arguments."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import attrs
import click

from creditshare.cli import exits
from creditshare.cli.command import FILE, Answer, choice
from creditshare.cli.databases import OpenLedger
from creditshare.cli.people import Person, read_people
from creditshare.cli.pipes import STANDARD, input_stream
from creditshare.errors import NotListedError
from creditshare.identifiers import SCHEMES
from creditshare.layouts import Encoding, RowRefusal
from creditshare.model import LISTING_ID_SIZE

__all__ = [
    "Selected",
    "Selection",
    "encoding_option",
    "listing_option",
    "scheme_option",
    "selection_options",
]

Function = TypeVar("Function", bound=Callable[..., Any])


class _ListingId(click.ParamType[bytes]):
    name = "listing"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> bytes:
        if isinstance(value, bytes):
            return value
        try:
            found = bytes.fromhex(value)
        except ValueError:
            found = b""
        if len(found) != LISTING_ID_SIZE:
            # The value is not repeated: somebody may have typed an identity number.
            self.fail(f"must be {2 * LISTING_ID_SIZE} hexadecimal digits", param, ctx)
        return found


listing_option = click.option(
    "--listing", type=_ListingId(), multiple=True, metavar="ID",
    help="A listing's id, which names nobody; may be given again.",
)  # fmt: skip
scheme_option = click.option(
    "--scheme", type=choice(SCHEMES),
    help="The scheme of identifiers whose row does not say.",
)  # fmt: skip
encoding_option = click.option(
    "--encoding", type=choice(Encoding), default=str(Encoding.UTF_8), show_default=True,
    callback=lambda _ctx, _param, value: Encoding(value), help="Of the text that is read.",
)  # fmt: skip


@attrs.frozen
class Selected:
    """The live listings that a command is about.

    Attributes:
        ids: Each once.
        refused: The rows of people who have none, or more than was meant, with the reason.
    """

    ids: tuple[bytes, ...]
    refused: tuple[dict[str, Any], ...] = ()

    @property
    def names(self) -> list[str]:
        """The ids as people see them."""
        return [item.hex() for item in self.ids]

    @property
    def one(self) -> bytes:
        """The one listing that was meant.

        Raises:
            NotListedError: if it is none, or several.
        """
        if len(self.ids) != 1:
            reasons = "; ".join(str(row["reason"]) for row in self.refused)
            raise NotListedError(reasons or "one listing at a time: name it by --listing")
        return self.ids[0]

    def answer(self, data: dict[str, Any]) -> Answer:
        """What was done, with the rows that were refused and the code for them."""
        if not self.refused:
            return Answer(data)
        return Answer(data | {"refused": list(self.refused)}, exits.REFUSED_ROWS)


@attrs.frozen
class Selection:
    """Which listings a command is about: named by id, or by whom they are about.

    Nothing selects all of a ledger: whoever changes a listing names it, or its borrower.
    """

    people: Path
    every: bool
    listing: tuple[bytes, ...]
    scheme: str | None
    encoding: Encoding

    def find(self, held: OpenLedger) -> Selected:
        """Look everybody up, before anything is changed.

        Raises:
            NotListedError: if a listing is not live, or nobody was named.
        """
        ids = tuple(dict.fromkeys(self.listing))
        for listing_id in ids:
            held.ledger.listing(listing_id)  # refuses the first that is not live
        if ids:
            return Selected(ids)
        refused: list[dict[str, Any]] = []
        with input_stream(self.people) as stream:
            people = read_people(stream, encoding=self.encoding, scheme=self.scheme)
            ids = tuple(dict.fromkeys(_found(people, held, refused, every=self.every)))
        if not ids and not refused:
            raise NotListedError("nobody was named")
        return Selected(ids, tuple(refused))


def selection_options(function: Function) -> Function:
    """Give a command a `selection`."""

    @functools.wraps(function)
    def run(
        *,
        people: Path,
        every: bool,
        listing: tuple[bytes, ...],
        scheme: str | None,
        encoding: Encoding,
        **values: Any,
    ) -> Any:
        return function(selection=Selection(people, every, listing, scheme, encoding), **values)

    for option in (
        encoding_option,
        scheme_option,
        listing_option,
        click.option("--every", is_flag=True, help="Every listing of a borrower who has more."),
        click.argument("people", type=FILE, default=STANDARD),
    ):
        run = option(run)
    return run  # type: ignore[return-value]


def _found(
    people: Iterator[Person | RowRefusal],
    held: OpenLedger,
    refused: list[dict[str, Any]],
    *,
    every: bool,
) -> Iterator[bytes]:
    """The listings of the people; whoever has none, or more than was meant, is refused."""
    for item in people:
        if isinstance(item, RowRefusal):
            refused.append({"row": item.row, "reason": "; ".join(map(str, item.faults))})
            continue
        row, person = item
        ids = {
            listing_id
            for identifier in person.identifiers
            if identifier.STRONG
            for listing_id in held.ledger.live_listings_of(identifier)
        }
        if not ids:
            refused.append({"row": row, "reason": "no live listing of that borrower"})
        elif len(ids) > 1 and not every:
            refused.append({"row": row, "reason": _several(held, sorted(ids))})
        else:
            yield from sorted(ids)


def _several(held: OpenLedger, ids: Sequence[bytes]) -> str:
    references = (f"{item.hex()} ({held.ledger.listing(item).reference or '-'})" for item in ids)
    return "several listings; name one by --listing, or all by --every: " + ", ".join(references)
