"""The reasoned decision to list, and the person's own words about it."""

from __future__ import annotations

import datetime as dt

import attrs

from creditshare.model.faults import Faults

__all__ = ["Decision", "Statement"]


@attrs.frozen
class Decision:
    """That somebody decided, after the notice, to list the borrower, and why.

    Attributes:
        on: The day of the decision.
        reasons: Why, in the words of the decision: nobody is listed without.
        by: Who decided: an office or a committee, not a person.
        proposed: The day on which the borrower was told that listing is proposed, where a regime
            has such a second step (India).
        heard: The day on which the borrower was heard, or could have been; None if never.
        ends: The last day that the decision itself sets; None if it sets none.
    """

    on: dt.date
    reasons: str = attrs.field(repr=False)
    by: str
    proposed: dt.date | None = None
    heard: dt.date | None = None
    ends: dt.date | None = None

    def __attrs_post_init__(self) -> None:
        faults = Faults("decision")
        faults.day("on", self.on)
        faults.text("reasons", self.reasons, limit=2000, multiline=True)
        faults.text("by", self.by, limit=100)
        for field in ("proposed", "heard", "ends"):
            faults.day(field, getattr(self, field), optional=True)
        faults.raise_any()
        for field in ("proposed", "heard"):
            before = getattr(self, field)
            faults.check(field, before is None or before <= self.on, "after the decision")
        faults.check("ends", self.ends is None or self.ends >= self.on, "before the decision")
        faults.raise_any()


@attrs.frozen(repr=False)
class Statement:
    """The borrower's own statement about a listing (Regulation 2013, art. 16); it goes along.

    Attributes:
        on: The day on which it was made.
        text: In the borrower's own words.
    """

    on: dt.date
    text: str

    def __attrs_post_init__(self) -> None:
        faults = Faults("statement")
        faults.day("on", self.on)
        faults.text("text", self.text, limit=1000, multiline=True)
        faults.raise_any()

    def __repr__(self) -> str:
        return f"<Statement of {self.on} (hidden)>"
