"""Identifier and epoch key to token, and the seam for a remote evaluation.

A token is a pair: the *tag* looks a listing up, the *secret* opens it. Both are keyed functions of
the identifier's `token_text`; nobody without the key can compute either. With a key shared by all
members, a determined member can still try every plausible number. Only an oblivious evaluation
(RFC 9497), whose key no member holds and whose server counts the questions, stops that.
`TokenSource` is shaped for it: batches in, batches out, may fail, may refuse.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol, Self

import attrs

from creditshare.clock import unix
from creditshare.crypto.prf import HmacSha256, hkdf_sha256
from creditshare.errors import ExpiredEpochError, TokenServiceError
from creditshare.identifiers import Identifier
from creditshare.model.faults import Faults

__all__ = ["EPOCH_NAME", "TAG_SIZE", "Epoch", "Token", "TokenKey", "TokenSource", "evaluate"]

TAG_SIZE = 16
"""The bytes of a token's tag."""
MASTER_SIZE = 32
_TAG_LABEL = b"creditshare/1/token-tag"
_SECRET_LABEL = b"creditshare/1/token-secret"
_CHECK_TEXT = b"creditshare/1/token-check"  # no identifier's token_text: those begin with digits
EPOCH_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}", re.ASCII)
"""What an epoch's name looks like."""


def _computed(secret: bytes | Callable[[], bytes]) -> bytes:
    return secret if isinstance(secret, bytes) else secret()


@attrs.frozen
class Token:
    """What an identifier becomes under an epoch's key.

    Attributes:
        tag: 16 bytes by which a listing is found.
        secret: 32 bytes with which its record's key is unwrapped. A source may hand over what
            computes them instead, for most tokens find nothing.
    """

    tag: bytes = attrs.field(repr=False)
    _secret: bytes | Callable[[], bytes] = attrs.field(repr=False, eq=_computed)

    @property
    def secret(self) -> bytes:
        """The 32 bytes."""
        told = self._secret
        return told() if callable(told) else told


@attrs.frozen
class Epoch:
    """The time during which one token key is used.

    Attributes:
        name: Such as ``"2026H2"``: 1 to 32 of letters, digits and ``. _ -``.
        begins: From when (UTC, inclusive).
        ends: Until when (UTC, exclusive). Afterwards the key is destroyed.
        replaces: The name of the epoch that issuers leave for this one, if any.
    """

    name: str
    begins: dt.datetime
    ends: dt.datetime
    replaces: str | None = None

    def __attrs_post_init__(self) -> None:
        faults = Faults("epoch")
        names = {"name": self.name}
        if self.replaces is not None:
            names["replaces"] = self.replaces
        for field, value in names.items():
            right = isinstance(value, str) and bool(EPOCH_NAME.fullmatch(value))
            faults.check(field, right, "must be 1 to 32 letters, digits, . _ -")
        faults.check("replaces", self.replaces != self.name, "must name another epoch")
        faults.check("ends", unix(self.begins) < unix(self.ends), "must lie after begins")
        faults.raise_any()

    def check_current(self, at: dt.datetime) -> None:
        """Refuse an epoch that is not in force.

        Raises:
            ExpiredEpochError: before it begins or once it has ended.
        """
        if not unix(self.begins) <= unix(at) < unix(self.ends):
            raise ExpiredEpochError(f"token epoch {self.name} is not in force at that time")


class TokenSource(Protocol):
    """Whatever turns identifiers into tokens for one epoch."""

    @property
    def epoch(self) -> Epoch:
        """The epoch whose key it evaluates."""

    @property
    def check(self) -> bytes:
        """The tag of a fixed text, 16 bytes: tells two keys under one name apart."""

    def evaluate(self, identifiers: Sequence[Identifier]) -> list[Token]:
        """The tokens of a batch of identifiers, in their order.

        Raises:
            TokenServiceError: if a remote evaluation fails, or refuses for its rate limit.
        """


def evaluate(source: TokenSource, identifiers: Sequence[Identifier]) -> list[Token]:
    """The tokens of a batch from any source, one for each identifier.

    Args:
        source: Whatever evaluates.
        identifiers: The batch.

    Raises:
        TokenServiceError: if the source answers with another number: a listing without its token
            would never be found.
    """
    tokens = source.evaluate(identifiers)
    if len(tokens) != len(identifiers):
        raise TokenServiceError("the token source answered for another number of identifiers")
    return tokens


@attrs.frozen
class TokenKey:
    """The key of one epoch, shared by all members of the exchange.

    ``kt, kw = HKDF-SHA-256(master, salt = epoch name, info = one label each)``; a tag is the first
    16 bytes of HMAC-SHA-256 under kt, a secret is HMAC-SHA-256 under kw. The HMAC keys are the 64
    lower-case hexadecimal characters of kt and kw, so that engines whose HMAC takes text
    (PostgreSQL, DuckDB, Polars) can compute the same tags.

    Attributes:
        epoch: When it is used.
        master: 32 random bytes; never shown, never digested for publication.
        check: The tag of a fixed text, 16 bytes.
    """

    epoch: Epoch
    master: bytes = attrs.field(repr=False)
    _tag: HmacSha256 = attrs.field(init=False, eq=False, repr=False)
    _secret: HmacSha256 = attrs.field(init=False, eq=False, repr=False)
    check: bytes = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        faults = Faults("token key")
        faults.kind("epoch", self.epoch, Epoch)
        if faults.kind("master", self.master, bytes):
            faults.check("master", len(self.master) == MASTER_SIZE, "must be 32 bytes")
        faults.raise_any()
        object.__setattr__(self, "_tag", self._derive(_TAG_LABEL))
        object.__setattr__(self, "_secret", self._derive(_SECRET_LABEL))
        object.__setattr__(self, "check", self._tag.digest(_CHECK_TEXT)[:TAG_SIZE])

    @classmethod
    def generate(cls, epoch: Epoch) -> Self:
        """A fresh key from the operating system's randomness; the steward does this."""
        return cls(epoch, secrets.token_bytes(MASTER_SIZE))

    def evaluate(self, identifiers: Sequence[Identifier]) -> list[Token]:
        """The tokens of a batch of identifiers, in their order; about 2 us each."""
        tag, secret = self._tag.digest, self._secret.digest
        return [
            Token(
                tag(text := identifier.token_text.encode("ascii"))[:TAG_SIZE], partial(secret, text)
            )
            for identifier in identifiers
        ]

    def _derive(self, label: bytes) -> HmacSha256:
        key = hkdf_sha256(self.master, salt=self.epoch.name.encode("ascii"), info=label)
        return HmacSha256(key.hex().encode("ascii"))
