"""What is owed by when in a life, and what is open until when.

Always computed from the events and the rules, never kept: when more of a calendar is published,
the same life gives the new day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

import attrs

from creditshare.arguments import expect
from creditshare.calendars import Calendar, Due, Unit
from creditshare.life.amending import is_another
from creditshare.life.event import STAGE_MAX, Event
from creditshare.life.life import Life
from creditshare.model import Step
from creditshare.model.faults import Faults
from creditshare.rules import Rule
from creditshare.rules.deadlines import DEADLINES, SUSPENDS, Party, Term, TermKind

__all__ = ["Deadline", "answer_due", "deadlines", "puts_off"]


@attrs.frozen
class Deadline:
    """One term that began to run.

    Attributes:
        name: The term's, such as ``"answer"``.
        rule: What gives it its length: id, citation, whether that was verified.
        starts: The day from which it runs, which is not counted.
        due: Its last day, or the first on which something may happen; and whether working days
            were counted beyond the published calendar.
        met: The day on which it was met; None if it was not.
    """

    name: str
    rule: Rule
    starts: dt.date
    due: Due
    met: dt.date | None = None

    def __attrs_post_init__(self) -> None:
        faults = Faults("deadline")
        if faults.kind("name", self.name, str):
            faults.check("name", self.name in DEADLINES, "is no term's")
        faults.kind("rule", self.rule, Rule)
        faults.day("starts", self.starts)
        faults.kind("due", self.due, Due)
        faults.day("met", self.met, optional=True)
        faults.raise_any()

    @property
    def term(self) -> Term:
        """What is to be done, in both languages, by whom, and what kind of term it is."""
        return DEADLINES[self.name]

    @property
    def kind(self) -> TermKind:
        """Whether it is a duty, an opportunity or an earliest day."""
        return self.term.kind

    @property
    def party(self) -> Party:
        """Whose duty or opportunity it is."""
        return self.term.party

    @property
    def suspends(self) -> bool:
        """Whether a listing is suspended when this is not met in time."""
        return SUSPENDS in self.rule.options

    def is_open(self, on: dt.date) -> bool:
        """Whether there is something to do, or to wait for, on a day.

        A duty is open until it is met; anything else until its day has passed.
        """
        if self.met is not None:
            return False
        return self.kind is TermKind.DUTY or on <= self.due.day

    def is_overdue(self, on: dt.date) -> bool:
        """Whether it is a duty whose last day has passed, on a day, without its being met."""
        unmet = self.met is None or self.met > on
        return self.kind is TermKind.DUTY and self.due.day < on and unmet


def deadlines(life: Life, calendar: Calendar) -> tuple[Deadline, ...]:
    """Every term that ever began to run in a life, by its last day.

    Args:
        life: The case.
        calendar: Counts the working days.

    Raises:
        MisuseError: if a term is in working days and the calendar knows none.
    """
    expect(Life, life=life)
    expect(Calendar, calendar=calendar)
    found = [
        _deadline(life, index, name, rule, calendar)
        for index, event in enumerate(life.events)
        for name in _begun(event, life.events[:index])
        for rule in life.terms_of(name, _starts(life, event))
    ]
    found += _repairs(life)
    return tuple(sorted(found, key=lambda item: (item.due.day, item.starts, item.rule.id)))


def answer_due(life: Life, calendar: Calendar) -> Due | None:
    """The last day on which an open dispute can be answered before the listing is suspended.

    Args:
        life: The case.
        calendar: Counts the working days.

    Returns:
        The earliest such day; None if nothing is disputed, or no rule suspends.
    """
    running = (
        item
        for item in deadlines(life, calendar)
        if item.suspends and item.met is None and item.name in ("answer", "appeal-answer")
    )
    return next((item.due for item in running), None)


def puts_off(before: Life, after: Life) -> bool:
    """Whether an amended life gives a term that runs more time, or drops it.

    Duties, and the first day of credit repair. Two lengths of a duty are compared as the rules
    write them: fewer working days are not known to be sooner than more days. What was told anew by
    a notice of its own may be repaired as late as the rulebook of before would have it.

    Args:
        before: As it stood.
        after: The same life, amended, or under another rulebook.
    """
    if before.day_of(Step.REPAIRED) is None and _repaired_later(before, after):
        return True
    for index, event in enumerate(before.events):
        later = before.events[index + 1 :]
        for name in _begun(event, before.events[:index]):
            open_ended = DEADLINES[name].kind is TermKind.OPPORTUNITY
            if open_ended or any(_meets(name, item) for item in later):
                continue
            given = after.terms_of(name, _starts(after, event))
            for rule in before.terms_of(name, _starts(before, event)):
                if not any(_as_soon(other, rule) for other in given):
                    return True
    return False


def _repaired_later(before: Life, after: Life) -> bool:
    noticed = any(event.step is Step.NOTICE_SERVED for event in after.events[len(before.events) :])
    if noticed and is_another(before.listing, after.listing, correcting=False):
        before = Life.recorded(before.rulebook, after.listing, before.events)
    return _repaired_first(before) < _repaired_first(after)


def _repaired_first(life: Life) -> dt.date:
    """The first day on which every rule of credit repair lets it be repaired."""
    return max((wait.first_day for wait in life.repairs()), default=dt.date.max)


def _as_soon(one: Rule, other: Rule) -> bool:
    """Whether one rule's term ends no later than another's, and suspends if that does."""
    comparable = one.unit in (other.unit, Unit.DAYS)  # of days a term has no more than of others
    return comparable and one.value <= other.value and {*other.options} <= {*one.options}


def _begun(event: Event, earlier: Sequence[Event]) -> Iterator[str]:
    """The names of the terms that an event starts, after what happened earlier."""
    for name, term in DEADLINES.items():
        if term.starts is event.step and term.kind in (TermKind.DUTY, TermKind.OPPORTUNITY):
            if name == "answer" and event.stage > 1:
                continue
            if name == "appeal-answer" and event.stage <= 1:
                continue
            if name == "correction" and not event.upheld:
                continue
            if name == "appeal" and (event.upheld or _is_last_instance(earlier)):
                continue
            yield name


def _is_last_instance(events: Sequence[Event]) -> bool:
    """Whether the latest dispute was before the last instance."""
    stages = (event.stage for event in reversed(events) if event.step is Step.DISPUTED)
    return next(stages, 0) == STAGE_MAX


def _starts(life: Life, event: Event) -> dt.date:
    """The day from which an event's terms run."""
    if event.since is not None:
        return event.since
    classed = life.listing.obligation.non_performing
    if event.step is Step.PREPARED and classed is not None:
        return min(event.on, classed)
    return event.on


def _deadline(life: Life, index: int, name: str, rule: Rule, calendar: Calendar) -> Deadline:
    starts = _starts(life, life.events[index])
    met = _met(name, life.events[index + 1 :])
    return Deadline(name, rule, starts, calendar.after(starts, rule.span), met)


def _repairs(life: Life) -> Iterator[Deadline]:
    """The first days of credit repair, which run from the decision by which it was listed."""
    decided, name = life.listed_by, "repair-from"
    if decided is not None:
        met = _met(name, life.events)
        for wait in life.repairs():
            yield Deadline(name, wait.rule, decided.on, Due(wait.first_day), met)


def _met(name: str, events: Sequence[Event]) -> dt.date | None:
    return next((event.on for event in events if _meets(name, event)), None)


def _meets(name: str, event: Event) -> bool:
    if name == "appeal" and event.stage <= 1:
        return False
    return event.step in (*DEADLINES[name].met_by, Step.WITHDRAWN, Step.EXPIRED)
