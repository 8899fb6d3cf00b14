"""The ledger: recorded all or not at all, ended for ever, sealed so that nothing is lost."""

from __future__ import annotations

import datetime as dt
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import creditshare as cs
from creditshare.bundle import BundleKind, Delivery, EventType
from creditshare.clock import unix
from creditshare.codec import encode_identifiers
from creditshare.errors import (
    CreditshareError,
    ExpiredEpochError,
    FileError,
    InvalidValueError,
    MalformedError,
    MisuseError,
    NotListedError,
    ReplacedEpochError,
    UnknownEpochError,
    WrongTokenKeyError,
)
from creditshare.ledger import Recorded, Sealed
from creditshare.life import Cause
from creditshare.model import WithdrawalReason
from world import (
    DAY,
    EPOCH,
    NOW,
    TODAY,
    World,
    applicant,
    as_held,
    cleared,
    decided,
    listing,
    number,
    person,
)

SETTLED = cs.model.WithdrawalReason.SETTLED
HOUR = dt.timedelta(hours=1)
SECOND = dt.timedelta(seconds=1)
LONG = cs.TokenKey.generate(attrs.evolve(EPOCH, ends=NOW + 400 * DAY))


def resident(serial: int) -> cs.ResidentID:
    """The number of a generated person."""
    return cs.ResidentID.parse(number(serial))


def end(listing_id: bytes, on: dt.date = TODAY) -> cs.Withdrawal:
    """A withdrawal of a settled debt."""
    return cs.Withdrawal(listing_id, SETTLED, on)


def owed(creditor: str = "某某网贷", default: dt.date = dt.date(2018, 3, 1)) -> cs.Obligation:
    """A debt."""
    return cs.Obligation(creditor, cs.Money(9, "CNY"), cs.Money(5, "CNY"), default)


def live(ledger: cs.Ledger, *serials: int) -> list[int]:
    """How many live listings each person has."""
    return [len(ledger.live_listings_of(resident(serial))) for serial in serials]


@pytest.fixture
def store(world: World) -> Iterator[cs.LedgerStore]:
    """The database of the platform's ledger."""
    with cs.LedgerStore(world.folder / "ledger.db") as opened:
        yield opened


@pytest.fixture
def ledger(store: cs.LedgerStore) -> cs.Ledger:
    """The platform's ledger."""
    return cs.Ledger(store, origin="platform")


# -- Recording ---------------------------------------------------------------------------------


def test_record(world: World, ledger: cs.Ledger) -> None:
    """Cleared listings are recorded, and found by the borrower's number in any form."""
    drafted = [listing(serial) for serial in (1, 2, 3)]
    recorded = world.record(ledger, *drafted)
    legacy = number(2)[:6] + number(2)[8:17]

    assert Recorded(3, ()) == recorded
    assert (drafted[1].id,) == ledger.live_listings_of(cs.ResidentID.parse(legacy))
    assert () == ledger.live_listings_of(resident(4))


def test_an_empty_call(world: World, ledger: cs.Ledger) -> None:
    """Nothing recorded is nothing listed."""
    assert Recorded(0, ()) == world.record(ledger)


def _broken(first: list[cs.rules.ClearedListing], trouble: object) -> Iterator[Any]:
    yield from first
    if isinstance(trouble, Exception):
        raise trouble
    yield trouble


@pytest.mark.parametrize("many", [1, 1000, 1001])
@pytest.mark.parametrize("trouble", [None, "a listing", OSError("the report ended")])
def test_all_or_nothing(world: World, ledger: cs.Ledger, many: int, trouble: object) -> None:
    """If the last item of a stream is wrong, or the stream breaks, nothing is recorded."""
    (one,) = cleared(listing(1))
    first = [one] * many

    with pytest.raises((MisuseError, OSError)):
        ledger.record(_broken(first, trouble), tokens=world.tokens, at=NOW)
    assert [0] == live(ledger, 1)
    assert Recorded(1, ()) == ledger.record([one], tokens=world.tokens, at=NOW)


@pytest.mark.parametrize("item", [None, listing(1), "x", cleared(listing(1))])
def test_only_cleared_listings(world: World, ledger: cs.Ledger, item: Any) -> None:
    """What no review cleared is refused, also as an amendment."""
    with pytest.raises(MisuseError, match="review"):
        ledger.record([item], tokens=world.tokens, at=NOW)
    with pytest.raises(MisuseError, match="review"):
        ledger.amend([item], tokens=world.tokens, at=NOW)


def test_duplicates(world: World, ledger: cs.Ledger) -> None:
    """A debt of a borrower is listed once: within a call, across calls, and after its end."""
    first, again, other_debt, other_person = cleared(
        listing(1), listing(1), listing(1, obligation=owed("别家")), listing(2)
    )
    tokens = world.tokens

    assert Recorded(3, (again,)) == ledger.record(
        [first, again, other_debt, other_person], tokens=tokens, at=NOW
    )
    assert Recorded(0, (again, first)) == ledger.record([again, first], tokens=tokens, at=NOW)

    ledger.withdraw(end(first.listing.id), at=NOW)

    assert Recorded(0, (again, first)) == ledger.record([again, first], tokens=tokens, at=NOW)
    assert [1, 1] == live(ledger, 1, 2)


def test_a_new_case(world: World, ledger: cs.Ledger) -> None:
    """After a withdrawal, another debt of the borrower can be listed."""
    first = listing(1)
    world.record(ledger, first)
    ledger.withdraw(end(first.id), at=NOW)

    later = owed(default=dt.date(2018, 3, 2))
    assert 1 == world.record(ledger, listing(1, obligation=later)).listed
    assert 1 == world.record(ledger, listing(1, obligation=owed("别家"))).listed


def test_a_duplicate_by_any_number(world: World, ledger: cs.Ledger) -> None:
    """A debt is the same debt by whichever of the borrower's numbers it comes again."""
    passport = cs.identifiers.Passport.parse("500123450", "GB")
    born = dt.date(1980, 5, 17)
    both = cs.Borrower.person(resident(1), passport, name="测试1", birth_date=born)
    alone = cs.Borrower.person(passport, name="测试1", birth_date=born)
    world.record(ledger, listing(borrower=both))

    assert 1 == len(world.record(ledger, listing(borrower=alone)).duplicates)
    assert 1 == len(world.record(ledger, listing(1)).duplicates)
    assert ledger.live_listings_of(passport) == ledger.live_listings_of(resident(1))


def test_an_id_twice(world: World, ledger: cs.Ledger) -> None:
    """A listing whose id was recorded before is a duplicate, whoever it is about."""
    first = listing(1)
    world.record(ledger, first)

    assert 1 == len(world.record(ledger, attrs.evolve(listing(2), id=first.id)).duplicates)
    assert [1, 0] == live(ledger, 1, 2)


def test_an_id_twice_in_one_call(world: World, ledger: cs.Ledger) -> None:
    """A listing whose id stands before it in the same call is a duplicate."""
    first = listing(1)
    recorded = world.record(ledger, first, attrs.evolve(listing(2), id=first.id))

    assert (1, 1) == (recorded.listed, len(recorded.duplicates))


def test_one_known_number_of_several(world: World, ledger: cs.Ledger) -> None:
    """One number that the debt was listed under makes a duplicate, of which nothing is kept."""
    both = cs.Borrower.person(resident(1), resident(2), name="测试1")
    later = cs.Borrower.person(resident(2), resident(3), name="测试1")
    first = world.record(ledger, listing(1))
    again = world.record(ledger, listing(borrower=both), listing(borrower=later))

    assert (1, 0) == (first.listed, len(first.duplicates))
    assert (1, [both]) == (again.listed, [item.listing.borrower for item in again.duplicates])
    assert [1, 1, 1] == live(ledger, 1, 2, 3)


def test_an_amended_debt_is_listed_once(world: World, ledger: cs.Ledger) -> None:
    """A debt whose creditor was amended is not listed again after its withdrawal."""
    first = listing(1)
    world.record(ledger, first)
    amended = attrs.evolve(first, obligation=owed(creditor="其他"))
    ledger.amend(cleared(amended), tokens=world.tokens, at=NOW)
    ledger.withdraw(end(first.id), at=NOW)

    assert 0 == world.record(ledger, attrs.evolve(amended, id=bytes(16))).listed


def test_an_amendment_to_another_listings_debt(world: World, ledger: cs.Ledger) -> None:
    """A listing is not amended to a debt of the same borrower that is another listing's."""
    first, second = listing(1), listing(1, obligation=owed(creditor="其他"))
    world.record(ledger, first, second)
    moved = attrs.evolve(second, obligation=first.obligation)

    with pytest.raises(MisuseError, match="another listing's"):
        ledger.amend(cleared(moved), tokens=world.tokens, at=NOW)
    assert "其他" == ledger.listing(second.id).obligation.creditor


# -- What is held ------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    name=st.text("测试甲乙丙·abc ", min_size=1, max_size=10).filter(str.strip),
    birth_date=st.booleans(),
    passport=st.booleans(),
    reference=st.text("row 0123", max_size=10).filter(lambda text: not text or text.strip()),
    role=st.sampled_from([cs.model.BorrowerRole.BORROWER, cs.model.BorrowerRole.ACCOMPLICE]),
)
def test_what_is_held_is_what_was_recorded(
    name: str, birth_date: bool, passport: bool, reference: str, role: cs.model.BorrowerRole
) -> None:
    """A live listing is read back as it was recorded, numbers and reference included."""
    numbers = [
        resident(1),
        *([cs.identifiers.Passport.parse("500123450", "GB")] if passport else []),
    ]
    born = dt.date(1980, 5, 17)
    borrower = cs.Borrower.person(
        *numbers, name=name, birth_date=born if birth_date or passport else None, role=role
    )
    drafted = listing(borrower=borrower, reference=reference)
    tokens = cs.TokenKeyring([cs.TokenKey.generate(EPOCH)])
    with cs.LedgerStore(":memory:") as memory:
        book = cs.Ledger(memory, origin="platform")
        book.record(cleared(drafted), tokens=tokens, at=NOW)
        held = book.listing(drafted.id)

    assert as_held(drafted) == held


def test_a_birth_date_that_was_not_stated(world: World, ledger: cs.Ledger) -> None:
    """A listing without a stated birth date is read back without one."""
    drafted = listing(1)
    world.record(ledger, drafted)

    assert drafted.borrower.birth_date == ledger.listing(drafted.id).borrower.birth_date


def test_unknown_listings(world: World, ledger: cs.Ledger) -> None:
    """Everything that needs a live listing refuses an unknown, an ended and an impossible id."""
    ended = listing(1)
    world.record(ledger, ended)
    ledger.withdraw(end(ended.id), at=NOW)
    text: Any = ended.id.hex()
    for listing_id in (bytes(16), b"", ended.id, text):
        with pytest.raises(NotListedError):
            ledger.listing(listing_id)
        with pytest.raises(NotListedError):
            ledger.suspend(listing_id, until=TODAY, on=TODAY, at=NOW)
        with pytest.raises(NotListedError):
            ledger.exempt(listing_id, until=TODAY, on=TODAY, cause=Cause.ILLNESS, at=NOW)
        with pytest.raises(NotListedError):
            ledger.resume(listing_id, on=TODAY, at=NOW)
    for listing_id in (bytes(16), ended.id):
        with pytest.raises(NotListedError):
            ledger.withdraw(end(listing_id), at=NOW)
        amended = cleared(attrs.evolve(ended, id=listing_id))
        with pytest.raises(NotListedError):
            ledger.amend(amended, tokens=world.tokens, at=NOW)


# -- Amending ----------------------------------------------------------------------------------


def test_confirming_an_open_conduct(world: World, ledger: cs.Ledger) -> None:
    """A conduct that goes on, reviewed and amended later, is listed for longer."""
    world.key = LONG
    confirmed, forgotten = listing(1), listing(2)
    world.record(ledger, confirmed, forgotten)
    later = NOW + 90 * DAY
    again = cleared(ledger.listing(confirmed.id), on=later.date())

    assert 1 == ledger.amend(again, tokens=world.tokens, at=later)

    _, sealed = seal(world, ledger, "0001.csb", at=NOW + 200 * DAY)

    assert 1 == sealed.lapsed
    assert [1, 0] == live(ledger, 1, 2)


def test_what_has_ended_is_not_confirmed(world: World, ledger: cs.Ledger) -> None:
    """A listing whose last day has passed has ended, though no seal has said so yet."""
    world.key = LONG
    first = listing(1)
    world.record(ledger, first)
    later = NOW + 181 * DAY
    again = cleared(ledger.listing(first.id), on=later.date())

    with pytest.raises(NotListedError):
        ledger.amend(again, tokens=world.tokens, at=later)


def test_an_amendment_is_what_is_held(world: World, ledger: cs.Ledger) -> None:
    """An amended listing is the newer version, under the same id."""
    first = listing(1)
    world.record(ledger, first)
    debt = attrs.evolve(first.obligation, creditor="新名")
    newer = attrs.evolve(first, obligation=debt, reference="row 7")
    ledger.amend(cleared(newer), tokens=world.tokens, at=NOW)

    assert "新名" == ledger.listing(first.id).obligation.creditor
    assert "row 7" == ledger.listing(first.id).reference
    assert (first.id,) == ledger.live_listings_of(resident(1))


def test_an_amendment_cannot_change_whom(world: World, ledger: cs.Ledger) -> None:
    """An amendment about another person, or with another set of numbers, is refused."""
    first = listing(1)
    world.record(ledger, first)
    numbers = resident(1), cs.identifiers.Passport.parse("500123450", "GB")
    more = cs.Borrower.person(*numbers, name="测试1", birth_date=dt.date(1980, 5, 17))
    for borrower in (person(2), more):
        newer = attrs.evolve(first, borrower=borrower)
        with pytest.raises(MisuseError, match="whom"):
            ledger.amend(cleared(newer), tokens=world.tokens, at=NOW)

    assert first.borrower.identifiers == ledger.listing(first.id).borrower.identifiers


def test_amendments_are_all_or_nothing(world: World, ledger: cs.Ledger) -> None:
    """If one listing is not live, none is amended."""
    first = listing(1)
    world.record(ledger, first)
    newer = attrs.evolve(first, obligation=attrs.evolve(first.obligation, creditor="新名"))

    with pytest.raises(NotListedError):
        ledger.amend(cleared(newer, listing(2)), tokens=world.tokens, at=NOW)
    assert "某某网贷" == ledger.listing(first.id).obligation.creditor


# -- Marks -------------------------------------------------------------------------------------


def screened(world: World, ledger: cs.Ledger, name: str, at: dt.datetime = NOW) -> list[str]:
    """What a fresh registry answers for person 1 after a full bundle."""
    path, _ = seal(world, ledger, f"{name}.csb", at=at)
    registry = world.registry(name)
    world.apply(registry, path, at=at)
    (answer,) = world.screen(registry, applicant(1), at=at)
    exempted = [str(match.exempted_until is not None) for match in answer.matches]
    return [answer.outcome.value, *exempted]


def test_marks(world: World, ledger: cs.Ledger) -> None:
    """A suspended listing is no match until resumed; an exempted one permits nothing meanwhile."""
    drafted = listing(1)
    world.record(ledger, drafted)
    ledger.suspend(drafted.id, until=TODAY + DAY, on=TODAY, at=NOW)

    assert ["needs-review"] == screened(world, ledger, "suspended")

    ledger.resume(drafted.id, on=TODAY, at=NOW)
    ledger.exempt(drafted.id, until=TODAY + DAY, on=TODAY, cause=Cause.ILLNESS, at=NOW)

    assert ["match", "True"] == screened(world, ledger, "exempted")

    ledger.resume(drafted.id, on=TODAY, at=NOW)

    assert ["match", "True"] == screened(world, ledger, "resumed")

    ledger.exempt(drafted.id, until=TODAY - 2 * DAY, on=TODAY, cause=Cause.ILLNESS, at=NOW)

    assert ["match", "False"] == screened(world, ledger, "ended")


def test_a_mark_outlives_an_amendment(world: World, ledger: cs.Ledger) -> None:
    """An amendment does not end a suspension, and an exemption does not either."""
    drafted = listing(1)
    world.record(ledger, drafted)
    ledger.suspend(drafted.id, until=TODAY + DAY, on=TODAY, at=NOW)
    ledger.amend(cleared(ledger.listing(drafted.id)), tokens=world.tokens, at=NOW)
    ledger.exempt(drafted.id, until=TODAY + DAY, on=TODAY, cause=Cause.ILLNESS, at=NOW)

    assert ["needs-review"] == screened(world, ledger, "amended")


MARKS: list[tuple[str, dict[str, Any]]] = [
    ("suspend", {"until": TODAY + DAY, "on": TODAY}),
    ("exempt", {"until": TODAY + DAY, "on": TODAY, "cause": Cause.FUNERAL}),
    ("resume", {"on": TODAY}),
]


@pytest.mark.parametrize(("mark", "given"), MARKS)
def test_marks_are_set_together_or_not_at_all(
    world: World, ledger: cs.Ledger, mark: str, given: dict[str, Any]
) -> None:
    """Several listings are marked in one go; if one of them is not live, none is."""
    first, second, gone = drafted = [listing(serial) for serial in (1, 2, 3)]
    world.record(ledger, *drafted)
    ledger.withdraw(end(gone.id), at=NOW)
    with pytest.raises(NotListedError):
        getattr(ledger, mark)(first.id, gone.id, **given, at=NOW)
    getattr(ledger, mark)(second.id, first.id, **given, at=NOW)
    getattr(ledger, mark)(**given, at=NOW)
    _, sealed = seal(world, ledger, "0001.csb")

    assert 3 + 1 + 2 == sealed.events


@pytest.mark.parametrize("day", [NOW, "2026-11-23", None, 5])
def test_a_mark_needs_a_day(world: World, ledger: cs.Ledger, day: Any) -> None:
    """A mark's day is a date without a time."""
    drafted = listing(1)
    world.record(ledger, drafted)

    with pytest.raises(MisuseError, match="date"):
        ledger.suspend(drafted.id, until=day, on=TODAY, at=NOW)


def test_where_a_listing_stands(world: World, ledger: cs.Ledger) -> None:
    """A listing stands as its marks, its last day and its withdrawal say."""
    plain, suspended, exempted, ended = drafted = [listing(serial) for serial in (1, 2, 3, 4)]
    world.record(ledger, *drafted)
    ledger.suspend(suspended.id, until=TODAY + DAY, on=TODAY, at=NOW)
    ledger.exempt(suspended.id, until=TODAY + 9 * DAY, on=TODAY, cause=Cause.ILLNESS, at=NOW)
    ledger.exempt(exempted.id, until=TODAY + DAY, on=TODAY, cause=Cause.ILLNESS, at=NOW)
    ledger.withdraw(end(ended.id), at=NOW)

    for at, expected in (
        (NOW, ["listed", "suspended", "exempted", "withdrawn"]),
        (NOW + 4 * DAY, ["listed", "exempted", "listed", "withdrawn"]),
        (NOW + 182 * DAY, ["withdrawn"] * 4),
    ):
        assert expected == [ledger.status(item.id, at) for item in drafted]
    with pytest.raises(NotListedError):
        ledger.status(bytes(16), NOW)
    assert plain.id in ledger.live_listings_of(resident(1))


def _says_or_refuses(world: World, ledger: cs.Ledger, day: dt.date) -> str:
    drafted = listing(1)
    world.record(ledger, drafted)
    try:
        ledger.suspend(drafted.id, until=day, on=TODAY, at=NOW)
    except CreditshareError:
        return "refused"
    path, _ = seal(world, ledger, "0001.csb")
    world.apply(world.registry(), path)
    return "applied"


@pytest.mark.parametrize("day", [TODAY, dt.date(9000, 12, 31)])
def test_a_mark_on_a_distant_day(world: World, ledger: cs.Ledger, day: dt.date) -> None:
    """A mark until any day to come that the format has is believed by the recipients."""
    assert "applied" == _says_or_refuses(world, ledger, day)


@pytest.mark.parametrize("day", [dt.date(1900, 1, 1), TODAY - DAY, dt.date.max])
def test_a_mark_on_an_impossible_day(world: World, ledger: cs.Ledger, day: dt.date) -> None:
    """A mark until a day before it, or that the format does not have, is refused."""
    assert "refused" == _says_or_refuses(world, ledger, day)


# -- Withdrawing -------------------------------------------------------------------------------


def test_withdrawing_twice(world: World, ledger: cs.Ledger) -> None:
    """A listing ends once."""
    drafted = listing(1)
    world.record(ledger, drafted)
    ledger.withdraw(end(drafted.id), at=NOW)

    with pytest.raises(NotListedError):
        ledger.withdraw(end(drafted.id), at=NOW)
    assert [0] == live(ledger, 1)


def test_withdrawing_several(world: World, ledger: cs.Ledger) -> None:
    """Listings that are ended together end together: one that cannot keeps the others live."""
    first, second, gone = (listing(n) for n in (1, 2, 3))
    world.record(ledger, first, second, gone)
    ledger.withdraw(end(gone.id), at=NOW)
    for wrong in (gone.id, first.id):
        with pytest.raises(NotListedError):
            ledger.withdraw(end(first.id), end(second.id), end(wrong), at=NOW)

        assert [1, 1, 0] == live(ledger, 1, 2, 3)

    ledger.withdraw(end(first.id), end(second.id), at=NOW)

    assert [0, 0, 0] == live(ledger, 1, 2, 3)


VOID = {
    WithdrawalReason.LISTED_IN_ERROR,
    WithdrawalReason.DISPUTE_UPHELD,
    WithdrawalReason.BASIS_REVOKED,
}


@pytest.mark.parametrize("reason", WithdrawalReason)
def test_a_log_tells_of_a_reason_only_whether_the_listing_was_void(
    world: World, ledger: cs.Ledger, reason: WithdrawalReason
) -> None:
    """The event of a withdrawal tells void listings from others, and no other reasons apart."""
    drafted = listing(1)
    world.record(ledger, drafted)
    ledger.withdraw(cs.Withdrawal(drafted.id, reason, TODAY), at=NOW)
    path, _ = world.seal(ledger, "1.csb")
    with cs.open_bundle(path, by=world.lender, roster=world.roster(), at=NOW) as bundle:
        *_, event = bundle.events()

    expected = EventType.VOID if reason in VOID else EventType.WITHDRAW
    assert (expected, drafted.id, bytes(32)) == (event.type, event.listing_id, event.digest)


def test_withdrawn_on_an_impossible_day(world: World, ledger: cs.Ledger) -> None:
    """A withdrawal on a day that the format does not have is refused with the library's error."""
    drafted = listing(1)
    world.record(ledger, drafted)

    with pytest.raises(CreditshareError):
        ledger.withdraw(end(drafted.id, dt.date(1960, 1, 1)), at=NOW)


def bytes_of(folder: Path) -> bytes:
    """All bytes of every file of the ledger's database."""
    return b"".join(path.read_bytes() for path in sorted(folder.glob("ledger.db*")))


@pytest.mark.parametrize("how", ["withdrawn", "lapsed", "amended"])
def test_what_ended_is_gone(world: World, how: str) -> None:
    """What ended, or was replaced, leaves neither record nor secret nor number in any file."""
    world.key = LONG
    drafted = listing(1)
    numbers = encode_identifiers(drafted.borrower.identifiers).encode()
    with cs.LedgerStore(world.folder / "ledger.db") as store:
        book = cs.Ledger(store, origin="platform")
        world.record(book, drafted, *map(listing, range(2, 30)))
        held_row = store.record(0)
    assert held_row is not None
    _, listing_id, secret, record = held_row
    secrets = [secret, record[12:200], record[-48:]]

    assert all(data in bytes_of(world.folder) for data in [*secrets, numbers])

    with cs.LedgerStore(world.folder / "ledger.db") as store:
        book = cs.Ledger(store, origin="platform")
        if how == "withdrawn":
            book.withdraw(end(drafted.id), at=NOW)
        elif how == "lapsed":
            seal(world, book, "0001.csb", at=NOW + 181 * DAY)
        else:
            book.amend(cleared(drafted), tokens=world.tokens, at=NOW)
    held = bytes_of(world.folder)

    assert not [data for data in secrets if data in held]
    assert (how == "amended") == (numbers in held)
    assert (how == "amended") == (number(1).encode() in held)
    assert listing_id in held


def test_what_ended_is_gone_at_once(world: World, store: cs.LedgerStore, ledger: cs.Ledger) -> None:
    """A withdrawn listing is in no file any more, while the ledger is still open."""
    drafted = listing(1)
    world.record(ledger, drafted, *map(listing, range(2, 30)))
    row = store.record(0)
    ledger.withdraw(end(drafted.id), at=NOW)
    held = bytes_of(world.folder)

    assert row is not None
    assert not [data for data in (row[2], number(1).encode()) if data in held]


# -- Sealing -----------------------------------------------------------------------------------


def seal(
    world: World, ledger: cs.Ledger, name: str, *, at: dt.datetime = NOW, **changes: Any
) -> tuple[Path, Sealed]:
    """Seal to the two readers."""
    path = world.folder / name
    asked: dict[str, Any] = {"by": world.custodian, "to": world.recipients, "at": at} | changes
    return path, ledger.seal(path, **asked)


def test_nothing_to_seal(world: World, ledger: cs.Ledger) -> None:
    """A ledger on which nothing was recorded is not sealed."""
    with pytest.raises(MisuseError, match="nothing was recorded"):
        seal(world, ledger, "0001.csb")
    assert None is ledger.last_checkpoint()


def test_premature(world: World, ledger: cs.Ledger) -> None:
    """A listing that was cleared for a later day is recorded only when that day has begun."""
    early = listing(
        1,
        notice=cs.Notice(TODAY - 6 * DAY, cs.model.ServiceMethod.POST, "Object."),
        decision=decided(TODAY + 10 * DAY),
    )
    later = cleared(early, on=TODAY + 10 * DAY)
    for days in (0, 8):
        with pytest.raises(MisuseError, match="other days"):
            ledger.record(later, tokens=world.tokens, at=NOW + days * DAY)

    assert 1 == ledger.record(later, tokens=world.tokens, at=NOW + 10 * DAY).listed


@pytest.mark.parametrize(
    ("at", "lapsed"),
    [
        (dt.datetime(2026, 11, 24, 9, 59, 59, tzinfo=dt.UTC), 0),
        (dt.datetime(2026, 11, 24, 10, tzinfo=dt.UTC), 1),
        (dt.datetime(2026, 12, 24, 10, tzinfo=dt.UTC), 1),
    ],
)
def test_lapsed(world: World, ledger: cs.Ledger, at: dt.datetime, lapsed: int) -> None:
    """A listing ends with the first seal after its last day, which ends first at UTC+14."""
    until_tomorrow = cs.Conduct(
        cs.model.ConductCode.ABSCOND, dt.date(2019, 3, 1), dt.date(2021, 11, 24)
    )
    world.record(ledger, listing(1, conduct=until_tomorrow), listing(2))
    _, sealed = seal(world, ledger, "0001.csb", at=at)

    assert lapsed == sealed.lapsed
    assert 2 - lapsed == sealed.checkpoint.live
    assert [1 - lapsed, 1] == live(ledger, 1, 2)
    assert 0 == seal(world, ledger, "0002.csb", at=at)[1].lapsed


def test_since(world: World, ledger: cs.Ledger) -> None:
    """A delta starts from an earlier checkpoint of this ledger, never from none or the current."""
    world.record(ledger, listing(1))
    seal(world, ledger, "0001.csb")

    for since in (0, 2, -1):
        with pytest.raises(MisuseError, match="no checkpoint"):
            seal(world, ledger, "0002.csb", since=since)
    with pytest.raises(MisuseError, match="nothing was said"):
        seal(world, ledger, "0002.csb", since=1)
    assert not (world.folder / "0002.csb").exists()


def test_a_chain_of_deltas(world: World, ledger: cs.Ledger) -> None:
    """A chain of deltas leads a recipient to where a full bundle leads another."""
    drafted = [listing(serial) for serial in range(1, 7)]
    world.record(ledger, *drafted[:4])
    paths = [seal(world, ledger, "0001.csb")]
    ledger.withdraw(end(drafted[0].id), at=NOW)
    ledger.suspend(drafted[1].id, until=TODAY + DAY, on=TODAY, at=NOW)
    paths.append(seal(world, ledger, "0002.csb", since=1))
    world.record(ledger, *drafted[4:])
    ledger.amend(cleared(drafted[2]), tokens=world.tokens, at=NOW)
    paths.append(seal(world, ledger, "0003.csb", since=2))
    full = seal(world, ledger, "full.csb")
    chained, fresh = world.registry("chained"), world.registry("fresh")
    for path, _ in paths:
        applied = world.apply(chained, path)
    asked = [applicant(serial) for serial in range(1, 8)]
    answers = world.screen(chained, *asked)

    assert [(4, 1), (2, 2), (3, 3), (9, 3)] == [
        (sealed.events, sealed.checkpoint.sequence) for _, sealed in [*paths, full]
    ]
    assert [BundleKind.FULL, BundleKind.DELTA, BundleKind.DELTA] == [s.kind for _, s in paths]
    assert paths[1][1].checkpoint.previous == paths[0][1].checkpoint.digest
    again = world.apply(fresh, full[0])
    assert (applied.checkpoint, applied.live) == (again.checkpoint, again.live)
    assert ["clear", "needs-review", *["match"] * 4, "clear"] == [a.outcome for a in answers]
    assert answers == world.screen(fresh, *asked)


def test_a_delta_over_several(world: World, ledger: cs.Ledger) -> None:
    """A delta may start from any earlier checkpoint."""
    for serial in (1, 2, 3):
        world.record(ledger, listing(serial))
        seal(world, ledger, f"{serial}.csb")
    path, sealed = seal(world, ledger, "delta.csb", since=1)
    registry = world.registry()
    world.apply(registry, world.folder / "1.csb")

    assert 2 == sealed.events
    assert 3 == world.apply(registry, path).live


@pytest.mark.parametrize(
    ("after", "sequence"),
    [
        (dt.timedelta(0), 1),
        (SECOND, 1),
        (15 * DAY - SECOND, 1),
        (15 * DAY, 2),
        (29 * DAY, 2),
        (30 * DAY, 2),
        (60 * DAY, 2),
    ],
)
def test_an_unchanged_state(
    world: World, ledger: cs.Ledger, after: dt.timedelta, sequence: int
) -> None:
    """An unchanged state keeps its checkpoint for half its life, and is then signed anew."""
    world.record(ledger, listing(1))
    _, first = seal(world, ledger, "0001.csb")
    _, second = seal(world, ledger, "0002.csb", at=NOW + after)

    assert sequence == second.checkpoint.sequence
    assert (sequence == 1) == (first.checkpoint == second.checkpoint)
    assert first.checkpoint.root == second.checkpoint.root
    assert second.checkpoint == ledger.last_checkpoint()
    if sequence == 2:
        assert first.checkpoint.digest == second.checkpoint.previous
        assert unix(NOW + after) == second.checkpoint.issued
        _, delta = seal(world, ledger, "delta.csb", at=NOW + after, since=1)
        assert (0, BundleKind.DELTA) == (delta.events, delta.kind)


def test_another_signer(world: World, ledger: cs.Ledger) -> None:
    """An unchanged state is signed anew when another agency signs for it."""
    world.record(ledger, listing(1))
    seal(world, ledger, "0001.csb")
    _, second = seal(world, ledger, "0002.csb", by=world.bank)

    assert (2, "bank") == (second.checkpoint.sequence, second.checkpoint.issuer)


def test_the_clock_runs_backwards(world: World, ledger: cs.Ledger) -> None:
    """Nothing is sealed before the last checkpoint was signed."""
    world.record(ledger, listing(1))
    seal(world, ledger, "0001.csb")

    with pytest.raises(MisuseError, match="later than now"):
        seal(world, ledger, "0002.csb", at=NOW - SECOND)


@pytest.mark.parametrize(
    ("valid_for", "allowed"),
    [
        (93 * DAY, True),
        (SECOND, True),
        (93 * DAY + SECOND, False),
        (94 * DAY, False),
        (dt.timedelta(0), False),
        (-DAY, False),
        (dt.timedelta(milliseconds=1), False),
    ],
)
def test_the_lifetime(
    world: World, ledger: cs.Ledger, valid_for: dt.timedelta, allowed: bool
) -> None:
    """A checkpoint lives for a second at least and 93 days at most."""
    world.record(ledger, listing(1))
    if not allowed:
        with pytest.raises(MisuseError, match="93 days"):
            seal(world, ledger, "0001.csb", valid_for=valid_for)
        assert None is ledger.last_checkpoint()
        return
    _, sealed = seal(world, ledger, "0001.csb", valid_for=valid_for)

    assert unix(NOW + valid_for) == sealed.checkpoint.expires


def test_a_checkpoint_never_outlives_its_epoch(world: World, ledger: cs.Ledger) -> None:
    """A checkpoint expires with its token epoch at the latest; after it nothing is sealed."""
    world.record(ledger, listing(1))
    _, sealed = seal(world, ledger, "0001.csb", at=EPOCH.ends - SECOND)

    assert unix(EPOCH.ends) == sealed.checkpoint.expires
    with pytest.raises(ExpiredEpochError):
        seal(world, ledger, "0002.csb", at=EPOCH.ends)
    assert sealed.checkpoint == ledger.last_checkpoint()


@pytest.mark.parametrize("to", [[], ["lender", "lender"]])
def test_recipients(world: World, ledger: cs.Ledger, to: list[str]) -> None:
    """A bundle has one recipient or more, each once; otherwise nothing is signed."""
    world.record(ledger, listing(1))
    members = [getattr(world, name).public for name in to]

    with pytest.raises(MisuseError):
        seal(world, ledger, "0001.csb", to=members)
    assert None is ledger.last_checkpoint()


def test_deliveries(world: World, store: cs.LedgerStore, ledger: cs.Ledger) -> None:
    """The ledger keeps who was sent what, from which base, and when."""
    world.record(ledger, listing(1))
    seal(world, ledger, "0001.csb")
    world.record(ledger, listing(2))
    later = NOW + HOUR
    seal(world, ledger, "0002.csb", at=later, since=1, to=[world.insurer.public])
    rows = list(store.deliveries())
    bodies = [Delivery.from_bytes(row.body) for row in rows]

    assert [
        (1, 1, 0, "lender insurer", unix(NOW)),
        (1, 2, 1, "insurer", unix(later)),
    ] == [(row.generation, row.sequence, row.base, row.recipients, row.sealed) for row in rows]
    assert [2, 1] == [len(body.audience) for body in bodies]
    assert [BundleKind.FULL, BundleKind.DELTA] == [body.kind for body in bodies]


@pytest.mark.parametrize("place", ["missing/0001.csb", "file/0001.csb", "folder"])
def test_a_file_that_cannot_be_written(world: World, ledger: cs.Ledger, place: str) -> None:
    """After a failure between commit and file, the next seal delivers the same checkpoint."""
    (world.folder / "file").write_text("in the way")
    (world.folder / "folder" / "inside").mkdir(parents=True)
    world.record(ledger, listing(1))

    with pytest.raises(FileError):
        seal(world, ledger, place)

    kept = ledger.last_checkpoint()
    assert kept is not None
    path, sealed = seal(world, ledger, "0001.csb", at=NOW + HOUR)

    assert kept.digest == sealed.checkpoint.digest
    assert 1 == world.apply(world.registry(), path, at=NOW + HOUR).live
    assert not list(world.folder.glob("**/*.part"))


# -- Epochs ------------------------------------------------------------------------------------

NEXT = cs.Epoch("2027H1", NOW - 10 * DAY, NOW + 200 * DAY, replaces="2026H2")
UNRELATED = cs.Epoch("other", NOW - 10 * DAY, NOW + 200 * DAY)


def test_the_wrong_epoch(world: World, ledger: cs.Ledger) -> None:
    """Once recorded under an epoch, a ledger refuses another, a replaced one and another key."""
    world.record(ledger, listing(1))
    newer, other = cs.TokenKey.generate(NEXT), cs.TokenKey.generate(UNRELATED)
    impostor = cs.TokenKey.generate(EPOCH)
    held = [
        ([other], UnknownEpochError),
        ([newer], ReplacedEpochError),
        ([], UnknownEpochError),
        ([world.key, newer], ReplacedEpochError),
        ([impostor], WrongTokenKeyError),
    ]
    for sources, error in held:
        tokens = cs.TokenKeyring(sources)
        with pytest.raises(error):
            ledger.record(cleared(listing(2)), tokens=tokens, at=NOW)
        with pytest.raises(error):
            ledger.amend(cleared(ledger.listing(one_of(ledger, 1))), tokens=tokens, at=NOW)
    with pytest.raises(ExpiredEpochError):
        ledger.record(cleared(listing(2)), tokens=world.tokens, at=EPOCH.ends)
    assert [1, 0] == live(ledger, 1, 2)
    assert (
        1
        == ledger.record(
            cleared(listing(2)), tokens=cs.TokenKeyring([world.key, other]), at=NOW
        ).listed
    )


def one_of(ledger: cs.Ledger, serial: int) -> bytes:
    """The id of a person's one listing."""
    (listing_id,) = ledger.live_listings_of(resident(serial))
    return listing_id


def test_no_epoch_in_force(world: World, ledger: cs.Ledger) -> None:
    """Before an epoch begins nothing is recorded under it."""
    with pytest.raises(UnknownEpochError):
        ledger.record(cleared(listing(1)), tokens=world.tokens, at=EPOCH.begins - SECOND)


def test_retoken(world: World, ledger: cs.Ledger) -> None:
    """A ledger moves to the next epoch in one step, told by a full bundle."""
    drafted = [listing(serial) for serial in (1, 2, 3)]
    world.record(ledger, *drafted)
    ledger.withdraw(end(drafted[1].id), at=NOW)
    ledger.suspend(drafted[2].id, until=TODAY + DAY, on=TODAY, at=NOW)
    first, _ = seal(world, ledger, "0001.csb")
    newer = cs.TokenKey.generate(NEXT)
    both = cs.TokenKeyring([world.key, newer])
    registry = world.registry()
    world.apply(registry, first)

    assert 2 == ledger.retoken(tokens=both, at=NOW)
    with pytest.raises(MisuseError, match="full bundle"):
        seal(world, ledger, "0002.csb", since=1)

    second, sealed = seal(world, ledger, "0002.csb")
    world.apply(registry, second, tokens=both)
    asked = [applicant(serial) for serial in (1, 2, 3)]
    answers = world.screen(registry, *asked, tokens=cs.TokenKeyring([newer]))

    assert "2027H1" == sealed.checkpoint.epoch
    assert newer.check == sealed.checkpoint.token_check
    assert ["match", "clear", "needs-review"] == [answer.outcome for answer in answers]
    assert drafted[0].obligation == ledger.listing(drafted[0].id).obligation
    assert 1 == ledger.record(cleared(listing(4)), tokens=both, at=NOW).listed


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_retoken_and_renew_leave_nobody_out(
    world: World, ledger: cs.Ledger, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """However many listings are rewritten at a time, each is rewritten once."""
    monkeypatch.setattr("creditshare.ledger.rewrite._BATCH", size)
    drafted = [listing(serial) for serial in (1, 2, 3, 4)]
    world.record(ledger, *drafted)
    newer = cs.TokenKeyring([cs.TokenKey.generate(NEXT)])

    assert 4 == ledger.retoken(tokens=newer, at=NOW)
    assert 4 == ledger.renew(2, tokens=newer, at=NOW)
    assert list(map(as_held, drafted)) == [ledger.listing(item.id) for item in drafted]


def test_retoken_to_an_epoch_that_does_not_replace(world: World, ledger: cs.Ledger) -> None:
    """A ledger moves to no epoch but the one that replaces its own."""
    world.record(ledger, listing(1))
    other = cs.TokenKeyring([cs.TokenKey.generate(UNRELATED)])

    with pytest.raises(ReplacedEpochError):
        ledger.retoken(tokens=other, at=NOW)
    with pytest.raises(ReplacedEpochError):
        ledger.retoken(tokens=world.tokens, at=NOW)
    assert [1] == live(ledger, 1)


def test_retoken_over_a_missed_epoch(world: World, ledger: cs.Ledger) -> None:
    """A ledger moves over an epoch that it never used, if the keyring holds that one too."""
    world.record(ledger, listing(1))
    between = cs.TokenKey.generate(NEXT)
    last = cs.TokenKey.generate(attrs.evolve(NEXT, name="2027H2", replaces=NEXT.name))

    with pytest.raises(ReplacedEpochError):
        ledger.retoken(tokens=cs.TokenKeyring([last]), at=NOW)
    assert 1 == ledger.retoken(tokens=cs.TokenKeyring([last, between]), at=NOW)
    assert last.epoch.name == seal(world, ledger, "0001.csb")[1].checkpoint.epoch


def test_retoken_draws_fresh_secrets(
    world: World, store: cs.LedgerStore, ledger: cs.Ledger
) -> None:
    """No record keeps its secret or its locked bytes when it moves to another epoch."""
    world.record(ledger, *map(listing, range(1, 6)))
    before = [store.record(event) for event, _ in store.live_events(0, 100, 100)]
    ledger.retoken(tokens=cs.TokenKeyring([cs.TokenKey.generate(NEXT)]), at=NOW)
    after = [store.record(event) for event, _ in store.live_events(0, 100, 100)]
    held = [row for row in before + after if row is not None]

    assert 10 == len(held)
    assert 10 == len({secret for _, _, secret, _ in held})
    assert 10 == len({record[12:] for _, _, _, record in held})


# -- The file ----------------------------------------------------------------------------------


def test_the_file_is_private(world: World) -> None:
    """A ledger's database, and what lies beside it, is for its owner alone."""
    with cs.LedgerStore(world.folder / "ledger.db") as store:
        world.record(cs.Ledger(store, origin="platform"), listing(1))
        modes = [stat.S_IMODE(path.stat().st_mode) for path in world.folder.glob("ledger.db*")]

    assert {0o600} == set(modes)


def test_a_ledger_is_reopened(world: World) -> None:
    """A ledger that was closed goes on where it was."""
    with cs.LedgerStore(world.folder / "ledger.db") as store:
        world.record(cs.Ledger(store, origin="platform"), listing(1))
    with cs.LedgerStore(world.folder / "ledger.db") as store:
        again = cs.Ledger(store, origin="platform")

        assert [1] == live(again, 1)
        assert 1 == len(world.record(again, listing(1)).duplicates)


@pytest.mark.parametrize("about", [{"origin": "bank"}, {"origin": "platform", "generation": 2}])
def test_somebody_elses_ledger(world: World, store: cs.LedgerStore, about: dict[str, Any]) -> None:
    """A database of another origin or generation is refused."""
    cs.Ledger(store, origin="platform")

    with pytest.raises(MisuseError, match="that of another log: platform, generation 1"):
        cs.Ledger(store, **about)


@pytest.mark.parametrize("origin", ["", "Bank", "a b", "-a", None, "a" * 65])
def test_an_impossible_origin(store: cs.LedgerStore, origin: Any) -> None:
    """An origin that no agency can have is refused."""
    with pytest.raises(InvalidValueError):
        cs.Ledger(store, origin=origin)


def test_a_damaged_record_is_not_passed_off(
    world: World, store: cs.LedgerStore, ledger: cs.Ledger
) -> None:
    """A record changed in the database is not read as anything."""
    drafted = listing(1)
    world.record(ledger, drafted)
    store.execute("UPDATE record SET body = zeroblob(length(body))")

    with pytest.raises(MalformedError):
        ledger.listing(drafted.id)
