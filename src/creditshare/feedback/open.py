"""Opening a feedback: every check that needs no state of the issuer's, in this order.

1. the roster is in force; magic, version, suite, content, exact length of the file; the body is no
   longer than a feedback may be
2. the sender is in the roster, with keys
3. a stanza is for this agency; the body decrypts to its end; frame and signature fill it
4. both signatures verify, with the sender's keys from the roster; only then is anything parsed
5. the statement is strict, of the header's sender, of this header, and for this agency alone
6. this agency speaks for the log: it is the origin, or its custodian today
7. issued not after now, and nothing in it was done after today

What needs state (numbers, listings, who was told of them) is checked when it is applied.
"""

from __future__ import annotations

import datetime as dt
import io
from typing import NoReturn, final

from creditshare.agency import Agency
from creditshare.arguments import expect
from creditshare.bundle.open import CLOCK_SKEW
from creditshare.clock import last_day_begun, unix
from creditshare.closed import Closed, make
from creditshare.crypto.container import Header, decrypt_body, read_header, unwrap_key
from creditshare.crypto.signing import SIGNATURE_SIZE, verify
from creditshare.errors import (
    ExpiredError,
    ForgedValueError,
    MalformedError,
    NotForUsError,
    RosterError,
    UnauthorisedIssuerError,
)
from creditshare.feedback.speaker import speaker_of
from creditshare.feedback.statement import CONTENT, KIND, STATEMENT_MAX, Feedback
from creditshare.files import PathLike, open_regular
from creditshare.roster import Roster
from creditshare.sealing import check_audience

__all__ = ["OpenedFeedback", "open_feedback"]

_BODY_MAX = 4 + STATEMENT_MAX + SIGNATURE_SIZE


@final
class OpenedFeedback(Closed):
    """A feedback that passed every check without state; only `open_feedback` makes one.

    Attributes:
        feedback: What it says.
        body: The bytes that were signed, to be kept as they are.
        signature: Their signature.
    """

    __slots__ = ("body", "feedback", "signature")

    feedback: Feedback
    body: bytes
    signature: bytes

    def __init_subclass__(cls) -> NoReturn:
        raise ForgedValueError("opened feedback has no other kinds")

    def __repr__(self) -> str:
        said = self.feedback
        return f"<OpenedFeedback {said.number} of {said.sender} on {said.origin}>"


def open_feedback(path: PathLike, *, by: Agency, roster: Roster, at: dt.datetime) -> OpenedFeedback:
    """Open a feedback file that was sealed to an agency.

    Args:
        path: The file.
        by: The issuer of the log, or its custodian.
        roster: Who is in the exchange, with which keys.
        at: Now.

    Returns:
        What it says, for `apply_feedback`.

    Raises:
        BundleError: if the file is damaged, not for this agency, or not from who it says; the
            class tells which.
        RosterError: if the roster is not in force.
        FileError: if the file cannot be read.
    """
    expect(Agency, by=by)
    expect(Roster, roster=roster)
    roster.check_current(at)
    header, body = _read(path, by, roster)
    length = int.from_bytes(body[:4], "big")
    statement, signature = body[4 : 4 + length], body[4 + length :]
    if len(statement) != length or len(signature) != SIGNATURE_SIZE:
        raise MalformedError("a feedback file has the wrong lengths")
    verify(KIND, statement, signature, roster.agency(header.sender).keys)
    feedback = Feedback.from_bytes(statement)
    if feedback.sender != header.sender:
        raise MalformedError("the statement does not fit the file's header")
    check_audience(
        header,
        stated_digest=feedback.header_digest,
        audience=list(feedback.audience),
        reader=by,
    )
    if len(feedback.audience) != 1:
        raise MalformedError("a feedback is for one agency alone")
    _check_speaker(feedback.origin, by, roster, at)
    _check_times(feedback, at)
    return make(OpenedFeedback, feedback=feedback, body=statement, signature=signature)


def _read(path: PathLike, by: Agency, roster: Roster) -> tuple[Header, bytes]:
    with open_regular(path) as (file, size):
        header = read_header(file, size, CONTENT)
        if header.body_length > _BODY_MAX:
            raise MalformedError("a feedback file is larger than it may be")
        try:
            roster.agency(header.sender)
        except RosterError:
            raise UnauthorisedIssuerError("the roster does not know the sender") from None
        body = io.BytesIO()
        decrypt_body(header, unwrap_key(header, by.keys), file, body)
    return header, body.getvalue()


def _check_speaker(origin: str, by: Agency, roster: Roster, at: dt.datetime) -> None:
    try:
        speaker = speaker_of(origin, roster=roster, at=at)
    except RosterError:
        raise NotForUsError("the roster does not know who speaks for the log") from None
    if speaker != by.public:
        raise NotForUsError("this agency does not speak for the log")


def _check_times(feedback: Feedback, at: dt.datetime) -> None:
    if feedback.issued > unix(at + CLOCK_SKEW):
        raise ExpiredError("the feedback comes from the future; check this machine's clock")
    today = last_day_begun(at + CLOCK_SKEW)
    if any(item.on > today for item in feedback.state):
        raise ExpiredError("the feedback tells of a day that has not come")
