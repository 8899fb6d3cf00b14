"""The epochs a member holds, and the choice of the right one."""

from __future__ import annotations

import datetime as dt

import attrs

from creditshare.clock import unix
from creditshare.errors import (
    MisuseError,
    ReplacedEpochError,
    UnknownEpochError,
    WrongTokenKeyError,
)
from creditshare.identifiers import CANONICAL_FORM_VERSION
from creditshare.model.faults import as_tuple
from creditshare.tokens.source import Epoch, TokenSource

__all__ = ["TokenKeyring"]


@attrs.frozen
class TokenKeyring:
    """The token sources a member holds, at most one an epoch name.

    While an exchange moves from one epoch to the next, issuers use the newer and recipients hold
    both.

    Attributes:
        sources: Any collection of them, such as `TokenKey` values.

    Raises:
        MisuseError: for anything that is not a token source.
        ReplacedEpochError: if two sources are given for one epoch name.
    """

    sources: tuple[TokenSource, ...] = attrs.field(converter=as_tuple, default=())

    def __attrs_post_init__(self) -> None:
        for source in self.sources:
            if not isinstance(getattr(source, "epoch", None), Epoch):
                raise MisuseError("a keyring holds token sources")
        names = [source.epoch.name for source in self.sources]
        if len(set(names)) != len(names):
            raise ReplacedEpochError("two keys for one epoch; drop the one the steward replaced")

    def add(self, source: TokenSource) -> TokenKeyring:
        """A keyring with one more epoch; the same key a second time changes nothing.

        Raises:
            MisuseError: if it is not a token source.
            ReplacedEpochError: if another key is held under that epoch's name.
        """
        if not isinstance(getattr(source, "epoch", None), Epoch):
            raise MisuseError("a keyring holds token sources")
        for held in self.sources:
            if held.epoch.name == source.epoch.name and held.check == source.check:
                return self
        return TokenKeyring((*self.sources, source))

    def for_issuing(self, at: dt.datetime, *, used: str | None = None) -> TokenSource:
        """The epoch under which new listings are tokenised.

        Args:
            at: Now.
            used: The epoch under which the ledger's listings stand already, if any.

        Raises:
            ReplacedEpochError: if the epoch in use was replaced by another held here.
            UnknownEpochError: if no epoch is in force, or the one in use is not held.
            ExpiredEpochError: if the epoch in use is over.
        """
        replaced = {source.epoch.replaces for source in self._in_force(at)}
        if used is not None:
            if used in replaced:
                raise ReplacedEpochError(f"epoch {used} was replaced; re-tokenise the ledger first")
            source = self._named(used)
            source.epoch.check_current(at)
            return source
        newest = [held for held in self._in_force(at) if held.epoch.name not in replaced]
        if len(newest) != 1:
            raise UnknownEpochError(f"{len(newest)} epochs are in force and not replaced; need one")
        return newest[0]

    def for_checkpoint(
        self, *, epoch: str, canonical_form: int, check: bytes, at: dt.datetime
    ) -> TokenSource:
        """The source that answers for a checkpoint.

        Args:
            epoch: The checkpoint's epoch.
            canonical_form: Its version of the canonical form.
            check: Its token check.
            at: Now.

        Raises:
            UnknownEpochError: if its epoch is not held.
            WrongTokenKeyError: if the held key, or this library's canonical form, is another.
            ExpiredEpochError: if the epoch is over.
        """
        source = self._named(epoch)
        if canonical_form != CANONICAL_FORM_VERSION:
            raise WrongTokenKeyError("the issuer's canonical form is of another version")
        if source.check != check:
            raise WrongTokenKeyError(f"another key is held under the name of epoch {epoch}")
        source.epoch.check_current(at)
        return source

    def check_replaces(self, newer: TokenSource, epoch: str) -> None:
        """Check that one epoch replaces another, directly or by way of epochs held here.

        Args:
            newer: The source whose epoch should replace the other.
            epoch: The name of the other.

        Raises:
            ReplacedEpochError: if it does not.
        """
        replaced = newer.epoch.replaces
        for _ in self.sources:
            if replaced in (None, epoch):
                break
            between = [held.epoch for held in self.sources if held.epoch.name == replaced]
            replaced = between[0].replaces if between else None
        if replaced != epoch:
            raise ReplacedEpochError(f"the epoch in force does not replace epoch {epoch}")

    def _named(self, epoch: str) -> TokenSource:
        for source in self.sources:
            if source.epoch.name == epoch:
                return source
        raise UnknownEpochError(f"no key is held for token epoch {epoch!r}")

    def _in_force(self, at: dt.datetime) -> list[TokenSource]:
        now = unix(at)
        return [
            held for held in self.sources if unix(held.epoch.begins) <= now < unix(held.epoch.ends)
        ]
