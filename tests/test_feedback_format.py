"""The format's document suffices for feedback too: a reader and a writer made from it alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from canonical import need
from creditshare.feedback import Action
from reporting import Reporting
from test_bundle_format import (
    SIGNATURE,
    Bytes,
    check_audience,
    day,
    frame,
    open_container,
    pack,
    sign,
    strict,
    verify,
    write_container,
)
from world import NOW, TODAY

KIND = "creditshare/feedback/1"


def open_feedback(data: bytes, seeds: bytes, own: bytes, sender: bytes) -> list[Any]:
    """Sender, origin, number, issued and state, each row as action, measure, reference, id, day."""
    container = open_container(data, 3, seeds)
    reader = Bytes(container.body)
    body, signature = reader.take(reader.u(4)), reader.take(SIGNATURE)
    need(reader.rest() == b"", "something trails")
    verify(KIND, body, signature, sender)
    suite, name, origin, number, issued, header_digest, audience, groups = strict(body)
    need((suite, name) == (1, container.sender), "suite or sender")
    check_audience(container, header_digest, audience, own)
    keys = [group[:3] for group in groups]
    need(keys == sorted(keys) and len({*map(tuple, keys)}) == len(keys), "order of the groups")
    return [name, origin, number, issued, [list(row) for group in groups for row in rows(group)]]


def rows(group: list[Any]) -> Iterator[tuple[int, str, str, bytes, int]]:
    action, measure, reference, data = group
    found = Bytes(data)
    while found.at < len(data):
        yield action, measure, reference, found.take(16), found.u(4)


@pytest.fixture
def exchange(tmp_path: Path) -> Iterator[Reporting]:
    """A lender that has heard of the listings 1 to 3."""
    made = Reporting.of(tmp_path, 1, 2, 3)
    yield made
    made.world.close()


def test_what_the_library_writes(exchange: Reporting) -> None:
    """A feedback says what was done, to a reader made from the document."""
    exchange.applies(1, 2, reference="policy 4.2")
    exchange.applies(3)
    exchange.lifts(2)
    path, _ = exchange.seals()
    world, ours = exchange.world, exchange.world.custodian.keys
    *head, state = open_feedback(
        path.read_bytes(), ours.raw, ours.public.raw, world.lender.keys.public.raw
    )
    codes = {measure.code for measure in exchange.match(1).measures}
    done = [(1, "policy 4.2", 1), (2, "", 2), (1, "", 3)]

    assert ["lender", "platform", 1, int(NOW.timestamp())] == head
    assert sorted(
        [action, code, reference, exchange.ids[serial], day(TODAY)]
        for action, reference, serial in done
        for code in codes
    ) == sorted(state)


def test_what_the_document_writes(exchange: Reporting) -> None:
    """A feedback written from the document alone is opened and taken by the library."""
    world = exchange.world
    to = world.custodian.keys.public.raw
    listings = sorted(exchange.ids.values())
    applied = b"".join(item + day(TODAY).to_bytes(4, "big") for item in listings[:2])
    lifted = listings[2] + (day(TODAY) - 3).to_bytes(4, "big")

    def body(header_digest: bytes) -> bytes:
        statement = pack(
            [
                *(1, "lender", "platform", 5, int(NOW.timestamp()), header_digest),
                [hashlib.sha256(to).digest()],
                [[1, "LOAN_LIMIT", "第四条", applied], [2, "LOAN_LIMIT", "", lifted]],
            ]
        )
        return frame(statement) + sign(KIND, statement, world.lender.keys.raw)

    path = world.folder / "written.csf"
    path.write_bytes(write_container("lender", 3, [to], body))
    told = exchange.hears(path)
    opened = exchange.opens(path)

    assert (5, 4, 3, ()) == (told.number, told.skipped, told.news, told.refused)
    assert [Action.APPLIED, Action.APPLIED, Action.LIFTED] == [
        item.action for item in opened.feedback.state
    ]
    assert listings == [item.listing_id for item in opened.feedback.state]
