"""A steward seals an epoch's key to the members; each member receives it as a file."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence

from creditshare.agency import Agency, PublicAgency
from creditshare.arguments import expect
from creditshare.clock import from_unix, unix
from creditshare.crypto.container import (
    Header,
    decrypt_body,
    encrypt_body,
    new_header,
    read_header,
    unwrap_key,
)
from creditshare.crypto.signing import SIGNATURE_SIZE, sign, verify
from creditshare.crypto.suite import SUITE
from creditshare.errors import (
    ExpiredEpochError,
    InvalidValueError,
    MalformedError,
    RosterError,
    UnauthorisedIssuerError,
)
from creditshare.files import PathLike, open_regular, replacing
from creditshare.model.role import Role
from creditshare.roster import Roster
from creditshare.sealing import audience_of, check_audience, check_parties
from creditshare.tokens.source import Epoch, TokenKey
from creditshare.wire import Value, frame, pack, unpack_record

__all__ = ["receive_token_key", "seal_token_key"]

_CONTENT = 2
_KIND = "creditshare/token-key/1"
_STATEMENT_MAX = 64 * 1024


def seal_token_key(
    path: PathLike, key: TokenKey, *, by: Agency, to: Sequence[PublicAgency]
) -> None:
    """Write an epoch's key to a file that only the named members can open.

    Args:
        path: The file to write.
        key: The epoch's key.
        by: The exchange's steward.
        to: The members.

    Raises:
        MisuseError: for no member, or the same one twice.
        FileError: if the file cannot be written.
    """
    expect(TokenKey, key=key)
    check_parties(by, to)

    def statement(header_digest: bytes) -> bytes:
        epoch = key.epoch
        times = [unix(epoch.begins), unix(epoch.ends)]
        fields: list[Value] = [SUITE, by.origin, header_digest, audience_of(to)]
        return frame(pack([*fields, epoch.name, *times, epoch.replaces, key.master]))

    length = len(statement(bytes(32))) + SIGNATURE_SIZE
    header, file_key = new_header(_CONTENT, by.origin, length, [member.keys for member in to])
    framed = statement(header.digest)
    with replacing(path, mode=0o600) as file:
        encrypt_body(header, file_key, [framed, sign(_KIND, framed[4:], by.keys)], file)


def receive_token_key(path: PathLike, *, by: Agency, roster: Roster, at: dt.datetime) -> TokenKey:
    """Open a file from the steward.

    Args:
        path: The file.
        by: The member that receives it.
        roster: Says who the steward is.
        at: Now.

    Returns:
        The epoch's key, for a `TokenKeyring`.

    Raises:
        BundleError: if the file is damaged, not for this member, or not from a steward.
        ExpiredEpochError: if the epoch is over.
        FileError: if the file cannot be read.
    """
    expect(Agency, by=by)
    expect(Roster, roster=roster)
    roster.check_current(at)
    header, body = _open(path, by)
    length = int.from_bytes(body[:4], "big")
    framed, signature = body[4 : 4 + length], body[4 + length :]
    if len(framed) != length or len(signature) != SIGNATURE_SIZE:
        raise MalformedError("a token key file has the wrong lengths")
    verify(_KIND, framed, signature, _steward(roster, header.sender).keys)
    suite, sender, digest, audience, name, begins, ends, replaces, master = unpack_record(
        framed, _STATEMENT_MAX, int, str, bytes, list, str, int, int, (str, type(None)), bytes
    )
    if (suite, sender) != (SUITE, header.sender):
        raise MalformedError("the statement does not fit the file's header")
    check_audience(header, stated_digest=digest, audience=audience, reader=by)
    try:
        key = TokenKey(Epoch(name, from_unix(begins), from_unix(ends), replaces), master)
    except (InvalidValueError, ValueError, OverflowError, OSError):
        raise MalformedError("the statement holds impossible values") from None
    if unix(at) >= unix(key.epoch.ends):
        raise ExpiredEpochError(f"token epoch {name} is over")
    return key


def _open(path: PathLike, by: Agency) -> tuple[Header, bytes]:
    with open_regular(path) as (file, size):
        header = read_header(file, size, _CONTENT)
        if header.body_length > _STATEMENT_MAX:
            raise MalformedError("a token key file is larger than it may be")
        body = io.BytesIO()
        decrypt_body(header, unwrap_key(header, by.keys), file, body)
    return header, body.getvalue()


def _steward(roster: Roster, origin: str) -> PublicAgency:
    try:
        if Role.STEWARD in roster.entry(origin).roles:
            return roster.agency(origin)
    except RosterError:
        pass
    raise UnauthorisedIssuerError("the sender is not a steward of the exchange")
