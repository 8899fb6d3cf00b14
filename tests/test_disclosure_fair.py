"""What a paper must not leave out, and what it must not tell of somebody else."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import attrs
import pytest

import creditshare as cs
from creditshare.audit import AuditedBy, AuditKey, AuditLog, AuditStore
from creditshare.calendars import PLAIN
from creditshare.disclosure import (
    Addressee,
    Contact,
    IssuerReport,
    Language,
    Paper,
    RecipientReport,
    Report,
    adverse_action_notice,
    issuer_report,
    recipient_report,
    render_text,
    rights,
    to_dict,
)
from creditshare.disclosure.texts import Texts
from creditshare.disclosure.words import (
    citation_words,
    day_words,
    instant_words,
    money_words,
    rulebook_words,
    step_words,
)
from creditshare.errors import MisuseError
from creditshare.feedback import ExecutionBook, apply_feedback, open_feedback
from creditshare.life import Cause, Event
from creditshare.model import Step, WithdrawalReason
from creditshare.rules import Citation
from creditshare.screening import Match, Screener
from world import DAY, NOW, TODAY, World, applicant, listing

OFFICE = Contact("某某资产管理有限公司", "上海市某路 1 号")
BOOK = cs.rulebook("cn")
EN, ZH = Texts(Language.ENGLISH), Texts(Language.CHINESE)


@attrs.define
class Case:
    """One listing at an issuer and at a recipient, and what each tells whom.

    Attributes:
        world: The exchange.
        store: The issuer's database.
        held: The recipient's.
        log: Its log of queries.
        id: The listing's.
    """

    world: World
    store: cs.LedgerStore
    held: cs.RegistryStore
    log: AuditLog
    id: bytes

    @property
    def ledger(self) -> cs.Ledger:
        """The issuer's ledger."""
        return cs.Ledger(self.store, origin="platform")

    @property
    def book(self) -> ExecutionBook:
        """What the recipient applied."""
        return ExecutionBook(self.held)

    def tell(self, name: str) -> None:
        """Seal what is new, and apply it."""
        last = self.ledger.last_checkpoint()
        since = None if last is None else last.sequence
        path, _ = self.world.seal(self.ledger, name, since=since)
        self.world.apply(cs.Registry(self.held), path)

    def issuer(self, subject: cs.Applicant | None = None, *ids: bytes) -> IssuerReport:
        """What the issuer says."""
        return issuer_report(
            self.ledger, subject, listing_ids=ids, contact=OFFICE, book=BOOK,
            calendar_of=lambda _: PLAIN, at=NOW,
        )  # fmt: skip

    def recipient(self, subject: cs.Applicant, **more: Any) -> RecipientReport:
        """What the recipient holds."""
        return recipient_report(
            self.screener, subject, audit=AuditedBy(self.log, "desk-7", "form 17"),
            origin="lender", contact=OFFICE, book=BOOK, at=NOW,
            **({"executions": self.book} | more),
        )  # fmt: skip

    @property
    def screener(self) -> Screener:
        """The recipient's."""
        return Screener(
            cs.Registry(self.held), tokens=self.world.tokens, role=cs.Role.LENDER,
            measures=cs.measures("cn"), roster=self.world.roster(),
        )  # fmt: skip

    def match(self, **who: Any) -> Match:
        """The match of a credit application."""
        by = AuditedBy(self.log, "desk-3", "application of 2026-11-23")
        (answer,) = self.screener.screen(
            [applicant(1, **who)], purpose=cs.Purpose.CREDIT_APPLICATION, at=NOW, audit=by
        )
        return answer.matches[0]

    def notice(self, match: Match, **changes: Any) -> Report:
        """The notice after it."""
        right: dict[str, Any] = {
            "subject": applicant(1), "decision": "No loan.", "measures": ["LOAN_LIMIT"],
            "origin": "lender", "contact": OFFICE, "book": BOOK, "on": TODAY,
        }  # fmt: skip
        return adverse_action_notice(match, **(right | changes))


@pytest.fixture
def case(world: World) -> Iterator[Case]:
    """Person 1 is listed, and the lender knows."""
    drafted = listing(1)
    with (
        cs.LedgerStore(world.folder / "case.db") as store,
        cs.RegistryStore(world.folder / "held.db") as held,
        AuditStore(world.folder / "audit.db") as audit,
    ):
        made = Case(world, store, held, AuditLog(audit, key=AuditKey.generate()), drafted.id)
        world.record(made.ledger, drafted)
        made.tell("1.csb")
        yield made


def whole(report: Report) -> str:
    """All that a paper says, in every form."""
    data = json.dumps(to_dict(report), ensure_ascii=False)
    return data + "".join(render_text(report, language) for language in Language)


# -- of somebody else ----------------------------------------------------------------------------

STRANGERS = [
    pytest.param({"name": "欧阳不同"}, id="another name"),
    pytest.param({"birth_date": dt.date(1991, 1, 1)}, id="another birth date"),
    pytest.param({"name": None, "birth_date": None}, id="a number alone"),
    pytest.param({"name": None}, id="only what no listing states"),
]


@pytest.mark.parametrize("states", STRANGERS)
@pytest.mark.parametrize("side", ["issuer", "recipient"])
def test_who_may_be_somebody_else_is_told_nothing_of_a_life(
    case: Case, side: str, states: dict[str, Any]
) -> None:
    """Neither an illness, nor a dispute, nor who asked, nor to whom it was sent is told."""
    case.match()
    case.ledger.exempt(case.id, until=TODAY + 9 * DAY, on=TODAY, cause=Cause.ILLNESS, at=NOW)
    case.ledger.dispute(case.id, on=TODAY, calendar=PLAIN, text="I paid in March.", at=NOW)
    case.ledger.suspend(case.id, until=TODAY + 5 * DAY, on=TODAY, at=NOW)
    case.tell("2.csb")
    who = applicant(1, **states)
    report = case.issuer(who) if side == "issuer" else case.recipient(who)
    (found,) = to_dict(report).get("listings") or to_dict(report)["findings"]
    said = whole(report)

    assert case.id.hex() == found["listing"]
    assert (None, None) == (found["says"], found.get("status"))
    assert not {"suspended", "dispute-unanswered"} & {*found.get("reasons", ())}
    assert [] == (found.get("told") or found.get("found_by") or found.get("steps") or [])
    for word in (
        "illness", "疾病", "I paid", "desk-3", "application of", "insurer", "某某网贷",
        str(TODAY + 9 * DAY), day_words(TODAY + 9 * DAY, ZH),
    ):  # fmt: skip
        assert word not in said


def test_a_case_that_has_ended_tells_no_cause(case: Case) -> None:
    """Once nobody's name can be compared, no paper says what befell the person, and no last day."""
    case.ledger.exempt(case.id, until=TODAY + 9 * DAY, on=TODAY, cause=Cause.ILLNESS, at=NOW)
    live = whole(case.issuer(applicant(1)))
    case.ledger.withdraw(cs.Withdrawal(case.id, WithdrawalReason.SETTLED, TODAY), at=NOW)
    report = case.issuer(applicant(1))
    (said,) = to_dict(report)["listings"]
    ended = whole(report)

    assert "疾病" in live
    assert "illness" in live
    assert "疾病" not in ended
    assert "illness" not in ended
    assert (None, None) == (said["last_day"], said["exempted_until"])


@pytest.mark.parametrize("serial", [1, 2])
def test_a_person_and_a_listing_by_id_do_not_go_together(case: Case, serial: int) -> None:
    """Nobody compares a listing named by id with who asks, so a paper is about one of them."""
    with pytest.raises(MisuseError):
        case.issuer(applicant(serial), case.id)


# -- what was applied ----------------------------------------------------------------------------


def apply(case: Case) -> None:
    """The lender applies a measure, and tells the issuer."""
    match = case.match()
    measure = next(item for item in match.measures if item.code == "LOAN_LIMIT")
    case.book.record_applied(match, measure, on=TODAY, at=NOW, reference="file 9")
    path, roster = case.world.folder / "1.csf", case.world.roster()
    case.book.seal(path, origin="platform", by=case.world.lender, roster=roster, at=NOW)
    opened = open_feedback(path, by=case.world.custodian, roster=roster, at=NOW)
    apply_feedback(case.store, opened)


def test_both_papers_tell_what_was_applied(case: Case) -> None:
    """Each measure that was applied stands on the recipient's paper and on the issuer's."""
    apply(case)
    done = {
        "measure": "LOAN_LIMIT", "action": "applied", "on": str(TODAY), "reference": "file 9",
    }  # fmt: skip
    held, said = case.recipient(applicant(1)), case.issuer(applicant(1))

    assert [done] == to_dict(held)["findings"][0]["applied"]
    assert [{"agency": "lender", **done}] == to_dict(said)["listings"][0]["reported"]
    for report in (held, said):
        assert "What was done: applied" in render_text(report, Language.ENGLISH)
        assert "实施情况：已采取\n   日期：2026年11月23日\n   依据文号：file 9" in render_text(
            report, Language.CHINESE
        )


def test_a_lifted_measure_is_told_as_lifted(case: Case) -> None:
    """What was applied and lifted again is told, and so is that nothing was applied."""
    before = render_text(case.recipient(applicant(1)), Language.ENGLISH)
    apply(case)
    case.book.record_lifted(*case.book.applied_on(case.id), on=TODAY, at=NOW)
    after = render_text(case.recipient(applicant(1)), Language.ENGLISH)

    assert EN("recipient.applied_none") in before
    assert "What was done: lifted" in after


def test_measures_are_told_after_the_end(case: Case) -> None:
    """An ended listing's paper names who applies what; the recipient's says that it cannot know."""
    apply(case)
    case.ledger.withdraw(cs.Withdrawal(case.id, WithdrawalReason.SETTLED, TODAY), at=NOW)
    case.tell("2.csb")
    (said,) = to_dict(case.issuer(applicant(1)))["listings"]
    held = case.recipient(applicant(1))

    assert ["lender"] == [row["agency"] for row in said["reported"]]
    assert () == held.findings
    assert EN("recipient_unknown.executions") in render_text(held, Language.ENGLISH)


def test_a_report_without_the_book_says_so(case: Case) -> None:
    """Without the record of measures the paper does not say that there are none."""
    apply(case)
    report = case.recipient(applicant(1), executions=None)

    assert None is to_dict(report)["findings"][0]["applied"]
    assert EN("recipient.applied_unknown") in render_text(report, Language.ENGLISH)


# -- what is counted, and for how long it stands -------------------------------------------------


def test_each_kind_is_counted_apart(case: Case) -> None:
    """A match and what may be somebody else's are two counts, at the recipient and the issuer."""
    another = listing(1, borrower=attrs.evolve(listing(1).borrower, name="欧阳不同"))
    another = attrs.evolve(
        another, obligation=attrs.evolve(another.obligation, creditor="另一网贷")
    )
    case.world.record(case.ledger, another)
    case.tell("2.csb")
    held = render_text(case.recipient(applicant(1)), Language.ENGLISH)
    said = render_text(case.issuer(applicant(1)), Language.ENGLISH)

    assert EN("recipient.match", count=1) in held
    assert EN("recipient.withheld", count=1) in held
    assert EN("issuer.summary", live=1, ended=0, bundles=1) in said
    assert EN("issuer.withheld", count=1) in said


def test_what_needs_review_tells_until_when_it_stands(case: Case) -> None:
    """A suspended listing's last day is told to whom it is about."""
    last = case.match().last_day
    case.ledger.suspend(case.id, until=TODAY + 5 * DAY, on=TODAY, at=NOW)
    case.tell("2.csb")
    report = case.recipient(applicant(1))

    assert last == report.findings[0].last_day
    assert EN("recipient.needs-review", count=1) in render_text(report, Language.ENGLISH)


@pytest.mark.parametrize("ended", [None, dt.date(2026, 6, 1)])
def test_a_day_of_confirmation_is_no_end(world: World, ended: dt.date | None) -> None:
    """Of a conduct that goes on the paper says that the day may move; of another, that it ends."""
    conduct = cs.Conduct(cs.model.ConductCode.ABSCOND, dt.date(2019, 3, 1), ended)
    with cs.LedgerStore(world.folder / "open.db") as store:
        ledger = cs.Ledger(store, origin="platform")
        world.record(ledger, listing(1, conduct=conduct))
        report = issuer_report(
            ledger, applicant(1), contact=OFFICE, book=BOOK, calendar_of=lambda _: PLAIN,
            at=NOW,
        )  # fmt: skip
    text = render_text(report, Language.ENGLISH)

    assert (ended is None) == report.listings[0].to_confirm
    assert (ended is None) == (EN("field.confirm_by") in text)
    assert (ended is not None) == (f"{EN('field.last_day')}: " in text)


def test_nothing_held_is_said_of_what_was_shown(case: Case) -> None:
    """A paper speaks of the identifiers that were shown, and says that there may be others."""
    report = case.recipient(applicant(2))
    text = render_text(report, Language.ENGLISH)

    assert "Under the identifiers that you showed we hold no listing." in text
    assert "listings under identifiers that you did not show" in text


# -- the notice ----------------------------------------------------------------------------------


def test_a_notice_tells_the_dispute_and_the_last_day(case: Case) -> None:
    """A notice says that its listing is disputed, until when it is answered, and when it ends."""
    case.ledger.dispute(case.id, on=TODAY, calendar=PLAIN, at=NOW)
    case.tell("2.csb")
    match = case.match()
    notice = case.notice(match)
    text, data = render_text(notice, Language.CHINESE), to_dict(notice)

    assert match.disputed_until is not None
    assert f"存在异议，报送方答复期限至：{day_words(match.disputed_until, ZH)}" in text
    assert f"{ZH('field.stands_until')}：{day_words(match.last_day, ZH)}" in text
    assert (True, str(match.disputed_until)) == (data["disputed"], data["disputed_until"])
    with pytest.raises(MisuseError):
        case.notice(match, on=match.disputed_until + DAY)


@pytest.mark.parametrize(
    "change",
    [
        {"subject": applicant(2)},
        {"subject": applicant(1, name="欧阳不同")},
        {"subject": applicant(1, name=None, birth_date=None)},
        {"on": dt.date(2035, 1, 1)},
    ],
)
def test_a_notice_is_of_its_person_and_day(case: Case, change: dict[str, Any]) -> None:
    """A match of somebody else, or one that has ended by the day, carries no notice."""
    match = case.match()

    assert case.notice(match, on=match.last_day) != case.notice(match)
    with pytest.raises(MisuseError):
        case.notice(match, **change)


# -- what can be done, and where -----------------------------------------------------------------


@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize(
    ("name", "there", "missing"),
    [
        ("cn", "cn-complaint", "cn-court-supervision"),
        ("cn-court-list", "cn-court-supervision", "cn-complaint"),
        ("cn-court-list", "cn-pipl-copy", "cn-copy"),
        ("cn-serious-lists", "cn-reconsideration", "cn-complaint"),
        ("cn-serious-lists", "cn-administrative-suit", "cn-statement"),
        ("in", "in-copy", "cn-copy"),
        ("in", "in-complaint", "us-complaint"),
        ("us", "us-complaint", "in-complaint"),
        ("uk", "gb-credit-complaint", "gb-complaint"),
        ("uk-cifas", "gb-complaint", "gb-credit-complaint"),
        ("eu", "eu-complaint", "cn-complaint"),
    ],
)
def test_rights_are_those_of_the_list(name: str, there: str, missing: str, paper: Paper) -> None:
    """Each kind of list has its own ways: a court's does not lead to credit reporting's."""
    codes = {right.code for right in rights(cs.rulebook(name), paper, on=TODAY)}

    assert there in codes
    assert missing not in codes


@pytest.mark.parametrize(
    "name", ["cn", "cn-court-list", "cn-serious-lists", "in", "uk", "us", "eu"]
)
@pytest.mark.parametrize("paper", Paper)
def test_nobody_is_left_without_a_copy_or_somebody_above(name: str, paper: Paper) -> None:
    """Every paper says how to get a copy, and names somebody other than the two agencies."""
    found = rights(cs.rulebook(name), paper, on=TODAY)

    assert [right for right in found if "copy" in right.title.en]
    assert {Addressee.SUPERVISOR, Addressee.NAMED} & {right.at for right in found}


def test_a_recipient_tells_the_rights_of_the_list_that_it_holds(case: Case) -> None:
    """Which rights stand on a paper follows from who listed, whatever rulebook is named."""
    match = case.match()
    court = attrs.evolve(match.listing, cleared_by=cs.rulebook("cn-court-list").name)
    notice = case.notice(attrs.evolve(match, listing=court))
    codes = {right["code"] for right in to_dict(notice)["rights"]}

    assert "cn-court-supervision" in codes
    assert "cn-complaint" not in codes


def test_where_to_turn_is_never_a_dead_end(case: Case) -> None:
    """The issuer's office is named if it is known; else the notice is, or we ask on behalf."""
    known = case.recipient(applicant(1), issuers={"platform": Contact("Platform X", "2 Road")})
    told = case.recipient(applicant(1))
    hidden = case.recipient(applicant(1, name="欧阳不同"))

    assert "Platform X (platform): 2 Road" in render_text(known, Language.ENGLISH)
    assert [{"origin": "platform", "contact": {"name": "Platform X", "address": "2 Road"}}] == (
        to_dict(known)["issuers"]
    )
    assert f"platform: {EN('word.as_told')}" in render_text(told, Language.ENGLISH)
    assert f"platform: {EN('word.through_us')}" in render_text(hidden, Language.ENGLISH)


# -- as an official writes -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (day_words(dt.date(2026, 11, 3), ZH), "2026年11月3日"),
        (day_words(dt.date(2026, 11, 3), EN), "2026-11-03"),
        (instant_words(NOW, ZH), "2026年11月23日04:00（协调世界时）"),
        (instant_words(NOW, EN), "2026-11-23 04:00 UTC"),
        (money_words(cs.Money(2_000_000, "CNY"), ZH), "人民币20,000.00元"),
        (money_words(cs.Money(1_234, "JPY"), ZH), "JPY 1,234"),
        (rulebook_words("own@1#ab", ZH), "own@1#ab"),
        (rulebook_words("in-rbi@1#ab", ZH), "印度：蓄意违约人名单（in-rbi@1#ab）"),
        (
            step_words(Event(Step.EXEMPTED, TODAY, until=TODAY + DAY, cause=Cause.ILLNESS), ZH),
            "暂时豁免措施（疾病），至2026年11月24日",
        ),
    ],
)  # fmt: skip
def test_values_are_written_as_people_write_them(said: str, words: str) -> None:
    """Days, instants, amounts and steps stand in each language as its officials write them."""
    assert words == said


@pytest.mark.parametrize(
    ("article", "words"),
    [
        ("1(3)", "第1条第3项"),
        ("307-1", "第307条之一"),
        ("15, 16", "第15条、第16条"),
        ("25", "第25条"),
        ("unstated", "条款未载明"),
    ],
)
def test_papers_and_refusals_cite_alike(article: str, words: str) -> None:
    """A paper in Chinese cites a law as a refusal does."""
    citation = Citation("某法", article, "2023")

    assert f"某法 {words}（2023）" == citation_words(citation, ZH, verified=True)
    assert citation.in_chinese() == citation_words(citation, ZH, verified=True)


def test_an_own_suspension_is_no_dispute(case: Case) -> None:
    """What an issuer suspends and resumes by itself is told as that; an empty cell is left out."""
    case.ledger.suspend(case.id, until=TODAY + 5 * DAY, on=TODAY, at=NOW)
    case.ledger.resume(case.id, on=TODAY, at=NOW)
    english, chinese = (render_text(case.issuer(applicant(1)), each) for each in Language)
    words = EN("column.words")

    assert f"suspended by the issuer itself, until {TODAY + 5 * DAY}" in english
    assert f"suspended by the issuer itself, until {TODAY}" in english
    assert "列入方自行暂停效力，至2026年11月23日" in chinese
    assert f"{EN('column.step')}: {EN('step.marked')}" not in english
    assert not [line for line in english.splitlines() if line.strip() == f"{words}:"]


def test_the_rights_of_an_ended_listing_are_those_it_was_listed_by(case: Case) -> None:
    """What has ended leads to the rights of its own rulebook, whichever is at hand for the rest."""
    case.ledger.withdraw(cs.Withdrawal(case.id, WithdrawalReason.LISTED_IN_ERROR, TODAY), at=NOW)
    asked: dict[str, Any] = {
        "contact": OFFICE,
        "book": cs.rulebook("us"),
        "calendar_of": lambda _: PLAIN,
        "at": NOW,
    }
    listed, never = (issuer_report(case.ledger, applicant(each), **asked) for each in (1, 2))
    laws = [{right.citation.instrument for right in report.rights} for report in (listed, never)]

    assert "征信业管理条例" in laws[0] - laws[1]
    assert "Fair Credit Reporting Act" in laws[1] - laws[0]
