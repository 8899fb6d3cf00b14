"""Checks of who is listed: borrower, identifiers, age, role, facts that may not be carried."""

from __future__ import annotations

import datetime as dt

from creditshare.calendars.spans import counted
from creditshare.identifiers import Holder
from creditshare.model import BorrowerRole, ConductCode, Listing
from creditshare.model.folding import fold_name
from creditshare.rules.checks.days import Days, no_later
from creditshare.rules.checks.texts import PROBLEMS
from creditshare.rules.problem import Problem
from creditshare.rules.rule import Rule, Setting

__all__ = [
    "birth_dates_agree",
    "no_spill_over",
    "not_a_victim",
    "of_age",
    "particulars_consented",
    "particulars_forbidden",
    "parties_told",
    "party_named",
    "second_factor",
    "strong_identifier",
    "victim_of_identity_fraud",
]


def strong_identifier(listing: Listing, _rule: Rule, _setting: Setting) -> Problem | None:
    """One identifier identifies alone."""
    return None if listing.borrower.strong_identifiers else PROBLEMS["identifier-weak"]


def second_factor(listing: Listing, _rule: Rule, _setting: Setting) -> Problem | None:
    """A name, or a birth date that does not merely repeat the number."""
    borrower = listing.borrower
    return None if borrower.name or borrower.birth_date else PROBLEMS["factor-missing"]


def birth_dates_agree(listing: Listing, _rule: Rule, _setting: Setting) -> list[Problem]:
    """The birth date can be compared at every hit, and no two sources of it contradict."""
    borrower, found = listing.borrower, []
    told = {identifier.birth_date for identifier in borrower.strong_identifiers}
    if borrower.holder is Holder.PERSON and borrower.birth_date is None and None in told:
        # A hit by that identifier could not be vetoed by a conflicting birth date.
        found.append(PROBLEMS["birth-date-missing"])
    if len({*told, borrower.birth_date} - {None}) > 1:
        found.append(PROBLEMS["birth-dates-contradict"])
    return found


def of_age(listing: Listing, rule: Rule, setting: Setting) -> Problem | list[Problem] | Days | None:
    """A person had come of age before the conduct, the default and today; unknown is not enough."""
    if listing.borrower.holder is Holder.ORGANISATION:
        return None
    born = listing.borrower.known_birth_date
    if born is None:
        return PROBLEMS["age-unknown"]
    birthday = counted(born, rule.span, never_early=True)
    if setting.on < birthday:
        return PROBLEMS["minor"]  # so then too; and the day would tell the birth date
    found = []
    if listing.conduct and listing.conduct.start < birthday:
        found.append(PROBLEMS["minor-then"])
    default = listing.obligation.default_date
    if default is not None and default < birthday:
        found.append(PROBLEMS["minor-at-default"])
    return found or Days(first=birthday)


def not_a_victim(listing: Listing, _rule: Rule, _setting: Setting) -> Problem | None:
    """A victim of identity fraud is never recorded as an evader."""
    victim = listing.borrower.role is BorrowerRole.VICTIM
    return PROBLEMS["victim"] if victim else None


def victim_of_identity_fraud(listing: Listing, _rule: Rule, _setting: Setting) -> Problem | None:
    """A victim is recorded as one, and for nothing but the abuse of the identity."""
    victim = listing.borrower.role is BorrowerRole.VICTIM
    fraud = listing.conduct is not None and listing.conduct.code is ConductCode.IDENTITY_FRAUD
    return PROBLEMS["victim-conduct"] if victim and not fraud else None


def no_spill_over(listing: Listing, _rule: Rule, _setting: Setting) -> Problem | None:
    """Nobody is listed for standing for an organisation that owes."""
    stands_for = listing.borrower.role is BorrowerRole.REPRESENTATIVE
    return PROBLEMS["spill-over"] if stands_for else None


def parties_told(listing: Listing, _rule: Rule, _setting: Setting) -> Problem | None:
    """Whom the instrument obliges was looked up."""
    told = listing.basis is None or listing.basis.parties is not None
    return None if told else PROBLEMS["parties-unknown"]


def party_named(listing: Listing, rule: Rule, setting: Setting) -> list[Problem]:
    """Parties, if told, were looked up within the rule's time, and the borrower is one of them."""
    parties = listing.basis.parties if listing.basis else None
    if parties is None:
        return []  # `basis_named` or `parties_told` says so, where it is asked for
    found = []
    if no_later(parties.as_of, rule.span) < (setting.listed or setting.on):
        found.append(PROBLEMS["parties-stale"])
    own = listing.borrower.name
    if own is None or fold_name(own) not in {fold_name(name) for name in parties.names}:
        found.append(PROBLEMS["party-not-named"])
    return found


def particulars_forbidden(listing: Listing, rule: Rule, _setting: Setting) -> Problem | None:
    """No fact of a kind that may never be carried."""
    found = any(item.kind in rule.options for item in listing.particulars)
    return PROBLEMS["field-forbidden"] if found else None


def particulars_consented(listing: Listing, rule: Rule, setting: Setting) -> Problem | None:
    """Facts of some kinds only with consent that was given before."""
    unconsented = any(
        item.kind in rule.options and (item.consent or dt.date.max) > setting.on
        for item in listing.particulars
    )
    return PROBLEMS["field-without-consent"] if unconsented else None
