"""Who waits for an answer: the rows of those who were asked about, and those that were refused."""

from __future__ import annotations

import json
import sys
from collections import deque
from collections.abc import Iterator

from creditshare.cli import exits
from creditshare.cli.people import Person, nobody_named
from creditshare.layouts import RowRefusal
from creditshare.screening import Applicant

__all__ = ["Queue"]


class Queue:
    """Remembers the rows of those who wait for their answer, and tells who was refused.

    Args:
        as_json: Whether the refused are told as JSON lines.
    """

    def __init__(self, *, as_json: bool) -> None:
        self._rows: deque[int] = deque()
        self._asked = False
        self._refused = False
        self._as_json = as_json

    def pass_on(self, people: Iterator[Person | RowRefusal]) -> Iterator[Applicant]:
        """The applicants, in their order; a row that cannot be read is told on standard error."""
        for item in people:
            if isinstance(item, RowRefusal):
                self._refused = True
                sys.stderr.write(self._told(item) + "\n")
            else:
                row, applicant = item
                self._asked = True
                self._rows.append(row)
                yield applicant

    def next_row(self) -> int:
        """The row of whoever is answered next."""
        return self._rows.popleft()

    def end(self) -> int:
        """How the command ends.

        Raises:
            NotListedError: if nobody was named.
        """
        if not self._asked and not self._refused:
            raise nobody_named()
        return exits.REFUSED_ROWS if self._refused else exits.DONE

    def _told(self, refusal: RowRefusal) -> str:
        if not self._as_json:
            return f"refused: {refusal}"
        faults = [
            {"field": fault.field, "kind": fault.kind, "reason": fault.reason}
            for fault in refusal.faults
        ]
        return json.dumps({"refused_row": refusal.row, "faults": faults}, ensure_ascii=False)
