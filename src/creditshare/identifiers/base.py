"""What every identifier scheme has in common."""

from __future__ import annotations

import datetime as dt
import enum
from typing import ClassVar, Self

import attrs

from creditshare.errors import IdentifierError, IdentifierFault, MisuseError

__all__ = ["CANONICAL_FORM_VERSION", "Holder", "Identifier"]

CANONICAL_FORM_VERSION = 1
"""The version of every scheme's canonical form; part of what is tokenised."""

_SHOWN = 2
_set = object.__setattr__


class Holder(enum.StrEnum):
    """Who can hold an identifier of a scheme."""

    PERSON = "person"
    ORGANISATION = "organisation"


@attrs.frozen(repr=False)
class Identifier:
    """One identifier in canonical form. Make one with the `parse` of its scheme's class.

    Two agencies that never speak derive the same token from the same document only if they agree
    on every character, so the canonical form is this library's own, versioned, and pinned by
    test vectors.

    Attributes:
        value: The canonical form: upper-case ASCII letters and digits, never a separator.
        country: ISO 3166-1 alpha-2, where the same number can exist in several countries;
            otherwise empty.
    """

    SCHEME: ClassVar[str] = "identifier"
    HOLDER: ClassVar[Holder | None]
    """Who holds the numbers of this scheme; None where both do."""
    STRONG: ClassVar[bool]
    """Whether it identifies alone, up to the errors of its register. A weak one corroborates, and
    is never tokenised."""

    value: str
    country: str = ""

    def __attrs_post_init__(self) -> None:
        # The constructor is public, so it must not be a way around the checks of `parse`.
        if self.canonical(self.value, self.country) != (self.value, self.country):
            raise self._fault(IdentifierFault.FORM, "not in canonical form; use parse()")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an identifier as people and spreadsheets write it.

        Args:
            text: With spaces, hyphens, full-width or look-alike characters, as found.

        Raises:
            IdentifierError: with its `kind`; the message never repeats the text.
        """
        return cls._trusted(*cls.canonical(text))

    @classmethod
    def canonical(cls, text: str, country: str = "") -> tuple[str, str]:
        """The canonical value and country of a text; what a scheme defines.

        Args:
            text: As found.
            country: The issuing country, for a scheme that needs it.

        Raises:
            IdentifierError: if the text is not an identifier of this scheme.
        """
        raise cls._fault(IdentifierFault.SCHEME, "parse with the class of a scheme")

    @property
    def birth_date(self) -> dt.date | None:
        """The holder's birth date, where the number tells it."""
        return None

    @property
    def holder(self) -> Holder | None:
        """Who holds this one; None if it may be either."""
        return self.HOLDER

    @property
    def masked(self) -> str:
        """For a clerk's screen: four stars and the last two characters, after the country if any.

        Enough to tell a borrower's documents apart. Of a resident number it leaves one in 110:
        some nine candidates even to one who knows region and birth date, where four characters
        would leave one. Never give it out together with a token of the same identifier.
        """
        return f"{self.country} ****{self.value[-_SHOWN:]}".lstrip()

    @property
    def token_text(self) -> str:
        """What is tokenised: ``version:scheme:country:value``, none of which contains a colon.

        Raises:
            MisuseError: for a weak identifier: whoever was found by it may be somebody else.
        """
        if not self.STRONG:
            raise MisuseError(f"{self.SCHEME} is weak; it corroborates and is never tokenised")
        return f"{CANONICAL_FORM_VERSION}:{self.SCHEME}:{self.country}:{self.value}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} (hidden)>"

    @classmethod
    def _trusted(cls, value: str, country: str) -> Self:
        """An instance of what `canonical` returned, without checking it a second time."""
        self = object.__new__(cls)
        _set(self, "value", value)
        _set(self, "country", country)
        return self

    @classmethod
    def _fault(cls, kind: IdentifierFault, problem: str) -> IdentifierError:
        return IdentifierError(cls.SCHEME, kind, problem)
