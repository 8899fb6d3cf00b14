"""Strict msgpack: one spelling for every value. The only room that imports `msgpack`.

A message is arrays of integers, byte strings, UTF-8 text and nil; no maps, no floats, no extension
types. What `unpack` accepts re-encodes to exactly the bytes it was given,
so no second spelling of a signed message exists. Lengths are limited before memory is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

import msgpack

from creditshare.errors import MalformedError

__all__ = ["Value", "fields", "frame", "pack", "unpack", "unpack_record"]

Value = int | str | bytes | bool | None | Sequence["Value"]

_LENGTH_BYTES = 4
_BUFFER = 1024


def pack(value: Value) -> bytes:
    """Encode a value of ours, which is known to be free of maps and floats."""
    # `packb` allocates 256 KiB for every message; ours have some hundred bytes, and it grows.
    packed: bytes = msgpack.Packer(buf_size=_BUFFER).pack(value)
    return packed


def unpack(data: bytes, limit: int) -> Any:
    """Decode a message and check that it is spelled the one way `pack` spells it.

    Args:
        data: The whole message, nothing before or after it.
        limit: The most bytes a message of this kind may have.

    Returns:
        Nested lists of integers, text, bytes, booleans and None.

    Raises:
        MalformedError: for anything else.
    """
    if len(data) > limit:
        raise MalformedError("a message is longer than its kind may be")
    try:
        value = msgpack.unpackb(
            data,
            raw=False,
            use_list=True,
            strict_map_key=True,
            object_pairs_hook=_refuse,
            ext_hook=_refuse,
            max_str_len=len(data),
            max_bin_len=len(data),
            max_array_len=len(data),
            max_map_len=0,
            max_ext_len=0,
        )
        # Catches non-minimal lengths and integers; maps and extensions never get here.
        canonical = not _has_float(value) and pack(value) == data
    except (ValueError, TypeError, RecursionError, OverflowError, msgpack.UnpackException):
        raise MalformedError("a message is not strict msgpack") from None
    if not canonical:
        raise MalformedError("a message is not in its canonical spelling")
    return value


def unpack_record(data: bytes, limit: int, *types: type | tuple[type, ...]) -> list[Any]:
    """Decode an array whose items have exactly these types, in this order.

    Raises:
        MalformedError: for another length or type (a boolean is not an integer here).
    """
    return fields(unpack(data, limit), *types)


def fields(value: object, *types: type | tuple[type, ...]) -> list[Any]:
    """The items of a decoded array, if they have exactly these types, in this order.

    Raises:
        MalformedError: for another length or type (a boolean is not an integer here).
    """
    if not isinstance(value, list) or len(value) != len(types):
        raise MalformedError("a message has the wrong number of fields")
    for item, expected in zip(value, types, strict=True):
        if type(item) not in (expected if isinstance(expected, tuple) else (expected,)):
            raise MalformedError("a field of a message has the wrong type")
    return value


def frame(message: bytes) -> bytes:
    """A message behind its length (u32, big-endian)."""
    return len(message).to_bytes(_LENGTH_BYTES, "big") + message


def _refuse(*_: object) -> NoReturn:
    raise ValueError("maps and extension types have no place here")


def _has_float(value: object) -> bool:
    if isinstance(value, list):
        return any(map(_has_float, value))
    return isinstance(value, float)
