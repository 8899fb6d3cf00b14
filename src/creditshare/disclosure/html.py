"""A document as one page of HTML that prints: no script, nothing fetched from elsewhere.

The page is built as a tree and written by the standard library, which escapes every text and
attribute: there is no template in which one could be forgotten.
"""

from __future__ import annotations

import base64
import functools
from xml.etree.ElementTree import Element, SubElement, tostring

from creditshare.crypto.suite import sha256
from creditshare.disclosure.document import (
    Block,
    Bullets,
    Document,
    Facts,
    Paragraph,
    Signatures,
    Table,
)
from creditshare.disclosure.language import Language
from creditshare.disclosure.texts import packaged

__all__ = ["html_of"]

_LANG = {Language.ENGLISH: "en", Language.CHINESE: "zh-Hans"}


def html_of(document: Document) -> str:
    """A document as a self-contained page.

    Args:
        document: What to write.
    """
    page = Element("html", lang=_LANG[document.language])
    head = SubElement(page, "head")
    SubElement(head, "meta", charset="utf-8")
    SubElement(head, "meta", {"http-equiv": "Content-Security-Policy", "content": _policy()})
    SubElement(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    SubElement(head, "meta", name="robots", content="noindex")
    _add(head, "title", f"{document.title} — {document.agency}")
    _add(head, "style", _style())
    main = SubElement(SubElement(page, "body"), "main")
    header = SubElement(main, "header")
    _add(header, "p", document.agency, "agency")
    _add(header, "h1", document.title)
    _block(header, document.head)
    for part in document.parts:
        section = SubElement(main, "section", {"class": f"level-{part.level}"})
        _add(section, f"h{part.level}", part.title)
        for block in part.blocks:
            _block(section, block)
    return "<!DOCTYPE html>\n" + tostring(page, "unicode", method="html") + "\n"


@functools.cache
def _style() -> str:
    return packaged("page.css")


@functools.cache
def _policy() -> str:
    """Nothing may be loaded or run; the one style is named by its digest."""
    digest = base64.b64encode(sha256(_style().encode())).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _add(parent: Element, tag: str, text: str, css: str = "") -> Element:
    element = SubElement(parent, tag, {"class": css} if css else {})
    element.text = text
    return element


def _block(parent: Element, block: Block) -> None:
    if isinstance(block, Paragraph):
        _add(parent, "p", block.text)
    elif isinstance(block, Facts):
        table = SubElement(SubElement(parent, "table", {"class": "facts"}), "tbody")
        for name, value in block.rows:
            row = SubElement(table, "tr")
            _add(row, "th", name).set("scope", "row")
            _add(row, "td", value)
    elif isinstance(block, Bullets):
        items = SubElement(parent, "ul")
        for item in block.items:
            _add(items, "li", item)
    elif isinstance(block, Signatures):
        lines = SubElement(parent, "div", {"class": "signatures"})
        for line in block.lines:
            _add(lines, "p", line)
    else:
        _table(parent, block)


def _table(parent: Element, block: Table) -> None:
    table = SubElement(parent, "table", {"class": "rows"})
    columns = SubElement(table, "colgroup")
    for width in block.widths:
        SubElement(columns, "col", width=f"{100 * width / sum(block.widths):.1f}%")
    header = SubElement(SubElement(table, "thead"), "tr")
    for name in block.header:
        _add(header, "th", name).set("scope", "col")
    body = SubElement(table, "tbody")
    for cells in block.rows:
        row = SubElement(body, "tr")
        for cell in cells:
            _add(row, "td", cell)
