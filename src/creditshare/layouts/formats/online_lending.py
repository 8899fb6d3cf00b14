"""The online-lending evader report of the notice of 2018-08-08 (网贷逃废债信息报送表).

The notice of 2019 adds the yearly rate. Nobody but the batch's creditor may report, whoever cannot
be reached has absconded only if the batch names what proves it, and a row without a conduct is
mere delay.
"""

from __future__ import annotations

import os

from creditshare.layouts.base import Column, Layout, Row
from creditshare.layouts.batch import BatchFacts
from creditshare.layouts.numbers import read_chinese_person
from creditshare.layouts.refusal import RefusalKind, Refused
from creditshare.layouts.report import Report, read
from creditshare.layouts.text import squeeze
from creditshare.layouts.values import read_conduct, read_date, read_flag, read_name, read_rate
from creditshare.model import Borrower, Conduct, ConductCode, Listing, Obligation

__all__ = ["LAYOUT", "read_online_lending"]

_NAME = "姓名"
_NUMBER = "身份证号"
_PLATFORM = "借款平台"
_PRINCIPAL = "累计借款金额"
_OUTSTANDING = "剩余欠款金额"
_SINCE = "拖欠开始日期"
_LOST = "是否失联"
_RATE = "年化利率"


def read_online_lending(
    path: str | os.PathLike[str], facts: BatchFacts, *, encoding: str | None = None
) -> Report:
    """Read a report in this layout; see `read`.

    Args:
        path: The file.
        facts: What holds for every row.
        encoding: ``"utf-8"`` or ``"gb18030"``; None to detect it.

    Returns:
        The report, not opened yet.
    """
    return read(path, LAYOUT, facts, encoding=encoding)


def _listing(row: Row) -> Listing | None:
    borrower = _borrower(row)
    obligation = _obligation(row)
    conduct = _conduct(row)
    absconded = conduct is not None and conduct.code is ConductCode.ABSCOND
    batch = row.batch
    evidence = batch.evidence if absconded else batch.evidence_without_abscond
    return row.listing(borrower, obligation, conduct, evidence=evidence)


def _borrower(row: Row) -> Borrower | None:
    name = row.take(_NAME, read_name)
    number = row.number_in(_NUMBER, read_chinese_person)
    if name is None or number is None:
        return None
    return row.make(lambda: Borrower.person(number, name=name), name=_NAME)


def _obligation(row: Row) -> Obligation | None:
    creditor = row.batch.creditor
    row.take(_PLATFORM, lambda text: _same_creditor(text, creditor))
    principal = row.amount(_PRINCIPAL)
    outstanding = row.amount(_OUTSTANDING)
    since = row.take(_SINCE, read_date)
    rate = row.take(_RATE, read_rate)
    if principal is None or outstanding is None or since is None:
        return None
    return row.make(
        lambda: Obligation(creditor, principal, outstanding, since, rate),
        default_date=_SINCE,
        annual_rate=_RATE,
    )


def _same_creditor(text: str, creditor: str) -> bool | Refused:
    if text == creditor:
        return True
    platform = squeeze(text).casefold()
    if not platform:
        return Refused(RefusalKind.CREDITOR_MISSING, "is missing")
    if platform != squeeze(creditor).casefold():
        problem = "another platform's claim; only its creditor may report it"
        return Refused(RefusalKind.CREDITOR_DIFFERS, problem)
    return True


def _conduct(row: Row) -> Conduct | None:
    facts = row.batch
    lost = row.take(_LOST, read_flag)
    code = _code(row)
    if lost is None or isinstance(code, Refused):
        return None
    if lost:
        if facts.abscond is None:
            problem = "the batch names nothing that proves it"
            row.refuse(_LOST, Refused(RefusalKind.ABSCOND_UNPROVEN, problem))
            return None
        return facts.abscond.conduct
    if code is None or facts.conduct is None:
        row.refuse(_LOST, Refused(RefusalKind.MERE_DELAY, "mere delay is no evasion"))
        return None
    if code is ConductCode.ABSCOND:
        problem = "said to have absconded, and to be reachable"
        row.refuse(_LOST, Refused(RefusalKind.CONDUCT_CONTRADICTED, problem))
        return None
    return facts.conduct.of(code)


def _code(row: Row) -> ConductCode | Refused | None:
    """The conduct that the row's own column tells, or else the batch."""
    facts = row.batch.conduct
    if facts is None:
        return None
    if facts.column is None:
        return facts.code
    cell = row.cell(facts.column)
    code = cell if isinstance(cell, Refused) else read_conduct(cell, row.batch.terms)
    if isinstance(code, Refused):
        row.refuse(facts.column, code)
    return code


LAYOUT = Layout(
    name="online-lending",
    title="Online-lending evader report, notice of 2018-08-08 (网贷逃废债信息报送表)",
    columns=(
        Column(_NAME, "the borrower's name"),
        Column(_NUMBER, "a resident's number, or a foreigner's permanent resident card's"),
        Column(_PLATFORM, "must be the batch's creditor"),
        Column(_PRINCIPAL, "what was lent", amount=True),
        Column(_OUTSTANDING, "what is owed", amount=True),
        Column(_SINCE, "the default date"),
        Column(_LOST, "yes (是, 失联, Y, 1) is absconding, if the batch names what proves it"),
        Column(_RATE, "the yearly rate, only with a percent sign", needed=False, also=("年利率",)),
    ),
    read=_listing,
    takes=("basis", "notice", "decision", "evidence", "abscond", "conduct", "terms"),
    dropped=(("手机号", "numbers are reassigned"), ("催收情况", "free text")),
)
