"""What one would write instead: JSON lines with keyed identifiers, encrypted with age.

Written to be fast, for a fair comparison: the key's state is computed once, each value is written
out as one hand-made dict by one encoder, and everything streams. It says all that our payload says
and is encrypted to as many recipients. It has no signature, no log, no withdrawal, no per-record
lock, and no database: a reader holds every record in the clear.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import os
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple

import pyrage  # type: ignore[import-untyped]

import creditshare as cs
from benchmarks import data
from benchmarks.clock import Clock
from benchmarks.keyed import Keyed
from benchmarks.place import Place

__all__ = ["Debt", "read", "read_dicts", "write"]

_KEY = bytes(range(32))
_LINES = 500
_RECIPIENTS = 2

_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode
_decode = json.JSONDecoder().decode


def write(place: Place, clock: Clock) -> int:
    """Listings to an encrypted file that is safely on the disk."""
    identities = [pyrage.x25519.Identity.generate() for _ in range(_RECIPIENTS)]
    place.age_keys.write_text("\n".join(map(str, identities)), "ascii")
    recipients = [identity.to_public() for identity in identities]
    keyed = Keyed(_KEY).hex
    with clock.running(), place.lines.open("wb") as file:
        listings = clock.outside(data.listings(place.n))
        lines = (_encode(_to_dict(listing, keyed)) for listing in listings)
        pyrage.encrypt_io(_Source(lines), file, recipients)
        file.flush()
        os.fsync(file.fileno())
    return place.n


def read(place: Place, clock: Clock) -> int:
    """Decrypt, parse, and make a typed value of each line."""
    return _read(place, clock, lambda line: _to_debt(_decode(line)))


def read_dicts(place: Place, clock: Clock) -> int:
    """Decrypt and parse each line to a dict, whose dates, digests and codes are still text."""
    return _read(place, clock, _decode)


def _read(place: Place, clock: Clock, parse: Callable[[str], object]) -> int:
    identity = pyrage.x25519.Identity.from_str(place.age_keys.read_text("ascii").split()[0])
    sink = _Sink(parse)
    with clock.running(), place.lines.open("rb") as file:
        pyrage.decrypt_io(file, sink, [identity])
    if sink.count != place.n:
        raise ValueError("the incumbent did not read every line")
    return sink.count


class Debt(NamedTuple):
    """What a reader of the incumbent works with: our fields, as light as Python has it."""

    id: bytes
    keys: tuple[bytes, ...]
    holder: str
    role: cs.model.BorrowerRole
    name: str | None
    born: dt.date | None
    creditor: str
    currency: str
    principal: int
    outstanding: int
    rate: Decimal | None
    defaulted: dt.date | None
    code: cs.model.ConductCode
    start: dt.date
    end: dt.date | None
    basis: cs.model.BasisKind
    instrument: str
    article: str
    version: str
    method: cs.model.ServiceMethod
    served: dt.date
    remedy: str
    decided: dt.date
    reasons: str
    by: str
    severity: cs.model.Severity
    evidence: tuple[tuple[bytes, str, tuple[cs.model.Proves, ...], dt.date | None], ...]


def _to_dict(listing: cs.Listing, keyed: Callable[[bytes], str]) -> dict[str, Any]:
    who, owed, conduct = listing.borrower, listing.obligation, listing.conduct
    basis, notice, decision = listing.basis, listing.notice, listing.decision
    if conduct is None or basis is None or notice is None or decision is None:
        raise TypeError("a draft is not written")
    return {
        "id": listing.id.hex(),
        "keys": [keyed(item.token_text.encode()) for item in who.identifiers],
        "holder": who.holder,
        "role": who.role,
        "name": who.name,
        "born": who.birth_date and who.birth_date.isoformat(),
        "creditor": owed.creditor,
        "currency": owed.principal.currency,
        "principal": owed.principal.minor,
        "outstanding": owed.outstanding.minor,
        "rate": None if owed.annual_rate is None else str(owed.annual_rate),
        "defaulted": owed.default_date and owed.default_date.isoformat(),
        "code": conduct.code,
        "start": conduct.start.isoformat(),
        "end": conduct.end and conduct.end.isoformat(),
        "basis": basis.kind,
        "instrument": basis.instrument,
        "article": basis.article,
        "version": basis.version,
        "method": notice.method,
        "served": notice.served.isoformat(),
        "remedy": notice.remedy,
        "decided": decision.on.isoformat(),
        "reasons": decision.reasons,
        "by": decision.by,
        "severity": listing.severity,
        "evidence": [
            [
                item.digest.hex(),
                item.description,
                item.proves,
                item.disclosed and item.disclosed.isoformat(),
            ]
            for item in listing.evidence
        ],
    }


def _to_debt(line: dict[str, Any]) -> Debt:
    day, raw = dt.date.fromisoformat, bytes.fromhex
    born, rate, end = line["born"], line["rate"], line["end"]
    return Debt(
        raw(line["id"]),
        tuple(map(raw, line["keys"])),
        line["holder"],
        _ROLES[line["role"]],
        line["name"],
        born and day(born),
        line["creditor"],
        line["currency"],
        line["principal"],
        line["outstanding"],
        rate and Decimal(rate),
        line["defaulted"] and day(line["defaulted"]),
        _CODES[line["code"]],
        day(line["start"]),
        end and day(end),
        _KINDS[line["basis"]],
        line["instrument"],
        line["article"],
        line["version"],
        _METHODS[line["method"]],
        day(line["served"]),
        line["remedy"],
        day(line["decided"]),
        line["reasons"],
        line["by"],
        _SEVERITIES[line["severity"]],
        tuple(
            [
                (raw(digest), text, tuple([_PROVES[item] for item in proves]), told and day(told))
                for digest, text, proves, told in line["evidence"]
            ]
        ),
    )


_ROLES = {item.value: item for item in cs.model.BorrowerRole}
_SEVERITIES = {item.value: item for item in cs.model.Severity}
_CODES = {item.value: item for item in cs.model.ConductCode}
_KINDS = {item.value: item for item in cs.model.BasisKind}
_METHODS = {item.value: item for item in cs.model.ServiceMethod}
_PROVES = {item.value: item for item in cs.model.Proves}


class _Source:
    """Lines as a file that is read in pieces."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._held, self._at = b"", 0

    def read(self, size: int) -> bytes:
        if self._at >= len(self._held):
            batch = list(itertools.islice(self._lines, _LINES))
            self._held, self._at = "\n".join([*batch, ""]).encode() if batch else b"", 0
        piece = self._held[self._at : self._at + size]
        self._at += size
        return piece


class _Sink:
    """A file that parses each line as soon as it is whole."""

    def __init__(self, parse: Callable[[str], object]) -> None:
        self._parse = parse
        self._rest = b""
        self.count = 0

    def write(self, piece: bytes) -> int:
        *lines, self._rest = (self._rest + piece).split(b"\n")
        for line in lines:
            self._parse(line.decode())
        self.count += len(lines)
        return len(piece)

    def flush(self) -> None:
        """Nothing is held back but the line that is not whole yet."""
