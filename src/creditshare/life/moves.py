"""Which step is possible in which state: the table that everything else reads."""

from __future__ import annotations

import enum

import attrs

from creditshare.model import Step

__all__ = ["LIVE", "MOVES", "ONCE", "TOLD_LATE", "Move", "State"]


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
    Move(State.DECIDED, Step.LISTED, State.LISTED),
    Move(State.LISTED, Step.DISPUTED, State.DISPUTED),
    Move(State.UPHELD, Step.DISPUTED, State.DISPUTED),
    Move(State.LISTED, Step.MARKED, State.LISTED),
    *(Move(state, Step.MARKED, State.MARKED) for state in _OPEN),
    *(Move(state, Step.ANSWERED, State.UPHELD, upheld=True) for state in _OPEN),
    *(Move(state, Step.ANSWERED, State.LISTED, upheld=False) for state in _OPEN),
    *(Move(state, Step.CORRECTED, state) for state in (State.LISTED, *_OPEN)),
    Move(State.UPHELD, Step.CORRECTED, State.LISTED),
    *(Move(state, Step.EXEMPTED, state) for state in LIVE),
    *(Move(state, Step.SETTLED, state) for state in LIVE),
    *(Move(state, Step.REPAIRED, state) for state in LIVE),
    *(Move(state, Step.EXPIRED, State.ENDED) for state in LIVE),
    *(Move(state, Step.WITHDRAWN, State.ENDED) for state in LIVE),
)
"""Every possible move. What has ended does not move: listing again is a new case."""

ONCE = (Step.PREPARED, Step.SETTLED, Step.REPAIRED)
"""What happens once in a life at most."""

TOLD_LATE = (Step.SETTLED, Step.WITHDRAWN, Step.MARKED)
"""Steps that need not come in the order of their days: what is heard of late, and the mark of a
dispute that was noted late, which may be later than its answer."""
