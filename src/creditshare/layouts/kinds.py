"""What may be wrong with a row: a stable code, the same in Chinese, and what would cure it."""

from __future__ import annotations

import enum

import attrs

__all__ = ["KindWords", "RefusalKind"]


@attrs.frozen
class KindWords:
    """What a kind of refusal is called in Chinese, and what would cure it.

    Attributes:
        zh: What is wrong, in Chinese; `{reason}` stands for the reason in full.
        cure: What would cure it, in English; where nothing can, it says so.
        cure_zh: The same in Chinese.
    """

    zh: str
    cure: str
    cure_zh: str


class RefusalKind(enum.StrEnum):
    """What is wrong. Stable; the identifier kinds are ``identifier-`` and an `IdentifierFault`."""

    LINE_TOO_LONG = "line-too-long"
    QUOTES = "quotes"
    CELLS = "cells"
    JSON = "json"
    CELL_KIND = "cell-kind"
    DIGITS_LOST = "digits-lost"
    FORMAT_VERSION = "format-version"
    TEXT_MISSING = "text-missing"
    NAME_MISSING = "name-missing"
    NAME_MASKED = "name-masked"
    IDENTIFIER_EMPTY = "identifier-empty"
    IDENTIFIER_MASKED = "identifier-masked"
    IDENTIFIER_DIGITS_LOST = "identifier-digits-lost"
    IDENTIFIER_PLACEHOLDER = "identifier-placeholder"
    IDENTIFIER_CHARACTERS = "identifier-characters"
    IDENTIFIER_LENGTH = "identifier-length"
    IDENTIFIER_FORM = "identifier-form"
    IDENTIFIER_DATE = "identifier-date"
    IDENTIFIER_CHECK = "identifier-check"
    IDENTIFIER_COUNTRY = "identifier-country"
    IDENTIFIER_SCHEME = "identifier-scheme"
    IDENTIFIER_FORBIDDEN = "identifier-forbidden"
    CREDITOR_MISSING = "creditor-missing"
    CREDITOR_DIFFERS = "creditor-differs"
    AMOUNT_MISSING = "amount-missing"
    AMOUNT_FORM = "amount-form"
    AMOUNT_NEGATIVE = "amount-negative"
    AMOUNT_UNIT = "amount-unit"
    AMOUNT_INEXACT = "amount-inexact"
    AMOUNT_RANGE = "amount-range"
    DATE_MISSING = "date-missing"
    DATE_FORM = "date-form"
    DATE_IMPOSSIBLE = "date-impossible"
    FLAG_MISSING = "flag-missing"
    FLAG_FORM = "flag-form"
    RATE_FORM = "rate-form"
    CONDUCT_UNKNOWN = "conduct-unknown"
    CONDUCT_MISSING = "conduct-missing"
    CONDUCT_SEVERAL = "conduct-several"
    CONDUCT_CONTRADICTED = "conduct-contradicted"
    ABSCOND_UNPROVEN = "abscond-unproven"
    MERE_DELAY = "mere-delay"
    CHOICE = "choice"
    VALUE_INVALID = "value-invalid"
    REMOVED = "removed"
    PERFORMED = "performed"
    REVIEW = "review"

    @property
    def words(self) -> KindWords | None:
        """The same in Chinese, with its cure; None for a review, whose reasons tell their own."""
        return _WORDS.get(self)


_FILL_IN = ("fill it in from the file of the case", "按案卷填写")
_SOURCE = ("take the full number from its source, as text", "从原始材料取完整号码，以文本格式填写")
_NUMBER = ("compare it with the document, or with the contract", "与证件或合同核对后更正")
_ASK_NUMBER = (
    "ask whoever sent the list for the full number; never guess it",
    "向名单提供方索取完整号码，不得推测",
)
_AMOUNT = ("write the amount in digits, as the books have it", "按账目以数字填写金额")
_DAY = ("take the day from the file of the case", "按案卷填写准确日期")
_CONDUCT = (
    "name one code of conduct, or describe the report's word under [terms] of the batch",
    "填写一个行为代码，或在批次说明的 [terms] 中对应报表用语",
)
_WITHDRAW = (
    "nothing: look whether a listing of this borrower must be withdrawn",
    "不可补正：查找该借款人的列入记录，应撤销的予以撤销",
)

_WORDS = {
    RefusalKind(kind): KindWords(zh, *cure)
    for kind, zh, cure in (
        (
            "line-too-long", "该行过长",
            ("shorten or split the line", "缩短或拆分该行"),
        ),
        (
            "quotes", "引号未闭合，或出现在单元格中间",
            ("close the quote; a quote inside a cell is doubled", "补全引号；单元格内的引号应双写"),
        ),
        (
            "cells", "单元格数与表头不一致",
            ("one cell for each column; quotes around a comma", "逐列补齐；含逗号的内容加引号"),
        ),
        (
            "json", "不是规范的 JSON 行（{reason}）",
            ("one JSON object a line, each key once", "每行一个 JSON 对象，每个键只出现一次"),
        ),
        ("cell-kind", "单元格内容的类型不符", ("make the cell a text", "将单元格改为文本")),
        ("digits-lost", "数字位数过多，末位可能已丢失", _SOURCE),
        (
            "format-version", "格式版本不受支持（{reason}）",
            ("export the listings again in that version", "按该版本重新导出"),
        ),
        ("text-missing", "未填写", _FILL_IN),
        ("name-missing", "未填写姓名或名称", _FILL_IN),
        (
            "name-masked", "姓名或名称被遮盖，须填写全称",
            ("ask whoever sent the list for the full name", "向名单提供方索取完整姓名或名称"),
        ),
        ("identifier-empty", "未填写证件号码；仅凭姓名不能确认身份", _ASK_NUMBER),
        ("identifier-masked", "证件号码被遮盖，须填写完整号码", _ASK_NUMBER),
        ("identifier-digits-lost", "证件号码末位已丢失", _SOURCE),
        ("identifier-placeholder", "占位号码，不是真实证件号码", _ASK_NUMBER),
        ("identifier-characters", "证件号码含有不应有的字符", _NUMBER),
        ("identifier-length", "证件号码位数不符", _NUMBER),
        ("identifier-form", "证件号码格式不符", _NUMBER),
        ("identifier-date", "证件号码中的出生日期不存在", _NUMBER),
        ("identifier-check", "证件号码校验位不符", _NUMBER),
        (
            "identifier-country", "未载明签发国家或地区",
            ("name the issuing country by its two letters", "以两位字母代码填写签发国家或地区"),
        ),
        (
            "identifier-scheme", "证件种类不符或无法识别（{reason}）",
            ("name the scheme of the number", "填写号码所属的证件种类"),
        ),
        (
            "identifier-forbidden", "依法不得使用该类号码",
            ("take another document of the borrower", "改用借款人的其他证件"),
        ),
        ("creditor-missing", "未填写借款平台（债权人）", _FILL_IN),
        (
            "creditor-differs", "属于其他平台的债权，只能由其债权人报送",
            ("report it in a batch of that creditor", "列入该债权人的批次另行报送"),
        ),
        ("amount-missing", "未填写金额", _AMOUNT),
        ("amount-form", "不是以数字表示的金额", _AMOUNT),
        ("amount-negative", "金额不得为负数", _AMOUNT),
        (
            "amount-unit", "金额单位不明，或与列名所载不一致",
            ("tell one unit, in the cell or in the column's name", "在单元格或列名中写明同一单位"),
        ),
        ("amount-inexact", "金额小于最小货币单位", _AMOUNT),
        ("amount-range", "金额超出合理范围", _AMOUNT),
        ("date-missing", "未填写日期", _DAY),
        (
            "date-form", "日期须写明年、月、日，年份为四位；电子表格的日期序号不是日期",
            _DAY,
        ),
        ("date-impossible", "日期不存在", _DAY),
        ("flag-missing", "未填写", ("say 是 or 否", "填写“是”或“否”")),
        ("flag-form", "须为“是”或“否”", ("say 是 or 否", "填写“是”或“否”")),
        (
            "rate-form", "利率格式不符（{reason}）",
            ("write the rate with its percent sign", "连同百分号填写利率"),
        ),
        ("conduct-unknown", "不在行为代码表中", _CONDUCT),
        ("conduct-missing", "未载明行为", _CONDUCT),
        ("conduct-several", "对应多个行为代码，须指明列入所依据的一个", _CONDUCT),
        (
            "conduct-contradicted", "既称失联，又称可以联系",
            ("look into the case, and correct the cell that is wrong", "核查案情，更正有误的一项"),
        ),
        (
            "abscond-unproven", "批次说明没有载明失联的证据",
            ("describe it under [abscond] of the batch", "在批次说明的 [abscond] 中载明"),
        ),
        (
            "mere-delay", "单纯逾期不是逃废债",
            ("nothing: who is only late may not be listed", "不可补正：不得列入"),
        ),
        (
            "choice", "取值不在规定范围内（{reason}）",
            ("take one of the values named", "填写所列取值之一"),
        ),
        (
            "value-invalid", "取值不符合要求（{reason}）",
            ("correct it from the file of the case", "按案卷更正"),
        ),
        ("removed", "已从原名单移出，不得列入", _WITHDRAW),
        ("performed", "已全部履行，不得列入", _WITHDRAW),
    )
}  # fmt: skip
