"""A case: its events so far, and what may come next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

import attrs

from creditshare.arguments import expect
from creditshare.errors import IllegalMoveError
from creditshare.life.amending import is_another, renewals
from creditshare.life.event import STAGE_MAX, Event
from creditshare.life.moves import LIVE, MOVES, NOT_BEFORE, ONCE, State
from creditshare.life.retention import retention_end, retention_rule
from creditshare.model import Listing, Step
from creditshare.model.faults import Faults, as_tuple
from creditshare.rules import Rule, Rulebook
from creditshare.rules.checks.days import no_earlier, no_later

__all__ = ["Life", "Wait"]

_EVENTS_MAX = 100_000  # at once
_NEXT: Mapping[tuple[State, Step, bool | None], State] = MappingProxyType(
    {(move.state, move.step, move.upheld): move.to for move in MOVES}
)

_WAITS: Mapping[Step, tuple[tuple[str, Step], ...]] = MappingProxyType(
    {
        Step.DECIDED: (
            ("representation-time", Step.NOTICE_SERVED),
            ("proposal-after-notice", Step.NOTICE_SERVED),
        ),
        Step.LISTED: (
            ("waiting-over", Step.NOTICE_SERVED),
            ("grace-over", Step.DECIDED),
        ),
    }
)
"""For which steps a rule's full time must have passed, and since which."""


@attrs.frozen
class Wait:
    """A step that may not happen before a rule's full time has passed.

    Attributes:
        step: DECIDED, LISTED or REPAIRED.
        rule: Whose time it is.
        first_day: The first day on which the step may happen.
    """

    step: Step
    rule: Rule
    first_day: dt.date


@attrs.frozen
class Life:
    """What has happened to one case. It can only grow, and only by a possible move.

    ::

        life = Life(book, draft)
        life = life.then(Event(Step.NOTICE_SERVED, day))

    Attributes:
        rulebook: Whose terms run.
        listing: What the case is about, as it stands: rules ask for its conduct, role, severity.
        events: What has happened, oldest first.
        state: Where that leaves the case.

    Raises:
        IllegalMoveError: if one of the events is not possible after those before it.
    """

    rulebook: Rulebook
    listing: Listing = attrs.field(repr=False)
    events: tuple[Event, ...] = attrs.field(default=(), converter=as_tuple)
    state: State = attrs.field(init=False, default=State.NEW)

    def __attrs_post_init__(self) -> None:
        faults = Faults("life")
        faults.kind("rulebook", self.rulebook, Rulebook)
        faults.kind("listing", self.listing, Listing)
        faults.items("events", self.events, Event, _EVENTS_MAX)
        faults.raise_any()
        self._replay(self.events, State.NEW, ())

    @classmethod
    def recorded(cls, rulebook: Rulebook, listing: Listing, events: Iterable[Event]) -> Life:
        """A life out of a database, whose events were judged when they happened.

        A rulebook of today may set other days than that of then, so only their order is checked.

        Args:
            rulebook: Whose terms run.
            listing: What the case is about, as it stands.
            events: What has happened, oldest first.

        Returns:
            The life.

        Raises:
            IllegalMoveError: if that is not possible.
        """
        life, past = cls(rulebook, listing), as_tuple(events)
        for event in past:
            expect(Event, events=event)
        life._replay(past, State.NEW, (), judged=True)
        return life

    def then(self, *events: Event) -> Life:
        """The same life with more events, one after the other.

        Raises:
            IllegalMoveError: if one is not possible where it stands; this life stays as it is.
        """
        faults = Faults("life")
        faults.items("events", events, Event, _EVENTS_MAX)
        faults.raise_any()
        grown = object.__new__(Life)  # what happened before was judged once
        for field, value in (("rulebook", self.rulebook), ("listing", self.listing)):
            object.__setattr__(grown, field, value)
        grown._replay(events, self.state, self.events)
        return grown

    def about(
        self, listing: Listing, rulebook: Rulebook | None = None, *, correcting: bool = False
    ) -> Life:
        """The same life of an amended listing, whose new notice and decision are steps of it.

        Args:
            listing: As amended.
            rulebook: By which it was cleared, if by another than before.
            correcting: Whether it is the correction owed after an upheld dispute, which may put
                right the day of an earlier step, a name, and the begin of default and conduct.

        Raises:
            IllegalMoveError: if the rules would let the amended one stand longer than before: no
                amendment and no other rulebook ages a listing anew. An open end counts as
                infinitely far. If it settles the debt, which is a step, or takes its settlement
                back; a correction may set an earlier day. If it tells of another person, part,
                conduct or debt, a graver conduct or a larger debt, without a notice served since.
                Or if it tells another notice or decision of a day before the listing.
        """
        book = self.rulebook if rulebook is None else rulebook
        expect(Listing, listing=listing)
        expect(Rulebook, rulebook=book)
        newer, listed = Life.recorded(book, listing, self.events), self.day_of(Step.LISTED)
        if listed is None:
            return newer
        before = retention_end(self.rulebook, self.listing, listed=listed)
        if before < retention_end(book, listing, listed=listed):
            raise IllegalMoveError(Step.CORRECTED, self.state, "its retention would move out")
        if not self._may_be_settled(listing.obligation.settled, correcting=correcting):
            raise IllegalMoveError(Step.CORRECTED, self.state, "only a settlement says when")
        steps = renewals(self.listing, listing, listed=listed, correcting=correcting)
        noticed = any(step.step is Step.NOTICE_SERVED for step in steps)
        if not noticed and is_another(self.listing, listing, correcting=correcting):
            raise IllegalMoveError(Step.CORRECTED, self.state, "its notice did not tell that")
        return newer.then(*steps)

    def _may_be_settled(self, on: dt.date | None, *, correcting: bool) -> bool:
        """Whether an amendment may say that the debt was settled that day, or was not."""
        held = self.listing.obligation.settled
        if on == held:
            return True
        if on is None or held is None:
            return on is not None and on == self.day_of(Step.SETTLED)
        return correcting and on < held

    # -- what is known ------------------------------------------------------------------------

    @property
    def is_live(self) -> bool:
        """Whether it is listed now."""
        return self.state in LIVE

    @property
    def owes_correction(self) -> bool:
        """Whether what an answer found wrong still stands, uncorrected since."""
        for event in reversed(self.events):
            if event.step is Step.CORRECTED:
                return False
            if event.upheld:
                return True
        return False

    @property
    def possible(self) -> frozenset[Step]:
        """What may happen now, days apart."""
        return frozenset(
            move.step
            for move in MOVES
            if move.state is self.state
            and not (move.step in ONCE and self.day_of(move.step) is not None)
        )

    def last(self, *steps: Step) -> Event | None:
        """The latest event of these steps; None if there was none."""
        return next((event for event in reversed(self.events) if event.step in steps), None)

    def day_of(self, step: Step) -> dt.date | None:
        """The day of the latest event of a step; None if there was none."""
        event = self.last(step)
        return None if event is None else event.on

    @property
    def listed_by(self) -> Event | None:
        """The decision by which it was listed, whatever was decided since; None before that."""
        found = None
        for event in self.events:
            if event.step is Step.LISTED:
                return found
            if event.step is Step.DECIDED:
                found = event
        return None

    def rules_of(self, check: str, on: dt.date) -> tuple[Rule, ...]:
        """The rules of the review that ask something of the listing.

        Args:
            check: What they ask, such as ``"waiting-over"``.
            on: The day on which they are in force.
        """
        return tuple(
            rule
            for rule in self.rulebook.rules
            if rule.check == check and rule.in_force(on) and rule.when.met(self.listing)
        )

    def terms_of(self, name: str, on: dt.date) -> tuple[Rule, ...]:
        """The rules that give this listing a term.

        Args:
            name: The term, such as ``"answer"``.
            on: The day from which it runs.
        """
        return self.rulebook.deadlines(name, on, self.listing)

    def waits(self, on: dt.date) -> tuple[Wait, ...]:
        """What the steps that lie ahead of a case wait for: notice and grace take their time.

        Args:
            on: The day on which the rules are in force.
        """
        if self.is_live or self.state is State.ENDED:
            return ()
        ahead = (Step.LISTED,) if self.state is State.DECIDED else tuple(_WAITS)
        return tuple(wait for step in ahead for wait in self._waits(step, on))

    def repairs(self) -> tuple[Wait, ...]:
        """The first day on which each rule of credit repair lets a listing be repaired.

        What is asked for is judged by the rules of that day: a rule that began after the decision
        opens repair too, and one that ends before its time has passed opens none.
        """
        decided, listed = self.listed_by, self.day_of(Step.LISTED)
        if decided is None or listed is None:
            return ()
        waits = (
            Wait(Step.REPAIRED, rule, max(_opens(decided.on, rule), listed, rule.begins or listed))
            for rule in self.rulebook.rules
            if rule.deadline == "repair-from" and rule.when.met(self.listing)
        )
        return tuple(wait for wait in waits if wait.rule.in_force(wait.first_day))

    # -- how it moves --------------------------------------------------------------------------

    def _replay(
        self,
        events: Iterable[Event],
        state: State,
        before: tuple[Event, ...],
        *,
        judged: bool = False,
    ) -> None:
        object.__setattr__(self, "events", before)
        object.__setattr__(self, "state", state)
        for event in events:
            to = _NEXT.get((self.state, event.step, event.upheld))
            problem = "" if to is None or judged else self._problem(event)
            if to is None or problem:
                raise IllegalMoveError(event.step, self.state, problem)
            if event.step is Step.ANSWERED and self.owes_correction:
                to = State.UPHELD  # whatever was disputed since and rejected
            object.__setattr__(self, "events", (*self.events, event))
            object.__setattr__(self, "state", to)

    def _problem(self, event: Event) -> str:
        """What days, stages and repetition have against an event; empty if nothing."""
        if event.step in ONCE and self.last(event.step):
            return "it has happened before"
        if event.step is Step.DISPUTED and event.stage not in self._stages(event.on):
            return "there is no such instance, or it is not its turn"
        before = NOT_BEFORE[event.step]
        if any(event.on < earlier.on for earlier in self.events if earlier.step in before):
            return "its day lies before what has happened"
        return self._outside(event)

    def _outside(self, event: Event) -> str:
        """What the rulebook's days have against an event, by which rule; empty if nothing."""
        if event.step is Step.REPAIRED and not self.terms_of("repair-from", event.on):
            return "the rulebook does not know it"
        if event.step is Step.MARKED and event.until is not None and self.owes_correction:
            return "it is suspended until it is corrected"
        late = [item for item in self._first_days(event) if event.on < item[0]]
        if late:
            first, rule = max(late, key=lambda item: item[0])
            return f"not before {first}{_by(rule)}"
        if event.step is Step.EXEMPTED and event.until is not None:
            ends = [
                (no_later(event.on, rule.span), rule)
                for rule in self.terms_of("exemption", event.on)
            ]
            last, rule = min(ends, key=lambda item: item[0], default=(dt.date.max, None))
            return f"not beyond {last}{_by(rule)}" if last < event.until else ""
        return ""

    def _stages(self, on: dt.date) -> tuple[int, ...]:
        """Before which instances it can be disputed: the first, or the next after a rejection.

        Only one that the rulebook knows: elsewhere nobody would owe an answer. What the last one
        rejected can be disputed anew, before the first.
        """
        dispute, answer = self.last(Step.DISPUTED), self.last(Step.ANSWERED)
        rejected = dispute is not None and answer is not None and answer.upheld is False
        if not rejected or dispute is None or not self.rulebook.deadlines("appeal-answer", on):
            return (1,)
        return (1,) if dispute.stage == STAGE_MAX else (1, dispute.stage + 1)

    def _first_days(self, event: Event) -> Iterator[tuple[dt.date, Rule | None]]:
        """The days before which an event may not happen, each with the rule that says so."""
        yield from ((wait.first_day, wait.rule) for wait in self._waits(event.step, event.on))
        listed, decided = self.day_of(Step.LISTED), self.listed_by
        if decided is not None and event.step is Step.REPAIRED:
            for rule in self.terms_of("repair-from", event.on):
                yield _opens(decided.on, rule), rule
        if listed is not None and event.step is Step.EXPIRED:
            end = retention_end(self.rulebook, self.listing, listed=listed)
            day = end if end == dt.date.max else end + dt.timedelta(days=1)
            yield day, retention_rule(self.rulebook, self.listing, listed=listed)

    def _waits(self, step: Step, on: dt.date) -> Iterator[Wait]:
        for check, start in _WAITS.get(step, ()):
            since = self.day_of(start)
            if since is not None:
                for rule in self.rules_of(check, on):
                    yield Wait(step, rule, no_earlier(since, rule.span))
                    if check == "proposal-after-notice":
                        yield from self._after_proposal(no_earlier(since, rule.span), on)

    def _after_proposal(self, proposed: dt.date, on: dt.date) -> Iterator[Wait]:
        """What a decision waits for that is first proposed to the person, on this day or later."""
        for rule in self.rules_of("decision-after-proposal", on):
            yield Wait(Step.DECIDED, rule, no_earlier(proposed, rule.span))


def _opens(decided: dt.date, rule: Rule) -> dt.date:
    """The first day of repair: that of the decision, where no time has to pass since."""
    return no_earlier(decided, rule.span) if rule.value else decided


def _by(rule: Rule | None) -> str:
    """Which rule says so; nothing while none does."""
    return "" if rule is None else f", by {rule.id} [{rule.source_words}]"
