"""The life of a listing: which step is possible where, which terms run, which days hold."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from pathlib import Path
from typing import Any

import attrs
import pytest

import creditshare as cs
from creditshare.calendars import PLAIN, Due, calendar
from creditshare.errors import IllegalMoveError, InvalidValueError
from creditshare.life import (
    LIVE,
    MOVES,
    Cause,
    Deadline,
    Event,
    Life,
    State,
    answer_due,
    deadlines,
    is_hidden,
    retention_end,
)
from creditshare.model import Severity, Step, WithdrawalReason
from creditshare.rules.deadlines import Party, TermKind
from world import DAY, listing

BOOK = cs.rulebook("cn")
REPAIR = """
[[rule]]
id = "T-REPAIR-FROM"
deadline = "repair-from"
requires = "three months"
requires_zh = "三个月"
value = 3
unit = "months"
source = "law"
verified = true
citation = { instrument = "NDRC Order 36", article = "unstated", version = "2026" }

[[rule]]
id = "T-REPAIR"
deadline = "repair"
requires = "three working days"
requires_zh = "三个工作日"
value = 3
unit = "working-days"
source = "policy"
verified = true
citation = { instrument = "test", article = "1", version = "1" }

[[rule]]
id = "T-CORRECTION"
deadline = "correction"
requires = "three working days"
requires_zh = "三个工作日"
value = 3
unit = "working-days"
source = "law"
verified = true
citation = { instrument = "test", article = "2", version = "1" }

[[rule]]
id = "T-APPEAL"
deadline = "appeal"
requires = "ten days"
requires_zh = "十日"
value = 10
unit = "days"
source = "law"
verified = true
citation = { instrument = "test", article = "3", version = "1" }

[[rule]]
id = "T-APPEAL-ANSWER"
deadline = "appeal-answer"
requires = "fifteen days"
requires_zh = "十五日"
value = 15
unit = "days"
options = ["suspends"]
source = "law"
verified = true
citation = { instrument = "test", article = "4", version = "1" }

[[rule]]
id = "T-DECISION"
deadline = "decision"
requires = "six months"
requires_zh = "六个月"
value = 6
unit = "months"
source = "law"
verified = true
citation = { instrument = "test", article = "5", version = "1" }

[[rule]]
id = "T-GRACE"
check = "grace-over"
requires = "a month of grace"
requires_zh = "一个月宽限"
value = 1
unit = "months"
source = "law"
verified = true
citation = { instrument = "test", article = "6", version = "1" }

[[rule]]
id = "T-REPRESENTATION"
check = "representation-time"
requires = "seven days to answer"
requires_zh = "七日陈述申辩期"
value = 7
unit = "days"
source = "law"
verified = true
citation = { instrument = "test", article = "7", version = "1" }
"""
HEAD = """
[rulebook]
id = "test"
version = "1"
jurisdiction = "CN"
title = "Test"
title_zh = "测试"
extends = "cn-credit-reporting"
"""
WIDE = cs.rules.Rulebook.from_toml(HEAD + REPAIR)
SERVED, DECIDED, LISTED = dt.date(2026, 1, 5), dt.date(2026, 2, 2), dt.date(2026, 3, 3)
ON = dt.date(2026, 9, 1)
DRAFT = listing(conduct=cs.Conduct(cs.model.ConductCode.ABSCOND, dt.date(2019, 3, 1)))


def event(step: Step, on: dt.date = ON, **more: Any) -> Event:
    """An event of a step with what it must carry."""
    carried: dict[Step, dict[str, Any]] = {
        Step.DECIDED: {"words": "Absconded with means to pay."},
        Step.DISPUTED: {"stage": 1},
        Step.ANSWERED: {"upheld": False},
        Step.EXEMPTED: {"until": on + 7 * DAY, "cause": Cause.ILLNESS},
        Step.WITHDRAWN: {"reason": WithdrawalReason.SETTLED},
    }
    return Event(step, on, **(carried.get(step, {}) | more))


BEGUN = (
    event(Step.NOTICE_SERVED, SERVED),
    event(Step.DECIDED, DECIDED),
    event(Step.LISTED, LISTED),
)
PATHS: dict[State, tuple[Event, ...]] = {
    State.NEW: (),
    State.PREPARED: (event(Step.PREPARED, SERVED),),
    State.NOTIFIED: BEGUN[:1],
    State.DECIDED: BEGUN[:2],
    State.LISTED: BEGUN,
    State.DISPUTED: (*BEGUN, event(Step.DISPUTED)),
    State.MARKED: (*BEGUN, event(Step.DISPUTED), event(Step.MARKED)),
    State.UPHELD: (*BEGUN, event(Step.DISPUTED), event(Step.ANSWERED, upheld=True)),
    State.ENDED: (*BEGUN, event(Step.WITHDRAWN)),
}
"""A way into each state."""


def life(state: State = State.LISTED, book: cs.rules.Rulebook = WIDE) -> Life:
    """A life in a state."""
    return Life(book, DRAFT, PATHS[state])


def running(lived: Life, *more: Event) -> dict[str, Deadline]:
    """The terms of a life, by name."""
    return {item.name: item for item in deadlines(lived.then(*more), calendar("CN"))}


# -- the table ---------------------------------------------------------------------------------


@pytest.mark.parametrize("state", State)
def test_every_state_can_be_reached(state: State) -> None:
    """Every state of the table is one that a case can be in."""
    reached = life(state)

    assert state is reached.state
    assert (state in LIVE) == reached.is_live


LIVE_STEPS = "notice-served decided settled repaired exempted expired withdrawn corrected"
POSSIBLE: dict[State, str] = {
    State.NEW: "prepared notice-served",
    State.PREPARED: "notice-served",
    State.NOTIFIED: "notice-served represented decided",
    State.DECIDED: "represented listed",
    State.LISTED: LIVE_STEPS + " marked disputed",
    State.DISPUTED: LIVE_STEPS + " marked answered",
    State.MARKED: LIVE_STEPS + " marked answered",
    State.UPHELD: LIVE_STEPS + " disputed",
    State.ENDED: "",
}


@pytest.mark.parametrize(("state", "step"), list(itertools.product(State, Step)))
def test_moves(state: State, step: Step) -> None:
    """A step is possible where the law's order of things has it, and raises everywhere else."""
    far = dt.date(2090, 1, 1) if step is Step.EXPIRED else ON
    closed = listing(conduct=cs.Conduct(cs.model.ConductCode.ABSCOND, SERVED, SERVED))
    before = Life(WIDE, closed, PATHS[state])
    found = step in before.possible
    if found:
        moved = before.then(event(step, far))
        assert (*before.events, event(step, far)) == moved.events
    else:
        with pytest.raises(IllegalMoveError) as caught:
            before.then(event(step, far))
        assert (state, step, "") == (caught.value.state, caught.value.step, caught.value.problem)

    assert (step in POSSIBLE[state].split()) == found
    assert PATHS[state] == before.events


LEADS = [
    (State.DECIDED, event(Step.REPRESENTED, SERVED), State.NOTIFIED),
    (State.LISTED, event(Step.MARKED), State.LISTED),
    (State.DISPUTED, event(Step.MARKED), State.MARKED),
    (State.MARKED, event(Step.ANSWERED, upheld=True), State.UPHELD),
    (State.MARKED, event(Step.ANSWERED, upheld=False), State.LISTED),
    (State.MARKED, event(Step.CORRECTED), State.MARKED),
    (State.UPHELD, event(Step.CORRECTED), State.LISTED),
    (State.UPHELD, event(Step.SETTLED), State.UPHELD),
    (State.MARKED, event(Step.EXEMPTED), State.MARKED),
    (State.UPHELD, event(Step.WITHDRAWN), State.ENDED),
]


@pytest.mark.parametrize(("state", "item", "to"), LEADS)
def test_where_a_step_leads(state: State, item: Event, to: State) -> None:
    """A dispute stays open until it is answered, and what was upheld until it is corrected."""
    assert to is life(state).then(item).state


def test_the_page_shows_the_table() -> None:
    """The page on the life of a listing has every possible move in its table, and no other."""
    page = Path(__file__).parent.parent / "docs" / "explanation" / "life-of-a-listing.md"
    table = page.read_text("utf-8").split("| state | possible | and then |")[1].split("\n\n")[0]
    shown = set()
    for states, steps, to in re.findall(
        r"^\| ([^|]*) \| ([^|]*) \| ([^|]*) \|$", table, re.MULTILINE
    ):
        told = steps.replace(", with reasons", "").replace("answered: ", "answered:")
        for state, step in itertools.product(states.split(", "), told.split(", ")):
            shown.add((state, step, state if to == "the same" else to))
    named = {None: "", True: ":upheld", False: ":rejected"}

    assert {(m.state, m.step + named[m.upheld], m.to) for m in MOVES} == shown


def test_every_move_is_one_row() -> None:
    """No two rows of the table speak of the same step in the same state."""
    keys = [(move.state, move.step, move.upheld) for move in MOVES]

    assert len(set(keys)) == len(keys)


def test_only_a_served_and_reasoned_decision_leads_to_a_listing() -> None:
    """Into the live states there is one way, from DECIDED; and to DECIDED one, from NOTIFIED."""
    into = {
        state: {move.state for move in MOVES if move.to is state and move.state is not state}
        for state in State
    }
    live = set(LIVE)

    assert {State.DECIDED} == {one for state in live for one in into[state]} - live
    assert {State.NOTIFIED} == into[State.DECIDED]
    assert {State.NEW, State.PREPARED, State.DECIDED} == into[State.NOTIFIED]
    assert set() == {move.to for move in MOVES if move.state is State.ENDED}


# -- days, stages, repetition --------------------------------------------------------------------

REFUSED: list[tuple[str, State, Event, str]] = [
    ("a day before the last", State.LISTED, event(Step.DISPUTED, DECIDED), "before what"),
    ("decided in the days to answer", State.NOTIFIED,
     event(Step.DECIDED, SERVED + 15 * DAY), r"not before 2026-01-21, by \S+ \["),
    ("listed in the grace", State.DECIDED, event(Step.LISTED, dt.date(2026, 3, 2)), "not before"),
    ("repaired too early", State.LISTED,
     event(Step.REPAIRED, dt.date(2026, 5, 2)), r"not before 2026-05-03, by \S+ \["),
    ("expired while open", State.LISTED, event(Step.EXPIRED), "not before"),
    ("appealed at first", State.LISTED, event(Step.DISPUTED, stage=2), "instance"),
    ("exempted for too long", State.LISTED,
     event(Step.EXEMPTED, until=dt.date(2026, 10, 2)), r"not beyond 2026-10-01, by \S+ \["),
]  # fmt: skip


@pytest.mark.parametrize(("state", "item", "problem"), [row[1:] for row in REFUSED],
                         ids=[row[0] for row in REFUSED])  # fmt: skip
def test_refused(state: State, item: Event, problem: str) -> None:
    """What is possible as such is refused on the wrong day, before the wrong instance, too long."""
    with pytest.raises(IllegalMoveError, match=problem):
        life(state).then(item)


@pytest.mark.parametrize("step", [Step.SETTLED, Step.REPAIRED])
def test_once(step: Step) -> None:
    """A debt is settled once, and repaired once."""
    lived = life().then(event(step))

    assert step not in lived.possible
    with pytest.raises(IllegalMoveError, match="before"):
        lived.then(event(step))


ALLOWED = [
    (State.NOTIFIED, event(Step.DECIDED, SERVED + 16 * DAY)),
    (State.DECIDED, event(Step.LISTED, dt.date(2026, 3, 3))),
    (State.LISTED, event(Step.REPAIRED, dt.date(2026, 6, 4))),
    (State.LISTED, event(Step.EXEMPTED, until=dt.date(2026, 10, 1))),
    (State.LISTED, event(Step.SETTLED, SERVED)),
    (State.MARKED, event(Step.WITHDRAWN, LISTED)),
]


@pytest.mark.parametrize(("state", "item"), ALLOWED)
def test_allowed(state: State, item: Event) -> None:
    """The first day is a day; what is settled or withdrawn may be told late."""
    assert item == life(state).then(item).events[-1]


LATE = ON + 2 * DAY
TOLD_LATE = [(Step.CORRECTED, Step.DISPUTED), (Step.EXEMPTED, Step.DISPUTED),
             (Step.REPAIRED, Step.DISPUTED), (Step.CORRECTED, Step.EXEMPTED),
             (Step.DISPUTED, Step.EXEMPTED), (Step.DISPUTED, Step.REPAIRED)]  # fmt: skip


@pytest.mark.parametrize(("since", "late"), TOLD_LATE)
def test_what_is_told_late_keeps_its_day(since: Step, late: Step) -> None:
    """Whatever else was noted since, what came in earlier is noted on the day it came in."""
    lived = life().then(event(since, LATE), event(late))

    assert ON == lived.day_of(late)


OUT_OF_ORDER = [
    ("disputed before the answer", (event(Step.DISPUTED, LATE), event(Step.ANSWERED, LATE)),
     event(Step.DISPUTED)),
    ("answered before the dispute", (event(Step.DISPUTED, LATE), event(Step.MARKED, LATE)),
     event(Step.ANSWERED)),
    ("answered before an earlier dispute's answer",
     (event(Step.DISPUTED), event(Step.ANSWERED, LATE), event(Step.DISPUTED, LATE)),
     event(Step.ANSWERED)),
    *((f"{step} before the listing", (), event(step, DECIDED))
      for step in (Step.DISPUTED, Step.CORRECTED, Step.EXEMPTED)),
]  # fmt: skip


@pytest.mark.parametrize(("before", "late"), [row[1:] for row in OUT_OF_ORDER],
                         ids=[row[0] for row in OUT_OF_ORDER])  # fmt: skip
def test_what_belongs_together_comes_in_order(before: tuple[Event, ...], late: Event) -> None:
    """No answer lies before its dispute, no dispute before an earlier answer, none unlisted."""
    with pytest.raises(IllegalMoveError, match="before what has happened"):
        life().then(*before, late)


def test_the_waiting_time_of_the_packaged_rulebook() -> None:
    """By the packaged rulebook nothing is decided in the 15 days after the notice."""
    told, day = Life(BOOK, DRAFT, [event(Step.NOTICE_SERVED, SERVED)]), SERVED + 16 * DAY

    with pytest.raises(IllegalMoveError, match="not before 2026-01-21, by CN-CR-ANSWER-TIME"):
        told.then(event(Step.DECIDED, SERVED + 15 * DAY))
    assert told.then(event(Step.DECIDED, day), event(Step.LISTED, day)).is_live


def test_without_a_rule_there_is_no_repair() -> None:
    """Where the rulebook knows no credit repair, nothing is repaired."""
    with pytest.raises(IllegalMoveError, match="does not know"):
        life(book=BOOK).then(event(Step.REPAIRED))


def test_instances() -> None:
    """After a rejection the next instance is open, or a new dispute; after the last, only that."""
    lived = life().then(event(Step.DISPUTED), event(Step.ANSWERED))
    further = lived.then(event(Step.DISPUTED, stage=2), event(Step.ANSWERED))

    assert lived.then(event(Step.DISPUTED, stage=1)).state is State.DISPUTED
    assert further.then(event(Step.DISPUTED)).state is State.DISPUTED
    assert 1 == len([item for item in deadlines(further, calendar("CN")) if item.name == "appeal"])
    with pytest.raises(IllegalMoveError):
        further.then(event(Step.DISPUTED, stage=2))
    with pytest.raises(IllegalMoveError):
        lived.then(event(Step.DISPUTED), event(Step.DISPUTED))


def test_only_the_instances_that_the_rulebook_knows() -> None:
    """Where no rule says by when an instance answers, there is none: nobody would owe it."""
    rejected = life(book=BOOK).then(event(Step.DISPUTED), event(Step.ANSWERED))

    assert not BOOK.deadlines("appeal-answer", ON)
    assert rejected.then(event(Step.DISPUTED)).state is State.DISPUTED
    with pytest.raises(IllegalMoveError, match="no such instance"):
        rejected.then(event(Step.DISPUTED, stage=2))


def test_expired() -> None:
    """A listing expires on the first day after its retention, and on no day before."""
    ended = listing(conduct=cs.Conduct(cs.model.ConductCode.ABSCOND, SERVED, SERVED))
    lived = Life(BOOK, ended, PATHS[State.LISTED])
    end = retention_end(BOOK, ended, listed=LISTED)

    assert dt.date(2031, 1, 5) == end
    with pytest.raises(IllegalMoveError, match="not before 2031-01-06"):
        lived.then(event(Step.EXPIRED, end))
    assert lived.then(event(Step.EXPIRED, end + DAY)).state is State.ENDED


def test_a_life_cannot_be_made_with_an_illegal_past() -> None:
    """The constructor replays what it is given."""
    with pytest.raises(IllegalMoveError) as caught:
        Life(BOOK, DRAFT, [event(Step.LISTED)])

    assert "what is new cannot become listed" == str(caught.value)


def test_no_amendment_ages_a_listing_anew() -> None:
    """An amended listing may end earlier than before, never later; an open end is infinite."""
    done = DRAFT.conduct
    assert done is not None
    early, late = (listing(conduct=attrs.evolve(done, end=day)) for day in (SERVED, LISTED))
    lived = Life(BOOK, late, PATHS[State.LISTED])

    assert early == lived.about(early).listing
    assert early == life(book=BOOK).about(early).listing
    for longer in (DRAFT, late):
        with pytest.raises(IllegalMoveError, match="move out"):
            lived.about(early).about(longer)


# -- events ------------------------------------------------------------------------------------

WRONG: list[dict[str, Any]] = [
    {"step": "listed"},
    {"on": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)},
    {"step": Step.DECIDED},
    {"step": Step.DECIDED, "words": "   "},
    {"step": Step.DISPUTED},
    {"step": Step.DISPUTED, "stage": 3},
    {"step": Step.ANSWERED},
    {"step": Step.EXEMPTED, "until": ON},
    {"step": Step.EXEMPTED, "cause": Cause.DUTY},
    {"step": Step.WITHDRAWN},
    {"step": Step.PREPARED, "since": ON + DAY},
    {"step": Step.MARKED, "until": ON - DAY},
    {"since": SERVED},
    {"until": ON},
    {"stage": 1},
    {"upheld": False},
    {"cause": Cause.DUTY},
    {"reason": WithdrawalReason.SETTLED},
    {"words": "\x00"},
]


@pytest.mark.parametrize("values", WRONG)
def test_events_that_cannot_be(values: dict[str, Any]) -> None:
    """An event carries what its step carries, all of it and nothing else."""
    with pytest.raises(InvalidValueError):
        Event(**(dict[str, Any](step=Step.LISTED, on=ON) | values))


def test_a_life_of_too_many_events() -> None:
    """A life is not made of more events than anybody can have lived: judging them takes long."""
    with pytest.raises(InvalidValueError, match="events"):
        Life(WIDE, DRAFT, [*PATHS[State.LISTED], *[event(Step.CORRECTED)] * 100_000])


def test_a_long_life_is_made_again_of_its_events() -> None:
    """What grew by many steps, or was read from a ledger, is the same life made of its events."""
    grown = life().then(*[event(Step.CORRECTED)] * 900).then(*[event(Step.CORRECTED)] * 900)

    assert grown == Life(grown.rulebook, grown.listing, grown.events)
    assert grown == Life.recorded(grown.rulebook, grown.listing, grown.events)


def test_an_event_hides_its_words() -> None:
    """What a person said does not reach a log through `repr`."""
    assert "secret" not in repr(event(Step.DISPUTED, words="secret"))


# -- terms -------------------------------------------------------------------------------------


def test_an_answer_is_due() -> None:
    """A dispute is marked on its day and answered within 20 days (article 25)."""
    found = running(life(book=BOOK), event(Step.DISPUTED), event(Step.MARKED))
    answer, mark = found["answer"], found["mark"]

    assert {"answer", "mark"} == found.keys()
    assert (ON, ON) == (mark.due.day, mark.met)
    assert (Due(ON + 20 * DAY), None, True) == (answer.due, answer.met, answer.suspends)
    assert ("CN-CR-ANSWER", "25") == (answer.rule.id, answer.rule.citation.article)
    assert (TermKind.DUTY, Party.ISSUER) == (answer.kind, answer.party)
    assert [False, True] == [answer.is_overdue(answer.due.day + n * DAY) for n in (0, 1)]
    assert [True, False] == [item.is_open(ON) for item in (answer, mark)]


def test_an_answer_in_time() -> None:
    """What was answered is no longer open; what was answered late was overdue until then."""
    late = ON + 25 * DAY
    found = running(life(), event(Step.DISPUTED), event(Step.ANSWERED, late))["answer"]

    assert late == found.met
    assert [False, True, True, False] == [found.is_overdue(ON + n * DAY) for n in (20, 21, 24, 25)]


def test_a_rejection_opens_the_next_instance() -> None:
    """After a rejection the person has the term for the next instance, which has its own."""
    rejected = life().then(event(Step.DISPUTED), event(Step.ANSWERED))
    appealed = rejected.then(event(Step.DISPUTED, ON + DAY, stage=2))
    appeal = running(rejected)["appeal"]

    assert (ON + 10 * DAY, Party.PERSON, True) == (
        appeal.due.day,
        appeal.party,
        appeal.is_open(ON + 10 * DAY),
    )
    assert not appeal.is_overdue(ON + 11 * DAY)
    assert not appeal.is_open(ON + 11 * DAY)
    assert ON + DAY == running(appealed)["appeal"].met
    assert ON + 16 * DAY == running(appealed)["appeal-answer"].due.day
    assert Due(ON + 16 * DAY) == answer_due(appealed, PLAIN_AND_CHINESE)
    assert answer_due(rejected, PLAIN_AND_CHINESE) is None


def test_a_first_dispute_anew_takes_no_term_for_the_next_instance() -> None:
    """Who disputes something else after a rejection keeps the term for the next instance."""
    rejected = life().then(event(Step.DISPUTED), event(Step.ANSWERED))
    anew = running(rejected, event(Step.DISPUTED, ON + DAY))["appeal"]

    assert anew.met is None
    assert anew.is_open(ON + 10 * DAY)


def test_a_correction_over_the_national_day() -> None:
    """Three working days from 30 September 2026 end on 10 October, a Saturday that is worked."""
    day = dt.date(2026, 9, 30)
    upheld = running(life(), event(Step.DISPUTED), event(Step.ANSWERED, day, upheld=True))
    rejected = running(life(), event(Step.DISPUTED), event(Step.ANSWERED, day))

    assert Due(dt.date(2026, 10, 10)) == upheld["correction"].due
    assert "appeal" not in upheld
    assert "correction" not in rejected


def test_a_day_beyond_the_published_calendar_is_provisional() -> None:
    """A term that runs out of the published calendar says that its day may change."""
    far = dt.date(2033, 5, 5)
    found = running(life(), event(Step.DISPUTED, far), event(Step.ANSWERED, far, upheld=True))

    assert found["correction"].due.provisional
    assert not found["answer"].due.provisional


def test_repair() -> None:
    """Credit repair is possible from a day on; once granted, the listing is to be withdrawn."""
    day = dt.date(2026, 9, 28)
    repaired = running(life(), event(Step.REPAIRED, day))
    withdrawn = running(life(), event(Step.REPAIRED, day), event(Step.WITHDRAWN, day + DAY))

    assert dt.date(2026, 5, 3) == repaired["repair-from"].due.day
    assert TermKind.EARLIEST is repaired["repair-from"].kind
    assert (dt.date(2026, 10, 1) < repaired["repair"].due.day, None) == (
        True,
        repaired["repair"].met,
    )
    assert day + DAY == withdrawn["repair"].met


def test_the_decision_is_due_since_the_account_was_classed() -> None:
    """The term of the decision runs from the day that the preparation names."""
    prepared = Life(WIDE, DRAFT, [event(Step.PREPARED, SERVED, since=dt.date(2025, 8, 31))])
    (found,) = deadlines(prepared, PLAIN)

    assert ("decision", dt.date(2026, 2, 28)) == (found.name, found.due.day)
    assert dt.date(2026, 7, 5) == running(life(State.PREPARED))["decision"].due.day


PLAIN_AND_CHINESE = calendar("CN")


# -- which rule counts ---------------------------------------------------------------------------

RULES = {rule.id: rule for rule in WIDE.rules}
LAPSED = {"ends": dt.date(2020, 1, 1)}
OTHERS = {
    "when": attrs.evolve(RULES["CN-CR-RETENTION"].when, severities=frozenset({Severity.SERIOUS}))
}
CLOSED = listing(conduct=cs.Conduct(cs.model.ConductCode.ABSCOND, SERVED, SERVED))


def with_rule(name: str, **changes: Any) -> cs.rules.Rulebook:
    """The wide rulebook with one more rule, like one of its own."""
    more = attrs.evolve(RULES[name], id="T-MORE", **changes)
    return attrs.evolve(WIDE, rules=[*WIDE.rules, more])


ENDINGS: list[tuple[dict[str, Any], dt.date]] = [
    ({}, dt.date(2027, 3, 3)),
    ({"value": 9}, dt.date(2031, 1, 5)),
    (OTHERS, dt.date(2031, 1, 5)),
    (LAPSED, dt.date(2031, 1, 5)),
]


@pytest.mark.parametrize(("changes", "end"), ENDINGS)
def test_the_earliest_end_in_force_counts(changes: dict[str, Any], end: dt.date) -> None:
    """Of several rules that end a listing the first does, if it is in force and asked of it."""
    book = with_rule("CN-CR-RETENTION", **({"options": ("listing",), "value": 1} | changes))

    assert end == retention_end(book, CLOSED, listed=LISTED)


@pytest.mark.parametrize(("changes", "hidden"), [({}, True), (OTHERS, False), (LAPSED, False)])
def test_a_repair_hides_by_a_rule_in_force(changes: dict[str, Any], hidden: bool) -> None:
    """A one-off repair hides a debt if its rule is in force and asked of that listing."""
    owed = cs.Obligation(
        "bank", cs.Money(9_000_00, "CNY"), cs.Money(0, "CNY"), dt.date(2024, 3, 1), settled=SERVED
    )
    book = attrs.evolve(
        WIDE,
        rules=[
            attrs.evolve(rule, **changes) if rule.check == "repaid-in-window" else rule
            for rule in WIDE.rules
        ],
    )

    assert hidden == is_hidden(book, listing(obligation=owed), ON)


def test_a_month_from_the_31st_is_not_over_early() -> None:
    """What may not happen before a month has passed waits for the month that has such a day."""
    month, last = {"value": 1, "unit": "months"}, dt.date(2026, 1, 31)
    waiting = with_rule("CN-CR-WAITING", **month)
    served = Life(waiting, DRAFT, [event(Step.NOTICE_SERVED, last)])
    repairing = with_rule("T-REPAIR-FROM", **month)
    decided, over = dt.date(2026, 3, 31), dt.date(2026, 5, 2)
    said = event(Step.DECIDED, decided), event(Step.LISTED, over)
    listed = Life(repairing, DRAFT, [*BEGUN[:1], *said])
    first = {item.rule.id: item.due.day for item in deadlines(listed, calendar("CN"))}

    assert dt.date(2026, 3, 2) in [
        wait.first_day for wait in served.waits(last) if wait.rule.id == "T-MORE"
    ]
    assert over == first["T-MORE"]


def test_the_latest_of_several_waits_is_told() -> None:
    """Where several rules hold a step back, the refusal names the one that does so longest."""
    book = with_rule("T-REPRESENTATION", value=40)
    told = Life(book, DRAFT, [event(Step.NOTICE_SERVED, SERVED)])
    with pytest.raises(IllegalMoveError, match="not before 2026-02-15, by T-MORE"):
        told.then(event(Step.DECIDED, SERVED + DAY))


@pytest.mark.parametrize(("days", "last"), [(5, "2026-09-06"), (90, "2026-10-01")])
def test_the_shortest_exemption_counts(days: int, last: str) -> None:
    """Of several rules that limit an exemption the strictest does."""
    book = with_rule("CN-CR-EXEMPTION", value=days, unit="days")
    with pytest.raises(IllegalMoveError, match=f"not beyond {last}"):
        life(book=book).then(event(Step.EXEMPTED, until=dt.date(2026, 11, 1)))


def test_only_the_next_instance_meets_an_appeal() -> None:
    """A dispute of the first instance leaves the person's time for the next one open."""
    rejected = life().then(event(Step.DISPUTED), event(Step.ANSWERED))

    assert running(rejected, event(Step.DISPUTED))["appeal"].met is None
    assert ON == running(rejected, event(Step.DISPUTED, stage=2))["appeal"].met


def test_a_correction_is_owed_until_it_is_made() -> None:
    """What was upheld owes its correction, also in a later dispute, and not after it."""
    upheld = life(State.UPHELD)
    again = upheld.then(event(Step.DISPUTED))

    assert upheld.owes_correction
    assert again.owes_correction
    assert not upheld.then(event(Step.CORRECTED)).owes_correction
    assert not again.then(event(Step.CORRECTED), event(Step.ANSWERED)).owes_correction
