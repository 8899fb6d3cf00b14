"""Attacks on what was said before: order, second histories, time, the log and its records.

A row of a table names the row of the threat table it belongs to, what the attacker does, and the
error it must end in; the registry then holds, byte for byte, what it held before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import attrs
import pytest

import creditshare as cs
from attacks import Attack, Row, believing, ending_in, next_delta, recording, rows, stating
from creditshare.bundle import EventType
from creditshare.clock import unix
from creditshare.errors import (
    BundleError,
    ExpiredError,
    ForkError,
    MalformedError,
    RollbackError,
    SequenceGapError,
    UnauthorisedIssuerError,
)
from creditshare.screening import Outcome, ReviewReason
from creditshare.stores.registry import RegistryStore
from creditshare.wire import frame
from simulator import Draft, Record, Scene, Simulator, bytes_of, read_sealed, statements
from world import DAY, NOW, applicant, listing

SECOND = dt.timedelta(seconds=1)
UNKNOWN = b"\x55" * 16


def test_what_nobody_attacked_applies(scene: Scene) -> None:
    """The simulator's bundle is accepted as long as it breaks no rule."""
    applied = scene.receive(next_delta(scene))

    assert (3, 3, 1, 0) == (
        applied.checkpoint.sequence,
        applied.live,
        applied.withdrawn,
        applied.skipped,
    )


# -- Order: rollback, gaps, forks -------------------------------------------------------------


def again_the_first(scene: Scene) -> Draft:
    first = Simulator(scene.world.bank, scene.world.key, scene.world.recipients)
    first.lists(1)
    return first.draft(since=None)


def delta_from(scene: Scene, **changes: Any) -> Draft:
    draft = next_delta(scene)
    return attrs.evolve(draft, base=attrs.evolve(draft.base, **changes))


def delta_from_the_first(scene: Scene) -> Draft:
    scene.sim.lists(4)
    return scene.sim.draft(since=scene.sim.said[0])


def delta_from_a_smaller_base(scene: Scene) -> Draft:
    draft = delta_from(scene, size=scene.sim.last.size - 1)
    return attrs.evolve(draft, events=(scene.sim.events[3], *draft.events))


def delta_from_the_future(scene: Scene) -> Draft:
    for serial in (4, 5):
        scene.sim.lists(serial)
        scene.sim.draft()
    scene.sim.lists(6)
    return scene.sim.draft(since=scene.sim.last)


def delta_of_a_new_generation(scene: Scene) -> Draft:
    scene.believe(bank=scene.bank(generation=2))
    return next_delta(scene, generation=2)


def an_old_roster(scene: Scene) -> Draft:
    old, twin = scene.roster, scene.sim.fork()
    scene.believe(bank=scene.bank(generation=2))
    scene.receive(scene.sim.draft(generation=2, sequence=1, previous=bytes(32)))
    scene.roster = old
    return next_delta(attrs.evolve(scene, sim=twin))


ORDER: list[Row] = [
    *ending_in(
        RollbackError,
        {
            "rollback: lower sequence": again_the_first,
            "rollback: lower sequence, new events": stating(sequence=1),
            "rollback: delta on an older base": delta_from_the_first,
            "rollback: a lower generation by an old roster": an_old_roster,
            "backdated: issued before the last checkpoint": stating(issued=unix(NOW) - 1),
        },
    ),
    *ending_in(
        ForkError,
        {
            "rollback: same sequence, other root": stating(sequence=2),
            "rollback: delta on another checkpoint of that number": lambda scene: delta_from(
                scene, digest=bytes(32)
            ),
        },
    ),
    *ending_in(
        MalformedError,
        {
            "rollback: delta on a base of another size": delta_from_a_smaller_base,
            "sequence: zero": stating(sequence=0),
            "sequence: 2^63": stating(sequence=2**63),
            "generation: zero": stating(generation=0),
        },
    ),
    *ending_in(
        SequenceGapError,
        {
            "gap: delta from a state not held": delta_from_the_future,
            "gap: delta of a new generation": delta_of_a_new_generation,
        },
    ),
    *ending_in(
        UnauthorisedIssuerError,
        {
            "generation: not the roster's": stating(generation=2),
            "generation: the roster's is newer": believing(generation=2),
        },
    ),
]


@pytest.mark.parametrize("first", [False, True])
def test_a_gap_says_what_is_held_and_what_is_needed(scene: Scene, first: bool) -> None:
    """A delta that does not continue what is held says from where it starts."""
    draft = delta_from_the_future(scene)
    with RegistryStore(scene.world.folder / "empty.db") as empty:
        receiver = attrs.evolve(scene, store=empty) if first else scene
        with pytest.raises(SequenceGapError) as caught:
            receiver.receive(draft)

    assert (0 if first else 2, 4) == (caught.value.held, caught.value.needed)


# -- Two histories ----------------------------------------------------------------------------


def same_size_other_root(scene: Scene) -> Draft:
    scene.sim.events[-1] = scene.sim.events[-1][:-36] + b"\x01" + scene.sim.events[-1][-35:]
    return scene.sim.draft()


def shorter_log(scene: Scene) -> Draft:
    scene.sim.events.pop()
    return scene.sim.draft(live=3)


def other_past(scene: Scene) -> Draft:
    twin = Simulator(scene.world.bank, scene.world.key, scene.world.recipients)
    for serial in range(1, 9):
        twin.lists(serial)
    return twin.draft(sequence=7)


def other_predecessor(scene: Scene) -> Draft:
    return next_delta(scene, previous=bytes(32))


def other_second(scene: Scene) -> Draft:
    twin = scene.sim.fork()
    twin.said.pop()
    twin.at += SECOND
    return twin.draft(since=twin.last)


def other_sections(scene: Scene) -> Draft:
    draft = scene.sim.delivers(scene.sim.last, since=scene.sim.said[0])
    return attrs.evolve(draft, records=(draft.records[0][:-1] + b"\x00",))


FORKS: list[Row] = [
    *ending_in(
        ForkError,
        {
            "split view: same size, other root": same_size_other_root,
            "split view: the log shrank": shorter_log,
            "split view: longer log, other past": other_past,
            "split view: another predecessor": other_predecessor,
            "split view: one state signed twice in one number": other_second,
            "split view: one checkpoint, other sections": other_sections,
        },
    )
]


@rows(FORKS)
def test_both_sides_of_a_fork_are_kept(
    scene: Scene, what: str, error: type[BundleError], attack: Attack
) -> None:
    """After a fork, tried once or twice, the registry keeps what was signed on both sides, once."""
    held = scene.store.issuer("bank")
    draft = attack(scene)
    assert isinstance(draft, Draft)
    assert held is not None
    path = draft.write(scene.world.folder / "fork.csb")
    assert [error, error] == [scene.refusal(path), scene.refusal(path)]
    ((origin, kind, noted, body),) = scene.registry.evidence()
    before = held.checkpoint, held.signature, held.delivery, held.delivery_signature

    assert ("bank", "fork:", NOW) == (origin, kind[:5], noted)
    assert b"".join(map(frame, (*before, *statements(path, scene.reader)))) == body


def test_two_deliveries_of_one_checkpoint_are_kept(scene: Scene) -> None:
    """When one checkpoint came with different sections, both signed deliveries are kept."""
    held = scene.store.issuer("bank")
    draft = other_sections(scene)
    path = draft.write(scene.world.folder / "other.csb")
    assert ForkError is scene.refusal(path)
    delivery = draft.statement(read_sealed(path, scene.reader)[0].digest)
    (evidence,) = scene.registry.evidence()

    assert held is not None
    assert frame(held.delivery) in evidence[3]
    assert frame(delivery.to_bytes()) in evidence[3]


def test_a_full_and_a_delta_of_one_checkpoint_are_no_fork(scene: Scene) -> None:
    """The held checkpoint delivered in full after a delta is held already, and nothing is kept."""
    before = scene.content
    applied = scene.receive(scene.sim.delivers(scene.sim.last))

    assert applied.already_held
    assert before == scene.content
    assert () == scene.registry.evidence()


# -- Time -------------------------------------------------------------------------------------

TIME: list[Row] = [
    *ending_in(
        ExpiredError,
        {
            "freeze: an expired checkpoint": stating(issued=unix(NOW - 2 * DAY), expires=unix(NOW)),
            "time: issued in the future": stating(issued=unix(NOW) + 301, expires=unix(NOW + DAY)),
            "time: lives too long": stating(expires=unix(NOW + 93 * DAY) + 1),
        },
    ),
    *ending_in(
        MalformedError,
        {
            "time: expires before it is issued": stating(expires=unix(NOW)),
            "time: expires in the year 4147": stating(expires=2**36),
            "time: issued in 1970": stating(issued=0),
        },
    ),
]


def test_a_frozen_registry_is_stale(scene: Scene) -> None:
    """Past the checkpoint's expiry nobody is clear, and a hit is for review, with its age."""
    later = NOW + 31 * DAY
    listed, other = scene.screen(applicant(1), applicant(9), at=later)
    (review,) = listed.reviews

    assert (Outcome.NEEDS_REVIEW, Outcome.STALE) == (listed.outcome, other.outcome)
    assert (ReviewReason.STALE_REGISTRY,) == review.reasons
    assert (DAY, DAY) == (review.age, other.stale[0].age)


def test_the_last_second_of_a_checkpoint(scene: Scene) -> None:
    """A checkpoint vouches until the second before it expires."""
    end = NOW + 30 * DAY
    answers = [scene.screen(applicant(9), at=at)[0].outcome for at in (end - SECOND, end)]

    assert [Outcome.CLEAR, Outcome.STALE] == answers


# -- The log ----------------------------------------------------------------------------------


def touching(event_type: EventType, which: str) -> Attack:
    """An event about a listing that is not live."""

    def attack(scene: Scene) -> Draft:
        listing_id = UNKNOWN if which == "unknown" else scene.ids[2]
        if event_type.has_payload:
            scene.sim.states(event_type, listing(2, id=listing_id), 2)
        else:
            scene.sim.marks(event_type, listing_id)
        return scene.sim.draft(since=scene.sim.last)

    return attack


def logging(*events: bytes | Callable[[Scene], bytes]) -> Attack:
    """A delta of marks as they stand here."""

    def attack(scene: Scene) -> Draft:
        for event in events:
            scene.sim.events.append(event if isinstance(event, bytes) else event(scene))
        return scene.sim.draft(since=scene.sim.last)

    return attack


def mark(index: int = 4, kind: int = 3, day: int = 20000, digest: int = 0) -> Callable[..., bytes]:
    """The bytes of a mark of listing 1."""
    return lambda scene: b"".join(
        (
            index.to_bytes(8, "big"),
            bytes([kind]),
            scene.ids[1],
            day.to_bytes(4, "big"),
            digest.to_bytes(32, "big"),
        )
    )


def listed_again(scene: Scene) -> Draft:
    scene.sim.states(EventType.LIST, listing(1, id=scene.ids[1]), 1)
    return scene.sim.draft(since=scene.sim.last)


def listed_twice_at_once(scene: Scene) -> Draft:
    case = listing(4)
    for _ in range(2):
        scene.sim.states(EventType.LIST, case, 4)
    return scene.sim.draft(since=scene.sim.last)


def listed_withdrawn_listed(scene: Scene) -> Draft:
    case = listing(4)
    scene.sim.states(EventType.LIST, case, 4)
    scene.sim.withdraws(case.id)
    scene.sim.states(EventType.LIST, case, 4)
    return scene.sim.draft(since=scene.sim.last)


def events_reordered(scene: Scene) -> Draft:
    scene.sim.lists(4)
    scene.sim.lists(5)
    scene.sim.events[4], scene.sim.events[5] = scene.sim.events[5], scene.sim.events[4]
    return scene.sim.draft(since=scene.sim.last)


def withdrawal_not_sent(scene: Scene) -> Draft:
    scene.sim.withdraws(scene.ids[1])
    draft = scene.sim.draft(since=scene.sim.last, live=2)
    return attrs.evolve(draft, events=(mark()(scene),))


def withdrawal_not_counted(scene: Scene) -> Draft:
    scene.sim.withdraws(scene.ids[1])
    return scene.sim.draft(since=scene.sim.last, live=2)


def withdrawal_never_said(scene: Scene) -> Draft:
    twin = Simulator(scene.world.bank, scene.world.key, scene.world.recipients)
    twin.events, twin.records = scene.sim.events[:3], dict(scene.sim.records)
    twin.live = {scene.ids[serial]: serial - 1 for serial in (1, 2, 3)}
    twin.lists(4)
    return twin.draft(sequence=4)


def new_generation_lists_again(scene: Scene) -> Draft:
    scene.believe(bank=scene.bank(generation=2))
    world = scene.world
    sim = Simulator(world.bank, world.key, world.recipients, generation=2)
    sim.states(EventType.LIST, listing(2, id=scene.ids[2]), 2)
    return sim.draft()


MARKS = [kind for kind in EventType if not kind.has_payload]
LOG: list[Row] = [
    *(
        (f"log: {kind.name} of an {which} listing", MalformedError, touching(kind, which))
        for kind in EventType
        for which in ("unknown", "ended")
        if (kind, which) not in {(EventType.LIST, "unknown"), (EventType.LIST, "ended")}
    ),
    *(
        (f"log: unknown type {kind}", MalformedError, logging(mark(kind=kind)))
        for kind in (0, 10, 255)
    ),
    *(
        (f"log: {kind.name} with a digest", MalformedError, logging(mark(kind=kind, digest=1)))
        for kind in MARKS
    ),
    *(
        (f"log: {kind.name} without a digest", MalformedError, logging(mark(kind=kind)))
        for kind in EventType
        if kind.has_payload
    ),
    *ending_in(
        MalformedError,
        {
            "withdrawn record sent again: in the same log": touching(EventType.LIST, "ended"),
            "withdrawn record sent again: in a new generation": new_generation_lists_again,
            "withdrawn record sent again: at once": listed_withdrawn_listed,
            "hidden withdrawal: live count too high": stating(live=4),
            "hidden withdrawal: live count too low": stating(live=2),
            "hidden withdrawal: another root": stating(root=bytes(32)),
            "hidden withdrawal: a mark in its place": withdrawal_not_sent,
            "hidden withdrawal: a withdrawal not counted": withdrawal_not_counted,
            "log: a live listing listed again": listed_again,
            "log: one listing listed twice": listed_twice_at_once,
            "log: one listing withdrawn twice": logging(mark(4, 6), mark(5, 6)),
            "log: a withdrawal called void afterwards": logging(mark(4, 6), mark(5, 9)),
            "log: a void listing withdrawn again": logging(mark(4, 9), mark(5, 6)),
            "log: events in another order": events_reordered,
            "log: an index left out": logging(mark(5)),
            "log: an index used twice": logging(mark(4), mark(4)),
            "log: an index of 2^64 - 1": logging(mark(2**64 - 1)),
            "log: a day no date has": logging(mark(day=2**32 - 1)),
            "log: half an event": logging(mark(), bytes(30)),
        },
    ),
    *ending_in(ForkError, {"hidden withdrawal: a log without it": withdrawal_never_said}),
]


# -- The records ------------------------------------------------------------------------------


def first(change: Callable[[Record], Record | bytes]) -> Attack:
    """The same, with only the first record changed."""
    return recording(lambda _, records: [change(records[0]), *records[1:]])


def rows_of(record: Record, *order: int) -> Record:
    found = [record.rows[i : i + 48] for i in range(0, len(record.rows), 48)]
    return attrs.evolve(record, rows=b"".join(found[place] for place in order))


def foreign_row(tag: bytes) -> Callable[[Record], Record]:
    def change(record: Record) -> Record:
        found = sorted([*zip(record.tags, record.wraps, strict=True), (tag, bytes(32))])
        return attrs.evolve(record, rows=b"".join(map(b"".join, found)))

    return change


def locked_as(change: Callable[[bytes], bytes]) -> Attack:
    return first(lambda record: attrs.evolve(record, locked=change(record.locked)))


def superseded_record(scene: Scene) -> Draft:
    scene.sim.states(EventType.AMEND, listing(1, id=scene.ids[1]), 1)
    draft = scene.sim.draft()
    old = bytes_of(scene.sim.records[0])
    return attrs.evolve(draft, records=(old, *draft.records))


RECORDS: list[Row] = [
    *ending_in(
        MalformedError,
        {
            "hidden withdrawal: the record of a withdrawn listing": recording(
                lambda scene, records: [scene.sim.records[1], *records]
            ),
            "foreign record: one too few": recording(lambda _, records: [records[0]]),
            "foreign record: the first missing": recording(lambda _, records: [records[1]]),
            "foreign record: none": recording(lambda *_: []),
            "foreign record: of a superseded event": superseded_record,
            "foreign record: of an event held before": recording(
                lambda scene, records: [scene.sim.records[0], *records]
            ),
            "foreign record: of no event": recording(
                lambda _, records: [*records, attrs.evolve(records[0], event=6)]
            ),
            "foreign record: of event 2^64 - 1": recording(
                lambda _, records: [*records, attrs.evolve(records[0], event=2**64 - 1)]
            ),
            "foreign record: twice": recording(lambda _, records: [records[0], *records]),
            "foreign record: in another order": recording(lambda _, records: records[::-1]),
            "foreign record: of another event": recording(
                lambda _, records: [
                    attrs.evolve(records[1], event=4),
                    attrs.evolve(records[0], event=5),
                ]
            ),
            "foreign record: locked bytes of another": recording(
                lambda _, records: [attrs.evolve(records[0], locked=records[1].locked), records[1]]
            ),
            "foreign record: a bit of it changed": locked_as(
                lambda locked: locked[:-1] + bytes([locked[-1] ^ 1])
            ),
            "foreign record: longer": locked_as(lambda locked: locked + bytes(64)),
            "foreign record: longer by a byte": locked_as(lambda locked: locked + bytes(1)),
            "foreign record: too short to be one": locked_as(lambda _: b""),
            "foreign record: too long to be one": locked_as(lambda _: bytes(70_000)),
            "foreign record: a length of 4 G": first(
                lambda record: bytes_of(record)[:8] + b"\xff" * 4 + record.locked
            ),
            "foreign record: cut short": recording(
                lambda _, records: [records[0], bytes_of(records[1])[:-1]]
            ),
            "foreign record: ending in its head": recording(
                lambda _, records: [*records, bytes(11)]
            ),
            "omitted tag: the first": first(lambda record: rows_of(record, 1)),
            "omitted tag: the second": first(lambda record: rows_of(record, 0)),
            "omitted tag: all": first(rows_of),
            "foreign tag: one more": first(foreign_row(bytes(16))),
            "foreign tag: in place of its own": first(
                lambda record: attrs.evolve(record, rows=bytes(16) + record.rows[16:])
            ),
            "foreign tag: of another record": recording(
                lambda _, records: [foreign_row(records[1].tags[0])(records[0]), records[1]]
            ),
            "foreign tag: rows in another order": first(lambda record: rows_of(record, 1, 0)),
            "foreign tag: one row twice": first(lambda record: rows_of(record, 0, 0, 1)),
            "foreign tag: 17 rows": first(
                lambda record: attrs.evolve(
                    record, rows=b"".join(bytes([i]) * 48 for i in range(17))
                )
            ),
        },
    )
]


# -- All of them ----------------------------------------------------------------------------------


@rows(ORDER, FORKS, TIME, LOG, RECORDS)
def test_an_attack_ends_in_our_error_and_changes_nothing(
    scene: Scene, what: str, error: type[cs.CreditshareError], attack: Attack
) -> None:
    """The attack ends in the error its row names, and the registry holds what it held before."""
    draft = attack(scene)
    before = scene.content

    assert error is scene.refusal(draft)
    assert before == scene.content


def test_after_an_attack_the_honest_bundle_still_applies(scene: Scene) -> None:
    """A refused full bundle leaves the registry able to take the true next one."""
    twin = scene.sim.fork()
    for _, error, attack in (RECORDS[0], LOG[0], FORKS[2], ORDER[0]):
        draft = attack(attrs.evolve(scene, sim=scene.sim.fork()))
        assert error is scene.refusal(draft)
    twin.lists(4)

    assert 3 == scene.receive(twin.draft(since=twin.last)).live
