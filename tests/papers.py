"""Reports and notices to look at: of generated people, or of people who write to break the page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import attrs

import creditshare as cs
from creditshare.audit import AuditedBy, AuditKey, AuditLog, AuditStore
from creditshare.calendars import PLAIN
from creditshare.disclosure import (
    AdverseActionNotice,
    Contact,
    IssuerReport,
    RecipientReport,
    Report,
    adverse_action_notice,
    issuer_report,
    recipient_report,
)
from creditshare.life import Cause
from creditshare.model import Listing, Statement
from creditshare.screening import Screener
from world import DAY, NOW, TODAY, World, applicant, cleared, listing, person

BOOK = cs.rulebook("cn")
OFFICE = Contact("某某资产管理有限公司", "上海市某路 1 号\n工作日 9:00–17:00")
HOSTILE = "<script>alert(1)</script></style><img src=x onerror=alert(2)>&amp;'\""
ARABIC = "مَريم بنت يوسف"  # written from right to left
LONG = "长" * 2000 + "x" * 800


@attrs.frozen
class Papers:
    """One of each.

    Attributes:
        issuer: A report on a listing that was amended after it was sent.
        recipient: A report on the same listing.
        adverse: A notice that rests on it.
    """

    issuer: IssuerReport
    recipient: RecipientReport
    adverse: AdverseActionNotice

    def __iter__(self) -> Iterator[Report]:
        yield from (self.issuer, self.recipient, self.adverse)


def papers(folder: Path, drafted: Listing | None = None, name: str | None = "测试1") -> Papers:
    """Record, seal, amend, seal, apply, screen, and make one of each.

    Args:
        folder: Where the files go.
        drafted: The listing of person 1.
        name: How the applicant states their name; the person who asks, as it is listed.
    """
    world = World(folder)
    drafted = drafted or listing(1)
    who = applicant(1, name=name)
    with (
        cs.LedgerStore(folder / "papers.db") as store,
        AuditStore(folder / "audit.db") as audit,
    ):
        ledger, registry = cs.Ledger(store, origin="platform"), world.registry()
        world.record(ledger, drafted)
        world.apply(registry, world.seal(ledger, "1.csb")[0])
        said = Statement(TODAY, "我已于上月清偿部分欠款。\n请予更正。")
        owed = attrs.evolve(drafted.obligation, outstanding=cs.Money(1_000_000, "CNY"))
        newer = attrs.evolve(drafted, obligation=owed)
        ledger.state(drafted.id, said, tokens=world.tokens, at=NOW)
        ledger.amend(cleared(newer), tokens=world.tokens, at=NOW)
        ledger.exempt(drafted.id, until=TODAY - 2 * DAY, on=TODAY, cause=Cause.ILLNESS, at=NOW)
        path, _ = world.seal(ledger, "2.csb", since=1, to=[world.lender.public])
        world.apply(registry, path)
        by = AuditedBy(AuditLog(audit, key=AuditKey.generate()), "desk-7", "form 17")
        screener = Screener(
            registry, tokens=world.tokens, role=cs.Role.LENDER, measures=cs.measures("cn")
        )
        (answer,) = screener.screen([who], purpose=cs.Purpose.CREDIT_APPLICATION, at=NOW, audit=by)
        made = Papers(
            issuer_report(
                ledger,
                applicant(1, name=drafted.borrower.name),
                contact=OFFICE,
                book=BOOK,
                calendar_of=lambda _: PLAIN,
                at=NOW,
            ),
            recipient_report(
                screener, who, audit=by, origin="lender", contact=OFFICE, book=BOOK, at=NOW
            ),
            adverse_action_notice(
                answer.matches[0],
                subject=who,
                decision="贷款申请未予批准。",
                measures=["LOAN_LIMIT"],
                origin="lender",
                contact=OFFICE,
                issuer=Contact("Platform X", HOSTILE),
                book=BOOK,
                on=TODAY,
            ),
        )
    world.close()
    return made


def hostile() -> Listing:
    """A listing whose every free text is made to break a page."""
    drafted = listing(1)
    assert drafted.basis is not None
    assert drafted.notice is not None
    return attrs.evolve(
        drafted,
        borrower=person(1, name=f"{HOSTILE}{ARABIC}", birth_date=dt.date(1980, 5, 17)),
        obligation=attrs.evolve(drafted.obligation, creditor=HOSTILE),
        basis=attrs.evolve(drafted.basis, instrument=HOSTILE),
        notice=attrs.evolve(drafted.notice, remedy=f"{LONG}\n{HOSTILE}\n\nStatus: ended"),
    )
