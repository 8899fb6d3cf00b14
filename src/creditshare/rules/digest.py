"""The digest of a catalogue: two that say the same have the same, whatever file they came from."""

from __future__ import annotations

import json
from typing import Any

import attrs

from creditshare.crypto.suite import sha256

__all__ = ["digest_of"]


def digest_of(*content: object) -> bytes:
    """SHA-256 of the canonical JSON of some content: keys sorted, no spaces, 32 bytes.

    Args:
        content: Texts, numbers, truths, tuples, and attrs values of such.
    """
    options: dict[str, Any] = {"sort_keys": True, "ensure_ascii": False, "separators": (",", ":")}
    return sha256(json.dumps(content, default=_fields, **options).encode())


def _fields(value: attrs.AttrsInstance) -> dict[str, object]:
    return {field.name: getattr(value, field.name) for field in attrs.fields(type(value))}
