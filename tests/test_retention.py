"""What has ended is gone: from the rows, the free pages, the gaps, the log and the temporary files.

No table is named here. Every text and every byte string that some row held and no row holds any
more is searched for in every file, so that content is found wherever it was put.
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

import creditshare as cs
from creditshare.calendars import PLAIN
from creditshare.errors import NotListedError, StoreError
from creditshare.life import Cause
from creditshare.model import ListingStatus, WithdrawalReason
from creditshare.stores.sqlite import Database
from simulator import Simulator
from world import (
    DAY,
    DECISION,
    EPOCH,
    NOW,
    REMEDY,
    TODAY,
    World,
    applicant,
    cleared,
    listing,
    number,
)  # fmt: skip

WINDOW, STEP = 12, 150
BORN = dt.date(1980, 5, 17)
YEAR = 365 * DAY
FAR = NOW + 30 * YEAR
NEXT = cs.TokenKey.generate(cs.Epoch("2027H1", NOW - DAY, NOW + YEAR, replaces=EPOCH.name))


# -- Searching ---------------------------------------------------------------------------------


def contents(*stores: Database) -> set[bytes]:
    """Every text and byte string that a row of any table holds."""
    found = set()
    for store in stores:
        names = store.all_rows("SELECT name FROM sqlite_schema WHERE type = 'table'")
        for (name,) in names:
            for row in store.all_rows(f"SELECT * FROM {name}"):  # noqa: S608 - a test's own names
                found |= {cell.encode() if isinstance(cell, str) else cell for cell in row}
    return {cell for cell in found if isinstance(cell, bytes)}


def windows(cells: Iterable[bytes]) -> set[bytes]:
    """Pieces of each by which a part of it is recognised, the end among them."""
    return {
        cell[at : at + WINDOW]
        for cell in cells
        for at in (*range(0, len(cell) - WINDOW, STEP), len(cell) - WINDOW)
        if at >= 0
    }


def among(data: bytes, wanted: set[bytes]) -> set[bytes]:
    """Which of the pieces stand anywhere in some bytes."""
    places = range(len(data) - WINDOW + 1)
    return {piece for at in places if (piece := data[at : at + WINDOW]) in wanted}


def files(folder: Path, name: str = "*.db*") -> Iterator[Path]:
    """Every database with its log and index, and SQLite's temporary files, unlinked ones too."""
    yield from folder.glob(name)
    for path in Path("/proc/self/fd").glob("*"):
        if path.is_symlink() and "etilqs" in str(path.readlink()):
            yield path


def remains(folder: Path, before: set[bytes], now: set[bytes], name: str = "*.db*") -> set[bytes]:
    """What stands in a file although no row holds it any more."""
    gone = windows(before - now)
    gone -= among(b"\0".join(now), gone)

    assert gone, "nothing was deleted: there is nothing to search for"
    return set().union(*(among(path.read_bytes(), gone) for path in files(folder, name)))


# -- An issuer and a recipient -----------------------------------------------------------------


def marked(serial: int, **changes: object) -> cs.Listing:
    """A listing all of whose texts are its own."""
    rng = random.Random(serial)
    noise = "".join(rng.choices("abcdefghijkmnpqrstuvwxyz", k=rng.choice([20, 600, 1900])))
    text = f"text {serial:06} {noise}"
    thousands, rest = divmod(serial, 1000)
    values: dict[str, object] = {
        "borrower": cs.Borrower.person(
            cs.ResidentID.parse(number(rest, BORN + thousands * DAY)), name=f"测试{serial:06}"
        ),
        "decision": attrs.evolve(DECISION, reasons=text),
        "notice": cs.Notice(dt.date(2026, 10, 1), cs.model.ServiceMethod.POST, f"{REMEDY} {text}"),
        "statement": cs.model.Statement(TODAY, f"statement of {serial:06}"),
        "reference": f"row {serial:06} of the report",
    }
    return listing(rest, **(values | changes))


@attrs.define
class Held:
    """A ledger and a registry with open databases, and what they held at first."""

    world: World
    said: cs.LedgerStore
    heard: cs.RegistryStore
    ids: dict[int, bytes] = attrs.field(factory=dict)
    before: set[bytes] = attrs.field(factory=set)
    _names: Iterator[int] = attrs.field(factory=itertools.count)

    @property
    def ledger(self) -> cs.Ledger:
        """The issuer's."""
        meta = self.said.meta()
        return cs.Ledger(
            self.said, origin="platform", generation=1 if meta is None else meta.generation
        )

    @property
    def registry(self) -> cs.Registry:
        """The recipient's."""
        return cs.Registry(self.heard)

    def lists(self, serials: Iterable[int]) -> None:
        """Record marked listings, tell the recipient, and note what both hold."""
        drafts = {serial: marked(serial) for serial in serials}
        self.world.record(self.ledger, *drafts.values())
        self.ids |= {serial: draft.id for serial, draft in drafts.items()}
        self.delivers()
        self.notes()

    def notes(self) -> None:
        """Add what both hold now to what must go."""
        self.before |= contents(self.said, self.heard)

    def delivers(self, at: dt.datetime = NOW, tokens: cs.TokenKeyring | None = None) -> None:
        """Seal a full bundle and apply it."""
        path, _ = self.world.seal(self.ledger, f"{next(self._names)}.csb", at=at)
        self.world.apply(self.registry, path, at=at, tokens=tokens or self.world.tokens)

    def withdraws(self, *serials: int) -> None:
        """Withdraw listings."""
        on = [cs.Withdrawal(self.ids[n], WithdrawalReason.SETTLED, TODAY) for n in serials]
        self.ledger.withdraw(*on, at=NOW)

    def amends(self, *serials: int) -> None:
        """Replace listings by others with other texts."""
        newer = [
            attrs.evolve(
                self.ledger.listing(self.ids[serial]),
                statement=cs.model.Statement(TODAY, f"another statement of {serial}"),
            )
            for serial in serials
        ]
        self.ledger.amend(cleared(*newer), tokens=self.world.tokens, at=NOW)

    def remains(self) -> set[bytes]:
        """What is left in the files of what no row holds any more."""
        return remains(self.world.folder, self.before, contents(self.said, self.heard))


@pytest.fixture
def held(world: World) -> Iterator[Held]:
    """A ledger and a registry, both empty."""
    with (
        cs.LedgerStore(world.folder / "said.db") as said,
        cs.RegistryStore(world.folder / "heard.db") as heard,
    ):
        yield Held(world, said, heard)


# -- Each way to end ---------------------------------------------------------------------------


def expires(held: Held) -> None:
    """Every last day passes."""
    held.ledger.purge(FAR)
    held.registry.purge(FAR)


def is_withdrawn(held: Held) -> None:
    """Some are withdrawn, and the recipient hears it."""
    held.withdraws(1, 3)
    held.delivers()


def is_amended(held: Held) -> None:
    """Some are replaced, and the recipient hears it."""
    held.amends(1, 3)
    held.delivers()
    held.withdraws(1, 3)  # what was sent before may be kept until its listing ends
    held.delivers()


def is_moved_to_another_epoch(held: Held) -> None:
    """All stand under other tags, wraps and secrets."""
    tokens = cs.TokenKeyring([held.world.key, NEXT])
    held.ledger.retoken(tokens=tokens, at=NOW)
    held.delivers(tokens=tokens)


def begins_anew(held: Held) -> None:
    """The log begins anew at the issuer; the recipient forgets it."""
    held.ledger.renew(2, tokens=held.world.tokens, at=NOW)
    held.registry.forget("platform")


WAYS = [expires, is_withdrawn, is_amended, is_moved_to_another_epoch, begins_anew]


@pytest.mark.parametrize("way", WAYS)
def test_what_ended_is_in_no_file(held: Held, way: Callable[[Held], None]) -> None:
    """Once something has ended, no file holds it, with the databases open or closed."""
    held.lists(range(1, 8))
    way(held)
    while_open = held.remains()
    now = contents(held.said, held.heard)
    held.said.close()
    held.heard.close()

    assert set() == while_open
    assert set() == remains(held.world.folder, held.before, now)


def test_the_search_finds_what_is_there(held: Held) -> None:
    """What was written and still stands in a file is found, wherever it stands."""
    held.lists(range(1, 4))
    alive = contents(held.said, held.heard)
    wanted = windows(alive)
    found = set().union(*(among(path.read_bytes(), wanted) for path in files(held.world.folder)))

    assert wanted == found


@pytest.mark.parametrize(("seed", "count"), [(0, 600), (1, 3000)])
def test_many_pages(held: Held, seed: int, count: int) -> None:
    """Where pages split and merge, a purge leaves nothing of what ended before it."""
    rng = random.Random(seed)
    serials = [*range(count)]
    for start in range(0, count, 300):
        held.lists(serials[start : start + 300])
    rng.shuffle(serials)
    held.amends(*serials[: count // 10])
    held.delivers()
    held.notes()
    for start in range(0, count * 2 // 3, 60):
        held.withdraws(*serials[start : start + 60])
    held.delivers()
    held.ledger.purge(NOW)
    held.registry.purge(NOW)

    assert set() == held.remains()


# -- By the clock, without anybody acting ------------------------------------------------------


def test_the_ledger_does_not_answer_what_has_passed_its_last_day(held: Held) -> None:
    """A listing whose last day has passed is withdrawn to whoever asks, before any write."""
    held.lists([1])

    assert ListingStatus.WITHDRAWN is held.ledger.status(held.ids[1], FAR)
    with pytest.raises(NotListedError):
        held.ledger.listing(held.ids[1], at=FAR)


WRITES: dict[str, Callable[[Held, dt.datetime], object]] = {
    "record": lambda held, at: held.ledger.record([], tokens=held.world.tokens, at=at),
    "amend": lambda held, at: held.ledger.amend([], tokens=held.world.tokens, at=at),
    "renew": lambda held, at: held.ledger.renew(2, tokens=held.world.tokens, at=at),
    "seal": lambda held, at: held.world.seal(held.ledger, "late.csb", at=at),
    "purge": lambda held, at: held.ledger.purge(at),
}


@pytest.mark.parametrize("write", WRITES)
def test_every_write_that_knows_the_time_forgets_first(held: Held, write: str) -> None:
    """Content, secrets and identifiers vanish with the next write of the issuer, sealed or not."""
    held.lists([1, 2])
    (last,) = {row.last_day for row in held.said.live_listings()}
    held.said.execute("UPDATE listing SET last_day = ? WHERE id = ?", (last - 400, held.ids[1]))
    late = dt.datetime.combine(dt.date(1970, 1, 1), dt.time(), dt.UTC) + (last - 390) * DAY
    WRITES[write](held, max(late, NOW))
    row = held.said.listing(held.ids[1])

    assert row is not None
    assert (None, "") == (row.identifiers, row.reference)
    assert [held.ids[2]] == [row.id for row in held.said.live_listings()]


def test_a_write_that_fails_has_forgotten_all_the_same(held: Held) -> None:
    """What has passed its last day goes even if the write that noticed it is refused."""
    held.lists([1])
    draft = cleared(listing(2))
    with pytest.raises(cs.CreditshareError):
        held.ledger.record(draft, tokens=cs.TokenKeyring([]), at=FAR)

    assert [] == list(held.said.live_listings())


def test_a_recipient_that_hears_nothing_forgets_by_its_own_clock(held: Held) -> None:
    """Without a bundle, a purge deletes what has passed its last day."""
    held.lists([1])
    before = contents(held.heard)
    purged = held.registry.purge(FAR)

    assert 1 == purged
    assert set() == remains(held.world.folder, before, contents(held.heard), "heard.db*")


# -- What delays it ----------------------------------------------------------------------------


def test_a_busy_reader_delays_it_until_the_next_write(held: Held) -> None:
    """While somebody reads an earlier state the log keeps it; the next write empties it."""
    held.lists([1, 2])
    log = held.world.folder / "said.db-wal"
    with cs.LedgerStore(held.world.folder / "said.db") as reader, reader.snapshot():
        assert reader.listing(held.ids[1])

        held.withdraws(1)
        during = log.stat().st_size
    held.ledger.exempt(held.ids[2], until=TODAY, on=TODAY, cause=Cause.ILLNESS, at=NOW)
    held.delivers()

    assert 0 < during
    assert 0 == log.stat().st_size
    assert set() == held.remains()


@pytest.mark.parametrize("whose", ["ledger", "registry"])
def test_a_purge_says_what_it_cannot_reach(held: Held, whose: str) -> None:
    """While somebody reads an earlier state a purge fails and says why; the next reaches it."""
    held.lists([1, 2])
    of: dict[str, tuple[cs.Ledger | cs.Registry, str, type[Database]]] = {
        "ledger": (held.ledger, "said.db", cs.LedgerStore),
        "registry": (held.registry, "heard.db", cs.RegistryStore),
    }
    purged, name, kind = of[whose]
    opened: Any = kind
    before = contents(held.said if whose == "ledger" else held.heard)
    with opened(held.world.folder / name) as reader, reader.snapshot():
        assert reader.row("SELECT count(*) FROM record") == (2,)

        with pytest.raises(StoreError, match="somebody reads an earlier state"):
            purged.purge(FAR)
    now = contents(held.said if whose == "ledger" else held.heard)

    assert 0 == purged.purge(FAR)
    assert set() == remains(held.world.folder, before, now, f"{name}*")


def test_what_a_killed_process_left_in_the_log_goes_with_the_next_write(held: Held) -> None:
    """Whoever died before the log was emptied, the next process that writes anything empties it."""
    held.lists([1, 2])
    left = held.world.folder / "left"
    left.mkdir()
    with cs.LedgerStore(held.world.folder / "said.db") as reader, reader.snapshot():
        assert reader.listing(held.ids[1])

        held.withdraws(1)
        for path in held.world.folder.glob("said.db*"):  # as if it were killed here
            shutil.copyfile(path, left / path.name)
    now = contents(held.said, held.heard)

    assert remains(left, held.before, now)
    with cs.LedgerStore(left / "said.db") as idle, cs.LedgerStore(left / "said.db") as store:
        assert idle.meta()

        with store.transaction():
            store.mark_listing(held.ids[2], exempted=0)

        assert set() == remains(left, held.before, now)


# -- What was said in a case -------------------------------------------------------------------


def long(what: str, length: int = 3900) -> str:
    """A text that no page holds whole."""
    signs = random.Random(what).choices(range(0x4E00, 0x9FA0), k=length)
    return f"{what} {''.join(map(chr, signs))}"


@pytest.mark.parametrize("end", ["withdrawn", "expired", "dropped"])
def test_nothing_that_was_said_in_a_case_is_left(held: Held, end: str) -> None:
    """Drafts, letters, reasons, disputes, answers and statements of any length go with the case."""
    ledger, tokens, whole = held.ledger, held.world.tokens, marked(1)
    decision = attrs.evolve(DECISION, reasons=long("reasons", 1900))
    assert whole.notice
    bare = attrs.evolve(whole, notice=None, decision=None)
    ledger.prepare(bare, rulebook=cs.rulebook("cn"), on=dt.date(2026, 9, 1), at=NOW)
    ledger.serve(bare.id, whole.notice, at=NOW)
    ledger.represent(bare.id, on=dt.date(2026, 10, 5), text=long("letter"), at=NOW)
    ledger.decide(bare.id, decision, at=NOW)
    held.notes()
    if end == "dropped":
        ledger.drop(bare.id)
    else:
        held.world.record(ledger, ledger.draft(bare.id))
        ledger.dispute(bare.id, on=TODAY, calendar=PLAIN, text=long("dispute"), at=NOW)
        ledger.answer(bare.id, upheld=False, on=TODAY, text=long("answer"), at=NOW)
        statement = cs.model.Statement(TODAY, long("statement", 400))
        ledger.state(bare.id, statement, tokens=tokens, at=NOW)
        held.delivers()
        held.notes()
    if end == "withdrawn":
        held.ids[1] = bare.id
        held.withdraws(1)
        held.delivers()
    ledger.purge(FAR if end == "expired" else NOW)
    held.registry.purge(FAR if end == "expired" else NOW)

    assert set() == held.remains()


def test_evidence_keeps_no_content(held: Held, world: World) -> None:
    """What did not open is remembered by its event; its record goes with its listing."""
    sim = Simulator(world.bank, world.key, world.recipients)
    listed = sim.lists(4)
    record = sim.records[0]
    sim.records[0] = attrs.evolve(record, rows=record.rows[:16] + bytes(range(32)))
    world.apply(held.registry, sim.draft().write(world.folder / "bank.csb"))
    held.notes()
    (answer,) = world.screen(held.registry, applicant(4))
    sim.withdraws(listed)
    world.apply(held.registry, sim.draft(since=sim.last).write(world.folder / "2.csb"))
    ((_, _, _, body),) = held.registry.evidence()

    assert 1 == len(answer.reviews)
    assert sim.events[0] == body
    assert set() == held.remains()
