"""``creditshare tokens``: an epoch's key from the steward to the members."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import click

from creditshare.agency import PublicAgency
from creditshare.cli.command import DAY, FILE, Answer, command
from creditshare.cli.member import Member, member_options
from creditshare.cli.pipes import STANDARD, TOKEN_KEY, as_input_file, as_output_file
from creditshare.clock import day_of
from creditshare.errors import UnknownEpochError
from creditshare.model import Role
from creditshare.tokens import Epoch, TokenKey, seal_token_key

__all__ = ["register"]

_OVER = {"epoch": None, "begins": None, "ends": None, "replaces": None, "over": True}
_NO_TOKENS = frozenset({Role.STEWARD, Role.AUDITOR})


def register(app: click.Group) -> None:
    """Add the commands."""

    @app.group("tokens")
    def group() -> None:
        """Hand out and keep the keys with which identifiers become tokens.

        A key lies on a disk only as the steward sealed it, in the keyring's folder, and is opened
        with the agency's secret keys at each run.
        """

    for add in (_issue, _share, _receive, _list, _purge):
        add(group)


_to_option = click.option(
    "--to", multiple=True, metavar="ORIGIN",
    help="A member; may be given again. Default: everyone in the roster but stewards and auditors.",
)  # fmt: skip


def _issue(group: click.Group) -> None:
    @command(group, "issue")
    @click.argument("epoch")
    @click.argument("out", type=FILE)
    @click.option("--days", type=click.IntRange(1, 3660), default=180, show_default=True,
                  help="How long the epoch is.")  # fmt: skip
    @click.option("--begins", type=DAY, help="Its first day, in UTC. Default: today.")
    @click.option("--replaces", help="The epoch that issuers leave for this one.")
    @_to_option
    @member_options
    def issue(
        *,
        epoch: str,
        out: Path,
        days: int,
        begins: dt.date | None,
        replaces: str | None,
        to: tuple[str, ...],
        member: Member,
    ) -> Answer:
        """Make the key of a new EPOCH and seal it into the file OUT; the steward does this."""
        day = begins or day_of(member.at)
        first = dt.datetime.combine(day, dt.time(), dt.UTC)
        key = TokenKey.generate(Epoch(epoch, first, first + dt.timedelta(days=days), replaces))
        return _sealed(key, out, to, member)


def _share(group: click.Group) -> None:
    @command(group, "share")
    @click.argument("epoch")
    @click.argument("out", type=FILE)
    @_to_option
    @member_options
    def share(*, epoch: str, out: Path, to: tuple[str, ...], member: Member) -> Answer:
        """Seal the key of an EPOCH that was issued before, for members that joined since."""
        held = (key for _, key in member.token_keys() if key is not None)
        key = next((key for key in held if key.epoch.name == epoch), None)
        if key is None:
            raise UnknownEpochError("no key of that epoch is held")
        return _sealed(key, out, to, member)


def _receive(group: click.Group) -> None:
    @command(group, "receive")
    @click.argument("file", type=FILE)
    @member_options
    def receive(*, file: Path, member: Member) -> Answer:
        """Check a sealed token key from the steward and keep it, sealed, in the keyring."""
        with as_input_file(file) as path:
            key = member.keep(path)
        return Answer(_told(key))


def _list(group: click.Group) -> None:
    @command(group, "list")
    @member_options
    def show(*, member: Member) -> Answer:
        """List the epochs whose keys are in the keyring."""
        rows = [
            {"file": path.name} | (_OVER if key is None else _told(key))
            for path, key in member.token_keys()
        ]
        return Answer({"keyring": str(member.tokens_path), "epochs": rows})


def _purge(group: click.Group) -> None:
    @command(group, "purge")
    @member_options
    def purge(*, member: Member) -> Answer:
        """Delete the keys of epochs that are over, as the exchange promises."""
        over = [path for path, key in member.token_keys() if key is None]
        for path in over:
            path.unlink(missing_ok=True)
        return Answer({"deleted": [path.name for path in over]})


def _sealed(key: TokenKey, out: Path, to: Sequence[str], member: Member) -> Answer:
    """Seal a key to members, and to the steward itself, who keeps it like them."""
    own = member.agency.public
    members = [item for item in _members(to, member) if item.origin != own.origin]
    with as_output_file(out, TOKEN_KEY) as path:
        seal_token_key(path, key, by=member.agency, to=[*members, own])
        member.keep(path)
    told = _told(key) | {"file": str(out), "sealed_to": [item.origin for item in members]}
    return Answer(told, aside=out == STANDARD)


def _members(to: Sequence[str], member: Member) -> list[PublicAgency]:
    if to:
        return [member.roster.agency(origin) for origin in to]
    return [
        PublicAgency(entry.origin, entry.keys)
        for entry in member.roster.entries
        if entry.keys is not None and not _NO_TOKENS.issuperset(entry.roles)
    ]


def _told(key: TokenKey) -> dict[str, object]:
    epoch = key.epoch
    return {
        "epoch": epoch.name,
        "begins": epoch.begins.isoformat(),
        "ends": epoch.ends.isoformat(),
        "replaces": epoch.replaces,
        "over": False,
    }
