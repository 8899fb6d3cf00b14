"""Rulebooks as files: what is read, what is refused with its place, what can be overridden."""

from __future__ import annotations

import datetime as dt
import functools
import re
from pathlib import Path
from typing import Any

import attrs
import pytest

import creditshare as cs
from creditshare.cli.lawbooks import todays
from creditshare.errors import FileError, InvalidValueError, MisuseError, RulebookError
from creditshare.rules import ClearedListing, MeasureCatalogue, Rulebook, Source
from creditshare.rules.checks import ENDINGS, SAFEGUARDS
from creditshare.rules.packaged import packaged
from regimes import RULEBOOKS, draft, entry, review
from world import PLATFORM, TODAY, listing

HEAD = """
[rulebook]
id = "ours"
extends = "common"
version = "1"
jurisdiction = "CN"
title = "Ours"
title_zh = "本机构"
"""


def rule(name: str, what: str, **more: str) -> str:
    """A rule as it stands in a file; what is given is written as TOML."""
    values = {
        "id": f'"{name}"',
        "check": f'"{what}"',
        "requires": '"something"',
        "requires_zh": '"某事"',
        "source": '"policy"',
        "verified": "true",
        "citation": '{ instrument = "house rules", article = "1", version = "2026" }',
    } | more
    return "\n[[rule]]\n" + "".join(f"{key} = {value}\n" for key, value in values.items() if value)


ISSUER = rule("ISSUER", "issuer-capable", options='["issuer"]')
WAITING = rule("WAITING", "waiting-over", value="10", unit='"days"')
ENDING = rule("ENDING", "retention", options='["default"]', value="20", unit='"years"')
OURS = HEAD + ISSUER + WAITING + ENDING
BOOK = RULEBOOKS["cn-credit-reporting"]
RULES = {one.id: one for one in BOOK.rules}


def with_rule(name: str, what: str, **more: str) -> str:
    """Our rulebook with a fourth rule."""
    return OURS + rule(name, what, **more)


def test_a_rulebook_of_ones_own() -> None:
    """Three rules on top of the common part make a rulebook, which clears under its own name."""
    ours = Rulebook.from_toml(OURS)
    result = ours.review_one(listing(), on=TODAY, issuer=PLATFORM)
    assert isinstance(result, ClearedListing)

    assert ["ISSUER", "WAITING", "ENDING"] == [one.id for one in ours.rules[-3:]]
    assert dt.date(2038, 3, 1) == result.last_day
    assert result.rulebook.name.startswith("ours@1#")


def test_the_common_part_is_no_rulebook() -> None:
    """The part that others extend says what it lacks, and clears nothing."""
    with pytest.raises(RulebookError, match=r"rule: nothing asks.*issuer-capable.*retention"):
        cs.rulebook("common")


fourth = functools.partial(with_rule, "X")
SAME = '{ instrument = "creditshare policy", article = "dates", version = "2026.11" }'
PLACES: list[tuple[str, str]] = [
    (OURS.replace("[rulebook]", "[rulebook"), r"not TOML.*line"),
    (OURS.replace("[rulebook]", "[book]"), r"^rulebook: is missing"),
    (OURS.replace('jurisdiction = "CN"\n', ""), r"^rulebook\.jurisdiction: is missing"),
    (
        OURS.replace('jurisdiction = "CN"', 'jurisdiction = " "'),
        r"^rulebook\.jurisdiction: .*blank",
    ),
    *(
        (OURS.replace('"CN"', f'"{name}"'), r"^rulebook\.jurisdiction: must be of ISO 3166")
        for name in ("China", "cn", "ZZ9", "CHN", "GB-", "GB_SCT")
    ),
    (OURS.replace('id = "ours"', 'id = "ours "'), r"^rulebook\.id: must not begin or end with a"),
    (
        OURS.replace('jurisdiction = "CN"', 'jurisdiction = "CN"\nx = 1'),
        r"^rulebook\.x: an unknown",
    ),
    (OURS.replace('version = "1"', "version = 1", 1), r"^rulebook\.version: must be a text"),
    (OURS.replace('extends = "common"', 'extends = "nothing"'), r"^rulebook\.extends: no rulebook"),
    (OURS.replace('extends = "common"', 'extends = "../x"'), r"^rulebook\.extends: no rulebook"),
    *(
        (OURS.replace('"common"', f'"{name}"'), r"^rulebook\.extends: is a catalogue and no rule")
        for name in ("conducts", "cn-measures")
    ),
    (OURS.replace('extends = "common"', "extends = 1"), r"^rulebook\.extends: must be a text"),
    ("x = 1\n" + OURS, r"^x: an unknown key"),
    *(
        (OURS.replace('"ours"', f'"{name}"'), r"^rulebook\.id: is the name of one that comes with")
        for name in ("cn", "uk", "cn-credit-reporting", "common", "conducts")
    ),
    (HEAD, r"^rule: nothing asks"),
    (HEAD + "rule = 1", r"rulebook\.rule: an unknown key"),
    (HEAD + "[rule]", r"^rule: must be a list"),
    (fourth("of-aged"), r"^rule\[4\]\.check: nothing evaluates that"),
    (fourth(""), r"^rule\[4\]\.check: must not be blank"),
    (fourth("x", check=""), r"^rule\[4\]\.check: one of check, deadline, enables"),
    (fourth("dates-past", deadline='"mark"'), r"^rule\[4\]\.check: one of check, deadline"),
    (fourth("x", check="", deadline='"marks"'), r"^rule\[4\]\.deadline: must be one of"),
    (with_rule("WAITING", "dates-past"), r"^rule\[4\]\.id: stands twice"),
    (fourth("dates-past", id="5"), r"^rule\[4\]\.id: must be a text"),
    (fourth("dates-past", id=""), r"^rule\[4\]\.id: is missing"),
    (fourth("dates-past", id='"X "'), r"^rule\[4\]\.id: must not begin or end with a space$"),
    (
        fourth("dates-past", citation='{ instrument = "x", article = " 1", version = "1" }'),
        r"^rule\[4\]\.citation\.article: must not begin or end with a space$",
    ),
    (fourth("dates-past", colour='"red"'), r"^rule\[4\]\.colour: an unknown key"),
    (fourth("dates-past", requires=""), r"^rule\[4\]\.requires: is missing"),
    (fourth("dates-past", requires_zh=""), r"^rule\[4\]\.requires_zh: is missing"),
    (fourth("dates-past", source='"custom"'), r"^rule\[4\]\.source: must be one of"),
    (fourth("dates-past", verified="1"), r"^rule\[4\]\.verified: must be true or false"),
    (fourth("dates-past", verified=""), r"^rule\[4\]\.verified: is missing"),
    (fourth("dates-past", citation=""), r"^rule\[4\]\.citation: is missing"),
    (
        fourth("dates-past", citation='{ instrument = "x", version = "1" }'),
        r"^rule\[4\]\.citation\.article: is missing",
    ),
    (
        fourth("dates-past", citation='{ instrument = "x", article = "", version = "1" }'),
        r"^rule\[4\]\.citation\.article: must not be blank",
    ),
    (fourth("dates-past", value="5"), r"^rule\[4\]\.value: must be left out"),
    (fourth("dates-past", value="5", unit='"days"'), r"^rule\[4\]\.unit: must be left out"),
    (fourth("dates-past", options='["a"]'), r"^rule\[4\]\.options: must be left out"),
    (fourth("waiting-over", unit='"days"'), r"^rule\[4\]\.value: must be at least 1"),
    (fourth("waiting-over", value="5"), r"^rule\[4\]\.unit: must be one of days, months"),
    (fourth("waiting-over", value="0", unit='"days"'), r"^rule\[4\]\.value: .*least 1"),
    (fourth("waiting-over", value="36501", unit='"days"'), r"^rule\[4\]\.value: .*36500"),
    (
        fourth("retention", value="101", unit='"years"', options='["listing"]'),
        r"^rule\[4\]\.value: must be at least 1 and at most 100$",
    ),
    (
        fourth("confirmed-again", value="1201", unit='"months"', options='["always"]'),
        r"^rule\[4\]\.value: must be at least 1 and at most 1200$",
    ),
    (
        fourth("x", check="", deadline='"answer"', value="101", unit='"years"'),
        r"^rule\[4\]\.value: must be at least 0 and at most 100$",
    ),
    (
        fourth("waiting-over", value="-1", unit='"days"'),
        r"^rule\[4\]\.value: must be an int",
    ),
    (
        fourth("waiting-over", value="true", unit='"days"'),
        r"^rule\[4\]\.value: must be an i",
    ),
    (
        fourth("waiting-over", value='"5"', unit='"days"'),
        r"^rule\[4\]\.value: must be an i",
    ),
    (
        fourth("waiting-over", value="5.0", unit='"days"'),
        r"^rule\[4\]\.value: must be an i",
    ),
    (
        fourth("waiting-over", value="5", unit='"weeks"'),
        r"^rule\[4\]\.unit: must be a unit",
    ),
    (
        fourth("waiting-over", value="5", unit='"working-days"'),
        r"^rule\[4\]\.unit: must be one of days, months, years",
    ),
    (fourth("waiting-over", value="5", unit='"CNY"'), r"^rule\[4\]\.unit: must be one of"),
    (
        fourth("amount-at-least", value="5", unit='"days"'),
        r"^rule\[4\]\.unit: .*a currency",
    ),
    (fourth("rate-at-most", value="5", unit='"days"'), r"^rule\[4\]\.unit: .*percent"),
    (
        fourth("retention", value="5", unit='"years"'),
        r"^rule\[4\]\.options: must not be empty",
    ),
    (
        fourth("retention", value="5", unit='"years"', options='["birth"]'),
        r"^rule\[4\]\.options: each must be one of conduct-end",
    ),
    (
        fourth("retention", value="5", unit='"years"', options='["default", "default"]'),
        r"^rule\[4\]\.options: the same one stands twice",
    ),
    (fourth("retention", options="[1]"), r"^rule\[4\]\.options: each must be str"),
    (fourth("basis-at-least", options="[]"), r"^rule\[4\]\.options: must be one"),
    (
        fourth("basis-at-least", options='["contract", "effective-instrument"]'),
        r"^rule\[4\]\.options: must be one$",
    ),
    (
        fourth("repaid-in-window", value="5", unit='"CNY"', options='["2020-1-1"]'),
        r"^rule\[4\]\.options: must be three dates",
    ),
    *(
        (
            fourth("repaid-in-window", value="5", unit='"CNY"', options=window),
            r"^rule\[4\]\.options: must be in order: first and last default, last repayment$",
        )
        for window in (
            '["2025-12-31", "2020-01-01", "2026-03-31"]',
            '["2020-01-01", "2025-12-31", "2025-12-30"]',
        )
    ),
    *(
        (fourth("amount-at-least", value="5", unit=unit), r"^rule\[4\]\.unit: must be a unit of")
        for unit in ('"RMB"', '"XXX"', '"cny"', '"XAU"')
    ),
    (
        fourth("x", check="", deadline='"mark"', value="1", unit='"days"', options='["x"]'),
        r"^rule\[4\]\.options: must be left out",
    ),
    (
        fourth("x", check="", deadline='"mark"'),
        r"^rule\[4\]\.unit: must be one of days, wor",
    ),
    *(
        (
            fourth("x", check="", deadline=f'"{name}"', value="5", unit='"working-days"'),
            r"^rule\[4\]\.unit: must be one of days, months, years$",
        )
        for name in ("repair-from", "exemption")
    ),
    (fourth("x", check="", enables='"AIR"', value="1"), r"^rule\[4\]\.value: .*left out"),
    (
        fourth("x", check="", enables='"CARD_STOPS"'),
        r"^rule\[4\]\.enables: no packaged catalogue has a measure of that code$",
    ),
    (
        fourth("x", check="", enables='"CARD_STOP"', when='{ severities = ["serious"] }'),
        r"^rule\[4\]\.when: must be left out",
    ),
    (fourth("dates-past", when="{}"), r"^rule\[4\]\.when: must not be empty"),
    (
        fourth("dates-past", when='{ roles = ["x"] }'),
        r"^rule\[4\]\.when\.roles: must be one",
    ),
    (
        fourth("dates-past", when="{ ages = [1] }"),
        r"^rule\[4\]\.when\.ages: an unknown key",
    ),
    (fourth("dates-past", begins='"2026-01-01"'), r"^rule\[4\]\.begins: must be a date"),
    (
        fourth("dates-past", begins="2026-01-02", ends="2026-01-01"),
        r"^rule\[4\]\.ends: before it begins",
    ),
    (with_rule("CS-DATES", "dates-past", citation=SAME), r"^rule\[4\]\.citation: an override must"),
]


@pytest.mark.parametrize(("text", "place"), PLACES)
def test_a_mistake_is_told_with_its_place(text: str, place: str) -> None:
    """A mistake in a rulebook is refused, and the error names the place in the user's file."""
    with pytest.raises(RulebookError, match=place):
        Rulebook.from_toml(text)


@pytest.mark.parametrize("stored", ["", "[]", "null", "{}", '{"rulebook": {}, "rule": 1}', "1.5"])
def test_what_is_no_stored_rulebook(stored: str) -> None:
    """JSON that `to_json` did not write is refused."""
    with pytest.raises(RulebookError):
        Rulebook.from_json(stored)


@pytest.mark.parametrize("book", RULEBOOKS.values(), ids=RULEBOOKS)
def test_a_rulebook_is_kept_whole(book: Rulebook) -> None:
    """A rulebook comes back from its JSON, extended and all, with the same digest."""
    back = Rulebook.from_json(book.to_json())

    assert book == back
    assert book.digest == back.digest


# -- Safeguards ----------------------------------------------------------------------------------

GROUPS = [*SAFEGUARDS, ENDINGS]


def named(group: frozenset[str]) -> str:
    """How an error names a group, its floors left open."""
    return " or ".join(rf"{check}( \(at least .*\))?" for check in sorted(group))


def test_the_safeguards() -> None:
    """What no rulebook may leave out is this, written down a second time."""
    told = """
        conduct-named conduct-proved basis-named measures-carried ability-or-instrument
        something-owed circumstances-absent listed-once strong-identifier second-factor
        birth-dates-agree of-age not-a-victim|victim-of-identity-fraud no-spill-over party-named
        particulars-forbidden notice-served
        waiting-over|representation-time|proposal-after-notice notice-fresh remedy-told
        evidence-disclosed|evidence-with-notice reasons-given issuer-capable decision-ends
        dates-past dates-in-order
    """

    assert [set(names.split("|")) for names in told.split()] == list(map(set, SAFEGUARDS))
    assert {"retention", "confirmed-again"} == ENDINGS


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: " or ".join(sorted(group)))
def test_no_safeguard_can_be_taken_out(group: frozenset[str]) -> None:
    """A rulebook without any rule of a group of safeguards is refused, and the error names it."""
    fewer = [one for one in BOOK.rules if one.check not in group]

    assert len(fewer) < len(BOOK.rules)
    with pytest.raises(RulebookError, match=f"nothing asks.* for {named(group)}$"):
        attrs.evolve(BOOK, rules=fewer)


@pytest.mark.parametrize("group", SAFEGUARDS, ids=lambda group: " or ".join(sorted(group)))
@pytest.mark.parametrize(
    "changes",
    [
        {"when": cs.rules.When(roles=frozenset([cs.model.BorrowerRole.GUARANTOR]))},
        {"begins": dt.date(2027, 1, 1)},
        {"ends": dt.date(2026, 1, 1)},
    ],
    ids=str,
)
def test_no_safeguard_can_be_limited(group: frozenset[str], changes: dict[str, Any]) -> None:
    """A safeguard that is asked of some, or for a time, is none."""
    limited = [attrs.evolve(one, **changes) if one.check in group else one for one in BOOK.rules]

    with pytest.raises(RulebookError, match=f"for {named(group)}$"):
        attrs.evolve(BOOK, rules=limited)


def test_no_safeguard_at_all() -> None:
    """A rulebook evolved to no rules is refused, and the error names every group."""
    with pytest.raises(RulebookError) as caught:
        attrs.evolve(BOOK, rules=())
    assert all(re.search(named(group), str(caught.value)) for group in GROUPS)


def test_a_safeguard_of_an_alternative() -> None:
    """Of a group one safeguard is enough: a rulebook may ask for it in its own way."""
    assert {"not-a-victim", "victim-of-identity-fraud"} == {
        one.check for book in RULEBOOKS.values() for one in book.rules if "victim" in one.check
    }


def test_an_id_that_stands_twice() -> None:
    """A rulebook evolved to hold one rule twice is refused."""
    with pytest.raises(RulebookError, match="an id stands twice"):
        attrs.evolve(BOOK, rules=[*BOOK.rules, BOOK.rules[0]])


@pytest.mark.parametrize("rules", [None, "rules", [None], [*BOOK.rules, "CN-CR-X"]])
def test_what_is_no_rule(rules: Any) -> None:
    """A rulebook evolved to hold something else than rules is refused."""
    with pytest.raises(InvalidValueError, match="rules"):
        attrs.evolve(BOOK, rules=rules)


@pytest.mark.parametrize(
    ("name", "changes", "place"),
    [
        ("CN-CR-WAITING", {"value": 0}, r"rule\[25\]\.value: must be at least 1"),
        ("CN-CR-WAITING", {"value": 36_501}, r"rule\[25\]\.value: "),
        ("CN-CR-WAITING", {"unit": "percent"}, r"rule\[25\]\.unit: "),
        ("CN-CR-WAITING", {"unit": ""}, r"rule\[25\]\.unit: "),
        ("CN-CR-WAITING", {"check": "waiting"}, r"rule\[25\]\.check: nothing evaluates"),
        ("CN-CR-RETENTION", {"options": ["birth"]}, r"rule\[27\]\.options: "),
    ],
)
def test_a_rulebook_that_code_made(name: str, changes: dict[str, Any], place: str) -> None:
    """A rulebook evolved to hold a rule that nothing can evaluate is refused with its place."""
    rules = [attrs.evolve(one, **changes) if one.id == name else one for one in BOOK.rules]

    with pytest.raises(RulebookError, match=place):
        attrs.evolve(BOOK, rules=rules)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"value": -1}, "value"),
        ({"value": True}, "value"),
        ({"value": 15.5}, "value"),
        ({"unit": "weeks"}, "unit"),
        ({"unit": "cny"}, "unit"),
        ({"unit": None}, "unit"),
        ({"check": ""}, "check"),
        ({"deadline": "mark"}, "check"),
        ({"citation": None}, "citation"),
        ({"citation": "art. 1"}, "citation"),
        ({"when": None}, "when"),
        ({"source": "law"}, "source"),
        ({"verified": 1}, "verified"),
        ({"options": [1]}, "options"),
        ({"begins": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}, "begins"),
        ({"begins": dt.date(2026, 1, 2), "ends": dt.date(2026, 1, 1)}, "ends"),
    ],
)
def test_a_rule_validates_itself(changes: dict[str, Any], field: str) -> None:
    """A rule evolved to something that no file could say is refused, and the field is named."""
    with pytest.raises(InvalidValueError) as caught:
        attrs.evolve(RULES["CN-CR-WAITING"], **changes)
    assert field in [fault.field for fault in caught.value.faults]


def test_a_number_that_is_no_span() -> None:
    """A rule whose number is an amount has no length of time."""
    with pytest.raises(MisuseError, match="no length of time"):
        RULES["CN-CR-RATE"].span  # noqa: B018


# -- Overriding ------------------------------------------------------------------------------------

EXTENDED = HEAD.replace("common", "cn")
LONGER = rule(
    "CN-CR-WAITING",
    "waiting-over",
    value="60",
    unit='"days"',
    citation='{ instrument = "house rules", article = "7", version = "2026" }',
)


def test_one_rule_overridden() -> None:
    """A rule of the same id takes the place of the extended one's; all others stay."""
    ours = Rulebook.from_toml(EXTENDED + LONGER)
    result = ours.review_one(listing(), on=TODAY, issuer=PLATFORM)
    assert isinstance(result, cs.rules.Refused)
    (reason,) = result.reasons

    assert [one.id for one in BOOK.rules] == [one.id for one in ours.rules]
    assert "wait until 2026-12-01" == reason.problem.cure
    assert "[policy; house rules art. 7 (2026)]" in str(reason)
    assert "ours@1#" in ours.name


def test_a_rule_added() -> None:
    """A rule of a new id stands beside the extended ones; the stricter one decides."""
    ours = Rulebook.from_toml(EXTENDED + LONGER.replace("CN-CR-WAITING", "OUR-WAITING"))
    result = ours.review_one(listing(), on=TODAY, issuer=PLATFORM)
    assert isinstance(result, cs.rules.Refused)

    assert ["OUR-WAITING"] == [why.rule.id for why in result.reasons]


NONE_LEFT = r"^rule: nothing asks, always and of everybody, for "
OTHER = "an override asks for the same thing as what it replaces$"
OVERRIDES: list[tuple[str, str, dict[str, str], str]] = [
    # what it replaces, what it asks for instead, what else it says, what is told; empty if taken
    ("CS-VICTIM", "something-owed", {}, rf"^rule\[1\]\.check: {OTHER}"),
    ("CS-BARRED", "conduct-named", {}, rf"^rule\[1\]\.check: {OTHER}"),
    ("CS-BIRTH-DATE", "second-factor", {}, rf"^rule\[1\]\.check: {OTHER}"),
    ("CN-CR-ANSWER", "", {"enables": '"CARD_STOP"'}, rf"^rule\[1\]\.enables: {OTHER}"),
    ("CN-CR-ANSWER", "dates-past", {}, rf"^rule\[1\]\.check: {OTHER}"),
    (
        "CN-CR-ANSWER",
        "",
        {"deadline": '"mark"', "value": "1", "unit": '"days"'},
        rf"^rule\[1\]\.deadline: {OTHER}",
    ),
    (
        "CS-MINOR",
        "of-age",
        {"value": "17", "unit": '"years"'},
        rf"{NONE_LEFT}of-age \(at least 18\)$",
    ),
    ("CS-MINOR", "of-age", {"value": "19", "unit": '"years"'}, ""),
    (
        "CS-BARRED",
        "circumstances-absent",
        {"options": '["genuine-hardship", "lawful-bankruptcy", "student-loan"]'},
        rf"{NONE_LEFT}circumstances-absent \(at least genuine-dispute, genuine-h.*tcy\)$",
    ),
    (
        "CS-FORBIDDEN",
        "particulars-forbidden",
        {"options": '["tax"]'},
        rf"{NONE_LEFT}particulars-forbidden \(at least blood-type, .*religion\)$",
    ),
    ("CS-VICTIM", "victim-of-identity-fraud", {}, ""),
    ("CS-DISCLOSED", "evidence-with-notice", {}, ""),
]


@pytest.mark.parametrize(("name", "what", "more", "told"), OVERRIDES)
def test_a_safeguard_overridden_away(name: str, what: str, more: dict[str, str], told: str) -> None:
    """An override asks for what it replaces, and of a safeguard for no less than its floor."""
    text = EXTENDED + rule(name, what, **({"check": ""} if not what else {}), **more)

    if told:
        with pytest.raises(RulebookError, match=told):
            Rulebook.from_toml(text)
    else:
        assert name in {one.id for one in Rulebook.from_toml(text).rules}


def floors() -> list[tuple[str, dict[str, Any]]]:
    """A safeguard with a floor, and what is less: a year, or one option left out."""
    found: list[tuple[str, dict[str, Any]]] = [("CS-MINOR", {"value": 17})]
    for name in ("CS-BARRED", "CS-FORBIDDEN"):
        told = RULES[name].options
        found += [(name, {"options": [one for one in told if one != left]}) for left in told]
    return found


@pytest.mark.parametrize(("name", "changes"), floors())
def test_a_safeguard_below_its_floor(name: str, changes: dict[str, Any]) -> None:
    """A safeguard that asks for less than its floor is none, also in a rulebook that code made."""
    with pytest.raises(RulebookError, match=rf"for {RULES[name].check} \(at least "):
        with_changes(name, **changes)


def with_changes(name: str, **changes: Any) -> Rulebook:
    """China's rulebook with one rule changed."""
    rules = [attrs.evolve(one, **changes) if one.id == name else one for one in BOOK.rules]
    return attrs.evolve(BOOK, rules=rules)


@pytest.mark.parametrize(
    "book",
    [
        with_changes("CN-CR-WAITING", value=1),
        with_changes("CN-CR-WAITING", source=Source.LAW),
        with_changes("CN-CR-WAITING", verified=False),
        with_changes("CN-CR-WAITING", requires="something else"),
        with_changes("CN-CR-WAITING", requires_zh="其他要求"),
        with_changes("CN-CR-WAITING", citation=RULES["CS-OWED"].citation),
        with_changes("CN-CR-ANSWER", options=[]),
        with_changes("CN-CR-ANSWER", begins=dt.date(2020, 1, 1)),
        with_changes(
            "CN-CR-PARTIES", when=cs.rules.When(roles=frozenset([cs.model.BorrowerRole.CONTROLLER]))
        ),
        attrs.evolve(BOOK, rules=BOOK.rules[::-1]),
        attrs.evolve(BOOK, rules=[*BOOK.rules, attrs.evolve(BOOK.rules[0], id="X")]),
        attrs.evolve(BOOK, title="Something else"),
    ],
)
def test_another_content_has_another_name(book: Rulebook) -> None:
    """A rulebook evolved in anything has another digest and name, which what it clears carries."""
    (one,) = book.review([listing()], on=TODAY, issuer=PLATFORM).cleared

    assert BOOK.digest != book.digest
    assert BOOK.name != book.name
    assert book is one.rulebook


def test_the_same_content_has_the_same_name() -> None:
    """The digest is of the content alone: remarks and the way there do not count."""
    back = attrs.evolve(with_changes("CN-CR-WAITING", value=1), rules=BOOK.rules)
    remarked = Rulebook.from_toml(f"# A remark.\n{OURS}")

    assert 32 == len(BOOK.digest)
    assert {BOOK.name} == {back.name, attrs.evolve(BOOK).name}
    assert Rulebook.from_toml(OURS).name == remarked.name


OLDER = "conducts@2026.11#" + "0" * 64


def test_the_catalogue_of_conducts_is_in_the_name() -> None:
    """A rulebook's digest covers the conducts by which it reviews; it reviews by no others."""
    kept = attrs.evolve(BOOK, conducts=OLDER)
    back = Rulebook.from_json(kept.to_json())

    assert cs.rules.conducts().name == BOOK.conducts
    assert cs.rules.conducts().name in BOOK.to_json()
    assert BOOK.digest != kept.digest
    assert (kept, kept.digest, OLDER) == (back, back.digest, back.conducts)
    with pytest.raises(MisuseError, match="another catalogue of conducts"):
        back.review_one(listing(), on=TODAY, issuer=PLATFORM)
    assert BOOK == attrs.evolve(back, conducts=cs.rules.conducts().name)


def test_a_rulebook_of_today_for_one_that_was_kept() -> None:
    """What confirms takes the packaged text of today, and one's own with today's conducts."""
    ours = attrs.evolve(Rulebook.from_toml(OURS), conducts=OLDER)

    assert BOOK == todays(attrs.evolve(BOOK, version="2026.1", conducts=OLDER))
    assert Rulebook.from_toml(OURS) == todays(ours)


def test_a_digest_cannot_be_given() -> None:
    """Nobody can choose a rulebook's digest."""
    with pytest.raises(TypeError):
        attrs.evolve(BOOK, digest=bytes(32))  # type: ignore[call-arg]


# -- Doubtful measures -----------------------------------------------------------------------------


def asking(*codes: str) -> cs.Listing:
    """A listing of the serious lists that asks for measures."""
    return draft("cn-serious-lists", measures=codes, severity=cs.model.Severity.SERIOUS)


def test_a_doubtful_measure_is_turned_on() -> None:
    """A measure of doubtful lawfulness cannot be asked for until a rulebook turns it on."""
    turned_on = Rulebook.from_toml(
        HEAD.replace("common", "cn-serious-lists")
        + rule("OUR-CARDS", "", check="", enables='"CARD_STOP"', begins="2026-06-01")
    )
    asked: dict[str, Any] = {"catalogue": cs.measures("cn")}
    off = review("cn-serious-lists", asking("CARD_STOP"), **asked)
    on = review("cn-serious-lists", asking("CARD_STOP"), rulebook=turned_on, **asked)
    assert isinstance(off, cs.rules.Refused)

    assert ["measure-not-carried"] == [why.problem.code for why in off.reasons]
    assert isinstance(on, ClearedListing)
    assert {} == turned_on.enabled(dt.date(2026, 5, 31))
    assert "house rules" == turned_on.enabled(TODAY)["CARD_STOP"].instrument


def test_a_measure_of_another_catalogue_is_turned_on() -> None:
    """What a rulebook turns on and a catalogue does not have changes nothing about the others."""
    turned_on = Rulebook.from_toml(
        HEAD.replace("common", "in-rbi") + rule("OUR-CARDS", "", check="", enables='"CARD_STOP"')
    )
    drafted = draft("in-rbi", measures=["LOAN_LIMIT"])
    found = review("in-rbi", drafted, rulebook=turned_on, catalogue=cs.measures("in"))

    assert ["measure-unknown"] == [why.problem.code for why in getattr(found, "reasons", ())]


def test_no_packaged_rulebook_turns_anything_on() -> None:
    """What is doubtful today is off in every rulebook that comes with the library."""
    assert [] == [one for book in RULEBOOKS.values() for one in book.rules if one.enables]


@pytest.mark.parametrize(
    ("codes", "catalogue", "problem"),
    [
        (["LOAN_LIMIT"], True, None),
        (["LOAN_LIMIT"], False, "measure-unknown"),
        (["LOAN_LIMIT", "NO_SUCH"], True, "measure-unknown"),
        (["AIR"], True, "measure-not-carried"),
        (["PROCUREMENT"], True, "measure-not-carried"),
    ],
)
def test_measures_asked_for(codes: list[str], catalogue: bool, problem: str | None) -> None:
    """A measure is asked for from a catalogue, where basis, conduct and person carry it."""
    offered = cs.measures("cn") if catalogue else None
    result = review("cn-serious-lists", asking(*codes), catalogue=offered)

    if problem is None:
        assert isinstance(result, ClearedListing)
    else:
        assert isinstance(result, cs.rules.Refused)
        assert [("CS-MEASURES", problem)] == [
            (why.rule.id, why.problem.code) for why in result.reasons
        ]


def test_a_court_measure_needs_a_court() -> None:
    """Only a court's own listing carries what needs one, whoever names it as a basis."""
    kind, parties = cs.model.BasisKind.COURT_LISTING, ["测试1"]
    basis = cs.LegalBasis(kind, "执1号", "1", "2026", cs.model.Parties(parties, TODAY))
    flying = draft("cn-court-list", basis=basis, measures=["AIR"])
    asked: dict[str, Any] = {"catalogue": cs.measures("cn")}
    lender = Rulebook.from_toml(
        HEAD.replace("common", "cn-court-list")
        + rule("CN-CL-ISSUER", "issuer-capable", options='["lender"]')
    )
    claimed = review(
        "cn-court-list", flying, rulebook=lender, issuer=entry(cs.Role.LENDER), **asked
    )
    assert isinstance(claimed, cs.rules.Refused)

    assert isinstance(review("cn-court-list", flying, **asked), ClearedListing)
    assert ["CS-MEASURES"] == [why.rule.id for why in claimed.reasons]


# -- Files -----------------------------------------------------------------------------------------


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    """A rulebook is read from a file as its text would be, with or without a mark of UTF-8."""
    for encoding in ("utf-8", "utf-8-sig"):
        (tmp_path / "ours.toml").write_text(OURS, encoding)

        assert Rulebook.from_toml(OURS) == Rulebook.load(tmp_path / "ours.toml")


def test_a_catalogue_of_ones_own(tmp_path: Path) -> None:
    """A catalogue of measures is read from a file, as the same text would be."""
    (tmp_path / "ours.toml").write_text(packaged("in-measures"), "utf-8")

    assert cs.measures("in") == MeasureCatalogue.load(tmp_path / "ours.toml")


@pytest.mark.parametrize("kind", [Rulebook, MeasureCatalogue])
def test_a_file_that_cannot_be_read(kind: Any, tmp_path: Path) -> None:
    """A file that is missing, too large or no UTF-8 is refused with the library's own errors."""
    (tmp_path / "large.toml").write_bytes(b"#" * (256 * 1024 + 1))
    (tmp_path / "other.toml").write_bytes(OURS.encode("gbk"))

    for name in ("none.toml", "large.toml", ""):
        with pytest.raises(FileError):
            kind.load(tmp_path / name)
    with pytest.raises(RulebookError, match=r"^not UTF-8: byte \d+$"):
        kind.load(tmp_path / "other.toml")


@pytest.mark.parametrize("name", ["", "fr", "../cn", "cn-credit-reporting.toml", "cn/x", "cn\0"])
def test_an_unknown_rulebook(name: str) -> None:
    """A rulebook of another name, or a path, is refused."""
    with pytest.raises(RulebookError, match="no rulebook or catalogue"):
        cs.rulebook(name)


@pytest.mark.parametrize("name", [[], None, 5, b"cn"])
def test_a_name_that_is_none(name: Any) -> None:
    """A rulebook is asked for by a text; anything else is refused with the library's own error."""
    with pytest.raises(MisuseError, match="name must be str"):
        cs.rulebook(name)


@pytest.mark.parametrize("name", ["cn-measures", "conducts"])
def test_a_catalogue_is_no_rulebook(name: str) -> None:
    """A catalogue is not read as a rulebook."""
    with pytest.raises(RulebookError):
        cs.rulebook(name)


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("cn", "cn-credit-reporting"),
        ("in", "in-rbi"),
        ("uk", "uk-credit-reference"),
        ("us", "us-fcra"),
        ("eu", "eu-gdpr"),
    ],
)
def test_both_names_of_a_rulebook(short: str, full: str) -> None:
    """The short and the full name give the same rulebook."""
    assert cs.rulebook(short) is cs.rulebook(full)
    assert full == cs.rulebook(short).id
