"""Reading and writing files without being tricked by what lies at the path.

Reads take only regular files, opened without following a symbolic link at the end of the path
and checked on the open descriptor, so that nothing can be swapped in between. Writes go to a
temporary file in the same folder, are flushed to the disk, and replace the target in one step:
a reader sees the old file or the new one, never half of it.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from creditshare.errors import FileError

__all__ = ["open_regular", "read_regular", "replacing"]

PathLike = str | os.PathLike[str]


@contextlib.contextmanager
def open_regular(path: PathLike) -> Iterator[tuple[BinaryIO, int]]:
    """Open a regular file for reading; gives the file and its size in bytes.

    Raises:
        FileError: if there is none, it is a link, a pipe or a device, or it cannot be read.
    """
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        descriptor = os.open(path, flags)
    except (OSError, ValueError, TypeError) as error:
        raise FileError(f"cannot open {_name(path)}: {_reason(error)}") from None
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise FileError(f"{_name(path)} is not a regular file")
    with open(descriptor, "rb") as file:
        yield file, status.st_size


def read_regular(path: PathLike, limit: int) -> bytes:
    """The bytes of a regular file of at most `limit` bytes.

    Raises:
        FileError: as `open_regular`, and for a larger file.
    """
    with open_regular(path) as (file, size):
        data = file.read(limit + 1)
    if size > limit or len(data) > limit:
        raise FileError(f"{_name(path)} is larger than the {limit} bytes its kind may have")
    return data


@contextlib.contextmanager
def replacing(path: PathLike, mode: int = 0o644, *, overwrite: bool = True) -> Iterator[BinaryIO]:
    """Write a file that appears whole or not at all.

    Args:
        path: What to write; a symbolic link there is replaced, not followed.
        mode: The permission bits of the new file; 0o600 for anything secret.
        overwrite: Whether a file that is there may be replaced.

    Raises:
        FileError: if the folder cannot be written, or a file is there that must stay.
    """
    try:
        target = Path(path)
        temporary = target.with_name(f".{target.name}.{secrets.token_hex(8)}.part")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = os.open(temporary, flags, mode)
    except (OSError, ValueError, TypeError) as error:
        raise FileError(f"cannot write {_name(path)}: {_reason(error)}") from None
    try:
        with open(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(descriptor)
        if overwrite:
            os.replace(temporary, target)
        else:
            os.link(temporary, target)  # unlike a rename, fails if the target is there
        _sync_folder(target.parent)
    except OSError as error:
        raise FileError(f"cannot write {_name(path)}: {_reason(error)}") from None
    finally:
        temporary.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _name(path: PathLike) -> str:
    return repr(os.fspath(path)) if isinstance(path, (str, os.PathLike)) else "that path"


def _reason(error: BaseException) -> str:
    return (error.strerror or "failed") if isinstance(error, OSError) else "not a path"
