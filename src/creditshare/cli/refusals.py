"""What an import refused: counted, and written as a CSV that can be mended and imported again."""

from __future__ import annotations

import contextlib
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click

from creditshare.cli.command import choice
from creditshare.cli.exits import hinted
from creditshare.cli.pipes import STANDARD, check_kind
from creditshare.disclosure import Language
from creditshare.errors import FileError
from creditshare.layouts import RefusalWriter, Report, RowRefusal
from creditshare.layouts import refusal_file as refusals_in
from creditshare.layouts.table import MENDED
from creditshare.rules import Refused

__all__ = ["Refusals", "reasons_in", "reasons_language", "refusals_to"]

_HINT = "take another name for the new ones; --force writes over what is there"


reasons_language = click.option(
    "--language", type=choice(Language), default=str(Language.ENGLISH), show_default=True,
    callback=lambda _ctx, _param, value: Language(value), help="Of reasons and cures.",
)  # fmt: skip


def reasons_in(language: Language, refused: Refused) -> str:
    """Every reason why the review refused a draft."""
    if language is Language.CHINESE:
        return "；".join(reason.in_chinese() for reason in refused.reasons)
    return "; ".join(map(str, refused.reasons))


class Refusals:
    """Takes refusals as they come, and counts rows by the first thing wrong with them.

    Args:
        writer: Writes the CSV; None to count only.
        language: Of what the review says of a row; the writer has its own.
    """

    def __init__(self, writer: RefusalWriter | None, language: Language) -> None:
        self.counts: Counter[str] = Counter()
        self._writer = writer
        self._language = language

    def unreadable(self, refusal: RowRefusal) -> None:
        """A row that gave no listing."""
        self._add(refusal.faults[0].kind, refusal)

    def refused(self, report: Report, refused: Refused) -> None:
        """The row that was read last, whose draft the review refused."""
        why = reasons_in(self._language, refused)
        self._add(refused.reasons[0].rule.id, report.refuse_last(why))

    def _add(self, reason: str, refusal: RowRefusal) -> None:
        self.counts[reason] += 1
        if self._writer is not None:
            self._writer.add(refusal)


@contextlib.contextmanager
def refusals_to(path: Path | None, *, force: bool, language: Language) -> Iterator[Refusals]:
    """Refusals into a file that appears whole at the end, into a pipe, or nowhere.

    Args:
        path: The file; `-` for standard output.
        force: Whether refusals that are there may be lost.
        language: Of reasons and cures.

    Raises:
        FileError: if a file is there that holds no refusals, such as the report; or refusals,
            which may be mended by now.
    """
    chinese = language is Language.CHINESE
    if path is None:
        yield Refusals(None, language)
    elif path == STANDARD:
        yield Refusals(RefusalWriter(sys.stdout.buffer, chinese=chinese), language)
        sys.stdout.buffer.flush()
    else:
        check_kind(path, lambda head: MENDED[0].encode() in head)
        if not force and path.exists() and path.stat().st_size:
            raise hinted(FileError("refused rows are there, and may be mended"), _HINT)
        with refusals_in(path, chinese=chinese) as writer:
            yield Refusals(writer, language)
