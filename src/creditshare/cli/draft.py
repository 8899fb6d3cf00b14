"""The steward's draft of a roster: a TOML.

::

    exchange = "north"

    [[agency]]
    origin = "bank-a"
    keys = "bank-a.pub"          # beside the draft; left out for one that left the market
    roles = ["issuer", "lender"]
    generation = 1               # may be left out
    [agency.licence]
    number = "L-17"
    from = 2020-01-01            # and optionally until

    [[agency]]
    origin = "platform-x"
    roles = ["issuer"]
    custodian = "bank-a"
    [agency.licence]
    number = "L-3"
    from = 2015-01-01
    [agency.custody]             # the decision that appointed the custodian
    number = "decision 4"
    from = 2020-07-01
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from creditshare.agency import PublicAgency
from creditshare.errors import RulebookError
from creditshare.files import read_regular
from creditshare.model import Role
from creditshare.roster import Licence, RosterEntry
from creditshare.toml import Section

__all__ = ["read_draft"]

_LIMIT = 256 * 1024


def read_draft(path: Path) -> tuple[str, list[RosterEntry]]:
    """The exchange's name, and the institutions in it.

    Raises:
        RulebookError: for a mistake, naming its place, or a file of other keys than it says.
        FileError: if the draft or a file of keys cannot be read.
    """
    try:
        top = Section.of(read_regular(path, _LIMIT).decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise RulebookError("the draft must be in UTF-8") from None
    exchange = top.take("exchange", str)
    entries = [_entry(section, path.parent) for section in top.sections("agency")]
    top.end()
    return exchange, entries


def _entry(section: Section, folder: Path) -> RosterEntry:
    origin = section.take("origin", str)
    file = section.find("keys", str)
    roles = section.choices("roles", Role)
    generation = section.find("generation", int) or 1
    custodian = section.find("custodian", str)
    licence = _licence(section.section("licence"))
    custody = _licence(section.section("custody"))
    section.end()
    keys = None
    if file is not None:
        public = PublicAgency.load(folder / file)
        if public.origin != origin:
            raise section.refuse("keys", "the file is of another agency")
        keys = public.keys
    return section.make(
        lambda: RosterEntry(origin, keys, roles, licence, custodian, custody, generation)
    )


def _licence(section: Section | None) -> Licence | None:
    if section is None:
        return None
    number = section.take("number", str)
    first, last = section.take("from", dt.date), section.find("until", dt.date)
    section.end()
    return section.make(lambda: Licence(number, first, last))
