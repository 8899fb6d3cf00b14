"""Listings to bytes and back: the payload of a record.

A positional array, version first. It carries no identifier: whoever opens a record already knows
the one that opened it, and learns no other.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

from creditshare.clock import EPOCH_ORDINAL as _EPOCH
from creditshare.clock import from_day_number
from creditshare.errors import IdentifierError, InvalidValueError, MalformedError, MisuseError
from creditshare.identifiers import CANONICAL_FORM_VERSION, Holder, Identifier, restore
from creditshare.model import (
    BasisKind,
    Borrower,
    BorrowerRole,
    Conduct,
    ConductCode,
    Evidence,
    LegalBasis,
    Listing,
    Money,
    Notice,
    Obligation,
    Proves,
    ServiceMethod,
)
from creditshare.wire import fields, pack, unpack_record

__all__ = [
    "decode_identifiers",
    "decode_listing",
    "encode_identifiers",
    "encode_listing",
    "join_identifiers",
]

_VERSION = 1
_LIMIT = 64 * 1024
_NONE = type(None)
_RATE = re.compile(r"[0-9]{1,3}(\.[0-9]{1,6})?", re.ASCII)
_T = TypeVar("_T")


def encode_listing(listing: Listing) -> bytes:
    """The payload of a listing that has its conduct, basis, notice and remedy.

    Raises:
        MisuseError: for a draft without them.
    """
    borrower, owed = listing.borrower, listing.obligation
    conduct, basis, notice = listing.conduct, listing.basis, listing.notice
    if conduct is None or basis is None or notice is None or notice.remedy is None:
        raise MisuseError("a draft has no payload; review it first")
    rate, born, ended = owed.annual_rate, borrower.birth_date, conduct.end
    return pack(
        (
            _VERSION,
            (
                borrower.holder,
                borrower.role,
                borrower.name,
                None if born is None else born.toordinal() - _EPOCH,
            ),
            (
                owed.creditor,
                owed.principal.currency,
                owed.principal.minor,
                owed.outstanding.minor,
                None if rate is None else _plain(rate),
                owed.default_date.toordinal() - _EPOCH,
            ),
            (
                conduct.code,
                conduct.start.toordinal() - _EPOCH,
                None if ended is None else ended.toordinal() - _EPOCH,
            ),
            (basis.kind, basis.instrument, basis.article, basis.version),
            (notice.method, notice.served.toordinal() - _EPOCH, notice.remedy),
            [(item.digest, item.description, item.proves) for item in listing.evidence],
        )
    )


def decode_listing(payload: bytes, listing_id: bytes) -> Listing:
    """The listing of a payload; its borrower has no identifiers.

    Args:
        payload: What `encode_listing` returned.
        listing_id: From the record's event.

    Raises:
        MalformedError: for anything that no listing of this library encodes to.
    """
    version, borrower, owed, conduct, basis, notice, evidence = unpack_record(
        payload, _LIMIT, int, list, list, list, list, list, list
    )
    if version != _VERSION:
        raise MalformedError("a record is of another version")
    return _building(
        lambda: Listing(
            borrower=_borrower(borrower),
            obligation=_obligation(owed),
            conduct=_conduct(conduct),
            basis=_basis(basis),
            notice=_notice(notice),
            evidence=tuple(map(_evidence, evidence)),
            id=listing_id,
        )
    )


def encode_identifiers(identifiers: tuple[Identifier, ...]) -> str:
    """A borrower's identifiers, for the issuer's own ledger; no bundle carries this."""
    return join_identifiers([identifier.token_text for identifier in identifiers])


def join_identifiers(token_texts: list[str]) -> str:
    """What `encode_identifiers` makes of them, where the token texts are at hand."""
    return " ".join(token_texts)


def decode_identifiers(text: str) -> tuple[Identifier, ...]:
    """The inverse of `encode_identifiers`.

    Raises:
        MalformedError: for anything else.
    """
    return tuple(_identifier(*fields(item.split(":"), str, str, str, str)) for item in text.split())


def _identifier(version: str, scheme: str, country: str, value: str) -> Identifier:
    if version != str(CANONICAL_FORM_VERSION):
        raise MalformedError("an identifier is in another version of the canonical form")
    return _building(lambda: restore(scheme, value, country))


def _borrower(value: list[Any]) -> Borrower:
    holder, role, name, birth_date = fields(value, str, str, (str, _NONE), (int, _NONE))
    born = _optional(birth_date, from_day_number)
    return Borrower(Holder(holder), (), name, born, BorrowerRole(role))


def _obligation(value: list[Any]) -> Obligation:
    creditor, currency, principal, outstanding, rate, default_date = fields(
        value, str, str, int, int, (str, _NONE), int
    )
    return Obligation(
        creditor,
        Money(principal, currency),
        Money(outstanding, currency),
        from_day_number(default_date),
        _optional(rate, _rate),
    )


def _conduct(value: list[Any]) -> Conduct:
    code, start, end = fields(value, str, int, (int, _NONE))
    return Conduct(ConductCode(code), from_day_number(start), _optional(end, from_day_number))


def _basis(value: list[Any]) -> LegalBasis:
    kind, instrument, article, version = fields(value, str, str, str, str)
    return LegalBasis(BasisKind(kind), instrument, article, version)


def _notice(value: list[Any]) -> Notice:
    method, served, remedy = fields(value, str, int, str)
    return Notice(from_day_number(served), ServiceMethod(method), remedy)


def _evidence(value: Any) -> Evidence:
    digest, description, proves = fields(value, bytes, str, list)
    return Evidence(digest, description, tuple(map(Proves, proves)))


def _rate(text: str) -> Decimal:
    if not _RATE.fullmatch(text) or _plain(rate := Decimal(text)) != text:
        raise MalformedError("a rate is not in its one spelling")
    return rate


def _plain(rate: Decimal) -> str:
    """The one spelling of a rate: no exponent, no trailing zeros, in any decimal context."""
    text = format(rate, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _optional(value: Any, convert: Callable[[Any], _T]) -> _T | None:
    return None if value is None else convert(value)


def _building(build: Callable[[], _T]) -> _T:
    """Build values from decoded fields; whatever they refuse is a malformed record."""
    try:
        return build()
    except (InvalidValueError, IdentifierError, ValueError, OverflowError):
        raise MalformedError("a record holds a value that no listing has") from None
