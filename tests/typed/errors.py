"""The errors, as a type checker sees them. Checked, never run."""

from __future__ import annotations

from typing import assert_type

import creditshare as cs
from creditshare.errors import (
    BundleError,
    Fault,
    IdentifierError,
    IdentifierFault,
    InvalidValueError,
    SequenceGapError,
)


def told() -> None:
    """One root catches all; what a program may act on is data."""
    try:
        cs.ResidentID.parse("")
    except IdentifierError as error:
        assert_type(error.kind, IdentifierFault)
    except InvalidValueError as error:
        assert_type(error.faults, tuple[Fault, ...])
    except SequenceGapError as error:
        assert_type((error.held, error.needed), tuple[int, int])
    except BundleError as error:
        root: cs.CreditshareError = error
        raise root from None


def closed() -> None:
    """The vocabularies are enumerations: a text is not a code."""
    cs.Conduct("ABSCOND", start=None)  # type: ignore[arg-type]
    code: cs.model.ConductCode = "ABSCOND"  # type: ignore[assignment]
    assert_type(code.term, str)
