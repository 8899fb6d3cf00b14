"""Laws of execution feedback: what is said is what is read, and what was done is what is known."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditshare.clock import unix
from creditshare.errors import CreditshareError, MalformedError
from creditshare.feedback import Action, Execution, Feedback, executions_of
from creditshare.feedback.statement import in_order
from creditshare.ledger import told, told_of_end, told_to
from creditshare.model import WithdrawalReason
from reporting import Reporting
from world import DAY, NOW, cleared

CODES = st.from_regex(r"[A-Z0-9]([A-Z0-9_]{0,20}[A-Z0-9])?", fullmatch=True)
DAYS = st.dates(dt.date(1970, 1, 1), dt.date(8999, 12, 31))
REFERENCES = st.one_of(st.just(""), st.text(max_size=100))


@st.composite
def states(draw: st.DrawFn) -> tuple[Execution, ...]:
    """What an agency may have done, each measure on each listing once, in any order."""
    pairs = draw(
        st.lists(st.tuples(st.binary(min_size=16, max_size=16), CODES), unique=True, max_size=12)
    )
    found = []
    for listing_id, code in pairs:
        values = draw(st.sampled_from(Action)), draw(DAYS), draw(REFERENCES)
        try:
            found.append(Execution("platform", listing_id, code, *values))
        except CreditshareError:  # a text that no reference can be
            found.append(Execution("platform", listing_id, code, *values[:2]))
    return tuple(found)


def feedback(state: tuple[Execution, ...]) -> Feedback:
    return Feedback("lender", "platform", 3, unix(NOW), bytes(32), (b"\x05" * 32,), state)


@given(states())
def test_what_is_said_is_what_is_read(state: tuple[Execution, ...]) -> None:
    """A feedback reads back as it was written, whatever was done, and has one spelling."""
    made = feedback(in_order(state))
    body = made.to_bytes()

    assert made == Feedback.from_bytes(body)
    assert body == feedback(in_order(reversed(state))).to_bytes()


@given(states(), st.randoms(use_true_random=False))
def test_another_order_is_refused(state: tuple[Execution, ...], random: object) -> None:
    """A state in any other order than its own is no feedback."""
    shuffled = list(state)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    body = feedback(tuple(shuffled)).to_bytes()

    if body == feedback(in_order(state)).to_bytes():
        assert in_order(state) == Feedback.from_bytes(body).state
    else:
        with pytest.raises(MalformedError):
            Feedback.from_bytes(body)


@given(states(), st.data())
def test_a_changed_byte_reads_otherwise_or_not_at_all(
    state: tuple[Execution, ...], data: st.DataObject
) -> None:
    """A statement with any byte changed never reads as the same feedback."""
    made = feedback(in_order(state))
    body = bytearray(made.to_bytes())
    body[data.draw(st.integers(0, len(body) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        read = Feedback.from_bytes(bytes(body))
    except MalformedError:
        return

    assert made != read


# -- Sender and issuer, over many days ---------------------------------------------------------

SERIALS = (1, 2, 3)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["apply", "lift", "send", "lose", "again"]), st.sampled_from(SERIALS)
    ),
    max_size=14,
)


@settings(max_examples=15)
@given(STEPS)
def test_what_was_done_is_what_is_known(steps: list[tuple[str, int]]) -> None:
    """However files are lost or repeated, the issuer knows what the last one told it."""
    with tempfile.TemporaryDirectory() as folder:
        exchange = Reporting.of(Path(folder), *SERIALS)
        known: list[Execution] = []
        files: list[Path] = []
        at = NOW
        for step, serial in steps:
            at += dt.timedelta(hours=1)
            done = exchange.executions(serial)
            if step == "apply":
                exchange.applies(serial, at=at)
            elif step == "lift" and done and done[0].action is Action.APPLIED:
                exchange.lifts(serial, at=at)
            elif step in ("send", "lose") and (state := _state(exchange)):
                path, _ = exchange.seals(f"{len(files)}.csf", at=at)
                if step == "send":
                    exchange.hears(path, at=at)
                    files.append(path)
                    known = state
            elif step == "again" and files:
                assert exchange.hears(files[-1], at=at).already_held

        assert known == _known(exchange)
        exchange.world.close()


def _state(exchange: Reporting) -> list[Execution]:
    return [item for serial in SERIALS for item in exchange.executions(serial)]


def _known(exchange: Reporting) -> list[Execution]:
    with exchange.books() as (_, store):
        return [
            item.execution
            for serial in SERIALS
            for item in executions_of(store, exchange.ids[serial])
        ]


LOG_STEPS = st.lists(
    st.sampled_from(["list", "amend", "withdraw", "void", "lender", "insurer", "delta"]),
    max_size=12,
)


@settings(max_examples=25)
@given(LOG_STEPS)
def test_who_was_told_of_what(steps: list[str]) -> None:
    """Told of a listing is who got its content, and of its end who got the withdrawal."""
    with tempfile.TemporaryDirectory() as folder:
        exchange = Reporting.of(Path(folder), 1)
        world, ledger, live = exchange.world, exchange.ledger, [1]
        for place, step in enumerate(steps):
            if step == "list":
                exchange.lists(serial := len(exchange.ids) + 1)
                live.append(serial)
            elif step == "amend" and live:
                _amend(exchange, live[place % len(live)])
            elif step in ("withdraw", "void") and live:
                void = WithdrawalReason.BASIS_REVOKED
                reason = void if step == "void" else WithdrawalReason.SETTLED
                exchange.withdraws(live.pop(place % len(live)), reason=reason)
            elif step == "delta":
                last = ledger.last_checkpoint()
                if last is not None and last.size < _size(exchange):
                    to = [world.insurer.public]
                    world.seal(ledger, "d.csb", since=last.sequence, to=to)
            elif step in ("lender", "insurer"):
                exchange.delivers(to=[getattr(world, step).public])
        with exchange.books() as (_, store):
            ids = list(exchange.ids.values())
            for origin in ("lender", "insurer", "bank"):
                expected = {
                    item
                    for item in ids
                    if any(
                        one.content and origin in one.bundle.recipients for one in told(store, item)
                    )
                }

                assert expected == told_to(store, origin, [*ids, b"\xff" * 16])

                ended = {
                    (origin, item)
                    for item in ids
                    for one in told(store, item)
                    if origin in one.bundle.recipients
                    and any(event.type.ends for event in one.events)
                }

                assert ended == told_of_end(store, [(origin, item) for item in ids], 0)
        world.close()


def _amend(exchange: Reporting, serial: int) -> None:

    newer = exchange.ledger.listing(exchange.ids[serial])
    exchange.ledger.amend(cleared(newer), tokens=exchange.world.tokens, at=NOW)


def _size(exchange: Reporting) -> int:
    with exchange.books() as (_, store):
        meta = store.meta()
    return 0 if meta is None else meta.size


def test_after_a_new_log_whoever_had_the_old_one_counts_as_told(tmp_path: Path) -> None:
    """After the log began anew, an earlier recipient may still speak of what it was told then."""
    exchange = Reporting.of(tmp_path, 1, 2)
    exchange.withdraws(1)
    exchange.ledger.renew(2, tokens=exchange.world.tokens, at=NOW + DAY)
    with exchange.books() as (_, store):
        found = {
            origin: told_to(store, origin, [*exchange.ids.values(), b"\xff" * 16])
            for origin in ("lender", "insurer", "bank")
        }

    assert {*exchange.ids.values()} == found["lender"] == found["insurer"]
    assert frozenset() == found["bank"]
    exchange.world.close()
