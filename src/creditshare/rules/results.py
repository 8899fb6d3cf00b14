"""What a review says: what was cleared, what was refused, and every reason why."""

from __future__ import annotations

import attrs

from creditshare.model import Listing
from creditshare.rules.cleared import ClearedListing
from creditshare.rules.problem import Problem
from creditshare.rules.rule import Rule, Source

__all__ = ["Reason", "Refused", "Review"]


@attrs.frozen
class Reason:
    """Why a listing was refused, without any personal data.

    Attributes:
        rule: The rule, with its citation.
        problem: What is wrong, and what would cure it, in both languages.
    """

    rule: Rule
    problem: Problem

    def __str__(self) -> str:
        source = self.rule.source_words
        return f"{self.rule.id}: {self.problem.en} [{source}]; to cure it: {self.problem.cure}"

    def in_chinese(self) -> str:
        """The same in Chinese."""
        note = "" if self.rule.verified else "；未核实"
        origin = "自定政策；" if self.rule.source is Source.POLICY else ""
        source = f"〔{origin}{self.rule.citation.in_chinese()}{note}〕"
        return f"{self.rule.id}：{self.problem.zh}{source}；补正：{self.problem.cure_zh}"


@attrs.frozen
class Refused:
    """A listing that may not be recorded.

    Attributes:
        listing: The draft.
        reasons: Every reason at once, in the rulebook's order; of one rule as many as it finds
            problems.
    """

    listing: Listing
    reasons: tuple[Reason, ...]


@attrs.frozen
class Review:
    """What became of each listing.

    Attributes:
        cleared: What `Ledger.record` takes.
        refused: What it never gets to see.
    """

    cleared: tuple[ClearedListing, ...]
    refused: tuple[Refused, ...]
