"""Where rulebooks and catalogues come from: with the library, or from a file of the user's."""

from __future__ import annotations

import os
import re
from importlib import resources
from importlib.resources.abc import Traversable

from creditshare.errors import RulebookError
from creditshare.files import read_regular
from creditshare.toml import TEXT_MAX

__all__ = ["is_packaged", "packaged", "read_text"]

_NAME = re.compile(r"[a-z]+(?:-[a-z]+)*", re.ASCII)


def is_packaged(name: str) -> bool:
    """Whether a data file of that name comes with the library."""
    return bool(_NAME.fullmatch(name)) and _file(name).is_file()


def packaged(name: str) -> str:
    """The text of a data file that comes with the library.

    Raises:
        RulebookError: if there is none of that name.
    """
    if not is_packaged(name):
        raise RulebookError("no rulebook or catalogue of that name comes with this library")
    return _file(name).read_text("utf-8")


def read_text(path: str | os.PathLike[str]) -> str:
    """The text of a file: UTF-8, at most as long as a rulebook may be.

    Raises:
        FileError: if it is not there, no regular file, or larger.
        RulebookError: if it is not UTF-8.
    """
    try:
        return read_regular(path, TEXT_MAX).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RulebookError(f"not UTF-8: byte {error.start + 1}") from None


def _file(name: str) -> Traversable:
    return resources.files("creditshare.rules") / "data" / f"{name}.toml"
