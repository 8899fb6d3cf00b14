"""A document as plain text, for a terminal or a letter."""

from __future__ import annotations

from collections.abc import Iterator

from creditshare.disclosure.document import (
    Block,
    Bullets,
    Document,
    Facts,
    Paragraph,
    Signatures,
)
from creditshare.disclosure.language import Language

__all__ = ["text_of"]

_RULE = 72


def text_of(document: Document) -> str:
    """A document as text.

    A value of several lines is quoted, with a bar before each of its lines: whatever an agency
    wrote, no line of it can look like one of ours.

    Args:
        document: What to write.
    """
    colon = "：" if document.language is Language.CHINESE else ": "
    lines = [document.title, "=" * _RULE, *_block(document.head, colon)]
    for part in document.parts:
        lines += ["", part.title, ("-" if part.level == 2 else "·") * _RULE]
        for block in part.blocks:
            lines += _block(block, colon)
    return "\n".join(lines) + "\n"


def _block(block: Block, colon: str) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield from _quoted(block.text) if "\n" in block.text else (block.text,)
    elif isinstance(block, Facts):
        for name, value in block.rows:
            yield from _fact(name, value, colon, "")
    elif isinstance(block, Bullets):
        yield from (f"- {item}" for item in block.items)
    elif isinstance(block, Signatures):
        for name in block.lines:
            yield f"{name}{colon}{'_' * 30}"
    else:
        for number, row in enumerate(block.rows, 1):
            for place, (name, value) in enumerate(zip(block.header, row, strict=True)):
                lead = f"{number}. " if place == 0 else "   "
                if value or place == 0:
                    yield from _fact(name, value, colon, lead)


def _fact(name: str, value: str, colon: str, lead: str) -> Iterator[str]:
    if "\n" in value:
        yield f"{lead}{name}{colon}".rstrip()
        yield from _quoted(value)
    else:
        yield f"{lead}{name}{colon}{value}".rstrip()


def _quoted(value: str) -> Iterator[str]:
    return (f"     | {line}" for line in value.split("\n"))
