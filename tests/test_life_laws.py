"""Laws of every life: no listing without notice and reasons, no re-aging, the same each time."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import creditshare as cs
from creditshare.calendars import PLAIN, calendar
from creditshare.errors import IllegalMoveError
from creditshare.life import LIVE, Cause, Event, Life, as_settled, deadlines, retention_end
from creditshare.model import ConductCode, Step, WithdrawalReason
from creditshare.rules import Rulebook
from test_life import WIDE
from world import listing

CHINA = calendar("CN")
PACKAGED = ("cn", "cn-court-list", "cn-serious-lists", "in", "uk", "uk-cifas", "us", "eu")
BOOKS = st.sampled_from([WIDE, *map(cs.rulebook, PACKAGED)])
DAYS = st.dates(dt.date(2024, 1, 1), dt.date(2028, 12, 31))
MAKERS: dict[Step, dict[str, st.SearchStrategy[Any]]] = {
    Step.PREPARED: {"since": st.none()},
    Step.DECIDED: {"words": st.just("reasons")},
    Step.DISPUTED: {"stage": st.integers(1, 2)},
    Step.ANSWERED: {"upheld": st.booleans()},
    Step.EXEMPTED: {"until": DAYS, "cause": st.sampled_from(Cause)},
    Step.WITHDRAWN: {"reason": st.sampled_from(WithdrawalReason)},
}


@st.composite
def events(draw: st.DrawFn) -> Event:
    """Any step on any day, with what it carries."""
    step = draw(st.sampled_from(Step))
    carried = {name: draw(values) for name, values in MAKERS.get(step, {}).items()}
    return Event(step, draw(DAYS), **carried)


@st.composite
def pasts(draw: st.DrawFn) -> list[Event]:
    """Steps, mostly in the order of days, often in the order of a case."""
    drawn = draw(st.lists(events(), max_size=25))
    if draw(st.booleans()):
        drawn.sort(key=lambda event: event.on)
    if draw(st.booleans()):
        served, on = dt.date(2024, 1, 1), dt.date(2024, 6, 1)
        begun = [Event(Step.NOTICE_SERVED, served), Event(Step.DECIDED, on, words="reasons")]
        drawn = [*begun, Event(Step.LISTED, on + dt.timedelta(days=40)), *drawn]
    return drawn


def drafts() -> st.SearchStrategy[cs.Listing]:
    """Listings whose conduct ended, or not; whose decision sets an end, or not."""
    starts = st.dates(dt.date(2019, 1, 1), dt.date(2023, 12, 31))
    ends = st.none() | st.dates(dt.date(2024, 1, 1), dt.date(2027, 1, 1))
    return st.builds(
        lambda start, end: listing(conduct=cs.Conduct(ConductCode.ABSCOND, start, end)),
        starts,
        ends,
    )


def lived(draft: cs.Listing, past: Sequence[Event], book: Rulebook = WIDE) -> list[Life]:
    """Every state of a life that takes what is possible and leaves what is not."""
    lives = [Life(book, draft)]
    for event in past:
        try:
            lives.append(lives[-1].then(event))
        except IllegalMoveError:
            continue
    return lives


@given(drafts(), pasts())
def test_nobody_is_listed_without_notice_and_reasons(draft: cs.Listing, past: list[Event]) -> None:
    """No sequence of events reaches a live state without served notice, reasons and waiting."""
    for life in lived(draft, past):
        if life.state not in LIVE:
            continue
        steps = [event.step for event in life.events]
        served, decided, listed = map(steps.index, (Step.NOTICE_SERVED, Step.DECIDED, Step.LISTED))
        told = [event.on for event in life.events[:listed] if event.step is Step.NOTICE_SERVED]

        assert served < decided < listed
        assert life.events[decided].words
        assert life.events[listed].on > told[-1] + dt.timedelta(days=15)


@given(BOOKS, drafts(), pasts(), st.lists(drafts(), max_size=3))
def test_retention_never_moves_out(
    book: Rulebook, draft: cs.Listing, past: list[Event], amended: list[cs.Listing]
) -> None:
    """Whatever happens and however it is amended, a listing's end never moves out."""
    life = lived(draft, past, book)[-1]
    listed = life.day_of(Step.LISTED) or dt.date(2024, 1, 1)
    ends = [retention_end(book, life.listing, listed=listed)]
    for newer in amended:
        try:
            life = life.about(newer)
        except IllegalMoveError:
            continue
        ends.append(retention_end(book, life.listing, listed=listed))

    if life.day_of(Step.LISTED):
        assert sorted(ends, reverse=True) == ends


@given(drafts(), DAYS)
def test_settlement_never_lengthens(draft: cs.Listing, on: dt.date) -> None:
    """A settled listing ends no later than it would have ended unsettled, and owes nothing."""
    settled, listed = as_settled(draft, on), dt.date(2024, 1, 1)

    assert retention_end(WIDE, settled, listed=listed) <= retention_end(WIDE, draft, listed=listed)
    assert retention_end(WIDE, settled, listed=listed) < dt.date.max
    assert (0, on) == (settled.obligation.outstanding.minor, settled.obligation.settled)
    assert draft.id == settled.id


@given(BOOKS, drafts(), pasts())
def test_terms_are_the_same_each_time(book: Rulebook, draft: cs.Listing, past: list[Event]) -> None:
    """The same events give the same terms, and a later event changes no day, it only meets them."""
    lives = lived(draft, past, book)
    again = Life(book, draft, lives[-1].events)

    assert deadlines(again, CHINA) == deadlines(lives[-1], CHINA)
    for earlier, later in itertools.pairwise(lives):
        known = {(item.rule.id, item.starts, item.due) for item in deadlines(earlier, CHINA)}

        assert known <= {(item.rule.id, item.starts, item.due) for item in deadlines(later, CHINA)}


@given(BOOKS, drafts(), pasts())
def test_what_has_happened_is_never_edited(
    book: Rulebook, draft: cs.Listing, past: list[Event]
) -> None:
    """A later life begins with all of the earlier one's events, as they were."""
    lives = lived(draft, past, book)

    for earlier, later in itertools.pairwise(lives):
        assert earlier.events == later.events[:-1]
    assert all(life.state != "ended" for life in lives[:-1])


@given(drafts())
def test_nothing_runs_in_a_new_life(draft: cs.Listing) -> None:
    """Before anything has happened no term runs."""
    assert () == deadlines(Life(WIDE, draft), PLAIN)
