"""Messages: one spelling for every value, and nothing a hostile message says is believed."""

from __future__ import annotations

import struct
import tracemalloc
from typing import Any

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditshare.errors import MalformedError
from creditshare.wire import fields, frame, pack, unpack, unpack_record

LIMIT = 1 << 20

_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.text(max_size=40),
    st.binary(max_size=40),
)
_VALUES = st.recursive(_SCALARS, lambda inner: st.lists(inner, max_size=20), max_leaves=60)


@given(_VALUES)
def test_round_trip(value: Any) -> None:
    """A value of ours is unpacked as it was packed, with its types."""
    packed = pack(value)

    assert repr(value) == repr(unpack(packed, len(packed)))


@pytest.mark.parametrize("edge", [0, 5, 7, 8, 15, 16, 31, 32, 63, 64])
@pytest.mark.parametrize("by", [-1, 0, 1])
def test_integers_at_the_edges_of_their_forms(edge: int, by: int) -> None:
    """An integer beside a power of two is unpacked as it was packed, negative too."""
    for value in ((1 << edge) + by, -(1 << edge) + by):
        if -(2**63) <= value < 2**64:
            assert value == unpack(pack(value), LIMIT)


@pytest.mark.parametrize("size", [0, 15, 16, 31, 32, 255, 256, 65535, 65536])
def test_sizes_at_the_edges_of_their_forms(size: int) -> None:
    """A text, byte string or array beside a form's greatest size is unpacked as it was packed."""
    for value in ("x" * size, b"x" * size, [None] * size):
        assert value == unpack(pack(value), LIMIT)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "c0"),
        (False, "c2"),
        (True, "c3"),
        (127, "7f"),
        (128, "cc80"),
        (-32, "e0"),
        (-33, "d0df"),
        (2**64 - 1, "cfffffffffffffffff"),
        (-(2**63), "d38000000000000000"),
        ("", "a0"),
        ("\u5f20", "a3e5bca0"),
        (b"", "c400"),
        ([], "90"),
        ([1, [b"\0", None]], "920192c40100c0"),
    ],
)
def test_the_one_spelling(value: Any, expected: str) -> None:
    """Each value has the bytes that the msgpack specification gives for its shortest form."""
    assert expected == pack(value).hex()


NOT_STRICT = {
    "nothing": "",
    "0 as uint 8": "cc00",
    "127 as uint 8": "cc7f",
    "255 as uint 16": "cd00ff",
    "65535 as uint 32": "ce0000ffff",
    "1 as uint 64": "cf0000000000000001",
    "1 as int 8": "d001",
    "-1 as int 8": "d0ff",
    "-32 as int 8": "d0e0",
    "-33 as int 16": "d1ffdf",
    "-129 as int 32": "d2ffffff7f",
    "-1 as int 64": "d3ffffffffffffffff",
    "200 as int 16": "d100c8",
    "empty text as str 8": "d900",
    "short text as str 8": "d90161",
    "short text as str 16": "da000161",
    "short text as str 32": "db0000000161",
    "bytes as bin 16": "c5000161",
    "bytes as bin 32": "c60000000161",
    "array as array 16": "dc0001c0",
    "array as array 32": "dd00000001c0",
    "inner array as array 16": "91dc0001c0",
    "empty map": "80",
    "map": "81a161c0",
    "map 16": "de0001a161c0",
    "map 32": "df00000001a161c0",
    "map with an integer key": "8101c0",
    "map with a key twice": "82a161c0a161c3",
    "map with keys out of order": "82a162c0a161c0",
    "map in an array": "9180",
    "map in an array in an array": "919181a161c0",
    "fixext 1": "d40500",
    "fixext 2": "d5050000",
    "fixext 4": "d60500000000",
    "fixext 16": "d805" + "00" * 16,
    "ext 8, empty": "c70005",
    "ext 16": "c800010500",
    "ext 32": "c9000000010500",
    "ext in an array": "91d40500",
    "timestamp 32": "d6ff00000001",
    "timestamp 64": "d7ff0000000000000001",
    "timestamp 96": "c70cff" + "00" * 12,
    "float 32": "ca00000000",
    "float 64": "cb3ff0000000000000",
    "0.0": "cb0000000000000000",
    "-0.0": "cb8000000000000000",
    "infinity": "cb7ff0000000000000",
    "NaN": "cb7ff8000000000000",
    "another NaN": "cbfff8000000000001",
    "float in an array": "9193c0c0cb3ff0000000000000",
    "the unused byte": "c1",
    "the unused byte in an array": "91c1",
    "trailing byte": "c0c0",
    "trailing zero": "9000",
    "trailing message": "9190" + "9190",
    "lone continuation byte": "a180",
    "invalid UTF-8": "a2c328",
    "overlong UTF-8": "a2c080",
    "UTF-8 of a surrogate": "a3eda080",
    "UTF-8 beyond U+10FFFF": "a4f4908080",
    "UTF-8 cut short": "a2e5bc",
    "text cut short": "a261",
    "bytes cut short": "c40261",
    "array cut short": "92c0",
    "integer cut short": "cd01",
    "length cut short": "db0000",
    "str 32 of 4 GiB": "dbffffffff",
    "bin 32 of 4 GiB": "c6ffffffff",
    "array 32 of 4 G": "ddffffffff",
    "map 32 of 4 G": "dfffffffff",
    "ext 32 of 4 GiB": "c9ffffffff05",
    "array 32 of 4 G with some": "ddffffffff" + "c0" * 100,
    "array 32 of 2 G": "dd7fffffff" + "c0" * 100,
    "arrays of 4 G, nested": "ddffffffff" * 100,
    "bin 32 of 4 GiB in an array": "91c6ffffffff" + "00" * 100,
    "array of as many items as bytes": "dc0040" * 20,
}


@pytest.mark.parametrize("name", NOT_STRICT)
def test_what_is_not_strict_is_refused(name: str) -> None:
    """A second spelling, a foreign type or a broken length is refused within a megabyte."""
    data = bytes.fromhex(NOT_STRICT[name])
    tracemalloc.start()
    try:
        with pytest.raises(MalformedError):
            unpack(data, LIMIT)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 1_000_000


@pytest.mark.parametrize("opening", ["91", "dc0001", "dd00000001", "92c0", "81a161", "de0001a161"])
@pytest.mark.parametrize("end", ["", "c0"])
def test_nesting_bombs_are_refused(opening: str, end: str) -> None:
    """A hundred thousand arrays or maps in each other are refused, closed or not."""
    data = bytes.fromhex(opening) * 100_000 + bytes.fromhex(end)

    with pytest.raises(MalformedError):
        unpack(data, len(data))


@pytest.mark.parametrize("depth", [1, 8, 32])
def test_shallow_nesting_is_accepted(depth: int) -> None:
    """Arrays as deep as any message of ours are unpacked."""
    data = b"\x91" * depth + b"\xc0"

    assert data == pack(unpack(data, LIMIT))


@pytest.mark.parametrize("depth", [64, 128, 256, 400, 500, 511, 512, 513, 1000, 1023, 1024, 1025])
def test_deeper_nesting_is_accepted_or_refused(depth: int) -> None:
    """Arrays deeper than any message of ours are the one spelling of a value, or refused."""
    data = b"\x91" * depth + b"\xc0"
    try:
        value = unpack(data, LIMIT)
    except MalformedError:
        return

    assert data == pack(value)


def test_amplification_is_bounded() -> None:
    """A message of empty arrays takes at most 120 times its length, one too long next to none."""
    size = 1 << 17
    data = b"\xdd" + (size - 5).to_bytes(4, "big") + b"\x90" * (size - 5)
    tracemalloc.start()
    try:
        with pytest.raises(MalformedError):
            unpack(data + b"\xc0", size)
        refused = tracemalloc.get_traced_memory()[1]
        items = len(unpack(data, size))
        accepted = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert size - 5 == items
    assert refused < 3 * size
    assert accepted < 120 * size


@given(_VALUES, st.integers(0, 20))
def test_the_limit_is_exact(value: Any, slack: int) -> None:
    """A message of its limit's length is unpacked, one a byte longer is refused."""
    packed = pack(value)
    unpack(packed, len(packed) + slack)

    with pytest.raises(MalformedError):
        unpack(packed, len(packed) - 1)


@given(st.binary(max_size=64))
def test_any_bytes_are_canonical_or_refused(data: bytes) -> None:
    """Any bytes are the one spelling of a value, or a MalformedError."""
    try:
        value = unpack(data, LIMIT)
    except MalformedError:
        return

    assert data == pack(value)


@given(_VALUES, st.data())
def test_a_changed_message_is_canonical_or_refused(value: Any, data: st.DataObject) -> None:
    """A message with bytes replaced is the one spelling of a value, or a MalformedError."""
    packed = pack(value)
    start = data.draw(st.integers(0, len(packed)))
    end = data.draw(st.integers(start, len(packed)))
    changed = packed[:start] + data.draw(st.binary(max_size=4)) + packed[end:]
    try:
        found = unpack(changed, LIMIT)
    except MalformedError:
        return

    assert changed == pack(found)


_FOREIGN = st.recursive(
    st.one_of(_SCALARS, st.floats(), st.builds(msgpack.ExtType, st.integers(0, 127), st.binary())),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=10,
)


def _is_ours(value: object) -> bool:
    if isinstance(value, list):
        return all(map(_is_ours, value))
    return not isinstance(value, (float, dict, msgpack.ExtType))


@given(_FOREIGN)
def test_foreign_types_are_refused_at_any_depth(value: Any) -> None:
    """A well-formed message is unpacked only if no map, float or extension stands in it."""
    try:
        unpack(msgpack.packb(value), LIMIT)
    except MalformedError:
        accepted = False
    else:
        accepted = True

    assert _is_ours(value) == accepted


# -- Records --------------------------------------------------------------------------------


def test_a_record_is_read_by_its_types() -> None:
    """A record with the expected types, in their order, is its items."""
    record: list[Any] = [1, "x", b"y", None, [2], True]
    types = (int, str, bytes, (str, type(None)), list, bool)

    assert record == unpack_record(pack(record), LIMIT, *types)
    assert record == fields(record, *types)


@pytest.mark.parametrize(
    ("record", "types"),
    [
        ([True], (int,)),
        ([False], (int,)),
        ([1], (bool,)),
        ([0], (bool,)),
        ([True], ((int, type(None)),)),
        (["x"], (bytes,)),
        ([b"x"], (str,)),
        ([None], (int,)),
        ([1], (str, int)),
        ([1, "x"], (int,)),
        ([1, "x"], (str, int)),
        ([], (int,)),
        ([1], ()),
        ([[1]], (int,)),
        ([1], (list,)),
        (1, (int,)),
        ("x", (str,)),
        (b"x", (bytes,)),
        (None, ()),
        ("", ()),
    ],
)
def test_records_of_other_types_are_refused(record: Any, types: tuple[Any, ...]) -> None:
    """A record of another length, or with an item of another type, is refused."""
    with pytest.raises(MalformedError):
        unpack_record(pack(record), LIMIT, *types)
    with pytest.raises(MalformedError):
        fields(record, *types)


@given(_SCALARS)
def test_refusals_do_not_repeat_the_message(value: Any) -> None:
    """The refusal of a message is one of a few fixed texts."""
    with pytest.raises(MalformedError) as refusal:
        unpack_record(pack(value), LIMIT, int)
    expected = "a message has the wrong number of fields"

    assert expected == str(refusal.value)


@given(st.binary(max_size=300))
def test_a_frame_states_its_length(message: bytes) -> None:
    """A frame is the message behind its length, 32 bits in network order."""
    assert struct.pack("!I", len(message)) + message == frame(message)
