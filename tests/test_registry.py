"""A registry follows its issuers: what they list, mark, move and take back, and nothing else."""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

import creditshare as cs
from creditshare.bundle import EventType
from creditshare.clock import from_day_number, last_day_begun
from creditshare.errors import (
    ExpiredEpochError,
    MisuseError,
    StoreError,
    UnknownEpochError,
    WrongTokenKeyError,
)
from creditshare.life import Cause
from creditshare.registry import Registry, RegistryStore
from creditshare.screening import Outcome, ReviewReason
from creditshare.stores.ledger import LedgerStore
from simulator import YEAR, Simulator, dump
from world import EPOCH, NOW, TODAY, World, applicant, cleared, listing, number

SECOND, DAY = dt.timedelta(seconds=1), dt.timedelta(days=1)
CHINA = dt.timezone(dt.timedelta(hours=8))
NEXT = cs.Epoch("2027H1", NOW - DAY, NOW + YEAR, replaces=EPOCH.name)
CLEAR, MATCH, REVIEW = Outcome.CLEAR, Outcome.MATCH, Outcome.NEEDS_REVIEW


@attrs.define
class Exchange:
    """The platform's ledger and a lender's registry, both in files.

    Attributes:
        world: The exchange.
        ledger: The platform's, kept by the custodian.
        registry: The lender's.
        store: The registry's database.
        tokens: The keys the lender holds.
        at: Now.
    """

    world: World
    ledger: cs.Ledger
    store: RegistryStore
    registry: Registry
    tokens: cs.TokenKeyring
    at: dt.datetime = NOW

    def lists(self, *serials: int) -> list[bytes]:
        """Record listings; returns their ids."""
        items = cleared(*map(listing, serials))
        self.ledger.record(items, tokens=self.tokens, at=self.at)
        return [item.listing.id for item in items]

    def sends(self, since: int | None = None, name: str = "bundle.csb") -> Path:
        """Seal a bundle."""
        return self.world.seal(self.ledger, name, since=since, at=self.at)[0]

    def applies(self, path: Path) -> tuple[int, int, int, bool]:
        """Apply it; returns how many are live, withdrawn and skipped, and whether it was held."""
        applied = self.world.apply(self.registry, path, at=self.at, tokens=self.tokens)
        return applied.live, applied.withdrawn, applied.skipped, applied.already_held

    def delivers(self, since: int | None = None) -> tuple[int, int, int, bool]:
        """Seal and apply."""
        return self.applies(self.sends(since))

    def outcomes(self, *serials: int, at: dt.datetime | None = None) -> list[Outcome]:
        """The answers about some borrowers."""
        asked = map(applicant, serials)
        answers = self.world.screen(self.registry, *asked, at=at or self.at, tokens=self.tokens)
        return [answer.outcome for answer in answers]

    def withdraws(self, listing_id: bytes) -> None:
        """Withdraw a listing."""
        self.ledger.withdraw(
            cs.Withdrawal(listing_id, cs.model.WithdrawalReason.SETTLED, TODAY), at=NOW
        )

    def count(self, table: str) -> int:
        """How many rows a table of the registry holds."""
        row = self.store.row(f"SELECT count(*) FROM {table}")  # noqa: S608 - a test's own names
        assert row is not None
        return int(row[0])


@pytest.fixture
def exchange(world: World) -> Iterator[Exchange]:
    """A ledger and a registry, both empty."""
    with (
        LedgerStore(world.folder / "ledger.db") as ledger,
        RegistryStore(world.folder / "registry.db") as store,
    ):
        book = cs.Ledger(ledger, origin="platform")
        yield Exchange(world, book, store, Registry(store), world.tokens)


# -- Full bundles and deltas ------------------------------------------------------------------


def test_a_full_bundle_then_deltas(exchange: Exchange) -> None:
    """Deltas carry a registry from state to state, each answered by the next screening."""
    exchange.lists(1, 2)
    states = [(exchange.delivers(), exchange.outcomes(1, 2, 3))]
    (third,) = exchange.lists(3)
    states.append((exchange.delivers(since=1), exchange.outcomes(1, 2, 3)))
    exchange.withdraws(third)
    states.append((exchange.delivers(since=2), exchange.outcomes(1, 2, 3)))

    assert [
        ((2, 0, 0, False), [MATCH, MATCH, CLEAR]),
        ((3, 0, 0, False), [MATCH, MATCH, MATCH]),
        ((2, 1, 0, False), [MATCH, MATCH, CLEAR]),
    ] == states


def test_deltas_and_a_full_bundle_lead_to_one_state(exchange: Exchange, tmp_path: Path) -> None:
    """Whether by deltas or at once, a registry ends with the same listings, records and rows."""
    first, second = exchange.lists(1, 2)
    exchange.delivers()
    exchange.lists(3)
    exchange.delivers(since=1)
    exchange.withdraws(first)
    exchange.ledger.suspend(second, until=TODAY + DAY, on=TODAY, at=NOW)
    exchange.delivers(since=2)
    with RegistryStore(tmp_path / "other.db") as store:
        exchange.world.apply(Registry(store), exchange.sends())

    here, there = (
        [line for line in dump(path) if 'INTO "issuer"' not in line]
        for path in (tmp_path / "registry.db", tmp_path / "other.db")
    )
    assert here == there


def test_the_same_bundle_again_changes_nothing(exchange: Exchange, tmp_path: Path) -> None:
    """A bundle whose state is held already is noticed, and nothing is written."""
    exchange.lists(1)
    path = exchange.sends()
    first = exchange.applies(path)
    before = dump(tmp_path / "registry.db")
    again = exchange.applies(path), exchange.delivers()

    assert (1, 0, 0, False) == first
    assert ((1, 0, 0, True), (1, 0, 0, True)) == again
    assert before == dump(tmp_path / "registry.db")


def test_one_opened_bundle_applies_twice(exchange: Exchange) -> None:
    """An opened bundle can be applied again, and is held already then."""
    exchange.lists(1, 2)
    world = exchange.world
    with cs.open_bundle(exchange.sends(), by=world.lender, roster=world.roster(), at=NOW) as bundle:
        held = [
            exchange.registry.apply(bundle, tokens=world.tokens, at=NOW).already_held
            for _ in range(2)
        ]

    assert [False, True] == held


def test_a_full_bundle_says_how_many_checkpoints_were_missed(exchange: Exchange) -> None:
    """A full bundle that jumps over checkpoints tells how many were never seen."""
    exchange.lists(1)
    exchange.delivers()
    for serial in (2, 3, 4):
        exchange.lists(serial)
        path = exchange.sends()

    assert (4, 0, 2, False) == exchange.applies(path)


def test_the_first_bundle_of_a_long_log_says_so_too(exchange: Exchange) -> None:
    """A registry that joins late was never told the checkpoints before."""
    exchange.lists(1)
    exchange.sends()
    exchange.lists(2)

    assert (2, 0, 1, False) == exchange.delivers()


def test_a_later_expiry_arrives_without_events(exchange: Exchange) -> None:
    """A checkpoint signed anew over the same log keeps its issuer from being stale."""
    exchange.lists(1)
    exchange.delivers()
    exchange.at = NOW + 20 * DAY
    applied = exchange.delivers(since=1)
    later = NOW + 40 * DAY

    assert (1, 0, 0, False) == applied
    assert [MATCH, CLEAR] == exchange.outcomes(1, 2, at=later)


# -- Several issuers --------------------------------------------------------------------------


def test_two_issuers_stand_side_by_side(exchange: Exchange) -> None:
    """Two issuers' listings are told apart, and withdrawing one leaves the other's."""
    world = exchange.world
    (mine,) = exchange.lists(1)
    sim = Simulator(world.bank, world.key, world.recipients)
    sim.states(EventType.LIST, listing(1, id=mine), 1)
    sim.lists(2)
    exchange.delivers()
    exchange.applies(sim.draft().write(world.folder / "bank.csb"))
    (both,) = world.screen(exchange.registry, applicant(1))
    exchange.withdraws(mine)
    exchange.delivers(since=1)
    (one,) = world.screen(exchange.registry, applicant(1))

    assert ["bank", "platform"] == sorted(match.origin for match in both.matches)
    assert ["bank"] == [match.origin for match in one.matches]
    assert {"bank", "custodian"} == {match.issuer for match in both.matches}
    assert ("platform", "bank") == one.consulted
    assert ["platform", "bank"] == [held.origin for held in exchange.registry.checkpoints()]


def test_one_stale_issuer_keeps_nobody_clear(exchange: Exchange) -> None:
    """With one of two issuers stale nobody is clear, and the other's listing is still a match."""
    world = exchange.world
    sim = Simulator(world.bank, world.key, world.recipients)
    sim.lists(2)
    exchange.applies(sim.draft().write(world.folder / "bank.csb"))
    exchange.at = NOW + 20 * DAY
    exchange.lists(1)
    exchange.delivers()
    exchange.at = NOW + 31 * DAY

    assert [MATCH, REVIEW, Outcome.STALE] == exchange.outcomes(1, 2, 3)


def test_an_empty_registry_calls_nobody_clear(exchange: Exchange) -> None:
    """A registry that has heard from nobody refuses to screen."""
    with pytest.raises(MisuseError):
        exchange.outcomes(1)


# -- Withdrawal -------------------------------------------------------------------------------


def test_a_withdrawal_leaves_only_a_tombstone(exchange: Exchange, tmp_path: Path) -> None:
    """After a withdrawal neither record nor look-up rows are left, in the tables or in the file."""
    (kept,) = exchange.lists(1)
    exchange.delivers()
    row = exchange.store.row("SELECT locked FROM record")
    assert row is not None
    exchange.withdraws(kept)
    exchange.delivers(since=1)
    left = [exchange.count(table) for table in ("live", "record", "lookup", "tombstone")]
    exchange.store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    files = b"".join(path.read_bytes() for path in sorted(tmp_path.glob("registry.db*")))

    assert [0, 0, 0, 1] == left
    assert row[0] not in files
    assert kept in files


def test_a_full_bundle_keeps_tombstones(exchange: Exchange) -> None:
    """A full bundle replays withdrawals, and a registry that joins afterwards knows them too."""
    first, _ = exchange.lists(1, 2)
    exchange.delivers()
    exchange.withdraws(first)
    exchange.delivers()

    assert (1, 1) == (exchange.count("tombstone"), exchange.count("live"))
    assert [CLEAR, MATCH] == exchange.outcomes(1, 2)


# -- Marks and amendments ---------------------------------------------------------------------


def test_an_amendment_is_what_a_match_says(exchange: Exchange) -> None:
    """After an amendment a match shows the newer version under the same id."""
    (old,) = exchange.lists(1)
    exchange.delivers()
    newer = attrs.evolve(
        exchange.ledger.listing(old),
        obligation=cs.Obligation(
            "某某网贷", cs.Money(2_000_000, "CNY"), cs.Money(7, "CNY"), dt.date(2018, 3, 1)
        ),
    )
    exchange.ledger.amend(cleared(newer), tokens=exchange.tokens, at=NOW)
    applied = exchange.delivers(since=1)
    (match,) = exchange.world.screen(exchange.registry, applicant(1))[0].matches

    assert (1, 0, 0, False) == applied
    assert (old, 7) == (match.listing_id, match.listing.obligation.outstanding.minor)
    assert (1, 1) == (exchange.count("record"), exchange.count("lookup"))


def test_a_suspension_makes_a_match_a_case(exchange: Exchange) -> None:
    """A suspended listing needs review until its day is past or it is resumed."""
    (disputed,) = exchange.lists(1)
    exchange.ledger.suspend(disputed, until=TODAY + 5 * DAY, on=TODAY, at=NOW)
    exchange.delivers()
    (answer,) = exchange.world.screen(exchange.registry, applicant(1))
    during, after = (exchange.outcomes(1, at=NOW + days * DAY) for days in (4, 7))
    exchange.ledger.resume(disputed, on=TODAY, at=NOW)
    exchange.delivers(since=1)

    assert (ReviewReason.SUSPENDED,) == answer.reviews[0].reasons
    assert ([REVIEW], [MATCH]) == (during, after)
    assert [MATCH] == exchange.outcomes(1)


def test_an_exemption_permits_no_measure(exchange: Exchange) -> None:
    """An exempted listing is a match on which no measure may rest, until its day is past."""
    (exempted,) = exchange.lists(1)
    exchange.ledger.exempt(exempted, until=TODAY + 5 * DAY, on=TODAY, cause=Cause.ILLNESS, at=NOW)
    exchange.delivers()
    (during,) = exchange.world.screen(exchange.registry, applicant(1))[0].matches
    (after,) = exchange.world.screen(exchange.registry, applicant(1), at=NOW + 7 * DAY)[0].matches

    assert ((), TODAY + 5 * DAY) == (during.measures, during.exempted_until)
    assert after.exempted_until is None
    assert after.measures


def test_an_amendment_keeps_the_mark(exchange: Exchange) -> None:
    """A suspended listing that is amended stays suspended."""
    (disputed,) = exchange.lists(1)
    exchange.ledger.suspend(disputed, until=TODAY + 5 * DAY, on=TODAY, at=NOW)
    newer = cleared(exchange.ledger.listing(disputed))
    exchange.ledger.amend(newer, tokens=exchange.tokens, at=NOW)
    exchange.delivers()

    assert [REVIEW] == exchange.outcomes(1)


def test_an_exemption_leaves_a_suspension_in_force(exchange: Exchange) -> None:
    """A listing that is disputed and then exempted is still no match."""
    (disputed,) = exchange.lists(1)
    exchange.ledger.suspend(disputed, until=TODAY + 20 * DAY, on=TODAY, at=NOW)
    exchange.ledger.exempt(disputed, until=TODAY + 5 * DAY, on=TODAY, cause=Cause.ILLNESS, at=NOW)
    exchange.delivers()

    assert [REVIEW] == exchange.outcomes(1)


def test_a_suspension_lasts_through_its_last_day(exchange: Exchange) -> None:
    """On the last day of a suspension, as China counts days, the listing is no match yet."""
    (disputed,) = exchange.lists(1)
    exchange.ledger.suspend(disputed, until=TODAY + 5 * DAY, on=TODAY, at=NOW)
    exchange.delivers()
    evening = dt.datetime.combine(TODAY + 5 * DAY, dt.time(23), CHINA)

    assert [REVIEW] == exchange.outcomes(1, at=evening)


# -- Epochs -----------------------------------------------------------------------------------


def test_a_registry_moves_to_a_new_epoch(exchange: Exchange) -> None:
    """With both epochs held a full bundle moves every listing; the old key may then go."""
    exchange.lists(1, 2)
    exchange.delivers()
    newer = cs.TokenKey.generate(NEXT)
    exchange.tokens = exchange.tokens.add(newer)
    held_before = exchange.outcomes(1, 2, 3)
    exchange.ledger.retoken(tokens=exchange.tokens, at=NOW)
    applied = exchange.delivers()
    exchange.tokens = cs.TokenKeyring([newer])

    assert [MATCH, MATCH, CLEAR] == held_before
    assert (2, 0, 0, False) == applied
    assert [MATCH, MATCH, CLEAR] == exchange.outcomes(1, 2, 3)
    assert (2, 2) == (exchange.count("record"), exchange.count("lookup"))


def test_issuers_of_two_epochs_are_screened_together(exchange: Exchange) -> None:
    """While one issuer moved and another did not, both are looked up under their own epoch."""
    world, newer = exchange.world, cs.TokenKey.generate(NEXT)
    exchange.lists(1)
    exchange.delivers()
    sim = Simulator(world.bank, newer, world.recipients)
    sim.lists(2)
    exchange.tokens = exchange.tokens.add(newer)
    exchange.applies(sim.draft().write(world.folder / "bank.csb"))
    outcomes = exchange.outcomes(1, 2, 3)
    exchange.tokens = cs.TokenKeyring([newer])

    assert [MATCH, MATCH, CLEAR] == outcomes
    with pytest.raises(UnknownEpochError):
        exchange.outcomes(3)


def test_a_stale_issuer_of_a_destroyed_epoch_is_stale(exchange: Exchange) -> None:
    """When an expired issuer's key is gone nobody is clear, and nothing fails."""
    exchange.lists(1)
    exchange.delivers()
    exchange.tokens = cs.TokenKeyring()

    assert [Outcome.STALE] == exchange.outcomes(1, at=NOW + 31 * DAY)
    with pytest.raises(UnknownEpochError):
        exchange.outcomes(1)


def test_a_wrong_key_is_named_even_for_a_stale_issuer(exchange: Exchange) -> None:
    """Another key under the epoch's name is an error, also when the issuer has expired."""
    exchange.lists(1)
    exchange.delivers()
    exchange.tokens = cs.TokenKeyring([cs.TokenKey.generate(EPOCH)])
    for at in (NOW, NOW + 31 * DAY):
        with pytest.raises(WrongTokenKeyError):
            exchange.outcomes(1, at=at)


def test_an_epoch_that_ended_before_its_checkpoint_is_an_error(exchange: Exchange) -> None:
    """A checkpoint in force whose epoch is over answers nobody."""
    exchange.lists(1)
    exchange.delivers()
    over = attrs.evolve(EPOCH, ends=NOW + DAY)
    exchange.tokens = cs.TokenKeyring([cs.TokenKey(over, exchange.world.key.master)])

    assert [MATCH] == exchange.outcomes(1)
    with pytest.raises(ExpiredEpochError):
        exchange.outcomes(1, at=NOW + DAY)


# -- The last day -----------------------------------------------------------------------------


@pytest.fixture
def ending(exchange: Exchange) -> Exchange:
    """An exchange in which one bank's listing has ten days left; no ledger can withdraw it."""
    world = exchange.world
    sim = Simulator(world.bank, world.key, world.recipients)
    sim.states(EventType.LIST, listing(1), 1, day=TODAY + 10 * DAY)
    sim.lists(2)
    exchange.applies(sim.draft().write(world.folder / "bank.csb"))
    return exchange


def _end() -> dt.datetime:
    """The first second that is past the last day somewhere on Earth."""
    day = TODAY + 11 * DAY
    return dt.datetime.combine(day, dt.time(), dt.timezone(dt.timedelta(hours=14)))


def test_a_listing_is_never_found_after_its_last_day(ending: Exchange) -> None:
    """From the moment the next day has begun anywhere a listing is not found, purged or not."""
    before, after = (ending.outcomes(1, 2, at=at) for at in (_end() - SECOND, _end()))

    assert [MATCH, MATCH] == before
    assert [CLEAR, MATCH] == after
    assert 2 == ending.count("record")


def test_purging_deletes_what_has_ended(ending: Exchange, tmp_path: Path) -> None:
    """Purging deletes the records whose last day has passed, once, and nothing sooner."""
    row = ending.store.row("SELECT locked FROM record ORDER BY place")
    assert row is not None
    purged = [ending.registry.purge(at) for at in (NOW, _end() - SECOND, _end(), _end())]
    left = [ending.count(table) for table in ("live", "record", "lookup", "tombstone")]
    ending.store.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    assert [0, 0, 1, 0] == purged
    assert [2, 1, 1, 0] == left
    assert row[0] not in (tmp_path / "registry.db").read_bytes()
    assert last_day_begun(_end()) > from_day_number(0)


def test_applying_purges_every_issuer(ending: Exchange) -> None:
    """Applying any issuer's bundle purges what has ended at the others."""
    ending.at = _end()
    ending.lists(3)
    ending.delivers()

    assert 2 == ending.count("record")


def test_what_ended_is_not_kept_when_it_is_sent_again(ending: Exchange, tmp_path: Path) -> None:
    """A full bundle that still carries an ended listing's record leaves no record of it."""
    world = ending.world
    sim = Simulator(world.bank, world.key, world.recipients, at=_end())
    sim.states(EventType.LIST, listing(1), 1, day=TODAY + 10 * DAY)
    with RegistryStore(tmp_path / "late.db") as store:
        late = attrs.evolve(ending, store=store, registry=Registry(store), at=_end())
        applied = late.applies(sim.draft().write(world.folder / "late.csb"))

        assert (1, 0, 0, False) == applied
        assert (0, 0) == (late.count("record"), late.count("lookup"))


# -- Evidence ---------------------------------------------------------------------------------


def _broken(exchange: Exchange) -> None:
    """The bank lists borrower 4 with a wrap that opens nothing."""
    world = exchange.world
    sim = Simulator(world.bank, world.key, world.recipients)
    sim.lists(4)
    record = sim.records[0]
    sim.records[0] = attrs.evolve(record, rows=record.rows[:16] + bytes(32))
    exchange.applies(sim.draft().write(world.folder / "bank.csb"))


def test_evidence_outlives_the_listing(exchange: Exchange) -> None:
    """What did not open is kept with its issuer and time, whatever happens to the listing."""
    _broken(exchange)
    exchange.outcomes(4)
    exchange.registry.purge(NOW + 2 * YEAR)

    assert [("bank", "unopened record", NOW)] == [row[:3] for row in exchange.registry.evidence()]


def test_the_same_evidence_is_kept_once(exchange: Exchange) -> None:
    """Screening the same applicant again adds no second copy of the same bytes."""
    _broken(exchange)
    for _ in range(3):
        exchange.outcomes(4)

    assert 1 == len(exchange.registry.evidence())


def test_one_broken_wrap_does_not_hide_the_other(exchange: Exchange) -> None:
    """A listing that one of two identifiers opens is a match, though the other's wrap is broken."""
    world = exchange.world
    numbers = [cs.ResidentID.parse(number(serial)) for serial in (4, 5)]
    for broken in (0, 1):
        sim = Simulator(world.bank, world.key, world.recipients)
        sim.states(EventType.LIST, listing(4), 4, identifiers=numbers)
        record, rows = sim.records[0], sim.records[0].rows
        at = 48 * record.tags.index(world.key.evaluate(numbers)[broken].tag) + 16
        sim.records[0] = attrs.evolve(record, rows=rows[:at] + bytes(32) + rows[at + 32 :])
        with RegistryStore(world.folder / f"{broken}.db") as store:
            one = attrs.evolve(exchange, store=store, registry=Registry(store))
            one.applies(sim.draft().write(world.folder / "bank.csb"))
            (answer,) = world.screen(one.registry, applicant(4, identifiers=numbers))

        assert MATCH is answer.outcome


# -- The file ---------------------------------------------------------------------------------


def test_a_registry_lives_in_its_file(exchange: Exchange, tmp_path: Path) -> None:
    """A registry opened again, beside or after the first, holds what was applied."""
    exchange.lists(1)
    exchange.delivers()
    exchange.lists(2)
    path = exchange.sends(since=1)
    with RegistryStore(tmp_path / "registry.db") as beside:
        live = exchange.world.apply(Registry(beside), path).live
    exchange.store.close()
    with RegistryStore(tmp_path / "registry.db") as again:
        reopened = attrs.evolve(exchange, store=again, registry=Registry(again))

        assert 2 == live
        assert [MATCH, MATCH, CLEAR] == reopened.outcomes(1, 2, 3)


def test_a_registrys_file_is_private(exchange: Exchange, tmp_path: Path) -> None:
    """Only its owner may read a registry's file."""
    modes = {path.stat().st_mode & 0o777 for path in tmp_path.glob("registry.db*")}

    assert {0o600} == modes


def _foreign(path: Path, *statements: str) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def _text(path: Path) -> None:
    path.write_bytes(b"this is no database at all" * 100)


def _another_application(path: Path) -> None:
    _foreign(path, "CREATE TABLE contact (name TEXT)", "INSERT INTO contact VALUES ('x')")


def _another_id(path: Path) -> None:
    _foreign(path, "PRAGMA application_id = 7")


def _another_version(path: Path) -> None:
    RegistryStore(path).close()
    _foreign(path, "PRAGMA user_version = 99")


def _a_ledger(path: Path) -> None:
    LedgerStore(path).close()


def _a_folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    "make", [_text, _another_application, _another_id, _another_version, _a_ledger, _a_folder]
)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, make: object) -> None:
    """A database of another kind or version, or no database, is refused."""
    path = tmp_path / "other.db"
    assert callable(make)
    make(path)
    with pytest.raises(StoreError):
        RegistryStore(path)


def test_a_foreign_database_is_left_alone(tmp_path: Path) -> None:
    """Another application's database is byte for byte the same after it was refused."""
    path = tmp_path / "other.db"
    _another_application(path)
    before = path.read_bytes()
    with pytest.raises(StoreError):
        RegistryStore(path)

    assert before == path.read_bytes()


def test_a_folder_that_is_missing_is_our_error(tmp_path: Path) -> None:
    """A registry in a folder that does not exist is refused with our error."""
    with pytest.raises(StoreError):
        RegistryStore(tmp_path / "missing" / "registry.db")


def test_a_registry_restored_from_a_backup_catches_up(exchange: Exchange, tmp_path: Path) -> None:
    """A registry put back to an older state takes the deltas since, and ends where it was."""
    first, _ = exchange.lists(1, 2)
    exchange.delivers()
    exchange.store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(tmp_path / "registry.db", tmp_path / "backup.db")
    exchange.withdraws(first)
    exchange.lists(3)
    path = exchange.sends(since=1)
    exchange.applies(path)
    with RegistryStore(tmp_path / "backup.db") as store:
        restored = attrs.evolve(exchange, store=store, registry=Registry(store))

        assert (2, 1, 0, False) == restored.applies(path)
    assert dump(tmp_path / "registry.db") == dump(tmp_path / "backup.db")


# -- Readers while a bundle is applied --------------------------------------------------------


def test_a_view_is_of_one_moment(exchange: Exchange, tmp_path: Path) -> None:
    """A view taken before a bundle is applied shows the old state until it is closed."""
    exchange.lists(1)
    exchange.delivers()
    exchange.lists(2)
    path = exchange.sends(since=1)
    tokens = exchange.world.key.evaluate([cs.ResidentID.parse(number(n)) for n in (1, 2)])
    with RegistryStore(tmp_path / "registry.db") as store:
        reader = Registry(store)
        with reader.reading(NOW) as view:
            before = [len(view.look_up(token, view.issuers.checkpoints)) for token in tokens]
            exchange.applies(path)
            during = [len(view.look_up(token, view.issuers.checkpoints)) for token in tokens]
        with reader.reading(NOW) as view:
            after = [len(view.look_up(token, view.issuers.checkpoints)) for token in tokens]

    assert ([1, 0], [1, 0], [1, 1]) == (before, during, after)


def test_a_reader_sees_whole_states_only(exchange: Exchange, tmp_path: Path) -> None:
    """Screening beside a writer, through a second connection, always finds a state that was."""
    world, last = exchange.world, 12
    sim = Simulator(world.bank, world.key, world.recipients)
    for serial in range(100, 200):
        sim.lists(serial)
    current, paths = sim.lists(0), []
    paths.append(sim.draft().write(tmp_path / "0.csb"))
    for serial in range(1, last):  # each bundle takes the one before back, and lists another
        sim.withdraws(current)
        current = sim.lists(serial)
        draft = sim.draft(since=None if serial % 2 else sim.last)
        paths.append(draft.write(tmp_path / f"{serial}.csb"))
    exchange.applies(paths[0])
    seen: list[list[int]] = []
    done = threading.Event()

    def read() -> None:
        with RegistryStore(tmp_path / "registry.db") as store:
            while True:
                finished = done.is_set()
                answers = world.screen(Registry(store), *map(applicant, range(last)))
                outcomes = [answer.outcome for answer in answers]
                seen.append([place for place, told in enumerate(outcomes) if told is MATCH])
                if finished:
                    return

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for path in paths[1:]:
            exchange.applies(path)
    finally:
        done.set()
        reader.join()

    assert {1} == {len(found) for found in seen}
    assert seen == sorted(seen)
    assert [last - 1] == seen[-1]


def test_two_writers_take_turns(exchange: Exchange, tmp_path: Path) -> None:
    """Two processes that apply the same bundles end in one state, each bundle applied once."""
    world = exchange.world
    sim, paths = Simulator(world.bank, world.key, world.recipients), []
    for serial in range(5):
        sim.lists(serial)
        paths.append(sim.draft().write(tmp_path / f"{serial}.csb"))
    held: list[bool] = []

    def write() -> None:
        with RegistryStore(tmp_path / "registry.db") as store:
            for path in paths:
                with contextlib.suppress(cs.CreditshareError):
                    held.append(world.apply(Registry(store), path).already_held)

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert 5 == exchange.count("live")
    assert 1 <= held.count(False) <= 5
