"""A joint view, as data that JSON can carry. Amounts are in the smallest unit."""

from __future__ import annotations

from collections import Counter
from typing import Any

from creditshare.joint import Debt, Disputed, Exemption, JointMeasure, JointView, Rest
from creditshare.screening import Match, Screening

__all__ = ["told"]


def told(view: JointView, answer: Screening) -> dict[str, Any]:
    """All that a view tells.

    Args:
        view: The view.
        answer: The screening that it is of.
    """
    numbers = {id(debt): number for number, debt in enumerate(view.debts, 1)}
    return {
        "reference": view.reference,
        "outcome": answer.outcome,
        "on": view.on.isoformat(),
        "debts": [_debt(number, debt) for number, debt in enumerate(view.debts, 1)],
        "alike": [
            {
                "debt": numbers[id(pair.first)],
                "may_be": numbers[id(pair.second)],
                "differ": list(pair.differ),
            }
            for pair in view.alike
        ],
        "owed": [
            {
                "currency": item.currency,
                "role": item.role,
                "least_minor": item.least,
                "most_minor": item.most,
            }
            for item in view.owed
        ],
        "measures": [_measure(item) for item in view.measures],
        "paused": [_measure(item) for item in view.paused],
        "exemptions": [_window(item) for item in view.exemptions],
        "disputes": [_window(item) for item in view.disputes],
        "reviews": {
            "count": len(view.reviews),
            "reasons": dict(
                sorted(Counter(why for case in view.reviews for why in case.reasons).items())
            ),
        },
        "stale": [
            {"origin": item.origin, "expired_seconds": round(item.age.total_seconds())}
            for item in view.stale
        ],
        "consulted": list(answer.consulted),
    }


def _debt(number: int, debt: Debt) -> dict[str, Any]:
    return {
        "debt": number,
        "role": debt.role,
        "currency": debt.currency,
        "least_minor": debt.least,
        "most_minor": debt.most,
        "joined_by": list(debt.joined_by),
        "reports": [_report(match) for match in debt.reports],
    }


def _report(match: Match) -> dict[str, Any]:
    owed, statement = match.listing.obligation, match.listing.statement
    return {
        "origin": match.origin,
        "listing": match.listing_id.hex(),
        "role": match.listing.borrower.role,
        "creditor": owed.creditor,
        "default_date": owed.default_date and owed.default_date.isoformat(),
        "principal_minor": owed.principal.minor,
        "outstanding_minor": owed.outstanding.minor,
        "disputed": match.disputed,
        "statement": statement and {"on": statement.on.isoformat(), "text": statement.text},
    }


def _measure(item: JointMeasure) -> dict[str, Any]:
    measure = item.measure
    return {
        "role": item.role,
        "duty": "must" if item.must else "may",
        "code": measure.code,
        "term": measure.term,
        "meaning": measure.meaning,
        "citation": str(measure.citation),
        "verified": measure.verified,
        "safeguard": measure.safeguard,
        "safeguard_zh": measure.safeguard_zh,
        "first_day": item.first_day.isoformat(),
        "last_day": item.last_day.isoformat(),
        "tail": measure.tail and f"{measure.tail.value} {measure.tail.unit}",
        "rests_on": [_rest(rest) for rest in item.rests_on],
    }


def _rest(rest: Rest) -> dict[str, Any]:
    return {
        "origin": rest.origin,
        "listing": rest.listing_id.hex(),
        "first_day": rest.first_day.isoformat(),
        "last_day": rest.last_day.isoformat(),
        "asked": rest.asked,
        "disputed": rest.disputed,
    }


def _window(item: Exemption | Disputed) -> dict[str, Any]:
    return {
        "origin": item.origin,
        "listing": item.listing_id.hex(),
        "until": item.until and item.until.isoformat(),
    }
