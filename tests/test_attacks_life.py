"""Attacks by an issuer on its own ledger: to list unheard, and to keep somebody listed longer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import attrs
import pytest

import creditshare as cs
from creditshare.calendars import PLAIN
from creditshare.errors import (
    IllegalMoveError,
    InvalidValueError,
    MisuseError,
    NotListedError,
    StoreError,
)
from creditshare.ledger import case_facts, owed, standing
from creditshare.life import Cause, Event, Life, State, as_settled, deadlines, retention_end
from creditshare.model import (
    BorrowerRole,
    ConductCode,
    ListingStatus,
    Severity,
    Step,
    WithdrawalReason,
)
from creditshare.rules import ClearedListing, Rulebook
from creditshare.screening import Outcome
from world import (
    DAY,
    EPOCH,
    NOW,
    PLATFORM,
    REMEDY,
    TODAY,
    World,
    applicant,
    cleared,
    decided,
    listing,
    person,
)

BOOK = cs.rulebook("cn")
HEAD = """
[rulebook]
id = "attack"
extends = "common"
version = "1"
jurisdiction = "CN"
title = "attack"
title_zh = "攻击"
"""
RULE = """
[[rule]]
id = "{id}"
{what}
requires = "{id}"
requires_zh = "{id}"
source = "policy"
verified = true
citation = {{ instrument = "test", article = "1", version = "1" }}
"""
_ISSUER = RULE.format(id="T-ISSUER", what='check = "issuer-capable"\noptions = ["issuer"]')
_WAITING = RULE.format(id="T-WAITING", what='check = "waiting-over"\nvalue = 1\nunit = "days"')


def book(what: str) -> Rulebook:
    """A rulebook with one ending of its own."""
    return Rulebook.from_toml(HEAD + _ISSUER + _WAITING + RULE.format(id="T-END", what=what))


SHORT = book('check = "retention"\noptions = ["listing"]\nvalue = 30\nunit = "days"')
REPAIRING = Rulebook.from_toml(
    HEAD
    + _ISSUER
    + _WAITING
    + RULE.format(
        id="T-END", what='check = "retention"\noptions = ["listing"]\nvalue = 1\nunit = "years"'
    )
    + RULE.format(id="T-REPAIR", what='deadline = "repair-from"\nvalue = 30\nunit = "days"')
)
MONTHLY = book('check = "confirmed-again"\noptions = ["always"]\nvalue = 30\nunit = "days"')


def reviewed(rules: Rulebook, item: cs.Listing, on: dt.date = TODAY, **how: Any) -> ClearedListing:
    """What a review clears."""
    found = rules.review_one(item, on=on, issuer=PLATFORM, **how)
    assert isinstance(found, ClearedListing)
    return found


def put(world: World, ledger: cs.Ledger, rules: Rulebook, item: cs.Listing) -> bytes:
    """The id of a listing recorded under a rulebook."""
    ledger.record([reviewed(rules, item)], tokens=world.tokens, at=NOW)
    return item.id


def test_a_new_listing_is_not_reviewed_as_an_old_one(world: World) -> None:
    """What a review spares a listing of long ago, it does not spare one that is to be recorded."""
    ledger = world.ledger()
    stale = listing(
        1,
        notice=cs.Notice(dt.date(2025, 9, 1), cs.model.ServiceMethod.POST, REMEDY),
    )
    lied = reviewed(BOOK, stale, listed=dt.date(2026, 8, 1))
    with pytest.raises(MisuseError, match="as if it were listed"):
        ledger.record([lied], tokens=world.tokens, at=NOW)


_FRAUD = cs.Conduct(ConductCode.LOAN_FRAUD, dt.date(2018, 3, 2))
_ANOTHERS_DEBT = cs.Obligation(
    "另一网贷", cs.Money(2_000_000, "CNY"), cs.Money(1_500_000, "CNY"), dt.date(2018, 2, 1)
)


@pytest.mark.parametrize("change", [{"conduct": _FRAUD}, {"obligation": _ANOTHERS_DEBT}])
def test_an_amendment_is_about_what_the_notice_told_of(
    world: World, change: dict[str, Any]
) -> None:
    """A listing becomes one of another conduct or debt only with a new notice and decision."""
    ledger, later = world.ledger(), NOW + 20 * DAY
    proof = attrs.evolve(listing(1).evidence[0], proves=tuple(cs.model.Proves))
    world.record(ledger, listing(1, evidence=[proof]))
    (listing_id,) = ledger.live_listings_of(person(1).identifiers[0])
    (turned,) = cleared(attrs.evolve(ledger.listing(listing_id), **change), on=later.date())
    notice = cs.Notice(TODAY + DAY, cs.model.ServiceMethod.POST, REMEDY)
    again = attrs.evolve(turned.listing, notice=notice, decision=decided(TODAY + 18 * DAY))
    (noticed,) = cleared(again, on=later.date())
    with pytest.raises(IllegalMoveError, match="notice did not tell that"):
        ledger.amend([turned], tokens=world.tokens, at=later)
    before = ledger.listing(listing_id)

    assert 1 == ledger.amend([noticed], tokens=world.tokens, at=later)
    assert listing(1).conduct == before.conduct
    assert notice == ledger.listing(listing_id).notice


def _owed(held: cs.Listing, **changes: Any) -> cs.Listing:
    return attrs.evolve(held, obligation=attrs.evolve(held.obligation, **changes))


def _who(held: cs.Listing, **changes: Any) -> cs.Listing:
    return attrs.evolve(held, borrower=attrs.evolve(held.borrower, **changes))


def _began(held: cs.Listing, start: dt.date) -> cs.Listing:
    return attrs.evolve(held, conduct=cs.Conduct(ConductCode.ABSCOND, start))


BILLION = cs.Money(10**17, "CNY")
UNTOLD: dict[str, tuple[Callable[[cs.Listing], cs.Listing], bool]] = {
    "name": (lambda held: _who(held, name="测试2"), True),
    "birth date": (lambda held: _who(held, birth_date=dt.date(1980, 5, 17)), True),
    "begin": (lambda held: _began(held, dt.date(2018, 4, 1)), True),
    "default": (lambda held: _owed(held, default_date=dt.date(2016, 3, 1)), True),
    "default unknown": (lambda held: _owed(held, default_date=None), True),
    "role": (lambda held: _who(held, role=BorrowerRole.CONTROLLER), False),
    "severity": (lambda held: attrs.evolve(held, severity=Severity.SERIOUS), False),
    "more owed": (lambda held: _owed(held, outstanding=cs.Money(1_500_001, "CNY")), False),
    "more lent": (lambda held: _owed(held, principal=BILLION), False),
    "in another currency": (
        lambda held: _owed(
            held, principal=cs.Money(2_000_000, "USD"), outstanding=cs.Money(1_500_000, "USD")
        ),
        False,
    ),
}
"""How an amendment tells more than the notice did, and whether a correction may tell it."""


@pytest.mark.parametrize(("change", "by_correction"), UNTOLD.values(), ids=UNTOLD)
@pytest.mark.parametrize("upheld", [False, True])
def test_no_amendment_tells_more_than_the_notice(
    world: World, upheld: bool, change: Callable[[cs.Listing], cs.Listing], by_correction: bool
) -> None:
    """Who did what, how grave and for how much, changes with a new notice or an owed correction."""
    ledger = world.ledger()
    listing_id = put(world, ledger, BOOK, listing())
    if upheld:
        ledger.dispute(listing_id, on=TODAY, calendar=PLAIN, at=NOW)
        ledger.answer(listing_id, upheld=True, on=TODAY, at=NOW)
    newer = [reviewed(BOOK, change(ledger.listing(listing_id)), listed=TODAY)]
    if upheld and by_correction:
        ledger.amend(newer, tokens=world.tokens, at=NOW, correcting=True)
    else:
        with pytest.raises(IllegalMoveError, match="notice did not tell that"):
            ledger.amend(newer, tokens=world.tokens, at=NOW, correcting=upheld)
    later = NOW + 40 * DAY
    noticed = _renewed(ledger, listing_id, TODAY + 20 * DAY, TODAY + 36 * DAY)
    again = [reviewed(BOOK, change(noticed), later.date(), listed=TODAY)]

    assert 1 == ledger.amend(again, tokens=world.tokens, at=later)


def _renewed(ledger: cs.Ledger, listing_id: bytes, served: dt.date, on: dt.date) -> cs.Listing:
    """A listing with another notice and decision, and nothing else that is new."""
    held = ledger.listing(listing_id)
    assert held.notice is not None
    notice = attrs.evolve(held.notice, served=served)
    shown = tuple(attrs.evolve(item, disclosed=served) for item in held.evidence)
    return attrs.evolve(held, notice=notice, decision=decided(on), evidence=shown)


BEGUN = [
    (Step.NOTICE_SERVED, dt.date(2026, 10, 1)),
    (Step.DECIDED, dt.date(2026, 11, 2)),
    (Step.LISTED, TODAY),
]


def test_another_notice_is_a_step_of_its_own(world: World) -> None:
    """What an amendment tells of a new notice and decision takes the place of no earlier step."""
    ledger, later = world.ledger(), NOW + 40 * DAY
    listing_id = put(world, ledger, BOOK, listing())
    ledger.exempt(listing_id, until=TODAY + 25 * DAY, on=TODAY + 22 * DAY,
                  cause=Cause.ILLNESS, at=NOW + 22 * DAY)  # fmt: skip
    newer = _renewed(ledger, listing_id, TODAY + 20 * DAY, TODAY + 36 * DAY)
    ledger.amend([reviewed(BOOK, newer, later.date())], tokens=world.tokens, at=later)
    life = ledger.life(listing_id)

    assert [
        *BEGUN,
        (Step.EXEMPTED, TODAY + 22 * DAY),
        (Step.NOTICE_SERVED, TODAY + 20 * DAY),
        (Step.DECIDED, TODAY + 36 * DAY),
        (Step.CORRECTED, later.date()),
    ] == [(event.step, event.on) for event in life.events]
    assert life == Life(BOOK, life.listing, life.events)


EARLIER = [(dt.date(2026, 9, 1), dt.date(2026, 11, 2)), (dt.date(2026, 10, 1), TODAY - DAY)]


@pytest.mark.parametrize(("served", "on"), EARLIER)
def test_no_amendment_tells_later_when_somebody_was_heard(
    world: World, served: dt.date, on: dt.date
) -> None:
    """A notice or decision of a day before the listing is refused, but for a correction owed."""
    ledger = world.ledger()
    listing_id = put(world, ledger, BOOK, listing())
    newer = [reviewed(BOOK, _renewed(ledger, listing_id, served, on), listed=TODAY)]
    with pytest.raises(IllegalMoveError, match="before what has happened"):
        ledger.amend(newer, tokens=world.tokens, at=NOW)
    ledger.dispute(listing_id, on=TODAY, calendar=PLAIN, at=NOW)
    ledger.answer(listing_id, upheld=True, on=TODAY, at=NOW)
    ledger.amend(newer, tokens=world.tokens, at=NOW, correcting=True)

    assert decided(on) == ledger.listing(listing_id).decision
    assert BEGUN == [(event.step, event.on) for event in ledger.steps(listing_id)][:3]


@pytest.mark.parametrize("prepared", [False, True])
def test_the_steps_of_what_has_ended_stay(world: World, prepared: bool) -> None:
    """After the end it is known when somebody was told, heard and listed, and not what was said."""
    ledger, item = world.ledger(), listing()
    assert item.notice is not None
    assert item.decision is not None
    if prepared:
        bare = attrs.evolve(item, notice=None, decision=None)
        ledger.prepare(bare, rulebook=BOOK, on=dt.date(2026, 9, 1), at=NOW)
        ledger.serve(item.id, item.notice, at=NOW)
        ledger.decide(item.id, item.decision, at=NOW)
    put(world, ledger, BOOK, item)
    before = ledger.steps(item.id)
    ledger.withdraw(cs.Withdrawal(item.id, WithdrawalReason.SETTLED, TODAY), at=NOW)
    after = ledger.steps(item.id)

    assert [(event.step, event.on) for event in before] == [
        (event.step, event.on) for event in after[:-1]
    ]
    assert {"", "…"} == {event.words for event in after}
    assert item.decision.reasons in {event.words for event in before}


OTHERS = {"another": dict[str, Any](), "also undated": {"default_date": None}}


@pytest.mark.parametrize("changes", OTHERS.values(), ids=OTHERS)
def test_an_undated_debt_is_its_creditors(changes: dict[str, Any]) -> None:
    """Of a debt whose default has no day, nobody can tell that another creditor's is the same."""
    events = [Event(Step.NOTICE_SERVED, TODAY), Event(Step.DECIDED, TODAY + 30 * DAY, words="why"),
              Event(Step.LISTED, TODAY + 30 * DAY)]  # fmt: skip
    undated = _owed(listing(), default_date=None)
    life = Life(BOOK, undated, events)
    turned = _owed(listing(), creditor="资产管理公司", **changes)
    for correcting in (False, True):
        with pytest.raises(IllegalMoveError, match="notice did not tell that"):
            life.about(turned, correcting=correcting)

    assert undated == life.about(undated).listing


def test_an_assigned_debt_needs_no_other_notice(world: World) -> None:
    """An amendment may tell another creditor of the same debt."""
    ledger = world.ledger()
    world.record(ledger, listing(1))
    (listing_id,) = ledger.live_listings_of(person(1).identifiers[0])
    held = ledger.listing(listing_id)
    assigned = attrs.evolve(held.obligation, creditor="资产管理公司")
    amended = cleared(attrs.evolve(held, obligation=assigned))

    assert 1 == ledger.amend(amended, tokens=world.tokens, at=NOW)


def test_an_amendment_tells_the_true_day_of_listing(world: World) -> None:
    """Retention that counts from the listing counts from the day the ledger knows."""
    ledger = world.ledger()
    listing_id = put(world, ledger, SHORT, listing())
    later = NOW + 10 * DAY
    again = ledger.listing(listing_id)
    lied = reviewed(SHORT, again, later.date(), listed=later.date())
    with pytest.raises(MisuseError, match="another day"):
        ledger.amend([lied], tokens=world.tokens, at=later)

    ledger.amend([reviewed(SHORT, again, later.date())], tokens=world.tokens, at=later)
    ledger.purge(NOW + 31 * DAY)

    assert Step.EXPIRED is ledger.steps(listing_id)[-1].step


def test_another_rulebook_does_not_age_a_listing_anew(world: World) -> None:
    """A listing is not confirmed by a rulebook that would let it stand longer."""
    ledger = world.ledger()
    listing_id = put(world, ledger, SHORT, listing())
    for longer in (BOOK, MONTHLY):
        again = reviewed(longer, ledger.listing(listing_id), listed=TODAY)
        with pytest.raises(IllegalMoveError, match="retention would move out"):
            ledger.amend([again], tokens=world.tokens, at=NOW)


_LONGER = """
[rulebook]
id = "longer"
extends = "cn"
version = "1"
jurisdiction = "CN"
title = "longer"
title_zh = "更长"
"""
_ANSWER = 'deadline = "answer"\nvalue = {value}\nunit = "{unit}"\n{options}'
_SUSPENDS = 'options = ["suspends"]'
OTHER_ANSWERS = [
    (300, "days", _SUSPENDS, False),
    (21, "days", _SUSPENDS, False),
    (20, "days", "", False),
    (14, "working-days", _SUSPENDS, False),
    (20, "days", _SUSPENDS, True),
    (10, "days", _SUSPENDS, True),
    (0, "working-days", _SUSPENDS, False),
]


@pytest.mark.parametrize(("value", "unit", "options", "may"), OTHER_ANSWERS)
def test_no_other_rulebook_puts_off_an_answer(
    world: World, value: int, unit: str, options: str, may: bool
) -> None:
    """While a dispute is open its answer is due as soon as it was, whatever rulebook follows."""
    what = _ANSWER.format(value=value, unit=unit, options=options)
    other = Rulebook.from_toml(_LONGER + RULE.format(id="CN-CR-ANSWER", what=what))
    ledger, later = world.ledger(), NOW + 30 * DAY
    listing_id = put(world, ledger, BOOK, listing())
    ledger.dispute(listing_id, on=TODAY, calendar=PLAIN, at=NOW)
    again = [reviewed(other, ledger.listing(listing_id), later.date(), listed=TODAY)]
    if may:
        ledger.amend(again, tokens=world.tokens, at=later)
    else:
        with pytest.raises(IllegalMoveError, match="would end later"):
            ledger.amend(again, tokens=world.tokens, at=later)
    (due,) = (item for item in deadlines(ledger.life(listing_id), PLAIN) if item.name == "answer")

    assert due.is_overdue(later.date())


def test_what_no_longer_runs_may_be_longer_by_another_rulebook(world: World) -> None:
    """Once a dispute is answered, a rulebook that gives more time may follow."""
    what = _ANSWER.format(value=300, unit="days", options=_SUSPENDS)
    other = Rulebook.from_toml(_LONGER + RULE.format(id="CN-CR-ANSWER", what=what))
    ledger = world.ledger()
    listing_id = put(world, ledger, BOOK, listing())
    ledger.dispute(listing_id, on=TODAY, calendar=PLAIN, at=NOW)
    ledger.answer(listing_id, upheld=False, on=TODAY, at=NOW)
    again = [reviewed(other, ledger.listing(listing_id), listed=TODAY)]

    assert 1 == ledger.amend(again, tokens=world.tokens, at=NOW)


def test_a_shorter_rulebook_may_follow(world: World) -> None:
    """A rulebook that ends a listing earlier takes over, and it ends by that."""
    ledger = world.ledger()
    listing_id = put(world, ledger, BOOK, listing())
    again = reviewed(SHORT, ledger.listing(listing_id), listed=TODAY)
    ledger.amend([again], tokens=world.tokens, at=NOW)
    life = ledger.life(listing_id)

    assert TODAY + 30 * DAY == retention_end(life.rulebook, life.listing, listed=TODAY)


def test_what_ended_is_not_listed_anew(world: World) -> None:
    """A conduct that goes on does not turn an end that the rules set into a mere lapse."""
    ledger = world.ledger()
    listing_id = put(world, ledger, SHORT, listing())
    later = NOW + 40 * DAY
    ledger.purge(later)
    last = ledger.steps(listing_id)[-1]
    again = attrs.evolve(listing(), decision=decided(later.date()))
    done = ledger.record([reviewed(SHORT, again, later.date())], tokens=world.tokens, at=later)

    assert Step.EXPIRED is last.step
    assert 0 == done.listed


def test_a_settled_listing_is_not_confirmed_for_ever(world: World) -> None:
    """Once the debt is paid, confirming it again moves no end, and nobody takes payment back."""
    ledger = world.ledger()
    item = listing(
        basis=cs.LegalBasis(cs.model.BasisKind.JUDGMENT, "(2025)测0101民初1号", "1", "2025"),
        conduct=cs.Conduct(ConductCode.CAPABLE_REFUSAL, dt.date(2019, 3, 1), dt.date(2020, 3, 1)),
    )
    listing_id = put(world, ledger, MONTHLY, item)
    later = NOW + 20 * DAY
    ledger.settle(listing_id, on=TODAY, tokens=world.tokens, at=later)
    settled = ledger.listing(listing_id)
    owed = attrs.evolve(settled.obligation, settled=None, outstanding=cs.Money(1, "CNY"))
    changed = attrs.evolve(settled, obligation=owed)
    unpaid = reviewed(MONTHLY, changed, later.date(), listed=TODAY)
    with pytest.raises(IllegalMoveError, match="only a settlement"):
        ledger.amend([unpaid], tokens=world.tokens, at=later)

    confirmed = reviewed(MONTHLY, settled, later.date(), listed=TODAY)

    assert TODAY + 30 * DAY == confirmed.last_day


def _settled(ledger: cs.Ledger, listing_id: bytes, on: dt.date) -> ClearedListing:
    """The listing as one whose debt was settled that day, reviewed."""
    return reviewed(BOOK, as_settled(ledger.listing(listing_id), on), listed=TODAY)


def test_no_amendment_settles_a_debt(world: World) -> None:
    """That a debt was settled is a step, from which terms run; an amendment tells it by no day."""
    ledger = world.ledger()
    listing_id = put(world, ledger, BOOK, listing())
    with pytest.raises(IllegalMoveError, match="only a settlement"):
        ledger.amend([_settled(ledger, listing_id, TODAY)], tokens=world.tokens, at=NOW)
    ledger.settle(listing_id, on=TODAY, tokens=world.tokens, at=NOW)
    earlier = [_settled(ledger, listing_id, TODAY - DAY)]
    with pytest.raises(IllegalMoveError, match="only a settlement"):
        ledger.amend(earlier, tokens=world.tokens, at=NOW)

    assert TODAY == ledger.listing(listing_id).obligation.settled


def test_a_correction_may_settle_earlier_and_never_later(world: World) -> None:
    """A person who had paid before the day that was noted is put right, and never wrong."""
    ledger = world.ledger()
    listing_id = put(world, ledger, BOOK, listing())
    ledger.settle(listing_id, on=TODAY - DAY, tokens=world.tokens, at=NOW)
    ledger.dispute(listing_id, on=TODAY, calendar=PLAIN, at=NOW)
    ledger.answer(listing_id, upheld=True, on=TODAY, at=NOW)
    later, earlier = ([_settled(ledger, listing_id, TODAY - n * DAY)] for n in (0, 9))
    with pytest.raises(IllegalMoveError):
        ledger.amend(later, tokens=world.tokens, at=NOW, correcting=True)
    ledger.amend(earlier, tokens=world.tokens, at=NOW, correcting=True)

    assert TODAY - 9 * DAY == ledger.listing(listing_id).obligation.settled


def test_a_rejected_dispute_does_not_spare_a_correction(world: World) -> None:
    """What was found wrong stays suspended until it is corrected, whatever is disputed since."""
    ledger = world.ledger()
    listing_id = put(world, ledger, BOOK, listing())
    for upheld in (True, False):
        ledger.dispute(listing_id, on=TODAY, calendar=PLAIN, at=NOW)
        life = ledger.answer(listing_id, upheld=upheld, on=TODAY, at=NOW)

    assert State.UPHELD is life.state
    assert ListingStatus.SUSPENDED is ledger.status(listing_id, NOW)


def test_a_case_that_was_given_up_is_not_recorded(world: World) -> None:
    """A dropped case is not listed under its id, where nobody could dispute it any more."""
    ledger, draft = world.ledger(), listing()
    assert draft.notice is not None
    ledger.prepare(draft, rulebook=BOOK, on=dt.date(2026, 9, 1), at=NOW)
    ledger.serve(draft.id, draft.notice, at=NOW)
    ledger.drop(draft.id)
    with pytest.raises(MisuseError, match="given up"):
        put(world, ledger, BOOK, draft)


@pytest.mark.parametrize("unseen", ["\u200b", "\u3164\u00ad", "\u2800 ", "\ufe0f", "\u115f\u1160"])
def test_nothing_is_said_in_signs_that_are_not_seen(unseen: str) -> None:
    """Reasons, remedies and names of fillers and marks without width are blank."""
    with pytest.raises(InvalidValueError, match="blank"):
        cs.Decision(TODAY, unseen, "committee")
    with pytest.raises(InvalidValueError, match="blank"):
        cs.Notice(TODAY, cs.model.ServiceMethod.POST, unseen)
    with pytest.raises(InvalidValueError, match="blank"):
        person(1, name=unseen)


def test_a_dispute_needs_a_calendar(world: World) -> None:
    """What is no calendar is refused as such, before anything is noted."""
    ledger = world.ledger()
    listing_id = put(world, ledger, BOOK, listing())
    with pytest.raises(MisuseError, match="calendar"):
        ledger.dispute(listing_id, on=TODAY, calendar=None, at=NOW)  # type: ignore[arg-type]


def _steps_of_tomorrow(
    ledger: cs.Ledger, live: bytes, case: bytes
) -> dict[str, Callable[[dt.date], object]]:
    """Every step that has a day, said to have happened on a day."""
    notice = cs.Notice(TODAY, cs.model.ServiceMethod.POST, REMEDY)
    bare, far = attrs.evolve(listing(9), notice=None, decision=None), TODAY + 9 * DAY
    reason = WithdrawalReason.SETTLED
    return {
        "prepare": lambda on: ledger.prepare(bare, rulebook=BOOK, on=on, at=NOW),
        "serve": lambda on: ledger.serve(case, attrs.evolve(notice, served=on), at=NOW),
        "represent": lambda on: ledger.represent(case, on=on, text="No.", at=NOW),
        "decide": lambda on: ledger.decide(case, decided(on), at=NOW),
        "suspend": lambda on: ledger.suspend(live, until=far, on=on, at=NOW),
        "resume": lambda on: ledger.resume(live, on=on, at=NOW),
        "exempt": lambda on: ledger.exempt(live, until=far, on=on, cause=Cause.ILLNESS, at=NOW),
        "dispute": lambda on: ledger.dispute(live, on=on, calendar=PLAIN, at=NOW),
        "answer": lambda on: ledger.answer(live, upheld=False, on=on, at=NOW),
        "settle": lambda on: ledger.settle(live, on=on, tokens=TOKENS, at=NOW),
        "withdraw": lambda on: ledger.withdraw(cs.Withdrawal(live, reason, on), at=NOW),
    }


TOKENS = cs.TokenKeyring([cs.TokenKey.generate(EPOCH)])


def test_nothing_happens_on_a_day_to_come(world: World) -> None:
    """Each step is refused for tomorrow and leaves no trace; for today each happens, in order."""
    ledger = world.ledger()
    item, draft = listing(1), listing(2, notice=None, decision=None)
    ledger.record(cleared(item), tokens=TOKENS, at=NOW)
    ledger.prepare(draft, rulebook=BOOK, on=dt.date(2026, 9, 1), at=NOW)
    notice = listing().notice
    assert notice is not None
    ledger.serve(draft.id, notice, at=NOW)
    steps = _steps_of_tomorrow(ledger, item.id, draft.id)
    before = ledger.life(item.id), ledger.life(draft.id), ledger.drafts()
    for step in steps.values():
        with pytest.raises(MisuseError, match="has not come"):
            step(TODAY + DAY)

        assert before == (ledger.life(item.id), ledger.life(draft.id), ledger.drafts())
    del steps["decide"]  # the notice was served anew today: its time runs
    for step in steps.values():
        step(TODAY)

    assert Step.WITHDRAWN is ledger.steps(item.id)[-1].step


def test_no_new_decision_puts_off_credit_repair(world: World) -> None:
    """Repair opens a time after the decision by which it was listed, whatever is decided later."""
    ledger, later = world.ledger(), NOW + 29 * DAY
    listing_id = put(world, ledger, REPAIRING, listing())
    before = ledger.life(listing_id).repairs()
    newer = _renewed(ledger, listing_id, TODAY + 5 * DAY, TODAY + 27 * DAY)
    ledger.amend([reviewed(REPAIRING, newer, later.date())], tokens=world.tokens, at=later)
    life = ledger.life(listing_id)
    (opens,) = (one.due.day for one in deadlines(life, PLAIN) if one.name == "repair-from")

    assert before == life.repairs()
    assert dt.date(2026, 12, 3) == opens
    assert Step.REPAIRED is ledger.repair(listing_id, on=opens, at=later + DAY * 5).events[-1].step


_REPAIR = (
    'deadline = "repair-from"\nvalue = {days}\nunit = "days"\nwhen = {{ severities = ["{of}"] }}'
)


def _by_severity(general: int) -> Rulebook:
    """A rulebook that opens repair at once for the minor, and for the general after some days."""
    repair = "".join(
        RULE.format(id=f"T-{of}".upper(), what=_REPAIR.format(days=days, of=of))
        for of, days in (("minor", 0), ("general", general))
    )
    ends = 'check = "retention"\noptions = ["listing"]\nvalue = 1\nunit = "years"'
    text = HEAD + _ISSUER + _WAITING + RULE.format(id="T-END", what=ends) + repair
    return Rulebook.from_toml(text)


@pytest.mark.parametrize(("days", "may"), [(90, True), (91, False)])
def test_a_graver_finding_with_its_own_notice_is_repaired_as_its_rulebook_says(
    world: World, days: int, may: bool
) -> None:
    """What is told anew may wait longer for repair by the rulebook it had, and by no other."""
    ledger, later = world.ledger(), NOW + 40 * DAY
    listing_id = put(world, ledger, _by_severity(90), listing(severity=Severity.MINOR))
    noticed = _renewed(ledger, listing_id, TODAY + 20 * DAY, TODAY + 38 * DAY)
    graver = attrs.evolve(noticed, severity=Severity.GENERAL)
    again = [reviewed(_by_severity(days), graver, later.date(), listed=TODAY)]
    if may:
        ledger.amend(again, tokens=world.tokens, at=later)
    else:
        with pytest.raises(IllegalMoveError, match="would end later"):
            ledger.amend(again, tokens=world.tokens, at=later)

    assert may == (ledger.listing(listing_id).severity is Severity.GENERAL)


def test_a_repair_is_not_granted_ahead_of_its_day(world: World) -> None:
    """What waits for its earliest day is not brought forward by saying that the day has come."""
    ledger = world.ledger()
    listing_id = put(world, ledger, REPAIRING, listing())
    day = TODAY + 31 * DAY
    with pytest.raises(MisuseError, match="has not come"):
        ledger.repair(listing_id, on=day, at=NOW)

    assert Step.REPAIRED is ledger.repair(listing_id, on=day, at=NOW + 31 * DAY).events[-1].step


def test_what_has_ended_is_not_disputed_but_ended(world: World) -> None:
    """A step that is told the time finds a listing whose last day has passed ended, and ends it."""
    ledger = world.ledger()
    listing_id = put(world, ledger, SHORT, listing())
    at = NOW + 40 * DAY
    with pytest.raises(NotListedError):
        ledger.dispute(listing_id, on=at.date(), calendar=PLAIN, at=at)

    assert Step.EXPIRED is ledger.steps(listing_id)[-1].step


def test_an_amendment_of_something_else_is_no_correction(world: World) -> None:
    """Found wrong, a listing stays suspended and owes its correction, whatever else is amended."""
    ledger = world.ledger()
    listing_id = put(world, ledger, BOOK, listing())
    ledger.dispute(listing_id, on=TODAY, calendar=PLAIN, at=NOW)
    ledger.answer(listing_id, upheld=True, on=TODAY, at=NOW)
    ledger.amend([_owing(ledger, listing_id, 1_000)], tokens=world.tokens, at=NOW)

    assert State.UPHELD is ledger.life(listing_id).state
    assert ListingStatus.SUSPENDED is ledger.status(listing_id, NOW)
    assert ledger.life(listing_id).owes_correction

    corrected = [_owing(ledger, listing_id, 900)]
    ledger.amend(corrected, tokens=world.tokens, at=NOW, correcting=True)

    assert State.LISTED is ledger.life(listing_id).state
    assert ListingStatus.LISTED is ledger.status(listing_id, NOW)


@pytest.mark.parametrize("disputed_again", [False, True])
@pytest.mark.parametrize("days", [-5, 0, 30])
def test_no_other_suspension_ends_that_of_an_upheld_dispute(
    world: World, disputed_again: bool, days: int
) -> None:
    """Found wrong, a listing is a match for nobody, whatever suspension its issuer tells anew."""
    ledger, lender = world.ledger(), world.registry()
    listing_id = put(world, ledger, BOOK, listing())
    ledger.dispute(listing_id, on=TODAY, calendar=PLAIN, at=NOW)
    ledger.answer(listing_id, upheld=True, on=TODAY, at=NOW)
    if disputed_again:
        ledger.dispute(listing_id, on=TODAY, calendar=PLAIN, at=NOW)
    with pytest.raises((IllegalMoveError, InvalidValueError)):
        ledger.suspend(listing_id, until=TODAY + days * DAY, on=TODAY, at=NOW)
    later = NOW + 40 * DAY
    path, _ = world.seal(ledger, "after.csb", at=later)
    world.apply(lender, path, at=later)
    (answer,) = world.screen(lender, applicant(1), at=later)

    assert Outcome.NEEDS_REVIEW is answer.outcome
    assert ledger.life(listing_id).owes_correction


def test_a_correction_is_owed_and_changes_something(world: World) -> None:
    """Nothing is declared as a correction where none is owed, nor where it changes nothing."""
    ledger = world.ledger()
    listing_id = put(world, ledger, BOOK, listing())
    with pytest.raises(IllegalMoveError, match="nothing was found wrong"):
        ledger.amend(
            [_owing(ledger, listing_id, 1_000)], tokens=world.tokens, at=NOW, correcting=True
        )
    ledger.dispute(listing_id, on=TODAY, calendar=PLAIN, at=NOW)
    ledger.answer(listing_id, upheld=True, on=TODAY, at=NOW)
    same = reviewed(BOOK, ledger.listing(listing_id), listed=TODAY)
    with pytest.raises(MisuseError, match="changes what was found wrong"):
        ledger.amend([same], tokens=world.tokens, at=NOW, correcting=True)

    assert ListingStatus.SUSPENDED is ledger.status(listing_id, NOW)


def test_what_was_mended_before_the_answer_is_declared_after_it(world: World) -> None:
    """An amendment between the dispute and its answer need not be changed again to count."""
    ledger = world.ledger()
    listing_id = put(world, ledger, BOOK, listing())
    ledger.dispute(listing_id, on=TODAY, calendar=PLAIN, at=NOW)
    ledger.amend([_owing(ledger, listing_id, 1_000)], tokens=world.tokens, at=NOW)
    ledger.answer(listing_id, upheld=True, on=TODAY, at=NOW)
    same = reviewed(BOOK, ledger.listing(listing_id), listed=TODAY)
    ledger.amend([same], tokens=world.tokens, at=NOW, correcting=True)

    assert State.LISTED is ledger.life(listing_id).state


def _owing(ledger: cs.Ledger, listing_id: bytes, minor: int) -> ClearedListing:
    """The listing with another amount, reviewed."""
    held = ledger.listing(listing_id)
    owed = attrs.evolve(held.obligation, outstanding=cs.Money(minor, "CNY"))
    return reviewed(BOOK, attrs.evolve(held, obligation=owed), listed=TODAY)


NOTICED: dict[str, Callable[[cs.Listing], cs.Listing]] = {
    "borrower": lambda held: attrs.evolve(held, borrower=person(2)),
    "name": lambda held: attrs.evolve(held, borrower=person(1, name="测试2")),
    "creditor": lambda held: attrs.evolve(
        held, obligation=attrs.evolve(held.obligation, creditor="another")
    ),
    "default": lambda held: attrs.evolve(
        held, obligation=attrs.evolve(held.obligation, default_date=dt.date(2018, 3, 2))
    ),
    "conduct": lambda held: attrs.evolve(
        held, conduct=cs.Conduct(ConductCode.ASSET_TRANSFER, dt.date(2019, 3, 1))
    ),
    "begin": lambda held: attrs.evolve(
        held, conduct=cs.Conduct(ConductCode.ABSCOND, dt.date(2019, 3, 2))
    ),
    "severity": lambda held: attrs.evolve(held, severity=Severity.SERIOUS),
    "more owed": lambda held: _owed(held, outstanding=cs.Money(1_500_001, "CNY")),
    "more lent": lambda held: _owed(held, principal=BILLION),
}


@pytest.mark.parametrize("change", NOTICED.values(), ids=NOTICED)
def test_a_notice_stays_about_whom_it_was_served_on(
    world: World, change: Callable[[cs.Listing], cs.Listing]
) -> None:
    """Once it was served, neither a new draft nor the recording turns it to something else."""
    ledger, whole = world.ledger(), listing()
    assert whole.notice is not None
    assert whole.decision is not None
    bare = attrs.evolve(whole, notice=None, decision=None)
    ledger.prepare(bare, rulebook=BOOK, on=dt.date(2026, 9, 1), at=NOW)
    ledger.put_draft(change(bare))
    ledger.put_draft(bare)
    ledger.serve(whole.id, whole.notice, at=NOW)
    with pytest.raises(MisuseError, match="about another"):
        ledger.put_draft(change(ledger.draft(whole.id)))
    ledger.decide(whole.id, whole.decision, at=NOW)
    with pytest.raises(MisuseError, match="about another"):
        ledger.record(cleared(change(whole)), tokens=world.tokens, at=NOW)

    assert whole == ledger.draft(whole.id)
    assert () == ledger.live_listings_of(person(2).identifiers[0])


def test_a_prepared_case_is_not_listed_under_another_id(world: World) -> None:
    """A debt that is prepared is a duplicate under any other id, and takes its own steps."""
    ledger, whole = world.ledger(), listing()
    assert whole.notice is not None
    assert whole.decision is not None
    bare = attrs.evolve(whole, notice=None, decision=None)
    ledger.prepare(bare, rulebook=BOOK, on=dt.date(2026, 9, 1), at=NOW)
    other, unrelated = listing(1), listing(2)
    done = ledger.record(cleared(other, unrelated), tokens=world.tokens, at=NOW)

    assert (1, [other.id]) == (done.listed, [item.listing.id for item in done.duplicates])
    assert (whole.id,) == ledger.drafts()

    ledger.serve(whole.id, whole.notice, at=NOW)
    ledger.decide(whole.id, whole.decision, at=NOW)
    done = ledger.record(cleared(other, whole), tokens=world.tokens, at=NOW)

    assert (1, [other.id]) == (done.listed, [item.listing.id for item in done.duplicates])
    assert (whole.id,) == ledger.live_listings_of(whole.borrower.identifiers[0])
    assert () == ledger.drafts()


def _break_books(ledger: cs.Ledger, body: str) -> cs.Ledger:
    """The ledger opened anew, with its kept rulebooks spoilt."""
    ledger._store.execute("UPDATE rulebook SET body = ?", (body,))
    return cs.Ledger(ledger._store, origin="platform")


BROKEN = ["", "{}", '{"rulebook": {}, "rule": [{"check": "of-tomorrow"}]}']


@pytest.mark.parametrize("body", BROKEN)
def test_a_broken_rulebook_keeps_nobody_listed(world: World, body: str) -> None:
    """With the kept rulebook unreadable a listing is disputed, answered, settled, and ends."""
    before = world.ledger()
    first, second, third, fourth = (put(world, before, SHORT, listing(n)) for n in (1, 2, 3, 4))
    before.dispute(third, on=TODAY, calendar=PLAIN, at=NOW)
    ledger = _break_books(before, body)
    ledger.dispute(first, on=TODAY, calendar=PLAIN, at=NOW)

    assert ListingStatus.SUSPENDED is ledger.status(first, NOW + 2 * DAY)  # no term is known
    assert 0 == ledger.remark(calendar_of=lambda _: PLAIN)

    ledger.answer(third, upheld=False, on=TODAY, at=NOW)
    ledger.settle(fourth, on=TODAY, tokens=world.tokens, at=NOW)
    ledger.withdraw(cs.Withdrawal(second, WithdrawalReason.LISTED_IN_ERROR, TODAY), at=NOW)
    found = owed(ledger, at=NOW, within=90 * DAY, calendar_of=lambda _: PLAIN)

    assert {first, third, fourth} == {item.listing_id for item in found}
    assert 4 == len(list(case_facts(ledger._store, at=NOW)))
    assert 3 == ledger.purge(NOW + 40 * DAY)
    assert {Step.EXPIRED} == {ledger.steps(item)[-1].step for item in (first, third, fourth)}


@pytest.mark.parametrize("body", BROKEN)
def test_a_broken_rulebook_lists_nobody(world: World, body: str) -> None:
    """By a rulebook whose kept copy is damaged nothing is listed, prepared or amended."""
    before = world.ledger()
    held = put(world, before, SHORT, listing(1))
    ledger = _break_books(before, body)
    with pytest.raises(StoreError, match="damaged"):
        put(world, ledger, SHORT, listing(2))
    with pytest.raises(StoreError, match="damaged"):
        ledger.prepare(listing(3), rulebook=SHORT, on=TODAY, at=NOW)
    again = reviewed(BOOK, ledger.listing(held), listed=TODAY)
    with pytest.raises(MisuseError, match="not amended"):
        ledger.amend([again], tokens=world.tokens, at=NOW)
    book = ledger.life(held).rulebook
    with pytest.raises(MisuseError, match="clears nothing"):
        reviewed(book, listing(4))

    assert (held,) == tuple(item.id for item in standing(ledger._store, at=NOW))


DAY_ONE, DAY_TWO = dt.date(2018, 3, 1), dt.date(2018, 4, 1)
SAME_DEBT = [
    (DAY_ONE, DAY_ONE, True),
    (DAY_ONE, None, True),
    (None, DAY_ONE, True),
    (None, None, True),
    (DAY_ONE, DAY_TWO, False),
]


def _undated(serial: int, default: dt.date | None) -> cs.Listing:
    """A listing of a debt with this default date, which absconding need not follow."""
    held = listing(serial)
    owed = attrs.evolve(held.obligation, default_date=default)
    return attrs.evolve(held, obligation=owed, id=cs.model.new_listing_id())


def _duplicates(world: World, ledger: cs.Ledger, *found: ClearedListing) -> int:
    return len(ledger.record(found, tokens=world.tokens, at=NOW).duplicates)


@pytest.mark.parametrize(("first", "second", "same"), SAME_DEBT)
def test_a_case_does_not_come_back_without_its_date(
    world: World, first: dt.date | None, second: dt.date | None, same: bool
) -> None:
    """A debt without a default date is the same case as any of that borrower to that creditor."""
    ledger = world.ledger()
    one, other = _undated(1, first), _undated(1, second)
    before, after = cleared(one, other)
    assert not _duplicates(world, ledger, before)
    ledger.withdraw(cs.Withdrawal(one.id, WithdrawalReason.SETTLED, TODAY), at=NOW)

    assert same == (not ledger.fresh([other]))
    assert same == bool(_duplicates(world, ledger, after))


@pytest.mark.parametrize(("first", "second", "same"), SAME_DEBT)
def test_a_case_does_not_come_twice_at_once(
    world: World, first: dt.date | None, second: dt.date | None, same: bool
) -> None:
    """With its date and without it a case is listed once of a batch, a file or a prepared case."""
    ledger, preparing = world.ledger(), world.ledger("preparing")
    one, other, third = _undated(1, first), _undated(1, second), _undated(2, DAY_ONE)
    review = BOOK.review([one, other, third], on=TODAY, issuer=PLATFORM)
    preparing.prepare(one, rulebook=BOOK, on=TODAY, at=NOW)

    assert same == bool(_duplicates(world, ledger, *cleared(one, other, third)))
    assert [other.id] * same == [item.listing.id for item in review.refused]
    assert [third] == list(preparing.fresh([other, third])) or not same
    assert same == bool(_duplicates(world, preparing, *cleared(other)))


@pytest.mark.parametrize(("first", "second", "same"), SAME_DEBT)
def test_no_amendment_makes_two_cases_one(
    world: World, first: dt.date | None, second: dt.date | None, same: bool
) -> None:
    """A listing is not amended to a debt that is, or may be, another listing's."""
    ledger = world.ledger()
    one, other = _undated(1, first), _undated(1, second)
    held = attrs.evolve(other, obligation=attrs.evolve(other.obligation, creditor="another"))
    assert not _duplicates(world, ledger, *cleared(one, held))
    if same:
        with pytest.raises(MisuseError, match="another listing"):
            ledger.amend(cleared(other), tokens=world.tokens, at=NOW)
    else:
        assert 1 == ledger.amend(cleared(other), tokens=world.tokens, at=NOW)


BOTH_ENDINGS = Rulebook.from_toml(
    HEAD
    + _ISSUER
    + _WAITING
    + RULE.format(
        id="T-END", what='check = "retention"\noptions = ["listing"]\nvalue = 90\nunit = "days"'
    )
    + RULE.format(
        id="T-MONTHLY",
        what='check = "confirmed-again"\noptions = ["always"]\nvalue = 30\nunit = "days"',
    )
)


@pytest.mark.parametrize(("rules", "anew"), [(BOTH_ENDINGS, 0), (MONTHLY, 1)])
def test_what_lapsed_does_not_begin_its_retention_anew(
    world: World, rules: Rulebook, anew: int
) -> None:
    """What nobody confirmed is listed again only where it would end no later for that."""
    ledger, later = world.ledger(), NOW + 40 * DAY
    listing_id = put(world, ledger, rules, listing())
    ledger.purge(later)
    again = reviewed(rules, listing(), later.date())

    assert (WithdrawalReason.LAPSED, anew) == (
        ledger.steps(listing_id)[-1].reason,
        ledger.record([again], tokens=world.tokens, at=later).listed,
    )


def test_nothing_is_settled_before_it_was_due(world: World) -> None:
    """A day before the default is no settlement, which would end the listing for ever."""
    ledger = world.ledger()
    listing_id = put(world, ledger, BOOK, listing())
    default = dt.date(2018, 3, 1)
    with pytest.raises(MisuseError, match="before the default"):
        ledger.settle(listing_id, on=default - DAY, tokens=world.tokens, at=NOW)
    settled = ledger.settle(listing_id, on=default, tokens=world.tokens, at=NOW)

    assert default == settled.listing.obligation.settled
