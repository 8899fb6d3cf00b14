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
from creditshare.errors import ForgedValueError, MisuseError
from creditshare.model import ConductCode, ListingStatus
from creditshare.rules import Refused, Rulebook
from creditshare.rules.packaged import packaged
from world import DAY, DECISION, NOW, PLATFORM, TODAY, World, cleared, listing, number, person

BOOK = cs.rulebook("cn")
TEXT = packaged("cn-credit-reporting")
RULES = {rule.id: rule for rule in BOOK.rules}
ABSCOND, DIVERSION = cs.model.ConductCode.ABSCOND, cs.model.ConductCode.FUND_DIVERSION
BORN = dt.date(1980, 5, 17)


def asked(drafted: cs.Listing, on: dt.date = TODAY, book: Rulebook = BOOK) -> Any:
    """What the review of one listing says."""
    return book.review_one(drafted, on=on, issuer=PLATFORM, catalogue=cs.measures("cn"))


def reasons(drafted: cs.Listing, on: dt.date = TODAY, book: Rulebook = BOOK) -> dict[str, str]:
    """Rule id to problem code, of every rule that refuses."""
    result = asked(drafted, on, book)
    if isinstance(result, cs.rules.ClearedListing):
        return {}
    return {reason.rule.id: reason.problem.code for reason in result.reasons}


def problems_of(drafted: cs.Listing) -> list[str]:
    """The code of every problem, in order; none if it clears."""
    return [why.problem.code for why in getattr(asked(drafted), "reasons", ())]


def days(drafted: cs.Listing, on: dt.date = TODAY) -> tuple[dt.date, dt.date]:
    """The first and last day of a listing that is cleared."""
    result = asked(drafted, on)
    assert isinstance(result, cs.rules.ClearedListing), result
    return result.first_day, result.last_day


def notice(served: dt.date = dt.date(2026, 10, 1), remedy: str | None = "Object.") -> cs.Notice:
    """A notice."""
    return cs.Notice(served, cs.model.ServiceMethod.POST, remedy)


def told_on(served: dt.date, **changes: Any) -> dict[str, Any]:
    """Notice and disclosure on a day, and a decision after the days to answer."""
    return {
        "notice": notice(served),
        "decision": attrs.evolve(DECISION, on=served + 16 * DAY),
        "evidence": [attrs.evolve(item, disclosed=served) for item in listing().evidence],
    } | changes


def evidence(*proves: cs.model.Proves) -> list[cs.Evidence]:
    """A manifest that proves this."""
    return [cs.Evidence(bytes(32), "contact log", list(proves), dt.date(2026, 10, 1))]


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

PASSPORT = cs.identifiers.Passport.parse("500123450", "GB")
CARD = cs.identifiers.PermanentResidentID.parse("CAN110101198001")
YOUNG = cs.Borrower.person(PASSPORT, name="Test One", birth_date=dt.date(2003, 1, 1))
PARTIES = cs.model.Parties(["测试1"], dt.date(2026, 11, 1))


def test_nothing_wrong() -> None:
    """A listing with nothing wrong is cleared as it is, under the rulebook's name."""
    drafted = listing()
    (one,) = cleared(drafted)

    assert drafted is one.listing
    assert BOOK is one.rulebook
    assert PLATFORM.origin == one.origin
    assert re.fullmatch(r"cn-credit-reporting@2026\.15#[0-9a-f]{16}", BOOK.name)


@pytest.mark.parametrize(
    "changes",
    [
        {"basis": cs.LegalBasis(cs.model.BasisKind.JUDGMENT, "民初1号", "2", "2020", PARTIES)},
        {"basis": cs.LegalBasis(cs.model.BasisKind.COURT_LISTING, "执1号", "1", "2020", PARTIES)},
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
    basis = cs.LegalBasis(level, "民初1号", "2", "2020", PARTIES)

    proves = cs.model.Proves.CONDUCT, cs.model.Proves.CONTACT_ATTEMPTS
    assert {} == reasons(listing(basis=basis, evidence=evidence(*proves)))
    assert ["CS-EVIDENCE"] == list(reasons(listing(basis=basis, evidence=[])))


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

    assert {
        "CS-CONDUCT": "conduct-missing",
        "CS-BASIS": "basis-missing",
        "CS-OWED": "nothing-owed",
        "CS-IDENTIFIER": "identifier-weak",
        "CS-SECOND-FACTOR": "factor-missing",
        "CS-MINOR": "age-unknown",
        "CS-VICTIM": "victim",
        "CS-NOTICE": "notice-missing",
        "CS-DATES": "future",
    } == reasons(drafted)
    assert ["CS-DATES", "CS-ORDER"] == list(reasons(listing(obligation=owed(TODAY + DAY))))


def test_a_review_keeps_the_order() -> None:
    """A review tells cleared and refused listings apart, each in the order given."""
    good = [listing(serial) for serial in (1, 3, 5)]
    bad = [listing(serial, conduct=None) for serial in (2, 4)]
    review = BOOK.review([good[0], bad[0], good[1], bad[1], good[2]], on=TODAY, issuer=PLATFORM)

    assert good == [item.listing for item in review.cleared]
    assert bad == [item.listing for item in review.refused]


def test_a_minors_birthday_is_not_told() -> None:
    """The reason against a minor tells no day from which the birth date could be computed."""
    born = TODAY.replace(year=TODAY.year - 17)
    young = cs.Borrower.person(cs.ResidentID.parse(number(1, born)), name="测试1")
    refused = asked(listing(borrower=young))
    (reason,) = [why for why in refused.reasons if why.rule.id == "CS-MINOR"]

    assert not re.search(r"\d{4}-", f"{reason} {reason.in_chinese()}")


# -- Days --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("after", "holds"), [(0, False), (14, False), (15, False), (16, True)])
def test_the_waiting_time(after: int, holds: bool) -> None:
    """Fifteen full days must lie between the day of service and the day of the listing."""
    drafted = listing(**told_on(dt.date(2026, 3, 1)))
    on = dt.date(2026, 3, 1) + after * DAY

    assert holds == ("CN-CR-WAITING" not in reasons(drafted, on))
    if holds:
        assert on == days(drafted, on)[0]
    else:
        (reason,) = (
            item for item in asked(drafted, on).reasons if item.rule.check == "waiting-over"
        )
        assert "the waiting time holds it back until 2026-03-17" == reason.problem.en


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
    drafted = listing(
        conduct=conduct(dt.date(2019, 3, 1), end), **told_on(min(TODAY, last) - 60 * DAY)
    )

    assert last == days(drafted, min(TODAY, last))[1]
    (reason,) = BOOK.review_one(drafted, on=last + DAY, issuer=PLATFORM, listed=TODAY).reasons
    assert f"it could be held only until {last}" == reason.problem.en


@settings(max_examples=100, deadline=None)
@given(st.dates(dt.date(2026, 11, 2), dt.date(2027, 10, 1)))
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
    assert {"CS-MINOR": "minor-then"} == reasons(born_on(born, start=too_early, default=adult))
    assert {"CS-MINOR": "minor-at-default"} == reasons(
        born_on(born, start=adult, default=too_early)
    )


@pytest.mark.parametrize(("years", "short"), [(18, 0), (18, 1)])
def test_of_age_today(years: int, short: int) -> None:
    """A borrower who is not of age today is never listed."""
    birthday = dt.date(2027, 6, 15)
    on = birthday - short * DAY
    drafted = born_on(birthday.replace(year=birthday.year - years), start=on, default=on)

    assert bool(short) == ("CS-MINOR" in reasons(drafted, on))


def test_a_stated_birth_date_tells_the_age() -> None:
    """Where no number tells the birth date, the stated one counts."""
    assert ["minor-then", "minor-at-default"] == problems_of(listing(borrower=YOUNG))


def test_an_unknown_age() -> None:
    """Somebody of whom no birth date is known is not known to be of age."""
    told = reasons(listing(borrower=cs.Borrower.person(PASSPORT, name="Test One")))

    assert ["CS-BIRTH-DATE", "CS-MINOR"] == list(told)
    assert "age-unknown" == told["CS-MINOR"]


# -- Birth dates -------------------------------------------------------------------------------

RESIDENT = cs.ResidentID.parse(number(1))
MUST_BE_STATED = "birth-date-missing"
SILENT = [(PASSPORT,), (CARD,), (RESIDENT, PASSPORT), (CARD, RESIDENT), (PASSPORT, CARD)]


@pytest.mark.parametrize("identifiers", SILENT)
def test_a_silent_identifier(identifiers: tuple[cs.identifiers.Identifier, ...]) -> None:
    """Beside a strong identifier that tells no birth date, one is stated, whatever others tell."""
    silent = cs.Borrower.person(*identifiers, name="Test One")
    stated = attrs.evolve(silent, birth_date=BORN)

    assert MUST_BE_STATED == reasons(listing(borrower=silent))["CS-BIRTH-DATE"]
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

    assert {"CS-BIRTH-DATE": "birth-dates-contradict"} == reasons(listing(borrower=borrower))


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

    assert "CS-DATES" not in reasons(drafted, TODAY)
    assert "future" == reasons(drafted, TODAY - DAY)["CS-DATES"]


# -- Order -------------------------------------------------------------------------------------

TOO_EARLY = "notice-too-early"
FLED = "absconded-too-early"
THEN = dt.date(2026, 6, 1)


@pytest.mark.parametrize(
    ("default", "start", "code", "served", "problems"),
    [
        (THEN, THEN, ABSCOND, THEN, []),
        (THEN, THEN + DAY, ABSCOND, THEN + DAY, []),
        (THEN, THEN - DAY, DIVERSION, THEN, []),
        (THEN, THEN, ABSCOND, THEN - DAY, [TOO_EARLY]),
        (THEN, THEN + DAY, ABSCOND, THEN, [TOO_EARLY]),
        (THEN, THEN + DAY, DIVERSION, THEN, [TOO_EARLY]),
        (THEN, THEN - DAY, DIVERSION, THEN - DAY, [TOO_EARLY]),
        (THEN, THEN - DAY, ABSCOND, THEN, [FLED]),
        (THEN, THEN - DAY, ABSCOND, THEN - DAY, [FLED, TOO_EARLY]),
    ],
)
def test_dates_in_order(
    default: dt.date,
    start: dt.date,
    code: cs.model.ConductCode,
    served: dt.date,
    problems: list[str],
) -> None:
    """Notice follows default and conduct, absconding follows default; the same day is enough."""
    drafted = listing(
        obligation=owed(default), conduct=conduct(start, code=code), notice=notice(served)
    )

    assert problems == problems_of(drafted)


def test_the_end_of_a_conduct_has_no_order() -> None:
    """A notice may be served while the conduct goes on."""
    drafted = listing(conduct=conduct(THEN, THEN + 100 * DAY), notice=notice(THEN + DAY))

    assert {} == reasons(drafted)


@pytest.mark.parametrize("missing", ["conduct", "notice"])
def test_what_is_missing_has_no_order(missing: str) -> None:
    """Without a conduct or a notice, its own rule refuses and the order of dates does not."""
    changes: dict[str, Any] = {missing: None}

    assert [f"CS-{missing.upper()}"] == list(reasons(listing(**changes)))


def test_a_notice_before_the_default_without_a_conduct() -> None:
    """The notice follows the default even where no conduct is named."""
    drafted = listing(conduct=None, obligation=owed(dt.date(2026, 10, 2)))

    assert ["CS-CONDUCT", "CS-ORDER"] == list(reasons(drafted))


def test_a_notice_from_the_future() -> None:
    """A notice of a later day was not served, and its waiting time is not over."""
    told = reasons(listing(notice=notice(TODAY + DAY)))

    assert ["CS-DATES", "CS-ORDER", "CN-CR-WAITING", "CN-CR-ANSWER-TIME"] == list(told)


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
    first, second = (BOOK.review_one(drafted, on=on, issuer=PLATFORM) for _ in range(2))
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
        BOOK.review([listing()], on=on, issuer=PLATFORM)


@pytest.mark.parametrize("drafted", [None, "listing", cleared(listing())[0]])
def test_a_review_needs_listings(drafted: Any) -> None:
    """A review takes listings, and nothing else, not even a cleared one."""
    with pytest.raises(MisuseError, match="listings"):
        BOOK.review([drafted], on=TODAY, issuer=PLATFORM)


@pytest.mark.parametrize("drafts", [None, 5, listing()])
def test_a_review_needs_many(drafts: Any) -> None:
    """A review of what cannot be gone through is refused with the library's own error."""
    with pytest.raises(MisuseError, match="listings must be Iterable"):
        BOOK.review(drafts, on=TODAY, issuer=PLATFORM)


@pytest.mark.parametrize(
    "status", [one for one in ListingStatus if one is not ListingStatus.LISTED]
)
def test_a_review_needs_drafts(status: ListingStatus) -> None:
    """What is suspended, withdrawn or otherwise no draft any more is not reviewed."""
    drafted = attrs.evolve(listing(), status=status)

    with pytest.raises(MisuseError, match="drafts"):
        BOOK.review_one(drafted, on=TODAY, issuer=PLATFORM)
    with pytest.raises(MisuseError, match="drafts"):
        BOOK.review([listing(2), drafted], on=TODAY, issuer=PLATFORM)


def test_a_review_on_the_last_day_of_all(world: World) -> None:
    """What is reviewed on the last of all days holds on it alone, and is not recorded before."""
    one = BOOK.review_one(listing(), on=dt.date.max, issuer=PLATFORM, listed=TODAY)
    assert isinstance(one, cs.rules.ClearedListing)
    ledger = world.ledger()

    assert (dt.date.max, dt.date.max) == (one.first_day, one.last_day)
    with pytest.raises(MisuseError, match="cleared for other days"):
        ledger.record([one], tokens=world.tokens, at=NOW)


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


@pytest.mark.parametrize(
    ("code", "problem", "change"),
    [
        ("SHAM_DIVORCE", "conduct-unproved",
         {"conduct": cs.Conduct(ConductCode.SHAM_DIVORCE, dt.date(2019, 3, 1))}),
        ("BIDDING", "measure-not-carried", {"measures": ["BIDDING"]}),
    ],
)  # fmt: skip
def test_what_a_catalogue_asks_for_is_told_with_its_source(
    code: str, problem: str, change: dict[str, Any]
) -> None:
    """The cure names the conduct's or the measure's own law, and says so if that is unverified."""
    review = cs.rulebook("cn").review(
        [listing(1, **change)], on=TODAY, issuer=PLATFORM, catalogue=cs.measures("cn")
    )
    (told,) = [why.problem for why in review.refused[0].reasons if why.problem.code == problem]

    assert re.search(rf"{code}, .*, unverified", told.cure)
    assert re.search(rf"{code}，.*，未核实", told.cure_zh)
