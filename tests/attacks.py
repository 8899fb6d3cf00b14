"""What the attacks share: one bundle with one thing wrong, and tables of such bundles."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import attrs
import pytest

import creditshare as cs
from creditshare.bundle import EventType
from creditshare.crypto.keys import SecretKeys
from simulator import Draft, Record, Scene, bytes_of
from world import listing, number

PUBLIC = SecretKeys(b"\x07" * 96).public.raw

Attack = Callable[[Scene], Draft | Path]
Row = tuple[str, type[cs.CreditshareError], Attack]


def ending_in(error: type[cs.CreditshareError], attacks: dict[str, Attack]) -> list[Row]:
    """Rows that end in one error: "threat: what the attacker does", and how it is done."""
    return [(what, error, attack) for what, attack in attacks.items()]


def rows(*tables: list[Row]) -> pytest.MarkDecorator:
    """Parametrize with the rows of tables."""
    table = list(itertools.chain(*tables))
    names = [what.replace(" ", "-") for what, *_ in table]
    assert len(set(names)) == len(names)
    return pytest.mark.parametrize(("what", "error", "attack"), table, ids=names)


def next_delta(scene: Scene, **changes: Any) -> Draft:
    """The bank's next delta, which lists borrower 4."""
    scene.sim.lists(4)
    return scene.sim.draft(since=scene.sim.last, **changes)


def stating(*, sender: str | None = None, **changes: Any) -> Attack:
    """The next delta, with a checkpoint that states something else."""
    return lambda scene: attrs.evolve(next_delta(scene, **changes), sender=sender)


def delivering(**changes: Any) -> Attack:
    """The next delta, with a delivery statement that states something else."""
    return lambda scene: attrs.evolve(next_delta(scene), delivery=changes)


def evolving(**changes: Any) -> Attack:
    """The next delta, with a part exchanged."""
    return lambda scene: attrs.evolve(next_delta(scene), **changes)


def believing(**changes: Any) -> Attack:
    """The next delta, under a roster in which the bank's entry is another."""

    def attack(scene: Scene) -> Draft:
        scene.believe(bank=scene.bank(**changes))
        return next_delta(scene)

    return attack


def recording(change: Callable[[Scene, list[Record]], Sequence[Record | bytes]]) -> Attack:
    """A delta that lists 4 by two numbers and 5, with other records than its events name."""

    def attack(scene: Scene) -> Draft:
        numbers = [cs.ResidentID.parse(number(serial)) for serial in (4, 40)]
        scene.sim.states(EventType.LIST, listing(4), 4, identifiers=numbers)
        scene.sim.lists(5)
        draft = scene.sim.draft(since=scene.sim.last)
        sent = change(scene, [scene.sim.records[index] for index in (4, 5)])
        data = tuple(item if isinstance(item, bytes) else bytes_of(item) for item in sent)
        return attrs.evolve(draft, records=data)

    return attack
