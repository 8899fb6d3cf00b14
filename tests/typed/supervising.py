"""The supervisor's way through the library, as a type checker sees it. Checked, never run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import assert_type

import creditshare as cs
from creditshare.ledger import case_facts
from creditshare.statistics import (
    OTHER_REASONS,
    CaseFact,
    CellRule,
    Dimension,
    Flow,
    Period,
    Row,
    Statistics,
    change_sentence,
    chart,
    read_statistics,
    summarise,
    table_rows,
)


def report(
    facts: Iterator[CaseFact], earlier: Statistics | None, store: cs.LedgerStore, at: dt.datetime
) -> str:
    """Facts may be a stream; what is closed is None, and must be asked for."""
    period = assert_type(Period.quarter(2026, 1), Period)
    found = summarise(facts, period, earlier=earlier, by=[Dimension.ISSUER], rule=CellRule())
    assert_type(found, Statistics)
    assert_type(found.by(Dimension.ISSUER).groups, tuple[Row, ...])
    if found.total is not None:
        assert_type(found.total.cases.percent, Decimal | None)
        assert_type(found.total.amounts["CNY"], Flow)
        assert_type(found.total.ends[OTHER_REASONS], int | None)
        assert_type(change_sentence(found.total, language="zh"), str)
    summarise(assert_type(case_facts(store, at=at), Iterator[CaseFact]), period)
    assert_type(table_rows(found), list[list[str]])
    assert_type(read_statistics(found.to_dict()), Statistics)
    summarise(facts, period, by=["issuer"])  # type: ignore[list-item]
    return chart(found, Dimension.CONDUCT)
