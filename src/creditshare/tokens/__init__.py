"""Tokens: identifiers under an epoch's key, so that lists can be compared but not read."""

from __future__ import annotations

from creditshare.tokens.delivery import receive_token_key, seal_token_key
from creditshare.tokens.keyring import TokenKeyring
from creditshare.tokens.source import (
    EPOCH_NAME,
    TAG_SIZE,
    Epoch,
    Token,
    TokenKey,
    TokenSource,
    evaluate,
)

__all__ = [
    "EPOCH_NAME",
    "TAG_SIZE",
    "Epoch",
    "Token",
    "TokenKey",
    "TokenKeyring",
    "TokenSource",
    "evaluate",
    "receive_token_key",
    "seal_token_key",
]
