"""The packaged rulebooks at their edges: every option, every problem, the days just in and out."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import pytest

import creditshare as cs
from creditshare.identifiers import Holder
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
    Statement,
)
from creditshare.rules import ClearedListing, Refused, Rule, When
from creditshare.rules.checks import CHECKS, PROBLEMS
from regimes import (
    RULEBOOKS,
    Changes,
    asked,
    case,
    changed,
    draft,
    entry,
    given_as,
    outcome,
    proof,
    proving,
    review,
    told,
    told_then,
)
from world import DAY, LICENCE, PLATFORM, TODAY, number, person

VECTORS = Path(__file__).parent / "vectors" / "rulebooks.json"
EVERY = [(book, rule) for book, rules in RULEBOOKS.items() for rule in rules.rules]

# -- Options and settings, written down a second time -------------------------------------------

GROUNDS_2_TO_6 = (
    "OBSTRUCT_EVIDENCE OBSTRUCT_FORCE SHAM_LITIGATION SHAM_ARBITRATION ASSET_CONCEAL ASSET_TRANSFER"
    " REPORT_REFUSED REPORT_FALSE CONSUMPTION_BREACH SETTLEMENT_BREACH"
)
OPTIONS = {
    "CS-BARRED": "genuine-hardship lawful-bankruptcy genuine-dispute",
    "CS-FORBIDDEN": "religion genes fingerprint blood-type disease medical-history",
    "CN-CR-ISSUER": "issuer custodian bureau court",
    "CN-CR-RETENTION": "conduct-end",
    "CN-CR-CONFIRM": "open-conduct",
    "CN-CR-CONSENT": "income deposits securities insurance real-estate tax",
    "CN-CR-ONE-OFF-REPAIR": "2020-01-01 2025-12-31 2026-03-31",
    "CN-CR-BARRED": "adequate-security seized-assets-suffice later-in-order student-loan",
    "CN-CR-ANSWER": "suspends",
    "CN-CL-ISSUER": "court",
    "CN-CL-GROUNDS": f"CAPABLE_REFUSAL {GROUNDS_2_TO_6}",
    "CN-CL-INSTRUMENT": "effective-instrument",
    "CN-CL-SECURED": "adequate-security seized-assets-suffice later-in-order",
    "CN-CL-STUDENT": "student-loan",
    "CN-CL-CONFIRM": "always",
    "CN-CL-RETENTION": "listing",
    "CN-CL-RETENTION-SERIOUS": "listing",
    "CN-SL-ISSUER": "authority regulator",
    "CN-SL-BASIS": "administrative-decision",
    "CN-SL-MINOR": "decision",
    "CN-SL-GENERAL": "decision",
    "CN-SL-SERIOUS": "decision",
    "CN-SL-ANSWER": "suspends",
    "IN-RBI-ISSUER": "issuer custodian lender",
    "IN-RBI-EVENTS": (
        "CAPABLE_REFUSAL FUND_DIVERSION FUND_SIPHONING COLLATERAL_DISPOSAL EQUITY_SHORTFALL"
    ),
    "IN-RBI-MONTHLY": "always",
    "IN-RBI-BUREAU": "suspends",
    "UK-CR-ISSUER": "issuer custodian lender",
    "UK-CR-RETENTION": "default settlement",
    "UK-CR-CONFIRM": "open-debt",
    "UK-CR-ANSWER": "suspends",
    "UK-CIFAS-ISSUER": "issuer custodian lender insurer",
    "UK-CIFAS-CASES": "LOAN_DECEIT LOAN_FRAUD CARD_FRAUD IDENTITY_FRAUD FORGED_PROOF",
    "UK-CIFAS-RETENTION": "listing",
    "UK-CIFAS-VICTIM": "listing",
    "UK-CIFAS-ANSWER": "suspends",
    "US-FCRA-ISSUER": "issuer custodian lender",
    "US-FCRA-RETENTION": "default-plus-180-days",
    "US-FCRA-ANSWER": "suspends",
    "EU-GDPR-ISSUER": "issuer custodian lender bureau court",
    "EU-GDPR-RETENTION": "default",
    "EU-GDPR-ANSWER": "suspends",
}
"""The options of each rule that has any, in their order: of several anchors the first counts."""
REFUSAL = "conducts: CAPABLE_REFUSAL"
OTHERS = f"conducts: {' '.join(sorted(GROUNDS_2_TO_6.split()))}"
LAWFUL = "from 2026-04-01"
SETTINGS = {
    "CN-CR-PARTIES": "bases: arbitral-award court-listing judgment mediation notarised-claim",
    "CN-CL-SECURED": REFUSAL,
    "CN-CL-CONFIRM": REFUSAL,
    "CN-CL-RETENTION": f"{OTHERS}; severities: general minor",
    "CN-CL-RETENTION-SERIOUS": f"{OTHERS}; severities: serious",
    "CN-CL-END": f"{OTHERS}; severities: serious",
    "CN-SL-END": "to 2026-03-31",
    "CN-SL-MINOR": f"severities: minor; {LAWFUL}",
    "CN-SL-GENERAL": f"severities: general; {LAWFUL}",
    "CN-SL-SERIOUS": f"severities: serious; {LAWFUL}",
    "CN-SL-REPAIR-MINOR": f"severities: minor; {LAWFUL}",
    "CN-SL-REPAIR-GENERAL": f"severities: general; {LAWFUL}",
    "CN-SL-REPAIR-SERIOUS": f"severities: serious; {LAWFUL}",
    "CN-SL-REPAIR": LAWFUL,
    "UK-CIFAS-RETENTION": "roles: accomplice borrower controller guarantor",
    "UK-CIFAS-VICTIM": "roles: victim",
}
"""For which listings and on which days a rule is asked that is not always asked of everybody."""


def setting_of(rule: Rule) -> str:
    """When a rule is asked, as `SETTINGS` tells it."""
    parts = [f"{name}: {' '.join(items)}" for name, items in rule.when.to_dict().items()]
    parts += [f"from {rule.begins}"] if rule.begins else []
    parts += [f"to {rule.ends}"] if rule.ends else []
    return "; ".join(parts)


def test_the_options_are_those_of_the_table() -> None:
    """Every option of every rule stands in the table above, in its order, and no other does."""
    found = {(rule.id, " ".join(rule.options)) for _, rule in EVERY if rule.options}

    assert sorted(OPTIONS.items()) == sorted(found)


def test_the_settings_are_those_of_the_table() -> None:
    """Every rule that is not always asked of everybody is asked as the table says."""
    found = {(rule.id, setting_of(rule)) for _, rule in EVERY if not rule.is_unconditional}

    assert sorted(SETTINGS.items()) == sorted(found)


# -- Every option -------------------------------------------------------------------------------

SHOWN: dict[str, Callable[[str], Callable[[cs.Listing], Changes]]] = {
    # what a rule refuses that names it
    "circumstances-absent": lambda what: given_as(circumstances=[Circumstance(what)]),
    "particulars-forbidden": lambda what: given_as(
        particulars=[Particular(ParticularKind(what), "a fact", TODAY)]
    ),
    "particulars-consented": lambda what: given_as(
        particulars=[Particular(ParticularKind(what), "a fact")]
    ),
    # what a rule takes that names it
    "issuer-capable": lambda what: asked(issuer=entry(Role(what))),
    "conduct-allowed": lambda what: changed("conduct", code=ConductCode(what)),
    "basis-at-least": lambda what: changed("basis", kind=next(
        kind for kind in BasisKind if kind.level.name.lower() == what.replace("-", "_")
    )),
}  # fmt: skip
TAKES = ("issuer-capable", "conduct-allowed")


@pytest.mark.parametrize(
    ("book", "rule"),
    [
        pytest.param(book, rule, id=f"{book} {rule.id}")
        for book, rule in EVERY
        if rule.check in SHOWN
    ],
)
def test_every_option_counts(book: str, rule: Rule) -> None:
    """Each thing that a rule names is refused, or taken, alone; what it does not name, is not."""
    every = CHECKS[rule.check].options
    refused = set()
    for what in every:
        drafted, options = case(book, SHOWN[rule.check](what))
        for code in rule.when.conducts:
            drafted = attrs.evolve(drafted, **changed("conduct", code=code)(drafted))
        if rule.id in told(review(book, drafted, **options)):
            refused.add(what)

    named = set(rule.options)
    if rule.check == "basis-at-least":
        assert set(every[: every.index(rule.options[0])]) == refused
    else:
        assert (set(every) - named if rule.check in TAKES else named) == refused


# -- Every problem, and what lies just beside it ------------------------------------------------

INSTRUMENT = {"basis": cs.LegalBasis(BasisKind.JUDGMENT, "民初1号", "2", "2025")}
BORN_1980, BORN_1990 = (cs.ResidentID.parse(number(1, dt.date(y, 5, 17))) for y in (1980, 1990))
PASSPORT = cs.identifiers.Passport.parse("500123450", "GB")
UNLICENSED = attrs.evolve(PLATFORM, licence=None)
LAPSED = attrs.evolve(PLATFORM, licence=attrs.evolve(LICENCE, valid_until=TODAY - DAY))
INCAPABLE = attrs.evolve(entry(Role.AUDITOR), licence=None)
LAST_DAY = attrs.evolve(PLATFORM, licence=attrs.evolve(LICENCE, valid_until=TODAY))
SETTLED = {"asked": {"listed": TODAY}}
CN, CL, SL, IN, UK = (
    "cn-credit-reporting",
    "cn-court-list",
    "cn-serious-lists",
    "in-rbi",
    "uk-credit-reference",
)


def repaid(
    default: str = "2022-03-01",
    settled: str = "2026-03-31",
    minor: int = 10_000_00,
    of: str = "CNY",
) -> Callable[[cs.Listing], Changes]:
    """A listed debt that was settled since."""
    day = dt.date.fromisoformat
    owed = cs.Obligation("bank", Money(minor, of), Money(0, of), day(default), settled=day(settled))
    conduct = cs.Conduct(ConductCode.ASSET_TRANSFER, day(default))
    return lambda _: {
        "obligation": owed,
        "conduct": conduct,
        "evidence": proof(Proves.CONDUCT, Proves.ABILITY_TO_PAY),
        **SETTLED,
    }


def paid(settled: dt.date | None, **more: Any) -> Callable[[cs.Listing], Changes]:
    """A listed debt without a day of default, settled on a day."""
    return lambda base: {
        "obligation": attrs.evolve(
            base.obligation,
            default_date=None,
            outstanding=Money(0, base.obligation.principal.currency),
            settled=settled,
        ),
        **SETTLED,
        **more,
    }


def owing(minor: int, currency: str = "INR") -> Callable[[cs.Listing], Changes]:
    """A debt of an amount."""
    amount = Money(minor, currency)
    return changed("obligation", principal=amount, outstanding=amount)


def born(year: int) -> Callable[[cs.Listing], Changes]:
    """A borrower who was born in the middle of a year."""
    numbered = cs.ResidentID.parse(number(1, dt.date(year, 6, 15)))
    return changed("borrower", identifiers=(numbered,))


def consented(on: dt.date) -> Callable[[cs.Listing], Changes]:
    """A fact that was consented to on a day."""
    return given_as(particulars=[Particular(ParticularKind.INCOME, "a fact", on)])


EDGES: list[tuple[str, Callable[[cs.Listing], Changes], str]] = [
    # rulebook, what is changed, what is told: rule and problem, the days, or nothing if it clears
    (CN, asked(issuer=UNLICENSED), "CN-CR-ISSUER issuer-unlicensed"),
    (CN, asked(issuer=LAPSED), "CN-CR-ISSUER issuer-unlicensed"),
    (CN, asked(issuer=LAST_DAY), ""),
    (CN, asked(issuer=entry(Role.AUDITOR)), "CN-CR-ISSUER issuer-incapable"),
    (
        CN,
        asked(issuer=INCAPABLE),
        "CN-CR-ISSUER issuer-incapable; CN-CR-ISSUER issuer-unlicensed",
    ),
    (CN, changed("obligation", annual_rate=Decimal("0.36")), ""),
    (CN, changed("obligation", annual_rate=Decimal("0.3601")), "CN-CR-RATE rate-too-high"),
    (CN, consented(TODAY), ""),
    (CN, consented(TODAY + DAY), "CN-CR-CONSENT field-without-consent"),
    (CN, given_as(**INSTRUMENT), "CN-CR-PARTIES parties-unknown"),
    (CN, changed("basis", parties=Parties(["测试1"], TODAY - 365 * DAY)), ""),
    (
        CN,
        changed("basis", parties=Parties(["测试1"], TODAY - 366 * DAY)),
        "CS-PARTY parties-stale",
    ),
    (CL, changed("basis", parties=Parties(["测试1"], TODAY - 30 * DAY)), ""),
    (
        CL,
        changed("basis", parties=Parties(["测试1"], TODAY - 31 * DAY)),
        "CS-PARTY parties-stale",
    ),
    (CL, changed("basis", parties=Parties(["某甲"], TODAY)), "CS-PARTY party-not-named"),
    (
        CL,
        changed("basis", parties=Parties(["某甲"], TODAY - 31 * DAY)),
        "CS-PARTY parties-stale; CS-PARTY party-not-named",
    ),
    # the one-off repair
    (CN, repaid(), "CN-CR-ONE-OFF-REPAIR repaid-in-window"),
    (CN, repaid(default="2020-01-01"), "CN-CR-ONE-OFF-REPAIR repaid-in-window"),
    (CN, repaid(default="2019-12-31"), ""),
    (CN, repaid(default="2025-12-31"), "CN-CR-ONE-OFF-REPAIR repaid-in-window"),
    (CN, repaid(default="2026-01-01"), ""),
    (CN, repaid(settled="2026-04-01"), ""),
    (CN, repaid(minor=10_000_01), ""),
    (CN, repaid(of="USD"), ""),
    # the amount
    (IN, owing(25_00_000_00), ""),
    (IN, owing(24_99_999_99), "IN-RBI-AMOUNT amount-too-small"),
    (IN, owing(25_00_000_00, "USD"), "IN-RBI-AMOUNT currency-differs"),
    (IN, lambda base: {**owing(24_99_999_99)(base), **SETTLED}, ""),
    (IN, changed("obligation", outstanding=Money(0, "INR")), "CS-OWED nothing-owed"),
    (UK, lambda base: {**paid(None)(base), "asked": {}}, "CS-OWED nothing-owed"),
    (UK, lambda base: {**paid(TODAY)(base), "asked": {}}, "CS-OWED nothing-owed"),
    # what lies in the future
    (
        CN,
        changed("obligation", default_date=TODAY + DAY),
        "CS-DATES future; CS-ORDER absconded-too-early; CS-ORDER notice-too-early",
    ),
    (UK, paid(TODAY + DAY), "CS-DATES future"),
    (IN, changed("obligation", non_performing=TODAY), ""),
    (IN, changed("obligation", non_performing=TODAY + DAY), "CS-DATES future"),
    (CN, changed("decision", on=TODAY + DAY), "CS-DATES future"),
    (
        CN,
        lambda base: {
            **proving(disclosed=TODAY + DAY)(base),
            "decision": None,
        },
        "CS-REASONS decision-missing; CS-DATES future",
    ),
    (
        UK,
        lambda base: {**changed("decision", on=TODAY)(base), **proving(disclosed=TODAY)(base)},
        "",
    ),
    (CN, given_as(statement=Statement(TODAY, "Not true.")), ""),
    (CN, given_as(statement=Statement(TODAY + DAY, "Not true.")), "CS-DATES future"),
    (CL, changed("basis", parties=Parties(["测试1"], TODAY)), ""),
    (CL, changed("basis", parties=Parties(["测试1"], TODAY + DAY)), "CS-DATES future"),
    # the first lawful day
    (CL, lambda base: told_then(base, dt.date(2026, 10, 4)), ""),
    (
        CL,
        lambda base: told_then(base, dt.date(2026, 10, 5)),
        "CN-CL-ANSWER-TIME decision-too-early",
    ),
    (IN, changed("decision", proposed=dt.date(2026, 9, 23)), ""),
    (IN, changed("decision", proposed=dt.date(2026, 9, 22)), "IN-RBI-PROPOSAL proposal-too-early"),
    (IN, changed("decision", proposed=None), "IN-RBI-PROPOSAL proposal-missing"),
    (IN, changed("decision", proposed=dt.date(2026, 10, 4)), ""),
    (
        IN,
        changed("decision", proposed=dt.date(2026, 10, 5)),
        "IN-RBI-REPRESENTATION decision-too-early",
    ),
    (
        CL,  # a month after 31 October is never early
        lambda base: {
            **changed("decision", on=dt.date(2026, 10, 31))(base),
            "asked": {"on": dt.date(2026, 12, 2)},
        },
        "2026-12-02 to 2028-12-02",
    ),
    (
        CL,
        lambda base: {
            **changed("decision", on=dt.date(2026, 10, 31))(base),
            "asked": {"on": dt.date(2026, 12, 1)},
        },
        "CN-CL-GRACE grace",
    ),
    (CN, lambda base: told_then(base, dt.date(2026, 11, 7), on=TODAY), ""),
    (
        CN,
        lambda base: told_then(base, dt.date(2026, 11, 8), on=TODAY),
        "CN-CR-WAITING waiting; CN-CR-ANSWER-TIME decision-too-early",
    ),
    (CN, changed("decision", on=dt.date(2026, 10, 17)), ""),
    (CN, changed("decision", on=dt.date(2026, 10, 16)), "CN-CR-ANSWER-TIME decision-too-early"),
    (CN, changed("decision", on=dt.date(2026, 10, 1)), "CN-CR-ANSWER-TIME decision-too-early"),
    (
        CN,
        lambda base: {
            **changed("decision", on=dt.date(2026, 9, 30))(base),
            **proving(disclosed=dt.date(2026, 9, 30))(base),
        },
        "CS-ORDER decision-before-notice; CN-CR-ANSWER-TIME decision-too-early",
    ),
    (
        CN,  # each of the three alone stands above, or in the vectors
        lambda base: {
            **changed("obligation", default_date=dt.date(2026, 10, 2))(base),
            **changed("decision", on=dt.date(2026, 9, 30))(base),
            **proving(disclosed=dt.date(2026, 9, 30))(base),
        },
        (
            "CS-ORDER absconded-too-early; CS-ORDER notice-too-early;"
            " CS-ORDER decision-before-notice; CN-CR-ANSWER-TIME decision-too-early"
        ),
    ),
    # the end
    (UK, paid(dt.date(2026, 11, 1)), "2026-11-02 to 2032-11-01"),
    (UK, changed("obligation", default_date=None), "2026-11-23 to 2027-05-22"),
    (
        UK,
        changed("obligation", default_date=dt.date(2020, 11, 22)),
        "UK-CR-RETENTION retention-ended",
    ),
    (
        CL,
        lambda base: {
            **changed("conduct", code=ConductCode.CAPABLE_REFUSAL)(base),
            **paid(dt.date(2026, 11, 1))(base),
        },
        "2026-11-23 to 2027-04-30",
    ),
    (
        "us-fcra",
        changed("obligation", default_date=None),
        "US-FCRA-DELINQUENCY default-date-missing",
    ),
    ("eu-gdpr", changed("obligation", default_date=None), "EU-GDPR-RETENTION end-missing"),
    (CL, given_as(severity=Severity.SERIOUS), "CN-CL-END end-undecided"),
    (
        CL,  # ground 1 lasts until performed: there is no longer time to decide on
        lambda base: {
            **changed("conduct", code=ConductCode.CAPABLE_REFUSAL)(base),
            "severity": Severity.SERIOUS,
        },
        "2026-11-23 to 2027-05-22",
    ),
    # why
    (
        CN,
        lambda base: {
            **changed("conduct", code=ConductCode.REPORT_REFUSED)(base),
            "evidence": proof(*Proves),
        },
        "CS-ABILITY instrument-missing",
    ),
    (
        CN,
        lambda _: {"measures": ["AIR"], "asked": {"catalogue": cs.measures("cn")}},
        "CS-MEASURES measure-not-carried",
    ),
    (CN, lambda _: {"measures": ["LOAN_LIMIT"], "asked": {"catalogue": cs.measures("cn")}}, ""),
    (
        CN,
        lambda _: {"measures": ["NOPE", "AIR"], "asked": {"catalogue": cs.measures("cn")}},
        "CS-MEASURES measure-unknown; CS-MEASURES measure-not-carried",
    ),
    # who
    (
        UK,
        lambda base: {
            **born(2009)(base),
            **changed("obligation", default_date=None)(base),
            "conduct": None,
        },
        "CS-CONDUCT conduct-missing; CS-MINOR minor",
    ),
    (CN, born(2009), "CS-MINOR minor"),  # so then, and at default, too
    (CN, born(2005), "CS-MINOR minor-then; CS-MINOR minor-at-default"),
    (
        CN,
        changed("borrower", identifiers=(PASSPORT,)),
        "CS-BIRTH-DATE birth-date-missing; CS-MINOR age-unknown",
    ),
    (
        CN,
        changed("borrower", identifiers=(BORN_1980, BORN_1990, PASSPORT)),
        "CS-BIRTH-DATE birth-date-missing; CS-BIRTH-DATE birth-dates-contradict",
    ),
    (
        CN,
        lambda base: {**born(2000)(base), **changed("conduct", start=dt.date(2019, 3, 1))(base)},
        "CS-MINOR minor-at-default",
    ),
    (
        UK,
        lambda base: {
            **born(2009)(base),
            **changed("conduct", start=dt.date(2026, 9, 1))(base),
            **changed("obligation", default_date=None)(base),
        },
        "CS-MINOR minor",
    ),
    (
        UK,
        lambda base: {
            **born(2005)(base),
            **changed("conduct", start=dt.date(2023, 6, 14))(base),
            **changed("obligation", default_date=None)(base),
        },
        "CS-MINOR minor-then",
    ),
]


@pytest.mark.parametrize(("book", "change", "expected"), EDGES)
def test_an_edge(book: str, change: Callable[[cs.Listing], Changes], expected: str) -> None:
    """On one side of an edge a rule refuses, and on the other it does not."""
    drafted, options = case(book, change)
    result = review(book, drafted, **options)
    cleared = isinstance(result, ClearedListing)

    assert expected == ("" if cleared and not expected else "; ".join(outcome(result)))


def test_every_problem_occurs() -> None:
    """Every problem is what some rule of a packaged rulebook tells of a draft."""
    books = json.loads(VECTORS.read_text("utf-8"))["rulebooks"].values()
    lines = [line for book in books for lines in book["outcomes"].values() for line in lines]
    lines += [line for *_, expected in EDGES for line in expected.split("; ")]

    told = {word for line in lines for word in line.split()}

    assert [] == sorted(set(PROBLEMS) - told)


@pytest.mark.parametrize(
    ("codes", "en", "zh"),
    [
        (["NOPE", "AIR"], "NOPE", "NOPE"),
        (["NO_SUCH", "NOPE", "NOPE", "LOAN_LIMIT"], "NO_SUCH, NOPE", "NO_SUCH、NOPE"),
        (["NOPE", "E12345678", "ABCDE1234F"], "NOPE, ?", "NOPE、?"),
    ],
)
def test_an_unknown_measure_is_named(codes: list[str], en: str, zh: str) -> None:
    """A refusal names each measure that is unknown once, but nothing that could be a number."""
    result = review(CN, draft(CN, measures=codes), catalogue=cs.measures("cn"))
    assert isinstance(result, Refused)
    problem, told = result.reasons[0].problem, PROBLEMS["measure-unknown"]

    assert told.code == problem.code
    assert (f"{told.cure}: {en}", f"{told.cure_zh}：{zh}") == (problem.cure, problem.cure_zh)


# -- One case -----------------------------------------------------------------------------------

SECOND = cs.ResidentID.parse(number(2))


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ({"creditor": "某某银行"}, {"creditor": "某某银行"}, True),
        ({"creditor": "Bank A"}, {"creditor": "ＢＡＮＫ  a"}, True),
        ({"creditor": "Bank A"}, {"creditor": "Bank B"}, False),
        ({"default_date": dt.date(2018, 3, 1)}, {"default_date": dt.date(2018, 3, 2)}, False),
    ],
)
@pytest.mark.parametrize("numbered", [(1, 1), (1, 2)])
def test_one_case_twice(
    first: dict[str, Any], second: dict[str, Any], same: bool, numbered: tuple[int, int]
) -> None:
    """Two drafts are one case if a number, creditor and default agree, however they are written."""
    both = person(1)
    both = attrs.evolve(both, identifiers=(*both.identifiers, SECOND))
    drafts = [
        draft(
            CN,
            borrower=both if serial == 1 else attrs.evolve(both, identifiers=(SECOND,)),
            **changed("obligation", **values)(draft(CN)),
        )
        for serial, values in zip(numbered, (first, second), strict=True)
    ]
    found = RULEBOOKS[CN].review(drafts, on=TODAY, issuer=PLATFORM)

    assert [["CS-ONCE repeated"]] * same == [outcome(one) for one in found.refused]


# -- For which listings, and when ---------------------------------------------------------------

COMPANY = cs.Borrower.organisation(cs.UnifiedSocialCreditCode.parse("91350100M000100Y43"))


@pytest.mark.parametrize(
    ("when", "met", "unmet"),
    [
        (When(holders=frozenset({Holder.ORGANISATION})), {"borrower": COMPANY}, {}),
        (
            When(roles=frozenset({BorrowerRole.GUARANTOR})),
            {"borrower": person(1, role=BorrowerRole.GUARANTOR)},
            {},
        ),
        (When(severities=frozenset({Severity.SERIOUS})), {"severity": Severity.SERIOUS}, {}),
        (When(conducts=frozenset({ConductCode.ABSCOND})), {}, {"conduct": None}),
        (When(bases=frozenset({BasisKind.JUDGMENT})), INSTRUMENT, {"basis": None}),
    ],
)
def test_a_setting(when: When, met: Changes, unmet: Changes) -> None:
    """A rule is asked of the listings that it names, and of no others."""
    assert when.met(draft(CN, **met))
    assert not when.met(draft(CN, **unmet))


def test_a_term_is_in_force() -> None:
    """A term that begins with a law runs from no day before it."""
    terms = RULEBOOKS[SL].deadlines

    assert () == terms("repair", dt.date(2026, 3, 31))
    assert ["CN-SL-REPAIR"] == [rule.id for rule in terms("repair", dt.date(2026, 4, 1))]
