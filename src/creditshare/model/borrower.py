"""The borrower: a person or an organisation, in one role towards the debt."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Self

import attrs

from creditshare.identifiers import SCHEMES, Holder, Identifier
from creditshare.model.faults import Faults, as_tuple

__all__ = ["Borrower", "BorrowerRole"]

_IDENTIFIERS_MAX = 16
_NAME_MAX = 200


class BorrowerRole(enum.StrEnum):
    """Towards the debt. A victim of identity fraud is never recorded as an evader.

    A representative only stands for an organisation that owes: its listing never spills over.
    """

    BORROWER = "borrower"
    GUARANTOR = "guarantor"
    CONTROLLER = "controller"
    ACCOMPLICE = "accomplice"
    VICTIM = "victim"
    REPRESENTATIVE = "representative"


@attrs.frozen(repr=False)
class Borrower:
    """Who owes. A draft may lack what `review` asks for; it may not contradict itself.

    Attributes:
        holder: Person or organisation.
        identifiers: At most 16, all of this kind of holder.
        name: As in the document that identifies; None if not known.
        birth_date: As stated apart from any number; None if not known, or an organisation.
        role: Towards the debt.
    """

    holder: Holder
    identifiers: tuple[Identifier, ...] = attrs.field(converter=as_tuple)
    name: str | None = None
    birth_date: dt.date | None = None
    role: BorrowerRole = BorrowerRole.BORROWER

    def __attrs_post_init__(self) -> None:
        faults = Faults("borrower")
        faults.kind("holder", self.holder, Holder)
        faults.items("identifiers", self.identifiers, Identifier, _IDENTIFIERS_MAX)
        faults.text("name", self.name, limit=_NAME_MAX, optional=True)
        faults.day("birth_date", self.birth_date, optional=True)
        faults.kind("role", self.role, BorrowerRole)
        faults.raise_any()
        for identifier in self.identifiers:
            if SCHEMES.get(identifier.SCHEME) is not type(identifier):
                faults.add("identifiers", "of a scheme that this library does not know")
            elif identifier.holder not in (None, self.holder):
                faults.add("identifiers", f"{identifier.SCHEME} is not held by a {self.holder}")
        if len(set(self.identifiers)) != len(self.identifiers):
            faults.add("identifiers", "the same one stands twice")
        if self.holder is Holder.ORGANISATION and self.birth_date is not None:
            faults.add("birth_date", "an organisation has none")
        faults.raise_any()

    @classmethod
    def person(
        cls,
        *identifiers: Identifier,
        name: str | None = None,
        birth_date: dt.date | None = None,
        role: BorrowerRole = BorrowerRole.BORROWER,
    ) -> Self:
        """A natural person.

        Args:
            identifiers: At most 16, of schemes that persons hold.
            name: As in the document that identifies.
            birth_date: As stated apart from any number.
            role: Towards the debt.

        Raises:
            InvalidValueError: with every fault.
        """
        return cls(Holder.PERSON, identifiers, name, birth_date, role)

    @classmethod
    def organisation(
        cls,
        *identifiers: Identifier,
        name: str | None = None,
        role: BorrowerRole = BorrowerRole.BORROWER,
    ) -> Self:
        """A legal person or other organisation.

        Args:
            identifiers: At most 16, of schemes that organisations hold.
            name: As registered.
            role: Towards the debt.

        Raises:
            InvalidValueError: with every fault.
        """
        return cls(Holder.ORGANISATION, identifiers, name, None, role)

    @property
    def strong_identifiers(self) -> tuple[Identifier, ...]:
        """Those by which the borrower can be found."""
        return tuple([identifier for identifier in self.identifiers if identifier.STRONG])

    @property
    def known_birth_date(self) -> dt.date | None:
        """The stated birth date, or else the first that an identifier tells."""
        if self.birth_date is not None:
            return self.birth_date
        told = (identifier.birth_date for identifier in self.identifiers)
        return next((day for day in told if day is not None), None)

    def __repr__(self) -> str:
        return f"<Borrower: {self.holder}, {self.role} (hidden)>"
