"""Cases on a real ledger: prepared, disputed, marked, answered, settled; and who hears of it."""

from __future__ import annotations

import datetime as dt
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import creditshare as cs
from creditshare.bundle.event import DAY_MAX
from creditshare.calendars import PLAIN, Due, Span, calendar
from creditshare.codec import decode_draft, encode_draft
from creditshare.errors import (
    IllegalMoveError,
    MisuseError,
    NotListedError,
    StoreError,
)
from creditshare.feedback import unfounded, unpaused
from creditshare.ledger import (
    OwedKind,
    case_facts,
    listings_of,
    owed,
    standing,
    told,
)
from creditshare.life import Cause, Event, State, deadlines
from creditshare.model import ConductCode, ListingStatus, Statement, Step, WithdrawalReason
from creditshare.rules import Rulebook
from creditshare.statistics import CaseFact, DisputeFact
from regimes import RULEBOOKS, draft
from test_life import HEAD, REPAIR
from world import (
    DAY,
    DECISION,
    NOW,
    PLATFORM,
    REMEDY,
    TODAY,
    World,
    cleared,
    decided,
    listing,
    person,
)

CHINA = calendar("CN")
BOOK = cs.rulebook("cn")
NOTICE = cs.Notice(dt.date(2026, 10, 1), cs.model.ServiceMethod.POST, REMEDY)
WIDE = Rulebook.from_toml(
    HEAD + REPAIR.replace('value = 1\nunit = "months"', 'value = 7\nunit = "days"')
)
REMOVING = Rulebook.from_toml(
    HEAD
    + """
[[rule]]
id = "T-REMOVAL"
deadline = "removal"
requires = "three working days"
requires_zh = "三个工作日"
value = 3
unit = "working-days"
source = "law"
verified = false
citation = { instrument = "法释〔2017〕7号", article = "10", version = "2017" }

[[rule]]
id = "T-ANSWER"
deadline = "answer"
requires = "fifteen working days"
requires_zh = "十五个工作日"
value = 15
unit = "working-days"
options = ["suspends"]
source = "law"
verified = true
citation = { instrument = "test", article = "1", version = "1" }
"""
)


@pytest.fixture
def store(world: World) -> Iterator[cs.LedgerStore]:
    """The database of the platform's ledger."""
    with cs.LedgerStore(world.folder / "ledger.db") as opened:
        yield opened


@pytest.fixture
def ledger(store: cs.LedgerStore) -> cs.Ledger:
    """The platform's ledger."""
    return cs.Ledger(store, origin="platform")


def recorded(world: World, ledger: cs.Ledger, book: Rulebook = BOOK, **changes: object) -> bytes:
    """The id of a listing that was recorded under a rulebook."""
    drafted = listing(1, **changes)
    found = book.review([drafted], on=TODAY, issuer=PLATFORM, catalogue=cs.measures("cn"))
    ledger.record(found.cleared, tokens=world.tokens, at=NOW)
    return drafted.id


def marks(world: World, ledger: cs.Ledger, name: str, listing_id: bytes) -> list[tuple[str, int]]:
    """What the newest bundle says of a listing, event by event."""
    world.seal(ledger, name, at=NOW + 5 * DAY)
    with cs.LedgerStore(world.folder / "ledger.db") as opened:
        return [(event.type.name, event.day) for event in told(opened, listing_id)[-1].events]


def number(day: dt.date) -> int:
    """A day as the log has it."""
    return (day - dt.date(1970, 1, 1)).days


# -- lives that the listing tells ---------------------------------------------------------------


def test_a_recorded_listing_has_a_life(world: World, ledger: cs.Ledger) -> None:
    """What was recorded from a report was noticed, decided and listed, though nobody noted it."""
    listing_id = recorded(world, ledger)
    life = ledger.life(listing_id)

    assert [Step.NOTICE_SERVED, Step.DECIDED, Step.LISTED] == [item.step for item in life.events]
    assert (State.LISTED, TODAY) == (life.state, life.day_of(Step.LISTED))
    assert life.events == ledger.steps(listing_id)


def test_what_ended_tells_its_steps_and_no_words(world: World, ledger: cs.Ledger) -> None:
    """After the end the steps and days stay, what was said is gone from the file."""
    listing_id = recorded(world, ledger)
    ledger.dispute(listing_id, on=TODAY, calendar=PLAIN, text="the words of the person", at=NOW)
    ledger.answer(
        listing_id, upheld=True, on=TODAY + DAY, text="the words of the answer", at=NOW + DAY
    )
    reason = WithdrawalReason.DISPUTE_UPHELD
    ledger.withdraw(cs.Withdrawal(listing_id, reason, TODAY + DAY), at=NOW + DAY)
    steps = ledger.steps(listing_id)

    assert "notice-served decided listed disputed marked answered withdrawn" == " ".join(
        item.step for item in steps
    )
    assert ["", "…", "", "", "", "", ""] == [item.words for item in steps]
    assert b"the words" not in b"".join(
        path.read_bytes() for path in world.folder.glob("ledger.db*")
    )
    with pytest.raises(NotListedError):
        ledger.life(listing_id)


@pytest.mark.parametrize("sql", ["UPDATE life SET day = 0", "DELETE FROM life"])
def test_what_happened_is_not_edited(
    world: World, ledger: cs.Ledger, store: cs.LedgerStore, sql: str
) -> None:
    """The database itself refuses to change or delete what happened."""
    listing_id = recorded(world, ledger)
    ledger.suspend(listing_id, until=TODAY, on=TODAY, at=NOW)
    with pytest.raises(StoreError):
        store.execute(sql)

    assert Step.MARKED is ledger.life(listing_id).events[-1].step


# -- disputes -----------------------------------------------------------------------------------


def test_a_dispute_and_its_answer(world: World, ledger: cs.Ledger) -> None:
    """A dispute is marked with the last day of its answer; the answer ends the mark."""
    listing_id = recorded(world, ledger)
    life = ledger.dispute(listing_id, on=TODAY, calendar=PLAIN, text="it was paid", at=NOW)
    last = TODAY + 20 * DAY

    assert [("LIST", 1), ("DISPUTE", number(last))] == [
        (name, day if name == "DISPUTE" else 1)
        for name, day in marks(world, ledger, "1.csb", listing_id)
    ]
    assert (State.MARKED, "it was paid") == (life.state, life.events[-2].words)
    assert life == ledger.life(listing_id)
    assert [ListingStatus.DISPUTED, ListingStatus.SUSPENDED] == [
        ledger.status(listing_id, NOW + n * DAY) for n in (19, 22)
    ]

    answered = ledger.answer(
        listing_id, upheld=False, on=TODAY + 3 * DAY, text="it was not", at=NOW + 3 * DAY
    )

    assert State.LISTED is answered.state
    assert ListingStatus.LISTED is ledger.status(listing_id, NOW + 22 * DAY)
    assert ("RESUME", number(TODAY + 3 * DAY)) == marks(world, ledger, "2.csb", listing_id)[-1]


def test_an_upheld_dispute_suspends_until_it_is_corrected(world: World, ledger: cs.Ledger) -> None:
    """Who was right is no match while the correction is due, and is one after it, corrected."""
    listing_id = recorded(world, ledger, WIDE)
    ledger.dispute(listing_id, on=TODAY, calendar=CHINA, at=NOW)
    life = ledger.answer(listing_id, upheld=True, on=TODAY + DAY, at=NOW + DAY)
    due = min(
        (item for item in deadlines(life, CHINA) if item.name == "correction"),
        key=lambda item: item.due.day,
    )

    assert dt.date(2026, 11, 24) == due.due.day  # with the answer
    assert ListingStatus.SUSPENDED is ledger.status(listing_id, NOW + 100 * DAY)
    with pytest.raises(MisuseError, match="corrected"):
        ledger.resume(listing_id, on=TODAY + DAY, at=NOW + DAY)
    with pytest.raises(IllegalMoveError):
        ledger.suspend(listing_id, until=TODAY + DAY, on=TODAY + DAY, at=NOW + DAY)

    right = attrs.evolve(
        ledger.listing(listing_id),
        obligation=attrs.evolve(
            ledger.listing(listing_id).obligation, outstanding=cs.Money(1_000, "CNY")
        ),
    )
    at = NOW + DAY
    found = WIDE.review_one(right, on=at.date(), issuer=PLATFORM, listed=TODAY)
    assert isinstance(found, cs.rules.ClearedListing)
    ledger.amend([found], tokens=world.tokens, at=at, correcting=True)

    assert State.LISTED is ledger.life(listing_id).state
    assert ListingStatus.LISTED is ledger.status(listing_id, at)
    assert ["AMEND", "RESUME"] == [name for name, _ in marks(world, ledger, "1.csb", listing_id)][
        -2:
    ]
    corrected = next(
        item for item in deadlines(ledger.life(listing_id), CHINA) if item.name == "mark"
    )
    assert corrected.met == TODAY


def test_a_confirmation_corrects_nothing(world: World, ledger: cs.Ledger) -> None:
    """To confirm an open conduct is no correction of what was found wrong."""
    listing_id = recorded(world, ledger)
    ledger.dispute(listing_id, on=TODAY, calendar=PLAIN, at=NOW)
    ledger.answer(listing_id, upheld=True, on=TODAY, at=NOW)
    ledger.amend(cleared(ledger.listing(listing_id)), tokens=world.tokens, at=NOW)

    assert State.UPHELD is ledger.life(listing_id).state
    assert ListingStatus.SUSPENDED is ledger.status(listing_id, NOW)


def test_a_listing_names_the_rulebook_that_cleared_it(world: World, ledger: cs.Ledger) -> None:
    """Recording overrides what a draft claims, and every later version keeps the name."""
    listing_id = recorded(world, ledger, cleared_by="own@1#0123456789abcdef")
    before = ledger.listing(listing_id).cleared_by
    statement = cs.model.Statement(TODAY, "I paid half.")
    ledger.state(listing_id, statement, tokens=world.tokens, at=NOW)
    stated = ledger.listing(listing_id).cleared_by
    ledger.settle(listing_id, on=TODAY, tokens=world.tokens, at=NOW)

    assert cs.rulebook("cn").name == before == stated == ledger.listing(listing_id).cleared_by


def test_a_newer_rulebook_is_named_and_corrects_nothing(world: World, ledger: cs.Ledger) -> None:
    """A confirmation under another version is sent by its name, and is no correction."""
    listing_id = recorded(world, ledger)
    ledger.dispute(listing_id, on=TODAY, calendar=PLAIN, at=NOW)
    ledger.answer(listing_id, upheld=True, on=TODAY, at=NOW)
    newer = attrs.evolve(cs.rulebook("cn"), version="2027.01")
    again = newer.review_one(
        ledger.listing(listing_id), on=TODAY, issuer=PLATFORM, catalogue=cs.measures("cn")
    )
    assert isinstance(again, cs.rules.ClearedListing)
    ledger.amend([again], tokens=world.tokens, at=NOW)

    assert newer.name == ledger.listing(listing_id).cleared_by
    assert State.UPHELD is ledger.life(listing_id).state


def test_one_dispute_at_a_time(world: World, ledger: cs.Ledger) -> None:
    """While a dispute is open there is no second one, no resumption, and no answer without one."""
    listing_id = recorded(world, ledger)
    with pytest.raises(IllegalMoveError):
        ledger.answer(listing_id, upheld=True, on=TODAY, at=NOW)
    ledger.dispute(listing_id, on=TODAY, calendar=PLAIN, at=NOW)
    with pytest.raises(IllegalMoveError):
        ledger.dispute(listing_id, on=TODAY, calendar=PLAIN, at=NOW)
    with pytest.raises(MisuseError, match="answered"):
        ledger.resume(listing_id, on=TODAY, at=NOW)

    assert 2 + 3 == len(ledger.life(listing_id).events)


def test_without_a_rule_a_dispute_never_suspends(world: World, ledger: cs.Ledger) -> None:
    """Where the rulebook has no suspension, the mark's day is one that never comes."""
    text = HEAD + (
        '\n[[rule]]\nid = "CN-CR-ANSWER"\ndeadline = "answer"\nrequires = "x"\nrequires_zh = "x"\n'
        'value = 20\nunit = "days"\nsource = "law"\nverified = true\n'
        'citation = { instrument = "test", article = "1", version = "1" }\n'
    )
    listing_id = recorded(world, ledger, Rulebook.from_toml(text))
    ledger.dispute(listing_id, on=TODAY, calendar=PLAIN, at=NOW)

    assert ("DISPUTE", DAY_MAX) == marks(world, ledger, "1.csb", listing_id)[-1]
    assert ListingStatus.DISPUTED is ledger.status(listing_id, NOW + 100 * DAY)


@attrs.frozen
class Guessing:
    """A calendar that counts all days so many times, provisionally."""

    times: int = 1

    def after(self, day: dt.date, span: Span, *, never_early: bool = False) -> Due:
        """The day after so many times the span."""
        return Due(day + self.times * span.value * DAY, provisional=True)


def test_a_provisional_day_is_marked_again(world: World, ledger: cs.Ledger) -> None:
    """When the day is an earlier one by now, the mark is replaced, once; it is never put off."""
    listing_id = recorded(world, ledger, REMOVING)
    ledger.dispute(listing_id, on=TODAY, calendar=Guessing(2), at=NOW)
    calendars = iter((Guessing(2), CHINA, CHINA, Guessing(3)))
    found = [ledger.remark(calendar_of=lambda _: next(calendars)) for _ in range(4)]
    said = marks(world, ledger, "1.csb", listing_id)

    assert [0, 1, 0, 0] == found
    # Both rules suspend, so the earlier day counts: 20 calendar days.
    assert [number(TODAY + 30 * DAY), number(TODAY + 20 * DAY)] == [day for _, day in said[1:]]


def test_a_new_log_repeats_an_open_dispute(world: World, ledger: cs.Ledger) -> None:
    """A log that is begun anew says again that a listing is disputed, and until when."""
    listing_id = recorded(world, ledger)
    ledger.dispute(listing_id, on=TODAY, calendar=PLAIN, at=NOW)
    ledger.renew(2, tokens=world.tokens, at=NOW)
    again = cs.Ledger(ledger._store, origin="platform", generation=2)

    assert ("DISPUTE", number(TODAY + 20 * DAY)) == marks(world, again, "1.csb", listing_id)[-1]


# -- exemption, settlement, repair, statement -----------------------------------------------------


def test_an_exemption_lasts_a_month_at_most(world: World, ledger: cs.Ledger) -> None:
    """The rulebook's month is the longest that measures are lifted in one go."""
    listing_id = recorded(world, ledger)
    month = dt.date(2026, 12, 23)
    with pytest.raises(
        IllegalMoveError, match=r"not beyond 2026-12-23, by CN-CR-EXEMPTION \[.*; unverified\]"
    ):
        ledger.exempt(listing_id, until=month + DAY, on=TODAY, cause=Cause.ILLNESS, at=NOW)
    ledger.exempt(listing_id, until=month, on=TODAY, cause=Cause.ILLNESS, at=NOW)

    assert ListingStatus.EXEMPTED is ledger.status(listing_id, NOW)
    assert (
        Event(Step.EXEMPTED, TODAY, until=month, cause=Cause.ILLNESS)
        == (ledger.life(listing_id).events[-1])
    )


def test_settlement_is_marked_and_lengthens_nothing(world: World, ledger: cs.Ledger) -> None:
    """A settled listing owes nothing, its conduct is over, and it ends no later than before."""
    listing_id = recorded(world, ledger)
    with cs.LedgerStore(world.folder / "ledger.db") as opened:
        before = opened.listing(listing_id)
        ledger.settle(listing_id, on=TODAY - DAY, tokens=world.tokens, at=NOW)
        after = opened.listing(listing_id)
    settled = ledger.listing(listing_id)

    assert before is not None
    assert after is not None
    assert after.last_day <= before.last_day
    assert (0, TODAY - DAY) == (
        settled.obligation.outstanding.minor,
        settled.obligation.settled,
    )
    assert settled.conduct is not None
    assert TODAY - DAY == settled.conduct.end
    assert Step.SETTLED is ledger.life(listing_id).events[-1].step
    assert ["LIST", "AMEND"] == [name for name, _ in marks(world, ledger, "1.csb", listing_id)]
    with pytest.raises(IllegalMoveError):
        ledger.settle(listing_id, on=TODAY, tokens=world.tokens, at=NOW)


def test_settlement_in_the_future_is_refused(world: World, ledger: cs.Ledger) -> None:
    """Nobody has paid tomorrow, or stated something tomorrow."""
    listing_id = recorded(world, ledger)
    with pytest.raises(MisuseError, match="has not come"):
        ledger.settle(listing_id, on=TODAY + DAY, tokens=world.tokens, at=NOW)
    words = Statement(TODAY + DAY, "I have paid.")
    with pytest.raises(MisuseError, match="has not come"):
        ledger.state(listing_id, words, tokens=world.tokens, at=NOW)

    assert 3 == len(ledger.life(listing_id).events)


def test_a_removal_is_due_after_settlement(world: World, ledger: cs.Ledger) -> None:
    """Where settled listings are removed, the settlement says by when, over the new year's day."""
    listing_id = recorded(world, ledger, REMOVING)
    at = dt.datetime(2026, 12, 31, 4, tzinfo=dt.UTC)
    life = ledger.settle(listing_id, on=at.date(), tokens=world.tokens, at=at)
    (removal,) = (item for item in deadlines(life, Guessing()) if item.name == "removal")

    assert (dt.date(2027, 1, 3), None) == (removal.due.day, removal.met)


def test_a_debt_that_the_one_off_repair_hides_is_withdrawn(world: World, ledger: cs.Ledger) -> None:
    """A small debt of the years 2020 to 2025 that was repaid in time is withdrawn at once."""
    small = cs.Obligation(
        "bank", cs.Money(900_000, "CNY"), cs.Money(5_000, "CNY"), dt.date(2021, 3, 1)
    )
    conduct = cs.Conduct(cs.model.ConductCode.ABSCOND, dt.date(2021, 6, 1))
    listing_id = recorded(world, ledger, obligation=small, conduct=conduct)
    life = ledger.settle(listing_id, on=dt.date(2026, 3, 30), tokens=world.tokens, at=NOW)

    assert State.ENDED is life.state
    assert ListingStatus.WITHDRAWN is ledger.status(listing_id, NOW)
    assert WithdrawalReason.REPAIRED is ledger.steps(listing_id)[-1].reason


def test_repair(world: World, ledger: cs.Ledger) -> None:
    """Repair is granted from its earliest day on, and the withdrawal is due then."""
    listing_id = recorded(world, ledger, WIDE)
    with pytest.raises(IllegalMoveError, match="not before 2027-02-03"):
        ledger.repair(listing_id, on=dt.date(2027, 2, 2), at=NOW + 93 * DAY)
    life = ledger.repair(listing_id, on=dt.date(2027, 2, 3), at=NOW + 93 * DAY)

    assert "repair" in {item.name for item in deadlines(life, CHINA)}
    assert State.LISTED is life.state


def test_a_statement_is_carried(world: World, ledger: cs.Ledger) -> None:
    """The person's own words reach whoever finds the listing from the next bundle on."""
    listing_id = recorded(world, ledger)
    words = Statement(TODAY, "I was in hospital when the notice came.")
    ledger.state(listing_id, words, tokens=world.tokens, at=NOW)
    registry = world.registry()
    world.apply(registry, world.seal(ledger, "1.csb")[0])
    (found,) = world.screen(registry, cs.Applicant(person(1).identifiers, "测试1"))

    assert [words] == [match.listing.statement for match in found.matches]
    assert words == ledger.listing(listing_id).statement


STATED = st.none() | st.sampled_from(["I paid half.", "It is not mine.", "我已还款。"])


@settings(max_examples=15)
@given(
    st.lists(
        st.tuples(st.sampled_from(["state", "amend", "settle", "send"]), STATED, st.integers(1, 9)),
        max_size=8,
    )
)
def test_no_amendment_touches_the_persons_statement(
    steps: list[tuple[str, str | None, int]],
) -> None:
    """A listing carries what its person stated last, whatever statement an amendment has."""
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        ledger, said, sent = world.ledger(), None, 0
        listing_id = recorded(world, ledger)
        for step, words, amount in steps:
            held, stated = ledger.listing(listing_id), Statement(TODAY, words) if words else None
            if step == "state" and stated is not None:
                ledger.state(listing_id, said := stated, tokens=world.tokens, at=NOW)
            elif step == "amend" and held.obligation.settled is None:
                owed = attrs.evolve(
                    held.obligation,
                    principal=cs.Money(held.obligation.principal.minor - amount, "CNY"),
                )
                newer = attrs.evolve(held, obligation=owed, statement=stated)
                ledger.amend(cleared(newer), tokens=world.tokens, at=NOW)
            elif step == "settle" and held.obligation.settled is None:
                ledger.settle(listing_id, on=TODAY, tokens=world.tokens, at=NOW)
            elif step == "send":
                world.seal(ledger, f"{(sent := sent + 1)}.csb")

            assert said == ledger.listing(listing_id).statement
        world.close()


@pytest.mark.parametrize("late", [None, Statement(TODAY, "It is all true.")])
def test_a_statement_is_no_correction(
    world: World, ledger: cs.Ledger, late: Statement | None
) -> None:
    """To drop or to reword the person's own statement corrects nothing that was found wrong."""
    listing_id = recorded(world, ledger)
    words = Statement(TODAY, "It is not mine.")
    ledger.dispute(listing_id, on=TODAY, calendar=PLAIN, at=NOW)
    ledger.state(listing_id, words, tokens=world.tokens, at=NOW)
    ledger.amend(cleared(ledger.listing(listing_id)), tokens=world.tokens, at=NOW)
    ledger.answer(listing_id, upheld=True, on=TODAY, at=NOW)
    newer = attrs.evolve(ledger.listing(listing_id), statement=late)
    with pytest.raises(MisuseError, match="changes what was found wrong"):
        ledger.amend(cleared(newer), tokens=world.tokens, at=NOW, correcting=True)
    ledger.amend(cleared(newer), tokens=world.tokens, at=NOW)

    assert ListingStatus.SUSPENDED is ledger.status(listing_id, NOW)
    assert words == ledger.listing(listing_id).statement
    assert Step.CORRECTED not in {event.step for event in ledger.steps(listing_id)}


def test_no_amendment_ages_a_listing_anew(world: World, ledger: cs.Ledger) -> None:
    """An amendment that would let a listing stand longer is refused, and changes nothing."""
    ended = cs.Conduct(cs.model.ConductCode.ABSCOND, dt.date(2024, 1, 1), dt.date(2025, 1, 1))
    listing_id = recorded(world, ledger, conduct=ended)
    later = attrs.evolve(ended, end=dt.date(2025, 1, 2))
    newer = attrs.evolve(ledger.listing(listing_id), conduct=later)
    with pytest.raises(IllegalMoveError, match="move out"):
        ledger.amend(cleared(newer), tokens=world.tokens, at=NOW)

    assert ended == ledger.listing(listing_id).conduct


# -- prepared cases -----------------------------------------------------------------------------


def test_a_case_from_its_preparation_to_the_list(world: World, ledger: cs.Ledger) -> None:
    """A prepared case is private, takes its steps in order, and goes on as a listing."""
    whole = listing(1)
    draft = attrs.evolve(whole, notice=None, decision=None)
    ledger.prepare(draft, rulebook=BOOK, on=dt.date(2026, 9, 1), at=NOW)
    with pytest.raises(IllegalMoveError):
        ledger.decide(draft.id, DECISION, at=NOW)
    ledger.serve(draft.id, NOTICE, at=NOW)
    ledger.represent(draft.id, on=dt.date(2026, 10, 8), text="I dispute the amount.", at=NOW)
    ledger.put_draft(attrs.evolve(ledger.draft(draft.id), reference="case 7"))
    ledger.decide(draft.id, DECISION, at=NOW)
    ready = ledger.draft(draft.id)

    assert attrs.evolve(whole, reference="case 7") == ready
    assert (draft.id,) == ledger.drafts()
    assert () == ledger.live_listings_of(whole.borrower.identifiers[0])

    ledger.record(cleared(ready), tokens=world.tokens, at=NOW)

    assert () == ledger.drafts()
    assert ["prepared", "notice-served", "represented", "decided", "listed"] == [
        str(item.step) for item in ledger.life(draft.id).events
    ]


def test_a_prepared_case_is_not_listed_behind_its_own_back(world: World, ledger: cs.Ledger) -> None:
    """A prepared case is listed after its own decision, with its own notice, or not at all."""
    whole = listing(1)
    ledger.prepare(
        attrs.evolve(whole, notice=None, decision=None),
        rulebook=BOOK,
        on=dt.date(2026, 9, 1),
        at=NOW,
    )
    with pytest.raises(IllegalMoveError):
        ledger.record(cleared(whole), tokens=world.tokens, at=NOW)
    ledger.serve(whole.id, NOTICE, at=NOW)
    ledger.decide(whole.id, DECISION, at=NOW)
    other = attrs.evolve(whole, decision=attrs.evolve(DECISION, by="somebody else"))
    with pytest.raises(MisuseError, match="another"):
        ledger.record(cleared(other), tokens=world.tokens, at=NOW)

    assert () == ledger.live_listings_of(whole.borrower.identifiers[0])
    assert (whole.id,) == ledger.drafts()


def test_a_prepared_case_says_what_it_waits_for(world: World, ledger: cs.Ledger) -> None:
    """What is owed tells when a case may be decided, and when listed, each by its rule."""
    book, whole = cs.rulebook("cn-court-list"), listing(1)
    draft = attrs.evolve(whole, notice=None, decision=None)
    ledger.prepare(draft, rulebook=book, on=dt.date(2026, 9, 1), at=NOW)

    def waits(on: dt.date, within: int = 90) -> list[tuple[str, str, dt.date]]:
        at = dt.datetime.combine(on, dt.time(), dt.UTC)
        found = owed(
            ledger,
            at=at,
            within=within * DAY,
            calendar_of=lambda _: CHINA,
        )
        return [
            (item.rule.id, item.what, item.due.day)
            for item in found
            if item.rule and item.kind is OwedKind.EARLIEST
        ]

    prepared = waits(dt.date(2026, 9, 1))
    ledger.serve(draft.id, NOTICE, at=NOW)
    served = waits(NOTICE.served)
    ledger.decide(draft.id, DECISION, at=NOW)
    decided, too_far = waits(DECISION.on), waits(DECISION.on, 20)

    assert ([], []) == (prepared, too_far)
    assert [("CN-CL-ANSWER-TIME", "decide the case", NOTICE.served + 16 * DAY)] == served
    assert [("CN-CL-GRACE", "list the case", dt.date(2026, 12, 3))] == decided
    assert [] == waits(dt.date(2026, 12, 4))


def test_a_decision_in_two_steps_says_when_it_may_fall(world: World, ledger: cs.Ledger) -> None:
    """In India a decision waits for the answer to the notice, then for that to the proposal."""
    draft = attrs.evolve(listing(1), notice=None, decision=None)
    ledger.prepare(draft, rulebook=cs.rulebook("in"), on=dt.date(2026, 9, 1), at=NOW)
    life = ledger.serve(draft.id, NOTICE, at=NOW)
    first = NOTICE.served + (22 + 16) * DAY
    found = owed(ledger, at=NOW - 50 * DAY, within=60 * DAY, calendar_of=lambda _: PLAIN)
    waits = {
        (item.rule.id, item.due.day)
        for item in found
        if item.rule and item.kind is OwedKind.EARLIEST
    }

    assert {
        ("IN-RBI-PROPOSAL", NOTICE.served + 22 * DAY),
        ("IN-RBI-REPRESENTATION", first),
    } == waits
    with pytest.raises(IllegalMoveError, match=f"not before {first}"):
        life.then(Event(Step.DECIDED, first - DAY, words="reasons"))
    assert State.DECIDED is life.then(Event(Step.DECIDED, first, words="reasons")).state


def test_an_exemption_says_when_it_ends(world: World, ledger: cs.Ledger) -> None:
    """What is owed tells the last day of an exemption and its rule, until it is over or ended."""
    listing_id, until = recorded(world, ledger), TODAY + 10 * DAY
    ledger.exempt(listing_id, until=until, on=TODAY, cause=Cause.ILLNESS, at=NOW)

    def ends(at: dt.datetime, days: int = 30) -> list[tuple[str, str, dt.date]]:
        found = owed(ledger, at=at, within=days * DAY, calendar_of=lambda _: PLAIN)
        return [
            (item.rule.id if item.rule else "", item.what, item.due.day)
            for item in found
            if item.kind is OwedKind.EXEMPTION_END
        ]

    assert [("CN-CR-EXEMPTION", "the exemption ends", until)] == ends(NOW)
    assert ([], []) == (ends(NOW, 9), ends(NOW + 11 * DAY))

    earlier = TODAY - DAY
    ledger.exempt(listing_id, until=earlier, on=TODAY, cause=Cause.ILLNESS, at=NOW)

    assert [] == ends(NOW)


def test_a_debt_is_fresh_until_it_is_prepared_or_listed(world: World, ledger: cs.Ledger) -> None:
    """A debt that is prepared, was ever listed, or comes twice is not fresh; a dropped one is."""

    def draft(serial: int) -> cs.Listing:
        return attrs.evolve(listing(serial), notice=None, decision=None)

    begun, dropped, new = draft(1), draft(2), draft(3)
    for item in (begun, dropped):
        ledger.prepare(item, rulebook=BOOK, on=dt.date(2026, 9, 1), at=NOW)
    ledger.drop(dropped.id)
    ledger.record(cleared(listing(4)), tokens=world.tokens, at=NOW)
    again = draft(2)

    assert (again, new) == ledger.fresh([draft(1), again, new, draft(3), draft(4)])


def test_a_debt_is_prepared_once(world: World, ledger: cs.Ledger) -> None:
    """A debt that is prepared, or was ever listed, is not prepared again; a dropped one is."""

    def draft(serial: int, **changes: object) -> cs.Listing:
        return listing(serial, notice=None, decision=None, **changes)

    def prepare(item: cs.Listing) -> None:
        ledger.prepare(item, rulebook=BOOK, on=dt.date(2026, 9, 1), at=NOW)

    begun, other, live = draft(1), draft(2), listing(3)
    for item in (begun, other):
        prepare(item)
    ledger.record(cleared(live), tokens=world.tokens, at=NOW)
    creditor = attrs.evolve(begun.obligation, creditor=f" {begun.obligation.creditor} ")
    refused = [draft(1), draft(1, reference="other"), draft(1, obligation=creditor), draft(3)]
    for item in refused:
        with pytest.raises(MisuseError, match="that debt of this borrower"):
            prepare(item)
        with pytest.raises(MisuseError, match="that debt of this borrower"):
            ledger.put_draft(attrs.evolve(item, id=other.id))
    moved = attrs.evolve(
        live, obligation=attrs.evolve(live.obligation, default_date=dt.date(2018, 4, 1))
    )
    again = draft(3, obligation=moved.obligation)
    prepare(again)
    with pytest.raises(MisuseError, match="prepared"):
        ledger.amend(cleared(moved), tokens=world.tokens, at=NOW)

    assert {begun.id, other.id, again.id} == set(ledger.drafts())
    assert (other, live.id) == (ledger.draft(other.id), ledger.listing(live.id).id)

    ledger.drop(begun.id)
    ledger.put_draft(attrs.evolve(begun, id=other.id))
    prepare(draft(2))


def test_a_report_of_any_length_is_fresh(store: cs.LedgerStore, ledger: cs.Ledger) -> None:
    """As many drafts as a report has are looked up, more than one statement can name."""
    store._connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 32_766)  # as by default
    draft = attrs.evolve(listing(1), notice=None, decision=None)
    drafts = [draft] * 40_000

    assert (draft,) == ledger.fresh(drafts)


def test_what_is_given_up_while_it_waits_is_not_listed(world: World, ledger: cs.Ledger) -> None:
    """A case that another process gives up while `record` waits for its turn is not listed."""
    whole, dropped = listing(), threading.Event()
    bare = attrs.evolve(whole, notice=None, decision=None)
    ledger.prepare(bare, rulebook=BOOK, on=dt.date(2026, 9, 1), at=NOW)
    found = cleared(whole)

    def drop() -> None:
        with cs.LedgerStore(world.folder / "ledger.db") as other, other.transaction():
            other.drop_prepared(whole.id)
            dropped.set()
            time.sleep(0.3)

    elsewhere = threading.Thread(target=drop)
    elsewhere.start()
    dropped.wait()
    with pytest.raises(MisuseError, match="given up"):
        ledger.record(found, tokens=world.tokens, at=NOW)
    elsewhere.join()


def test_a_dropped_case_is_forgotten(world: World, ledger: cs.Ledger) -> None:
    """Of a dropped case nothing that was said stays in the file; its id is not used again."""
    draft = listing(1, reference="the reference")
    ledger.prepare(
        attrs.evolve(draft, notice=None, decision=None),
        rulebook=BOOK,
        on=dt.date(2026, 9, 1),
        at=NOW,
    )
    ledger.serve(draft.id, NOTICE, at=NOW)
    ledger.represent(draft.id, on=TODAY, text="the words of the person", at=NOW)
    ledger.drop(draft.id)
    held = b"".join(path.read_bytes() for path in world.folder.glob("ledger.db*"))

    assert [False, False] == [word in held for word in (b"the words", b"the reference")]
    for call in (ledger.draft, ledger.drop, ledger.life):
        with pytest.raises(NotListedError):
            call(draft.id)
    with pytest.raises(MisuseError, match="known"):
        ledger.prepare(draft, rulebook=BOOK, on=TODAY, at=NOW)


def test_drafts_keep_what_they_have_and_lack() -> None:
    """A draft comes back as it was: weak numbers, all parties, and nothing made up."""
    phone = cs.identifiers.MobileNumber.parse("19900000001")
    bare = cs.Listing(
        cs.Borrower.person(phone, name="测试"),
        cs.Obligation("bank", cs.Money(9, "CNY"), cs.Money(9, "CNY"), None),
        reference="row 9",
    )
    parties = cs.model.Parties(("甲", "乙"), TODAY)
    basis = cs.LegalBasis(cs.model.BasisKind.JUDGMENT, "(2025) 1", "2", "2025", parties=parties)
    for case in (bare, listing(1, basis=basis)):
        assert case == decode_draft(encode_draft(case), case.id)


# -- statistics -----------------------------------------------------------------------------------


def test_case_facts(world: World, ledger: cs.Ledger, store: cs.LedgerStore) -> None:
    """Days, codes and amounts of every case are told, also of those that were forgotten."""
    listing_id = recorded(world, ledger)
    world.record(ledger, listing(2), listing(3))
    (two,) = ledger.live_listings_of(person(2).identifiers[0])
    ledger.dispute(listing_id, on=TODAY, calendar=PLAIN, at=NOW)
    ledger.answer(listing_id, upheld=True, on=TODAY + 25 * DAY, at=NOW + 25 * DAY)
    reason = WithdrawalReason.DISPUTE_UPHELD
    ledger.withdraw(cs.Withdrawal(listing_id, reason, TODAY + 26 * DAY), at=NOW + 26 * DAY)
    ledger.dispute(two, on=TODAY, calendar=PLAIN, at=NOW)
    told = case_facts(store, at=NOW + 26 * DAY)
    found = sorted(told, key=lambda item: len(item.disputes))
    plain = CaseFact(
        "platform",
        cs.model.ConductCode.ABSCOND,
        TODAY,
        cs.Money(1_500_000, "CNY"),
        None,
        None,
        (),
    )
    due = TODAY + 20 * DAY

    assert plain == found[0]
    assert {
        attrs.evolve(plain, disputes=(DisputeFact(TODAY, due, None, None),)),
        attrs.evolve(
            plain,
            ended=TODAY + 26 * DAY,
            reason=reason,
            disputes=(DisputeFact(TODAY, due, TODAY + 25 * DAY, True),),
        ),
    } == set(found[1:])


def test_many_that_lapsed_are_counted_by_one_rulebook(
    world: World, ledger: cs.Ledger, store: cs.LedgerStore
) -> None:
    """However many have lapsed and are not purged yet, their rulebook is read once."""
    world.record(ledger, *map(listing, range(1, 5)))
    read: list[str] = []
    store._connection.set_trace_callback(read.append)
    facts = list(case_facts(store, at=NOW + 9999 * DAY))

    assert [WithdrawalReason.LAPSED] * 4 == [item.reason for item in facts]
    assert 1 == sum("FROM rulebook" in statement for statement in read)


@pytest.mark.parametrize(
    "read",
    [
        lambda store: list(case_facts(store, at=NOW)),
        lambda store: listings_of(store, person(1).identifiers[0]),
        lambda store: told(store, bytes(16)),
        lambda store: unpaused(store, at=NOW),
        lambda store: unfounded(store, cs.measures("cn"), at=NOW),
    ],
)
def test_nothing_is_told_of_a_database_in_which_nothing_stands(
    tmp_path: Path, read: Callable[[cs.LedgerStore], object]
) -> None:
    """Before anything was recorded nothing is said of anybody, not even that nothing is listed."""
    with (
        cs.LedgerStore(tmp_path / "new.db") as store,
        pytest.raises(NotListedError, match="nothing was recorded"),
    ):
        read(store)


def counted(store: cs.LedgerStore, at: dt.datetime) -> CaseFact:
    """What statistics know of the only listing."""
    (facts,) = case_facts(store, at=at)
    return facts


def test_an_answer_never_counts_before_its_dispute(
    world: World, ledger: cs.Ledger, store: cs.LedgerStore
) -> None:
    """Where the clock of who answers runs behind, the answer counts on the day of the dispute."""
    listing_id, noted = recorded(world, ledger), TODAY + 9 * DAY
    ledger.dispute(listing_id, on=TODAY, calendar=PLAIN, at=NOW + 9 * DAY)
    ledger.answer(listing_id, upheld=False, on=TODAY, at=NOW + 5 * DAY)
    (dispute,) = counted(store, NOW + 9 * DAY).disputes

    assert (noted, noted) == (dispute.filed, dispute.answered)


@pytest.mark.parametrize("on", [TODAY - 3 * DAY, TODAY, TODAY + 8 * DAY])
@pytest.mark.parametrize("after", [0, 9])
def test_an_end_counts_on_the_day_it_was_noted(
    world: World, ledger: cs.Ledger, store: cs.LedgerStore, on: dt.date, after: int
) -> None:
    """Whatever day was given for its reason, a withdrawal counts when the ledger notes it."""
    listing_id = recorded(world, ledger)
    at = NOW + after * DAY
    given = cs.Withdrawal(listing_id, WithdrawalReason.SETTLED, min(on, at.date()))
    ledger.withdraw(given, at=at)

    assert TODAY + after * DAY == counted(store, at + 99 * DAY).ended
    assert given.on == ledger.steps(listing_id)[-1].on


def test_an_end_that_was_over_when_it_became_known_counts_then(
    world: World, ledger: cs.Ledger, store: cs.LedgerStore
) -> None:
    """A debt paid seven years ago ends its listing on the day on which the ledger notes that."""
    conduct = cs.Conduct(ConductCode.ABSCOND, dt.date(2019, 3, 1))
    listing_id = recorded(world, ledger, conduct=conduct)
    later = NOW + 9 * DAY
    ledger.settle(listing_id, on=dt.date(2019, 6, 1), tokens=world.tokens, at=later)

    assert TODAY + 9 * DAY == counted(store, later).ended
    assert 1 == ledger.purge(later + 9 * DAY)
    assert TODAY + 9 * DAY == counted(store, later + 9 * DAY).ended


def test_disputes_and_answers_count_on_the_days_they_were_noted(
    world: World, ledger: cs.Ledger, store: cs.LedgerStore
) -> None:
    """Only the last day for the answer runs from the day on which the person disputed."""
    listing_id = recorded(world, ledger)
    ledger.dispute(listing_id, on=TODAY, calendar=PLAIN, at=NOW + 3 * DAY)
    ledger.answer(listing_id, upheld=False, on=TODAY + 4 * DAY, at=NOW + 30 * DAY)
    day = TODAY

    assert (DisputeFact(day + 3 * DAY, day + 20 * DAY, day + 30 * DAY, False),) == counted(
        store, NOW + 30 * DAY
    ).disputes


def test_a_case_counts_under_the_conduct_it_was_listed_for(
    world: World, ledger: cs.Ledger, store: cs.LedgerStore
) -> None:
    """A correction of the conduct, with a notice of its own, moves no case to another row."""
    proof = attrs.evolve(listing(1).evidence[0], proves=tuple(cs.model.Proves))
    listing_id, at = recorded(world, ledger, evidence=[proof]), NOW + 20 * DAY
    other = attrs.evolve(
        ledger.listing(listing_id),
        conduct=cs.Conduct(ConductCode.ASSET_CONCEAL, dt.date(2023, 6, 1)),
        notice=cs.Notice(TODAY + DAY, cs.model.ServiceMethod.POST, REMEDY),
        decision=decided(TODAY + 18 * DAY),
    )
    ledger.amend(cleared(other, on=at.date()), tokens=world.tokens, at=at)
    now = ledger.listing(listing_id).conduct

    assert now == other.conduct
    assert ConductCode.ABSCOND is counted(store, at).conduct


def test_what_has_ended_owes_nothing(
    world: World, ledger: cs.Ledger, store: cs.LedgerStore
) -> None:
    """After its last day a listing owes nothing, also before anybody writes its end down."""
    listing_id = recorded(world, ledger)
    ledger.dispute(listing_id, on=TODAY, calendar=CHINA, at=NOW)
    ((last,),) = [[item.last_day] for item in standing(store, at=NOW)]

    def kinds(after: int) -> set[OwedKind]:
        late = dt.datetime.combine(last, dt.time(), dt.UTC) + after * DAY
        found = owed(ledger, at=late, within=2 * DAY, calendar_of=lambda _: CHINA)
        return {item.kind for item in found}

    assert {OwedKind.DUTY, OwedKind.CONFIRMATION} == kinds(0)
    assert set() == kinds(1)


@pytest.mark.parametrize(
    ("settled", "ends"),
    [
        (False, (OwedKind.CONFIRMATION, WithdrawalReason.LAPSED)),
        (True, (OwedKind.RETENTION_END, WithdrawalReason.RETENTION_ENDED)),
    ],
)
def test_what_always_goes_on_lapses_though_its_conduct_has_ended(
    world: World,
    ledger: cs.Ledger,
    store: cs.LedgerStore,
    settled: bool,
    ends: tuple[OwedKind, WithdrawalReason],
) -> None:
    """India's list is confirmed every month: unconfirmed it lapses, but settled it is for good."""
    code, start, end = ConductCode.FUND_DIVERSION, dt.date(2026, 1, 5), dt.date(2026, 2, 1)
    wilful = draft("in-rbi", conduct=cs.Conduct(code, start, end))
    issuer = cs.roster.RosterEntry("platform", None, [cs.Role.ISSUER], PLATFORM.licence)
    ledger.record(
        RULEBOOKS["in-rbi"].review([wilful], on=TODAY, issuer=issuer).cleared,
        tokens=world.tokens,
        at=NOW,
    )
    if settled:
        ledger.settle(wilful.id, on=TODAY, tokens=world.tokens, at=NOW)
    ((last,),) = [[item.last_day] for item in standing(store, at=NOW)]
    found = owed(ledger, at=NOW, within=last - TODAY, calendar_of=lambda _: PLAIN)
    ledger.purge(at=dt.datetime.combine(last, dt.time(), dt.UTC) + 3 * DAY)
    (facts,) = case_facts(store, at=NOW + 9999 * DAY)

    assert [ends] == [(item.kind, facts.reason) for item in found if item.kind is not OwedKind.DUTY]


def test_a_mark_is_noted_on_the_day_it_is_made(world: World, ledger: cs.Ledger) -> None:
    """A dispute noted late is marked on the day of the note, and answered on its own day."""
    listing_id = recorded(world, ledger)
    at = NOW + 9 * DAY
    ledger.dispute(listing_id, on=TODAY + DAY, calendar=CHINA, at=at)
    ledger.answer(listing_id, upheld=False, on=TODAY + 3 * DAY, at=at)

    assert [
        (Step.DISPUTED, TODAY + DAY),
        (Step.MARKED, TODAY + 9 * DAY),
        (Step.ANSWERED, TODAY + 3 * DAY),
    ] == [(item.step, item.on) for item in ledger.steps(listing_id)[-3:]]


@pytest.mark.parametrize(
    ("end", "reason"),
    [(None, WithdrawalReason.LAPSED), (TODAY - DAY, WithdrawalReason.RETENTION_ENDED)],
)
def test_a_case_ends_on_the_day_after_its_last_whoever_writes(
    world: World,
    ledger: cs.Ledger,
    store: cs.LedgerStore,
    end: dt.date | None,
    reason: WithdrawalReason,
) -> None:
    """An expired listing has ended for statistics before, and without, anybody's next step."""
    conduct = cs.Conduct(cs.model.ConductCode.ABSCOND, dt.date(2023, 6, 1), end)
    world.record(ledger, listing(1, conduct=conduct))
    ((last,),) = [[item.last_day] for item in standing(store, at=NOW)]
    later = dt.datetime.combine(last, dt.time(), dt.UTC) + 90 * DAY

    def counted() -> list[tuple[dt.date | None, WithdrawalReason | None]]:
        found = case_facts(store, at=later)
        return [(item.ended, item.reason) for item in found]

    before = counted()
    ledger.purge(at=later)

    assert [(last + DAY, reason)] == before == counted()


def test_an_answer_after_the_decision_needs_a_new_one(world: World, ledger: cs.Ledger) -> None:
    """Who answers the notice is heard, also once it was decided: nothing is listed before."""
    draft = listing(1)
    assert draft.notice is not None
    assert draft.decision is not None
    bare = attrs.evolve(draft, notice=None, decision=None)
    ledger.prepare(bare, rulebook=BOOK, on=dt.date(2026, 9, 1), at=NOW)
    ledger.serve(draft.id, draft.notice, at=NOW)
    ledger.decide(draft.id, draft.decision, at=NOW)
    came = draft.decision.on - DAY  # and was noted late
    life = ledger.represent(draft.id, on=came, text="I never left.", at=NOW)

    assert State.NOTIFIED is life.state
    assert ledger.draft(draft.id).decision is None
    with pytest.raises(IllegalMoveError, match="what is notified cannot become listed"):
        ledger.record(cleared(draft), tokens=world.tokens, at=NOW)

    ledger.decide(draft.id, attrs.evolve(draft.decision, on=TODAY), at=NOW)

    assert 1 == ledger.record(cleared(ledger.draft(draft.id)), tokens=world.tokens, at=NOW).listed


@pytest.mark.parametrize(("served", "days"), [(False, 365), (True, 312)])
def test_a_prepared_case_ends_by_the_clock(
    world: World, ledger: cs.Ledger, served: bool, days: int
) -> None:
    """Who was never listed is forgotten with the notice's freshness, or a year after the begin."""
    draft = listing(1)
    assert draft.notice is not None
    bare = attrs.evolve(draft, notice=None, decision=None, reference="the row of the person")
    ledger.prepare(bare, rulebook=BOOK, on=dt.date(2026, 9, 1), at=NOW)
    if served:
        ledger.serve(draft.id, draft.notice, at=NOW)
    last = dt.datetime.combine(TODAY + days * DAY, dt.time(), dt.UTC)
    told = owed(ledger, at=NOW, within=400 * DAY, calendar_of=lambda _: PLAIN)
    gone = owed(ledger, at=last + DAY, within=400 * DAY, calendar_of=lambda _: PLAIN)

    assert [(last.date(), served)] == [
        (item.due.day, item.rule is not None) for item in told if item.kind is OwedKind.CASE_END
    ]
    assert () == gone
    assert 0 == ledger.purge(last)
    assert (draft.id,) == ledger.drafts()
    assert 1 == ledger.purge(last + DAY)
    assert () == ledger.drafts()
    assert b"the row of the person" not in b"".join(
        path.read_bytes() for path in world.folder.glob("ledger.db*")
    )
    with pytest.raises(MisuseError, match="given up"):
        ledger.record(cleared(draft), tokens=world.tokens, at=NOW)


def test_a_notice_that_is_too_old_is_not_served(ledger: cs.Ledger) -> None:
    """A slip of the year does not end a case: a notice by which nobody can be listed is refused."""
    draft = listing(1, notice=None, decision=None)
    ledger.prepare(draft, rulebook=BOOK, on=dt.date(2025, 9, 1), at=NOW)
    notice = cs.Notice(dt.date(2025, 10, 1), cs.model.ServiceMethod.POST, "Object.")
    with pytest.raises(MisuseError, match="too old"):
        ledger.serve(draft.id, notice, at=NOW)

    assert (draft.id,) == ledger.drafts()
    assert ledger.draft(draft.id).notice is None


@pytest.mark.parametrize(
    ("classed", "due"),
    [(dt.date(2026, 4, 10), dt.date(2026, 10, 10)), (TODAY + DAY, dt.date(2027, 5, 23))],
)
def test_the_decision_is_due_by_the_draft_as_it_stands(
    world: World, classed: dt.date, due: dt.date
) -> None:
    """India's six months run from the day of classification, also where it is known later."""
    india, ledger = cs.rulebook("in"), world.ledger()
    owed_there = cs.Obligation(
        "bank", cs.Money(40_00_000_00, "INR"), cs.Money(30_00_000_00, "INR"), dt.date(2026, 1, 10)
    )
    draft = listing(1, obligation=owed_there, notice=None, decision=None)
    ledger.prepare(draft, rulebook=india, on=TODAY, at=NOW)
    known = attrs.evolve(draft, obligation=attrs.evolve(owed_there, non_performing=classed))
    ledger.put_draft(known)
    (term,) = (item for item in deadlines(ledger.life(draft.id), PLAIN) if item.name == "decision")

    assert due == term.due.day
