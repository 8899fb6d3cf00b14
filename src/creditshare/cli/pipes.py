"""Files that may be standard input or output, written ``-``.

What is believed only whole (a bundle, a report) goes through a file of its own that nobody else can
read and that is gone afterwards: half of it is never acted upon.
"""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from creditshare.errors import FileError

__all__ = ["STANDARD", "as_input_file", "as_output_file", "input_stream"]

STANDARD = Path("-")


@contextlib.contextmanager
def as_input_file(path: Path) -> Iterator[Path]:
    """A path that can be read from its beginning to its end, more than once."""
    if path != STANDARD:
        yield path
        return
    with _aside() as folder:
        spooled = folder / "standard-input"
        with _telling("read standard input"), spooled.open("xb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        yield spooled


@contextlib.contextmanager
def as_output_file(path: Path) -> Iterator[Path]:
    """A path to write a whole file to; for standard output it is copied there at the end."""
    if path != STANDARD:
        yield path
        return
    with _aside() as folder:
        spooled = folder / "standard-output"
        yield spooled
        with spooled.open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)
        sys.stdout.buffer.flush()


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


@contextlib.contextmanager
def _telling(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FileError(f"cannot {what}: {error.strerror}") from None
