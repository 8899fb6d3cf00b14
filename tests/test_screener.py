"""A screener that lives on: whatever changes between two questions, the answer is of now."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import attrs
import pytest

import creditshare as cs
from creditshare.errors import MalformedError, MisuseError, StoreError, UnknownEpochError
from creditshare.screening import Screener
from world import DAY, NOW, TODAY, World, applicant, listing

LATE = NOW + 40 * DAY  # a checkpoint lives for 30 days
CLEAR, MATCH = cs.Outcome.CLEAR, cs.Outcome.MATCH
STALE, REVIEW = cs.Outcome.STALE, cs.Outcome.NEEDS_REVIEW


@pytest.fixture
def registry(world: World) -> cs.Registry:
    """What the lender was told: the first person is listed."""
    ledger = world.ledger()
    world.record(ledger, listing(1))
    told = world.registry()
    world.apply(told, world.seal(ledger, "1.csb")[0])
    return told


@pytest.fixture
def screener(world: World, registry: cs.Registry) -> Screener:
    """A screener that has answered before."""
    measures = cs.measures("cn")
    made = Screener(registry, tokens=world.tokens, role=cs.Role.LENDER, measures=measures)

    assert [MATCH, CLEAR] == ask(made, 1, 2)
    return made


def ask(screener: Screener, *serials: int, at: dt.datetime = NOW) -> list[cs.Outcome]:
    """The answers for generated persons."""
    asked = map(applicant, serials)
    answers = screener.screen(asked, purpose=cs.Purpose.CREDIT_APPLICATION, at=at)
    return [answer.outcome for answer in answers]


def list_another(world: World) -> Path:
    """A delta that lists the second person."""
    ledger = world.ledger()
    world.record(ledger, listing(2))
    return world.seal(ledger, "2.csb", since=1)[0]


@pytest.mark.parametrize("same", [True, False])
def test_a_new_bundle_counts_in_the_same_second(
    world: World, registry: cs.Registry, screener: Screener, same: bool
) -> None:
    """Who is listed is found as soon as the bundle is applied, here or by another process."""
    world.apply(registry if same else world.registry(), list_another(world))

    assert [MATCH, MATCH] == ask(screener, 1, 2)


@pytest.mark.parametrize("same", [True, False])
def test_a_forgotten_issuer_vouches_for_nobody(
    world: World, registry: cs.Registry, screener: Screener, same: bool
) -> None:
    """Once the last issuer is forgotten nobody is called clear; a full bundle brings it back."""
    other = registry if same else world.registry()
    other.forget("platform")
    with pytest.raises(MisuseError):
        ask(screener, 2)
    world.apply(other, world.folder / "1.csb")

    assert [MATCH, CLEAR] == ask(screener, 1, 2)


def test_a_bundle_that_fails_changes_no_answer(
    world: World, registry: cs.Registry, screener: Screener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was rolled back was never told."""
    bundle = list_another(world)
    with monkeypatch.context() as patched:
        patched.setattr("creditshare.registry.replay._BATCH", 0)  # as if no record came
        with pytest.raises(MalformedError):
            world.apply(registry, bundle)

    assert [MATCH, CLEAR] == ask(screener, 1, 2)


def test_a_purge_under_a_later_clock_is_seen(world: World, screener: Screener) -> None:
    """Where another process purged too much, nobody is clear until a full bundle mends it."""
    other = world.registry()
    other.purge(NOW + 4000 * DAY)

    assert [STALE, STALE] == ask(screener, 1, 2)
    world.apply(other, world.folder / "1.csb")

    assert [MATCH, CLEAR] == ask(screener, 1, 2)


def test_the_clock_goes_both_ways(screener: Screener) -> None:
    """Each answer is of its own moment, also when the clock is set back."""
    assert [REVIEW, STALE] == ask(screener, 1, 2, at=LATE)
    assert [MATCH, CLEAR] == ask(screener, 1, 2)


def test_two_calls_may_be_read_in_turns(screener: Screener) -> None:
    """Two calls of different moments do not share what they are judged by."""
    purpose, many = cs.Purpose.CREDIT_APPLICATION, [1, 2] * 600
    now = screener.screen(map(applicant, many), purpose=purpose, at=NOW)
    late = screener.screen(map(applicant, many), purpose=purpose, at=LATE)
    answers = [(one.outcome, other.outcome) for one, other in zip(now, late, strict=True)]

    assert [(MATCH, REVIEW), (CLEAR, STALE)] * 600 == answers


def test_two_issuers_may_use_one_id(
    world: World, registry: cs.Registry, screener: Screener
) -> None:
    """A listing of another issuer under the same id is another, and outlives a withdrawal."""
    ledger, bank = world.ledger(), world.ledger("bank", "bank")
    shared = listing(5)
    owed = attrs.evolve(shared.obligation, creditor="bank")
    world.record(ledger, shared)
    world.record(bank, attrs.evolve(shared, obligation=owed))
    world.apply(registry, world.seal(ledger, "2.csb", since=1)[0])
    world.apply(registry, world.seal(bank, "b.csb")[0])
    purpose = cs.Purpose.CREDIT_APPLICATION
    (both,) = screener.screen([applicant(5)], purpose=purpose, at=NOW)
    ledger.withdraw(cs.Withdrawal(shared.id, cs.model.WithdrawalReason.SETTLED, TODAY), at=NOW)
    world.apply(registry, world.seal(ledger, "3.csb", since=2)[0])
    (one,) = screener.screen([applicant(5)], purpose=purpose, at=NOW)

    assert ["platform", "bank"] == [match.origin for match in both.matches]
    assert ["bank"] == [match.origin for match in one.matches]


def test_another_thread_is_refused(screener: Screener) -> None:
    """In another thread there is an error, not an answer; in its own it goes on."""
    with ThreadPoolExecutor(1) as pool, pytest.raises(StoreError):
        pool.submit(ask, screener, 2).result()

    assert [MATCH, CLEAR] == ask(screener, 1, 2)


def test_an_expired_issuer_excuses_no_missing_key(world: World) -> None:
    """A key that is not held is an error while one issuer of its epoch still vouches."""
    registry = world.registry()
    for origin, by, days in (("platform", world.custodian, 1), ("bank", world.bank, 30)):
        ledger = world.ledger(origin, origin)
        world.record(ledger, listing(1))
        path = world.folder / f"{origin}.csb"
        ledger.seal(path, by=by, to=world.recipients, at=NOW, valid_for=days * DAY)
        world.apply(registry, path)

    with pytest.raises(UnknownEpochError):
        world.screen(registry, applicant(1), at=NOW + 2 * DAY, tokens=cs.TokenKeyring())
