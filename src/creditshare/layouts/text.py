"""How texts are compared: invisible characters, full-width forms and white space do not count."""

from __future__ import annotations

__all__ = ["clean", "squeeze", "visible"]

_INVISIBLE = dict.fromkeys(
    map(ord, "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff")
)
_FOLDED = (
    _INVISIBLE
    | {0xFF01 + i: chr(0x21 + i) for i in range(0x5E)}
    | {ord("\u3000"): " ", ord("\uffe5"): "\u00a5"}
)


def visible(text: str) -> str:
    """A text without zero-width characters and outer white space."""
    return text.translate(_INVISIBLE).strip()


def clean(text: str) -> str:
    """As `visible`, and full-width letters, digits and marks become ASCII."""
    return text.translate(_FOLDED).strip() if not text.isascii() else text.strip()


def squeeze(text: str) -> str:
    """As `clean`, and without white space inside: how names of columns and codes are compared."""
    return "".join(clean(text).split())
