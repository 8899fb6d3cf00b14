"""Screening: an applicant against what a registry holds, answered with reasons.

::

    result    what is asked and what is answered
    recorder  who writes a query down before it is answered
    factors   does a name or birth date agree?
    screen    look up, judge, answer
"""

from __future__ import annotations

from creditshare.screening.recorder import Record, Recorder
from creditshare.screening.result import (
    Applicant,
    Match,
    Outcome,
    Purpose,
    ReviewCase,
    ReviewReason,
    Screening,
    SecondFactor,
    StaleIssuer,
)
from creditshare.screening.screen import screen

__all__ = [
    "Applicant",
    "Match",
    "Outcome",
    "Purpose",
    "Record",
    "Recorder",
    "ReviewCase",
    "ReviewReason",
    "Screening",
    "SecondFactor",
    "StaleIssuer",
    "screen",
]
