"""Checks of how somebody is listed: notice, evidence, decision, who issues, from when to when."""

from __future__ import annotations

import datetime as dt

from creditshare.calendars import Span, Unit
from creditshare.calendars.spans import counted
from creditshare.model import ConductCode, Listing
from creditshare.rules.checks.days import Days, no_earlier, no_later
from creditshare.rules.checks.texts import PROBLEMS
from creditshare.rules.problem import Problem
from creditshare.rules.rule import Rule, Setting

__all__ = [
    "ANCHORS",
    "confirmed_again",
    "dates_in_order",
    "dates_past",
    "decision_after_proposal",
    "end_decided",
    "ending",
    "evidence_disclosed",
    "evidence_with_notice",
    "goes_on",
    "grace_over",
    "hearing_given",
    "issuer_capable",
    "last_day",
    "notice_fresh",
    "notice_served",
    "proposal_after_notice",
    "reasons_given",
    "remedy_told",
    "representation_time",
    "waiting_over",
]

ANCHORS = (
    "conduct-end",
    "decision",
    "default",
    "default-plus-180-days",
    "listing",
    "settlement",
)
"""From which day retention is counted; of several in a rule, from the first that is known."""
_DELINQUENCY = Span(180, Unit.DAYS)


def notice_served(listing: Listing, _rule: Rule, _setting: Setting) -> Problem | None:
    """A notice was served at all."""
    return None if listing.notice else PROBLEMS["notice-missing"]


def waiting_over(listing: Listing, rule: Rule, _setting: Setting) -> Days | None:
    """The rule's full time has passed since the day of service."""
    if listing.notice is None:
        return None  # `notice_served` says so
    return Days(first=no_earlier(listing.notice.served, rule.span))


def notice_fresh(listing: Listing, rule: Rule, setting: Setting) -> Problem | None:
    """The listing followed the notice within the rule's time."""
    if listing.notice is None:
        return None
    last = no_later(listing.notice.served, rule.span)
    return PROBLEMS["notice-stale"] if last < (setting.listed or setting.on) else None


def remedy_told(listing: Listing, _rule: Rule, _setting: Setting) -> Problem | None:
    """The notice told how to dispute the listing."""
    told = listing.notice is None or listing.notice.remedy
    return None if told else PROBLEMS["remedy-missing"]


def evidence_disclosed(listing: Listing, _rule: Rule, _setting: Setting) -> Problem | None:
    """The borrower could read all of the evidence before the decision."""
    by = listing.decision.on if listing.decision else dt.date.max
    hidden = any(item.disclosed is None or item.disclosed > by for item in listing.evidence)
    return PROBLEMS["evidence-undisclosed"] if hidden else None


def evidence_with_notice(listing: Listing, _rule: Rule, _setting: Setting) -> Problem | None:
    """The borrower could read all of the evidence when the notice was served."""
    by = listing.notice.served if listing.notice else dt.date.max
    hidden = any(item.disclosed is None or item.disclosed > by for item in listing.evidence)
    return PROBLEMS["evidence-not-with-notice"] if hidden else None


def reasons_given(listing: Listing, _rule: Rule, _setting: Setting) -> Problem | None:
    """Somebody decided, and said why; the decision's own validator saw to the reasons."""
    return None if listing.decision else PROBLEMS["decision-missing"]


def representation_time(listing: Listing, rule: Rule, _setting: Setting) -> Problem | None:
    """The borrower had the rule's full time to answer the notice before the decision."""
    if listing.notice is None or listing.decision is None:
        return None
    first = no_earlier(listing.notice.served, rule.span)
    return None if first <= listing.decision.on else PROBLEMS["decision-too-early"].on(first)


def proposal_after_notice(listing: Listing, rule: Rule, _setting: Setting) -> Problem | None:
    """The borrower was told of the proposal, after the rule's full time to answer the notice."""
    if listing.notice is None or listing.decision is None:
        return None
    if listing.decision.proposed is None:
        return PROBLEMS["proposal-missing"]
    first = no_earlier(listing.notice.served, rule.span)
    early = listing.decision.proposed < first
    return PROBLEMS["proposal-too-early"].on(first) if early else None


def decision_after_proposal(listing: Listing, rule: Rule, _setting: Setting) -> Problem | None:
    """The borrower had the rule's full time to answer the proposal before the decision."""
    if listing.decision is None or listing.decision.proposed is None:
        return None  # `proposal_after_notice` says so
    first = no_earlier(listing.decision.proposed, rule.span)
    return None if first <= listing.decision.on else PROBLEMS["decision-too-early"].on(first)


def hearing_given(listing: Listing, _rule: Rule, _setting: Setting) -> Problem | None:
    """The borrower was heard, or could have been."""
    heard = listing.decision is None or listing.decision.heard is not None
    return None if heard else PROBLEMS["hearing-missing"]


def issuer_capable(_listing: Listing, rule: Rule, setting: Setting) -> list[Problem]:
    """The issuer has one of the rule's roles, and a licence today."""
    issuer, found = setting.issuer, []
    if not any(role in rule.options for role in issuer.roles):
        found.append(PROBLEMS["issuer-incapable"])
    if issuer.licence is None or not issuer.licence.covers(setting.on):
        found.append(PROBLEMS["issuer-unlicensed"])
    return found


def grace_over(listing: Listing, rule: Rule, _setting: Setting) -> Days | None:
    """The rule's full time has passed since the decision, for the borrower to perform after all."""
    if listing.decision is None:
        return None  # `reasons_given` says so
    return Days(first=no_earlier(listing.decision.on, rule.span))


def last_day(listing: Listing, rule: Rule, listed: dt.date) -> dt.date | None:
    """The last day that a rule leaves to a listing, whatever happens to it later.

    Args:
        listing: As it stands.
        rule: Any rule; one that ends no listing leaves it every day.
        listed: The day on which it was first listed.

    Returns:
        None while that day is not known, has not come, or is not the rule's to say.
    """
    if rule.check == "retention":
        for anchor in rule.options:
            start = _anchor_day(listing, anchor, listed)
            if start is not None:
                return no_later(start, rule.span)
        return None
    if rule.check == "register-holds":
        return listing.basis.register_until if listing.basis else None
    if rule.check == "decision-ends":
        return listing.decision.ends if listing.decision else None
    return None


def ending(listing: Listing, rule: Rule, setting: Setting) -> Days | None:
    """No longer than the rule leaves to it."""
    last = last_day(listing, rule, setting.listed or setting.on)
    return None if last is None else Days(last=last)


def _anchor_day(listing: Listing, anchor: str, listed: dt.date) -> dt.date | None:
    """The day from which retention is counted; None if it is not known or has not come."""
    if anchor == "listing":
        return listed
    if anchor == "conduct-end":
        return listing.conduct.end if listing.conduct else None
    if anchor == "decision":
        return listing.decision.on if listing.decision else None
    if anchor == "settlement":
        return listing.obligation.settled
    default = listing.obligation.default_date
    if default is None or anchor == "default":
        return default
    return counted(default, _DELINQUENCY)


def confirmed_again(listing: Listing, rule: Rule, setting: Setting) -> Days | None:
    """What goes on holds for the rule's time after the review that confirmed it."""
    if not any(goes_on(listing, option) for option in rule.options):
        return None
    confirmed, settled = setting.on, listing.obligation.settled
    if "always" in rule.options and settled is not None:
        confirmed = min(confirmed, settled)  # what is paid is not confirmed any more
    return Days(first=setting.on, last=no_later(confirmed, rule.span))


def goes_on(listing: Listing, option: str) -> bool:
    """Whether there is something about a listing that has to be confirmed again.

    Args:
        listing: As it stands.
        option: Of the rule `confirmed-again`.
    """
    if option == "open-conduct":
        return listing.conduct is not None and listing.conduct.end is None
    if option == "open-debt":
        return listing.obligation.default_date is None and listing.obligation.settled is None
    return True  # "always"


def end_decided(listing: Listing, _rule: Rule, _setting: Setting) -> Problem | None:
    """The decision says itself when the listing ends."""
    open_ended = listing.decision is not None and listing.decision.ends is None
    return PROBLEMS["end-undecided"] if open_ended else None


def dates_past(listing: Listing, _rule: Rule, _setting: Setting) -> Days | None:
    """Nothing that is said to have happened lies in the future."""
    owed, conduct, basis = listing.obligation, listing.conduct, listing.basis
    days = [owed.default_date, owed.non_performing, owed.settled]
    if conduct:
        days += [conduct.start, conduct.end]
    if listing.notice:
        days.append(listing.notice.served)
    if listing.decision:
        days.append(listing.decision.on)
    if basis and basis.parties:
        days.append(basis.parties.as_of)
    if listing.statement:
        days.append(listing.statement.on)
    days += [item.disclosed for item in listing.evidence]
    return Days(first=max(filter(None, days), default=None))


def dates_in_order(listing: Listing, _rule: Rule, _setting: Setting) -> list[Problem]:
    """Nobody is told before there was something to tell, decided on untold, or absconds unowing."""
    default, conduct, notice = listing.obligation.default_date, listing.conduct, listing.notice
    found = []
    if (
        default is not None
        and conduct is not None
        and conduct.code is ConductCode.ABSCOND
        and conduct.start < default
    ):
        found.append(PROBLEMS["absconded-too-early"])
    happened = (default, conduct.start if conduct else None)
    latest = max(filter(None, happened), default=dt.date.min)
    if notice and notice.served < latest:
        found.append(PROBLEMS["notice-too-early"])
    if notice and listing.decision and listing.decision.on < notice.served:
        found.append(PROBLEMS["decision-before-notice"])
    return found
