"""``creditshare inspect``: what a file shows, and what it cannot."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Any

import click

from creditshare.bundle import open_bundle
from creditshare.cli.command import FILE, Answer, command
from creditshare.cli.databases import open_ledger, open_registry
from creditshare.cli.exits import hinted
from creditshare.cli.member import Member, member_options
from creditshare.cli.pipes import SEALED, as_input_file
from creditshare.cli.show import busy, track
from creditshare.clock import from_day_number
from creditshare.crypto.container import read_header
from creditshare.errors import FileError, MalformedError
from creditshare.files import open_regular
from creditshare.ledger import standing
from creditshare.model import ListingStatus
from creditshare.registry import held_listings

__all__ = ["register"]

_ROSTER = b"CSROSTER1\n"
_ROSTER_HINT = "creditshare roster show --roster-file FILE shows it, if its steward is trusted"
_DATABASE = b"SQLite format 3\0"
_APPLICATION_AT = 68
_BUNDLE, _TOKEN_KEY = 1, 2
_CONTENTS = {_BUNDLE: "bundle", _TOKEN_KEY: "token key"}


def register(app: click.Group) -> None:
    """Add the command."""

    @command(app, "inspect")
    @click.argument("file", type=FILE)
    @click.option("--open", "opening", is_flag=True, help="Open a bundle with the agency's keys.")
    @member_options
    def inspect(*, file: Path, opening: bool, member: Member) -> Answer:
        """Show what FILE shows: a bundle, a sealed token key, a ledger or a registry.

        Without keys, a sealed file shows what any outsider sees. With --open, its recipient sees
        the signed state, and counts. Conduct and basis are counted on the issuer's ledger alone.
        """
        with as_input_file(file) as path, open_regular(path) as (stream, _):
            head = stream.read(_APPLICATION_AT + 4)
            if head.startswith(SEALED):
                seen = _outside(path)
                return Answer(seen | _inside(path, member) if opening else seen)
            kind = head[_APPLICATION_AT:] if head.startswith(_DATABASE) else b""
            if kind == b"CSL1":
                return Answer(_ledger(path, member.at))
            if kind == b"CSR1":
                return Answer(_registry(path, member.at))
            if head.startswith(_ROSTER):
                raise hinted(FileError("it is a roster"), _ROSTER_HINT)
        raise FileError("it is neither a sealed file nor a ledger nor a registry")


def _outside(path: Path) -> dict[str, Any]:
    with open_regular(path) as (file, size):
        file.seek(10)
        content = int.from_bytes(file.read(1), "big")
        if content not in _CONTENTS:
            raise MalformedError("the file holds an unknown kind of content")
        file.seek(0)
        header = read_header(file, size, content)
        return {
            "kind": _CONTENTS[content],
            "format": header.raw[8],
            "suite": header.raw[9],
            "origin_claimed": header.sender,
            "recipients": len(header.stanzas),
            "file_bytes": size,
            "body_bytes": header.body_length,
            "header_sha256": header.digest.hex(),
            "cannot_know": [
                "who the recipients are, and whether the origin is true",
                "whether the body is whole, and anything in it: only a recipient can open it",
            ],
        }


def _inside(path: Path, member: Member) -> dict[str, Any]:
    with (
        busy("opening"),
        open_bundle(path, by=member.agency, roster=member.roster, at=member.at) as bundle,
    ):
        events: Counter[str] = Counter()
        ends: Counter[str] = Counter()
        for event in track(bundle.events(), "events"):
            events[event.type.name.lower()] += 1
            if event.type.has_payload:
                ends[str(from_day_number(event.day).year)] += 1
        records = sum(1 for _ in bundle.records())
        state, delivery = bundle.checkpoint, bundle.delivery
    return {
        "origin": state.origin,
        "issuer": state.issuer,
        "generation": state.generation,
        "checkpoint": state.sequence,
        "bundle": delivery.kind.name.lower(),
        "since": delivery.base.sequence or None,
        "epoch": state.epoch,
        "issued": state.issued_at.isoformat(),
        "expires": state.expires_at.isoformat(),
        "live": state.live,
        "events": dict(events.most_common()),
        "records": records,
        "last_days_by_year": dict(sorted(ends.items())),
        "cannot_know": [
            "conduct and basis: a record opens only for one who can name the borrower",
            "who is listed, and how many people: several listings may be of one person",
            "whether it continues what the registry holds: apply tells",
        ],
    }


def _ledger(path: Path, at: dt.datetime) -> dict[str, Any]:
    counts: dict[str, Counter[str]] = {
        name: Counter() for name in ("status", "conduct", "basis", "last_days_by_year")
    }
    with open_ledger(path) as held:
        for item in track(standing(held.store, at=at), "listings"):
            counts["status"][item.status] += 1
            if item.status is ListingStatus.WITHDRAWN:
                continue
            listing = held.ledger.listing(item.id)
            counts["conduct"][listing.conduct.code if listing.conduct else "none"] += 1
            counts["basis"][listing.basis.kind if listing.basis else "none"] += 1
            counts["last_days_by_year"][str(item.last_day.year)] += 1
        state = held.ledger.last_checkpoint()
        told: dict[str, Any] = {
            "kind": "ledger",
            "origin": held.ledger.origin,
            "live": counts["status"].total() - counts["status"][ListingStatus.WITHDRAWN],
            "last_checkpoint": state and state.sequence,
            "bundles_sealed": len(held.ledger.deliveries()),
        }
    sorted_counts = {name: dict(counter.most_common()) for name, counter in counts.items()}
    sorted_counts["last_days_by_year"] = dict(sorted(counts["last_days_by_year"].items()))
    return (
        told
        | sorted_counts
        | {
            "cannot_know": [
                "what a withdrawn listing said: the ledger forgot it",
                "whether recipients applied what was sealed, and whom they screened",
            ]
        }
    )


def _registry(path: Path, at: dt.datetime) -> dict[str, Any]:
    with open_registry(path) as held:
        issuers = [
            {
                "origin": state.origin,
                "issuer": state.issuer,
                "checkpoint": state.sequence,
                "live": state.live,
                "issued": state.issued_at.isoformat(),
                "expires": state.expires_at.isoformat(),
                "expired": state.expired(at),
            }
            for state in held.registry.checkpoints()
        ]
        found = list(track(held_listings(held.store, at=at), "listings"))
        evidence = held.registry.evidence()
    return {
        "kind": "registry",
        "issuers": issuers,
        "status": dict(Counter(item.status for item in found).most_common()),
        "last_days_by_year": dict(sorted(Counter(str(i.last_day.year) for i in found).items())),
        "evidence_against_issuers": [f"{origin}: {what}" for origin, what, *_ in evidence],
        "cannot_know": [
            "conduct and basis: a record opens only for one who can name the borrower",
            "who is listed, and how many people",
        ],
    }
