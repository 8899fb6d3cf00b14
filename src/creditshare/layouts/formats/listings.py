r"""Our own layout, which loses nothing: a listing written and read again is the same listing.

A table or JSON lines with the same columns; every value is text. Identifiers stand in the clear, so
such a file stays within the agency: what may leave it is a bundle.

- ``identifiers`` holds ``scheme:country:value``, separated by spaces; the country is mostly empty.
- ``evidence`` holds one document a line: digest, what it proves (commas between), the day on which
  it was disclosed (``-`` if it was not), description; ``particulars`` one fact a line: kind, day of
  consent (or ``-``), fact; ``parties`` one name a line.
- In texts of several lines a line break is written ``\n`` and a backslash ``\\``.
- Amounts are in minor units of the currency; a yearly rate is a fraction (0.24 is 24 %).
- An empty cell is "not said". Without an id, a listing gets a new one.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import PurePath
from typing import Any, BinaryIO, TypeVar

from creditshare.arguments import expect
from creditshare.errors import IdentifierError, MisuseError
from creditshare.files import replacing
from creditshare.identifiers import SCHEMES, Holder, Identifier, restore
from creditshare.layouts.base import Column, Layout, Row
from creditshare.layouts.numbers import refused_number
from creditshare.layouts.refusal import RefusalKind, Refused
from creditshare.layouts.spreadsheet import CsvWriter
from creditshare.layouts.values import chosen, conduct_code, read_date
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
    ListingStatus,
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
    new_listing_id,
)

__all__ = ["LAYOUT", "VERSION", "write_listings"]

VERSION = "creditshare-listing-2"
"""What stands in every row's ``format``; another version has another layout."""

_ESCAPED = re.compile(r"\\(.)")
_WELL_ESCAPED = re.compile(r"(?:[^\\]|\\[n\\])*+")
_DIGITS = re.compile(r"[0-9]{1,18}", re.ASCII)
_RATE = re.compile(r"[0-9]{1,3}(\.[0-9]{1,6})?", re.ASCII)
_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
_DAY = r"([0-9]{4}-[0-9]{2}-[0-9]{2}|-)"
_DOCUMENT = re.compile(rf"([0-9a-f]{{64}}) ([a-z,-]+) {_DAY} (.+)", re.ASCII)
_PARTICULAR = re.compile(rf"([a-z-]+) {_DAY} (.+)", re.ASCII)

_DEBT_DAYS = ("default_date", "non_performing", "settled")
_DECISION = (
    "decision_on",
    "decision_reasons",
    "decision_by",
    "decision_proposed",
    "decision_heard",
    "decision_ends",
)

T = TypeVar("T")


# -- reading ---------------------------------------------------------------------------------------


def _listing(row: Row) -> Listing | None:
    row.take("format", _version)
    parts: dict[str, Any] = {
        "borrower": _borrower(row),
        "obligation": _obligation(row),
        "conduct": _conduct(row),
        "basis": _basis(row),
        "notice": _notice(row),
        "decision": _decision(row),
        "evidence": _evidence(row),
        "severity": row.take("severity", _optional(chosen(Severity))) or Severity.GENERAL,
        "circumstances": row.take("circumstances", _circumstances),
        "measures": row.text("measures").split(),
        "particulars": _particulars(row),
        "statement": _statement(row),
        "status": row.take("status", _optional(chosen(ListingStatus))) or ListingStatus.LISTED,
        "reference": row.text("reference"),
        "id": row.take("id", _id),
        "cleared_by": row.text("cleared_by"),
    }
    return None if row.faults else row.make(lambda: Listing(**parts))


def _borrower(row: Row) -> Borrower | None:
    holder = row.take("holder", chosen(Holder))
    identifiers = row.take("identifiers", _identifiers)
    birth_date = row.take("birth_date", _optional(read_date))
    role = row.take("role", _optional(chosen(BorrowerRole))) or BorrowerRole.BORROWER
    name = row.text("name") or None
    if holder is None or identifiers is None:
        return None
    return row.make(lambda: Borrower(holder, identifiers, name, birth_date, role))


def _obligation(row: Row) -> Obligation | None:
    creditor, currency = row.text("creditor"), row.text("currency")
    principal = row.take("principal_minor", _minor)
    outstanding = row.take("outstanding_minor", _minor)
    days = [row.take(name, _optional(read_date)) for name in _DEBT_DAYS]
    rate = row.take("annual_rate", _optional(_rate))
    if principal is None or outstanding is None:
        return None
    lent = row.make(lambda: Money(principal, currency), minor="principal_minor")
    owed = row.make(lambda: Money(outstanding, currency), minor="outstanding_minor")
    if lent is None or owed is None:
        return None
    return row.make(
        lambda: Obligation(creditor, lent, owed, days[0], rate, *days[1:]), settled="settled"
    )


def _conduct(row: Row) -> Conduct | None:
    if _blank(row, "conduct", "conduct_start", "conduct_end"):
        return None
    code = row.take("conduct", _code)
    start = row.take("conduct_start", read_date)
    end = row.take("conduct_end", _optional(read_date))
    if code is None or start is None:
        return None
    return row.make(lambda: Conduct(code, start, end), start="conduct_start", end="conduct_end")


def _basis(row: Row) -> LegalBasis | None:
    columns = ("basis_kind", "basis_instrument", "basis_article", "basis_version")
    if _blank(row, *columns):
        return None
    kind = row.take("basis_kind", chosen(BasisKind))
    until = row.take("register_until", _optional(read_date))
    parties = _parties(row)
    texts = [row.text(column) for column in columns[1:]]
    if kind is None:
        return None
    instrument, article, version = texts
    return row.make(
        lambda: LegalBasis(kind, instrument, article, version, parties, until),
        **{column.removeprefix("basis_"): column for column in columns},
    )


def _notice(row: Row) -> Notice | None:
    if _blank(row, "notice_served", "notice_method", "notice_remedy"):
        return None
    served = row.take("notice_served", read_date)
    method = row.take("notice_method", chosen(ServiceMethod))
    remedy = row.take("notice_remedy", _optional(_unescaped))
    if served is None or method is None:
        return None
    return row.make(
        lambda: Notice(served, method, remedy), served="notice_served", remedy="notice_remedy"
    )


def _parties(row: Row) -> Parties | None:
    if _blank(row, "parties", "parties_as_of"):
        return None
    as_of = row.take("parties_as_of", read_date)
    names = row.take("parties", _lines)
    if as_of is None or names is None:
        return None
    return row.make(lambda: Parties(names, as_of), names="parties")


def _decision(row: Row) -> Decision | None:
    if _blank(row, *_DECISION):
        return None
    on = row.take("decision_on", read_date)
    reasons = row.take("decision_reasons", _unescaped)
    later = [row.take(name, _optional(read_date)) for name in _DECISION[3:]]
    by = row.text("decision_by")
    if on is None or reasons is None:
        return None
    return row.make(
        lambda: Decision(on, reasons, by, *later),
        **{column.removeprefix("decision_"): column for column in _DECISION},
    )


def _particulars(row: Row) -> tuple[Particular, ...] | None:
    facts = row.take("particulars", _facts)
    if facts is None:
        return None
    return row.make(lambda: tuple(Particular(*fact) for fact in facts), text="particulars")


def _statement(row: Row) -> Statement | None:
    if _blank(row, "statement_on", "statement"):
        return None
    on, text = row.take("statement_on", read_date), row.take("statement", _unescaped)
    if on is None or text is None:
        return None
    return row.make(lambda: Statement(on, text), on="statement_on", text="statement")


def _evidence(row: Row) -> tuple[Evidence, ...] | None:
    documents = row.take("evidence", _documents)
    if documents is None:
        return None
    return row.make(
        lambda: tuple(Evidence(*document) for document in documents),
        description="evidence",
        proves="evidence",
    )


def _blank(row: Row, *columns: str) -> bool:
    return all(row.cell(column) == "" for column in columns)


def _optional(read: Callable[[str], T | Refused]) -> Callable[[str], T | Refused | None]:
    return lambda text: read(text) if text else None


def _version(text: str) -> str | Refused:
    problem = f"must be {VERSION}"
    return text if text == VERSION else Refused(RefusalKind.FORMAT_VERSION, problem)


def _id(text: str) -> bytes | Refused:
    if not text:
        return new_listing_id()
    return bytes.fromhex(text) if _ID.fullmatch(text) else _invalid("must be 32 hexadecimal digits")


def _identifiers(text: str) -> tuple[Identifier, ...] | Refused:
    found: list[Identifier] = []
    for item in text.split():
        scheme, *rest = item.split(":")
        if len(rest) != 2:
            return _invalid("each must be scheme:country:value")
        country, value = rest
        try:
            if scheme in SCHEMES:
                value, country = SCHEMES[scheme].canonical(value, country)
            found.append(restore(scheme, value, country))
        except IdentifierError as error:
            return refused_number(error)
    return tuple(found)


def _minor(text: str) -> int | Refused:
    if not text:
        return Refused(RefusalKind.AMOUNT_MISSING, "is missing")
    if not _DIGITS.fullmatch(text):
        return Refused(RefusalKind.AMOUNT_FORM, "must be a whole number of minor units")
    return int(text)


def _rate(text: str) -> Decimal | Refused:
    problem = "must be a fraction of at most six decimals"
    return Decimal(text) if _RATE.fullmatch(text) else Refused(RefusalKind.RATE_FORM, problem)


def _code(text: str) -> ConductCode | Refused:
    return conduct_code(text) or Refused(RefusalKind.CONDUCT_UNKNOWN, "not in the vocabulary")


def _lines(text: str) -> list[str] | Refused:
    plain = _unescaped(text)
    if isinstance(plain, Refused):
        return plain
    return plain.split("\n") if plain else []


def _documents(text: str) -> list[tuple[bytes, str, list[Proves], dt.date | None]] | Refused:
    lines = _lines(text)
    if isinstance(lines, Refused):
        return lines
    found: list[tuple[bytes, str, list[Proves], dt.date | None]] = []
    for line in lines:
        parts = _DOCUMENT.fullmatch(line)
        proves = _proves(parts[2]) if parts else None
        disclosed = _day_or_dash(parts[3]) if parts else None
        if parts is None or proves is None or isinstance(disclosed, Refused):
            return _invalid("each line must be digest, what it proves, day or -, and description")
        found.append((bytes.fromhex(parts[1]), parts[4], proves, disclosed))
    return found


def _facts(text: str) -> list[tuple[ParticularKind, str, dt.date | None]] | Refused:
    lines = _lines(text)
    if isinstance(lines, Refused):
        return lines
    kinds = {kind.value: kind for kind in ParticularKind}
    found: list[tuple[ParticularKind, str, dt.date | None]] = []
    for line in lines:
        parts = _PARTICULAR.fullmatch(line)
        consent = _day_or_dash(parts[2]) if parts else None
        if parts is None or parts[1] not in kinds or isinstance(consent, Refused):
            return _invalid("each line must be kind, day of consent or -, and fact")
        found.append((kinds[parts[1]], parts[3], consent))
    return found


def _circumstances(text: str) -> tuple[Circumstance, ...] | Refused:
    known = {item.value: item for item in Circumstance}
    named = text.split()
    if not known.keys() >= set(named):
        return _invalid(f"must be of {', '.join(known)}")
    return tuple(known[name] for name in named)


def _day_or_dash(text: str) -> dt.date | Refused | None:
    return None if text == "-" else read_date(text)


def _proves(text: str) -> list[Proves] | None:
    known = {item.value: item for item in Proves}
    named = text.split(",")
    return [known[name] for name in named] if known.keys() >= set(named) else None


def _unescaped(text: str) -> str | Refused:
    if "\\" not in text:
        return text
    if not _WELL_ESCAPED.fullmatch(text):
        return _invalid("a backslash must stand before n or another one")
    return _ESCAPED.sub(lambda match: "\n" if match[1] == "n" else "\\", text)


def _invalid(problem: str) -> Refused:
    return Refused(RefusalKind.VALUE_INVALID, problem)


# -- writing ---------------------------------------------------------------------------------------


def write_listings(path: str | os.PathLike[str], listings: Iterable[Listing]) -> int:
    """Write drafts in this layout.

    The file is readable by its owner alone and appears when all are written. It holds names,
    identifiers and debts in the clear.

    Args:
        path: What to write, ending in ``.csv`` or ``.jsonl``; a file that is there is replaced.
        listings: As a stream if they are many.

    Returns:
        How many there were.

    Raises:
        MisuseError: for another ending, or something that is no listing.
        FileError: if the file cannot be written.
    """
    write = {".csv": _write_csv, ".jsonl": _write_json}.get(PurePath(path).suffix.lower())
    if write is None:
        raise MisuseError("the path must end in .csv or .jsonl")
    with replacing(path, 0o600) as file:
        return write(file, listings)


def _write_csv(file: BinaryIO, listings: Iterable[Listing]) -> int:
    writer = CsvWriter(file)
    writer.row(column.name for column in LAYOUT.columns)
    count = 0
    for listing in listings:
        writer.row(_cells(listing).values())
        count += 1
    return count


def _write_json(file: BinaryIO, listings: Iterable[Listing]) -> int:
    count = 0
    for listing in listings:
        said = {name: text for name, text in _cells(listing).items() if text}
        file.write(json.dumps(said, ensure_ascii=False).encode() + b"\n")
        count += 1
    return count


def _cells(listing: Listing) -> dict[str, str]:
    expect(Listing, listing=listing)
    return {
        "format": VERSION,
        "id": listing.id.hex(),
        **_borrower_cells(listing.borrower),
        **_obligation_cells(listing.obligation),
        **_conduct_cells(listing.conduct),
        **_basis_cells(listing.basis),
        **_notice_cells(listing.notice),
        **_decision_cells(listing.decision),
        "evidence": _escaped("\n".join(map(_document, listing.evidence))),
        "severity": listing.severity.value,
        "circumstances": " ".join(listing.circumstances),
        "measures": " ".join(listing.measures),
        "particulars": _escaped("\n".join(map(_fact, listing.particulars))),
        "statement_on": _day(listing.statement.on if listing.statement else None),
        "statement": _escaped(listing.statement.text if listing.statement else ""),
        "status": listing.status.value,
        "reference": listing.reference,
        "cleared_by": listing.cleared_by,
    }


def _borrower_cells(who: Borrower) -> dict[str, str]:
    return {
        "holder": who.holder.value,
        "identifiers": " ".join(f"{i.SCHEME}:{i.country}:{i.value}" for i in who.identifiers),
        "name": who.name or "",
        "birth_date": _day(who.birth_date),
        "role": who.role.value,
    }


def _obligation_cells(owed: Obligation) -> dict[str, str]:
    rate = owed.annual_rate
    return {
        "creditor": owed.creditor,
        "currency": owed.principal.currency,
        "principal_minor": str(owed.principal.minor),
        "outstanding_minor": str(owed.outstanding.minor),
        "default_date": _day(owed.default_date),
        "annual_rate": "" if rate is None else f"{rate:.6f}",
        "non_performing": _day(owed.non_performing),
        "settled": _day(owed.settled),
    }


def _conduct_cells(done: Conduct | None) -> dict[str, str]:
    return {
        "conduct": done.code.value if done else "",
        "conduct_start": _day(done.start if done else None),
        "conduct_end": _day(done.end if done else None),
    }


def _basis_cells(basis: LegalBasis | None) -> dict[str, str]:
    parties = basis.parties if basis else None
    return {
        "basis_kind": basis.kind.value if basis else "",
        "basis_instrument": basis.instrument if basis else "",
        "basis_article": basis.article if basis else "",
        "basis_version": basis.version if basis else "",
        "parties": _escaped("\n".join(parties.names)) if parties else "",
        "parties_as_of": _day(parties.as_of if parties else None),
        "register_until": _day(basis.register_until if basis else None),
    }


def _notice_cells(notice: Notice | None) -> dict[str, str]:
    return {
        "notice_served": _day(notice.served if notice else None),
        "notice_method": notice.method.value if notice else "",
        "notice_remedy": _escaped((notice.remedy if notice else None) or ""),
    }


def _decision_cells(decision: Decision | None) -> dict[str, str]:
    if decision is None:
        return dict.fromkeys(_DECISION, "")
    return {
        "decision_on": _day(decision.on),
        "decision_reasons": _escaped(decision.reasons),
        "decision_by": decision.by,
        "decision_proposed": _day(decision.proposed),
        "decision_heard": _day(decision.heard),
        "decision_ends": _day(decision.ends),
    }


def _document(item: Evidence) -> str:
    disclosed = _day(item.disclosed) or "-"
    return f"{item.digest.hex()} {','.join(item.proves)} {disclosed} {item.description}"


def _fact(item: Particular) -> str:
    return f"{item.kind} {_day(item.consent) or '-'} {item.text}"


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


LAYOUT = Layout(
    name="listings",
    title="creditshare's own layout, which loses nothing",
    columns=(
        Column("format", f"`{VERSION}` in every row"),
        Column("id", "the listing's id, 32 hexadecimal digits; empty for a new one", needed=False),
        Column("holder", "person or organisation"),
        Column("identifiers", "`scheme:country:value`, separated by spaces"),
        Column("name", "the borrower's name, as it stands", needed=False),
        Column("birth_date", "a person's", needed=False),
        Column("role", "borrower, guarantor, controller and so on: see the model", needed=False),
        Column("creditor", "to whom it is owed"),
        Column("currency", "ISO 4217"),
        Column("principal_minor", "what was lent, in minor units"),
        Column("outstanding_minor", "what is owed, in minor units"),
        Column("default_date", "the first day on which payment was missed", needed=False),
        Column("annual_rate", "a fraction: 0.24 is 24 %", needed=False),
        Column("non_performing", "the day it was classed so (India)", needed=False),
        Column("settled", "the day it was settled", needed=False),
        Column("conduct", "a code, or its Chinese term", needed=False),
        Column("conduct_start", "its first day", needed=False),
        Column("conduct_end", "its last day, if it is over", needed=False),
        Column("basis_kind", "such as judgment; see the glossary", needed=False),
        Column("basis_instrument", "by title and number", needed=False),
        Column("basis_article", "the article, clause or operative part", needed=False),
        Column("basis_version", "which version of the instrument", needed=False),
        Column("parties", "whom the instrument obliges now, a name a line", needed=False),
        Column("parties_as_of", "when they were looked up", needed=False),
        Column("register_until", "until when a public register holds it", needed=False),
        Column("notice_served", "the day on which it reached the borrower", needed=False),
        Column("notice_method", "personal, post, electronic or publication", needed=False),
        Column("notice_remedy", "how to object; `\\n` is a line break", needed=False),
        Column("decision_on", "the day of the decision", needed=False),
        Column("decision_reasons", "why, in its words", needed=False),
        Column("decision_by", "the office that decided", needed=False),
        Column("decision_proposed", "the day listing was proposed (India)", needed=False),
        Column("decision_heard", "the day the borrower could be heard", needed=False),
        Column("decision_ends", "the last day that it sets itself", needed=False),
        Column(
            "evidence", "a document a line (`\\n`): digest, proves, day, description", needed=False
        ),
        Column("severity", "minor, general or serious", needed=False),
        Column("circumstances", "what speaks against listing, spaces between", needed=False),
        Column("measures", "codes of measures asked for, spaces between", needed=False),
        Column("particulars", "a fact a line: kind, consent, fact", needed=False),
        Column("statement_on", "the day of the borrower's own statement", needed=False),
        Column("statement", "the statement", needed=False),
        Column("status", "listed, suspended, exempted or withdrawn", needed=False),
        Column("reference", "the issuer's own name for the listing", needed=False),
        Column("cleared_by", "the rulebook that cleared it; recording sets it", needed=False),
    ),
    read=_listing,
    armoured=True,
)
