"""Files that may be standard input or output, written ``-``.

What is believed only whole (a bundle, a report) goes through a file of its own that nobody else can
read and that is gone afterwards: half of it is never acted upon.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from creditshare.errors import FileError
from creditshare.files import open_regular

__all__ = [
    "BUNDLE",
    "FEEDBACK",
    "SEALED",
    "STANDARD",
    "TOKEN_KEY",
    "as_input_file",
    "as_output_file",
    "check_kind",
    "input_stream",
]

STANDARD = Path("-")
SEALED = b"\x89CSB"
"""How a sealed file begins."""
BUNDLE, TOKEN_KEY, FEEDBACK = range(1, 4)
"""What a sealed file may hold; its header says it."""
_CONTENT_AT = 10
_HEAD_MAX = 64 * 1024


@contextlib.contextmanager
def as_input_file(path: Path) -> Iterator[Path]:
    """A path that can be read from its beginning to its end, more than once."""
    if path != STANDARD:
        yield path
        return
    with _aside() as folder:
        spooled = folder / "standard-input"
        with _telling("read standard input"), open(spooled, "xb", opener=_private) as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        yield spooled


@contextlib.contextmanager
def as_output_file(path: Path, content: int) -> Iterator[Path]:
    """A path to write a whole sealed file to; for standard output it is copied there at the end.

    Args:
        path: Where it goes.
        content: What it holds; a sealed file of other content stays, such as a token key.

    Raises:
        FileError: if a file of another kind is there.
    """
    if path != STANDARD:
        right = bytes([content])
        check_kind(
            path,
            lambda head: head.startswith(SEALED) and head[_CONTENT_AT : _CONTENT_AT + 1] == right,
        )
        yield path
        return
    with _aside() as folder:
        spooled = folder / "standard-output"
        yield spooled
        with spooled.open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)
        sys.stdout.buffer.flush()


def check_kind(path: Path, right: Callable[[bytes], bool]) -> None:
    """Nothing but a file of the same kind is written over: keys and ledgers never come back.

    Args:
        path: What is to be written.
        right: Whether a file that begins so is of that kind; an empty one is written over too.

    Raises:
        FileError: if a file of another kind is there, or no regular file.
    """
    if os.path.lexists(path):
        with open_regular(path) as (file, size):
            if size and not right(file.read(_HEAD_MAX)):
                raise FileError("a file of another kind is there; it stays")


@contextlib.contextmanager
def input_stream(path: Path) -> Iterator[BinaryIO]:
    """A stream to read as it comes, in little memory.

    Raises:
        FileError: if it cannot be opened.
    """
    if path == STANDARD:
        yield sys.stdin.buffer
        return
    with _telling("open the input"):
        file = path.open("rb")
    with file:
        yield file


@contextlib.contextmanager
def _aside() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="creditshare-") as folder:  # mode 0700
        yield Path(folder)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


@contextlib.contextmanager
def _telling(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FileError(f"cannot {what}: {error.strerror}") from None
