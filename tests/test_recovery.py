"""Recovery: what an issuer or a recipient does after a loss, and what may never come back by it."""

from __future__ import annotations

import contextlib
import datetime as dt
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest

import creditshare as cs
from creditshare.bundle import EventType
from creditshare.clock import unix
from creditshare.errors import (
    ExpiredEpochError,
    ExpiredError,
    ForkError,
    InvalidValueError,
    MalformedError,
    MisuseError,
    RollbackError,
    RosterError,
    SequenceGapError,
    SignatureError,
    UnauthorisedIssuerError,
    WrongTokenKeyError,
)
from creditshare.ledger import Delivered
from creditshare.life import Cause
from creditshare.model import ListingStatus
from creditshare.screening import ReviewReason
from simulator import Scene, Simulator
from world import (
    DAY,
    EPOCH,
    LICENCE,
    NOW,
    TODAY,
    World,
    applicant,
    as_held,
    cleared,
    decided,
    listing,
    number,
)

CLEAR, MATCH, REVIEW, STALE = (
    cs.Outcome.CLEAR,
    cs.Outcome.MATCH,
    cs.Outcome.NEEDS_REVIEW,
    cs.Outcome.STALE,
)
HOUR = dt.timedelta(hours=1)
LONG = cs.TokenKey.generate(attrs.evolve(EPOCH, ends=NOW + 400 * DAY))
LAPSES = NOW + 181 * DAY
ENDED = cs.Conduct(
    cs.model.ConductCode.ABSCOND, dt.date(2019, 3, 1), TODAY.replace(year=2021) + DAY
)


def end(
    listing_id: bytes, reason: cs.model.WithdrawalReason = cs.model.WithdrawalReason.SETTLED
) -> cs.Withdrawal:
    """A withdrawal of today."""
    return cs.Withdrawal(listing_id, reason, TODAY)


def owed(creditor: str) -> cs.Obligation:
    """A debt owed to a creditor."""
    return attrs.evolve(listing().obligation, creditor=creditor)


def outcomes(world: World, registry: cs.Registry, *serials: int, **changes: Any) -> list[Any]:
    """The outcome for each person."""
    return [it.outcome for it in world.screen(registry, *map(applicant, serials), **changes)]


def raised(world: World, generation: int = 2) -> cs.Roster:
    """The roster after the steward let the platform's log begin anew."""
    platform = attrs.evolve(world.roster().entry("platform"), generation=generation)
    return world.roster(platform=platform)


def back_up(world: World, name: str = "restored") -> None:
    """Copy the ledger's database as it stands."""
    with (
        contextlib.closing(sqlite3.connect(world.folder / "ledger.db")) as source,
        contextlib.closing(sqlite3.connect(world.folder / f"{name}.db")) as target,
    ):
        source.backup(target)


def row_of(world: World, listing_id: bytes) -> Any:
    """What the ledger's database holds of a listing."""
    with cs.LedgerStore(world.folder / "ledger.db") as store:
        return store.listing(listing_id)


# -- A ledger restored from a backup -------------------------------------------------------------


@attrs.frozen
class Restored:
    """A ledger restored from a backup that was made after the first checkpoint.

    Borrowers 1 and 2 were listed and 3 withdrawn before the backup; 4 was listed and 2 withdrawn
    after it, which the registry knows and the ledger does not.
    """

    ledger: cs.Ledger
    registry: cs.Registry
    ids: dict[int, bytes]


@pytest.fixture
def restored(world: World) -> Restored:
    """A restored ledger, and the registry that heard what it has forgotten."""
    ledger, registry = world.ledger(), world.registry()
    listings = {serial: listing(serial) for serial in (1, 2, 3, 4)}
    world.record(ledger, listings[1], listings[2], listings[3])
    ledger.withdraw(end(listings[3].id, cs.model.WithdrawalReason.LISTED_IN_ERROR), at=NOW)
    world.apply(registry, world.seal(ledger, "0001.csb")[0])
    back_up(world)
    world.record(ledger, listings[4])
    ledger.withdraw(end(listings[2].id), at=NOW)
    world.apply(registry, world.seal(ledger, "0002.csb", since=1)[0])
    ids = {serial: item.id for serial, item in listings.items()}
    return Restored(world.ledger("restored"), registry, ids)


def test_a_restored_ledger_forks(world: World, restored: Restored) -> None:
    """What a restored ledger seals contradicts what it signed before, and is refused."""
    world.record(restored.ledger, listing(5))
    path, sealed = world.seal(restored.ledger, "fork.csb")

    assert 2 == sealed.checkpoint.sequence
    with pytest.raises(ForkError):
        world.apply(restored.registry, path)
    assert [MATCH, CLEAR] == outcomes(world, restored.registry, 4, 5)


def test_a_renewed_ledger_is_heard_again(world: World, restored: Restored) -> None:
    """After the generation was raised and the log renewed, a full bundle applies and matches."""
    ledger, registry = restored.ledger, restored.registry
    ledger.withdraw(end(restored.ids[2]), at=NOW)
    count = ledger.renew(2, tokens=world.tokens, at=NOW)
    world.record(ledger, listing(5))
    path, sealed = world.seal(ledger, "anew.csb")
    applied = world.apply(registry, path, roster=raised(world))
    (found, *_) = answers = world.screen(registry, *map(applicant, (1, 2, 3, 4, 5)))

    assert 1 == count
    assert (2, 1) == (sealed.checkpoint.generation, sealed.checkpoint.sequence)
    assert (2, False, 0) == (applied.live, applied.already_held, applied.skipped)
    assert [MATCH, CLEAR, CLEAR, CLEAR, MATCH] == [answer.outcome for answer in answers]
    assert [restored.ids[1]] == [match.listing_id for match in found.matches]


@pytest.mark.parametrize("before", [True, False])
def test_a_withdrawal_after_the_backup_stays(
    world: World, restored: Restored, before: bool
) -> None:
    """What recipients know as withdrawn must be withdrawn again, before or after the renewal."""
    ledger, registry, roster = restored.ledger, restored.registry, raised(world)
    if before:
        ledger.withdraw(end(restored.ids[2]), at=NOW)
    ledger.renew(2, tokens=world.tokens, at=NOW)
    if not before:
        path, _ = world.seal(ledger, "again.csb")
        with pytest.raises(MalformedError, match="lists again"):
            world.apply(registry, path, roster=roster)
        ledger.withdraw(end(restored.ids[2]), at=NOW)
    world.apply(registry, world.seal(ledger, "anew.csb")[0], roster=roster)

    assert [MATCH, CLEAR] == outcomes(world, registry, 1, 2)


def test_a_renewal_keeps_what_is_held(world: World) -> None:
    """Live listings keep their ids and content, and every one stands in the new log."""
    ledger, registry = world.ledger(), world.registry()
    listings = [listing(serial, reference=f"report:{serial}") for serial in range(1, 8)]
    world.record(ledger, *listings)
    moved = attrs.evolve(listings[1], obligation=owed("某某网贷新"))
    ledger.amend(cleared(moved), tokens=world.tokens, at=NOW)
    ledger.withdraw(end(listings[4].id), at=NOW)
    live = [listings[0], moved, listings[2], listings[3], listings[5], listings[6]]
    count = ledger.renew(2, tokens=world.tokens, at=NOW)
    path, sealed = world.seal(ledger, "anew.csb")
    applied = world.apply(registry, path, roster=raised(world))
    expected = [CLEAR if serial == 5 else MATCH for serial in range(1, 8)]

    assert (6, 6, 6, 6) == (count, sealed.events, sealed.checkpoint.live, applied.live)
    assert list(map(as_held, live)) == [ledger.listing(item.id) for item in live]
    assert ListingStatus.WITHDRAWN is ledger.status(listings[4].id, NOW)
    assert expected == outcomes(world, registry, *range(1, 8))


@pytest.mark.parametrize("others", [0, 3])
def test_a_renewal_keeps_marks(world: World, others: int) -> None:
    """A suspended listing is no match after a renewal, and an exempted one permits no measure."""
    ledger, registry = world.ledger(), world.registry()
    held = [listing(1), listing(2)]
    world.record(ledger, *held, *(listing(9 + i) for i in range(others)))
    ledger.suspend(held[0].id, until=TODAY + 10 * DAY, on=TODAY, at=NOW)
    ledger.exempt(held[1].id, until=TODAY + 10 * DAY, on=TODAY, cause=Cause.ILLNESS, at=NOW)
    ledger.renew(2, tokens=world.tokens, at=NOW)
    world.apply(registry, world.seal(ledger, "anew.csb")[0], roster=raised(world))
    suspended, exempted = world.screen(registry, applicant(1), applicant(2))

    assert REVIEW is suspended.outcome
    assert MATCH is exempted.outcome
    assert () == exempted.matches[0].measures


def test_a_renewal_keeps_cases(world: World) -> None:
    """A case that was listed in error and withdrawn is not listed again after a renewal."""
    ledger = world.ledger()
    wrong, right = listing(1), listing(2)
    world.record(ledger, wrong, right)
    ledger.withdraw(end(wrong.id, cs.model.WithdrawalReason.LISTED_IN_ERROR), at=NOW)
    ledger.renew(2, tokens=world.tokens, at=NOW)
    recorded = world.record(ledger, listing(1), listing(2), wrong)

    assert (0, 3) == (recorded.listed, len(recorded.duplicates))
    assert () == ledger.live_listings_of(cs.ResidentID.parse(number(1)))
    assert (right.id,) == ledger.live_listings_of(cs.ResidentID.parse(number(2)))


def test_deltas_follow_a_renewal(world: World) -> None:
    """After a renewed log's full bundle the next one may be a delta, which withdraws for ever."""
    ledger, registry, roster = world.ledger(), world.registry(), raised(world)
    first = listing(1)
    world.record(ledger, first, listing(2))
    ledger.renew(2, tokens=world.tokens, at=NOW)
    world.apply(registry, world.seal(ledger, "1.csb")[0], roster=roster)
    ledger.withdraw(end(first.id), at=NOW)
    world.record(ledger, listing(3))
    world.apply(registry, world.seal(ledger, "2.csb", since=1)[0], roster=roster)

    assert [CLEAR, MATCH, MATCH] == outcomes(world, registry, 1, 2, 3)


@pytest.mark.parametrize("generation", [3, 2, 1])
def test_a_generation_only_rises(world: World, generation: int) -> None:
    """A ledger is not renewed in its own or an earlier generation, and nothing changes."""
    ledger = world.ledger()
    world.record(ledger, listing(1))
    ledger.renew(3, tokens=world.tokens, at=NOW)
    _, sealed = world.seal(ledger, "1.csb")

    with pytest.raises(MisuseError, match="higher"):
        ledger.renew(generation, tokens=world.tokens, at=NOW)
    assert sealed.checkpoint == ledger.last_checkpoint()


@pytest.mark.parametrize("generation", [0, -1, 2**32, True, "2", None, 2.0])
def test_an_impossible_generation(world: World, generation: Any) -> None:
    """A generation is 1 to 2^32 - 1, for a new ledger and for a renewal."""
    ledger = world.ledger()

    with pytest.raises(InvalidValueError):
        ledger.renew(generation, tokens=world.tokens, at=NOW)
    with cs.LedgerStore(world.folder / "new.db") as store:
        with pytest.raises(InvalidValueError):
            cs.Ledger(store, origin="platform", generation=generation)
        assert "platform" == cs.Ledger(store, origin="platform").origin


def test_a_renewal_that_fails_changes_nothing(world: World) -> None:
    """Without an epoch in force, a ledger is not renewed and its log stays."""
    ledger = world.ledger()
    first = listing(1)
    world.record(ledger, first)
    _, sealed = world.seal(ledger, "1.csb")

    with pytest.raises(cs.CreditshareError):
        ledger.renew(2, tokens=cs.TokenKeyring(), at=NOW)
    with pytest.raises(MisuseError):
        ledger.renew(2, tokens=world.key, at=NOW)  # type: ignore[arg-type]
    assert as_held(first) == ledger.listing(first.id)
    assert sealed.checkpoint == world.seal(ledger, "2.csb")[1].checkpoint


def test_a_renewed_ledger_is_reopened(world: World) -> None:
    """A renewed ledger is opened in its new generation and in no other."""
    first = listing(1)
    ledger = world.ledger()
    world.record(ledger, first)
    ledger.renew(2, tokens=world.tokens, at=NOW)

    with cs.LedgerStore(world.folder / "ledger.db") as store:
        for generation in (1, 3):
            with pytest.raises(MisuseError, match="generation"):
                cs.Ledger(store, origin="platform", generation=generation)
        reopened = cs.Ledger(store, origin="platform", generation=2)
        assert as_held(first) == reopened.listing(first.id)


# -- An issuer that is forgotten -----------------------------------------------------------------


@attrs.frozen
class Heard:
    """A registry that heard the platform list borrower 1 and withdraw 3, and the bank list 2."""

    platform: cs.Ledger
    registry: cs.Registry
    full: Path
    older: Path
    withdrawn: bytes


@pytest.fixture
def heard(world: World) -> Heard:
    """A registry that heard two issuers."""
    platform, bank, registry = world.ledger(), world.ledger("bank", "bank"), world.registry()
    gone = listing(3)
    world.record(platform, gone)
    older, _ = world.seal(platform, "0001.csb")
    world.record(platform, listing(1))
    platform.withdraw(end(gone.id), at=NOW)
    world.apply(registry, older)
    full, _ = world.seal(platform, "0002.csb")
    world.apply(registry, full)
    world.record(bank, listing(2))
    world.apply(registry, world.seal(bank, "bank.csb")[0])
    return Heard(platform, registry, full, older, gone.id)


def test_nobody_is_screened_against_a_forgotten_issuer(world: World, heard: Heard) -> None:
    """A forgotten issuer finds nobody and was not consulted; the others go on."""
    before = outcomes(world, heard.registry, 1, 2)
    heard.registry.forget("platform")
    answers = world.screen(heard.registry, applicant(1), applicant(2))

    assert [MATCH, MATCH] == before
    assert [CLEAR, MATCH] == [answer.outcome for answer in answers]
    assert {("bank",)} == {answer.consulted for answer in answers}
    assert ["bank"] == [checkpoint.origin for checkpoint in heard.registry.checkpoints()]


def test_a_forgotten_issuers_listings_are_gone(world: World, heard: Heard) -> None:
    """Nothing of a forgotten issuer's listings is left in the database but its tombstones."""
    heard.registry.forget("platform")
    with contextlib.closing(sqlite3.connect(world.folder / "registry.db")) as connection:
        counts = {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
            for table in ("live", "record", "lookup", "tombstone")
        }

    assert {"live": 1, "record": 1, "lookup": 1, "tombstone": 1} == counts


def test_a_forgotten_issuers_expiry_makes_nobody_stale(world: World, heard: Heard) -> None:
    """Once an issuer is forgotten, the silence of its last checkpoint makes nobody stale."""
    later = NOW + 35 * DAY
    bank = world.ledger("bank", "bank")
    path, _ = world.seal(bank, "later.csb", at=later)
    world.apply(heard.registry, path, at=later)
    before = outcomes(world, heard.registry, 9, at=later)
    heard.registry.forget("platform")

    assert [STALE] == before
    assert [CLEAR] == outcomes(world, heard.registry, 9, at=later)


def test_the_only_issuer_is_forgotten(world: World, heard: Heard) -> None:
    """A registry that forgot everybody calls nobody clear."""
    heard.registry.forget("platform")
    heard.registry.forget("bank")

    with pytest.raises(MisuseError, match="no issuer"):
        outcomes(world, heard.registry, 1)


@pytest.mark.parametrize("again", [True, False])
def test_a_full_bundle_brings_an_issuer_back(world: World, heard: Heard, again: bool) -> None:
    """A full bundle, the same one or a later one, brings a forgotten issuer back."""
    heard.registry.forget("platform")
    path = heard.full
    if not again:
        world.record(heard.platform, listing(4))
        path, _ = world.seal(heard.platform, "0003.csb")
    applied = world.apply(heard.registry, path)

    assert (again, 0) == (applied.already_held, applied.skipped)
    assert (1 if again else 2, 1) == (applied.live, applied.withdrawn)
    assert [MATCH, MATCH, CLEAR] == outcomes(world, heard.registry, 1, 2, 3)


def test_no_delta_after_forgetting(world: World, heard: Heard) -> None:
    """A delta to a forgotten issuer's log is a gap, until a full bundle was applied."""
    world.record(heard.platform, listing(4))
    held, _ = world.seal(heard.platform, "0003.csb", since=2)
    world.apply(heard.registry, held)
    world.record(heard.platform, listing(5))
    following, _ = world.seal(heard.platform, "0004.csb", since=3)
    heard.registry.forget("platform")

    for path, needed in ((held, 2), (following, 3)):
        with pytest.raises(SequenceGapError) as gap:
            world.apply(heard.registry, path)
        assert (0, needed) == (gap.value.held, gap.value.needed)
    assert [CLEAR, CLEAR] == outcomes(world, heard.registry, 4, 5)

    world.apply(heard.registry, world.seal(heard.platform, "full.csb")[0])

    assert [MATCH, MATCH] == outcomes(world, heard.registry, 4, 5)


def test_forgetting_is_no_way_back(world: World, heard: Heard) -> None:
    """A bundle older than what was forgotten is a rollback."""
    heard.registry.forget("platform")

    with pytest.raises(RollbackError):
        world.apply(heard.registry, heard.older)


@pytest.mark.parametrize("origin", ["nobody", "", None, "Platform"])
def test_an_unknown_origin_cannot_be_forgotten(heard: Heard, origin: Any) -> None:
    """Only an origin of which something is held can be forgotten."""
    with pytest.raises(MisuseError):
        heard.registry.forget(origin)


def test_an_issuer_is_forgotten_once(heard: Heard) -> None:
    """Of a forgotten issuer nothing is held that could be forgotten."""
    heard.registry.forget("platform")

    with pytest.raises(MisuseError, match="nothing is held"):
        heard.registry.forget("platform")


def test_a_withdrawal_outlives_forgetting(scene: Scene) -> None:
    """Not even a new generation's log lists again what a forgotten issuer had withdrawn."""
    scene.registry.forget("bank")
    scene.believe(bank=scene.bank(generation=2))
    anew = Simulator(scene.world.bank, scene.world.key, scene.world.recipients, generation=2)
    anew.states(EventType.LIST, listing(2, id=scene.ids[2]), 2)
    honest = Simulator(scene.world.bank, scene.world.key, scene.world.recipients, generation=2)
    honest.lists(1)

    assert MalformedError is scene.refusal(anew.draft())
    assert 1 == scene.receive(honest.draft()).withdrawn


# -- A registry that purged under a fast clock ---------------------------------------------------


@pytest.mark.parametrize("delta", [False, True])
def test_a_full_bundle_mends_a_purged_registry(world: World, delta: bool) -> None:
    """A full bundle of the very state held brings back what a purge under a fast clock deleted."""
    ledger, registry = world.ledger(), world.registry()
    gone = listing(3)
    world.record(ledger, listing(1), gone)
    full, _ = world.seal(ledger, "0001.csb")
    world.apply(registry, full)
    if delta:
        world.record(ledger, listing(2))
        ledger.withdraw(end(gone.id), at=NOW)
        world.apply(registry, world.seal(ledger, "0002.csb", since=1)[0])
        full, _ = world.seal(ledger, "full.csb")
    purged = registry.purge(NOW + 4000 * DAY)
    before = outcomes(world, registry, 1, 2, 3)
    applied = world.apply(registry, full)

    assert (2, [STALE] * 3) == (purged, before)
    assert (True, 0, 2) == (applied.already_held, applied.skipped, applied.live)
    expected = [MATCH, MATCH, CLEAR] if delta else [MATCH, CLEAR, MATCH]
    assert expected == outcomes(world, registry, 1, 2, 3)


# -- Screening with a roster ---------------------------------------------------------------------

OVER = cs.roster.Licence("L-2020-1", LICENCE.valid_from, TODAY - DAY)


def told(world: World, *listings: cs.Listing, origin: str = "platform") -> cs.Registry:
    """A registry that was told of these listings."""
    ledger, registry = world.ledger(origin, origin), world.registry()
    world.record(ledger, *listings)
    world.apply(registry, world.seal(ledger, f"{origin}.csb")[0])
    return registry


def changed(world: World, origin: str, **changes: Any) -> cs.Roster:
    """The roster with one entry changed."""
    return world.roster(**{origin: attrs.evolve(world.roster().entry(origin), **changes)})


def without(world: World, origin: str) -> cs.Roster:
    """The roster without one entry."""
    entries = [entry for entry in world.entries() if entry.origin != origin]
    return attrs.evolve(world.roster(), entries=entries)


UNAUTHORISED: dict[str, Callable[[World], cs.Roster]] = {
    "the custodian's licence ended": lambda world: changed(world, "custodian", licence=OVER),
    "the custodian's licence was revoked": lambda world: changed(world, "custodian", licence=None),
    "the custody ended": lambda world: changed(world, "platform", custody=OVER),
    "another custodian": lambda world: changed(world, "platform", custodian="bank"),
    "the institution returned": lambda world: changed(
        world, "platform", custodian=None, custody=None
    ),
    "the custodian lost its role": lambda world: changed(
        world, "custodian", roles=[cs.Role.LENDER]
    ),
    "the custodian lost its keys": lambda world: changed(world, "custodian", keys=None),
    "the custodian was removed": lambda world: without(world, "custodian"),
    "the institution was removed": lambda world: without(world, "platform"),
}


@pytest.mark.parametrize("roster", UNAUTHORISED.values(), ids=UNAUTHORISED.keys())
def test_an_issuer_that_may_not_issue_any_more(
    world: World, roster: Callable[[World], cs.Roster]
) -> None:
    """A hit whose issuer may not issue any more needs a person, and carries no measure."""
    registry = told(world, listing(1))
    answer, other = world.screen(registry, applicant(1), applicant(2), roster=roster(world))

    assert (REVIEW, STALE) == (answer.outcome, other.outcome)
    assert () == answer.matches
    assert [(ReviewReason.ISSUER_UNAUTHORISED,)] == [review.reasons for review in answer.reviews]


def test_an_issuer_that_still_may_issue(world: World) -> None:
    """With a roster in which the issuer may issue, a match carries what it carries without."""
    registry = told(world, listing(1))
    (without_roster,) = world.screen(registry, applicant(1))
    (answer,) = world.screen(registry, applicant(1), roster=world.roster())

    assert without_roster == answer
    assert answer.matches[0].measures


def test_all_reasons_beside_the_issuers(world: World) -> None:
    """That the issuer may not issue any more hides no other reason."""
    registry = told(world, listing(1))
    who = applicant(1, name="别人", birth_date=None)
    (answer,) = world.screen(registry, who, roster=changed(world, "custodian", licence=OVER))

    assert {
        ReviewReason.NAME_CONFLICT,
        ReviewReason.NO_SECOND_FACTOR,
        ReviewReason.ISSUER_UNAUTHORISED,
    } == set(answer.reviews[0].reasons)


@pytest.mark.parametrize("at", [NOW - 2 * DAY, NOW + 365 * DAY])
def test_a_roster_must_be_in_force(world: World, at: dt.datetime) -> None:
    """Nobody is screened with a roster that is expired or from the future."""
    registry = told(world, listing(1))

    with pytest.raises(RosterError):
        outcomes(world, registry, 1, roster=world.roster(), at=at)
    with pytest.raises(MisuseError):
        outcomes(world, registry, 1, roster="roster")


def test_only_a_courts_own_listing_carries_its_measures(world: World) -> None:
    """What needs a court's listing is permitted only with a roster in which its issuer is one."""
    basis = cs.LegalBasis(cs.model.BasisKind.COURT_LISTING, "法释〔2017〕7号", "1", "2017")
    registry = told(world, listing(1, basis=basis), origin="bank")
    reserved = {
        measure.code
        for measure in cs.measures("cn").measures
        if measure.needs_kind is cs.model.BasisKind.COURT_LISTING
    }
    court = changed(world, "bank", roles=[cs.Role.ISSUER, cs.Role.COURT])
    permitted = []
    for roster in (None, world.roster(), court):
        (answer,) = world.screen(registry, applicant(1), role=cs.Role.CARRIER, roster=roster)
        permitted.append({measure.code for measure in answer.matches[0].measures} & reserved)

    assert [set(), set()] == permitted[:2]
    assert {"AIR", "RAIL_SOFT_SLEEPER", "RAIL_HIGH_SPEED", "SHIP_SECOND_CLASS"} <= permitted[2]


# -- Time ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("longer", [False, True])
def test_a_checkpoint_that_outlives_its_epoch(world: World, longer: bool) -> None:
    """A checkpoint that claims a second more than its token epoch has is refused."""
    world.key = cs.TokenKey.generate(attrs.evolve(EPOCH, ends=NOW + 10 * DAY))
    registry = world.registry()
    issuer = Simulator(world.bank, world.key, world.recipients)
    issuer.lists(1)
    draft = issuer.draft(expires=unix(world.key.epoch.ends) + longer)
    path = draft.write(world.folder / "long.csb")

    if not longer:
        assert 1 == world.apply(registry, path).live
        return
    with pytest.raises(ExpiredError, match="outlive"):
        world.apply(registry, path)
    assert () == registry.checkpoints()


def test_a_ledger_seals_no_longer_than_its_epoch(world: World) -> None:
    """What a ledger seals shortly before its epoch's end is applied, and nothing after it."""
    world.key = cs.TokenKey.generate(attrs.evolve(EPOCH, ends=NOW + 10 * DAY))
    ledger, registry = world.ledger(), world.registry()
    world.record(ledger, listing(1))
    path, sealed = world.seal(ledger, "0001.csb")

    assert unix(world.key.epoch.ends) == sealed.checkpoint.expires
    assert 1 == world.apply(registry, path).live
    with pytest.raises(ExpiredEpochError):
        world.seal(ledger, "0002.csb", at=NOW + 10 * DAY)


@pytest.mark.parametrize(
    ("conduct", "at", "reason", "again"),
    [
        (listing().conduct, LAPSES, cs.model.WithdrawalReason.LAPSED, 1),
        (ENDED, NOW + 2 * DAY, cs.model.WithdrawalReason.RETENTION_ENDED, 0),
    ],
    ids=["an unconfirmed open conduct", "a retention end"],
)
def test_how_a_listing_ends_by_itself(
    world: World,
    conduct: cs.Conduct,
    at: dt.datetime,
    reason: cs.model.WithdrawalReason,
    again: int,
) -> None:
    """An unconfirmed open conduct lapses and may be listed again; a retention end is for ever."""
    world.key = LONG
    ledger, registry = world.ledger(), world.registry()
    first = listing(1, conduct=conduct, reference="report.csv:2")
    world.record(ledger, first)
    world.apply(registry, world.seal(ledger, "0001.csb")[0])
    path, sealed = world.seal(ledger, "0002.csb", since=1, at=at)
    world.apply(registry, path, at=at)
    row = row_of(world, first.id)

    assert (1, 0) == (sealed.lapsed, sealed.checkpoint.live)
    assert (reason, None, "") == (row.reason, row.identifiers, row.reference)
    assert [CLEAR] == outcomes(world, registry, 1, at=at)

    same_id = attrs.evolve(listing(1), id=first.id)
    assert 0 == world.record(ledger, same_id, at=at).listed
    assert again == world.record(ledger, listing(1), at=at).listed
    assert 0 == world.record(ledger, listing(1), at=at).listed

    world.apply(registry, world.seal(ledger, "0003.csb", since=2, at=at)[0] if again else path,
                at=at)  # fmt: skip
    assert [MATCH if again else CLEAR] == outcomes(world, registry, 1, at=at)


def test_a_relisted_lapse_can_be_withdrawn_for_ever(world: World) -> None:
    """A case that lapsed, was listed again and was settled is not listed a third time."""
    world.key = LONG
    ledger = world.ledger()
    second = listing(1)
    world.record(ledger, listing(1))
    world.seal(ledger, "0001.csb", at=LAPSES)
    world.record(ledger, second, at=LAPSES)
    ledger.withdraw(end(second.id), at=NOW)

    assert 0 == world.record(ledger, listing(1), at=LAPSES).listed


@pytest.mark.parametrize("after", [0, 180])
def test_a_confirmed_conduct_does_not_lapse(world: World, after: int) -> None:
    """A listing confirmed on its last day lives on, and one confirmed at once lapses in time."""
    world.key = LONG
    ledger = world.ledger()
    first = listing(1)
    world.record(ledger, first)
    confirmed = cleared(first, on=TODAY + after * DAY)
    ledger.amend(confirmed, tokens=world.tokens, at=NOW + after * DAY)
    _, sealed = world.seal(ledger, "0001.csb", at=LAPSES)

    assert (1 if after == 0 else 0) == sealed.lapsed


@pytest.mark.parametrize(
    ("on", "at"),
    [
        (TODAY, LAPSES),
        (TODAY + DAY, NOW),
        (TODAY + 30 * DAY, NOW),
    ],
    ids=["over", "from tomorrow", "from next month"],
)
def test_cleared_for_other_days(world: World, on: dt.date, at: dt.datetime) -> None:
    """What was cleared for other days than today is neither recorded nor an amendment."""
    world.key = LONG
    ledger = world.ledger()
    held, other = listing(1), listing(2)
    world.record(ledger, held)
    review = cleared(held, other, on=on)

    with pytest.raises(MisuseError, match="other days"):
        ledger.record(review[1:], tokens=world.tokens, at=at)
    with pytest.raises(MisuseError, match="other days"):
        ledger.amend(review[:1], tokens=world.tokens, at=at)
    assert () == ledger.live_listings_of(cs.ResidentID.parse(number(2)))
    assert 1 == world.record(ledger, other).listed


def test_one_listing_of_another_day_refuses_all(world: World) -> None:
    """Nothing is recorded if one of the listings was cleared for another day."""
    ledger = world.ledger()
    mixed = [*cleared(listing(1)), *cleared(listing(2), on=TODAY + DAY)]

    with pytest.raises(MisuseError, match="other days"):
        ledger.record(mixed, tokens=world.tokens, at=NOW)
    assert 1 == world.record(ledger, listing(1)).listed


# -- What makes a new case -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "creditor",
    ["abc网贷", "ABC 网 贷", "ＡＢＣ网贷", "ａｂｃ\u3000网\u00a0贷", "Abc  网贷"],
    ids=ascii,
)
@pytest.mark.parametrize("withdrawn", [False, True])
def test_a_creditors_spelling_makes_no_new_case(
    world: World, creditor: str, withdrawn: bool
) -> None:
    """A debt is the same however its creditor is spelt, also after its withdrawal."""
    ledger = world.ledger()
    first = listing(1, obligation=owed("ABC网贷"))
    world.record(ledger, first)
    if withdrawn:
        ledger.withdraw(end(first.id), at=NOW)
    recorded = world.record(
        ledger,
        listing(1, obligation=owed(creditor)),
        listing(1, obligation=owed("ABD网贷")),
    )

    assert (1, 1) == (recorded.listed, len(recorded.duplicates))


def test_the_end_of_a_listing_clears_its_reference(world: World) -> None:
    """A withdrawal leaves neither the reference nor the identifiers of a listing."""
    ledger = world.ledger()
    first = listing(1, reference="report.csv:2")
    world.record(ledger, first)
    before = row_of(world, first.id).reference
    ledger.withdraw(end(first.id), at=NOW)
    row = row_of(world, first.id)

    assert "report.csv:2" == before
    assert ("", None, "settled") == (row.reference, row.identifiers, row.reason)


class OwnScheme(cs.ResidentID):
    """A scheme that only this test knows."""

    __slots__ = ()
    SCHEME = "cn-own"


class SameScheme(cs.ResidentID):
    """Another class under a known scheme's name."""

    __slots__ = ()


@pytest.mark.parametrize("scheme", [OwnScheme, SameScheme])
def test_an_unknown_scheme_is_no_borrowers(scheme: type[cs.ResidentID]) -> None:
    """An identifier that no recipient could read back is refused when the borrower is made."""
    with pytest.raises(InvalidValueError, match="identifiers: of a scheme"):
        cs.Borrower.person(scheme.parse(number(1)), name="测试1")


# -- Sealing -------------------------------------------------------------------------------------


def test_new_keys_of_the_custodian_sign_anew(world: World) -> None:
    """After a change of the custodian's keys the unchanged state is signed again, once."""
    ledger, registry = world.ledger(), world.registry()
    world.record(ledger, listing(1))
    old, _ = world.seal(ledger, "0001.csb")
    world.apply(registry, old)
    world.custodian = cs.Agency.generate("custodian")
    delta, sealed = world.seal(ledger, "0002.csb", since=1)
    _, again = world.seal(ledger, "0003.csb")

    assert (2, 0) == (sealed.checkpoint.sequence, sealed.events)
    assert sealed.checkpoint == again.checkpoint
    with pytest.raises(SignatureError):
        world.apply(world.registry("other"), old)
    assert 1 == world.apply(registry, delta).live
    assert [MATCH] == outcomes(world, registry, 1, roster=world.roster())


def test_deliveries(world: World) -> None:
    """A ledger tells which bundle went to whom, from where and when, oldest first."""
    ledger = world.ledger()
    none = ledger.deliveries()
    world.record(ledger, listing(1))
    world.seal(ledger, "0001.csb")
    world.seal(ledger, "again.csb", to=[world.insurer.public], at=NOW + HOUR)
    world.record(ledger, listing(2))
    world.seal(ledger, "0002.csb", to=[world.lender.public], at=NOW + HOUR, since=1)

    assert () == none
    assert (
        Delivered(1, 1, None, ("lender", "insurer"), NOW),
        Delivered(1, 1, None, ("insurer",), NOW + HOUR),
        Delivered(1, 2, 1, ("lender",), NOW + HOUR),
    ) == ledger.deliveries()
    assert ledger.deliveries() == world.ledger().deliveries()


@pytest.mark.parametrize(
    "signer", ["lender", "bank", "platform", "stranger", "impostor", "licence over"]
)
def test_an_agency_that_may_not_issue_uses_up_no_number(world: World, signer: str) -> None:
    """Given the roster, an agency that recipients would refuse is refused before anything is."""
    ledger = world.ledger()
    world.record(ledger, listing(1))
    path = world.folder / "0001.csb"
    roster = world.roster()
    by = {
        "lender": world.lender,
        "bank": world.bank,
        "impostor": cs.Agency.generate("custodian"),
        "licence over": world.custodian,
    }.get(signer) or cs.Agency.generate(signer)
    if signer == "licence over":
        roster = changed(world, "custodian", licence=OVER)

    with pytest.raises(UnauthorisedIssuerError):
        ledger.seal(path, by=by, to=world.recipients, at=NOW, roster=roster)
    assert not path.exists()
    assert (None, ()) == (ledger.last_checkpoint(), ledger.deliveries())

    sealed = ledger.seal(
        path, by=world.custodian, to=world.recipients, at=NOW, roster=world.roster()
    )
    assert 1 == sealed.checkpoint.sequence


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"expires": NOW - DAY / 2}, RosterError),
        ({"entries": "other generation"}, UnauthorisedIssuerError),
    ],
    ids=["expired", "another generation"],
)
def test_sealing_with_a_roster_that_recipients_would_not_accept(
    world: World, change: dict[str, Any], error: type[Exception]
) -> None:
    """With a roster, sealing refuses what recipients would refuse, and signs no checkpoint."""
    ledger = world.ledger()
    world.record(ledger, listing(1))
    if "entries" in change:
        platform = attrs.evolve(world.roster().entry("platform"), generation=2)
        change = {"entries": world.roster(platform=platform).entries}
    roster = attrs.evolve(world.roster(), **change)
    with pytest.raises(error):
        ledger.seal(
            world.folder / "0001.csb",
            by=world.custodian,
            to=world.recipients,
            at=NOW,
            roster=roster,
        )

    assert ledger.last_checkpoint() is None


def test_a_hit_in_a_log_of_an_earlier_generation_needs_review(world: World) -> None:
    """Once the steward has raised a log's generation, its earlier listings are no match."""
    ledger, registry = world.ledger(), world.registry()
    world.record(ledger, listing(1))
    world.apply(registry, world.seal(ledger, "0001.csb")[0])
    platform = attrs.evolve(world.roster().entry("platform"), generation=2)
    (answer,) = world.screen(registry, applicant(1), roster=world.roster(platform=platform))

    assert cs.Outcome.NEEDS_REVIEW is answer.outcome
    assert (ReviewReason.ISSUER_UNAUTHORISED,) == answer.reviews[0].reasons


def test_recipients_whose_keys_are_not_the_rosters(world: World) -> None:
    """With a roster, nothing is sealed to a stranger, or to other keys under a member's name."""
    ledger = world.ledger()
    world.record(ledger, listing(1))
    path = world.folder / "0001.csb"
    for stranger in (cs.Agency.generate("lender"), cs.Agency.generate("stranger")):
        with pytest.raises(RosterError):
            ledger.seal(
                path, by=world.custodian, to=[stranger.public], at=NOW, roster=world.roster()
            )

    assert not path.exists()


def test_an_issuer_whose_keys_were_replaced(world: World) -> None:
    """Once the roster holds other keys of an issuer, what the old ones signed is no match."""
    ledger, registry = world.ledger(), world.registry()
    world.record(ledger, listing(1))
    world.apply(registry, world.seal(ledger, "0001.csb")[0])
    keys = cs.Agency.generate("custodian").public.keys
    custodian = attrs.evolve(world.roster().entry("custodian"), keys=keys)
    roster = world.roster(custodian=custodian)

    assert [REVIEW, STALE] == outcomes(world, registry, 1, 2, roster=roster)


def test_a_disputed_listing_that_lapsed_is_not_listed_again(world: World) -> None:
    """A suspension cannot be shaken off by letting the listing lapse and recording it anew."""
    world.key = LONG
    ledger, first = world.ledger(), listing(1)
    world.record(ledger, first)
    ledger.suspend(first.id, until=TODAY + 390 * DAY, on=TODAY, at=NOW)
    world.seal(ledger, "0001.csb", at=LAPSES)

    assert ListingStatus.WITHDRAWN is ledger.status(first.id, LAPSES)
    assert 0 == world.record(ledger, listing(1), at=LAPSES).listed


def test_a_log_is_not_renewed_under_another_key_of_the_same_name(world: World) -> None:
    """Beginning a log anew keeps to the exchange's token key."""
    ledger = world.ledger()
    world.record(ledger, listing(1))
    other = cs.TokenKeyring([cs.TokenKey.generate(EPOCH)])

    with pytest.raises(WrongTokenKeyError):
        ledger.renew(2, tokens=other, at=NOW)


def test_the_waiting_time_ends_in_utc(world: World) -> None:
    """A listing cleared for tomorrow is not recorded today, wherever tomorrow has begun."""
    at = NOW.replace(hour=10, minute=30)
    tomorrow = TODAY + DAY
    draft = listing(
        1,
        notice=cs.Notice(tomorrow - 16 * DAY, cs.model.ServiceMethod.POST, "Object."),
        decision=decided(tomorrow),
    )

    with pytest.raises(MisuseError):
        world.ledger().record(cleared(draft, on=tomorrow), tokens=world.tokens, at=at)
