"""The evidence manifest: what proves the listing, by digest. The documents stay with the issuer."""

from __future__ import annotations

import datetime as dt
import enum

import attrs

from creditshare.model.faults import Faults, as_tuple

__all__ = ["Evidence", "Proves"]

_DIGEST = 32


class Proves(enum.StrEnum):
    """What a document proves; some conducts ask for more than that they were seen."""

    CONDUCT = "conduct"
    ABILITY_TO_PAY = "ability-to-pay"
    CLAIM = "claim"
    FINDING = "finding"
    CONVICTION = "conviction"
    DUTY = "duty"
    CONTACT_ATTEMPTS = "contact-attempts"


@attrs.frozen
class Evidence:
    """One document.

    Attributes:
        digest: Its SHA-256, 32 bytes.
        description: What it is, without personal data.
        proves: What it proves.
        disclosed: The day on which the borrower could read it in full; None if not yet.
    """

    digest: bytes
    description: str = attrs.field(repr=False)
    proves: tuple[Proves, ...] = attrs.field(converter=as_tuple)
    disclosed: dt.date | None = None

    def __attrs_post_init__(self) -> None:
        faults = Faults("evidence")
        if faults.kind("digest", self.digest, bytes):
            faults.check("digest", len(self.digest) == _DIGEST, "must be 32 bytes (SHA-256)")
        faults.text("description", self.description, limit=200)
        faults.items("proves", self.proves, Proves, len(Proves))
        faults.check("proves", bool(self.proves), "must say what it proves")
        faults.day("disclosed", self.disclosed, optional=True)
        faults.raise_any()
        once = len(set(self.proves)) == len(self.proves)
        faults.check("proves", once, "the same stands twice")
        faults.raise_any()
