"""The terms that run in the life of a listing, named in a rulebook by `deadline`.

Here stands only from which step each runs and what meets it. How long it is stands in a rulebook;
when it falls due is computed by `creditshare.life`.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType

import attrs

from creditshare.model import Step

__all__ = ["DEADLINES", "SUSPENDS", "Party", "Term", "TermKind"]

SUSPENDS = "suspends"
"""The option of `answer`: a dispute not answered in time suspends the listing."""


class Party(enum.StrEnum):
    """Who owes what a term is for, or may use it."""

    ISSUER = "issuer"
    PERSON = "person"


class TermKind(enum.StrEnum):
    """What a term means."""

    DUTY = "duty"
    OPPORTUNITY = "opportunity"
    EARLIEST = "earliest"
    LIMIT = "limit"


@attrs.frozen
class Term:
    """One term.

    Attributes:
        starts: The step from whose day it runs.
        met_by: Any of these steps ends it.
        kind: A duty is owed by its day; an opportunity is open until its day; an earliest day is
            the first on which `met_by` may happen; a limit is the longest that something may last.
        party: Whose duty or opportunity it is.
        en: What is to be done, in English.
        zh: The same in Chinese.
        options: What a rule may add.
    """

    starts: Step
    met_by: tuple[Step, ...]
    kind: TermKind
    party: Party
    en: str
    zh: str
    options: tuple[str, ...] = ()


_DUTY, _OPEN, _FROM = TermKind.DUTY, TermKind.OPPORTUNITY, TermKind.EARLIEST
_LIMIT = TermKind.LIMIT
_ISSUER, _PERSON = Party.ISSUER, Party.PERSON

DEADLINES: Mapping[str, Term] = MappingProxyType(
    {
        "decision": Term(
            Step.PREPARED, (Step.DECIDED,), _DUTY, _ISSUER, "decide the case", "作出是否列入的决定"
        ),
        "representation": Term(
            Step.NOTICE_SERVED, (Step.REPRESENTED, Step.DECIDED), _OPEN, _PERSON,
            "answer the notice", "陈述、申辩",
        ),
        "mark": Term(
            Step.DISPUTED, (Step.MARKED, Step.ANSWERED), _DUTY, _ISSUER,
            "mark the listing as disputed", "作出异议标注",
        ),
        "answer": Term(
            Step.DISPUTED, (Step.ANSWERED,), _DUTY, _ISSUER,
            "answer the dispute", "核查并答复异议", (SUSPENDS,),
        ),
        "appeal": Term(
            Step.ANSWERED, (Step.DISPUTED,), _OPEN, _PERSON,
            "take the answer to the next instance", "申请复核",
        ),
        "appeal-answer": Term(
            Step.DISPUTED, (Step.ANSWERED,), _DUTY, _ISSUER,
            "have the next instance answer", "答复复核申请", (SUSPENDS,),
        ),
        "correction": Term(
            Step.ANSWERED, (Step.CORRECTED, Step.WITHDRAWN), _DUTY, _ISSUER,
            "correct or withdraw what was found wrong", "更正或撤销错误信息",
        ),
        "exemption": Term(
            Step.EXEMPTED, (), _LIMIT, _ISSUER, "apply no measures for a while", "暂时豁免惩戒措施"
        ),
        "removal": Term(
            Step.SETTLED, (Step.WITHDRAWN,), _DUTY, _ISSUER,
            "withdraw the settled listing", "因履行完毕删除信息",
        ),
        "repair-from": Term(
            Step.DECIDED, (Step.REPAIRED,), _FROM, _PERSON,
            "ask for credit repair", "申请信用修复",
        ),
        "repair": Term(
            Step.REPAIRED, (Step.WITHDRAWN,), _DUTY, _ISSUER,
            "stop publishing, stop sharing and use, lift the measures",
            "停止公示、停止共享使用、解除惩戒措施",
        ),
    }
)  # fmt: skip
"""Every term by the name a rulebook gives it.

Of two terms with the same steps, `answer` and `correction` run for the first instance and for an
answer that upholds the dispute, `appeal-answer` for the next instance, `appeal` after a rejection.
`repair-from` runs from the decision, as the time does at whose end a listing ends anyway; but only
what is listed can be repaired.
"""
