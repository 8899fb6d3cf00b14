"""Checks of how somebody is listed: notice, evidence, decision, who issues, from when to when."""

from __future__ import annotations

import datetime as dt

from creditshare.model import ConductCode, Listing
from creditshare.rules.checks.days import Days, add, no_earlier, no_later
from creditshare.rules.checks.texts import PROBLEMS
from creditshare.rules.problem import Problem
from creditshare.rules.rule import Rule, Setting

__all__ = [
    "ANCHORS",
    "anchor_day",
    "confirmed_again",
    "dates_in_order",
    "dates_past",
    "decision_after_proposal",
    "decision_ends",
    "evidence_disclosed",
    "grace_over",
    "hearing_given",
    "issuer_capable",
    "notice_fresh",
    "notice_served",
    "proposal_after_notice",
    "reasons_given",
    "remedy_told",
    "representation_time",
    "retention",
    "waiting_over",
]

ANCHORS = (
    "conduct-end",
    "decision",
    "default",
    "default-plus-180-days",
    "listing",
    "register",
    "settlement",
)
"""From which day retention is counted."""
_DELINQUENCY = 180


def notice_served(listing: Listing, _rule: Rule, _setting: Setting) -> Problem | None:
    """A notice was served at all."""
    return None if listing.notice else PROBLEMS["notice-missing"]


def waiting_over(listing: Listing, rule: Rule, _setting: Setting) -> Days | None:
    """The rule's full time has passed since the day of service."""
    if listing.notice is None:
        return None  # `notice_served` says so
    return Days(first=no_earlier(listing.notice.served, rule.value, rule.unit))


def notice_fresh(listing: Listing, rule: Rule, setting: Setting) -> Problem | None:
    """The listing followed the notice within the rule's time."""
    if listing.notice is None:
        return None
    last = no_later(listing.notice.served, rule.value, rule.unit)
    return PROBLEMS["notice-stale"] if last < (setting.listed or setting.on) else None


def remedy_told(listing: Listing, _rule: Rule, _setting: Setting) -> Problem | None:
    """The notice told how to object."""
    told = listing.notice is None or listing.notice.remedy
    return None if told else PROBLEMS["remedy-missing"]


def evidence_disclosed(listing: Listing, _rule: Rule, _setting: Setting) -> Problem | None:
    """The borrower could read all of the evidence before the decision."""
    by = listing.decision.on if listing.decision else dt.date.max
    hidden = any(item.disclosed is None or item.disclosed > by for item in listing.evidence)
    return PROBLEMS["evidence-undisclosed"] if hidden else None


def reasons_given(listing: Listing, _rule: Rule, _setting: Setting) -> Problem | None:
    """Somebody decided, and said why; the decision's own validator saw to the reasons."""
    return None if listing.decision else PROBLEMS["decision-missing"]


def representation_time(listing: Listing, rule: Rule, _setting: Setting) -> Problem | None:
    """The borrower had the rule's full time to answer the notice before the decision."""
    if listing.notice is None or listing.decision is None:
        return None
    first = no_earlier(listing.notice.served, rule.value, rule.unit)
    return None if first <= listing.decision.on else PROBLEMS["decision-too-early"].on(first)


def proposal_after_notice(listing: Listing, rule: Rule, _setting: Setting) -> Problem | None:
    """The borrower was told of the proposal, after the rule's full time to answer the notice."""
    if listing.notice is None or listing.decision is None:
        return None
    if listing.decision.proposed is None:
        return PROBLEMS["proposal-missing"]
    first = no_earlier(listing.notice.served, rule.value, rule.unit)
    early = listing.decision.proposed < first
    return PROBLEMS["proposal-too-early"].on(first) if early else None


def decision_after_proposal(listing: Listing, rule: Rule, _setting: Setting) -> Problem | None:
    """The borrower had the rule's full time to answer the proposal before the decision."""
    if listing.decision is None or listing.decision.proposed is None:
        return None  # `proposal_after_notice` says so
    first = no_earlier(listing.decision.proposed, rule.value, rule.unit)
    return None if first <= listing.decision.on else PROBLEMS["decision-too-early"].on(first)


def hearing_given(listing: Listing, _rule: Rule, _setting: Setting) -> Problem | None:
    """The borrower was heard, or could have been."""
    heard = listing.decision is None or listing.decision.heard is not None
    return None if heard else PROBLEMS["hearing-missing"]


def issuer_capable(_listing: Listing, rule: Rule, setting: Setting) -> Problem | None:
    """The issuer has one of the rule's roles, and a licence today."""
    issuer = setting.issuer
    if not any(role in rule.options for role in issuer.roles):
        return PROBLEMS["issuer-incapable"]
    licensed = issuer.licence is not None and issuer.licence.covers(setting.on)
    return None if licensed else PROBLEMS["issuer-unlicensed"]


def grace_over(listing: Listing, rule: Rule, _setting: Setting) -> Days | None:
    """The rule's full time has passed since the decision, for the borrower to perform after all."""
    if listing.decision is None:
        return None  # `reasons_given` says so
    return Days(first=no_earlier(listing.decision.on, rule.value, rule.unit))


def retention(listing: Listing, rule: Rule, setting: Setting) -> Problem | Days | None:
    """The rule's time since its anchor; an open conduct or debt has no end to count from yet."""
    anchor = rule.options[0]
    start = (setting.listed or setting.on) if anchor == "listing" else anchor_day(listing, anchor)
    if start is not None:
        return Days(last=no_later(start, rule.value, rule.unit))
    known_later = anchor in ("conduct-end", "settlement") or listing.decision is None
    return None if known_later else PROBLEMS["end-unknown"]


def anchor_day(listing: Listing, anchor: str) -> dt.date | None:
    """The day from which retention is counted; None if it is not known or has not come."""
    if anchor == "conduct-end":
        return listing.conduct.end if listing.conduct else None
    if anchor == "decision":
        return listing.decision.on if listing.decision else None
    if anchor == "register":
        return listing.basis.register_until if listing.basis else None
    if anchor == "settlement":
        return listing.obligation.settled if listing.obligation.default_date is None else None
    default = listing.obligation.default_date
    if default is None or anchor == "default":
        return default
    return add(default, _DELINQUENCY, "days", up=False)


def confirmed_again(listing: Listing, rule: Rule, setting: Setting) -> Days | None:
    """What goes on holds for the rule's time after the review that confirmed it."""
    goes_on = listing.conduct is not None and listing.conduct.end is None
    if "open-conduct" in rule.options and not goes_on:
        return None
    return Days(first=setting.on, last=no_later(setting.on, rule.value, rule.unit))


def decision_ends(listing: Listing, _rule: Rule, _setting: Setting) -> Days | None:
    """The end that the decision itself sets is kept."""
    if listing.decision is None or listing.decision.ends is None:
        return None
    return Days(last=listing.decision.ends)


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
    return Days(first=max((day for day in days if day is not None), default=None))


def dates_in_order(listing: Listing, _rule: Rule, _setting: Setting) -> Problem | None:
    """Nobody is told before there was something to tell, decided on untold, or absconds unowing."""
    default, conduct, notice = listing.obligation.default_date, listing.conduct, listing.notice
    if (
        default is not None
        and conduct is not None
        and conduct.code is ConductCode.ABSCOND
        and conduct.start < default
    ):
        return PROBLEMS["absconded-too-early"]
    happened = [default, conduct.start if conduct else None]
    latest = max((day for day in happened if day is not None), default=dt.date.min)
    if notice and notice.served < latest:
        return PROBLEMS["notice-too-early"]
    if notice and listing.decision and listing.decision.on < notice.served:
        return PROBLEMS["decision-before-notice"]
    return None
