"""Which step is possible in which state: the table that everything else reads."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType

import attrs

from creditshare.model import Step

__all__ = ["LIVE", "MOVES", "NOT_BEFORE", "ONCE", "Move", "State"]


class State(enum.StrEnum):
    """Where a case stands."""

    NEW = "new"
    PREPARED = "prepared"
    NOTIFIED = "notified"
    DECIDED = "decided"
    LISTED = "listed"
    DISPUTED = "disputed"
    MARKED = "marked"
    UPHELD = "upheld"
    ENDED = "ended"


@attrs.frozen
class Move:
    """One row of the table.

    Attributes:
        state: Where the case stands.
        step: What may happen there.
        to: Where it stands afterwards.
        upheld: Of an answer, whether the person was right; None for other steps.
    """

    state: State
    step: Step
    to: State
    upheld: bool | None = None


LIVE = (State.LISTED, State.DISPUTED, State.MARKED, State.UPHELD)
"""The states of a listing that has not ended."""

_OPEN = (State.DISPUTED, State.MARKED)

MOVES: tuple[Move, ...] = (
    Move(State.NEW, Step.PREPARED, State.PREPARED),
    Move(State.NEW, Step.NOTICE_SERVED, State.NOTIFIED),
    Move(State.PREPARED, Step.NOTICE_SERVED, State.NOTIFIED),
    Move(State.NOTIFIED, Step.NOTICE_SERVED, State.NOTIFIED),
    Move(State.NOTIFIED, Step.REPRESENTED, State.NOTIFIED),
    Move(State.NOTIFIED, Step.DECIDED, State.DECIDED),
    Move(State.DECIDED, Step.REPRESENTED, State.NOTIFIED),
    Move(State.DECIDED, Step.LISTED, State.LISTED),
    Move(State.LISTED, Step.DISPUTED, State.DISPUTED),
    Move(State.UPHELD, Step.DISPUTED, State.DISPUTED),
    Move(State.LISTED, Step.MARKED, State.LISTED),
    *(Move(state, Step.MARKED, State.MARKED) for state in _OPEN),
    *(Move(state, Step.ANSWERED, State.UPHELD, upheld=True) for state in _OPEN),
    *(Move(state, Step.ANSWERED, State.LISTED, upheld=False) for state in _OPEN),
    *(Move(state, Step.CORRECTED, state) for state in (State.LISTED, *_OPEN)),
    Move(State.UPHELD, Step.CORRECTED, State.LISTED),
    *(Move(state, Step.NOTICE_SERVED, state) for state in LIVE),
    *(Move(state, Step.DECIDED, state) for state in LIVE),
    *(Move(state, Step.EXEMPTED, state) for state in LIVE),
    *(Move(state, Step.SETTLED, state) for state in LIVE),
    *(Move(state, Step.REPAIRED, state) for state in LIVE),
    *(Move(state, Step.EXPIRED, State.ENDED) for state in LIVE),
    *(Move(state, Step.WITHDRAWN, State.ENDED) for state in LIVE),
)
"""Every possible move. What has ended does not move: listing again is a new case."""

ONCE = (Step.PREPARED, Step.SETTLED, Step.REPAIRED)
"""What happens once in a life at most."""

_BEGINNING = (Step.PREPARED, Step.NOTICE_SERVED, Step.REPRESENTED, Step.DECIDED, Step.LISTED)
_CONTEST = (Step.LISTED, Step.DISPUTED, Step.ANSWERED)

NOT_BEFORE: Mapping[Step, tuple[Step, ...]] = MappingProxyType(
    dict.fromkeys(_BEGINNING, _BEGINNING)
    | {Step.REPRESENTED: (Step.PREPARED, Step.NOTICE_SERVED)}
    | dict.fromkeys((Step.DISPUTED, Step.ANSWERED, Step.CORRECTED), _CONTEST)
    | dict.fromkeys((Step.EXEMPTED, Step.REPAIRED, Step.EXPIRED), (Step.LISTED,))
    | dict.fromkeys((Step.MARKED, Step.SETTLED, Step.WITHDRAWN), ())
)
"""The steps whose days a step's day may not lie before, if they were noted earlier.

What is told late keeps its own day, whatever else was noted since; only what belongs together
comes in the order of its days. Settled, or withdrawn for a reason, may be older than the listing;
the mark of a dispute that was noted late may be later than its answer.
"""
