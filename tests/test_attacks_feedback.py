"""Attacks on execution feedback: each ends in our named error, and the ledger is as it was.

The sender of a feedback is a member with keys of its own, so most attacks are made by one: a
`Forgery` is a feedback in parts, signed and sealed whatever stands in it.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import msgpack
import pytest

import creditshare as cs
from creditshare.clock import day_number, unix
from creditshare.crypto.container import (
    decrypt_body,
    encrypt_body,
    new_header,
    read_header,
    unwrap_key,
)
from creditshare.crypto.signing import SIGNATURE_SIZE, sign
from creditshare.errors import (
    ExpiredError,
    FileError,
    ForgedValueError,
    MalformedError,
    MisuseError,
    NotForUsError,
    RollbackError,
    RosterError,
    SignatureError,
    UnauthorisedIssuerError,
    UnsupportedSuiteError,
)
from creditshare.feedback import Action, Execution, OpenedFeedback, apply_feedback
from creditshare.feedback.statement import STATEMENT_MAX
from creditshare.sealing import audience_of
from reporting import Reporting
from simulator import dump
from world import DAY, LICENCE, NOW, TODAY

CONTENT = 3
KIND = "creditshare/feedback/1"
SECOND = dt.timedelta(seconds=1)


@attrs.frozen
class Forgery:
    """A feedback in parts.

    Attributes:
        exchange: Whose ledger it is meant for.
        groups: The state as it stands in the statement.
        changes: Other fields of the statement, by place.
        sender: In the header.
        to: Whom it is sealed to.
        signer: Whose keys sign.
        kind: The type that is signed.
        content: In the header.
        body: What is done to the statement's bytes before they are signed.
        sent: What is done to the whole body before it is sealed.
    """

    exchange: Reporting
    groups: list[Any]
    changes: dict[int, Any] = attrs.field(factory=dict)
    sender: str = "lender"
    to: list[cs.PublicAgency] | None = None
    signer: cs.Agency | None = None
    kind: str = KIND
    content: int = CONTENT
    body: Callable[[bytes], bytes] = bytes
    sent: Callable[[bytes], bytes] = bytes

    def write(self, name: str = "forged.csf", *, at: dt.datetime = NOW) -> Path:
        """Sign and seal it."""
        world = self.exchange.world
        to = self.to or [world.custodian.public]

        def whole(header_digest: bytes) -> bytes:
            fields = [
                1, self.sender, "platform", 1, unix(at), header_digest, audience_of(to), self.groups
            ]  # fmt: skip
            for place, value in self.changes.items():
                fields[place] = value
            said = self.body(msgpack.packb(fields))
            signature = sign(self.kind, said, (self.signer or world.lender).keys)
            return self.sent(len(said).to_bytes(4, "big") + said + signature)

        length = len(whole(bytes(32)))
        header, key = new_header(self.content, self.sender, length, [item.keys for item in to])
        path = world.folder / name
        with path.open("wb") as file:
            encrypt_body(header, key, [whole(header.digest)], file)
        return path


@pytest.fixture
def exchange(tmp_path: Path) -> Iterator[Reporting]:
    """A lender that applied something on listing 1, has heard of 2, and reported nothing yet."""
    made = Reporting.of(tmp_path, 1, 2)
    made.applies(1)
    yield made
    made.world.close()


def row(listing_id: bytes, day: dt.date = TODAY) -> bytes:
    return listing_id + day_number(day).to_bytes(4, "big")


def group(exchange: Reporting, *, day: dt.date = TODAY, serial: int = 1) -> list[Any]:
    return [1, "LOAN_LIMIT", "", row(exchange.ids[serial], day)]


def forgery(exchange: Reporting, **changes: Any) -> Forgery:
    """A true feedback of the lender's, but for these parts."""
    return Forgery(exchange, **({"groups": [group(exchange)]} | changes))


def held(exchange: Reporting) -> list[str]:
    return dump(exchange.world.folder / "ledger.db")


def test_a_forgery_with_nothing_forged_is_believed(exchange: Reporting) -> None:
    """What the attacks change is all that is wrong with them."""
    told = exchange.hears(forgery(exchange).write())

    assert (1, ()) == (told.news, told.refused)


# -- Who says it, of what, to whom -----------------------------------------------------------------

Attack = Callable[[Reporting], Path]
Row = tuple[type[cs.CreditshareError], Attack]


def forging(**changes: Any) -> Attack:
    return lambda exchange: forgery(exchange, **changes).write()


def by(name: str, **changes: Any) -> Attack:
    """Signed by another agency of the exchange."""
    return lambda exchange: forgery(
        exchange, signer=getattr(exchange.world, name), **changes
    ).write()


def rewrapped(exchange: Reporting) -> Path:
    """The insurer re-wraps for the custodian what the lender had sealed to the insurer."""
    world = exchange.world
    path = forgery(exchange, to=[world.insurer.public]).write()
    with path.open("rb") as file:
        header = read_header(file, path.stat().st_size, CONTENT)
        out = world.folder / "body"
        with out.open("wb") as body:
            decrypt_body(header, unwrap_key(header, world.insurer.keys), file, body)
    data = out.read_bytes()
    wrapped, key = new_header(CONTENT, "lender", len(data), [world.custodian.keys.public])
    with path.open("wb") as file:
        encrypt_body(wrapped, key, [data], file)
    return path


def halved(start: int, end: int) -> Callable[[bytes], bytes]:
    """Zero a part of the signature, counted from its start."""

    def change(body: bytes) -> bytes:
        at = len(body) - SIGNATURE_SIZE
        return body[: at + start] + bytes(end - start) + body[at + end :]

    return change


def to_both(exchange: Reporting) -> Path:
    world = exchange.world
    return forgery(exchange, to=[world.custodian.public, world.insurer.public]).write()


def a_bundle(exchange: Reporting) -> Path:
    return exchange.world.folder / "1.csb"


def a_link(exchange: Reporting) -> Path:
    link = exchange.world.folder / "link.csf"
    link.symlink_to(forgery(exchange).write())
    return link


PARTIES: dict[str, Row] = {
    "forged sender: another member signs as the lender": (SignatureError, by("insurer")),
    "forged sender: the custodian signs as the lender": (SignatureError, by("custodian")),
    "forged sender: nobody the roster knows": (
        UnauthorisedIssuerError, forging(sender="stranger")
    ),
    "forged sender: one without keys": (UnauthorisedIssuerError, by("lender", sender="platform")),
    "forged sender: another name inside": (MalformedError, forging(changes={1: "insurer"})),
    "one half of the signature: Ed25519 zeroed": (SignatureError, forging(sent=halved(0, 64))),
    "one half of the signature: ML-DSA zeroed": (
        SignatureError, forging(sent=halved(64, SIGNATURE_SIZE))
    ),
    "another kind: signed as a checkpoint": (
        SignatureError, forging(kind="creditshare/checkpoint/1")
    ),
    "another kind: signed as a delivery": (SignatureError, forging(kind="creditshare/delivery/1")),
    "another content: a token key's": (MalformedError, forging(content=2)),
    "another content: a bundle": (MalformedError, a_bundle),
    "re-wrapped: by its recipient for another": (NotForUsError, rewrapped),
    "re-wrapped: the header of another file": (NotForUsError, forging(changes={5: bytes(32)})),
    "audience: somebody else": (NotForUsError, forging(changes={6: [bytes(32)]})),
    "audience: nobody": (MalformedError, forging(changes={6: []})),
    "audience: two": (MalformedError, to_both),
    "not for us: sealed to another": (
        NotForUsError,
        lambda exchange: forgery(exchange, to=[exchange.world.insurer.public]).write(),
    ),
    "wrong origin: the bank's log": (NotForUsError, forging(changes={2: "bank"})),
    "wrong origin: a log of nobody": (NotForUsError, forging(changes={2: "nobody"})),
    "wrong origin: a path": (MalformedError, forging(changes={2: "../platform"})),
    "the future: signed in an hour": (
        ExpiredError, forging(changes={4: unix(NOW) + 3600})
    ),
    "the future: applied the day after tomorrow": (
        ExpiredError,
        lambda exchange: forgery(
            exchange, groups=[group(exchange, day=TODAY + 2 * DAY)]
        ).write(),
    ),
    "oversized: the body": (MalformedError, forging(sent=lambda _: bytes(STATEMENT_MAX + 4000))),
    "no file: a link": (FileError, a_link),
}  # fmt: skip


@pytest.mark.parametrize("what", PARTIES)
def test_a_feedback_that_must_not_be_believed(exchange: Reporting, what: str) -> None:
    """A feedback of a wrong sender, for a wrong reader, of a wrong log or day changes nothing."""
    error, attack = PARTIES[what]
    path, before = attack(exchange), held(exchange)

    with pytest.raises(error) as caught:
        exchange.hears(path)
    assert error is type(caught.value)
    assert before == held(exchange)


def test_only_who_speaks_for_the_log_opens_it(exchange: Reporting) -> None:
    """Once a log has another custodian, the earlier one is refused what it can still decrypt."""
    world = exchange.world
    path = forgery(exchange).write()
    entry = cs.roster.RosterEntry
    freed = world.roster(platform=entry("platform", None, [cs.Role.ISSUER], LICENCE))
    moved = world.roster(
        platform=entry("platform", None, [cs.Role.ISSUER], LICENCE, "bank", LICENCE)
    )

    for roster in (freed, moved):
        with pytest.raises(NotForUsError, match="log"):
            exchange.opens(path, roster=roster)


def test_an_issuer_without_licence_hears_all_the_same(exchange: Reporting) -> None:
    """A custodian that lost its licence still hears what was lifted."""
    entry = cs.roster.RosterEntry("custodian", exchange.world.custodian.keys.public,
                                  [cs.Role.CUSTODIAN])  # fmt: skip
    roster = exchange.world.roster(custodian=entry)

    assert 1 == exchange.hears(forgery(exchange).write(), roster=roster).news


def test_a_roster_out_of_force_authorises_nobody(exchange: Reporting) -> None:
    """With a roster that has expired no feedback is sealed and none opened."""
    late = NOW + 400 * DAY
    path = forgery(exchange).write()

    with pytest.raises(RosterError):
        exchange.hears(path, at=late)
    with pytest.raises(RosterError):
        exchange.seals(at=late)


# -- When: order, replay, rollback -------------------------------------------------------------


def test_replay_and_rollback(exchange: Reporting) -> None:
    """Of one sender only a later feedback is taken: nothing earlier, nothing of its number."""
    lifted = [[2, "LOAN_LIMIT", "", row(exchange.ids[1])]]
    first = forgery(exchange).write("1.csf")
    second = forgery(exchange, groups=lifted, changes={3: 2}).write("2.csf")
    other = forgery(exchange, changes={3: 2}).write("other.csf")
    backdated = forgery(exchange, changes={3: 3, 4: unix(NOW) - 1}).write("3.csf")
    exchange.hears(first)
    exchange.hears(second)
    before = held(exchange)

    for path in (first, other, backdated):
        with pytest.raises(RollbackError):
            exchange.hears(path)
    assert exchange.hears(second).already_held
    assert before == held(exchange)


def test_each_sender_counts_for_itself(exchange: Reporting) -> None:
    """The number of one agency's feedback says nothing about another's."""
    exchange.hears(forgery(exchange, changes={3: 7}).write("lender.csf"))
    world = exchange.world
    told = exchange.hears(forgery(exchange, sender="insurer", signer=world.insurer).write())

    assert ("insurer", 1, 0) == (told.sender, told.number, told.skipped)


def test_a_feedback_applied_to_another_ledger(exchange: Reporting) -> None:
    """A feedback on one log is not taken into another log's database."""
    opened = exchange.opens(forgery(exchange).write())
    exchange.world.ledger("own", origin="bank")

    with (
        cs.LedgerStore(exchange.world.folder / "own.db") as store,
        pytest.raises(NotForUsError, match="another log"),
    ):
        apply_feedback(store, opened)


# -- Of which listings -------------------------------------------------------------------------


def test_of_a_listing_that_was_never_listed_nothing_is_taken(exchange: Reporting) -> None:
    """What a feedback says of a listing that this log never had is refused and told, alone."""
    stranger = b"\xff" * 16
    rows = row(exchange.ids[1]) + row(stranger)
    told = exchange.hears(forgery(exchange, groups=[[1, "LOAN_LIMIT", "", rows]]).write())
    refused = Execution("platform", stranger, "LOAN_LIMIT", Action.APPLIED, TODAY)

    assert (1, (refused,)) == (told.news, told.refused)
    assert not [line for line in held(exchange) if stranger.hex() in line.lower() and
                "execution" in line]  # fmt: skip


def test_of_a_listing_that_its_sender_was_never_told_nothing_is_taken(exchange: Reporting) -> None:
    """A member cannot report on a listing that no bundle sealed to it has carried."""
    exchange.lists(3)
    exchange.delivers(to=[exchange.world.insurer.public])
    groups = [group(exchange, serial=3)]
    lender = exchange.hears(forgery(exchange, groups=groups).write())
    insurer = exchange.hears(
        forgery(exchange, groups=groups, sender="insurer", signer=exchange.world.insurer).write()
    )

    assert (0, 1) == (lender.news, len(lender.refused))
    assert (1, 0) == (insurer.news, len(insurer.refused))


def test_an_execution_cannot_be_unsaid(exchange: Reporting) -> None:
    """What a later feedback leaves out stays as it was told, and the gap is told."""
    both = [[1, "LOAN_LIMIT", "", b"".join(sorted(row(exchange.ids[item]) for item in (1, 2)))]]
    exchange.hears(forgery(exchange, groups=both).write())
    before = Counter(held(exchange))
    told = exchange.hears(forgery(exchange, changes={3: 2}).write())

    assert (0, 1) == (told.news, told.left_out)
    assert {line for line in before if line.startswith('INSERT INTO "execution"')} <= {
        *held(exchange)
    }


# -- Spelling ----------------------------------------------------------------------------------


def fields_as(change: Callable[[list[Any]], object]) -> Callable[[bytes], bytes]:
    return lambda body: bytes(msgpack.packb(change(msgpack.unpackb(body))))


ONE, TWO = b"\x01" * 16, b"\x02" * 16
GROUPS: dict[str, object] = {
    "no list": b"",
    "a group of nothing": [[]],
    "an unknown action": [[3, "LOAN_LIMIT", "", row(ONE)]],
    "no action": [[0, "LOAN_LIMIT", "", row(ONE)]],
    "an action as a truth": [[True, "LOAN_LIMIT", "", row(ONE)]],
    "an action as a text": [["applied", "LOAN_LIMIT", "", row(ONE)]],
    "a measure in small letters": [[1, "loan_limit", "", row(ONE)]],
    "a measure that is a name": [[1, "张三", "", row(ONE)]],
    "a long measure": [[1, "X" * 65, "", row(ONE)]],
    "a reference with a number": [[1, "LOAN_LIMIT", "888888198005170011", row(ONE)]],
    "a long reference": [[1, "LOAN_LIMIT", "x" * 101, row(ONE)]],
    "a reference of blanks": [[1, "LOAN_LIMIT", " ", row(ONE)]],
    "no rows": [[1, "LOAN_LIMIT", "", b""]],
    "a row cut short": [[1, "LOAN_LIMIT", "", row(ONE)[:-1]]],
    "a row too long": [[1, "LOAN_LIMIT", "", row(ONE) + b"\0"]],
    "rows out of order": [[1, "LOAN_LIMIT", "", row(TWO) + row(ONE)]],
    "a row twice": [[1, "LOAN_LIMIT", "", row(ONE) + row(ONE)]],
    "a day in the year 9910": [[1, "LOAN_LIMIT", "", ONE + (2_900_001).to_bytes(4, "big")]],
    "a day that no calendar has": [[1, "LOAN_LIMIT", "", ONE + b"\xff" * 4]],
    "groups out of order": [[2, "AIR", "", row(ONE)], [1, "AIR", "", row(TWO)]],
    "a group twice": [[1, "AIR", "", row(ONE)], [1, "AIR", "", row(TWO)]],
    "applied and lifted": [[1, "AIR", "", row(ONE)], [2, "AIR", "", row(ONE)]],
    "applied under two references": [[1, "AIR", "", row(ONE)], [1, "AIR", "x", row(ONE)]],
    "a field more": [[1, "AIR", "", row(ONE), 0]],
    "a map": [{1: 2}],
}
SPELLINGS: dict[str, Callable[[bytes], bytes]] = {
    "suite 2": fields_as(lambda fields: [2, *fields[1:]]),
    "suite true": fields_as(lambda fields: [True, *fields[1:]]),
    "suite 1.0": fields_as(lambda fields: [1.0, *fields[1:]]),
    "suite in two bytes": lambda body: body[:1] + b"\xcc\x01" + body[2:],
    "number 0": fields_as(lambda fields: [*fields[:3], 0, *fields[4:]]),
    "number -1": fields_as(lambda fields: [*fields[:3], -1, *fields[4:]]),
    "number 2^63": fields_as(lambda fields: [*fields[:3], 2**63, *fields[4:]]),
    "issued 0": fields_as(lambda fields: [*fields[:4], 0, *fields[5:]]),
    "issued 2^36": fields_as(lambda fields: [*fields[:4], 2**36, *fields[5:]]),
    "a field more": fields_as(lambda fields: [*fields, 0]),
    "a field less": fields_as(lambda fields: fields[:-1]),
    "a map": fields_as(lambda fields: dict(enumerate(fields))),
    "a byte more": lambda body: body + b"\xc0",
    "a byte less": lambda body: body[:-1],
    "nothing": lambda _: b"",
    "a nesting bomb": lambda _: b"\x91" * 60_000 + b"\xc0",
    "4 G items": lambda body: b"\xdd\xff\xff\xff\xff" + body,
    "4 G bytes": lambda body: b"\xc6\xff\xff\xff\xff" + body,
}


@pytest.mark.parametrize("what", [*GROUPS, *(f"the statement: {name}" for name in SPELLINGS)])
def test_a_statement_of_another_spelling(exchange: Reporting, what: str) -> None:
    """A signed statement in any but its one spelling is refused."""
    if what in GROUPS:
        path = forgery(exchange, groups=GROUPS[what]).write()
    else:
        path = forgery(exchange, body=SPELLINGS[what.removeprefix("the statement: ")]).write()
    before = held(exchange)

    with pytest.raises(MalformedError):
        exchange.hears(path)
    assert before == held(exchange)


# -- The file ----------------------------------------------------------------------------------


def outcome(exchange: Reporting, path: Path, data: bytes) -> str:
    """What becomes of these bytes: the name of our error; any other error fails the test."""
    path.write_bytes(data)
    try:
        exchange.opens(path)
    except cs.CreditshareError as error:
        return type(error).__name__
    return "accepted"


def test_every_region_counts(exchange: Reporting) -> None:
    """A feedback with a byte changed, or cut anywhere, is refused; so is one with a byte more."""
    path, _ = exchange.seals()
    whole = path.read_bytes()
    header = 8 + 4 + len("lender") + 8 + 2
    regions = {*range(header), *range(header, len(whole), 97), *range(len(whole) - 20, len(whole))}
    flipped = Counter(
        outcome(exchange, path, whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        for at in regions
    )
    cut = Counter(outcome(exchange, path, whole[:at]) for at in regions)
    longer = outcome(exchange, path, whole + b"\0")

    assert "accepted" == outcome(exchange, path, whole)
    assert {
        "MalformedError",
        "UnsupportedSuiteError",
        "UnauthorisedIssuerError",
        "NotForUsError",
    } == set(flipped)
    assert len(regions) == flipped.total()
    assert {"MalformedError": len(regions)} == cut
    assert "MalformedError" == longer


def test_an_opened_feedback_comes_from_opening_alone(exchange: Reporting) -> None:
    """Nobody makes an opened feedback by hand, or changes one."""
    opened = exchange.opens(exchange.seals()[0])
    with pytest.raises(ForgedValueError):
        OpenedFeedback()
    with pytest.raises(ForgedValueError):
        opened.feedback = None  # type: ignore[assignment]
    with exchange.books() as (_, store), pytest.raises(MisuseError):
        apply_feedback(store, opened.feedback)  # type: ignore[arg-type]


def test_suites_are_not_negotiated(exchange: Reporting) -> None:
    """Another suite in the header is refused by name."""
    path, _ = exchange.seals()
    data = bytearray(path.read_bytes())
    data[9] = 2
    path.write_bytes(data)

    with pytest.raises(UnsupportedSuiteError):
        exchange.opens(path)
