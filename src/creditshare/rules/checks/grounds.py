"""Checks of why somebody is listed: conduct, proof, basis, debt, what speaks against it."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import attrs

from creditshare.model import BorrowerRole, Listing, Obligation
from creditshare.rules.checks.texts import PROBLEMS
from creditshare.rules.citation import Citation
from creditshare.rules.conducts import conducts
from creditshare.rules.measure import LEVELS
from creditshare.rules.problem import Problem
from creditshare.rules.rule import Rule, Setting

__all__ = [
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
    "npa_dated",
    "rate_at_most",
    "repaid_in_window",
    "something_owed",
    "was_repaid_in_window",
]

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


def measures_carried(listing: Listing, _rule: Rule, setting: Setting) -> list[Problem]:
    """Every measure that the issuer asks for can rest on this listing of this issuer."""
    if not listing.measures:
        return []
    found = []
    asked = [measure for measure in setting.measures if measure.code in listing.measures]
    known = {measure.code for measure in asked}
    unknown = dict.fromkeys(_word(code) for code in listing.measures if code not in known)
    if unknown:
        found.append(_more("measure-unknown", ", ".join(unknown), "、".join(unknown)))
    issuer = setting.issuer.roles
    refused = [
        measure
        for measure in asked
        if not any(measure.permitted(listing, role, issuer) for role in measure.roles)
    ]
    if refused:
        en = (_source(item.code, item.citation, item.verified) for item in refused)
        zh = (_source_zh(item.code, item.citation, item.verified) for item in refused)
        found.append(_more("measure-not-carried", "; ".join(en), "；".join(zh)))
    return found


def conduct_proved(listing: Listing, _rule: Rule, _setting: Setting) -> Problem | None:
    """The manifest proves all that the catalogue of conducts asks for."""
    if listing.conduct is None:
        return None  # `conduct_named` says so
    kind = conducts().kind(listing.conduct.code)
    proof, first = kind.proof, kind.citations[0]
    if not proof.missing(listing.evidence):
        return None
    en, zh = (source(kind.code, first, kind.verified) for source in (_source, _source_zh))
    return _more("conduct-unproved", f"{proof.words} ({en})", f"{proof.words_zh}（{zh}）")


def ability_or_instrument(listing: Listing, _rule: Rule, _setting: Setting) -> Problem | None:
    """A judgment or its equal stands or, where that will do, ability to pay is proved."""
    if listing.conduct is None or listing.borrower.role is BorrowerRole.VICTIM:
        return None  # `conduct_named` says so; and a victim need not pay
    proof = conducts().proof_of(listing.conduct.code)
    if proof.grounded(listing):
        return None
    return PROBLEMS["instrument-missing" if proof.instrument else "ability-unproved"]


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
    if setting.listed is not None or outstanding.minor == 0:
        return None  # `something_owed` says so
    enough = outstanding.minor >= rule.minor
    return None if enough else PROBLEMS["amount-too-small"]


def rate_at_most(listing: Listing, rule: Rule, _setting: Setting) -> Problem | None:
    """The claim rests on no interest that courts do not support."""
    rate = listing.obligation.annual_rate
    return (
        None
        if rate is None or Fraction(rate) * _PER_CENT <= rule.value
        else PROBLEMS["rate-too-high"]
    )


def repaid_in_window(listing: Listing, rule: Rule, _setting: Setting) -> Problem | None:
    """Small debts of some years that were repaid in time are not displayed (one-off repair)."""
    return PROBLEMS["repaid-in-window"] if was_repaid_in_window(listing.obligation, rule) else None


def was_repaid_in_window(owed: Obligation, rule: Rule) -> bool:
    """Whether a debt is one of those that a one-off repair hides."""
    if owed.default_date is None or owed.settled is None:
        return False
    first, last, repaid_by = map(dt.date.fromisoformat, rule.options)
    small = owed.principal.currency == rule.unit and owed.principal.minor <= rule.minor
    return small and first <= owed.default_date <= last and owed.settled <= repaid_by


def default_dated(listing: Listing, _rule: Rule, _setting: Setting) -> Problem | None:
    """The first day on which payment was missed is stated."""
    dated = listing.obligation.default_date is not None
    return None if dated else PROBLEMS["default-date-missing"]


def npa_dated(listing: Listing, _rule: Rule, _setting: Setting) -> Problem | None:
    """The day on which the account was classed as non-performing is stated."""
    dated = listing.obligation.non_performing is not None
    return None if dated else PROBLEMS["npa-date-missing"]


def circumstances_absent(listing: Listing, rule: Rule, _setting: Setting) -> Problem | None:
    """Nothing is known that bars listing here."""
    barred = any(item in rule.options for item in listing.circumstances)
    return PROBLEMS["barred"] if barred else None


def listed_once(_listing: Listing, _rule: Rule, setting: Setting) -> Problem | None:
    """One debt of one borrower is one case."""
    return PROBLEMS["repeated"] if setting.repeated else None


def _more(code: str, en: str, zh: str) -> Problem:
    """A problem whose cure tells more: what is asked for, and where that stands."""
    said = PROBLEMS[code]
    return attrs.evolve(said, cure=f"{said.cure}: {en}", cure_zh=f"{said.cure_zh}：{zh}")


def _word(code: str) -> str:
    """A code that nobody knows; with a digit it may be somebody's number, and is not repeated."""
    return "?" if any(map(str.isdigit, code)) else code


def _source(code: str, citation: Citation, verified: bool) -> str:
    return f"{code}, {citation}{'' if verified else ', unverified'}"


def _source_zh(code: str, citation: Citation, verified: bool) -> str:
    return f"{code}，{citation.in_chinese()}{'' if verified else '，未核实'}"
