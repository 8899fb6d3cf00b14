"""Rulebooks and measures as data, and the review that clears a listing or refuses it."""

from __future__ import annotations

from creditshare.rules.citation import Citation
from creditshare.rules.cleared import ClearedListing
from creditshare.rules.measures import Measure, MeasureCatalogue, MeasureClass, Target, measures
from creditshare.rules.problem import Problem
from creditshare.rules.rule import Rule, Setting, Source, When
from creditshare.rules.rulebook import Reason, Refused, Review, Rulebook, rulebook

__all__ = [
    "Citation",
    "ClearedListing",
    "Measure",
    "MeasureCatalogue",
    "MeasureClass",
    "Problem",
    "Reason",
    "Refused",
    "Review",
    "Rule",
    "Rulebook",
    "Setting",
    "Source",
    "Target",
    "When",
    "measures",
    "rulebook",
]
