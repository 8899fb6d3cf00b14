"""Ledgers and registries that must be there: a wrong path never makes an empty one."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import attrs
import click

from creditshare.bundle import Checkpoint
from creditshare.cli.config import HOME_FILES
from creditshare.cli.exits import hinted, without_people
from creditshare.clock import from_day_number
from creditshare.errors import MisuseError, StoreError
from creditshare.ledger import Ledger, LedgerStore
from creditshare.registry import Registry, RegistryStore
from creditshare.roster import RosterEntry

__all__ = [
    "OpenLedger",
    "OpenRegistry",
    "begin_ledger",
    "check_given",
    "open_ledger",
    "open_registry",
]

_BEGINS = {"ledger": "import or case prepare", "registry": "apply"}


@attrs.frozen
class OpenLedger:
    """A ledger and its database."""

    store: LedgerStore
    ledger: Ledger

    @property
    def epoch(self) -> str | None:
        """The token epoch under which its listings stand; None before the first."""
        meta = self.store.meta()
        return None if meta is None else meta.epoch

    def last_day_of(self, listing_id: bytes) -> dt.date | None:
        """The last day of a listing; None if it has ended."""
        row = self.store.listing(listing_id)
        return None if row is None or row.reason is not None else from_day_number(row.last_day)

    def epoch_of(self, sequence: int) -> str | None:
        """The token epoch of a checkpoint; None if it is none of this log."""
        held = self.store.checkpoint(sequence)
        return None if held is None else Checkpoint.from_bytes(held[0]).epoch


@attrs.frozen
class OpenRegistry:
    """A registry and its database."""

    store: RegistryStore
    registry: Registry


@contextlib.contextmanager
def begin_ledger(path: Path, whose: RosterEntry) -> Iterator[Ledger]:
    """The ledger of a log, made if it is not there.

    Raises:
        MisuseError: if it is that of another log.
        StoreError: if it cannot be used.
    """
    with LedgerStore(path) as store:
        try:
            ledger = Ledger(store, origin=whose.origin, generation=whose.generation)
        except MisuseError as error:
            hint = "--origin says whose listings these are, --ledger names their own ledger"
            raise hinted(error, hint) from None
        yield ledger


@contextlib.contextmanager
def open_ledger(path: Path) -> Iterator[OpenLedger]:
    """A ledger that was begun before.

    Raises:
        StoreError: if there is none.
    """
    _check_there("ledger", path)
    with LedgerStore(path) as store:
        meta = store.meta()
        if meta is None:
            raise StoreError("nothing was ever recorded in that database")
        yield OpenLedger(store, Ledger(store, origin=meta.origin, generation=meta.generation))


@contextlib.contextmanager
def open_registry(path: Path) -> Iterator[OpenRegistry]:
    """A registry to which something was applied before.

    Raises:
        StoreError: if there is none.
    """
    _check_there("registry", path)
    with RegistryStore(path) as store:
        yield OpenRegistry(store, Registry(store))


def check_given(**paths: Path) -> None:
    """A home has a ledger, a registry, or both; a path that somebody gave must lead to one.

    Raises:
        StoreError: if it does not, or the home has neither.
    """
    home = click.get_current_context().find_root().params["home"]
    for name, path in paths.items():
        if path != home / HOME_FILES[name]:
            _check_there(name, path)
    if not any(path.is_file() for path in paths.values()):
        where = without_people(str(home))
        raise hinted(
            StoreError(f"there is neither a ledger nor a registry in {where}"),
            "--home names the agency's folder; --ledger and --registry name other files",
        )


def _check_there(what: str, path: Path) -> None:
    if not path.is_file():
        where = without_people(str(path))
        raise hinted(
            StoreError(f"there is no {what} at {where}"),
            f"--home or --{what} names another; {_BEGINS[what]} begins one",
        )
