"""Screening: an applicant against what a registry holds, answered with reasons.

::

    result     what is asked and what is answered
    agreement  how far two statements agree
    spelling   a name, folded
    names      comparing names by their letters
    chinese    the same with knowledge of Chinese (the extra ``chinese``)
    factors    do name and birth date agree?
    recorder   who writes a query down before it is answered
    bench      the issuers' standing at one moment
    screen     look up, judge, answer
"""

from __future__ import annotations

from creditshare.screening.agreement import Agreement
from creditshare.screening.chinese import ChineseNames
from creditshare.screening.names import Names
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
from creditshare.screening.screen import Screener, screen
from creditshare.screening.spelling import Spelling

__all__ = [
    "Agreement",
    "Applicant",
    "ChineseNames",
    "Match",
    "Names",
    "Outcome",
    "Purpose",
    "Record",
    "Recorder",
    "ReviewCase",
    "ReviewReason",
    "Screener",
    "Screening",
    "SecondFactor",
    "Spelling",
    "StaleIssuer",
    "screen",
]
