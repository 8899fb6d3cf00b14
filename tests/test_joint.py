"""The joint view: several issuers list one borrower, and nothing is counted or applied twice."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import creditshare as cs
from creditshare.errors import MisuseError, RosterError
from creditshare.joint import DebtFact, JointMeasure, JointView, Resemblance, joint_view
from creditshare.life import Cause
from creditshare.model import BasisKind, BorrowerRole, ConductCode, WithdrawalReason
from creditshare.rules import Citation
from creditshare.screening import Match, ReviewReason, Screening, SecondFactor
from world import DAY, NOW, TODAY, World, applicant, listing

CN = cs.measures("cn")
LENDER = [cs.Role.LENDER]
LENDERS_OWN = ["RATE_INCREASE", "LOAN_LIMIT"]
OTHER_DEBT = cs.Obligation(
    "某某银行", cs.Money(900_000, "CNY"), cs.Money(800_000, "CNY"), dt.date(2018, 6, 1)
)
SAME = listing().obligation


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


def told(world: World, **listings: cs.Listing) -> cs.Registry:
    """A registry that was told of one listing by each of these issuers."""
    registry = world.registry()
    for origin, listed in listings.items():
        ledger = world.ledger(origin, origin)
        world.record(ledger, listed)
        world.apply(registry, world.seal(ledger, f"{origin}.csb")[0])
    return registry


def view(world: World, registry: cs.Registry, **changes: Any) -> JointView:
    """The joint view of the first borrower, as a lender sees it."""
    roster = changes.pop("roster", world.roster())
    at, asked = changes.pop("at", NOW), changes.pop("asked", applicant(1))
    (answer,) = world.screen(registry, asked, roster=roster, at=at)
    seen: dict[str, Any] = {"catalogue": CN, "roles": LENDER, "roster": roster, "at": at}
    return joint_view(answer, **(seen | changes))


def as_court(world: World) -> cs.Roster:
    """The roster in which the bank is a court."""
    bank = world.roster().entry("bank")
    return world.roster(bank=attrs.evolve(bank, roles=[cs.Role.ISSUER, cs.Role.COURT]))


def codes(measures: tuple[JointMeasure, ...]) -> list[str]:
    """The codes of measures, in their order."""
    return [item.measure.code for item in measures]


def origins(measure: JointMeasure) -> list[str]:
    """Whose listings a measure rests on."""
    return [rest.origin for rest in measure.rests_on]


# -- What is owed ------------------------------------------------------------------------------


def test_a_debt_that_two_report_is_counted_once(world: World) -> None:
    """A debt that platform and bank both list is one debt, with both reports and the reason."""
    spelled = attrs.evolve(SAME, creditor="某某 网贷")
    registry = told(world, platform=listing(1), bank=listing(1, obligation=spelled))
    found = view(world, registry)
    (debt,) = found.debts
    (owed,) = found.owed

    assert {"platform", "bank"} == {match.origin for match in debt.reports}
    assert tuple(DebtFact) == debt.joined_by
    assert ("CNY", 1_500_000, 1_500_000) == (owed.currency, owed.least, owed.most)
    assert () == found.alike


def test_two_debts_are_two(world: World) -> None:
    """Debts of two creditors are added up, and neither is said to resemble the other."""
    registry = told(world, platform=listing(1), bank=listing(1, obligation=OTHER_DEBT))
    found = view(world, registry)

    assert [(), ()] == [debt.joined_by for debt in found.debts]
    assert [("CNY", 2_300_000, 2_300_000)] == [
        (it.currency, it.least, it.most) for it in found.owed
    ]
    assert () == found.alike


def test_paid_at_one_and_owed_at_the_other(world: World) -> None:
    """Where two reports of one debt disagree on what is left, the view tells both ends."""
    paid_half = attrs.evolve(SAME, outstanding=cs.Money(700_000, "CNY"))
    registry = told(world, platform=listing(1), bank=listing(1, obligation=paid_half))
    found = view(world, registry)

    assert [(700_000, 1_500_000)] == [(debt.least, debt.most) for debt in found.debts]
    assert [(700_000, 1_500_000)] == [(owed.least, owed.most) for owed in found.owed]


def test_nothing_personal_shows_in_a_repr(world: World) -> None:
    """What a view prints as holds no name, no amount and no creditor."""
    found = view(world, told(world, platform=listing(1)))
    shown = repr(found) + repr(found.debts) + repr(found.owed)

    assert not [told for told in ("测试", "网贷", "1500000", "2000000") if told in shown]


def match(number: int, origin: str, debt: cs.Obligation, **changes: Any) -> Match:
    """A match made by hand, for what no single exchange has."""
    listed = attrs.evolve(listing(1, obligation=debt), id=number.to_bytes(16, "big"))
    values: dict[str, Any] = {
        "origin": origin,
        "issuer": origin,
        "listing_id": listed.id,
        "listing": listed,
        "corroboration": (SecondFactor.NAME,),
        "measures": (),
        "exempted_until": None,
        "last_day": TODAY + 90 * DAY,
    }
    return Match(**(values | changes))


def by_hand(*matches: Match, **changes: Any) -> JointView:
    """The view of these matches."""
    answer = Screening("a1", cs.Outcome.MATCH, matches, (), (), ("bank", "platform"))
    seen: dict[str, Any] = {"catalogue": CN, "roles": LENDER, "at": NOW}
    return joint_view(answer, **(seen | changes))


YUAN = cs.Money(2_000_000, "CNY")
LATER = dt.date(2018, 3, 2)
RESTATED = cs.Money(2_100_000, "CNY")


@pytest.mark.parametrize(
    ("changes", "debts", "differ"),
    [
        ({}, 1, None),
        ({"creditor": "某某 网贷　"}, 1, None),
        ({"annual_rate": None, "outstanding": cs.Money(1, "CNY")}, 1, None),
        ({"creditor": "某某网贷平台"}, 2, [DebtFact.CREDITOR]),
        ({"principal": RESTATED}, 2, [DebtFact.PRINCIPAL]),
        ({"default_date": None}, 2, [DebtFact.DEFAULT_DATE]),
        ({"default_date": LATER}, 2, [DebtFact.DEFAULT_DATE]),
        ({"default_date": None, "creditor": "别的"}, 2, [DebtFact.CREDITOR, DebtFact.DEFAULT_DATE]),
        (
            {"default_date": LATER, "creditor": "别的"},
            2,
            [DebtFact.CREDITOR, DebtFact.DEFAULT_DATE],
        ),
        ({"creditor": "别的", "principal": RESTATED}, 2, [DebtFact.CREDITOR, DebtFact.PRINCIPAL]),
        (
            {"default_date": LATER, "principal": RESTATED},
            2,
            [DebtFact.DEFAULT_DATE, DebtFact.PRINCIPAL],
        ),
        ({"default_date": LATER, "creditor": "别的", "principal": RESTATED}, 2, None),
        ({"default_date": None, "creditor": "别的", "principal": RESTATED}, 2, None),
        (
            {"principal": cs.Money(2_000_000, "HKD"), "outstanding": cs.Money(1_500_000, "HKD")},
            2,
            None,
        ),
    ],
)
def test_what_is_one_debt(
    changes: dict[str, Any], debts: int, differ: list[DebtFact] | None
) -> None:
    """Reports are joined if all facts agree, shown as alike if some do, and apart otherwise."""
    other = attrs.evolve(SAME, **changes)
    found = by_hand(match(1, "platform", SAME), match(2, "bank", other))

    assert debts == len(found.debts)
    assert ([] if differ is None else [tuple(differ)]) == [pair.differ for pair in found.alike]


def test_what_may_be_one_debt_is_never_merged() -> None:
    """Debts that resemble each other stay apart, and what is owed is told as a range."""
    elsewhere = attrs.evolve(SAME, creditor="某某网贷平台", outstanding=cs.Money(1_600_000, "CNY"))
    found = by_hand(match(1, "platform", SAME), match(2, "bank", elsewhere))

    first, second = found.debts
    assert (Resemblance(first, second, [DebtFact.CREDITOR]),) == found.alike
    assert [(1_500_000, 3_100_000)] == [(owed.least, owed.most) for owed in found.owed]


def test_an_issuer_that_lists_two_debts_says_they_are_two() -> None:
    """Two listings of one issuer that differ in one fact are not said to resemble each other."""
    elsewhere = attrs.evolve(SAME, creditor="某某网贷平台")
    found = by_hand(match(1, "bank", SAME), match(2, "bank", elsewhere))

    assert 2 == len(found.debts)
    assert () == found.alike


def test_currencies_are_never_added_up() -> None:
    """What is owed in two currencies stands in two rows."""
    rupees = attrs.evolve(OTHER_DEBT, principal=cs.Money(5, "INR"), outstanding=cs.Money(4, "INR"))
    found = by_hand(match(1, "platform", SAME), match(2, "bank", rupees))

    assert [("CNY", 1_500_000), ("INR", 4)] == [(owed.currency, owed.most) for owed in found.owed]


def test_a_debt_without_a_default_date_is_joined_with_none() -> None:
    """Two reports that tell no default date are shown as alike, for nobody knows."""
    undated = attrs.evolve(SAME, default_date=None)
    found = by_hand(match(1, "platform", undated), match(2, "bank", undated))

    assert [(DebtFact.DEFAULT_DATE,)] == [pair.differ for pair in found.alike]
    assert [(1_500_000, 3_000_000)] == [(owed.least, owed.most) for owed in found.owed]


def test_what_resembles_by_way_of_a_third_counts_once() -> None:
    """Three debts in a chain of resemblances count once at the least, and three times at most."""
    spelled = attrs.evolve(SAME, creditor="某某网贷平台")
    larger = attrs.evolve(spelled, principal=RESTATED, default_date=LATER)
    found = by_hand(
        match(1, "platform", SAME), match(2, "bank", spelled), match(3, "court", larger)
    )

    assert [(DebtFact.CREDITOR,), (DebtFact.DEFAULT_DATE, DebtFact.PRINCIPAL)] == [
        pair.differ for pair in found.alike
    ]
    assert [(1_500_000, 4_500_000)] == [(owed.least, owed.most) for owed in found.owed]


def test_a_chain_counts_as_many_debts_as_one_issuer_lists() -> None:
    """Where one issuer lists two debts of a chain they are two, the two smallest at the least."""
    spelled = attrs.evolve(SAME, creditor="某某网贷平台", outstanding=cs.Money(1_600_000, "CNY"))
    larger = attrs.evolve(
        spelled, principal=RESTATED, default_date=LATER, outstanding=cs.Money(1_700_000, "CNY")
    )
    found = by_hand(
        match(1, "platform", SAME), match(2, "bank", spelled), match(3, "platform", larger)
    )

    assert 2 == len(found.alike)
    assert [(3_100_000, 4_800_000)] == [(owed.least, owed.most) for owed in found.owed]


def standing_as(made: Match, role: BorrowerRole) -> Match:
    """The same match, of a person in another role."""
    who = attrs.evolve(made.listing.borrower, role=role)
    return attrs.evolve(made, listing=attrs.evolve(made.listing, borrower=who))


@pytest.mark.parametrize(
    "role", [BorrowerRole.GUARANTOR, BorrowerRole.CONTROLLER, BorrowerRole.ACCOMPLICE]
)
def test_what_others_owe_is_not_the_persons_own(role: BorrowerRole) -> None:
    """A debt for which the person merely answers says so, and is added to none of its own."""
    found = by_hand(match(1, "platform", OTHER_DEBT), standing_as(match(2, "bank", SAME), role))

    assert [BorrowerRole.BORROWER, role] == [debt.role for debt in found.debts]
    assert [("CNY", BorrowerRole.BORROWER, 800_000), ("CNY", role, 1_500_000)] == [
        (owed.currency, owed.role, owed.most) for owed in found.owed
    ]


def test_one_debt_in_two_roles_is_never_merged() -> None:
    """Reports of one debt that disagree on the role are alike, and each is owed as it is said."""
    second = standing_as(match(2, "bank", SAME), BorrowerRole.GUARANTOR)
    found = by_hand(match(1, "platform", SAME), second)

    assert [(DebtFact.ROLE,)] == [pair.differ for pair in found.alike]
    assert [(1_500_000, 1_500_000)] * 2 == [(owed.least, owed.most) for owed in found.owed]


DEBTS = st.builds(
    cs.Obligation,
    st.sampled_from(["甲", "乙", "丙 "]),
    st.builds(cs.Money, st.integers(10, 12), st.just("CNY")),
    st.builds(cs.Money, st.integers(0, 9), st.just("CNY")),
    st.sampled_from([None, dt.date(2018, 3, 1), LATER]),
)
REPORTS = st.lists(st.tuples(st.sampled_from(["bank", "platform", "court"]), DEBTS), max_size=6)


@given(REPORTS)
def test_the_laws_of_what_is_owed(reports: list[tuple[str, cs.Obligation]]) -> None:
    """Every report stands in one debt, and the range lies between the least and the sum of all."""
    matches = [match(number, *report) for number, report in enumerate(reports)]
    found = by_hand(*matches)
    said = [debt.outstanding.minor for _, debt in reports]

    assert sorted(m.listing_id for m in matches) == sorted(
        report.listing_id for debt in found.debts for report in debt.reports
    )
    for owed in found.owed:
        assert min(said) <= owed.least <= owed.most <= sum(said)
    assert bool(reports) is bool(found.owed)


@given(REPORTS.filter(bool), st.randoms())
def test_the_order_of_reports_does_not_matter(
    reports: list[tuple[str, cs.Obligation]], random: Any
) -> None:
    """What is owed is the same, whoever is heard first."""
    matches = [match(number, *report) for number, report in enumerate(reports)]
    shuffled = random.sample(matches, len(matches))

    assert by_hand(*matches).owed == by_hand(*shuffled).owed


@given(REPORTS.filter(bool))
def test_one_more_report_of_a_dated_debt_adds_nothing(
    reports: list[tuple[str, cs.Obligation]],
) -> None:
    """Whoever reports again what another reports makes nobody owe more, or have more debts."""
    dated = [(origin, attrs.evolve(debt, default_date=LATER)) for origin, debt in reports]
    matches = [match(number, *report) for number, report in enumerate(dated)]
    before, after = by_hand(*matches), by_hand(*matches, match(99, "bureau", dated[0][1]))

    assert len(before.debts) == len(after.debts)
    assert [owed.most for owed in before.owed] == [owed.most for owed in after.owed]


# -- What may be applied -----------------------------------------------------------------------


def test_a_measure_that_two_listings_carry_stands_once(world: World) -> None:
    """A lender's two measures stand once each, and rest on both listings, with their last days."""
    registry = told(world, platform=listing(1), bank=listing(1, obligation=OTHER_DEBT))
    found = view(world, registry)

    assert LENDERS_OWN == codes(found.measures)
    for item in found.measures:
        assert {"platform", "bank"} == set(origins(item))
        assert (cs.Role.LENDER, False) == (item.role, item.must)
        assert (TODAY, max(rest.last_day for rest in item.rests_on)) == (
            item.first_day,
            item.last_day,
        )
        assert item.applies(item.last_day)
        assert not item.applies(item.last_day + DAY)
        assert item.measure.citations


def test_a_measure_stays_on_another_listing(world: World) -> None:
    """When one of two listings ends the measure stays on the other, as the view said before."""
    first, second = listing(1), listing(1, obligation=OTHER_DEBT)
    registry = told(world, platform=first, bank=second)
    before = view(world, registry).measures[0]
    stays = before.without("platform", first.id)
    world.ledger("platform").withdraw(
        cs.Withdrawal(first.id, WithdrawalReason.SETTLED, TODAY), at=NOW
    )
    path, _ = world.seal(world.ledger("platform"), "settled.csb")
    world.apply(registry, path)
    after = view(world, registry).measures[0]

    assert stays == after
    assert ["bank"] == origins(after)
    assert after.without("bank", second.id) is None
    assert after == after.without("platform", first.id)


def test_untrustworthy_once_is_not_restricted_everywhere(world: World) -> None:
    """Two notices of evasion make no travel ban: lenders and the bureau may act, nobody must."""
    registry = told(world, platform=listing(1), bank=listing(1, obligation=OTHER_DEBT))
    found = view(world, registry, roles=cs.Role)

    assert [
        (cs.Role.LENDER, "RATE_INCREASE"),
        (cs.Role.LENDER, "LOAN_LIMIT"),
        (cs.Role.BUREAU, "BUREAU_REPORTING"),
    ] == [(item.role, item.measure.code) for item in found.measures]
    assert not any(item.must or item.measure.reduces_rights for item in found.measures)


def test_a_court_makes_a_must(world: World) -> None:
    """A court's own listing binds the carrier, on that listing alone, while the lender decides."""
    refusal = cs.Conduct(ConductCode.CAPABLE_REFUSAL, dt.date(2019, 3, 1))
    parties = cs.model.Parties(["测试1"], TODAY)
    basis = cs.LegalBasis(BasisKind.COURT_LISTING, "法释〔2017〕7号", "1", "2017", parties)
    court = listing(1, obligation=OTHER_DEBT, basis=basis, conduct=refusal)
    registry = told(world, platform=listing(1), bank=court)
    both = [cs.Role.LENDER, cs.Role.CARRIER]
    found = view(world, registry, roles=both, roster=as_court(world))

    assert LENDERS_OWN == [it.measure.code for it in found.measures if it.role is cs.Role.LENDER]
    travel = [item for item in found.measures if item.role is cs.Role.CARRIER]
    assert {"AIR", "RAIL_SOFT_SLEEPER", "RAIL_HIGH_SPEED", "SHIP_SECOND_CLASS"} == {
        item.measure.code for item in travel
    }
    assert [(True, ["bank"])] * 4 == [(item.must, origins(item)) for item in travel]
    assert LENDERS_OWN == codes(view(world, registry, roles=both).measures)
    (answer,) = world.screen(registry, applicant(1))
    unknown = joint_view(answer, catalogue=CN, roles=both, at=NOW)
    assert LENDERS_OWN == codes(unknown.measures)


def test_the_compulsory_stands_first() -> None:
    """For each role, in the order asked, what must be applied is told before what may be."""
    judged = cs.LegalBasis(BasisKind.JUDGMENT, "判决", "1", "2020")
    refusal = cs.Conduct(ConductCode.CAPABLE_REFUSAL, dt.date(2019, 3, 1))
    made = match(1, "court", SAME)
    made = attrs.evolve(made, listing=attrs.evolve(made.listing, basis=judged, conduct=refusal))
    found = by_hand(made, roles=[cs.Role.BUREAU, cs.Role.COURT])

    assert [
        (cs.Role.BUREAU, "BUREAU_REPORTING", False),
        (cs.Role.COURT, "LIST_COURT", True),
        (cs.Role.COURT, "FINE_DETENTION", False),
    ] == [(item.role, item.measure.code, item.must) for item in found.measures]


def test_who_asked_for_a_measure() -> None:
    """The view tells which issuer asked for a measure, and which listing merely carries it."""
    asking, silent = match(1, "platform", SAME), match(2, "bank", OTHER_DEBT)
    wanted = attrs.evolve(asking.listing, measures=["LOAN_LIMIT"])
    found = by_hand(attrs.evolve(asking, listing=wanted), silent)
    asked = {
        (item.measure.code, rest.origin): rest.asked
        for item in found.measures
        for rest in item.rests_on
    }

    assert [("LOAN_LIMIT", "platform")] == [where for where, holds in asked.items() if holds]
    assert 4 == len(asked)


# -- What takes it away ------------------------------------------------------------------------


def test_an_exemption_lifts_its_own_listing(world: World) -> None:
    """While a funeral exempts one listing nothing rests on it, and what another carries stays."""
    first, second = listing(1), listing(1, obligation=OTHER_DEBT)
    until = TODAY + 5 * DAY
    registry = told(world, platform=first, bank=second)
    world.ledger("platform").exempt(first.id, until=until, on=TODAY, cause=Cause.ILLNESS, at=NOW)
    world.apply(registry, world.seal(world.ledger("platform"), "funeral.csb")[0])
    found = view(world, registry)

    assert [("platform", first.id, until)] == [attrs.astuple(it) for it in found.exemptions]
    assert LENDERS_OWN == codes(found.measures)
    for item in found.measures:
        days = {rest.origin: rest.first_day for rest in item.rests_on}
        assert {"platform": until + DAY, "bank": TODAY} == days
        left = item.without("bank", second.id)
        assert left is not None
        assert [False, True] == [left.applies(day) for day in (until, until + DAY)]


def test_while_all_is_exempted_nothing_applies(world: World) -> None:
    """Where the one listing is exempted all measures are paused, and apply when it is over."""
    only = listing(1)
    until = TODAY + 5 * DAY
    registry = told(world, platform=only)
    world.ledger("platform").exempt(only.id, until=until, on=TODAY, cause=Cause.ILLNESS, at=NOW)
    world.apply(registry, world.seal(world.ledger("platform"), "duty.csb")[0])
    during = view(world, registry)
    after = view(world, registry, at=NOW + 6 * DAY + dt.timedelta(hours=12))

    assert ([], LENDERS_OWN) == (codes(during.measures), codes(during.paused))
    assert {until + DAY} == {item.first_day for item in during.paused}
    assert (LENDERS_OWN, []) == (codes(after.measures), codes(after.paused))
    assert () == after.exemptions


def test_an_exemption_holds_until_its_day_has_ended_everywhere(world: World) -> None:
    """While screening permits nothing for an exemption, no view of that hour does either."""
    only, until = listing(1), TODAY + 5 * DAY
    registry = told(world, platform=only)
    world.ledger("platform").exempt(only.id, until=until, on=TODAY, cause=Cause.ILLNESS, at=NOW)
    world.apply(registry, world.seal(world.ledger("platform"), "ill.csb")[0])
    roster, midnight = world.roster(), dt.datetime.combine(until + DAY, dt.time(), dt.UTC)
    seen = []
    for hours in (-1, 0, 11, 12):
        at = midnight + dt.timedelta(hours=hours)
        (answer,) = world.screen(registry, applicant(1), roster=roster, at=at)
        found = view(world, registry, at=at)
        seen.append((bool(answer.matches[0].measures), bool(found.measures), bool(found.paused)))

    assert [(False, False, True)] * 3 + [(True, True, False)] == seen


def test_an_exemption_that_outlasts_the_listing_leaves_nothing() -> None:
    """A listing whose last day lies within its exemption carries nothing, now or later."""
    last = TODAY + 3 * DAY
    found = by_hand(match(1, "bank", SAME, exempted_until=last, last_day=last))

    assert ((), ()) == (found.measures, found.paused)


def test_a_dispute_carries_nothing(world: World) -> None:
    """A disputed listing is a case for a person: it counts as no debt and carries no measure."""
    first, second = listing(1), listing(1, obligation=OTHER_DEBT)
    registry = told(world, platform=first, bank=second)
    world.ledger("platform").suspend(first.id, until=TODAY + 5 * DAY, on=TODAY, at=NOW)
    world.apply(registry, world.seal(world.ledger("platform"), "dispute.csb")[0])
    found = view(world, registry)

    assert [ReviewReason.SUSPENDED] == [why for case in found.reviews for why in case.reasons]
    assert [["bank"], ["bank"]] == [origins(item) for item in found.measures]
    assert [800_000] == [owed.most for owed in found.owed]


def test_what_is_disputed_says_so_and_until_when() -> None:
    """A listing whose dispute is in time to answer carries all, marked, and no longer than that."""
    until = TODAY + 5 * DAY
    found = by_hand(
        match(1, "platform", SAME, disputed=True, disputed_until=until),
        match(2, "bank", OTHER_DEBT),
        match(3, "court", OTHER_DEBT, disputed=True),
    )
    last = TODAY + 90 * DAY

    assert [("platform", until), ("court", None)] == [
        (item.origin, item.until) for item in found.disputes
    ]
    assert LENDERS_OWN == codes(found.measures)
    for item in found.measures:
        assert [("bank", False, last), ("court", True, last), ("platform", True, until)] == [
            (rest.origin, rest.disputed, rest.last_day) for rest in item.rests_on
        ]


def test_a_dispute_never_lengthens_a_listing() -> None:
    """Where the listing ends before its dispute must be answered, its measures end with it."""
    last = TODAY + 2 * DAY
    disputed = {"disputed": True, "disputed_until": TODAY + 5 * DAY, "last_day": last}
    found = by_hand(match(1, "platform", SAME, **disputed))

    assert {last} == {item.last_day for item in found.measures}


def test_an_exemption_that_outlasts_a_dispute_leaves_nothing() -> None:
    """What is exempted until its dispute must be answered carries nothing after it either."""
    until = TODAY + 5 * DAY
    marks = {"exempted_until": until, "disputed": True, "disputed_until": until}
    found = by_hand(match(1, "platform", SAME, **marks))

    assert ((), ()) == (found.measures, found.paused)
    assert [1, 1] == [len(found.exemptions), len(found.disputes)]


def test_a_namesake_is_owed_nothing_and_meets_nothing(world: World) -> None:
    """Where only the number agrees a person must look, and the view holds no debt or measure."""
    registry = told(world, platform=listing(1))
    found = view(world, registry, asked=applicant(1, name="别人", birth_date=None))

    assert 1 == len(found.reviews)
    assert ((), (), (), ()) == (found.debts, found.owed, found.measures, found.paused)


@pytest.mark.parametrize("towards", [BorrowerRole.VICTIM, BorrowerRole.REPRESENTATIVE])
def test_a_victim_or_representative_meets_nothing(towards: BorrowerRole) -> None:
    """Whatever lists a victim, or who merely represents, carries no measure to any role."""
    made = match(1, "court", SAME)
    found = by_hand(standing_as(made, towards), roles=cs.Role)

    assert ((), ()) == (found.measures, found.paused)


# -- The catalogue decides ---------------------------------------------------------------------


def test_a_doubtful_measure_comes_with_the_citation_that_allows_it() -> None:
    """A doubtful measure is in the view only if it was turned on, and says by what."""
    allowed = Citation("某省金融条例", "12", "2027")
    decided = cs.LegalBasis(BasisKind.ADMINISTRATIVE_DECISION, "决定", "1", "2026")
    fraud = cs.Conduct(ConductCode.CARD_FRAUD, dt.date(2019, 3, 1))
    made = match(1, "bank", SAME)
    listed = attrs.evolve(
        made.listing, basis=decided, conduct=fraud, severity=cs.model.Severity.SERIOUS
    )
    made = attrs.evolve(made, listing=listed)
    turned_on = by_hand(made, catalogue=CN.turned_on({"CARD_STOP": allowed}))

    assert LENDERS_OWN == codes(by_hand(made).measures)
    assert [*LENDERS_OWN, "CARD_STOP"] == codes(turned_on.measures)
    assert allowed == turned_on.measures[-1].measure.enabled_by


def test_a_ban_of_india_tells_its_tail() -> None:
    """A wilful default in India binds the lender, and the view tells how long after the end."""
    order = cs.LegalBasis(BasisKind.ADMINISTRATIVE_DECISION, "reasoned order", "1", "2026")
    diverted = cs.Conduct(ConductCode.FUND_DIVERSION, dt.date(2019, 3, 1))
    made = match(1, "bank", SAME)
    made = attrs.evolve(made, listing=attrs.evolve(made.listing, basis=order, conduct=diverted))
    found = by_hand(made, catalogue=cs.measures("in"))
    tails = [(it.measure.code, it.must, it.measure.tail) for it in found.measures]

    assert [("IN_NO_CREDIT", True, 1), ("IN_NO_NEW_VENTURE", True, 5)] == [
        (code, must, tail and tail.value) for code, must, tail in tails
    ]


# -- Misuse ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"roles": []}, "one role at least"),
        ({"roles": ["lender"]}, "role must be Role"),
        ({"roles": None}, "roles must be Iterable"),
        ({"catalogue": "cn"}, "catalogue must be MeasureCatalogue"),
        ({"roster": "roster"}, "roster must be Roster"),
        ({"at": dt.datetime(2026, 11, 23)}, "time zone"),  # noqa: DTZ001
    ],
)
def test_a_view_of_something_else(changes: dict[str, Any], told: str) -> None:
    """A view asked for wrongly is refused with the library's own error."""
    with pytest.raises(MisuseError, match=told):
        by_hand(match(1, "bank", SAME), **changes)


def test_a_roster_that_is_not_in_force_or_knows_nobody(world: World) -> None:
    """A view is made with a roster in force that knows every issuer that matched."""
    with pytest.raises(RosterError):
        by_hand(match(1, "bank", SAME), roster=world.roster(), at=NOW + 400 * DAY)
    with pytest.raises(RosterError):
        by_hand(match(1, "stranger", SAME), roster=world.roster())


def test_a_clear_screening_gives_an_empty_view(world: World) -> None:
    """A borrower whom nobody lists owes nothing and meets nothing."""
    found = view(world, told(world, platform=listing(1)), asked=applicant(2))

    assert not list(itertools.chain(found.debts, found.owed, found.measures, found.reviews))
    assert ("a2", TODAY) == (found.reference, found.on)
