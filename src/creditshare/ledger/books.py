"""The rulebooks that a ledger keeps, and what stands in for one that cannot be read any more."""

from __future__ import annotations

import hashlib
from typing import Any, NoReturn

import attrs

from creditshare.errors import MisuseError, RulebookError
from creditshare.rules import Rulebook
from creditshare.stores.ledger import LedgerStore

__all__ = ["UnreadRulebook", "kept_rulebook"]


@attrs.frozen
class UnreadRulebook(Rulebook):
    """Stands in for a kept rulebook that this version of the library cannot read, or that is lost.

    It has no rules: it sets no term, forbids no step that ends a listing, and clears nothing. So
    what was listed by it can still be disputed, answered, settled, withdrawn, and expires on its
    last day, which the ledger knows by itself.
    """

    kept_as: str = attrs.field(kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Without the safeguards of a rulebook: it clears nothing."""
        object.__setattr__(self, "_checked", ())
        object.__setattr__(self, "digest", hashlib.sha256(self.kept_as.encode()).digest())

    @property
    def name(self) -> str:
        """The name under which the ledger keeps it."""
        return self.kept_as

    def review_one(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse.

        Raises:
            MisuseError: always.
        """
        raise MisuseError("a rulebook that cannot be read clears nothing: review by another")


def kept_rulebook(store: LedgerStore, name: str) -> Rulebook:
    """A rulebook by which listings were cleared, or what stands in for it.

    A broken book must keep nobody listed, so it is no error here.

    Args:
        store: The ledger's database.
        name: Under which it is kept.
    """
    body = store.rulebook_body(name)
    try:
        if body is not None:
            return Rulebook.from_json(body)
    except RulebookError:
        pass
    return UnreadRulebook("", "", "", "", "", (), kept_as=name)
