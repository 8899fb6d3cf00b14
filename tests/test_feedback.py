"""Execution feedback: what was applied is told, and what must be lifted is seen until it is."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

import creditshare as cs
from creditshare.calendars import PLAIN
from creditshare.errors import (
    InvalidValueError,
    MisuseError,
    NothingNewError,
    NotListedError,
    RosterError,
)
from creditshare.feedback import (
    Action,
    Execution,
    Reported,
    ToLift,
    Unconfirmed,
    executions_of,
    unconfirmed,
)
from creditshare.life import Cause
from creditshare.model import WithdrawalReason
from reporting import CATALOGUE, Reporting
from world import DAY, NOW, TODAY, cleared, listing, number

TOMORROW = NOW + DAY


@pytest.fixture
def exchange(tmp_path: Path) -> Iterator[Reporting]:
    """A lender that has heard of the listings 1 to 3."""
    made = Reporting.of(tmp_path, 1, 2, 3)
    yield made
    made.world.close()


def due(exchange: Reporting, *, at: dt.datetime = NOW) -> list[ToLift]:
    with exchange.books() as (book, _):
        return list(book.due_to_lift(CATALOGUE, at=at))


def missing(exchange: Reporting, *, at: dt.datetime = NOW) -> list[Unconfirmed]:
    with exchange.books() as (_, store):
        return list(unconfirmed(store, CATALOGUE, at=at))


def reported(exchange: Reporting, serial: int) -> list[Reported]:
    with exchange.books() as (_, store):
        return list(executions_of(store, exchange.ids[serial]))


# -- There and back ----------------------------------------------------------------------------


def test_a_measure_is_followed_from_its_application_to_its_lifting(exchange: Reporting) -> None:
    """What a lender applied is known to the issuer, is due when the listing ends, until lifted."""
    exchange.applies(1, reference="credit policy 4.2")
    first, _ = exchange.seals("1.csf")
    told = exchange.hears(first)
    match = exchange.match(1)
    codes = sorted(measure.code for measure in match.measures)
    applied = [
        Reported(
            "lender",
            Execution(
                "platform", exchange.ids[1], code, Action.APPLIED, TODAY, "credit policy 4.2"
            ),
        )
        for code in codes
    ]

    assert codes
    assert (len(codes), (), 0, 0) == (told.news, told.refused, told.skipped, told.left_out)
    assert applied == reported(exchange, 1)
    assert ([], []) == (due(exchange), missing(exchange))

    exchange.withdraws(1)
    exchange.delivers()
    open_items = [(item.execution, TODAY, TODAY) for item in applied]

    assert open_items == [(item.execution, item.ended, item.due) for item in due(exchange)]
    assert [("lender", *item, True, False) for item in open_items] == [
        attrs.astuple(item, recurse=False) for item in missing(exchange)
    ]

    exchange.lifts(1, at=TOMORROW)
    assert [] == due(exchange, at=TOMORROW)
    assert applied == [
        Reported(item.agency, item.execution) for item in missing(exchange, at=TOMORROW)
    ]
    second, sealed = exchange.seals("2.csf", at=TOMORROW)
    exchange.hears(second, at=TOMORROW)

    assert (2, 0, len(codes)) == (sealed.number, sealed.applied, sealed.lifted)
    assert [] == missing(exchange, at=TOMORROW)
    assert {Action.LIFTED} == {item.execution.action for item in reported(exchange, 1)}
    assert {TODAY + DAY} == {item.execution.on for item in reported(exchange, 1)}


def told(exchange: Reporting, *, at: dt.datetime = NOW) -> dict[bytes, bool]:
    """Of each listing that has ended and is unconfirmed, whether the lender was told of its end."""
    return {item.execution.listing_id: item.told for item in missing(exchange, at=at)}


def test_who_was_never_sent_a_withdrawal_is_told_apart(exchange: Reporting) -> None:
    """A withdrawal that was sealed to nobody, or to others alone, was not told to the lender."""
    exchange.applies(1, 2)
    exchange.hears(exchange.seals()[0])
    exchange.withdraws(1)
    unsent = told(exchange)
    exchange.delivers(to=[exchange.world.insurer.public])
    sent_to_another = told(exchange)
    exchange.delivers()
    exchange.withdraws(2)

    assert {exchange.ids[1]: False} == unsent == sent_to_another
    assert {exchange.ids[1]: True, exchange.ids[2]: False} == told(exchange)


def test_a_last_day_that_was_told_needs_no_withdrawal(exchange: Reporting) -> None:
    """What ended by its last day was told with the listing, though no bundle followed."""
    exchange.applies(1)
    exchange.hears(exchange.seals()[0])
    exchange.withdraws(1)
    after = NOW + 4_000 * DAY

    assert {exchange.ids[1]: False} == told(exchange)
    assert {exchange.ids[1]: True} == told(exchange, at=after)


def test_the_end_before_a_new_log_is_told_by_a_bundle_of_it(exchange: Reporting) -> None:
    """What ended before the log began anew is told by any bundle of the new log, and no earlier."""
    exchange.applies(1)
    exchange.hears(exchange.seals()[0])
    exchange.withdraws(1)
    world = exchange.world
    exchange.ledger.renew(2, tokens=world.tokens, at=NOW)
    before = told(exchange, at=TOMORROW)
    with cs.LedgerStore(world.folder / "ledger.db") as store:
        ledger = cs.Ledger(store, origin="platform", generation=2)
        to = world.recipients
        ledger.seal(world.folder / "new.csb", by=world.custodian, to=to, at=TOMORROW)

    assert {exchange.ids[1]: False} == before
    assert {exchange.ids[1]: True} == told(exchange, at=TOMORROW)


def test_a_lost_feedback_loses_nothing(exchange: Reporting) -> None:
    """The next feedback tells all that a lost one told, and the gap is seen."""
    exchange.applies(1)
    exchange.seals("lost.csf")
    exchange.applies(2)
    second, _ = exchange.seals("2.csf")
    told = exchange.hears(second)

    assert (2, 1) == (told.number, told.skipped)
    assert reported(exchange, 1)
    assert reported(exchange, 2)


def test_a_feedback_twice_changes_nothing(exchange: Reporting) -> None:
    """A feedback that is applied again is held already."""
    exchange.applies(1)
    path, _ = exchange.seals()
    first, before = exchange.hears(path), reported(exchange, 1)
    again = exchange.hears(path)

    assert (False, True) == (first.already_held, again.already_held)
    assert 0 == again.news
    assert before == reported(exchange, 1)


def test_what_is_lifted_can_be_applied_again(exchange: Reporting) -> None:
    """After an exemption a measure that was lifted is applied again, and each step is told."""
    exchange.applies(1)
    exchange.lifts(1)
    exchange.hears(exchange.seals("1.csf")[0])
    lifted = reported(exchange, 1)
    exchange.applies(1, at=TOMORROW)
    exchange.hears(exchange.seals("2.csf", at=TOMORROW)[0], at=TOMORROW)

    assert {Action.LIFTED} == {item.execution.action for item in lifted}
    assert {Action.APPLIED} == {item.execution.action for item in reported(exchange, 1)}


def test_a_feedback_for_an_issuer_of_its_own(exchange: Reporting) -> None:
    """A log whose institution still signs hears from its recipients itself."""
    world = exchange.world
    ledger = world.ledger("own", origin="bank")
    world.record(ledger, listing(9))
    path, _ = world.seal(ledger, "own.csb")
    world.apply(world.registry(), path)
    with exchange.books() as (book, _):
        match = exchange.match(9)
        book.record_applied(match, match.measures[0], on=TODAY, at=NOW)
        sealed = book.seal(
            world.folder / "f.csf", origin="bank", by=world.lender, roster=world.roster(), at=NOW
        )
    opened = exchange.opens(world.folder / "f.csf", by=world.bank)

    assert ("bank", "bank") == (sealed.recipient, opened.feedback.origin)


# -- What may be recorded ------------------------------------------------------------------------


def test_nothing_is_recorded_that_the_listing_does_not_permit(exchange: Reporting) -> None:
    """A measure that the match does not permit is not recorded, nor any beside it."""
    match = exchange.match(1)
    foreign = next(item for item in CATALOGUE.measures if item not in match.measures)
    with exchange.books() as (book, _):
        with pytest.raises(MisuseError, match="does not permit"):
            book.record_applied(match, *match.measures, foreign, on=TODAY, at=NOW)

        assert () == book.executions("platform")


@pytest.mark.parametrize(
    ("mark", "error"),
    [("withdrawn", NotListedError), ("suspended", MisuseError), ("exempted", MisuseError)],
)
def test_a_match_of_yesterday_is_not_enough(
    exchange: Reporting, mark: str, error: type[cs.CreditshareError]
) -> None:
    """What was withdrawn or marked since the screening carries no measure any more."""
    match = exchange.match(1)
    if mark == "withdrawn":
        exchange.withdraws(1)
    else:
        until = TODAY + 10 * DAY
        if mark == "suspended":
            exchange.ledger.suspend(exchange.ids[1], until=until, on=TODAY, at=NOW)
        else:
            exchange.ledger.exempt(exchange.ids[1], until=until, on=TODAY, cause=Cause.DUTY, at=NOW)
    exchange.delivers()

    with exchange.books() as (book, _), pytest.raises(error):
        book.record_applied(match, *match.measures, on=TODAY, at=NOW)
    assert [] == exchange.executions(1)


def test_nothing_new_is_applied_on_a_disputed_listing(exchange: Reporting) -> None:
    """While a dispute is open nothing new is recorded; what is applied stays, and is not paused."""
    before = exchange.match(1)
    limit, rate = before.measures
    with exchange.books() as (book, _):
        book.record_applied(before, limit, on=TODAY, at=NOW)
    exchange.ledger.dispute(exchange.ids[1], on=TODAY, calendar=PLAIN, at=NOW)
    exchange.delivers()
    now = exchange.match(1)

    assert now.disputed
    with exchange.books() as (book, _):
        for match in (before, now):
            with pytest.raises(MisuseError, match="disputed"):
                book.record_applied(match, limit, rate, on=TODAY, at=NOW)
            assert () == book.record_applied(match, limit, on=TODAY, at=NOW)
        assert [limit.code] == [item.measure for item in book.executions("platform")]
        assert () == book.due_to_pause(at=NOW)


def test_a_listing_whose_last_day_has_passed_carries_nothing(exchange: Reporting) -> None:
    """On a listing whose last day has passed nothing is applied, whatever a match said before."""
    match = exchange.match(1)
    late = NOW + 4000 * DAY

    with exchange.books() as (book, _), pytest.raises(NotListedError):
        book.record_applied(match, *match.measures, on=TODAY, at=late)


def test_applying_twice_is_once(exchange: Reporting) -> None:
    """A measure that is applied already is left as it is."""
    exchange.applies(1)
    first = exchange.executions(1)
    exchange.applies(1, at=TOMORROW, reference="again")

    assert first == exchange.executions(1)


def test_only_what_is_applied_is_lifted(exchange: Reporting) -> None:
    """What was never applied, or is lifted already, is not lifted, nor anything beside it."""
    exchange.applies(1, 2)
    one, two = exchange.executions(1), exchange.executions(2)
    exchange.lifts(1)
    never = attrs.evolve(two[0], measure="NEVER_APPLIED")

    with exchange.books() as (book, _):
        for item in (one[0], never):
            with pytest.raises(MisuseError, match="not applied"):
                book.record_lifted(two[0], item, on=TODAY, at=NOW)
    assert two == exchange.executions(2)


def test_lifting_twice_at_once_is_once(exchange: Reporting) -> None:
    """A measure that is named twice in one call is lifted once."""
    exchange.applies(1)
    item = exchange.executions(1)[0]
    with exchange.books() as (book, _):
        told = book.record_lifted(item, item, on=TODAY, at=NOW)
        left = book.applied_on(exchange.ids[1])

    assert 1 == len(told)
    assert item not in left


@pytest.mark.parametrize(
    ("on", "said"), [(TODAY + 2 * DAY, "has not come"), (TODAY - DAY, "recorded last")]
)
def test_days_in_their_order(exchange: Reporting, on: dt.date, said: str) -> None:
    """Nothing is lifted on a day that has not come, or before the day on which it was applied."""
    exchange.applies(1)
    applied = exchange.executions(1)

    with exchange.books() as (book, _), pytest.raises(MisuseError, match=said):
        book.record_lifted(*applied, on=on, at=NOW)
    assert applied == exchange.executions(1)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("listing_id", b"short"),
        ("listing_id", "x" * 16),
        ("measure", "loan limit"),
        ("measure", "张三"),
        ("measure", ""),
        ("measure", None),
        ("action", "applied"),
        ("on", NOW),
        ("on", dt.date(1969, 12, 31)),
        ("reference", "888888198005170011"),
        ("reference", "file 8888881980 of today"),
        ("reference", "１３８００００００００"),
        ("reference", "x" * 101),
        ("reference", " "),
        ("reference", None),
        ("reference", "a\nb"),
        ("origin", "Platform"),
    ],
)
def test_an_execution_that_cannot_be(field: str, value: object) -> None:
    """An execution refuses what would not fit its file, and a reference that holds a number."""
    sound = Execution("platform", bytes(16), "LOAN_LIMIT", Action.APPLIED, TODAY)

    with pytest.raises(InvalidValueError) as caught:
        attrs.evolve(sound, **{field: value})  # type: ignore[arg-type]
    assert field in str(caught.value)
    assert "8888" not in str(caught.value)


# -- How a listing ends --------------------------------------------------------------------------


def test_a_withdrawal_ends_on_its_own_day(exchange: Reporting) -> None:
    """A measure is due when the reason of the withdrawal arose, if it had been applied by then."""
    exchange.applies(1)
    exchange.hears(exchange.seals()[0])
    exchange.applies(2, at=NOW + 2 * DAY)
    exchange.hears(exchange.seals("2.csf", at=NOW + 2 * DAY)[0], at=NOW + 2 * DAY)
    late, settled = NOW + 3 * DAY, TODAY + DAY
    for serial in (1, 2):
        withdrawal = cs.Withdrawal(exchange.ids[serial], WithdrawalReason.SETTLED, settled)
        exchange.ledger.withdraw(withdrawal, at=late)
    exchange.delivers(at=late)
    expected = {(1, settled, settled), (2, settled, TODAY + 2 * DAY)}
    serials = {listing_id: serial for serial, listing_id in exchange.ids.items()}

    for items in (due(exchange, at=late), missing(exchange, at=late)):
        assert expected == {
            (serials[item.execution.listing_id], item.ended, item.due) for item in items
        }


def test_the_end_is_known_after_a_full_bundle(exchange: Reporting) -> None:
    """A full bundle applied again keeps the day on which a listing was withdrawn."""
    exchange.applies(1)
    settled = TODAY - 10 * DAY
    exchange.withdraws(1, on=settled)
    for _ in range(2):
        exchange.delivers()

    assert {settled} == {item.ended for item in due(exchange)}


def test_a_listing_ends_with_its_last_day(exchange: Reporting) -> None:
    """Once the last day has passed the measure is due, also if the issuer is silent."""
    exchange.applies(1)
    late = NOW + 4000 * DAY
    with cs.RegistryStore(exchange.world.folder / "registry.db") as store:
        held = {item.id: item for item in cs.registry.held_listings(store, at=NOW)}

    assert [] == due(exchange)
    assert {held[exchange.ids[1]].last_day} == {item.ended for item in due(exchange, at=late)}


def test_what_a_forgotten_issuer_listed_is_due(exchange: Reporting) -> None:
    """When an issuer is forgotten, what was applied on its listings is due since it last signed."""
    exchange.applies(1)
    exchange.registry.forget("platform")

    assert {TODAY} == {item.ended for item in due(exchange)}


def test_an_issuer_that_is_heard_again_revives_its_listings(exchange: Reporting) -> None:
    """A full bundle brings a forgotten issuer's listings back, and nothing is due any more."""
    exchange.applies(1)
    exchange.registry.forget("platform")
    exchange.delivers()

    assert [] == due(exchange)


def test_what_a_new_log_does_not_hold_is_due(exchange: Reporting) -> None:
    """A listing that ended unseen before the log began anew is due since its issuer last signed."""
    exchange.applies(1, 2)
    world = exchange.world
    exchange.withdraws(1)
    exchange.ledger.renew(2, tokens=world.tokens, at=NOW)
    platform = next(item for item in world.entries() if item.origin == "platform")
    roster = world.roster(platform=attrs.evolve(platform, generation=2))
    path = world.folder / "new.csb"
    with cs.LedgerStore(world.folder / "ledger.db") as store:
        ledger = cs.Ledger(store, origin="platform", generation=2)
        ledger.seal(path, by=world.custodian, to=world.recipients, at=TOMORROW)
    world.apply(exchange.registry, path, at=TOMORROW, roster=roster)

    assert {(exchange.ids[1], TODAY + DAY)} == {
        (item.execution.listing_id, item.ended) for item in due(exchange, at=TOMORROW)
    }


def test_an_amended_listing_has_not_ended(exchange: Reporting) -> None:
    """A listing that is amended or marked goes on: nothing is due to be lifted for its end."""
    exchange.applies(1)
    exchange.ledger.suspend(exchange.ids[1], until=TODAY + 5 * DAY, on=TODAY, at=NOW)
    newer = exchange.ledger.listing(exchange.ids[1])
    exchange.ledger.amend(cleared(newer), tokens=exchange.world.tokens, at=NOW)
    exchange.delivers()

    assert ([], []) == (due(exchange), missing(exchange))


def test_lapsing_shows_on_both_sides(exchange: Reporting) -> None:
    """The issuer too sees who has not lifted what rested on a listing whose last day passed."""
    exchange.applies(1)
    exchange.hears(exchange.seals()[0])
    late = NOW + 4000 * DAY

    assert {item.ended for item in due(exchange, at=late)} == {
        item.ended for item in missing(exchange, at=late)
    }


# -- Tails -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "years"),
    [
        (WithdrawalReason.SETTLED, 1),
        (WithdrawalReason.REPAIRED, 1),
        (WithdrawalReason.LISTED_IN_ERROR, 0),
        (WithdrawalReason.DISPUTE_UPHELD, 0),
        (WithdrawalReason.BASIS_REVOKED, 0),
    ],
)
def test_a_measure_outlasts_its_listing_where_its_rule_says(
    exchange: Reporting, reason: WithdrawalReason, years: int
) -> None:
    """India's lenders give no credit for a year after removal, unless the listing was void."""
    catalogue = cs.measures("in")
    match = exchange.match(1)
    by_code = {measure.code: measure for measure in catalogue.measures}
    permitted = (by_code["IN_NO_CREDIT"], by_code["IN_NO_NEW_VENTURE"])
    with exchange.books() as (book, _):
        match = attrs.evolve(match, measures=permitted)  # as India's rules would permit it
        book.record_applied(match, *permitted, on=TODAY, at=NOW)
    exchange.hears(exchange.seals()[0])
    exchange.withdraws(1, reason=reason)
    exchange.delivers()
    with exchange.books() as (book, store):
        ended = book.due_to_lift(catalogue, at=NOW)
        heard = {item.execution.measure: item.due for item in unconfirmed(store, catalogue, at=NOW)}

    later = [TODAY.replace(year=TODAY.year + after * years) for after in (1, 5)]

    assert dict(zip(("IN_NO_CREDIT", "IN_NO_NEW_VENTURE"), later, strict=True)) == heard
    assert heard == {item.execution.measure: item.due for item in ended}
    assert {not years} == {item.void for item in ended}


def test_that_a_listing_was_void_is_kept_with_its_tombstone(exchange: Reporting) -> None:
    """Neither a full bundle, a forgotten issuer nor a new log makes a void listing leave a tail."""
    world = exchange.world
    exchange.applies(1)
    exchange.withdraws(1, reason=WithdrawalReason.LISTED_IN_ERROR)
    exchange.delivers()

    def void() -> set[bool]:
        return {item.void for item in due(exchange, at=TOMORROW)}

    found = [void()]
    exchange.delivers()
    found.append(void())
    exchange.registry.forget("platform")
    found.append(void())
    exchange.ledger.renew(2, tokens=world.tokens, at=NOW)
    platform = next(item for item in world.entries() if item.origin == "platform")
    path, roster = world.folder / "new.csb", attrs.evolve(platform, generation=2)
    with cs.LedgerStore(world.folder / "ledger.db") as store:
        ledger = cs.Ledger(store, origin="platform", generation=2)
        ledger.seal(path, by=world.custodian, to=world.recipients, at=TOMORROW)
    world.apply(exchange.registry, path, at=TOMORROW, roster=world.roster(platform=roster))

    assert [{True}] * 4 == [*found, void()]


def test_no_new_log_tells_that_a_listing_was_void(exchange: Reporting) -> None:
    """Of what ended before the log began anew, a bundle tells the end, and not that it was void."""
    world = exchange.world
    exchange.applies(1, 2)
    exchange.hears(exchange.seals()[0])
    exchange.withdraws(1, reason=WithdrawalReason.LISTED_IN_ERROR)
    exchange.withdraws(2)
    exchange.ledger.renew(2, tokens=world.tokens, at=NOW)
    platform = next(item for item in world.entries() if item.origin == "platform")
    roster = world.roster(platform=attrs.evolve(platform, generation=2))
    with cs.LedgerStore(world.folder / "ledger.db") as store:
        renewed = cs.Ledger(store, origin="platform", generation=2)
        path, _ = world.seal(renewed, "new.csb", at=TOMORROW)
    world.apply(exchange.registry, path, at=TOMORROW, roster=roster)

    assert {exchange.ids[1]: False, exchange.ids[2]: True} == told(exchange, at=TOMORROW)
    assert {False} == {item.void for item in due(exchange, at=TOMORROW)}


def test_no_new_log_unsays_that_a_listing_was_void(exchange: Reporting) -> None:
    """What was told as void stays void when a restored log withdraws it anew for another reason."""
    world = exchange.world
    exchange.applies(1)
    exchange.ledger.purge(NOW)
    shutil.copy(world.folder / "ledger.db", world.folder / "backup.db")
    exchange.withdraws(1, reason=WithdrawalReason.LISTED_IN_ERROR)
    exchange.delivers()
    restored = world.ledger("backup")
    restored.renew(2, tokens=world.tokens, at=NOW)
    restored.withdraw(cs.Withdrawal(exchange.ids[1], WithdrawalReason.SETTLED, TODAY), at=TOMORROW)
    platform = next(item for item in world.entries() if item.origin == "platform")
    roster = world.roster(platform=attrs.evolve(platform, generation=2))
    path, _ = world.seal(restored, "restored.csb", at=TOMORROW)
    world.apply(exchange.registry, path, at=TOMORROW, roster=roster)

    assert {True} == {item.void for item in due(exchange, at=TOMORROW)}


def test_that_a_listing_was_void_no_clock_tells(exchange: Reporting) -> None:
    """What a last day ended at the recipient was told as void only by the withdrawal itself."""
    exchange.applies(1, 2)
    exchange.hears(exchange.seals()[0])
    exchange.withdraws(1, reason=WithdrawalReason.LISTED_IN_ERROR)
    exchange.withdraws(2)
    late = NOW + 4000 * DAY
    before = told(exchange, at=late)
    exchange.delivers()

    assert {exchange.ids[1]: False, exchange.ids[2]: True} == before
    assert {exchange.ids[1]: True, exchange.ids[2]: True} == told(exchange, at=late)


# -- What is sealed ------------------------------------------------------------------------------


def test_nothing_to_report(exchange: Reporting) -> None:
    """An agency that never applied anything has no feedback to seal."""
    with pytest.raises(NothingNewError):
        exchange.seals()
    assert not (exchange.world.folder / "feedback.csb").exists()


def test_a_feedback_never_goes_backwards(exchange: Reporting) -> None:
    """A feedback is not signed at a time before the last one."""
    exchange.applies(1)
    exchange.seals()

    with pytest.raises(MisuseError, match="later than now"):
        exchange.seals(at=NOW - dt.timedelta(seconds=1))


def test_a_sender_that_the_roster_does_not_know(exchange: Reporting) -> None:
    """An agency whose keys are not the roster's is told so before a number is used up."""
    exchange.applies(1)

    with pytest.raises(RosterError):
        exchange.seals(by=cs.Agency.generate("lender"))
    assert 1 == exchange.seals()[1].number


def test_a_restored_book_counts_on(exchange: Reporting) -> None:
    """A book restored from a backup is told the last number that the issuer holds."""
    exchange.applies(1)

    assert 8 == exchange.seals(after=7)[1].number
    assert 9 == exchange.seals(after=7)[1].number


def test_an_agency_says_nothing_of_another_log(exchange: Reporting) -> None:
    """Each feedback speaks of one log only."""
    exchange.applies(1)
    with exchange.books() as (book, _):
        assert () == book.executions("bank")
    with pytest.raises(NothingNewError):
        exchange.seals(origin="bank")


def test_nobody_is_named(exchange: Reporting) -> None:
    """Neither the databases' tables of executions nor a feedback hold a name or a number."""
    exchange.applies(1)
    path, _ = exchange.seals()
    opened = exchange.opens(path)
    exchange.hears(path)
    kept = [opened.body.decode("latin-1")]
    for kind, file in ((cs.RegistryStore, "registry.db"), (cs.LedgerStore, "ledger.db")):
        with kind(exchange.world.folder / file) as store:
            kept += map(repr, store.rows("SELECT * FROM execution"))
            kept += map(repr, store.rows("SELECT * FROM feedback"))

    assert 5 <= len(kept)
    assert not [text for text in kept if number(1) in text or "测试" in text]
