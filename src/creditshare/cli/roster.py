"""``creditshare roster``: sign it, trust its steward, receive it, show it."""

from __future__ import annotations

import datetime as dt
import hmac
from pathlib import Path

import click

from creditshare.agency import PublicAgency
from creditshare.cli.command import FILE, Answer, command, shared_option
from creditshare.cli.draft import read_draft
from creditshare.cli.exits import hinted
from creditshare.cli.member import ROSTER_MAX, Member, member_options
from creditshare.cli.pipes import as_input_file
from creditshare.cli.show import note
from creditshare.errors import RosterError
from creditshare.files import read_regular, replacing
from creditshare.roster import Licence, Roster

__all__ = ["register"]


def register(app: click.Group) -> None:
    """Add the commands."""

    @app.group("roster")
    def group() -> None:
        """Say and learn who is in the exchange."""

    for add in (_sign, _trust, _receive, _show):
        add(group)


def _sign(group: click.Group) -> None:
    @command(group, "sign")
    @click.argument("draft", type=FILE)
    @click.option("--days", type=click.IntRange(1, 3660), default=365, show_default=True,
                  help="How long it is in force.")  # fmt: skip
    @member_options
    def sign(*, draft: Path, days: int, member: Member) -> Answer:
        """Sign DRAFT, a TOML, as the next version of the roster; the steward does this.

        The first one founds the exchange. A steward that trusts none yet trusts itself.
        """
        exchange, entries = read_draft(draft)
        _trust_keys(member.steward_path, member.agency.public)
        held = _held(member)
        if held is not None and held.exchange != exchange:
            raise RosterError("the home has the roster of another exchange")
        version = 1 if held is None else held.version + 1
        expires = member.at + dt.timedelta(days=days)
        roster = Roster(exchange, version, member.at, expires, entries)
        signed = roster.sign(member.agency)
        roster = member.open_roster(signed)
        _write(member.roster_path, signed)
        return Answer({"roster": str(member.roster_path)} | _summary(roster))


def _trust(group: click.Group) -> None:
    @command(group, "trust")
    @click.argument("steward_file", metavar="STEWARD.pub", type=FILE)
    @click.option("--fingerprint", help="What the steward told you by another way.")
    @shared_option("steward", type=FILE)
    def trust(*, steward_file: Path, fingerprint: str | None, steward: Path) -> Answer:
        """Trust a steward from now on; without --fingerprint, only show whom the file is of."""
        found = PublicAgency.load(steward_file)
        actual = found.keys.fingerprint.hex()
        if fingerprint is None:
            note("nobody is trusted yet: let the steward tell you the fingerprint by another way, "
                 "and run this again with --fingerprint")  # fmt: skip
            return Answer({"steward": found.origin, "fingerprint": actual, "trusted": None})
        said = "".join(fingerprint.split()).replace(":", "").lower()
        if not said.isascii() or not hmac.compare_digest(said, actual):
            raise hinted(
                RosterError("the fingerprint is of other keys: do not trust the file"),
                "let the steward tell you by another way whether the file is the steward's",
            )
        _trust_keys(steward, found)
        return Answer({"steward": found.origin, "fingerprint": actual, "trusted": str(steward)})


def _receive(group: click.Group) -> None:
    @command(group, "receive")
    @click.argument("file", type=FILE)
    @member_options
    def receive(*, file: Path, member: Member) -> Answer:
        """Check a roster from the steward and use it from now on; an older one is refused."""
        with as_input_file(file) as path:
            data = read_regular(path, ROSTER_MAX)
        roster, held = member.open_roster(data), _held(member)
        if held is not None and held.exchange != roster.exchange:
            raise RosterError("it is the roster of another exchange than the one held")
        if held is not None and roster.version < held.version:
            raise RosterError("it is older than the roster that is held")
        if held is not None and roster.version == held.version and roster != held:
            raise RosterError("the steward signed two rosters of one version")
        _write(member.roster_path, data)
        return Answer({"roster": str(member.roster_path)} | _summary(roster))


def _show(group: click.Group) -> None:
    @command(group, "show")
    @member_options
    def show(*, member: Member) -> Answer:
        """Show the roster in force."""
        roster = member.roster
        entries = [
            {
                "origin": entry.origin,
                "roles": " ".join(entry.roles),
                "licence": _licence(entry.licence),
                "custodian": entry.custodian,
                "custody": _licence(entry.custody),
                "generation": entry.generation,
                "fingerprint": entry.keys and entry.keys.fingerprint.hex(),
            }
            for entry in roster.entries
        ]
        return Answer(_summary(roster) | {"entries": entries})


def _held(member: Member) -> Roster | None:
    """The roster held so far, in force or not."""
    if not member.roster_path.exists():
        return None
    data = read_regular(member.roster_path, ROSTER_MAX)
    return Roster.verified(data, steward=PublicAgency.load(member.steward_path).keys)


def _trust_keys(path: Path, steward: PublicAgency) -> None:
    if not path.exists():
        steward.save(path)
    elif PublicAgency.load(path) != steward:
        raise RosterError("another steward is trusted already; delete that file to trust this one")


def _write(path: Path, data: bytes) -> None:
    with replacing(path) as file:
        file.write(data)


def _summary(roster: Roster) -> dict[str, object]:
    return {
        "exchange": roster.exchange,
        "version": roster.version,
        "issued": roster.issued.isoformat(),
        "expires": roster.expires.isoformat(),
        "institutions": len(roster.entries),
    }


def _licence(licence: Licence | None) -> str | None:
    if licence is None:
        return None
    until = f" until {licence.valid_until}" if licence.valid_until else ""
    return f"{licence.number} from {licence.valid_from}{until}"
