"""Who asks a registry: every query of the command line stands in the log before it is answered."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import attrs
import click

from creditshare.audit import AuditedBy, AuditKey, AuditLog, AuditStore
from creditshare.cli.command import FILE, choice, shared_option
from creditshare.cli.lawbooks import measures_option, named_catalogue
from creditshare.cli.member import Member
from creditshare.clock import day_of
from creditshare.errors import RosterError
from creditshare.model import Role
from creditshare.registry import Registry
from creditshare.screening import Applicant, Purpose, Screener, Screening

__all__ = ["Asker", "Asking", "asker_options"]

Function = TypeVar("Function", bound=Callable[..., Any])


@attrs.frozen
class Asking:
    """A log of queries, and who asks.

    Attributes:
        log: The log.
        by: Who asks, by whose leave.
        role: In which role.
        catalogue: The catalogue of measures, by its name or path.
    """

    log: AuditLog
    by: AuditedBy
    role: Role
    catalogue: str

    def screener(self, registry: Registry, member: Member) -> Screener:
        """What screens for a member.

        Raises:
            RosterError: if the roster does not give the member that role.
        """
        if self.role not in member.roster.entry(member.agency.origin).roles:
            raise RosterError("the roster does not give this agency that role")
        return Screener(
            registry,
            tokens=member.tokens,
            role=self.role,
            measures=named_catalogue(self.catalogue, day_of(member.at)),
            roster=member.roster,
        )

    def screen(
        self,
        registry: Registry,
        applicants: Iterable[Applicant],
        *,
        purpose: Purpose,
        member: Member,
    ) -> Iterator[Screening]:
        """Screen applicants for a member, in the log.

        Raises:
            RosterError: if the roster does not give the member that role.
        """
        screener = self.screener(registry, member)
        return screener.screen(applicants, purpose=purpose, at=member.at, audit=self.by)


@attrs.frozen
class Asker:
    """What the options say of whoever asks; `open` opens the log."""

    audit: Path
    audit_key: Path
    caller: str
    consent: str
    role: Role
    catalogue: str

    @contextlib.contextmanager
    def open(self) -> Iterator[Asking]:
        """The log of queries, made if it is not there.

        Raises:
            FileError: if there is no key for it: ``creditshare audit key`` makes one.
            StoreError: if it cannot be used.
        """
        key = AuditKey.load(self.audit_key)
        with AuditStore(self.audit) as store:
            log = AuditLog(store, key=key)
            by = AuditedBy(log, caller=self.caller, consent=self.consent)
            yield Asking(log, by, self.role, self.catalogue)


def asker_options(function: Function) -> Function:
    """Give a command an `asker`."""

    @functools.wraps(function)
    def run(
        *,
        audit_log: Path,
        audit_key: Path,
        caller: str,
        consent: str,
        role: str,
        measures: str,
        **values: Any,
    ) -> Any:
        asker = Asker(audit_log, audit_key, caller, consent, Role(role), measures)
        return function(asker=asker, **values)

    for option in (
        shared_option("audit_key", type=FILE),
        shared_option("audit_log", type=FILE),
        measures_option,
        click.option(
            "--consent",
            required=True,
            help="The reference of the written consent, or of the law by which none is needed.",
        ),
        click.option("--caller", required=True, help="Who asks: a desk, a system, a case officer."),
        click.option(
            "--role",
            type=choice(Role),
            required=True,
            help="In which of its roles the agency asks.",
        ),
    ):
        run = option(run)
    return run  # type: ignore[return-value]
