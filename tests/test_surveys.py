"""What ledgers and registries hold, and what was said to whom."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

import creditshare as cs
from creditshare.bundle import EventType
from creditshare.errors import NotListedError
from creditshare.ledger import Told, listings_of, standing, told
from creditshare.life import Cause
from creditshare.model import ListingStatus
from creditshare.registry import held_listings
from world import DAY, NOW, TODAY, World, cleared, listing, number

FAR = TODAY + 400 * DAY


def ids(ledger: cs.Ledger, serial: int) -> bytes:
    """The id of a borrower's one listing."""
    (found,) = ledger.live_listings_of(cs.ResidentID.parse(number(serial)))
    return found


def kinds(item: Told) -> tuple[EventType, ...]:
    """The types of the events that a bundle carried of a listing."""
    return tuple(event.type for event in item.events)


def test_standing_tells_what_status_tells(world: World) -> None:
    """Every listing that was not withdrawn stands there once, with the status the ledger gives."""
    ledger = world.ledger()
    world.record(ledger, *(listing(serial) for serial in range(1, 6)))
    ledger.suspend(ids(ledger, 2), until=FAR, on=TODAY, at=NOW)
    ledger.exempt(ids(ledger, 3), until=TODAY + 30 * DAY, on=TODAY, cause=Cause.ILLNESS, at=NOW)
    ledger.suspend(ids(ledger, 4), until=TODAY - 2 * DAY, on=TODAY - 9 * DAY, at=NOW)
    ledger.withdraw(cs.Withdrawal(ids(ledger, 5), cs.model.WithdrawalReason.SETTLED, TODAY), at=NOW)
    with cs.LedgerStore(world.folder / "ledger.db") as store:
        for at in (NOW, NOW + 300 * DAY):
            found = list(standing(store, at=at))

            assert {ids(ledger, serial) for serial in range(1, 5)} == {item.id for item in found}
            assert [ledger.status(item.id, at) for item in found] == [i.status for i in found]
        first = list(standing(store, at=NOW))

    assert sorted(item.last_day for item in first) == [item.last_day for item in first]
    assert {ListingStatus.WITHDRAWN} == {item.status for item in found}


def test_a_registry_tells_days_and_marks(world: World) -> None:
    """A registry holds the live listings with their last days and marks, and no withdrawn one."""
    ledger, registry = world.ledger(), world.registry()
    world.record(ledger, *(listing(serial) for serial in range(1, 5)))
    ledger.suspend(ids(ledger, 2), until=FAR, on=TODAY, at=NOW)
    ledger.exempt(ids(ledger, 3), until=TODAY + 30 * DAY, on=TODAY, cause=Cause.ILLNESS, at=NOW)
    ledger.withdraw(cs.Withdrawal(ids(ledger, 4), cs.model.WithdrawalReason.SETTLED, TODAY), at=NOW)
    world.apply(registry, world.seal(ledger, "1.csb")[0])
    with (
        cs.LedgerStore(world.folder / "ledger.db") as said,
        cs.RegistryStore(world.folder / "registry.db") as heard,
    ):
        for at in (NOW, NOW + 300 * DAY):
            issued = {(item.id, item.last_day, item.status) for item in standing(said, at=at)}
            held = list(held_listings(heard, at=at))

            assert issued == {(item.id, item.last_day, item.status) for item in held}
            assert {"platform"} == {item.origin for item in held}


def test_what_was_told_to_whom(world: World) -> None:
    """Each bundle tells which events of a listing it carried, and whether its content."""
    ledger = world.ledger()
    world.record(ledger, listing(1), listing(2))
    first = ids(ledger, 1)
    world.seal(ledger, "1.csb", to=[world.lender.public])
    ledger.suspend(first, until=FAR, on=TODAY, at=NOW)
    world.seal(ledger, "2.csb", since=1, to=[world.lender.public], at=NOW + DAY)
    world.seal(ledger, "3.csb", to=[world.insurer.public], at=NOW + DAY)
    ledger.withdraw(cs.Withdrawal(first, cs.model.WithdrawalReason.DISPUTE_UPHELD, TODAY), at=NOW)
    world.seal(ledger, "4.csb", since=2, at=NOW + 2 * DAY)
    world.seal(ledger, "5.csb", to=[world.bank.public], at=NOW + 2 * DAY)
    with cs.LedgerStore(world.folder / "ledger.db") as store:
        found = told(store, first)
        other = told(store, ids(ledger, 2))
        subjects = listings_of(store, cs.ResidentID.parse(number(1)))

    listed, suspended, void = EventType.LIST, EventType.SUSPEND, EventType.VOID

    assert (first,) == subjects
    assert [
        (("lender",), (listed,), True),
        (("lender",), (suspended,), False),
        (("insurer",), (listed, suspended), True),
        (("lender", "insurer"), (void,), False),
        (("bank",), (listed, suspended, void), False),
    ] == [(item.bundle.recipients, kinds(item), item.content) for item in found]
    assert [True, True, True] == [item.content for item in other]
    assert ["lender", "insurer", "bank"] == [item.bundle.recipients[0] for item in other]


def test_an_amended_listing_was_told_anew(world: World) -> None:
    """A delta after an amendment carries the listing's newest content, an older one none of it."""
    ledger = world.ledger()
    draft = listing(1)
    world.record(ledger, draft)
    world.seal(ledger, "1.csb")
    later = NOW + 2 * DAY
    ledger.amend(cleared(ledger.listing(draft.id), on=later.date()), tokens=world.tokens, at=later)
    world.seal(ledger, "2.csb", since=1, at=later)
    with cs.LedgerStore(world.folder / "ledger.db") as store:
        found = told(store, draft.id)

    assert [(EventType.LIST,), (EventType.AMEND,)] == [kinds(item) for item in found]
    assert [True, True] == [item.content for item in found]


def test_what_was_told_is_of_one_moment(world: World) -> None:
    """What another process withdraws and seals while the answer is read is not half in it."""
    ledger, other = world.ledger(), world.ledger()
    ours = listing(1)
    world.record(ledger, ours)
    world.seal(ledger, "1.csb")

    def withdraw(sql: str) -> None:
        if " FROM delivery" in sql:
            other.withdraw(cs.Withdrawal(ours.id, cs.model.WithdrawalReason.SETTLED, TODAY), at=NOW)
            world.seal(other, "2.csb", at=NOW + DAY)

    with cs.LedgerStore(world.folder / "ledger.db") as store:
        store._connection.set_trace_callback(withdraw)
        found = told(store, ours.id)

    assert ListingStatus.WITHDRAWN is ledger.status(ours.id, NOW)
    assert [1] == [item.bundle.sequence for item in found]


def test_nothing_is_told_of_a_stranger(world: World, tmp_path: Path) -> None:
    """An unknown listing or an empty database is an error, an unknown borrower has no listing."""
    world.record(world.ledger(), listing(1))
    with cs.LedgerStore(world.folder / "ledger.db") as store:
        assert () == listings_of(store, cs.ResidentID.parse(number(9)))
        with pytest.raises(NotListedError):
            told(store, bytes(16))
    with cs.LedgerStore(tmp_path / "empty.db") as store, pytest.raises(NotListedError):
        told(store, bytes(16))


def test_an_earlier_generation_is_not_told(world: World) -> None:
    """After the log began anew, only the bundles of the new log are told of."""
    ledger = world.ledger()
    world.record(ledger, listing(1))
    world.seal(ledger, "1.csb")
    first = ids(ledger, 1)
    ledger.renew(2, tokens=world.tokens, at=NOW)
    world.seal(ledger, "2.csb", at=NOW + dt.timedelta(hours=1))
    with cs.LedgerStore(world.folder / "ledger.db") as store:
        found = told(store, first)

    assert [2] == [item.bundle.generation for item in found]
    assert [True] == [item.content for item in found]
