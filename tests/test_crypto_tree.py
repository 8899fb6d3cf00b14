"""The log's frontier gives the root that RFC 9162 defines recursively, at every size."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditshare.crypto.tree import Frontier, leaf_hash
from creditshare.errors import MalformedError

CT_ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
"""The inputs with which Certificate Transparency's implementations test their trees."""

CT_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Their roots at sizes 0 to 8, as transparency-dev/merkle's test data has them."""

_ENTRIES = st.lists(st.binary(max_size=4), max_size=70)


# -- RFC 9162 section 2.1 as it is written, which shares nothing with a frontier ---------------


def _hash(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _split(size: int) -> int:
    """The largest power of two smaller than `size`."""
    return 1 << (size - 1).bit_length() - 1


def _mth(entries: Sequence[bytes]) -> bytes:
    """Section 2.1.1, MTH(D_n)."""
    if not entries:
        return _hash(b"")
    if len(entries) == 1:
        return _hash(b"\0" + entries[0])
    k = _split(len(entries))
    return _hash(b"\1" + _mth(entries[:k]) + _mth(entries[k:]))


def _path(m: int, entries: Sequence[bytes]) -> list[bytes]:
    """Section 2.1.3.1, PATH(m, D_n)."""
    if len(entries) == 1:
        return []
    k = _split(len(entries))
    if m < k:
        return [*_path(m, entries[:k]), _mth(entries[k:])]
    return [*_path(m - k, entries[k:]), _mth(entries[:k])]


def _subproof(m: int, entries: Sequence[bytes], whole: bool = True) -> list[bytes]:
    """Section 2.1.4.1, SUBPROOF(m, D_n, b)."""
    if m == len(entries):
        return [] if whole else [_mth(entries)]
    k = _split(len(entries))
    if m <= k:
        return [*_subproof(m, entries[:k], whole), _mth(entries[k:])]
    return [*_subproof(m - k, entries[k:], False), _mth(entries[:k])]


def _root_of_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes]) -> bytes:
    """Section 2.1.3.2: the root that an inclusion proof leads to."""
    fn, sn, root = index, size - 1, leaf
    for node in path:
        if fn & 1 or fn == sn:
            root = _hash(b"\1" + node + root)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            root = _hash(b"\1" + root + node)
        fn, sn = fn >> 1, sn >> 1
    return root


def _roots_of_consistency(
    first: int, second: int, first_root: bytes, path: Sequence[bytes]
) -> tuple[bytes, bytes]:
    """Section 2.1.4.2: the two roots that a consistency proof leads to."""
    nodes = list(path)
    if first & (first - 1) == 0:
        nodes.insert(0, first_root)
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    older = newer = nodes[0]
    for node in nodes[1:]:
        if fn & 1 or fn == sn:
            older, newer = _hash(b"\1" + node + older), _hash(b"\1" + node + newer)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            newer = _hash(b"\1" + newer + node)
        fn, sn = fn >> 1, sn >> 1
    return older, newer


def _frontier(entries: Sequence[bytes]) -> Frontier:
    return Frontier().extend(map(leaf_hash, entries))


# -- The roots ------------------------------------------------------------------------------


@pytest.mark.parametrize("size", range(9))
def test_certificate_transparency_roots(size: int) -> None:
    """The first entries of Certificate Transparency's test data have the roots known for them."""
    frontier = _frontier(CT_ENTRIES[:size])

    assert CT_ROOTS[size] == frontier.root().hex()
    assert size == frontier.size


@given(_ENTRIES)
def test_the_root_is_the_recursive_one(entries: list[bytes]) -> None:
    """The root of any entries is RFC 9162's MTH of them."""
    assert _mth(entries) == _frontier(entries).root()


@pytest.mark.parametrize("size", [127, 128, 129, 1000, 1023, 1024, 1025])
def test_larger_trees(size: int) -> None:
    """At and beside a power of two the root is RFC 9162's, and the hashes are one per 1 bit."""
    entries = [index.to_bytes(2, "big") for index in range(size)]
    frontier = _frontier(entries)

    assert _mth(entries) == frontier.root()
    assert size.bit_count() == len(frontier.hashes)


@given(_ENTRIES, st.lists(st.integers(0, 70), max_size=4))
def test_it_does_not_matter_how_leaves_are_appended(entries: list[bytes], cuts: list[int]) -> None:
    """Leaves appended in any pieces, and through bytes in between, give one frontier."""
    frontier, start = Frontier(), 0
    for cut in [*sorted(cuts), len(entries)]:
        frontier = frontier.extend(map(leaf_hash, entries[start:cut]))
        frontier = Frontier.from_bytes(frontier.size, frontier.to_bytes())
        start = max(start, min(cut, len(entries)))

    assert _frontier(entries) == frontier


@given(_ENTRIES.filter(bool), st.data())
def test_inclusion_proofs_lead_to_the_root(entries: list[bytes], data: st.DataObject) -> None:
    """The path of any entry, made by recursion, leads from its leaf hash to the frontier's root."""
    index = data.draw(st.integers(0, len(entries) - 1))
    path = _path(index, entries)
    root = _frontier(entries).root()

    assert root == _root_of_inclusion(index, len(entries), leaf_hash(entries[index]), path)


@given(st.lists(st.binary(max_size=4), min_size=2, max_size=70), st.data())
def test_consistency_proofs_join_two_roots(entries: list[bytes], data: st.DataObject) -> None:
    """A consistency proof, made by recursion, joins the roots of a frontier before and after."""
    first = data.draw(st.integers(1, len(entries) - 1))
    before = _frontier(entries[:first])
    after = before.extend(map(leaf_hash, entries[first:]))
    path = _subproof(first, entries)
    roots = _roots_of_consistency(first, len(entries), before.root(), path)

    assert (before.root(), after.root()) == roots


@given(_ENTRIES.filter(bool), st.data())
def test_every_leaf_counts(entries: list[bytes], data: st.DataObject) -> None:
    """A log with an entry changed, left out, doubled or moved has another root."""
    at = data.draw(st.integers(0, len(entries) - 1))
    changed = [*entries[:at], entries[at] + b"!", *entries[at + 1 :]]
    removed = [*entries[:at], *entries[at + 1 :]]
    doubled = [*entries[: at + 1], *entries[at:]]
    roots = [_frontier(log).root() for log in (entries, changed, removed, doubled)]

    assert len(roots) == len(set(roots))


def test_extending_leaves_the_old_frontier_alone() -> None:
    """A frontier is a value: what is appended makes another one."""
    before = _frontier(CT_ENTRIES[:3])
    before.extend([leaf_hash(b"more")])

    assert _frontier(CT_ENTRIES[:3]) == before


def test_a_leaf_is_not_a_node() -> None:
    """An entry made of two hashes has another hash than the node above them."""
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    node = Frontier().extend([left, right]).root()

    assert node != leaf_hash(left + right)
    assert node != leaf_hash(b"\1" + left + right)


# -- As bytes -------------------------------------------------------------------------------


@given(_ENTRIES)
def test_bytes_round_trip(entries: list[bytes]) -> None:
    """A frontier written to bytes and read with its size is the same frontier."""
    frontier = _frontier(entries)

    assert frontier == Frontier.from_bytes(frontier.size, frontier.to_bytes())


@pytest.mark.parametrize(
    ("size", "length"),
    [
        (0, 1),
        (0, 32),
        (1, 0),
        (1, 31),
        (1, 33),
        (1, 64),
        (2, 64),
        (3, 32),
        (3, 63),
        (3, 96),
        (2**64 - 1, 63 * 32),
        (2**63, 0),
        (-1, 32),
        (-3, 64),
    ],
)
def test_bytes_that_do_not_fit_the_size_are_refused(size: int, length: int) -> None:
    """Bytes that are not one hash for each 1 bit of a size from 0 up are refused."""
    with pytest.raises(MalformedError):
        Frontier.from_bytes(size, bytes(length))
