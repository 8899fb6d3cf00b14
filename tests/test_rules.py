"""Rules: each refuses alone, all tell at once, and nothing is cleared but by a review."""

from __future__ import annotations

import copy
import copyreg
import datetime as dt
import io
import pickle
import re
from collections.abc import Callable
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import creditshare as cs
from creditshare.errors import ForgedValueError, InvalidValueError, MisuseError, RulebookError
from creditshare.model import ListingStatus
from creditshare.rules import Refused, Rule, Rulebook, Source
from creditshare.rules.checks import CHECKS
from creditshare.rules.packaged import packaged
from world import DAY, NOW, TODAY, World, cleared, listing, number, person

BOOK = cs.rulebook("cn")
TEXT = packaged("cn-credit-reporting")
RULES = {rule.id: rule for rule in BOOK.rules}
ABSCOND, DIVERSION = cs.model.ConductCode.ABSCOND, cs.model.ConductCode.FUND_DIVERSION
BORN = dt.date(1980, 5, 17)


def reasons(drafted: cs.Listing, on: dt.date = TODAY, book: Rulebook = BOOK) -> dict[str, str]:
    """Rule id to problem, of every rule that refuses."""
    result = book.review_one(drafted, on=on)
    if isinstance(result, cs.rules.ClearedListing):
        return {}
    return {reason.rule.id: reason.problem for reason in result.reasons}


def days(drafted: cs.Listing, on: dt.date = TODAY) -> tuple[dt.date, dt.date]:
    """The first and last day of a listing that is cleared."""
    result = BOOK.review_one(drafted, on=on)
    assert isinstance(result, cs.rules.ClearedListing), result
    return result.first_day, result.last_day


def notice(served: dt.date = dt.date(2026, 10, 1), remedy: str | None = "Object.") -> cs.Notice:
    """A notice."""
    return cs.Notice(served, cs.model.ServiceMethod.POST, remedy)


def evidence(*proves: cs.model.Proves) -> list[cs.Evidence]:
    """A manifest that proves this."""
    return [cs.Evidence(bytes(32), "contact log", list(proves))]


def owed(default: dt.date = dt.date(2018, 3, 1), outstanding: int = 5) -> cs.Obligation:
    """An obligation."""
    return cs.Obligation("某某网贷", cs.Money(9, "CNY"), cs.Money(outstanding, "CNY"), default)


def conduct(
    start: dt.date, end: dt.date | None = None, code: cs.model.ConductCode = ABSCOND
) -> cs.Conduct:
    """A conduct."""
    return cs.Conduct(code, start, end)


def organisation(**changes: Any) -> cs.Borrower:
    """A generated organisation."""
    code = cs.UnifiedSocialCreditCode.parse("91350100M000100Y43")
    return cs.Borrower.organisation(code, **({"name": "某某公司"} | changes))


# -- Every rule --------------------------------------------------------------------------------

FIVE_YEARS_AGO = TODAY.replace(year=TODAY.year - 5)
PASSPORT = cs.identifiers.Passport.parse("500123450", "GB")
CARD = cs.identifiers.PermanentResidentID.parse("CAN110101198001")
YOUNG = cs.Borrower.person(PASSPORT, name="Test One", birth_date=dt.date(2003, 1, 1))

ALONE: dict[str, dict[str, Any]] = {
    "CN-CR-CONDUCT": {"conduct": None},
    "CN-CR-BASIS": {"basis": None},
    "CN-CR-EVIDENCE": {"evidence": evidence(cs.model.Proves.ABILITY_TO_PAY)},
    "CN-CR-ABILITY": {"evidence": evidence(cs.model.Proves.CONDUCT, cs.model.Proves.CLAIM)},
    "CN-CR-NOTICE": {"notice": None},
    "CN-CR-WAITING": {"notice": notice(TODAY - 15 * DAY)},
    "CN-CR-REMEDY": {"notice": notice(remedy=None)},
    "CN-CR-RETENTION": {"conduct": conduct(dt.date(2019, 1, 1), FIVE_YEARS_AGO - DAY)},
    "CN-CR-IDENTIFIER": {"borrower": cs.Borrower.person(name="测试1", birth_date=BORN)},
    "CN-CR-SECOND-FACTOR": {"borrower": person(1, name=None)},
    "CN-CR-BIRTH-DATE": {"borrower": person(1, birth_date=BORN + DAY)},
    "CN-CR-MINOR": {"borrower": YOUNG},
    "CN-CR-VICTIM": {"borrower": person(1, role=cs.model.BorrowerRole.VICTIM)},
    "CN-CR-OWED": {"obligation": owed(outstanding=0)},
    "CN-CR-DATES": {"conduct": conduct(dt.date(2019, 3, 1), TODAY + DAY)},
    "CN-CR-ORDER": {"notice": notice(dt.date(2019, 3, 1) - DAY)},
}
NEVER_AT_A_REVIEW = {"CN-CR-CONFIRM"}
"""The review is the confirmation, so this rule only sets the last day."""


@pytest.mark.parametrize("rule", ALONE)
def test_a_rule_refuses_alone(rule: str) -> None:
    """A listing with one thing wrong is refused by the one rule that asks for it."""
    assert [rule] == list(reasons(listing(**ALONE[rule])))


def test_every_rule_has_its_case() -> None:
    """Every rule of the rulebook refuses in the table above, or only ends a listing's time."""
    assert set(RULES) == set(ALONE) | NEVER_AT_A_REVIEW
    assert set(CHECKS) == {rule.check for rule in BOOK.rules}


def test_nothing_wrong() -> None:
    """A listing with nothing wrong is cleared as it is, under the rulebook's name."""
    drafted = listing()
    (one,) = cleared(drafted)

    assert drafted is one.listing
    assert BOOK.name == one.rulebook
    assert re.fullmatch(r"cn-credit-reporting@2026\.11#[0-9a-f]{16}", one.rulebook)


@pytest.mark.parametrize(
    "changes",
    [
        {"basis": cs.LegalBasis(cs.model.BasisKind.JUDGMENT, "民初1号", "2", "2020")},
        {"basis": cs.LegalBasis(cs.model.BasisKind.COURT_LISTING, "执1号", "1", "2020")},
        {"borrower": organisation()},
        {"borrower": person(1, name=None, birth_date=BORN)},
        {"borrower": cs.Borrower.person(PASSPORT, name="Test One", birth_date=BORN)},
        {"borrower": person(1, role=cs.model.BorrowerRole.GUARANTOR)},
        {"status": ListingStatus.LISTED},
    ],
)
def test_other_listings_that_are_cleared(changes: dict[str, Any]) -> None:
    """What the rules do not ask for does not refuse."""
    assert {} == reasons(listing(**changes))


@pytest.mark.parametrize("level", [kind for kind in cs.model.BasisKind if kind.level == 4])
def test_an_instrument_stands_for_ability(level: cs.model.BasisKind) -> None:
    """An effective instrument needs no proof of ability to pay; it needs proof of the conduct."""
    basis = cs.LegalBasis(level, "民初1号", "2", "2020")

    assert {} == reasons(listing(basis=basis, evidence=evidence(cs.model.Proves.CONDUCT)))
    assert ["CN-CR-EVIDENCE"] == list(reasons(listing(basis=basis, evidence=[])))


def test_all_reasons_at_once() -> None:
    """A draft with everything wrong is told every reason, in the rulebook's order."""
    drafted = listing(
        borrower=cs.Borrower.person(role=cs.model.BorrowerRole.VICTIM),
        conduct=None,
        basis=None,
        notice=None,
        evidence=[],
        obligation=owed(default=TODAY + DAY, outstanding=0),
    )

    assert [
        "CN-CR-CONDUCT",
        "CN-CR-BASIS",
        "CN-CR-EVIDENCE",
        "CN-CR-ABILITY",
        "CN-CR-NOTICE",
        "CN-CR-IDENTIFIER",
        "CN-CR-SECOND-FACTOR",
        "CN-CR-MINOR",
        "CN-CR-VICTIM",
        "CN-CR-OWED",
        "CN-CR-DATES",
    ] == list(reasons(drafted))
    assert ["CN-CR-DATES", "CN-CR-ORDER"] == list(
        reasons(listing(obligation=owed(default=TODAY + DAY)))
    )


def test_a_review_keeps_the_order() -> None:
    """A review tells cleared and refused listings apart, each in the order given."""
    good = [listing(serial) for serial in (1, 3, 5)]
    bad = [listing(serial, conduct=None) for serial in (2, 4)]
    review = BOOK.review([good[0], bad[0], good[1], bad[1], good[2]], on=TODAY)

    assert good == [item.listing for item in review.cleared]
    assert bad == [item.listing for item in review.refused]


def test_every_reason_is_cited() -> None:
    """Every rule cites an article of one version of an instrument, and a reason repeats it."""
    for rule in BOOK.rules:
        assert all((rule.citation.instrument, rule.citation.article, rule.citation.version))
        assert rule.requires
        assert rule.requires_zh
    for changes in ALONE.values():
        refused = BOOK.review_one(listing(**changes), on=TODAY)
        assert isinstance(refused, Refused)
        for reason in refused.reasons:
            assert str(reason.rule.citation) in str(reason)
            assert str(reason).startswith(reason.rule.id)


def test_law_and_policy_are_told_apart() -> None:
    """A rule of this project's own is marked so; one from the law is not."""
    policy = {rule.id for rule in BOOK.rules if rule.source is Source.POLICY}

    assert {
        "CN-CR-CONDUCT",
        "CN-CR-EVIDENCE",
        "CN-CR-ABILITY",
        "CN-CR-WAITING",
        "CN-CR-REMEDY",
        "CN-CR-CONFIRM",
        "CN-CR-IDENTIFIER",
        "CN-CR-SECOND-FACTOR",
        "CN-CR-BIRTH-DATE",
        "CN-CR-MINOR",
        "CN-CR-VICTIM",
        "CN-CR-OWED",
        "CN-CR-DATES",
        "CN-CR-ORDER",
    } == policy
    for rule, changes in ALONE.items():
        refused = BOOK.review_one(listing(**changes), on=TODAY)
        assert isinstance(refused, Refused)
        (reason,) = refused.reasons
        assert (rule in policy) == ("[policy; " in str(reason))
        assert (rule == "CN-CR-BASIS") == ("; unverified]" in str(reason))


def test_which_rules_are_unverified() -> None:
    """The one rule whose text was not read in a source is that a legal basis is named."""
    assert {"CN-CR-BASIS"} == {rule.id for rule in BOOK.rules if not rule.verified}


def test_an_analogy_is_no_law() -> None:
    """A rule that follows a law about something else says so, and is a policy."""
    by_analogy = {rule.id for rule in BOOK.rules if "(by analogy)" in rule.citation.article}

    assert {"CN-CR-CONDUCT", "CN-CR-ABILITY", "CN-CR-MINOR"} == by_analogy
    assert {Source.POLICY} == {RULES[rule].source for rule in by_analogy}


def test_an_unverified_rule_says_so() -> None:
    """A reason from a text that nobody read in a source says that it is unverified."""
    book = Rulebook.from_toml(TEXT.replace("verified = true", "verified = false"))
    refused = book.review_one(listing(conduct=None), on=TODAY)
    assert isinstance(refused, Refused)

    assert "; unverified]" in str(refused.reasons[0])


def test_reasons_hold_no_personal_data() -> None:
    """No reason, and no refused or cleared listing, shows a name, number or birth date."""
    known = (number(1), "测试1", "1980-05-17", "1980-05-18", "19800517", "Test One", "500123450")
    for changes in ALONE.values():
        refused = BOOK.review_one(listing(**changes), on=TODAY)
        assert isinstance(refused, Refused)
        shown = f"{refused!r} {refused.reasons!r} {' '.join(map(str, refused.reasons))}"
        assert not [secret for secret in known if secret in shown]
    (one,) = cleared(listing())

    assert not [secret for secret in known if secret in repr(one)]


def test_a_minors_birthday_is_not_told() -> None:
    """The reason against a minor tells no day from which the birth date could be computed."""
    born = TODAY.replace(year=TODAY.year - 17)
    young = cs.Borrower.person(cs.ResidentID.parse(number(1, born)), name="测试1")
    told = reasons(listing(borrower=young, obligation=owed(TODAY), conduct=conduct(TODAY)))

    assert re.fullmatch(r"[a-z ]+", told["CN-CR-MINOR"])


# -- Days --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("after", "holds"), [(0, False), (14, False), (15, False), (16, True)])
def test_the_waiting_time(after: int, holds: bool) -> None:
    """Fifteen full days must lie between the day of service and the day of the listing."""
    drafted = listing(notice=notice(dt.date(2026, 3, 1)))
    on = dt.date(2026, 3, 1) + after * DAY

    assert holds == ("CN-CR-WAITING" not in reasons(drafted, on))
    if holds:
        assert on == days(drafted, on)[0]
    else:
        assert "holds only from 2026-03-17" == reasons(drafted, on)["CN-CR-WAITING"]


@pytest.mark.parametrize(
    ("end", "last"),
    [
        (dt.date(2022, 6, 15), dt.date(2027, 6, 15)),
        (dt.date(2024, 2, 29), dt.date(2029, 2, 28)),
        (dt.date(2024, 2, 28), dt.date(2029, 2, 28)),
        (dt.date(2024, 3, 1), dt.date(2029, 3, 1)),
        (dt.date(2023, 2, 28), dt.date(2028, 2, 28)),
        (dt.date(2023, 12, 31), dt.date(2028, 12, 31)),
    ],
)
def test_retention(end: dt.date, last: dt.date) -> None:
    """A listing ends five years after the conduct ended; after 29 February, on the 28th."""
    drafted = listing(conduct=conduct(dt.date(2019, 3, 1), end), notice=notice(dt.date(2026, 1, 1)))

    assert last == days(drafted, TODAY)[1]
    assert last == days(drafted, last)[1]
    assert {"CN-CR-RETENTION": f"held only until {last}"} == reasons(drafted, last + DAY)


@settings(max_examples=100, deadline=None)
@given(st.dates(dt.date(2026, 10, 17), dt.date(2100, 1, 1)))
def test_an_open_conduct_is_confirmed(on: dt.date) -> None:
    """A listing of a conduct that goes on holds from its latest review for 180 days."""
    assert (on, on + 180 * DAY) == days(listing(), on)


def test_a_conduct_that_ended_needs_no_confirmation() -> None:
    """Once a conduct has ended, its retention alone counts."""
    drafted = listing(conduct=conduct(dt.date(2019, 3, 1), TODAY))

    assert TODAY.replace(year=TODAY.year + 5) == days(drafted)[1]


def born_on(born: dt.date, *, start: dt.date, default: dt.date) -> cs.Listing:
    """A listing of somebody born on a day."""
    borrower = cs.Borrower.person(cs.ResidentID.parse(number(1, born)), name="测试1")
    return listing(
        borrower=borrower, conduct=conduct(start, code=DIVERSION), obligation=owed(default)
    )


@pytest.mark.parametrize(
    ("born", "adult"),
    [
        (dt.date(2001, 5, 17), dt.date(2019, 5, 17)),
        (dt.date(2000, 2, 29), dt.date(2018, 3, 1)),
        (dt.date(2000, 2, 28), dt.date(2018, 2, 28)),
        (dt.date(2000, 3, 1), dt.date(2018, 3, 1)),
        (dt.date(2002, 2, 29 - 1), dt.date(2020, 2, 28)),
    ],
)
def test_of_age(born: dt.date, adult: dt.date) -> None:
    """Conduct and default count from the 18th birthday on; born on 29 February, from 1 March."""
    too_early = adult - DAY

    assert {} == reasons(born_on(born, start=adult, default=adult))
    assert {"CN-CR-MINOR": "a minor when the conduct began"} == reasons(
        born_on(born, start=too_early, default=adult)
    )
    assert {"CN-CR-MINOR": "a minor when payment fell due"} == reasons(
        born_on(born, start=adult, default=too_early)
    )


@pytest.mark.parametrize(("years", "short"), [(18, 0), (18, 1)])
def test_of_age_today(years: int, short: int) -> None:
    """A borrower who is not of age today is never listed."""
    birthday = dt.date(2027, 6, 15)
    on = birthday - short * DAY
    drafted = born_on(birthday.replace(year=birthday.year - years), start=on, default=on)

    assert bool(short) == ("CN-CR-MINOR" in reasons(drafted, on))


def test_a_stated_birth_date_tells_the_age() -> None:
    """Where no number tells the birth date, the stated one counts."""
    assert {"CN-CR-MINOR": "a minor when the conduct began"} == reasons(listing(borrower=YOUNG))


def test_an_unknown_age() -> None:
    """Somebody of whom no birth date is known is not known to be of age."""
    told = reasons(listing(borrower=cs.Borrower.person(PASSPORT, name="Test One")))

    assert ["CN-CR-BIRTH-DATE", "CN-CR-MINOR"] == list(told)
    assert "the age is not known" == told["CN-CR-MINOR"]


# -- Birth dates -------------------------------------------------------------------------------

RESIDENT = cs.ResidentID.parse(number(1))
MUST_BE_STATED = "the birth date must be stated, for one of the identifiers does not tell it"
SILENT = [(PASSPORT,), (CARD,), (RESIDENT, PASSPORT), (CARD, RESIDENT), (PASSPORT, CARD)]


@pytest.mark.parametrize("identifiers", SILENT)
def test_a_silent_identifier(identifiers: tuple[cs.identifiers.Identifier, ...]) -> None:
    """Beside a strong identifier that tells no birth date, one is stated, whatever others tell."""
    silent = cs.Borrower.person(*identifiers, name="Test One")
    stated = attrs.evolve(silent, birth_date=BORN)

    assert MUST_BE_STATED == reasons(listing(borrower=silent))["CN-CR-BIRTH-DATE"]
    assert {} == reasons(listing(borrower=stated))


@pytest.mark.parametrize(
    ("identifiers", "stated"),
    [
        ((RESIDENT,), BORN + DAY),
        ((RESIDENT, PASSPORT), BORN + DAY),
        ((CARD, RESIDENT), BORN - DAY),
        ((RESIDENT, cs.ResidentID.parse(number(1, BORN + DAY))), None),
        ((RESIDENT, cs.ResidentID.parse(number(1, BORN + DAY))), BORN),
    ],
)
def test_birth_dates_contradict(
    identifiers: tuple[cs.identifiers.Identifier, ...], stated: dt.date | None
) -> None:
    """Two sources of the birth date that differ refuse the listing."""
    borrower = cs.Borrower.person(*identifiers, name="测试1", birth_date=stated)

    assert {"CN-CR-BIRTH-DATE": "birth dates contradict"} == reasons(listing(borrower=borrower))


def test_resident_numbers_tell_the_birth_date() -> None:
    """Where every strong identifier tells the same birth date, none need be stated."""
    borrower = cs.Borrower.person(RESIDENT, cs.ResidentID.parse(number(2)), name="测试1")

    assert {} == reasons(listing(borrower=borrower))


@pytest.mark.parametrize(
    "changes",
    [
        {"obligation": owed(default=TODAY)},
        {"conduct": conduct(TODAY)},
        {"conduct": conduct(dt.date(2019, 3, 1), TODAY)},
        {"notice": notice(TODAY)},
    ],
)
def test_dates_in_the_future(changes: dict[str, Any]) -> None:
    """A date may be today's, and no later day's."""
    drafted = listing(**changes)

    assert "CN-CR-DATES" not in reasons(drafted, TODAY)
    assert f"holds only from {TODAY}" == reasons(drafted, TODAY - DAY)["CN-CR-DATES"]


# -- Order -------------------------------------------------------------------------------------

TOO_EARLY = "the notice was served before the default or the conduct it is about"
FLED = "absconding is dated before the default"
THEN = dt.date(2025, 6, 1)


@pytest.mark.parametrize(
    ("default", "start", "code", "served", "problem"),
    [
        (THEN, THEN, ABSCOND, THEN, None),
        (THEN, THEN + DAY, ABSCOND, THEN + DAY, None),
        (THEN, THEN - DAY, DIVERSION, THEN, None),
        (THEN, THEN, ABSCOND, THEN - DAY, TOO_EARLY),
        (THEN, THEN + DAY, ABSCOND, THEN, TOO_EARLY),
        (THEN, THEN + DAY, DIVERSION, THEN, TOO_EARLY),
        (THEN, THEN - DAY, DIVERSION, THEN - DAY, TOO_EARLY),
        (THEN, THEN - DAY, ABSCOND, THEN, FLED),
        (THEN, THEN - DAY, ABSCOND, THEN - DAY, FLED),
    ],
)
def test_dates_in_order(
    default: dt.date,
    start: dt.date,
    code: cs.model.ConductCode,
    served: dt.date,
    problem: str | None,
) -> None:
    """Notice follows default and conduct, absconding follows default; the same day is enough."""
    drafted = listing(
        obligation=owed(default), conduct=conduct(start, code=code), notice=notice(served)
    )

    assert ({"CN-CR-ORDER": problem} if problem else {}) == reasons(drafted)


def test_the_end_of_a_conduct_has_no_order() -> None:
    """A notice may be served while the conduct goes on."""
    drafted = listing(conduct=conduct(THEN, THEN + 300 * DAY), notice=notice(THEN + DAY))

    assert {} == reasons(drafted)


@pytest.mark.parametrize("missing", ["conduct", "notice"])
def test_what_is_missing_has_no_order(missing: str) -> None:
    """Without a conduct or a notice, its own rule refuses and the order of dates does not."""
    changes: dict[str, Any] = {missing: None}

    assert [f"CN-CR-{missing.upper()}"] == list(reasons(listing(**changes)))


def test_a_notice_before_the_default_without_a_conduct() -> None:
    """The notice follows the default even where no conduct is named."""
    drafted = listing(conduct=None, notice=notice(dt.date(2018, 3, 1) - DAY))

    assert ["CN-CR-CONDUCT", "CN-CR-ORDER"] == list(reasons(drafted))


def test_a_notice_from_the_future() -> None:
    """A notice of a later day was not served, and its waiting time is not over."""
    told = reasons(listing(notice=notice(TODAY + DAY)))

    assert ["CN-CR-WAITING", "CN-CR-DATES"] == list(told)


SOME_DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2060, 1, 1))


@settings(max_examples=200, deadline=None)
@given(
    on=SOME_DAYS,
    born=st.dates(dt.date(1900, 1, 1), dt.date(2020, 1, 1)),
    past=st.tuples(SOME_DAYS, SOME_DAYS, SOME_DAYS),
    length=st.none() | st.integers(0, 3000),
)
def test_a_review_is_a_function(
    on: dt.date, born: dt.date, past: tuple[dt.date, dt.date, dt.date], length: int | None
) -> None:
    """The same listing on the same day has the same answer; its days are those that hold."""
    default, start, served = sorted(past)
    end = None if length is None else start + length * DAY
    drafted = attrs.evolve(
        born_on(born, start=start, default=default),
        conduct=conduct(start, end),
        notice=notice(served),
    )
    first, second = (BOOK.review_one(drafted, on=on) for _ in range(2))
    if isinstance(first, Refused):
        assert first == second
        return
    assert isinstance(second, cs.rules.ClearedListing)

    assert (first.first_day, first.last_day) == (second.first_day, second.last_day)
    assert first.first_day <= on <= first.last_day
    if end is None:  # each review of an open conduct begins its time anew
        assert on == first.first_day
        return
    assert {} == reasons(drafted, first.first_day)
    assert {} != reasons(drafted, first.first_day - DAY)
    assert {} == reasons(drafted, first.last_day)
    assert {} != reasons(drafted, first.last_day + DAY)


@pytest.mark.parametrize("on", [NOW, "2026-11-23", None, 20_000])
def test_a_review_needs_a_day(on: Any) -> None:
    """A review takes a date without a time, and nothing else."""
    with pytest.raises(MisuseError, match="date"):
        BOOK.review([listing()], on=on)


@pytest.mark.parametrize("drafted", [None, "listing", cleared(listing())[0]])
def test_a_review_needs_listings(drafted: Any) -> None:
    """A review takes listings, and nothing else, not even a cleared one."""
    with pytest.raises(MisuseError, match="listings"):
        BOOK.review([drafted], on=TODAY)


@pytest.mark.parametrize("drafts", [None, 5, listing()])
def test_a_review_needs_many(drafts: Any) -> None:
    """A review of what cannot be gone through is refused with the library's own error."""
    with pytest.raises(MisuseError, match="listings must be Iterable"):
        BOOK.review(drafts, on=TODAY)


@pytest.mark.parametrize(
    "status", [one for one in ListingStatus if one is not ListingStatus.LISTED]
)
def test_a_review_needs_drafts(status: ListingStatus) -> None:
    """What is suspended, withdrawn or otherwise no draft any more is not reviewed."""
    drafted = attrs.evolve(listing(), status=status)

    with pytest.raises(MisuseError, match="drafts"):
        BOOK.review_one(drafted, on=TODAY)
    with pytest.raises(MisuseError, match="drafts"):
        BOOK.review([listing(2), drafted], on=TODAY)


def test_a_review_on_the_last_day_of_all(world: World) -> None:
    """What is reviewed on the last of all days holds on it alone, and is not recorded before."""
    last_of_all = cleared(listing(), on=dt.date.max)
    ledger = world.ledger()

    assert [(dt.date.max, dt.date.max)] == [(one.first_day, one.last_day) for one in last_of_all]
    with pytest.raises(MisuseError, match="cleared for other days"):
        ledger.record(last_of_all, tokens=world.tokens, at=NOW)


# -- A rulebook's text -------------------------------------------------------------------------

FIRST = TEXT[TEXT.index("[[rule]]") : TEXT.index("[[rule]]", TEXT.index("[[rule]]") + 1)]
WAITING = 'value = 15\nunit = "days"'
RETENTION = 'value = 5\nunit = "years"'


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("[rulebook]", "[rulebook", r"not TOML.*line"),
        ('id = "CN-CR-BASIS"\n', "", r"rule\[2\]\.id: (is missing|must be)"),
        ('id = "CN-CR-BASIS"', "id = 5", r"rule\[2\]\.id: (is missing|must be)"),
        ('check = "basis-named"\n', "", r"rule\[2\]\.check"),
        ('check = "basis-named"', 'check = "bases-named"', r"rule\[2\]\.check: nothing evaluates"),
        ('check = "basis-named"', 'check = "conduct-named"', r"nothing asks for basis-named"),
        ('id = "CN-CR-BASIS"', 'id = "CN-CR-BASIS"\ncolour = "red"', r"rule\[2\]\.colour: .*unk"),
        ('id = "CN-CR-BASIS"', 'id = "CN-CR-CONDUCT"', r"rule: an id stands twice"),
        (FIRST, "", r"nothing asks for conduct-named"),
        ('source = "policy"', 'source = "custom"', r"rule\[1\]\.source: must be one of"),
        (
            "verified = true",
            "verified = 1",
            r"rule\[1\]\.verified: (is missing|must be)",
        ),
        (
            "verified = true",
            'verified = "true"',
            r"rule\[1\]\.verified: (is missing|must be)",
        ),
        ('article = "1 (by analogy)", ', "", r"rule\[1\]\.citation\.article: (is missing|must be)"),
        (
            'article = "1 (by analogy)", ',
            "article = 1, ",
            r"rule\[1\]\.citation\.article: (is missing|must be)",
        ),
        (
            'article = "1 (by analogy)", ',
            'article = "1", page = "2", ',
            r"rule\[1\]\.citation\.page: .*unk",
        ),
        (
            'requires = "a conduct',
            'requirement = "a conduct',
            r"rule\[1\]\.requires: (is missing|must be)",
        ),
        (WAITING, 'unit = "days"', r"rule\[6\]\.value"),
        (WAITING, "value = 15", r"rule\[6\]\.unit: must be days"),
        (WAITING, 'value = 0\nunit = "days"', r"rule\[6\]\.value"),
        (WAITING, 'value = -15\nunit = "days"', r"rule\[6\]\.value"),
        (WAITING, 'value = true\nunit = "days"', r"rule\[6\]\.value: must be an integer"),
        (WAITING, 'value = "15"\nunit = "days"', r"rule\[6\]\.value: must be an integer"),
        (WAITING, 'value = 15.0\nunit = "days"', r"rule\[6\]\.value: must be an integer"),
        (WAITING, 'value = 15\nunit = "weeks"', r"rule\[6\]\.unit: must be days"),
        (FIRST, FIRST + WAITING + "\n", r"not TOML|rule\[1\]"),
        (
            'check = "conduct-named"',
            'check = "conduct-named"\n' + WAITING,
            r"rule\[1\]\.unit: must be left out",
        ),
        (
            'check = "conduct-named"',
            'check = "conduct-named"\nvalue = 15',
            r"rule\[1\]\.value: must be left out",
        ),
        ("[rulebook]", "[book]", r"rulebook: is missing"),
        ('jurisdiction = "CN"\n', "", r"rulebook\.jurisdiction: (is missing|must be)"),
        ('jurisdiction = "CN"', 'jurisdiction = "CN"\nx = 1', r"rulebook\.x: an unknown key"),
        ("[rulebook]", "x = 1\n[rulebook]", r"x: an unknown key"),
        (
            'version = "2026.11"\njuris',
            "version = 2026.11\njuris",
            r"rulebook\.version: (is missing|must be)",
        ),
        (TEXT[TEXT.index("[[rule]]") :], "", r"rule: nothing asks for"),
        (TEXT[TEXT.index("[[rule]]") :], "[rule]\n", r"rule: must be a list"),
        (RETENTION, 'value = 1825\nunit = "days"', r"rule\[8\]\.unit: must be years"),
        (WAITING, 'value = 1\nunit = "years"', r"rule\[6\]\.unit: must be days"),
        (WAITING, 'value = 36501\nunit = "days"', r"rule\[6\]\.value"),
        (RETENTION, 'value = 36501\nunit = "years"', r"rule\[8\]\.value"),
        ('article = "1 (by analogy)", ', 'article = "", ', r"citation\.article: must not be blank"),
        ('jurisdiction = "CN"', 'jurisdiction = " "', r"rulebook\.jurisdiction: must not be blank"),
    ],
)
def test_a_rulebook_with_a_mistake(old: str, new: str, place: str) -> None:
    """A mistake in a rulebook is refused with its place."""
    changed = TEXT.replace(old, new, 1)

    assert changed != TEXT
    with pytest.raises(RulebookError, match=place):
        Rulebook.from_toml(changed)


@pytest.mark.parametrize("check", sorted(CHECKS))
def test_no_safeguard_can_be_left_out(check: str) -> None:
    """A rulebook without any one of the safeguards is refused, and the error names it."""
    parts = TEXT.split("[[rule]]")
    kept = [part for part in parts if f'check = "{check}"' not in part]

    assert len(parts) - 1 == len(kept)
    with pytest.raises(RulebookError, match=f"nothing asks for {check}"):
        Rulebook.from_toml("[[rule]]".join(kept))


@pytest.mark.parametrize("rule", BOOK.rules, ids=lambda rule: rule.id)
def test_no_safeguard_can_be_taken_out(rule: Rule) -> None:
    """A rulebook evolved without any one of its safeguards is refused, and the error names it."""
    fewer = tuple(other for other in BOOK.rules if other is not rule)

    with pytest.raises(RulebookError, match=f"nothing asks for {rule.check}"):
        attrs.evolve(BOOK, rules=fewer)


def test_no_safeguard_at_all() -> None:
    """A rulebook evolved to no rules is refused, and the error names every check."""
    with pytest.raises(RulebookError) as caught:
        attrs.evolve(BOOK, rules=())
    assert f"rule: nothing asks for {', '.join(sorted(CHECKS))}" == str(caught.value)


def test_no_safeguard_can_be_exchanged() -> None:
    """A rule evolved to evaluate another's check leaves its own without a rule."""
    exchanged = attrs.evolve(RULES["CN-CR-VICTIM"], check="something-owed")
    others = [rule for rule in BOOK.rules if rule.check != "not-a-victim"]

    with pytest.raises(RulebookError, match="nothing asks for not-a-victim"):
        attrs.evolve(BOOK, rules=[*others, exchanged])


def test_an_evolved_id_that_stands_twice() -> None:
    """A rulebook evolved to hold one rule twice is refused."""
    with pytest.raises(RulebookError, match="an id stands twice"):
        attrs.evolve(BOOK, rules=[*BOOK.rules, BOOK.rules[0]])


@pytest.mark.parametrize("rules", [None, "rules", [None], [*BOOK.rules, "CN-CR-X"]])
def test_what_is_no_rule(rules: Any) -> None:
    """A rulebook evolved to hold something else than rules is refused."""
    with pytest.raises(MisuseError, match="must be Rule"):
        attrs.evolve(BOOK, rules=rules)


@pytest.mark.parametrize(
    ("rule", "changes", "field"),
    [
        ("CN-CR-WAITING", {"value": 0}, "value"),
        ("CN-CR-WAITING", {"value": -1}, "value"),
        ("CN-CR-WAITING", {"value": True}, "value"),
        ("CN-CR-WAITING", {"value": 36_501}, "value"),
        ("CN-CR-WAITING", {"value": 15.5}, "value"),
        ("CN-CR-WAITING", {"unit": "years"}, "unit"),
        ("CN-CR-WAITING", {"unit": ""}, "unit"),
        ("CN-CR-OWED", {"value": 1}, "value"),
        ("CN-CR-OWED", {"unit": "days"}, "unit"),
        ("CN-CR-OWED", {"check": "nothing-owed"}, "check"),
        ("CN-CR-OWED", {"check": "waiting-over"}, "unit"),
        ("CN-CR-OWED", {"citation": None}, "citation"),
        ("CN-CR-OWED", {"citation": "art. 1"}, "citation"),
    ],
)
def test_a_rule_validates_itself(rule: str, changes: dict[str, Any], field: str) -> None:
    """A rule evolved to something that nothing can evaluate is refused, and the field is named."""
    with pytest.raises(InvalidValueError) as caught:
        attrs.evolve(RULES[rule], **changes)
    assert field in [fault.field for fault in caught.value.faults]


def with_rule(rule: str, **changes: Any) -> Rulebook:
    """The rulebook with one rule changed."""
    rules = [attrs.evolve(one, **changes) if one.id == rule else one for one in BOOK.rules]
    return attrs.evolve(BOOK, rules=rules)


@pytest.mark.parametrize(
    "book",
    [
        with_rule("CN-CR-WAITING", value=1),
        with_rule("CN-CR-WAITING", source=Source.LAW),
        with_rule("CN-CR-WAITING", verified=False),
        with_rule("CN-CR-WAITING", requires="something else"),
        with_rule("CN-CR-WAITING", citation=RULES["CN-CR-OWED"].citation),
        attrs.evolve(BOOK, rules=BOOK.rules[::-1]),
        attrs.evolve(BOOK, rules=[*BOOK.rules, attrs.evolve(BOOK.rules[0], id="X")]),
        attrs.evolve(BOOK, title="Something else"),
    ],
)
def test_another_content_has_another_name(book: Rulebook) -> None:
    """A rulebook evolved in anything has another digest and name, which what it clears carries."""
    (one,) = book.review([listing()], on=TODAY).cleared

    assert BOOK.digest != book.digest
    assert BOOK.name != book.name
    assert book.name == one.rulebook


def test_the_same_content_has_the_same_name() -> None:
    """The digest is of the content alone, so evolving there and back gives the same name."""
    back = attrs.evolve(with_rule("CN-CR-WAITING", value=1), rules=BOOK.rules)

    assert 32 == len(BOOK.digest)
    for same in (back, attrs.evolve(BOOK), Rulebook.from_toml(f"# A remark.\n{TEXT}")):
        assert BOOK.digest == same.digest
        assert BOOK.name == same.name


def test_a_digest_cannot_be_given() -> None:
    """Nobody can choose a rulebook's digest."""
    with pytest.raises(TypeError):
        attrs.evolve(BOOK, digest=bytes(32))  # type: ignore[call-arg]


def test_a_stricter_rulebook() -> None:
    """A rule may stand a second time with another id; the stricter one decides."""
    waiting = next(part for part in TEXT.split("[[rule]]") if "CN-CR-WAITING" in part)
    longer = waiting.replace("CN-CR-WAITING", "X-WAITING").replace("value = 15", "value = 90")
    book = Rulebook.from_toml(f"{TEXT}\n[[rule]]{longer}")

    assert ["X-WAITING"] == list(reasons(listing(), book=book))
    assert BOOK.name != book.name


@pytest.mark.parametrize("name", ["", "us", "../cn", "cn-credit-reporting.toml", "cn/x", "cn\0"])
def test_an_unknown_rulebook(name: str) -> None:
    """A rulebook of another name, or a path, is refused."""
    with pytest.raises(RulebookError, match="no rulebook or catalogue"):
        cs.rulebook(name)


@pytest.mark.parametrize("name", [[], None, 5, b"cn"])
def test_a_name_that_is_none(name: Any) -> None:
    """A rulebook is asked for by a text; anything else is refused with the library's own error."""
    with pytest.raises(MisuseError, match="name must be str"):
        cs.rulebook(name)


def test_a_catalogue_is_no_rulebook() -> None:
    """A catalogue of measures is not read as a rulebook."""
    with pytest.raises(RulebookError):
        cs.rulebook("cn-measures")


def test_both_names_of_the_rulebook() -> None:
    """The short and the full name give the same rulebook."""
    assert cs.rulebook("cn") == cs.rulebook("cn-credit-reporting")


# -- A cleared listing cannot be forged ----------------------------------------------------------


def _make_a_subclass(one: cs.rules.ClearedListing) -> object:
    return type("Mine", (cs.rules.ClearedListing,), {})


def _replace(one: cs.rules.ClearedListing) -> object:
    replace = getattr(copy, "replace", None)  # from Python 3.13 on
    changes = {"listing": listing(2)}
    return replace(one, **changes) if replace else one.__replace__(**changes)


def _dump(one: cs.rules.ClearedListing) -> object:
    return [pickle.dumps(one, protocol) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]


class _Handmade(pickle.Pickler):
    """Pickles what it is given as the call of a class, followed by a state."""

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, cs.rules.ClearedListing):
            state = {"listing": "forged"}, {"listing": "forged"}
            return vars(copyreg)["__newobj__"], (cs.rules.ClearedListing,), state
        return NotImplemented


def _load_with_state(one: cs.rules.ClearedListing) -> object:
    out = io.BytesIO()
    _Handmade(out, 4).dump(one)
    return pickle.loads(out.getvalue())


LOADED_BY_CALL = b"ccreditshare.rules.cleared\nClearedListing\n(tR."
LOADED_EMPTY = b"ccopyreg\n__newobj__\n(ccreditshare.rules.cleared\nClearedListing\ntR."

FORGERIES: dict[str, Callable[[cs.rules.ClearedListing], object]] = {
    "constructor": lambda _: cs.rules.ClearedListing(),
    "constructor with values": lambda one: cs.rules.ClearedListing(
        listing=one.listing, rulebook=one.rulebook, first_day=TODAY, last_day=TODAY
    ),
    "attrs.evolve": lambda one: attrs.evolve(one, listing=listing(2)),  # type: ignore[misc]
    "copy.replace": _replace,
    "pickle": _dump,
    "pickle that calls": lambda _: pickle.loads(LOADED_BY_CALL),
    "pickle with a state": _load_with_state,
    "subclass": _make_a_subclass,
    "setattr": lambda one: setattr(one, "last_day", dt.date.max),
    "setattr of something new": lambda one: setattr(one, "colour", "red"),
    "setattr of the class": lambda one: setattr(one, "__class__", Refused),
    "delattr": lambda one: delattr(one, "last_day"),
    "setstate": lambda one: one.__setstate__({"last_day": dt.date.max}),
}


@pytest.mark.parametrize("how", FORGERIES)
def test_a_cleared_listing_is_not_forged(how: str) -> None:
    """No public way makes, changes or stores a cleared listing."""
    (one,) = cleared(listing())
    before = (one.listing, one.rulebook, one.first_day, one.last_day)

    with pytest.raises((ForgedValueError, attrs.exceptions.NotAnAttrsClassError)):
        FORGERIES[how](one)
    assert before == (one.listing, one.rulebook, one.first_day, one.last_day)


def test_a_copy_is_the_same() -> None:
    """Copying a cleared listing gives the same object, alone or within something else."""
    (one,) = cleared(listing())

    assert one is copy.copy(one)
    assert one is copy.deepcopy(one)
    assert one is copy.deepcopy([{"held": one}])[0]["held"]


HOLLOW: dict[str, Callable[[], Any]] = {
    "object.__new__": lambda: object.__new__(cs.rules.ClearedListing),
    "pickle": lambda: pickle.loads(LOADED_EMPTY),
}


@pytest.mark.parametrize("how", HOLLOW)
def test_a_hollow_cleared_listing(world: World, how: str) -> None:
    """An empty shell of a cleared listing is refused by the ledger with the library's error."""
    ledger = world.ledger()

    with pytest.raises(MisuseError):
        ledger.record([HOLLOW[how]()], tokens=world.tokens, at=NOW)


@attrs.frozen
class _Lookalike:
    listing: cs.Listing
    rulebook: str = "cn"
    first_day: dt.date = TODAY
    last_day: dt.date = TODAY


@pytest.mark.parametrize("kind", [_Lookalike, lambda drafted: drafted, lambda _: None])
def test_a_lookalike(world: World, kind: Callable[[cs.Listing], Any]) -> None:
    """What only looks like a cleared listing, and a draft itself, are refused by the ledger."""
    ledger = world.ledger()

    with pytest.raises(MisuseError, match="review"):
        ledger.record([*cleared(listing(1)), kind(listing(2))], tokens=world.tokens, at=NOW)
    assert () == ledger.live_listings_of(cs.ResidentID.parse(number(1)))
