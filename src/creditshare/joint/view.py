"""The joint view: from one screening, what is owed, what may be done, and on what it rests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import attrs

from creditshare.arguments import expect
from creditshare.clock import day_of
from creditshare.errors import MisuseError
from creditshare.joint.debts import Debt, Owed, Resemblance, join, owed, resemblances
from creditshare.joint.measures import JointMeasure, union
from creditshare.model import Role
from creditshare.roster import Roster
from creditshare.rules import MeasureCatalogue
from creditshare.screening import ReviewCase, Screening, StaleIssuer

__all__ = ["Disputed", "Exemption", "JointView", "joint_view"]


@attrs.frozen
class Exemption:
    """A window in which nothing rests on a listing: illness, a funeral, an examination, a duty.

    Attributes:
        origin: Whose listing it is.
        listing_id: Its id.
        until: The last day. Why it was granted stays with the issuer.
    """

    origin: str
    listing_id: bytes
    until: dt.date


@attrs.frozen
class Disputed:
    """A listing that the borrower disputes and its issuer has yet to answer for.

    Attributes:
        origin: Whose listing it is.
        listing_id: Its id.
        until: The last day on which the issuer can answer; afterwards nothing rests on the listing.
            None if the rules by which it was listed suspend nothing.
    """

    origin: str
    listing_id: bytes
    until: dt.date | None


@attrs.frozen(repr=False)
class JointView:
    """What several issuers say of one borrower, counted once. It is permission, never a command.

    Attributes:
        reference: The applicant's.
        on: The day of the view.
        debts: What is owed to whom, each debt once, with the person's role and its reports.
        alike: Those of them that may be one.
        owed: What is owed in all, for each currency and role.
        measures: What may or must be applied on this day.
        paused: What may be only later, for all that carries it is exempted today.
        exemptions: The windows in force.
        disputes: What the borrower disputes of it all, and may turn out otherwise.
        reviews: The hits that need a person. Nothing above rests on them.
        stale: The issuers whose word has expired; what they would say is not known.
    """

    reference: str
    on: dt.date
    debts: tuple[Debt, ...]
    alike: tuple[Resemblance, ...]
    owed: tuple[Owed, ...]
    measures: tuple[JointMeasure, ...]
    paused: tuple[JointMeasure, ...]
    exemptions: tuple[Exemption, ...]
    disputes: tuple[Disputed, ...]
    reviews: tuple[ReviewCase, ...]
    stale: tuple[StaleIssuer, ...]

    def __repr__(self) -> str:
        return f"<JointView of {len(self.debts)} debts, {len(self.measures)} measures (hidden)>"


def joint_view(
    screening: Screening,
    *,
    catalogue: MeasureCatalogue,
    roles: Iterable[Role],
    at: dt.datetime,
    roster: Roster | None = None,
) -> JointView:
    """One view of a borrower from all listings that a screening matched.

    Args:
        screening: The answer for one applicant.
        catalogue: The measures of the asker's jurisdiction, with those that its rulebook turned on.
        roles: In which roles the asker would apply measures; the view tells each.
        at: Now.
        roster: As for `Screener`: without it, what needs a court's own listing is not permitted.

    Returns:
        The view. It holds what the matches say and nothing that a person must look at first.

    Raises:
        MisuseError: for an argument of another type, or without a role.
        RosterError: if the roster is not in force, or does not know an issuer that matched.
    """
    expect(Screening, screening=screening)
    expect(MeasureCatalogue, catalogue=catalogue)
    expect(Iterable, roles=roles)
    asked = tuple(dict.fromkeys(roles))
    for role in asked:
        expect(Role, role=role)
    if not asked:
        raise MisuseError("a joint view is for one role at least")
    on, matches = day_of(at), screening.matches
    if roster is not None:
        expect(Roster, roster=roster)
        roster.check_current(at)
    issuers = {
        match.issuer: () if roster is None else roster.entry(match.issuer).roles
        for match in matches
    }
    debts = join(matches)
    alike = resemblances(debts)
    found = union(matches, catalogue=catalogue, roles=asked, issuers=issuers, on=on)
    return JointView(
        reference=screening.reference,
        on=on,
        debts=debts,
        alike=alike,
        owed=owed(debts, alike),
        measures=tuple(item for item in found if item.applies(on)),
        paused=tuple(item for item in found if not item.applies(on)),
        exemptions=tuple(
            Exemption(match.origin, match.listing_id, match.exempted_until)
            for match in matches
            if match.exempted_until is not None
        ),
        disputes=tuple(
            Disputed(match.origin, match.listing_id, match.disputed_until)
            for match in matches
            if match.disputed
        ),
        reviews=screening.reviews,
        stale=screening.stale,
    )
