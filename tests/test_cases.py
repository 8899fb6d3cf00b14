"""What went wrong elsewhere, case by case, and that it cannot go the same way here.

| case | test |
|---|---|
| a villager's accounts frozen for eleven months, for a namesake 300 km away | `namesake` |
| a court loaded all eleven original parties, two of whom had been withdrawn | `two_of_eleven` |
| TransUnion v. Ramirez (US 2021): an alert missing from the person's own file | `own_file` |
| no notice, no way to appeal | `no_notice_no_appeal` |
| "paid, but the name stays": private copies go on | `paid_but_the_name_stays` |
| Indian courts set listings aside: undisclosed documents, stale notice, no reasons | `set_aside` |
| a reassigned phone number tied two people together | `reassigned_phone` |
| "untrustworthy once, restricted everywhere" | `restricted_everywhere` |
| hashed means anonymous; regulators say that it does not | `hashed_is_anonymous` |
| a withdrawn record comes back in a later file | `comes_back` |
| forged hardship papers against real hardship | `real_hardship` |
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools

import attrs
import pytest

import creditshare as cs
from creditshare.errors import InvalidValueError, MisuseError
from creditshare.identifiers import MobileNumber
from creditshare.ledger import told
from creditshare.model import (
    BasisKind,
    BasisLevel,
    Circumstance,
    ConductCode,
    Parties,
    WithdrawalReason,
)
from creditshare.rules import MeasureClass
from creditshare.screening import ReviewReason
from world import (
    DAY,
    NOW,
    PLATFORM,
    TODAY,
    World,
    applicant,
    listing,
    number,
    person,
)

CLEAR, MATCH, REVIEW = cs.Outcome.CLEAR, cs.Outcome.MATCH, cs.Outcome.NEEDS_REVIEW
JUDGMENT = cs.LegalBasis(
    BasisKind.JUDGMENT, "(2025)测0101民初1号", "1", "2025", Parties(["测试1"], TODAY)
)
PHONE = MobileNumber.parse("13912345670")


def refused(draft: cs.Listing, on: dt.date = TODAY) -> set[str]:
    """The checks that refuse a draft; empty if it is cleared."""
    review = cs.rulebook("cn").review([draft], on=on, issuer=PLATFORM, catalogue=cs.measures("cn"))
    return {reason.rule.check for item in review.refused for reason in item.reasons}


def heard(world: World, *listings: cs.Listing) -> tuple[cs.Ledger, cs.Registry]:
    """The listings on a ledger, and told to a registry."""
    ledger, registry = world.ledger(), world.registry()
    world.record(ledger, *listings)
    world.apply(registry, world.seal(ledger, "1.csb")[0])
    return ledger, registry


def test_namesake(world: World) -> None:
    """A namesake with another number is clear; with a mistyped one, the birth date vetoes."""
    _, registry = heard(world, listing(1))
    away, born = cs.ResidentID.parse(number(2, dt.date(1961, 1, 2))), dt.date(1961, 1, 2)
    namesake = applicant(1, identifiers=[away], birth_date=born)
    mistyped = applicant(1, birth_date=born)
    alone = applicant(1, name=None, birth_date=None)
    answers = world.screen(registry, namesake, mistyped, alone)
    reasons = [review.reasons for answer in answers for review in answer.reviews]

    assert [CLEAR, REVIEW, REVIEW] == [answer.outcome for answer in answers]
    assert ReviewReason.BIRTH_DATE_CONFLICT in reasons[0]
    assert answers[1].reviews[0].listing is None
    assert (ReviewReason.NO_SECOND_FACTOR,) == reasons[1]
    with pytest.raises(InvalidValueError):
        cs.Applicant([], name="测试1")


def test_two_of_eleven(world: World) -> None:
    """Of eleven parties only the nine whom the instrument obliges today are listed."""
    original = [listing(serial) for serial in range(1, 12)]
    still = tuple(f"测试{serial}" for serial in range(1, 10))
    basis = cs.LegalBasis(
        BasisKind.JUDGMENT, "(2018)测0001民初1号", "2", "2018", parties=Parties(still, TODAY)
    )
    review = cs.rulebook("cn").review(
        [attrs.evolve(draft, basis=basis) for draft in original],
        on=TODAY, issuer=PLATFORM, catalogue=cs.measures("cn"),
    )  # fmt: skip
    ledger = world.ledger()
    ledger.record(review.cleared, tokens=world.tokens, at=NOW)
    registry = world.registry()
    world.apply(registry, world.seal(ledger, "1.csb")[0])
    answers = world.screen(registry, *(applicant(serial) for serial in range(1, 12)))

    assert [{"party-named"}] * 2 == [{r.rule.check for r in i.reasons} for i in review.refused]
    assert [MATCH] * 9 + [CLEAR] * 2 == [answer.outcome for answer in answers]


def test_own_file(world: World) -> None:
    """What the person is told of who got it is what recipients hold, whole."""
    ledger, registry = heard(world, listing(1))
    (answer,) = world.screen(registry, applicant(1))
    (match,) = answer.matches
    (own,) = ledger.live_listings_of(cs.ResidentID.parse(number(1)))
    with cs.LedgerStore(world.folder / "ledger.db") as store:
        (disclosure,) = told(store, own)
    says = ledger.listing(own)
    held = attrs.evolve(match.listing, borrower=says.borrower, reference=says.reference)

    assert ("lender", "insurer") == disclosure.bundle.recipients
    assert disclosure.content
    assert says == held


def test_no_notice_no_appeal() -> None:
    """Nobody is listed without a served notice, a way to object and a reasoned decision."""
    draft = listing(1)
    assert draft.notice is not None

    assert set() == refused(draft)
    assert "notice-served" in refused(attrs.evolve(draft, notice=None))
    assert "remedy-told" in refused(
        attrs.evolve(draft, notice=attrs.evolve(draft.notice, remedy=None))
    )
    assert "reasons-given" in refused(attrs.evolve(draft, decision=None))
    assert "waiting-over" in refused(
        attrs.evolve(draft, notice=attrs.evolve(draft.notice, served=TODAY))
    )


def test_paid_but_the_name_stays(world: World) -> None:
    """A settlement clears whoever hears of it; a copy that nobody refreshes vouches no more."""
    ledger, registry = heard(world, listing(1))
    copy = world.registry("copy")
    world.apply(copy, world.folder / "1.csb")
    (own,) = ledger.live_listings_of(cs.ResidentID.parse(number(1)))
    ledger.withdraw(cs.Withdrawal(own, WithdrawalReason.SETTLED, TODAY), at=NOW)
    world.apply(registry, world.seal(ledger, "2.csb", since=1, at=NOW + DAY)[0], at=NOW + DAY)
    (at_once,) = world.screen(registry, applicant(1), at=NOW + DAY)
    (later,) = world.screen(copy, applicant(1), at=NOW + 31 * DAY)

    assert CLEAR is at_once.outcome
    assert ((), [(ReviewReason.STALE_REGISTRY,)]) == (
        later.matches,
        [review.reasons for review in later.reviews],
    )


def test_set_aside() -> None:
    """Undisclosed documents, a stale notice or no reasoned order each refuse the listing."""
    draft = listing(1)
    assert draft.notice is not None
    (document,) = draft.evidence
    undisclosed = attrs.evolve(draft, evidence=[attrs.evolve(document, disclosed=None)])
    served = dt.date(2019, 4, 1)
    stale = attrs.evolve(draft, notice=attrs.evolve(draft.notice, served=served))

    assert {"evidence-disclosed"} == refused(undisclosed)
    assert "notice-fresh" in refused(stale)
    assert {"reasons-given"} == refused(attrs.evolve(draft, decision=None))


def test_reassigned_phone(world: World) -> None:
    """A phone number neither lists nor finds anybody, and ties no two together."""
    with_phone = person(1)
    numbers = (*with_phone.identifiers, PHONE)
    ledger, registry = heard(
        world, listing(1, borrower=attrs.evolve(with_phone, identifiers=numbers))
    )
    heir = applicant(2, identifiers=[cs.ResidentID.parse(number(2)), PHONE])
    (answer,) = world.screen(registry, heir)

    assert CLEAR is answer.outcome
    with pytest.raises(MisuseError):
        ledger.live_listings_of(PHONE)
    with pytest.raises(InvalidValueError):
        cs.Applicant([PHONE], name="测试1")
    assert "strong-identifier" in refused(
        listing(1, borrower=attrs.evolve(with_phone, identifiers=(PHONE,)))
    )


def test_restricted_everywhere(world: World) -> None:
    """On a mere notice no role may take a right away; every measure cites its basis."""
    _, registry = heard(world, listing(1))
    found = [
        measure
        for role in cs.Role
        for match in world.screen(registry, applicant(1), role=role)[0].matches
        for measure in match.measures
    ]

    assert found
    assert all(measure.citation.instrument for measure in found)
    assert not any(measure.reduces_rights for measure in found)
    assert {MeasureClass.MARKET_DISCRETION} == {measure.measure_class for measure in found}
    assert all(measure.needs <= BasisLevel.WORKING_GROUP_NOTICE for measure in found)
    assert "measures-carried" in refused(listing(1, measures=["EXIT_BAN"]))


def test_hashed_is_anonymous(world: World) -> None:
    """No digest of a number that anybody can compute is in a bundle, and no part of the number."""
    ledger, _ = heard(world, listing(1))
    plain = number(1)
    text = cs.ResidentID.parse(plain).token_text
    path, by = world.folder / "1.csb", world.lender
    with cs.open_bundle(path, by=by, roster=world.roster(), at=NOW) as bundle:
        (record,) = bundle.records()
        seen = record.locked + record.rows
    digests = [
        hashlib.new(name, what.encode()).digest()
        for name, what in itertools.product(
            ("md5", "sha1", "sha256", "sha512"), (plain, plain.lower(), text)
        )
    ]
    other = cs.TokenKey.generate(world.key.epoch)
    (own,), (foreign,) = (key.evaluate([cs.ResidentID.parse(plain)]) for key in (world.key, other))

    assert own.tag in seen
    assert not [digest for digest in digests if digest[:16] in seen]
    assert foreign.tag not in seen
    assert plain[-4:].encode() not in seen.replace(own.tag, b"")
    assert ledger.last_checkpoint() is not None


def test_comes_back(world: World) -> None:
    """What was withdrawn is a duplicate in every later file; only a new case is listed again."""
    ledger, registry = heard(world, listing(1))
    (own,) = ledger.live_listings_of(cs.ResidentID.parse(number(1)))
    ledger.withdraw(cs.Withdrawal(own, WithdrawalReason.LISTED_IN_ERROR, TODAY), at=NOW)
    again = world.record(ledger, listing(1))
    world.apply(registry, world.seal(ledger, "2.csb", since=1)[0])
    (answer,) = world.screen(registry, applicant(1))
    debt = cs.Obligation(
        "另一网贷", cs.Money(100_000, "CNY"), cs.Money(90_000, "CNY"), dt.date(2018, 5, 1)
    )
    fresh = world.record(ledger, listing(1, obligation=debt))

    assert (0, 1) == (again.listed, len(again.duplicates))
    assert CLEAR is answer.outcome
    assert (1, ()) == (fresh.listed, fresh.duplicates)


def proved(conduct: cs.Conduct) -> cs.Listing:
    """A listing of that conduct, with all the proof that it requires."""
    proof = cs.rules.conducts().proof_of(conduct.code)
    papers = cs.Evidence(
        bytes(32),
        "papers",
        {*proof.proves, cs.model.Proves.ABILITY_TO_PAY},
        disclosed=dt.date(2026, 10, 1),
    )
    return listing(1, conduct=conduct, evidence=[papers], basis=JUDGMENT)


def test_real_hardship() -> None:
    """Hardship or a dispute that is genuine refuses every code; a proved forgery is one."""
    genuine = (Circumstance.GENUINE_HARDSHIP, Circumstance.GENUINE_DISPUTE)

    for code, circumstance in itertools.product(ConductCode, genuine):
        claimed = proved(cs.Conduct(code, dt.date(2019, 3, 1)))
        assert set() == refused(claimed)
        assert {"circumstances-absent"} == refused(
            attrs.evolve(claimed, circumstances=[circumstance])
        )
    assert "conduct-named" in refused(listing(1, conduct=None))
