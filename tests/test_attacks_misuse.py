"""Attacks by the caller and by chance: strange paths, values made by hand, processes killed."""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

import creditshare as cs
from attacks import next_delta, recording
from creditshare.calendars import PLAIN
from creditshare.errors import FileError, ForgedValueError, MalformedError, MisuseError
from creditshare.feedback import Action, Execution
from creditshare.feedback.execution import to_row
from creditshare.ledger import case_facts, owed, standing
from creditshare.statistics import CaseFact
from creditshare.stores.ledger import LedgerStore
from creditshare.stores.registry import RegistryStore
from simulator import Scene, Simulator, dump
from world import DAY, NOW, TODAY, World, applicant, cleared, listing

# -- Paths ------------------------------------------------------------------------------------


def _symbolic_link(path: Path, target: Path) -> None:
    path.symlink_to(target)


def _dangling_link(path: Path, target: Path) -> None:
    path.symlink_to(target.with_name("nothing"))


def _link_to_itself(path: Path, target: Path) -> None:
    path.symlink_to(path)


def _pipe(path: Path, target: Path) -> None:
    os.mkfifo(path)


def _folder(path: Path, target: Path) -> None:
    path.mkdir()


def _nothing(path: Path, target: Path) -> None:
    pass


@pytest.mark.parametrize(
    "make", [_symbolic_link, _dangling_link, _link_to_itself, _pipe, _folder, _nothing]
)
def test_only_a_regular_file_is_opened(scene: Scene, make: Callable[[Path, Path], None]) -> None:
    """A link, pipe, folder or missing file at the path is refused, even if it leads to a bundle."""
    target = next_delta(scene).write(scene.world.folder / "true.csb")
    path = scene.world.folder / "trap.csb"
    make(path, target)
    before = scene.content

    assert FileError is scene.refusal(path)
    assert before == scene.content


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/dev/zero", id="device"),
        pytest.param("a\0b", id="zero byte"),
        pytest.param("x" * 5000, id="too long"),
        pytest.param("", id="empty"),
        pytest.param("\udcff", id="surrogate"),
        pytest.param(None, id="None"),
        pytest.param(1.5, id="float"),
    ],
)
def test_an_impossible_path_is_our_error(scene: Scene, path: Any) -> None:
    """Whatever is not the path of a regular file is refused with our error."""
    with pytest.raises(FileError):
        cs.open_bundle(path, by=scene.reader, roster=scene.roster, at=NOW)


# -- Values made by hand ----------------------------------------------------------------------


def _construct(value: Any) -> object:
    return type(value)(listing=listing(), checkpoint=None)


def _evolve(value: Any) -> object:
    return attrs.evolve(value, reader="other")


def _replace(value: Any) -> object:
    return value.__replace__(reader="other")


def _pickle(value: Any) -> object:
    import pickle

    return pickle.loads(pickle.dumps(value))


def _reduce(value: Any) -> object:
    return value.__reduce_ex__(2)


def _subclass(value: Any) -> object:
    return type("Forged", (type(value),), {})


def _set_attribute(value: Any) -> object:
    value.listing = listing()
    return value


def _delete_attribute(value: Any) -> object:
    del value.listing
    return value


def _restore(value: Any) -> object:
    value.__setstate__((None, {"listing": listing()}))
    return value


def _initialise_again(value: Any) -> object:
    value.__init__(listing=listing())
    return value


def _new_and_restore(value: Any) -> object:
    forged: Any = object.__new__(type(value))
    forged.listing = listing()
    return forged


FORGERIES: list[tuple[Callable[[Any], object], type[Exception]]] = [
    (_construct, ForgedValueError),
    (_evolve, attrs.exceptions.NotAnAttrsClassError),
    (_replace, ForgedValueError),
    (_pickle, ForgedValueError),
    (_reduce, ForgedValueError),
    (_subclass, ForgedValueError),
    (_set_attribute, ForgedValueError),
    (_delete_attribute, ForgedValueError),
    (_restore, ForgedValueError),
    (_initialise_again, ForgedValueError),
    (_new_and_restore, ForgedValueError),
]


@pytest.fixture(params=["cleared listing", "opened bundle"])
def closed(request: pytest.FixtureRequest, scene: Scene) -> Iterator[object]:
    """A value that only the library makes."""
    if request.param == "cleared listing":
        (item,) = cleared(listing())
        yield item
    else:
        path = next_delta(scene).write(scene.world.folder / "x.csb")
        with cs.open_bundle(path, by=scene.reader, roster=scene.roster, at=NOW) as bundle:
            yield bundle


@pytest.mark.parametrize(("forge", "error"), FORGERIES)
def test_a_checked_value_is_never_made_by_hand(
    closed: object, forge: Callable[[Any], object], error: type[Exception]
) -> None:
    """No public way of making, changing or storing a checked value works."""
    with pytest.raises(error):
        forge(closed)


def test_copying_a_checked_value_gives_the_same_object(closed: object) -> None:
    """A copy, shallow or deep, is the very object that was checked."""
    import copy

    assert (closed, closed) == (copy.copy(closed), copy.deepcopy(closed))


@pytest.mark.parametrize(
    "forged", [None, object(), b"bundle", "path.csb", attrs.make_class("B", [])]
)
def test_only_an_opened_bundle_is_applied(scene: Scene, forged: Any) -> None:
    """Anything but an opened bundle is refused, and so is anything but a cleared listing."""
    before = scene.content
    with pytest.raises(MisuseError):
        scene.registry.apply(forged, tokens=scene.tokens, at=NOW)
    with pytest.raises(MisuseError):
        scene.world.ledger().record([forged], tokens=scene.tokens, at=NOW)

    assert before == scene.content


def test_an_empty_instance_is_refused(scene: Scene) -> None:
    """An instance made without its constructor is refused with our error."""
    with pytest.raises(MisuseError):
        scene.registry.apply(object.__new__(cs.bundle.OpenedBundle), tokens=scene.tokens, at=NOW)
    with pytest.raises(MisuseError):
        scene.world.ledger().record(
            [object.__new__(cs.rules.ClearedListing)], tokens=scene.tokens, at=NOW
        )


def test_a_closed_bundle_is_refused(scene: Scene) -> None:
    """A bundle applied after its body was thrown away is refused with our error."""
    path = next_delta(scene).write(scene.world.folder / "x.csb")
    with cs.open_bundle(path, by=scene.reader, roster=scene.roster, at=NOW) as bundle:
        pass
    with pytest.raises(MisuseError):
        scene.registry.apply(bundle, tokens=scene.tokens, at=NOW)


def test_a_refused_bundle_leaves_nothing_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the error of a refused bundle is forgotten after the registry closed, nothing fails."""
    failures: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", failures.append)
    with Scene.open(tmp_path) as scene, pytest.raises(MalformedError) as caught:
        scene.receive(recording(lambda _, records: [records[1]])(scene))
    del caught
    gc.collect()

    assert [] == failures


# -- Values in a log --------------------------------------------------------------------------

SAID = "90071992 张三"
DEBT = cs.Money(900_719_92, "CNY")


def held(world: World) -> cs.Ledger:
    """A ledger with a listing whose reference tells something, and with a dispute."""
    ledger, drafted = world.ledger(), listing(1, reference=SAID)
    world.record(ledger, drafted)
    ledger.dispute(drafted.id, on=TODAY, calendar=PLAIN, at=NOW)
    return ledger


def answered(world: World) -> cs.screening.Screening:
    """An answer to an applicant whose reference tells something."""
    registry = world.registry()
    world.apply(registry, world.seal(held(world), "1.csb")[0])
    (answer,) = world.screen(registry, applicant(1, reference=SAID))
    return answer


SPOKEN: dict[str, Callable[[World], object]] = {
    "basis": lambda _: cs.LegalBasis(cs.model.BasisKind.JUDGMENT, SAID, SAID, "2025"),
    "notice": lambda _: cs.Notice(TODAY, cs.model.ServiceMethod.POST, SAID),
    "decision": lambda _: cs.Decision(TODAY, SAID, "committee"),
    "evidence": lambda _: cs.Evidence(bytes(32), SAID, (cs.model.Proves.CONDUCT,)),
    "execution": lambda _: Execution("platform", bytes(16), "A", Action.APPLIED, TODAY, "张三"),
    "execution row": lambda _: to_row(
        Execution("platform", bytes(16), "A", Action.APPLIED, TODAY, "张三"), "bank"
    ),
    "case fact": lambda _: CaseFact("bank", cs.model.ConductCode.FUND_DIVERSION, TODAY, DEBT),
    "answer": answered,
    "owed": lambda w: owed(held(w), at=NOW, within=99 * DAY, calendar_of=lambda _: PLAIN),
    "standing": lambda w: list(standing(held(w).store, at=NOW)),
    "case facts": lambda w: list(case_facts(held(w).store, at=NOW)),
    "row": lambda w: list(held(w).store.all_listings()),
}


@pytest.mark.parametrize("name", SPOKEN)
def test_what_is_said_does_not_reach_a_log(world: World, name: str) -> None:
    """The `repr` of a value shows no free words, no reference and no amount of a case."""
    shown = repr(SPOKEN[name](world))

    assert len(shown) > 2
    assert not {word for word in ("9007", "张三", "1500000") if word in shown}


# -- Crashes ----------------------------------------------------------------------------------


def killed(work: Callable[[], object], after: float) -> None:
    """Do the work in another process, and kill that process (signal 9) after some seconds."""
    child = os.fork()
    if not child:
        try:
            work()
        finally:
            os._exit(0)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


DELAYS = [0.0, 0.002, 0.005, 0.01, 0.02, 0.04, 0.08]


def test_a_killed_apply_leaves_the_old_state_or_the_new(world: World) -> None:
    """A process killed at any moment of an apply leaves the old state or the new one, whole."""
    sim = Simulator(world.bank, world.key, world.recipients)
    for serial in range(1, 100):
        sim.lists(serial)
    first = sim.draft().write(world.folder / "1.csb")
    for serial in range(100, 400):
        sim.lists(serial)
    second = sim.draft().write(world.folder / "2.csb")

    def apply(name: str, path: Path) -> None:
        with RegistryStore(world.folder / name) as store:
            world.apply(cs.Registry(store), path)

    apply("reference.db", first)
    states = [dump(world.folder / "reference.db")]
    apply("reference.db", second)
    states.append(dump(world.folder / "reference.db"))
    for place, delay in enumerate(DELAYS):
        name = f"{place}.db"
        apply(name, first)
        killed(lambda name=name: apply(name, second), delay)  # type: ignore[misc]

        assert dump(world.folder / name) in states
        apply(name, second)
        assert states[1] == dump(world.folder / name)


def test_a_killed_seal_loses_nothing(world: World) -> None:
    """A process killed at any moment of a seal leaves no half file, and seals the same again."""
    path = world.folder / "1.csb"
    with LedgerStore(world.folder / "ledger.db") as store:
        ledger = cs.Ledger(store, origin="platform")
        world.record(ledger, *map(listing, range(1, 200)))

    def seal() -> cs.Ledger:
        with LedgerStore(world.folder / "ledger.db") as store:
            ledger = cs.Ledger(store, origin="platform")
            world.seal(ledger, path.name)
            return ledger

    opened = set()
    for delay in DELAYS:
        path.unlink(missing_ok=True)
        killed(seal, delay)
        if path.exists():
            with cs.open_bundle(path, by=world.lender, roster=world.roster(), at=NOW) as bundle:
                opened.add(bundle.checkpoint)
    seal()
    with cs.open_bundle(path, by=world.lender, roster=world.roster(), at=NOW) as bundle:
        assert (1, 199) == (bundle.checkpoint.sequence, bundle.checkpoint.live)
    assert opened <= {bundle.checkpoint}
