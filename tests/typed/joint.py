"""The joint view and the catalogues, as a type checker sees them. Checked, never run."""

from __future__ import annotations

import datetime as dt
from typing import assert_type

import creditshare as cs
from creditshare.calendars import Span
from creditshare.joint import JointMeasure, JointView, joint_view
from creditshare.model import ConductCode, Proves
from creditshare.rules import (
    AppliedMeasure,
    Citation,
    Lifting,
    MeasureCatalogue,
    Proof,
    conducts,
    lifting_due,
)
from creditshare.screening import Screening


def see(answer: Screening, roster: cs.Roster) -> JointView:
    """A view is of one answer, for one role or several, and never without a catalogue."""
    now = dt.datetime.now(dt.UTC)
    joint_view(answer, roles=[cs.Role.LENDER], at=now)  # type: ignore[call-arg]
    joint_view([answer], catalogue=cs.measures("cn"), roles=[cs.Role.LENDER], at=now)  # type: ignore[arg-type]
    view = joint_view(
        answer, catalogue=cs.measures("cn"), roles={cs.Role.LENDER}, roster=roster, at=now
    )
    for item in view.measures:
        assert_type(item.must, bool)
        assert_type(item.measure.tail, Span | None)
        assert_type(item.without("bank-a", bytes(16)), JointMeasure | None)
    assert_type([owed.least for owed in view.owed], list[int])
    return view


def catalogue(allowed: Citation) -> MeasureCatalogue:
    """A measure is turned on by a citation, not by a wish."""
    cs.measures("cn").turned_on({"CARD_STOP": True})  # type: ignore[dict-item]
    return assert_type(cs.measures("cn").turned_on({"CARD_STOP": allowed}), MeasureCatalogue)


def proof(evidence: list[cs.Evidence]) -> tuple[Proves, ...]:
    """What a conduct asks for is told by its code."""
    asked = assert_type(conducts().proof_of(ConductCode.ABSCOND), Proof)
    return asked.missing(evidence)


def lift(applied: list[AppliedMeasure], ended: dict[tuple[str, bytes], dt.date]) -> None:
    """What is due to be lifted comes with its day and with what it still rests on."""
    due = lifting_due(applied, ended, cs.measures("in"), void=set(ended))
    assert_type(due, tuple[Lifting, ...])
    assert_type(due[0].stays_on, tuple[tuple[str, bytes], ...])
