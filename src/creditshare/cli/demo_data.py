"""Made-up files for two agencies and a steward; nobody in them exists.

Every identity number has the region 888888, which was never assigned.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from creditshare.errors import FileError
from creditshare.identifiers.iso7064 import mod_11_2

__all__ = ["write_files"]

_CREDITOR = "演示网贷"
_NAMES = ("王伟", "李娜", "张敏", "刘洋", "陈静", "杨勇", "赵磊", "黄艳")
_REPORT = (
    "姓名", "身份证号", "手机号", "借款平台", "累计借款金额", "剩余欠款金额（万元）",
    "拖欠开始日期", "是否失联", "催收情况",
)  # fmt: skip
_APPLICANTS = ("reference", "scheme", "identifier", "name", "birth_date")

_DRAFT = """\
exchange = "demo"

[[agency]]
origin = "steward"
keys = "steward/agency.pub"
roles = ["steward"]

[[agency]]
origin = "lender"
keys = "lender/agency.pub"
roles = ["issuer", "lender"]
[agency.licence]
number = "demo licence 1"
from = 2015-01-01

[[agency]]
origin = "bank"
keys = "bank/agency.pub"
roles = ["lender"]
"""

_BATCH = """\
[batch]
creditor = "{creditor}"

[basis]
kind = "working-group-notice"
instrument = "演示通知〔2018〕1号"
article = "第二条"
version = "2018-08-08"

[notice]
served = {served}
method = "post"
remedy = "如有异议，请自收到本通知之日起15日内书面提出。"

[decision]
on = {decided}
reasons = "失联且有资产可供履行，期内未提出异议。"
by = "审核委员会"

[[evidence]]
id = "contact-log"
digest = "{digest}"
description = "失联核查记录与资产核查报告"
disclosed = {served}
proves = ["conduct", "contact-attempts", "ability-to-pay", "claim"]

[abscond]
proof = "contact-log"
established = {established}
"""


def write_files(folder: Path, *, at: dt.datetime) -> None:
    """Write the files into a folder, which is made if need be.

    Args:
        folder: None of the files may be there.
        at: The present; the notice in them was served 30 days earlier.

    Raises:
        FileError: if one is there, or cannot be written.
    """
    served = at.date() - dt.timedelta(days=30)
    batch = _BATCH.format(
        creditor=_CREDITOR,
        served=served,
        decided=served + dt.timedelta(days=20),
        digest="5a" * 32,
        established=dt.date(2019, 3, 1),
    )
    applicants = [
        ("A-1", "cn-rid", _number(1), _NAMES[1], "1981-05-17"),
        ("A-2", "cn-rid", _number(2), "周杰", ""),
        ("A-3", "cn-rid", _number(300), "吴刚", "1980-05-17"),
        ("A-4", "cn-rid", _number(3)[:-1], _NAMES[3], ""),
        ("A-5", "cn-rid", _number(4), _NAMES[4], "1984-05-17"),
    ]
    texts = {
        "draft.toml": _DRAFT,
        "report.csv": _csv(_REPORT, _report()),
        "batch.toml": batch,
        "applicants.csv": _csv(_APPLICANTS, applicants),
        "asks.csv": _csv(_APPLICANTS, applicants[-1:]),
        "paid.csv": _csv(("scheme", "identifier"), [("cn-rid", _number(1))]),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            with (folder / name).open("x", encoding="utf-8", newline="") as file:
                file.write(text)
    except OSError as error:
        raise FileError(f"cannot write the made-up files: {error.strerror}") from None


def _report() -> Iterable[tuple[str, ...]]:
    """Eight rows: six that can be listed, a masked number, and one who is merely late."""
    for serial, name in enumerate(_NAMES):
        number = _number(serial)
        if serial == 6:
            number = number[:6] + "********" + number[14:]
        lost = "否" if serial == 7 else "是"
        yield name, number, "", _CREDITOR, f"{50 + serial},000元", "4.2", "2018-08-08", lost, ""


def _number(serial: int) -> str:
    digits = f"888888{1980 + serial % 100}0517{serial + 1:03}"
    return digits + mod_11_2(digits)


def _csv(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines: list[str] = []

    class _Lines:
        write = staticmethod(lines.append)

    csv.writer(_Lines, lineterminator="\n").writerows([header, *rows])
    return "".join(lines)
