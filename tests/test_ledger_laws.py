"""Laws of a real ledger, whatever its issuer does: each step it may take, on every rulebook.

A machine takes the steps of one case after the other, mostly such as are possible where it stands,
and amends in ways that rules forbid or permit. After each step the laws are looked for: no listing
without a served notice and reasons, no end that moves out, no suspension of an upheld dispute that
ends uncorrected, no term that is put off, no step that is edited, the same review each time.
"""

from __future__ import annotations

import datetime as dt
import functools
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

import creditshare as cs
from creditshare.bundle.event import DAY_MAX
from creditshare.calendars import calendar
from creditshare.errors import IllegalMoveError, InvalidValueError, MisuseError, NotListedError
from creditshare.life import (
    Cause,
    Event,
    Life,
    State,
    as_settled,
    deadlines,
    retention_end,
)
from creditshare.model import ListingStatus, Severity, Step, WithdrawalReason
from creditshare.rules import ClearedListing, Rulebook
from regimes import RULEBOOKS, draft, issuer
from world import DAY, NOW, REMEDY, TODAY, person

TOKENS = cs.TokenKeyring([cs.TokenKey.generate(cs.Epoch("long", NOW - DAY, NOW + 9_000 * DAY))])
REFUSED = (IllegalMoveError, InvalidValueError, MisuseError, NotListedError)
ONE_IN_THREE = st.sampled_from([False, False, True])
LATE = st.sampled_from([0, 0, 0, 1, 2, 7, 40])
"""For how many days something was not noted."""
EVER = {Step.LISTED, Step.DISPUTED, Step.ANSWERED, Step.CORRECTED, Step.SETTLED, "amended"}
"""What every run must have seen, or the laws would hold of nothing."""


def _owed(**changes: Any) -> Callable[[cs.Listing, dt.date], cs.Listing]:
    return lambda held, _: attrs.evolve(held, obligation=attrs.evolve(held.obligation, **changes))


def _times(share: float) -> Callable[[cs.Listing, dt.date], cs.Listing]:
    """Another share of what is owed."""

    def change(held: cs.Listing, today: dt.date) -> cs.Listing:
        owed = held.obligation.outstanding
        outstanding = cs.Money(int(owed.minor * share), owed.currency)
        return _owed(outstanding=outstanding)(held, today)

    return change


def _ended(days: int | None) -> Callable[[cs.Listing, dt.date], cs.Listing]:
    """The conduct ended so many days ago, or goes on."""

    def change(held: cs.Listing, today: dt.date) -> cs.Listing:
        assert held.conduct is not None
        end = None if days is None else max(held.conduct.start, today - days * DAY)
        return attrs.evolve(held, conduct=attrs.evolve(held.conduct, end=end))

    return change


def _decided(days: int | None) -> Callable[[cs.Listing, dt.date], cs.Listing]:
    """The decision ends in so many days, or sets no end."""

    def change(held: cs.Listing, today: dt.date) -> cs.Listing:
        assert held.decision is not None
        ends = None if days is None else today + days * DAY
        return attrs.evolve(held, decision=attrs.evolve(held.decision, ends=ends))

    return change


def _noticed(served: int, decided: int) -> Callable[[cs.Listing, dt.date], cs.Listing]:
    """Another notice and decision, of so many days ago."""

    def change(held: cs.Listing, today: dt.date) -> cs.Listing:
        told, on = today - served * DAY, today - decided * DAY
        assert held.notice is not None
        assert held.decision is not None
        return attrs.evolve(
            held,
            notice=attrs.evolve(held.notice, served=told),
            decision=attrs.evolve(held.decision, on=on, proposed=None, heard=None),
            evidence=[attrs.evolve(item, disclosed=told) for item in held.evidence],
        )

    return change


CHANGES: dict[str, Callable[[cs.Listing, dt.date], cs.Listing]] = {
    "nothing": lambda held, _: held,
    "less owed": _times(0.9),
    "more owed": _times(1.1),
    "name": lambda held, _: attrs.evolve(held, borrower=attrs.evolve(held.borrower, name="测试9")),
    "severity": lambda held, _: attrs.evolve(held, severity=Severity.SERIOUS),
    "milder": lambda held, _: attrs.evolve(held, severity=Severity.MINOR),
    "default a day later": _owed(default_date=dt.date(2024, 3, 2)),
    "no default": _owed(default_date=None),
    "conduct ended": _ended(30),
    "conduct ended long ago": _ended(900),
    "conduct goes on": _ended(None),
    "decision ends": _decided(100),
    "decision ends far off": _decided(4_000),
    "decision sets no end": _decided(None),
    "settled": as_settled,
    "settled before": lambda held, today: as_settled(held, today - 90 * DAY),
    "noticed anew": _noticed(40, 3),
    "noticed before": _noticed(400, 350),
}
"""What an amendment may try to say."""


def shifted(item: cs.Listing, days: dt.timedelta) -> cs.Listing:
    """A listing whose procedure took place so many days later."""
    notice, decision, basis = item.notice, item.decision, item.basis
    assert notice is not None
    assert decision is not None
    assert basis is not None
    days_of_decision = {
        name: day + days
        for name in ("on", "proposed", "heard")
        if (day := getattr(decision, name)) is not None
    }
    if basis.parties is not None:
        parties = attrs.evolve(basis.parties, as_of=basis.parties.as_of + days)
        basis = attrs.evolve(basis, parties=parties)
    return attrs.evolve(
        item,
        notice=attrs.evolve(notice, served=notice.served + days),
        decision=attrs.evolve(decision, **days_of_decision),
        basis=basis,
        evidence=[
            attrs.evolve(one, disclosed=one.disclosed and one.disclosed + days)
            for one in item.evidence
        ],
    )


class Issuing(RuleBasedStateMachine):
    """What an issuer does to one case after the other, and what must hold after each step.

    Args:
        book: Its rulebook's name.
        seen: Counts the steps that were taken.
    """

    def __init__(self, book: str, seen: Counter[str]) -> None:
        super().__init__()
        self.book, self.seen, self.serial, self.at = book, seen, 0, NOW
        self.folder = Path(tempfile.mkdtemp())
        self.store = cs.LedgerStore(self.folder / "ledger.db")
        self.ledger = cs.Ledger(self.store, origin=issuer(book).origin)
        self.calendar = calendar(RULEBOOKS[book].jurisdiction)

    def teardown(self) -> None:
        """Leave nothing behind."""
        self.store.close()
        shutil.rmtree(self.folder)

    @property
    def id(self) -> bytes:
        """The case's id."""
        return self.whole.id

    @property
    def today(self) -> dt.date:
        """The day in UTC."""
        return self.at.date()

    @property
    def life(self) -> Life | None:
        """Where the case stands; None before it began and after its end."""
        try:
            return self.ledger.life(self.id)
        except NotListedError:
            return None

    def may(self, step: Step) -> bool:
        """Whether a step is possible, days apart."""
        life = self.life
        return life is not None and step in life.possible

    def attempt(self, act: Callable[[], object]) -> bool:
        """Whether the ledger let somebody do that; it refuses with an error of ours."""
        try:
            act()
        except REFUSED:
            return False
        return True

    def reviewed(
        self, item: cs.Listing, book: str, listed: dt.date | None = None
    ) -> ClearedListing | None:
        """What a review clears; the same each time."""
        rules = RULEBOOKS[book]
        asked: dict[str, Any] = {"on": self.today, "issuer": issuer(self.book), "listed": listed}
        first, second = (
            Rulebook.from_json(rules.to_json()).review_one(item, **asked),
            rules.review_one(item, **asked),
        )
        if not isinstance(first, ClearedListing) or not isinstance(second, ClearedListing):
            assert first == second
            assert type(first) is type(second)
            return None
        assert (first.first_day, first.last_day) == (second.first_day, second.last_day)
        return second

    # -- steps ---------------------------------------------------------------------------------

    @initialize(prepared=ONE_IN_THREE)
    def take(self, prepared: bool) -> None:
        """The next borrower's case is prepared, or listed as it comes if it is cleared."""
        self.serial += 1
        borrower = person(self.serial, name="测试1")
        self.whole = shifted(draft(self.book, borrower=borrower), self.today - TODAY)
        self.before: tuple[Event, ...] = ()
        self.end, self.wrong = dt.date.max, False
        self.answer_due: tuple[Event, dt.date] | None = None
        found = None if prepared else self.reviewed(self.whole, self.book)
        if found is None:
            bare = attrs.evolve(self.whole, notice=None, decision=None)
            book = RULEBOOKS[self.book]
            self.ledger.prepare(bare, rulebook=book, on=self.today - 90 * DAY, at=self.at)
        else:
            self.ledger.record([found], tokens=TOKENS, at=self.at)

    @precondition(lambda self: self.life is None)
    @rule(prepared=ONE_IN_THREE)
    def next_case(self, prepared: bool) -> None:
        """What has ended does not come back under another id; the next case begins."""
        again = self.reviewed(attrs.evolve(self.whole, id=cs.model.new_listing_id()), self.book)
        lapsed = self.before[-1].reason is WithdrawalReason.LAPSED
        listed = any(event.step is Step.LISTED for event in self.before)
        if again is not None and listed and not lapsed:
            assert 0 == self.ledger.record([again], tokens=TOKENS, at=self.at).listed
        self.take(prepared)

    @rule(days=st.sampled_from([1, 1, 3, 3, 16, 16, 31, 100, 400]))
    def wait(self, days: int) -> None:
        """Time passes, and what ends by the clock ends."""
        self.at += days * DAY
        self.ledger.purge(self.at)

    @precondition(lambda self: self.may(Step.NOTICE_SERVED) and not self.life.is_live)
    @rule(days=st.sampled_from([0, 20, 60]))
    def serve(self, days: int) -> None:
        """The notice was served."""
        notice = cs.Notice(self.today - days * DAY, cs.model.ServiceMethod.POST, REMEDY)
        self.attempt(lambda: self.ledger.serve(self.id, notice, at=self.at))

    @precondition(lambda self: self.may(Step.REPRESENTED))
    @rule(days=LATE)
    def represent(self, days: int) -> None:
        """The person answered the notice."""
        on = self.today - days * DAY
        self.attempt(lambda: self.ledger.represent(self.id, on=on, text="No.", at=self.at))

    @precondition(lambda self: self.may(Step.DECIDED) and not self.life.is_live)
    @rule(days=LATE)
    def decide(self, days: int) -> None:
        """Somebody decided."""
        on, whole = self.today - days * DAY, self.whole.decision
        assert whole is not None
        earlier = {
            name: min(on, day)
            for name in ("proposed", "heard")
            if (day := getattr(whole, name)) is not None
        }
        decision = attrs.evolve(whole, on=on, **earlier)
        self.attempt(lambda: self.ledger.decide(self.id, decision, at=self.at))

    @precondition(lambda self: self.id in self.ledger.drafts())
    @rule()
    def record(self) -> None:
        """The prepared case is listed, if the review and its steps let it."""
        found = self.reviewed(self.ledger.draft(self.id), self.book)
        if found is not None:
            self.attempt(lambda: self.ledger.record([found], tokens=TOKENS, at=self.at))

    @precondition(lambda self: self.may(Step.DISPUTED))
    @rule(days=LATE, stage=st.sampled_from([1, 1, 2]))
    def dispute(self, days: int, stage: int) -> None:
        """The person contests it."""
        on = self.today - days * DAY
        self.attempt(
            lambda: self.ledger.dispute(
                self.id, on=on, calendar=self.calendar, stage=stage, at=self.at
            )
        )

    @precondition(lambda self: self.may(Step.ANSWERED))
    @rule(days=LATE, upheld=st.booleans())
    def answer(self, days: int, upheld: bool) -> None:
        """The dispute is answered."""
        on = self.today - days * DAY
        done = self.attempt(lambda: self.ledger.answer(self.id, upheld=upheld, on=on, at=self.at))
        self.wrong |= done and upheld

    @precondition(lambda self: self.may(Step.DISPUTED))
    @rule(upheld=st.booleans(), again=st.booleans())
    def contest(self, upheld: bool, again: bool) -> None:
        """The person contests it and is answered, and perhaps contests it once more."""
        self.dispute(0, 1)
        self.answer(0, upheld)
        if again:
            self.dispute(0, 1)

    @precondition(lambda self: self.may(Step.SETTLED))
    @rule(days=st.sampled_from([0, 30, 4_000]))
    def settle(self, days: int) -> None:
        """The debt was paid."""
        on = self.today - days * DAY
        self.attempt(lambda: self.ledger.settle(self.id, on=on, tokens=TOKENS, at=self.at))

    @precondition(lambda self: self.life is not None and self.life.is_live)
    @rule(days=LATE, ahead=st.sampled_from([-1, 0, 20, 60]), mark=st.sampled_from("sxr"))
    def mark(self, days: int, ahead: int, mark: str) -> None:
        """The issuer suspends, exempts or resumes of its own accord."""
        on, until = self.today - days * DAY, self.today + ahead * DAY
        acts: dict[str, Callable[[], None]] = {
            "s": lambda: self.ledger.suspend(self.id, until=until, on=on, at=self.at),
            "x": lambda: self.ledger.exempt(
                self.id, until=until, on=on, cause=Cause.ILLNESS, at=self.at
            ),
            "r": lambda: self.ledger.resume(self.id, on=on, at=self.at),
        }
        self.attempt(acts[mark])

    @precondition(lambda self: self.may(Step.REPAIRED))
    @rule(days=LATE)
    def repair(self, days: int) -> None:
        """Credit repair was granted."""
        self.attempt(lambda: self.ledger.repair(self.id, on=self.today - days * DAY, at=self.at))

    @precondition(lambda self: self.life is not None and self.life.is_live)
    @rule(
        change=st.sampled_from(list(CHANGES)),
        further=st.sampled_from(["nothing", "nothing", *CHANGES]),
        book=st.none() | st.sampled_from(list(RULEBOOKS)),
        correcting=st.booleans(),
    )
    def amend(self, change: str, further: str, book: str | None, correcting: bool) -> None:
        """The issuer says something else, or by another rulebook."""
        held = self.ledger.listing(self.id)
        try:
            newer = CHANGES[further](CHANGES[change](held, self.today), self.today)
        except InvalidValueError:
            return  # nobody can say that
        found = self.reviewed(newer, book or self.book, self.ledger.listed_on(self.id))
        if found is None:
            return
        done = self.attempt(
            lambda: self.ledger.amend([found], tokens=TOKENS, at=self.at, correcting=correcting)
        )
        self.wrong &= not (done and correcting)
        self.seen["amended"] += done

    @precondition(lambda self: self.may(Step.CORRECTED) and self.wrong)
    @rule()
    def correct(self) -> None:
        """What was found wrong is put right."""
        self.amend("less owed", "nothing", None, correcting=True)

    @precondition(lambda self: self.may(Step.WITHDRAWN) and len(self.before) > 6)
    @rule(reason=st.sampled_from(WithdrawalReason))
    def withdraw(self, reason: WithdrawalReason) -> None:
        """The issuer ends it."""
        self.ledger.withdraw(cs.Withdrawal(self.id, reason, self.today), at=self.at)

    # -- laws ----------------------------------------------------------------------------------

    @invariant()
    def nobody_is_listed_unheard(self) -> None:
        """Before it was listed a notice was served, time to answer passed, reasons given."""
        life = self.life
        if life is None or not life.is_live:
            return
        steps = [event.step for event in life.events]
        listed = steps.index(Step.LISTED)
        first = {event.step: event for event in life.events[:listed]}  # the last of each
        served, decided = first[Step.NOTICE_SERVED], first[Step.DECIDED]

        assert Step.REPRESENTED not in steps[steps.index(Step.DECIDED) : listed] or (
            steps[listed - 1] is Step.DECIDED
        )
        assert decided.words.strip(" …")
        assert served.on < decided.on <= life.events[listed].on
        for one in RULEBOOKS[self.book].rules:
            if one.check in ("waiting-over", "representation-time") and one.when.met(life.listing):
                assert life.events[listed].on > served.on + one.value * DAY

    @invariant()
    def what_happened_stays(self) -> None:
        """Steps are only added, and none loses its day, not even with the end."""
        try:
            steps = self.ledger.steps(self.id)
        except NotListedError:
            life = self.life
            steps = life.events if life else self.before
        kept = [attrs.evolve(event, words="-") for event in steps]

        assert kept[: len(self.before)] == list(self.before)
        self.seen.update(event.step for event in kept[len(self.before) :])
        self.before = tuple(kept)

    @invariant()
    def no_end_moves_out(self) -> None:
        """Retention never ends later than before, and no listing stands longer than it."""
        life, row = self.life, self.store.listing(self.id)
        if life is None or not life.is_live or row is None:
            return
        listed = self.ledger.listed_on(self.id)
        end = retention_end(life.rulebook, life.listing, listed=listed)

        assert end <= self.end
        assert dt.date.fromordinal(row.last_day + dt.date(1970, 1, 1).toordinal()) <= end
        self.end = end

    @invariant()
    def what_is_settled_owes_nothing(self) -> None:
        """Settlement is a step, and what it settled stays settled, no later than it was told."""
        life = self.life
        if life is None or not life.is_live:
            return
        told, owed = life.day_of(Step.SETTLED), life.listing.obligation

        assert (told is None) == (owed.settled is None)
        if told is not None and owed.settled is not None:
            assert owed.settled <= told
            assert 0 == owed.outstanding.minor

    @invariant()
    def what_was_found_wrong_matches_nobody(self) -> None:
        """From an upheld answer to a declared correction or the end a listing is suspended."""
        life = self.life
        if life is None or not life.is_live:
            return

        assert self.wrong == life.owes_correction
        if self.wrong:
            row = self.store.listing(self.id)
            assert row is not None
            assert DAY_MAX == row.suspended
            assert ListingStatus.SUSPENDED is self.ledger.status(self.id, self.at)
            assert life.state is not State.LISTED

    @invariant()
    def no_answer_is_put_off(self) -> None:
        """While a dispute is open, its answer is due no later than it was."""
        life = self.life
        dispute = None if life is None else life.last(Step.DISPUTED)
        if life is None or dispute is None or life.state not in (State.DISPUTED, State.MARKED):
            self.answer_due = None
            return
        due = min(
            item.due.day
            for item in deadlines(life, self.calendar)
            if item.name in ("answer", "appeal-answer") and item.met is None
        )
        if self.answer_due is not None and self.answer_due[0] == dispute:
            assert due <= self.answer_due[1]
        self.answer_due = dispute, due


def test_the_laws_of_a_ledger() -> None:
    """Whatever is done to a case, on every packaged rulebook, no law is broken."""
    seen = Counter[str]()
    for book in RULEBOOKS:
        run_state_machine_as_test(
            functools.partial(Issuing, book, seen),  # type: ignore[arg-type]  # any factory does
            settings=settings(
                max_examples=10, stateful_step_count=30, suppress_health_check=list(HealthCheck)
            ),
        )

    assert not EVER - {name for name, count in seen.items() if count}
