"""Which debts of which borrowers were ever listed, as keyed digests.

They find a borrower's listings, and refuse to list one case twice, also after its withdrawal, when
the ledger has long forgotten who it was about. The key is the ledger's own and stays there.

A debt without a default date may be any debt of that borrower to that creditor, so it is the same
case as each of them; else whoever leaves the date out could list a case again.
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

_SUBJECT, _CREDITOR, _DAY = 16, 8, 8  # bytes: a case is these three, one after the other
_DEBTS = _SUBJECT + _CREDITOR  # where the debts of a subject to a creditor begin alike
_UNDATED = bytes(_DAY)
_BATCH = 1000  # looked up at once
_KEPT = 16384  # kept at hand: a report repeats its creditor and its days


class Cases:
    """The cases of a ledger.

    Args:
        store: Its database.
        key: Its own 32-byte key.
    """

    def __init__(self, store: LedgerStore, key: bytes) -> None:
        self._store = store
        self._digest = HmacSha256(key).digest
        self._debt = functools.lru_cache(_KEPT)(self._debt_digest)

    def of(self, owed: Obligation, token_texts: Sequence[str]) -> list[bytes]:
        """The cases of a debt: subject, then debt, for each strong identifier."""
        debt = self._debt(owed.creditor, owed.default_date)
        return [self._subject(text) + debt for text in token_texts]

    def of_listing(self, listing: Listing) -> list[bytes]:
        """The cases of a listing or draft."""
        texts = [identifier.token_text for identifier in listing.borrower.strong_identifiers]
        return self.of(listing.obligation, texts)

    def noted(self, cases: Sequence[bytes]) -> set[bytes]:
        """Which of these cases were ever noted, or may be one that was."""
        exact = self._store.known_cases([*cases, *map(_undated, cases)])
        return {
            case
            for case in cases
            if case in exact
            or _undated(case) in exact
            or (_is_undated(case) and self._store.cases_of(case[:_DEBTS]))
        }

    def need_a_look(self, cases: Sequence[bytes]) -> bool:
        """Whether cases may be the same though their digests differ: with a date, and without."""
        undated = any(map(_is_undated, cases))
        return undated or bool(self._store.known_cases(list(map(_undated, cases))))

    def fresh(self, listings: Sequence[tuple[Listing, list[bytes]]]) -> list[bool]:
        """Which of these are new: neither the id nor a case was ever on the ledger.

        Args:
            listings: Each with its cases, in the order in which they are to be recorded.
        """
        ids, seen = set[bytes](), set[bytes]()
        fresh = []
        for start in range(0, len(listings), _BATCH):
            batch = listings[start : start + _BATCH]
            ids |= self._store.known_listings([listing.id for listing, _ in batch])
            known = self.noted([case for _, cases in batch for case in cases])
            for listing, cases in batch:
                same = {key for case in cases for key in _alike(case)}
                free = known.isdisjoint(cases) and seen.isdisjoint(same)
                fresh.append(listing.id not in ids and free)
                if fresh[-1]:
                    ids.add(listing.id)
                    seen.update(*((case, case[:_DEBTS]) for case in cases))
        return fresh

    def prepared(self, listings: Sequence[Listing]) -> list[set[bytes]]:
        """The ids under which the debts of each are prepared: none, its own, or others."""
        found: list[set[bytes]] = []
        for start in range(0, len(listings), _BATCH):
            cases = [self.of_listing(listing) for listing in listings[start : start + _BATCH]]
            flat = [*itertools.chain(*cases)]
            held = self._store.prepared_cases([*flat, *map(_undated, flat)])
            found += [{id_ for case in own for id_ in self._prepared(case, held)} for own in cases]
        return found

    def _prepared(self, case: bytes, held: dict[bytes, bytes]) -> list[bytes]:
        if _is_undated(case):
            return self._store.prepared_of(case[:_DEBTS])
        return [held[key] for key in _alike(case) if key in held]

    def move(self, listing: Listing, number: int) -> None:
        """Note the case of a listing that was amended; its earlier case stays noted.

        Raises:
            MisuseError: if that debt of this borrower is another listing's or prepared case's.
        """
        digests = self.of_listing(listing)
        for digest in digests:
            owed = self._store.cases_of(digest[:_DEBTS])
            same = owed.keys() if _is_undated(digest) else owed.keys() & set(_alike(digest))
            if {owed[case] for case in same} - {number}:
                raise MisuseError("that debt of this borrower is another listing's")
        if any(self.prepared([listing])):
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
        name = fold_name(creditor)
        owed = self._digest(f"creditor\0{name}".encode())[:_CREDITOR]
        if default_date is None:
            return owed + _UNDATED
        return owed + self._digest(f"debt\0{default_date.isoformat()}\0{name}".encode())[:_DAY]

    def _subject(self, token_text: str) -> bytes:
        return self._digest(b"subject\0" + token_text.encode("ascii"))[:_SUBJECT]


def _undated(case: bytes) -> bytes:
    return case[:_DEBTS] + _UNDATED


def _is_undated(case: bytes) -> bool:
    return case.endswith(_UNDATED)


def _alike(case: bytes) -> tuple[bytes, ...]:
    """What would be the same case: it or one undated; of an undated one, any of these debts."""
    return (case[:_DEBTS],) if _is_undated(case) else (case, _undated(case))
