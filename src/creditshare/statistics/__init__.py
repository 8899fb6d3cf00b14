"""Statistics for a supervisor: figures of many cases, none of which gives a single one away.

::

    facts      what is known of one case: days, a code, an amount; nobody's name or number
    period     a month, a quarter, a year
    flow       what was there, came, went and is there; its change
    tally      what is counted for one group while the facts stream by
    closing    which cells stay closed so that no subtraction opens a small one
    result     what is published, and nothing else: rows and totals
    grouping   which groups have a row of their own, and in which currencies amounts are told
    table      the rows of one table, each figure shown or closed
    summary    facts to a result, next to the table that was published before
    document   a result as JSON, and read again
    text       the same as rows of a table and as the sentence of a report
    chart      the same as a picture, SVG

Pure functions over values: no store, no clock. docs/adr/0021-small-cells.md says why the cells are
closed as they are.
"""

from __future__ import annotations

from creditshare.statistics.chart import chart
from creditshare.statistics.closing import CellRule
from creditshare.statistics.document import read_statistics
from creditshare.statistics.facts import CaseFact, DisputeFact
from creditshare.statistics.flow import Flow
from creditshare.statistics.period import Period
from creditshare.statistics.result import OTHER_REASONS, Breakdown, Dimension, Row, Statistics
from creditshare.statistics.summary import summarise
from creditshare.statistics.text import change_sentence, table_rows

__all__ = [
    "OTHER_REASONS",
    "Breakdown",
    "CaseFact",
    "CellRule",
    "Dimension",
    "DisputeFact",
    "Flow",
    "Period",
    "Row",
    "Statistics",
    "change_sentence",
    "chart",
    "read_statistics",
    "summarise",
    "table_rows",
]
