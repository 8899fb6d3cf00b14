"""Which measures rest on which listings, each measure once, from when to when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable, Mapping, Sequence

import attrs

from creditshare.model import Role
from creditshare.model.faults import Faults, as_tuple
from creditshare.rules import Measure, MeasureCatalogue, MeasureClass
from creditshare.screening import Match

__all__ = ["JointMeasure", "Rest", "union"]


@attrs.frozen
class Rest:
    """A listing that a measure rests on.

    Attributes:
        origin: Whose listing it is.
        listing_id: Its id.
        first_day: The first day, from the view's on, on which it carries the measure: the view's
            own, or the one after an exemption.
        last_day: The last day on which it stands, unless its issuer says more. A dispute that is
            not answered by its day ends it there.
        asked: Whether its issuer asked for the measure.
        disputed: Whether the borrower disputes it and the issuer has yet to answer.
    """

    origin: str
    listing_id: bytes
    first_day: dt.date
    last_day: dt.date
    asked: bool
    disputed: bool

    def carries(self, day: dt.date) -> bool:
        """Whether it carries the measure on that day."""
        return self.first_day <= day <= self.last_day


@attrs.frozen
class JointMeasure:
    """A measure that an agency may or must apply, however many listings carry it.

    Attributes:
        role: In which role.
        measure: The measure, with its citations, safeguard and tail.
        rests_on: The listings that carry it, the one that stands longest first; never empty.
    """

    role: Role
    measure: Measure
    rests_on: tuple[Rest, ...] = attrs.field(converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        faults = Faults("joint measure")
        faults.kind("role", self.role, Role)
        faults.kind("measure", self.measure, Measure)
        faults.items("rests_on", self.rests_on, Rest, 100_000)
        faults.check("rests_on", bool(self.rests_on), "there must be one at least")
        faults.raise_any()

    @property
    def must(self) -> bool:
        """Whether law or a court's order leaves no choice (class C)."""
        return self.measure.measure_class is MeasureClass.COMPULSORY

    @property
    def first_day(self) -> dt.date:
        """The first day on which a listing carries it."""
        return min(rest.first_day for rest in self.rests_on)

    @property
    def last_day(self) -> dt.date:
        """The last day on which a listing carries it. A tail comes after it."""
        return max(rest.last_day for rest in self.rests_on)

    def applies(self, day: dt.date) -> bool:
        """Whether it may be applied on that day: a listing stands, and no exemption runs for it."""
        return any(rest.carries(day) for rest in self.rests_on)

    def without(self, origin: str, listing_id: bytes) -> JointMeasure | None:
        """What is left of it once a listing has ended.

        Args:
            origin: Whose listing.
            listing_id: Its id.

        Returns:
            The measure as it stays on other listings; None if no other carries it, so that it has
            to be lifted, after its tail if it has one.
        """
        ended = (origin, listing_id)
        left = [rest for rest in self.rests_on if (rest.origin, rest.listing_id) != ended]
        return attrs.evolve(self, rests_on=left) if left else None


def union(
    matches: Iterable[Match],
    *,
    catalogue: MeasureCatalogue,
    roles: Sequence[Role],
    issuers: Mapping[str, Container[Role]],
    on: dt.date,
) -> tuple[JointMeasure, ...]:
    """Each measure that some match permits to a role, once: by role, the compulsory first.

    Args:
        matches: What was found.
        catalogue: Of the jurisdiction.
        roles: Of whoever would apply them.
        issuers: The roles of each match's issuer.
        on: The day of the view.
    """
    windows = [(match, first_day(match, on)) for match in matches]
    found = []
    for role in roles:
        for measure in catalogue.measures:
            rests_on = [
                _rest(match, measure, first)
                for match, first in windows
                if first <= _last_day(match)
                and measure.permitted(match.listing, role, issuers[match.issuer])
            ]
            if rests_on:
                rests_on.sort(key=lambda rest: rest.last_day, reverse=True)
                found.append(JointMeasure(role, measure, rests_on))
    return tuple(sorted(found, key=lambda item: (roles.index(item.role), not item.must)))


def first_day(match: Match, on: dt.date) -> dt.date:
    """The first day on which a match carries measures: not before its exemption is over.

    An exemption that is told is in force today, even where its last day is over by UTC: it has not
    ended everywhere.
    """
    until = match.exempted_until
    return on if until is None else max(on, until) + dt.timedelta(days=1)


def _rest(match: Match, measure: Measure, first: dt.date) -> Rest:
    asked = measure.code in match.listing.measures
    last = _last_day(match)
    return Rest(match.origin, match.listing_id, first, last, asked, match.disputed)


def _last_day(match: Match) -> dt.date:
    """The last day on which a match stands: not after that of a dispute that stays unanswered."""
    until = match.disputed_until
    return match.last_day if until is None else min(match.last_day, until)
