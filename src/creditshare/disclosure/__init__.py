"""Disclosure: what a person is told, on paper, as text or as data.

::

    report    the values: the issuer's report, the recipient's, the notice after a match
    asker     whether what was found is of the person who asks
    issuer    the issuer's report, made of what its ledger holds
    recipient the recipient's, and the notice, made of registry, executions and log of queries
    rights    what the person can do, as data with citations
    language  English and Chinese
    texts     every sentence of a report, in both
    words     the fields of a listing in words
    compose   a report as a document: which part follows which
    document  what a document is made of, without a form
    text      the document as plain text
    html      the document as one page that prints
    facts     what a listing says, as data
    plain     a report as data
    render    a report as text or page

    report = issuer_report(
        ledger, person, contact=Contact("Bank A"), book=book,
        calendar_of=lambda book: calendar(book.jurisdiction), at=now,
    )
    page = render_html(report, Language.CHINESE)

The issuer's report says what each recipient was sent exactly as they decrypt it, as long as the
listing lives; afterwards, when and to whom.
"""

from __future__ import annotations

from creditshare.disclosure.compose import Report
from creditshare.disclosure.issuer import issuer_report
from creditshare.disclosure.language import Language, Phrase
from creditshare.disclosure.plain import to_dict
from creditshare.disclosure.recipient import adverse_action_notice, recipient_report
from creditshare.disclosure.render import render_html, render_text
from creditshare.disclosure.report import (
    AdverseActionNotice,
    Finding,
    IssuerReport,
    RecipientReport,
    SaidListing,
)
from creditshare.disclosure.rights import Addressee, Contact, Paper, Right, rights

__all__ = [
    "Addressee",
    "AdverseActionNotice",
    "Contact",
    "Finding",
    "IssuerReport",
    "Language",
    "Paper",
    "Phrase",
    "RecipientReport",
    "Report",
    "Right",
    "SaidListing",
    "adverse_action_notice",
    "issuer_report",
    "recipient_report",
    "render_html",
    "render_text",
    "rights",
    "to_dict",
]
