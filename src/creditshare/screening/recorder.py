"""Who writes a query down before it is answered; `creditshare.audit` has one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from creditshare.model import Role
from creditshare.screening.result import Applicant, Purpose, Screening

__all__ = ["Record", "Recorder"]

Record = Callable[[Sequence[Applicant], Sequence[Screening]], None]
"""Writes one batch of a call and its answers down, or raises; then none of them is given."""


@runtime_checkable
class Recorder(Protocol):
    """Whatever writes queries down."""

    def begin(self, *, purpose: Purpose, role: Role, at: dt.datetime) -> Record:
        """What to hand each batch of one call to, before an answer of it is given.

        Args:
            purpose: Why the caller asks.
            role: In which role it asks.
            at: When.
        """
