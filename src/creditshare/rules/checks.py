"""What a rule can check, one function each, named in the rulebook by `check`.

A check looks at one listing and answers with what is wrong, with the days on which it holds, or
with None when all is well on any day. Days are how a check that depends on the day is written:
the review tests today against them, they are kept with the cleared listing, and sealing tests its
own day against them, which runs every such rule again without reading the listing again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from types import MappingProxyType

import attrs

from creditshare.identifiers import Holder
from creditshare.model import BasisLevel, BorrowerRole, ConductCode, Listing, Proves

__all__ = ["CHECKS", "Check", "Days"]


@attrs.frozen
class Days:
    """The days on which a rule holds.

    Attributes:
        first: The first such day, or None if it has always held.
        last: The last such day, or None if it holds for ever.
    """

    first: dt.date | None = None
    last: dt.date | None = None

    def include(self, day: dt.date) -> bool:
        """Whether the rule holds on that day."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


Check = Callable[[Listing, int, dt.date], "str | Days | None"]
"""Of a listing, the rule's value (0 if it has none) and the day of the review."""


def conduct_named(listing: Listing, _value: int, _on: dt.date) -> str | None:
    """Mere delay, inability, hardship and complaints have no code, so they end here."""
    return None if listing.conduct else "no conduct is named"


def basis_named(listing: Listing, _value: int, _on: dt.date) -> str | None:
    """The legal basis is there; its own validator saw to its parts."""
    return None if listing.basis else "no legal basis"


def conduct_proved(listing: Listing, _value: int, _on: dt.date) -> str | None:
    """Something in the manifest proves the conduct."""
    return (
        None if _proves(listing, Proves.CONDUCT) else "nothing in the evidence proves the conduct"
    )


def ability_or_instrument(listing: Listing, _value: int, _on: dt.date) -> str | None:
    """Ability to pay is proved, or a judgment or its equal stands."""
    effective = listing.basis and listing.basis.level >= BasisLevel.EFFECTIVE_INSTRUMENT
    if effective or _proves(listing, Proves.ABILITY_TO_PAY):
        return None
    return "neither proof of ability to pay nor an effective instrument"


def notice_served(listing: Listing, _value: int, _on: dt.date) -> str | None:
    """A notice was served at all."""
    return None if listing.notice else "no notice was served"


def waiting_over(listing: Listing, value: int, _on: dt.date) -> Days | None:
    """`value` full days have passed since the day of service."""
    if listing.notice is None:
        return None  # `notice_served` says so
    return Days(first=_days_after(listing.notice.served, value + 1))


def remedy_told(listing: Listing, _value: int, _on: dt.date) -> str | None:
    """The notice told how to object."""
    if listing.notice is None or listing.notice.remedy:
        return None
    return "the notice says no remedy"


def retention(listing: Listing, value: int, _on: dt.date) -> Days | None:
    """`value` years since the conduct ended; an open conduct has no end to count from."""
    if listing.conduct is None or listing.conduct.end is None:
        return None
    return Days(last=_anniversary(listing.conduct.end, value, leap_day=-1))


def open_conduct_confirmed(listing: Listing, value: int, on: dt.date) -> Days | None:
    """An open conduct holds for `value` days after the review that confirmed it."""
    if listing.conduct is None or listing.conduct.end is not None:
        return None
    return Days(first=on, last=_days_after(on, value))


def strong_identifier(listing: Listing, _value: int, _on: dt.date) -> str | None:
    """One identifier identifies alone."""
    return None if listing.borrower.strong_identifiers else "no strong identifier"


def second_factor(listing: Listing, _value: int, _on: dt.date) -> str | None:
    """A name, or a birth date that does not merely repeat the number."""
    borrower = listing.borrower
    return None if borrower.name or borrower.birth_date else "neither a name nor a birth date"


def birth_dates_agree(listing: Listing, _value: int, _on: dt.date) -> str | None:
    """The birth date can be compared at every hit, and no two sources of it contradict."""
    borrower = listing.borrower
    told = {identifier.birth_date for identifier in borrower.strong_identifiers}
    if borrower.holder is Holder.PERSON and borrower.birth_date is None and None in told:
        # A hit by that identifier could not be vetoed by a conflicting birth date.
        return "the birth date must be stated, for one of the identifiers does not tell it"
    return None if len({*told, borrower.birth_date} - {None}) <= 1 else "birth dates contradict"


def of_age(listing: Listing, value: int, _on: dt.date) -> str | Days | None:
    """A person turned `value` before the conduct began and before today; unknown is not enough."""
    if listing.borrower.holder is Holder.ORGANISATION:
        return None
    born = listing.borrower.known_birth_date
    if born is None:
        return "the age is not known"
    birthday = _anniversary(born, value, leap_day=1)
    if listing.conduct and listing.conduct.start < birthday:
        return "a minor when the conduct began"
    if listing.obligation.default_date < birthday:
        return "a minor when payment fell due"
    return Days(first=birthday)


def not_a_victim(listing: Listing, _value: int, _on: dt.date) -> str | None:
    """A victim of identity fraud is never recorded as an evader."""
    victim = listing.borrower.role is BorrowerRole.VICTIM
    return "the borrower is a victim" if victim else None


def something_owed(listing: Listing, _value: int, _on: dt.date) -> str | None:
    """The debt is not settled."""
    return None if listing.obligation.outstanding.minor > 0 else "nothing is owed any more"


def dates_past(listing: Listing, _value: int, _on: dt.date) -> Days:
    """Default, conduct and notice are not in the future."""
    days = [listing.obligation.default_date]
    if listing.conduct:
        days += [listing.conduct.start, listing.conduct.end or listing.conduct.start]
    if listing.notice:
        days.append(listing.notice.served)
    return Days(first=max(days))


def dates_in_order(listing: Listing, _value: int, _on: dt.date) -> str | None:
    """Nobody is told before there was something to tell, or absconds before owing."""
    default, conduct, notice = listing.obligation.default_date, listing.conduct, listing.notice
    if conduct and conduct.code is ConductCode.ABSCOND and conduct.start < default:
        return "absconding is dated before the default"
    if notice and notice.served < max(default, conduct.start if conduct else default):
        return "the notice was served before the default or the conduct it is about"
    return None


CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        check.__name__.replace("_", "-"): check
        for check in (
            conduct_named,
            basis_named,
            conduct_proved,
            ability_or_instrument,
            notice_served,
            waiting_over,
            remedy_told,
            retention,
            open_conduct_confirmed,
            strong_identifier,
            second_factor,
            birth_dates_agree,
            of_age,
            not_a_victim,
            something_owed,
            dates_past,
            dates_in_order,
        )
    }
)
"""Every check by the name a rulebook gives it."""


def _proves(listing: Listing, what: Proves) -> bool:
    return any(what in item.proves for item in listing.evidence)


def _days_after(day: dt.date, days: int) -> dt.date:
    try:
        return day + dt.timedelta(days=days)
    except OverflowError:
        return dt.date.max


def _anniversary(day: dt.date, years: int, *, leap_day: int) -> dt.date:
    """The same day some years later; for 29 February the day before (-1) or after (1) it."""
    if day.year + years > dt.MAXYEAR:
        return dt.date.max
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        feb28 = day.replace(year=day.year + years, day=28)
        return feb28 if leap_day < 0 else feb28 + dt.timedelta(days=1)
