"""By what applicants are judged at one moment: the issuers' standing, and whose key asks whom."""

from __future__ import annotations

import datetime as dt

import attrs

from creditshare.bundle import Checkpoint
from creditshare.clock import unix
from creditshare.errors import (
    ExpiredEpochError,
    MisuseError,
    UnauthorisedIssuerError,
    UnknownEpochError,
)
from creditshare.model import Role
from creditshare.registry import HeldIssuers, RegistryView
from creditshare.roster import Roster
from creditshare.screening.result import Outcome, Screening, StaleIssuer
from creditshare.tokens import TokenKeyring, TokenSource

__all__ = ["Bench", "Panel", "convene"]


@attrs.frozen
class Panel:
    """The issuers that share one token epoch.

    Attributes:
        source: Their epoch's; None if it can no longer be asked.
        numbers: The issuers' numbers.
    """

    source: TokenSource | None
    numbers: frozenset[int]


@attrs.frozen
class Bench:
    """What a hit is judged by.

    Attributes:
        panels: All issuers held.
        standing: The roles of each issuer; None for one whose log may not be relied on any more.
        ages: How long ago each issuer's checkpoint expired; None if it has not.
        stale: The issuers that vouch for nobody.
        consulted: The origins of all issuers.
    """

    panels: tuple[Panel, ...]
    standing: dict[int, tuple[Role, ...] | None]
    ages: dict[int, dt.timedelta | None]
    stale: tuple[StaleIssuer, ...]
    consulted: tuple[str, ...]

    def unfound(self, reference: str) -> Screening:
        """The answer for an applicant whom no issuer lists."""
        outcome = Outcome.STALE if self.stale else Outcome.CLEAR
        return Screening(reference, outcome, (), (), self.stale, self.consulted)


def convene(
    view: RegistryView, tokens: TokenKeyring, roster: Roster | None, at: dt.datetime
) -> Bench:
    """The bench of one state of a registry at one moment.

    Raises:
        MisuseError: on a registry that has heard from nobody.
        TokenError: if a key does not fit.
    """
    held = view.issuers
    if not held.checkpoints:
        raise MisuseError("the registry has heard from no issuer: nobody can be called clear")
    panels = _panels(held.checkpoints, tokens, at)
    ages = {number: _age(checkpoint, at) for number, checkpoint in held.checkpoints.items()}
    standing = {number: _roles(held, number, roster, at) for number in held.checkpoints}
    stale = tuple(
        StaleIssuer(checkpoint.origin, ages[number] or dt.timedelta(0))
        for number, checkpoint in held.checkpoints.items()
        if ages[number] is not None or standing[number] is None or held.purged[number] > view.today
    )
    consulted = tuple(checkpoint.origin for checkpoint in held.checkpoints.values())
    return Bench(panels, standing, ages, stale, consulted)


def _panels(
    checkpoints: dict[int, Checkpoint], tokens: TokenKeyring, at: dt.datetime
) -> tuple[Panel, ...]:
    groups: dict[tuple[str, int, bytes], dict[int, Checkpoint]] = {}
    for number, checkpoint in checkpoints.items():
        groups.setdefault(checkpoint.tokenised_by, {})[number] = checkpoint
    return tuple(
        Panel(_source(list(group.values()), tokens, at), frozenset(group))
        for group in groups.values()
    )


def _source(group: list[Checkpoint], tokens: TokenKeyring, at: dt.datetime) -> TokenSource | None:
    checkpoint = group[0]
    try:
        return tokens.for_checkpoint(
            epoch=checkpoint.epoch,
            canonical_form=checkpoint.canonical_form,
            check=checkpoint.token_check,
            at=at,
        )
    except (ExpiredEpochError, UnknownEpochError):
        if all(checkpoint.expired(at) for checkpoint in group):
            return None  # the key may be destroyed by now; these issuers count as stale
        raise


def _roles(
    held: HeldIssuers, number: int, roster: Roster | None, at: dt.datetime
) -> tuple[Role, ...] | None:
    if roster is None:
        return ()
    said = held.checkpoints[number]
    try:
        keys = roster.issuing_keys(
            origin=said.origin, issuer=said.issuer, issued=said.issued_at, at=at
        )
    except UnauthorisedIssuerError:
        return None
    same_log = roster.entry(said.origin).generation == said.generation
    if not same_log or not held.signed_by(number, keys):
        return None
    return roster.entry(said.issuer).roles


def _age(checkpoint: Checkpoint, at: dt.datetime) -> dt.timedelta | None:
    if not checkpoint.expired(at):
        return None
    return dt.timedelta(seconds=unix(at) - checkpoint.expires)
