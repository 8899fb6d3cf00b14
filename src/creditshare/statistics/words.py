"""The words of tables and charts, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping

from creditshare.errors import MisuseError

__all__ = ["CLOSED", "words"]

CLOSED = "c"

_WORDS: dict[str, tuple[str, str]] = {
    "conduct": ("Conduct", "行为"),
    "issuer": ("Issuer", "报送方"),
    "before": ("Standing before", "上期末在列"),
    "listed": ("Listed", "本期新增"),
    "ended": ("Ended", "本期退出"),
    "standing": ("Standing", "期末在列"),
    "change": ("Change", "较上期末增减"),
    "percent": ("Change %", "增减幅度"),
    "amount": ("{figure} ({currency})", "{figure}金额（{currency}）"),
    "total": ("Total", "合计"),
    "remainder": ("All others", "其余合计"),
    "settled": ("Settled", "已结清"),
    "listed-in-error": ("Listed in error", "错误列入"),
    "dispute-upheld": ("Dispute upheld", "异议成立退出"),
    "basis-revoked": ("Basis revoked", "依据撤销"),
    "repaired": ("Repaired", "信用修复"),
    "deceased": ("Deceased", "死亡"),
    "retention-ended": ("Retention ended", "期限届满"),
    "lapsed": ("Lapsed", "未确认失效"),
    "other": ("Other reasons", "其他原因"),
    "filed": ("Disputes filed", "提出异议"),
    "upheld": ("Disputes upheld", "异议成立"),
    "rejected": ("Disputes rejected", "异议不成立"),
    "overdue": ("Answers overdue", "逾期未答复"),
    "sentence-same": ("{now} stand, as many as at the end of the period before",
                      "期末在列{now}件，与上期末持平"),
    "sentence-more": ("{now} stand, {change} more than at the end of the period before",
                      "期末在列{now}件，较上期末增加{change}件"),
    "sentence-fewer": ("{now} stand, {change} fewer than at the end of the period before",
                       "期末在列{now}件，较上期末减少{change}件"),
    "amount-same": ("{currency} {now} outstanding, as much as then",
                    "涉及金额{currency} {now}，与上期末持平"),
    "amount-more": ("{currency} {now} outstanding, {change} more",
                    "涉及金额{currency} {now}，较上期末增加{change}"),
    "amount-fewer": ("{currency} {now} outstanding, {change} less",
                     "涉及金额{currency} {now}，较上期末减少{change}"),
    "and": ("; ", "；"),
    "percent-more": (", {percent}% up", "，上升{percent}%"),
    "percent-fewer": (", {percent}% down", "，下降{percent}%"),
    "chart": ("Listings standing on {last}, by {by}", "{last}在列案件，按{by}"),
    "by-conduct": ("conduct", "行为"),
    "by-issuer": ("issuer", "报送方"),
    "end": ("at the period's end", "期末"),
    "eve": ("at the end of the period before", "上期末"),
    "nothing": ("Too few cases came or went: nothing may be shown.", "变动案件过少，不予公布。"),
}  # fmt: skip


def words(language: str) -> Mapping[str, str]:
    """The words of one language, ``"en"`` or ``"zh"``.

    Raises:
        MisuseError: if the language is another.
    """
    if language not in ("en", "zh"):
        raise MisuseError('language must be "en" or "zh"')
    return {key: both[language == "zh"] for key, both in _WORDS.items()}
