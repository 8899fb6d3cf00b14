"""Listings to bytes and back: the payload of a record.

A positional array, version first. It carries no identifier: whoever opens a record already knows
the one that opened it, and learns no other.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

import attrs

from creditshare.clock import EPOCH_ORDINAL as _EPOCH
from creditshare.clock import from_day_number
from creditshare.errors import IdentifierError, InvalidValueError, MalformedError, MisuseError
from creditshare.identifiers import CANONICAL_FORM_VERSION, Holder, Identifier, restore
from creditshare.model import (
    BasisKind,
    Borrower,
    BorrowerRole,
    Circumstance,
    Conduct,
    ConductCode,
    Decision,
    Evidence,
    LegalBasis,
    Listing,
    Money,
    Notice,
    Obligation,
    Particular,
    ParticularKind,
    Parties,
    Proves,
    ServiceMethod,
    Severity,
    Statement,
)
from creditshare.wire import fields, pack, unpack_record

__all__ = [
    "decode_draft",
    "decode_identifiers",
    "decode_listing",
    "encode_draft",
    "encode_identifiers",
    "encode_listing",
    "join_identifiers",
]

_VERSION = 2
_LIMIT = 64 * 1024
_DRAFT_LIMIT = 16 * _LIMIT
_NONE = type(None)
_RATE = re.compile(r"[0-9]{1,3}(\.[0-9]{1,6})?", re.ASCII)
_T = TypeVar("_T")


def encode_listing(listing: Listing, *, cleared_by: str = "") -> bytes:
    """The payload of a cleared listing: it has its conduct, basis, notice, remedy and decision.

    Of the parties an instrument names, only the day on which they were looked up goes along: the
    others are nobody's business.

    Args:
        listing: What was cleared.
        cleared_by: The name of the rulebook that cleared it; if empty, what the listing says.

    Raises:
        MisuseError: for a draft: one of them is missing, or it was cleared by no rulebook.
    """
    notice = listing.notice
    rulebook = cleared_by or listing.cleared_by
    if (
        listing.conduct is None
        or listing.basis is None
        or notice is None
        or notice.remedy is None
        or listing.decision is None
        or not rulebook
    ):
        raise MisuseError("a draft has no payload; review it first")
    return pack((_VERSION, *_parts(listing), rulebook))


def encode_draft(listing: Listing) -> bytes:
    """A draft with whatever it has and lacks, for the issuer's own ledger; no bundle carries this.

    Unlike a payload it has the identifiers, weak ones too, the reference, and all parties named;
    it was cleared by no rulebook yet.
    """
    parties = listing.basis.parties if listing.basis else None
    own = [(item.SCHEME, item.country, item.value) for item in listing.borrower.identifiers]
    names = None if parties is None else parties.names
    return pack((_VERSION, listing.reference, own, names, *_parts(listing)))


def decode_listing(payload: bytes, listing_id: bytes) -> Listing:
    """The listing of a payload; its borrower has no identifiers.

    Args:
        payload: What `encode_listing` returned.
        listing_id: From the record's event.

    Raises:
        MalformedError: for anything that no listing of this library encodes to.
    """
    version, *parts, cleared_by = unpack_record(
        payload, _LIMIT, int, list, list, list, list, list, list,
        list, str, list, list, list, (list, _NONE), str,
    )  # fmt: skip
    if version != _VERSION:
        raise MalformedError("a record is of another version")
    if not cleared_by:
        raise MalformedError("a record was cleared by no rulebook")
    listing = _building(lambda: _listing(parts, listing_id, cleared_by))
    if listing.notice is None or listing.notice.remedy is None:
        raise MalformedError("a record holds no remedy")
    return listing


def decode_draft(body: bytes, listing_id: bytes) -> Listing:
    """The inverse of `encode_draft`.

    Raises:
        MalformedError: for anything else.
    """
    part = (list, _NONE)
    version, reference, own, names, *parts = unpack_record(
        body, _DRAFT_LIMIT, int, str, list, part, list, list, part, part, part, part,
        list, str, list, list, list, part,
    )  # fmt: skip
    if version != _VERSION:
        raise MalformedError("a draft is of another version")

    def build() -> Listing:
        draft = _listing(parts, listing_id)
        triples = (fields(item, str, str, str) for item in own)
        identifiers = [restore(scheme, value, country) for scheme, country, value in triples]
        borrower = attrs.evolve(draft.borrower, identifiers=identifiers)
        basis = draft.basis
        if basis is not None and basis.parties is not None:
            parties = attrs.evolve(basis.parties, names=names or ())
            basis = attrs.evolve(basis, parties=parties)
        return attrs.evolve(draft, borrower=borrower, basis=basis, reference=reference)

    return _building(build)


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


def _parts(listing: Listing) -> tuple[Any, ...]:
    """What a listing says, part by part; None for what a draft lacks."""
    borrower, owed = listing.borrower, listing.obligation
    conduct, basis, notice = listing.conduct, listing.basis, listing.notice
    decision, said, rate = listing.decision, listing.statement, owed.annual_rate
    return (
        (borrower.holder, borrower.role, borrower.name, _day(borrower.birth_date)),
        (
            owed.creditor,
            owed.principal.currency,
            owed.principal.minor,
            owed.outstanding.minor,
            None if rate is None else _plain(rate),
            _day(owed.default_date),
            _day(owed.non_performing),
            _day(owed.settled),
        ),
        conduct and (conduct.code, conduct.start.toordinal() - _EPOCH, _day(conduct.end)),
        basis
        and (
            basis.kind,
            basis.instrument,
            basis.article,
            basis.version,
            basis.parties and _day(basis.parties.as_of),
            _day(basis.register_until),
        ),
        notice and (notice.method, notice.served.toordinal() - _EPOCH, notice.remedy),
        decision
        and (
            decision.on.toordinal() - _EPOCH,
            decision.reasons,
            decision.by,
            _day(decision.proposed),
            _day(decision.heard),
            _day(decision.ends),
        ),
        [
            (item.digest, item.description, item.proves, _day(item.disclosed))
            for item in listing.evidence
        ],
        listing.severity,
        listing.circumstances,
        listing.measures,
        [(item.kind, item.text, _day(item.consent)) for item in listing.particulars],
        said and (said.on.toordinal() - _EPOCH, said.text),
    )


def _listing(parts: list[Any], listing_id: bytes, cleared_by: str = "") -> Listing:
    (
        borrower, owed, conduct, basis, notice, decision,
        evidence, severity, circumstances, measures, particulars, said,
    ) = parts  # fmt: skip
    who = _borrower(borrower)
    return Listing(
        borrower=who,
        obligation=_obligation(owed),
        conduct=_optional(conduct, _conduct),
        basis=_optional(basis, lambda part: _basis(part, who.name)),
        notice=_optional(notice, _notice),
        decision=_optional(decision, _decision),
        evidence=tuple(map(_evidence, evidence)),
        severity=Severity(severity),
        circumstances=tuple(map(Circumstance, circumstances)),
        measures=tuple(measures),
        particulars=tuple(map(_particular, particulars)),
        statement=_optional(said, _statement),
        id=listing_id,
        cleared_by=cleared_by,
    )


def _identifier(version: str, scheme: str, country: str, value: str) -> Identifier:
    if version != str(CANONICAL_FORM_VERSION):
        raise MalformedError("an identifier is in another version of the canonical form")
    return _building(lambda: restore(scheme, value, country))


def _borrower(value: list[Any]) -> Borrower:
    holder, role, name, birth_date = fields(value, str, str, (str, _NONE), (int, _NONE))
    born = _optional(birth_date, from_day_number)
    return Borrower(Holder(holder), (), name, born, BorrowerRole(role))


def _obligation(value: list[Any]) -> Obligation:
    day = (int, _NONE)
    creditor, currency, principal, outstanding, rate, default_date, classed, settled = fields(
        value, str, str, int, int, (str, _NONE), day, day, day
    )
    return Obligation(
        creditor,
        Money(principal, currency),
        Money(outstanding, currency),
        _optional(default_date, from_day_number),
        _optional(rate, _rate),
        _optional(classed, from_day_number),
        _optional(settled, from_day_number),
    )


def _conduct(value: list[Any]) -> Conduct:
    code, start, end = fields(value, str, int, (int, _NONE))
    return Conduct(ConductCode(code), from_day_number(start), _optional(end, from_day_number))


def _basis(value: list[Any], name: str | None) -> LegalBasis:
    day = (int, _NONE)
    kind, instrument, article, version, looked_up, until = fields(
        value, str, str, str, str, day, day
    )
    parties = None
    if looked_up is not None:
        parties = Parties(() if name is None else (name,), from_day_number(looked_up))
    register_until = _optional(until, from_day_number)
    return LegalBasis(BasisKind(kind), instrument, article, version, parties, register_until)


def _notice(value: list[Any]) -> Notice:
    method, served, remedy = fields(value, str, int, (str, _NONE))
    return Notice(from_day_number(served), ServiceMethod(method), remedy)


def _evidence(value: Any) -> Evidence:
    digest, description, proves, disclosed = fields(value, bytes, str, list, (int, _NONE))
    return Evidence(
        digest, description, tuple(map(Proves, proves)), _optional(disclosed, from_day_number)
    )


def _decision(value: list[Any]) -> Decision:
    day = (int, _NONE)
    on, reasons, by, proposed, heard, ends = fields(value, int, str, str, day, day, day)
    return Decision(
        from_day_number(on),
        reasons,
        by,
        _optional(proposed, from_day_number),
        _optional(heard, from_day_number),
        _optional(ends, from_day_number),
    )


def _particular(value: Any) -> Particular:
    kind, text, consent = fields(value, str, str, (int, _NONE))
    return Particular(ParticularKind(kind), text, _optional(consent, from_day_number))


def _statement(value: Any) -> Statement:
    on, text = fields(value, int, str)
    return Statement(from_day_number(on), text)


def _rate(text: str) -> Decimal:
    if not _RATE.fullmatch(text) or _plain(rate := Decimal(text)) != text:
        raise MalformedError("a rate is not in its one spelling")
    return rate


def _plain(rate: Decimal) -> str:
    """The one spelling of a rate: no exponent, no trailing zeros, in any decimal context."""
    text = format(rate, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _day(day: dt.date | None) -> int | None:
    return None if day is None else day.toordinal() - _EPOCH


def _optional(value: Any, convert: Callable[[Any], _T]) -> _T | None:
    return None if value is None else convert(value)


def _building(build: Callable[[], _T]) -> _T:
    """Build values from decoded fields; whatever they refuse is a malformed record."""
    try:
        return build()
    except (InvalidValueError, IdentifierError, ValueError, OverflowError):
        raise MalformedError("a record holds a value that no listing has") from None
