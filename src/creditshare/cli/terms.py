"""What runs in a case, as data; calendars for its working days; words that come from a file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import click

from creditshare.calendars import PLAIN, Calendar, calendar
from creditshare.cli.command import FILE
from creditshare.cli.lawbooks import counts_working_days
from creditshare.clock import day_of
from creditshare.errors import FileError
from creditshare.files import read_regular
from creditshare.life import Life, deadlines
from creditshare.rules import Rulebook

__all__ = ["calendar_of", "read_words", "told_life", "words_option"]

_WORDS_MAX = 16 * 1024
words_option = click.option(
    "--words", type=FILE, help="A file with what was said, in UTF-8; it stays on the ledger."
)


def calendar_of(book: Rulebook) -> Calendar:
    """The calendar of a rulebook's country if a term of its is in working days.

    Raises:
        MisuseError: without the extra, or for a country whose calendar is not known.
    """
    return calendar(book.jurisdiction) if counts_working_days(book) else PLAIN


def read_words(path: Path | None) -> str:
    """The text of a file; nothing for none.

    Raises:
        FileError: if it cannot be read, or is not UTF-8.
    """
    if path is None:
        return ""
    try:
        return read_regular(path, _WORDS_MAX).decode("utf-8-sig").replace("\r\n", "\n").strip()
    except UnicodeDecodeError:
        raise FileError("what was said must be in UTF-8") from None


def told_life(life: Life, at: dt.datetime, counted: Calendar) -> dict[str, Any]:
    """Where a case stands, and the terms that are open now.

    The calendar is found before anything is changed: what was done must not end as an error.
    """
    running = deadlines(life, counted) if life.is_live else ()
    return {
        "listing": life.listing.id.hex(),
        "state": life.state,
        "terms": [
            {
                "due": item.due.day.isoformat(),
                "kind": item.kind,
                "party": item.party,
                "what": item.term.en,
                "what_zh": item.term.zh,
                "provisional": item.due.provisional,
                "rule": item.rule.id,
                "citation": str(item.rule.citation),
                "verified": item.rule.verified,
            }
            for item in running
            if item.is_open(day_of(at))
        ],
    }
