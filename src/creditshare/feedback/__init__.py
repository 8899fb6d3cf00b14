"""Execution feedback: what agencies applied because of listings, lifted, and reported back.

::

    execution  one action: a measure applied or lifted on a listing
    book       the recipient's: what it did, what it must lift, what it says of that
    held       where a live listing stands at a recipient
    pause      why nothing may rest on a live listing now
    speaker    who speaks for a log, and so hears what was done on its listings
    statement  the signed statement of a feedback file
    seal       a feedback into a file
    open       a file into a feedback, with every check that needs no state
    heard      the issuer's: what was reported, and who has not confirmed
    ground     what was reported as applied, and the listing does not bear
"""

from __future__ import annotations

from creditshare.feedback.book import ExecutionBook, SealedFeedback, ToLift, ToPause
from creditshare.feedback.execution import Action, Execution
from creditshare.feedback.ground import Flaw, Unfounded, unfounded
from creditshare.feedback.heard import (
    AppliedFeedback,
    Reported,
    Unconfirmed,
    Unpaused,
    apply_feedback,
    executions_of,
    unconfirmed,
    unpaused,
)
from creditshare.feedback.open import OpenedFeedback, open_feedback
from creditshare.feedback.pause import Pause
from creditshare.feedback.statement import Feedback

__all__ = [
    "Action",
    "AppliedFeedback",
    "Execution",
    "ExecutionBook",
    "Feedback",
    "Flaw",
    "OpenedFeedback",
    "Pause",
    "Reported",
    "SealedFeedback",
    "ToLift",
    "ToPause",
    "Unconfirmed",
    "Unfounded",
    "Unpaused",
    "apply_feedback",
    "executions_of",
    "open_feedback",
    "unconfirmed",
    "unfounded",
    "unpaused",
]
