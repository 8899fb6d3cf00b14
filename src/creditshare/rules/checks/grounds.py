"""Checks of why somebody is listed: conduct, proof, basis, debt, what speaks against it."""

from __future__ import annotations

import datetime as dt

from creditshare.identifiers import Holder
from creditshare.model import BasisLevel, BorrowerRole, Listing, Obligation, Proves
from creditshare.rules.checks.texts import PROBLEMS
from creditshare.rules.measures import Measure, Target
from creditshare.rules.problem import Problem
from creditshare.rules.rule import Rule, Setting

__all__ = [
    "LEVELS",
    "ability_or_instrument",
    "amount_at_least",
    "basis_at_least",
    "basis_named",
    "circumstances_absent",
    "conduct_allowed",
    "conduct_named",
    "conduct_proved",
    "default_dated",
    "listed_once",
    "measures_carried",
    "rate_at_most",
    "repaid_in_window",
    "something_owed",
    "was_repaid_in_window",
]

LEVELS = {level.name.lower().replace("_", "-"): level for level in BasisLevel}
"""Every level of a basis by the name a rulebook gives it."""
_PER_CENT = 100


def conduct_named(listing: Listing, _rule: Rule, _setting: Setting) -> Problem | None:
    """Mere delay, inability, hardship and complaints have no code, so they end here."""
    return None if listing.conduct else PROBLEMS["conduct-missing"]


def conduct_allowed(listing: Listing, rule: Rule, _setting: Setting) -> Problem | None:
    """The conduct is one that this list takes."""
    known = listing.conduct is None or listing.conduct.code in rule.options
    return None if known else PROBLEMS["conduct-not-allowed"]


def basis_named(listing: Listing, _rule: Rule, _setting: Setting) -> Problem | None:
    """The legal basis is there; its own validator saw to its parts."""
    return None if listing.basis else PROBLEMS["basis-missing"]


def basis_at_least(listing: Listing, rule: Rule, _setting: Setting) -> Problem | None:
    """The basis is as binding as this list asks."""
    weak = listing.basis is not None and listing.basis.level < LEVELS[rule.options[0]]
    return PROBLEMS["basis-too-weak"] if weak else None


def measures_carried(listing: Listing, _rule: Rule, setting: Setting) -> Problem | None:
    """Every measure that the issuer asks for can rest on this listing."""
    if not listing.measures:
        return None
    known = (
        {measure.code: measure for measure in setting.catalogue.measures}
        if (setting.catalogue)
        else {}
    )
    if not known.keys() >= set(listing.measures):
        return PROBLEMS["measure-unknown"]
    carried = all(_carried(known[code], listing) for code in listing.measures)
    return None if carried else PROBLEMS["measure-not-carried"]


def conduct_proved(listing: Listing, _rule: Rule, _setting: Setting) -> Problem | None:
    """Something in the manifest proves the conduct."""
    return None if _proves(listing, Proves.CONDUCT) else PROBLEMS["conduct-unproved"]


def ability_or_instrument(listing: Listing, _rule: Rule, _setting: Setting) -> Problem | None:
    """Ability to pay is proved, or a judgment or its equal stands."""
    effective = listing.basis and listing.basis.level >= BasisLevel.EFFECTIVE_INSTRUMENT
    if effective or _proves(listing, Proves.ABILITY_TO_PAY):
        return None
    return PROBLEMS["ability-unproved"]


def something_owed(listing: Listing, _rule: Rule, setting: Setting) -> Problem | None:
    """The debt is not settled, unless it was settled after it had been listed."""
    owed = listing.obligation
    marked = owed.settled is not None and setting.listed is not None
    return None if owed.outstanding.minor > 0 or marked else PROBLEMS["nothing-owed"]


def amount_at_least(listing: Listing, rule: Rule, setting: Setting) -> Problem | None:
    """At least the rule's amount, in whole units of its currency, is owed when it is listed."""
    outstanding = listing.obligation.outstanding
    if outstanding.currency != rule.unit:
        return PROBLEMS["currency-differs"]
    enough = setting.listed is not None or outstanding.minor >= rule.value * _PER_CENT
    return None if enough else PROBLEMS["amount-too-small"]


def rate_at_most(listing: Listing, rule: Rule, _setting: Setting) -> Problem | None:
    """The claim rests on no interest that courts do not support."""
    rate = listing.obligation.annual_rate
    return None if rate is None or rate * _PER_CENT <= rule.value else PROBLEMS["rate-too-high"]


def repaid_in_window(listing: Listing, rule: Rule, _setting: Setting) -> Problem | None:
    """Small debts of some years that were repaid in time are not displayed (one-off repair)."""
    return PROBLEMS["repaid-in-window"] if was_repaid_in_window(listing.obligation, rule) else None


def was_repaid_in_window(owed: Obligation, rule: Rule) -> bool:
    """Whether a debt is one of those that a one-off repair hides."""
    first, last, repaid_by = map(dt.date.fromisoformat, rule.options)
    small = owed.principal.currency == rule.unit and (
        owed.principal.minor <= rule.value * _PER_CENT
    )
    in_window = owed.default_date is not None and first <= owed.default_date <= last
    in_time = owed.settled is not None and owed.settled <= repaid_by
    return small and in_window and in_time


def default_dated(listing: Listing, _rule: Rule, _setting: Setting) -> Problem | None:
    """The first day on which payment was missed is stated."""
    dated = listing.obligation.default_date is not None
    return None if dated else PROBLEMS["default-date-missing"]


def circumstances_absent(listing: Listing, rule: Rule, _setting: Setting) -> Problem | None:
    """Nothing is known that bars listing here."""
    barred = any(item in rule.options for item in listing.circumstances)
    return PROBLEMS["barred"] if barred else None


def listed_once(_listing: Listing, _rule: Rule, setting: Setting) -> Problem | None:
    """One debt of one borrower is one case."""
    return PROBLEMS["repeated"] if setting.repeated else None


def _proves(listing: Listing, what: Proves) -> bool:
    return any(what in item.proves for item in listing.evidence)


def _carried(measure: Measure, listing: Listing) -> bool:
    basis, holder = listing.basis, listing.borrower.holder
    target = Target.PERSON if holder is Holder.PERSON else Target.ORGANISATION
    return (
        measure.enabled
        and target in measure.targets
        and listing.borrower.role is not BorrowerRole.VICTIM
        and basis is not None
        and basis.level >= measure.needs
        and measure.needs_kind in (None, basis.kind)
    )
