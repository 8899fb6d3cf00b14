"""The court list, Credit China's list and the RBI's: what a row becomes, and what refuses it."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

import world
from creditshare.errors import IdentifierFault, LayoutError, MisuseError, RulebookError
from creditshare.identifiers import SCHEMES, Holder, ResidentID, UnifiedSocialCreditCode
from creditshare.layouts import BatchFacts, Layout, RowRefusal, layout, layouts, read
from creditshare.model import (
    BasisKind,
    BorrowerRole,
    ConductCode,
    Listing,
    Money,
    Role,
    WithdrawalReason,
)
from creditshare.roster import Licence, RosterEntry
from creditshare.rules import rulebook

COMPANY = "91350100M000100Y43"
NOTICE = '[notice]\nserved = 2019-09-01\nmethod = "post"\nremedy = "可提异议"\n'
DEBT = '[obligation]\nprincipal = "5万元"\noutstanding = "42,000"\ndefault_date = 2018-03-01\n'
BATCH = '[batch]\ncreditor = "某某银行"\n'
Row = dict[str, Any]


def read_rows(folder: Path, kind: Layout, batch: str, *rows: Row) -> list[Listing | RowRefusal]:
    """The items of a report of rows, the same in JSON lines and as a table."""
    facts = BatchFacts.from_toml(batch)
    keyed, table = folder / "report.jsonl", folder / "report.csv"
    keyed.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(rows)
    table.write_bytes(text.getvalue().encode("gb18030"))
    items, same = list(read(keyed, kind, facts)), list(read(table, kind, facts))

    assert told(items) == told(same)
    return items


def told(items: Iterable[Listing | RowRefusal]) -> list[object]:
    """What items say, whatever their ids, rows and references."""
    return [
        [f"{fault.field}: {fault.kind}" for fault in item.faults]
        if isinstance(item, RowRefusal)
        else (item.borrower, item.obligation, item.conduct, item.basis, item.notice, item.evidence)
        for item in items
    ]


def only(items: list[Listing | RowRefusal]) -> Listing:
    """The one listing there must be."""
    (item,) = items
    assert isinstance(item, Listing), item
    return item


def refused(items: list[Listing | RowRefusal]) -> RowRefusal:
    """The one refusal there must be."""
    (item,) = items
    assert isinstance(item, RowRefusal), item
    return item


# -- the court list --------------------------------------------------------------------------

COURT = layout("court-list")
ISSUER = RosterEntry("court", None, [Role.COURT], Licence("L-1", dt.date(2019, 1, 1)))
DECISION = {
    "id": 700000001,
    "iname": "测试一",
    "caseCode": "(2019)演01执17号",
    "age": 39,
    "sexy": "男性",
    "cardNum": world.number(1),
    "businessEntity": "",
    "courtName": "演示市中级人民法院",
    "areaName": "演示",
    "partyTypeName": "0",
    "gistId": "(2018)演01民初3号",
    "gistUnit": "演示市中级人民法院",
    "regDate": "2019年07月01日",
    "publishDate": "20190713",
    "duty": "偿还本金50000元",
    "performance": "全部未履行",
    "performedPart": "",
    "unperformPart": "",
    "disruptTypeName": "有履行能力而拒不履行生效法律文书确定义务",
}


def court(
    folder: Path, batch: str = BATCH + NOTICE + DEBT, **changes: Any
) -> list[Listing | RowRefusal]:
    """The items of a court list of one row."""
    return read_rows(folder, COURT, batch, DECISION | changes)


def test_a_decision_of_a_court_becomes_a_listing(tmp_path: Path) -> None:
    """The row tells who, what and on which decision; the batch tells the debt and the notice."""
    listing = only(court(tmp_path))

    assert (ResidentID.parse(world.number(1)),) == listing.borrower.identifiers
    assert "测试一" == listing.borrower.name
    assert BorrowerRole.BORROWER is listing.borrower.role
    assert listing.conduct is not None
    assert ConductCode.CAPABLE_REFUSAL is listing.conduct.code
    assert dt.date(2019, 7, 13) == listing.conduct.start
    assert listing.basis is not None
    assert BasisKind.COURT_LISTING is listing.basis.kind
    assert (
        "演示市中级人民法院 (2019)演01执17号; 演示市中级人民法院 (2018)演01民初3号"
        == listing.basis.instrument
    )
    assert DECISION["disruptTypeName"] == listing.basis.article
    assert "2019-07-13" == listing.basis.version
    assert Money(5_000_000, "CNY") == listing.obligation.principal
    assert Money(4_200_000, "CNY") == listing.obligation.outstanding
    assert listing.notice is not None
    assert dt.date(2019, 9, 1) == listing.notice.served


def test_a_decision_with_its_papers_passes_the_review(tmp_path: Path) -> None:
    """What row and batch tell together is enough for China's rulebook."""
    papers = (
        f'[[evidence]]\ndigest = "{"ab" * 32}"\ndescription = "decision"\n'
        'proves = ["conduct", "ability-to-pay"]\n'
        'disclosed = 2019-09-01\n[decision]\non = 2019-10-01\nreasons = "拒不履行"\nby = "执行局"\n'
    )
    parties = '[parties]\nnames = ["测试一"]\nas_of = 2019-11-20\n'
    told, untold = (
        rulebook("cn").review(
            [only(court(tmp_path, BATCH + NOTICE + DEBT + papers + more))],
            on=dt.date(2019, 12, 1),
            issuer=ISSUER,
        )
        for more in (parties, parties.replace("测试一", "测试二"))
    )

    assert () == tuple(told.refused)
    assert ["party-not-named"] == [why.problem.code for why in untold.refused[0].reasons]


def test_a_company_is_listed_and_its_representative_is_not(tmp_path: Path) -> None:
    """A company goes by its unified code; nothing of a listing names the person who runs it."""
    listing = only(court(tmp_path, partyTypeName="1", cardNum=COMPANY, businessEntity="王某某二"))

    assert Holder.ORGANISATION is listing.borrower.holder
    assert (UnifiedSocialCreditCode.parse(COMPANY),) == listing.borrower.identifiers


def test_an_older_code_of_a_company_is_read_where_it_is_known(tmp_path: Path) -> None:
    """The organisation code of 9 characters is an identifier, once its scheme is."""
    (item,) = court(tmp_path, partyTypeName="1", cardNum="M000100Y-4")

    assert ("cn-org" in SCHEMES) == isinstance(item, Listing)


def test_what_may_not_be_carried_is_not(tmp_path: Path) -> None:
    """Age, sex, area and free texts leave no trace in a listing, and are told as ignored."""
    path = tmp_path / "a.jsonl"
    odd = {"age": "ZZ1", "sexy": "ZZ2", "areaName": "ZZ3", "duty": "ZZ4", "religion": "ZZ5"}
    path.write_text(json.dumps(DECISION | odd), "utf-8")
    report = read(path, COURT, BatchFacts.from_toml(BATCH + DEBT))
    listing = only(list(report))
    shown = repr(told([listing])) + repr(listing.borrower.name) + listing.reference

    assert "ZZ" not in shown
    assert {"age", "sexy", "areaName", "duty", "religion"} <= set(report.ignored_columns)


@pytest.mark.parametrize(
    ("ground", "expected"),
    [
        ("有履行能力而拒不履行生效法律文书确定义务的", "CAPABLE_REFUSAL"),
        ("其他有履行能力而拒不履行生效法律文书确定义务", "CAPABLE_REFUSAL"),
        ("违反限制高消费令", "CONSUMPTION_BREACH"),
        ("违反限制消费令,违反限制高消费令", "CONSUMPTION_BREACH"),
        ("无正当理由拒不履行执行和解协议", "SETTLEMENT_BREACH"),
        ("被执行人无正当理由拒不履行执行和解协议的", "SETTLEMENT_BREACH"),
        ("拒绝报告财产", "REPORT_REFUSED"),
        ("ASSET_CONCEAL", "ASSET_CONCEAL"),
        ("违反财产报告制度", "conduct-several"),
        ("以伪造证据、暴力、威胁等方法妨碍、抗拒执行", "conduct-several"),
        ("以虚假诉讼、虚假仲裁或者以隐匿、转移财产等方法规避执行", "conduct-several"),
        ("违反限制消费令,无正当理由拒不履行执行和解协议", "conduct-several"),
        ("违反限制消费令,不详", "conduct-unknown"),
        ("其他规避执行", "conduct-unknown"),
        ("逾期", "conduct-unknown"),
        (",", "conduct-unknown"),
        ("", "conduct-missing"),
    ],
)
def test_a_ground_is_one_code_or_none(tmp_path: Path, ground: str, expected: str) -> None:
    """A ground that could mean several codes, or none, refuses its row and is never chosen from."""
    (item,) = court(tmp_path, disruptTypeName=ground)

    if isinstance(item, Listing):
        assert expected == (item.conduct and item.conduct.code)
    else:
        assert [f"disruptTypeName: {expected}"] == told([item])[0]


def test_the_batch_can_say_what_a_ground_rests_on(tmp_path: Path) -> None:
    """What the exporting agency calls a conduct, it states once for the whole batch."""
    terms = '[terms]\n"违反财产报告制度，违反限制消费令" = "REPORT_REFUSED"\n'
    ground = "违反财产报告制度,违反限制消费令"
    listing = only(court(tmp_path, BATCH + DEBT + terms, disruptTypeName=ground))

    assert listing.conduct is not None
    assert ConductCode.REPORT_REFUSED is listing.conduct.code


def test_a_performed_duty_lists_nothing(tmp_path: Path) -> None:
    """Performed in full is a removal, which says whose, why, and names no listing."""
    refusal = refused(court(tmp_path, performance="全部已履行"))

    assert ["performance: performed"] == told([refusal])[0]
    assert refusal.removal is not None
    assert WithdrawalReason.SETTLED is refusal.removal.reason
    assert (ResidentID.parse(world.number(1)),) == refusal.removal.borrower.identifiers
    assert world.number(1) not in repr(refusal) + repr(refusal.removal)


COURT_CELLS = [
    ("cardNum", "888888********0011", "cardNum: identifier-masked"),
    ("cardNum", "8888881980****0011", "cardNum: identifier-masked"),
    ("cardNum", "", "cardNum: identifier-empty"),
    ("cardNum", COMPANY, "cardNum: identifier-form"),
    ("iname", "张*", "iname: name-masked"),
    ("iname", "", "iname: name-missing"),
    ("partyTypeName", "2", "partyTypeName: choice"),
    ("partyTypeName", "", "partyTypeName: choice"),
    ("partyTypeName", "1", "cardNum: identifier-check"),
    ("performance", "", "performance: choice"),
    ("performance", "未知", "performance: choice"),
    ("publishDate", "2019-13-01", "publishDate: date-impossible"),
    ("publishDate", "20190601", "publishDate: value-invalid"),
    ("regDate", "19-07-01", "regDate: date-form"),
    ("caseCode", "", "caseCode: text-missing"),
    ("courtName", " ", "courtName: text-missing"),
    ("courtName", "x" * 301, "caseCode: value-invalid"),
]


@pytest.mark.parametrize(("column", "text", "expected"), COURT_CELLS)
def test_a_cell_of_the_court_list_is_refused(
    tmp_path: Path, column: str, text: str, expected: str
) -> None:
    """A cell that cannot be read, or only by guessing, refuses its row with one fault."""
    refusal = refused(court(tmp_path, **{column: text}))

    assert [expected] == told([refusal])[0]
    assert len(text) < 3 or text not in str(refusal)


@pytest.mark.parametrize("part", ["principal", "outstanding", "default_date"])
def test_a_debt_that_nobody_tells_is_not_made_up(tmp_path: Path, part: str) -> None:
    """Without a part of the debt in the batch each row is refused for it."""
    batch = "\n".join(line for line in DEBT.splitlines() if not line.startswith(part))
    refusal = refused(court(tmp_path, BATCH + batch))

    assert [f"obligation.{part}"] == [fault.field for fault in refusal.faults]


def test_columns_that_the_batch_names_tell_the_debt(tmp_path: Path) -> None:
    """An agency that adds columns for the debt names them, and their cells are read as any."""
    batch = BATCH + (
        '[obligation]\nprincipal_column = "本金"\noutstanding_column = "未履行 金额"\n'
        'default_date_column = "违约日"\n'
    )
    cells = {"本金": "5万", "未履行金额": "42000", "违约日": "2018年3月1日"}
    listing = only(court(tmp_path, batch, **cells))
    missing = refused(court(tmp_path, batch, **cells | {"本金": "约五万"}))

    assert Money(5_000_000, "CNY") == listing.obligation.principal
    assert dt.date(2018, 3, 1) == listing.obligation.default_date
    assert ["本金: amount-form"] == told([missing])[0]


@pytest.mark.parametrize("name", ["本金（万元）", "本金 (万)", "本金"])
def test_a_unit_holds_for_columns_that_the_batch_names(tmp_path: Path, name: str) -> None:
    """A unit in the name of such a column, or above the header, is that of its amounts."""
    batch = BATCH + (
        '[obligation]\nprincipal_column = "本金"\noutstanding = "42000"\n'
        "default_date = 2018-03-01\n"
    )
    row = DECISION | {name: "5"}
    title = ["单位：万元"] if name == "本金" else []
    path = tmp_path / "a.csv"
    lines = [*title, ",".join(row), ",".join(map(str, row.values()))]
    path.write_text("\n".join(lines), "utf-8")
    listing = only(list(read(path, COURT, BatchFacts.from_toml(batch))))

    assert Money(5_000_000, "CNY") == listing.obligation.principal


# -- Credit China ----------------------------------------------------------------------------

CHINA = layout("credit-china")
SERIOUS = {
    "主体名称": "演示有限公司",
    "统一社会信用代码": COMPANY,
    "列入日期": "2024-05-01",
    "列入事由": "骗取贷款",
    "列入决定机关": "演示市金融监管局",
    "列入决定文书号": "演金罚〔2024〕1号",
    "救济途径": "向本机关申请行政复议",
    "救济期限": "60日内",
    "移出日期": "",
    "移出事由": "",
    "移出决定机关": "",
}


def china(
    folder: Path, batch: str = BATCH + NOTICE + DEBT, **changes: Any
) -> list[Listing | RowRefusal]:
    """The items of a serious list of one row."""
    return read_rows(folder, CHINA, batch, SERIOUS | changes)


def test_an_organisation_on_the_serious_list_becomes_a_listing(tmp_path: Path) -> None:
    """Cause, body, day and remedy come from the row, service and debt from the batch."""
    listing = only(china(tmp_path))

    assert (UnifiedSocialCreditCode.parse(COMPANY),) == listing.borrower.identifiers
    assert listing.conduct is not None
    assert (ConductCode.LOAN_DECEIT, dt.date(2024, 5, 1)) == (
        listing.conduct.code,
        listing.conduct.start,
    )
    assert listing.basis is not None
    assert ("演示市金融监管局 演金罚〔2024〕1号", "骗取贷款", "2024-05-01") == (
        listing.basis.instrument,
        listing.basis.article,
        listing.basis.version,
    )
    assert BasisKind.ADMINISTRATIVE_DECISION is listing.basis.kind
    assert listing.notice is not None
    assert "向本机关申请行政复议；60日内" == listing.notice.remedy


def test_a_remedy_that_the_row_lacks_stays_the_batchs(tmp_path: Path) -> None:
    """Without a route in the row the batch's notice stands, and without a notice there is none."""
    batchs = only(china(tmp_path, 救济途径="", 救济期限=""))
    none = only(china(tmp_path, BATCH + DEBT))

    assert batchs.notice is not None
    assert "可提异议" == batchs.notice.remedy
    assert none.notice is None


@pytest.mark.parametrize(
    "cells",
    [
        {"移出日期": "2025-05-01", "移出事由": "信用修复", "移出决定机关": "演示市金融监管局"},
        {"移出日期": "2025-05-01"},
        {"移出日期": "", "移出事由": "信用修复"},
        {"移出日期": "不详"},
        {"移出决定机关": "演示市金融监管局"},
    ],
)
def test_a_removal_never_becomes_a_listing(tmp_path: Path, cells: dict[str, str]) -> None:
    """Any sign that an organisation was taken off the list makes its row a removal."""
    refusal = refused(china(tmp_path, **cells))

    assert "移出日期: removed" in told([refusal])[0]  # type: ignore[operator]
    assert refusal.removal is not None
    assert cells.get("移出事由", "") == refusal.removal.cause
    told_day = dt.date(2025, 5, 1) if cells.get("移出日期", "").startswith("2025") else None
    assert told_day == refusal.removal.on


def test_a_removal_that_cannot_tell_whose_is_still_told(tmp_path: Path) -> None:
    """Without a readable number a removal is a refused row with both reasons."""
    refusal = refused(china(tmp_path, 统一社会信用代码="", 移出日期="2025-05-01"))

    assert ["统一社会信用代码: identifier-empty", "移出日期: removed"] == told([refusal])[0]
    assert refusal.removal is None


CHINA_CELLS = [
    ("统一社会信用代码", "91350100M000100Y44", "统一社会信用代码: identifier-check"),
    ("统一社会信用代码", world.number(1), "统一社会信用代码: identifier-check"),
    ("统一社会信用代码", "9.135E+17", "统一社会信用代码: identifier-digits-lost"),
    ("列入日期", "", "列入日期: date-missing"),
    ("列入事由", "", "列入事由: text-missing"),
    ("列入事由", "环境违法", "列入事由: conduct-unknown"),
    ("列入决定机关", "", "列入决定机关: text-missing"),
]


@pytest.mark.parametrize(("column", "text", "expected"), CHINA_CELLS)
def test_a_cell_of_the_serious_list_is_refused(
    tmp_path: Path, column: str, text: str, expected: str
) -> None:
    """A cell that cannot be read, or only by guessing, refuses its row with one fault."""
    assert [expected] == told([refused(china(tmp_path, **{column: text}))])[0]


# -- the Reserve Bank of India ----------------------------------------------------------------

RBI = layout("rbi-wilful")
DEFAULTER = {
    "Serial": "1",
    "Zone": "West",
    "Branch": "Mumbai",
    "Customer ID": "C-17",
    "Company": "Example Mills Ltd",
    "Directors": "A. Example; B. Example",
    "LEI": "",
    "Outstanding (Rs. in lakh)": "1,23,456.50",
    "NPA date": "08-03-2019",
    "Declared date": "1 April 2021",
}
INDIA = (
    '[batch]\ncreditor = "Example Bank"\n[conduct]\ncode = "FUND_SIPHONING"\n'
    '[obligation]\nprincipal = "2 crore"\n'
)


LEI = "529900EXAMPLE00LEI56"


class _Later(UnifiedSocialCreditCode):
    """Stands for the scheme while this version does not know it."""

    __slots__ = ()
    SCHEME = "lei"

    @classmethod
    def canonical(cls, text: str, country: str = "") -> tuple[str, str]:
        if len(text) != 20:
            raise cls._fault(IdentifierFault.LENGTH, "not 20 characters")
        return text, ""


def india(folder: Path, batch: str = INDIA, **changes: Any) -> list[Listing | RowRefusal]:
    """The items of a list of wilful defaulters of one row."""
    return read_rows(folder, RBI, batch, DEFAULTER | changes)


def test_a_company_without_a_number_is_refused(tmp_path: Path) -> None:
    """The list's own columns identify nobody, and a name alone is no match."""
    refusal = refused(india(tmp_path))

    assert ["Company: identifier-empty"] == told([refusal])[0]


@pytest.fixture
def known_lei(monkeypatch: pytest.MonkeyPatch) -> None:
    """A scheme under the name of the legal entity identifier, whatever this version knows."""
    if "lei" not in SCHEMES:
        schemes = dict(SCHEMES) | {"lei": _Later}
        monkeypatch.setattr("creditshare.layouts.numbers.SCHEMES", schemes)
        monkeypatch.setattr("creditshare.model.borrower.SCHEMES", schemes)


@pytest.mark.usefixtures("known_lei")
def test_a_wilful_defaulter_becomes_a_listing_of_the_company(tmp_path: Path) -> None:
    """Lakh and day-first dates are understood, and no director is listed."""
    listing = only(india(tmp_path, LEI=LEI))

    assert "Example Mills Ltd" == listing.borrower.name
    assert Holder.ORGANISATION is listing.borrower.holder
    assert (LEI,) == tuple(item.value for item in listing.borrower.identifiers)
    assert Money(1_234_565_000_000, "INR") == listing.obligation.outstanding
    assert Money(2_000_000_000, "INR") == listing.obligation.principal
    assert dt.date(2019, 3, 8) == listing.obligation.default_date
    assert listing.conduct is not None
    assert (ConductCode.FUND_SIPHONING, dt.date(2021, 4, 1)) == (
        listing.conduct.code,
        listing.conduct.start,
    )
    assert "A. Example" not in repr(told([listing]))


@pytest.mark.usefixtures("known_lei")
def test_the_batch_goes_before_the_lists_dates(tmp_path: Path) -> None:
    """A batch that tells when the conduct began and payment was missed is believed."""
    batch = INDIA.replace('"FUND_SIPHONING"', '"FUND_SIPHONING"\nstart = 2017-01-01')
    listing = only(india(tmp_path, batch + "default_date = 2018-12-01\n", LEI=LEI))

    assert listing.conduct is not None
    assert dt.date(2017, 1, 1) == listing.conduct.start
    assert dt.date(2018, 12, 1) == listing.obligation.default_date


AMOUNT = "Outstanding (Rs. in lakh)"
INDIA_CELLS = [
    ("Company", "", "Company: name-missing"),
    (AMOUNT, "12,34,56", "Outstanding: amount-form"),
    (AMOUNT, "2 crore", "Outstanding: amount-unit"),
    (AMOUNT, "", "Outstanding: amount-missing"),
    ("NPA date", "03/13/2019", "NPA date: date-impossible"),
    ("NPA date", "8-3-19", "NPA date: date-form"),
    ("Declared date", "01-01-2018", "Declared date: value-invalid"),
    ("Declared date", "", "Declared date: date-missing"),
    ("LEI", "1234567890", "LEI: identifier-length"),
]


@pytest.mark.usefixtures("known_lei")
@pytest.mark.parametrize(("column", "text", "expected"), INDIA_CELLS)
def test_a_cell_of_the_list_of_defaulters_is_refused(
    tmp_path: Path, column: str, text: str, expected: str
) -> None:
    """A cell that cannot be read, or only by guessing, refuses its row with one fault."""
    assert [expected] == told([refused(india(tmp_path, **{"LEI": LEI} | {column: text}))])[0]


@pytest.mark.usefixtures("known_lei")
@pytest.mark.parametrize(
    ("header", "text", "expected"),
    [
        ("Outstanding", "Rs. 5,00,000", None),
        ("Outstanding", "5 lakh", 50_000_000),
        ("Outstanding", "₹ 0.05 Crore", 50_000_000),
        ("Outstanding (₹ in crores)", "0.05", 50_000_000),
        ("Amount outstanding (rupees)", "500000", 50_000_000),
        ("Outstanding (in Lacs)", "5 lakhs", 50_000_000),
    ],
)
def test_rupees_tell_their_unit(
    tmp_path: Path, header: str, text: str, expected: int | None
) -> None:
    """An amount of rupees says its unit in its cell or its column, or is refused."""
    row = {name: value for name, value in DEFAULTER.items() if name != AMOUNT}
    (item,) = read_rows(tmp_path, RBI, INDIA, row | {header: text, "LEI": LEI})

    if expected is None:
        assert ["Outstanding: amount-unit"] == told([item])[0]
    else:
        assert isinstance(item, Listing)
        assert Money(expected, "INR") == item.obligation.outstanding


@pytest.mark.usefixtures("known_lei")
@pytest.mark.parametrize("title", ["(Rs. in lakhs)", "Amount in Rs. lakh", "Amounts in ₹ crore"])
def test_a_unit_above_the_header_holds_for_rupees(tmp_path: Path, title: str) -> None:
    """Lakh or crore declared in a row above the header is the unit of a bare amount."""
    row = {name.split(" (")[0]: cell for name, cell in DEFAULTER.items()} | {
        "LEI": LEI,
        "Outstanding": "5",
    }
    path = tmp_path / "a.csv"
    lines = [title, ",".join(row), ",".join(row.values())]
    path.write_text("\n".join(lines), "utf-8")
    listing = only(list(read(path, RBI, BatchFacts.from_toml(INDIA))))

    assert listing.obligation.outstanding.minor in (5 * 10**7, 5 * 10**9)
    assert ("crore" in title) == (listing.obligation.outstanding.minor == 5 * 10**9)


@pytest.mark.usefixtures("known_lei")
@pytest.mark.parametrize(
    ("batch", "cell", "expected"),
    [
        ('[batch]\ncreditor = "B"\n[obligation]\nprincipal = "2 crore"\n', "", "conduct-missing"),
        (INDIA.replace('code = "FUND_SIPHONING"', 'column = "Grounds"'), "", "conduct-missing"),
        (INDIA.replace('code = "FUND_SIPHONING"', 'column = "Grounds"'), "late", "conduct-unknown"),
        (
            INDIA.replace('code = "FUND_SIPHONING"', 'column = "Grounds"')
            + '[terms]\n"diversion of funds" = "FUND_DIVERSION"\n',
            "diversion of funds",
            "FUND_DIVERSION",
        ),
    ],
)
def test_the_conduct_of_a_defaulter_is_told_or_refused(
    tmp_path: Path, batch: str, cell: str, expected: str
) -> None:
    """Being on the list is no conduct: the batch or a column it names must tell which."""
    (item,) = india(tmp_path, batch, LEI=LEI, Grounds=cell)

    if isinstance(item, Listing):
        assert expected == (item.conduct and item.conduct.code)
    else:
        assert [expected] == [fault.kind for fault in item.faults]


# -- batches and layouts ----------------------------------------------------------------------

BASIS = '[basis]\nkind = "contract"\ninstrument = "x"\narticle = "8"\nversion = "2018"\n'
IGNORED = [
    ("court-list", BATCH + BASIS, "basis"),
    ("court-list", BATCH + '[conduct]\ncode = "ASSET_TRANSFER"\n', "conduct"),
    ("credit-china", BATCH + BASIS, "basis"),
    ("online-lending", BATCH + DEBT, r"obligation\.default_date"),
    ("rbi-wilful", BATCH + '[obligation]\noutstanding = "5 lakh"\n', r"obligation\.outstanding"),
    (
        "court-list",
        BATCH + '[obligation]\nprincipal_column = "INAME"\n',
        r"obligation\.principal_column",
    ),
    ("rbi-wilful", BATCH + '[conduct]\ncolumn = "Date of NPA"\n', r"conduct\.column"),
]


@pytest.mark.parametrize(("name", "batch", "place"), IGNORED)
def test_a_batch_says_nothing_that_would_be_ignored(
    tmp_path: Path, name: str, batch: str, place: str
) -> None:
    """What a layout's own rows tell, a batch description may not tell too."""
    with pytest.raises(RulebookError, match=f"^{place}: "):
        read(tmp_path / "x", layout(name), BatchFacts.from_toml(batch))


MISTAKES = [
    (BATCH + '[terms]\n"a" = "LATE"\n', "terms: entry 1"),
    (BATCH + '[terms]\n"a" = 1\n', "terms: entry 1"),
    (BATCH + '[terms]\n"转移财产" = "ASSET_CONCEAL"\n', "terms: entry 1"),
    (BATCH + "terms = 1\n", r"batch\.terms: an unknown"),
    (BATCH + "[obligation]\nprincipal = 5\n", r"obligation\.principal: must be a text"),
    (
        BATCH + '[obligation]\nprincipal = "5"\nprincipal_column = "x"\n',
        "obligation.principal: either",
    ),
    (BATCH + '[obligation]\ndefault_date = "x"\n', "obligation.default_date: must be a date"),
    (BATCH + "[obligation]\nrate = 1\n", "obligation.rate: an unknown"),
]


@pytest.mark.parametrize(("text", "problem"), MISTAKES)
def test_a_mistake_in_what_a_batch_adds_is_told_by_its_place(text: str, problem: str) -> None:
    """A mistake in the debt or the terms names the table and the key or entry."""
    with pytest.raises(RulebookError, match=f"^{problem}"):
        BatchFacts.from_toml(text)


def test_the_conduct_needs_a_start_where_no_row_tells_it(tmp_path: Path) -> None:
    """A batch whose rows do not say when it began must say so itself."""
    batch = '[batch]\ncreditor = "演示网贷"\n[conduct]\ncode = "ASSET_TRANSFER"\n'
    row = {
        "姓名": "李晓明", "身份证号": world.number(1), "借款平台": "演示网贷", "累计借款金额": "1",
        "剩余欠款金额": "1", "拖欠开始日期": "2018-03-01", "是否失联": "否",
    }  # fmt: skip
    with pytest.raises(RulebookError, match=r"conduct\.start"):
        read_rows(tmp_path, layout("online-lending"), batch, row)


def test_layouts_are_found_by_name() -> None:
    """Every file of the folder is a layout under its own name, and another name is misuse."""
    assert {"court-list", "credit-china", "listings", "online-lending", "rbi-wilful"} == set(
        layouts()
    )
    assert all(name == found.name for name, found in layouts().items())
    with pytest.raises(MisuseError, match="court-list"):
        layout("court")


@pytest.mark.parametrize("name", sorted(layouts()))
def test_a_report_of_another_layout_is_refused_whole(tmp_path: Path, name: str) -> None:
    """A file with none of a layout's columns is told as such, in either form."""
    kind = layout(name)
    facts = BatchFacts("x") if kind.takes else None
    for content in ('{"a": 1, "b": 2}\n', "a,b\n1,2\n"):
        path = tmp_path / "a"
        path.write_text(content)
        with pytest.raises(LayoutError):
            list(read(path, kind, facts))
