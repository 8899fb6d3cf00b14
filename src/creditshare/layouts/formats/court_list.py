"""The court list (失信被执行人) as it is exported, in JSON lines or as a table.

The names of the columns are the source's own, ``sexy`` included. A row is one decision of one court
about one party; what it does not carry is the debt in figures, the notice, and whom the instrument
obliges now, so these come from the batch description, or the draft is refused for lack of them.

- The basis is the decision: its case number, court and the instrument it enforces; the article is
  the ground as the list words it, the version the day of publication.
- The conduct counts from the day of publication: by then the court had established it.
- A ground that covers several codes of ours, or several grounds in one cell, is not chosen from:
  the batch's ``[terms]`` says which code the listing rests on, or the row is refused.
- Performed in full means that nothing may be listed: the row comes out as a removal.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from types import MappingProxyType

from creditshare.identifiers import Holder
from creditshare.layouts.base import DEBT, Column, Layout, Row
from creditshare.layouts.numbers import read_chinese_organisation, read_chinese_person
from creditshare.layouts.refusal import RefusalKind, Refused, Removal
from creditshare.layouts.text import clean, squeeze
from creditshare.layouts.values import read_conduct, read_date, read_name, read_text
from creditshare.model import (
    BasisKind,
    Borrower,
    Conduct,
    ConductCode,
    LegalBasis,
    Listing,
    WithdrawalReason,
)

__all__ = ["LAYOUT"]

_NAME = "iname"
_NUMBER = "cardNum"
_PARTY = "partyTypeName"
_CASE = "caseCode"
_COURT = "courtName"
_ENFORCED = "gistId"
_ENFORCED_BY = "gistUnit"
_FILED = "regDate"
_PUBLISHED = "publishDate"
_PERFORMANCE = "performance"
_GROUND = "disruptTypeName"

_HOLDERS = {"0": Holder.PERSON, "1": Holder.ORGANISATION}
_LIVE = ("全部未履行", "部分未履行")
_PERFORMED = "全部已履行"
_BETWEEN_GROUNDS = re.compile(r"[,;，；|]")
_REFUSAL = "有履行能力而拒不履行生效法律文书确定义务"
_SETTLEMENT = "无正当理由拒不履行执行和解协议"
_Code = ConductCode

_GROUNDS: Mapping[str, tuple[ConductCode, ...]] = MappingProxyType(
    {
        _REFUSAL: (_Code.CAPABLE_REFUSAL,),
        f"其他{_REFUSAL}": (_Code.CAPABLE_REFUSAL,),
        "以伪造证据、暴力、威胁等方法妨碍、抗拒执行": (
            _Code.OBSTRUCT_EVIDENCE,
            _Code.OBSTRUCT_FORCE,
        ),
        "以虚假诉讼、虚假仲裁或者以隐匿、转移财产等方法规避执行": (
            _Code.SHAM_LITIGATION,
            _Code.SHAM_ARBITRATION,
            _Code.ASSET_CONCEAL,
            _Code.ASSET_TRANSFER,
        ),
        "违反财产报告制度": (_Code.REPORT_REFUSED, _Code.REPORT_FALSE),
        "违反限制消费令": (_Code.CONSUMPTION_BREACH,),
        "违反限制高消费令": (_Code.CONSUMPTION_BREACH,),
        _SETTLEMENT: (_Code.SETTLEMENT_BREACH,),
        f"被执行人{_SETTLEMENT}": (_Code.SETTLEMENT_BREACH,),
    }
)
"""The six grounds of 法释〔2017〕7号, article 1, as listed, and what each can mean."""


def _listing(row: Row) -> Listing | None:
    borrower = _borrower(row)
    if not _still_owes(row, borrower):
        return None
    published = row.take(_PUBLISHED, read_date)
    filed = row.take(_FILED, read_date)
    if published and filed and published < filed:
        problem = "before the case was filed"
        row.refuse(_PUBLISHED, Refused(RefusalKind.VALUE_INVALID, problem))
    code = row.take(_GROUND, lambda text: _read_ground(text, row.batch.terms))
    basis = _basis(row, published)
    obligation = row.obligation_of_batch()
    if row.faults or published is None or code is None:
        return None
    conduct = row.make(lambda: Conduct(code, published), start=_PUBLISHED)
    return row.listing(borrower, obligation, conduct, basis=basis)


def _borrower(row: Row) -> Borrower | None:
    """The party alone: a company's legal representative is not put on the list for it."""
    holder = row.take(_PARTY, _read_party)
    name = row.take(_NAME, read_name)
    if holder is None:
        return None
    person = holder is Holder.PERSON
    number = row.number_in(_NUMBER, read_chinese_person if person else read_chinese_organisation)
    if name is None or number is None:
        return None
    return row.make(lambda: Borrower(holder, (number,), name), name=_NAME)


def _read_party(text: str) -> Holder | Refused:
    return _HOLDERS.get(clean(text)) or Refused(RefusalKind.CHOICE, "must be 0 or 1")


def _still_owes(row: Row, borrower: Borrower | None) -> bool:
    performance = squeeze(row.text(_PERFORMANCE))
    if performance == _PERFORMED:
        problem = "performed in full: nothing may be listed any more"
        row.refuse(_PERFORMANCE, Refused(RefusalKind.PERFORMED, problem))
        if borrower is not None:
            row.removal = Removal(borrower, _PERFORMED, reason=WithdrawalReason.SETTLED)
    elif performance not in _LIVE:
        problem = f"must be one of {', '.join((*_LIVE, _PERFORMED))}"
        row.refuse(_PERFORMANCE, Refused(RefusalKind.CHOICE, problem))
    return performance != _PERFORMED


def _read_ground(text: str, terms: Mapping[str, ConductCode]) -> ConductCode | Refused:
    """The code of a ground, if it is one ground and it has one code."""
    ground = squeeze(text)
    if not ground:
        return Refused(RefusalKind.CONDUCT_MISSING, "is missing")
    code = read_conduct(ground, terms)
    if isinstance(code, ConductCode):
        return code
    grounds = [part.removesuffix("的") for part in _BETWEEN_GROUNDS.split(ground) if part]
    found = {code for part in grounds for code in _GROUNDS.get(part, ())}
    if not grounds or not all(part in _GROUNDS for part in grounds):
        return Refused(RefusalKind.CONDUCT_UNKNOWN, "not in the vocabulary")
    if len(found) > 1:
        problem = "covers several codes; name the one the listing rests on, here or in [terms]"
        return Refused(RefusalKind.CONDUCT_SEVERAL, problem)
    return found.pop()


def _basis(row: Row, published: dt.date | None) -> LegalBasis | None:
    case, court = row.take(_CASE, read_text), row.take(_COURT, read_text)
    enforced_by, enforced = row.take(_ENFORCED_BY, str.strip), row.take(_ENFORCED, str.strip)
    if row.faults or published is None:
        return None
    instrument = f"{court} {case}"
    if enforced:
        instrument += f"; {enforced_by} {enforced}" if enforced_by else f"; {enforced}"
    ground = row.text(_GROUND).strip()
    kind, version, parties = BasisKind.COURT_LISTING, published.isoformat(), row.batch.parties
    return row.make(
        lambda: LegalBasis(kind, instrument, ground, version, parties),
        instrument=_CASE,
        article=_GROUND,
    )


LAYOUT = Layout(
    name="court-list",
    title="Court list export (失信被执行人)",
    columns=(
        Column(_NAME, "the party's name"),
        Column(_NUMBER, "a person's number or a company's code; masked ones are refused"),
        Column(_PARTY, "0 a person, 1 a company"),
        Column(_CASE, "basis, instrument"),
        Column(_COURT, "basis, instrument"),
        Column(_ENFORCED, "basis, instrument: the judgment or its equal", needed=False),
        Column(_ENFORCED_BY, "basis, instrument: who made it", needed=False),
        Column(_FILED, "checked: not after the publication"),
        Column(_PUBLISHED, "the first day of the conduct, and the basis's version"),
        Column(_PERFORMANCE, "全部未履行 or 部分未履行 is listed; 全部已履行 is a removal"),
        Column(_GROUND, "the conduct, and the basis's article"),
    ),
    read=_listing,
    takes=("parties", "notice", "decision", "evidence", "terms", *DEBT),
    dropped=(
        ("id", "the source's own number"),
        ("age", "the number tells the birth date, and an age is out of date"),
        ("sexy", "sex has no place in a listing"),
        ("businessEntity", "a listing never spills over to a legal representative"),
        ("areaName", "not needed"),
        ("duty", "free text, not taken apart"),
        ("performedPart", "free text, not taken apart"),
        ("unperformPart", "free text, not taken apart"),
    ),
)
