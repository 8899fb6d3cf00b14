"""The life of a listing: a state machine over dated events, and the terms that run in it.

::

    event      one step of a case, on its day, with what that step carries
    moves      which step is possible in which state, as a table
    life       a case: its events so far, and what may come next
    amending   what an amendment tells, beside what stood before
    terms      what is owed by when, and what is open until when
    retention  the last day that the rules leave to a listing

Pure values and functions: no store, no clock. Nothing that has happened is ever edited.
"""

from __future__ import annotations

from creditshare.life.event import Cause, Event
from creditshare.life.life import Life, Wait
from creditshare.life.moves import LIVE, MOVES, Move, State
from creditshare.life.retention import (
    as_settled,
    confirmation_rule,
    is_hidden,
    retention_end,
    retention_rule,
)
from creditshare.life.terms import Deadline, answer_due, deadlines

__all__ = [
    "LIVE",
    "MOVES",
    "Cause",
    "Deadline",
    "Event",
    "Life",
    "Move",
    "State",
    "Wait",
    "answer_due",
    "as_settled",
    "confirmation_rule",
    "deadlines",
    "is_hidden",
    "retention_end",
    "retention_rule",
]
