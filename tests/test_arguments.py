"""Arguments of another kind: whatever a public function is handed, it refuses with our error."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import creditshare as cs
from creditshare.audit import AuditKey, AuditLog, AuditStore
from creditshare.calendars import PLAIN, Due
from creditshare.disclosure import (
    Contact,
    Language,
    issuer_report,
    render_html,
    render_text,
    to_dict,
)
from creditshare.errors import CreditshareError
from creditshare.feedback import ExecutionBook
from creditshare.joint import Debt, JointMeasure
from creditshare.ledger import owed, told
from creditshare.life import (
    Deadline,
    Event,
    Life,
    as_settled,
    confirmation_rule,
    deadlines,
    is_hidden,
    retention_end,
    retention_rule,
)
from creditshare.model import ConductCode, Step
from creditshare.rules import lifting_due
from creditshare.statistics import (
    CaseFact,
    Flow,
    Period,
    Statistics,
    change_sentence,
    chart,
    read_statistics,
    summarise,
    table_rows,
)
from world import DAY, NOW, TODAY, World, listing

BOOK = cs.rulebook("cn")
FACT = CaseFact("bank", ConductCode.FUND_DIVERSION, TODAY, cs.Money(900, "CNY"))
LONE = "\ud800"
LIFE = Life.recorded(
    BOOK,
    listing(1),
    [
        Event(Step.NOTICE_SERVED, TODAY),
        Event(Step.DECIDED, TODAY, words="reasons"),
        Event(Step.LISTED, TODAY),
    ],
)
NOTHING: Any = None
WRONG: Any = "x"
NESTED: Any = json.loads(900 * "[" + 900 * "]")


def table() -> dict[str, Any]:
    """A document of statistics whose cases stand in as many lists as Python can hold."""
    document = summarise([FACT] * 20, Period(TODAY, TODAY)).to_dict()
    document["total"]["cases"]["before"] = NESTED
    return document


def small() -> Statistics:
    """Statistics that show nothing."""
    return summarise([], Period(TODAY, TODAY))


def book_of(world: World) -> ExecutionBook:
    """A book of executions."""
    registry = cs.RegistryStore(world.folder / "registry.db")
    world._stores.append(registry)
    return ExecutionBook(registry)


def about_nobody(folder: Path) -> list[object]:
    """What a log says of the listing of nobody."""
    with AuditStore(folder / "audit.db") as store:
        return [*AuditLog(store, key=AuditKey.generate()).queries_about(LONE, bytes(16))]


OTHERS: dict[str, Callable[[World], object]] = {
    "executions": lambda w: book_of(w).executions(LONE),
    "queries_about": lambda w: about_nobody(w.folder),
    "read_statistics": lambda _: read_statistics(table()),
    "recorded": lambda _: Life.recorded(BOOK, listing(1), [NOTHING]),
    "about": lambda _: LIFE.about(NOTHING),
    "deadlines of nothing": lambda _: deadlines(NOTHING, PLAIN),
    "deadlines without a calendar": lambda _: deadlines(LIFE, NOTHING),
    "retention_end": lambda _: retention_end(NOTHING, listing(1), listed=TODAY),
    "retention_end of a time": lambda _: retention_end(BOOK, listing(1), listed=NOW),
    "retention_rule": lambda _: retention_rule(BOOK, NOTHING, listed=TODAY),
    "confirmation_rule": lambda _: confirmation_rule(BOOK, listing(1), on=NOTHING),
    "is_hidden": lambda _: is_hidden(BOOK, listing(1), NOTHING),
    "as_settled": lambda _: as_settled(listing(1), NOW),
    "Deadline": lambda _: Deadline("x", BOOK.rules[0], TODAY, Due(TODAY)),
    "terms of a time": lambda _: cs.rulebook("cn-serious-lists").deadlines("answer", NOW),
    "turned_on": lambda _: cs.measures("cn").turned_on(NOTHING),
    "lifting_due": lambda _: lifting_due(NOTHING, {}, cs.measures("cn")),
    "told": lambda _: told(NOTHING, bytes(16)),
    "issuer_report": lambda w: issuer_report(
        w.ledger(),
        listing_ids=[NOTHING],
        contact=Contact("platform"),
        book=BOOK,
        calendar_of=lambda _: PLAIN,
        at=NOW,
    ),
    "fresh": lambda w: w.ledger().fresh([NOTHING]),
    "seal": lambda w: w.ledger().seal("1.csb", by=w.custodian, to=NOTHING, at=NOW),
    "record_each": lambda w: book_of(w).record_each(WRONG, on=TODAY, at=NOW),
    "record_each on no day": lambda w: book_of(w).record_each([], on=NOTHING, at=NOW),
    "summarise": lambda _: summarise([NOTHING], Period(TODAY, TODAY)),
    "chart": lambda _: chart(small(), WRONG),
    "table_rows": lambda _: table_rows(small(), NOTHING),
    "change_sentence": lambda _: change_sentence(NOTHING),
    "Flow": lambda _: Flow(0, 0, 0, WRONG),
    "render_text": lambda _: render_text(NOTHING, Language.ENGLISH),
    "render_html": lambda _: render_html(NOTHING, Language.ENGLISH),
    "to_dict": lambda _: to_dict(NOTHING),
    "Debt": lambda _: Debt([]),
    "JointMeasure": lambda _: JointMeasure(cs.Role.LENDER, cs.measures("cn").measures[0], []),
}


@pytest.mark.parametrize("name", OTHERS)
def test_an_argument_of_another_kind_is_our_error(world: World, name: str) -> None:
    """A public function that is handed something else refuses with an error of ours."""
    with pytest.raises(CreditshareError):
        OTHERS[name](world)


@pytest.mark.parametrize("within", [timedelta.max, timedelta.min])
def test_what_is_owed_within_any_time(world: World, within: timedelta) -> None:
    """However far somebody looks ahead or back, what is owed is told."""
    ledger, drafted = world.ledger(), listing(1)
    world.record(ledger, drafted)
    ledger.dispute(drafted.id, on=TODAY, calendar=PLAIN, at=NOW)
    late = NOW + 30 * DAY
    found = owed(ledger, at=late, within=within, calendar_of=lambda _: PLAIN)

    assert found
    assert found[0].overdue
