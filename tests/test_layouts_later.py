"""Rows that gave a listing and are refused later, such as by a review."""

from __future__ import annotations

from pathlib import Path

import pytest

from creditshare.errors import MisuseError
from creditshare.layouts import (
    BatchFacts,
    RefusalKind,
    RowFault,
    RowRefusal,
    layouts,
    read,
    refusal_file,
)
from terminal import Exchange

FAULT = RowFault("", RefusalKind.REVIEW, "a minor")


def test_a_row_is_refused_as_it_stood(exchange: Exchange, tmp_path: Path) -> None:
    """The row whose listing came last is refused with its cells, and read again from its file."""
    batch = BatchFacts.load(exchange.folder / "batch.toml")
    report = read(exchange.folder / "report.csv", layouts()["online-lending"], batch)
    items = []
    with refusal_file(tmp_path / "refused.csv") as writer:
        for item in report:
            items.append(item)
            writer.add(item if isinstance(item, RowRefusal) else report.refuse([FAULT]))
    again = list(read(tmp_path / "refused.csv", layouts()["online-lending"], batch))

    assert [type(item) for item in items] == [type(item) for item in again]
    assert [
        item.borrower for item in items if not isinstance(item, RowRefusal)
    ] == [item.borrower for item in again if not isinstance(item, RowRefusal)]  # fmt: skip


def test_only_the_row_read_last_can_be_refused(exchange: Exchange) -> None:
    """Before the first listing, and after a row that gave none, there is nothing to refuse."""
    batch = BatchFacts.load(exchange.folder / "batch.toml")
    report = read(exchange.folder / "report.csv", layouts()["online-lending"], batch)
    with pytest.raises(MisuseError):
        report.refuse([FAULT])
    for item in report:
        if isinstance(item, RowRefusal):
            with pytest.raises(MisuseError):
                report.refuse([FAULT])
        else:
            assert (FAULT,) == report.refuse([FAULT]).faults
