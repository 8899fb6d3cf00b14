"""Where a rule or a measure stands: an article of one version of one instrument."""

from __future__ import annotations

import attrs

__all__ = ["Citation"]


@attrs.frozen
class Citation:
    """A place in the law; article numbers move, so the version is part of it."""

    instrument: str
    article: str
    version: str

    def __str__(self) -> str:
        return f"{self.instrument} art. {self.article} ({self.version})"
