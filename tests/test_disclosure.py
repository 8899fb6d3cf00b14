"""Reports and notices: what they say, in both languages, and what they never do."""

from __future__ import annotations

import datetime as dt
import enum
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from string import Formatter
from typing import Any

import attrs
import pytest

import creditshare as cs
from creditshare import disclosure
from creditshare.audit import AuditedBy, AuditKey, AuditLog, AuditStore
from creditshare.bundle import EventType
from creditshare.calendars import PLAIN
from creditshare.disclosure import (
    Addressee,
    Contact,
    Language,
    Paper,
    Report,
    adverse_action_notice,
    issuer_report,
    recipient_report,
    render_html,
    render_text,
    rights,
    to_dict,
)
from creditshare.disclosure.compose import unknown
from creditshare.disclosure.texts import Texts, phrases
from creditshare.disclosure.words import citation_words, listing_words, money_words
from creditshare.errors import InvalidValueError, MisuseError, NotListedError
from creditshare.feedback import Action
from creditshare.identifiers import SCHEMES, Holder, Passport
from creditshare.ledger import Ledger
from creditshare.life import Cause
from creditshare.model import (
    BasisKind,
    BorrowerRole,
    Circumstance,
    ListingStatus,
    ParticularKind,
    Proves,
    ServiceMethod,
    Severity,
    Step,
    WithdrawalReason,
)
from creditshare.rules import Citation, Party, Source
from creditshare.screening import Outcome, Purpose, ReviewReason, Screener, SecondFactor
from papers import ARABIC, BOOK, HOSTILE, LONG, OFFICE, Papers, hostile, papers
from world import DAY, NOW, TODAY, World, applicant, listing, person

ENUMERATIONS: dict[str, type[enum.Enum]] = {
    "action": Action,
    "addressee": Addressee,
    "basis": BasisKind,
    "borrower": BorrowerRole,
    "circumstance": Circumstance,
    "factor": SecondFactor,
    "holder": Holder,
    "outcome": Outcome,
    "particular": ParticularKind,
    "party": Party,
    "proves": Proves,
    "purpose": Purpose,
    "reason": WithdrawalReason,
    "review": ReviewReason,
    "role": cs.Role,
    "service": ServiceMethod,
    "severity": Severity,
    "step": Step,
    "cause": Cause,
    "status": ListingStatus,
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    """One of each, as they should be."""
    return papers(tmp_path_factory.mktemp("papers"))


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    """One of each, about somebody who writes to break the page."""
    return papers(tmp_path_factory.mktemp("hostile"), hostile(), None)


# -- both languages ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(phrases()))
def test_a_phrase_says_the_same_in_both_languages(name: str) -> None:
    """Every phrase has words in both languages, with the same blanks."""
    phrase = phrases()[name]
    blanks = [
        sorted(field for _, field, _, _ in Formatter().parse(text) if field)
        for text in (phrase.en, phrase.zh)
    ]

    assert blanks[0] == blanks[1]
    assert not any("\u4e00" <= char <= "\u9fff" for char in phrase.en)


@pytest.mark.parametrize("table", sorted(ENUMERATIONS))
def test_every_word_of_a_vocabulary_has_its_phrase(table: str) -> None:
    """Whatever code a report meets, it has a word for it."""
    named = {name.partition(".")[2] for name in phrases() if name.startswith(f"{table}.")}

    assert {str(item.value) for item in ENUMERATIONS[table]} <= named


def test_every_event_and_every_scheme_has_its_phrase() -> None:
    """Whatever is told of the log, or found by, is told in words."""
    assert {f"event.{event.name.lower()}" for event in EventType} <= set(phrases())
    assert {f"scheme.{scheme}" for scheme in SCHEMES} <= set(phrases())


@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize("name", ["cn", "cn-credit-reporting"])
def test_every_right_stands_somewhere(name: str, paper: Paper) -> None:
    """A paper tells rights in both languages, each with its citation, and each once."""
    found = rights(cs.rulebook(name), paper, on=TODAY)

    assert found
    assert len({right.code for right in found}) == len(found)
    for right in found:
        assert right.title.en
        assert right.how.zh
        assert right.citation.instrument
        assert right.source in Source


def test_rights_follow_the_rulebook() -> None:
    """A term that an agency changed in its rulebook is told as it changed it."""
    own = cs.rules.Rulebook.from_toml(
        """
[rulebook]
id = "own"
version = "1"
extends = "cn"
jurisdiction = "CN"
title = "Ours"
title_zh = "本机构"

[[rule]]
id = "CN-CR-ANSWER"
deadline = "answer"
requires = "a dispute is answered in 10 days"
requires_zh = "异议于10日内答复"
value = 10
unit = "days"
source = "policy"
verified = true
citation = { instrument = "our charter", article = "4", version = "2026" }
"""
    )
    found = {right.code: right for right in rights(own, Paper.ADVERSE_ACTION, on=TODAY)}
    answer = found["CN-CR-ANSWER"]

    assert "A dispute is answered in 10 days." in answer.how.en
    assert ("our charter", Source.POLICY) == (answer.citation.instrument, answer.source)


def test_no_phrase_is_left_over() -> None:
    """Every phrase outside of the vocabularies is asked for by its name somewhere."""
    folder = Path(disclosure.__file__).parent
    source = "".join(path.read_text("utf-8") for path in folder.glob("*.py"))
    whole = {*ENUMERATIONS, *("event", "scheme", "right", "right_how")}
    whole |= {"issuer_unknown", "recipient_unknown"}
    outcomes = {f"recipient.{outcome}" for outcome in Outcome}
    left = [
        name
        for name in set(phrases()) - outcomes
        if name.partition(".")[0] not in whole
        and f'"{name}"' not in source
        and f'"{name.partition(".")[2]}"' not in source
    ]

    assert [] == sorted(left)


# -- what they say -------------------------------------------------------------------------------


@pytest.mark.parametrize("language", Language)
def test_a_report_says_every_field_of_the_listing(made: Papers, language: Language) -> None:
    """Whatever recipients were sent stands in the report: its name, and its value line by line."""
    (item,) = made.issuer.listings
    assert item.listing is not None
    for report in made:
        text = render_text(report, language)
        for name, value in listing_words(item.listing, Texts(language)):
            assert name in text
            assert all(line in text for line in value.split("\n"))


@pytest.mark.parametrize("language", Language)
def test_a_report_says_what_can_be_done_where_and_what_is_not_known(
    made: Papers, language: Language
) -> None:
    """Each paper tells each right with its basis, the office with its hours, and the unknown."""
    for report in made:
        text = render_text(report, language)
        assert report.rights
        assert all(right.how.say(language) in text for right in report.rights)
        assert all(right.citation.instrument in text for right in report.rights)
        assert OFFICE.name in text
        assert "9:00–17:00" in text
        assert all(phrases()[name].say(language) in text for name in unknown(report))
    assert unknown(made.issuer)
    assert unknown(made.recipient)
    assert "citation not verified" in render_text(made.issuer, Language.ENGLISH)
    assert "出处未核实" in render_text(made.issuer, Language.CHINESE)


def test_an_amended_version_is_told_where_it_differs(made: Papers) -> None:
    """The report shows what an earlier version said otherwise, and to whom each was sent."""
    text = render_text(made.issuer, Language.ENGLISH)

    assert "Version 1: CNY 15,000.00\n   Now: CNY 10,000.00" in text
    assert "To: lender, insurer" in text
    assert "version 2, as it stands now" in text


def test_the_person_s_statement_goes_along(made: Papers) -> None:
    """What the person said stands in the issuer's report, the recipient's, and on the notice."""
    for report in made:
        assert "我已于上月清偿部分欠款。" in render_text(report, Language.CHINESE)
        assert "我已于上月清偿部分欠款。" in json.dumps(to_dict(report), ensure_ascii=False)


def test_every_paper_names_the_rulebook(made: Papers) -> None:
    """By which rulebook a listing was cleared is told in all three, as data and in words."""
    name = cs.rulebook("cn").name
    for report in made:
        assert f'"cleared_by": "{name}"' in json.dumps(to_dict(report))
        for language, field in zip(
            (Language.ENGLISH, Language.CHINESE),
            ("Cleared by rulebook", "审查所依规则手册"),
            strict=True,
        ):
            text = render_text(report, language)
            assert field in text
            assert name in "".join(text.split())


def test_the_recipient_tells_who_asked(made: Papers) -> None:
    """Every query that found the listing is told, the report's own the last."""
    (found,) = to_dict(made.recipient)["findings"]

    assert ["credit-application", "data-subject-request"] == [
        item["purpose"] for item in found["found_by"]
    ]


@pytest.mark.parametrize("language", Language)
def test_a_recipient_tells_every_outcome(tmp_path: Path, language: Language) -> None:
    """Nobody found, a word that has expired, and what may be another's are each told as such."""
    world = World(tmp_path)
    registry, ledger = world.registry(), world.ledger()
    world.record(ledger, listing(1))
    world.apply(registry, world.seal(ledger, "1.csb")[0])
    t = Texts(language)
    with AuditStore(tmp_path / "audit.db") as store:
        by = AuditedBy(AuditLog(store, key=AuditKey.generate()), "desk-7", "form 17")
        screener = Screener(
            registry, tokens=world.tokens, role=cs.Role.LENDER, measures=cs.measures("cn")
        )

        def text(who: cs.Applicant, at: dt.datetime = NOW) -> str:
            report = recipient_report(
                screener, who, audit=by, origin="lender", contact=OFFICE, book=BOOK, at=at
            )
            assert render_html(report, language)
            return render_text(report, language)

        nobody, late = text(applicant(2)), text(applicant(2), NOW + 40 * DAY)
        another = text(applicant(1, birth_date=dt.date(1991, 1, 1)))
        namesake = text(applicant(1, name="别人"))

    assert t("recipient.clear") in nobody
    assert t("recipient.stale") in late
    assert t("recipient.expired", names="platform") in late
    assert t("recipient.withheld", count=1) in another
    assert t("recipient.not_shown") in another
    assert t("review.birth-date-conflict") in another
    assert t("recipient.not_shown") in namesake
    assert t("review.name-conflict") in namesake
    assert "某某网贷" not in another
    assert "某某网贷" not in namesake
    assert "测试1" not in namesake
    world.close()


def test_the_notice_says_who_did_not_decide(made: Papers) -> None:
    """A notice names who decided, and says that the issuer did not."""
    text = render_text(made.adverse, Language.ENGLISH)

    assert "We took this decision. The agency that reported the listing, Platform X" in text
    assert "贷款申请未予批准。" in text
    assert "LOAN_LIMIT" in text


@pytest.mark.parametrize(
    ("minor", "currency", "said"),
    [
        (123_456_789, "CNY", "CNY 1,234,567.89"),
        (5, "INR", "INR 0.05"),
        (1234, "JPY", "JPY 1,234"),
        (1234, "KRW", "KRW 1,234"),
        (1234, "KWD", "KWD 1.234"),
        (1001, "BHD", "BHD 1.001"),
        (12345, "CLF", "CLF 1.2345"),
    ],
)
def test_money_has_the_decimals_of_its_currency(minor: int, currency: str, said: str) -> None:
    """An amount is written in units, with as many decimals as its currency has."""
    assert said == money_words(cs.Money(minor, currency), Texts(Language.ENGLISH))


@pytest.mark.parametrize(
    ("article", "version", "verified", "source", "said"),
    [
        ("25", "2013", True, Source.LAW, "The Act, art. 25 (2013)"),
        ("611(a)", "1681i", True, Source.LAW, "The Act, 611(a) (1681i)"),
        ("unstated", "2018", False, Source.LAW, "The Act (2018) [citation not verified]"),
        ("25", "unstated", True, Source.POLICY, "The Act, art. 25 [our own rule, after it]"),
    ],
)
def test_a_citation_says_what_is_known_of_it(
    article: str, version: str, verified: bool, source: Source, said: str
) -> None:
    """A citation leaves out what its source did not tell, and owns up to the rest."""
    citation = Citation("The Act", article, version)
    words = citation_words(citation, Texts(Language.ENGLISH), verified=verified, source=source)

    assert said == words


def test_only_what_was_shown_is_shown(tmp_path: Path) -> None:
    """Of a listing's identifiers, those that the person did not show are masked."""
    world = World(tmp_path)
    passport = Passport.parse("E88880017", "CN")
    shown = applicant(1).identifiers[0]
    borrower = cs.Borrower.person(
        shown, passport, name="测试1", birth_date=person(1).known_birth_date
    )
    with cs.LedgerStore(tmp_path / "two.db") as store:
        ledger = Ledger(store, origin="platform")
        drafted = listing(1, borrower=borrower)
        world.record(ledger, drafted)

        def found_by(**who: Any) -> set[tuple[str, str]]:
            report = issuer_report(
                ledger, contact=OFFICE, book=BOOK, calendar_of=lambda _: PLAIN, at=NOW, **who
            )
            text = render_text(report, Language.ENGLISH)
            assert passport.value not in text
            assert ("subject" in who) == (shown.value in text)
            return set(report.listings[0].found_by)

        by_number = found_by(subject=applicant(1))
        by_id = found_by(listing_ids=[drafted.id])

    assert {("cn-rid", shown.value), ("passport", passport.masked)} == by_number
    assert {("cn-rid", shown.masked), ("passport", passport.masked)} == by_id
    world.close()


def test_nobody_found_is_said(tmp_path: Path) -> None:
    """Who is not on the ledger is told so, with their rights; nobody named is refused."""
    world = World(tmp_path)
    with cs.LedgerStore(tmp_path / "none.db") as store:
        ledger = Ledger(store, origin="platform")
        world.record(ledger, listing(2))
        asked: dict[str, Any] = {
            "contact": OFFICE,
            "book": BOOK,
            "calendar_of": lambda _: PLAIN,
            "at": NOW,
        }
        report = issuer_report(ledger, applicant(1), **asked)
        with pytest.raises(MisuseError):
            issuer_report(ledger, **asked)
        with pytest.raises(NotListedError):
            issuer_report(ledger, listing_ids=[bytes(16)], **asked)

    assert () == report.listings
    assert report.rights
    assert "no listing" in render_text(report, Language.ENGLISH)
    world.close()


# -- what a notice may rest on -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"measures": []}, MisuseError),
        ({"measures": ["AIR"]}, MisuseError),
        ({"measures": ["LOAN_LIMIT", "nothing"]}, MisuseError),
        ({"decision": " "}, InvalidValueError),
        ({"decision": "a\u202eb"}, InvalidValueError),
        ({"match": None}, MisuseError),
        ({"contact": "us"}, MisuseError),
    ],
)
def test_a_notice_rests_on_a_match_and_what_it_permits(
    made: Papers, change: dict[str, Any], error: type[Exception]
) -> None:
    """No notice without a match, a measure that it permits, and plain words."""
    right: dict[str, Any] = {
        "match": made.adverse.match,
        "subject": applicant(1),
        "decision": "No loan.",
        "measures": ["LOAN_LIMIT"],
        "origin": "lender",
        "contact": OFFICE,
        "book": BOOK,
        "on": TODAY,
    } | change
    match = right.pop("match")

    with pytest.raises(error):
        adverse_action_notice(match, **right)


def test_no_notice_while_an_exemption_runs(made: Papers) -> None:
    """A match under an exemption permits no measure, and so carries no notice."""
    exempted = attrs.evolve(made.adverse.match, measures=(), exempted_until=TODAY + DAY)

    with pytest.raises(MisuseError):
        adverse_action_notice(
            exempted, subject=applicant(1), decision="No loan.", measures=["LOAN_LIMIT"],
            origin="lender", contact=OFFICE, book=BOOK, on=TODAY,
        )  # fmt: skip


# -- the page ------------------------------------------------------------------------------------

VOID = {"meta", "col", "br"}


class Page(HTMLParser):
    """What a page is made of: tags that nest, attributes, and texts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert [] == self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert tag == self._open.pop()

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.mark.parametrize("language", Language)
def test_a_page_is_whole_and_fetches_nothing(
    made: Papers, broken: Papers, language: Language
) -> None:
    """A page has known tags and attributes alone, no script, no source, no address."""
    for report in (*made, *broken):
        page = Page(render_html(report, language))

        assert {
            "html", "head", "meta", "title", "style", "body", "main", "header", "section", "h1",
            "h2", "h3", "p", "table", "colgroup", "col", "thead", "tbody", "tr", "th", "td",
            "ul", "li", "div",
        } >= set(page.tags)  # fmt: skip
        assert {"lang", "charset", "http-equiv", "content", "name", "class", "scope", "width"} == (
            page.attributes
        )
        assert ["html", "head", "meta", "meta"] == page.tags[:4]


@pytest.mark.parametrize("language", Language)
def test_hostile_text_stands_on_the_page_as_text(broken: Papers, language: Language) -> None:
    """Whatever somebody wrote is read off the page as they wrote it, and is nothing but text."""
    for report in broken:
        texts = Page(render_html(report, language)).texts

        assert any(f"{HOSTILE}{ARABIC}" in text for text in texts)
        assert any(LONG in text for text in texts)


def test_a_page_says_its_language(made: Papers) -> None:
    """A reader's software knows which language it reads."""
    assert '<html lang="en">' in render_html(made.issuer, Language.ENGLISH)
    assert '<html lang="zh-Hans">' in render_html(made.issuer, Language.CHINESE)


def test_no_line_of_theirs_looks_like_ours(broken: Papers) -> None:
    """In the text, each line of a text of several lines has a bar before it."""
    for report in broken:
        lines = render_text(report, Language.ENGLISH).split("\n")
        forged = [line for line in lines if "Status: ended" in line]

        assert forged
        assert all(line.lstrip().startswith("| ") for line in forged)


# -- as data -------------------------------------------------------------------------------------


def test_every_key_is_told(made: Papers) -> None:
    """The page of the reference names every key of the data, and JSON carries all of it."""
    page = (Path(__file__).parent.parent / "docs/reference/disclosure.md").read_text("utf-8")
    for report in made:
        data = json.loads(json.dumps(to_dict(report), ensure_ascii=False))

        assert [] == [key for key in keys(data) if f"`{key}`" not in page]


def keys(data: object) -> set[str]:
    if isinstance(data, dict):
        return set(data).union(*map(keys, data.values()))
    return set().union(*map(keys, data)) if isinstance(data, list) else set()


@pytest.mark.parametrize(
    "make",
    [
        lambda: Contact(""),
        lambda: Contact("a\nb"),
        lambda: Contact("a", "b" * 1001),
        lambda: Contact("a", "\u202e"),
    ],
)
def test_a_contact_is_plain_text(make: Callable[[], Contact]) -> None:
    """Where to turn is a text that hides and reorders nothing."""
    with pytest.raises(InvalidValueError):
        make()


def test_no_repr_tells_whom_it_is_about(made: Papers) -> None:
    """What is logged by mistake names no identifier and no decision."""
    for report in made:
        assert "888888" not in repr(report)
    assert "未予批准" not in repr(made.adverse)


def test_a_report_is_a_report(made: Papers) -> None:
    """A language that is none is refused with our error."""
    report: Report = made.issuer
    with pytest.raises(MisuseError):
        render_html(report, "fr")  # type: ignore[arg-type]
    with pytest.raises(MisuseError):
        render_text(report, "fr")  # type: ignore[arg-type]


def test_the_case_is_told_step_by_step(world: World) -> None:
    """The issuer's report tells what happened and in which words; after the end, only when."""
    ledger, draft = world.ledger(), listing(1)
    world.record(ledger, draft)
    ledger.dispute(draft.id, on=TODAY, calendar=PLAIN, text="I paid in March.", at=NOW)

    def told() -> tuple[str, list[tuple[str, str | None]]]:
        report = issuer_report(
            ledger,
            applicant(1),
            contact=Contact("platform", "desk"),
            book=cs.rulebook("cn"),
            calendar_of=lambda _: PLAIN,
            at=NOW,
        )
        (said,) = to_dict(report)["listings"]
        return render_text(report, Language.CHINESE), [
            (step["step"], step["words"]) for step in said["steps"]
        ]

    text, steps = told()
    ledger.withdraw(cs.Withdrawal(draft.id, WithdrawalReason.DISPUTE_UPHELD, TODAY), at=NOW)
    after, kept = told()

    assert ["notice-served", "decided", "listed", "disputed", "marked"] == [
        step for step, _ in steps if step != "prepared"
    ]
    assert "I paid in March." in [words for _, words in steps]
    assert "本人提出异议" in text
    assert "I paid in March." not in after
    assert {None} == {words for _, words in kept}
    assert "withdrawn" == kept[-1][0]


@pytest.mark.parametrize(
    ("name", "days", "law"),
    [("cn", 20, "征信业管理条例"), ("cn-court-list", 15, "法释〔2017〕7号")],
)
def test_what_runs_is_told_with_its_day(world: World, name: str, days: int, law: str) -> None:
    """Who disputes is told by when we answer, and by which rule, also where nothing suspends."""
    ledger, draft = world.ledger(), listing(1)
    world.record(ledger, draft)
    with cs.LedgerStore(world.folder / "ledger.db") as store:
        book = cs.rulebook(name)
        store.execute("UPDATE rulebook SET name = ?, body = ?", (book.name, book.to_json()))
        ledger = cs.Ledger(store, origin="platform")
        ledger.dispute(draft.id, on=TODAY, calendar=PLAIN, at=NOW)
        report = issuer_report(
            ledger,
            applicant(1),
            contact=Contact("platform", "desk"),
            book=book,
            calendar_of=lambda _: PLAIN,
            at=NOW,
        )
    (said,) = to_dict(report)["listings"]
    (answer,) = [term for term in said["terms"] if term["term"] == "answer"]
    day = TODAY + days * DAY

    assert ("duty", "issuer", str(day)) == (answer["kind"], answer["party"], answer["due"])
    assert law in answer["citation"]["instrument"]
    assert f"until {day}" in render_text(report, Language.ENGLISH)
    assert f"至{day.year}年{day.month}月{day.day}日" in render_text(report, Language.CHINESE)


def test_a_mark_that_no_day_ends_is_told_without_a_day(world: World) -> None:
    """After an upheld dispute the listing is suspended, and no paper names a day of that."""
    ledger, draft = world.ledger(), listing(1)
    world.record(ledger, draft)
    ledger.dispute(draft.id, on=TODAY, calendar=PLAIN, at=NOW)
    ledger.answer(draft.id, upheld=True, on=TODAY, at=NOW)
    world.seal(ledger, "0001.csb")
    report = issuer_report(
        ledger,
        applicant(1),
        contact=Contact("platform", "desk"),
        book=cs.rulebook("cn"),
        calendar_of=lambda _: PLAIN,
        at=NOW,
    )
    (said,) = to_dict(report)["listings"]
    (sent,) = said["told"]

    assert ("suspended", None) == (said["status"], said["suspended_until"])
    assert [{"type": "suspend", "day": None}] == [
        event for event in sent["events"] if event["type"] == "suspend"
    ]
    assert not [
        language for language in Language if re.search("9909[-年]", render_text(report, language))
    ]


def test_an_issuer_s_own_name_for_a_listing_is_not_told(world: World) -> None:
    """The issuer's internal reference of a listing stands in no report and no data of one."""
    ledger = world.ledger()
    world.record(ledger, listing(1, reference="collector 17, row 4"))
    report = issuer_report(
        ledger,
        applicant(1),
        contact=Contact("platform"),
        book=BOOK,
        calendar_of=lambda _: PLAIN,
        at=NOW,
    )
    (said,) = report.listings

    assert said.listing is not None
    assert "" == said.listing.reference
    assert "collector" not in json.dumps(to_dict(report), ensure_ascii=False)
    assert not [one for one in Language if "collector" in render_text(report, one)]


def test_a_stranger_s_listing_is_not_told(world: World) -> None:
    """Whoever states another name with the number of a listed person is not shown the listing."""
    ledger = world.ledger()
    world.record(ledger, listing(1))
    world.seal(ledger, "1.csb")
    report = issuer_report(
        ledger,
        applicant(1, name="欧阳不同"),
        contact=Contact("platform", "desk"),
        book=cs.rulebook("cn"),
        calendar_of=lambda _: PLAIN,
        at=NOW,
    )
    (said,) = report.listings
    texts = [render_text(report, language) for language in Language]
    whole = json.dumps(to_dict(report), ensure_ascii=False)

    assert (True, None, ()) == (said.withheld, said.listing, said.found_by)
    for text in (*texts, whole):
        assert "测试1" not in text
        assert "某某网贷" not in text
        assert "Absconded with means" not in text
