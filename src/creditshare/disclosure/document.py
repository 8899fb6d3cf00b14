"""A printed document, in one language and without a form: what every rendering starts from."""

from __future__ import annotations

import attrs

from creditshare.disclosure.language import Language

__all__ = ["Block", "Bullets", "Document", "Facts", "Paragraph", "Part", "Signatures", "Table"]


@attrs.frozen
class Paragraph:
    """One paragraph."""

    text: str


@attrs.frozen
class Facts:
    """Names and values, one below the other; a value may have several lines."""

    rows: tuple[tuple[str, str], ...]


@attrs.frozen
class Table:
    """Rows under a header, as many cells in each.

    Attributes:
        header: What stands above the columns.
        rows: The cells.
        widths: How wide the columns are, in proportion to one another.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]


@attrs.frozen
class Bullets:
    """A list."""

    items: tuple[str, ...]


@attrs.frozen
class Signatures:
    """Blank lines, to be signed by hand on paper."""

    lines: tuple[str, ...]


Block = Paragraph | Facts | Table | Bullets | Signatures


@attrs.frozen
class Part:
    """A heading and what stands below it.

    Attributes:
        title: The heading.
        blocks: What stands below.
        level: 2 for a part, 3 for one inside it.
    """

    title: str
    blocks: tuple[Block, ...]
    level: int = 2


@attrs.frozen
class Document:
    """A document.

    Attributes:
        language: Of all its texts but those of others.
        title: What it is.
        agency: Who hands it out.
        head: What it is about.
        parts: The rest, in order.
    """

    language: Language
    title: str
    agency: str
    head: Facts
    parts: tuple[Part, ...]
