"""Options that say whom or what a command is about, without an identifier among the arguments."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import attrs
import click

from creditshare.cli import exits
from creditshare.cli.command import FILE, Answer, choice
from creditshare.cli.databases import OpenLedger
from creditshare.cli.people import Person, nobody_named, read_people
from creditshare.cli.pipes import STANDARD, input_stream
from creditshare.errors import NotListedError
from creditshare.identifiers import SCHEMES, Identifier
from creditshare.layouts import Encoding, RowRefusal
from creditshare.model import LISTING_ID_SIZE, Listing

__all__ = [
    "AMBIGUOUS",
    "Named",
    "Selected",
    "Selection",
    "encoding_option",
    "issuer_option",
    "listing_option",
    "scheme_option",
    "selection_of_one_options",
    "selection_options",
]

Function = TypeVar("Function", bound=Callable[..., Any])
_Read = Callable[[bytes], Listing]
_IdsOf = Callable[[Identifier], Sequence[bytes]]


AMBIGUOUS = "several issuers have a listing of that id; --issuer says whose"


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


def _named_by(told: str) -> Callable[[Function], Function]:
    return click.option("--listing", type=_ListingId(), multiple=True, metavar="ID", help=told)


_ANY = "A listing's id, which names nobody; may be given again."
_ONE = "The listing's id, which names nobody; one alone."
listing_option = _named_by(_ANY)
issuer_option = click.option(
    "--issuer", metavar="ORIGIN",
    help="Whose listings; needed where two issuers have a listing of one id.",
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
class Named:
    """Listings named in a registry, where two issuers may have one of the same id."""

    ids: tuple[bytes, ...]
    issuer: str | None

    def holds(self, origin: str, listing_id: bytes) -> bool:
        """Whether a listing is meant; every one is if none is named."""
        return (not self.ids or listing_id in self.ids) and self.issuer in (None, origin)

    def is_ambiguous(self, found: Collection[tuple[str, bytes]]) -> bool:
        """Whether an id that is named is that of listings of several issuers."""
        return bool(self.ids) and len({one for _, one in found}) < len(found)


@attrs.frozen
class Selected:
    """The live listings, or the prepared cases, that a command is about.

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

    Attributes:
        people: The file of the borrowers, or standard input.
        listing: The listings that are named; then nobody is read.
        scheme: Of identifiers whose row does not say.
        encoding: Of the text that is read.
        every: Whether all listings of a borrower who has several are meant; None where the command
            is about one listing.
    """

    people: Path
    listing: tuple[bytes, ...]
    scheme: str | None
    encoding: Encoding
    every: bool | None = None

    def find(self, held: OpenLedger) -> Selected:
        """Look everybody up, before anything is changed.

        Raises:
            NotListedError: if a listing is not live, or nobody was named.
        """
        return self._find(held.ledger.listing, held.ledger.live_listings_of, "live listing")

    def find_prepared(self, held: OpenLedger) -> Selected:
        """As `find`, among the cases that are not listed yet.

        Raises:
            NotListedError: if a case is not prepared, or nobody was named.
        """
        cases: dict[str, list[bytes]] = {}
        for listing_id in () if self.listing else held.ledger.drafts():
            for identifier in held.ledger.draft(listing_id).borrower.strong_identifiers:
                cases.setdefault(identifier.token_text, []).append(listing_id)

        def cases_of(identifier: Identifier) -> Sequence[bytes]:
            return cases.get(identifier.token_text, ())

        return self._find(held.ledger.draft, cases_of, "prepared case")

    def _find(self, read: _Read, ids_of: _IdsOf, what: str) -> Selected:
        ids = tuple(dict.fromkeys(self.listing))
        for listing_id in ids:
            read(listing_id)  # refuses the first that is not there
        if ids:
            return Selected(ids)
        refused: list[dict[str, Any]] = []
        with input_stream(self.people) as stream:
            people = read_people(stream, encoding=self.encoding, scheme=self.scheme)
            ids = tuple(dict.fromkeys(self._found(people, read, ids_of, what, refused)))
        if not ids and not refused:
            raise nobody_named(also=", or by --listing")
        return Selected(ids, tuple(refused))

    def _found(
        self,
        people: Iterator[Person | RowRefusal],
        read: _Read,
        ids_of: _IdsOf,
        what: str,
        refused: list[dict[str, Any]],
    ) -> Iterator[bytes]:
        """What is about the people; whoever has none, or more than was meant, is refused."""
        for item in people:
            if isinstance(item, RowRefusal):
                refused.append({"row": item.row, "reason": "; ".join(map(str, item.faults))})
                continue
            row, person = item
            ids = {
                listing_id
                for identifier in person.identifiers
                if identifier.STRONG
                for listing_id in ids_of(identifier)
            }
            if not ids:
                refused.append({"row": row, "reason": f"no {what} of that borrower"})
            elif len(ids) > 1 and not self.every:
                refused.append({"row": row, "reason": self._several(read, sorted(ids), what)})
            else:
                yield from sorted(ids)

    def _several(self, read: _Read, ids: Sequence[bytes], what: str) -> str:
        cure = "name one by --listing" + ("" if self.every is None else ", or all by --every")
        references = (f"{item.hex()} ({read(item).reference or '-'})" for item in ids)
        return f"several {what}s; {cure}: " + ", ".join(references)


def selection_options(function: Function) -> Function:
    """Give a command a `selection` of any number of listings."""
    every = click.option(
        "--every", is_flag=True, help="All listings of a borrower who has several."
    )
    return every(_selection(function, _ANY))


def selection_of_one_options(function: Function) -> Function:
    """Give a command a `selection` whose `one` listing it is about."""
    return _selection(function, _ONE)


def _selection(function: Function, which: str) -> Function:
    @functools.wraps(function)
    def run(
        *,
        people: Path,
        listing: tuple[bytes, ...],
        scheme: str | None,
        encoding: Encoding,
        every: bool | None = None,
        **values: Any,
    ) -> Any:
        return function(selection=Selection(people, listing, scheme, encoding, every), **values)

    people_argument = click.argument("people", type=FILE, default=STANDARD)
    for option in (encoding_option, scheme_option, _named_by(which), people_argument):
        run = option(run)
    return run  # type: ignore[return-value]
