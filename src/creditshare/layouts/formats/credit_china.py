"""Credit China's lists of seriously untrustworthy organisations (严重失信主体名单).

A row is an organisation by its unified social credit code, put on a list by one body on one day for
one cause. The debt is not in it: it comes from the batch description, or the row is refused. A row
with a date of removal lists nothing and comes out as a removal.

- The basis is the decision: its instrument is the deciding body and the decision's number if the
  report has it, its article the cause, its version the day of listing.
- The conduct is the cause, which must be in the vocabulary or in the batch's ``[terms]``. It counts
  from the day of listing: by then the body had established it.
- Route and period of remedy go into the batch's notice, in place of a remedy told there.
"""

from __future__ import annotations

import attrs

from creditshare.identifiers import Identifier
from creditshare.layouts.base import DEBT, Column, Layout, Row
from creditshare.layouts.numbers import read_scheme
from creditshare.layouts.refusal import RefusalKind, Refused, Removal
from creditshare.layouts.values import read_conduct, read_date, read_name, read_text
from creditshare.model import (
    BasisKind,
    Borrower,
    Conduct,
    ConductCode,
    LegalBasis,
    Listing,
    Notice,
)

__all__ = ["LAYOUT"]

_NAME = "主体名称"
_NUMBER = "统一社会信用代码"
_LISTED = "列入日期"
_CAUSE = "列入事由"
_BODY = "列入决定机关"
_DECISION = "列入决定文书号"
_ROUTE = "救济途径"
_PERIOD = "救济期限"
_REMOVED = "移出日期"
_REMOVAL_CAUSE = "移出事由"
_REMOVAL_BODY = "移出决定机关"


def _listing(row: Row) -> Listing | None:
    borrower = _borrower(row)
    if _removed(row, borrower):
        return None
    listed = row.take(_LISTED, read_date)
    cause = row.take(_CAUSE, read_text)
    body = row.take(_BODY, read_text)
    code = row.take(_CAUSE, lambda text: _read_cause(text, row)) if cause else None
    obligation = row.obligation_of_batch()
    if listed is None or cause is None or body is None or code is None:
        return None
    instrument = " ".join(filter(None, (body, row.take(_DECISION, str.strip))))
    kind, version = BasisKind.ADMINISTRATIVE_DECISION, listed.isoformat()
    basis = row.make(
        lambda: LegalBasis(kind, instrument, cause, version), instrument=_BODY, article=_CAUSE
    )
    conduct = row.make(lambda: Conduct(code, listed), start=_LISTED)
    return row.listing(borrower, obligation, conduct, basis=basis, notice=_notice(row))


def _borrower(row: Row) -> Borrower | None:
    name = row.take(_NAME, read_name)
    number = row.number_in(_NUMBER, _read_code)
    if name is None or number is None:
        return None
    return row.make(lambda: Borrower.organisation(number, name=name), name=_NAME)


def _removed(row: Row, borrower: Borrower | None) -> bool:
    """Whether the row says, in any way, that the organisation was taken off the list."""
    told = (_REMOVED, _REMOVAL_CAUSE, _REMOVAL_BODY)
    if all(map(row.blank, told)):
        return False
    day = row.take(_REMOVED, read_date)
    row.refuse(_REMOVED, Refused(RefusalKind.REMOVED, "taken off the list: nothing may be listed"))
    if borrower is not None:
        row.removal = Removal(borrower, row.text(_REMOVAL_CAUSE).strip(), day)
    return True


def _read_code(text: str) -> Identifier | Refused:
    return read_scheme("cn-uscc", text)


def _read_cause(text: str, row: Row) -> ConductCode | Refused:
    code = read_conduct(text, row.batch.terms)
    return code or Refused(RefusalKind.CONDUCT_MISSING, "is missing")


def _notice(row: Row) -> Notice | None:
    """The batch's notice, with the route and period that the row tells."""
    route, period = row.take(_ROUTE, str.strip), row.take(_PERIOD, str.strip)
    notice = row.batch.notice
    if notice is None or not route:
        return notice
    remedy = f"{route}；{period}" if period else route
    return row.make(lambda: attrs.evolve(notice, remedy=remedy), remedy=_ROUTE)


LAYOUT = Layout(
    name="credit-china",
    title="Credit China's serious list (严重失信主体名单)",
    columns=(
        Column(_NAME, "the organisation's name", also=("企业名称", "单位名称", "名称")),
        Column(_NUMBER, "its unified social credit code"),
        Column(_LISTED, "the first day of the conduct, and the basis's version"),
        Column(_CAUSE, "the conduct, and the basis's article", also=("列入原因",)),
        Column(_BODY, "basis, instrument", also=("作出列入决定机关", "决定机关")),
        Column(_DECISION, "basis, instrument", needed=False, also=("决定文书号",)),
        Column(_ROUTE, "the notice's remedy", needed=False, also=("修复途径", "信用修复途径")),
        Column(_PERIOD, "the notice's remedy", needed=False, also=("修复期限", "信用修复期限")),
        Column(_REMOVED, "if anything stands here, a removal", needed=False),
        Column(_REMOVAL_CAUSE, "the removal's cause", needed=False, also=("移出原因",)),
        Column(_REMOVAL_BODY, "a removal", needed=False),
    ),
    read=_listing,
    takes=("notice", "decision", "evidence", "terms", *DEBT),
    dropped=(("法定代表人", "a listing never spills over to a legal representative"),),
)
