"""Who runs a command: the agency's keys, the roster, the token keys, and the present."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import attrs
import click

from creditshare.agency import Agency, PublicAgency
from creditshare.cli.command import DESCRIPTOR, FILE, INSTANT, present, shared_option
from creditshare.cli.exits import hinted
from creditshare.cli.secrets import load_agency
from creditshare.cli.show import note
from creditshare.errors import (
    BundleError,
    ExpiredEpochError,
    FileError,
    ReplacedEpochError,
    RosterError,
    TokenError,
    UnauthorisedIssuerError,
    WrongTokenKeyError,
)
from creditshare.files import read_regular, replacing
from creditshare.roster import Roster, RosterEntry
from creditshare.tokens import TokenKey, TokenKeyring, receive_token_key

__all__ = ["ROSTER_MAX", "TOKEN_FILE_MAX", "Member", "member_options"]

Function = TypeVar("Function", bound=Callable[..., Any])
ROSTER_MAX = 64 << 20
TOKEN_FILE_MAX = 4 << 20
_TRUST = (
    "creditshare roster trust STEWARD.pub shows whom the file is of, --fingerprint trusts it; then "
    "creditshare roster receive FILE"
)
_WHOSE = (
    "creditshare roster show tells who may issue; a custodian names the institution by --origin, "
    "and keeps a ledger for it: --ledger"
)


@attrs.define
class Member:
    """What a command may need; each part is read when it is asked for, and only then.

    Attributes:
        at: The present.
        roster_path: The signed roster.
        steward_path: The public keys of the steward who is trusted.
        tokens_path: The keyring: a folder of sealed token key files, never an open key.
    """

    at: dt.datetime
    roster_path: Path
    steward_path: Path
    tokens_path: Path
    _key: Path
    _key_fd: int | None
    _passphrase_fd: int | None
    _agency: Agency | None = None
    _roster: Roster | None = None

    @property
    def agency(self) -> Agency:
        """The agency with its secret keys."""
        if self._agency is None:
            self._agency = load_agency(self._key, self._key_fd, self._passphrase_fd)
        return self._agency

    @property
    def roster(self) -> Roster:
        """The roster in force, verified by the trusted steward's keys.

        Raises:
            RosterError: if none is held yet, or as `open_roster`.
        """
        if self._roster is None:
            self._check_trusts()
            if not os.path.lexists(self.roster_path):
                raise RosterError("there is no roster at that path yet")
            self._roster = self.open_roster(read_regular(self.roster_path, ROSTER_MAX))
        return self._roster

    def open_roster(self, data: bytes) -> Roster:
        """A roster, verified by the trusted steward's keys.

        Raises:
            RosterError: if no steward is trusted yet, or the roster is not to be believed.
        """
        self._check_trusts()
        steward = PublicAgency.load(self.steward_path)
        return Roster.open(data, steward=steward.keys, at=self.at)

    def _check_trusts(self) -> None:
        if not self.steward_path.exists():
            raise hinted(RosterError("no steward is trusted yet"), _TRUST)

    def issues_for(self, origin: str | None) -> RosterEntry:
        """The roster's entry of whose listings this agency says.

        Args:
            origin: Whose listings; None for the agency's own.

        Raises:
            UnauthorisedIssuerError: if it may not issue for it now.
        """
        whose = origin or self.agency.origin
        entry = self.roster.entry(whose)
        try:
            self.roster.check_issuer(
                self.agency, origin=whose, generation=entry.generation, at=self.at
            )
        except UnauthorisedIssuerError as error:
            raise hinted(error, _WHOSE) from None
        return entry

    @property
    def tokens(self) -> TokenKeyring:
        """The token keys of the keyring whose epochs are not over."""
        keyring = TokenKeyring()
        for path, key in self.token_keys():
            if key is None:
                note(f"the token epoch in {path.name} is over; creditshare tokens purge deletes it")
            else:
                keyring = keyring.add(key)
        return keyring

    def token_keys(self) -> Iterator[tuple[Path, TokenKey | None]]:
        """Each file of the keyring with its key; None for one whose epoch is over.

        Raises:
            TokenError: if one cannot be opened, such as after the agency changed its keys.
        """
        for path in sorted(self.tokens_path.glob("*.csb")):
            try:
                yield path, self.receive(path)
            except ExpiredEpochError:
                yield path, None
            except BundleError as error:
                raise TokenError(f"{path.name} in the keyring cannot be opened: {error}") from None

    def receive(self, path: Path) -> TokenKey:
        """Open a sealed token key."""
        return receive_token_key(path, by=self.agency, roster=self.roster, at=self.at)

    def keep(self, path: Path) -> TokenKey:
        """Check a sealed token key and copy it, sealed as it is, into the keyring.

        Its name there is its digest: nothing that a sender chose becomes a path.

        Raises:
            WrongTokenKeyError: if the keyring holds another key under that epoch's name.
            TokenError: as `tokens.receive_token_key`.
        """
        key = self.receive(path)
        try:
            self.tokens.add(key)
        except ReplacedEpochError:
            raise WrongTokenKeyError("another key of that epoch is held") from None
        data = read_regular(path, TOKEN_FILE_MAX)
        try:
            self.tokens_path.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise FileError(f"cannot make the keyring's folder: {error.strerror}") from None
        with replacing(self.tokens_path / f"{hashlib.sha256(data).hexdigest()}.csb", 0o600) as file:
            file.write(data)
        return key


def member_options(function: Function) -> Function:
    """Give a command a `member`, from the shared settings."""

    @functools.wraps(function)
    def run(
        *,
        at: dt.datetime,
        roster_file: Path,
        steward: Path,
        keyring: Path,
        key: Path,
        key_fd: int | None,
        passphrase_fd: int | None,
        **values: Any,
    ) -> Any:
        member = Member(at, roster_file, steward, keyring, key, key_fd, passphrase_fd)
        return function(member=member, **values)

    for option in (
        shared_option("at", type=INSTANT, default=present),
        shared_option("keyring", type=click.Path(file_okay=False, path_type=Path)),
        shared_option("steward", type=FILE),
        shared_option("roster_file", type=FILE),
        shared_option("passphrase_fd", type=DESCRIPTOR),
        shared_option("key_fd", type=DESCRIPTOR),
        shared_option("key", type=FILE),
    ):
        run = option(run)
    return run  # type: ignore[return-value]
