"""The rulebooks and catalogues that come with the library."""

from __future__ import annotations

import re
from importlib import resources

from creditshare.errors import RulebookError

__all__ = ["packaged"]

_NAME = re.compile(r"[a-z]+(?:-[a-z]+)*", re.ASCII)


def packaged(name: str) -> str:
    """The text of a data file that comes with the library.

    Raises:
        RulebookError: if there is none of that name.
    """
    if isinstance(name, str) and _NAME.fullmatch(name):
        file = resources.files("creditshare.rules") / "data" / f"{name}.toml"
        if file.is_file():
            return file.read_text("utf-8")
    raise RulebookError("no rulebook or catalogue of that name comes with this library")
