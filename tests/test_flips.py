"""A bundle with anything changed is refused: every byte, many lengths, splices, random bytes.

The bundle is the smallest there is, one listing for one recipient; whatever is made of it is
opened and, should that ever succeed, applied.
"""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

import creditshare as cs
from creditshare.registry import Registry, RegistryStore
from simulator import STANZA, Simulator, dump
from world import NOW, World

PREFIX = 8 + 4 + len("bank") + 8 + 2
HEADER = PREFIX + STANZA
ACCEPTED = "accepted"


@attrs.define
class Target:
    """A registry that holds one bundle, two true ones that follow, and a file to write into.

    Attributes:
        world: The exchange.
        roster: Who may issue.
        store: The registry's database.
        path: The file that is attacked.
        data: The next bundle.
        other: The same checkpoint, sealed a second time.
    """

    world: World
    roster: cs.Roster
    store: RegistryStore
    path: Path
    data: bytes
    other: bytes

    @property
    def content(self) -> list[str]:
        """Everything the registry holds."""
        return dump(self.world.folder / "registry.db")

    def outcome(self) -> str:
        """What becomes of the file as it is: the name of our error, or that it was accepted.

        Any error that is not ours passes through and fails the test.
        """
        try:
            with cs.open_bundle(self.path, by=self.world.lender, roster=self.roster, at=NOW) as it:
                Registry(self.store).apply(it, tokens=self.world.tokens, at=NOW)
        except cs.CreditshareError as error:
            return type(error).__name__
        return ACCEPTED

    def outcome_of(self, data: bytes) -> str:
        """What becomes of these bytes."""
        self.path.write_bytes(data)
        return self.outcome()

    def flips(self, places: range, mask: int) -> Counter[str]:
        """What becomes of the bundle with each of these bytes changed, one at a time."""
        outcomes: Counter[str] = Counter()
        self.path.write_bytes(self.data)
        with self.path.open("r+b", buffering=0) as file:
            for place in places:
                os.pwrite(file.fileno(), bytes([self.data[place] ^ mask]), place)
                outcomes[self.outcome()] += 1
                os.pwrite(file.fileno(), self.data[place : place + 1], place)
        assert self.data == self.path.read_bytes()
        return outcomes


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """One target for all tests: none of them may change it."""
    world = World(tmp_path_factory.mktemp("flips"))
    sim = Simulator(world.bank, world.key, [world.lender.public])
    path = world.folder / "target.csb"
    with RegistryStore(world.folder / "registry.db") as store:
        sim.lists(1)
        first = sim.draft().write(path)
        world.apply(Registry(store), first)
        sim.at += dt.timedelta(seconds=1)
        checkpoint = sim.draft().checkpoint
        data, other = (sim.delivers(checkpoint).write(path).read_bytes() for _ in range(2))
        yield Target(world, world.roster(), store, path, data, other)


@pytest.fixture(autouse=True)
def unchanged(target: Target) -> Iterator[None]:
    """Whatever a test tries, the registry holds afterwards what it held before."""
    before = target.content
    yield
    assert before == target.content


def test_the_bundle_itself_is_accepted(target: Target, tmp_path: Path) -> None:
    """Both sealings of the bundle apply to a registry, so a refusal is for the change alone."""
    for place, data in enumerate((target.data, target.other)):
        with RegistryStore(tmp_path / f"{place}.db") as store:
            fresh = attrs.evolve(target, store=store)

            assert ACCEPTED == fresh.outcome_of(data)


@pytest.mark.parametrize("mask", [0x01, 0x80, 0xFF])
def test_every_byte_of_the_header_counts(target: Target, mask: int) -> None:
    """A bundle with any byte of its header changed is refused."""
    outcomes = target.flips(range(HEADER), mask)

    assert HEADER == outcomes.total()
    assert {
        "MalformedError": 8 + 1 + 1 + 8 + 2,  # magic, content, sender's length, lengths
        "UnsupportedSuiteError": 2,
        "UnauthorisedIssuerError": len("bank"),
        "NotForUsError": STANZA,
    } == _as_ascii(outcomes, mask)


def _as_ascii(outcomes: Counter[str], mask: int) -> dict[str, int]:
    """A sender's byte above 127 is no name at all; count it with the names nobody knows."""
    if mask >= 0x80:
        outcomes["MalformedError"] -= len("bank")
        outcomes["UnauthorisedIssuerError"] += len("bank")
    return dict(outcomes)


@pytest.mark.parametrize("mask", [0x01, 0xFF])
def test_every_byte_of_the_body_counts(target: Target, mask: int) -> None:
    """A bundle with one bit, or all bits, of any byte of its encrypted body changed is refused."""
    places = range(HEADER, len(target.data))

    assert {"MalformedError": len(places)} == target.flips(places, mask)


def test_every_truncation_is_refused(target: Target) -> None:
    """A bundle cut anywhere in its header, and at many places after it, is refused."""
    size = len(target.data)
    lengths = sorted({*range(HEADER + 80), *range(HEADER, size, 53), *range(size - 40, size)})
    outcomes = Counter(target.outcome_of(target.data[:length]) for length in lengths)

    assert {"MalformedError": len(lengths)} == outcomes


@pytest.mark.parametrize("more", [b"\0", b"\xff", bytes(16), bytes(16384), b"\x89CSB"])
def test_every_extension_is_refused(target: Target, more: bytes) -> None:
    """A bundle with anything behind its end, or before its start, is refused."""
    outcomes = [target.outcome_of(data) for data in (target.data + more, more + target.data)]

    assert ["MalformedError", "MalformedError"] == outcomes


def test_a_bundle_twice_is_refused(target: Target) -> None:
    """Two bundles in one file are refused."""
    outcomes = [target.outcome_of(target.data + data) for data in (target.data, target.other)]

    assert ["MalformedError", "MalformedError"] == outcomes


def test_splices_are_refused(target: Target) -> None:
    """The start of one sealing with the end of another is refused, wherever they are joined."""
    one, two = target.data, target.other
    edges = [HEADER, HEADER + 24, HEADER + 56, len(one) - 16, len(one) - 1]
    joints = sorted({*range(PREFIX, len(one), 31), *edges})
    spliced = [a[:at] + b[at:] for at in joints for a, b in ((one, two), (two, one))]
    tried = [data for data in spliced if data not in (one, two)]
    outcomes = Counter(target.outcome_of(data) for data in tried)

    assert len(one) == len(two)
    assert len(tried) >= 2 * len(joints) - 4
    assert set(outcomes) <= {"MalformedError", "NotForUsError"}
    assert len(tried) == outcomes.total()


FREELY = settings(
    deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@FREELY
@given(st.binary(max_size=4000), st.sampled_from([0, 8, 12, PREFIX, HEADER, HEADER + 56]))
@example(b"", 0)
def test_random_bytes_are_refused(target: Target, junk: bytes, kept: int) -> None:
    """Random bytes, alone or behind a true start, end in our error."""
    assert ACCEPTED != target.outcome_of(target.data[:kept] + junk)


@st.composite
def mutations(draw: st.DrawFn) -> list[tuple[float, float, bytes]]:
    """Slices, as fractions of the length, and what to put in their place."""
    fraction = st.floats(0, 1)
    return draw(st.lists(st.tuples(fraction, fraction, st.binary(max_size=40)), min_size=1))


@FREELY
@given(mutations())
def test_random_mutations_are_refused(
    target: Target, changes: list[tuple[float, float, bytes]]
) -> None:
    """A bundle with slices inserted, deleted or replaced ends in our error."""
    data = target.data
    for start, length, replacement in changes:
        at = int(start * len(data))
        end = at + int(length * length * 60)
        data = data[:at] + replacement + data[end:]

    assume(data != target.data)

    assert ACCEPTED != target.outcome_of(data)


@FREELY
@given(st.data())
def test_random_bytes_of_the_same_length_are_refused(target: Target, data: st.DataObject) -> None:
    """A bundle with a few bytes exchanged, its length kept, ends in our error."""
    changed = bytearray(target.data)
    places = st.dictionaries(
        st.integers(0, len(changed) - 1), st.integers(1, 255), min_size=1, max_size=6
    )
    for place, mask in data.draw(places).items():
        changed[place] ^= mask

    assert ACCEPTED != target.outcome_of(bytes(changed))
