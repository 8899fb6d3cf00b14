"""The issuer's report against what recipients decrypt: the same, for any history."""

from __future__ import annotations

import contextlib
import datetime as dt
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import creditshare as cs
from creditshare.bundle import Event
from creditshare.bundle.record import open_record, tags_of, wrap_of
from creditshare.calendars import PLAIN
from creditshare.codec import decode_listing
from creditshare.disclosure import Contact, IssuerReport, issuer_report
from creditshare.ledger import Told
from creditshare.life import Cause
from creditshare.model import Listing, Statement, WithdrawalReason
from creditshare.tokens import evaluate
from world import DAY, NOW, PLATFORM, TODAY, World, applicant, cleared, listing, number

NEXT = cs.Epoch("2027H1", NOW - DAY, NOW + 90 * DAY, replaces="2026H2")
MINUTE = dt.timedelta(minutes=1)
CONTACT = Contact("Platform X")


@attrs.define
class History:
    """What an issuer does to three borrowers, one step a minute, and the files it seals.

    Attributes:
        world: Its exchange.
        ledger: Its ledger.
        store: Its database.
        tokens: The keys in use.
        at: Now.
        ids: The listings recorded, by serial.
        files: The files sealed, with those they were sealed to.
        moved: Whether it moved to the next epoch.
    """

    world: World
    ledger: cs.Ledger
    store: cs.LedgerStore
    tokens: cs.TokenKeyring
    at: dt.datetime = NOW
    ids: dict[int, bytes] = attrs.field(factory=dict)
    files: list[tuple[Path, list[cs.Agency]]] = attrs.field(factory=list)
    moved: bool = False

    @classmethod
    def begin(cls, folder: Path) -> History:
        """A ledger on which nobody is listed yet."""
        world = World(folder)
        store = cs.LedgerStore(folder / "history.db")
        return cls(world, cs.Ledger(store, origin="platform"), store, world.tokens)

    def close(self) -> None:
        """Close its databases."""
        self.store.close()
        self.world.close()

    def live(self, serial: int) -> bytes | None:
        """The id of a borrower's live listing."""
        found = self.ledger.live_listings_of(cs.ResidentID.parse(number(serial)))
        return found[0] if found else None

    def do(self, step: str, serial: int, amount: int) -> None:
        """Take one step, if it can be taken."""
        self.at += MINUTE
        held = self.live(serial)
        if step == "record" and serial not in self.ids:
            drafted = listing(serial)
            self.ledger.record(cleared(drafted), tokens=self.tokens, at=self.at)
            self.ids[serial] = drafted.id
        elif step == "retoken" and self.ids and not self.moved:
            self.tokens = self.tokens.add(cs.TokenKey.generate(NEXT))
            self.ledger.retoken(tokens=self.tokens, at=self.at)
            self.moved = True
        elif step in ("full", "delta") and self.ids:
            self.seal(amount, full=step == "full")
        elif held is not None:
            self.change(step, held, amount)

    def change(self, step: str, held: bytes, amount: int) -> None:
        """Change or end a live listing."""
        if step == "amend" and amount % 3 == 0:
            said = Statement(TODAY, f"I paid {amount} of it.")
            self.ledger.state(held, said, tokens=self.tokens, at=self.at)
        elif step == "amend":
            self.ledger.amend(cleared(self.amended(held, amount)), tokens=self.tokens, at=self.at)
        elif step == "withdraw":
            end = cs.Withdrawal(held, WithdrawalReason.SETTLED, TODAY)
            self.ledger.withdraw(end, at=NOW)
        elif step == "suspend":
            self.ledger.suspend(held, until=TODAY + amount * DAY, on=TODAY, at=NOW)
        elif step == "exempt":
            self.ledger.exempt(
                held, until=TODAY + amount * DAY, on=TODAY, cause=Cause.ILLNESS, at=NOW
            )
        elif step == "resume":
            self.ledger.resume(held, on=TODAY, at=NOW)

    def amended(self, held: bytes, amount: int) -> Listing:
        """A newer version: less is owed."""
        now = self.ledger.listing(held)
        owed = cs.Money(now.obligation.outstanding.minor - 100 * amount, "CNY")
        return attrs.evolve(now, obligation=attrs.evolve(now.obligation, outstanding=owed))

    def seal(self, amount: int, *, full: bool) -> None:
        """Seal to one recipient or both, all or what is new since a checkpoint."""
        readers = [self.world.lender, self.world.insurer][: 1 + amount % 2]
        last = self.ledger.last_checkpoint()
        since = None if full or last is None else max(1, last.sequence - amount % 3)
        path = self.world.folder / f"{len(self.files)}.csb"
        try:
            self.ledger.seal(
                path,
                by=self.world.custodian,
                to=[reader.public for reader in readers],
                at=self.at,
                since=since,
            )
        except (cs.errors.NothingNewError, cs.errors.MisuseError):
            return  # nothing new, or the epoch changed since then
        self.files.append((path, readers))

    def report(self, serial: int, *, by_id: bool = False) -> IssuerReport:
        """What the issuer tells a borrower, found by number or by the listing's id."""
        return issuer_report(
            self.ledger,
            None if by_id else applicant(serial),
            listing_ids=[self.ids[serial]] if by_id else [],
            contact=CONTACT,
            book=cs.rulebook("cn"),
            calendar_of=lambda _: PLAIN,
            at=self.at,
        )

    def sent(self, serial: int) -> Iterator[tuple[str, list[Event], Listing | None]]:
        """Of each file and recipient: the borrower's events, and the content it decrypts."""
        for path, readers in self.files:
            for reader in readers:
                yield reader.origin, *self.read(path, reader, serial)

    def read(
        self, path: Path, reader: cs.Agency, serial: int
    ) -> tuple[list[Event], Listing | None]:
        """What a recipient finds in its file with a borrower's token: events and content."""
        with cs.open_bundle(path, by=reader, roster=self.world.roster(), at=self.at) as bundle:
            events = {event.index: event for event in bundle.events()}
            source = self.tokens.for_checkpoint(
                epoch=bundle.checkpoint.epoch,
                canonical_form=bundle.checkpoint.canonical_form,
                check=bundle.checkpoint.token_check,
                at=self.at,
            )
            (token,) = evaluate(source, [cs.ResidentID.parse(number(serial))])
            own = [event for event in events.values() if event.listing_id == self.ids.get(serial)]
            content = None
            for record in bundle.records():
                if token.tag in tags_of(record.rows):
                    event, wrap = events[record.event], wrap_of(record.rows, token.tag)
                    payload = open_record(
                        record.locked, wrap, token, origin="platform", event=event
                    )
                    content = decode_listing(payload, event.listing_id)
        return own, content


STEPS = ("record", "amend", "amend", "suspend", "exempt", "resume", "withdraw", "full", "delta",
         "delta", "retoken")  # fmt: skip
HISTORIES = st.lists(
    st.tuples(st.sampled_from(STEPS), st.integers(1, 2), st.integers(1, 9)), max_size=14
)
TOLD = [
    # an amendment that was sent, one that was not, and a new epoch in between
    [("record", 1, 1), ("full", 1, 1), ("amend", 1, 2), ("delta", 1, 1), ("amend", 1, 4),
     ("retoken", 1, 1), ("full", 1, 2), ("amend", 1, 5), ("full", 1, 2)],
    # back to the first version; the second was sent to one recipient only
    [("record", 1, 1), ("full", 1, 1), ("amend", 1, 2), ("full", 1, 2), ("amend", 1, 1),
     ("amend", 1, 3), ("delta", 1, 1)],
    # two amendments between two seals: what stood for a minute was never sent
    [("record", 1, 1), ("full", 1, 1), ("amend", 1, 2), ("amend", 1, 4), ("delta", 1, 1)],
    # amended after a new epoch, before any seal under it
    [("record", 1, 1), ("full", 1, 1), ("retoken", 1, 1), ("amend", 1, 2), ("full", 1, 1)],
    # withdrawn: what it said is gone, that it was said stays
    [("record", 1, 1), ("full", 1, 1), ("amend", 1, 2), ("delta", 1, 1), ("withdraw", 1, 1),
     ("delta", 1, 1), ("full", 1, 2)],
]  # fmt: skip


def check(steps: list[tuple[str, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        history = History.begin(Path(folder))
        try:
            for step in steps:
                history.do(*step)
            for serial in (1, 2):
                compare(history, serial)
        finally:
            history.close()


def compare(history: History, serial: int) -> None:
    """The report says of each file and recipient what the recipient gets out of it, and no more."""
    found = list(history.report(serial).listings) if history.ids else []
    told = [row for item in found for row in item.told]
    ended = any(item.reason is not None for item in found)
    said = [(origin, *seen(row)) for row in told for origin in row.bundle.recipients]
    got = [
        (origin, events, content is not None, None if ended else content)
        for origin, events, content in history.sent(serial)
        if events
    ]

    assert got == said


def seen(row: Told) -> tuple[list[Event], bool, Listing | None]:
    return list(row.events), row.content, row.listing


@pytest.mark.parametrize("steps", TOLD)
def test_the_report_is_what_recipients_decrypt_in_known_histories(
    steps: list[tuple[str, int, int]],
) -> None:
    """What the report says of each file is what its recipients get out of it."""
    check(steps)


@settings(max_examples=40)
@given(HISTORIES)
def test_the_report_is_what_recipients_decrypt(steps: list[tuple[str, int, int]]) -> None:
    """For every history, each recipient decrypts exactly what the issuer's report says of it."""
    check(steps)


def kept(folder: Path) -> list[int]:
    """The events whose earlier records a ledger keeps."""
    with contextlib.closing(sqlite3.connect(folder / "history.db")) as database:
        return [row[0] for row in database.execute("SELECT event FROM earlier ORDER BY event")]


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    history = History.begin(tmp_path)
    yield history
    history.close()


def test_only_what_was_sent_is_kept(history: History, tmp_path: Path) -> None:
    """A version is kept if it was sent and then amended; one that nobody was sent is forgotten."""
    for step in [("record", 1, 1), ("amend", 1, 2)]:
        history.do(*step)
    nothing = kept(tmp_path)
    for step in [("full", 1, 1), ("amend", 1, 4), ("amend", 1, 5), ("delta", 1, 1)]:
        history.do(*step)
    history.do("amend", 1, 7)

    assert [] == nothing
    assert [1, 3] == kept(tmp_path)


@pytest.mark.parametrize("end", ["withdraw", "expire", "renew"])
def test_kept_versions_go_with_their_listing(history: History, tmp_path: Path, end: str) -> None:
    """When a listing ends, or the log begins anew, nothing of its earlier versions stays."""
    for step in [("record", 1, 1), ("full", 1, 1), ("amend", 1, 2), ("delta", 1, 1)]:
        history.do(*step)
    before = kept(tmp_path)
    if end == "withdraw":
        history.do("withdraw", 1, 1)
    elif end == "renew":
        history.ledger.renew(2, tokens=history.tokens, at=history.at)
    else:
        key = cs.TokenKey.generate(cs.Epoch("later", NOW, NOW + 900 * DAY, replaces="2026H2"))
        history.ledger.retoken(tokens=history.tokens.add(key), at=history.at)
        history.at += 200 * DAY  # nobody confirmed it
        history.seal(1, full=True)

    assert [0] == before
    assert [] == kept(tmp_path)
    (item,) = history.report(1, by_id=True).listings
    assert (end == "renew") == (item.listing is not None)


def test_versions_are_told_in_the_order_in_which_they_were_sent(history: History) -> None:
    """A report counts the contents that were sent, each once."""
    for step in [*TOLD[1][:3], ("delta", 1, 1), ("full", 1, 2)]:
        history.do(*step)
    (item,) = history.report(1).listings

    assert [1_500_000, 1_499_800] == [
        version.obligation.outstanding.minor for version in item.versions
    ]
    assert item.listing == item.versions[-1]


def test_an_earlier_generation_is_named_and_not_told(history: History) -> None:
    """After the log began anew, its earlier files are named, with those they were sealed to."""
    for step in [("record", 1, 1), ("full", 1, 1)]:
        history.do(*step)
    history.ledger.renew(2, tokens=history.tokens, at=history.at)
    report = history.report(1)

    assert [("lender", "insurer")] == [item.recipients for item in report.earlier]
    assert () == report.listings[0].told
    assert PLATFORM.origin == report.origin


def test_rights_are_told_though_the_rulebook_cannot_be_read(
    history: History, tmp_path: Path
) -> None:
    """Where a kept rulebook cannot be read any more, the one that is named tells the rights."""
    history.do("record", 1, 1)
    before = history.report(1).rights
    with contextlib.closing(sqlite3.connect(tmp_path / "history.db")) as database, database:
        database.execute("UPDATE rulebook SET body = '{}'")

    assert before
    assert before == history.report(1).rights
