"""The notice served on the borrower before listing."""

from __future__ import annotations

import datetime as dt
import enum

import attrs

from creditshare.model.faults import Faults

__all__ = ["Notice", "ServiceMethod"]


class ServiceMethod(enum.StrEnum):
    """How the notice reached the borrower."""

    PERSONAL = "personal"
    POST = "post"
    ELECTRONIC = "electronic"
    PUBLICATION = "publication"


@attrs.frozen
class Notice:
    """That the borrower was told, and what can be done about it.

    Attributes:
        served: The day on which it reached the borrower.
        method: How.
        remedy: How to dispute it, to whom and by when, in the words of the notice; None if the
            notice had none, which `review` refuses.
    """

    served: dt.date
    method: ServiceMethod
    remedy: str | None = attrs.field(repr=False)

    def __attrs_post_init__(self) -> None:
        faults = Faults("notice")
        faults.day("served", self.served)
        faults.kind("method", self.method, ServiceMethod)
        faults.text("remedy", self.remedy, limit=3000, optional=True, multiline=True)
        faults.raise_any()
