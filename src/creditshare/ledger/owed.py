"""What is owed by when, over a whole ledger: duties, what persons may do, what ends."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Iterable, Iterator

import attrs

from creditshare.arguments import expect
from creditshare.calendars import Calendar, Due
from creditshare.clock import day_number, day_of, from_day_number, last_day_begun
from creditshare.ledger.book import Ledger
from creditshare.ledger.books import kept_rulebook
from creditshare.ledger.expiry import case_end, lapses_by
from creditshare.ledger.survey import standing
from creditshare.life import (
    Life,
    deadlines,
    retention_rule,
)
from creditshare.model import ListingStatus, Step
from creditshare.rules import Rule, Rulebook
from creditshare.rules.deadlines import DEADLINES, Party

__all__ = ["Owed", "OwedKind", "owed"]

_TOLD = (Step.NOTICE_SERVED, Step.DECIDED, Step.LISTED)
"""The steps of every listing, noted or not."""
_STEPS = {
    Step.DECIDED: (DEADLINES["decision"].en, DEADLINES["decision"].zh),
    Step.LISTED: ("list the case", "列入名单"),
}
"""What a prepared case waits for, in both languages."""


class OwedKind(enum.StrEnum):
    """What a day means."""

    DUTY = "duty"
    OPPORTUNITY = "opportunity"
    EARLIEST = "earliest"
    CONFIRMATION = "confirmation"
    RETENTION_END = "retention-end"
    EXEMPTION_END = "exemption-end"
    CASE_END = "case-end"


@attrs.frozen
class Owed:
    """One thing with a day.

    Attributes:
        listing_id: Of which listing or prepared case.
        reference: The issuer's own name for it.
        kind: A duty, what a person may do until then or from then, what is to be confirmed by
            then, the end of the retention, the last day of an exemption or of a prepared case.
        what: What is to be done, or happens, in English.
        what_zh: The same in Chinese.
        party: Who owes it or may do it: issuer or person; empty for what happens by itself.
        due: The day, and whether it is provisional.
        overdue: Whether it is a duty whose day has passed.
        rule: What sets the day, with its citation; None if no rule in force does.
    """

    listing_id: bytes
    reference: str = attrs.field(repr=False)
    kind: OwedKind
    what: str
    what_zh: str
    party: str
    due: Due
    overdue: bool
    rule: Rule | None


def owed(
    ledger: Ledger,
    *,
    at: dt.datetime,
    within: dt.timedelta,
    calendar_of: Callable[[Rulebook], Calendar],
) -> tuple[Owed, ...]:
    """What is owed, open or ending within some days; what is overdue first, then by day.

    Args:
        ledger: The ledger.
        at: Now.
        within: How far ahead to look; a duty that is overdue is told however old it is.
        calendar_of: The calendar for a rulebook's working days.

    Raises:
        MisuseError: if a term is in working days and the calendar knows none.
    """
    expect(Ledger, ledger=ledger)
    expect(dt.timedelta, within=within)
    today = day_of(at)
    until = today + min(max(within, dt.timedelta()), dt.date.max - today)
    calendars: dict[str, Calendar] = {}
    with ledger.store.snapshot():
        found = list(_ends(ledger, at, until))
        for listing_id in _cases(ledger, at):
            life = ledger.life(listing_id)
            name = life.rulebook.name
            if name not in calendars:
                calendars[name] = calendar_of(life.rulebook)
            found += _terms(life, calendars[name], today, until)
            found += _waits(life, today, until)
            found += _exemption(life, today, until)
            found += _case_end(ledger, life, until)
    return tuple(
        sorted(found, key=lambda item: (not item.overdue, item.due.day, item.listing_id, item.what))
    )


def _cases(ledger: Ledger, at: dt.datetime) -> Iterable[bytes]:
    """The cases in which a term can run: all that live, if listing as such starts one.

    A listing whose last day has passed has ended, also while nobody has written that down.
    """
    store = ledger.store
    early = {name for name, term in DEADLINES.items() if term.starts in _TOLD}
    books = [kept_rulebook(store, name) for name in store.rulebook_names()]
    every = any(rule.deadline in early for book in books for rule in book.rules)
    live = (item.id for item in store.live_listings()) if every else store.living()
    ended = set(store.lapsed(day_number(last_day_begun(at))))
    outdated = set(store.outdated(day_number(last_day_begun(at))))
    drafts = (item for item in ledger.drafts() if item not in outdated)
    return (*drafts, *(item for item in live if item not in ended))


def _terms(life: Life, calendar: Calendar, today: dt.date, until: dt.date) -> Iterator[Owed]:
    for item in deadlines(life, calendar):
        if item.is_open(today) and item.due.day <= until:
            yield Owed(
                life.listing.id,
                life.listing.reference,
                OwedKind(item.kind.value),
                item.term.en,
                item.term.zh,
                item.party,
                item.due,
                item.is_overdue(today),
                item.rule,
            )


def _waits(life: Life, today: dt.date, until: dt.date) -> Iterator[Owed]:
    for wait in life.waits(today):
        if today <= wait.first_day <= until:
            what, what_zh = _STEPS[wait.step]
            yield Owed(
                life.listing.id,
                life.listing.reference,
                OwedKind.EARLIEST,
                what,
                what_zh,
                Party.ISSUER,
                Due(wait.first_day),
                False,
                wait.rule,
            )


def _exemption(life: Life, today: dt.date, until: dt.date) -> Iterator[Owed]:
    """The last day of the exemption that runs: measures may rest on the listing again after it."""
    event = life.last(Step.EXEMPTED)
    if life.is_live and event and event.until and today <= event.until <= until:
        yield Owed(
            life.listing.id,
            life.listing.reference,
            OwedKind.EXEMPTION_END,
            "the exemption ends",
            "暂时豁免期届满",
            "",
            Due(event.until),
            False,
            next(iter(life.terms_of("exemption", event.on)), None),
        )


def _case_end(ledger: Ledger, life: Life, until: dt.date) -> Iterator[Owed]:
    """The last day of a prepared case: nobody can be listed by it any more after that."""
    last_day = from_day_number(ledger.store.prepared_until(life.listing.id))
    if not life.is_live and last_day <= until:
        yield Owed(
            life.listing.id,
            life.listing.reference,
            OwedKind.CASE_END,
            "the case is forgotten, unless it is listed",
            "未列入的案件到期删除",
            "",
            Due(last_day),
            False,
            case_end(life, began=last_day)[1],
        )


def _ends(ledger: Ledger, at: dt.datetime, until: dt.date) -> Iterator[Owed]:
    for item in standing(ledger.store, at=at):
        if item.last_day > until:
            return
        if item.status is ListingStatus.WITHDRAWN:
            continue
        life = ledger.life(item.id)
        book, listing, listed = life.rulebook, life.listing, ledger.listed_on(item.id)
        rule = lapses_by(book, listing, listed=listed, last_day=item.last_day)
        if rule is not None:
            kind, party = OwedKind.CONFIRMATION, Party.ISSUER.value
            what, what_zh = "confirm that it goes on, or it lapses", "复核确认仍在持续，否则失效"
        else:
            kind, party = OwedKind.RETENTION_END, ""
            what, what_zh = "the listing ends", "保存期届满，信息删除"
            rule = retention_rule(book, listing, listed=listed)
        due = Due(item.last_day)
        yield Owed(item.id, item.reference, kind, what, what_zh, party, due, False, rule)
