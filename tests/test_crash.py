"""A killed process: forty kills at named points, and what keeps the examination honest.

`make crash` kills some hundred times more, at any moment between first and last write.
"""

from __future__ import annotations

import datetime as dt
import shutil
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest

import creditshare as cs
from crash.campaign import run_campaign
from crash.checker import NotSafeError, Outcome, State, judge, undisturbed
from crash.exchange import BUNDLES, Exchange
from crash.histogram import histogram
from crash.killer import Victim, count_moments, strike_after, strike_at, trap_at
from crash.operations import OPERATIONS, Operation
from crash.points import Moment, Point
from creditshare.errors import BundleError

BEFORE, EXPIRED, UNSENT, AFTER = Outcome
PAGE = 16384
STEPS_BEFORE = 1  # acknowledged before the trap is set


@attrs.frozen
class Named:
    """A named point, what a restart finds there, and how many temporary files were left."""

    name: str
    point: Point
    outcome: Outcome
    temporary: int = 0


IN_A_TRANSACTION = (
    Named("first-write", Point("write"), BEFORE),
    Named("early-write", Point("write", 0.25), BEFORE),
    Named("half-way-write", Point("write", 0.5), BEFORE),
    Named("late-write", Point("write", 0.75), BEFORE),
    Named("last-write", Point("write", 1.0), BEFORE),
    Named("commit", Point("commit"), BEFORE),
    Named("committed", Point("committed"), AFTER),
)
OF_FORGETTING = (  # what deletes records empties the write-ahead log afterwards; recording does not
    Named("torn-commit", Point("commit", torn="-wal"), BEFORE),
    Named("checkpoint", Point("checkpoint"), AFTER),
    Named("checkpointed", Point("checkpointed"), AFTER),
)
OF_A_FILE = (
    Named("file-created", Point("created"), UNSENT, temporary=1),
    Named("torn-file", Point("created", torn=".part"), UNSENT, temporary=1),
    Named("file-sync", Point("sync"), UNSENT, temporary=1),
    Named("file-synced", Point("synced"), UNSENT, temporary=1),
    Named("publish", Point("publish"), UNSENT, temporary=1),
    Named("published", Point("published"), AFTER),
    Named("folder-sync", Point("sync", 1.0), AFTER),
)


OF_SEALING = (  # the ledger remembers what the file will say
    Named("sealing-commit", Point("commit", 1.0), EXPIRED),
    Named("sealing-committed", Point("committed", 1.0), UNSENT),
    Named("sealing-checkpoint", Point("checkpoint", 1.0), UNSENT),
    Named("sealing-checkpointed", Point("checkpointed", 1.0), UNSENT),
)


def _is_late(named: Named) -> bool:
    return named.outcome is AFTER or named.point == Point("write", 1.0)


def table() -> list[tuple[str, Named]]:
    """Every operation at every point that it comes to."""
    rows = [(name, named) for name in OPERATIONS for named in IN_A_TRANSACTION]
    rows += [(name, named) for name in OPERATIONS if name != "record" for named in OF_FORGETTING]
    rows.remove(("live", OF_FORGETTING[0]))  # it tears a log that begins empty
    # A seal first withdraws what is over, in a transaction of its own.
    rows = [
        (name, attrs.evolve(it, outcome=EXPIRED) if name == "seal" and _is_late(it) else it)
        for name, it in rows
    ]
    rows += [("seal", named) for named in (*OF_SEALING, *OF_A_FILE)]
    return rows


POINTS = table()


@attrs.frozen
class Stage:
    """One operation, ready to be interrupted.

    Attributes:
        operation: Which.
        before: The folder before it.
        states: Those of an undisturbed run.
        counted: Its moments after the first acknowledged step.
    """

    operation: Operation
    before: Path
    states: list[State]
    counted: Counter[Moment]

    def copy(self, folder: Path) -> Path:
        """A copy of the folder before the operation."""
        return Path(shutil.copytree(self.before, folder / "struck"))


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Stage]:
    """The stage of an operation, set up once."""
    stages: dict[str, Stage] = {}

    def set_up(name: str) -> Stage:
        if name not in stages:
            operation, folder = OPERATIONS[name], tmp_path_factory.mktemp(name)
            before = folder / "before"
            operation.prepare(Exchange.found(before))
            after = Exchange.load(Path(shutil.copytree(before, folder / "after")))
            counting = Path(shutil.copytree(before, folder / "counting"))
            counted = count_moments(operation, counting, STEPS_BEFORE)
            stages[name] = Stage(operation, before, undisturbed(operation, after), counted)
        return stages[name]

    return set_up


def torn_files(folder: Path, point: Point) -> int:
    """How many files end where the kernel cut a write, in the midst of a page."""
    sizes = [path.stat().st_size for path in folder.glob(f"*{point.torn}")]
    return sum(size % PAGE == point.grown % PAGE for size in sizes)


# -- Forty kills -----------------------------------------------------------------------------------


def test_there_are_forty_points() -> None:
    """At least forty pairs of an operation and a named point are tried, none of them twice."""
    names = {(operation, named.name) for operation, named in POINTS}

    assert 40 <= len(POINTS) == len(names)


@pytest.mark.parametrize(
    ("operation", "named"), POINTS, ids=[f"{name}:{named.name}" for name, named in POINTS]
)
def test_a_kill_at_a_named_point(
    tmp_path: Path, stage: Callable[[str], Stage], operation: str, named: Named
) -> None:
    """Killed there, nothing acknowledged is lost and nothing is half done, and it can go on."""
    scene = stage(operation)
    folder = scene.copy(tmp_path)
    strike = strike_at(scene.operation, folder, trap_at(named.point, STEPS_BEFORE, scene.counted))
    torn = torn_files(folder, named.point)
    verdict = judge(scene.operation, folder, strike.acknowledged, scene.states)

    assert STEPS_BEFORE <= strike.acknowledged
    assert (0 if named.point.torn is None else 1) == torn
    assert (named.outcome, named.temporary) == (verdict.outcome, verdict.temporary)


@pytest.mark.parametrize(
    ("point", "held"),
    [
        (Point("begin"), 1),
        (Point("write"), 1),
        (Point("write", 0.1), 1),
        (Point("commit"), 1),
        (Point("committed"), 2),
        (Point("checkpointed"), 2),
    ],
    ids=lambda it: it.moment if isinstance(it, Point) else str(it),
)
def test_who_screens_meanwhile_never_sees_half(
    tmp_path: Path, stage: Callable[[str], Stage], point: Point, held: int
) -> None:
    """Whoever screens while the second bundle is applied finds the first whole or the second."""
    scene, at = stage("apply"), BUNDLES["0002.csb"]
    exchange = Exchange.load(scene.copy(tmp_path))
    trap = trap_at(point, STEPS_BEFORE, scene.counted)
    with (
        Victim(scene.operation, exchange.folder, trap) as applying,
        exchange.registry_store() as store,
    ):
        applying.listen(time.monotonic() + 60)
        meanwhile = exchange.matched(cs.Registry(store), at)
        stopped = (applying.reached, applying.alive, applying.acknowledged)
        applying.kill()
        afterwards = exchange.matched(cs.Registry(store), at)
    holds = scene.states[held].holds

    assert (True, True, STEPS_BEFORE) == stopped
    assert holds is not None
    assert holds.matched == meanwhile == afterwards


# -- What keeps the examination honest -----------------------------------------------------------


def test_a_lost_step_is_found_out(tmp_path: Path, stage: Callable[[str], Stage]) -> None:
    """A folder that lacks an acknowledged step is a fault."""
    scene = stage("withdraw")
    with pytest.raises(NotSafeError, match="neither the one before"):
        judge(scene.operation, scene.copy(tmp_path), 1, scene.states)


def test_a_step_too_many_is_found_out(tmp_path: Path, stage: Callable[[str], Stage]) -> None:
    """A folder that went further than the interrupted step is a fault."""
    scene = stage("withdraw")
    folder = scene.copy(tmp_path)
    for _ in scene.operation.run(Exchange.load(folder), 0):
        pass
    with pytest.raises(NotSafeError, match="neither the one before"):
        judge(scene.operation, folder, 1, scene.states)


def test_a_half_bundle_is_found_out(tmp_path: Path, stage: Callable[[str], Stage]) -> None:
    """A bundle file that is not whole is a fault."""
    scene = stage("seal")
    folder = scene.copy(tmp_path)
    path = folder / "0001.csb"
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(BundleError):
        judge(scene.operation, folder, 0, scene.states)


def test_half_a_registry_is_found_out(tmp_path: Path, stage: Callable[[str], Stage]) -> None:
    """A registry that does not find what its checkpoint counts is a fault."""
    scene = stage("apply")
    exchange = Exchange.load(scene.copy(tmp_path))
    for _ in scene.operation.run(exchange, 0):
        pass
    with exchange.registry_store() as store:
        cs.Registry(store).purge(BUNDLES["0003.csb"] + dt.timedelta(days=20 * 365))
    with pytest.raises(NotSafeError, match="what its checkpoint counts"):
        judge(scene.operation, exchange.folder, scene.operation.steps, scene.states)


def test_a_point_that_is_not_reached_is_an_error(
    tmp_path: Path, stage: Callable[[str], Stage]
) -> None:
    """Neither a moment that an operation never comes to nor one past its end counts as a kill."""
    scene = stage("withdraw")
    with pytest.raises(LookupError):
        trap_at(Point("publish"), STEPS_BEFORE, scene.counted)
    beyond = attrs.evolve(trap_at(Point("commit"), STEPS_BEFORE, scene.counted), number=10**6)
    with pytest.raises(RuntimeError, match="did not die there"):
        strike_at(scene.operation, scene.copy(tmp_path), beyond)


def test_a_process_that_ended_was_not_killed(tmp_path: Path, stage: Callable[[str], Stage]) -> None:
    """A process that had ended before the blow fell counts as late, with every step done."""
    scene = stage("seal")
    strike = strike_after(scene.operation, scene.copy(tmp_path), None)

    assert (True, scene.operation.steps) == (strike.late, strike.acknowledged)


def test_the_histogram_shows_every_kill(tmp_path: Path) -> None:
    """A campaign spreads its kills evenly, and the histogram has one character for each."""
    told: list[int] = []
    campaign = run_campaign(OPERATIONS["seal"], tmp_path / "seal", 5, seed=1, told=told.append)
    lines = list(histogram([campaign]))
    rows = [line for line in lines if "steps" in line]

    assert [1, 2, 3, 4, 5] == told
    assert [0.1, 0.3, 0.5, 0.7, 0.9] == [kill.position for kill in campaign.kills]
    # A row with kills reads: "10-20 %", how many, one mark each, "3-4 of 9 steps".
    assert 5 == sum(len(row.split("%")[1].split()[1]) for row in rows)
    assert "5 kills, 0 faults" in lines
