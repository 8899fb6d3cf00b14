"""Layouts: the report files that agencies really send, read row by row into draft listings.

::

    bytes ──source──> lines ──records──> cells ──table──> rows ──a layout──> Listing | RowRefusal
                                                                 ▲   ▲
                                              batch (a TOML) ────┘   └──── values (one cell)

    >>> facts = BatchFacts.load("batch.toml")                            # doctest: +SKIP
    >>> report = read_online_lending("report.csv", facts)                # doctest: +SKIP
    >>> for item in report:                                              # doctest: +SKIP
    ...     print(item)                    # a Listing, or a RowRefusal with all its faults
    >>> report.rows, report.digest.hex()                                 # doctest: +SKIP

A file of any size is read in little memory. A bad row is refused alone, and no refusal repeats
what stands in it; only a file that cannot be read at all raises `LayoutError`. Nothing that the
file and the batch description do not say is ever made up: what is lacking stays out of the draft,
and review refuses the draft for it.

To add a layout, write one file beside `online_lending` that names its `Columns` and gives `Report`
a function from a `Row` to a listing or its faults, and one file of tests for it.
"""

from __future__ import annotations

from creditshare.layouts.batch import AbscondFacts, BatchFacts, ConductFacts
from creditshare.layouts.online_lending import read_online_lending
from creditshare.layouts.refusal import RefusalKind, RowFault, RowRefusal
from creditshare.layouts.report import Report
from creditshare.layouts.source import Encoding

__all__ = [
    "AbscondFacts",
    "BatchFacts",
    "ConductFacts",
    "Encoding",
    "RefusalKind",
    "Report",
    "RowFault",
    "RowRefusal",
    "read_online_lending",
]
