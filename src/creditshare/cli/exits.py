"""What each exit code means: one for each branch of the error tree, and the ways to end without.

docs/reference/cli-behaviour.md has the same table; a test holds the two and the command together.
"""

from __future__ import annotations

import re
from typing import Final, TypeVar

from creditshare.errors import (
    AuditError,
    BundleError,
    CreditshareError,
    ExpiredEpochError,
    ExpiredError,
    FileError,
    ForkError,
    IllegalMoveError,
    InputError,
    KeyMaterialError,
    MisuseError,
    NotForUsError,
    NothingNewError,
    NotListedError,
    PassphraseError,
    ReplacedEpochError,
    RollbackError,
    RosterError,
    RulebookError,
    SequenceGapError,
    StoreError,
    TokenError,
    UnauthorisedIssuerError,
    UnknownEpochError,
    UnsupportedSuiteError,
    WrongTokenKeyError,
)

__all__ = [
    "BROKEN_PIPE",
    "BUG",
    "CODES",
    "DONE",
    "INTERRUPTED",
    "NOTHING_TO_DO",
    "NOT_INSTALLED",
    "OVERDUE",
    "REFUSED_ROWS",
    "USAGE",
    "code_of",
    "hint_of",
    "hinted",
    "without_people",
]

E = TypeVar("E", bound=CreditshareError)
_PERHAPS_A_PERSON = re.compile(r"[^\s'(),/]*(?:\d{6}|[^\x00-\x7f])[^\s'(),/]*", re.ASCII)

DONE: Final = 0
BUG: Final = 1
USAGE: Final = 2
REFUSED_ROWS: Final = 3
NOTHING_TO_DO: Final = 14
NOT_INSTALLED: Final = 15
OVERDUE: Final = 17
INTERRUPTED: Final = 130
BROKEN_PIPE: Final = 141

CODES: Final[dict[type[CreditshareError], int]] = {
    InputError: 4,
    BundleError: 5,
    UnauthorisedIssuerError: 6,
    ExpiredError: 7,
    SequenceGapError: 8,
    TokenError: 9,
    KeyMaterialError: 10,
    RosterError: 11,
    StoreError: 12,
    AuditError: 16,
    MisuseError: 13,
    NothingNewError: NOTHING_TO_DO,
    NotListedError: NOTHING_TO_DO,
}
"""The code of each error; an error that is not named has the code of the class it comes from."""

_HINTS: Final[dict[type[CreditshareError], str]] = {
    InputError: "mend the input at the place named, and run the command again",
    FileError: "check the path; links, pipes and devices are not followed, `-` is a pipe",
    RulebookError: "mend the TOML at the place named; --help says which names the library has",
    BundleError: "do not use the file; ask its issuer to send it again, and tell the steward",
    UnsupportedSuiteError: "the file comes from another version of creditshare: update this one",
    NotForUsError: "ask the issuer to seal it to the keys that the roster has for you",
    UnauthorisedIssuerError: "get the newest roster; if it says the same, do not use the file",
    ExpiredError: "ask the issuer for a fresh bundle, and check this machine's clock",
    RollbackError: "a newer bundle was applied before: look for a file sent late or twice",
    SequenceGapError: "apply the bundles in between, or ask the issuer for a full one",
    ForkError: "the issuer signed two histories; both are kept as evidence: tell the steward",
    TokenError: "get the epoch's key from the steward: creditshare tokens receive FILE",
    UnknownEpochError: "get the epoch's key from the steward: creditshare tokens receive FILE",
    WrongTokenKeyError: "ask the steward which key is the exchange's; creditshare tokens list",
    ReplacedEpochError: "creditshare retoken moves a ledger to the epoch that replaced its own",
    ExpiredEpochError: "get the next epoch's key: creditshare tokens receive FILE; a ledger moves "
    "to it by creditshare retoken",
    KeyMaterialError: "check --key; a lost or damaged key is replaced by keygen and a new roster",
    PassphraseError: "give it by --passphrase-fd, CREDITSHARE_PASSPHRASE or on a terminal",
    RosterError: "get the newest roster from the steward: creditshare roster receive FILE",
    AuditError: "do not use the log; secure the machine, and compare the heads you noted",
    StoreError: "check --home and the path, the disk, and whether another process holds it",
    IllegalMoveError: "the step does not follow from where the case stands: creditshare case list "
    "and due tell what comes next; --on gives a step another day",
    MisuseError: "creditshare COMMAND --help says what the command needs",
    NothingNewError: "nothing was sealed; the recipients hold the latest state",
    NotListedError: "nothing was changed; creditshare explain tells what was said of a borrower",
    CreditshareError: "creditshare COMMAND --help says what the command needs",
}


def code_of(error: CreditshareError) -> int:
    """The exit code of an error."""
    return next(CODES[kind] for kind in type(error).__mro__ if kind in CODES)


def hint_of(error: CreditshareError) -> str:
    """What whoever reads an error can do about it."""
    for note in getattr(error, "__notes__", ()):
        return str(note)
    return next(_HINTS[kind] for kind in type(error).__mro__ if kind in _HINTS)


def without_people(typed: str) -> str:
    """What somebody typed, without the words that may name a person by a number or a name."""
    return _PERHAPS_A_PERSON.sub("…", typed)


def hinted(error: E, hint: str) -> E:
    """An error of which a command knows better than its class what to do about it."""
    error.add_note(hint)
    return error
