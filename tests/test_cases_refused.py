"""What went wrong elsewhere, as listings that the review refuses here; each test is one case."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest

import creditshare as cs
from creditshare.model import (
    BasisKind,
    BorrowerRole,
    Circumstance,
    LegalBasis,
    Parties,
    Proves,
)
from creditshare.rules import Refused
from regimes import RULEBOOKS, draft, issuer, proof, review
from world import TODAY, listing, person


def problems(book: str, drafted: cs.Listing) -> list[str]:
    """The codes of what a rulebook has against a draft."""
    result = review(book, drafted)
    return [why.problem.code for why in result.reasons] if isinstance(result, Refused) else []


@pytest.mark.parametrize("book", RULEBOOKS)
@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"notice": None}, "notice-missing"),
        ({"decision": None}, "decision-missing"),
        ({"circumstances": [Circumstance.GENUINE_HARDSHIP]}, "barred"),
        ({"circumstances": [Circumstance.GENUINE_DISPUTE]}, "barred"),
        ({"circumstances": [Circumstance.LAWFUL_BANKRUPTCY]}, "barred"),
        ({"conduct": None}, "conduct-missing"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_no_regime_lists(book: str, changes: dict[str, object], problem: str) -> None:
    """No notice or reasons, hardship, a genuine dispute, bankruptcy, mere delay: never listed."""
    assert [problem] == problems(book, draft(book, **changes))


@pytest.mark.parametrize("book", RULEBOOKS)
def test_no_route_of_appeal(book: str) -> None:
    """A notice that does not say how to object is none to rest a listing on."""
    base = draft(book)
    assert base.notice is not None

    assert ["remedy-missing"] == problems(
        book, attrs.evolve(base, notice=attrs.evolve(base.notice, remedy=None))
    )


def test_eleven_parties_of_whom_two_were_withdrawn() -> None:
    """A court that loads all original parties lists those whom the instrument obliges now."""
    original = [person(serial) for serial in range(1, 12)]
    now = Parties([f"测试{serial}" for serial in range(1, 12) if serial not in (4, 9)], TODAY)
    basis = LegalBasis(BasisKind.JUDGMENT, "民初1号", "2", "2025", now)
    drafts = [draft("cn-court-list", borrower=borrower, basis=basis) for borrower in original]
    found = RULEBOOKS["cn-court-list"].review(drafts, on=TODAY, issuer=issuer("cn-court-list"))

    assert [original[3], original[8]] == [one.listing.borrower for one in found.refused]
    assert {"party-not-named"} == {why.problem.code for one in found.refused for why in one.reasons}
    assert 9 == len(found.cleared)


@pytest.mark.parametrize("book", RULEBOOKS)
@pytest.mark.parametrize("kind", [kind for kind in BasisKind if kind.level == 4])
@pytest.mark.parametrize(
    ("names", "as_of", "problem"),
    [
        (["某甲", "某乙"], TODAY, "party-not-named"),
        (["某甲", "测试1"], dt.date(2015, 1, 1), "parties-stale"),
        (["某甲", "测试1"], TODAY, ""),
        (["某甲", " 测 试\uff11"], TODAY, ""),
    ],
)
def test_a_party_that_was_withdrawn(
    book: str, kind: BasisKind, names: list[str], as_of: dt.date, problem: str
) -> None:
    """Whom no instrument obliges as it stands now is listed nowhere, on whatever instrument."""
    basis = LegalBasis(kind, "民初1号", "2", "2025", Parties(names, as_of))

    assert ([problem] if problem else []) == problems(book, draft(book, basis=basis))


@pytest.mark.parametrize("kind", BasisKind)
@pytest.mark.parametrize("book", ["cn-credit-reporting", "cn-court-list"])
def test_parties_that_nobody_looked_up(book: str, kind: BasisKind) -> None:
    """In China nobody is listed on an instrument whose parties nobody looked up."""
    told = problems(book, draft(book, basis=LegalBasis(kind, "民初1号", "2", "2025")))

    assert (kind.level == 4 or book == "cn-court-list") is ("parties-unknown" in told)


def test_the_villager_and_the_namesake() -> None:
    """A name alone identifies nobody, and a birth date that contradicts the number refuses."""
    nameless = cs.Borrower.person(name="张伟", birth_date=dt.date(1980, 5, 17))
    other = person(1, birth_date=dt.date(1980, 5, 18))

    assert ["identifier-weak"] == problems("cn-credit-reporting", listing(borrower=nameless))
    assert ["birth-dates-contradict"] == problems("cn-credit-reporting", listing(borrower=other))


def test_undisclosed_documents() -> None:
    """In India all material goes along with the show-cause notice, or the order does not stand."""
    later = proof(Proves.CONDUCT, Proves.ABILITY_TO_PAY, disclosed=dt.date(2026, 9, 2))

    assert ["evidence-not-with-notice"] == problems("in-rbi", draft("in-rbi", evidence=later))


def test_a_stale_notice() -> None:
    """A notice of more than a year ago carries no listing any more."""
    served = cs.Notice(dt.date(2025, 11, 20), cs.model.ServiceMethod.POST, "Object.")

    assert ["notice-stale"] == problems("cn-credit-reporting", listing(notice=served))


@pytest.mark.parametrize("book", RULEBOOKS)
def test_a_company_s_representative(book: str) -> None:
    """Nobody is listed for standing for an organisation that owes."""
    base = draft(book)
    stands = attrs.evolve(base.borrower, role=BorrowerRole.REPRESENTATIVE)

    assert ["spill-over"] == problems(book, draft(book, borrower=stands))


@pytest.mark.parametrize("book", sorted(set(RULEBOOKS) - {"uk-cifas"}))
def test_a_victim_of_identity_fraud(book: str) -> None:
    """Whose name was abused is no evader; only Cifas records victims, and as victims."""
    victim = attrs.evolve(draft(book).borrower, role=BorrowerRole.VICTIM)

    assert ["victim"] == problems(book, draft(book, borrower=victim))
    assert [] == problems("uk-cifas", draft("uk-cifas", borrower=victim))


def test_untrustworthy_once_restricted_everywhere() -> None:
    """A working group's notice carries a lender's discretion, never a travel or employment ban."""
    catalogue = cs.measures("cn")
    for code, found in (("RATE_INCREASE", []), ("AIR", ["CS-MEASURES"])):
        result = review("cn-credit-reporting", listing(measures=[code]), catalogue=catalogue)
        told = [why.rule.id for why in result.reasons] if isinstance(result, Refused) else []

        assert found == told
