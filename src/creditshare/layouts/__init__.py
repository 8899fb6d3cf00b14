"""Layouts: the report files that agencies really send, read row by row into draft listings.

::

    text ──source──> lines ─┬─records───> cells ─┐
                            └─jsonlines─> cells ─┤table──> a Row ──a layout──> Listing | RowRefusal
    workbook ───────────────────────────> cells ─┘         ▲   ▲                   │
                                         batch (a TOML) ───┘   └── values, money,  └──mending──> CSV
                                                                   numbers

    >>> facts = BatchFacts.load("batch.toml")                            # doctest: +SKIP
    >>> report = read("report.csv", layout("online-lending"), facts)     # doctest: +SKIP
    >>> for item in report:                                              # doctest: +SKIP
    ...     print(item)                    # a Listing, or a RowRefusal with all its faults
    >>> report.rows, report.digest.hex()                                 # doctest: +SKIP

A text of any size is read in little memory. A bad row is refused alone, and no refusal repeats
what stands in it; only a file that cannot be read at all raises `LayoutError`. Nothing that the
file and the batch description do not say is ever made up: what is lacking stays out of the draft,
and review refuses the draft for it.

A layout is one file in `formats`: its columns, and a function from a `Row` to a listing. Nothing
lists the layouts there are, `layouts` finds them; one of your own is handed to `read` as it is.
"""

from __future__ import annotations

from creditshare.layouts.base import DEBT, Column, Layout, Row
from creditshare.layouts.batch import AbscondFacts, BatchFacts, ConductFacts, ObligationFacts
from creditshare.layouts.formats import layout, layouts
from creditshare.layouts.formats.listings import write_listings
from creditshare.layouts.formats.online_lending import read_online_lending
from creditshare.layouts.kinds import KindWords
from creditshare.layouts.mending import RefusalWriter, refusal_file
from creditshare.layouts.money import RUPEES, YUAN, MoneyStyle
from creditshare.layouts.refusal import RefusalKind, Refused, Removal, RowFault, RowRefusal
from creditshare.layouts.report import Report, read
from creditshare.layouts.source import Encoding

__all__ = [
    "DEBT",
    "RUPEES",
    "YUAN",
    "AbscondFacts",
    "BatchFacts",
    "Column",
    "ConductFacts",
    "Encoding",
    "KindWords",
    "Layout",
    "MoneyStyle",
    "ObligationFacts",
    "RefusalKind",
    "RefusalWriter",
    "Refused",
    "Removal",
    "Report",
    "Row",
    "RowFault",
    "RowRefusal",
    "layout",
    "layouts",
    "read",
    "read_online_lending",
    "refusal_file",
    "write_listings",
]
