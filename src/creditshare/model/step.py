"""The steps of a case: what can happen to a listing, from its preparation to its end."""

from __future__ import annotations

import enum

__all__ = ["Step"]


class Step(enum.StrEnum):
    """One thing that can happen."""

    PREPARED = "prepared"
    NOTICE_SERVED = "notice-served"
    REPRESENTED = "represented"
    DECIDED = "decided"
    LISTED = "listed"
    DISPUTED = "disputed"
    MARKED = "marked"
    ANSWERED = "answered"
    CORRECTED = "corrected"
    EXEMPTED = "exempted"
    SETTLED = "settled"
    REPAIRED = "repaired"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
