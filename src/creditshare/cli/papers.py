"""Reports and notices for a person: in which form and language, from whom, and where they go."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import attrs
import click

from creditshare.cli.command import FILE, Answer, choice, shared_option
from creditshare.cli.exits import hinted
from creditshare.cli.lawbooks import named_rulebook
from creditshare.cli.people import read_people
from creditshare.cli.pipes import STANDARD, input_stream
from creditshare.disclosure import (
    Contact,
    Language,
    Report,
    render_html,
    render_text,
    to_dict,
)
from creditshare.errors import LayoutError, MisuseError, NotListedError, RulebookError
from creditshare.files import replacing
from creditshare.layouts import Encoding, RowRefusal
from creditshare.ledger import Ledger
from creditshare.ledger.books import UnreadRulebook, kept_rulebook
from creditshare.model import Listing
from creditshare.rules import Rulebook, rulebook
from creditshare.screening import Applicant

__all__ = ["Paper", "one_person", "paper_options"]

Function = TypeVar("Function", bound=Callable[..., Any])


@attrs.frozen
class Paper:
    """What the options say of a paper.

    Attributes:
        form: ``"text"``, ``"json"`` or ``"html"``.
        language: Of its words.
        out: Where it goes.
        rules: The name of the rulebook whose rights it tells; None if nobody said.
    """

    form: str
    language: Language
    out: Path
    rules: str | None
    _office: str | None
    _contact: str | None

    def contact(self, origin: str) -> Contact:
        """Where the person can turn to."""
        return Contact(self._office or origin, self._contact)

    @property
    def book(self) -> Rulebook:
        """The rulebook whose rights it tells, where that which cleared a listing is not known."""
        return named_rulebook(self.rules or "cn")

    def book_of(self, ledger: Ledger) -> Rulebook:
        """The rulebook that --rules names; else the latest by which a ledger listed anybody."""
        names = ledger.store.rulebook_names()
        if self.rules is not None or not names:
            return self.book
        kept = kept_rulebook(ledger.store, names[-1])
        return self.book if isinstance(kept, UnreadRulebook) else kept

    def check_rights(self, listings: Iterable[Listing | None]) -> None:
        """Refuse a paper that would tell other terms than those by which somebody was listed.

        Raises:
            MisuseError: if a rulebook does not come with the library, and nobody named one.
        """
        for listing in listings:
            if listing is None or self.rules is not None:
                continue
            book_id = listing.cleared_by.partition("@")[0]
            try:
                rulebook(book_id)
            except RulebookError:
                raise hinted(
                    MisuseError(f"cleared by a rulebook that is not known here: {book_id}"),
                    "--rules names its file, or another whose rights are told",
                ) from None

    def hand_out(self, report: Report) -> Answer | None:
        """Write it; a file that is there stays, and a new one is for this user alone.

        Raises:
            FileError: if the file is there, or cannot be written.
        """
        if self.form == "html":
            told = render_html(report, self.language)
        elif self.form == "json":
            told = json.dumps(to_dict(report), ensure_ascii=False) + "\n"
        else:
            told = render_text(report, self.language)
        if self.out == STANDARD:
            sys.stdout.write(told)
            return None
        with replacing(self.out, 0o600, overwrite=False) as file:
            file.write(told.encode())
        return Answer({"written": str(self.out)})


def paper_options(function: Function) -> Function:
    """Give a command a `paper`."""

    @functools.wraps(function)
    def run(
        *,
        form: str | None,
        language: str,
        out: Path,
        rules: str | None,
        office: str | None,
        contact: str | None,
        **values: Any,
    ) -> Any:
        as_json = click.get_current_context().ensure_object(dict).get("json")
        form = form or ("json" if as_json else "text")
        paper = Paper(form, Language(language), out, rules, office, contact)
        return function(paper=paper, **values)

    for option in (
        shared_option("contact"),
        shared_option("office"),
        click.option(
            "--rules",
            help="The rulebook whose rights are told, as for `import`, where the one that cleared "
            "a listing is not known. Default: of a ledger, the latest by which it lists; else cn.",
        ),
        click.option(
            "--out", type=FILE, default=STANDARD,
            help="A new file for it. Default: standard output.",
        ),
        click.option(
            "--language", type=choice(Language), default=str(Language.ENGLISH), show_default=True,
            help="Of its words; what agencies wrote stays in theirs.",
        ),
        click.option(
            "--format", "form", type=choice(("text", "json", "html")),
            help="A letter, data, or a page that prints. Default: text; json with --json.",
        ),
    ):  # fmt: skip
        run = option(run)
    return run  # type: ignore[return-value]


def one_person(path: Path, encoding: Encoding, scheme: str | None) -> Applicant:
    """The one person named: two in one paper would each read of the other.

    Reads no further than the second, so that a long file, or a pipe without end, costs nothing.

    Raises:
        LayoutError: if the first or second row cannot be read.
        NotListedError: if nobody is named.
        MisuseError: if several are.
    """
    found: Applicant | None = None
    with input_stream(path) as stream:
        for item in read_people(stream, encoding=encoding, scheme=scheme):
            if isinstance(item, RowRefusal):
                raise LayoutError(str(item))
            if found is not None:
                raise MisuseError("a paper is about one person, with all identifiers in one row")
            _, found = item
    if found is None:
        raise NotListedError("nobody was named")
    return found
