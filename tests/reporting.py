"""An exchange in which a lender applies measures and reports back to the custodian."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs

import creditshare as cs
from creditshare.feedback import (
    AppliedFeedback,
    Execution,
    ExecutionBook,
    OpenedFeedback,
    SealedFeedback,
    apply_feedback,
    open_feedback,
)
from creditshare.model import WithdrawalReason
from creditshare.screening import Match
from world import NOW, TODAY, World, applicant, listing

CATALOGUE = cs.measures("cn")


@attrs.define
class Reporting:
    """A custodian's ledger with some listings, and what a lender does about them.

    Attributes:
        world: The exchange.
        sent: How many bundles were sealed.
        ids: The ids of the listings, by serial.
    """

    world: World
    sent: int = 0
    ids: dict[int, bytes] = attrs.field(factory=dict)

    @classmethod
    def of(cls, folder: Path, *serials: int) -> Reporting:
        """A lender that has heard of these listings."""
        made = cls(World(folder))
        made.lists(*serials)
        made.delivers()
        return made

    @property
    def ledger(self) -> cs.Ledger:
        """The custodian's ledger."""
        return self.world.ledger()

    @property
    def registry(self) -> cs.Registry:
        """The lender's registry."""
        return self.world.registry()

    @contextlib.contextmanager
    def books(self) -> Iterator[tuple[ExecutionBook, cs.LedgerStore]]:
        """The lender's book, and the custodian's database."""
        with (
            cs.RegistryStore(self.world.folder / "registry.db") as registry,
            cs.LedgerStore(self.world.folder / "ledger.db") as ledger,
        ):
            yield ExecutionBook(registry), ledger

    def lists(self, *serials: int, at: dt.datetime = NOW) -> None:
        """Record listings."""
        made = {serial: listing(serial) for serial in serials}
        self.world.record(self.ledger, *made.values(), at=at)
        self.ids |= {serial: item.id for serial, item in made.items()}

    def delivers(self, *, at: dt.datetime = NOW, to: list[cs.PublicAgency] | None = None) -> None:
        """Seal all of the ledger to the lender, or to others; the lender applies what is its."""
        self.sent += 1
        path, _ = self.world.seal(self.ledger, f"{self.sent}.csb", at=at, to=to)
        if to is None or self.world.lender.public in to:
            self.world.apply(self.registry, path, at=at)

    def withdraws(
        self,
        *serials: int,
        on: dt.date = TODAY,
        reason: WithdrawalReason = WithdrawalReason.SETTLED,
    ) -> None:
        """Withdraw listings from the ledger."""
        self.ledger.withdraw(
            *(cs.Withdrawal(self.ids[item], reason, on) for item in serials), at=NOW
        )

    def match(self, serial: int, *, at: dt.datetime = NOW, **changes: Any) -> Match:
        """The lender's match of a listed borrower."""
        (answer,) = self.world.screen(self.registry, applicant(serial), at=at, **changes)
        (match,) = answer.matches
        return match

    def applies(self, *serials: int, at: dt.datetime = NOW, reference: str = "") -> None:
        """Record that the lender applied all it may on listings."""
        with self.books() as (book, _):
            for serial in serials:
                match = self.match(serial, at=at)
                on = at.date()
                book.record_applied(match, *match.measures, on=on, at=at, reference=reference)

    def executions(self, serial: int) -> list[Execution]:
        """The latest of what the lender did on a listing."""
        with self.books() as (book, _):
            found = book.executions("platform")
        return [item for item in found if item.listing_id == self.ids[serial]]

    def lifts(self, *serials: int, at: dt.datetime = NOW) -> None:
        """Record that the lender lifted all it had applied on listings."""
        with self.books() as (book, _):
            for serial in serials:
                book.record_lifted(*self.executions(serial), on=at.date(), at=at)

    def seals(
        self, name: str = "feedback.csb", *, at: dt.datetime = NOW, **changes: Any
    ) -> tuple[Path, SealedFeedback]:
        """Seal the lender's feedback into a file."""
        path = self.world.folder / name
        asked: dict[str, Any] = {
            "origin": "platform",
            "by": self.world.lender,
            "roster": self.world.roster(),
            "at": at,
        }
        with self.books() as (book, _):
            return path, book.seal(path, **(asked | changes))

    def opens(self, path: Path, *, at: dt.datetime = NOW, **changes: Any) -> OpenedFeedback:
        """Open a feedback as the custodian."""
        asked: dict[str, Any] = {
            "by": self.world.custodian,
            "roster": self.world.roster(),
            "at": at,
        }
        return open_feedback(path, **(asked | changes))

    def hears(self, path: Path, *, at: dt.datetime = NOW, **changes: Any) -> AppliedFeedback:
        """Open a feedback as the custodian and take it into the ledger's database."""
        opened = self.opens(path, at=at, **changes)
        with self.books() as (_, store):
            return apply_feedback(store, opened)
