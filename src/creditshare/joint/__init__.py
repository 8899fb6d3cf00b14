"""Joint punishment: one view of a borrower whom several issuers list, and what may be done.

::

    debts     which reports are of one debt, and which may be
    measures  which measures rest on which listings
    view      all of it, from a screening
"""

from __future__ import annotations

from creditshare.joint.debts import Debt, DebtFact, Owed, Resemblance
from creditshare.joint.measures import JointMeasure, Rest
from creditshare.joint.view import Disputed, Exemption, JointView, joint_view

__all__ = [
    "Debt",
    "DebtFact",
    "Disputed",
    "Exemption",
    "JointMeasure",
    "JointView",
    "Owed",
    "Resemblance",
    "Rest",
    "joint_view",
]
