"""A report or notice, ready to be handed out."""

from __future__ import annotations

from creditshare.arguments import expect
from creditshare.disclosure.compose import Report, compose, expect_report
from creditshare.disclosure.html import html_of
from creditshare.disclosure.language import Language
from creditshare.disclosure.text import text_of

__all__ = ["render_html", "render_text"]


def render_text(report: Report, language: Language) -> str:
    """A report as plain text.

    Args:
        report: Or a notice.
        language: Of our own words; what agencies wrote stays in theirs.
    """
    expect_report(report)
    expect(Language, language=language)
    return text_of(compose(report, language))


def render_html(report: Report, language: Language) -> str:
    """A report as one self-contained page, to be printed on A4.

    It holds no script and loads nothing; it forbids itself both.

    Args:
        report: Or a notice.
        language: Of our own words; what agencies wrote stays in theirs.
    """
    expect_report(report)
    expect(Language, language=language)
    return html_of(compose(report, language))
