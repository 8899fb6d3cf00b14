"""What screening answered: one JSON line an applicant, or one CSV line a finding."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TextIO

from creditshare.cli.tables import CsvTable
from creditshare.disclosure.facts import said
from creditshare.screening import Match, ReviewCase, Screening

__all__ = ["COLUMNS", "CsvAnswers", "JsonAnswers"]

COLUMNS = (
    "row", "reference", "outcome", "finding", "origin", "issuer", "listing", "agree", "reasons",
    "conduct", "since", "creditor", "outstanding_minor", "currency", "default_date", "basis",
    "remedy", "measures", "exempted_until", "disputed", "disputed_until", "stale", "statement",
    "cleared_by",
)  # fmt: skip
_BASIS = ("kind", "instrument", "article", "version")


class JsonAnswers:
    """Writes answers as JSON lines."""

    def __init__(self, to: TextIO) -> None:
        self._to = to

    def write(self, row: int, answer: Screening) -> None:
        """Write the answer for the applicant of a row."""
        line = {
            "row": row,
            "reference": answer.reference,
            "outcome": answer.outcome,
            "matches": [_match_data(item) for item in answer.matches],
            "reviews": [_review_data(item) for item in answer.reviews],
            "stale": [
                {"origin": item.origin, "expired_seconds": round(item.age.total_seconds())}
                for item in answer.stale
            ],
            "consulted": answer.consulted,
        }
        self._to.write(json.dumps(line, ensure_ascii=False) + "\n")


class CsvAnswers:
    """Writes answers as CSV: an applicant has a line for each finding, or one if there is none."""

    def __init__(self, to: TextIO) -> None:
        self._to = to
        self._table: CsvTable | None = None

    def write(self, row: int, answer: Screening) -> None:
        """Write the answer for the applicant of a row."""
        table = self._table = self._table or CsvTable(self._to, COLUMNS)
        stale = " ".join(item.origin for item in answer.stale)
        own = {
            "row": row,
            "reference": answer.reference,
            "outcome": answer.outcome,
            "stale": stale,
        }
        for finding in _findings(answer) or [{}]:
            table.write(own | finding)


def _findings(answer: Screening) -> list[dict[str, Any]]:
    return [*map(_match_cells, answer.matches), *map(_review_cells, answer.reviews)]


def _match_data(match: Match) -> dict[str, Any]:
    """A match, as JSON carries it."""
    return {
        "origin": match.origin,
        "issuer": match.issuer,
        "listing": match.listing_id.hex(),
        "agree": ["identifier", *match.corroboration],
        "measures": [
            {
                "code": item.code,
                "term": item.term,
                "citation": str(item.citation),
                "verified": item.verified,
            }
            for item in match.measures
        ],
        "exempted_until": match.exempted_until and match.exempted_until.isoformat(),
        "disputed": match.disputed,
        "disputed_until": match.disputed_until and match.disputed_until.isoformat(),
        "says": said(match.listing),
    }


def _review_data(case: ReviewCase) -> dict[str, Any]:
    """A hit that a person must look at, as JSON carries it."""
    return {
        "origin": case.origin,
        "issuer": case.issuer,
        "listing": case.listing_id.hex(),
        "reasons": list(case.reasons),
        "status": case.listing and case.listing.status,
        "expired_seconds": case.age and round(case.age.total_seconds()),
        "says": case.listing and said(case.listing),
    }


def _match_cells(match: Match) -> dict[str, Any]:
    told = _match_data(match)
    told["finding"] = "match"
    told["agree"] = " ".join(told["agree"])
    told["measures"] = " ".join(item["code"] for item in told["measures"])
    told["disputed"] = "yes" if told["disputed"] else ""
    return told | dict(_flat(told["says"]))


def _review_cells(case: ReviewCase) -> dict[str, Any]:
    told = _review_data(case)
    told["finding"] = "review"
    told["reasons"] = " ".join(told["reasons"])
    return told | dict(_flat(told["says"] or {}))


def _flat(says: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name in ("outstanding_minor", "currency", "default_date"):
        yield name, says.get(name, "")
    conduct, basis, notice = (says.get(name) or {} for name in ("conduct", "basis", "notice"))
    yield "creditor", says.get("creditor", "")
    yield "conduct", conduct.get("code", "")
    yield "since", conduct.get("start", "")
    yield "basis", " ".join(basis.get(name) or "" for name in _BASIS).strip()
    yield "remedy", notice.get("remedy") or ""
    yield "cleared_by", says.get("cleared_by") or ""
    yield "statement", (says.get("statement") or {}).get("text", "")
