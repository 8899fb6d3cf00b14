"""Which debts of which borrowers were ever listed, as keyed digests.

They find a borrower's listings, and refuse to list one case twice, also after its withdrawal, when
the ledger has long forgotten who it was about. The key is the ledger's own and stays there.
"""

from __future__ import annotations

import datetime as dt
import functools
import itertools
from collections.abc import Sequence

from creditshare.crypto.prf import HmacSha256
from creditshare.errors import MisuseError
from creditshare.identifiers import Identifier
from creditshare.model import Listing, Obligation
from creditshare.model.folding import fold_name
from creditshare.stores.ledger import LedgerStore

__all__ = ["Cases"]

_SIZE = 16
_BATCH = 1000  # looked up at once
_DEBTS = 16384  # kept at hand: a report repeats its creditor and its days


class Cases:
    """The cases of a ledger.

    Args:
        store: Its database.
        key: Its own 32-byte key.
    """

    def __init__(self, store: LedgerStore, key: bytes) -> None:
        self._store = store
        self._digest = HmacSha256(key).digest
        self._debt = functools.lru_cache(_DEBTS)(self._debt_digest)

    def of(self, owed: Obligation, token_texts: Sequence[str]) -> list[bytes]:
        """The cases of a debt: subject, then debt, for each strong identifier."""
        debt = self._debt(owed.creditor, owed.default_date)
        return [self._subject(text) + debt for text in token_texts]

    def of_listing(self, listing: Listing) -> list[bytes]:
        """The cases of a listing or draft."""
        texts = [identifier.token_text for identifier in listing.borrower.strong_identifiers]
        return self.of(listing.obligation, texts)

    def fresh(self, listings: Sequence[tuple[Listing, list[bytes]]]) -> list[bool]:
        """Which of these are new: neither the id nor a case was ever on the ledger.

        Args:
            listings: Each with its cases, in the order in which they are to be recorded.
        """
        ids, known = set[bytes](), set[bytes]()
        fresh = []
        for start in range(0, len(listings), _BATCH):
            batch = listings[start : start + _BATCH]
            ids |= self._store.known_listings([listing.id for listing, _ in batch])
            known |= self._store.known_cases([case for _, cases in batch for case in cases])
            for listing, cases in batch:
                fresh.append(listing.id not in ids and known.isdisjoint(cases))
                if fresh[-1]:
                    ids.add(listing.id)
                    known.update(cases)
        return fresh

    def prepared(self, listings: Sequence[Listing]) -> list[set[bytes]]:
        """The ids under which the debts of each are prepared: none, its own, or others."""
        found: list[set[bytes]] = []
        for start in range(0, len(listings), _BATCH):
            cases = [self.of_listing(listing) for listing in listings[start : start + _BATCH]]
            held = self._store.prepared_cases([*itertools.chain(*cases)])
            found += [{held[case] for case in own if case in held} for own in cases]
        return found

    def move(self, listing: Listing, number: int) -> None:
        """Note the case of a listing that was amended; its earlier case stays noted.

        Raises:
            MisuseError: if that debt of this borrower is another listing's or prepared case's.
        """
        digests = self.of_listing(listing)
        for digest in digests:
            if self._store.case_of(digest) not in (None, number):
                raise MisuseError("that debt of this borrower is another listing's")
        if self._store.prepared_cases(digests):
            raise MisuseError("that debt of this borrower is prepared as another case")
        self._store.add_cases((digest, number) for digest in digests)

    def release(self, listing: Listing, number: int) -> None:
        """Let the case of a listing that merely lapsed be listed again."""
        digests = self.of_listing(listing)
        self._store.drop_cases((digest, number) for digest in digests)

    def listings_of(self, identifier: Identifier) -> list[bytes]:
        """The ids of a borrower's listings, live or not."""
        return self._store.listings_of(self._subject(identifier.token_text))

    def _debt_digest(self, creditor: str, default_date: dt.date | None) -> bytes:
        since = default_date.isoformat() if default_date else ""
        return self._digest(f"debt\0{since}\0{fold_name(creditor)}".encode())[:_SIZE]

    def _subject(self, token_text: str) -> bytes:
        return self._digest(b"subject\0" + token_text.encode("ascii"))[:_SIZE]
