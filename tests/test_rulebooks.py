"""The packaged rulebooks: each rule refuses alone, or fixes a day alone, and none stands idle."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import creditshare as cs
import rulebook_page
from creditshare.calendars import calendar
from creditshare.errors import IllegalMoveError, RulebookError
from creditshare.life import Cause, Event, Life, deadlines
from creditshare.model import (
    BasisKind,
    BorrowerRole,
    Circumstance,
    ConductCode,
    Money,
    Particular,
    ParticularKind,
    Parties,
    Proves,
    Role,
    Severity,
    Step,
)
from creditshare.rules import ClearedListing, Refused, Rule, Source
from creditshare.rules.checks import CHECKS, PROBLEMS, SAFEGUARDS
from creditshare.rules.deadlines import DEADLINES
from regimes import (
    RULEBOOKS,
    Changes,
    asked,
    case,
    changed,
    draft,
    entry,
    given_as,
    issuer,
    outcome,
    proof,
    proving,
    review,
    told,
    told_then,
)
from world import DAY, TODAY, number

LONG_AGO = dt.date(2025, 10, 1)
DATA = resources.files("creditshare.rules") / "data"
VECTORS = Path(__file__).parent / "vectors" / "rulebooks.json"


def answered_in_vain(days: int) -> Callable[[cs.Listing], Changes]:
    """Decided on the last of the days to answer the notice, while its waiting time is long over."""
    served = dt.date(2026, 10, 1)
    return lambda base: told_then(base, served, on=served + days * DAY)


def child(base: cs.Listing) -> Changes:
    """The borrower came of age after the conduct began."""
    assert base.conduct is not None
    born = base.conduct.start.replace(year=base.conduct.start.year - 17)
    numbered = cs.ResidentID.parse(number(1, born))
    return {"borrower": attrs.evolve(base.borrower, identifiers=(numbered,))}


def conduct_after_notice(base: cs.Listing) -> Changes:
    """What was done was done after the notice about it."""
    assert base.notice is not None
    return changed("conduct", start=base.notice.served + DAY)(base)


FACT = {kind: Particular(kind, "a fact") for kind in ParticularKind}
JUDGMENT = cs.LegalBasis(BasisKind.JUDGMENT, "民初1号", "2", "2025")
SERIOUS, MINOR = Severity.SERIOUS, Severity.MINOR

REFUSES: dict[tuple[str, str], Callable[[cs.Listing], Changes]] = {
    # every rulebook
    ("*", "CS-CONDUCT"): given_as(conduct=None),
    ("*", "CS-EVIDENCE"): proving(Proves.ABILITY_TO_PAY),
    ("*", "CS-ABILITY"): proving(Proves.CONDUCT, Proves.CONTACT_ATTEMPTS),
    ("*", "CS-BARRED"): given_as(circumstances=[Circumstance.GENUINE_HARDSHIP]),
    ("*", "CS-BASIS"): given_as(basis=None),
    ("*", "CS-MEASURES"): given_as(measures=["LOAN_LIMIT", "AIR"]),
    ("*", "CS-OWED"): lambda base: changed(
        "obligation", outstanding=Money(0, base.obligation.principal.currency)
    )(base),
    ("*", "CS-ONCE"): asked(repeated=True),
    ("*", "CS-IDENTIFIER"): changed("borrower", identifiers=(), birth_date=dt.date(1980, 5, 17)),
    ("*", "CS-SECOND-FACTOR"): changed("borrower", name=None),
    ("*", "CS-BIRTH-DATE"): changed("borrower", birth_date=dt.date(1980, 5, 18)),
    ("*", "CS-MINOR"): child,
    ("*", "CS-VICTIM"): changed("borrower", role=BorrowerRole.VICTIM),
    ("*", "CS-SPILL-OVER"): changed("borrower", role=BorrowerRole.REPRESENTATIVE),
    ("*", "CS-PARTY"): changed("basis", parties=Parties(["某甲", "某乙"], dt.date(2026, 11, 10))),
    ("*", "CS-FORBIDDEN"): given_as(particulars=[FACT[ParticularKind.DISEASE]]),
    ("*", "CS-NOTICE"): given_as(notice=None),
    ("*", "CS-REMEDY"): changed("notice", remedy=None),
    ("*", "CS-STALE"): lambda base: told_then(base, LONG_AGO),
    ("*", "CS-DISCLOSED"): proving(disclosed=dt.date(2026, 11, 10)),
    ("*", "CS-REASONS"): given_as(decision=None),
    ("*", "CS-DATES"): changed("conduct", end=TODAY + DAY),
    ("*", "CS-ORDER"): conduct_after_notice,
    # where "*" would not do
    ("in-rbi", "CS-STALE"): asked(on=dt.date(2027, 9, 2)),
    ("cn-court-list", "CS-ABILITY"): lambda base: {
        **changed("basis", kind=BasisKind.ADMINISTRATIVE_DECISION)(base),
        **proving(Proves.CONDUCT)(base),
    },
    ("cn-court-list", "CS-SECOND-FACTOR"): lambda base: {
        **changed("borrower", name=None)(base),
        **changed("basis", parties=None)(base),
    },
    ("uk-cifas", "CS-VICTIM"): lambda base: {
        "borrower": attrs.evolve(base.borrower, role=BorrowerRole.VICTIM),
        "conduct": cs.Conduct(ConductCode.LOAN_FRAUD, dt.date(2024, 4, 1)),
        "evidence": proof(Proves.CONDUCT, Proves.CONVICTION),
    },
    # China, credit reporting
    ("cn-credit-reporting", "CN-CR-CONSENT"): given_as(particulars=[FACT[ParticularKind.INCOME]]),
    ("cn-credit-reporting", "CN-CR-ISSUER"): asked(issuer=entry(Role.LENDER)),
    ("cn-credit-reporting", "CN-CR-RATE"): changed("obligation", annual_rate=Decimal("0.37")),
    ("cn-credit-reporting", "CN-CR-ONE-OFF-REPAIR"): lambda _: {
        "obligation": cs.Obligation(
            "bank",
            Money(10_000_00, "CNY"),
            Money(0, "CNY"),
            dt.date(2022, 3, 1),
            settled=dt.date(2026, 3, 31),
        ),
        "conduct": cs.Conduct(ConductCode.ASSET_TRANSFER, dt.date(2022, 4, 1)),
        "evidence": proof(Proves.CONDUCT, Proves.ABILITY_TO_PAY),
        "asked": {"listed": TODAY},
    },
    ("cn-credit-reporting", "CN-CR-BARRED"): given_as(circumstances=[Circumstance.STUDENT_LOAN]),
    ("cn-credit-reporting", "CN-CR-PARTIES"): given_as(basis=JUDGMENT),
    # China, the courts' list
    ("cn-court-list", "CN-CL-ISSUER"): asked(issuer=entry(Role.ISSUER, Role.LENDER)),
    ("cn-court-list", "CN-CL-GROUNDS"): changed("conduct", code=ConductCode.FUND_DIVERSION),
    ("cn-court-list", "CN-CL-INSTRUMENT"): changed("basis", kind=BasisKind.ADMINISTRATIVE_DECISION),
    ("cn-court-list", "CN-CL-PARTIES"): changed("basis", parties=None),
    ("cn-court-list", "CN-CL-SECURED"): lambda base: {
        **changed("conduct", code=ConductCode.CAPABLE_REFUSAL)(base),
        "circumstances": [Circumstance.SEIZED_ASSETS_SUFFICE],
    },
    ("cn-court-list", "CN-CL-STUDENT"): given_as(circumstances=[Circumstance.STUDENT_LOAN]),
    ("cn-court-list", "CN-CL-ANSWER-TIME"): lambda base: told_then(base, dt.date(2026, 10, 5)),
    ("cn-court-list", "CN-CL-END"): given_as(severity=SERIOUS),
    # China, lists of the seriously dishonest
    ("cn-serious-lists", "CN-SL-ISSUER"): asked(issuer=entry(Role.ISSUER, Role.LENDER)),
    ("cn-serious-lists", "CN-SL-BASIS"): changed("basis", kind=BasisKind.WORKING_GROUP_NOTICE),
    ("cn-serious-lists", "CN-SL-ANSWER-TIME"): lambda base: told_then(base, dt.date(2026, 10, 18)),
    ("cn-serious-lists", "CN-SL-END"): lambda base: {
        **told_then(base, dt.date(2026, 1, 5), on=dt.date(2026, 2, 1)),
        "asked": {"on": dt.date(2026, 3, 31)},
    },
    ("cn-credit-reporting", "CN-CR-ANSWER-TIME"): answered_in_vain(15),
    ("uk-credit-reference", "UK-CR-ANSWER-TIME"): answered_in_vain(28),
    ("uk-cifas", "UK-CIFAS-ANSWER-TIME"): answered_in_vain(15),
    ("us-fcra", "US-FCRA-ANSWER-TIME"): answered_in_vain(15),
    ("eu-gdpr", "EU-GDPR-ANSWER-TIME"): answered_in_vain(15),
    # India
    ("in-rbi", "IN-RBI-ISSUER"): asked(issuer=entry(Role.COURT)),
    ("in-rbi", "IN-RBI-EVENTS"): changed("conduct", code=ConductCode.ASSET_TRANSFER),
    ("in-rbi", "IN-RBI-DEFAULT"): changed("obligation", default_date=None),
    ("in-rbi", "IN-RBI-NPA"): changed("obligation", non_performing=None),
    ("in-rbi", "IN-RBI-AMOUNT"): changed("obligation", outstanding=Money(24_99_999_99, "INR")),
    ("in-rbi", "IN-RBI-PROPOSAL"): changed("decision", proposed=dt.date(2026, 9, 22)),
    ("in-rbi", "IN-RBI-REPRESENTATION"): changed("decision", proposed=dt.date(2026, 10, 5)),
    ("in-rbi", "IN-RBI-HEARING"): changed("decision", heard=None),
    # United Kingdom, United States, European Union
    ("uk-credit-reference", "UK-CR-ISSUER"): asked(issuer=entry(Role.COURT)),
    ("uk-cifas", "UK-CIFAS-ISSUER"): asked(issuer=entry(Role.COURT)),
    ("uk-cifas", "UK-CIFAS-CASES"): changed("conduct", code=ConductCode.ASSET_TRANSFER),
    ("us-fcra", "US-FCRA-ISSUER"): asked(issuer=entry(Role.COURT)),
    ("us-fcra", "US-FCRA-DELINQUENCY"): changed("obligation", default_date=None),
    ("eu-gdpr", "EU-GDPR-ISSUER"): asked(issuer=entry(Role.CARRIER)),
}

STRONGER: dict[tuple[str, str], str] = {
    # the court list asks for an instrument anyway, and for parties, which have names
    ("cn-court-list", "CS-ABILITY"): "CN-CL-INSTRUMENT",
    ("cn-court-list", "CS-SECOND-FACTOR"): "CN-CL-PARTIES",
    # nobody decides, and so nobody is listed, in the days in which the person may answer
    ("cn-credit-reporting", "CN-CR-WAITING"): "CN-CR-ANSWER-TIME",
    ("uk-credit-reference", "UK-CR-NOTICE"): "UK-CR-ANSWER-TIME",
    ("uk-cifas", "UK-CIFAS-WAITING"): "UK-CIFAS-ANSWER-TIME",
    ("us-fcra", "US-FCRA-WAITING"): "US-FCRA-ANSWER-TIME",
    ("eu-gdpr", "EU-GDPR-WAITING"): "EU-GDPR-ANSWER-TIME",
}
"""The rule of the same rulebook that asks for more; without it every safeguard is still there, so
that a user may end it."""


ENDED_BY = {
    ("cn-court-list", "CN-CL-GROUNDS"),
    ("cn-serious-lists", "CN-SL-END"),
    ("us-fcra", "US-FCRA-DELINQUENCY"),
}
"""The rules that ask for what also tells the end."""


def judged_by(book: str, rule: str) -> cs.rules.Rulebook:
    """The rulebook; of two rules that refuse the same, one in which a user ended the stronger."""
    rules = RULEBOOKS[book]
    if (book, rule) not in STRONGER:
        return rules
    ours = cs.rules.Citation("house rules", "1", "2026")
    return attrs.evolve(
        rules,
        rules=[
            attrs.evolve(one, ends=dt.date(2025, 12, 31), citation=ours)
            if one.id == STRONGER[book, rule]
            else one
            for one in rules.rules
        ],
    )


def without(rules: cs.rules.Rulebook, rule: Rule) -> cs.rules.Rulebook | None:
    """The rulebook without a rule; None if it is a safeguard, which cannot be taken out."""
    try:
        return attrs.evolve(rules, rules=[one for one in rules.rules if one.id != rule.id])
    except RulebookError:
        return None


@attrs.frozen
class Fixes:
    """A day that a rule fixes alone.

    Attributes:
        first: The first day of the cleared listing, or None.
        last: The last day of the cleared listing, or None.
        changes: What is changed in the draft.
    """

    first: dt.date | None = None
    last: dt.date | None = None
    changes: Callable[[cs.Listing], Changes] = lambda _: {}


REFUSALS = changed("conduct", code=ConductCode.CAPABLE_REFUSAL)


def decided(base: cs.Listing, **values: Any) -> Changes:
    """A change in the decision and in the listing."""
    return changed("decision", **values.pop("decision"))(base) | values


FIXED: dict[tuple[str, str], Fixes] = {
    ("*", "CS-DECISION-END"): Fixes(
        last=dt.date(2026, 12, 1), changes=changed("decision", ends=dt.date(2026, 12, 1))
    ),
    ("cn-credit-reporting", "CN-CR-WAITING"): Fixes(
        first=dt.date(2026, 11, 22),
        changes=lambda base: {
            **told_then(base, dt.date(2026, 11, 6), on=dt.date(2026, 11, 7)),
            **changed("conduct", end=dt.date(2025, 3, 1))(base),
        },
    ),
    ("cn-credit-reporting", "CN-CR-RETENTION"): Fixes(
        last=dt.date(2029, 2, 28), changes=changed("conduct", end=dt.date(2024, 2, 29))
    ),
    ("cn-credit-reporting", "CN-CR-CONFIRM"): Fixes(first=TODAY, last=TODAY + 180 * DAY),
    ("cn-court-list", "CN-CL-GRACE"): Fixes(first=dt.date(2026, 11, 21)),
    ("cn-court-list", "CN-CL-CONFIRM"): Fixes(last=TODAY + 180 * DAY, changes=REFUSALS),
    ("cn-court-list", "CN-CL-RETENTION"): Fixes(last=dt.date(2028, 11, 23)),
    ("cn-court-list", "CN-CL-RETENTION-SERIOUS"): Fixes(
        last=dt.date(2031, 11, 23),
        changes=lambda base: decided(
            base, decision={"ends": dt.date(2040, 1, 1)}, severity=SERIOUS
        ),
    ),
    ("cn-serious-lists", "CN-SL-MINOR"): Fixes(
        last=dt.date(2027, 2, 2), changes=given_as(severity=MINOR)
    ),
    ("cn-serious-lists", "CN-SL-GENERAL"): Fixes(last=dt.date(2027, 11, 2)),
    ("cn-serious-lists", "CN-SL-SERIOUS"): Fixes(
        last=dt.date(2029, 11, 2), changes=given_as(severity=SERIOUS)
    ),
    ("in-rbi", "IN-RBI-MONTHLY"): Fixes(first=TODAY, last=dt.date(2026, 12, 23)),
    ("uk-credit-reference", "UK-CR-NOTICE"): Fixes(
        first=dt.date(2026, 11, 22),
        changes=lambda base: told_then(base, dt.date(2026, 10, 24), on=dt.date(2026, 10, 25)),
    ),
    ("uk-credit-reference", "UK-CR-RETENTION"): Fixes(last=dt.date(2030, 3, 1)),
    ("uk-credit-reference", "UK-CR-CONFIRM"): Fixes(
        first=TODAY, last=TODAY + 180 * DAY, changes=changed("obligation", default_date=None)
    ),
    ("uk-cifas", "UK-CIFAS-WAITING"): Fixes(
        first=dt.date(2026, 11, 22),
        changes=lambda base: told_then(base, dt.date(2026, 11, 6), on=dt.date(2026, 11, 7)),
    ),
    ("uk-cifas", "UK-CIFAS-RETENTION"): Fixes(last=dt.date(2032, 11, 23)),
    ("uk-cifas", "UK-CIFAS-VICTIM"): Fixes(
        last=dt.date(2027, 12, 23), changes=changed("borrower", role=BorrowerRole.VICTIM)
    ),
    ("us-fcra", "US-FCRA-WAITING"): Fixes(
        first=dt.date(2026, 11, 22),
        changes=lambda base: told_then(base, dt.date(2026, 11, 6), on=dt.date(2026, 11, 7)),
    ),
    ("us-fcra", "US-FCRA-RETENTION"): Fixes(last=dt.date(2031, 8, 28)),
    ("eu-gdpr", "EU-GDPR-WAITING"): Fixes(
        first=dt.date(2026, 11, 22),
        changes=lambda base: told_then(base, dt.date(2026, 11, 6), on=dt.date(2026, 11, 7)),
    ),
    ("eu-gdpr", "EU-GDPR-REGISTER"): Fixes(
        last=dt.date(2027, 1, 15), changes=changed("basis", register_until=dt.date(2027, 1, 15))
    ),
    ("eu-gdpr", "EU-GDPR-RETENTION"): Fixes(last=dt.date(2027, 3, 1)),
}


@attrs.frozen
class Term:
    """A term that a rule gives its length.

    Attributes:
        starts: The day of the step from which it runs.
        ends: Its last day; of what may not happen earlier, the first day.
        changes: What is changed in the draft.
    """

    starts: dt.date
    ends: dt.date
    changes: Callable[[cs.Listing], Changes] = lambda _: {}


MAY = dt.date(2026, 5, 31)

DUE: dict[tuple[str, str], Term] = {
    ("cn-credit-reporting", "CN-CR-MARK"): Term(MAY, MAY),
    ("cn-credit-reporting", "CN-CR-ANSWER"): Term(MAY, dt.date(2026, 6, 20)),
    ("cn-credit-reporting", "CN-CR-CORRECT"): Term(MAY, MAY),
    ("cn-court-list", "CN-CL-ANSWER"): Term(MAY, dt.date(2026, 6, 15)),
    ("cn-court-list", "CN-CL-CORRECT"): Term(dt.date(2026, 5, 29), dt.date(2026, 6, 3)),
    ("cn-court-list", "CN-CL-RECONSIDER"): Term(MAY, dt.date(2026, 6, 10)),
    ("cn-court-list", "CN-CL-RECONSIDERED"): Term(MAY, dt.date(2026, 6, 15)),
    ("cn-credit-reporting", "CN-CR-EXEMPTION"): Term(MAY, dt.date(2026, 6, 30)),
    ("cn-court-list", "CN-CL-EXEMPTION"): Term(MAY, dt.date(2026, 6, 30)),
    ("cn-court-list", "CN-CL-REMOVAL"): Term(dt.date(2026, 5, 29), dt.date(2026, 6, 3)),
    ("cn-serious-lists", "CN-SL-REPRESENT"): Term(MAY, dt.date(2026, 6, 15)),
    ("cn-serious-lists", "CN-SL-ANSWER"): Term(MAY, dt.date(2026, 6, 20)),
    ("cn-serious-lists", "CN-SL-REPAIR-MINOR"): Term(
        MAY,
        MAY + DAY,
        given_as(severity=MINOR),  # listed on the day after the decision
    ),
    ("cn-serious-lists", "CN-SL-REPAIR-GENERAL"): Term(MAY, dt.date(2026, 9, 1)),
    ("cn-serious-lists", "CN-SL-REPAIR-SERIOUS"): Term(
        MAY, dt.date(2027, 6, 1), given_as(severity=SERIOUS)
    ),
    ("cn-serious-lists", "CN-SL-REPAIR"): Term(dt.date(2026, 7, 17), dt.date(2026, 7, 22)),
    ("in-rbi", "IN-RBI-CLASSIFY"): Term(
        MAY, dt.date(2026, 11, 30), changed("obligation", non_performing=MAY)
    ),
    ("in-rbi", "IN-RBI-SHOW-CAUSE"): Term(MAY, dt.date(2026, 6, 21)),
    ("in-rbi", "IN-RBI-LENDER"): Term(MAY, dt.date(2026, 6, 21)),
    ("in-rbi", "IN-RBI-BUREAU"): Term(MAY, dt.date(2026, 6, 30)),
    ("in-rbi", "IN-RBI-REMOVAL"): Term(MAY, dt.date(2026, 6, 30)),
    ("uk-credit-reference", "UK-CR-ANSWER"): Term(MAY, dt.date(2026, 6, 30)),
    ("uk-cifas", "UK-CIFAS-ANSWER"): Term(MAY, dt.date(2026, 7, 26)),
    ("us-fcra", "US-FCRA-ANSWER"): Term(MAY, dt.date(2026, 6, 30)),
    ("eu-gdpr", "EU-GDPR-ANSWER"): Term(MAY, dt.date(2026, 6, 30)),
}

EVERY = [(book, rule) for book, rules in RULEBOOKS.items() for rule in rules.rules]


def found(table: dict[tuple[str, str], Any], book: str, rule: str) -> Any:
    """What a table has for a rule: for this rulebook, or for all."""
    return table.get((book, rule), table.get(("*", rule)))


def rows(table: dict[tuple[str, str], Any]) -> list[Any]:
    """Rulebook and rule for each that a table speaks of."""
    return [
        pytest.param(book, rule, id=f"{book} {rule.id}")
        for book, rule in EVERY
        if found(table, book, rule.id) is not None
    ]


@pytest.mark.parametrize("book", RULEBOOKS)
def test_a_listing_that_clears(book: str) -> None:
    """In each rulebook there is a listing that nothing refuses."""
    result = review(book, draft(book))

    assert isinstance(result, ClearedListing)
    assert RULEBOOKS[book] is result.rulebook
    assert issuer(book).origin == result.origin


@pytest.mark.parametrize(("book", "rule"), rows(REFUSES))
def test_a_rule_refuses_alone(book: str, rule: Rule) -> None:
    """A listing with one thing wrong is refused by the one rule that asks for it."""
    drafted, options = case(book, found(REFUSES, book, rule.id))

    judge = judged_by(book, rule.id)

    assert [rule.id] == told(review(book, drafted, rulebook=judge, **options))


@pytest.mark.parametrize(
    ("listed", "why"), [(None, {"amount-too-small"}), (TODAY - 30 * DAY, set())]
)
def test_a_debt_that_is_paid_in_part_stays_large_enough(
    listed: dt.date | None, why: set[str]
) -> None:
    """The least amount is asked for when somebody is listed, not when that is confirmed."""
    whole = draft("in-rbi")
    paid = attrs.evolve(whole.obligation, outstanding=cs.Money(20_00_000_00, "INR"))
    found = review("in-rbi", attrs.evolve(whole, obligation=paid), listed=listed)
    reasons = found.reasons if isinstance(found, Refused) else ()

    assert why == {reason.problem.code for reason in reasons}


@pytest.mark.parametrize(("book", "rule"), rows(REFUSES))
def test_without_the_rule_nothing_refuses(book: str, rule: Rule) -> None:
    """Without that rule no other refuses the listing; a safeguard cannot be taken out at all."""
    # Of three the end is then unknown, which the review itself refuses.
    drafted, options = case(book, found(REFUSES, book, rule.id))
    judge = without(judged_by(book, rule.id), rule)

    if judge is None:
        assert any(rule.check in group for group in SAFEGUARDS)
        return
    result = review(book, drafted, rulebook=judge, **options)
    if isinstance(result, Refused):
        assert (book, rule.id) in ENDED_BY
        assert ["end-missing"] == [why.problem.code for why in result.reasons]
    else:
        assert (book, rule.id) not in ENDED_BY


@pytest.mark.parametrize(("book", "rule"), STRONGER.items(), ids=str)
def test_the_stronger_rule_refuses_the_same(book: tuple[str, str], rule: str) -> None:
    """What a weaker rule refuses is refused by the stronger one too, and both are told."""
    if book in FIXED:
        fixes = FIXED[book]
        assert fixes.first is not None
        (drafted, options), day = case(book[0], fixes.changes), fixes.first - DAY
    else:
        (drafted, options), day = case(book[0], found(REFUSES, *book)), TODAY

    assert {book[1], rule} == set(told(review(book[0], drafted, day, **options)))


@pytest.mark.parametrize(
    ("currency", "minor"),
    [("INR", 250_000), ("JPY", 2_500), ("KWD", 2_500_000), ("CLF", 25_000_000)],
)
def test_an_amount_is_in_units_of_its_currency(currency: str, minor: int) -> None:
    """A rule's amount is in whole units, however many minor units its currency has in one."""
    rules = tuple(
        attrs.evolve(rule, value=2_500, unit=currency) if rule.id == "IN-RBI-AMOUNT" else rule
        for rule in RULEBOOKS["in-rbi"].rules
    )
    book = attrs.evolve(RULEBOOKS["in-rbi"], rules=rules)
    owed = draft("in-rbi").obligation
    enough, less = (
        attrs.evolve(owed, principal=amount, outstanding=amount)
        for amount in (Money(minor, currency), Money(minor - 1, currency))
    )

    assert [] == told(review("in-rbi", draft("in-rbi", obligation=enough), rulebook=book))
    assert ["IN-RBI-AMOUNT"] == told(
        review("in-rbi", draft("in-rbi", obligation=less), rulebook=book)
    )


@pytest.mark.parametrize(("book", "rule"), rows(FIXED))
def test_a_rule_fixes_a_day_alone(book: str, rule: Rule) -> None:
    """A rule's own day is a cleared listing's first or last, and beyond it the rule refuses."""
    fixes: Fixes = found(FIXED, book, rule.id)
    drafted, options = case(book, fixes.changes)
    options |= {"rulebook": judged_by(book, rule.id)}
    result = review(book, drafted, **options)
    assert isinstance(result, ClearedListing), told(result)

    assert fixes.first in (None, result.first_day)
    assert fixes.last in (None, result.last_day)
    if rule.check == "confirmed-again":
        return  # a later review is the confirmation
    if fixes.first is not None:
        assert [rule.id] == told(review(book, drafted, fixes.first - DAY, **options))
    if fixes.last is not None:
        assert [rule.id] == told(review(book, drafted, fixes.last + DAY, listed=TODAY, **options))


@pytest.mark.parametrize(("book", "rule"), rows(FIXED))
def test_without_the_rule_there_is_another_day(book: str, rule: Rule) -> None:
    """Without that rule the listing has another first or last day, or the rulebook is refused."""
    fixes: Fixes = found(FIXED, book, rule.id)
    drafted, options = case(book, fixes.changes)
    judge = without(judged_by(book, rule.id), rule)
    if judge is None:
        return
    result = review(book, drafted, rulebook=judge, **options)

    if isinstance(result, ClearedListing):
        assert (fixes.first, fixes.last) != (
            fixes.first and result.first_day,
            fixes.last and result.last_day,
        )
    else:
        assert ["end-missing"] == [why.problem.code for why in result.reasons]


def case_at(book: str, rule: Rule, term: Term) -> Life:
    """A case that has just come to the step from which the rule's term runs."""
    drafted, _ = case(book, term.changes)
    starts, second = term.starts, rule.deadline == "appeal-answer"
    carries: dict[Step, Changes] = {
        Step.PREPARED: {},
        Step.NOTICE_SERVED: {},
        Step.LISTED: {},
        Step.DISPUTED: {"stage": 2 if second else 1},
        Step.ANSWERED: {"upheld": rule.deadline == "correction"},
        Step.SETTLED: {},
        Step.REPAIRED: {},
        Step.EXEMPTED: {"until": term.ends, "cause": Cause.ILLNESS},
    }
    step = DEADLINES[rule.deadline].starts
    before = [
        Event(Step.PREPARED, starts - 190 * DAY),
        Event(Step.NOTICE_SERVED, starts - 180 * DAY),
        Event(Step.DECIDED, starts - 140 * DAY, words="reasons"),
        Event(Step.LISTED, starts - 100 * DAY),
    ]
    if second:
        before += [
            Event(Step.DISPUTED, starts - 30 * DAY, stage=1),
            Event(Step.ANSWERED, starts - DAY, upheld=False),
        ]
    if step is Step.ANSWERED:
        before.append(Event(Step.DISPUTED, starts - DAY, stage=1))
    if step is Step.DECIDED:  # and listed on the day after: of a case alone nothing is repaired
        moved = [before[0], before[1], Event(step, starts, words="reasons")]
        return Life(RULEBOOKS[book], drafted, [*moved, Event(Step.LISTED, starts + DAY)])
    until = [one.step for one in before].index(step) if step in _FIRST_STEPS else len(before)
    return Life(RULEBOOKS[book], drafted, [*before[:until], Event(step, starts, **carries[step])])


_FIRST_STEPS = (Step.PREPARED, Step.NOTICE_SERVED, Step.LISTED)


@pytest.mark.parametrize(("book", "rule"), rows(DUE))
def test_a_rule_fixes_a_term_alone(book: str, rule: Rule) -> None:
    """In the life of a case a term ends on the day that this rule, and no other, counts out."""
    term: Term = found(DUE, book, rule.id)
    life = case_at(book, rule, term)
    if rule.deadline == "exemption":
        longer = attrs.evolve(life.events[-1], until=term.ends + DAY)
        with pytest.raises(IllegalMoveError):
            attrs.evolve(life, events=[*life.events[:-1], longer])
        return
    due = {
        item.rule.id: item.due.day
        for item in deadlines(life, calendar(RULEBOOKS[book].jurisdiction))
        if item.name == rule.deadline and item.starts == term.starts
    }

    assert term.ends == due.pop(rule.id)
    assert term.ends not in due.values()


def repairable(severity: Severity, days: int) -> Life:
    """A case of the serious lists that was decided on `MAY` and listed some days later."""
    book = RULEBOOKS["cn-serious-lists"]
    events = [
        Event(Step.NOTICE_SERVED, MAY - 40 * DAY),
        Event(Step.DECIDED, MAY, words="reasons"),
        Event(Step.LISTED, MAY + days * DAY),
    ]
    return Life(book, draft(book.id, severity=severity), events)


@pytest.mark.parametrize("days", [0, 300])
@pytest.mark.parametrize(
    ("severity", "first"),
    [
        (MINOR, MAY),
        (Severity.GENERAL, dt.date(2026, 9, 1)),
        (SERIOUS, dt.date(2027, 6, 1)),
    ],
)
def test_repair_opens_before_the_listing_ends(
    severity: Severity, first: dt.date, days: int
) -> None:
    """Order 36 counts repair from the decision, as it does the end, however late it was listed."""
    life, listed = repairable(severity, days), MAY + days * DAY
    (due,) = (one for one in deadlines(life, calendar("CN")) if one.name == "repair-from")
    opens = max(first, listed)

    assert opens == due.due.day
    assert Step.REPAIRED is life.then(Event(Step.REPAIRED, opens)).events[-1].step
    with pytest.raises(IllegalMoveError):
        life.then(Event(Step.REPAIRED, opens - DAY))


APRIL = dt.date(2026, 4, 1)
BEFORE_ORDER_36 = [
    (MINOR, dt.date(2026, 3, 25), APRIL),
    (MINOR, dt.date(2026, 5, 10), dt.date(2026, 5, 10)),
    (SERIOUS, dt.date(2026, 3, 25), dt.date(2027, 3, 21)),
    (SERIOUS, dt.date(2026, 5, 10), dt.date(2027, 3, 21)),
]


@pytest.mark.parametrize(("severity", "listed", "opens"), BEFORE_ORDER_36)
def test_repair_opens_for_what_was_decided_before_order_36(
    severity: Severity, listed: dt.date, opens: dt.date
) -> None:
    """The rules of the day on which repair is asked for count, and the terms tell that day."""
    book = RULEBOOKS["cn-serious-lists"]
    events = [
        Event(Step.NOTICE_SERVED, dt.date(2026, 2, 1)),
        Event(Step.DECIDED, dt.date(2026, 3, 20), words="reasons"),
        Event(Step.LISTED, listed),
    ]
    life = Life(book, draft(book.id, severity=severity), events)
    (due,) = (one for one in deadlines(life, calendar("CN")) if one.name == "repair-from")

    assert opens == due.due.day
    assert Step.REPAIRED is life.then(Event(Step.REPAIRED, opens)).events[-1].step
    with pytest.raises(IllegalMoveError):
        life.then(Event(Step.REPAIRED, opens - DAY))


def test_what_ends_before_its_time_has_passed_opens_no_repair() -> None:
    """A rule that is law no longer on its first day of repair is no term."""
    life, last = repairable(SERIOUS, 1), dt.date(2027, 5, 31)
    rules = [attrs.evolve(one, ends=last) if one.id == "CN-SL-REPAIR-SERIOUS" else one
             for one in life.rulebook.rules]  # fmt: skip
    ended = attrs.evolve(life, rulebook=attrs.evolve(life.rulebook, rules=rules))

    assert "repair-from" not in {one.name for one in deadlines(ended, calendar("CN"))}
    with pytest.raises(IllegalMoveError):
        ended.then(Event(Step.REPAIRED, last + DAY))


def test_nothing_is_repaired_before_it_is_listed() -> None:
    """A case that was decided and not listed knows no day of repair, and none of it is repaired."""
    life = repairable(MINOR, 1)
    decided = attrs.evolve(life, events=life.events[:-1])

    assert "repair-from" in {one.name for one in deadlines(life, calendar("CN"))}
    assert "repair-from" not in {one.name for one in deadlines(decided, calendar("CN"))}
    with pytest.raises(IllegalMoveError):
        decided.then(Event(Step.REPAIRED, MAY))


def idle(every: list[tuple[str, Rule]]) -> list[str]:
    """The rules that no table shows to refuse or to fix a day."""
    tables = REFUSES | FIXED | DUE
    return [f"{book} {rule.id}" for book, rule in every if not found(tables, book, rule.id)]


def test_every_rule_is_exercised() -> None:
    """Every rule of every packaged rulebook is in a table above, and they name no other."""
    tables = REFUSES | FIXED | DUE
    known = {(book, rule.id) for book, rule in EVERY}
    shared = {rule.id for _, rule in EVERY}

    assert [] == idle(EVERY)
    assert set() == {key for key in tables | STRONGER if key[0] != "*" and key not in known}
    assert set() == {rule for book, rule in tables if book == "*" and rule not in shared}
    assert len(tables) == len(REFUSES) + len(FIXED) + len(DUE)


def test_a_new_rule_has_to_be_exercised() -> None:
    """A rule that is added to a packaged rulebook stands idle until a table has it."""
    rules = RULEBOOKS["cn-court-list"]
    added = attrs.evolve(rules.rules[-1], id="CN-CL-NEW")
    grown = attrs.evolve(rules, rules=[*rules.rules, added])

    assert ["cn-court-list CN-CL-NEW"] == idle([(grown.id, rule) for rule in grown.rules])


def test_every_check_and_term_is_used() -> None:
    """No check and no term is there that no packaged rulebook uses."""
    assert set(CHECKS) == {rule.check for _, rule in EVERY} - {""}
    assert set(DEADLINES) == {rule.deadline for _, rule in EVERY} - {""}


# -- What a reader is told -----------------------------------------------------------------------

NUMBERS = {
    "CS-MINOR": "18 years",
    "CN-CR-MARK": "0 days",
    "CN-CR-CORRECT": "0 days",
    "CN-CR-RETENTION": "5 years",
    "CN-CR-ANSWER": "20 days",
    "CN-CR-ONE-OFF-REPAIR": "10000 CNY 2020-01-01 2025-12-31 2026-03-31",
    "CN-CL-RETENTION": "2 years",
    "CN-CL-RETENTION-SERIOUS": "5 years",
    "CN-CL-ANSWER": "15 days",
    "CN-CL-CORRECT": "3 working-days",
    "CN-CL-RECONSIDER": "10 days",
    "CN-CL-RECONSIDERED": "15 days",
    "CN-CL-REMOVAL": "3 working-days",
    "CN-CL-EXEMPTION": "1 months",
    "CN-SL-MINOR": "3 months",
    "CN-SL-GENERAL": "1 years",
    "CN-SL-SERIOUS": "3 years",
    "CN-SL-REPAIR-MINOR": "0 months",
    "CN-SL-REPAIR-GENERAL": "3 months",
    "CN-SL-REPAIR-SERIOUS": "1 years",
    "IN-RBI-AMOUNT": "2500000 INR",
    "IN-RBI-CLASSIFY": "6 months",
    "IN-RBI-PROPOSAL": "21 days",
    "IN-RBI-SHOW-CAUSE": "21 days",
    "IN-RBI-REPRESENTATION": "15 days",
    "IN-RBI-LENDER": "21 days",
    "IN-RBI-BUREAU": "30 days",
    "IN-RBI-MONTHLY": "1 months",
    "UK-CR-NOTICE": "28 days",
    "UK-CR-RETENTION": "6 years",
    "UK-CR-ANSWER": "1 months",
    "UK-CIFAS-RETENTION": "6 years",
    "UK-CIFAS-VICTIM": "13 months",
    "UK-CIFAS-ANSWER": "56 days",
    "US-FCRA-RETENTION": "7 years",
    "US-FCRA-ANSWER": "30 days",
    "EU-GDPR-ANSWER": "1 months",
}
"""The numbers that the laws give, written down a second time."""
UNVERIFIED = {
    "CN-CR-EXEMPTION",
    "CN-CR-RATE",
    "CN-CL-REMOVAL",
    "IN-RBI-REMOVAL",
    "UK-CR-NOTICE",
    "UK-CR-ANSWER",
    "US-FCRA-ANSWER",
    "EU-GDPR-ANSWER",
}
DATED = ("2020-", "2025-", "2026-")


def number_of(rule: Rule) -> str:
    """A rule's number, with its dates."""
    return " ".join([str(rule.value), rule.unit, *(o for o in rule.options if o.startswith(DATED))])


def test_the_numbers_of_the_laws() -> None:
    """Every number that is said to stand in a law is the one of the table; ours are policy."""
    of_law = {
        rule.id: number_of(rule) for _, rule in EVERY if rule.unit and rule.source is Source.LAW
    }

    assert NUMBERS == of_law


def test_what_nobody_verified() -> None:
    """The rules whose text was not read in a source are marked so, and their reasons say it."""
    unverified = {(book, rule.id) for book, rule in EVERY if not rule.verified}

    assert {("eu-gdpr", "CS-NOTICE")} == {key for key in unverified if key[1].startswith("CS-")}
    assert UNVERIFIED == {rule for _, rule in unverified} - {"CS-NOTICE"}


def test_policy_is_no_law() -> None:
    """A rule is policy whose citation says that the text gives no number, or is ours."""
    ours = ("gives no", "give none", "gives none", "(of the court list)", "says nothing", "ours")
    for book, rule in EVERY:
        policy = rule.citation.instrument == "creditshare policy" or any(
            words in rule.citation.article for words in ours
        )
        assert not policy or rule.source is Source.POLICY, f"{book} {rule.id}"


@pytest.mark.parametrize("page", rulebook_page.PAGES, ids=lambda page: page.name)
def test_the_pages_say_what_the_data_says(page: Path) -> None:
    """The tables of the reference are those of the rulebooks and checks that there are."""
    text = page.read_text("utf-8")

    assert rulebook_page.written(text).splitlines() == text.splitlines()


def test_no_rule_is_left_out_of_the_pages() -> None:
    """Every rulebook has its heading in the reference, and every problem is a check's."""
    text = rulebook_page.PAGES[0].read_text("utf-8")
    named = {code for check in CHECKS.values() for code in rulebook_page.problems_of(check)}

    assert ["common", *RULEBOOKS] == sorted(
        re.findall(r"^## (.+)$", text, re.MULTILINE), key=lambda name: (name != "common", name)
    )
    assert {"end-missing"} == set(PROBLEMS) - named


@pytest.mark.parametrize(
    ("article", "told"),
    [
        ("15", "第15条"),
        ("15, 16", "第15条、第16条"),
        ("3(1)", "第3条第1项"),
        ("1(1)-1(6)", "第1条第1项至第6项"),
        ("307-1", "第307条之一"),
        ("162-2", "第162条之二"),
        ("120-6(3)", "第120条之六第3项"),
        ("280-1, 313", "第280条之一、第313条"),
        ("13-40", "第13-40条"),
        ("1681i(a)", "第1681i(a)条"),
        ("unstated", "条款未载明"),
        ("section 604", "section 604"),
    ],
)
def test_an_article_in_chinese(article: str, told: str) -> None:
    """In Chinese an article is cited as officials do, and what has a Chinese name is called so."""
    citation = cs.rules.Citation("某法", article, "2020")
    named = cs.rules.Citation("Act", article, "unstated", "某法", "第1条（类推）")

    assert f"某法 {told}（2020）" == citation.in_chinese()
    assert "某法 第1条（类推）（版本未载明）" == named.in_chinese()


def test_no_remark_on_an_article_is_left_in_english() -> None:
    """No citation is in English in a Chinese text: our policy and foreign laws have their names."""
    kinds, books = cs.rules.conducts(), (cs.measures("cn"), cs.measures("in"))
    cited = [rule.citation for _, rule in EVERY]
    cited += [one for kind in kinds.conducts for one in kind.citations]
    cited += [one for item in kinds.never for one in item.citations]
    cited += [one for book in books for measure in book.measures for one in measure.citations]
    for citation in cited:
        said = citation.in_chinese()
        assert CHINESE.search(said.partition("（")[0]), said
        assert set(re.findall("[A-Za-z]{2,}", said)) <= {"Cifas", "creditshare"}, said
        assert bool(citation.instrument_zh) is not bool(CHINESE.search(citation.instrument)), said
        assert not citation.article_zh or CHINESE.search(citation.article_zh)


CHINESE = re.compile(r"[\u4e00-\u9fff]")
OTHER_WORDS = re.compile(r"\bobject(s|ion|ions)?\b|中止|暂缓")


@pytest.mark.parametrize("name", sorted(file.name for file in DATA.iterdir()))
def test_one_word_for_one_thing(name: str) -> None:
    """A dispute is 异议 and no objection, what it suspends is 暂停效力, in every packaged file."""
    assert [] == OTHER_WORDS.findall((DATA / name).read_text("utf-8"))


@pytest.mark.parametrize("book", RULEBOOKS)
def test_every_rule_speaks_both_languages(book: str) -> None:
    """Every rule says what it requires in English and in Chinese, and cites an article."""
    rules = RULEBOOKS[book]

    assert CHINESE.search(rules.title_zh)
    for rule in rules.rules:
        assert not CHINESE.search(rule.requires), rule.id
        assert CHINESE.search(rule.requires_zh), rule.id
        assert all((rule.citation.instrument, rule.citation.article, rule.citation.version))


@pytest.mark.parametrize("code", PROBLEMS)
def test_every_problem_speaks_both_languages(code: str) -> None:
    """Every problem and its cure are told in English and in Chinese, or told to have none."""
    problem = PROBLEMS[code]

    assert code == problem.code
    assert not CHINESE.search(problem.en + problem.cure)
    assert CHINESE.search(problem.zh)
    assert CHINESE.search(problem.cure_zh)
    assert problem.cure.startswith("nothing: ") == problem.cure_zh.startswith("不可补正")


@pytest.mark.parametrize(("book", "rule"), rows(REFUSES))
def test_every_refusal_has_its_citation_and_cure(book: str, rule: Rule) -> None:
    """A refusal tells rule, citation and cure in both languages, and nothing of the borrower."""
    drafted, options = case(book, found(REFUSES, book, rule.id))
    result = review(book, drafted, **options)
    assert isinstance(result, Refused)
    for why in result.reasons:
        english, chinese = str(why), why.in_chinese()

        assert english.startswith(f"{why.rule.id}: {why.problem.en} [")
        assert english.endswith(f"; to cure it: {why.problem.cure}")
        assert str(why.rule.citation) in english
        assert ("; unverified]" in english) is not why.rule.verified
        assert chinese.startswith(f"{why.rule.id}：{why.problem.zh}〔")
        assert chinese.endswith(f"；补正：{why.problem.cure_zh}")
        assert why.rule.citation.in_chinese() in chinese
        assert ("未核实" in chinese) is not why.rule.verified
        assert "{day}" not in english + chinese
        shown = f"{english} {chinese} {result!r}"
        assert not [
            secret for secret in (number(1), "测试1", "1980-05-17", "行为人") if secret in shown
        ]


def outcomes(book: str) -> Iterator[tuple[str, list[str]]]:
    """What the review of this rulebook says to each of its cases."""
    yield "nothing changed", outcome(review(book, draft(book)))
    for table in (REFUSES, FIXED):
        for rule in RULEBOOKS[book].rules:
            row = found(table, book, rule.id)
            if row is not None:
                drafted, options = case(book, row.changes if table is FIXED else row)
                yield rule.id, outcome(review(book, drafted, **options))


@pytest.mark.parametrize("book", RULEBOOKS)
def test_a_rulebook_of_one_version_is_always_the_same(book: str) -> None:
    """In every process a version has its recorded digest, and says what was recorded of a case."""
    # A change here is a new version of the rulebook: raise it in the file, then record it with
    # `python tests/test_rulebooks.py`.
    recorded = json.loads(VECTORS.read_text("utf-8"))["rulebooks"][book]

    assert recorded == record(book)


def record(book: str) -> dict[str, Any]:
    """What the vectors hold of a rulebook."""
    rules = RULEBOOKS[book]
    return {
        "version": rules.version,
        "digest": rules.digest.hex(),
        "outcomes": dict(outcomes(book)),
    }


SOME_DAY = st.dates(dt.date(2023, 1, 1), dt.date(2030, 1, 1))


@settings(max_examples=150, deadline=None)
@given(
    book=st.sampled_from(sorted(RULEBOOKS)),
    on=SOME_DAY,
    days=st.tuples(SOME_DAY, SOME_DAY, SOME_DAY, SOME_DAY),
    facts=st.tuples(
        st.sampled_from(Severity), st.sampled_from(ConductCode), st.sampled_from(BasisKind)
    ),
    listed=st.none() | SOME_DAY,
)
def test_a_review_is_a_function(
    *,
    book: str,
    on: dt.date,
    days: tuple[dt.date, dt.date, dt.date, dt.date],
    facts: tuple[Severity, ConductCode, BasisKind],
    listed: dt.date | None,
) -> None:
    """Any draft has one answer: days that hold today, or reasons, each with citation and cure."""
    base = draft(book)
    start, served, decision, default = days
    severity, code, kind = facts
    drafted = attrs.evolve(
        base,
        **changed("notice", served=served)(base),
        **changed("obligation", default_date=default)(base),
        **changed("basis", kind=kind)(base),
        conduct=cs.Conduct(code, start),
        severity=severity,
        decision=cs.model.Decision(decision, "reasons", "somebody"),
    )
    first, second = (review(book, drafted, on, listed=listed) for _ in range(2))

    assert outcome(first) == outcome(second)
    if isinstance(first, ClearedListing):
        assert first.first_day <= on <= first.last_day < dt.date.max
    else:
        assert first.reasons
        for why in first.reasons:
            assert all((why.problem.cure, why.problem.cure_zh, str(why.rule.citation)))


CATALOGUES: dict[str, cs.rules.ConductCatalogue | cs.rules.MeasureCatalogue] = {
    "conducts": cs.rules.conducts(),
    "cn-measures": cs.measures("cn"),
    "in-measures": cs.measures("in"),
}


@pytest.mark.parametrize("name", CATALOGUES)
def test_a_catalogue_of_one_version_is_always_the_same(name: str) -> None:
    """In every process a version of a packaged catalogue has its recorded digest."""
    recorded = json.loads(VECTORS.read_text("utf-8"))["catalogues"][name]

    assert recorded == told_of(name)


def told_of(name: str) -> dict[str, str]:
    """What the vectors hold of a catalogue."""
    catalogue = CATALOGUES[name]
    return {"version": catalogue.version, "digest": catalogue.digest.hex()}


if __name__ == "__main__":
    vectors = {
        "rulebooks": {book: record(book) for book in RULEBOOKS},
        "catalogues": {name: told_of(name) for name in CATALOGUES},
    }
    VECTORS.write_text(json.dumps(vectors, ensure_ascii=False, indent=1) + "\n", "utf-8")
