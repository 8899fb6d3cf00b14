"""What was applied stands on what a listing says now: amended, stale, or never permitted at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

import creditshare as cs
from creditshare.bundle.marks import Marks
from creditshare.errors import MisuseError, NotListedError, RosterError
from creditshare.feedback import (
    Flaw,
    Pause,
    ToPause,
    Unfounded,
    unconfirmed,
    unfounded,
)
from creditshare.feedback.pause import paused
from creditshare.life import Cause
from creditshare.model import BasisKind, Parties
from creditshare.screening import Match
from reporting import CATALOGUE, Reporting
from test_attacks_feedback import forgery, group, row
from world import DAY, EPOCH, NOW, TODAY, cleared, decided, listing

INSURER = cs.Role.INSURER
TOMORROW = NOW + DAY
LATER = cs.Epoch("2027H1", NOW, NOW + 200 * DAY, replaces=EPOCH.name)
JUDGMENT = cs.LegalBasis(
    BasisKind.JUDGMENT, "(2026) No. 1", "2", "2026", Parties(["测试1"], TODAY - DAY)
)


@pytest.fixture
def exchange(tmp_path: Path) -> Iterator[Reporting]:
    """A lender and insurer that heard of listings 1, which rests on a judgment, and 2."""
    made = Reporting.of(tmp_path, 2)
    first = listing(1, basis=JUDGMENT)
    made.world.record(made.ledger, first)
    made.ids[1] = first.id
    made.delivers()
    yield made
    made.world.close()


def insures(exchange: Reporting, **changes: Any) -> Match:
    """The match of the first borrower in the insurer's role."""
    return exchange.match(1, role=INSURER, **changes)


def amends(exchange: Reporting, **changes: Any) -> None:
    """The issuer amends the first listing."""
    held = exchange.ledger.listing(exchange.ids[1])
    newer = cleared(attrs.evolve(held, **changes))
    exchange.ledger.amend(newer, tokens=exchange.world.tokens, at=NOW)


def applies(exchange: Reporting, match: Match, *codes: str, at: dt.datetime = NOW) -> list[str]:
    """Record these measures of a match; the codes of what was recorded."""
    meant = [measure for measure in match.measures if measure.code in codes]
    assert len(codes) == len(meant)
    with exchange.books() as (book, _):
        done = book.record_applied(match, *meant, on=at.date(), at=at)
    return [item.measure for item in done]


def to_screen(exchange: Reporting, *, at: dt.datetime = NOW) -> list[str]:
    """The measures whose borrowers are to be screened again."""
    with exchange.books() as (book, _):
        return [item.measure for item in book.due_to_screen(at=at)]


def to_pause(exchange: Reporting, *, at: dt.datetime = NOW) -> list[ToPause]:
    with exchange.books() as (book, _):
        return list(book.due_to_pause(at=at))


def roster(exchange: Reporting) -> cs.Roster:
    """The roster in which the lender is an insurer too."""
    entry = exchange.world.roster().entry("lender")
    return exchange.world.roster(lender=attrs.evolve(entry, roles=[cs.Role.LENDER, INSURER]))


def found(exchange: Reporting, *, at: dt.datetime = NOW, **changes: Any) -> list[Unfounded]:
    """What the issuer finds unfounded of what it heard."""
    asked: dict[str, Any] = {"roster": roster(exchange), "at": at}
    with exchange.books() as (_, store):
        return list(unfounded(store, CATALOGUE, **(asked | changes)))


# -- Amended since -----------------------------------------------------------------------------


def test_what_an_amendment_takes_away_is_due_on_both_sides(exchange: Reporting) -> None:
    """A measure that an amended listing no longer carries is seen by both until it is lifted."""
    applies(exchange, insures(exchange), "INSURANCE_LIMIT")
    exchange.hears(exchange.seals("1.csf")[0])
    before = to_screen(exchange), found(exchange)
    amends(exchange, basis=listing(1).basis)
    (seen,) = found(exchange)
    exchange.delivers()

    assert ([], []) == before
    assert ("lender", (Flaw.NOT_CARRIED,), True) == (seen.agency, seen.flaws, seen.live)
    assert () == insures(exchange).measures
    assert ["INSURANCE_LIMIT"] == to_screen(exchange)

    exchange.lifts(1)
    exchange.hears(exchange.seals("2.csf")[0])
    assert ([], []) == (to_screen(exchange), found(exchange))


def test_what_an_amendment_leaves_is_recorded_by_a_new_match(exchange: Reporting) -> None:
    """A measure found permitted again stays applied since its own day, and is due no more."""
    applies(exchange, exchange.match(1), "LOAN_LIMIT")
    applied = exchange.executions(1)
    amends(exchange, basis=listing(1).basis)
    exchange.delivers()
    due = to_screen(exchange)
    again = [
        applies(exchange, exchange.match(1, at=TOMORROW), "LOAN_LIMIT", at=TOMORROW)
        for _ in range(2)
    ]

    assert ["LOAN_LIMIT"] == due
    assert [["LOAN_LIMIT"], []] == again
    assert applied == exchange.executions(1)
    assert [] == to_screen(exchange, at=TOMORROW)


def test_a_match_from_before_an_amendment_is_not_enough(exchange: Reporting) -> None:
    """What a listing said before it was amended permits nothing any more."""
    match = insures(exchange)
    amends(exchange, basis=listing(1).basis)
    exchange.delivers()

    with exchange.books() as (book, _), pytest.raises(MisuseError, match="amended"):
        book.record_applied(match, match.measures[0], on=TODAY, at=NOW)
    assert [] == exchange.executions(1)


def test_what_is_only_told_again_is_not_amended(exchange: Reporting) -> None:
    """A full bundle once more, a new token epoch or a mark asks nobody to screen again."""
    world = exchange.world
    applies(exchange, exchange.match(1), "LOAN_LIMIT")
    exchange.delivers()
    told_again = to_screen(exchange)
    exchange.ledger.exempt(exchange.ids[1], until=TODAY + DAY, on=TODAY, cause=Cause.DUTY, at=NOW)
    exchange.delivers()
    world.key = cs.TokenKey.generate(LATER)
    exchange.ledger.retoken(tokens=world.tokens, at=NOW)
    exchange.delivers()

    assert ([], []) == (told_again, to_screen(exchange, at=NOW + 4 * DAY))


def test_an_amendment_shows_through_a_new_epoch(exchange: Reporting) -> None:
    """A listing that was amended and then moved to a new token epoch was amended all the same."""
    world = exchange.world
    applies(exchange, exchange.match(1), "LOAN_LIMIT")
    amends(exchange, basis=listing(1).basis)
    world.key = cs.TokenKey.generate(LATER)
    exchange.ledger.retoken(tokens=world.tokens, at=NOW)
    exchange.delivers()

    assert ["LOAN_LIMIT"] == to_screen(exchange)


def test_a_log_that_began_anew_asks_to_screen_again(exchange: Reporting) -> None:
    """Nothing ties a listing of a new log to what it said in the earlier one."""
    applies(exchange, exchange.match(1), "LOAN_LIMIT")
    world = exchange.world
    exchange.ledger.renew(2, tokens=world.tokens, at=NOW)
    platform = attrs.evolve(world.roster().entry("platform"), generation=2)
    with cs.LedgerStore(world.folder / "ledger.db") as store:
        ledger = cs.Ledger(store, origin="platform", generation=2)
        path = world.folder / "new.csb"
        ledger.seal(path, by=world.custodian, to=world.recipients, at=TOMORROW)
    world.apply(exchange.registry, path, at=TOMORROW, roster=world.roster(platform=platform))

    assert ["LOAN_LIMIT"] == to_screen(exchange, at=TOMORROW)


def test_what_is_to_be_paused_is_not_to_be_screened(exchange: Reporting) -> None:
    """While nothing may rest on an amended listing it stands in one list only."""
    applies(exchange, exchange.match(1), "LOAN_LIMIT")
    amends(exchange, basis=listing(1).basis)
    exchange.ledger.suspend(exchange.ids[1], until=TODAY + 5 * DAY, on=TODAY, at=NOW)
    exchange.delivers()

    assert [] == to_screen(exchange)
    assert [Pause.SUSPENDED] == [item.why for item in to_pause(exchange)]


def test_a_dispute_leaves_what_is_applied_to_be_read_again(exchange: Reporting) -> None:
    """On a disputed listing what is applied may be confirmed after an amendment, nothing new."""
    applies(exchange, exchange.match(1), "LOAN_LIMIT")
    amends(exchange, basis=listing(1).basis)
    exchange.ledger.dispute(exchange.ids[1], on=TODAY, calendar=cs.calendars.PLAIN, at=NOW)
    exchange.delivers()

    assert ["LOAN_LIMIT"] == applies(exchange, exchange.match(1), "LOAN_LIMIT")
    with pytest.raises(MisuseError, match="disputed"):
        applies(exchange, exchange.match(1), "RATE_INCREASE")


# -- An issuer that is silent --------------------------------------------------------------------


def test_what_rests_on_a_stale_word_is_due(exchange: Reporting) -> None:
    """Once the issuer's word has expired all that rests on it is due, until it speaks again."""
    applies(exchange, exchange.match(1), "LOAN_LIMIT")
    late = NOW + 60 * DAY
    stale = to_pause(exchange, at=late)
    exchange.delivers(at=late)

    assert [] == to_pause(exchange)
    assert [(Pause.STALE, None)] == [(item.why, item.until) for item in stale]
    assert [] == to_pause(exchange, at=late)


def test_a_stale_word_ends_no_suspension(exchange: Reporting) -> None:
    """What is suspended while its issuer is silent says so, and no day ends it."""
    applies(exchange, exchange.match(1), "LOAN_LIMIT")
    until, late = TODAY + 90 * DAY, NOW + 60 * DAY
    exchange.ledger.suspend(exchange.ids[1], until=until, on=TODAY, at=NOW)
    exchange.delivers()
    seen = [(item.why, item.until) for at in (NOW, late) for item in to_pause(exchange, at=at)]

    assert [(Pause.SUSPENDED, until), (Pause.SUSPENDED, None)] == seen


def test_no_exemption_ends_what_an_unanswered_dispute_suspends() -> None:
    """A dispute that nobody answered in time has no last day, whatever exemption runs too."""
    marks = Marks(None, TODAY + DAY, True, TODAY - DAY, True)

    assert (Pause.SUSPENDED, None) == paused(marks)
    assert (Pause.EXEMPTED, TODAY + DAY) == paused(attrs.evolve(marks, unanswered=False))


def test_an_old_match_on_a_stale_word_is_not_enough(exchange: Reporting) -> None:
    """When the issuer's word has expired nothing is recorded, whatever a match said before."""
    match = exchange.match(1)

    with exchange.books() as (book, _), pytest.raises(MisuseError, match="stale"):
        book.record_applied(match, *match.measures, on=TODAY, at=NOW + 60 * DAY)
    assert [] == exchange.executions(1)


# -- Days ----------------------------------------------------------------------------------------


def test_what_was_applied_before_a_renewed_decision_is_recorded(exchange: Reporting) -> None:
    """What an agency lawfully applied may be told later, when the decision was renewed since."""
    late, on = NOW + 20 * DAY, TODAY + DAY
    held = exchange.ledger.listing(exchange.ids[1])
    assert held.notice is not None
    notice = attrs.evolve(held.notice, served=on)
    newer = attrs.evolve(held, notice=notice, decision=decided(TODAY + 18 * DAY))
    tokens = exchange.world.tokens
    exchange.ledger.amend(cleared(newer, on=late.date()), tokens=tokens, at=late)
    exchange.delivers(at=late)
    match = exchange.match(1, at=late)
    with exchange.books() as (book, _):
        done = book.record_applied(match, *match.measures, on=on, at=late)
    exchange.hears(exchange.seals(at=late)[0], at=late)

    assert {on} == {item.on for item in done}
    assert [] == found(exchange, at=late)


# -- What the issuer finds unfounded -------------------------------------------------------------


def reports(exchange: Reporting, *groups: list[Any]) -> None:
    """The lender reports whatever it likes."""
    exchange.hears(forgery(exchange, groups=sorted(groups)).write())


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("LOAN_LIMIT", ()),
        ("INSURANCE_LIMIT", ()),
        ("AIR", (Flaw.NOT_CARRIED, Flaw.WRONG_ROLE)),
        ("EXIT_BAN", (Flaw.NOT_CARRIED, Flaw.WRONG_ROLE)),
        ("BUREAU_REPORTING", (Flaw.WRONG_ROLE,)),
        ("CARD_STOP", (Flaw.NOT_CARRIED,)),
        ("NOT_A_MEASURE", (Flaw.UNKNOWN_MEASURE,)),
    ],
)
def test_a_measure_that_the_listing_does_not_bear(
    exchange: Reporting, code: str, expected: tuple[Flaw, ...]
) -> None:
    """What no listing of the kind carries, or no role of the agency may apply, is kept and told."""
    reports(exchange, [1, code, "", row(exchange.ids[1])])
    with exchange.books() as (_, store):
        kept = [item.execution.measure for item in cs.feedback.executions_of(store)]

    assert [code] == kept
    assert [expected] * bool(expected) == [item.flaws for item in found(exchange)]


def test_a_role_is_judged_by_the_roster_alone(exchange: Reporting) -> None:
    """Without a roster, or for an agency that it does not know, no role is judged."""
    reports(exchange, [1, "BUREAU_REPORTING", "", row(exchange.ids[1])])
    world = exchange.world
    others = [entry for entry in world.entries() if entry.origin != "lender"]
    without = attrs.evolve(world.roster(), entries=others)

    assert [(Flaw.WRONG_ROLE,)] == [item.flaws for item in found(exchange)]
    assert [] == found(exchange, roster=None)
    assert [] == found(exchange, roster=without)
    with pytest.raises(RosterError):
        found(exchange, at=NOW + 400 * DAY)


def test_a_courts_measure_needs_a_court(exchange: Reporting) -> None:
    """What needs a court's own listing is unfounded on anybody else's, whatever basis it claims."""
    world = exchange.world
    basis = attrs.evolve(JUDGMENT, kind=BasisKind.COURT_LISTING)
    amends(exchange, basis=basis)
    reports(exchange, [1, "AIR", "", row(exchange.ids[1])])
    carrier = attrs.evolve(world.roster().entry("lender"), roles=[cs.Role.CARRIER])
    custodian = world.roster().entry("custodian")
    court = attrs.evolve(custodian, roles=[*custodian.roles, cs.Role.COURT])

    assert [(Flaw.NOT_CARRIED,)] == [
        item.flaws for item in found(exchange, roster=world.roster(lender=carrier))
    ]
    assert [] == found(exchange, roster=world.roster(lender=carrier, custodian=court))
    assert [] == found(exchange, roster=None, listing_id=exchange.ids[1])


@pytest.mark.parametrize(("days", "flawed"), [(-2, True), (-1, False), (0, False)])
def test_a_day_before_the_listing(exchange: Reporting, days: int, flawed: bool) -> None:
    """A day before the listing was listed, by any clock on Earth, is unfounded."""
    reports(exchange, group(exchange, day=TODAY + days * DAY))

    assert [(Flaw.BEFORE_LISTED,)] * flawed == [item.flaws for item in found(exchange)]


def test_a_day_after_the_end(exchange: Reporting) -> None:
    """What was applied after the day of the withdrawal, by any clock on Earth, is unfounded."""
    exchange.withdraws(1, 2, on=TODAY - DAY)
    days = {exchange.ids[1]: TODAY + 2 * DAY, exchange.ids[2]: TODAY + DAY}
    rows = b"".join(row(*item) for item in sorted(days.items()))
    late = NOW + 2 * DAY
    said = forgery(exchange, groups=[[1, "LOAN_LIMIT", "", rows]])
    exchange.hears(said.write(at=late), at=late)
    (seen,) = found(exchange, at=late)
    with exchange.books() as (_, store):
        missing = {item.execution.listing_id for item in unconfirmed(store, CATALOGUE, at=late)}

    assert (exchange.ids[1], (Flaw.AFTER_END,), False) == (
        seen.execution.listing_id,
        seen.flaws,
        seen.live,
    )
    assert {exchange.ids[1], exchange.ids[2]} == missing


@pytest.mark.parametrize(("days", "flawed"), [(0, False), (1, True)])
def test_a_day_after_the_last_day(exchange: Reporting, days: int, flawed: bool) -> None:
    """Everybody knows a last day beforehand, so what was applied after it is unfounded."""
    last = exchange.match(1).last_day
    late = NOW + (last - TODAY) + 3 * DAY
    said = forgery(exchange, groups=[group(exchange, day=last + days * DAY)])
    lasting = attrs.evolve(exchange.world.roster(), expires=late + DAY)
    exchange.hears(said.write(at=late), at=late, roster=lasting)
    before = found(exchange, at=late, roster=None)
    exchange.ledger.purge(late)

    assert [(Flaw.AFTER_END,)] * flawed == [item.flaws for item in before]
    assert before == found(exchange, at=late, roster=None)


def test_after_the_last_day_nothing_is_carried(exchange: Reporting) -> None:
    """A listing whose last day has passed is not looked into any more, withdrawn or not."""
    reports(exchange, [1, "AIR", "", row(exchange.ids[1])])
    late = NOW + 4_000 * DAY

    assert [(Flaw.NOT_CARRIED, Flaw.WRONG_ROLE)] == [item.flaws for item in found(exchange)]
    assert [] == found(exchange, at=late, roster=None)


def test_what_was_lifted_is_not_doubted(exchange: Reporting) -> None:
    """A measure that was lifted hurts nobody any more, whatever it was."""
    reports(exchange, [2, "NOT_A_MEASURE", "", row(exchange.ids[1])])

    assert [] == found(exchange)


def test_unfounded_of_one_listing(exchange: Reporting) -> None:
    """Doubts are told of all listings, or of the one that is named, which must have been listed."""
    for_both = [[1, "AIR", "", b"".join(sorted(map(row, exchange.ids.values())))]]
    reports(exchange, *for_both)
    one = found(exchange, listing_id=exchange.ids[2])

    assert 2 == len(found(exchange))
    assert [exchange.ids[2]] == [item.execution.listing_id for item in one]
    with pytest.raises(NotListedError):
        found(exchange, listing_id=bytes(16))
