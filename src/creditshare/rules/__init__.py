"""Rulebooks, conduct and measures as data, and the review that clears a listing or refuses it."""

from __future__ import annotations

from creditshare.rules.citation import Citation
from creditshare.rules.cleared import ClearedListing
from creditshare.rules.conducts import (
    ConductCatalogue,
    ConductKind,
    NeverConduct,
    Proof,
    conducts,
)
from creditshare.rules.deadlines import DEADLINES, Party, Term, TermKind
from creditshare.rules.lifting import AppliedMeasure, Lifting, lifting_due
from creditshare.rules.measure import Measure, MeasureClass, Target
from creditshare.rules.measures import MeasureCatalogue, measures
from creditshare.rules.problem import Problem
from creditshare.rules.results import Reason, Refused, Review
from creditshare.rules.rule import Rule, Setting, Source, When
from creditshare.rules.rulebook import Rulebook, rulebook

__all__ = [
    "DEADLINES",
    "AppliedMeasure",
    "Citation",
    "ClearedListing",
    "ConductCatalogue",
    "ConductKind",
    "Lifting",
    "Measure",
    "MeasureCatalogue",
    "MeasureClass",
    "NeverConduct",
    "Party",
    "Problem",
    "Proof",
    "Reason",
    "Refused",
    "Review",
    "Rule",
    "Rulebook",
    "Setting",
    "Source",
    "Target",
    "Term",
    "TermKind",
    "When",
    "conducts",
    "lifting_due",
    "measures",
    "rulebook",
]
