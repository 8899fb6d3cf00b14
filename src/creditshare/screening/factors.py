"""The second factors: do an applicant's name and birth date agree with a listing's?"""

from __future__ import annotations

import datetime as dt

import attrs

from creditshare.model import Borrower
from creditshare.screening.agreement import Agreement, differ_by_one_slip
from creditshare.screening.names import Names
from creditshare.screening.result import Applicant, ReviewReason, SecondFactor

__all__ = ["Agreement", "SecondFactors", "compare_birth_dates", "weigh"]

_NAME_REASONS = {
    Agreement.CONFLICTS: ReviewReason.NAME_CONFLICT,
    Agreement.SIMILAR: ReviewReason.NAME_SIMILAR,
    Agreement.PARTIAL: ReviewReason.NAME_PARTIAL,
    Agreement.TRANSLITERATED: ReviewReason.NAME_TRANSLITERATED,
}
_BIRTH_DATE_REASONS = {
    Agreement.CONFLICTS: ReviewReason.BIRTH_DATE_CONFLICT,
    Agreement.SIMILAR: ReviewReason.BIRTH_DATE_SIMILAR,
}


@attrs.frozen
class SecondFactors:
    """What the second factors say of a hit.

    Attributes:
        name: How far the names agree.
        birth_date: How far the birth dates do.
    """

    name: Agreement
    birth_date: Agreement

    @property
    def corroboration(self) -> tuple[SecondFactor, ...]:
        """Which of them agree."""
        factors = {SecondFactor.NAME: self.name, SecondFactor.BIRTH_DATE: self.birth_date}
        return tuple(factor for factor, told in factors.items() if told is Agreement.AGREES)

    @property
    def reasons(self) -> tuple[ReviewReason, ...]:
        """Why they do not make a match; empty if they do."""
        reasons = (
            _BIRTH_DATE_REASONS.get(self.birth_date),
            _NAME_REASONS.get(self.name),
            None if self.corroboration else ReviewReason.NO_SECOND_FACTOR,
        )
        return tuple(reason for reason in reasons if reason)

    @property
    def shows_listing(self) -> bool:
        """Whether a person may see the listing: not if it is more likely somebody else's.

        A conflicting birth date hides it. So does a similar one, unless the name agrees: then the
        slip in the date is the better explanation.
        """
        if self.birth_date is Agreement.SIMILAR:
            return self.name is Agreement.AGREES
        return self.birth_date is not Agreement.CONFLICTS


def weigh(applicant: Applicant, borrower: Borrower | None, names: Names) -> SecondFactors:
    """Compare what an applicant states with what a listing says of its borrower.

    A birth date that the applicant's identifier tells can speak against both stated ones, never for
    them: the identifier was compared already, and two who share a number share the date in it.

    Args:
        applicant: Who is asked about.
        borrower: Whom the listing is about; None if its record did not open.
        names: Compares the names.

    Returns:
        How far each factor agrees.
    """
    asked, listed = applicant.birth_date, borrower.birth_date if borrower else None
    name = names.compare(applicant.name, borrower.name if borrower else None)
    stated = compare_birth_dates(asked, listed)
    told = [
        compare_birth_dates(day, identifier.birth_date)
        for identifier in applicant.identifiers
        for day in (asked, listed)
    ]
    for against in (Agreement.CONFLICTS, Agreement.SIMILAR):
        if against in (stated, *told):
            return SecondFactors(name, against)
    return SecondFactors(name, stated)


def compare_birth_dates(left: dt.date | None, right: dt.date | None) -> Agreement:
    """Compare two birth dates.

    Returns:
        SIMILAR if day and month are swapped, one digit is wrong or two neighbours are swapped, or
        one is the first of January of the other's year, which stands for a day nobody knew.
    """
    if left is None or right is None:
        return Agreement.UNKNOWN
    if left == right:
        return Agreement.AGREES
    if left.year == right.year:
        swapped = (left.month, left.day) == (right.day, right.month)
        if swapped or (1, 1) in ((left.month, left.day), (right.month, right.day)):
            return Agreement.SIMILAR
    slip = differ_by_one_slip(f"{left:%Y%m%d}", f"{right:%Y%m%d}")
    return Agreement.SIMILAR if slip else Agreement.CONFLICTS
