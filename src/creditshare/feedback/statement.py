"""The signed statement of a feedback file: what an agency did on the listings of one log.

Each feedback carries the agency's whole state for that log, so that any later one stands for all
before it, and a lost file loses nothing.
"""

from __future__ import annotations

import datetime as dt
import itertools
import struct
from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Any, Self

import attrs

from creditshare.agency import check_origin
from creditshare.clock import day_number, from_day_number, from_unix
from creditshare.crypto.suite import SUITE
from creditshare.errors import InvalidValueError, MalformedError
from creditshare.feedback.execution import Action, Execution
from creditshare.wire import fields, pack, unpack_record

__all__ = ["CONTENT", "KIND", "ROW_SIZE", "STATEMENT_MAX", "Feedback", "in_order"]

CONTENT = 3
KIND = "creditshare/feedback/1"
STATEMENT_MAX = 64 << 20
_NUMBER_MAX = 2**63 - 1
_TIME_MAX = 2**36
_ROW = struct.Struct(">16sI")
ROW_SIZE = _ROW.size
_ACTIONS = {Action.APPLIED: 1, Action.LIFTED: 2}
_NUMBERS = {number: action for action, number in _ACTIONS.items()}
_group = attrgetter("action", "measure", "reference")


@attrs.frozen
class Feedback:
    """What one agency did on the listings of one log, as of one moment.

    Attributes:
        sender: The agency.
        origin: Whose log it is.
        number: Counted by the sender for each log: 1, 2, 3 ...
        issued: Unix seconds.
        header_digest: Of the file's header, so that nobody can re-wrap it.
        audience: The fingerprints of the recipients' keys, ascending.
        state: The latest action of each measure on each listing, by action, measure, reference and
            listing.
    """

    sender: str
    origin: str
    number: int
    issued: int
    header_digest: bytes
    audience: tuple[bytes, ...]
    state: tuple[Execution, ...] = attrs.field(repr=False)

    def to_bytes(self) -> bytes:
        """The body that is signed and kept."""
        return pack(
            [
                SUITE,
                self.sender,
                self.origin,
                self.number,
                self.issued,
                self.header_digest,
                list(self.audience),
                [_pack_group(*item) for item in itertools.groupby(self.state, key=_group)],
            ]
        )

    @property
    def issued_at(self) -> dt.datetime:
        """When it was signed."""
        return from_unix(self.issued)

    @classmethod
    def from_bytes(cls, body: bytes) -> Self:
        """Parse a body.

        Raises:
            MalformedError: for anything but the one spelling of a possible feedback.
        """
        suite, sender, origin, number, issued, header, audience, groups = unpack_record(
            body, STATEMENT_MAX, int, str, str, int, int, bytes, list, list
        )
        if suite != SUITE:
            raise MalformedError("a feedback is of another suite")
        if not 0 < number <= _NUMBER_MAX or not 0 < issued < _TIME_MAX:
            raise MalformedError("a feedback holds an impossible number or time")
        try:
            check_origin(sender)
            check_origin(origin)
            state = tuple(_unpack_groups(groups, origin))
        except InvalidValueError:
            raise MalformedError("a feedback holds a value of the wrong form") from None
        if len({(item.measure, item.listing_id) for item in state}) != len(state):
            raise MalformedError("a feedback says two things of one measure on one listing")
        return cls(sender, origin, number, issued, header, tuple(audience), state)


def in_order(state: Iterable[Execution]) -> tuple[Execution, ...]:
    """Executions in the order in which a feedback tells them."""
    return tuple(sorted(state, key=lambda item: (*_key(*_group(item)), item.listing_id)))


def _key(action: Action, measure: str, reference: str) -> tuple[int, str, str]:
    return _ACTIONS[action], measure, reference


def _pack_group(
    group: tuple[Action, str, str], executions: Iterable[Execution]
) -> list[int | str | bytes]:
    rows = [_ROW.pack(item.listing_id, day_number(item.on)) for item in executions]
    return [*_key(*group), b"".join(rows)]


def _unpack_groups(groups: list[Any], origin: str) -> Iterator[Execution]:
    last: tuple[int, str, str] | None = None
    for group in groups:
        number, measure, reference, rows = fields(group, int, str, str, bytes)
        key = number, measure, reference
        if number not in _NUMBERS or not rows or len(rows) % ROW_SIZE:
            raise MalformedError("a feedback holds an unknown action, or broken rows")
        if last is not None and key <= last:
            raise MalformedError("a feedback's groups are out of order")
        last, before = key, b""
        for listing_id, day in _ROW.iter_unpack(rows):
            if listing_id <= before:
                raise MalformedError("a feedback's listings are out of order")
            before = listing_id
            yield Execution(origin, listing_id, measure, _NUMBERS[number], _day(day), reference)


def _day(number: int) -> dt.date:
    try:
        return from_day_number(number)
    except (ValueError, OverflowError):
        raise MalformedError("a feedback holds an impossible day") from None
