"""A signed body in a sealed container: what bundles and token keys have in common.

::

    container( frame(statement) | signature ... )

Sealing ties the signed statement to this very file (the digest of its header) and to its audience
(the fingerprints of the recipients' keys), so that a recipient cannot re-wrap what it received
and pass it on as if it had been sent to a third. Whoever leaks the plaintext still leaks something
that verifies.
"""

from __future__ import annotations

from collections.abc import Sequence

from creditshare.agency import Agency, PublicAgency
from creditshare.arguments import expect
from creditshare.crypto.container import Header
from creditshare.crypto.suite import DIGEST_SIZE
from creditshare.errors import MalformedError, NotForUsError

__all__ = ["audience_of", "check_audience", "check_parties"]


def check_parties(by: Agency, to: Sequence[PublicAgency]) -> None:
    """Refuse a signer without secret keys, and recipients given with theirs.

    Raises:
        MisuseError: naming the argument.
    """
    expect(Agency, by=by)
    expect(Sequence, to=to)
    for recipient in to:
        expect(PublicAgency, to=recipient)


def audience_of(recipients: Sequence[PublicAgency]) -> list[bytes]:
    """The fingerprints of the recipients' keys, ascending."""
    return sorted(to.keys.fingerprint for to in recipients)


def check_audience(
    header: Header, *, stated_digest: bytes, audience: list[object], reader: Agency
) -> None:
    """Check that a signed statement speaks of this very file and of this reader.

    Raises:
        NotForUsError: if it was signed for another file or audience.
        MalformedError: if the audience is not the file's recipients.
    """
    if stated_digest != header.digest:
        raise NotForUsError("the file was re-wrapped: its sender sealed another one")
    if any(not isinstance(item, bytes) or len(item) != DIGEST_SIZE for item in audience):
        raise MalformedError("the audience is not a list of fingerprints")
    prints = [item for item in audience if isinstance(item, bytes)]
    if prints != sorted(set(prints)) or len(prints) != len(header.stanzas):
        raise MalformedError("the audience does not match the file's recipients")
    if reader.keys.public.fingerprint not in prints:
        raise NotForUsError("the sender did not address this agency")
