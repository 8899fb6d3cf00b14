"""One step of a case: when it happened, and what that step carries."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from types import MappingProxyType

import attrs

from creditshare.model import Step, WithdrawalReason
from creditshare.model.faults import Faults

__all__ = ["CARRIES", "STAGE_MAX", "Cause", "Event"]

STAGE_MAX = 2
"""The most instances that a dispute goes through: rulebooks know `answer` and `appeal-answer`."""


class Cause(enum.StrEnum):
    """Why no measure is applied for a while."""

    ILLNESS = "illness"
    FUNERAL = "funeral"
    EXAMINATION = "examination"
    DUTY = "duty"


CARRIES: Mapping[Step, tuple[str, ...]] = MappingProxyType(
    {
        Step.DECIDED: ("words",),
        Step.DISPUTED: ("stage",),
        Step.ANSWERED: ("upheld",),
        Step.EXEMPTED: ("until", "cause"),
        Step.WITHDRAWN: ("reason",),
    }
)
"""What a step must carry. Any step may have words; some may have more, see `Event`."""

_MAY: Mapping[str, tuple[Step, ...]] = MappingProxyType(
    {
        "since": (Step.PREPARED,),
        "until": (Step.EXEMPTED, Step.MARKED),
        "cause": (Step.EXEMPTED,),
        "stage": (Step.DISPUTED,),
        "upheld": (Step.ANSWERED,),
        "reason": (Step.WITHDRAWN,),
    }
)


@attrs.frozen(repr=False)
class Event:
    """One step of a case. It is never edited; what was wrong is put right by a later step.

    Attributes:
        step: What happened.
        on: The day: of a settlement or withdrawal, that of its reason; it may be told later.
        since: PREPARED: the day from which the decision's term runs, such as that on which the
            account was classed as non-performing (India); None for the day on which the listing
            says that it was, or else the day of the step.
        until: EXEMPTED, MARKED: the last day of it; a mark without one lasts until the answer.
        cause: EXEMPTED: why.
        stage: DISPUTED: before which instance, from 1; 0 for other steps.
        upheld: ANSWERED: whether the person was right.
        reason: WITHDRAWN: why.
        words: What was said: the reasons of a decision, of an answer, the person's own.
    """

    step: Step
    on: dt.date
    since: dt.date | None = attrs.field(default=None, kw_only=True)
    until: dt.date | None = attrs.field(default=None, kw_only=True)
    cause: Cause | None = attrs.field(default=None, kw_only=True)
    stage: int = attrs.field(default=0, kw_only=True)
    upheld: bool | None = attrs.field(default=None, kw_only=True)
    reason: WithdrawalReason | None = attrs.field(default=None, kw_only=True)
    words: str = attrs.field(default="", kw_only=True)

    def __attrs_post_init__(self) -> None:
        faults = Faults("event")
        faults.kind("step", self.step, Step)
        faults.day("on", self.on)
        faults.day("since", self.since, optional=True)
        faults.day("until", self.until, optional=True)
        faults.kind("cause", self.cause, Cause, optional=True)
        faults.number("stage", self.stage, 0, STAGE_MAX)
        faults.kind("upheld", self.upheld, bool, optional=True)
        faults.kind("reason", self.reason, WithdrawalReason, optional=True)
        if self.words != "":
            faults.text("words", self.words, limit=4000, multiline=True)
        faults.raise_any()
        for field in CARRIES.get(self.step, ()):
            there = getattr(self, field) not in (None, 0, "")
            faults.check(field, there or field == "upheld", f"{self.step} must say it")
        if self.step is Step.ANSWERED:
            faults.check("upheld", self.upheld is not None, f"{self.step} must say it")
        for field, steps in _MAY.items():
            there = getattr(self, field) not in (None, 0) or getattr(self, field) is False
            faults.check(field, not there or self.step in steps, f"{self.step} does not carry it")
        over = self.step is Step.MARKED and self.until is not None and self.until < self.on
        faults.check("until", not over, "before the step")
        late = self.since is not None and self.since > self.on
        faults.check("since", not late, "after the step")
        faults.raise_any()

    def __repr__(self) -> str:
        return f"<Event: {self.step} on {self.on}>"
