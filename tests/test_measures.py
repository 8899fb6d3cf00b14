"""Measures: what a listing permits, to whom; nothing heavy ever rests on something light."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable
from typing import Any

import attrs
import pytest

import creditshare as cs
from creditshare.calendars import Span, Unit
from creditshare.errors import InvalidValueError, MisuseError, RulebookError
from creditshare.identifiers import Holder
from creditshare.model import BasisLevel, ConductCode, Role, Severity
from creditshare.rules import Citation, Measure, MeasureCatalogue, MeasureClass
from creditshare.rules.measure import Target
from creditshare.rules.packaged import packaged
from world import listing, person

CATALOGUE = cs.measures("cn")
TEXT = packaged("cn-measures")
CODES = {measure.code: measure for measure in CATALOGUE.measures}
CODE = cs.UnifiedSocialCreditCode.parse("91350100M000100Y43")
PERSON, ORGANISATION = Holder.PERSON, Holder.ORGANISATION
KIND = cs.model.BasisKind
LIGHT = (KIND.CONTRACT, KIND.WORKING_GROUP_NOTICE)
INDIA = cs.measures("in")
NEVER_MET = {cs.model.BorrowerRole.VICTIM, cs.model.BorrowerRole.REPRESENTATIVE}
ENABLED = {measure.code for measure in CATALOGUE.measures if measure.enabled}


A_COURT = (Role.ISSUER, Role.COURT)
NO_COURT = [role for role in Role if role is not Role.COURT]


def code_of(measure: Measure) -> str:
    """What a test of one measure is called."""
    return measure.code


def of(
    kind: cs.model.BasisKind,
    holder: Holder,
    towards: cs.model.BorrowerRole = cs.model.BorrowerRole.BORROWER,
    conduct: ConductCode = ConductCode.CAPABLE_REFUSAL,
    severity: Severity = Severity.SERIOUS,
) -> cs.Listing:
    """A listing of a person or an organisation on one kind of basis, for one serious conduct."""
    borrower = (
        person(1, role=towards)
        if holder is PERSON
        else cs.Borrower.organisation(CODE, name="某某公司", role=towards)
    )
    return listing(
        borrower=borrower,
        basis=cs.LegalBasis(kind, "文书", "1", "2020"),
        conduct=cs.Conduct(conduct, dt.date(2019, 3, 1)),
        severity=severity,
    )


def permitted(
    kind: cs.model.BasisKind, holder: Holder, role: Role, issuer: Iterable[Role] = A_COURT
) -> set[str]:
    """The codes of the measures permitted, on the listing of a court if nothing else is said."""
    found = CATALOGUE.permitted(of(kind, holder), role=role, issuer=issuer)
    return {measure.code for measure in found}


CONSUMPTION = {
    "HOTEL_LUXURY",
    "PROPERTY_PURCHASE",
    "OFFICE_LEASE",
    "VEHICLE_PURCHASE",
    "TOURISM",
    "SCHOOL_FEE",
    "INSURANCE_INVESTMENT",
}
TRAVEL = {"AIR", "RAIL_SOFT_SLEEPER", "RAIL_HIGH_SPEED", "SHIP_SECOND_CLASS"}
INSURANCE = {"PREMIUM_INCREASE", "INSURANCE_LIMIT"}
DECISION = KIND.ADMINISTRATIVE_DECISION


@pytest.mark.parametrize(
    ("kind", "holder", "role", "codes"),
    [
        (KIND.WORKING_GROUP_NOTICE, PERSON, Role.LENDER, {"RATE_INCREASE", "LOAN_LIMIT"}),
        (KIND.CONTRACT, PERSON, Role.LENDER, {"RATE_INCREASE", "LOAN_LIMIT"}),
        (KIND.COURT_LISTING, PERSON, Role.LENDER, {"RATE_INCREASE", "LOAN_LIMIT"}),
        (KIND.CONTRACT, ORGANISATION, Role.LENDER, {"RATE_INCREASE", "LOAN_LIMIT"}),
        (KIND.WORKING_GROUP_NOTICE, PERSON, Role.INSURER, set()),
        (KIND.CONTRACT, PERSON, Role.INSURER, set()),
        (DECISION, PERSON, Role.INSURER, INSURANCE),
        (KIND.JUDGMENT, ORGANISATION, Role.INSURER, INSURANCE),
        (KIND.WORKING_GROUP_NOTICE, PERSON, Role.BROKER, set()),
        (KIND.CONTRACT, ORGANISATION, Role.BROKER, set()),
        (DECISION, ORGANISATION, Role.BROKER, {"UNDERWRITING_LIMIT"}),
        (KIND.WORKING_GROUP_NOTICE, PERSON, Role.BUREAU, {"BUREAU_REPORTING"}),
        (KIND.JUDGMENT, PERSON, Role.BUREAU, {"BUREAU_REPORTING"}),
        (KIND.COURT_LISTING, PERSON, Role.BUREAU, {"BUREAU_REPORTING", "CREDIT_RECORD"}),
        (KIND.WORKING_GROUP_NOTICE, PERSON, Role.COURT, set()),
        (DECISION, PERSON, Role.COURT, set()),
        (KIND.JUDGMENT, PERSON, Role.COURT, {"LIST_COURT", "FINE_DETENTION"}),
        (KIND.ARBITRAL_AWARD, ORGANISATION, Role.COURT, {"LIST_COURT"}),
        (
            KIND.COURT_LISTING,
            PERSON,
            Role.COURT,
            {"LIST_COURT", "CREDIT_RECORD", "FINE_DETENTION", "EXIT_BAN"} | CONSUMPTION | TRAVEL,
        ),
        (KIND.COURT_LISTING, ORGANISATION, Role.COURT, {"LIST_COURT", "CREDIT_RECORD"}),
        (KIND.JUDGMENT, PERSON, Role.CARRIER, set()),
        (KIND.COURT_LISTING, PERSON, Role.CARRIER, TRAVEL),
        (KIND.COURT_LISTING, ORGANISATION, Role.CARRIER, set()),
        (KIND.COURT_LISTING, PERSON, Role.IMMIGRATION, {"EXIT_BAN"}),
        (KIND.MEDIATION, PERSON, Role.IMMIGRATION, set()),
        (KIND.COURT_LISTING, PERSON, Role.REGISTRY, {"DIRECTOR_BAN"}),
        (KIND.COURT_LISTING, ORGANISATION, Role.REGISTRY, set()),
        (KIND.COURT_LISTING, PERSON, Role.PERSONNEL, set()),
        (KIND.NOTARISED_CLAIM, PERSON, Role.PERSONNEL, set()),
        (DECISION, ORGANISATION, Role.FINANCE, set()),
        (DECISION, PERSON, Role.FINANCE, set()),
        (KIND.WORKING_GROUP_NOTICE, ORGANISATION, Role.FINANCE, set()),
        (DECISION, ORGANISATION, Role.REGULATOR, set()),
        (KIND.COURT_LISTING, PERSON, Role.REGULATOR, set()),
        (KIND.JUDGMENT, PERSON, Role.AUTHORITY, set()),
        (KIND.JUDGMENT, ORGANISATION, Role.AUTHORITY, set()),
        (KIND.CONTRACT, ORGANISATION, Role.AUTHORITY, set()),
        (KIND.COURT_LISTING, PERSON, Role.ISSUER, set()),
        (KIND.COURT_LISTING, PERSON, Role.CUSTODIAN, set()),
        (KIND.COURT_LISTING, PERSON, Role.STEWARD, set()),
        (KIND.COURT_LISTING, PERSON, Role.AUDITOR, set()),
    ],
)
def test_what_is_permitted(
    kind: cs.model.BasisKind, holder: Holder, role: Role, codes: set[str]
) -> None:
    """A basis, a holder and a role permit exactly these measures."""
    assert codes == permitted(kind, holder, role)


EVERYTHING = list(itertools.product(KIND, Holder, Role))
COURT_ONLY = {
    measure.code for measure in CATALOGUE.measures if measure.needs_kind is KIND.COURT_LISTING
}


def test_a_notice_never_reduces_rights() -> None:
    """On a notice or a contract no role may rest a measure that reduces rights."""
    for kind, holder, role in EVERYTHING:
        if kind in LIGHT:
            found = CATALOGUE.permitted(of(kind, holder), role=role, issuer=A_COURT)
            assert [] == [measure.code for measure in found if measure.reduces_rights]


def test_a_disabled_measure_is_never_permitted() -> None:
    """A measure is permitted to somebody on something exactly if it is enabled."""
    found = set().union(*(permitted(*case) for case in EVERYTHING))

    assert {"CARD_STOP", "ACCOUNT_STOP", "PAYMENT_LIMIT"} <= set(CODES) - ENABLED
    assert ENABLED == found


@pytest.mark.parametrize("measure", [*CATALOGUE.measures, *INDIA.measures], ids=code_of)
def test_an_unverified_or_doubtful_measure_is_off(measure: Measure) -> None:
    """A measure is on exactly if its text was read in a source and it is not doubtful."""
    assert (measure.verified and not measure.doubtful) is measure.enabled


# -- Turned on by a rulebook -------------------------------------------------------------------

ALLOWED = Citation("某省金融条例", "12", "2027")


@pytest.mark.parametrize("code", sorted(set(CODES) - ENABLED))
def test_a_measure_that_a_rulebook_turns_on(code: str) -> None:
    """A measure that is off is permitted with a citation of a rulebook's own, and bears it."""
    before = CODES[code]
    catalogue = CATALOGUE.turned_on({code: ALLOWED})
    after = catalogue.measure(code)

    assert (False, None) == (before.enabled, before.enabled_by)
    assert (True, ALLOWED) == (after.enabled, after.enabled_by)
    assert before == attrs.evolve(after, enabled_by=None)
    assert ENABLED | {code} == {each.code for each in catalogue.measures if each.enabled}


def test_what_is_turned_on_keeps_its_limits() -> None:
    """A doubtful measure that is turned on is still tied to basis, conduct, role and borrower."""
    catalogue = CATALOGUE.turned_on({"CARD_STOP": ALLOWED})
    fraud, absconded = ConductCode.CARD_FRAUD, ConductCode.ABSCOND
    borrower, victim = cs.model.BorrowerRole.BORROWER, cs.model.BorrowerRole.VICTIM
    cases = {
        (kind, role, towards, conduct)
        for kind, role, towards, conduct in itertools.product(
            KIND, Role, (borrower, victim), (fraud, absconded)
        )
        if catalogue.measure("CARD_STOP").permitted(
            of(kind, PERSON, towards, conduct), role, A_COURT
        )
    }

    assert {(kind, Role.LENDER, borrower, fraud) for kind in KIND if kind not in LIGHT} == cases


def test_what_is_turned_on_twice() -> None:
    """Turning on one measure after another keeps both, and leaves the catalogue it came from."""
    one = CATALOGUE.turned_on({"CARD_STOP": ALLOWED})
    both = one.turned_on({"BIDDING": attrs.evolve(ALLOWED, article="13")})

    assert "12" == getattr(both.measure("CARD_STOP").enabled_by, "article", None)
    assert "13" == getattr(both.measure("BIDDING").enabled_by, "article", None)
    assert cs.measures("cn") == CATALOGUE


def test_what_comes_with_the_library_is_read_once() -> None:
    """A packaged catalogue is the same value each time; turned on, but for what is turned on."""
    turned = CATALOGUE.turned_on({"CARD_STOP": ALLOWED})
    others = zip(CATALOGUE.measures, turned.measures, strict=True)

    assert cs.measures("cn") is cs.measures("cn-measures")
    assert {"CARD_STOP"} == {one.code for one, other in others if one is not other}


def test_a_measure_to_turn_on_that_there_is_not() -> None:
    """A code that the catalogue does not have cannot be turned on, nor asked for."""
    with pytest.raises(RulebookError, match="no measure of that code"):
        CATALOGUE.turned_on({"PILLORY": ALLOWED})
    with pytest.raises(RulebookError, match="no measure of that code"):
        CATALOGUE.measure("PILLORY")
    with pytest.raises(MisuseError, match="citation must be Citation"):
        CATALOGUE.turned_on({"CARD_STOP": "somebody said so"})  # type: ignore[dict-item]


# -- Linked to the conduct ---------------------------------------------------------------------


@pytest.mark.parametrize("measure", [*CATALOGUE.measures, *INDIA.measures], ids=code_of)
def test_a_measure_is_linked_to_the_conduct(measure: Measure) -> None:
    """On the best of bases a measure follows exactly the conducts that it is linked to."""
    turned_on = attrs.evolve(measure, enabled_by=ALLOWED)
    met = {
        code
        for code, holder in itertools.product(ConductCode, Holder)
        if turned_on.carried_by(of(KIND.COURT_LISTING, holder, conduct=code))
    }

    assert set(measure.conducts or ConductCode) == met
    assert measure.link
    assert measure.link_zh


def test_a_draft_without_conduct_carries_nothing() -> None:
    """Mere delay, which has no conduct, permits no measure to any role."""
    late = attrs.evolve(of(KIND.COURT_LISTING, PERSON), conduct=None)

    assert {()} == {CATALOGUE.permitted(late, role=role, issuer=A_COURT) for role in Role}


def test_untrustworthy_once_is_not_restricted_everywhere() -> None:
    """Whoever absconded from an online lender meets lenders and the bureau, and nobody else."""
    listed = of(KIND.WORKING_GROUP_NOTICE, PERSON, conduct=ConductCode.ABSCOND)
    found = {
        role: {measure.code for measure in CATALOGUE.permitted(listed, role=role, issuer=A_COURT)}
        for role in Role
    }

    assert {
        Role.LENDER: {"RATE_INCREASE", "LOAN_LIMIT"},
        Role.BUREAU: {"BUREAU_REPORTING"},
    } == {role: codes for role, codes in found.items() if codes}


def test_the_court_lists_on_its_grounds_alone() -> None:
    """A court may list whoever breaks a settlement, and not whoever merely cannot be reached."""
    permits = {
        conduct: CODES["LIST_COURT"].carried_by(of(KIND.JUDGMENT, PERSON, conduct=conduct))
        for conduct in (ConductCode.SETTLEMENT_BREACH, ConductCode.ABSCOND)
    }

    assert {ConductCode.SETTLEMENT_BREACH: True, ConductCode.ABSCOND: False} == permits


@pytest.mark.parametrize("measure", [*CATALOGUE.measures, *INDIA.measures], ids=code_of)
def test_a_measure_fits_the_severity(measure: Measure) -> None:
    """A measure rests on conduct of its least severity and of every graver one, and on no other."""
    turned_on = attrs.evolve(measure, enabled_by=ALLOWED)
    conduct = next(iter(measure.conducts), ConductCode.CAPABLE_REFUSAL)
    rising = [Severity.MINOR, Severity.GENERAL, Severity.SERIOUS]
    carried = [
        severity
        for severity in rising
        if any(
            turned_on.carried_by(of(KIND.COURT_LISTING, holder, conduct=conduct, severity=severity))
            for holder in Holder
        )
    ]

    assert rising[rising.index(measure.severity or Severity.MINOR) :] == carried


def test_nobody_is_detained_for_a_minor_conduct() -> None:
    """A fine or detention needs more than minor conduct; a ban from a trade needs serious one."""
    asked = {code: CODES[code].severity for code in ("FINE_DETENTION", "BIDDING", "LOAN_LIMIT")}

    assert {
        "FINE_DETENTION": Severity.GENERAL,
        "BIDDING": Severity.SERIOUS,
        "LOAN_LIMIT": None,
    } == asked


# -- India -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "years"), [("IN_NO_CREDIT", 1), ("IN_NO_NEW_VENTURE", 5)])
def test_the_bans_of_india_outlast_the_listing(code: str, years: int) -> None:
    """A wilful defaulter gets no credit for a year after removal, for a new venture for five."""
    measure = INDIA.measure(code)

    assert Span(years, Unit.YEARS) == measure.tail
    assert MeasureClass.COMPULSORY is measure.measure_class
    assert {None} == {each.tail for each in CATALOGUE.measures}


def test_the_bans_of_india_rest_on_a_wilful_default() -> None:
    """The bans of India rest on a reasoned order or more, for the events of a wilful default."""
    found = {
        (kind, conduct)
        for kind, conduct in itertools.product(KIND, ConductCode)
        if INDIA.permitted(of(kind, ORGANISATION, conduct=conduct), role=Role.LENDER)
    }
    code = ConductCode
    events = {code.CAPABLE_REFUSAL, code.FUND_DIVERSION, code.FUND_SIPHONING,
              code.COLLATERAL_DISPOSAL, code.EQUITY_SHORTFALL}  # fmt: skip

    assert set(itertools.product(set(KIND) - set(LIGHT), events)) == found


def test_an_associate_is_met_by_no_listing() -> None:
    """What meets associates alone is carried by no listing of the borrower."""
    only = attrs.evolve(INDIA.measure("IN_NO_CREDIT"), targets=[Target.ASSOCIATE])

    assert not any(only.carried_by(of(KIND.JUDGMENT, holder)) for holder in Holder)


# -- The whole ---------------------------------------------------------------------------------


def test_a_digest_tells_catalogues_apart() -> None:
    """A catalogue has the same digest as often as it is read, and another if anything changes."""
    changed = TEXT.replace('article = "3(9)"', 'article = "3(8)"')
    digests = {
        CATALOGUE.digest,
        cs.measures("cn").digest,
        INDIA.digest,
        MeasureCatalogue.from_toml(changed).digest,
        CATALOGUE.turned_on({"CARD_STOP": ALLOWED}).digest,
    }

    assert 4 == len(digests)
    assert {32} == set(map(len, digests))
    assert CATALOGUE.digest == MeasureCatalogue.from_toml("# a comment\n" + TEXT).digest


def test_court_measures_need_a_court_listing() -> None:
    """Records by a court, and travel, consumption, exit and office bans need a court listing."""
    elsewhere = set().union(
        *(permitted(*case) for case in EVERYTHING if case[0] is not KIND.COURT_LISTING)
    )
    expected = CONSUMPTION | TRAVEL | {"EXIT_BAN", "DIRECTOR_BAN", "CIVIL_SERVICE_BAN"}

    assert expected | {"CREDIT_RECORD", "FUND_MANAGER_ROLE_BAN"} == COURT_ONLY
    assert not COURT_ONLY & elsewhere


@pytest.mark.parametrize("issuer", [(), [Role.ISSUER, Role.CUSTODIAN], set(NO_COURT)])
def test_court_measures_need_a_court(issuer: Iterable[Role]) -> None:
    """A court listing that an issuer other than a court claims loses the court's measures only."""
    for holder, role in itertools.product(Holder, Role):
        claimed = permitted(KIND.COURT_LISTING, holder, role, issuer)
        assert permitted(KIND.COURT_LISTING, holder, role) - COURT_ONLY == claimed


@pytest.mark.parametrize("issuer", [{Role.COURT}, A_COURT, list(Role)])
def test_a_court_may_have_other_roles(issuer: Iterable[Role]) -> None:
    """A court's listing carries the court's measures, whatever other roles the court has."""
    assert TRAVEL == permitted(KIND.COURT_LISTING, PERSON, Role.CARRIER, issuer)


@pytest.mark.parametrize("kind", KIND)
def test_a_lenders_claim_makes_no_record_by_a_court(kind: cs.model.BasisKind) -> None:
    """A record "by the court" is never compulsory on what a lender claims, whatever its basis."""
    claimed = CATALOGUE.permitted(
        of(kind, PERSON, conduct=ConductCode.ABSCOND),
        role=Role.BUREAU,
        issuer={Role.LENDER, Role.ISSUER},
    )

    assert {"BUREAU_REPORTING"} == {measure.code for measure in claimed}


def test_an_issuer_that_is_not_told_is_no_court() -> None:
    """Where the issuer's roles are not given, no court's measure is permitted."""
    found = CATALOGUE.permitted(of(KIND.COURT_LISTING, PERSON), role=Role.CARRIER)

    assert () == found


def test_other_measures_need_no_court() -> None:
    """On any other basis, who issued the listing makes no difference."""
    for kind, holder, role in EVERYTHING:
        if kind is not KIND.COURT_LISTING:
            assert permitted(kind, holder, role) == permitted(kind, holder, role, ())


@pytest.mark.parametrize("towards", sorted(NEVER_MET))
def test_nothing_meets_a_victim_or_a_representative(towards: cs.model.BorrowerRole) -> None:
    """Who is a victim, or only represents who owes, is met by no role's measure on any basis."""
    victims = {
        CATALOGUE.permitted(of(kind, holder, towards), role=role, issuer=A_COURT)
        for kind, holder, role in EVERYTHING
    }

    assert {()} == victims


@pytest.mark.parametrize(
    "towards", [role for role in cs.model.BorrowerRole if role not in NEVER_MET]
)
def test_every_other_borrower_is_met(towards: cs.model.BorrowerRole) -> None:
    """Whoever else owes is met the same, whatever they are towards the debt."""
    for kind, holder, role in EVERYTHING:
        drafted = of(kind, holder, towards)
        found = CATALOGUE.permitted(drafted, role=role, issuer=A_COURT)
        assert permitted(kind, holder, role) == {measure.code for measure in found}


@pytest.mark.parametrize("code", sorted(INSURANCE | {"UNDERWRITING_LIMIT"}))
def test_insurers_and_brokers_need_a_decision(code: str) -> None:
    """Insurance and underwriting need an administrative decision or more."""
    measure = CODES[code]
    kinds = {case[0] for case in EVERYTHING if code in permitted(*case)}

    assert BasisLevel.ADMINISTRATIVE_DECISION is measure.needs
    assert {kind for kind in KIND if kind not in LIGHT} == kinds


# -- Written down a second time ----------------------------------------------------------------

PROCEDURE, TRAVELLING = "民事诉讼法 266", "限制被执行人高消费及有关消费的若干规定"
NOTICE_2019 = "关于加强P2P网贷领域征信体系建设的通知 unstated"
PACT, MEMORANDA, RBI = "浙江银行业公约 unstated", "联合惩戒合作备忘录 unstated", "RBI directions"
TOLD = f"""
LIST_COURT|C|N O|court|法释〔2017〕7号 1; {PROCEDURE}
CREDIT_RECORD|C|N O|court bureau|{PROCEDURE}
BUREAU_REPORTING|D|N O|bureau|征信业管理条例 15, 16
EXIT_BAN|C|N R|court immigration|{PROCEDURE}; 出境入境管理法 12(3)
AIR|C|N R|court carrier|{TRAVELLING} 3(1)
RAIL_SOFT_SLEEPER|C|N R|court carrier|{TRAVELLING} 3(1)
RAIL_HIGH_SPEED|C|N R|court carrier|{TRAVELLING} 3(9)
SHIP_SECOND_CLASS|C|N R|court carrier|{TRAVELLING} 3(1)
HOTEL_LUXURY|C|N R|court|{TRAVELLING} 3(2)
PROPERTY_PURCHASE|C|N R|court|{TRAVELLING} 3(3)
OFFICE_LEASE|C|N R|court|{TRAVELLING} 3(4)
VEHICLE_PURCHASE|C|N R|court|{TRAVELLING} 3(5)
TOURISM|C|N R|court|{TRAVELLING} 3(6)
SCHOOL_FEE|C|N R|court|{TRAVELLING} 3(7); 法发〔2019〕35号 unstated
INSURANCE_INVESTMENT|C|N R|court|{TRAVELLING} 3(8)
DIRECTOR_BAN|C|N|registry|公司法 178(5)
CIVIL_SERVICE_BAN|C|N|personnel|公务员法 unstated
FUND_MANAGER_ROLE_BAN|C|N|regulator|私募投资基金监督管理条例 9(4)
FINE_DETENTION|A|N R|court|民事诉讼法 114
PROCUREMENT|A|O|finance|政府采购法 22
BIDDING|A|O|authority|发改财金〔2016〕141号 unstated
FINANCIAL_INSTITUTION_SETUP|A|N O|regulator|发改财金〔2016〕141号 unstated
BOND_ISSUE|A|O|regulator|{MEMORANDA}
STOCK_ISSUE|A|O|regulator|{MEMORANDA}
EQUITY_INCENTIVE|A|O|regulator|{MEMORANDA}
FX_QUOTA|A|O|regulator|{MEMORANDA}
SOE_EXECUTIVE|A|N|authority|2016年意见 unstated
FI_EXECUTIVE|A|N|regulator|2016年意见 unstated
NPO_HEAD|A|N|authority|2016年意见 unstated
SUBSIDY|A|N O|authority|{MEMORANDA}
LAND_SUPPLY|A|N O|authority|{MEMORANDA}
CUSTOMS_RATING|A|N O|authority|{MEMORANDA}
TAX_RATING|A|N O|authority|{MEMORANDA}
HONOURS|A|N O|authority|{MEMORANDA}
KEY_SUPERVISION|A|N O|authority|{MEMORANDA}
RATE_INCREASE|D|N O|lender|国发〔2016〕33号 11; {NOTICE_2019}
LOAN_LIMIT|D|N O|lender|国发〔2016〕33号 11; {NOTICE_2019}
PREMIUM_INCREASE|D|N O|insurer|国发〔2016〕33号 11; {NOTICE_2019}
INSURANCE_LIMIT|D|N O|insurer|国发〔2016〕33号 11; {NOTICE_2019}
UNDERWRITING_LIMIT|D|N O|broker|国发〔2016〕33号 11; {NOTICE_2019}
CARD_STOP|D|N O|lender|{PACT}
ACCOUNT_STOP|D|N O|lender|{PACT}
PAYMENT_LIMIT|D|N O|lender|{PACT}
IN_NO_CREDIT|C|N O A|lender|{RBI} unstated
IN_NO_NEW_VENTURE|C|N O A|lender|{RBI} unstated
"""
"""Code, class, target, roles and citations of every measure, as their source has them."""
LETTERS = {"person": "N", "organisation": "O", "responsible-person": "R", "associate": "A"}
SHORT = [
    ("中华人民共和国", ""),
    ("最高人民法院关于限制", "限制"),
    ("国务院 ", ""),
    (" on wilful defaulters and large defaulters", ""),
]


def row_of(measure: Measure) -> str:
    """A measure as the table has it."""
    cited = "; ".join(f"{one.instrument} {one.article}" for one in measure.citations)
    for long, short in SHORT:
        cited = cited.replace(long, short)
    targets = " ".join(LETTERS[target] for target in measure.targets)
    parts = measure.code, measure.measure_class.value, targets, " ".join(measure.roles), cited
    return "|".join(parts)


def test_a_measure_stands_where_the_table_says() -> None:
    """Class, target, roles and citations of every measure are those of the table, in its order."""
    found = [row_of(measure) for measure in (*CATALOGUE.measures, *INDIA.measures)]

    assert TOLD.strip().split("\n") == found


@pytest.mark.parametrize(
    ("verified", "doubtful", "enabled"),
    [(True, False, True), (True, True, False), (False, False, False), (False, True, False)],
)
def test_what_is_doubtful_or_unread_is_off(verified: bool, doubtful: bool, enabled: bool) -> None:
    """A doubtful measure is off also where somebody has read its text."""
    measure = attrs.evolve(CODES["LOAN_LIMIT"], verified=verified, doubtful=doubtful)

    assert enabled is measure.enabled
    assert enabled is measure.carried_by(of(KIND.CONTRACT, PERSON))


# -- A measure ---------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [BasisLevel.CONTRACT, BasisLevel.WORKING_GROUP_NOTICE])
@pytest.mark.parametrize(
    "measure",
    [measure for measure in CATALOGUE.measures if measure.reduces_rights],
    ids=lambda measure: measure.code,
)
def test_a_measure_that_goes_too_far(measure: Measure, level: BasisLevel) -> None:
    """A measure that reduces rights cannot be evolved to rest on less than a decision."""
    with pytest.raises(InvalidValueError, match="needs: reduces rights"):
        attrs.evolve(measure, needs=level)


@pytest.mark.parametrize("code", ["RATE_INCREASE", "LOAN_LIMIT", "BUREAU_REPORTING"])
def test_a_measure_that_becomes_compulsory(code: str) -> None:
    """A measure that rests on a contract cannot be evolved to be compulsory."""
    with pytest.raises(InvalidValueError, match="needs: compulsory"):
        attrs.evolve(CODES[code], measure_class=MeasureClass.COMPULSORY)


@pytest.mark.parametrize("code", ["RATE_INCREASE", "LOAN_LIMIT", "BUREAU_REPORTING"])
def test_a_measure_that_begins_to_reduce_rights(code: str) -> None:
    """A measure that rests on a contract cannot be evolved to reduce rights."""
    with pytest.raises(InvalidValueError, match="needs: reduces rights"):
        attrs.evolve(CODES[code], reduces_rights=True)


def test_a_new_measure_that_goes_too_far() -> None:
    """A measure that reduces rights on a contract cannot be made either."""
    values: dict[str, Any] = attrs.asdict(CODES["EXIT_BAN"], recurse=False)

    assert CODES["EXIT_BAN"] == Measure(**values)
    with pytest.raises(InvalidValueError, match="needs: reduces rights"):
        Measure(**(values | {"needs": BasisLevel.CONTRACT}))


def test_a_draft_permits_nothing() -> None:
    """A draft without a basis permits no measure to any role."""
    draft = listing(basis=None)

    assert {()} == {CATALOGUE.permitted(draft, role=role, issuer=A_COURT) for role in Role}


def test_a_responsible_person_is_not_met() -> None:
    """A measure against responsible persons is not permitted by the organisation's listing."""
    for measure in CATALOGUE.measures:
        if Target.RESPONSIBLE_PERSON in measure.targets:
            organisation = of(KIND.COURT_LISTING, ORGANISATION)
            assert not any(measure.permitted(organisation, role, A_COURT) for role in Role)


def test_every_measure_is_cited() -> None:
    """Every measure has its citations, its words and who applies it."""
    for measure in CATALOGUE.measures:
        for citation in measure.citations:
            assert all((citation.instrument, citation.article, citation.version))
        assert measure.citations[0] == measure.citation
        assert all((measure.term, measure.meaning, measure.by, measure.by_zh))


def test_what_cannot_be_looked_up_is_off() -> None:
    """A measure of China that reduces rights is verified only with an article and its version."""
    for measure in CATALOGUE.measures:
        if measure.reduces_rights and measure.verified:
            assert "unstated" not in (measure.citation.article, measure.citation.version)


def test_every_measure_has_a_role_and_a_target() -> None:
    """Every measure names roles and targets that exist, and follows its class."""
    market = {Role.LENDER, Role.INSURER, Role.BROKER, Role.BUREAU}
    for measure in CATALOGUE.measures:
        assert measure.roles
        assert measure.targets
        assert set(measure.roles) <= set(Role)
        if measure.measure_class is MeasureClass.MARKET_DISCRETION:
            assert set(measure.roles) <= market
        if measure.measure_class is MeasureClass.COMPULSORY:
            assert measure.needs is BasisLevel.EFFECTIVE_INSTRUMENT


def test_lenders_decide_for_themselves() -> None:
    """Nothing that a lender, an insurer or a broker may do is compulsory."""
    for role in (Role.LENDER, Role.INSURER, Role.BROKER):
        found = CATALOGUE.permitted(of(KIND.COURT_LISTING, PERSON), role=role, issuer=A_COURT)
        assert {MeasureClass.MARKET_DISCRETION} == {measure.measure_class for measure in found}


# -- A catalogue's text ------------------------------------------------------------------------

FIRST = 'needs = "effective-instrument"'
COURTS = 'needs_kind = "court-listing"'
SAFEGUARD = next(line for line in TEXT.splitlines(True) if line.startswith("safeguard ="))
CITED = next(line for line in TEXT.splitlines() if line.startswith("citations = [{"))
TAIL = '\ntail = {{ value = {}, unit = "{}" }}'


@pytest.mark.parametrize("level", ["contract", "working-group-notice"])
@pytest.mark.parametrize(
    "code", [code for code, measure in CODES.items() if measure.reduces_rights]
)
def test_a_catalogue_that_goes_too_far(code: str, level: str) -> None:
    """A catalogue in which a rights-reducing measure rests on a notice or contract is refused."""
    parts = TEXT.split("[[measure]]")
    place = next(i for i, part in enumerate(parts) if f'code = "{code}"' in part)
    parts[place] = parts[place].replace(FIRST, f'needs = "{level}"')
    parts[place] = parts[place].replace('needs = "administrative-decision"', f'needs = "{level}"')

    with pytest.raises(RulebookError, match=rf"measure\[{place}\]\.needs: reduces rights"):
        MeasureCatalogue.from_toml("[[measure]]".join(parts))


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('code = "LIST_COURT"\n', "", r"measure\[1\]\.code: (is missing|must be)"),
        ('code = "LIST_COURT"', 'code = "EXIT_BAN"', r"^measure\[4\]\.code: stands twice$"),
        (
            'code = "LIST_COURT"',
            'code = "AIR "',
            r"^measure\[1\]\.code: must not begin or end with",
        ),
        (
            FIRST,
            FIRST + '\nneeds_kind = "administrative-decision"',
            r"^measure\[1\]\.needs_kind: less binding than what it needs",
        ),
        ('roles = ["court"]', 'roles = ["king"]', r"measure\[1\]\.roles: must be one of"),
        ('roles = ["court"]', "roles = []", r"measure\[1\]\.roles: must not be empty"),
        ('roles = ["court"]', 'roles = "court"', r"measure\[1\]\.roles: must be a list"),
        ('roles = ["court"]', "roles = [1]", r"measure\[1\]\.roles: must be one of"),
        ('["person", "organisation"]', '["child"]', r"measure\[1\]\.targets"),
        ('class = "C"', 'class = "E"', r"measure\[1\]\.class: must be one of"),
        (
            "reduces_rights = true",
            "reduces_rights = 1",
            r"measure\[1\]\.reduces_rights: must be",
        ),
        (
            "reduces_rights = true\n",
            "",
            r"measure\[1\]\.reduces_rights: (is missing|must be)",
        ),
        (FIRST, 'needs = "rumour"', r"measure\[1\]\.needs: must be one of"),
        (FIRST, "needs = 4", r"measure\[1\]\.needs: (is missing|must be)"),
        (FIRST, FIRST + '\nneeds_kind = "rumour"', r"measure\[1\]\.needs_kind: must be one of"),
        (FIRST, FIRST + '\nweight = "heavy"', r"measure\[1\]\.weight: an unknown key"),
        ("doubtful = false\n", "", r"measure\[1\]\.doubtful: (is missing|must be)"),
        ("doubtful = false", "enabled = true\ndoubtful = false", r"measure\[1\]\.enabled: an unk"),
        ('by = "a court"\n', "", r"measure\[1\]\.by: is missing"),
        ('by_zh = "人民法院"\n', "", r"measure\[1\]\.by_zh: is missing"),
        ("conducts = [\n", 'conducts = [\n"LATE",', r"measure\[1\]\.conducts: must be one of"),
        (f"{COURTS}\nlink", f"{COURTS}\nconducts = []\nlink", r"conducts: must not be empty"),
        ('link = "', 'link = ""\nx = "', r"measure\[1\]\.link: must not be blank"),
        (SAFEGUARD, "", r"measure\[1\]\.safeguard: must not be blank"),
        (CITED, "citations = []", r"measure\[2\]\.citations: there must be one at least"),
        (CITED, "citations = 1", r"measure\[2\]\.citations: must be a list"),
        (CITED, "citations = [1]", r"measure\[2\]\.citations: must be tables"),
        ('article = "1", ', "", r"measure\[1\]\.citations\[1\]\.article: is missing"),
        ('article = "1"', 'article = "1", x = 1', r"measure\[1\]\.citations\[1\]\.x: an unknown"),
        ('article = "1"', 'article = "\\u0001"', r"measure\[1\]\.citations\[1\]\.article: must"),
        (FIRST, FIRST + '\nseverity = "dire"', r"measure\[1\]\.severity: must be one of"),
        (FIRST, FIRST + "\ntail = 1", r"measure\[1\]\.tail: must be a table"),
        (FIRST, FIRST + TAIL.format(1, "weeks"), r"measure\[1\]\.tail\.unit: must be one of"),
        (FIRST, FIRST + TAIL.format(-1, "days"), r"measure\[1\]\.tail\.value: must be"),
        (FIRST, FIRST + TAIL.format(1, "working-days"), r"measure\[1\]\.tail: must be in days"),
        ("[catalogue]", "[list]", r"catalogue: is missing"),
        ('id = "cn-measures"', 'id = "cn-measures"\nx = 1', r"catalogue\.x: an unknown key"),
        ("[catalogue]", "y = 1\n[catalogue]", r"y: an unknown key"),
        (TEXT[TEXT.index("[[measure]]") :], "", r"measure"),
        ("[[measure]]", "[[measure]", r"not TOML"),
    ],
)
def test_a_catalogue_with_a_mistake(old: str, new: str, place: str) -> None:
    """A mistake in a catalogue is refused with its place."""
    changed = TEXT.replace(old, new, 1)

    assert changed != TEXT
    with pytest.raises(RulebookError, match=place):
        MeasureCatalogue.from_toml(changed)


@pytest.mark.parametrize("name", ["", "us", "../cn", "cn-measures.toml"])
def test_an_unknown_catalogue(name: str) -> None:
    """A catalogue of another name, or a path, is refused."""
    with pytest.raises(RulebookError, match="no rulebook or catalogue"):
        cs.measures(name)


@pytest.mark.parametrize("name", [[], None, 5])
def test_a_name_that_is_none(name: Any) -> None:
    """A catalogue is asked for by a text; anything else is refused with the library's own error."""
    with pytest.raises(MisuseError, match="name must be str"):
        cs.measures(name)


def test_a_rulebook_is_no_catalogue() -> None:
    """A rulebook is not read as a catalogue."""
    with pytest.raises(RulebookError):
        cs.measures("cn-credit-reporting")
