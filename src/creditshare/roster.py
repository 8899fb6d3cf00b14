"""The roster: who may issue, for whom, under which licence, with which keys.

A roster is a versioned document signed by the exchange's steward, whose public keys every member
has from elsewhere. Names, keys and algorithms come from the roster and never from a message that
wants to be believed. An institution that left the market has an entry without keys and with a
custodian: the custodian signs, the log stays the institution's.

One signature suffices for now; thresholds of stewards and key rotation come with a later version.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Self

import attrs

from creditshare.agency import Agency, PublicAgency, check_origin
from creditshare.arguments import expect
from creditshare.clock import day_number, day_of, from_day_number, from_unix, unix
from creditshare.crypto.keys import PublicKeys
from creditshare.crypto.signing import SIGNATURE_SIZE, sign, verify
from creditshare.crypto.suite import SUITE
from creditshare.errors import (
    BundleError,
    ExpiredError,
    InputError,
    KeyMaterialError,
    RosterError,
    UnauthorisedIssuerError,
)
from creditshare.model.faults import Faults, as_tuple
from creditshare.model.role import Role
from creditshare.wire import fields, pack, unpack_record

__all__ = ["Licence", "Roster", "RosterEntry"]

_MAGIC = b"CSROSTER1\n"
_KIND = "creditshare/roster/1"
_LIMIT = 64 * 1024 * 1024
_ISSUING = frozenset({Role.ISSUER, Role.CUSTODIAN})


@attrs.frozen
class Licence:
    """The licence under which an agency does financial business.

    Attributes:
        number: As the licensing authority wrote it.
        valid_from: The first day.
        valid_until: The last day, or None while it is open-ended.
    """

    number: str
    valid_from: dt.date
    valid_until: dt.date | None = None

    def __attrs_post_init__(self) -> None:
        faults = Faults("licence")
        faults.text("number", self.number, limit=100)
        faults.day("valid_from", self.valid_from)
        faults.day("valid_until", self.valid_until, optional=True)
        faults.raise_any()
        in_order = self.valid_until is None or self.valid_from <= self.valid_until
        faults.check("valid_until", in_order, "before valid_from")
        faults.raise_any()

    def covers(self, day: dt.date) -> bool:
        """Whether the licence was valid on that day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


def _roles(value: object) -> tuple[Role, ...]:
    """Each role once, in the order of their names; anything else is for the validator to refuse."""
    roles = as_tuple(value)
    known = all(isinstance(role, Role) for role in roles)
    return tuple(sorted(set(roles))) if known else roles


@attrs.frozen
class RosterEntry:
    """One institution.

    Attributes:
        origin: Its stable name.
        keys: Its public keys; None for one that can no longer sign.
        roles: What it does in the exchange.
        licence: Without one it may receive, but nothing it says is accepted.
        custodian: The origin of the agency that speaks for it, if it left the market.
        custody: The days on which that is so, as a licence with the decision's number.
        generation: Raised by the steward when the institution must begin its log anew.
    """

    origin: str
    keys: PublicKeys | None
    roles: tuple[Role, ...] = attrs.field(converter=_roles)
    licence: Licence | None = None
    custodian: str | None = None
    custody: Licence | None = None
    generation: int = 1

    def __attrs_post_init__(self) -> None:
        check_origin(self.origin)
        faults = Faults("roster entry")
        faults.kind("keys", self.keys, PublicKeys, optional=True)
        faults.kind("licence", self.licence, Licence, optional=True)
        faults.kind("custody", self.custody, Licence, optional=True)
        faults.items("roles", self.roles, Role, len(Role))
        faults.number("generation", self.generation, 1, 2**32 - 1)
        both = (self.custodian is None) == (self.custody is None)
        faults.check("custody", both, "a custodian needs the decision that appointed it")
        faults.raise_any()
        if self.custodian is not None:
            check_origin(self.custodian, "custodian")


@attrs.frozen
class Roster:
    """Who is in the exchange.

    Attributes:
        exchange: The exchange's name.
        version: Raised with every change.
        issued: When the steward signed it (UTC).
        expires: When it must have been replaced (UTC).
        entries: One for each institution.
    """

    exchange: str
    version: int
    issued: dt.datetime
    expires: dt.datetime
    entries: tuple[RosterEntry, ...] = attrs.field(converter=as_tuple)
    _by_origin: dict[str, RosterEntry] = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        faults = Faults("roster")
        faults.text("exchange", self.exchange, limit=100)
        faults.number("version", self.version, 1, 2**32 - 1)
        faults.items("entries", self.entries, RosterEntry, 10_000)
        faults.raise_any()
        by_origin = {entry.origin: entry for entry in self.entries}
        faults.check("entries", len(by_origin) == len(self.entries), "an origin stands twice")
        prints = [entry.keys.fingerprint for entry in self.entries if entry.keys is not None]
        faults.check("entries", len(set(prints)) == len(prints), "two agencies share their keys")
        faults.check("expires", unix(self.expires) > unix(self.issued), "not after issued")
        faults.raise_any()
        object.__setattr__(self, "_by_origin", by_origin)

    def entry(self, origin: str) -> RosterEntry:
        """The entry of an origin.

        Raises:
            RosterError: if the roster does not know it.
        """
        if not isinstance(origin, str) or origin not in self._by_origin:
            raise RosterError("the roster does not know that origin")
        return self._by_origin[origin]

    def agency(self, origin: str) -> PublicAgency:
        """An institution that has keys.

        Raises:
            RosterError: if the roster does not know it, or it can no longer sign.
        """
        keys = self.entry(origin).keys
        if keys is None:
            raise RosterError("that institution has no keys")
        return PublicAgency(origin, keys)

    def holders(self, role: Role) -> tuple[PublicAgency, ...]:
        """Every institution that has keys and this role."""
        return tuple(
            PublicAgency(entry.origin, entry.keys)
            for entry in self.entries
            if entry.keys is not None and role in entry.roles
        )

    def issuing_keys(
        self, *, origin: str, issuer: str, issued: dt.datetime, at: dt.datetime
    ) -> PublicKeys:
        """The keys that must have signed for a log, if its issuer may issue, then and now.

        Args:
            origin: Whose log it is.
            issuer: Who claims to have signed: the origin itself, or its custodian.
            issued: When the statement says it was signed.
            at: Now.

        Raises:
            UnauthorisedIssuerError: if the issuer has no issuing role, no licence on either day, or
                the log is not in its custody on either day.
        """
        days = (day_of(issued), day_of(at))
        try:
            log, signer = self.entry(origin), self.entry(issuer)
        except RosterError:
            raise UnauthorisedIssuerError("the roster does not know the issuer") from None
        if signer.keys is None or not _ISSUING.intersection(signer.roles):
            raise UnauthorisedIssuerError("the agency has no role in which it may issue")
        if not _covers(signer.licence, days):
            raise UnauthorisedIssuerError("the issuer has no licence for both days, then and now")
        if issuer != origin:
            if Role.CUSTODIAN not in signer.roles or log.custodian != issuer:
                raise UnauthorisedIssuerError("the log is not in the issuer's custody")
            if not _covers(log.custody, days):
                raise UnauthorisedIssuerError("the custody does not cover both days, then and now")
        elif (
            log.custodian is not None
            and log.custody is not None
            and any(map(log.custody.covers, days))
        ):
            raise UnauthorisedIssuerError("the institution is in custody: its custodian issues")
        elif Role.ISSUER not in signer.roles:
            raise UnauthorisedIssuerError("a custodian issues only for others")
        return signer.keys

    def check_recipients(self, to: Iterable[PublicAgency]) -> None:
        """Refuse recipients that the roster does not know by these keys.

        Raises:
            RosterError: if it knows one not at all, or by other keys.
        """
        for recipient in to:
            if self.agency(recipient.origin) != recipient:
                raise RosterError("the roster holds other keys of a recipient")

    def check_issuer(self, by: Agency, *, origin: str, generation: int, at: dt.datetime) -> None:
        """Refuse an agency that may not issue for a log now; for the issuer's own use.

        Args:
            by: The agency.
            origin: Whose log it is.
            generation: Of the log, as the ledger has it.
            at: Now.

        Raises:
            UnauthorisedIssuerError: as `issuing_keys`, and if its keys or the log's generation are
                not the roster's.
        """
        keys = self.issuing_keys(origin=origin, issuer=by.origin, issued=at, at=at)
        if keys != by.keys.public:
            raise UnauthorisedIssuerError("the roster holds other keys of that agency")
        if self.entry(origin).generation != generation:
            raise UnauthorisedIssuerError("the roster holds another generation of that log")

    def sign(self, steward: Agency) -> bytes:
        """The signed document, to publish to every member."""
        expect(Agency, steward=steward)
        body = self.encode()
        return _MAGIC + sign(_KIND, body, steward.keys) + body

    @classmethod
    def open(cls, data: bytes, *, steward: PublicKeys, at: dt.datetime) -> Self:
        """Verify and read a signed roster.

        Args:
            data: What `sign` returned.
            steward: The public keys of the exchange's steward, known from elsewhere, such as
                ``PublicAgency.load("steward.pub").keys``.
            at: Now.

        Raises:
            RosterError: if it is damaged, expired, from the future, or not signed by the steward.
        """
        roster = cls.verified(data, steward=steward)
        roster.check_current(at)
        return roster

    @classmethod
    def verified(cls, data: bytes, *, steward: PublicKeys) -> Self:
        """A signed roster, in force or not: to compare versions with. It authorises nobody yet.

        Args:
            data: What `sign` returned.
            steward: The public keys of the exchange's steward.

        Raises:
            RosterError: if it is damaged, or not signed by the steward.
        """
        expect(bytes, data=data)
        expect(PublicKeys, steward=steward)
        if not data.startswith(_MAGIC):
            raise RosterError("not a roster")
        signature = data[len(_MAGIC) : len(_MAGIC) + SIGNATURE_SIZE]
        body = data[len(_MAGIC) + SIGNATURE_SIZE :]
        try:
            verify(_KIND, body, signature, steward)
            roster = cls._decode(body)
        except (BundleError, InputError, KeyMaterialError) as error:
            raise RosterError(f"the roster cannot be believed: {error}") from None
        if roster.encode() != body:
            raise RosterError("the roster is not in its one spelling")
        return roster

    def check_current(self, at: dt.datetime) -> None:
        """Refuse a roster that is not in force: it authorises nobody.

        Raises:
            RosterError: before it was issued or once it has expired.
        """
        if not unix(self.issued) <= unix(at) < unix(self.expires):
            raise RosterError("the roster has expired or comes from the future")

    def encode(self) -> bytes:
        """The body that is signed."""
        entries = [_entry_fields(entry) for entry in self.entries]
        times = unix(self.issued), unix(self.expires)
        return pack([SUITE, self.exchange, self.version, *times, entries])

    @classmethod
    def _decode(cls, body: bytes) -> Self:
        suite, exchange, version, issued, expires, entries = unpack_record(
            body, _LIMIT, int, str, int, int, int, list
        )
        if suite != SUITE:
            raise ExpiredError("the roster is of another suite")
        try:
            return cls(
                exchange,
                version,
                from_unix(issued),
                from_unix(expires),
                [_read_entry(entry) for entry in entries],
            )
        except (ValueError, OverflowError, OSError):
            raise RosterError("the roster holds an impossible date or role") from None


def _covers(licence: Licence | None, days: Iterable[dt.date]) -> bool:
    return licence is not None and all(map(licence.covers, days))


def _entry_fields(entry: RosterEntry) -> list[Any]:
    return [
        entry.origin,
        None if entry.keys is None else entry.keys.raw,
        sorted(entry.roles),
        _licence_fields(entry.licence),
        entry.custodian,
        _licence_fields(entry.custody),
        entry.generation,
    ]


def _licence_fields(licence: Licence | None) -> list[Any] | None:
    if licence is None:
        return None
    until = None if licence.valid_until is None else day_number(licence.valid_until)
    return [licence.number, day_number(licence.valid_from), until]


def _read_entry(value: object) -> RosterEntry:
    none = type(None)
    origin, keys, roles, licence, custodian, custody, generation = fields(
        value, str, (bytes, none), list, (list, none), (str, none), (list, none), int
    )
    return RosterEntry(
        origin,
        None if keys is None else PublicKeys(keys),
        tuple(map(Role, roles)),
        _read_licence(licence),
        custodian,
        _read_licence(custody),
        generation,
    )


def _read_licence(value: list[Any] | None) -> Licence | None:
    if value is None:
        return None
    number, valid_from, valid_until = fields(value, str, int, (int, type(None)))
    until = None if valid_until is None else from_day_number(valid_until)
    return Licence(number, from_day_number(valid_from), until)
