"""One joint-punishment measure: whom it meets, what it needs, and on which listing it may rest.

A measure that reduces rights must rest on a law or a decision, never on a notice or a contract.
It follows the conduct that it is linked to and fits its severity.
"""

from __future__ import annotations

import enum
from collections.abc import Container

import attrs

from creditshare.calendars import Span, Unit
from creditshare.errors import Fault, InvalidValueError
from creditshare.identifiers import Holder
from creditshare.model import (
    BasisKind,
    BasisLevel,
    BorrowerRole,
    ConductCode,
    Listing,
    Role,
    Severity,
)
from creditshare.model.faults import Faults, as_tuple
from creditshare.rules.citation import Citation, read_citations
from creditshare.toml import Section

__all__ = ["LEVELS", "Measure", "MeasureClass", "Target", "read_measure"]

LEVELS = {level.name.lower().replace("_", "-"): level for level in BasisLevel}
"""Every level of a basis by the name that rulebooks and catalogues give it."""


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
    ASSOCIATE = "associate"


@attrs.frozen
class Measure:
    """One measure.

    Attributes:
        code: Stable, such as ``"LOAN_LIMIT"``.
        term: In Chinese.
        meaning: In English.
        targets: Whom it meets. A responsible person is met only by a court's own order, and an
            associate only by the tie shown for each, never by the organisation's listing; so no
            listing permits a measure by those targets alone.
        by: Who orders it and who applies it, in English.
        by_zh: The same in Chinese.
        roles: In which roles of the exchange it is applied.
        measure_class: How binding it is.
        reduces_rights: Whether it reduces rights or adds duties.
        needs: The least binding basis a listing must have.
        needs_kind: The one kind of document that carries it, or None.
        conducts: The conducts that it may follow; empty for any.
        link: What ties it to those conducts, or to any, in English.
        link_zh: The same in Chinese.
        doubtful: Whether its lawfulness is doubtful today, so that it is off by default.
        verified: Whether the cited text was read in a stored source; if not, it is off.
        citations: Where it stands; the first is the one to show.
        severity: The least severity that it fits; None for any.
        safeguard: What whoever applies it must heed, in English; empty if nothing is said.
        safeguard_zh: The same in Chinese.
        tail: How long it goes on after the end of the listing; None if it ends with it.
        enabled_by: By which citation a rulebook turned it on, or None.
    """

    code: str
    term: str
    meaning: str
    targets: tuple[Target, ...] = attrs.field(converter=as_tuple)
    by: str
    by_zh: str
    roles: tuple[Role, ...] = attrs.field(converter=as_tuple)
    measure_class: MeasureClass
    reduces_rights: bool
    needs: BasisLevel
    needs_kind: BasisKind | None
    conducts: tuple[ConductCode, ...] = attrs.field(converter=as_tuple)
    link: str
    link_zh: str
    doubtful: bool
    verified: bool
    citations: tuple[Citation, ...] = attrs.field(converter=as_tuple)
    severity: Severity | None = None
    safeguard: str = ""
    safeguard_zh: str = ""
    tail: Span | None = None
    enabled_by: Citation | None = None

    def __attrs_post_init__(self) -> None:
        faults = Faults("measure")
        for field in ("code", "term", "meaning", "by", "by_zh", "link", "link_zh"):
            faults.text(field, getattr(self, field), limit=200)
        for field, kind, most in _LISTS:
            faults.items(field, getattr(self, field), kind, most)
        for field in ("targets", "roles", "citations"):
            faults.check(field, bool(getattr(self, field)), "must not be empty")
        faults.kind("measure_class", self.measure_class, MeasureClass)
        faults.kind("needs", self.needs, BasisLevel)
        faults.kind("needs_kind", self.needs_kind, BasisKind, optional=True)
        faults.kind("severity", self.severity, Severity, optional=True)
        faults.kind("tail", self.tail, Span, optional=True)
        faults.kind("enabled_by", self.enabled_by, Citation, optional=True)
        for field in ("reduces_rights", "doubtful", "verified"):
            faults.kind(field, getattr(self, field), bool)
        if (self.safeguard, self.safeguard_zh) != ("", ""):
            for field in ("safeguard", "safeguard_zh"):
                faults.text(field, getattr(self, field), limit=300)
        faults.raise_any()
        if self.reduces_rights and self.needs < BasisLevel.ADMINISTRATIVE_DECISION:
            fault = Fault("needs", "reduces rights, so it needs a decision or more")
            raise InvalidValueError("measure", (fault,))
        if self.tail is not None and self.tail.unit is Unit.WORKING_DAYS:
            fault = Fault("tail", "must be in days, months or years")
            raise InvalidValueError("measure", (fault,))

    @property
    def citation(self) -> Citation:
        """The citation to show."""
        return self.citations[0]

    @property
    def enabled(self) -> bool:
        """Whether anybody may apply it: neither doubtful nor unverified, or turned on."""
        return self.enabled_by is not None or (self.verified and not self.doubtful)

    def carried_by(self, listing: Listing) -> bool:
        """Whether a listing carries it at all: by its basis, conduct, severity and borrower.

        Who may apply it is `permitted`'s to say, and whether a court issued the listing.
        """
        basis, conduct, holder = listing.basis, listing.conduct, listing.borrower.holder
        target = Target.PERSON if holder is Holder.PERSON else Target.ORGANISATION
        return (
            self.enabled
            and listing.borrower.role not in _NEVER_MET
            and target in self.targets
            and basis is not None
            and basis.level >= self.needs
            and self.needs_kind in (None, basis.kind)
            and conduct is not None
            and (not self.conducts or conduct.code in self.conducts)
            and (self.severity is None or listing.severity in _NO_LESS[self.severity])
        )

    def permitted(self, listing: Listing, role: Role, issuer: Container[Role]) -> bool:
        """Whether an agency in this role may rest the measure on a listing of such an issuer.

        What needs a court's own listing needs a court as its issuer; others can only claim one.

        Args:
            listing: The listing.
            role: Of the agency that would apply it.
            issuer: The roles of the listing's issuer.
        """
        by_court = self.needs_kind is not BasisKind.COURT_LISTING or Role.COURT in issuer
        return by_court and role in self.roles and self.carried_by(listing)


_NEVER_MET = frozenset({BorrowerRole.VICTIM, BorrowerRole.REPRESENTATIVE})
_SEVERITIES = tuple(Severity)  # in rising order
_NO_LESS = {least: _SEVERITIES[place:] for place, least in enumerate(_SEVERITIES)}
_LISTS: tuple[tuple[str, type, int], ...] = (
    ("targets", Target, len(Target)),
    ("roles", Role, len(Role)),
    ("conducts", ConductCode, len(ConductCode)),
    ("citations", Citation, 10),
)


def read_measure(table: Section) -> Measure:
    """A table ``[[measure]]``.

    Raises:
        RulebookError: naming the place.
    """
    kind = table.find("needs_kind", str)
    any_conduct, any_severity = not table.holds("conducts"), not table.holds("severity")
    measure = table.make(
        lambda: Measure(
            code=table.take("code", str),
            term=table.take("term", str),
            meaning=table.take("meaning", str),
            targets=table.choices("targets", Target),
            by=table.take("by", str),
            by_zh=table.take("by_zh", str),
            roles=table.choices("roles", Role),
            measure_class=table.choice("class", MeasureClass),
            reduces_rights=table.take("reduces_rights", bool),
            needs=_level(table),
            needs_kind=None if kind is None else table.chosen("needs_kind", kind, BasisKind),
            conducts=() if any_conduct else table.choices("conducts", ConductCode),
            link=table.take("link", str),
            link_zh=table.take("link_zh", str),
            doubtful=table.take("doubtful", bool),
            verified=table.take("verified", bool),
            citations=read_citations(table),
            severity=None if any_severity else table.choice("severity", Severity),
            safeguard=table.find("safeguard", str) or "",
            safeguard_zh=table.find("safeguard_zh", str) or "",
            tail=_tail(table),
        )
    )
    table.end()
    return measure


def _tail(table: Section) -> Span | None:
    tail = table.section("tail")
    if tail is None:
        return None
    span = tail.make(lambda: Span(tail.take("value", int), tail.choice("unit", Unit)))
    tail.end()
    return span


def _level(table: Section) -> BasisLevel:
    name = table.take("needs", str)
    if name not in LEVELS:
        raise table.refuse("needs", f"must be one of {', '.join(LEVELS)}")
    return LEVELS[name]
