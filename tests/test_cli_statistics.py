"""``creditshare statistics``: what a supervisor is told of a ledger."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

import creditshare as cs
from terminal import Ended, Exchange
from world import DAY, LICENCE, NOW, TODAY, cleared, listing

ISSUER = cs.roster.RosterEntry("lender", None, [cs.Role.ISSUER], LICENCE)

LATER = "2027-07-01T12:00:00Z"  # the last of June has ended everywhere


@pytest.fixture
def counted(exchange: Exchange) -> Exchange:
    """A lender with forty listings, seven of which were settled."""
    key = cs.TokenKey.generate(cs.Epoch("2026-count", NOW - DAY, NOW + 90 * DAY))
    drafts = [listing(serial) for serial in range(1, 41)]
    with cs.LedgerStore(exchange.home("lender") / "ledger.db") as store:
        ledger = cs.Ledger(store, origin="lender")
        ledger.record(cleared(*drafts, issuer=ISSUER), tokens=cs.TokenKeyring([key]), at=NOW)
        settled = cs.model.WithdrawalReason.SETTLED
        ledger.withdraw(*(cs.Withdrawal(item.id, settled, TODAY) for item in drafts[:7]), at=NOW)
    return exchange


def counts(exchange: Exchange, *words: str) -> Ended:
    """The command, run in the lender's home."""
    return exchange.run("lender", "statistics", *words, "--at", LATER)


def test_a_ledger_is_counted(counted: Exchange) -> None:
    """Listings, ends and what stands are told as JSON, and as tables in both languages."""
    said = json.loads(counts(counted, "2026Q4", "--json").out)
    english, chinese = counts(counted, "2026Q4"), counts(counted, "2026Q4", "--language", "zh")

    assert (40, 7, 33) == tuple(
        said["total"]["cases"][name] for name in ("listed", "ended", "standing")
    )
    assert 7 == said["total"]["ends"]["settled"]
    assert "33 stand" in english.out
    assert "33件" in chinese.out
    assert (0, 0) == (english.code, chinese.code)


def test_few_cases_are_not_told(counted: Exchange) -> None:
    """Where too few cases came or went there is no table, and it says why."""
    with cs.LedgerStore(counted.home("lender") / "ledger.db") as store:
        ledger = cs.Ledger(store, origin="lender")
        first = next(iter(cs.ledger.standing(store, at=NOW))).id
        later = TODAY + 60 * DAY
        settled = cs.Withdrawal(first, cs.model.WithdrawalReason.SETTLED, later)
        ledger.withdraw(settled, at=NOW + 60 * DAY)
    ended = counts(counted, f"{later:%Y-%m}")

    assert 0 == ended.code
    assert "too few" in ended.out


def test_a_table_follows_the_earlier_one(counted: Exchange, tmp_path: Path) -> None:
    """What was published is named the next time, and the change is told against it."""
    published = tmp_path / "q4.json"
    published.write_text(counts(counted, "2026Q4", "--json").out, "utf-8")
    ended = counts(counted, "2027Q1", "--earlier", str(published), "--json")
    wrong = counts(counted, "2027Q2", "--earlier", str(published), "--json")
    published.write_text("[", "utf-8")

    assert (33, 0) == tuple(
        json.loads(ended.out)["total"]["cases"][name] for name in ("before", "change")
    )
    assert 0 != wrong.code
    assert 0 != counts(counted, "2027Q1", "--earlier", str(published)).code


def test_what_was_paid_before_it_was_listed_breaks_no_series(
    counted: Exchange, tmp_path: Path
) -> None:
    """A reason older than the listing, or of the period before, counts when it is entered."""
    published = tmp_path / "q4.json"
    published.write_text(counts(counted, "2026Q4", "--json").out, "utf-8")
    with cs.LedgerStore(counted.home("lender") / "ledger.db") as store:
        ledger = cs.Ledger(store, origin="lender")
        error = cs.model.WithdrawalReason.LISTED_IN_ERROR
        ids = [item.id for item in cs.ledger.standing(store, at=NOW)][:6]
        given = [cs.Withdrawal(item, error, TODAY - 3 * DAY) for item in ids]
        ledger.withdraw(*given, at=dt.datetime(2027, 1, 5, tzinfo=dt.UTC))
    ended = counts(counted, "2027Q1", "--earlier", str(published), "--json")

    assert 0 == ended.code
    assert {"listed-in-error": 6} == {
        reason: count for reason, count in json.loads(ended.out)["total"]["ends"].items() if count
    }


def test_one_ledger_is_not_counted_twice(counted: Exchange, tmp_path: Path) -> None:
    """The same ledger under another path, or a copy of it, would double every case: refused."""
    held = counted.home("lender") / "ledger.db"
    copy = tmp_path / "backup.db"
    copy.write_bytes(held.read_bytes())
    for twice in (held, copy):
        ended = counts(counted, "2026Q4", "--also", str(twice))

        assert 13 == ended.code
        assert "of one issuer" in ended.err


def test_a_longer_period_follows_what_could_not_be_told(counted: Exchange, tmp_path: Path) -> None:
    """Where a month is closed, it is told together with the next, after the table before it."""
    published = tmp_path / "q4.json"
    published.write_text(counts(counted, "2026Q4", "--json").out, "utf-8")
    with cs.LedgerStore(counted.home("lender") / "ledger.db") as store:
        ledger = cs.Ledger(store, origin="lender")
        ids = [item.id for item in cs.ledger.standing(store, at=NOW)]
        for month, some in ((1, ids[:3]), (2, ids[3:6])):
            at = dt.datetime(2027, month, 9, tzinfo=dt.UTC)
            settled = cs.model.WithdrawalReason.SETTLED
            ledger.withdraw(*(cs.Withdrawal(item, settled, at.date()) for item in some), at=at)
    alone = counts(counted, "2027-01", "--earlier", str(published))
    ended = counts(counted, "2027-01/2027-02", "--earlier", str(published), "--json")

    assert "2027-01/2027-02" in alone.out
    assert (33, 6) == tuple(
        json.loads(ended.out)["total"]["cases"][one] for one in ("before", "ended")
    )


def test_the_chart_is_a_new_file(counted: Exchange, tmp_path: Path) -> None:
    """The chart is drawn into a file of its own, and never over one that is there."""
    picture = tmp_path / "q4.svg"
    first = counts(counted, "2026Q4", "--chart", str(picture), "--chart-by", "issuer")
    again = counts(counted, "2026Q4", "--chart", str(picture))

    assert 0 == first.code
    assert picture.read_text("utf-8").startswith("<svg ")
    assert 0 != again.code


@pytest.mark.parametrize(
    ("at", "told"),
    [("2026-12-31T23:00:00Z", False), ("2027-01-01T11:59:59Z", False), (LATER, True)],
)
def test_a_period_that_is_not_over_is_not_told(counted: Exchange, at: str, told: bool) -> None:
    """A quarter is told once its last day has ended everywhere, so that it is told once."""
    ended = counted.run("lender", "statistics", "2026Q4", "--at", at)

    assert told == (ended.code == 0)
    assert told == ("not over" not in ended.err)


@pytest.mark.parametrize("period", ["2026Q5", "last year", "2026-13", "0"])
def test_an_impossible_period(counted: Exchange, period: str) -> None:
    """A period that is none is told as a command that was called wrongly, with what one is."""
    ended = counts(counted, period)

    assert 2 == ended.code
    assert "Invalid value for PERIOD: must be" in ended.err
