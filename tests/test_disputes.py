"""A disputed listing is marked, an unanswered dispute suspends it, and a victim is no match."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest

import creditshare as cs
from creditshare.bundle import EventType
from creditshare.bundle.event import DAY_MAX
from creditshare.clock import from_day_number
from creditshare.model import ListingStatus
from creditshare.registry import held_listings
from creditshare.screening import ReviewReason, Screening
from simulator import Simulator
from world import DAY, NOW, TODAY, World, applicant, listing, person

DISPUTE_BY = TODAY + 5 * DAY


class Disputing:
    """An issuer whose log says what these tests need, and a registry that believes it."""

    def __init__(self, world: World) -> None:
        self.world, self.registry = world, world.registry("disputing")
        self.sim = Simulator(world.bank, world.key, world.recipients)
        self.id = self.sim.lists(1)
        self.hears()

    def marks(self, kind: EventType, day: dt.date = TODAY) -> None:
        """Let the issuer mark the listing, and the registry hear of it."""
        self.sim.marks(kind, self.id, day)
        self.hears()

    def hears(self) -> None:
        """Apply what the issuer says next."""
        said = self.sim.draft(since=self.sim.last if self.sim.said else None)
        self.world.apply(self.registry, said.write(self.world.folder / "said.csb"))

    def answer(self, at: dt.datetime = NOW) -> Screening:
        """The answer for the borrower."""
        (found,) = self.world.screen(self.registry, applicant(1), at=at)
        return found

    def reasons(self, at: dt.datetime = NOW) -> list[ReviewReason]:
        """Why the listing is no match; empty if it is one."""
        return [reason for case in self.answer(at).reviews for reason in case.reasons]


@pytest.fixture
def disputing(world: World) -> Disputing:
    """A registry that heard of one listing of the bank's."""
    return Disputing(world)


def test_a_disputed_listing_stays_a_match_that_says_so(disputing: Disputing) -> None:
    """While the issuer can still answer, the match is marked as disputed, and until when."""
    (before,) = disputing.answer().matches
    disputing.marks(EventType.DISPUTE, DISPUTE_BY)
    (match,) = disputing.answer().matches

    assert (False, None) == (before.disputed, before.disputed_until)
    assert (True, DISPUTE_BY) == (match.disputed, match.disputed_until)
    assert ListingStatus.DISPUTED is match.listing.status
    assert before.measures == match.measures


def test_an_unanswered_dispute_suspends_by_the_recipients_own_clock(disputing: Disputing) -> None:
    """It suspends without a message once the day after the last for an answer begins anywhere."""
    disputing.marks(EventType.DISPUTE, DISPUTE_BY)
    last = dt.datetime.combine(DISPUTE_BY, dt.time(10), dt.UTC) - dt.timedelta(seconds=1)
    (case,) = disputing.answer(last + dt.timedelta(seconds=1)).reviews

    assert [] == disputing.reasons(last)
    assert (ReviewReason.DISPUTE_UNANSWERED,) == case.reasons
    assert case.listing is not None
    assert ListingStatus.SUSPENDED is case.listing.status
    assert [ReviewReason.DISPUTE_UNANSWERED] == disputing.reasons(NOW + 20 * DAY)


def test_a_dispute_that_suspends_nothing(disputing: Disputing) -> None:
    """Under rules by which a dispute suspends nothing the match stays one, marked, for good."""
    disputing.marks(EventType.DISPUTE, from_day_number(DAY_MAX))
    (match,) = disputing.answer(NOW + 20 * DAY).matches

    assert (True, None) == (match.disputed, match.disputed_until)


def test_a_dispute_of_long_ago_suspends_at_once(disputing: Disputing) -> None:
    """A mark whose day had passed when it came, even day 0, suspends on receipt."""
    disputing.marks(EventType.DISPUTE, dt.date(1970, 1, 1))

    assert [ReviewReason.DISPUTE_UNANSWERED] == disputing.reasons()


def test_only_an_answer_ends_a_dispute(disputing: Disputing) -> None:
    """An amendment answers nothing, and a later mark does not put the answer off."""
    late = NOW + 6 * DAY
    disputing.marks(EventType.DISPUTE, DISPUTE_BY)
    disputing.sim.states(EventType.AMEND, listing(1, id=disputing.id), 1)
    disputing.hears()
    disputing.marks(EventType.DISPUTE, DISPUTE_BY + 9 * DAY)
    unanswered = disputing.reasons(late)
    disputing.marks(EventType.RESUME)
    answered = disputing.answer(late)
    disputing.marks(EventType.DISPUTE, DISPUTE_BY + 9 * DAY)
    (again,) = disputing.answer(late).matches

    assert [ReviewReason.DISPUTE_UNANSWERED] == unanswered
    assert [False] == [match.disputed for match in answered.matches]
    assert DISPUTE_BY + 9 * DAY == again.disputed_until


def test_a_second_dispute_brings_the_answer_forward(disputing: Disputing) -> None:
    """Of two open disputes the earlier day counts."""
    disputing.marks(EventType.DISPUTE, DISPUTE_BY)
    disputing.marks(EventType.DISPUTE, DISPUTE_BY - 2 * DAY)
    (match,) = disputing.answer().matches

    assert DISPUTE_BY - 2 * DAY == match.disputed_until


def test_a_disputed_listing_that_is_exempted(disputing: Disputing) -> None:
    """An exemption and a dispute stand beside each other, and each says what it says."""
    disputing.marks(EventType.DISPUTE, DISPUTE_BY)
    disputing.marks(EventType.EXEMPT, DISPUTE_BY + DAY)
    (match,) = disputing.answer().matches

    assert ((), True) == (match.measures, match.disputed)
    assert ListingStatus.EXEMPTED is match.listing.status


def test_a_disputed_listing_in_the_survey(disputing: Disputing) -> None:
    """What a registry holds is told as disputed, then as suspended, by its own clock."""
    disputing.marks(EventType.DISPUTE, DISPUTE_BY)
    with cs.RegistryStore(disputing.world.folder / "disputing.db") as store:
        told = [
            [item.status for item in held_listings(store, at=NOW + days * DAY)] for days in (0, 7)
        ]

    assert [[ListingStatus.DISPUTED], [ListingStatus.SUSPENDED]] == told


def test_a_full_bundle_brings_a_dispute_too(disputing: Disputing) -> None:
    """A registry that hears the whole log at once holds the same mark."""
    disputing.marks(EventType.DISPUTE, DISPUTE_BY)
    fresh = disputing.world.registry("fresh")
    bundle = disputing.sim.draft().write(disputing.world.folder / "full.csb")
    disputing.world.apply(fresh, bundle)
    (answer,) = disputing.world.screen(fresh, applicant(1))

    assert [DISPUTE_BY] == [match.disputed_until for match in answer.matches]


def test_a_victim_is_never_a_match(world: World) -> None:
    """A listing of a victim of identity fraud needs care, and no measure may rest on it."""
    registry = world.registry()
    sim = Simulator(world.bank, world.key, world.recipients)
    victim = attrs.evolve(person(1), role=cs.model.BorrowerRole.VICTIM)
    sim.lists(1, borrower=victim)
    world.apply(registry, sim.draft().write(world.folder / "victims.csb"))
    (answer,) = world.screen(registry, applicant(1))
    (stranger,) = world.screen(registry, applicant(1, birth_date=dt.date(1990, 1, 1)))

    assert (cs.Outcome.NEEDS_REVIEW, ()) == (answer.outcome, answer.matches)
    assert [(ReviewReason.VICTIM,)] == [case.reasons for case in answer.reviews]
    assert [(ReviewReason.BIRTH_DATE_CONFLICT,)] == [case.reasons for case in stranger.reviews]
