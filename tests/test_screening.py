"""Screening: a match needs two factors and no conflict; in doubt a person looks, never a rule."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import pytest

import creditshare as cs
from creditshare.errors import (
    ExpiredError,
    InvalidValueError,
    MisuseError,
    UnknownEpochError,
    WrongTokenKeyError,
)
from creditshare.life import Cause
from creditshare.model import ListingStatus
from creditshare.screening import ReviewReason, Screening, SecondFactor, StaleIssuer
from simulator import Simulator
from world import DAY, EPOCH, NOW, TODAY, World, applicant, cleared, listing, number, person

BORN = dt.date(1980, 5, 17)
OTHER = dt.date(1962, 11, 30)
REASON = ReviewReason
SECOND = dt.timedelta(seconds=1)
PASSPORT = cs.identifiers.Passport.parse("500123450", "GB")


def resident(serial: int = 1) -> cs.ResidentID:
    """The number of a generated person."""
    return cs.ResidentID.parse(number(serial))


def of(**borrower: Any) -> cs.Listing:
    """A listing of a person known by a passport, which tells no birth date."""
    known: dict[str, Any] = {"name": "测试1", "birth_date": BORN} | borrower
    return listing(borrower=cs.Borrower.person(PASSPORT, **known))


def asked(**changes: Any) -> cs.Applicant:
    """An applicant with that passport."""
    values: dict[str, Any] = {"identifiers": [PASSPORT], "reference": "a1"}
    return cs.Applicant(**(values | changes))


def told(
    world: World, *listings: cs.Listing, name: str = "registry", at: dt.datetime = NOW
) -> cs.Registry:
    """A registry that was told of these listings by the platform."""
    ledger, registry = world.ledger(f"{name}-ledger"), world.registry(name)
    world.record(ledger, *listings, at=at)
    path, _ = world.seal(ledger, f"{name}.csb", at=at)
    world.apply(registry, path, at=at)
    return registry


def add(
    world: World, registry: cs.Registry, origin: str, *listings: cs.Listing, at: dt.datetime = NOW
) -> None:
    """Tell a registry of another issuer's listings."""
    ledger = world.ledger(origin, origin)
    world.record(ledger, *listings, at=at)
    path, _ = world.seal(ledger, f"{origin}.csb", at=at)
    world.apply(registry, path, at=at)


def one(world: World, registry: cs.Registry, who: cs.Applicant, **changes: Any) -> Screening:
    """The answer for one applicant."""
    (answer,) = world.screen(registry, who, **changes)
    return answer


def reasons(answer: Screening) -> list[ReviewReason]:
    """Every reason of every review."""
    return [reason for review in answer.reviews for reason in review.reasons]


# -- Two factors -------------------------------------------------------------------------------

NAMED, DATED = SecondFactor.NAME, SecondFactor.BIRTH_DATE


@pytest.mark.parametrize(
    ("stated", "known", "corroboration"),
    [
        ({"name": "测试1", "birth_date": BORN}, {}, [NAMED, DATED]),
        ({"name": "测试1"}, {}, [NAMED]),
        ({"birth_date": BORN}, {}, [DATED]),
        ({"name": "测试1", "birth_date": BORN}, {"name": None}, [DATED]),
        ({"name": "某人", "birth_date": BORN}, {"name": None}, [DATED]),
        ({"name": "ＬＩ  Na"}, {"name": "li na"}, [NAMED]),
    ],
)
def test_a_match(
    world: World, stated: dict[str, Any], known: dict[str, Any], corroboration: list[str]
) -> None:
    """The identifier and one more factor make a match, which says what agreed."""
    drafted = of(**known)
    answer = one(world, told(world, drafted), asked(**stated))
    (match,) = answer.matches

    assert cs.Outcome.MATCH is answer.outcome
    assert tuple(corroboration) == match.corroboration
    assert ("platform", "custodian", drafted.id) == (match.origin, match.issuer, match.listing_id)
    assert drafted.obligation == match.listing.obligation
    assert drafted.notice == match.listing.notice
    assert ["RATE_INCREASE", "LOAN_LIMIT"] == [measure.code for measure in match.measures]
    assert () == answer.reviews
    assert "a1" == answer.reference


@pytest.mark.parametrize(
    ("stated", "known", "why"),
    [
        ({"name": "别人"}, {}, [REASON.NAME_CONFLICT, REASON.NO_SECOND_FACTOR]),
        ({"name": "别人", "birth_date": BORN}, {}, [REASON.NAME_CONFLICT]),
        (
            {"birth_date": OTHER},
            {},
            [REASON.BIRTH_DATE_CONFLICT, REASON.NO_SECOND_FACTOR],
        ),
        ({"name": "测试1", "birth_date": OTHER}, {}, [REASON.BIRTH_DATE_CONFLICT]),
        (
            {"name": "别人", "birth_date": OTHER},
            {},
            [REASON.BIRTH_DATE_CONFLICT, REASON.NAME_CONFLICT, REASON.NO_SECOND_FACTOR],
        ),
        ({}, {}, [REASON.NO_SECOND_FACTOR]),
        ({"name": "·-"}, {}, [REASON.NO_SECOND_FACTOR]),
        ({"name": "测试1"}, {"name": None}, [REASON.NO_SECOND_FACTOR]),
        ({"name": "張三"}, {"name": "张三"}, [REASON.NAME_CONFLICT, REASON.NO_SECOND_FACTOR]),
    ],
)
def test_no_match(
    world: World, stated: dict[str, Any], known: dict[str, Any], why: list[ReviewReason]
) -> None:
    """A hit with a conflict, or without a second factor, goes to a person with every reason."""
    drafted = of(**known)
    answer = one(world, told(world, drafted), asked(**stated))
    (review,) = answer.reviews

    assert cs.Outcome.NEEDS_REVIEW is answer.outcome
    assert () == answer.matches
    assert tuple(why) == review.reasons
    assert (REASON.BIRTH_DATE_CONFLICT in why) == (review.listing is None)
    assert None is review.age
    assert ("platform", "custodian", drafted.id) == (
        review.origin,
        review.issuer,
        review.listing_id,
    )
    assert not hasattr(review, "measures")


def test_a_birth_date_conflict_shows_nothing(world: World) -> None:
    """Whoever has another birth date learns nothing of somebody else's listing."""
    drafted = of()
    answer = one(world, told(world, drafted), asked(name="测试1", birth_date=OTHER))

    assert None is answer.reviews[0].listing
    for private in (drafted.obligation.creditor, "ABSCOND", "1980", "contact log"):
        assert private not in repr(answer)


def test_a_conflict_with_the_number_itself(world: World) -> None:
    """A stated birth date that conflicts with the one in the number vetoes as well."""
    answer = one(world, told(world, listing(1)), applicant(1, birth_date=OTHER))

    assert [REASON.BIRTH_DATE_CONFLICT] == reasons(answer)


@pytest.mark.parametrize("born", [None, BORN, OTHER])
def test_a_conflict_with_the_applicants_other_number(world: World, born: dt.date | None) -> None:
    """The birth date in an applicant's number vetoes a listing that states another."""
    who = asked(identifiers=[PASSPORT, resident()], name="测试1", birth_date=born)
    answer = one(world, told(world, of(birth_date=OTHER)), who)

    assert [REASON.BIRTH_DATE_CONFLICT] == [
        reason for reason in reasons(answer) if reason is not REASON.NO_SECOND_FACTOR
    ]
    assert None is answer.reviews[0].listing


def test_a_birth_date_out_of_the_number(world: World) -> None:
    """A birth date that only repeats the number is no second factor."""
    drafted = listing(1)
    answer = one(world, told(world, drafted), applicant(1, name=None))

    assert None is drafted.borrower.birth_date
    assert [REASON.NO_SECOND_FACTOR] == reasons(answer)


# -- Who is found ------------------------------------------------------------------------------


def test_nobody_is_found(world: World) -> None:
    """Whom no issuer listed is clear, by the word of the issuers named."""
    answer = one(world, told(world, listing(1)), applicant(2))

    assert Screening("a2", cs.Outcome.CLEAR, (), (), (), ("platform",)) == answer


def test_a_name_alone_finds_nobody(world: World) -> None:
    """A namesake with the same birth date is clear."""
    answer = one(world, told(world, listing(1)), applicant(2, name="测试1", birth_date=BORN))

    assert cs.Outcome.CLEAR is answer.outcome


def test_the_legacy_number(world: World) -> None:
    """A person is found by the 15-digit form of the number as well."""
    legacy = cs.ResidentID.parse(number(1)[:6] + number(1)[8:17])
    answer = one(world, told(world, listing(1)), applicant(1, identifiers=[legacy]))

    assert cs.Outcome.MATCH is answer.outcome


@pytest.mark.parametrize("by", [[resident()], [PASSPORT], [resident(), PASSPORT]])
def test_two_numbers_are_one_hit(world: World, by: list[cs.identifiers.Identifier]) -> None:
    """A listing is one hit by whichever of its numbers, and by all of them."""
    born = dt.date(1980, 5, 17)
    both = cs.Borrower.person(resident(), PASSPORT, name="测试1", birth_date=born)
    drafted = listing(borrower=both)
    answer = one(world, told(world, drafted), applicant(1, identifiers=by))

    assert [drafted.id] == [match.listing_id for match in answer.matches]


def test_two_people_under_two_numbers(world: World) -> None:
    """Whoever gives two people's numbers gets both hits, each judged alone."""
    registry = told(world, listing(1), listing(borrower=person(2, name="别人")))
    answer = one(world, registry, applicant(1, identifiers=[resident(1), resident(2)]))

    assert cs.Outcome.MATCH is answer.outcome
    assert (1, [REASON.NAME_CONFLICT, REASON.NO_SECOND_FACTOR]) == (
        len(answer.matches),
        reasons(answer),
    )


def test_two_listings_of_two_issuers(world: World) -> None:
    """Listings of several issuers are matches of their own."""
    registry = told(world, listing(1))
    add(world, registry, "bank", listing(1))
    answer = one(world, registry, applicant(1))

    assert {("platform", "custodian"), ("bank", "bank")} == {
        (match.origin, match.issuer) for match in answer.matches
    }
    assert ("platform", "bank") == answer.consulted


def test_the_same_listing_id_of_two_issuers(world: World) -> None:
    """Two issuers' listings under one id are two hits."""
    drafted = listing(1)
    registry = told(world, drafted)
    add(world, registry, "bank", attrs.evolve(listing(1), id=drafted.id))

    assert 2 == len(one(world, registry, applicant(1)).matches)


def test_answers_come_in_order(world: World) -> None:
    """A stream of applicants is answered one by one, in their order, across batches."""
    registry = told(world, listing(3), listing(700))
    stream = (applicant(serial) for serial in range(1, 900))
    answers = list(
        cs.screen(
            registry,
            stream,
            tokens=world.tokens,
            purpose=cs.Purpose.SUPERVISION,
            role=cs.Role.BUREAU,
            measures=cs.measures("cn"),
            at=NOW,
        )
    )

    assert [f"a{serial}" for serial in range(1, 900)] == [answer.reference for answer in answers]
    assert ["a3", "a700"] == [a.reference for a in answers if a.outcome is cs.Outcome.MATCH]
    assert ["BUREAU_REPORTING"] == [m.code for m in answers[2].matches[0].measures]


def test_no_applicants(world: World) -> None:
    """Nobody asked about is nobody answered for."""
    assert [] == world.screen(told(world, listing(1)))


# -- Marks -------------------------------------------------------------------------------------


def marked(world: World, mark: str, until: dt.date) -> cs.Registry:
    """A registry with person 1's listing, marked."""
    ledger, registry = world.ledger(), world.registry()
    drafted = listing(1)
    world.record(ledger, drafted)
    why = {"cause": Cause.ILLNESS} if mark == "exempt" else {}
    getattr(ledger, mark)(drafted.id, until=until, at=NOW, on=TODAY, **why)
    world.apply(registry, world.seal(ledger, "0001.csb")[0])
    return registry


def test_suspended(world: World) -> None:
    """A suspended listing is no match, and says so."""
    answer = one(world, marked(world, "suspend", TODAY + DAY), applicant(1))
    (review,) = answer.reviews

    assert cs.Outcome.NEEDS_REVIEW is answer.outcome
    assert (REASON.SUSPENDED,) == review.reasons
    assert review.listing is not None
    assert ListingStatus.SUSPENDED is review.listing.status


def test_exempted(world: World) -> None:
    """An exempted listing is a match on which no measure may rest."""
    (match,) = one(world, marked(world, "exempt", TODAY + DAY), applicant(1)).matches

    assert () == match.measures
    assert TODAY + DAY == match.exempted_until
    assert ListingStatus.EXEMPTED is match.listing.status


@pytest.mark.parametrize("mark", ["suspend", "exempt"])
def test_a_mark_ends(world: World, mark: str) -> None:
    """After its last day a mark is over without another word."""
    registry = marked(world, mark, TODAY)
    (match,) = one(world, registry, applicant(1), at=NOW + 2 * DAY).matches

    assert None is match.exempted_until
    assert 2 == len(match.measures)


@pytest.mark.parametrize("mark", ["suspend", "exempt"])
def test_the_last_second_of_a_mark(world: World, mark: str) -> None:
    """A mark is in force until its day has ended at UTC-12, to the second."""
    registry, over = marked(world, mark, TODAY), NOW.replace(hour=12) + DAY
    asked_at = [one(world, registry, applicant(1), at=at) for at in (over - SECOND, over)]

    assert [0, 2] == [sum(len(match.measures) for match in answer.matches) for answer in asked_at]


@pytest.mark.parametrize("hour", [10, 15])
@pytest.mark.parametrize("mark", ["suspend", "exempt"])
def test_a_marks_whole_last_day(world: World, mark: str, hour: int) -> None:
    """A mark protects the borrower to the end of its last day where the borrower lives."""
    registry = marked(world, mark, TODAY)
    in_china = NOW.replace(hour=hour).astimezone(dt.timezone(dt.timedelta(hours=8)))
    answer = one(world, registry, applicant(1), at=in_china)

    assert TODAY == in_china.date()
    assert [] == [measure for match in answer.matches for measure in match.measures]


def test_a_listings_last_day(world: World) -> None:
    """After its last day a listing is no longer found, though no bundle said so."""
    last = dt.date(2021, 11, 24)
    conduct = cs.Conduct(cs.model.ConductCode.ABSCOND, dt.date(2019, 3, 1), last)
    registry = told(world, listing(1, conduct=conduct))
    ends = dt.datetime(2026, 11, 24, 10, tzinfo=dt.UTC)

    assert cs.Outcome.MATCH is one(world, registry, applicant(1), at=ends - SECOND).outcome
    assert cs.Outcome.CLEAR is one(world, registry, applicant(1), at=ends).outcome


# -- Stale -------------------------------------------------------------------------------------

EXPIRY = NOW + 30 * DAY


def test_stale(world: World) -> None:
    """When the only issuer's word has expired, nobody is clear."""
    registry = told(world, listing(1))
    at = EXPIRY + 3 * DAY
    answer = one(world, registry, applicant(2), at=at)

    assert cs.Outcome.CLEAR is one(world, registry, applicant(2), at=EXPIRY - SECOND).outcome
    assert cs.Outcome.STALE is one(world, registry, applicant(2), at=EXPIRY).outcome
    assert (StaleIssuer("platform", 3 * DAY),) == answer.stale
    assert ("platform",) == answer.consulted
    assert cs.Outcome.STALE is answer.outcome


def test_a_stale_hit(world: World) -> None:
    """A hit of an issuer whose word has expired goes to a person, with its age."""
    answer = one(world, told(world, listing(1)), applicant(1), at=EXPIRY + DAY)
    (review,) = answer.reviews

    assert cs.Outcome.NEEDS_REVIEW is answer.outcome
    assert (REASON.STALE_REGISTRY,) == review.reasons
    assert DAY == review.age
    assert review.listing is not None


def test_one_issuer_is_stale(world: World) -> None:
    """One stale issuer does not hide another's match, but lets nobody be clear."""
    later = NOW + 31 * DAY
    registry = told(world, listing(1), listing(2))
    add(world, registry, "bank", listing(1), at=later)
    asked_about = map(applicant, (1, 2, 3))
    both, stale, nobody = world.screen(registry, *asked_about, at=later)

    assert ["match", "needs-review", "stale"] == [
        answer.outcome for answer in (both, stale, nobody)
    ]
    assert ["bank"] == [match.origin for match in both.matches]
    assert ["platform"] == [review.origin for review in both.reviews]
    assert (StaleIssuer("platform", DAY),) == nobody.stale
    assert ("platform", "bank") == nobody.consulted


@pytest.mark.parametrize("held", [True, False])
def test_the_key_of_a_stale_issuer_is_gone(world: World, held: bool) -> None:
    """An expired checkpoint whose epoch is over, or not held any more, is stale and no error."""
    registry = told(world, listing(1))
    tokens = world.tokens if held else cs.TokenKeyring([])
    at = EPOCH.ends if held else EXPIRY
    answers = world.screen(registry, applicant(1), applicant(2), at=at, tokens=tokens)

    assert [cs.Outcome.STALE] * 2 == [answer.outcome for answer in answers]
    assert ["platform"] == [issuer.origin for issuer in answers[0].stale]
    assert ("platform",) == answers[0].consulted


@pytest.mark.parametrize(
    ("tokens", "error"),
    [
        (cs.TokenKeyring([]), UnknownEpochError),
        (cs.TokenKeyring([cs.TokenKey.generate(EPOCH)]), WrongTokenKeyError),
        (
            cs.TokenKeyring([cs.TokenKey.generate(cs.Epoch("other", NOW, NOW + DAY))]),
            UnknownEpochError,
        ),
    ],
)
def test_a_wrong_key(world: World, tokens: cs.TokenKeyring, error: type[Exception]) -> None:
    """Without the issuer's own key nobody is answered for."""
    registry = told(world, listing(1))

    with pytest.raises(error):
        world.screen(registry, applicant(2), tokens=tokens)


def test_a_wrong_key_for_a_stale_issuer(world: World) -> None:
    """Another key under the epoch's name is an error even when the issuer is stale."""
    registry = told(world, listing(1))
    tokens = cs.TokenKeyring([cs.TokenKey.generate(EPOCH)])

    with pytest.raises(WrongTokenKeyError):
        world.screen(registry, applicant(2), tokens=tokens, at=EXPIRY)


def test_a_checkpoint_that_outlives_its_epoch(world: World) -> None:
    """A checkpoint that claims to outlive its token epoch is refused before anyone is screened."""
    at = EPOCH.ends - DAY
    sim, registry = Simulator(world.bank, world.key, world.recipients, at=at), world.registry()
    sim.lists(1)
    path = sim.draft().write(world.folder / "bank.csb")

    with pytest.raises(ExpiredError):
        world.apply(registry, path, at=at)
    assert () == registry.checkpoints()


def test_a_checkpoint_ends_with_its_epoch(world: World) -> None:
    """A checkpoint of a ledger never outlives its epoch: from its end on the issuer is stale."""
    registry = told(world, listing(1), at=EPOCH.ends - DAY)
    before = one(world, registry, applicant(2), at=EPOCH.ends - SECOND)
    after = one(world, registry, applicant(2), at=EPOCH.ends)

    assert (cs.Outcome.CLEAR, cs.Outcome.STALE) == (before.outcome, after.outcome)


# -- How it is asked ---------------------------------------------------------------------------


def test_an_empty_registry(world: World) -> None:
    """A registry that has heard from nobody calls nobody clear."""
    with pytest.raises(MisuseError, match="heard from no issuer"):
        world.screen(world.registry(), applicant(1))


@pytest.mark.parametrize(
    "changes",
    [
        {"purpose": None},
        {"purpose": "credit-application"},
        {"purpose": cs.Role.LENDER},
        {"role": None},
        {"role": "lender"},
        {"role": cs.Purpose.GUARANTEE},
        {"at": NOW.replace(tzinfo=None)},
        {"at": TODAY},
        {"measures": None},
        {"tokens": []},
    ],
)
def test_how_it_must_be_asked(world: World, changes: dict[str, Any]) -> None:
    """Screening needs a purpose, a role, a catalogue, a keyring and a time, each of its type."""
    with pytest.raises(MisuseError):
        world.screen(told(world, listing(1)), applicant(1), **changes)


@pytest.mark.parametrize("left_out", ["purpose", "role", "measures", "tokens", "at"])
def test_nothing_is_left_out(world: World, left_out: str) -> None:
    """Nothing that a question needs has a default."""
    question: dict[str, Any] = {
        "tokens": world.tokens,
        "purpose": cs.Purpose.GUARANTEE,
        "role": cs.Role.LENDER,
        "measures": cs.measures("cn"),
        "at": NOW,
    }
    del question[left_out]

    with pytest.raises(TypeError, match=left_out):
        cs.screen(world.registry(), [applicant(1)], **question)


def test_only_applicants(world: World) -> None:
    """What is no applicant is refused, even behind one that is."""
    registry = told(world, listing(1))
    number_alone: Any = resident()

    with pytest.raises(MisuseError, match="Applicant"):
        world.screen(registry, applicant(1), number_alone)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("identifiers", {"identifiers": []}),
        ("identifiers", {"identifiers": number(1)}),
        ("identifiers", {"identifiers": [number(1)]}),
        ("identifiers", {"identifiers": [resident()] * 17}),
        ("name", {"name": ""}),
        ("name", {"name": "a" * 201}),
        ("name", {"name": 5}),
        ("birth_date", {"birth_date": "1980-05-17"}),
        ("birth_date", {"birth_date": NOW}),
        ("reference", {"reference": None}),
    ],
)
def test_an_applicant_that_cannot_be(field: str, changes: dict[str, Any]) -> None:
    """An applicant without a strong identifier, or with a value of another form, is refused."""
    with pytest.raises(InvalidValueError) as caught:
        applicant(**changes)

    assert {field} == {fault.field for fault in caught.value.faults}
    assert number(1) not in str(caught.value)


def test_an_applicant_is_hidden() -> None:
    """An applicant shows nothing of who it is about."""
    assert "<Applicant (hidden)>" == f"{applicant(1)!r}" == str(applicant(1))


# -- What is opened ----------------------------------------------------------------------------


def test_only_hits_are_opened(world: World) -> None:
    """Nobody else's record is opened: damage to all of them is noticed only when they are hit."""
    registry = told(world, *map(listing, range(1, 6)))
    hurt = "UPDATE record SET locked = zeroblob(length(locked)) WHERE place & 255 <> 0"
    with cs.RegistryStore(world.folder / "registry.db") as store:
        store.execute(hurt)
    answer = one(world, registry, applicant(1))

    assert cs.Outcome.MATCH is answer.outcome
    assert () == registry.evidence()

    unopened = one(world, registry, applicant(3))
    (review,) = unopened.reviews
    ((origin, what, when, _),) = registry.evidence()

    assert cs.Outcome.NEEDS_REVIEW is unopened.outcome
    assert (REASON.RECORD_UNOPENED, REASON.NO_SECOND_FACTOR) == review.reasons
    assert None is review.listing
    assert ("platform", "unopened record", NOW) == (origin, what, when)


def test_screening_leaves_the_registry_as_it_was(world: World) -> None:
    """Screening writes nothing when every hit opens."""
    registry = told(world, *map(listing, range(1, 4)))
    with cs.RegistryStore(world.folder / "registry.db") as store:
        before = store.row("PRAGMA data_version")
        world.screen(registry, *map(applicant, range(1, 10)))

        assert before == store.row("PRAGMA data_version")


def test_a_withdrawn_listing_is_not_found(world: World) -> None:
    """A listing is not found once the bundle that withdraws it was applied."""
    ledger, registry = world.ledger(), world.registry()
    drafted = listing(1)
    world.record(ledger, drafted, listing(2))
    world.apply(registry, world.seal(ledger, "0001.csb")[0])
    ledger.withdraw(cs.Withdrawal(drafted.id, cs.model.WithdrawalReason.SETTLED, TODAY), at=NOW)
    world.apply(registry, world.seal(ledger, "0002.csb", since=1)[0])

    assert ["clear", "match"] == [
        answer.outcome for answer in world.screen(registry, applicant(1), applicant(2))
    ]


def test_registry_applied_between_batches(world: World) -> None:
    """Each batch of a stream is answered from one moment of the registry, and a later one later."""
    ledger, registry = world.ledger(), world.registry()
    world.record(ledger, listing(1))
    world.apply(registry, world.seal(ledger, "0001.csb")[0])
    answers = cs.screen(
        registry,
        [applicant(2)] * 501,
        tokens=world.tokens,
        purpose=cs.Purpose.CREDIT_MANAGEMENT,
        role=cs.Role.LENDER,
        measures=cs.measures("cn"),
        at=NOW,
    )
    first = next(answers)
    ledger.record(cleared(listing(2)), tokens=world.tokens, at=NOW)
    world.apply(registry, world.seal(ledger, "0002.csb", since=1)[0])
    *rest, last = answers

    assert {cs.Outcome.CLEAR} == {answer.outcome for answer in (first, *rest)}
    assert cs.Outcome.MATCH is last.outcome
