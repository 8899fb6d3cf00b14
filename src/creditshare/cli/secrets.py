"""Passphrases and keys: from a terminal, the environment or a descriptor, never an argument.

Arguments stand in process lists and in the history of shells.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from creditshare.agency import KEY_FILE_MAX, Agency, is_locked
from creditshare.errors import FileError, PassphraseError
from creditshare.files import read_regular

__all__ = ["PASSPHRASE", "load_agency", "new_passphrase", "read_descriptor"]

PASSPHRASE = "CREDITSHARE_PASSPHRASE"  # noqa: S105 - the name of a variable
_PASSPHRASE_MAX = 4096


def load_agency(path: Path, descriptor: int | None, passphrase_descriptor: int | None) -> Agency:
    """An agency from its file of secret keys, or from a descriptor that gives the file's content.

    Raises:
        KeyMaterialError: if these are no secret keys, or the passphrase is wrong or missing.
        FileError: if they cannot be read.
    """
    if descriptor is None:
        data = read_regular(path, limit=KEY_FILE_MAX)
    else:
        data = read_descriptor(descriptor, KEY_FILE_MAX)
    if not is_locked(data):
        return Agency.from_bytes(data)
    return Agency.from_bytes(data, passphrase=_passphrase(passphrase_descriptor, os.environ))


def new_passphrase(descriptor: int | None) -> str:
    """The passphrase under which new keys are locked; asked twice on a terminal."""
    return _passphrase(descriptor, os.environ, new=True)


def read_descriptor(descriptor: int, limit: int) -> bytes:
    """Everything that an inherited descriptor gives, at most `limit` bytes.

    Raises:
        FileError: if it is not open for reading, or gives more.
    """
    try:
        with open(descriptor, "rb", closefd=False) as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise FileError(f"cannot read descriptor {descriptor}: {error.strerror}") from None
    if len(data) > limit:
        raise FileError(f"descriptor {descriptor} gives more than {limit} bytes")
    return data


def _passphrase(
    descriptor: int | None, environment: Mapping[str, str], *, new: bool = False
) -> str:
    if descriptor is not None:
        try:
            text = read_descriptor(descriptor, _PASSPHRASE_MAX).decode()
        except UnicodeDecodeError:
            raise PassphraseError("the passphrase is not in UTF-8") from None
        return text.removesuffix("\n").removesuffix("\r")
    if environment.get(PASSPHRASE):
        return environment[PASSPHRASE]
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise PassphraseError("a passphrase is needed, and there is no terminal to ask on")
    answer: str = click.prompt("Passphrase", hide_input=True, confirmation_prompt=new, err=True)
    return answer
