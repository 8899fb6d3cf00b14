"""``creditshare case``: cases before they are listed, step by step. Nobody else is told of them."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import attrs
import click

from creditshare.cli import exits
from creditshare.cli.command import DAY, FILE, Answer, at_option, choice, command, shared_option
from creditshare.cli.databases import OpenLedger, begin_ledger, open_ledger
from creditshare.cli.exits import hinted
from creditshare.cli.lawbooks import (
    catalogue_for,
    named_batch,
    named_rulebook,
    rules_option,
    with_todays_conducts,
)
from creditshare.cli.member import Member, member_options
from creditshare.cli.pipes import STANDARD, as_input_file
from creditshare.cli.refusals import Refusals, reasons_in, reasons_language, refusals_to
from creditshare.cli.selection import (
    Selected,
    Selection,
    listing_option,
    selection_of_one_options,
    selection_options,
)
from creditshare.cli.show import track
from creditshare.cli.terms import read_words
from creditshare.clock import day_of
from creditshare.disclosure import Language
from creditshare.errors import IllegalMoveError, MisuseError
from creditshare.layouts import Encoding, Report, RowRefusal, layouts, read
from creditshare.life import Life, State
from creditshare.model import Decision, Listing, Notice, ServiceMethod, Step
from creditshare.rules import ClearedListing

__all__ = ["register"]

_HINT = "take them out of the report and its batch: `case serve` and `case decide` tell them"


def register(app: click.Group) -> None:
    """Add the commands."""

    @app.group("case")
    def group() -> None:
        """Prepare cases, and take them step by step to the list.

        `prepare` reads them from a report; `serve` notes the notice, `represent` what the person
        answers, `decide` the reasoned decision; `record` reviews what was decided and lists what is
        cleared. `list` tells where each stands. Until then nobody is told, and `drop` forgets.
        """

    for add in (_prepare, _list, _serve, _represent, _decide, _record, _drop):
        add(group)


def _prepare(group: click.Group) -> None:
    @command(group, "prepare")
    @click.argument("report", type=FILE)
    @click.option("--batch", type=FILE,
                  help="A TOML with what holds for all rows: basis, evidence.")  # fmt: skip
    @click.option("--layout", type=choice(layouts()), default="online-lending",
                  show_default=True, help="How the report is laid out.")  # fmt: skip
    @click.option("--encoding", type=choice(Encoding), help="Default: detected.")
    @rules_option
    @click.option("--origin", help="As for `import`. Default: the agency itself.")
    @click.option("--on", "day", type=DAY, help="The day the cases begin. Default: today.")
    @click.option("--refusals", type=FILE, help="Write unreadable rows to this CSV; `-` a pipe.")
    @reasons_language
    @click.option("--force", is_flag=True, help="Write over refusals that are there.")
    @shared_option("ledger", type=FILE)
    @member_options
    def prepare(
        *,
        report: Path,
        batch: Path | None,
        layout: str,
        encoding: str | None,
        rules: str,
        origin: str | None,
        day: dt.date | None,
        refusals: Path | None,
        language: Language,
        force: bool,
        ledger: Path,
        member: Member,
    ) -> Answer:
        """Read REPORT, and begin a case of every row that can be read.

        Nothing is reviewed yet but what a row must be. The terms of --rules run from now on, and
        `record` reviews by it. A debt that is prepared, or was ever listed, is counted as a
        duplicate. A report that tells of notice or decision is refused. Ends with code 3 if a row
        was refused.
        """
        book, whose = named_rulebook(rules), member.issues_for(origin)
        facts = named_batch(batch)
        with (
            as_input_file(report) as path,
            refusals_to(refusals, force=force, language=language) as told,
        ):
            rows = read(path, layouts()[layout], facts, encoding=encoding)
            drafts = _drafts(rows, told)
            with begin_ledger(ledger, whose) as held:
                fresh = held.fresh(drafts)
                for draft in track(fresh, "cases"):
                    on = day or day_of(member.at)
                    held.prepare(draft, rulebook=book, on=on, at=member.at)
        refused = told.counts.total()
        data = {
            "report": str(report),
            "rows": rows.rows,
            "prepared": len(fresh),
            "duplicates": len(drafts) - len(fresh),
            "refused": refused,
            "reasons": dict(told.counts.most_common()),
            "rulebook": book.name,
            "sha256": rows.digest.hex(),
            "columns_not_carried": list(rows.ignored_columns),
        }
        code = exits.REFUSED_ROWS if refused else exits.DONE
        return Answer(data, code, aside=refusals == STANDARD)


def _drafts(rows: Report, told: Refusals) -> list[Listing]:
    """The rows that can be read; nothing is done with one before all are."""
    drafts: list[Listing] = []
    for item in track(rows, "rows"):
        if isinstance(item, RowRefusal):
            told.unreadable(item)
        elif item.notice is not None or item.decision is not None:
            raise hinted(MisuseError("a case is prepared before notice and decision"), _HINT)
        else:
            drafts.append(item)
    return drafts


def _list(group: click.Group) -> None:
    @command(group, "list")
    @shared_option("ledger", type=FILE)
    @at_option
    def list_(*, ledger: Path, at: dt.datetime) -> Answer:
        """Tell where each prepared case stands, and from when it may be decided and listed.

        `due` tells the rule of each such day, with its citation.
        """
        with open_ledger(ledger) as held:
            lives = map(held.ledger.life, held.ledger.drafts())
            return Answer({"cases": [_told(life, day_of(at)) for life in lives]})


def _serve(group: click.Group) -> None:
    @command(group, "serve")
    @click.option("--words", type=FILE, required=True,
                  help="A file with how to object, as the notice says it, in UTF-8.")  # fmt: skip
    @click.option("--method", type=choice(ServiceMethod), required=True, help="How it was served.")
    @click.option("--on", "day", type=DAY, help="The day it reached the person. Default: today.")
    @selection_options
    @shared_option("ledger", type=FILE)
    @at_option
    def serve(
        *,
        words: Path,
        method: str,
        day: dt.date | None,
        selection: Selection,
        ledger: Path,
        at: dt.datetime,
    ) -> Answer:
        """Note that the notice reached the persons of cases: --listing, or those of PEOPLE.

        PEOPLE as for `withdraw`. Served again before the decision, the terms run anew. A case that
        was decided stays as it is, and the command ends with code 3.
        """
        notice = Notice(day or day_of(at), ServiceMethod(method), read_words(words))
        with open_ledger(ledger) as held:
            found = selection.find_prepared(held)
            return _moved(found, lambda one: held.ledger.serve(one, notice, at=at), day_of(at))


def _represent(group: click.Group) -> None:
    @command(group, "represent")
    @click.option("--words", type=FILE, required=True,
                  help="A file with what the person answered, in UTF-8.")  # fmt: skip
    @click.option("--on", "day", type=DAY, help="The day it came in. Default: today.")
    @selection_of_one_options
    @shared_option("ledger", type=FILE)
    @at_option
    def represent(
        *, words: Path, day: dt.date | None, selection: Selection, ledger: Path, at: dt.datetime
    ) -> Answer:
        """Note what the person answered to the notice of one case: --listing, or that of PEOPLE.

        The words stay on the ledger until the listing ends, or the case is dropped.
        """
        with open_ledger(ledger) as held:
            one, on = selection.find_prepared(held).one, day or day_of(at)
            life = held.ledger.represent(one, on=on, text=read_words(words), at=at)
        return Answer(_told(life, day_of(at)))


def _decide(group: click.Group) -> None:
    @command(group, "decide")
    @click.option("--words", type=FILE, required=True,
                  help="A file with the reasons, in UTF-8.")  # fmt: skip
    @click.option("--by", required=True, help="Who decided: an office or a committee, no person.")
    @click.option("--on", "day", type=DAY, help="The day of the decision. Default: today.")
    @click.option("--proposed", type=DAY, help="The day the listing was proposed to the person.")
    @click.option("--heard", type=DAY, help="The day the person was, or could have been, heard.")
    @click.option("--ends", type=DAY, help="The last day that the decision itself sets.")
    @selection_options
    @shared_option("ledger", type=FILE)
    @at_option
    def decide(
        *,
        words: Path,
        by: str,
        day: dt.date | None,
        proposed: dt.date | None,
        heard: dt.date | None,
        ends: dt.date | None,
        selection: Selection,
        ledger: Path,
        at: dt.datetime,
    ) -> Answer:
        """Note the reasoned decision to list cases: --listing, or those of PEOPLE.

        PEOPLE as for `withdraw`. A case without notice, or whose person has time to answer, stays
        as it is, and the command ends with code 3.
        """
        decision = Decision(day or day_of(at), read_words(words), by, proposed, heard, ends)
        with open_ledger(ledger) as held:
            found = selection.find_prepared(held)
            move = functools.partial(held.ledger.decide, decision=decision, at=at)
            return _moved(found, move, day_of(at))


def _record(group: click.Group) -> None:
    @command(group, "record")
    @reasons_language
    @listing_option
    @shared_option("ledger", type=FILE)
    @member_options
    def record(
        *, language: Language, listing: tuple[bytes, ...], ledger: Path, member: Member
    ) -> Answer:
        """Review every decided case, or those named by --listing, and list what is cleared.

        Each is reviewed as of today, by the rules it was prepared under. What is refused is told
        with every reason; a debt that was listed otherwise meanwhile is told as a duplicate. Both
        stay prepared, and the command ends with code 3.
        """
        with open_ledger(ledger) as held:
            cleared, refused = _reviewed(held, listing, member, language)
            recorded = held.ledger.record(cleared, tokens=member.tokens, at=member.at)
        again = [item.listing.id.hex() for item in recorded.duplicates]
        names = (item.listing.id.hex() for item in cleared)
        data = {
            "listed": [name for name in names if name not in again],
            "duplicates": again,
            "refused_cases": refused,
        }
        return Answer(data, exits.REFUSED_ROWS if refused or again else exits.DONE)


def _reviewed(
    held: OpenLedger, ids: Iterable[bytes], member: Member, language: Language
) -> tuple[list[ClearedListing], list[dict[str, Any]]]:
    cleared: list[ClearedListing] = []
    refused: list[dict[str, Any]] = []
    issuer = member.roster.entry(held.ledger.origin)
    for listing_id in dict.fromkeys(ids) or held.ledger.drafts():
        draft, life = held.ledger.draft(listing_id), held.ledger.life(listing_id)
        if not ids and life.state is not State.DECIDED:
            continue
        book = with_todays_conducts(life.rulebook)
        result = book.review_one(
            draft, on=day_of(member.at), issuer=issuer, catalogue=catalogue_for(book)
        )
        if isinstance(result, ClearedListing):
            cleared.append(result)
        else:
            refused.append(_refused(listing_id, reasons_in(language, result)))
    return cleared, refused


def _drop(group: click.Group) -> None:
    @command(group, "drop")
    @selection_options
    @shared_option("ledger", type=FILE)
    def drop(*, selection: Selection, ledger: Path) -> Answer:
        """Give cases up: --listing, or those of PEOPLE. What they said is forgotten.

        PEOPLE as for `withdraw`. The days on which they moved stay, without whom they were about.
        """
        with open_ledger(ledger) as held:
            found = selection.find_prepared(held)
            for listing_id in found.ids:
                held.ledger.drop(listing_id)
        return found.answer({"dropped": found.names})


def _moved(found: Selected, move: Callable[[bytes], Life], today: dt.date) -> Answer:
    """Move each case that was found; those that cannot move stay as they are, and are told."""
    moved: list[dict[str, Any]] = []
    refused: list[dict[str, Any]] = []
    for listing_id in found.ids:
        try:
            moved.append(_told(move(listing_id), today))
        except IllegalMoveError as error:
            refused.append(_refused(listing_id, str(error)))
    answer = found.answer({"cases": moved, "refused_cases": refused})
    return attrs.evolve(answer, code=exits.REFUSED_ROWS) if refused else answer


def _refused(listing_id: bytes, reason: str) -> dict[str, Any]:
    return {"listing": listing_id.hex(), "reason": reason}


def _told(life: Life, today: dt.date) -> dict[str, Any]:
    """Where a case stands, without whom it is about."""
    earliest = {
        step: max((wait.first_day for wait in life.waits(today) if wait.step is step), default=None)
        for step in (Step.DECIDED, Step.LISTED)
    }
    return {
        "listing": life.listing.id.hex(),
        "reference": life.listing.reference,
        "state": life.state,
        "since": life.events[-1].on.isoformat(),
        "decide_from": str(earliest[Step.DECIDED] or ""),
        "list_from": str(earliest[Step.LISTED] or ""),
    }
