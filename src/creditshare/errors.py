"""Every error that creditshare raises, grouped by whose fault it is.

::

    CreditshareError
    ├── InputError                    what came from outside is not what it must be
    │   ├── IdentifierError           a number that no borrower can have, with its `kind`
    │   ├── InvalidValueError         a value with faults, all of them in `faults`
    │   ├── LayoutError               a report file that cannot be read at all
    │   ├── RulebookError             a rulebook or catalogue with a mistake in it
    │   └── FileError                 a file that is missing, not regular or too large
    ├── BundleError                   a sealed file that must not be believed
    │   ├── MalformedError            its bytes break the format
    │   ├── UnsupportedSuiteError     another version or cryptographic suite
    │   ├── NotForUsError             it was not sealed to this agency
    │   ├── SignatureError            a signature does not verify
    │   ├── ExpiredError              too old, too long-lived, or from the future
    │   ├── UnauthorisedIssuerError   no licence, role or custody for what it says
    │   ├── RollbackError             older than, or before, what is already held
    │   ├── SequenceGapError          something was said in between; `held` and `needed`
    │   └── ForkError                 two histories signed by one issuer
    ├── TokenError                    the token key does not fit
    │   ├── UnknownEpochError         no key for that epoch is held
    │   ├── WrongTokenKeyError        another key under the same epoch name
    │   ├── ReplacedEpochError        the epoch was replaced by a newer one
    │   ├── ExpiredEpochError         the epoch is over
    │   └── TokenServiceError         a remote evaluation failed or refused
    ├── KeyMaterialError              a key that must not be used
    │   └── PassphraseError           a passphrase is missing, wrong, or not wanted
    ├── RosterError                   a roster that must not be believed, or a name not in it
    ├── StoreError                    the database cannot be used
    ├── AuditError                    the log of queries was tampered with; `breaks` says where
    └── MisuseError                   the caller broke a rule of this library
        ├── ForgedValueError          a value that only creditshare may make
        ├── IllegalMoveError          a step that the life of a listing does not allow; `step`
        ├── NothingNewError           nothing was said since the checkpoint a delta starts from
        └── NotListedError            no such live listing in this ledger

No message repeats an identifier, a name, a key or a payload.
"""

from __future__ import annotations

import enum

import attrs

__all__ = [
    "AuditBreak",
    "AuditError",
    "BundleError",
    "CreditshareError",
    "ExpiredEpochError",
    "ExpiredError",
    "Fault",
    "FileError",
    "ForgedValueError",
    "ForkError",
    "IdentifierError",
    "IdentifierFault",
    "IllegalMoveError",
    "InputError",
    "InvalidValueError",
    "KeyMaterialError",
    "LayoutError",
    "MalformedError",
    "MisuseError",
    "NotForUsError",
    "NotListedError",
    "NothingNewError",
    "PassphraseError",
    "ReplacedEpochError",
    "RollbackError",
    "RosterError",
    "RulebookError",
    "SequenceGapError",
    "SignatureError",
    "StoreError",
    "TokenError",
    "TokenServiceError",
    "UnauthorisedIssuerError",
    "UnknownEpochError",
    "UnsupportedSuiteError",
    "WrongTokenKeyError",
]


class CreditshareError(Exception):
    """The root: catch this to catch everything creditshare raises."""


# -- What came from outside is not what it must be ---------------------------------


class InputError(CreditshareError):
    """A value or a file from outside cannot be used."""


class IdentifierFault(enum.StrEnum):
    """Why a number is not an identifier. Stable: published vectors name these."""

    EMPTY = "empty"
    MASKED = "masked"
    DIGITS_LOST = "digits-lost"
    PLACEHOLDER = "placeholder"
    CHARACTERS = "characters"
    LENGTH = "length"
    FORM = "form"
    DATE = "date"
    CHECK = "check"
    COUNTRY = "country"
    SCHEME = "scheme"
    FORBIDDEN = "forbidden"


class IdentifierError(InputError):
    """A text is not an identifier of the scheme it was parsed as.

    Attributes:
        scheme: The scheme's name, such as ``"cn-rid"``.
        kind: What is wrong with it.
        problem: The same in words, without the text.
    """

    def __init__(self, scheme: str, kind: IdentifierFault, problem: str) -> None:
        super().__init__(scheme, kind, problem)
        self.scheme = scheme
        self.kind = kind
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.scheme}: {self.problem}"


@attrs.frozen
class Fault:
    """One thing wrong with one field of a value, without the value.

    Attributes:
        field: The field's name.
        problem: What is wrong with it.
    """

    field: str
    problem: str

    def __str__(self) -> str:
        return f"{self.field}: {self.problem}"


class InvalidValueError(InputError):
    """A value cannot be made.

    Attributes:
        what: What kind of value.
        faults: Every reason, not only the first.
    """

    def __init__(self, what: str, faults: tuple[Fault, ...]) -> None:
        super().__init__(what, faults)
        self.what = what
        self.faults = faults

    def __str__(self) -> str:
        return f"{self.what}: " + "; ".join(map(str, self.faults))


class LayoutError(InputError):
    """A report file cannot be read at all (one bad row never raises this)."""


class RulebookError(InputError):
    """A rulebook, catalogue or batch description has a mistake; the text says where."""


class FileError(InputError):
    """A file is missing, is not a regular file, or is larger than its kind may be."""


# -- A sealed file that must not be believed ----------------------------------------


class BundleError(CreditshareError):
    """A sealed file must not be believed."""


class MalformedError(BundleError):
    """The bytes break the format: truncated, extended, reordered, or not canonical."""


class UnsupportedSuiteError(BundleError):
    """Another format version, or another cryptographic suite than this library has."""


class NotForUsError(BundleError):
    """The file was not sealed to this agency, or was re-wrapped for it by another."""


class SignatureError(BundleError):
    """A signature, or one half of a hybrid signature, does not verify."""


class ExpiredError(BundleError):
    """The statement is past its expiry, lives too long, or comes from the future."""


class UnauthorisedIssuerError(BundleError):
    """The issuer has no licence, role or custody for what it says, then or now."""


class RollbackError(BundleError):
    """The file is older than what the registry already holds."""


class SequenceGapError(BundleError):
    """A delta starts from a state the registry does not hold yet.

    Attributes:
        held: The sequence number the registry holds, 0 for none.
        needed: The sequence number the delta starts from.
    """

    def __init__(self, held: int, needed: int) -> None:
        super().__init__(held, needed)
        self.held = held
        self.needed = needed

    def __str__(self) -> str:
        return (
            f"the delta starts from checkpoint {self.needed} but the registry holds {self.held}; "
            "apply what lies between, or a full bundle"
        )


class ForkError(BundleError):
    """One issuer signed two histories. Both are kept as evidence in the registry."""


# -- The token key does not fit ------------------------------------------------------


class TokenError(CreditshareError):
    """The token key does not fit; nobody may be called clear."""


class UnknownEpochError(TokenError):
    """No key for that epoch is held."""


class WrongTokenKeyError(TokenError):
    """A key is held under that epoch's name, but it is not the exchange's key."""


class ReplacedEpochError(TokenError):
    """The epoch was replaced by a newer one; move to it first."""


class ExpiredEpochError(TokenError):
    """The epoch is over, or has not begun."""


class TokenServiceError(TokenError):
    """A remote token evaluation failed, or refused for its rate limit."""


# -- Keys, roster, store -------------------------------------------------------------


class KeyMaterialError(CreditshareError):
    """A key has the wrong length, is low-order, or is not in canonical form."""


class PassphraseError(KeyMaterialError):
    """A key file needs a passphrase that was not given, another one, or none."""


class RosterError(CreditshareError):
    """A roster must not be believed, or does not know the agency asked for."""


class StoreError(CreditshareError):
    """The database cannot be opened, is of another kind, or failed."""


@attrs.frozen
class AuditBreak:
    """One place where the log of queries is not what was written, without what stands there.

    Attributes:
        number: The row's number.
        problem: What is wrong with it.
    """

    number: int
    problem: str

    def __str__(self) -> str:
        return f"row {self.number}: {self.problem}"


class AuditError(CreditshareError):
    """The log of queries is not what was written.

    Attributes:
        breaks: Where, in order.
    """

    def __init__(self, breaks: tuple[AuditBreak, ...]) -> None:
        super().__init__(breaks)
        self.breaks = breaks

    def __str__(self) -> str:
        return "the log of queries: " + "; ".join(map(str, self.breaks))


# -- The caller broke a rule ------------------------------------------------------------


class MisuseError(CreditshareError):
    """The call breaks a rule of this library; the text says which."""


class ForgedValueError(MisuseError):
    """A cleared listing or an opened bundle can only come from `review` and `open`."""


class IllegalMoveError(MisuseError):
    """A step that is not possible in the life of a listing, where it stands.

    Attributes:
        step: Which step, such as ``"listed"``.
        state: Where the case stands, such as ``"prepared"``.
        problem: What else is in the way, if the step as such is possible there; or empty.
    """

    def __init__(self, step: str, state: str, problem: str = "") -> None:
        super().__init__(step, state, problem)
        self.step = step
        self.state = state
        self.problem = problem

    def __str__(self) -> str:
        why = f": {self.problem}" if self.problem else ""
        return f"what is {self.state} cannot become {self.step}{why}"


class NothingNewError(MisuseError):
    """Nothing was said since the checkpoint that a delta would start from."""


class NotListedError(MisuseError):
    """This ledger holds no live listing with that id."""
