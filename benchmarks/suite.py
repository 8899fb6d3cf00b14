"""What is measured against what.

A limit is the most that a subject may cost as a multiple of its peer, at a million records.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import attrs

__all__ = [
    "FULL_SIZE",
    "MEMORY_MB",
    "PARSE_RATE",
    "SUBJECTS",
    "SUMS",
    "Peer",
    "Subject",
    "in_order",
    "told",
]

FULL_SIZE = 1_000_000
"""The amount at which limits count."""

MEMORY_MB = 400
"""The most that any process may hold, in 10^6 bytes."""

PARSE_RATE = f"{150_000:,} a second"
"""The one peer that is a number: parse and tag is to be no slower."""


@attrs.frozen
class Peer:
    """What a subject is compared with.

    Attributes:
        name: Another subject, or `PARSE_RATE`.
        limit: The most it may cost as a multiple of that; None for a comparison without a limit.
    """

    name: str
    limit: float | None = None


@attrs.frozen
class Subject:
    """One thing that is measured in a process of its own.

    Attributes:
        name: On the command line and in results.
        function: ``module.function`` in this package.
        needs: The subjects whose files it reads.
        peers: What it is compared with.
    """

    name: str
    function: str
    needs: tuple[str, ...] = ()
    peers: tuple[Peer, ...] = ()


_ALL = (
    Subject("hmac", "floors.hmac"),
    Subject("incumbent-write", "incumbent.write"),
    Subject("incumbent-read", "incumbent.read", needs=("incumbent-write",)),
    Subject("incumbent-read-dicts", "incumbent.read_dicts", needs=("incumbent-write",)),
    Subject("parse-and-tag", "ours.parse_and_tag", peers=(Peer(PARSE_RATE, 1.0), Peer("hmac"))),
    Subject("review", "ours.review"),
    Subject("record", "ours.record", peers=(Peer("incumbent-write"), Peer("ledger-insert"))),
    Subject("seal", "ours.seal", needs=("record",), peers=(Peer("incumbent-write"),)),
    Subject("ledger-insert", "floors.ledger_insert", needs=("record", "seal")),
    Subject("insert", "floors.insert", needs=("seal",)),
    Subject(
        "open-and-apply",
        "ours.apply",
        needs=("seal",),
        peers=(Peer("incumbent-read", 1.5), Peer("insert", 2.5), Peer("incumbent-read-dicts")),
    ),
    Subject("look-up", "floors.look_up", needs=("insert",)),
    Subject("look-up-hit", "floors.look_up_hit", needs=("insert",)),
    Subject("look-up-many", "floors.look_up_many", needs=("insert",)),
    Subject(
        "screen-one", "ours.screen_one", needs=("open-and-apply",), peers=(Peer("look-up", 3.0),)
    ),
    Subject(
        "screen-one-roster",
        "ours.screen_one_roster",
        needs=("open-and-apply",),
        peers=(Peer("look-up"),),
    ),
    Subject(
        "screen-one-audit",
        "ours.screen_one_audit",
        needs=("open-and-apply",),
        peers=(Peer("look-up"),),
    ),
    Subject(
        "screen-one-audit-durable",
        "ours.screen_one_audit_durable",
        needs=("open-and-apply",),
        peers=(Peer("look-up"),),
    ),
    Subject(
        "screen-one-hit",
        "ours.screen_hit",
        needs=("open-and-apply",),
        peers=(Peer("look-up-hit"),),
    ),
    Subject(
        "screen-many",
        "ours.screen_many",
        needs=("open-and-apply",),
        peers=(Peer("look-up-many"),),
    ),
)
SUBJECTS: Mapping[str, Subject] = MappingProxyType({subject.name: subject for subject in _ALL})
"""In an order in which each comes after what it needs."""

SUMS: Mapping[str, tuple[tuple[str, ...], tuple[Peer, ...]]] = MappingProxyType(
    {"record-and-seal": (("record", "seal"), (Peer("incumbent-write", 2.5),))}
)
"""Subjects that are told together as well: their parts, and what the sum is compared with."""


def told(names: Iterable[str]) -> set[str]:
    """The subjects that have to be measured to tell of these subjects or sums.

    Raises:
        KeyError: for a name that is neither.
    """
    wanted: set[str] = set()
    for name in names:
        parts, peers = SUMS.get(name, ((name,), ()))
        compared = (*peers, *(peer for part in parts for peer in SUBJECTS[part].peers))
        wanted |= {*parts, *(peer.name for peer in compared)}
    return wanted - {PARSE_RATE}


def in_order(names: Iterable[str]) -> list[Subject]:
    """These subjects and all whose files they read, each after what it needs."""
    wanted: set[str] = set()
    left = list(names)
    while left:
        subject = SUBJECTS[left.pop()]
        wanted.add(subject.name)
        left += subject.needs
    return [subject for subject in _ALL if subject.name in wanted]
