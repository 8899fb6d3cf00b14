"""The catalogue of joint-punishment measures, and which of them a listing permits.

A measure that reduces rights must rest on a law or a decision, never on a notice or a contract;
a catalogue that says otherwise is refused when it is read. What comes out is permission, never
a command: creditshare applies nothing.
"""

from __future__ import annotations

import enum
from collections.abc import Container, Iterable
from typing import Self

import attrs

from creditshare.arguments import expect
from creditshare.errors import Fault, InvalidValueError
from creditshare.identifiers import Holder
from creditshare.model import BasisKind, BasisLevel, BorrowerRole, Listing, Role
from creditshare.model.faults import Faults, as_tuple
from creditshare.rules.citation import Citation, read_citation
from creditshare.rules.packaged import packaged
from creditshare.toml import Section

__all__ = ["Measure", "MeasureCatalogue", "MeasureClass", "Target", "measures"]

_NAMES = {"cn": "cn-measures"}
_LEVELS = {
    "contract": BasisLevel.CONTRACT,
    "working-group-notice": BasisLevel.WORKING_GROUP_NOTICE,
    "administrative-decision": BasisLevel.ADMINISTRATIVE_DECISION,
    "effective-instrument": BasisLevel.EFFECTIVE_INSTRUMENT,
}


class MeasureClass(enum.StrEnum):
    """How binding a measure is for the agency that applies it."""

    COMPULSORY = "C"
    AUTHORITY_DISCRETION = "A"
    MARKET_DISCRETION = "D"


class Target(enum.StrEnum):
    """Whom a measure meets."""

    PERSON = "person"
    ORGANISATION = "organisation"
    RESPONSIBLE_PERSON = "responsible-person"


@attrs.frozen
class Measure:
    """One measure.

    Attributes:
        code: Stable, such as ``"LOAN_LIMIT"``.
        term: In Chinese.
        meaning: In English.
        targets: Whom it meets. A responsible person is met only by a court's own order, never by
            the organisation's listing, so no listing permits a measure by that target alone.
        roles: Who applies it.
        measure_class: How binding it is.
        reduces_rights: Whether it reduces rights or adds duties.
        needs: The least binding basis a listing must have.
        needs_kind: The one kind of document that carries it, or None.
        enabled: False where its lawfulness is doubtful today.
        verified: Whether the cited text was read in a stored source.
        citation: Where it stands.
    """

    code: str
    term: str
    meaning: str
    targets: tuple[Target, ...] = attrs.field(converter=as_tuple)
    roles: tuple[Role, ...] = attrs.field(converter=as_tuple)
    measure_class: MeasureClass
    reduces_rights: bool
    needs: BasisLevel
    needs_kind: BasisKind | None
    enabled: bool
    verified: bool
    citation: Citation

    def __attrs_post_init__(self) -> None:
        faults = Faults("measure")
        for field in ("code", "term", "meaning"):
            faults.text(field, getattr(self, field), limit=200)
        faults.items("targets", self.targets, Target, len(Target))
        faults.items("roles", self.roles, Role, len(Role))
        faults.kind("measure_class", self.measure_class, MeasureClass)
        faults.check("targets", bool(self.targets), "must not be empty")
        faults.check("roles", bool(self.roles), "must not be empty")
        faults.kind("needs", self.needs, BasisLevel)
        faults.kind("needs_kind", self.needs_kind, BasisKind, optional=True)
        faults.kind("citation", self.citation, Citation)
        for field in ("reduces_rights", "enabled", "verified"):
            faults.kind(field, getattr(self, field), bool)
        faults.raise_any()
        if self.reduces_rights and self.needs < BasisLevel.ADMINISTRATIVE_DECISION:
            fault = Fault("needs", "reduces rights, so it needs a decision or more")
            raise InvalidValueError("measure", (fault,))

    def permitted(self, listing: Listing, role: Role, issuer: Container[Role]) -> bool:
        """Whether an agency in this role may rest the measure on a listing of such an issuer.

        What needs a court's own listing needs a court as its issuer; others can only claim one.

        Args:
            listing: The listing.
            role: Of the agency that would apply it.
            issuer: The roles of the listing's issuer.
        """
        basis, holder = listing.basis, listing.borrower.holder
        by_court = self.needs_kind is not BasisKind.COURT_LISTING or Role.COURT in issuer
        target = Target.PERSON if holder is Holder.PERSON else Target.ORGANISATION
        return (
            self.enabled
            and by_court
            and listing.borrower.role is not BorrowerRole.VICTIM
            and role in self.roles
            and target in self.targets
            and basis is not None
            and basis.level >= self.needs
            and self.needs_kind in (None, basis.kind)
        )


@attrs.frozen
class MeasureCatalogue:
    """The measures of one jurisdiction, in one version.

    Attributes:
        id: Such as ``"cn-measures"``.
        version: Of the catalogue, not of the law.
        measures: In the order in which they are told.
    """

    id: str
    version: str
    measures: tuple[Measure, ...] = attrs.field(converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        faults = Faults("catalogue")
        faults.text("id", self.id, limit=100)
        faults.text("version", self.version, limit=100)
        faults.items("measures", self.measures, Measure, 1000)
        faults.raise_any()

    @classmethod
    def from_toml(cls, text: str) -> Self:
        """Read a catalogue.

        Raises:
            RulebookError: naming the place; also for a measure that reduces rights and would rest
                on less than a decision.
        """
        document = Section.of(text)
        head = document.needed("catalogue")
        names = head.take("id", str), head.take("version", str)
        head.end()
        found = tuple(map(_read_measure, document.sections("measure")))
        document.end()
        if not found:
            raise document.refuse("measure", "there must be one at least")
        if len({measure.code for measure in found}) != len(found):
            raise document.refuse("measure", "a code stands twice")
        return cls(*names, found)

    def permitted(
        self, listing: Listing, *, role: Role, issuer: Iterable[Role] = ()
    ) -> tuple[Measure, ...]:
        """The measures that may rest on a listing.

        Args:
            listing: The listing.
            role: Of the agency that would apply them.
            issuer: The roles of the listing's issuer, from the roster.
        """
        expect(Listing, listing=listing)
        expect(Role, role=role)
        roles = frozenset(issuer)
        return tuple(
            measure for measure in self.measures if measure.permitted(listing, role, roles)
        )


def measures(name: str) -> MeasureCatalogue:
    """A catalogue that comes with the library: ``"cn"``.

    Raises:
        RulebookError: if there is none of that name.
    """
    expect(str, name=name)
    return MeasureCatalogue.from_toml(packaged(_NAMES.get(name, name)))


def _read_measure(table: Section) -> Measure:
    kind = table.find("needs_kind", str)
    measure = table.make(
        lambda: Measure(
            code=table.take("code", str),
            term=table.take("term", str),
            meaning=table.take("meaning", str),
            targets=table.choices("targets", Target),
            roles=table.choices("roles", Role),
            measure_class=table.choice("class", MeasureClass),
            reduces_rights=table.take("reduces_rights", bool),
            needs=_level(table),
            needs_kind=None if kind is None else table.chosen("needs_kind", kind, BasisKind),
            enabled=table.take("enabled", bool),
            verified=table.take("verified", bool),
            citation=read_citation(table),
        )
    )
    table.end()
    return measure


def _level(table: Section) -> BasisLevel:
    name = table.take("needs", str)
    if name not in _LEVELS:
        raise table.refuse("needs", f"must be one of {', '.join(_LEVELS)}")
    return _LEVELS[name]
