"""What a rule of the review can ask, one function each, named in a rulebook by `check`.

::

    about      who is listed
    grounds    why
    procedure  how, by whom, from when to when
    days       spans of time
    texts      what is wrong, in both languages, with its cure

A check looks at one listing and answers with all that is wrong, one problem or a list of them; with
the days on which it holds; or with None or no problems when all is well on any day. A problem that
only follows from another, with no cure of its own, it leaves out: who is a minor today was one
then. Days are how a check that depends on the day is written: the review tests today against them,
they are kept with the cleared listing, and sealing tests its own day against them, which runs every
such rule again without reading the listing again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import attrs

from creditshare.model import Circumstance, ConductCode, Listing, ParticularKind, Role
from creditshare.rules.checks import about, grounds, procedure
from creditshare.rules.checks.days import Days
from creditshare.rules.checks.texts import PROBLEMS
from creditshare.rules.measure import LEVELS
from creditshare.rules.problem import Problem
from creditshare.rules.rule import Rule, Setting

__all__ = ["CHECKS", "ENDINGS", "FLOORS", "PROBLEMS", "SAFEGUARDS", "Check", "Days"]

_SPANS = ("days", "months", "years")
_ENDED = ("", "retention-ended")


@attrs.frozen
class Check:
    """One thing that the review can ask.

    Attributes:
        evaluate: Answers for a listing, a rule and the setting.
        units: What the rule's number may count; empty if it takes none. ``"money"`` stands for a
            currency.
        options: What the rule's options are chosen from; empty if it takes none. Thrice ``"date"``
            stands for three dates.
        one: Whether it takes exactly one option.
        outside: The codes of the problems of a day before, and of a day after, those it holds on;
            empty where there can be none.
    """

    evaluate: Callable[[Listing, Rule, Setting], Problem | list[Problem] | Days | None]
    units: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    one: bool = False
    outside: tuple[str, str] = ("", "")


CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "conduct-named": Check(grounds.conduct_named),
        "conduct-allowed": Check(grounds.conduct_allowed, options=tuple(ConductCode)),
        "conduct-proved": Check(grounds.conduct_proved),
        "basis-named": Check(grounds.basis_named),
        "basis-at-least": Check(grounds.basis_at_least, options=tuple(LEVELS), one=True),
        "measures-carried": Check(grounds.measures_carried),
        "ability-or-instrument": Check(grounds.ability_or_instrument),
        "something-owed": Check(grounds.something_owed),
        "amount-at-least": Check(grounds.amount_at_least, ("money",)),
        "rate-at-most": Check(grounds.rate_at_most, ("percent",)),
        "repaid-in-window": Check(grounds.repaid_in_window, ("money",), ("date", "date", "date")),
        "default-dated": Check(grounds.default_dated),
        "npa-dated": Check(grounds.npa_dated),
        "circumstances-absent": Check(grounds.circumstances_absent, options=tuple(Circumstance)),
        "listed-once": Check(grounds.listed_once),
        "strong-identifier": Check(about.strong_identifier),
        "second-factor": Check(about.second_factor),
        "birth-dates-agree": Check(about.birth_dates_agree),
        "of-age": Check(about.of_age, ("years",), outside=("minor", "")),
        "not-a-victim": Check(about.not_a_victim),
        "victim-of-identity-fraud": Check(about.victim_of_identity_fraud),
        "no-spill-over": Check(about.no_spill_over),
        "parties-told": Check(about.parties_told),
        "party-named": Check(about.party_named, _SPANS),
        "particulars-forbidden": Check(about.particulars_forbidden, options=tuple(ParticularKind)),
        "particulars-consented": Check(about.particulars_consented, options=tuple(ParticularKind)),
        "notice-served": Check(procedure.notice_served),
        "waiting-over": Check(procedure.waiting_over, _SPANS, outside=("waiting", "")),
        "notice-fresh": Check(procedure.notice_fresh, _SPANS),
        "remedy-told": Check(procedure.remedy_told),
        "evidence-disclosed": Check(procedure.evidence_disclosed),
        "evidence-with-notice": Check(procedure.evidence_with_notice),
        "reasons-given": Check(procedure.reasons_given),
        "representation-time": Check(procedure.representation_time, _SPANS),
        "proposal-after-notice": Check(procedure.proposal_after_notice, _SPANS),
        "decision-after-proposal": Check(procedure.decision_after_proposal, _SPANS),
        "hearing-given": Check(procedure.hearing_given),
        "issuer-capable": Check(procedure.issuer_capable, options=tuple(Role)),
        "grace-over": Check(procedure.grace_over, _SPANS, outside=("grace", "")),
        "retention": Check(procedure.ending, _SPANS, procedure.ANCHORS, outside=_ENDED),
        "confirmed-again": Check(
            procedure.confirmed_again,
            _SPANS,
            ("open-conduct", "open-debt", "always"),
            outside=_ENDED,
        ),
        "register-holds": Check(procedure.ending, outside=_ENDED),
        "end-decided": Check(procedure.end_decided),
        "decision-ends": Check(procedure.ending, outside=_ENDED),
        "dates-past": Check(procedure.dates_past, outside=("future", "")),
        "dates-in-order": Check(procedure.dates_in_order),
    }
)
"""Every check by the name a rulebook gives it."""

SAFEGUARDS: tuple[frozenset[str], ...] = tuple(
    frozenset(names.split("|"))
    for names in (
        "conduct-named",
        "conduct-proved",
        "basis-named",
        "measures-carried",
        "ability-or-instrument",
        "something-owed",
        "circumstances-absent",
        "listed-once",
        "strong-identifier",
        "second-factor",
        "birth-dates-agree",
        "of-age",
        "not-a-victim|victim-of-identity-fraud",
        "no-spill-over",
        "party-named",
        "particulars-forbidden",
        "notice-served",
        "waiting-over|representation-time|proposal-after-notice",
        "notice-fresh",
        "remedy-told",
        "evidence-disclosed|evidence-with-notice",
        "reasons-given",
        "issuer-capable",
        "decision-ends",
        "dates-past",
        "dates-in-order",
    )
)
"""What every rulebook asks for, always and of everybody: of each group, one at least."""

_NEVER = ("genuine-hardship", "lawful-bankruptcy", "genuine-dispute")
_FORBIDDEN = ("religion", "genes", "fingerprint", "blood-type", "disease", "medical-history")
FLOORS: Mapping[str, tuple[int, frozenset[str]]] = MappingProxyType(
    {
        "of-age": (18, frozenset()),
        "circumstances-absent": (0, frozenset(_NEVER)),
        "particulars-forbidden": (0, frozenset(_FORBIDDEN)),
    }
)
"""The least number and the options without which a rule with such a check is no safeguard."""

ENDINGS = frozenset({"retention", "confirmed-again"})
"""What ends a listing: every rulebook has one at least."""
