"""Sealing: what an agency did on one log's listings, into a file for whoever speaks for the log."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from creditshare.agency import Agency, PublicAgency
from creditshare.crypto.container import Header, encrypt_body, new_header
from creditshare.crypto.signing import SIGNATURE_SIZE, sign
from creditshare.errors import MisuseError
from creditshare.feedback.execution import Execution
from creditshare.feedback.statement import CONTENT, KIND, STATEMENT_MAX, Feedback, in_order
from creditshare.files import PathLike, replacing
from creditshare.sealing import audience_of
from creditshare.wire import frame

__all__ = ["PreparedFeedback", "prepare_feedback"]


@attrs.frozen
class PreparedFeedback:
    """A feedback that only has to be encrypted and written.

    Attributes:
        feedback: What the file will say.
        body: The bytes that were signed.
        signature: Their signature.
    """

    feedback: Feedback
    body: bytes = attrs.field(repr=False)
    signature: bytes = attrs.field(repr=False)
    _header: Header = attrs.field(repr=False)
    _key: bytes = attrs.field(repr=False)

    def write(self, path: PathLike) -> None:
        """Encrypt into a file that appears whole or not at all.

        Raises:
            FileError: if it cannot be written.
        """
        with replacing(path) as file:
            encrypt_body(self._header, self._key, [frame(self.body), self.signature], file)


def prepare_feedback(
    state: Sequence[Execution],
    *,
    origin: str,
    number: int,
    issued: int,
    by: Agency,
    to: PublicAgency,
) -> PreparedFeedback:
    """Lay out and sign a feedback.

    Args:
        state: The latest action of each measure on each listing of the log.
        origin: Whose log it is.
        number: The sender's next for that log.
        issued: Now, in Unix seconds.
        by: The sender.
        to: Whoever speaks for the log.

    Raises:
        MisuseError: if there is more to say than a feedback can hold.
    """
    audience = tuple(audience_of([to]))
    draft = Feedback(by.origin, origin, number, issued, bytes(32), audience, in_order(state))
    length = len(draft.to_bytes())
    if length > STATEMENT_MAX:
        raise MisuseError(f"a feedback holds at most {STATEMENT_MAX} bytes")
    body_length = len(frame(b"")) + length + SIGNATURE_SIZE
    header, key = new_header(CONTENT, by.origin, body_length, [to.keys])
    feedback = attrs.evolve(draft, header_digest=header.digest)
    body = feedback.to_bytes()
    return PreparedFeedback(feedback, body, sign(KIND, body, by.keys), header, key)
