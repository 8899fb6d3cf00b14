"""Which debts of which borrowers were ever listed, as keyed digests.

They find a borrower's listings, and refuse to list one case twice, also after its withdrawal, when
the ledger has long forgotten who it was about. The key is the ledger's own and stays there.
"""

from __future__ import annotations

import unicodedata

from creditshare.crypto.prf import HmacSha256
from creditshare.errors import MisuseError
from creditshare.identifiers import Identifier
from creditshare.model import Listing, Obligation
from creditshare.stores.ledger import LedgerStore

__all__ = ["Cases"]

_SIZE = 16


class Cases:
    """The cases of a ledger.

    Args:
        store: Its database.
        key: Its own 32-byte key.
    """

    def __init__(self, store: LedgerStore, key: bytes) -> None:
        self._store = store
        self._digest = HmacSha256(key).digest

    def claim(self, listing: Listing) -> bool:
        """Note the case of a new listing: its borrower, creditor and default date.

        Returns:
            False if the case, or a listing of that id, was ever on the ledger.
        """
        if self._store.listing(listing.id) is not None:
            return False
        debt = self._debt(listing.obligation)
        subjects = [self._subject(item) for item in listing.borrower.strong_identifiers]
        for subject in subjects:
            if not self._store.add_case(subject, debt, listing.id):
                self._store.drop_cases(subjects, debt, listing.id)
                return False
        return True

    def move(self, listing: Listing) -> None:
        """Note the case of a listing that was amended; its earlier case stays noted.

        Raises:
            MisuseError: if that debt of this borrower is another listing's.
        """
        debt = self._debt(listing.obligation)
        for identifier in listing.borrower.strong_identifiers:
            subject = self._subject(identifier)
            if self._store.case_of(subject, debt) not in (None, listing.id):
                raise MisuseError("that debt of this borrower is another listing's")
            self._store.add_case(subject, debt, listing.id)

    def release(self, listing: Listing) -> None:
        """Let the case of a listing that merely lapsed be listed again."""
        debt = self._debt(listing.obligation)
        subjects = [self._subject(item) for item in listing.borrower.strong_identifiers]
        self._store.drop_cases(subjects, debt, listing.id)

    def listings_of(self, identifier: Identifier) -> list[bytes]:
        """The ids of a borrower's listings, live or not."""
        return self._store.listings_of(self._subject(identifier))

    def _debt(self, owed: Obligation) -> bytes:
        folded = unicodedata.normalize("NFKC", owed.creditor).casefold()
        text = f"{owed.default_date.isoformat()}\0{''.join(folded.split())}"
        return self._digest(b"debt\0" + text.encode())[:_SIZE]

    def _subject(self, identifier: Identifier) -> bytes:
        return self._digest(b"subject\0" + identifier.token_text.encode("ascii"))[:_SIZE]
