"""Attacks by who issues: without authority, under other token keys, with copied or broken records.

A row of a table names the row of the threat table it belongs to, what the attacker does, and the
error it must end in; the registry then holds, byte for byte, what it held before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import attrs
import msgpack
import pytest

import creditshare as cs
from attacks import PUBLIC, Attack, Row, believing, ending_in, next_delta, rows, stating
from creditshare.bundle import Event, EventType
from creditshare.crypto.keys import PublicKeys
from creditshare.crypto.signing import SIGNATURE_SIZE, sign
from creditshare.errors import (
    ExpiredEpochError,
    ForkError,
    InvalidValueError,
    KeyMaterialError,
    MalformedError,
    MisuseError,
    RollbackError,
    RosterError,
    UnauthorisedIssuerError,
    UnknownEpochError,
    WrongTokenKeyError,
)
from creditshare.screening import Outcome, ReviewReason
from creditshare.stores.ledger import LedgerStore
from creditshare.stores.registry import RegistryStore
from simulator import YEAR, Draft, Scene, Simulator
from world import DAY, EPOCH, LICENCE, NOW, TODAY, World, applicant, listing, number

NEXT_EPOCH = cs.Epoch("2027H1", NOW - DAY, NOW + YEAR, replaces=EPOCH.name)

# -- Who may issue ----------------------------------------------------------------------------


def licence(start: dt.date, end: dt.date | None = None) -> cs.roster.Licence:
    return cs.roster.Licence("L-2020-2", start, end)


def dated_yesterday(scene: Scene) -> Draft:
    scene.believe(bank=scene.bank(licence=licence(TODAY)))
    scene.sim.at = NOW - DAY
    return next_delta(scene)


def seen_after_revocation(scene: Scene) -> Draft:
    scene.believe(bank=scene.bank(licence=licence(TODAY - YEAR, TODAY + DAY)))
    scene.at = NOW + 2 * DAY
    return next_delta(scene)


def not_in_the_roster(scene: Scene) -> Draft:
    entries = [entry for entry in scene.roster.entries if entry.origin != "bank"]
    scene.roster = attrs.evolve(scene.roster, entries=entries)
    return next_delta(scene)


def custodian(scene: Scene, **changes: Any) -> Draft:
    """The custodian speaks for the platform, under a roster with the platform's entry changed."""
    platform = attrs.evolve(scene.roster.entry("platform"), **changes)
    scene.believe(platform=platform)
    world = scene.world
    sim = Simulator(world.custodian, world.key, world.recipients, origin="platform")
    sim.lists(1)
    return sim.draft()


def platform_itself(scene: Scene) -> Draft:
    agency = cs.Agency.generate("platform")
    draft = custodian(scene, keys=agency.keys.public)
    return attrs.evolve(draft, keys=agency.keys).stating(issuer="platform")


def custodian_of_its_own_log(scene: Scene) -> Draft:
    world = scene.world
    sim = Simulator(world.custodian, world.key, world.recipients, origin="custodian")
    sim.lists(1)
    return sim.draft()


AUTHORITY: list[Row] = [
    *ending_in(
        UnauthorisedIssuerError,
        {
            "no licence: none at all": believing(licence=None),
            "no licence: over on receipt": believing(licence=licence(TODAY - YEAR, TODAY - DAY)),
            "no licence: not begun": believing(licence=licence(TODAY + DAY)),
            "no licence: not yet when issued": dated_yesterday,
            "no licence: first seen after revocation": seen_after_revocation,
            "no licence: no issuing role": believing(roles=[cs.Role.LENDER]),
            "no licence: not in the roster": not_in_the_roster,
            "no licence: no keys": believing(keys=None),
            "no licence: an issuer nobody knows": stating(issuer="nobody"),
            "no licence: a lender as issuer": stating(issuer="lender"),
            "outside its custody: a custodian for a bank in business": stating(issuer="custodian"),
            "outside its custody: a bank for the platform": stating(origin="platform"),
            "outside its custody: custody is over": lambda scene: custodian(
                scene, custody=licence(TODAY - YEAR, TODAY - DAY)
            ),
            "outside its custody: custody has not begun": lambda scene: custodian(
                scene, custody=licence(TODAY + DAY)
            ),
            "outside its custody: another custodian": lambda scene: custodian(
                scene, custodian="bank"
            ),
            "outside its custody: nobody's custody": lambda scene: custodian(
                scene, custodian=None, custody=None
            ),
            "outside its custody: the institution itself": platform_itself,
            "outside its custody: a custodian's own log": custodian_of_its_own_log,
        },
    )
]


# -- Token epochs -----------------------------------------------------------------------------


def another_key(scene: Scene) -> Draft:
    scene.tokens = cs.TokenKeyring([cs.TokenKey.generate(EPOCH)])
    return next_delta(scene)


def no_key(scene: Scene) -> Draft:
    scene.tokens = cs.TokenKeyring()
    return next_delta(scene)


def epoch_over(scene: Scene) -> Draft:
    over = attrs.evolve(EPOCH, ends=NOW)
    scene.tokens = cs.TokenKeyring([cs.TokenKey(over, scene.world.key.master)])
    return next_delta(scene)


def move(scene: Scene, epoch: cs.Epoch = NEXT_EPOCH) -> None:
    """The issuer moves to a new epoch; the recipient holds both keys, or the new of one name."""
    scene.sim.key = cs.TokenKey.generate(epoch)
    kept = [] if epoch == EPOCH else [scene.world.key]
    scene.tokens = cs.TokenKeyring([*kept, scene.sim.key])


def delta_under_a_new_epoch(scene: Scene) -> Draft:
    move(scene)
    for serial in (1, 3):
        scene.sim.states(EventType.RETOKEN, listing(serial, id=scene.ids[serial]), serial)
    return scene.sim.draft(since=scene.sim.last)


def one_not_retokenised(scene: Scene) -> Draft:
    move(scene)
    scene.sim.states(EventType.RETOKEN, listing(1, id=scene.ids[1]), 1)
    return scene.sim.draft()


def new_key_under_the_old_name(scene: Scene) -> Draft:
    move(scene, EPOCH)
    return next_delta(scene)


def new_key_under_the_old_name_in_full(scene: Scene) -> Draft:
    move(scene, EPOCH)
    scene.sim.lists(4)
    return scene.sim.draft()


EPOCHS: list[Row] = [
    *ending_in(
        WrongTokenKeyError,
        {
            "wrong token key: another under that name": another_key,
            "wrong token key: another check": stating(token_check=bytes(16)),
            "wrong token key: another form": stating(canonical_form=2),
        },
    ),
    *ending_in(
        UnknownEpochError,
        {
            "wrong token key: none": no_key,
            "wrong token key: an epoch nobody knows": stating(epoch="2099H1"),
        },
    ),
    *ending_in(ExpiredEpochError, {"wrong token key: an epoch that is over": epoch_over}),
    *ending_in(
        MalformedError,
        {
            "change of epoch: by a delta": delta_under_a_new_epoch,
            "change of epoch: one listing left behind": one_not_retokenised,
            "change of key: by a delta": new_key_under_the_old_name,
            "change of key: in full": new_key_under_the_old_name_in_full,
        },
    ),
]


@pytest.mark.parametrize(
    ("tokens", "error"),
    [
        pytest.param(lambda _: [cs.TokenKey.generate(EPOCH)], WrongTokenKeyError, id="another"),
        pytest.param(lambda _: [], UnknownEpochError, id="none"),
        pytest.param(
            lambda key: [cs.TokenKey(attrs.evolve(EPOCH, ends=NOW), key.master)],
            ExpiredEpochError,
            id="over",
        ),
    ],
)
def test_screening_without_the_right_key_answers_nobody(
    scene: Scene,
    tokens: Callable[[cs.TokenKey], list[cs.TokenKey]],
    error: type[cs.CreditshareError],
) -> None:
    """Screening with a wrong, missing or expired key raises before anybody is called clear."""
    keyring = cs.TokenKeyring(tokens(scene.world.key))
    with pytest.raises(error):
        scene.screen(applicant(9), tokens=keyring)


# -- Keys and rosters -------------------------------------------------------------------------

P = 2**255 - 19
BAD_KEYS: list[tuple[str, bytes]] = [
    ("Ed25519 of order 1", (1).to_bytes(32, "little") + PUBLIC[32:]),
    ("Ed25519 of order 2", (P - 1).to_bytes(32, "little") + PUBLIC[32:]),
    ("Ed25519 of order 4", bytes(32) + PUBLIC[32:]),
    (
        "Ed25519 of order 8",
        bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")
        + PUBLIC[32:],
    ),
    ("Ed25519 not canonical", (P + 3).to_bytes(32, "little") + PUBLIC[32:]),
    ("X25519 of order 1", PUBLIC[:-32] + bytes(32)),
    ("X25519 of order 4", PUBLIC[:-32] + (1).to_bytes(32, "little")),
    ("X25519 not canonical", PUBLIC[:-32] + (P + 9).to_bytes(32, "little")),
    ("X25519 with the spare bit", PUBLIC[:-1] + bytes([PUBLIC[-1] | 0x80])),
    ("ML-KEM not reduced", PUBLIC[:1984] + b"\xff" * 1152 + PUBLIC[3136:]),
    ("one byte short", PUBLIC[:-1]),
    ("nothing", b""),
]


@pytest.mark.parametrize(("what", "raw"), BAD_KEYS, ids=[what for what, _ in BAD_KEYS])
def test_bad_public_keys_never_enter_a_roster(world: World, what: str, raw: bytes) -> None:
    """Low-order and non-canonical keys are refused alone, and in a roster the steward signed."""
    entries = [cs.roster.RosterEntry("bank", PublicKeys(PUBLIC), [cs.Role.ISSUER], LICENCE)]
    magic = b"CSROSTER1\n"
    signed = cs.Roster("exchange", 1, NOW, NOW + DAY, entries).sign(world.steward)
    true = signed[len(magic) + SIGNATURE_SIZE :]
    bad = true.replace(
        b"\xc5" + len(PUBLIC).to_bytes(2, "big") + PUBLIC, bytes(msgpack.packb(raw)), 1
    )
    document = magic + sign("creditshare/roster/1", bad, world.steward.keys) + bad
    with pytest.raises(KeyMaterialError):
        PublicKeys(raw)
    with pytest.raises(RosterError):
        cs.Roster.open(document, steward=world.steward.keys.public, at=NOW)

    assert bad != true
    assert 1 == cs.Roster.open(signed, steward=world.steward.keys.public, at=NOW).version


def test_two_entries_never_share_keys(world: World) -> None:
    """A roster in which two origins have the same keys cannot be made."""
    copied = attrs.evolve(world.roster().entry("bank"), keys=world.lender.keys.public)
    with pytest.raises(InvalidValueError):
        world.roster(bank=copied)


def test_the_same_recipient_is_never_counted_twice(world: World) -> None:
    """Sealing to the same keys under two names is refused."""
    ledger = world.ledger()
    world.record(ledger, listing(1))
    alias = cs.PublicAgency("alias", world.lender.keys.public)
    with pytest.raises(MisuseError):
        world.seal(ledger, "x.csb", to=[world.lender.public, alias])

    assert not (world.folder / "x.csb").exists()


# -- Copied and broken records ----------------------------------------------------------------


@pytest.fixture
def thief(scene: Scene) -> Simulator:
    """The custodian, with the bank's first event, record, tag and wrap in the platform's log."""
    world = scene.world
    sim = Simulator(world.custodian, world.key, world.recipients, origin="platform")
    sim.copies(Event.from_bytes(scene.sim.events[0]), scene.sim.records[0])
    return sim


def test_a_copied_event_corroborates_nothing(scene: Scene, thief: Simulator) -> None:
    """A listing copied by another issuer is a case for review, and no match beside the true one."""
    scene.receive(thief.draft())
    (answer,) = scene.screen(applicant(1))
    (review,) = answer.reviews

    assert ["bank"] == [match.origin for match in answer.matches]
    assert ("platform", (ReviewReason.RECORD_UNOPENED, ReviewReason.NO_SECOND_FACTOR)) == (
        review.origin,
        review.reasons,
    )
    assert [("platform", "unopened record")] == [row[:2] for row in scene.registry.evidence()]


def test_a_copied_event_alone_is_no_match(scene: Scene, thief: Simulator) -> None:
    """A copied listing without its original needs review, and its event is kept as evidence."""
    with RegistryStore(scene.world.folder / "other.db") as store:
        other = attrs.evolve(scene, store=store)
        other.receive(thief.draft())
        (answer,) = other.screen(applicant(1))
        ((origin, _, noted, body),) = other.registry.evidence()

    assert (Outcome.NEEDS_REVIEW, ()) == (answer.outcome, answer.matches)
    assert answer.reviews[0].listing is None
    assert ("platform", NOW) == (origin, noted)
    assert scene.sim.events[0] == body


def wrap_changed(scene: Scene) -> Draft:
    scene.sim.lists(4)
    record = scene.sim.records[4]
    scene.sim.records[4] = attrs.evolve(record, rows=record.rows[:16] + bytes(32))
    return scene.sim.draft(since=scene.sim.last)


def locked_for_another_origin(scene: Scene) -> Draft:
    scene.sim.states(EventType.LIST, listing(4), 4, origin="platform")
    return scene.sim.draft(since=scene.sim.last)


def not_a_listing(scene: Scene) -> Draft:
    scene.sim.states(EventType.LIST, listing(5), 5)
    event, record = Event.from_bytes(scene.sim.events.pop()), scene.sim.records.pop(4)
    foreign = attrs.evolve(record, rows=scene.world.key.evaluate(
        [cs.ResidentID.parse(number(4))])[0].tag + record.rows[16:])  # fmt: skip
    scene.sim.copies(attrs.evolve(event, digest=foreign.digest), foreign)
    return scene.sim.draft(since=scene.sim.last)


@pytest.mark.parametrize("attack", [wrap_changed, locked_for_another_origin, not_a_listing])
def test_a_record_that_does_not_open_is_never_clear(
    scene: Scene, attack: Callable[[Scene], Draft]
) -> None:
    """A hit whose record does not open needs review, hides no other hit and is kept as evidence."""
    scene.receive(attack(scene))
    both = applicant(4, identifiers=[cs.ResidentID.parse(number(n)) for n in (4, 1)], name="测试1")
    alone, together = scene.screen(applicant(4), both)

    assert Outcome.NEEDS_REVIEW is alone.outcome
    assert ReviewReason.RECORD_UNOPENED in alone.reviews[0].reasons
    assert Outcome.MATCH is together.outcome
    assert {"bank"} == {row[0] for row in scene.registry.evidence()}


# -- Recovery ---------------------------------------------------------------------------------


def test_recovery_from_a_fast_forward(scene: Scene) -> None:
    """After a jump to sequence 2^53 a generation of the roster's begins anew; withdrawals stay."""
    jumped = scene.sim.draft(sequence=2**53)
    assert 2**53 - 3 == scene.receive(jumped).skipped
    assert RollbackError is scene.refusal(scene.sim.draft(sequence=4))
    scene.believe(bank=scene.bank(generation=2))
    sim = Simulator(scene.world.bank, scene.world.key, scene.world.recipients, generation=2)
    sim.lists(7)

    applied = scene.receive(sim.draft())
    outcomes = [answer.outcome for answer in scene.screen(applicant(1), applicant(7))]
    sim.states(EventType.LIST, listing(2, id=scene.ids[2]), 2)

    assert (1, 1, 0) == (applied.live, applied.withdrawn, applied.skipped)
    assert [Outcome.CLEAR, Outcome.MATCH] == outcomes
    assert MalformedError is scene.refusal(sim.draft(since=sim.last))


def test_an_issuer_restored_from_a_backup_is_evident(world: World) -> None:
    """An issuer that signs a second past is found out, and begins anew by a generation."""
    original, copy = world.folder / "ledger.db", world.folder / "copy.db"
    with LedgerStore(original) as store:
        ledger = cs.Ledger(store, origin="platform")
        world.record(ledger, listing(1))
        first, _ = world.seal(ledger, "1.csb")
    copy.write_bytes(original.read_bytes())
    paths = []
    for path, serial in ((original, 2), (copy, 3)):
        with LedgerStore(path) as store:
            ledger = cs.Ledger(store, origin="platform")
            world.record(ledger, listing(serial))
            paths.append(world.seal(ledger, f"{path.stem}.csb", since=1)[0])
    with LedgerStore(world.folder / "anew.db") as store:
        ledger = cs.Ledger(store, origin="platform", generation=2)
        world.record(ledger, listing(1), listing(2), listing(3))
        anew, _ = world.seal(ledger, "anew.csb")
    entry = attrs.evolve(world.roster().entry("platform"), generation=2)
    with RegistryStore(world.folder / "registry.db") as held:
        registry = cs.Registry(held)
        world.apply(registry, first)
        world.apply(registry, paths[0])
        with pytest.raises(ForkError):
            world.apply(registry, paths[1])
        applied = world.apply(registry, anew, roster=world.roster(platform=entry))
        evidence = len(registry.evidence())

    assert (3, 1) == (applied.live, evidence)


# -- A roster that is not in force --------------------------------------------------------------


@pytest.mark.parametrize("at", [NOW - 2 * DAY, NOW + 365 * DAY])
def test_a_roster_that_is_not_in_force_authorises_nobody(scene: Scene, at: dt.datetime) -> None:
    """Under a roster that has expired, or comes from the future, nothing is received."""
    world = scene.world
    path, tokens = next_delta(scene).write(world.folder / "x.csb"), world.folder / "tokens"
    cs.seal_token_key(tokens, world.key, by=world.steward, to=world.recipients)

    with pytest.raises(RosterError):
        cs.open_bundle(path, by=scene.reader, roster=scene.roster, at=at)
    with pytest.raises(RosterError):
        cs.receive_token_key(tokens, by=scene.reader, roster=scene.roster, at=at)


# -- All of them ----------------------------------------------------------------------------------


@rows(AUTHORITY, EPOCHS)
def test_an_attack_ends_in_our_error_and_changes_nothing(
    scene: Scene, what: str, error: type[cs.CreditshareError], attack: Attack
) -> None:
    """The attack ends in the error its row names, and the registry holds what it held before."""
    draft = attack(scene)
    before = scene.content

    assert error is scene.refusal(draft)
    assert before == scene.content
