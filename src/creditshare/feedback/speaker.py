"""Who speaks for a log, and so hears what was done on its listings."""

from __future__ import annotations

import datetime as dt

from creditshare.agency import PublicAgency
from creditshare.clock import day_of
from creditshare.roster import Roster

__all__ = ["speaker_of"]


def speaker_of(origin: str, *, roster: Roster, at: dt.datetime) -> PublicAgency:
    """The custodian of a log on the day, else the institution itself.

    No licence is asked for: whoever lost it must still hear what was lifted.

    Args:
        origin: Whose log.
        roster: Who is in the exchange.
        at: Now.

    Raises:
        RosterError: if the roster does not know it, or nobody with keys speaks for it.
    """
    entry = roster.entry(origin)
    in_custody = entry.custody is not None and entry.custody.covers(day_of(at))
    if in_custody and entry.custodian is not None:
        return roster.agency(entry.custodian)
    return roster.agency(origin)
