"""A published document of statistics, read again: strictly, because somebody else wrote it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import attrs

from creditshare.errors import InputError
from creditshare.statistics.closing import CellRule
from creditshare.statistics.flow import Flow
from creditshare.statistics.period import Period
from creditshare.statistics.result import SCHEMA, Breakdown, Dimension, Row, Statistics

__all__ = ["read_statistics"]


def read_statistics(document: Mapping[str, Any]) -> Statistics:
    """Statistics from what `Statistics.to_dict` gave and `json.loads` read.

    Args:
        document: The document.

    Returns:
        The same statistics.

    Raises:
        InputError: if it is not such a document, whole and without anything else.
    """
    try:
        read = Statistics(
            Period(_day(document["period"]["first"]), _day(document["period"]["last"])),
            CellRule(**document["rule"]),
            _row(document["total"]),
            [_breakdown(name, part) for name, part in document["by"].items()],
        )
        whole = read.to_dict() == document and document["schema"] == SCHEMA
    except (KeyError, TypeError, ValueError, AttributeError):
        raise InputError("this is no document of statistics") from None
    if not whole:
        raise InputError("this document of statistics does not agree with itself")
    return read


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def _row(part: Mapping[str, Any] | None) -> Row | None:
    if part is None:
        return None
    amounts = {currency: _flow(flow) for currency, flow in part["amounts"].items()}
    return Row(part["group"], _flow(part["cases"]), amounts, part["ends"], part["disputes"])


def _flow(part: Mapping[str, Any]) -> Flow:
    return Flow(*(part[field.name] for field in attrs.fields(Flow)))


def _breakdown(name: str, part: Mapping[str, Any]) -> Breakdown:
    groups = [_row(row) for row in part["groups"]]
    return Breakdown(Dimension(name), groups, _row(part["remainder"]))
