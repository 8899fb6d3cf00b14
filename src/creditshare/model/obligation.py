"""What is owed, to whom, since when."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Context, Decimal

import attrs

from creditshare.model.faults import Faults

__all__ = ["Money", "Obligation"]

_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_MOST = 10**17
_RATE_STEP = Decimal("0.000001")
_EXACT = Context(prec=40)  # whatever context the caller has set


@attrs.frozen
class Money:
    """An amount in minor units (fen, paise, cents), never a fraction of one.

    Attributes:
        minor: The number of minor units, 0 to 10^17.
        currency: ISO 4217, such as ``"CNY"``.
    """

    minor: int
    currency: str

    def __attrs_post_init__(self) -> None:
        faults = Faults("money")
        faults.number("minor", self.minor, 0, _MOST)
        right = isinstance(self.currency, str) and bool(_CURRENCY.fullmatch(self.currency))
        faults.check("currency", right, "must be three upper-case letters (ISO 4217)")
        faults.raise_any()


@attrs.frozen(repr=False)
class Obligation:
    """One debt.

    Attributes:
        creditor: The name of whom it is owed to.
        principal: What was lent.
        outstanding: What is still owed, in the same currency.
        default_date: The first day on which payment was missed; None where a regime has debts
            without one (United Kingdom).
        annual_rate: The yearly interest rate as a fraction (0.24 is 24 %), to six decimals; None
            if not known. Interest above what courts support gives a right to dispute.
        non_performing: The day on which the account was classed as non-performing (India).
        settled: The day on which it was paid or otherwise settled; nothing is outstanding then.
    """

    creditor: str
    principal: Money
    outstanding: Money
    default_date: dt.date | None
    annual_rate: Decimal | None = None
    non_performing: dt.date | None = None
    settled: dt.date | None = None

    def __attrs_post_init__(self) -> None:
        faults = Faults("obligation")
        faults.text("creditor", self.creditor, limit=200)
        principal = faults.kind("principal", self.principal, Money)
        outstanding = faults.kind("outstanding", self.outstanding, Money)
        if principal and outstanding and self.principal.currency != self.outstanding.currency:
            faults.add("outstanding", "must be in the principal's currency")
        for field in ("default_date", "non_performing", "settled"):
            faults.day(field, getattr(self, field), optional=True)
        if faults.kind("annual_rate", self.annual_rate, Decimal, optional=True):
            faults.check(
                "annual_rate", _is_rate(self.annual_rate), "must be 0 to 100, six decimals"
            )
        faults.raise_any()
        paid = self.settled is None or self.outstanding.minor == 0
        faults.check("settled", paid, "something is outstanding")
        faults.raise_any()

    def __repr__(self) -> str:
        return f"<Obligation in {self.principal.currency} (hidden)>"


def _is_rate(rate: Decimal | None) -> bool:
    return (
        rate is not None
        and rate.is_finite()
        and not rate.is_signed()  # -0 would be a second spelling of 0
        and rate <= 100
        and rate == rate.quantize(_RATE_STEP, context=_EXACT)
    )
