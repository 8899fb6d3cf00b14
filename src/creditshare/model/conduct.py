"""What the borrower did: the controlled vocabulary of debt evasion.

Mere delay, inability to pay, an ordinary complaint, genuine hardship, lawful bankruptcy and a
genuine dispute have no code and never get one.
"""

from __future__ import annotations

import datetime as dt
import enum
from typing import Self

import attrs

from creditshare.model.faults import Faults

__all__ = ["Conduct", "ConductCode"]


class ConductCode(enum.StrEnum):
    """A kind of evasion; the value is what the format carries, the text is the Chinese term."""

    term: str

    def __new__(cls, code: str, term: str = "") -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.term = term
        return member

    CAPABLE_REFUSAL = "CAPABLE_REFUSAL", "有能力拒不履行"
    OBSTRUCT_EVIDENCE = "OBSTRUCT_EVIDENCE", "伪造证据妨碍执行"
    OBSTRUCT_FORCE = "OBSTRUCT_FORCE", "暴力、威胁抗拒执行"
    SHAM_LITIGATION = "SHAM_LITIGATION", "虚假诉讼规避执行"
    SHAM_ARBITRATION = "SHAM_ARBITRATION", "虚假仲裁规避执行"
    ASSET_CONCEAL = "ASSET_CONCEAL", "隐匿财产"
    ASSET_TRANSFER = "ASSET_TRANSFER", "转移财产"
    REPORT_REFUSED = "REPORT_REFUSED", "拒绝报告财产"
    REPORT_FALSE = "REPORT_FALSE", "虚假报告财产"
    CONSUMPTION_BREACH = "CONSUMPTION_BREACH", "违反限制消费令"
    SETTLEMENT_BREACH = "SETTLEMENT_BREACH", "无正当理由拒不履行和解协议"
    WAIVE_CLAIMS = "WAIVE_CLAIMS", "放弃债权、担保"
    EXTEND_CLAIMS = "EXTEND_CLAIMS", "恶意延长到期债权"
    OVERPRICED_PURCHASE = "OVERPRICED_PURCHASE", "高价受让"
    SHAM_GUARANTEE = "SHAM_GUARANTEE", "恶意担保"
    SHAM_NOTARISATION = "SHAM_NOTARISATION", "虚假公证"
    PRE_JUDGMENT_TRANSFER = "PRE_JUDGMENT_TRANSFER", "诉讼后裁判前转移"
    ACCOMPLICE = "ACCOMPLICE", "案外人通谋"
    SPOUSE_DEBT_SHAM = "SPOUSE_DEBT_SHAM", "夫妻捏造债务"
    SHAM_DIVORCE = "SHAM_DIVORCE", "假离婚转移财产"
    SHAM_BANKRUPTCY = "SHAM_BANKRUPTCY", "虚假破产"
    ABSCOND = "ABSCOND", "逃匿、失联"
    SHELL_SWITCH = "SHELL_SWITCH", "变换主体悬空债权"
    RESTRUCTURE_EVADE = "RESTRUCTURE_EVADE", "改制重组悬空债权"
    FALSE_LEASE = "FALSE_LEASE", "虚构租赁"
    COLLATERAL_DISPOSAL = "COLLATERAL_DISPOSAL", "擅自处置抵押物"
    MULTI_ACCOUNT = "MULTI_ACCOUNT", "多头开户"
    FUND_DIVERSION = "FUND_DIVERSION", "挪用贷款"
    FUND_SIPHONING = "FUND_SIPHONING", "抽逃资金"
    EQUITY_SHORTFALL = "EQUITY_SHORTFALL", "承诺出资不到位"
    LOAN_DECEIT = "LOAN_DECEIT", "骗取贷款"
    LOAN_FRAUD = "LOAN_FRAUD", "贷款诈骗"
    CARD_FRAUD = "CARD_FRAUD", "信用卡诈骗"
    IDENTITY_FRAUD = "IDENTITY_FRAUD", "冒用身份"
    FORGED_PROOF = "FORGED_PROOF", "伪造证明"
    ORGANISED_ANTI_COLLECTION = "ORGANISED_ANTI_COLLECTION", "组织化恶意反催收"
    INTERMEDIARY_FALSE_CERT = "INTERMEDIARY_FALSE_CERT", "中介虚假证明"


@attrs.frozen
class Conduct:
    """What was done, from when to when.

    Attributes:
        code: From the vocabulary.
        start: The first day.
        end: The last day, or None while it goes on. Retention counts from here.
    """

    code: ConductCode
    start: dt.date
    end: dt.date | None = None

    def __attrs_post_init__(self) -> None:
        faults = Faults("conduct")
        faults.kind("code", self.code, ConductCode)
        faults.day("start", self.start)
        faults.day("end", self.end, optional=True)
        faults.raise_any()
        faults.check("end", self.end is None or self.start <= self.end, "before the start")
        faults.raise_any()
