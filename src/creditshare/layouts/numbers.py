"""From one cell to an identifier: which schemes a column can hold, tried in order.

A spreadsheet keeps 15 digits of a number. An identity number that went through one as a number
ends in ``000``; one in 11 of those passes the check and would name a stranger, so each is refused.
So is, wrongly, one real number in about 1,000: its row must be reported in another way.
"""

from __future__ import annotations

import re

from creditshare.errors import IdentifierError, IdentifierFault
from creditshare.identifiers import SCHEMES, Identifier, PermanentResidentID, ResidentID
from creditshare.layouts.refusal import RefusalKind, Refused
from creditshare.layouts.text import squeeze

__all__ = [
    "read_chinese_organisation",
    "read_chinese_person",
    "read_scheme",
    "refused_number",
]

_ROUNDED = re.compile(r"[1-9][0-9]{14}000")
_OLDER_CARD = re.compile(r"(?!XXX)[A-Z]{3}[0-9]{12}")
_ORGANISATION_CODE = 9
_QUOTE_MARKS = "'`\u2018\u2019"


def read_chinese_person(text: str) -> Identifier | Refused:
    """A resident's number, or a foreigner's permanent resident card's of either form."""
    number = _bare(text)
    if _ROUNDED.fullmatch(number):
        return _rounded()
    try:
        if _OLDER_CARD.fullmatch(number.upper()):
            return PermanentResidentID.parse(text)
        return _resident(text)
    except IdentifierError as error:
        return refused_number(error)


def read_chinese_organisation(text: str) -> Identifier | Refused:
    """A unified social credit code, or the organisation code that came before it."""
    older = len(_bare(text)) == _ORGANISATION_CODE and "cn-org" in SCHEMES
    return read_scheme("cn-org" if older else "cn-uscc", text)


def read_scheme(scheme: str, text: str) -> Identifier | Refused:
    """An identifier of one scheme, by the scheme's name."""
    if scheme not in SCHEMES:
        problem = "of a scheme that this version does not know"
        return Refused(RefusalKind.IDENTIFIER_SCHEME, problem)
    if _ROUNDED.fullmatch(_bare(text)):
        return _rounded()
    try:
        return SCHEMES[scheme].parse(text)
    except IdentifierError as error:
        return refused_number(error)


def refused_number(error: IdentifierError) -> Refused:
    """What a scheme found; its text is the scheme and a fixed problem, never the number."""
    return Refused(RefusalKind(f"identifier-{error.kind}"), str(error))


def _resident(text: str) -> Identifier:
    try:
        return ResidentID.parse(text)
    except IdentifierError as error:
        if error.kind is not IdentifierFault.SCHEME:
            raise
    return PermanentResidentID.parse(text)


def _bare(text: str) -> str:
    if text.isascii() and text.isalnum():
        return text
    return squeeze(text).strip(_QUOTE_MARKS).replace("-", "")


def _rounded() -> Refused:
    problem = "ends in 000: a spreadsheet has probably rounded it"
    return Refused(RefusalKind.IDENTIFIER_DIGITS_LOST, problem)
